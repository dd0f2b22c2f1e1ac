//! Which access logs count. In: all of them. Out: those nearest to the users, each of requests that no other of them has. It exists because
//! the same request stands in the log of each proxy and app that it passes, and because a host, or a site, has a log of its own. Must
//! never count a request twice where the logs show that it is one, nor leave out a site because another's log tells more.

use std::collections::BTreeMap;

use crate::clock::Clocks;
use crate::ingest::Source;
use crate::service::hosts::Hosts;
use crate::stamp::{Micros, SECOND};
use crate::traffic::{FailureCount, FailureKey};

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
    let sites = of_other_sites(sources, clocks, &found);
    found.extend(sites);
    found.sort_unstable();
    found
}

/// Logs that tell less than the nearest ones, but of failed answers that none of these has: those of another site's users.
fn of_other_sites(sources: &[Source], clocks: &Clocks, found: &[usize]) -> Vec<usize> {
    let known: Vec<Answer<'_>> =
        found.iter().flat_map(|index| failed(sources, clocks, *index)).collect();
    let mut by_time: BTreeMap<Micros, Vec<&Answer<'_>>> = BTreeMap::new();
    for answer in &known {
        by_time.entry(answer.at).or_default().push(answer);
    }
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
        if found.contains(index)
            || is_app_servers(&sources[*index])
            || traffic.http10 * 10 > traffic.requests() * 9
            || (few && !own_host(*index))
            || is_copy(sources, *index)
        {
            return false;
        }
        let own = failed(sources, clocks, *index);
        let (mut seen, mut all) = (0, 0);
        for answer in &own {
            let mut near = by_time
                .range(answer.at.saturating_sub(SAME)..=answer.at.saturating_add(SAME))
                .flat_map(|(_, others)| others);
            all += answer.count;
            if near.any(|other| few || answer.is_seen_as(other)) {
                seen += answer.count;
            }
        }
        all > 0 && seen * 2 < all
    };
    (0..sources.len()).filter(is_own).collect()
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
