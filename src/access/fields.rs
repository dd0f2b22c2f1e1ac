//! One value into a [`Request`], by its [`Role`]. Shared by the readers of `log_format`, JSON and inferred lines, so that a
//! value means the same in each. It never overwrites what an earlier field told, save for a finer time.

use super::names::Role;
use super::{Request, looks, times};
use crate::stamp::RawStamp;

/// Takes a value in; `false` where it contradicts its role: a status that is none, a time that does not exist.
pub(super) fn assign<'a>(request: &mut Request<'a>, role: Role, value: &'a [u8]) -> bool {
    match role {
        Role::Ignored | Role::Logger | Role::Code => {}
        Role::Status => return status(value).map(|status| request.status = status).is_some(),
        Role::TimeLocal => return stamp(request, times::clf(value)),
        Role::TimeIso => return stamp(request, times::iso(value)),
        Role::Msec => return stamp(request, times::epoch(value)),
        Role::AnyTime => return stamp(request, times::any(value)),
        Role::StartTime => return start(request, times::any(value)),
        Role::Request => request_line(request, value),
        Role::Target => target(request, value),
        Role::Method => text(&mut request.method, value),
        Role::Query => text(&mut request.query, value),
        Role::Protocol => text(&mut request.protocol, value),
        Role::Client => text(&mut request.client, value),
        Role::Host => text(&mut request.host, value),
        Role::Agent => text(&mut request.user_agent, value),
        Role::AgentOrAddress if looks::is_address_list(value) => {
            list(&mut request.upstream.addresses, value);
        }
        Role::AgentOrAddress => text(&mut request.user_agent, value),
        Role::ResponseBytes => request.response_bytes = request.response_bytes.or(whole(value)),
        Role::RequestBytes => request.request_bytes = request.request_bytes.or(whole(value)),
        Role::Seconds | Role::Millis | Role::Micros | Role::Nanos | Role::Duration => {
            request.request_seconds = request.request_seconds.or(duration(role, value));
        }
        Role::Addresses => list(&mut request.upstream.addresses, value),
        Role::Statuses => list(&mut request.upstream.statuses, value),
        Role::ResponseTimes => list(&mut request.upstream.response_times, value),
        Role::ConnectTimes => list(&mut request.upstream.connect_times, value),
        Role::HeaderTimes => list(&mut request.upstream.header_times, value),
    }
    true
}

fn text<'a>(slot: &mut &'a [u8], value: &'a [u8]) {
    if slot.is_empty() && value != b"-" {
        *slot = value;
    }
}

fn list<'a>(slot: &mut &'a [u8], value: &'a [u8]) {
    if slot.is_empty() {
        *slot = value;
    }
}

fn stamp(request: &mut Request<'_>, new: Option<RawStamp>) -> bool {
    let Some(new) = new else { return false };
    if request.start_logged || request.stamp.is_none_or(|old| new.resolution < old.resolution) {
        request.stamp = Some(new);
        request.start_logged = false;
    }
    true
}

/// A start is only taken where no end is told.
fn start(request: &mut Request<'_>, new: Option<RawStamp>) -> bool {
    if request.stamp.is_none() && new.is_some() {
        request.stamp = new;
        request.start_logged = true;
    }
    new.is_some()
}

/// nginx writes a status as `%03ui`: 000 where none was sent, 009 for HTTP/0.9.
pub(super) fn status(value: &[u8]) -> Option<u16> {
    (value.len() == 3).then_some(())?;
    whole(value)
        .and_then(|number| u16::try_from(number).ok())
        .filter(|status| matches!(status, 0 | 9 | 100..=999))
}

/// Digits only; `-` and nothing are no number.
pub(super) fn whole(value: &[u8]) -> Option<u64> {
    (!value.is_empty()).then_some(())?;
    value.iter().try_fold(0_u64, |sum, byte| {
        byte.is_ascii_digit().then_some(())?;
        sum.checked_mul(10)?.checked_add(u64::from(byte - b'0'))
    })
}

/// `12`, `12.345`: no sign, no exponent, no infinity.
pub(super) fn decimal(value: &[u8]) -> Option<f64> {
    let plain = value.first()?.is_ascii_digit()
        && value.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    plain.then_some(())?;
    std::str::from_utf8(value).ok()?.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Seconds of a duration. Where the name tells no unit the text may (`12ms`); else a point means seconds, and a whole number
/// milliseconds, as the servers write them that do not name the unit (Caddy, Envoy).
fn duration(role: Role, value: &[u8]) -> Option<f64> {
    let digits = value.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    let (number, unit) = value.split_at(digits);
    let scale = match (unit.trim_ascii(), role) {
        (b"", Role::Seconds) | (b"s", _) => 1.0,
        (b"", Role::Millis) | (b"ms", _) => 1e-3,
        (b"", Role::Micros) | (b"us" | b"\xc2\xb5s" | b"\xce\xbcs", _) => 1e-6,
        (b"", Role::Nanos) | (b"ns", _) => 1e-9,
        (b"", _) if number.contains(&b'.') => 1.0,
        (b"", _) => 1e-3,
        _ => return None,
    };
    decimal(number).map(|number| number * scale)
}

/// `"$request"`: method, target, protocol. Garbage (TLS bytes, `hello`, nothing) leaves all of them empty; blanks inside the
/// target belong to it.
pub(super) fn request_line<'a>(request: &mut Request<'a>, line: &'a [u8]) {
    let Some(blank) = memchr::memchr(b' ', line) else { return };
    let (method, rest) = (&line[..blank], &line[blank + 1..]);
    let tail = memchr::memrchr(b' ', rest).map(|at| (&rest[..at], &rest[at + 1..]));
    let (uri, protocol) = match tail {
        Some((uri, protocol)) if protocol.starts_with(b"HTTP/") => (uri, protocol),
        _ => (rest, &b""[..]),
    };
    let plausible = !protocol.is_empty() || uri.starts_with(b"/");
    if plausible && is_method(method) {
        text(&mut request.method, method);
        text(&mut request.protocol, protocol);
        target(request, uri);
    }
}

/// A token of at most 32 bytes: `GET`, `PROPFIND`, `M-SEARCH`, and whatever a scanner sends.
pub(super) fn is_method(word: &[u8]) -> bool {
    (1..=32).contains(&word.len())
        && word.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

pub(super) fn target<'a>(request: &mut Request<'a>, uri: &'a [u8]) {
    let (path, query) = match memchr::memchr(b'?', uri) {
        Some(mark) => (&uri[..mark], &uri[mark + 1..]),
        None => (uri, &b""[..]),
    };
    text(&mut request.path, path);
    text(&mut request.query, query);
}
