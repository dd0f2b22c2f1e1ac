//! How long the end of something is felt: until the service behind it is back, or listens again.

use crate::death::Why;
use crate::event::EventKind;
use crate::service::{Join, ServiceId, names};
use crate::stamp::{MINUTE, Micros, SECOND, Stamp};
use crate::timeline::{Fact, FactId};

use super::{LEAD, LinkedKill, Scene, TAIL};

/// What a master, unit or container does for a worker's end it does within this; later it has another reason.
const FOLLOWS: Micros = 15 * SECOND;
/// For so long nginx asks no member of a group that it met an error at, and says that none is live when that is each of them
/// (`fail_timeout` of ngx_http_upstream_module), and a second for clocks without fractions.
const FAIL_TIMEOUT: Micros = 11 * SECOND;
/// An incident's services recover at the latest within this, as far as one fact's effect is drawn.
const EFFECT_MAX: Micros = 10 * MINUTE;
/// What the proxy did when it waited for the upstream's first word.
const BEFORE_REQUEST: [&str; 2] = ["connecting to upstream", "SSL handshaking to upstream"];
/// So many requests before the first failure show that answers came.
const ANSWERED_BEFORE: u64 = 20;
/// A master forks another worker within this.
const FORKED: Micros = 15 * SECOND;
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

/// What a proxy says whose upstream has ended.
const ENDED: [EventKind; 5] = [
    EventKind::UpstreamClosed,
    EventKind::UpstreamReset,
    EventKind::UpstreamRefused,
    EventKind::UpstreamSocketMissing,
    EventKind::UpstreamNoneLive,
];

/// A proxy meets the end of a process within this of the kill, as far as whole seconds tell.
const AT_ONCE: (Micros, Micros) = (SECOND, 2 * SECOND);
/// Failures after so long a pause are a new row.
const PAUSE: Micros = 5 * SECOND;
/// Unanswered connections that are no accident.
const UNANSWERED_MIN: u64 = 5;
/// Kills of one victim that met no failure, from which they are its habit.
const HABIT: usize = 6;
/// Kills of another's service that are a pattern.
const AGAIN: usize = 3;
/// More than this is not beyond chance.
const CHANCE_MAX: f64 = 0.006;
/// The same of programs that are known to serve requests, of which a host runs few.
const CHANCE_MAX_OF_SERVERS: f64 = 0.05;

impl Scene<'_> {
    /// Requests between two moments, as the nearest logs to the users count them.
    fn requests_between(&self, from: Micros, to: Micros) -> u64 {
        if from > to {
            return 0;
        }
        self.load.range(from..=to).map(|(_, requests)| requests).sum()
    }

    /// Requests per second in the incident against those in the ten minutes before it; `None` without enough of either.
    #[must_use]
    pub fn surge(&self) -> Option<f64> {
        let source = &self.sources[self.failures.first()?.source];
        let rate = |from: Micros, to: Micros| {
            self.requests_between(from, to) as f64
                / ((to - from).max(SECOND) as f64 / SECOND as f64)
        };
        let first = self.clocks.span(self.failures[0].source, &source.spans)?.0;
        let before = rate((self.start - 10 * MINUTE).max(first), self.start - SECOND);
        let during = rate(self.start, self.end + SECOND);
        (before > 0.0).then_some(during / before)
    }

    /// Whether nothing in the bundle could join an end to what failed: no pid, unit or container of it is known.
    #[must_use]
    pub fn nothing_names_failing(&self) -> bool {
        self.failing.iter().all(|id| {
            let service = self.services.get(*id);
            service.pids.is_empty() && service.units.is_empty() && service.containers.is_empty()
        })
    }

    /// Where no log in the bundle is of what failed, so that nothing could join an end to it: the ends, of `all` of their kind in the
    /// bundle, that come with an onset of failures, by place, if the proxy met the end of its upstream and not a slow answer, and if
    /// chance would not do so. `of_servers` says that the ends are all of programs known to serve requests.
    #[must_use]
    pub fn at_onsets(&self, ends: &[Stamp], all: usize, of_servers: bool) -> Vec<usize> {
        let by_end = if self.signature.is_empty() {
            self.status_share(502)
        } else {
            self.signature_share(&ENDED)
        };
        if !self.nothing_names_failing() || by_end < 0.7 {
            return Vec::new();
        }
        let mut moments: Vec<Micros> =
            self.failures.iter().map(|failure| failure.count.first).collect();
        moments.sort_unstable();
        let mut onsets = moments;
        let mut before = Micros::MIN;
        onsets.retain(|at| {
            let onset = at.saturating_sub(before) >= PAUSE;
            before = *at;
            onset
        });
        let meets = |end: &Stamp| {
            let sigma = end.sigma.min(2 * SECOND);
            let near = |onset: &Micros| {
                (onset - AT_ONCE.1 - sigma..=onset + AT_ONCE.0 + sigma).contains(&end.at)
            };
            onsets.iter().any(near)
        };
        // The first end of all must be at the onset; of many, those in the midst of the failures go with it.
        let met = ends.iter().filter(|end| meets(end)).count();
        let source = self.failures.first().map(|failure| failure.source);
        let span = source
            .and_then(|source| self.clocks.span(source, &self.sources[source].spans))
            .map_or(0, |(first, last)| last - first);
        let width = AT_ONCE.0 + AT_ONCE.1;
        let inside = (self.end - self.start + width).max(width);
        let span = span.max(inside + SECOND) as f64;
        // Poisson: that many or more where so few are expected, by the onsets; or that all fall into the failures' time.
        let tail = |found: usize, expected: f64| {
            (1..=found.min(30)).fold(1.0, |term, n| term * expected / n as f64)
        };
        let by_onsets = tail(met, all as f64 * onsets.len() as f64 * width as f64 / span);
        let by_time = (inside as f64 / span).powi(i32::try_from(ends.len().min(30)).unwrap_or(30))
            * if ends.len() == all { 1.0 } else { all as f64 };
        let chance = if ends.len() >= 3 { by_onsets.min(by_time) } else { by_onsets };
        if met == 0 || chance > if of_servers { CHANCE_MAX_OF_SERVERS } else { CHANCE_MAX } {
            return Vec::new();
        }
        (0..ends.len())
            .filter(|place| {
                let at = ends[*place].at;
                meets(&ends[*place]) || (self.start..=self.end).contains(&at)
            })
            .collect()
    }

    /// Whether the proxy's connections to the upstream went unanswered, all of them and from the first on: a kernel that runs accepts for
    /// an app that hangs, until its backlog is full, so that requests wait in the app first. Where many more requests came than before,
    /// the backlog may have been full at once.
    #[must_use]
    pub fn was_never_reached(&self) -> bool {
        let mut counts = [0_u64; 2];
        let near = self.timeline.between(self.start - 2 * SECOND, self.end + 2 * SECOND);
        for (_, fact) in near.filter(|(_, fact)| fact.kind == EventKind::UpstreamTimeout) {
            let connecting =
                fact.field("phase").is_some_and(|phase| BEFORE_REQUEST.contains(&phase));
            counts[usize::from(connecting)] += fact.count;
        }
        let all: u64 = self.signature.values().sum();
        let surge = self.surge().is_some_and(|surge| surge >= 2.0);
        counts[0] == 0 && counts[1] >= UNANSWERED_MIN && counts[1] * 10 >= all * 7 && !surge
    }

    /// Whether most of the failures are certificates that the proxy does not take: who shows one is there, whatever was started, where
    /// a handshake that is broken off may be a stop.
    #[must_use]
    pub fn shows_certificate(&self) -> bool {
        let all: u64 = self.signature.values().sum();
        let facts = self.timeline.between(self.start - 2 * SECOND, self.end + 2 * SECOND);
        let shown = facts.filter(|(_, fact)| fact.field("certificate").is_some());
        let shown: u64 = shown.map(|(_, fact)| fact.count).sum();
        shown > 0 && shown * 2 >= all
    }

    /// Whether no proxy felt the end of its upstream at that moment.
    fn met_no_failure(&self, at: Micros) -> bool {
        let felt = |(_, fact): (FactId, &Fact)| ENDED.contains(&fact.kind);
        !(self.start - AT_ONCE.0..=self.end).contains(&at)
            && !self.timeline.between(at - AT_ONCE.0, at + AT_ONCE.1).any(felt)
    }

    /// Whether the victim of a kill that nothing joins may be the server behind the upstream.
    pub(super) fn may_serve(&self, kill: &LinkedKill) -> bool {
        let Some(oom) = self.timeline.fact(kill.fact).oom() else { return false };
        let harmless = |(_, fact): &(FactId, &Fact)| {
            fact.oom().is_some_and(|other| other.victim.comm == oom.victim.comm)
                && fact.at().is_some_and(|at| self.met_no_failure(at))
        };
        // One that is killed again and again without harm serves nobody.
        let habit = self.timeline.of(EventKind::OomKill).filter(harmless).count() >= HABIT;
        // Whose service tells of it, that one's it is.
        let teller = self
            .deaths
            .iter()
            .find(|death| death.facts.contains(&kill.fact))
            .and_then(|death| death.service)
            .filter(|service| !self.failing.contains(service));
        // Unless it happens with the onsets again and again: a proxy may stand between the two.
        let again = |service: ServiceId| {
            let own = self.deaths.iter().filter(|death| death.service == Some(service));
            own.filter(|death| death.why == Why::OomKill).count() >= AGAIN
        };
        let of_other = teller.is_some_and(|service| !again(service));
        kill.join == Join::None
            && !habit
            && !of_other
            && !names::serves_nobody(&oom.victim.comm, oom.victim_cgroup.as_deref())
    }

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
        if self.nobody_listens() && service.is_some_and(|service| self.kept_listening(service, at))
        {
            return (at, at);
        }
        let back = service.and_then(|service| self.back(service, at));
        // What listened again before the first failure did not make it.
        if self.nobody_listens() && back.is_some_and(|back| back + sigma < self.start) {
            return (at, at);
        }
        let to = match back {
            Some(back) => back + 5 * SECOND,
            None if self.nobody_listens() && service.is_some() => self.end + TAIL,
            None => at + 5 * SECOND,
        };
        let cap = if self.nobody_listens() { Micros::MAX } else { at + EFFECT_MAX };
        let passed_over = self.signature.contains_key(&EventKind::UpstreamNoneLive);
        let least = if passed_over { FAIL_TIMEOUT } else { 5 * SECOND };
        (from, to.max(at + least).min(cap))
    }

    /// Whether only a worker ended: its master forked another one at once and was never away itself, so that its socket went on taking
    /// connections and refused none.
    #[must_use]
    pub fn kept_listening(&self, service: ServiceId, at: Micros) -> bool {
        let own = |from: Micros, to: Micros, kinds: &[EventKind]| {
            let kinds = kinds.to_vec();
            self.timeline
                .between(from, to)
                .any(|(_, fact)| kinds.contains(&fact.kind) && self.is_of(fact, service))
        };
        let away = [
            EventKind::AppStarted,
            EventKind::AppListening,
            EventKind::AppStopping,
            EventKind::AppStopped,
            EventKind::AppBootFailed,
            EventKind::MasterGone,
            EventKind::UnitStopping,
            EventKind::UnitStarted,
            EventKind::UnitFailed,
            EventKind::UnitProcessExited,
            EventKind::ContainerDied,
            EventKind::ContainerStarted,
            EventKind::ProgramExited,
            EventKind::ProgramStarted,
        ];
        own(at, at + FORKED, &[EventKind::WorkerBooted])
            && !own(at - 2 * SECOND, (self.end.max(at) + LEAD).min(at + FOLLOWS), &away)
    }

    /// Whether answers failed from the first request of the log on, so that nothing shows that the upstream ever answered.
    #[must_use]
    pub fn from_first_request(&self) -> bool {
        let Some(source) = self.failures.first().map(|failure| failure.source) else {
            return false;
        };
        let first = self.clocks.span(source, &self.sources[source].spans).map(|(first, _)| first);
        let before: u64 =
            self.load.range(..self.start - SECOND).map(|(_, requests)| requests).sum();
        before < ANSWERED_BEFORE && first.is_some_and(|first| self.start - first <= 20 * SECOND)
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
        // That none is left is what the proxy says after what it met at each.
        let aftershock = self.signature_share(&[EventKind::UpstreamNoneLive]);
        let met = 1.0 - aftershock;
        let kinds = [
            EventKind::UpstreamRefused,
            EventKind::UpstreamSocketMissing,
            EventKind::UpstreamUnreachable,
        ];
        match self.signature_share(&kinds) {
            0.0 => aftershock == 1.0,
            refused => refused >= 0.5 * met,
        }
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
            || of.is_some_and(|of| {
                self.services.may_share_host(of, service)
                    && !self.services.get(of).containers.is_disjoint(own)
            })
    }
}
