//! Points in time. A [`RawStamp`] is a time as a log wrote it, on the clock that the log had; a [`Stamp`] is the same moment
//! in UTC with its uncertainty. `clock` turns the first into the second; nothing else may.
//!
//! All arithmetic is on `i64` microseconds, saturating: a forged year 262143 must not end the run.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime};

/// Microseconds; a length of time, or a moment since some zero that the context names.
pub type Micros = i64;

/// One second in [`Micros`].
pub const SECOND: Micros = 1_000_000;
/// One minute in [`Micros`].
pub const MINUTE: Micros = 60 * SECOND;
/// One hour in [`Micros`].
pub const HOUR: Micros = 60 * MINUTE;
/// One day in [`Micros`].
pub const DAY: Micros = 24 * HOUR;
/// First and last moment that is believed: the years that can be written. Whatever the clock adds to one of them fits.
const MOMENTS: (Micros, Micros) = (-62_167_219_200_000_000, 253_402_300_799_000_000);

/// The moment, within the years that can be written: a forged one must not lead over the edge of time.
#[must_use]
pub const fn believed(at: Micros) -> Micros {
    if at < MOMENTS.0 {
        MOMENTS.0
    } else if at > MOMENTS.1 {
        MOMENTS.1
    } else {
        at
    }
}

/// The year that year-less stamps are kept in until `clock` knows better; a leap year, so that 29 February exists.
pub const YEARLESS_BASE: i32 = 1972;

/// Which clock a stamp was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClockKind {
    /// Written with an offset, as an epoch, or by a format that is UTC by definition.
    Utc,
    /// Wall clock of an unknown zone; `at` counts as if the zone were UTC.
    Local,
    /// [`ClockKind::Local`] after it went back by about an hour in mid-file, as at the end of summer time: the same wall clock, perhaps
    /// with another offset.
    LocalAgain,
    /// As [`ClockKind::Local`], and the year is not written: `at` lies in [`YEARLESS_BASE`].
    Yearless,
    /// [`ClockKind::Yearless`] after it went back by about an hour.
    YearlessAgain,
    /// Time since the kernel started, as printk and journald's monotonic fields count it.
    Boot,
}

/// A time as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RawStamp {
    /// The clock it was read from.
    pub clock: ClockKind,
    /// Microseconds since 1970 on that clock, or since boot.
    pub at: Micros,
    /// The step in which the log writes: 1 s for nginx, 1 µs for dmesg. The moment lies in `at .. at + resolution`.
    pub resolution: Micros,
}

impl ClockKind {
    /// The clock without a zone that this one goes on from after it went back.
    #[must_use]
    pub const fn before_the_fold(self) -> Option<Self> {
        match self {
            Self::LocalAgain => Some(Self::Local),
            Self::YearlessAgain => Some(Self::Yearless),
            _ => None,
        }
    }

    /// Whether the year is not written.
    #[must_use]
    pub const fn is_yearless(self) -> bool {
        matches!(self, Self::Yearless | Self::YearlessAgain)
    }
}

impl RawStamp {
    /// A stamp on an explicit clock, of a moment that is [`believed`].
    #[must_use]
    pub const fn new(clock: ClockKind, at: Micros, resolution: Micros) -> Self {
        Self { clock, at: believed(at), resolution }
    }
}

/// A moment in UTC, and how well it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub at: Micros,
    /// One standard deviation, in microseconds.
    pub sigma: Micros,
}

/// `YYYY-MM-DDTHH:MM:SS.mmmZ`, to milliseconds (truncated), or `None` outside the years that RFC 3339 can write.
#[must_use]
pub fn rfc3339(at: Micros) -> Option<String> {
    let time = DateTime::from_timestamp_micros(at)?;
    (0..=9999).contains(&time.year()).then(|| time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

/// `HH:MM:SS` of a UTC moment, for a reader who knows the day.
#[must_use]
pub fn clock_time(at: Micros) -> String {
    DateTime::from_timestamp_micros(at)
        .map_or_else(|| "?".to_owned(), |time| time.format("%H:%M:%S").to_string())
}

/// Microseconds of a calendar moment taken as UTC; `None` for dates that do not exist. A leap second counts as the last one before it.
#[must_use]
pub fn civil(
    year: i32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
) -> Option<Micros> {
    let date = NaiveDate::from_ymd_opt(year, month, day)?;
    let time = date.and_hms_opt(hour, minute, second.min(59))?;
    Some(time.and_utc().timestamp_micros())
}

/// The same calendar moment in another year (29 February becomes 28 February where there is none).
#[must_use]
pub fn in_year(at: Micros, year: i32) -> Option<Micros> {
    let time: NaiveDateTime = DateTime::from_timestamp_micros(at)?.naive_utc();
    let moved =
        time.with_year(year).or_else(|| time.with_day(28).and_then(|time| time.with_year(year)))?;
    Some(moved.and_utc().timestamp_micros())
}

/// The calendar year of a moment taken as UTC.
#[must_use]
pub fn year_of(at: Micros) -> Option<i32> {
    DateTime::from_timestamp_micros(at).map(|time| time.year())
}

/// Month number of an English three-letter (or longer) month name, 1 to 12, whatever its case.
#[must_use]
pub fn month_number(name: &[u8]) -> Option<u32> {
    const NAMES: [&[u8; 3]; 12] = [
        b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov",
        b"dec",
    ];
    let head = name.get(..3)?.to_ascii_lowercase();
    NAMES
        .iter()
        .position(|month| month.as_slice() == head)
        .and_then(|index| u32::try_from(index + 1).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_print_in_utc_and_never_panic() {
        assert_eq!(rfc3339(0).as_deref(), Some("1970-01-01T00:00:00.000Z"));
        assert_eq!(rfc3339(1_795_214_454_345_884).as_deref(), Some("2026-11-20T22:40:54.345Z"));
        assert_eq!(rfc3339(i64::MAX), None);
        assert_eq!(rfc3339(i64::MIN), None);
    }

    #[test]
    fn a_leap_day_moves_to_the_28th() {
        let leap = civil(1972, 2, 29, 1, 2, 3).unwrap();
        assert_eq!(in_year(leap, 2026), civil(2026, 2, 28, 1, 2, 3));
        assert_eq!(in_year(leap, 2028), civil(2028, 2, 29, 1, 2, 3));
    }
}
