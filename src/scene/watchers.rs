//! Stops that a watcher ordered: Monit, a listener of supervisord, a script that asks for the health page. In: its alarms and the stops
//! of failing services. Out: which alarm is behind a stop. It exists because nobody planned such a stop: it follows from what was found.

use crate::event::EventKind;
use crate::service::ServiceId;
use crate::stamp::{Micros, SECOND};
use crate::timeline::{Fact, FactId};

use super::Scene;

/// A watcher orders the stop at once; it may have to start a program that does.
const ALARM_TO_STOP: Micros = 5 * SECOND;

/// How a stop is told.
const STOPS: [EventKind; 5] = [
    EventKind::UnitStopping,
    EventKind::AppStopping,
    EventKind::ProgramStopped,
    EventKind::ContainerStopped,
    EventKind::ContainerKilled,
];

impl Scene<'_> {
    /// The alarm of a watcher that brought a stop.
    #[must_use]
    pub fn alarm_behind(&self, stop: &Fact) -> Option<(FactId, &Fact)> {
        let at = stop.at().filter(|_| STOPS.contains(&stop.kind))?;
        let service = self.services.of_fact(stop)?;
        let is_of = |alarm: &Fact| {
            alarm.kind == EventKind::WatcherAlarm
                && alarm.field("name").is_some_and(|name| self.goes_by(service, name))
        };
        let last = self
            .timeline
            .between(at - ALARM_TO_STOP, at + SECOND)
            .filter(|(_, fact)| is_of(fact))
            .last();
        last.or_else(|| {
            // Listeners of supervisord write no times: as many alarms as stops.
            let undated = || {
                let alarms = self.timeline.of(EventKind::WatcherAlarm);
                alarms.filter(|(_, fact)| fact.at().is_none() && is_of(fact))
            };
            let alarms: u64 = undated().map(|(_, fact)| fact.count.max(1)).sum();
            let stops = self.timeline.of(stop.kind);
            let stops = stops.filter(|(_, fact)| self.services.of_fact(fact) == Some(service));
            let stops: u64 = stops.map(|(_, fact)| fact.count.max(1)).sum();
            undated().next().filter(|_| alarms >= stops)
        })
    }

    /// Stops of failing services that a watcher ordered for what it found, each with its alarm.
    #[must_use]
    pub fn stops_by_watcher(
        &self,
        from: Micros,
        to: Micros,
        found: &str,
    ) -> Vec<(FactId, FactId, &Fact)> {
        self.timeline
            .between(from, to)
            .filter(|(_, fact)| STOPS.contains(&fact.kind) && self.is_failing(fact))
            .filter_map(|(id, stop)| {
                let (alarm, fact) = self.alarm_behind(stop)?;
                (fact.field("found") == Some(found)).then_some((alarm, id, stop))
            })
            .collect()
    }

    /// Whether a service goes by a name: that of its unit, program or container, or of its log or the folder of it.
    fn goes_by(&self, service: ServiceId, name: &str) -> bool {
        let own = self.services.get(service);
        let is_log = |source: &usize| {
            let mut parts = self.sources[*source].path.split('/');
            parts.any(|part| part.strip_suffix(".log").unwrap_or(part) == name)
        };
        own.units.iter().any(|unit| unit.strip_suffix(".service") == Some(name))
            || [&own.programs, &own.containers, &own.called]
                .iter()
                .any(|names| names.contains(name))
            || own.sources.iter().any(is_log)
    }
}
