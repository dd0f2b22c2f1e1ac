//! `crash_exception`: the app ended itself by an unhandled error, or could not start.
//!
//! # What happens
//! An exception nobody caught ends the process, or it cannot load its code or configuration; its supervisor starts it again.
//! # What it looks like
//! `Unhandled 'error' event`, `Worker failed to boot`, exit code 1, a restart counter that climbs. Go's server lives on: `http: panic
//! serving`, once for each connection that it closes.
//! # Needs
//! The app's or its supervisor's line about the end.
//! # Told apart from
//! Errors whose reason is named: a lost dependency, a full disk, a heap limit. Then that is the cause.
//! # What to do
//! Read the trace; roll back.

use std::collections::BTreeSet;

use crate::death::{Death, Why, signal_number};
use crate::event::EventKind;
use crate::scene::{Class, LEAD, Scene};
use crate::stamp::SECOND;
use crate::timeline::{Fact, FactId};
use crate::wording::{Arg, Text, text};

use super::{
    Advice, Cause, Weight, advice, effects, first_proxy_error, moments_of, moments_told, some_of,
};

pub(super) const CAUSE: Cause =
    Cause { name: "crash_exception", title: "title-crash-exception", weigh, advice: advise };

/// Reasons that an error may have, and that are causes of their own.
const NAMED: [EventKind; 11] = [
    EventKind::WorkerTimeout,
    EventKind::WorkerSignaled,
    EventKind::DependencyRefused,
    EventKind::DependencyLost,
    EventKind::DependencyTimeout,
    EventKind::DependencyUnresolved,
    EventKind::DiskFull,
    EventKind::HeapLimit,
    EventKind::OpenFilesExhausted,
    EventKind::DependencyExhausted,
    EventKind::MemoryLimit,
];

/// What stores say when they are the reason of their clients' errors.
const STORES: [EventKind; 7] = [
    EventKind::StoreStopping,
    EventKind::StoreCrashed,
    EventKind::StoreRefusing,
    EventKind::StoreTooManyClients,
    EventKind::StoreLockWait,
    EventKind::StoreOutOfMemory,
    EventKind::StoreDiskFull,
];

fn weigh(scene: &Scene<'_>) -> Weight {
    let deaths: Vec<&Death> = scene
        .failing_deaths()
        .filter(|death| death.why == Why::Crash && matches!(death.signal, None | Some(6 | 31)))
        .collect();
    let boots = scene.failed_starts(scene.start - LEAD, scene.end + SECOND);
    let mut moments = moments_of(&deaths);
    moments.extend(moments_told(scene, &boots));
    if moments.is_empty() {
        return by_broken_answers(scene);
    }
    let explained = scene.explained(&effects(scene, &moments));
    let first = moments.iter().map(|moment| moment.0).min().unwrap_or(scene.start);
    // Services that start again and again while their host boots wait for each other.
    let boots_host = [EventKind::KernelBoot, EventKind::HostShutdown];
    let by_boot = scene.near_of(&boots_host).any(|(_, fact)| scene.same_host(fact) != Some(false));
    let explained_by_other = by_boot
        || scene.near_of(&NAMED).any(|(_, fact)| {
            scene.is_failing(fact)
                && !tells_abort(fact)
                && fact.at().is_some_and(|at| (at - first).abs() <= 12 * SECOND)
        });
    let facts: Vec<FactId> = deaths
        .iter()
        .flat_map(|death| death.facts.iter().copied())
        .chain(boots.iter().map(|(id, _)| *id))
        .collect();
    let error = scene.error_named(&facts);
    // What a worker aborted of is its own trace's to tell.
    let told = !boots.is_empty()
        || deaths.iter().any(|death| death.signal != Some(6))
        || facts.iter().any(|id| !tells_abort(scene.timeline.fact(*id)))
        || scene.near_of(&[EventKind::UncaughtException]).any(|(_, fact)| scene.is_failing(fact));
    let mut path = vec![facts[0]];
    path.extend(error.map(|(id, _)| id));
    path.extend(first_proxy_error(scene, &path));
    Weight {
        reservation: (!told).then(|| "no log tells why it aborted".to_owned()),
        nats: scene.weights.exception
            + scene.weights.for_share(explained)
            + if explained_by_other { scene.weights.exception_explained } else { 0.0 },
        direct: true,
        joined: scene.failing_known,
        explained,
        supports: some_of(&facts, 4),
        path,
        sentence: sentence(scene, &deaths, &boots, error.map(|(_, fact)| fact)),
        ..Weight::default()
    }
}

/// Whether an app server says that a worker ended by SIGABRT, which a process sends itself.
fn tells_abort(fact: &Fact) -> bool {
    let word = fact.field("signal").or_else(|| fact.field("name"));
    fact.kind == EventKind::WorkerSignaled && word.and_then(signal_number) == Some(6)
}

/// That it could not start; else that an error ended it, where a trace says so; else its exit status, the reason of which no line tells.
fn sentence(
    scene: &Scene<'_>,
    deaths: &[&Death],
    boots: &[(FactId, &Fact)],
    named: Option<&Fact>,
) -> Text {
    let error = || scene.error_args(named);
    let trace = |fact: &Fact| fact.kind == EventKind::UncaughtException;
    let traced = deaths
        .iter()
        .flat_map(|death| &death.facts)
        .any(|id| trace(scene.timeline.fact(*id)))
        || scene.near_of(&[EventKind::UncaughtException]).any(|(_, fact)| scene.is_failing(fact));
    // Lines that no start stands before are believed where nothing else tells of an end.
    let in_vain = scene.starts_in_vain(boots);
    let failed_starts = if deaths.is_empty() { in_vain.max(1) } else { in_vain };
    let facts = || deaths.iter().flat_map(|death| &death.facts);
    if failed_starts > 0 && (failed_starts * 2 >= deaths.len() || in_vain == boots.len()) {
        let facts = facts().chain(boots.iter().map(|(id, _)| id));
        return scene.say_by(
            facts,
            "crash-at-start",
            [("times", failed_starts.into())].into_iter().chain(error()),
        );
    }
    let times = ("times", deaths.len().into());
    let codes: BTreeSet<i64> = deaths.iter().filter_map(|death| death.exit_code).collect();
    if traced || codes.is_empty() {
        return scene.say_by(facts(), "crash-exception", [times].into_iter().chain(error()));
    }
    let codes: Vec<String> = codes.iter().map(ToString::to_string).collect();
    scene.say_by(facts(), "crash-exit-status", [("code", codes.join("/").into()), times])
}

/// The server caught the error of one request, and closed its connection without an answer: one line, one failure, in one second.
fn by_broken_answers(scene: &Scene<'_>) -> Weight {
    let facts: Vec<(FactId, &Fact)> = scene
        .near_of(&[EventKind::RequestError])
        .filter(|(_, fact)| {
            (scene.class == Class::Server || fact.field("answer") == Some("none"))
                && scene.is_failing(fact)
        })
        .collect();
    let stretches: Vec<_> = facts
        .iter()
        .filter_map(|(_, fact)| {
            let (at, sigma) = (fact.at()?, fact.stamp?.sigma);
            Some((at - SECOND - sigma, at + SECOND + sigma))
        })
        .collect();
    let Some((first, _)) = facts.first() else { return Weight::nothing() };
    let times: u64 = facts.iter().map(|(_, fact)| fact.count).sum();
    let met = match scene.class {
        Class::Server => scene.status_share(500),
        Class::Gateway => {
            scene.signature_share(&[EventKind::UpstreamClosed, EventKind::UpstreamReset])
        }
    };
    let explained = scene.explained(&stretches).min(met);
    let named = scene.near_of(&NAMED).any(|(_, fact)| scene.is_failing(fact))
        || scene.near_of(&STORES).next().is_some();
    let server = scene.class == Class::Server;
    let ids: Vec<FactId> = facts.iter().map(|(id, _)| *id).collect();
    let error = scene.error_named(&ids);
    let mut path = vec![*first];
    path.extend(error.map(|(id, _)| id));
    path.extend(first_proxy_error(scene, &path));
    // Fewer errors than failures leave some without a reason.
    let few = times * 2 < scene.answers();
    // That an answer was an error is what 500 says; what made it one stands in its trace, and may be another's fault.
    let reservation = if server {
        Some("an error by its name alone is not its reason".to_owned())
    } else {
        few.then(|| "the app tells of fewer errors than answers failed".to_owned())
    };
    Weight {
        nats: scene.weights.exception
            + scene.weights.for_share(explained)
            + if named { scene.weights.exception_explained } else { 0.0 }
            + if server { scene.weights.exception_unread } else { 0.0 },
        direct: !server,
        joined: scene.failing_known,
        reservation,
        explained,
        supports: some_of(&ids, 4),
        path,
        sentence: scene.say_by(
            &ids,
            if server { "request-errors" } else { "broken-answers" },
            [("times", times.into())]
                .into_iter()
                .chain(scene.error_args(error.map(|(_, fact)| fact))),
        ),
        ..Weight::default()
    }
}

fn advise(scene: &Scene<'_>, weight: &Weight) -> Vec<Advice> {
    // Without a trace there is nothing to read but what came before.
    let known = weight.sentence.arg("error-known") == Some(&Arg::Case("yes"));
    let has_trace = |id: &FactId| {
        let fact = scene.timeline.fact(*id);
        match fact.kind {
            EventKind::UncaughtException | EventKind::RequestError => true,
            EventKind::AppBootFailed => fact.event.text.contains("xception"),
            _ => false,
        }
    };
    let traced = known || weight.path.iter().chain(&weight.supports).any(has_trace);
    let id = if traced { "advice-read-trace" } else { "advice-read-last-lines" };
    // What only answered with an error did not end, and is not started again. Only a supervisor counts restarts.
    let restarts = [
        EventKind::UnitRestartScheduled,
        EventKind::ProgramStarted,
        EventKind::ContainerStarted,
        EventKind::ProgramGaveUp,
    ];
    let check = match weight.sentence.id() {
        Some("request-errors" | "broken-answers") => "verify-no-such-line",
        _ if scene.near_of(&restarts).any(|(_, fact)| scene.is_failing(fact)) => {
            "verify-restart-counter"
        }
        _ => "verify-no-end",
    };
    vec![
        advice("now", scene.say_by(&weight.supports, id, []), check),
        advice("this_week", text("advice-catch-error", []), "verify-same-input"),
    ]
}
