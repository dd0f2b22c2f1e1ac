//! First and last stamp of a log, clock by clock. In: stamps in the order of the file; out: the stretch that they cover, also where
//! a year ends in a log that writes no years.

use crate::stamp::{ClockKind, HOUR, RawStamp};

/// First and last stamp of each clock that a log writes. One or two of them as a rule: a map would take half a kilobyte of each log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spans(Vec<(RawStamp, RawStamp)>);

impl Spans {
    fn place(&self, clock: ClockKind) -> Result<usize, usize> {
        self.0.binary_search_by_key(&clock, |(first, _)| first.clock)
    }

    /// First and last stamp of a clock.
    #[must_use]
    pub fn get(&self, clock: ClockKind) -> Option<(RawStamp, RawStamp)> {
        self.0.get(self.place(clock).ok()?).copied()
    }

    /// Whether the log has stamps of a clock.
    #[must_use]
    pub fn has(&self, clock: ClockKind) -> bool {
        self.place(clock).is_ok()
    }

    /// Whether it has none at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All stretches, in the order of their clocks.
    pub fn iter(&self) -> impl Iterator<Item = (RawStamp, RawStamp)> + '_ {
        self.0.iter().copied()
    }

    /// Widens the stretch of a stamp's own clock.
    pub(super) fn note(&mut self, stamp: RawStamp) {
        match self.place(stamp.clock) {
            Ok(at) => {
                if let Some((first, last)) = self.0.get_mut(at) {
                    widen(first, last, stamp);
                }
            }
            Err(at) => {
                self.0.reserve_exact(1);
                self.0.insert(at, (stamp, stamp));
            }
        }
    }

    /// Sets the stretch of the first stamp's clock, as a capsule tells it.
    pub fn set(&mut self, first: RawStamp, last: RawStamp) {
        self.0.retain(|(own, _)| own.clock != first.clock);
        self.note(first);
        let at = self.place(first.clock);
        if let Some(own) = at.ok().and_then(|at| self.0.get_mut(at)) {
            own.1 = RawStamp { clock: first.clock, ..last };
        }
    }
}

/// Half a year: a stamp without a year that falls back further than this is of the next one.
const HALF_A_YEAR: i64 = 183 * 24 * HOUR;

/// Widens a stretch. Where no year is written and one ends in the middle, the first stamp is later in its year than the last.
pub(super) fn widen(first: &mut RawStamp, last: &mut RawStamp, stamp: RawStamp) {
    let order = |stamp: &RawStamp| (stamp.clock, stamp.at);
    let turned = order(first) > order(last);
    if turned && order(&stamp) > order(last) && order(&stamp) < order(first) {
        let end = if stamp.at - last.at < first.at - stamp.at { last } else { first };
        *end = stamp;
    } else if !turned && order(&stamp) < order(first) {
        let turns = stamp.clock.is_yearless() && last.at - stamp.at > HALF_A_YEAR;
        *(if turns { last } else { first }) = stamp;
    } else if !turned && order(&stamp) > order(last) {
        *last = stamp;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stamp::SECOND;

    const DAY: i64 = 24 * HOUR;

    /// First and last day of stamps on these days.
    #[track_caller]
    fn check(clock: ClockKind, days: &[i64], expected: (i64, i64)) {
        let mut spans = Spans::default();
        for day in days {
            spans.note(RawStamp::new(clock, day * DAY, SECOND));
        }
        let (first, last) = spans.get(clock).expect("a stretch");
        assert_eq!((first.at / DAY, last.at / DAY), expected, "{days:?}");
    }

    #[test]
    fn each_clock_has_a_stretch_of_its_own() {
        let mut spans = Spans::default();
        for (clock, at) in [(ClockKind::Boot, 7), (ClockKind::Utc, 5), (ClockKind::Boot, 9)] {
            spans.note(RawStamp::new(clock, at, SECOND));
        }
        let all: Vec<_> =
            spans.iter().map(|(first, last)| (first.clock, first.at, last.at)).collect();
        assert_eq!(all, [(ClockKind::Utc, 5, 5), (ClockKind::Boot, 7, 9)]);
        assert!(spans.has(ClockKind::Boot) && spans.get(ClockKind::Local).is_none());
    }

    #[test]
    fn a_year_may_end_where_none_is_written() {
        check(ClockKind::Utc, &[5, 3, 9, 300, 4], (3, 300));
        check(ClockKind::Yearless, &[5, 3, 9, 180, 4], (3, 180));
        check(ClockKind::Yearless, &[350, 364, 0, 5, 4, 363, 349], (349, 5));
        // All of a year is no turn of it.
        check(ClockKind::Yearless, &[3, 100, 200, 300, 360], (3, 360));
    }
}
