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

use std::collections::BTreeSet;

use crate::death::{Why, signal_number};
use crate::event::EventKind;
use crate::scene::Scene;
use crate::service::{Join, ServiceId};
use crate::stamp::{Micros, SECOND};
use crate::timeline::{Fact, FactId};
use crate::wording::text;

use super::disk_full::kept_away;
use super::health_check_kill::is_by_check;
use super::oom_kill::is_killed_for_memory;
use super::{Advice, Cause, Weight, advice, answers_outage, first_proxy_error, some_of};

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
/// Longer than a start takes, of a JVM with a warm-up too: what was away for longer was stopped for long, or could not start.
const AWAY_MAX: Micros = 120 * SECOND;
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
        EventKind::ContainerKilled => {
            fact.field("signal").and_then(signal_number) == Some(15) && !is_by_check(fact)
        }
        // Ended by SIGTERM, which is how a stop begins, whoever sent it.
        EventKind::ContainerDied => is_ended_by_term(fact),
        _ => false,
    }
}

fn is_ended_by_term(fact: &Fact) -> bool {
    fact.kind == EventKind::ContainerDied && fact.field("code") == Some("143")
}

fn is_reload(fact: &Fact) -> bool {
    matches!(fact.kind, EventKind::AppReloaded | EventKind::UnitReloaded)
}

/// Whether something ended in the same service shortly before, or a watcher found it at fault, so that the stop is an effect.
fn is_effect(scene: &Scene<'_>, stop: &Fact, at: Micros) -> bool {
    let own = scene.services.of_fact(stop);
    let of_another = |service: Option<ServiceId>| {
        let both = own.zip(service);
        both.is_some_and(|(own, other)| scene.services.are_separate(own, other))
    };
    // A killer in user space asks its victim first, which stops then as if it had been told to. Within a container it has another pid.
    let killers = scene.near_of(&[EventKind::UserspaceOomKill]);
    let asked = killers.filter(|(_, fact)| {
        is_ended_by_term(stop) && scene.same_host(fact) != Some(false)
            || is_killed_for_memory(scene, fact)
    });
    let mut asked = asked.filter_map(|(_, fact)| fact.at());
    if asked.any(|then| then <= at + SECOND && at - then <= AFTER_KILL) {
        return true;
    }
    let kill = scene.kills.iter().any(|kill| {
        kill.join >= Join::Comm
            && kill.at <= at + SECOND
            && at - kill.at <= AFTER_KILL
            && (kill.dependency || !of_another(kill.service))
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
                && (fact.kind == EventKind::HostShutdown
                    || scene.is_failing(fact) && !of_another(scene.services.of_fact(fact)))
        });
    kill || told || scene.alarm_behind(stop).is_some()
}

fn weigh(scene: &Scene<'_>) -> Weight {
    let ways =
        [by_order(scene), by_early_switch(scene), by_undated_order(scene), by_maintenance(scene)];
    ways.into_iter().max_by(|one, other| one.nats.total_cmp(&other.nats)).unwrap_or_default()
}

/// Nobody listened once, and the log of who should have, which carries no times, holds one stop and one start after it: a process that
/// had ended without a stop would have left a start more.
fn by_undated_order(scene: &Scene<'_>) -> Weight {
    let own = || {
        let facts = scene.timeline.iter();
        facts.filter(|(_, fact)| {
            scene.services.of_fact(fact).is_some_and(|id| scene.failing.contains(&id))
        })
    };
    let away_once = own().all(|(_, fact)| fact.at().is_none())
        && scene.timeline.of(EventKind::UpstreamRefused).all(|(_, fact)| {
            let meant = scene.start - 2 * SECOND..=scene.end + 2 * SECOND;
            fact.at().is_none_or(|at| meant.contains(&at))
        });
    if !scene.nobody_listens()
        || !scene.failing_is_exact()
        || scene.failing.len() != 1
        || !away_once
    {
        return Weight::nothing();
    }
    // Lines that say the same are one fact: programs name the pid when they start.
    let of = |kind: EventKind| -> Vec<(FactId, &Fact)> {
        own().filter(|(_, fact)| fact.kind == kind).collect()
    };
    let (stops, starts) = (of(EventKind::AppStopping), of(EventKind::AppStarted));
    let once = |facts: &[(FactId, &Fact)]| facts.iter().all(|(_, fact)| fact.count <= 1);
    let line = |fact: &Fact| fact.event.at;
    let (Some((stop, told)), Some((start, last))) = (
        stops.iter().min_by_key(|(_, fact)| line(fact)).copied(),
        starts.iter().max_by_key(|(_, fact)| line(fact)).copied(),
    ) else {
        return Weight::nothing();
    };
    let again = stops.iter().any(|(_, fact)| line(fact) > line(last));
    let before = starts.iter().filter(|(_, fact)| line(fact) < line(told)).count();
    if !once(&stops) || !once(&starts) || again || before > 1 || starts.len() - before != 1 {
        return Weight::nothing();
    }
    let mut path = vec![stop];
    path.extend(first_proxy_error(scene, &path));
    path.push(start);
    Weight {
        nats: scene.weights.deploy_undated,
        joined: true,
        reservation: Some("its log carries no times".to_owned()),
        explained: 1.0,
        supports: vec![stop, start],
        path,
        sentence: scene.say("deploy-undated", []),
        ..Weight::default()
    }
}

/// The proxy was told to send a server nothing, until it was told otherwise, and had no other for those requests.
fn by_maintenance(scene: &Scene<'_>) -> Weight {
    let is = |fact: &Fact, action: &str| {
        fact.kind == EventKind::ProxyLifecycle && fact.field("action") == Some(action)
    };
    let emptied: Vec<&Fact> = scene
        .near_of(&[EventKind::UpstreamNoneLive])
        .map(|(_, fact)| fact)
        .filter(|fact| fact.field("upstream").is_some())
        .collect();
    // It names the backend, and the order backend and server.
    let last_one = |fact: &Fact| {
        let backend = fact.field("upstream").and_then(|server| server.split('/').next());
        emptied.iter().any(|none| {
            let apart = none.at().zip(fact.at()).map(|(none, order)| (none - order).abs());
            none.field("upstream") == backend && apart.is_some_and(|apart| apart <= 2 * SECOND)
        })
    };
    let orders: Vec<(FactId, &Fact)> =
        scene.near().filter(|(_, fact)| is(fact, "maintenance") && last_one(fact)).collect();
    let Some((first, order)) = orders.first() else { return Weight::nothing() };
    let mut path = vec![*first];
    let mut stretches = Vec::new();
    for (_, fact) in &orders {
        let Some(at) = fact.at() else { continue };
        let mut later = scene.timeline.between(at, scene.end + 30 * SECOND);
        let back = later.find(|(_, later)| {
            is(later, "ready") && later.field("upstream") == fact.field("upstream")
        });
        path.extend(back.map(|(id, _)| id));
        let until = back.and_then(|(_, fact)| fact.at()).unwrap_or(scene.end);
        stretches.push((at - 2 * SECOND, until + 2 * SECOND));
    }
    let explained = scene.explained(&stretches);
    path.truncate(4);
    Weight {
        nats: scene.weights.deploy + scene.weights.for_share(explained),
        direct: true,
        joined: true,
        explained,
        supports: some_of(&orders.iter().map(|(id, _)| *id).collect::<Vec<_>>(), 4),
        path,
        sentence: text(
            "deploy-maintenance",
            [("place", order.field("upstream").unwrap_or_default().into())],
        ),
        ..Weight::default()
    }
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
                && fact.at().is_some_and(|at| !is_effect(scene, fact, at))
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
            .find(|(_, start)| {
                back.contains(&start.kind) && scene.is_failing(start) && follows(start, fact)
            })
            .map(|(id, _)| id),
    );
    let ends = ends_after_start(scene, at);
    // What was to follow could not be created.
    let refused = scene.near_of(&[EventKind::DiskFull]).any(|(_, fact)| {
        fact.at().is_some_and(|then| then >= at) && kept_away(scene, fact).is_some()
    });
    let failed =
        ends > 0 || refused || scene.kept_away_by_starts(at + SECOND / 2, scene.end + SECOND);
    let away = longest_away(scene, &orders, &back);
    let stays_away = away.is_none() && scene.fails_to_the_end();
    let reloads = orders.iter().all(|(_, fact)| is_reload(fact));
    // An order in the midst of an outage is somebody's answer to it.
    let sigma = fact.stamp.map_or(0, |stamp| stamp.sigma);
    let late = (at > scene.start + ANSWERED && explained < 0.5) || answers_outage(scene, at, sigma);
    // What is stopped refuses or breaks off; requests that wait in vain were there before, or wait for another reason, and who
    // shows a certificate is there.
    let there =
        scene.signature_share(&[EventKind::UpstreamTimeout]) >= 0.5 || scene.shows_certificate();
    Weight {
        nats: scene.weights.deploy
            + scene.weights.for_share(explained)
            + if late { scene.weights.deploy_late } else { 0.0 }
            + if failed { scene.weights.deploy_failed_start } else { 0.0 }
            + if scene.shows_certificate() { scene.weights.deploy_late } else { 0.0 },
        direct: true,
        joined: scene.failing_known,
        reservation: if there
            || refused
            || is_again(scene, &orders, &back)
            || stays_away
            || away.is_some_and(|away| away > AWAY_MAX)
        {
            Some("a restart takes less time, is done once, and no answer waits for it".to_owned())
        } else {
            let unsigned = orders.iter().all(|(_, fact)| is_ended_by_term(fact));
            unsigned.then(|| "no log tells who sent the signal that ended it".to_owned())
        },
        explained,
        supports: some_of(&orders.iter().map(|(id, _)| *id).collect::<Vec<_>>(), 4),
        path,
        sentence: scene.say_by(
            orders.iter().map(|(id, _)| id),
            match (reloads, stays_away) {
                (true, _) => "deploy-reload",
                (false, true) => "deploy-stopped",
                (false, false) => "deploy-restart",
            },
            [],
        ),
        ..Weight::default()
    }
}

/// Whether a start stands after an order, by its line where both are of one log, else by a time that is its own.
fn follows(start: &Fact, order: &Fact) -> bool {
    let (one, other) = (start.event.at, order.event.at);
    if one.source == other.source {
        return one.line > other.line;
    }
    start.stamp.is_some_and(|stamp| stamp.sigma <= 3 * SECOND)
}

/// Ends of a failing service of its own, after an order to stop and a start that followed it: it is these that keep it away.
fn ends_after_start(scene: &Scene<'_>, ordered: Micros) -> usize {
    let mut told = scene.timeline.between(ordered, scene.end);
    let started = told.find(|(_, fact)| fact.kind.is_start() && scene.is_failing(fact));
    let from = started.and_then(|(_, fact)| fact.at()).unwrap_or(ordered + SECOND);
    let deaths = scene.failing_deaths().filter(|death| death.why == Why::Crash);
    deaths.filter(|death| death.at().is_some_and(|at| at > from && at <= scene.end)).count()
}

/// Whether one service was told to stop again after it had been back: who plans a restart does so once, who watches over it as often
/// as it fails.
fn is_again(scene: &Scene<'_>, orders: &[(FactId, &Fact)], back: &[EventKind]) -> bool {
    let times = |service| -> Vec<Micros> {
        let own = orders.iter().filter(|(_, order)| scene.services.of_fact(order) == service);
        own.filter_map(|(_, order)| order.at()).collect()
    };
    let services: BTreeSet<Option<ServiceId>> =
        orders.iter().map(|(_, order)| scene.services.of_fact(order)).collect();
    services.into_iter().any(|service| {
        times(service).windows(2).any(|pair| {
            let [first, second] = pair else { return false };
            // Lines of whole seconds stand at the middle of theirs.
            let mut between = scene.timeline.between(first - SECOND, second - SECOND);
            between.any(|(_, fact)| {
                back.contains(&fact.kind) && scene.services.of_fact(fact) == service
            })
        })
    })
}

/// The longest time from an order to the next line that says that it is back.
fn longest_away(
    scene: &Scene<'_>,
    orders: &[(FactId, &Fact)],
    back: &[EventKind],
) -> Option<Micros> {
    let until_back = |(_, order): &(FactId, &Fact)| {
        let at = order.at()?;
        let mut after = scene.timeline.between(at, scene.end + 30 * SECOND);
        let (_, fact) =
            after.find(|(_, fact)| back.contains(&fact.kind) && scene.is_failing(fact))?;
        Some(fact.at()? - at)
    };
    orders.iter().filter_map(until_back).max()
}

fn advise(scene: &Scene<'_>, weight: &Weight) -> Vec<Advice> {
    if weight.sentence.id() == Some("deploy-stopped") {
        let runs = scene.say_by(&weight.supports, "advice-runs-again", []);
        return vec![advice("now", runs, "verify-listening")];
    }
    if weight.sentence.id() == Some("deploy-maintenance") {
        return vec![advice("now", text("advice-maintenance", []), "verify-through-proxy")];
    }
    let switches = [EventKind::ProxyLifecycle, EventKind::Deploy];
    let early =
        weight.path.first().is_some_and(|id| switches.contains(&scene.timeline.fact(*id).kind));
    let gap = if early { "advice-switch-when-ready" } else { "advice-restart-without-gap" };
    vec![
        advice("now", text("advice-planned", []), "verify-listening-answers"),
        advice("this_week", scene.say_by(&weight.supports, gap, []), "verify-restart-under-load"),
    ]
}
