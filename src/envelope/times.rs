//! Parsers of the time formats that logs share. In: bytes that begin with a time; out: the stamp on its own clock and how many
//! bytes it took. Exists so that every wrapper and grammar reads a time in the same way.
//! Must never guess a zone or a year, and must never panic on a forged date.

use crate::stamp::{ClockKind, HOUR, MINUTE, Micros, RawStamp, SECOND, YEARLESS_BASE, civil};

use super::months::{MONTH_MAX_BYTES, month};

/// Most digits of a fraction: nanoseconds.
const FRACTION_MAX_DIGITS: usize = 9;
/// Zones reach from -12:00 to +14:00; what is beyond 18 hours is no offset.
const OFFSET_MAX: Micros = 18 * HOUR;

/// `2025-11-05T12:00:00.123456+03:00`: `T` or a blank between, `.` or `,` and up to 9 digits, `Z`, `+hh:mm`, `+hhmm` or `+hh`
/// directly after it. Without an offset the clock is [`ClockKind::Local`].
#[must_use]
pub fn rfc3339(text: &[u8]) -> Option<(RawStamp, usize)> {
    let (at, resolution, taken) = calendar(text)?;
    let (offset, width) = offset(text.get(taken..)?)?;
    Some((placed(at, resolution, offset), taken + width))
}

/// As [`rfc3339`], and also with a blank before the offset (gunicorn, Ruby) or the names `UTC`, `GMT`, `Z` (PostgreSQL, MySQL).
/// Other zone names are ambiguous: they are left standing, and the clock is [`ClockKind::Local`].
#[must_use]
pub fn rfc3339_zoned(text: &[u8]) -> Option<(RawStamp, usize)> {
    let (stamp, taken) = rfc3339(text)?;
    let Some(zone) = text.get(taken..).and_then(|rest| rest.strip_prefix(b" ")) else {
        return Some((stamp, taken));
    };
    if stamp.clock != ClockKind::Local {
        return Some((stamp, taken));
    }
    let ends = |width: usize| {
        !zone.get(width).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b':')
    };
    for name in [b"UTC".as_slice(), b"GMT", b"Z"] {
        if zone.starts_with(name) && ends(name.len()) {
            return Some((RawStamp { clock: ClockKind::Utc, ..stamp }, taken + 1 + name.len()));
        }
    }
    match offset(zone) {
        Some((Some(offset), width)) if ends(width) => {
            Some((placed(stamp.at, stamp.resolution, Some(offset)), taken + 1 + width))
        }
        _ => Some((stamp, taken)),
    }
}

/// The common log format: `05/Nov/2025:12:00:00 +0300`, without offset (HAProxy: `05/Nov/2025:12:00:00.123`) Local.
#[must_use]
pub fn clf(text: &[u8]) -> Option<(RawStamp, usize)> {
    let day = two(text, 0)?;
    let month = month(text.get(3..6)?)?;
    let year = four(text, 7)?;
    if text.get(2) != Some(&b'/') || text.get(6) != Some(&b'/') || text.get(11) != Some(&b':') {
        return None;
    }
    let (hour, minute, second) = hms(text.get(12..)?)?;
    let (micros, resolution, width) = fraction(text.get(20..)?)?;
    let at = civil(year, month, day, hour, minute, second)?.checked_add(micros)?;
    let taken = 20 + width;
    let Some(zone) = text.get(taken..).and_then(|rest| rest.strip_prefix(b" ")) else {
        return Some((placed(at, resolution, None), taken));
    };
    match offset(zone)? {
        (Some(offset), width) => Some((placed(at, resolution, Some(offset)), taken + 1 + width)),
        (None, _) => Some((placed(at, resolution, None), taken)),
    }
}

/// RFC 3164: `Nov  5 12:00:00`, `Nov 05 12:00:00.123456`, in the locales of `months` too. In [`YEARLESS_BASE`].
#[must_use]
pub fn syslog3164(text: &[u8]) -> Option<(RawStamp, usize)> {
    // journalctl pads the month number of Japanese and Chinese locales.
    let start = blanks(text);
    let (name, mut at) = word(text, start.min(1))?;
    let month = month(name)?;
    let day = day_of_month(text, &mut at)?;
    let (hour, minute, second) = hms(text.get(at..)?)?;
    let (micros, resolution, width) = fraction(text.get(at + 8..)?)?;
    let moment = civil(YEARLESS_BASE, month, day, hour, minute, second)?.checked_add(micros)?;
    Some((RawStamp::new(ClockKind::Yearless, moment, resolution), at + 8 + width))
}

/// ctime(3): `Thu Nov  5 12:00:00 2025`, with a fraction in Apache 2.4; in French order `dim. 19 avril 18:03:30 2026`. Local.
#[must_use]
pub fn ctime(text: &[u8]) -> Option<(RawStamp, usize)> {
    let (weekday, mut at) = word(text, 0)?;
    if weekday.first().is_none_or(u8::is_ascii_digit) {
        return None;
    }
    at += blanks(text.get(at..)?);
    let (month, day) = month_and_day(text, &mut at)?;
    let (hour, minute, second) = hms(text.get(at..)?)?;
    let (micros, resolution, width) = fraction(text.get(at + 8..)?)?;
    at += 8 + width;
    if text.get(at) != Some(&b' ') {
        return None;
    }
    let moment =
        civil(four(text, at + 1)?, month, day, hour, minute, second)?.checked_add(micros)?;
    Some((RawStamp::new(ClockKind::Local, moment, resolution), at + 5))
}

/// printk's `1234.567890`, leading blanks allowed. Seconds since boot.
#[must_use]
pub fn boot_seconds(text: &[u8]) -> Option<(RawStamp, usize)> {
    let start = blanks(text);
    let (seconds, digits) = number(text.get(start..)?)?;
    let after = start + digits;
    let (micros, resolution, width) = fraction(text.get(after..)?)?;
    if width == 0 || text.get(after) != Some(&b'.') {
        return None;
    }
    let at = seconds.checked_mul(SECOND)?.checked_add(micros)?;
    Some((RawStamp::new(ClockKind::Boot, at, resolution), after + width))
}

/// Time since 1970: seconds, milliseconds, microseconds or nanoseconds by magnitude, with an optional fraction of that unit.
/// Fewer than 9 digits before the point are no epoch of a log that anybody has.
#[must_use]
pub fn epoch(text: &[u8]) -> Option<(RawStamp, usize)> {
    let (value, digits) = number(text)?;
    let (micros, resolution, width) = fraction(text.get(digits..)?)?;
    let (at, resolution) = match digits {
        9..=11 => (value.checked_mul(SECOND)?.checked_add(micros)?, resolution),
        12..=14 => {
            (value.checked_mul(1_000)?.checked_add(micros / 1_000)?, (resolution / 1_000).max(1))
        }
        15..=17 => (value, 1),
        18..=19 => (value / 1_000, 1),
        _ => return None,
    };
    Some((RawStamp::new(ClockKind::Utc, at, resolution), digits + width))
}

/// journalctl's `Wed 2025-11-05 12:00:00.123456 UTC`: a weekday, the local time and the name of the zone, all of it taken.
#[must_use]
pub fn weekday_zoned(text: &[u8]) -> Option<(RawStamp, usize)> {
    let (weekday, at) = word(text, 0)?;
    if weekday.first().is_none_or(u8::is_ascii_digit) || text.get(at) != Some(&b' ') {
        return None;
    }
    // journalctl never joins date and time by `T`; a load balancer's `http 2018-07-02T22:23:00Z` does.
    if text.get(at + 11) != Some(&b' ') {
        return None;
    }
    let (stamp, width) = rfc3339_zoned(text.get(at + 1..)?)?;
    let taken = at + 1 + width;
    if stamp.clock != ClockKind::Local {
        return Some((stamp, taken));
    }
    let zone = text.get(taken..)?.strip_prefix(b" ")?;
    let letters = zone.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    if letters < 2 || zone.get(letters).is_some_and(|byte| *byte != b' ') {
        return None;
    }
    let offset = zone_minutes(&zone[..letters]).map(|minutes| minutes * MINUTE);
    Some((placed(stamp.at, stamp.resolution, offset), taken + 1 + letters))
}

/// Minutes east of UTC of the zone names of tzdata that one offset only has among those in use. `CST`, `IST`, `PST` and `BST` have more.
fn zone_minutes(name: &[u8]) -> Option<i64> {
    const HOURS: [(&[u8], i64); 36] = [
        (b"ACDT", 630),
        (b"ACST", 570),
        (b"ADT", -180),
        (b"AEDT", 660),
        (b"AEST", 600),
        (b"AKDT", -480),
        (b"AKST", -540),
        (b"AST", -240),
        (b"AWST", 480),
        (b"CAT", 120),
        (b"CDT", -300),
        (b"CEST", 120),
        (b"CET", 60),
        (b"EAT", 180),
        (b"EDT", -240),
        (b"EEST", 180),
        (b"EET", 120),
        (b"EST", -300),
        (b"GMT", 0),
        (b"HKT", 480),
        (b"HST", -600),
        (b"IDT", 180),
        (b"JST", 540),
        (b"KST", 540),
        (b"MDT", -360),
        (b"MSK", 180),
        (b"MST", -420),
        (b"NZDT", 780),
        (b"NZST", 720),
        (b"PDT", -420),
        (b"PKT", 300),
        (b"SAST", 120),
        (b"WAT", 60),
        (b"WEST", 60),
        (b"WET", 0),
        (b"WIB", 420),
    ];
    HOURS.iter().find(|(own, _)| *own == name).map(|(_, minutes)| *minutes)
}

/// Date and time of day without its zone.
fn calendar(text: &[u8]) -> Option<(Micros, Micros, usize)> {
    let head = text.get(..19)?;
    if head[4] != b'-' || head[7] != b'-' || !matches!(head[10], b'T' | b't' | b' ') {
        return None;
    }
    let (hour, minute, second) = hms(&head[11..])?;
    let (micros, resolution, width) = fraction(&text[19..])?;
    let at = civil(four(head, 0)?, two(head, 5)?, two(head, 8)?, hour, minute, second)?;
    Some((at.checked_add(micros)?, resolution, 19 + width))
}

fn placed(at: Micros, resolution: Micros, offset: Option<Micros>) -> RawStamp {
    match offset {
        Some(offset) => RawStamp::new(ClockKind::Utc, at.saturating_sub(offset), resolution),
        None => RawStamp::new(ClockKind::Local, at, resolution),
    }
}

/// The offset at the start of `text`: `Some((None, 0))` where none is written, `None` where it is out of range.
fn offset(text: &[u8]) -> Option<(Option<Micros>, usize)> {
    let sign = match text.first() {
        Some(b'Z' | b'z') => return Some((Some(0), 1)),
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return Some((None, 0)),
    };
    let Some(hours) = two(text, 1) else { return Some((None, 0)) };
    let (minutes, width) = match (text.get(3) == Some(&b':'), two(text, 3), two(text, 4)) {
        (true, _, Some(minutes)) => (minutes, 6),
        (false, Some(minutes), _) => (minutes, 5),
        _ => (0, 3),
    };
    let offset = i64::from(hours) * HOUR + i64::from(minutes) * MINUTE;
    (minutes < 60 && offset <= OFFSET_MAX).then_some((Some(sign * offset), width))
}

/// `.123456` or `,123`: microseconds, the step it is written in, and its width; zero width where there is none.
fn fraction(text: &[u8]) -> Option<(Micros, Micros, usize)> {
    let digits = match text {
        [b'.' | b',', digits @ ..] => {
            digits.iter().take_while(|byte| byte.is_ascii_digit()).count()
        }
        _ => 0,
    };
    if digits == 0 {
        return Some((0, SECOND, 0));
    }
    let mut micros = 0;
    let mut step = SECOND;
    for byte in text.get(1..)?.iter().take(digits.min(6)) {
        step /= 10;
        micros += Micros::from(byte - b'0') * step;
    }
    (digits <= FRACTION_MAX_DIGITS).then_some((micros, step, digits + 1))
}

fn hms(text: &[u8]) -> Option<(u32, u32, u32)> {
    if text.get(2) != Some(&b':') || text.get(5) != Some(&b':') {
        return None;
    }
    let (hour, minute, second) = (two(text, 0)?, two(text, 3)?, two(text, 6)?);
    // 23:59:60 is a leap second; `civil` puts it into the second before.
    (hour < 24 && minute < 60 && second <= 60).then_some((hour, minute, second))
}

/// ` Nov  5 ` or ` 5 Nov `, and `at` behind it.
fn month_and_day(text: &[u8], at: &mut usize) -> Option<(u32, u32)> {
    let (first, after) = word(text, *at)?;
    if let Some(month) = month(first) {
        *at = after;
        return Some((month, day_of_month(text, at)?));
    }
    let day = match first {
        [ones @ b'1'..=b'9'] => u32::from(ones - b'0'),
        _ if first.len() == 2 => two(first, 0)?,
        _ => return None,
    };
    let start = after + blanks(text.get(after..)?);
    let (name, after) = word(text, start)?;
    *at = after + 1;
    Some((month(name)?, day))
}

/// One or two digits with blanks around, and `at` behind it.
fn day_of_month(text: &[u8], at: &mut usize) -> Option<u32> {
    let rest = text.get(*at..)?;
    let pad = blanks(rest);
    let (day, width) = number(rest.get(pad..)?)?;
    if !(1..=2).contains(&pad) || width > 2 || rest.get(pad + width) != Some(&b' ') {
        return None;
    }
    *at += pad + width + 1;
    u32::try_from(day).ok()
}

/// The word that begins at `at`, up to a blank, and where it ends.
fn word(text: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = text.get(at..)?;
    let width = rest.iter().take(MONTH_MAX_BYTES + 1).position(|byte| *byte == b' ')?;
    (width > 0).then(|| (&rest[..width], at + width))
}

fn blanks(text: &[u8]) -> usize {
    text.iter().take_while(|byte| **byte == b' ').count()
}

/// A number of at most 19 digits, and how many they are.
fn number(text: &[u8]) -> Option<(i64, usize)> {
    let width = text.iter().take(20).take_while(|byte| byte.is_ascii_digit()).count();
    if width == 0 {
        return None;
    }
    let value = text[..width]
        .iter()
        .try_fold(0i64, |value, byte| value.checked_mul(10)?.checked_add(i64::from(byte - b'0')))?;
    Some((value, width))
}

fn two(text: &[u8], at: usize) -> Option<u32> {
    match text.get(at..)? {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9', ..] => {
            Some(u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
        }
        _ => None,
    }
}

fn four(text: &[u8], at: usize) -> Option<i32> {
    i32::try_from(two(text, at)? * 100 + two(text, at + 2)?).ok()
}

#[cfg(test)]
mod tests;
