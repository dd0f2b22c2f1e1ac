//! `manual_sigkill`: a person or a tool sent SIGKILL; no memory limit was involved.
//!
//! # What happens
//! `kill -9`, `docker kill`, `systemctl kill -s KILL`: the process ends in mid-request and leaves no line of its own.
//! # What it looks like
//! `container kill (signal=9)` without a SIGTERM before it; `Sent signal SIGKILL ... on client request`; or only the end itself
//! (`status=9/KILL`, `was sent SIGKILL!`) while a kernel log covers the moment and has no victim.
//! # Needs
//! The order (docker's or systemd's word), or a SIGKILL that the kernel's OOM killer demonstrably did not send.
//! # Told apart from
//! OOM kills by a kernel log that covers the moment: an empty or missing one proves nothing. Stops that end in SIGKILL by the
//! SIGTERM before it. Timeouts by the server's line.
//! # What to do
//! Ask who did it: shell history, the audit log.

use std::collections::BTreeSet;

use crate::death::{Death, Why, signal_number};
use crate::event::{EventKind, OomScope};
use crate::scene::{LinkedKill, Observed, Scene};
use crate::service::Join;
use crate::stamp::clock_time;
use crate::timeline::{Fact, FactId};
use crate::wording::text;

use super::{
    Advice, Cause, Moment, Weight, advice, answers_outage, effects, first_proxy_error, is_cron,
    moments_of, moments_told, some_of,
};

pub(super) const CAUSE: Cause =
    Cause { name: "manual_sigkill", title: "title-manual-sigkill", weigh, advice: advise };

fn weigh(scene: &Scene<'_>) -> Weight {
    let ordered: Vec<&Death> =
        scene.failing_deaths().filter(|death| death.why == Why::Operator).collect();
    let unexplained: Vec<&Death> = scene
        .failing_deaths()
        .filter(|death| death.signal == Some(9) && death.why == Why::Unknown)
        .collect();
    let by_sysrq: Vec<&LinkedKill> = scene
        .kills
        .iter()
        .filter(|kill| kill.scope == OomScope::Sysrq && kill.join >= Join::Comm)
        .collect();
    if !by_sysrq.is_empty() {
        return on_sysrq(scene, &by_sysrq);
    }
    // One order among many ends that nothing explains is not what ended them.
    if !ordered.is_empty() && ordered.len() >= unexplained.len() {
        let by_service = ordered
            .iter()
            .any(|death| order_of(scene, death).is_some_and(|id| !is_command(scene, id)));
        let what = if by_service { "sigkill-ordered" } else { "sigkill-commanded" };
        let mut weight = of(scene, &ordered, scene.weights.sigkill_ordered, what);
        if let Some(job) = weight.path.first().and_then(|id| cron_job(scene, *id)) {
            let args = [
                ("processes", ordered.len().into()),
                ("user", user(job).into()),
                ("command", shown(job).into()),
            ];
            weight.sentence = scene.say_by(&weight.supports, "sigkill-cron", args);
        }
        return Weight { direct: true, joined: scene.failing_known, ..weight };
    }
    let orders = bare_orders(scene);
    if !orders.is_empty() {
        return by_orders(scene, &orders);
    }
    let unexplained: Vec<&Death> = scene
        .failing_deaths()
        .filter(|death| {
            death.signal == Some(9) && matches!(death.why, Why::Unknown | Why::Operator)
        })
        .collect();
    if unexplained.is_empty() {
        return Weight::nothing();
    }
    let times: Vec<_> = unexplained.iter().filter_map(|death| death.at()).collect();
    let together = times.len() > 1
        && times
            .iter()
            .max()
            .zip(times.iter().min())
            .is_some_and(|(last, first)| last - first <= 2_000_000);
    let (nats, missing) = match scene.kernel() {
        Observed::Covered(_) => (scene.weights.sigkill_kernel_silent, None),
        Observed::NotObservable(_) => (
            scene.weights.sigkill_unseen
                + if together { scene.weights.sigkill_together } else { 0.0 },
            Some(text("unseen-kernel-log", [])),
        ),
    };
    let mut weight = of(scene, &unexplained, nats, "sigkill-unexplained");
    // Where the kernel's log knows other kills of the same service, and may not have kept this one, or the same pid on a clock that is misread, it was the kernel.
    let kernel_did = scene.kills.iter().any(|kill| kill.join >= Join::Comm && !kill.dependency)
        || unexplained.iter().any(|death| {
            death
                .pid
                .zip(death.at())
                .is_some_and(|(pid, at)| scene.killed_on_another_clock(pid, at))
        });
    if kernel_did {
        weight.nats += scene.weights.sigkill_kernel_did;
    } else if missing.is_some() {
        // What is not seen weighs little, however well it fits.
        weight.nats =
            nats + scene.weights.for_share(weight.explained).min(scene.weights.share_unseen);
    } else {
        weight.sentence = scene.say_by(&weight.supports, "sigkill-by-somebody", []);
    }
    weight.not_observable.extend(missing);
    weight.reservation = Some("no log names the sender of the signal".to_owned());
    weight
}

/// Somebody asked the kernel for a kill by SysRq f: its OOM killer chose the victim, and memory had not run out.
fn on_sysrq(scene: &Scene<'_>, kills: &[&LinkedKill]) -> Weight {
    let moments: Vec<Moment> = kills
        .iter()
        .filter_map(|kill| {
            Some((kill.at, scene.timeline.fact(kill.fact).stamp?.sigma, kill.service))
        })
        .collect();
    let ids: Vec<FactId> = kills.iter().map(|kill| kill.fact).collect();
    let joined = kills.iter().all(|kill| kill.join >= Join::Cgroup);
    by_word(scene, &moments, &ids, joined, "sigkill-sysrq")
}

/// The line of cron that ran a command.
fn cron_job<'s>(scene: &'s Scene<'_>, id: FactId) -> Option<&'s Fact> {
    Some(scene.timeline.fact(id)).filter(|fact| is_cron(fact))
}

/// Whose job it is.
fn user(job: &Fact) -> &str {
    job.field("user").unwrap_or("?")
}

/// Its command, as far as it has room in a sentence; the line is cited.
fn shown(job: &Fact) -> String {
    job.field("command").unwrap_or_default().chars().take(COMMAND_SHOWN).collect()
}

/// Letters of a command in a sentence.
const COMMAND_SHOWN: usize = 60;
/// Ends of one service by somebody's signal from which it is somebody's habit.
const AGAIN: usize = 3;

/// Orders of SIGKILL to a failing container whose end nobody tells.
fn bare_orders<'s>(scene: &'s Scene<'_>) -> Vec<(FactId, &'s Fact)> {
    let is_kill = |fact: &Fact| fact.field("signal").and_then(signal_number) == Some(9);
    scene
        .near_of(&[EventKind::ContainerKilled])
        .filter(|(_, fact)| is_kill(fact) && scene.is_failing(fact))
        .filter(|_| scene.failing_deaths().next().is_none())
        .collect()
}

fn by_orders(scene: &Scene<'_>, orders: &[(FactId, &Fact)]) -> Weight {
    let moments = moments_told(scene, orders);
    let ids: Vec<FactId> = orders.iter().map(|(id, _)| *id).collect();
    by_word(scene, &moments, &ids, scene.failing_known, "sigkill-ordered")
}

/// Ends of which a log holds the very order.
fn by_word(
    scene: &Scene<'_>,
    moments: &[Moment],
    ids: &[FactId],
    joined: bool,
    what: &'static str,
) -> Weight {
    let explained = scene.explained(&effects(scene, moments));
    let mut path = vec![ids[0]];
    path.extend(first_proxy_error(scene, &path));
    Weight {
        nats: scene.weights.sigkill_ordered
            + scene.weights.for_share(explained)
            + late(scene, moments),
        direct: true,
        joined,
        explained,
        supports: some_of(ids, 4),
        path,
        sentence: scene.say_by(ids, what, [("processes", ids.len().into())]),
        ..Weight::default()
    }
}

fn of(scene: &Scene<'_>, deaths: &[&Death], nats: f64, what: &'static str) -> Weight {
    let moments = moments_of(deaths);
    let explained = scene.explained(&effects(scene, &moments));
    let facts: Vec<FactId> = deaths.iter().flat_map(|death| death.facts.iter().copied()).collect();
    let mut path: Vec<FactId> =
        order_of(scene, deaths[0]).into_iter().chain([deaths[0].facts[0]]).collect();
    path.extend(first_proxy_error(scene, &path));
    // Others that failed at the same time were not killed so.
    let killed: BTreeSet<_> = deaths.iter().filter_map(|death| death.service).collect();
    let processes = [("processes", deaths.len().into())];
    let sentence = if killed.is_empty() {
        scene.say(what, processes)
    } else {
        scene.say_of(&killed, what, processes)
    };
    Weight {
        nats: nats + scene.weights.for_share(explained) + late(scene, &moments),
        explained,
        supports: some_of(&facts, 4),
        path,
        sentence,
        ..Weight::default()
    }
}

/// What it weighs that the first of these ends came in the midst of the failures.
fn late(scene: &Scene<'_>, moments: &[Moment]) -> f64 {
    let first = moments.iter().min_by_key(|(at, ..)| *at);
    let answers = first.is_some_and(|(at, sigma, _)| answers_outage(scene, *at, *sigma));
    if answers { scene.weights.sigkill_late } else { 0.0 }
}

fn is_command(scene: &Scene<'_>, order: FactId) -> bool {
    scene.timeline.fact(order).kind == EventKind::OperatorCommand
}

/// docker's or systemd's line about the signal, or the command that sent it.
fn order_of(scene: &Scene<'_>, death: &Death) -> Option<FactId> {
    let at = death.at()?;
    let kinds = [EventKind::ContainerKilled, EventKind::UnitSignalSent, EventKind::OperatorCommand];
    scene
        .timeline
        .between(at - 15 * crate::stamp::SECOND, at + 3 * crate::stamp::SECOND)
        .find(|(_, fact)| {
            // An audit record names its target, in the pid namespace of whoever sent the signal.
            let target = fact.pid("target").zip(death.pid.filter(|_| !is_namespaced(scene, death)));
            kinds.contains(&fact.kind)
                && (scene.is_failing(fact) || fact.kind == EventKind::OperatorCommand)
                && target.is_none_or(|(target, own)| target == own)
        })
        .map(|(id, _)| id)
}

fn is_namespaced(scene: &Scene<'_>, death: &Death) -> bool {
    death.service.is_some_and(|service| scene.services.get(service).namespaced)
}

fn advise(scene: &Scene<'_>, weight: &Weight) -> Vec<Advice> {
    let runs = || {
        advice("now", scene.say_by(&weight.supports, "advice-runs-again", []), "verify-listening")
    };
    if let Some(job) = weight.path.first().and_then(|id| cron_job(scene, *id)) {
        let command = job.field("command");
        let all = scene
            .timeline
            .of(EventKind::OperatorCommand)
            .filter(|(_, fact)| is_cron(fact) && fact.field("command") == command);
        let times: Vec<String> = all.filter_map(|(_, fact)| fact.at()).map(clock_time).collect();
        let args = [
            ("user", user(job).into()),
            ("command", shown(job).into()),
            ("times", times.len().into()),
            ("first", times.first().cloned().unwrap_or_default().into()),
            ("last", times.last().cloned().unwrap_or_default().into()),
        ];
        return vec![advice("now", text("advice-cron-job", args), "verify-no-end"), runs()];
    }
    // Who is started again and killed again is not helped by one more start.
    let ends: BTreeSet<_> = scene
        .failing_deaths()
        .filter(|death| {
            death.signal == Some(9) && matches!(death.why, Why::Operator | Why::Unknown)
        })
        .filter_map(|death| death.at().map(|at| at / crate::stamp::SECOND))
        .collect();
    if ends.len() >= AGAIN {
        let times = [("times", ends.len().into())];
        let find = scene.say_by(&weight.supports, "advice-find-sender", times);
        return vec![
            advice("now", find, "verify-name"),
            runs(),
            advice("prevent", text("advice-record-signals", []), "verify-ausearch"),
        ];
    }
    vec![
        runs(),
        advice("this_week", text("advice-who-sent", []), "verify-name"),
        advice("prevent", text("advice-record-signals", []), "verify-ausearch"),
    ]
}
