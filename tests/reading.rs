//! What a reader of the reports may rely on: each figure is the same in all places, the chain runs in order of time, nothing is
//! cited that nobody speaks of, and advice fits what was found.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::corpus::{analyse, cases, json, list};
use crate::stage::{CLOSED, REFUSED, Stage, only};

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}

fn failed(incident: &Value) -> u64 {
    incident["errors"].as_object().unwrap().values().map(number).sum()
}

/// Texts of an incident's hops, or of its actions.
fn texts<'r>(incident: &'r Value, what: &str) -> Vec<&'r str> {
    list(incident, what).iter().filter_map(|one| one["text"].as_str()).collect()
}

#[track_caller]
fn holds(texts: &[&str], part: &str) {
    assert!(texts.iter().any(|text| text.contains(part)), "no {part:?} in {texts:#?}");
}

#[track_caller]
fn lacks(texts: &[&str], part: &str) {
    assert!(!texts.iter().any(|text| text.contains(part)), "{part:?} in {texts:#?}");
}

#[test]
fn an_incident_counts_the_same_failures_everywhere() {
    for case in cases() {
        let report = json(&analyse(&case.bundle()).unwrap());
        for incident in list(&report, "incidents") {
            let spark: u64 = list(incident, "spark").iter().map(number).sum();
            let routes = list(incident, "routes");
            let by_route: u64 = routes.iter().map(|route| number(&route["errors"])).sum();
            let failed = failed(incident);
            let name = format!("{} {}", case.name, incident["id"]);
            assert_eq!(spark, failed, "{name}: the picture");
            assert!(by_route <= failed, "{name}: {by_route} by route of {failed}");
            if !routes.is_empty() && routes.len() < 20 {
                assert_eq!(by_route, failed, "{name}: the routes");
            }
        }
    }
}

#[test]
fn what_the_app_answered_itself_is_counted_by_route_and_told_apart() {
    let mut stage = Stage::default();
    stage.gunicorn("shop", 400, 8000, &[412]);
    let report = stage
        .traffic(&[8000], (8000, CLOSED), |second| (300..310).contains(&second) && second % 3 > 0)
        .traffic(&[8000], (8000, (500, "")), |second| second == 303)
        .report();
    let incident = &list(&report, "incidents")[0];
    assert_eq!(number(&incident["errors"]["500"]), 4);
    let by_route: u64 = list(incident, "routes").iter().map(|route| number(&route["errors"])).sum();
    assert_eq!(by_route, failed(incident));
    let spark: u64 = list(incident, "spark").iter().map(number).sum();
    assert_eq!(spark, failed(incident));
    if !list(incident, "chain").is_empty() {
        holds(&texts(incident, "chain"), "in the same time the app itself gave 4 answers of 500");
    }
}

#[test]
fn nothing_is_cited_that_nobody_speaks_of() {
    for case in cases() {
        let report = json(&analyse(&case.bundle()).unwrap());
        let mut spoken = report.clone();
        spoken.as_object_mut().unwrap().remove("events");
        let mut ids = BTreeSet::new();
        strings(&spoken, &mut ids);
        for event in list(&report, "events") {
            let id = event["id"].as_str().unwrap();
            assert!(ids.contains(id), "{}: {id} {}", case.name, event["kind"]);
        }
    }
}

fn strings<'v>(value: &'v Value, found: &mut BTreeSet<&'v str>) {
    match value {
        Value::String(text) => {
            found.insert(text);
        }
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| strings(field, found)),
        _ => {}
    }
}

#[test]
fn a_chain_runs_in_order_of_time() {
    for case in cases() {
        let report = json(&analyse(&case.bundle()).unwrap());
        let event = |id: &Value| {
            list(&report, "events").iter().find(|event| event["id"] == *id).cloned().unwrap()
        };
        let seconds = |event: &Value| {
            let time = event["time"].as_str().unwrap();
            let time = chrono::DateTime::parse_from_rfc3339(time).unwrap();
            time.timestamp_millis() as f64 / 1000.0
        };
        for incident in list(&report, "incidents") {
            let path: Vec<Value> = list(incident, "path").iter().map(event).collect();
            let timed = path.iter().filter(|event| event["time"].is_string());
            let timed: Vec<&Value> = timed.collect();
            for pair in timed.get(1..).unwrap_or_default().windows(2) {
                let sigma = |event: &Value| event["time_sigma_seconds"].as_f64().unwrap();
                let slack = 1.1 + 2.0 * (sigma(pair[0]) + sigma(pair[1]));
                assert!(
                    seconds(pair[0]) <= seconds(pair[1]) + slack,
                    "{} {}: {} stands before {}",
                    case.name,
                    incident["id"],
                    pair[0]["id"],
                    pair[1]["id"]
                );
            }
        }
    }
}

const CGROUP: &str = "/system.slice/shop.service";

/// A worker of the shop killed at its limit, and systemd's words about the unit.
fn unit_with_a_victim() -> Stage {
    let mut stage = Stage::default();
    stage
        .kernel()
        .gunicorn("shop", 400, 8000, &[412, 413])
        .traffic(&[8000], (8000, REFUSED), |second| (300..320).contains(&second))
        .kill(300, (412, "gunicorn"), CGROUP, "memcg")
        .worker_killed("shop", 300, 400, 412);
    stage
}

#[test]
fn systemd_that_stops_the_rest_of_a_unit_is_told() {
    let mut stage = unit_with_a_victim();
    let killed = "shop.service: A process of this unit has been killed by the OOM killer.";
    let failed = "shop.service: Failed with result 'oom-kill'.";
    stage.journal(300, "systemd", 1, killed).journal(303, "systemd", 1, failed);
    let report = stage.report();
    let incident = &list(&report, "incidents")[0];
    assert_eq!(only(&report), (vec!["oom_kill_memcg"], "confirmed"));
    holds(&texts(incident, "chain"), "systemd stopped the rest of shop.service");
    holds(&texts(incident, "actions"), "OOMPolicy=continue in shop.service");
}

#[test]
fn a_unit_whose_main_process_was_killed_has_no_rest_to_stop() {
    let mut stage = unit_with_a_victim();
    let exited = "shop.service: Main process exited, code=killed, status=9/KILL";
    let failed = "shop.service: Failed with result 'oom-kill'.";
    stage.journal(300, "systemd", 1, exited).journal(300, "systemd", 1, failed);
    let report = stage.report();
    let incident = &list(&report, "incidents")[0];
    lacks(&texts(incident, "chain"), "systemd stopped the rest");
    lacks(&texts(incident, "actions"), "OOMPolicy");
}

#[test]
fn what_failed_before_the_kill_is_not_told_as_its_effect() {
    let mut stage = Stage::default();
    let timed_out = (
        504,
        "upstream timed out (110: Connection timed out) while reading response header from upstream",
    );
    let report = stage
        .kernel()
        .gunicorn("shop", 400, 8000, &[412])
        .traffic(&[8000], (8000, timed_out), |second| (280..320).contains(&second))
        .kill(300, (412, "gunicorn"), CGROUP, "memcg")
        .worker_killed("shop", 300, 400, 412)
        .report();
    let incident = &list(&report, "incidents")[0];
    let chain = texts(incident, "chain");
    assert!(
        chain[0].contains("requests had failed already, from 12:04:40 on, 20 s before"),
        "{chain:?}"
    );
    assert!(chain[1].contains("killed gunicorn (pid 412)"), "{chain:?}");
}

#[test]
fn a_start_after_the_end_closes_the_chain() {
    let mut stage = unit_with_a_victim();
    let report = stage.gunicorn_again("shop", 321, 500, "127.0.0.1:8000").report();
    let incident = &list(&report, "incidents")[0];
    let chain = texts(incident, "chain");
    assert!(chain.last().unwrap().contains("listened again at 12:05:21"), "{chain:?}");
}

#[test]
fn advice_names_no_route_that_fails_like_all_others() {
    // The staged traffic has one route for each upstream: where all of it fails, the route says nothing.
    let stage = unit_with_a_victim();
    let report = stage.report();
    lacks(&texts(&list(&report, "incidents")[0], "actions"), "Find out what");
}

/// A table that a session holds, and statements that wait for it.
fn locked(with_statement: bool) -> Value {
    let mut stage = Stage::default();
    let timed_out = (
        504,
        "upstream timed out (110: Connection timed out) while reading response header from upstream",
    );
    stage
        .gunicorn("shop", 400, 8000, &[412])
        .traffic(&[8000], (8000, timed_out), |second| (300..330).contains(&second));
    let mut line = |second: i64, pid: u32, text: &str| {
        let stamp = crate::stage::at(second).format("%Y-%m-%d %H:%M:%S.652 UTC");
        stage.line("postgresql.log", &format!("{stamp} [{pid}] shop@shop {text}"));
    };
    line(-60, 700, "LOG:  database system is ready to accept connections");
    for pid in 801..806 {
        line(
            298,
            pid,
            &format!(
                "LOG:  process {pid} still waiting for AccessShareLock on relation 16386 of database 16385 after 1000.121 ms at character 17"
            ),
        );
        line(
            298,
            pid,
            "DETAIL:  Process holding the lock: 900. Wait queue: 801, 802, 803, 804, 805.",
        );
    }
    if with_statement {
        line(
            330,
            900,
            "LOG:  duration: 40078.247 ms  statement: begin; alter table stock add column reserved int; commit",
        );
    }
    for second in 300..330 {
        stage.gunicorn_line(
            "shop",
            second,
            412,
            "ERROR",
            "psycopg2.errors.LockNotAvailable: canceling statement due to lock timeout",
        );
    }
    stage.report()
}

#[test]
fn the_statement_that_held_a_lock_is_cited() {
    let report = locked(true);
    let incident = &list(&report, "incidents")[0];
    assert_eq!(incident["cause"], "dependency_down", "{:#?}", incident["causes"]);
    let chain = texts(incident, "chain");
    holds(&chain, "which its process 900 held");
    holds(&chain, "The statement of process 900 ended at 12:05:30, after 40 s");
    let actions = texts(incident, "actions");
    holds(&actions, "The statement of process 900, which had run for 40 s, ended at 12:05:30");
    lacks(&actions, "pg_terminate_backend");
}

#[test]
fn a_lock_whose_holder_may_still_run_is_to_be_ended() {
    let report = locked(false);
    let incident = &list(&report, "incidents")[0];
    holds(&texts(incident, "actions"), "pg_terminate_backend");
}

#[test]
fn the_name_of_a_signal_is_no_container() {
    let mut stage = Stage::default();
    stage
        .kernel()
        .traffic(&[8000], (8000, CLOSED), |second| (300..306).contains(&second))
        .kill(300, (412, "php-fpm8.2"), "/system.slice/php8.2-fpm.service", "memcg")
        .line("php8.2-fpm.log", "[20-Nov-2026 12:00:00] NOTICE: fpm is running, pid 400")
        .line(
            "php8.2-fpm.log",
            "[20-Nov-2026 12:05:00] WARNING: [pool www] child 412 exited on signal 9 (SIGKILL) after 37.710242 seconds from start",
        );
    let report = stage.report();
    let deaths = list(&report, "deaths");
    assert_eq!(deaths.len(), 1, "{deaths:#?}");
    assert!(deaths[0]["container"].is_null(), "{:#?}", deaths[0]);
}
