//! `crash_segv`: a worker died of a fault signal (SIGSEGV, SIGBUS, SIGILL, SIGFPE).
//!
//! # What happens
//! Native code (an extension, the runtime itself) touches memory that is not its own; the kernel ends the process.
//! # What it looks like
//! `segfault at` in the kernel log, with a thread's id; `was sent SIGSEGV!`, exit 139, `dumped core`.
//! # Needs
//! The kernel's line or the app server's, for a process of the failing service.
//! # Told apart from
//! Node at its heap limit as PID 1 of a container, which also ends with 139 and a `traps:` line: the V8 trace comes first.
//! # What to do
//! Take a core dump and update the library that the kernel names.

use crate::death::{Death, Why, is_fault};
use crate::scene::Scene;
use crate::timeline::FactId;
use crate::wording::{Arg, text};

use super::{Advice, Cause, Weight, advice, effects, first_proxy_error, moments_of, some_of};

pub(super) const CAUSE: Cause =
    Cause { name: "crash_segv", title: "title-crash-segv", weigh, advice: advise };

fn weigh(scene: &Scene<'_>) -> Weight {
    let at_incident = |at: crate::stamp::Micros| {
        (scene.start - crate::scene::LEAD..=scene.end + crate::scene::TAIL).contains(&at)
    };
    let deaths: Vec<&Death> = scene
        .deaths
        .iter()
        .copied()
        .filter(|death| death.at().is_some_and(at_incident))
        .filter(|death| death.why == Why::Crash && death.signal.is_some_and(is_fault))
        .collect();
    let (own, foreign): (Vec<&Death>, Vec<&Death>) = deaths
        .into_iter()
        .partition(|death| death.service.is_some_and(|service| scene.failing.contains(&service)));
    let joined = !own.is_empty();
    // A kernel line without an end that the service tells joins nothing by itself, and another program's nothing at all.
    let foreign: Vec<&Death> = foreign
        .into_iter()
        .filter(|death| {
            death.service.is_none()
                && scene
                    .failing
                    .iter()
                    .any(|id| scene.services.comm_is(&death.process, *id) != Some(false))
        })
        .collect();
    let mut used = if joined { own } else { foreign };
    let faults = || {
        scene
            .deaths
            .iter()
            .copied()
            .filter(|death| death.why == Why::Crash && death.signal.is_some_and(is_fault))
    };
    if !joined && scene.nothing_names_failing() {
        // Nothing in the bundle could name them; that they come with the failures does.
        // Whose service tells of it, that one's it is.
        let free =
            |death: &&Death| death.service.is_none_or(|service| scene.failing.contains(&service));
        let near: Vec<&Death> =
            faults().filter(free).filter(|death| death.at().is_some_and(at_incident)).collect();
        let stamps: Vec<_> = near.iter().filter_map(|death| death.stamp).collect();
        let of_servers = near.iter().all(|death| scene.services.is_app_server(&death.process));
        let met = scene.at_onsets(&stamps, faults().count(), of_servers);
        used = met.into_iter().map(|place| near[place]).collect();
    }
    let moments = moments_of(&used);
    if moments.is_empty() {
        return Weight::nothing();
    }
    let explained = scene.explained(&effects(scene, &moments));
    let facts: Vec<FactId> = used.iter().flat_map(|death| death.facts.iter().copied()).collect();
    let mut path: Vec<FactId> = used[0].facts.clone();
    path.extend(first_proxy_error(scene, &path));
    Weight {
        nats: match joined {
            true => scene.weights.segv_joined,
            false if scene.nothing_names_failing() => scene.weights.segv_at_onset,
            false => scene.weights.segv_near,
        } + scene.weights.for_share(explained),
        direct: joined || scene.nothing_names_failing(),
        joined,
        explained,
        supports: some_of(&facts, 4),
        path,
        sentence: scene.say_by(
            &facts,
            "crash-segv",
            library(scene, &facts).into_iter().chain([("processes", used.len().into())]),
        ),
        ..Weight::default()
    }
}

/// The library in which it happened, where the kernel names it.
fn library(scene: &Scene<'_>, facts: &[FactId]) -> [(&'static str, Arg); 2] {
    let named = facts.iter().find_map(|id| scene.timeline.fact(*id).field("library"));
    // A wild pointer often lands in libc; the code that passed it is to blame.
    let own = named.filter(|name| {
        !["libc", "ld-", "libpthread", "[vdso"].iter().any(|head| name.starts_with(head))
    });
    let known = if own.is_some() { "known" } else { "unknown" };
    [("place", Arg::Case(known)), ("library", own.unwrap_or_default().into())]
}

fn advise(scene: &Scene<'_>, weight: &Weight) -> Vec<Advice> {
    let keep_away = scene.say_by(
        &weight.supports,
        "advice-keep-crashers-away",
        library(scene, &weight.supports),
    );
    vec![
        advice("now", keep_away, "verify-no-fault-line"),
        advice("this_week", text("advice-core-dump", []), "verify-backtrace"),
        advice("prevent", text("advice-sanitizer", []), "verify-input-is-test"),
    ]
}
