//! bzip2: every block of every stream, with its checksums. In: packed blocks. Out: unpacked bytes. It exists because the one kept
//! bzip2 crate in Rust has a licence of its own, and the other one is not kept. It must never hold more than one block (900 kB).

use std::ops::ControlFlow;

use super::blocks::{End, Fault};
use super::bzip2_block::{Reading, block};
use super::unpack::{Codec, Packed, Stepped, agree};

/// Begins a block: pi.
const BLOCK_MAGIC: u64 = 0x3141_5926_5359;
/// Ends a stream: the root of pi.
const END_MAGIC: u64 = 0x1772_4538_5090;
/// Length of the magic numbers of a stream and of what begins it.
const HEAD_BYTES: usize = 10;
/// Symbols of a block for each level, 1 to 9.
const LEVEL_BYTES: usize = 100_000;
const CRC: [u32; 256] = crc_table();

/// Whether these bytes begin a stream, or are the begin of its first ten; fewer than five could be text.
pub(super) fn begins(head: &[u8]) -> bool {
    let Some((b"BZh", rest)) = head.split_first_chunk::<3>() else { return false };
    let Some((b'1'..=b'9', magic)) = rest.split_first() else { return false };
    let magic = magic.get(..magic.len().min(HEAD_BYTES - 4)).unwrap_or_default();
    let starts = |number: u64| number.to_be_bytes()[2..].starts_with(magic);
    !magic.is_empty() && (starts(BLOCK_MAGIC) || starts(END_MAGIC))
}

/// The bits of a packed stream, the highest of each byte first.
#[derive(Default)]
pub(super) struct Bits {
    /// Bits at hand, aligned at the top.
    held: u64,
    count: u32,
}

impl Bits {
    /// The next bits without taking them, at most 32.
    pub(super) fn peek(&mut self, packed: &mut Packed<'_>, count: u32) -> Result<u32, Fault> {
        while self.count < count {
            let (block, end) = packed.fill();
            let taken = block.len().min((64 - self.count as usize) / 8);
            for byte in block.iter().take(taken) {
                self.held |= u64::from(*byte) << (56 - self.count);
                self.count += 8;
            }
            if taken == 0 {
                return Err(packed.cut(end));
            }
            packed.take(taken);
        }
        Ok((self.held >> 32 >> (32 - count)) as u32)
    }

    /// Takes bits that were seen.
    pub(super) fn take(&mut self, count: u32) {
        self.held <<= count;
        self.count = self.count.saturating_sub(count);
    }

    /// The next bits, at most 32.
    pub(super) fn read(&mut self, packed: &mut Packed<'_>, count: u32) -> Result<u32, Fault> {
        let bits = self.peek(packed, count)?;
        self.take(count);
        Ok(bits)
    }

    fn read_magic(&mut self, packed: &mut Packed<'_>) -> Result<u64, Fault> {
        Ok(u64::from(self.read(packed, 24)?) << 24 | u64::from(self.read(packed, 24)?))
    }
}

enum At {
    Stream,
    Block,
    Body(Emission),
}

/// A block on its way out.
struct Emission {
    /// One entry a symbol: the place of the one after it, and its byte in the lowest eight bits.
    chain: Vec<u32>,
    next: u32,
    left: usize,
    last: Option<u8>,
    /// How often the last byte came in a row; after four of them stands how often more.
    run: u8,
    repeat: u8,
    crc: u32,
    written_crc: u32,
}

/// A bzip2 stream.
pub(super) struct Bzip2 {
    at: At,
    bits: Bits,
    reading: Reading,
    /// Most symbols of a block.
    most: usize,
    combined_crc: u32,
    blocks: u64,
    streams: u64,
}

impl Bzip2 {
    pub(super) fn new() -> Self {
        let (bits, reading) = (Bits::default(), Reading::default());
        Self { at: At::Stream, bits, reading, most: 0, combined_crc: 0, blocks: 0, streams: 0 }
    }

    fn stream(&mut self, packed: &mut Packed<'_>) -> Stepped {
        if self.streams > 0 {
            // Every stream ends at a whole byte.
            self.bits.take(self.bits.count % 8);
            if self.pass_zeros(packed)? {
                return Ok(ControlFlow::Break(()));
            }
        }
        let whole = self.bits.peek(packed, 32);
        let (held, count) = (self.bits.held.to_be_bytes(), self.bits.count as usize / 8);
        let level = match held.get(..count.min(4)).unwrap_or_default() {
            [b'B', b'Z', b'h', level @ b'1'..=b'9'] => usize::from(level - b'0'),
            short if short.len() < 4 && agree(short, b"BZh") => {
                return Err(whole.err().unwrap_or_else(|| packed.corrupt()));
            }
            _ => return packed.trailing(count as u64).map(|()| ControlFlow::Break(())),
        };
        self.bits.take(32);
        self.most = level * LEVEL_BYTES;
        self.combined_crc = 0;
        self.at = At::Block;
        Ok(ControlFlow::Continue(()))
    }

    /// Zeros between and after streams are padding; true if nothing else follows.
    fn pass_zeros(&mut self, packed: &mut Packed<'_>) -> Result<bool, Fault> {
        loop {
            match self.bits.peek(packed, 8) {
                Ok(0) => self.bits.take(8),
                Ok(_) => return Ok(false),
                Err(_) => return packed.fill().1.map(|()| true),
            }
        }
    }

    fn block(&mut self, packed: &mut Packed<'_>) -> End {
        match self.bits.read_magic(packed)? {
            BLOCK_MAGIC => {
                let written_crc = self.bits.read(packed, 32)?;
                let (chain, next) = block(&mut self.bits, packed, &mut self.reading, self.most)?;
                let left = chain.len();
                let (last, run, repeat, crc) = (None, 0, 0, u32::MAX);
                let emission = Emission { chain, next, left, last, run, repeat, crc, written_crc };
                self.at = At::Body(emission);
            }
            END_MAGIC => {
                let written = self.bits.read(packed, 32)?;
                self.streams = self.streams.saturating_add(1);
                if written != self.combined_crc {
                    packed.wrong_sum("unread-part-bzip2-stream", self.streams);
                }
                self.at = At::Stream;
            }
            _ => return Err(packed.corrupt()),
        }
        Ok(())
    }

    fn finish(&mut self, packed: &mut Packed<'_>, emission: Emission) {
        self.blocks = self.blocks.saturating_add(1);
        if !emission.crc != emission.written_crc {
            packed.wrong_sum("unread-part-bzip2-block", self.blocks);
        }
        self.combined_crc = self.combined_crc.rotate_left(1) ^ emission.written_crc;
        self.reading.give_back(emission.chain);
        self.at = At::Block;
    }
}

impl Codec for Bzip2 {
    fn step(&mut self, packed: &mut Packed<'_>, room: &mut [u8], made: &mut usize) -> Stepped {
        match std::mem::replace(&mut self.at, At::Block) {
            At::Stream => return self.stream(packed),
            At::Block => self.block(packed)?,
            At::Body(mut emission) => {
                *made = emission.write(room);
                if emission.left == 0 && emission.repeat == 0 {
                    self.finish(packed, emission);
                } else {
                    self.at = At::Body(emission);
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

impl Emission {
    /// Undoes the run lengths that bzip2 begins with. Gives how many bytes were written.
    fn write(&mut self, room: &mut [u8]) -> usize {
        let mut made = 0;
        for place in room {
            let Some(byte) = self.byte() else { break };
            *place = byte;
            let index = usize::from(self.crc.to_be_bytes()[0] ^ byte);
            self.crc = CRC.get(index).copied().unwrap_or_default() ^ (self.crc << 8);
            made += 1;
        }
        made
    }

    fn byte(&mut self) -> Option<u8> {
        loop {
            if self.repeat > 0 {
                self.repeat -= 1;
                return self.last;
            }
            let symbol = self.symbol()?;
            if self.run == 4 {
                self.repeat = symbol;
                self.run = 0;
                continue;
            }
            self.run = if self.last == Some(symbol) { self.run + 1 } else { 1 };
            self.last = Some(symbol);
            return self.last;
        }
    }

    fn symbol(&mut self) -> Option<u8> {
        self.left = self.left.checked_sub(1)?;
        let entry = *self.chain.get(self.next as usize)?;
        self.next = entry >> 8;
        Some(entry.to_le_bytes()[0])
    }
}

/// CRC-32 with the highest bit first.
const fn crc_table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut sum = (byte as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum >> 31 == 1 { (sum << 1) ^ 0x04c1_1db7 } else { sum << 1 };
            bit += 1;
        }
        table[byte] = sum;
        byte += 1;
    }
    table
}
