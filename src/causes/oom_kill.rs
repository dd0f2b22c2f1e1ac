//! `oom_kill_memcg` and `oom_kill_global`: the kernel, or a killer in user space, killed a serving process for memory.
//!
//! # What happens
//! A cgroup hits its limit or the host runs out; the killer sends SIGKILL to the process with the highest score. Requests in
//! flight are lost, and all requests while a single process restarts. Reclaim may stall the service for half a minute before.
//! # What it looks like
//! `Killed process N (comm)` in the kernel log; `was sent SIGKILL!`, exit 137, `result 'oom-kill'`; 502 within a second.
//! # Needs
//! A victim that is joined to what failed: by pid, by cgroup (unit, container), by task name where only one service has it, or as
//! the store that the failing app names. A kill near in time and joined to nothing is a coincidence.
//! # Told apart from
//! Timeouts and stops that end in SIGKILL, kills by hand, heap limits of runtimes, and other victims' kills.
//! # What to do
//! The advice goes to the process that held most, not to the victim.

mod runtime;

use std::collections::BTreeSet;

use crate::death::Why;
use crate::event::{EventKind, OomHolder, OomKill, OomScope};
use crate::scene::{LinkedKill, Observed, Scene};
use crate::service::names::{Owner, cgroup_owner};
use crate::service::{Join, ServiceId};
use crate::stamp::{Micros, SECOND};
use crate::timeline::{Fact, FactId, short};
use crate::wording::{Arg, Text, text};

use super::{
    Advice, Cause, Weight, advice, against_growth, effects, first_proxy_error, mib, moments_of,
    some_of,
};

/// A cgroup's own limit.
pub(super) const MEMCG: Cause = Cause {
    name: "oom_kill_memcg",
    title: "title-oom-kill-memcg",
    weigh: weigh_memcg,
    advice: advise_memcg,
};
/// The host's memory.
pub(super) const GLOBAL: Cause = Cause {
    name: "oom_kill_global",
    title: "title-oom-kill-global",
    weigh: weigh_global,
    advice: advise_global,
};

/// How long a cgroup or host at its limit stalls before the kill: 12 to 54 s in recordings.
const THRASH: Micros = 55 * SECOND;

/// Longest time for which a server whose log is not there is taken to be away after its end.
const AWAY_MAX: Micros = 10 * 60 * SECOND;

fn weigh_memcg(scene: &Scene<'_>) -> Weight {
    let kernel = by_kills(scene, |scope| matches!(scope, OomScope::Memcg));
    let runtime = runtime::weigh(scene);
    let silent = by_sigkill_alone(scene, scene.weights.oom_unseen_memcg);
    [kernel, runtime, silent]
        .into_iter()
        .max_by(|a, b| a.nats.total_cmp(&b.nats))
        .unwrap_or_else(Weight::nothing)
}

fn weigh_global(scene: &Scene<'_>) -> Weight {
    let kernel = by_kills(scene, |scope| !matches!(scope, OomScope::Memcg | OomScope::Sysrq));
    let user = by_userspace_killer(scene);
    let silent = by_sigkill_alone(scene, scene.weights.oom_unseen_global);
    [kernel, user, silent]
        .into_iter()
        .max_by(|a, b| a.nats.total_cmp(&b.nats))
        .unwrap_or_else(Weight::nothing)
}

/// Kernel victim lines that are joined to what failed.
fn by_kills(scene: &Scene<'_>, wanted: fn(OomScope) -> bool) -> Weight {
    let kills: Vec<&LinkedKill> =
        scene.kills.iter().filter(|kill| wanted(kill.scope) && kill.join >= Join::Time).collect();
    let Some(best) = kills.iter().map(|kill| kill.join).max() else { return Weight::nothing() };
    let kills: Vec<&LinkedKill> =
        kills.into_iter().filter(|kill| kill.join == best || !kill.dependency).collect();
    let mut felt = stretches(scene, &kills);
    felt.extend(alike(scene, &kills));
    let dependency = kills.iter().all(|kill| kill.dependency);
    let explained = explained(scene, &felt, first(&kills).filter(|_| !dependency));
    // A victim in the service's cgroup that is not its server may be a child that only one request felt.
    let stranger =
        !dependency && best == Join::Cgroup && kills.iter().all(|kill| is_stranger(scene, kill));
    let join = match best {
        _ if stranger => scene.weights.oom_stranger_in_cgroup,
        Join::Pid | Join::Cgroup if dependency => scene.weights.oom_of_store,
        Join::Pid | Join::Cgroup => scene.weights.oom_joined,
        Join::Comm if dependency => scene.weights.oom_same_name_of_store,
        Join::Time => scene.weights.oom_at_onset,
        _ => scene.weights.oom_same_name,
    };
    let late = onset_penalty(scene, &kills);
    let kept = |kill: &&LinkedKill| {
        kill.service.is_some_and(|service| scene.kept_listening(service, kill.at))
    };
    // One after the other they leave no worker to take what the socket holds.
    let bystander = kills.len() < 3 && scene.nobody_listens() && kills.iter().all(kept);
    let shaky = kills.iter().all(|kill| scene.is_shaky(scene.timeline.fact(kill.fact)));
    let beside = !dependency && others_at_once(scene, &kills);
    let facts: Vec<FactId> = kills.iter().map(|kill| kill.fact).collect();
    let mut path = vec![facts[0]];
    if dependency {
        path.extend(
            scene
                .app_dependency_facts()
                .find(|(_, fact)| fact.at().is_some_and(|at| at >= kills[0].at - SECOND))
                .map(|(id, _)| id),
        );
    } else {
        path.extend(told(scene, facts[0]));
    }
    path.extend(first_proxy_error(scene, &path));
    path.dedup();
    Weight {
        nats: join
            + scene.weights.for_share(explained)
            + late
            + if bystander { scene.weights.oom_kept_listening } else { 0.0 },
        direct: true,
        joined: best >= Join::Cgroup && !stranger,
        reservation: if best == Join::Time {
            Some("no log in the bundle is of the app behind the failing upstream".to_owned())
        } else if scene.one_of_several() {
            Some("no log tells which of several apps the failing upstream is".to_owned())
        } else if dependency && scene.app_dependency_facts().next().is_none() {
            Some("the app itself says nothing of it".to_owned())
        } else if beside {
            Some("others of the service ended so in the same second, and the kernel names none of them".to_owned())
        } else if !dependency
            && scene.status_share(504) > 0.5
            && lock_waits(scene).any(|at| at < kills[0].at && at >= scene.start)
        {
            Some("answers waited for a lock of a store too".to_owned())
        } else {
            shaky.then(|| "the clock of the log with the kill is assumed".to_owned())
        },
        explained,
        supports: some_of(&facts, 4),
        sentence: sentence(scene, &kills, dependency),
        path,
        ..Weight::default()
    }
}

/// Whether workers that the kernel does not name ended by SIGKILL with each of its victims: then it may have been somebody who took them
/// all, and the kernel's kill of that pid one of another time.
fn others_at_once(scene: &Scene<'_>, kills: &[&LinkedKill]) -> bool {
    kills.iter().all(|kill| {
        let mut unnamed = scene
            .failing_deaths()
            .filter(|death| death.signal == Some(9) && death.why == Why::Unknown);
        unnamed.any(|death| death.at().is_some_and(|at| (at - kill.at).abs() <= SECOND))
    })
}

/// From the stall before each kill until the service is back, and on through the ends that its stall brings.
fn stretches(scene: &Scene<'_>, kills: &[&LinkedKill]) -> Vec<(Micros, Micros)> {
    let late_answers = scene.status_share(504) > 0.0 && !waits_for_lock(scene, first(kills));
    kills
        .iter()
        .map(|kill| {
            let sigma = scene.timeline.fact(kill.fact).stamp.map_or(0, |stamp| stamp.sigma);
            let (from, to) = scene.effect(kill.at, sigma, kill.service);
            let from = if late_answers { from - THRASH } else { from };
            // A store takes its apps down until they have noticed, given up and come back.
            let to = if kill.dependency { to.max(kill.at + 2 * 60 * SECOND) } else { to };
            // Nobody knows when it was back; the proxy found it away.
            let away = kill.join == Join::Time && scene.nobody_listens();
            let to = if away { to.max(scene.end.min(kill.at + AWAY_MAX)) } else { to };
            let outlived = kill.service.is_some_and(|id| runtime::outlived(scene, id, kill.at));
            let to = if outlived { to.min(kill.at + 5 * SECOND) } else { to };
            (from, to)
        })
        .collect()
}

/// The first kill of something that has no lock of its own to be waited for.
fn first(kills: &[&LinkedKill]) -> Option<Micros> {
    kills.iter().filter(|kill| !kill.dependency).map(|kill| kill.at).min()
}

/// The share of failures that fall into stretches after ends by SIGKILL, the first of them at a moment. Who ends breaks its answers
/// off; those that wait for a lock end as they would have ended.
fn explained(scene: &Scene<'_>, felt: &[(Micros, Micros)], first: Option<Micros>) -> f64 {
    let locked = waits_for_lock(scene, first);
    scene.explained_of(felt, |failure| !locked || failure.key.status != 504)
}

/// Whether answers waited for a lock of a store before the first kill, and after it: then no stall of the killed is needed for them to
/// be late, nor did it hold the lock.
fn waits_for_lock(scene: &Scene<'_>, first: Option<Micros>) -> bool {
    let Some(first) = first else { return false };
    let (mut before, mut after) = (false, false);
    for at in lock_waits(scene) {
        before |= at < first;
        after |= at > first + 2 * SECOND;
    }
    before && after
}

/// When a store told of waits for a lock, while answers failed.
fn lock_waits<'s>(scene: &'s Scene<'_>) -> impl Iterator<Item = Micros> + 's {
    let told = scene.near_of(&[EventKind::StoreLockWait]).filter_map(|(_, fact)| fact.at());
    told.filter(|at| *at >= scene.start - THRASH)
}

/// Ends by SIGKILL of the same services that nothing explains, where the kernel's log does not reach back to them: beside kills
/// that it does show they are most likely of the same kind.
fn alike(scene: &Scene<'_>, kills: &[&LinkedKill]) -> Vec<(Micros, Micros)> {
    if matches!(scene.kernel(), Observed::Covered(_)) {
        return Vec::new();
    }
    let own = |death: &&crate::death::Death| {
        death.signal == Some(9)
            && death.why == Why::Unknown
            && kills.iter().any(|kill| kill.service == death.service)
    };
    scene
        .failing_deaths()
        .filter(own)
        .filter_map(|death| Some(scene.effect(death.at()?, death.stamp?.sigma, death.service)))
        .collect()
}

/// A first kill that comes after answers failed without a stall is no root.
fn onset_penalty(scene: &Scene<'_>, kills: &[&LinkedKill]) -> f64 {
    let Some(onset) = kills.iter().map(|kill| kill.at).min() else { return 0.0 };
    let stalls = scene.status_share(504) > 0.05 && !waits_for_lock(scene, first(kills));
    let stall = if stalls { THRASH } else { 0 };
    if onset > scene.start + stall + 8 * SECOND { scene.weights.oom_late } else { 0.0 }
}

fn is_stranger(scene: &Scene<'_>, kill: &LinkedKill) -> bool {
    let comm =
        scene.timeline.fact(kill.fact).oom().map(|oom| oom.victim.comm.clone()).unwrap_or_default();
    let told =
        scene.deaths.iter().any(|death| death.facts.contains(&kill.fact) && death.facts.len() > 1);
    !told
        && kill.service.is_some_and(|service| scene.services.comm_is(&comm, service) == Some(false))
}

/// The app server's own line about the kill.
fn told(scene: &Scene<'_>, kill: FactId) -> Option<FactId> {
    scene
        .deaths
        .iter()
        .find(|death| death.facts.contains(&kill))?
        .facts
        .iter()
        .copied()
        .find(|id| *id != kill)
}

fn sentence(scene: &Scene<'_>, kills: &[&LinkedKill], dependency: bool) -> Text {
    let oom = |kill: &LinkedKill| scene.timeline.fact(kill.fact).oom().cloned().unwrap_or_default();
    let first = oom(kills[0]);
    let owner = match kills[0].service {
        Some(id) => Some(scene.services.get(id).name.clone()),
        None => {
            let path = first.victim_cgroup.as_deref().unwrap_or_default();
            match cgroup_owner(path) {
                // Nobody reads 64 digits; docker shows twelve.
                Owner::Container(id) => Some(short(&id).to_owned()),
                _ => path.rsplit('/').next().filter(|name| !name.is_empty()).map(str::to_owned),
            }
        }
    };
    let limited = match (kills[0].scope, first.limit_bytes) {
        (OomScope::Memcg, Some(_)) => "known",
        (OomScope::Memcg, None) => "unknown",
        _ => "host",
    };
    let hog = first.holders.first().filter(|hog| hog.comm != first.victim.comm);
    let args = [
        ("victim", (&first.victim.comm).into()),
        ("owner-known", Arg::Case(if owner.is_some() { "yes" } else { "no" })),
        ("owner", owner.unwrap_or_default().into()),
        ("times", kills.len().into()),
        ("limited", Arg::Case(limited)),
        ("limit", first.limit_bytes.map(mib).unwrap_or_default().into()),
        ("hog-told", Arg::Case(if hog.is_some() { "yes" } else { "no" })),
        ("hog", hog.map(held).unwrap_or_default().into()),
        ("dependency", Arg::Case(if dependency { "yes" } else { "no" })),
    ];
    scene.say("oom-kill", args)
}

/// earlyoom, systemd-oomd, nohang: the kernel is silent then.
fn by_userspace_killer(scene: &Scene<'_>) -> Weight {
    let mut facts: Vec<(FactId, &Fact)> = scene.near_of(&[EventKind::UserspaceOomKill]).collect();
    facts.extend(
        scene
            .near_of(&[EventKind::UnitOomKilled])
            .filter(|(_, fact)| fact.field("killer").is_some()),
    );
    let linked: Vec<&(FactId, &Fact)> =
        facts.iter().filter(|(_, fact)| is_killed_for_memory(scene, fact)).collect();
    let Some((first, fact)) = linked.first() else { return Weight::nothing() };
    let moments: Vec<_> = linked
        .iter()
        .filter_map(|(_, fact)| {
            Some((fact.at()?, fact.stamp?.sigma, scene.failing.iter().next().copied()))
        })
        .collect();
    let explained = scene.explained(&effects(scene, &moments));
    let (killer, victim) = (fact.field("killer"), fact.field("comm"));
    let known = |name: Option<&str>| Arg::Case(if name.is_some() { "yes" } else { "no" });
    let mut path = vec![*first];
    path.extend(first_proxy_error(scene, &path));
    Weight {
        nats: scene.weights.oom_userspace + scene.weights.for_share(explained),
        direct: true,
        joined: true,
        explained,
        path,
        sentence: text(
            "oom-kill-userspace",
            [
                ("killer-known", known(killer)),
                ("killer", killer.unwrap_or_default().into()),
                ("victim-known", known(victim)),
                ("victim", victim.unwrap_or_default().into()),
            ],
        ),
        ..Weight::default()
    }
}

/// Whether the victim that a killer in user space names is of what failed, by its pid, unit or cgroup.
pub(super) fn is_killed_for_memory(scene: &Scene<'_>, fact: &Fact) -> bool {
    let pid = fact.pid("pid");
    scene.failing.iter().map(|service| scene.services.get(*service)).any(|service| {
        let by_pid = !service.namespaced && pid.is_some_and(|pid| service.pids.contains_key(&pid));
        let units = &service.units;
        let by_unit = fact.field("unit").is_some_and(|unit| units.contains(unit));
        let by_cgroup = fact
            .field("cgroup")
            .is_some_and(|cgroup| units.iter().any(|unit| cgroup.ends_with(unit.as_str())));
        by_pid || by_unit || by_cgroup
    })
}

/// SIGKILLs that nothing explains, on a host whose kernel log could not be seen. The words "Perhaps out of memory?" count for
/// nothing: gunicorn prints them for every SIGKILL.
fn by_sigkill_alone(scene: &Scene<'_>, nats: f64) -> Weight {
    let Observed::NotObservable(_) = scene.kernel() else { return Weight::nothing() };
    let deaths: Vec<_> = scene
        .failing_deaths()
        .filter(|death| death.signal == Some(9) && death.why == Why::Unknown)
        .collect();
    let moments = moments_of(&deaths);
    if moments.is_empty() {
        return Weight::nothing();
    }
    let explained = scene.explained(&effects(scene, &moments));
    let facts: Vec<FactId> = deaths.iter().map(|death| death.facts[0]).collect();
    let mut path = vec![facts[0]];
    path.extend(first_proxy_error(scene, &path));
    let spread = moments
        .iter()
        .map(|moment| moment.0)
        .max()
        .zip(moments.iter().map(|moment| moment.0).min());
    // A killer that frees memory takes one process; several ends at once speak for somebody who took them all.
    let apart = spread.is_none_or(|(last, first)| moments.len() == 1 || last - first > 3 * SECOND);
    Weight {
        nats: nats
            + scene.weights.for_share(explained).min(scene.weights.share_unseen)
            + if apart && moments.len() > 1 { scene.weights.oom_unseen_apart } else { 0.0 },
        explained,
        supports: some_of(&facts, 3),
        path,
        sentence: scene.say_by(&facts, "sigkill-perhaps-oom", [("processes", deaths.len().into())]),
        not_observable: vec![text("unseen-kernel-log", [])],
        ..Weight::default()
    }
}

fn advise_memcg(scene: &Scene<'_>, weight: &Weight) -> Vec<Advice> {
    let oom = weight.path.first().and_then(|id| scene.timeline.fact(*id).oom());
    let limit = oom.and_then(|oom| oom.limit_bytes);
    let kills = scene.kills.iter().filter(|kill| kill.join >= Join::Comm);
    let victims = kills.filter_map(|kill| scene.timeline.fact(kill.fact).oom());
    let alike = victims.filter(|victim| victim.limit_bytes == limit);
    let rss = alike.filter_map(|victim| victim.victim.anon_rss_bytes).max();
    let rss = rss.or_else(|| oom.and_then(|oom| oom.victim.anon_rss_bytes));
    let mut list = Vec::new();
    let growth = against_growth(scene);
    match (limit, rss) {
        _ if growth.is_some() => list.extend(growth),
        (Some(limit), Some(rss)) => list.push(advice(
            "now",
            of_killed(
                scene,
                weight,
                "advice-raise-limit-above",
                [
                    ("limit", mib(limit).into()),
                    ("held", mib(rss).into()),
                    ("alone", Arg::Case(alone(scene, oom, limit, rss))),
                ],
            ),
            "verify-memory-events",
        )),
        _ => list.push(advice(
            "now",
            of_killed(scene, weight, "advice-raise-limit", []),
            "verify-no-kill",
        )),
    }
    if let Some(route) = top_route(scene) {
        list.push(advice(
            "this_week",
            text("advice-what-route-allocates", [("route", route.into())]),
            "verify-worker-memory",
        ));
    }
    list.push(advice("prevent", text("advice-recycle-workers", []), "verify-alert-before-kill"));
    list
}

/// Whether fewer processes would have helped: not where one fills the limit by itself but for what its master and its files take, or with
/// the one other process there was. A database or cache has no workers to take away.
fn alone(scene: &Scene<'_>, oom: Option<&OomKill>, limit: u64, rss: u64) -> &'static str {
    if oom.is_some_and(|oom| scene.services.is_store(&oom.victim.comm)) {
        return "store";
    }
    let pair = oom.is_some_and(|oom| {
        let all: u64 = oom.holders.iter().map(|holder| holder.processes).sum();
        let held: u64 = oom.holders.iter().map(|holder| holder.rss_bytes).sum();
        all == 2 && held >= limit
    });
    if pair || rss >= limit / 10 * 9 { "yes" } else { "no" }
}

/// A text about the services whose processes were killed; not about all that failed at the same time.
fn of_killed(
    scene: &Scene<'_>,
    weight: &Weight,
    id: &'static str,
    args: impl IntoIterator<Item = (&'static str, Arg)>,
) -> Text {
    let by_kernel = scene
        .kills
        .iter()
        .filter(|kill| kill.join >= Join::Comm && weight.supports.contains(&kill.fact))
        .filter_map(|kill| kill.service);
    let facts = weight.supports.iter().map(|id| scene.timeline.fact(*id));
    let by_others = facts
        .filter(|fact| fact.kind != EventKind::OomKill)
        .filter_map(|fact| scene.services.of_fact(fact))
        .filter(|service| scene.failing.contains(service));
    let killed: BTreeSet<ServiceId> = by_kernel.chain(by_others).collect();
    let of_all = killed.is_empty() && id != "advice-free-memory";
    if of_all { scene.say(id, args) } else { scene.say_of(&killed, id, args) }
}

fn advise_global(scene: &Scene<'_>, weight: &Weight) -> Vec<Advice> {
    let oom = weight.path.first().and_then(|id| scene.timeline.fact(*id).oom());
    let holders = oom.map_or(&[][..], |oom| oom.holders.as_slice());
    let list = holders.iter().map(held).collect::<Vec<_>>().join(", ");
    // Who is to be bounded: what held most and is no store, for a limit would only have the store killed sooner.
    let hog = holders
        .iter()
        .map(|holder| holder.comm.as_str())
        .find(|comm| !scene.services.is_store(comm));
    let told = Arg::Case(if holders.is_empty() { "no" } else { "yes" });
    let known = Arg::Case(if hog.is_some() { "yes" } else { "no" });
    let hog = Arg::from(hog.unwrap_or_default());
    vec![
        advice(
            "now",
            of_killed(
                scene,
                weight,
                "advice-free-memory",
                [("told", told), ("holders", list.into())],
            ),
            "verify-free",
        ),
        advice(
            "this_week",
            text("advice-own-limit", [("hog-known", known), ("hog", hog)]),
            "verify-memory-max",
        ),
        advice("prevent", scene.say("advice-protect", []), "verify-alert-before-kill"),
    ]
}

/// `24 x php-fpm8.1 (1520 MiB)`.
fn held(holder: &OomHolder) -> String {
    let times =
        if holder.processes > 1 { format!("{} x ", holder.processes) } else { String::new() };
    format!("{times}{} ({})", holder.comm, mib(holder.rss_bytes))
}

/// The route with most failures, if it has at least half of them.
fn top_route(scene: &Scene<'_>) -> Option<String> {
    let mut counts = std::collections::BTreeMap::new();
    for failure in &scene.failures {
        *counts.entry(failure.key.route.as_str()).or_insert(0_u64) += failure.count.answers;
    }
    let (route, count) =
        counts.into_iter().max_by_key(|(route, count)| (*count, std::cmp::Reverse(*route)))?;
    (count * 2 >= scene.answers() && !route.is_empty()).then(|| route.to_owned())
}
