//! zstd (RFC 8878): every frame, its checksum, and skippable frames. In: packed blocks. Out: unpacked bytes. It exists because
//! ruzstd reads single frames, and keeps a window of what it has unpacked when a stream ends early. It must never let a frame
//! have a larger window than the allowance.

use std::io::Read;
use std::ops::ControlFlow;

use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::blocks::{End, Fault};
use super::unpack::{Codec, Packed, Stepped};
use crate::problem::ProblemKind;
use crate::wording::text;

/// Begins a frame (3.1.1).
const MAGIC: [u8; 4] = *b"\x28\xb5\x2f\xfd";
/// The last three bytes of the magic number of a skippable frame; the first one is 0x50 to 0x5f (3.1.2).
const SKIPPABLE: [u8; 3] = *b"\x2a\x4d\x18";
/// Most bytes of a block (3.1.1.2.3).
const BLOCK_BYTES: usize = 128 * 1024;
/// A last block without content, and a place for a checksum: it makes the decoder give away what it keeps.
const LAST_BLOCK: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];

/// Whether these bytes begin a frame of any kind. `(` alone could be text.
pub(super) fn begins(head: &[u8]) -> bool {
    match head {
        [first, rest @ ..] if rest.len() >= 3 => {
            head.starts_with(&MAGIC) || (first & 0xf0 == 0x50 && rest.starts_with(&SKIPPABLE))
        }
        _ => head.len() > 1 && MAGIC.starts_with(head),
    }
}

enum At {
    Frame,
    Block,
    /// The frame broke; what was unpacked of it is still to be given away.
    Rest(Fault),
}

/// A zstd stream.
pub(super) struct Zstd {
    at: At,
    decoder: FrameDecoder,
    header: FrameHeader,
    /// One block with its header, and the checksum after the last one.
    block: Vec<u8>,
    frame_bytes: u64,
    /// Frames that are complete, skippable ones too.
    frames: u64,
}

impl Zstd {
    pub(super) fn new() -> Self {
        Self {
            at: At::Frame,
            decoder: FrameDecoder::new(),
            header: FrameHeader::default(),
            block: Vec::new(),
            frame_bytes: 0,
            frames: 0,
        }
    }

    fn frame(&mut self, packed: &mut Packed<'_>) -> Stepped {
        let Some(magic) = packed.head::<4>(begins, self.frames == 0)? else {
            return Ok(ControlFlow::Break(()));
        };
        if magic != MAGIC {
            self.skip_frame(packed)?;
            return Ok(ControlFlow::Continue(()));
        }
        let mut header = [0; 18];
        header[..4].copy_from_slice(&MAGIC);
        let (descriptor, rest) = header[4..].split_at_mut(1);
        packed.read_exact(descriptor)?;
        let fields = rest.get_mut(..field_bytes(descriptor[0])).unwrap_or_default();
        packed.read_exact(fields)?;
        let length = 5 + fields.len();
        self.header = frame_header(descriptor[0], fields).ok_or_else(|| packed.corrupt())?;
        if self.header.dictionary {
            return Err(dictionary());
        }
        packed.want_window(self.header.window_bytes)?;
        self.decoder.set_max_window_size(self.header.window_bytes);
        let begun = self.decoder.reset(header.get(..length).unwrap_or_default());
        begun.map_err(|_| packed.corrupt())?;
        self.frame_bytes = 0;
        self.at = At::Block;
        Ok(ControlFlow::Continue(()))
    }

    fn skip_frame(&mut self, packed: &mut Packed<'_>) -> End {
        let mut length = [0; 4];
        packed.read_exact(&mut length)?;
        packed.skip_exact(u64::from(u32::from_le_bytes(length)))?;
        self.frames = self.frames.saturating_add(1);
        Ok(())
    }

    /// Gives away what is unpacked; if there is nothing, unpacks a block, and after the last one compares the checksum.
    fn block(&mut self, packed: &mut Packed<'_>, room: &mut [u8], made: &mut usize) {
        if self.give(room, made) {
            return;
        }
        if self.decoder.is_finished() {
            self.finish(packed);
        } else if let Err(fault) = self.unpack_block(packed) {
            // Its failing only means that nothing can be had of what it keeps.
            let _ = self.decoder.decode_blocks(&LAST_BLOCK[..], BlockDecodingStrategy::All);
            self.at = At::Rest(fault);
        }
    }

    /// True if something was there.
    fn give(&mut self, room: &mut [u8], made: &mut usize) -> bool {
        *made = self.decoder.read(room).unwrap_or_default().min(room.len());
        self.frame_bytes = self.frame_bytes.saturating_add(*made as u64);
        *made > 0
    }

    fn unpack_block(&mut self, packed: &mut Packed<'_>) -> End {
        self.block.resize(3, 0);
        packed.read_exact(&mut self.block)?;
        let header = self.block.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        // 3.1.1.2: one bit for the last block, two for the kind (1 is a single byte, repeated), the rest is the length.
        let (is_last, kind, length) = (header & 1 == 1, header >> 1 & 3, header >> 3);
        if length > BLOCK_BYTES {
            return Err(packed.corrupt());
        }
        let sum_bytes = if is_last && self.header.has_checksum { 4 } else { 0 };
        self.block.resize(3 + if kind == 1 { 1 } else { length } + sum_bytes, 0);
        packed.read_exact(self.block.get_mut(3..).unwrap_or_default())?;
        let decoded =
            self.decoder.decode_blocks(&self.block[..], BlockDecodingStrategy::UptoBlocks(1));
        decoded.map(|_| ()).map_err(|_| packed.corrupt())
    }

    fn finish(&mut self, packed: &mut Packed<'_>) {
        self.frames = self.frames.saturating_add(1);
        let sum_matches = !self.header.has_checksum
            || self.decoder.get_checksum_from_data() == self.decoder.get_calculated_checksum();
        let length_matches =
            self.header.content_bytes.is_none_or(|content| content == self.frame_bytes);
        if !sum_matches || !length_matches {
            packed.wrong_sum("unread-part-zstd-frame", self.frames);
        }
        self.at = At::Frame;
    }
}

impl Codec for Zstd {
    fn step(&mut self, packed: &mut Packed<'_>, room: &mut [u8], made: &mut usize) -> Stepped {
        match &self.at {
            At::Frame => return self.frame(packed),
            At::Block => self.block(packed, room, made),
            At::Rest(fault) => {
                let fault = fault.clone();
                if !self.give(room, made) {
                    return Err(fault);
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// What a frame's header says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct FrameHeader {
    window_bytes: u64,
    content_bytes: Option<u64>,
    has_checksum: bool,
    dictionary: bool,
}

/// Bytes of the window descriptor, dictionary ID and content size after this descriptor (3.1.1.1).
fn field_bytes(descriptor: u8) -> usize {
    let (window, dictionary, content) = field_lengths(descriptor);
    window + dictionary + content
}

fn field_lengths(descriptor: u8) -> (usize, usize, usize) {
    let single = usize::from(descriptor >> 5 & 1);
    let dictionary = [0, 1, 2, 4].get(usize::from(descriptor & 3)).copied().unwrap_or_default();
    let content = [single, 2, 4, 8].get(usize::from(descriptor >> 6)).copied().unwrap_or_default();
    (1 - single, dictionary, content)
}

/// `None` if a reserved bit is set.
fn frame_header(descriptor: u8, fields: &[u8]) -> Option<FrameHeader> {
    let little = |bytes: &[u8]| bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    let (window, dictionary, content) = field_lengths(descriptor);
    let (window, rest) = fields.split_at_checked(window)?;
    let (dictionary, content_field) = rest.split_at_checked(dictionary)?;
    // Two bytes count from 256 on.
    let content_bytes =
        (content > 0).then(|| little(content_field) + u64::from(content == 2) * 256);
    let window_bytes = match (window, content_bytes) {
        ([window], _) => {
            let base = 1_u64 << (10 + (window >> 3));
            base + base / 8 * u64::from(window & 7)
        }
        (_, Some(content)) => content,
        _ => return None,
    };
    let (has_checksum, dictionary) = (descriptor & 4 != 0, little(dictionary) != 0);
    (descriptor & 8 == 0).then_some(FrameHeader {
        window_bytes,
        content_bytes,
        has_checksum,
        dictionary,
    })
}

fn dictionary() -> Fault {
    Fault::new(ProblemKind::Unreadable, text("unread-zstd-dictionary", []))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(descriptor: u8, fields: &[u8], expected: Option<(u64, Option<u64>, bool, bool)>) {
        assert_eq!(field_bytes(descriptor), fields.len());
        let expected = expected.map(|(window_bytes, content_bytes, has_checksum, dictionary)| {
            FrameHeader { window_bytes, content_bytes, has_checksum, dictionary }
        });
        assert_eq!(frame_header(descriptor, fields), expected);
    }

    #[test]
    fn frame_headers() {
        check(0x00, &[0], Some((1 << 10, None, false, false)));
        check(0x04, &[0x58], Some((2 << 20, None, true, false)));
        check(0x04, &[0x6f], Some((15 << 20, None, true, false)));
        check(0x00, &[0xff], Some(((1 << 41) / 8 * 15, None, false, false)));
        check(0x20, &[9], Some((9, Some(9), false, false)));
        check(0x60, &[1, 1], Some((513, Some(513), false, false)));
        check(0xe4, &[0xff; 8], Some((u64::MAX, Some(u64::MAX), true, false)));
        check(0x01, &[0, 7], Some((1 << 10, None, false, true)));
        check(0x03, &[0, 0, 0, 0, 0], Some((1 << 10, None, false, false)));
        check(0x08, &[0], None);
    }
}
