//! Months of generated traffic in which nothing happens, and stretches planted into days of it. The shapes and the rates are those
//! of the promise: at most one false incident in ten quiet days, every planted one found.

use super::*;

/// xorshift64*: the same numbers on every run.
struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Poisson by multiplication; for means that a step has.
    fn poisson(&mut self, mean: f64) -> u64 {
        let (limit, mut product, mut count) = ((-mean).exp(), self.unit(), 0);
        while product > limit {
            product *= self.unit();
            count += 1;
        }
        count
    }

    fn binomial(&mut self, tries: u64, share: f64) -> u64 {
        if share <= 0.0 { 0 } else { (0..tries).filter(|_| self.unit() < share).count() as u64 }
    }
}

/// A site by how much it is asked and how it fails when nothing is wrong.
#[derive(Debug, Clone, Copy)]
struct Site {
    /// Requests per second on average over a day.
    rate: f64,
    /// How much of it comes and goes with the sun; 1 leaves nothing at night.
    swing: f64,
    /// Seconds between two health checks, which always succeed; 0 for none.
    checks: i64,
    /// Share of requests that fail one by one.
    singles: f64,
    /// How often in ten seconds a clump of failures comes, and how large it is on average: a client that retries, a worker that is
    /// recycled.
    clumps: (f64, f64),
}

/// Of each size of traffic and each way to fail. "shaky" fails just below the share that still counts as a baseline; its clumps at
/// night are the hardest, and three times the others' false bursts are borne there.
const SITES: [(&str, Site); 6] = [
    ("shop", Site { rate: 2.0, swing: 0.8, checks: 0, singles: 0.0, clumps: (0.01, 2.0) }),
    ("checked", Site { rate: 1.0, swing: 0.95, checks: 10, singles: 0.001, clumps: (0.005, 2.0) }),
    ("busy", Site { rate: 15.0, swing: 0.6, checks: 5, singles: 0.003, clumps: (0.01, 3.0) }),
    ("shaky", Site { rate: 4.0, swing: 0.7, checks: 0, singles: 0.01, clumps: (0.02, 3.0) }),
    ("spotless", Site { rate: 5.0, swing: 0.8, checks: 10, singles: 0.0, clumps: (0.0, 0.0) }),
    ("small", Site { rate: 0.05, swing: 0.9, checks: 0, singles: 0.01, clumps: (0.0005, 1.0) }),
];

/// Some days of a site in steps of ten seconds, with a planted stretch of a failure share.
fn days(
    site: Site,
    days: i64,
    seed: u64,
    planted: Option<(i64, i64, f64)>,
) -> (BTreeMap<Micros, u64>, Vec<Failed>) {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let (mut load, mut failed) = (BTreeMap::new(), Vec::new());
    for step in 0..days * 8640 {
        let at = step * 10;
        let phase = (at % 86_400) as f64 / 86_400.0 * std::f64::consts::TAU;
        let asked = dice.poisson(10.0 * site.rate * (1.0 - site.swing * phase.cos()));
        let clump = if dice.unit() < site.clumps.0 { dice.poisson(site.clumps.1) } else { 0 };
        let share =
            planted.filter(|(from, to, _)| (*from..*to).contains(&at)).map_or(0.0, |it| it.2);
        let broken = dice.binomial(asked, share) + dice.binomial(asked, site.singles);
        let failures = (clump + broken).min(asked);
        let checks = if site.checks > 0 { 10 / site.checks } else { 0 };
        let requests = asked + u64::try_from(checks).unwrap_or(0);
        if requests > 0 {
            load.insert(at * SECOND, requests);
        }
        if failures > 0 {
            failed.push(Failed { first: at * SECOND, last: at * SECOND, answers: failures });
        }
    }
    (load, failed)
}

#[test]
fn thirty_quiet_days_have_three_bursts_at_most() {
    let (mut runs, mut bursts) = (0, 0);
    for (name, site) in SITES {
        for seed in 1..=2 {
            let (load, failed) = days(site, 30, seed, None);
            let found = detect(&load, SECOND, &failed, &Params::default());
            let few = if name == "shaky" { 9 } else { 3 };
            assert!(found.bursts.len() <= few, "{name}, seed {seed}: {:?}", found.bursts);
            let background = site.singles > 0.0 || site.clumps.0 > 0.0;
            assert!(!background || found.isolated.len() > 100, "{name}: the background is there");
            (runs, bursts) = (runs + 1, bursts + found.bursts.len());
        }
    }
    assert!(bursts <= runs * 3, "{bursts} bursts in {} quiet days", runs * 30);
}

/// A planted stretch is found when one burst holds most of it and goes beyond it by no more than the merge gap on either side, in
/// which a clump of the background belongs to it by the contract, or is at least half of the two together.
#[track_caller]
fn check_planted(site: Site, from: i64, to: i64, share: f64) {
    let missed: Vec<String> = (1..=20)
        .filter_map(|seed| {
            let (load, failed) = days(site, 1, seed, Some((from, to, share)));
            let found = detect(&load, SECOND, &failed, &Params::default());
            let hit = found.bursts.iter().any(|burst| {
                let (start, end) = (burst.start / SECOND, burst.end / SECOND + 10);
                let inside = (end.min(to) - start.max(from)).max(0);
                let close = start >= from - 60 && end <= to + 60 && inside * 10 >= (to - from) * 9;
                close || inside * 2 >= (end.max(to) - start.min(from))
            });
            (!hit).then(|| format!("seed {seed}: {:?}", found.bursts))
        })
        .collect();
    assert!(missed.is_empty(), "missed {} of 20: {missed:?}", missed.len());
}

#[test]
fn planted_bursts_of_every_shape_are_found() {
    let shop = SITES[0].1;
    check_planted(shop, 40_000, 40_300, 1.0);
    check_planted(shop, 40_000, 40_030, 1.0);
    check_planted(shop, 40_000, 40_600, 0.10);
    check_planted(shop, 40_000, 41_200, 0.03);
    check_planted(shop, 10_000, 74_800, 0.9);
    check_planted(shop, 20_000, 63_200, 0.25);
}

#[test]
fn five_minutes_of_a_site_that_is_asked_every_twenty_seconds_are_found() {
    let slow = Site { rate: 0.05, swing: 0.0, checks: 0, singles: 0.0, clumps: (0.0, 0.0) };
    check_planted(slow, 40_000, 40_300, 1.0);
}

#[test]
fn planted_bursts_stand_out_of_every_background() {
    for (name, site) in SITES {
        if name != "small" {
            check_planted(site, 40_000, 40_300, 1.0);
            check_planted(site, 40_000, 40_600, 0.25);
        }
    }
}
