//! Ends by SIGKILL that fall on kernel kills one by one. In: ends that a service tells without a pid, and kills that nothing joins. Out:
//! the two told as one. Exists because a supervisor may know no pid, and a program may call itself what it likes: PM2's children are
//! `node /srv/shop/s` to the kernel. Must never take a single coincidence for a pattern.

use crate::event::EventKind;
use crate::service::names::is_in_container;
use crate::service::{Join, ServiceId, Services};
use crate::stamp::{Micros, SECOND};
use crate::timeline::{Fact, Timeline};

use super::reason::{STOP_TO_KILL, STOPS};
use super::{Death, PATTERN, Why, signal_number};

/// A container is up again this long after its end.
const RESTARTED: Micros = 20 * SECOND;
/// Fewest coincidences.
const TIMES_MIN: usize = 2;

/// Joins the ends of each service to kills that came at the same moments, where nearly all of them did and few kills remain.
pub(super) fn join(deaths: &mut Vec<Death>, timeline: &Timeline, services: &Services) {
    let is_kill = |death: &Death| {
        death.facts.len() == 1
            && death.service.is_none()
            && timeline.fact(death.facts[0]).kind == EventKind::OomKill
    };
    let kills: Vec<usize> = (0..deaths.len()).filter(|place| is_kill(&deaths[*place])).collect();
    if kills.len() < TIMES_MIN {
        return;
    }
    let mut taken: Vec<(usize, usize)> = Vec::new();
    for (id, _) in services.iter() {
        let pairs = pairs_of(deaths, &kills, id, timeline, services);
        let told = deaths.iter().filter(|death| is_untold(death, id)).count();
        let many = pairs.len() >= TIMES_MIN && pairs.len() * 5 >= told * 4;
        if many && pairs.len() * 3 >= kills.len() {
            taken.extend(pairs);
        }
    }
    // A kill that fits the ends of two services is of neither, as far as anybody can tell.
    let claims = |kill: usize| taken.iter().filter(|(own, _)| *own == kill).count();
    let sure: Vec<(usize, usize)> =
        taken.iter().copied().filter(|(kill, _)| claims(*kill) == 1).collect();
    let mut gone: Vec<usize> = Vec::new();
    for (kill, end) in sure {
        let (facts, service) = (deaths[end].facts.clone(), deaths[end].service);
        let death = &mut deaths[kill];
        death.facts.extend(facts);
        (death.service, death.join) = (service, Some(Join::Comm));
        gone.push(end);
    }
    let mut place = 0;
    deaths.retain(|_| {
        place += 1;
        !gone.contains(&(place - 1))
    });
}

/// Joins the only kill near systemd's word that a process of a unit was killed by the OOM killer to the unit (`memory.events` of its
/// cgroup tells it so), and the unit's own word of the end with it: kernels before 4.19 name no cgroup of a victim. Where systemd does
/// not watch these events, that the main process of one unit only was killed in that moment says nearly as much.
pub(super) fn join_by_unit(deaths: &mut Vec<Death>, timeline: &Timeline, services: &Services) {
    let by_kernel = |fact: &Fact| match fact.kind {
        EventKind::UnitOomKilled => fact.field("killer").is_none(),
        _ => {
            fact.field("code") == Some("killed")
                && fact.field("status").and_then(signal_number) == Some(9)
        }
    };
    let words = |kind| timeline.of(kind).map(|(_, fact)| fact).filter(move |fact| by_kernel(fact));
    let told = words(EventKind::UnitOomKilled).chain(words(EventKind::UnitProcessExited));
    for word in told {
        let (Some(unit), Some(stamp)) = (services.of_fact(word), word.stamp) else { continue };
        let of_others = |other: &Fact| {
            services.of_fact(other) != Some(unit)
                && other.at().is_some_and(|at| (at - stamp.at).abs() <= PATTERN)
        };
        let by_event = word.kind == EventKind::UnitOomKilled;
        if !by_event && words(EventKind::UnitProcessExited).any(of_others) {
            continue;
        }
        // Who was told to stop is killed by systemd itself.
        let ordered =
            |fact: &Fact| STOPS.contains(&fact.kind) && services.of_fact(fact) == Some(unit);
        let mut before = timeline.between(stamp.at - STOP_TO_KILL, stamp.at + SECOND);
        if !by_event && before.any(|(_, fact)| ordered(fact)) {
            continue;
        }
        let near = |death: &Death| {
            death.stamp.is_some_and(|own| {
                let slack = PATTERN + (own.sigma + stamp.sigma).min(3 * SECOND);
                (own.at - stamp.at).abs() <= slack
            })
        };
        // A supervisor's unit holds the programs that it runs, and they tell their ends themselves.
        let is_told = |death: &Death| {
            death.service != Some(unit) && death.signal == Some(9) && death.why == Why::Unknown
        };
        if deaths.iter().any(|death| death.service.is_some() && is_told(death) && near(death)) {
            continue;
        }
        let mut kills = (0..deaths.len()).filter(|place| {
            let (death, fact) = (&deaths[*place], timeline.fact(deaths[*place].facts[0]));
            let hosts = (&fact.event.origin.host, &word.event.origin.host);
            let apart = matches!(hosts, (Some(one), Some(other)) if one != other);
            fact.kind == EventKind::OomKill && near(death) && !apart
        });
        let (Some(kill), None) = (kills.next(), kills.next()) else { continue };
        let fact = timeline.fact(deaths[kill].facts[0]);
        // A pid or a cgroup that another service knows says more than the moment.
        let at = deaths[kill].at();
        let of_another = services
            .iter()
            .any(|(id, _)| id != unit && services.join(fact, at, id) >= Join::Cgroup);
        let is_free = deaths[kill].service.is_none()
            && !of_another
            && services.join(fact, at, unit) != Join::Mismatch;
        if !is_free {
            continue;
        }
        let end = deaths.iter().position(|death| is_untold(death, unit) && near(death));
        let told = end.map(|end| deaths[end].facts.clone()).unwrap_or_default();
        let death = &mut deaths[kill];
        death.facts.extend(told);
        let join = if by_event { Join::Cgroup } else { Join::Comm };
        (death.service, death.join) = (Some(unit), Some(join));
        if let Some(end) = end {
            deaths.remove(end);
        }
    }
}

/// Joins kills to a service that starts anew after each of them, where its log is of a container and tells no end: the process that
/// would have told it was killed.
pub(super) fn join_by_starts(deaths: &mut [Death], timeline: &Timeline, services: &Services) {
    for (id, service) in services.iter().filter(|(_, service)| service.serves) {
        let starts = starts_of(timeline, services, id);
        // The first one may have been before all of this.
        let after_first = starts.get(1..).unwrap_or_default();
        if after_first.len() < TIMES_MIN || deaths.iter().any(|death| death.service == Some(id)) {
            continue;
        }
        let fits = |death: &Death| {
            let fact = timeline.fact(death.facts[0]);
            let contained = fact.oom().and_then(|oom| oom.cgroup()).is_some_and(is_in_container);
            death.service.is_none()
                && contained
                && service.units.is_empty()
                && services.join(fact, death.at(), id) != Join::Mismatch
        };
        let mut matched: Vec<usize> = Vec::new();
        for start in after_first {
            let before = |at: Micros| (start - RESTARTED..=*start).contains(&at);
            let kill = (0..deaths.len())
                .filter(|place| !matched.contains(place) && fits(&deaths[*place]))
                .find(|place| deaths[*place].at().is_some_and(before));
            matched.extend(kill);
        }
        if matched.len() == after_first.len() {
            for place in matched {
                (deaths[place].service, deaths[place].join) = (Some(id), Some(Join::Comm));
            }
        }
    }
}

/// Moments at which a service started, those that tell of one start together.
fn starts_of(timeline: &Timeline, services: &Services, id: ServiceId) -> Vec<Micros> {
    let kinds = [EventKind::AppStarted, EventKind::AppListening];
    let mut moments: Vec<Micros> = kinds
        .iter()
        .flat_map(|kind| timeline.of(*kind))
        .filter(|(_, fact)| services.of_fact(fact) == Some(id))
        .filter_map(|(_, fact)| fact.at())
        .collect();
    moments.sort_unstable();
    moments.dedup_by(|later, earlier| *later - *earlier < 5 * SECOND);
    moments
}

/// Whether a service tells an end by SIGKILL that nothing explains.
fn is_untold(death: &Death, service: ServiceId) -> bool {
    death.service == Some(service) && death.signal == Some(9) && death.why == Why::Unknown
}

/// Kills and ends at the same moments, each used once.
fn pairs_of(
    deaths: &[Death],
    kills: &[usize],
    service: ServiceId,
    timeline: &Timeline,
    services: &Services,
) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (end, death) in deaths.iter().enumerate().filter(|(_, death)| is_untold(death, service)) {
        let Some(stamp) = death.stamp else { continue };
        let near = |kill: &&usize| {
            deaths[**kill].stamp.is_some_and(|own| {
                let slack = PATTERN + (own.sigma + stamp.sigma).min(3 * SECOND);
                (own.at - stamp.at).abs() <= slack
            })
        };
        let free = |kill: &&usize| pairs.iter().all(|(own, _)| own != *kill);
        let fits = |kill: &&usize| {
            let death = &deaths[**kill];
            let fact = timeline.fact(death.facts[0]);
            let comm = fact.oom().map(|oom| oom.victim.comm.as_str()).unwrap_or_default();
            services.join(fact, death.at(), service) != Join::Mismatch
                && services.comm_is(comm, service) != Some(false)
        };
        let apart = |kill: &usize| deaths[*kill].stamp.map(|own| (own.at - stamp.at).abs());
        let found =
            kills.iter().filter(near).filter(free).filter(fits).min_by_key(|kill| apart(kill));
        pairs.extend(found.map(|kill| (*kill, end)));
    }
    pairs
}
