//! First and last stamp of a log, clock by clock. In: stamps in the order of the file; out: the stretch that they cover, also where
//! a year ends in a log that writes no years.

use std::collections::BTreeMap;

use crate::stamp::{ClockKind, HOUR, RawStamp};

/// Widens the stretch of a stamp's own clock.
pub(super) fn note_span(spans: &mut BTreeMap<ClockKind, (RawStamp, RawStamp)>, stamp: RawStamp) {
    let (first, last) = spans.entry(stamp.clock).or_insert((stamp, stamp));
    widen(first, last, stamp);
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
        let mut spans = BTreeMap::new();
        for day in days {
            note_span(&mut spans, RawStamp::new(clock, day * DAY, SECOND));
        }
        let (first, last) = spans[&clock];
        assert_eq!((first.at / DAY, last.at / DAY), expected, "{days:?}");
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
