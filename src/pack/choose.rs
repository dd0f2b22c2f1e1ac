//! Which events and lines go into a capsule. In: everything that was read, and how much may go in. Out: for each source the events that
//! must be raised again, and the lines that are asked for. Must never leave out a cited line.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use crate::cited;
use crate::event::{Event, EventKind, Origin};
use crate::ingest::Source;
use crate::report::model::Report;
use crate::stamp::{ClockKind, MINUTE, Micros};

use super::{Level, Parts};

/// Most lines of a kill's report that go in: a task table has a line for each process, and journald ten or more for each of them.
const OOM_REPORT_LINES: u64 = 15_000;
/// Lines after it: the reaper's word.
const OOM_AFTER: u64 = 2;
/// First lines of a log by which the form of its requests is known.
const OPENING_LINES: u64 = 20;
/// Failed requests that are shown, of each status and upstream.
const FAILED_SHOWN: usize = 3;
/// Failed requests that are shown in all.
const FAILED_SHOWN_MAX: usize = 60;

/// What goes in of one source.
#[derive(Debug, Clone, Default)]
pub(super) struct Choice<'a> {
    /// Events that its lines must raise.
    pub(super) events: Vec<&'a Event>,
    /// By line and kind: events like it, of the same step of time, that it stands for too.
    pub(super) more: BTreeMap<(u64, EventKind), u64>,
    /// Lines that are wanted whatever they raise.
    pub(super) lines: BTreeSet<u64>,
    /// A snapshot, to be taken whole.
    pub(super) whole: bool,
}

/// What goes in of all sources.
#[derive(Debug)]
pub(super) struct Chosen<'a> {
    pub(super) sources: Vec<Choice<'a>>,
    /// Events that do not.
    pub(super) left_out: u64,
}

/// Chooses.
pub(super) fn events<'a>(parts: &Parts<'a>, level: &Level) -> Chosen<'a> {
    let cited = cited_lines(parts.report);
    let mut left_out = 0;
    let sources = parts.ingested.sources.iter().enumerate();
    let sources = sources
        .map(|(index, source)| {
            let cited = cited.get(&index).cloned().unwrap_or_default();
            let (choice, left) = of_source(source, &cited, parts, level);
            left_out += left;
            choice
        })
        .collect();
    Chosen { sources, left_out }
}

fn of_source<'a>(
    source: &'a Source,
    cited: &BTreeSet<u64>,
    parts: &Parts<'a>,
    level: &Level,
) -> (Choice<'a>, u64) {
    let mut choice = Choice::default();
    if source.snapshot.is_some() {
        choice.whole = source.lines <= level.snapshot_lines || !cited.is_empty();
        if choice.whole {
            choice.events = source.events.iter().map(AsRef::as_ref).collect();
        }
        let left_out = if choice.whole { 0 } else { source.events.len() as u64 };
        return (choice, left_out);
    }
    let mut of_kind: BTreeMap<EventKind, usize> = BTreeMap::new();
    for event in &source.events {
        *of_kind.entry(event.kind).or_default() += 1;
    }
    let mut left_out = 0;
    let mut alike: BTreeMap<Alike<'_>, u64> = BTreeMap::new();
    for event in &source.events {
        // As the reader does it where there are too many: equal ones of a step of time are one with a count.
        let may_merge = level.tables.away
            && event.kind != EventKind::OomKill
            && !cited.contains(&event.at.line);
        if may_merge {
            let step = if is_near(parts, event, level.near) { level.near_step } else { MINUTE };
            let time = event.stamp.map(|stamp| (stamp.clock, stamp.at - stamp.at.rem_euclid(step)));
            let upstream = event.fields.get("upstream");
            let first = alike.entry((event.kind, time, &event.origin, upstream));
            let first = *first.or_insert(event.at.line);
            if first != event.at.line {
                *choice.more.entry((first, event.kind)).or_default() += event.count;
                continue;
            }
        }
        let rare = of_kind.get(&event.kind).is_none_or(|events| *events <= level.rare);
        if rare || cited.contains(&event.at.line) || is_near(parts, event, level.near) {
            choice.events.push(event);
            choice.lines.insert(event.at.line);
            if event.kind == EventKind::OomKill {
                choice.lines.extend(oom_report(event));
            }
        } else {
            left_out += 1;
        }
    }
    for line in cited {
        cited::around(&mut choice.lines, *line, level.context, level.context);
    }
    choice.lines.extend(failed(source));
    // The first and the last line show what the log covers.
    choice.lines.insert(1);
    choice.lines.insert(source.lines.max(1));
    if source.traffic.is_some() && !source.events.is_empty() {
        choice.lines.extend(1..=OPENING_LINES);
    }
    choice.lines.retain(|line| (1..=source.lines).contains(line));
    (choice, left_out)
}

/// The lines of the report that a kill ends, and the reaper's word behind it.
fn oom_report(kill: &Event) -> RangeInclusive<u64> {
    let from = kill.oom.as_ref().and_then(|oom| oom.report_line).unwrap_or(kill.at.line);
    let earliest = kill.at.line.saturating_sub(OOM_REPORT_LINES);
    from.clamp(earliest, kill.at.line)..=kill.at.line.saturating_add(OOM_AFTER)
}

/// What events of a step of time have in common that count as one.
type Alike<'a> = (EventKind, Option<(ClockKind, Micros)>, &'a Origin, Option<&'a str>);

/// Lines of failed requests: the first ones of each kind.
fn failed(source: &Source) -> Vec<u64> {
    let mut shown: BTreeMap<(u16, &str), usize> = BTreeMap::new();
    let failures = source.traffic.iter().flat_map(|traffic| &traffic.failures);
    failures
        .filter(|(key, _)| {
            let shown = shown.entry((key.status, key.upstream.as_str())).or_default();
            *shown += 1;
            *shown <= FAILED_SHOWN
        })
        .map(|(_, count)| count.line)
        .take(FAILED_SHOWN_MAX)
        .collect()
}

fn is_near(parts: &Parts<'_>, event: &Event, near: Option<Micros>) -> bool {
    let Some(near) = near.filter(|_| !parts.incidents.is_empty()) else { return true };
    let Some(at) = parts.clocks.event(event).map(|stamp| stamp.at) else { return true };
    is_within(parts, at, near)
}

/// Whether an incident is at most this far from a moment in UTC.
pub(super) fn is_within(parts: &Parts<'_>, at: Micros, near: Micros) -> bool {
    parts
        .incidents
        .iter()
        .any(|(start, end)| (start.saturating_sub(near)..=end.saturating_add(near)).contains(&at))
}

/// Lines that the report names, by source.
fn cited_lines(report: &Report) -> BTreeMap<usize, BTreeSet<u64>> {
    let mut lines: BTreeMap<usize, BTreeSet<u64>> = BTreeMap::new();
    let of_events = report.events.iter().flat_map(|event| &event.witnesses);
    let of_kills = report.oom_kills.iter().flat_map(|kill| &kill.witnesses);
    let of_deaths = report.deaths.iter().flat_map(|death| &death.witnesses);
    let suspects = report.incidents.iter().flat_map(|incident| &incident.suspect_requests);
    let of_suspects = suspects.flat_map(|suspect| &suspect.witnesses);
    for line in of_events.chain(of_kills).chain(of_deaths).chain(of_suspects) {
        let number = line.source.strip_prefix('S').and_then(|number| number.parse::<usize>().ok());
        if let Some(index) = number.and_then(|number| number.checked_sub(1)) {
            lines.entry(index).or_default().insert(line.line);
        }
    }
    lines
}
