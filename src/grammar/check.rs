//! The check of a grammar against its own samples and everyone else's. The same code serves `cargo test` and the user's
//! `coroner grammar check FILE`, so that a grammar that ships and one written at 3 a.m. obey the same rules.
//!
//! It demands: every sample is claimed and read as it says; every event rule is hit by a sample; no other grammar that
//! is asked as early claims the sample; a `reject` sample is left alone.

use std::collections::{BTreeMap, BTreeSet};

use super::file::{self, Fault, SampleTable};
use super::{BUILT_IN, Grammar, Pattern, Role};
use crate::access::Request;
use crate::event::Fields;

/// Checks all shipped grammars.
#[must_use]
pub fn built_in() -> Vec<Fault> {
    let texts: Vec<_> =
        BUILT_IN.iter().map(|own| (own.name.to_owned(), own.text.to_owned())).collect();
    all(&texts, &texts)
}

/// Checks grammars given as (file name, text) against the shipped ones.
#[must_use]
pub fn user(files: &[(String, String)]) -> Vec<Fault> {
    let mut texts = files.to_vec();
    texts.extend(
        BUILT_IN
            .iter()
            .filter(|own| !files.iter().any(|(name, _)| name == own.name))
            .map(|own| (own.name.to_owned(), own.text.to_owned())),
    );
    all(files, &texts)
}

/// Checks grammars against each other alone, as if none were shipped: what can be told of a file by itself.
#[must_use]
pub fn alone(files: &[(String, String)]) -> Vec<Fault> {
    all(files, files)
}

fn all(checked: &[(String, String)], among: &[(String, String)]) -> Vec<Fault> {
    let mut loaded = BTreeMap::new();
    let mut faults = Vec::new();
    for (name, text) in among {
        match file::load(name, text, false) {
            Ok(grammar) => {
                loaded.insert(name.clone(), grammar);
            }
            Err(found) => faults.extend(found),
        }
    }
    for (name, text) in checked {
        if let (Some(grammar), Ok(table)) = (loaded.get(name), file::parse(name, text)) {
            faults.extend(one(name, text, grammar, &table.sample, &loaded));
        }
    }
    faults.sort();
    faults.dedup();
    faults
}

fn one(
    name: &str,
    text: &str,
    grammar: &Grammar,
    samples: &[toml::Spanned<SampleTable>],
    loaded: &BTreeMap<String, Grammar>,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut hit = BTreeSet::new();
    for spanned in samples {
        let sample = spanned.get_ref();
        let at = file::line_at(text, spanned.span().start);
        let mut fault =
            |message: String| faults.push(Fault { file: name.to_owned(), line: at, message });
        if sample.origin.trim().is_empty() {
            fault("the sample has no origin; say where the line comes from".to_owned());
        }
        match read(grammar, sample) {
            Outcome::Left if sample.reject => {}
            Outcome::Left => fault("the grammar does not claim this sample; mend the line pattern or mark it reject = true".to_owned()),
            Outcome::Read(_, _) if sample.reject => fault("the grammar claims this sample, which it should reject".to_owned()),
            Outcome::Read(rule, got) => {
                hit.extend(rule);
                for message in differences(&sample.expect, &got) {
                    fault(message);
                }
                for other in rivals(name, grammar, sample, loaded) {
                    fault(format!("this sample is claimed by {other} too; make one of the two stricter, or set fallback = true"));
                }
            }
        }
    }
    for (index, rule) in grammar.rules.iter().enumerate() {
        if !hit.contains(&index) {
            let at = nth_event_line(text, index);
            let message =
                format!("event {} has no sample; add a [[sample]] that it matches", rule.kind);
            faults.push(Fault { file: name.to_owned(), line: at, message });
        }
    }
    faults
}

fn nth_event_line(text: &str, index: usize) -> usize {
    text.lines()
        .enumerate()
        .filter(|(_, line)| line.trim() == "[[event]]")
        .nth(index)
        .map_or(0, |(number, _)| number + 1)
}

pub(super) enum Outcome {
    /// Not claimed.
    Left,
    /// The index of the rule that fired, and all fields with `kind`.
    Read(Option<usize>, Fields),
}

pub(super) fn read(grammar: &Grammar, sample: &SampleTable) -> Outcome {
    let body = sample.line.as_bytes();
    if let Some(format) = &grammar.access
        && let Some(request) = format.parse(body)
    {
        return Outcome::Read(None, request_fields(&request));
    }
    if grammar.needs_ident && !sample.ident.as_deref().is_some_and(|ident| grammar.is_of(ident)) {
        return Outcome::Left;
    }
    let (message, mut fields) = if grammar.role == Role::Anywhere {
        (std::borrow::Cow::Borrowed(body), Fields::default())
    } else {
        match grammar.claim(body) {
            Some(claimed) => (claimed.message, claimed.fields),
            None => return Outcome::Left,
        }
    };
    let event = match grammar.role {
        Role::Anywhere => grammar.event_anywhere((&message, &message), &fields, 1),
        _ => grammar.first_event((&message, &message), &fields, 1),
    };
    let Some(event) = event else {
        if grammar.role == Role::Anywhere {
            return Outcome::Left;
        }
        fields.insert("kind".to_owned(), "none".to_owned());
        return Outcome::Read(None, fields);
    };
    let rule = fired(grammar, &message);
    fields = event.fields;
    fields.insert("kind".to_owned(), event.kind.name().to_owned());
    Outcome::Read(rule, fields)
}

/// Which rule it was that [`Grammar::first_event`] took.
fn fired(grammar: &Grammar, message: &[u8]) -> Option<usize> {
    let present = grammar.needles.found(message);
    let fits = |pattern: &Pattern| pattern.regex().is_some_and(|regex| regex.is_match(message));
    let fires = |rule: &usize| {
        grammar.rules.get(*rule).is_some_and(|rule| rule.regex.as_ref().is_none_or(fits))
    };
    present.into_iter().find(fires)
}

fn request_fields(request: &Request<'_>) -> Fields {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut fields = Fields::from_iter([
        ("kind".to_owned(), "request".to_owned()),
        ("status".to_owned(), format!("{:03}", request.status)),
        ("method".to_owned(), text(request.method)),
        ("path".to_owned(), text(request.path)),
        ("client".to_owned(), text(request.client)),
        ("upstream".to_owned(), text(request.upstream.addresses)),
        ("upstream_status".to_owned(), text(request.upstream.statuses)),
    ]);
    if let Some(seconds) = request.request_seconds {
        fields.insert("seconds".to_owned(), seconds.to_string());
    }
    fields
}

fn differences(expect: &BTreeMap<String, toml::Value>, got: &Fields) -> Vec<String> {
    let mut messages = Vec::new();
    if !expect.contains_key("kind") {
        messages.push(
            "the sample expects no kind; write kind = \"none\" where it raises no event".to_owned(),
        );
    }
    for (name, wanted) in expect {
        let wanted = wanted.as_str().map_or_else(|| wanted.to_string(), str::to_owned);
        let found = got.get(name).unwrap_or("nothing");
        if found != wanted {
            messages.push(format!("{name} is \"{found}\", the sample expects \"{wanted}\""));
        }
    }
    messages
}

/// Other grammars that would take the sample too, and be asked no later than its own: a fallback is asked last, those of role
/// `anywhere` only about messages that nobody else made anything of.
fn rivals<'a>(
    name: &'a str,
    grammar: &'a Grammar,
    sample: &'a SampleTable,
    loaded: &'a BTreeMap<String, Grammar>,
) -> impl Iterator<Item = &'a str> {
    let anywhere = |grammar: &Grammar| grammar.role == Role::Anywhere;
    let is_asked = move |other: &Grammar| {
        anywhere(other) == anywhere(grammar)
            && (!other.fallback || grammar.fallback)
            && (anywhere(other) || other.accepts(sample.ident.as_deref()))
    };
    loaded
        .iter()
        .filter(move |(other, _)| other.as_str() != name)
        .filter(move |(_, other)| is_asked(other))
        .filter(move |(_, other)| {
            !sample
                .ident
                .as_deref()
                .is_some_and(|ident| grammar.is_of(ident) && !other.is_of(ident))
        })
        .filter(|(_, other)| matches!(read(other, sample), Outcome::Read(..)))
        .map(|(other, _)| other.as_str())
}
