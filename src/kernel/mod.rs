//! Kernel messages (printk text without its wrapping) to events: OOM reports, faults, limits, disks, boots.
//!
//! In: the records of one source in order. Out: events stamped as the line that decided them. It exists because an OOM report
//! is many lines and the kernel changed most of them since 2.6.11. It must never take words inside a line for a kill: a form
//! counts only where it starts the message.

mod audit;
mod faults;
mod freebsd;
mod oom_line;
mod oom_reader;
mod oom_report;
mod oom_table;
#[cfg(test)]
mod tests;
mod words;

pub use audit::written_time;

use std::collections::BTreeMap;

use crate::envelope::Record;
use crate::event::{Event, EventKind};

use oom_line::OomLine;
use oom_reader::OomReader;

/// Hosts whose reports are kept apart within one source (the file of a log host). More share one state: a bundle is about a few
/// machines, and memory must not grow with forged names.
const HOSTS_MAX: usize = 64;

/// Reads the kernel messages of one source in order.
#[derive(Debug, Default)]
pub struct KernelReader {
    /// OOM reports under way, by the host that the envelope names.
    hosts: BTreeMap<Option<String>, OomReader>,
    /// All hosts beyond [`HOSTS_MAX`].
    rest: OomReader,
}

impl KernelReader {
    /// Takes one kernel message: `record.body` is the printk text without any `[ts]`, caller id, level or `kernel:` prefix.
    ///
    /// A kill may come out some records late, since what follows it tells whether `memory.oom.group` took the whole cgroup.
    pub fn read(&mut self, record: &Record<'_>, out: &mut Vec<Event>) {
        let body = first_line(&record.body);
        let reader = self.reader_of(record);
        reader.age(out);
        if let Some(line) = oom_line::parse(body) {
            reader.take(&line, record, out);
        } else if !reader.take_row(body)
            && let Some(event) = faults::read(body, record).or_else(|| freebsd::read(body, record))
        {
            if event.kind == EventKind::KernelBoot {
                reader.finish(out);
            }
            out.push(event);
        }
    }

    /// Ends the source: a report left open becomes `OomInvoked`.
    pub fn finish(&mut self, out: &mut Vec<Event>) {
        for reader in self.hosts.values_mut() {
            reader.finish(out);
        }
        self.rest.finish(out);
    }

    fn reader_of(&mut self, record: &Record<'_>) -> &mut OomReader {
        let host = &record.origin.host;
        if !self.hosts.contains_key(host) {
            if self.hosts.len() >= HOSTS_MAX {
                return &mut self.rest;
            }
            self.hosts.insert(host.clone(), OomReader::default());
        }
        self.hosts.get_mut(host).unwrap_or(&mut self.rest)
    }
}

/// Whether a bare line (no envelope told us) looks like printk text of an OOM report or fault; for sniffing.
#[must_use]
pub fn looks_like_kernel(body: &[u8]) -> bool {
    let body = first_line(body);
    match oom_line::parse(body) {
        // `memory: usage`, `CPU: 0 PID: 1` and `Node 0` are common words on their own.
        Some(OomLine::Cpu { .. } | OomLine::Usage { .. } | OomLine::PageSize(_)) => false,
        Some(_) => true,
        None => {
            let record = Record::default();
            faults::read(body, &record).or_else(|| freebsd::read(body, &record)).is_some()
        }
    }
}

/// journald and `/dev/kmsg` keep line ends inside one message; only its first line can start a form.
fn first_line(body: &[u8]) -> &[u8] {
    let end = memchr::memchr(b'\n', body).unwrap_or(body.len());
    body.get(..end).unwrap_or(body).trim_ascii_end()
}

/// An event with time and origin of the record that decided it.
fn event_at(kind: EventKind, record: &Record<'_>) -> Event {
    let mut event = Event::new(kind, record.line, first_line(&record.body));
    event.stamp = record.stamp;
    event.boot = record.boot;
    event.origin.clone_from(&record.origin);
    event
}
