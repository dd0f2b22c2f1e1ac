//! Suspect requests: the routes that were on the way when processes died, against their share of normal traffic.
//!
//! A heap that ends at each upload is not cured by more memory; the person needs the route. What was in flight at a death fails
//! with it, so every route of a busy site appears there once: only a route that is there more often than its traffic explains,
//! or that ran longest at each death, is named, with the chance of that.

use std::collections::{BTreeMap, BTreeSet};

use crate::answers::Answers;
use crate::death::Why;
use crate::event::EventKind;
use crate::ingest::Source;
use crate::scene::Scene;
use crate::source::{LineRef, SourceId};
use crate::stamp::{MINUTE, Micros, SECOND};
use crate::timeline::FactId;

/// A route that was on the way at the deaths.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspect {
    /// Method and path template.
    pub route: String,
    /// Deaths at which one of its requests failed or its upload was under way.
    pub at_deaths: usize,
    /// Deaths that were looked at.
    pub deaths: usize,
    /// Ends that those are; some may be one moment.
    pub ends: usize,
    /// Deaths at which it had run longest of all that failed.
    pub longest_at: usize,
    /// Its share of all requests.
    pub normal_share: f64,
    /// Probability to meet it at as many deaths by its traffic alone.
    pub chance: f64,
    /// Longest run of a failed request of it.
    pub longest: Option<Micros>,
    /// Largest request body of it that failed.
    pub largest_bytes: Option<u64>,
    /// Requests whose body the proxy had to put on disk.
    pub uploads: Vec<FactId>,
    /// Lines of failed requests, one for each of the first deaths.
    pub lines: Vec<LineRef>,
}

/// Failed answers this long around a death were on the way at it: clocks of whole seconds, and a client that gets its answer.
const AT_DEATH: (Micros, Micros) = (2 * SECOND, 3 * SECOND);
/// An upload may take this long before it ends a process.
const UPLOAD: Micros = 2 * MINUTE;
/// Largest chance of a route that is named.
const CHANCE_MAX: f64 = 0.01;
/// A route with a larger share of all requests is on the way at most deaths of a busy site; nothing tells it apart.
const SHARE_MAX: f64 = 0.1;
/// Deaths closer than this are looked at as one.
const TOGETHER: Micros = 5 * SECOND;
/// Suspects named.
const SUSPECTS_MAX: usize = 3;
/// Deaths looked at.
const DEATHS_MAX: usize = 200;
/// Lines cited for a suspect.
const LINES_MAX: usize = 5;

/// One route at the deaths.
#[derive(Default)]
struct Seen {
    at: BTreeSet<usize>,
    longest_at: usize,
    longest: Option<Micros>,
    largest: Option<u64>,
    uploads: Vec<FactId>,
    lines: Vec<LineRef>,
}

/// Finds the suspects of an incident, the least likely by chance first.
#[must_use]
pub fn find(scene: &Scene<'_>, answers: &Answers, sources: &[Source]) -> Vec<Suspect> {
    let (moments, ends) = moments(scene);
    if moments.is_empty() {
        return Vec::new();
    }
    let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
    let mut failed_at = vec![0_u64; moments.len()];
    for (place, moment) in moments.iter().enumerate() {
        let mut longest: Option<(Micros, &str)> = None;
        for failure in &scene.failures {
            let near = failure.count.first >= moment - AT_DEATH.0
                && failure.count.first <= moment + AT_DEATH.1;
            if !near || failure.key.route.is_empty() || failure.key.probe {
                continue;
            }
            failed_at[place] += failure.count.answers;
            let one = seen.entry(failure.key.route.clone()).or_default();
            if one.at.insert(place) && one.lines.len() < LINES_MAX {
                one.lines
                    .push(LineRef { source: SourceId(failure.source), line: failure.count.line });
            }
            one.longest = one.longest.max(failure.count.longest);
            one.largest = one.largest.max(failure.count.largest_bytes);
            if let Some(ran) = failure.count.longest
                && longest.is_none_or(|(most, _)| ran > most)
            {
                longest = Some((ran, &failure.key.route));
            }
        }
        if let Some((_, route)) = longest
            && let Some(one) = seen.get_mut(route)
        {
            one.longest_at += 1;
        }
        for (id, fact) in scene.timeline.between(moment - UPLOAD, moment + SECOND) {
            if fact.kind != EventKind::UploadBuffered {
                continue;
            }
            // One that was refused for its size never came to the app.
            let Some(route) = fact.field("route").filter(|_| fact.field("bytes").is_none()) else {
                continue;
            };
            let after_last = place
                .checked_sub(1)
                .and_then(|place| moments.get(place))
                .is_none_or(|before| fact.at().is_some_and(|at| at > *before));
            if after_last {
                let one = seen.entry(route.to_owned()).or_default();
                one.at.insert(place);
                one.uploads.push(id);
            }
        }
    }
    let shares = shares(answers, sources, &seen);
    let routes = seen.len().max(1) as f64;
    let mut suspects: Vec<Suspect> = seen
        .into_iter()
        .filter_map(|(route, one)| {
            let share = shares.get(&route).copied().unwrap_or(0.0);
            // How likely its traffic alone puts it among those that failed at a death, on average over the deaths.
            let met: f64 = failed_at
                .iter()
                .map(|failed| 1.0 - (1.0 - share).powf((*failed).max(1) as f64))
                .sum::<f64>()
                / moments.len() as f64;
            let by_presence = at_least(one.at.len(), moments.len(), met);
            let by_length = at_least(one.longest_at, moments.len(), share);
            // Two ways to stand out, and as many routes as were looked at.
            let chance = (2.0 * routes * by_presence.min(by_length)).min(1.0);
            (chance <= CHANCE_MAX && share <= SHARE_MAX).then_some(Suspect {
                route,
                at_deaths: one.at.len(),
                deaths: moments.len(),
                ends,
                longest_at: one.longest_at,
                normal_share: share,
                chance,
                longest: one.longest,
                largest_bytes: one.largest,
                uploads: one.uploads,
                lines: one.lines,
            })
        })
        .collect();
    suspects.sort_by(|a, b| a.chance.total_cmp(&b.chance).then(a.route.cmp(&b.route)));
    suspects.truncate(SUSPECTS_MAX);
    suspects
}

/// The deaths of failing services in the incident that a request may have brought about, and how many ends they are.
fn moments(scene: &Scene<'_>) -> (Vec<Micros>, usize) {
    let may_be = |why: Why| {
        matches!(
            why,
            Why::OomKill | Why::RuntimeHeapLimit | Why::Crash | Why::WorkerTimeout | Why::Unknown
        )
    };
    let mut all: Vec<Micros> = scene
        .failing_deaths()
        .filter(|death| may_be(death.why))
        .filter_map(|death| death.at())
        .filter(|at| (scene.start - AT_DEATH.1..=scene.end + AT_DEATH.0).contains(at))
        .collect();
    all.sort_unstable();
    let mut moments: Vec<Micros> = Vec::new();
    let ends = all.len();
    for at in all {
        if moments.last().is_none_or(|last| at - last > TOGETHER) {
            moments.push(at);
        }
    }
    moments.truncate(DEATHS_MAX);
    (moments, ends)
}

/// Share of each seen route of all requests.
fn shares(
    answers: &Answers,
    sources: &[Source],
    seen: &BTreeMap<String, Seen>,
) -> BTreeMap<String, f64> {
    let mut asked: BTreeMap<&str, u64> = BTreeMap::new();
    for traffic in answers.edge.iter().filter_map(|index| sources[*index].traffic.as_ref()) {
        for (route, requests) in traffic.routes.totals() {
            if let Some((route, _)) = seen.get_key_value(route) {
                *asked.entry(route.as_str()).or_default() += requests;
            }
        }
    }
    let all: u64 = answers.load.values().sum();
    let share = |requests: u64| requests as f64 / all.max(1) as f64;
    asked.into_iter().map(|(route, requests)| (route.to_owned(), share(requests))).collect()
}

/// Binomial tail: that something of probability `p` comes `hits` times or more in `tries`.
fn at_least(hits: usize, tries: usize, p: f64) -> f64 {
    if hits == 0 {
        return 1.0;
    }
    let p = p.clamp(1e-6, 1.0 - 1e-9);
    let mut log_choose = 0.0_f64;
    let mut sum = 0.0;
    for k in 0..=tries {
        if k > 0 {
            log_choose += ((tries - k + 1) as f64 / k as f64).ln();
        }
        if k >= hits {
            sum += (log_choose + k as f64 * p.ln() + (tries - k) as f64 * (1.0 - p).ln()).exp();
        }
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_of_the_binomial() {
        assert!((at_least(1, 3, 0.1) - 0.271).abs() < 1e-9);
        assert!((at_least(3, 3, 0.1) - 0.001).abs() < 1e-9);
        assert_eq!(at_least(0, 3, 0.1), 1.0);
    }
}
