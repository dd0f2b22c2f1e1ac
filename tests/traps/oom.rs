//! Traps of ends that look like OOM kills, and words that only talk about them (E).

use super::scene::{
    CLOSED, REFUSED, access, burst, chosen, deaths, entry, errors, gunicorn, incidents, killed,
    kills, report, request, syslog,
};
use crate::corpus::list;

const CONTAINER: &str = "15e2faf4dde7e29559c11939e840f863b13612ddd59c478c62a65fce43e2a35d";

fn inspect(oom_killed: bool, code: u32, restarts: u32) -> String {
    format!(
        "[\n {{\"Id\": \"{CONTAINER}\", \"Name\": \"/shop\", \"RestartCount\": {restarts},\n  \"State\": {{\"Running\": true, \"OOMKilled\": {oom_killed}, \"ExitCode\": {code}, \"StartedAt\": \"2026-11-20T22:10:02.5Z\", \"FinishedAt\": \"2026-11-20T22:10:00.6Z\"}},\n  \"NetworkSettings\": {{\"Ports\": {{\"8000/tcp\": [{{\"HostIp\": \"127.0.0.1\", \"HostPort\": \"8000\"}}]}}}}}}\n]\n"
    )
}

fn events(lines: &[&str]) -> String {
    lines.iter().map(|line| format!("2026-11-20T22:{}\n", line.replace("ID", CONTAINER))).collect()
}

fn no_oom(report: &serde_json::Value) {
    assert_eq!(kills(report), [] as [String; 0]);
    assert!(
        !incidents(report)
            .iter()
            .any(|incident| incident.contains("oom_kill") && !incident.contains("suspected")),
        "{:?}",
        incidents(report)
    );
}

/// 50: uWSGI's harakiri ends in SIGKILL; that is a request's timeout.
#[test]
fn harakiri_is_a_timeout() {
    let failed = burst("502");
    let log = "*** Starting uWSGI 2.0.21 (64bit) on [Fri Nov 20 21:50:00 2026] ***\nFri Nov 20 22:10:00 2026 - *** HARAKIRI ON WORKER 1 (pid: 20349, try: 1) ***\nFri Nov 20 22:10:00 2026 - HARAKIRI: --- uWSGI worker 1 core 0 (pid: 20349) WAS managing request /x since Fri Nov 20 22:09:00 2026 ---\nDAMN ! worker 1 (pid: 20349) died, killed by signal 9 :( trying respawn ...\nRespawned uWSGI worker 1 (new pid: 20350)\n";
    let kern = syslog(0, "kernel", "[    1.000000] Linux version 6.1.0")
        + &syslog(1190, "kernel", "[ 1190.000000] eth0: link up");
    let report = report(&[
        ("access.log", access(&failed)),
        ("error.log", errors(&failed, CLOSED)),
        ("uwsgi.log", log.to_owned()),
        ("kern.log", kern),
    ]);
    assert_eq!(deaths(&report), ["20349 worker_timeout"]);
    assert_eq!(incidents(&report), ["16 x 502: worker_timeout, confirmed"]);
}

/// 51: `docker stop`: TERM, ten seconds, KILL, and exit code 137 without any OOM.
#[test]
fn exit_code_137_of_a_stop_is_no_oom() {
    let failed = burst("502");
    let log = events(&[
        "09:50.500000000Z container kill ID (image=shop:1, name=shop, signal=15)",
        "10:00.500000000Z container kill ID (image=shop:1, name=shop, signal=9)",
        "10:00.600000000Z container die ID (exitCode=137, image=shop:1, name=shop)",
        "10:00.700000000Z container stop ID (image=shop:1, name=shop)",
        "10:08.500000000Z container start ID (image=shop:1, name=shop)",
    ]);
    let report = report(&[
        ("access.log", access(&failed)),
        ("error.log", errors(&failed, REFUSED)),
        ("events", log),
        ("inspect.json", inspect(false, 137, 0)),
    ]);
    no_oom(&report);
    assert!(!incidents(&report)[0].contains("runtime"), "{:?}", incidents(&report));
}

/// 52, 90: docker forgets `OOMKilled` at a restart: the event and the kernel still tell.
#[test]
fn a_flag_that_was_reset_is_no_denial() {
    let failed = burst("502");
    let log = events(&[
        "10:00.500000000Z container oom ID (image=shop:1, name=shop)",
        "10:00.600000000Z container die ID (exitCode=137, image=shop:1, name=shop)",
        "10:02.500000000Z container start ID (image=shop:1, name=shop)",
    ]);
    let kern = syslog(
        600,
        "kernel",
        &format!(
            "[  600.000000] {}",
            chosen(412, "node", &format!("/system.slice/docker-{CONTAINER}.scope"))
        ),
    ) + &syslog(600, "kernel", &format!("[  600.000100] {}", killed(412, "node")));
    let report = report(&[
        ("access.log", access(&failed)),
        ("error.log", errors(&failed, REFUSED)),
        ("events", log),
        ("kern.log", kern),
        ("inspect.json", inspect(false, 0, 1)),
    ]);
    assert_eq!(kills(&report), ["412 node"]);
    assert_eq!(incidents(&report), ["16 x 502: oom_kill_memcg, confirmed"]);
}

/// 53: the flag is set by any OOM event of the cgroup; a main process that ended with 0 was not killed.
#[test]
fn a_flag_alone_is_no_kill() {
    let report = report(&[("access.log", access(&[])), ("inspect.json", inspect(true, 0, 0))]);
    assert_eq!(kills(&report), [] as [String; 0]);
}

/// 54, 101: five ways to be out of memory that are not the kernel's.
#[test]
fn other_memories_that_run_out_are_no_oom_kills() {
    let failed = burst("500");
    for words in [
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
        "java.lang.OutOfMemoryError: Java heap space",
        "PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes) in /srv/a.php on line 3",
        "MemoryError",
        "OOM command not allowed when used memory > 'maxmemory'.",
        "ERROR:  out of memory",
    ] {
        let log: String = failed
            .iter()
            .map(|(second, _)| format!("2026-11-20T22:10:0{}.500000000Z {words}\n", second - 600))
            .collect();
        let report = report(&[("access.log", access(&failed)), ("app.log", log)]);
        assert_eq!(kills(&report), [] as [String; 0], "{words}");
        assert!(!incidents(&report)[0].contains("oom_kill"), "{words}: {:?}", incidents(&report));
    }
}

/// 55: killers in user space leave no kernel line.
#[test]
fn killers_in_user_space_are_named() {
    for (log, killer) in [
        (
            syslog(
                600,
                "earlyoom[388]",
                "sending SIGTERM to process 412 uid 33 \"gunicorn\": oom_score 870, VmRSS 612 MiB",
            ),
            "earlyoom",
        ),
        (
            syslog(
                600,
                "systemd-oomd[388]",
                "Killed /system.slice/shop.service due to memory pressure for /system.slice being 83.66% > 50.00% for > 20s with reclaim activity",
            ),
            "systemd-oomd",
        ),
    ] {
        let report = report(&[("access.log", access(&burst("502"))), ("syslog", log)]);
        assert_eq!(list(&report, "oom_kills")[0]["killer"], killer);
    }
}

/// 56: an operator asked for a kill by SysRq.
#[test]
fn sysrq_is_told_apart() {
    let lines = [
        "sysrq: Manual OOM execution",
        "kworker/0:1 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=-1, oom_score_adj=0",
        "Out of memory: Killed process 412 (gunicorn) total-vm:480000kB, anon-rss:170000kB, file-rss:6000kB, shmem-rss:0kB, UID:33 pgtables:280kB oom_score_adj:0",
    ];
    let log: String = lines
        .iter()
        .zip(0..)
        .map(|(line, part)| syslog(600, "kernel", &format!("[  600.00000{part}] {line}")))
        .collect();
    assert_eq!(list(&report(&[("kern.log", log)]), "oom_kills")[0]["scope"], "sysrq");
}

/// 57: nginx's master kills slow workers at a stop.
#[test]
fn nginx_ends_its_own_workers() {
    let log = "2026/11/20 22:10:00 [notice] 700#700: signal 15 (SIGTERM) received from 1, exiting\n2026/11/20 22:10:01 [alert] 700#700: worker process 704 exited on signal 9\n2026/11/20 22:10:01 [notice] 700#700: exit\n";
    let failed = burst("502");
    let report = report(&[
        ("access.log", access(&failed)),
        ("error.log", log.to_owned() + &errors(&failed, CLOSED)),
    ]);
    no_oom(&report);
}

/// 58: words about kills: in a request, a referrer, a hint, an echo of a monitor, a forged line of an app, a ticket, a user's name.
#[test]
fn words_about_kills_are_no_kills() {
    let kill = killed(412, "gunicorn");
    let urls = access(&burst("502"))
        + &request(1100, "404", "404").replace("/items/1100", "/?q=Out+of+memory:+Killed+process+1+(systemd)+total-vm:1kB")
        + &request(1101, "404", "404").replace("\"-\"", "\"[  600.000100] Out of memory: Killed process 1 (systemd) total-vm:1kB, anon-rss:1kB\"");
    let app = format!(
        "[2026-11-20 22:10:00 +0000] [412] [INFO] HINT: check dmesg for OOM; the room Zoom said: {kill}\n{kill}\nkernel: {kill}\n[  600.000100] {kill}\nNov 20 22:10:00 web1 kernel: [  600.000100] {kill}\n[2026-11-20 22:10:01 +0000] [412] [ERROR] sentry: kernel: {kill}\n"
    );
    let syslog = syslog(600, "app[9]", &kill)
        + &syslog(600, "node-problem-detector[77]", &kill)
        + &syslog(600, "sshd[9]", &format!("Invalid user {kill} from 203.0.113.5 port 50211"))
        + &syslog(600, "logger", &format!("kernel: [  600.000100] {kill}"))
        + &syslog(
            600,
            "systemd[1]",
            "Listening on systemd-oomd.socket - Userspace Out-Of-Memory (OOM) Killer Socket.",
        )
        + &syslog(
            600,
            "kernel",
            "[  600.000100] rcu: \tUnless rcu_sched kthread gets sufficient CPU time, OOM is now expected behavior.",
        )
        + &syslog(
            600,
            "kernel",
            &format!("[  600.000200] audit: type=1400 comm=\"x\" name=\"{kill}\""),
        );
    let journal = entry(
        600,
        "_TRANSPORT=stdout\n_SYSTEMD_UNIT=shop.service\nSYSLOG_IDENTIFIER=kernel\n",
        &kill,
    ) + &entry(601, "_TRANSPORT=syslog\nSYSLOG_IDENTIFIER=kernel\n_PID=99\n", &kill);
    let docker = format!(
        "{{\"log\":\"{kill}\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-20T22:10:00.5Z\"}}\n{{\"log\":\"<4>[  600.000100] {kill}\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-20T22:10:00.6Z\"}}\n"
    );
    let errors = format!(
        "{}2026/11/20 22:10:09 [error] 704#704: *9 open() \"/srv/{kill}\" failed (2: No such file or directory), client: 203.0.113.5, server: shop, request: \"GET /{kill} HTTP/1.1\", host: \"shop\"\n",
        errors(&burst("502"), CLOSED)
    );
    for (name, text) in [
        ("access.log", urls.clone()),
        ("gunicorn.log", gunicorn(&[]) + &app),
        ("syslog", syslog),
        ("journal", journal),
        ("web-json.log", docker),
        ("error.log", errors),
        ("ticket.txt", format!("> $ dmesg | tail\n> {kill}\nso it was killed\n")),
    ] {
        let report = report(&[("access.log", urls.clone()), ("x/y", text)]);
        assert_eq!(kills(&report), [] as [String; 0], "{name}");
        no_oom(&report);
    }
}

/// 59: memory was short and nobody died.
#[test]
fn short_memory_without_a_kill() {
    let lines = [
        "gunicorn: page allocation failure: order:4, mode:0x40cc0(GFP_KERNEL|__GFP_COMP), nodemask=(null)",
        "SLUB: Unable to allocate memory on node -1, gfp=0x820(GFP_ATOMIC)",
        "INFO: task gunicorn:412 blocked for more than 120 seconds.",
    ];
    let log: String = lines
        .iter()
        .zip(0..)
        .map(|(line, part)| syslog(600, "kernel", &format!("[  600.00000{part}] {line}")))
        .collect();
    let report = report(&[("access.log", access(&burst("504"))), ("kern.log", log)]);
    no_oom(&report);
    assert_eq!(deaths(&report), [] as [String; 0]);
}

/// 82: a panic for want of memory: the report's start and the next boot are there, no kill line is.
#[test]
fn a_panic_on_oom_has_no_victim() {
    let log = syslog(
        600,
        "kernel",
        "[  600.000000] java invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0",
    ) + &syslog(
        600,
        "kernel",
        "[  600.000100] Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled",
    ) + &syslog(
        680,
        "kernel",
        "[    0.000000] Linux version 6.1.0-18-amd64 (gcc) #1 SMP",
    );
    let report = report(&[("kern.log", log), ("access.log", access(&[]))]);
    assert_eq!(kills(&report), [] as [String; 0]);
}

/// 89: Node at its heap limit as the first process of a container: a kernel line about a fault, and 139.
#[test]
fn a_heap_limit_may_look_like_a_segfault() {
    let failed = burst("502");
    let app = "2026-11-20T22:09:54.000000000Z [574:0x55d]    45123 ms: Mark-sweep 2048.2 (2083.5) -> 2047.8 (2083.5) MB, 1234.5 / 0.0 ms  (average mu = 0.123, current mu = 0.045) allocation failure scavenge might not succeed\n2026-11-20T22:09:54.100000000Z FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n";
    let kern = syslog(
        594,
        "kernel",
        "[  594.200000] traps: node[574] general protection fault ip:7f2c sp:7ffe error:0 in libc.so.6[7f2c0000+195000]",
    );
    let log = events(&[
        "10:00.600000000Z container die ID (exitCode=139, image=shop:1, name=shop)",
        "10:02.500000000Z container start ID (image=shop:1, name=shop)",
    ]);
    let report = report(&[
        ("access.log", access(&failed)),
        ("error.log", errors(&failed, REFUSED)),
        ("containers/shop.log", app.to_owned()),
        ("kern.log", kern),
        ("events", log),
        ("inspect.json", inspect(false, 139, 1)),
    ]);
    assert!(incidents(&report)[0].contains("runtime_heap_limit"), "{:?}", incidents(&report));
}

/// 92: the kernel names the thread that faulted, the app server its process.
#[test]
fn a_fault_names_a_thread() {
    let kern = syslog(
        600,
        "kernel",
        "[  600.000000] gunicorn[31757]: segfault at 0 ip 00007f2cb223d938 sp 00007f2c error 4 in libthumb.so[7f6a5c495000+1000]",
    );
    let failed = burst("502");
    let told = gunicorn(&[
        (600, "[400] [ERROR] Worker (pid:31752) was sent SIGSEGV!"),
        (601, "[31760] [INFO] Booting worker with pid: 31760"),
    ]);
    let report = report(&[
        ("access.log", access(&failed)),
        ("error.log", errors(&failed, CLOSED)),
        ("kern.log", kern),
        ("gunicorn.log", told),
    ]);
    assert_eq!(incidents(&report), ["16 x 502: crash_segv, confirmed"]);
    assert_eq!(deaths(&report).len(), 1, "{:?}", deaths(&report));
}
