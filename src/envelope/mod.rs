//! Transport wrappers. An envelope takes a line (or a framed entry) of a file and gives a [`Record`]: who wrote it, when by
//! whose clock, and the message itself. What the message means is the business of `kernel` and `grammar`; an envelope never
//! looks into it, so that an nginx or kernel line is understood in whatever wrapping it comes.

use std::borrow::Cow;

use crate::event::Origin;
use crate::stamp::{Micros, RawStamp};

use docker::Joiner;
use journal_export::Export;
use json_lines::{Objects, Outcome};
use lines::{LineSplitter, without_escapes};
use outlet::{Found, Outlet, Sink, assign};

mod dmesg;
mod docker;
mod journal;
mod journal_export;
mod json_lines;
pub mod lines;
mod months;
mod outlet;
mod sniff;
mod syslog;
pub mod times;

/// Which way a record came: kernel messages are only believed when they came from the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Transport {
    /// A dmesg dump, a `kernel:` tag, journald's `_TRANSPORT=kernel`.
    Kernel,
    /// Anything a process wrote.
    #[default]
    Process,
}

/// One message without its wrapping.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record<'a> {
    /// 1-based line on which it begins.
    pub line: u64,
    /// The wrapper's time.
    pub stamp: Option<RawStamp>,
    /// The kernel's monotonic stamp, where the wrapper or the kernel prefix carries one.
    pub boot: Option<Micros>,
    /// Who wrote it.
    pub origin: Origin,
    /// Which way it came.
    pub transport: Transport,
    /// The message.
    pub body: Cow<'a, [u8]>,
}

/// The wrappers that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Envelope {
    /// journald's `-o export`.
    JournalExport,
    /// journald's JSON forms.
    JournalJson,
    /// Docker's `json-file` driver.
    DockerJson,
    /// `docker logs -t`, and the CRI files of Kubernetes.
    DockerStamped,
    /// Every output form of dmesg.
    Dmesg,
    /// RFC 3164, journalctl's `short` and `short-precise`, also `short-monotonic`; an optional `<PRI>` before it.
    Syslog,
    /// rsyslog's RFC 3339 lines, RFC 5424, journalctl's `short-iso` and `short-unix`.
    SyslogIso,
    /// journalctl's `short-full` and `with-unit`.
    JournalFull,
    /// None: the line is the message.
    Plain,
}

impl Envelope {
    /// Every wrapper; `Plain`, that always fits, is the last.
    pub const ALL: [Self; 9] = [
        Self::JournalExport,
        Self::JournalJson,
        Self::DockerJson,
        Self::DockerStamped,
        Self::Dmesg,
        Self::Syslog,
        Self::SyslogIso,
        Self::JournalFull,
        Self::Plain,
    ];

    /// The word of the JSON report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::JournalExport => "journal-export",
            Self::JournalJson => "journal-json",
            Self::DockerJson => "docker-json",
            Self::DockerStamped => "docker-stamped",
            Self::Dmesg => "dmesg",
            Self::Syslog => "syslog",
            Self::SyslogIso => "syslog-iso",
            Self::JournalFull => "journal-full",
            Self::Plain => "plain",
        }
    }
}

/// What the first bytes of a file are wrapped in (64 KiB are plenty; the last line may be cut). [`Envelope::Plain`] where nothing
/// fits.
#[must_use]
pub fn sniff(sample: &[u8]) -> Envelope {
    sniff::envelope(sample)
}

/// What was met on the way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Lines of the file, with an unfinished last one.
    pub lines: u64,
    /// Records delivered.
    pub records: u64,
    /// Lines the envelope did not explain and that were passed on bare; continuations are among them.
    pub bare: u64,
    /// Lines or fields that were cut or skipped because they are longer than [`lines::LINE_MAX_BYTES`].
    pub long_lines: u64,
    /// Whether the input ended in mid-line, or in the middle of an entry.
    pub partial_last_line: bool,
    /// NUL bytes that were dropped.
    pub nul_bytes: u64,
    /// Journal entries or JSON lines that could not be read.
    pub damaged: u64,
}

/// Takes the wrapper off a file that comes in pieces.
#[derive(Debug, Clone)]
pub struct Unwrapper {
    outlet: Outlet,
    form: Form,
}

#[derive(Debug, Clone)]
enum Form {
    Export(Box<Export>),
    Lines(LineSplitter, Box<Opener>),
}

impl Unwrapper {
    /// For a file in this wrapper.
    #[must_use]
    pub fn new(envelope: Envelope) -> Self {
        let form = match envelope {
            Envelope::JournalExport => Form::Export(Box::default()),
            _ => Form::Lines(LineSplitter::default(), Box::new(Opener::new(envelope))),
        };
        Self { outlet: Outlet::default(), form }
    }

    /// Takes the next piece of the file, and delivers the records that end in it.
    pub fn feed(&mut self, block: &[u8], sink: &mut dyn FnMut(&Record<'_>)) {
        let outlet = &mut self.outlet;
        match &mut self.form {
            Form::Export(export) => export.feed(block, outlet, sink),
            Form::Lines(splitter, opener) => {
                splitter.feed(block, &mut |number, line| opener.line(number, line, outlet, sink));
            }
        }
    }

    /// End of the file. Where it is not `complete` (the stream was truncated), the unfinished last line is dropped.
    pub fn finish(&mut self, complete: bool, sink: &mut dyn FnMut(&Record<'_>)) {
        let outlet = &mut self.outlet;
        match &mut self.form {
            Form::Export(export) => export.finish(complete, outlet, sink),
            Form::Lines(splitter, opener) => {
                splitter
                    .finish(complete, &mut |number, line| opener.line(number, line, outlet, sink));
                opener.finish(complete, outlet, sink);
            }
        }
    }

    /// The counts so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        match &self.form {
            Form::Export(export) => export.tally(&self.outlet),
            Form::Lines(splitter, opener) => Tally {
                lines: splitter.lines(),
                records: self.outlet.records,
                bare: opener.bare,
                long_lines: splitter.long_lines() + opener.joiner.long_lines,
                partial_last_line: splitter.partial_last_line() || opener.open_at_end,
                nul_bytes: splitter.nul_bytes(),
                damaged: opener.damaged + opener.objects.torn,
            },
        }
    }
}

/// Opens the wrapper of single lines.
#[derive(Debug, Clone)]
struct Opener {
    envelope: Envelope,
    joiner: Joiner,
    objects: Objects,
    /// The last absolute time of `dmesg --reltime`, and the deltas since.
    anchor: Option<RawStamp>,
    bare: u64,
    damaged: u64,
    open_at_end: bool,
    scratch: Vec<u8>,
}

impl Opener {
    fn new(envelope: Envelope) -> Self {
        Self {
            envelope,
            joiner: Joiner::default(),
            objects: Objects::default(),
            anchor: None,
            bare: 0,
            damaged: 0,
            open_at_end: false,
            scratch: Vec::new(),
        }
    }

    fn line(&mut self, number: u64, line: &[u8], outlet: &mut Outlet, sink: &mut Sink<'_>) {
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

    /// A dmesg or syslog line; colours may stand around its time.
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
            _ => self.header_line(number, line, outlet, sink),
        };
        self.scratch = scratch;
        explained
    }

    fn header_line(
        &self,
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
        outlet.origin.pid = header.tag.pid;
        let (stamp, boot, transport, body) =
            (Some(header.stamp), header.boot, header.transport, header.body);
        outlet.deliver(Found { line, stamp, boot, transport, body }, sink);
        true
    }

    fn ring_line(
        &mut self,
        line: u64,
        text: &[u8],
        outlet: &mut Outlet,
        sink: &mut Sink<'_>,
    ) -> bool {
        let Some(ring) = dmesg::parse(text) else { return false };
        assign(&mut outlet.origin.ident, ring.tag.ident);
        outlet.origin.pid = ring.tag.pid;
        let stamp = ring.wall.or_else(|| self.relative(ring.delta)).or(ring.boot);
        if ring.minute {
            self.anchor = ring.wall;
        }
        let (boot, transport, body) = (ring.boot.map(|stamp| stamp.at), ring.transport, ring.body);
        outlet.deliver(Found { line, stamp, boot, transport, body }, sink);
        true
    }

    /// `dmesg --reltime`: the minute of an earlier line and the deltas since.
    fn relative(&mut self, delta: Option<Micros>) -> Option<RawStamp> {
        let (anchor, delta) = (self.anchor.as_mut()?, delta?);
        anchor.at = anchor.at.saturating_add(delta);
        Some(*anchor)
    }

    fn finish(&mut self, complete: bool, outlet: &mut Outlet, sink: &mut Sink<'_>) {
        self.damaged += u64::from(self.objects.is_open());
        self.open_at_end = self.joiner.finish(complete, outlet, sink) || self.objects.is_open();
    }
}

/// Whether a tag of `with-unit` is a unit and no program.
fn names_unit(tag: &[u8]) -> bool {
    const KINDS: [&[u8]; 8] =
        [b".service", b".scope", b".socket", b".timer", b".mount", b".slice", b".path", b".target"];
    KINDS.iter().any(|kind| tag.ends_with(kind))
}

#[cfg(test)]
mod tests;
