//! Wrappers inside of wrappers: a container that writes syslog lines, a unit that runs `docker compose`. In: records; out: the
//! same records with the inner wrapping off. Exists because what is inside decides who wrote a line, and no wrapper knows another.
//! Must never make a kernel message of what a process wrote, and never believe an inner time or container before the outer one.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::event::Origin;
use crate::stamp::{ClockKind, RawStamp};

use super::kin::{Kin, OfKin};
use super::opener::Opener;
use super::outlet::{Outlet, Receiver, Sink};
use super::{Envelope, Record, Transport, sniff};

/// Wrappers inside of the file's own. Three in all were seen: journald, compose, and the app's own syslog lines.
const INNER_MAX: usize = 2;
/// Records that are held back until it is clear what is in them, and how many bytes of them.
const HEAD_RECORDS: usize = 256;
const HEAD_BYTES: usize = 256 * 1024;
/// Writers that are told apart: more are treated as unwrapped. A host has a few dozen.
const WRITERS_MAX: usize = 256;
/// Lines of a writer that are looked at, the start of each, and how many must be there to judge by.
const SAMPLE_LINES: usize = 32;
const SAMPLE_LINE_BYTES: usize = 1024;
const SAMPLE_MIN: usize = 2;
/// Writer of records without any name, as all of a container's own log are.
const NOBODY: &str = "-";
/// A writer that appears late is judged when it has so many lines, and again whenever they doubled.
const LATE_MIN: usize = 8;

/// Takes the inner wrappers off.
#[derive(Debug, Clone, Default)]
pub(super) struct Nest {
    on: bool,
    head: Vec<Record<'static>>,
    head_bytes: usize,
    open: bool,
    writers: BTreeMap<String, Writer>,
    /// Writers of processes whose messages are in no wrapper.
    plain: OfKin<()>,
    /// Records delivered.
    pub(super) records: u64,
}

/// Takes the inner wrappers off, and passes the records on.
pub(super) struct Before<'n> {
    nest: &'n mut Nest,
    to: &'n mut dyn Receiver,
}

impl Receiver for Before<'_> {
    fn take(&mut self, record: &Record<'_>) {
        let Self { nest, to } = self;
        nest.record(record, &mut |record| to.take(record));
    }

    fn counts(&mut self, kin: Kin, stamp: RawStamp, body: &[u8]) -> bool {
        let is_counted = self.nest.plain.get(kin).is_some() && self.to.counts(kin, stamp, body);
        self.nest.records += u64::from(is_counted);
        is_counted
    }
}

/// Whoever wrote records, and what its messages are wrapped in.
#[derive(Debug, Clone, Default)]
struct Writer {
    /// Lines seen while it is not decided.
    sample: Vec<Vec<u8>>,
    decided: bool,
    levels: Vec<Level>,
    /// Of its first record: what a line that the container never ended is delivered with.
    origin: Origin,
}

#[derive(Debug, Clone)]
struct Level {
    opener: Opener,
    outlet: Outlet,
}

impl Nest {
    /// For a file in this wrapper. A file without one has no levels, and the ring holds messages only.
    pub(super) fn new(envelope: Envelope) -> Self {
        let on = !matches!(envelope, Envelope::Plain | Envelope::Dmesg);
        Self { on, ..Self::default() }
    }

    /// What stands before somebody who takes records, and takes their inner wrappers off.
    pub(super) fn before<'n>(&'n mut self, to: &'n mut dyn Receiver) -> Before<'n> {
        Before { nest: self, to }
    }

    fn record(&mut self, record: &Record<'_>, sink: &mut Sink<'_>) {
        if !self.on {
            self.records += 1;
            sink(record);
        } else if self.open {
            self.pass(record, sink);
        } else {
            self.head_bytes = self.head_bytes.saturating_add(record.body.len());
            self.head.push(owned(record));
            if self.head.len() >= HEAD_RECORDS || self.head_bytes >= HEAD_BYTES {
                self.open_head(sink);
            }
        }
    }

    /// End of the file.
    pub(super) fn finish(&mut self, complete: bool, sink: &mut Sink<'_>) {
        if self.on && !self.open {
            self.open_head(sink);
        }
        let records = &mut self.records;
        for writer in self.writers.values_mut() {
            let origin = Cow::Owned(std::mem::take(&mut writer.origin));
            let outer = Record { origin, ..Record::default() };
            finish_levels(&mut writer.levels, complete, &outer, &mut |record| {
                *records += 1;
                sink(record);
            });
        }
    }

    /// Judges the writers of the head, and delivers it.
    fn open_head(&mut self, sink: &mut Sink<'_>) {
        self.open = true;
        let head = std::mem::take(&mut self.head);
        for record in &head {
            if let Some(writer) = self.writer(record) {
                writer.learn(record);
            }
        }
        for writer in self.writers.values_mut() {
            writer.judge();
        }
        for record in &head {
            self.deliver(record, sink);
        }
    }

    fn pass(&mut self, record: &Record<'_>, sink: &mut Sink<'_>) {
        if self.plain.get(record.kin).is_some() {
            // Nearly all records of a journal come here.
            self.records += 1;
            sink(record);
            return;
        }
        if record.transport == Transport::Process
            && let Some(writer) = self.writers.get_mut(name(&record.origin))
            && writer.decided
        {
            // Nearly all other records come here.
            if writer.levels.is_empty() {
                self.plain.set(record.kin, ());
            }
            let records = &mut self.records;
            strip(&mut writer.levels, record, &mut |record| {
                *records += 1;
                sink(record);
            });
            return;
        }
        if let Some(writer) = self.writer(record) {
            writer.learn(record);
            if writer.sample.len() >= LATE_MIN && writer.sample.len().is_power_of_two() {
                writer.judge();
            }
        }
        self.deliver(record, sink);
    }

    fn deliver(&mut self, record: &Record<'_>, sink: &mut Sink<'_>) {
        let records = &mut self.records;
        let mut counted = |record: &Record<'_>| {
            *records += 1;
            sink(record);
        };
        let writer = match record.transport {
            Transport::Kernel => None,
            Transport::Process => self.writers.get_mut(name(&record.origin)),
        };
        match writer {
            Some(writer) => strip(&mut writer.levels, record, &mut counted),
            None => counted(record),
        }
    }

    /// The writer of a record, unless it is the kernel or there are too many.
    fn writer(&mut self, record: &Record<'_>) -> Option<&mut Writer> {
        if record.transport == Transport::Kernel {
            return None;
        }
        let name = name(&record.origin);
        if !self.writers.contains_key(name) {
            if self.writers.len() >= WRITERS_MAX {
                return None;
            }
            let origin = record.origin.clone().into_owned();
            let writer = Writer { origin, ..Writer::default() };
            self.writers.insert(name.to_owned(), writer);
        }
        self.writers.get_mut(name)
    }
}

impl Writer {
    fn learn(&mut self, record: &Record<'_>) {
        let line = record.body.split(|byte| *byte == b'\n').next().unwrap_or_default();
        if !self.decided && self.sample.len() < SAMPLE_LINES {
            self.sample.push(line.get(..SAMPLE_LINE_BYTES).unwrap_or(line).to_vec());
        }
    }

    /// Decides, where the lines are clear or enough.
    fn judge(&mut self) {
        if self.decided {
            return;
        }
        let mut sample = std::mem::take(&mut self.sample);
        let mut found = Vec::new();
        while found.len() < INNER_MAX && sample.len() >= SAMPLE_MIN {
            let Some(envelope) = inner(&sample) else { break };
            found.push(envelope);
            sample = opened(envelope, &sample);
        }
        self.decided = !found.is_empty() || sample.len() >= SAMPLE_LINES;
        if !self.decided {
            self.sample = sample;
        }
        self.levels = found.into_iter().map(Level::new).collect();
    }
}

impl Level {
    fn new(envelope: Envelope) -> Self {
        Self { opener: Opener::new(envelope), outlet: Outlet::default() }
    }
}

/// Container, unit or program: whose lines are all made in one way.
fn name(origin: &Origin) -> &str {
    let name = origin.container.as_ref().or(origin.unit.as_ref()).or(origin.ident.as_ref());
    name.map_or(NOBODY, String::as_str)
}

/// The wrapper of some messages, if it is one that goes line by line and stands before a message. A ring inside of a container
/// would be a forgery.
fn inner(lines: &[Vec<u8>]) -> Option<Envelope> {
    let envelope = sniff::envelope(&lines.join(&b'\n'));
    let whole = matches!(
        envelope,
        Envelope::Plain
            | Envelope::Dmesg
            | Envelope::JournalExport
            | Envelope::JournalVerbose
            | Envelope::Klog
    );
    (!whole).then_some(envelope)
}

fn opened(envelope: Envelope, lines: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut level = Level::new(envelope);
    let mut bodies = Vec::new();
    for line in lines {
        level.opener.line(0, line, &mut level.outlet, &mut |record| {
            bodies.push(record.body.to_vec());
        });
    }
    bodies
}

fn strip(levels: &mut [Level], outer: &Record<'_>, sink: &mut Sink<'_>) {
    let Some((level, deeper)) = levels.split_first_mut() else {
        sink(outer);
        return;
    };
    level.opener.line(outer.line, &outer.body, &mut level.outlet, &mut |inner| {
        strip(deeper, &merged(outer, inner), sink);
    });
}

fn finish_levels(levels: &mut [Level], complete: bool, outer: &Record<'_>, sink: &mut Sink<'_>) {
    let Some((level, deeper)) = levels.split_first_mut() else { return };
    level.opener.finish(complete, &mut level.outlet, &mut |inner| {
        strip(deeper, &merged(outer, inner), sink);
    });
    finish_levels(deeper, complete, outer, sink);
}

/// The outer place and time, the inner program. Where the inner wrapper names a program, the outer pid is that of its carrier.
fn merged<'a>(outer: &Record<'_>, inner: &'a Record<'_>) -> Record<'a> {
    let (out, own) = (&outer.origin, &inner.origin);
    let carrier = if own.ident.is_none() { out.pid } else { None };
    Record {
        line: inner.line,
        stamp: outer.stamp.or(inner.stamp.filter(|stamp| stamp.clock != ClockKind::Boot)),
        boot: outer.boot,
        origin: Cow::Owned(Origin {
            host: out.host.clone().or_else(|| own.host.clone()),
            ident: own.ident.clone().or_else(|| out.ident.clone()),
            pid: own.pid.or(carrier),
            unit: out.unit.clone().or_else(|| own.unit.clone()),
            container: out.container.clone().or_else(|| own.container.clone()),
            boot_id: out.boot_id.clone(),
        }),
        kin: Kin::default(),
        transport: outer.transport,
        body: Cow::Borrowed(&inner.body),
        repeats: outer.repeats.max(inner.repeats),
    }
}

fn owned(record: &Record<'_>) -> Record<'static> {
    Record {
        line: record.line,
        stamp: record.stamp,
        boot: record.boot,
        origin: Cow::Owned(record.origin.clone().into_owned()),
        kin: record.kin,
        transport: record.transport,
        body: Cow::Owned(record.body.to_vec()),
        repeats: record.repeats,
    }
}
