//! Traps of joining things together (G), and what recorded incidents taught (H).

use super::scene::{
    CLOSED, REFUSED, access, burst, chosen, clock, deaths, entry, errors, gunicorn, incidents,
    killed, report, syslog,
};
use crate::corpus::list;

const CGROUP: &str = "/system.slice/shop.service";

/// The kernel's kill of a worker of the shop, told at a second.
fn kill(second: u32, pid: u32) -> String {
    syslog(second, "kernel", &format!("[  {second}.000000] {}", chosen(pid, "gunicorn", CGROUP)))
        + &syslog(second, "kernel", &format!("[  {second}.000100] {}", killed(pid, "gunicorn")))
}

fn sent_sigkill(second: u32, pid: u32) -> (u32, String) {
    (second, format!("[400] [ERROR] Worker (pid:{pid}) was sent SIGKILL! Perhaps out of memory?"))
}

/// 22: HAProxy writes the moment at which a request came, nginx that at which it was answered.
#[test]
fn a_log_may_tell_the_start_of_a_request() {
    let line = |second: u32, status: u16, took: u32| {
        format!(
            "203.0.113.{}:52596 [20/Nov/2026:{}.100] www shop/app1 0/0/0/-1/{took} {status} 217 - - {} 2/2/1/1/0 0/0 \"GET /items/{second} HTTP/1.1\"\n",
            second % 200,
            clock(second),
            if status == 504 { "sH--" } else { "----" }
        )
    };
    let log: String = (0..1200)
        .map(|second| {
            if (600..608).contains(&second) {
                line(second, 504, 60_000)
            } else {
                line(second, 200, 12)
            }
        })
        .collect();
    let incident = list(&report(&[("haproxy.log", log)]), "incidents")[0].clone();
    assert_eq!(incident["errors"]["504"], 8);
    assert!(
        incident["start"].as_str().unwrap().starts_with("2026-11-20T22:11:00"),
        "the answer came 60 s later: {}",
        incident["start"]
    );
}

/// 26, 85: the proxy's clock is 4 s ahead of the app host's: failures stand before the kill, which is their cause all the same.
#[test]
fn a_cause_may_be_stamped_after_its_effect() {
    let failed = burst("502");
    let told: Vec<(u32, String)> =
        (0..4).map(|one| sent_sigkill(601 + 2 * one, 412 + one)).collect();
    let told: Vec<(u32, &str)> =
        told.iter().map(|(second, line)| (*second, line.as_str())).collect();
    let kern: String = (0..4).map(|one| kill(601 + 2 * one, 412 + one)).collect();
    let report = report(&[
        ("access.log", access(&failed)),
        ("error.log", errors(&failed, CLOSED)),
        ("kern.log", kern),
        ("gunicorn.log", gunicorn(&told)),
    ]);
    assert_eq!(incidents(&report), ["16 x 502: oom_kill_memcg, confirmed"]);
}

/// 49, 91: the arbiter's own SIGKILL after a worker's timeout.
#[test]
fn perhaps_out_of_memory_after_a_timeout() {
    let failed = burst("502");
    let told = gunicorn(&[
        (599, "[400] [CRITICAL] WORKER TIMEOUT (pid:412)"),
        (600, "[400] [ERROR] Worker (pid:412) was sent SIGKILL! Perhaps out of memory?"),
        (601, "[413] [INFO] Booting worker with pid: 413"),
    ]);
    let report = report(&[
        ("access.log", access(&failed)),
        ("error.log", errors(&failed, CLOSED)),
        ("gunicorn.log", told),
    ]);
    assert_eq!(deaths(&report), ["412 worker_timeout"]);
    assert_eq!(
        incidents(&report),
        ["16 x 502: worker_timeout, probable"],
        "no kernel log: nobody denies an OOM kill"
    );
}

/// 60: old gunicorn, Puma and Apache write no word about a killed worker; the kernel's line is enough, and so is a new worker.
#[test]
fn a_server_that_says_nothing_of_a_kill() {
    let failed = burst("502");
    let told = gunicorn(&[
        (520, "[412] [INFO] Booting worker with pid: 412"),
        (601, "[413] [INFO] Booting worker with pid: 413"),
    ])
    .replace("23.0.0", "20.0.4");
    let report = report(&[
        ("access.log", access(&failed)),
        ("error.log", errors(&failed, CLOSED)),
        ("kern.log", kill(600, 412)),
        ("gunicorn.log", told),
    ]);
    assert_eq!(incidents(&report), ["16 x 502: oom_kill_memcg, confirmed"]);
}

/// 65: one kill, two refused connections, ten seconds of "no live upstreams": the after-shock is no cause.
#[test]
fn no_live_upstreams_is_an_after_shock() {
    let failed: Vec<(u32, &str)> = (600..611).map(|second| (second, "502")).collect();
    let log = errors(&failed[..2], CLOSED)
        + &errors(&failed[2..], "no live upstreams while connecting to upstream");
    let (at, told) = sent_sigkill(600, 412);
    let report = report(&[
        ("access.log", access(&failed)),
        ("error.log", log),
        ("kern.log", kill(600, 412)),
        ("gunicorn.log", gunicorn(&[(at, &told)])),
    ]);
    assert_eq!(incidents(&report), ["22 x 502: oom_kill_memcg, confirmed"]);
}

/// 75: nothing is logged while nginx itself is away; a hole where there always was traffic is listed.
#[test]
fn a_hole_in_the_traffic_is_listed() {
    let log: String = access(&[])
        .lines()
        .zip(0..)
        .filter(|(_, line)| !(1200..1800).contains(line))
        .map(|(line, _)| format!("{line}\n"))
        .collect();
    let report = report(&[("access.log", log)]);
    let gap = &list(&report, "gaps")[0];
    let at = |key: &str| {
        gap[key].as_str().and_then(|time| time.get(11..17)).unwrap_or_default().to_owned()
    };
    assert_eq!((at("start").as_str(), at("end").as_str()), ("22:09:", "22:15:"), "{gap}");
}

/// 76: a kill of something else three minutes before a database's restart: near, and not the cause.
#[test]
fn a_kill_near_by_is_not_the_cause() {
    let failed: Vec<(u32, &str)> = (780..790).map(|second| (second, "502")).collect();
    let clamd = syslog(
        600,
        "kernel",
        &format!("[  600.000000] {}", chosen(77, "clamd", "/system.slice/clamav-daemon.service")),
    ) + &syslog(600, "kernel", &format!("[  600.000100] {}", killed(77, "clamd")));
    let stops = syslog(780, "systemd[1]", "Stopping shop.service - Shop API (gunicorn)...")
        + &syslog(780, "systemd[1]", "Stopped shop.service - Shop API (gunicorn).")
        + &syslog(789, "systemd[1]", "Started shop.service - Shop API (gunicorn).");
    let told = gunicorn(&[
        (780, "[400] [INFO] Handling signal: term"),
        (780, "[400] [INFO] Shutting down: Master"),
        (790, "[500] [INFO] Starting gunicorn 23.0.0"),
        (790, "[500] [INFO] Listening at: http://127.0.0.1:8000 (500)"),
    ]);
    let report = report(&[
        ("access.log", access(&failed)),
        ("error.log", errors(&failed, REFUSED)),
        ("syslog", clamd + &stops),
        ("gunicorn.log", told),
    ]);
    assert_eq!(incidents(&report), ["20 x 502: deploy_restart, confirmed"]);
    let ruled_out = list(&list(&report, "incidents")[0], "ruled_out");
    assert!(!ruled_out.is_empty(), "the kill is listed as what it is not");
}

/// 80: two incidents with causes of their own stay two.
#[test]
fn two_incidents_stay_two() {
    let failed: Vec<(u32, &str)> =
        (300..306).chain(900..908).map(|second| (second, "502")).collect();
    let (at, told) = sent_sigkill(300, 412);
    let told = gunicorn(&[
        (at, &told),
        (900, "[400] [CRITICAL] WORKER TIMEOUT (pid:500)"),
        (901, "[400] [ERROR] Worker (pid:500) exited with code 1"),
    ]);
    let report = report(&[
        ("access.log", access(&failed)),
        ("error.log", errors(&failed, CLOSED)),
        ("kern.log", kill(300, 412)),
        ("gunicorn.log", told),
    ]);
    assert_eq!(
        incidents(&report),
        ["12 x 502: oom_kill_memcg, confirmed", "16 x 502: worker_timeout, confirmed"]
    );
}

/// 81: a ring that begins after the incident denies nothing.
#[test]
fn what_a_log_does_not_cover_is_not_denied() {
    let failed = burst("502");
    let kern = syslog(1000, "kernel", "[65267.042541] eth0: link up");
    let report = report(&[
        ("access.log", access(&failed)),
        ("error.log", errors(&failed, CLOSED)),
        ("kern.log", kern),
    ]);
    let oom = list(&report, "negatives")
        .iter()
        .find(|negative| negative["claim"].as_str().unwrap().contains("OOM"))
        .expect("it is spoken of");
    assert_eq!(oom["state"], "unknown", "{oom}");
}

/// 96: `docker logs -t` stamps every part of a long line, in its middle too.
#[test]
fn stamps_in_the_middle_of_a_line() {
    let log = format!(
        "2026-11-20T22:10:00.500000000Z [2026-11-20 22:10:00 +0000] [400] [INFO] {}2026-11-20T22:10:00.500100000Z {}\n2026-11-20T22:10:01.500000000Z [2026-11-20 22:10:01 +0000] [400] [CRITICAL] WORKER TIMEOUT (pid:412)\n",
        "a".repeat(16384 - 40),
        "b".repeat(100)
    );
    assert_eq!(deaths(&report(&[("web.log", log)])), ["412 worker_timeout"]);
}

/// 97: docker's journald driver: pid and unit are dockerd's, the container's name is beside them.
#[test]
fn dockers_journald_driver() {
    let fields = "_TRANSPORT=journal\n_PID=900\n_SYSTEMD_UNIT=docker.service\nPRIORITY=3\nSYSLOG_IDENTIFIER=15e2faf4dde7\nCONTAINER_NAME=shop\nCONTAINER_ID=15e2faf4dde7\nCONTAINER_ID_FULL=15e2faf4dde7e29559c11939e840f863b13612ddd59c478c62a65fce43e2a35d\n";
    let log =
        entry(600, fields, "[2026-11-20 22:10:00 +0000] [1] [CRITICAL] WORKER TIMEOUT (pid:17)");
    let report = report(&[("journal", log)]);
    assert_eq!(deaths(&report), ["17 worker_timeout"]);
    assert!(list(&report, "deaths")[0]["unit"] != "docker.service", "{}", report["deaths"]);
    assert_eq!(
        list(&report, "deaths")[0]["container"]
            .as_str()
            .map(|name| name.contains("shop") || name.starts_with("15e2faf4dde7")),
        Some(true)
    );
}

/// 102: a log without a zone, hours away on the next calendar day, is placed by what it shares with another.
#[test]
fn zoneless_logs_of_another_day() {
    let failed = burst("502");
    let (at, told) = sent_sigkill(600, 412);
    let ring = format!(
        "[Sat Nov 21 01:10:00 2026] {}\n[Sat Nov 21 01:10:00 2026] {}\n",
        chosen(412, "gunicorn", CGROUP),
        killed(412, "gunicorn")
    );
    let log = errors(&failed, CLOSED).replace("2026/11/20 22:", "2026/11/21 01:");
    let report = report(&[
        ("access.log", access(&failed)),
        ("error.log", log),
        ("dmesg", ring),
        ("gunicorn.log", gunicorn(&[(at, &told)])),
    ]);
    assert_eq!(incidents(&report), ["16 x 502: oom_kill_memcg, confirmed"]);
}
