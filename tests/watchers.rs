//! Stops, and who ordered them: a person, a watcher, or systemd for a unit that is slow to listen; each case beside its twin.

use crate::corpus::list;
use crate::stage::{REFUSED, Stage, at, only};

/// A gunicorn that is told to stop at second 300 and listens again at second 312.
fn told_to_stop() -> Stage {
    let mut stage = Stage::default();
    stage
        .kernel()
        .traffic(&[8000], (8000, REFUSED), |second| (300..312).contains(&second))
        .gunicorn("shop", 900, 8000, &[901])
        .gunicorn_line("shop", 300, 900, "INFO", "Handling signal: term")
        .gunicorn_line("shop", 300, 900, "INFO", "Shutting down: Master")
        .gunicorn_again("shop", 312, 950, "127.0.0.1:8000");
    stage
}

/// What a watcher found is the reason of the stop that it orders; what it says of another program is none.
#[test]
fn a_stop_that_a_watcher_ordered() {
    let staged = |program: &str, found: &str| {
        let time = at(300).format("%Y-%m-%dT%H:%M:%S+0000");
        let mut stage = told_to_stop();
        stage.line("monit.log", &format!("[{time}] error    : '{program}' {found}"));
        stage.line("monit.log", &format!("[{time}] info     : '{program}' trying to restart"));
        only(&stage.report()).0.join(" ")
    };
    let no_answer = "failed protocol test [HTTP] at [localhost]:8000/healthz [TCP/IP] -- HTTP: Error receiving data -- Resource temporarily unavailable";
    let memory = "total mem amount of 280.8 MB matches resource limit [total mem amount > 150 MB]";
    assert_eq!(staged("shop", no_answer), "health_check_kill");
    assert_eq!(staged("shop", memory), "runtime_heap_limit");
    assert_eq!(staged("mailer", memory), "deploy_restart");
}

/// A listener of supervisord writes no times: as many alarms as stops say who ordered them.
#[test]
fn alarms_without_times_are_counted() {
    let staged = |alarms: usize| {
        let mut stage = told_to_stop();
        stage.line("memmon.log", "Checking programs shop=115343360");
        for _ in 0..alarms {
            stage.line("memmon.log", "RSS of shop:shop is 134057984");
            stage.line("memmon.log", "Restarting shop:shop");
        }
        only(&stage.report()).0.join(" ")
    };
    assert_eq!(staged(1), "runtime_heap_limit");
    assert_eq!(staged(0), "deploy_restart");
}

/// An app that loads for twelve seconds before it listens is of the unit that starts and ends with it, and not of one that is merely
/// restarted in the same minute.
#[test]
fn a_unit_that_is_slow_to_listen() {
    let staged = |first: i64| {
        let mut stage = told_to_stop();
        stage
            .journal(first, "systemd", 1, "Started orders.service - Orders API.")
            .journal(300, "systemd", 1, "Stopping orders.service - Orders API...")
            .journal(300, "systemd", 1, "Stopped orders.service - Orders API.")
            .journal(300, "systemd", 1, "Started orders.service - Orders API.");
        let report = stage.report();
        let summary = list(&report, "incidents")[0]["summary"].as_str().unwrap().to_owned();
        (only(&report).0.join(" "), summary.contains("orders.service"))
    };
    assert_eq!(staged(-45), ("deploy_restart".to_owned(), true));
    assert!(!staged(100).1);
}

/// Within a second only the order of the lines tells whether a process ended as it was told to, or after its start.
#[test]
fn lines_of_one_second_are_in_order() {
    let staged = |texts: [&str; 4]| {
        let mut stage = told_to_stop();
        stage.without(|name| name == "shop/gunicorn.log");
        stage.gunicorn("shop", 900, 8000, &[901]).gunicorn_again(
            "shop",
            312,
            950,
            "127.0.0.1:8000",
        );
        stage.journal(-31, "systemd", 1, "Started shop.service - Shop.");
        for text in texts {
            stage.journal(300, "systemd", 1, text);
        }
        stage.journal(311, "systemd", 1, "Started shop.service - Shop.");
        only(&stage.report()).0.join(" ")
    };
    let ended = "shop.service: Main process exited, code=exited, status=143/n/a";
    let failed = "shop.service: Failed with result 'exit-code'.";
    let (stopping, started) = ("Stopping shop.service - Shop...", "Started shop.service - Shop.");
    assert_eq!(staged([stopping, ended, failed, started]), "deploy_restart");
    assert_eq!(
        staged([
            started,
            ended,
            failed,
            "shop.service: Scheduled restart job, restart counter is at 1."
        ]),
        "crash_exception"
    );
}

/// A log that is renamed in the middle of a second goes on in the next file: what both halves hold was asked for twice.
#[test]
fn a_rotation_within_a_second_of_a_burst() {
    let whole = told_to_stop();
    let failed =
        |stage: &Stage| list(&stage.report(), "incidents")[0]["errors"]["502"].as_u64().unwrap();
    let mut cut = told_to_stop();
    cut.split("nginx/access.log", "nginx/access.log.1", |line| line.contains(":12:05:05 "));
    assert_eq!(failed(&whole), failed(&cut));
}

/// A store that was killed takes those with it that need it: systemd's stop of them is no plan.
#[test]
fn a_stop_that_follows_the_kill_of_a_store() {
    let staged = |killed: bool| {
        let mut stage = told_to_stop();
        stage.gunicorn_line(
            "shop",
            299,
            901,
            "ERROR",
            "psycopg2.OperationalError: connection to server at \"127.0.0.1\", port 5432 failed: Connection refused",
        );
        stage
            .journal(300, "systemd", 1, "Stopping shop.service - Shop...")
            .journal(301, "systemd", 1, "Stopped shop.service - Shop.")
            .journal(312, "systemd", 1, "Started shop.service - Shop.");
        if killed {
            stage.kill(298, (700, "postgres"), "/system.slice/postgresql.service", "memcg");
            let ended = "postgresql.service: Main process exited, code=killed, status=9/KILL";
            stage.journal(298, "systemd", 1, ended);
        }
        let report = stage.report();
        let (causes, verdict) = only(&report);
        (causes.join(" "), verdict.to_owned())
    };
    let told = |cause: &str, verdict: &str| (cause.to_owned(), verdict.to_owned());
    assert_eq!(staged(false), told("deploy_restart", "confirmed"));
    assert_eq!(staged(true), told("oom_kill_memcg", "probable"));
}

/// A shell and npm tell the end of one program, each in its own words, behind the time of the log; a line between two times that are
/// far apart tells of no end.
#[test]
fn an_end_that_a_parent_tells() {
    let staged = |words: &[&str], timed: bool| {
        let mut stage = Stage::default();
        let time = |second| at(second).format("%Y-%m-%dT%H:%M:%S.120Z");
        stage.kernel().traffic(&[3000], (3000, REFUSED), |second| (300..312).contains(&second));
        stage.line("app.log", &format!("{} Server listening on port 3000", time(-5)));
        for words in words {
            let line = if timed { format!("{} {words}", time(300)) } else { (*words).to_owned() };
            stage.line("app.log", &line);
        }
        stage.line("app.log", &format!("{} Server listening on port 3000", time(312)));
        list(&stage.report(), "deaths")
            .iter()
            .map(|death| death["signal"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    let told = ["Killed", "npm ERR! code ELIFECYCLE", "npm ERR! errno 137"];
    assert_eq!(staged(&told, true), [9]);
    assert_eq!(staged(&["error Command failed with signal \"SIGKILL\"."], true), [9]);
    assert_eq!(
        staged(&["/app/start.sh: line 12:    17 Killed                  node s.js"], true),
        [9]
    );
    assert_eq!(staged(&["Killed the job of a customer"], true), [0; 0]);
    assert_eq!(staged(&["INFO Killed"], true), [0; 0]);
    assert_eq!(staged(&["Killed"], false), [0; 0]);
}
