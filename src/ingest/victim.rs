//! nohang tells whom it chose, and that it sent a signal, on lines of their own, each a message of its own in the journal. In: the events
//! of one log, by line. Out: the same with both halves made one event. Must never name the victim of another order.

use std::sync::Arc;

use crate::event::{Event, EventKind};
use crate::stamp::{Micros, SECOND};

/// Both are written this close together.
const TOGETHER: Micros = 5 * SECOND;

/// The orders with their victims; a victim without an order was spared.
pub(super) fn joined(mut events: Vec<Arc<Event>>) -> Vec<Arc<Event>> {
    let victims: Vec<Arc<Event>> =
        events.iter().filter(|event| is_half(event, "victim")).cloned().collect();
    events.retain(|event| !is_half(event, "victim"));
    for event in events.iter_mut().filter(|event| is_half(event, "order")) {
        let near = victims
            .iter()
            .filter(|victim| apart(victim, event) <= TOGETHER)
            .min_by_key(|victim| (apart(victim, event), victim.at.line.abs_diff(event.at.line)));
        let order = Arc::make_mut(event);
        if let Some(victim) = near {
            order.fields.complete(&victim.fields);
            order.origin.pid = victim.origin.pid;
        }
        order.fields.remove("half");
    }
    events
}

fn is_half(event: &Event, which: &str) -> bool {
    event.kind == EventKind::UserspaceOomKill && event.field("half") == Some(which)
}

fn apart(one: &Event, other: &Event) -> Micros {
    one.stamp.zip(other.stamp).map_or(0, |(one, other)| one.at.saturating_sub(other.at).abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stamp::{ClockKind, RawStamp};

    fn event(line: u64, at: Micros, fields: &[(&str, &str)]) -> Arc<Event> {
        let mut event = Event::new(EventKind::UserspaceOomKill, line, b"x");
        event.stamp = Some(RawStamp::new(ClockKind::Utc, at * SECOND, SECOND));
        event.fields.extend(fields.iter().copied());
        Arc::new(event)
    }

    #[test]
    fn an_order_is_given_the_victim_beside_it() {
        let events = vec![
            event(1, 0, &[("half", "victim"), ("pid", "7")]),
            event(2, 100, &[("half", "victim"), ("pid", "8"), ("comm", "gunicorn")]),
            event(3, 101, &[("half", "order"), ("signal", "SIGTERM")]),
            event(9, 500, &[("half", "order"), ("signal", "SIGKILL")]),
            event(10, 501, &[("pid", "9"), ("signal", "SIGKILL")]),
        ];
        let pids: Vec<_> =
            joined(events).iter().map(|event| event.field("pid").map(str::to_owned)).collect();
        assert_eq!(pids, [Some("8".to_owned()), None, Some("9".to_owned())]);
    }
}
