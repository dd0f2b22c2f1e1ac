//! Container logs: docker's `json-file`, `docker logs -t`, the CRI files of Kubernetes, and svlogd's. In: lines; out: one record for each line
//! that the container wrote. Exists because runtimes split lines above 16 KiB, each in its own way.
//! Must never join the parts of stdout with those of stderr.

use std::borrow::Cow;

use serde::Deserialize;

use crate::stamp::{ClockKind, RawStamp, SECOND};

use super::Transport;
use super::lines::{LINE_MAX_BYTES, without_line_end};
use super::outlet::{Found, Outlet, Sink};
use super::times;

/// Docker copies container output in parts of this size (moby: `daemon/logger/copier.go`).
const PART_BYTES: usize = 16_384;
/// `2006-01-02T15:04:05.000000000` and its `Z`.
const NANO_DIGITS_END: usize = 29;
/// `2006-01-02_15:04:05.00000`.
const SVLOGD_DIGITS_END: usize = 25;
/// `@` and 24 digits.
const TAI64N_END: usize = 25;

/// One line of a json-file log (moby: `jsonlog.JSONLog`); `log` is left out when it is empty.
#[derive(Deserialize)]
struct LogLine<'a> {
    #[serde(borrow, default)]
    log: Cow<'a, str>,
    #[serde(borrow, default)]
    stream: Cow<'a, str>,
    #[serde(borrow)]
    time: Cow<'a, str>,
}

/// Puts the parts of a container's lines together, and cuts the stamps between them out.
#[derive(Debug, Clone, Default)]
pub(super) struct Joiner {
    stdout: Open,
    stderr: Open,
    scratch: Vec<u8>,
    /// Lines that were longer than `LINE_MAX_BYTES`.
    pub(super) long_lines: u64,
}

/// A line whose end has not come yet.
#[derive(Debug, Clone, Default)]
struct Open {
    text: Vec<u8>,
    /// 0 where nothing is open.
    line: u64,
    stamp: Option<RawStamp>,
    long: bool,
}

/// One part of a line.
#[derive(Clone, Copy)]
struct Part<'a> {
    line: u64,
    stamp: RawStamp,
    is_stderr: bool,
    text: &'a [u8],
    last: bool,
}

impl Joiner {
    /// A line of a json-file log; `false` where it could not be read.
    pub(super) fn json_line(
        &mut self,
        line: u64,
        json: &[u8],
        outlet: &mut Outlet,
        sink: &mut Sink<'_>,
    ) -> bool {
        let lossy = String::from_utf8_lossy(json);
        let Some((log, stamp)) = serde_json::from_str::<LogLine<'_>>(&lossy)
            .ok()
            .and_then(|log| times::rfc3339(log.time.as_bytes()).map(|(stamp, _)| (log, stamp)))
        else {
            return false;
        };
        let text = log.log.as_bytes();
        let last = text.is_empty() || text.ends_with(b"\n");
        self.push(
            Part { line, stamp, is_stderr: log.stream == "stderr", text, last },
            outlet,
            sink,
        );
        true
    }

    /// A line with a stamp before it; `false` where it has none.
    pub(super) fn stamped_line(
        &mut self,
        line: u64,
        text: &[u8],
        outlet: &mut Outlet,
        sink: &mut Sink<'_>,
    ) -> bool {
        let Some((stamp, text)) = stamped(text) else { return false };
        if let Some((is_stderr, last, text)) = cri(text) {
            self.push(Part { line, stamp, is_stderr, text, last }, outlet, sink);
            return true;
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        let body = without_inner_stamps(text, &mut scratch);
        outlet.deliver(found(line, Some(stamp), body), sink);
        self.scratch = scratch;
        true
    }

    /// Delivers what a container wrote without an end of line before it died.
    pub(super) fn finish(
        &mut self,
        complete: bool,
        outlet: &mut Outlet,
        sink: &mut Sink<'_>,
    ) -> bool {
        let is_open = self.stdout.line > 0 || self.stderr.line > 0;
        let mut rest = [std::mem::take(&mut self.stdout), std::mem::take(&mut self.stderr)];
        rest.sort_by_key(|open| open.line);
        for open in rest.iter().filter(|open| complete && open.line > 0) {
            self.long_lines += u64::from(open.long);
            outlet.deliver(found(open.line, open.stamp, without_line_end(&open.text)), sink);
        }
        is_open
    }

    fn push(&mut self, part: Part<'_>, outlet: &mut Outlet, sink: &mut Sink<'_>) {
        let open = if part.is_stderr { &mut self.stderr } else { &mut self.stdout };
        if open.line == 0 && part.last {
            outlet.deliver(found(part.line, Some(part.stamp), without_line_end(part.text)), sink);
            return;
        }
        if open.line == 0 {
            (open.line, open.stamp) = (part.line, Some(part.stamp));
        }
        let room = LINE_MAX_BYTES.saturating_sub(open.text.len());
        open.text.extend_from_slice(part.text.get(..room).unwrap_or(part.text));
        open.long |= part.text.len() > room;
        if part.last {
            self.long_lines += u64::from(open.long);
            outlet.deliver(found(open.line, open.stamp, without_line_end(&open.text)), sink);
            (open.line, open.long) = (0, false);
            open.text.clear();
        }
    }
}

fn found(line: u64, stamp: Option<RawStamp>, body: &[u8]) -> Found<'_> {
    Found { line, stamp, boot: None, transport: Transport::Process, body, repeats: 0 }
}

/// The stamp of a container line and the text behind it: nanoseconds for docker, trimmed zeros for CRI.
pub(super) fn stamped(line: &[u8]) -> Option<(RawStamp, &[u8])> {
    if is_svlogd(line) {
        return svlogd(line);
    }
    if is_tai64n(line) {
        return tai64n(line);
    }
    if line.get(10) != Some(&b'T') || line.get(19) == Some(&b',') {
        return None;
    }
    let (stamp, taken) = times::rfc3339(line)?;
    let rest = line.get(taken..)?;
    if stamp.clock != ClockKind::Utc || !matches!(rest.first(), None | Some(b' ')) {
        return None;
    }
    Some((stamp, rest.strip_prefix(b" ").unwrap_or(rest)))
}

/// Whether the stamp is docker's own `RFC3339NanoFixed`: nine digits.
pub(super) fn is_nano(line: &[u8]) -> bool {
    line.get(19) == Some(&b'.')
        && line.get(20..NANO_DIGITS_END).is_some_and(|digits| digits.iter().all(u8::is_ascii_digit))
}

/// Whether the stamp is that of runit's `svlogd -tt`, under which GitLab's services run: `2026-11-20_22:41:05.12345`.
pub(super) fn is_svlogd(line: &[u8]) -> bool {
    line.get(10) == Some(&b'_') && line.get(SVLOGD_DIGITS_END - 1).is_some_and(u8::is_ascii_digit)
}

/// UTC, as svlogd(8) says, with five digits.
fn svlogd(line: &[u8]) -> Option<(RawStamp, &[u8])> {
    let mut stamp = [b'Z'; SVLOGD_DIGITS_END + 1];
    let (head, rest) = line.split_at_checked(SVLOGD_DIGITS_END)?;
    stamp.get_mut(..SVLOGD_DIGITS_END)?.copy_from_slice(head);
    *stamp.get_mut(10)? = b'T';
    let (at, taken) = times::rfc3339(&stamp)?;
    let body = if rest.is_empty() { rest } else { rest.strip_prefix(b" ")? };
    (taken == stamp.len()).then_some((at, body))
}

/// Whether the stamp is that of `svlogd -t` and of daemontools' multilog: `@400000006774c1a50a3b7e1c`.
pub(super) fn is_tai64n(line: &[u8]) -> bool {
    line.starts_with(b"@40000000")
        && line.get(1..TAI64N_END).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        && matches!(line.get(TAI64N_END), None | Some(b' '))
}

/// Seconds since 1970 and ten, plus 2^62, in sixteen digits, and nanoseconds in eight. The ten are all that both programs add
/// for leap seconds, whatever the true number.
fn tai64n(line: &[u8]) -> Option<(RawStamp, &[u8])> {
    let number = |digits: std::ops::Range<usize>| {
        u64::from_str_radix(std::str::from_utf8(line.get(digits)?).ok()?, 16).ok()
    };
    let seconds = number(1..17)?.checked_sub((1 << 62) + 10)?;
    let nanos = number(17..TAI64N_END)?;
    let at = i64::try_from(seconds)
        .ok()?
        .checked_mul(SECOND)?
        .checked_add(i64::try_from(nanos / 1000).ok()?)?;
    let stamp = RawStamp::new(ClockKind::Utc, at, 1);
    let rest = line.get(TAI64N_END..)?;
    Some((stamp, rest.strip_prefix(b" ").unwrap_or(rest)))
}

/// `stdout F text` (containerd: `internal/cri/io/logger.go`): stream, whether it is the last part, text.
pub(super) fn cri(text: &[u8]) -> Option<(bool, bool, &[u8])> {
    let (is_stderr, rest) = match text.strip_prefix(b"stdout ") {
        Some(rest) => (false, rest),
        None => (true, text.strip_prefix(b"stderr ")?),
    };
    let (tag, rest) = rest.split_first().filter(|(tag, _)| matches!(tag, b'F' | b'P'))?;
    // More tags may follow behind colons.
    let tags = rest.iter().position(|byte| *byte == b' ').unwrap_or(rest.len());
    let (tags, rest) = rest.split_at(tags);
    (tags.is_empty() || tags.starts_with(b":"))
        .then(|| (is_stderr, *tag == b'F', rest.strip_prefix(b" ").unwrap_or(rest)))
}

/// Without the stamp that `docker logs -t` puts before each part of a line above [`PART_BYTES`].
fn without_inner_stamps<'a>(text: &'a [u8], scratch: &'a mut Vec<u8>) -> &'a [u8] {
    if !text.get(PART_BYTES..).is_some_and(is_nano) {
        return text;
    }
    scratch.clear();
    let mut rest = text;
    while let Some((part, after)) = rest.split_at_checked(PART_BYTES) {
        let Some((_, next)) = stamped(after).filter(|_| is_nano(after)) else { break };
        scratch.extend_from_slice(part);
        rest = next;
    }
    scratch.extend_from_slice(rest);
    scratch
}
