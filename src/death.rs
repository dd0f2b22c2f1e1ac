//! Who died, of what, and who says so. A worker's end is told by the kernel, by its app server, by systemd and by docker; here
//! these tellings become one [`Death`] with a reason, or stay `unknown`: a SIGKILL alone names nobody.

mod pattern;
mod reason;
mod untimed;

use std::collections::BTreeSet;

use crate::event::EventKind;
use crate::service::names::is_in_container;
use crate::service::{Join, ServiceId, Services};
use crate::stamp::{Micros, SECOND, Stamp};
use crate::timeline::{Fact, FactId, Timeline};

/// Why something died.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// The kernel's OOM killer, or one in user space.
    OomKill,
    /// Its own server ended it for not answering.
    WorkerTimeout,
    /// A person or tool sent the signal.
    Operator,
    /// It was told to stop, and stopped or was forced to.
    Stop,
    /// The runtime's own memory limit.
    RuntimeHeapLimit,
    /// A health check had it ended.
    HealthCheck,
    /// A fault signal or an unhandled error of its own.
    Crash,
    /// The logs do not tell.
    Unknown,
}

impl Why {
    /// The word of the JSON report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OomKill => "oom_kill",
            Self::WorkerTimeout => "worker_timeout",
            Self::Operator => "operator",
            Self::Stop => "stop",
            Self::RuntimeHeapLimit => "runtime_heap_limit",
            Self::HealthCheck => "health_check",
            Self::Crash => "crash",
            Self::Unknown => "unknown",
        }
    }
}

/// The end of a process, a worker or a container.
#[derive(Debug, Clone)]
pub struct Death {
    /// When.
    pub stamp: Option<Stamp>,
    /// Pid as the best witness counts.
    pub pid: Option<u32>,
    /// What it was, for a person.
    pub process: String,
    /// Signal number.
    pub signal: Option<i32>,
    /// Exit code.
    pub exit_code: Option<i64>,
    /// Reason.
    pub why: Why,
    /// The service it belonged to.
    pub service: Option<ServiceId>,
    /// How a kernel kill was joined to the service's own telling.
    pub join: Option<Join>,
    /// The facts that tell it, the first to be found first.
    pub facts: Vec<FactId>,
}

impl Death {
    /// The moment, where it is known.
    #[must_use]
    pub fn at(&self) -> Option<Micros> {
        self.stamp.map(|stamp| stamp.at)
    }
}

/// An app server tells the end of a worker within this time of the kernel's kill, unless the host is stalled.
const TOLD: Micros = 10 * SECOND;
/// A worker that was given up is killed within this time: gunicorn sends SIGABRT, and SIGKILL in its next round, about a second
/// later; more on a stalled host.
const TIMEOUT_TO_END: Micros = 15 * SECOND;
/// A runtime at its heap limit takes a while to write its trace and die.
const HEAP_TO_END: Micros = 30 * SECOND;
/// npm and yarn clean up before they tell how their program ended.
const PARENT_TELLS: Micros = 5 * SECOND;
/// In another pid namespace only time joins a kill and a worker's end; kill → line was seen to take 13 to 155 ms.
const PATTERN: Micros = 2 * SECOND;

/// Tellings further apart than this are never of one death, however uncertain their clocks.
const NEAR: Micros = 150 * SECOND;

/// Signal number of `9`, `SIGKILL`, `KILL`, `9/KILL`.
#[must_use]
pub fn signal_number(text: &str) -> Option<i32> {
    let head = text.split('/').next().unwrap_or(text).trim();
    if let Ok(number) = head.parse() {
        return Some(number);
    }
    let name = head.strip_prefix("SIG").unwrap_or(head);
    let known = [
        ("HUP", 1),
        ("INT", 2),
        ("QUIT", 3),
        ("ILL", 4),
        ("TRAP", 5),
        ("ABRT", 6),
        ("BUS", 7),
        ("FPE", 8),
        ("KILL", 9),
        ("USR1", 10),
        ("SEGV", 11),
        ("USR2", 12),
        ("PIPE", 13),
        ("ALRM", 14),
        ("TERM", 15),
        ("CONT", 18),
        ("STOP", 19),
        ("SYS", 31),
    ];
    known.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, number)| *number)
}

/// Whether a signal is a fault of the process's own.
#[must_use]
pub const fn is_fault(signal: i32) -> bool {
    matches!(signal, 4 | 5 | 7 | 8 | 11)
}

/// Finds the deaths.
#[must_use]
pub fn find(timeline: &Timeline, services: &Services) -> Vec<Death> {
    let mut deaths: Vec<Death> = Vec::new();
    // Deaths by time, so that a telling is held only against those near it.
    let mut by_time: BTreeSet<(Micros, usize)> = BTreeSet::new();
    let mut seen: Vec<(FactId, Option<ServiceId>)> = Vec::new();
    for (id, fact) in timeline.iter().filter(|(_, fact)| tells_death(fact)) {
        seen.push((id, services.of_fact(fact)));
    }
    // Kernel kills first: what others tell is joined to them.
    seen.sort_by_key(|(id, _)| (rank(timeline.fact(*id).kind), *id));
    for (id, service) in seen {
        let fact = timeline.fact(id);
        let telling = Telling::of(id, fact, service, timeline, services);
        match place(&deaths, &by_time, &telling, timeline, services) {
            Some((place, join)) => telling.join(&mut deaths[place], join),
            None if !telling.only_joins => {
                by_time.extend(telling.stamp.map(|stamp| (stamp.at, deaths.len())));
                deaths.push(telling.into_death());
            }
            None => {}
        }
    }
    for death in &mut deaths {
        death.why = reason::of(death, timeline, services);
    }
    pattern::join_by_unit(&mut deaths, timeline, services);
    pattern::join(&mut deaths, timeline, services);
    pattern::join_by_starts(&mut deaths, timeline, services);
    untimed::take_heap_limits(&mut deaths, timeline);
    deaths.sort_by_key(|death| (death.stamp.is_none(), death.at(), death.facts.clone()));
    deaths
}

/// The order in which tellings are taken: a later one is joined to an earlier.
const fn rank(kind: EventKind) -> u8 {
    match kind {
        EventKind::OomKill | EventKind::UserspaceOomKill => 0,
        EventKind::HeapLimit | EventKind::ManagerMemoryLimit => 1,
        EventKind::Segfault => 2,
        EventKind::WorkerTimeout => 3,
        EventKind::WorkerSignaled => 4,
        EventKind::ProgramExited => 5,
        EventKind::UncaughtException => 6,
        EventKind::ContainerDied => 7,
        _ => 8,
    }
}

fn tells_death(fact: &Fact) -> bool {
    match fact.kind {
        EventKind::WorkerExited => {
            fact.field("code").is_some_and(|code| code != "0") || is_unexpected(fact)
        }
        EventKind::UnitProcessExited => {
            fact.field("status").is_none_or(|status| !status.starts_with('0'))
        }
        EventKind::ContainerDied => fact.field("code") != Some("0"),
        EventKind::ProgramExited => fact.field("code") != Some("0"),
        EventKind::HeapLimit
        | EventKind::ManagerMemoryLimit
        | EventKind::OomKill
        | EventKind::UserspaceOomKill
        | EventKind::Segfault
        | EventKind::WorkerTimeout
        | EventKind::WorkerSignaled
        | EventKind::ProxyWorkerDied
        | EventKind::UncaughtException => true,
        _ => false,
    }
}

/// Whether the app server says that a worker ended by itself, without saying of what.
fn is_unexpected(fact: &Fact) -> bool {
    fact.field("expected") == Some("false")
}

/// One telling of a death.
struct Telling {
    id: FactId,
    kind: EventKind,
    stamp: Option<Stamp>,
    pid: Option<u32>,
    process: String,
    signal: Option<i32>,
    exit_code: Option<i64>,
    service: Option<ServiceId>,
    why: Why,
    only_joins: bool,
}

impl Telling {
    fn of(
        id: FactId,
        fact: &Fact,
        service: Option<ServiceId>,
        timeline: &Timeline,
        services: &Services,
    ) -> Self {
        let name = service.map(|id| services.get(id).name.clone());
        // The numbers of some signals are other ones on BSD and macOS; the name is the same everywhere.
        let named = fact.field("name").filter(|name| name.starts_with("SIG"));
        let signal =
            named.and_then(signal_number).or_else(|| fact.field("signal").and_then(signal_number));
        let code = fact.event.number("code").and_then(|code| i64::try_from(code).ok());
        let mut telling = Self {
            id,
            kind: fact.kind,
            stamp: fact.stamp,
            pid: fact.pid("worker").or(fact.pid("pid")),
            process: name.unwrap_or_else(|| "process".to_owned()),
            signal,
            exit_code: code,
            service,
            why: Why::Unknown,
            only_joins: false,
        };
        match fact.kind {
            EventKind::OomKill => {
                let victim = fact.oom().map(|oom| oom.victim.clone()).unwrap_or_default();
                telling.process = victim.comm;
                (telling.pid, telling.signal, telling.why) = (victim.pid, Some(9), Why::OomKill);
            }
            EventKind::UserspaceOomKill => {
                telling.why = Why::OomKill;
                fact.field("comm").unwrap_or("process").clone_into(&mut telling.process);
            }
            EventKind::WorkerTimeout => {
                telling.why = Why::WorkerTimeout;
                telling.process = format!("{} worker", telling.process);
            }
            // Between the lines around it is no time for an end of nobody known.
            EventKind::WorkerSignaled if is_by_parent(fact) => {
                telling.only_joins = fact.stamp.is_none_or(|stamp| stamp.sigma > 2 * SECOND);
            }
            EventKind::WorkerSignaled | EventKind::WorkerExited => {
                telling.process = format!("{} worker", telling.process);
                // Code 1 is also what gunicorn 21 to 23 write for a worker that was killed; other codes are the worker's own.
                telling.only_joins = fact.kind == EventKind::WorkerExited
                    && !is_unexpected(fact)
                    && telling.exit_code.is_none_or(|code| code <= 1);
            }
            EventKind::HeapLimit => {
                (telling.why, telling.signal) = (Why::RuntimeHeapLimit, Some(6));
            }
            EventKind::ManagerMemoryLimit => telling.why = Why::RuntimeHeapLimit,
            EventKind::UncaughtException => {
                (telling.why, telling.exit_code) = (Why::Crash, Some(1));
            }
            EventKind::Segfault => {
                telling.why = Why::Crash;
                fact.field("comm").unwrap_or("process").clone_into(&mut telling.process);
                telling.signal = telling.signal.or(Some(11));
            }
            // A proxy in front of another, or of its own modules, is an app server to it.
            EventKind::ProxyWorkerDied => {
                let format = fact.event.format.as_deref();
                let name = if format == Some("apache-error") { "apache2" } else { "proxy" };
                name.clone_into(&mut telling.process);
                telling.why = match telling.signal {
                    Some(signal) if is_fault(signal) => Why::Crash,
                    _ => Why::Unknown,
                };
            }
            EventKind::ProgramExited => telling.pid = program_pid(fact, timeline).or(telling.pid),
            EventKind::UnitProcessExited => {
                let killed = fact.field("code").is_some_and(|code| code != "exited");
                let status = fact.field("status").unwrap_or_default();
                telling.signal =
                    telling.signal.or_else(|| if killed { signal_number(status) } else { None });
                telling.exit_code = if killed {
                    None
                } else {
                    status.split('/').next().and_then(|code| code.parse().ok())
                };
            }
            _ => {}
        }
        if fact.kind == EventKind::ContainerDied
            && let Some(code) = telling.exit_code.filter(|code| (129..=159).contains(code))
        {
            telling.signal = i32::try_from(code - 128).ok();
        }
        telling
    }

    fn into_death(self) -> Death {
        Death {
            stamp: self.stamp,
            pid: self.pid,
            process: self.process,
            signal: self.signal,
            exit_code: self.exit_code,
            why: self.why,
            service: self.service,
            join: None,
            facts: vec![self.id],
        }
    }

    /// Adds what this telling knows beyond the others.
    fn join(self, death: &mut Death, join: Option<Join>) {
        death.facts.push(self.id);
        death.signal = death.signal.or(self.signal);
        death.exit_code = death.exit_code.or(self.exit_code);
        death.service = death.service.or(self.service);
        death.join = death.join.max(join);
        let finer = match (death.stamp, self.stamp) {
            // The kernel's moment is the death's, however coarse its clock; what others tell of it comes after.
            (Some(known), Some(new)) => {
                new.sigma < known.sigma
                    && self.kind != EventKind::ContainerDied
                    && death.why != Why::OomKill
            }
            (None, Some(_)) => true,
            _ => false,
        };
        if finer {
            death.stamp = self.stamp;
        }
        if self.kind == EventKind::WorkerSignaled && death.why == Why::WorkerTimeout {
            death.signal = self.signal;
        }
        if death.why == Why::Crash && self.kind == EventKind::WorkerSignaled {
            death.pid = self.pid;
            death.process = self.process;
        }
    }
}

/// The pid with which a supervisor last started the program.
fn program_pid(fact: &Fact, timeline: &Timeline) -> Option<u32> {
    let (program, at) = (fact.field("program")?, fact.at()?);
    let started = timeline
        .of(EventKind::ProgramStarted)
        .filter(|(_, start)| start.field("program") == Some(program));
    started.filter(|(_, start)| start.at().is_some_and(|start| start <= at)).last()?.1.pid("pid")
}

/// The deaths against which a telling is held.
struct Known<'a> {
    near: Vec<(usize, &'a Death)>,
    timeline: &'a Timeline,
    services: &'a Services,
}

impl Known<'_> {
    /// The death nearest in time, within a slack beyond what the clocks allow, that fits.
    fn nearest(
        &self,
        telling: &Telling,
        slack: Micros,
        fits: impl Fn(&Death) -> bool,
    ) -> Option<usize> {
        let at = telling.stamp?;
        let apart = |death: &Death| death.at().map_or(Micros::MAX, |known| (known - at.at).abs());
        let within = |death: &Death| {
            let sigma = death.stamp.map_or(0, |stamp| stamp.sigma).saturating_add(at.sigma);
            apart(death) <= slack.saturating_add(3 * sigma.min(20 * SECOND))
        };
        let fitting = self.near.iter().filter(|(_, death)| within(death) && fits(death));
        fitting.min_by_key(|(_, death)| apart(death)).map(|(place, _)| *place)
    }

    /// What the first telling of a death was.
    fn first(&self, death: &Death) -> &Fact {
        self.timeline.fact(death.facts[0])
    }
}

/// The known death that a telling is about.
fn place(
    deaths: &[Death],
    by_time: &BTreeSet<(Micros, usize)>,
    telling: &Telling,
    timeline: &Timeline,
    services: &Services,
) -> Option<(usize, Option<Join>)> {
    let Some(at) = telling.stamp.map(|stamp| stamp.at) else {
        return untimed::place(deaths, telling, timeline, services);
    };
    let near = by_time
        .range((at - NEAR, 0)..=(at + NEAR, usize::MAX))
        .map(|(_, place)| (*place, &deaths[*place]))
        .filter(|(_, death)| !told_by(death, telling, timeline))
        .collect();
    let known = Known { near, timeline, services };
    match telling.kind {
        EventKind::WorkerSignaled | EventKind::WorkerExited | EventKind::ProgramExited => {
            place_worker(&known, telling)
        }
        EventKind::UnitProcessExited
        | EventKind::ContainerDied
        | EventKind::UncaughtException
        | EventKind::HeapLimit => {
            let own = |death: &Death| same_owner(death, telling, timeline, services);
            // The kernel names no unit; the end by the same fault in the same moment does.
            let fault = |death: &Death| {
                known.first(death).kind == EventKind::Segfault
                    && death.service.is_none()
                    && telling.signal.is_some_and(is_fault)
                    && telling.signal == death.signal
            };
            known
                .nearest(telling, HEAP_TO_END, own)
                .or_else(|| known.nearest(telling, SECOND, fault))
                .map(|place| (place, None))
        }
        EventKind::Segfault => {
            // Node at its heap limit as PID 1 ends in a fault; the kernel's `traps:` line is of the same end.
            let heap = |death: &Death| {
                death.why == Why::RuntimeHeapLimit && telling.process.starts_with("node")
            };
            known.nearest(telling, HEAP_TO_END, heap).map(|place| (place, None))
        }
        _ => None,
    }
}

/// An app server's line about a worker: the end that a timeout brought, a kernel kill of the pid, a fault of its own, or, in
/// another pid namespace, a kill at the same moment of a task with a fitting name.
fn place_worker(known: &Known<'_>, telling: &Telling) -> Option<(usize, Option<Join>)> {
    let namespaced = telling.service.is_some_and(|id| known.services.get(id).namespaced);
    let same_pid = |death: &Death| telling.pid.is_some() && death.pid == telling.pid;
    let timeout = |death: &Death| {
        death.why == Why::WorkerTimeout && death.service == telling.service && same_pid(death)
    };
    if let Some(place) = known.nearest(telling, TIMEOUT_TO_END, timeout) {
        return Some((place, None));
    }
    let child = |death: &Death| {
        let of_one_service = telling.service.is_some() && death.service == telling.service;
        of_one_service && death.signal.is_none_or(|signal| telling.signal == Some(signal))
    };
    if is_by_parent(known.timeline.fact(telling.id))
        && let Some(place) = known.nearest(telling, PARENT_TELLS, child)
    {
        return Some((place, None));
    }
    let elsewhere = |death: &Death| {
        let first = known.first(death);
        let join = |id: ServiceId| known.services.join(first, death.at(), id);
        first.oom().is_some() && telling.service.is_some_and(|id| join(id) == Join::Mismatch)
    };
    let told = |death: &Death| !namespaced && same_pid(death) && !elsewhere(death);
    if let Some(place) = known.nearest(telling, TOLD, told) {
        let oom = known.near.iter().any(|(own, death)| *own == place && death.why == Why::OomKill);
        return Some((place, oom.then_some(Join::Pid)));
    }
    if telling.kind == EventKind::WorkerExited {
        return None;
    }
    if telling.signal.is_some_and(is_fault) {
        let fault = |death: &Death| known.first(death).kind == EventKind::Segfault;
        return known.nearest(telling, 3 * SECOND, fault).map(|place| (place, None));
    }
    let service = telling.service.filter(|_| telling.signal == Some(9))?;
    let kill = |death: &Death| {
        let kill = known.first(death);
        let Some(oom) = kill.oom() else { return false };
        let join = known.services.join(kill, death.at(), service);
        let elsewhere = namespaced || oom.cgroup().is_some_and(is_in_container);
        (elsewhere && matches!(join, Join::Comm | Join::Cgroup)) || join == Join::Cgroup
    };
    known.nearest(telling, PATTERN, kill).map(|place| (place, Some(Join::Comm)))
}

/// Whether a death already has a telling of this kind, which then is of another death. Top and end of one trace are one telling, and
/// each parent of a process tells its end again.
fn told_by(death: &Death, telling: &Telling, timeline: &Timeline) -> bool {
    let alike =
        || death.facts.iter().map(|id| timeline.fact(*id)).filter(|fact| fact.kind == telling.kind);
    if is_by_parent(timeline.fact(telling.id)) {
        return false;
    }
    let ends_trace =
        |fact: &Fact| fact.field("reason").is_some_and(|reason| reason.starts_with("Node.js v"));
    let end_of_its_trace =
        ends_trace(timeline.fact(telling.id)) && alike().count() == 1 && !alike().any(ends_trace);
    alike().next().is_some() && !end_of_its_trace
}

/// Whether a shell, npm or an init of a container tells of the program that it started, by no pid.
fn is_by_parent(fact: &Fact) -> bool {
    fact.field("by") == Some("parent")
}

/// Whether a unit's or container's end is that of a known death: same service, or the victim's cgroup is the container.
fn same_owner(death: &Death, telling: &Telling, timeline: &Timeline, services: &Services) -> bool {
    let Some(service) = telling.service else { return false };
    let first = timeline.fact(death.facts[0]);
    if first.oom().is_some() {
        // The victim ended by SIGKILL; another end in the same unit is not its.
        let killed = telling.signal == Some(9) || telling.exit_code == Some(137);
        return killed
            && matches!(services.join(first, death.at(), service), Join::Pid | Join::Cgroup);
    }
    let alike = telling.signal.is_none()
        || death.signal.is_none()
        || telling.signal == death.signal
        || death.why == Why::RuntimeHeapLimit;
    death.service == Some(service) && alike && death.why != Why::WorkerTimeout
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_are_known_by_all_spellings() {
        for spelling in ["9", "SIGKILL", "KILL", "9/KILL", "sigkill"] {
            assert_eq!(signal_number(spelling.trim_start_matches("sig")), Some(9), "{spelling}");
        }
        assert_eq!(signal_number("SIGFOO"), None);
    }
}
