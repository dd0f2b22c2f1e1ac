//! Counts requests one after the other. In: requests of one log, or of a piece of it. Out: a [`Traffic`]. It exists because
//! neighbours share their second, their minute and mostly their status: what is equal is added up first and entered once. Pieces
//! may be counted by any counter in any order.

use crate::access::quick::Seen;
use crate::access::{self, Maker, Request};
use crate::stamp::{Micros, RawStamp};

use super::memo::Memo;
use super::routes::Regular;
use super::{
    CLIENTS_MAX, FailureCount, FailureKey, LOAD_STEPS, Load, Numbered, Rows, Traffic, floor, hash,
    key_text, request_mark, widen,
};

/// Statuses that are counted in a row: all that a line can tell.
const STATUSES: usize = 1000;

/// Counts requests; its memory is good for any log.
#[derive(Debug)]
pub struct Counter {
    traffic: Traffic,
    numbered: Numbered,
    memo: Memo,
    /// Of the span so far; the wrong way round before the first request.
    first_at: Micros,
    last_at: Micros,
    statuses: Vec<u64>,
    probes: Vec<u64>,
    second: Step,
    load: Load,
    minute: Step,
    /// Requests of the minute by number of the route, and the numbers that have any.
    asked: Vec<u64>,
    touched: Vec<u32>,
}

/// The stretch in which requests count as simultaneous.
#[derive(Debug, Clone, Copy, Default)]
struct Step {
    from: Micros,
    /// Equal to `from` while there is none.
    to: Micros,
}

impl Step {
    fn has(self, at: Micros) -> bool {
        self.from <= at && at < self.to
    }

    fn around(at: Micros, step: Micros) -> Self {
        let from = floor(at, step);
        Self { from, to: from.saturating_add(step) }
    }
}

/// One try of a request: the upstream's address and its status, where the log has them.
type Try<'a> = (Option<&'a [u8]>, Option<&'a [u8]>);

impl Counter {
    /// A counter that keeps these routes before others, for a log beside others that hold so much already.
    #[must_use]
    pub fn new(regular: &Regular, held: &Rows) -> Self {
        let mut traffic = Traffic::default();
        traffic.routes.prefer(regular);
        traffic.thin_tables(held);
        Self {
            traffic,
            numbered: Numbered::default(),
            memo: Memo::default(),
            first_at: Micros::MAX,
            last_at: Micros::MIN,
            statuses: vec![0; STATUSES],
            probes: vec![0; STATUSES],
            second: Step::default(),
            load: Load::default(),
            minute: Step::default(),
            asked: Vec::new(),
            touched: Vec::new(),
        }
    }

    /// Begins another piece of a log of which `known` is known already; its lines are numbered from 1 again.
    pub fn begin(&mut self, known: &Numbered) {
        self.numbered = known.as_coarse();
    }

    /// What has line numbers, of the piece that was begun last.
    pub fn take_numbered(&mut self) -> Numbered {
        std::mem::take(&mut self.numbered)
    }

    /// What has line numbers so far.
    #[must_use]
    pub const fn numbered(&self) -> &Numbered {
        &self.numbered
    }

    /// Takes in what [`Counter::take_numbered`] gave for a piece that begins after so many lines.
    pub fn add_numbered(&mut self, piece: Numbered, lines_before: u64) {
        self.numbered.merge(piece, lines_before);
    }

    /// What was counted.
    pub fn finish(&mut self) -> Traffic {
        self.enter_load();
        self.enter_routes();
        for (counts, table) in [
            (&mut self.statuses, &mut self.traffic.statuses),
            (&mut self.probes, &mut self.traffic.probes),
        ] {
            for (status, count) in (0..).zip(counts.iter_mut()).filter(|(_, count)| **count > 0) {
                *table.entry(status).or_default() += std::mem::take(count);
            }
        }
        (self.second, self.minute) = (Step::default(), Step::default());
        (self.first_at, self.last_at) = (Micros::MAX, Micros::MIN);
        let numbered = self.take_numbered();
        self.traffic.failure_step = numbered.step();
        (self.traffic.failures, self.traffic.marks) = (numbered.failures, numbered.marks);
        std::mem::take(&mut self.traffic)
    }

    /// Whether nothing was counted yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.traffic.span.is_none()
    }

    /// Counts one request at a line of its file.
    pub fn count(&mut self, request: &Request<'_>, line: u64) {
        self.count_seen(&Seen { request, probe_agent: None }, line);
    }

    /// As [`Counter::count`], with what was found out about the request by the way.
    pub fn count_seen(&mut self, seen: &Seen<'_, '_>, line: u64) {
        let request = seen.request;
        // The stamp stays where it is: to copy it for each request costs more than to count the request.
        let Some(stamp) = &request.stamp else { return };
        let at = match request.start_logged {
            true => stamp.at.saturating_add(request.busy().unwrap_or(0)),
            false => stamp.at,
        };
        self.count_answer(stamp, at, request.status);
        let probe = self.count_kind(seen, at, 1);
        if request.status >= 400 {
            let mark = request_mark(request.client, request.method, request.path, request.query);
            self.numbered.mark(mark, RawStamp { at, ..*stamp }, line);
        }
        self.count_failure(request, at, probe, line);
    }

    /// Counts an answer of which no more is known than its stamp, when it was given, and its status. [`Counter::count_kind`] is the rest for
    /// a good one.
    #[inline]
    pub fn count_answer(&mut self, stamp: &RawStamp, at: Micros, status: u16) {
        if let Some(count) = self.statuses.get_mut(usize::from(status)) {
            *count += 1;
        }
        if self.first_at > at || self.last_at < at {
            self.traffic.span = Some(widen(self.traffic.span, RawStamp { at, ..*stamp }));
            (self.first_at, self.last_at) = (self.first_at.min(at), self.last_at.max(at));
        }
        self.count_load(at);
    }

    /// Counts what kind of request it was, for as many as it stands for. Out: whether it was a health check's.
    pub fn count_kind(&mut self, seen: &Seen<'_, '_>, at: Micros, stands_for: u64) -> bool {
        let request = seen.request;
        if self.memo.level != self.traffic.routes.level() || self.memo.numbers_are_plenty() {
            self.renumber();
        }
        let asked = self.memo.asked(request.method, request.path, &self.traffic.routes);
        let probe = asked.probe
            || seen.probe_agent.unwrap_or_else(|| self.memo.is_probe_agent(request.user_agent))
            || access::route::is_haproxy_check(request);
        if probe && let Some(count) = self.probes.get_mut(usize::from(request.status)) {
            *count += stands_for;
        }
        let traffic = &mut self.traffic;
        traffic.sampled |= stands_for > 1;
        traffic.start_logged |= request.start_logged && request.busy().is_none();
        if request.made_by == Maker::App && !request.upstream_known {
            traffic.by_app_server += stands_for;
        }
        if request.protocol == b"HTTP/1.0" {
            traffic.http10 += stands_for;
        }
        if request.upstream_known {
            traffic.with_upstream += stands_for;
        }
        if traffic.clients_left > 0 && traffic.clients.insert(hash(request.client)) {
            traffic.clients_left = CLIENTS_MAX.saturating_sub(traffic.clients.len());
        }
        self.count_route(at, asked.route, stands_for);
        probe
    }

    fn count_load(&mut self, at: Micros) {
        if !self.second.has(at) {
            self.enter_load();
            self.second = Step::around(at, LOAD_STEPS[self.traffic.load_level]);
        }
        self.load.requests += 1;
    }

    fn enter_load(&mut self) {
        if self.load.requests > 0 {
            let load = std::mem::take(&mut self.load);
            self.traffic.load.entry(self.second.from).or_default().add(load);
            self.traffic.bound_load();
        }
    }

    fn count_route(&mut self, at: Micros, route: Option<u32>, requests: u64) {
        if !self.minute.has(at) {
            self.enter_routes();
            self.minute = Step::around(at, self.traffic.routes.step());
        }
        let Some(route) = route else { return };
        let place = route as usize;
        if place >= self.asked.len() {
            self.asked.resize(place + 1, 0);
        }
        if let Some(count) = self.asked.get_mut(place) {
            if *count == 0 {
                self.touched.push(route);
            }
            *count += requests;
        }
    }

    fn enter_routes(&mut self) {
        for route in self.touched.drain(..) {
            let count = self.asked.get_mut(route as usize).map_or(0, std::mem::take);
            if let Some(name) = self.memo.name(route) {
                self.traffic.routes.add(self.minute.from, name, count);
            }
        }
    }

    /// Begins the numbers of the routes anew, where there are too many or the table keeps fewer of them now.
    fn renumber(&mut self) {
        self.enter_routes();
        self.memo.forget_routes();
        self.memo.level = self.traffic.routes.level();
    }

    fn count_failure(&mut self, request: &Request<'_>, at: Micros, probe: bool, line: u64) {
        let upstream = &request.upstream;
        let visible = matches!(request.status, 500 | 502 | 503 | 504);
        // One status, and it is no failure: nearly all requests end here.
        if !visible && matches!(upstream.statuses, [] | [b'-'] | [b'1'..=b'4', _, _]) {
            return;
        }
        let mut addresses = access::tries(upstream.addresses);
        let tries: Vec<Try<'_>> = access::tries(upstream.statuses)
            .map(|status| (addresses.next().flatten(), status))
            .collect();
        let failed_status = |status: &Option<&[u8]>| matches!(*status, Some(b"502" | b"504"));
        let address = if visible {
            let last = tries.last().and_then(|(address, _)| *address);
            last.or_else(|| access::tries(upstream.addresses).last().flatten())
        } else if let Some((address, _)) = tries.iter().find(|(_, status)| failed_status(status)) {
            *address
        } else {
            return;
        };
        let answered = access::tries(upstream.header_times).last().flatten().is_some();
        let route = access::route::name(request.method, request.path);
        let key = FailureKey {
            at,
            status: request.status,
            hidden: !visible,
            probe,
            by_app: visible && (answered || request.made_by == Maker::App),
            by_proxy: visible && request.made_by == Maker::Proxy,
            fault: request.fault,
            upstream: key_text(address.unwrap_or_default()),
            route,
        };
        let count = FailureCount {
            answers: 1,
            first: at,
            last: at,
            line,
            longest: request.busy(),
            largest_bytes: request.request_bytes,
        };
        self.numbered.fail(key, count);
    }
}
