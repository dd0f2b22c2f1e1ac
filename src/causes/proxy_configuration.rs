//! `proxy_configuration`: the proxy cannot reach any such upstream as configured, and nothing died.
//!
//! # What happens
//! Wrong port, path or name in the proxy's configuration; a socket that it may not open; or the answer's header is larger than the
//! proxy's buffer.
//! # What it looks like
//! Refused connections, or a missing socket, from the first request on, while the app listens elsewhere and nothing ends or
//! starts; `upstream sent too big header`; `(13: Permission denied)`.
//! # Needs
//! An upstream that never answered in the whole log and no end or start of a service; an address that is asked only since a reload,
//! where nobody listens; or the proxy's word about the answer.
//! # Told apart from
//! Apps that stopped or have not started yet.
//! # What to do
//! Compare proxy_pass with what the app listens on, the socket's mode with the proxy's user, the header with the buffer: each
//! mechanism has its own remedy, and the others find nothing.

use crate::event::EventKind;
use crate::scene::{LEAD, Scene};
use crate::service::ServiceRole;
use crate::service::names::{address_key, is_local};
use crate::stamp::{Micros, SECOND};
use crate::timeline::{Fact, FactId};
use crate::wording::{Arg, Text, text};

use super::{
    ANSWERS_OUTAGE, Advice, Cause, ORDER_SLACK, Weight, advice, failed_before, most_asked,
    place_asked, place_of, some_of,
};

pub(super) const CAUSE: Cause = Cause {
    name: "proxy_configuration",
    title: "title-proxy-configuration",
    weigh,
    advice: advise,
};

/// Who still asks in vain so long after a start asks in the wrong place.
const MOVED: Micros = 10 * SECOND;
/// The lines of one start stand this close.
const START: Micros = 5 * SECOND;

/// The share of failures for which the proxy asked nobody, as its configuration names no upstream that can be asked.
pub(super) fn asked_nobody(scene: &Scene<'_>) -> f64 {
    let lacking = scene.near_of(&[EventKind::UpstreamUnresolved]);
    let lacking = lacking.filter(|(_, fact)| fact.field("lacks").is_some());
    let told: u64 = lacking.map(|(_, fact)| fact.count).sum();
    let all = scene.signature.values().sum::<u64>().max(scene.answers()).max(1);
    (told as f64 / all as f64).min(1.0)
}

/// nginx needs a `resolver` for a name that it learns with the request, and a URL where a variable stands for one.
fn names_nobody(scene: &Scene<'_>, share: f64) -> Weight {
    let facts: Vec<(FactId, &Fact)> = scene
        .near_of(&[EventKind::UpstreamUnresolved])
        .filter(|(_, fact)| fact.field("lacks").is_some())
        .collect();
    let Some((first, fact)) = facts.first() else { return Weight::nothing() };
    let no_url = fact.field("lacks") == Some("url");
    let id = if no_url { "proxy-no-url" } else { "proxy-no-resolver" };
    Weight {
        nats: scene.weights.proxy_told + scene.weights.for_share(share),
        direct: true,
        joined: true,
        explained: share,
        supports: some_of(&facts.iter().map(|(id, _)| *id).collect::<Vec<_>>(), 3),
        path: vec![*first],
        sentence: text(id, [("name", fact.field("name").unwrap_or_default().into())]),
        ..Weight::default()
    }
}

fn weigh(scene: &Scene<'_>) -> Weight {
    let nobody = asked_nobody(scene);
    if nobody >= 0.3 {
        return names_nobody(scene, nobody);
    }
    let word = scene.signature_share(&[EventKind::UpstreamBadAnswer, EventKind::UpstreamForbidden]);
    if word >= 0.3 {
        let facts: Vec<FactId> = scene
            .near_of(&[EventKind::UpstreamBadAnswer, EventKind::UpstreamForbidden])
            .map(|(id, _)| id)
            .collect();
        let ended = scene.failing_deaths().next().is_some();
        return Weight {
            nats: scene.weights.proxy_told
                + scene.weights.for_share(word)
                + if ended { scene.weights.proxy_ended } else { 0.0 },
            direct: true,
            joined: true,
            explained: word,
            supports: some_of(&facts, 3),
            path: facts.first().copied().into_iter().collect(),
            sentence: refusal(scene),
            ..Weight::default()
        };
    }
    let tls = tls_to_plain(scene);
    if tls.nats > 0.0 { tls } else { unreachable_as_configured(scene) }
}

/// What the proxy refused, or may not do, by the word that it wrote most often.
fn refusal(scene: &Scene<'_>) -> Text {
    let met = |kind: EventKind| -> u64 { scene.near_of(&[kind]).map(|(_, fact)| fact.count).sum() };
    if met(EventKind::UpstreamForbidden) >= met(EventKind::UpstreamBadAnswer) {
        let kinds = [EventKind::UpstreamForbidden];
        let socket = place_asked(scene, &kinds)
            .is_some_and(|place| address_key(&place).starts_with("unix:"));
        let id = if socket { "proxy-socket-forbidden" } else { "proxy-port-forbidden" };
        return text(id, place_of(scene, &kinds));
    }
    let kinds = [EventKind::UpstreamBadAnswer];
    let reason = scene.near_of(&kinds).find_map(|(_, fact)| fact.field("reason"));
    match reason {
        Some("too big header") => text("proxy-header-too-big", place_of(scene, &kinds)),
        reason => text(
            "proxy-answer-refused",
            place_of(scene, &kinds).into_iter().chain([
                ("reason-known", Arg::Case(if reason.is_some() { "yes" } else { "no" })),
                ("reason", reason.unwrap_or_default().into()),
            ]),
        ),
    }
}

/// The proxy speaks TLS to a port that does not: one side's bytes make no sense to the other, which answers wrongly or waits for more.
fn tls_to_plain(scene: &Scene<'_>) -> Weight {
    let near = || scene.near_of(&[EventKind::UpstreamTls, EventKind::UpstreamTimeout]);
    let facts: Vec<FactId> =
        near().filter(|(_, fact)| fact.field("plain").is_some()).map(|(id, _)| id).collect();
    let in_handshake = |fact: &Fact| fact.field("phase") == Some("SSL handshaking to upstream");
    let all: u64 = scene.signature.values().sum();
    let met: u64 = near().filter(|(_, fact)| in_handshake(fact)).map(|(_, fact)| fact.count).sum();
    let share = (met as f64 / all.max(1) as f64).min(1.0);
    if facts.is_empty() || share < 0.3 {
        return Weight::nothing();
    }
    let reload = scene
        .timeline
        .between(scene.start - 15 * SECOND, scene.start + SECOND)
        .find(|(_, fact)| fact.kind == EventKind::ProxyLifecycle);
    let mut path: Vec<FactId> = reload.map(|(id, _)| id).into_iter().collect();
    path.extend(facts.first());
    Weight {
        nats: scene.weights.proxy_told + scene.weights.for_share(share),
        direct: true,
        joined: true,
        explained: share,
        supports: some_of(&facts, 3),
        path,
        sentence: text("proxy-tls-to-plain", place_of(scene, &[EventKind::UpstreamTls])),
        ..Weight::default()
    }
}

/// A new configuration; a proxy that starts has failed from its first request on, or not for its configuration.
fn is_reload(fact: &Fact) -> bool {
    fact.kind == EventKind::ProxyLifecycle && fact.field("action") == Some("reload")
}

fn unreachable_as_configured(scene: &Scene<'_>) -> Weight {
    let kinds = [EventKind::UpstreamRefused, EventKind::UpstreamSocketMissing];
    let share = scene.signature_share(&kinds);
    if share < 0.6 {
        return Weight::nothing();
    }
    // What is asked from a moment on is asked since the reload before it.
    let place = most_asked(scene, &kinds);
    let asked = |fact: &Fact| fact.field("upstream").is_some_and(|at| Some(at) == place.as_deref());
    let since = scene.near_of(&kinds).find(|(_, fact)| asked(fact)).and_then(|(_, fact)| fact.at());
    let since = since.unwrap_or(scene.start);
    // A signal to nginx may be one to open its logs anew, unless it asks elsewhere since.
    let another = |fact: &Fact| fact.field("upstream").is_some() && !asked(fact);
    let changed = scene
        .near_of(&kinds)
        .any(|(_, fact)| another(fact) && fact.at().is_some_and(|at| at <= since));
    let signal = |fact: &Fact| {
        fact.kind == EventKind::ProxyLifecycle && fact.field("action") == Some("signal")
    };
    let reload = scene
        .timeline
        .between(since - 15 * SECOND, since + SECOND)
        .find(|(_, fact)| is_reload(fact) || changed && signal(fact));
    if let Some((listening, fact)) = moved(scene) {
        return asked_where_it_was(scene, (listening, fact), share);
    }
    // An upstream that has answered before was configured rightly, unless the proxy has just been reloaded.
    let killed = !scene.kills.is_empty() || scene.failing_deaths().next().is_some();
    // Who asks elsewhere in the midst of an outage looks for a way out of it.
    let remedy = reload.is_some()
        && since > scene.start + ORDER_SLACK
        && failed_before(scene, since - SECOND) >= ANSWERS_OUTAGE;
    if (reload.is_none() && !scene.from_first_request()) || killed || remedy {
        return Weight::nothing();
    }
    let facts: Vec<FactId> = scene
        .near_of(&kinds)
        .filter(|(_, fact)| place.is_none() || asked(fact))
        .map(|(id, _)| id)
        .collect();
    let upstreams: Vec<&str> =
        scene.near_of(&kinds).filter_map(|(_, fact)| fact.field("upstream")).collect();
    // Whoever took a connection there, and then broke it, listened.
    let breaks =
        [EventKind::UpstreamClosed, EventKind::UpstreamReset, EventKind::UpstreamTruncated];
    let listened = |(_, fact): (FactId, &Fact)| {
        breaks.contains(&fact.kind)
            && fact.field("upstream").is_some_and(|upstream| upstreams.contains(&upstream))
    };
    if reload.is_none() && scene.timeline.iter().any(listened) {
        return Weight::nothing();
    }
    let listens: Vec<String> = scene
        .services
        .iter()
        .filter(|(_, service)| service.role == ServiceRole::App)
        .flat_map(|(_, service)| service.addresses.iter().cloned())
        .collect();
    let unknown = |upstream: &str| scene.services.at_address(upstream, scene.asker()).is_none();
    let turned = reload.is_some() && place.as_deref().is_some_and(unknown);
    let elsewhere =
        !listens.is_empty() && (turned || upstreams.iter().all(|upstream| unknown(upstream)));
    if !elsewhere && scene.changed() {
        return Weight::nothing();
    }
    let missing = scene.signature_share(&[EventKind::UpstreamSocketMissing]) * 2.0 > share;
    let sentence = text(
        if missing { "socket-missing" } else { "nothing-listens" },
        [
            ("place-known", Arg::Case(if place.is_some() { "yes" } else { "no" })),
            ("place", place.unwrap_or_default().into()),
            ("elsewhere", Arg::Case(if elsewhere { "yes" } else { "no" })),
            ("listens", listens.join(", ").into()),
        ],
    );
    let mut supports = some_of(&facts, 3);
    if elsewhere {
        // Where the app listens is said, so it is cited.
        let listening =
            scene.timeline.iter().filter(|(_, fact)| fact.kind == EventKind::AppListening);
        supports.extend(listening.map(|(id, _)| id).next());
    }
    let mut path: Vec<FactId> = reload.map(|(id, _)| id).into_iter().collect();
    path.extend(facts.first());
    Weight {
        nats: scene.weights.proxy_unreachable
            + scene.weights.for_share(share).min(scene.weights.proxy_unreachable_share)
            + if elsewhere { scene.weights.proxy_elsewhere } else { 0.0 }
            + if reload.is_some() { scene.weights.proxy_reloaded } else { 0.0 }
            + if scene.healed_alone() { scene.weights.proxy_healed } else { 0.0 },
        direct: elsewhere,
        joined: elsewhere,
        reservation: (!elsewhere).then(|| "no log shows where the app listens".to_owned()),
        explained: share,
        supports,
        path,
        sentence,
        not_observable: if scene.has_app_log() {
            Vec::new()
        } else {
            vec![text("unseen-app-log", [])]
        },
        ..Weight::default()
    }
}

/// What listened where the proxy asks was started anew, and listens somewhere else since.
fn moved<'s>(scene: &'s Scene<'_>) -> Option<(FactId, &'s Fact)> {
    let asked = place_asked(scene, &[EventKind::UpstreamRefused])?;
    let service = scene.services.at_address(&asked, scene.asker())?;
    let is_there = |fact: &Fact| fact.field("address").is_some_and(|at| is_same(at, &asked));
    let own = scene.timeline.of(EventKind::AppListening);
    let own = own.filter(|(_, fact)| scene.services.of_fact(fact) == Some(service));
    let (told, later): (Vec<_>, Vec<_>) =
        own.partition(|(_, fact)| fact.at().is_some_and(|at| at < scene.end));
    let (last, fact) = *told.last()?;
    let at = fact.at().filter(|at| scene.end - at >= MOVED && *at >= scene.start - LEAD)?;
    // One start may tell of several addresses.
    let now_there = told
        .iter()
        .any(|(_, fact)| fact.at().is_some_and(|own| at - own <= START) && is_there(fact));
    let was_there = told.iter().any(|(_, fact)| is_there(fact));
    // Another listener of the same program is told of at each start.
    let address = fact.field("address")?;
    let always = told.iter().any(|(_, fact)| {
        fact.at() < Some(scene.start - LEAD)
            && fact.field("address").is_some_and(|own| address_key(own) == address_key(address))
    });
    // A start that takes long listens at one address before the other.
    let anew = |from: Micros, to: Micros| {
        let mut between = scene.timeline.between(from + SECOND, to);
        between.any(|(_, fact)| {
            (fact.kind.is_start() || fact.kind == EventKind::AppStopping)
                && scene.services.of_fact(fact) == Some(service)
        })
    };
    let late = later.iter().find(|(_, fact)| is_there(fact)).and_then(|(_, fact)| fact.at());
    let still_starts = late.is_some_and(|late| !anew(at, late));
    let moved = was_there && !now_there && !still_starts && !always;
    moved.then_some((last, fact))
}

/// Whether two addresses are one as far as their spelling tells: names of hosts are many.
fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (address_key(one), address_key(other));
    let port = |key: &str| key.rsplit_once(':').map(|(_, port)| port.to_owned());
    one == other || (port(&one) == port(&other) && !(is_local(&one) && is_local(&other)))
}

fn asked_where_it_was(scene: &Scene<'_>, (listening, fact): (FactId, &Fact), share: f64) -> Weight {
    let kinds = [EventKind::UpstreamRefused];
    let facts: Vec<FactId> = scene.near_of(&kinds).map(|(id, _)| id).collect();
    let mut supports = some_of(&facts, 2);
    supports.push(listening);
    let asked = place_asked(scene, &kinds);
    Weight {
        nats: scene.weights.proxy_unreachable
            + scene.weights.for_share(share).min(scene.weights.proxy_unreachable_share)
            + scene.weights.proxy_elsewhere
            + scene.weights.proxy_reloaded,
        direct: true,
        joined: true,
        reservation: Some("which of the two addresses is the right one no log tells".to_owned()),
        explained: share,
        supports,
        path: [listening].into_iter().chain(facts.first().copied()).collect(),
        sentence: text(
            "nothing-listens",
            [
                ("place-known", Arg::Case(if asked.is_some() { "yes" } else { "no" })),
                ("place", asked.unwrap_or_default().into()),
                ("elsewhere", Arg::Case("yes")),
                ("listens", fact.field("address").unwrap_or_default().into()),
            ],
        ),
        ..Weight::default()
    }
}

fn advise(scene: &Scene<'_>, weight: &Weight) -> Vec<Advice> {
    let at = |kind: EventKind| place_of(scene, &[kind]);
    let now = match weight.sentence.id() {
        Some("proxy-socket-forbidden") => {
            text("advice-socket-permission", at(EventKind::UpstreamForbidden))
        }
        Some("proxy-port-forbidden") => {
            text("advice-port-permission", at(EventKind::UpstreamForbidden))
        }
        Some("proxy-header-too-big") => {
            text("advice-header-buffer", at(EventKind::UpstreamBadAnswer))
        }
        Some("proxy-answer-refused") => {
            text("advice-ask-upstream", at(EventKind::UpstreamBadAnswer))
        }
        Some("proxy-tls-to-plain") => text("advice-tls-scheme", at(EventKind::UpstreamTls)),
        Some("proxy-no-resolver") => text("advice-add-resolver", []),
        Some("proxy-no-url") => text("advice-url-variable", []),
        Some("socket-missing") => text("advice-socket-made", []),
        _ => text("advice-compare-listeners", []),
    };
    let later = match weight.sentence.id() {
        Some("proxy-header-too-big") => {
            advice("this_week", text("advice-small-header", []), "verify-header-size")
        }
        Some("proxy-answer-refused") => {
            advice("prevent", text("advice-test-configuration", []), "verify-through-proxy")
        }
        Some("nothing-listens") => {
            advice("prevent", text("advice-test-configuration", []), "verify-wrong-port")
        }
        _ => advice("prevent", text("advice-test-configuration", []), "verify-failing-deploy"),
    };
    vec![advice("now", now, "verify-through-proxy"), later]
}
