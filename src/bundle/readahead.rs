//! Unpacking on one thread while the caller parses on another.
//! In: a packed stream. Out: its unpacked blocks. It exists because unpacking takes most of the time of a run. It must never wait
//! for a consumer that has gone, and never hold more than [`BLOCKS`] blocks.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
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
struct Unpacked<'a, 'u> {
    unpacking: &'a Mutex<&'a mut Unpacking<'u>>,
    current: Block,
    at: usize,
    thread: Option<Thread>,
}

/// The thread, as its consumer sees it.
struct Thread {
    full: Receiver<Block>,
    empty: SyncSender<Vec<u8>>,
    /// Blocks that it was given and that did not come back. Without any it waits.
    given: usize,
    /// Blocks that it may have.
    idle: Vec<Vec<u8>>,
}

/// Where a stream is unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ahead {
    /// On a thread of its own.
    Thread,
    /// On the caller's, block by block: where others keep the cores busy, a thread would only pass blocks from core to core.
    Here,
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
    let unpacking = &Mutex::new(unpacking);
    let mut unpacked = Unpacked { unpacking, current, at: 0, thread: None };
    if ahead == Ahead::Here || unpacked.current.end.is_some() {
        return consume(&mut unpacked, window_bytes);
    }
    thread::scope(|scope| {
        let (to_consumer, full) = sync_channel(BLOCKS);
        let (empty, from_consumer) = sync_channel(BLOCKS);
        let started = thread::Builder::new()
            .name("unpack".to_owned())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, move || pump(unpacking, &from_consumer, &to_consumer));
        match started {
            Ok(_) => {
                let idle = vec![Vec::new(); BLOCKS - 1];
                unpacked.thread = Some(Thread { full, empty, given: 0, idle });
            }
            Err(reason) => unpacked.current.end = Some(Err(not_started(&unpacked, &reason))),
        }
        consume(&mut unpacked, window_bytes);
        // The thread waits for blocks as long as there is one who could give any.
        drop(unpacked);
    });
}

fn not_started(unpacked: &Unpacked<'_, '_>, reason: &std::io::Error) -> Fault {
    let args = [("reason", reason.to_string().into()), ("bytes", unpacked.current.len.into())];
    Fault::new(ProblemKind::Unreadable, text("unread-no-thread", args))
}

/// A thread that panicked left no half a thing behind.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn produce(unpacking: &mut Unpacking<'_>, mut bytes: Vec<u8>) -> Block {
    bytes.resize(BLOCK_BYTES, 0);
    let (len, end) = unpacking.produce(&mut bytes);
    Block { len: len.min(bytes.len()), packed_bytes: unpacking.packed_bytes(), bytes, end }
}

/// The unpacking thread: fills empty blocks until the stream ends or nobody wants them any more.
fn pump(
    unpacking: &Mutex<&mut Unpacking<'_>>,
    empty: &Receiver<Vec<u8>>,
    full: &SyncSender<Block>,
) {
    while let Ok(bytes) = empty.recv() {
        let block = produce(&mut lock(unpacking), bytes);
        let last = block.end.is_some();
        if full.send(block).is_err() || last {
            return;
        }
    }
}

impl Thread {
    /// Lets it run ahead.
    fn give(&mut self) {
        while let Some(bytes) = self.idle.pop() {
            // The channel has room for all of them. Where the thread has ended, none is needed.
            let _ = self.empty.try_send(bytes);
            self.given = self.given.saturating_add(1);
        }
    }

    /// The next block that it has filled or is filling, instead of this one.
    fn next(&mut self, last: &mut Block) -> Block {
        self.idle.push(std::mem::take(&mut last.bytes));
        self.given = self.given.saturating_sub(1);
        self.full.recv().unwrap_or_else(|_| Block {
            bytes: Vec::new(),
            len: 0,
            packed_bytes: last.packed_bytes,
            end: Some(Err(Fault::new(ProblemKind::Damaged, text("unread-unpacking-stopped", [])))),
        })
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

impl Unpacked<'_, '_> {
    fn is_used_up(&self) -> bool {
        self.at >= self.current.len && self.current.end.is_none()
    }
}

impl Blocks for Unpacked<'_, '_> {
    fn fill(&mut self) -> Result<&[u8], Fault> {
        while self.is_used_up() {
            self.current = match &mut self.thread {
                Some(thread) => {
                    thread.give();
                    thread.next(&mut self.current)
                }
                None => produce(&mut lock(self.unpacking), std::mem::take(&mut self.current.bytes)),
            };
            self.at = 0;
        }
        self.current.left(self.at)
    }

    fn take(&mut self, count: usize) {
        self.at = self.at.saturating_add(count).min(self.current.len);
    }

    fn packed_bytes(&self) -> u64 {
        self.current.packed_bytes
    }

    /// Unpacks right there, once what the thread has is used up: who has room of his own has other work for the other cores,
    /// and a block stays in the cache of the core that made it.
    fn read(&mut self, out: &mut [u8]) -> Result<usize, Fault> {
        while self.is_used_up() {
            match &mut self.thread {
                Some(thread) if thread.given > 0 => {
                    (self.current, self.at) = (thread.next(&mut self.current), 0);
                }
                _ => {
                    let mut unpacking = lock(self.unpacking);
                    let (count, end) = unpacking.produce(out);
                    (self.current.len, self.at) = (0, 0);
                    (self.current.end, self.current.packed_bytes) = (end, unpacking.packed_bytes());
                    if count > 0 {
                        return Ok(count.min(out.len()));
                    }
                }
            }
        }
        copy(self, out)
    }
}
