//! The events of one source, in bounded memory: equal ones of the same second become one with a count, and a kind that floods
//! is counted in ever longer steps. Which events share a row depends on their content alone.

use std::collections::BTreeMap;

use crate::access;
use crate::event::{Event, EventKind, Origin};
use crate::stamp::{HOUR, MINUTE, Micros, SECOND};

/// Rows of one kind before its steps become longer.
const ROWS_MAX: usize = 6000;
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
    /// Events that the cap left out.
    pub(super) left_out: u64,
}

#[derive(Debug, Default)]
struct Rows {
    step: usize,
    rows: BTreeMap<Key, Event>,
}

type Key = (Micros, Origin, BTreeMap<String, String>, u64);

impl EventTable {
    /// Events within the bound, by line, and how many were left out.
    pub(super) fn bounded(events: Vec<Event>) -> (Vec<Event>, u64) {
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
        for field in PASSING_FIELDS {
            event.fields.remove(field);
        }
        let rows = self.kinds.entry(event.kind).or_default();
        if rows.rows.len() >= ROWS_MAX {
            if rows.step + 1 < STEPS.len() {
                rows.step += 1;
                let step = STEPS[rows.step];
                for (_, event) in std::mem::take(&mut rows.rows) {
                    insert(&mut rows.rows, event, step);
                }
            } else {
                self.left_out += event.count;
                return;
            }
        }
        insert(&mut rows.rows, event, STEPS[rows.step]);
    }

    /// All events, by line.
    pub(super) fn into_events(self) -> Vec<Event> {
        let mut events: Vec<Event> =
            self.kinds.into_values().flat_map(|rows| rows.rows.into_values()).collect();
        events.sort_by_key(|a| (a.at.line, a.kind));
        events
    }
}

fn insert(rows: &mut BTreeMap<Key, Event>, event: Event, step: Micros) {
    let at = event.stamp.map_or(i64::MIN, |stamp| stamp.at.div_euclid(step));
    // An OOM kill is never put together with another: each victim counts.
    let single = if event.kind == EventKind::OomKill { event.at.line } else { 0 };
    let key = (at, event.origin.clone(), event.fields.clone(), single);
    rows.entry(key).and_modify(|known| known.count += event.count).or_insert(event);
}
