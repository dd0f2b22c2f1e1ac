//! What is said of a scene: the services that failed are what nearly every sentence speaks of.

use std::collections::BTreeSet;

use crate::service::ServiceId;
use crate::timeline::FactId;
use crate::wording::{Arg, Args, Text, text};

use super::Scene;

impl Scene<'_> {
    /// A text that may speak of the failing services: by the message `failing`, or by the variables that it is made of, which are
    /// `services` (how many), `service` (the first), `last`, `others` (those between) and `more` (how many besides the first).
    #[must_use]
    pub fn say(
        &self,
        id: &'static str,
        args: impl IntoIterator<Item = (&'static str, Arg)>,
    ) -> Text {
        self.say_of(&self.failing, id, args)
    }

    /// The same of those failing services alone that some facts are of: another member of a group had no part in what befell one.
    #[must_use]
    pub fn say_by<'f>(
        &self,
        facts: impl IntoIterator<Item = &'f FactId>,
        id: &'static str,
        args: impl IntoIterator<Item = (&'static str, Arg)>,
    ) -> Text {
        let facts: BTreeSet<FactId> = facts.into_iter().copied().collect();
        let told = facts.iter().filter_map(|id| self.services.of_fact(self.timeline.fact(*id)));
        let died =
            self.deaths.iter().filter(|death| death.facts.iter().any(|id| facts.contains(id)));
        let own: BTreeSet<ServiceId> = told
            .chain(died.filter_map(|death| death.service))
            .filter(|service| self.failing.contains(service))
            .collect();
        self.say_of(if own.is_empty() { &self.failing } else { &own }, id, args)
    }

    /// The same of other services than those that failed.
    #[must_use]
    pub fn say_of(
        &self,
        services: &BTreeSet<ServiceId>,
        id: &'static str,
        args: impl IntoIterator<Item = (&'static str, Arg)>,
    ) -> Text {
        text(id, self.args_of(services).into_iter().chain(args))
    }

    fn args_of(&self, ids: &BTreeSet<ServiceId>) -> Args {
        let mut services = ids.iter().map(|service| self.services.get(*service));
        let first = services.next().map(|first| match first.log_of_nameless() {
            Some(file) => Arg::Text(text("app-of-log", [("file", file.into())])),
            None => (&first.name).into(),
        });
        let others: Vec<&str> = services.map(|service| service.name.as_str()).collect();
        let (last, between) =
            others.split_last().map_or(("", &[][..]), |(last, rest)| (*last, rest));
        vec![
            ("services", ids.len().into()),
            ("service", first.unwrap_or_else(|| Arg::Shown(String::new()))),
            ("others", between.join(", ").into()),
            ("last", last.into()),
            ("more", others.len().into()),
        ]
    }
}
