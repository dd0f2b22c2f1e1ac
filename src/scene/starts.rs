//! Starts that failed: a service that was told to start, and ended before it served. In: the facts near an incident; out: those that
//! tell it. Exists because a stop is not what keeps a service away whose next start fails.

use crate::event::EventKind;
use crate::stamp::{Micros, SECOND};
use crate::timeline::{Fact, FactId};

use super::Scene;

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
