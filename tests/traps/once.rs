//! Traps of counting the same thing twice (C).

use super::scene::{
    CLOSED, access, burst, chosen, clock, deaths, entry, errors, gunicorn, incidents, killed,
    kills, report, syslog,
};
use crate::corpus::list;

const CGROUP: &str =
    "/system.slice/docker-15e2faf4dde7e29559c11939e840f863b13612ddd59c478c62a65fce43e2a35d.scope";
const CONTAINER: &str = "15e2faf4dde7e29559c11939e840f863b13612ddd59c478c62a65fce43e2a35d";

/// 30: one kill, told by nine logs.
#[test]
fn one_kill_in_nine_logs_is_one() {
    let kill = killed(412, "gunicorn");
    let ring =
        format!("[  600.500000] {}\n[  600.500100] {kill}\n", chosen(412, "gunicorn", CGROUP));
    let lines: String = [chosen(412, "gunicorn", CGROUP), kill.clone()]
        .iter()
        .map(|line| syslog(600, "kernel", &format!("[  600.500100] {line}")))
        .collect();
    let kernel =
        "_TRANSPORT=kernel\nSYSLOG_IDENTIFIER=kernel\n_SOURCE_MONOTONIC_TIMESTAMP=600500100\n";
    let journal = entry(600, kernel, &chosen(412, "gunicorn", CGROUP)) + &entry(600, kernel, &kill);
    let files = [
        ("dmesg", ring),
        ("dmesg-T", format!("[Fri Nov 20 22:10:00 2026] {kill}\n")),
        ("kern.log", lines.clone()),
        (
            "syslog",
            lines.clone()
                + &syslog(
                    600,
                    "systemd[1]",
                    &format!(
                        "docker-{CONTAINER}.scope: A process of this unit has been killed by the OOM killer."
                    ),
                ),
        ),
        ("messages", lines),
        ("journal", journal),
        (
            "events",
            format!(
                "2026-11-20T22:10:00.512345678Z container oom {CONTAINER} (image=shop:1, name=shop)\n2026-11-20T22:10:00.612345678Z container die {CONTAINER} (exitCode=137, image=shop:1, name=shop)\n"
            ),
        ),
        (
            "kubectl-events.json",
            format!(
                "{{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{{\"kind\":\"Event\",\"type\":\"Warning\",\"reason\":\"OOMKilling\",\"source\":{{\"component\":\"kernel-monitor\",\"host\":\"web1\"}},\"count\":1,\"firstTimestamp\":\"2026-11-20T22:10:00Z\",\"lastTimestamp\":\"2026-11-20T22:10:00Z\",\"involvedObject\":{{\"kind\":\"Node\",\"name\":\"web1\"}},\"message\":\"{kill}\"}}]}}\n"
            ),
        ),
        ("access.log", access(&burst("502"))),
    ];
    let report = report(&files);
    assert_eq!(kills(&report), ["412 gunicorn"]);
    assert!(list(&list(&report, "oom_kills")[0], "witnesses").len() >= 6);
    assert_eq!(list(&report, "oom_kills")[0]["container_id"], CONTAINER);
}

/// 31: systemd tells a kill for each ancestor.
#[test]
fn every_ancestor_of_a_unit_is_told_about_one_kill() {
    let told = |unit: &str| {
        syslog(
            600,
            "systemd[1]",
            &format!("{unit}: A process of this unit has been killed by the OOM killer."),
        )
    };
    let log = syslog(
        600,
        "kernel",
        &format!(
            "[  600.100000] {}",
            chosen(
                412,
                "gunicorn",
                "/user.slice/user-1021.slice/user@1021.service/app.slice/shop.service"
            )
        ),
    ) + &syslog(600, "kernel", &format!("[  600.100100] {}", killed(412, "gunicorn")))
        + &["user@1021.service", "user-1021.slice", "user.slice", "system.slice"]
            .map(told)
            .concat();
    let report = report(&[("syslog", log)]);
    assert_eq!(kills(&report), ["412 gunicorn"]);
    assert_eq!(list(&report, "oom_kills")[0]["unit"], "shop.service");
}

/// 33: a grep that kept only the announcements: a kill all the same, and said to be less certain.
#[test]
fn announcements_alone_are_a_kill() {
    let line =
        "Memory cgroup out of memory: Kill process 22232 (nginx) score 1182 or sacrifice child";
    let both = syslog(600, "kernel", &format!("[  600.100000] {line}"))
        + &syslog(
            600,
            "kernel",
            "[  600.100100] Killed process 22964 (nginx) total-vm:200000kB, anon-rss:47000kB, file-rss:1000kB",
        );
    assert_eq!(kills(&report(&[("kern.log", both)])), ["22964 nginx"]);
    assert_eq!(
        kills(&report(&[("kern.log", syslog(600, "kernel", &format!("[  600.100000] {line}")))])),
        ["22232 nginx"]
    );
}

/// 36: gunicorn 21 to 23 tell one exit twice, with and without a full stop.
#[test]
fn an_exit_that_is_told_twice_is_one() {
    let log = gunicorn(&[
        (600, "[400] [CRITICAL] WORKER TIMEOUT (pid:412)"),
        (600, "[400] [ERROR] Worker (pid:412) exited with code 1"),
        (600, "[400] [ERROR] Worker (pid:412) exited with code 1."),
        (601, "[413] [INFO] Booting worker with pid: 413"),
    ]);
    let report = report(&[("gunicorn.log", log), ("access.log", access(&burst("502")))]);
    assert_eq!(deaths(&report), ["412 worker_timeout"]);
}

/// 37: the same Kubernetes event in two dumps, counted thirteen times by the cluster.
#[test]
fn an_event_in_two_dumps_is_one() {
    let dump = |count: u32, last: &str| {
        format!(
            "{{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{{\"kind\":\"Event\",\"type\":\"Warning\",\"reason\":\"OOMKilling\",\"source\":{{\"component\":\"kernel-monitor\",\"host\":\"web1\"}},\"count\":{count},\"firstTimestamp\":\"2026-11-20T22:10:00Z\",\"lastTimestamp\":\"{last}\",\"metadata\":{{\"name\":\"web1.17\",\"uid\":\"u1\"}},\"involvedObject\":{{\"kind\":\"Node\",\"name\":\"web1\"}},\"message\":\"{}\"}}]}}\n",
            killed(412, "gunicorn")
        )
    };
    let report = report(&[
        ("a.json", dump(1, "2026-11-20T22:10:00Z")),
        ("b.json", dump(1, "2026-11-20T22:10:00Z")),
        ("access.log", access(&[])),
    ]);
    assert_eq!(kills(&report), ["412 gunicorn"]);
}

/// 38: a request that passes two proxies is one; the users' side is counted.
#[test]
fn two_proxies_see_one_failure() {
    let outer = access(&burst("502"));
    let inner: String = outer
        .lines()
        .map(|line| {
            format!(
                "{}\n",
                line.replacen("203.0.113.", "10.0.0.", 1).replace("HTTP/1.1\"", "HTTP/1.0\"")
            )
        })
        .map(|line| {
            let address = line.split(' ').next().unwrap_or_default().to_owned();
            line.replacen(&address, "10.0.0.2", 1)
        })
        .collect();
    let report = report(&[
        ("edge/access.log", outer),
        ("inner/access.log", inner),
        ("inner/error.log", errors(&burst("502"), CLOSED)),
    ]);
    assert_eq!(list(&report, "incidents")[0]["errors"]["502"], 16, "{:?}", incidents(&report));
    assert_eq!(report["traffic"]["requests"], 2400);
}

/// 79 and 103: a loop of kills and restarts is one incident, however few failures each kill brings.
#[test]
fn a_loop_of_kills_is_one_incident() {
    let seconds: Vec<u32> = (600..900).step_by(30).collect();
    let failed: Vec<(u32, &str)> =
        seconds.iter().flat_map(|second| [(*second, "502"), (*second + 1, "502")]).collect();
    let kern: String = seconds
        .iter()
        .zip(412..)
        .map(|(second, pid)| {
            syslog(
                *second,
                "kernel",
                &format!(
                    "[  {second}.000000] {}",
                    chosen(pid, "gunicorn", "/system.slice/shop.service")
                ),
            ) + &syslog(
                *second,
                "kernel",
                &format!("[  {second}.000100] {}", killed(pid, "gunicorn")),
            )
        })
        .collect();
    let told: Vec<(u32, String)> = seconds
        .iter()
        .zip(412..)
        .map(|(second, pid)| {
            (
                *second,
                format!(
                    "[400] [ERROR] Worker (pid:{pid}) was sent SIGKILL! Perhaps out of memory?"
                ),
            )
        })
        .collect();
    let told: Vec<(u32, &str)> =
        told.iter().map(|(second, line)| (*second, line.as_str())).collect();
    let report = report(&[
        ("access.log", access(&failed)),
        ("error.log", errors(&failed, CLOSED)),
        ("kern.log", kern),
        ("gunicorn.log", gunicorn(&told)),
    ]);
    assert_eq!(incidents(&report), ["40 x 502: oom_kill_memcg, confirmed"]);
    assert_eq!(
        list(&report, "incidents")[0]["start"].as_str().unwrap().get(11..19),
        Some(clock(600).as_str())
    );
    assert_eq!(kills(&report).len(), 10);
}
