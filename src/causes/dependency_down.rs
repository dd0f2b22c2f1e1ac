//! `dependency_down`: the app's database, cache or other service was down, locked or unreachable.
//!
//! # What happens
//! The app waits for it or fails without it: 504 while it waits, 500 or 502 when it gives up or dies of the lost connection.
//! # What it looks like
//! The store's own word (`still waiting for AccessShareLock`, `shutting down`, `too many clients`, `Stopping redis-server.service`),
//! and the app's (`ECONNREFUSED 127.0.0.1:6379`, `server closed the connection unexpectedly`).
//! # Needs
//! The store's own word or the app's; both, naming the same store, to be sure.
//! # Told apart from
//! A store that the kernel killed for memory: then the kill is the cause. Slow apps about whose dependencies no log says a word.
//! # What to do
//! The advice goes to the store and what locked or stopped it.

use std::collections::BTreeSet;

use crate::event::EventKind;
use crate::scene::Scene;
use crate::service::names::{is_store_name, names_store};
use crate::service::{Service, ServiceId, ServiceRole};
use crate::stamp::{Micros, SECOND};
use crate::timeline::{Fact, FactId};
use crate::wording::{Arg, Text, text};

use super::{Advice, Cause, Weight, advice, first_proxy_error, some_of};

pub(super) const CAUSE: Cause =
    Cause { name: "dependency_down", title: "title-dependency-down", weigh, advice: advise };

/// Apps notice the loss of a store at the latest after this, in recordings: node saw a dead redis 68 s late.
const NOTICE: Micros = 75 * SECOND;
/// After a store is back its apps need this to come back: restarts with back-off.
const BACK: Micros = 45 * SECOND;
/// A statement that waits for a lock keeps its request waiting at least so long.
const LOCK: Micros = 15 * SECOND;

/// The store's own word.
fn of_store(scene: &Scene<'_>, fact: &Fact) -> bool {
    match fact.kind {
        EventKind::StoreStopping
        | EventKind::StoreCrashed
        | EventKind::StoreRefusing
        | EventKind::StoreTooManyClients
        | EventKind::StoreLockWait
        | EventKind::StoreOutOfMemory => true,
        EventKind::UnitStopping
        | EventKind::UnitFailed
        | EventKind::UnitProcessExited
        | EventKind::UnitSignalSent
        | EventKind::ContainerDied
        | EventKind::ContainerKilled
        | EventKind::ContainerStopped => scene.services.of_fact(fact).is_some_and(|service| {
            !scene.failing.contains(&service)
                && (scene.services.get(service).role == ServiceRole::Store
                    || scene.stores_in_use().contains(&service)
                    || is_store_name(&scene.services.get(service).name))
        }),
        _ => false,
    }
}

fn weigh(scene: &Scene<'_>) -> Weight {
    let app: Vec<(FactId, &Fact)> =
        scene.app_dependency_facts().filter(|(_, fact)| of_app(scene, fact)).collect();
    let named: BTreeSet<&str> = app.iter().filter_map(|(_, fact)| fact.field("service")).collect();
    // Where the app names what it misses, another store's trouble is another story.
    let own: Vec<(FactId, &Fact)> = scene
        .near()
        .filter(|(_, fact)| of_store(scene, fact) && scene.same_host(fact) != Some(false))
        .filter(|(_, fact)| named.is_empty() || names_one_of(scene, fact, &named))
        .collect();
    if own.is_empty() && app.is_empty() {
        return Weight::nothing();
    }
    let both = !own.is_empty() && !app.is_empty();
    let mut stretches: Vec<(Micros, Micros)> =
        own.iter().filter_map(|(_, fact)| down(scene, fact, both)).collect();
    stretches.extend(
        app.iter()
            .filter_map(|(_, fact)| Some((fact.at()? - 35 * SECOND, fact.at()? + 8 * SECOND))),
    );
    let explained = scene.explained(&stretches);
    let names: BTreeSet<&str> =
        own.iter().chain(&app).filter_map(|(_, fact)| fact.field("service")).collect();
    // The same words long before the incident are weather, not news.
    let usual = usual_share(scene, &app);
    // Also where the kernel's clock is misread: no process of the store is killed twice.
    let same_pid = |(_, fact): &(FactId, &Fact)| {
        fact.kind == EventKind::StoreCrashed
            && fact
                .pid("pid")
                .zip(fact.at())
                .is_some_and(|(pid, at)| scene.killed_on_another_clock(pid, at))
    };
    let killed = scene.kills.iter().any(|kill| kill.dependency) || own.iter().any(same_pid);
    // A store without space on its disk is down for that reason.
    let no_space = scene.near_of(&[EventKind::StoreDiskFull]).next().is_some();
    let full = own.iter().chain(&app).all(is_full);
    // A store alone makes apps slow or wrong; that nobody listens at the app is not its doing, unless the app says so.
    let silent_app = app.is_empty() && scene.nobody_listens();
    let mut path: Vec<FactId> =
        own.first().into_iter().chain(app.first()).map(|(id, _)| *id).collect();
    // The store's word is the root, unless the app had spoken before it beyond all doubt about the clocks.
    path.sort_by_key(|id| {
        let fact = scene.timeline.fact(*id);
        let doubt = fact.stamp.map_or(0, |stamp| stamp.sigma);
        fact.at().map(|at| if of_store(scene, fact) { at } else { at + doubt })
    });
    path.extend(first_proxy_error(scene, &path));
    let ids: Vec<FactId> = own.iter().chain(&app).map(|(id, _)| *id).collect();
    let base = match (own.is_empty(), app.is_empty()) {
        (false, false) => scene.weights.dependency_both,
        (true, _) => scene.weights.dependency_app_says,
        (false, true) => scene.weights.dependency_store_says,
    };
    let reservation = if own.iter().any(same_pid) {
        Some("the kernel killed a process of the store".to_owned())
    } else if own.is_empty() && usual > 0.2 {
        Some("the app wrote such errors before the incident too".to_owned())
    } else if app.is_empty() {
        Some("the app itself says nothing of it".to_owned())
    } else if scene.failing.is_empty() {
        Some("no log shows that the service that says so serves the failing upstream".to_owned())
    } else {
        None
    };
    Weight {
        nats: base
            + scene.weights.for_share(explained)
            + scene.weights.dependency_usual * usual
            + if killed || no_space || full { scene.weights.dependency_of_another } else { 0.0 }
            + if silent_app { scene.weights.dependency_app_silent } else { 0.0 },
        direct: both || usual < 0.5,
        joined: both,
        reservation,
        explained,
        supports: some_of(&ids, 4),
        path,
        sentence: sentence(scene, &own, &app, &names),
        not_observable: if own.is_empty() {
            vec![text("unseen-dependency-log", [])]
        } else {
            Vec::new()
        },
        ..Weight::default()
    }
}

/// Whether an app's word about a dependency is a failing service's. Where that is not known, any app's counts, but not that of a
/// daemon that merely probes.
fn of_app(scene: &Scene<'_>, fact: &Fact) -> bool {
    if scene.is_failing(fact) {
        return true;
    }
    let Some(service) = scene.services.of_fact(fact).map(|service| scene.services.get(service))
    else {
        return false;
    };
    !scene.failing_known && (service.role == ServiceRole::App || only_candidate(scene, service))
}

/// Whether a unit is all that could be the app: no log in the bundle is of a server, and nothing else tells what failed.
fn only_candidate(scene: &Scene<'_>, service: &Service) -> bool {
    let server = |(_, other): (ServiceId, &Service)| other.role == ServiceRole::App;
    scene.failing.is_empty()
        && service.role == ServiceRole::Other
        && !service.units.is_empty()
        && !scene.services.iter().any(server)
}

/// Whether a store's fact is of one of the stores that the app names.
fn names_one_of(scene: &Scene<'_>, fact: &Fact, named: &BTreeSet<&str>) -> bool {
    let service = scene.services.of_fact(fact).map(|service| scene.services.get(service));
    let by_word = fact.field("service").is_some_and(|service| named.contains(service));
    by_word
        || service.is_some_and(|service| {
            let own = service
                .units
                .iter()
                .chain(&service.containers)
                .map(String::as_str)
                .chain(service.store.as_deref());
            own.into_iter().any(|own| named.iter().any(|name| names_store(own, name)))
        })
}

/// From a store's word until it is back and its apps with it.
fn down(scene: &Scene<'_>, fact: &Fact, app_speaks: bool) -> Option<(Micros, Micros)> {
    let at = fact.at()?;
    if fact.kind == EventKind::StoreLockWait {
        let waited = fact
            .event
            .number("seconds")
            .and_then(|seconds| Micros::try_from(seconds).ok())
            .map_or(SECOND, |seconds| seconds.saturating_mul(SECOND));
        // A request that waits for it fails when the proxy gives up: after its longest logged duration, or nginx's 60 s.
        let longest = scene.failures.iter().filter_map(|failure| failure.count.longest).max();
        return Some((
            at - waited - SECOND,
            at + longest.unwrap_or(60 * SECOND).max(LOCK) + 2 * SECOND,
        ));
    }
    let service = scene.services.of_fact(fact);
    let back = service.and_then(|service| scene.back(service, at));
    // How long its apps take to notice and come back is only granted where they speak of it.
    let (notice, after) = if app_speaks { (NOTICE, BACK) } else { (LOCK, 5 * SECOND) };
    Some((at - 2 * SECOND, back.map_or(at + notice, |back| back + after)))
}

/// Share of the app's dependency errors per second that it wrote outside of the incident too.
fn usual_share(scene: &Scene<'_>, app: &[(FactId, &Fact)]) -> f64 {
    let Some((_, one)) = app.first() else { return 0.0 };
    let before = scene
        .timeline
        .of(one.kind)
        .filter(|(_, fact)| {
            fact.at().is_some_and(|at| at < scene.start - 2 * NOTICE)
                && fact.field("service") == one.field("service")
        })
        .count();
    (before as f64 / app.len() as f64).min(1.0)
}

/// A store that is full of clients runs; what ran out is connections.
fn is_full((_, fact): &(FactId, &Fact)) -> bool {
    matches!(fact.kind, EventKind::DependencyExhausted | EventKind::StoreTooManyClients)
}

fn sentence(
    scene: &Scene<'_>,
    own: &[(FactId, &Fact)],
    app: &[(FactId, &Fact)],
    names: &BTreeSet<&str>,
) -> Text {
    let first = own.first().and_then(|(_, fact)| scene.services.of_fact(fact));
    let (known, name) = match (names.len(), first) {
        (0, None) => ("no", Text::default()),
        (0, Some(id)) => ("yes", text("name", [("name", (&scene.services.get(id).name).into())])),
        _ => ("yes", all_of(names)),
    };
    let locked = own.iter().filter(|(_, fact)| fact.kind == EventKind::StoreLockWait).count();
    let full = own.iter().chain(app).any(is_full);
    let state = if locked * 2 > own.len() && full {
        "locked-full"
    } else if locked * 2 > own.len() {
        "locked"
    } else if own.is_empty() {
        "unserving"
    } else {
        "down"
    };
    scene.say(
        "dependency-down",
        [("known", Arg::Case(known)), ("name", name.into()), ("state", Arg::Case(state))],
    )
}

/// `a and b and c`.
fn all_of(names: &BTreeSet<&str>) -> Text {
    let mut names = names.iter();
    let first = text("name", [("name", names.next().copied().unwrap_or_default().into())]);
    names.fold(first, |all, name| text("and", [("one", all.into()), ("other", (*name).into())]))
}

fn advise(scene: &Scene<'_>, weight: &Weight) -> Vec<Advice> {
    let locked =
        weight.supports.iter().any(|id| scene.timeline.fact(*id).kind == EventKind::StoreLockWait);
    let now = if locked {
        // The first that is named is the head of the queue.
        let waits = scene.near_of(&[EventKind::StoreLockWait]);
        let holder = waits.filter_map(|(_, fact)| fact.field("holder")).next();
        let args = [
            ("told", Arg::Case(if holder.is_some() { "yes" } else { "no" })),
            ("holder", holder.unwrap_or_default().into()),
        ];
        advice("now", text("advice-lock-holder", args), "verify-no-lock-wait")
    } else {
        advice("now", text("advice-dependency-runs", []), "verify-query")
    };
    let this_week = if locked {
        advice("this_week", scene.say("advice-statement-timeout", []), "verify-lock-in-test")
    } else {
        advice("this_week", scene.say("advice-retry-dependency", []), "verify-store-restart")
    };
    let cited = weight.path.iter().chain(&weight.supports);
    let full = locked && cited.map(|id| (*id, scene.timeline.fact(*id))).any(|fact| is_full(&fact));
    let clients =
        full.then(|| advice("now", text("advice-store-clients", []), "verify-no-such-line"));
    let mut list = vec![now];
    list.extend(clients);
    list.extend([
        this_week,
        advice("prevent", text("advice-lock-timeout", []), "verify-migration-fails"),
    ]);
    list
}
