//! The header of a syslog line: RFC 3164, RFC 3339 and RFC 5424 as rsyslog writes them, and journalctl's `short` modes. In: a line;
//! out: time, host, tag and the message. Exists because all of these differ only in their first bytes.
//! Must never take an app's own `time LEVEL logger: text` for a header.

use crate::stamp::{ClockKind, Micros, RawStamp};

use super::{Envelope, Transport, dmesg, platform, times};

/// Longest tag looked for, in bytes: RFC 5424 allows 48 for the app name, journald's identifiers are file names.
const TAG_MAX_BYTES: usize = 128;
/// Longest host name, in bytes (RFC 5424).
const HOST_MAX_BYTES: usize = 255;

/// Who wrote a line, by the tag before the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tag<'a> {
    /// Program, empty where there is none.
    pub(super) ident: &'a [u8],
    /// Its pid.
    pub(super) pid: Option<u32>,
}

/// A line without its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header<'a> {
    /// Time of the line; [`ClockKind::Boot`] in journalctl's `short-monotonic`.
    pub(super) stamp: RawStamp,
    /// Host name, empty where there is none.
    pub(super) host: &'a [u8],
    /// Process of a hosting platform, empty elsewhere.
    pub(super) container: &'a [u8],
    /// Program and pid.
    pub(super) tag: Tag<'a>,
    /// The kernel's own stamp.
    pub(super) boot: Option<Micros>,
    /// Kernel or a process.
    pub(super) transport: Transport,
    /// The message.
    pub(super) body: &'a [u8],
    /// How many more such messages it stands for.
    pub(super) repeats: u64,
}

/// The header of a line in one of the three syslog wrappers.
pub(super) fn parse(envelope: Envelope, line: &[u8]) -> Option<Header<'_>> {
    let line = without_count(line);
    let (framed, rest) = dmesg::priority(line).map_or((false, line), |(_, rest)| (true, rest));
    if framed && envelope == Envelope::SyslogIso && rest.starts_with(b"1 ") {
        return rfc5424(rest.get(2..)?);
    }
    let Some((stamp, rest)) = stamp(envelope, rest) else {
        return logread(rest).filter(|_| envelope == Envelope::Syslog);
    };
    let rest = rest.strip_prefix(b" ")?.trim_ascii_start();
    if envelope == Envelope::SyslogIso
        && let Some(source) = platform::source(rest)
    {
        let tag = Tag { ident: source.ident, pid: None };
        let body = if source.own_words { line } else { source.body };
        let header = attributed(stamp, b"", tag, body, None);
        return Some(Header { container: source.process, ..header });
    }
    let found = facility(rest);
    let (host, rest) = if found.is_some() { (&b""[..], rest) } else { host(rest)? };
    let found = found.or_else(|| facility(rest));
    let (facility, rest) = found.map_or((None, rest), |(word, rest)| (Some(word), rest));
    let (tag, body) = tag(rest).unwrap_or((Tag::default(), rest));
    Some(attributed(stamp, host, tag, body, facility))
}

/// OpenWrt's `logread`: `Wed Nov  5 12:00:00 2025 kern.warn kernel: msg`.
fn logread(text: &[u8]) -> Option<Header<'_>> {
    let (stamp, taken) = times::ctime(text)?;
    let (facility, rest) = facility(text.get(taken..)?.strip_prefix(b" ")?)?;
    let (tag, body) = tag(rest)?;
    Some(attributed(stamp, b"", tag, body, Some(facility)))
}

/// `kern.warn ` before the tag, as busybox's syslogd and logread write it; gives the facility.
fn facility(text: &[u8]) -> Option<(&[u8], &[u8])> {
    const FACILITIES: [&[u8]; 12] = [
        b"kern",
        b"user",
        b"mail",
        b"daemon",
        b"auth",
        b"syslog",
        b"lpr",
        b"news",
        b"uucp",
        b"cron",
        b"authpriv",
        b"ftp",
    ];
    let width = text.iter().take(16).position(|byte| *byte == b' ')?;
    let (word, rest) = text.split_at(width);
    let dot = word.iter().position(|byte| *byte == b'.')?;
    let (facility, level) = (&word[..dot], &word[dot + 1..]);
    let local = facility.len() == 6 && facility.starts_with(b"local");
    ((local || FACILITIES.contains(&facility)) && is_level(level))
        .then(|| (facility, without_blank(rest)))
}

/// Without the length that RFC 6587 puts before a frame: `83 <40>1 2012-...`.
fn without_count(line: &[u8]) -> &[u8] {
    let digits = line.iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
    match line.get(digits..).and_then(|rest| rest.strip_prefix(b" ")) {
        Some(frame) if digits > 0 && frame.first() == Some(&b'<') => frame,
        _ => line,
    }
}

/// The header in one of the other two wrappers: a file changes its style in the middle when rsyslog's template is edited. Only
/// with a tag, which a continuation line has not.
pub(super) fn parse_other(envelope: Envelope, line: &[u8]) -> Option<Header<'_>> {
    [Envelope::Syslog, Envelope::SyslogIso, Envelope::JournalFull]
        .into_iter()
        .filter(|other| *other != envelope)
        .find_map(|other| parse(other, line))
        .filter(|header| !header.tag.ident.is_empty())
}

/// Lines that journalctl or its pager puts between the messages.
pub(super) fn is_noise(line: &[u8]) -> bool {
    const WORDS: [&[u8]; 5] =
        [b"Boot ", b"Reboot ", b"Logs begin at ", b"Journal begins at ", b"No entries "];
    // What the message catalogue explains (journalctl -x): systemd 246 and newer set it off by other signs (src/shared/logs-show.c).
    const CATALOGUE: [&[u8]; 14] = [
        b"Subject: ",
        b"Defined-By: ",
        b"Support: ",
        b"Documentation: ",
        b"Unit ",
        b"The unit ",
        b"The job identifier is ",
        b"The result is ",
        b"The start-up result is ",
        b"The process ",
        b"A start job for unit ",
        b"A stop job for unit ",
        b"An ExecStart= process belonging to unit ",
        b"The error number returned by this process is ",
    ];
    if line == b"--" || line.starts_with("░░".as_bytes()) {
        return true;
    }
    if let Some(inner) = line.strip_prefix(b"-- ") {
        return inner.is_empty()
            || CATALOGUE.iter().any(|word| inner.starts_with(word))
            || (line.ends_with(b"--") && WORDS.iter().any(|word| inner.starts_with(word)));
    }
    line.strip_prefix(b"lines ").is_some_and(|rest| {
        let pages =
            rest.strip_suffix(b" (END)").or_else(|| rest.strip_suffix(b"%")).unwrap_or(rest);
        !pages.is_empty()
            && pages.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'/' | b' '))
    })
}

/// `ident[pid]: `, `ident: `, `ident[pid] `, and what is behind it.
pub(super) fn tag(text: &[u8]) -> Option<(Tag<'_>, &[u8])> {
    let window = text.get(..TAG_MAX_BYTES).unwrap_or(text);
    if !matches!(window.first(), Some(first) if first.is_ascii_graphic() && !b"[]{}<>\"'=:".contains(first))
    {
        return None;
    }
    let stop = window.iter().position(|byte| matches!(byte, b'[' | b':' | b' ' | b'='))?;
    let (ident, rest) = text.split_at(stop);
    match rest.first() {
        Some(b':') => Some((Tag { ident, pid: None }, without_blank(&rest[1..]))),
        Some(b'[') => bracketed_pid(ident, rest),
        Some(b' ') => spaced(text, window),
        _ => None,
    }
}

/// `[123]: text` or, where it is no number, `[web.1]: text`.
fn bracketed_pid<'a>(ident: &'a [u8], rest: &'a [u8]) -> Option<(Tag<'a>, &'a [u8])> {
    let end = rest.iter().take(TAG_MAX_BYTES).position(|byte| *byte == b']')?;
    let pid = std::str::from_utf8(&rest[1..end]).ok()?.parse().ok();
    let after = &rest[end + 1..];
    // Nobody is called `kernel[router]`, least of all the kernel.
    if ident == b"kernel" && pid.is_none() {
        return None;
    }
    match (after.strip_prefix(b":"), pid) {
        (Some(body), pid) => Some((Tag { ident, pid }, without_blank(body))),
        (None, Some(_)) if matches!(after.first(), None | Some(b' ')) => {
            Some((Tag { ident, pid }, without_blank(after)))
        }
        _ => None,
    }
}

/// An identifier with blanks in it, which only `[pid]: ` can end: `Web Content[123]: text`.
fn spaced<'a>(text: &'a [u8], window: &[u8]) -> Option<(Tag<'a>, &'a [u8])> {
    let stop = window.iter().position(|byte| matches!(byte, b'[' | b':' | b'='))?;
    let (ident, rest) = text.split_at(stop);
    if rest.first() != Some(&b'[') || ident.ends_with(b" ") {
        return None;
    }
    let (tag, body) = bracketed_pid(ident, rest)?;
    let colon = rest.get(..rest.len() - body.len())?.trim_ascii_end().ends_with(b"]:");
    (tag.pid.is_some() && colon).then_some((tag, body))
}

fn stamp(envelope: Envelope, text: &[u8]) -> Option<(RawStamp, &[u8])> {
    let (stamp, taken) = match envelope {
        Envelope::Syslog => match dmesg::boot_bracket(text) {
            Some(found) => return Some(found),
            None => times::syslog3164(text)?,
        },
        Envelope::JournalFull => times::weekday_zoned(text)?,
        _ => iso(text)?,
    };
    Some((stamp, text.get(taken..)?))
}

/// RFC 3339 with `T`, a point and an offset, or journalctl's `short-unix`. The blank and the comma belong to Python, and to dmesg.
fn iso(text: &[u8]) -> Option<(RawStamp, usize)> {
    if text.get(10) == Some(&b'T') && text.get(19) != Some(&b',') {
        return times::rfc3339(text).filter(|(stamp, _)| stamp.clock == ClockKind::Utc);
    }
    let (stamp, taken) = times::epoch(text)?;
    (taken == 17 && text.get(10) == Some(&b'.')).then_some((stamp, taken))
}

/// The host name, empty where the first word is already a tag (`journalctl --no-hostname`).
fn host(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let width = text
        .iter()
        .take(HOST_MAX_BYTES)
        .position(|byte| *byte == b' ')
        .or((text.len() < HOST_MAX_BYTES).then_some(text.len()))?;
    let (word, rest) = text.split_at(width);
    if word.ends_with(b":") {
        let (tag, _) = tag(text)?;
        return (tag.pid.is_some() || tag.ident == b"kernel").then_some((b"", text));
    }
    (is_host(word) && !is_level(word)).then(|| (word, without_blank(rest)))
}

fn is_host(word: &[u8]) -> bool {
    !word.is_empty()
        && word
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-_:%@/".contains(byte) || *byte >= 0x80)
}

/// Words that stand where the host would, when an app wrote `time LEVEL logger: text`.
pub(super) fn is_level(word: &[u8]) -> bool {
    const LEVELS: [&[u8]; 18] = [
        b"trace",
        b"debug",
        b"info",
        b"notice",
        b"warn",
        b"warning",
        b"err",
        b"error",
        b"crit",
        b"critical",
        b"alert",
        b"emerg",
        b"fatal",
        b"panic",
        b"severe",
        b"log",
        // dnf's own.
        b"subdebug",
        b"ddebug",
    ];
    LEVELS.iter().any(|level| word.eq_ignore_ascii_case(level))
}

/// RFC 5424 behind the version: `time host app procid msgid [sd] msg`.
fn rfc5424(text: &[u8]) -> Option<Header<'_>> {
    let (stamp, taken) = times::rfc3339(text)?;
    let mut rest = text.get(taken..)?.strip_prefix(b" ")?;
    let mut words: [&[u8]; 4] = [b""; 4];
    for word in &mut words {
        let width = rest.iter().take(HOST_MAX_BYTES + 1).position(|byte| *byte == b' ')?;
        *word = match &rest[..width] {
            b"-" => b"",
            word => word,
        };
        rest = &rest[width + 1..];
    }
    let [host, ident, procid, _] = words;
    let pid = std::str::from_utf8(procid).ok().and_then(|digits| digits.parse().ok());
    let body = without_blank(structured_data(rest)?);
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let header = attributed(stamp, host, Tag { ident, pid }, body, None);
    // A Heroku drain has the dyno where others have the pid.
    let dyno = if platform::is_heroku(ident) && pid.is_none() { procid } else { b"" };
    Some(Header { container: dyno, ..header })
}

/// What is behind `-` or `[id name="value"]..`.
fn structured_data(text: &[u8]) -> Option<&[u8]> {
    if let Some(rest) = text.strip_prefix(b"-") {
        return Some(rest);
    }
    let mut rest = text;
    while let Some(inner) = rest.strip_prefix(b"[") {
        rest = &inner[element_end(inner)? + 1..];
    }
    (rest.len() < text.len()).then_some(rest)
}

/// Where the `]` of a structured element stands: values are quoted, and a quote in them escaped.
fn element_end(inner: &[u8]) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    inner.iter().position(|byte| {
        let ends = *byte == b']' && !quoted;
        quoted ^= *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    })
}

/// Tells the kernel from the processes, and takes the kernel's prefix and the repetition of rsyslog off. What a process sent with
/// `logger -t kernel` is told by its facility, where that is written.
fn attributed<'a>(
    stamp: RawStamp,
    host: &'a [u8],
    tag: Tag<'a>,
    body: &'a [u8],
    facility: Option<&[u8]>,
) -> Header<'a> {
    let boot = (stamp.clock == ClockKind::Boot).then_some(stamp.at);
    let (body, times) = repeated(body).unwrap_or((body, 1));
    let (transport, repeats) = (Transport::Process, times.saturating_sub(1));
    let mut header = Header { stamp, host, container: b"", tag, boot, transport, body, repeats };
    // macOS and forgers write a pid behind `kernel`; Linux never does.
    if tag.ident != b"kernel" || tag.pid.is_some() || facility.is_some_and(|name| name != b"kern") {
        return header;
    }
    let body = body.strip_prefix(b"kernel: ").unwrap_or(body);
    let (ring, body) = dmesg::boot_prefix(body);
    header.boot = ring.or(boot);
    (header.transport, header.tag, header.body) = match dmesg::user_space_writer(body) {
        Some((tag, rest)) => (Transport::Process, tag, rest),
        None => (Transport::Kernel, tag, body),
    };
    header
}

/// rsyslog's `message repeated 3 times: [ text]`: the text, and how often it was said since the line before.
fn repeated(body: &[u8]) -> Option<(&[u8], u64)> {
    let rest = body.strip_prefix(b"message repeated ")?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let inner = rest.get(digits..)?.strip_prefix(b" times: [")?;
    let inner = inner.strip_suffix(b"]").unwrap_or(inner);
    let times = std::str::from_utf8(rest.get(..digits)?).ok()?.parse().ok()?;
    Some((without_blank(inner), times))
}

fn without_blank(text: &[u8]) -> &[u8] {
    text.strip_prefix(b" ").unwrap_or(text)
}

#[cfg(test)]
mod tests;
