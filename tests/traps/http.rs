//! Traps of requests and answers (F), and of what users felt (H).

use super::scene::{
    CLOSED, access, burst, clock, errors, gunicorn, incidents, killed, kills, report, request,
    syslog,
};
use crate::corpus::list;

/// 61: a retry hides a failure from the user, or makes two failures of one.
#[test]
fn tries_are_not_answers() {
    let mut log = access(&[]);
    for second in 600..608 {
        log += &request(second, "200", "502, 200");
    }
    let hidden = report(&[("access.log", log)]);
    assert_eq!(
        (incidents(&hidden).len(), hidden["traffic"]["hidden_by_retry"].as_u64()),
        (0, Some(8))
    );
    let mut log = access(&[]);
    for second in 600..608 {
        log += &request(second, "502", "502, 502");
    }
    assert_eq!(incidents(&report(&[("access.log", log)])), ["8 x 502: unknown, unknown"]);
}

/// 62: a 502 that the app itself answered has a status of the upstream and no line in the error log.
#[test]
fn an_answer_of_the_apps_own_is_not_the_proxys() {
    let failed = burst("502");
    let report = report(&[
        ("access.log", access(&failed)),
        ("error.log", "2026/11/20 22:00:01 [notice] 700#700: start worker process 704\n2026/11/20 22:19:01 [error] 704#704: *9 open() \"/srv/favicon.ico\" failed (2: No such file or directory), client: 203.0.113.5, server: shop, request: \"GET /favicon.ico HTTP/1.1\", host: \"shop\"\n".to_owned()),
    ]);
    assert_eq!(list(&report, "incidents")[0]["errors"]["502"], 16);
    assert!(!incidents(&report)[0].contains("confirmed"), "{:?}", incidents(&report));
}

/// 63: a body that was cut while it was sent: 200 in the access log, and only the error log knows.
#[test]
fn a_cut_body_is_no_failed_answer() {
    let failed = burst("502");
    let cut = errors(&failed, "upstream prematurely closed connection while reading upstream");
    let report = report(&[("access.log", access(&[])), ("error.log", cut)]);
    assert_eq!(incidents(&report), [] as [String; 0]);
}

/// 69: errno has other words on musl: the number counts.
#[test]
fn errno_counts_not_its_words() {
    let failed = burst("504");
    let cause = |met: &str| {
        let report =
            report(&[("access.log", access(&failed)), ("error.log", errors(&failed, met))]);
        list(&list(&report, "incidents")[0], "upstreams")[0]["failures"].clone()
    };
    let glibc = cause(
        "upstream timed out (110: Connection timed out) while reading response header from upstream",
    );
    assert_eq!(glibc["upstream-timeout"], 8);
    assert_eq!(
        cause(
            "upstream timed out (110: Operation timed out) while reading response header from upstream"
        ),
        glibc
    );
    assert_eq!(
        cause("connect() failed (113: Host is unreachable) while connecting to upstream"),
        cause("connect() failed (113: No route to host) while connecting to upstream")
    );
}

/// 71: garbage on the port neither breaks the reading nor counts as an outage.
#[test]
fn garbage_requests_are_no_outage() {
    let mut log = access(&[]);
    for (request, status) in [
        (r"\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03", "400"),
        ("", "400"),
        ("-", "408"),
        ("GET /", "009"),
        ("PRI * HTTP/2.0", "000"),
        ("hello", "400"),
        ("GET /a b HTTP/1.1", "400"),
    ] {
        for second in 600..610 {
            log += &format!(
                "203.0.113.9 - - [20/Nov/2026:{} +0000] \"{request}\" {status} 0 \"-\" \"-\" rt=0.000 uct=\"-\" uht=\"-\" urt=\"-\" ua=\"-\" us=\"-\"\n",
                clock(second)
            );
        }
    }
    let report = report(&[("access.log", log)]);
    assert_eq!(
        (incidents(&report).len(), list(&report, "sources")[0]["unparsed"].as_u64()),
        (0, Some(0))
    );
    assert_eq!(report["traffic"]["requests"], 2470);
}

/// 72: an error line is cut at 2048 bytes, and a client writes keys of its own into the request.
#[test]
fn cut_and_forged_error_lines() {
    let failed = burst("502");
    let forged = errors(&failed, CLOSED).replace(
        "GET /items/",
        "GET /?a=\\\", upstream: \\\"http://10.66.6.6:1/x\\\", host: \\\"evil",
    );
    let long: String = errors(&failed, CLOSED)
        .lines()
        .map(|line| format!("{}{}\n", line.split(" HTTP/1.1").next().unwrap(), "a".repeat(1900)))
        .collect();
    for log in [forged, long] {
        let report = report(&[("access.log", access(&failed)), ("error.log", log)]);
        let source =
            list(&report, "sources").iter().find(|source| source["path"] == "error.log").unwrap();
        assert_eq!(
            (source["format"].as_str(), source["unparsed"].as_u64()),
            (Some("nginx-error"), Some(0))
        );
        assert_eq!(list(&report, "incidents")[0]["errors"]["502"], 16);
    }
}

/// 73: FastCGI's stderr of several lines inside of one record.
#[test]
fn a_record_of_several_lines() {
    let log = "2026/11/20 22:10:00 [error] 704#704: *9 FastCGI sent in stderr: \"PHP message: PHP Warning:  one in /srv/a.php on line 3\nPHP message: PHP Warning:  two in /srv/a.php on line 4\nPHP message: PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes) in /srv/a.php on line 5\" while reading response header from upstream, client: 203.0.113.9, server: shop, request: \"GET /a.php HTTP/1.1\", upstream: \"fastcgi://unix:/run/php-fpm.sock:\", host: \"shop\"\n";
    let report = report(&[("access.log", access(&burst("500"))), ("error.log", log.repeat(8))]);
    let source =
        list(&report, "sources").iter().find(|source| source["path"] == "error.log").unwrap();
    assert_eq!(
        (source["format"].as_str(), source["unparsed"].as_u64()),
        (Some("nginx-error"), Some(0))
    );
    assert_eq!(kills(&report), [] as [String; 0]);
}

/// 74: a WebSocket has one line at its end, hours after it began: it is neither slow nor a failure.
#[test]
fn a_websocket_is_not_slow() {
    let mut log = access(&[]);
    for second in 600..640 {
        log += &request(second, "101", "101")
            .replace("rt=0.010", "rt=3600.120")
            .replace("urt=\"0.010\"", "urt=\"3600.118\"");
    }
    assert_eq!(incidents(&report(&[("access.log", log)])), [] as [String; 0]);
}

/// 94: no file descriptors: nginx answers 500 before it has an upstream.
#[test]
fn a_failure_before_any_upstream() {
    let failed = burst("500");
    let log: String = access(&failed)
        .lines()
        .map(|line| {
            if line.contains("\" 500 ") {
                format!("{}ua=\"\" us=\"-\"\n", line.split("ua=").next().unwrap())
            } else {
                format!("{line}\n")
            }
        })
        .collect();
    let told: String = failed
        .iter()
        .map(|(second, _)| format!("2026/11/20 {} [alert] 704#704: *{second} socket() failed (24: Too many open files) while connecting to upstream, client: 203.0.113.{}, server: shop, request: \"GET /items/{second} HTTP/1.1\", upstream: \"http://127.0.0.1:8000/items/{second}\", host: \"shop\"\n", clock(*second), second % 200))
        .collect();
    let report = report(&[("access.log", log), ("error.log", told)]);
    assert_eq!(list(&report, "sources")[0]["unparsed"], 0);
    assert!(
        incidents(&report)[0].starts_with("16 x 500: resource_exhaustion"),
        "{:?}",
        incidents(&report)
    );
}

/// 95: kills that nobody felt are listed, and belong to no incident.
#[test]
fn a_kill_that_nobody_felt() {
    let kern = syslog(600, "kernel", &format!("[  600.000100] {}", killed(412, "gunicorn")));
    let told = gunicorn(&[(
        600,
        "[400] [ERROR] Worker (pid:412) was sent SIGKILL! Perhaps out of memory?",
    )]);
    let report = report(&[("access.log", access(&[])), ("kern.log", kern), ("gunicorn.log", told)]);
    assert_eq!((incidents(&report), kills(&report)), (vec![], vec!["412 gunicorn".to_owned()]));
    assert!(list(&report, "oom_kills")[0]["incident"].is_null());
}
