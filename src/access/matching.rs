//! Where each value of a line ends. In: the fields of a compiled format and a line; out: one slice of the line for each field.
//! Literals anchor the values; where a literal may also stand inside the value before it (blanks in a user name), the
//! places are tried in turn. It never takes more than [`FUEL`] tries, whatever the line.

use super::names::Role;
use super::times;

/// Most variables of a format; nginx sets no limit, real formats have fewer than 40.
pub(super) const MAX_VARIABLES: usize = 64;
/// Longest line that is matched, in bytes: nginx's request line and headers end at 32 KiB (`large_client_header_buffers`).
pub(super) const LINE_MAX_BYTES: usize = 128 * 1024;
/// Most tries for one line. Ordinary lines need one for each field.
const FUEL: u32 = 512;

/// The values of a line, in the order of the format.
pub(super) type Values<'a> = [&'a [u8]; MAX_VARIABLES];

/// How the end of a value is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// At the first quote without a backslash.
    Quote,
    Clf,
    Iso,
    Epoch,
    Digits,
    Decimal,
    /// Within the last item of an upstream list.
    List,
    Word,
    Name,
    /// At the next literal.
    Literal,
    /// At the end of the line.
    Rest,
}

/// One variable and the literal after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) role: Role,
    pub(super) ending: Ending,
    pub(super) after: Vec<u8>,
}

/// A whole format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Format {
    pub(super) lead: Vec<u8>,
    pub(super) fields: Vec<Field>,
}

impl Format {
    /// Fills in the values; `false` where the line is not of this format.
    pub(super) fn matches<'a>(&self, line: &'a [u8], values: &mut Values<'a>) -> bool {
        if line.len() > LINE_MAX_BYTES {
            return false;
        }
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Some(rest) = line.strip_prefix(self.lead.as_slice()) else { return false };
        let mut fuel = FUEL;
        walk(&self.fields, rest, values, &mut fuel)
    }
}

fn walk<'a>(fields: &[Field], rest: &'a [u8], values: &mut [&'a [u8]], fuel: &mut u32) -> bool {
    let Some((field, later)) = fields.split_first() else { return rest.trim_ascii().is_empty() };
    let Some((slot, slots)) = values.split_first_mut() else { return false };
    let mut end = field.end(rest, None);
    while let Some(length) = end {
        let Some(left) = fuel.checked_sub(1) else { return false };
        *fuel = left;
        let (value, tail) = rest.split_at(length.min(rest.len()));
        if let Some(tail) = tail.strip_prefix(field.after.as_slice())
            && walk(later, tail, slots, fuel)
        {
            *slot = value;
            return true;
        }
        end = field.end(rest, Some(length));
    }
    false
}

impl Field {
    /// The next place at which the value may end, after one that led nowhere.
    pub(super) fn end(&self, rest: &[u8], tried: Option<usize>) -> Option<usize> {
        let once = |end: Option<usize>| if tried.is_none() { end } else { None };
        match self.ending {
            Ending::Quote => once(closing_quote(rest)),
            Ending::Clf => {
                once(rest.get(..times::CLF_LENGTH).and_then(times::clf).map(|_| times::CLF_LENGTH))
            }
            Ending::Iso => {
                once(Some(run(rest, |byte| byte.is_ascii_digit() || b"T:.+-Z".contains(&byte))))
            }
            Ending::Epoch => once(Some(run(rest, |byte| byte.is_ascii_digit() || byte == b'.'))),
            Ending::Digits => once(Some(number(rest, |byte| byte.is_ascii_digit()))),
            Ending::Decimal => {
                once(Some(number(rest, |byte| byte.is_ascii_digit() || byte == b'.')))
            }
            Ending::List => {
                let (start, limit) = self.last_item(rest);
                self.within(rest, tried.map_or(start, |tried| tried + 1), limit)
            }
            Ending::Word => {
                self.within(rest, tried.map_or(0, |tried| tried + 1), run(rest, is_no_blank))
            }
            Ending::Name => {
                let limit = run(rest, |byte| is_no_blank(byte) && byte != b'/');
                self.within(rest, tried.map_or(0, |tried| tried + 1), limit)
            }
            Ending::Literal => self.within(rest, tried.map_or(0, |tried| tried + 1), rest.len()),
            Ending::Rest if self.after.is_empty() => once(Some(rest.len())),
            Ending::Rest => once(rest.trim_ascii_end().len().checked_sub(self.after.len())),
        }
    }

    /// The next place of the literal from `from` to `limit`; at `limit` where no literal follows.
    fn within(&self, rest: &[u8], from: usize, limit: usize) -> Option<usize> {
        let Some((first, _)) = self.after.split_first() else {
            return (from <= limit).then_some(limit);
        };
        let reach = rest.get(from..rest.len().min(limit.saturating_add(1)))?;
        memchr::memchr_iter(*first, reach)
            .map(|at| from + at)
            .find(|at| rest.get(*at..).is_some_and(|tail| tail.starts_with(&self.after)))
    }

    /// Start of the last item of an unquoted upstream list, and the end of the run it begins. The list goes on after `, ` and
    /// ` : `, so that `10.0.0.1:80, 10.0.0.2:80 502, 200` is two lists of two; but not past a literal that no item can hold.
    fn last_item(&self, rest: &[u8]) -> (usize, usize) {
        let anchored = self.after.first().is_some_and(|byte| is_no_blank(*byte));
        let mut start = 0;
        loop {
            let tail = rest.get(start..).unwrap_or_default();
            let length = run(tail, is_no_blank);
            let (item, after) = tail.split_at(length);
            if anchored && self.within(rest, start, start + length).is_some() {
                return (start, start + length);
            }
            start += match after {
                [b' ', b':', b' ', _, ..] => length + 3,
                [b' ', next, ..] if item.ends_with(b",") && *next != b' ' => length + 1,
                _ => return (start, start + length),
            };
        }
    }
}

fn is_no_blank(byte: u8) -> bool {
    byte != b' ' && byte != b'\t'
}

fn run(rest: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    rest.iter().position(|byte| !belongs(*byte)).unwrap_or(rest.len())
}

/// A number, or the `-` of a value that was not found.
fn number(rest: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    if rest.first() == Some(&b'-') { 1 } else { run(rest, belongs) }
}

/// nginx writes `\x22` (or `\"` in JSON mode), Apache `\"`: a quote after an even number of backslashes ends the value.
pub(super) fn closing_quote(rest: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'"', rest).find(|at| {
        rest.get(..*at).is_some_and(|head| {
            head.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 0
        })
    })
}
