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
use crate::timeline::FactId;
use crate::wording::text;

use super::{Advice, Cause, Weight, advice, some_of};

pub(super) const CAUSE: Cause =
    Cause { name: "network", title: "title-network", weigh, advice: advise };

/// Nobody answers for its address then (`ARP`), or at all.
const HOST_AWAY: &str = "a host or container that is away looks the same from the proxy";

fn weigh(scene: &Scene<'_>) -> Weight {
    let kinds =
        [EventKind::UpstreamUnresolved, EventKind::UpstreamTls, EventKind::UpstreamUnreachable];
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
    Weight {
        nats: scene.weights.network
            + scene.weights.for_share(share)
            + if ended || moved { scene.weights.network_ended } else { 0.0 },
        direct: true,
        joined: true,
        reservation: (unreachable * 2.0 > share).then(|| HOST_AWAY.to_owned()),
        explained: share,
        supports: some_of(&facts, 3),
        path: facts.first().copied().into_iter().collect(),
        sentence: text("network", []),
        ..Weight::default()
    }
}

/// Connections that nobody refused and nobody took: packets were dropped on the way, or the host behind it was away.
fn unanswered(scene: &Scene<'_>) -> Weight {
    let kinds = [EventKind::UpstreamTimeout];
    let facts: Vec<FactId> = scene.near_of(&kinds).map(|(id, _)| id).collect();
    let explained = scene.signature_share(&kinds);
    let boots = [EventKind::KernelBoot, EventKind::HostShutdown];
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

fn advise(_: &Scene<'_>, _: &Weight) -> Vec<Advice> {
    vec![
        advice("now", text("advice-network-steps", []), "verify-each-step"),
        advice("this_week", text("advice-resolver", []), "verify-address-change"),
    ]
}
