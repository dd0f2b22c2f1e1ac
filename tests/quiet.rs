//! Quiet days and a planted burst from the first byte of an access log to the report. How the statistic fares over months and
//! shapes is tested beside it, in `src/burst/tests/quiet.rs`.

use std::fmt::Write as _;

use chrono::DateTime;

use crate::corpus::{analyse_members, list, seconds, span};
use crate::packing::Member;

/// 2026-11-16T00:00:00Z, a Monday.
const MONDAY: i64 = 1_794_787_200;

/// A linear congruential generator: the same numbers on every run.
struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Three days of a request every three seconds, many at noon and hardly any at night, a health check every ten, and clumps of
/// failures by chance; all requests of a stretch may fail.
fn log(broken: impl Fn(i64) -> bool) -> Vec<u8> {
    let mut dice = Dice(11);
    let mut log = String::new();
    let mut clump = 0;
    for second in 0..3 * 86_400_i64 {
        let stamp = DateTime::from_timestamp(MONDAY + second, 0).unwrap();
        let stamp = stamp.format("%d/%b/%Y:%H:%M:%S +0000");
        let noon = (second % 86_400) as f64 / 86_400.0 * std::f64::consts::TAU;
        if dice.unit() < 0.0001 {
            clump = 3; // a client that tries again and again
        }
        if dice.unit() < 0.35 * (1.0 - 0.95 * noon.cos()) {
            let status = if broken(second) || clump > 0 { 502 } else { 200 };
            clump = (clump - 1).max(0);
            let _ = writeln!(
                log,
                "203.0.113.{} - - [{stamp}] \"GET /products/{} HTTP/1.1\" {status} 157 \"-\" \"shop-app/4.2\"",
                second % 251,
                second % 89
            );
        }
        if second % 10 == 0 {
            let _ = writeln!(
                log,
                "127.0.0.1 - - [{stamp}] \"GET /healthz HTTP/1.1\" 200 3 \"-\" \"kube-probe/1.31\""
            );
        }
    }
    log.into_bytes()
}

#[test]
fn quiet_days_have_no_incident_and_a_planted_one_has_its_bounds() {
    let report = |log: Vec<u8>| analyse_members(&[Member::new("access.log", log)]).unwrap();
    let quiet = report(log(|_| false));
    assert!(list(&quiet, "incidents").is_empty(), "{}", quiet["incidents"]);
    let (from, to) = (86_400 + 50_000, 86_400 + 50_300);
    let outage = report(log(|second| (from..to).contains(&second)));
    let incidents = list(&outage, "incidents");
    assert_eq!(incidents.len(), 1, "{incidents:?}");
    let (start, end) = span(&incidents[0]);
    let monday = seconds("2026-11-16T00:00:00Z");
    assert!((start - monday - from as f64).abs() < 30.0, "{}", incidents[0]["start"]);
    assert!((end - monday - to as f64).abs() < 30.0, "{}", incidents[0]["end"]);
    assert_eq!(incidents[0]["verdict"], "unknown", "an access log alone tells no cause");
}
