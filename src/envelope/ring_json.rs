//! `dmesg --json` (util-linux 2.38 and later). In: the file in pieces; out: one call a message. Exists because all messages are in
//! one object, which `jq -c` puts on one line: only a reader that counts braces can stream it.
//! Must never hold more than one message of `LINE_MAX_BYTES`.

use super::Tally;
use super::dmesg::{self, Facility};
use super::json_lines::{RingEntry, ring_entry};
use super::lines::{LINE_MAX_BYTES, without_line_end};
use super::outlet::{Found, Outlet, Sink, assign};
use crate::stamp::{ClockKind, RawStamp};

/// How deep the messages lie: `{"dmesg": [{`.
const DEPTH: u32 = 2;

/// Reads the messages.
#[derive(Debug, Clone, Default)]
pub(super) struct RingJson {
    depth: u32,
    quoted: bool,
    escaped: bool,
    object: Vec<u8>,
    began: u64,
    newlines: u64,
    long: u64,
    damaged: u64,
    bytes: bool,
    partial: bool,
}

impl RingJson {
    /// For a text with so many line ends before it.
    pub(super) fn after(newlines: u64) -> Self {
        Self { newlines, ..Self::default() }
    }

    pub(super) fn feed(&mut self, block: &[u8], outlet: &mut Outlet, sink: &mut Sink<'_>) {
        for byte in block {
            self.byte(*byte, outlet, sink);
        }
    }

    pub(super) fn finish(&mut self) {
        self.partial = self.depth > 0;
    }

    pub(super) fn tally(&self, outlet: &Outlet) -> Tally {
        Tally {
            lines: self.newlines + u64::from(self.bytes),
            records: outlet.records,
            long_lines: self.long,
            partial_last_line: self.partial,
            torn_end: self.partial && self.depth >= DEPTH,
            damaged: self.damaged,
            ..Tally::default()
        }
    }

    fn byte(&mut self, byte: u8, outlet: &mut Outlet, sink: &mut Sink<'_>) {
        self.bytes = byte != b'\n';
        self.newlines += u64::from(byte == b'\n');
        if self.depth >= DEPTH && self.object.len() <= LINE_MAX_BYTES {
            self.object.push(byte);
        }
        if self.quoted {
            let ends = byte == b'"' && !self.escaped;
            self.escaped = byte == b'\\' && !self.escaped;
            self.quoted = !ends;
            return;
        }
        match byte {
            b'"' => self.quoted = true,
            b'{' => {
                self.depth = self.depth.saturating_add(1);
                if self.depth == DEPTH {
                    self.object.clear();
                    self.object.push(b'{');
                    self.began = self.newlines + 1;
                }
            }
            b'}' => {
                if self.depth == DEPTH {
                    self.entry(outlet, sink);
                }
                self.depth = self.depth.saturating_sub(1);
            }
            _ => {}
        }
    }

    fn entry(&mut self, outlet: &mut Outlet, sink: &mut Sink<'_>) {
        if self.object.len() > LINE_MAX_BYTES {
            self.long += 1;
            return;
        }
        let Some(entry) = ring_entry(&self.object) else {
            self.damaged += 1;
            return;
        };
        deliver(self.began, &entry, outlet, sink);
    }
}

fn deliver(line: u64, entry: &RingEntry, outlet: &mut Outlet, sink: &mut Sink<'_>) {
    let message = without_line_end(entry.message.as_bytes());
    // `dmesg --json --file` of util-linux 2.38 puts the rest of the file behind each message.
    let end = memchr::memmem::find(message, b"\n<").unwrap_or(message.len());
    let facility = match (entry.facility.as_deref(), entry.priority) {
        (Some("kern"), _) => Facility::Kernel,
        (Some(_), _) => Facility::User,
        // Older versions print the level alone: only a larger number tells who wrote it.
        (None, Some(priority)) if priority >= 8 => Facility::User,
        _ => Facility::Unknown,
    };
    let (transport, tag, body) = dmesg::authored(&message[..end], facility);
    assign(&mut outlet.origin.ident, tag.ident);
    outlet.origin.pid = tag.pid;
    let boot = entry.boot;
    let stamp = boot.map(|at| RawStamp::new(ClockKind::Boot, at, 1));
    outlet.deliver(Found { line, stamp, boot, transport, body, repeats: 0 }, sink);
}
