//! What a file is called once it was read: the format that most of it has, or the words that it is no log.

use crate::envelope::Envelope;
use crate::traffic::Traffic;
use crate::wording::{Text, text};

use super::Source;

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
