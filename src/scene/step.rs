//! Whether a service that nothing ties to the upstream keeps step with its failures: away while they last, there while they do not. In:
//! what is told of a service. Out: whether it can be, or cannot be, what failed. Exists because the only service of which a bundle
//! tells is not therefore the one behind the proxy.

use std::collections::BTreeMap;

use crate::event::EventKind;
use crate::service::{Join, ServiceId};
use crate::stamp::{Micros, SECOND};
use crate::timeline::Fact;

use super::{LEAD, Scene};

/// An end this close to the first failure, a start this close to the last one.
const NEAR: Micros = 4 * SECOND;
/// What comes so long after the first failure did not bring it: two clocks of whole seconds.
const LATE: Micros = 3 * SECOND / 2;
/// How long a service that was told to stop may go on answering, and how long a proxy may take to try it again.
const SLACK: Micros = 10 * SECOND;
/// So many requests without an error of the proxy show that the upstream was there.
const ANSWERED: u64 = 6;
/// Ends that did no harm: a second one is a habit.
const HABIT: usize = 2;

/// Ends of a service as a whole, and of what it is made of.
const ENDS: [EventKind; 14] = [
    EventKind::UnitStopping,
    EventKind::UnitProcessExited,
    EventKind::UnitFailed,
    EventKind::UnitOomKilled,
    EventKind::UnitSignalSent,
    EventKind::ContainerDied,
    EventKind::ContainerKilled,
    EventKind::ContainerStopped,
    EventKind::ContainerOom,
    EventKind::ProgramExited,
    EventKind::ProgramStopped,
    EventKind::ManagerMemoryLimit,
    EventKind::HeapLimit,
    EventKind::UncaughtException,
];
/// Ends after which nobody of the service is left.
const GONE: [EventKind; 6] = [
    EventKind::UnitProcessExited,
    EventKind::UnitStopped,
    EventKind::UnitFailed,
    EventKind::ContainerDied,
    EventKind::ProgramExited,
    EventKind::ProgramStopped,
];
const STARTS: [EventKind; 5] = [
    EventKind::UnitStarted,
    EventKind::ContainerStarted,
    EventKind::ProgramStarted,
    EventKind::AppListening,
    EventKind::AppStarted,
];

/// When a service was gone, and when it started.
#[derive(Debug, Default)]
pub(super) struct Life {
    gone: Vec<Micros>,
    starts: Vec<Micros>,
}

impl Scene<'_> {
    /// The lives of all services, in one pass; of none where no error of a proxy tells what is harm.
    pub(super) fn lives(&self) -> BTreeMap<ServiceId, Life> {
        let mut lives: BTreeMap<ServiceId, Life> = BTreeMap::new();
        if !self.has_proxy_errors() {
            return lives;
        }
        for (_, fact) in self.timeline.iter() {
            let (gone, starts) = (GONE.contains(&fact.kind), STARTS.contains(&fact.kind));
            let Some(at) = fact.at().filter(|_| gone || starts) else { continue };
            let Some(id) = self.services.of_fact(fact) else { continue };
            let life = lives.entry(id).or_default();
            if gone { life.gone.push(at) } else { life.starts.push(at) }
        }
        lives
    }

    /// Whether a service ended as the failures began, and was not back long before their end.
    pub(super) fn fits_failures(&self, id: ServiceId) -> bool {
        let short = self.end - self.start <= 2 * NEAR;
        let back = self.last_return(id);
        self.ended_at_onset(id, NEAR) && (short || back.is_none_or(|back| back >= self.end - NEAR))
    }

    /// Whether it ended just before the failures began, and was back when they ended, or not at all where they go on.
    #[must_use]
    pub fn keeps_step(&self, id: ServiceId) -> bool {
        let back = match self.last_return(id) {
            Some(back) => (back - self.end).abs() <= NEAR,
            None => self.fails_to_the_end(),
        };
        self.ended_at_onset(id, LATE) && back
    }

    /// Whether it ended near the incident, and only after the failures had begun, or was back before they did.
    pub(super) fn is_out_of_step(&self, id: ServiceId) -> bool {
        let own = |kinds: &[EventKind], from: Micros, to: Micros| -> Vec<Micros> {
            let told = self.timeline.between(from, to).filter(|(_, fact)| {
                kinds.contains(&fact.kind) && self.services.of_fact(fact) == Some(id)
            });
            told.filter_map(|(_, fact)| fact.at()).collect()
        };
        let ends = own(&ENDS, self.start - LEAD, self.end + LEAD);
        let (Some(first), Some(last)) = (ends.first(), ends.last()) else { return false };
        let back = own(&STARTS, *last, self.start - SLACK / 2);
        *first > self.start + LATE || (*last < self.start && !back.is_empty())
    }

    fn ended_at_onset(&self, id: ServiceId, late: Micros) -> bool {
        let killed = |fact: &Fact| self.services.join(fact, fact.at(), id) >= Join::Comm;
        let mut onset = self.timeline.between(self.start - NEAR, self.start + late);
        onset.any(|(_, fact)| {
            (ENDS.contains(&fact.kind) && self.services.of_fact(fact) == Some(id))
                || (fact.oom().is_some() && killed(fact))
        })
    }

    fn last_return(&self, id: ServiceId) -> Option<Micros> {
        self.timeline
            .between(self.start - NEAR, self.end + LEAD)
            .filter(|(_, fact)| {
                STARTS.contains(&fact.kind) && self.services.of_fact(fact) == Some(id)
            })
            .filter_map(|(_, fact)| fact.at())
            .max()
    }

    /// Whether the proxy was answered while the service was away, or met no error at its other ends: then it is none that failed.
    pub(super) fn is_cleared(&self, life: &Life) -> bool {
        let Life { gone, starts } = life;
        let next_start = |at: Micros| starts.iter().copied().find(|start| *start >= at);
        let missed_nothing = gone.iter().any(|at| {
            let back = next_start(*at);
            let before = *at >= self.start - LEAD
                && *at < self.start - SLACK
                && back.is_none_or(|back| back > self.start)
                && self.is_answered(at + SLACK / 2, self.start - 2 * SECOND);
            let after = *at > self.start - LEAD
                && *at <= self.end
                && back.is_some_and(|back| self.is_answered(self.end + 2 * SECOND, back - SECOND));
            before || after
        });
        let mut harmless: Vec<Micros> = gone
            .iter()
            .copied()
            .filter(|at| *at < self.start - SLACK || *at > self.end + SLACK)
            .filter(|at| self.is_answered(*at + SECOND, *at + SLACK))
            .collect();
        // One end is told by several lines.
        harmless.dedup_by(|later, earlier| *later - *earlier < SLACK);
        missed_nothing || harmless.len() >= HABIT
    }

    /// Whether many requests came in a stretch, and the proxy met no error of any upstream.
    fn is_answered(&self, from: Micros, to: Micros) -> bool {
        if from >= to {
            return false;
        }
        let requests: u64 = self.load.range(from..to).map(|(_, count)| *count).sum();
        let mut told = self.timeline.between(from, to);
        requests >= ANSWERED && !told.any(|(_, fact)| fact.kind.is_of_proxy())
    }
}
