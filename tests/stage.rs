//! Small bundles built from scratch: a proxy with ten minutes of traffic, and the logs of others beside it, line by line. Times
//! are seconds after noon.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::corpus::{analyse_members, list, named_causes};
use crate::packing::Member;

/// 2026-11-20T12:00:00Z.
const NOON: i64 = 1_795_176_000;

pub(crate) fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(NOON + second, 0).unwrap()
}

/// A bundle in the making.
#[derive(Default)]
pub(crate) struct Stage {
    files: BTreeMap<String, String>,
}

/// How an answer failed: its status, and the proxy's words.
pub(crate) const CLOSED: (u16, &str) =
    (502, "upstream prematurely closed connection while reading response header from upstream");
pub(crate) const REFUSED: (u16, &str) =
    (502, "connect() failed (111: Connection refused) while connecting to upstream");

impl Stage {
    pub(crate) fn line(&mut self, file: &str, line: &str) -> &mut Self {
        let _ = writeln!(self.files.entry(file.to_owned()).or_default(), "{line}");
        self
    }

    /// Ten minutes of requests, four a second, to each upstream; those to one of them fail in some seconds.
    pub(crate) fn traffic(
        &mut self,
        ports: &[u16],
        failing: (u16, (u16, &str)),
        seconds: impl Fn(i64) -> bool,
    ) -> &mut Self {
        let (bad, answer) = failing;
        self.requests(0..600, ports, |port, second| {
            (port == bad && seconds(second)).then_some(answer)
        })
    }

    /// Requests for so many seconds, four a second, to each upstream; `fails` tells how one is answered that fails.
    pub(crate) fn requests<'w>(
        &mut self,
        seconds: std::ops::Range<i64>,
        ports: &[u16],
        fails: impl Fn(u16, i64) -> Option<(u16, &'w str)>,
    ) -> &mut Self {
        for second in seconds {
            for (number, port) in ports.iter().cycle().take(4 * ports.len()).enumerate() {
                let (failed, status, words) = match fails(*port, second) {
                    Some((status, words)) => (true, status, words),
                    None => (false, 200, ""),
                };
                let (now, client, route) = (at(second), number + 1, format!("/p{port}/items"));
                let access = now.format("%d/%b/%Y:%H:%M:%S +0000");
                self.line(
                    "nginx/access.log",
                    &format!("203.0.113.{client} - - [{access}] \"GET {route} HTTP/1.1\" {status} 157 \"-\" \"shop-app/4.2\" rt=0.010 ua=\"127.0.0.1:{port}\" us=\"{status}\""),
                );
                if failed {
                    let told = now.format("%Y/%m/%d %H:%M:%S");
                    self.line(
                        "nginx/error.log",
                        &format!("{told} [error] 700#700: *{second}{number} {words}, client: 203.0.113.{client}, server: shop.example.test, request: \"GET {route} HTTP/1.1\", upstream: \"http://127.0.0.1:{port}{route}\", host: \"shop.example.test\""),
                    );
                }
            }
        }
        self
    }

    /// A kernel log that covers all of it, in rsyslog's form.
    pub(crate) fn kernel(&mut self) -> &mut Self {
        self.kernel_line(-60, "usb 1-1: new high-speed USB device number 2 using xhci_hcd")
            .kernel_line(650, "usb 1-1: USB disconnect, device number 2")
    }

    pub(crate) fn kernel_line(&mut self, second: i64, text: &str) -> &mut Self {
        let stamp = at(second).format("%Y-%m-%dT%H:%M:%S.100000+00:00");
        self.line(
            "kern.log",
            &format!("{stamp} web01 kernel: [{:5}.100000] {text}", 900_000 + second),
        )
    }

    /// An OOM kill by the limit of a cgroup, or by the host's memory where that is `/`.
    pub(crate) fn kill(
        &mut self,
        second: i64,
        victim: (u32, &str),
        cgroup: &str,
        scope: &str,
    ) -> &mut Self {
        let (pid, comm) = victim;
        let (constraint, words) = match scope {
            "memcg" => (
                format!(
                    "CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg={cgroup}"
                ),
                "Memory cgroup out of memory",
            ),
            _ => (
                "CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom".to_owned(),
                "Out of memory",
            ),
        };
        self.kernel_line(second, &format!("{comm} invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0"))
            .kernel_line(second, &format!("oom-kill:constraint={constraint},task_memcg={cgroup},task={comm},pid={pid},uid=33"))
            .kernel_line(second, &format!("{words}: Killed process {pid} ({comm}) total-vm:512000kB, anon-rss:204800kB, file-rss:0kB, shmem-rss:0kB, UID:33 pgtables:900kB oom_score_adj:0"))
    }

    /// A gunicorn that listens at a port, with workers.
    pub(crate) fn gunicorn(
        &mut self,
        name: &str,
        arbiter: u32,
        port: u16,
        workers: &[u32],
    ) -> &mut Self {
        self.gunicorn_line(name, -30, arbiter, "INFO", "Starting gunicorn 20.1.0")
            .gunicorn_line(
                name,
                -30,
                arbiter,
                "INFO",
                &format!("Listening at: http://127.0.0.1:{port} ({arbiter})"),
            )
            .gunicorn_line(name, -30, arbiter, "INFO", "Using worker: sync");
        for pid in workers {
            self.gunicorn_line(name, -29, *pid, "INFO", &format!("Booting worker with pid: {pid}"));
        }
        self
    }

    /// The gunicorn anew, with a port to listen at.
    pub(crate) fn gunicorn_again(
        &mut self,
        name: &str,
        second: i64,
        arbiter: u32,
        at: &str,
    ) -> &mut Self {
        let listening = format!("Listening at: http://{at} ({arbiter})");
        self.gunicorn_line(name, second, arbiter, "INFO", "Starting gunicorn 20.1.0")
            .gunicorn_line(name, second, arbiter, "INFO", &listening)
    }

    /// What its arbiter says of a worker that SIGKILL ended.
    pub(crate) fn worker_killed(
        &mut self,
        name: &str,
        second: i64,
        arbiter: u32,
        worker: u32,
    ) -> &mut Self {
        let text = format!("Worker (pid:{worker}) was sent SIGKILL! Perhaps out of memory?");
        self.gunicorn_line(name, second, arbiter, "ERROR", &text)
    }

    /// Answers of 500, four a second, and a line of the app's for each.
    pub(crate) fn request_errors(
        &mut self,
        name: &str,
        seconds: std::ops::Range<i64>,
    ) -> &mut Self {
        let own = seconds.clone();
        self.traffic(&[8000], (8000, (500, "")), |second| own.contains(&second));
        for second in seconds.flat_map(|second| [second; 4]) {
            let text = "Error handling request /p8000/items";
            self.gunicorn_line(name, second, 412, "ERROR", text);
        }
        self
    }

    pub(crate) fn gunicorn_line(
        &mut self,
        name: &str,
        second: i64,
        pid: u32,
        level: &str,
        text: &str,
    ) -> &mut Self {
        let stamp = at(second).format("%Y-%m-%d %H:%M:%S +0000");
        self.line(&format!("{name}/gunicorn.log"), &format!("[{stamp}] [{pid}] [{level}] {text}"))
    }

    /// The journal's text of systemd's start of a unit, so that a unit is tied to its main process.
    pub(crate) fn journal(
        &mut self,
        second: i64,
        program: &str,
        pid: u32,
        text: &str,
    ) -> &mut Self {
        let stamp = at(second).format("%Y-%m-%dT%H:%M:%S+0000");
        self.line("journal.txt", &format!("{stamp} web01 {program}[{pid}]: {text}"))
    }

    /// Files as one, line by line in the order of their times as they are written; the others leave.
    pub(crate) fn joined(&mut self, files: &[&str], into: &str) -> &mut Self {
        let texts: Vec<String> = files.iter().filter_map(|file| self.files.remove(*file)).collect();
        let key = |line: &str| {
            let at = line.find("12:").unwrap_or(0);
            line.get(at..at + 8).unwrap_or_default().to_owned()
        };
        let mut lines: Vec<&str> = texts.iter().flat_map(|text| text.lines()).collect();
        lines.sort_by_key(|line| key(line));
        for line in lines {
            self.line(into, line);
        }
        self
    }

    /// A planned stop, and the start that follows.
    pub(crate) fn gunicorn_restarted(
        &mut self,
        name: &str,
        (stop, start): (i64, i64),
        (arbiter, next): (u32, u32),
        port: u16,
    ) -> &mut Self {
        self.gunicorn_line(name, stop, arbiter, "INFO", "Handling signal: term")
            .gunicorn_line(name, stop, arbiter, "INFO", "Shutting down: Master")
            .gunicorn_again(name, start, next, &format!("127.0.0.1:{port}"))
    }

    /// Workers that the kernel kills for their cgroup's limit, each replaced at once.
    pub(crate) fn workers_killed(
        &mut self,
        name: &str,
        seconds: &[i64],
        arbiter: u32,
    ) -> &mut Self {
        for (second, pid) in seconds.iter().zip(arbiter + 12..) {
            let booted = format!("Booting worker with pid: {}", pid + 500);
            self.kill(
                *second,
                (pid, "gunicorn"),
                &format!("/system.slice/{name}.service"),
                "memcg",
            )
            .worker_killed(name, *second, arbiter, pid)
            .gunicorn_line(name, *second, pid + 500, "INFO", &booted);
        }
        self
    }

    /// Another host's files, in a folder that is called after it.
    pub(crate) fn host(&mut self, folder: &str, other: &Self) -> &mut Self {
        for (name, text) in &other.files {
            let text = text.replace(" web01 ", &format!(" {folder} "));
            self.files.insert(format!("{folder}/{name}"), text);
        }
        self
    }

    /// Without some files.
    pub(crate) fn without(&mut self, gone: impl Fn(&str) -> bool) -> &mut Self {
        self.files.retain(|name, _| !gone(name));
        self
    }

    /// Moves a file's beginning to another: all before the second line of which something holds.
    pub(crate) fn split(
        &mut self,
        file: &str,
        older: &str,
        is: impl Fn(&str) -> bool,
    ) -> &mut Self {
        let text = self.files.remove(file).unwrap_or_default();
        let mut met = 0;
        for line in text.lines() {
            met += usize::from(is(line));
            self.line(if met < 2 { older } else { file }, line);
        }
        self
    }

    /// A file without a line.
    pub(crate) fn empty(&mut self, file: &str) -> &mut Self {
        self.files.insert(file.to_owned(), String::new());
        self
    }

    /// Another name for a file, its lines changed on the way.
    pub(crate) fn renamed(
        &mut self,
        from: &str,
        to: &str,
        change: impl Fn(&str) -> String,
    ) -> &mut Self {
        let text = self.files.remove(from).unwrap_or_default();
        for line in text.lines() {
            self.line(to, &change(line));
        }
        self
    }

    pub(crate) fn report(&self) -> Value {
        let members: Vec<Member> =
            self.files.iter().map(|(name, text)| Member::new(name, text.as_bytes())).collect();
        analyse_members(&members).unwrap()
    }
}

/// The only incident of a report, as (causes named, verdict).
#[track_caller]
pub(crate) fn only(report: &Value) -> (Vec<&str>, &str) {
    let incidents = list(report, "incidents");
    assert_eq!(incidents.len(), 1, "{incidents:?}");
    (named_causes(&incidents[0]), incidents[0]["verdict"].as_str().unwrap())
}

/// Whether an OOM kill is said to be the cause, in whatever word but "undetermined".
#[track_caller]
pub(crate) fn blames_memory(report: &Value) -> bool {
    let (named, verdict) = only(report);
    verdict != "undetermined" && named.iter().any(|cause| cause.starts_with("oom_kill"))
}
