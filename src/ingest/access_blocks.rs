//! The quick way through a file of nothing but requests: blocks cut at line ends, counted on all cores, merged in order.
//! The slow way is `reader`; for such a file both give the same counts.

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::access::Shape;
use crate::bundle::MemberReader;
use crate::traffic::Traffic;

use super::{Source, read_full};

/// Bytes of a block. Fixed, so that blocks do not depend on the number of threads.
const BLOCK_BYTES: usize = 256 * 1024;
/// Blocks that are in memory at a time.
const BLOCKS: usize = 8;
/// Longest line; the rest of a longer one is skipped.
const LINE_MAX_BYTES: usize = 1 << 20;
/// Lines that were not understood and are shown.
const SHOWN: usize = 5;

/// A block, counted.
#[derive(Default)]
struct Counted {
    traffic: Traffic,
    lines: u64,
    unparsed: u64,
    first_unparsed: Vec<(u64, String)>,
}

/// Reads `head` and the rest of `member`; fills the source's traffic and line counts. Gives whether the last line had no end.
pub(super) fn read(
    head: Vec<u8>,
    member: &mut MemberReader<'_>,
    shape: &Shape,
    source: &mut Source,
) -> bool {
    let mut traffic = Traffic::default();
    let mut carry = head;
    let mut open_end;
    loop {
        read_full(member, &mut carry, BLOCKS * BLOCK_BYTES);
        let last = carry.len() < BLOCKS * BLOCK_BYTES;
        let mut end =
            if last { carry.len() } else { memchr::memrchr(b'\n', &carry).map_or(0, |at| at + 1) };
        open_end = last && carry.last().is_some_and(|byte| *byte != b'\n');
        if open_end && member.damage().is_some() {
            end = memchr::memrchr(b'\n', &carry).map_or(0, |at| at + 1);
        }
        if end == 0 && !last && carry.len() >= LINE_MAX_BYTES {
            carry.clear();
            continue;
        }
        let counted: Vec<Counted> =
            blocks(&carry[..end]).par_iter().map(|block| count(block, shape)).collect();
        for part in counted {
            let shown = SHOWN.saturating_sub(source.first_unparsed.len());
            source.first_unparsed.extend(
                part.first_unparsed
                    .into_iter()
                    .take(shown)
                    .map(|(line, text)| (line + source.lines, text)),
            );
            traffic.merge(part.traffic, source.lines);
            source.lines += part.lines;
            source.unparsed += part.unparsed;
        }
        carry.drain(..end);
        if last {
            break;
        }
    }
    source.records = source.lines;
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

fn count(block: &[u8], shape: &Shape) -> Counted {
    let mut counted = Counted::default();
    for line in block.split_inclusive(|byte| *byte == b'\n') {
        counted.lines += 1;
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match shape.parse(line) {
            Some(request) if request.stamp.is_some() => {
                counted.traffic.count(&request, counted.lines);
            }
            _ if line.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) => {}
            _ => {
                counted.unparsed += 1;
                if counted.first_unparsed.len() < SHOWN {
                    counted.first_unparsed.push((counted.lines, crate::event::excerpt(line)));
                }
            }
        }
    }
    counted
}
