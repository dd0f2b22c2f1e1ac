//! Cuts a line of an unknown access log into cells: quoted, bracketed and bare ones, with their keys and the text between them.
//! It works for `infer` only. It must keep each byte of the line in some cell, key or gap, so that a format can be built from it.

/// Most cells of a line; a compiled format holds as many variables.
const CELLS_MAX: usize = super::matching::MAX_VARIABLES;
/// Longest text in brackets that is one cell.
const BRACKETS_MAX_BYTES: usize = 256;
/// Longest key of a `key=value` cell.
const KEY_MAX_BYTES: usize = 40;

/// What surrounds a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Bare,
    Quoted,
    Bracketed,
}

/// What ends a bare value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    Blank,
    Tab,
    Pipe,
}

/// One cell, and what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell<'a> {
    /// Blanks and separators.
    pub(super) gap: &'a [u8],
    /// `rt=`, with its sign; empty for most.
    pub(super) key: &'a [u8],
    pub(super) kind: Kind,
    /// Without quotes and brackets.
    pub(super) value: &'a [u8],
}

/// Tabs or pipes where nearly all lines have at least four of them, else blanks.
pub(super) fn separator(lines: &[&[u8]]) -> Separator {
    let has = |byte| {
        let rich = lines.iter().filter(|line| memchr::memchr_iter(byte, line).count() >= 4).count();
        super::most(rich, lines.len())
    };
    match (has(b'\t'), has(b'|')) {
        (true, _) => Separator::Tab,
        (_, true) => Separator::Pipe,
        _ => Separator::Blank,
    }
}

/// The cells of a line; `None` where there are too many.
pub(super) fn cells(line: &[u8], separator: Separator) -> Option<Vec<Cell<'_>>> {
    let mut found = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let gap = rest.iter().take_while(|byte| b" \t|,;".contains(byte)).count();
        let (gap, tail) = rest.split_at(gap);
        if tail.is_empty() {
            break;
        }
        let (key, tail) = tail.split_at(key_length(tail, separator));
        let (kind, value, tail) = enclosed(tail).unwrap_or_else(|| {
            let (value, tail) = tail.split_at(bare_end(tail, separator));
            (Kind::Bare, value, tail)
        });
        // A separator that belongs to nothing would be cut off for ever.
        (tail.len() < rest.len() && found.len() < CELLS_MAX).then_some(())?;
        found.push(Cell { gap, key, kind, value });
        rest = tail;
    }
    Some(found)
}

/// Length of `name=` (or the `name:` of LTSV) at the head of the text, 0 where there is none.
fn key_length(text: &[u8], separator: Separator) -> usize {
    let name = text
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"_-.@".contains(byte))
        .count();
    let named = (1..=KEY_MAX_BYTES).contains(&name)
        && text.first().is_some_and(|byte| !byte.is_ascii_digit());
    let sign = text
        .get(name)
        .is_some_and(|byte| *byte == b'=' || (*byte == b':' && separator == Separator::Tab));
    if named && sign { name + 1 } else { 0 }
}

fn enclosed(text: &[u8]) -> Option<(Kind, &[u8], &[u8])> {
    let inner = text.get(1..)?;
    match text.first()? {
        b'"' => {
            let end = super::matching::closing_quote(inner)?;
            Some((Kind::Quoted, inner.get(..end)?, inner.get(end + 1..)?))
        }
        b'[' => {
            let end = memchr::memchr(b']', inner).filter(|end| *end < BRACKETS_MAX_BYTES)?;
            let after = inner.get(end + 1..)?;
            after.first().is_none_or(|byte| b" \t|,;".contains(byte)).then_some(())?;
            Some((Kind::Bracketed, inner.get(..end)?, after))
        }
        _ => None,
    }
}

fn bare_end(text: &[u8], separator: Separator) -> usize {
    match separator {
        Separator::Tab => memchr::memchr(b'\t', text).unwrap_or(text.len()),
        Separator::Pipe => {
            let end = memchr::memchr(b'|', text).unwrap_or(text.len());
            text.get(..end).map_or(0, |value| value.trim_ascii_end().len())
        }
        Separator::Blank => blank_end(text),
    }
}

/// A word; or an upstream list, which goes on after `, ` and ` : `; or a CLF time with its offset.
fn blank_end(text: &[u8]) -> usize {
    let mut start = 0;
    loop {
        let tail = text.get(start..).unwrap_or_default();
        let length = memchr::memchr2(b' ', b'\t', tail).unwrap_or(tail.len());
        let (word, after) = tail.split_at(length);
        start += match after {
            [b' ', b':', b' ', _, ..] => length + 3,
            [b' ', later @ ..]
                if word.ends_with(b",") && later.first().is_some_and(|byte| *byte != b' ') =>
            {
                if key_length(later, Separator::Blank) > 0 {
                    return start + length - 1;
                }
                length + 1
            }
            [b' ', b'+' | b'-', d, ..] if d.is_ascii_digit() && is_clf_without_offset(word) => {
                length + 1
            }
            _ => return start + length,
        };
    }
}

fn is_clf_without_offset(word: &[u8]) -> bool {
    word.len() == 20
        && word.get(2) == Some(&b'/')
        && word.get(6) == Some(&b'/')
        && word.get(11) == Some(&b':')
}
