//! One burst, several causes. In: the failures of a burst. Out: the incidents that it is: one, unless its failures are shown to have
//! different causes; then one for each, told apart by site, by upstream, or by a quiet time between them (the report contract). Must
//! never split what one cause explains, nor what nothing is known of.

use std::collections::{BTreeMap, BTreeSet};

use crate::answers::Failure;
use crate::burst::{Burst, Params};
use crate::service::names::address_key;
use crate::sites::by_site;
use crate::stamp::{Micros, SECOND};

use super::{Case, Court, Incident, Verdict};

/// How likely the cause of one part must be for another part, which says nothing by itself, to be told with it.
const SHARED: f64 = 0.3;
/// Time without failures between two causes that follow each other.
const QUIET: Micros = 30 * SECOND;
/// Parts of a burst that are judged each.
const PARTS_MAX: usize = 8;
/// Causes that do not follow from each other within a minute: a host that swaps after a kill is slow for the same reason.
const OF_THEIR_OWN: [&str; 10] = [
    "oom_kill_memcg",
    "oom_kill_global",
    "runtime_heap_limit",
    "worker_timeout",
    "deploy_restart",
    "manual_sigkill",
    "crash_segv",
    "crash_exception",
    "dependency_down",
    "host_restart",
];

/// What a store does to those who need it, and how they may show it.
const LOST: &str = "dependency_down";
/// See [`LOST`].
const SYMPTOMS: [&str; 4] =
    ["worker_timeout", "crash_exception", "slow_upstream", "resource_exhaustion"];
/// How long before and after the failures of one app those of another may show the same loss.
const AROUND: Micros = 60 * SECOND;

/// The incidents of a burst, and failures that belong to none of them.
pub(super) fn told<'a>(case: Case, court: &mut Court<'a, '_>) -> (Vec<Incident<'a>>, Vec<Failure>) {
    let sites: Vec<Vec<Failure>> = by_site(court.sites, &case.failures).into_values().collect();
    let (incidents, mut alone) = split(&case, sites, court, By::Site);
    let mut told = Vec::new();
    for (case, incident) in incidents {
        let upstreams = by_upstream(&case);
        let (incidents, rest) = resplit((case, incident), upstreams, court, By::Upstream);
        alone.extend(rest);
        for (case, incident) in incidents {
            let times = by_time(&case);
            let (incidents, rest) = resplit((case, incident), times, court, By::Time);
            alone.extend(rest);
            told.extend(incidents.into_iter().map(|(_, incident)| incident));
        }
    }
    (told, alone)
}

/// What tells parts apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Site,
    Upstream,
    Time,
}

type Judged<'a> = (Case, Incident<'a>);

fn split<'a>(
    case: &Case,
    parts: Vec<Vec<Failure>>,
    court: &mut Court<'a, '_>,
    by: By,
) -> (Vec<Judged<'a>>, Vec<Failure>) {
    let whole = court.judge(case.clone());
    resplit((case.clone(), whole), parts, court, by)
}

/// The incident as it is, or its parts where they are shown to have different causes.
fn resplit<'a>(
    (case, whole): Judged<'a>,
    parts: Vec<Vec<Failure>>,
    court: &mut Court<'a, '_>,
    by: By,
) -> (Vec<Judged<'a>>, Vec<Failure>) {
    if parts.len() < 2 {
        return (vec![(case, whole)], Vec::new());
    }
    let (cases, alone) = cases(&case, &parts, by);
    // A few answers of another site, met in the same minute, must not lend their cause to the many of this one.
    if let (By::Site, [most]) = (by, cases.as_slice())
        && !alone.is_empty()
    {
        let judged = court.judge(most.clone());
        let own = named(&judged).filter(|cause| named(&whole) != Some(*cause));
        return match own {
            Some(_) => (vec![(most.clone(), judged)], alone),
            None => (vec![(case, whole)], Vec::new()),
        };
    }
    if !(2..=PARTS_MAX).contains(&cases.len()) {
        return (vec![(case, whole)], Vec::new());
    }
    let judged: Vec<Judged<'a>> =
        cases.into_iter().map(|case| (case.clone(), court.judge(case))).collect();
    let groups = by_cause(judged, by);
    if groups.len() < 2 {
        return (vec![(case, whole)], Vec::new());
    }
    let told = groups.into_iter().map(|group| joined(group, court)).collect();
    (told, alone)
}

/// Parts as cases, each with the failures of its sites or upstreams or of its time; the failures of those that are too few.
fn cases(case: &Case, parts: &[Vec<Failure>], by: By) -> (Vec<Case>, Vec<Failure>) {
    let params = Params::default();
    let (mut cases, mut alone): (Vec<Case>, Vec<Failure>) = (Vec::new(), Vec::new());
    for part in parts {
        let mut last = Micros::MIN;
        let runs = part.chunk_by(|one, next| {
            last = last.max(one.count.last);
            next.count.first.saturating_sub(last) < params.merge_gap
        });
        for run in runs {
            let users = || run.iter().filter(|failure| !failure.key.probe);
            let answers: u64 = users().map(|failure| failure.count.answers).sum();
            let start = users().map(|failure| failure.count.first).min();
            let end = users().map(|failure| failure.count.last).max();
            let Some((start, end)) = start.zip(end).filter(|_| answers >= params.min_failures)
            else {
                alone.extend(users().cloned());
                continue;
            };
            let before = cases.iter().map(|case| case.burst.end).filter(|end| *end < start).max();
            let mut others = case.others.clone();
            if by == By::Upstream {
                let own: BTreeSet<String> = part.iter().flat_map(upstreams).collect();
                others.extend(
                    case.failures.iter().flat_map(upstreams).filter(|one| !own.contains(one)),
                );
            }
            cases.push(Case {
                class: case.class,
                burst: Burst { start, end, failures: answers, ..case.burst },
                failures: run.to_vec(),
                before: if by == By::Time { before.or(case.before) } else { case.before },
                others,
            });
        }
    }
    (cases, alone)
}

/// The cause that an incident is told to have, if it is one.
fn named(incident: &Incident<'_>) -> Option<&'static str> {
    let best = incident.weighed.first()?;
    (incident.verdict >= Verdict::Suspected).then_some(best.cause.name)
}

/// The cause of an incident, where it is at least probable.
fn proved(incident: &Incident<'_>) -> Option<&'static str> {
    let best = incident.weighed.first()?;
    (incident.verdict >= Verdict::Probable).then_some(best.cause.name)
}

/// The parts by cause, those of one cause together. One group where they are not shown to differ.
fn by_cause(parts: Vec<Judged<'_>>, by: By) -> Vec<Vec<Judged<'_>>> {
    let causes: BTreeSet<&str> =
        parts.iter().filter_map(|(_, incident)| proved(incident)).collect();
    // Of one site, each part must have a cause that is proved and its own.
    let shown = |(_, incident): &Judged<'_>| {
        incident.verdict == Verdict::Confirmed
            && proved(incident).is_some_and(|cause| OF_THEIR_OWN.contains(&cause))
    };
    if by != By::Site && !parts.iter().all(shown) {
        return vec![parts];
    }
    let likeliest = |incident: &Incident<'_>| {
        let shared = incident.weighed.iter().filter(|one| causes.contains(one.cause.name));
        let best = shared.max_by(|a, b| a.probability.total_cmp(&b.probability))?;
        (best.probability >= SHARED).then_some(best.cause.name)
    };
    // A lost store is felt in as many ways as there are apps.
    let lost: Vec<(Micros, Micros)> = parts
        .iter()
        .filter(|(_, incident)| proved(incident) == Some(LOST))
        .map(|(case, _)| (case.burst.start - AROUND, case.burst.end + AROUND))
        .collect();
    let is_symptom = |case: &Case, cause: Option<&str>| {
        cause.is_some_and(|cause| SYMPTOMS.contains(&cause))
            && lost.iter().any(|(from, to)| *from <= case.burst.start && case.burst.end <= *to)
    };
    let mut groups: BTreeMap<Option<&str>, Vec<Judged<'_>>> = BTreeMap::new();
    for part in parts {
        let cause = proved(&part.1).or_else(|| likeliest(&part.1));
        let cause = if is_symptom(&part.0, cause) { Some(LOST) } else { cause };
        groups.entry(cause).or_default().push(part);
    }
    if groups.len() < 2 || by != By::Time {
        return groups.into_values().collect();
    }
    // Causes that come by turns are one trouble; what comes after the other is another.
    let mut runs: Vec<(Option<&str>, Vec<Judged<'_>>)> = groups.into_iter().collect();
    runs.sort_by_key(|(_, parts)| parts.first().map(|(case, _)| case.burst.start));
    let ends = runs.iter().map(|(_, parts)| parts.last().map(|(case, _)| case.burst.end));
    let starts =
        runs.iter().skip(1).map(|(_, parts)| parts.first().map(|(case, _)| case.burst.start));
    let in_turn = ends.zip(starts).all(|(end, next)| end < next);
    let groups = runs.into_iter().map(|(_, parts)| parts);
    if in_turn { groups.collect() } else { vec![groups.flatten().collect()] }
}

/// Parts of one cause as one incident.
fn joined<'a>(mut group: Vec<Judged<'a>>, court: &mut Court<'a, '_>) -> Judged<'a> {
    let (mut whole, incident) = group.remove(0);
    if group.is_empty() {
        return (whole, incident);
    }
    for (part, _) in group {
        whole.burst.start = whole.burst.start.min(part.burst.start);
        whole.burst.end = whole.burst.end.max(part.burst.end);
        whole.burst.failures += part.burst.failures;
        whole.failures.extend(part.failures);
        whole.before = whole.before.min(part.before);
        whole.others.retain(|other| part.others.contains(other));
    }
    whole
        .failures
        .sort_by(|a, b| (a.count.first, a.source, &a.key).cmp(&(b.count.first, b.source, &b.key)));
    (whole.clone(), court.judge(whole))
}

/// The upstreams that a failed request was sent to, as one spells them.
fn upstreams(failure: &Failure) -> Vec<String> {
    let asked = failure.key.upstream.split(", ").filter(|address| !address.is_empty());
    asked.map(address_key).collect()
}

/// Failures by upstream, where all are known and each upstream has routes of its own: members of one group share theirs. None where
/// they are not.
fn by_upstream(case: &Case) -> Vec<Vec<Failure>> {
    let mut parts: BTreeMap<String, Vec<Failure>> = BTreeMap::new();
    for failure in &case.failures {
        let [upstream] = <[String; 1]>::try_from(upstreams(failure)).unwrap_or_default();
        if upstream.is_empty() {
            return Vec::new();
        }
        parts.entry(upstream).or_default().push(failure.clone());
    }
    let routes = |part: &[Failure]| -> BTreeSet<String> {
        part.iter().map(|failure| failure.key.route.clone()).collect()
    };
    let of: Vec<BTreeSet<String>> = parts.values().map(|part| routes(part)).collect();
    let shared = of.iter().enumerate().any(|(place, own)| {
        own.contains("") || of.iter().skip(place + 1).any(|other| !own.is_disjoint(other))
    });
    if shared { Vec::new() } else { parts.into_values().collect() }
}

/// Failures by the quiet times between them.
fn by_time(case: &Case) -> Vec<Vec<Failure>> {
    let mut last = Micros::MIN;
    let runs = case.failures.chunk_by(|one, next| {
        last = last.max(one.count.last);
        next.count.first.saturating_sub(last) < QUIET
    });
    runs.map(<[Failure]>::to_vec).collect()
}
