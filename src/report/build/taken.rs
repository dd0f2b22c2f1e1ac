//! Why a member was taken for what it is said to be: the form of its lines, and what was read in them.

use crate::envelope::Envelope;
use crate::ingest::Source;
use crate::traffic::Traffic;
use crate::wording::{Text, text};

/// Formats of messages that are named.
const NAMED: usize = 4;

/// The reason, for a person.
pub(super) fn why(source: &Source) -> Text {
    if source.snapshot.is_some() {
        return text("taken-snapshot", []);
    }
    let mut reasons = Vec::new();
    match source.envelope {
        Envelope::Plain => {}
        Envelope::Dmesg => reasons.push(text("taken-dmesg", [])),
        wrapped => reasons.push(text("taken-wrapped", [("form", wrapped.name().into())])),
    }
    let requests = source.traffic.as_deref().map_or(0, Traffic::requests);
    if requests > 0 {
        reasons.push(text("taken-requests", [("requests", requests.into())]));
    }
    if let Some(kernel) = source.kernel.as_ref().filter(|kernel| kernel.records > 0) {
        reasons.push(text("taken-kernel", [("messages", kernel.records.into())]));
    }
    let mut formats: Vec<(u64, &str)> =
        source.formats.iter().map(|(name, count)| (*count, name.as_str())).collect();
    formats.sort_by_key(|(count, name)| (std::cmp::Reverse(*count), *name));
    let more = formats.len().saturating_sub(NAMED);
    reasons.extend(formats.iter().take(NAMED).map(|(count, name)| {
        text("taken-of-format", [("lines", (*count).into()), ("format", (*name).into())])
    }));
    if more > 0 {
        reasons.push(text("taken-of-more", [("formats", more.into())]));
    }
    let listed =
        |one: Text, other: Text| text("listed", [("one", one.into()), ("other", other.into())]);
    let unexplained =
        if source.spans.is_empty() { "taken-nothing-untimed" } else { "taken-nothing" };
    reasons.into_iter().reduce(listed).unwrap_or_else(|| text(unexplained, []))
}
