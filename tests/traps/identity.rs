//! Traps of who is who (D).

use serde_json::Value;

use super::scene::{
    CLOSED, access, burst, chosen, errors, gunicorn, incidents, killed, kills, report, syslog,
};
use crate::corpus::list;

/// 39, 97: a kill in a container: pids of two namespaces, and the container's id in every way that a cgroup writes it.
#[test]
fn a_container_is_known_by_its_cgroup() {
    let id = "15e2faf4dde7e29559c11939e840f863b13612ddd59c478c62a65fce43e2a35d";
    for cgroup in [
        format!("/system.slice/docker-{id}.scope"),
        format!("/docker/{id}"),
        format!("/kubepods/burstable/pod9b1c1c9e-7f0e-4a52-8f4b-0a6a2f0e7a11/{id}"),
        format!(
            "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod9b1c1c9e_7f0e_4a52_8f4b_0a6a2f0e7a11.slice/cri-containerd-{id}.scope"
        ),
        format!("/lxc/39004/ns/system.slice/docker-{id}.scope"),
    ] {
        let log =
            syslog(
                600,
                "kernel",
                &format!("[  600.000000] {}", chosen(3_864_781, "python", &cgroup)),
            ) + &syslog(600, "kernel", &format!("[  600.000100] {}", killed(3_864_781, "python")));
        assert_eq!(
            list(&report(&[("kern.log", log)]), "oom_kills")[0]["container_id"],
            id,
            "{cgroup}"
        );
    }
}

/// 40: the pid of a killed worker comes round six minutes later, for another program.
#[test]
fn a_pid_comes_round() {
    let failed = burst("502");
    let kern = syslog(240, "kernel", &format!("[  240.000000] {}", killed(412, "curl")));
    let told = gunicorn(&[
        (570, "[412] [INFO] Booting worker with pid: 412"),
        (600, "[400] [CRITICAL] WORKER TIMEOUT (pid:412)"),
        (601, "[400] [ERROR] Worker (pid:412) was sent SIGKILL! Perhaps out of memory?"),
    ]);
    let report = report(&[
        ("access.log", access(&failed)),
        ("error.log", errors(&failed, CLOSED)),
        ("kern.log", kern),
        ("gunicorn.log", told),
    ]);
    assert_eq!(incidents(&report), ["16 x 502: worker_timeout, confirmed"]);
    assert!(list(&report, "oom_kills")[0]["incident"].is_null());
}

/// 41 to 43, 84: names of 15 bytes, with brackets, blanks, quotes, and forged ones that want to be markup or amounts.
#[test]
fn names_are_text_in_every_output() {
    for comm in [
        "unattended-upgr",
        "gunicorn: maste",
        "next-build (v16",
        "Plex Media Server",
        "[",
        "(()",
        "\"quoted\"",
        "<script>",
        "a|b`c",
        "x) total-vm:1kB",
    ] {
        let log = syslog(600, "kernel", &format!("[  600.000100] {}", killed(412, comm)));
        let report = report(&[("kern.log", log)]);
        assert_eq!(kills(&report), [format!("412 {comm}")]);
        assert_eq!(
            list(&report, "oom_kills")[0]["victim"]["anon_rss_bytes"],
            173_228 * 1024,
            "{comm}"
        );
    }
}

/// 44 to 46, 104: who asked for memory, who died and who held most are three.
#[test]
fn invoker_victim_and_largest_are_three() {
    let lines = [
        "kswapd0 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0",
        "CPU: 0 PID: 42 Comm: kswapd0 Not tainted 6.1.0-18-amd64 #1 Debian 6.1.76-1",
        "Tasks state (memory values in pages):",
        "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name",
        "[    412]    33   412   120000    44000   286720        0             0 nano_node",
        "[    901]   999   901   900000   756433  2400000        0         -1000 postgres",
        "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/system.slice/nano.service,task=nano_node,pid=412,uid=33",
        "Out of memory: Killed process 412 (nano_node) total-vm:480000kB, anon-rss:170000kB, file-rss:6000kB, shmem-rss:0kB, UID:33 pgtables:280kB oom_score_adj:0",
    ];
    let log: String = lines
        .iter()
        .zip(0..)
        .map(|(line, part)| syslog(600, "kernel", &format!("[  600.00000{part}] {line}")))
        .collect();
    let kill = list(&report(&[("kern.log", log)]), "oom_kills")[0].clone();
    let who =
        |role: &str| format!("{} {}", kill[role]["pid"], kill[role]["comm"].as_str().unwrap());
    assert_eq!(
        [who("invoker"), who("victim"), who("largest")],
        ["42 kswapd0", "412 nano_node", "901 postgres"]
    );
    assert_eq!(kill["largest"]["rss_bytes"], 756_433_u64 * 4096, "47: the table counts pages");
    assert_eq!(
        (&kill["scope"], &kill["unit"]),
        (&Value::from("global"), &Value::from("nano.service"))
    );
}

/// 83: two hosts with a container of one name and a process of one pid: what died on the other host explains nothing here.
#[test]
fn hosts_are_kept_apart() {
    let failed = burst("502");
    let other = syslog(600, "kernel", &format!("[  600.000100] {}", killed(412, "gunicorn")))
        .replace(" web1 ", " db7 ");
    let here = syslog(300, "app", "fine")
        + &syslog(
            602,
            "systemd[1]",
            "shop.service: Main process exited, code=killed, status=9/KILL",
        );
    let report = report(&[
        ("web1/access.log", access(&failed)),
        ("web1/error.log", errors(&failed, CLOSED)),
        ("web1/syslog", here),
        ("db7/kern.log", other),
    ]);
    let kill = &list(&report, "oom_kills")[0];
    assert_eq!(kill["host"], "db7");
    let confirmed_oom = incidents(&report)
        .iter()
        .any(|incident| incident.contains("oom") && incident.contains("confirmed"));
    assert!(!confirmed_oom, "{:?}", incidents(&report));
}
