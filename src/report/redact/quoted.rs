//! Secrets in quotes, whatever wraps them: JSON in JSON (`\"`), what nginx logs of a client (`\x22`), `\u0022`, `%22`, `&quot;`.
//! In: a text. Out: the text with `***` between the quotes. It exists because a pattern alone cannot tell which quote closes which:
//! one that is wrapped deeper belongs to the value, one that is wrapped less ends what holds it. Must leave the quotes as they are:
//! a line of a capsule is read again.

use std::sync::LazyLock;

use regex::Regex;

use super::secrets::{MASK, NAMES, compiled};

/// Backslashes before a quote, themselves in any form.
const ESCAPES: &str = r"(?:\\x5[Cc]|\\u005[Cc]|%5[Cc]|\\)*";
const DOUBLE: &str = r#"(?:"|\\x22|\\u0022|%22|&quot;|&#34;|&#x22;)"#;
const SINGLE: &str = r"(?:'|\\x27|\\u0027|%27|&apos;|&#39;|&#x27;)";

/// What stands before the opening quote of a secret, in which the quote is called `open`; and what closes it.
struct Place {
    opening: Regex,
    quote: Regex,
}

static PLACES: LazyLock<Vec<Place>> = LazyLock::new(|| {
    let any = format!("(?:{ESCAPES}{DOUBLE}|{ESCAPES}{SINGLE})");
    let of = r"\s*(?:=>|=&gt;|[=:]|%3D|%3A)(?:\s|%20|\+)*";
    let scheme =
        r"(?:(?:bearer|basic|digest|token|negotiate|apikey|aws4-hmac-sha256)(?:\s|%20|\+)+)?";
    let before = [
        // name = "value", "name": "value", name => 'value'.
        (format!(r"(?:{NAMES})[\w.-]*(?:{any}|[\]\\])*{of}"), ""),
        (format!(r"authorization(?:{any})?{of}"), scheme),
        (format!(r"cookie2?(?:{any})?{of}"), ""),
        // In prose: password 'open sesame'.
        (r"(?:passw(?:or)?d|passphrase|secret|token|api key)\s+(?:is\s+|was\s+)?".to_owned(), ""),
    ];
    let kinds = [DOUBLE, SINGLE].map(|quote| format!("{ESCAPES}{quote}"));
    let places = before.iter().flat_map(|(before, after)| {
        kinds.iter().filter_map(move |quote| place(before, quote, after))
    });
    // A pattern that does not compile is found by the tests.
    places.collect()
});

fn place(before: &str, quote: &str, after: &str) -> Option<Place> {
    let opening = compiled(&format!("(?i){before}(?P<open>{quote}){after}"))?;
    Some(Place { opening, quote: compiled(&format!("(?i){quote}"))? })
}

/// How many places there must be.
#[cfg(test)]
pub(super) const PLACES_TOTAL: usize = 8;

#[cfg(test)]
pub(super) fn places() -> usize {
    PLACES.len() + usize::from(ENV.is_some()) - 1
}

/// The text with what is known for a secret between quotes masked; `None` where nothing is.
pub(super) fn masked(text: &str) -> Option<String> {
    let mut masked: Option<String> = variables(text);
    for place in PLACES.iter() {
        let now = masked.as_deref().unwrap_or(text);
        masked = place.masked(now).or(masked);
    }
    masked
}

impl Place {
    fn masked(&self, text: &str) -> Option<String> {
        let mut masked = String::new();
        let mut from = 0;
        while let Some(found) = self.opening.captures_at(text, from) {
            let (Some(whole), Some(open)) = (found.get(0), found.name("open")) else { break };
            masked.push_str(text.get(from..whole.end()).unwrap_or_default());
            masked.push_str(MASK);
            from = closing(text, whole.end(), open.len(), &self.quote).0;
        }
        if from == 0 {
            return None;
        }
        masked.push_str(text.get(from..).unwrap_or_default());
        Some(masked)
    }
}

/// Where the quote that closes begins and ends: the first that is wrapped no deeper than the opening one. A text that was cut ends
/// before its mark.
fn closing(text: &str, from: usize, open: usize, quote: &Regex) -> (usize, usize) {
    let rest = text.get(from..).unwrap_or_default();
    let end = from + rest.strip_suffix('…').unwrap_or(rest).len();
    let closed = quote.find_iter(rest).find(|found| found.len() <= open);
    closed.map_or((end, end), |found| (from + found.start(), from + found.end()))
}

/// Docker's list of variables up to its first one, and the beginning of one.
struct Env {
    list: Regex,
    variable: Regex,
    quote: Regex,
}

static ENV: LazyLock<Option<Env>> = LazyLock::new(|| {
    let quote = format!("{ESCAPES}{DOUBLE}");
    Some(Env {
        list: compiled(&format!(r"{quote}Env{quote}\s*:\s*\["))?,
        variable: compiled(&format!(
            r"^(?:[\s,]|\\+[nrt])*(?P<open>{quote})(?:[A-Za-z_][A-Za-z0-9_.-]*=)?"
        ))?,
        quote: compiled(&quote)?,
    })
});

/// The text with the values of docker's `Env` masked.
fn variables(text: &str) -> Option<String> {
    let env = ENV.as_ref()?;
    let mut masked = String::new();
    let mut from = 0;
    while let Some(list) = env.list.find_at(text, from) {
        let mut at = list.end();
        masked.push_str(text.get(from..at).unwrap_or_default());
        while let Some(found) = env.variable.captures(text.get(at..).unwrap_or_default()) {
            let (Some(whole), Some(open)) = (found.get(0), found.name("open")) else { break };
            let (begin, end) = closing(text, at + whole.end(), open.len(), &env.quote);
            masked.push_str(whole.as_str());
            masked.push_str(MASK);
            masked.push_str(text.get(begin..end).unwrap_or_default());
            at = end;
        }
        from = at;
    }
    if from == 0 {
        return None;
    }
    masked.push_str(text.get(from..).unwrap_or_default());
    Some(masked)
}
