//! What is compiled when it is first needed. In: patterns and needles as a grammar writes them. Out: their automata. It exists
//! because a small bundle needs a few of a thousand patterns, and all of them together take longer to compile than to report on.
//! Patterns that come from a user are compiled at once, to tell what is wrong with them; the tests do the same for ours.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};
use regex::bytes::{Regex, RegexBuilder};

use super::grams::Grams;

/// Largest compiled regular expression, in bytes; a grammar that needs more is hostile or wrong.
const REGEX_MAX_BYTES: usize = 1 << 20;

/// How the pattern of a line ends that takes whatever is left for the message.
const ANY_MESSAGE: &str = "(?P<message>.*)$";

/// A regular expression.
#[derive(Debug)]
pub(super) struct Pattern {
    source: String,
    compiled: OnceLock<Option<Regex>>,
    /// Length of the part before [`ANY_MESSAGE`], where it ends so.
    head_bytes: Option<usize>,
    head: OnceLock<Option<Head>>,
    names_request: bool,
}

impl Pattern {
    pub(super) fn new(source: &str) -> Self {
        let head_bytes = head(source).map(str::len);
        let (compiled, head) = (OnceLock::new(), OnceLock::new());
        let names_request = source.contains("(?P<request") || source.contains("(?<request");
        Self { source: source.to_owned(), compiled, head_bytes, head, names_request }
    }

    /// Compiles it now, and tells what is wrong with it.
    pub(super) fn checked(source: &str) -> Result<Self, String> {
        let regex = compile(source)?;
        Ok(Self { compiled: OnceLock::from(Some(regex)), ..Self::new(source) })
    }

    /// A pattern that fits the same texts and need not look at more of them than it must.
    pub(super) fn least(&self) -> &str {
        self.head_source().unwrap_or(&self.source)
    }

    /// Whether it may capture a request, plain or in hexadecimal.
    pub(super) const fn names_request(&self) -> bool {
        self.names_request
    }

    fn head_source(&self) -> Option<&str> {
        self.source.get(..self.head_bytes?)
    }

    /// What stands before a message that is the rest of the text, whatever that is. It fits where the whole pattern fits, has the
    /// same captures, and ends where the message begins.
    pub(super) fn head(&self) -> Option<&Head> {
        let source = self.head_source()?;
        self.head.get_or_init(|| compile(source).ok().map(Head::of)).as_ref()
    }

    /// `None` only where it is wrong and was not checked.
    pub(super) fn regex(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| compile(&self.source).ok()).as_ref()
    }
}

/// What stands before a message.
#[derive(Debug)]
pub(super) struct Head {
    /// The pattern.
    pub(super) regex: Regex,
    /// Its captures of time and zone.
    pub(super) time: Option<usize>,
    pub(super) zone: Option<usize>,
}

impl Head {
    fn of(regex: Regex) -> Self {
        let place = |wanted| regex.capture_names().position(|name| name == Some(wanted));
        let (time, zone) = (place("time"), place("zone"));
        Self { regex, time, zone }
    }
}

/// The pattern without [`ANY_MESSAGE`]. There must be one way only through the pattern, and no flags that change what `.` and `$` are.
fn head(source: &str) -> Option<&str> {
    let head = source.strip_suffix(ANY_MESSAGE)?;
    // These fields may be written in hexadecimal: then a glance at them is not enough.
    if ["time_hex", "zone_hex", "message_hex"].iter().any(|name| head.contains(name)) {
        return None;
    }
    let (mut depth, mut in_class, mut bytes) = (0_usize, false, head.bytes().peekable());
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => _ = bytes.next(),
            // A bracket that stands first in a class is of the class; such a pattern is left whole.
            b'[' if in_class => return None,
            b'[' => {
                in_class = true;
                bytes.next_if_eq(&b'^');
                if bytes.peek() == Some(&b']') {
                    return None;
                }
            }
            b']' if in_class => in_class = false,
            _ if in_class => {}
            b'(' => {
                depth += 1;
                if bytes.next_if_eq(&b'?').is_some()
                    && !matches!(bytes.peek(), Some(b':' | b'P' | b'<'))
                {
                    return None;
                }
            }
            b')' => depth = depth.checked_sub(1)?,
            b'|' if depth == 0 => return None,
            _ => {}
        }
    }
    (depth == 0 && !in_class).then_some(head)
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
    grams: OnceLock<Option<Grams>>,
    automaton: OnceLock<Option<AhoCorasick>>,
}

impl Needles {
    pub(super) fn new(words: Vec<String>) -> Self {
        Self { words, grams: OnceLock::new(), automaton: OnceLock::new() }
    }

    pub(super) fn words(&self) -> &[String] {
        &self.words
    }

    /// Whether any of them is in the text.
    pub(super) fn any(&self, text: &[u8]) -> bool {
        if self.words.is_empty() {
            return false;
        }
        match self.grams.get_or_init(|| Grams::new(&self.words)) {
            Some(grams) => grams.any(text),
            None => self.automaton().is_some_and(|automaton| automaton.is_match(text)),
        }
    }

    /// The numbers of those that are in the text, in their order.
    pub(super) fn found(&self, text: &[u8]) -> Vec<usize> {
        let Some(automaton) = self.any(text).then(|| self.automaton()).flatten() else {
            return Vec::new();
        };
        let found = automaton.find_overlapping_iter(text);
        let mut numbers: Vec<usize> = found.map(|found| found.pattern().as_usize()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_what_stands_before_any_message() {
        assert_eq!(head("^a (?P<message>.*)$"), Some("^a "));
        assert_eq!(
            head(r"^\[?(?P<t>\d|x)\]?[ :|-]*(?P<message>.*)$"),
            Some(r"^\[?(?P<t>\d|x)\]?[ :|-]*")
        );
        for whole in [
            "^a (?P<message>.+)$",
            "^a|b(?P<message>.*)$",
            "^(?i)a(?P<message>.*)$",
            "^(a(?P<message>.*)$",
            "^[]|](?P<message>.*)$",
        ] {
            assert_eq!(head(whole), None, "{whole}");
        }
    }
}
