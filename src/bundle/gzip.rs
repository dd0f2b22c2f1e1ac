//! gzip (RFC 1952): every member of a concatenated file, its checksum, and what may follow the last one.
//! In: packed blocks. Out: unpacked bytes. It exists because a wrong checksum, a cut member and what follows the last one are told
//! apart. It must never trust a length.

use std::ops::ControlFlow;

use super::blocks::End;
use super::deflate::Deflate;
use super::unpack::{Codec, Packed, Stepped, agree};
use crate::wording::text;

/// ID1, ID2 and the only method there is (RFC 1952, 2.3.1).
const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];
/// The longest FNAME or FCOMMENT that is passed over; real ones are file names.
const TEXT_BYTES: u64 = 64 * 1024;

const FHCRC: u8 = 1 << 1;
const FEXTRA: u8 = 1 << 2;
const FNAME: u8 = 1 << 3;
const FCOMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0b1110_0000;

/// Whether these bytes begin a member, or are the begin of its first three.
pub(super) fn begins(head: &[u8]) -> bool {
    !head.is_empty() && agree(head, &MAGIC)
}

enum At {
    Header,
    Body,
    Trailer,
}

/// A gzip stream.
pub(super) struct Gzip {
    at: At,
    deflate: Deflate,
    /// Members that are complete.
    members: u64,
}

impl Gzip {
    pub(super) fn new() -> Self {
        Self { at: At::Header, deflate: Deflate::new(), members: 0 }
    }

    fn header(&mut self, packed: &mut Packed<'_>) -> Stepped {
        let begin = packed.taken_bytes();
        let Some([_, _, _, flags, ..]) = packed.head::<10>(begins, self.members == 0)? else {
            return Ok(ControlFlow::Break(()));
        };
        if flags & RESERVED != 0 {
            return Err(packed.damaged(text("unread-gzip-flags", [("byte", begin.into())])));
        }
        pass_optional_fields(packed, flags)?;
        self.deflate.reset();
        self.at = At::Body;
        Ok(ControlFlow::Continue(()))
    }

    fn trailer(&mut self, packed: &mut Packed<'_>) -> Stepped {
        let (mut crc, mut size) = ([0; 4], [0; 4]);
        packed.read_exact(&mut crc)?;
        packed.read_exact(&mut size)?;
        self.members = self.members.saturating_add(1);
        let (true_crc, true_size) = self.deflate.sums();
        // ISIZE is the length modulo 2^32 (RFC 1952, 2.3.1).
        let matches = u32::from_le_bytes(crc) == true_crc
            && u64::from(u32::from_le_bytes(size)) == true_size & u64::from(u32::MAX);
        if !matches {
            packed.wrong_sum("unread-part-gzip-member", self.members);
        }
        self.at = At::Header;
        Ok(ControlFlow::Continue(()))
    }
}

impl Codec for Gzip {
    fn step(&mut self, packed: &mut Packed<'_>, room: &mut [u8], made: &mut usize) -> Stepped {
        match self.at {
            At::Header => self.header(packed),
            At::Body => {
                if self.deflate.step(packed, room, made)? {
                    self.at = At::Trailer;
                }
                Ok(ControlFlow::Continue(()))
            }
            At::Trailer => self.trailer(packed),
        }
    }
}

fn pass_optional_fields(packed: &mut Packed<'_>, flags: u8) -> End {
    if flags & FEXTRA != 0 {
        let mut length = [0; 2];
        packed.read_exact(&mut length)?;
        packed.skip_exact(u64::from(u16::from_le_bytes(length)))?;
    }
    if flags & FNAME != 0 {
        pass_text(packed)?;
    }
    if flags & FCOMMENT != 0 {
        pass_text(packed)?;
    }
    if flags & FHCRC != 0 {
        packed.skip_exact(2)?;
    }
    Ok(())
}

/// Passes over a zero-terminated text.
fn pass_text(packed: &mut Packed<'_>) -> End {
    let begin = packed.taken_bytes();
    loop {
        let (here, found) = match packed.fill() {
            ([], end) => return Err(packed.cut(end)),
            (block, _) => memchr::memchr(0, block)
                .map_or((block.len(), false), |at| (at.saturating_add(1), true)),
        };
        packed.take(here);
        if packed.taken_bytes().saturating_sub(begin) > TEXT_BYTES {
            return Err(packed.damaged(text("unread-gzip-name", [])));
        }
        if found {
            return Ok(());
        }
    }
}
