//! Bursts that are there, and none that are not.

use super::*;

/// A day of `per_second` requests a second, with failures at `(second, number)`.
#[track_caller]
fn check(per_second: u64, seconds: i64, failures: &[(i64, u64)], expected: &[(i64, i64)]) {
    let load = (0..seconds).map(|second| (second * SECOND, per_second)).collect();
    let failed: Vec<Failed> = failures
        .iter()
        .map(|(second, answers)| Failed {
            first: second * SECOND,
            last: second * SECOND,
            answers: *answers,
        })
        .collect();
    let found = detect(&load, SECOND, &failed, &Params::default());
    let spans: Vec<(i64, i64)> =
        found.bursts.iter().map(|burst| (burst.start / SECOND, burst.end / SECOND)).collect();
    assert_eq!(spans, expected);
}

#[test]
fn a_quiet_day_has_no_burst() {
    check(10, 7200, &[], &[]);
    let background: Vec<(i64, u64)> = (0..86_400 / 97).map(|n| (n * 97, 1)).collect();
    check(10, 86_400, &background, &[]);
}

#[test]
fn few_failures_at_once_are_a_burst_and_fewer_are_not() {
    check(30, 120, &[(41, 5)], &[(41, 41)]);
    check(30, 120, &[(41, 4)], &[]);
}

#[test]
fn gaps_under_a_minute_merge_and_longer_ones_part() {
    check(20, 600, &[(100, 8), (155, 8)], &[(100, 155)]);
    check(20, 600, &[(100, 8), (165, 8)], &[(100, 100), (165, 165)]);
}

#[test]
fn an_outage_of_18_hours_is_found_whole() {
    let outage: Vec<(i64, u64)> = (10_000..74_800).map(|second| (second, 9)).collect();
    check(10, 86_400, &outage, &[(10_000, 74_799)]);
}

#[test]
fn background_failures_do_not_chain_a_burst_to_the_whole_day() {
    let mut failures: Vec<(i64, u64)> = (0..86_400 / 20).map(|n| (n * 20, 1)).collect();
    failures.extend((40_000..40_120).map(|second| (second, 30)));
    failures.sort_unstable();
    let load: BTreeMap<Micros, u64> = (0..86_400).map(|second| (second * SECOND, 100)).collect();
    let failed: Vec<Failed> = failures
        .iter()
        .map(|(second, answers)| Failed {
            first: second * SECOND,
            last: second * SECOND,
            answers: *answers,
        })
        .collect();
    let found = detect(&load, SECOND, &failed, &Params::default());
    assert_eq!(found.bursts.len(), 1, "{:?}", found.bursts);
    assert!(found.bursts[0].start >= 39_990 * SECOND && found.bursts[0].end <= 40_140 * SECOND);
}

#[test]
fn ln_gamma_knows_factorials() {
    assert!((ln_gamma(11.0) - 3_628_800f64.ln()).abs() < 1e-9);
    assert!((ln_gamma(0.5) - std::f64::consts::PI.sqrt().ln()).abs() < 1e-9);
}

/// xorshift64*: the same numbers on every run.
struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Poisson by multiplication; for small means.
    fn poisson(&mut self, mean: f64) -> u64 {
        let (limit, mut product, mut count) = ((-mean).exp(), self.unit(), 0);
        while product > limit {
            product *= self.unit();
            count += 1;
        }
        count
    }
}

/// Traffic of some days in steps of ten seconds: two requests a second on average, five times as many at noon as at night, and
/// background errors of 0.1 % that come in clumps; with a planted stretch of a failure share.
fn site(
    days: i64,
    seed: u64,
    planted: Option<(i64, i64, f64)>,
) -> (BTreeMap<Micros, u64>, Vec<Failed>) {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let (mut load, mut failed) = (BTreeMap::new(), Vec::new());
    for step in 0..days * 8640 {
        let at = step * 10;
        let phase = (at % 86_400) as f64 / 86_400.0 * std::f64::consts::TAU;
        let requests = dice.poisson(20.0 * (1.0 - 0.8 * phase.cos()));
        let clump = if dice.unit() < 0.01 { dice.poisson(2.0) } else { 0 };
        let share = planted
            .filter(|(from, to, _)| (*from..*to).contains(&at))
            .map_or(0.0, |(_, _, share)| share);
        let broken = (0..requests).filter(|_| dice.unit() < share).count() as u64;
        let failures = (clump + broken).min(requests);
        load.insert(at * SECOND, requests);
        if failures > 0 {
            failed.push(Failed { first: at * SECOND, last: at * SECOND, answers: failures });
        }
    }
    (load, failed)
}

#[test]
fn thirty_quiet_days_have_at_most_three_bursts() {
    let (load, failed) = site(30, 7, None);
    let found = detect(&load, SECOND, &failed, &Params::default());
    assert!(
        found.bursts.len() <= 3,
        "{} bursts in 30 quiet days: {:?}",
        found.bursts.len(),
        found.bursts
    );
    assert!(found.isolated.len() > 1000, "the background is there: {}", found.isolated.len());
}

/// A planted stretch is found when one burst holds most of it and goes beyond it by no more than the merge gap on either side, in
/// which a clump of the background belongs to it by the contract, or is at least half of the two together.
#[track_caller]
fn check_planted(from: i64, to: i64, share: f64) {
    let hits = (1..=20)
        .filter(|seed| {
            let (load, failed) = site(1, *seed, Some((from, to, share)));
            let found = detect(&load, SECOND, &failed, &Params::default());
            found.bursts.iter().any(|burst| {
                let (start, end) = (burst.start / SECOND, burst.end / SECOND + 10);
                let inside = (end.min(to) - start.max(from)).max(0);
                let close = start >= from - 60 && end <= to + 60 && inside * 10 >= (to - from) * 9;
                close || inside * 2 >= (end.max(to) - start.min(from))
            })
        })
        .count();
    assert_eq!(
        hits, 20,
        "found {hits} of 20 planted stretches of share {share} from {from} s to {to} s"
    );
}

#[test]
fn planted_bursts_of_every_shape_are_found() {
    check_planted(40_000, 40_300, 1.0);
    check_planted(40_000, 40_030, 1.0);
    check_planted(40_000, 40_600, 0.10);
    check_planted(40_000, 41_200, 0.03);
    check_planted(10_000, 74_800, 0.9);
    check_planted(20_000, 63_200, 0.25);
}
