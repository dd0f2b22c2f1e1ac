//! A wall clock without a zone, followed line by line: at the end of summer time it goes back by an hour, and what it writes
//! then is on another offset. Only the order of the lines tells which of two equal readings is the later one.

use crate::stamp::{ClockKind, MINUTE, Micros, RawStamp};

/// The clock of one file.
#[derive(Debug, Default)]
pub(super) struct WallClock {
    /// Latest reading so far.
    latest: Option<RawStamp>,
    again: bool,
}

/// A clock goes back by an hour at the end of summer time (by half of one on Lord Howe), and the next line comes some time after.
/// Lines out of order by as much would be a stalled writer's; `clock` looks whether a zone on earth folds there.
const FOLD: (Micros, Micros) = (25 * MINUTE, 61 * MINUTE);

impl WallClock {
    /// The stamp, on the later clock once the readings went back.
    pub(super) fn place(&mut self, stamp: RawStamp) -> RawStamp {
        let later = match stamp.clock {
            ClockKind::Local => ClockKind::LocalAgain,
            ClockKind::Yearless => ClockKind::YearlessAgain,
            _ => return stamp,
        };
        match self.latest {
            Some(latest) if latest.clock == stamp.clock => {
                let back = latest.at.saturating_sub(stamp.at);
                self.again |= (FOLD.0..=FOLD.1).contains(&back);
                if back < 0 {
                    self.latest = Some(stamp);
                }
            }
            _ => self.latest = Some(stamp),
        }
        if self.again { RawStamp { clock: later, ..stamp } } else { stamp }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clocks(minutes: &[i64]) -> Vec<ClockKind> {
        let mut clock = WallClock::default();
        minutes
            .iter()
            .map(|minute| {
                clock.place(RawStamp::new(ClockKind::Local, minute * MINUTE, MINUTE)).clock
            })
            .collect()
    }

    #[test]
    fn an_hour_back_is_another_clock_from_there_on() {
        use ClockKind::{Local, LocalAgain};
        assert_eq!(
            clocks(&[100, 179, 121, 150, 200]),
            [Local, Local, LocalAgain, LocalAgain, LocalAgain]
        );
    }

    #[test]
    fn disorder_and_other_files_glued_on_are_not() {
        assert!(
            clocks(&[100, 120, 99, 130, 1000, 5]).iter().all(|clock| *clock == ClockKind::Local)
        );
    }
}
