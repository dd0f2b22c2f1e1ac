//! Mistakes that other tools made in public, each as a bundle that invites it. Where the mistake is one of not seeing, the same
//! bundle with the missing piece must name the cause, so that silence does not pass. Hayabusa's pull request 1841 was read; the
//! other mistakes are told as they were handed down to us.

use serde_json::json;

use crate::corpus::list;
use crate::stage::{CLOSED, REFUSED, Stage, blames_memory, only};

/// Two apps behind one proxy, of which one is OOM-killed three times in its own unit.
fn two_apps(failing: u16) -> Stage {
    let mut stage = Stage::default();
    stage
        .kernel()
        .gunicorn("shop", 810, 8000, &[811, 812, 813])
        .gunicorn("cart", 910, 9000, &[911, 912, 913])
        .traffic(&[8000, 9000], (failing, CLOSED), |second| matches!(second, 300..=306));
    for (second, pid) in [(300, 911), (303, 912), (306, 913)] {
        stage
            .kill(second, (pid, "gunicorn"), "/system.slice/cart.service", "memcg")
            .gunicorn_line(
                "cart",
                second,
                910,
                "WARNING",
                &format!("Worker with pid {pid} was terminated due to signal 9"),
            )
            .gunicorn_line(
                "cart",
                second,
                pid + 50,
                "INFO",
                &format!("Booting worker with pid: {}", pid + 50),
            );
    }
    stage
}

/// Hayabusa pull request 1841: events of different groups were correlated, since the value of `group-by` was not compared.
#[test]
fn group_by_ignored() {
    let (named, verdict) = (two_apps(9000).report(), two_apps(8000).report());
    assert_eq!(only(&named), (vec!["oom_kill_memcg"], "confirmed"));
    assert!(!blames_memory(&verdict), "the shop failed, the cart was killed: {:?}", only(&verdict));
}

/// A store that is killed, an app that misses it, a proxy that gets no answer: at three moments.
fn chain(kill: i64, misses: i64, fails: i64) -> Stage {
    let mut stage = Stage::default();
    stage
        .kernel()
        .gunicorn("shop", 810, 8000, &[811, 812, 813])
        .journal(-50, "systemd", 1, "Started redis-server.service - Advanced key-value store.")
        .journal(
            -50,
            "redis-server",
            500,
            "500:M 20 Nov 2026 11:59:10.000 * Ready to accept connections",
        )
        .traffic(&[8000], (8000, CLOSED), |second| (fails..fails + 20).contains(&second))
        .kill(kill, (500, "redis-server"), "/system.slice/redis-server.service", "global")
        .journal(
            kill,
            "systemd",
            1,
            "redis-server.service: Main process exited, code=killed, status=9/KILL",
        )
        .journal(kill, "systemd", 1, "redis-server.service: Failed with result 'oom-kill'.");
    for second in misses..misses + 20 {
        stage.gunicorn_line("shop", second, 811, "ERROR", "Error handling request /p8000/items")
            .line("shop/gunicorn.log", "Traceback (most recent call last):")
            .line("shop/gunicorn.log", "  File \"/srv/shop/app.py\", line 52, in items")
            .line("shop/gunicorn.log", "redis.exceptions.ConnectionError: Error 111 connecting to 127.0.0.1:6379. Connection refused.");
    }
    stage
}

/// Hayabusa pull request 1841: of `A, B, C` in order only `A` before `B` and `A` before `C` was held.
#[test]
fn order_only_for_the_first_pair() {
    let report = chain(300, 301, 302).report();
    assert!(blames_memory(&report), "in order: {:?}", only(&report));
    for (kill, misses, fails) in [(330, 300, 301), (330, 332, 300), (400, 300, 301)] {
        let report = chain(kill, misses, fails).report();
        assert!(
            !blames_memory(&report),
            "kill {kill}, app {misses}, proxy {fails}: {:?}",
            only(&report)
        );
    }
}

/// Hayabusa issue 1896: the window moved along with each match, so that a row of events, each near the one before it, reached
/// beyond the time frame.
#[test]
fn window_slid_beyond_its_frame() {
    let mut stage = Stage::default();
    stage.kernel().gunicorn("shop", 810, 8000, &[811, 812, 813]).traffic(
        &[8000],
        (8000, CLOSED),
        |second| matches!(second, 500..=505),
    );
    for (second, pid) in [(20, 811), (110, 812), (200, 813), (290, 861)] {
        stage
            .kill(second, (pid, "gunicorn"), "/system.slice/shop.service", "memcg")
            .gunicorn_line(
                "shop",
                second,
                810,
                "WARNING",
                &format!("Worker with pid {pid} was terminated due to signal 9"),
            )
            .gunicorn_line(
                "shop",
                second,
                pid + 50,
                "INFO",
                &format!("Booting worker with pid: {}", pid + 50),
            );
    }
    let report = stage.report();
    assert!(!blames_memory(&report), "{:?}", only(&report));
    assert_eq!(list(&report, "oom_kills").len(), 4);
}

/// Met at Zulip: a harakiri of uWSGI ends in "killed by signal 9", which was read as memory.
#[test]
fn harakiri_called_an_oom() {
    let mut stage = Stage::default();
    stage
        .kernel()
        .line(
            "uwsgi/shop.log",
            "*** Starting uWSGI 2.0.21-debian (64bit) on [Fri Nov 20 11:59:30 2026] ***",
        )
        .line("uwsgi/shop.log", "uWSGI http bound on 127.0.0.1:8000 fd 4")
        .line("uwsgi/shop.log", "spawned uWSGI master process (pid: 810)");
    for worker in 1..=3 {
        stage.line(
            "uwsgi/shop.log",
            &format!("spawned uWSGI worker {worker} (pid: {}, cores: 1)", 810 + worker),
        );
    }
    for (worker, second) in [(1, 300), (2, 302), (3, 304)] {
        let (pid, time) = (810 + worker, crate::stage::at(second).format("%a %b %d %H:%M:%S %Y"));
        stage
            .line("uwsgi/shop.log", &format!("{time} - *** HARAKIRI ON WORKER {worker} (pid: {pid}, try: 1) ***"))
            .line("uwsgi/shop.log", &format!("{time} - HARAKIRI !!! worker {worker} status !!!"))
            .line("uwsgi/shop.log", &format!("{time} - HARAKIRI [core 0] 203.0.113.1 - GET /p8000/items since 1795176270"))
            .line("uwsgi/shop.log", &format!("{time} - HARAKIRI !!! end of worker {worker} status !!!"))
            .line("uwsgi/shop.log", &format!("DAMN ! worker {worker} (pid: {pid}) died, killed by signal 9 :( trying respawn ..."))
            .line("uwsgi/shop.log", &format!("Respawned uWSGI worker {worker} (new pid: {})", pid + 50));
    }
    stage.traffic(&[8000], (8000, CLOSED), |second| matches!(second, 300 | 302 | 304));
    assert_eq!(only(&stage.report()).0, ["worker_timeout"]);
}

/// "Perhaps out of memory?" is what gunicorn's arbiter asks after every SIGKILL, its own after WORKER TIMEOUT included; here an
/// unrelated kill by the kernel stands beside it.
#[test]
fn the_arbiters_own_sigkill() {
    let mut stage = Stage::default();
    stage
        .kernel()
        .gunicorn("shop", 810, 8000, &[811, 812, 813])
        .kill(296, (4242, "convert"), "/system.slice/thumbnails.service", "memcg")
        .traffic(&[8000], (8000, CLOSED), |second| matches!(second, 301..=303));
    for (pid, second) in [(811, 300), (812, 301), (813, 302)] {
        stage
            .gunicorn_line("shop", second, 810, "CRITICAL", &format!("WORKER TIMEOUT (pid:{pid})"))
            .gunicorn_line(
                "shop",
                second + 1,
                810,
                "ERROR",
                &format!("Worker (pid:{pid}) was sent SIGKILL! Perhaps out of memory?"),
            )
            .gunicorn_line(
                "shop",
                second + 1,
                pid + 50,
                "INFO",
                &format!("Booting worker with pid: {}", pid + 50),
            );
    }
    let report = stage.report();
    assert_eq!(only(&report).0, ["worker_timeout"]);
    let ruled_out = list(&list(&report, "incidents")[0], "ruled_out").len();
    assert!(ruled_out >= 1, "the kernel's kill must be in the ledger");
}

const SHOP_ID: &str = "15e2faf4dde7e29559c11939e840f863b13612ddd59c478c62a65fce43e2a35d";
const CART_ID: &str = "fe86410036a835b5d5d7370c27897f93e08fdc1d91f16ee361080b55d01bd984";

fn inspect(id: &str, name: &str, port: u16, restarts: u32) -> String {
    let port = port.to_string();
    let mut ports = serde_json::Map::new();
    ports.insert(format!("{port}/tcp"), json!([{ "HostIp": "127.0.0.1", "HostPort": port }]));
    json!([{
        "Id": id, "Created": "2026-11-20T11:50:00.000000000Z", "Path": "node", "Args": ["server.js"], "Name": format!("/{name}"),
        "State": {
            "Status": "running", "Running": true, "Paused": false, "Restarting": false, "OOMKilled": false, "Dead": false,
            "Pid": 997, "ExitCode": 0, "Error": "",
            "StartedAt": "2026-11-20T12:05:08.527582890Z", "FinishedAt": "2026-11-20T12:05:01.013413770Z"
        },
        "RestartCount": restarts,
        "HostConfig": { "Memory": 134_217_728, "RestartPolicy": { "Name": "always", "MaximumRetryCount": 0 }, "PortBindings": ports.clone() },
        "Config": { "Image": format!("{name}:1.4") },
        "NetworkSettings": { "Ports": ports, "IPAddress": "172.17.0.3" },
    }])
    .to_string()
}

/// Two containers behind one proxy; one is ended at 300 s and is back at 308 s. The kernel saw an OOM kill in one of them.
fn containers(failing: u16, killed_id: &str, ended: (&str, &str)) -> Stage {
    let cgroup = format!("/system.slice/docker-{killed_id}.scope");
    let event = |second: i64, what: &str, more: &str| {
        let (id, name) = ended;
        let stamp = crate::stage::at(second).format("%Y-%m-%dT%H:%M:%S.300000000Z");
        format!("{stamp} container {what} {id} ({more}image={name}:1.4, name={name})")
    };
    let mut stage = Stage::default();
    stage
        .kernel()
        .kill(300, (584, "node"), &cgroup, "memcg")
        .line("docker/shop.inspect.json", &inspect(SHOP_ID, "shop", 8000, 1))
        .line("docker/cart.inspect.json", &inspect(CART_ID, "cart", 9000, 0))
        .line("docker/docker-events.txt", &event(300, "die", "exitCode=137, "))
        .line("docker/docker-events.txt", &event(308, "start", ""))
        .traffic(&[8000, 9000], (failing, REFUSED), |second| matches!(second, 301..=308));
    stage
}

/// docker sets `OOMKilled` back to false at every start (moby, state.go), so that after a restart it denies the kill.
#[test]
fn oomkilled_is_false_after_a_restart() {
    let report = containers(8000, SHOP_ID, (SHOP_ID, "shop")).report();
    assert_eq!(only(&report), (vec!["oom_kill_memcg"], "confirmed"));
}

/// Not a failure of others, but the same stage: whose the id is decides.
#[test]
fn the_cause_follows_the_identities_of_two_containers() {
    let cart = containers(9000, CART_ID, (CART_ID, "cart")).report();
    assert_eq!(only(&cart), (vec!["oom_kill_memcg"], "confirmed"));
    let victim = &list(&cart, "incidents")[0]["summary"];
    assert!(victim.as_str().unwrap().contains("cart"), "{victim}");
    // The kernel's kill is the other container's: what ended the failing one is then another story.
    let crossed = containers(8000, CART_ID, (SHOP_ID, "shop")).report();
    assert!(!blames_memory(&crossed), "{:?}", only(&crossed));
    let nobody = containers(8000, CART_ID, (CART_ID, "cart")).report();
    assert!(!blames_memory(&nobody), "{:?}", only(&nobody));
}

/// hotsos reported any OOM kill in the kernel log, however old, as an issue of the moment that was looked at.
#[test]
fn an_oom_of_five_days_ago() {
    const DAY: i64 = 86_400;
    let mut stage = Stage::default();
    stage
        .kill(-5 * DAY, (611, "gunicorn"), "/system.slice/shop.service", "memcg")
        .kill(-5 * DAY + 40, (811, "gunicorn"), "/system.slice/shop.service", "memcg")
        .kernel()
        .gunicorn("shop", 810, 8000, &[811, 812, 813])
        .traffic(&[8000], (8000, CLOSED), |second| matches!(second, 300..=303));
    let report = stage.report();
    assert!(!blames_memory(&report), "{:?}", only(&report));
    assert_eq!(list(&report, "oom_kills").len(), 2, "they are told all the same");
}
