//! Everything in a report that has a time, in order of time.
//! In: a report. Out: rows. Why: the exports must not choose differently what belongs into a timeline.

use crate::report::answer;
use crate::report::model::Report;
use crate::report::reading::{self, Reading};
use crate::report::victims;
use crate::wording::Language;

/// Something at a moment.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// RFC 3339; empty where the clock is not known.
    pub(super) time: String,
    /// End of what lasts.
    pub(super) end: Option<String>,
    pub(super) sigma_seconds: f64,
    pub(super) id: String,
    /// `incident`, `oom-kill-victim`, `death`, or the kind of the event.
    pub(super) kind: String,
    /// The incident it belongs to.
    pub(super) incident: Option<String>,
    /// Path of the log, and line; empty and 0 for an incident.
    pub(super) path: String,
    pub(super) line: u64,
    pub(super) count: u64,
    /// A sentence of ours, or the line of the log.
    pub(super) text: String,
}

/// All rows; what has no time comes first.
pub(super) fn rows(report: &Report) -> Vec<Row> {
    let reading = reading::read(report);
    // For programs, and so in English.
    let english = Language::default();
    let incidents = report.incidents.iter().map(|incident| Row {
        time: incident.start.clone(),
        end: Some(incident.end.clone()),
        sigma_seconds: 0.0,
        id: incident.id.clone(),
        kind: "incident".to_owned(),
        incident: Some(incident.id.clone()),
        path: String::new(),
        line: 0,
        count: reading::failures(incident),
        text: format!(
            "{} Verdict: {}.",
            answer::summary(english, incident),
            answer::verdict(english, incident)
        )
        .replace(answer::TIE, " "),
    });
    let place = |line: Option<&crate::report::model::Line>| {
        line.map_or((String::new(), 0), |line| (reading.path(&line.source).to_owned(), line.line))
    };
    let kills = report.oom_kills.iter().map(|kill| {
        let (path, line) = place(kill.witnesses.first());
        Row {
            time: kill.time.clone().unwrap_or_default(),
            end: None,
            sigma_seconds: kill.time_sigma_seconds,
            id: kill.id.clone(),
            kind: "oom-kill-victim".to_owned(),
            incident: kill.incident.clone(),
            path,
            line,
            count: 1,
            text: victims::kill_words(english, kill, None),
        }
    });
    let deaths = report.deaths.iter().map(|death| {
        let (path, line) = place(death.witnesses.first());
        Row {
            time: death.time.clone().unwrap_or_default(),
            end: None,
            sigma_seconds: death.time_sigma_seconds,
            id: death.id.clone(),
            kind: "death".to_owned(),
            incident: death.incident.clone(),
            path,
            line,
            count: 1,
            text: victims::death_words(english, death),
        }
    });
    let mut rows: Vec<Row> = incidents.chain(kills).chain(deaths).chain(events(&reading)).collect();
    rows.sort_by(|a, b| a.time.cmp(&b.time));
    rows
}

fn events<'a>(reading: &'a Reading<'a>) -> impl Iterator<Item = Row> + 'a {
    reading.report.events.iter().map(move |event| Row {
        time: event.time.clone().unwrap_or_default(),
        end: None,
        sigma_seconds: event.time_sigma_seconds,
        id: event.id.clone(),
        kind: event.kind.clone(),
        incident: incident_of(reading, &event.id),
        path: reading.path(&event.source).to_owned(),
        line: event.line,
        count: event.count,
        text: event.text.clone(),
    })
}

/// The incident whose chain holds the event.
fn incident_of(reading: &Reading<'_>, event: &String) -> Option<String> {
    let holds = |incident: &&crate::report::model::Incident| incident.path.contains(event);
    reading.report.incidents.iter().find(holds).map(|incident| incident.id.clone())
}
