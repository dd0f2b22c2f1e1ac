//! Which access logs count. In: all of them. Out: those nearest to the users, each of requests that no other of them has. It exists because
//! the same request stands in the log of each proxy and app that it passes, and because a host, or a site, has a log of its own. Must
//! never count a request twice where the logs show that it is one, nor leave out a site because another's log tells more.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::clock::Clocks;
use crate::ingest::Source;
use crate::service::hosts::Hosts;
use crate::stamp::{Micros, SECOND};
use crate::traffic::{FailureCount, FailureKey, Traffic};

/// Clients of a log that proxies alone ask, at most.
const PROXIES_MAX: usize = 3;
/// How far apart two logs write the same failed answer.
const SAME: Micros = 2 * SECOND;

/// The logs nearest to the users: those that see upstreams, many clients, or aborted requests; never one whose requests all come
/// from a proxy while another log shows the users. Copies of a log count once.
pub(super) fn find(sources: &[Source], clocks: &Clocks) -> Vec<usize> {
    let mut scored: Vec<(i64, usize)> = Vec::new();
    for (index, source) in sources.iter().enumerate() {
        let Some(traffic) = &source.traffic else { continue };
        let requests = traffic.requests();
        if requests == 0 || is_copy(sources, index) {
            continue;
        }
        let aborted = traffic.of_users().any(|(status, _)| matches!(status, 408 | 499 | 502 | 504));
        let mut score = 0;
        score += if traffic.with_upstream * 2 > requests { 40 } else { 0 };
        score += if aborted { 20 } else { 0 };
        score += if traffic.clients() > 3 { 10 } else { 0 };
        score -= if traffic.http10 * 10 > requests * 9 { 30 } else { 0 };
        score -= if is_app_servers(source) { 50 } else { 0 };
        scored.push((score, index));
    }
    let Some(best) = scored.iter().map(|(score, _)| *score).max() else { return Vec::new() };
    let folder =
        |index: usize| sources[index].path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let first = scored.iter().find(|(score, _)| *score == best).map_or(0, |(_, index)| *index);
    let mut found: Vec<usize> = scored
        .iter()
        .filter(|(score, index)| {
            *score == best
                || (folder(*index) == folder(first)
                    && *score >= best - 35
                    && *score > -30
                    && sources[*index].format == sources[first].format)
        })
        .map(|(_, index)| *index)
        .collect();
    let seen = Seen { sources, clocks };
    found.sort_by_key(|index| seen.rank(*index));
    // Hundreds of logs that all tell the same are rotations or as many sites, and to compare each with each takes long.
    if found.len() <= COMPARED_MAX {
        let all = std::mem::take(&mut found);
        for index in all {
            if !found.iter().any(|other| seen.is_inner(index, *other, false)) {
                found.push(index);
            }
        }
        let sites = of_other_sites(&seen, &found);
        found.extend(sites);
    }
    found.sort_unstable();
    found
}

/// Logs nearest to the users that are compared with others.
const COMPARED_MAX: usize = 32;
/// Other logs that are compared with these.
const OTHERS_MAX: usize = 256;

/// Logs that tell less than the nearest ones, but of failed answers that none of these has: those of another site's users.
fn of_other_sites(seen: &Seen<'_>, found: &[usize]) -> Vec<usize> {
    let sources = seen.sources;
    let clients = |index: &usize| sources[*index].traffic.as_ref().map_or(0, |own| own.clients());
    let machines_only = found.iter().all(|index| clients(index) <= PROXIES_MAX);
    let hosts = Hosts::of(sources);
    let own_host = |index: usize| {
        let host = hosts.of_source(&sources[index]);
        host.is_some() && found.iter().all(|other| hosts.of_source(&sources[*other]) != host)
    };
    let is_own = |index: &usize| {
        let Some(traffic) = &sources[*index].traffic else { return false };
        // Few clients may be other machines of the site; what fails there then shows in its own log, whatever it looks like.
        let few = traffic.clients() <= PROXIES_MAX && !machines_only;
        let excluded = found.contains(index)
            || is_app_servers(&sources[*index])
            || traffic.http10 * 10 > traffic.requests() * 9
            || (few && !own_host(*index))
            || is_copy(sources, *index);
        !excluded
            && traffic.failures.keys().any(|key| !key.probe)
            && !found.iter().any(|other| seen.is_inner(*index, *other, few))
    };
    let logs = (0..sources.len()).filter(|index| sources[*index].traffic.is_some());
    logs.take(OTHERS_MAX).filter(is_own).collect()
}

/// Looks for the requests of one log in another.
struct Seen<'a> {
    sources: &'a [Source],
    clocks: &'a Clocks,
}

impl Seen<'_> {
    /// Logs with more requests are nearer to the users, then those with fewer failures: a retry hides some.
    fn rank(&self, index: usize) -> (Reverse<u64>, u64, usize) {
        let traffic = self.sources[index].traffic.as_deref();
        let requests = traffic.map_or(0, Traffic::requests);
        let failures = traffic.map_or(0, |own| own.failures.values().map(|one| one.answers).sum());
        (Reverse(requests), failures, index)
    }

    /// Whether most failed answers of a log are in another, at the same time or at that by which the clocks of the two are apart. `any`:
    /// whatever they look like there.
    fn is_inner(&self, index: usize, other: usize, any: bool) -> bool {
        if self.are_equals(index, other) && !self.overlap(index, other) {
            return false;
        }
        let own = failed(self.sources, self.clocks, index);
        let mut theirs: BTreeMap<Micros, Vec<Answer<'_>>> = BTreeMap::new();
        for answer in failed(self.sources, self.clocks, other) {
            theirs.entry(answer.at).or_default().push(answer);
        }
        let all: u64 = own.iter().map(|answer| answer.count).sum();
        let seen_at = |lag: Micros| -> u64 {
            let seen = own.iter().filter(|answer| {
                let at = answer.at.saturating_sub(lag);
                let near = theirs.range(at.saturating_sub(SAME)..=at.saturating_add(SAME));
                near.flat_map(|(_, others)| others).any(|other| any || answer.is_seen_as(other))
            });
            seen.map(|answer| answer.count).sum()
        };
        let is_most = |lag: Micros| all > 0 && seen_at(lag) * 2 >= all;
        let lag = self.lag(index, other);
        // Logs with the same pattern of all requests hold the same ones; those of two sites that are merely alike do not.
        match lag {
            Some((_, alike)) if alike >= THE_SAME => true,
            Some((lag, _)) => is_most(lag) || is_most(0),
            None => !self.are_equals(index, other) && is_most(0),
        }
    }

    /// Whether both logs have requests at a time.
    fn overlap(&self, index: usize, other: usize) -> bool {
        let span = |index: usize| self.clocks.span(index, &self.sources[index].spans);
        let (Some(own), Some(theirs)) = (span(index), span(other)) else { return false };
        own.0.max(theirs.0) <= own.1.min(theirs.1)
    }

    /// Whether two logs tell as much as each other, in one format: two sites, or two proxies side by side.
    fn are_equals(&self, index: usize, other: usize) -> bool {
        self.sources[index].format == self.sources[other].format
    }

    /// By how much one log's clock is ahead of another's, if requests come and go in both alike, and how much alike.
    fn lag(&self, index: usize, other: usize) -> Option<(Micros, f64)> {
        let own = self.load(index)?;
        let theirs = self.load(other)?;
        let first = own.first_key_value()?.0.max(theirs.first_key_value()?.0);
        let last = own.last_key_value()?.0.min(theirs.last_key_value()?.0);
        let bins = usize::try_from((last - first) / BIN).ok().filter(|bins| *bins >= BINS_MIN)?;
        // What only overlaps with the other holds requests of its own.
        let span = own.last_key_value()?.0 - own.first_key_value()?.0;
        if (last - first) * 10 < span * 9 {
            return None;
        }
        let bins = bins.min(BINS_MAX);
        let counts = |load: &BTreeMap<Micros, u64>, from: Micros| {
            let mut counts = vec![0.0; bins];
            for (at, requests) in load.range(from..from + BIN * bins as Micros) {
                if let Some(count) = counts.get_mut(((at - from) / BIN) as usize) {
                    *count += *requests as f64;
                }
            }
            changes(&counts)
        };
        let base = counts(&theirs, *first);
        let least = (4.0 / (bins as f64).sqrt()).max(0.35);
        let lags = (-LAG_SECONDS_MAX..=LAG_SECONDS_MAX).map(|seconds| seconds * SECOND);
        let best = lags
            .map(|lag| (correlation(&base, &counts(&own, *first + lag)), lag))
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.abs().cmp(&a.1.abs())))?;
        (best.0 >= least).then_some((best.1, best.0))
    }

    /// Requests by second in UTC; `None` where they are not told by the second.
    fn load(&self, index: usize) -> Option<BTreeMap<Micros, u64>> {
        let traffic = self.sources[index].traffic.as_ref()?;
        let place = self.clocks.placing(index, traffic.clock()?)?;
        let told = traffic.load.iter();
        (traffic.load_step() == SECOND)
            .then(|| told.filter_map(|(at, load)| Some((place(*at)?, load.requests))).collect())
    }
}

/// Correlation from which on two logs are of the same requests, whatever their answers look like.
const THE_SAME: f64 = 0.8;
/// Time in which requests are counted to compare two logs.
const BIN: Micros = 2 * SECOND;
/// Fewest and most of them that are compared.
const BINS_MIN: usize = 20;
/// See [`BINS_MIN`].
const BINS_MAX: usize = 4000;
/// Clocks further apart than this are another matter.
const LAG_SECONDS_MAX: i64 = 10;

/// How each count differs from its neighbours: what many sites have in common, as the hour of the day, is gone.
fn changes(counts: &[f64]) -> Vec<f64> {
    counts.windows(3).map(|three| three[1] - (three[0] + three[2]) / 2.0).collect()
}

/// Pearson's correlation of two rows of mean zero.
fn correlation(one: &[f64], other: &[f64]) -> f64 {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let norm = (dot(one, one) * dot(other, other)).sqrt();
    if norm > 0.0 { dot(one, other) / norm } else { 0.0 }
}

/// A failed answer as one log has it.
struct Answer<'a> {
    at: Micros,
    status: u16,
    hidden: bool,
    route: &'a str,
    count: u64,
}

impl Answer<'_> {
    /// Whether a log nearer to the users may have it so: a proxy may take off the beginning of a path, and try another upstream.
    fn is_seen_as(&self, other: &Self) -> bool {
        let path = |route: &str| route.split_once(' ').map_or("", |(_, path)| path).to_owned();
        let (own, theirs) = (path(self.route), path(other.route));
        (other.hidden || self.status == other.status)
            && (own.is_empty()
                || theirs.is_empty()
                || own.ends_with(&theirs)
                || theirs.ends_with(&own))
    }
}

/// The failed answers of a log that users got, or would have got without a retry.
fn failed<'a>(sources: &'a [Source], clocks: &Clocks, index: usize) -> Vec<Answer<'a>> {
    let Some(traffic) = &sources[index].traffic else { return Vec::new() };
    let Some(place) = traffic.clock().and_then(|clock| clocks.placing(index, clock)) else {
        return Vec::new();
    };
    let failures = traffic.failures.iter().filter(|(key, _)| !key.probe);
    let answer = |(key, count): (&'a FailureKey, &FailureCount)| {
        let at = place(count.first)?;
        let (status, hidden, route) = (key.status, key.hidden, key.route.as_str());
        Some(Answer { at, status, hidden, route, count: count.answers })
    };
    failures.filter_map(answer).collect()
}

/// Whether an app server wrote most of the requests, about answers of its own.
pub(super) fn is_app_servers(source: &Source) -> bool {
    source.traffic.as_ref().is_some_and(|traffic| traffic.by_app_server * 2 > traffic.requests())
}

/// Whether an earlier source holds the very same requests.
fn is_copy(sources: &[Source], index: usize) -> bool {
    let Some(own) = &sources[index].traffic else { return false };
    sources[..index].iter().any(|other| {
        other.lines == sources[index].lines
            && other.traffic.as_ref().is_some_and(|traffic| {
                traffic.span == own.span
                    && traffic.statuses == own.statuses
                    && traffic.load == own.load
            })
    })
}
