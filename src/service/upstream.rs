//! What a proxy's log repeats of an app's standard error: nginx writes down what FastCGI's stderr says, and often nobody else
//! does. In: facts that an app tells of itself and that name an upstream. Out: the service behind that upstream, which they are of.

use std::collections::BTreeMap;

use super::names::address_key;
use super::{Service, ServiceId, ServiceRole, Services, writes_of_itself};
use crate::timeline::Timeline;

impl Services {
    /// An app's words are of the service that listens at the upstream of their line; else of the only app there is; where the
    /// bundle has no log of any app, the upstream is a service of which nothing but its address is known.
    pub(super) fn credit_upstreams(&mut self, timeline: &Timeline) {
        let apps: Vec<ServiceId> = self
            .iter()
            .filter(|(_, service)| service.role == ServiceRole::App)
            .map(|(id, _)| id)
            .collect();
        let mut made: BTreeMap<String, ServiceId> = BTreeMap::new();
        for (id, fact) in timeline.iter() {
            let Some(upstream) = fact.field("upstream").filter(|upstream| !upstream.is_empty())
            else {
                continue;
            };
            if !writes_of_itself(fact.kind) {
                continue;
            }
            let owner = match (self.at_address(upstream, self.host_of(id)), apps.as_slice()) {
                (Some(owner), _) => owner,
                (None, [app]) => *app,
                (None, [_, ..]) => continue,
                (None, []) => *made
                    .entry(address_key(upstream))
                    .or_insert_with(|| self.add_upstream(upstream)),
            };
            self.of[id.0] = Some(owner);
        }
    }

    fn add_upstream(&mut self, upstream: &str) -> ServiceId {
        self.list.push(Service {
            name: upstream.to_owned(),
            role: ServiceRole::App,
            addresses: [address_key(upstream)].into(),
            ..Service::default()
        });
        ServiceId(self.list.len() - 1)
    }
}
