//! Two reports against each other: is it the same cause, what changed, did the fix hold? In: a report from before and one from after.
//! Out: a [`model::Diff`], as text, Markdown or JSON. Must never say that a fix held when nothing could have been seen: too short a
//! time, no traffic, a cause that stayed open.

mod compare;
pub mod model;
mod pairs;
mod verdict;
mod write;

pub use compare::compare;
pub use write::{Form, write};

use crate::report::model::Report;

/// Largest report that is read, in bytes.
pub const REPORT_MAX_BYTES: u64 = 256 << 20;
/// What a report names in its first bytes.
const MARK: &[u8] = b"\"schema_version\"";
/// How far the mark is looked for.
const MARK_WITHIN: usize = 200;

/// Whether the first bytes of a file are those of a report that coroner wrote as JSON.
#[must_use]
pub fn is_report(head: &[u8]) -> bool {
    let opening = head.trim_ascii_start();
    let opening = opening.get(..MARK_WITHIN).unwrap_or(opening);
    opening.starts_with(b"{") && opening.windows(MARK.len()).any(|window| window == MARK)
}

/// Reads such a report.
///
/// # Errors
/// What is wrong with it, for a person.
pub fn read_report(text: &[u8]) -> Result<Report, String> {
    serde_json::from_slice(text).map_err(|error| format!("not a whole report of coroner: {error}"))
}
