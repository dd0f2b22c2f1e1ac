//! How well the samples of the shipped grammars cover their rules: each event is told by samples of two versions or sources of
//! its program, or `coverage.toml` says why it is not; and each has a near miss, a line with its words that must not raise it.
//! A near miss is a sample of any grammar, or the rule's own samples when somebody only quotes them.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{self, Outcome};
use super::file::{self, SampleTable};
use super::{BUILT_IN, Grammar, Role, Rule};

/// Events that are told by one source, by the reason.
const ALONE: &str = include_str!("coverage.toml");

struct Shipped {
    format: &'static str,
    grammar: Grammar,
    samples: Vec<SampleTable>,
}

fn shipped() -> Vec<Shipped> {
    let one = |&file::Shipped { name, text, .. }: &file::Shipped| {
        let samples = file::parse(name, text).unwrap().sample.into_iter();
        Shipped {
            format: name.trim_end_matches(".toml"),
            grammar: file::load(name, text, false).unwrap(),
            samples: samples.map(toml::Spanned::into_inner).collect(),
        }
    };
    BUILT_IN.iter().map(one).collect()
}

/// Rules of all grammars with the samples that raise their events.
fn each_rule(shipped: &[Shipped], mut see: impl FnMut(&Shipped, &str, &Rule, &[&SampleTable])) {
    for own in shipped {
        for (index, rule) in own.grammar.rules.iter().enumerate() {
            let is_hit = |sample: &&SampleTable| {
                !sample.reject
                    && matches!(check::read(&own.grammar, sample), Outcome::Read(Some(fired), _) if fired == index)
            };
            let hits: Vec<&SampleTable> = own.samples.iter().filter(is_hit).collect();
            see(own, &own.grammar.needles.words()[index], rule, &hits);
        }
    }
}

/// How many versions or sources an origin names: a list, a span of versions, or several logs are more than one.
fn sources(origin: &str) -> usize {
    let several = [";", " and ", " to ", "real logs", "real crash reports", "several"];
    1 + usize::from(several.iter().any(|word| origin.contains(word)))
}

/// What a rule is called in `coverage.toml`.
fn label(own: &Shipped, needle: &str, rule: &Rule) -> String {
    format!("{} {} {needle:?}", own.format, rule.kind)
}

#[test]
fn every_event_is_told_by_two_sources_or_has_a_reason() {
    let reasons: BTreeMap<String, Vec<String>> = toml::from_str(ALONE).unwrap();
    let listed: BTreeSet<&str> = reasons.values().flatten().map(String::as_str).collect();
    let mut alone = BTreeSet::new();
    each_rule(&shipped(), |own, needle, rule, hits| {
        let origins: BTreeSet<&str> = hits.iter().map(|sample| sample.origin.as_str()).collect();
        if origins.into_iter().map(sources).sum::<usize>() < 2 {
            alone.insert(label(own, needle, rule));
        }
    });
    let missing: Vec<_> = alone.iter().filter(|rule| !listed.contains(rule.as_str())).collect();
    assert!(missing.is_empty(), "told by one source, without a reason:\n{missing:#?}");
    let stale: Vec<_> = listed.iter().filter(|rule| !alone.contains(**rule)).collect();
    assert!(stale.is_empty(), "listed in coverage.toml, but told by two sources:\n{stale:#?}");
}

/// The sample as somebody else's words: in the message of the same program, or in what a client asked an app for.
fn quotation(grammar: &Grammar, sample: &SampleTable) -> SampleTable {
    let line = if grammar.role == Role::Anywhere {
        let words = sample.line.replace('"', "%22").replace('\n', "%0A");
        format!("Started GET \"/search?q={words}\" for 203.0.113.9")
    } else {
        let claimed = grammar.claim(sample.line.as_bytes());
        let message = claimed.map_or_else(String::new, |claimed| {
            String::from_utf8_lossy(&claimed.message).into_owned()
        });
        // In JSON the message is escaped from the first quotation mark on.
        let head = message.split(['"', '\\', '\n']).next().unwrap_or_default();
        let at = sample.line.find(head).unwrap_or(0);
        let (before, after) = sample.line.split_at(at);
        format!("{before}a customer wrote: {after}")
    };
    SampleTable { line, ident: sample.ident.clone(), ..SampleTable::default() }
}

#[test]
fn every_event_has_a_near_miss() {
    let all = shipped();
    let mut faults = Vec::new();
    each_rule(&all, |own, needle, rule, hits| {
        let raises = |sample: &SampleTable| match check::read(&own.grammar, sample) {
            Outcome::Left => false,
            Outcome::Read(_, fields) => {
                fields.get("kind").is_some_and(|kind| kind == rule.kind.name())
            }
        };
        let is_close = |sample: &&SampleTable| sample.line.contains(needle);
        let samples = all.iter().flat_map(|other| &other.samples);
        let missed = samples.filter(is_close).any(|sample| !raises(sample));
        if !missed && hits.iter().any(|sample| raises(&quotation(&own.grammar, sample))) {
            faults.push(label(own, needle, rule));
        }
    });
    assert!(
        faults.is_empty(),
        "no near miss; add a sample with the words and kind = \"none\":\n{faults:#?}"
    );
}
