//! What an access log says, in bounded memory: good requests are counted, failed ones are counted by second, status, upstream
//! and route. Partial results of blocks and files merge in any order to the same answer.
//!
//! Every table has a cap. When it is reached the table becomes coarser (longer time steps, then fewer keys) by a rule that
//! depends on the set of keys alone and not on their order, so that blocks may be counted on any thread.

mod counter;
mod memo;
mod numbered;
mod restored;
mod routes;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

use crate::event::EventKind;
use crate::mark::Marks;
use crate::stamp::{ClockKind, DAY, HOUR, MINUTE, Micros, RawStamp, SECOND};

pub use counter::Counter;
pub use numbered::Numbered;
pub use restored::Restored;
pub use routes::{Regular, Routes};

/// Seconds counted singly: a day and a half. Longer logs are counted by the minute.
const SECONDS_MAX: usize = 131_072;
/// Seconds counted singly in all logs of a bundle together: two days.
const SECONDS_OF_ALL_MAX: usize = 180_000;
/// Rows of requests by route and time in all logs of a bundle together.
const ROUTES_OF_ALL_MAX: usize = 48_000;
/// Marks in all logs of a bundle together, and of how many one is kept beyond (as a power of two).
const MARKS_OF_ALL_MAX: usize = 24_000;
const MARKS_THINNED: u32 = 4;
/// Distinct client addresses that are told apart; only "one", "few" or "many" matters.
const CLIENTS_MAX: usize = 16;
/// Of so many good requests of a long log, beside no failure, one is read for what it asked for, and stands for all of them.
pub const SAMPLE: u64 = 16;
/// Longest upstream address or route kept as a key, in bytes.
const KEY_MAX_BYTES: usize = 120;

/// What there was in a step of time.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Load {
    /// Requests that ended in the step.
    pub requests: u64,
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
#[derive(Debug, Clone)]
pub struct Traffic {
    /// Requests by status, probes among them.
    pub statuses: BTreeMap<u16, u64>,
    /// Requests by time step on the log's clock.
    pub load: BTreeMap<Micros, Load>,
    /// Failed answers.
    pub failures: BTreeMap<FailureKey, FailureCount>,
    /// Health-check probes by status.
    pub probes: BTreeMap<u16, u64>,
    /// Whether good requests were sampled for what they asked for: then `probes`, `routes`, `http10`, `with_upstream` and
    /// `by_app_server` are estimates.
    pub sampled: bool,
    /// Requests by (time step, route).
    pub routes: Routes,
    /// Things shared with other logs, to line the clocks up.
    pub marks: Marks,
    /// First and last stamp, on the log's clock.
    pub span: Option<(RawStamp, RawStamp)>,
    /// Distinct client addresses, as hashes; at most a few.
    clients: BTreeSet<u64>,
    clients_left: usize,
    /// Requests of protocol HTTP/1.0, as a proxy sends them to its upstream.
    pub http10: u64,
    /// Requests whose format has upstream fields.
    pub with_upstream: u64,
    /// Some stamps are the start of a request whose end the log does not tell.
    pub start_logged: bool,
    /// Requests of a log that an app server wrote about its own answers.
    pub by_app_server: u64,
    load_level: usize,
    failure_step: Micros,
    marks_thinned: bool,
}

/// Steps of the load table. The last ones are for stamps that are strewn over centuries.
const LOAD_STEPS: [Micros; 4] = [SECOND, MINUTE, HOUR, DAY];
/// The level for bundles of many logs.
const LOAD_LEVEL_OF_MANY: usize = 1;

impl Default for Traffic {
    fn default() -> Self {
        Self {
            statuses: BTreeMap::new(),
            load: BTreeMap::new(),
            failures: BTreeMap::new(),
            probes: BTreeMap::new(),
            sampled: false,
            routes: Routes::default(),
            marks: Marks::default(),
            span: None,
            clients: BTreeSet::new(),
            clients_left: CLIENTS_MAX,
            http10: 0,
            with_upstream: 0,
            start_logged: false,
            by_app_server: 0,
            load_level: 0,
            failure_step: SECOND,
            marks_thinned: false,
        }
    }
}

impl Traffic {
    /// Takes another part of the same log in, but for what has line numbers: that is [`Counter::add_numbered`]'s. Any order of
    /// parts gives the same sum.
    pub fn merge(&mut self, other: Self) {
        for (status, requests) in other.statuses {
            *self.statuses.entry(status).or_default() += requests;
        }
        for (status, requests) in other.probes {
            *self.probes.entry(status).or_default() += requests;
        }
        self.sampled |= other.sampled;
        self.raise_load(other.load_level);
        let step = LOAD_STEPS[self.load_level];
        for (at, load) in other.load {
            self.load.entry(floor(at, step)).or_default().add(load);
        }
        self.bound_load();
        self.routes.merge(&other.routes);
        if let Some((first, last)) = other.span {
            self.span = Some(widen(Some(widen(self.span, first)), last));
        }
        for client in other.clients {
            if self.clients.len() < CLIENTS_MAX {
                self.clients.insert(client);
            }
        }
        self.clients_left = CLIENTS_MAX.saturating_sub(self.clients.len());
        self.http10 += other.http10;
        self.with_upstream += other.with_upstream;
        self.start_logged |= other.start_logged;
        self.by_app_server += other.by_app_server;
    }

    fn bound_load(&mut self) {
        while self.load.len() > SECONDS_MAX && self.load_level + 1 < LOAD_STEPS.len() {
            self.raise_load(self.load_level + 1);
        }
    }

    /// Makes the load table as coarse as this level.
    fn raise_load(&mut self, level: usize) {
        if level > self.load_level {
            self.load_level = level;
            let step = LOAD_STEPS[level];
            for (at, load) in std::mem::take(&mut self.load) {
                self.load.entry(floor(at, step)).or_default().add(load);
            }
        }
    }

    /// Rows of its tables: what it takes to hold it.
    #[must_use]
    pub fn rows(&self) -> Rows {
        Rows {
            seconds: if self.load_level == 0 { self.load.len() } else { 0 },
            routes: self.routes.len(),
            marks: self.marks.len(),
            failures: self.failures.len(),
        }
    }

    /// Makes the tables coarser that are too large in a bundle of many logs.
    pub fn thin(&mut self, too_many: &Rows) {
        self.thin_tables(too_many);
        self.failure_step =
            numbered::thin(&mut self.failures, self.failure_step, too_many.failures);
        if too_many.marks > MARKS_OF_ALL_MAX && !std::mem::replace(&mut self.marks_thinned, true) {
            self.marks.thin(MARKS_THINNED);
        }
    }

    fn thin_tables(&mut self, too_many: &Rows) {
        if too_many.seconds > SECONDS_OF_ALL_MAX {
            self.raise_load(LOAD_LEVEL_OF_MANY);
        }
        if too_many.routes > ROUTES_OF_ALL_MAX {
            self.routes.thin();
        }
    }

    /// Requests but probes, by status.
    pub fn of_users(&self) -> impl Iterator<Item = (u16, u64)> {
        self.statuses.iter().filter_map(|(status, requests)| {
            let probes = self.probes.get(status).copied().unwrap_or_default();
            let users = requests.saturating_sub(probes);
            (users > 0).then_some((*status, users))
        })
    }

    /// All requests but probes.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.of_users().map(|(_, requests)| requests).sum()
    }

    /// How many clients are told apart, up to a few.
    #[must_use]
    pub fn clients(&self) -> usize {
        self.clients.len()
    }

    /// Length of one step of [`Traffic::load`].
    #[must_use]
    pub fn load_step(&self) -> Micros {
        LOAD_STEPS[self.load_level]
    }

    /// Length of one step of [`Traffic::failures`].
    #[must_use]
    pub fn failure_step(&self) -> Micros {
        self.failure_step
    }

    /// The clock of the stamps.
    #[must_use]
    pub fn clock(&self) -> Option<ClockKind> {
        self.span.map(|(first, _)| first.clock)
    }
}

/// Numbers of rows, of one log or of several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rows {
    /// Seconds counted singly.
    pub seconds: usize,
    /// Requests by route and time.
    pub routes: usize,
    /// Marks.
    pub marks: usize,
    /// Failures by time, status, upstream and route.
    pub failures: usize,
}

impl Rows {
    /// What of them is too much, and how much so: [`Traffic::thin`] does the same for equal ones.
    #[must_use]
    pub fn tiers(&self) -> [usize; 4] {
        [
            usize::from(self.seconds > SECONDS_OF_ALL_MAX),
            usize::from(self.routes > ROUTES_OF_ALL_MAX),
            usize::from(self.marks > MARKS_OF_ALL_MAX),
            numbered::level_of_many(self.failures),
        ]
    }

    /// Adds those of another log.
    pub fn add(&mut self, other: Self) {
        self.seconds = self.seconds.saturating_add(other.seconds);
        self.routes = self.routes.saturating_add(other.routes);
        self.marks = self.marks.saturating_add(other.marks);
        self.failures = self.failures.saturating_add(other.failures);
    }
}

impl Load {
    /// Adds another step's figures.
    pub fn add(&mut self, other: Self) {
        self.requests += other.requests;
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

fn key_text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(KEY_MAX_BYTES)]).into_owned()
}

/// A number for bytes, eight of them at a time in two lanes: the same on every run and machine. Who may choose the bytes may make
/// two of them equal, so that nothing may be concluded from it alone.
fn fold(bytes: &[u8]) -> u64 {
    const ONE: u64 = 0x9fb2_1c65_1e98_df25;
    const OTHER: u64 = 0xd6e8_feb8_6659_fd93;
    let (mut one, mut other) = (bytes.len() as u64, ONE);
    let (pairs, rest) = bytes.as_chunks::<16>();
    for pair in pairs {
        let whole = u128::from_le_bytes(*pair);
        one = (one ^ whole as u64).wrapping_mul(ONE);
        other = (other ^ (whole >> 64) as u64).wrapping_mul(OTHER);
        one ^= one >> 32;
        other ^= other >> 29;
    }
    let tail = match rest.first_chunk::<8>() {
        Some(first) => {
            one = (one ^ u64::from_le_bytes(*first)).wrapping_mul(OTHER);
            one ^= one >> 32;
            rest.last_chunk::<8>().map_or(0, |last| u64::from_le_bytes(*last))
        }
        None => rest.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte)),
    };
    let sum = (one ^ other.rotate_left(32) ^ tail).wrapping_mul(ONE);
    sum ^ (sum >> 32)
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
