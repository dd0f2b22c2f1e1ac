//! Which services failed: those behind the upstreams that the proxy names. Where no log tells who listens there, whoever may: never one
//! that is known to listen elsewhere, nor one that serves nobody. Must never take the only log there is for the right one.

use std::collections::BTreeSet;

use crate::event::EventKind;
use crate::service::{Service, ServiceId, ServiceRole, names};
use crate::stamp::{Micros, SECOND};
use crate::timeline::Fact;

use super::{Class, LEAD, Scene};

/// Formats of servers that work off queues and answer no request.
const QUEUES: [&str; 2] = ["celery", "sidekiq"];

/// Up to this share of lines of the proxy, the app is taken to have answered most of the failures itself.
const OF_PROXY: f64 = 0.25;
/// The same in the time from the first of these lines to the last.
const OF_PROXY_BESIDE: f64 = 0.34;

impl Scene<'_> {
    pub(super) fn find_failing(&mut self) {
        self.few = self.few_of_proxy();
        self.find();
        if self.failing.len() < 2 {
            // Nobody else is there who could have answered.
            self.few = None;
        }
    }

    fn find(&mut self) {
        let mut upstreams: BTreeSet<String> =
            self.failures.iter().map(|failure| failure.key.upstream.clone()).collect();
        let told = self.timeline.between(self.start - 2 * SECOND, self.end + 2 * SECOND);
        upstreams.extend(told.filter_map(|(_, fact)| fact.field("upstream").map(str::to_owned)));
        upstreams.remove("");
        self.asked = upstreams.iter().map(|upstream| names::address_key(upstream)).collect();
        let asker = self.asker();
        let found: BTreeSet<ServiceId> = upstreams
            .iter()
            .filter_map(|upstream| self.services.at_address(upstream, asker))
            .collect();
        let strangers = found.is_empty() || self.fails_elsewhere(asker);
        if !strangers && (self.few.is_none() || found.len() > 1) {
            (self.failing, self.failing_known) = (found, true);
            return;
        }
        upstreams.retain(|upstream| self.services.at_address(upstream, asker).is_none());
        let (unseen, lives) = (self.unseen(), self.lives());
        let able = |(id, service): &(ServiceId, &Service)| {
            !unseen.contains(id)
                && self.may_serve_requests(*id, service)
                && self.may_listen_at(service, &upstreams)
                && !lives.get(id).is_some_and(|life| self.is_cleared(life))
        };
        let all = |wanted: &dyn Fn(&Service) -> bool| -> BTreeSet<ServiceId> {
            let services = self.services.iter().filter(|(_, service)| wanted(service));
            services.filter(able).map(|(id, _)| id).collect()
        };
        let mut apps = all(&|service| service.role == ServiceRole::App);
        let of_others = self.of_others();
        if !apps.is_subset(&of_others) {
            apps.retain(|id| !of_others.contains(id));
        }
        if !strangers && apps.len() < 2 {
            (self.failing, self.failing_known) = (found, true);
            return;
        }
        if !apps.is_empty() {
            // Who gave its log into the bundle said that it matters; a log of the whole host names whoever writes to it.
            let tied = |id: &ServiceId| {
                let service = self.services.get(*id);
                self.is_called_by_proxy(service)
                    || (service.serves && (self.has_own_log(service) || self.keeps_step(*id)))
            };
            let others = all(&|service| service.role == ServiceRole::Other);
            let others: BTreeSet<ServiceId> =
                others.into_iter().filter(|id| self.fits_failures(*id)).collect();
            if !others.is_empty()
                && self.is_cut_off()
                && !apps.iter().any(|id| self.ended_near(*id))
            {
                self.failing = others;
                self.guess();
                return;
            }
            let known = apps.len() == 1 && apps.iter().all(tied);
            let guessed = apps.iter().all(|id| {
                !tied(id) && !self.has_own_log(self.services.get(*id)) && !self.keeps_step(*id)
            });
            (self.failing_known, self.guessed) = (known, guessed);
            self.failing = apps;
            return;
        }
        // A log of its own that no server's line names: it tells of errors, and nothing says that it serves the upstream.
        let own = self.with_logs_of_their_own();
        let own: BTreeSet<ServiceId> = all(&|_| true).intersection(&own).copied().collect();
        if !own.is_empty() {
            self.failing = own;
            return;
        }
        let named = all(&|service| {
            service.role == ServiceRole::Other
                && (!service.containers.is_empty() || !service.programs.is_empty())
        });
        let named: BTreeSet<ServiceId> = named
            .into_iter()
            .filter(|id| !self.is_cut_off() || !self.is_out_of_step(*id) || self.is_called(*id))
            .collect();
        let units = self.ended_units(&all(&|service| service.role == ServiceRole::Other));
        let fitting: BTreeSet<ServiceId> =
            units.union(&named).copied().filter(|id| self.fits_failures(*id)).collect();
        if !named.is_empty() && (fitting.is_empty() || !self.is_cut_off()) {
            self.failing_known = named.len() == 1 && named.iter().all(|id| self.is_called(*id));
            self.failing = named;
            self.guess();
            return;
        }
        // A guess, and never more: what ended near the incident. Nothing shows that it serves the upstream.
        self.failing = if fitting.is_empty() { units } else { fitting };
        self.guess();
    }

    /// Services that a proxy asks for other sites only.
    fn of_others(&self) -> BTreeSet<ServiceId> {
        fn asked(fact: &Fact) -> Option<(&str, Option<&str>)> {
            let upstream = fact.field("upstream").filter(|_| fact.kind.is_of_proxy())?;
            Some((upstream, fact.event.origin.host.as_deref()))
        }
        let hidden: BTreeSet<_> = self.timeline.hidden().filter_map(asked).collect();
        if hidden.is_empty() {
            return BTreeSet::new();
        }
        let seen: BTreeSet<_> = self.timeline.iter().filter_map(|(_, fact)| asked(fact)).collect();
        let services = |asked: BTreeSet<(&str, Option<&str>)>| -> BTreeSet<ServiceId> {
            let at = |(upstream, asker)| self.services.at_address(upstream, asker);
            asked.into_iter().filter_map(at).collect()
        };
        let (hidden, seen) = (services(hidden), services(seen));
        hidden.difference(&seen).copied().collect()
    }

    /// The share of the failures that are the proxy's own answers, where it passed on most as the app had answered them: its access log
    /// may tell; else it has a line for each that is its own, so that what its few lines name need not be what failed. Only the
    /// time that its lines cover is compared: the log may be cut.
    fn few_of_proxy(&self) -> Option<f64> {
        if self.class != Class::Gateway {
            return None;
        }
        let failed = self.answers() as f64;
        let by_app = self.failures.iter().filter(|failure| failure.key.by_app);
        let by_app: u64 = by_app.map(|failure| failure.count.answers).sum();
        if by_app > 0 {
            let share = 1.0 - by_app as f64 / failed;
            return (share <= OF_PROXY).then_some(share);
        }
        if self.failures.iter().any(|failure| !failure.key.upstream.is_empty()) {
            return None;
        }
        // An answer that was broken off has its status, and no other.
        let answers = |kind: EventKind| kind.is_of_proxy() && kind != EventKind::UpstreamTruncated;
        let told: u64 =
            self.signature.iter().filter(|(kind, _)| answers(**kind)).map(|(_, count)| count).sum();
        let near = self.timeline.between(self.start - 2 * SECOND, self.end + 2 * SECOND);
        let lines: Vec<Micros> = near
            .filter(|(_, fact)| answers(fact.kind) && fact.field("upstream").is_some())
            .filter_map(|(_, fact)| fact.at())
            .collect();
        let (first, last) = lines.first().zip(lines.last())?;
        let beside = failed * self.explained(&[(first - SECOND, last + SECOND)]);
        let share = told as f64 / failed;
        (share <= OF_PROXY && told as f64 <= OF_PROXY_BESIDE * beside).then_some(share)
    }

    /// Whether nearly all of the proxy's errors are of addresses on its own host at which no service of the bundle is.
    fn fails_elsewhere(&self, asker: Option<&str>) -> bool {
        let mut errors = [0_u64; 2];
        for (_, fact) in self.timeline.between(self.start - 2 * SECOND, self.end + 2 * SECOND) {
            if let Some(upstream) = fact.field("upstream").filter(|_| fact.kind.is_of_proxy()) {
                let stranger = names::is_local(&names::address_key(upstream))
                    && self.services.at_address(upstream, asker).is_none();
                errors[usize::from(stranger)] += fact.count;
            }
        }
        errors[1] > 9 * errors[0]
    }

    /// Notes that only what happened at the time speaks for the services that are taken for those that failed.
    fn guess(&mut self) {
        self.guessed =
            !self.failing.is_empty() && !self.failing.iter().all(|id| self.is_called(*id));
        self.failing_known |= self.failing.len() == 1 && !self.guessed;
    }

    fn is_called(&self, id: ServiceId) -> bool {
        self.is_called_by_proxy(self.services.get(id))
    }

    /// Units that ended near the incident.
    fn ended_units(&self, others: &BTreeSet<ServiceId>) -> BTreeSet<ServiceId> {
        let ends = [
            EventKind::UnitProcessExited,
            EventKind::UnitFailed,
            EventKind::UnitWatchdog,
            EventKind::UnitOomKilled,
            EventKind::UnitStopping,
        ];
        self.timeline
            .between(self.start - LEAD, self.end)
            .filter(|(_, fact)| ends.contains(&fact.kind))
            .filter_map(|(_, fact)| self.services.of_fact(fact))
            .filter(|service| others.contains(service))
            .collect()
    }

    /// Whether the proxy could not reach the upstream, or was cut off by it: what an end does, and a slow answer does not.
    fn is_cut_off(&self) -> bool {
        self.class == Class::Gateway && self.signature_share(&[EventKind::UpstreamTimeout]) < 0.5
    }

    /// Whether one of its processes ended near the first failure.
    fn ended_near(&self, id: ServiceId) -> bool {
        self.fits_failures(id)
            || self.deaths.iter().any(|death| {
                death.service == Some(id)
                    && death.at().is_some_and(|at| {
                        (self.start - LEAD..=self.start + 2 * SECOND).contains(&at)
                    })
            })
    }

    /// Whether a file of the bundle is its own.
    fn has_own_log(&self, service: &Service) -> bool {
        let of_host = |source: &usize| {
            let format = &self.sources[*source].format;
            format.starts_with("journal") || format.starts_with("syslog") || format == "supervisord"
        };
        !service.sources.iter().all(of_host)
    }

    /// Services of which everything that is told is none of this incident's business.
    fn unseen(&self) -> BTreeSet<ServiceId> {
        let hidden = self.timeline.hidden().filter_map(|fact| self.services.of_fact(fact));
        let mut unseen: BTreeSet<ServiceId> = hidden.collect();
        if !unseen.is_empty() {
            for seen in self.timeline.iter().filter_map(|(_, fact)| self.services.of_fact(fact)) {
                unseen.remove(&seen);
            }
        }
        unseen
    }

    /// Whether all that the proxy asked in vain is on its own host.
    #[must_use]
    pub fn asks_itself_only(&self) -> bool {
        !self.asked.is_empty() && self.asked.iter().all(|address| names::is_local(address))
    }

    /// Whether the proxy asked in vain at this port.
    #[must_use]
    pub fn asks_port(&self, port: &str) -> bool {
        self.asked.iter().any(|at| at.rsplit_once(':').is_some_and(|(_, own)| own == port))
    }

    /// Whether an address of a failing service is, digit by digit, one of the upstreams.
    #[must_use]
    pub fn failing_is_exact(&self) -> bool {
        let near = self.timeline.between(self.start - 2 * SECOND, self.end + 2 * SECOND);
        let told = near.filter_map(|(_, fact)| fact.field("upstream"));
        let asked = self.failures.iter().map(|failure| failure.key.upstream.as_str()).chain(told);
        let keys: BTreeSet<String> = asked.map(names::address_key).collect();
        let ip = |key: &String| key.rsplit_once(':').map(|(ip, _)| ip.to_owned());
        self.failing.iter().map(|id| self.services.get(*id)).any(|service| {
            keys.iter().any(|key| {
                service.addresses.contains(key)
                    || ip(key).is_some_and(|ip| service.ips.contains(&ip))
            })
        })
    }

    /// Whether a service is of a kind that answers requests: no store, queue worker, exporter or backup, and no job that runs to its end.
    fn may_serve_requests(&self, id: ServiceId, service: &Service) -> bool {
        let idle = |name: &str| {
            let stem = name.strip_suffix(".service").unwrap_or(name);
            names::serves_nobody(stem, Some(name)) || names::is_behind(stem)
        };
        let of_host = service
            .units
            .iter()
            .any(|unit| names::is_host_service(unit.trim_end_matches(".service")));
        if of_host {
            return false;
        }
        // Whoever says where it listens is believed.
        if !service.addresses.is_empty() && service.role == ServiceRole::App {
            return true;
        }
        let by_name = service
            .units
            .iter()
            .chain(&service.programs)
            .chain(&service.containers)
            .any(|name| idle(name));
        let queue = service.format.as_deref().is_some_and(|format| QUEUES.contains(&format));
        let store =
            service.units.iter().chain(&service.containers).any(|name| names::is_store_name(name));
        !store && !queue && !self.is_job(id, service) && (!by_name || self.fits_failures(id))
    }

    /// Whether the proxy's own names for what failed, its server's or the upstream's, hold the service's: `shop.example.com` and
    /// `shop.service`.
    fn is_called_by_proxy(&self, service: &Service) -> bool {
        let near = self.timeline.between(self.start - 2 * SECOND, self.end + 2 * SECOND);
        let names: BTreeSet<&str> = near
            .flat_map(|(_, fact)| [fact.field("server"), fact.field("upstream")])
            .flatten()
            .flat_map(|name| name.split(['.', ':', '/']))
            .collect();
        let own = service.units.iter().chain(&service.containers).chain(&service.programs);
        own.map(|name| name.strip_suffix(".service").unwrap_or(name))
            .any(|name| name.len() > 2 && names.contains(name))
    }

    /// Whether a unit starts, and is never said to have started nor to stop: a service of type oneshot (systemd.service(5)).
    fn is_job(&self, id: ServiceId, service: &Service) -> bool {
        let told = |kind: EventKind| {
            self.timeline.of(kind).any(|(_, fact)| self.services.of_fact(fact) == Some(id))
        };
        // What is started again and again is wanted running.
        let starts = self.timeline.of(EventKind::UnitStarting);
        let starts = starts.filter(|(_, fact)| self.services.of_fact(fact) == Some(id));
        !service.units.is_empty()
            && service.sources.is_empty()
            && starts.count() == 1
            && !told(EventKind::UnitStarted)
            && !told(EventKind::UnitStopping)
    }

    /// Whether a service may be behind one of the upstreams, as far as its own addresses tell. A container's port may be published under
    /// another number, and between proxy and app may stand another proxy.
    fn may_listen_at(&self, service: &Service, upstreams: &BTreeSet<String>) -> bool {
        let mut known = upstreams.iter().filter(|upstream| names::is_address(upstream)).peekable();
        if known.peek().is_none() {
            return true;
        }
        let asking = |wanted: &dyn Fn(&str) -> bool| -> BTreeSet<usize> {
            let facts = self.timeline.iter().map(|(_, fact)| fact);
            let facts = facts.filter(|fact| fact.field("upstream").is_some_and(wanted));
            facts.map(|fact| fact.event.at.source.0).collect()
        };
        // One proxy that asks at both asks two services.
        let behind_another = || {
            let own = asking(&|at| service.addresses.contains(&names::address_key(at)));
            !own.is_subset(&asking(&|at| upstreams.contains(at)))
        };
        known.any(|upstream| service.may_be_at(upstream)) || behind_another()
    }
}
