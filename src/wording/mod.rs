//! What the reports say, in the reader's language: every sentence, heading and label of ours is a message of Project Fluent
//! (<https://projectfluent.org>) in `src/wording/LANGUAGE.ftl`, with the plural rules of CLDR, and never glued from pieces in code.
//!
//! - To say something: [`text`] with the id of a message in `en.ftl` and its arguments, or [`Language::say`] for what stands in one
//!   output form only. The result is a [`Text`], which reads as a `str`: in English, until [`Text::tell`] puts it into another
//!   language. So JSON, exports and everything that computes with texts see the same English whatever the language.
//! - To add a language: one file here, named by its BCP 47 tag; nothing is registered. `tests/languages.rs` names the messages
//!   that it lacks, those that nobody says, and those that speak of other things than the English ones.
//! - What comes from logs is an argument ([`Arg::Shown`]) and never part of a message; Fluent does not interpret arguments. It is
//!   escaped by the form that shows it, and masked ([`Text::masked`]) before it is put into words. Marks around arguments that
//!   isolate their direction are off: all languages here run from left to right, and a terminal would show them.
//! - Times, figures and their units are the same in all languages: ISO dates in UTC, `29 s`, `150 MiB`, `1.5 %`; so are the names of
//!   the contract (causes, event kinds, ids).
//! - What begins a sentence ([`Text::sentence`]) gets a capital letter where the message begins with words of its own. A message
//!   that begins with a name written in the message itself says so by `{ $lower }` before it.

mod language;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

pub use language::Language;

/// What a message speaks of, by the names of its variables.
pub type Args = Vec<(&'static str, Arg)>;

/// One thing that a message speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    /// Shown as plain digits; the message chooses its form by it.
    Count(u64),
    /// A word that only chooses between forms and is not shown.
    Case(&'static str),
    /// The same in every language: text of a log, a name, a figure with its unit, a time.
    Shown(String),
    /// A text of ours.
    Text(Text),
}

/// A text of ours: a message with its arguments, put into words. Reads as a `str`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    shown: String,
    message: Option<Box<Message>>,
}

/// Which words, and what they speak of.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Message {
    id: &'static str,
    args: Args,
    sentence: bool,
}

/// A text, in English so far.
#[must_use]
pub fn text(id: &'static str, args: impl IntoIterator<Item = (&'static str, Arg)>) -> Text {
    let args = args.into_iter().collect();
    Text::of(Message { id, args, sentence: false }, Language::default())
}

/// The message that data names, such as a file that somebody made: its id begins like this, it speaks of just these things, and a
/// text of ours stands only where it is shown once, so that texts within texts do not grow beyond what was written. What is named
/// is never more than a message of ours; the data is but its arguments. `None` where there is no such message.
#[must_use]
pub fn known(beginning: &str, id: &str, args: BTreeMap<String, Arg>) -> Option<Text> {
    let (id, variables) = language::variables(id).filter(|(id, _)| id.starts_with(beginning))?;
    if args.len() != variables.len() {
        return None;
    }
    let own = |(name, arg): (String, Arg)| {
        let (name, times) = variables.get_key_value(&*name)?;
        (*times == 1 || !matches!(arg, Arg::Text(_))).then_some((*name, arg))
    };
    Some(text(id, args.into_iter().map(own).collect::<Option<Args>>()?))
}

impl Text {
    fn of(message: Message, language: Language) -> Self {
        let shown = language.words(message.id, &message.args, message.sentence);
        Self { shown, message: Some(Box::new(message)) }
    }

    /// A text without a message: English in every language. Each such place is listed in `tests/languages.rs`.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self { shown: text.into(), message: None }
    }

    /// The same as a full sentence: with a capital letter, unless it begins with a name, and a full stop.
    #[must_use]
    pub fn sentence(&self) -> Self {
        match &self.message {
            Some(message) => {
                Self::of(Message { sentence: true, ..(**message).clone() }, Language::default())
            }
            None => self.clone(),
        }
    }

    /// Puts it into words of a language.
    pub fn tell(&mut self, language: Language) {
        if let Some(message) = &mut self.message {
            message.tell(language);
            self.shown = language.words(message.id, &message.args, message.sentence);
        }
    }

    /// With what it speaks of masked, then put into words of a language, then masked as a whole.
    #[must_use]
    pub fn masked(&self, mask: &dyn Fn(&str) -> String, language: Language) -> Self {
        let Some(message) = &self.message else { return Self::plain(mask(&self.shown)) };
        let of = |arg: &Arg| match arg {
            Arg::Shown(shown) => Arg::Shown(mask(shown)),
            Arg::Text(text) => Arg::Text(text.masked(mask, language)),
            Arg::Count(_) | Arg::Case(_) => arg.clone(),
        };
        let args = message.args.iter().map(|(name, arg)| (*name, of(arg))).collect();
        let mut masked = Self::of(Message { args, ..(**message).clone() }, language);
        masked.shown = mask(&masked.shown);
        masked
    }

    /// The id of its message; `None` for a text without one.
    #[must_use]
    pub fn id(&self) -> Option<&'static str> {
        self.message.as_ref().map(|message| message.id)
    }

    /// What its message speaks of by this name.
    #[must_use]
    pub fn arg(&self, name: &str) -> Option<&Arg> {
        let args = &self.message.as_ref()?.args;
        args.iter().find(|(own, _)| *own == name).map(|(_, arg)| arg)
    }

    /// All that its message speaks of.
    #[must_use]
    pub fn args(&self) -> &[(&'static str, Arg)] {
        self.message.as_ref().map_or(&[], |message| &message.args)
    }

    /// Whether it can be told in another language.
    #[must_use]
    pub fn is_message(&self) -> bool {
        self.message.is_some()
    }
}

impl Message {
    fn tell(&mut self, language: Language) {
        for (_, arg) in &mut self.args {
            if let Arg::Text(text) = arg {
                text.tell(language);
            }
        }
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.shown
    }
}

impl fmt::Display for Text {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.shown)
    }
}

impl Serialize for Text {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&self.shown)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input).map(Self::plain)
    }
}

impl JsonSchema for Text {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        String::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}

impl From<u64> for Arg {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<usize> for Arg {
    fn from(count: usize) -> Self {
        Self::Count(count as u64)
    }
}

impl From<String> for Arg {
    fn from(shown: String) -> Self {
        Self::Shown(shown)
    }
}

impl From<&String> for Arg {
    fn from(shown: &String) -> Self {
        Self::Shown(shown.clone())
    }
}

impl From<&str> for Arg {
    fn from(shown: &str) -> Self {
        Self::Shown(shown.to_owned())
    }
}

impl From<Text> for Arg {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

impl From<&Text> for Arg {
    fn from(text: &Text) -> Self {
        Self::Text(text.clone())
    }
}
