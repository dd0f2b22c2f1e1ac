//! How long the end of something is felt: until the service behind it is back, or listens again.

use crate::event::EventKind;
use crate::service::ServiceId;
use crate::stamp::{MINUTE, Micros, SECOND};
use crate::timeline::Fact;

use super::{LEAD, Scene, TAIL};

/// An incident's services recover at the latest within this, as far as one fact's effect is drawn.
const EFFECT_MAX: Micros = 10 * MINUTE;
/// A start that ends this soon did not bring the service back.
const FALSE_START: Micros = 20 * SECOND;

/// Kinds that tell the end of a whole service, not of one worker.
fn is_end(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::AppBootFailed
            | EventKind::AppStopped
            | EventKind::UncaughtException
            | EventKind::ProgramExited
            | EventKind::ProgramGaveUp
            | EventKind::UnitProcessExited
            | EventKind::ContainerDied
            | EventKind::HeapLimit
    )
}

impl Scene<'_> {
    /// The stretch in which the end of a process of a service makes answers fail: from shortly before it (clocks of whole
    /// seconds) until the service is back. Where the proxy finds nobody listening, only a listener brings it back, and until
    /// then it is away, however long that takes.
    #[must_use]
    pub fn effect(
        &self,
        at: Micros,
        sigma: Micros,
        service: Option<ServiceId>,
    ) -> (Micros, Micros) {
        let from = at - 2 * SECOND - 3 * sigma.min(10 * SECOND);
        let back = service.and_then(|service| self.back(service, at));
        let to = match back {
            Some(back) => back + 5 * SECOND,
            None if self.nobody_listens() && service.is_some() => self.end + TAIL,
            None => at + 5 * SECOND,
        };
        let cap = if self.nobody_listens() { Micros::MAX } else { at + EFFECT_MAX };
        (from, to.max(at + 5 * SECOND).min(cap))
    }

    /// Whether answers failed from the first request of the log on, so that nothing shows that the upstream ever answered.
    #[must_use]
    pub fn from_first_request(&self) -> bool {
        let Some(source) = self.failures.first().map(|failure| failure.source) else {
            return false;
        };
        let first = self.clocks.span(source, &self.sources[source].spans).map(|(first, _)| first);
        first.is_some_and(|first| self.start - first <= 20 * SECOND)
    }

    /// Whether a service of the bundle was started or ended around the incident.
    #[must_use]
    pub fn changed(&self) -> bool {
        let starts = [
            EventKind::AppStarted,
            EventKind::AppListening,
            EventKind::AppStopping,
            EventKind::MasterGone,
        ];
        let also = |kind: EventKind| {
            is_end(kind)
                || starts.contains(&kind)
                || matches!(
                    kind,
                    EventKind::ContainerStarted
                        | EventKind::ContainerKilled
                        | EventKind::ProgramStarted
                        | EventKind::KernelBoot
                        | EventKind::HostShutdown
                )
        };
        self.timeline
            .between(self.start - MINUTE, self.end + 30 * SECOND)
            .any(|(_, fact)| also(fact.kind))
    }

    /// Whether most of the proxy's errors say that nobody listens at the upstream.
    #[must_use]
    pub fn nobody_listens(&self) -> bool {
        let kinds = [
            EventKind::UpstreamRefused,
            EventKind::UpstreamSocketMissing,
            EventKind::UpstreamUnreachable,
            EventKind::UpstreamNoneLive,
        ];
        self.signature_share(&kinds) >= 0.5
    }

    /// When a service is back after a moment: the last of a row of starts, each at most 45 s after the one before, and none of
    /// them followed by an end.
    #[must_use]
    pub fn back(&self, service: ServiceId, after: Micros) -> Option<Micros> {
        let listeners = [
            EventKind::AppListening,
            EventKind::AppStarted,
            EventKind::UnitStarted,
            EventKind::ContainerStarted,
            EventKind::ProgramStarted,
            EventKind::StoreReady,
        ];
        let gone = self.nobody_listens();
        let is_start = |kind: EventKind| {
            listeners.contains(&kind) || (kind == EventKind::WorkerBooted && !gone)
        };
        let until = if gone { self.end.max(after) + LEAD } else { after + EFFECT_MAX };
        let own: Vec<(Micros, EventKind)> = self
            .timeline
            .between(after, until)
            .filter(|(_, fact)| self.is_of(fact, service))
            .filter_map(|(_, fact)| Some((fact.at()?, fact.kind)))
            .collect();
        let mut back: Option<Micros> = None;
        for (place, (at, _)) in own.iter().enumerate().filter(|(_, (_, kind))| is_start(*kind)) {
            let ended =
                own[place..].iter().any(|(end, kind)| *end <= at + FALSE_START && is_end(*kind));
            if ended {
                continue;
            }
            // A service start goes on until its workers are there: 40 s on a slow host.
            if back.is_some_and(|back| at - back > 45 * SECOND) {
                break;
            }
            back = Some(*at);
        }
        back
    }

    /// Whether a fact is of a service, under whatever id its container had.
    fn is_of(&self, fact: &Fact, service: ServiceId) -> bool {
        let of = self.services.of_fact(fact);
        let own = &self.services.get(service).containers;
        of == Some(service)
            || of.is_some_and(|of| !self.services.get(of).containers.is_disjoint(own))
    }
}
