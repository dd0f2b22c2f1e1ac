//! Marks: things that two logs share, by which their clocks are lined up. A mark is a hash of an identity (a request, a pid
//! that died, a kernel line) with the time at which one log saw it.
//!
//! A bounded sample is kept, chosen by the hash and not by the order, so that two logs keep the same marks.

use std::collections::BTreeMap;
use std::hash::Hasher;

use crate::stamp::RawStamp;

/// Marks kept of one kind and one log.
const MARKS_MAX: usize = 4096;

/// Levels that a bundle of many logs may need.
pub const LEVELS: usize = 20;

/// What kind of identity was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MarkKind {
    /// A request that failed or was refused: client, method, target.
    Request,
    /// The end of a process, by pid.
    Death,
    /// The end of a process that nobody killed, by pid.
    Left,
    /// The start of a process, by pid.
    Start,
    /// A stretch of time in which a process ended, by pid: its log tells neither when nor how.
    Gone,
    /// A kernel message, by text.
    KernelLine,
}

/// One sighting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sighting {
    /// When, by the log's clock.
    pub stamp: RawStamp,
    /// Upper bound where the line had no time of its own.
    pub until: Option<RawStamp>,
    /// Where.
    pub line: u64,
}

/// The marks of one log.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    /// In the order of the kinds: two of six as a rule, for which a map would take half a kilobyte of each log.
    kinds: Vec<(MarkKind, Sample)>,
}

#[derive(Debug, Clone, Default)]
struct Sample {
    /// Hashes with fewer trailing zero bits than this are not kept.
    level: u32,
    seen: BTreeMap<u64, Vec<Sighting>>,
    size: usize,
}

/// Sightings of one mark that are kept: more of them do not tell when.
const SIGHTINGS_MAX: usize = 8;

impl Marks {
    fn known(&self, kind: MarkKind) -> Option<&Sample> {
        self.kinds.iter().find(|(own, _)| *own == kind).map(|(_, sample)| sample)
    }

    fn sample(&mut self, kind: MarkKind) -> &mut Sample {
        let at = self.kinds.partition_point(|(own, _)| *own < kind);
        if self.kinds.get(at).is_none_or(|(own, _)| *own != kind) {
            self.kinds.reserve_exact(1);
            self.kinds.insert(at, (kind, Sample::default()));
        }
        &mut self.kinds[at].1
    }

    /// Adds a sighting.
    pub fn add(&mut self, kind: MarkKind, key: u64, stamp: RawStamp, line: u64) {
        self.add_between(kind, key, Sighting { stamp, until: None, line });
    }

    /// Adds a sighting that may be known only to lie between two stamps.
    pub fn add_between(&mut self, kind: MarkKind, key: u64, sighting: Sighting) {
        self.sample(kind).add(key, sighting);
    }

    /// The sightings of a kind, by key.
    pub fn of(&self, kind: MarkKind) -> impl Iterator<Item = (u64, &[Sighting])> {
        self.known(kind)
            .into_iter()
            .flat_map(|sample| sample.seen.iter().map(|(key, seen)| (*key, seen.as_slice())))
    }

    /// All sightings, by kind and key.
    pub fn all(&self) -> impl Iterator<Item = (MarkKind, u64, &[Sighting])> {
        self.kinds.iter().flat_map(|(kind, sample)| {
            sample.seen.iter().map(|(key, seen)| (*kind, *key, seen.as_slice()))
        })
    }

    /// The sightings of one mark.
    #[must_use]
    pub fn get(&self, kind: MarkKind, key: u64) -> &[Sighting] {
        self.known(kind).and_then(|sample| sample.seen.get(&key)).map_or(&[], Vec::as_slice)
    }

    /// No marks, and as coarse a sample of those to come: what a further part of the log need not keep.
    #[must_use]
    pub fn as_coarse(&self) -> Self {
        let empty = |sample: &Sample| Sample { level: sample.level, ..Sample::default() };
        Self { kinds: self.kinds.iter().map(|(kind, sample)| (*kind, empty(sample))).collect() }
    }

    /// How many sightings there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kinds.iter().map(|(_, sample)| sample.size).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many sightings there would be at each level of [`Marks::raise`].
    #[must_use]
    pub fn sizes(&self) -> [usize; LEVELS] {
        let mut sizes = [0; LEVELS];
        for (key, seen) in self.kinds.iter().flat_map(|(_, sample)| &sample.seen) {
            let highest = (mix(*key).trailing_zeros() as usize).min(LEVELS - 1);
            sizes.iter_mut().take(highest + 1).for_each(|size| *size += seen.len());
        }
        sizes
    }

    /// Keeps only marks whose hashes end in so many zero bits: the same ones in all logs.
    pub fn raise(&mut self, level: u32) {
        self.kinds.iter_mut().for_each(|(_, sample)| sample.raise(level));
    }

    /// Keeps one in so many of the marks, as a power of two.
    pub fn thin(&mut self, power: u32) {
        for (_, sample) in &mut self.kinds {
            sample.raise(sample.level.saturating_add(power));
        }
    }

    /// Takes the marks of another part of the log in.
    pub fn merge(&mut self, other: Self, lines_before: u64) {
        for (kind, sample) in other.kinds {
            let own = self.sample(kind);
            own.raise(sample.level);
            for (key, seen) in sample.seen {
                for mut sighting in seen {
                    sighting.line += lines_before;
                    own.add(key, sighting);
                }
            }
        }
    }
}

impl Sample {
    fn add(&mut self, key: u64, sighting: Sighting) {
        if self.level > 0 && mix(key).trailing_zeros() < self.level {
            return;
        }
        // Most marks are seen once.
        let seen = self.seen.entry(key).or_insert_with(|| Vec::with_capacity(1));
        let place = seen.binary_search(&sighting).unwrap_or_else(|place| place);
        seen.insert(place, sighting);
        if seen.len() > SIGHTINGS_MAX {
            seen.pop();
        } else {
            self.size += 1;
        }
        while self.size > MARKS_MAX && self.level < 60 {
            self.raise(self.level + 1);
        }
    }

    fn raise(&mut self, level: u32) {
        if level <= self.level {
            return;
        }
        self.level = level;
        self.seen.retain(|key, _| mix(*key).trailing_zeros() >= level);
        self.size = self.seen.values().map(Vec::len).sum();
    }
}

/// Spreads keys that are small numbers (pids) over all bits.
const fn mix(key: u64) -> u64 {
    let key = (key ^ (key >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    key ^ (key >> 29)
}

/// FNV-1a with a final mix: the same on every run and machine. Not for tables whose keys an attacker may choose to collide;
/// the tables here are ordered.
#[derive(Debug)]
pub struct StableHasher(u64);

impl Default for StableHasher {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for StableHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        mix(self.0)
    }
}

/// The mark of a text.
#[must_use]
pub fn text_mark(text: &[u8]) -> u64 {
    let mut hasher = StableHasher::default();
    hasher.write(text);
    hasher.finish()
}
