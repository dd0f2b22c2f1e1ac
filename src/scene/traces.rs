//! What error a trace names. In: facts of errors whose traces stand below them. Out: the line that names the error most of them had. It
//! exists because the line of a log that tells of an error rarely names it. Must never take the trace of another error.

use std::collections::BTreeMap;

use crate::event::EventKind;
use crate::stamp::{Micros, SECOND};
use crate::timeline::{Fact, FactId};
use crate::wording::Arg;

use super::Scene;

/// A trace is this many lines at most, those of journald's entries counted.
const TRACE_LINES: u64 = 3000;
/// A trace is written at once.
const TRACE: Micros = 2 * SECOND;
/// So many errors are looked at.
const ERRORS_MAX: usize = 200;

/// So much of what it says stands in a sentence; the line is quoted.
const WORDS_MAX_CHARS: usize = 100;

/// What an error tells of itself before its trace.
const fn has_trace(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::RequestError | EventKind::UncaughtException | EventKind::AppBootFailed
    )
}

impl Scene<'_> {
    /// The error that the traces of most of these facts name.
    #[must_use]
    pub fn error_named(&self, errors: &[FactId]) -> Option<(FactId, &Fact)> {
        let mut told: BTreeMap<(&str, &str), (usize, FactId)> = BTreeMap::new();
        for error in errors.iter().take(ERRORS_MAX) {
            let Some((id, named)) = self.named_below(self.timeline.fact(*error)) else { continue };
            let words = (named.field("error")?, named.field("reason").unwrap_or_default());
            told.entry(words).or_insert((0, id)).0 += 1;
        }
        // Of equals the first.
        let most = told.into_values().max_by_key(|(times, id)| (*times, std::cmp::Reverse(*id)));
        most.map(|(_, id)| (id, self.timeline.fact(id)))
    }

    /// Whether a line of the trace below an error was understood.
    #[must_use]
    pub fn trace_is_read(&self, error: &Fact) -> bool {
        !self.below(error).is_empty()
    }

    fn named_below(&self, error: &Fact) -> Option<(FactId, &Fact)> {
        self.below(error).into_iter().find(|(_, fact)| fact.kind == EventKind::ErrorNamed)
    }

    /// What the lines between an error and the next one tell, by line.
    fn below(&self, error: &Fact) -> Vec<(FactId, &Fact)> {
        let Some(at) = error.at() else { return Vec::new() };
        let own = error.event.at;
        let is_below = |fact: &Fact| {
            let line = fact.event.at;
            line.source == own.source
                && (own.line + 1..=own.line + TRACE_LINES).contains(&line.line)
        };
        let near = self.timeline.between(at, at + TRACE);
        let mut near: Vec<(FactId, &Fact)> = near.filter(|(_, fact)| is_below(fact)).collect();
        near.sort_by_key(|(_, fact)| fact.event.at.line);
        let next = near.iter().position(|(_, fact)| has_trace(fact.kind));
        near.truncate(next.unwrap_or(near.len()));
        near
    }

    /// The arguments of a sentence that may name an error.
    #[must_use]
    pub fn error_args(&self, named: Option<&Fact>) -> [(&'static str, Arg); 2] {
        let words = named.map(|fact| {
            let (error, reason) = (fact.field("error"), fact.field("reason"));
            let words = format!("{}: {}", error.unwrap_or_default(), reason.unwrap_or_default());
            words.chars().take(WORDS_MAX_CHARS).collect::<String>()
        });
        [
            ("error-known", Arg::Case(if words.is_some() { "yes" } else { "no" })),
            ("error", Arg::Shown(words.unwrap_or_default())),
        ]
    }
}
