//! What stands in the timeline picture and on which lane: kills, deaths, starts, stops, and the other events of the report.
//! In: a report and a stretch of time. Out: lanes of marks. Why: a lane is a process, container or host, so that what happened
//! to one thing stands in one row. Must never show one fact twice: a kill, its death and their lines are one mark.

use std::collections::{BTreeMap, BTreeSet};

use crate::report::figures;
use crate::report::model::{Death, Event, Incident, Line, OomKill};
use crate::report::reading::Reading;
use crate::report::victims;
use crate::wording::Language;

/// Lanes shown; those without a part in the cause come last and are left out first.
const LANES_MAX: usize = 10;
/// A kill and the death it caused are told within this time, in milliseconds.
const SAME_MILLIS: i64 = 10_000;
/// Longest line quoted with a mark, in characters.
const QUOTE_MAX: usize = 300;

/// What a mark stands for; each has a shape of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// An OOM kill.
    Kill,
    /// A process, worker or container ended.
    Death,
    /// Something stopped or was told to.
    Stop,
    /// Something started.
    Start,
    /// Any other line that the report cites.
    Line,
}

impl Kind {
    /// The message that names it, in the legend and for a screen reader.
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::Kill => "mark-kill",
            Self::Death => "mark-death",
            Self::Stop => "mark-stop",
            Self::Start => "mark-start",
            Self::Line => "mark-line",
        }
    }

    /// CSS class.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Death => "death",
            Self::Stop => "stop",
            Self::Start => "start",
            Self::Line => "line",
        }
    }
}

/// One fact in the picture.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    /// `K1`, `D1` or `E1`.
    pub(super) id: String,
    /// The entry of the evidence it leads to.
    pub(super) anchor: String,
    pub(super) kind: Kind,
    /// Why it is no part of an incident's cause, by a message: drawn hollow.
    pub(super) apart: Option<&'static str>,
    /// Milliseconds since 1970.
    pub(super) at: i64,
    /// One standard deviation in milliseconds.
    pub(super) sigma: f64,
    /// What happened, in a few words.
    pub(super) words: String,
    /// Where it is written, and the line.
    pub(super) quote: String,
}

impl Mark {
    /// Kind and standing in words.
    pub(super) fn what(&self, language: Language) -> String {
        let kind = language.say(self.kind.message(), []);
        match self.apart {
            Some(why) => format!("{kind} ({})", language.say(why, [])),
            None => kind,
        }
    }
}

/// One row of marks.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) name: String,
    /// In order of time.
    pub(super) marks: Vec<Mark>,
}

/// The lanes between two times, root cause first, and how many were left out.
pub(super) fn lanes(
    reading: &Reading<'_>,
    focus: Option<&Incident>,
    from: i64,
    to: i64,
) -> (Vec<Lane>, usize) {
    let lanes = by_lane(reading, |at| (from..=to).contains(&at));
    let path: &[String] = focus.map_or(&[], |incident| &incident.path);
    let part = |lane: &Lane| {
        let in_path = |mark: &Mark| path.iter().position(|id| *id == mark.anchor);
        lane.marks.iter().filter_map(in_path).min().unwrap_or(usize::MAX)
    };
    let gravest = |lane: &Lane| lane.marks.iter().map(|mark| mark.kind).min();
    let mut lanes: Vec<Lane> = lanes;
    lanes.sort_by_key(|lane| {
        (part(lane), gravest(lane), lane.marks.first().map(|mark| mark.at), lane.name.clone())
    });
    let left_out = lanes.len().saturating_sub(LANES_MAX);
    lanes.truncate(LANES_MAX);
    (lanes, left_out)
}

/// All kills, deaths and boots as one lane, for a long stretch of time.
pub(super) fn ends(reading: &Reading<'_>) -> Vec<Mark> {
    let lanes = by_lane(reading, |_| true);
    let mut marks: Vec<Mark> = lanes
        .into_iter()
        .flat_map(|lane| lane.marks)
        .filter(|mark| matches!(mark.kind, Kind::Kill | Kind::Death))
        .collect();
    marks.sort_by_key(|mark| mark.at);
    marks
}

fn by_lane(reading: &Reading<'_>, wanted: impl Fn(i64) -> bool) -> Vec<Lane> {
    let report = reading.report;
    let names = Names::of(reading);
    let mut told: BTreeSet<&str> = BTreeSet::new();
    let mut lanes: BTreeMap<String, Vec<Mark>> = BTreeMap::new();
    let mut add = |lane: String, mark: Mark| lanes.entry(lane).or_default().push(mark);
    for kill in &report.oom_kills {
        told.insert(&kill.event);
        if let Some(mark) = kill_mark(reading, kill).filter(|mark| wanted(mark.at)) {
            add(names.of_kill(kill), mark);
        }
    }
    for death in &report.deaths {
        let mut lines: Vec<&Event> =
            report.events.iter().filter(|event| is_told_by(event, &death.witnesses)).collect();
        let is_in_path = |event: &Event| {
            report.incidents.iter().any(|incident| incident.path.contains(&event.id))
        };
        lines.sort_by_key(|event| !is_in_path(event));
        let is_killed = |kill: &OomKill| {
            kill.victim.pid.is_some()
                && kill.victim.pid == death.pid
                && are_near(&kill.time, &death.time)
        };
        told.extend(lines.iter().map(|event| event.id.as_str()));
        if report.oom_kills.iter().any(is_killed) {
            continue;
        }
        if let Some(mark) =
            death_mark(reading, death, lines.first().copied()).filter(|mark| wanted(mark.at))
        {
            add(names.of_death(death), mark);
        }
    }
    for event in report.events.iter().filter(|event| !told.contains(event.id.as_str())) {
        if let Some(mark) = event_mark(reading, event).filter(|mark| wanted(mark.at)) {
            add(names.of_event(event), mark);
        }
    }
    // What one incident rules out may be the cause of another.
    let told = |incident: &'_ Incident| -> Vec<String> {
        let supports = incident.causes.first().map_or(&[][..], |cause| &cause.supports);
        incident.path.iter().chain(supports).cloned().collect()
    };
    let in_paths: BTreeSet<String> = report.incidents.iter().flat_map(told).collect();
    let ruled_out: BTreeSet<&str> = report
        .incidents
        .iter()
        .flat_map(|incident| &incident.ruled_out)
        .map(|other| other.event.as_str())
        .filter(|event| !in_paths.contains(*event))
        .collect();
    for mark in lanes.values_mut().flatten() {
        if ruled_out.contains(mark.anchor.as_str()) {
            mark.apart = Some("mark-ruled-out");
        }
    }
    let in_order = |(name, mut marks): (String, Vec<Mark>)| {
        marks.sort_by(|a, b| (a.at, a.kind, &a.id).cmp(&(b.at, b.kind, &b.id)));
        Lane { name, marks }
    };
    lanes.into_iter().map(in_order).collect()
}

fn is_told_by(event: &Event, lines: &[Line]) -> bool {
    lines.iter().any(|line| line.source == event.source && line.line == event.line)
}

fn are_near(one: &Option<String>, other: &Option<String>) -> bool {
    let millis = |time: &Option<String>| time.as_deref().and_then(figures::epoch_millis);
    millis(one).zip(millis(other)).is_some_and(|(one, other)| (one - other).abs() <= SAME_MILLIS)
}

/// By the names of the event kinds.
fn kind_of(kind: &str) -> Kind {
    const STARTS: [&str; 8] =
        ["started", "starting", "listening", "ready", "boot", "booted", "reloaded", "created"];
    const STOPS: [&str; 9] = [
        "stopping",
        "stopped",
        "exited",
        "shutdown",
        "died",
        "killed",
        "destroyed",
        "suspend",
        "forced",
    ];
    match kind.rsplit('-').next().unwrap_or(kind) {
        last if STARTS.contains(&last) => Kind::Start,
        last if STOPS.contains(&last) => Kind::Stop,
        _ => Kind::Line,
    }
}

fn kill_mark(reading: &Reading<'_>, kill: &OomKill) -> Option<Mark> {
    let event = reading.events(std::iter::once(&kill.event)).first().copied();
    let words = victims::kill_words(reading.report.language, kill, kill.limit_bytes);
    Some(Mark {
        id: kill.id.clone(),
        anchor: kill.event.clone(),
        kind: Kind::Kill,
        apart: kill.incident.is_none().then(|| {
            let unfelt = kill.time.as_deref().is_some_and(|time| reading.was_quiet(time));
            if unfelt { "mark-unfelt" } else { "legend-unrelated" }
        }),
        at: figures::epoch_millis(kill.time.as_deref()?)?,
        sigma: millis(kill.time_sigma_seconds),
        words,
        quote: event.map(|event| quote(reading, event)).unwrap_or_default(),
    })
}

fn death_mark(reading: &Reading<'_>, death: &Death, line: Option<&Event>) -> Option<Mark> {
    let place = || {
        death
            .witnesses
            .first()
            .map(|line| reading.place(&line.source, line.line))
            .unwrap_or_default()
    };
    Some(Mark {
        id: death.id.clone(),
        anchor: line.map_or_else(|| death.id.clone(), |event| event.id.clone()),
        kind: Kind::Death,
        apart: None,
        at: figures::epoch_millis(death.time.as_deref()?)?,
        sigma: millis(death.time_sigma_seconds),
        words: victims::death_words(reading.report.language, death),
        quote: line.map_or_else(place, |event| quote(reading, event)),
    })
}

fn event_mark(reading: &Reading<'_>, event: &Event) -> Option<Mark> {
    let kind = event.kind.replace('-', " ");
    let words = if event.count > 1 {
        format!("{kind}, {}", reading.say("times", [("times", event.count.into())]))
    } else {
        kind
    };
    Some(Mark {
        id: event.id.clone(),
        anchor: event.id.clone(),
        kind: kind_of(&event.kind),
        apart: None,
        at: figures::epoch_millis(event.time.as_deref()?)?,
        sigma: millis(event.time_sigma_seconds),
        words,
        quote: quote(reading, event),
    })
}

fn millis(seconds: f64) -> f64 {
    if seconds.is_finite() { seconds.max(0.0) * 1_000.0 } else { 0.0 }
}

fn quote(reading: &Reading<'_>, event: &Event) -> String {
    let text: String = event.text.chars().take(QUOTE_MAX).collect();
    format!("{}\n{text}", reading.place(&event.source, event.line))
}

/// Names of lanes: containers by their name where any event tells it, and with the host where there are several.
struct Names<'a> {
    reading: &'a Reading<'a>,
    containers: BTreeMap<String, &'a str>,
    several_hosts: bool,
}

impl<'a> Names<'a> {
    fn of(reading: &'a Reading<'a>) -> Self {
        let mut containers = BTreeMap::new();
        for event in &reading.report.events {
            let attributes = &event.attributes;
            if let Some((id, name)) = attributes.get("container").zip(attributes.get("name")) {
                containers.insert(short(id), name.as_str());
            }
        }
        let sources = &reading.report.sources;
        let hosts: BTreeSet<&str> =
            sources.iter().filter_map(|source| source.host.as_deref()).collect();
        Self { reading, containers, several_hosts: hosts.len() > 1 }
    }

    fn on_host(&self, host: Option<&str>, name: String) -> String {
        match host {
            Some(host) if self.several_hosts && name != host => format!("{host}: {name}"),
            _ => name,
        }
    }

    fn container(&self, id: &str) -> String {
        let id = short(id);
        self.containers.get(&id).map_or(id, |name| (*name).to_owned())
    }

    fn of_kill(&self, kill: &OomKill) -> String {
        let name = match (&kill.container_id, &kill.unit) {
            (Some(id), _) => self.container(id),
            (None, Some(unit)) => unit.clone(),
            (None, None) => kill.victim.comm.clone(),
        };
        self.on_host(kill.host.as_deref(), name)
    }

    fn of_death(&self, death: &Death) -> String {
        let source = death.witnesses.first().map(|line| line.source.as_str());
        let host = self.reading.report.sources.iter().find(|own| Some(own.id.as_str()) == source);
        let name = match (&death.container, &death.unit) {
            (Some(id), _) => self.container(id),
            (None, Some(unit)) => unit.clone(),
            (None, None) => death.process.clone(),
        };
        self.on_host(host.and_then(|source| source.host.as_deref()), name)
    }

    fn of_event(&self, event: &Event) -> String {
        let field = |name: &str| {
            event.attributes.get(name).map(String::as_str).filter(|value| !value.is_empty())
        };
        let of_host = event.kind.starts_with("host-") || event.kind.starts_with("kernel-");
        let name = match (field("container"), field("name"), field("unit"), field("host")) {
            (_, _, _, Some(host)) if of_host => host.to_owned(),
            (Some(id), _, _, _) => self.container(id),
            (None, Some(name), None, _) if event.kind.starts_with("container-") => name.to_owned(),
            (None, _, Some(unit), _) => unit.to_owned(),
            (None, _, None, _) => self.of_source(event),
        };
        self.on_host(field("host"), name)
    }

    /// The file, by its last parts.
    fn of_source(&self, event: &Event) -> String {
        let path = self.reading.path(&event.source);
        let parts: Vec<&str> = path.rsplit('/').take(2).collect();
        parts.into_iter().rev().collect::<Vec<_>>().join("/")
    }
}

/// A container id as docker abbreviates it; names stay.
fn short(id: &str) -> String {
    let is_id = id.len() > 12 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_id { id.get(..12).unwrap_or(id).to_owned() } else { id.to_owned() }
}
