//! What a file is called once it was read: the format that most of it has, or the words that it is no log.

use std::collections::BTreeMap;

use crate::envelope::Envelope;
use crate::traffic::Traffic;
use crate::wording::{Text, text};

use super::Source;

/// How many messages of a file are in each format. The names are those of the grammars, and no more.
#[derive(Debug, Default)]
pub(super) struct Formats<'g>(Vec<(&'g str, u64)>);

impl<'g> Formats<'g> {
    pub(super) fn count(&mut self, format: &'g str) {
        // Asked for every message: a grammar's name is always the same one.
        match self.0.iter_mut().find(|(name, _)| std::ptr::eq(*name, format)) {
            Some((_, count)) => *count += 1,
            None => self.0.push((format, 1)),
        }
    }

    /// Adds them up by name.
    pub(super) fn add_to(&mut self, sums: &mut BTreeMap<String, u64>) {
        for (name, count) in self.0.drain(..) {
            *sums.entry(name.to_owned()).or_default() += count;
        }
    }
}

/// The format that most of the file's messages have; empty when nothing in it was recognised.
pub(super) fn format_name(source: &Source, requests: Option<String>) -> String {
    let asked = source.traffic.as_deref().map_or(0, Traffic::requests);
    let claimed: u64 = source.formats.values().sum();
    let kernel = source.kernel.as_ref().map_or(0, |kernel| kernel.records);
    // With or without times.
    if source.envelope == Envelope::Dmesg {
        return "kernel".to_owned();
    }
    if matches!(source.envelope, Envelope::Plain) {
        if kernel > 0 {
            return "kernel".to_owned();
        }
        if asked > claimed {
            return requests.unwrap_or_else(|| "access".to_owned());
        }
        let best =
            source.formats.iter().max_by_key(|(name, count)| (**count, std::cmp::Reverse(*name)));
        let enough = claimed >= 2 || claimed * 5 >= source.lines;
        return match best {
            Some((name, _)) if enough => name.clone(),
            _ if !source.events.is_empty() => "app-output".to_owned(),
            _ => String::new(),
        };
    }
    source.envelope.name().to_owned()
}

/// Says of a file that it is no known log, for a person.
pub(super) fn describe_text(source: &Source) -> Text {
    let lines = ("lines", source.lines.into());
    match source.first_unparsed.first() {
        Some((_, line)) => text("unread-no-log", [lines, ("line", brief(line).into())]),
        None => text("unread-no-log-unquoted", [lines]),
    }
}

fn brief(line: &str) -> String {
    line.chars().filter(|letter| !letter.is_control()).take(40).collect()
}
