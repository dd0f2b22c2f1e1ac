//! Memory that ran out in the words of a container's runtime or of init, where the kernel's victim line is not there: docker's event and
//! its flag, systemd's `result 'oom-kill'`. Must never take a flag for an end that it is not of.

use crate::death::Why;
use crate::event::EventKind;
use crate::scene::{Observed, Scene};
use crate::service::{Join, ServiceId};
use crate::stamp::{Micros, SECOND};
use crate::timeline::{Fact, FactId};
use crate::wording::{Arg, text};

use super::super::{Weight, effects, first_proxy_error, moments_of, moments_told, some_of};
use super::explained;

/// From the OOM kill that sets docker's flag until the end of the container that it is of.
const FLAG_TO_END: Micros = 10 * SECOND;

/// The runtime's or init's word that memory ran out, where no victim line is in the bundle.
pub(super) fn weigh(scene: &Scene<'_>) -> Weight {
    let says = |fact: &Fact| match fact.kind {
        EventKind::ContainerOom => {
            let of = scene.services.of_fact(fact).zip(fact.at());
            !of.is_some_and(|(container, at)| outlived(scene, container, at))
        }
        EventKind::ContainerState => {
            fact.field("oom_killed") == Some("true") && !is_stale(scene, fact)
        }
        EventKind::UnitOomKilled => fact.field("killer").is_none(),
        EventKind::UnitFailed => fact.field("result") == Some("oom-kill"),
        _ => false,
    };
    let facts: Vec<(FactId, &Fact)> =
        scene.near().filter(|(_, fact)| says(fact) && scene.is_failing(fact)).collect();
    let moments = moments_told(scene, &facts);
    if moments.is_empty() {
        return by_inspect(scene);
    }
    let explained =
        explained(scene, &effects(scene, &moments), moments.iter().map(|moment| moment.0).min());
    let container = facts
        .iter()
        .any(|(_, fact)| matches!(fact.kind, EventKind::ContainerOom | EventKind::ContainerState));
    let mut path = vec![facts[0].0];
    path.extend(first_proxy_error(scene, &path));
    let flagged = facts.iter().all(|(_, fact)| fact.kind == EventKind::ContainerState);
    let pasted = |fact: &Fact| scene.sources[fact.event.at.source.0].snapshot.is_some();
    let untied = facts.iter().all(|(_, fact)| pasted(fact)) && !scene.failing_is_exact();
    Weight {
        nats: scene.weights.oom_runtime
            + scene.weights.for_share(explained)
            + if untied { scene.weights.oom_pasted } else { 0.0 },
        direct: true,
        joined: container,
        reservation: if scene.one_of_several() {
            Some("no log tells which of several apps the failing upstream is".to_owned())
        } else if scene
            .failing_deaths()
            .any(|death| death.why == Why::Unknown && death.signal.is_none())
        {
            Some("its main process ended with a status of its own".to_owned())
        } else if flagged {
            Some(
                "docker's flag outlives restarts, and nothing tells when memory ran out".to_owned(),
            )
        } else if container {
            loose_snapshot(scene, &facts)
        } else {
            Some("systemd's word without the kernel's victim line".to_owned())
        },
        explained,
        supports: some_of(&facts.iter().map(|(id, _)| *id).collect::<Vec<_>>(), 3),
        path,
        sentence: scene.say_of(
            &facts.iter().filter_map(|(_, fact)| scene.services.of_fact(fact)).collect(),
            "oom-killed-as-told",
            [("witness", Arg::Case(if container { "runtime" } else { "systemd" }))],
        ),
        not_observable: vec![text("unseen-kernel-log", [])],
        ..Weight::default()
    }
}

/// Whether a container went on after an OOM kill in it, of a child of its main process, until it ended in the incident for another reason.
pub(super) fn outlived(scene: &Scene<'_>, container: ServiceId, killed: Micros) -> bool {
    if killed >= scene.start - FLAG_TO_END {
        return false;
    }
    let ends = scene.timeline.between(killed, scene.end);
    let own = ends.filter(|(_, fact)| {
        fact.kind == EventKind::ContainerDied && scene.services.of_fact(fact) == Some(container)
    });
    let next = own.filter_map(|(_, fact)| fact.at()).min();
    next.is_some_and(|end| end >= scene.start - FLAG_TO_END)
}

/// Whether docker's flag is of another end than the last one: it is set by any OOM kill in the container's cgroup and stays until the
/// container is made anew (moby: daemon/monitor.go sets it, nothing resets it), and the end was seen without one.
fn is_stale(scene: &Scene<'_>, state: &Fact) -> bool {
    if matches!(scene.kernel(), Observed::Covered(_)) {
        return true;
    }
    let (Some(service), Some(stamp)) = (scene.services.of_fact(state), state.stamp) else {
        return false;
    };
    let kinds = [EventKind::OomKill, EventKind::ContainerOom];
    let told = kinds.iter().flat_map(|kind| scene.timeline.of(*kind)).filter(|(_, fact)| {
        scene.services.of_fact(fact) == Some(service)
            || scene.services.join(fact, fact.at(), service) >= Join::Cgroup
    });
    let apart = told.filter_map(|(_, fact)| {
        Some((stamp.at.abs_diff(fact.at()?)) as Micros - fact.stamp?.sigma)
    });
    apart.min().is_some_and(|least| least > FLAG_TO_END)
}

/// A pasted description of a container is of the failing one only if the container listens at a failing upstream.
fn loose_snapshot(scene: &Scene<'_>, facts: &[(FactId, &Fact)]) -> Option<String> {
    let pasted = |fact: &Fact| scene.sources[fact.event.at.source.0].snapshot.is_some();
    let mut told = scene.timeline.between(scene.start - 2 * SECOND, scene.end + 2 * SECOND);
    let by_address = told
        .any(|(_, fact)| fact.field("upstream").is_some_and(|at| is_at(scene, at)))
        || scene.failures.iter().any(|failure| is_at(scene, &failure.key.upstream));
    (facts.iter().all(|(_, fact)| pasted(fact)) && !by_address)
        .then(|| "no address joins the described container to the failing upstream".to_owned())
}

fn is_at(scene: &Scene<'_>, upstream: &str) -> bool {
    scene
        .services
        .at_address(upstream, scene.asker())
        .is_some_and(|service| scene.failing.contains(&service))
}

/// `docker inspect` says OOMKilled of a failing container: strong, but without a time of its own.
fn by_inspect(scene: &Scene<'_>) -> Weight {
    let killed = scene.sources.iter().filter_map(|source| match &source.snapshot {
        Some(crate::snapshot::Snapshot::Containers(list)) => Some(list),
        _ => None,
    });
    let hit = killed.flatten().any(|container| {
        container.oom_killed
            && scene
                .failing
                .iter()
                .any(|service| scene.services.get(*service).containers.contains(&container.name))
    });
    // Some servers see a child gone and do not say of what.
    let unseen = |death: &&crate::death::Death| {
        death.why == Why::Unknown
            && (death.signal == Some(9) || (death.signal, death.exit_code) == (None, None))
    };
    let deaths: Vec<_> = scene.failing_deaths().filter(unseen).collect();
    let seen = matches!(scene.kernel(), Observed::Covered(_));
    if !hit || seen || deaths.is_empty() {
        return Weight::nothing();
    }
    let moments = moments_of(&deaths);
    let explained = scene.explained(&effects(scene, &moments));
    let facts: Vec<FactId> =
        deaths.iter().filter_map(|death| death.facts.first().copied()).collect();
    let mut path: Vec<FactId> = facts.first().copied().into_iter().collect();
    path.extend(first_proxy_error(scene, &path));
    let signal =
        if deaths.iter().any(|death| death.signal == Some(9)) { "kill" } else { "unknown" };
    Weight {
        nats: scene.weights.oom_inspect + scene.weights.for_share(explained).max(0.0),
        explained,
        supports: some_of(&facts, 3),
        path,
        sentence: scene.say_by(
            &facts,
            "oom-killed-as-inspected",
            [("processes", deaths.len().into()), ("signal", Arg::Case(signal))],
        ),
        not_observable: vec![text("unseen-kernel-log", [])],
        ..Weight::default()
    }
}
