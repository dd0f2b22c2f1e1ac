//! OOM reports of one host: in classified lines in order, out one event per victim, or `OomInvoked` where nobody died.
//!
//! Lines of other subsystems fall between those of a report, its head may have left the ring buffer, a `grep` may have kept
//! only some of its lines: every piece is optional but the kill itself. It must never count one death twice, nor carry the
//! limit of one report into another.

use super::event_at;
use super::oom_line::OomLine;
use super::oom_report::{REPORT_MAX, Report, is_same_line, within};
use super::words;
use crate::envelope::Record;
use crate::event::{Event, EventKind, OomProcess, OomScope};

/// Records after which a kill is given out without waiting further for `memory.oom.group`, which follows at once.
const HOLD_RECORDS: u32 = 32;
/// Records between SysRq-f and the report that it causes.
const SYSRQ_RECORDS: u32 = 16;

/// The state of one host.
#[derive(Debug, Default)]
pub(super) struct OomReader {
    /// The report under way, or the last one if it had a victim.
    report: Option<Report>,
    /// `Kill process ..` whose `Killed process ..` has not come.
    announced: Option<(OomScope, Event)>,
    /// The last kill, until what follows tells whether it was the first of a group.
    held: Option<(u32, Event)>,
    /// Records since SysRq-f.
    sysrq_age: Option<u32>,
}

impl OomReader {
    /// One more record of this host has come.
    pub(super) fn age(&mut self, out: &mut Vec<Event>) {
        self.sysrq_age =
            self.sysrq_age.map(|age| age.saturating_add(1)).filter(|age| *age <= SYSRQ_RECORDS);
        if let Some((age, _)) = &mut self.held {
            *age = age.saturating_add(1);
            if *age > HOLD_RECORDS {
                self.release(out);
            }
        }
    }

    /// A line that may be a row of the task table; `false` where it is none.
    pub(super) fn take_row(&mut self, line: &[u8]) -> bool {
        self.report
            .as_mut()
            .filter(|report| !report.settled)
            .is_some_and(|report| report.table.take(line))
    }

    /// A line of a report.
    pub(super) fn take(&mut self, line: &OomLine<'_>, record: &Record<'_>, out: &mut Vec<Event>) {
        match line {
            OomLine::Sysrq => self.sysrq_age = Some(0),
            OomLine::Start { comm, sysrq } => self.start(*comm, *sysrq, record, out),
            OomLine::Cpu { uid, pid, rest } => self.name_invoker(*uid, *pid, rest),
            OomLine::PageSize(bytes) => {
                if let Some(report) = self.report.as_mut().filter(|report| !report.settled) {
                    report.table.set_page(*bytes);
                }
            }
            OomLine::Group(cgroup) => self.group(cgroup, record, out),
            OomLine::Barren { scope, reason } => self.end_barren(*scope, reason, record, out),
            OomLine::Announced { scope, victim } => self.announce(*scope, victim, record, out),
            OomLine::Killed { scope, victim } => self.kill(*scope, victim, record, out),
            piece => self.open_report(record, out).learn(piece),
        }
    }

    /// Nothing more will come: what is open becomes an event.
    pub(super) fn finish(&mut self, out: &mut Vec<Event>) {
        self.release(out);
        self.close(out);
        self.sysrq_age = None;
    }

    fn start(
        &mut self,
        comm: Option<&[u8]>,
        sysrq: bool,
        record: &Record<'_>,
        out: &mut Vec<Event>,
    ) {
        let mut event = event_at(EventKind::OomInvoked, record);
        if self.open_start().is_some_and(|open| is_same_line(open, &event)) {
            return;
        }
        self.release(out);
        self.close(out);
        let invoker =
            comm.map(|comm| OomProcess { comm: words::name(comm), ..OomProcess::default() });
        if let Some(invoker) = &invoker {
            event.fields.insert("comm".to_owned(), invoker.comm.clone());
        }
        let sysrq = self.sysrq_age.take().is_some() || sysrq;
        self.report = Some(Report {
            first: Some(event.clone()),
            start: Some(event),
            invoker,
            sysrq,
            ..Report::default()
        });
    }

    fn open_start(&self) -> Option<&Event> {
        self.report.as_ref().filter(|report| !report.settled)?.start.as_ref()
    }

    /// The report that a piece belongs to; a new one where the head was lost.
    fn open_report(&mut self, record: &Record<'_>, out: &mut Vec<Event>) -> &mut Report {
        let here = event_at(EventKind::OomInvoked, record);
        if self.report.as_ref().is_none_or(|report| report.settled || report.is_older_than(&here)) {
            self.close(out);
        }
        self.report.get_or_insert_with(|| Report { first: Some(here), ..Report::default() })
    }

    /// Only the first dump after the start is of the invoker; other subsystems print the same line.
    fn name_invoker(&mut self, uid: Option<u32>, pid: u32, rest: &[u8]) {
        let Some(report) = self.report.as_mut().filter(|report| !report.settled) else { return };
        let Some(invoker) = report.invoker.as_mut().filter(|invoker| invoker.pid.is_none()) else {
            return;
        };
        let tail = String::from_utf8_lossy(rest);
        if tail
            .strip_prefix(invoker.comm.as_str())
            .is_some_and(|tail| tail.is_empty() || tail.starts_with(' '))
        {
            invoker.pid = Some(pid);
            invoker.uid = uid;
            if let Some(start) = &mut report.start {
                start.fields.insert("pid".to_owned(), pid.to_string());
            }
        }
    }

    fn group(&mut self, cgroup: &[u8], record: &Record<'_>, out: &mut Vec<Event>) {
        let here = event_at(EventKind::OomKill, record);
        let follows = self.report.as_ref().is_some_and(|report| report.has_killed_near(&here));
        let first_victim =
            self.held.as_mut().and_then(|(_, held)| held.oom.as_mut()).filter(|_| follows);
        if let Some(first_victim) = first_victim {
            first_victim.group = true;
        }
        self.release(out);
        // Where it follows none, the first victim's line was lost.
        let report = if follows {
            self.report.get_or_insert_default()
        } else {
            self.open_report(record, out)
        };
        report.memcg = true;
        report.group = Some(words::name(cgroup));
        report.last_kill = Some(here);
    }

    fn end_barren(
        &mut self,
        scope: Option<OomScope>,
        reason: &str,
        record: &Record<'_>,
        out: &mut Vec<Event>,
    ) {
        let here = event_at(EventKind::OomInvoked, record);
        if self.report.as_ref().is_some_and(|report| report.settled && !report.is_older_than(&here))
        {
            return; // of a group, or the panic after the report's end
        }
        let report = self.open_report(record, out);
        report.constraint = report.constraint.or(scope);
        report.start.get_or_insert(here).fields.insert("reason".to_owned(), reason.to_owned());
        self.close(out);
        // Kept as ended, so that a panic line that follows is no second event.
        let first = Some(event_at(EventKind::OomInvoked, record));
        self.report = Some(Report { first, settled: true, ..Report::default() });
    }

    fn announce(
        &mut self,
        scope: OomScope,
        victim: &OomProcess,
        record: &Record<'_>,
        out: &mut Vec<Event>,
    ) {
        let here = event_at(EventKind::OomKill, record);
        // Before 2.6.35 a memory cgroup announced a task that may not be killed again and again, within a millisecond.
        let again = self.announced.as_ref().is_some_and(|(_, announced)| {
            is_same_line(announced, &here)
                || (is_victim(announced, victim)
                    && within(announced, &here, REPORT_MAX) != Some(false))
        });
        if again {
            return;
        }
        self.release(out);
        self.flush_announced(out);
        let report = self.open_report(record, out);
        let mut event = report.kill_event(Some(scope), victim, record);
        event.fields.insert("certainty".to_owned(), "announced".to_owned());
        self.announced = Some((scope, event));
    }

    fn kill(
        &mut self,
        scope: Option<OomScope>,
        victim: &OomProcess,
        record: &Record<'_>,
        out: &mut Vec<Event>,
    ) {
        let here = event_at(EventKind::OomKill, record);
        if self.report.as_ref().is_some_and(|report| report.is_repeated(victim, &here)) {
            return;
        }
        self.release(out);
        if self
            .announced
            .as_ref()
            .is_some_and(|(_, announced)| within(announced, &here, REPORT_MAX) == Some(false))
        {
            self.flush_announced(out);
        }
        let scope = scope.or(self.announced.take().map(|(scope, _)| scope));
        let member = self.report.as_ref().is_some_and(|report| report.has_member_at(&here));
        let report = if member {
            self.report.get_or_insert_default()
        } else {
            self.open_report(record, out)
        };
        let event = report.kill_event(scope, victim, record);
        report.settle(victim, here);
        self.held = Some((0, event));
    }

    /// Gives out the kill that waited for `memory.oom.group`.
    fn release(&mut self, out: &mut Vec<Event>) {
        out.extend(self.held.take().map(|(_, event)| event));
    }

    /// An announcement that no `Killed process` followed: a filtered log. It ends its report.
    fn flush_announced(&mut self, out: &mut Vec<Event>) {
        if let Some((_, event)) = self.announced.take() {
            out.push(event);
            self.report = None;
        }
    }

    /// Ends the report: as announced, or as invoked where its start is known and nobody died.
    fn close(&mut self, out: &mut Vec<Event>) {
        self.flush_announced(out);
        if let Some(report) = self.report.take().filter(|report| !report.settled) {
            out.extend(report.into_invoked());
        }
    }
}

fn is_victim(kill: &Event, victim: &OomProcess) -> bool {
    kill.oom
        .as_ref()
        .is_some_and(|oom| oom.victim.pid == victim.pid && oom.victim.comm == victim.comm)
}
