//! What leaves the program without its secrets: tokens, passwords, cookies, keys and mail addresses become `***`; under a key,
//! addresses, hosts and users become pseudonyms. In: a report. Out: the same report, masked in every text that it holds, whatever
//! field it stands in: the model is walked as JSON, so that a new field cannot be forgotten. Runs before any output form shortens a
//! text, because half a token is no token to a pattern. Must never change what the report claims: figures, times and ids stay.

mod ids;
mod quoted;
mod secrets;
mod signs;
#[cfg(test)]
mod tests;

use std::io;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::wording::Text;

use super::model::Report;
use super::spoken;
use ids::Pseudonyms;

pub use ids::Key;

/// What is masked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Level {
    /// Secrets and mail addresses.
    #[default]
    Secrets,
    /// These, and addresses, hosts and users under a key.
    Ids(Key),
    /// Nothing; the report says so.
    Off,
}

impl Level {
    /// The word of the command line and of the report.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Secrets => "secrets",
            Self::Ids(_) => "ids",
            Self::Off => "off",
        }
    }
}

/// The message that tells what a reader must know of a report's texts, by the name of the level; none where only secrets are
/// masked.
#[must_use]
pub fn note(redaction: &str) -> Option<&'static str> {
    match redaction {
        "off" => Some("redact-off"),
        "ids" => Some("redact-ids"),
        _ => None,
    }
}

/// Masks texts that belong together: the same name is the same pseudonym in all of them.
#[derive(Debug)]
pub struct Masker {
    off: bool,
    pseudonyms: Option<Pseudonyms>,
}

impl Masker {
    /// For texts in which these hosts are spoken of.
    #[must_use]
    pub fn new<'a>(level: Level, hosts: impl Iterator<Item = &'a str>) -> Self {
        let pseudonyms = match level {
            Level::Ids(key) => Some(Pseudonyms::new(key, hosts)),
            Level::Secrets | Level::Off => None,
        };
        Self { off: level == Level::Off, pseudonyms }
    }

    fn of_report(level: Level, report: &Report) -> Self {
        let sources = report.sources.iter().filter_map(|source| source.host.as_deref());
        let kills = report.oom_kills.iter().filter_map(|kill| kill.host.as_deref());
        let events = report.events.iter().filter_map(|event| event.attributes.get("host"));
        Self::new(level, sources.chain(kills).chain(events.map(String::as_str)))
    }

    /// A text as it may leave.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        if self.off {
            return text.to_owned();
        }
        let masked = self::text(text);
        self.pseudonyms.as_ref().map_or_else(|| masked.clone(), |names| names.text(&masked))
    }

    /// Lines that stand next to each other, as they may leave.
    pub fn lines<'a>(&self, lines: impl Iterator<Item = &'a mut String>) {
        if self.off {
            return;
        }
        let lines: Vec<&mut String> = lines.collect();
        let in_key = secrets::in_keys(&lines);
        for (line, in_key) in lines.into_iter().zip(in_key) {
            if in_key {
                secrets::MASK.clone_into(line);
            } else {
                // Docker's list of variables has one a line.
                let hidden = secrets::variable_hidden(line);
                *line = self.text(hidden.as_ref().unwrap_or(line));
            }
        }
    }

    /// The same part of a report, masked.
    fn masked<T: Serialize + DeserializeOwned>(&self, part: &T) -> io::Result<T> {
        let mut value = serde_json::to_value(part).map_err(io::Error::from)?;
        self.walk(&mut value);
        serde_json::from_value(value).map_err(io::Error::from)
    }

    fn walk(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(values) => values.iter_mut().for_each(|value| self.walk(value)),
            Value::Object(fields) => {
                for (name, value) in fields.iter_mut() {
                    match value {
                        // A field whose name says what it is needs no pattern in its value.
                        Value::String(text) if secrets::is_named_secret(name) => {
                            secrets::MASK.clone_into(text);
                        }
                        // The words of the contract are no names, even where a host is called `gateway`.
                        Value::String(text) if is_word(name, text) => *text = self::text(text),
                        Value::String(text) => {
                            *text = match &self.pseudonyms {
                                Some(names) if ids::is_user_field(name) => names.user(text),
                                _ => self.text(text),
                            };
                        }
                        other => self.walk(other),
                    }
                }
            }
            _ => {}
        }
    }
}

/// Fields that hold words of the contract.
const WORDS: [&str; 16] = [
    "id",
    "class",
    "cause",
    "verdict",
    "kind",
    "role",
    "format",
    "basis",
    "censored",
    "counted_from",
    "redaction",
    "killer",
    "scope",
    "state",
    "when",
    "why",
];

fn is_word(name: &str, text: &str) -> bool {
    WORDS.contains(&name) && !text.contains(' ')
}

/// The report as it may be passed on.
///
/// # Errors
/// When the report is no JSON, which its types rule out.
pub fn report(report: &Report, level: Level) -> io::Result<Report> {
    let masker = Masker::of_report(level, report);
    let mut masked = report.clone();
    if level != Level::Off {
        for event in &mut masked.events {
            masker.lines(event.lines.iter_mut().map(|near| &mut near.text));
        }
        let mask = |text: &str| masker.text(text);
        let texts: Vec<Text> = spoken::texts(&mut masked)
            .into_iter()
            .map(|text| text.masked(&mask, report.language))
            .collect();
        // The long lists go entry by entry: as JSON, all of it would take several times its memory.
        let (mut kills, mut events) =
            (std::mem::take(&mut masked.oom_kills), std::mem::take(&mut masked.events));
        let mut deaths = std::mem::take(&mut masked.deaths);
        masked = masker.masked(&masked)?;
        kills.iter_mut().try_for_each(|kill| masker.masked(kill).map(|masked| *kill = masked))?;
        events
            .iter_mut()
            .try_for_each(|event| masker.masked(event).map(|masked| *event = masked))?;
        deaths
            .iter_mut()
            .try_for_each(|death| masker.masked(death).map(|masked| *death = masked))?;
        (masked.oom_kills, masked.events, masked.deaths) = (kills, events, deaths);
        // Texts of ours lost their messages on the way; what they speak of was masked by itself.
        for (own, text) in spoken::texts(&mut masked).into_iter().zip(texts) {
            *own = text;
        }
        masked.language = report.language;
    }
    // The lines for `inspect` are no part of the JSON.
    for (own, given) in masked.sources.iter_mut().zip(&report.sources) {
        let lines = given.first_unparsed.iter();
        own.first_unparsed = lines.map(|(line, text)| (*line, masker.text(text))).collect();
    }
    level.name().clone_into(&mut masked.redaction);
    Ok(masked)
}

/// A text with its secrets masked.
#[must_use]
pub fn text(text: &str) -> String {
    secrets::masked(text)
}
