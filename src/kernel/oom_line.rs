//! One line of an OOM report: in printk text, out which line of the report it is and what it says, for 2.6.11 to 6.x
//! (`mm/oom_kill.c`, `mm/memcontrol.c`).
//!
//! It knows nothing of the lines before. Names (tasks, cgroups) hold any byte, so lines are read from the right. It must never
//! take `Kill process` (an announcement) for `Killed process`.

use nom::bytes::complete::tag;
use nom::combinator::opt;
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

use super::oom_table::{self, Columns};
use super::words::{self, COMM_MAX_BYTES, kilobytes, number, rsplit_at, split_at, value_of};
use crate::event::{OomProcess, OomScope};

/// kB from which a limit counts as none: 9007199254740988kB and 18014398509481983kB are "unlimited" in pages of 4 KiB.
const UNLIMITED_KB: u64 = 1 << 50;

/// Words before `Killed process`, and what they say about the scope. The last two are from 2.6.18 to 2.6.35.
const PREFIXES: [(&[u8], OomScope); 6] = [
    (b"Memory cgroup out of memory: ", OomScope::Memcg),
    (b"Out of memory: ", OomScope::Global),
    (b"Out of Memory: ", OomScope::Global),
    (b"Out of memory (oom_kill_allocating_task): ", OomScope::Global),
    (b"No available memory in cpuset: ", OomScope::Cpuset),
    (b"No available memory (MPOL_BIND): ", OomScope::Mempolicy),
];

/// Ways in which a report ends without a kill line, and the word for the event's field `reason`.
const BARREN_ENDS: [(&[u8], &str); 6] = [
    (b"Out of memory and no killable processes", "no-killable-process"),
    (b"Kernel panic - not syncing: Out of memory and no killable processes", "no-killable-process"),
    (b"Kernel panic - not syncing: System is deadlocked on memory", "no-killable-process"),
    (b"OOM request ignored", "no-killable-process"),
    (b"Kernel panic - not syncing: Out of memory: ", "panic-on-oom"),
    (b"Kernel panic - not syncing: out of memory", "panic-on-oom"),
];

/// What one line of an OOM report says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum OomLine<'a> {
    /// SysRq-f was pressed; the report follows.
    Sysrq,
    /// `invoked oom-killer`: the report begins.
    Start { comm: Option<&'a [u8]>, sysrq: bool },
    /// `CPU: 0 PID: 1 Comm: ..`; `rest` begins with the task's name.
    Cpu { uid: Option<u32>, pid: u32, rest: &'a [u8] },
    /// `Task in .. killed as a result of limit of ..` (to 4.20).
    MemcgTask { victim: &'a [u8], limit: &'a [u8] },
    /// `Memory limit reached of cgroup ..`, `Memory cgroup stats for ..`.
    MemcgLimit(&'a [u8]),
    /// `memory: usage .., limit ..`, in bytes.
    Usage { usage: Option<u64>, limit: Option<u64> },
    /// `Node 0 Normal: 12*64kB ..`: free blocks by size; the smallest is a page, in bytes.
    PageSize(u64),
    /// Header of the task table.
    TableHeader(Columns),
    /// `oom-kill:constraint=..` (5.0+).
    Summary(Summary<'a>),
    /// `Kill process .. or sacrifice child`.
    Announced { scope: OomScope, victim: OomProcess },
    /// `Killed process ..`.
    Killed { scope: Option<OomScope>, victim: OomProcess },
    /// `Tasks in .. are going to be killed due to memory.oom.group set`.
    Group(&'a [u8]),
    /// The report ends and nobody dies.
    Barren { scope: Option<OomScope>, reason: &'static str },
}

/// `dump_oom_summary`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Summary<'a> {
    pub(super) scope: Option<OomScope>,
    pub(super) oom_memcg: Option<&'a [u8]>,
    pub(super) task_memcg: Option<&'a [u8]>,
    pub(super) pid: Option<u32>,
    pub(super) uid: Option<u32>,
}

/// The line of an OOM report that this is, if any.
pub(super) fn parse(body: &[u8]) -> Option<OomLine<'_>> {
    start(body)
        .or_else(|| if is_sysrq(body) { Some(OomLine::Sysrq) } else { None })
        .or_else(|| cpu(body).ok().map(|(_, line)| line))
        .or_else(|| memcg(body))
        .or_else(|| page_size(body))
        .or_else(|| oom_table::header(body).map(OomLine::TableHeader))
        .or_else(|| body.strip_prefix(b"oom-kill:").and_then(summary).map(OomLine::Summary))
        .or_else(|| barren(body))
        .or_else(|| kill(body))
}

/// `<comm> invoked oom-killer: gfp_mask=..`; 2.6.11 writes no name.
fn start(body: &[u8]) -> Option<OomLine<'_>> {
    let (comm, rest) = match body.strip_prefix(b"oom-killer: ") {
        Some(rest) => (None, rest),
        None => rsplit_at(body, b" invoked oom-killer: ").map(|(comm, rest)| (Some(comm), rest))?,
    };
    let plausible =
        rest.starts_with(b"gfp_mask=") && comm.is_none_or(|comm| comm.len() <= COMM_MAX_BYTES);
    plausible.then(|| OomLine::Start {
        comm,
        sysrq: memchr::memmem::find(rest, b" order=-1,").is_some(),
    })
}

/// `sysrq: Manual OOM execution`, before 5.x `sysrq: SysRq : Manual OOM execution` or without the first word.
fn is_sysrq(body: &[u8]) -> bool {
    let text = body.strip_prefix(b"sysrq: ").unwrap_or(body);
    let known = text.len() < body.len() || text.starts_with(b"SysRq : ");
    known && text.strip_prefix(b"SysRq : ").unwrap_or(text).starts_with(b"Manual OOM execution")
}

/// `CPU: 0 PID: 1 Comm: x Not tainted ..`, 6.11+ with `UID: 33`, before 3.10 `Pid: 1, comm: x Not tainted ..`.
fn cpu(input: &[u8]) -> IResult<&[u8], OomLine<'_>> {
    if input.starts_with(b"Pid: ") {
        let (rest, pid) = delimited(tag("Pid: "), number, tag(", comm: ")).parse(input)?;
        return Ok((b"", OomLine::Cpu { uid: None, pid, rest }));
    }
    let (rest, _) = (tag("CPU: "), number).parse(input)?;
    let (rest, uid) = opt(preceded(tag(" UID: "), number)).parse(rest)?;
    let (rest, pid) = delimited(tag(" PID: "), number, tag(" Comm: ")).parse(rest)?;
    Ok((b"", OomLine::Cpu { uid, pid, rest }))
}

fn memcg(body: &[u8]) -> Option<OomLine<'_>> {
    if let Some(paths) = body.strip_prefix(b"Task in ") {
        let (victim, limit) = rsplit_at(paths, b" killed as a result of limit of ")?;
        return Some(OomLine::MemcgTask { victim, limit });
    }
    if let Some(path) = body.strip_prefix(b"Memory limit reached of cgroup ") {
        return Some(OomLine::MemcgLimit(path));
    }
    if let Some(rest) = body.strip_prefix(b"Memory cgroup stats for ") {
        // To 5.2 the statistics follow on the line; a path may hold colons (`slice:cri-containerd:..`).
        let path = rsplit_at(rest, b": cache:")
            .map(|(path, _)| path)
            .or_else(|| rest.strip_suffix(b":"))?;
        return Some(OomLine::MemcgLimit(path));
    }
    if let Some(path) = body.strip_prefix(b"Tasks in ") {
        let path = path.strip_suffix(b" are going to be killed due to memory.oom.group set")?;
        return Some(OomLine::Group(path));
    }
    usage(body)
}

/// `memory: usage 194560kB, limit 194560kB, failcnt 318`.
fn usage(body: &[u8]) -> Option<OomLine<'_>> {
    let tail = body.strip_prefix(b"memory: ")?;
    let amount = |key: &[u8]| {
        let word = tail
            .split(|byte| *byte == b',')
            .find_map(|part| part.trim_ascii_start().strip_prefix(key))?;
        kilobytes(word).ok().map(|(_, amount)| amount)
    };
    let (usage, limit) = (amount(b"usage "), amount(b"limit "));
    (usage.is_some() || limit.is_some()).then_some(())?;
    let bytes = |kb: u64| kb.saturating_mul(1024);
    Some(OomLine::Usage {
        usage: usage.map(bytes),
        limit: limit.filter(|kb| *kb < UNLIMITED_KB).map(bytes),
    })
}

/// `Node 0 DMA: 3*4kB (U) 2*8kB (UM) ..` of `show_free_areas`.
fn page_size(body: &[u8]) -> Option<OomLine<'_>> {
    let (_, blocks) = split_at(body.strip_prefix(b"Node ")?, b": ")?;
    let (rest, _) = number(blocks).ok()?;
    let (_, kb) = kilobytes(rest.strip_prefix(b"*")?).ok()?;
    matches!(kb, 4 | 8 | 16 | 64).then(|| OomLine::PageSize(kb * 1024))
}

/// Keys from the right, each within what is left: a task named `,oom_memcg=/x` says nothing about cgroups.
fn summary(text: &[u8]) -> Option<Summary<'_>> {
    let mut rest = text;
    let mut last = |key: &[u8]| {
        let (head, value) = rsplit_at(rest, key)?;
        rest = head;
        Some(value)
    };
    let uid = last(b",uid=").and_then(words::whole_u32);
    let pid = last(b",pid=").and_then(words::whole_u32);
    last(b",task=");
    let task_memcg = last(b",task_memcg=");
    let oom_memcg = last(b",oom_memcg=");
    let global = rest.ends_with(b",global_oom");
    let constraint = rest.strip_prefix(b"constraint=CONSTRAINT_")?;
    let constraint = split_at(constraint, b",").map_or(constraint, |(constraint, _)| constraint);
    let scope = match constraint {
        b"MEMCG" => Some(OomScope::Memcg),
        // A charge that raced with a change of the limit.
        _ if oom_memcg.is_some() => Some(OomScope::Memcg),
        b"CPUSET" => Some(OomScope::Cpuset),
        b"MEMORY_POLICY" => Some(OomScope::Mempolicy),
        b"NONE" if global => Some(OomScope::Global),
        _ => None,
    };
    Some(Summary { scope, oom_memcg, task_memcg, pid, uid })
}

fn barren(body: &[u8]) -> Option<OomLine<'_>> {
    if let Some((_, reason)) = BARREN_ENDS.iter().find(|(text, _)| body.starts_with(text)) {
        return Some(OomLine::Barren { scope: None, reason });
    }
    let (scope, text) = strip_scope(body)?;
    if text.ends_with(b" panic_on_oom is enabled") {
        return Some(OomLine::Barren { scope: Some(scope), reason: "panic-on-oom" });
    }
    // 5.1+: `Out of memory: OOM victim 12 (x) is already exiting. Skip killing the task`.
    let exiting = text
        .strip_prefix(b"OOM victim ")?
        .ends_with(b") is already exiting. Skip killing the task");
    exiting.then_some(OomLine::Barren { scope: Some(scope), reason: "victim-exiting" })
}

fn strip_scope(body: &[u8]) -> Option<(OomScope, &[u8])> {
    PREFIXES.iter().find_map(|(text, scope)| Some((*scope, body.strip_prefix(*text)?)))
}

fn kill(body: &[u8]) -> Option<OomLine<'_>> {
    let (scope, rest) = strip_scope(body).map_or((None, body), |(scope, rest)| (Some(scope), rest));
    if let Some(rest) = rest.strip_prefix(b"Killed process ") {
        return victim(rest).map(|victim| OomLine::Killed { scope, victim });
    }
    // Without its prefix it is `Kill process 12 (x) sharing same memory`, no victim of its own.
    let rest =
        rest.strip_prefix(b"Kill process ").or_else(|| rest.strip_prefix(b"kill process "))?;
    let (rest, pid) = number(rest).ok()?;
    let (comm, score) = rsplit_at(rest.strip_prefix(b" (")?, b") score ")?;
    score.first()?.is_ascii_digit().then_some(())?;
    Some(OomLine::Announced { scope: scope?, victim: named(pid, comm)? })
}

fn named(pid: u32, comm: &[u8]) -> Option<OomProcess> {
    (comm.len() <= COMM_MAX_BYTES).then(|| OomProcess {
        pid: Some(pid),
        comm: words::name(comm),
        ..OomProcess::default()
    })
}

/// `12 (x) total-vm:..`, RHEL 4-6 `12, UID 48, (x) total-vm:..`, late RHEL 7 `12 (x), UID 48, total-vm:..`, 2.6.24
/// `12 (x)`, 2.6.33 `12 (x) vsz:..`, 2.6.11 `12 (x).`.
fn victim(text: &[u8]) -> Option<OomProcess> {
    let (rest, pid) = number(text).ok()?;
    let (rest, early_uid) = opt(preceded(tag(", UID "), number)).parse(rest).ok()?;
    let rest = rest
        .strip_prefix(b",")
        .filter(|_| early_uid.is_some())
        .unwrap_or(rest)
        .strip_prefix(b" (")?;
    let (comm, tail) =
        rsplit_at(rest, b" total-vm:").or_else(|| rsplit_at(rest, b" vsz:")).unwrap_or((rest, b""));
    let (comm, late_uid) = comm_and_uid(comm)?;
    let mut victim = named(pid, comm)?;
    victim.uid =
        early_uid.or(late_uid).or_else(|| value_of(tail, b"UID").and_then(words::whole_u32));
    let amount =
        |key: &[u8]| kilobytes(value_of(tail, key)?).ok().map(|(_, kb)| kb.saturating_mul(1024));
    victim.anon_rss_bytes = amount(b"anon-rss");
    let parts = [victim.anon_rss_bytes, amount(b"file-rss"), amount(b"shmem-rss")];
    victim.rss_bytes = parts.into_iter().flatten().reduce(u64::saturating_add);
    Some(victim)
}

/// What stands between `(` and the amounts: `x)`, `x), UID 48,`, `x).`, or a line that was cut after the name.
fn comm_and_uid(text: &[u8]) -> Option<(&[u8], Option<u32>)> {
    if let Some(comm) = text.strip_suffix(b")").or_else(|| text.strip_suffix(b").")) {
        return Some((comm, None));
    }
    let late = rsplit_at(text, b"), UID ")
        .and_then(|(comm, uid)| Some((comm, words::whole_u32(uid.strip_suffix(b",")?)?)));
    match late {
        Some((comm, uid)) => Some((comm, Some(uid))),
        None => {
            let (comm, cut) = rsplit_at(text, b")")?;
            (b" total-vm:".starts_with(cut) || cut.starts_with(b", UID")).then_some((comm, None))
        }
    }
}
