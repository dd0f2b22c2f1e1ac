//! The logs that were read so far. In: one log after the other, from any thread. Out: the same, as many and as much of each as memory
//! allows. Which logs are kept, and how coarse they become, depends on all of them and never on their order.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::access::log_format::LogFormat;
use crate::snapshot::Snapshot;
use crate::traffic::{Rows, Traffic};

use super::Source;
use super::crowd::Crowd;

/// The logs of all inputs.
#[derive(Debug)]
pub(super) struct Held {
    logs: Mutex<Logs>,
    /// `--max-logs`.
    most: usize,
}

#[derive(Debug, Default)]
struct Logs {
    rows: Rows,
    crowd: Crowd,
    /// Each in a place of its own: together they are moved while all of them are in memory.
    sources: Vec<Option<Box<Source>>>,
    /// What each is worth, its path, its lines, its place: where there are too many, the last of these goes.
    order: BTreeSet<Worth>,
    /// How many were too many, and the first of them.
    left_out: Option<(u64, Worth)>,
}

/// What a log is worth beside too many others, its path, its lines, and its place.
type Worth = (Use, String, u64, usize);

/// What a log may tell, the most useful first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    /// Failed requests, kernel messages, or the state of a host.
    Witness,
    /// Something happened.
    Events,
    /// Requests, none of which failed.
    Requests,
    /// It was only there.
    Presence,
}

impl Use {
    fn of(source: &Source) -> Self {
        let failed = source.traffic.as_ref().is_some_and(|traffic| !traffic.failures.is_empty());
        if failed || source.kernel.is_some() || source.snapshot.is_some() {
            Self::Witness
        } else if !source.events.is_empty() {
            Self::Events
        } else if source.traffic.is_some() {
            Self::Requests
        } else {
            Self::Presence
        }
    }
}

impl Held {
    /// None yet, and no more than so many later.
    pub(super) fn of(most: usize) -> Self {
        Self { logs: Mutex::default(), most }
    }

    /// Takes a log in, and gives its place.
    pub(super) fn keep(&self, source: Source) -> usize {
        let mut logs = self.lock();
        let Logs { rows, crowd, sources, order, left_out } = &mut *logs;
        let before = (rows.tiers(), crowd.levels());
        rows.add(source.traffic.as_deref().map(Traffic::rows).unwrap_or_default());
        crowd.add(&source);
        order.insert((Use::of(&source), source.path.clone(), source.lines, sources.len()));
        sources.push(Some(Box::new(source)));
        while order.len() > self.most
            && let Some(last) = order.pop_last()
        {
            sources.get_mut(last.3).map(Option::take);
            let count = left_out.take().map_or(0, |(count, _)| count);
            *left_out = Some((count + 1, last));
        }
        let changed = before != (rows.tiers(), crowd.levels());
        let from = if changed { 0 } else { sources.len() - 1 };
        for source in sources.iter_mut().skip(from).flatten() {
            source.traffic.iter_mut().for_each(|traffic| traffic.thin(rows));
            crowd.thin(source);
        }
        sources.len() - 1
    }

    /// Drops those of these places of which it holds: they were read anew.
    pub(super) fn forget(&self, places: &[usize], stale: impl Fn(&Source) -> bool) {
        let mut logs = self.lock();
        let Logs { sources, order, .. } = &mut *logs;
        for place in places {
            let Some(own) = sources.get_mut(*place) else { continue };
            if let Some(source) = own.take_if(|source| stale(source)) {
                order.remove(&(Use::of(&source), source.path, source.lines, *place));
            }
        }
    }

    /// Takes a log out.
    pub(super) fn take(&self, place: usize) -> Option<Source> {
        self.lock().sources.get_mut(place)?.take().map(|source| *source)
    }

    /// Whether this holds of a log.
    pub(super) fn is(&self, place: usize, what: impl FnOnce(&Source) -> bool) -> bool {
        self.lock().sources.get(place).and_then(Option::as_deref).is_some_and(what)
    }

    pub(super) fn paths(&self, places: &[usize]) -> Vec<String> {
        let logs = self.lock();
        let sources = places.iter().filter_map(|place| logs.sources.get(*place)?.as_ref());
        sources.map(|source| source.path.clone()).collect()
    }

    pub(super) fn rows(&self) -> Rows {
        self.lock().rows
    }

    /// How many logs were too many, and the path of the first.
    pub(super) fn left_out(&self) -> Option<(u64, String)> {
        self.lock().left_out.as_ref().map(|(count, (_, path, ..))| (*count, path.clone()))
    }

    /// The `log_format`s of all nginx configurations, in the order of their text.
    pub(super) fn configured_formats(&self) -> Vec<LogFormat> {
        let logs = self.lock();
        let mut formats: Vec<&String> = logs
            .sources
            .iter()
            .flatten()
            .filter_map(|source| match &source.snapshot {
                Some(Snapshot::Proxy(proxy)) => Some(proxy),
                _ => None,
            })
            .flat_map(|proxy| proxy.formats.iter().map(|(_, format)| format))
            .collect();
        formats.sort();
        formats.dedup();
        formats.into_iter().filter_map(|format| LogFormat::compile(format).ok()).collect()
    }

    /// A thread that panicked left no half a log behind.
    fn lock(&self) -> MutexGuard<'_, Logs> {
        self.logs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
