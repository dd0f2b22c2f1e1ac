//! The languages: one file of messages each, read when it is first spoken.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{LazyLock, OnceLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::{Arg, Args};

/// (tag, messages) of all files here, by tag.
const FILES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/wording.rs"));

/// The language of the code, of JSON and of exports.
const ENGLISH: &str = "en";

/// Stands for a name where it is asked whether a message begins with one. No log text gets here.
const NAME: &str = "\u{1}";

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<Vec<OnceLock<Bundle>>> =
    LazyLock::new(|| FILES.iter().map(|_| OnceLock::new()).collect());

/// Up to here a number is exact as Fluent holds it; a length that somebody forged may be larger.
const EXACT_MAX: u64 = 1 << 53;

/// The variables of each English message, with how often it shows or asks for each; those of messages that it names are not among
/// them.
static VARIABLES: LazyLock<BTreeMap<&'static str, BTreeMap<&'static str, usize>>> =
    LazyLock::new(|| {
        let english = FILES.iter().find(|(tag, _)| *tag == ENGLISH);
        let mut all: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        let mut own = "";
        let lines = english.map_or("", |(_, messages)| messages).lines();
        for line in lines.filter(|line| !line.starts_with('#')) {
            // The further lines of a message begin with a blank or a brace.
            if let Some((id, _)) = line.split_once(" =")
                && line.starts_with(|first: char| first.is_ascii_lowercase())
            {
                own = id;
            }
            let variables: &mut BTreeMap<_, _> = all.entry(own).or_default();
            for rest in line.split('$').skip(1) {
                let name = rest.split(|c: char| !c.is_ascii_alphanumeric()).next();
                let times: &mut usize = variables.entry(name.unwrap_or_default()).or_default();
                *times = times.saturating_add(1);
            }
        }
        all
    });

/// The id and the variables of a message that data names.
pub(super) fn variables(
    id: &str,
) -> Option<(&'static str, &'static BTreeMap<&'static str, usize>)> {
    VARIABLES.get_key_value(id).map(|(id, variables)| (*id, variables))
}

/// A language that the reports can be written in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Language(&'static str);

impl Default for Language {
    fn default() -> Self {
        Self(ENGLISH)
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.0)
    }
}

impl Language {
    /// All of them, by tag.
    pub fn all() -> impl Iterator<Item = Self> {
        FILES.iter().map(|(tag, _)| Self(tag))
    }

    /// The language with this tag.
    #[must_use]
    pub fn named(tag: &str) -> Option<Self> {
        Self::all().find(|language| language.0 == tag)
    }

    /// BCP 47 tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        self.0
    }

    /// A message in this language.
    #[must_use]
    pub fn say<const N: usize>(self, id: &'static str, args: [(&'static str, Arg); N]) -> String {
        self.words(id, &args.into(), false)
    }

    /// As [`say`](Self::say); as a full sentence if asked.
    pub(super) fn words(self, id: &'static str, args: &Args, sentence: bool) -> String {
        let shown = self.format(id, args, false);
        if !sentence {
            return shown;
        }
        // A name keeps its letters; so it is asked what stands first.
        let keeps = self.format(id, args, true).starts_with(NAME);
        let mut letters = shown.chars();
        let mut full = String::with_capacity(shown.len() + 4);
        match letters.next() {
            Some(first) if !keeps => full.extend(first.to_uppercase()),
            first => full.extend(first),
        }
        full.push_str(letters.as_str());
        if !full.is_empty() && !full.ends_with(['.', '?', '!']) {
            full.push('.');
        }
        full
    }

    fn format(self, id: &str, args: &Args, names_marked: bool) -> String {
        let mut values = FluentArgs::with_capacity(args.len() + 1);
        let name = |shown: &str| if names_marked { NAME.to_owned() } else { shown.to_owned() };
        values.set("lower", name(""));
        for (key, arg) in args {
            let value: FluentValue<'_> = match arg {
                Arg::Count(count) if *count > EXACT_MAX => count.to_string().into(),
                Arg::Count(count) => (*count).into(),
                Arg::Case(case) => (*case).into(),
                Arg::Shown(shown) => name(shown).into(),
                Arg::Text(text) => match (&text.message, names_marked) {
                    (Some(message), true) => self.format(message.id, &message.args, true).into(),
                    _ => text.to_string().into(),
                },
            };
            values.set(*key, value);
        }
        let said = self.formatted(id, &values).or_else(|| Self::default().formatted(id, &values));
        debug_assert!(said.is_some(), "no message {id}");
        said.unwrap_or_else(|| id.to_owned())
    }

    /// `None` where the language has no such message.
    fn formatted(self, id: &str, values: &FluentArgs<'_>) -> Option<String> {
        let bundle = self.bundle()?;
        let pattern = bundle.get_message(id)?.value()?;
        let mut faults = Vec::new();
        let said = bundle.format_pattern(pattern, Some(values), &mut faults).into_owned();
        // Found by the tests; a reader gets the rest of the message.
        debug_assert!(faults.is_empty(), "{id}: {faults:?}");
        Some(said)
    }

    fn bundle(self) -> Option<&'static Bundle> {
        let place = FILES.iter().position(|(tag, _)| *tag == self.0)?;
        let (tag, messages) = FILES.get(place)?;
        Some(BUNDLES.get(place)?.get_or_init(|| bundle(tag, messages)))
    }
}

fn bundle(tag: &str, messages: &str) -> Bundle {
    let locale: LanguageIdentifier = tag.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    bundle.set_use_isolating(false);
    let messages =
        FluentResource::try_new(messages.to_owned()).unwrap_or_else(|(messages, _)| messages);
    bundle.add_resource_overriding(messages);
    bundle
}
