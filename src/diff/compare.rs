//! What is the same and what changed. In: two reports. Out: the comparison, incident by incident.

use std::collections::{BTreeMap, BTreeSet};

use crate::report::figures;
use crate::report::model::{Incident, OomKill, Report};
use crate::report::reading;
use crate::wording::{Arg, Language, Text, text};

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
    Diff {
        schema_version: SCHEMA_VERSION,
        held,
        answer,
        before,
        after,
        changes,
        pairs,
        gone,
        new,
        language: Language::default(),
    }
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
    same: Vec<Text>,
}

impl Compared {
    fn note(&mut self, what: &'static str, before: Option<Text>, after: Option<Text>) {
        let what = text(what, []);
        if before.is_none() && after.is_none() {
            return;
        }
        if before == after {
            self.same.push(what);
            return;
        }
        let shown = |value: Option<Text>| value.unwrap_or_else(|| text("none", []));
        self.changes.push(Change { what, before: shown(before), after: shown(after) });
    }
}

/// What is told of an incident, and how; nothing where there is nothing to tell.
type Row = (&'static str, fn(&Known<'_>) -> Option<Text>);

const ROWS: [Row; 12] = [
    ("diff-what-verdict", |known| {
        Some(text("verdict-word", [("verdict", Arg::Case(reading::verdict(known.incident)))]))
    }),
    ("diff-what-first", |known| plain(known.incident.start.clone())),
    ("diff-what-duration", |known| plain(figures::lasted(known.incident.duration_seconds))),
    ("diff-what-failed", failed),
    ("diff-what-statuses", |known| {
        plain(reading::by_status(&known.incident.errors, |count| count.to_string()))
    }),
    ("diff-what-worst", |known| {
        reading::worst(known.incident).map(figures::per_cent).and_then(plain)
    }),
    ("diff-what-routes", |known| {
        let routes = known.incident.routes.iter();
        listed(routes.map(|route| format!("{} {}", route.method, route.path)).filter_map(plain))
    }),
    ("diff-what-upstreams", |known| {
        let upstreams = known.incident.upstreams.iter();
        listed(upstreams.map(|upstream| upstream.address.clone()).filter_map(plain))
    }),
    ("diff-what-kills", |known| match known.kills.len() {
        0 => None,
        kills => plain(kills.to_string()),
    }),
    ("diff-what-victim", |known| {
        let victims = known.kills.iter().map(|kill| victim(kill));
        let victims: BTreeMap<String, Text> =
            victims.map(|victim| (victim.to_string(), victim)).collect();
        listed(victims.into_values())
    }),
    ("diff-what-memory", |known| {
        let held = |kill: &&OomKill| kill.victim.anon_rss_bytes.or(kill.victim.rss_bytes);
        known.kills.iter().filter_map(held).max().map(figures::bytes).and_then(plain)
    }),
    ("diff-what-limit", |known| {
        let limits: BTreeSet<u64> =
            known.kills.iter().filter_map(|kill| kill.limit_bytes).collect();
        listed(limits.into_iter().map(figures::bytes).filter_map(plain))
    }),
];

/// A figure or a name, which is the same in all languages.
fn plain(shown: String) -> Option<Text> {
    (!shown.is_empty()).then(|| text("name", [("name", shown.into())]))
}

fn failed(known: &Known<'_>) -> Option<Text> {
    let failed = reading::failures(known.incident);
    match known.incident.requests {
        requests if requests > 0 && requests >= failed => Some(text(
            "diff-failed-of",
            [("failed", failed.to_string().into()), ("requests", requests.to_string().into())],
        )),
        _ => plain(failed.to_string()),
    }
}

fn victim(kill: &OomKill) -> Text {
    let victim = || (&kill.victim.comm).into();
    match &kill.unit {
        Some(unit) => text("diff-victim-of", [("victim", victim()), ("unit", unit.into())]),
        None => text("name", [("name", victim())]),
    }
}

/// The first few, and how many more.
fn listed(names: impl Iterator<Item = Text>) -> Option<Text> {
    let names: Vec<Text> = names.collect();
    let more = names.len().saturating_sub(SHOWN);
    let list =
        |one: Text, other: Text| text("listed", [("one", one.into()), ("other", other.into())]);
    let shown = names.into_iter().take(SHOWN).reduce(list)?;
    match more {
        0 => Some(shown),
        more => Some(text("names-and-more", [("names", shown.into()), ("more", more.into())])),
    }
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
    let mut count = |what: &'static str, before: String, after: String| {
        compared.note(what, plain(before), plain(after));
    };
    count("diff-what-incidents", before.incidents.to_string(), after.incidents.to_string());
    count("diff-what-failed", before.failures.to_string(), after.failures.to_string());
    count("diff-what-requests", before.requests.to_string(), after.requests.to_string());
    count("diff-what-oom-kills", before.oom_kills.to_string(), after.oom_kills.to_string());
    compared.changes
}
