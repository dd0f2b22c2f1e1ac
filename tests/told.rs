//! What is said of a cause is true of its mechanism: each error of the proxy has its own sentence and its own remedy, an end is no
//! more than its line tells, and what is asked for speaks of the causes that are in question.

use serde_json::Value;

use crate::corpus::list;
use crate::stage::{CLOSED, REFUSED, Stage, at};

/// The only incident of ten minutes in which every request fails by these words from a moment on.
fn failing(words: &str) -> Value {
    let mut stage = Stage::default();
    stage.traffic(&[8000], (8000, (502, words)), |second| second >= 60);
    let report = stage.report();
    let incidents = list(&report, "incidents");
    assert_eq!(incidents.len(), 1, "{incidents:#?}");
    incidents[0].clone()
}

fn texts<'r>(incident: &'r Value, what: &str) -> Vec<&'r str> {
    list(incident, what).iter().filter_map(|one| one["text"].as_str()).collect()
}

#[track_caller]
fn check(words: &str, summary: &str, hop: &str, remedy: &str) {
    let incident = failing(words);
    let said = incident["summary"].as_str().unwrap();
    assert!(said.contains(summary), "{said}");
    let chain = texts(&incident, "chain");
    assert!(chain.iter().any(|text| text.contains(hop)), "{chain:#?}");
    let actions = texts(&incident, "actions");
    assert!(actions.iter().any(|text| text.contains(remedy)), "{actions:#?}");
    assert!(!actions.iter().any(|text| text.contains("Compare proxy_pass")), "{actions:#?}");
}

#[test]
fn each_error_of_the_proxy_has_its_own_words() {
    check(
        "connect() to unix:/run/php/php8.2-fpm.sock failed (13: Permission denied) while connecting to upstream",
        "may not open the socket of its upstream, /run/php/php8.2-fpm.sock",
        "was not allowed to connect",
        "namei -l /run/php/php8.2-fpm.sock",
    );
    check(
        "connect() to 127.0.0.1:8000 failed (13: Permission denied) while connecting to upstream",
        "may not connect to its upstream at 127.0.0.1:8000",
        "was not allowed to connect",
        "setsebool -P httpd_can_network_connect 1",
    );
    check(
        "upstream sent too big header while reading response header from upstream",
        "was larger than the proxy's buffer",
        "refused what the upstream answered",
        "proxy_buffer_size",
    );
    check(
        "upstream sent no valid HTTP/1.0 header while reading response header from upstream",
        "as not valid: \"no valid HTTP\"",
        "refused what the upstream answered",
        "curl -vi http://127.0.0.1:8000/",
    );
    check(
        "shop.internal could not be resolved (3: Host not found)",
        "could not resolve the name of its upstream",
        "could not resolve the upstream's name",
        "getent ahosts",
    );
}

#[test]
fn a_handshake_that_fails_is_asked_for_what_parts_its_causes() {
    let incident = failing(
        "SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) while SSL handshaking to upstream",
    );
    assert_eq!(incident["verdict"], "undetermined", "{:#?}", incident["causes"]);
    let missing = list(&incident, "missing");
    let command = missing[0]["command"].as_str().unwrap();
    assert!(command.contains("openssl s_client -connect 127.0.0.1:8000"), "{missing:#?}");
    for one in missing {
        let separates = one["separates"].to_string();
        assert!(
            separates.contains("\"network\"") || separates.contains("\"proxy_configuration\""),
            "{one:#}"
        );
    }
}

/// A program that its supervisor sees end every 20 s, with nothing else told.
fn exits(code: u32, more: &str) -> Value {
    let mut stage = Stage::default();
    stage.traffic(&[8000], (8000, REFUSED), |second| second >= 300);
    for (number, second) in (300..420).step_by(20).enumerate() {
        let stamp = |second: i64| at(second).format("%Y-%m-%d %H:%M:%S,120").to_string();
        stage
            .line(
                "supervisord.log",
                &format!("{} INFO spawned: 'puma' with pid {}", stamp(second - 12), 800 + number),
            )
            .line(
                "supervisord.log",
                &format!("{} WARN exited: puma (exit status {code}; not expected)", stamp(second)),
            );
    }
    if !more.is_empty() {
        stage.line("supervisord.log", more);
    }
    stage.report()
}

#[test]
fn an_exit_status_alone_tells_of_no_error() {
    for code in [1, 78] {
        let report = exits(code, "");
        let incident = &list(&report, "incidents")[0];
        assert_eq!(incident["cause"], "crash_exception", "{:#?}", incident["causes"]);
        let said = incident["summary"].as_str().unwrap();
        assert!(
            said.contains(&format!("puma ended itself with exit status {code} 6 times")),
            "{said}"
        );
        let chain = texts(incident, "chain");
        assert!(chain[0].contains(&format!("saw puma end with exit status {code}")), "{chain:#?}");
        let actions = texts(incident, "actions");
        assert!(!actions.iter().any(|text| text.contains("trace")), "{actions:#?}");
    }
}

#[test]
fn an_end_is_forecast_only_after_the_end_of_all_logs() {
    let told = |report: &Value| list(report, "recurrences")[0]["text"].as_str().unwrap().to_owned();
    // The supervisor's log ends at 400 s, that of the proxy at 600 s.
    let report = exits(1, "");
    assert!(list(&report, "recurrences")[0]["next"].is_null());
    assert!(!told(&report).contains("next is due"), "{}", told(&report));
}

#[test]
fn a_log_is_no_actor_where_its_program_is_known() {
    let mut stage = Stage::default();
    stage.traffic(&[8000], (8000, CLOSED), |second| (300..360).contains(&second));
    stage.line("php-fpm.log", "[20-Nov-2026 12:00:00] NOTICE: fpm is running, pid 400");
    for second in [300, 315, 331, 350] {
        let stamp = at(second).format("%d-%b-%Y %H:%M:%S");
        stage.line(
            "php-fpm.log",
            &format!("[{stamp}] WARNING: [pool www] child {} exited on signal 10 (SIGBUS) after 3.400000 seconds from start", 500 + second),
        );
    }
    let report = stage.report();
    let incident = &list(&report, "incidents")[0];
    assert_eq!(incident["cause"], "crash_segv", "{:#?}", incident["causes"]);
    let said = incident["summary"].as_str().unwrap();
    assert!(said.contains("of php-fpm (php-fpm.log) died of a fault signal"), "{said}");
    let chain = texts(incident, "chain");
    assert!(chain[0].contains("by signal SIGBUS"), "{chain:#?}");
}

#[test]
fn a_container_without_a_name_is_shown_as_docker_shows_it() {
    let id = "3f6d1b5ad292887f6c01a52c286af30e6fede2e32fb9e7780f16e2ab0c1eff32";
    let mut stage = Stage::default();
    stage.kernel().traffic(&[8000], (8000, CLOSED), |second| (300..310).contains(&second)).kill(
        300,
        (412, "gunicorn"),
        &format!("/docker/{id}"),
        "memcg",
    );
    let report = stage.report();
    let said = list(&report, "incidents")[0]["summary"].as_str().unwrap().to_owned();
    assert!(said.contains("of 3f6d1b5ad292 "), "{said}");
}
