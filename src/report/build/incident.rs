//! One incident for the report: its figures, its chain in words, what was weighed, and what to do.

use crate::diagnose::{Incident, Verdict, Weighed};
use crate::stamp::{clock_time, rfc3339};
use crate::timeline::FactId;
use crate::wording::{Text, text};

use super::super::{missing, model};
use super::chain::{self, Links};
use super::symptom::{self, Symptom};
use super::{Ids, Parts, TOLD_MIN, met, probability, seconds, series, share};

pub(super) fn incident(
    index: usize,
    incident: &Incident<'_>,
    parts: &Parts<'_>,
    ids: &Ids,
) -> model::Incident {
    let scene = &incident.scene;
    let best = incident.weighed.first().filter(|_| incident.verdict > Verdict::Unknown);
    let met = met::failures(incident, parts);
    let (peak_share, peak_minute) = met::peak(&met, parts);
    let (spark, spark_step_seconds) = met::spark(incident, &met);
    let requests = met::requests_between(parts.answers, scene.start, scene.end);
    let (routes, asked) = met::routes(incident, &met, parts);
    let links = best.map(|best| chain::links(incident, best, parts)).unwrap_or_default();
    let missing = missing::of(incident, &parts.ingested.problems);
    let symptom = symptom::of_unknown(incident, parts);
    let summary = summary(incident, symptom.as_ref());
    model::Incident {
        id: format!("I{}", index + 1),
        class: scene.class.name().to_owned(),
        start: rfc3339(scene.start).unwrap_or_default(),
        end: rfc3339(scene.end).unwrap_or_default(),
        censored: met::censored(incident, parts).to_owned(),
        duration_seconds: seconds(scene.end - scene.start),
        counted_from: if parts.answers.from_error_log { "error-log" } else { "access-log" }
            .to_owned(),
        requests: if parts.answers.from_error_log { 0 } else { requests.max(met::answers(&met)) },
        errors: met::errors(&met),
        probe_errors: met
            .iter()
            .filter(|failure| failure.key.probe)
            .map(|failure| failure.count.answers)
            .sum(),
        peak_share: share(peak_share),
        peak_minute,
        baseline_share: share(incident.burst.baseline_share),
        spark,
        spark_step_seconds,
        series: series::around(parts.answers, scene.start, scene.end),
        upstreams: met::upstreams(incident),
        hidden_by_retry: parts
            .answers
            .hidden_at
            .range(scene.start..=scene.end)
            .map(|(_, answers)| answers)
            .sum(),
        suspect_requests: super::patterns::suspects(&parts.suspects[index], ids),
        cause: best.map_or("unknown", |best| best.cause.name).to_owned(),
        verdict: incident.verdict.name().to_owned(),
        probability: probability(
            best.map_or_else(|| unknown_share(incident), |best| best.probability),
        ),
        path: ids.all(&links.path),
        chain: match best {
            Some(best) => chain::chain(incident, best, &links, &met, parts, ids),
            None => symptom.map_or_else(Vec::new, |symptom| {
                symptom::hops(&symptom, incident, &met, parts, ids)
            }),
        },
        causes: incident
            .weighed
            .iter()
            .filter(|weighed| weighed.probability >= TOLD_MIN)
            .map(|weighed| model::Weighed {
                cause: weighed.cause.name.to_owned(),
                probability: probability(weighed.probability),
                why: weighed.weight.sentence.sentence(),
                supports: ids.all(weighed.weight.path.iter().chain(
                    weighed.weight.supports.iter().filter(|id| !weighed.weight.path.contains(id)),
                )),
                contradicts: ids.all(&weighed.weight.contradicts),
                not_observable: weighed.weight.not_observable.clone(),
            })
            .collect(),
        ruled_out: incident
            .ruled_out
            .iter()
            .filter_map(|ruled_out| {
                Some(model::RuledOut {
                    event: ids.of(ruled_out.fact)?,
                    why: ruled_out.why.sentence(),
                    chance: probability(ruled_out.chance),
                })
            })
            .collect(),
        context: ids.all(&scene.context()),
        actions: actions(
            incident,
            best,
            &links,
            (&routes, asked),
            (parts, index, !missing.is_empty()),
            ids,
        ),
        missing,
        routes,
        summary,
    }
}

/// What to do about the likeliest cause, where there is one, and about the requests that were on the way at the deaths.
fn actions(
    incident: &Incident<'_>,
    best: Option<&Weighed>,
    links: &Links,
    (routes, asked): (&[model::Route], u64),
    (parts, index, ask): (&Parts<'_>, usize, bool),
    ids: &Ids,
) -> Vec<model::Action> {
    // Where nothing that could be collected would tell two causes apart, what helps with the first is the next step.
    let open = incident.verdict < Verdict::Undetermined
        || (incident.verdict == Verdict::Undetermined && ask);
    let Some(best) = best.filter(|_| !open) else { return Vec::new() };
    let because = ids.all(best.weight.path.iter().take(2));
    let mut actions: Vec<model::Action> = (best.cause.advice)(&incident.scene, &best.weight)
        .into_iter()
        .map(|advice| model::Action {
            when: advice.when.to_owned(),
            text: advice.text.sentence(),
            because: because.clone(),
            verify: advice.verify,
        })
        .collect();
    if let Some(down) = links.down {
        // Whatever it died of, users are served again only by a start.
        let runs_again = ["advice-runs-again", "advice-planned"];
        actions.retain(|action| action.text.id().is_none_or(|id| !runs_again.contains(&id)));
        let time = parts.timeline.fact(down).at().map(clock_time).unwrap_or_default();
        let start = incident.scene.say_by([&down], "advice-start-now", [("time", time.into())]);
        let start = model::Action {
            when: "now".to_owned(),
            text: start.sentence(),
            because: ids.all([&down]),
            verify: text("verify-listening-answers", []),
        };
        actions.insert(0, start);
    }
    let is_wait = best.cause.name == "worker_timeout";
    // Who held a lock is cited with the advice that names it, and so is what it ran.
    for action in &mut actions {
        if action.text.id() != Some("advice-lock-holder") {
            continue;
        }
        if let Some(waiting) = links.waiting {
            action.because = ids.all([&waiting]);
        }
        if let Some(holding) = links.holding {
            action.text = over(parts, holding);
            action.because.extend(ids.of(holding));
        }
    }
    if !stands_out(routes, asked, met::answers(&met::failures(incident, parts))) {
        actions.retain(|action| action.text.id() != Some("advice-what-route-allocates"));
    }
    if let Some(stopped) = links.stopped {
        let unit = parts.timeline.fact(stopped).field("unit").unwrap_or_default();
        let advice = model::Action {
            when: "this_week".to_owned(),
            text: text("advice-oom-policy", [("unit", unit.into())]).sentence(),
            because: ids.all([&stopped]),
            verify: text("verify-oom-policy", [("unit", unit.into())]),
        };
        let place = actions.iter().position(|action| action.when != "now").unwrap_or(actions.len());
        actions.insert(place, advice);
    }
    if is_wait || FOR_MEMORY.contains(&best.cause.name) {
        let suspects =
            super::patterns::suspect_actions(&parts.suspects[index], is_wait, &because, ids);
        if !suspects.is_empty() {
            // Where the request is named, nobody needs to be told to look for it.
            actions.retain(|action| action.text.id().is_none_or(|id| !WHICH_REQUEST.contains(&id)));
        }
        let place = actions.iter().position(|action| action.when != "now").unwrap_or(actions.len());
        actions.splice(place..place, suspects);
    }
    actions
}

/// What to do about a lock that is gone, whose holder is known.
fn over(parts: &Parts<'_>, holding: FactId) -> Text {
    let fact = parts.timeline.fact(holding);
    let args = [
        ("holder", fact.field("pid").unwrap_or("?").into()),
        ("length", chain::length(fact).into()),
        ("time", fact.at().map(clock_time).unwrap_or_default().into()),
    ];
    text("advice-lock-released", args).sentence()
}

/// Whether one route failed more often than its part of the requests lets expect. Where everything fails, the busiest route fails
/// most, and says nothing.
fn stands_out(routes: &[model::Route], asked: u64, failed: u64) -> bool {
    routes.first().is_some_and(|route| {
        let of_failed = route.errors as f64 / failed.max(1) as f64;
        let of_asked = route.requests as f64 / asked.max(route.requests).max(1) as f64;
        of_failed >= STANDS_OUT * of_asked
    })
}

/// How much more of the failures than of the requests a route has that stands out.
const STANDS_OUT: f64 = 2.0;

/// Advice to find the request that does it.
const WHICH_REQUEST: [&str; 2] = ["advice-what-route-allocates", "advice-what-fills-heap"];

/// Causes that a request brings about by what it makes the app hold.
const FOR_MEMORY: [&str; 4] =
    ["oom_kill_memcg", "oom_kill_global", "runtime_heap_limit", "memory_pressure"];

fn unknown_share(incident: &Incident<'_>) -> f64 {
    1.0 - incident.weighed.iter().map(|weighed| weighed.probability).sum::<f64>()
}

fn summary(incident: &Incident<'_>, symptom: Option<&Symptom>) -> Text {
    let best = incident.weighed.first();
    let second = incident.weighed.get(1);
    let summary = match (incident.verdict, best, second) {
        (Verdict::Unknown, Some(best), _) if best.probability >= 0.2 => {
            let probability = format!("{:.0} %", best.probability * 100.0);
            let guess = text(best.cause.title, []);
            text("best-guess", [("guess", guess.into()), ("probability", probability.into())])
        }
        (Verdict::Unknown, _, _) | (_, None, _) => text("no-cause-told", []),
        (Verdict::Undetermined, Some(best), Some(second)) => {
            either(&best.weight.sentence, &second.weight.sentence)
        }
        (_, Some(best), _) => best.weight.sentence.clone(),
    };
    match symptom {
        Some(symptom) => {
            let args =
                [("one", summary.sentence().into()), ("two", symptom.text.sentence().into())];
            text("two-sentences", args).sentence()
        }
        None => summary.sentence(),
    }
}

/// Two causes that cannot be told apart. Two senders of one signal are one story with two ends.
fn either(one: &Text, other: &Text) -> Text {
    const SENDERS: [&str; 2] = ["sigkill-unexplained", "sigkill-perhaps-oom"];
    let ids = [one.id(), other.id()];
    if SENDERS.iter().all(|sender| ids.contains(&Some(sender))) && one.args() == other.args() {
        return text("sigkill-either", one.args().to_vec());
    }
    text("either-or", [("one", one.into()), ("other", other.into())])
}
