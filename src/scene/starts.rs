//! Starts that failed: a service that was told to start, and ended before it served. In: the facts near an incident; out: those that
//! tell it. Exists because a stop is not what keeps a service away whose next start fails.

use std::collections::{BTreeMap, BTreeSet};

use crate::death::Why;
use crate::event::EventKind;
use crate::stamp::{Micros, SECOND};
use crate::timeline::{Fact, FactId};

use super::{LEAD, Scene, TAIL};

/// An end this soon after a start is the start's.
const AFTER_START: Micros = 30 * SECOND;

/// systemd's results of a unit that it could not even try (`resources`: files of `EnvironmentFile=`, `start`: started too often).
const NOT_TRIED: [&str; 3] = ["resources", "start", "start-limit-hit"];

/// Orders to stop, as far as they are told of a service.
const STOPS: [EventKind; 4] = [
    EventKind::UnitStopping,
    EventKind::AppStopping,
    EventKind::ProgramStopped,
    EventKind::ContainerStopped,
];

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
        let tried = [EventKind::UnitStarting, EventKind::UnitRestartScheduled];
        let is_start = |fact: &Fact| fact.kind.is_start() || tried.contains(&fact.kind);
        let Some(at) = end.at() else { return false };
        let last = self
            .timeline
            .between(not_before.max(at - AFTER_START), at)
            .filter(|(_, fact)| self.is_failing(fact))
            .filter(|(_, fact)| is_start(fact) || STOPS.contains(&fact.kind))
            .filter(|(_, fact)| !end.written_before(fact))
            .last();
        // What was told to stop ends as it likes: a JVM with 143.
        last.is_some_and(|(_, fact)| is_start(fact))
    }

    /// How many of these starts came to nothing: ends after which no line of the same service had said that it serves. One end may be told
    /// by its unit, its trace and each of its workers, so starts are counted and not lines.
    #[must_use]
    pub fn starts_in_vain(&self, failed: &[(FactId, &Fact)]) -> usize {
        let vain: Vec<&Fact> =
            failed.iter().map(|(_, fact)| *fact).filter(|fact| !self.had_served(fact)).collect();
        let mut lines: BTreeMap<EventKind, usize> = BTreeMap::new();
        for fact in &vain {
            *lines.entry(fact.kind).or_default() += 1;
        }
        let most = lines.into_values().max().unwrap_or_default();
        let begins = [
            EventKind::AppStarted,
            EventKind::UnitStarting,
            EventKind::UnitStarted,
            EventKind::ContainerStarted,
            EventKind::ProgramStarted,
        ];
        let starts = begins.iter().map(|kind| {
            let begun = vain.iter().filter_map(|fact| {
                let until = fact.at()?;
                let near = self.timeline.between(until - AFTER_START, until);
                let own = near.filter(|(_, one)| one.kind == *kind && self.is_failing(one));
                own.last().map(|(id, _)| id)
            });
            begun.collect::<BTreeSet<FactId>>().len()
        });
        starts.max().filter(|starts| *starts > 0).map_or(most, |starts| starts.min(most))
    }

    /// Whether what ended had served: its log says so between the start and the end. A master that listens before its workers boot says
    /// nothing of them; there it is the age of the last worker that tells.
    fn had_served(&self, end: &Fact) -> bool {
        let Some(at) = end.at() else { return false };
        if end.kind == EventKind::AppBootFailed {
            let starts = [EventKind::AppStarted, EventKind::AppListening, EventKind::WorkerBooted];
            let last = self.timeline.between(Micros::MIN, at).filter(|(_, fact)| {
                fact.event.at.source == end.event.at.source && starts.contains(&fact.kind)
            });
            return last
                .last()
                .and_then(|(_, fact)| fact.at())
                .is_some_and(|start| at - start > AFTER_START);
        }
        let source = end.event.at.source;
        // In one log the lines tell the order, also where its times are worked out.
        let own = self.timeline.iter().filter(|(_, fact)| {
            fact.event.at.source == source && fact.event.at.line < end.event.at.line
        });
        let own = own.filter(|(_, fact)| {
            fact.kind == end.kind || fact.kind == EventKind::AppListening || fact.kind.is_start()
        });
        let last_own = own.max_by_key(|(_, fact)| fact.event.at.line);
        if last_own.is_some_and(|(_, fact)| fact.kind == EventKind::AppListening) {
            return true;
        }
        let near = self.timeline.between(at - AFTER_START, at).filter(|(_, fact)| {
            let began = fact.kind.is_start() || fact.kind == EventKind::UnitStarting;
            (began || fact.kind == EventKind::AppListening) && self.is_failing(fact)
        });
        let sure = |fact: &Fact| fact.stamp.is_some_and(|stamp| stamp.sigma <= SECOND);
        near.last().is_some_and(|(_, fact)| fact.kind == EventKind::AppListening && sure(fact))
    }

    /// The end after which nothing of the failing services runs any more, as far as the logs tell: of a main process, unit, container or
    /// program, with no start after it, while answers fail to the end of the logs because nobody listens.
    #[must_use]
    pub fn is_down(&self) -> Option<(FactId, &Fact)> {
        if !self.fails_to_the_end() || !self.nobody_listens() || self.failing.len() != 1 {
            return None;
        }
        let own = || {
            let told = self.timeline.between(self.start - LEAD, self.end + TAIL);
            told.filter(|(_, fact)| self.is_failing(fact))
        };
        let whole = |fact: &Fact| match fact.kind {
            EventKind::AppStopped
            | EventKind::MasterGone
            | EventKind::AppBootFailed
            | EventKind::ProgramGaveUp
            | EventKind::ProgramExited
            | EventKind::UnitFailed
            | EventKind::UnitProcessExited
            | EventKind::ContainerDied => true,
            EventKind::AppStopping => fact.event.text.contains("Shutting down: Master"),
            _ => false,
        };
        let (id, end) = own().filter(|(_, fact)| whole(fact)).last()?;
        let lives = |fact: &Fact| {
            fact.kind.is_start()
                || matches!(
                    fact.kind,
                    EventKind::AppListening
                        | EventKind::WorkerBooted
                        | EventKind::UnitStarting
                        | EventKind::UnitRestartScheduled
                        | EventKind::StoreReady
                )
        };
        let at = end.at()?;
        // Nothing is known of what came after a log ends that was read before the others.
        let slack = |fact: &Fact| fact.stamp.map_or(0, |stamp| stamp.sigma.min(SECOND));
        let again = own().any(|(_, fact)| {
            lives(fact) && fact.at().is_some_and(|start| start + slack(fact) >= at)
        });
        let stays = self.end - at >= 3 * SECOND;
        (!again && stays).then_some((id, end))
    }

    /// Whether anything at all ended near the incident, of whatever service.
    #[must_use]
    pub fn died_near(&self) -> bool {
        let near = self.start - LEAD..=self.end + TAIL;
        self.deaths.iter().any(|death| death.at().is_some_and(|at| near.contains(&at)))
    }

    /// How long each worker of the failing services lived that ended for one reason, where its server tells when it booted.
    #[must_use]
    pub fn ages(&self, why: Why) -> Vec<Micros> {
        let born = |pid: u32, end: Micros| {
            let boots = self.timeline.of(EventKind::WorkerBooted).filter(|(_, fact)| {
                fact.pid("worker").or(fact.pid("pid")) == Some(pid) && self.is_failing(fact)
            });
            boots.filter_map(|(_, fact)| fact.at()).filter(|at| *at <= end).max()
        };
        let ended = self.failing_deaths().filter(|death| death.why == why);
        ended.filter_map(|death| Some(death.at()? - born(death.pid?, death.at()?)?)).collect()
    }

    /// Whether failed starts keep the service away for most of the incident: one try in vain is soon followed by another.
    #[must_use]
    pub fn kept_away_by_starts(&self, from: Micros, to: Micros) -> bool {
        let failed = self.failed_starts(from, to);
        let first = failed.first().and_then(|(_, fact)| fact.at());
        let last = failed.last().and_then(|(_, fact)| fact.at());
        let long = |first: Micros| (self.end - first) * 2 >= self.end - self.start;
        let on = |last: Micros| failed.len() > 2 || self.end - last >= 5 * SECOND;
        first.is_some_and(long) && last.is_some_and(on)
    }
}
