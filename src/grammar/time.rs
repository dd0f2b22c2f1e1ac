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
    Strftime { layout: String, digits: Option<Box<Digits>>, utc: bool },
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
            _ => Ok(Self::Strftime {
                layout: layout.to_owned(),
                digits: Digits::of(layout).map(Box::new),
                utc,
            }),
        }
    }

    /// Reads the text; `zone` is a separately captured zone name.
    pub(super) fn read(&self, text: &[u8], zone: Option<&[u8]>) -> Option<RawStamp> {
        let text = text.trim_ascii();
        let mut stamp = match self {
            Self::Rfc3339 => times::rfc3339(text)?.0,
            Self::Epoch => times::epoch(text).or_else(|| times::rfc3339(text))?.0,
            Self::Strftime { layout, digits, utc } => {
                let clock = if *utc { ClockKind::Utc } else { ClockKind::Local };
                match digits.as_ref().and_then(|digits| digits.read(text)) {
                    Some((at, resolution)) => RawStamp::new(clock, at, resolution),
                    None => strftime(String::from_utf8_lossy(text).trim(), layout, *utc)?,
                }
            }
        };
        if stamp.clock == ClockKind::Local
            && zone.is_some_and(|zone| matches!(zone, b"UTC" | b"GMT" | b"Z" | b"Etc/UTC"))
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
    /// Where year, month, day, hour, minute and second begin.
    starts: [usize; 6],
    /// Where milliseconds begin, if they are written.
    millis: Option<usize>,
    /// All other bytes, with their places.
    separators: Vec<(usize, u8)>,
    bytes: usize,
}

impl Digits {
    fn of(layout: &str) -> Option<Self> {
        // The layout with a letter in the place of each digit.
        let mut places = layout.to_owned();
        for (code, letters) in
            [("%Y", "YYYY"), ("%m", "mm"), ("%d", "dd"), ("%H", "HH"), ("%M", "MM"), ("%S", "SS")]
        {
            let (before, after) = places.split_once(code)?;
            places = format!("{before}{letters}{after}");
        }
        let whole = places.strip_suffix(",%3f").map(str::to_owned);
        let millis = whole.as_ref().map(|whole| whole.len() + 1);
        let places = whole.unwrap_or(places);
        let is_letter = |byte: &u8| b"YmdHMS".contains(byte);
        let is_known = |byte: u8| is_letter(&byte) || b"-/: T".contains(&byte);
        if places.len() != 19 || !places.bytes().all(is_known) {
            return None;
        }
        let start = |letter: char| places.find(letter);
        let starts = [start('Y')?, start('m')?, start('d')?, start('H')?, start('M')?, start('S')?];
        let other = places.bytes().enumerate().filter(|(_, byte)| !is_letter(byte));
        let separators = other.chain(millis.map(|millis| (millis - 1, b','))).collect();
        let bytes = millis.map_or(places.len(), |millis| millis + 3);
        Some(Self { starts, millis, separators, bytes })
    }

    fn read(&self, text: &[u8]) -> Option<(Micros, Micros)> {
        let is_there = |(at, byte): &(usize, u8)| text.get(*at) == Some(byte);
        if text.len() != self.bytes || !self.separators.iter().all(is_there) {
            return None;
        }
        let [year, month, day, hour, minute, second] = self.starts;
        let (century, year) = (number(text, year)?, number(text, year + 2)?);
        let [month, day] = [number(text, month)?, number(text, day)?];
        let [hour, minute, second] =
            [number(text, hour)?, number(text, minute)?, number(text, second)?];
        // A leap second is for the others.
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let year = i32::try_from(century * 100 + year).ok()?;
        let at = civil(year, month, day, hour, minute, second)?;
        match self.millis {
            Some(millis) => {
                let millis = number(text, millis)? * 10 + digit(*text.get(millis + 2)?)?;
                Some((at + i64::from(millis) * 1000, SECOND / 1000))
            }
            None => Some((at, SECOND)),
        }
    }
}

/// Two digits.
fn number(text: &[u8], at: usize) -> Option<u32> {
    let [tens, ones] = *text.get(at..)?.first_chunk()?;
    Some(digit(tens)? * 10 + digit(ones)?)
}

fn digit(byte: u8) -> Option<u32> {
    byte.checked_sub(b'0').filter(|digit| *digit < 10).map(u32::from)
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
        let read = Layout::new(layout, false).unwrap().read(text.as_bytes(), None).unwrap();
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
                text.truncate(digits.bytes);
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
