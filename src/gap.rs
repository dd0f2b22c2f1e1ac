//! Silence: stretches without any request where the traffic around them would have brought some, and what other logs say of them.
//!
//! A log without lines is no proof of quiet: the proxy or the host may have been dead, the disk full, the clock set, or a rotated
//! file left out of the bundle. The share of failures says nothing there, so that silence is looked for by itself.

use std::collections::BTreeMap;

use crate::answers::Answers;
use crate::clock::Clocks;
use crate::event::EventKind;
use crate::ingest::Source;
use crate::stamp::{HOUR, MINUTE, Micros, SECOND};
use crate::timeline::{Fact, FactId, Timeline};
use crate::wording::{Text, text};

/// A stretch without a request where some were expected.
#[derive(Debug, Clone, PartialEq)]
pub struct Gap {
    /// Last request before it.
    pub start: Micros,
    /// First request after it; the end of the other logs where no request came any more.
    pub end: Micros,
    /// Requests that the traffic around it would have brought.
    pub expected: f64,
    /// What other logs say of it.
    pub why: Text,
    /// The facts that say so.
    pub facts: Vec<FactId>,
}

/// Traffic is compared with what came this long before and after.
const AROUND: Micros = 15 * MINUTE;
/// Shortest silence that is worth a word, and the shortest where so many requests were expected that no lull explains it.
const SHORTEST: Micros = 30 * SECOND;
/// See [`SHORTEST`].
const SHORTEST_OF_MANY: Micros = 10 * SECOND;
/// See [`SHORTEST`].
const MANY: f64 = 60.0;
/// The silence at the end of the access log must be longer: logs are copied one after the other.
const SHORTEST_AT_END: Micros = 2 * MINUTE;
/// A Poisson stream is silent with e^-14, one in a million, where 14 requests are expected.
const EXPECTED_MIN: f64 = 14.0;
/// Width of the steps in which the clumping of the traffic is measured.
const CLUMP: Micros = 10 * SECOND;
/// Silences of at least a quarter of one's length that a log may have elsewhere: more of them are its habit.
const LIKE_IT_MAX: usize = 6;
/// Gaps told.
const GAPS_MAX: usize = 50;

/// Finds the gaps, in order of time.
#[must_use]
pub fn find(
    answers: &Answers,
    sources: &[Source],
    clocks: &Clocks,
    timeline: &Timeline,
) -> Vec<Gap> {
    let moments: Vec<Micros> =
        answers.load.iter().filter(|(_, requests)| **requests > 0).map(|(at, _)| *at).collect();
    let (Some(first), Some(last)) = (moments.first().copied(), moments.last().copied()) else {
        return Vec::new();
    };
    let step = answers.load_step;
    let mut lengths: Vec<Micros> = moments.windows(2).map(|pair| pair[1] - pair[0]).collect();
    lengths.sort_unstable();
    let mut gaps = Vec::new();
    for pair in moments.windows(2) {
        let (start, end) = (pair[0], pair[1]);
        if end - start < SHORTEST_OF_MANY.max(3 * step) {
            continue;
        }
        let like_it = lengths.len() - lengths.partition_point(|length| *length * 4 < end - start);
        if like_it > LIKE_IT_MAX {
            continue;
        }
        let before = Rate::of(&answers.load, (start - AROUND).max(first), start, step);
        let after = Rate::of(&answers.load, end, (end + AROUND).min(last), step);
        let expected = before.expected(end - start).min(after.expected(end - start));
        let least = if end - start < SHORTEST { MANY } else { EXPECTED_MIN };
        if before.surely(end - start).min(after.surely(end - start)) >= least {
            gaps.push(Gap { start, end, expected, why: Text::default(), facts: Vec::new() });
        }
    }
    let covered = end_of_logs(sources, clocks, &answers.edge);
    if let Some(end) = covered.filter(|end| end - last >= SHORTEST_AT_END.max(3 * step)) {
        let before = Rate::of(&answers.load, (last - AROUND).max(first), last, step);
        if before.surely(end - last) >= EXPECTED_MIN {
            let expected = before.expected(end - last);
            gaps.push(Gap { start: last, end, expected, why: Text::default(), facts: Vec::new() });
        }
    }
    gaps.sort_by(|a, b| b.expected.total_cmp(&a.expected).then(a.start.cmp(&b.start)));
    gaps.truncate(GAPS_MAX);
    gaps.sort_by_key(|gap| gap.start);
    for gap in &mut gaps {
        explain(gap, gap_at_end(gap, last), sources, clocks, timeline, answers);
    }
    gaps
}

const fn gap_at_end(gap: &Gap, last: Micros) -> bool {
    gap.start == last
}

/// Requests per microsecond, and how much they clump: variance over mean of their number in ten seconds, 1 for a Poisson stream.
struct Rate {
    per_micro: f64,
    clumping: f64,
}

impl Rate {
    fn of(load: &BTreeMap<Micros, u64>, from: Micros, to: Micros, step: Micros) -> Self {
        let width = CLUMP.max(step);
        let slots = usize::try_from((to - from) / width).unwrap_or(0);
        // Too short a stretch tells no rate; what is not known expects nothing.
        if slots < 3 {
            return Self { per_micro: 0.0, clumping: 1.0 };
        }
        let mut counts = vec![0_u64; slots];
        for (at, requests) in load.range(from..to) {
            let slot = usize::try_from((at - from) / width).unwrap_or(usize::MAX);
            if let Some(count) = counts.get_mut(slot) {
                *count += requests;
            }
        }
        let mean = counts.iter().sum::<u64>() as f64 / slots as f64;
        let spread =
            counts.iter().map(|count| (*count as f64 - mean).powi(2)).sum::<f64>() / slots as f64;
        let clumping = if mean > 0.0 { (spread / mean).max(1.0) } else { 1.0 };
        Self { per_micro: mean / width as f64, clumping }
    }

    fn expected(&self, length: Micros) -> f64 {
        self.per_micro * length as f64
    }

    /// Independent clumps that were expected.
    fn surely(&self, length: Micros) -> f64 {
        self.expected(length) / self.clumping
    }
}

/// Last moment of the logs other than the access log.
fn end_of_logs(sources: &[Source], clocks: &Clocks, edge: &[usize]) -> Option<Micros> {
    sources
        .iter()
        .enumerate()
        .filter(|(index, source)| !edge.contains(index) && source.snapshot.is_none())
        .filter_map(|(index, source)| Some(clocks.span(index, &source.spans)?.1))
        .max()
}

/// Facts this far from the ends of a gap may explain it.
const NEAR: Micros = MINUTE;

/// What other logs say of a gap.
fn explain(
    gap: &mut Gap,
    at_end: bool,
    sources: &[Source],
    clocks: &Clocks,
    timeline: &Timeline,
    answers: &Answers,
) {
    let near: Vec<(FactId, &Fact)> = timeline.between(gap.start - NEAR, gap.end + NEAR).collect();
    let of = |kinds: &[EventKind]| -> Vec<FactId> {
        near.iter().filter(|(_, fact)| kinds.contains(&fact.kind)).map(|(id, _)| *id).collect()
    };
    let proxy_killed: Vec<FactId> = near
        .iter()
        .filter(|(_, fact)| fact.oom().is_some_and(|oom| oom.victim.comm.starts_with("nginx")))
        .map(|(id, _)| *id)
        .collect();
    let paused: Vec<FactId> =
        near.iter().filter(|(_, fact)| timeline.is_pause(fact)).map(|(id, _)| *id).collect();
    let stories: [(&'static str, Vec<FactId>); 7] = [
        ("gap-host-down", of(&[EventKind::KernelBoot, EventKind::HostShutdown])),
        ("gap-host-slept", of(&[EventKind::HostSuspend])),
        ("gap-host-paused", paused),
        // After the sleeps: those that come back from one have their clock set.
        ("gap-clock-set", of(&[EventKind::ClockStep])),
        ("gap-proxy-killed", proxy_killed),
        ("gap-proxy-stopped", of(&[EventKind::ProxyLifecycle])),
        ("gap-disk-full", of(&[EventKind::DiskFull, EventKind::ProxyDiskFull])),
    ];
    if let Some((words, facts)) = stories.into_iter().find(|(_, facts)| !facts.is_empty()) {
        (gap.why, gap.facts) = (text(words, []), facts.into_iter().take(3).collect());
        return;
    }
    let inside = |fact: &Fact| {
        !answers.edge.contains(&fact.event.at.source.0)
            && fact.at().is_some_and(|at| at > gap.start + SECOND && at < gap.end - SECOND)
    };
    let lively: Vec<FactId> =
        near.iter().filter(|(_, fact)| inside(fact)).map(|(id, _)| *id).collect();
    let files = meeting_files(gap, sources, clocks, answers);
    gap.why = match (at_end, files, lively.is_empty()) {
        (true, _, _) => {
            text("gap-at-end", [("length", format!("{} s", (gap.end - gap.start) / SECOND).into())])
        }
        (_, Some((one, other)), _) => {
            text("gap-between-files", [("one", one.into()), ("other", other.into())])
        }
        (_, None, false) => text("gap-host-lived", []),
        (_, None, true) => text("gap-nothing-told", []),
    };
    gap.facts = lively.into_iter().take(2).collect();
}

/// The two files of the access log between which the gap lies.
fn meeting_files<'a>(
    gap: &Gap,
    sources: &'a [Source],
    clocks: &Clocks,
    answers: &Answers,
) -> Option<(&'a str, &'a str)> {
    let spans: Vec<(usize, (Micros, Micros))> = answers
        .edge
        .iter()
        .filter_map(|index| Some((*index, clocks.span(*index, &sources[*index].spans)?)))
        .collect();
    let close = |at: Micros, to: Micros| (at - to).abs() <= answers.load_step.max(SECOND);
    let ending = spans.iter().find(|(_, (_, last))| close(*last, gap.start))?;
    let beginning = spans.iter().find(|(_, (first, _))| close(*first, gap.end))?;
    (ending.0 != beginning.0 && gap.end - gap.start < 400 * 24 * HOUR)
        .then(|| (sources[ending.0].path.as_str(), sources[beginning.0].path.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gaps(seconds: impl Iterator<Item = (i64, u64)>) -> Vec<(i64, i64)> {
        let load = seconds.map(|(second, requests)| (second * SECOND, requests)).collect();
        let answers = Answers { load, load_step: SECOND, ..Answers::default() };
        find(&answers, &[], &Clocks::default(), &Timeline::default())
            .iter()
            .map(|gap| (gap.start / SECOND, gap.end / SECOND))
            .collect()
    }

    #[test]
    fn a_silence_in_steady_traffic_is_a_gap_and_a_short_one_is_not() {
        let steady = |quiet: std::ops::Range<i64>| {
            (0..3600).filter(move |second| !quiet.contains(second)).map(|second| (second, 2))
        };
        assert_eq!(gaps(steady(1000..1090)), [(999, 1090)]);
        assert_eq!(gaps(steady(1000..1020)), []);
        assert_eq!(gaps(steady(0..0)), []);
    }

    #[test]
    fn rare_or_clumped_traffic_is_silent_by_habit() {
        // A request every 40 s: a silence of five minutes is seven of them.
        assert_eq!(gaps((0..200).map(|n| (n * 40 + i64::from(n > 100) * 300, 1))), []);
        // Two hundred requests at once every ten minutes.
        assert_eq!(gaps((0..20).map(|n| (n * 600, 200))), []);
    }

    #[test]
    fn a_valley_is_judged_by_its_own_traffic() {
        let night = (0..7200).filter(|second| second % 120 == 0).map(|second| (second, 1));
        let day = (7200..10_800).map(|second| (second, 20));
        assert_eq!(gaps(night.chain(day)), []);
    }
}
