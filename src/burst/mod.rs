//! Bursts: stretches of failed answers that stand out from what the site always does.
//!
//! Failures are counted against requests in steps of 10 or 60 seconds and decoded by an automaton of levels of failure
//! share (Kleinberg, "Bursty and Hierarchical Structure in Streams", KDD 2002, batched form) with beta-binomial emissions, for
//! clients retry and errors clump. The share is modelled and not the number, so a night valley or a flash crowd is no burst;
//! the baseline is capped, so an 18-hour outage cannot become its own baseline. What is found is trimmed to the first and last
//! failed answer. See `Params` for the numbers and their reasons.

use std::collections::{BTreeMap, HashMap};

use crate::stamp::{HOUR, MINUTE, Micros, SECOND};

/// Numbers of the statistic.
#[derive(Debug, Clone, Copy)]
pub struct Params {
    /// Failures less than this apart are one incident (the report contract).
    pub merge_gap: Micros,
    /// Fewer failures than this are isolated, not an incident (the report contract).
    pub min_failures: u64,
    /// Highest share that may count as the baseline.
    pub baseline_cap: f64,
    /// Expected number of bursts as strong in a quiet log of this length that is still accepted.
    pub chance_cap: f64,
    /// Whether failures that come close to each other are told in a log that is too short to show what is usual.
    pub short_logs: bool,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            merge_gap: MINUTE,
            min_failures: 5,
            baseline_cap: 0.02,
            chance_cap: 0.01,
            short_logs: true,
        }
    }
}

/// Requests and failures of one step of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// Requests, failed ones included.
    pub requests: u64,
    /// Failed answers.
    pub failures: u64,
}

/// Failed answers of one second (or a longer step of a coarse log).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failed {
    /// First answer.
    pub first: Micros,
    /// Last answer.
    pub last: Micros,
    /// How many.
    pub answers: u64,
}

/// A stretch that stands out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Burst {
    /// First failed answer.
    pub start: Micros,
    /// Last failed answer.
    pub end: Micros,
    /// Failed answers.
    pub failures: u64,
    /// Failure share of the site when nothing is wrong.
    pub baseline_share: f64,
}

/// Bursts, and the failures outside of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// In order of time.
    pub bursts: Vec<Burst>,
    /// Failures outside of bursts.
    pub isolated: Vec<Failed>,
    /// Failure share outside of bursts.
    pub baseline_share: f64,
}

/// Failure shares of the levels above the baseline. The lowest is that of one worker of a busy site dying now and then.
const LEVELS: [f64; 5] = [0.005, 0.02, 0.10, 0.35, 0.90];
/// A level must be at least this multiple of the baseline.
const LEVEL_OVER_BASELINE: f64 = 4.0;
/// Floor of the over-dispersion, used as long as there are too few background errors to measure how they clump. Higher floors
/// (0.002) let five failures at once pass for weather.
const DISPERSION_FLOOR: f64 = 0.0003;
/// Rounds of decoding and fitting; it settles after three or four.
const ROUNDS: usize = 6;
/// Cost of a change between two levels of failure, in nats.
const CHANGE: f64 = 3.0;

/// Finds bursts. `load`: requests by start of step; `load_step`: its length; `failed`: failed answers in order of time.
#[must_use]
pub fn detect(
    load: &BTreeMap<Micros, u64>,
    load_step: Micros,
    failed: &[Failed],
    params: &Params,
) -> Found {
    let Some(series) = Series::new(load, load_step, failed) else { return Found::default() };
    let Fit { states, baseline, dispersion } = decode_and_fit(&series, params);
    let mut stretches = hot_stretches(&series, &states, failed, params, baseline);
    let steps = series.counts.len() as f64;
    stretches.retain(|stretch| {
        let gain = gain(&series, stretch, baseline, dispersion);
        stretch.failures >= params.min_failures
            && steps * LEVELS.len() as f64 * (-gain).exp() <= params.chance_cap
    });
    if params.short_logs && series.span() <= SHORT_LOG {
        let found = |run: &Burst| {
            stretches.iter().any(|known| known.start <= run.end && run.start <= known.end)
        };
        let runs = runs(failed, params, baseline);
        let new: Vec<Burst> =
            runs.into_iter().filter(|run| !found(run) && series.share(run) >= RUN_SHARE).collect();
        stretches.extend(new);
        stretches.sort_by_key(|burst| burst.start);
    }
    let outside = |one: &&Failed| {
        !stretches.iter().any(|burst| (burst.start..=burst.end).contains(&one.first))
    };
    let isolated = failed.iter().filter(outside).copied().collect();
    Found { bursts: stretches, isolated, baseline_share: baseline }
}

/// A log no longer than this has no quiet time to compare with: whether failures are usual there, it does not tell.
const SHORT_LOG: Micros = 30 * MINUTE;
/// Failure share from which on a run of failures in a short log is told, whatever else fails there.
const RUN_SHARE: f64 = 0.001;

/// Runs of failures that are close by the contract's word, and enough.
fn runs(failed: &[Failed], params: &Params, baseline: f64) -> Vec<Burst> {
    let mut runs: Vec<Burst> = Vec::new();
    for one in failed {
        match runs.last_mut() {
            Some(run) if one.first - run.end < params.merge_gap => {
                run.end = run.end.max(one.last);
                run.failures += one.answers;
            }
            _ => runs.push(Burst {
                start: one.first,
                end: one.last,
                failures: one.answers,
                baseline_share: baseline,
            }),
        }
    }
    runs.retain(|run| run.failures >= params.min_failures);
    runs
}

/// Counts in equal steps without holes.
struct Series {
    start: Micros,
    step: Micros,
    counts: Vec<Count>,
}

/// Longest gap between two failures that lack of requests may bridge.
const SILENCE_MAX: Micros = 10 * MINUTE;

/// Steps of a series; a longer log gets longer steps.
const STEPS_MAX: i64 = 200_000;

impl Series {
    fn new(load: &BTreeMap<Micros, u64>, load_step: Micros, failed: &[Failed]) -> Option<Self> {
        let (first, last) = bounds(load, failed)?;
        let span = last.saturating_sub(first);
        let requests: u64 = load.values().sum();
        // Ten seconds where they hold five requests on average, else a minute.
        let per_ten = requests as f64 / (span as f64 / (10 * SECOND) as f64).max(1.0);
        let mut step =
            if load_step <= 10 * SECOND && per_ten >= 5.0 { 10 * SECOND } else { MINUTE };
        while span / step > STEPS_MAX {
            step *= 2;
        }
        let start = first - first.rem_euclid(step);
        let mut counts = vec![Count::default(); usize::try_from((last - start) / step + 1).ok()?];
        let place = |at: Micros| usize::try_from((at - start) / step).ok();
        for (at, requests) in load {
            if let Some(count) = place(*at).and_then(|place| counts.get_mut(place)) {
                count.requests += requests;
            }
        }
        for one in failed {
            if let Some(count) = place(one.first).and_then(|place| counts.get_mut(place)) {
                count.failures += one.answers;
            }
        }
        for count in &mut counts {
            count.requests = count.requests.max(count.failures);
        }
        Some(Self { start, step, counts })
    }

    /// Whether a gap between two failures is one of requests and not of failures: on a site that is hardly asked, nothing shows
    /// that it recovered between them.
    fn nothing_succeeds(&self, from: Micros, to: Micros) -> bool {
        let succeeds = |count: &Count| count.requests > count.failures;
        to - from <= SILENCE_MAX
            && !self.counts[self.index(from)..=self.index(to)].iter().any(succeeds)
            && self.counts.iter().any(succeeds)
    }

    fn span(&self) -> Micros {
        i64::try_from(self.counts.len()).unwrap_or(i64::MAX).saturating_mul(self.step)
    }

    /// Share of failed answers in the steps of a run.
    fn share(&self, run: &Burst) -> f64 {
        let steps = &self.counts[self.index(run.start)..=self.index(run.end)];
        let requests: u64 = steps.iter().map(|count| count.requests).sum();
        run.failures as f64 / requests.max(1) as f64
    }

    fn index(&self, at: Micros) -> usize {
        usize::try_from((at - self.start) / self.step).unwrap_or(0).min(self.counts.len() - 1)
    }
}

/// A hole in the traffic after which few requests are of a clock that was not set: 1970 before NTP, a leap into 2038.
const STRAY_HOLE: Micros = 30 * 24 * 60 * MINUTE;
/// Requests beyond such a hole, at most one in so many.
const STRAY_SHARE: u64 = 100;

/// First and last moment of the series. A few lines of a wrong clock must not stretch it, and its steps, over decades.
fn bounds(load: &BTreeMap<Micros, u64>, failed: &[Failed]) -> Option<(Micros, Micros)> {
    let (Some((first, _)), Some((last, _))) = (load.first_key_value(), load.last_key_value())
    else {
        return Some((failed.first()?.first, failed.last()?.last));
    };
    let total: u64 = load.values().sum();
    let forth = beyond_strays(load.iter(), total).unwrap_or(*first);
    let back = beyond_strays(load.iter().rev(), total).unwrap_or(*last);
    if forth != *first || back != *last {
        return (forth <= back).then_some((forth, back));
    }
    let first = failed.first().map_or(*first, |one| one.first.min(*first));
    let last = failed.last().map_or(*last, |one| one.last.max(*last));
    Some((first, last))
}

/// The first moment behind the last hole before which there are only strays.
fn beyond_strays<'a>(
    load: impl Iterator<Item = (&'a Micros, &'a u64)>,
    total: u64,
) -> Option<Micros> {
    let (mut passed, mut before, mut found) = (0_u64, None, None);
    for (at, requests) in load {
        if before.is_some_and(|before: Micros| before.abs_diff(*at) > STRAY_HOLE.unsigned_abs()) {
            found = Some(*at);
        }
        passed += requests;
        before = Some(*at);
        if passed * STRAY_SHARE > total {
            break;
        }
    }
    found
}

/// A decoding of a series and the background that agrees with it.
struct Fit {
    /// Level of each step; 0 is the baseline.
    states: Vec<u8>,
    /// Failure share of the baseline.
    baseline: f64,
    /// How its failures clump.
    dispersion: f64,
}

/// From how long on a site that fails a little more often than not is one that always does.
const WEATHER: Micros = 6 * HOUR;

/// Viterbi states, the baseline share and its dispersion after they agree.
fn decode_and_fit(series: &Series, params: &Params) -> Fit {
    let calm = settle(series, params, fit_share(calm_half(series).into_iter(), params));
    // Where failures are usual, the calmer half is a wrong start: what it leaves out decodes as a burst without end.
    let mild = |state: u8| level_share(usize::from(state), calm.baseline) <= params.baseline_cap;
    let steps: Vec<(&Count, bool)> = series
        .counts
        .iter()
        .zip(&calm.states)
        .filter(|(_, state)| mild(**state))
        .map(|(count, state)| (count, *state > 0))
        .collect();
    let hot = steps.iter().filter(|(_, hot)| *hot).count();
    let lasts = i64::try_from(hot).unwrap_or(i64::MAX).saturating_mul(series.step) >= WEATHER;
    if lasts && hot * 2 > steps.len() {
        return settle(series, params, fit_share(steps.iter().map(|(count, _)| *count), params));
    }
    calm
}

/// Failure share of a level; 0 is the baseline.
fn level_share(state: usize, baseline: f64) -> f64 {
    match state.checked_sub(1).and_then(|level| LEVELS.get(level)) {
        Some(level) => level.max(baseline * LEVEL_OVER_BASELINE).min(0.95),
        None => baseline,
    }
}

/// Decodes and fits in turn from a first guess of the baseline.
fn settle(series: &Series, params: &Params, mut baseline: f64) -> Fit {
    let mut dispersion = DISPERSION_FLOOR;
    let mut states = decode(series, baseline, dispersion);
    for _ in 0..ROUNDS {
        let steps = series.counts.iter().zip(&states);
        let quiet = steps.filter(|(_, state)| **state == 0).map(|(count, _)| count);
        let (share, spread) = (fit_share(quiet.clone(), params), fit_dispersion(quiet));
        let next = decode(series, share, spread);
        let settled = next == states;
        (states, baseline, dispersion) = (next, share, spread);
        if settled {
            break;
        }
    }
    Fit { states, baseline, dispersion }
}

/// The steps whose failure share is at or below the median: a first guess that a burst does not spoil.
fn calm_half(series: &Series) -> Vec<&Count> {
    let share = |count: &Count| count.failures as f64 / count.requests.max(1) as f64;
    let mut shares: Vec<f64> =
        series.counts.iter().filter(|count| count.requests > 0).map(share).collect();
    shares.sort_by(f64::total_cmp);
    let median = shares.get(shares.len() / 2).copied().unwrap_or(0.0);
    series.counts.iter().filter(|count| share(count) <= median).collect()
}

/// (failures + ½) / (requests + 200): a log of few requests does not prove a share of zero.
fn fit_share<'a>(counts: impl Iterator<Item = &'a Count>, params: &Params) -> f64 {
    let (failures, requests) = counts.fold((0, 0), |(failures, requests), count| {
        (failures + count.failures, requests + count.requests)
    });
    ((failures as f64 + 0.5) / (requests as f64 + 200.0)).min(params.baseline_cap)
}

/// Over-dispersion of the quiet steps by moments.
fn fit_dispersion<'a>(quiet: impl Iterator<Item = &'a Count> + Clone) -> f64 {
    let (failures, requests) = quiet
        .clone()
        .fold((0.0, 0.0), |(k, n), count| (k + count.failures as f64, n + count.requests as f64));
    if failures < 5.0 || requests <= 0.0 {
        return DISPERSION_FLOOR;
    }
    let share = failures / requests;
    let (mut excess, mut weight) = (0.0, 0.0);
    for count in quiet.filter(|count| count.requests > 1) {
        let (k, n) = (count.failures as f64, count.requests as f64);
        excess += (k - n * share).powi(2) - n * share * (1.0 - share);
        weight += n * (n - 1.0) * share * (1.0 - share);
    }
    if weight > 0.0 { (excess / weight).clamp(DISPERSION_FLOOR, 0.2) } else { DISPERSION_FLOOR }
}

/// Pairs of numbers whose likelihoods are remembered, and as many of steps without failures: most steps of a log have one of few.
const PAIRS_MAX: usize = 4096;

/// The likeliest levels, by Viterbi's algorithm.
fn decode(series: &Series, baseline: f64, dispersion: f64) -> Vec<u8> {
    let steps = series.counts.len() as f64;
    let leave = steps.ln() + 100f64.ln();
    let back = (30.0 * SECOND as f64 / series.step as f64).max(10.0).ln();
    let cost = |from: usize, to: usize| match (from, to) {
        (from, to) if from == to => 0.0,
        (0, _) => leave,
        (_, 0) => back,
        _ => CHANGE,
    };
    let costs: [[f64; LEVELS.len() + 1]; LEVELS.len() + 1] =
        std::array::from_fn(|from| std::array::from_fn(|to| cost(from, to)));
    let mut best: [f64; LEVELS.len() + 1] =
        std::array::from_fn(|state| if state == 0 { 0.0 } else { -leave });
    let mut known: HashMap<(u64, u64), [f64; LEVELS.len() + 1]> = HashMap::new();
    let mut quiet: Vec<Option<[f64; LEVELS.len() + 1]>> = vec![None; PAIRS_MAX];
    let mut from: Vec<[u8; LEVELS.len() + 1]> = Vec::with_capacity(series.counts.len());
    for count in &series.counts {
        let fresh = || {
            std::array::from_fn(|state| {
                log_likelihood(*count, level_share(state, baseline), dispersion)
            })
        };
        let place = usize::try_from(count.requests).ok().and_then(|place| quiet.get_mut(place));
        let likelihood = match place.filter(|_| count.failures == 0) {
            Some(place) => *place.get_or_insert_with(fresh),
            None if known.len() < PAIRS_MAX => {
                *known.entry((count.requests, count.failures)).or_insert_with(fresh)
            }
            None => fresh(),
        };
        // All levels at once, from one after the other: without a jump, and in the order that settles what is equal.
        let mut next = [f64::NEG_INFINITY; LEVELS.len() + 1];
        let mut came = [0_u8; LEVELS.len() + 1];
        for (state, (score, costs)) in (0..).zip(best.iter().zip(&costs)) {
            for ((next, came), cost) in next.iter_mut().zip(&mut came).zip(costs) {
                let score = score - cost;
                let better = score > *next;
                *next = if better { score } else { *next };
                *came = if better { state } else { *came };
            }
        }
        next.iter_mut().zip(likelihood).for_each(|(next, likelihood)| *next += likelihood);
        best = next;
        from.push(came);
    }
    let last = (0_u8..).zip(&best).max_by(|(_, a), (_, b)| a.total_cmp(b));
    let mut state = last.map_or(0, |(state, _)| state);
    let mut states = vec![0; from.len()];
    for (own, came) in states.iter_mut().zip(&from).rev() {
        *own = state;
        state = came[usize::from(state)];
    }
    states
}

/// ln of the beta-binomial density, without the binomial coefficient that all states share.
fn log_likelihood(count: Count, share: f64, dispersion: f64) -> f64 {
    if count.requests == 0 {
        return 0.0;
    }
    let (k, n) = (count.failures as f64, count.requests as f64);
    let scale = (1.0 - dispersion) / dispersion;
    let (a, b) = (share * scale, (1.0 - share) * scale);
    ln_gamma(k + a) + ln_gamma(n - k + b)
        - ln_gamma(n + a + b)
        - (ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b))
}

/// ln Γ by Lanczos' approximation (g = 7, nine terms): 15 digits for positive arguments.
fn ln_gamma(x: f64) -> f64 {
    const TERMS: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        return (std::f64::consts::PI / (std::f64::consts::PI * x).sin()).ln() - ln_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let t = x + 7.5;
    let sum = TERMS
        .iter()
        .zip(1..)
        .fold(0.999_999_999_999_809_9, |sum, (term, place)| sum + term / (x + f64::from(place)));
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

/// Runs of hot steps, trimmed to their failures, merged across gaps, and widened to failures close by on a site where failures
/// are rare.
fn hot_stretches(
    series: &Series,
    states: &[u8],
    failed: &[Failed],
    params: &Params,
    baseline: f64,
) -> Vec<Burst> {
    // How many failures the site has in a gap of a minute anyway; where it is many, closeness means nothing.
    let by_chance = failures_by_chance(series, states, params);
    let hot = |one: &Failed| states[series.index(one.first)] > 0;
    let mut stretches: Vec<(Burst, bool)> = Vec::new();
    for one in failed {
        let is_hot = hot(one);
        let joins = stretches.last().is_some_and(|(burst, burst_hot)| {
            let both_hot = is_hot && *burst_hot;
            if one.first - burst.end < params.merge_gap {
                by_chance < CLOSE_BY_CHANCE || both_hot
            } else {
                both_hot && series.nothing_succeeds(burst.end, one.first)
            }
        });
        match stretches.last_mut() {
            Some((burst, burst_hot)) if joins => {
                burst.end = burst.end.max(one.last);
                burst.failures += one.answers;
                *burst_hot |= is_hot;
            }
            _ => {
                let burst = Burst {
                    start: one.first,
                    end: one.last,
                    failures: one.answers,
                    baseline_share: baseline,
                };
                stretches.push((burst, is_hot));
            }
        }
    }
    stretches.into_iter().filter(|(_, hot)| *hot).map(|(burst, _)| burst).collect()
}

/// A failure close to a burst belongs to it where fewer than this many are expected in a gap of a minute anyway.
const CLOSE_BY_CHANCE: f64 = 0.25;

/// Steps with failures per merge gap, as counted well away from all hot steps; none where too few are there to tell.
fn failures_by_chance(series: &Series, states: &[u8], params: &Params) -> f64 {
    let margin = usize::try_from(params.merge_gap / series.step).unwrap_or(0) + 1;
    let mut away = vec![true; states.len()];
    for (place, _) in states.iter().enumerate().filter(|(_, state)| **state > 0) {
        let to = (place + margin + 1).min(away.len());
        away[place.saturating_sub(margin)..to].fill(false);
    }
    let (failures, steps) = series
        .counts
        .iter()
        .zip(&away)
        .filter(|(_, away)| **away)
        .fold((0, 0_i64), |(failures, steps), (count, _)| {
            (failures + u64::from(count.failures > 0), steps + 1)
        });
    if failures < 5 {
        0.0
    } else {
        failures as f64 * params.merge_gap as f64 / (steps * series.step) as f64
    }
}

/// ln of how much better the best level explains the steps of a burst than the baseline does.
fn gain(series: &Series, burst: &Burst, baseline: f64, dispersion: f64) -> f64 {
    let (from, to) = (series.index(burst.start), series.index(burst.end));
    series.counts[from..=to]
        .iter()
        .map(|count| {
            let quiet = log_likelihood(*count, baseline, dispersion);
            let best = (1..=LEVELS.len())
                .map(|state| log_likelihood(*count, level_share(state, baseline), dispersion));
            (best.fold(f64::NEG_INFINITY, f64::max) - quiet).max(0.0)
        })
        .sum()
}

#[cfg(test)]
mod tests;
