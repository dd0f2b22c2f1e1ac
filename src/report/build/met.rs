//! What users met in an incident, in figures: answers by status, the worst minute, the course, routes and upstreams.
//! In: an incident and the answers. Out: figures of the model. Why: every figure of an incident counts the same failed answers, so
//! that no two of them contradict each other. Must never count an answer that is told as an incident of its own.

use std::collections::BTreeMap;

use crate::answers::{Answers, Failure};
use crate::diagnose::Incident;
use crate::scene::Class;
use crate::stamp::{MINUTE, Micros, SECOND, rfc3339};

use super::super::model;
use super::Parts;

/// Steps of an incident's picture.
const SPARK_MAX: i64 = 60;
/// Routes and upstreams listed with an incident.
const ROUTES_MAX: usize = 20;

/// The failed answers of an incident: those of its class, and for a gateway incident the app's own 500 and 503 in the same
/// stretch, which users met too, unless they are told as an incident of their own.
pub(super) fn failures<'p>(incident: &'p Incident<'_>, parts: &'p Parts<'_>) -> Vec<&'p Failure> {
    let scene = &incident.scene;
    let mut met: Vec<&Failure> = scene.failures.iter().collect();
    if scene.class == Class::Gateway {
        let told = |at: &Micros| {
            let server = parts.incidents.iter().map(|other| &other.scene);
            let mut server = server.filter(|other| other.class == Class::Server);
            server.any(|other| (other.start..=other.end).contains(at))
        };
        let inside = parts.answers.failures.iter().filter(|failure| {
            Class::of(&failure.key) == Class::Server
                && (scene.start..=scene.end).contains(&failure.count.first)
                && !told(&failure.count.first)
        });
        met.extend(inside);
    }
    met
}

/// How many answers these are.
pub(super) fn answers(met: &[&Failure]) -> u64 {
    met.iter().map(|failure| failure.count.answers).sum()
}

/// Requests between two moments, by whole steps of the load.
pub(super) fn requests_between(answers: &Answers, start: Micros, end: Micros) -> u64 {
    let from = start - start.rem_euclid(answers.load_step);
    answers.load.range(from..=end).map(|(_, requests)| requests).sum()
}

/// Failed answers by status.
pub(super) fn errors(met: &[&Failure]) -> BTreeMap<String, u64> {
    let mut errors: BTreeMap<String, u64> =
        ["500", "502", "503", "504"].iter().map(|status| ((*status).to_owned(), 0)).collect();
    for failure in met {
        *errors.entry(failure.key.status.to_string()).or_default() += failure.count.answers;
    }
    errors
}

/// Failure share of the worst minute, with its start.
pub(super) fn peak(met: &[&Failure], parts: &Parts<'_>) -> (f64, Option<String>) {
    let mut minutes: BTreeMap<Micros, u64> = BTreeMap::new();
    for failure in met {
        *minutes.entry(failure.count.first.div_euclid(MINUTE) * MINUTE).or_default() +=
            failure.count.answers;
    }
    let shares = minutes.into_iter().map(|(minute, failed)| {
        let requests = requests_between(parts.answers, minute, minute + MINUTE - 1).max(failed);
        (failed as f64 / requests.max(1) as f64, minute)
    });
    shares
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
        .map_or((0.0, None), |(share, minute)| (share, rfc3339(minute)))
}

/// Failed answers by equal steps, and the length of a step in seconds.
pub(super) fn spark(incident: &Incident<'_>, met: &[&Failure]) -> (Vec<u64>, u64) {
    let scene = &incident.scene;
    let span = scene.end - scene.start;
    let steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400];
    let step = steps
        .iter()
        .map(|step| step * SECOND)
        .find(|step| span / step < SPARK_MAX)
        .unwrap_or(86_400 * SECOND);
    let mut counts = vec![0; usize::try_from(span / step + 1).unwrap_or(1).min(1000)];
    for failure in met {
        let place = usize::try_from((failure.count.first - scene.start) / step).unwrap_or(0);
        if let Some(count) = counts.get_mut(place) {
            *count += failure.count.answers;
        }
    }
    (counts, u64::try_from(step / SECOND).unwrap_or(1))
}

/// Whether the access logs begin or end inside the incident.
pub(super) fn censored(incident: &Incident<'_>, parts: &Parts<'_>) -> &'static str {
    let (Some((first, _)), Some((last, _))) =
        (parts.answers.load.first_key_value(), parts.answers.load.last_key_value())
    else {
        return "none";
    };
    let close = 5 * SECOND.max(parts.answers.load_step);
    let left = incident.scene.start - first <= close;
    let right = last - incident.scene.end <= close;
    match (left, right) {
        (true, true) => "both",
        (true, false) => "left",
        (false, true) => "right",
        (false, false) => "none",
    }
}

/// The routes with most failures, and how many requests all routes had in the same steps of time.
pub(super) fn routes(
    incident: &Incident<'_>,
    met: &[&Failure],
    parts: &Parts<'_>,
) -> (Vec<model::Route>, u64) {
    let scene = &incident.scene;
    let mut failed: BTreeMap<&str, u64> = BTreeMap::new();
    for failure in met.iter().filter(|failure| !failure.key.route.is_empty()) {
        *failed.entry(failure.key.route.as_str()).or_default() += failure.count.answers;
    }
    let mut asked: BTreeMap<&str, u64> = BTreeMap::new();
    let mut asked_of_all = 0;
    for index in &parts.answers.edge {
        let Some(traffic) = &parts.ingested.sources[*index].traffic else { continue };
        let place = traffic.clock().and_then(|clock| parts.clocks.placing(*index, clock));
        let Some(place) = place else { continue };
        let step = traffic.routes.step();
        let inside = |at: Micros| at + step > scene.start && at <= scene.end;
        // Rows of the same step stand together.
        let mut last = None;
        for (at, route, requests) in traffic.routes.iter() {
            if last.is_none_or(|(known, _)| known != at) {
                last = Some((at, place(at).is_some_and(inside)));
            }
            if !last.is_some_and(|(_, inside)| inside) {
                continue;
            }
            asked_of_all += requests;
            if failed.contains_key(route) {
                *asked.entry(route).or_default() += requests;
            }
        }
    }
    let mut list: Vec<(u64, &str)> =
        failed.into_iter().map(|(route, errors)| (errors, route)).collect();
    list.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let routes = list
        .into_iter()
        .take(ROUTES_MAX)
        .map(|(errors, route)| {
            let (method, path) = route.split_once(' ').unwrap_or(("", route));
            let requests = asked.get(route).copied().unwrap_or(errors).max(errors);
            model::Route { method: method.to_owned(), path: path.to_owned(), errors, requests }
        })
        .collect();
    (routes, asked_of_all)
}

/// The upstreams at which the proxy met something, or to which failed requests were sent.
pub(super) fn upstreams(incident: &Incident<'_>) -> Vec<model::Upstream> {
    let scene = &incident.scene;
    let mut list: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    let near = scene.timeline.between(scene.start - 2 * SECOND, scene.end + 2 * SECOND);
    // What the proxy missed is of other requests where the app answered itself.
    let near = near.filter(|_| scene.class == Class::Gateway);
    for (_, fact) in near.filter(|(_, fact)| fact.kind.name().starts_with("upstream-")) {
        let address = fact.field("upstream").unwrap_or_default().to_owned();
        *list.entry(address).or_default().entry(fact.kind.name().to_owned()).or_default() +=
            fact.count;
    }
    for failure in scene.failures.iter().filter(|failure| !failure.key.upstream.is_empty()) {
        list.entry(failure.key.upstream.clone()).or_default();
    }
    list.remove("");
    let mut list: Vec<model::Upstream> = list
        .into_iter()
        .map(|(address, failures)| {
            let service = scene
                .services
                .at_address(&address, scene.asker())
                .map(|id| scene.services.get(id).name.clone());
            model::Upstream { address, service, failures }
        })
        .collect();
    list.sort_by_key(|upstream| {
        (std::cmp::Reverse(upstream.failures.values().sum::<u64>()), upstream.address.clone())
    });
    list.truncate(ROUTES_MAX);
    list
}
