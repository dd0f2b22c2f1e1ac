//! Which line shapes can fit a message, in one look. In: the patterns of all grammars. Out: for a message, the grammars worth
//! trying. Exists because a line that no grammar knows would else run through each pattern on its own, at 4 MB/s. Must never
//! leave out a grammar that fits: the patterns stay the judges.

use std::sync::OnceLock;

use regex::bytes::{RegexSet, RegexSetBuilder};

use super::{Grammar, Line};

/// Largest automaton of all patterns together, and largest cache of its states, in bytes.
const SET_MAX_BYTES: usize = 64 << 20;

/// All line patterns as one automaton.
#[derive(Debug)]
pub(super) struct Shapes {
    patterns: Vec<String>,
    /// Compiled when it is first needed. `None` where the patterns are too large together; then each is tried.
    set: OnceLock<Option<RegexSet>>,
    /// Grammar of each pattern of the set.
    owners: Vec<usize>,
    /// Grammars with a shape that is no pattern; always worth trying.
    others: Vec<usize>,
    count: usize,
}

impl Shapes {
    pub(super) fn of(grammars: &[Grammar]) -> Self {
        let (mut patterns, mut owners, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for (index, grammar) in grammars.iter().enumerate() {
            for line in &grammar.lines {
                match line {
                    Line::Pattern { regex, .. } => {
                        patterns.push(regex.as_str().to_owned());
                        owners.push(index);
                    }
                    Line::Json { .. } => others.push(index),
                }
            }
        }
        Self { patterns, set: OnceLock::new(), owners, others, count: grammars.len() }
    }

    fn set(&self) -> Option<&RegexSet> {
        // The flags are those of the patterns themselves.
        let build = || {
            RegexSetBuilder::new(&self.patterns)
                .unicode(false)
                .dot_matches_new_line(true)
                .size_limit(SET_MAX_BYTES)
                .dfa_size_limit(SET_MAX_BYTES)
                .build()
                .ok()
        };
        self.set.get_or_init(build).as_ref()
    }

    /// For each grammar whether it can fit the message.
    pub(super) fn fitting(&self, message: &[u8]) -> Vec<bool> {
        let Some(set) = self.set() else { return vec![true; self.count] };
        let mut fitting = vec![false; self.count];
        let found = set.matches(message);
        let by_pattern = found.iter().filter_map(|pattern| self.owners.get(pattern));
        // The others are objects of JSON.
        let others = if message.first() == Some(&b'{') { self.others.as_slice() } else { &[] };
        for &index in by_pattern.chain(others) {
            if let Some(fits) = fitting.get_mut(index) {
                *fits = true;
            }
        }
        fitting
    }
}
