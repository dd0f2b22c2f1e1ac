//! Sentences that were once false, misleading or of no use: each with the smallest bundle in which it must be right.

use serde_json::Value;

use crate::corpus::list;
use crate::stage::{CLOSED, REFUSED, Stage, only};

fn incident(report: &Value) -> &Value {
    &list(report, "incidents")[0]
}

fn summary(report: &Value) -> &str {
    incident(report)["summary"].as_str().unwrap()
}

/// What is to be done, first things first.
fn actions(report: &Value) -> Vec<&str> {
    list(incident(report), "actions").iter().filter_map(|one| one["text"].as_str()).collect()
}

#[track_caller]
fn says(text: &str, part: &str) {
    assert!(text.contains(part), "no {part:?} in {text:?}");
}

const CGROUP: &str = "/system.slice/shop.service";

#[test]
fn an_unknown_cause_leaves_the_symptom() {
    let mut stage = Stage::default();
    let report =
        stage.traffic(&[8000], (8000, REFUSED), |second| (300..320).contains(&second)).report();
    assert_eq!(only(&report).1, "unknown");
    says(summary(&report), "80 x connection refused at 127.0.0.1:8000");
    says(summary(&report), "error.log:1)");
    let chain = list(incident(&report), "chain");
    assert_eq!(chain[0]["events"].as_array().unwrap().len(), 1, "{chain:#?}");
}

#[test]
fn a_kill_that_systemd_tells_is_not_denied() {
    let mut stage = Stage::default();
    let report = stage
        .kernel()
        .gunicorn("shop", 400, 8000, &[412])
        .traffic(&[8000], (8000, CLOSED), |second| (300..310).contains(&second))
        .kill(300, (412, "gunicorn"), CGROUP, "memcg")
        .worker_killed("shop", 300, 400, 412)
        .report();
    let claim = list(&report, "negatives")
        .iter()
        .find(|claim| claim["claim"].as_str().unwrap().starts_with("no OOM kill of a failing"))
        .unwrap();
    assert_eq!(claim["state"], "false");
    says(claim["why"].as_str().unwrap(), "kern.log:");
}

#[test]
fn a_worker_that_had_served_did_not_fail_to_start() {
    let mut stage = Stage::default();
    stage
        .gunicorn("shop", 400, 8000, &[412])
        .traffic(&[8000], (8000, CLOSED), |second| (300..320).contains(&second))
        .gunicorn_line("shop", 300, 400, "ERROR", "Worker (pid:412) exited with code 3.")
        .gunicorn_line("shop", 300, 400, "ERROR", "Shutting down: Master")
        .gunicorn_line("shop", 300, 400, "ERROR", "Reason: Worker failed to boot.");
    let report = stage.report();
    assert!(!summary(&report).contains("could not start"), "{}", summary(&report));
    let trace = "Read the trace";
    assert!(!actions(&report).iter().any(|text| text.contains(trace)), "{:#?}", actions(&report));
}

#[test]
fn what_is_down_is_started_first() {
    let mut stage = Stage::default();
    stage
        .gunicorn("shop", 400, 8000, &[412])
        .traffic(&[8000], (8000, REFUSED), |second| second >= 560)
        .gunicorn_line("shop", 560, 400, "ERROR", "Worker (pid:412) exited with code 3.")
        .gunicorn_line("shop", 560, 400, "ERROR", "Shutting down: Master")
        .gunicorn_line("shop", 560, 400, "ERROR", "Reason: Worker failed to boot.");
    let report = stage.report();
    says(actions(&report)[0], "Start gunicorn (gunicorn.log) now");
}

#[test]
fn an_apps_own_pool_is_not_to_be_made_smaller() {
    let mut stage = Stage::default();
    stage.gunicorn("shop", 400, 8000, &[412]);
    stage.traffic(&[8000], (8000, (500, "")), |second| (300..310).contains(&second));
    for second in 300..310 {
        let text = "sqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 3.00";
        stage.gunicorn_line("shop", second, 412, "ERROR", text);
    }
    let report = stage.report();
    says(summary(&report), "used up its own pool of connections: \"QueuePool limit of size 5");
    assert!(!actions(&report).iter().any(|text| text.contains("Bound the connection pools")));
    says(actions(&report)[0], "Find what holds the connections");
}

#[test]
fn a_cron_job_is_no_operator() {
    let mut stage = Stage::default();
    stage.kernel().gunicorn("shop", 400, 8000, &[412, 413]).traffic(
        &[8000],
        (8000, CLOSED),
        |second| (300..304).contains(&second),
    );
    for second in [300, 360] {
        let job = "(root) CMD (/usr/bin/pkill -9 -f gunicorn)";
        stage.journal(second, "CRON", 900, job);
    }
    stage.worker_killed("shop", 300, 400, 412).worker_killed("shop", 300, 400, 413);
    let report = stage.report();
    says(summary(&report), "by a cron job of root");
    says(actions(&report)[0], "Take the cron job of root out");
    says(actions(&report)[0], "2 times from 12:05:00 to 12:06:00");
}

#[test]
fn fewer_workers_help_where_no_one_fills_the_limit() {
    let mut stage = Stage::default();
    let killed = "memory: usage 256000kB, limit 256000kB, failcnt 12";
    let report = stage
        .kernel()
        .gunicorn("shop", 400, 8000, &[412])
        .traffic(&[8000], (8000, CLOSED), |second| (300..310).contains(&second))
        .kernel_line(300, killed)
        .kill(300, (412, "gunicorn"), CGROUP, "memcg")
        .worker_killed("shop", 300, 400, 412)
        .report();
    let advice = actions(&report).join("\n");
    assert!(!advice.contains("fewer workers would not help"), "{advice}");
}

#[test]
fn an_empty_error_log_is_not_a_missing_one() {
    let mut stage = Stage::default();
    let late = (504, "");
    stage.gunicorn("shop", 400, 8000, &[412]);
    stage.traffic(&[8000], (8000, late), |second| (300..330).contains(&second));
    stage.without(|name| name.ends_with("error.log"));
    let named = |report: &Value| {
        let missing = list(incident(report), "missing").iter();
        missing
            .filter_map(|one| one["data"].as_str())
            .any(|data| data.contains("error log of the proxy"))
    };
    assert!(named(&stage.report()));
    stage.empty("nginx/error.log");
    assert!(!named(&stage.report()));
}
