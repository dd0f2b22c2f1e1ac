//! Traps of time (B) in which a clock jumps, sleeps or says one hour twice.

use std::fmt::Write as _;

use super::scene::{CLOSED, access, burst, entry, errors, gunicorn, killed, kills, report, syslog};
use crate::corpus::list;

const KERNEL: &str = "_TRANSPORT=kernel\nSYSLOG_IDENTIFIER=kernel\n";

fn times(report: &serde_json::Value) -> Vec<&str> {
    list(report, "oom_kills")
        .iter()
        .map(|kill| kill["time"].as_str().and_then(|time| time.get(11..19)).unwrap_or("never"))
        .collect()
}

/// A kernel line of its own each time.
fn device(number: u32) -> String {
    format!("usb 1-1: new high-speed USB device number {number} using xhci_hcd")
}

/// 17: the host slept for an hour. `dmesg -T` prints what came before the sleep an hour late; the journal tells how late, line by
/// line, also for a kill that only the dump holds.
#[test]
fn dmesg_with_dates_from_before_a_sleep_is_moved_back() {
    const SLEEP: u32 = 3600;
    let (mut dump, mut journal) = (String::new(), String::new());
    // Uptime 1000 at 22:00:00; the host sleeps from 22:11:40, uptime 1700, to 23:11:40.
    for step in 0..34 {
        let uptime = 1000 + step * 50;
        let second = if uptime < 1700 { uptime - 1000 } else { uptime - 1000 + SLEEP };
        let shown = uptime - 1000 + SLEEP;
        let fields = format!(
            "{KERNEL}_SOURCE_MONOTONIC_TIMESTAMP={uptime}500000\n__MONOTONIC_TIMESTAMP={uptime}500000\n"
        );
        journal += &entry(second, &fields, &device(step));
        let clock = super::scene::clock(shown);
        let _ = writeln!(dump, "[Fri Nov 20 {clock} 2026] {}", device(step));
        if step == 12 {
            let _ = writeln!(dump, "[Fri Nov 20 {clock} 2026] {}", killed(412, "gunicorn"));
        }
    }
    let report =
        report(&[("dmesg", dump), ("journal", journal), ("access.log", access(&burst("502")))]);
    assert_eq!(kills(&report), ["412 gunicorn"]);
    assert_eq!(times(&report), ["22:10:00"], "{}", report["sources"]);
    let dump = list(&report, "sources").iter().find(|source| source["path"] == "dmesg").unwrap();
    let told = dump["clock"]["evidence"].as_str().unwrap();
    assert!(told.contains("corrected by 34 kernel lines"), "{told}");
}

/// 20: rsyslog's file holds two boots and the ring dump is of the second, which writes the same words: it is placed by its own boot.
#[test]
fn a_ring_is_of_the_second_boot_of_a_file() {
    let mut kern = String::new();
    let mut ring = "[    0.000000] Linux version 6.1.0-18-amd64 (gcc) #1 SMP\n".to_owned();
    for (begun, slower) in [(100, 0), (500, 250_000)] {
        kern +=
            &syslog(begun, "kernel", "[    0.000000] Linux version 6.1.0-18-amd64 (gcc) #1 SMP");
        for step in 1..20 {
            let stamp = format!("{:5}.{:06}", step * 3, 500_000 + slower);
            kern += &syslog(begun + step * 3, "kernel", &format!("[{stamp}] {}", device(step)));
            if slower > 0 {
                let _ = writeln!(ring, "[{stamp}] {}", device(step));
            }
        }
    }
    let _ = writeln!(ring, "[  100.750000] {}", killed(412, "gunicorn"));
    for files in [
        [("dmesg", ring.clone()), ("kern.log", kern.clone())],
        [("a/kern.log", kern), ("b/dmesg", ring)],
    ] {
        let mut files = files.to_vec();
        files.push(("access.log", access(&burst("502"))));
        assert_eq!(times(&report(&files)), ["22:10:00"]);
    }
}

/// 14: on 25 October 2026 Berlin's clocks say the hour from 02:00 twice. A log in local time without an offset tells the second
/// one after the first; the requests it shares with the access log tell the zone.
#[test]
fn the_hour_that_is_said_twice() {
    let (mut access, mut error) = (String::new(), String::new());
    // From 00:00 UTC, 02:00 in Berlin, every 2 s for two hours and a half.
    for step in 0..4500_u32 {
        let second = step * 2;
        let (hour, offset) = if second < 3600 { (2, "+0200") } else { (1, "+0100") };
        let local =
            format!("{:02}:{:02}:{:02}", second / 3600 + hour, second / 60 % 60, second % 60);
        let status = if (5400..5500).contains(&second) || second % 600 == 0 { 502 } else { 200 };
        let _ = writeln!(
            access,
            "203.0.113.{} - - [25/Oct/2026:{local} {offset}] \"GET /items/{second} HTTP/1.1\" {status} 157 \"-\" \"curl/8.5\"",
            step % 200
        );
        if status == 502 {
            let _ = writeln!(
                error,
                "2026/10/25 {local} [error] 704#704: *{step} upstream prematurely closed connection while reading response header from upstream, client: 203.0.113.{}, server: shop, request: \"GET /items/{second} HTTP/1.1\", upstream: \"http://127.0.0.1:8000/items/{second}\", host: \"shop\"",
                step % 200
            );
        }
    }
    let report = report(&[("access.log", access), ("error.log", error)]);
    let error =
        list(&report, "sources").iter().find(|source| source["path"] == "error.log").unwrap();
    assert_eq!(error["first"].as_str().unwrap().get(..19), Some("2026-10-25T00:00:00"), "{error}");
    assert_eq!(error["last"].as_str().unwrap().get(..19), Some("2026-10-25T02:20:00"), "{error}");
    assert_eq!(list(&report, "incidents").len(), 1);
    let told = &report["incidents"][0]["upstreams"][0]["failures"]["upstream-closed"];
    assert!(told.as_u64() >= Some(45), "its lines stand in the second hour too: {told}");
}

/// 26: the clock of the proxy's access log is 37 s ahead of its error log, as of two hosts. The app's log tells which is right.
#[test]
fn two_clocks_apart_and_a_third_that_decides() {
    for (shifted, plain) in [("access.log", "error.log"), ("error.log", "access.log")] {
        let later: Vec<(u32, &str)> = (637..645).map(|second| (second, "502")).collect();
        let (access_of, error_of) = if shifted == "access.log" {
            (later.clone(), burst("502"))
        } else {
            (burst("502"), later.clone())
        };
        // The same requests: the target tells the second of the plain log.
        let renamed = |log: String, own: &[(u32, &str)]| {
            own.iter().zip(600_u32..).fold(log, |log, ((second, _), plain)| {
                log.replace(&format!("/items/{second} "), &format!("/items/{plain} "))
                    .replace(&format!("113.{}", second % 200), &format!("113.{}", plain % 200))
            })
        };
        let error = renamed(errors(&error_of, CLOSED), &error_of);
        let access = renamed(access(&access_of), &access_of);
        let app = gunicorn(&[
            (590, "[412] [INFO] Booting worker with pid: 412"),
            (600, "[400] [ERROR] Worker (pid:412) was sent SIGKILL! Perhaps out of memory?"),
            (602, "[400] [ERROR] Worker (pid:413) was sent SIGKILL! Perhaps out of memory?"),
            (604, "[400] [ERROR] Worker (pid:414) was sent SIGKILL! Perhaps out of memory?"),
            (607, "[400] [ERROR] Worker (pid:415) was sent SIGKILL! Perhaps out of memory?"),
        ]);
        let report = report(&[("access.log", access), ("error.log", error), ("gunicorn.log", app)]);
        let clock = |path: &str| {
            let sources = list(&report, "sources");
            sources.iter().find(|source| source["path"] == path).unwrap()["clock"].clone()
        };
        let offset = clock(shifted)["offset_seconds"].as_f64().unwrap();
        assert!((offset - 37.0).abs() <= 1.0, "{shifted}: {}", clock(shifted));
        assert_eq!(clock(plain)["offset_seconds"].as_f64(), Some(0.0), "{plain}");
        let start = report["incidents"][0]["start"].as_str().unwrap();
        assert!(start.starts_with("2026-11-20T22:10:0") || start.starts_with("2026-11-20T22:09:5"));
    }
}

/// 26: nothing tells which of the two is right: both are in doubt, and what rests on a third is not confirmed.
#[test]
fn two_clocks_apart_and_nothing_that_decides() {
    let later: Vec<(u32, &str)> = (637..645).map(|second| (second, "502")).collect();
    let error =
        later.iter().zip(600_u32..).fold(errors(&later, CLOSED), |log, ((second, _), plain)| {
            log.replace(&format!("/items/{second} "), &format!("/items/{plain} "))
                .replace(&format!("113.{},", second % 200), &format!("113.{},", plain % 200))
        });
    let report = report(&[("access.log", access(&burst("502"))), ("error.log", error)]);
    for source in list(&report, "sources") {
        let told = source["clock"]["evidence"].as_str().unwrap();
        assert!(told.contains("nothing shows whose clock is wrong"), "{told}");
    }
}
