//! Signals, flags and traces, and what they are of: each case beside its twin, in which the same words are of something else.

use serde_json::Value;

use crate::corpus::list;
use crate::stage::{CLOSED, REFUSED, Stage, at, blames_memory, only};

const TIMED_OUT: (u16, &str) = (
    504,
    "upstream timed out (110: Connection timed out) while reading response header from upstream",
);
/// Sixty-four digits, as docker writes them.
const CONTAINER: &str = "b41a8ad7082b92fefaced9e84d208ed3cf65999b130ffbc5d843554d71e5c1b2";

fn why(report: &Value) -> String {
    let causes = list(&list(report, "incidents")[0], "causes");
    causes[0]["why"].as_str().unwrap().to_owned()
}

/// A gunicorn in a unit of systemd that dies of SIGKILL and is started again eleven seconds later; the unit's first words are those of
/// a moment, and it is started anew at another.
fn killed_unit(first: (i64, &str), later: i64) -> Stage {
    let mut stage = Stage::default();
    stage
        .kernel()
        .traffic(&[8000], (8000, REFUSED), |second| (300..312).contains(&second))
        .journal(first.0, "systemd", 1, first.1)
        .journal(300, "systemd", 1, "shop.service: Main process exited, code=killed, status=9/KILL")
        .journal(later, "systemd", 1, "Started shop.service - Shop.")
        .gunicorn("shop", 900, 8000, &[901])
        .gunicorn_again("shop", 311, 950, "127.0.0.1:8000");
    stage
}

/// `sudo kill -9` in the second in which a process ends is what ended it, if it names its pid.
#[test]
fn a_command_that_names_its_aim() {
    let staged = |pid: u32| {
        let mut stage = killed_unit((-31, "Started shop.service - Shop."), 311);
        let command = format!(
            "     ops : TTY=pts/0 ; PWD=/root ; USER=root ; COMMAND=/usr/bin/kill -9 {pid}"
        );
        let report = stage.journal(300, "sudo", 880, &command).report();
        let deaths = list(&report, "deaths");
        (only(&report).0.join(" "), deaths[0]["why"].as_str().unwrap().to_owned())
    };
    assert_eq!(staged(900), ("manual_sigkill".to_owned(), "operator".to_owned()));
    assert_eq!(staged(77).1, "unknown");
}

/// Text that begins after a unit's start: its later start ties it to the app all the same.
#[test]
fn a_unit_whose_first_start_is_not_in_the_text() {
    let other = (-40, "Started logrotate.service - Rotate log files.");
    assert_eq!(only(&killed_unit(other, 311).report()).0, ["manual_sigkill"]);
    assert_ne!(only(&killed_unit(other, 560).report()).1, "confirmed");
}

/// `dmesg -T` of a kernel that was quiet since its last line, on a host in UTC whose proxy writes another zone: that a zone would spread the
/// ring over more of the other logs' hours is no reason to move it beyond their end.
#[test]
fn a_quiet_ring_beside_a_proxy_in_another_zone() {
    let mut stage = Stage::default();
    stage.traffic(&[8000], (8000, CLOSED), |second| (300..303).contains(&second));
    stage.without(|name| name == "nginx/error.log");
    stage.renamed("nginx/access.log", "nginx/access.log", |line| {
        line.replace("/2026:12:", "/2026:07:").replace("+0000]", "-0500]")
    });
    for (second, text) in [
        (-12_000, "usb 1-1: new high-speed USB device number 2 using xhci_hcd"),
        (
            100,
            "Out of memory: Killed process 4711 (node) total-vm:512000kB, anon-rss:204800kB, file-rss:0kB, shmem-rss:0kB, UID:33 pgtables:900kB oom_score_adj:0",
        ),
    ] {
        let time = at(second).format("%a %b %e %H:%M:%S %Y");
        stage.line("dmesg-T.txt", &format!("[{time}] {text}"));
    }
    for second in 0..600 {
        let time = at(second).format("%Y-%m-%dT%H:%M:%S.371Z");
        stage.line("shop/node.log", &format!("{time} info answered in 4 ms"));
    }
    let report = stage.report();
    let time = list(&report, "oom_kills")[0]["time"].as_str().unwrap();
    assert!(time.starts_with("2026-11-20T12:01:40"), "{time}");
}

/// docker's flag stays as it is when the container starts again: it may be of an end long ago.
#[test]
fn a_flag_of_an_end_long_ago() {
    let staged = |killed: Option<i64>| {
        let mut stage = Stage::default();
        stage.traffic(&[8000], (8000, REFUSED), |second| (300..304).contains(&second));
        if let Some(second) = killed {
            let cgroup = format!("/docker/{CONTAINER}");
            stage.kernel_line(-3000, "usb 1-1: new high-speed USB device number 2");
            stage.kill(second, (905, "gunicorn"), &cgroup, "memcg");
        }
        let time = |second: i64| at(second).format("%Y-%m-%dT%H:%M:%S.100000000Z");
        stage.line("inspect.json", &format!(
            r#"[{{"Id":"{CONTAINER}","Name":"/shop","RestartCount":1,"State":{{"Status":"running","Running":true,"OOMKilled":true,"ExitCode":137,"StartedAt":"{}","FinishedAt":"{}"}},"HostConfig":{{"Memory":134217728}},"NetworkSettings":{{"Ports":{{"8000/tcp":[{{"HostIp":"127.0.0.1","HostPort":"8000"}}]}}}}}}]"#,
            time(303), time(300),
        ));
        stage.report()
    };
    assert!(!blames_memory(&staged(Some(-2400))));
    assert!(blames_memory(&staged(Some(300))));
    // Without a kernel log it may be true, and is never sure.
    let flag = staged(None);
    assert!(blames_memory(&flag));
    assert_ne!(only(&flag).1, "confirmed");
}

/// A worker is killed while all wait for a lock: who is killed breaks one answer off, and makes no other late.
#[test]
fn a_kill_among_waits_for_a_lock() {
    let staged = |locked: bool| {
        let mut stage = Stage::default();
        stage.kernel().requests(0..600, &[8000], |_, second| match second {
            310 => Some(CLOSED),
            300..330 => Some(TIMED_OUT),
            _ => None,
        });
        stage.gunicorn("shop", 900, 8000, &[912, 913]).workers_killed("shop", &[310], 900);
        let mut told = |second: i64, text: &str| {
            let time = at(second).format("%Y-%m-%d %H:%M:%S.430 UTC");
            stage.line(
                "postgresql/postgresql-15-main.log",
                &format!("{time} [{}] {text}", 1300 + second),
            );
        };
        told(-200, "LOG:  database system is ready to accept connections");
        for second in (290..328).filter(|_| locked) {
            told(
                second,
                &format!(
                    "LOG:  process {} still waiting for AccessShareLock on relation 16402 of database 16388 after 1000.152 ms",
                    1300 + second
                ),
            );
        }
        told(599, "LOG:  checkpoint starting: time");
        stage.report()
    };
    assert_eq!(only(&staged(false)).0, ["oom_kill_memcg"]);
    assert!(!blames_memory(&staged(true)));
}

/// `docker kill` of what has hung for half a minute ends the outage, and did not begin it.
#[test]
fn a_signal_as_the_remedy() {
    let staged = |first: i64| {
        let mut stage = Stage::default();
        stage.kernel().requests(0..600, &[8000], |_, second| match second {
            _ if (first..330).contains(&second) => Some(TIMED_OUT),
            330..334 => Some(REFUSED),
            _ => None,
        });
        let mut told = |second: i64, action: &str, more: &str| {
            let seconds = at(second).timestamp();
            stage.line("docker-events.jsonl", &format!(
                r#"{{"status":"{action}","id":"{CONTAINER}","from":"shop:1","Type":"container","Action":"{action}","Actor":{{"ID":"{CONTAINER}","Attributes":{{"image":"shop:1","name":"shop"{more}}}}},"scope":"local","time":{seconds},"timeNano":{seconds}100000000}}"#
            ));
        };
        told(-30, "start", "");
        told(330, "kill", r#","signal":"9""#);
        told(330, "die", r#","exitCode":"137""#);
        told(333, "start", "");
        stage.report()
    };
    assert_eq!(only(&staged(330)).0, ["manual_sigkill"]);
    let remedy = staged(300);
    assert!(!only(&remedy).0.contains(&"manual_sigkill"), "{:?}", only(&remedy));
}

/// The line that tells of an error seldom names it: the trace below does.
#[test]
fn the_error_that_a_trace_names() {
    let staged = |last: &str| {
        let mut stage = Stage::default();
        stage.gunicorn("shop", 412, 8000, &[413]);
        stage.traffic(&[8000], (8000, (500, "")), |second| (300..320).contains(&second));
        for second in (300..320).flat_map(|second| [second; 4]) {
            stage.gunicorn_line(
                "shop",
                second,
                413,
                "ERROR",
                "Error handling request /p8000/items",
            );
            for line in
                ["Traceback (most recent call last):", "  File \"shop.py\", line 7, in show", last]
            {
                stage.line("shop/gunicorn.log", line);
            }
        }
        stage.report()
    };
    let named = staged("KeyError: 'price'");
    assert_eq!(only(&named).0, ["crash_exception"]);
    assert!(why(&named).ends_with(", as its trace says: KeyError: 'price'."), "{}", why(&named));
    let threads = staged("RuntimeError: can't start new thread");
    assert_eq!(only(&threads).0, ["resource_exhaustion"]);
    let silent = staged("    ~~~~^^^^");
    assert!(!why(&silent).contains("trace"), "{}", why(&silent));
}

/// The proxy asks at another address since it was reloaded, and the app never left its own.
#[test]
fn an_address_that_is_asked_since_a_reload() {
    let staged = |reload: bool| {
        let mut stage = Stage::default();
        stage.gunicorn("shop", 900, 8000, &[901]);
        stage
            .requests(0..600, &[8000], |_, second| (298..300).contains(&second).then_some(REFUSED));
        stage.renamed("nginx/access.log", "nginx/access.log", |line| {
            let wrong =
                (300..340).any(|second| line.contains(&at(second).format("%H:%M:%S").to_string()));
            if wrong { line.replace(" 200 157", " 502 157") } else { line.to_owned() }
        });
        for second in 300..340 {
            let told = at(second).format("%Y/%m/%d %H:%M:%S");
            if second == 300 && reload {
                stage.line(
                    "nginx/error.log",
                    &format!("{told} [notice] 700#700: signal process started"),
                );
            }
            for client in 1..5 {
                stage.line("nginx/error.log", &format!("{told} [error] 700#700: *{second}{client} connect() failed (111: Connection refused) while connecting to upstream, client: 203.0.113.{client}, server: shop.example.test, request: \"GET /p8000/items HTTP/1.1\", upstream: \"http://127.0.0.1:8080/p8000/items\", host: \"shop.example.test\""));
            }
        }
        stage.report()
    };
    assert_eq!(only(&staged(true)).0, ["proxy_configuration"]);
    assert_ne!(only(&staged(false)).1, "confirmed");
}
