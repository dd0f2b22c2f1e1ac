//! How far the times of a scene can be trusted.

use crate::clock::Basis;
use crate::stamp::ClockKind;
use crate::timeline::{Fact, FactId};

use super::Scene;

impl<'a> Scene<'a> {
    /// Whether the times of a fact rest on an assumed zone or on a clock that another log contradicts, so that nothing that hangs
    /// on them may be called confirmed.
    #[must_use]
    pub fn is_shaky(&self, fact: &Fact) -> bool {
        let source = fact.event.at.source.0;
        fact.event.stamp.is_some_and(|stamp| {
            self.clocks
                .rule(source, stamp.clock, "")
                .is_some_and(|rule| rule.basis == Basis::ZoneAssumed)
                || self.clocks.doubt(source).is_some()
                || (stamp.clock == ClockKind::Boot && self.clocks.is_by_pid(source))
        }) && fact.witnesses.len() == 1
    }

    /// Whether a fact is known by one log only, and that is in a zone that is only assumed.
    #[must_use]
    pub fn is_in_assumed_zone(&self, fact: &Fact) -> bool {
        let rule = |clock| self.clocks.rule(fact.event.at.source.0, clock, "");
        let assumed = fact.event.stamp.and_then(|stamp| rule(stamp.clock));
        fact.witnesses.len() == 1 && assumed.is_some_and(|rule| rule.basis == Basis::ZoneAssumed)
    }

    /// Why times cannot be compared: the clock of the log that the failures come from is in doubt, and one of the facts is of a
    /// log that does not share the doubt.
    #[must_use]
    pub fn doubted_times(&self, facts: &[FactId]) -> Option<&'a str> {
        let doubt = self.failures.first().and_then(|failure| self.clocks.doubt(failure.source))?;
        let foreign = |id: &FactId| {
            let fact = self.timeline.fact(*id);
            !fact.witnesses.iter().any(|line| doubt.fellows.contains(&line.source.0))
        };
        facts.iter().any(foreign).then_some(&*doubt.text)
    }

    /// Whether the log that the failures come from is in a zone that is only assumed.
    #[must_use]
    pub fn on_assumed_clock(&self) -> bool {
        self.failures.first().is_some_and(|failure| {
            let spans = &self.sources[failure.source].spans;
            self.clocks.shown(failure.source, spans).basis == Basis::ZoneAssumed
        })
    }
}
