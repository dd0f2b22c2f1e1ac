//! Headers as real logs have them, and what is none.

use super::*;
use crate::stamp::rfc3339;

/// `moment host ident[pid] transport boot | body`.
fn described(envelope: Envelope, line: &str) -> String {
    let Some(header) = parse(envelope, line.as_bytes()) else { return "-".to_owned() };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let pid = header.tag.pid.map_or(String::new(), |pid| format!("[{pid}]"));
    let boot = header.boot.map_or(String::new(), |boot| boot.to_string());
    let at = rfc3339(header.stamp.at).unwrap();
    let who = format!(
        "{} {}{pid} {:?} {boot}",
        text(header.host),
        text(header.tag.ident),
        header.transport
    );
    format!("{at} {who}|{}", text(header.body))
}

#[track_caller]
fn check(envelope: Envelope, line: &str, expected: &str) {
    assert_eq!(described(envelope, line), expected, "{line}");
}

#[test]
fn traditional() {
    let check = |line, expected| check(Envelope::Syslog, line, expected);
    check(
        "Nov 20 22:42:19 shop-web-01 kernel: [ 4615.556504] python3 invoked oom-killer: order=0",
        "1972-11-20T22:42:19.000Z shop-web-01 kernel Kernel 4615556504|python3 invoked oom-killer: order=0",
    );
    check("Nov  5 12:00:00 h kernel:msg", "1972-11-05T12:00:00.000Z h kernel Kernel |msg");
    check(
        "Nov  5 12:00:00 h kernel: kernel: [    1.000000][    T1] m",
        "1972-11-05T12:00:00.000Z h kernel Kernel 1000000|m",
    );
    check("<4>Nov  5 12:00:00 h kernel: m", "1972-11-05T12:00:00.000Z h kernel Kernel |m");
    check(
        "Nov  5 12:00:00 h kernel: [    3.000000] systemd[1]: up",
        "1972-11-05T12:00:00.000Z h systemd[1] Process 3000000|up",
    );
    check("Nov  5 12:00:00 h kernel[0]: m", "1972-11-05T12:00:00.000Z h kernel[0] Process |m");
    check(
        "Nov  5 12:00:00 h postfix/smtpd[9]: x: y",
        "1972-11-05T12:00:00.000Z h postfix/smtpd[9] Process |x: y",
    );
    check(
        "Nov  5 12:00:00 h Web Content[9]: x",
        "1972-11-05T12:00:00.000Z h Web Content[9] Process |x",
    );
    check("Nov 05 12:00:00 kernel: m", "1972-11-05T12:00:00.000Z  kernel Kernel |m");
    check(
        "Nov  5 12:00:00 h last message repeated 3 times",
        "1972-11-05T12:00:00.000Z h  Process |last message repeated 3 times",
    );
    check(
        "Nov  5 12:00:00 h app[7]: message repeated 3 times: [ gone]",
        "1972-11-05T12:00:00.000Z h app[7] Process |gone",
    );
    check(
        "[ 1234.567890] web01 kernel: m",
        "1970-01-01T00:20:34.567Z web01 kernel Kernel 1234567890|m",
    );
    check("Nov  5 12:00:00 INFO app: m", "-");
    check("                         continuation", "-");
}

#[test]
fn rfc3339_and_journalctl() {
    let check = |line, expected| check(Envelope::SyslogIso, line, expected);
    check(
        "2026-11-21T05:36:16.011192+07:00 shop-db-1 kernel: [    0.000000] Linux version 6.1.0",
        "2026-11-20T22:36:16.011Z shop-db-1 kernel Kernel 0|Linux version 6.1.0",
    );
    check(
        "2026-11-20T22:40:54.345884+0000 shop-web-01 gunicorn[1161]: [2026-11-20 22:40:54 +0000] [1161] [INFO] x",
        "2026-11-20T22:40:54.345Z shop-web-01 gunicorn[1161] Process |[2026-11-20 22:40:54 +0000] [1161] [INFO] x",
    );
    check(
        "<4>1 2025-11-05T12:00:00Z h kernel - - - [    1.000000] m",
        "2025-11-05T12:00:00.000Z h kernel Kernel 1000000|m",
    );
    check(
        r#"<34>1 2025-11-05T12:00:00.003Z h su 77 ID47 [a@1 x="\"]"][b y="z"] m"#,
        "2025-11-05T12:00:00.003Z h su[77] Process |m",
    );
    check(
        "<14>2021-03-06T04:07:33.196352+00:00 h tag: m",
        "2021-03-06T04:07:33.196Z h tag Process |m",
    );
    check("1762344000.123456 h app[9]: m", "2025-11-05T12:00:00.123Z h app[9] Process |m");
    check(
        "2025-11-05T12:00:00.123456+00:00 heroku[router]: at=error",
        "2025-11-05T12:00:00.123Z  heroku Process |at=error",
    );
    check("2025-11-05T12:00:00.123456+00:00 kernel[router]: at=error", "-");
    check(
        "83 <40>1 2012-11-30T06:45:29+00:00 host app web.3 - State changed from up to crashed",
        "-",
    );
    check(
        "83 <40>1 2012-11-30T06:45:29+00:00 host app web.3 - - State changed",
        "2012-11-30T06:45:29.000Z host app Process |State changed",
    );
    check("2025-11-05T12:00:00Z INFO app: m", "-");
    check("2026-11-20 22:38:58,002 WARNING django.request: m", "-");
    check("2026-11-20T22:12:19,972244+00:00 gunicorn[1]: segfault", "-");
}

#[test]
fn busybox() {
    let check = |line, expected| check(Envelope::Syslog, line, expected);
    check(
        "Jan  1 00:00:06 OpenWrt kern.warn kernel: [    6.100000] m",
        "1972-01-01T00:00:06.000Z OpenWrt kernel Kernel 6100000|m",
    );
    check(
        "Jan  1 00:00:06 OpenWrt user.notice kernel: Out of memory: Killed process 1 (init)",
        "1972-01-01T00:00:06.000Z OpenWrt kernel Process |Out of memory: Killed process 1 (init)",
    );
    check("Jan  1 00:00:06 kern.err kernel: m", "1972-01-01T00:00:06.000Z  kernel Kernel |m");
    check(
        "Wed Nov  5 12:00:00 2025 kern.err kernel: [ 1234.567890] m",
        "2025-11-05T12:00:00.000Z  kernel Kernel 1234567890|m",
    );
    check(
        "Wed Nov  5 12:00:00 2025 daemon.info dnsmasq[1873]: m",
        "2025-11-05T12:00:00.000Z  dnsmasq[1873] Process |m",
    );
    check("Thu Jun 27 02:58:57 2019 - DAMN ! worker 2 (pid: 9) died", "-");
    check(
        "Jan  1 00:00:06 h www.info kernel: m",
        "1972-01-01T00:00:06.000Z h  Process |www.info kernel: m",
    );
}

#[test]
fn short_modes_of_journalctl() {
    let check = |line, expected| check(Envelope::Syslog, line, expected);
    check(
        "[ 1234.567890 <    0.000100>] web01 app[9]: m",
        "1970-01-01T00:20:34.567Z web01 app[9] Process 1234567890|m",
    );
    check(
        "Nov 05 12:00:00.123456 web01 app[9]: [12B blob data]",
        "1972-11-05T12:00:00.123Z web01 app[9] Process |[12B blob data]",
    );
    check("avril 16 21:08:50 web01 kernel: m", "1972-04-16T21:08:50.000Z web01 kernel Kernel |m");
    check(" 5月 29 23:06:20 web01 kernel: m", "1972-05-29T23:06:20.000Z web01 kernel Kernel |m");
}

#[test]
fn full() {
    let check = |line, expected| check(Envelope::JournalFull, line, expected);
    check(
        "Wed 2025-11-05 12:00:00 UTC web01 app[9]: m",
        "2025-11-05T12:00:00.000Z web01 app[9] Process |m",
    );
    check(
        "Wed 2025-11-05 15:00:00 MSK web01 kernel: m",
        "2025-11-05T12:00:00.000Z web01 kernel Kernel |m",
    );
}

#[test]
fn noise_of_journalctl() {
    for line in [
        "-- Boot 0b4b7ecdd6f94e968ea2eb9117d024a3 --",
        "-- Reboot --",
        "-- No entries --",
        "lines 1-50/50 (END)",
        "lines 1-50",
        "-- Subject: Unit docker.service has begun shutting down",
        "-- Unit docker.service has begun shutting down.",
        "-- ",
        "--",
        "░░ Defined-By: systemd",
    ] {
        assert!(is_noise(line.as_bytes()), "{line}");
    }
    for line in ["-- x --", "lines of text", "lines ", "Nov  5 12:00:00 h app: -- Reboot --"] {
        assert!(!is_noise(line.as_bytes()), "{line}");
    }
}
