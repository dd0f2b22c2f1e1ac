//! Builds the [`Report`] value: numbers the facts it speaks of, puts every sentence beside the lines it rests on, and says what
//! was not seen.

use std::collections::{BTreeMap, BTreeSet};

use crate::clock::Clocks;
use crate::death::{Death, Why};
use crate::diagnose::{Answers, Incident, Verdict};
use crate::event::{EventKind, OomProcess};
use crate::ingest::Ingested;
use crate::scene::{Class, Observed};
use crate::service::{Owner, cgroup_owner};
use crate::source::LineRef;
use crate::stamp::{MINUTE, Micros, RawStamp, SECOND, Stamp, rfc3339};
use crate::timeline::{Fact, FactId, Timeline};

use super::{missing, model};

/// Facts in a report besides those that incidents, kills and deaths rest on.
const CONTEXT_MAX: usize = 60;
/// Deaths listed; a crash loop of a day has tens of thousands.
const DEATHS_MAX: usize = 500;
/// Steps of an incident's picture.
const SPARK_MAX: i64 = 60;
/// Routes and upstreams listed with an incident.
const ROUTES_MAX: usize = 20;

/// Everything that a report is made from.
#[derive(Debug)]
pub struct Parts<'a> {
    /// What was read.
    pub ingested: &'a Ingested,
    /// The clocks.
    pub clocks: &'a Clocks,
    /// The facts.
    pub timeline: &'a Timeline,
    /// The deaths.
    pub deaths: &'a [Death],
    /// Failed answers and load.
    pub answers: &'a Answers,
    /// The incidents.
    pub incidents: &'a [Incident<'a>],
    /// Failures outside of incidents.
    pub isolated: &'a BTreeMap<u16, u64>,
}

/// Ids of the facts that the report speaks of.
struct Ids(BTreeMap<FactId, String>);

impl Ids {
    fn of(&self, fact: FactId) -> Option<String> {
        self.0.get(&fact).cloned()
    }

    fn all<'f>(&self, facts: impl IntoIterator<Item = &'f FactId>) -> Vec<String> {
        facts.into_iter().filter_map(|fact| self.of(*fact)).collect()
    }
}

/// Builds the report.
#[must_use]
pub fn report(parts: &Parts<'_>) -> model::Report {
    let ids = number(parts);
    let incidents: Vec<model::Incident> =
        parts.incidents.iter().enumerate().map(|(index, incident)| self::incident(index, incident, parts, &ids)).collect();
    let mut approximate = Vec::new();
    for (index, incident) in parts.incidents.iter().enumerate() {
        if parts.answers.load_step > SECOND {
            approximate.push(format!("/incidents/{index}/requests"));
        }
        if incident.burst.end - incident.burst.start < 10 * MINUTE {
            // Requests by route are counted by the minute, so the first and last minute hold some from outside.
            approximate.push(format!("/incidents/{index}/routes"));
        }
    }
    let deaths: Vec<model::Death> =
        parts.deaths.iter().take(DEATHS_MAX).enumerate().map(|(index, death)| self::death(index, death, parts)).collect();
    if parts.deaths.len() > DEATHS_MAX {
        approximate.push("/deaths".to_owned());
    }
    model::Report {
        schema_version: model::SCHEMA_VERSION,
        tool: model::Tool { name: "coroner".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        bundle: parts
            .ingested
            .given
            .iter()
            .map(|given| model::Bundle { name: given.name.clone(), sha256: given.sha256.clone(), bytes: given.bytes, members: given.members })
            .collect(),
        window: window(parts),
        sources: sources(parts),
        traffic: traffic(parts),
        incidents,
        isolated: parts.isolated.iter().map(|(status, count)| (status.to_string(), *count)).collect(),
        oom_kills: oom_kills(parts, &ids),
        deaths,
        events: ids.0.iter().map(|(fact, id)| event(id, parts.timeline.fact(*fact))).collect(),
        gaps: Vec::new(),
        negatives: negatives(parts),
        data_quality: data_quality(parts),
        approximate,
    }
}

/// Picks the facts that the report speaks of and numbers them in order of time.
fn number(parts: &Parts<'_>) -> Ids {
    let mut wanted: BTreeSet<FactId> = BTreeSet::new();
    for incident in parts.incidents {
        for weighed in &incident.weighed {
            wanted.extend(weighed.weight.path.iter().chain(&weighed.weight.supports).chain(&weighed.weight.contradicts));
        }
        wanted.extend(incident.ruled_out.iter().map(|ruled_out| ruled_out.fact));
        let context = incident.scene.near().filter(|(_, fact)| is_context(fact)).map(|(id, _)| id).take(CONTEXT_MAX);
        wanted.extend(context);
    }
    wanted.extend(parts.timeline.of(EventKind::OomKill).map(|(id, _)| id));
    wanted.extend(parts.timeline.of(EventKind::UserspaceOomKill).map(|(id, _)| id));
    Ids(wanted.into_iter().enumerate().map(|(index, fact)| (fact, format!("E{}", index + 1))).collect())
}

/// Lifecycle facts that a reader of the timeline expects.
fn is_context(fact: &Fact) -> bool {
    matches!(
        fact.kind,
        EventKind::AppStarted | EventKind::AppListening | EventKind::AppStopping | EventKind::AppStopped | EventKind::UnitStarted
            | EventKind::UnitStopping | EventKind::UnitFailed | EventKind::ContainerStarted | EventKind::ContainerDied
            | EventKind::ContainerKilled | EventKind::KernelBoot | EventKind::StoreStarted | EventKind::StoreStopping
            | EventKind::ProgramStarted | EventKind::ProgramExited | EventKind::ProxyLifecycle
    )
}

fn seconds(micros: Micros) -> f64 {
    // Milliseconds are enough for a reader, and keep the text of a float short.
    (micros as f64 / 1000.0).round() / 1000.0
}

fn share(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

fn probability(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

fn time(stamp: Option<Stamp>) -> Option<String> {
    rfc3339(stamp?.at)
}

fn source_id(source: usize) -> String {
    format!("S{}", source + 1)
}

fn lines(witnesses: &[LineRef]) -> Vec<model::Line> {
    witnesses.iter().map(|line| model::Line { source: source_id(line.source.0), line: line.line }).collect()
}

fn window(parts: &Parts<'_>) -> Option<model::Window> {
    let spans = parts.ingested.sources.iter().enumerate().filter_map(|(index, source)| parts.clocks.span(index, &source.spans));
    let (start, end) = spans.reduce(|(a, b), (c, d)| (a.min(c), b.max(d)))?;
    Some(model::Window { start: rfc3339(start)?, end: rfc3339(end)? })
}

fn sources(parts: &Parts<'_>) -> Vec<model::Source> {
    let list = parts.ingested.sources.iter().enumerate();
    list.map(|(index, source)| {
        let rule = parts.clocks.shown(index, &source.spans);
        let span = parts.clocks.span(index, &source.spans);
        let offset = if rule.offset.abs() <= 15 * 60 * MINUTE { rule.offset } else { 0 };
        model::Source {
            id: source_id(index),
            path: source.path.clone(),
            format: source.format.clone(),
            role: role(index, parts).to_owned(),
            host: source.host.clone(),
            records: source.records,
            unparsed: source.unparsed,
            first: span.and_then(|(first, _)| rfc3339(first)),
            last: span.and_then(|(_, last)| rfc3339(last)),
            clock: model::Clock {
                basis: rule.basis.name().to_owned(),
                offset_seconds: seconds(offset),
                sigma_seconds: seconds(rule.sigma),
                evidence: rule.evidence,
            },
            first_unparsed: source.first_unparsed.clone(),
        }
    })
    .collect()
}

/// Which part a file plays, found from what is in it.
fn role(index: usize, parts: &Parts<'_>) -> &'static str {
    let source = &parts.ingested.sources[index];
    if source.snapshot.is_some() {
        return "snapshot";
    }
    if parts.answers.edge.contains(&index) {
        return "edge";
    }
    if source.traffic.as_ref().is_some_and(|traffic| traffic.requests() * 2 > source.records) {
        return "app";
    }
    match source.format.as_str() {
        "nginx-error" => "proxy",
        "kernel" => "kernel",
        "docker-events" | "dockerd" => "container",
        "postgresql" | "redis" | "mysql" | "rabbitmq" => "store",
        format if format.starts_with("journal") || format.starts_with("syslog") => "host",
        "supervisord" => "init",
        _ => "app",
    }
}

fn traffic(parts: &Parts<'_>) -> Option<model::Traffic> {
    let first = parts.answers.edge.first()?;
    let mut statuses: BTreeMap<String, u64> = BTreeMap::new();
    let mut probes = 0;
    for traffic in parts.answers.edge.iter().filter_map(|index| parts.ingested.sources[*index].traffic.as_ref()) {
        for (status, requests) in &traffic.statuses {
            *statuses.entry(format!("{status:03}")).or_default() += requests;
        }
        probes += traffic.probes.values().sum::<u64>();
    }
    Some(model::Traffic {
        source: source_id(*first),
        requests: statuses.values().sum(),
        statuses,
        probes,
        hidden_by_retry: parts.answers.hidden,
    })
}

fn incident(index: usize, incident: &Incident<'_>, parts: &Parts<'_>, ids: &Ids) -> model::Incident {
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
        requests: requests.max(scene.answers()),
        errors: errors(incident, parts.answers),
        probe_errors: scene.failures.iter().filter(|failure| failure.key.probe).map(|failure| failure.count.answers).sum(),
        peak_share: share(peak_share),
        peak_minute,
        baseline_share: share(incident.burst.baseline_share),
        spark,
        spark_step_seconds,
        routes: routes(incident, parts),
        upstreams: upstreams(incident),
        cause: best.map_or("unknown", |best| best.cause.name).to_owned(),
        verdict: incident.verdict.name().to_owned(),
        probability: probability(best.map_or_else(|| unknown_share(incident), |best| best.probability)),
        path: best.map_or_else(Vec::new, |best| ids.all(&best.weight.path)),
        chain: best.map_or_else(Vec::new, |best| chain(incident, &best.weight.path, parts, ids)),
        causes: incident
            .weighed
            .iter()
            .filter(|weighed| weighed.probability >= 0.001)
            .map(|weighed| model::Weighed {
                cause: weighed.cause.name.to_owned(),
                probability: probability(weighed.probability),
                why: full_sentence(&weighed.weight.sentence),
                supports: ids.all(weighed.weight.path.iter().chain(weighed.weight.supports.iter().filter(|id| !weighed.weight.path.contains(id)))),
                contradicts: ids.all(&weighed.weight.contradicts),
                not_observable: weighed.weight.not_observable.clone(),
            })
            .collect(),
        ruled_out: incident
            .ruled_out
            .iter()
            .filter_map(|ruled_out| {
                Some(model::RuledOut { event: ids.of(ruled_out.fact)?, why: full_sentence(&ruled_out.why), chance: probability(ruled_out.chance) })
            })
            .collect(),
        missing: missing::of(incident),
        actions: best.filter(|_| incident.verdict > Verdict::Undetermined).map_or_else(Vec::new, |best| {
            let because = ids.all(best.weight.path.iter().take(2));
            (best.cause.advice)(scene, &best.weight)
                .into_iter()
                .map(|advice| model::Action { when: advice.when.to_owned(), text: full_sentence(&advice.text), because: because.clone(), verify: advice.verify })
                .collect()
        }),
        summary,
    }
}

fn unknown_share(incident: &Incident<'_>) -> f64 {
    1.0 - incident.weighed.iter().map(|weighed| weighed.probability).sum::<f64>()
}

/// First letter upper case, full stop at the end.
fn full_sentence(text: &str) -> String {
    let mut letters = text.chars();
    let mut sentence: String = letters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    sentence.extend(letters);
    if !sentence.is_empty() && !sentence.ends_with(['.', '?', '!']) {
        sentence.push('.');
    }
    sentence
}

fn summary(incident: &Incident<'_>) -> String {
    let best = incident.weighed.first();
    let second = incident.weighed.get(1);
    match (incident.verdict, best, second) {
        (Verdict::Unknown, Some(best), _) if best.probability >= 0.2 => {
            format!("The bundle does not say why; the best guess, {} ({:.0} %), has too little behind it.", best.cause.title, best.probability * 100.0)
        }
        (Verdict::Unknown, _, _) | (_, None, _) => "The bundle does not say why.".to_owned(),
        (Verdict::Undetermined, Some(best), Some(second)) => {
            format!("Either {} or {}; the bundle does not tell which.", best.weight.sentence, second.weight.sentence)
        }
        (_, Some(best), _) => full_sentence(&best.weight.sentence),
    }
}

fn requests_between(answers: &Answers, start: Micros, end: Micros) -> u64 {
    let from = start - start.rem_euclid(answers.load_step);
    answers.load.range(from..=end).map(|(_, requests)| requests).sum()
}

fn errors(incident: &Incident<'_>, answers: &Answers) -> BTreeMap<String, u64> {
    let scene = &incident.scene;
    let mut errors: BTreeMap<String, u64> = ["500", "502", "503", "504"].iter().map(|status| ((*status).to_owned(), 0)).collect();
    for failure in &scene.failures {
        *errors.entry(failure.key.status.to_string()).or_default() += failure.count.answers;
    }
    if scene.class == Class::Gateway {
        // The app's own 500 and 503 in the same stretch are part of what users met.
        let inside = answers.failures.iter().filter(|failure| matches!(failure.key.status, 500 | 503) && (scene.start..=scene.end).contains(&failure.count.first));
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
        *minutes.entry(failure.count.first.div_euclid(MINUTE) * MINUTE).or_default() += failure.count.answers;
    }
    let shares = minutes.into_iter().map(|(minute, failed)| {
        let requests = requests_between(parts.answers, minute, minute + MINUTE - 1).max(failed);
        (failed as f64 / requests.max(1) as f64, minute)
    });
    shares.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1))).map_or((0.0, None), |(share, minute)| (share, rfc3339(minute)))
}

fn spark(incident: &Incident<'_>) -> (Vec<u64>, u64) {
    let scene = &incident.scene;
    let span = scene.end - scene.start;
    let steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400];
    let step = steps.iter().map(|step| step * SECOND).find(|step| span / step < SPARK_MAX).unwrap_or(86_400 * SECOND);
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
    let (Some((first, _)), Some((last, _))) = (parts.answers.load.first_key_value(), parts.answers.load.last_key_value()) else {
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
        let Some(clock) = traffic.clock() else { continue };
        let (step, _) = traffic.route_step();
        for ((at, route), requests) in traffic.routes.iter().filter(|((_, route), _)| failed.contains_key(route.as_str())) {
            let at = parts.clocks.utc(*index, RawStamp::new(clock, *at, SECOND), "");
            if at.is_some_and(|at| at + step > scene.start && at <= scene.end) {
                *asked.entry(route.as_str()).or_default() += requests;
            }
        }
    }
    let mut list: Vec<(u64, &str)> = failed.into_iter().map(|(route, errors)| (errors, route)).collect();
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
    for (_, fact) in near.filter(|(_, fact)| fact.kind.name().starts_with("upstream-")) {
        let address = fact.field("upstream").unwrap_or_default().to_owned();
        *list.entry(address).or_default().entry(fact.kind.name().to_owned()).or_default() += fact.count;
    }
    for failure in scene.failures.iter().filter(|failure| !failure.key.upstream.is_empty()) {
        list.entry(failure.key.upstream.clone()).or_default();
    }
    list.remove("");
    let mut list: Vec<model::Upstream> = list
        .into_iter()
        .map(|(address, failures)| {
            let service = scene.services.at_address(&address).map(|id| scene.services.get(id).name.clone());
            model::Upstream { address, service, failures }
        })
        .collect();
    list.sort_by_key(|upstream| (std::cmp::Reverse(upstream.failures.values().sum::<u64>()), upstream.address.clone()));
    list.truncate(ROUTES_MAX);
    list
}

/// The chain in words, one hop for each fact and the burst at its end.
fn chain(incident: &Incident<'_>, path: &[FactId], parts: &Parts<'_>, ids: &Ids) -> Vec<model::Hop> {
    let mut hops: Vec<model::Hop> = path
        .iter()
        .map(|id| {
            let fact = parts.timeline.fact(*id);
            model::Hop { text: words(fact), events: ids.all([id]) }
        })
        .collect();
    let scene = &incident.scene;
    let statuses = scene.class.statuses();
    let counts: Vec<String> = errors(incident, parts.answers)
        .into_iter()
        .filter(|(status, count)| *count > 0 && statuses.iter().any(|own| own.to_string() == *status))
        .map(|(status, count)| format!("{count} answers of {status}"))
        .collect();
    hops.push(model::Hop { text: full_sentence(&format!("users met {}", counts.join(" and "))), events: Vec::new() });
    hops
}

/// One fact in words; log text is quoted elsewhere.
fn words(fact: &Fact) -> String {
    let field = |name: &str| fact.field(name).unwrap_or("?").to_owned();
    let text = match fact.kind {
        EventKind::OomKill => {
            let oom = fact.oom().cloned().unwrap_or_default();
            format!("the kernel killed {} (pid {}) for memory, {} scope", oom.victim.comm, oom.victim.pid.map_or_else(|| "?".to_owned(), |pid| pid.to_string()), oom.scope.name())
        }
        EventKind::WorkerSignaled => format!("the app server saw worker {} end by signal {}", field("worker"), field("signal")),
        EventKind::WorkerTimeout => format!("worker {} did not answer in time and was given up", field("worker")),
        EventKind::UpstreamRefused => "the proxy's connections to the upstream were refused".to_owned(),
        EventKind::UpstreamReset => "the upstream reset the proxy's connection".to_owned(),
        EventKind::UpstreamClosed => "the upstream closed the connection before it answered".to_owned(),
        EventKind::UpstreamTimeout => "the upstream did not answer the proxy in time".to_owned(),
        EventKind::UpstreamBacklogFull => "the upstream's listen backlog was full".to_owned(),
        EventKind::UpstreamSocketMissing => "the upstream's socket did not exist".to_owned(),
        EventKind::UpstreamTruncated => "an answer broke off while it was sent".to_owned(),
        EventKind::AppStopping => "the app server was told to stop".to_owned(),
        EventKind::AppListening => "the app server listened again".to_owned(),
        EventKind::HeapLimit => "the runtime reached its heap limit and gave up".to_owned(),
        EventKind::DiskFull => "a write failed: no space left".to_owned(),
        EventKind::Segfault => format!("the kernel saw {} touch memory that is not its own", field("comm")),
        EventKind::ContainerDied => format!("container {} ended with exit code {}", field("name"), field("code")),
        EventKind::ContainerKilled => format!("docker sent signal {} to container {}", field("signal"), field("name")),
        EventKind::ContainerOom => format!("the container runtime saw an OOM event in {}", field("name")),
        EventKind::StoreLockWait => "a statement waited for a lock in the database".to_owned(),
        EventKind::DependencyLost | EventKind::DependencyRefused => format!("the app lost or could not reach {}", fact.field("service").unwrap_or("a dependency")),
        EventKind::UnitStopping => format!("systemd was told to stop {}", field("unit")),
        EventKind::UnitProcessExited => format!("systemd saw the main process of {} end ({}, {})", field("unit"), field("code"), field("status")),
        kind => kind.name().replace('-', " "),
    };
    full_sentence(&text)
}

fn oom_kills(parts: &Parts<'_>, ids: &Ids) -> Vec<model::OomKill> {
    let kernel = parts.timeline.of(EventKind::OomKill);
    let user = parts.timeline.of(EventKind::UserspaceOomKill);
    let mut list: Vec<(FactId, &Fact)> = kernel.chain(user).collect();
    list.sort_by_key(|(id, _)| *id);
    list.into_iter().enumerate().map(|(index, (id, fact))| oom_kill(index, id, fact, parts, ids)).collect()
}

fn process(process: &OomProcess) -> model::Process {
    model::Process { pid: process.pid, comm: process.comm.clone(), uid: process.uid, anon_rss_bytes: process.anon_rss_bytes, rss_bytes: process.rss_bytes }
}

fn oom_kill(index: usize, id: FactId, fact: &Fact, parts: &Parts<'_>, ids: &Ids) -> model::OomKill {
    let oom = fact.oom().cloned().unwrap_or_else(|| crate::event::OomKill {
        victim: OomProcess { pid: fact.pid("pid"), comm: fact.field("comm").unwrap_or_default().to_owned(), ..OomProcess::default() },
        victim_cgroup: fact.field("cgroup").map(str::to_owned),
        ..crate::event::OomKill::default()
    });
    let cgroup = oom.victim_cgroup.clone().or(oom.limit_cgroup.clone());
    let owner = cgroup.as_deref().map_or(Owner::Unknown, cgroup_owner);
    let killer = if fact.kind == EventKind::OomKill { "kernel".to_owned() } else { fact.field("killer").unwrap_or("unknown").to_owned() };
    model::OomKill {
        id: format!("K{}", index + 1),
        time: time(fact.stamp),
        time_sigma_seconds: seconds(fact.stamp.map_or(0, |stamp| stamp.sigma)),
        scope: if fact.kind == EventKind::OomKill { oom.scope.name() } else { "global" }.to_owned(),
        killer,
        victim: process(&oom.victim),
        invoker: oom.invoker.as_ref().map(process),
        largest: oom.largest.as_ref().map(process),
        container_id: if let Owner::Container(id) = &owner { Some(id.clone()) } else { None },
        unit: if let Owner::Unit(unit) = &owner { Some(unit.clone()) } else { None },
        cgroup,
        limit_bytes: oom.limit_bytes,
        usage_bytes: oom.usage_bytes,
        host: fact.event.origin.host.clone(),
        boot_id: fact.event.origin.boot_id.clone(),
        incident: felt_in(parts, id),
        event: ids.of(id).unwrap_or_default(),
        witnesses: lines(&fact.witnesses),
    }
}

/// The incident of whose cause a kill is part.
fn felt_in(parts: &Parts<'_>, id: FactId) -> Option<String> {
    let found = parts.incidents.iter().position(|incident| {
        incident.verdict > Verdict::Unknown
            && incident.weighed.first().is_some_and(|best| {
                best.weight.path.contains(&id)
                    || best.weight.supports.contains(&id)
                    || (best.cause.name.starts_with("oom_kill")
                        && incident.scene.kills.iter().any(|kill| kill.fact == id && kill.join >= crate::service::Join::Comm))
            })
    });
    found.map(|index| format!("I{}", index + 1))
}

fn death(index: usize, death: &Death, parts: &Parts<'_>) -> model::Death {
    let facts: Vec<&Fact> = death.facts.iter().map(|id| parts.timeline.fact(*id)).collect();
    let mut witnesses: Vec<LineRef> = facts.iter().flat_map(|fact| fact.witnesses.iter().copied()).collect();
    witnesses.sort_unstable();
    witnesses.dedup();
    let incident = parts.incidents.iter().position(|incident| {
        let scene = &incident.scene;
        let near = death.at().is_some_and(|at| at >= scene.start - MINUTE && at <= scene.end + 5 * SECOND);
        near && death.service.is_some_and(|service| scene.failing.contains(&service))
    });
    let first = |pick: fn(&Fact) -> Option<String>| facts.iter().find_map(|fact| pick(fact));
    let owner = facts.iter().find_map(|fact| fact.oom()?.victim_cgroup.as_deref()).map_or(Owner::Unknown, cgroup_owner);
    let (owner_unit, owner_container) = match owner {
        Owner::Unit(unit) => (Some(unit), None),
        Owner::Container(container) => (None, Some(container)),
        Owner::Unknown => (None, None),
    };
    model::Death {
        id: format!("D{}", index + 1),
        time: time(death.stamp),
        pid: death.pid,
        process: death.process.clone(),
        signal: death.signal,
        exit_code: death.exit_code,
        why: death.why.name().to_owned(),
        unit: first(|fact| fact.field("unit").map(str::to_owned).or(fact.event.origin.unit.clone())).filter(|unit| unit != "init.scope").or(owner_unit),
        container: first(|fact| fact.field("name").map(str::to_owned).or(fact.event.origin.container.clone())).or(owner_container),
        incident: incident.map(|index| format!("I{}", index + 1)),
        witnesses: lines(&witnesses),
    }
}

fn event(id: &str, fact: &Fact) -> model::Event {
    let mut attributes = fact.event.fields.clone();
    let origin = &fact.event.origin;
    let known = [("unit", &origin.unit), ("container", &origin.container), ("host", &origin.host), ("ident", &origin.ident)];
    for (name, value) in known {
        if let Some(value) = value {
            attributes.entry(name.to_owned()).or_insert_with(|| value.clone());
        }
    }
    model::Event {
        id: id.to_owned(),
        time: time(fact.stamp),
        time_sigma_seconds: seconds(fact.stamp.map_or(0, |stamp| stamp.sigma)),
        kind: fact.kind.name().to_owned(),
        source: source_id(fact.event.at.source.0),
        line: fact.event.at.line,
        text: fact.event.text.clone(),
        count: fact.count,
        attributes,
        witnesses: lines(&fact.witnesses),
    }
}

fn negatives(parts: &Parts<'_>) -> Vec<model::Negative> {
    let mut list = Vec::new();
    let kills = parts.timeline.of(EventKind::OomKill).count();
    for (index, incident) in parts.incidents.iter().enumerate() {
        let linked = incident.scene.kills.iter().any(|kill| kill.join >= crate::service::Join::Comm);
        let claim = format!("no OOM kill of a failing service around I{}", index + 1);
        let (state, why) = match (linked, incident.scene.kernel()) {
            (true, _) => ("false", "the kernel log tells of one".to_owned()),
            (false, Observed::Covered(source)) => ("true", format!("{} covers the incident", parts.ingested.sources[source].path)),
            (false, Observed::NotObservable(why)) => ("unknown", why),
        };
        list.push(model::Negative { claim, state: state.to_owned(), why });
    }
    if parts.incidents.is_empty() {
        let kernel = parts.ingested.sources.iter().find(|source| source.kernel.is_some());
        let (state, why) = match (kills, kernel) {
            (0, Some(source)) => ("true", format!("{} holds kernel messages and no kill", source.path)),
            (0, None) => ("unknown", "no kernel log with any message in the bundle".to_owned()),
            (_, _) => ("false", format!("{kills} in the kernel log")),
        };
        list.push(model::Negative { claim: "no OOM kill in the window".to_owned(), state: state.to_owned(), why });
        let failed: u64 = parts.isolated.values().sum();
        let (state, why) = match parts.answers.edge.first() {
            Some(source) => ("true", format!("{} has {failed} failed answers, none of them in a burst", parts.ingested.sources[*source].path)),
            None => ("unknown", "no access log in the bundle".to_owned()),
        };
        list.push(model::Negative { claim: "no burst of failed answers".to_owned(), state: state.to_owned(), why });
    }
    let unexplained = parts.deaths.iter().filter(|death| death.why == Why::Unknown).count();
    if unexplained > 0 {
        list.push(model::Negative {
            claim: "every end of a process is explained".to_owned(),
            state: "false".to_owned(),
            why: format!("{unexplained} ends have no reason in the logs"),
        });
    }
    list
}

fn data_quality(parts: &Parts<'_>) -> Vec<model::DataQuality> {
    let by_path: BTreeMap<&str, usize> =
        parts.ingested.sources.iter().enumerate().map(|(index, source)| (source.path.as_str(), index)).collect();
    let list = parts.ingested.problems.iter();
    list.map(|problem| model::DataQuality {
        source: by_path.get(problem.path.as_str()).map_or_else(|| problem.path.clone(), |index| source_id(*index)),
        problem: problem.kind.name().to_owned(),
        detail: problem.detail.clone(),
    })
    .collect()
}
