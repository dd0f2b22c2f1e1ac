//! Transport wrappers. An envelope takes a line (or a framed entry) of a file and gives a [`Record`]: who wrote it, when by
//! whose clock, and the message itself. What the message means is the business of `kernel` and `grammar`; an envelope never
//! looks into it, so that an nginx or kernel line is understood in whatever wrapping it comes.

use std::borrow::Cow;

use crate::event::Origin;
use crate::stamp::{Micros, RawStamp};

pub use kin::{Kin, OfKin};
pub use outlet::Receiver;

use journal_export::Export;
use lines::LineSplitter;
use nested::Nest;
use opener::Opener;
use outlet::{All, Outlet};
use ring_json::RingJson;
use utf16::Decoder;

mod compose;
mod dmesg;
mod docker;
mod glue;
mod journal;
mod journal_export;
mod journal_models;
mod json_lines;
mod kin;
mod klog;
mod kmsg;
pub mod lines;
mod months;
mod nested;
mod opener;
mod outlet;
mod platform;
pub mod raw;
mod ring_json;
mod sniff;
mod syslog;
pub mod times;
mod unescape;
mod utf16;
mod verbose;

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
    pub origin: Cow<'a, Origin>,
    /// Its writer's number, where the wrapper knows the writer again.
    pub kin: Kin,
    /// Which way it came.
    pub transport: Transport,
    /// The message.
    pub body: Cow<'a, [u8]>,
    /// How many more such messages it stands for: rsyslog's `message repeated N times`.
    pub repeats: u64,
}

/// The wrappers that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Envelope {
    /// journald's `-o export`.
    JournalExport,
    /// journald's JSON forms.
    JournalJson,
    /// journald's `-o verbose`.
    JournalVerbose,
    /// Docker's `json-file` driver.
    DockerJson,
    /// `docker logs -t`, the CRI files of Kubernetes, and runit's `svlogd -tt`.
    DockerStamped,
    /// Every output form of dmesg, its JSON and /dev/kmsg among them.
    Dmesg,
    /// RFC 3164, journalctl's `short` and `short-precise`, also `short-monotonic` and `short-delta`; an optional `<PRI>` before it.
    /// Busybox's syslogd and `logread`.
    Syslog,
    /// rsyslog's RFC 3339 lines, RFC 5424, journalctl's `short-iso` and `short-unix`, the drains of Heroku and Fly.
    SyslogIso,
    /// journalctl's `short-full` and `with-unit`.
    JournalFull,
    /// `docker compose logs` and `docker service logs`.
    Compose,
    /// Kubernetes' klog, and glog; the line stays whole.
    Klog,
    /// None: the line is the message.
    Plain,
}

impl Envelope {
    /// Every wrapper; `Plain`, that always fits, is the last.
    pub const ALL: [Self; 12] = [
        Self::JournalExport,
        Self::JournalJson,
        Self::JournalVerbose,
        Self::DockerJson,
        Self::DockerStamped,
        Self::Dmesg,
        Self::Syslog,
        Self::SyslogIso,
        Self::JournalFull,
        Self::Compose,
        Self::Klog,
        Self::Plain,
    ];

    /// The word of the JSON report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::JournalExport => "journal-export",
            Self::JournalJson => "journal-json",
            Self::JournalVerbose => "journal-verbose",
            Self::DockerJson => "docker-json",
            Self::DockerStamped => "docker-stamped",
            Self::Dmesg => "dmesg",
            Self::Syslog => "syslog",
            Self::SyslogIso => "syslog-iso",
            Self::JournalFull => "journal-full",
            Self::Compose => "compose",
            Self::Klog => "klog",
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

/// Whether a sample in no wrapper is a dump of the ring without times (`dmesg --notime`, `printk.time=0`): to be read as
/// [`Envelope::Dmesg`]. `fits` tells kernel messages from others, which is no business of a wrapper.
#[must_use]
pub fn is_untimed_ring(sample: &[u8], fits: &dyn Fn(&[u8]) -> bool) -> bool {
    sniff::untimed_ring(sample, fits)
}

/// Whether a file begins with the byte order mark of UTF-16: its bytes are no text until [`Unwrapper`] has decoded them.
#[must_use]
pub fn is_utf16(head: &[u8]) -> bool {
    utf16::is_marked(head)
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
    /// Journal entries or JSON lines that could not be read, but for a last one that the end of the input tore.
    pub damaged: u64,
    /// Whether the end of the input tore a journal entry or a JSON object, which is not read then.
    pub torn_end: bool,
}

/// Takes the wrapper off a file that comes in pieces, and the wrappers inside of it.
#[derive(Debug, Clone)]
pub struct Unwrapper {
    decoder: Decoder,
    outlet: Outlet,
    form: Form,
    nest: Nest,
}

#[derive(Debug, Clone)]
enum Form {
    Export(Box<Export>),
    Lines(LineSplitter, Box<Opener>),
    /// A ring of which nothing but blanks has come yet, with so many line ends among them: lines or JSON.
    Ring(LineSplitter, u64),
    Json(Box<RingJson>),
}

impl Form {
    fn new(envelope: Envelope) -> Self {
        match envelope {
            Envelope::JournalExport => Self::Export(Box::default()),
            Envelope::Dmesg => Self::Ring(LineSplitter::default(), 0),
            _ => Self::lines(LineSplitter::default(), envelope),
        }
    }

    fn lines(splitter: LineSplitter, envelope: Envelope) -> Self {
        Self::Lines(splitter, Box::new(Opener::new(envelope)))
    }

    fn feed(&mut self, text: &[u8], outlet: &mut Outlet, to: &mut dyn Receiver) {
        let mut text = text;
        if let Self::Ring(splitter, newlines) = self {
            // The blanks first, wherever the block was cut.
            let start = text.iter().position(|byte| !byte.is_ascii_whitespace());
            let (blanks, rest) = text.split_at(start.unwrap_or(text.len()));
            splitter.feed(blanks, &mut |_, _| {});
            *newlines += memchr::memchr_iter(b'\n', blanks).count() as u64;
            text = rest;
            match rest.first() {
                None => return,
                Some(b'{') => *self = Self::Json(Box::new(RingJson::after(*newlines))),
                Some(_) => *self = Self::lines(std::mem::take(splitter), Envelope::Dmesg),
            }
        }
        match self {
            Self::Export(export) => export.feed(text, outlet, to),
            Self::Lines(splitter, opener) => {
                let mut sink = |record: &Record<'_>| to.take(record);
                splitter
                    .feed(text, &mut |number, line| opener.line(number, line, outlet, &mut sink));
            }
            Self::Ring(..) => {}
            Self::Json(json) => json.feed(text, outlet, &mut |record| to.take(record)),
        }
    }

    fn finish(&mut self, complete: bool, outlet: &mut Outlet, to: &mut dyn Receiver) {
        match self {
            Self::Export(export) => export.finish(complete, outlet, to),
            Self::Lines(splitter, opener) => {
                let mut sink = |record: &Record<'_>| to.take(record);
                splitter.finish(complete, &mut |number, line| {
                    opener.last_line(number, line, outlet, &mut sink);
                });
                opener.finish(complete, outlet, &mut sink);
            }
            Self::Ring(splitter, _) => splitter.finish(complete, &mut |_, _| {}),
            Self::Json(json) => json.finish(),
        }
    }
}

impl Unwrapper {
    /// For a file in this wrapper.
    #[must_use]
    pub fn new(envelope: Envelope) -> Self {
        Self {
            decoder: Decoder::default(),
            outlet: Outlet::default(),
            form: Form::new(envelope),
            nest: Nest::new(envelope),
        }
    }

    /// Takes the next piece of the file, and delivers records that end in it. The first few hundred are held back until it is clear
    /// what is wrapped in them.
    pub fn feed(&mut self, block: &[u8], sink: &mut dyn FnMut(&Record<'_>)) {
        self.feed_to(block, &mut All(sink));
    }

    /// As [`Self::feed`], to somebody who need not take all of them.
    pub fn feed_to(&mut self, block: &[u8], to: &mut dyn Receiver) {
        let Self { decoder, outlet, form, nest } = self;
        let mut inner = nest.before(to);
        decoder.feed(block, &mut |text| form.feed(text, outlet, &mut inner));
    }

    /// End of the file. Where it is not `complete` (the stream was truncated), the unfinished last line is dropped.
    pub fn finish(&mut self, complete: bool, sink: &mut dyn FnMut(&Record<'_>)) {
        let Self { decoder, outlet, form, nest } = self;
        let mut all = All(sink);
        let mut inner = nest.before(&mut all);
        decoder.finish(&mut |text| form.feed(text, outlet, &mut inner));
        form.finish(complete, outlet, &mut inner);
        nest.finish(complete, sink);
    }

    /// The counts so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let tally = match &self.form {
            Form::Export(export) => export.tally(&self.outlet),
            Form::Json(json) => json.tally(&self.outlet),
            Form::Ring(splitter, _) => splitter_tally(splitter),
            Form::Lines(splitter, opener) => {
                let (long_lines, damaged) = opener.faults();
                let tally = splitter_tally(splitter);
                Tally {
                    bare: opener.bare,
                    long_lines: tally.long_lines + long_lines,
                    partial_last_line: tally.partial_last_line || opener.open_at_end,
                    damaged,
                    torn_end: opener.torn_end,
                    ..tally
                }
            }
        };
        Tally { records: self.nest.records, ..tally }
    }
}

fn splitter_tally(splitter: &LineSplitter) -> Tally {
    Tally {
        lines: splitter.lines(),
        long_lines: splitter.long_lines(),
        partial_last_line: splitter.partial_last_line(),
        nul_bytes: splitter.nul_bytes(),
        ..Tally::default()
    }
}

#[cfg(test)]
mod tests;
