//! Unpacking on one thread while the caller parses on another.
//! In: a packed stream. Out: its unpacked blocks. It exists because unpacking takes most of the time of a run. It must never wait
//! for a consumer that has gone, and never hold more than [`BLOCKS`] blocks.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::blocks::{Blocks, End, Fault, copy};
use super::unpack::Unpacking;
use crate::problem::ProblemKind;
use crate::wording::text;

/// Size of one block of unpacked bytes; 256 KiB measured best.
const BLOCK_BYTES: usize = 256 * 1024;
/// Blocks in flight: one being parsed, one being filled, two to even out the pace.
const BLOCKS: usize = 4;
/// The unpacking thread calls a few frames deep; the default of 2 MiB a thread is not needed.
const STACK_BYTES: usize = 512 * 1024;

/// Unpacked bytes on their way to the consumer.
struct Block {
    bytes: Vec<u8>,
    len: usize,
    packed_bytes: u64,
    end: Option<End>,
}

/// The consumer's end. Dropping it ends the unpacking thread.
struct Unpacked {
    current: Block,
    at: usize,
    thread: Option<(Receiver<Block>, SyncSender<Vec<u8>>)>,
}

/// Where a stream is unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ahead {
    /// On a thread of its own.
    Thread,
    /// On the caller's, block by block: where others keep the cores busy, a thread would only pass blocks from core to core.
    Here,
}

/// An unpacked stream that is unpacked when it is asked for.
struct Here<'a, 'u> {
    unpacking: &'a mut Unpacking<'u>,
    current: Block,
    at: usize,
}

/// Calls `consume` with the unpacked stream and what its window takes of the allowance. What fits into one block is unpacked
/// right here: a folder of small members must not pay for a thread each.
pub(super) fn with_unpacked(
    unpacking: &mut Unpacking<'_>,
    ahead: Ahead,
    consume: impl FnOnce(&mut dyn Blocks, u64),
) {
    let current = produce(unpacking, vec![0; BLOCK_BYTES]);
    let window_bytes = unpacking.window_bytes();
    if ahead == Ahead::Here {
        return consume(&mut Here { unpacking, current, at: 0 }, window_bytes);
    }
    if current.end.is_some() {
        return consume(&mut Unpacked { current, at: 0, thread: None }, window_bytes);
    }
    thread::scope(|scope| {
        let (full, blocks) = sync_channel(BLOCKS);
        let (spent, empty) = sync_channel(BLOCKS);
        for _ in 1..BLOCKS {
            // The channel has room for all of them, and its other end lives.
            let _ = spent.try_send(vec![0; BLOCK_BYTES]);
        }
        let started = thread::Builder::new()
            .name("unpack".to_owned())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, move || pump(unpacking, &empty, &full));
        if let Err(reason) = started {
            return consume(&mut not_started(current, &reason), window_bytes);
        }
        let thread = Some((blocks, spent));
        consume(&mut Unpacked { current, at: 0, thread }, window_bytes);
    });
}

fn not_started(mut current: Block, reason: &std::io::Error) -> Unpacked {
    let args = [("reason", reason.to_string().into()), ("bytes", current.len.into())];
    let detail = text("unread-no-thread", args);
    current.end = Some(Err(Fault::new(ProblemKind::Unreadable, detail)));
    Unpacked { current, at: 0, thread: None }
}

fn produce(unpacking: &mut Unpacking<'_>, mut bytes: Vec<u8>) -> Block {
    let (len, end) = unpacking.produce(&mut bytes);
    Block { len: len.min(bytes.len()), packed_bytes: unpacking.packed_bytes(), bytes, end }
}

/// The unpacking thread: fills empty blocks until the stream ends or nobody wants them any more.
fn pump(unpacking: &mut Unpacking<'_>, empty: &Receiver<Vec<u8>>, full: &SyncSender<Block>) {
    while let Ok(bytes) = empty.recv() {
        let block = produce(unpacking, bytes);
        let last = block.end.is_some();
        if full.send(block).is_err() || last {
            return;
        }
    }
}

impl Unpacked {
    fn next(&mut self) {
        let Some((blocks, spent)) = &self.thread else { return };
        // The unpacking thread may have ended already; then the block is not needed either.
        let _ = spent.try_send(std::mem::take(&mut self.current.bytes));
        self.at = 0;
        self.current = blocks.recv().unwrap_or_else(|_| Block {
            bytes: Vec::new(),
            len: 0,
            packed_bytes: self.current.packed_bytes,
            end: Some(Err(Fault::new(ProblemKind::Damaged, text("unread-unpacking-stopped", [])))),
        });
    }
}

impl Block {
    /// What is left of it, or how the stream ended behind it.
    fn left(&self, at: usize) -> Result<&[u8], Fault> {
        match &self.end {
            Some(Err(fault)) if at >= self.len => Err(fault.clone()),
            _ => Ok(self.bytes.get(at..self.len).unwrap_or_default()),
        }
    }
}

impl Blocks for Here<'_, '_> {
    fn fill(&mut self) -> Result<&[u8], Fault> {
        while self.at >= self.current.len && self.current.end.is_none() {
            let bytes = std::mem::take(&mut self.current.bytes);
            (self.current, self.at) = (produce(self.unpacking, bytes), 0);
        }
        self.current.left(self.at)
    }

    fn take(&mut self, count: usize) {
        self.at = self.at.saturating_add(count).min(self.current.len);
    }

    fn packed_bytes(&self) -> u64 {
        self.current.packed_bytes
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, Fault> {
        if self.at >= self.current.len && self.current.end.is_none() {
            let (count, end) = self.unpacking.produce(out);
            (self.current.len, self.at) = (0, 0);
            (self.current.end, self.current.packed_bytes) = (end, self.unpacking.packed_bytes());
            if count > 0 {
                return Ok(count.min(out.len()));
            }
        }
        copy(self, out)
    }
}

impl Blocks for Unpacked {
    fn fill(&mut self) -> Result<&[u8], Fault> {
        while self.at >= self.current.len && self.current.end.is_none() {
            self.next();
        }
        self.current.left(self.at)
    }

    fn take(&mut self, count: usize) {
        self.at = self.at.saturating_add(count).min(self.current.len);
    }

    fn packed_bytes(&self) -> u64 {
        self.current.packed_bytes
    }
}
