//! One journald entry, whatever it was written in. In: fields by name; out: a record. Exists because the export format and the
//! JSON carry the same fields (systemd.journal-fields(7)).
//! Must never believe that a message is the kernel's because its tag says so: only `_TRANSPORT` is journald's own word.

use crate::digits;
use crate::event::Origin;
use crate::stamp::{ClockKind, Micros, RawStamp};

use super::Transport;
use super::kin::Kin;
use super::lines::{LINE_MAX_BYTES, without_line_end};
use super::outlet::{All, Found, Outlet, Receiver, Sink, assign};

/// Longest value kept of a field other than `MESSAGE`, in bytes: names, ids and numbers.
const VALUE_MAX_BYTES: usize = 512;

/// So many digits are no overflow.
const DIGITS_MAX: usize = 18;

/// The fields that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Message,
    Transport,
    Realtime,
    SourceRealtime,
    SourceMonotonic,
    SourceBoottime,
    Hostname,
    Identifier,
    Comm,
    Pid,
    SyslogPid,
    Facility,
    Unit,
    SystemdUnit,
    ContainerId,
    ContainerName,
    BootId,
}

const SLOTS: usize = Slot::BootId as usize + 1;

impl Slot {
    /// Those of the single entry, and the pids.
    const OWN: [Self; 7] = [
        Self::Message,
        Self::Realtime,
        Self::SourceRealtime,
        Self::SourceMonotonic,
        Self::SourceBoottime,
        Self::Pid,
        Self::SyslogPid,
    ];

    /// Whether it is a matter of the single entry, whoever its writer is.
    pub(super) const fn is_of_entry(self) -> bool {
        matches!(
            self,
            Self::Message
                | Self::Realtime
                | Self::SourceRealtime
                | Self::SourceMonotonic
                | Self::SourceBoottime
        )
    }

    /// Bytes that are kept of its value.
    const fn kept_max_bytes(self) -> usize {
        match self {
            Self::Message => LINE_MAX_BYTES,
            _ => VALUE_MAX_BYTES,
        }
    }

    pub(super) const fn is_pid(self) -> bool {
        matches!(self, Self::Pid | Self::SyslogPid)
    }
}

/// The slot of a field, `None` for the many that say nothing about an incident.
pub(super) fn slot(name: &[u8]) -> Option<Slot> {
    Some(match name {
        b"MESSAGE" => Slot::Message,
        b"_TRANSPORT" => Slot::Transport,
        b"__REALTIME_TIMESTAMP" => Slot::Realtime,
        b"_SOURCE_REALTIME_TIMESTAMP" => Slot::SourceRealtime,
        b"_SOURCE_MONOTONIC_TIMESTAMP" => Slot::SourceMonotonic,
        b"_SOURCE_BOOTTIME_TIMESTAMP" => Slot::SourceBoottime,
        b"_HOSTNAME" => Slot::Hostname,
        b"SYSLOG_IDENTIFIER" => Slot::Identifier,
        b"_COMM" => Slot::Comm,
        b"_PID" => Slot::Pid,
        b"SYSLOG_PID" => Slot::SyslogPid,
        b"SYSLOG_FACILITY" => Slot::Facility,
        b"UNIT" => Slot::Unit,
        b"_SYSTEMD_UNIT" => Slot::SystemdUnit,
        b"CONTAINER_ID_FULL" => Slot::ContainerId,
        b"CONTAINER_NAME" => Slot::ContainerName,
        b"_BOOT_ID" => Slot::BootId,
        _ => return None,
    })
}

/// The fields of the entry that is being read; its buffers are reused for the next one.
#[derive(Debug, Clone, Default)]
pub(super) struct Entry {
    /// Of this entry, or of one before it: mostly they are the same.
    values: [Vec<u8>; SLOTS],
    /// Whether the value is of this entry.
    given: [bool; SLOTS],
    message: bool,
    /// Who wrote it, once it is named.
    origin: Origin,
    way: Way,
}

/// Which way the entries of a writer came.
#[derive(Debug, Clone, Copy, Default)]
struct Way {
    /// Through the kernel's ring, by whomever they were written.
    is_ring: bool,
    transport: Transport,
}

/// What differs between the entries of one writer; nothing where it is not given.
#[derive(Debug, Clone, Copy, Default)]
struct Own<'a> {
    message: Option<&'a [u8]>,
    realtime: &'a [u8],
    source_realtime: &'a [u8],
    source_monotonic: &'a [u8],
    source_boottime: &'a [u8],
    pid: &'a [u8],
    syslog_pid: &'a [u8],
}

impl<'a> Own<'a> {
    fn set(&mut self, slot: Slot, value: &'a [u8]) {
        let value = value.get(..slot.kept_max_bytes()).unwrap_or(value);
        match slot {
            Slot::Message => self.message = Some(value),
            Slot::Realtime => self.realtime = value,
            Slot::SourceRealtime => self.source_realtime = value,
            Slot::SourceMonotonic => self.source_monotonic = value,
            Slot::SourceBoottime => self.source_boottime = value,
            Slot::Pid => self.pid = value,
            Slot::SyslogPid => self.syslog_pid = value,
            // The others name the writer.
            _ => {}
        }
    }

    /// The receipt for lines of the ring; the sender's own time for the others, unless it lies after the receipt.
    fn stamp(&self, way: Way) -> Option<RawStamp> {
        let receipt = number(self.realtime);
        let sent = if way.is_ring { None } else { number(self.source_realtime) };
        let at = match (sent, receipt) {
            (Some(sent), Some(receipt)) => sent.min(receipt),
            (sent, receipt) => sent.or(receipt)?,
        };
        Some(RawStamp::new(ClockKind::Utc, at, 1))
    }

    /// printk's stamp. At boot journald writes 0 for all that was in the ring before it.
    fn boot(&self, way: Way) -> Option<Micros> {
        way.is_ring
            .then(|| number(self.source_boottime).or_else(|| number(self.source_monotonic)))?
    }

    fn pid(&self) -> Option<u32> {
        let pid = number(self.pid).or_else(|| number(self.syslog_pid));
        pid.and_then(|pid| u32::try_from(pid).ok())
    }
}

impl Entry {
    pub(super) fn clear(&mut self) {
        self.given = [false; SLOTS];
        self.message = false;
    }

    /// Stores a value; of a repeated field the first one counts.
    pub(super) fn set(&mut self, slot: Slot, value: &[u8]) {
        self.message |= slot == Slot::Message;
        let (kept, given) = (&mut self.values[slot as usize], &mut self.given[slot as usize]);
        if *given || value.is_empty() {
            return;
        }
        *given = true;
        let value = value.get(..slot.kept_max_bytes()).unwrap_or(value);
        if !same(kept, value) {
            kept.clear();
            kept.extend_from_slice(value);
        }
    }

    /// Adds a line to a value.
    pub(super) fn append(&mut self, slot: Slot, line: &[u8]) {
        let kept = &mut self.values[slot as usize];
        if !std::mem::replace(&mut self.given[slot as usize], true) {
            kept.clear();
        }
        if kept.len() + line.len() < slot.kept_max_bytes() {
            kept.push(b'\n');
            kept.extend_from_slice(line);
        }
    }

    pub(super) fn has_message(&self) -> bool {
        self.message
    }

    fn value(&self, slot: Slot) -> &[u8] {
        if self.given[slot as usize] { &self.values[slot as usize] } else { &[] }
    }

    /// The value, or that of another field where it is missing.
    fn either(&self, first: Slot, second: Slot) -> &[u8] {
        match self.value(first) {
            [] => self.value(second),
            value => value,
        }
    }

    fn way(&self) -> Way {
        let is_ring = self.value(Slot::Transport) == b"kernel";
        // What processes write to /dev/kmsg never has facility 0 (`devkmsg_write`), and journald takes its tag for the identifier.
        let is_kernel = is_ring
            && matches!(self.value(Slot::Facility), b"" | b"0")
            && matches!(self.value(Slot::Identifier), b"" | b"kernel");
        Way { is_ring, transport: if is_kernel { Transport::Kernel } else { Transport::Process } }
    }

    /// Names the writer, by what was set.
    pub(super) fn name(&mut self) {
        let mut origin = std::mem::take(&mut self.origin);
        assign(&mut origin.host, self.value(Slot::Hostname));
        assign(&mut origin.ident, self.either(Slot::Identifier, Slot::Comm));
        assign(&mut origin.boot_id, self.value(Slot::BootId));
        assign(&mut origin.container, self.either(Slot::ContainerId, Slot::ContainerName));
        let unit = match self.value(Slot::Pid) {
            // The driver of a container runtime speaks for the container: pid and unit are the runtime's own.
            _ if origin.container.is_some() => &[],
            b"1" => self.either(Slot::Unit, Slot::SystemdUnit),
            _ => self.value(Slot::SystemdUnit),
        };
        assign(&mut origin.unit, unit);
        self.origin = origin;
        self.way = self.way();
    }

    /// Delivers the entry, where it has a message.
    pub(super) fn deliver(&mut self, line: u64, outlet: &mut Outlet, sink: &mut Sink<'_>) {
        if self.message {
            self.name();
            let mut to = All(sink);
            self.deliver_like((line, Kin::default()), std::iter::empty(), outlet, &mut to);
        }
    }

    /// Delivers an entry that is like this one, which was named, but for these values; nothing of them but a pid names the writer. Its
    /// number is that of the names.
    pub(super) fn deliver_like<'v>(
        &mut self,
        (line, kin): (u64, Kin),
        values: impl Iterator<Item = (Slot, &'v [u8])>,
        outlet: &mut Outlet,
        to: &mut dyn Receiver,
    ) {
        let Self { values: kept, given, message, origin, way } = self;
        let mut own = Own::default();
        let given = Slot::OWN.into_iter().filter(|slot| given[*slot as usize]);
        given.for_each(|slot| own.set(slot, &kept[slot as usize]));
        if *message {
            own.message = own.message.or(Some(&[]));
        }
        values.for_each(|(slot, value)| own.set(slot, value));
        let Some(message) = own.message else { return };
        let (stamp, body) = (own.stamp(*way), without_line_end(message));
        if !way.is_ring && outlet.is_counted(kin, stamp, body, to) {
            return;
        }
        origin.pid = if origin.container.is_some() { None } else { own.pid() };
        let (boot, transport) = (own.boot(*way), way.transport);
        let found = Found { line, stamp, boot, transport, body, repeats: 0 };
        outlet.deliver_of(found, (origin, kin), &mut |record| to.take(record));
    }
}

fn number(value: &[u8]) -> Option<i64> {
    if value.is_empty() {
        return None;
    }
    let number = all_digits(value).or_else(|| std::str::from_utf8(value).ok()?.parse().ok());
    number.filter(|number| *number > 0)
}

/// The number that up to [`DIGITS_MAX`] digits are, the first eight at once.
fn all_digits(value: &[u8]) -> Option<i64> {
    if value.len() > DIGITS_MAX {
        return None;
    }
    let (eights, rest) = value.as_chunks::<8>();
    let sum = eights.iter().try_fold(0, |sum, eight| match digits::first_of(*eight) {
        (8, number) => Some(sum * 100_000_000 + i64::try_from(number).ok()?),
        _ => None,
    });
    let digit = |byte: &u8| Some(i64::from(byte.checked_sub(b'0').filter(|digit| *digit < 10)?));
    rest.iter().try_fold(sum?, |sum, byte| Some(sum * 10 + digit(byte)?))
}

/// As `==`; short values are compared without a call.
fn same(one: &[u8], other: &[u8]) -> bool {
    let word = |bytes: Option<&[u8; 8]>| bytes.map(|bytes| u64::from_le_bytes(*bytes));
    match (one.len(), other.len()) {
        (a, b) if a != b => false,
        (8..=16, _) => {
            word(one.first_chunk()) == word(other.first_chunk())
                && word(one.last_chunk()) == word(other.last_chunk())
        }
        (0..8, _) => one.iter().zip(other).all(|(one, other)| one == other),
        _ => one == other,
    }
}
