//! Bursts that are there, and none that are not.

mod quiet;

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
