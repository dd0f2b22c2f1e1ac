//! The way out of every wrapper: builds the record and counts it. In: the parts of a message; out: one call of the sink.
//! Exists so that names are kept in one place and reused: most records come from the writer of the record before.
//! Must never let terminal escapes or an endless name through.

use std::borrow::Cow;

use crate::event::Origin;
use crate::near;
use crate::stamp::{self, Micros, RawStamp};

use super::kin::Kin;
use super::lines::{ESC, without_escapes};
use super::{Record, Transport};

/// Longest host, program, unit or container name kept, in bytes. systemd's own limit on unit names.
const NAME_MAX_BYTES: usize = 256;

/// Where records go.
pub(super) type Sink<'a> = dyn FnMut(&Record<'_>) + 'a;

/// Who takes records, and may do without some of them.
pub trait Receiver {
    /// Takes a record.
    fn take(&mut self, record: &Record<'_>);

    /// Whether a message that a process wrote at this time needs no record, for it tells nothing, and was counted. Its writer is known
    /// again, and there are no terminal escapes in it.
    fn counts(&mut self, kin: Kin, stamp: RawStamp, body: &[u8]) -> bool;
}

/// Takes all of them.
pub(super) struct All<'s, 'a>(pub(super) &'s mut Sink<'a>);

impl Receiver for All<'_, '_> {
    fn take(&mut self, record: &Record<'_>) {
        (self.0)(record);
    }

    fn counts(&mut self, _: Kin, _: RawStamp, _: &[u8]) -> bool {
        false
    }
}

/// What a wrapper found out about one message.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Found<'a> {
    pub(super) line: u64,
    pub(super) stamp: Option<RawStamp>,
    pub(super) boot: Option<Micros>,
    pub(super) transport: Transport,
    pub(super) body: &'a [u8],
    pub(super) repeats: u64,
}

/// Delivers records, and remembers the last one's way and writer.
#[derive(Debug, Clone, Default)]
pub(super) struct Outlet {
    /// Of the record that is delivered next; wrappers overwrite it in place.
    pub(super) origin: Origin,
    /// Way of the last record: continuation lines inherit it.
    pub(super) transport: Transport,
    /// Records delivered.
    pub(super) records: u64,
    scratch: Vec<u8>,
}

impl Outlet {
    pub(super) fn deliver(&mut self, found: Found<'_>, sink: &mut Sink<'_>) {
        sink(&record(found, (&self.origin, Kin::default()), &mut self.scratch));
        self.count(found.transport);
    }

    /// A line that the wrapper did not explain.
    pub(super) fn deliver_bare(&mut self, line: u64, body: &[u8], sink: &mut Sink<'_>) {
        let found = Found { line, transport: self.transport, body, ..Found::default() };
        self.deliver_of(found, (&Origin::default(), Kin::default()), sink);
    }

    /// A record of a writer that the wrapper remembers itself.
    pub(super) fn deliver_of(
        &mut self,
        found: Found<'_>,
        writer: (&Origin, Kin),
        sink: &mut Sink<'_>,
    ) {
        sink(&record(found, writer, &mut self.scratch));
        self.count(found.transport);
    }

    /// Whether the receiver needs no record of a process's message.
    pub(super) fn is_counted(
        &mut self,
        kin: Kin,
        stamp: Option<RawStamp>,
        body: &[u8],
        to: &mut dyn Receiver,
    ) -> bool {
        let is_counted = kin != Kin::default()
            && !near::has::<ESC>(body)
            && stamp.is_some_and(|stamp| to.counts(kin, stamp, body));
        if is_counted {
            self.count(Transport::Process);
        }
        is_counted
    }

    const fn count(&mut self, transport: Transport) {
        self.transport = transport;
        self.records += 1;
    }
}

fn record<'a>(
    found: Found<'a>,
    (origin, kin): (&'a Origin, Kin),
    scratch: &'a mut Vec<u8>,
) -> Record<'a> {
    let Found { line, stamp, boot, transport, body, repeats } = found;
    let boot = boot.map(stamp::believed);
    let body = Cow::Borrowed(without_escapes(body, scratch));
    Record { line, stamp, boot, origin: Cow::Borrowed(origin), kin, transport, body, repeats }
}

/// Writes a name in place; an empty one is none.
pub(super) fn assign(slot: &mut Option<String>, name: &[u8]) {
    let name = name.get(..NAME_MAX_BYTES).unwrap_or(name);
    if name.is_empty() {
        *slot = None;
        return;
    }
    let kept = slot.get_or_insert_default();
    if kept.as_bytes() != name {
        kept.clear();
        kept.push_str(&String::from_utf8_lossy(name));
    }
}
