//! Starts that failed: a service that was told to start, and ended before it served. In: the facts near an incident; out: those that
//! tell it. Exists because a stop is not what keeps a service away whose next start fails.

use std::collections::BTreeSet;

use crate::event::EventKind;
use crate::service::{Join, ServiceId};
use crate::stamp::{Micros, SECOND};
use crate::timeline::{Fact, FactId};

use super::{LEAD, Scene};

/// An end this soon after a start is the start's.
const AFTER_START: Micros = 30 * SECOND;

/// Kills in a row that are no coincidence with a restart.
const STARTS_KILLED: usize = 3;

/// systemd's results of a unit that it could not even try (`resources`: files of `EnvironmentFile=`, `start`: started too often).
const NOT_TRIED: [&str; 3] = ["resources", "start", "start-limit-hit"];

impl Scene<'_> {
    /// Facts of a failing service between two moments that tell of a failed start.
    #[must_use]
    pub fn failed_starts(&self, from: Micros, to: Micros) -> Vec<(FactId, &Fact)> {
        let told = self.timeline.between(from, to).filter(|(_, fact)| self.is_failing(fact));
        told.filter(|(_, fact)| match fact.kind {
            EventKind::AppBootFailed | EventKind::ProgramGaveUp => true,
            EventKind::UnitFailed => match fact.field("result") {
                Some(result) if NOT_TRIED.contains(&result) => true,
                Some("exit-code" | "protocol") => self.follows_start(fact, from),
                _ => false,
            },
            EventKind::UncaughtException => self.follows_start(fact, from),
            _ => false,
        })
        .collect()
    }

    /// Whether a start of a failing service came just before, and not before a moment.
    fn follows_start(&self, end: &Fact, not_before: Micros) -> bool {
        let starts = [
            EventKind::UnitStarting,
            EventKind::UnitStarted,
            EventKind::UnitRestartScheduled,
            EventKind::ProgramStarted,
            EventKind::ContainerStarted,
            EventKind::AppStarted,
        ];
        let stops = [
            EventKind::UnitStopping,
            EventKind::AppStopping,
            EventKind::ProgramStopped,
            EventKind::ContainerStopped,
        ];
        let Some(at) = end.at() else { return false };
        let last = self
            .timeline
            .between(not_before.max(at - AFTER_START), at)
            .filter(|(_, fact)| self.is_failing(fact))
            .filter(|(_, fact)| starts.contains(&fact.kind) || stops.contains(&fact.kind))
            .last();
        // What was told to stop ends as it likes: a JVM with 143.
        last.is_some_and(|(_, fact)| starts.contains(&fact.kind))
    }

    /// When a failing service had stopped, and when it was there again, by its own log.
    fn away(&self, service: ServiceId) -> Option<(Micros, Micros)> {
        let gone = [EventKind::AppStopping, EventKind::AppStopped, EventKind::MasterGone];
        let back = [EventKind::AppStarted, EventKind::AppListening, EventKind::WorkerBooted];
        let own = |fact: &Fact| self.services.of_fact(fact) == Some(service);
        let moment = |kinds: &[EventKind], from: Micros, to: Micros| {
            let kinds = kinds.to_vec();
            let mut told = self.timeline.between(from, to);
            told.find(|(_, fact)| kinds.contains(&fact.kind) && own(fact))
                .and_then(|(_, fact)| fact.at())
        };
        let stopped = moment(&gone, self.start - AFTER_START, self.end)?;
        Some((stopped, moment(&back, stopped + SECOND, self.end + LEAD).unwrap_or(self.end)))
    }

    /// Kills of processes called as a failing service's are, one after the other while it was away: its starts, which did not come as
    /// far as to tell their pids. One alone may be anybody's.
    pub(super) fn killed_at_start(&self) -> Option<(ServiceId, Vec<usize>)> {
        self.failing.iter().find_map(|service| {
            let (stopped, back) = self.away(*service)?;
            let is_start = |place: &usize| {
                let kill = &self.kills[*place];
                let victim = self.timeline.fact(kill.fact).oom().map(|oom| &oom.victim.comm);
                kill.join == Join::None
                    && (stopped..=back).contains(&kill.at)
                    && victim
                        .is_some_and(|comm| self.services.comm_is(comm, *service) == Some(true))
            };
            let kills: Vec<usize> = (0..self.kills.len()).filter(is_start).collect();
            let cgroup = |place: &usize| {
                let oom = self.timeline.fact(self.kills[*place].fact).oom();
                oom.and_then(|oom| oom.cgroup().map(str::to_owned))
            };
            let one = kills.iter().map(cgroup).collect::<BTreeSet<_>>().len() == 1;
            (kills.len() >= STARTS_KILLED && one).then_some((*service, kills))
        })
    }

    /// Whether failed starts keep the service away for most of the incident: one try in vain is soon followed by another.
    #[must_use]
    pub fn kept_away_by_starts(&self, from: Micros, to: Micros) -> bool {
        let mut failed: Vec<(FactId, &Fact)> = self.failed_starts(from, to);
        let killed =
            self.kills.iter().filter(|kill| kill.at_start && (from..=to).contains(&kill.at));
        failed.extend(killed.map(|kill| (kill.fact, self.timeline.fact(kill.fact))));
        failed.sort_by_key(|(_, fact)| fact.at());
        let first = failed.first().and_then(|(_, fact)| fact.at());
        let last = failed.last().and_then(|(_, fact)| fact.at());
        let long = |first: Micros| (self.end - first) * 2 >= self.end - self.start;
        let on = |last: Micros| failed.len() > 2 || self.end - last >= 5 * SECOND;
        first.is_some_and(long) && last.is_some_and(on)
    }
}
