//! Zones of files that do not write them: the offset, among those in use on earth, at which what a file shares with already
//! placed logs coincides.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use crate::event::EventKind;
use crate::ingest::Source;
use crate::mark::MarkKind;
use crate::stamp::{ClockKind, HOUR, MINUTE, Micros, RawStamp, SECOND};
use crate::wording::{Arg, text};

use super::{Basis, Clocks, Course, Rule, skew, wall, zone_offset, zoneless};

/// All offsets in use are multiples of this.
const GRID: Micros = 15 * MINUTE;
/// Westernmost and easternmost offset in use: Baker Island and the Line Islands.
const RANGE: (Micros, Micros) = (-12 * HOUR, 14 * HOUR);
/// All offsets that may be in use.
pub(super) fn offsets() -> impl Iterator<Item = Micros> {
    (RANGE.0 / GRID..=RANGE.1 / GRID).map(|step| step * GRID)
}

/// Offsets off the whole hour of the IANA time zone database since 2000, in quarters of an hour: Marquesas, Newfoundland in winter and
/// summer, Iran in winter and summer, Afghanistan, India, Nepal, Myanmar, North Korea until 2018, Eucla, central Australia in winter
/// and summer, Lord Howe, Chatham in winter and summer.
const QUARTERS: [i64; 14] = [-38, -14, -10, 14, 18, 22, 23, 26, 34, 35, 38, 42, 51, 55];

/// Whether some zone has this offset.
fn is_of_a_zone(offset: Micros) -> bool {
    offset % HOUR == 0 || QUARTERS.iter().any(|quarters| quarters * GRID == offset)
}

/// How far two logs' stamps of the same thing may lie apart; covers flush delays and `dmesg -T`, which is up to 1.6 s early.
const TOLERANCE: Micros = 3 * SECOND;
/// Votes by which the best offset must exceed the second: a Bayes factor of 100 if one vote in ten is wrong by chance.
const LEAD: f64 = 2.0;
/// Natural logarithm of the Bayes factor that weak evidence must reach over the second best offset.
const WEAK_LEAD: f64 = 4.6;

/// Finds zones by marks shared with placed logs, and by lines of the same file that do carry an offset.
pub(super) fn by_marks(sources: &[Source], clocks: &mut Clocks) {
    for (index, source) in sources.iter().enumerate() {
        for clock in zoneless(source) {
            if clocks.has(index, clock, "") {
                continue;
            }
            let found =
                by_own_votes(source, clock).or_else(|| shared(sources, clocks, index, clock));
            if let Some(rule) = found {
                clocks.set(index, clock, "", rule);
            }
        }
    }
}

/// What a file writes after its clock went back by an hour: by the zone on earth that folds there, or, where none does, as before.
pub(super) fn after_the_fold(sources: &[Source], clocks: &mut Clocks) {
    for (index, source) in sources.iter().enumerate() {
        for clock in zoneless(source) {
            let Some(before) = clock.before_the_fold().filter(|_| !clocks.has(index, clock, ""))
            else {
                continue;
            };
            let Some(base) = clocks.rule(index, before, "").cloned() else { continue };
            let last = source.spans.get(before).and_then(|(_, last)| wall(last, clocks.middle));
            let rule = match last.and_then(|last| folding_zone(base.offset, last)) {
                Some((zone, offset)) => Rule {
                    offset,
                    course: Course::Zone(zone),
                    evidence: text("clock-summer-ends", [("evidence", (&base.evidence).into())]),
                    ..base
                },
                None => base,
            };
            clocks.set(index, clock, "", rule);
        }
    }
}

/// A zone that was on this offset and shows this reading twice, with the offset of the second time. All zones that do so agree.
fn folding_zone(offset: Micros, reading: Micros) -> Option<(Tz, Micros)> {
    chrono_tz::TZ_VARIANTS.iter().find_map(|zone| {
        let first = zone_offset(*zone, reading, false)?;
        let second = zone_offset(*zone, reading, true)?;
        (first == offset && second != first).then_some((*zone, second))
    })
}

/// Lines of the file with an offset beside lines without one.
fn by_own_votes(source: &Source, clock: ClockKind) -> Option<Rule> {
    if clock != ClockKind::Local {
        return None;
    }
    let (offset, votes) = winner(
        &source.zone_votes.iter().map(|(offset, votes)| (*offset, *votes as f64)).collect(),
    )?;
    let evidence = text("clock-own-votes", [("count", whole(votes))]);
    Some(Rule { offset, course: Course::Constant, sigma: 0, basis: Basis::ZoneInferred, evidence })
}

/// A sum of votes, as a count.
fn whole(votes: f64) -> Arg {
    // Saturates for what no log can hold.
    Arg::Count(votes.round_ties_even() as u64)
}

/// The offset with most votes, if it leads clearly.
fn winner(votes: &BTreeMap<Micros, f64>) -> Option<(Micros, f64)> {
    let mut ranked: Vec<(Micros, f64)> =
        votes.iter().map(|(offset, votes)| (*offset, *votes)).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.abs().cmp(&b.0.abs())));
    let best = *ranked.first()?;
    let second = ranked.get(1).map_or(0.0, |rank| rank.1);
    (best.1 >= 1.0 && best.1 >= LEAD * second).then_some(best)
}

fn shared(sources: &[Source], clocks: &Clocks, index: usize, clock: ClockKind) -> Option<Rule> {
    let mut votes: BTreeMap<Micros, f64> = BTreeMap::new();
    let mut residuals: BTreeMap<Micros, Vec<Micros>> = BTreeMap::new();
    let mut readings: BTreeMap<Micros, Vec<Micros>> = BTreeMap::new();
    let mut with: BTreeMap<Micros, BTreeMap<(MarkKind, usize), u64>> = BTreeMap::new();
    let mut differences: BTreeMap<usize, Vec<(Micros, f64)>> = BTreeMap::new();
    let kinds =
        [MarkKind::Request, MarkKind::Death, MarkKind::Left, MarkKind::Start, MarkKind::KernelLine];
    for kind in kinds {
        for (key, own) in marks_of(&sources[index], kind) {
            for (other, source) in sources.iter().enumerate().filter(|(other, _)| *other != index) {
                let theirs = marks_at(source, kind, key);
                // A mark seen often tells little: all its sightings together weigh one vote.
                let weight = 1.0 / own.len().max(theirs.len()).max(1) as f64;
                for (mine, yours) in
                    own.iter().flat_map(|mine| theirs.iter().map(move |yours| (mine, yours)))
                {
                    if mine.clock != clock {
                        continue;
                    }
                    let (Some(local), Some(utc)) =
                        (wall(*mine, clocks.middle), clocks.utc(other, *yours, ""))
                    else {
                        continue;
                    };
                    let difference = local.saturating_sub(utc);
                    differences.entry(other).or_default().push((difference, weight));
                    let offset = (difference + GRID / 2).div_euclid(GRID) * GRID;
                    let residual = difference - offset;
                    let slack = TOLERANCE.max(mine.resolution).max(yours.resolution);
                    if (RANGE.0..=RANGE.1).contains(&offset) && residual.abs() <= slack {
                        *votes.entry(offset).or_default() += weight;
                        readings.entry(offset).or_default().push(local);
                        residuals.entry(offset).or_default().push(residual);
                        *with.entry(offset).or_default().entry((kind, other)).or_default() += 1;
                    }
                }
            }
        }
    }
    if let Some(rule) = with_summer_time(&votes, &readings, clock) {
        return Some(rule);
    }
    let Some((offset, _)) = winner(&votes) else {
        return off_the_grid(sources, index, differences);
    };
    let ((kind, other), count) =
        with.remove(&offset)?.into_iter().max_by_key(|(_, count)| *count)?;
    let what = match kind {
        MarkKind::Request => "requests",
        MarkKind::Death | MarkKind::Left => "ends",
        MarkKind::Start | MarkKind::Gone => "starts",
        MarkKind::KernelLine => "kernel",
    };
    let evidence = text(
        "clock-shared",
        [
            ("what", Arg::Case(what)),
            ("count", count.into()),
            ("path", (&sources[other].path).into()),
        ],
    );
    let (shift, sigma) = dump_correction(&sources[index], kind, residuals.remove(&offset)?);
    Some(Rule {
        offset: offset + shift,
        course: Course::Constant,
        sigma,
        basis: Basis::ZoneInferred,
        evidence,
    })
}

/// What is shared lies together, but on no offset in use: one of the two clocks is wrong besides. The nearest offset is the zone;
/// the rest is left to [`super::skew`].
fn off_the_grid(
    sources: &[Source],
    index: usize,
    differences: BTreeMap<usize, Vec<(Micros, f64)>>,
) -> Option<Rule> {
    let heaps = differences
        .into_iter()
        .filter_map(|(other, differences)| Some((other, skew::heap(differences)?)));
    let (other, (difference, weight)) = heaps.max_by(|a, b| a.1.1.total_cmp(&b.1.1))?;
    let offset = (difference + GRID / 2).div_euclid(GRID) * GRID;
    let dump = sources[index].envelope == crate::envelope::Envelope::Dmesg;
    (!dump && (RANGE.0..=RANGE.1).contains(&offset)).then(|| Rule {
        offset,
        course: Course::Constant,
        sigma: SECOND,
        basis: Basis::ZoneInferred,
        evidence: text(
            "clock-shared-things",
            [("count", whole(weight)), ("path", (&sources[other].path).into())],
        ),
    })
}

/// Two offsets, one until a day and the other from then on: a zone on earth that changed so. Each must rest on more than one vote.
fn with_summer_time(
    votes: &BTreeMap<Micros, f64>,
    readings: &BTreeMap<Micros, Vec<Micros>>,
    clock: ClockKind,
) -> Option<Rule> {
    let mut ranked: Vec<(Micros, f64)> =
        votes.iter().map(|(offset, votes)| (*offset, *votes)).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.abs().cmp(&b.0.abs())));
    let [(one, more), (other, fewer), ..] = ranked.as_slice() else { return None };
    let third = ranked.get(2).map_or(0.0, |third| third.1);
    if *fewer < 2.0 || third * LEAD > *fewer || (one - other).abs() > HOUR {
        return None;
    }
    let span = |offset: &Micros| {
        let own = readings.get(offset)?;
        Some((*own.iter().min()?, *own.iter().max()?))
    };
    let (ones, others) = (span(one)?, span(other)?);
    let apart = ones.1 < others.0 || others.1 < ones.0;
    let later = clock.before_the_fold().is_some();
    let fits = |zone: &Tz| {
        let shows = |at: Micros, offset: Micros| zone_offset(*zone, at, later) == Some(offset);
        shows(ones.0, *one)
            && shows(ones.1, *one)
            && shows(others.0, *other)
            && shows(others.1, *other)
    };
    let zone = chrono_tz::TZ_VARIANTS.iter().find(|zone| apart && fits(zone))?;
    Some(Rule {
        offset: *one,
        course: Course::Zone(*zone),
        sigma: 0,
        basis: Basis::ZoneInferred,
        evidence: text(
            "clock-two-offsets",
            [("count", whole(more + fewer)), ("zone", zone.to_string().into())],
        ),
    })
}

/// `dmesg -T` is off by a constant that the shared process ends show; other logs keep the plain zone.
fn dump_correction(
    source: &Source,
    kind: MarkKind,
    mut residuals: Vec<Micros>,
) -> (Micros, Micros) {
    if source.envelope != crate::envelope::Envelope::Dmesg {
        return (0, 0);
    }
    residuals.sort_unstable();
    match (kind, residuals.get(residuals.len() / 2)) {
        (MarkKind::Death, Some(median)) => (*median, SECOND / 2),
        _ => (0, SECOND),
    }
}

fn marks_of(source: &Source, kind: MarkKind) -> impl Iterator<Item = (u64, Vec<RawStamp>)> {
    let own = source.marks.of(kind);
    let traffic = source.traffic.iter().flat_map(move |traffic| traffic.marks.of(kind));
    own.chain(traffic)
        .map(|(key, seen)| (key, seen.iter().map(|sighting| sighting.stamp).collect()))
}

fn marks_at(source: &Source, kind: MarkKind, key: u64) -> Vec<RawStamp> {
    let own = source.marks.get(kind, key).iter();
    let traffic = source.traffic.iter().flat_map(|traffic| traffic.marks.get(kind, key));
    own.chain(traffic).map(|sighting| sighting.stamp).collect()
}

/// Kinds of events that users feel as failed answers within the second.
pub(super) const FELT: [EventKind; 8] = [
    EventKind::WorkerSignaled,
    EventKind::WorkerTimeout,
    EventKind::ProgramExited,
    EventKind::OomKill,
    EventKind::AppStopping,
    EventKind::UncaughtException,
    EventKind::Segfault,
    EventKind::StoreStopping,
];

/// Finds zones by coincidence alone: ends of processes against ends of processes in placed logs, or against failed answers.
pub(super) fn by_failures(sources: &[Source], clocks: &mut Clocks) {
    for (index, source) in sources.iter().enumerate() {
        for clock in zoneless(source) {
            if clocks.has(index, clock, "") {
                continue;
            }
            let own: Vec<Micros> =
                felt(source, clock).filter_map(|stamp| wall(stamp, clocks.middle)).collect();
            let seen = effects(sources, clocks, |other| other != index);
            if let Some((offset, matched)) = coincidence(&own, &seen) {
                let evidence = text(
                    "clock-coincidence",
                    [("count", matched.into()), ("all", own.len().into())],
                );
                clocks.set(
                    index,
                    clock,
                    "",
                    Rule {
                        offset,
                        course: Course::Constant,
                        sigma: SECOND / 4,
                        basis: Basis::ZoneInferred,
                        evidence,
                    },
                );
                return;
            }
        }
    }
}

/// Moments of a source that users feel: ends of processes, and the first of each row of a proxy's errors.
fn felt(source: &Source, clock: ClockKind) -> impl Iterator<Item = RawStamp> {
    let ends = source
        .events
        .iter()
        .filter(|event| FELT.contains(&event.kind))
        .filter_map(|event| event.stamp);
    let errors = source.events.iter().filter(|event| event.kind.name().starts_with("upstream-"));
    let mut last = Micros::MIN;
    let onsets = errors.filter_map(|event| event.stamp).filter(move |stamp| {
        let first = stamp.at.saturating_sub(last) > ROW;
        last = stamp.at;
        first
    });
    ends.chain(onsets).filter(move |stamp| stamp.clock == clock).take(400)
}

/// A proxy's errors less than this apart are one row, of which the first tells when something ended.
const ROW: Micros = 3 * SECOND;

/// Seconds (UTC) at which placed logs show failed answers or ends of processes.
pub(super) fn effects(
    sources: &[Source],
    clocks: &Clocks,
    of: impl Fn(usize) -> bool,
) -> Vec<Micros> {
    let mut seconds = Vec::new();
    for (index, source) in sources.iter().enumerate().filter(|(index, _)| of(*index)) {
        for event in source.events.iter().filter(|event| FELT.contains(&event.kind)) {
            let boot_id = event.origin.boot_id.as_deref().unwrap_or_default();
            seconds.extend(event.stamp.and_then(|stamp| clocks.utc(index, stamp, boot_id)));
        }
        let Some(traffic) = &source.traffic else { continue };
        for (key, _) in traffic
            .failures
            .iter()
            .filter(|(key, _)| matches!(key.status, 500 | 502 | 504) || key.hidden)
        {
            let Some(clock) = traffic.clock() else { continue };
            seconds.extend(clocks.utc(index, RawStamp::new(clock, key.at, SECOND), ""));
        }
    }
    for second in &mut seconds {
        *second -= second.rem_euclid(SECOND);
    }
    seconds.sort_unstable();
    seconds.dedup();
    seconds
}

/// The grid offset at which most moments meet a second that shows effects, by likelihood against chance. Gives the number that met.
fn coincidence(own: &[Micros], seen: &[Micros]) -> Option<(Micros, usize)> {
    seen.first()?;
    let width =
        seen.last().zip(seen.first()).map_or(0, |(last, first)| last - first) / SECOND + 600;
    let chance = chance(seen, width);
    let mut ranked: Vec<(f64, usize, Micros)> = Vec::new();
    for offset in offsets() {
        let met = own.iter().filter(|at| near(seen, **at - offset)).count();
        let missed = own.len() - met;
        let gain = met as f64 * (0.9 / chance).ln() + missed as f64 * (0.1 / (1.0 - chance)).ln();
        ranked.push((gain, met, offset));
    }
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.2.abs().cmp(&b.2.abs())));
    let (best, second) = (ranked.first()?, ranked.get(1)?);
    (best.1 >= 2 && best.0 > 0.0 && best.0 - second.0 >= WEAK_LEAD).then_some((best.2, best.1))
}

/// Share of the seconds near an effect: the chance that a wrong offset meets one, when it falls among them at all.
fn chance(seen: &[Micros], width_seconds: i64) -> f64 {
    (seen.len() as f64 * 3.0 / width_seconds as f64).clamp(0.001, 0.9)
}

pub(super) fn near(seen: &[Micros], at: Micros) -> bool {
    let from = seen.partition_point(|second| *second < at - SECOND - SECOND);
    seen.get(from).is_some_and(|second| *second <= at + SECOND)
}

/// The last resort: what neighbours write or show, the hours that the bundle covers, and single ends that meet failures, all together.
pub(super) fn by_neighbours(sources: &[Source], clocks: &mut Clocks) {
    let window = window(sources, clocks);
    let in_containers = sources.iter().any(of_container);
    for (index, source) in sources.iter().enumerate() {
        for clock in zoneless(source) {
            if clocks.has(index, clock, "") {
                continue;
            }
            let neighbours = neighbours(sources, index, clocks);
            let span = source.spans.get(clock).and_then(|(first, last)| {
                Some((wall(first, clocks.middle)?, wall(last, clocks.middle)?))
            });
            // Where the host's zone is told, a file that ends before the others is of another time and not of another zone; none goes
            // on after them.
            let ends_in_time = |offset: Micros| {
                span.zip(window).is_none_or(|((_, last), (_, to))| last - offset <= to + AFTER)
            };
            let told =
                neighbours.iter().any(|(offset, (_, known, _))| *known && ends_in_time(*offset));
            let candidates: Vec<Micros> = offsets()
                .filter(|offset| {
                    neighbours.contains_key(offset)
                        || if told { *offset == 0 } else { is_of_a_zone(*offset) }
                })
                .collect();
            // A ring that ends before the window holds it all the same: nothing happened since.
            let ring = source.kernel.as_ref().is_some_and(|kernel| kernel.ring);
            let quiet_since = |offset: Micros| {
                ring && span.zip(window).is_some_and(|((_, last), (from, _))| last - offset < from)
            };
            // A ring is read last, and tells nothing after it; only another log's zone says that the others were cut before.
            let late =
                |offset: Micros| ring && !ends_in_time(offset) && !neighbours.contains_key(&offset);
            // How much of the file lies in the window, in microseconds; below 0 where it does not touch it.
            let overlap = |offset: Micros| match (span, window) {
                (Some((first, last)), Some((from, to))) => {
                    (last - offset).min(to) - (first - offset).max(from)
                }
                _ => 0,
            };
            let own: Vec<Micros> =
                felt(source, clock).filter_map(|stamp| wall(stamp, clocks.middle)).collect();
            let seen = effects(sources, clocks, |other| other != index);
            let width = window.map_or(0, |(from, to)| to - from) / SECOND + 600;
            let chance = chance(&seen, width);
            let most = candidates.iter().map(|offset| overlap(*offset)).max().unwrap_or(0);
            let score = |offset: Micros| {
                let prior = match neighbours.get(&offset) {
                    Some((votes, ..)) => NEIGHBOUR + 0.5 * f64::from(*votes.min(&6)),
                    None if offset == 0 => UTC,
                    None if offset % HOUR == 0 => 0.0,
                    None => ODD,
                };
                let covered = overlap(offset);
                let inside = if quiet_since(offset) {
                    SAME_HOURS / 4.0
                } else if covered < 0 || late(offset) {
                    OUTSIDE
                } else if ring {
                    // How long the kernel has been quiet tells nothing.
                    SAME_HOURS
                } else {
                    SAME_HOURS * covered as f64 / most.max(1) as f64
                };
                let met = own.iter().filter(|at| near(&seen, **at - offset)).count();
                let meets = (met as f64 * (0.9 / chance).ln()).min(MEETS_MAX);
                prior + inside + if seen.is_empty() { 0.0 } else { meets }
            };
            let mut ranked: Vec<(f64, Micros)> =
                candidates.iter().map(|offset| (score(*offset), *offset)).collect();
            ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.abs().cmp(&b.1.abs())));
            let Some((_, offset)) = ranked.first().copied() else { continue };
            let neighbour = neighbours.get(&offset);
            // A container keeps UTC while its host does not; another zone was chosen for both.
            let known = neighbour.is_some_and(|(_, known, _)| *known);
            let telling = known && neighbours.len() == 1 && (offset != 0 || !in_containers);
            let covers = most > 0 && overlap(offset) as f64 >= 0.8 * most as f64;
            let (basis, evidence) = match neighbour {
                Some((.., path)) if telling && covers => (
                    Basis::ZoneInferred,
                    text("clock-neighbour-and-hours", [("file", (*path).into())]),
                ),
                Some((.., path)) => {
                    (Basis::ZoneAssumed, text("clock-neighbour", [("file", (*path).into())]))
                }
                None => (Basis::ZoneAssumed, text("clock-hours", [])),
            };
            let rule = Rule { offset, course: Course::Constant, sigma: SECOND, basis, evidence };
            clocks.set(index, clock, "", rule);
        }
    }
}

/// Natural logarithms of likelihoods: another log of the host is in that zone.
const NEIGHBOUR: f64 = 3.0;
/// A third of all servers keep UTC.
const UTC: f64 = 1.5;
/// Zones off the whole hour are few.
const ODD: f64 = -1.5;
/// Logs of a bundle are cut at about the same hours.
const SAME_HOURS: f64 = 4.0;
/// A file outside of the hours of all others is in the bundle by mistake.
const OUTSIDE: f64 = -6.0;
/// Files of a bundle are copied one after the other.
const AFTER: Micros = 10 * 60 * SECOND;
/// A kill that meets a burst may do so by chance at one of a hundred offsets.
const MEETS_MAX: f64 = 6.0;

fn of_container(source: &Source) -> bool {
    source.path.contains("container")
        || source.path.contains("docker")
        || source.format.starts_with("docker")
        || source.events.iter().any(|event| event.origin.container.is_some())
}

/// Offsets that files of the same host write, or were found to have, with votes, whether one of them is known to be of the host or of
/// its traffic, and the first such file each. Epoch seconds and `Z`
/// tell nothing of a host's zone; `+0000` is what a container writes too.
fn neighbours<'a>(
    sources: &'a [Source],
    index: usize,
    clocks: &Clocks,
) -> BTreeMap<Micros, (u32, bool, &'a str)> {
    let mut found: BTreeMap<Micros, (u32, bool, &str)> = BTreeMap::new();
    let host = sources[index].host.as_ref();
    let same_host =
        |other: &Source| host.is_none_or(|host| other.host.as_ref().is_none_or(|own| own == host));
    let inside = of_container(&sources[index]);
    for (place, other) in sources.iter().enumerate().filter(|(_, other)| same_host(other)) {
        let inferred = zoneless(other)
            .filter_map(|clock| clocks.rule(place, clock, ""))
            .filter(|rule| matches!(rule.basis, Basis::ZoneInferred | Basis::Given))
            .map(|rule| rule.offset);
        let known = other.traffic.is_some() || host.is_some() && other.host.as_ref() == host;
        let written = other.written_offsets.iter().map(|offset| (*offset, known));
        let offsets = written.chain(inferred.map(|offset| (offset, true)));
        // UTC in a container is nobody's choice.
        for (offset, known) in offsets.filter(|(at, _)| *at != 0 || inside || !of_container(other))
        {
            let entry = found.entry(offset).or_insert((0, false, &other.path));
            entry.0 += 1 + u32::from(offset != 0);
            entry.1 |= known;
        }
    }
    found
}

fn window(sources: &[Source], clocks: &Clocks) -> Option<(Micros, Micros)> {
    let spans =
        sources.iter().enumerate().filter_map(|(index, source)| clocks.span(index, &source.spans));
    spans.reduce(|(a, b), (c, d)| (a.min(c), b.max(d)))
}
