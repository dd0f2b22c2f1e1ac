//! Things that look like a cause, each beside its twin that is one: what decides is the one thing in which they differ.

use std::fmt::Write as _;

use serde_json::Value;

use crate::corpus::{analyse_members, list};
use crate::packing::Member;
use crate::stage::{CLOSED, REFUSED, Stage, at, blames_memory, only};

const LATE: (u16, &str) = (
    504,
    "upstream timed out (110: Connection timed out) while reading response header from upstream",
);
const UNANSWERED: (u16, &str) =
    (504, "upstream timed out (110: Connection timed out) while connecting to upstream");
/// The app is a server that no log in the bundle is of.
const SHOP: &str = "/system.slice/shop.service";

/// A proxy whose upstream fails so for ten seconds from minute five on, and a kernel log.
fn proxy_and_kernel(failing: (u16, &str)) -> Stage {
    let mut stage = Stage::default();
    stage.traffic(&[8000], (8000, failing), |second| (300..310).contains(&second)).kernel();
    stage
}

/// nginx and the kernel are all there is: a kill with the onset is the cause, and no more than probable.
#[test]
fn a_kill_at_the_onset_where_no_log_is_of_the_app() {
    for failing in [CLOSED, REFUSED] {
        let mut stage = proxy_and_kernel(failing);
        let report = stage.kill(300, (4711, "gunicorn"), SHOP, "memcg").report();
        assert_eq!(only(&report), (vec!["oom_kill_memcg"], "probable"), "{failing:?}");
        assert_eq!(report["oom_kills"][0]["incident"], "I1", "{failing:?}");
    }
}

#[test]
fn a_kill_near_the_onset_that_is_none_of_it() {
    let scanner = ("clamscan", "/system.slice/clamav-scan.service");
    let check = |what: &str, failing, kill: i64, (comm, cgroup): (&str, &str)| {
        let mut stage = proxy_and_kernel(failing);
        let report = stage.kill(kill, (4711, comm), cgroup, "memcg").report();
        assert!(!blames_memory(&report), "{what}: {:?}", only(&report));
    };
    check("a scanner", REFUSED, 300, scanner);
    check("of a login", REFUSED, 300, ("gunicorn", "/user.slice/user-1000.slice/session-7.scope"));
    check("40 s before", REFUSED, 260, ("gunicorn", SHOP));
    check("after it began", REFUSED, 306, ("gunicorn", SHOP));
    check("slow answers", LATE, 300, ("gunicorn", SHOP));
    let mut stage = proxy_and_kernel(REFUSED);
    for number in 0..10 {
        stage.kill(
            number * 60,
            (4711 + number as u32, "statsd"),
            "/system.slice/statsd.service",
            "memcg",
        );
    }
    assert!(!blames_memory(&stage.report()), "every minute, mostly without harm");
}

/// A live kernel takes connections for an app that hangs: only packets that are dropped go unanswered from the first on.
#[test]
fn connections_that_are_never_answered_are_the_network() {
    let report = proxy_and_kernel(UNANSWERED).report();
    assert_eq!(only(&report), (vec!["network"], "probable"));
    let why = report["incidents"][0]["causes"][0]["why"].as_str().unwrap();
    assert!(why.starts_with("Connections to the upstream were not answered"), "{why}");
    assert_eq!(only(&proxy_and_kernel(LATE).report()).0, ["slow_upstream"]);
    // Some wait in the app: its backlog is full because of them.
    let mut stage = Stage::default();
    stage
        .traffic(&[8000], (8000, LATE), |second| (300..303).contains(&second))
        .traffic(&[8000], (8000, UNANSWERED), |second| (303..310).contains(&second))
        .kernel();
    assert_eq!(only(&stage.report()).0, ["slow_upstream"]);
}

/// php-fpm is crowded after its host was paused; the watchdog counts the pause, and sees a real lockup come.
#[test]
fn a_crowd_after_a_pause_and_a_crowd() {
    let crowded = |lockup: Option<(i64, u32)>| {
        let mut stage = proxy_and_kernel(CLOSED);
        if let Some((second, length)) = lockup {
            let text =
                format!("watchdog: BUG: soft lockup - CPU#0 stuck for {length}s! [swapper/0:0]");
            stage.kernel_line(second, &text);
        }
        let stamp = at(302).format("%d-%b-%Y %H:%M:%S");
        stage.line("php-fpm.log", &format!("[{stamp}] NOTICE: ready to handle connections"));
        stage.line("php-fpm.log", &format!("[{stamp}] WARNING: [pool www] server reached pm.max_children setting (24), consider raising it"));
        stage.report()
    };
    assert_eq!(only(&crowded(Some((300, 128)))).0, ["host_restart"]);
    for lockup in [None, Some((300, 22))] {
        let report = crowded(lockup);
        let (named, verdict) = only(&report);
        assert!(!named.contains(&"host_restart"), "{lockup:?}: {named:?}");
        // Who waits for a worker is not cut off.
        assert!(
            verdict != "confirmed" && verdict != "probable" || named != ["resource_exhaustion"],
            "{lockup:?}: {named:?} {verdict}"
        );
    }
}

/// A queue that is full behind a lock is full because of it; without the lock it is full.
#[test]
fn a_full_backlog_behind_a_lock_and_alone() {
    const FULL: (u16, &str) = (
        502,
        "connect() to unix:/run/shop.sock failed (11: Resource temporarily unavailable) while connecting to upstream",
    );
    let staged = |lock: bool| {
        let mut stage = proxy_and_kernel(FULL);
        if lock {
            for (second, waiter) in [(285, 301), (287, 302), (289, 303)] {
                let stamp = at(second).format("%Y-%m-%d %H:%M:%S.100 UTC");
                stage.line("postgresql.log", &format!("{stamp} [{waiter}] shop@shop LOG:  process {waiter} still waiting for RowExclusiveLock on relation 16417 of database 16384 after 1000.123 ms"));
                stage.line("postgresql.log", &format!("{stamp} [{waiter}] shop@shop DETAIL:  Process holding the lock: 299. Wait queue: 301, 302, 303."));
            }
        }
        stage.report()
    };
    // Full it is; what made it so is not told.
    assert_eq!(only(&staged(false)), (vec!["resource_exhaustion"], "probable"));
    let report = staged(true);
    let (named, verdict) = only(&report);
    assert!(named != ["resource_exhaustion"] || verdict == "undetermined", "{named:?} {verdict}");
}

/// `conntrack` complains every half minute without harm; once it falls on a restart.
#[test]
fn a_limit_met_all_the_time_and_once() {
    let staged = |times: &[i64]| {
        let mut stage = proxy_and_kernel(LATE);
        for second in times {
            stage.kernel_line(*second, "nf_conntrack: nf_conntrack: table full, dropping packet");
        }
        stage.report()
    };
    let share = |report: &Value| -> f64 {
        let causes = list(&report["incidents"][0], "causes");
        let own = causes.iter().find(|cause| cause["cause"] == "resource_exhaustion");
        own.and_then(|cause| cause["probability"].as_f64()).unwrap_or(0.0)
    };
    let (once, always) = (staged(&[301]), staged(&(1..20).map(|n| n * 30 + 1).collect::<Vec<_>>()));
    assert!(share(&once) > 0.5, "{}", share(&once));
    assert!(share(&always) < 0.5, "{}", share(&always));
}

/// An order that comes into the outage ends it, and did not bring it.
#[test]
fn a_restart_before_the_failures_and_in_their_midst() {
    let staged = |restart: i64| {
        let mut stage = Stage::default();
        stage
            .traffic(&[8000], (8000, LATE), |second| (200..300).contains(&second))
            .gunicorn("shop", 400, 8000, &[412])
            .gunicorn_line("shop", restart, 400, "INFO", "Handling signal: term")
            .gunicorn_line("shop", restart + 4, 500, "INFO", "Starting gunicorn 20.1.0")
            .gunicorn_line(
                "shop",
                restart + 4,
                500,
                "INFO",
                "Listening at: http://127.0.0.1:8000 (500)",
            )
            .kernel();
        stage.report()
    };
    let report = staged(296);
    let (named, verdict) = only(&report);
    assert!(!named.contains(&"deploy_restart"), "{named:?} {verdict}");
}

/// What a container of nginx writes to its two outputs is one file.
#[test]
fn requests_and_errors_in_one_file() {
    let mut stage = Stage::default();
    stage.traffic(&[8000], (8000, CLOSED), |second| (300..310).contains(&second));
    let apart = stage.report();
    let mixed = stage.joined(&["nginx/access.log", "nginx/error.log"], "edge.log").report();
    let (one, other) = (&apart["incidents"][0], &mixed["incidents"][0]);
    for key in ["start", "end", "errors", "upstreams", "cause", "verdict"] {
        assert_eq!(one[key], other[key], "{key}");
    }
    let source = &list(&mixed, "sources")[0];
    assert_eq!((&source["path"], source["unparsed"].as_u64()), (&"edge.log".into(), Some(0)));
}

/// A raw ring buffer has no wall clock; what the audit system writes into it has.
#[test]
fn a_ring_is_tied_by_its_audit_records() {
    let ring = |audit: bool| {
        let mut text = "[    0.000000] Linux version 6.1.0-40-amd64 (gcc) #1 SMP\n".to_owned();
        if audit {
            let epoch = at(0).timestamp() - 500;
            let _ = writeln!(
                text,
                "[ 9500.250000] audit: type=1400 audit({epoch}.250:2): apparmor=\"STATUS\" operation=\"profile_load\""
            );
        }
        text.push_str("[10300.400000] Memory cgroup out of memory: Killed process 4711 (gunicorn) total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB, UID:33 pgtables:1kB oom_score_adj:0\n");
        let mut stage = Stage::default();
        stage.traffic(&[8000], (8000, REFUSED), |second| (300..310).contains(&second));
        for line in text.lines() {
            stage.line("dmesg", line);
        }
        stage.report()
    };
    let tied = ring(true);
    assert_eq!(tied["oom_kills"][0]["time"], "2026-11-20T12:05:00.400Z");
    assert_eq!(only(&tied), (vec!["oom_kill_memcg"], "probable"));
    assert_eq!(ring(false)["oom_kills"][0]["time"], Value::Null);
}

/// The host keeps its own time and its containers UTC: hours covered and a kill that meets the burst tell the zone.
#[test]
fn a_log_of_the_host_beside_those_of_its_containers() {
    let mut stage = Stage::default();
    stage.traffic(&[8000], (8000, REFUSED), |second| (300..310).contains(&second));
    let report = stage.joined(&["nginx/access.log"], "docker/access.log").report();
    assert_eq!(list(&report, "incidents").len(), 1);
    for hours in [0_i64, 2, -5] {
        let mut text = String::new();
        for second in [0, 60, 120, 240, 420, 590] {
            let stamp = at(second + hours * 3600).format("%b %d %H:%M:%S");
            let _ = writeln!(
                text,
                "{stamp} dock2 kernel: [{}.100000] usb 1-1: reset high-speed USB device number {second} using xhci_hcd",
                9000 + second
            );
        }
        let stamp = at(300 + hours * 3600).format("%b %d %H:%M:%S");
        let _ = writeln!(
            text,
            "{stamp} dock2 kernel: [9300.100000] Memory cgroup out of memory: Killed process 4711 (dotnet) total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB, UID:33 pgtables:1kB oom_score_adj:0"
        );
        let mut host = Stage::default();
        host.traffic(&[8000], (8000, REFUSED), |second| (300..310).contains(&second));
        host.joined(&["nginx/access.log"], "docker/access.log");
        host.joined(&["nginx/error.log"], "docker/error.log");
        for line in text.lines() {
            host.line("host/kern.log", line);
        }
        let report = host.report();
        assert_eq!(report["oom_kills"][0]["time"], "2026-11-20T12:05:00.500Z", "{hours} h");
    }
}

/// A store is known by its driver's name for it, though its package has another.
#[test]
fn a_kill_of_the_store_that_the_app_misses() {
    let mut stage = Stage::default();
    stage
        .traffic(&[8000], (8000, LATE), |second| (300..320).contains(&second))
        .gunicorn("shop", 400, 8000, &[412])
        .kernel()
        .kill(298, (700, "mongod"), "/system.slice/mongod.service", "global")
        .journal(
            298,
            "systemd",
            1,
            "mongod.service: Main process exited, code=killed, status=9/KILL",
        );
    for second in [300, 305, 310] {
        stage.gunicorn_line("shop", second, 412, "ERROR", "pymongo.errors.ServerSelectionTimeoutError: 127.0.0.1:27017: [Errno 111] Connection refused");
    }
    let report = stage.report();
    let (named, verdict) = only(&report);
    assert_eq!(named, ["oom_kill_global"], "{verdict}");
}

/// uvicorn sees a child gone and says no more; docker knows that there was a kill in the container.
#[test]
fn children_that_died_in_a_container_with_and_without_a_kill() {
    let staged = |killed: bool| {
        let mut stage = Stage::default();
        stage.traffic(&[8000], (8000, CLOSED), |second| (300..310).contains(&second));
        let line = |second: i64, text: &str| {
            format!(
                "web-1  | {} INFO:     {text}",
                at(second).format("%Y-%m-%dT%H:%M:%S.000000000Z")
            )
        };
        stage.line(
            "compose.txt",
            &line(-30, "Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)"),
        );
        for (second, pid) in [(300, 31), (304, 32), (308, 33)] {
            stage.line("compose.txt", &line(second, &format!("Child process [{pid}] died")));
        }
        let id = "a".repeat(64);
        stage.line("inspect.json", &format!(
            "[{{\"Id\":\"{id}\",\"Name\":\"/web-1\",\"State\":{{\"Status\":\"running\",\"Running\":true,\"OOMKilled\":{killed},\"ExitCode\":0,\"StartedAt\":\"2026-11-20T11:00:00Z\",\"FinishedAt\":\"0001-01-01T00:00:00Z\"}},\"HostConfig\":{{\"Memory\":346030080}},\"Config\":{{\"Image\":\"web\"}},\"NetworkSettings\":{{\"Networks\":{{}}}}}}]"
        ));
        stage.report()
    };
    assert!(blames_memory(&staged(true)), "{:?}", only(&staged(true)));
    assert!(!blames_memory(&staged(false)), "{:?}", only(&staged(false)));
    let died = list(&staged(true), "deaths").len();
    assert_eq!(died, 3);
}

/// The quiet kernel of a gateway says nothing of the app server's.
#[test]
fn a_silent_kernel_of_the_host_and_of_another() {
    let staged = |other: bool| {
        let mut stage = Stage::default();
        stage
            .traffic(&[8000], (8000, CLOSED), |second| (300..304).contains(&second))
            .gunicorn("shop", 400, 8000, &[412])
            .worker_killed("shop", 300, 400, 412)
            .kernel();
        if other {
            stage.journal(10, "sshd", 77, "Server listening on 0.0.0.0 port 22.");
            stage.line("mail.log", "2026-11-20T12:00:01+00:00 mx1 postfix/qmgr[9]: 4F1A: removed");
        }
        stage.report()
    };
    assert_eq!(only(&staged(false)), (vec!["manual_sigkill"], "probable"));
    assert_eq!(only(&staged(true)).1, "undetermined");
}

/// A silence that users met is told first, although nothing failed.
#[test]
fn a_quiet_day_and_a_proxy_that_was_away() {
    let quiet = |away: bool| {
        let mut log = String::new();
        for second in (0..3600).filter(|second| !(away && (1800..2060).contains(second))) {
            let stamp = at(second).format("%d/%b/%Y:%H:%M:%S +0000");
            for client in 0..8 {
                let _ = writeln!(
                    log,
                    "203.0.113.{client} - - [{stamp}] \"GET /items HTTP/1.1\" 200 157 \"-\" \"curl/8.5\""
                );
            }
        }
        let analysis = analyse_members(&[Member::new("access.log", log.as_bytes())]).unwrap();
        list(&analysis, "gaps").len()
    };
    assert_eq!((quiet(false), quiet(true)), (0, 1));
}

/// Nobody is killed twice: a kernel that killed that pid at another time is on another clock, and no hand did it.
#[test]
fn a_kill_on_a_clock_that_is_wrong() {
    let staged = |kill: Option<(i64, u32)>| {
        let mut stage = Stage::default();
        stage
            .traffic(&[8000], (8000, CLOSED), |second| (300..303).contains(&second))
            .gunicorn("shop", 400, 8000, &[412])
            .worker_killed("shop", 300, 400, 412)
            .kernel();
        if let Some((second, pid)) = kill {
            stage.kill(second, (pid, "gunicorn"), SHOP, "memcg");
        }
        stage.report()
    };
    assert_eq!(only(&staged(None)).0, ["manual_sigkill"]);
    for away in [37, -3600, 7 * 3600] {
        let report = staged(Some((300 + away, 412)));
        let (named, verdict) = only(&report);
        assert!(
            !named.contains(&"manual_sigkill") || verdict == "undetermined",
            "{away} s: {named:?} {verdict}"
        );
    }
}

/// A kernel log that was cut tells nothing of what it lost.
#[test]
fn no_kill_in_a_whole_log_and_in_a_cut_one() {
    let log = "[    1.000000] usb 1-1: USB disconnect, device number 2\n".repeat(4000);
    let packed = crate::packing::gz(log.as_bytes());
    let state = |bytes: &[u8]| {
        let members = [Member::new("dmesg.gz", bytes)];
        let report = analyse_members(&members).unwrap();
        let claims = list(&report, "negatives");
        let mut claims = claims.iter();
        let of_kills = claims.find(|own| own["claim"].to_string().contains("OOM"));
        of_kills.unwrap()["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(state(&packed), "true");
    assert_eq!(state(&packed[..packed.len() - 40]), "unknown");
}
