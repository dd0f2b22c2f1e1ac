//! Which wrapper a file is in. In: its first bytes; out: an [`Envelope`]. Exists because names say nothing: `messages`, `1.log` and
//! `dmesg.txt` may hold anything.
//! Must never take an app's own log for a wrapper: there the whole line is the message.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::compose::{self, Names};
use super::json_lines::without_frame;
use super::lines::{LineSplitter, without_escapes};
use super::utf16::Decoder;
use super::{Envelope, dmesg, docker, glue, journal_export, klog, syslog, verbose};

/// Share of lines that must fit, in percent. Stack traces and torn lines are the rest.
const FIT_PERCENT: u64 = 60;
/// Lines of a dump without times that are looked at, and fewest that make one.
const UNTIMED_LINES: u64 = 400;
const UNTIMED_MIN: u64 = 3;

/// Counts of the lines of a sample.
#[derive(Debug, Default)]
struct Census {
    /// Lines that could have a header: not blank, not indented, not journalctl's own.
    lines: u64,
    fits: [u64; Envelope::Plain as usize],
    /// Lines `NAME=value` of the export format, and whether a meta field of journald is among them.
    fields: u64,
    meta: bool,
    /// Pretty-printed JSON opens with a lone brace.
    brace_first: bool,
    journal_keys: bool,
    /// `{"dmesg": [` of `dmesg --json`.
    ring_key: bool,
    /// Names before the bars of compose.
    services: Names,
}

/// The wrapper of a file by its first bytes; the last line may be cut.
pub(super) fn envelope(sample: &[u8]) -> Envelope {
    let mut census = Census::default();
    each_line(sample, &mut |line| census.count(line));
    census.verdict()
}

/// Whether most lines of a sample are kernel messages without any prefix. Rows of an OOM report's table are not counted.
pub(super) fn untimed_ring(sample: &[u8], fits: &dyn Fn(&[u8]) -> bool) -> bool {
    let (mut lines, mut fit) = (0, 0);
    each_line(sample, &mut |line| {
        let is_row = line.first().is_none_or(|first| first.is_ascii_whitespace() || *first == b'[');
        // As many as need not fit; with one more it is no ring.
        let may_be_ring = (lines - fit) * 100 <= UNTIMED_LINES * (100 - FIT_PERCENT);
        if !is_row && lines < UNTIMED_LINES && may_be_ring {
            lines += 1;
            fit += u64::from(fits(line));
        }
    });
    fit >= UNTIMED_MIN && fit * 100 >= lines * FIT_PERCENT
}

/// Each whole line of a sample, decoded and without colours.
fn each_line(sample: &[u8], sink: &mut dyn FnMut(&[u8])) {
    let mut escapes = Vec::new();
    let mut splitter = LineSplitter::default();
    let mut decoder = Decoder::default();
    let mut count = |_: u64, line: &[u8]| sink(without_escapes(line, &mut escapes));
    decoder.feed(sample, &mut |text| splitter.feed(text, &mut count));
    decoder.finish(&mut |text| splitter.feed(text, &mut count));
    if splitter.lines() == 0 {
        splitter.finish(true, &mut count);
    }
}

impl Census {
    fn count(&mut self, line: &[u8]) {
        // Serial consoles begin their lines with a carriage return.
        let line = line.strip_prefix(b"\r").unwrap_or(line);
        let first = self.lines == 0;
        if line.trim_ascii().is_empty() || syslog::is_noise(line) {
            return;
        }
        self.journal_keys |= has_journal_key(line);
        self.ring_key |= self.lines == 1 && self.brace_first && opens_ring(line.trim_ascii());
        if line.first().is_some_and(u8::is_ascii_whitespace) && !is_indented_header(line) {
            return;
        }
        self.lines += 1;
        self.brace_first |= first && without_frame(line) == b"{";
        self.ring_key |= first && opens_ring(without_frame(line));
        let name = line.split(|byte| *byte == b'=').next().filter(|name| name.len() < line.len());
        if let Some(name) = name.filter(|name| journal_export::is_name(name)) {
            let meta = matches!(name, b"__CURSOR" | b"__REALTIME_TIMESTAMP");
            self.fields += 1;
            self.meta |= meta;
            if first && meta {
                self.fits[Envelope::JournalExport as usize] = u64::MAX;
            }
            // A field of an export is a line of no other form.
            if self.meta {
                return;
            }
        }
        if let Some(envelope) = line_envelope(line)
            && let Some(fits) = self.fits.get_mut(envelope as usize)
        {
            *fits += 1;
        }
        if let Some(found) = compose::parse(line) {
            self.services.add(found.name);
        }
    }

    fn verdict(&self) -> Envelope {
        let is_most = |count: u64| count > 0 && count >= (self.lines * FIT_PERCENT).div_ceil(100);
        if self.meta && is_most(self.fields) {
            return Envelope::JournalExport;
        }
        if self.brace_first && self.journal_keys {
            return Envelope::JournalJson;
        }
        if self.ring_key {
            return Envelope::Dmesg;
        }
        let services = self.services.are_services(self.fits[Envelope::Compose as usize]);
        Envelope::ALL
            .into_iter()
            .find(|envelope| self.fits.get(*envelope as usize).copied().is_some_and(is_most))
            .filter(|envelope| *envelope != Envelope::Compose || services)
            .unwrap_or(Envelope::Plain)
    }
}

/// `[ 1234.567890]` never begins with a blank, but journalctl's Japanese ` 5月 29` does.
fn is_indented_header(line: &[u8]) -> bool {
    syslog::parse(Envelope::Syslog, line).is_some()
}

fn line_envelope(line: &[u8]) -> Option<Envelope> {
    if matches!(line.first(), Some(b'{' | 0x1e)) || line.starts_with(b"data:") {
        return json_envelope(without_frame(line));
    }
    // `<6>text` without a time may be anybody's: sd-daemon(3) has processes write it, and syslog frames begin with it.
    if let Some(ring) =
        dmesg::parse(line).filter(|ring| line.first() != Some(&b'<') || ring.is_timed())
    {
        if ring.boot.is_some() && is_monotonic_journal(line) {
            return Some(Envelope::Syslog);
        }
        return (!dmesg::is_foreign_ctime(&ring)).then_some(Envelope::Dmesg);
    }
    if let Some((_, text)) = docker::stamped(line)
        && (docker::cri(text).is_some()
            || docker::is_nano(line)
            || docker::is_svlogd(line)
            || docker::is_tai64n(line))
    {
        return (!is_docker_event(text)).then_some(Envelope::DockerStamped);
    }
    if verbose::head(line).is_some() {
        return Some(Envelope::JournalVerbose);
    }
    // ForwardFormat's tag may have no colon, but its frame and its time are rsyslog's own. Where no line ends were written, the
    // frames stand in the middle of lines.
    if glue::is_record(line) && syslog::parse(Envelope::SyslogIso, line).is_some() {
        return Some(Envelope::SyslogIso);
    }
    [Envelope::Syslog, Envelope::SyslogIso, Envelope::JournalFull]
        .into_iter()
        .find(|form| is_tagged(*form, line))
        .or_else(|| prefixed(line))
}

/// Wrappers that are a few words at the start of a line.
fn prefixed(line: &[u8]) -> Option<Envelope> {
    if klog::parse(line).is_some() {
        return Some(Envelope::Klog);
    }
    if glue::next_record(line).is_some() {
        return Some(Envelope::SyslogIso);
    }
    // The words about a container's end are compose's too, but other programs have them as well.
    compose::parse(line).filter(|found| found.body.len() < line.len()).map(|_| Envelope::Compose)
}

/// `{"dmesg": [..`, or the second line of it.
fn opens_ring(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"{").unwrap_or(text).trim_ascii_start();
    text.strip_prefix(b"\"dmesg\"").is_some_and(|rest| {
        rest.trim_ascii_start()
            .strip_prefix(b":")
            .is_some_and(|rest| rest.trim_ascii_start().starts_with(b"["))
    })
}

/// journalctl's `short-monotonic` has host and tag behind the bracket. `Command line: root=` must not pass for them.
fn is_monotonic_journal(line: &[u8]) -> bool {
    syslog::parse(Envelope::Syslog, line).is_some_and(|header| {
        !header.host.is_empty() && (header.tag.pid.is_some() || header.tag.ident == b"kernel")
    })
}

/// Whether the line has a header with a tag, which no app's own line has.
fn is_tagged(envelope: Envelope, line: &[u8]) -> bool {
    syslog::parse(envelope, line).is_some_and(|header| !header.tag.ident.is_empty())
}

fn json_envelope(object: &[u8]) -> Option<Envelope> {
    let starts = |starts: &[&[u8]]| starts.iter().any(|start| object.starts_with(start));
    if starts(&[b"{\"log\":\"", b"{\"stream\":\"std"]) {
        return Some(Envelope::DockerJson);
    }
    (object.starts_with(b"{") && has_journal_key(object)).then_some(Envelope::JournalJson)
}

fn has_journal_key(line: &[u8]) -> bool {
    // To be looked for in hundreds of lines of each log.
    static KEYS: LazyLock<[Finder<'_>; 2]> =
        LazyLock::new(|| ["\"__CURSOR\"", "\"__REALTIME_TIMESTAMP\""].map(Finder::new));
    KEYS.iter().any(|key| key.find(line).is_some())
}

/// `container die 1734.. (exitCode=137, image=..)`: the plain output of `docker events`.
fn is_docker_event(text: &[u8]) -> bool {
    const TYPES: [&[u8]; 11] = [
        b"container ",
        b"network ",
        b"volume ",
        b"image ",
        b"builder ",
        b"daemon ",
        b"plugin ",
        b"service ",
        b"node ",
        b"secret ",
        b"config ",
    ];
    TYPES.iter().any(|kind| text.starts_with(kind))
        && text.ends_with(b")")
        && memchr::memmem::find(text, b" (").is_some()
}

#[cfg(test)]
mod tests;
