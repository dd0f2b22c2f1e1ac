//! The boot clock: seconds since the kernel started, tied to UTC by records that carry both, by kernel lines that another log
//! has too, by pids whose end another log tells, or by the pattern of several ends.
//!
//! Receipts are late and never early (5 s under load, minutes at boot), so the smallest difference is the best; the printk
//! clock itself was seen to run up to 0.1 s ahead.

use std::collections::{BTreeMap, BTreeSet};

use crate::envelope::Envelope;
use crate::event::EventKind;
use crate::ingest::{BY_AUDIT, Source};
use crate::mark::MarkKind;
use crate::stamp::{ClockKind, DAY, HOUR, MINUTE, Micros, RawStamp, SECOND};
use crate::wording::{Text, text};

use super::{Basis, Clocks, Course, Rule, zone};

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
    if source.spans.has(ClockKind::Boot) {
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
        for id in boots(source).into_iter().filter(|id| id != BY_AUDIT) {
            if !clocks.has(index, ClockKind::Boot, &id)
                && let Some(rule) = pairs_of(source, index, &id, clocks)
            {
                clocks.set(index, ClockKind::Boot, &id, rule);
            }
        }
    }
}

/// The rule that the pairs of one boot give.
fn pairs_of(source: &Source, index: usize, id: &str, clocks: &Clocks) -> Option<Rule> {
    let (steps, coarse) = steps(source, index, id, clocks)?;
    let (_, offset) = steps.last().copied()?;
    let sigma = if source.envelope == Envelope::Dmesg {
        SECOND
    } else if coarse {
        SECOND / 3
    } else {
        RECEIPT_SIGMA
    };
    let most = steps.iter().map(|(_, offset)| (offset - steps[0].1).abs()).max();
    let evidence = match most.filter(|most| *most >= STEP) {
        Some(most) => {
            let apart = format!("{} s", most / SECOND);
            text("clock-both-parting", [("apart", apart.into())])
        }
        None => text("clock-both", []),
    };
    let course = if steps.len() > 1 { Course::Steps(steps) } else { Course::Constant };
    Some(Rule { offset, course, sigma, basis: Basis::BootAnchored, evidence })
}

/// Uptime after which the offset is measured anew: two clocks of one host part by up to a second a day.
const DRIFT_STRETCH: Micros = 6 * HOUR;
/// A step of the wall clock is told from late receipts by what comes after it: within this time, and so many minutes with records.
const CONFIRMED: Micros = 30 * MINUTE;
/// See [`CONFIRMED`].
const CONFIRMED_BY: usize = 3;

/// Boot minus UTC of a source's pairs, by uptime: (from, offset). A new step begins where the wall clock was set or the host slept,
/// and after some hours for the drift. Receipts are late and never early, so the smallest difference of a step is its best. A
/// stamp of whole seconds may be up to a second later than it says; half a second of that is taken back. Also whether the wall
/// clock tells only seconds.
fn steps(
    source: &Source,
    index: usize,
    id: &str,
    clocks: &Clocks,
) -> Option<(Vec<(Micros, Micros)>, bool)> {
    let mut pairs: Vec<(Micros, Micros)> = Vec::new();
    let mut coarse = false;
    for ((own, _), (boot, stamp, _)) in &source.boot_pairs.earliest {
        if own != id {
            continue;
        }
        // What audit records tell stands beside lines that carry no wall clock at all.
        let told = (id == BY_AUDIT).then_some(stamp.at);
        let Some(utc) = told.or_else(|| clocks.utc(index, *stamp, id)) else { continue };
        coarse |= stamp.resolution >= SECOND;
        pairs.push((*boot, utc.saturating_sub(*boot).saturating_add(stamp.resolution / 2)));
    }
    let steps =
        stretches(&pairs).into_iter().map(|(from, difference)| (from, -difference)).collect();
    (!pairs.is_empty()).then_some((steps, coarse))
}

/// The stretches of uptime in which wall clock minus boot clock stays the same, from pairs of (uptime, difference), with the least
/// difference of each.
fn stretches(pairs: &[(Micros, Micros)]) -> Vec<(Micros, Micros)> {
    let mut found: Vec<(Micros, Micros)> = Vec::new();
    // Pairs that the last stretch rests on.
    let mut rests_on = 0;
    for (place, (uptime, difference)) in pairs.iter().copied().enumerate() {
        let Some((from, least)) = found.last_mut() else {
            found.push((uptime, difference));
            rests_on = 1;
            continue;
        };
        let ahead = pairs[place + 1..]
            .iter()
            .take(CONFIRMED_BY)
            .take_while(|(later, _)| later - uptime <= CONFIRMED)
            .map(|(_, difference)| *difference)
            .min();
        if (difference - *least).abs() <= STEP {
            if uptime - *from <= DRIFT_STRETCH {
                *least = difference.min(*least);
                rests_on += 1;
            } else {
                found.push((uptime, difference));
                rests_on = 1;
            }
        } else if difference < *least && rests_on < CONFIRMED_BY {
            // What came before was received late, as at boot.
            *least = difference;
            rests_on = 1;
        } else if difference < *least {
            found.push((uptime, difference));
            rests_on = 1;
        } else if let Some(ahead) = ahead.filter(|ahead| ahead - *least > STEP) {
            found.push((uptime, difference.min(ahead)));
            rests_on = 1;
        }
        // Else it was received late: what comes after is as before, or nothing comes after that would tell.
    }
    found
}

/// Anchors by things that an already placed log tells too: the same kernel line, or the end of the same pid.
pub(super) fn by_marks(sources: &[Source], clocks: &mut Clocks) {
    for (index, source) in sources.iter().enumerate() {
        if !is_loose(sources, index, clocks) {
            continue;
        }
        let rule = same_boot(sources, index, clocks)
            .or_else(|| same_deaths(sources, index, clocks, &[MarkKind::Death]))
            .or_else(|| same_lines(sources, index, clocks))
            .or_else(|| {
                by_audit(source, index, clocks).filter(|rule| rule.sigma < BEFORE_NTP_SIGMA)
            });
        if let Some(rule) = rule {
            clocks.set(index, ClockKind::Boot, "", rule);
        }
    }
}

/// Anchors by killed pids of which another log shows only that a successor started.
pub(super) fn by_successors(sources: &[Source], clocks: &mut Clocks) {
    for index in 0..sources.len() {
        if !is_loose(sources, index, clocks) {
            continue;
        }
        if let Some(rule) = same_deaths(sources, index, clocks, &[MarkKind::Gone]) {
            clocks.set(index, ClockKind::Boot, "", rule);
            clocks.by_pid.insert(index);
        }
    }
}

/// Whether a source has a boot clock that nothing anchors yet.
fn is_loose(sources: &[Source], index: usize, clocks: &Clocks) -> bool {
    !clocks.has(index, ClockKind::Boot, "") && sources[index].spans.has(ClockKind::Boot)
}

/// Audit records in the log itself, where nothing else ties it: their time is that of the host, before other logs correct it.
fn by_audit(source: &Source, index: usize, clocks: &Clocks) -> Option<Rule> {
    let rule = pairs_of(source, index, BY_AUDIT, clocks)?;
    let pairs = source.boot_pairs.earliest.iter().filter(|((id, _), _)| id == BY_AUDIT);
    let early = pairs.map(|(_, (boot, _, _))| *boot).max().is_some_and(|last| last < BEFORE_NTP);
    let sigma = if early { BEFORE_NTP_SIGMA } else { rule.sigma };
    Some(Rule { evidence: text("clock-by-audit", []), sigma, ..rule })
}

/// Uptime before which the wall clock is that of the hardware: it is set when the network is there.
const BEFORE_NTP: Micros = 2 * MINUTE;
/// How far it is off by then.
const BEFORE_NTP_SIGMA: Micros = 10 * SECOND;

/// Audit records of the boot alone, where even the pattern of failures tells nothing.
pub(super) fn by_early_audit(sources: &[Source], clocks: &mut Clocks) {
    for (index, source) in sources.iter().enumerate() {
        if !is_loose(sources, index, clocks) {
            continue;
        }
        if let Some(rule) = by_audit(source, index, clocks) {
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
    let evidence = shared_lines(count, &sources[other].path);
    Some(Rule { evidence, ..rule.clone() })
}

/// `dmesg -T` and `iso` add the moment of boot, as computed when they run, to each line's uptime (util-linux dmesg(1): "could be
/// inaccurate"): after a sleep of the host, or when its clock was set, lines before it are off. Where another log has the same kernel
/// lines with their uptime, the dump is corrected by them, step by step.
pub(super) fn correct_dumps(sources: &[Source], clocks: &mut Clocks) {
    for (index, source) in sources.iter().enumerate() {
        if source.envelope != Envelope::Dmesg {
            continue;
        }
        for clock in [ClockKind::Utc, ClockKind::Local] {
            let Some(rule) = clocks.rule(index, clock, "").cloned() else { continue };
            if rule.course != Course::Constant || rule.basis == Basis::Given {
                continue;
            }
            let mut seen = early_by(sources, index, clock, clocks);
            seen.sort_unstable();
            let Some(((_, least, _), (_, most, _))) = seen
                .iter()
                .min_by_key(|(_, early, _)| *early)
                .zip(seen.iter().max_by_key(|(_, early, _)| *early))
            else {
                continue;
            };
            // Beyond a day it is another boot, or another line with the same words; up to a step it is the dump's rounding.
            if seen.len() < CORRECTED_BY || !(STEP..=DAY).contains(&(*most).max(-least)) {
                continue;
            }
            let (least, most) = (*least, *most);
            let pairs: Vec<(Micros, Micros)> =
                seen.iter().map(|(reading, early, _)| (*reading, *early)).collect();
            let steps: Vec<(Micros, Micros)> = stretches(&pairs)
                .into_iter()
                .map(|(from, early)| (from, rule.offset + early))
                .collect();
            let other = seen.first().map_or("", |(_, _, other)| sources[*other].path.as_str());
            let off = |micros: Micros| format!("{:.1}", micros as f64 / SECOND as f64);
            let evidence = text(
                "clock-dump-corrected",
                [
                    ("evidence", (&rule.evidence).into()),
                    ("lines", seen.len().into()),
                    ("path", other.into()),
                    ("least", off(least).into()),
                    ("most", off(most).into()),
                ],
            );
            let offset = steps.last().map_or(rule.offset, |(_, offset)| *offset);
            let course = Course::Steps(steps);
            clocks.set(
                index,
                clock,
                "",
                Rule { offset, course, sigma: RECEIPT_SIGMA, basis: Basis::ZoneInferred, evidence },
            );
        }
    }
}

/// Shared kernel lines that correct a dump.
const CORRECTED_BY: usize = 3;

/// A kernel line that a dump shares with another log: (reading, dump minus truth, other log).
type EarlyLine = (Micros, Micros, usize);

/// Kernel lines of a dump that another log has with an anchored uptime. Only those of one
/// boot, which shares most: the next boot writes many of the same words.
fn early_by(sources: &[Source], index: usize, clock: ClockKind, clocks: &Clocks) -> Vec<EarlyLine> {
    let mut found: BTreeMap<(usize, &str), Vec<EarlyLine>> = BTreeMap::new();
    for (key, own) in sources[index].marks.of(MarkKind::KernelLine) {
        let [own] = own else { continue };
        let Some(shown) = clocks.utc(index, own.stamp, "").filter(|_| own.stamp.clock == clock)
        else {
            continue;
        };
        for (other, source) in sources.iter().enumerate().filter(|(other, _)| *other != index) {
            for (id, boot) in source.boot_lines.get(&key).into_iter().flatten() {
                let stamp = RawStamp::new(ClockKind::Boot, *boot, 1);
                if let Some(truth) = clocks.utc(other, stamp, id) {
                    let early = (shown + own.stamp.resolution / 2).saturating_sub(truth);
                    found.entry((other, id)).or_default().push((own.stamp.at, early, other));
                }
            }
        }
    }
    // A dump's own step of time is rare: the boot whose lines agree best with each other is the dump's.
    let agreeing = |lines: &[EarlyLine]| {
        let mut early: Vec<Micros> = lines.iter().map(|(_, early, _)| *early).collect();
        early.sort_unstable();
        let middle = early.get(early.len() / 2).copied().unwrap_or(0);
        early.iter().filter(|early| (**early - middle).abs() <= STEP).count()
    };
    let share = |lines: &[EarlyLine]| agreeing(lines) * 20 / lines.len().max(1);
    found
        .into_values()
        .filter(|lines| lines.len() >= CORRECTED_BY)
        .max_by_key(|lines| (share(lines), lines.len()))
        .unwrap_or_default()
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
    let evidence = shared_lines(found.len() as u64, &sources[other].path);
    let sigma = if dump { SECOND } else { SECOND / 3 };
    Some(Rule {
        offset: -difference,
        course: Course::Constant,
        sigma,
        basis: Basis::BootAnchored,
        evidence,
    })
}

fn shared_lines(count: u64, path: &str) -> Text {
    text("clock-shared-lines", [("count", count.into()), ("path", path.into())])
}

/// Killed pids whose end an app server's log tells.
fn same_deaths(
    sources: &[Source],
    index: usize,
    clocks: &Clocks,
    kinds: &[MarkKind],
) -> Option<Rule> {
    let mut bounds: Vec<EarlyLine> = Vec::new();
    let mut kills: BTreeSet<Micros> = BTreeSet::new();
    for (pid, seen) in sources[index].marks.of(MarkKind::Death) {
        for own in seen.iter().filter(|own| own.stamp.clock == ClockKind::Boot) {
            for (other, source) in sources.iter().enumerate().filter(|(other, _)| *other != index) {
                let ends = kinds.iter().flat_map(|kind| source.marks.get(*kind, pid));
                let known = bounds.len();
                bounds.extend(ends.filter_map(|theirs| {
                    let until = theirs.until.unwrap_or(theirs.stamp);
                    let from = clocks.utc(other, theirs.stamp, "")? - TOLD_LATE;
                    let to = clocks.utc(other, until, "")? + until.resolution;
                    Some((from - own.stamp.at, to - own.stamp.at, other))
                }));
                if bounds.len() > known {
                    kills.insert(own.stamp.at);
                }
            }
        }
    }
    let (from, to, count) = most_covered(&bounds)?;
    let other = bounds.iter().find(|bound| bound.0 <= from && bound.1 >= to)?.2;
    let (from, to) = narrowed(sources, index, clocks, (from, to, *kills.first()?))?;
    let path = &sources[other].path;
    let evidence = text("clock-shared-pids", [("count", count.into()), ("path", path.into())]);
    let sigma = ((to - from) / 3).max(SECOND / 10);
    Some(Rule {
        offset: -(from + (to - from) / 2),
        course: Course::Constant,
        sigma,
        basis: Basis::BootAnchored,
        evidence,
    })
}

/// A stretch in which a killed process may have ended, until its successor started, is narrowed by failures: the end is felt as soon as
/// somebody asks, and until the successor is there. `None` where too wide a stretch stays.
fn narrowed(
    sources: &[Source],
    index: usize,
    clocks: &Clocks,
    (from, to, kill): (Micros, Micros, Micros),
) -> Option<(Micros, Micros)> {
    if to - from <= NARROW {
        return Some((from, to));
    }
    let seen = zone::effects(sources, clocks, |other| other != index);
    let first = seen.partition_point(|second| *second < from + kill - SECOND);
    let last = seen.partition_point(|second| *second <= to + kill);
    let run = seen.get(first..last).unwrap_or_default();
    let onset = run.chunk_by(|one, next| next - one < QUIET).last();
    let onset = onset.filter(|run| run.last().is_some_and(|last| to + kill - last <= QUIET));
    match onset.and_then(|run| run.first()) {
        Some(onset) => Some(((onset - kill - QUIET).max(from), (onset - kill + SECOND).min(to))),
        None => (to - from <= WIDE).then_some((from, to)),
    }
}

/// A stretch this short needs no narrowing.
const NARROW: Micros = 4 * SECOND;
/// The widest stretch whose middle is still worth to be told.
const WIDE: Micros = 30 * SECOND;
/// Time without failures before an onset, and from the last of them to the successor.
const QUIET: Micros = 5 * SECOND;

/// The stretch that most of the bounds cover: sweep over their ends.
fn most_covered(bounds: &[EarlyLine]) -> Option<(Micros, Micros, usize)> {
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
        if !is_loose(sources, index, clocks) {
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
        let seen = zone::effects(sources, clocks, |other| other != index);
        if let Some((difference, count)) = best_shift(&kills, &seen) {
            let evidence =
                text("clock-kill-pattern", [("count", count.into()), ("all", kills.len().into())]);
            let rule = Rule {
                offset: -difference,
                course: Course::Constant,
                sigma: SECOND / 2,
                basis: Basis::BootAnchored,
                evidence,
            };
            clocks.set(index, ClockKind::Boot, "", rule);
            return;
        }
        if let Some((difference, apart)) = ridge(&kills, &seen) {
            let evidence = text("clock-by-ridge", [("kills", kills.len().into())]);
            let sigma = apart / 4 + SECOND / 2;
            let (course, basis) = (Course::Constant, Basis::BootAnchored);
            let rule = Rule { offset: -difference, course, sigma, basis, evidence };
            clocks.set(index, ClockKind::Boot, "", rule);
            return;
        }
    }
}

/// Kills from which a pattern without a clear peak still tells the stretch of time.
const RIDGE_KILLS: usize = 8;
/// Widest such stretch.
const RIDGE_MAX: Micros = 30 * SECOND;

/// Many kills at an even pace meet failures at several shifts, a pace apart: the best of them, and how far those that are nearly as
/// good lie apart, if all that are lie together. Others of the ring may be older than the access log.
fn ridge(kills: &[Micros], seen: &[Micros]) -> Option<(Micros, Micros)> {
    let first = *kills.first().filter(|_| kills.len() >= RIDGE_KILLS)?;
    let meets = |shift: Micros| {
        let met = |kill: &&Micros| {
            let second = **kill + shift;
            seen.binary_search(&(second - second.rem_euclid(SECOND))).is_ok()
        };
        kills.iter().filter(met).count()
    };
    let (from, to) = (*seen.first()? - *kills.last()?, *seen.last()? - first);
    // A fifth of a second finds any shift at which the pattern fits; a pattern that may lie anywhere in days tells nothing.
    let step = SECOND / 5;
    let steps = usize::try_from((to - from) / step).ok().filter(|steps| *steps <= 500_000)?;
    let ranked: Vec<(usize, Micros)> = (0..=steps as i64)
        .map(|place| from + place * step)
        .map(|shift| (meets(shift), shift))
        .collect();
    let best = ranked.iter().max_by_key(|(met, shift)| (*met, std::cmp::Reverse(*shift)))?;
    let near = || ranked.iter().filter(|(met, _)| met * 5 >= best.0 * 4).map(|(_, shift)| *shift);
    let apart = near().max()? - near().min()?;
    (best.0 >= RIDGE_KILLS && best.0 * 10 >= kills.len() * 6 && apart <= RIDGE_MAX)
        .then_some((best.1, apart))
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

#[cfg(test)]
mod tests;
