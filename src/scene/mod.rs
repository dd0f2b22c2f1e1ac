//! Everything that causes are weighed on, for one incident: its failures, the services that failed, the facts near it, and what
//! each log could have shown. A [`Scene`] asks questions of the timeline; it does not judge.

mod coverage;
mod doubt;
mod effect;
mod failing;
mod starts;
mod step;
mod stores;
mod traces;
mod watchers;
mod words;

pub use coverage::AppLog;

use std::collections::{BTreeMap, BTreeSet};

use crate::answers::Failure;
use crate::clock::Clocks;
use crate::death::{Death, Why};
use crate::event::{EventKind, OomScope};
use crate::ingest::Source;
use crate::recurrence::Recurrence;
use crate::service::{Join, ServiceId, Services};
use crate::stamp::{MINUTE, Micros, SECOND, Stamp};
use crate::timeline::{Fact, FactId, View};
use crate::traffic::FailureKey;
use crate::weights::Weights;
use crate::wording::Text;

/// The two classes of incidents of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// 502 and 504, and a 503 that the proxy made itself: it got no answer.
    Gateway,
    /// 500, and any other 503: the app answered so.
    Server,
}

impl Class {
    /// The class of a failed answer.
    #[must_use]
    pub const fn of(key: &FailureKey) -> Self {
        match key.status {
            502 | 504 => Self::Gateway,
            503 if key.by_proxy => Self::Gateway,
            _ => Self::Server,
        }
    }

    /// The word of the JSON report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Server => "server",
        }
    }
}

/// What a log could have shown of a stretch of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Observed {
    /// A log covers it; by source.
    Covered(usize),
    /// None does, and why.
    NotObservable(Text),
}

/// A kill near the incident, with its relation to what failed.
#[derive(Debug, Clone)]
pub struct LinkedKill {
    /// The kill.
    pub fact: FactId,
    /// When.
    pub at: Micros,
    /// Best join to a failing service, or to a store that failing services use.
    pub join: Join,
    /// The service that it is joined to.
    pub service: Option<ServiceId>,
    /// Whether that service is a store on which the failing services depend.
    pub dependency: bool,
    /// Limit of a cgroup or of the host.
    pub scope: OomScope,
}

/// One incident and what surrounds it.
#[derive(Debug)]
pub struct Scene<'a> {
    /// How much each piece of evidence weighs.
    pub weights: &'a Weights,
    /// Facts of all logs, but those of other sites.
    pub timeline: View<'a>,
    /// Services of the bundle.
    pub services: &'a Services,
    /// The deaths that its facts tell.
    pub deaths: Vec<&'a Death>,
    /// Ends that keep coming back.
    pub recurrences: &'a [Recurrence],
    /// All sources.
    pub sources: &'a [Source],
    /// All clocks.
    pub clocks: &'a Clocks,
    /// Class of the incident.
    pub class: Class,
    /// First failed answer.
    pub start: Micros,
    /// Last failed answer.
    pub end: Micros,
    /// Its failed answers.
    pub failures: Vec<Failure>,
    /// Requests by step, of all logs nearest to the users.
    pub load: &'a BTreeMap<Micros, u64>,
    /// The services behind the failing upstreams; all app services where that is not known.
    pub failing: BTreeSet<ServiceId>,
    /// Whether the failing services are known by address, or are the only ones.
    pub failing_known: bool,
    /// Whether nothing but the time of their ends speaks for them.
    pub guessed: bool,
    /// The share of the failures that the proxy answered itself, where that is little and several apps could have answered the rest.
    pub few: Option<f64>,
    /// What the proxy met, by kind of its error lines.
    pub signature: BTreeMap<EventKind, u64>,
    /// Kills near the incident.
    pub kills: Vec<LinkedKill>,
    /// Where the proxy asked in vain, each address in one spelling.
    pub(super) asked: BTreeSet<String>,
}

/// How far before its first failed answer an incident's cause is looked for. A 504 is logged a timeout after it began, and the
/// loss of a dependency was noticed 68 s late.
pub const LEAD: Micros = 2 * MINUTE;
/// How far after its last failed answer facts still belong to it.
pub const TAIL: Micros = 5 * SECOND;
/// Facts of context that a report lists with an incident.
const CONTEXT_MAX: usize = 16;

impl<'a> Scene<'a> {
    /// Sets the scene: finds the failing services and what links to them.
    #[must_use]
    pub fn set(
        (timeline, services, deaths, recurrences): (
            View<'a>,
            &'a Services,
            &'a [Death],
            &'a [Recurrence],
        ),
        (sources, clocks): (&'a [Source], &'a Clocks),
        class: Class,
        (before, start, end): (Option<Micros>, Micros, Micros),
        (failures, load): (Vec<Failure>, &'a BTreeMap<Micros, u64>),
        weights: &'a Weights,
    ) -> Self {
        let mut scene = Self {
            weights,
            deaths: deaths
                .iter()
                .filter(|death| death.facts.iter().any(|id| timeline.sees(*id)))
                .collect(),
            timeline,
            services,
            recurrences,
            sources,
            clocks,
            class,
            start,
            end,
            failures,
            load,
            failing: BTreeSet::new(),
            failing_known: false,
            guessed: false,
            few: None,
            signature: BTreeMap::new(),
            kills: Vec::new(),
            asked: BTreeSet::new(),
        };
        scene.find_signature();
        scene.find_failing();
        if let Some(outlived) = before.and_then(|before| scene.outlived(before)) {
            scene.forget(outlived);
        }
        scene.find_kills();
        scene
    }

    /// Up to when ends are none of this incident: those of the one before it, from which what failed had started again.
    fn outlived(&self, before: Micros) -> Option<Micros> {
        // That a program begins to start shows no service yet.
        let starts = [
            EventKind::AppListening,
            EventKind::WorkerBooted,
            EventKind::UnitStarted,
            EventKind::ContainerStarted,
            EventKind::ProgramStarted,
        ];
        let last = self
            .timeline
            .between(before - LEAD, self.start - TAIL)
            .filter(|(_, fact)| starts.contains(&fact.kind) && self.is_failing(fact))
            .filter_map(|(_, fact)| fact.at())
            .max()?;
        Some(last.min(before + TAIL))
    }

    /// Takes ends up to a moment out of sight.
    fn forget(&mut self, until: Micros) {
        use EventKind as Kind;
        let is_end = |kind: Kind| {
            matches!(
                kind,
                Kind::OomKill
                    | Kind::Segfault
                    | Kind::WorkerSignaled
                    | Kind::WorkerExited
                    | Kind::WorkerTimeout
                    | Kind::MasterGone
                    | Kind::HeapLimit
                    | Kind::MemoryLimit
                    | Kind::ManagerMemoryLimit
                    | Kind::UncaughtException
                    | Kind::ProgramExited
                    | Kind::ContainerDied
                    | Kind::ContainerKilled
                    | Kind::ContainerOom
                    | Kind::UnitProcessExited
                    | Kind::UnitOomKilled
            )
        };
        self.timeline = self
            .timeline
            .without(|_, fact| is_end(fact.kind) && fact.at().is_some_and(|at| at <= until));
        self.deaths.retain(|death| death.at().is_none_or(|at| at > until));
    }

    fn find_signature(&mut self) {
        // What it tells of itself is no answer that failed.
        let of_itself = [EventKind::ProxyLifecycle, EventKind::ProxyWorkerDied];
        let proxy = |fact: &Fact| fact.kind.is_of_proxy() && !of_itself.contains(&fact.kind);
        for (_, fact) in self
            .timeline
            .between(self.start - 2 * SECOND, self.end + 2 * SECOND)
            .filter(|(_, fact)| proxy(fact))
        {
            *self.signature.entry(fact.kind).or_default() += fact.count;
        }
        // Proxies without an error log tell in the access log what they met; those with one tell the same twice.
        let mut faults: BTreeMap<EventKind, u64> = BTreeMap::new();
        for failure in &self.failures {
            if let Some(kind) = failure.key.fault {
                *faults.entry(kind).or_default() += failure.count.answers;
            }
        }
        for (kind, answers) in faults {
            let told = self.signature.entry(kind).or_default();
            *told = answers.max(*told);
        }
    }

    fn find_kills(&mut self) {
        let stores = self.stores_in_use();
        for (id, fact) in self.timeline.of(EventKind::OomKill) {
            let (Some(at), Some(oom)) = (fact.at(), fact.oom()) else { continue };
            if at < self.start - LEAD || at > self.end + TAIL {
                continue;
            }
            let joined = |ids: &BTreeSet<ServiceId>| {
                ids.iter()
                    .map(|service| (self.services.join(fact, Some(at), *service), *service))
                    .max_by_key(|(join, _)| *join)
            };
            let elsewhere = self.told_by_another(id)
                || (self.asks_itself_only() && self.same_host(fact) == Some(false));
            let direct = self.by_death(id).or_else(|| joined(&self.failing));
            let store =
                joined(&stores).filter(|(join, _)| *join >= Join::Comm && self.may_be_missed(fact));
            let (join, service, dependency) = match (direct, store) {
                (_, None) if elsewhere => (Join::Mismatch, None, false),
                (Some((join, service)), _) if join >= Join::Comm && !elsewhere => {
                    (join, Some(service), false)
                }
                (_, Some((join, service))) => (join, Some(service), true),
                (Some((join, _)), None) => (join, None, false),
                (None, None) => (Join::None, None, false),
            };
            self.kills.push(LinkedKill {
                fact: id,
                at,
                join,
                service,
                dependency,
                scope: oom.scope,
            });
        }
        let free: Vec<usize> =
            (0..self.kills.len()).filter(|place| self.may_serve(&self.kills[*place])).collect();
        let stamps: Vec<Stamp> = free
            .iter()
            .filter_map(|place| self.timeline.fact(self.kills[*place].fact).stamp)
            .collect();
        let all = self.timeline.of(EventKind::OomKill).count();
        let serves = |place: &usize| {
            let oom = self.timeline.fact(self.kills[*place].fact).oom();
            oom.is_some_and(|oom| self.services.is_app_server(&oom.victim.comm))
        };
        let of_servers = free.iter().all(serves);
        for place in self.at_onsets(&stamps, all, of_servers) {
            self.kills[free[place]].join = Join::Time;
        }
    }

    /// A kill that an app server's own line was joined to is that service's.
    fn by_death(&self, kill: FactId) -> Option<(Join, ServiceId)> {
        let death = self.deaths.iter().find(|death| death.facts.contains(&kill))?;
        let service = death.service.filter(|service| self.failing.contains(service))?;
        let join = death.join?;
        // Ends that coincide one by one, several times, are a join by pattern as good as a name.
        let pattern = self.pattern_of(service);
        // A task name that may be anybody's adds nothing to the coincidence.
        let comm = self.timeline.fact(kill).oom().map(|oom| oom.victim.comm.as_str());
        let fits = comm.is_some_and(|comm| self.services.comm_is(comm, service) == Some(true));
        let joined = join == Join::Comm && pattern >= 2 && fits;
        Some((if joined { Join::Cgroup } else { join }, service))
    }

    /// Whether systemd told of a kill in a unit that is none of the failing.
    fn told_by_another(&self, kill: FactId) -> bool {
        let told = |death: &&&Death| death.facts.contains(&kill) && death.join >= Some(Join::Comm);
        let service = self.deaths.iter().find(told).and_then(|death| death.service);
        service.is_some_and(|service| !self.failing.contains(&service))
    }

    /// How many kills near the incident fall on ends that the service itself tells.
    fn pattern_of(&self, service: ServiceId) -> usize {
        self.deaths
            .iter()
            .filter(|death| {
                death.why == Why::OomKill && death.service == Some(service) && death.join.is_some()
            })
            .filter(|death| {
                death.at().is_some_and(|at| (self.start - LEAD..=self.end + TAIL).contains(&at))
            })
            .count()
    }

    /// Facts from a lead before the incident to its end.
    pub fn near(&self) -> impl Iterator<Item = (FactId, &Fact)> {
        self.timeline.between(self.start - LEAD, self.end + TAIL)
    }

    /// Facts of some kinds near the incident.
    pub fn near_of<'s>(
        &'s self,
        kinds: &'s [EventKind],
    ) -> impl Iterator<Item = (FactId, &'s Fact)> {
        self.near().filter(move |(_, fact)| kinds.contains(&fact.kind))
    }

    /// The host of the proxy whose answers failed; none where the bundle is of one host, or several proxies failed.
    #[must_use]
    pub fn asker(&self) -> Option<&'a str> {
        let mut hosts =
            self.failures.iter().map(|failure| self.services.host_of_source(failure.source));
        let first = hosts.next()??;
        hosts.all(|host| host == Some(first)).then_some(first)
    }

    /// Whether a fact speaks of a failing service. A fact that names no service at all counts when only one could be meant.
    #[must_use]
    pub fn is_failing(&self, fact: &Fact) -> bool {
        match self.services.of_fact(fact) {
            Some(service) => self.failing.contains(&service) || self.same_name(service),
            None => {
                self.failing_known && self.failing.len() <= 1 && fact.event.origin.unit.is_none()
            }
        }
    }

    /// Whether what failed is one of several apps on several hosts, and nothing tells which.
    #[must_use]
    pub fn one_of_several(&self) -> bool {
        let hosts: BTreeSet<&str> =
            self.failing.iter().filter_map(|id| self.services.get(*id).host.as_deref()).collect();
        let apart = hosts.len() > 1 || self.several_hosts() || !self.has_proxy_errors();
        !self.failing_known && self.failing.len() > 1 && apart
    }

    /// A service that was replaced keeps its container name under a new id.
    fn same_name(&self, service: ServiceId) -> bool {
        let own = &self.services.get(service).containers;
        !own.is_empty()
            && self
                .failing
                .iter()
                .filter(|failing| self.services.may_share_host(**failing, service))
                .any(|failing| !self.services.get(*failing).containers.is_disjoint(own))
    }

    /// Whether answers succeed again after the incident without a reload of the proxy: a wrong configuration does not heal.
    #[must_use]
    pub fn healed_alone(&self) -> bool {
        let Some(source) = self.failures.first().map(|failure| failure.source) else {
            return false;
        };
        let span = self.clocks.span(source, &self.sources[source].spans);
        let goes_on = span.is_some_and(|(_, last)| last - self.end > 10 * SECOND);
        let reloaded = self
            .timeline
            .between(self.end - 15 * SECOND, self.end + 15 * SECOND)
            .any(|(_, fact)| fact.kind == EventKind::ProxyLifecycle);
        goes_on && !reloaded
    }

    /// Whether the kernel log holds a kill of the same pid at another time: no process is killed twice, so that a clock is misread, and
    /// that kill is the end that seems unexplained.
    #[must_use]
    pub fn killed_on_another_clock(&self, pid: u32, at: Micros) -> bool {
        const FAR: Micros = 15 * 60 * MINUTE;
        self.timeline.of(EventKind::OomKill).any(|(_, fact)| {
            fact.oom().is_some_and(|oom| oom.victim.pid == Some(pid))
                && fact.at().is_none_or(|then| (then - at).abs() <= FAR)
        })
    }

    /// Whether a fact is of the host of what failed: `Some(false)` where both hosts are known and differ, or where the bundle has
    /// a folder for each host and the fact's is another; `None` where the logs do not tell.
    #[must_use]
    pub fn same_host(&self, fact: &Fact) -> Option<bool> {
        let source = &self.sources[fact.event.at.source.0];
        let host = fact.event.origin.host.as_deref().or(source.host.as_deref())?;
        let hosts = self.failing_hosts();
        if !hosts.is_empty() {
            return Some(hosts.contains(host));
        }
        let in_folder = |path: &str| path.split('/').any(|part| part == host);
        (in_folder(&source.path) && !self.of_failing().any(|source| in_folder(&source.path)))
            .then_some(false)
    }

    /// The logs of what failed.
    fn of_failing(&self) -> impl Iterator<Item = &'a Source> {
        let own = self.failing.iter().flat_map(|service| &self.services.get(*service).sources);
        own.copied()
            .chain(self.failures.first().map(|failure| failure.source))
            .map(|index| &self.sources[index])
    }

    /// The hosts that the logs of what failed name.
    fn failing_hosts(&self) -> BTreeSet<&'a str> {
        self.of_failing().filter_map(|source| source.host.as_deref()).collect()
    }

    /// Whether the logs name more than one host.
    #[must_use]
    pub fn several_hosts(&self) -> bool {
        self.sources
            .iter()
            .filter_map(|source| source.host.as_deref())
            .collect::<BTreeSet<_>>()
            .len()
            > 1
    }

    /// Deaths of failing services near the incident.
    pub fn failing_deaths(&self) -> impl Iterator<Item = &Death> {
        self.deaths.iter().copied().filter(|death| {
            death.at().is_some_and(|at| (self.start - LEAD..=self.end + TAIL).contains(&at))
                && death.service.is_some_and(|service| self.failing.contains(&service))
        })
    }

    /// Ends of a failing service for memory that keep an interval, or an age after its start: what grows at such a pace is a leak or
    /// a cache without a bound, and more memory only moves the next end.
    #[must_use]
    pub fn steady_growth(&self) -> Option<&Recurrence> {
        self.recurrences.iter().find(|one| {
            matches!(one.why, Why::OomKill | Why::RuntimeHeapLimit)
                && one.service.is_some_and(|service| self.failing.contains(&service))
                && (one.after_start.is_some() || one.is_rhythmic())
        })
    }

    /// Failed answers of the incident's class.
    #[must_use]
    pub fn answers(&self) -> u64 {
        self.failures.iter().map(|failure| failure.count.answers).sum()
    }

    /// Share of failed answers with a status.
    #[must_use]
    pub fn status_share(&self, status: u16) -> f64 {
        let hit: u64 = self
            .failures
            .iter()
            .filter(|failure| failure.key.status == status)
            .map(|failure| failure.count.answers)
            .sum();
        hit as f64 / self.answers().max(1) as f64
    }

    /// Share of the proxy's error lines that are of these kinds; 0 where there are none.
    #[must_use]
    pub fn signature_share(&self, kinds: &[EventKind]) -> f64 {
        let all: u64 = self.signature.values().sum();
        let hit: u64 = self
            .signature
            .iter()
            .filter(|(kind, _)| kinds.contains(kind))
            .map(|(_, count)| count)
            .sum();
        if all == 0 { 0.0 } else { hit as f64 / all as f64 }
    }

    /// Share of failed answers that fall into some stretches of time.
    #[must_use]
    pub fn explained(&self, stretches: &[(Micros, Micros)]) -> f64 {
        self.explained_of(stretches, |_| true)
    }

    /// As [`explained`](Self::explained), for a mechanism that brings answers of some kinds only.
    #[must_use]
    pub fn explained_of(
        &self,
        stretches: &[(Micros, Micros)],
        brings: impl Fn(&Failure) -> bool,
    ) -> f64 {
        let inside = |failure: &&Failure| {
            stretches.iter().any(|(from, to)| {
                failure.count.first <= *to && failure.count.last + failure_step(failure) >= *from
            })
        };
        let hit: u64 = self
            .failures
            .iter()
            .filter(inside)
            .filter(|failure| brings(failure))
            .map(|failure| failure.count.answers)
            .sum();
        hit as f64 / self.answers().max(1) as f64
    }

    /// Facts that a reader of the timeline expects beside the chain: starts and stops of what failed, of stores, of the host.
    #[must_use]
    pub fn context(&self) -> Vec<FactId> {
        let lifecycle = |fact: &Fact| {
            use EventKind as Kind;
            match fact.kind {
                Kind::KernelBoot
                | Kind::HostShutdown
                | Kind::HostSuspend
                | Kind::ClockStep
                | Kind::ProxyLifecycle
                | Kind::StoreStarted
                | Kind::StoreReady
                | Kind::StoreStopping
                | Kind::StoreCrashed
                | Kind::Deploy => true,
                Kind::AppStarted
                | Kind::AppListening
                | Kind::AppStopping
                | Kind::AppStopped
                | Kind::UnitStarted
                | Kind::UnitStopping
                | Kind::UnitFailed
                | Kind::UnitRestartScheduled
                | Kind::ContainerStarted
                | Kind::ContainerDied
                | Kind::ContainerKilled
                | Kind::ContainerUnhealthy
                | Kind::ProgramStarted
                | Kind::ProgramExited => self.is_failing(fact),
                _ => false,
            }
        };
        let near = self.timeline.between(self.start - LEAD, self.end + MINUTE);
        near.filter(|(_, fact)| lifecycle(fact)).map(|(id, _)| id).take(CONTEXT_MAX).collect()
    }
}

fn failure_step(failure: &Failure) -> Micros {
    if failure.count.first == failure.count.last { SECOND } else { 0 }
}
