//! xz (The .xz File Format 1.2.1): every block of every stream, with checks and index. In: packed blocks. Out: unpacked bytes.
//! It exists because the reader of lzma-rust2 keeps a record of every block in memory, and ends at a wrong checksum without the
//! rest; only its LZMA2 decoder is used. It must never allocate a dictionary before the allowance was asked.

use std::ops::ControlFlow;

use lzma_rust2::{Action, Lzma2Stream, Status};

use super::blocks::{End, Fault};
use super::unpack::{Codec, Packed, Stepped, agree};
use super::xz_header::{
    Check, MAGIC, Refusal, STREAM_HEADER_BYTES, dictionary_bytes, footer_matches, stream_flags,
};
use crate::problem::ProblemKind;
use crate::wording::text;

/// Packed bytes handed to the decoder at once: what it has unpacked of them is lost when it then finds them corrupt.
const SLICE_BYTES: usize = 8 * 1024;

/// Whether these bytes begin a stream, or are the begin of its first six.
pub(super) fn begins(head: &[u8]) -> bool {
    !head.is_empty() && agree(head, &MAGIC)
}

enum At {
    Stream,
    BlockOrIndex,
    Body(Box<Lzma2Stream>, Check),
    /// After the body of a block, with its length as packed and as unpacked.
    Trailer(Check, u64, u64),
}

/// An xz stream.
pub(super) struct Xz {
    at: At,
    flags: [u8; 2],
    /// Bytes of the current block's header.
    header_bytes: u64,
    /// Streams that are complete.
    streams: u64,
    /// Blocks of all streams.
    blocks: u64,
    records: Records,
}

/// The lengths of all blocks of a stream, summed up as liblzma does: an index may have a billion of them.
#[derive(Default, PartialEq)]
struct Records {
    count: u64,
    unpadded_bytes: u64,
    unpacked_bytes: u64,
    crc: u32,
}

impl Records {
    fn add(&mut self, unpadded_bytes: u64, unpacked_bytes: u64) {
        self.count = self.count.saturating_add(1);
        self.unpadded_bytes = self.unpadded_bytes.wrapping_add(unpadded_bytes);
        self.unpacked_bytes = self.unpacked_bytes.wrapping_add(unpacked_bytes);
        let mut crc = crc32fast::Hasher::new_with_initial(self.crc);
        crc.update(&unpadded_bytes.to_le_bytes());
        crc.update(&unpacked_bytes.to_le_bytes());
        self.crc = crc.finalize();
    }
}

/// The index while it is read.
#[derive(Default)]
struct Index {
    crc: crc32fast::Hasher,
    bytes: u64,
}

impl Index {
    fn byte(&mut self, packed: &mut Packed<'_>) -> Result<u8, Fault> {
        let mut byte = [0];
        packed.read_exact(&mut byte)?;
        self.add(byte[0]);
        Ok(byte[0])
    }

    fn add(&mut self, byte: u8) {
        self.crc.update(&[byte]);
        self.bytes = self.bytes.saturating_add(1);
    }

    /// A number of 7 bits a byte, the lowest ones first; at most 9 bytes (1.2).
    fn number(&mut self, packed: &mut Packed<'_>) -> Result<u64, Fault> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte(packed)?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(packed.corrupt())
    }
}

impl Xz {
    pub(super) fn new() -> Self {
        Self {
            at: At::Stream,
            flags: [0; 2],
            header_bytes: 0,
            streams: 0,
            blocks: 0,
            records: Records::default(),
        }
    }

    fn stream(&mut self, packed: &mut Packed<'_>) -> Stepped {
        let Some(header) = packed.head::<STREAM_HEADER_BYTES>(begins, self.streams == 0)? else {
            return Ok(ControlFlow::Break(()));
        };
        self.flags = stream_flags(&header).ok_or_else(|| packed.corrupt())?;
        self.records = Records::default();
        self.at = At::BlockOrIndex;
        Ok(ControlFlow::Continue(()))
    }

    fn block_or_index(&mut self, packed: &mut Packed<'_>) -> End {
        let mut length = [0];
        packed.read_exact(&mut length)?;
        let [length] = length;
        if length == 0 {
            return self.index(packed);
        }
        let mut header = vec![0; usize::from(length) * 4 + 3];
        packed.read_exact(&mut header)?;
        self.header_bytes = header.len() as u64 + 1;
        let bytes = dictionary_bytes(length, &header).map_err(|refusal| match refusal {
            Refusal::Damaged => packed.corrupt(),
            Refusal::Filter(id) => filtered(id),
        })?;
        packed.want_window(bytes)?;
        let dictionary = u32::try_from(bytes).map_err(|_| packed.corrupt())?;
        let check = Check::new(self.flags[1]);
        self.at = At::Body(Box::new(Lzma2Stream::new(dictionary)), check);
        Ok(())
    }

    fn trailer(&mut self, packed: &mut Packed<'_>, check: Check, lengths: (u64, u64)) -> End {
        let (packed_bytes, unpacked_bytes) = lengths;
        let mut padding = [0; 3];
        let padding = padding.get_mut(..padding_bytes(packed_bytes)).unwrap_or_default();
        packed.read_exact(padding)?;
        let mut written = [0; 64];
        let length = check.length();
        let written = written.get_mut(..length).unwrap_or_default();
        packed.read_exact(written)?;
        self.blocks = self.blocks.saturating_add(1);
        if !check.matches(written) || padding.iter().any(|byte| *byte != 0) {
            packed.wrong_sum("unread-part-xz-block", self.blocks);
        }
        let unpadded = self.header_bytes.saturating_add(packed_bytes).saturating_add(length as u64);
        self.records.add(unpadded, unpacked_bytes);
        self.at = At::BlockOrIndex;
        Ok(())
    }

    fn index(&mut self, packed: &mut Packed<'_>) -> End {
        let mut index = Index::default();
        index.add(0);
        let mut listed = Records::default();
        // Of a wrong number only the true one is read: what follows does not fit then.
        let matches = index.number(packed)? == self.records.count;
        for _ in 0..self.records.count {
            let unpadded = index.number(packed)?;
            let unpacked = index.number(packed)?;
            listed.add(unpadded, unpacked);
        }
        for _ in 0..padding_bytes(index.bytes) {
            index.byte(packed)?;
        }
        let (mut sum, mut footer) = ([0; 4], [0; STREAM_HEADER_BYTES]);
        packed.read_exact(&mut sum)?;
        packed.read_exact(&mut footer)?;
        let index_bytes = index.bytes.saturating_add(4);
        self.streams = self.streams.saturating_add(1);
        let matches = matches
            && listed == self.records
            && index.crc.finalize() == u32::from_le_bytes(sum)
            && footer_matches(&footer, self.flags, index_bytes);
        if !matches {
            packed.wrong_sum("unread-part-xz-index", self.streams);
        }
        self.at = At::Stream;
        Ok(())
    }
}

impl Codec for Xz {
    fn step(&mut self, packed: &mut Packed<'_>, room: &mut [u8], made: &mut usize) -> Stepped {
        match std::mem::replace(&mut self.at, At::BlockOrIndex) {
            At::Stream => return self.stream(packed),
            At::BlockOrIndex => self.block_or_index(packed)?,
            At::Body(mut lzma, mut check) => {
                let at_end = body(&mut lzma, packed, room, made);
                check.update(room.get(..*made).unwrap_or_default());
                self.at = if at_end? {
                    At::Trailer(check, lzma.total_in(), lzma.total_out())
                } else {
                    At::Body(lzma, check)
                };
            }
            At::Trailer(check, packed_bytes, unpacked_bytes) => {
                self.trailer(packed, check, (packed_bytes, unpacked_bytes))?;
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// Unpacks some bytes of a block; true at its end.
fn body(
    lzma: &mut Lzma2Stream,
    packed: &mut Packed<'_>,
    room: &mut [u8],
    made: &mut usize,
) -> Result<bool, Fault> {
    let (block, end) = packed.fill();
    let input = block.get(..block.len().min(SLICE_BYTES)).unwrap_or_default();
    let at_end = input.is_empty();
    let action = if at_end { Action::Finish } else { Action::Run };
    let result = match lzma.process(input, room, action) {
        Ok(result) => result,
        Err(_) if at_end => return Err(packed.cut(end)),
        Err(_) => return Err(packed.corrupt()),
    };
    packed.take(result.bytes_consumed);
    *made = result.bytes_produced.min(room.len());
    match result.status {
        Status::StreamEnd => Ok(true),
        Status::Ok if result.bytes_consumed > 0 || *made > 0 => Ok(false),
        Status::Ok if at_end => Err(packed.cut(end)),
        Status::Ok => Err(packed.corrupt()),
    }
}

/// Bytes up to the next multiple of four.
fn padding_bytes(bytes: u64) -> usize {
    [0, 3, 2, 1].get((bytes & 3) as usize).copied().unwrap_or_default()
}

fn filtered(id: u64) -> Fault {
    let args = [("filter", format!("{id:#x}").into())];
    Fault::new(ProblemKind::Unreadable, text("unread-xz-filter", args))
}
