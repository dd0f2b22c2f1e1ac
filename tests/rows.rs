//! Logs of every platform, as small bundles: containers and pods are joined by what their paths and cgroups say, an end has
//! the reason that its runtime gives, and folders of support bundles are read whole.

use std::path::Path;

use coroner::bundle::Silent;
use coroner::event::EventKind;
use coroner::grammar::Grammars;
use coroner::ingest::{Reading, Source, ingest};
use serde_json::Value;

use crate::corpus::list;
use crate::packing::{folder, put};
use crate::program::run;

/// The report of a folder with these files.
fn report(files: &[(&str, &str)]) -> Value {
    let folder = folder();
    for (name, text) in files {
        put(folder.path(), &format!("bundle/{name}"), text.as_bytes());
    }
    let bundle = folder.path().join("bundle");
    let done = run(&["report", "--format", "json", bundle.to_str().unwrap()]);
    assert!(done.code <= 1, "{}", done.err);
    done.json()
}

const CART: &str = "15e2faf4dde7e29559c11939e840f863b13612ddd59c478c62a65fce43e2a35d";

fn event(second: &str, words: &str, pairs: &str) -> String {
    format!(
        "2026-11-20T22:41:{second}Z container {words} {CART} ({pairs}image=cart:2.0, name=cart)\n"
    )
}

#[track_caller]
fn check_reason(lines: &[String], expected: &[&str]) {
    let report = report(&[("docker-events.log", &lines.concat())]);
    let deaths: Vec<&str> =
        list(&report, "deaths").iter().map(|death| death["why"].as_str().unwrap()).collect();
    assert_eq!(deaths, expected, "{lines:?}");
}

#[test]
fn a_container_that_died_in_an_oom_event_was_oom_killed() {
    let oom = event("39.986326220", "oom", "");
    let die = |code: u8| event("40.101000000", "die", &format!("exitCode={code}, "));
    let kill = |second: &str, signal: u8| {
        event(second, "kill", "").replace("name=cart", &format!("name=cart, signal={signal}"))
    };
    check_reason(&[oom.clone(), die(137)], &["oom_kill"]);
    check_reason(&[die(137)], &["unknown"]);
    // The event is of the cgroup: its main process ended otherwise, or long after, or by somebody's hand.
    check_reason(&[oom.clone(), die(1)], &["crash"]);
    check_reason(&[event("12.000000000", "oom", ""), die(137)], &["unknown"]);
    check_reason(&[oom.clone(), kill("40.050000000", 9), die(137)], &["operator"]);
    check_reason(&[kill("30.000000000", 15), oom, kill("40.050000000", 9), die(137)], &["stop"]);
}

#[test]
fn kubernetes_word_for_an_oom_kill_is_the_reason_of_the_death() {
    let pod = |reason: &str, code: u8| {
        format!(
            r#"{{"apiVersion": "v1", "kind": "List", "items": [{{"apiVersion": "v1", "kind": "Pod",
 "metadata": {{"name": "shop-7c-x2", "namespace": "prod"}},
 "spec": {{"containers": [{{"name": "shop"}}]}},
 "status": {{"containerStatuses": [{{"name": "shop", "restartCount": 1, "containerID": "containerd://{CART}",
  "state": {{"running": {{"startedAt": "2026-11-20T22:41:50Z"}}}},
  "lastState": {{"terminated": {{"exitCode": {code}, "reason": "{reason}",
   "startedAt": "2026-11-20T20:00:00Z", "finishedAt": "2026-11-20T22:41:40Z", "containerID": "containerd://{CART}"}}}}}}]}}}}]}}
"#
        )
    };
    let log = "2026-11-20T22:41:00.000000000Z stdout F [2026-11-20 22:41:00 +0000] [1] [INFO] Starting gunicorn 23.0.0\n";
    for (reason, code, expected) in
        [("OOMKilled", 137, "oom_kill"), ("Error", 137, "unknown"), ("Error", 1, "crash")]
    {
        let pods = pod(reason, code);
        let report = report(&[("pods.json", pods.as_str()), ("logs/shop.log", log)]);
        let deaths = list(&report, "deaths");
        assert_eq!(deaths.len(), 1, "{deaths:?}");
        assert_eq!(deaths[0]["why"], expected, "{reason} {code}");
    }
}

const UID: &str = "0d3f2a51-7f6e-4a0f-9f0f-0b8b3f0c2a11";

/// The CRI log of a gunicorn, of which a worker is killed in the pod's pid namespace.
fn pod_log() -> String {
    [
        "00.100000000Z stderr F [2026-11-20 22:41:00 +0000] [1] [INFO] Listening at: http://0.0.0.0:8000 (1)",
        "00.200000000Z stderr F [2026-11-20 22:41:00 +0000] [7] [INFO] Booting worker with pid: 7",
        "40.120000000Z stderr F [2026-11-20 22:41:40 +0000] [1] [ERROR] Worker (pid:7) was sent SIGKILL! Perhaps out of memory?",
    ]
    .iter()
    .map(|line| format!("2026-11-20T22:41:{line}\n"))
    .collect()
}

fn kernel_log(cgroup: &str) -> String {
    let lines = [
        "gunicorn invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=987".to_owned(),
        "memory: usage 524288kB, limit 524288kB, failcnt 7".to_owned(),
        format!("oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg={cgroup},task_memcg={cgroup},task=gunicorn,pid=48213,uid=1000"),
        "Memory cgroup out of memory: Killed process 48213 (gunicorn) total-vm:900000kB, anon-rss:500000kB, file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:1200kB oom_score_adj:987".to_owned(),
    ];
    lines
        .iter()
        .map(|line| format!("2026-11-20T22:41:40.000000+00:00 node1 kernel: {line}\n"))
        .collect()
}

/// The deaths that are told by the kernel and by the app's own line.
fn joined(report: &Value) -> usize {
    let deaths = list(report, "deaths").iter();
    deaths.filter(|death| death["why"] == "oom_kill" && list(death, "witnesses").len() == 2).count()
}

#[test]
fn a_pod_is_known_by_the_path_of_its_log() {
    let id = "6".repeat(64);
    let slice = format!("kubepods-burstable-pod{}.slice", UID.replace('-', "_"));
    let cgroup =
        format!("/kubepods.slice/kubepods-burstable.slice/{slice}/cri-containerd-{id}.scope");
    let foreign = cgroup.replace("0d3f2a51", "1d3f2a51").replace('6', "7");
    let paths = [
        format!("var/log/pods/prod_shop-7c-x2_{UID}/shop/0.log"),
        format!("var/log/containers/shop-7c-x2_prod_shop-{id}.log"),
    ];
    for path in &paths {
        let own = report(&[(path, &pod_log()), ("kern.log", &kernel_log(&cgroup))]);
        assert_eq!(joined(&own), 1, "{path}: {:#}", own["deaths"]);
        let other = report(&[(path, &pod_log()), ("kern.log", &kernel_log(&foreign))]);
        assert_eq!(joined(&other), 0, "{path}: the kill of another pod is none of ours");
    }
}

#[test]
fn a_container_that_is_known_by_name_alone_is_no_stranger_to_its_cgroup() {
    let log: String = pod_log()
        .lines()
        .map(|line| format!("web-1  | {}\n", line.split_once(" F ").map_or(line, |(_, text)| text)))
        .collect();
    let cgroup = format!("/system.slice/docker-{CART}.scope");
    let report = report(&[("compose.log", &log), ("kern.log", &kernel_log(&cgroup))]);
    assert_eq!(joined(&report), 1, "{:#}", report["deaths"]);
}

/// What is read of a bundle before anything is reasoned from it.
fn ingested(bundle: &Path) -> Vec<Source> {
    let limits = coroner::bundle::Limits::default();
    let grammars = Grammars::built_in().unwrap();
    let bundles = coroner::bundle::open(&[bundle.to_owned()]).unwrap();
    let reading = Reading { grammars: &grammars, log_format: None, limits: &limits };
    ingest(&bundles, &reading, &Silent).sources
}

#[test]
fn a_repeated_message_counts_as_often_as_it_was_said() {
    let log = "\
Nov 20 22:41:00 web01 shop[412]: redis.exceptions.ConnectionError: Error 111 connecting to redis:6379. Connection refused.
Nov 20 22:41:30 web01 shop[412]: message repeated 76 times: [ redis.exceptions.ConnectionError: Error 111 connecting to redis:6379. Connection refused.]
Nov 20 22:41:40 web01 shop[412]: message repeated many times: [ redis.exceptions.ConnectionError: Error 111 connecting]
Nov 20 22:41:50 web01 last message repeated 3 times
";
    let folder = folder();
    let file = put(folder.path(), "syslog", log.as_bytes());
    let sources = ingested(&file);
    let told: Vec<(&str, u64, Option<&str>)> = sources[0]
        .events
        .iter()
        .map(|event| (event.kind.name(), event.count, event.field("lines")))
        .collect();
    assert_eq!(
        told,
        [
            ("dependency-refused", 1, None),
            ("dependency-refused", 76, None),
            ("log-loss", 1, Some("3"))
        ]
    );
}

/// A folder's report, and its sources as `path format`.
fn sources(files: &[(&str, &str)]) -> Vec<String> {
    let report = report(files);
    let name = |source: &Value| {
        format!("{} {}", source["path"].as_str().unwrap(), source["format"].as_str().unwrap())
    };
    list(&report, "sources").iter().map(name).collect()
}

const FREE: &str = "               total        used        free      shared  buff/cache   available\nMem:        24684096     1723764    17576628        9940     5795160    22960332\nSwap:              0           0           0\n";
const DF: &str = "Filesystem     1K-blocks     Used Available Use% Mounted on\n/dev/vda       264212084 65560820  29725068  69% /\n";
const PS: &str = "USER       PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\nroot         1  0.4  0.0  49168 18480 ?        SLl  Nov20   0:58 /sbin/init\n";
const UPTIME: &str = " 03:39:08 up  3:51,  0 user,  load average: 8.30, 6.07, 4.79\n";

#[test]
fn a_sos_report_is_read_whole() {
    let kernel = "[ 4615.556504] gunicorn invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n[ 4615.556700] Memory cgroup out of memory: Killed process 48213 (gunicorn) total-vm:900000kB, anon-rss:500000kB, file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:1200kB oom_score_adj:0\n";
    let journal = "-- Logs begin at Fri 2026-11-20 20:00:00 UTC, end at Fri 2026-11-20 23:00:00 UTC. --\nNov 20 22:41:40 web01 systemd[1]: shop.service: A process of this unit has been killed by the OOM killer.\n";
    let root = "sosreport-web01-2026-11-21-abcdefg";
    let name = |path: &str| format!("{root}/{path}");
    let files = [
        (
            "proc/meminfo",
            "MemTotal:       24684096 kB\nMemFree:        17576628 kB\nMemAvailable:   22960332 kB\n",
        ),
        ("sos_commands/filesys/df_-al_-x_autofs", DF),
        ("sos_commands/host/uptime", UPTIME),
        ("sos_commands/kernel/dmesg", kernel),
        ("sos_commands/logs/journalctl_--no-pager", journal),
        ("sos_commands/memory/free", FREE),
        ("sos_commands/process/ps_auxwwwm", PS),
        (
            "sos_commands/process/ps_axo_pid_ppid",
            "    PID    PPID USER     GROUP        LWP NLWP START COMMAND         CGROUP\n      1       0 root     root           1    1 Nov20 systemd         0::/init.scope\n",
        ),
    ];
    let named: Vec<(String, &str)> = files.iter().map(|(path, text)| (name(path), *text)).collect();
    let borrowed: Vec<(&str, &str)> =
        named.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let expected = ["meminfo", "df", "uptime", "kernel", "syslog", "free", "ps", "ps"];
    let expected: Vec<String> =
        named.iter().zip(expected).map(|((path, _), format)| format!("{path} {format}")).collect();
    assert_eq!(sources(&borrowed), expected);
}

/// Requests over ten minutes, of which those of half a minute fail.
fn failing(status: u32) -> String {
    let mut log = String::new();
    for second in 0..600 {
        for client in 0..4 {
            let told = if (300..330).contains(&second) && client < 3 { status } else { 200 };
            let (minute, second) = (36 + second / 60, second % 60);
            log += &format!(
                "198.51.100.{client} - - [20/Nov/2026:22:{minute}:{second:02} +0000] \"GET /report HTTP/1.1\" {told} 157 \"-\" \"-\"\n"
            );
        }
    }
    log
}

/// nginx repeats what PHP says on FastCGI's standard error; where nobody kept php-fpm's log, that is the only word of the app.
#[test]
fn a_php_memory_limit_that_only_nginx_wrote_down_is_named() {
    let error = |message: &str| -> String {
        (0..30)
            .map(|second| format!("2026/11/20 22:41:{second:02} [error] 31#31: *{second} FastCGI sent in stderr: \"PHP message: {message} in /srv/a.php on line 12\" while reading response header from upstream, client: 198.51.100.1, server: shop, request: \"GET /report HTTP/1.1\", upstream: \"fastcgi://unix:/run/php/php8.2-fpm.sock:\", host: \"shop\"\n"))
            .collect()
    };
    let cause = |message: &str| {
        let report = report(&[("access.log", &failing(500)), ("error.log", &error(message))]);
        let incidents = list(&report, "incidents");
        assert_eq!(incidents.len(), 1, "{incidents:?}");
        incidents[0]["cause"].as_str().map(str::to_owned)
    };
    let limit = "PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes)";
    assert_eq!(cause(limit).as_deref(), Some("runtime_heap_limit"));
    let grown = format!(
        "PHP Warning:  Undefined variable $a in /srv/a.php on line 3; PHP message: {limit}"
    );
    assert_eq!(cause(&grown).as_deref(), Some("runtime_heap_limit"));
    assert_ne!(
        cause(
            "PHP Warning:  a visitor searched for \\\"Allowed memory size of 9 bytes exhausted\\\""
        )
        .as_deref(),
        Some("runtime_heap_limit")
    );
}

/// The pods of a namespace, as kubectl and troubleshoot.sh write them.
fn pods(kind: &str) -> String {
    format!(
        r#"{{"kind": "{kind}", "apiVersion": "v1", "items": [{{"metadata": {{"name": "shop-7c9d8f6b5-x2x4q", "namespace": "prod", "uid": "{UID}"}},
 "spec": {{"containers": [{{"name": "shop"}}]}}, "status": {{"containerStatuses": [{{"name": "shop", "restartCount": 1, "containerID": "containerd://{CART}",
 "lastState": {{"terminated": {{"exitCode": 137, "reason": "OOMKilled", "finishedAt": "2026-11-20T22:41:40Z", "containerID": "containerd://{CART}"}}}}}}]}}}}]}}"#
    )
}

#[test]
fn bundles_of_a_cluster_are_read_whole_and_their_logs_are_the_pods() {
    let log = "[2026-11-20 22:41:00 +0000] [1] [INFO] Starting gunicorn 23.0.0\n[2026-11-20 22:41:35 +0000] [1] [INFO] Handling signal: hup\n";
    let dumped = format!(
        "==== START logs for container shop of pod prod/shop-7c9d8f6b5-x2x4q ====\n{log}==== END logs for container shop of pod prod/shop-7c9d8f6b5-x2x4q ====\n"
    );
    let events = r#"{"kind": "EventList", "apiVersion": "v1", "items": [{"kind": "Event", "involvedObject": {"kind": "Pod", "namespace": "prod", "name": "shop-7c9d8f6b5-x2x4q"}, "reason": "Started", "message": "Started container shop", "source": {"component": "kubelet"}, "firstTimestamp": "2026-11-20T22:41:50Z", "lastTimestamp": "2026-11-20T22:41:50Z", "count": 1}]}"#;
    let list_of = pods("PodList");
    let troubleshoot = [
        ("support-bundle-2026-11-20T22_42_00/cluster-resources/events/prod.json", events),
        (
            "support-bundle-2026-11-20T22_42_00/cluster-resources/pods/logs/prod/shop-7c9d8f6b5-x2x4q/shop-previous.log",
            log,
        ),
        ("support-bundle-2026-11-20T22_42_00/cluster-resources/pods/prod.json", list_of.as_str()),
    ];
    let dump = [
        ("dump/prod/events.json", events),
        ("dump/prod/pods.json", list_of.as_str()),
        ("dump/prod/shop-7c9d8f6b5-x2x4q/logs.txt", dumped.as_str()),
    ];
    for files in [troubleshoot, dump] {
        let report = report(&files);
        let formats: Vec<&str> = list(&report, "sources")
            .iter()
            .map(|source| source["format"].as_str().unwrap())
            .collect();
        let mut sorted = formats.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, ["gunicorn", "kubernetes-events", "kubernetes-pods"], "{files:?}");
        let unparsed = list(&report, "sources").iter().filter(|source| source["unparsed"] != 0);
        assert_eq!(unparsed.count(), 0, "{files:?}");
        // One death, of the one service that both the API and the log speak of.
        let deaths = list(&report, "deaths");
        assert_eq!((deaths.len(), deaths[0]["why"].as_str()), (1, Some("oom_kill")), "{deaths:?}");
    }
}

#[test]
fn the_logs_of_a_runit_service_are_unwrapped() {
    let files = [
        ("gitlabsos.gitlab01_20261120224200/df_hT", DF),
        ("gitlabsos.gitlab01_20261120224200/free_m", FREE),
        ("gitlabsos.gitlab01_20261120224200/ps", PS),
        ("gitlabsos.gitlab01_20261120224200/uptime", UPTIME),
        (
            "gitlabsos.gitlab01_20261120224200/var/log/gitlab/postgresql/current",
            "2026-11-20_22:41:05.12345 LOG:  server process (PID 315) was terminated by signal 9: Killed\n2026-11-20_22:41:05.22345 LOG:  terminating any other active server processes\n",
        ),
        (
            "gitlabsos.gitlab01_20261120224200/var/log/gitlab/redis/current",
            "2026-11-20_22:41:05.12345 12:M 20 Nov 2026 22:41:05.123 * Ready to accept connections\n",
        ),
        (
            "gitlabsos.gitlab01_20261120224200/var/log/gitlab/patroni/current",
            "@400000006b00cc8b0a3b7e1c LOG:  database system is ready to accept connections\n",
        ),
    ];
    let formats: Vec<String> = sources(&files)
        .iter()
        .map(|source| source.rsplit(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(
        formats,
        ["df", "free", "ps", "uptime", "docker-stamped", "docker-stamped", "docker-stamped"]
    );
    // The stamp is told as what it looks like; what is behind it has its own grammars.
    let folder = folder();
    for (name, text) in files {
        put(folder.path(), name, text.as_bytes());
    }
    let sources = ingested(folder.path());
    let crash = sources.iter().flat_map(|source| &source.events);
    let crash: Vec<_> = crash
        .filter(|event| event.kind == EventKind::StoreCrashed)
        .map(|event| event.stamp)
        .collect();
    let at = chrono::DateTime::parse_from_rfc3339("2026-11-20T22:41:05.12345Z").unwrap();
    assert_eq!(crash.len(), 1);
    assert_eq!(crash[0].map(|stamp| stamp.at), Some(at.timestamp_micros()));
}
