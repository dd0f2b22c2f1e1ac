//! What a file is, from its first bytes: its wrapping, whether it holds requests and in which format, or that it is no log.
//! Names are never looked at; a log copied as `x` is the same log.

use crate::access::Shape;
use crate::access::apache::Apache;
use crate::access::log_format::{self, KNOWN, LogFormat};
use crate::envelope::{self, Envelope, Unwrapper};
use crate::kernel::looks_like_kernel;

use super::Reading;

/// How much of a file is looked at.
pub(super) const HEAD_BYTES: usize = 128 * 1024;
/// Format name of requests in a `log_format` of a configuration in the bundle.
pub(super) const CONFIGURED_ACCESS: &str = "access-configured";
/// Records looked at.
const SAMPLE_RECORDS: usize = 1000;
/// Of a hundred of the sampled lines, how many a format must explain to be the file's.
const ENOUGH_PERCENT: usize = 60;
/// And how many if it is to be taken for all that is in the file.
const NEARLY_ALL_PERCENT: usize = 95;

/// What a file was taken for.
#[derive(Debug)]
pub(super) enum Kind {
    /// Nothing in it.
    Empty,
    /// Bytes that are no text; the message that says what they are.
    Binary(&'static str),
    /// A state, not events.
    Snapshot,
    /// Lines or entries.
    Log { envelope: Envelope, requests: Option<(Shape, String)>, only_requests: bool },
}

/// Magic numbers of what people put into bundles by accident, and the messages that name it.
const MAGIC: [(&[u8], &str); 8] = [
    (b"\x7fELF", "unread-elf"),
    (b"\xff\xd8\xff", "unread-jpeg"),
    (b"\x89PNG", "unread-png"),
    (b"%PDF", "unread-pdf"),
    (b"LPKSHHRH", "unread-binary-journal"),
    (b"SQLite format 3", "unread-sqlite"),
    (b"PK\x03\x04", "unread-zip-inside"),
    (b"\xd4\xc3\xb2\xa1", "unread-packet-capture"),
];

/// Takes a look at the head of a file. `whole` tells that the head is the entire file.
pub(super) fn recognise(head: &[u8], reading: &Reading<'_>, formats: &[LogFormat]) -> Kind {
    if head.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
        return Kind::Empty;
    }
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Kind::Binary(name);
    }
    if crate::snapshot::sniff(head) {
        return Kind::Snapshot;
    }
    let wide = envelope::is_utf16(head);
    let mut envelope = envelope::sniff(head);
    if envelope == Envelope::Plain && !wide && is_binary(head) {
        return Kind::Binary("unread-binary");
    }
    if envelope == Envelope::Plain && envelope::is_untimed_ring(head, &looks_like_kernel) {
        envelope = Envelope::Dmesg;
    }
    let mut bodies = sample(head, envelope);
    let mut requests = requests(&bodies, reading, formats);
    // A last line that was cut may be too many of a short log.
    if requests.is_none() && envelope == Envelope::Plain && !wide && has_open_end(head, &bodies) {
        bodies.pop();
        requests = self::requests(&bodies, reading, formats);
    }
    // The quick way reads bytes; only the other one decodes them.
    let only_requests = envelope == Envelope::Plain
        && !wide
        && requests.as_ref().is_some_and(|Requests { shape, explain, .. }| {
            let parses = |line: &[u8]| shape.parse(line).is_some();
            !shape.is_mixed() && (*explain || explains(&bodies, NEARLY_ALL_PERCENT, parses))
        });
    let requests = requests.map(|Requests { shape, name, .. }| (shape, name));
    Kind::Log { envelope, requests, only_requests }
}

/// Whether the head is all of a file, and the last of its lines, which are all among these, has no end.
fn has_open_end(head: &[u8], bodies: &[Vec<u8>]) -> bool {
    let ended = head.iter().rfind(|byte| **byte != 0).is_none_or(|byte| *byte == b'\n');
    head.len() < HEAD_BYTES && !ended && (2..SAMPLE_RECORDS).contains(&bodies.len())
}

/// The requests of a log.
struct Requests {
    shape: Shape,
    /// Of the format.
    name: String,
    /// Whether they are known to be nearly all of it.
    explain: bool,
}

impl Requests {
    const fn new(shape: Shape, name: String) -> Self {
        Self { shape, name, explain: false }
    }
}

/// The form of the requests among lines of a log, where there are any.
pub(super) fn requests_in(text: &[u8], envelope: Envelope, reading: &Reading<'_>) -> Option<Shape> {
    let head = text.get(..HEAD_BYTES).unwrap_or(text);
    requests(&sample(head, envelope), reading, &[]).map(|requests| requests.shape)
}

/// More than one control byte in 32 that no log has; NUL runs (a torn page) are not counted, nor is UTF-16.
fn is_binary(head: &[u8]) -> bool {
    let head = &head[..head.len().min(16 * 1024)];
    let control = |byte: &&u8| matches!(**byte, 1..=6 | 14..=26 | 28..=31 | 127);
    let high = head.iter().filter(|byte| **byte >= 0x80).count();
    let invalid = String::from_utf8_lossy(head).matches(char::REPLACEMENT_CHARACTER).count();
    head.iter().filter(control).count() * 32 > head.len()
        || (high * 3 > head.len() && invalid * 8 > head.len())
}

fn sample(head: &[u8], envelope: Envelope) -> Vec<Vec<u8>> {
    let mut bodies = Vec::new();
    let complete = head.len() < HEAD_BYTES;
    let mut unwrapper = Unwrapper::new(envelope);
    let mut take = |record: &envelope::Record<'_>| {
        if bodies.len() < SAMPLE_RECORDS
            && record.transport == envelope::Transport::Process
            && !record.body.is_empty()
        {
            bodies.push(record.body.to_vec());
        }
    };
    unwrapper.feed(head, &mut take);
    unwrapper.finish(complete, &mut take);
    bodies
}

/// The first format that explains most of the lines that look like requests: the user's, a grammar's, one of the
/// configuration's, a known one, or one worked out from the lines.
fn requests(bodies: &[Vec<u8>], reading: &Reading<'_>, formats: &[LogFormat]) -> Option<Requests> {
    if bodies.is_empty() {
        return None;
    }
    let fits = |format: &LogFormat, percent| {
        explains(bodies, percent, |line| format.parse(line).is_some())
    };
    if let Some(format) = reading.log_format.filter(|format| fits(format, ENOUGH_PERCENT)) {
        return Some(Requests::new(Shape::Format(format.clone()), "access-given".to_owned()));
    }
    let lines: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
    for (name, format) in reading.grammars.access_formats() {
        if fits(format, NEARLY_ALL_PERCENT) {
            // Apache writes the same line, and means another moment by it.
            if name == "nginx-combined"
                && let Some(apache) = Apache::detect(&lines)
            {
                let shape = Shape::Apache(apache);
                let name = name_of(&shape);
                return Some(Requests::new(shape, name));
            }
            let name = name.strip_prefix("nginx-").unwrap_or(name);
            let (shape, name) = (Shape::Format(format.clone()), format!("access-{name}"));
            return Some(Requests { shape, name, explain: true });
        }
    }
    for format in formats {
        if fits(format, ENOUGH_PERCENT) {
            let shape = Shape::Format(format.clone());
            return Some(Requests::new(shape, CONFIGURED_ACCESS.to_owned()));
        }
    }
    let asking: Vec<&[u8]> =
        lines.iter().copied().filter(|line| looks_like_request(line)).collect();
    let enough = asking.len() >= MIXED_MIN || asking.len() * 2 >= lines.len();
    // A column that has no value in the whole sample can only be told by the format that the program is known to have.
    let known = log_format::known();
    let shape = Shape::detect(&known, &lines)
        .or_else(|| Shape::detect(&known, &asking).filter(|_| enough))?;
    let name = name_of(&shape);
    Some(Requests::new(shape, name))
}

/// Whether so many of a hundred lines are read. Where too many were not, the others are not looked at.
fn explains(lines: &[Vec<u8>], percent: usize, reads: impl Fn(&[u8]) -> bool) -> bool {
    let may_miss = lines.len() * (100 - percent) / 100;
    lines.iter().filter(|line| !reads(line)).take(may_miss + 1).count() <= may_miss
}

/// Requests among other lines that are enough to work their format out.
const MIXED_MIN: usize = 5;

/// A cheap look for a request among other lines: a protocol in quotes, a JSON status, uWSGI's prefix, or Heroku's dyno.
fn looks_like_request(line: &[u8]) -> bool {
    [&b" HTTP/"[..], b"\"status\"", b"\"DownstreamStatus\"", b"[pid: ", b" dyno="]
        .iter()
        .any(|word| memchr::memmem::find(line, word).is_some())
}

fn name_of(shape: &Shape) -> String {
    let name = match shape {
        Shape::Format(format) => match KNOWN.iter().find(|(_, known)| *known == format.source()) {
            Some((name, _)) => return format!("access-{name}"),
            None => "access-inferred",
        },
        Shape::Json => "access-json",
        Shape::Uwsgi => "uwsgi",
        Shape::Apache(_) => "access-apache",
        Shape::Haproxy => "access-haproxy",
        Shape::Alb => "access-alb",
        Shape::Envoy => "access-envoy",
        Shape::Traefik => "access-traefik",
        Shape::Caddy => "access-caddy",
        Shape::Heroku => "access-heroku",
        Shape::Uvicorn => "uvicorn",
    };
    name.to_owned()
}
