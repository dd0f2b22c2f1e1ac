//! One member, read in a stream: wrapping off, kernel messages to `kernel`, requests to `traffic`, the rest to the grammars.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::log_format::LogFormat;
use crate::access::{Request, Shape};
use crate::bundle::MemberReader;
use crate::capsule::kept::Kept;
use crate::capsule::{Capsule, MEMBER_MAX_BYTES};
use crate::envelope::lines::LINE_MAX_BYTES;
use crate::envelope::{Envelope, Kin, Receiver, Record, Tally, Transport, Unwrapper};
use crate::event::{Event, EventKind, Fields};
use crate::kernel::{KernelReader, written_time};
use crate::mark::{MarkKind, Marks, Sighting, text_mark};
use crate::problem::{Problem, ProblemKind};
use crate::snapshot::{self, SNAPSHOT_MAX_BYTES};
use crate::stamp::{ClockKind, HOUR, MINUTE, RawStamp, SECOND};
use crate::traffic::{Counter, Regular, Rows, request_mark};
use crate::wording::{Text, text};

use super::boots::{Boots, bound, is_made};
use super::dump::Dump;
use super::events::{EventTable, complete_address};
use super::lives::{Lives, left_by_itself};
use super::naming::{Formats, describe_text, format_name};
use super::offsets::written_offsets;
use super::recognise::{HEAD_BYTES, Kind, recognise};
use super::restored::{self, Member};
use super::span::{Spans, widen};
use super::wall_clock::WallClock;
use super::writers::Writers;
use super::{
    BY_AUDIT, BootPairs, KernelCoverage, Reading, Source, access_blocks, problem, read_full,
};

/// A line's own time is believed rather than its wrapper's when the two differ by more than this: the writer was stalled.
const STALL: i64 = 2 * SECOND;
/// Fewest NUL bytes that are told of; a few separate words in some logs.
const HOLE_MIN_BYTES: u64 = 512;
/// Fewest lines of a file without any recognised line that make it worth a word.
const SHOWN: usize = 5;

/// What a member gives.
#[derive(Default)]
pub(super) struct Found {
    /// The log; `None` where it is none.
    pub(super) source: Option<Source>,
    /// What could not be read, or what it was that is no log.
    pub(super) problems: Vec<Problem>,
    /// The counts of a capsule.
    pub(super) capsule: Option<Capsule>,
}

/// Reads a member.
pub(super) fn read(
    path: &str,
    member: &mut MemberReader<'_>,
    reading: &Reading<'_>,
    (formats, held, alone): (&[LogFormat], Rows, bool),
) -> Found {
    let mut head = Vec::new();
    let hole_bytes = read_head(member, &mut head);
    if restored::is_member(&head) {
        read_full(member, &mut head, MEMBER_MAX_BYTES + 1);
        return match restored::read(path, &head, reading) {
            Ok(Member::Record(capsule)) => Found { capsule: Some(*capsule), ..Found::default() },
            Ok(Member::Lines(source)) => Found { source: Some(*source), ..Found::default() },
            Err(problem) => Found { problems: vec![problem], ..Found::default() },
        };
    }
    let mut problems = Vec::new();
    let source = match recognise(&head, reading, formats) {
        Kind::Empty => {
            problems.push(problem(path, ProblemKind::NotALog, text("unread-empty", [])));
            None
        }
        Kind::Binary(what) => {
            problems.push(problem(path, ProblemKind::NotALog, text(what, [])));
            None
        }
        Kind::Snapshot => read_snapshot(path, head, member, &mut problems),
        Kind::Log { envelope, requests, only_requests } => read_log(
            path,
            head,
            member,
            reading,
            (envelope, requests, only_requests),
            (held, alone),
            &mut problems,
        ),
    };
    if source.is_some() && hole_bytes > 0 {
        problems.push(problem(path, ProblemKind::NotALog, hole(hole_bytes)));
    }
    Found { source, problems, capsule: None }
}

/// The first bytes of a member. A hole before them (a log cut to nothing by copytruncate while its program wrote on) is passed over;
/// gives its length.
fn read_head(member: &mut MemberReader<'_>, head: &mut Vec<u8>) -> u64 {
    let mut hole_bytes = 0_u64;
    loop {
        read_full(member, head, HEAD_BYTES);
        let zeros = head.iter().take_while(|byte| **byte == 0).count();
        if zeros == 0 || (zeros == head.len() && zeros < HEAD_BYTES) {
            return hole_bytes;
        }
        hole_bytes += zeros as u64;
        head.drain(..zeros);
    }
}

fn hole(bytes: u64) -> Text {
    text("unread-nul-bytes", [("bytes", bytes.into())])
}

/// A source of which nothing was read yet.
#[must_use]
pub fn empty_source(path: &str, format: String, envelope: Envelope) -> Source {
    Source {
        path: path.to_owned(),
        format,
        envelope,
        host: None,
        lines: 0,
        records: 0,
        unparsed: 0,
        first_unparsed: Vec::new(),
        spans: Spans::default(),
        events: Vec::new(),
        events_left_out: 0,
        traffic: None,
        marks: Marks::default(),
        boot_pairs: BootPairs::default(),
        boot_lines: BTreeMap::new(),
        zone_votes: BTreeMap::new(),
        written_offsets: BTreeSet::new(),
        kernel: None,
        formats: BTreeMap::new(),
        snapshot: None,
    }
}

fn read_snapshot(
    path: &str,
    mut bytes: Vec<u8>,
    member: &mut MemberReader<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Source> {
    read_full(member, &mut bytes, SNAPSHOT_MAX_BYTES + 1);
    if bytes.len() > SNAPSHOT_MAX_BYTES {
        let detail = text("unread-large-snapshot", [("most", SNAPSHOT_MAX_BYTES.into())]);
        problems.push(problem(path, ProblemKind::NotALog, detail));
        return None;
    }
    let Some(taken) = snapshot::read(&bytes) else {
        problems.push(problem(path, ProblemKind::NotALog, text("unread-state-dump", [])));
        return None;
    };
    let mut source = empty_source(path, taken.snapshot.name().to_owned(), Envelope::Plain);
    source.lines = bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
    (source.events, source.events_left_out) = EventTable::bounded(taken.events);
    source.snapshot = Some(taken.snapshot);
    Some(source)
}

fn read_log(
    path: &str,
    head: Vec<u8>,
    member: &mut MemberReader<'_>,
    reading: &Reading<'_>,
    (envelope, requests, only_requests): (Envelope, Option<(Shape, String)>, bool),
    (held, alone): (Rows, bool),
    problems: &mut Vec<Problem>,
) -> Option<Source> {
    let mut source = empty_source(path, String::new(), envelope);
    source.written_offsets = written_offsets(&head);
    let tally = match requests {
        Some((shape, name)) if only_requests => {
            source.format = name;
            let (tally, strangers) =
                access_blocks::read(head, member, (&shape, held, alone), &mut source);
            if !strangers.numbers.is_empty() {
                source.records -= strangers.numbers.len() as u64;
                Reader::new(&mut source, reading, None).lines(&strangers);
            }
            tally
        }
        requests => {
            let (shape, name) =
                requests.map_or((None, None), |(shape, name)| (Some(shape), Some(name)));
            let mut reader = Reader::new(&mut source, reading, shape);
            let tally = reader.stream(head, member);
            reader.finish();
            source.format = format_name(&source, name);
            tally
        }
    };
    if let Some(traffic) = &source.traffic
        && let Some((first, last)) = traffic.span
    {
        source.spans.note(first);
        source.spans.note(last);
    }
    if source.format.is_empty() {
        problems.push(problem(path, ProblemKind::NotALog, describe_text(&source)));
        return None;
    }
    problems.extend(met(path, &tally));
    if source.unparsed * 5 > source.lines && source.unparsed > 0 {
        let args = [("unparsed", source.unparsed.into()), ("lines", source.lines.into())];
        problems.push(problem(path, ProblemKind::Unparsed, text("unread-lines", args)));
    }
    Some(source)
}

/// What was passed over on the way through a log.
fn met(path: &str, tally: &Tally) -> Vec<Problem> {
    let mut problems = Vec::new();
    if tally.partial_last_line {
        problems.push(problem(path, ProblemKind::PartialLine, text("unread-partial-line", [])));
    }
    if tally.long_lines > 0 {
        let args = [("lines", tally.long_lines.into()), ("most", LINE_MAX_BYTES.into())];
        problems.push(problem(path, ProblemKind::LongLine, text("unread-long-lines", args)));
    }
    if tally.damaged > 0 {
        let args = [("entries", tally.damaged.into())];
        problems.push(problem(path, ProblemKind::Damaged, text("unread-entries", args)));
    }
    // A log that copytruncate cut to nothing has its hole at the start: lines stood where this one is.
    if tally.nul_bytes >= HOLE_MIN_BYTES {
        problems.push(problem(path, ProblemKind::Damaged, hole(tally.nul_bytes)));
    }
    problems
}

/// The state of reading one log.
pub(super) struct Reader<'a, 'g> {
    source: &'a mut Source,
    reading: &'a Reading<'g>,
    shape: Option<Shape>,
    counter: Counter,
    kernel: KernelReader,
    table: EventTable,
    writers: Writers,
    formats: Formats<'g>,
    last_stamp: Option<RawStamp>,
    wrapper_clock: WallClock,
    own_clock: WallClock,
    /// Events of lines without a time, waiting for the next line that has one.
    waiting: Vec<Event>,
    boots: Boots,
    boot_lines_level: u32,
    lives: Lives,
    dump: Dump,
}

/// Lines with and without an offset are neighbours when they lie this close, in seconds, after rounding to a zone.
const NEIGHBOURS: i64 = 60 * SECOND;
/// All zones in use are multiples of this.
const QUARTER: i64 = 15 * MINUTE;
/// Events that may wait for a time.
const WAITING_MAX: usize = 512;

impl<'a, 'g> Reader<'a, 'g> {
    pub(super) fn new(
        source: &'a mut Source,
        reading: &'a Reading<'g>,
        shape: Option<Shape>,
    ) -> Self {
        Self {
            source,
            reading,
            shape,
            counter: Counter::new(&Regular::default(), &Rows::default()),
            kernel: KernelReader::default(),
            table: EventTable::default(),
            writers: Writers::default(),
            formats: Formats::default(),
            last_stamp: None,
            wrapper_clock: WallClock::default(),
            own_clock: WallClock::default(),
            waiting: Vec::new(),
            boots: Boots::default(),
            boot_lines_level: 0,
            lives: Lives::default(),
            dump: Dump::default(),
        }
    }

    /// Gives what was met on the way.
    fn stream(&mut self, head: Vec<u8>, member: &mut MemberReader<'_>) -> Tally {
        let mut unwrapper = Unwrapper::new(self.source.envelope);
        unwrapper.feed_to(&head, self);
        drop(head);
        // What ends the member before its time is asked of it afterwards.
        while let Some(block) = member.next_block() {
            unwrapper.feed_to(block, self);
        }
        let complete = member.damage().is_none();
        unwrapper.finish(complete, &mut |record| self.record(record));
        let tally = unwrapper.tally();
        self.source.lines = tally.lines;
        let left_out = tally.torn_end || tally.partial_last_line && !complete;
        Tally { partial_last_line: left_out, ..tally }
    }

    /// Reads lines that were kept of a log.
    pub(super) fn lines(mut self, kept: &Kept) {
        let mut unwrapper = Unwrapper::new(self.source.envelope);
        let mut record = |record: &Record<'_>| {
            self.record(&Record { line: kept.number(record.line), ..record.clone() });
        };
        unwrapper.feed(&kept.text, &mut record);
        unwrapper.finish(true, &mut record);
        self.finish();
    }

    fn finish(&mut self) {
        self.formats.add_to(&mut self.source.formats);
        let mut events = Vec::new();
        self.kernel.finish(&mut events);
        for event in events {
            self.keep(event);
        }
        for event in std::mem::take(&mut self.waiting) {
            self.note(event);
        }
        let table = std::mem::take(&mut self.table);
        self.source.events_left_out = table.left_out;
        self.source.events = super::victim::joined(table.into_events());
        if !self.counter.is_empty() {
            self.source.traffic = Some(Box::new(self.counter.finish()));
        }
        self.source.host = self.writers.host();
    }

    fn record(&mut self, record: &Record<'_>) {
        match record.stamp.map(|stamp| self.wrapper_clock.place(stamp)) {
            placed if placed == record.stamp => self.placed(record),
            placed => self.placed(&Record { stamp: placed, ..record.clone() }),
        }
    }

    fn placed(&mut self, record: &Record<'_>) {
        let record = &*self.boots.told_apart(record);
        self.source.records += 1;
        self.writers.count(record);
        if let (Some(boot), Some(stamp)) = (record.boot, record.stamp) {
            self.source.boot_pairs.add(record.origin.boot_id.as_deref(), boot, stamp, record.line);
        }
        if record.transport == Transport::Kernel {
            self.kernel_message(record);
        } else {
            self.process_message(record);
        }
    }

    fn kernel_message(&mut self, record: &Record<'_>) {
        if let Some(stamp) = record.stamp {
            self.stamped(stamp);
            let from_boot = record.body.starts_with(b"Linux version ");
            let ring = self.source.envelope == Envelope::Dmesg;
            let coverage = self.source.kernel.get_or_insert(KernelCoverage {
                first: stamp,
                last: stamp,
                records: 0,
                from_boot: false,
                ring,
            });
            coverage.records += 1;
            coverage.from_boot |= from_boot;
            widen(&mut coverage.first, &mut coverage.last, stamp);
            if stamp.clock == ClockKind::Boot
                && let Some(utc) = written_time(&record.body)
            {
                let wall = RawStamp::new(ClockKind::Utc, utc, 1000);
                self.source.boot_pairs.add(Some(BY_AUDIT), stamp.at, wall, record.line);
            }
            let mark = text_mark(&record.body);
            let unnamed_boot = record.origin.boot_id.as_deref().is_some_and(is_made);
            if stamp.clock != ClockKind::Boot || !unnamed_boot {
                self.source.marks.add(MarkKind::KernelLine, mark, stamp, record.line);
            }
            if let Some(boot) = record.boot.filter(|_| {
                stamp.clock != ClockKind::Boot && mark.trailing_zeros() >= self.boot_lines_level
            }) {
                let id = record.origin.boot_id.clone().unwrap_or_default();
                self.source.boot_lines.entry(mark).or_default().push((id, boot));
                bound(&mut self.source.boot_lines, &mut self.boot_lines_level);
            }
        }
        let mut events = Vec::new();
        self.kernel.read(record, &mut events);
        for event in events {
            self.keep(event);
        }
    }

    fn process_message(&mut self, record: &Record<'_>) {
        if let Some(request) = self.shape.as_ref().and_then(|shape| shape.parse(&record.body)) {
            let own = request.stamp.or(record.stamp);
            if let Some(stamp) = own {
                // Proxies write their own time without a zone behind a header that may have one.
                if let (Some(wrapper), Some(answered)) = (record.stamp, request.answered()) {
                    self.zone_vote(wrapper, answered);
                }
                self.stamped(stamp);
                self.counter.count(&Request { stamp: own, ..request }, record.line);
                return;
            }
        }
        let read = self.writers.read(self.reading.grammars, record);
        match read.format {
            Some(format) => self.formats.count(format),
            None if self.source.envelope == Envelope::Plain && read.event.is_none() => {
                self.not_understood(record);
            }
            None => read.event.iter().for_each(|event| self.dump.says(event.kind)),
        }
        if read.format.is_some() {
            self.dump.line_of_its_own();
        }
        let own = read.stamp.map(|stamp| self.own_clock.place(stamp));
        if let (Some(wrapper), Some(own)) = (record.stamp, own) {
            self.zone_vote(wrapper, own);
        }
        let stamp = believed(record.stamp, own);
        if let Some(stamp) = stamp {
            self.stamped(stamp);
        }
        self.request_marks(&read.fields, stamp, record.line);
        if let Some(mut event) = read.event {
            event.stamp = stamp;
            event.boot = record.boot;
            event.count = event.count.saturating_add(record.repeats);
            event.origin.clone_from(&record.origin);
            event.format = read.format.map(str::to_owned);
            let pid = event.number("pid").and_then(|pid| u32::try_from(pid).ok());
            event.origin.pid = pid.or(event.origin.pid);
            complete_address(&mut event);
            if let Some(container) = event.fields.get("container") {
                event.origin.container = Some(container.to_owned());
            }
            self.keep(*event);
        }
    }

    fn not_understood(&mut self, record: &Record<'_>) {
        if self.dump.holds(&record.body, self.source.records > 1) {
            return;
        }
        self.source.unparsed += 1;
        if self.source.first_unparsed.len() < SHOWN {
            self.source.first_unparsed.push((record.line, crate::event::excerpt(&record.body)));
        }
    }

    /// A proxy's error line names client and request: a mark that its access log has too.
    fn request_marks(&mut self, fields: &Fields, stamp: Option<RawStamp>, line: u64) {
        let (Some(stamp), Some(client), Some(request)) =
            (stamp, fields.get("client"), fields.get("request"))
        else {
            return;
        };
        let mut words = request.split(' ');
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let key =
            request_mark(client.as_bytes(), method.as_bytes(), path.as_bytes(), query.as_bytes());
        self.source.marks.add(MarkKind::Request, key, stamp, line);
    }

    /// Notes a line that has a time: it bounds the lines without one before it.
    fn stamped(&mut self, stamp: RawStamp) {
        self.source.spans.note(stamp);
        if let Some(last) = self.last_stamp {
            self.zone_vote(last, stamp);
        }
        self.last_stamp = Some(stamp);
        if self.waiting.is_empty() {
            return;
        }
        for mut event in std::mem::take(&mut self.waiting) {
            event.until =
                Some(stamp).filter(|stamp| event.stamp.is_none_or(|own| own.clock == stamp.clock));
            if event.stamp.is_none() {
                event.stamp = Some(stamp);
            }
            self.keep(event);
        }
    }

    /// A line with an offset next to one without tells the zone of the latter.
    fn zone_vote(&mut self, one: RawStamp, other: RawStamp) {
        let (utc, local) = match (one.clock, other.clock) {
            (ClockKind::Utc, ClockKind::Local) => (one.at, other.at),
            (ClockKind::Local, ClockKind::Utc) => (other.at, one.at),
            _ => return,
        };
        let difference = local.saturating_sub(utc);
        let offset = (difference + QUARTER / 2).div_euclid(QUARTER) * QUARTER;
        if (difference - offset).abs() <= NEIGHBOURS && offset.abs() <= 14 * HOUR {
            *self.source.zone_votes.entry(offset).or_default() += 1;
        }
    }

    fn keep(&mut self, mut event: Event) {
        if event.stamp.is_none() && event.until.is_none() && self.waiting.len() < WAITING_MAX {
            event.stamp = self.last_stamp;
            // The lines of these may have a time or not; between the lines around them is all that is known.
            let loose = matches!(self.source.envelope, Envelope::Plain | Envelope::Compose);
            if event.stamp.is_none() || loose {
                self.waiting.push(Event { stamp: event.stamp, ..event });
                return;
            }
        }
        self.note(event);
    }

    fn note(&mut self, event: Event) {
        self.mark(&event);
        if let Some((pid, seen)) = self.lives.note(&event) {
            self.source.marks.add_between(MarkKind::Gone, pid, seen);
        }
        self.table.add(event);
    }

    fn mark(&mut self, event: &Event) {
        let Some(stamp) = event.stamp else { return };
        let number = |name: &str| event.number(name);
        let (kind, pid) = match event.kind {
            EventKind::OomKill => {
                (MarkKind::Death, event.oom.as_ref().and_then(|oom| oom.victim.pid).map(u64::from))
            }
            EventKind::WorkerExited if left_by_itself(event) => (MarkKind::Left, number("worker")),
            EventKind::WorkerSignaled | EventKind::WorkerExited => {
                (MarkKind::Death, number("worker"))
            }
            EventKind::ProgramExited | EventKind::UnitProcessExited | EventKind::StoreCrashed => {
                (MarkKind::Death, number("pid"))
            }
            EventKind::WorkerBooted => (MarkKind::Start, number("worker")),
            EventKind::ProgramStarted | EventKind::AppListening | EventKind::AppStarted => {
                (MarkKind::Start, number("pid"))
            }
            _ => return,
        };
        if let Some(pid) = pid {
            self.source.marks.add_between(
                kind,
                pid,
                Sighting { stamp, until: event.until, line: event.at.line },
            );
        }
    }
}

impl Receiver for Reader<'_, '_> {
    fn take(&mut self, record: &Record<'_>) {
        self.record(record);
    }

    /// As [`Reader::process_message`], for what raises nothing and is no request.
    fn counts(&mut self, kin: Kin, stamp: RawStamp, body: &[u8]) -> bool {
        if stamp.clock != ClockKind::Utc || self.shape.is_some() {
            return false;
        }
        let Some(format) = self.writers.counted(self.reading.grammars, kin, body) else {
            return false;
        };
        self.source.records += 1;
        if let Some(format) = format {
            self.formats.count(format);
            self.dump.line_of_its_own();
        }
        self.stamped(stamp);
        true
    }
}

/// The wrapper's time, for it is finer, unless the line's own time tells that it was written long before.
fn believed(wrapper: Option<RawStamp>, own: Option<RawStamp>) -> Option<RawStamp> {
    match (wrapper, own) {
        (Some(wrapper), Some(own))
            if own.clock == ClockKind::Utc && wrapper.clock == ClockKind::Utc =>
        {
            let late = wrapper.at.saturating_sub(own.at.saturating_add(own.resolution));
            Some(if late > STALL { own } else { wrapper })
        }
        (Some(wrapper), _) => Some(wrapper),
        (None, own) => own,
    }
}

#[cfg(test)]
mod tests;
