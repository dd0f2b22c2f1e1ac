//! Raw deflate (RFC 1951) with the checksum that gzip and zip put around it. In: packed bytes. Out: unpacked ones, their CRC-32
//! and number. It exists because gzip and zip differ only in what stands before and after it. It must never read past its end.

use flate2::{Decompress, FlushDecompress, Status};

use super::blocks::Fault;
use super::unpack::Packed;

pub(super) struct Deflate {
    raw: Decompress,
    crc: crc32fast::Hasher,
    size_bytes: u64,
}

impl Deflate {
    pub(super) fn new() -> Self {
        Self { raw: Decompress::new(false), crc: crc32fast::Hasher::new(), size_bytes: 0 }
    }

    /// Begins anew.
    pub(super) fn reset(&mut self) {
        self.raw.reset(false);
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
        let (in_before, out_before) = (self.raw.total_in(), self.raw.total_out());
        let status = self.raw.decompress(input, room, FlushDecompress::None);
        let used = self.raw.total_in().saturating_sub(in_before);
        let new = self.raw.total_out().saturating_sub(out_before);
        let new_bytes = usize::try_from(new).unwrap_or(room.len()).min(room.len());
        self.crc.update(room.get(..new_bytes).unwrap_or_default());
        packed.take(usize::try_from(used).unwrap_or(usize::MAX));
        *made = new_bytes;
        self.size_bytes = self.size_bytes.saturating_add(new);
        match status {
            Ok(Status::StreamEnd) => Ok(true),
            Ok(_) if used > 0 || new > 0 => Ok(false),
            Ok(_) if at_end => Err(packed.cut(end)),
            Ok(_) | Err(_) => Err(packed.corrupt()),
        }
    }
}
