//! What could not be read, where and why. Broken input is never an error: it is counted, reported, and analysed around.

use crate::wording::Text;

/// What kind of trouble it was; decides whether bytes of logs were lost (exit code 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemKind {
    /// The stream ended before its format said so.
    Truncated,
    /// A checksum or a header is wrong, or entries of a log are no entries.
    Damaged,
    /// The operating system refused to read it.
    Unreadable,
    /// A limit on size, nesting or number was hit.
    Limit,
    /// The last line has no end; it was left out.
    PartialLine,
    /// A line longer than the limit was cut.
    LongLine,
    /// Lines of a log that its format does not explain.
    Unparsed,
    /// Not a log, or empty: named, and passed over without loss.
    NotALog,
}

impl ProblemKind {
    /// The word that the JSON report uses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Truncated => "truncated",
            Self::Damaged => "damaged",
            Self::Unreadable => "unreadable",
            Self::Limit => "limit",
            Self::PartialLine => "partial-line",
            Self::LongLine => "long-line",
            Self::Unparsed => "unparsed",
            Self::NotALog => "not-a-log",
        }
    }

    /// Whether bytes of logs were lost, which turns the exit code to 1.
    #[must_use]
    pub const fn loses_bytes(self) -> bool {
        matches!(
            self,
            Self::Truncated
                | Self::Damaged
                | Self::Unreadable
                | Self::Limit
                | Self::LongLine
                | Self::PartialLine
        )
    }
}

/// One thing that could not be read as it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Path inside the bundle, as it was found there.
    pub path: String,
    /// What kind of trouble.
    pub kind: ProblemKind,
    /// What was expected, what was found, what to do, in English so far: a message `unread-*`, lower case, no full stop.
    pub detail: Text,
}

impl Problem {
    /// What problems are listed by: the same in every language, and for a text that came without its message.
    #[must_use]
    pub fn order(&self) -> (&str, ProblemKind, &str) {
        (&self.path, self.kind, &self.detail)
    }
}
