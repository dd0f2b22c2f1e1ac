//! The small pieces of printk text: names, pids, amounts, `key:value` tails. In: bytes of one line; out: what they say.
//!
//! It exists so that every form reads a task name by the same rule: any byte but NUL, found from the right. It must never cut
//! a line at a bracket or comma that may belong to a name.

use memchr::{memchr_iter, memrchr_iter};
use nom::bytes::complete::tag;
use nom::character::complete::{u32 as nom_u32, u64 as nom_u64};
use nom::sequence::terminated;
use nom::{IResult, Parser};

/// Longest name kept, in bytes. `TASK_COMM_LEN` is 16, cgroup paths go to `PATH_MAX`; anything longer is forged.
const NAME_MAX_BYTES: usize = 4096;

/// Longest text taken for a task name, in bytes. Kernels print 15 (`TASK_COMM_LEN` - 1); workers show up to 64.
pub(super) const COMM_MAX_BYTES: usize = 64;

/// A name as text: lossy, bounded.
pub(super) fn name(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.get(..NAME_MAX_BYTES).unwrap_or(bytes)).into_owned()
}

/// The parts before and after the last `mark`.
pub(super) fn rsplit_at<'a>(text: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let (before, byte) = rare_byte(mark)?;
    let at = places(text, mark, before, memrchr_iter(byte, text)).next()?;
    Some((text.get(..at)?, text.get(at + mark.len()..)?))
}

/// The parts before and after the first `mark`.
pub(super) fn split_at<'a>(text: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let (before, byte) = rare_byte(mark)?;
    let at = places(text, mark, before, memchr_iter(byte, text)).next()?;
    Some((text.get(..at)?, text.get(at + mark.len()..)?))
}

/// A byte of a mark that few words have, and how many stand before it. A dozen marks are looked for in each line: to prepare each
/// search as [`memchr::memmem`] does takes longer than to search.
fn rare_byte(mark: &[u8]) -> Option<(usize, u8)> {
    let sign = mark.iter().position(u8::is_ascii_punctuation).unwrap_or(mark.len() / 2);
    Some((sign, *mark.get(sign)?))
}

/// Where a mark begins, by the places of one of its bytes.
fn places(
    text: &[u8],
    mark: &[u8],
    before: usize,
    bytes: impl Iterator<Item = usize>,
) -> impl Iterator<Item = usize> {
    let is_mark = |at: &usize| text.get(*at..).is_some_and(|rest| rest.starts_with(mark));
    bytes.filter_map(move |at| at.checked_sub(before)).filter(is_mark)
}

/// A number that is the whole text.
pub(super) fn whole_u32(text: &[u8]) -> Option<u32> {
    let (rest, number) = number(text).ok()?;
    rest.is_empty().then_some(number)
}

/// A number at the start of the text.
pub(super) fn leading_u64(text: &[u8]) -> Option<u64> {
    let parsed: IResult<&[u8], u64> = nom_u64(text);
    parsed.ok().map(|(_, number)| number)
}

/// A pid or uid.
pub(super) fn number(input: &[u8]) -> IResult<&[u8], u32> {
    nom_u32(input)
}

/// `173228kB`, as kB.
pub(super) fn kilobytes(input: &[u8]) -> IResult<&[u8], u64> {
    terminated(nom_u64, tag("kB")).parse(input)
}

/// The value of `key` in a tail of blank- and comma-separated words, in whatever order: `anon-rss:4kB, UID:33`.
pub(super) fn value_of<'a>(tail: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    tail.split(|byte| matches!(byte, b' ' | b','))
        .find_map(|word| word.strip_prefix(key)?.strip_prefix(b":"))
}

/// `comm[pid]` as it stands before a fault's text.
pub(super) fn comm_and_pid(text: &[u8]) -> Option<(&[u8], u32)> {
    let (comm, pid) = rsplit_at(text.strip_suffix(b"]")?, b"[")?;
    (comm.len() <= COMM_MAX_BYTES).then_some(())?;
    Some((comm, whole_u32(pid)?))
}
