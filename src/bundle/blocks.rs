//! A stream of bytes seen block by block: what every layer (file, inflater, member of an archive) reads from and offers again.
//! In: an operating system's reader. Out: blocks, then either the end or one [`Fault`]. It exists so that layers stack without
//! knowing each other. It must never hold more than one block of a stream.

use std::io::{ErrorKind, Read};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use sha2::{Digest, Sha256};

use super::Progress;
use crate::problem::ProblemKind;
use crate::wording::{Text, text};

/// Bytes asked of the operating system at once: the size that measured best for plain logs. Of whole pages, so that each of them is
/// copied to the same place in a page.
const READ_BYTES: usize = 256 * 1024;
/// What the buffer's place is a multiple of. An allocator puts a large one 16 bytes behind the start of a page, and there the kernel
/// copies at a fifth of its speed where the processor is a Zen 3 (`rep movsb` to 1 to 31 bytes behind it; measured).
const PLACE_BYTES: usize = 64;

/// Why a stream has no more bytes although its format promised some; becomes a problem once the path is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) kind: ProblemKind,
    pub(super) detail: Text,
}

impl Fault {
    pub(super) const fn new(kind: ProblemKind, detail: Text) -> Self {
        Self { kind, detail }
    }
}

/// How a stream ended: cleanly, or not.
pub(super) type End = Result<(), Fault>;

/// One layer of unpacking. A fault is told after all bytes that came before it, and again on every later call.
pub(super) trait Blocks: Send {
    /// The bytes at hand, without taking them; empty at the end.
    fn fill(&mut self) -> Result<&[u8], Fault>;

    /// Takes the first `count` bytes of what `fill` showed.
    fn take(&mut self, count: usize);

    /// How many bytes of the outermost stream it took to get here; may be ahead by one block.
    fn packed_bytes(&self) -> u64;

    /// How many bytes are still to come, where that is told before them; fewer come where the stream is damaged.
    fn bytes_left(&self) -> Option<u64> {
        None
    }

    /// Moves the next bytes into `out`, which is not empty: how many, none at the end only. Streams that can make them right there
    /// need not copy them.
    fn read(&mut self, out: &mut [u8]) -> Result<usize, Fault> {
        copy(self, out)
    }
}

/// [`Blocks::read`] for a stream that has its bytes already.
pub(super) fn copy(blocks: &mut (impl Blocks + ?Sized), out: &mut [u8]) -> Result<usize, Fault> {
    let block = blocks.fill()?;
    let count = block.len().min(out.len());
    if let (Some(to), Some(from)) = (out.get_mut(..count), block.get(..count)) {
        to.copy_from_slice(from);
    }
    blocks.take(count);
    Ok(count)
}

/// The outermost stream: a file or standard input.
pub(super) struct Source<'a> {
    reader: Box<dyn Read + Send>,
    /// With a few bytes before those that are used.
    buffer: Vec<u8>,
    start: usize,
    at: usize,
    until: usize,
    read_bytes: u64,
    promised_bytes: Option<u64>,
    end: Option<End>,
    sha256: Option<Sha256>,
    hashing: &'a AtomicBool,
    progress: &'a dyn Progress,
}

impl<'a> Source<'a> {
    /// `promised_bytes` is the length of a regular file when it was opened: what a live log gains later is not read, and a
    /// file that loses bytes meanwhile is told. `hashing` may be turned off at any time, by any thread.
    pub(super) fn new(
        reader: Box<dyn Read + Send>,
        promised_bytes: Option<u64>,
        hashing: &'a AtomicBool,
        progress: &'a dyn Progress,
    ) -> Self {
        let buffer = vec![0; READ_BYTES + PLACE_BYTES];
        let start = buffer.as_ptr().align_offset(PLACE_BYTES).min(PLACE_BYTES);
        let (at, until, read_bytes) = (0, 0, 0);
        let sha256 = Some(Sha256::new());
        Self {
            reader,
            buffer,
            start,
            at,
            until,
            read_bytes,
            promised_bytes,
            end: None,
            sha256,
            hashing,
            progress,
        }
    }

    /// Bytes that came from the operating system so far.
    pub(super) const fn read_bytes(&self) -> u64 {
        self.read_bytes
    }

    /// The digest of all bytes, in hex; `None` if hashing was turned off or the end was not reached.
    pub(super) fn digest(&mut self) -> Option<String> {
        if self.end != Some(Ok(())) || !self.hashing.load(Ordering::Relaxed) {
            return None;
        }
        self.sha256
            .take()
            .map(|hash| hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    fn refill(&mut self) {
        let mut buffer = std::mem::take(&mut self.buffer);
        let used = self.start..self.start.saturating_add(READ_BYTES);
        let count = self.read_some(buffer.get_mut(used).unwrap_or_default());
        (self.at, self.until) = (self.start, self.start.saturating_add(count));
        self.buffer = buffer;
    }

    /// Asks the operating system once: how many bytes came. None at the end, which is noted.
    fn read_some(&mut self, buffer: &mut [u8]) -> usize {
        let room = self
            .promised_bytes
            .map_or(u64::MAX, |promised| promised.saturating_sub(self.read_bytes));
        let room = usize::try_from(room).unwrap_or(usize::MAX).min(buffer.len());
        let Some(buffer) = buffer.get_mut(..room).filter(|buffer| !buffer.is_empty()) else {
            self.end = Some(Ok(()));
            return 0;
        };
        if let Some(reason) = self.progress.stop() {
            let args = [("reason", reason.into()), ("byte", self.read_bytes.into())];
            let detail = text("unread-stopped", args);
            self.end = Some(Err(Fault::new(ProblemKind::Limit, detail)));
            return 0;
        }
        match read_once(&mut self.reader, buffer) {
            Ok(0) => self.end = Some(shrunk(self.read_bytes, self.promised_bytes)),
            Ok(count) => {
                let count = count.min(room);
                self.account(buffer.get(..count).unwrap_or_default());
                return count;
            }
            Err(reason) => {
                let reason = reason.to_string();
                let args = [("byte", self.read_bytes.into()), ("reason", reason.into())];
                let detail = text("unread-failed", args);
                self.end = Some(Err(Fault::new(ProblemKind::Unreadable, detail)));
            }
        }
        0
    }

    fn account(&mut self, bytes: &[u8]) {
        self.read_bytes = self.read_bytes.saturating_add(bytes.len() as u64);
        self.progress.advance(bytes.len() as u64);
        if !self.hashing.load(Ordering::Relaxed) {
            self.sha256 = None;
        }
        if let Some(hash) = &mut self.sha256 {
            hash.update(bytes);
        }
    }
}

impl Blocks for Source<'_> {
    fn fill(&mut self) -> Result<&[u8], Fault> {
        if self.at >= self.until && self.end.is_none() {
            self.refill();
        }
        match &self.end {
            Some(Err(fault)) if self.at >= self.until => Err(fault.clone()),
            _ => Ok(self.buffer.get(self.at..self.until).unwrap_or_default()),
        }
    }

    fn take(&mut self, count: usize) {
        self.at = self.at.saturating_add(count).min(self.until);
    }

    fn packed_bytes(&self) -> u64 {
        self.read_bytes.saturating_sub(self.until.saturating_sub(self.at) as u64)
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, Fault> {
        if self.at >= self.until && self.end.is_none() {
            let count = self.read_some(out);
            if count > 0 {
                return Ok(count);
            }
        }
        copy(self, out)
    }
}

/// One read, begun again when a signal interrupts it.
fn read_once(reader: &mut dyn Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    loop {
        match reader.read(buffer) {
            Err(reason) if reason.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

fn shrunk(read_bytes: u64, promised_bytes: Option<u64>) -> End {
    match promised_bytes {
        Some(promised) if promised > read_bytes => {
            let args = [("came", read_bytes.into()), ("bytes", promised.into())];
            let detail = text("unread-shrank", args);
            Err(Fault::new(ProblemKind::Truncated, detail))
        }
        _ => Ok(()),
    }
}

/// A stream whose first bytes can be looked at together, however small its blocks are.
pub(super) struct Head<'a> {
    inner: &'a mut dyn Blocks,
    bytes: Vec<u8>,
    at: usize,
    packed_before: u64,
}

impl<'a> Head<'a> {
    /// Reads until `want_bytes` are at hand or the stream ends; a fault is left for later.
    pub(super) fn new(inner: &'a mut dyn Blocks, want_bytes: usize) -> Self {
        let packed_before = inner.packed_bytes();
        let mut bytes = vec![0; want_bytes];
        let (count, _) = read_full(inner, &mut bytes);
        bytes.truncate(count);
        Self { inner, bytes, at: 0, packed_before }
    }

    /// The first bytes, as many as were asked for unless the stream is shorter.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The next bytes without taking them: `want_bytes`, fewer only if the stream ends. A fault is left for later.
    pub(super) fn peek(&mut self, want_bytes: usize) -> &[u8] {
        let have = self.bytes.len().saturating_sub(self.at);
        if have < want_bytes {
            if have == 0 {
                self.packed_before = self.inner.packed_bytes();
            }
            self.bytes.drain(..self.at.min(self.bytes.len()));
            self.at = 0;
            self.bytes.resize(want_bytes, 0);
            let (count, _) = read_full(self.inner, self.bytes.get_mut(have..).unwrap_or_default());
            self.bytes.truncate(have.saturating_add(count));
        }
        let until = self.at.saturating_add(want_bytes).min(self.bytes.len());
        self.bytes.get(self.at..until).unwrap_or_default()
    }
}

impl Blocks for Head<'_> {
    fn fill(&mut self) -> Result<&[u8], Fault> {
        match self.bytes.get(self.at..) {
            Some(rest) if !rest.is_empty() => Ok(rest),
            _ => self.inner.fill(),
        }
    }

    fn take(&mut self, count: usize) {
        if self.at < self.bytes.len() {
            self.at = self.at.saturating_add(count).min(self.bytes.len());
        } else {
            self.inner.take(count);
        }
    }

    fn packed_bytes(&self) -> u64 {
        if self.at < self.bytes.len() { self.packed_before } else { self.inner.packed_bytes() }
    }

    fn bytes_left(&self) -> Option<u64> {
        let at_hand = self.bytes.len().saturating_sub(self.at) as u64;
        self.inner.bytes_left().map(|bytes| bytes.saturating_add(at_hand))
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, Fault> {
        if self.at < self.bytes.len() { copy(self, out) } else { self.inner.read(out) }
    }
}

/// Fills `out` as far as the stream goes: how many bytes came, and how the stream ended if it did.
pub(super) fn read_full(blocks: &mut dyn Blocks, out: &mut [u8]) -> (usize, End) {
    let mut filled = 0;
    while let Some(room) = out.get_mut(filled..).filter(|room| !room.is_empty()) {
        match copy(blocks, room) {
            Ok(0) => return (filled, Ok(())),
            Ok(count) => filled = filled.saturating_add(count),
            Err(fault) => return (filled, Err(fault)),
        }
    }
    (filled, Ok(()))
}

/// Passes over `count` bytes: how many were there, and how the stream ended if it did.
pub(super) fn skip(blocks: &mut dyn Blocks, count: u64) -> (u64, End) {
    let mut left = count;
    while left > 0 {
        let here = match blocks.fill() {
            Ok([]) => return (count.saturating_sub(left), Ok(())),
            Ok(block) => block.len().min(usize::try_from(left).unwrap_or(usize::MAX)),
            Err(fault) => return (count.saturating_sub(left), Err(fault)),
        };
        blocks.take(here);
        left = left.saturating_sub(here as u64);
    }
    (count, Ok(()))
}

/// The content of one member of an archive that tells its length before.
pub(super) struct Body<'a> {
    inner: &'a mut dyn Blocks,
    size_bytes: u64,
    left_bytes: u64,
}

impl<'a> Body<'a> {
    pub(super) fn new(inner: &'a mut dyn Blocks, size_bytes: u64) -> Self {
        Self { inner, size_bytes, left_bytes: size_bytes }
    }

    /// What was not taken of it.
    pub(super) const fn left_bytes(&self) -> u64 {
        self.left_bytes
    }
}

impl Blocks for Body<'_> {
    fn fill(&mut self) -> Result<&[u8], Fault> {
        if self.left_bytes == 0 {
            return Ok(&[]);
        }
        match self.inner.fill() {
            Ok([]) => Err(cut(self.size_bytes, self.left_bytes, None)),
            Ok(block) => {
                let here = block.len().min(usize::try_from(self.left_bytes).unwrap_or(usize::MAX));
                Ok(block.get(..here).unwrap_or_default())
            }
            Err(fault) => Err(cut(self.size_bytes, self.left_bytes, Some(fault))),
        }
    }

    fn take(&mut self, count: usize) {
        self.inner.take(count);
        self.left_bytes = self.left_bytes.saturating_sub(count as u64);
    }

    fn packed_bytes(&self) -> u64 {
        self.inner.packed_bytes()
    }

    fn bytes_left(&self) -> Option<u64> {
        Some(self.left_bytes)
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, Fault> {
        let here = out.len().min(usize::try_from(self.left_bytes).unwrap_or(usize::MAX));
        let Some(room) = out.get_mut(..here).filter(|room| !room.is_empty()) else { return Ok(0) };
        match self.inner.read(room) {
            Ok(0) => Err(cut(self.size_bytes, self.left_bytes, None)),
            Ok(count) => {
                self.left_bytes = self.left_bytes.saturating_sub(count as u64);
                Ok(count)
            }
            Err(fault) => Err(cut(self.size_bytes, self.left_bytes, Some(fault))),
        }
    }
}

/// The content of a member ends too early; with what ended the stream around it, where that lost bytes.
pub(super) fn cut(size_bytes: u64, left_bytes: u64, why: Option<Fault>) -> Fault {
    let came = size_bytes.saturating_sub(left_bytes);
    let (came, bytes) = (("came", came.into()), ("bytes", size_bytes.into()));
    match why.filter(|fault| fault.kind.loses_bytes()) {
        Some(Fault { kind, detail }) => {
            let args = [came, bytes, ("reason", detail.into())];
            Fault::new(kind, text("unread-member-cut-because", args))
        }
        None => Fault::new(ProblemKind::Truncated, text("unread-member-cut", [came, bytes])),
    }
}

/// What the reader of an archive hands on.
pub(super) enum Item<'a> {
    /// A file: its name as written, and its content.
    Member(&'a [u8], &'a mut dyn Blocks),
    /// A member that is no file that can be read, and why.
    Passed(&'a [u8], Fault),
    /// Trouble with the archive itself.
    Trouble(Fault),
}

/// The receiver of items; breaking off ends the reading.
pub(super) type Each<'e> = dyn FnMut(Item<'_>) -> ControlFlow<()> + 'e;
