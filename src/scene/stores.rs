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
}
