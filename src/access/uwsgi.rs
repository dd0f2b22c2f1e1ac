//! uWSGI's built-in request lines (`uwsgi_logit_simple` in `core/logging.c`). A line in, a [`Request`] out.
//! The stamp is the start of the request and has no zone; it must never be read as UTC or as the end.

use memchr::memmem;

use super::{Maker, Request, fields, times};

/// `[pid: P|app: A|req: N/M] IP (user) {V vars in B bytes} [Thu Nov  5 12:00:00 2025] GET /x => generated B bytes in T msecs
/// (HTTP/1.1 200) H headers in B bytes (S switches on core C)`; a vhost or memory report may stand in front.
#[must_use]
pub fn parse_uwsgi(line: &[u8]) -> Option<Request<'_>> {
    let pid = memmem::find(line, b"[pid: ")?;
    let (front, line) = line.split_at(pid);
    let (head, _) = cut(line, b"] ")?;
    head.windows(6).any(|word| word == b"|app: ").then_some(())?;
    let (_, rest) = cut(line, b"] ")?;
    let (client, rest) = cut(rest, b" (")?;
    let (_, rest) = cut(rest, b") {")?;
    let (_, rest) = cut(rest, b" bytes} [")?;
    let (stamp, rest) = cut(rest, b"] ")?;
    let (asked, rest) = cut_last(rest, b" => generated ")?;
    let (method, target) = cut(asked, b" ")?;
    let (bytes, rest) = cut(rest, b" bytes in ")?;
    let (time, rest) = cut(rest, b" ")?;
    let (unit, rest) = cut(rest, b" (")?;
    let (told, _) = cut(rest, b") ")?;
    let (protocol, status) = cut_last(told, b" ")?;

    let mut request =
        Request { stamp: Some(times::ctime(stamp)?), start_logged: true, ..Request::default() };
    request.made_by = Maker::App;
    request.status = status_of(status)?;
    request.client = client;
    request.protocol = absent(protocol);
    request.host = host(front);
    request.response_bytes = fields::whole(bytes);
    request.request_seconds = seconds(time, unit);
    if fields::is_method(method) && method != b"-" {
        request.method = method;
        (request.path, request.query) = cut(target, b"?").unwrap_or((target, b""));
    }
    Some(request)
}

fn cut<'a>(text: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = memmem::find(text, mark)?;
    Some((text.get(..at)?, text.get(at + mark.len()..)?))
}

fn cut_last<'a>(text: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = memmem::rfind(text, mark)?;
    Some((text.get(..at)?, text.get(at + mark.len()..)?))
}

fn absent(text: &[u8]) -> &[u8] {
    if text == b"-" { b"" } else { text }
}

/// uWSGI writes a status that was never set as a bare `0`.
fn status_of(text: &[u8]) -> Option<u16> {
    if text == b"0" { Some(0) } else { fields::status(text) }
}

/// The first word in front, with `vhost = true`; a memory report begins with a brace.
fn host(front: &[u8]) -> &[u8] {
    let word = front.split(|byte| *byte == b' ').next().unwrap_or_default();
    if word.starts_with(b"{") { b"" } else { word }
}

/// `msecs`, or `micros` with `log-micros`; ` via sendfile() ` may follow.
fn seconds(time: &[u8], unit: &[u8]) -> Option<f64> {
    let scale = if unit.starts_with(b"micros") { 1e-6 } else { 1e-3 };
    fields::decimal(time).map(|number| number * scale)
}
