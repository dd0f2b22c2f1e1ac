//! Which services failed: those behind the upstreams that the proxy names. Where no log tells who listens there, whoever may: never one
//! that is known to listen elsewhere, nor one that serves nobody. Must never take the only log there is for the right one.

use std::collections::BTreeSet;

use crate::event::EventKind;
use crate::service::{Service, ServiceId, ServiceRole, names};
use crate::stamp::SECOND;

use super::{LEAD, Scene};

/// Formats of servers that work off queues and answer no request.
const QUEUES: [&str; 2] = ["celery", "sidekiq"];

/// Words by which people call what works behind the scenes.
const BEHIND: [&str; 14] = [
    "queue",
    "queues",
    "worker",
    "workers",
    "consumer",
    "scheduler",
    "cron",
    "beat",
    "sidekiq",
    "celery",
    "batch",
    "backup",
    "backups",
    "report",
];

impl Scene<'_> {
    pub(super) fn find_failing(&mut self) {
        let mut upstreams: BTreeSet<String> =
            self.failures.iter().map(|failure| failure.key.upstream.clone()).collect();
        let told = self.timeline.between(self.start - 2 * SECOND, self.end + 2 * SECOND);
        upstreams.extend(told.filter_map(|(_, fact)| fact.field("upstream").map(str::to_owned)));
        upstreams.remove("");
        let found: BTreeSet<ServiceId> =
            upstreams.iter().filter_map(|upstream| self.services.at_address(upstream)).collect();
        if !found.is_empty() {
            (self.failing, self.failing_known) = (found, true);
            return;
        }
        let able = |(id, service): &(ServiceId, &Service)| {
            self.may_serve_requests(*id, service) && self.may_listen_at(service, &upstreams)
        };
        let all = |wanted: &dyn Fn(&Service) -> bool| -> BTreeSet<ServiceId> {
            let services = self.services.iter().filter(|(_, service)| wanted(service));
            services.filter(able).map(|(id, _)| id).collect()
        };
        let apps = all(&|service| service.role == ServiceRole::App);
        if !apps.is_empty() {
            let tied = |id: &ServiceId| {
                let service = self.services.get(*id);
                service.serves || self.is_called_by_proxy(service)
            };
            self.failing_known = apps.len() == 1 && apps.iter().all(tied);
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
        if !named.is_empty() {
            self.failing_known = named.len() == 1;
            self.failing = named;
            return;
        }
        // A guess, and never more: units that ended near the incident. Nothing shows that they serve the upstream.
        let ends = [
            EventKind::UnitProcessExited,
            EventKind::UnitFailed,
            EventKind::UnitWatchdog,
            EventKind::UnitOomKilled,
            EventKind::UnitStopping,
        ];
        let others = all(&|service| service.role == ServiceRole::Other);
        self.failing = self
            .timeline
            .between(self.start - LEAD, self.end)
            .filter(|(_, fact)| ends.contains(&fact.kind))
            .filter_map(|(_, fact)| self.services.of_fact(fact))
            .filter(|service| others.contains(service))
            .collect();
    }

    /// Whether a service is of a kind that answers requests: no store, queue worker, exporter or backup, and no job that runs to its end.
    fn may_serve_requests(&self, id: ServiceId, service: &Service) -> bool {
        let idle = |name: &str| {
            let stem = name.strip_suffix(".service").unwrap_or(name);
            names::serves_nobody(stem, Some(name))
                || names::is_store_name(name)
                || stem.split(['-', '_', '.', '@']).any(|part| BEHIND.contains(&part))
        };
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
        !by_name && !queue && !self.is_job(id, service)
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
        !service.units.is_empty()
            && service.sources.is_empty()
            && told(EventKind::UnitStarting)
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
        let behind_another = || {
            let asked = self.timeline.iter().filter_map(|(_, fact)| fact.field("upstream"));
            asked
                .into_iter()
                .any(|upstream| service.addresses.contains(&names::address_key(upstream)))
        };
        known.any(|upstream| service.may_be_at(upstream)) || behind_another()
    }
}
