//! The content of a zip member, stored or deflated, with its checksum. In: the bytes after its header. Out: its content, then the
//! end or what was wrong. It exists because a member's length may stand only behind it. It must never read into the next one
//! where the lengths are right.

use std::ops::ControlFlow;

use super::blocks::{Blocks, End, Fault, Head, cut};
use super::deflate::Deflate;
use super::unpack::{Codec, Packed, Stepped};
use super::zip_header::{
    DESCRIPTOR, DESCRIPTOR_LOOK_BYTES, Member, descriptor_bytes, descriptor_crc,
};
use crate::problem::ProblemKind;
use crate::wording::text;

/// A deflated member.
pub(super) struct Deflated {
    deflate: Deflate,
    /// Checksum and length, if they stood before it.
    sums: Option<(u32, u64)>,
    number: u64,
    at_trailer: bool,
}

impl Deflated {
    /// `number` counts the members of the archive from 1 on.
    pub(super) fn new(header: &Member, number: u64) -> Self {
        let sums = (!header.sizes_follow).then_some((header.crc, header.size_bytes));
        Self { deflate: Deflate::new(), sums, number, at_trailer: false }
    }

    fn trailer(&self, packed: &mut Packed<'_>) -> Result<bool, Fault> {
        let (crc, size_bytes) = self.deflate.sums();
        match self.sums {
            // Its packed bytes end with its length: nothing may be left.
            Some(sums) => Ok(sums == (crc, size_bytes) && packed.fill().0.is_empty()),
            None => descriptor_matches(packed, crc, size_bytes),
        }
    }
}

/// Reads the descriptor that follows; its lengths have four or eight bytes.
fn descriptor_matches(packed: &mut Packed<'_>, crc: u32, size_bytes: u64) -> Result<bool, Fault> {
    let packed_bytes = packed.taken_bytes();
    let mut found = vec![0; 4];
    packed.read_exact(&mut found)?;
    let begin = if found == DESCRIPTOR { 4 } else { 0 };
    for until in [begin + 12, begin + 20] {
        let from = found.len();
        found.resize(until, 0);
        packed.read_exact(found.get_mut(from..).unwrap_or_default())?;
        if descriptor_bytes(&found, (packed_bytes, size_bytes)).is_some() {
            return Ok(descriptor_crc(&found) == crc);
        }
    }
    Ok(false)
}

impl Codec for Deflated {
    fn step(&mut self, packed: &mut Packed<'_>, room: &mut [u8], made: &mut usize) -> Stepped {
        if !self.at_trailer {
            self.at_trailer = self.deflate.step(packed, room, made)?;
            return Ok(ControlFlow::Continue(()));
        }
        if !self.trailer(packed)? {
            packed.wrong_sum("unread-part-zip-member", self.number);
        }
        Ok(ControlFlow::Break(()))
    }
}

/// A member that is not packed.
pub(super) struct Stored<'h, 'a> {
    head: &'h mut Head<'a>,
    /// Bytes to come; `None` if only a descriptor ends them.
    left_bytes: Option<u64>,
    content_bytes: u64,
    taken_bytes: u64,
    crc: crc32fast::Hasher,
    /// The checksum, if it stood before it.
    sum: Option<u32>,
    number: u64,
    end: Option<End>,
}

impl<'h, 'a> Stored<'h, 'a> {
    /// `number` counts the members of the archive from 1 on.
    pub(super) fn new(head: &'h mut Head<'a>, header: &Member, number: u64) -> Self {
        let known = !header.sizes_follow || header.packed_bytes > 0;
        Self {
            head,
            left_bytes: known.then_some(header.packed_bytes),
            content_bytes: 0,
            taken_bytes: 0,
            crc: crc32fast::Hasher::new(),
            sum: (!header.sizes_follow).then_some(header.crc),
            number,
            end: None,
        }
    }

    /// Bytes taken, with the descriptor.
    pub(super) const fn taken_bytes(&self) -> u64 {
        self.taken_bytes
    }

    /// Whether the archive ended inside of it.
    pub(super) fn is_cut(&self) -> bool {
        matches!(&self.end, Some(Err(fault)) if fault.kind != ProblemKind::Damaged)
    }

    /// How many of the bytes at hand belong to it; none if it has ended. Fails where the archive ends before, with what was wrong
    /// with it, if anything was.
    fn here(&mut self) -> Result<usize, Option<Fault>> {
        if self.left_bytes == Some(0) {
            return Ok(0);
        }
        let block = self.head.fill()?;
        let (have, mark) = (block.len(), memchr::memchr(b'P', block));
        match (self.left_bytes, mark) {
            _ if have == 0 => Err(None),
            (Some(left), _) => Ok(have.min(usize::try_from(left).unwrap_or(usize::MAX))),
            (None, None) => Ok(have),
            (None, Some(0)) => Ok(usize::from(self.descriptor().is_none())),
            (None, Some(upto)) => Ok(upto),
        }
    }

    /// Length and checksum of the descriptor that is next.
    fn descriptor(&mut self) -> Option<(usize, u32)> {
        let lengths = (self.content_bytes, self.content_bytes);
        let needs_signature = self.left_bytes.is_none();
        let next = self.head.peek(DESCRIPTOR_LOOK_BYTES);
        if needs_signature && !next.starts_with(&DESCRIPTOR) {
            return None;
        }
        descriptor_bytes(next, lengths).map(|length| (length, descriptor_crc(next)))
    }

    fn finish(&mut self) -> End {
        let written = match self.sum {
            Some(sum) => Some(sum),
            None => self.descriptor().map(|(length, crc)| {
                self.head.take(length);
                self.taken_bytes = self.taken_bytes.saturating_add(length as u64);
                crc
            }),
        };
        if written == Some(self.crc.clone().finalize()) {
            return Ok(());
        }
        let part = text("unread-part-zip-member", [("number", self.number.into())]);
        let detail = text("unread-wrong-sum-of-member", [("part", part.into())]);
        Err(Fault::new(ProblemKind::Damaged, detail))
    }

    fn cut(&self, why: Option<Fault>) -> Fault {
        let came = self.content_bytes;
        if let Some(left) = self.left_bytes {
            return cut(came.saturating_add(left), left, why);
        }
        let came = ("came", came.into());
        match why.filter(|fault| fault.kind.loses_bytes()) {
            Some(Fault { kind, detail }) => {
                let args = [came, ("reason", detail.into())];
                Fault::new(kind, text("unread-member-open-because", args))
            }
            None => Fault::new(ProblemKind::Truncated, text("unread-member-open", [came])),
        }
    }
}

impl Blocks for Stored<'_, '_> {
    fn fill(&mut self) -> Result<&[u8], Fault> {
        if self.end.is_none() {
            match self.here() {
                Ok(0) => self.end = Some(self.finish()),
                Ok(here) => return Ok(self.head.fill()?.get(..here).unwrap_or_default()),
                Err(why) => self.end = Some(Err(self.cut(why))),
            }
        }
        match &self.end {
            Some(Err(fault)) => Err(fault.clone()),
            _ => Ok(&[]),
        }
    }

    fn take(&mut self, count: usize) {
        if let Ok(block) = self.head.fill() {
            self.crc.update(block.get(..count).unwrap_or_default());
        }
        self.head.take(count);
        let count = count as u64;
        self.content_bytes = self.content_bytes.saturating_add(count);
        self.taken_bytes = self.taken_bytes.saturating_add(count);
        self.left_bytes = self.left_bytes.map(|left| left.saturating_sub(count));
    }

    fn packed_bytes(&self) -> u64 {
        self.head.packed_bytes()
    }
}
