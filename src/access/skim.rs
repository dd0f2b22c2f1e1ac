//! What a good line of a long log is asked for: when, and with which status. In: lines. Out: that, for each line that is plainly of
//! the common kind and did not fail; nothing for any other, which is left to `quick`. It exists because good lines are nearly all of
//! a log, and to read their paths and agents costs five times as much as to count them. Only the head of a line, up to its status,
//! and the status of its upstream are looked at: a line that is torn behind them counts, and of two lines that were written into one the
//! first.

use super::log_format::LogFormat;
use super::matching::{self, Ending, Format};
use super::names::Role;
use super::quick;
use super::{Shape, times};
use crate::near;
use crate::stamp::RawStamp;

/// A good line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Good {
    /// When it ended, on the log's clock.
    pub stamp: RawStamp,
    /// Its status: 100 to 399.
    pub status: u16,
    /// Bytes of the line with its end.
    pub length: usize,
}

/// How the lines of a format are skimmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skim {
    /// Words from the status of the upstream to the end of a line, where the format has it.
    upstream: Option<usize>,
    /// Whether something follows the status of the answer.
    goes_on: bool,
}

impl Skim {
    /// For the lines of a log; none where its good lines cannot be told by their heads.
    #[must_use]
    pub fn of(shape: &Shape) -> Option<Self> {
        match shape {
            Shape::Format(format) => Self::of_format(format),
            _ => None,
        }
    }

    fn of_format(format: &LogFormat) -> Option<Self> {
        let Format { lead, fields } = format.format();
        let time = fields.iter().position(|field| field.role == Role::TimeLocal)?;
        let (head, rest) = fields.split_at_checked(time)?;
        let [when, request, status, tail @ ..] = rest else { return None };
        let before = head.last().map_or(lead.as_slice(), |field| field.after.as_slice());
        let has_quote = |text: &[u8]| text.contains(&b'"');
        let common = before.last() == Some(&b'[')
            && !has_quote(lead)
            && !head.iter().any(|field| has_quote(&field.after))
            && (when.ending, when.after.as_slice()) == (Ending::Clf, b"] \"")
            && (request.role, request.ending) == (Role::Request, Ending::Quote)
            && request.after == b"\" "
            && (status.role, status.ending) == (Role::Status, Ending::Digits)
            && (tail.is_empty() && status.after.is_empty() || status.after.starts_with(b" "));
        // What would change the time, or tell another status.
        let tells = |role: Role| {
            let times =
                [Role::TimeLocal, Role::TimeIso, Role::Msec, Role::AnyTime, Role::StartTime];
            times.contains(&role) || matches!(role, Role::Status | Role::Logger)
        };
        let others = || head.iter().chain(tail).map(|field| field.role);
        if !common || others().any(tells) || head.iter().any(|field| field.role == Role::Statuses) {
            return None;
        }
        let mut upstream = None;
        if let Some(place) = tail.iter().position(|field| field.role == Role::Statuses) {
            let (_, from) = tail.split_at_checked(place)?;
            let (last, between) = from.split_last()?;
            let words = between.iter().all(|field| field.after == b" ") && last.after.is_empty();
            let ahead = match place.checked_sub(1).and_then(|before| tail.get(before)) {
                Some(field) => field.after.ends_with(b" "),
                None => status.after == b" ",
            };
            let of_one_word = from.iter().all(|field| {
                matches!(
                    field.ending,
                    Ending::List | Ending::Word | Ending::Digits | Ending::Decimal
                ) || field.ending == Ending::Rest
            });
            if !words
                || !ahead
                || !of_one_word
                || others().filter(|role| *role == Role::Statuses).count() > 1
            {
                return None;
            }
            upstream = Some(from.len());
        }
        Some(Self { upstream, goes_on: !tail.is_empty() })
    }

    /// The line that a text begins with, if it is a good one. Called, it would take a seventh longer.
    #[inline(always)]
    pub fn line(&self, text: &[u8], memory: &mut quick::Memory) -> Option<Good> {
        // `10.0.0.1 - - [10/Mar/2026:00:00:00 +0000] "`: what is in front of the time tells nothing here.
        let quote = memory.head().quote(text)?;
        let time = text.get(quote.checked_sub(TIME_BYTES)?..=quote)?;
        let time = time.strip_prefix(b"[")?.strip_suffix(b"] \"")?;
        let stamp = memory.time().clf(time)?;
        let request = text.get(quote + 1..)?;
        let end = near::first_of_two::<b'"', b'\n'>(request)?;
        let (request, rest) = request.split_at_checked(end)?;
        if request.last() == Some(&b'\\') {
            return None;
        }
        let [b'"', b' ', status @ .., after] = rest.first_chunk::<6>()? else { return None };
        let status = match status {
            [class @ b'1'..=b'3', tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
                let digit = |byte: &u8| u16::from(byte - b'0');
                digit(class) * 100 + digit(tens) * 10 + digit(ones)
            }
            _ => return None,
        };
        (*after == if self.goes_on { b' ' } else { b'\n' } && text.first() != Some(&0))
            .then_some(())?;
        let tail = rest.get(5..)?;
        let tail_length = memchr::memchr(b'\n', tail)?;
        if let Some(words) = self.upstream {
            let mut from_end = tail.get(..tail_length)?.rsplit(|byte| *byte == b' ');
            let word = from_end.nth(words - 1)?;
            let one = matches!(word, b"-" | [b'1'..=b'4', b'0'..=b'9', b'0'..=b'9']);
            // `502, 200`, `502 : 200`: others were tried.
            let before = from_end.next()?;
            (one && !matches!(before.last(), Some(b',' | b':') | None)).then_some(())?;
        }
        let length = text.len() - tail.len() + tail_length + 1;
        (length <= matching::LINE_MAX_BYTES).then_some(Good { stamp, status, length })
    }
}

/// What stands between the first word and the time, as in the last line: ` - - `.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Head {
    /// Its bytes, which of eight they are, and how many; none where there are more, or none is known.
    bytes: u64,
    mask: u64,
    length: usize,
}

impl Head {
    /// Where the first quote of a text stands; none where there is a line end before it. It stands behind the time of each line, as
    /// many bytes behind the first word as in the last line.
    fn quote(&mut self, text: &[u8]) -> Option<usize> {
        self.quote_as_before(text).or_else(|| self.any_quote(text))
    }

    /// Only where there can be no other quote before it, and no line end: the time is a time, or the line is none of these. What is
    /// said of a line does not depend on the one before, which another thread may have read.
    fn quote_as_before(&self, text: &[u8]) -> Option<usize> {
        // No byte of a client's address is below this one, and a quote and a line end are.
        let blank = near::first_below(wide(text)?, b'"' + 1)?;
        let is_same = (word(text.get(blank..)?)? ^ self.bytes) & self.mask == 0;
        let quote = blank + self.length + TIME_BYTES;
        (is_same && self.length > 0 && text.get(quote) == Some(&b'"')).then_some(quote)
    }

    #[cold]
    fn any_quote(&mut self, text: &[u8]) -> Option<usize> {
        let place = memchr::memchr2(b'"', b'\n', text)?;
        *self = Self::of(text.get(..place).unwrap_or_default()).unwrap_or_default();
        Some(place)
    }

    /// Of what is before the first quote.
    fn of(before: &[u8]) -> Option<Self> {
        let (head, _) = before.split_at_checked(before.len().checked_sub(TIME_BYTES)?)?;
        let blank = near::first_below(wide(before)?, b'"' + 1)?;
        let between = head.get(blank..)?;
        let length = between.len();
        let mask = match 8_usize.checked_sub(length)? {
            _ if length == 0 => 0,
            others => u64::MAX >> (8 * others),
        };
        Some(Self { bytes: word(before.get(blank..)?)? & mask, mask, length })
    }
}

/// The first sixteen bytes.
fn wide(text: &[u8]) -> Option<u128> {
    Some(u128::from_le_bytes(*text.first_chunk()?))
}

/// The first eight bytes.
fn word(text: &[u8]) -> Option<u64> {
    Some(u64::from_le_bytes(*text.first_chunk()?))
}

/// From the bracket in front of a time to the quote behind it.
const TIME_BYTES: usize = 1 + times::CLF_LENGTH + 2;

#[cfg(test)]
mod tests;
