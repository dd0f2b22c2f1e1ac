//! The `time` layouts of grammars: from the text of a stamp to a [`RawStamp`]. A layout with an offset (or the zone name UTC)
//! gives a UTC stamp, one without gives the local clock of whoever wrote it; zones are never guessed here.

use chrono::format::{Item, Parsed, StrftimeItems, parse};
use chrono::{NaiveDateTime, Timelike};

use crate::envelope::times;
use crate::stamp::{ClockKind, Micros, RawStamp, SECOND, YEARLESS_BASE, civil};

/// How a grammar's `time` capture is written.
#[derive(Debug)]
pub(super) enum Layout {
    /// RFC 3339 and its near relatives.
    Rfc3339,
    /// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by size; or RFC 3339.
    Epoch,
    /// A strftime layout of the chrono crate.
    Strftime { layout: String, digits: Option<Digits>, utc: bool },
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
            _ => Ok(Self::Strftime { layout: layout.to_owned(), digits: Digits::of(layout), utc }),
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
            Self::Strftime { layout, digits, utc } => {
                let clock = if *utc { ClockKind::Utc } else { ClockKind::Local };
                match digits.as_ref().and_then(|digits| digits.read(text.as_bytes())) {
                    Some((at, resolution)) => RawStamp::new(clock, at, resolution),
                    None => strftime(text, layout, *utc)?,
                }
            }
        };
        if stamp.clock == ClockKind::Local
            && zone.is_some_and(|zone| matches!(zone, "UTC" | "GMT" | "Z" | "Etc/UTC"))
        {
            stamp.clock = ClockKind::Utc;
        }
        Some(stamp)
    }
}

/// A layout of nothing but digits in fixed places: read by those places, where the text is written so to the byte. For any other
/// text, and any other layout, [`strftime`] is asked, which gives the same where both give an answer.
#[derive(Debug)]
pub(super) struct Digits {
    /// The layout with a letter in the place of each digit.
    places: Vec<u8>,
    resolution: Micros,
}

impl Digits {
    fn of(layout: &str) -> Option<Self> {
        let mut places = layout.to_owned();
        for (code, letters) in
            [("%Y", "YYYY"), ("%m", "mm"), ("%d", "dd"), ("%H", "HH"), ("%M", "MM"), ("%S", "SS")]
        {
            let (before, after) = places.split_once(code)?;
            places = format!("{before}{letters}{after}");
        }
        let whole = places.strip_suffix(",%3f").map(|whole| format!("{whole},fff"));
        let resolution = if whole.is_some() { SECOND / 1000 } else { SECOND };
        let places = whole.unwrap_or(places);
        let separators = |byte: &u8| b"YmdHMSf".contains(byte) || b"-/: T".contains(byte);
        let last = places.strip_suffix(",fff").unwrap_or(&places);
        (last.len() == 19 && last.bytes().all(|byte| separators(&byte)))
            .then(|| Self { places: places.clone().into_bytes(), resolution })
    }

    fn read(&self, text: &[u8]) -> Option<(Micros, Micros)> {
        if text.len() != self.places.len() {
            return None;
        }
        let [mut year, mut month, mut day, mut hour, mut minute, mut second, mut micros] =
            [0_u32; 7];
        for (place, byte) in self.places.iter().zip(text) {
            let number = match place {
                b'Y' => &mut year,
                b'm' => &mut month,
                b'd' => &mut day,
                b'H' => &mut hour,
                b'M' => &mut minute,
                b'S' => &mut second,
                b'f' => &mut micros,
                _ if place == byte => continue,
                _ => return None,
            };
            *number = *number * 10 + u32::from(byte.checked_sub(b'0').filter(|digit| *digit < 10)?);
        }
        // A leap second is for the others.
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let at = civil(i32::try_from(year).ok()?, month, day, hour, minute, second)?;
        Some((at + i64::from(micros) * 1000, self.resolution))
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
    fn digits_in_their_places_are_read_as_any_others() {
        let mut state = 1_u64;
        let mut next = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut read = 0;
        for layout in
            ["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S,%3f"]
        {
            let digits = Digits::of(layout).unwrap();
            for _ in 0..20_000 {
                let mut text = format!(
                    "{:04}-{:02}-{:02} {:02}:{:02}:{:02},{:03}",
                    next(3000),
                    next(14),
                    next(33),
                    next(26),
                    next(62),
                    next(63),
                    next(1000)
                )
                .into_bytes();
                if layout.contains('/') {
                    (text[4], text[7]) = (b'/', b'/');
                } else if layout.contains('T') {
                    text[10] = b'T';
                }
                text.truncate(digits.places.len());
                if next(4) == 0 {
                    let at = next(text.len() as u64) as usize;
                    text[at] = b"0 +-:,.T9"[next(9) as usize];
                }
                let text = String::from_utf8(text).unwrap();
                if let Some((at, resolution)) = digits.read(text.as_bytes()) {
                    let plain = strftime(&text, layout, false);
                    assert_eq!(
                        plain,
                        Some(RawStamp::new(ClockKind::Local, at, resolution)),
                        "{text}"
                    );
                    read += 1;
                }
            }
        }
        assert!(read > 30_000);
        assert!(
            Digits::of("%Y-%m-%d %H:%M:%S%.f").is_none() && Digits::of("%b %e %H:%M:%S").is_none()
        );
        assert!(Digits::of("%Y-%m-%d %H:%M:%S %z").is_none());
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
