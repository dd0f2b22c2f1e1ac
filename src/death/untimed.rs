//! Ends that a log without times tells: a supervisor keeps a program's standard error as it is, and some servers write no time. In: what is
//! known of ends with a time. Out: which of them is meant, by what only one of them can be. Must never place anything by its order.

use crate::event::EventKind;
use crate::service::{Join, ServiceId, Services};
use crate::timeline::{FactId, Timeline};

use super::{Death, Telling, Why};

/// A program's standard error has no times where its supervisor keeps it: V8 and others that ran into their heap limit abort, so that
/// the aborts of that program are these ends, if there are no more aborts than such lines.
pub(super) fn take_heap_limits(deaths: &mut Vec<Death>, timeline: &Timeline) {
    let untimed = |death: &Death| {
        death.stamp.is_none() && death.why == Why::RuntimeHeapLimit && death.service.is_some()
    };
    let lines: Vec<(Option<ServiceId>, FactId, u64)> = deaths
        .iter()
        .filter(|death| untimed(death))
        .map(|death| (death.service, death.facts[0], timeline.fact(death.facts[0]).count))
        .collect();
    for (service, fact, count) in lines {
        let own = |death: &&mut Death| {
            death.service == service
                && death.signal == Some(6)
                && death.stamp.is_some()
                && matches!(death.why, Why::Unknown | Why::Crash)
        };
        let mut aborts: Vec<&mut Death> = deaths.iter_mut().filter(own).collect();
        if aborts.is_empty() || aborts.len() as u64 > count {
            continue;
        }
        for abort in &mut aborts {
            abort.why = Why::RuntimeHeapLimit;
            abort.facts.push(fact);
        }
        deaths.retain(|death| !(untimed(death) && death.facts[0] == fact));
    }
}

/// A log without times names a pid: that of the one process which the kernel says it killed or which faulted.
pub(super) fn place(
    deaths: &[Death],
    telling: &Telling,
    timeline: &Timeline,
    services: &Services,
) -> Option<(usize, Option<Join>)> {
    let pid = telling.pid?;
    let namespaced = telling.service.is_some_and(|id| services.get(id).namespaced);
    let workers = [EventKind::WorkerSignaled, EventKind::WorkerExited];
    if namespaced || !workers.contains(&telling.kind) {
        return None;
    }
    let mut same = deaths.iter().enumerate().filter(|(_, death)| {
        let kernel = [EventKind::OomKill, EventKind::Segfault];
        death.pid == Some(pid) && kernel.contains(&timeline.fact(death.facts[0]).kind)
    });
    match (same.next(), same.next()) {
        (Some((place, _)), None) => Some((place, Some(Join::Pid))),
        _ => None,
    }
}
