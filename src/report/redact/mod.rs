//! What leaves the program without its secrets: tokens, passwords, cookies, keys and mail addresses become `***`.
//! In: a report. Out: the same report, masked in every text that it holds, whatever field it stands in: the model is walked as
//! JSON, so that a new field cannot be forgotten. Runs before any output form shortens a text, because half a token is no token
//! to a pattern. Must never change what the report claims: figures, times and ids stay.

mod secrets;
#[cfg(test)]
mod tests;

use std::io;

use serde_json::Value;

use super::model::Report;

/// What is masked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Level {
    /// Secrets and mail addresses.
    #[default]
    Secrets,
    /// Nothing; the report says so.
    Off,
}

impl Level {
    /// The word of the command line and of the report.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Secrets => "secrets",
            Self::Off => "off",
        }
    }
}

/// The report as it may be passed on.
///
/// # Errors
/// When the report is no JSON, which its types rule out.
pub fn report(report: &Report, level: Level) -> io::Result<Report> {
    let mut masked = match level {
        Level::Off => report.clone(),
        Level::Secrets => {
            let mut value = serde_json::to_value(report).map_err(io::Error::from)?;
            walk(&mut value);
            serde_json::from_value(value).map_err(io::Error::from)?
        }
    };
    // The lines for `inspect` are no part of the JSON.
    for (own, given) in masked.sources.iter_mut().zip(&report.sources) {
        own.taken_because.clone_from(&given.taken_because);
        own.first_unparsed = given
            .first_unparsed
            .iter()
            .map(|(line, text)| {
                (*line, if level == Level::Off { text.clone() } else { self::text(text) })
            })
            .collect();
    }
    level.name().clone_into(&mut masked.redaction);
    Ok(masked)
}

/// A text with its secrets masked.
#[must_use]
pub fn text(text: &str) -> String {
    secrets::masked(text)
}

fn walk(value: &mut Value) {
    match value {
        Value::String(text) => *text = self::text(text),
        Value::Array(values) => values.iter_mut().for_each(walk),
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                // A field whose name says what it is needs no pattern in its value.
                match value {
                    Value::String(text) if secrets::is_named_secret(name) => {
                        secrets::MASK.clone_into(text);
                    }
                    other => walk(other),
                }
            }
        }
        _ => {}
    }
}
