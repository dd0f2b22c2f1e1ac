//! `resource_exhaustion`: descriptors, connections, listen backlog, workers, processes or conntrack entries ran out.
//!
//! # What happens
//! A surge or a leak meets a limit; connections are turned away before any worker sees them.
//! # What it looks like
//! `connect() to unix:... failed (11: Resource temporarily unavailable)`, `worker_connections are not enough`, `Too many open
//! files`, `server reached pm.max_children`, `listen queue ... full`, `nf_conntrack: table full`.
//! # Needs
//! The proxy's, the app server's or the kernel's line about the limit, for a good part of the failures.
//! # Told apart from
//! Workers that are all dead or hang: then the full queue is an effect.
//! # What to do
//! Raise the limit or shed load; look for the surge.

use crate::event::EventKind;
use crate::scene::Scene;
use crate::stamp::{MINUTE, Micros, SECOND};
use crate::timeline::{Fact, FactId};
use crate::wording::{Arg, text};

use super::{Advice, Cause, Weight, advice, is_own_pool, some_of};

pub(super) const CAUSE: Cause = Cause {
    name: "resource_exhaustion",
    title: "title-resource-exhaustion",
    weigh,
    advice: advise,
};

/// Traffic counts as a surge from this multiple of the rate before.
const SURGE: f64 = 2.0;

fn weigh(scene: &Scene<'_>) -> Weight {
    let mut at_proxy = vec![EventKind::UpstreamBacklogFull, EventKind::ProxyLimit];
    // What a rate limit turns away is answered with 503; what it delays is answered by the app.
    if turned_away(scene) {
        at_proxy.push(EventKind::ProxyThrottled);
    }
    let elsewhere = [
        EventKind::WorkersExhausted,
        EventKind::ListenQueueFull,
        EventKind::OpenFilesExhausted,
        EventKind::ConntrackFull,
        EventKind::KernelLimit,
        EventKind::StoreTooManyClients,
        EventKind::DependencyExhausted,
    ];
    let share = scene.signature_share(&at_proxy);
    let proxy: Vec<(FactId, &Fact)> = scene
        .near_of(&at_proxy)
        .filter(|(_, fact)| fact.at().is_some_and(|at| at >= scene.start - 2 * SECOND))
        .collect();
    let others: Vec<(FactId, &Fact)> =
        scene.near_of(&elsewhere).filter(|(_, fact)| is_relevant(scene, fact)).collect();
    if proxy.is_empty() && others.is_empty() {
        return by_number(scene);
    }
    let stretches: Vec<(Micros, Micros)> = others
        .iter()
        .filter_map(|(_, fact)| Some((fact.at()? - 5 * SECOND, fact.at()? + 20 * SECOND)))
        .collect();
    let explained = share.max(scene.explained(&stretches));
    let cut = turned_away_only(&others)
        && scene.signature_share(&[EventKind::UpstreamClosed, EventKind::UpstreamReset]) >= 0.7;
    // What fills while workers wait is full for what they wait for, unless more requests came.
    let first_full = proxy.iter().chain(&others).filter_map(|(_, fact)| fact.at()).min();
    let waits = scene.surge().is_none_or(|surge| surge < SURGE)
        && scene.near_of(&[EventKind::StoreLockWait]).any(|(_, fact)| {
            scene.same_host(fact) != Some(false)
                && fact.at().zip(first_full).is_some_and(|(at, full)| at <= full - SECOND)
        });
    let surge = scene.surge().filter(|surge| *surge >= SURGE);
    // A queue is full because of too many requests, or of workers that wait for something no log tells of.
    let backlog_only = others.is_empty()
        && surge.is_none()
        && proxy.iter().all(|(_, fact)| fact.kind == EventKind::UpstreamBacklogFull);
    let base = if share >= 0.3 {
        scene.weights.resource_told
    } else if others.is_empty() {
        scene.weights.resource_hinted
    } else {
        scene.weights.resource_told_by_others
    };
    let first = if share >= 0.3 { proxy.first() } else { others.first().or(proxy.first()) };
    let ids: Vec<FactId> = proxy.iter().chain(&others).map(|(id, _)| *id).collect();
    let pool = first.map(|(_, fact)| *fact).filter(|fact| is_own_pool(fact));
    let rate = surge.map(|surge| format!("{surge:.1}")).unwrap_or_default();
    Weight {
        nats: base
            + scene.weights.for_share(explained)
            + if surge.is_some() { scene.weights.resource_surge } else { 0.0 }
            + scene.weights.resource_usual * if share < 0.3 { usual(scene, &others) } else { 0.0 }
            + if waits { scene.weights.resource_effect } else { 0.0 }
            + if cut && share < 0.3 { scene.weights.resource_cut } else { 0.0 },
        direct: true,
        joined: share >= 0.3 || scene.failing_known,
        explained,
        supports: some_of(&ids, 3),
        reservation: reservation(scene, backlog_only, &proxy),
        path: first.map(|(id, _)| *id).into_iter().collect(),
        sentence: match pool {
            Some(fact) => scene.say("pool-used-up", [("limit", limit_of(fact).into())]),
            None => scene.say(
                "resource-exhaustion",
                [
                    ("what", Arg::Case(what(first.map(|(_, fact)| *fact)))),
                    ("surge", Arg::Case(if surge.is_some() { "yes" } else { "no" })),
                    ("rate", rate.into()),
                ],
            ),
        },
        ..Weight::default()
    }
}

/// A log without times tells of about as many requests turned away as were answered with 503.
fn by_number(scene: &Scene<'_>) -> Weight {
    let facts: Vec<(FactId, &Fact)> = scene
        .timeline
        .of(EventKind::WorkersExhausted)
        .filter(|(_, fact)| fact.at().is_none() && scene.is_failing(fact))
        .collect();
    let told: u64 = facts.iter().map(|(_, fact)| fact.count).sum();
    let share = scene.status_share(503);
    let answers = share * scene.answers() as f64;
    let Some((first, fact)) = facts.first() else { return Weight::nothing() };
    if share < 0.3 || !(0.8 * answers..=1.25 * answers).contains(&(told as f64)) {
        return Weight::nothing();
    }
    Weight {
        nats: scene.weights.resource_told + scene.weights.for_share(share),
        direct: true,
        joined: scene.failing_known,
        explained: share,
        supports: vec![*first],
        reservation: Some("which answers the limit gave is known by their number only".to_owned()),
        path: vec![*first],
        sentence: scene.say(
            "resource-exhaustion",
            [
                ("what", Arg::Case(what(Some(fact)))),
                ("surge", Arg::Case("no")),
                ("rate", String::new().into()),
            ],
        ),
        ..Weight::default()
    }
}

/// Whether about as many requests were turned away by a limit of the proxy's own as were answered with 503.
fn turned_away(scene: &Scene<'_>) -> bool {
    let share = scene.status_share(503);
    let answers = share * scene.answers() as f64;
    // What an upstream answered was not turned away before it.
    let answered = scene.failures.iter().filter(|failure| !failure.key.upstream.is_empty());
    let answered: u64 = answered.map(|failure| failure.count.answers).sum();
    if answered * 2 > scene.answers() {
        return false;
    }
    let refused = scene.near_of(&[EventKind::ProxyThrottled]);
    let refused = refused.filter(|(_, fact)| fact.field("delayed").is_none());
    let refused: u64 = refused.map(|(_, fact)| fact.count).sum();
    share >= 0.3 && (0.8 * answers..=1.25 * answers).contains(&(refused as f64))
}

/// What keeps a limit that ran out from being sure.
fn reservation(scene: &Scene<'_>, backlog_only: bool, proxy: &[(FactId, &Fact)]) -> Option<String> {
    let of_ipv6 = |fact: &Fact| {
        fact.kind == EventKind::ProxyLimit
            && fact
                .field("upstream")
                .is_some_and(|upstream| upstream.contains("[") && upstream.contains("]:"))
    };
    if backlog_only {
        return Some("no log tells why the workers did not keep up with the queue".to_owned());
    }
    if proxy.iter().any(|(_, fact)| of_ipv6(fact))
        && scene.surge().is_none_or(|surge| surge < SURGE)
    {
        return Some("a host without an address of IPv6 says the same".to_owned());
    }
    proxy
        .iter()
        .any(|(_, fact)| fact.kind == EventKind::ProxyThrottled)
        .then(|| "which answers the limit gave is known by their number only".to_owned())
}

/// How many such lines the time of the incident would have anyway, as a share of those that it has: by the rate outside of it.
fn usual(scene: &Scene<'_>, facts: &[(FactId, &Fact)]) -> f64 {
    let Some((_, one)) = facts.first() else { return 0.0 };
    let Some(failure) = scene.failures.first() else { return 0.0 };
    let span = scene.clocks.span(failure.source, &scene.sources[failure.source].spans);
    let Some((first, last)) = span else { return 0.0 };
    let (from, to) = (scene.start - MINUTE, scene.end + MINUTE);
    let outside: u64 = scene
        .timeline
        .of(one.kind)
        .filter(|(_, fact)| fact.at().is_some_and(|at| !(from..=to).contains(&at)))
        .map(|(_, fact)| fact.count)
        .sum();
    let rest = (last - first).saturating_sub(to - from).max(MINUTE) as f64;
    let expected = outside as f64 * (scene.end - scene.start + 30 * SECOND) as f64 / rest;
    let inside = |at: Micros| (scene.start - 30 * SECOND..=scene.end).contains(&at);
    let found: u64 = facts
        .iter()
        .filter(|(_, fact)| fact.at().is_some_and(inside))
        .map(|(_, fact)| fact.count)
        .sum();
    // A dozen without harm are a habit, even where one of them fell into the failures by chance.
    let habit = if outside >= 12 { 0.1 } else { 0.0 };
    ((expected + habit * found as f64) / found.max(1) as f64).min(1.0)
}

/// Whether the only limits are those that make requests wait or be turned away: they cut no connection that was taken.
fn turned_away_only(facts: &[(FactId, &Fact)]) -> bool {
    let kinds = [EventKind::WorkersExhausted, EventKind::ListenQueueFull];
    facts.iter().all(|(_, fact)| kinds.contains(&fact.kind))
}

fn is_relevant(scene: &Scene<'_>, fact: &Fact) -> bool {
    match fact.kind {
        EventKind::ConntrackFull => true,
        // The kernel's word is of the host; an app's is of itself.
        EventKind::KernelLimit if fact.event.format.is_some() => scene.is_failing(fact),
        // A queue of connections is of one port.
        EventKind::KernelLimit if fact.field("limit") == Some("syn-backlog") => {
            scene.asks_itself_only()
                && fact.field("port").is_some_and(|port| scene.asks_port(port))
                && scene.same_host(fact) != Some(false)
        }
        EventKind::KernelLimit => true,
        // A store that turns others away need not have turned this app away.
        EventKind::StoreTooManyClients => {
            scene.app_dependency_facts().any(|(_, app)| app.kind == EventKind::DependencyExhausted)
        }
        _ => scene.is_failing(fact),
    }
}

/// What the line says of the pool, in its own words.
fn limit_of(fact: &Fact) -> &str {
    fact.field("reason").unwrap_or_default()
}

/// What ran out.
fn what(fact: Option<&Fact>) -> &'static str {
    match fact.map(|fact| fact.kind) {
        Some(EventKind::UpstreamBacklogFull) => "backlog",
        Some(EventKind::ProxyLimit) => "proxy",
        Some(EventKind::ProxyThrottled) => "throttle",
        Some(EventKind::WorkersExhausted) => "workers",
        Some(EventKind::ListenQueueFull) => "queue",
        Some(EventKind::KernelLimit)
            if fact.is_some_and(|fact| fact.field("limit") == Some("syn-backlog")) =>
        {
            "queue"
        }
        Some(EventKind::OpenFilesExhausted) => "files",
        Some(EventKind::ConntrackFull) => "conntrack",
        Some(EventKind::DependencyExhausted) if fact.is_some_and(is_own_pool) => "pool",
        Some(EventKind::StoreTooManyClients | EventKind::DependencyExhausted) => "clients",
        _ => "system",
    }
}

fn advise(scene: &Scene<'_>, weight: &Weight) -> Vec<Advice> {
    let first = weight.path.first().map(|id| scene.timeline.fact(*id));
    // Workers are added where workers were too few; they use up everything else only sooner.
    let (now, this_week) = match what(first) {
        "backlog" | "workers" | "queue" => {
            (scene.say("advice-shed-load", []), text("advice-raise-met-limit", []))
        }
        "throttle" => (text("advice-throttle", []), text("advice-watch-limit", [])),
        "proxy" => (text("advice-proxy-limit", []), text("advice-raise-met-limit", [])),
        "files" => (scene.say("advice-open-files", []), text("advice-watch-limit", [])),
        "pool" => (scene.say("advice-pool", []), text("advice-watch-limit", [])),
        "clients" => (text("advice-store-clients", []), text("advice-watch-limit", [])),
        _ => (text("advice-system-limit", []), text("advice-watch-limit", [])),
    };
    vec![
        advice("now", now, "verify-no-such-line"),
        advice("this_week", this_week, "verify-load-test"),
        advice("prevent", text("advice-limit-rate", []), "verify-alert"),
    ]
}
