//! The events of one source, in bounded memory: equal ones of the same second become one with a count, and a kind that floods
//! is counted in ever longer steps. Which events share a row depends on their content alone. What a bundle of many
//! sources may keep of them is the business of `crowd`.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use crate::access;
use crate::event::{Event, EventKind};
use crate::stamp::{HOUR, MINUTE, Micros, SECOND};

/// Rows of one kind before its steps become longer.
const ROWS_MAX: usize = 4500;
/// Rows of one source; then the kind with the most of them gives way.
const TABLE_MAX: usize = 5000;
/// Steps in which equal events are put together; beyond the last, further events are only counted.
const STEPS: [Micros; 3] = [SECOND, MINUTE, HOUR];
/// Fields that tell single requests apart and would make every row unique; they serve as marks and are then dropped.
const PASSING_FIELDS: [&str; 9] = [
    "client",
    "request",
    "connection",
    "tid",
    "referrer",
    "host",
    "level",
    "subrequest",
    "attributes",
];

/// Method and path template of a request line.
fn route_of(request: &str) -> Option<String> {
    let (method, rest) = request.split_once(' ')?;
    let target = rest.split([' ', '?']).next()?;
    Some(format!("{method} {}", access::route::route(target.as_bytes())))
}

#[derive(Debug, Default)]
pub(super) struct EventTable {
    kinds: BTreeMap<EventKind, Rows>,
    /// Rows of all kinds.
    rows: usize,
    /// Events that the cap left out.
    pub(super) left_out: u64,
}

#[derive(Debug)]
struct Rows {
    step: usize,
    rows_max: usize,
    /// Boxed, for they are put among others: an event is twenty times as long as its key.
    rows: BTreeMap<Key, Box<Event>>,
}

impl Default for Rows {
    fn default() -> Self {
        Self { step: 0, rows_max: ROWS_MAX, rows: BTreeMap::new() }
    }
}

/// The step, and who wrote what as two hashes that an attacker cannot make equal together (SipHash): kept as they are, the words
/// would double the memory.
type Key = (Micros, u64, u64);

impl EventTable {
    /// Events within the bound, by line, and how many were left out.
    pub(super) fn bounded(events: Vec<Event>) -> (Vec<Arc<Event>>, u64) {
        let mut table = Self::default();
        for event in events {
            table.add(event);
        }
        let left_out = table.left_out;
        (table.into_events(), left_out)
    }

    /// Adds an event, or counts it with its like.
    pub(super) fn add(&mut self, mut event: Event) {
        // Which route an upload went to is what its event is for.
        if event.kind == EventKind::UploadBuffered
            && let Some(route) = event.field("request").and_then(route_of)
        {
            event.fields.insert("route".to_owned(), route);
        }
        event.fields.remove_all(&PASSING_FIELDS);
        if self.rows >= TABLE_MAX {
            self.narrow();
        }
        let rows = self.kinds.entry(event.kind).or_default();
        let before = rows.rows.len();
        if before >= rows.rows_max && !rows.raise() {
            self.left_out += event.count;
            return;
        }
        insert(&mut rows.rows, event, STEPS[rows.step]);
        self.rows = self.rows + rows.rows.len() - before;
    }

    /// Makes room where the most is: longer steps, or every second row left out.
    fn narrow(&mut self) {
        let largest = self.kinds.values_mut().max_by_key(|rows| rows.rows.len());
        let Some(rows) = largest else { return };
        let before = rows.rows.len();
        if !rows.raise() {
            rows.rows_max = before / 2;
            let events = std::mem::take(&mut rows.rows).into_values().collect();
            let (kept, left_out) = sampled(events, before / 2);
            self.left_out += left_out;
            for event in kept {
                insert(&mut rows.rows, *event, STEPS[rows.step]);
            }
        }
        self.rows = self.rows + rows.rows.len() - before;
    }

    /// All events, by line.
    pub(super) fn into_events(self) -> Vec<Arc<Event>> {
        let rows = self.kinds.into_values().flat_map(|rows| rows.rows.into_values());
        let mut events: Vec<Arc<Event>> = rows.map(Arc::from).collect();
        events.sort_by_key(|a| (a.at.line, a.kind));
        events
    }
}

impl Rows {
    /// Counts in longer steps; false where there are none.
    fn raise(&mut self) -> bool {
        let longer = self.step + 1 < STEPS.len();
        if longer {
            self.step += 1;
            for ((_, who, what), event) in std::mem::take(&mut self.rows) {
                let at = step_of(&event, STEPS[self.step]);
                put(&mut self.rows, (at, who, what), event.count, || event);
            }
        }
        longer
    }
}

/// What is hashed, as it stands: to hash it twice, it need not be gone over twice.
struct Words(Vec<u8>);

/// As many as most events have.
const WORDS_BYTES: usize = 512;

impl Hasher for Words {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}

fn step_of(event: &Event, step: Micros) -> Micros {
    event.stamp.map_or(i64::MIN, |stamp| stamp.at.div_euclid(step))
}

fn insert(rows: &mut BTreeMap<Key, Box<Event>>, event: Event, step: Micros) {
    // An OOM kill is never put together with another: each victim counts.
    let single = if event.kind == EventKind::OomKill { event.at.line } else { 0 };
    let mut words = Words(Vec::with_capacity(WORDS_BYTES));
    (&event.origin, &event.fields, single).hash(&mut words);
    let hash = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        hasher.write_u8(salt);
        hasher.write(&words.0);
        hasher.finish()
    };
    let key = (step_of(&event, step), hash(0), hash(1));
    put(rows, key, event.count, || Box::new(event));
}

fn put(
    rows: &mut BTreeMap<Key, Box<Event>>,
    key: Key,
    count: u64,
    event: impl FnOnce() -> Box<Event>,
) {
    rows.entry(key).and_modify(|known| known.count += count).or_insert_with(event);
}

/// So many events at most, spread evenly over the lines and fairly over the kinds: a kind that floods gives way to rare ones. Which
/// ones stay of fewer is the same whether or not some were left out before. Gives those that stay, by line, and how many do not.
pub(super) fn sampled<E: Borrow<Event>>(mut events: Vec<E>, most: usize) -> (Vec<E>, u64) {
    if events.len() <= most {
        return (events, 0);
    }
    // Multiples of the golden ratio fill an interval evenly (Knuth, TAOCP 3, 6.4).
    let spread = |event: &Event| event.at.line.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    events.sort_by_cached_key(|event| (event.borrow().kind, spread(event.borrow())));
    let mut rank = 0;
    let mut ranked: Vec<(usize, E)> = Vec::with_capacity(events.len());
    for event in events {
        let kind = event.borrow().kind;
        rank = if ranked.last().is_some_and(|(_, last)| last.borrow().kind == kind) {
            rank + 1
        } else {
            0
        };
        ranked.push((rank, event));
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    let left_out = ranked.drain(most..).map(|(_, event)| event.borrow().count).sum();
    let mut kept: Vec<E> = ranked.into_iter().map(|(_, event)| event).collect();
    // Collecting reuses the room of all of them.
    kept.shrink_to_fit();
    kept.sort_by_key(|event| (event.borrow().at.line, event.borrow().kind));
    (kept, left_out)
}

/// Drivers print host and port together or apart; events carry them together.
pub(super) fn complete_address(event: &mut Event) {
    let Event { kind, fields, .. } = event;
    let address = match (fields.get("address"), fields.get("host"), fields.get("port")) {
        (None, Some(host), Some(port)) => format!("{host}:{port}"),
        // What a client asked a proxy for is no address; what an app asks of a dependency is.
        (None, Some(host), None) if kind.name().starts_with("dependency-") => host.to_owned(),
        _ => return,
    };
    fields.insert("address", address);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stamp::{ClockKind, RawStamp};

    fn event(kind: EventKind, line: u64) -> Event {
        let mut event = Event::new(kind, line, b"x");
        let at = i64::try_from(line).unwrap() * SECOND;
        event.stamp = Some(RawStamp { at, resolution: SECOND, clock: ClockKind::Utc });
        event.fields.insert("pid".to_owned(), line.to_string());
        event
    }

    fn flood(lines: u64) -> (Vec<Arc<Event>>, u64) {
        let kinds = [EventKind::OomKill, EventKind::WorkerExited, EventKind::UpstreamTimeout];
        let events = (0..lines).flat_map(|line| kinds.map(|kind| event(kind, line)));
        let rare = [event(EventKind::ProgramExited, 7)];
        EventTable::bounded(events.chain(rare).collect())
    }

    #[test]
    fn a_source_of_many_kinds_is_bounded_and_counts_what_it_leaves_out() {
        let (events, left_out) = flood(20_000);
        assert!(events.len() <= TABLE_MAX, "{}", events.len());
        let counted: u64 = events.iter().map(|event| event.count).sum();
        assert_eq!(counted + left_out, 60_001);
        assert!(events.iter().any(|event| event.kind == EventKind::ProgramExited));
        let last = events.iter().map(|event| event.at.line).max().unwrap();
        assert!(last > 2000, "{last}");
    }
}
