//! Why a member was taken for what it is said to be: the form of its lines, and what was read in them.

use crate::envelope::Envelope;
use crate::ingest::Source;
use crate::traffic::Traffic;

/// Formats of messages that are named.
const NAMED: usize = 4;

/// The reason, for a person.
pub(super) fn why(source: &Source) -> String {
    if source.snapshot.is_some() {
        return "its text has the form of that program's output".to_owned();
    }
    let mut reasons = Vec::new();
    match source.envelope {
        Envelope::Plain => {}
        Envelope::Dmesg => reasons.push("lines as dmesg prints them".to_owned()),
        wrapped => reasons.push(format!("records in the form {}", wrapped.name())),
    }
    let requests = source.traffic.as_ref().map_or(0, Traffic::requests);
    if requests > 0 {
        reasons.push(format!("{requests} requests"));
    }
    if let Some(kernel) = source.kernel.as_ref().filter(|kernel| kernel.records > 0) {
        reasons.push(format!("{} messages of the kernel", kernel.records));
    }
    let mut formats: Vec<(u64, &str)> =
        source.formats.iter().map(|(name, count)| (*count, name.as_str())).collect();
    formats.sort_by_key(|(count, name)| (std::cmp::Reverse(*count), *name));
    let more = formats.len().saturating_sub(NAMED);
    reasons.extend(formats.iter().take(NAMED).map(|(count, name)| format!("{count} of {name}")));
    if more > 0 {
        reasons.push(format!("others of {more} more formats"));
    }
    if reasons.is_empty() {
        reasons.push("lines with times that no format explains".to_owned());
    }
    reasons.join(", ")
}
