//! Which line shapes can fit a message, in one look. In: the patterns of all grammars. Out: for a message, the grammars worth
//! trying. Exists because a line that no grammar knows would else run through each pattern on its own, at 4 MB/s. Must never
//! leave out a grammar that fits: the patterns stay the judges.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use regex::bytes::{RegexSet, RegexSetBuilder};

use super::opening::{Opening, Openings};
use super::{Grammar, Line};

/// Largest automaton of patterns together, and largest cache of its states, in bytes.
const SET_MAX_BYTES: usize = 64 << 20;
/// Patterns that are tried, each by itself, before it is worth to compile those that messages began like into one automaton. After
/// that, so many times two of others, and so on.
const TRIED_MAX: usize = if cfg!(test) { 256 } else { 8192 };

/// A line's place: number of the grammar, and of the line in it.
pub(super) type Place = (usize, usize);
/// Number of a pattern among all. Few bytes, for they are listed for each message that is asked about.
type Number = u32;

/// All line patterns.
#[derive(Debug)]
pub(super) struct Shapes {
    patterns: Vec<String>,
    openings: Vec<Opening>,
    /// The line of each pattern.
    owners: Vec<Place>,
    /// Lines that are objects of JSON; always worth trying.
    others: Vec<Place>,
    met: Mutex<Met>,
}

/// What the messages were like so far.
#[derive(Debug)]
struct Met {
    /// Whether a message began like the pattern.
    patterns: Vec<bool>,
    /// How many were tried since the last set was compiled, and how many may be before the next one is.
    tried: usize,
    tried_max: usize,
    set: Option<Arc<Set>>,
}

/// Patterns as one automaton.
#[derive(Debug)]
struct Set {
    regex: RegexSet,
    /// The number that each of all patterns has in it.
    numbers: Vec<Option<usize>>,
    /// Of all patterns.
    openings: Openings,
}

impl Shapes {
    pub(super) fn of(grammars: &[Grammar]) -> Self {
        let [mut owners, mut others] = [Vec::new(), Vec::new()];
        let (mut patterns, mut openings) = (Vec::new(), Vec::new());
        for (index, grammar) in grammars.iter().enumerate() {
            for (number, line) in grammar.lines.iter().enumerate() {
                match line {
                    Line::Pattern { regex, opening, .. } => {
                        patterns.push(regex.least().to_owned());
                        openings.push(*opening);
                        owners.push((index, number));
                    }
                    Line::Json { .. } => others.push((index, number)),
                }
            }
        }
        let none = vec![false; patterns.len()];
        let met = Mutex::new(Met { patterns: none, tried: 0, tried_max: TRIED_MAX, set: None });
        Self { patterns, openings, owners, others, met }
    }

    /// The lines that can fit the message, in their order.
    pub(super) fn fitting(&self, message: &[u8]) -> Vec<Place> {
        let set = self.lock().set.clone();
        let able = match &set {
            Some(set) => set.fitting(message),
            None => {
                let openings = self.openings.iter().zip(0..=Number::MAX);
                let able = openings.filter(|(opening, _)| opening.fits(message));
                able.map(|(_, pattern)| pattern).collect()
            }
        };
        self.meet(&able, set.as_deref());
        let owner = |pattern| self.owners.get(pattern as usize).copied();
        let mut fitting: Vec<Place> = able.into_iter().filter_map(owner).collect();
        if message.first() == Some(&b'{') {
            fitting.extend(&self.others);
            fitting.sort_unstable();
        }
        fitting
    }

    fn lock(&self) -> MutexGuard<'_, Met> {
        self.met.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts the patterns that will be tried because they are not in this set, and makes another set where it is worth it.
    fn meet(&self, able: &[Number], set: Option<&Set>) {
        let is_new = |pattern: &&Number| set.is_none_or(|set| set.number(**pattern).is_none());
        let mut new = able.iter().filter(is_new).peekable();
        if new.peek().is_none() {
            return;
        }
        let mut met = self.lock();
        let Met { patterns, tried, tried_max, set } = &mut *met;
        for pattern in new {
            *tried += 1;
            if let Some(met) = patterns.get_mut(*pattern as usize) {
                *met = true;
            }
        }
        if tried >= tried_max {
            (*tried, *tried_max) = (0, tried_max.saturating_mul(2));
            // Where they are too large together, each is tried.
            let new = Set::of(&self.patterns, patterns, &self.openings);
            *set = new.map(Arc::new).or(set.take());
        }
    }
}

impl Set {
    /// Of those that messages began like.
    fn of(all: &[String], met: &[bool], openings: &[Opening]) -> Option<Self> {
        let mut next = 0;
        let mut number = |met: &bool| {
            next += usize::from(*met);
            met.then(|| next - 1)
        };
        let numbers: Vec<Option<usize>> = met.iter().map(&mut number).collect();
        let patterns = all.iter().zip(met).filter(|(_, met)| **met).map(|(pattern, _)| pattern);
        // The flags are those of the patterns themselves.
        let regex = RegexSetBuilder::new(patterns)
            .unicode(false)
            .dot_matches_new_line(true)
            .size_limit(SET_MAX_BYTES)
            .dfa_size_limit(SET_MAX_BYTES)
            .build();
        Some(Self { regex: regex.ok()?, numbers, openings: Openings::new(openings) })
    }

    /// The patterns that can fit the message: those that do, and of the others all that begin like it.
    fn fitting(&self, message: &[u8]) -> Vec<Number> {
        let mut able = self.openings.fitting(message);
        let found = self.regex.matches(message);
        able.retain(|pattern| self.number(*pattern).is_none_or(|number| found.matched(number)));
        able
    }

    fn number(&self, pattern: Number) -> Option<usize> {
        self.numbers.get(pattern as usize).copied().flatten()
    }
}
