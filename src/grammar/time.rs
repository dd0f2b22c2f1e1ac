//! The `time` layouts of grammars: from the text of a stamp to a [`RawStamp`]. A layout with an offset (or the zone name UTC)
//! gives a UTC stamp, one without gives the local clock of whoever wrote it; zones are never guessed here.

use chrono::format::{Item, Parsed, StrftimeItems, parse};
use chrono::{NaiveDateTime, Timelike};

use crate::envelope::times;
use crate::stamp::{ClockKind, RawStamp, SECOND, YEARLESS_BASE};

/// How a grammar's `time` capture is written.
#[derive(Debug)]
pub(super) enum Layout {
    /// RFC 3339 and its near relatives.
    Rfc3339,
    /// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by size; or RFC 3339.
    Epoch,
    /// A strftime layout of the chrono crate.
    Strftime { layout: String, utc: bool },
}

impl Layout {
    /// `rfc3339`, `epoch`, or a strftime layout; `utc` where the program is known to write UTC without saying so.
    pub(super) fn new(layout: &str, utc: bool) -> Result<Self, String> {
        match layout {
            "rfc3339" => Ok(Self::Rfc3339),
            "epoch" => Ok(Self::Epoch),
            _ if StrftimeItems::new(layout).any(|item| matches!(item, Item::Error)) => {
                Err(format!(
                    "time layout \"{layout}\" has an unknown % code; see the strftime table of the chrono crate"
                ))
            }
            _ => Ok(Self::Strftime { layout: layout.to_owned(), utc }),
        }
    }

    /// Reads the text; `zone` is a separately captured zone name.
    pub(super) fn read(&self, text: &str, zone: Option<&str>) -> Option<RawStamp> {
        let text = text.trim();
        let mut stamp = match self {
            Self::Rfc3339 => times::rfc3339(text.as_bytes())?.0,
            Self::Epoch => {
                times::epoch(text.as_bytes()).or_else(|| times::rfc3339(text.as_bytes()))?.0
            }
            Self::Strftime { layout, utc } => strftime(text, layout, *utc)?,
        };
        if stamp.clock == ClockKind::Local
            && zone.is_some_and(|zone| matches!(zone, "UTC" | "GMT" | "Z" | "Etc/UTC"))
        {
            stamp.clock = ClockKind::Utc;
        }
        Some(stamp)
    }
}

fn strftime(text: &str, layout: &str, utc: bool) -> Option<RawStamp> {
    let mut parsed = Parsed::new();
    parse(&mut parsed, text, StrftimeItems::new(layout)).ok()?;
    let offset = parsed.offset();
    let yearless =
        parsed.year().is_none() && parsed.year_mod_100().is_none() && parsed.timestamp().is_none();
    if yearless {
        parsed.set_year(i64::from(YEARLESS_BASE)).ok()?;
    }
    let time: NaiveDateTime = parsed.to_naive_datetime_with_offset(0).ok()?;
    let local = time.and_utc().timestamp_micros();
    let resolution = resolution_of(&time, text);
    Some(match offset {
        Some(seconds) => RawStamp::new(
            ClockKind::Utc,
            local.checked_sub(i64::from(seconds) * SECOND)?,
            resolution,
        ),
        None if utc => RawStamp::new(ClockKind::Utc, local, resolution),
        None if yearless => RawStamp::new(ClockKind::Yearless, local, resolution),
        None => RawStamp::new(ClockKind::Local, local, resolution),
    })
}

/// A second, unless the text shows a fraction: then a millisecond or a microsecond, by its digits.
fn resolution_of(time: &NaiveDateTime, text: &str) -> i64 {
    let digits = text
        .rsplit_once(['.', ','])
        .map_or(0, |(_, tail)| tail.bytes().take_while(u8::is_ascii_digit).count());
    match digits {
        0 if time.nanosecond() == 0 => SECOND,
        0..=2 => SECOND / 10,
        3 => SECOND / 1000,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stamp::civil;

    #[track_caller]
    fn check(layout: &str, text: &str, clock: ClockKind, at: Option<i64>) {
        let read = Layout::new(layout, false).unwrap().read(text, None).unwrap();
        assert_eq!((read.clock, Some(read.at)), (clock, at));
    }

    #[test]
    fn layouts_read_what_programs_write() {
        let noon = civil(2026, 11, 20, 12, 0, 1);
        check("%Y-%m-%d %H:%M:%S %z", "2026-11-20 15:00:01 +0300", ClockKind::Utc, noon);
        check("%Y/%m/%d %H:%M:%S", "2026/11/20 12:00:01", ClockKind::Local, noon);
        check(
            "%Y-%m-%d %H:%M:%S,%3f",
            "2026-11-20 12:00:01,250",
            ClockKind::Local,
            noon.map(|at| at + 250_000),
        );
        check("%d-%b-%Y %H:%M:%S", "20-Nov-2026 12:00:01", ClockKind::Local, noon);
        check(
            "%b %e %H:%M:%S",
            "Nov  5 12:00:01",
            ClockKind::Yearless,
            civil(1972, 11, 5, 12, 0, 1),
        );
        check("rfc3339", "2026-11-20T15:00:01+03:00", ClockKind::Utc, noon);
        check("epoch", "1795176001", ClockKind::Utc, noon);
        assert!(Layout::new("%Y-%Q", false).is_err());
    }
}
