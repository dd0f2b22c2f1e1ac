//! Kernel messages that say all in one line: faults, stalls, failing disks, limits, boots, suspends, lost lines.
//!
//! In: one message; out: the event it is, if any. The forms are those of the kernel's own sources (4.19 and later read, older
//! ones from logs). It must never raise an event for a form that does not start the message.

use memchr::memmem;

use super::event_at;
use super::words::{self, COMM_MAX_BYTES, comm_and_pid, rsplit_at, split_at};
use crate::envelope::Record;
use crate::event::{Event, EventKind};

/// What a line means, with the fields that it gives.
#[derive(Debug)]
struct Fact<'a> {
    kind: EventKind,
    fields: Vec<(&'static str, &'a [u8])>,
}

/// x86 trap names (`arch/x86/kernel/traps.c`) and the signal that each sends.
const TRAPS: [(&[u8], &[u8]); 11] = [
    (b"general protection", b"SIGSEGV"),
    (b"trap invalid opcode", b"SIGILL"),
    (b"trap divide error", b"SIGFPE"),
    (b"trap int3", b"SIGTRAP"),
    (b"trap stack segment", b"SIGBUS"),
    (b"trap alignment check", b"SIGBUS"),
    (b"trap segment not present", b"SIGBUS"),
    (b"trap bounds", b"SIGSEGV"),
    (b"trap overflow", b"SIGSEGV"),
    (b"trap invalid TSS", b"SIGSEGV"),
    (b"trap coprocessor", b"SIGFPE"),
];

/// Where a disk's name follows, in lines of the block layer and of `mm/` and `fs/buffer.c`.
const IO_ERRORS: [&[u8]; 9] = [
    b"I/O error, dev ",
    b"blk_update_request: I/O error, dev ",
    b"print_req_error: I/O error, dev ",
    b"end_request: I/O error, dev ",
    b"critical medium error, dev ",
    b"blk_update_request: critical medium error, dev ",
    b"Buffer I/O error on dev ",
    b"Buffer I/O error on device ",
    b"Aborting journal on device ",
];

/// File systems that write `<name> (<device>): text` about failures.
const FILE_SYSTEMS: [&[u8]; 6] =
    [b"EXT4-fs ", b"EXT3-fs ", b"EXT2-fs ", b"XFS ", b"BTRFS ", b"BTRFS: "];

/// Texts after the device that tell of a failure.
const FAILURES: [&[u8]; 10] = [
    b"Remounting filesystem read-only",
    b"shutting down filesystem",
    b"Shutting down filesystem",
    b"Shutting down.",
    b"Filesystem has been shut down",
    b"Corruption ",
    b"Metadata corruption",
    b"etadata I/O error",
    b"log I/O error",
    b"Delayed block allocation failed",
];

/// Kernel-wide limits: how the line starts, and the word for the field `limit`.
const LIMITS: [(&[u8], &[u8]); 9] = [
    (b"VFS: file-max limit ", b"file-max"),
    (b"cgroup: fork rejected by pids controller in ", b"pids"),
    (b"TCP: out of memory -- consider tuning tcp_mem", b"tcp-memory"),
    (b"TCP: out of memory", b"tcp-memory"),
    (b"Out of socket memory", b"tcp-memory"),
    (b"TCP: too many orphaned sockets", b"orphaned-sockets"),
    (b"TCP: too many of orphaned sockets", b"orphaned-sockets"),
    (b"neighbour: arp_cache: neighbor table overflow", b"neighbor-table"),
    (b"neighbour: ndisc_cache: neighbor table overflow", b"neighbor-table"),
];

/// The event that a message is, if it is one of this module's.
pub(super) fn read(body: &[u8], record: &Record<'_>) -> Option<Event> {
    let fact = fault(body)
        .or_else(|| stall(body))
        .or_else(|| allocation_failure(body))
        .or_else(|| disk_error(body))
        .or_else(|| limit(body))
        .or_else(|| host(body))
        .or_else(|| loss(body))?;
    let mut event = event_at(fact.kind, record);
    event
        .fields
        .extend(fact.fields.into_iter().map(|(key, value)| (key.to_owned(), words::name(value))));
    Some(event)
}

/// `x[12]: segfault at 0 ip ..`, `traps: x[12] general protection fault ip:..`, arm64 and others `x[12]: unhandled .. (11) at`.
fn fault(body: &[u8]) -> Option<Fact<'_>> {
    segfault(body).or_else(|| trap(body)).or_else(|| unhandled(body))
}

fn segfault(body: &[u8]) -> Option<Fact<'_>> {
    let (victim, text) =
        split_at(body, b": segfault at ").or_else(|| split_at(body, b": segfault (11) at "))?;
    fault_of(victim, b"SIGSEGV", text)
}

fn trap(body: &[u8]) -> Option<Fact<'_>> {
    // `traps: ` since 3.4. A colon follows `ip` and `sp`, except in the oldest kernels.
    let text = body.strip_prefix(b"traps: ").unwrap_or(body);
    let (head, tail) = split_at(text, b" ip:").or_else(|| split_at(text, b" rip:"))?;
    let (victim, name) = rsplit_at(head, b"] ")?;
    let (_, signal) = TRAPS.iter().find(|(known, _)| name.starts_with(known))?;
    let victim = text.get(..=victim.len())?;
    fault_of(victim, signal, tail)
}

/// arm64: `x[12]: unhandled level 2 translation fault (11) at 0x00000000, esr 0x92000006`.
fn unhandled(body: &[u8]) -> Option<Fact<'_>> {
    let (victim, text) = split_at(body, b": unhandled ")?;
    let (_, number) = split_at(text, b" (")?;
    let signal: &[u8] = match split_at(number, b") ")?.0 {
        b"4" => b"SIGILL",
        b"5" => b"SIGTRAP",
        b"7" => b"SIGBUS",
        b"8" => b"SIGFPE",
        b"11" => b"SIGSEGV",
        _ => return None,
    };
    fault_of(victim, signal, text)
}

fn fault_of<'a>(victim: &'a [u8], signal: &'static [u8], text: &'a [u8]) -> Option<Fact<'a>> {
    let (comm, _) = comm_and_pid(victim)?;
    let pid = victim.get(comm.len() + 1..victim.len().checked_sub(1)?)?;
    let mut fields = vec![("comm", comm), ("pid", pid), ("signal", signal)];
    // `in libthumb.so[113b,7f6a5c495000+1000]`: the object that held the instruction.
    let library = rsplit_at(text, b" in ")
        .and_then(|(_, library)| split_at(library, b"["))
        .map(|(library, _)| library);
    fields.extend(library.map(|library| ("library", library)));
    Some(Fact { kind: EventKind::Segfault, fields })
}

/// Blocked tasks, lockups, RCU stalls.
fn stall(body: &[u8]) -> Option<Fact<'_>> {
    blocked_task(body).or_else(|| lockup(body))
}

/// `INFO: task x:12 blocked for more than 120 seconds.`, 6.15+ also `blocked in I/O wait for more than`.
fn blocked_task(body: &[u8]) -> Option<Fact<'_>> {
    let (task, text) = rsplit_at(body.strip_prefix(b"INFO: task ")?, b" blocked ")?;
    let (_, seconds) = split_at(text, b"for more than ")?;
    let (comm, pid) = rsplit_at(task, b":")?;
    words::whole_u32(pid)?;
    Some(Fact {
        kind: EventKind::HungTask,
        fields: vec![
            ("what", b"blocked-task"),
            ("comm", comm),
            ("pid", pid),
            ("seconds", digits(seconds)?),
        ],
    })
}

/// `watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [node:380]`, `rcu: INFO: rcu_sched self-detected stall on CPU`.
fn lockup(body: &[u8]) -> Option<Fact<'_>> {
    let text = [&b"NMI watchdog: "[..], b"watchdog: ", b"rcu: "]
        .iter()
        .find_map(|mark| body.strip_prefix(*mark));
    let text = text.unwrap_or(body);
    let mut fields: Vec<(&str, &[u8])> = Vec::new();
    if let Some(rest) = text.strip_prefix(b"BUG: soft lockup - CPU#") {
        let (_, rest) = split_at(rest, b"stuck for ")?;
        let task =
            rsplit_at(rest, b"! [").and_then(|(_, task)| rsplit_at(task.strip_suffix(b"]")?, b":"));
        fields.extend([("what", &b"soft-lockup"[..]), ("seconds", digits(rest)?)]);
        fields.extend(task.into_iter().flat_map(|(comm, pid)| [("comm", comm), ("pid", pid)]));
    } else if text.starts_with(b"Watchdog detected hard LOCKUP on cpu") {
        fields.push(("what", b"hard-lockup"));
    } else {
        let stall = text.strip_prefix(b"INFO: rcu_")?;
        let known = [&b"self-detected stall"[..], b"detected stalls", b"detected expedited stalls"];
        known.iter().any(|words| memmem::find(stall, words).is_some()).then_some(())?;
        fields.push(("what", b"rcu-stall"));
    }
    Some(Fact { kind: EventKind::HungTask, fields })
}

/// `x: page allocation failure: order:4, mode:0x..` (to 2.6.x with a full stop), `SLUB: Unable to allocate memory on node`.
fn allocation_failure(body: &[u8]) -> Option<Fact<'_>> {
    let kind = EventKind::PageAllocationFailure;
    if body.starts_with(b"SLUB: Unable to allocate memory on node") {
        return Some(Fact { kind, fields: Vec::new() });
    }
    let (comm, rest) = rsplit_at(body, b": page allocation ")?;
    let known = rest.starts_with(b"failure: order:")
        || rest.starts_with(b"failure. order:")
        || rest.starts_with(b"stalls for "); // 4.10 to 4.14
    (known && comm.len() <= COMM_MAX_BYTES).then_some(())?;
    let order = split_at(rest, b"order:").and_then(|(_, order)| digits(order));
    let mut fields = vec![("comm", comm)];
    fields.extend(order.map(|order| ("order", order)));
    Some(Fact { kind, fields })
}

fn disk_error(body: &[u8]) -> Option<Fact<'_>> {
    let device = IO_ERRORS.iter().find_map(|text| body.strip_prefix(*text)).map(device_name);
    if let Some(device) = device.or_else(|| detected_io_error(body)) {
        // An empty drive of a virtual machine answers with errors whenever it is probed.
        let removable = device.starts_with(b"fd") || device.starts_with(b"sr");
        return (!removable).then(|| disk_fact(device));
    }
    if let Some(device) = late_disk(body) {
        return Some(disk_fact(device));
    }
    if let Some(pool) = full_pool(body) {
        return Some(pool);
    }
    let text = FILE_SYSTEMS.iter().find_map(|name| body.strip_prefix(*name))?;
    if let Some(rest) =
        text.strip_prefix(b"error (device ").or_else(|| text.strip_prefix(b"critical (device "))
    {
        return Some(disk_fact(device_name(rest)));
    }
    let (device, text) = split_at(text.strip_prefix(b"(")?, b"): ")?;
    FAILURES.iter().any(|failure| memmem::find(text, failure).is_some()).then_some(())?;
    // Delayed allocation on a full disk: the disk is well, it has no space left (ENOSPC).
    let full = text.starts_with(b"Delayed block allocation failed") && text.ends_with(b" error 28");
    let kind = if full { EventKind::DiskFull } else { EventKind::DiskError };
    Some(Fact { kind, fields: vec![("device", device_name(device))] })
}

/// `device-mapper: thin: 253:4: switching pool to out-of-data-space (queue IO) mode` (drivers/md/dm-thin.c; before 3.19 without the
/// parentheses): who writes waits for space, unless the pool answers with errors.
fn full_pool(body: &[u8]) -> Option<Fact<'_>> {
    let (device, text) = split_at(body.strip_prefix(b"device-mapper: thin: ")?, b": ")?;
    let mode = text.strip_prefix(b"switching pool to out-of-data-space")?;
    let mut fields: Vec<(&str, &[u8])> = vec![("device", device)];
    if memmem::find(mode, b"error IO").is_none() {
        fields.push(("waits", b"yes"));
    }
    Some(Fact { kind: EventKind::DiskFull, fields })
}

/// A disk that does not answer in time: `nvme nvme0: I/O 611 QID 2 timeout, aborting` (drivers/nvme/host/pci.c, since 6.2 with tag and
/// opcode), `ata1.00: exception Emask 0x0 SAct 0x0 SErr 0x0 action 0x6 frozen` (drivers/ata/libata-eh.c), `sd 2:0:0:0: [sda] tag#12
/// timing out command, waited 180s` (drivers/scsi/scsi_lib.c), `nfs: server HOST not responding, still trying`.
fn late_disk(body: &[u8]) -> Option<&[u8]> {
    if let Some(rest) = body.strip_prefix(b"nvme ") {
        let (device, text) = split_at(rest, b": I/O ")?;
        memmem::find(text, b" QID ").and(memmem::find(text, b" timeout, ")).map(|_| device)
    } else if body.starts_with(b"ata") {
        let (device, text) = split_at(body, b": exception Emask ")?;
        text.ends_with(b" frozen").then_some(device)
    } else if let Some(rest) = body.strip_prefix(b"nfs: server ") {
        // net/sunrpc/clnt.c: `still trying` of a hard mount, `timed out` of a soft one.
        let (server, text) = split_at(rest, b" not responding, ")?;
        matches!(text, b"still trying" | b"timed out").then_some(server)
    } else {
        let (_, text) = split_at(body.strip_prefix(b"sd ")?, b": [")?;
        let (device, text) = split_at(text, b"] ")?;
        memmem::find(text, b" timing out command, waited ").map(|_| device)
    }
}

/// `JBD2: Detected IO errors while flushing file data on sda1-8`.
fn detected_io_error(body: &[u8]) -> Option<&[u8]> {
    body.strip_prefix(b"JBD2: Detected IO errors while flushing file data on ").map(device_name)
}

fn disk_fact(device: &[u8]) -> Fact<'_> {
    Fact { kind: EventKind::DiskError, fields: vec![("device", device)] }
}

fn device_name(text: &[u8]) -> &[u8] {
    let end = text
        .iter()
        .position(|byte| matches!(byte, b',' | b')' | b' ' | b':'))
        .unwrap_or(text.len());
    let name = text.get(..end).unwrap_or(text);
    name.strip_suffix(b".").unwrap_or(name)
}

fn limit(body: &[u8]) -> Option<Fact<'_>> {
    if let Some(rest) =
        body.strip_prefix(b"nf_conntrack: ").or_else(|| body.strip_prefix(b"ip_conntrack: "))
    {
        let rest = rest.strip_prefix(b"nf_conntrack: ").unwrap_or(rest);
        return rest
            .starts_with(b"table full")
            .then(|| Fact { kind: EventKind::ConntrackFull, fields: Vec::new() });
    }
    let kind = EventKind::KernelLimit;
    if let Some((text, name)) = LIMITS.iter().find(|(text, _)| body.starts_with(text)) {
        let mut fields: Vec<(&str, &[u8])> = vec![("limit", name)];
        if *name == b"pids" {
            fields.push(("cgroup", body.get(text.len()..)?));
        }
        return Some(Fact { kind, fields });
    }
    let port = syn_flood(body)?;
    Some(Fact { kind, fields: vec![("limit", b"syn-backlog"), ("port", port)] })
}

/// `TCP: request_sock_TCP: Possible SYN flooding on port 80. Sending cookies.`; 6.x writes `0.0.0.0:80` or `[::]:80`.
fn syn_flood(body: &[u8]) -> Option<&[u8]> {
    let old = body.strip_prefix(b"possible SYN flooding on port ");
    let (head, port) = match old {
        Some(port) => (&b""[..], port),
        None => split_at(body.strip_prefix(b"TCP: ")?, b"ossible SYN flooding on port ")?,
    };
    (head.len() <= COMM_MAX_BYTES).then_some(())?;
    let (address, _) =
        split_at(port, b". ").or_else(|| port.strip_suffix(b".").map(|address| (address, port)))?;
    digits(rsplit_at(address, b":").map_or(address, |(_, port)| port))
}

/// Boot, suspend and resume.
fn host(body: &[u8]) -> Option<Fact<'_>> {
    if let Some(rest) = body.strip_prefix(b"Linux version ") {
        rest.first()?.is_ascii_digit().then_some(())?;
        let version = split_at(rest, b" ").map_or(rest, |(version, _)| version);
        return Some(Fact { kind: EventKind::KernelBoot, fields: vec![("version", version)] });
    }
    let text = body.strip_prefix(b"PM: ")?;
    let text = text.strip_prefix(b"hibernation: ").unwrap_or(text);
    let word = text.strip_prefix(b"suspend ").or_else(|| text.strip_prefix(b"hibernation "))?;
    let action: &[u8] = match word {
        b"exit" => b"resume",
        _ if word.starts_with(b"entry") => b"suspend",
        _ => return None,
    };
    Some(Fact { kind: EventKind::HostSuspend, fields: vec![("action", action)] })
}

/// Lines that the kernel, or journald reading from it, did not write.
fn loss(body: &[u8]) -> Option<Fact<'_>> {
    callbacks_suppressed(body).or_else(|| messages_dropped(body))
}

/// `oom_kill_process: 12 callbacks suppressed`; field `what` is the kernel's function.
fn callbacks_suppressed(body: &[u8]) -> Option<Fact<'_>> {
    let (what, lines) = rsplit_at(body.strip_suffix(b" callbacks suppressed")?, b": ")?;
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    (what.iter().all(word) && words::whole_u32(lines).is_some()).then_some(())?;
    Some(Fact { kind: EventKind::LogLoss, fields: vec![("lines", lines), ("what", what)] })
}

/// `** 12 printk messages dropped **`, `printk: 33 messages dropped`, 2.6 `printk: 33 messages suppressed.`, journald's own
/// `Missed 12 kernel messages`.
fn messages_dropped(body: &[u8]) -> Option<Fact<'_>> {
    let text = match body.strip_prefix(b"systemd-journald[") {
        Some(rest) => split_at(rest, b"]: ")?.1,
        None => body,
    };
    let start =
        [&b"** "[..], b"printk: ", b"Missed "].iter().find_map(|mark| text.strip_prefix(*mark))?;
    let lines = digits(start)?;
    let known: [&[u8]; 5] = [
        b" printk messages dropped",
        b" messages dropped",
        b" messages suppressed",
        b" kernel messages",
        b" printk message",
    ];
    let rest = start.get(lines.len()..)?;
    known.iter().any(|words| rest.starts_with(words)).then_some(())?;
    Some(Fact { kind: EventKind::LogLoss, fields: vec![("lines", lines)] })
}

/// The digits at the start of the text; `None` without any.
fn digits(text: &[u8]) -> Option<&[u8]> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end).filter(|digits| !digits.is_empty())
}
