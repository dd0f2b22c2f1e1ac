//! `host_restart`: the host or VM itself rebooted or was paused.
//!
//! # What happens
//! Everything on it ends and comes back in the order of its dependencies; the proxy is often back before the app.
//! # What it looks like
//! `Linux version` in the kernel log, `Reached target Shutdown`, a suspend, a new boot id; a gap in all logs; `soft lockup - CPU#0
//! stuck for 128s!` out of the blue, since the time in which a hypervisor did not run the guest counts for the watchdog.
//! # Needs
//! The boot or the suspend in a log, before the failures.
//! # Told apart from
//! Restarts of single services.
//! # What to do
//! Order the proxy after the app.

use crate::event::EventKind;
use crate::scene::Scene;
use crate::stamp::{MINUTE, Micros, SECOND};
use crate::timeline::{Fact, FactId};
use crate::wording::text;

use super::{Advice, Cause, Weight, advice, first_proxy_error};

pub(super) const CAUSE: Cause =
    Cause { name: "host_restart", title: "title-host-restart", weigh, advice: advise };

/// How long after a boot failures may still be its doing, as long as services still start.
const STARTING: Micros = 5 * MINUTE;

fn weigh(scene: &Scene<'_>) -> Weight {
    let kinds = [EventKind::KernelBoot, EventKind::HostShutdown, EventKind::HostSuspend];
    let facts: Vec<(FactId, &Fact)> = scene
        .timeline
        .between(scene.start - STARTING, scene.end)
        .filter(|(_, fact)| kinds.contains(&fact.kind) || scene.timeline.is_pause(fact))
        .filter(|(_, fact)| scene.same_host(fact) != Some(false) || may_be_upstream(scene, fact))
        .collect();
    let Some((first, fact)) = facts.first() else { return Weight::nothing() };
    let from = fact.at().unwrap_or(scene.start);
    let guessed = scene.same_host(fact) == Some(false);
    let own = host_of(scene, fact);
    let starts = [
        EventKind::AppListening,
        EventKind::WorkerBooted,
        EventKind::UnitStarted,
        EventKind::ContainerStarted,
    ];
    let up = scene
        .timeline
        .between(from, from + STARTING)
        .filter(|(_, fact)| starts.contains(&fact.kind))
        .filter(|(_, fact)| scene.is_failing(fact) || guessed && host_of(scene, fact) == own)
        .filter_map(|(_, fact)| fact.at())
        .min();
    // After the app is up the boot explains nothing any more; without a sign of it, half a minute.
    let until = up.map_or(from + 30 * SECOND, |up| up + 20 * SECOND);
    let explained = scene.explained(&[(away_since(scene, fact, from), until)]);
    let mut path = vec![*first];
    path.extend(first_proxy_error(scene, &path));
    Weight {
        nats: scene.weights.host_restart + scene.weights.for_share(explained),
        direct: true,
        joined: scene.same_host(fact) == Some(true) || !scene.several_hosts(),
        reservation: guessed
            .then(|| "no log tells that the failing upstream is on that host".to_owned()),
        explained,
        supports: facts.iter().map(|(id, _)| *id).take(4).collect(),
        path,
        sentence: text("host-restart", []),
        ..Weight::default()
    }
}

/// Whether a host that booted may be the upstream's, which the proxy could not reach and of which no log is known.
fn may_be_upstream(scene: &Scene<'_>, boot: &Fact) -> bool {
    boot.kind == EventKind::KernelBoot && !scene.failing_known && was_unreachable(scene)
}

fn was_unreachable(scene: &Scene<'_>) -> bool {
    scene.signature_share(&[EventKind::UpstreamUnreachable]) >= 0.5 || scene.was_never_reached()
}

fn host_of(scene: &Scene<'_>, fact: &Fact) -> Option<String> {
    let source = &scene.sources[fact.event.at.source.0];
    fact.event.origin.host.clone().or_else(|| source.host.clone())
}

/// Since when the host was away: a log tells its boot. Where the proxy reached nobody before it, and no log of that host tells anything
/// in between, it was away since the first failure.
fn away_since(scene: &Scene<'_>, boot: &Fact, at: Micros) -> Micros {
    let own = host_of(scene, boot);
    let silent = own.is_some()
        && !scene
            .timeline
            .between(scene.start + 5 * SECOND, at - SECOND)
            .any(|(_, fact)| host_of(scene, fact) == own);
    if boot.kind == EventKind::KernelBoot
        && silent
        && was_unreachable(scene)
        && at - scene.start <= STARTING
    {
        scene.start - 5 * SECOND
    } else {
        at - 5 * SECOND
    }
}

fn advise(_: &Scene<'_>, _: &Weight) -> Vec<Advice> {
    vec![
        advice("now", text("advice-all-back", []), "verify-none-missing"),
        advice("this_week", text("advice-why-restarted", []), "verify-reason"),
        advice("prevent", text("advice-proxy-after-app", []), "verify-reboot"),
    ]
}
