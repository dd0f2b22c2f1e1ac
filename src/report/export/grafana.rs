//! Annotations as Grafana's HTTP API takes them (`POST /api/annotations`, one object each): `time` and `timeEnd` in milliseconds
//! since 1970, `tags`, `text`. One region for each incident, one moment for the root of its chain and for each OOM kill.
//! Must never hand markup over: Grafana shows the text as HTML, so `<`, `>` and `&` are entities here.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::report::answer;
use crate::report::escape;
use crate::report::figures;
use crate::report::model::{Incident, Report};
use crate::report::reading::{self, Reading};
use crate::report::victims;
use crate::wording::Language;

/// Writes an array of annotations.
///
/// # Errors
/// What the writer gives.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let reading = reading::read(report);
    let incidents = report.incidents.iter().filter_map(region);
    let roots = report.incidents.iter().filter_map(|incident| root(&reading, incident));
    let kills = report.oom_kills.iter().filter_map(|kill| {
        let time = figures::epoch_millis(kill.time.as_deref()?)?;
        let text = format!("{}: {}", kill.id, victims::kill_words(Language::default(), kill, None));
        Some(json!({"time": time, "timeEnd": time, "tags": ["coroner", "oom-kill"], "text": inert(&text)}))
    });
    let mut all: Vec<Value> = incidents.chain(roots).chain(kills).collect();
    all.sort_by_key(|annotation| annotation["time"].as_i64());
    if report.redaction != "secrets" {
        let tags = all.iter_mut().filter_map(|annotation| annotation["tags"].as_array_mut());
        tags.for_each(|tags| tags.push(format!("redaction:{}", report.redaction).into()));
    }
    serde_json::to_writer_pretty(&mut *out, &all).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

fn region(incident: &Incident) -> Option<Value> {
    let text = format!(
        "{}: {}. {} Verdict: {}.",
        incident.id,
        answer::what(Language::default(), incident),
        answer::summary(Language::default(), incident),
        answer::verdict(Language::default(), incident)
    );
    Some(json!({
        "time": figures::epoch_millis(&incident.start)?,
        "timeEnd": figures::epoch_millis(&incident.end)?,
        "tags": ["coroner", "incident", incident.class, incident.cause, incident.verdict],
        "text": inert(&text),
    }))
}

fn root(reading: &Reading<'_>, incident: &Incident) -> Option<Value> {
    let event = reading.events(incident.path.iter()).first().copied()?;
    let time = figures::epoch_millis(event.time.as_deref()?)?;
    let place = reading.place(&event.source, event.line);
    let text = format!("{} root cause [{}]: {} ({place})", incident.id, event.id, event.text);
    Some(
        json!({"time": time, "timeEnd": time, "tags": ["coroner", "root-cause", incident.cause], "text": inert(&text)}),
    )
}

fn inert(text: &str) -> String {
    escape::terminal(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
