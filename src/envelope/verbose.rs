//! `journalctl -o verbose`: a time and a cursor in brackets, then the fields of the entry, indented by four blanks. In: lines; out:
//! one record an entry. Exists because it is what people paste when asked for "everything that the journal knows".
//! Must never take a line of a message for a field: those are indented further.

use crate::stamp::ClockKind;

use super::journal::{Entry, Slot, slot};
use super::journal_export::is_name;
use super::outlet::{Outlet, Sink};
use super::times;

/// What the fields are indented by.
const INDENT: &[u8] = b"    ";

/// Reads entries.
#[derive(Debug, Clone, Default)]
pub(super) struct Verbose {
    entry: Entry,
    /// Line on which the entry began, 0 before the first.
    began: u64,
    /// The field that a deeper line goes on with, and how far its value is indented.
    open: Option<(Slot, usize)>,
}

impl Verbose {
    /// Takes a line; `false` where it is none of the format.
    pub(super) fn line(
        &mut self,
        number: u64,
        line: &[u8],
        outlet: &mut Outlet,
        sink: &mut Sink<'_>,
    ) -> bool {
        if let Some(realtime) = head(line) {
            self.end_entry(outlet, sink);
            self.began = number;
            self.entry.set(Slot::Realtime, &realtime);
            return true;
        }
        if self.began == 0 {
            return false;
        }
        let Some(rest) = line.strip_prefix(INDENT) else { return false };
        if rest.starts_with(b" ") {
            self.go_on(line);
            return true;
        }
        let name = rest.iter().take(65).position(|byte| *byte == b'=').unwrap_or(0);
        if name == 0 || !is_name(&rest[..name]) {
            return false;
        }
        self.open = slot(&rest[..name]).map(|slot| (slot, INDENT.len() + name + 1));
        if let Some((slot, _)) = self.open {
            self.entry.set(slot, &rest[name + 1..]);
        }
        true
    }

    /// End of the file.
    pub(super) fn finish(&mut self, complete: bool, outlet: &mut Outlet, sink: &mut Sink<'_>) {
        if complete {
            self.end_entry(outlet, sink);
        }
    }

    fn go_on(&mut self, line: &[u8]) {
        let Some((slot, indent)) = self.open else { return };
        let pad = line.iter().take(indent).take_while(|byte| **byte == b' ').count();
        self.entry.append(slot, &line[pad..]);
    }

    fn end_entry(&mut self, outlet: &mut Outlet, sink: &mut Sink<'_>) {
        self.entry.deliver(self.began, outlet, sink);
        self.entry.clear();
        self.open = None;
    }
}

/// The receipt of an entry that `Wed 2025-11-05 12:00:00.123456 UTC [s=..;t=..]` begins, in decimal µs: the cursor has it in hex.
/// Empty where neither cursor nor zone tell it.
pub(super) fn head(line: &[u8]) -> Option<Vec<u8>> {
    if !line.ends_with(b"]") {
        return None;
    }
    let (stamp, taken) = times::weekday_zoned(line)?;
    let cursor = line.get(taken..)?.strip_prefix(b" [s=")?;
    let realtime = cursor.split(|byte| *byte == b';').find_map(|part| part.strip_prefix(b"t="));
    let micros = realtime
        .and_then(|digits| std::str::from_utf8(digits.strip_suffix(b"]").unwrap_or(digits)).ok())
        .and_then(|digits| i64::from_str_radix(digits, 16).ok())
        .or((stamp.clock == ClockKind::Utc).then_some(stamp.at));
    Some(micros.map(|micros| micros.to_string().into_bytes()).unwrap_or_default())
}
