//! Which line shapes can fit a message, in one look. In: the patterns of all grammars. Out: for a message, the grammars worth
//! trying. Exists because a line that no grammar knows would else run through each pattern on its own, at 4 MB/s. Must never
//! leave out a grammar that fits: the patterns stay the judges.

use std::sync::OnceLock;

use regex::bytes::{RegexSet, RegexSetBuilder};

use super::{Grammar, Line};

/// Largest automaton of all patterns together, and largest cache of its states, in bytes.
const SET_MAX_BYTES: usize = 64 << 20;

/// A line's place: number of the grammar, and of the line in it.
pub(super) type Place = (usize, usize);

/// All line patterns as one automaton.
#[derive(Debug)]
pub(super) struct Shapes {
    patterns: Vec<String>,
    /// Compiled when it is first needed. `None` where the patterns are too large together; then each is tried.
    set: OnceLock<Option<RegexSet>>,
    /// The line of each pattern of the set.
    owners: Vec<Place>,
    /// Lines that are objects of JSON; always worth trying.
    others: Vec<Place>,
}

impl Shapes {
    pub(super) fn of(grammars: &[Grammar]) -> Self {
        let (mut patterns, mut owners, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for (index, grammar) in grammars.iter().enumerate() {
            for (number, line) in grammar.lines.iter().enumerate() {
                match line {
                    Line::Pattern { regex, .. } => {
                        patterns.push(regex.least().to_owned());
                        owners.push((index, number));
                    }
                    Line::Json { .. } => others.push((index, number)),
                }
            }
        }
        Self { patterns, set: OnceLock::new(), owners, others }
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

    /// The lines that can fit the message, in their order.
    pub(super) fn fitting(&self, message: &[u8]) -> Vec<Place> {
        let mut fitting: Vec<Place> = match self.set() {
            Some(set) => {
                let found = set.matches(message);
                match found.matched_any() {
                    true => found.iter().filter_map(|at| self.owners.get(at).copied()).collect(),
                    false => Vec::new(),
                }
            }
            None => self.owners.clone(),
        };
        if message.first() == Some(&b'{') {
            fitting.extend(&self.others);
            fitting.sort_unstable();
        }
        fitting
    }
}
