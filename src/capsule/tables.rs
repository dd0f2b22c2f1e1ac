//! The counts of an access log as data, and back. In: a [`Traffic`]; out: tables in which each text stands once. The addresses of
//! clients are left behind: only how many there were travels.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::event::EventKind;
use crate::stamp::{MINUTE, Micros, SECOND};
use crate::traffic::{FailureCount, FailureKey, Load, Restored, Traffic};

use super::record::{At, count, moment};

/// Requests and failures of one log.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TrafficRecord {
    /// Requests by status, health checks among them.
    pub statuses: BTreeMap<u16, u64>,
    /// Health checks by status.
    pub probes: BTreeMap<u16, u64>,
    /// Whether good requests were sampled for what they asked for.
    #[serde(default)]
    pub sampled: bool,
    /// First and last stamp.
    pub span: Option<(At, At)>,
    /// Length of a step of `load`.
    pub load_step: Micros,
    /// Runs of steps: begin of the first, and requests of each.
    pub load: Vec<(Micros, Vec<u64>)>,
    /// The same by the minute, of stretches that `load` leaves out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub load_minutes: Vec<(Micros, Vec<u64>)>,
    /// Texts of `failures` and `routes`: upstreams and routes.
    pub words: Vec<String>,
    /// Length of a step of `failures`.
    pub failure_step: Micros,
    /// Failed answers.
    pub failures: Vec<FailureRow>,
    /// Length of a step of `routes`.
    pub route_step: Micros,
    /// By step: number of the route's word, requests.
    pub routes: Vec<(Micros, Vec<(u32, u64)>)>,
    /// Number of clients that were told apart.
    pub clients: usize,
    /// Requests of HTTP/1.0, with upstream fields, of an app server's own log.
    pub of_kind: [u64; 3],
    /// Whether some stamps are of the start.
    pub start_logged: bool,
}

/// Failed answers of one look.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FailureRow {
    /// Begin of the step, first and last after it.
    pub at: (Micros, Micros, Micros),
    /// Status as the client got it.
    pub status: u16,
    /// Letters: hidden by a retry, health check, by the app, by the proxy.
    pub how: String,
    /// What the proxy met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// Numbers of the words for upstream and route.
    pub words: (u32, u32),
    /// How many, and the line of the first.
    pub answers: (u64, u64),
    /// Longest duration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest: Option<Micros>,
    /// Largest size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub largest_bytes: Option<u64>,
}

/// How coarse the tables are to be; 0 is as they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Coarseness {
    /// Away from incidents, load by the minute and failures without route and upstream. Near them nothing is coarser: a second more
    /// or less decides what explains a failure.
    pub away: bool,
    /// Routes that are kept, most asked for first; those with failures are kept anyway.
    pub routes_max: Option<usize>,
}

/// Steps between two runs of the load that are written as zeros.
const ZEROS_MAX: i64 = 4;

#[derive(Default)]
struct Words {
    numbers: BTreeMap<String, u32>,
    list: Vec<String>,
}

impl Words {
    fn number(&mut self, word: String) -> u32 {
        if let Some(number) = self.numbers.get(&word) {
            return *number;
        }
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.list.push(word.clone());
        self.numbers.insert(word, number);
        number
    }
}

/// The tables of a log; every text passes `mask`. `near` tells of a stamp of this log whether an incident is near.
#[must_use]
pub fn record(
    traffic: &Traffic,
    coarse: Coarseness,
    near: &dyn Fn(Micros) -> bool,
    mask: &dyn Fn(&str) -> String,
) -> TrafficRecord {
    let mut words = Words::default();
    let load_step = traffic.load_step();
    let is_whole = |at: Micros| !coarse.away || near(at);
    // Which of few routes failed is told, which of thousands is not.
    let told = coarse.routes_max.filter(|_| coarse.away).unwrap_or(usize::MAX);
    let told: BTreeSet<&str> = failing(traffic).into_iter().take(told).collect();
    let failures = failures(traffic, (&is_whole, &told), &mut words, mask);
    let routes = routes(traffic, coarse.routes_max, &mut words, mask);
    // A minute is told in one way, else its requests would count twice.
    let minute = |at: Micros| at - at.rem_euclid(MINUTE);
    let by_step = |at: &Micros| load_step >= MINUTE || is_whole(minute(*at));
    TrafficRecord {
        statuses: traffic.statuses.clone(),
        probes: traffic.probes.clone(),
        sampled: traffic.sampled,
        span: traffic.span.map(|(first, last)| (first.into(), last.into())),
        load_step,
        load: load(traffic, load_step, by_step),
        load_minutes: load(traffic, load_step.max(MINUTE), |at| !by_step(at)),
        failure_step: traffic.failure_step(),
        failures,
        route_step: traffic.routes.step(),
        routes,
        words: words.list,
        clients: traffic.clients(),
        of_kind: [traffic.http10, traffic.with_upstream, traffic.by_app_server],
        start_logged: traffic.start_logged,
    }
}

fn load(
    traffic: &Traffic,
    step: Micros,
    wanted: impl Fn(&Micros) -> bool,
) -> Vec<(Micros, Vec<u64>)> {
    let mut coarse: BTreeMap<Micros, u64> = BTreeMap::new();
    for (at, load) in traffic.load.iter().filter(|(at, _)| wanted(at)) {
        *coarse.entry(at - at.rem_euclid(step)).or_default() += load.requests;
    }
    let mut runs: Vec<(Micros, Vec<u64>)> = Vec::new();
    for (at, requests) in coarse {
        if let Some((start, run)) = runs.last_mut() {
            let next = *start + step * run.len() as i64;
            let between = (at - next) / step;
            if (0..=ZEROS_MAX).contains(&between) {
                run.extend((0..between).map(|_| 0));
                run.push(requests);
                continue;
            }
        }
        runs.push((at, vec![requests]));
    }
    runs
}

/// Routes with failures, most first.
fn failing(traffic: &Traffic) -> Vec<&str> {
    let mut totals: BTreeMap<&str, u64> = BTreeMap::new();
    for (key, count) in &traffic.failures {
        *totals.entry(key.route.as_str()).or_default() += count.answers;
    }
    let mut most: Vec<(&str, u64)> =
        traffic.routes.totals().filter(|(_, requests)| *requests > 0).collect();
    most.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    most.into_iter().map(|(route, _)| route).collect()
}

fn failures(
    traffic: &Traffic,
    (is_whole, told): (&dyn Fn(Micros) -> bool, &BTreeSet<&str>),
    words: &mut Words,
    mask: &dyn Fn(&str) -> String,
) -> Vec<FailureRow> {
    let mut rows: BTreeMap<FailureKey, FailureCount> = BTreeMap::new();
    for (key, count) in &traffic.failures {
        let is_told = is_whole(key.at);
        let shown = |told: bool, text: &str| if told { mask(text) } else { String::new() };
        let key = FailureKey {
            upstream: shown(is_told, &key.upstream),
            route: shown(is_told && told.contains(key.route.as_str()), &key.route),
            ..key.clone()
        };
        rows.entry(key).and_modify(|known| known.add(*count)).or_insert(*count);
    }
    rows.into_iter()
        .map(|(key, count)| FailureRow {
            at: (key.at, count.first - key.at, count.last - key.at),
            status: key.status,
            how: [(key.hidden, 'h'), (key.probe, 'c'), (key.by_app, 'a'), (key.by_proxy, 'p')]
                .iter()
                .filter_map(|(set, letter)| set.then_some(*letter))
                .collect(),
            fault: key.fault.map(|kind| kind.name().to_owned()),
            words: (words.number(key.upstream), words.number(key.route)),
            answers: (count.answers, count.line),
            longest: count.longest,
            largest_bytes: count.largest_bytes,
        })
        .collect()
}

fn routes(
    traffic: &Traffic,
    routes_max: Option<usize>,
    words: &mut Words,
    mask: &dyn Fn(&str) -> String,
) -> Vec<(Micros, Vec<(u32, u64)>)> {
    let failing: BTreeSet<&str> = traffic.failures.keys().map(|key| key.route.as_str()).collect();
    let mut most: Vec<(&str, u64)> =
        traffic.routes.totals().filter(|(_, requests)| *requests > 0).collect();
    most.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let kept: BTreeMap<&str, u32> = most
        .iter()
        .enumerate()
        .filter(|(place, (route, _))| {
            routes_max
                .is_none_or(|max| *place < max || (failing.contains(route) && *place < 4 * max))
        })
        .map(|(_, (route, _))| (*route, words.number(mask(route))))
        .collect();
    let mut rows: BTreeMap<Micros, BTreeMap<u32, u64>> = BTreeMap::new();
    for (at, route, requests) in traffic.routes.iter() {
        if let Some(word) = kept.get(route) {
            *rows.entry(at).or_default().entry(*word).or_default() += requests;
        }
    }
    rows.into_iter().map(|(at, row)| (at, row.into_iter().collect())).collect()
}

impl TrafficRecord {
    /// The counts, without marks. What is out of bounds is brought into them; a number of a word that is not there is no word.
    #[must_use]
    pub fn restored(self) -> Traffic {
        let word = |number: u32| self.words.get(number as usize).cloned().unwrap_or_default();
        let load_step = if self.load_step > SECOND { MINUTE } else { SECOND };
        let mut load: BTreeMap<Micros, Load> = BTreeMap::new();
        for (start, run) in &self.load {
            let steps = (0_i64..).zip(run).filter(|(_, requests)| **requests > 0);
            for (place, requests) in steps {
                let at = moment(start.saturating_add(load_step.saturating_mul(place)));
                let at = at - at.rem_euclid(load_step);
                load.entry(at).or_default().add(Load { requests: count(*requests) });
            }
        }
        // A minute of which only the sum is known was an even one; no incident is near.
        for (start, run) in &self.load_minutes {
            for (place, requests) in (0_i64..).zip(run) {
                let minute = moment(start.saturating_add(MINUTE.saturating_mul(place)));
                let minute = minute - minute.rem_euclid(MINUTE);
                let steps = (MINUTE / load_step).max(1);
                let up_to = |step: i64| {
                    (i128::from(count(*requests)) * i128::from(step) / i128::from(steps)) as u64
                };
                for step in 0..steps {
                    let requests = up_to(step + 1) - up_to(step);
                    if requests > 0 {
                        load.entry(minute + step * load_step).or_default().add(Load { requests });
                    }
                }
            }
        }
        let failures = self.failures.iter().map(|row| {
            let at = moment(row.at.0);
            let key = FailureKey {
                at,
                status: row.status,
                hidden: row.how.contains('h'),
                probe: row.how.contains('c'),
                by_app: row.how.contains('a'),
                by_proxy: row.how.contains('p'),
                fault: row.fault.as_deref().and_then(EventKind::from_name),
                upstream: word(row.words.0),
                route: word(row.words.1),
            };
            let first = moment(at.saturating_add(row.at.1));
            let counted = FailureCount {
                answers: count(row.answers.0),
                first,
                last: moment(at.saturating_add(row.at.2)).max(first),
                line: count(row.answers.1),
                longest: row.longest.map(moment),
                largest_bytes: row.largest_bytes,
            };
            (key, counted)
        });
        let failures = failures.collect();
        let routes = self.routes.iter().flat_map(|(at, row)| {
            row.iter().map(|(number, requests)| (moment(*at), word(*number), count(*requests)))
        });
        let bounded = |table: &BTreeMap<u16, u64>| {
            table.iter().map(|(status, requests)| (*status, count(*requests))).collect()
        };
        Traffic::restored(Restored {
            statuses: bounded(&self.statuses),
            probes: bounded(&self.probes),
            sampled: self.sampled,
            load,
            load_step,
            failures,
            failure_step: self.failure_step,
            routes: routes.collect(),
            route_step: self.route_step,
            span: self.span.map(|(first, last)| (first.into(), last.into())),
            clients: self.clients,
            http10: count(self.of_kind[0]),
            with_upstream: count(self.of_kind[1]),
            by_app_server: count(self.of_kind[2]),
            start_logged: self.start_logged,
        })
    }
}
