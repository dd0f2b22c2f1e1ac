//! `deploy_restart`: a planned stop, restart, reload or deploy.
//!
//! # What happens
//! The service is told to stop (SIGTERM, `systemctl restart`, `docker stop`); until the new one listens, nobody answers.
//! # What it looks like
//! `Handling signal: term`, `Shutting down: Master`, `Stopping x.service`, `container kill (signal=15)`, then refused connections
//! until `Listening at`. A stop that has to end in SIGKILL gives exit 137. Or the proxy is switched to a new instance that does not
//! listen yet: refused from its reload until `Listening at`.
//! # Needs
//! The order itself, in a log of the failing service or of whoever runs it, before the failures.
//! # Told apart from
//! Stops that follow a kill: systemd's OOMPolicy=stop sends SIGTERM to the rest of a unit whose process the kernel killed.
//! # What to do
//! Restart without a gap: socket activation, a second instance, a reload.

use crate::death::signal_number;
use crate::event::EventKind;
use crate::scene::Scene;
use crate::service::Join;
use crate::stamp::{Micros, SECOND};
use crate::timeline::{Fact, FactId};
use crate::wording::text;

use super::{Advice, Cause, Weight, advice, first_proxy_error, some_of};

pub(super) const CAUSE: Cause =
    Cause { name: "deploy_restart", title: "title-deploy-restart", weigh, advice: advise };

/// An order given this long before the first failure may still be its reason: graceful stops take their time.
const ORDER_LEAD: Micros = 40 * SECOND;
/// So long after the first failure people and checks have noticed it.
const ANSWERED: Micros = 30 * SECOND;
/// A proxy's reload has its first refused request within this.
const SWITCH_LEAD: Micros = 15 * SECOND;
/// What listened within this before was there, and went away.
const LIFE: Micros = 600 * SECOND;
/// Between the moment at which an instance listens and the last request that it missed, clocks of whole seconds and a proxy's
/// `fail_timeout` among it.
const BACK: Micros = 12 * SECOND;
/// A stop that comes this soon after a kill is systemd's or the supervisor's answer to it.
const AFTER_KILL: Micros = 12 * SECOND;

fn is_order(fact: &Fact) -> bool {
    match fact.kind {
        EventKind::AppStopping
        | EventKind::AppReloaded
        | EventKind::UnitStopping
        | EventKind::ContainerStopped
        | EventKind::ContainerStopForced
        | EventKind::ProgramStopped
        | EventKind::UnitReloaded => true,
        // A package manager's run is a change on the host, and no order to a service.
        EventKind::Deploy => fact.field("what") != Some("packages"),
        EventKind::ContainerKilled => fact.field("signal").and_then(signal_number) == Some(15),
        _ => false,
    }
}

fn is_reload(fact: &Fact) -> bool {
    matches!(fact.kind, EventKind::AppReloaded | EventKind::UnitReloaded)
}

/// Whether something ended in the same service shortly before, so that the stop is an effect.
fn is_effect(scene: &Scene<'_>, at: Micros) -> bool {
    let kill = scene.kills.iter().any(|kill| {
        kill.join >= Join::Comm && kill.at <= at + SECOND && at - kill.at <= AFTER_KILL
    });
    let told = scene
        .near_of(&[
            EventKind::UnitOomKilled,
            EventKind::HeapLimit,
            EventKind::ManagerMemoryLimit,
            EventKind::ContainerOom,
            EventKind::HostShutdown,
            EventKind::ContainerUnhealthy,
        ])
        .any(|(_, fact)| {
            fact.at().is_some_and(|then| then <= at + SECOND && at - then <= AFTER_KILL)
                && (fact.kind == EventKind::HostShutdown || scene.is_failing(fact))
        });
    kill || told
}

fn weigh(scene: &Scene<'_>) -> Weight {
    let (ordered, early) = (by_order(scene), by_early_switch(scene));
    if early.nats > ordered.nats { early } else { ordered }
}

/// The proxy was sent to an instance that had never listened before, and was refused until it did.
fn by_early_switch(scene: &Scene<'_>) -> Weight {
    let ended = scene.failing_deaths().next().is_some()
        || scene.kills.iter().any(|kill| kill.join >= Join::Comm);
    if ended || !scene.nobody_listens() {
        return Weight::nothing();
    }
    let is_switch = |fact: &Fact| match fact.kind {
        EventKind::ProxyLifecycle => fact.field("action") == Some("reload"),
        EventKind::Deploy => fact.field("what") != Some("packages"),
        _ => false,
    };
    let listens = |fact: &Fact| fact.kind == EventKind::AppListening && scene.is_failing(fact);
    let mut switches = scene.timeline.between(scene.start - SWITCH_LEAD, scene.start + SECOND);
    let Some((switch, _)) = switches.find(|(_, fact)| is_switch(fact)) else {
        return Weight::nothing();
    };
    let mut before = scene.timeline.between(scene.start - LIFE, scene.start);
    let mut after = scene.timeline.between(scene.start, scene.end + BACK);
    let Some((listening, fact)) = after.find(|(_, fact)| listens(fact)) else {
        return Weight::nothing();
    };
    let at = fact.at().unwrap_or(scene.start);
    if before.any(|(_, fact)| listens(fact)) || at + BACK < scene.end {
        return Weight::nothing();
    }
    let explained = scene.explained(&[(scene.start - 2 * SECOND, at + BACK)]);
    let mut path = vec![switch];
    path.extend(first_proxy_error(scene, &path));
    path.push(listening);
    Weight {
        nats: scene.weights.deploy + scene.weights.for_share(explained),
        direct: true,
        joined: scene.failing_known,
        explained,
        supports: vec![switch, listening],
        path,
        sentence: scene.say("deploy-too-early", []),
        ..Weight::default()
    }
}

fn by_order(scene: &Scene<'_>) -> Weight {
    let orders: Vec<(FactId, &Fact)> = scene
        .timeline
        .between(scene.start - ORDER_LEAD, scene.end + 2 * SECOND)
        .filter(|(_, fact)| {
            is_order(fact)
                && scene.is_failing(fact)
                && fact.at().is_some_and(|at| !is_effect(scene, at))
        })
        .collect();
    let Some((first, fact)) = orders.first() else { return Weight::nothing() };
    let stretches: Vec<(Micros, Micros)> = orders
        .iter()
        .filter_map(|(_, fact)| {
            let service = scene.services.of_fact(fact);
            // Whoever is told to load its code anew goes on listening.
            if is_reload(fact) {
                return Some((fact.at()? - 2 * SECOND, fact.at()? + BACK));
            }
            Some(scene.effect(fact.at()?, fact.stamp?.sigma, service))
        })
        .collect();
    let explained = scene.explained(&stretches);
    let mut path = vec![*first];
    let back = [
        EventKind::AppListening,
        EventKind::ContainerStarted,
        EventKind::UnitStarted,
        EventKind::AppStarted,
    ];
    let at = fact.at().unwrap_or(scene.start);
    path.extend(first_proxy_error(scene, &path));
    path.extend(
        scene
            .timeline
            .between(at, scene.end + 30 * SECOND)
            .find(|(_, fact)| back.contains(&fact.kind) && scene.is_failing(fact))
            .map(|(id, _)| id),
    );
    let failed = scene.kept_away_by_starts(at + SECOND / 2, scene.end + SECOND);
    let reloads = orders.iter().all(|(_, fact)| is_reload(fact));
    // An order in the midst of an outage is somebody's answer to it.
    let late = at > scene.start + ANSWERED && explained < 0.5;
    Weight {
        nats: scene.weights.deploy
            + scene.weights.for_share(explained)
            + if late { scene.weights.deploy_late } else { 0.0 }
            + if failed { scene.weights.deploy_failed_start } else { 0.0 },
        direct: true,
        joined: scene.failing_known,
        explained,
        supports: some_of(&orders.iter().map(|(id, _)| *id).collect::<Vec<_>>(), 4),
        path,
        sentence: scene.say_by(
            orders.iter().map(|(id, _)| id),
            if reloads { "deploy-reload" } else { "deploy-restart" },
            [],
        ),
        ..Weight::default()
    }
}

fn advise(scene: &Scene<'_>, weight: &Weight) -> Vec<Advice> {
    let switches = [EventKind::ProxyLifecycle, EventKind::Deploy];
    let early =
        weight.path.first().is_some_and(|id| switches.contains(&scene.timeline.fact(*id).kind));
    let gap = if early { "advice-switch-when-ready" } else { "advice-restart-without-gap" };
    vec![
        advice("now", text("advice-planned", []), "verify-listening-answers"),
        advice("this_week", scene.say_by(&weight.supports, gap, []), "verify-restart-under-load"),
    ]
}
