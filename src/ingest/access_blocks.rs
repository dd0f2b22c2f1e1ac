//! The quick way through a file of nothing but requests: blocks cut at line ends, each read and counted by whoever is free, merged
//! in order. The slow way is `reader`; for such a file both give the same counts.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::access::skim::Skim;
use crate::access::{Shape, quick};
use crate::bundle::MemberReader;
use crate::capsule::kept::Kept;
use crate::envelope::Tally;
use crate::traffic::{Counter, Numbered, Regular, Rows, SAMPLE};

use super::Source;

/// Bytes that are read at a time. Fixed, so that blocks do not depend on the number of threads.
const BLOCK_BYTES: usize = 256 * 1024;
/// Blocks that one of several threads reads in a row: to wake another one for the next takes as long as to unpack half a block.
const BLOCKS_IN_A_ROW: usize = 8;
/// Blocks of which every request is read. What is smaller is counted exactly, and most logs of an incident are.
const EXACT_BLOCKS: u64 = 8;
/// Lines that are looked at together: where one of them failed, what all of them asked for is counted.
const GROUP_LINES: usize = 64;
/// Longest line; a longer one is passed over.
const LINE_MAX_BYTES: usize = 1 << 20;
/// Counted blocks that may wait for one before them.
const WAITING_MAX: usize = 16;
/// Longest line that is no request and is looked at again, and most bytes of such lines of one file.
const STRANGER_MAX_BYTES: usize = 64 * 1024;
/// See [`STRANGER_MAX_BYTES`].
const STRANGERS_MAX_BYTES: usize = 8 << 20;
/// Lines that were not understood and are shown.
const SHOWN: usize = 5;

/// A block, counted; what has no line number stays with the worker.
#[derive(Default)]
struct Counted {
    numbered: Numbered,
    lines: u64,
    unparsed: u64,
    /// Lines that are no requests, by number.
    strangers: Vec<(u64, Vec<u8>)>,
    nul_bytes: u64,
    first_unparsed: Vec<(u64, String)>,
}

/// What a thread counted so far, and remembers from block to block.
struct Worker {
    memory: quick::Memory,
    counter: Counter,
}

impl Worker {
    fn new(regular: &Regular, held: &Rows) -> Self {
        Self { memory: quick::Memory::default(), counter: Counter::new(regular, held) }
    }
}

/// Where blocks come from, one after the other.
struct Feed<'r, 'm> {
    member: &'r mut MemberReader<'m>,
    /// What follows the last line end that was read.
    rest: Vec<u8>,
    /// Blocks so far.
    number: u64,
    ended: bool,
    /// The last line has no end.
    open_end: bool,
    /// Lines that are too long, and whether the one that is read now is.
    long_lines: u64,
    in_long_line: bool,
    /// NUL bytes of a hole that is as long.
    nul_bytes: u64,
}

impl Feed<'_, '_> {
    /// Writes the next block over the last one: its number and length. It ends with a line end, but for the last.
    fn next(&mut self, text: &mut Vec<u8>) -> Option<(u64, usize)> {
        if self.ended {
            return None;
        }
        let mut filled = self.rest.len();
        if text.len() < filled {
            text.resize(filled, 0);
        }
        text[..filled].copy_from_slice(&self.rest);
        self.rest.clear();
        let length = loop {
            if text.len() < filled + BLOCK_BYTES {
                text.resize(filled + BLOCK_BYTES, 0);
            }
            let new = self.member.fill(&mut text[filled..filled + BLOCK_BYTES]);
            filled += new;
            let lines_end = memchr::memrchr(b'\n', &text[..filled]).map(|at| at + 1);
            if new < BLOCK_BYTES {
                self.ended = true;
                let lines_end = lines_end.unwrap_or_default();
                self.open_end = lines_end < filled;
                break if self.open_end && self.member.damage().is_some() {
                    lines_end
                } else {
                    filled
                };
            }
            if let Some(end) = lines_end {
                self.in_long_line = false;
                self.rest.extend_from_slice(&text[end..filled]);
                break end;
            }
            if filled >= LINE_MAX_BYTES {
                if text[..filled].iter().all(|byte| *byte == 0) {
                    self.nul_bytes += filled as u64;
                } else {
                    self.long_lines += u64::from(!std::mem::replace(&mut self.in_long_line, true));
                }
                filled = 0;
            }
        };
        let number = self.number;
        self.number += 1;
        Some((number, length))
    }
}

/// What became of the blocks, in their order.
struct Sum<'s> {
    source: &'s mut Source,
    counter: Counter,
    /// Lines that are no requests.
    strangers: Kept,
    /// Blocks that were taken in.
    blocks: u64,
    /// Blocks that wait for one before them.
    waiting: BTreeMap<u64, Counted>,
    workers: Vec<Worker>,
    nul_bytes: u64,
    /// Threads that wait for blocks to be taken in.
    asleep: usize,
}

impl Sum<'_> {
    fn add(&mut self, number: u64, block: Counted) {
        self.waiting.insert(number, block);
        while let Some(block) = self.waiting.remove(&self.blocks) {
            self.blocks += 1;
            let lines = self.source.lines;
            let shown = SHOWN.saturating_sub(self.source.first_unparsed.len());
            let new = block.first_unparsed.into_iter().take(shown);
            self.source.first_unparsed.extend(new.map(|(line, text)| (line + lines, text)));
            self.counter.add_numbered(block.numbered, lines);
            for (line, text) in block.strangers {
                if self.strangers.text.len() + text.len() < STRANGERS_MAX_BYTES {
                    self.strangers.numbers.push(line + lines);
                    self.strangers.text.extend(text);
                    self.strangers.text.push(b'\n');
                } else {
                    self.source.unparsed += 1;
                }
            }
            self.source.lines += block.lines;
            self.source.unparsed += block.unparsed;
            self.nul_bytes += block.nul_bytes;
        }
    }
}

/// The reading of one file by several threads.
struct Shared<'s, 'r, 'm> {
    shape: &'s Shape,
    skim: Option<Skim>,
    regular: Regular,
    held: Rows,
    feed: Mutex<Feed<'r, 'm>>,
    sum: Mutex<Sum<'s>>,
    taken_in: Condvar,
}

/// A thread that panicked left no half a thing behind.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared<'_, '_, '_> {
    fn count(&self, number: u64, block: &[u8], worker: &mut Worker) {
        worker.counter.begin(lock(&self.sum).counter.numbered());
        let counted = match self.skim.as_ref().filter(|_| number >= EXACT_BLOCKS) {
            Some(skim) => skimmed(block, (self.shape, skim), worker, Pick::new(number)),
            None => count(block, self.shape, worker),
        };
        let mut sum = lock(&self.sum);
        sum.add(number, counted);
        if sum.asleep > 0 {
            self.taken_in.notify_all();
        }
    }

    /// Reads and counts blocks, so many in a row, as long as there are any.
    fn work(&self, in_a_row: usize) {
        let (mut rested, mut texts) = (None, vec![Vec::new(); in_a_row]);
        loop {
            let mut feed = lock(&self.feed);
            let read = |text| feed.next(text);
            let blocks: Vec<_> = texts.iter_mut().map_while(read).collect();
            drop(feed);
            if blocks.is_empty() {
                break;
            }
            let worker = rested.get_or_insert_with(|| Worker::new(&self.regular, &self.held));
            for (text, (number, length)) in texts.iter().zip(blocks) {
                self.count(number, text.get(..length).unwrap_or_default(), worker);
            }
            let mut sum = lock(&self.sum);
            // The block that is waited for has been read, and who counts it does not wait.
            while sum.waiting.len() > WAITING_MAX {
                sum.asleep += 1;
                sum = self.taken_in.wait(sum).unwrap_or_else(PoisonError::into_inner);
                sum.asleep -= 1;
            }
        }
        lock(&self.sum).workers.extend(rested);
    }
}

/// Reads `head` and the rest of `member`; fills the source's traffic and line counts. `held` is what the logs before
/// it hold; a log that is `alone` may have all cores. Gives what was met on the way, as the slow way does, and the lines that are no
/// requests: what a container of a proxy writes to its two outputs is one log.
pub(super) fn read(
    head: Vec<u8>,
    member: &mut MemberReader<'_>,
    (shape, held, alone): (&Shape, Rows, bool),
    source: &mut Source,
) -> (Tally, Kept) {
    let regular = regular(&head, shape);
    let counter = Counter::new(&regular, &held);
    let feed = Feed {
        member,
        rest: head,
        number: 0,
        ended: false,
        open_end: false,
        long_lines: 0,
        in_long_line: false,
        nul_bytes: 0,
    };
    let strangers = Kept::nothing();
    let (waiting, workers) = (BTreeMap::new(), Vec::new());
    let sum =
        Sum { source, counter, strangers, blocks: 0, waiting, workers, nul_bytes: 0, asleep: 0 };
    let (feed, sum) = (Mutex::new(feed), Mutex::new(sum));
    let skim = Skim::of(shape);
    let shared = Shared { shape, skim, regular, held, feed, sum, taken_in: Condvar::new() };
    if alone {
        rayon::scope(|scope| {
            for _ in 1..rayon::current_num_threads() {
                scope.spawn(|_| shared.work(BLOCKS_IN_A_ROW));
            }
            shared.work(BLOCKS_IN_A_ROW);
        });
    } else {
        shared.work(1);
    }
    let Shared { feed, sum, .. } = shared;
    let feed = feed.into_inner().unwrap_or_else(PoisonError::into_inner);
    let Sum { source, mut counter, strangers, workers, nul_bytes, .. } =
        sum.into_inner().unwrap_or_else(PoisonError::into_inner);
    source.records = source.lines;
    let mut traffic = counter.finish();
    for mut worker in workers {
        traffic.merge(worker.counter.finish());
    }
    source.traffic = Some(Box::new(traffic));
    let tally = Tally {
        long_lines: feed.long_lines,
        nul_bytes: nul_bytes + feed.nul_bytes,
        partial_last_line: feed.open_end && feed.member.damage().is_some(),
        ..Tally::default()
    };
    (tally, strangers)
}

/// Routes that are asked for all the time, by the first lines of a log.
fn regular(head: &[u8], shape: &Shape) -> Regular {
    let mut worker = Worker::new(&Regular::default(), &Rows::default());
    count(head, shape, &mut worker);
    Regular::of(&worker.counter.finish())
}

/// Which good requests of a block are read: one of [`SAMPLE`], at places that no rhythm of the log meets.
struct Pick {
    state: u64,
    /// Requests before the next that is read.
    left: u64,
}

impl Pick {
    const fn new(block: u64) -> Self {
        let mut pick = Self { state: block, left: 0 };
        pick.left = pick.gap();
        pick
    }

    /// Any number below twice the mean (splitmix64).
    const fn gap(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed >> 32) % (2 * SAMPLE - 1)
    }

    /// Whether the next request is read.
    const fn next(&mut self) -> bool {
        if self.left > 0 {
            self.left -= 1;
            return false;
        }
        self.left = self.gap();
        true
    }
}

/// Counts a block of which only what failed is read as a whole, and some of the rest; the counter was told to begin.
fn skimmed(
    block: &[u8],
    (shape, skim): (&Shape, &Skim),
    worker: &mut Worker,
    mut pick: Pick,
) -> Counted {
    let mut tally = Tallied::default();
    let mut group: Vec<&[u8]> = Vec::with_capacity(GROUP_LINES);
    let mut rest = block;
    while !rest.is_empty() {
        let mut failed = false;
        for _ in 0..GROUP_LINES {
            if let Some(good) = skim.line(rest, &mut worker.memory)
                && let Some((line, tail)) = rest.split_at_checked(good.length)
            {
                tally.counted.lines += 1;
                worker.counter.count_answer(&good.stamp, good.stamp.at, good.status);
                group.push(line);
                rest = tail;
                continue;
            }
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            let (line, tail) = rest.split_at(end);
            rest = tail;
            tally.lines(line, shape, worker, &mut |status| failed |= status >= 500);
            if rest.is_empty() {
                break;
            }
        }
        let Worker { memory, counter } = worker;
        for line in group.drain(..) {
            let stands_for = if failed { 1 } else { SAMPLE };
            if failed || pick.next() {
                quick::each_line(shape, line, memory, &mut |_, seen| {
                    if let Some(seen) = seen
                        && let Some(stamp) = &seen.request.stamp
                    {
                        counter.count_kind(&seen, stamp.at, stands_for);
                    }
                });
            }
        }
    }
    tally.finish(shape, worker)
}

/// Counts a block; the counter was told to begin.
fn count(block: &[u8], shape: &Shape, worker: &mut Worker) -> Counted {
    let mut tally = Tallied::default();
    tally.lines(block, shape, worker, &mut |_| {});
    tally.finish(shape, worker)
}

/// The counting of a block.
#[derive(Default)]
struct Tallied {
    counted: Counted,
    /// Lines with NULs in them.
    torn: Vec<(u64, Vec<u8>)>,
}

impl Tallied {
    /// Reads lines as a whole, and tells the status of each request.
    fn lines(
        &mut self,
        lines: &[u8],
        shape: &Shape,
        worker: &mut Worker,
        status: &mut impl FnMut(u16),
    ) {
        let Self { counted, torn } = self;
        let Worker { memory, counter } = worker;
        quick::each_line(shape, lines, memory, &mut |line, seen| {
            counted.lines += 1;
            if line.first() == Some(&0) {
                let nul_bytes = line.iter().take_while(|byte| **byte == 0).count();
                counted.nul_bytes += nul_bytes as u64;
            }
            match seen.filter(|seen| seen.request.stamp.is_some()) {
                Some(seen) => {
                    status(seen.request.status);
                    counter.count_seen(&seen, counted.lines);
                }
                None if line.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) => {}
                None if memchr::memchr(0, line).is_some() => {
                    torn.push((counted.lines, line.to_vec()));
                }
                None if line.len() <= STRANGER_MAX_BYTES => {
                    counted.strangers.push((counted.lines, line.to_vec()));
                }
                None => counted.unparsed(line, counted.lines),
            }
        });
    }

    fn finish(self, shape: &Shape, worker: &mut Worker) -> Counted {
        let Self { mut counted, torn } = self;
        let Worker { memory, counter } = worker;
        // The slow way leaves NULs out of every line.
        for (number, mut line) in torn {
            line.retain(|byte| *byte != 0);
            quick::each_line(shape, &line, memory, &mut |line, seen| match seen
                .filter(|seen| seen.request.stamp.is_some())
            {
                Some(seen) => counter.count_seen(&seen, number),
                None => counted.unparsed(line, number),
            });
        }
        counted.numbered = counter.take_numbered();
        counted
    }
}

impl Counted {
    fn unparsed(&mut self, line: &[u8], number: u64) {
        self.unparsed += 1;
        if self.first_unparsed.len() < SHOWN {
            self.first_unparsed.push((number, crate::event::excerpt(line)));
        }
    }
}

#[cfg(test)]
mod tests;
