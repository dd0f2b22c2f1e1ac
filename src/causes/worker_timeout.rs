//! `worker_timeout`: the app server ended a worker that did not answer in time.
//!
//! # What happens
//! A worker hangs (a slow partner, a lock, C code that holds the GIL); its server gives up after a timeout and kills it: SIGABRT,
//! then SIGKILL. The requests that hung end in 502, those that wait behind them in 504.
//! # What it looks like
//! `WORKER TIMEOUT (pid:N)`, `HARAKIRI ON WORKER`, `execution timed out`, `timeout (61s > 60s), killing`; afterwards the server
//! may print `was sent SIGKILL! Perhaps out of memory?`, which says nothing about memory.
//! # Needs
//! The server's own timeout line in a log of the failing service.
//! # Told apart from
//! An OOM kill of the same pid by the kernel's line; a stall of the whole host, where timeouts come after the kill.
//! # What to do
//! Find what the worker waited for; a longer timeout only moves the failure.

use crate::event::EventKind;
use crate::scene::Scene;
use crate::service::Join;
use crate::stamp::{Micros, SECOND};
use crate::timeline::{Fact, FactId};
use crate::wording::text;

use super::{Advice, Cause, Weight, advice, first_proxy_error, some_of};

pub(super) const CAUSE: Cause =
    Cause { name: "worker_timeout", title: "title-worker-timeout", weigh, advice: advise };

/// How long a worker hangs before its server gives it up, where the log does not say: gunicorn's default.
const HANG: Micros = 31 * SECOND;
/// Requests behind a hanging worker fail up to this long after its end.
const AFTER: Micros = 3 * SECOND;

fn weigh(scene: &Scene<'_>) -> Weight {
    let from = scene.start - 5 * SECOND;
    let until = scene.end + HANG;
    let facts: Vec<(FactId, &Fact)> = scene
        .timeline
        .between(from, until)
        .filter(|(_, fact)| fact.kind == EventKind::WorkerTimeout && scene.is_failing(fact))
        .collect();
    let Some((first, _)) = facts.first() else { return Weight::nothing() };
    let stretches: Vec<(Micros, Micros)> = facts
        .iter()
        .filter_map(|(_, fact)| {
            let hang = fact.event.number("seconds").map_or(HANG, |seconds| {
                Micros::try_from(seconds)
                    .unwrap_or(31)
                    .saturating_mul(SECOND)
                    .saturating_add(SECOND)
            });
            Some((fact.at()? - hang, fact.at()? + AFTER))
        })
        .collect();
    let explained = scene.explained(&stretches);
    let first_at = stretches.first().map_or(scene.start, |stretch| stretch.1 - AFTER);
    // A kill in the same service before the first timeout stalls it or takes the other workers' memory: the timeout is an effect.
    let after_kill =
        scene.kills.iter().any(|kill| kill.join >= Join::Comm && kill.at <= first_at + 2 * SECOND);
    let memory_stall =
        scene.near_of(&[EventKind::HeapLimit]).any(|(_, fact)| scene.is_failing(fact));
    let ids: Vec<FactId> = facts.iter().map(|(id, _)| *id).collect();
    let mut path = vec![*first];
    path.extend(killed(scene, *first));
    path.extend(first_proxy_error(scene, &path));
    Weight {
        nats: scene.weights.timeout
            + scene.weights.for_share(explained)
            + if after_kill { scene.weights.timeout_after_kill } else { 0.0 }
            + if memory_stall { scene.weights.timeout_after_heap_limit } else { 0.0 },
        direct: true,
        joined: scene.failing_known,
        explained,
        supports: some_of(&ids, 4),
        path,
        sentence: scene.say_by(&ids, "worker-timeout", [("workers", facts.len().into())]),
        ..Weight::default()
    }
}

/// The line that tells the end of the worker.
fn killed(scene: &Scene<'_>, timeout: FactId) -> Option<FactId> {
    scene
        .deaths
        .iter()
        .find(|death| death.facts.contains(&timeout))?
        .facts
        .iter()
        .copied()
        .find(|id| *id != timeout)
}

fn advise(scene: &Scene<'_>, weight: &Weight) -> Vec<Advice> {
    vec![
        advice(
            "now",
            scene.say_by(&weight.supports, "advice-what-workers-wait-for", []),
            "verify-no-timeout-line",
        ),
        advice("this_week", text("advice-call-timeouts", []), "verify-hanging-partner"),
        advice("prevent", text("advice-slow-routes-apart", []), "verify-other-routes"),
    ]
}
