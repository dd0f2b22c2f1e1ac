//! A member that was taken out of its bundle whole. In: a member. Out: the same bytes, with the same end, as often as they are asked
//! for. It exists so that a small log can be read while those behind it are unpacked. It must never hold more than it was allowed.

use super::blocks::{Blocks, Fault};
use super::{MemberReader, Problem};

/// The bytes of a member, and why they ended before their time.
#[derive(Debug)]
pub struct Whole {
    path: String,
    bytes: Vec<u8>,
    problem: Option<Problem>,
}

impl MemberReader<'_> {
    /// How many bytes are still to come, where its archive says so; fewer come where that is damaged.
    #[must_use]
    pub fn bytes_left(&self) -> Option<u64> {
        self.blocks.bytes_left()?.checked_sub(self.pending as u64)
    }

    /// Takes out all of the member that was not read, if its archive says that it has at most so many bytes.
    pub fn whole(&mut self, most_bytes: u64) -> Option<Whole> {
        let bytes = self.bytes_left()?;
        if bytes > most_bytes.min(self.most_bytes) {
            return None;
        }
        let mut bytes = vec![0; usize::try_from(bytes).ok()?];
        let count = self.fill(&mut bytes);
        bytes.truncate(count);
        // Behind the last byte is the end, or what there is instead of it.
        self.next_block();
        Some(Whole { path: self.path.to_owned(), bytes, problem: self.problem.clone() })
    }
}

impl Whole {
    /// Bytes that it holds.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Calls `visit` with its path and its bytes.
    pub fn visit(&self, visit: impl FnOnce(&str, &mut MemberReader<'_>)) {
        let Self { path, bytes, problem } = self;
        let fault =
            problem.as_ref().map(|problem| Fault::new(problem.kind, problem.detail.clone()));
        let mut held = Held { bytes, fault };
        visit(path, &mut MemberReader::new(&mut held, path, u64::MAX));
    }
}

/// Bytes in memory as a stream.
struct Held<'a> {
    bytes: &'a [u8],
    fault: Option<Fault>,
}

impl Blocks for Held<'_> {
    fn fill(&mut self) -> Result<&[u8], Fault> {
        match &self.fault {
            Some(fault) if self.bytes.is_empty() => Err(fault.clone()),
            _ => Ok(self.bytes),
        }
    }

    fn take(&mut self, count: usize) {
        self.bytes = self.bytes.get(count..).unwrap_or_default();
    }

    fn packed_bytes(&self) -> u64 {
        0
    }
}
