//! `runtime_heap_limit`: a memory limit kept above the kernel ended it: the runtime's heap, the process manager, the platform.
//!
//! # What happens
//! V8, the JVM or PM2 has a limit of its own; at it the process aborts or is restarted. The kernel does not act.
//! # What it looks like
//! `FATAL ERROR: Reached heap limit ... JavaScript heap out of memory`, exit 134 (139 as PID 1 of a container, with a kernel
//! `traps:` line); `restarted because it exceeds --max-memory-restart`; Heroku R15.
//! # Needs
//! The runtime's or manager's own line in a log of the failing service.
//! # Told apart from
//! Kernel kills, by their victim line; segfaults, by the runtime's trace just before.
//! # What to do
//! More container memory alone does not help: the limit is the runtime's.

use crate::death::{Death, Why};
use crate::event::EventKind;
use crate::scene::{Class, Scene};
use crate::stamp::{Micros, SECOND};
use crate::timeline::{Fact, FactId};
use crate::wording::{Arg, text};

use super::{
    Advice, Cause, Weight, advice, against_growth, effects, first_proxy_error, moments_of, some_of,
};

pub(super) const CAUSE: Cause =
    Cause { name: "runtime_heap_limit", title: "title-runtime-heap-limit", weigh, advice: advise };

/// A heap near its limit collects garbage for this long before it gives up, and answers late meanwhile.
const THRASH: Micros = 60 * SECOND;

fn weigh(scene: &Scene<'_>) -> Weight {
    let ends = [EventKind::HeapLimit, EventKind::ManagerMemoryLimit];
    // A limit that refuses one request makes a 500 and kills nobody.
    let refusals = [EventKind::MemoryLimit];
    let is_limit = |fact: &Fact| {
        ends.contains(&fact.kind)
            || refusals.contains(&fact.kind) && (scene.class == Class::Server || is_full_heap(fact))
    };
    let (from, to) = (scene.start - THRASH, scene.end + THRASH);
    let mut facts: Vec<(FactId, &Fact)> = scene
        .timeline
        .between(from, to)
        .filter(|(_, fact)| is_limit(fact) && scene.is_failing(fact))
        .collect();
    // What a watcher found has the name of a service, and may have no time: the stop it ordered has both.
    let watched = scene.stops_by_watcher(from, to, "memory");
    facts.extend(watched.iter().map(|(_, id, stop)| (*id, *stop)));
    facts.sort_by_key(|(id, _)| *id);
    let Some((first, _)) = facts.first() else { return by_aborts(scene) };
    let late_answers = scene.status_share(504) > 0.0;
    let stretches: Vec<(Micros, Micros)> = facts
        .iter()
        .filter_map(|(_, fact)| {
            let service = scene.services.of_fact(fact);
            if is_full_heap(fact) && late_answers {
                return Some((fact.at()? - THRASH, fact.at()? + THRASH));
            }
            if fact.kind == EventKind::MemoryLimit {
                return Some((fact.at()? - 2 * SECOND, fact.at()? + 2 * SECOND));
            }
            let (from, to) = scene.effect(fact.at()?, fact.stamp?.sigma, service);
            Some((from - if late_answers { THRASH } else { 8 * SECOND }, to))
        })
        .collect();
    let explained = scene.explained(&stretches);
    let mut path: Vec<FactId> =
        watched.first().map(|(alarm, ..)| *alarm).into_iter().chain([*first]).collect();
    path.extend(
        scene
            .deaths
            .iter()
            .find(|death| death.facts.contains(first))
            .and_then(|death| death.facts.iter().copied().find(|id| id != first)),
    );
    path.extend(first_proxy_error(scene, &path));
    Weight {
        nats: scene.weights.heap_limit + scene.weights.for_share(explained),
        direct: true,
        joined: scene.failing_known,
        explained,
        supports: some_of(&facts.iter().map(|(id, _)| *id).collect::<Vec<_>>(), 4),
        sentence: scene.say_by(
            facts.iter().map(|(id, _)| id),
            "runtime-heap-limit",
            [("times", times(&facts).into()), ("runtime", runtime(scene, &path))],
        ),
        path,
        ..Weight::default()
    }
}

/// How often the limit was met: each refused request writes a line, and several a second stand in one fact; an end may write several.
fn times(facts: &[(FactId, &Fact)]) -> u64 {
    let of_one = |(_, fact): &(FactId, &Fact)| match fact.kind {
        EventKind::MemoryLimit => fact.count,
        _ => 1,
    };
    facts.iter().map(of_one).sum()
}

/// Ends whose line about the heap has no time of its own.
fn by_aborts(scene: &Scene<'_>) -> Weight {
    let deaths: Vec<&Death> =
        scene.failing_deaths().filter(|death| death.why == Why::RuntimeHeapLimit).collect();
    let Some(first) = deaths.first() else { return Weight::nothing() };
    let moments = moments_of(&deaths);
    let explained = scene.explained(&effects(scene, &moments));
    let mut path = first.facts.clone();
    path.extend(first_proxy_error(scene, &path));
    let supports: Vec<FactId> =
        deaths.iter().flat_map(|death| death.facts.iter().copied()).collect();
    Weight {
        nats: scene.weights.heap_limit + scene.weights.for_share(explained),
        direct: true,
        joined: scene.failing_known,
        explained,
        supports: some_of(&supports, 4),
        path,
        sentence: scene.say_by(
            &supports,
            "runtime-heap-limit",
            [("times", deaths.len().into()), ("runtime", runtime(scene, &first.facts))],
        ),
        ..Weight::default()
    }
}

/// A JVM whose heap is full goes on, and spends its time collecting garbage: nobody is answered in time.
fn is_full_heap(fact: &Fact) -> bool {
    fact.field("reason").is_some_and(|reason| {
        reason.starts_with("java.lang.OutOfMemoryError: Java heap space")
            || reason.starts_with("java.lang.OutOfMemoryError: GC overhead limit exceeded")
    })
}

/// Whose limit it was, for the words: each has another name and another switch.
fn runtime(scene: &Scene<'_>, facts: &[FactId]) -> Arg {
    let facts = || facts.iter().map(|id| scene.timeline.fact(*id));
    let says = |words: &str| {
        facts().any(|fact| {
            fact.event.text.contains(words)
                || fact.field("reason").is_some_and(|reason| reason.contains(words))
        })
    };
    Arg::Case(
        if facts().any(|fact| {
            matches!(fact.kind, EventKind::ManagerMemoryLimit | EventKind::WatcherAlarm)
        }) {
            "manager"
        } else if says("JavaScript heap out of memory") {
            "node"
        } else if says("java.lang.OutOfMemoryError") {
            "jvm"
        } else if says("Allowed memory size of") {
            "php"
        } else {
            "other"
        },
    )
}

fn advise(scene: &Scene<'_>, weight: &Weight) -> Vec<Advice> {
    let raise = || {
        let runtime = [("runtime", runtime(scene, &weight.path))];
        advice(
            "now",
            scene.say_by(&weight.supports, "advice-raise-heap", runtime),
            "verify-no-limit-line",
        )
    };
    vec![
        against_growth(scene).unwrap_or_else(raise),
        advice("this_week", text("advice-what-fills-heap", []), "verify-flat-heap"),
        advice("prevent", text("advice-alert-heap", []), "verify-alert-before-limit"),
    ]
}
