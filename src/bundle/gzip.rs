//! gzip (RFC 1952): every member of a concatenated file, its checksum, and what may follow the last one.
//! In: packed blocks. Out: unpacked bytes into a caller's buffer, then the end and what was wrong. It exists because flate2's own
//! gzip reader cannot tell a wrong checksum from trailing garbage and takes a quarter more time. It must never trust a length.

use flate2::{Decompress, FlushDecompress, Status};

use super::Limits;
use super::blocks::{Blocks, End, Fault, read_full, skip};
use crate::problem::ProblemKind;

/// ID1, ID2 and the only method there is (RFC 1952, 2.3.1).
pub(super) const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];
/// The longest FNAME or FCOMMENT that is passed over; real ones are file names.
const TEXT_BYTES: u64 = 64 * 1024;

const FHCRC: u8 = 1 << 1;
const FEXTRA: u8 = 1 << 2;
const FNAME: u8 = 1 << 3;
const FCOMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0b1110_0000;

enum Step {
    Header,
    Body,
    Trailer,
    Over(End),
}

/// A gzip stream being unpacked.
pub(super) struct Inflate<'a> {
    inner: &'a mut dyn Blocks,
    limits: &'a Limits,
    raw: Decompress,
    step: Step,
    crc: crc32fast::Hasher,
    /// Unpacked bytes of the current member.
    member_bytes: u64,
    /// Unpacked bytes of all members.
    made_bytes: u64,
    /// Packed bytes of this stream.
    taken_bytes: u64,
    /// Where the outermost stream stood when this one began.
    packed_before: u64,
    /// Members that are complete.
    members: u64,
    wrong: Option<WrongSums>,
}

/// Members whose checksum or length does not match.
struct WrongSums {
    first: u64,
    until_byte: u64,
    count: u64,
}

impl<'a> Inflate<'a> {
    pub(super) fn new(inner: &'a mut dyn Blocks, limits: &'a Limits) -> Self {
        Self {
            packed_before: inner.packed_bytes(),
            inner,
            limits,
            raw: Decompress::new(false),
            step: Step::Header,
            crc: crc32fast::Hasher::new(),
            member_bytes: 0,
            made_bytes: 0,
            taken_bytes: 0,
            members: 0,
            wrong: None,
        }
    }

    /// Fills `out` wholly unless the stream ends: how many bytes, and how it ended if it did.
    pub(super) fn produce(&mut self, out: &mut [u8]) -> (usize, Option<End>) {
        let mut filled = 0;
        while let Some(room) = out.get_mut(filled..).filter(|room| !room.is_empty()) {
            let stepped = match &self.step {
                Step::Over(end) => return (filled, Some(end.clone())),
                Step::Header => self.header(),
                Step::Body => self.body(room, &mut filled),
                Step::Trailer => self.trailer(),
            };
            if let Err(fault) = stepped {
                self.step = Step::Over(self.with_wrong_sums(Err(fault)));
            }
        }
        if let Err(fault) = self.within_limits() {
            let end = self.with_wrong_sums(Err(fault));
            self.step = Step::Over(end.clone());
            return (filled, Some(end));
        }
        (filled, None)
    }

    /// The outermost stream's position that belongs to the bytes made so far.
    pub(super) fn packed_bytes(&self) -> u64 {
        self.inner.packed_bytes()
    }

    fn header(&mut self) -> End {
        if self.members > 0 {
            self.pass_zeros()?;
        }
        let begin = self.taken_bytes;
        let mut fixed = [0; 10];
        let (count, end) = self.read(&mut fixed);
        let [_, _, _, flags, ..] = fixed;
        if count == 0 && self.members > 0 {
            return self.finish(end, 0);
        }
        if !fixed.iter().take(count).zip(MAGIC).all(|(byte, magic)| *byte == magic) {
            let (rest, end) = self.skip(u64::MAX);
            return self.finish(end, rest.saturating_add(count as u64));
        }
        if count < fixed.len() {
            return Err(self.cut(end));
        }
        if flags & RESERVED != 0 {
            return Err(self.damaged(&format!("gzip header at byte {begin} has unknown flags")));
        }
        self.pass_optional_fields(flags)?;
        self.raw.reset(false);
        self.crc.reset();
        self.member_bytes = 0;
        self.step = Step::Body;
        Ok(())
    }

    fn pass_optional_fields(&mut self, flags: u8) -> End {
        if flags & FEXTRA != 0 {
            let mut length = [0; 2];
            self.read_exact(&mut length)?;
            self.skip_exact(u64::from(u16::from_le_bytes(length)))?;
        }
        if flags & FNAME != 0 {
            self.pass_text()?;
        }
        if flags & FCOMMENT != 0 {
            self.pass_text()?;
        }
        if flags & FHCRC != 0 {
            self.skip_exact(2)?;
        }
        Ok(())
    }

    /// Passes over a zero-terminated text.
    fn pass_text(&mut self) -> End {
        let begin = self.taken_bytes;
        loop {
            let (here, found) = match self.inner.fill() {
                Ok([]) => return Err(self.cut(Ok(()))),
                Ok(block) => memchr::memchr(0, block)
                    .map_or((block.len(), false), |at| (at.saturating_add(1), true)),
                Err(fault) => return Err(self.cut(Err(fault))),
            };
            self.take(here);
            if self.taken_bytes.saturating_sub(begin) > TEXT_BYTES {
                return Err(self.damaged("gzip header has a name without end"));
            }
            if found {
                return Ok(());
            }
        }
    }

    fn body(&mut self, room: &mut [u8], filled: &mut usize) -> End {
        let (input, end) = match self.inner.fill() {
            Ok(block) => (block, Ok(())),
            Err(fault) => (&[][..], Err(fault)),
        };
        let at_end = input.is_empty();
        let (in_before, out_before) = (self.raw.total_in(), self.raw.total_out());
        let status = self.raw.decompress(input, room, FlushDecompress::None);
        let used = self.raw.total_in().saturating_sub(in_before);
        let made = self.raw.total_out().saturating_sub(out_before);
        let made_bytes = usize::try_from(made).unwrap_or(room.len()).min(room.len());
        self.crc.update(room.get(..made_bytes).unwrap_or_default());
        self.take(usize::try_from(used).unwrap_or(usize::MAX));
        *filled = filled.saturating_add(made_bytes);
        self.made_bytes = self.made_bytes.saturating_add(made);
        self.member_bytes = self.member_bytes.saturating_add(made);
        match status {
            Ok(Status::StreamEnd) => self.step = Step::Trailer,
            Ok(_) if used > 0 || made > 0 => {}
            Ok(_) if at_end => return Err(self.cut(end)),
            Ok(_) | Err(_) => {
                return Err(self.damaged(&format!(
                    "gzip stream is corrupt at compressed byte {}",
                    self.taken_bytes
                )));
            }
        }
        Ok(())
    }

    fn trailer(&mut self) -> End {
        let (mut crc, mut size) = ([0; 4], [0; 4]);
        self.read_exact(&mut crc)?;
        self.read_exact(&mut size)?;
        self.members = self.members.saturating_add(1);
        // ISIZE is the length modulo 2^32 (RFC 1952, 2.3.1).
        let matches = u32::from_le_bytes(crc) == self.crc.clone().finalize()
            && u64::from(u32::from_le_bytes(size)) == self.member_bytes & u64::from(u32::MAX);
        if !matches {
            let (first, until_byte) = (self.members, self.taken_bytes);
            let wrong = self.wrong.get_or_insert(WrongSums { first, until_byte, count: 0 });
            wrong.count = wrong.count.saturating_add(1);
        }
        self.step = Step::Header;
        Ok(())
    }

    /// Zeros between and after members are the padding of tapes and block devices; gzip(1) ignores them too.
    fn pass_zeros(&mut self) -> End {
        loop {
            let zeros = match self.inner.fill() {
                Ok([]) | Err(_) => return Ok(()),
                Ok(block) => block.iter().take_while(|byte| **byte == 0).count(),
            };
            if zeros == 0 {
                return Ok(());
            }
            self.take(zeros);
        }
    }

    /// The end of the last member was reached; `garbage_bytes` follow it.
    fn finish(&mut self, end: End, garbage_bytes: u64) -> End {
        let end = end.and_then(|()| match garbage_bytes {
            0 => Ok(()),
            count => Err(Fault::new(
                ProblemKind::NotALog,
                format!("{count} trailing bytes after the gzip data are not gzip and were ignored"),
            )),
        });
        self.step = Step::Over(self.with_wrong_sums(end));
        Ok(())
    }

    /// A wrong checksum does not end the reading, so it is told together with whatever did.
    fn with_wrong_sums(&self, end: End) -> End {
        let Some(WrongSums { first, until_byte, count }) = self.wrong else { return end };
        let (kind, after) = match end {
            Err(fault) if fault.kind.loses_bytes() => (fault.kind, format!("; {}", fault.detail)),
            Err(fault) => (ProblemKind::Damaged, format!("; {}", fault.detail)),
            Ok(()) => (ProblemKind::Damaged, String::new()),
        };
        let more = if count > 1 {
            format!(" and of {} more", count.saturating_sub(1))
        } else {
            String::new()
        };
        let detail = format!(
            "checksum or length of gzip member {first}{more} is wrong: what it holds up to compressed byte {until_byte} may be wrong{after}"
        );
        Err(Fault::new(kind, detail))
    }

    fn within_limits(&self) -> End {
        let limits = self.limits;
        if self.made_bytes > limits.total_bytes {
            let detail =
                format!("more than {} bytes unpacked; the rest was not read", limits.total_bytes);
            return Err(Fault::new(ProblemKind::Limit, detail));
        }
        let packed = self.inner.packed_bytes().saturating_sub(self.packed_before);
        if self.made_bytes > limits.ratio_from_bytes
            && self.made_bytes > packed.saturating_mul(limits.ratio)
        {
            let detail = format!(
                "unpacks to more than {} times its size, as only a decompression bomb does; the rest after {} bytes was not read",
                limits.ratio, self.made_bytes
            );
            return Err(Fault::new(ProblemKind::Limit, detail));
        }
        Ok(())
    }

    fn cut(&self, end: End) -> Fault {
        match end {
            Err(fault) if fault.kind.loses_bytes() => fault,
            _ => Fault::new(
                ProblemKind::Truncated,
                format!("gzip stream ends at compressed byte {}", self.taken_bytes),
            ),
        }
    }

    fn damaged(&self, what: &str) -> Fault {
        let detail =
            format!("{what}; {} bytes before it were unpacked, the rest is lost", self.made_bytes);
        Fault::new(ProblemKind::Damaged, detail)
    }

    fn take(&mut self, count: usize) {
        self.inner.take(count);
        self.taken_bytes = self.taken_bytes.saturating_add(count as u64);
    }

    fn read(&mut self, out: &mut [u8]) -> (usize, End) {
        let (count, end) = read_full(self.inner, out);
        self.taken_bytes = self.taken_bytes.saturating_add(count as u64);
        (count, end)
    }

    fn skip(&mut self, count: u64) -> (u64, End) {
        let (count, end) = skip(self.inner, count);
        self.taken_bytes = self.taken_bytes.saturating_add(count);
        (count, end)
    }

    fn read_exact(&mut self, out: &mut [u8]) -> End {
        let (count, end) = self.read(out);
        if count < out.len() { Err(self.cut(end)) } else { Ok(()) }
    }

    fn skip_exact(&mut self, want: u64) -> End {
        let (count, end) = self.skip(want);
        if count < want { Err(self.cut(end)) } else { Ok(()) }
    }
}
