//! Where a statement comes from: which file of the bundle, which line of it.

/// Index of a source in the order of the report (by path, then by content).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SourceId(pub usize);

/// A line that can be looked up: every claim in a report carries one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct LineRef {
    /// The file.
    pub source: SourceId,
    /// 1-based line number in the unpacked file; for journald's export format the line on which the entry begins.
    pub line: u64,
}
