//! What an access log says, in bounded memory: good requests are counted, failed ones are counted by second, status, upstream
//! and route. Partial results of blocks and files merge in any order to the same answer.
//!
//! Every table has a cap. When it is reached the table becomes coarser (longer time steps, then fewer keys) by a rule that
//! depends on the set of keys alone and not on their order, so that blocks may be counted on any thread.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

use crate::access::{self, Maker, Request};
use crate::event::EventKind;
use crate::mark::{MarkKind, Marks};
use crate::stamp::{ClockKind, DAY, HOUR, MINUTE, Micros, RawStamp, SECOND};

/// Seconds counted singly: a day and a half. Longer logs are counted by the minute.
const SECONDS_MAX: usize = 131_072;
/// Rows of failures before the table becomes coarser: some 6 MB.
const FAILURES_MAX: usize = 24_000;
/// Rows of requests by route and time before the table becomes coarser.
const ROUTES_MAX: usize = 24_000;
/// Distinct client addresses that are told apart; only "one", "few" or "many" matters.
const CLIENTS_MAX: usize = 256;
/// Longest upstream address or route kept as a key, in bytes.
const KEY_MAX_BYTES: usize = 120;

/// Requests and their summed duration.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Load {
    /// Requests that ended in the step.
    pub requests: u64,
    /// Of these, requests whose duration is logged.
    pub timed: u64,
    /// Their durations in microseconds, summed.
    pub busy: Micros,
}

/// What a failed answer looked like. The order of the fields is the order of the report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FailureKey {
    /// Start of the time step on the log's clock.
    pub at: Micros,
    /// 500, 502, 503 or 504 as the client got it; 200-499 for a failure that a retry hid.
    pub status: u16,
    /// Whether a retry on another upstream hid it from the client.
    pub hidden: bool,
    /// Whether the request was a health check's.
    pub probe: bool,
    /// Whether the app sent the status itself (its header arrived), where the log can tell.
    pub by_app: bool,
    /// Whether the proxy made the answer itself, where the log can tell.
    pub by_proxy: bool,
    /// What the proxy met, where its access log tells.
    pub fault: Option<EventKind>,
    /// The upstream that failed: address, socket or group name; empty where the log does not say.
    pub upstream: String,
    /// Method and path template; empty when the table had to drop it.
    pub route: String,
}

/// How many failures a key stands for, and which lines show them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailureCount {
    /// Failed answers.
    pub answers: u64,
    /// First one, on the log's clock.
    pub first: Micros,
    /// Last one.
    pub last: Micros,
    /// Line of the first.
    pub line: u64,
    /// Longest logged duration of such a request, in microseconds.
    pub longest: Option<Micros>,
    /// Largest logged size of such a request, with its body.
    pub largest_bytes: Option<u64>,
}

/// An access log, counted.
#[derive(Debug, Clone, Default)]
pub struct Traffic {
    /// Requests by status.
    pub statuses: BTreeMap<u16, u64>,
    /// Requests by time step on the log's clock.
    pub load: BTreeMap<Micros, Load>,
    /// Failed answers.
    pub failures: BTreeMap<FailureKey, FailureCount>,
    /// Health-check probes by status; they count in `load` and `failures`, and apart from `statuses`.
    pub probes: BTreeMap<u16, u64>,
    /// Requests by (time step, route).
    pub routes: BTreeMap<(Micros, String), u64>,
    /// Things shared with other logs, to line the clocks up.
    pub marks: Marks,
    /// First and last stamp, on the log's clock.
    pub span: Option<(RawStamp, RawStamp)>,
    /// Distinct client addresses, as hashes; at most a few hundred.
    clients: BTreeSet<u64>,
    /// Requests of protocol HTTP/1.0, as a proxy sends them to its upstream.
    pub http10: u64,
    /// Requests whose format has upstream fields.
    pub with_upstream: u64,
    /// Some stamps are the start of a request whose end the log does not tell.
    pub start_logged: bool,
    /// Requests of a log that an app server wrote about its own answers.
    pub by_app_server: u64,
    load_level: usize,
    failure_level: usize,
    route_level: u32,
}

/// One try of a request: the upstream's address and its status, where the log has them.
type Try<'a> = (Option<&'a [u8]>, Option<&'a [u8]>);

/// Steps of the load table.
const LOAD_STEPS: [Micros; 2] = [SECOND, MINUTE];
/// Steps of the failure table; the last two drop the route.
const FAILURE_STEPS: [(Micros, bool); 5] =
    [(SECOND, true), (10 * SECOND, true), (MINUTE, true), (MINUTE, false), (10 * MINUTE, false)];
/// Steps of the route table; beyond the last, routes are sampled by their hash.
const ROUTE_STEPS: [Micros; 4] = [MINUTE, 10 * MINUTE, HOUR, DAY];

impl Traffic {
    /// Counts one request at a line of its file.
    pub fn count(&mut self, request: &Request<'_>, line: u64) {
        let Some(stamp) = request.answered() else { return };
        let busy = request.busy();
        self.span = Some(widen(self.span, stamp));
        let by_kind =
            if access::route::is_probe(request) { &mut self.probes } else { &mut self.statuses };
        *by_kind.entry(request.status).or_default() += 1;
        self.start_logged |= request.start_logged && busy.is_none();
        self.by_app_server += u64::from(request.made_by == Maker::App && !request.upstream_known);
        self.http10 += u64::from(request.protocol == b"HTTP/1.0");
        self.with_upstream += u64::from(request.upstream_known);
        if self.clients.len() < CLIENTS_MAX {
            self.clients.insert(hash(request.client));
        }
        let load = self.load.entry(floor(stamp.at, LOAD_STEPS[self.load_level])).or_default();
        load.requests += 1;
        load.timed += u64::from(busy.is_some());
        load.busy = load.busy.saturating_add(busy.unwrap_or(0));
        let route = route_of(request);
        self.count_failure(request, stamp, busy, &route, line);
        if request.status >= 400 {
            self.marks.add(
                MarkKind::Request,
                request_mark(request.client, request.method, request.path, request.query),
                stamp,
                line,
            );
        }
        self.count_route(stamp.at, route);
        self.bound();
    }

    fn count_failure(
        &mut self,
        request: &Request<'_>,
        stamp: RawStamp,
        busy: Option<Micros>,
        route: &str,
        line: u64,
    ) {
        let tries: Vec<Try<'_>> = {
            let mut addresses = access::tries(request.upstream.addresses);
            access::tries(request.upstream.statuses)
                .map(|status| (addresses.next().flatten(), status))
                .collect()
        };
        let failed_status = |status: &Option<&[u8]>| matches!(*status, Some(b"502" | b"504"));
        let (visible, upstream) = if matches!(request.status, 500 | 502 | 503 | 504) {
            let last = tries.last().and_then(|(address, _)| *address);
            (true, last.or_else(|| access::tries(request.upstream.addresses).last().flatten()))
        } else if let Some((address, _)) = tries.iter().find(|(_, status)| failed_status(status)) {
            (false, *address)
        } else {
            return;
        };
        let answered = access::tries(request.upstream.header_times).last().flatten().is_some();
        let (step, with_route) = FAILURE_STEPS[self.failure_level];
        let key = FailureKey {
            at: floor(stamp.at, step),
            status: request.status,
            hidden: !visible,
            probe: access::route::is_probe(request),
            by_app: visible && (answered || request.made_by == Maker::App),
            by_proxy: visible && request.made_by == Maker::Proxy,
            fault: request.fault,
            upstream: key_text(upstream.unwrap_or_default()),
            route: if with_route { route.to_owned() } else { String::new() },
        };
        let count = FailureCount {
            answers: 1,
            first: stamp.at,
            last: stamp.at,
            line,
            longest: busy,
            largest_bytes: request.request_bytes,
        };
        self.failures.entry(key).and_modify(|known| known.add(count)).or_insert(count);
    }

    fn count_route(&mut self, at: Micros, route: String) {
        let (step, sampling) = route_level(self.route_level);
        if kept(&route, sampling) {
            *self.routes.entry((floor(at, step), route)).or_default() += 1;
        }
    }

    /// Takes another part of the same log in. Any order of parts gives the same sum. `lines_before` is added to its line numbers.
    pub fn merge(&mut self, other: Self, lines_before: u64) {
        for (status, requests) in other.statuses {
            *self.statuses.entry(status).or_default() += requests;
        }
        for (status, requests) in other.probes {
            *self.probes.entry(status).or_default() += requests;
        }
        for (at, load) in other.load {
            self.load.entry(at).or_default().add(load);
        }
        for (key, mut count) in other.failures {
            count.line += lines_before;
            self.failures.entry(key).and_modify(|known| known.add(count)).or_insert(count);
        }
        for (key, requests) in other.routes {
            *self.routes.entry(key).or_default() += requests;
        }
        if let Some((first, last)) = other.span {
            self.span = Some(widen(Some(widen(self.span, first)), last));
        }
        self.clients.extend(other.clients);
        while self.clients.len() > CLIENTS_MAX {
            self.clients.pop_last();
        }
        self.marks.merge(other.marks, lines_before);
        self.http10 += other.http10;
        self.with_upstream += other.with_upstream;
        self.start_logged |= other.start_logged;
        self.by_app_server += other.by_app_server;
        self.load_level = self.load_level.max(other.load_level);
        self.failure_level = self.failure_level.max(other.failure_level);
        self.route_level = self.route_level.max(other.route_level);
        self.coarsen_load();
        self.coarsen_failures();
        self.coarsen_routes();
        self.bound();
    }

    fn bound(&mut self) {
        while self.load.len() > SECONDS_MAX && self.load_level + 1 < LOAD_STEPS.len() {
            self.load_level += 1;
            self.coarsen_load();
        }
        while self.failures.len() > FAILURES_MAX && self.failure_level + 1 < FAILURE_STEPS.len() {
            self.failure_level += 1;
            self.coarsen_failures();
        }
        while self.routes.len() > ROUTES_MAX {
            self.route_level += 1;
            self.coarsen_routes();
        }
    }

    fn coarsen_load(&mut self) {
        let step = LOAD_STEPS[self.load_level];
        if step > SECOND {
            for (at, load) in std::mem::take(&mut self.load) {
                self.load.entry(floor(at, step)).or_default().add(load);
            }
        }
    }

    fn coarsen_failures(&mut self) {
        let (step, with_route) = FAILURE_STEPS[self.failure_level];
        if self.failure_level > 0 {
            for (mut key, count) in std::mem::take(&mut self.failures) {
                key.at = floor(key.at, step);
                if !with_route {
                    key.route.clear();
                }
                self.failures.entry(key).and_modify(|known| known.add(count)).or_insert(count);
            }
        }
    }

    fn coarsen_routes(&mut self) {
        let (step, sampling) = route_level(self.route_level);
        if self.route_level > 0 {
            for ((at, route), requests) in std::mem::take(&mut self.routes) {
                if kept(&route, sampling) {
                    *self.routes.entry((floor(at, step), route)).or_default() += requests;
                }
            }
        }
    }

    /// All requests but probes.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.statuses.values().sum()
    }

    /// How many clients are told apart, up to a few hundred.
    #[must_use]
    pub fn clients(&self) -> usize {
        self.clients.len()
    }

    /// Length of one step of [`Traffic::load`].
    #[must_use]
    pub fn load_step(&self) -> Micros {
        LOAD_STEPS[self.load_level]
    }

    /// Length of one step of [`Traffic::routes`], and whether routes had to be sampled.
    #[must_use]
    pub fn route_step(&self) -> (Micros, bool) {
        let (step, sampling) = route_level(self.route_level);
        (step, sampling > 0)
    }

    /// Length of one step of [`Traffic::failures`].
    #[must_use]
    pub fn failure_step(&self) -> Micros {
        FAILURE_STEPS[self.failure_level].0
    }

    /// The clock of the stamps.
    #[must_use]
    pub fn clock(&self) -> Option<ClockKind> {
        self.span.map(|(first, _)| first.clock)
    }
}

impl Load {
    /// Adds another step's figures.
    pub fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.timed += other.timed;
        self.busy = self.busy.saturating_add(other.busy);
    }
}

impl FailureCount {
    /// Adds another count; the line is that of the earlier first answer, the lower one for equal times.
    pub fn add(&mut self, other: Self) {
        self.answers += other.answers;
        if (other.first, other.line) < (self.first, self.line) {
            self.line = other.line;
        }
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.longest = self.longest.max(other.longest);
        self.largest_bytes = self.largest_bytes.max(other.largest_bytes);
    }
}

/// The mark by which a request is recognised in another log: who asked for what.
#[must_use]
pub fn request_mark(client: &[u8], method: &[u8], path: &[u8], query: &[u8]) -> u64 {
    hash((client, method, path, query))
}

/// Method and path template.
fn route_of(request: &Request<'_>) -> String {
    let mut route =
        String::from_utf8_lossy(&request.method[..request.method.len().min(16)]).into_owned();
    route.push(' ');
    route.push_str(&access::route::route(request.path));
    route
}

fn key_text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(KEY_MAX_BYTES)]).into_owned()
}

fn route_level(level: u32) -> (Micros, u32) {
    let last = ROUTE_STEPS.len() as u32 - 1;
    (ROUTE_STEPS[level.min(last) as usize], level.saturating_sub(last))
}

/// Whether a route is in the sample that keeps one in 2^sampling of them.
fn kept(route: &str, sampling: u32) -> bool {
    sampling == 0 || hash(route).trailing_zeros() >= sampling
}

/// FNV-1a over the value's own hash input, finished by a multiplicative mix: the same on every run and machine.
fn hash(value: impl Hash) -> u64 {
    let mut hasher = crate::mark::StableHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}

fn widen(span: Option<(RawStamp, RawStamp)>, stamp: RawStamp) -> (RawStamp, RawStamp) {
    match span {
        None => (stamp, stamp),
        Some((first, last)) => (
            if stamp.at < first.at { stamp } else { first },
            if stamp.at > last.at { stamp } else { last },
        ),
    }
}

fn floor(at: Micros, step: Micros) -> Micros {
    at.saturating_sub(at.rem_euclid(step))
}
