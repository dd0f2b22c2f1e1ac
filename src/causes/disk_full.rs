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
use crate::scene::{Scene, TAIL};
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
    // One line of an app that goes on does not make many requests wait; one of a writer that waits for space does.
    let waiting = scene.signature_share(&[EventKind::UpstreamTimeout]) >= 0.5;
    let waits = |fact: &Fact| waiting && fact.field("waits").is_some();
    let near = |fact: &Fact| scene.same_host(fact) != Some(false);
    let stretches: Vec<(Micros, Micros)> = facts
        .iter()
        .filter_map(|(_, fact)| {
            if waits(fact) {
                return Some((fact.at()? - 3 * SECOND, until_freed(scene, fact)));
            }
            if let Some(away) = kept_away(scene, fact) {
                return Some(away);
            }
            let service = scene.services.of_fact(fact);
            let (from, to) = scene.effect(fact.at()?, fact.stamp?.sigma, service);
            Some((from - 3 * SECOND, to))
        })
        .collect();
    let explained = scene.explained(&stretches);
    let named = facts.iter().any(|(_, fact)| {
        fact.field("keeps").is_none() && scene.is_failing(fact)
            || fact.kind != EventKind::DiskFull && !waits(fact) && near(fact)
    });
    let own = named
        || facts
            .iter()
            .any(|(_, fact)| waits(fact) && near(fact) || kept_away(scene, fact).is_some());
    // Who met it all the time before went on in spite of it.
    let before = scene.start - 10 * MINUTE;
    let usual = !own
        && scene
            .timeline
            .between(before, scene.start - 10 * SECOND)
            .filter(|(_, fact)| kinds.contains(&fact.kind))
            .count()
            >= USUAL;
    let passing = waiting
        && facts.len() < FEW
        && !facts.iter().any(|(_, fact)| waits(fact))
        && scene.failing_deaths().next().is_none();
    let mut path = vec![*first];
    path.extend(first_proxy_error(scene, &path));
    Weight {
        nats: if own { scene.weights.disk_of_app } else { scene.weights.disk_of_other }
            + scene.weights.for_share(explained)
            + if usual || passing { scene.weights.disk_usual } else { 0.0 },
        direct: true,
        joined: own,
        reservation: (own && !named)
            .then(|| "no log tells that what failed needed that disk".to_owned()),
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

/// Who waits for space goes on when there is some.
fn until_freed(scene: &Scene<'_>, fact: &Fact) -> Micros {
    let service = scene.services.of_fact(fact);
    let from = fact.at().unwrap_or(scene.start);
    let mut later = scene.timeline.between(from, scene.end + TAIL);
    let ready = later.find(|(_, later)| {
        later.kind == EventKind::StoreReady && scene.services.of_fact(later) == service
    });
    ready.and_then(|(_, ready)| ready.at()).map_or(scene.end, |ready| ready + 5 * SECOND)
}

/// While the container runtime had no space to create or start a container, and one that failed was away: since when, and until when.
pub(super) fn kept_away(scene: &Scene<'_>, refusal: &Fact) -> Option<(Micros, Micros)> {
    refusal.field("keeps").filter(|_| scene.same_host(refusal) != Some(false))?;
    let at = refusal.at()?;
    let ends =
        [EventKind::ContainerDied, EventKind::ContainerStopped, EventKind::ContainerDestroyed];
    let own = |fact: &Fact| scene.is_failing(fact) && scene.services.of_fact(fact).is_some();
    let is_start = |fact: &Fact| fact.kind == EventKind::ContainerStarted && own(fact);
    let before = scene.timeline.between(at - 10 * MINUTE, at);
    let ended = before.filter(|(_, fact)| ends.contains(&fact.kind) && own(fact)).last();
    let ended = ended.and_then(|(_, fact)| fact.at())?;
    if scene.timeline.between(ended + SECOND, at).any(|(_, fact)| is_start(fact)) {
        return None;
    }
    let mut after = scene.timeline.between(at, scene.end + 30 * SECOND);
    let back = after.find(|(_, fact)| is_start(fact)).and_then(|(_, fact)| fact.at());
    Some((ended - 5 * SECOND, back.unwrap_or(scene.end) + 12 * SECOND))
}

fn advise(_: &Scene<'_>, _: &Weight) -> Vec<Advice> {
    vec![
        advice("now", text("advice-free-space", []), "verify-df"),
        advice("this_week", text("advice-what-filled-it", []), "verify-growth"),
        advice("prevent", text("advice-alert-space", []), "verify-alert"),
    ]
}
