//! The task table of an OOM report (`dump_tasks` in `mm/oom_kill.c`): in its lines, out the task with the most resident memory.
//!
//! Columns come and go between kernels, so they are found by the names in the header. It must never keep rows: a table can have
//! a hundred thousand.

use super::words::{self, COMM_MAX_BYTES};
use std::collections::BTreeMap;

use crate::event::{OomHolder, OomProcess};

/// Bytes of a page where the report does not tell: 4 KiB holds on x86 and on most arm64 kernels, of which some have 16 or 64.
const PAGE_BYTES: u64 = 4096;

/// Most columns that a header may have; kernels print at most 13.
const COLUMNS_MAX: usize = 32;

/// Where a table's columns are, counted after the bracketed pid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Columns {
    /// Resident memory, in pages.
    rss: usize,
    /// Real user id.
    uid: Option<usize>,
    /// The task's name: all that is left of the row.
    name: usize,
}

/// The largest task of a table so far.
#[derive(Debug, Default)]
pub(super) struct TaskTable {
    columns: Option<Columns>,
    /// Bytes of a page, where a line before the table told them.
    page_bytes: Option<u64>,
    largest: Option<OomProcess>,
    /// User of each task by pid, for kill lines that do not tell it (2.6.36 to 5.3).
    users: BTreeMap<u32, u32>,
    /// Resident bytes and number of tasks by name.
    names: BTreeMap<String, (u64, u64)>,
}

/// Tasks whose user is kept: more than the pids of a host without `kernel.pid_max` raised.
const USERS_MAX: usize = 32_768;
/// Names that are told apart.
const NAMES_MAX: usize = 4096;

impl TaskTable {
    /// A header begins a table.
    pub(super) fn begin(&mut self, columns: Columns) {
        self.columns = Some(columns);
    }

    /// The report tells the size of a page.
    pub(super) fn set_page(&mut self, bytes: u64) {
        self.page_bytes = Some(bytes);
    }

    /// Takes a row; `false` where the line is none.
    pub(super) fn take(&mut self, line: &[u8]) -> bool {
        let Some(task) = self.row(line) else { return false };
        if let (Some(pid), Some(uid)) = (task.pid, task.uid)
            && self.users.len() < USERS_MAX
        {
            self.users.insert(pid, uid);
        }
        if self.names.len() < NAMES_MAX || self.names.contains_key(&task.comm) {
            let (bytes, tasks) = self.names.entry(task.comm.clone()).or_default();
            *bytes = bytes.saturating_add(task.rss_bytes.unwrap_or(0));
            *tasks += 1;
        }
        if self.largest.as_ref().is_none_or(|largest| outweighs(&task, largest)) {
            self.largest = Some(task);
        }
        true
    }

    fn row(&self, line: &[u8]) -> Option<OomProcess> {
        row(line, self.columns?, self.page_bytes.unwrap_or(PAGE_BYTES))
    }

    /// The user of a task.
    pub(super) fn user_of(&self, pid: u32) -> Option<u32> {
        self.users.get(&pid).copied()
    }

    /// Names with the most resident memory, most first.
    pub(super) fn holders(&self) -> Vec<OomHolder> {
        let mut holders: Vec<OomHolder> = self
            .names
            .iter()
            .map(|(comm, (rss_bytes, processes))| OomHolder {
                comm: comm.clone(),
                rss_bytes: *rss_bytes,
                processes: *processes,
            })
            .collect();
        holders.sort_by(|a, b| b.rss_bytes.cmp(&a.rss_bytes).then_with(|| a.comm.cmp(&b.comm)));
        holders.truncate(OomHolder::MAX);
        holders
    }

    /// The task with the most resident memory, of those the one with the lowest pid.
    pub(super) fn largest(&self) -> Option<&OomProcess> {
        self.largest.as_ref()
    }
}

fn outweighs(task: &OomProcess, largest: &OomProcess) -> bool {
    task.rss_bytes > largest.rss_bytes
        || (task.rss_bytes == largest.rss_bytes && task.pid < largest.pid)
}

/// `[  pid  ]   uid  tgid total_vm      rss .. name`.
pub(super) fn header(line: &[u8]) -> Option<Columns> {
    let (pid, rest) = words::split_at(line.strip_prefix(b"[")?, b"]")?;
    (pid.trim_ascii() == b"pid").then_some(())?;
    let names: Vec<&[u8]> = fields(rest).take(COLUMNS_MAX).collect();
    let column = |wanted: &[u8]| names.iter().position(|name| *name == wanted);
    column(b"total_vm")?;
    let name = column(b"name")?;
    Some(Columns { rss: column(b"rss").filter(|rss| *rss < name)?, uid: column(b"uid"), name })
}

fn row(line: &[u8], columns: Columns, page_bytes: u64) -> Option<OomProcess> {
    let (pid, mut rest) = words::split_at(line.strip_prefix(b"[")?, b"]")?;
    let mut task =
        OomProcess { pid: Some(words::whole_u32(pid.trim_ascii())?), ..OomProcess::default() };
    for column in 0..columns.name {
        let (value, tail) = number_word(rest)?;
        if column == columns.rss {
            task.rss_bytes = Some(words::leading_u64(value)?.saturating_mul(page_bytes));
        }
        if Some(column) == columns.uid {
            task.uid = words::whole_u32(value);
        }
        rest = tail;
    }
    let comm = rest.strip_prefix(b" ")?;
    (comm.len() <= COMM_MAX_BYTES).then_some(())?;
    task.comm = words::name(comm);
    Some(task)
}

/// The next blank-separated word, which must be a number with perhaps a minus sign.
fn number_word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.trim_ascii_start();
    let end = text.iter().position(|byte| *byte == b' ').unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end)?;
    let digits = word.strip_prefix(b"-").unwrap_or(word);
    (!digits.is_empty() && digits.iter().all(u8::is_ascii_digit)).then_some((word, rest))
}

fn fields(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty())
}
