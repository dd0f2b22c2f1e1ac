//! `health_check_kill`: an orchestrator or a health check ended it for not answering.
//!
//! # What happens
//! A probe fails a few times, and whoever runs it kills or restarts the container, though the app might have recovered.
//! # What it looks like
//! `health_status: unhealthy`, then `container kill`; Kubernetes' `Unhealthy` and `Killing`; systemd's `Watchdog timeout`.
//! # Needs
//! The failed check and the kill after it, for the failing container or unit.
//! # Told apart from
//! Kills by hand, before which no check failed.
//! # What to do
//! Find out why it did not answer; make the check patient.

use crate::death::Why;
use crate::event::EventKind;
use crate::scene::{LEAD, Scene};
use crate::stamp::{Micros, SECOND};
use crate::timeline::{Fact, FactId};
use crate::wording::text;

use super::{Advice, Cause, Weight, advice, effects, first_proxy_error, moments_of, moments_told};

pub(super) const CAUSE: Cause =
    Cause { name: "health_check_kill", title: "title-health-check-kill", weigh, advice: advise };

fn weigh(scene: &Scene<'_>) -> Weight {
    let watchdog: Vec<(FactId, &Fact)> = scene
        .near_of(&[EventKind::UnitWatchdog])
        .filter(|(_, fact)| scene.is_failing(fact))
        .collect();
    let checked: Vec<_> =
        scene.failing_deaths().filter(|death| death.why == Why::HealthCheck).collect();
    let mut moments = moments_of(&checked);
    moments.extend(moments_told(scene, &watchdog));
    let mut orders = orders(scene);
    let watched = scene.stops_by_watcher(scene.start - LEAD, scene.end, "no answer");
    orders.extend(watched.iter().filter_map(|(alarm, _, stop)| {
        let first = scene.timeline.fact(*alarm).at().or(stop.at())?;
        Some((*alarm, *stop, first))
    }));
    if moments.is_empty() && orders.is_empty() {
        return Weight::nothing();
    }
    let mut stretches = effects(scene, &moments);
    stretches.extend(orders.iter().filter_map(|(_, fact, from)| {
        let service = scene.services.of_fact(fact);
        let (_, to) = scene.effect(fact.at()?, fact.stamp?.sigma, service);
        Some((*from, to))
    }));
    let explained = scene.explained(&stretches);
    let unhealthy = scene
        .near_of(&[EventKind::ContainerUnhealthy])
        .find(|(_, fact)| scene.is_failing(fact))
        .map(|(id, _)| id);
    let mut path: Vec<FactId> =
        unhealthy.into_iter().chain(watchdog.first().map(|(id, _)| *id)).collect();
    path.extend(checked.first().map(|death| death.facts[0]));
    path.extend(orders.first().map(|(id, _, _)| *id).filter(|_| checked.is_empty()));
    path.extend(watched.first().map(|(_, stop, _)| *stop));
    path.extend(first_proxy_error(scene, &path));
    Weight {
        nats: scene.weights.health_check + scene.weights.for_share(explained),
        direct: true,
        joined: scene.failing_known,
        explained,
        sentence: scene.say_by(&path, "health-check-kill", []),
        path,
        ..Weight::default()
    }
}

/// Orders to end a container of which checks had failed, each with the first failed check: whoever ran them says no more when it
/// ends as told (kubelet logs no exit). From that check on it did not answer.
fn orders<'s>(scene: &'s Scene<'_>) -> Vec<(FactId, &'s Fact, Micros)> {
    scene
        .near_of(&[EventKind::ContainerKilled])
        .filter(|(_, fact)| scene.is_failing(fact))
        .filter_map(|(id, fact)| {
            let at = fact.at()?;
            let failed: Vec<Micros> = scene
                .timeline
                .between(at - CHECKS_TAKE, at)
                .filter(|(_, check)| {
                    check.kind == EventKind::ContainerUnhealthy && scene.is_failing(check)
                })
                .filter_map(|(_, check)| check.at())
                .collect();
            let last = failed.last().filter(|last| at - **last <= CHECK_TO_ORDER);
            // Where the order itself says that a check brought it, the checks before it may be told late, or not at all.
            (last.is_some() || is_by_check(fact))
                .then(|| (id, fact, failed.first().copied().unwrap_or(at)))
        })
        .collect()
}

/// Whether an order to end a container says that its check failed.
pub(super) fn is_by_check(order: &Fact) -> bool {
    order.field("by") == Some("health check")
}

/// The checks that fail in a row before the order: kubelet's default is 3 in 10 s steps, and people raise both.
const CHECKS_TAKE: Micros = 120 * SECOND;
/// The order follows the last failed check at once, unless the host is stalled.
const CHECK_TO_ORDER: Micros = 10 * SECOND;

fn advise(scene: &Scene<'_>, _: &Weight) -> Vec<Advice> {
    vec![
        advice("now", scene.say("advice-why-no-answer", []), "verify-check-under-load"),
        advice("this_week", text("advice-patient-check", []), "verify-slow-minute"),
    ]
}
