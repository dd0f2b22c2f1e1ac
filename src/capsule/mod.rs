//! The capsule: what of a bundle its verdicts rest on, small enough to be attached to a ticket. This is its format; `pack` writes it,
//! `ingest` reads it.
//!
//! A capsule is a `.tar.gz` with a folder `coroner-capsule/`:
//!
//! ```text
//! capsule.json      what was counted: requests by time, status and route, stretches covered, marks by which clocks are lined up,
//!                   and which of the lines raised an event
//! lines/1.txt ...   of each source the lines that raised events and those next to the cited ones, numbered as `grep -n` does;
//!                   of a snapshot all lines
//! report.md, .json  for the reader; coroner does not read them
//! ```
//!
//! Counts travel as data, for nobody wants a million lines of good requests. What happened does not: an event counts only when its
//! line is there and raises it again. A verdict is never read. All texts are redacted before they go in.

pub mod kept;
pub mod record;
pub mod tables;

pub use record::Capsule;

/// Version of the format.
pub const VERSION: u32 = 1;
/// The folder in the archive.
pub const FOLDER: &str = "coroner-capsule";
/// What a capsule's `capsule.json` begins with, so that it is known for what it is wherever it lies.
pub const OPENING: &[u8] = b"{\"coroner_capsule\":";
/// Largest member of a capsule that is read, in bytes; ours are far smaller.
pub const MEMBER_MAX_BYTES: usize = 16 << 20;

/// The folder of a member, with its slash: members of one capsule have the same.
#[must_use]
pub fn folder(path: &str) -> &str {
    path.rfind('/').and_then(|slash| path.get(..=slash)).unwrap_or_default()
}

/// Where the bundle of a capsule lay that is in this folder: what stands before the paths of its sources.
#[must_use]
pub fn under(folder: &str) -> &str {
    folder.strip_suffix('/').and_then(|folder| folder.strip_suffix(FOLDER)).unwrap_or_default()
}
