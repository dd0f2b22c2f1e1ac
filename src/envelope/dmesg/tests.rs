//! Lines of dmesg and of consoles, and whole dumps in every form.

use super::*;
use crate::stamp::rfc3339;

/// `clock moment boot-µs transport ident[pid] | body`, `-` for what is not there.
fn described(line: &str) -> String {
    let Some(ring) = parse(line.as_bytes()) else { return "-".to_owned() };
    let wall = ring.wall.map_or("-".to_owned(), |stamp| {
        let clock = match stamp.clock {
            ClockKind::Utc => 'U',
            ClockKind::Local | ClockKind::LocalAgain => 'L',
            ClockKind::Yearless | ClockKind::YearlessAgain => 'Y',
            ClockKind::Boot => 'B',
        };
        format!("{clock}{}/{}", rfc3339(stamp.at).unwrap(), stamp.resolution)
    });
    let boot = ring.boot.map_or("-".to_owned(), |stamp| stamp.at.to_string());
    let ident = String::from_utf8_lossy(ring.tag.ident);
    let pid = ring.tag.pid.map_or(String::new(), |pid| pid.to_string());
    let body = String::from_utf8_lossy(ring.body);
    format!("{wall} {boot} {:?} {ident}{pid}|{body}", ring.transport)
}

#[track_caller]
fn check(line: &str, expected: &str) {
    assert_eq!(described(line), expected, "{line}");
}

#[test]
fn every_form_of_util_linux() {
    check("[ 1234.567890] m", "- 1234567890 Kernel |m");
    check(
        "[1742446.361065]  exc_page_fault+0x176/0x770",
        "- 1742446361065 Kernel | exc_page_fault+0x176/0x770",
    );
    check("[Fri Nov 20 22:39:26 2026] m", "L2026-11-20T22:39:26.000Z/1000000 - Kernel |m");
    check("[Di Aug 12 03:54:03 2025] m", "L2025-08-12T03:54:03.000Z/1000000 - Kernel |m");
    check("[dim. 19 avril 18:03:30 2026] m", "L2026-04-19T18:03:30.000Z/1000000 - Kernel |m");
    check("2026-11-20T22:12:19,972244+00:00 m", "U2026-11-20T22:12:19.972Z/1 - Kernel |m");
    check("2026-11-20T22:12:19,972244+00:00 ", "U2026-11-20T22:12:19.972Z/1 - Kernel |");
    check("<6>[    0.000000] m", "- 0 Kernel |m");
    check("kern  :warn  : [    1.000000] m", "- 1000000 Kernel |m");
    check("kern  :warn  : m", "- - Kernel |m");
    check(
        "kern  :notice: [Fri Feb 13 23:31:30 2009] m",
        "L2009-02-13T23:31:30.000Z/1000000 - Kernel |m",
    );
    check("[    1.000000 <    0.500000>] m", "- 1000000 Kernel |m");
    check(
        "[Fri Feb 13 23:31:30 2009 <    0.000000>] m",
        "L2009-02-13T23:31:30.000Z/1000000 - Kernel |m",
    );
    check("[<    7.000000>] m", "- - Kernel |m");
    check("[Feb13 23:31] m", "Y1972-02-13T23:31:00.000Z/60000000 - Kernel |m");
    check("[  +0.000012] m", "- - Kernel |m");
    assert_eq!(parse(b"[  +1.000012] m").unwrap().delta, Some(1_000_012));
    check(
        "[    0.000000] [Fri Feb 13 23:31:30 2009] 2009-02-13T23:31:30,123456+00:00 m",
        "U2009-02-13T23:31:30.123Z/1 0 Kernel |m",
    );
}

#[test]
fn caller_ids_and_brackets_of_the_message() {
    check("[    1.234567][    T1] m", "- 1234567 Kernel |m");
    check("[    1.234567] [T1] m", "- 1234567 Kernel |m");
    check("[    1.234567][   C0] m", "- 1234567 Kernel |m");
    check(
        "[ 4447.084169] [  31687]    33 31687 gunicorn",
        "- 4447084169 Kernel |[  31687]    33 31687 gunicorn",
    );
    check("[ 4447.084169] [    1.000000] m", "- 4447084169 Kernel |[    1.000000] m");
    check("[    1.234567] [drm] m", "- 1234567 Kernel |[drm] m");
}

#[test]
fn processes_that_write_to_the_ring() {
    check(
        "[ 2302.334707] systemd-journald[28428]: Received SIGTERM from PID 28373 (python3).",
        "- 2302334707 Process systemd-journald28428|Received SIGTERM from PID 28373 (python3).",
    );
    check("[   31.1] systemd[1]: Started x", "-");
    check("[   31.100000] systemd[1]: Started x", "- 31100000 Process systemd1|Started x");
    check(
        "[   31.100000] systemd[1]: segfault at 0 ip 0",
        "- 31100000 Kernel |systemd[1]: segfault at 0 ip 0",
    );
    check(
        "[   31.100000] gunicorn[31757]: segfault at 0",
        "- 31100000 Kernel |gunicorn[31757]: segfault at 0",
    );
    check(
        "user  :crit  : [    1.000000] foo[12]: Out of memory: Killed",
        "- 1000000 Process foo12|Out of memory: Killed",
    );
    check(
        "<12>[    1.000000] Out of memory: Killed process 1",
        "- 1000000 Process |Out of memory: Killed process 1",
    );
    check("kern  :warn  : [    1.000000] systemd[1]: x", "- 1000000 Kernel |systemd[1]: x");
}

#[test]
fn what_is_not_the_ring() {
    check("                           active_file:3368", "-");
    check("[2026-11-20 21:46:41 +0000] [30771] [INFO] x", "-");
    check("[21-Nov-2026 01:13:38] NOTICE: fpm is running", "-");
    check("[    12.345] (II) Module", "-");
    check("[1762344000.123456] x", "-");
    check("[Wed Nov 05 12:00:00.123456 2025] [proxy:error] x", "-");
    check("2026-11-20 22:38:58,002 WARNING shop", "-");
    for line in [
        "[Wed Nov 05 12:00:00 2025] [error] [client 1.2.3.4] x",
        "[Wed Nov 05 12:00:00 2025] 127.0.0.1:1 Accepted",
    ] {
        assert!(is_foreign_ctime(&parse(line.as_bytes()).unwrap()), "{line}");
    }
    assert!(!is_foreign_ctime(&parse(b"[Wed Nov 05 12:00:00 2025] [drm] x").unwrap()));
}
