//! The boot clock: seconds since the kernel started, tied to UTC by records that carry both, by kernel lines that another log
//! has too, by pids whose end another log tells, or by the pattern of several ends.
//!
//! Receipts are late and never early (5 s under load, minutes at boot), so the smallest difference is the best; the printk
//! clock itself was seen to run up to 0.1 s ahead.

use std::collections::{BTreeMap, BTreeSet};

use crate::envelope::Envelope;
use crate::event::EventKind;
use crate::ingest::Source;
use crate::mark::MarkKind;
use crate::stamp::{ClockKind, Micros, SECOND};

use super::{Basis, Clocks, Rule, zone};

/// Uncertainty of an anchor by receipt: against kernel tracepoints, kills in five recordings lay 0.03 to 0.94 s off, for the
/// printk clock is not quite CLOCK_MONOTONIC and receipts are late.
const RECEIPT_SIGMA: Micros = SECOND / 2;
/// Differences that agree within this are one boot and one clock; more is a step of the wall clock.
const STEP: Micros = 2 * SECOND;
/// A process end is told at most this long after the kill on a host that is not stalled.
const TOLD_LATE: Micros = SECOND / 4;

/// The boot clocks that a source uses, by boot id.
fn boots(source: &Source) -> BTreeSet<String> {
    let mut ids: BTreeSet<String> =
        source.boot_pairs.earliest.keys().map(|(id, _)| id.clone()).collect();
    let with_boot = source.events.iter().filter(|event| event.boot.is_some() || is_boot(event));
    ids.extend(with_boot.map(|event| event.origin.boot_id.clone().unwrap_or_default()));
    if source.spans.contains_key(&ClockKind::Boot) {
        ids.insert(String::new());
    }
    ids
}

fn is_boot(event: &crate::event::Event) -> bool {
    event.stamp.is_some_and(|stamp| stamp.clock == ClockKind::Boot)
}

/// Anchors by records that carry a boot stamp and a wall-clock stamp.
pub(super) fn by_pairs(sources: &[Source], clocks: &mut Clocks) {
    for (index, source) in sources.iter().enumerate() {
        for id in boots(source) {
            if clocks.has(index, ClockKind::Boot, &id) {
                continue;
            }
            if let Some((difference, coarse)) = smallest(source, index, &id, clocks) {
                let dump = source.envelope == Envelope::Dmesg;
                let sigma = if dump {
                    SECOND
                } else if coarse {
                    SECOND / 3
                } else {
                    RECEIPT_SIGMA
                };
                let evidence =
                    "its records carry both the kernel's clock and wall-clock time".to_owned();
                clocks.set(
                    index,
                    ClockKind::Boot,
                    &id,
                    Rule { offset: -difference, sigma, basis: Basis::BootAnchored, evidence },
                );
            }
        }
    }
}

/// Smallest UTC minus boot of a source's pairs. A stamp of whole seconds may be up to a second later than it says, so its end
/// bounds the receipt; half a second of that is taken back.
fn smallest(source: &Source, index: usize, id: &str, clocks: &Clocks) -> Option<(Micros, bool)> {
    let mut differences = Vec::new();
    let mut coarse = false;
    for ((own, _), (boot, stamp, _)) in &source.boot_pairs.earliest {
        if own != id {
            continue;
        }
        let Some(utc) = clocks.utc(index, *stamp, id) else { continue };
        coarse |= stamp.resolution >= SECOND;
        differences.push((utc - boot).saturating_add(stamp.resolution / 2));
    }
    // After a step of the wall clock the later differences hold for the later lines; the last stretch is the one that is asked for.
    let last = *differences.last()?;
    let near = differences.iter().filter(|difference| (**difference - last).abs() <= 120 * SECOND);
    let best = near.min().copied()?;
    Some((if coarse { best.max(last - STEP) } else { best }, coarse))
}

/// Anchors by things that an already placed log tells too: the same kernel line, or the end of the same pid.
pub(super) fn by_marks(sources: &[Source], clocks: &mut Clocks) {
    for (index, source) in sources.iter().enumerate() {
        if clocks.has(index, ClockKind::Boot, "") || !source.spans.contains_key(&ClockKind::Boot) {
            continue;
        }
        let rule = same_boot(sources, index, clocks)
            .or_else(|| same_deaths(sources, index, clocks))
            .or_else(|| same_lines(sources, index, clocks));
        if let Some(rule) = rule {
            clocks.set(index, ClockKind::Boot, "", rule);
        }
    }
}

/// Kernel lines with the same text and the same boot stamp in a log whose boot clock is anchored.
fn same_boot(sources: &[Source], index: usize, clocks: &Clocks) -> Option<Rule> {
    let mut votes: BTreeMap<(usize, String), u64> = BTreeMap::new();
    for (key, seen) in sources[index].marks.of(MarkKind::KernelLine) {
        for (other, source) in sources.iter().enumerate().filter(|(other, _)| *other != index) {
            for (id, boot) in source.boot_lines.get(&key).into_iter().flatten() {
                let same = seen.iter().any(|sighting| {
                    sighting.stamp.clock == ClockKind::Boot && (sighting.stamp.at - boot).abs() <= 2
                });
                if same && clocks.has(other, ClockKind::Boot, id) {
                    *votes.entry((other, id.clone())).or_default() += 1;
                }
            }
        }
    }
    let ((other, id), count) =
        votes.into_iter().max_by_key(|(key, count)| (*count, std::cmp::Reverse(key.clone())))?;
    let rule = clocks.rule(other, ClockKind::Boot, &id)?;
    let evidence = format!("{count} kernel lines shared with {}", sources[other].path);
    Some(Rule { evidence, ..rule.clone() })
}

/// The same kernel text with a wall-clock time in a placed log.
fn same_lines(sources: &[Source], index: usize, clocks: &Clocks) -> Option<Rule> {
    let mut found: Vec<(Micros, usize)> = Vec::new();
    for (key, seen) in sources[index].marks.of(MarkKind::KernelLine) {
        let [own] = seen else { continue };
        if own.stamp.clock != ClockKind::Boot {
            continue;
        }
        for (other, source) in sources.iter().enumerate().filter(|(other, _)| *other != index) {
            if let [theirs] = source.marks.get(MarkKind::KernelLine, key)
                && theirs.stamp.clock != ClockKind::Boot
                && let Some(utc) = clocks.utc(other, theirs.stamp, "")
            {
                found.push((utc + theirs.stamp.resolution / 2 - own.stamp.at, other));
            }
        }
    }
    found.sort_unstable();
    let (difference, other) = *found.get(found.len() / 2)?;
    let dump = sources[other].envelope == Envelope::Dmesg;
    let evidence = format!("{} kernel lines shared with {}", found.len(), sources[other].path);
    let sigma = if dump { SECOND } else { SECOND / 3 };
    Some(Rule { offset: -difference, sigma, basis: Basis::BootAnchored, evidence })
}

/// Killed pids whose end an app server's log tells.
fn same_deaths(sources: &[Source], index: usize, clocks: &Clocks) -> Option<Rule> {
    let mut bounds: Vec<(Micros, Micros, usize)> = Vec::new();
    for (pid, seen) in sources[index].marks.of(MarkKind::Death) {
        for own in seen.iter().filter(|own| own.stamp.clock == ClockKind::Boot) {
            for (other, source) in sources.iter().enumerate().filter(|(other, _)| *other != index) {
                for theirs in source.marks.get(MarkKind::Death, pid) {
                    let (Some(from), until) =
                        (clocks.utc(other, theirs.stamp, ""), theirs.until.unwrap_or(theirs.stamp))
                    else {
                        continue;
                    };
                    let Some(to) = clocks.utc(other, until, "") else { continue };
                    bounds.push((
                        from - TOLD_LATE - own.stamp.at,
                        to + until.resolution - own.stamp.at,
                        other,
                    ));
                }
            }
        }
    }
    let (from, to, count) = most_covered(&bounds)?;
    let other = bounds.iter().find(|bound| bound.0 <= from && bound.1 >= to)?.2;
    let evidence = format!("{count} killed pids whose end {} tells", sources[other].path);
    let sigma = ((to - from) / 3).max(SECOND / 10);
    Some(Rule { offset: -(from + (to - from) / 2), sigma, basis: Basis::BootAnchored, evidence })
}

/// The stretch that most of the bounds cover: sweep over their ends.
fn most_covered(bounds: &[(Micros, Micros, usize)]) -> Option<(Micros, Micros, usize)> {
    let mut ends: Vec<(Micros, i32)> =
        bounds.iter().flat_map(|(from, to, _)| [(*from, -1), (*to, 1)]).collect();
    ends.sort_unstable();
    let mut open = 0_usize;
    let mut best: Option<(Micros, Micros, usize)> = None;
    for (place, (at, end)) in ends.iter().enumerate() {
        if *end < 0 {
            open += 1;
            if best.is_none_or(|(_, _, count)| open > count) {
                best = ends
                    .get(place + 1..)?
                    .iter()
                    .find(|(_, end)| *end > 0)
                    .map(|(to, _)| (*at, *to, open));
            }
        } else {
            open = open.saturating_sub(1);
        }
    }
    best
}

/// Kills that repeat in the pattern of failures elsewhere: at least three, at one shift that no other comes near.
pub(super) fn by_pattern(sources: &[Source], clocks: &mut Clocks) {
    for (index, source) in sources.iter().enumerate() {
        if clocks.has(index, ClockKind::Boot, "") || !source.spans.contains_key(&ClockKind::Boot) {
            continue;
        }
        let kills: Vec<Micros> = source
            .events
            .iter()
            .filter(|event| event.kind == EventKind::OomKill || event.kind == EventKind::Segfault)
            .filter_map(|event| event.stamp)
            .filter(|stamp| stamp.clock == ClockKind::Boot)
            .map(|stamp| stamp.at)
            .take(200)
            .collect();
        let seen = zone::effects(sources, clocks, index);
        if let Some((difference, count)) = best_shift(&kills, &seen) {
            let evidence = format!(
                "{count} of {} kills fall on seconds with failures at one shift only",
                kills.len()
            );
            let rule = Rule {
                offset: -difference,
                sigma: SECOND / 2,
                basis: Basis::BootAnchored,
                evidence,
            };
            clocks.set(index, ClockKind::Boot, "", rule);
            return;
        }
    }
}

/// The shift at which the kills best meet seconds with failures, by likelihood against chance: it must pay for having been the
/// best of all shifts, and lead clearly over any other.
fn best_shift(kills: &[Micros], seen: &[Micros]) -> Option<(Micros, usize)> {
    let (first, last) = (*seen.first()?, *seen.last()?);
    let width = ((last - first) / SECOND + 120) as f64;
    let chance = (seen.len() as f64 * 2.0 / width).clamp(0.001, 0.9);
    let meets = |shift: Micros| {
        let met = |kill: &&Micros| {
            let at = **kill + shift;
            let from = seen.partition_point(|second| *second + SECOND < at);
            seen.get(from).is_some_and(|second| *second <= at + SECOND)
        };
        kills.iter().filter(met).count()
    };
    let gain = |met: usize| {
        met as f64 * (0.95 / chance).ln()
            + (kills.len() - met) as f64 * (0.05 / (1.0 - chance)).ln()
    };
    let mut ranked: Vec<(usize, Micros)> = kills
        .iter()
        .take(3)
        .flat_map(|kill| seen.iter().take(4000).map(move |second| second + SECOND / 2 - kill))
        .map(|shift| (meets(shift), shift))
        .collect();
    ranked.sort_unstable_by(|a, b| b.cmp(a));
    let best = *ranked.first()?;
    let rival = ranked
        .iter()
        .find(|(_, shift)| (shift - best.1).abs() > 5 * SECOND)
        .map_or(0, |(count, _)| *count);
    let lead = gain(best.0) - gain(rival);
    (best.0 >= 3 && gain(best.0) - width.ln() > 2.0 && lead > 4.6).then_some((best.1, best.0))
}
