//! What is the same and what changed. In: two reports. Out: the comparison, incident by incident.

use std::collections::BTreeSet;

use crate::report::figures;
use crate::report::model::{Incident, OomKill, Report};
use crate::report::reading;

use super::model::{Brief, Change, Diff, Pair, SCHEMA_VERSION, Side};
use super::pairs::{Known, known, pairs};
use super::verdict::held;

/// Routes, upstreams and victims that are named.
const SHOWN: usize = 3;

/// Compares.
#[must_use]
pub fn compare(before: &Report, after: &Report) -> Diff {
    let (own, theirs) = (known(before), known(after));
    let matched = pairs(&own, &theirs);
    let gone = alone(&own, &matched.iter().map(|(place, _)| *place).collect());
    let new = alone(&theirs, &matched.iter().map(|(_, place)| *place).collect());
    let pairs: Vec<Pair> =
        matched.iter().filter_map(|(a, b)| Some(pair(own.get(*a)?, theirs.get(*b)?))).collect();
    let (held, answer) = held((before, after), own.first(), &pairs, &new);
    let (before, after) = (side(before), side(after));
    let changes = in_all(&before, &after);
    Diff { schema_version: SCHEMA_VERSION, held, answer, before, after, changes, pairs, gone, new }
}

fn alone(all: &[Known<'_>], taken: &BTreeSet<usize>) -> Vec<Brief> {
    let left = all.iter().enumerate().filter(|(place, _)| !taken.contains(place));
    left.map(|(_, known)| brief(known.incident)).collect()
}

fn side(report: &Report) -> Side {
    let names: Vec<&str> = report.bundle.iter().map(|bundle| bundle.name.as_str()).collect();
    Side {
        name: names.join(", "),
        start: report.window.as_ref().map(|window| window.start.clone()),
        end: report.window.as_ref().map(|window| window.end.clone()),
        requests: report.traffic.as_ref().map_or(0, |traffic| traffic.requests),
        incidents: report.incidents.len(),
        failures: report.incidents.iter().map(reading::failures).fold(0, u64::saturating_add),
        oom_kills: report.oom_kills.len(),
    }
}

fn brief(incident: &Incident) -> Brief {
    Brief {
        id: incident.id.clone(),
        start: incident.start.clone(),
        cause: incident.cause.clone(),
        verdict: incident.verdict.clone(),
        failures: reading::failures(incident),
        summary: incident.summary.to_string(),
    }
}

/// What is the same and what is not, collected.
#[derive(Default)]
struct Compared {
    changes: Vec<Change>,
    same: Vec<&'static str>,
}

impl Compared {
    fn note(&mut self, what: &'static str, before: String, after: String) {
        if before.is_empty() && after.is_empty() {
            return;
        }
        if before == after {
            self.same.push(what);
            return;
        }
        let shown = |text: String| if text.is_empty() { "none".to_owned() } else { text };
        self.changes.push(Change { what, before: shown(before), after: shown(after) });
    }
}

/// What is told of an incident, and how.
type Row = (&'static str, fn(&Known<'_>) -> String);

const ROWS: [Row; 12] = [
    ("verdict", |known| known.incident.verdict.clone()),
    ("first failure", |known| known.incident.start.clone()),
    ("duration", |known| figures::duration(known.incident.duration_seconds)),
    ("failed requests", failed),
    ("statuses", |known| reading::by_status(&known.incident.errors, |count| count.to_string())),
    ("worst minute", |known| {
        reading::worst(known.incident).map(figures::per_cent).unwrap_or_default()
    }),
    ("routes", |known| {
        let routes = known.incident.routes.iter();
        listed(routes.map(|route| format!("{} {}", route.method, route.path)))
    }),
    ("upstreams", |known| {
        listed(known.incident.upstreams.iter().map(|upstream| upstream.address.clone()))
    }),
    ("kills", |known| match known.kills.len() {
        0 => String::new(),
        kills => kills.to_string(),
    }),
    ("victim", |known| {
        let victims: BTreeSet<String> = known.kills.iter().map(|kill| victim(kill)).collect();
        listed(victims.into_iter())
    }),
    ("victim's memory", |known| {
        let held = |kill: &&OomKill| kill.victim.anon_rss_bytes.or(kill.victim.rss_bytes);
        known.kills.iter().filter_map(held).max().map(figures::bytes).unwrap_or_default()
    }),
    ("memory limit", |known| {
        let limits: BTreeSet<u64> =
            known.kills.iter().filter_map(|kill| kill.limit_bytes).collect();
        listed(limits.into_iter().map(figures::bytes))
    }),
];

fn failed(known: &Known<'_>) -> String {
    let failed = reading::failures(known.incident);
    match known.incident.requests {
        requests if requests > 0 && requests >= failed => format!("{failed} of {requests}"),
        _ => failed.to_string(),
    }
}

fn victim(kill: &OomKill) -> String {
    let unit = kill.unit.as_ref().map(|unit| format!(" of {unit}")).unwrap_or_default();
    format!("{}{unit}", kill.victim.comm)
}

/// The first few, and how many more.
fn listed(names: impl Iterator<Item = String>) -> String {
    let mut names: Vec<String> = names.collect();
    let more = names.len().saturating_sub(SHOWN);
    names.truncate(SHOWN);
    if more > 0 {
        names.push(format!("and {more} more"));
    }
    names.join(", ")
}

fn pair(before: &Known<'_>, after: &Known<'_>) -> Pair {
    let mut compared = Compared::default();
    for (what, tell) in ROWS {
        compared.note(what, tell(before), tell(after));
    }
    Pair {
        before: brief(before.incident),
        after: brief(after.incident),
        shared: before.names.intersection(&after.names).cloned().collect(),
        changes: compared.changes,
        same: compared.same,
    }
}

fn in_all(before: &Side, after: &Side) -> Vec<Change> {
    let mut compared = Compared::default();
    compared.note("incidents", before.incidents.to_string(), after.incidents.to_string());
    compared.note("failed requests", before.failures.to_string(), after.failures.to_string());
    compared.note("requests", before.requests.to_string(), after.requests.to_string());
    compared.note("OOM kills", before.oom_kills.to_string(), after.oom_kills.to_string());
    compared.changes
}
