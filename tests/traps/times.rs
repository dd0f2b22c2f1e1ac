//! Traps of time (B), as far as they are about reading.

use super::scene::{
    CLOSED, access, burst, chosen, clock, deaths, entry, errors, gunicorn, incidents, killed,
    kills, report, request, syslog,
};
use crate::corpus::list;

const KERNEL: &str = "_TRANSPORT=kernel\nSYSLOG_IDENTIFIER=kernel\n";

fn time_of(kill: &serde_json::Value) -> &str {
    kill["time"].as_str().unwrap_or("never")
}

/// 13: syslog has no year, and the year ends in the middle.
#[test]
fn a_year_ends_in_a_log_without_years() {
    let kern = format!(
        "Dec 31 23:59:58 web1 kernel: [  100.000000] eth0: link up\nJan  1 00:00:03 web1 kernel: [  105.000000] {}\n",
        killed(412, "gunicorn")
    );
    let log: String = (0..600)
        .map(|second| {
            let status = if (300..308).contains(&second) { "502" } else { "200" };
            let (date, time) = if second < 297 {
                ("31/Dec/2026", format!("23:{:02}:{:02}", 55 + (second + 3) / 60, (second + 3) % 60))
            } else {
                ("01/Jan/2027", format!("00:{:02}:{:02}", (second - 297) / 60, (second - 297) % 60))
            };
            format!("203.0.113.{} - - [{date}:{time} +0000] \"GET /items/{second} HTTP/1.1\" {status} 157 \"-\" \"curl/8.5\"\n", second % 200)
        })
        .collect();
    let report = report(&[("access.log", log), ("kern.log", kern)]);
    assert_eq!(time_of(&list(&report, "oom_kills")[0]).get(..19), Some("2027-01-01T00:00:03"));
    let kern = &list(&report, "sources")[1];
    assert_eq!(kern["first"].as_str().unwrap().get(..19), Some("2026-12-31T23:59:58"));
}

/// 15: nginx's error log has no zone; requests that both logs hold tell it, file by file.
#[test]
fn a_zone_is_found_by_what_two_logs_share() {
    let failed = burst("502");
    let local = errors(&failed, CLOSED).replace("2026/11/20 22:", "2026/11/21 01:");
    let report = report(&[("access.log", access(&failed)), ("error.log", local)]);
    let clock = &list(&report, "sources")[1]["clock"];
    assert_eq!(
        (clock["basis"].as_str(), clock["offset_seconds"].as_f64()),
        (Some("zone-inferred"), Some(10_800.0))
    );
}

/// 17, 87: `dmesg -T` is off by what the clock was stepped or the host slept, here 47 s; the journal's entry of the same kill is not.
#[test]
fn dmesg_with_dates_gives_way_to_the_journal() {
    let ring = format!("[Fri Nov 20 22:09:13 2026] {}\n", killed(412, "gunicorn"));
    let journal =
        entry(590, KERNEL, "eth0: link up") + &entry(600, KERNEL, &killed(412, "gunicorn"));
    for files in [
        vec![
            ("dmesg", ring.clone()),
            ("journal", journal.clone()),
            ("access.log", access(&burst("502"))),
        ],
        vec![("z-dmesg", ring), ("a-journal", journal), ("access.log", access(&burst("502")))],
    ] {
        let report = report(&files);
        assert_eq!(kills(&report), ["412 gunicorn"]);
        assert_eq!(time_of(&list(&report, "oom_kills")[0]).get(..19), Some("2026-11-20T22:10:00"));
    }
}

/// 19: seconds since boot, and nothing that ties them to a clock: the kill is listed and has no time.
#[test]
fn seconds_since_boot_alone_are_no_time() {
    let ring = format!("[65267.042541] {}\n", killed(412, "gunicorn"));
    let report = report(&[("dmesg", ring), ("access.log", access(&burst("502")))]);
    assert_eq!(kills(&report), ["412 gunicorn"]);
    assert_eq!(time_of(&list(&report, "oom_kills")[0]), "never");
    let dmesg = list(&report, "sources").iter().find(|source| source["path"] == "dmesg").unwrap();
    assert_eq!(dmesg["clock"]["basis"], "unanchored");
    assert_eq!(
        incidents(&report),
        ["16 x 502: unknown, unknown"],
        "a kill at no time explains nothing"
    );
}

/// 20: the seconds fall back to zero: another boot. The same pid in both is two processes.
#[test]
fn a_boot_in_the_middle_of_a_file() {
    let kern = [
        (300, format!("[1742446.361065] {}", killed(412, "gunicorn"))),
        (700, "[    0.000000] Linux version 6.1.0-18-amd64 (gcc) #1 SMP".to_owned()),
        (900, format!("[  200.000000] {}", killed(412, "gunicorn"))),
    ]
    .map(|(second, text)| syslog(second, "kernel", &text))
    .concat();
    let report = report(&[("kern.log", kern), ("access.log", access(&[]))]);
    assert_eq!(kills(&report), ["412 gunicorn", "412 gunicorn"]);
}

/// 21: entries of early boot were all received at once; the kill long after is placed by its own receipt.
#[test]
fn early_entries_do_not_shift_the_boot_clock() {
    let stamped = |micros: u64| {
        format!("{KERNEL}_SOURCE_MONOTONIC_TIMESTAMP={micros}\n__MONOTONIC_TIMESTAMP=3798085\n")
    };
    let mut journal: String =
        (0..40).map(|line| entry(10, &stamped(line * 1000), "early line")).collect();
    journal += &entry(590, &stamped(583_500_000), "eth0: link up");
    journal += &entry(600, &stamped(593_500_000), &killed(412, "gunicorn"));
    let ring =
        format!("[    0.000000] Linux version 6.1.0\n[  593.500000] {}\n", killed(412, "gunicorn"));
    let report = report(&[("journal", journal), ("dmesg", ring), ("access.log", access(&[]))]);
    assert_eq!(kills(&report), ["412 gunicorn"]);
    assert_eq!(time_of(&list(&report, "oom_kills")[0]).get(..19), Some("2026-11-20T22:10:00"));
}

/// 23: buffered workers write blocks out of order; the counts are those of the times.
#[test]
fn buffered_lines_are_counted_where_they_belong() {
    let log = access(&burst("502"));
    let lines: Vec<&str> = log.lines().collect();
    let shuffled: Vec<&str> = lines
        .chunks(24)
        .flat_map(|block| block.iter().step_by(2).chain(block.iter().skip(1).step_by(2)).copied())
        .collect();
    let (in_order, shuffled) = (
        report(&[("access.log", log.clone())]),
        report(&[("access.log", shuffled.join("\n") + "\n")]),
    );
    for key in ["start", "end", "errors", "spark", "requests"] {
        assert_eq!(in_order["incidents"][0][key], shuffled["incidents"][0][key], "{key}");
    }
}

/// 25: a leap second, a dead clock's 1970, 2038, and impossible hours neither stop the reading nor move the rest.
#[test]
fn times_at_the_edge() {
    let mut log = access(&burst("502"));
    for odd in [
        "31/Dec/2025:23:59:60 +0000",
        "20/Nov/2026:24:00:00 +0000",
        "01/Jan/1970:00:00:07 +0000",
        "19/Jan/2038:03:14:08 +0000",
    ] {
        log += &request(1100, "200", "200")
            .replace(&format!("20/Nov/2026:{} +0000", clock(1100)), odd);
    }
    let report = report(&[("access.log", log)]);
    assert_eq!(list(&report, "incidents")[0]["start"], "2026-11-20T22:10:00.000Z");
}

/// 28: uWSGI's line about a death has no time; its neighbours have.
#[test]
fn a_line_without_a_time_stands_between_its_neighbours() {
    let log = "*** Starting uWSGI 2.0.21 (64bit) on [Fri Nov 20 21:50:00 2026] ***\nspawned uWSGI worker 1 (pid: 412, cores: 1)\nFri Nov 20 22:10:00 2026 - uwsgi_response_write_body_do(): Broken pipe [core/writer.c line 341]\nDAMN ! worker 1 (pid: 412) died, killed by signal 9 :( trying respawn ...\nRespawned uWSGI worker 1 (new pid: 512)\nFri Nov 20 22:10:01 2026 - *** uWSGI listen queue of socket \":8000\" (fd: 3) full !!! (101/100) ***\n";
    let report = report(&[("uwsgi.log", log.to_owned()), ("access.log", access(&burst("502")))]);
    assert_eq!(deaths(&report), ["412 unknown"]);
    let time = list(&report, "deaths")[0]["time"].as_str().unwrap_or("never");
    assert!(time.starts_with("2026-11-20T22:10:0"), "{time}");
}

/// 29: a traceback is one record; its type, on the last line, is what happened, at the time of the first.
#[test]
fn the_last_line_of_a_traceback_says_what_it_was() {
    let log = gunicorn(&[(
        600,
        "[412] [ERROR] Error handling request /report\nTraceback (most recent call last):\n  File \"/srv/shop/app.py\", line 9, in report\n    rows = list(all_rows)\nMemoryError",
    )]);
    let report = report(&[("gunicorn.log", log), ("access.log", access(&burst("500")))]);
    let event = list(&report, "events")
        .iter()
        .find(|event| event["kind"] == "memory-limit")
        .expect("MemoryError is read");
    assert_eq!(event["time"].as_str().unwrap().get(..19), Some("2026-11-20T22:10:00"));
}

/// 88: journald stamps kernel lines when it reads them, seconds late; the kernel's own stamp is beside it.
#[test]
fn a_late_journal_is_corrected_by_the_kernels_stamp() {
    let stamped = |micros: u64| format!("{KERNEL}_SOURCE_MONOTONIC_TIMESTAMP={micros}\n");
    let mut journal: String = (0..20)
        .map(|minute| {
            entry(
                60 * minute,
                &stamped(100_500_000 + u64::from(minute) * 60_000_000),
                "eth0: link up",
            )
        })
        .collect();
    // Read 13 s late.
    journal +=
        &entry(613, &stamped(700_500_000), &chosen(412, "gunicorn", "/system.slice/shop.service"));
    journal += &entry(613, &stamped(700_500_000), &killed(412, "gunicorn"));
    let report = report(&[("journal", journal), ("access.log", access(&burst("502")))]);
    let time = time_of(&list(&report, "oom_kills")[0]).to_owned();
    assert!(time.starts_with("2026-11-20T22:10:00"), "{time}");
}
