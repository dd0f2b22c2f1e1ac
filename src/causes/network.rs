//! `network`: name resolution, TLS or the network between proxy and app failed.
//!
//! # What happens
//! The proxy cannot resolve, reach or trust the upstream, although it runs.
//! # What it looks like
//! `could not be resolved`, `SSL_do_handshake() failed`, `(113: No route to host)`, `(101: Network is unreachable)`; `timed out`
//! only ever `while connecting to upstream`, as where a firewall drops packets.
//! # Needs
//! Such lines for a good part of the failures.
//! # Told apart from
//! Containers that stopped or moved: 113 right after an end or a start is the restart's.
//! # What to do
//! Resolve, reach and handshake by hand from the proxy's host.

use crate::event::EventKind;
use crate::scene::Scene;
use crate::timeline::{Fact, FactId};
use crate::wording::{Arg, Text, text};

use super::proxy_configuration::asked_nobody;
use super::{Advice, Cause, Weight, advice, place_args, place_of, some_of};

pub(super) const CAUSE: Cause =
    Cause { name: "network", title: "title-network", weigh, advice: advise };

/// Nobody answers for its address then (`ARP`), or at all.
const HOST_AWAY: &str = "a host or container that is away looks the same from the proxy";

fn weigh(scene: &Scene<'_>) -> Weight {
    let kinds =
        [EventKind::UpstreamUnresolved, EventKind::UpstreamTls, EventKind::UpstreamUnreachable];
    // Who asks no nameserver met no network.
    if asked_nobody(scene) >= 0.3 {
        return Weight::nothing();
    }
    let share = scene.signature_share(&kinds);
    if share < 0.05 && scene.was_never_reached() {
        return unanswered(scene);
    }
    if share < 0.05 {
        return Weight::nothing();
    }
    let facts: Vec<FactId> = scene.near_of(&kinds).map(|(id, _)| id).collect();
    let ended = scene.failing_deaths().next().is_some();
    let moved = scene
        .near_of(&[
            EventKind::ContainerStarted,
            EventKind::ContainerDied,
            EventKind::ContainerStopped,
            EventKind::ContainerKilled,
            EventKind::AppStarted,
            EventKind::AppListening,
        ])
        .next()
        .is_some();
    let unreachable = scene.signature_share(&[EventKind::UpstreamUnreachable]);
    let elsewhere = (ended || moved) && !scene.shows_certificate();
    Weight {
        nats: scene.weights.network
            + scene.weights.for_share(share)
            + if elsewhere { scene.weights.network_ended } else { 0.0 },
        direct: true,
        joined: true,
        reservation: (unreachable * 2.0 > share).then(|| HOST_AWAY.to_owned()),
        explained: share,
        supports: some_of(&facts, 3),
        path: facts.first().copied().into_iter().collect(),
        sentence: sentence(scene),
        ..Weight::default()
    }
}

/// Which step failed, where nearly all failures are of one.
fn step(scene: &Scene<'_>) -> &'static str {
    let steps = [
        (EventKind::UpstreamUnresolved, "name"),
        (EventKind::UpstreamTls, "tls"),
        (EventKind::UpstreamUnreachable, "route"),
    ];
    let all = scene.signature_share(&steps.map(|(kind, _)| kind));
    let of = |kind: EventKind| scene.signature_share(&[kind]);
    let most = steps.into_iter().find(|(kind, _)| all > 0.0 && of(*kind) >= 0.9 * all);
    most.map_or("several", |(_, step)| step)
}

fn sentence(scene: &Scene<'_>) -> Text {
    let step = step(scene);
    let names = scene.near_of(&[EventKind::UpstreamUnresolved]);
    let name = names.into_iter().find_map(|(_, fact)| fact.field("name"));
    let place = match step {
        "tls" => place_of(scene, &[EventKind::UpstreamTls]),
        "route" => place_of(scene, &[EventKind::UpstreamUnreachable]),
        _ => place_args(name.map(str::to_owned)),
    };
    text("network", place.into_iter().chain([("step", Arg::Case(step))]))
}

/// Connections that nobody refused and nobody took: packets were dropped on the way, or the host behind it was away.
fn unanswered(scene: &Scene<'_>) -> Weight {
    let kinds = [EventKind::UpstreamTimeout];
    let facts: Vec<FactId> = scene.near_of(&kinds).map(|(id, _)| id).collect();
    let explained = scene.signature_share(&kinds);
    let boots = [EventKind::KernelBoot, EventKind::HostShutdown];
    // A kernel says why nobody was taken: of the upstream's own port, or of all connections.
    let says_why = |(_, fact): (FactId, &Fact)| match fact.kind {
        EventKind::ConntrackFull => true,
        _ => {
            scene.asks_itself_only()
                && fact.field("port").is_some_and(|port| scene.asks_port(port))
        }
    } && scene.same_host(fact) != Some(false);
    if scene.near_of(&[EventKind::KernelLimit, EventKind::ConntrackFull]).any(says_why) {
        return Weight::nothing();
    }
    // Of whatever host: the proxy's own does not boot while it writes.
    let rebooted = scene.near_of(&boots).next().is_some();
    Weight {
        nats: scene.weights.network_unanswered
            + scene.weights.for_share(explained)
            + if rebooted { scene.weights.network_ended } else { 0.0 },
        direct: true,
        reservation: Some(HOST_AWAY.to_owned()),
        explained,
        supports: some_of(&facts, 3),
        path: facts.first().copied().into_iter().collect(),
        sentence: text("network-unanswered", []),
        ..Weight::default()
    }
}

fn advise(scene: &Scene<'_>, weight: &Weight) -> Vec<Advice> {
    let step = match weight.sentence.id() {
        Some("network") => step(scene),
        _ => "several",
    };
    let unset = scene
        .near_of(&[EventKind::UpstreamUnresolved])
        .any(|(_, fact)| fact.event.text.contains("no resolver defined"));
    let now = match step {
        // It asks no nameserver at all.
        "name" if unset => text("advice-define-resolver", []),
        "name" => text("advice-resolve", []),
        "tls" => text("advice-handshake", place_of(scene, &[EventKind::UpstreamTls])),
        "route" => text("advice-route", []),
        _ => text("advice-network-steps", []),
    };
    let later = match step {
        "tls" => advice("this_week", text("advice-watch-certificates", []), "verify-alert"),
        _ => advice("this_week", text("advice-resolver", []), "verify-address-change"),
    };
    vec![advice("now", now, "verify-each-step"), later]
}
