//! Which site a failed answer is of: the host of its proxy, and the access log there with its rotations; logs whose upstreams are the same
//! are of one site. In: the logs nearest to the users and what proxies say of upstreams. Out: failed answers by site, and which facts are
//! of other sites. It exists because two sites may fail in the same minute, each for a cause of its own. Must never part what
//! may be one fault: whether the causes differ is judged in `diagnose`.

use std::collections::{BTreeMap, BTreeSet};

use crate::answers::{Answers, Failure};
use crate::clock::skew::family;
use crate::ingest::Source;
use crate::mark::MarkKind;
use crate::service::names::{address_key, is_local};
use crate::service::{Services, names};
use crate::stamp::{MINUTE, Micros, SECOND};
use crate::timeline::{Fact, FactId, Timeline, View};

/// Number of a site.
pub type Site = usize;

/// An upstream, and the host of the proxy that asks it, where only that host can.
type Upstream<'a> = (Option<&'a str>, String);

/// How far apart a proxy's access and error log write of the same request.
const SAME: Micros = 2 * SECOND;

/// The sites of a bundle.
#[derive(Debug)]
pub struct Sites<'a> {
    services: &'a Services,
    /// By source.
    of: BTreeMap<usize, Site>,
    /// Sites whose requests went to an upstream.
    asked_by: BTreeMap<Upstream<'a>, BTreeSet<Site>>,
    /// Hosts whose logs are among those nearest to the users.
    hosts: BTreeSet<&'a str>,
}

impl<'a> Sites<'a> {
    /// Finds the sites.
    #[must_use]
    pub fn find(
        answers: &Answers,
        sources: &'a [Source],
        services: &'a Services,
        timeline: &Timeline,
    ) -> Self {
        let logs: BTreeSet<usize> = answers
            .edge
            .iter()
            .copied()
            .chain(answers.failures.iter().map(|failure| failure.source))
            .collect();
        let mut numbers: BTreeMap<(Option<&str>, &str), Site> = BTreeMap::new();
        let mut of = BTreeMap::new();
        for log in &logs {
            let new = numbers.len();
            let key = (services.host_of_source(*log), family(&sources[*log].path));
            of.insert(*log, *numbers.entry(key).or_insert(new));
        }
        let hosts = logs.iter().filter_map(|log| services.host_of_source(*log)).collect();
        let mut sites = Self { services, of, asked_by: BTreeMap::new(), hosts };
        if numbers.len() > 1 {
            sites.learn_upstreams(answers, sources, timeline);
            sites.join();
        }
        sites
    }

    /// An upstream as it is asked from a host.
    fn upstream(host: Option<&'a str>, address: &str) -> Upstream<'a> {
        let key = address_key(address);
        (host.filter(|_| is_local(&key)), key)
    }

    fn learn_upstreams(&mut self, answers: &Answers, sources: &'a [Source], timeline: &Timeline) {
        for failure in answers.failures.iter().filter(|failure| !failure.key.upstream.is_empty()) {
            let host = self.services.host_of_source(failure.source);
            for address in failure.key.upstream.split(", ") {
                let upstream = Self::upstream(host, address);
                self.asked_by.entry(upstream).or_default().insert(self.of[&failure.source]);
            }
        }
        // A proxy's error line names the upstream, and shares its request with the access log of the site.
        let requests = self.requests(sources);
        let mut votes: BTreeMap<Upstream<'a>, BTreeMap<Site, u64>> = BTreeMap::new();
        let mut marks: BTreeMap<usize, BTreeMap<u64, u64>> = BTreeMap::new();
        for (id, fact) in timeline.iter() {
            let Some(address) = fact.field("upstream").filter(|text| !text.is_empty()) else {
                continue;
            };
            let log = fact.event.at.source.0;
            let lines = marks.entry(log).or_insert_with(|| by_line(&sources[log]));
            let mark = lines.get(&fact.event.at.line);
            let Some(seen) = mark.and_then(|mark| requests.get(mark)) else { continue };
            let found = self.of_request(seen, (log, fact));
            if let (Some(site), 1) = (found.first(), found.len()) {
                let upstream = Self::upstream(self.services.host_of(id), address);
                *votes.entry(upstream).or_default().entry(*site).or_default() += 1;
            }
        }
        for (upstream, sites) in votes {
            let all: u64 = sites.values().sum();
            let often = sites.into_iter().filter(|(_, votes)| votes * 5 >= all);
            self.asked_by.entry(upstream).or_default().extend(often.map(|(site, _)| site));
        }
    }

    /// The requests that the logs of sites share with error logs, by mark: the log and its time.
    fn requests(&self, sources: &[Source]) -> BTreeMap<u64, Vec<(usize, Micros)>> {
        let mut seen: BTreeMap<u64, Vec<(usize, Micros)>> = BTreeMap::new();
        for log in self.of.keys() {
            let Some(traffic) = &sources[*log].traffic else { continue };
            for (mark, sightings) in traffic.marks.of(MarkKind::Request) {
                let times = sightings.iter().map(|one| (*log, one.stamp.at));
                seen.entry(mark).or_default().extend(times);
            }
        }
        seen
    }

    /// The sites of the same host in whose logs a request stands that a proxy's error line is about.
    fn of_request(&self, seen: &[(usize, Micros)], (log, fact): (usize, &Fact)) -> BTreeSet<Site> {
        let host = self.services.host_of_source(log);
        let Some(stamp) = fact.event.stamp else { return BTreeSet::new() };
        // Both are on the host's clock, but maybe in another zone.
        let quarter = |at: Micros| at.rem_euclid(15 * MINUTE);
        let near = |at: Micros| quarter(at).abs_diff(quarter(stamp.at)) <= SAME.unsigned_abs();
        seen.iter()
            .filter(|(source, at)| near(*at) && self.services.host_of_source(*source) == host)
            .filter_map(|(source, _)| self.of(*source))
            .collect()
    }

    /// Sites that ask the same upstream are one.
    fn join(&mut self) {
        loop {
            let shared = self.asked_by.values().find(|sites| sites.len() > 1).cloned();
            let Some(shared) = shared else { return };
            let Some(first) = shared.first().copied() else { return };
            let one = |site: Site| if shared.contains(&site) { first } else { site };
            for site in self.of.values_mut() {
                *site = one(*site);
            }
            for sites in self.asked_by.values_mut() {
                *sites = sites.iter().map(|site| one(*site)).collect();
            }
        }
    }

    /// The site of a log.
    #[must_use]
    pub fn of(&self, source: usize) -> Option<Site> {
        self.of.get(&source).copied()
    }

    /// What incidents of some sites see of all facts: not what proxies say of other sites' upstreams, and nothing of other sites' hosts
    /// where the requests of these stay on their own.
    #[must_use]
    pub fn view(&self, all: &View<'a>, sites: &BTreeSet<Site>) -> View<'a> {
        let own = self.of.iter().filter(|(_, site)| sites.contains(site));
        let own: BTreeSet<&str> =
            own.filter_map(|(source, _)| self.services.host_of_source(*source)).collect();
        let others: BTreeSet<&str> = self.hosts.difference(&own).copied().collect();
        let apart = !others.is_empty() && !own.is_empty();
        let hides_hosts = apart
            && self.stay_at_home(sites, all).unwrap_or_else(|| {
                // Nothing tells whom these ask; whom others keep for themselves they do not.
                let other = self.of.values().filter(|site| !sites.contains(site));
                let mut others = other.map(|site| BTreeSet::from([*site]));
                others.all(|other| self.stay_at_home(&other, all) == Some(true))
            });
        if !hides_hosts && self.asked_by.is_empty() {
            return all.clone();
        }
        all.without(|id, fact| {
            let host = self.services.host_of(id);
            (hides_hosts && host.is_some_and(|host| others.contains(host)))
                || self.is_others(id, fact, sites)
        })
    }

    /// Whether a proxy's line is about an upstream that only other sites ask.
    fn is_others(&self, id: FactId, fact: &Fact, sites: &BTreeSet<Site>) -> bool {
        let Some(address) = fact.field("upstream") else { return false };
        let upstream = Self::upstream(self.services.host_of(id), address);
        self.asked_by.get(&upstream).is_some_and(|asking| asking.is_disjoint(sites))
    }

    /// Whether all upstreams that proxies of these sites name are on the proxy's own host; `None` where they name none.
    fn stay_at_home(&self, sites: &BTreeSet<Site>, all: &View<'a>) -> Option<bool> {
        let own = self.of.iter().filter(|(_, site)| sites.contains(site));
        let hosts: BTreeSet<Option<&str>> =
            own.map(|(source, _)| self.services.host_of_source(*source)).collect();
        let told = all
            .iter()
            .filter(|(id, _)| hosts.contains(&self.services.host_of(*id)))
            .filter_map(|(id, fact)| Some((self.services.host_of(id), fact.field("upstream")?)));
        // A store that is asked by its address may be on any host.
        let far = all.iter().any(|(id, fact)| {
            fact.kind.name().starts_with("dependency-")
                && hosts.contains(&self.services.host_of(id))
                && fact.field("address").is_some_and(|address| !is_local(&address_key(address)))
        });
        if far {
            return Some(false);
        }
        let asked = self.asked_by.iter().filter(|(_, asking)| !asking.is_disjoint(sites));
        let asked = asked.map(|((host, key), _)| (*host, key.as_str()));
        let (mut any, mut home) = (false, true);
        for (host, address) in told.chain(asked).filter(|(_, address)| names::is_address(address)) {
            let here = self.services.at_address(address, host).is_some_and(|service| {
                let service = self.services.get(service);
                service.host.is_some() && hosts.contains(&service.host.as_deref())
            });
            any = true;
            home &= is_local(&address_key(address)) || here;
        }
        any.then_some(home)
    }
}

/// The marks of an error log's lines.
fn by_line(source: &Source) -> BTreeMap<u64, u64> {
    let marks = source.marks.of(MarkKind::Request);
    marks.flat_map(|(key, seen)| seen.iter().map(move |one| (one.line, key))).collect()
}

/// Failed answers by site; what is of no site is with the first one.
#[must_use]
pub fn by_site(sites: &Sites<'_>, failures: &[Failure]) -> BTreeMap<Site, Vec<Failure>> {
    let mut found: BTreeMap<Site, Vec<Failure>> = BTreeMap::new();
    for failure in failures {
        let site = sites.of(failure.source).unwrap_or_default();
        found.entry(site).or_default().push(failure.clone());
    }
    found
}
