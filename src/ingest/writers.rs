//! The writers of one log, by host and program name. In: records. Out: what the grammars read in their messages, and the host that wrote
//! most of them. It exists because a program goes on in the format in which it began. It must never grow with the number of names.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::envelope::{Kin, OfKin, Record};
use crate::grammar::{Grammars, Reading, Told, Writer};

/// Program names of which the last grammar is remembered.
const HINTED_MAX: usize = 256;
/// Program names of which anything is remembered.
const WRITERS_MAX: usize = 2 * HINTED_MAX;

/// Hosts that are counted.
const HOSTS_MAX: usize = 64;

/// Places of a writer's host and of what is remembered of it; none where there is none, no room, or nothing was read of it yet.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    host: Option<usize>,
    writer: Option<usize>,
}

/// What is remembered.
#[derive(Debug, Default)]
pub(super) struct Writers {
    /// With how many records each has.
    hosts: Vec<(String, u64)>,
    known: OfKin<Known>,
    /// Their places in the list.
    by_name: BTreeMap<String, usize>,
    list: Vec<Writer>,
    /// How many of them have a grammar.
    hinted: usize,
    /// Of all of them: what a line tells does not depend on who wrote it.
    told: Told,
}

impl Writers {
    /// Counts a record for its host, which is looked up once where the wrapper knows the writer again.
    pub(super) fn count(&mut self, record: &Record<'_>) {
        let known = self.known.get(record.kin).unwrap_or_else(|| {
            let host = record.origin.host.as_deref().and_then(|host| self.host_place(host));
            let known = Known { host, writer: None };
            self.known.set(record.kin, known);
            known
        });
        self.count_host(known.host);
    }

    fn count_host(&mut self, place: Option<usize>) {
        if let Some((_, records)) = place.and_then(|place| self.hosts.get_mut(place)) {
            *records += 1;
        }
    }

    /// The format of a message, where it needs no reading; it is counted then. `Some(None)` where it has none.
    pub(super) fn counted<'g>(
        &mut self,
        grammars: &'g Grammars,
        kin: Kin,
        body: &[u8],
    ) -> Option<Option<&'g str>> {
        let Known { host, writer } = self.known.get(kin)?;
        let format = grammars.counted(body, self.list.get_mut(writer?)?)?;
        self.count_host(host);
        Some(format)
    }

    /// The host that wrote most.
    pub(super) fn host(&self) -> Option<String> {
        let most = self.hosts.iter().max_by_key(|(host, records)| (*records, Reverse(host)));
        most.map(|(host, _)| host.clone())
    }

    fn host_place(&mut self, host: &str) -> Option<usize> {
        let known = self.hosts.iter().position(|(own, _)| own == host);
        if known.is_none() && self.hosts.len() < HOSTS_MAX {
            self.hosts.push((host.to_owned(), 0));
            return Some(self.hosts.len() - 1);
        }
        known
    }

    /// The place of the writer of this name; none where there is no room for more.
    fn place(&mut self, ident: Option<&str>) -> Option<usize> {
        let name = ident.unwrap_or_default();
        if let Some(place) = self.by_name.get(name) {
            return Some(*place);
        }
        let place = self.list.len();
        if place >= WRITERS_MAX {
            return None;
        }
        self.list.push(Writer::default());
        self.by_name.insert(name.to_owned(), place);
        Some(place)
    }

    /// Reads the message of a record that was counted.
    pub(super) fn read<'g>(&mut self, grammars: &'g Grammars, record: &Record<'_>) -> Reading<'g> {
        let (body, line, ident) = (&*record.body, record.line, record.origin.ident.as_deref());
        let known = self.known.get(record.kin).unwrap_or_default();
        let place = known.writer.or_else(|| {
            let writer = self.place(ident);
            self.known.set(record.kin, Known { writer, ..known });
            writer
        });
        let Some(writer) = place.and_then(|place| self.list.get_mut(place)) else {
            return grammars.read(body, ident, None, line);
        };
        let read = match record.stamp.is_some() {
            true => grammars.read_timed(body, ident, (writer, &mut self.told), line),
            false => grammars.read_of(body, ident, (writer, &mut self.told), line),
        };
        Self::noted(writer, &mut self.hinted, read)
    }

    fn noted<'g>(writer: &mut Writer, hinted: &mut usize, read: Reading<'g>) -> Reading<'g> {
        if let Some(grammar) = read.grammar {
            let new = writer.hint().is_none();
            if !new || *hinted < HINTED_MAX {
                *hinted += usize::from(new);
                writer.set_hint(grammar);
            }
        }
        read
    }
}
