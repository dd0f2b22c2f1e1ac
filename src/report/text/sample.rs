//! A small report for the tests of the output forms: one incident that was an OOM kill, one that stays unknown.
//! In: a text that stands wherever text from a log can stand. Out: a `Report`.

use std::collections::BTreeMap;

use crate::report::model::{
    Action, Bundle, Clock, DataQuality, Death, Event, Forecast, Gap, Hop, Incident, Line, Missing,
    NearLine, Negative, OomKill, Process, Recurrence, Report, Route, RuledOut, SCHEMA_VERSION,
    Series, Source, Spread, SuspectRequest, Tool, Traffic, Upstream, Weighed, Window,
};
use crate::wording::{Language, Text};

/// A report whose log texts are all `text`.
pub(in crate::report) fn report(text: &str) -> Report {
    Report {
        schema_version: SCHEMA_VERSION,
        tool: Tool { name: "coroner".to_owned(), version: "0.1.0".to_owned() },
        redaction: "secrets".to_owned(),
        bundle: vec![bundle(text)],
        window: Some(Window { start: at("20:00:00"), end: at("22:30:00") }),
        sources: vec![source("S1", text, "offset"), source("S2", "dmesg", "zone-assumed")],
        traffic: Some(traffic()),
        incidents: vec![unknown(text), killed(text)],
        isolated: BTreeMap::from([("502".to_owned(), 2)]),
        oom_kills: vec![
            kill("K1", "21:56:04.5", Some("I2"), text),
            kill("K2", "20:10:00", None, text),
        ],
        deaths: vec![
            death("D1", "21:56:17", Some("I2"), text),
            death("D2", "20:15:00", None, text),
        ],
        events: vec![
            event("E1", "21:55:00", text),
            event("E2", "21:56:04.512", text),
            event("E3", "21:56:05", text),
        ],
        gaps: vec![Gap {
            start: at("20:30:00"),
            end: at("20:40:00"),
            expected_requests: 1_500,
            why: Text::plain(text),
            events: vec!["E2".to_owned()],
        }],
        recurrences: vec![Recurrence {
            subject: text.to_owned(),
            why: "oom_kill".to_owned(),
            episodes: 3,
            first: at("20:30:00"),
            last: at("21:40:00"),
            interval_seconds: Spread { least: 1_900.0, median: 2_000.0, most: 2_300.0 },
            interval_chance: 0.004,
            after_start_seconds: Some(Spread { least: 1_000.0, median: 1_020.0, most: 1_040.0 }),
            victim_bytes: Some(200 << 20),
            next: Some(Forecast { time: at("22:10:00"), within_seconds: 400.0 }),
            deaths: vec!["D1".to_owned()],
            text: Text::plain(format!("{text} was killed for memory 3 times.")),
        }],
        negatives: vec![Negative {
            claim: Text::plain(format!("no disk trouble {text}")),
            state: "true".to_owned(),
            why: Text::plain(text),
        }],
        data_quality: vec![DataQuality {
            source: "S2".to_owned(),
            problem: "truncated".to_owned(),
            detail: Text::plain(text),
        }],
        series: Some(series("20:00:00", 60)),
        approximate: vec!["/traffic/requests".to_owned()],
        context: Vec::new(),
        language: Language::default(),
    }
}

/// The report without its incidents.
pub(in crate::report) fn quiet(text: &str) -> Report {
    Report { incidents: Vec::new(), ..report(text) }
}

fn at(clock: &str) -> String {
    format!("2026-01-02T{clock}Z")
}

fn series(clock: &str, step_seconds: u64) -> Series {
    let requests = (0..90).map(|step| 20 + step % 7).collect();
    let failures =
        (0..90).map(|step| if (20..50).contains(&step) { step % 5 } else { 0 }).collect();
    Series { start: at(clock), step_seconds, requests, failures }
}

fn bundle(text: &str) -> Bundle {
    Bundle { name: text.to_owned(), sha256: Some("ab12cd34".to_owned()), bytes: 2_048, members: 2 }
}

fn traffic() -> Traffic {
    Traffic {
        source: "S1".to_owned(),
        requests: 12_345,
        statuses: BTreeMap::from([("200".to_owned(), 11_200), ("502".to_owned(), 1_122)]),
        probes: 30,
        sampled_one_in: None,
        hidden_by_retry: 4,
    }
}

fn source(id: &str, path: &str, basis: &str) -> Source {
    Source {
        id: id.to_owned(),
        path: path.to_owned(),
        format: "access-combined".to_owned(),
        role: "edge".to_owned(),
        host: Some("web1".to_owned()),
        records: 12_345,
        unparsed: 1,
        first: Some(at("20:00:00")),
        last: Some(at("22:30:00")),
        clock: Clock {
            basis: basis.to_owned(),
            offset_seconds: 10_800.0,
            sigma_seconds: 0.5,
            evidence: Text::plain("no zone in the log"),
        },
        taken_because: Text::plain("its lines"),
        first_unparsed: Vec::new(),
    }
}

fn event(id: &str, clock: &str, text: &str) -> Event {
    Event {
        id: id.to_owned(),
        time: Some(at(clock)),
        time_sigma_seconds: 0.5,
        kind: "oom-kill".to_owned(),
        source: "S1".to_owned(),
        line: 10_233,
        text: text.to_owned(),
        count: 3,
        attributes: BTreeMap::from([("unit".to_owned(), text.to_owned())]),
        witnesses: vec![Line { source: "S1".to_owned(), line: 10_233 }],
        lines: (10_232..10_235)
            .map(|line| NearLine { line, text: format!("{line}: {text}") })
            .collect(),
    }
}

fn process(pid: u32, comm: &str) -> Process {
    Process {
        pid: Some(pid),
        comm: comm.to_owned(),
        uid: Some(33),
        anon_rss_bytes: Some(157_286_400),
        rss_bytes: None,
    }
}

fn kill(id: &str, clock: &str, incident: Option<&str>, text: &str) -> OomKill {
    OomKill {
        id: id.to_owned(),
        time: Some(at(clock)),
        time_sigma_seconds: 0.01,
        scope: "memcg".to_owned(),
        killer: "kernel".to_owned(),
        victim: process(4_411, text),
        invoker: Some(process(4_412, text)),
        largest: None,
        cgroup: Some(text.to_owned()),
        limit_bytes: Some(268_435_456),
        usage_bytes: Some(268_435_456),
        container_id: None,
        unit: None,
        host: None,
        boot_id: None,
        incident: incident.map(str::to_owned),
        event: "E2".to_owned(),
        witnesses: Vec::new(),
    }
}

fn death(id: &str, clock: &str, incident: Option<&str>, text: &str) -> Death {
    Death {
        id: id.to_owned(),
        time: Some(at(clock)),
        time_sigma_seconds: 0.0,
        pid: Some(4_413),
        process: text.to_owned(),
        signal: Some(9),
        exit_code: None,
        why: "worker_timeout".to_owned(),
        unit: Some(text.to_owned()),
        container: Some(text.to_owned()),
        incident: incident.map(str::to_owned),
        witnesses: vec![Line { source: "S1".to_owned(), line: 41 }],
    }
}

fn weighed(cause: &str, probability: f64, text: &str) -> Weighed {
    Weighed {
        cause: cause.to_owned(),
        probability,
        why: Text::plain(text),
        supports: vec!["E2".to_owned(), "E3".to_owned()],
        contradicts: vec!["E1".to_owned()],
        not_observable: vec![Text::plain(text)],
    }
}

fn missing(text: &str) -> Missing {
    Missing {
        data: Text::plain("the events of the container runtime"),
        command: format!(
            "docker events --since '2026-01-02 21:50' --until '2026-01-02 22:00' --filter {text}"
        ),
        separates: vec!["deploy_restart".to_owned(), "manual_sigkill".to_owned()],
    }
}

/// The kill that users met, 29 s.
fn killed(text: &str) -> Incident {
    Incident {
        id: "I2".to_owned(),
        class: "gateway".to_owned(),
        start: at("21:56:05"),
        end: at("21:56:34"),
        censored: "none".to_owned(),
        duration_seconds: 29.0,
        counted_from: "access-log".to_owned(),
        requests: 3_201,
        errors: BTreeMap::from([("502".to_owned(), 1_120), ("504".to_owned(), 4)]),
        probe_errors: 0,
        peak_share: 0.971,
        peak_minute: Some(at("21:56:00")),
        baseline_share: 0.001,
        spark: vec![40, 180, 600, 300, 0, 4],
        spark_step_seconds: 5,
        series: series("21:55:45", 1),
        routes: vec![Route {
            method: "GET".to_owned(),
            path: text.to_owned(),
            errors: 900,
            requests: 1_000,
        }],
        upstreams: vec![Upstream {
            address: text.to_owned(),
            service: Some(text.to_owned()),
            failures: BTreeMap::from([("upstream-refused".to_owned(), 1_120)]),
        }],
        hidden_by_retry: 4,
        suspect_requests: vec![SuspectRequest {
            method: "POST".to_owned(),
            path: text.to_owned(),
            at_deaths: 3,
            deaths: 3,
            longest_at: 2,
            normal_share: 0.004,
            chance: 0.000_02,
            longest_seconds: Some(10.4),
            largest_bytes: Some(652 << 20),
            uploads: vec!["E2".to_owned()],
            uploads_count: 3,
            witnesses: vec![Line { source: "S1".to_owned(), line: 7 }],
            text: Text::plain("on the way at 3 of 3 deaths"),
        }],
        cause: "oom_kill_memcg".to_owned(),
        verdict: "confirmed".to_owned(),
        probability: 0.98,
        summary: Text::plain(format!(
            "The kernel killed {text} because its cgroup was at its limit of 256 MiB"
        )),
        path: vec!["E2".to_owned(), "E3".to_owned()],
        chain: vec![
            Hop {
                text: Text::plain(format!("{text} reached its limit")),
                events: vec!["E2".to_owned()],
            },
            Hop {
                text: Text::plain(format!("nginx got no answer from {text}")),
                events: vec!["E3".to_owned()],
            },
        ],
        causes: vec![weighed("oom_kill_memcg", 0.98, text), weighed("deploy_restart", 0.01, text)],
        ruled_out: vec![RuledOut {
            event: "E1".to_owned(),
            why: Text::plain(format!("{text} was earlier")),
            chance: 0.24,
        }],
        context: Vec::new(),
        missing: vec![missing(text)],
        actions: vec![action("now", text), action("this_week", text), action("prevent", text)],
    }
}

fn action(when: &str, text: &str) -> Action {
    Action {
        when: when.to_owned(),
        text: Text::plain(format!("Raise MemoryMax of {text}")),
        because: vec!["E2".to_owned()],
        verify: Text::plain(format!("systemctl show {text}")),
    }
}

/// An earlier one that nothing explains and the logs end in.
fn unknown(text: &str) -> Incident {
    Incident {
        id: "I1".to_owned(),
        class: "server".to_owned(),
        start: at("20:50:00"),
        end: at("20:52:11"),
        censored: "right".to_owned(),
        duration_seconds: 131.0,
        counted_from: "access-log".to_owned(),
        requests: 400,
        errors: BTreeMap::from([("500".to_owned(), 12)]),
        probe_errors: 0,
        peak_share: 0.2,
        peak_minute: None,
        spark: Vec::new(),
        routes: Vec::new(),
        upstreams: Vec::new(),
        hidden_by_retry: 0,
        suspect_requests: Vec::new(),
        cause: "unknown".to_owned(),
        verdict: "unknown".to_owned(),
        probability: 0.31,
        summary: Text::plain("The bundle does not say why."),
        path: Vec::new(),
        chain: Vec::new(),
        causes: vec![weighed("crash_exception", 0.31, text)],
        ruled_out: Vec::new(),
        actions: Vec::new(),
        ..killed(text)
    }
}
