//! Raw deflate (RFC 1951) with the checksum that gzip and zip put around it. In: packed bytes. Out: unpacked ones, their CRC-32
//! and number. It exists because gzip and zip differ only in what stands before and after it. It must never read past its end.

use super::blocks::Fault;
use super::inflate::{Inflate, Status};
use super::unpack::Packed;

pub(super) struct Deflate {
    raw: Inflate,
    crc: crc32fast::Hasher,
    size_bytes: u64,
}

impl Deflate {
    pub(super) fn new() -> Self {
        Self { raw: Inflate::new(), crc: crc32fast::Hasher::new(), size_bytes: 0 }
    }

    /// Begins anew.
    pub(super) fn reset(&mut self) {
        self.raw.reset();
        self.crc.reset();
        self.size_bytes = 0;
    }

    /// CRC-32 and length of what was unpacked.
    pub(super) fn sums(&self) -> (u32, u64) {
        (self.crc.clone().finalize(), self.size_bytes)
    }

    /// Unpacks some bytes; true at the end.
    pub(super) fn step(
        &mut self,
        packed: &mut Packed<'_>,
        room: &mut [u8],
        made: &mut usize,
    ) -> Result<bool, Fault> {
        let (input, end) = packed.fill();
        let at_end = input.is_empty();
        let step = self.raw.step(input, room);
        self.crc.update(room.get(..step.made_bytes).unwrap_or_default());
        packed.take(step.taken_bytes);
        *made = step.made_bytes;
        self.size_bytes = self.size_bytes.saturating_add(step.made_bytes as u64);
        let is_progress = step.taken_bytes > 0 || step.made_bytes > 0;
        match step.status {
            Status::End => Ok(true),
            Status::More if is_progress => Ok(false),
            Status::More if at_end => Err(packed.cut(end)),
            Status::More | Status::Corrupt => Err(packed.corrupt()),
        }
    }
}
