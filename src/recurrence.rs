//! What keeps coming back: ends of the same service by the same reason, at which interval, how long after each start, and when
//! the next is due.
//!
//! "A quarter of an hour after each deploy" is the sign of a leak, and "every 40 seconds" that of a crash loop; a post-mortem
//! that calls either an accident is wrong. A rhythm is only told where chance does not give it.

use std::collections::{BTreeMap, BTreeSet};

use crate::death::{Death, Why};
use crate::event::EventKind;
use crate::service::{ServiceId, Services};
use crate::stamp::{Micros, SECOND};
use crate::timeline::Timeline;

/// Ends of one service that come back.
#[derive(Debug, Clone, PartialEq)]
pub struct Recurrence {
    /// Why they end.
    pub why: Why,
    /// The service, where it is known.
    pub service: Option<ServiceId>,
    /// What ended, for a person.
    pub process: String,
    /// The first end of each episode, by its place in the list of deaths.
    pub deaths: Vec<usize>,
    /// Ends in all episodes.
    pub ends: usize,
    /// The moments of the episodes.
    pub at: Vec<Micros>,
    /// From one episode to the next.
    pub interval: Spread,
    /// Probability that ends at random times lie as evenly; small means a rhythm.
    pub interval_chance: f64,
    /// From the last start of the service to the episode, where that is alike each time.
    pub after_start: Option<Spread>,
    /// Memory that the victims held, where they were killed for it.
    pub victim_bytes: Option<u64>,
    /// When the next is due if nothing changes, and within what.
    pub next: Option<(Micros, Micros)>,
}

/// The middle and the ends of some lengths of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    /// Least.
    pub least: Micros,
    /// Half are longer.
    pub median: Micros,
    /// Most.
    pub most: Micros,
}

/// Ends closer than this are one episode: the workers of one master, the retries of one supervisor.
const EPISODE: Micros = 5 * SECOND;
/// Fewest episodes that recur.
const EPISODES_MIN: usize = 3;
/// Largest chance at which evenness is called a rhythm.
const RHYTHM: f64 = 0.02;
/// Lengths that differ by less than this share of their median are alike.
const ALIKE: f64 = 0.4;
/// A start this shortly before an end was no start: the service did not come up.
const STARTED: Micros = 20 * SECOND;
/// Drawn sets of random times.
const DRAWS: u32 = 2000;

/// Why, of which service, or else of which process.
type Subject = (Why, Option<ServiceId>, String);

/// Finds what recurs, most episodes first.
#[must_use]
pub fn find(timeline: &Timeline, services: &Services, deaths: &[Death]) -> Vec<Recurrence> {
    let mut groups: BTreeMap<Subject, Vec<(Micros, usize)>> = BTreeMap::new();
    for (place, death) in deaths.iter().enumerate() {
        // A stop on order recurs because somebody orders it.
        if matches!(death.why, Why::Stop | Why::Operator) {
            continue;
        }
        let Some(at) = death.at() else { continue };
        let name = if death.service.is_some() { String::new() } else { death.process.clone() };
        groups.entry((death.why, death.service, name)).or_default().push((at, place));
    }
    let mut found: Vec<Recurrence> = groups
        .into_iter()
        .filter_map(|((why, service, _), ends)| {
            recurrence(why, service, ends, timeline, services, deaths)
        })
        .collect();
    found.sort_by_key(|one| (std::cmp::Reverse(one.at.len()), one.at.first().copied()));
    found
}

fn recurrence(
    why: Why,
    service: Option<ServiceId>,
    mut ends: Vec<(Micros, usize)>,
    timeline: &Timeline,
    services: &Services,
    deaths: &[Death],
) -> Option<Recurrence> {
    ends.sort_unstable();
    // A moment that is only worked out from the lines around it makes no interval.
    let sure = |place: &usize| deaths[*place].stamp.is_some_and(|stamp| stamp.sigma < EPISODE);
    ends.retain(|(_, place)| sure(place));
    let all = ends.len();
    let episodes = episodes(&ends);
    if episodes.len() < EPISODES_MIN {
        return None;
    }
    let at: Vec<Micros> = episodes.iter().map(|(at, _)| *at).collect();
    let intervals: Vec<Micros> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let interval = Spread::of(intervals.clone())?;
    let interval_chance = chance_of_evenness(&intervals);
    let starts = service.map_or_else(Vec::new, |service| starts(timeline, services, service));
    // One start before all of them says nothing; each end must have a start of its own.
    let began: BTreeSet<Micros> = at.iter().filter_map(|at| start_before(&starts, *at)).collect();
    let ages: Vec<Micros> =
        at.iter().filter_map(|at| Some(at - start_before(&starts, *at)?)).collect();
    let after_start = Spread::of(ages)
        .filter(|ages| began.len() >= EPISODES_MIN && began.len() == at.len() && ages.is_tight());
    let last = *at.last()?;
    let next = match after_start {
        // Only a service that came back can end again.
        Some(ages) => starts
            .iter()
            .rfind(|start| **start > last)
            .map(|start| (start.saturating_add(ages.median), ages.width())),
        None if interval_chance <= RHYTHM => {
            Some((last.saturating_add(interval.median), interval.width()))
        }
        None => None,
    };
    let mut held: Vec<u64> = episodes
        .iter()
        .flat_map(|(_, place)| &deaths[*place].facts)
        .filter_map(|fact| timeline.fact(*fact).oom()?.victim.anon_rss_bytes)
        .collect();
    held.sort_unstable();
    let (_, first) = *episodes.first()?;
    Some(Recurrence {
        why,
        service,
        process: deaths[first].process.clone(),
        deaths: episodes.iter().map(|(_, place)| *place).collect(),
        ends: all,
        interval,
        interval_chance,
        after_start,
        victim_bytes: held.get(held.len() / 2).copied(),
        next,
        at,
    })
}

/// The first end of each row of ends in quick succession. Where ends come about as far apart as the rows are long, there are no rows.
fn episodes(ends: &[(Micros, usize)]) -> Vec<(Micros, usize)> {
    let gaps = || ends.windows(2).map(|pair| pair[1].0 - pair[0].0);
    let within = gaps().filter(|gap| *gap <= EPISODE).max().unwrap_or_default();
    let between = gaps().filter(|gap| *gap > EPISODE).min().unwrap_or(Micros::MAX);
    let apart = if within.saturating_mul(2) > between { SECOND } else { EPISODE };
    let mut episodes: Vec<(Micros, usize)> = Vec::new();
    let mut last = Micros::MIN;
    for (at, place) in ends {
        if at.saturating_sub(last) > apart {
            episodes.push((*at, *place));
        }
        last = *at;
    }
    episodes
}

/// Moments at which a service was started or listened.
fn starts(timeline: &Timeline, services: &Services, service: ServiceId) -> Vec<Micros> {
    let kinds = [
        EventKind::AppStarted,
        EventKind::AppListening,
        EventKind::UnitStarted,
        EventKind::ContainerStarted,
        EventKind::ProgramStarted,
    ];
    timeline
        .iter()
        .filter(|(_, fact)| kinds.contains(&fact.kind) && services.of_fact(fact) == Some(service))
        .filter_map(|(_, fact)| fact.at())
        .collect()
}

/// The last start before an end that lasted.
fn start_before(starts: &[Micros], end: Micros) -> Option<Micros> {
    starts.iter().rfind(|start| **start < end - STARTED).copied()
}

impl Spread {
    fn of(mut lengths: Vec<Micros>) -> Option<Self> {
        lengths.sort_unstable();
        Some(Self {
            least: *lengths.first()?,
            median: *lengths.get(lengths.len() / 2)?,
            most: *lengths.last()?,
        })
    }

    /// From the least to the most, and a second at least: no log times an end better.
    fn width(self) -> Micros {
        (self.most - self.least).max(SECOND)
    }

    fn is_tight(self) -> bool {
        (self.most - self.least) as f64 <= ALIKE * self.median as f64
    }
}

impl Recurrence {
    /// Whether the ends keep an interval that chance does not give.
    #[must_use]
    pub fn is_rhythmic(&self) -> bool {
        self.interval_chance <= RHYTHM
    }
}

/// Probability that as many intervals of a Poisson process vary as little: the share of drawn sets whose coefficient of variation
/// is no larger. The same draws on every run.
fn chance_of_evenness(intervals: &[Micros]) -> f64 {
    let lengths: Vec<f64> = intervals.iter().map(|length| *length as f64).collect();
    if lengths.len() < 2 {
        return 1.0;
    }
    let own = variation(&lengths);
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut as_even = 0_u32;
    for _ in 0..DRAWS {
        let drawn: Vec<f64> = lengths
            .iter()
            .map(|_| {
                // xorshift64*: enough for shares of a per mille.
                state ^= state >> 12;
                state ^= state << 25;
                state ^= state >> 27;
                let word = state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11;
                -((word as f64 + 1.0) / (1_u64 << 53) as f64).ln()
            })
            .collect();
        as_even += u32::from(variation(&drawn) <= own);
    }
    f64::from(as_even.max(1)) / f64::from(DRAWS)
}

/// Standard deviation over mean.
fn variation(lengths: &[f64]) -> f64 {
    let count = lengths.len() as f64;
    let mean = lengths.iter().sum::<f64>() / count;
    let spread = lengths.iter().map(|length| (length - mean).powi(2)).sum::<f64>() / count;
    if mean > 0.0 { spread.sqrt() / mean } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stamp::{MINUTE, Stamp};

    fn deaths(minutes: &[i64]) -> Vec<Death> {
        minutes
            .iter()
            .map(|minute| Death {
                stamp: Some(Stamp { at: minute * MINUTE, sigma: 0 }),
                pid: None,
                process: "gunicorn".to_owned(),
                signal: Some(9),
                exit_code: None,
                why: Why::OomKill,
                service: None,
                join: None,
                facts: Vec::new(),
            })
            .collect()
    }

    fn found(minutes: &[i64]) -> Vec<Recurrence> {
        find(&Timeline::default(), &Services::default(), &deaths(minutes))
    }

    #[test]
    fn even_ends_have_a_rhythm_and_a_forecast() {
        let found = found(&[10, 27, 44, 60, 78, 95]);
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].interval,
            Spread { least: 16 * MINUTE, median: 17 * MINUTE, most: 18 * MINUTE }
        );
        assert!(found[0].is_rhythmic());
        assert_eq!(found[0].next, Some((112 * MINUTE, 2 * MINUTE)));
    }

    #[test]
    fn ends_at_random_have_none() {
        let found = found(&[10, 11, 40, 43, 110, 160]);
        assert!(!found[0].is_rhythmic() && found[0].next.is_none(), "{found:?}");
    }

    #[test]
    fn two_ends_do_not_recur() {
        assert_eq!(found(&[10, 20]), []);
    }
}
