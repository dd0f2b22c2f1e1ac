//! The quick way through the lines of one log: what was understood of the last line is tried on the next one first. In: a line.
//! Out: the request that [`Shape::parse`] gives, for any line. It exists because a site writes millions of lines of one shape; the
//! plain parsers stay the specification, and every line that is not plainly of the common kind goes to them.

use super::log_format::LogFormat;
use super::matching::{self, Ending, Field, Format};
use super::names::Role;
use super::{Request, Shape, fields, json, times};
use crate::stamp::RawStamp;

/// Bytes of a number that a double holds exactly, whatever the point.
const EXACT_DIGITS: usize = 15;
/// Powers of ten that a double holds exactly.
const POWERS: [f64; EXACT_DIGITS + 1] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// What is remembered from line to line of one log.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    clf_text: [u8; times::CLF_LENGTH],
    clf_stamp: Option<RawStamp>,
    keys: json::Keys,
}

impl Memory {
    /// As `times::clf`; neighbours mostly have the same second.
    fn clf(&mut self, value: &[u8]) -> &Option<RawStamp> {
        let text: Option<&[u8; times::CLF_LENGTH]> = value.first_chunk();
        if text != Some(&self.clf_text) {
            self.clf_stamp = times::clf(value);
            // No time is written in zeros: they stand for none.
            self.clf_text = match text {
                Some(text) if self.clf_stamp.is_some() => *text,
                _ => [0; times::CLF_LENGTH],
            };
        }
        &self.clf_stamp
    }
}

/// Writes the request of a line, as [`Shape::parse`] gives it, over the last one; `false` where there is none.
pub fn parse<'a>(
    shape: &Shape,
    line: &'a [u8],
    memory: &mut Memory,
    request: &mut Request<'a>,
) -> bool {
    let found = match shape {
        Shape::Format(format) => {
            *request = format.empty_request();
            if by_format(format, line, memory, request).is_some() {
                return true;
            }
            format.parse(line)
        }
        Shape::Json => json::parse_json_with(line, &mut memory.keys),
        _ => shape.parse(line),
    };
    found.map(|found| *request = found).is_some()
}

/// How the lines of a format are gone through: for each field what to do with it, so that nothing is decided twice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Plan(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    act: Act,
    /// The literal after the value, and which of its bytes count; zero where it is longer than four bytes, or empty.
    literal: u32,
    mask: u32,
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
            let mut bytes = [0; 4];
            let short = field.after.len() <= bytes.len();
            for (to, from) in bytes.iter_mut().zip(&field.after).filter(|_| short) {
                *to = *from;
            }
            let mask = if short { ones(field.after.len()) } else { 0 };
            let literal = u32::from_le_bytes(bytes);
            Step { act: act(field), literal, mask, length: field.after.len() }
        };
        Self(fields.iter().map(step).collect())
    }
}

impl Step {
    /// What follows the literal, where the text begins with it. Calls nothing: it is asked ten times a line.
    fn literal_in<'a>(&self, text: &'a [u8], field: &Field) -> Option<&'a [u8]> {
        let word = match text {
            [a, b, c, d, ..] => u32::from_le_bytes([*a, *b, *c, *d]),
            [a, b, c] => u32::from_le_bytes([*a, *b, *c, 0]),
            [a, b] => u32::from_le_bytes([*a, *b, 0, 0]),
            [a] => u32::from(*a),
            [] => 0,
        };
        if self.mask == 0 {
            return text.strip_prefix(field.after.as_slice());
        }
        ((word ^ self.literal) & self.mask == 0).then_some(())?;
        text.get(self.length..)
    }
}

/// The first so many bytes of four.
fn ones(bytes: usize) -> u32 {
    match bytes {
        0 => 0,
        1 => 0xff,
        2 => 0xffff,
        3 => 0xff_ffff,
        _ => u32::MAX,
    }
}

/// The values end at the first place that fits, each one. Where that leads nowhere there is no answer here: [`LogFormat::parse`]
/// tries the other places.
fn by_format<'a>(
    format: &LogFormat,
    line: &'a [u8],
    memory: &mut Memory,
    request: &mut Request<'a>,
) -> Option<()> {
    if line.len() > matching::LINE_MAX_BYTES || matches!(line.last(), Some(b'\n' | b'\r')) {
        return None;
    }
    let (format, plan) = (format.format(), format.plan());
    let mut rest = line;
    if !format.lead.is_empty() {
        rest = line.strip_prefix(format.lead.as_slice())?;
    }
    for (step, field) in plan.0.iter().zip(&format.fields) {
        let tail = match step.act {
            Act::Client => {
                let (value, tail) = word(rest)?;
                if value != b"-" {
                    request.client = value;
                }
                tail
            }
            Act::User => match rest.split_first() {
                Some((b'-', tail)) if step.literal_in(tail, field).is_some() => tail,
                _ => rest.get(field.end(rest, None)?..)?,
            },
            Act::LocalTime => {
                let (value, tail) = rest.split_at_checked(times::CLF_LENGTH)?;
                request.stamp.clone_from(memory.clf(value));
                request.stamp.is_some().then_some(())?;
                tail
            }
            Act::RequestLine => {
                let (value, tail) = quoted(rest)?;
                request_line(request, value);
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
                let (value, tail) = quoted(rest)?;
                if value != b"-" {
                    request.user_agent = value;
                }
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
            Act::Other => {
                let (value, tail) = rest.split_at_checked(field.end(rest, None)?)?;
                fields::assign(request, field.role, value).then_some(())?;
                tail
            }
        };
        rest = step.literal_in(tail, field)?;
    }
    (rest.is_empty() || rest.trim_ascii().is_empty()).then_some(())
}

/// A value, and what follows it.
type Cut<'a> = (&'a [u8], &'a [u8]);

/// Up to the first blank.
fn word(rest: &[u8]) -> Option<Cut<'_>> {
    rest.split_at_checked(memchr::memchr2(b' ', b'\t', rest).unwrap_or(rest.len()))
}

/// An upstream list of one item.
fn single(rest: &[u8]) -> Option<Cut<'_>> {
    let (item, later) = word(rest)?;
    (item.last() != Some(&b',') && later.get(1) != Some(&b':')).then_some((item, later))
}

/// Up to a quote that no backslash stands before.
fn quoted(rest: &[u8]) -> Option<Cut<'_>> {
    let (value, tail) = rest.split_at_checked(memchr::memchr(b'"', rest)?)?;
    (value.last() != Some(&b'\\')).then_some((value, tail))
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

/// As `fields::request_line`, where no other field tells any part of it.
fn request_line<'a>(request: &mut Request<'a>, line: &'a [u8]) {
    // `GET /x HTTP/1.1`: nearly all are so.
    let method = match line {
        [b'G' | b'P', b'E' | b'U', b'T', b' ', b'/', ..] => 3,
        [b'P', b'O', b'S', b'T', b' ', b'/', ..] | [b'H', b'E', b'A', b'D', b' ', b'/', ..] => 4,
        _ => return fields::request_line(request, line),
    };
    let known = line.split_last_chunk::<9>().filter(|(head, protocol)| {
        head.len() > method
            && matches!(*protocol, b" HTTP/1.1" | b" HTTP/2.0" | b" HTTP/1.0" | b" HTTP/3.0")
    });
    let Some((head, protocol)) = known else { return fields::request_line(request, line) };
    let (Some(method), Some(target)) = (head.get(..method), head.get(method + 1..)) else { return };
    request.method = method;
    request.protocol = protocol.get(1..).unwrap_or_default();
    match memchr::memchr(b'?', target) {
        None => request.path = target,
        Some(mark) => {
            request.path = target.get(..mark).unwrap_or_default();
            let query = target.get(mark + 1..).unwrap_or_default();
            if query != b"-" {
                request.query = query;
            }
        }
    }
}

#[cfg(test)]
mod tests;
