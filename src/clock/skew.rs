//! Clocks that are wrong although they look right: two logs that hold the same requests, process ends or kernel lines, and tell
//! them some time apart. The one that the rest of the bundle speaks against is moved; where nothing decides which, both are doubted.

use std::collections::{BTreeMap, BTreeSet};

use crate::envelope::Envelope;
use crate::event::EventKind;
use crate::ingest::Source;
use crate::mark::MarkKind;
use crate::stamp::{ClockKind, HOUR, Micros, SECOND};
use crate::wording::{Arg, text};

use super::zone::{self, FELT, effects, near};
use super::{Basis, Clocks, Course, Doubt, wall};

/// Two logs that tell the same things this close are on one clock: lines are flushed late, ends are noticed late.
const ONE_CLOCK: Micros = 5 * SECOND;
/// Width of a heap of differences that is one measurement.
const HEAP: Micros = 3 * SECOND;
/// Things that must be shared for a measurement.
const SHARED_MIN: f64 = 3.0;
/// Longest difference that is a wrong clock and not another event of the same words.
const SKEW_MAX: Micros = 26 * HOUR;
/// Logs that hold the same thing; what more of them hold is said too often to tell when.
const HOLDERS_MAX: usize = 8;
/// Failures less than this apart are one row.
const ROW: Micros = 10 * SECOND;
/// Natural logarithm of the Bayes factor from which the rest of the bundle decides which of two clocks is wrong.
const DECIDES: f64 = 3.0;

/// What a further log that agrees to the second is worth, as a logarithm: two clocks do not go wrong by the same seconds.
const WITNESS: f64 = 10.0;

/// How far two logs are apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pair {
    one: usize,
    other: usize,
    /// UTC by the one minus UTC by the other.
    apart: Micros,
    shared: u64,
}

/// The heap of differences that leads clearly: its middle, and the weight in it. A comb, as of a client that asks for the same page
/// every few seconds, has none.
pub(super) fn heap(mut differences: Vec<(Micros, f64)>) -> Option<(Micros, f64)> {
    differences.sort_by_key(|(difference, _)| *difference);
    let total: f64 = differences.iter().map(|(_, weight)| weight).sum();
    let weight_from = |from: usize| -> (f64, usize) {
        let start = differences[from].0;
        let inside =
            differences[from..].iter().take_while(|(difference, _)| difference - start <= HEAP);
        inside.fold((0.0, 0), |(sum, count), (_, weight)| (sum + weight, count + 1))
    };
    let best = (0..differences.len())
        .max_by(|a, b| weight_from(*a).0.total_cmp(&weight_from(*b).0).then(b.cmp(a)))?;
    let (weight, count) = weight_from(best);
    let middle = differences[best + (count - 1) / 2].0;
    let rival = (0..differences.len())
        .filter(|from| (differences[*from].0 - middle).abs() > 2 * HEAP)
        .map(|from| weight_from(from).0)
        .fold(0.0, f64::max);
    (weight >= SHARED_MIN && weight >= 2.0 * rival && weight * 2.0 >= total)
        .then_some((middle, weight))
}

/// Things with a wall-clock time, by mark: (log, UTC).
fn sightings(
    sources: &[Source],
    clocks: &Clocks,
) -> BTreeMap<(MarkKind, u64), Vec<(usize, Micros)>> {
    let mut found: BTreeMap<(MarkKind, u64), Vec<(usize, Micros)>> = BTreeMap::new();
    // A dump's dates are computed and are corrected by themselves.
    let written = |source: &&Source| source.envelope != Envelope::Dmesg;
    for (index, source) in sources.iter().enumerate().filter(|(_, source)| written(source)) {
        let own = source.marks.all();
        let traffic = source.traffic.iter().flat_map(|traffic| traffic.marks.all());
        for (kind, key, seen) in own.chain(traffic) {
            for sighting in seen.iter().filter(|sighting| sighting.stamp.clock != ClockKind::Boot) {
                if let Some(at) = clocks.utc(index, sighting.stamp, "") {
                    let middle = at.saturating_add(sighting.stamp.resolution / 2);
                    found.entry((kind, key)).or_default().push((index, middle));
                }
            }
        }
    }
    found.retain(|_, holders| holders.len() > 1 && holders.len() <= HOLDERS_MAX);
    found
}

/// Pairs of logs that share enough to be measured against each other.
fn pairs(sources: &[Source], clocks: &Clocks) -> Vec<Pair> {
    let mut differences: BTreeMap<(usize, usize), Vec<(Micros, f64)>> = BTreeMap::new();
    let mut received: BTreeSet<(usize, usize, Micros, Micros)> = BTreeSet::new();
    for ((kind, _), holders) in &sightings(sources, clocks) {
        for (place, (one, first)) in holders.iter().enumerate() {
            for (other, second) in &holders[place + 1..] {
                let apart = first.saturating_sub(*second);
                // What a logger finds in the kernel's ring as it starts it writes down in one second: that is one measurement.
                let together = (*one, *other, first / SECOND, second / SECOND);
                if *kind == MarkKind::KernelLine && !received.insert(together) {
                    continue;
                }
                if one != other && apart.abs() <= SKEW_MAX {
                    let times =
                        |index: usize| holders.iter().filter(|(own, _)| *own == index).count();
                    let weight = 1.0 / times(*one).max(times(*other)) as f64;
                    differences.entry((*one, *other)).or_default().push((apart, weight));
                }
            }
        }
    }
    let mut found: Vec<Pair> = differences
        .into_iter()
        .filter_map(|((one, other), differences)| {
            let (apart, weight) = heap(differences)?;
            Some(Pair { one, other, apart, shared: weight as u64 })
        })
        .collect();
    found.sort_by_key(|pair| (std::cmp::Reverse(pair.shared), pair.one, pair.other));
    found
}

/// Moves clocks that others contradict, and notes those of which nobody knows which is right. Gives whether any was moved.
pub(super) fn correct(sources: &[Source], clocks: &mut Clocks) -> bool {
    let pairs = pairs(sources, clocks);
    let mut group: Vec<usize> = (0..sources.len()).collect();
    let families: Vec<&str> = sources.iter().map(|source| family(&source.path)).collect();
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, family) in families.iter().enumerate() {
        join(&mut group, *first.entry(family).or_insert(index), index);
    }
    for pair in pairs.iter().filter(|pair| pair.apart.abs() <= ONE_CLOCK) {
        join(&mut group, pair.one, pair.other);
    }
    let mut moved = false;
    for pair in pairs.iter().filter(|pair| pair.apart.abs() > ONE_CLOCK) {
        let (one, other) = (group[pair.one], group[pair.other]);
        if one == other {
            continue;
        }
        let members = |wanted: usize| -> BTreeSet<usize> {
            (0..sources.len()).filter(|index| group[*index] == wanted).collect()
        };
        let (ones, others) = (members(one), members(other));
        let witnesses = |of: &BTreeSet<usize>| {
            of.iter().map(|index| families[*index]).collect::<BTreeSet<_>>().len() as f64
        };
        let lead = speaks_for(sources, clocks, (&ones, &others), pair.apart)
            + WITNESS * (witnesses(&ones) - witnesses(&others));
        let decided = lead.abs() >= DECIDES;
        // Where nothing decides, that which wrote no offset gives way.
        let keeps_one = if decided {
            lead > 0.0
        } else {
            let written = |of: &BTreeSet<usize>| {
                of.iter().filter(|index| is_written(clocks, **index)).count()
            };
            written(&ones) >= written(&others)
        };
        let (wrong, by, keeper) = if keeps_one {
            (&others, pair.apart, pair.one)
        } else {
            (&ones, -pair.apart, pair.other)
        };
        let apart = format!("{} s", pair.apart.abs() / SECOND);
        let told = text(
            "clock-apart",
            [
                ("count", pair.shared.into()),
                ("path", (&sources[keeper].path).into()),
                ("apart", (&apart).into()),
                ("side", Arg::Case(if by > 0 { "behind" } else { "ahead" })),
            ],
        );
        if !decided {
            for index in ones.iter().chain(&others) {
                let rival = if ones.contains(index) { pair.other } else { pair.one };
                let fellows = ones.union(&others).copied().collect();
                let text = text(
                    "clock-contradicted",
                    [
                        ("one", (&sources[*index].path).into()),
                        ("other", (&sources[rival].path).into()),
                        ("count", pair.shared.into()),
                        ("apart", (&apart).into()),
                    ],
                );
                clocks.doubts.entry(*index).or_insert(Doubt { text, fellows });
            }
        }
        if wrong.iter().any(|index| !is_movable(clocks, *index)) {
            continue;
        }
        for index in wrong {
            clocks.shift(*index, by, &told);
        }
        moved = true;
        join(&mut group, pair.one, pair.other);
    }
    moved
}

/// A log and its rotations, `access.log`, `access.log.1`, `access.log-20261120.gz`, are written by one clock.
pub fn family(path: &str) -> &str {
    let plain = path.strip_suffix(".gz").unwrap_or(path);
    plain.trim_end_matches(|last: char| last.is_ascii_digit() || last == '.' || last == '-')
}

fn join(group: &mut [usize], one: usize, other: usize) {
    let (keep, lose) = (group[one].min(group[other]), group[one].max(group[other]));
    for own in group.iter_mut().filter(|own| **own == lose) {
        *own = keep;
    }
}

/// Clocks that the user gave, or that follow a zone, stay.
fn is_movable(clocks: &Clocks, index: usize) -> bool {
    clocks
        .of(index)
        .all(|rule| rule.basis != Basis::Given && !matches!(rule.course, Course::Zone(_)))
}

fn is_written(clocks: &Clocks, index: usize) -> bool {
    clocks.of(index).any(|rule| rule.basis == Basis::Offset)
}

/// What a log tells besides the two groups.
#[derive(Default)]
struct Told {
    /// Seconds of all of its events.
    all: BTreeSet<Micros>,
    /// Those of ends and failures.
    ends: BTreeSet<Micros>,
}

impl Told {
    fn add(&mut self, kind: EventKind, at: Micros) {
        let second = at - at.rem_euclid(SECOND);
        self.all.insert(second);
        if FELT.contains(&kind) {
            self.ends.insert(second);
        }
    }

    /// How well it meets failures in these seconds, as a logarithm against chance: its ends fall into them, and they begin and end
    /// where something happened.
    fn meets(&self, seen: &[Micros], offset: Micros, width: Micros) -> f64 {
        let shifted = |moments: &BTreeSet<Micros>| -> Vec<Micros> {
            moments.iter().map(|at| at - offset).collect()
        };
        let (all, ends) = (shifted(&self.all), shifted(&self.ends));
        let weight = |taken: usize| {
            let chance = (taken as f64 * 3.0 / width as f64).clamp(0.01, 0.9);
            (0.9 / chance).ln().max(0.0)
        };
        let met = |moments: &[Micros], seen: &[Micros]| {
            moments.iter().filter(|at| near(seen, **at)).count() as f64
        };
        met(&ends, seen) * weight(seen.len()) + met(&edges(seen), &all) * weight(all.len())
    }
}

/// Natural logarithm of the odds that the first of two groups is right and not the second, by how well the ends and failures that
/// the rest of the bundle tells coincide with theirs.
fn speaks_for(
    sources: &[Source],
    clocks: &Clocks,
    (ones, others): (&BTreeSet<usize>, &BTreeSet<usize>),
    apart: Micros,
) -> f64 {
    let of = |wanted: &BTreeSet<usize>| effects(sources, clocks, |index| wanted.contains(&index));
    let (first, second) = (of(ones), of(others));
    // What both tell, on the clock of the first and on that of the second.
    let on = |mine: &[Micros], theirs: &[Micros], by: Micros| {
        let mut seen: Vec<Micros> =
            mine.iter().copied().chain(theirs.iter().map(|at| at + by)).collect();
        seen.sort_unstable();
        seen.dedup();
        seen
    };
    let (by_first, by_second) = (on(&first, &second, apart), on(&second, &first, -apart));
    let Some((from, to)) = by_first.first().zip(by_first.last()) else { return 0.0 };
    let width = (to - from + apart.abs()) / SECOND + 600;
    let mut placed = Told::default();
    let mut lead = 0.0;
    for (index, source) in sources.iter().enumerate() {
        if ones.contains(&index) || others.contains(&index) {
            continue;
        }
        // Logs whose zone nobody knows yet: of all zones that which meets best, for the one as for the other.
        let mut zoneless = Told::default();
        for event in &source.events {
            // A boot clock says what the log says by which it was anchored.
            let Some(stamp) = event.stamp.filter(|stamp| stamp.clock != ClockKind::Boot) else {
                continue;
            };
            if let Some(at) = clocks.utc(index, stamp, "") {
                placed.add(event.kind, at);
            } else if let Some(at) = wall(stamp, clocks.middle) {
                zoneless.add(event.kind, at);
            }
        }
        if !zoneless.all.is_empty() {
            let best = |seen: &[Micros]| {
                zone::offsets()
                    .map(|offset| zoneless.meets(seen, offset, width))
                    .fold(0.0, f64::max)
            };
            lead += best(&by_first) - best(&by_second);
        }
    }
    lead + placed.meets(&by_first, 0, width) - placed.meets(&by_second, 0, width)
}

/// First and last moments of rows of moments: what something ends or begins.
fn edges(seen: &[Micros]) -> Vec<Micros> {
    let mut found = Vec::new();
    let mut last: Option<Micros> = None;
    for at in seen {
        if last.is_none_or(|last| at - last > ROW) {
            found.extend(last);
            found.push(*at);
        }
        last = Some(*at);
    }
    found.extend(last);
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(seconds: &[i64]) -> Option<i64> {
        let differences = seconds.iter().map(|second| (second * SECOND, 1.0)).collect();
        heap(differences).map(|(middle, _)| middle / SECOND)
    }

    #[test]
    fn rotations_are_one_family() {
        for path in ["log/access.log", "log/access.log.2.gz", "log/access.log-20261120"] {
            assert_eq!(family(path), "log/access.log");
        }
    }

    #[test]
    fn a_heap_is_a_measurement_and_a_comb_is_none() {
        assert_eq!(of(&[37, 37, 38, 37, 400]), Some(37));
        assert_eq!(of(&[37, 37]), None, "too few");
        assert_eq!(of(&[0, 10, 20, 30, 40, 50]), None, "a comb");
        assert_eq!(of(&[37, 37, 37, 90, 90, 90]), None, "two heaps");
        assert_eq!(of(&[]), None);
    }
}
