//! Boots of a log that does not name them: its uptimes begin anew when the kernel does.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::envelope::Record;
use crate::stamp::{ClockKind, Micros, SECOND};

/// Uptimes that step back by less are lines of several processors, or written late.
const BEGUN_ANEW: Micros = 10 * SECOND;
/// Boots that are told apart; a log with more is no log of one machine.
const BOOTS_MAX: u32 = 256;
/// Hosts whose uptimes are followed in one log.
const HOSTS_MAX: usize = 64;

/// Whether a boot id was given by coroner and stands in no log.
#[must_use]
pub fn is_made(id: &str) -> bool {
    id.starts_with('#')
}

/// Follows the uptimes of a log.
#[derive(Default)]
pub(super) struct Boots {
    /// By host: the last uptime and the number of its boot.
    last: BTreeMap<String, (Micros, u32)>,
    /// Boots seen, less one.
    count: u32,
}

impl Boots {
    /// The record with a boot id of its own when the log has one boot after another; the first has none.
    pub(super) fn told_apart<'r, 'a>(&mut self, record: &'r Record<'a>) -> Cow<'r, Record<'a>> {
        let uptime = record
            .boot
            .or(record.stamp.filter(|stamp| stamp.clock == ClockKind::Boot).map(|stamp| stamp.at));
        let Some(uptime) = uptime.filter(|_| record.origin.boot_id.is_none()) else {
            return Cow::Borrowed(record);
        };
        let host = record.origin.host.as_deref().unwrap_or_default();
        let room = self.last.len() < HOSTS_MAX;
        let next = if self.last.is_empty() { 0 } else { self.count + 1 };
        let number = match self.last.get_mut(host) {
            Some((last, number)) => {
                let anew = match record.stamp.map(|stamp| stamp.clock) {
                    // A ring that was printed twice into one file is one boot.
                    Some(ClockKind::Boot) | None => record.body.starts_with(b"Linux version "),
                    Some(_) => true,
                };
                if anew && *last - uptime > BEGUN_ANEW && self.count < BOOTS_MAX {
                    self.count += 1;
                    *number = self.count;
                }
                *last = uptime;
                *number
            }
            None if room => {
                self.count = next;
                self.last.insert(host.to_owned(), (uptime, next));
                next
            }
            None => 0,
        };
        if number == 0 {
            return Cow::Borrowed(record);
        }
        let mut named = record.clone();
        named.origin.to_mut().boot_id = Some(format!("#{}", number + 1));
        Cow::Owned(named)
    }
}

/// Kernel lines whose boot stamps are kept.
const BOOT_LINES_MAX: usize = 4096;

/// Keeps one in two of the kernel lines, by their marks, whenever there are too many.
pub(super) fn bound(lines: &mut BTreeMap<u64, Vec<(String, Micros)>>, level: &mut u32) {
    while lines.len() > BOOT_LINES_MAX {
        *level += 1;
        lines.retain(|mark, _| mark.trailing_zeros() >= *level);
    }
}
