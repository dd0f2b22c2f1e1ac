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
        let Some(at) = end.at() else { return false };
        self.timeline
            .between(not_before.max(at - AFTER_START), at)
            .any(|(_, fact)| starts.contains(&fact.kind) && self.is_failing(fact))
    }
}
