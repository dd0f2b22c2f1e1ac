//! The stores of what failed: databases, caches and queues that it names, or that went away as it missed one. In: the facts near an
//! incident. Out: services, and what the apps say of them.

use std::collections::BTreeSet;

use crate::event::EventKind;
use crate::service::{Service, ServiceId, names};
use crate::timeline::{Fact, FactId};

use super::Scene;

impl Scene<'_> {
    /// Stores that a failing service names in an error of its own near the incident.
    #[must_use]
    pub fn stores_in_use(&self) -> BTreeSet<ServiceId> {
        let named: BTreeSet<&str> =
            self.app_dependency_facts().filter_map(|(_, fact)| fact.field("service")).collect();
        let ports: BTreeSet<&str> = self
            .app_dependency_facts()
            .filter_map(|(_, fact)| fact.field("address")?.rsplit_once(':').map(|(_, port)| port))
            .collect();
        // Where the app does not say what it misses, or nothing in the bundle is of an app, it is the store that went away.
        let speaks = self.app_dependency_facts().next().is_some();
        let unnamed = named.is_empty() && ports.is_empty() && (speaks || self.failing.is_empty());
        self.services
            .iter()
            .filter(|(id, service)| {
                !self.failing.contains(id)
                    && ((unnamed && self.is_ended_store(*id, service))
                        || service.store.as_deref().is_some_and(|store| named.contains(store))
                        || service.addresses.iter().any(|own| {
                            own.rsplit_once(':').is_some_and(|(_, port)| ports.contains(port))
                        })
                        || service
                            .units
                            .iter()
                            .chain(&service.containers)
                            .any(|unit| named.iter().any(|name| names::names_store(unit, name))))
            })
            .map(|(id, _)| id)
            .collect()
    }

    /// Whether it is a store by its name, and ended near the incident.
    fn is_ended_store(&self, id: ServiceId, service: &Service) -> bool {
        let ends = [EventKind::UnitProcessExited, EventKind::UnitFailed, EventKind::ContainerDied];
        names::is_store_name(&service.name)
            && self.near_of(&ends).any(|(_, fact)| self.services.of_fact(fact) == Some(id))
    }

    /// What the apps say of their dependencies near the incident.
    pub fn app_dependency_facts(&self) -> impl Iterator<Item = (FactId, &Fact)> {
        self.near().filter(|(_, fact)| {
            matches!(
                fact.kind,
                EventKind::DependencyRefused
                    | EventKind::DependencyLost
                    | EventKind::DependencyTimeout
                    | EventKind::DependencyUnresolved
                    | EventKind::DependencyExhausted
            )
        })
    }

    /// Whether a kill of a store may be what the apps miss: not where they name another host, nor where it was back before they first
    /// waited for a connection in vain, which a store that starts anew refuses or takes.
    pub(super) fn may_be_missed(&self, kill: &Fact) -> bool {
        let asked: Vec<&Fact> = self.app_dependency_facts().map(|(_, fact)| fact).collect();
        let label = |name: &str| {
            let host = name.rsplit_once(':').map_or(name, |(host, _)| host);
            let is_name = host.contains(|c: char| c.is_ascii_alphabetic()) && !host.contains('/');
            let head = host.split('.').next().unwrap_or_default().to_ascii_lowercase();
            (is_name && head != "localhost").then_some(head)
        };
        let named: BTreeSet<String> = asked
            .iter()
            .filter_map(|fact| fact.field("host").or(fact.field("address")).and_then(label))
            .collect();
        let own = kill.event.origin.host.as_deref().and_then(label);
        // Hosts of one kind are told apart by their number; any other name may be an alias, or a proxy before the store.
        let numbered = |name: &str| {
            let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
            name[stem.len()..].parse::<u32>().ok().map(|number| (stem.to_owned(), number))
        };
        let own = own.as_deref().and_then(numbered);
        let sibling = |name: &String| match (&own, numbered(name)) {
            (Some((stem, own)), Some((other, number))) => *stem == other && *own != number,
            _ => false,
        };
        let elsewhere = !named.is_empty() && named.iter().all(sibling);
        let first = asked.iter().filter_map(|fact| fact.at()).min();
        let waited =
            !asked.is_empty() && asked.iter().all(|fact| fact.kind == EventKind::DependencyTimeout);
        let ready = self.timeline.of(EventKind::StoreReady).filter_map(|(_, fact)| fact.at());
        let back = kill.at().and_then(|at| ready.filter(|ready| *ready > at).min());
        let over = waited && back.zip(first).is_some_and(|(back, first)| back < first);
        !elsewhere && !over
    }
}
