//! `memory_pressure`: memory was so short that host or container stalled, and that, rather than a kill of a serving process, made
//! the failures.
//!
//! # What happens
//! Reclaim and page-cache thrash let everything take minutes; the proxy times out. Perhaps something unrelated is killed.
//! # What it looks like
//! 504s over all routes; hung tasks, `page allocation failure`, `Under memory pressure`; docker stats near the limit.
//! # Needs
//! A sign of shortage and answers that came late. Probable at most: the stall itself is rarely logged.
//! # Told apart from
//! Kills of the serving processes, which are OOM kills.
//! # What to do
//! Collect pressure figures; give the container or host memory.

use crate::event::{EventKind, OomScope};
use crate::scene::Scene;
use crate::service::Join;
use crate::stamp::{MINUTE, Micros};
use crate::timeline::{Fact, FactId};
use crate::wording::text;

use super::{Advice, Cause, Weight, advice, first_proxy_error};

pub(super) const CAUSE: Cause =
    Cause { name: "memory_pressure", title: "title-memory-pressure", weigh, advice: advise };

/// The kernel tells of a task two minutes after it began to wait for the disk.
const DISK_LEAD: Micros = 5 * MINUTE;

fn weigh(scene: &Scene<'_>) -> Weight {
    let late = scene.status_share(504);
    if late < 0.3 {
        return Weight::nothing();
    }
    let faulty_disk =
        scene.timeline.between(scene.start - DISK_LEAD, scene.end).any(|(_, fact)| {
            fact.kind == EventKind::DiskError
                || fact.kind == EventKind::DiskFull && fact.field("waits").is_some()
        });
    let signs: Vec<FactId> = scene
        .near_of(&[EventKind::PageAllocationFailure, EventKind::HungTask])
        // A processor that was held up lacks no memory; a task that waits may wait for the disk that swaps, or that fails.
        .filter(|(_, fact)| {
            fact.field("what").is_none_or(|what| what == "blocked-task" && !faulty_disk)
        })
        .map(|(id, _)| id)
        .collect();
    let from = scene.start - MINUTE;
    let mut global: Vec<FactId> = scene
        .kills
        .iter()
        .filter(|kill| kill.scope == OomScope::Global && kill.join < Join::Comm && kill.at >= from)
        .map(|kill| kill.fact)
        .collect();
    if is_habit(scene, from, global.len()) {
        global.clear();
    }
    let signs = if signs_are_habit(scene, signs.len()) { Vec::new() } else { signs };
    if signs.is_empty() && global.is_empty() {
        return Weight::nothing();
    }
    let mut path: Vec<FactId> = global.iter().chain(&signs).copied().take(2).collect();
    path.extend(first_proxy_error(scene, &path));
    Weight {
        nats: scene.weights.pressure_late * late
            + if signs.is_empty() { 0.0 } else { scene.weights.pressure_signs }
            + if global.is_empty() { 0.0 } else { scene.weights.pressure_kills },
        direct: !global.is_empty(),
        joined: false,
        reservation: Some("a stall for want of memory is not logged itself".to_owned()),
        explained: late,
        supports: global.into_iter().chain(signs).take(5).collect(),
        path,
        sentence: text("memory-pressure", []),
        not_observable: vec![text("name", [("name", "/proc/pressure/memory".into())])],
        ..Weight::default()
    }
}

/// Whether kills came about as often in as long a time before, in which nothing failed.
fn is_habit(scene: &Scene<'_>, from: Micros, kills: usize) -> bool {
    let width = scene.end - from;
    let before = scene
        .timeline
        .between(from - width, from)
        .filter(|(_, fact)| fact.oom().is_some_and(|oom| oom.scope == OomScope::Global))
        .count();
    before * 2 >= kills
}

/// Whether allocations failed about as often in the ten minutes before, in which nothing else did: large orders of a driver always do.
fn signs_are_habit(scene: &Scene<'_>, signs: usize) -> bool {
    let failed = |(_, fact): &(FactId, &Fact)| fact.kind == EventKind::PageAllocationFailure;
    let from = scene.start - MINUTE;
    let before = scene.timeline.between(from - 10 * MINUTE, from).filter(failed).count() as i64;
    let width = scene.end - from;
    before >= 2 && before * width >= 5 * MINUTE * i64::try_from(signs).unwrap_or(i64::MAX)
}

fn advise(_: &Scene<'_>, _: &Weight) -> Vec<Advice> {
    vec![
        advice("now", text("advice-look-at-pressure", []), "verify-pressure-falls"),
        advice("this_week", text("advice-working-set", []), "verify-major-faults"),
        advice("prevent", text("advice-alert-psi", []), "verify-alert"),
    ]
}
