//! Which unit of systemd an app runs in, by their starts. In: the moments at which units and apps were started. Out: services that are
//! one. It exists because a text journal does not write the unit of a message. Must never take what is restarted beside an app for it.

use std::collections::BTreeSet;

use crate::event::EventKind;
use crate::stamp::Micros;
use crate::timeline::Timeline;

use super::{ServiceId, ServiceRole, Services};

/// A unit's process writes its first line within this time of its start.
const START_TAKES: Micros = 10_000_000;
/// As long takes one that loads much before it listens: then the unit's ends have to tell whose starts they are.
const SLOW_START_TAKES: Micros = 180_000_000;
/// As long takes a stop before systemd kills what is left (`DefaultTimeoutStopSec=` of systemd-system.conf(5)).
const STOP_TAKES: Micros = 95_000_000;

impl Services {
    /// Text journals do not write the unit of a message. A service whose every start comes shortly after that of one and the
    /// same unit runs in it.
    pub(super) fn join_units_by_start(&mut self, timeline: &Timeline) {
        let unit_starts: Vec<(Micros, ServiceId)> =
            [EventKind::UnitStarting, EventKind::UnitStarted]
                .iter()
                .flat_map(|kind| timeline.of(*kind))
                .filter_map(|(_, fact)| Some((fact.at()?, self.of_fact(fact)?)))
                .collect();
        let nameless: Vec<usize> = (0..self.list.len())
            .filter(|index| {
                self.is_nameless(*index) && self.list[*index].role != ServiceRole::Other
            })
            .collect();
        for own in nameless {
            let starts = [EventKind::AppStarted, EventKind::AppListening, EventKind::StoreStarted];
            let mut seen: Vec<Micros> = starts
                .iter()
                .flat_map(|kind| timeline.of(*kind))
                .filter(|(_, fact)| self.of_fact(fact) == Some(ServiceId(own)))
                .filter_map(|(_, fact)| fact.at())
                .collect();
            seen.sort_unstable();
            seen.dedup_by_key(|at| at.div_euclid(START_TAKES));
            let covered = unit_starts.iter().map(|(at, _)| *at).min().unwrap_or(Micros::MAX);
            seen.retain(|at| *at >= covered);
            let before = |start: Micros| -> BTreeSet<ServiceId> {
                let near = unit_starts
                    .iter()
                    .filter(|(at, _)| (start - START_TAKES..=start + 2_000_000).contains(at));
                near.map(|(_, unit)| *unit).filter(|unit| self.may_be_one(own, unit.0)).collect()
            };
            let common =
                seen.iter().map(|start| before(*start)).reduce(|a, b| &a & &b).unwrap_or_default();
            // The text may begin after the first start: then no unit was seen to start then.
            let common = if common.is_empty() {
                self.begun_later(timeline, own, &seen, &unit_starts, &before)
            } else {
                common
            };
            let common = if common.is_empty() {
                self.slow_to_listen(timeline, own, &seen, &unit_starts)
            } else {
                common
            };
            let ended: Vec<ServiceId> =
                common.iter().copied().filter(|unit| ends(timeline, self, *unit)).collect();
            let unit = match (common.len(), ended.as_slice()) {
                (1, _) => common.first().copied(),
                (_, [one]) => Some(*one),
                _ => None,
            };
            if let Some(unit) = unit {
                self.absorb(unit.0, own);
            }
        }
    }

    /// Units that ended and started again between any two starts of an app, and whose ends are those that the app tells.
    fn slow_to_listen(
        &self,
        timeline: &Timeline,
        own: usize,
        seen: &[Micros],
        unit_starts: &[(Micros, ServiceId)],
    ) -> BTreeSet<ServiceId> {
        let started = |unit: ServiceId, from: Micros, to: Micros| {
            let near = from.max(to - SLOW_START_TAKES)..=to + 2_000_000;
            unit_starts.iter().any(|(at, one)| *one == unit && near.contains(at))
        };
        let again = |unit: ServiceId, from: Micros, to: Micros| {
            let between = || timeline.between(from + 1, to);
            let end = between()
                .filter(|(_, fact)| self.of_fact(fact) == Some(unit))
                .find(|(_, fact)| is_end_of_unit(fact.kind));
            let Some(end) = end.and_then(|(_, fact)| fact.at()) else { return false };
            let mut told = between()
                .filter(|(_, fact)| self.of_fact(fact) == Some(ServiceId(own)))
                .filter(|(_, fact)| tells_own_end(fact.kind))
                .filter_map(|(_, fact)| fact.at());
            started(unit, end, to)
                && told.all(|at| (end - 5_000_000..end + STOP_TAKES).contains(&at))
        };
        let fits = |unit: &ServiceId| {
            let began = unit_starts.iter().filter(|(_, one)| one == unit).map(|(at, _)| *at).min();
            let first = seen.first().copied().zip(began);
            self.may_be_one(own, unit.0)
                && seen.len() > 1
                && first.is_some_and(|(first, began)| started(*unit, began, first))
                && seen.windows(2).all(|two| again(*unit, two[0], two[1]))
        };
        let units: BTreeSet<ServiceId> = unit_starts.iter().map(|(_, unit)| *unit).collect();
        units.into_iter().filter(fits).collect()
    }

    /// Units that ended, of which nothing is told before their end, and that every later start of an app follows.
    fn begun_later(
        &self,
        timeline: &Timeline,
        own: usize,
        seen: &[Micros],
        unit_starts: &[(Micros, ServiceId)],
        before: &dyn Fn(Micros) -> BTreeSet<ServiceId>,
    ) -> BTreeSet<ServiceId> {
        let units: BTreeSet<ServiceId> = unit_starts.iter().map(|(_, unit)| *unit).collect();
        let fits = |unit: &ServiceId| {
            let first = timeline.iter().find(|(_, fact)| self.of_fact(fact) == Some(*unit));
            let Some(first) = first.filter(|(_, fact)| is_end_of_unit(fact.kind)) else {
                return false;
            };
            let since = first.1.at().unwrap_or(Micros::MAX);
            // Whoever is told to stop says so, and who is ended by a signal does not.
            let told = timeline.between(since - 3_000_000, since + START_TAKES).any(|(_, fact)| {
                self.of_fact(fact) == Some(ServiceId(own)) && tells_own_end(fact.kind)
            });
            if told != (first.1.kind == EventKind::UnitStopping) {
                return false;
            }
            let mut later = seen.iter().filter(|at| **at >= since).peekable();
            seen.iter().any(|at| *at < since)
                && later.peek().is_some()
                && later.all(|at| before(*at).contains(unit))
        };
        units.into_iter().filter(fits).collect()
    }
}

/// Whether systemd tells an end of the unit too, which daemons that merely start at boot do not have.
fn ends(timeline: &Timeline, services: &Services, unit: ServiceId) -> bool {
    timeline
        .iter()
        .any(|(_, fact)| is_end_of_unit(fact.kind) && services.of_fact(fact) == Some(unit))
}

const fn tells_own_end(kind: EventKind) -> bool {
    use EventKind as Kind;
    matches!(
        kind,
        Kind::AppStopping
            | Kind::AppStopped
            | Kind::AppBootFailed
            | Kind::UncaughtException
            | Kind::HeapLimit
            | Kind::ProgramExited
    )
}

const fn is_end_of_unit(kind: EventKind) -> bool {
    use EventKind as Kind;
    matches!(
        kind,
        Kind::UnitProcessExited | Kind::UnitStopping | Kind::UnitOomKilled | Kind::UnitFailed
    )
}
