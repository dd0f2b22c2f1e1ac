//! What the logs of the bundle could have shown of an incident. An empty or missing log is not a silent one.

use std::collections::BTreeSet;

use crate::clock::Basis;
use crate::death::{Death, Why};
use crate::ingest::{BY_AUDIT, KernelCoverage, Source};
use crate::service::{ServiceId, ServiceRole};
use crate::stamp::{ClockKind, MINUTE, Micros, RawStamp, SECOND};
use crate::timeline::Fact;
use crate::wording::text;

use super::{Observed, Scene, TAIL};

impl Scene<'_> {
    /// Whether a kernel log covers the incident, with the time in which its cause would lie.
    #[must_use]
    pub fn kernel(&self) -> Observed {
        let mut why = Vec::new();
        for (index, source) in self.sources.iter().enumerate() {
            let Some(kernel) = &source.kernel else { continue };
            match self.kernel_coverage(index, source, kernel) {
                Ok(()) => return Observed::Covered(index),
                Err(reason) => why.push(text(reason, [("path", (&source.path).into())])),
            }
        }
        let all = why
            .into_iter()
            .reduce(|all, one| text("clauses", [("one", all.into()), ("other", one.into())]));
        Observed::NotObservable(all.unwrap_or_else(|| text("kernel-none", [])))
    }

    /// The error is the id of a message that says why not, of the log at `path`.
    fn kernel_coverage(
        &self,
        index: usize,
        source: &Source,
        kernel: &KernelCoverage,
    ) -> Result<(), &'static str> {
        let hosts = self.failing_hosts();
        let other = source.host.as_deref().is_some_and(|own| match hosts.is_empty() {
            // A gateway's kernel knows nothing of the app server's.
            true => self.several_hosts(),
            false => !hosts.contains(own),
        });
        if other {
            return Err("kernel-of-another");
        }
        if self.clocks.shown(index, &source.spans).basis == Basis::ZoneAssumed {
            return Err("kernel-zone-assumed");
        }
        let boot_id = |stamp: RawStamp| {
            if stamp.clock == ClockKind::Boot { self.boot_of(index) } else { String::new() }
        };
        let first = self.clocks.utc(index, kernel.first, &boot_id(kernel.first));
        let last = self.clocks.utc(index, kernel.last, &boot_id(kernel.last));
        let at_boot = kernel.ring && is_kept_at_boot(&source.path);
        if at_boot && last.is_none_or(|last| last < self.start) {
            return Err("kernel-at-boot");
        }
        if kernel.ring {
            // A ring holds everything from its first line on; what it lost before is not "no".
            let needed =
                self.first_end().map_or(self.start, |end| end.min(self.start)) - 2 * SECOND;
            return match first {
                Some(first) if first <= needed => Ok(()),
                // Nothing is missing before the kernel started, unless an earlier one ran.
                Some(first) if kernel.from_boot && first <= self.start + 2 * SECOND => Ok(()),
                Some(_) if kernel.from_boot => Err("kernel-after-boot"),
                Some(_) => Err("kernel-overwritten"),
                None if kernel.from_boot => Ok(()),
                None => Err("kernel-untied"),
            };
        }
        let span = self.clocks.span(index, &source.spans);
        match (first, last, span) {
            (Some(_), Some(_), Some((from, to))) if from <= self.start && to >= self.start => {
                Ok(())
            }
            (Some(_), Some(_), Some(_)) => Err("kernel-elsewhere"),
            _ => Err("kernel-unplaced"),
        }
    }

    /// Services that are known by nothing but a log that only they write to.
    pub(super) fn with_logs_of_their_own(&self) -> BTreeSet<ServiceId> {
        let of_many = |source: &Source| {
            source.kernel.is_some()
                || source.snapshot.is_some()
                || source.format.starts_with("journal")
                || source.format.starts_with("syslog")
                || source.format == "nginx-error"
        };
        self.services
            .iter()
            .filter(|(_, service)| service.role == ServiceRole::Other && service.store.is_none())
            .filter(|(_, service)| {
                !service.sources.is_empty()
                    && service.sources.iter().all(|source| !of_many(&self.sources[*source]))
            })
            .map(|(id, _)| id)
            .collect()
    }

    /// The first unexplained end of a failing service near the incident.
    fn first_end(&self) -> Option<Micros> {
        self.failing_deaths().filter(|death| death.why == Why::Unknown).filter_map(Death::at).min()
    }

    /// The boot id under which a source's boot clock is anchored.
    fn boot_of(&self, index: usize) -> String {
        let ids = self.sources[index].boot_pairs.earliest.keys().map(|(id, _)| id.clone());
        let ids = ids.filter(|id| id != BY_AUDIT);
        ids.into_iter().next_back().unwrap_or_default()
    }

    /// Whether docker's events are in the bundle.
    #[must_use]
    pub fn has_container_events(&self) -> bool {
        self.sources.iter().any(|source| {
            source.format == "docker-events" || source.formats.contains_key("docker-events")
        })
    }

    /// Whether the failing services run in containers.
    #[must_use]
    pub fn in_containers(&self) -> bool {
        self.failing.iter().any(|service| !self.services.get(*service).containers.is_empty())
    }

    /// Whether a proxy's error log covers the incident.
    #[must_use]
    pub fn has_proxy_errors(&self) -> bool {
        !self.signature.is_empty()
    }

    /// Whether a log of a failing service covers the start of the incident.
    #[must_use]
    pub fn has_app_log(&self) -> bool {
        self.failing.iter().flat_map(|service| &self.services.get(*service).sources).any(|source| {
            self.clocks
                .span(*source, &self.sources[*source].spans)
                .is_some_and(|(from, to)| from <= self.start + MINUTE && to >= self.start - MINUTE)
        })
    }

    /// Whether the requests that are logged end with the failures.
    #[must_use]
    pub fn fails_to_the_end(&self) -> bool {
        self.load.range(self.end + TAIL..).next().is_none()
    }

    /// What the bundle holds of what the failing services wrote. A bundle with one log without times says less than it could.
    #[must_use]
    pub fn app_log(&self) -> AppLog {
        let covers = |source: usize| {
            let span = self.clocks.span(source, &self.sources[source].spans);
            span.is_some_and(|(from, to)| from <= self.start + MINUTE && to >= self.start - MINUTE)
        };
        let of_failing = |fact: &Fact| {
            self.services.of_fact(fact).is_some_and(|service| self.failing.contains(&service))
        };
        let tells = |source: &usize| {
            let log = &self.sources[*source];
            log.kernel.is_none() && log.format != "nginx-error" && log.traffic.is_none()
        };
        let hour = self.timeline.between(self.start - 60 * MINUTE, self.end + 60 * MINUTE);
        let told: BTreeSet<usize> = hour
            .filter(|(_, fact)| of_failing(fact))
            .map(|(_, fact)| fact.event.at.source.0)
            .collect();
        if self.has_app_log() || told.iter().filter(|source| tells(source)).any(|one| covers(*one))
        {
            return AppLog::Told;
        }
        let own = self.failing.iter().flat_map(|service| &self.services.get(*service).sources);
        let undated = own.copied().find(|source| {
            let log = &self.sources[*source];
            tells(source) && log.records > 0 && log.spans.is_empty()
        });
        undated.map_or(AppLog::Missing, AppLog::Undated)
    }
}

/// What a bundle holds of what the failing services wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppLog {
    /// Some log covers the moment.
    Told,
    /// A log of theirs without times: its place among the sources.
    Undated(usize),
    /// None.
    Missing,
}

/// Whether a dump of the ring is the one that a host makes of itself at each boot: `dmesg.service` of Debian and Ubuntu, `bootmisc` of
/// older ones. All others are made when logs are collected.
fn is_kept_at_boot(path: &str) -> bool {
    let (_, name) = path.rsplit_once("var/log/").unwrap_or_default();
    let name = name.strip_suffix(".gz").unwrap_or(name);
    name.strip_prefix("dmesg").is_some_and(|number| {
        number.is_empty()
            || (number.len() == 2
                && number.as_bytes()[1].is_ascii_digit()
                && number.starts_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::is_kept_at_boot;

    #[test]
    fn the_ring_as_it_was_at_the_boot() {
        assert!(is_kept_at_boot("var/log/dmesg"));
        assert!(is_kept_at_boot("web1/var/log/dmesg.0"));
        assert!(is_kept_at_boot("b/var/log/dmesg.1.gz"));
        assert!(!is_kept_at_boot("dmesg"));
        assert!(!is_kept_at_boot("b/dmesg.txt"));
        assert!(!is_kept_at_boot("var/log/dmesg.txt"));
        assert!(!is_kept_at_boot("var/log/nginx/dmesg"));
    }
}
