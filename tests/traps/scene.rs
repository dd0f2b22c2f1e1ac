//! Small bundles for the traps: twenty minutes of quiet traffic from 22:00:00 on 20 November 2026 (UTC), failures where a case
//! wants them, and the lines of a kernel and an app server in the words of their sources.

use std::fmt::Write as _;

use serde_json::Value;

use crate::corpus::{analyse_members, list};
use crate::packing::Member;

/// Length of the traffic.
const SECONDS: u32 = 1200;

/// `22:10:03` of the second 603.
pub(super) fn clock(second: u32) -> String {
    format!("{:02}:{:02}:{:02}", 22 + second / 3600, second / 60 % 60, second % 60)
}

/// One line of an access log with what the upstream said. `statuses` as `$upstream_status` prints them.
pub(super) fn request(second: u32, status: &str, statuses: &str) -> String {
    let client = second % 200;
    format!(
        "203.0.113.{client} - - [20/Nov/2026:{} +0000] \"GET /items/{second} HTTP/1.1\" {status} 157 \"-\" \"curl/8.5\" rt=0.010 uct=\"0.001\" uht=\"0.009\" urt=\"0.010\" ua=\"127.0.0.1:8000\" us=\"{statuses}\"\n",
        clock(second)
    )
}

/// Two requests a second; in the seconds given both are answered with that status.
pub(super) fn access(failed: &[(u32, &str)]) -> String {
    let mut log = String::new();
    for second in 0..SECONDS {
        let status =
            failed.iter().find(|(at, _)| *at == second).map_or("200", |(_, status)| status);
        log += &request(second, status, status);
        log += &request(second, status, status);
    }
    log
}

/// Eight seconds of failures, from ten minutes on.
pub(super) fn burst(status: &'static str) -> Vec<(u32, &'static str)> {
    (600..608).map(|second| (second, status)).collect()
}

/// nginx's error log of the same seconds, with what it met.
pub(super) fn errors(failed: &[(u32, &str)], met: &str) -> String {
    let mut log = String::new();
    for (second, _) in failed {
        let _ = writeln!(
            log,
            "2026/11/20 {} [error] 704#704: *{second} {met}, client: 203.0.113.{}, server: shop, request: \"GET /items/{second} HTTP/1.1\", upstream: \"http://127.0.0.1:8000/items/{second}\", host: \"shop\"",
            clock(*second),
            second % 200
        );
    }
    log
}

pub(super) const CLOSED: &str =
    "upstream prematurely closed connection while reading response header from upstream";
pub(super) const REFUSED: &str =
    "connect() failed (111: Connection refused) while connecting to upstream";

/// The kernel's last word on a victim, as of 5.4 and later.
pub(super) fn killed(pid: u32, comm: &str) -> String {
    format!(
        "Memory cgroup out of memory: Killed process {pid} ({comm}) total-vm:1370712kB, anon-rss:173228kB, file-rss:6400kB, shmem-rss:0kB, UID:33 pgtables:580kB oom_score_adj:0"
    )
}

/// The line before it, with the cgroup.
pub(super) fn chosen(pid: u32, comm: &str, cgroup: &str) -> String {
    format!(
        "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg={cgroup},task_memcg={cgroup},task={comm},pid={pid},uid=33"
    )
}

/// rsyslog's line with a full date.
pub(super) fn syslog(second: u32, tag: &str, message: &str) -> String {
    format!("2026-11-20T{}.500000+00:00 web1 {tag}: {message}\n", clock(second))
}

/// An entry of `journalctl -o export`; `fields` end in line ends.
pub(super) fn entry(second: u32, fields: &str, message: &str) -> String {
    let at = 1_795_212_000_000_000_u64 + u64::from(second) * 1_000_000 + 500_000;
    format!(
        "__CURSOR=s=a;i={second:x}\n__REALTIME_TIMESTAMP={at}\n_BOOT_ID=b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1\n_HOSTNAME=web1\n{fields}MESSAGE={message}\n\n"
    )
}

/// gunicorn's log: what it wrote, by second.
pub(super) fn gunicorn(lines: &[(u32, &str)]) -> String {
    let mut log = "[2026-11-20 21:50:00 +0000] [400] [INFO] Starting gunicorn 23.0.0\n[2026-11-20 21:50:00 +0000] [400] [INFO] Listening at: http://127.0.0.1:8000 (400)\n".to_owned();
    for (second, line) in lines {
        let _ = writeln!(log, "[2026-11-20 {} +0000] {line}", clock(*second));
    }
    log
}

/// The report of a bundle of these files.
#[track_caller]
pub(super) fn report<T: AsRef<[u8]>>(files: &[(&str, T)]) -> Value {
    let members: Vec<Member> =
        files.iter().map(|(name, text)| Member::new(name, text.as_ref())).collect();
    analyse_members(&members).unwrap_or_else(|error| panic!("{error}"))
}

/// Kills as `pid comm`, with the time where it is known.
pub(super) fn kills(report: &Value) -> Vec<String> {
    list(report, "oom_kills")
        .iter()
        .map(|kill| {
            format!(
                "{} {}",
                kill["victim"]["pid"],
                kill["victim"]["comm"].as_str().unwrap_or_default()
            )
        })
        .collect()
}

/// Deaths as `pid why`.
pub(super) fn deaths(report: &Value) -> Vec<String> {
    list(report, "deaths")
        .iter()
        .map(|death| format!("{} {}", death["pid"], death["why"].as_str().unwrap_or_default()))
        .collect()
}

/// Incidents as `count x status: cause, verdict`.
pub(super) fn incidents(report: &Value) -> Vec<String> {
    list(report, "incidents")
        .iter()
        .map(|incident| {
            let errors: Vec<String> = ["500", "502", "503", "504"]
                .iter()
                .filter(|status| incident["errors"][**status] != 0)
                .map(|status| format!("{} x {status}", incident["errors"][*status]))
                .collect();
            format!(
                "{}: {}, {}",
                errors.join(" + "),
                incident["cause"].as_str().unwrap_or_default(),
                incident["verdict"].as_str().unwrap_or_default()
            )
        })
        .collect()
}

/// Sources as `path format`.
pub(super) fn formats(report: &Value) -> Vec<String> {
    list(report, "sources")
        .iter()
        .map(|source| {
            format!(
                "{} {}",
                source["path"].as_str().unwrap_or_default(),
                source["format"].as_str().unwrap_or_default()
            )
        })
        .collect()
}

/// Whether the data quality tells such a problem.
pub(super) fn is_told(report: &Value, problem: &str) -> bool {
    list(report, "data_quality").iter().any(|told| told["problem"] == problem)
}
