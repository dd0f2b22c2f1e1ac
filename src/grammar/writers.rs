//! What is remembered of whoever writes lines. In: the grammar that took its last line. Out: a look at a line that tells whether any
//! grammar that is asked before that one can fit. Exists because most programs write one format, and a fallback may only be taken
//! when no other grammar fits. Must never pass a grammar over that fits: where one may, all are asked.

use std::sync::{Arc, Mutex, PoisonError};

use regex::bytes::{RegexSet, RegexSetBuilder};

use super::line::Spots;
use super::shapes::Place;
use super::{Grammars, Line};

/// Lines of a writer before its format is taken for known.
const LINES_MIN: u32 = 128;
/// Lines of a writer that had to be asked for their format before it is worth to compile anything for it.
const ASKED_MIN: u32 = if cfg!(test) { 64 } else { 8192 };
/// Of a writer's lines that raise nothing, one in so many is asked for its format, and of its later lines one in so many.
const ASKED_ONE_IN: u32 = 64;
const LATER_ONE_IN: u32 = 128;
const LATER_LINES: u32 = 16_384;
/// Shapes of a writer's lines, by turns, for which a look is remembered.
const LOOKS_MAX: usize = 4;
/// Lines of a writer that are remembered for one reason, and the longest of them.
const KNOWN_MAX: usize = 4;
const KNOWN_MAX_BYTES: usize = 64;
/// Looks that are kept for all writers together, and the largest automaton of one with its cache, in bytes.
const ALL_LOOKS_MAX: usize = if cfg!(test) { 64 } else { 2 };
const LOOK_MAX_BYTES: usize = 4 << 20;
const CACHE_MAX_BYTES: usize = 1 << 20;

/// Patterns, as one automaton that only tells whether any of them fits; `None` where it would be too large.
type Look = Option<Arc<RegexSet>>;

/// Short lines, the last ones first.
#[derive(Debug, Clone, Default)]
pub(super) struct Known(Vec<Box<[u8]>>);

impl Known {
    pub(super) fn holds(&self, line: &[u8]) -> bool {
        self.0.iter().any(|known| **known == *line)
    }

    pub(super) fn keep(&mut self, line: &[u8]) {
        if line.len() <= KNOWN_MAX_BYTES {
            self.0.truncate(KNOWN_MAX - 1);
            self.0.insert(0, line.into());
        }
    }
}

/// Whoever writes lines under one program name.
#[derive(Debug, Clone, Default)]
pub struct Writer {
    /// The grammar that took its last line that any took.
    pub(super) hint: Option<usize>,
    /// The shape of the last line that any took.
    pub(super) last: Option<Place>,
    lines: u32,
    /// Lines that were asked for their format.
    asked: u32,
    looks: Vec<(Option<Place>, Look)>,
    pub(super) spots: Spots,
    /// Lines that no grammar takes: the same words begin each trace.
    pub(super) unclaimed: Known,
    /// Whether the line that is read next was found to hold a rule's word.
    pub(super) is_worded: bool,
    /// The grammars that ask for a name and take this one, once that was asked.
    pub(super) own: Option<Box<[usize]>>,
}

impl Writer {
    /// A writer of whom only this is known.
    #[must_use]
    pub fn of(hint: Option<usize>) -> Self {
        Self { hint, ..Self::default() }
    }

    /// A writer of so many lines.
    #[cfg(test)]
    pub(super) fn after(lines: u32, hint: Option<usize>) -> Self {
        Self { hint, lines, asked: lines, last: hint.map(|hint| (hint, 0)), ..Self::default() }
    }

    /// The grammar that took its last line that any took.
    #[must_use]
    pub const fn hint(&self) -> Option<usize> {
        self.hint
    }

    /// Sets the grammar that took a line.
    pub fn set_hint(&mut self, grammar: usize) {
        self.hint = Some(grammar);
    }

    /// Whether the format of the next line is known well enough without asking.
    pub(super) fn is_settled(&mut self) -> bool {
        let is_settled = self.next_is_settled();
        self.count_line();
        is_settled
    }

    pub(super) fn count_line(&mut self) {
        self.lines = self.lines.saturating_add(1);
    }

    /// As [`Self::is_settled`], of a line that is not counted yet.
    pub(super) fn next_is_settled(&self) -> bool {
        let lines = self.lines.saturating_add(1);
        let one_in = if lines < LATER_LINES { ASKED_ONE_IN } else { LATER_ONE_IN };
        lines >= LINES_MIN
            && !lines.is_multiple_of(one_in)
            && self.last.map(|(grammar, _)| grammar) == self.hint
    }

    /// Whether a line fits no shape that is asked before the last one; without a hint, no shape at all. `false` where that is not
    /// known. Never for objects of JSON.
    pub(super) fn fits_none_before(
        &mut self,
        grammars: &Grammars,
        ident: Option<&str>,
        line: &[u8],
    ) -> bool {
        self.asked = self.asked.saturating_add(1);
        let unknown = self.last.map(|(grammar, _)| grammar) != self.hint;
        if self.asked < ASKED_MIN || unknown || line.first() == Some(&b'{') {
            return false;
        }
        let known = self.looks.iter().position(|(last, _)| *last == self.last);
        let known = known.unwrap_or_else(|| {
            if self.looks.len() >= LOOKS_MAX {
                self.looks.remove(0);
            }
            self.looks.push((self.last, grammars.look(self.last, ident)));
            self.looks.len() - 1
        });
        match self.looks.get(known) {
            Some((_, Some(look))) => !look.is_match(line),
            _ => false,
        }
    }
}

/// The looks of all writers: most of them are asked about the same grammars.
#[derive(Debug, Default)]
pub(super) struct Looks(Mutex<Vec<(Vec<Place>, Look)>>);

impl Grammars {
    /// The patterns that are asked before the last one, in a line of this writer.
    fn look(&self, last: Option<Place>, ident: Option<&str>) -> Look {
        let mut places: Vec<Place> = Vec::new();
        let is_own = |index: &usize| {
            ident.is_some_and(|ident| self.list.get(*index).is_some_and(|own| own.is_of(ident)))
        };
        let all = || 0..self.list.len();
        let order = all().filter(is_own).chain(all().filter(|index| !is_own(index)));
        for index in order {
            let is_last = last.is_some_and(|(grammar, _)| grammar == index);
            let before = last.filter(|_| is_last).map_or(usize::MAX, |(_, line)| line);
            if let Some(grammar) = self.list.get(index).filter(|grammar| grammar.accepts(ident)) {
                let patterns = grammar.lines.iter().enumerate().take(before);
                let patterns = patterns.filter(|(_, line)| matches!(line, Line::Pattern { .. }));
                places.extend(patterns.map(|(number, _)| (index, number)));
            }
            if is_last {
                break;
            }
        }
        // Their order tells nothing here, and writers that no grammar is of share one look.
        places.sort_unstable();
        let mut looks = self.looks.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, look)) = looks.iter().find(|(known, _)| *known == places) {
            return look.clone();
        }
        if looks.len() >= ALL_LOOKS_MAX {
            return None;
        }
        let patterns = places.iter().filter_map(|(index, number)| {
            match self.list.get(*index)?.lines.get(*number)? {
                Line::Pattern { regex, .. } => Some(regex.least()),
                Line::Json { .. } => None,
            }
        });
        let set = RegexSetBuilder::new(patterns)
            .unicode(false)
            .dot_matches_new_line(true)
            .size_limit(LOOK_MAX_BYTES)
            .dfa_size_limit(CACHE_MAX_BYTES)
            .build();
        let look = set.ok().map(Arc::new);
        looks.push((places, look.clone()));
        look
    }
}
