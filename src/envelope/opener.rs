//! Opens the wrapper of single lines. In: a line; out: records. Exists because most wrappers are a prefix of each line, and what
//! a line without the prefix is depends on the lines before it.
//! Must never call a line the kernel's because it follows one of the kernel's at the left margin.

use crate::stamp::{Micros, RawStamp};

use super::dmesg::{self, Facility};
use super::docker::Joiner;
use super::json_lines::{Objects, Outcome};
use super::lines::without_escapes;
use super::outlet::{Found, Outlet, Sink, assign};
use super::verbose::Verbose;
use super::{Envelope, Transport, compose, glue, klog, kmsg, syslog, unescape};

/// Reads the lines of one wrapper.
#[derive(Debug, Clone)]
pub(super) struct Opener {
    envelope: Envelope,
    joiner: Joiner,
    objects: Objects,
    verbose: Verbose,
    /// The last absolute time of `dmesg --reltime`, and the deltas since.
    anchor: Option<RawStamp>,
    /// Whether a line of the ring had a prefix; where none has, it is a dump without times.
    prefixed: bool,
    /// Whether the line before was one of /dev/kmsg.
    device: bool,
    /// Lines that began with a frame of rsyslog's ForwardFormat.
    frames: u64,
    /// Lines that were passed on bare.
    pub(super) bare: u64,
    damaged: u64,
    pub(super) open_at_end: bool,
    pub(super) torn_end: bool,
    scratch: Vec<u8>,
    decoded: Vec<u8>,
}

impl Opener {
    pub(super) fn new(envelope: Envelope) -> Self {
        Self {
            envelope,
            joiner: Joiner::default(),
            objects: Objects::default(),
            verbose: Verbose::default(),
            anchor: None,
            prefixed: false,
            device: false,
            frames: 0,
            bare: 0,
            damaged: 0,
            open_at_end: false,
            torn_end: false,
            scratch: Vec::new(),
            decoded: Vec::new(),
        }
    }

    /// Lines that were too long, and lines that could not be read.
    pub(super) fn faults(&self) -> (u64, u64) {
        (self.joiner.long_lines, self.damaged + self.objects.torn)
    }

    /// Takes a line.
    pub(super) fn line(
        &mut self,
        number: u64,
        line: &[u8],
        outlet: &mut Outlet,
        sink: &mut Sink<'_>,
    ) {
        if self.envelope == Envelope::Plain {
            outlet.deliver(Found { line: number, body: line, ..Found::default() }, sink);
            return;
        }
        if line.is_empty() {
            return;
        }
        let explained = match self.envelope {
            Envelope::DockerJson => self.docker_json(number, line, outlet, sink),
            Envelope::JournalJson => match self.objects.line(number, line, outlet, sink) {
                Outcome::Taken => true,
                Outcome::Damaged => {
                    self.damaged += 1;
                    true
                }
                Outcome::Foreign => false,
            },
            // The parts of a line are counted in bytes, escapes among them.
            Envelope::DockerStamped => self.joiner.stamped_line(number, line, outlet, sink),
            _ => self.text_line(number, line, outlet, sink),
        };
        if !explained && !syslog::is_noise(line) {
            self.bare += 1;
            outlet.deliver_bare(number, line, sink);
        }
    }

    /// Takes the last line, which has no end.
    pub(super) fn last_line(
        &mut self,
        number: u64,
        line: &[u8],
        outlet: &mut Outlet,
        sink: &mut Sink<'_>,
    ) {
        let damaged = self.damaged;
        self.line(number, line, outlet, sink);
        self.torn_end = self.damaged > damaged;
        self.damaged = damaged;
    }

    /// End of the file.
    pub(super) fn finish(&mut self, complete: bool, outlet: &mut Outlet, sink: &mut Sink<'_>) {
        self.verbose.finish(complete, outlet, sink);
        self.torn_end |= self.objects.is_open();
        self.open_at_end = self.joiner.finish(complete, outlet, sink) || self.objects.is_open();
    }

    fn docker_json(
        &mut self,
        number: u64,
        line: &[u8],
        outlet: &mut Outlet,
        sink: &mut Sink<'_>,
    ) -> bool {
        if !line.starts_with(b"{") {
            return false;
        }
        self.damaged += u64::from(!self.joiner.json_line(number, line, outlet, sink));
        true
    }

    /// A line of text; colours may stand around its parts.
    fn text_line(
        &mut self,
        number: u64,
        line: &[u8],
        outlet: &mut Outlet,
        sink: &mut Sink<'_>,
    ) -> bool {
        let mut scratch = std::mem::take(&mut self.scratch);
        let line = without_escapes(line, &mut scratch);
        let explained = match self.envelope {
            Envelope::Dmesg => self.ring_line(number, line, outlet, sink),
            Envelope::JournalVerbose => self.verbose.line(number, line, outlet, sink),
            Envelope::Compose => compose_line(number, line, outlet, sink),
            Envelope::Klog => klog_line(number, line, outlet, sink),
            Envelope::SyslogIso => self.framed_line(number, line, outlet, sink),
            _ => self.header_line(number, line, outlet, sink),
        };
        self.scratch = scratch;
        explained
    }

    /// A line of rsyslog's, which may hold several records where the template wrote no line ends: then only the first line of the
    /// file begins with a frame. What comes from the middle of a line is never the kernel's.
    fn framed_line(
        &mut self,
        number: u64,
        line: &[u8],
        outlet: &mut Outlet,
        sink: &mut Sink<'_>,
    ) -> bool {
        let framed = glue::is_record(line);
        self.frames += u64::from(framed);
        let next = if self.frames == 1 { glue::next_record(line) } else { None };
        let Some(next) = next else { return self.header_line(number, line, outlet, sink) };
        let (first, mut rest) = line.split_at(next);
        if !self.header_line(number, first, outlet, sink) {
            self.bare += 1;
            outlet.deliver_bare(number, first, sink);
        }
        while !rest.is_empty() {
            let end = glue::next_record(rest).unwrap_or(rest.len());
            let (piece, after) = rest.split_at(end);
            let mut forged = |record: &super::Record<'_>| {
                sink(&super::Record {
                    transport: Transport::Process,
                    boot: None,
                    origin: std::borrow::Cow::Borrowed(&record.origin),
                    body: std::borrow::Cow::Borrowed(&record.body),
                    ..*record
                });
            };
            if !self.header_line(number, piece, outlet, &mut forged) {
                self.bare += 1;
                outlet.deliver_bare(number, piece, &mut forged);
            }
            rest = after;
        }
        outlet.transport = Transport::Process;
        true
    }

    fn header_line(
        &mut self,
        line: u64,
        text: &[u8],
        outlet: &mut Outlet,
        sink: &mut Sink<'_>,
    ) -> bool {
        let Some(header) =
            syslog::parse(self.envelope, text).or_else(|| syslog::parse_other(self.envelope, text))
        else {
            return false;
        };
        let is_unit = self.envelope == Envelope::JournalFull && names_unit(header.tag.ident);
        let (ident, unit): (&[u8], &[u8]) =
            if is_unit { (b"", header.tag.ident) } else { (header.tag.ident, b"") };
        assign(&mut outlet.origin.host, header.host);
        assign(&mut outlet.origin.ident, ident);
        assign(&mut outlet.origin.unit, unit);
        assign(&mut outlet.origin.container, header.container);
        outlet.origin.pid = header.tag.pid;
        let body = match header.transport {
            Transport::Kernel => header.body,
            Transport::Process => unescape::written_out(header.body, &mut self.decoded),
        };
        let (stamp, boot, transport) = (Some(header.stamp), header.boot, header.transport);
        let repeats = header.repeats;
        outlet.deliver(Found { line, stamp, boot, transport, body, repeats }, sink);
        true
    }

    fn ring_line(
        &mut self,
        line: u64,
        text: &[u8],
        outlet: &mut Outlet,
        sink: &mut Sink<'_>,
    ) -> bool {
        if self.device && kmsg::is_property(text) {
            return true;
        }
        let Some(ring) = dmesg::parse(text) else {
            return self.unprefixed(line, text, outlet, sink);
        };
        self.prefixed = true;
        self.device = kmsg::parse(text).is_some();
        assign(&mut outlet.origin.ident, ring.tag.ident);
        outlet.origin.pid = ring.tag.pid;
        let stamp = ring.wall.or_else(|| self.relative(ring.delta)).or(ring.boot);
        if ring.minute {
            self.anchor = ring.wall;
        }
        let body = match self.device {
            true => kmsg::decoded(ring.body, &mut self.decoded),
            false => ring.body,
        };
        let (boot, transport) = (ring.boot.map(|stamp| stamp.at), ring.transport);
        outlet.deliver(Found { line, stamp, boot, transport, body, repeats: 0 }, sink);
        true
    }

    /// A line of the ring without a prefix: an indented one goes on with the message before it. At the left margin it is a message
    /// of `dmesg --notime`, or, between lines that have prefixes, what a process wrote to the same console.
    fn unprefixed(
        &mut self,
        line: u64,
        text: &[u8],
        outlet: &mut Outlet,
        sink: &mut Sink<'_>,
    ) -> bool {
        if text.first().is_some_and(u8::is_ascii_whitespace) {
            return false;
        }
        let facility = if self.prefixed { Facility::User } else { Facility::Unknown };
        let (transport, tag, body) = dmesg::authored(text, facility);
        self.bare += u64::from(self.prefixed);
        assign(&mut outlet.origin.ident, tag.ident);
        outlet.origin.pid = tag.pid;
        outlet.deliver(Found { line, transport, body, ..Found::default() }, sink);
        true
    }

    /// `dmesg --reltime`: the minute of an earlier line and the deltas since.
    fn relative(&mut self, delta: Option<Micros>) -> Option<RawStamp> {
        let (anchor, delta) = (self.anchor.as_mut()?, delta?);
        anchor.at = anchor.at.saturating_add(delta);
        Some(*anchor)
    }
}

fn compose_line(line: u64, text: &[u8], outlet: &mut Outlet, sink: &mut Sink<'_>) -> bool {
    let Some(found) = compose::parse(text) else { return false };
    assign(&mut outlet.origin.container, found.name);
    assign(&mut outlet.origin.host, found.host);
    outlet.deliver(Found { line, body: found.body, ..Found::default() }, sink);
    true
}

fn klog_line(line: u64, text: &[u8], outlet: &mut Outlet, sink: &mut Sink<'_>) -> bool {
    let Some(found) = klog::parse(text) else { return false };
    outlet.origin.pid = found.pid;
    outlet.deliver(Found { line, stamp: Some(found.stamp), body: text, ..Found::default() }, sink);
    true
}

/// Whether a tag of `with-unit` is a unit and no program.
fn names_unit(tag: &[u8]) -> bool {
    const KINDS: [&[u8]; 8] =
        [b".service", b".scope", b".socket", b".timer", b".mount", b".slice", b".path", b".target"];
    KINDS.iter().any(|kind| tag.ends_with(kind))
}
