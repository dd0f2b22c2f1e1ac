//! What is compiled when it is first needed. In: patterns and needles as a grammar writes them. Out: their automata. It exists
//! because a small bundle needs a few of a thousand patterns, and all of them together take longer to compile than to report on.
//! Patterns that come from a user are compiled at once, to tell what is wrong with them; the tests do the same for ours.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};
use regex::bytes::{Regex, RegexBuilder};

/// Largest compiled regular expression, in bytes; a grammar that needs more is hostile or wrong.
const REGEX_MAX_BYTES: usize = 1 << 20;

/// A regular expression.
#[derive(Debug)]
pub(super) struct Pattern {
    source: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(super) fn new(source: &str) -> Self {
        Self { source: source.to_owned(), compiled: OnceLock::new() }
    }

    /// Compiles it now, and tells what is wrong with it.
    pub(super) fn checked(source: &str) -> Result<Self, String> {
        let regex = compile(source)?;
        Ok(Self { source: source.to_owned(), compiled: OnceLock::from(Some(regex)) })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.source
    }

    /// `None` only where it is wrong and was not checked.
    pub(super) fn regex(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| compile(&self.source).ok()).as_ref()
    }
}

/// Compiles for bytes, not characters: with Unicode on, `.` would not match a byte that is no UTF-8, and one hostile request
/// would make a line unreadable. `.` matches line feeds too, since journald keeps multi-line messages in one piece.
fn compile(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern)
        .unicode(false)
        .dot_matches_new_line(true)
        .size_limit(REGEX_MAX_BYTES)
        .build()
        .map_err(|error| error.to_string().replace('\n', " "))
}

/// Words to be found all at once.
#[derive(Debug, Default)]
pub(super) struct Needles {
    words: Vec<String>,
    automaton: OnceLock<Option<AhoCorasick>>,
}

impl Needles {
    pub(super) fn new(words: Vec<String>) -> Self {
        Self { words, automaton: OnceLock::new() }
    }

    pub(super) fn words(&self) -> &[String] {
        &self.words
    }

    /// Whether any of them is in the text.
    pub(super) fn any(&self, text: &[u8]) -> bool {
        self.automaton().is_some_and(|automaton| automaton.is_match(text))
    }

    /// For each of them whether it is in the text; empty where none is.
    pub(super) fn found(&self, text: &[u8]) -> Vec<bool> {
        let Some(automaton) = self.automaton().filter(|automaton| automaton.is_match(text)) else {
            return Vec::new();
        };
        let mut hit = vec![false; self.words.len()];
        for found in automaton.find_overlapping_iter(text) {
            hit[found.pattern().as_usize()] = true;
        }
        hit
    }

    fn automaton(&self) -> Option<&AhoCorasick> {
        let build = || {
            let mut builder = AhoCorasick::builder();
            builder.match_kind(MatchKind::Standard).build(&self.words).ok()
        };
        if self.words.is_empty() {
            return None;
        }
        self.automaton.get_or_init(build).as_ref()
    }
}
