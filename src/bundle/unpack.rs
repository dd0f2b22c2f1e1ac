//! One packed stream (gzip, xz, zstd, bzip2, a deflated zip member): what all of them share. In: packed blocks and the codec of
//! the format. Out: unpacked bytes into a caller's buffer, then the end and what was wrong. It exists so that limits, positions
//! and the words for damage are the same for every format. It must never let a codec outgrow its allowance of memory.

use std::ops::ControlFlow;

use super::Limits;
use super::blocks::{Blocks, End, Fault, read_full, skip};
use crate::problem::ProblemKind;
use crate::wording::{Text, text};

/// What a stream with a window takes of the allowance at least: that of `xz -6` and `zstd -19`. Later parts of the stream may
/// have larger windows than the first one, and what lies inside is refused or read the same way on any machine.
const LEAST_WINDOW_BYTES: u64 = 8 << 20;

/// How a step ended: the stream goes on, or it is over.
pub(super) type Stepped = Result<ControlFlow<()>, Fault>;

/// A packing format. It makes progress with every step: takes packed bytes, makes unpacked ones, or ends.
pub(super) trait Codec: Send {
    /// Writes to the begin of `room`, which is never empty, and adds to `made` what it wrote, also when it then fails.
    fn step(&mut self, packed: &mut Packed<'_>, room: &mut [u8], made: &mut usize) -> Stepped;
}

/// The packed bytes of one stream.
pub(super) struct Packed<'a> {
    inner: &'a mut dyn Blocks,
    limits: &'a Limits,
    format: &'static str,
    made_bytes: u64,
    taken_bytes: u64,
    /// Where the outermost stream stood when this one began.
    packed_before: u64,
    wrong: Option<WrongSums>,
    /// The most that its window may take.
    window_left_bytes: u64,
    /// What it holds of the allowance, once it needs a window.
    window_bytes: Option<u64>,
}

/// Parts of a stream whose checksum or length does not match.
struct WrongSums {
    /// The message that names the first one by its number.
    part: &'static str,
    first: u64,
    until_byte: u64,
    count: u64,
}

/// Whether bytes begin as this magic number does, or it begins as they do.
pub(super) fn agree(bytes: &[u8], magic: &[u8]) -> bool {
    bytes.iter().zip(magic).all(|(byte, magic)| byte == magic)
}

/// A packed stream being unpacked.
pub(super) struct Unpacking<'a> {
    packed: Packed<'a>,
    codec: Box<dyn Codec + 'a>,
    end: Option<End>,
}

impl<'a> Unpacking<'a> {
    /// `window_left_bytes` is what is left of the allowance of memory for windows, the layers around it taken off.
    pub(super) fn new(
        inner: &'a mut dyn Blocks,
        limits: &'a Limits,
        window_left_bytes: u64,
        format: &'static str,
        codec: Box<dyn Codec + 'a>,
    ) -> Self {
        let packed = Packed {
            packed_before: inner.packed_bytes(),
            inner,
            limits,
            format,
            made_bytes: 0,
            taken_bytes: 0,
            wrong: None,
            window_left_bytes,
            window_bytes: None,
        };
        Self { packed, codec, end: None }
    }

    /// Fills `out` wholly unless the stream ends: how many bytes, and how it ended if it did.
    pub(super) fn produce(&mut self, out: &mut [u8]) -> (usize, Option<End>) {
        let mut filled = 0;
        while let Some(room) = out.get_mut(filled..).filter(|room| !room.is_empty()) {
            if let Some(end) = &self.end {
                return (filled, Some(end.clone()));
            }
            let mut made = 0;
            let stepped = self.codec.step(&mut self.packed, room, &mut made);
            filled = filled.saturating_add(made);
            self.packed.made_bytes = self.packed.made_bytes.saturating_add(made as u64);
            self.end = match stepped {
                Ok(ControlFlow::Continue(())) => None,
                Ok(ControlFlow::Break(())) => Some(self.packed.with_wrong_sums(Ok(()))),
                Err(fault) => Some(self.packed.with_wrong_sums(Err(fault))),
            };
        }
        if let Err(fault) = self.packed.within_limits() {
            self.end = Some(self.packed.with_wrong_sums(Err(fault)));
            return (filled, self.end.clone());
        }
        (filled, None)
    }

    /// The outermost stream's position that belongs to the bytes made so far.
    pub(super) fn packed_bytes(&self) -> u64 {
        self.packed.inner.packed_bytes()
    }

    /// Bytes taken of the packed stream.
    pub(super) const fn taken_bytes(&self) -> u64 {
        self.packed.taken_bytes
    }

    /// What its window takes of the allowance; known from the first bytes on.
    pub(super) fn window_bytes(&self) -> u64 {
        self.packed.window_bytes.unwrap_or_default()
    }
}

impl Packed<'_> {
    /// Packed bytes taken.
    pub(super) const fn taken_bytes(&self) -> u64 {
        self.taken_bytes
    }

    /// The packed bytes at hand, empty at the end, and how the stream ended if it did.
    pub(super) fn fill(&mut self) -> (&[u8], End) {
        match self.inner.fill() {
            Ok(block) => (block, Ok(())),
            Err(fault) => (&[], Err(fault)),
        }
    }

    pub(super) fn take(&mut self, count: usize) {
        self.inner.take(count);
        self.taken_bytes = self.taken_bytes.saturating_add(count as u64);
    }

    /// Fills `out` as far as the stream goes.
    pub(super) fn read(&mut self, out: &mut [u8]) -> (usize, End) {
        let (count, end) = read_full(self.inner, out);
        self.taken_bytes = self.taken_bytes.saturating_add(count as u64);
        (count, end)
    }

    fn skip(&mut self, count: u64) -> (u64, End) {
        let (count, end) = skip(self.inner, count);
        self.taken_bytes = self.taken_bytes.saturating_add(count);
        (count, end)
    }

    pub(super) fn read_exact(&mut self, out: &mut [u8]) -> End {
        let (count, end) = self.read(out);
        if count < out.len() { Err(self.cut(end)) } else { Ok(()) }
    }

    pub(super) fn skip_exact(&mut self, want: u64) -> End {
        let (count, end) = self.skip(want);
        if count < want { Err(self.cut(end)) } else { Ok(()) }
    }

    /// Reads the head of a part of the stream; `begins` knows its first bytes, also when there are fewer of them. Zeros before it
    /// are the padding of tapes and block devices; gzip(1) and xz(1) ignore them too. `None` if the stream is over.
    pub(super) fn head<const N: usize>(
        &mut self,
        begins: fn(&[u8]) -> bool,
        is_first: bool,
    ) -> Result<Option<[u8; N]>, Fault> {
        if !is_first {
            self.pass_zeros();
        }
        let mut head = [0; N];
        let (count, end) = self.read(&mut head);
        if count == 0 && !is_first {
            return end.map(|()| None);
        }
        if !begins(head.get(..count).unwrap_or_default()) {
            return self.trailing(count as u64).map(|()| None);
        }
        if count < N { Err(self.cut(end)) } else { Ok(Some(head)) }
    }

    fn pass_zeros(&mut self) {
        loop {
            let zeros = self.fill().0.iter().take_while(|byte| **byte == 0).count();
            if zeros == 0 {
                return;
            }
            self.take(zeros);
        }
    }

    /// The last part has ended; `already_bytes` of what follows it were taken, and are not of this format.
    pub(super) fn trailing(&mut self, already_bytes: u64) -> End {
        let (rest, end) = self.skip(u64::MAX);
        end?;
        let (format, count) = (self.format, rest.saturating_add(already_bytes));
        let args = [("bytes", count.into()), ("format", format.into())];
        let detail = text("unread-trailing", args);
        Err(Fault::new(ProblemKind::NotALog, detail))
    }

    /// Asks for a window or dictionary of so many bytes.
    pub(super) fn want_window(&mut self, bytes: u64) -> End {
        let left = self.window_bytes.unwrap_or(self.window_left_bytes);
        if bytes > left {
            let args = [
                ("format", self.format.into()),
                ("need", bytes.div_ceil(1 << 20).into()),
                ("left", (left >> 20).into()),
            ];
            return Err(Fault::new(ProblemKind::Limit, text("unread-window", args)));
        }
        self.window_bytes.get_or_insert(bytes.max(LEAST_WINDOW_BYTES).min(left));
        Ok(())
    }

    /// Notes that checksum or length of a part is wrong; that does not end the reading. `part` is the message that names it.
    pub(super) fn wrong_sum(&mut self, part: &'static str, number: u64) {
        let until_byte = self.taken_bytes;
        let new = WrongSums { part, first: number, until_byte, count: 0 };
        let wrong = self.wrong.get_or_insert(new);
        wrong.count = wrong.count.saturating_add(1);
    }

    /// A wrong checksum does not end the reading, so it is told together with whatever did.
    fn with_wrong_sums(&self, end: End) -> End {
        let Some(WrongSums { part, first, until_byte, count }) = self.wrong else { return end };
        let part = ("part", text(part, [("number", first.into())]).into());
        let byte = ("byte", until_byte.into());
        let wrong = match count.saturating_sub(1) {
            0 => text("unread-wrong-sum", [part, byte]),
            more => text("unread-wrong-sums", [part, ("more", more.into()), byte]),
        };
        Err(match end {
            Ok(()) => Fault::new(ProblemKind::Damaged, wrong),
            Err(Fault { kind, detail }) => {
                let kind = if kind.loses_bytes() { kind } else { ProblemKind::Damaged };
                let args = [("one", wrong.into()), ("other", detail.into())];
                Fault::new(kind, text("unread-both", args))
            }
        })
    }

    fn within_limits(&self) -> End {
        let limits = self.limits;
        if self.made_bytes > limits.total_bytes {
            let detail = text("unread-too-much", [("bytes", limits.total_bytes.into())]);
            return Err(Fault::new(ProblemKind::Limit, detail));
        }
        let packed = self.inner.packed_bytes().saturating_sub(self.packed_before);
        if self.made_bytes > limits.ratio_from_bytes
            && self.made_bytes > packed.saturating_mul(limits.ratio)
        {
            let args = [("ratio", limits.ratio.into()), ("bytes", self.made_bytes.into())];
            return Err(Fault::new(ProblemKind::Limit, text("unread-bomb", args)));
        }
        Ok(())
    }

    /// The stream ended too early, in this way.
    pub(super) fn cut(&self, end: End) -> Fault {
        match end {
            Err(fault) if fault.kind.loses_bytes() => fault,
            _ => Fault::new(ProblemKind::Truncated, self.here("unread-stream-ends")),
        }
    }

    pub(super) fn damaged(&self, what: Text) -> Fault {
        let args = [("what", what.into()), ("bytes", self.made_bytes.into())];
        Fault::new(ProblemKind::Damaged, text("unread-rest-lost", args))
    }

    /// The packed bytes make no sense.
    pub(super) fn corrupt(&self) -> Fault {
        self.damaged(self.here("unread-corrupt"))
    }

    /// What is so with the stream at this byte.
    fn here(&self, message: &'static str) -> Text {
        text(message, [("format", self.format.into()), ("byte", self.taken_bytes.into())])
    }
}
