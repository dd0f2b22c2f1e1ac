//! The quick way through the lines of one log: what was understood of the last line is tried on the next one first. In: a line.
//! Out: the request that [`Shape::parse`] gives, for any line. It exists because a site writes millions of lines of one shape; the
//! plain parsers stay the specification, and every line that is not plainly of the common kind goes to them.

use super::log_format::LogFormat;
use super::matching::{self, Ending, Field, Format};
use super::names::Role;
use super::skim::Head;
use super::{Request, Shape, fields, json, times};
use crate::stamp::{Micros, RawStamp, SECOND};
use agents::Agents;

mod agents;

/// Bytes of a number that a double holds exactly, whatever the point.
const EXACT_DIGITS: usize = 15;
/// Powers of ten that a double holds exactly.
const POWERS: [f64; EXACT_DIGITS + 1] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// What is remembered from line to line of one log.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    head: Head,
    time: LastTime,
    agents: Agents,
    keys: json::Keys,
}

impl Memory {
    /// What the last line began with.
    pub(super) const fn head(&mut self) -> &mut Head {
        &mut self.head
    }

    /// The time of the last line.
    pub(super) const fn time(&mut self) -> &mut LastTime {
        &mut self.time
    }
}

/// The time of a line before, in the minute of the last one.
#[derive(Debug, Clone, Default)]
pub(super) struct LastTime {
    /// Its ends without the seconds; of no time where there is no stamp.
    minute: (u128, u128),
    /// The start of its minute.
    stamp: Option<RawStamp>,
}

impl LastTime {
    /// As `times::clf`; neighbours mostly have the same minute. Whether they have the same second is not asked: a processor could not
    /// foresee the answer.
    #[inline]
    pub(super) fn clf(&mut self, value: &[u8]) -> Option<RawStamp> {
        let text: Option<&[u8; times::CLF_LENGTH]> = value.try_into().ok();
        if let (Some(text), Some(start)) = (text, self.stamp)
            && minute(text) == self.minute
            && let Some(seconds) = seconds(text)
        {
            return Some(RawStamp { at: start.at.saturating_add(seconds * SECOND), ..start });
        }
        self.another(value)
    }

    #[cold]
    fn another(&mut self, value: &[u8]) -> Option<RawStamp> {
        let stamp = times::clf(value);
        let text: Option<&[u8; times::CLF_LENGTH]> = value.try_into().ok();
        // A leap second counts as the one before it, and is for the parser; so is what is no time.
        self.stamp = text.zip(stamp).and_then(|(text, stamp)| {
            let start = stamp.at.checked_sub(seconds(text)? * SECOND)?;
            self.minute = minute(text);
            Some(RawStamp { at: start, ..stamp })
        });
        stamp
    }
}

fn seconds(text: &[u8; times::CLF_LENGTH]) -> Option<Micros> {
    let [tens, ones] = text[SECONDS] else { return None };
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 6 && ones < 10).then(|| Micros::from(tens * 10 + ones))
}

/// Where the seconds stand: `05/Nov/2025:12:00:00 +0300`.
const SECONDS: std::ops::Range<usize> = 18..20;

/// Their bits in the last sixteen bytes.
const SECONDS_AT_END: u128 = 0xffff << (8 * (SECONDS.start + 16 - times::CLF_LENGTH));

/// The first sixteen bytes and the last, without the seconds: no other byte is in neither.
fn minute(text: &[u8; times::CLF_LENGTH]) -> (u128, u128) {
    let wide = |bytes: Option<&[u8; 16]>| bytes.map_or(0, |bytes| u128::from_le_bytes(*bytes));
    (wide(text.first_chunk()), wide(text.last_chunk()) & !SECONDS_AT_END)
}

/// A request that was read, and what was found out about it by the way.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'r, 'a> {
    /// The request.
    pub request: &'r Request<'a>,
    /// Whether its user agent is a health checker's, where that is known.
    pub probe_agent: Option<bool>,
}

/// Gives each line of a block to `each`, with the request that [`Shape::parse`] gives for it. Nothing after the last line end is
/// no line.
pub fn each_line<'a>(
    shape: &Shape,
    block: &'a [u8],
    memory: &mut Memory,
    each: &mut impl FnMut(&'a [u8], Option<Seen<'_, 'a>>),
) {
    match shape {
        Shape::Format(format) => each_of_format(format, block, memory, each),
        _ => {
            let mut rest = block;
            while !rest.is_empty() {
                let (line, tail) = first_line(rest);
                rest = tail;
                let found = match shape {
                    Shape::Json => json::parse_json_with(line, &mut memory.keys),
                    _ => shape.parse(line),
                };
                each(line, found.as_ref().map(|request| Seen { request, probe_agent: None }));
            }
        }
    }
}

/// The first line without its end, and what follows it.
fn first_line(text: &[u8]) -> Cut<'_> {
    let (line, tail) = text.split_at(memchr::memchr(b'\n', text).unwrap_or(text.len()));
    (line.strip_suffix(b"\r").unwrap_or(line), tail.get(1..).unwrap_or_default())
}

fn each_of_format<'a>(
    format: &LogFormat,
    block: &'a [u8],
    memory: &mut Memory,
    each: &mut impl FnMut(&'a [u8], Option<Seen<'_, 'a>>),
) {
    let mut rest = block;
    let mut quick = Quick { format, memory, request: format.empty_request(), probe_agent: None };
    while !rest.is_empty() {
        // Most lines are understood before it is known where they end.
        if let Some(tail) = quick.line(rest, Reach::Beyond) {
            let line = rest.get(..rest.len() - tail.len()).unwrap_or_default();
            each(line.strip_suffix(b"\n").unwrap_or(line), Some(quick.seen()));
            rest = tail;
            continue;
        }
        let (line, tail) = first_line(rest);
        rest = tail;
        quick.request = format.empty_request();
        if quick.line(line, Reach::Line).is_some() {
            each(line, Some(quick.seen()));
        } else {
            let found = format.parse(line);
            each(line, found.as_ref().map(|request| Seen { request, probe_agent: None }));
        }
        quick.request = format.empty_request();
    }
}

/// How far the text goes in which a line is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// To its end.
    Line,
    /// Beyond it: no value may have a line end in it, and only some values can be read.
    Beyond,
}

/// How the lines of a format are gone through: for each field what to do with it, so that nothing is decided twice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Plan {
    steps: Vec<Step>,
    /// Whether each step can be done before it is known where the line ends.
    goes_beyond: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    act: Act,
    /// The literal after the value, and which of its bytes count; zero where it is longer than eight bytes.
    literal: u64,
    mask: u64,
    length: usize,
}

/// What is done with a field. All but the last are for the first field that tells a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Client,
    /// `-` in front of a blank, where nobody was logged in.
    User,
    LocalTime,
    RequestLine,
    Status,
    ResponseBytes,
    Seconds,
    QuotedAgent,
    QuotedIgnored,
    Ignored,
    Addresses,
    Statuses,
    ResponseTimes,
    /// Any other, by the ways of the specification.
    Other,
}

impl Plan {
    pub(super) fn of(format: &Format) -> Self {
        let fields = &format.fields;
        // Two fields that may tell the same thing are left to `fields::assign`, which knows the better one.
        let tells = |field: &Field| match field.role {
            Role::Ignored => 0,
            Role::Client => 1,
            Role::TimeLocal | Role::TimeIso | Role::Msec => 2,
            Role::Status => 3,
            Role::ResponseBytes => 4,
            Role::Seconds => 5,
            Role::Agent => 6,
            Role::Addresses => 7,
            Role::Statuses => 8,
            Role::ResponseTimes => 9,
            Role::Request | Role::Method | Role::Target | Role::Query | Role::Protocol => 10,
            _ => 11,
        };
        let act = |field: &Field| {
            let alone = fields.iter().filter(|other| tells(other) == tells(field)).count() == 1;
            let ends = field.after.first().is_some_and(|byte| !byte.is_ascii_digit());
            let blank = matches!(field.after.first(), None | Some(b' '));
            match (field.role, field.ending) {
                (Role::Ignored, Ending::Quote) => Act::QuotedIgnored,
                (Role::Ignored, Ending::Literal) if field.after.first() == Some(&b' ') => Act::User,
                (Role::Ignored, Ending::List) if blank => Act::Ignored,
                _ if !alone => Act::Other,
                (Role::Client, Ending::Word) if blank => Act::Client,
                (Role::TimeLocal, Ending::Clf) => Act::LocalTime,
                (Role::Request, Ending::Quote) => Act::RequestLine,
                (Role::Status, Ending::Digits) if ends => Act::Status,
                (Role::ResponseBytes, Ending::Digits) => Act::ResponseBytes,
                (Role::Seconds, Ending::Decimal) => Act::Seconds,
                (Role::Agent, Ending::Quote) => Act::QuotedAgent,
                (Role::Addresses, Ending::List) if blank => Act::Addresses,
                (Role::Statuses, Ending::List) if blank => Act::Statuses,
                (Role::ResponseTimes, Ending::List) if blank => Act::ResponseTimes,
                _ => Act::Other,
            }
        };
        let step = |field: &Field| {
            let mut bytes = [0; 8];
            let short = field.after.len() <= bytes.len();
            for (to, from) in bytes.iter_mut().zip(&field.after).filter(|_| short) {
                *to = *from;
            }
            let mask = if short { ones(field.after.len()) } else { 0 };
            let literal = u64::from_le_bytes(bytes);
            Step { act: act(field), literal, mask, length: field.after.len() }
        };
        let steps: Vec<Step> = fields.iter().map(step).collect();
        let goes_beyond = steps.iter().all(|step| step.act != Act::Other);
        Self { steps, goes_beyond }
    }
}

impl Step {
    /// What follows the literal, where the text begins with it. Calls nothing: it is asked ten times a line.
    fn literal_in<'a>(&self, text: &'a [u8], field: &Field) -> Option<&'a [u8]> {
        if self.length == 0 {
            return Some(text);
        }
        let word = match text.first_chunk() {
            Some(bytes) => u64::from_le_bytes(*bytes),
            None => text.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        };
        if self.mask == 0 {
            return text.strip_prefix(field.after.as_slice());
        }
        ((word ^ self.literal) & self.mask == 0).then_some(())?;
        text.get(self.length..)
    }
}

/// The first so many bytes of eight.
fn ones(bytes: usize) -> u64 {
    u32::try_from(8 * bytes)
        .ok()
        .and_then(|bits| 1_u64.checked_shl(bits))
        .map_or(u64::MAX, |end| end - 1)
}

/// The reading of lines of a format.
struct Quick<'f, 'm, 'a> {
    format: &'f LogFormat,
    memory: &'m mut Memory,
    /// Each line of the common kind sets what another one set.
    request: Request<'a>,
    probe_agent: Option<bool>,
}

impl<'a> Quick<'_, '_, 'a> {
    fn seen(&self) -> Seen<'_, 'a> {
        Seen { request: &self.request, probe_agent: self.probe_agent }
    }

    /// Reads a line into the request; gives what follows its end. The values end at the first place that fits, each one. Where that
    /// leads nowhere there is no answer here, and the request is void: [`LogFormat::parse`] tries the other places.
    fn line(&mut self, text: &'a [u8], reach: Reach) -> Option<&'a [u8]> {
        let (format, plan) = (self.format.format(), self.format.plan());
        if reach == Reach::Beyond && !plan.goes_beyond {
            return None;
        }
        let mut rest = text;
        if !format.lead.is_empty() {
            rest = text.strip_prefix(format.lead.as_slice())?;
        }
        self.probe_agent = None;
        for (step, field) in plan.steps.iter().zip(&format.fields) {
            let tail = match step.act {
                Act::User => match rest.split_first() {
                    Some((b'-', tail)) if step.literal_in(tail, field).is_some() => tail,
                    _ if reach == Reach::Beyond => return None,
                    _ => rest.get(field.end(rest, None)?..)?,
                },
                Act::Other => {
                    let (value, tail) = rest.split_at_checked(field.end(rest, None)?)?;
                    fields::assign(&mut self.request, field.role, value).then_some(())?;
                    tail
                }
                act => self.value(act, rest)?,
            };
            rest = step.literal_in(tail, field)?;
        }
        let tail = match (reach, rest) {
            (_, []) => rest,
            (Reach::Line, _) if rest.trim_ascii().is_empty() => &[],
            (Reach::Beyond, [b'\n', tail @ ..]) => tail,
            _ => return None,
        };
        // The plain parser takes no line that is longer, and cuts one more line end off.
        let length = text.len() - tail.len();
        let ends = reach == Reach::Line && matches!(text.last(), Some(b'\n' | b'\r'));
        (length <= matching::LINE_MAX_BYTES && !ends).then_some(tail)
    }

    /// Takes a value in: what follows it.
    fn value(&mut self, act: Act, rest: &'a [u8]) -> Option<&'a [u8]> {
        let request = &mut self.request;
        let tail = match act {
            Act::Client => {
                let (value, tail) = word(rest)?;
                (value.last() != Some(&b'\r')).then_some(())?;
                request.client = told(value);
                tail
            }
            Act::LocalTime => {
                let (value, tail) = rest.split_at_checked(times::CLF_LENGTH)?;
                request.stamp = Some(self.memory.time.clf(value)?);
                tail
            }
            Act::RequestLine => {
                let mark = memchr::memchr3(b'"', b'?', b'\n', rest)?;
                let end = match rest.get(mark) {
                    Some(b'?') => mark + memchr::memchr2(b'"', b'\n', rest.get(mark..)?)?,
                    _ => mark,
                };
                let (value, tail) = unescaped(rest, end)?;
                request_line(request, value, mark);
                tail
            }
            Act::Status => {
                let (value, tail) = rest.split_at_checked(3)?;
                request.status = status(value)?;
                tail
            }
            Act::ResponseBytes => {
                let (_, tail, whole) = digits(rest)?;
                request.response_bytes = whole;
                tail
            }
            Act::Seconds => {
                let (_, tail, seconds) = decimal(rest)?;
                request.request_seconds = seconds;
                tail
            }
            Act::QuotedAgent => {
                let known = self.memory.agents.begin_of(rest);
                let (value, tail) = match known {
                    Some((length, _)) => rest.split_at_checked(length)?,
                    None => {
                        let found = quoted(rest)?;
                        self.memory.agents.put(found.0);
                        found
                    }
                };
                self.probe_agent = known.map(|(_, probe)| probe);
                request.user_agent = told(value);
                tail
            }
            Act::QuotedIgnored => quoted(rest)?.1,
            Act::Ignored => single(rest)?.1,
            Act::Addresses => {
                let (value, tail) = single(rest)?;
                request.upstream.addresses = value;
                tail
            }
            Act::Statuses => {
                let (value, tail) = single(rest)?;
                request.upstream.statuses = value;
                tail
            }
            Act::ResponseTimes => {
                let (value, tail) = single(rest)?;
                request.upstream.response_times = value;
                tail
            }
            Act::User | Act::Other => return None,
        };
        Some(tail)
    }
}

/// A value, and what follows it.
type Cut<'a> = (&'a [u8], &'a [u8]);

/// Up to the first blank.
fn word(rest: &[u8]) -> Option<Cut<'_>> {
    let end = memchr::memchr3(b' ', b'\t', b'\n', rest).unwrap_or(rest.len());
    rest.split_at_checked(end)
}

/// An upstream list of one item.
fn single(rest: &[u8]) -> Option<Cut<'_>> {
    let (item, later) = word(rest)?;
    // A carriage return belongs to the end of the line, which is not known here.
    let ends = !matches!(item.last(), Some(b',' | b'\r'));
    (ends && later.get(1) != Some(&b':')).then_some((item, later))
}

/// Up to a quote that no backslash stands before.
fn quoted(rest: &[u8]) -> Option<Cut<'_>> {
    unescaped(rest, memchr::memchr2(b'"', b'\n', rest)?)
}

/// Up to the quote at this place, if it is one and no backslash stands before it.
fn unescaped(rest: &[u8], at: usize) -> Option<Cut<'_>> {
    let (value, tail) = rest.split_at_checked(at)?;
    (tail.first() == Some(&b'"') && value.last() != Some(&b'\\')).then_some((value, tail))
}

/// A value but `-`, which stands for none.
fn told(value: &[u8]) -> &[u8] {
    if value == b"-" { b"" } else { value }
}

/// Three digits that are a status.
fn status(value: &[u8]) -> Option<u16> {
    match value {
        [a @ b'1'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9'] => {
            let digit = |byte: &u8| u16::from(byte - b'0');
            Some(digit(a) * 100 + digit(b) * 10 + digit(c))
        }
        _ => None,
    }
}

/// A whole number, or `-`.
fn digits(rest: &[u8]) -> Option<(&[u8], &[u8], Option<u64>)> {
    if let Some(word) = rest.first_chunk::<8>()
        && let (length @ 1..8, whole) = crate::digits::first_of(*word)
    {
        let (value, tail) = rest.split_at_checked(length)?;
        return Some((value, tail, Some(whole)));
    }
    let (mut whole, mut length) = (0_u64, 0);
    while let Some(byte) = rest.get(length).filter(|byte| byte.is_ascii_digit()) {
        whole = whole.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
        length += 1;
    }
    let dash = length == 0 && rest.first() == Some(&b'-');
    let (value, tail) = rest.split_at_checked(if dash { 1 } else { length })?;
    // Longer ones may be too large.
    (length <= EXACT_DIGITS).then_some((value, tail, (length > 0).then_some(whole)))
}

/// A decimal number that is exact in a double, or `-`.
fn decimal(rest: &[u8]) -> Option<(&[u8], &[u8], Option<f64>)> {
    let (mut whole, mut length, mut point) = (0_u64, 0, None);
    while let Some(byte) = rest.get(length) {
        match byte {
            b'0'..=b'9' => whole = whole.wrapping_mul(10).wrapping_add(u64::from(byte - b'0')),
            b'.' if point.is_none() && length > 0 => point = Some(length),
            b'.' => return None,
            _ => break,
        }
        length += 1;
    }
    if length == 0 {
        let (value, tail) = rest.split_at_checked(usize::from(rest.first() == Some(&b'-')))?;
        return Some((value, tail, None));
    }
    let (value, tail) = rest.split_at_checked(length)?;
    // Whole and power are exact, and so is what their quotient rounds to.
    let power = POWERS.get(point.map_or(0, |point| length - point - 1))?;
    (length <= EXACT_DIGITS).then_some((value, tail, Some(whole as f64 / power)))
}

/// As `fields::request_line`, where no other field tells any part of it. The first question mark is at `mark`, if any.
fn request_line<'a>(request: &mut Request<'a>, line: &'a [u8], mark: usize) {
    // `GET /x HTTP/1.1`: nearly all are so.
    let method = match line {
        [b'G' | b'P', b'E' | b'U', b'T', b' ', b'/', ..] => 3,
        [b'P', b'O', b'S', b'T', b' ', b'/', ..] | [b'H', b'E', b'A', b'D', b' ', b'/', ..] => 4,
        _ => return any_request_line(request, line),
    };
    let known = line
        .split_last_chunk::<9>()
        .filter(|(head, protocol)| head.len() > method && is_known_protocol(protocol));
    let Some((head, protocol)) = known else { return any_request_line(request, line) };
    request.method = head.get(..method).unwrap_or_default();
    request.protocol = protocol.get(1..).unwrap_or_default();
    request.path = head.get(method + 1..mark.min(head.len())).unwrap_or_default();
    request.query = told(head.get(mark + 1..).unwrap_or_default());
}

fn any_request_line<'a>(request: &mut Request<'a>, line: &'a [u8]) {
    (request.method, request.path, request.query, request.protocol) = (b"", b"", b"", b"");
    fields::request_line(request, line);
}

/// ` HTTP/1.1` and its like.
fn is_known_protocol(bytes: &[u8; 9]) -> bool {
    let [head @ .., last] = bytes;
    let version = (u64::from_le_bytes(*head), last);
    const ONE: u64 = u64::from_le_bytes(*b" HTTP/1.");
    const TWO: u64 = u64::from_le_bytes(*b" HTTP/2.");
    const THREE: u64 = u64::from_le_bytes(*b" HTTP/3.");
    matches!(version, (ONE, b'0' | b'1') | (TWO | THREE, b'0'))
}

#[cfg(test)]
mod tests;
