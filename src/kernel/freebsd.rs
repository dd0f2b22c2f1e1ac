//! What FreeBSD's kernel says of a process that it ended. In: the text of one message; out: the event. Exists because a log of that
//! kernel holds no word of Linux's OOM reports and would pass for one that saw nothing.

use crate::envelope::Record;
use crate::event::{Event, EventKind, OomKill, OomProcess, OomScope};

use super::event_at;
use super::words::{COMM_MAX_BYTES, name, rsplit_at, split_at, whole_u32};

/// Why `vm_pageout_oom` kills (`sys/vm/vm_pageout.c`, `sys/vm/vm_fault.c`).
const FOR_MEMORY: [&[u8]; 3] = [
    b"out of swap space",
    b"failed to reclaim memory",
    b"a thread waited too long to allocate a page",
];

/// `pid 2210 (php-fpm), jid 0, uid 80, was killed: failed to reclaim memory` (`killproc`), before 12.3 without the jail, and
/// `pid 2210 (php-fpm), jid 0, uid 80: exited on signal 11 (core dumped)` (`sigexit`).
pub(super) fn read(body: &[u8], record: &Record<'_>) -> Option<Event> {
    let (pid, rest) = split_at(body.strip_prefix(b"pid ")?, b" (")?;
    let pid = whole_u32(pid)?;
    if let Some((head, why)) = rsplit_at(rest, b", was killed: ") {
        FOR_MEMORY.contains(&why).then_some(())?;
        let mut event = event_at(EventKind::OomKill, record);
        let victim =
            OomProcess { comm: name(task(head)?), pid: Some(pid), ..OomProcess::default() };
        event.oom =
            Some(Box::new(OomKill { victim, scope: OomScope::Global, ..OomKill::default() }));
        return Some(event);
    }
    let (head, signal) = rsplit_at(rest, b": exited on signal ")?;
    let number = signal.split(|byte| *byte == b' ').next().and_then(whole_u32)?;
    // Of the others the one who sent them knows.
    let signal = [(4, "SIGILL"), (5, "SIGTRAP"), (8, "SIGFPE"), (10, "SIGBUS"), (11, "SIGSEGV")]
        .iter()
        .find(|(known, _)| *known == number)?;
    let mut event = event_at(EventKind::Segfault, record);
    for (field, value) in
        [("comm", name(task(head)?)), ("pid", pid.to_string()), ("signal", signal.1.to_owned())]
    {
        event.fields.insert(field.to_owned(), value);
    }
    Some(event)
}

/// `php-fpm), jid 0, uid 80` → the task's name.
fn task(head: &[u8]) -> Option<&[u8]> {
    let (before, uid) = rsplit_at(head, b", uid ")?;
    whole_u32(uid)?;
    let before = match rsplit_at(before, b", jid ") {
        Some((before, jid)) if whole_u32(jid).is_some() => before,
        _ => before,
    };
    before.strip_suffix(b")").filter(|comm| comm.len() <= COMM_MAX_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(body: &str) -> Option<(EventKind, String)> {
        let record = Record { body: body.as_bytes().into(), ..Record::default() };
        let event = read(body.as_bytes(), &record)?;
        let told = match &event.oom {
            Some(oom) => format!("{} {:?}", oom.victim.comm, oom.victim.pid),
            None => format!("{:?}", event.fields),
        };
        Some((event.kind, told))
    }

    #[test]
    fn ends_that_the_kernel_brought() {
        for body in [
            "pid 2210 (php-fpm), jid 0, uid 80, was killed: failed to reclaim memory",
            "pid 2210 (php-fpm), uid 80, was killed: out of swap space",
        ] {
            assert_eq!(told(body), Some((EventKind::OomKill, "php-fpm Some(2210)".to_owned())));
        }
        let fault = told("pid 7 (a), uid 1 (b), jid 2, uid 80: exited on signal 11 (core dumped)");
        let (kind, fields) = fault.unwrap();
        assert_eq!(kind, EventKind::Segfault);
        assert!(fields.contains("a), uid 1 (b") && fields.contains("SIGSEGV"), "{fields}");
        for body in [
            "pid 2210 (php-fpm), jid 0, uid 80, was killed: exceeded maximum CPU limit",
            "pid 2210 (php-fpm), jid 0, uid 80: exited on signal 15",
            "pid x (php-fpm), jid 0, uid 80, was killed: out of swap space",
            "pid 2210 (php-fpm), was killed: out of swap space",
            "someone wrote: pid 2210 (php-fpm), uid 80, was killed: out of swap space",
        ] {
            assert_eq!(told(body), None, "{body}");
        }
    }
}
