//! What was looked for and not found, or found: "no OOM kill" is an answer only where a log that covers the moment is silent. In: an
//! incident and all that was read. Out: claims with what they rest on. Must never deny a kill that the report tells elsewhere.

use crate::death::Why;
use crate::diagnose::{Incident, Verdict};
use crate::event::EventKind;
use crate::ingest::Source;
use crate::problem::{Problem, ProblemKind};
use crate::scene::{LEAD, Observed, TAIL};
use crate::service::Join;
use crate::stamp::rfc3339;
use crate::timeline::{Fact, FactId};
use crate::wording::{Text, text};

use super::super::{figures, model};
use super::Parts;

/// The line that tells of an OOM kill of a failing service, or of what it needs: the kernel's, that of a killer in user space, of systemd
/// or of the container's runtime.
fn told(incident: &Incident<'_>) -> Option<FactId> {
    let scene = &incident.scene;
    let by_kernel = scene.kills.iter().find(|kill| kill.join >= Join::Comm).map(|kill| kill.fact);
    let mut best = incident.weighed.first().filter(|_| incident.verdict > Verdict::Unknown);
    best = best.filter(|best| best.cause.name.starts_with("oom_kill") && best.weight.direct);
    let of_cause = || best.and_then(|best| best.weight.path.first().copied());
    let stores = scene.stores_in_use();
    let near = |death: &&&crate::death::Death| {
        death.at().is_some_and(|at| (scene.start - LEAD..=scene.end + TAIL).contains(&at))
    };
    let needed = |death: &&&crate::death::Death| {
        death.service.is_some_and(|id| scene.failing.contains(&id) || stores.contains(&id))
    };
    let died = || {
        let mut killed = scene.deaths.iter().filter(|death| death.why == Why::OomKill);
        let death = killed.find(|death| near(death) && needed(death))?;
        death.facts.first().copied()
    };
    let says = |fact: &Fact| match fact.kind {
        EventKind::UnitOomKilled | EventKind::ContainerOom => true,
        EventKind::UnitFailed => fact.field("result") == Some("oom-kill"),
        _ => false,
    };
    let of_needed = |fact: &Fact| {
        scene.is_failing(fact)
            || scene.services.of_fact(fact).is_some_and(|service| stores.contains(&service))
    };
    let by_others = || {
        let mut told = scene.near().filter(|(_, fact)| says(fact) && of_needed(fact));
        told.next().map(|(id, _)| id)
    };
    by_kernel.or_else(of_cause).or_else(died).or_else(by_others)
}

/// A kill near the incident of a database or cache of which no line tells whether the failing service needs it.
fn of_a_store(incident: &Incident<'_>) -> Option<FactId> {
    let scene = &incident.scene;
    let is_store = |id: &FactId| {
        let fact = scene.timeline.fact(*id);
        let comm = fact.oom().map(|oom| oom.victim.comm.as_str()).or(fact.field("comm"));
        comm.is_some_and(|comm| scene.services.is_store(comm))
    };
    let kinds = [EventKind::OomKill, EventKind::UserspaceOomKill];
    scene.near_of(&kinds).map(|(id, _)| id).find(is_store)
}

/// A message that cites the line of a fact.
fn at_line(id: &'static str, fact: FactId, parts: &Parts<'_>) -> Text {
    let at = parts.timeline.fact(fact).event.at;
    let path = &parts.ingested.sources[at.source.0].path;
    text(id, [("path", path.into()), ("line", at.line.into())])
}

/// What a log of the kernel that covers an incident holds. A ring says nothing after its last line, if nothing happened.
fn covered(parts: &Parts<'_>, source: usize, incident: &Incident<'_>) -> Text {
    let log = &parts.ingested.sources[source];
    let path = || ("path", (&log.path).into());
    let ring = log.kernel.as_ref().is_some_and(|kernel| kernel.ring);
    let span = parts.clocks.span(source, &log.spans).filter(|_| ring);
    match span.filter(|(_, to)| *to < incident.scene.start).and_then(|(from, _)| rfc3339(from)) {
        Some(from) => {
            let time = figures::moment(&from, "");
            text("kernel-ring-covers", [path(), ("time", time.into())])
        }
        None => text("kernel-covers", [path()]),
    }
}

/// Why a log may lack lines: what it does not tell may have stood there.
fn lost(parts: &Parts<'_>, path: &str) -> Option<Text> {
    let own = |problem: &&Problem| problem.path == path && problem.kind.loses_bytes();
    if parts.ingested.problems.iter().any(|problem| own(&problem)) {
        return Some(text("log-not-whole", [("path", path.into())]));
    }
    around_lost(parts, path)
}

/// As [`lost`], for damage of the archive around the log: a wrong checksum does not tell which of its members are wrong.
fn around_lost(parts: &Parts<'_>, path: &str) -> Option<Text> {
    let given = &parts.ingested.given;
    let holds = |archive: &str| match path.strip_prefix(archive) {
        Some(rest) => rest.starts_with('/'),
        None => given.len() == 1 && given.iter().any(|bundle| bundle.name == archive),
    };
    let mut problems = parts.ingested.problems.iter();
    problems
        .any(|problem| problem.kind == ProblemKind::Damaged && holds(&problem.path))
        .then(|| text("archive-not-whole", [("path", path.into())]))
}

pub(super) fn negatives(parts: &Parts<'_>) -> Vec<model::Negative> {
    let mut list = Vec::new();
    let kills = parts.timeline.of(EventKind::OomKill).count();
    for (index, incident) in parts.incidents.iter().enumerate() {
        let claim = text("claim-no-kill-around", [("incident", format!("I{}", index + 1).into())]);
        let (state, why) = match (told(incident), incident.scene.kernel()) {
            (Some(kill), _) => ("false", at_line("kill-told", kill, parts)),
            (None, Observed::Covered(source)) => match of_a_store(incident) {
                Some(kill) => ("unknown", at_line("kill-of-a-store", kill, parts)),
                None => match around_lost(parts, &parts.ingested.sources[source].path) {
                    Some(why) => ("unknown", why),
                    None => ("true", covered(parts, source, incident)),
                },
            },
            (None, Observed::NotObservable(why)) => ("unknown", why),
        };
        list.push(model::Negative { claim, state: state.to_owned(), why });
    }
    if parts.incidents.is_empty() {
        let is_whole = |source: &&Source| lost(parts, &source.path).is_none();
        let of_kernel = || parts.ingested.sources.iter().filter(|source| source.kernel.is_some());
        let kernel = of_kernel().find(is_whole).or_else(|| of_kernel().next());
        let (state, why) = match (kills, kernel) {
            (0, Some(source)) => match lost(parts, &source.path) {
                Some(why) => ("unknown", why),
                None => ("true", text("kernel-no-kill", [("path", (&source.path).into())])),
            },
            (0, None) => ("unknown", text("kernel-none", [])),
            (_, _) => ("false", text("kernel-kills", [("kills", kills.into())])),
        };
        list.push(model::Negative {
            claim: text("claim-no-kill", []),
            state: state.to_owned(),
            why,
        });
        let failed: u64 = parts.isolated.values().sum();
        let mut edge = parts.answers.edge.iter().map(|index| &parts.ingested.sources[*index].path);
        let cut = edge.find_map(|path| lost(parts, path));
        let (state, why) = match (parts.answers.edge.first(), cut) {
            (Some(_), _) if unserved(parts).is_some() => {
                ("unknown", unserved(parts).unwrap_or_default())
            }
            (Some(_), Some(why)) => ("unknown", why),
            (Some(source), None) => (
                "true",
                text(
                    "access-no-burst",
                    [
                        ("path", (&parts.ingested.sources[*source].path).into()),
                        ("failed", failed.into()),
                    ],
                ),
            ),
            (None, _) => ("unknown", text("access-none", [])),
        };
        list.push(model::Negative {
            claim: text("claim-no-burst", []),
            state: state.to_owned(),
            why,
        });
    }
    let unexplained = parts.deaths.iter().filter(|death| death.why == Why::Unknown).count();
    if unexplained > 0 {
        list.push(model::Negative {
            claim: text("claim-ends-explained", []),
            state: "false".to_owned(),
            why: text("ends-unexplained", [("ends", unexplained.into())]),
        });
    }
    list
}

/// What a proxy tells of clients that it could not serve, and whom its access log does not name among the failed.
fn unserved(parts: &Parts<'_>) -> Option<Text> {
    let kinds = [EventKind::ProxyLimit, EventKind::UpstreamTruncated];
    let told = || {
        let facts = parts.timeline.iter().map(|(_, fact)| fact);
        facts.filter(|fact| kinds.contains(&fact.kind))
    };
    let at = told().next()?.event.at;
    let count: u64 = told().map(|fact| fact.count).sum();
    let path = &parts.ingested.sources[at.source.0].path;
    let args = [("path", path.into()), ("line", at.line.into()), ("count", count.into())];
    Some(text("proxy-unserved", args))
}
