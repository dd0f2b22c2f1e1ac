//! `disk_full`: no space or no inodes left.
//!
//! # What happens
//! Writes fail with ENOSPC; apps that do not expect it die, databases panic, proxies cannot buffer, logs end in mid-line.
//! # What it looks like
//! `No space left on device`, `[Errno 28]`, `ENOSPC`, `(28: No space left on device)`.
//! # Needs
//! One of these lines near the failures.
//! # Told apart from
//! Crashes whose reason is not named.
//! # What to do
//! Free space, then find what filled it.

use crate::event::EventKind;
use crate::scene::Scene;
use crate::stamp::{MINUTE, Micros, SECOND};
use crate::timeline::{Fact, FactId};
use crate::wording::text;

use super::{Advice, Cause, Weight, advice, first_proxy_error, some_of};

pub(super) const CAUSE: Cause =
    Cause { name: "disk_full", title: "title-disk-full", weigh, advice: advise };

/// Fewer such lines than this are met in passing.
const FEW: usize = 3;
/// So many such lines of others before the incident are a habit.
const USUAL: usize = 2;

fn weigh(scene: &Scene<'_>) -> Weight {
    let kinds = [EventKind::DiskFull, EventKind::ProxyDiskFull, EventKind::StoreDiskFull];
    let facts: Vec<(FactId, &Fact)> = scene.near_of(&kinds).collect();
    let Some((first, _)) = facts.first() else { return Weight::nothing() };
    let stretches: Vec<(Micros, Micros)> = facts
        .iter()
        .filter_map(|(_, fact)| {
            let service = scene.services.of_fact(fact);
            let (from, to) = scene.effect(fact.at()?, fact.stamp?.sigma, service);
            Some((from - 3 * SECOND, to))
        })
        .collect();
    let explained = scene.explained(&stretches);
    let own = facts.iter().any(|(_, fact)| {
        scene.is_failing(fact)
            || (fact.kind != EventKind::DiskFull && scene.same_host(fact) != Some(false))
    });
    // Who met it all the time before went on in spite of it.
    let before = scene.start - 10 * MINUTE;
    let usual = !own
        && scene
            .timeline
            .between(before, scene.start - 10 * SECOND)
            .filter(|(_, fact)| kinds.contains(&fact.kind))
            .count()
            >= USUAL;
    // One line of an app that goes on does not make many requests wait.
    let waiting = scene.signature_share(&[EventKind::UpstreamTimeout]) >= 0.5;
    let passing = waiting && facts.len() < FEW && scene.failing_deaths().next().is_none();
    let mut path = vec![*first];
    path.extend(first_proxy_error(scene, &path));
    Weight {
        nats: if own { scene.weights.disk_of_app } else { scene.weights.disk_of_other }
            + scene.weights.for_share(explained)
            + if usual || passing { scene.weights.disk_usual } else { 0.0 },
        direct: true,
        joined: own,
        explained,
        supports: some_of(&facts.iter().map(|(id, _)| *id).collect::<Vec<_>>(), 4),
        path,
        sentence: if facts.iter().all(|(_, fact)| fact.kind == EventKind::ProxyDiskFull) {
            text("disk-full-proxy", [])
        } else {
            scene.say("disk-full", [])
        },
        ..Weight::default()
    }
}

fn advise(_: &Scene<'_>, _: &Weight) -> Vec<Advice> {
    vec![
        advice("now", text("advice-free-space", []), "verify-df"),
        advice("this_week", text("advice-what-filled-it", []), "verify-growth"),
        advice("prevent", text("advice-alert-space", []), "verify-alert"),
    ]
}
