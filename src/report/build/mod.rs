//! Builds the [`model::Report`] value: numbers the facts it speaks of, puts every sentence beside the lines it rests on, and says what
//! was not seen.

mod chain;
mod ends;
mod incident;
mod met;
mod negatives;
mod patterns;
mod series;
mod symptom;
mod taken;

use std::collections::{BTreeMap, BTreeSet};

use crate::answers::Answers;
use crate::clock::Clocks;
use crate::death::Death;
use crate::diagnose::{BURSTS_MAX, Incident, Verdict, Weighed};
use crate::event::EventKind;
use crate::gap::Gap;
use crate::ingest::Ingested;
use crate::problem::ProblemKind;
use crate::recurrence::Recurrence;
use crate::scene::Class;
use crate::service::Services;
use crate::snapshot::Snapshot;
use crate::source::LineRef;
use crate::stamp::{MINUTE, Micros, SECOND, Stamp, rfc3339};
use crate::suspect::Suspect;
use crate::timeline::{Fact, FactId, Timeline};
use crate::traffic::SAMPLE;
use crate::wording::{Language, text};

use super::model;

/// Least probability of a cause that is told; what only others rest on is not cited.
const TOLD_MIN: f64 = 0.001;

/// Deaths listed; a crash loop of a day has tens of thousands.
const DEATHS_MAX: usize = 500;

/// Uploads cited for a suspect request.
const UPLOADS_MAX: usize = 5;

/// Figures of snapshots listed; a cluster's pods could be thousands.
const CONTEXT_MAX: usize = 500;

/// Everything that a report is made from.
#[derive(Debug)]
pub struct Parts<'a> {
    /// What was read.
    pub ingested: &'a Ingested,
    /// The clocks.
    pub clocks: &'a Clocks,
    /// The facts.
    pub timeline: &'a Timeline,
    /// The deaths.
    pub deaths: &'a [Death],
    /// Failed answers and load.
    pub answers: &'a Answers,
    /// The incidents.
    pub incidents: &'a [Incident<'a>],
    /// Failures outside of incidents.
    pub isolated: &'a BTreeMap<u16, u64>,
    /// The services.
    pub services: &'a Services,
    /// Silence.
    pub gaps: &'a [Gap],
    /// What keeps coming back.
    pub recurrences: &'a [Recurrence],
    /// Suspect requests of each incident.
    pub suspects: &'a [Vec<Suspect>],
}

/// Ids of the facts that the report speaks of.
struct Ids(BTreeMap<FactId, String>);

impl Ids {
    fn of(&self, fact: FactId) -> Option<String> {
        self.0.get(&fact).cloned()
    }

    fn all<'f>(&self, facts: impl IntoIterator<Item = &'f FactId>) -> Vec<String> {
        facts.into_iter().filter_map(|fact| self.of(*fact)).collect()
    }
}

/// Builds the report.
#[must_use]
pub fn report(parts: &Parts<'_>) -> model::Report {
    let ids = number(parts);
    let incidents: Vec<model::Incident> = parts
        .incidents
        .iter()
        .enumerate()
        .map(|(index, incident)| incident::incident(index, incident, parts, &ids))
        .collect();
    let mut approximate = Vec::new();
    let sampled = is_sampled(parts);
    for (index, incident) in parts.incidents.iter().enumerate() {
        if parts.answers.load_step > SECOND {
            approximate.push(format!("/incidents/{index}/requests"));
        }
        if sampled || incident.burst.end - incident.burst.start < 10 * MINUTE {
            // Requests by route are counted by the minute, so the first and last minute hold some from outside.
            approximate.push(format!("/incidents/{index}/routes"));
        }
    }
    if parts.answers.copied > 0 {
        // Lines that stand in two files are taken out of the incidents by the second; the totals by status still hold them.
        approximate.push("/traffic".to_owned());
    } else if sampled {
        approximate.push("/traffic/probes".to_owned());
    }
    let deaths: Vec<model::Death> = parts
        .deaths
        .iter()
        .take(DEATHS_MAX)
        .enumerate()
        .map(|(index, death)| ends::death(index, death, parts))
        .collect();
    if parts.deaths.len() > DEATHS_MAX {
        approximate.push("/deaths".to_owned());
    }
    model::Report {
        schema_version: model::SCHEMA_VERSION,
        tool: model::Tool {
            name: "coroner".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        redaction: super::redact::Level::Off.name().to_owned(),
        bundle: parts
            .ingested
            .given
            .iter()
            .map(|given| model::Bundle {
                name: given.name.clone(),
                sha256: given.sha256.clone(),
                bytes: given.bytes,
                members: given.members,
            })
            .collect(),
        window: window(parts),
        sources: sources(parts),
        traffic: traffic(parts),
        incidents,
        isolated: parts
            .isolated
            .iter()
            .map(|(status, count)| (status.to_string(), *count))
            .collect(),
        oom_kills: ends::oom_kills(parts, &ids),
        deaths,
        events: ids.0.iter().map(|(fact, id)| event(id, parts.timeline.fact(*fact))).collect(),
        gaps: patterns::gaps(parts, &ids),
        recurrences: patterns::recurrences(parts),
        negatives: negatives::negatives(parts),
        data_quality: data_quality(parts),
        series: series::whole(parts.answers),
        approximate,
        context: context(parts),
        language: Language::default(),
    }
}

/// What the snapshots tell, in their order.
fn context(parts: &Parts<'_>) -> Vec<model::StateFact> {
    let sources = parts.ingested.sources.iter().enumerate();
    let facts = sources.flat_map(|(index, source)| {
        let facts = source.snapshot.as_ref().map(Snapshot::facts).unwrap_or_default();
        facts.into_iter().map(move |fact| (index, fact))
    });
    facts
        .take(CONTEXT_MAX)
        .map(|(index, fact)| model::StateFact {
            source: source_id(index),
            line: Some(fact.line).filter(|line| *line > 0),
            what: fact.what.to_owned(),
            subject: fact.subject,
            value: fact.value,
            notable: fact.notable,
        })
        .collect()
}

/// Picks the facts that the report speaks of and numbers them in order of time.
fn number(parts: &Parts<'_>) -> Ids {
    let mut wanted: BTreeSet<FactId> = BTreeSet::new();
    for incident in parts.incidents {
        let best = incident.weighed.first().filter(|_| incident.verdict > Verdict::Unknown);
        if let Some(best) = best {
            wanted.extend(chain::links(incident, best, parts).facts());
        }
        wanted.extend(symptom::of_unknown(incident, parts).and_then(|symptom| symptom.fact));
        let told = |weighed: &&Weighed| weighed.probability >= TOLD_MIN;
        for weighed in incident.weighed.iter().filter(told) {
            wanted.extend(
                weighed
                    .weight
                    .path
                    .iter()
                    .chain(&weighed.weight.supports)
                    .chain(&weighed.weight.contradicts),
            );
        }
        wanted.extend(incident.ruled_out.iter().map(|ruled_out| ruled_out.fact));
        wanted.extend(incident.scene.context());
    }
    wanted.extend(parts.gaps.iter().flat_map(|gap| &gap.facts));
    wanted.extend(
        parts.suspects.iter().flatten().flat_map(|one| one.uploads.iter().take(UPLOADS_MAX)),
    );
    wanted.extend(parts.timeline.of(EventKind::OomKill).map(|(id, _)| id));
    wanted.extend(parts.timeline.of(EventKind::UserspaceOomKill).map(|(id, _)| id));
    Ids(wanted
        .into_iter()
        .enumerate()
        .map(|(index, fact)| (fact, format!("E{}", index + 1)))
        .collect())
}

fn seconds(micros: Micros) -> f64 {
    // Milliseconds are enough for a reader, and keep the text of a float short.
    (micros as f64 / 1000.0).round() / 1000.0
}

fn share(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

fn probability(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

fn time(stamp: Option<Stamp>) -> Option<String> {
    rfc3339(stamp?.at)
}

fn source_id(source: usize) -> String {
    format!("S{}", source + 1)
}

fn lines(witnesses: &[LineRef]) -> Vec<model::Line> {
    witnesses
        .iter()
        .map(|line| model::Line { source: source_id(line.source.0), line: line.line })
        .collect()
}

/// From the first to the last moment of all logs.
fn logged(parts: &Parts<'_>) -> Option<(Micros, Micros)> {
    let spans = parts
        .ingested
        .sources
        .iter()
        .enumerate()
        .filter_map(|(index, source)| parts.clocks.span(index, &source.spans));
    spans.reduce(|(a, b), (c, d)| (a.min(c), b.max(d)))
}

fn window(parts: &Parts<'_>) -> Option<model::Window> {
    let (start, end) = logged(parts)?;
    Some(model::Window { start: rfc3339(start)?, end: rfc3339(end)? })
}

fn sources(parts: &Parts<'_>) -> Vec<model::Source> {
    let list = parts.ingested.sources.iter().enumerate();
    list.map(|(index, source)| {
        let rule = parts.clocks.shown(index, &source.spans);
        let span = parts.clocks.span(index, &source.spans);
        let offset = if rule.offset.abs() <= 15 * 60 * MINUTE { rule.offset } else { 0 };
        model::Source {
            id: source_id(index),
            path: source.path.clone(),
            format: source.format.clone(),
            role: role(index, parts).to_owned(),
            host: source.host.clone(),
            records: source.records,
            unparsed: source.unparsed,
            first: span.and_then(|(first, _)| rfc3339(first)),
            last: span.and_then(|(_, last)| rfc3339(last)),
            clock: model::Clock {
                basis: rule.basis.name().to_owned(),
                offset_seconds: seconds(offset),
                sigma_seconds: seconds(rule.sigma),
                evidence: rule.evidence,
            },
            taken_because: taken::why(source),
            first_unparsed: source.first_unparsed.clone(),
        }
    })
    .collect()
}

/// Which part a file plays, found from what is in it.
fn role(index: usize, parts: &Parts<'_>) -> &'static str {
    let source = &parts.ingested.sources[index];
    if source.snapshot.is_some() {
        return "snapshot";
    }
    if parts.answers.edge.contains(&index) {
        return "edge";
    }
    if source.traffic.as_ref().is_some_and(|traffic| traffic.requests() * 2 > source.records) {
        return "app";
    }
    match source.format.as_str() {
        "nginx-error" => "proxy",
        "kernel" => "kernel",
        "docker-events" | "dockerd" => "container",
        "postgresql" | "redis" | "mysql" | "rabbitmq" => "store",
        format if format.starts_with("journal") || format.starts_with("syslog") => "host",
        "supervisord" => "init",
        _ => "app",
    }
}

/// Whether good requests were sampled for what they asked for.
fn is_sampled(parts: &Parts<'_>) -> bool {
    let edge = parts.answers.edge.iter();
    let mut logs = edge.filter_map(|index| parts.ingested.sources[*index].traffic.as_ref());
    logs.any(|traffic| traffic.sampled)
}

fn traffic(parts: &Parts<'_>) -> Option<model::Traffic> {
    let first = parts.answers.edge.first()?;
    let mut statuses: BTreeMap<String, u64> = BTreeMap::new();
    let mut probes = 0;
    for traffic in parts
        .answers
        .edge
        .iter()
        .filter_map(|index| parts.ingested.sources[*index].traffic.as_ref())
    {
        for (status, requests) in traffic.of_users() {
            *statuses.entry(format!("{status:03}")).or_default() += requests;
        }
        probes += traffic.probes.values().sum::<u64>();
    }
    Some(model::Traffic {
        source: source_id(*first),
        requests: statuses.values().sum(),
        statuses,
        probes,
        sampled_one_in: is_sampled(parts).then_some(SAMPLE),
        hidden_by_retry: parts.answers.hidden,
    })
}

fn event(id: &str, fact: &Fact) -> model::Event {
    let mut attributes: BTreeMap<String, String> =
        fact.event.fields.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let origin = &fact.event.origin;
    let known = [
        ("unit", &origin.unit),
        ("container", &origin.container),
        ("host", &origin.host),
        ("ident", &origin.ident),
    ];
    for (name, value) in known {
        if let Some(value) = value {
            attributes.entry(name.to_owned()).or_insert_with(|| value.clone());
        }
    }
    model::Event {
        id: id.to_owned(),
        time: time(fact.stamp),
        time_sigma_seconds: seconds(fact.stamp.map_or(0, |stamp| stamp.sigma)),
        kind: fact.kind.name().to_owned(),
        source: source_id(fact.event.at.source.0),
        line: fact.event.at.line,
        text: fact.event.text.clone(),
        count: fact.count,
        attributes,
        witnesses: lines(&fact.witnesses),
        lines: Vec::new(),
    }
}

fn data_quality(parts: &Parts<'_>) -> Vec<model::DataQuality> {
    let by_path: BTreeMap<&str, usize> = parts
        .ingested
        .sources
        .iter()
        .enumerate()
        .map(|(index, source)| (source.path.as_str(), index))
        .collect();
    let list = parts.ingested.problems.iter();
    list.map(|problem| model::DataQuality {
        source: by_path
            .get(problem.path.as_str())
            .map_or_else(|| problem.path.clone(), |index| source_id(*index)),
        problem: problem.kind.name().to_owned(),
        detail: problem.detail.clone(),
    })
    .chain(unjudged(parts))
    .collect()
}

/// Says that there were more bursts than are judged.
fn unjudged(parts: &Parts<'_>) -> Option<model::DataQuality> {
    let of = |class| parts.incidents.iter().filter(|one| one.scene.class == class).count();
    let full = [Class::Gateway, Class::Server].into_iter().any(|class| of(class) >= BURSTS_MAX);
    let given = parts.ingested.given.first().filter(|_| full)?;
    Some(model::DataQuality {
        source: given.name.clone(),
        problem: ProblemKind::Limit.name().to_owned(),
        detail: text("bursts-unjudged", [("bursts", BURSTS_MAX.into())]),
    })
}
