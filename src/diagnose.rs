//! From bursts to incidents with a cause: sets the scene of each, weighs all causes on it, and turns weights into a probability
//! and one of the five verdict words of the contract. "Unknown" takes part with a weight of its own.

mod apart;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use crate::answers::{Answers, Failure};
use crate::burst::{self, Burst, Failed, Params};
use crate::causes::{self, Cause, Weight};
use crate::clock::Clocks;
use crate::death::Death;
use crate::event::EventKind;
use crate::ingest::Source;
use crate::recurrence::Recurrence;
use crate::scene::{Class, LEAD, Scene, TAIL};
use crate::service::names::address_key;
use crate::service::{Join, ServiceRole, Services};
use crate::sites::{Site, Sites};
use crate::stamp::{MINUTE, Micros, SECOND, clock_time};
use crate::timeline::{FactId, Timeline, View};
use crate::weights::Weights;
use crate::wording::{Arg, Text, text};

/// The verdict words of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The bundle does not say.
    Unknown,
    /// One of two causes; both are named.
    Undetermined,
    /// ≥ 0.5 and three times the runner-up.
    Suspected,
    /// A direct witness and ≥ 0.5, or ≥ 0.8 without one.
    Probable,
    /// ≥ 0.9 with a direct witness joined by identity and nothing unresolved against it.
    Confirmed,
}

impl Verdict {
    /// The word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Undetermined => "undetermined",
            Self::Suspected => "suspected",
            Self::Probable => "probable",
            Self::Confirmed => "confirmed",
        }
    }
}

/// A cause with its weight and probability.
#[derive(Debug)]
pub struct Weighed {
    /// The cause.
    pub cause: &'static Cause,
    /// Its evidence.
    pub weight: Weight,
    /// Its probability against all others and "unknown".
    pub probability: f64,
}

/// Something suspicious that is not the cause.
#[derive(Debug)]
pub struct RuledOut {
    /// The fact.
    pub fact: FactId,
    /// Why not.
    pub why: Text,
    /// Probability that such a fact falls this near by chance.
    pub chance: f64,
}

/// An incident, explained.
#[derive(Debug)]
pub struct Incident<'a> {
    /// The scene on which it was weighed.
    pub scene: Scene<'a>,
    /// The burst.
    pub burst: Burst,
    /// The verdict.
    pub verdict: Verdict,
    /// All causes that had any weight, likeliest first.
    pub weighed: Vec<Weighed>,
    /// The ledger.
    pub ruled_out: Vec<RuledOut>,
}

/// What the user wants left out or narrowed.
#[derive(Debug, Clone, Default)]
pub struct Focus {
    /// Only incidents that end at or after this moment.
    pub since: Option<Micros>,
    /// Only incidents that begin at or before this moment.
    pub until: Option<Micros>,
    /// Only the incident at or next to this moment.
    pub at: Option<Micros>,
}

/// Finds incidents and explains them.
#[must_use]
pub fn explain<'a>(
    timeline: &'a Timeline,
    services: &'a Services,
    (deaths, recurrences): (&'a [Death], &'a [Recurrence]),
    (sources, clocks): (&'a [Source], &'a Clocks),
    answers: &'a Answers,
    focus: &Focus,
    weights: &'a Weights,
) -> (Vec<Incident<'a>>, BTreeMap<u16, u64>) {
    let mut incidents = Vec::new();
    let mut isolated: BTreeMap<u16, u64> = BTreeMap::new();
    let sites = Sites::find(answers, sources, services, timeline);
    let (bursts, rest) = bursts(answers, &sites);
    let ends: Vec<(BTreeSet<Option<Site>>, Micros)> = bursts
        .iter()
        .map(|(class, burst)| (sites_of(answers, &sites, (*class, burst)), burst.end))
        .collect();
    let court = Court {
        facts: (services, deaths, recurrences, sources, clocks),
        answers,
        weights,
        sites: &sites,
        whole: View::whole(timeline),
        views: BTreeMap::new(),
    };
    let focused = |burst: &Burst| {
        focus.since.is_none_or(|since| burst.end >= since)
            && focus.until.is_none_or(|until| burst.start <= until)
    };
    let bursts: Vec<(Class, Burst)> =
        bursts.into_iter().filter(|(_, burst)| focused(burst)).collect();
    // No burst is judged by what was found out about another.
    let told: Vec<_> = bursts
        .into_par_iter()
        .map_with(court, |court, (class, burst)| {
            let of = sites_of(answers, &sites, (class, &burst));
            let earlier =
                ends.iter().filter(|(sites, end)| *end < burst.start && !sites.is_disjoint(&of));
            let before = earlier.map(|(_, end)| *end).max();
            let failures = within(answers, class, burst.start, burst.end);
            let case = Case { class, burst, failures, before, others: BTreeSet::new() };
            apart::told(case, court)
        })
        .collect();
    for (told, alone) in told {
        incidents.extend(told);
        for failure in alone {
            *isolated.entry(failure.key.status).or_default() += failure.count.answers;
        }
    }
    for failure in rest {
        *isolated.entry(failure.key.status).or_default() += failure.count.answers;
    }
    incidents.sort_by_key(|incident| (incident.burst.start, incident.scene.class));
    if let Some(at) = focus.at {
        let apart = |incident: &Incident<'_>| {
            (incident.burst.start - at).max(at - incident.burst.end).max(0)
        };
        let nearest = incidents.iter().map(apart).min();
        let place = incidents.iter().position(|incident| Some(apart(incident)) == nearest);
        incidents = place.map(|place| incidents.swap_remove(place)).into_iter().collect();
    }
    (incidents, isolated)
}

/// Failures of a class between two moments.
fn within(answers: &Answers, class: Class, start: Micros, end: Micros) -> Vec<Failure> {
    answers
        .failures
        .iter()
        .filter(|failure| Class::of(&failure.key) == class)
        .filter(|failure| failure.count.first >= start && failure.count.first <= end)
        .cloned()
        .collect()
}

/// Bursts of both classes. Server failures inside of a gateway burst of the same site belong to it and make no burst of their own.
fn bursts<'f>(answers: &'f Answers, sites: &Sites<'_>) -> (Vec<(Class, Burst)>, Vec<&'f Failure>) {
    let detected = |class: Class| {
        let failed: Vec<Failed> = answers
            .failures
            .iter()
            .filter(|failure| Class::of(&failure.key) == class && !failure.key.probe)
            .map(|failure| Failed {
                first: failure.count.first,
                last: failure.count.last,
                answers: failure.count.answers,
            })
            .collect();
        if failed.is_empty() {
            return Vec::new();
        }
        // What an app answers by itself now and then, a refusal to the hasty or an error of one route, is no outage however short the log.
        let params = Params { short_logs: class == Class::Gateway, ..Params::default() };
        burst::detect(&answers.load, answers.load_step, &failed, &params).bursts
    };
    let mut found: Vec<(Class, Burst)> = Vec::new();
    let (gateway, server) = rayon::join(|| detected(Class::Gateway), || detected(Class::Server));
    for (class, bursts) in [(Class::Gateway, gateway), (Class::Server, server)] {
        let inside = |burst: &Burst| {
            found.iter().any(|(of, gateway)| {
                burst.start >= gateway.start - 2 * SECOND
                    && burst.end <= gateway.end + 5 * SECOND
                    && !sites_of(answers, sites, (*of, gateway)).is_disjoint(&sites_of(
                        answers,
                        sites,
                        (class, burst),
                    ))
            })
        };
        let new: Vec<Burst> = bursts.into_iter().filter(|burst| !inside(burst)).collect();
        found.extend(largest(new).into_iter().map(|burst| (class, burst)));
    }
    let rest = answers
        .failures
        .iter()
        .filter(|failure| {
            !failure.key.probe
                && !found
                    .iter()
                    .any(|(_, burst)| (burst.start..=burst.end).contains(&failure.count.first))
        })
        .collect();
    (found, rest)
}

/// The sites that failed in a burst.
fn sites_of(
    answers: &Answers,
    sites: &Sites<'_>,
    (class, burst): (Class, &Burst),
) -> BTreeSet<Option<Site>> {
    let failed = within(answers, class, burst.start, burst.end);
    failed.iter().map(|failure| sites.of(failure.source)).collect()
}

/// Bursts of one class that are judged, each with a scene of its own; the failures of others count as isolated.
pub const BURSTS_MAX: usize = 400;

/// Those with the most failed answers, in order of time.
fn largest(mut bursts: Vec<Burst>) -> Vec<Burst> {
    if bursts.len() > BURSTS_MAX {
        bursts.sort_by(|a, b| b.failures.cmp(&a.failures).then(a.start.cmp(&b.start)));
        bursts.truncate(BURSTS_MAX);
        bursts.sort_by_key(|burst| burst.start);
    }
    bursts
}

/// Failures that are judged together.
#[derive(Clone)]
struct Case {
    class: Class,
    burst: Burst,
    failures: Vec<Failure>,
    /// When the same sites failed before.
    before: Option<Micros>,
    /// Upstreams that others of the same site asked, whose failures are a case of their own.
    others: BTreeSet<String>,
}

/// Everything that a case is judged by.
#[derive(Clone)]
struct Court<'a, 's> {
    facts: (&'a Services, &'a [Death], &'a [Recurrence], &'a [Source], &'a Clocks),
    answers: &'a Answers,
    weights: &'a Weights,
    sites: &'s Sites<'a>,
    whole: View<'a>,
    /// What is seen from some sites.
    views: BTreeMap<BTreeSet<Site>, View<'a>>,
}

impl<'a> Court<'a, '_> {
    fn judge(&mut self, case: Case) -> Incident<'a> {
        let failures = case.failures.iter();
        let of: BTreeSet<Site> =
            failures.filter_map(|failure| self.sites.of(failure.source)).collect();
        let view =
            self.views.entry(of.clone()).or_insert_with(|| self.sites.view(&self.whole, &of));
        let view = if case.others.is_empty() {
            view.clone()
        } else {
            let others = |address: &str| case.others.contains(&address_key(address));
            view.without(|_, fact| fact.field("upstream").is_some_and(others))
        };
        let (services, deaths, recurrences, sources, clocks) = self.facts;
        let scene = Scene::set(
            (view, services, deaths, recurrences),
            (sources, clocks),
            case.class,
            (case.before, case.burst.start, case.burst.end),
            (case.failures, &self.answers.load),
            self.weights,
        );
        judge(scene, case.burst, self.answers.from_error_log)
    }
}

fn judge(scene: Scene<'_>, burst: Burst, from_error_log: bool) -> Incident<'_> {
    let (weighed, verdict) = weigh(&scene, from_error_log);
    let ruled_out = ledger(&scene, weighed.first().filter(|_| verdict > Verdict::Undetermined));
    Incident { scene, burst, verdict, weighed, ruled_out }
}

/// Weighs all causes on a scene, by the weights that it holds: the causes, likeliest first, and the word for the first.
#[must_use]
pub fn weigh(scene: &Scene<'_>, from_error_log: bool) -> (Vec<Weighed>, Verdict) {
    let mut weighed: Vec<Weighed> = causes::ALL
        .iter()
        .map(|cause| Weighed { cause, weight: (cause.weigh)(scene), probability: 0.0 })
        .filter(|weighed| weighed.weight.nats > -8.0)
        .map(|weighed| Weighed { weight: on_assumed_zone(scene, weighed.weight), ..weighed })
        .collect();
    for Weighed { cause, weight, .. } in &mut weighed {
        if let Some(few) = few(scene, cause, weight).filter(|few| *few < weight.explained) {
            weight.nats += scene.weights.answered_by_app;
            weight.explained = few;
        }
    }
    let all: f64 = 1.0 + weighed.iter().map(|weighed| weighed.weight.nats.exp()).sum::<f64>();
    for weighed in &mut weighed {
        if from_error_log {
            // What users met is not known: a retry may have saved every answer.
            weighed.weight.reservation.get_or_insert_with(|| "there is no access log".to_owned());
        }
        weighed.probability = weighed.weight.nats.exp() / all;
    }
    weighed.sort_by(|a, b| {
        b.probability.total_cmp(&a.probability).then(a.cause.name.cmp(b.cause.name))
    });
    let mut verdict = verdict(&weighed, 1.0 / all);
    if from_error_log && scene.on_assumed_clock() {
        // Failures on a clock that is only assumed may meet anything by chance.
        verdict = verdict.min(Verdict::Suspected);
    }
    if weighed.first().is_some_and(|best| is_of_guess(scene, &best.weight)) {
        // Who is only thought to be behind the upstream, and was not away just while it failed.
        verdict = verdict.min(Verdict::Suspected);
    }
    if weighed.first().is_some_and(|best| few(scene, best.cause, &best.weight).is_some()) {
        verdict = verdict.min(Verdict::Suspected);
    }
    if let Some(best) = weighed.first_mut() {
        let facts: Vec<FactId> =
            best.weight.path.iter().chain(&best.weight.supports).copied().collect();
        if let Some(doubt) = scene.doubted_times(&facts) {
            // What coincides does so on one of two clocks.
            best.weight.reservation = Some(doubt.to_owned());
            verdict = verdict.min(Verdict::Suspected);
        }
    }
    (weighed, verdict)
}

/// Whether a cause accuses a service that nothing ties to the upstream, and that does not keep step with the failures.
fn is_of_guess(scene: &Scene<'_>, weight: &Weight) -> bool {
    let root = weight.path.first().map(|id| scene.timeline.fact(*id));
    // A kill of the kernel is weighed by whom it took.
    let accuses =
        root.is_some_and(|fact| !fact.kind.is_of_proxy() && fact.kind != EventKind::OomKill);
    scene.guessed && accuses && !scene.failing.iter().any(|id| scene.keeps_step(*id))
}

/// A cause whose root stands in a log of an assumed zone may meet the failures because the zone was chosen so. Kills of the kernel are
/// weighed with their clock.
fn on_assumed_zone(scene: &Scene<'_>, mut weight: Weight) -> Weight {
    let root = weight.path.first().map(|id| scene.timeline.fact(*id));
    if root.is_some_and(|fact| fact.kind != EventKind::OomKill && scene.is_in_assumed_zone(fact)) {
        weight.nats += scene.weights.assumed_zone;
        weight.reservation.get_or_insert_with(|| "the zone of its log is assumed".to_owned());
    }
    weight
}

/// Causes that end a process, or keep it from answering: the proxy answers in its place, and says so.
const ENDS: [&str; 9] = [
    "oom_kill_memcg",
    "oom_kill_global",
    "runtime_heap_limit",
    "worker_timeout",
    "deploy_restart",
    "manual_sigkill",
    "health_check_kill",
    "crash_segv",
    "host_restart",
];

/// The share of the failures that a cause can explain which is an end, where the proxy has lines for few of them: what it passed on is
/// another trouble, unless a store was lost with the process.
fn few(scene: &Scene<'_>, cause: &Cause, weight: &Weight) -> Option<f64> {
    let of_store = scene.kills.iter().any(|kill| {
        let is_store = |id| scene.services.get(id).role == ServiceRole::Store;
        weight.path.contains(&kill.fact) && (kill.dependency || kill.service.is_some_and(is_store))
    });
    if !ENDS.contains(&cause.name) || of_store { None } else { scene.few }
}

/// The word for the likeliest cause. No OOM cause is confirmed without a victim line or the runtime's event; its weight says so
/// by `joined`.
fn verdict(weighed: &[Weighed], unknown: f64) -> Verdict {
    let Some(best) = weighed.first() else { return Verdict::Unknown };
    let second = weighed.get(1).map_or(0.0, |second| second.probability);
    let weight = &best.weight;
    if best.probability < 0.5 || best.probability < unknown {
        // Two causes that share what one alone does not reach are still an answer, if they leave little else.
        let both = best.probability + second;
        return if both >= 0.7 && second > unknown {
            Verdict::Undetermined
        } else {
            Verdict::Unknown
        };
    }
    let apart = best.probability >= 3.0 * second;
    if best.probability >= 0.9
        && weight.direct
        && weight.joined
        && weight.reservation.is_none()
        && weight.contradicts.is_empty()
        && weight.explained >= 0.5
    {
        return Verdict::Confirmed;
    }
    if !apart {
        return Verdict::Undetermined;
    }
    if weight.direct || best.probability >= 0.8 { Verdict::Probable } else { Verdict::Suspected }
}

/// How far around an incident suspicious things are looked for.
const SUSPICION: Micros = 10 * MINUTE;

/// Kills and unexplained ends near the incident that are not its cause, each with the reason.
fn ledger(scene: &Scene<'_>, best: Option<&Weighed>) -> Vec<RuledOut> {
    let used: Vec<FactId> = best.map_or_else(Vec::new, |best| {
        best.weight.path.iter().chain(&best.weight.supports).copied().collect()
    });
    let oom_is_cause = best.is_some_and(|best| best.cause.name.starts_with("oom_kill"));
    let covered = covered(scene);
    let mut list = Vec::new();
    let near = scene.timeline.between(scene.start - SUSPICION, scene.end + SUSPICION);
    for (id, fact) in
        near.filter(|(id, fact)| fact.kind == EventKind::OomKill && !used.contains(id))
    {
        let (Some(at), Some(oom)) = (fact.at(), fact.oom()) else { continue };
        let linked = scene.kills.iter().find(|kill| kill.fact == id);
        if oom_is_cause && linked.is_some_and(|kill| kill.join >= Join::Time) {
            continue;
        }
        let joined = scene.failing.iter().map(|id| (scene.services.join(fact, Some(at), *id), *id));
        let best = joined.max_by_key(|(join, _)| *join);
        let (join, owner) = (best.map(|(join, _)| join), best.map(|(_, id)| id));
        let owner = owner.filter(|_| join >= Some(Join::Comm));
        let owner = owner.map_or_else(|| scene.failing.clone(), |id| BTreeSet::from([id]));
        let cgroup = oom.victim_cgroup.as_deref();
        let whose = match join {
            Some(Join::Mismatch) if cgroup.is_some() => "cgroup",
            Some(Join::Mismatch) => "process",
            Some(Join::Pid | Join::Cgroup | Join::Comm) => "own",
            _ => "unknown",
        };
        let args = [
            ("whose", Arg::Case(whose)),
            ("victim", (&oom.victim.comm).into()),
            ("cgroup", cgroup.unwrap_or_default().into()),
        ];
        let comparable = scene.timeline.of(EventKind::OomKill).count();
        list.push(RuledOut {
            fact: id,
            why: scene.say_of(&owner, "ruled-out-kill", args.into_iter().chain(when(scene, at))),
            chance: chance(
                comparable,
                (at - scene.start).abs().min((at - scene.end).abs()),
                covered,
            ),
        });
    }
    let words =
        scene.timeline.between(scene.start - LEAD, scene.end + TAIL).filter(|(id, fact)| {
            fact.kind == EventKind::WorkerSignaled
                && fact.event.text.contains("Perhaps out of memory")
                && !used.contains(id)
        });
    if !oom_is_cause
        && best.is_some()
        && let Some((id, _)) = words.into_iter().next()
    {
        let why = text("ruled-out-words", []);
        list.push(RuledOut { fact: id, why, chance: 1.0 });
    }
    list.truncate(12);
    list
}

/// When it came, for the message: before, amid or after the failures, how far from them, and the time of day.
fn when(scene: &Scene<'_>, at: Micros) -> [(&'static str, Arg); 3] {
    let (when, apart) = if at < scene.start {
        ("before", scene.start - at)
    } else if at > scene.end {
        ("after", at - scene.end)
    } else {
        ("amid", at - scene.start)
    };
    let apart = format!("{} s", apart / SECOND);
    [("when", Arg::Case(when)), ("apart", apart.into()), ("time", clock_time(at).into())]
}

/// p = 1 − exp(−m·W/T): that one of `comparable` events in the covered time falls within ±`distance` of a given moment.
fn chance(comparable: usize, distance: Micros, covered: Micros) -> f64 {
    let width = 2.0 * distance.max(SECOND) as f64 / covered.max(MINUTE) as f64;
    1.0 - (-(comparable as f64) * width).exp()
}

/// Length of what the logs cover.
fn covered(scene: &Scene<'_>) -> Micros {
    let spans = scene
        .sources
        .iter()
        .enumerate()
        .filter_map(|(index, source)| scene.clocks.span(index, &source.spans));
    spans.reduce(|(a, b), (c, d)| (a.min(c), b.max(d))).map_or(MINUTE, |(from, to)| to - from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weighed(probability: f64, direct: bool, joined: bool) -> Weighed {
        let weight = Weight { direct, joined, explained: 1.0, ..Weight::default() };
        Weighed { cause: &causes::ALL[0], weight, probability }
    }

    #[test]
    fn words_follow_the_contract() {
        let check = |list: Vec<Weighed>, unknown: f64, word: Verdict| {
            assert_eq!(verdict(&list, unknown), word);
        };
        check(vec![], 1.0, Verdict::Unknown);
        check(vec![weighed(0.95, true, true)], 0.05, Verdict::Confirmed);
        check(vec![weighed(0.95, true, false)], 0.05, Verdict::Probable);
        check(vec![weighed(0.95, false, true)], 0.05, Verdict::Probable);
        check(
            vec![weighed(0.7, false, false), weighed(0.1, false, false)],
            0.2,
            Verdict::Suspected,
        );
        check(
            vec![weighed(0.55, true, true), weighed(0.4, true, true)],
            0.05,
            Verdict::Undetermined,
        );
        check(
            vec![weighed(0.45, false, false), weighed(0.4, false, false)],
            0.15,
            Verdict::Undetermined,
        );
        check(vec![weighed(0.4, false, false)], 0.6, Verdict::Unknown);
    }
}
