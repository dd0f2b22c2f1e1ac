//! Whose is it: an end near the failures that is another's, beside its twin that is the failing service's. What decides is an address,
//! a host, a moment or a name, never that it is the only log there is.

use crate::corpus::list;
use crate::stage::{CLOSED, REFUSED, Stage, at, blames_memory, only};

const LATE_TLS: (u16, &str) =
    (504, "upstream timed out (110: Connection timed out) while SSL handshaking to upstream");

/// A proxy whose upstream, port 8000, fails so for twelve seconds from minute five on.
fn proxy(failing: (u16, &str)) -> Stage {
    let mut stage = Stage::default();
    stage.traffic(&[8000], (8000, failing), |second| (300..312).contains(&second));
    stage
}

fn is_unknown(stage: &Stage) -> bool {
    only(&stage.report()).1 == "unknown"
}

/// The admin's app gives up workers; what is refused is another port.
#[test]
fn timeouts_of_an_app_that_listens_elsewhere() {
    for (port, failing) in [(8001, REFUSED), (8001, CLOSED)] {
        let mut stage = proxy(failing);
        stage.gunicorn("admin", 400, port, &[412]).kernel();
        for second in [300, 306] {
            stage.gunicorn_line("admin", second, 400, "CRITICAL", "WORKER TIMEOUT (pid:412)");
        }
        let report = stage.report();
        assert!(!only(&report).0.contains(&"worker_timeout"), "{:?}", only(&report));
    }
}

/// A worker's end refuses no connection while its master listens; the master's own does.
#[test]
fn a_worker_and_a_master_that_were_killed() {
    let staged = |master: bool| {
        let mut stage = proxy(REFUSED);
        let victim = if master { 400 } else { 412 };
        stage.gunicorn("shop", 400, 8000, &[412, 413]).kernel();
        stage.kill(300, (victim, "gunicorn"), "/system.slice/shop.service", "memcg");
        if master {
            stage.gunicorn_again("shop", 311, 500, "127.0.0.1:8000");
        } else {
            stage.worker_killed("shop", 300, 400, 412).gunicorn_line(
                "shop",
                300,
                420,
                "INFO",
                "Booting worker with pid: 420",
            );
        }
        stage.report()
    };
    assert!(blames_memory(&staged(true)), "{:?}", only(&staged(true)));
    assert!(!blames_memory(&staged(false)), "{:?}", only(&staged(false)));
}

/// Two hosts run a unit of the same name; the one that is refused is not the one whose worker was killed.
#[test]
fn a_kill_on_the_other_host() {
    let unit = |host: &str, second: i64, text: &str| {
        let stamp = at(second).format("%Y-%m-%dT%H:%M:%S+00:00");
        format!("{stamp} {host} systemd[1]: {text}")
    };
    let mut stage = proxy(REFUSED);
    for host in ["web1", "web2"] {
        stage.line(&format!("{host}/syslog"), &unit(host, -40, "Started shop.service - Shop."));
        stage.gunicorn_again(&format!("{host}/shop"), -30, 400, "0.0.0.0:8000");
        stage.gunicorn_line(
            &format!("{host}/shop"),
            -29,
            412,
            "INFO",
            "Booting worker with pid: 412",
        );
    }
    let stamp = at(303).format("%Y-%m-%dT%H:%M:%S.100000+00:00");
    for text in [
        "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/system.slice/shop.service,task_memcg=/system.slice/shop.service,task=gunicorn,pid=412,uid=33",
        "Memory cgroup out of memory: Killed process 412 (gunicorn) total-vm:512000kB, anon-rss:204800kB, file-rss:0kB, shmem-rss:0kB, UID:33 pgtables:900kB oom_score_adj:0",
    ] {
        stage.line("web2/syslog", &format!("{stamp} web2 kernel: [900303.100000] {text}"));
    }
    stage.worker_killed("web2/shop", 303, 400, 412);
    stage.gunicorn_line("web2/shop", 303, 420, "INFO", "Booting worker with pid: 420");
    stage.gunicorn_again("web1/shop", 312, 900, "0.0.0.0:8000");
    assert!(!blames_memory(&stage.report()), "{:?}", only(&stage.report()));
}

/// Jobs, exporters and queue workers end near the failures, and serve nobody.
#[test]
fn what_serves_nobody_ends_near_the_failures() {
    for unit in ["prometheus-node-exporter", "shop-queue", "nightly-backup", "mariadb"] {
        let mut stage = proxy(REFUSED);
        stage
            .journal(299, "systemd", 1, &format!("Stopping {unit}.service - x..."))
            .journal(299, "systemd", 1, &format!("Stopped {unit}.service - x."))
            .journal(300, "systemd", 1, &format!("Started {unit}.service - x."));
        assert!(is_unknown(&stage), "{unit}: {:?}", only(&stage.report()));
    }
}

/// nginx is sent to an instance that does not listen yet; the twin listened long before.
#[test]
fn a_switch_to_an_instance_that_was_not_up() {
    let staged = |listens: i64| {
        let mut stage = proxy(REFUSED);
        let told = at(299).format("%Y/%m/%d %H:%M:%S");
        stage.line(
            "nginx/error.log",
            &format!("{told} [notice] 700#700: signal 1 (SIGHUP) received from 77, reconfiguring"),
        );
        let line = |second: i64, text: &str| {
            format!("{} green {text}", at(second).format("%Y-%m-%dT%H:%M:%S.100Z"))
        };
        stage.line("green.log", &line(290, "starting, migrating schema"));
        stage.line("green.log", &line(listens, "listening on 127.0.0.1:8000"));
        stage.report()
    };
    let report = staged(312);
    assert_eq!(only(&report), (vec!["deploy_restart"], "confirmed"));
    let why = report["incidents"][0]["causes"][0]["why"].as_str().unwrap();
    assert!(why.contains("before anybody listened"), "{why}");
    assert!(!only(&staged(295)).0.contains(&"deploy_restart"));
}

/// A restart whose start fails keeps the service away by that, and nobody is told that nothing is to be done.
#[test]
fn a_restart_that_came_back_and_one_that_could_not() {
    let staged = |fails: bool| {
        let mut stage = proxy(REFUSED);
        stage
            .journal(-20, "systemd", 1, "Started shop.service - Shop.")
            .journal(299, "systemd", 1, "Stopping shop.service - Shop...")
            .journal(300, "systemd", 1, "Stopped shop.service - Shop.");
        if fails {
            for second in [300, 302, 304] {
                stage
                    .journal(second, "systemd", 1, "Started shop.service - Shop.")
                    .journal(
                        second,
                        "systemd",
                        1,
                        "shop.service: Main process exited, code=exited, status=203/EXEC",
                    )
                    .journal(second, "systemd", 1, "shop.service: Failed with result 'exit-code'.");
            }
        }
        stage.journal(311, "systemd", 1, "Started shop.service - Shop.");
        stage.report()
    };
    assert_eq!(only(&staged(false)).0, ["deploy_restart"]);
    let report = staged(true);
    assert_eq!(only(&report).0, ["crash_exception"]);
    assert!(report["incidents"][0]["summary"].as_str().unwrap().contains("could not start"));
}

/// PM2 knows no pids, and its children call themselves what they like: kills in the same seconds are theirs, once is chance.
#[test]
fn ends_under_a_supervisor_that_fall_on_kernel_kills() {
    let staged = |kills: &[i64]| {
        let mut stage = Stage::default();
        let deaths = [300, 330, 360];
        stage.traffic(&[8000], (8000, CLOSED), |second| {
            deaths.iter().any(|death| (*death..death + 3).contains(&second))
        });
        stage.kernel();
        for (number, second) in kills.iter().enumerate() {
            stage.kill(
                *second,
                (4711 + number as u32, "node /srv/shop/"),
                "/system.slice/pm2-deploy.service",
                "memcg",
            );
        }
        for second in deaths {
            let stamp = at(second).format("%Y-%m-%dT%H:%M:%S");
            stage.line(
                "pm2.log",
                &format!(
                    "{stamp}: PM2 log: App [shop:0] exited with code [0] via signal [SIGKILL]"
                ),
            );
            stage.line("pm2.log", &format!("{stamp}: PM2 log: App [shop:0] online"));
        }
        stage.report()
    };
    let report = staged(&[300, 330, 360]);
    assert!(blames_memory(&report), "{:?}", only(&report));
    assert!(!blames_memory(&staged(&[100, 130, 360])), "one of three");
}

/// A container of LXC counts its own pids; the host's kernel names the unit in the container's cgroup.
#[test]
fn kills_in_a_container_of_another_kind() {
    let staged = |cgroup: &str| {
        let mut stage = Stage::default();
        stage.traffic(&[8000], (8000, CLOSED), |second| {
            (300..302).contains(&second)
                || (330..332).contains(&second)
                || (360..362).contains(&second)
        });
        stage.kernel();
        let start = at(-30).format("%d-%b-%Y %H:%M:%S");
        stage.line("php-fpm.log", &format!("[{start}] NOTICE: fpm is running, pid 700"));
        for (number, second) in [300, 330, 360].into_iter().enumerate() {
            stage.kill(second, (2_201_812 + number as u32, "php-fpm8.2"), cgroup, "memcg");
            let stamp = at(second).format("%d-%b-%Y %H:%M:%S");
            stage.line("php-fpm.log", &format!("[{stamp}] WARNING: [pool www] child {} exited on signal 9 (SIGKILL) after 812.1 seconds from start", 812 + number));
        }
        stage.report()
    };
    let report = staged("/lxc/101/ns/system.slice/php8.2-fpm.service");
    assert_eq!(only(&report).0, ["oom_kill_memcg"], "{}", only(&report).1);
}

/// Go's server outlives a handler's panic, and closes that one connection.
#[test]
fn panics_one_by_one_and_fewer_than_failures() {
    let staged = |step: usize| {
        let mut stage = proxy(CLOSED);
        for second in (300..312).step_by(step) {
            for client in 1..=4 {
                let stamp = at(second).format("%Y/%m/%d %H:%M:%S");
                stage.line("shop.log", &format!("{stamp} http: panic serving 127.0.0.1:{}: runtime error: invalid memory address or nil pointer dereference", 40_000 + second * 4 + client));
            }
        }
        stage.report()
    };
    let report = staged(1);
    assert_eq!(only(&report).0, ["crash_exception"]);
    assert_ne!(only(&staged(6)).1, "confirmed");
}

/// TLS to a port that speaks plain HTTP, and handshakes that nobody answers.
#[test]
fn a_handshake_with_the_wrong_port_and_with_nobody() {
    let staged = |plain: bool| {
        let mut stage = proxy(LATE_TLS);
        if plain {
            let told = at(300).format("%Y/%m/%d %H:%M:%S");
            stage.line("nginx/error.log", &format!("{told} [error] 700#700: *1 SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) while SSL handshaking to upstream, client: 203.0.113.1, server: shop.example.test, request: \"GET /p8000/items HTTP/1.1\", upstream: \"https://127.0.0.1:8000/p8000/items\", host: \"shop.example.test\""));
        }
        stage.report()
    };
    assert_eq!(only(&staged(true)).0, ["proxy_configuration"]);
    assert_eq!(only(&staged(false)).0, ["network"]);
}

/// A reload from one code to another: the app was never away, and its errors are one for each failure.
#[test]
fn errors_of_single_requests_after_a_reload() {
    let mut stage = Stage::default();
    stage
        .gunicorn("shop", 400, 8000, &[412])
        .gunicorn_line("shop", 299, 400, "INFO", "Handling signal: hup")
        .request_errors("shop", 300..322);
    let report = stage.report();
    let (named, verdict) = only(&report);
    assert!(named.contains(&"crash_exception"), "{named:?} {verdict}");
    let summary = report["incidents"][0]["summary"].as_str().unwrap();
    assert!(!summary.contains("was away"), "{summary}");
}

/// The runtime's own word about a pod's container, and what the kernel says of another pod in the same second.
#[test]
fn a_pod_is_known_by_its_uid() {
    let staged = |uid: &str| {
        let mut stage = proxy(REFUSED);
        let own = "aa77c1d2-0000-4c1e-b1d9-20c55f3a1a10";
        let time = at(-60).format("%Y-%m-%dT%H:%M:%SZ");
        stage.line("events.json", &format!("{{\"kind\": \"List\", \"apiVersion\": \"v1\", \"items\": [{{\"kind\": \"Event\", \"reason\": \"Started\", \"message\": \"Started container web\", \"firstTimestamp\": \"{time}\", \"lastTimestamp\": \"{time}\", \"involvedObject\": {{\"kind\": \"Pod\", \"namespace\": \"prod\", \"name\": \"shop-7c9d8f6b5-x2x4q\", \"uid\": \"{own}\", \"fieldPath\": \"spec.containers{{web}}\"}}, \"source\": {{\"component\": \"kubelet\"}}}}]}}"));
        stage.kernel();
        let id = "6".repeat(64);
        let cgroup = format!(
            "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{}.slice/cri-containerd-{id}.scope",
            uid.replace('-', "_")
        );
        stage.kill(300, (60_100, "beam.smp"), &cgroup, "memcg");
        stage.report()
    };
    assert!(blames_memory(&staged("aa77c1d2-0000-4c1e-b1d9-20c55f3a1a10")));
    assert!(!blames_memory(&staged("bb77c1d2-0000-4c1e-b1d9-20c55f3a1a10")));
}

/// The app may be called like a helper: it ended as the failures began, and was back as they ended; the helper was back at once.
#[test]
fn a_name_is_only_a_name() {
    let staged = |back: i64| {
        let mut stage = proxy(REFUSED);
        stage
            .kernel()
            .kill(300, (4711, "java"), "/system.slice/report-worker.service", "memcg")
            .journal(
                300,
                "systemd",
                1,
                "report-worker.service: Main process exited, code=killed, status=9/KILL",
            )
            .journal(300, "systemd", 1, "report-worker.service: Failed with result 'oom-kill'.")
            .journal(back, "systemd", 1, "Started report-worker.service - Reports.");
        stage.report()
    };
    assert!(blames_memory(&staged(311)), "{:?}", only(&staged(311)));
    assert!(!blames_memory(&staged(301)), "{:?}", only(&staged(301)));
}

/// Errors of single requests name no reason: the store's own word does, and without it nobody is sure.
#[test]
fn errors_of_requests_with_and_without_the_store_s_word() {
    let staged = |store: bool| {
        let mut stage = Stage::default();
        stage.gunicorn("shop", 400, 8000, &[412]).request_errors("shop", 300..312);
        if store {
            for (second, text) in [
                (299, "received fast shutdown request"),
                (313, "database system is ready to accept connections"),
            ] {
                let stamp = at(second).format("%Y-%m-%d %H:%M:%S.100 UTC");
                stage.line("postgresql.log", &format!("{stamp} [700] LOG:  {text}"));
            }
        }
        stage.report()
    };
    assert_ne!(only(&staged(false)).1, "confirmed");
    let report = staged(true);
    let (named, verdict) = only(&report);
    assert!(named != ["crash_exception"] || verdict == "undetermined", "{named:?} {verdict}");
}

/// What the journal and a pasted status page tell of one start is one start; the same words of two hosts are two.
#[test]
fn one_start_on_two_pages_and_on_two_hosts() {
    let starts = |page: bool| {
        let mut stage = proxy(REFUSED);
        stage.journal(299, "systemd", 1, "Stopping shop.service - Shop...").journal(
            310,
            "systemd",
            1,
            "Started shop.service - Shop.",
        );
        let stamp = at(310).format("%a %Y-%m-%d %H:%M:%S UTC");
        if page {
            stage.line("status.txt", &format!("\u{25cf} shop.service - Shop\n     Loaded: loaded (/etc/systemd/system/shop.service; enabled)\n     Active: active (running) since {stamp}; 2min ago"));
        } else {
            let stamp = at(310).format("%Y-%m-%dT%H:%M:%S+0000");
            stage.line(
                "other.txt",
                &format!("{stamp} web02 systemd[1]: Started shop.service - Shop."),
            );
        }
        let report = stage.report();
        list(&report, "events").iter().filter(|event| event["kind"] == "unit-started").count()
    };
    assert_eq!(starts(true), 1);
    assert_eq!(starts(false), 2);
}
