//! The causes that an incident can have, one file each. A cause weighs a [`Scene`] and says how strongly its evidence speaks for
//! it, in nats of likelihood against "nothing that is in the bundle explains it", with the facts it rests on.
//!
//! To add one: a file with the headings *What happens / What it looks like / Needs / Told apart from / What to do* and one
//! `pub const CAUSE`, a line in [`ALL`], its numbers with their reasons in
//! `src/weights.toml` (and their names in `weights.rs`), a corpus case that has it and one look-alike that has not.

mod crash_exception;
mod crash_segv;
mod dependency_down;
mod deploy_restart;
mod disk_full;
mod health_check_kill;
mod host_restart;
mod manual_sigkill;
mod memory_pressure;
mod network;
mod oom_kill;
mod proxy_configuration;
mod resource_exhaustion;
mod runtime_heap_limit;
mod slow_upstream;
mod worker_timeout;

use crate::death::Death;
use crate::event::EventKind;
use crate::scene::{Class, Scene};
use crate::service::ServiceId;
use crate::stamp::{MINUTE, Micros, SECOND};
use crate::timeline::{Fact, FactId};
use crate::wording::{Arg, Text};
use std::collections::BTreeMap;

/// A cause under test.
#[derive(Debug)]
pub struct Cause {
    /// Its name in the contract.
    pub name: &'static str,
    /// What it says, for people: the id of a message.
    pub title: &'static str,
    /// Weighs the evidence.
    pub weigh: fn(&Scene<'_>) -> Weight,
    /// What to do, given its weight.
    pub advice: fn(&Scene<'_>, &Weight) -> Vec<Advice>,
}

/// All causes, in the order of the contract.
pub const ALL: &[Cause] = &[
    oom_kill::MEMCG,
    oom_kill::GLOBAL,
    runtime_heap_limit::CAUSE,
    memory_pressure::CAUSE,
    worker_timeout::CAUSE,
    health_check_kill::CAUSE,
    manual_sigkill::CAUSE,
    deploy_restart::CAUSE,
    dependency_down::CAUSE,
    slow_upstream::CAUSE,
    resource_exhaustion::CAUSE,
    disk_full::CAUSE,
    crash_segv::CAUSE,
    crash_exception::CAUSE,
    network::CAUSE,
    proxy_configuration::CAUSE,
    host_restart::CAUSE,
];

/// What speaks for a cause.
#[derive(Debug, Clone, Default)]
pub struct Weight {
    /// ln of the likelihood ratio against "unknown"; below 0 nothing speaks for it.
    pub nats: f64,
    /// Whether a direct witness is among the evidence: the kernel's victim line, the runtime's event, an order to stop, the app
    /// server's timeout line, the store's own word.
    pub direct: bool,
    /// Whether the witness is joined to what failed by identity and not by time alone.
    pub joined: bool,
    /// What keeps the word below "confirmed" in spite of all, for a person.
    pub reservation: Option<String>,
    /// Share of the failed answers that it explains.
    pub explained: f64,
    /// The chain from root to burst, in order.
    pub path: Vec<FactId>,
    /// Further facts that speak for it.
    pub supports: Vec<FactId>,
    /// Facts that speak against it.
    pub contradicts: Vec<FactId>,
    /// Logs that would have told and are not there.
    pub not_observable: Vec<Text>,
    /// What happened, if it is this: a full sentence without its final stop.
    pub sentence: Text,
}

/// Something to do.
#[derive(Debug, Clone)]
pub struct Advice {
    /// `now`, `this_week` or `prevent`.
    pub when: &'static str,
    /// What to do.
    pub text: Text,
    /// How to see that it worked.
    pub verify: Text,
}

impl Weight {
    /// Nothing speaks for it.
    #[must_use]
    pub fn nothing() -> Self {
        Self { nats: -10.0, ..Self::default() }
    }
}

/// The first and the last of some facts, and up to `more` between: enough to prove, few enough to read.
fn some_of(facts: &[FactId], more: usize) -> Vec<FactId> {
    let mut some: Vec<FactId> = facts.iter().copied().take(more + 1).collect();
    some.extend(facts.last());
    some.dedup();
    some
}

/// One step of advice.
fn advice(when: &'static str, text: Text, verify: &'static str) -> Advice {
    Advice { when, text, verify: crate::wording::text(verify, []) }
}

/// For ends that keep a pace: more memory is no remedy, and the pace says how long there is.
fn against_growth(scene: &Scene<'_>) -> Option<Advice> {
    let growth = scene.steady_growth()?;
    let pace = growth.after_start.unwrap_or(growth.interval);
    // Ends of several workers follow each other sooner than any of them fills: what recycling can do is told by the life of one.
    let least = scene.ages(growth.why).into_iter().min();
    if let Some(least) = least.filter(|least| *least >= WORKER_LIFE_MIN) {
        let args = [("age", whole_seconds(least).into()), ("times", growth.ends.into())];
        return Some(advice("now", scene.say("advice-recycle-workers-at", args), "verify-recycle"));
    }
    if least.is_none() && growth.after_start.is_none() && pace.least < RECYCLED_MIN {
        return None;
    }
    let since = if growth.after_start.is_some() { "start" } else { "end" };
    let args = [
        ("age", whole_seconds(pace.least).into()),
        ("times", growth.at.len().into()),
        ("since", Arg::Case(since)),
    ];
    // Nobody recycles by the minute.
    let (id, verify) = if pace.least >= RECYCLED_MIN {
        ("advice-recycle", "verify-recycle")
    } else {
        ("advice-stop-growth", "verify-no-end")
    };
    Some(advice("now", scene.say(id, args), verify))
}

/// A worker that lives so long serves many requests before it is full.
const WORKER_LIFE_MIN: Micros = MINUTE;

/// Shortest age at which recycling a worker is a remedy for a while.
const RECYCLED_MIN: Micros = 5 * MINUTE;

/// `45 s`, `17 min`.
fn whole_seconds(micros: Micros) -> String {
    let seconds = micros / SECOND;
    if seconds < 120 { format!("{seconds} s") } else { format!("{} min", seconds / 60) }
}

/// Whether what ran out is the pool of connections in the app itself: the store may have had room, and a smaller pool runs out sooner.
#[must_use]
pub fn is_own_pool(fact: &Fact) -> bool {
    /// The pools' own words: SQLAlchemy, Prisma, HikariCP, Sequelize and Knex, ActiveRecord, Ecto, psycopg.
    const WORDS: [&str; 8] = [
        "QueuePool limit of size",
        "from the connection pool",
        "Connection is not available, request timed out",
        "The pool is probably full",
        "could not obtain a connection from the pool",
        "dropped from queue after",
        "couldn't get a connection after",
        "waiting for available connection",
    ];
    let says = |text: &str| WORDS.iter().any(|words| text.contains(words));
    fact.kind == EventKind::DependencyExhausted
        && (fact.field("reason").is_some_and(says) || says(&fact.event.text))
}

/// Whether a command was run by cron and by nobody at a keyboard.
#[must_use]
pub fn is_cron(fact: &Fact) -> bool {
    fact.kind == EventKind::OperatorCommand && fact.event.format.as_deref() == Some("cron")
}

/// The proxy's error line that ends a chain: the first one after its root, or the first of the incident. An answer that the app sent
/// itself has none: what the proxy writes at that time is of other requests.
fn first_proxy_error(scene: &Scene<'_>, path: &[FactId]) -> Option<FactId> {
    if scene.class == Class::Server {
        return None;
    }
    let root = path.first().and_then(|id| scene.timeline.fact(*id).at()).unwrap_or(scene.start);
    let of_incident = || {
        scene
            .timeline
            .between(scene.start - 2 * SECOND, scene.end + SECOND)
            .filter(|(id, fact)| fact.kind.is_of_proxy() && !path.contains(id))
    };
    let after = of_incident().find(|(_, fact)| fact.at().is_some_and(|at| at >= root - SECOND));
    after.or_else(|| of_incident().next()).map(|(id, _)| id)
}

/// Where the proxy asked when it met one of these: an address, name or path as its log has it, if a command may hold it.
#[must_use]
pub fn place_asked(scene: &Scene<'_>, kinds: &[EventKind]) -> Option<String> {
    places_asked(scene, kinds).next().map(|(place, _)| place.to_owned())
}

/// The one that was met most often.
fn most_asked(scene: &Scene<'_>, kinds: &[EventKind]) -> Option<String> {
    let mut times: BTreeMap<&str, u64> = BTreeMap::new();
    for (place, count) in places_asked(scene, kinds) {
        *times.entry(place).or_default() += count;
    }
    // Of equals the first by name.
    let most = times.into_iter().rev().max_by_key(|(_, count)| *count);
    most.map(|(place, _)| place.to_owned())
}

/// Addresses with nothing in them that no address has, and how often they were met.
fn places_asked<'s>(
    scene: &'s Scene<'_>,
    kinds: &'s [EventKind],
) -> impl Iterator<Item = (&'s str, u64)> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".:_-[]/@".contains(&byte);
    let places =
        scene.near_of(kinds).filter_map(|(_, fact)| Some((fact.field("upstream")?, fact.count)));
    places.filter(move |(place, _)| !place.is_empty() && place.bytes().all(plain))
}

/// The same for a message: `place` and whether it is known.
pub fn place_of(scene: &Scene<'_>, kinds: &[EventKind]) -> [(&'static str, Arg); 2] {
    place_args(place_asked(scene, kinds))
}

fn place_args(place: Option<String>) -> [(&'static str, Arg); 2] {
    let known = if place.is_some() { "yes" } else { "no" };
    let place = place.unwrap_or_default();
    let bare = place.strip_prefix("unix:").unwrap_or(&place);
    [("place-known", Arg::Case(known)), ("place", bare.trim_end_matches(':').into())]
}

/// MiB of a number of bytes, as exact as the tables of the report show them.
fn mib(bytes: u64) -> String {
    let size = format!("{:.1}", bytes as f64 / f64::from(1 << 20));
    format!("{} MiB", size.strip_suffix(".0").unwrap_or(&size))
}

/// When something ended, how uncertain that is, and whose it was.
type Moment = (Micros, Micros, Option<ServiceId>);

/// The moments of ends, of those that have one.
fn moments_of(deaths: &[&Death]) -> Vec<Moment> {
    let moment = |death: &&Death| Some((death.at()?, death.stamp?.sigma, death.service));
    deaths.iter().filter_map(moment).collect()
}

/// The moments of facts, of those that have one.
fn moments_told(scene: &Scene<'_>, facts: &[(FactId, &Fact)]) -> Vec<Moment> {
    let moment = |(_, fact): &(FactId, &Fact)| {
        Some((fact.at()?, fact.stamp?.sigma, scene.services.of_fact(fact)))
    };
    facts.iter().filter_map(moment).collect()
}

/// The stretches in which ends are felt.
fn effects(scene: &Scene<'_>, moments: &[Moment]) -> Vec<(Micros, Micros)> {
    moments.iter().map(|(at, sigma, service)| scene.effect(*at, *sigma, *service)).collect()
}

/// Failures so long before an order, or so large a share of all, are not its effect.
const ORDER_SLACK: Micros = 5 * SECOND;
const ANSWERS_OUTAGE: f64 = 0.2;

/// Whether an order of a moment is somebody's answer to the outage: failures were there before it, and not a few.
fn answers_outage(scene: &Scene<'_>, at: Micros, sigma: Micros) -> bool {
    let before = failed_before(scene, at - ORDER_SLACK - sigma.min(ORDER_SLACK));
    at > scene.start + ORDER_SLACK + sigma && before >= ANSWERS_OUTAGE
}

/// The share of the failures that came before a moment.
fn failed_before(scene: &Scene<'_>, moment: Micros) -> f64 {
    1.0 - scene.explained(&[(moment, Micros::MAX)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let names: std::collections::BTreeSet<_> = ALL.iter().map(|cause| cause.name).collect();
        assert_eq!(names.len(), ALL.len());
    }
}
