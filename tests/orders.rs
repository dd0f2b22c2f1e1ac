//! Orders to stop, and what they are not the reason of: each case is a restart that made the failures, beside the same restart as
//! somebody's answer to them, as the bystander of a kill, or before a start that came to nothing.

use crate::stage::{CLOSED, REFUSED, Stage, at, only};

const TIMED_OUT: (u16, &str) = (
    504,
    "upstream timed out (110: Connection timed out) while reading response header from upstream",
);

/// A gunicorn at port 8000 that is told to stop at one moment and listens again, at some port, at another.
fn restarted(stage: &mut Stage, stop: i64, back: i64, port: u16) {
    stage
        .gunicorn("shop", 900, 8000, &[901])
        .gunicorn_line("shop", stop, 900, "INFO", "Handling signal: term")
        .gunicorn_line("shop", stop, 901, "INFO", "Worker exiting (pid: 901)")
        .gunicorn_line("shop", stop + 1, 900, "INFO", "Shutting down: Master")
        .gunicorn_line("shop", back, 950, "INFO", "Starting gunicorn 20.1.0")
        .gunicorn_line(
            "shop",
            back,
            950,
            "INFO",
            &format!("Listening at: http://127.0.0.1:{port} (950)"),
        )
        .gunicorn_line("shop", back, 951, "INFO", "Booting worker with pid: 951");
}

/// An app that hangs is restarted by whoever is on call: the restart ends the outage, and did not begin it.
#[test]
fn a_restart_as_the_remedy() {
    let staged = |first: i64| {
        let mut stage = Stage::default();
        stage.requests(0..600, &[8000], |_, second| match second {
            _ if (first..300).contains(&second) => Some(TIMED_OUT),
            300..304 => Some(REFUSED),
            _ => None,
        });
        restarted(&mut stage, 299, 303, 8000);
        stage.report()
    };
    assert_eq!(only(&staged(300)).0, ["deploy_restart"]);
    let remedy = staged(275);
    let (causes, verdict) = only(&remedy);
    assert!(!causes.contains(&"deploy_restart"), "{causes:?} {verdict}");
}

/// The app listens at another port since its restart; the proxy still asks at the old one.
#[test]
fn an_app_that_listens_elsewhere_since_its_restart() {
    let staged = |port: u16| {
        let mut stage = Stage::default();
        let to = if port == 8000 { 304 } else { 600 };
        stage.traffic(&[8000], (8000, REFUSED), |second| (300..to).contains(&second));
        restarted(&mut stage, 299, 303, port);
        stage.report()
    };
    assert_eq!(only(&staged(8000)).0, ["deploy_restart"]);
    assert_eq!(only(&staged(8001)).0, ["proxy_configuration"]);
}

/// supervisord stops a program on order, and cannot start it again: what keeps it away are its own ends.
#[test]
fn a_start_that_fails_after_the_order() {
    let staged = |fails: bool| {
        let mut stage = Stage::default();
        let to = if fails { 340 } else { 303 };
        stage.traffic(&[8000], (8000, REFUSED), |second| (300..to).contains(&second));
        let mut told = |second: i64, text: &str| {
            let time = at(second).format("%Y-%m-%d %H:%M:%S,100");
            stage.line("supervisord.log", &format!("{time} {text}"));
        };
        told(-20, "INFO spawned: 'shop' with pid 400");
        told(299, "INFO waiting for shop to stop");
        told(300, "WARN stopped: shop (terminated by SIGTERM)");
        if fails {
            for (number, second) in [301, 303, 306, 310, 315, 321, 328].into_iter().enumerate() {
                told(second, &format!("INFO spawned: 'shop' with pid {}", 500 + number));
                told(second + 1, "WARN exited: shop (exit status 1; not expected)");
            }
        }
        let back = if fails { 339 } else { 302 };
        told(back, "INFO spawned: 'shop' with pid 600");
        told(
            back + 2,
            "INFO success: shop entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)",
        );
        stage.report()
    };
    assert_eq!(only(&staged(false)).0, ["deploy_restart"]);
    assert_eq!(only(&staged(true)).0, ["crash_exception"]);
}

/// kubelet says itself that a check brought the order, whenever the checks were told.
#[test]
fn a_container_that_its_check_had_ended() {
    let staged = |message: &str| {
        let mut stage = Stage::default();
        stage.traffic(&[8000], (8000, REFUSED), |second| (300..320).contains(&second));
        let event = |second: i64, reason: &str, message: &str| {
            let time = at(second).format("%Y-%m-%dT%H:%M:%SZ");
            format!(
                r#"{{"apiVersion":"v1","kind":"Event","involvedObject":{{"kind":"Pod","namespace":"default","name":"shop-1","fieldPath":"spec.containers{{shop}}"}},"reason":"{reason}","message":"{message}","count":1,"firstTimestamp":"{time}","lastTimestamp":"{time}","source":{{"component":"kubelet","host":"node1"}}}}"#
            )
        };
        let items =
            [event(299, "Killing", message), event(319, "Started", "Started container shop")];
        let list = format!(r#"{{"apiVersion":"v1","kind":"List","items":[{}]}}"#, items.join(","));
        stage.line("kubectl-events.json", &list);
        stage.report()
    };
    let by_check = staged("Container shop failed liveness probe, will be restarted");
    assert!(!only(&by_check).0.contains(&"deploy_restart"), "{:?}", only(&by_check));
    assert_eq!(only(&staged("Stopping container shop")).0, ["deploy_restart"]);
}

/// systemd tells which unit the kernel killed a process of; the site that is restarted in the same second is another.
#[test]
fn a_kill_that_systemd_tells_of_another_unit() {
    let staged = |unit: &str, words: &str| {
        let mut stage = Stage::default();
        stage.kernel().traffic(&[8000], (8000, REFUSED), |second| (300..306).contains(&second));
        stage
            .kernel_line(298, "ruby invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0")
            .kernel_line(298, "Out of memory: Killed process 16886 (ruby) total-vm:512000kB, anon-rss:204800kB, file-rss:0kB, shmem-rss:0kB, UID:33 pgtables:900kB oom_score_adj:0")
            .journal(298, "systemd", 1, &format!("{unit}.service: {words}"))
            .journal(299, "systemd", 1, "Stopping puma.service - Puma...")
            .journal(300, "systemd", 1, "Stopped puma.service - Puma.")
            .journal(300, "systemd", 1, "Started puma.service - Puma.")
            .journal(306, "puma", 4812, "[4812] * Listening on http://127.0.0.1:8000");
        stage.report()
    };
    for words in [
        "A process of this unit has been killed by the OOM killer.",
        "Main process exited, code=killed, status=9/KILL",
    ] {
        let other = staged("sidekiq", words);
        let causes = only(&other).0;
        assert!(!causes.iter().any(|cause| cause.starts_with("oom_kill")), "{words}: {causes:?}");
        assert_eq!(only(&staged("puma", words)).0, ["oom_kill_global"], "{words}");
    }
}

/// The word of a limit that ran out, and the same number where nothing did.
#[test]
fn an_address_that_a_host_does_not_have() {
    let staged = |address: &str| {
        let words = format!(
            "connect() to {address}:8000 failed (99: Cannot assign requested address) while connecting to upstream"
        );
        let mut stage = Stage::default();
        stage.traffic(&[8000], (8000, (502, &words)), |second| second >= 60);
        stage.report()
    };
    assert_eq!(only(&staged("127.0.0.1")).0, ["resource_exhaustion"]);
    let without = staged("[::1]");
    assert!(!only(&without).0.contains(&"resource_exhaustion"), "{:?}", only(&without));
}

/// The kernel's word of a full queue is of one port.
#[test]
fn a_flood_of_another_port() {
    let staged = |port: u16| {
        let mut stage = Stage::default();
        let words = "upstream timed out (110: Connection timed out) while connecting to upstream";
        stage
            .kernel()
            .traffic(&[8000], (8000, (504, words)), |second| (300..360).contains(&second));
        stage.kernel_line(
            290,
            &format!(
                "TCP: request_sock_TCP: Possible SYN flooding on port {port}. Sending cookies."
            ),
        );
        stage.report()
    };
    assert_eq!(only(&staged(8000)).0, ["resource_exhaustion"]);
    assert_eq!(only(&staged(9000)).0, ["network"]);
}

/// A log without times that holds one stop and one start, of a service that was away once. Two stops, or a start that no stop came
/// before, tell nothing.
#[test]
fn one_stop_in_a_log_without_times() {
    let staged = |turns: &str| {
        let mut stage = Stage::default();
        stage.traffic(&[8000], (8000, REFUSED), |second| (300..310).contains(&second));
        let mut say = |text: &str| _ = stage.line("shop/uvicorn.log", &format!("INFO:     {text}"));
        for (number, turn) in turns.chars().enumerate() {
            match turn {
                '+' => {
                    say(&format!("Started server process [{}]", 100 + number));
                    say("Waiting for application startup.");
                    say("Application startup complete.");
                    say("Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)");
                }
                _ => {
                    say("Shutting down");
                    say("Waiting for application shutdown.");
                    say("Application shutdown complete.");
                    say(&format!("Finished server process [{}]", 99 + number));
                }
            }
            for request in 0..5 {
                say(&format!("127.0.0.1:5000{request} - \"GET /p8000/items HTTP/1.1\" 200 OK"));
            }
        }
        stage.report()
    };
    assert_eq!(only(&staged("+-+")), (vec!["deploy_restart"], "suspected"));
    assert_eq!(only(&staged("++")).1, "unknown");
    assert_eq!(only(&staged("+-+-+")).1, "unknown");
}

/// systemd kills what it had told to stop; that another unit's process is killed by the kernel in that second is no word of it.
#[test]
fn a_unit_that_is_stopped_by_force_beside_a_kill() {
    let mut stage = Stage::default();
    stage.kernel().traffic(&[8000], (8000, CLOSED), |second| (300..303).contains(&second));
    stage
        .gunicorn("shop", 900, 8000, &[901])
        .kernel_line(300, "gunicorn invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0")
        .kernel_line(300, "Out of memory: Killed process 901 (gunicorn) total-vm:512000kB, anon-rss:204800kB, file-rss:0kB, shmem-rss:0kB, UID:33 pgtables:900kB oom_score_adj:0")
        .gunicorn_line("shop", 301, 902, "INFO", "Booting worker with pid: 902")
        .journal(210, "systemd", 1, "Stopping batch.service - Batch...")
        .journal(300, "systemd", 1, "batch.service: State 'stop-sigterm' timed out. Killing.")
        .journal(300, "systemd", 1, "batch.service: Main process exited, code=killed, status=9/KILL");
    assert_eq!(only(&stage.report()).0, ["oom_kill_global"]);
}

/// Behind a balancer that accepts while the app is away, a restart breaks handshakes off; a certificate is shown by who is there.
#[test]
fn handshakes_that_a_restart_breaks_off() {
    let staged = |words: &str| {
        let mut stage = Stage::default();
        stage.traffic(&[8000], (8000, (502, words)), |second| (300..304).contains(&second));
        restarted(&mut stage, 299, 303, 8000);
        stage.report()
    };
    let broken = "peer closed connection in SSL handshake (104: Connection reset by peer) while SSL handshaking to upstream";
    let expired = "upstream SSL certificate verify error: (10:certificate has expired) while SSL handshaking to upstream";
    assert!(!only(&staged(broken)).0.contains(&"network"), "{:?}", only(&staged(broken)));
    assert_eq!(only(&staged(expired)).0, ["network"]);
}

/// What a limit of the proxy's own turns away is as many answers of 503; what it delays, the app answers.
#[test]
fn requests_that_the_proxy_turns_away() {
    let staged = |words: &str| {
        let mut stage = Stage::default();
        stage.traffic(&[8000], (8000, (503, words)), |second| (300..330).contains(&second));
        stage.renamed("nginx/access.log", "nginx/shop.access.log", |line| {
            line.replace("ua=\"127.0.0.1:8000\" us=\"503\"", "ua=\"-\" us=\"-\"")
        });
        stage.report()
    };
    let turned_away = staged("limiting requests, excess: 20.180 by zone \"all\"");
    assert_eq!(only(&turned_away).0, ["resource_exhaustion"]);
    let delayed = staged("delaying request, excess: 5.400, by zone \"all\"");
    assert!(!only(&delayed).0.contains(&"resource_exhaustion"), "{:?}", only(&delayed));
}
