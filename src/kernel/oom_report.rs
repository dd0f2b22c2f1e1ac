//! What one OOM report has told so far: in its lines, out the event of each victim, or that of a report without one.
//!
//! Kernels tell different pieces in different orders, so that all are optional. It must never fill a piece that the report did
//! not give, except by rules that hold for every kernel.

use super::event_at;
use super::oom_line::{OomLine, Summary};
use super::oom_table::TaskTable;
use super::words;
use crate::envelope::Record;
use crate::event::{Event, EventKind, OomKill, OomProcess, OomScope};
use crate::stamp::{MINUTE, Micros, SECOND};

/// Longest time from the first line of a report to its kill. A long table on a serial console takes minutes.
pub(super) const REPORT_MAX: Micros = 5 * MINUTE;
/// Longest time between two deaths of one `memory.oom.group`; later kills are of a new report whose head was rate limited.
const GROUP_GAP_MAX: Micros = 10 * SECOND;
/// Within this time the same pid and name cannot die twice: the line was printed twice.
const REPEAT_MAX: Micros = 2 * SECOND;
/// Victims remembered per report to recognize repetitions; beyond it, repetitions count.
const VICTIMS_MAX: usize = 4096;

/// What a report has told so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// `invoked oom-killer`, as the event that it becomes if nobody dies.
    pub(super) start: Option<Event>,
    /// Any line of it, to tell its age.
    pub(super) first: Option<Event>,
    pub(super) invoker: Option<OomProcess>,
    pub(super) sysrq: bool,
    /// There was a block about a memory cgroup, or a summary that names one.
    pub(super) memcg: bool,
    pub(super) constraint: Option<OomScope>,
    pub(super) limit_cgroup: Option<String>,
    pub(super) victim_cgroup: Option<String>,
    /// Pid and uid that the summary announced.
    pub(super) chosen: Option<(u32, u32)>,
    pub(super) limit_bytes: Option<u64>,
    pub(super) usage_bytes: Option<u64>,
    pub(super) table: TaskTable,
    /// The cgroup that `memory.oom.group` takes down.
    pub(super) group: Option<String>,
    pub(super) victims: Vec<(Option<u32>, String)>,
    pub(super) last_kill: Option<Event>,
    /// It has ended: by a victim, or without one.
    pub(super) settled: bool,
}

impl Report {
    pub(super) fn learn(&mut self, piece: &OomLine<'_>) {
        match piece {
            OomLine::MemcgTask { victim, limit } => {
                self.memcg = true;
                self.victim_cgroup = Some(words::name(victim));
                self.limit_cgroup = Some(words::name(limit));
            }
            OomLine::MemcgLimit(cgroup) => {
                self.memcg = true;
                // Statistics follow for descendants too; the first are those of the limit's cgroup.
                self.limit_cgroup.get_or_insert_with(|| words::name(cgroup));
            }
            OomLine::Usage { usage, limit } => {
                self.memcg = true;
                self.usage_bytes = *usage;
                self.limit_bytes = *limit;
            }
            OomLine::TableHeader(columns) => self.table.begin(*columns),
            OomLine::Summary(summary) => self.learn_summary(summary),
            _ => {}
        }
    }

    fn learn_summary(&mut self, summary: &Summary<'_>) {
        self.constraint = summary.scope;
        self.chosen = summary.pid.zip(summary.uid);
        if let Some(cgroup) = summary.oom_memcg {
            self.memcg = true;
            self.limit_cgroup = Some(words::name(cgroup));
        }
        if let Some(cgroup) = summary.task_memcg {
            self.victim_cgroup = Some(words::name(cgroup));
        }
    }

    fn scope(&self, prefix: Option<OomScope>) -> OomScope {
        if self.sysrq {
            return OomScope::Sysrq;
        }
        let block = self.memcg.then_some(OomScope::Memcg);
        let told = self.constraint.or(block).or(prefix);
        // A report that began and has no cgroup block is of the host; kernels before 5.0 say no more.
        told.or(self.start.as_ref().map(|_| OomScope::Global)).unwrap_or_default()
    }

    pub(super) fn kill_event(
        &self,
        prefix: Option<OomScope>,
        victim: &OomProcess,
        record: &Record<'_>,
    ) -> Event {
        let mut event = event_at(EventKind::OomKill, record);
        let mut victim = victim.clone();
        let chosen = self.chosen.filter(|(pid, _)| Some(*pid) == victim.pid);
        let listed = victim.pid.and_then(|pid| self.table.user_of(pid));
        victim.uid = victim.uid.or(chosen.map(|(_, uid)| uid)).or(listed);
        event.fields.extend(victim.pid.map(|pid| ("pid".to_owned(), pid.to_string())));
        event.fields.insert("comm".to_owned(), victim.comm.clone());
        // Other members of a group may live in other cgroups below it.
        let victim_cgroup = self.group.as_ref().or(self.victim_cgroup.as_ref());
        event.oom = Some(Box::new(OomKill {
            victim,
            invoker: self.invoker.clone(),
            largest: self.table.largest().cloned(),
            holders: self.table.holders(),
            scope: self.scope(prefix),
            limit_cgroup: self.limit_cgroup.clone(),
            victim_cgroup: victim_cgroup.cloned(),
            limit_bytes: self.limit_bytes,
            usage_bytes: self.usage_bytes,
            group: self.group.is_some(),
            report_line: self.first.as_ref().map(|first| first.at.line),
        }));
        event
    }

    /// The event of a report without a victim; `None` where its start is not in the log.
    pub(super) fn into_invoked(self) -> Option<Event> {
        let scope = self.scope(None);
        let mut event = self.start?;
        event.fields.insert("scope".to_owned(), scope.name().to_owned());
        if let Some(cgroup) = self.limit_cgroup {
            event.fields.insert("cgroup".to_owned(), cgroup);
        }
        Some(event)
    }

    /// A victim has died: the report is told to its end.
    pub(super) fn settle(&mut self, victim: &OomProcess, here: Event) {
        if self.victims.len() < VICTIMS_MAX {
            self.victims.push((victim.pid, victim.comm.clone()));
        }
        self.settled = true;
        self.last_kill = Some(here);
    }

    /// Whether the report's last death is as near as those of one `memory.oom.group`.
    pub(super) fn has_killed_near(&self, here: &Event) -> bool {
        self.last_kill_within(here, GROUP_GAP_MAX)
    }

    pub(super) fn is_older_than(&self, here: &Event) -> bool {
        self.first.as_ref().is_some_and(|first| within(first, here, REPORT_MAX) == Some(false))
    }

    fn last_kill_within(&self, here: &Event, most: Micros) -> bool {
        self.last_kill.as_ref().is_some_and(|last| within(last, here, most) != Some(false))
    }

    pub(super) fn has_member_at(&self, here: &Event) -> bool {
        self.group.is_some() && self.has_killed_near(here)
    }

    pub(super) fn is_repeated(&self, victim: &OomProcess, here: &Event) -> bool {
        let most = if self.group.is_some() { GROUP_GAP_MAX } else { REPEAT_MAX };
        let known =
            self.victims.iter().any(|(pid, comm)| *pid == victim.pid && *comm == victim.comm);
        known && self.settled && self.last_kill_within(here, most)
    }
}

/// Whether two lines are at most so far apart; `None` where they have no clock in common.
pub(super) fn within(earlier: &Event, later: &Event, most: Micros) -> Option<bool> {
    elapsed(earlier, later).map(|elapsed| elapsed <= most)
}

fn elapsed(earlier: &Event, later: &Event) -> Option<Micros> {
    if let (Some(earlier), Some(later)) = (earlier.boot, later.boot) {
        return Some(later.saturating_sub(earlier).saturating_abs());
    }
    let (earlier, later) = (earlier.stamp?, later.stamp?);
    (earlier.clock == later.clock).then(|| later.at.saturating_sub(earlier.at).saturating_abs())
}

/// Whether a line is another print of an earlier one: daemons that are configured twice log all lines twice.
pub(super) fn is_same_line(earlier: &Event, later: &Event) -> bool {
    earlier.text == later.text && elapsed(earlier, later) == Some(0)
}
