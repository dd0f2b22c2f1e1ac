//! Lines of a dmesg dump, in every form that util-linux writes (`sys-utils/dmesg.c`). In: a line; out: its times, its facility and
//! the message. Exists because the kernel's ring comes with boot seconds, local wall clock, ISO, deltas and caller ids.
//! Must never call a line the kernel's that a process wrote through /dev/kmsg.

use crate::stamp::{ClockKind, MINUTE, Micros, RawStamp, SECOND};

use super::Transport;
use super::syslog::{Tag, tag};
use super::{kmsg, months, times};

/// Longest bracket that can be a time, in bytes: `[dim. 19 septembre 18:03:30 2026 <  100.000000>]` fits.
const BRACKET_MAX_BYTES: usize = 72;
/// Longest `host login: ` before a message on a console, in bytes.
const PROMPT_MAX_BYTES: usize = 80;
/// `[    T1]` (`print_caller` in kernel/printk/printk.c: `%*s` of 6 in brackets).
const CALLER_WIDTH: usize = 8;
/// No kernel runs for 31 years: what is larger in a bracket is an epoch of some program.
const BOOT_MAX: Micros = 1_000_000_000 * SECOND;

/// What a line of the ring says beside the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct RingLine<'a> {
    /// Wall time where the line has one.
    pub(super) wall: Option<RawStamp>,
    /// Seconds since boot where the line has them.
    pub(super) boot: Option<RawStamp>,
    /// Time since the line before (`--reltime`); `wall` is then that of an earlier line.
    pub(super) delta: Option<Micros>,
    /// Whether `wall` is a minute that later deltas count from.
    pub(super) minute: bool,
    /// Who wrote it: only /dev/kmsg writers have a tag.
    pub(super) tag: Tag<'a>,
    /// Kernel or a process.
    pub(super) transport: Transport,
    /// The message.
    pub(super) body: &'a [u8],
}

impl RingLine<'_> {
    /// Whether the line has any time of its own.
    pub(super) fn is_timed(&self) -> bool {
        self.wall.is_some() || self.boot.is_some() || self.delta.is_some()
    }

    fn is_utc(&self) -> bool {
        self.wall.is_some_and(|stamp| stamp.clock == ClockKind::Utc)
    }
}

/// Whose message it is, by the facility that was written with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Facility {
    /// Facility 0, which no process can write (`devkmsg_write`).
    Kernel,
    /// Any other.
    User,
    /// The form does not tell.
    Unknown,
}

/// What one bracket holds.
enum Mark {
    Boot(RawStamp),
    Wall(RawStamp),
    Minute(RawStamp),
    Delta(Micros),
    /// A bare `<..>` gap or a caller id: known, and of no use.
    Other,
}

/// The parts of a line, or `None` where it has no prefix of the ring: a continuation.
pub(super) fn parse(line: &[u8]) -> Option<RingLine<'_>> {
    let line = behind_prompt(line);
    if let Some(record) = kmsg::parse(line) {
        return Some(device_record(&record));
    }
    let (facility, mut rest) = level(line);
    let mut ring = RingLine::default();
    let mut marks = 0;
    while let Some((mark, after)) = mark(rest, &ring, marks > 0) {
        match mark {
            Mark::Boot(stamp) => ring.boot = Some(stamp),
            Mark::Wall(stamp) => (ring.wall, ring.minute) = (Some(stamp), false),
            Mark::Minute(stamp) => (ring.wall, ring.minute) = (Some(stamp), true),
            Mark::Delta(step) => ring.delta = Some(step),
            Mark::Other => {}
        }
        marks += 1;
        rest = after.strip_prefix(b" ").unwrap_or(after);
    }
    if marks == 0 && facility == Facility::Unknown {
        return None;
    }
    (ring.transport, ring.tag, ring.body) = authored(rest, facility);
    Some(ring)
}

/// The kernel's own prefix inside another wrapper: `[ 4615.556504] ` and a caller id.
pub(super) fn boot_prefix(body: &[u8]) -> (Option<Micros>, &[u8]) {
    let Some((Mark::Boot(stamp), after)) = bracket(body) else { return (None, body) };
    let rest = after.strip_prefix(b" ").unwrap_or(after);
    match caller(rest) {
        Some(after) => (Some(stamp.at), after.strip_prefix(b" ").unwrap_or(after)),
        None => (Some(stamp.at), rest),
    }
}

/// A process that writes to /dev/kmsg, by its tag: `systemd[1]: ..`, where no facility tells it from the kernel.
pub(super) fn user_space_writer(body: &[u8]) -> Option<(Tag<'_>, &[u8])> {
    // The tag is looked at only behind a cheap test: nearly every line of a ring is the kernel's.
    if !matches!(body.first(), Some(b's' | b'd' | b'c')) {
        return None;
    }
    let (tag, rest) = tag(body)?;
    let known = tag.ident == b"systemd"
        || [b"systemd-".as_slice(), b"dracut", b"cloud-init"]
            .iter()
            .any(|name| tag.ident.starts_with(name));
    // arch/x86/mm/fault.c writes `comm[pid]: segfault at` in the same form.
    (known && !rest.starts_with(b"segfault at ")).then_some((tag, rest))
}

/// The stamp of `[ 1234.567890] `, as journalctl's `short-monotonic` has it too.
pub(super) fn boot_bracket(line: &[u8]) -> Option<(RawStamp, &[u8])> {
    match bracket(line)? {
        (Mark::Boot(stamp), after) => Some((stamp, after)),
        _ => None,
    }
}

/// Whether a line opens with a bare ctime bracket, as Apache 2.2 and PHP's built-in server write it as well as `dmesg -T`,
/// and goes on as only those do.
pub(super) fn is_foreign_ctime(ring: &RingLine<'_>) -> bool {
    const LEVELS: [&[u8]; 8] =
        [b"emerg", b"alert", b"crit", b"error", b"warn", b"notice", b"info", b"debug"];
    if ring.wall.is_none() || ring.boot.is_some() {
        return false;
    }
    let Some(inner) = ring.body.strip_prefix(b"[") else {
        let digits = ring.body.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let dotted = ring.body.iter().take(15).filter(|byte| **byte == b'.').count();
        return ((1..=3).contains(&digits) && dotted == 3) || ring.body.starts_with(b"PHP ");
    };
    let word = inner.split(|byte| *byte == b']').next().unwrap_or_default();
    word.starts_with(b"client ")
        || LEVELS.iter().any(|level| word.rsplit(|byte| *byte == b':').next() == Some(level))
}

/// A record of /dev/kmsg.
fn device_record<'a>(record: &kmsg::Line<'a>) -> RingLine<'a> {
    let facility = if record.priority < 8 { Facility::Kernel } else { Facility::User };
    let (transport, tag, body) = authored(record.body, facility);
    let boot = Some(RawStamp::new(ClockKind::Boot, record.boot, 1));
    RingLine { boot, transport, tag, body, ..RingLine::default() }
}

/// A line that the kernel put on a console behind `web01 login: `.
fn behind_prompt(line: &[u8]) -> &[u8] {
    const PROMPT: &[u8] = b" login: ";
    let line = line.strip_prefix(b"\r").unwrap_or(line);
    if !line.first().is_some_and(u8::is_ascii_alphanumeric) {
        return line;
    }
    let window = line.get(..PROMPT_MAX_BYTES).unwrap_or(line);
    let prompt = memchr::memmem::find(window, PROMPT)
        .filter(|at| window[..*at].iter().all(|byte| !byte.is_ascii_whitespace()));
    match prompt.and_then(|at| line.get(at + PROMPT.len()..)) {
        Some(rest) if bracket(rest).is_some() => rest,
        _ => line,
    }
}

/// Tells the kernel's messages from those of processes, and takes the tag off the latter.
pub(super) fn authored(body: &[u8], facility: Facility) -> (Transport, Tag<'_>, &[u8]) {
    let written = match facility {
        Facility::Kernel => None,
        Facility::User => Some(tag(body).unwrap_or((Tag::default(), body))),
        Facility::Unknown => user_space_writer(body),
    };
    match written {
        Some((tag, rest)) => (Transport::Process, tag, rest),
        None => (Transport::Kernel, Tag::default(), body),
    }
}

/// `<6>` (-r) or `kern  :warn  : ` (-x).
fn level(line: &[u8]) -> (Facility, &[u8]) {
    if let Some((priority, rest)) = priority(line) {
        return (if priority < 8 { Facility::Kernel } else { Facility::User }, rest);
    }
    decoded(line).unwrap_or((Facility::Unknown, line))
}

/// The syslog priority `<13>` at the start of a line: facility times 8 plus level.
pub(super) fn priority(line: &[u8]) -> Option<(u32, &[u8])> {
    let inner = line.strip_prefix(b"<")?;
    let width = inner.iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = inner.split_at_checked(width)?;
    let priority = std::str::from_utf8(digits).ok()?.parse().ok()?;
    Some((priority, rest.strip_prefix(b">")?))
}

fn decoded(line: &[u8]) -> Option<(Facility, &[u8])> {
    const LEVELS: [&[u8]; 8] =
        [b"emerg", b"alert", b"crit", b"err", b"warn", b"notice", b"info", b"debug"];
    let mut words = line.splitn(3, |byte| *byte == b':');
    let (facility, level, rest) = (words.next()?.trim_ascii_end(), words.next()?, words.next()?);
    let is_word = !facility.is_empty()
        && facility.len() <= 8
        && facility.iter().all(u8::is_ascii_alphanumeric);
    if !is_word || !LEVELS.contains(&level.trim_ascii_end()) {
        return None;
    }
    let facility = if facility == b"kern" { Facility::Kernel } else { Facility::User };
    Some((facility, rest.strip_prefix(b" ")?))
}

/// The next time or caller id; each kind at most once, so that a bracket of the message stays in the message.
fn mark<'a>(rest: &'a [u8], ring: &RingLine<'_>, timed: bool) -> Option<(Mark, &'a [u8])> {
    if rest.first() != Some(&b'[') {
        return iso(rest).filter(|_| !ring.is_utc());
    }
    // Without a time (`dmesg -t`) only the kernel's own width of six tells a caller from the brackets of a message.
    if let Some(after) = caller(rest).filter(|_| {
        timed || (rest.get(1) == Some(&b' ') && rest.get(CALLER_WIDTH - 1) == Some(&b']'))
    }) {
        return Some((Mark::Other, after));
    }
    let (mark, after) = bracket(rest)?;
    let fresh = match mark {
        Mark::Boot(_) => ring.boot.is_none(),
        Mark::Wall(_) if ring.is_utc() => return Some((Mark::Other, after)),
        Mark::Wall(_) => ring.wall.is_none() || ring.minute,
        Mark::Minute(_) => ring.wall.is_none(),
        Mark::Delta(_) => ring.delta.is_none(),
        Mark::Other => true,
    };
    fresh.then_some((mark, after))
}

/// `--time-format=iso`: `2009-02-13T23:31:30,123456+00:00 `, the comma is util-linux's own.
fn iso(rest: &[u8]) -> Option<(Mark, &[u8])> {
    if rest.get(10) != Some(&b'T') || rest.get(19) != Some(&b',') {
        return None;
    }
    let (stamp, taken) = times::rfc3339(rest)?;
    let after = rest.get(taken..)?;
    (stamp.clock == ClockKind::Utc && matches!(after.first(), None | Some(b' ')))
        .then_some((Mark::Wall(stamp), after))
}

/// CONFIG_PRINTK_CALLER: `[    T1]`, `[   C0]`, `[T1]`.
fn caller(rest: &[u8]) -> Option<&[u8]> {
    let (inner, after) = bracketed(rest)?;
    let (kind, digits) = inner.trim_ascii_start().split_first()?;
    let is_caller =
        matches!(kind, b'T' | b'C') && !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    is_caller.then_some(after)
}

fn bracket(rest: &[u8]) -> Option<(Mark, &[u8])> {
    let (inner, after) = bracketed(rest)?;
    let (time, gap) = match inner.iter().position(|byte| *byte == b'<') {
        Some(at) if inner.ends_with(b">") => (inner[..at].trim_ascii_end(), true),
        _ => (inner, false),
    };
    if gap && time.is_empty() {
        return Some((Mark::Other, after));
    }
    Some((boot(time).or_else(|| wall(time)).or_else(|| relative(time))?, after))
}

fn bracketed(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = rest.strip_prefix(b"[")?;
    let end = inner.iter().take(BRACKET_MAX_BYTES).position(|byte| *byte == b']')?;
    Some((&inner[..end], &inner[end + 1..]))
}

fn boot(time: &[u8]) -> Option<Mark> {
    // printk writes six digits; Xorg and others, that write three, are not the kernel.
    let (stamp, taken) = times::boot_seconds(time)?;
    (taken == time.len()
        && stamp.resolution == 1
        && time.get(taken - 7) == Some(&b'.')
        && stamp.at < BOOT_MAX)
        .then_some(Mark::Boot(stamp))
}

fn wall(time: &[u8]) -> Option<Mark> {
    let (stamp, taken) = times::ctime(time)?;
    (taken == time.len() && stamp.resolution == SECOND).then_some(Mark::Wall(stamp))
}

/// `--reltime`: `Feb13 23:31` where the minute changes, else `  +0.000012`.
fn relative(time: &[u8]) -> Option<Mark> {
    if let Some(step) = time.trim_ascii_start().strip_prefix(b"+") {
        let (stamp, taken) = times::boot_seconds(step)?;
        return (taken == step.len() && stamp.at < BOOT_MAX).then_some(Mark::Delta(stamp.at));
    }
    let digit = time.iter().position(u8::is_ascii_digit)?;
    let (name, rest) = time.split_at(digit);
    months::month(name)?;
    let (day, clock) = rest.split_at_checked(rest.iter().position(|byte| *byte == b' ')?)?;
    if clock.len() != 6 || !(1..=2).contains(&day.len()) {
        return None;
    }
    let whole = [name, b" ", day, clock, b":00"].concat();
    let (stamp, taken) = times::syslog3164(&whole)?;
    (taken == whole.len()).then_some(Mark::Minute(RawStamp { resolution: MINUTE, ..stamp }))
}

#[cfg(test)]
mod tests;
