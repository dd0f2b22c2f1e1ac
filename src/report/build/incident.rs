//! One incident for the report: its figures, its chain in words, what was weighed, and what to do.

use std::collections::BTreeMap;

use crate::answers::Answers;
use crate::diagnose::{Incident, Verdict, Weighed};
use crate::event::EventKind;
use crate::scene::Class;
use crate::stamp::{MINUTE, Micros, SECOND, rfc3339};
use crate::timeline::{Fact, FactId};
use crate::wording::{Arg, Text, text};

use super::super::{figures, missing, model};
use super::{Ids, Parts, probability, seconds, series, share};

/// Steps of an incident's picture.
const SPARK_MAX: i64 = 60;
/// Routes and upstreams listed with an incident.
const ROUTES_MAX: usize = 20;

pub(super) fn incident(
    index: usize,
    incident: &Incident<'_>,
    parts: &Parts<'_>,
    ids: &Ids,
) -> model::Incident {
    let scene = &incident.scene;
    let best = incident.weighed.first().filter(|_| incident.verdict > Verdict::Unknown);
    let (peak_share, peak_minute) = peak(incident, parts);
    let (spark, spark_step_seconds) = spark(incident);
    let requests = requests_between(parts.answers, scene.start, scene.end);
    let summary = summary(incident);
    model::Incident {
        id: format!("I{}", index + 1),
        class: scene.class.name().to_owned(),
        start: rfc3339(scene.start).unwrap_or_default(),
        end: rfc3339(scene.end).unwrap_or_default(),
        censored: censored(incident, parts).to_owned(),
        duration_seconds: seconds(scene.end - scene.start),
        counted_from: if parts.answers.from_error_log { "error-log" } else { "access-log" }
            .to_owned(),
        requests: if parts.answers.from_error_log { 0 } else { requests.max(scene.answers()) },
        errors: errors(incident, parts),
        probe_errors: scene
            .failures
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
        routes: routes(incident, parts),
        upstreams: upstreams(incident),
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
        path: best.map_or_else(Vec::new, |best| ids.all(&best.weight.path)),
        chain: best.map_or_else(Vec::new, |best| chain(incident, &best.weight.path, parts, ids)),
        causes: incident
            .weighed
            .iter()
            .filter(|weighed| weighed.probability >= 0.001)
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
        missing: missing::of(incident),
        actions: actions(incident, best, parts, index, ids),
        summary,
    }
}

/// What to do about the likeliest cause, where there is one, and about the requests that were on the way at the deaths.
fn actions(
    incident: &Incident<'_>,
    best: Option<&Weighed>,
    parts: &Parts<'_>,
    index: usize,
    ids: &Ids,
) -> Vec<model::Action> {
    let Some(best) = best.filter(|_| incident.verdict > Verdict::Undetermined) else {
        return Vec::new();
    };
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
    let is_wait = best.cause.name == "worker_timeout";
    // Who held a lock is cited with the advice that names it.
    let held = best.weight.supports.iter().find(|id| {
        let fact = parts.timeline.fact(**id);
        fact.kind == EventKind::StoreLockWait && fact.field("holder").is_some()
    });
    for action in &mut actions {
        if action.text.id() == Some("advice-lock-holder")
            && let Some(held) = held
        {
            action.because = ids.all([held]);
        }
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

/// Advice to find the request that does it.
const WHICH_REQUEST: [&str; 2] = ["advice-what-route-allocates", "advice-what-fills-heap"];

/// Causes that a request brings about by what it makes the app hold.
const FOR_MEMORY: [&str; 4] =
    ["oom_kill_memcg", "oom_kill_global", "runtime_heap_limit", "memory_pressure"];

fn unknown_share(incident: &Incident<'_>) -> f64 {
    1.0 - incident.weighed.iter().map(|weighed| weighed.probability).sum::<f64>()
}

fn summary(incident: &Incident<'_>) -> Text {
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
    summary.sentence()
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

fn requests_between(answers: &Answers, start: Micros, end: Micros) -> u64 {
    let from = start - start.rem_euclid(answers.load_step);
    answers.load.range(from..=end).map(|(_, requests)| requests).sum()
}

fn errors(incident: &Incident<'_>, parts: &Parts<'_>) -> BTreeMap<String, u64> {
    let scene = &incident.scene;
    let mut errors: BTreeMap<String, u64> =
        ["500", "502", "503", "504"].iter().map(|status| ((*status).to_owned(), 0)).collect();
    for failure in &scene.failures {
        *errors.entry(failure.key.status.to_string()).or_default() += failure.count.answers;
    }
    if scene.class == Class::Gateway {
        // The app's own 500 and 503 in the same stretch are part of what users met, unless they are told as an incident of their own.
        let own = |at: &Micros| {
            let server = parts.incidents.iter().map(|other| &other.scene);
            let mut server = server.filter(|other| other.class == Class::Server);
            server.any(|other| (other.start..=other.end).contains(at))
        };
        let inside = parts.answers.failures.iter().filter(|failure| {
            Class::of(&failure.key) == Class::Server
                && (scene.start..=scene.end).contains(&failure.count.first)
                && !own(&failure.count.first)
        });
        for failure in inside {
            *errors.entry(failure.key.status.to_string()).or_default() += failure.count.answers;
        }
    }
    errors
}

/// Failure share of the worst minute, with its start.
fn peak(incident: &Incident<'_>, parts: &Parts<'_>) -> (f64, Option<String>) {
    let mut minutes: BTreeMap<Micros, u64> = BTreeMap::new();
    for failure in &incident.scene.failures {
        *minutes.entry(failure.count.first.div_euclid(MINUTE) * MINUTE).or_default() +=
            failure.count.answers;
    }
    let shares = minutes.into_iter().map(|(minute, failed)| {
        let requests = requests_between(parts.answers, minute, minute + MINUTE - 1).max(failed);
        (failed as f64 / requests.max(1) as f64, minute)
    });
    shares
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
        .map_or((0.0, None), |(share, minute)| (share, rfc3339(minute)))
}

fn spark(incident: &Incident<'_>) -> (Vec<u64>, u64) {
    let scene = &incident.scene;
    let span = scene.end - scene.start;
    let steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400];
    let step = steps
        .iter()
        .map(|step| step * SECOND)
        .find(|step| span / step < SPARK_MAX)
        .unwrap_or(86_400 * SECOND);
    let mut counts = vec![0; usize::try_from(span / step + 1).unwrap_or(1).min(1000)];
    for failure in &scene.failures {
        let place = usize::try_from((failure.count.first - scene.start) / step).unwrap_or(0);
        if let Some(count) = counts.get_mut(place) {
            *count += failure.count.answers;
        }
    }
    (counts, u64::try_from(step / SECOND).unwrap_or(1))
}

/// Whether the access logs begin or end inside the incident.
fn censored(incident: &Incident<'_>, parts: &Parts<'_>) -> &'static str {
    let (Some((first, _)), Some((last, _))) =
        (parts.answers.load.first_key_value(), parts.answers.load.last_key_value())
    else {
        return "none";
    };
    let close = 5 * SECOND.max(parts.answers.load_step);
    let left = incident.scene.start - first <= close;
    let right = last - incident.scene.end <= close;
    match (left, right) {
        (true, true) => "both",
        (true, false) => "left",
        (false, true) => "right",
        (false, false) => "none",
    }
}

fn routes(incident: &Incident<'_>, parts: &Parts<'_>) -> Vec<model::Route> {
    let scene = &incident.scene;
    let mut failed: BTreeMap<&str, u64> = BTreeMap::new();
    for failure in scene.failures.iter().filter(|failure| !failure.key.route.is_empty()) {
        *failed.entry(failure.key.route.as_str()).or_default() += failure.count.answers;
    }
    let mut asked: BTreeMap<&str, u64> = BTreeMap::new();
    for index in &parts.answers.edge {
        let Some(traffic) = &parts.ingested.sources[*index].traffic else { continue };
        let place = traffic.clock().and_then(|clock| parts.clocks.placing(*index, clock));
        let Some(place) = place else { continue };
        let step = traffic.routes.step();
        let inside = |at: Micros| at + step > scene.start && at <= scene.end;
        for (at, route, requests) in traffic.routes.iter() {
            if place(at).is_some_and(inside) && failed.contains_key(route) {
                *asked.entry(route).or_default() += requests;
            }
        }
    }
    let mut list: Vec<(u64, &str)> =
        failed.into_iter().map(|(route, errors)| (errors, route)).collect();
    list.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    list.into_iter()
        .take(ROUTES_MAX)
        .map(|(errors, route)| {
            let (method, path) = route.split_once(' ').unwrap_or(("", route));
            let requests = asked.get(route).copied().unwrap_or(errors).max(errors);
            model::Route { method: method.to_owned(), path: path.to_owned(), errors, requests }
        })
        .collect()
}

fn upstreams(incident: &Incident<'_>) -> Vec<model::Upstream> {
    let scene = &incident.scene;
    let mut list: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    let near = scene.timeline.between(scene.start - 2 * SECOND, scene.end + 2 * SECOND);
    // What the proxy missed is of other requests where the app answered itself.
    let near = near.filter(|_| scene.class == Class::Gateway);
    for (_, fact) in near.filter(|(_, fact)| fact.kind.name().starts_with("upstream-")) {
        let address = fact.field("upstream").unwrap_or_default().to_owned();
        *list.entry(address).or_default().entry(fact.kind.name().to_owned()).or_default() +=
            fact.count;
    }
    for failure in scene.failures.iter().filter(|failure| !failure.key.upstream.is_empty()) {
        list.entry(failure.key.upstream.clone()).or_default();
    }
    list.remove("");
    let mut list: Vec<model::Upstream> = list
        .into_iter()
        .map(|(address, failures)| {
            let service = scene
                .services
                .at_address(&address, scene.asker())
                .map(|id| scene.services.get(id).name.clone());
            model::Upstream { address, service, failures }
        })
        .collect();
    list.sort_by_key(|upstream| {
        (std::cmp::Reverse(upstream.failures.values().sum::<u64>()), upstream.address.clone())
    });
    list.truncate(ROUTES_MAX);
    list
}

/// The chain in words, one hop for each fact and the burst at its end.
fn chain(
    incident: &Incident<'_>,
    path: &[FactId],
    parts: &Parts<'_>,
    ids: &Ids,
) -> Vec<model::Hop> {
    let mut hops: Vec<model::Hop> = path
        .iter()
        .map(|id| {
            let fact = parts.timeline.fact(*id);
            model::Hop { text: words(fact), events: ids.all([id]) }
        })
        .collect();
    let mut counts: Vec<Text> = errors(incident, parts)
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(status, count)| {
            let shown = figures::grouped(count);
            let args =
                [("count", count.into()), ("answers", shown.into()), ("status", status.into())];
            text("answers-of", args)
        })
        .collect();
    let joined =
        |id, one: Text, other: Text| text(id, [("one", one.into()), ("other", other.into())]);
    let last = counts.pop();
    let others = counts.into_iter().reduce(|all, one| joined("listed", all, one));
    let counts = match (others, last) {
        (Some(others), Some(last)) => Some(joined("and", others, last)),
        (_, last) => last,
    };
    let effect = if parts.answers.from_error_log { "chain-proxy-met" } else { "chain-users-met" };
    let effect = text(effect, [("answers", counts.unwrap_or_default().into())]);
    hops.push(model::Hop { text: effect.sentence(), events: Vec::new() });
    hops
}

/// One fact in words; log text is quoted elsewhere.
fn words(fact: &Fact) -> Text {
    let field = |name: &str| Arg::Shown(fact.field(name).unwrap_or("?").to_owned());
    let told = match fact.kind {
        EventKind::OomKill => {
            let oom = fact.oom().cloned().unwrap_or_default();
            let pid = oom.victim.pid.map_or_else(|| "?".to_owned(), |pid| pid.to_string());
            let scope = oom.scope.name();
            text(
                "chain-oom-kill",
                [("victim", oom.victim.comm.into()), ("pid", pid.into()), ("scope", scope.into())],
            )
        }
        EventKind::WorkerSignaled => text(
            "chain-worker-signaled",
            [("worker", field("worker")), ("signal", field("signal"))],
        ),
        EventKind::WorkerTimeout => text("chain-worker-timeout", [("worker", field("worker"))]),
        EventKind::UpstreamRefused => text("chain-upstream-refused", []),
        EventKind::UpstreamReset => text("chain-upstream-reset", []),
        EventKind::UpstreamClosed => text("chain-upstream-closed", []),
        EventKind::UpstreamTimeout => text("chain-upstream-timeout", []),
        EventKind::UpstreamBacklogFull => text("chain-upstream-backlog-full", []),
        EventKind::UpstreamSocketMissing => text("chain-upstream-socket-missing", []),
        EventKind::UpstreamTruncated => text("chain-upstream-truncated", []),
        EventKind::AppStopping => text("chain-app-stopping", []),
        EventKind::AppListening => text("chain-app-listening", []),
        EventKind::HeapLimit => text("chain-heap-limit", []),
        EventKind::DiskFull => text("chain-disk-full", []),
        EventKind::Segfault => text("chain-segfault", [("process", field("comm"))]),
        EventKind::ContainerDied => {
            text("chain-container-died", [("container", field("name")), ("code", field("code"))])
        }
        EventKind::ContainerKilled => text(
            "chain-container-killed",
            [("container", field("name")), ("signal", field("signal"))],
        ),
        EventKind::ContainerOom => text("chain-container-oom", [("container", field("name"))]),
        EventKind::StoreLockWait => text("chain-store-lock-wait", []),
        EventKind::DependencyLost | EventKind::DependencyRefused => {
            let service = fact.field("service");
            let known = if service.is_some() { "yes" } else { "no" };
            text(
                "chain-dependency-lost",
                [("known", Arg::Case(known)), ("store", service.unwrap_or_default().into())],
            )
        }
        EventKind::UnitStopping => text("chain-unit-stopping", [("unit", field("unit"))]),
        EventKind::UnitProcessExited => text(
            "chain-unit-process-exited",
            [("unit", field("unit")), ("code", field("code")), ("status", field("status"))],
        ),
        kind => text(
            "chain-other",
            [("kind", Arg::Case(kind.name())), ("words", kind.name().replace('-', " ").into())],
        ),
    };
    told.sentence()
}
