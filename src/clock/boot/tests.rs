//! Steps of the wall clock against late receipts.

use super::*;

fn check(differences: &[i64], expected: &[(i64, i64)]) {
    let pairs: Vec<(Micros, Micros)> = differences
        .iter()
        .zip(0..)
        .map(|(seconds, minute)| (minute * MINUTE, seconds * SECOND))
        .collect();
    let found: Vec<(i64, i64)> = stretches(&pairs)
        .into_iter()
        .map(|(from, difference)| (from / MINUTE, difference / SECOND))
        .collect();
    assert_eq!(found, expected, "{differences:?}");
}

#[test]
fn late_receipts_are_no_step() {
    check(&[173, 100, 100, 101, 105, 100, 114], &[(0, 100)]);
    check(&[100, 100, 100, 100, 160], &[(0, 100)]);
}

#[test]
fn a_clock_that_was_set_is() {
    check(&[100, 100, 100, 147, 147, 148, 147], &[(0, 100), (3, 147)]);
    check(&[100, 100, 100, 53, 53, 53], &[(0, 100), (3, 53)]);
}

#[test]
fn drift_is_followed() {
    let drifting: Vec<i64> = (0..2000).map(|minute| 100 + minute / 500).collect();
    let pairs: Vec<(Micros, Micros)> = drifting
        .iter()
        .zip(0..)
        .map(|(seconds, minute)| (minute * MINUTE, seconds * SECOND))
        .collect();
    let found = stretches(&pairs);
    assert!(found.len() >= 3 && found.last().unwrap().1 >= 102 * SECOND, "{found:?}");
}
