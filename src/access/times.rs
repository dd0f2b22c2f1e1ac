//! The four ways in which access logs write a time: CLF, ISO 8601, an epoch and ctime. Bytes in, a [`RawStamp`] out.
//! It is separate from the transport envelopes because it runs once a request: calendar arithmetic by hand, no allocation.
//! It must never read a wall clock without an offset as UTC.

use crate::stamp::{ClockKind, Micros, RawStamp, SECOND};

/// Days from 1970-01-01 to a civil date of the Gregorian calendar (years 0 to 9999; counts eras of 400 years from 1 March).
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A calendar moment in seconds since 1970. 24:00:00 is the next midnight; second 60 counts as 59, as in `stamp::civil`.
fn seconds(date: (i64, i64, i64), time: (i64, i64, i64)) -> Option<i64> {
    let ((year, month, day), (hour, minute, second)) = (date, time);
    let date_exists = (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
    let time_exists =
        minute < 60 && second <= 60 && (hour < 24 || (hour == 24 && minute == 0 && second == 0));
    (date_exists && time_exists).then(|| {
        days_from_civil(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second.min(59)
    })
}

/// `count` digits at `at`.
fn digits(input: &[u8], at: usize, count: usize) -> Option<i64> {
    input.get(at..at + count)?.iter().try_fold(0_i64, |sum, byte| {
        byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0'))
    })
}

/// `HH:MM:SS` at `at`.
fn time_of_day(input: &[u8], at: usize) -> Option<(i64, i64, i64)> {
    let colons = input.get(at + 2) == Some(&b':') && input.get(at + 5) == Some(&b':');
    colons.then_some(())?;
    Some((digits(input, at, 2)?, digits(input, at + 3, 2)?, digits(input, at + 6, 2)?))
}

/// nginx and Apache always write English month names, whatever the locale (`ngx_times.c`).
fn month(name: &[u8]) -> Option<i64> {
    const NAMES: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let index = NAMES.chunks_exact(3).position(|month| month == name)?;
    i64::try_from(index + 1).ok()
}

/// `+HHMM`, `+HH:MM` or `+HH` in seconds east of UTC.
fn offset(input: &[u8]) -> Option<i64> {
    let sign = match input.first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let hours = digits(input, 1, 2)?;
    let minutes = match input.len() {
        3 => 0,
        5 => digits(input, 3, 2)?,
        6 if input.get(3) == Some(&b':') => digits(input, 4, 2)?,
        _ => return None,
    };
    (hours <= 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

/// Length of a CLF time in bytes.
pub(super) const CLF_LENGTH: usize = 26;

/// `05/Nov/2025:12:00:00 +0300`: `$time_local` of nginx, `%t` of Apache and gunicorn without the brackets.
pub(super) fn clf(input: &[u8]) -> Option<RawStamp> {
    let punctuated = input.len() == CLF_LENGTH
        && input.get(2) == Some(&b'/')
        && input.get(6) == Some(&b'/')
        && input.get(11) == Some(&b':')
        && input.get(20) == Some(&b' ');
    punctuated.then_some(())?;
    let date = (digits(input, 7, 4)?, month(input.get(3..6)?)?, digits(input, 0, 2)?);
    let at = seconds(date, time_of_day(input, 12)?)? - offset(input.get(21..)?)?;
    Some(RawStamp::new(ClockKind::Utc, at * SECOND, SECOND))
}

/// `05/Nov/2025:12:00:00.123`: HAProxy's accept and request dates, local time without a zone (configuration.txt, 8.2.3).
pub(super) fn haproxy(input: &[u8]) -> Option<RawStamp> {
    let punctuated = input.len() == 24
        && [2, 6].iter().all(|at| input.get(*at) == Some(&b'/'))
        && input.get(11) == Some(&b':')
        && input.get(20) == Some(&b'.');
    punctuated.then_some(())?;
    let date = (digits(input, 7, 4)?, month(input.get(3..6)?)?, digits(input, 0, 2)?);
    let (micros, step) = fraction(input.get(21..)?)?;
    let at = seconds(date, time_of_day(input, 12)?)? * SECOND + micros;
    Some(RawStamp::new(ClockKind::Local, at, step))
}

/// Fraction of a second: microseconds, and the step of its last digit. Digits past the sixth are dropped.
fn fraction(text: &[u8]) -> Option<(Micros, Micros)> {
    let (mut micros, mut step) = (0, SECOND);
    (!text.is_empty()).then_some(())?;
    for byte in text {
        byte.is_ascii_digit().then_some(())?;
        if step > 1 {
            step /= 10;
            micros += i64::from(byte - b'0') * step;
        }
    }
    Some((micros, step))
}

/// `2025-11-05T12:00:00[.123][Z|+03:00]`, `T` or a blank in the middle; without an offset it is local time.
pub(super) fn iso(input: &[u8]) -> Option<RawStamp> {
    let punctuated = input.get(4) == Some(&b'-')
        && input.get(7) == Some(&b'-')
        && matches!(input.get(10)?, b'T' | b't' | b' ');
    punctuated.then_some(())?;
    let date = (digits(input, 0, 4)?, digits(input, 5, 2)?, digits(input, 8, 2)?);
    let whole = seconds(date, time_of_day(input, 11)?)?;
    let mut rest = input.get(19..)?;
    let (mut micros, mut step) = (0, SECOND);
    if let [b'.' | b',', tail @ ..] = rest {
        let length = tail.iter().take_while(|byte| byte.is_ascii_digit()).count();
        (micros, step) = fraction(tail.get(..length)?)?;
        rest = tail.get(length..)?;
    }
    let (clock, east) = match rest.trim_ascii() {
        b"" => (ClockKind::Local, 0),
        b"Z" | b"z" | b"UTC" => (ClockKind::Utc, 0),
        zone => (ClockKind::Utc, offset(zone)?),
    };
    Some(RawStamp::new(clock, (whole - east) * SECOND + micros, step))
}

/// An epoch: `$msec` (`1762344000.123`), or a whole number of seconds, milli-, micro- or nanoseconds, told apart by its size.
pub(super) fn epoch(input: &[u8]) -> Option<RawStamp> {
    let point = input.iter().position(|byte| *byte == b'.').unwrap_or(input.len());
    let (whole, tail) = input.split_at(point);
    ((9..=19).contains(&whole.len()) && whole.iter().all(u8::is_ascii_digit)).then_some(())?;
    let number = whole
        .iter()
        .try_fold(0_i64, |sum, byte| sum.checked_mul(10)?.checked_add(i64::from(byte - b'0')))?;
    let (micros, step) = match tail {
        [] | [b'.'] => (0, SECOND),
        [_, digits @ ..] => fraction(digits)?,
    };
    // 11 digits of seconds end in the year 5138: longer numbers count something smaller.
    let (at, resolution) = match whole.len() {
        9..=11 => (number.checked_mul(SECOND)?.checked_add(micros)?, step),
        12..=14 => (number.checked_mul(1_000)?, 1_000),
        15..=17 => (number, 1),
        _ => (number / 1_000, 1),
    };
    Some(RawStamp::new(ClockKind::Utc, at, resolution))
}

/// `Thu Nov  5 12:00:00 2025`: asctime without a zone, as uWSGI writes it.
pub(super) fn ctime(input: &[u8]) -> Option<RawStamp> {
    let punctuated =
        input.len() == 24 && [3, 7, 10, 19].iter().all(|at| input.get(*at) == Some(&b' '));
    punctuated.then_some(())?;
    let day = if input.get(8) == Some(&b' ') { digits(input, 9, 1)? } else { digits(input, 8, 2)? };
    let date = (digits(input, 20, 4)?, month(input.get(4..7)?)?, day);
    Some(RawStamp::new(ClockKind::Local, seconds(date, time_of_day(input, 11)?)? * SECOND, SECOND))
}

/// Any of the ways but ctime, for JSON keys that say only `time`.
pub(super) fn any(input: &[u8]) -> Option<RawStamp> {
    clf(input).or_else(|| iso(input)).or_else(|| epoch(input))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stamp::{civil, rfc3339};

    #[track_caller]
    fn check(input: &str, expected: &str, clock: ClockKind, resolution: Micros) {
        let stamp = any(input.as_bytes()).or_else(|| ctime(input.as_bytes())).expect("a time");
        let seen = (rfc3339(stamp.at), stamp.clock, stamp.resolution);
        assert_eq!(seen, (Some(expected.to_owned()), clock, resolution));
    }

    #[test]
    fn every_way_of_writing_a_time() {
        use ClockKind::{Local, Utc};
        check("20/Nov/2026:22:35:54 +0000", "2026-11-20T22:35:54.000Z", Utc, SECOND);
        check("21/Nov/2026:01:10:50 +0300", "2026-11-20T22:10:50.000Z", Utc, SECOND);
        check("21/Nov/2026:03:46:07 +0530", "2026-11-20T22:16:07.000Z", Utc, SECOND);
        check("20/Nov/2026:17:03:21 -0500", "2026-11-20T22:03:21.000Z", Utc, SECOND);
        check("05/Nov/2025:12:00:00 -0000", "2025-11-05T12:00:00.000Z", Utc, SECOND);
        check("31/Dec/2016:23:59:60 +0000", "2016-12-31T23:59:59.000Z", Utc, SECOND);
        check("31/Dec/2025:24:00:00 +0000", "2026-01-01T00:00:00.000Z", Utc, SECOND);
        check("29/Feb/2024:00:00:01 +0000", "2024-02-29T00:00:01.000Z", Utc, SECOND);
        check("01/Jan/1970:00:00:05 +0000", "1970-01-01T00:00:05.000Z", Utc, SECOND);
        check("2026-11-21T01:08:12+03:00", "2026-11-20T22:08:12.000Z", Utc, SECOND);
        check("2025-11-05T12:00:00.123456789Z", "2025-11-05T12:00:00.123Z", Utc, 1);
        check("2025-11-05T12:00:00.5+00", "2025-11-05T12:00:00.500Z", Utc, 100_000);
        check("2025-11-05 12:00:00,123", "2025-11-05T12:00:00.123Z", Local, 1_000);
        check("1795215839.764", "2026-11-20T23:03:59.764Z", Utc, 1_000);
        check("1762344000", "2025-11-05T12:00:00.000Z", Utc, SECOND);
        check("1762344000123", "2025-11-05T12:00:00.123Z", Utc, 1_000);
        check("1762344000123456", "2025-11-05T12:00:00.123Z", Utc, 1);
        check("1762344000123456789", "2025-11-05T12:00:00.123Z", Utc, 1);
        check("Fri Nov 20 22:28:44 2026", "2026-11-20T22:28:44.000Z", Local, SECOND);
        check("Thu Nov  5 12:00:00 2025", "2025-11-05T12:00:00.000Z", Local, SECOND);
    }

    #[test]
    fn what_is_no_time() {
        for input in [
            "",
            "-",
            "20/Nov/2026:22:35:54 +000",
            "20/Nov/2026:22:35:54",
            "30/Feb/2026:22:35:54 +0000",
            "29/Feb/2026:22:35:54 +0000",
            "31/Dec/2025:24:10:00 +0000",
            "20/nov/2026:22:35:54 +0000",
            "20/Nov/2026:22:60:54 +0000",
            "2026-13-01T00:00:00Z",
            "2026-11-21T01:08:12+3",
            "2026-11-21T01:08:12.Z",
            "2026/11/21 01:08:12",
            "12345678",
            "99999999999999999999",
            "9999999999.9x",
            "Xxx Foo 20 22:28:44 2026",
        ] {
            let input = input.as_bytes();
            assert_eq!(any(input).or_else(|| ctime(input)), None, "{}", input.escape_ascii());
        }
    }

    #[test]
    fn days_agree_with_the_calendar_of_chrono() {
        for year in [1600, 1900, 1970, 1972, 1999, 2000, 2026, 2100, 2400] {
            for (month, day) in [(1, 1), (2, 28), (3, 1), (7, 31), (12, 31)] {
                let days = days_from_civil(i64::from(year), i64::from(month), i64::from(day));
                assert_eq!(civil(year, month, day, 0, 0, 0), Some(days * 86_400 * SECOND));
            }
        }
    }
}
