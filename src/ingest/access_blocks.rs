//! The quick way through a file of nothing but requests: blocks cut at line ends, counted on all cores while the next ones are
//! read, merged in order. The slow way is `reader`; for such a file both give the same counts.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::access::{Request, Shape, quick};
use crate::bundle::MemberReader;
use crate::traffic::{Counter, Numbered, Regular, Rows};

use super::{Source, read_full};

/// Bytes of a block. Fixed, so that blocks do not depend on the number of threads.
const BLOCK_BYTES: usize = 256 * 1024;
/// Blocks that are read at a time; as many more are counted meanwhile.
const BLOCKS: usize = 4;
/// Longest line; the rest of a longer one is skipped.
const LINE_MAX_BYTES: usize = 1 << 20;
/// Lines that were not understood and are shown.
const SHOWN: usize = 5;

/// A block, counted; what has no line number stays with the worker.
#[derive(Default)]
struct Counted {
    numbered: Numbered,
    lines: u64,
    unparsed: u64,
    first_unparsed: Vec<(u64, String)>,
}

/// What a thread counted so far, and remembers from block to block.
struct Worker {
    memory: quick::Memory,
    counter: Counter,
}

/// Workers that rest.
struct Workers {
    rested: Mutex<Vec<Worker>>,
    regular: Regular,
    held: Rows,
}

impl Workers {
    fn lend<T>(&self, work: impl FnOnce(&mut Worker) -> T) -> T {
        let rested = self.lock().pop();
        let mut worker = rested.unwrap_or_else(|| Worker {
            memory: quick::Memory::default(),
            counter: Counter::new(&self.regular, &self.held),
        });
        let done = work(&mut worker);
        self.lock().push(worker);
        done
    }

    /// A thread that panicked left no half a worker behind.
    fn lock(&self) -> MutexGuard<'_, Vec<Worker>> {
        self.rested.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads `head` and the rest of `member`; fills the source's traffic and line counts. `held` is what the logs before
/// it hold; a log that is `alone` may have all cores. Gives whether the last line had no end.
pub(super) fn read(
    head: Vec<u8>,
    member: &mut MemberReader<'_>,
    (shape, held, alone): (&Shape, Rows, bool),
    source: &mut Source,
) -> bool {
    let regular = regular(&head, shape);
    let mut counter = Counter::new(&regular, &held);
    let workers = Workers { rested: Mutex::default(), regular, held };
    let (mut text, mut next) = (head, Vec::new());
    read_full(member, &mut text, BLOCKS * BLOCK_BYTES);
    let mut open_end;
    loop {
        let last = text.len() < BLOCKS * BLOCK_BYTES;
        let lines_end = memchr::memrchr(b'\n', &text).map_or(0, |at| at + 1);
        open_end = last && lines_end < text.len();
        let mut end = if last { text.len() } else { lines_end };
        if open_end && member.damage().is_some() {
            end = lines_end;
        }
        if end == 0 && !last && text.len() >= LINE_MAX_BYTES {
            end = text.len();
            text.clear();
        }
        let (whole, rest) = text.split_at(end.min(text.len()));
        let end = whole.len();
        next.clear();
        if alone {
            next.extend_from_slice(rest);
        }
        let known = counter.numbered();
        let count_one = |block: &&[u8]| workers.lend(|worker| count(block, shape, worker, known));
        let counted: Vec<Counted> = if alone {
            let read_on = || {
                if !last {
                    read_full(member, &mut next, BLOCKS * BLOCK_BYTES);
                }
            };
            rayon::join(|| blocks(whole).par_iter().map(count_one).collect(), read_on).0
        } else {
            blocks(whole).iter().map(count_one).collect()
        };
        for part in counted {
            let shown = SHOWN.saturating_sub(source.first_unparsed.len());
            source.first_unparsed.extend(
                part.first_unparsed
                    .into_iter()
                    .take(shown)
                    .map(|(line, text)| (line + source.lines, text)),
            );
            counter.add_numbered(part.numbered, source.lines);
            source.lines += part.lines;
            source.unparsed += part.unparsed;
        }
        if last {
            break;
        }
        if alone {
            std::mem::swap(&mut text, &mut next);
        } else {
            text.drain(..end);
            read_full(member, &mut text, BLOCKS * BLOCK_BYTES);
        }
    }
    source.records = source.lines;
    let mut traffic = counter.finish();
    for worker in workers.lock().iter_mut() {
        traffic.merge(worker.counter.finish());
    }
    source.traffic = Some(traffic);
    open_end && member.damage().is_some()
}

/// Pieces of about a block that end at line ends.
fn blocks(bytes: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let mut rest = bytes;
    while rest.len() > BLOCK_BYTES {
        let end = memchr::memchr(b'\n', &rest[BLOCK_BYTES..])
            .map_or(rest.len(), |at| BLOCK_BYTES + at + 1);
        let (piece, tail) = rest.split_at(end);
        pieces.push(piece);
        rest = tail;
    }
    pieces.push(rest);
    pieces
}

/// Routes that are asked for all the time, by the first lines of a log.
fn regular(head: &[u8], shape: &Shape) -> Regular {
    let mut worker = Worker {
        memory: quick::Memory::default(),
        counter: Counter::new(&Regular::default(), &Rows::default()),
    };
    count(head, shape, &mut worker, &Numbered::default());
    Regular::of(&worker.counter.finish())
}

fn count(block: &[u8], shape: &Shape, worker: &mut Worker, known: &Numbered) -> Counted {
    let Worker { memory, counter } = worker;
    let mut counted = Counted::default();
    counter.begin(known);
    let mut request = Request::default();
    let mut rest = block;
    while !rest.is_empty() {
        counted.lines += 1;
        let end = memchr::memchr(b'\n', rest);
        let (line, tail) = match end {
            Some(end) => (&rest[..end], &rest[end + 1..]),
            None => (rest, &rest[rest.len()..]),
        };
        rest = tail;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if quick::parse(shape, line, memory, &mut request) && request.stamp.is_some() {
            counter.count(&request, counted.lines);
        } else if !line.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
            counted.unparsed += 1;
            if counted.first_unparsed.len() < SHOWN {
                counted.first_unparsed.push((counted.lines, crate::event::excerpt(line)));
            }
        }
    }
    counted.numbered = counter.take_numbered();
    counted
}
