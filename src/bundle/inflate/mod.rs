//! Inflating (RFC 1951). In: pieces of a deflate stream, of any size. Out: what they unpack to. It exists because most of a run is
//! unpacking, and no kept crate in Rust does it as fast as `igzip`: log text is long matches far back, and here they are copied in
//! pieces of a fixed size. It must never read or write out of bounds, and it gives the same bytes and takes the same, however the
//! stream is cut into pieces.

mod codes;
mod fast;
mod head;
#[cfg(test)]
mod tests;

use codes::{CODE_MAX_BITS, Codes, FIXED};
use head::{Head, Piece};

/// How far back a match may reach (RFC 1951, 2).
const WINDOW_BYTES: usize = 32 * 1024;

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// The input is used up, or the room.
    More,
    /// The stream is over.
    End,
    /// No deflate stream goes on like this.
    Corrupt,
}

/// What a step did.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) taken_bytes: usize,
    pub(super) made_bytes: usize,
    pub(super) status: Status,
}

/// What comes next in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Three bits that begin a block.
    Block,
    /// The length of a stored block, and its complement.
    StoredLength,
    Stored {
        left_bytes: usize,
    },
    /// The codes of a dynamic block.
    Head,
    Symbols,
    /// The rest of a match.
    Match {
        left_bytes: usize,
        distance: usize,
    },
    End,
}

/// A deflate stream that is being unpacked.
pub(super) struct Inflate {
    state: State,
    is_last_block: bool,
    /// Bits that were taken from the input and not used yet, the next one lowest. Between symbols they are fewer than eight, so
    /// that what was taken never depends on how the stream is cut.
    bits: u64,
    count: u32,
    head: Head,
    /// Codes of the block; `None` in one with the fixed ones.
    codes: Option<Box<Codes>>,
    /// Codes of an earlier block, whose memory is used again.
    spare: Option<Box<Codes>>,
    /// The last bytes that were made before this step, at the end.
    window: Box<[u8]>,
    /// How many there are.
    window_bytes: usize,
}

/// The two sides of a step.
struct Io<'a> {
    input: &'a [u8],
    /// Bytes of it that are taken.
    at: usize,
    room: &'a mut [u8],
    /// Bytes of it that are made.
    made: usize,
}

/// What a litlen code, and the distance behind it, stand for.
enum Symbol {
    Literal(u8),
    EndOfBlock,
    Match {
        length: usize,
        distance: usize,
    },
    /// There are too few bits to tell.
    Short,
    Invalid,
}

impl Inflate {
    pub(super) fn new() -> Self {
        Self {
            state: State::Block,
            is_last_block: false,
            bits: 0,
            count: 0,
            head: Head::default(),
            codes: None,
            spare: None,
            window: vec![0; WINDOW_BYTES].into_boxed_slice(),
            window_bytes: 0,
        }
    }

    /// Begins anew.
    pub(super) fn reset(&mut self) {
        self.state = State::Block;
        (self.bits, self.count, self.window_bytes) = (0, 0, 0);
    }

    /// Unpacks until the input is used up, the room is full or the stream ends. What lies in the room behind the bytes made is
    /// overwritten with anything.
    pub(super) fn step(&mut self, input: &[u8], room: &mut [u8]) -> Step {
        let mut io = Io { input, at: 0, room, made: 0 };
        let status = loop {
            if let Some(status) = self.advance(&mut io) {
                break status;
            }
        };
        let (taken_bytes, made_bytes) = (io.at, io.made);
        self.remember(room.get(..made_bytes).unwrap_or_default());
        Step { taken_bytes, made_bytes, status }
    }

    /// Goes on by one piece of the stream; tells how the step ends if it does here.
    fn advance(&mut self, io: &mut Io<'_>) -> Option<Status> {
        match self.state {
            State::Block => return self.begin_block(io),
            State::StoredLength => {
                if !self.want(io, 32) {
                    return Some(Status::More);
                }
                let (length, complement) = (self.take(16), self.take(16));
                if length ^ complement != 0xffff {
                    return Some(Status::Corrupt);
                }
                self.state = State::Stored { left_bytes: length as usize };
            }
            State::Stored { left_bytes: 0 } => self.end_block(),
            State::Stored { left_bytes } => {
                let input = io.input.get(io.at..).unwrap_or_default();
                let room = io.room.get_mut(io.made..).unwrap_or_default();
                let count = left_bytes.min(input.len()).min(room.len());
                if count == 0 {
                    return Some(Status::More);
                }
                room[..count].copy_from_slice(&input[..count]);
                io.at += count;
                io.made += count;
                self.state = State::Stored { left_bytes: left_bytes - count };
            }
            State::Head => return self.read_head(io),
            State::Symbols => {
                fast::symbols(self, io);
                if self.state == State::Symbols {
                    return self.symbol(io);
                }
            }
            State::Match { left_bytes, distance } => {
                let count = left_bytes.min(io.room.len() - io.made);
                if count == 0 {
                    return Some(Status::More);
                }
                self.repeat(io, count, distance);
                self.state = match left_bytes - count {
                    0 => State::Symbols,
                    left_bytes => State::Match { left_bytes, distance },
                };
            }
            State::End => return Some(Status::End),
        }
        None
    }

    /// RFC 1951, 3.2.3.
    fn begin_block(&mut self, io: &mut Io<'_>) -> Option<Status> {
        if !self.want(io, 3) {
            return Some(Status::More);
        }
        self.is_last_block = self.take(1) == 1;
        match self.take(2) {
            0 => {
                self.take(self.count % 8);
                self.state = State::StoredLength;
            }
            1 => {
                self.spare = self.codes.take().or(self.spare.take());
                self.state = State::Symbols;
            }
            2 => {
                self.head = Head::default();
                self.state = State::Head;
            }
            _ => return Some(Status::Corrupt),
        }
        None
    }

    fn read_head(&mut self, io: &mut Io<'_>) -> Option<Status> {
        while !self.head.is_whole() {
            match self.head.read(self.bits, self.count) {
                Piece::Read { bits } => {
                    self.take(bits);
                }
                Piece::Short if self.want(io, self.count + 1) => {}
                Piece::Short => return Some(Status::More),
                Piece::Invalid => return Some(Status::Corrupt),
            }
        }
        let mut codes = self.codes.take().or(self.spare.take()).unwrap_or_default();
        if !self.head.build(&mut codes) {
            return Some(Status::Corrupt);
        }
        self.codes = Some(codes);
        self.state = State::Symbols;
        None
    }

    fn end_block(&mut self) {
        self.state = if self.is_last_block { State::End } else { State::Block };
    }

    /// Whether so many bits are at hand; takes no more bytes than it needs.
    fn want(&mut self, io: &mut Io<'_>, bits: u32) -> bool {
        while self.count < bits {
            let Some(byte) = io.input.get(io.at) else { return false };
            self.bits |= u64::from(*byte) << self.count;
            self.count += 8;
            io.at += 1;
        }
        true
    }

    /// Takes bits that are at hand.
    fn take(&mut self, bits: u32) -> u64 {
        let taken = self.bits & ((1 << bits) - 1);
        self.bits >>= bits;
        self.count -= bits;
        taken
    }

    /// Reads one symbol with no more of the input than it takes.
    fn symbol(&mut self, io: &mut Io<'_>) -> Option<Status> {
        if io.made == io.room.len() {
            return Some(Status::More);
        }
        let (symbol, bits) = loop {
            match self.peek_symbol() {
                (Symbol::Short, _) if self.want(io, self.count + 1) => {}
                (Symbol::Short, _) => return Some(Status::More),
                found => break found,
            }
        };
        match symbol {
            Symbol::Literal(byte) => {
                io.room[io.made] = byte;
                io.made += 1;
            }
            Symbol::EndOfBlock => self.end_block(),
            Symbol::Match { length, distance } if distance <= self.window_bytes + io.made => {
                self.state = State::Match { left_bytes: length, distance };
            }
            _ => return Some(Status::Corrupt),
        }
        self.take(bits);
        None
    }

    /// The next symbol and its bits, without taking them.
    fn peek_symbol(&self) -> (Symbol, u32) {
        let codes = self.codes.as_deref().unwrap_or(&FIXED);
        let entry = codes.litlen(self.bits);
        if entry.is_invalid() {
            return (short_or_invalid(self.count), 0);
        }
        let bits = entry.bits();
        let Some(count) = self.count.checked_sub(bits) else { return (Symbol::Short, 0) };
        if entry.is_end() {
            return (Symbol::EndOfBlock, bits);
        }
        if entry.is_literal() {
            return (Symbol::Literal(entry.byte()), bits);
        }
        let (length, rest) = (entry.value(self.bits), self.bits >> bits);
        let entry = codes.distance(rest);
        if entry.is_invalid() {
            return (short_or_invalid(count), 0);
        }
        if entry.bits() > count {
            return (Symbol::Short, 0);
        }
        (Symbol::Match { length, distance: entry.value(rest) }, bits + entry.bits())
    }

    /// Repeats bytes that were made before, one by one.
    fn repeat(&self, io: &mut Io<'_>, count: usize, distance: usize) {
        for _ in 0..count {
            io.room[io.made] = match io.made.checked_sub(distance) {
                Some(from) => io.room[from],
                None => self.window[WINDOW_BYTES + io.made - distance],
            };
            io.made += 1;
        }
    }

    /// Keeps what later matches may reach back to.
    fn remember(&mut self, made: &[u8]) {
        let new = made.get(made.len().saturating_sub(WINDOW_BYTES)..).unwrap_or_default();
        self.window.copy_within(new.len().., 0);
        self.window[WINDOW_BYTES - new.len()..].copy_from_slice(new);
        self.window_bytes = (self.window_bytes + new.len()).min(WINDOW_BYTES);
    }
}

/// No code begins with these bits, the ones that are missing taken for zeros.
fn short_or_invalid(count: u32) -> Symbol {
    if count < CODE_MAX_BITS { Symbol::Short } else { Symbol::Invalid }
}
