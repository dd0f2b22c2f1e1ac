//! What the proxy met, where the bundle does not say why: a reader who learns nothing else learns where to look. In: an incident. Out: the
//! proxy's commonest words with their number, place and line. Must never sound like a cause: it is told as what was seen.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::answers::Failure;
use crate::diagnose::{Incident, Verdict};
use crate::event::EventKind;
use crate::scene::Class;
use crate::stamp::SECOND;
use crate::timeline::FactId;
use crate::wording::{Arg, Text, text};

use super::super::{figures, model};
use super::{Ids, Parts};

/// What most of the failures showed themselves by.
#[derive(Debug)]
pub(super) struct Symptom {
    /// A clause.
    pub text: Text,
    /// The first line that shows it, where it is an event of its own.
    pub fact: Option<FactId>,
}

/// The symptom of an incident of which the bundle does not say why.
pub(super) fn of_unknown(incident: &Incident<'_>, parts: &Parts<'_>) -> Option<Symptom> {
    (incident.verdict == Verdict::Unknown).then(|| symptom(incident, parts)).flatten()
}

/// What the proxy says of most failures; what its access log tells where it says nothing.
fn symptom(incident: &Incident<'_>, parts: &Parts<'_>) -> Option<Symptom> {
    let scene = &incident.scene;
    if scene.class == Class::Server {
        return by_access_log(incident, parts);
    }
    let most = scene.signature.iter().max_by_key(|(kind, count)| (**count, Reverse(**kind)));
    let Some((kind, count)) = most.filter(|(_, count)| **count > 0) else {
        return by_access_log(incident, parts);
    };
    let mut told = scene.timeline.between(scene.start - 2 * SECOND, scene.end + 2 * SECOND);
    let first = told.find(|(_, fact)| fact.kind == *kind).map(|(id, _)| id);
    let line = match first {
        Some(id) => parts.timeline.fact(id).event.at,
        None => return by_access_log(incident, parts),
    };
    let place = place(incident, *kind);
    let path = &parts.ingested.sources[line.source.0].path;
    let args = [
        ("shown", figures::grouped(*count).into()),
        ("kind", Arg::Case(kind.name())),
        ("words", kind.name().replace('-', " ").into()),
        ("place-known", Arg::Case(if place.is_some() { "yes" } else { "no" })),
        ("place", place.unwrap_or_default().into()),
        ("path", path.into()),
        ("line", line.line.into()),
    ];
    Some(Symptom { text: text("symptom-proxy", args), fact: first })
}

/// Where the proxy met it most often.
fn place(incident: &Incident<'_>, kind: EventKind) -> Option<String> {
    let scene = &incident.scene;
    let mut places: BTreeMap<&str, u64> = BTreeMap::new();
    let near = scene.timeline.between(scene.start - 2 * SECOND, scene.end + 2 * SECOND);
    for (_, fact) in near.filter(|(_, fact)| fact.kind == kind) {
        *places.entry(fact.field("upstream").unwrap_or_default()).or_default() += fact.count;
    }
    let most = places.into_iter().max_by_key(|(place, count)| (*count, Reverse(*place)))?;
    Some(most.0.trim_end_matches(':').to_owned()).filter(|place| !place.is_empty())
}

/// The failed answers as the access log has them: by status, upstream, and how long they took.
fn by_access_log(incident: &Incident<'_>, parts: &Parts<'_>) -> Option<Symptom> {
    let scene = &incident.scene;
    let mut groups: BTreeMap<(u16, &str), Vec<&Failure>> = BTreeMap::new();
    for failure in &scene.failures {
        let key = (failure.key.status, failure.key.upstream.as_str());
        groups.entry(key).or_default().push(failure);
    }
    let answers =
        |group: &[&Failure]| group.iter().map(|failure| failure.count.answers).sum::<u64>();
    let most = groups.into_iter().max_by_key(|(key, group)| (answers(group), Reverse(*key)));
    let ((status, upstream), group) = most?;
    let count = answers(&group);
    let first = group.iter().min_by_key(|failure| (failure.count.first, failure.count.line))?;
    let path = &parts.ingested.sources.get(first.source)?.path;
    let longest = group.iter().filter_map(|failure| failure.count.longest).max();
    let (kind, words) = match first.key.fault {
        Some(fault) => (fault.name(), fault.name().replace('-', " ")),
        None => ("none", String::new()),
    };
    let args = [
        ("shown", figures::grouped(count).into()),
        ("status", status.to_string().into()),
        ("kind", Arg::Case(kind)),
        ("words", words.into()),
        ("place-known", Arg::Case(if upstream.is_empty() { "no" } else { "yes" })),
        ("place", upstream.into()),
        ("timed", Arg::Case(if longest.is_some() { "yes" } else { "no" })),
        ("longest", longest.map(length).unwrap_or_default().into()),
        ("path", path.into()),
        ("line", first.count.line.into()),
    ];
    Some(Symptom { text: text("symptom-access", args), fact: None })
}

/// A logged duration; an answer without any work says so by it.
fn length(micros: crate::stamp::Micros) -> String {
    if micros < SECOND / 100 {
        return "0.00 s".to_owned();
    }
    figures::duration(super::seconds(micros))
}

/// What the proxy met, and what users met of it: a chain without a root.
pub(super) fn hops(
    symptom: &Symptom,
    incident: &Incident<'_>,
    met: &[&Failure],
    parts: &Parts<'_>,
    ids: &Ids,
) -> Vec<model::Hop> {
    let Some(fact) = symptom.fact else { return Vec::new() };
    let users = super::chain::users_met(incident, met, parts);
    vec![
        model::Hop { text: symptom.text.sentence(), events: ids.all([&fact]) },
        model::Hop { text: users, events: Vec::new() },
    ]
}
