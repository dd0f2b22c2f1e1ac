//! Times as real logs write them.

use super::*;
use crate::stamp::rfc3339 as print;

type Parser = fn(&[u8]) -> Option<(RawStamp, usize)>;

/// The clock, the moment in ISO, the resolution in µs, and what is left of the text.
#[track_caller]
fn check(
    parser: Parser,
    text: &str,
    clock: ClockKind,
    moment: &str,
    resolution: Micros,
    left: &str,
) {
    let (stamp, taken) = parser(text.as_bytes()).unwrap_or_else(|| panic!("{text} was not read"));
    assert_eq!(
        (stamp.clock, print(stamp.at).as_deref(), stamp.resolution),
        (clock, Some(moment), resolution),
        "{text}"
    );
    assert_eq!(&text[taken..], left, "{text}");
}

#[track_caller]
fn refuse(parser: Parser, text: &str) {
    assert_eq!(parser(text.as_bytes()), None, "{text}");
}

const NOON: &str = "2025-11-05T12:00:00.000Z";
const UTC: ClockKind = ClockKind::Utc;
const LOCAL: ClockKind = ClockKind::Local;

#[test]
fn rfc3339_with_every_offset() {
    check(rfc3339, "2025-11-05T12:00:00Z x", UTC, NOON, SECOND, " x");
    check(rfc3339, "2025-11-05T15:00:00+03:00 x", UTC, NOON, SECOND, " x");
    check(rfc3339, "2025-11-05T15:00:00+0300 x", UTC, NOON, SECOND, " x");
    check(rfc3339, "2025-11-05T15:00:00+03 x", UTC, NOON, SECOND, " x");
    check(rfc3339, "2025-11-05T17:45:00+0545", UTC, NOON, SECOND, "");
    check(rfc3339, "2025-11-05T06:30:00.000-05:30", UTC, NOON, 1_000, "");
    check(rfc3339, "2025-11-05T12:00:00-0000", UTC, NOON, SECOND, "");
    check(rfc3339, "2025-11-05 12:00:00 +0000]", LOCAL, NOON, SECOND, " +0000]");
    check(rfc3339, "2025-11-05 12:00:00. x", LOCAL, NOON, SECOND, ". x");
    check(rfc3339, "2025-11-05 12:00:00-x", LOCAL, NOON, SECOND, "-x");
}

#[test]
fn rfc3339_with_every_fraction() {
    check(
        rfc3339,
        "2026-11-20 21:46:58,572 WARNING",
        LOCAL,
        "2026-11-20T21:46:58.572Z",
        1_000,
        " WARNING",
    );
    check(rfc3339, "2026-11-20T22:40:11.402795170Z [", UTC, "2026-11-20T22:40:11.402Z", 1, " [");
    check(rfc3339, "2009-02-13T23:31:30,123456+00:00 m", UTC, "2009-02-13T23:31:30.123Z", 1, " m");
    check(
        rfc3339,
        "2025-11-05 12:00:00.1234 12/T1",
        LOCAL,
        "2025-11-05T12:00:00.123Z",
        100,
        " 12/T1",
    );
    assert_eq!(rfc3339(b"2026-11-20T22:40:11.402795170Z").unwrap().0.at % SECOND, 402_795);
}

#[test]
fn rfc3339_out_of_range() {
    check(rfc3339, "2016-12-31T23:59:60Z", UTC, "2016-12-31T23:59:59.000Z", SECOND, "");
    refuse(rfc3339, "2025-11-05T24:00:00Z");
    refuse(rfc3339, "2025-11-05T12:00:61Z");
    refuse(rfc3339, "2025-13-05T12:00:00Z");
    refuse(rfc3339, "2025-02-29T12:00:00Z");
    refuse(rfc3339, "2025-11-05T12:00:00+99:00");
    refuse(rfc3339, "2025-11-05T12:00:00.1234567890Z");
    refuse(rfc3339, "2025-11-05T12:00:0");
    refuse(rfc3339, "2025/11/05 12:00:00");
    refuse(rfc3339, "");
}

#[test]
fn zones_behind_a_blank() {
    check(
        rfc3339_zoned,
        "2026-11-20 21:46:41 +0000] [1]",
        UTC,
        "2026-11-20T21:46:41.000Z",
        SECOND,
        "] [1]",
    );
    check(
        rfc3339_zoned,
        "2026-11-20 22:57:53.238 UTC [1]",
        UTC,
        "2026-11-20T22:57:53.238Z",
        1_000,
        " [1]",
    );
    check(
        rfc3339_zoned,
        "2025-08-13 01:45:01.123 PDT [1]",
        LOCAL,
        "2025-08-13T01:45:01.123Z",
        1_000,
        " PDT [1]",
    );
    check(rfc3339_zoned, "2025-11-05 12:00:00 -12345", LOCAL, NOON, SECOND, " -12345");
    check(rfc3339_zoned, "2025-11-05T12:00:00Z Z", UTC, NOON, SECOND, " Z");
    check(weekday_zoned, "Wed 2025-11-05 12:00:00 UTC host", UTC, NOON, SECOND, " host");
    check(weekday_zoned, "Wed 2025-11-05 15:00:00 MSK host", UTC, NOON, SECOND, " host");
    check(weekday_zoned, "Wed 2025-11-05 13:00:00 CET host", UTC, NOON, SECOND, " host");
    check(weekday_zoned, "Wed 2025-11-05 12:00:00 IST host", LOCAL, NOON, SECOND, " host");
    check(weekday_zoned, "Sat 2025-11-05 19:00:00.000000 +07 host", UTC, NOON, 1, " host");
    refuse(weekday_zoned, "Wed 2025-11-05 12:00:00 host x");
    refuse(weekday_zoned, "2025-11-05 12:00:00 UTC host");
    refuse(
        weekday_zoned,
        "http 2018-07-02T22:23:00.186641Z app/lb/50dc6c495c0c9188 192.168.131.39:2817",
    );
}

#[test]
fn common_log_format() {
    check(clf, "05/Nov/2025:15:00:00 +0300] \"GET", UTC, NOON, SECOND, "] \"GET");
    check(clf, "05/Nov/2025:12:00:00] x", LOCAL, NOON, SECOND, "] x");
    check(clf, "05/Nov/2025:12:00:00.042] x", LOCAL, "2025-11-05T12:00:00.042Z", 1_000, "] x");
    refuse(clf, "31/Dec/2025:24:00:00 +0000");
    refuse(clf, "05/Foo/2025:12:00:00 +0000");
    refuse(clf, "05-Nov-2025 12:00:00");
}

#[test]
fn syslog_without_a_year() {
    const AT: &str = "1972-11-05T12:00:00.000Z";
    check(syslog3164, "Nov  5 12:00:00 host", ClockKind::Yearless, AT, SECOND, " host");
    check(syslog3164, "Nov 05 12:00:00 host", ClockKind::Yearless, AT, SECOND, " host");
    check(syslog3164, "Nov 5 12:00:00", ClockKind::Yearless, AT, SECOND, "");
    check(syslog3164, "Nov 05 12:00:00.000123 host", ClockKind::Yearless, AT, 1, " host");
    check(
        syslog3164,
        "Feb 29 12:00:00 h",
        ClockKind::Yearless,
        "1972-02-29T12:00:00.000Z",
        SECOND,
        " h",
    );
    check(
        syslog3164,
        "août 19 11:08:37 h",
        ClockKind::Yearless,
        "1972-08-19T11:08:37.000Z",
        SECOND,
        " h",
    );
    check(
        syslog3164,
        " 5月 29 23:06:20 h",
        ClockKind::Yearless,
        "1972-05-29T23:06:20.000Z",
        SECOND,
        " h",
    );
    refuse(syslog3164, "Nov 32 12:00:00 host");
    refuse(syslog3164, "Nov 0x 12:00:00 host");
    refuse(syslog3164, "Nov 05 2025 12:00:00");
    refuse(syslog3164, "November");
}

#[test]
fn ctime_in_several_tongues() {
    check(ctime, "Wed Nov  5 12:00:00 2025] m", LOCAL, NOON, SECOND, "] m");
    check(ctime, "Wed Nov 05 12:00:00.123456 2025] m", LOCAL, "2025-11-05T12:00:00.123Z", 1, "] m");
    check(ctime, "Di Aug 12 03:54:03 2025]", LOCAL, "2025-08-12T03:54:03.000Z", SECOND, "]");
    check(ctime, "dim. 19 avril 18:03:30 2026]", LOCAL, "2026-04-19T18:03:30.000Z", SECOND, "]");
    check(ctime, "Чт ноя  5 12:00:00 2025", LOCAL, NOON, SECOND, "");
    refuse(ctime, "2026-11-20 21:46:41 +0000");
    refuse(ctime, "Wed Nov  5 12:00:00 UTC 2025");
    refuse(ctime, "Wed Nov  5 12:00:00");
}

#[test]
fn boot_and_epoch() {
    let boot = boot_seconds(b" 1234.567890] m").unwrap();
    assert_eq!(boot, (RawStamp::new(ClockKind::Boot, 1_234_567_890, 1), 12));
    assert_eq!(boot_seconds(b"1234]"), None);
    assert_eq!(boot_seconds(b"99999999999999.000000"), None);
    check(epoch, "1762344000 x", UTC, NOON, SECOND, " x");
    check(epoch, "1762344000.123456 h", UTC, "2025-11-05T12:00:00.123Z", 1, " h");
    check(epoch, "1762344000123", UTC, "2025-11-05T12:00:00.123Z", 1_000, "");
    check(epoch, "1762344000123456", UTC, "2025-11-05T12:00:00.123Z", 1, "");
    check(epoch, "1762344000123456789", UTC, "2025-11-05T12:00:00.123Z", 1, "");
    refuse(epoch, "123");
    refuse(epoch, "99999999999999999999");
    refuse(epoch, "");
}
