//! Secrets in quotes, whatever wraps them: JSON in JSON (`\"`), what nginx logs of a client (`\x22`), `\u0022`, `%22`, `&quot;`.
//! In: a text. Out: the text with `***` between the quotes. It exists because a pattern alone cannot tell which quote closes which:
//! one that is wrapped deeper belongs to the value, one that is wrapped less ends what holds it. Must leave the quotes as they are:
//! a line of a capsule is read again.

use std::sync::LazyLock;

use regex::Regex;

use super::secrets::{MASK, NAMES, Pattern, compiled};
use super::signs::{Sign, Signs};

/// Backslashes before a quote, themselves in any form.
const ESCAPES: &str = r"(?:\\x5[Cc]|\\u005[Cc]|%5[Cc]|\\)*";
const DOUBLE: &str = r#"(?:"|\\x22|\\u0022|%22|&quot;|&#34;|&#x22;)"#;
const SINGLE: &str = r"(?:'|\\x27|\\u0027|%27|&apos;|&#39;|&#x27;)";

/// What stands before the opening quote of a secret, in which the quote is called `open`; and what closes it.
struct Place {
    opening: Pattern,
    quote: Pattern,
}

static PLACES: LazyLock<Vec<Place>> = LazyLock::new(|| {
    let any = format!("(?:{ESCAPES}{DOUBLE}|{ESCAPES}{SINGLE})");
    let of = r"\s*(?:=>|=&gt;|[=:]|%3D|%3A)(?:\s|%20|\+)*";
    let scheme =
        r"(?:(?:bearer|basic|digest|token|negotiate|apikey|aws4-hmac-sha256)(?:\s|%20|\+)+)?";
    let before = [
        // name = "value", "name": "value", name => 'value'.
        (Sign::Name, format!(r"(?:{NAMES})[\w.-]*(?:{any}|[\]\\])*{of}"), ""),
        (Sign::Authorization, format!(r"authorization(?:{any})?{of}"), scheme),
        (Sign::Cookie, format!(r"cookie2?(?:{any})?{of}"), ""),
        // In prose: password 'open sesame'.
        (
            Sign::Phrase,
            r"(?:passw(?:or)?d|passphrase|secret|token|api key)\s+(?:is\s+|was\s+)?".to_owned(),
            "",
        ),
    ];
    let kinds = [DOUBLE, SINGLE].map(|quote| format!("{ESCAPES}{quote}"));
    let place = |(sign, before, after): &(Sign, String, &str), quote: &str| Place {
        opening: Pattern::new(*sign, format!("(?i){before}(?P<open>{quote}){after}")),
        quote: Pattern::new(*sign, format!("(?i){quote}")),
    };
    before.iter().flat_map(|before| kinds.iter().map(move |quote| place(before, quote))).collect()
});

/// How many places there must be.
#[cfg(test)]
pub(super) const PLACES_TOTAL: usize = 8;

#[cfg(test)]
pub(super) fn places() -> usize {
    let is_whole =
        |place: &&Place| place.opening.regex().is_some() && place.quote.regex().is_some();
    PLACES.iter().filter(is_whole).count() + usize::from(ENV.is_some()) - 1
}

/// The text with what is known for a secret between quotes masked; `None` where nothing is.
pub(super) fn masked(text: &str, signs: Signs) -> Option<String> {
    let mut masked = if signs.has(Sign::Env) { variables(text) } else { None };
    for place in PLACES.iter().filter(|place| signs.has(place.opening.sign)) {
        let now = masked.as_deref().unwrap_or(text);
        masked = place.masked(now).or(masked);
    }
    masked
}

impl Place {
    fn masked(&self, text: &str) -> Option<String> {
        let (opening, mut masked, mut from) = (self.opening.regex()?, String::new(), 0);
        while let Some(found) = opening.captures_at(text, from) {
            let (Some(whole), Some(open)) = (found.get(0), found.name("open")) else { break };
            masked.push_str(text.get(from..whole.end()).unwrap_or_default());
            masked.push_str(MASK);
            from = closing(text, whole.end(), open.len(), self.quote.regex()?).0;
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
