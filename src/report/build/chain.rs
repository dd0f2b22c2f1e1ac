//! The chain from the cause to what users met, in words, and what belongs to it beside the path that the cause was weighed by: what
//! failed before, what systemd stopped, who held a lock, when it was back. In: an incident and what was found. Out: hops of the
//! model, in order of time. Must never put a thing after what it came before: the order is what makes it a chain.

use std::collections::BTreeSet;

use crate::answers::Failure;
use crate::causes::{is_cron, is_own_pool};
use crate::death::{Death, Why};
use crate::diagnose::{Incident, Weighed};
use crate::event::{EventKind, OomScope};
use crate::scene::Class;
use crate::stamp::{MINUTE, Micros, SECOND, clock_time};
use crate::timeline::{Fact, FactId, Timeline};
use crate::wording::{Arg, Text, text};

use super::super::{figures, model};
use super::{Ids, Parts, met, seconds};

/// Logs of whole seconds say no better which of two lines came first.
const TOGETHER: Micros = SECOND;
/// How long systemd takes to stop the rest of a unit: its default TimeoutStopSec, and a host that is short of memory.
const STOPPING_MAX: Micros = 2 * MINUTE;

/// Fewer failures before the root are not worth a hop: the clocks of two logs, or a slow request.
const EARLY_MIN: u64 = 3;

/// What a chain is made of.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// The path, root first, the rest in order of time.
    pub path: Vec<FactId>,
    /// The proxy's first error line before the root, where answers failed before it.
    pub before: Option<FactId>,
    /// systemd stopped the rest of the victim's unit.
    pub stopped: Option<FactId>,
    /// What a store that was gone, or a full disk, took with it: the first end of the app.
    pub ended: Option<FactId>,
    /// The waiting statement's word about who held the lock.
    pub waiting: Option<FactId>,
    /// The statement of the process that held the lock, written when it ended.
    pub holding: Option<FactId>,
    /// It serves again.
    pub back: Option<FactId>,
    /// Its end after which nothing starts it again.
    pub down: Option<FactId>,
}

impl Links {
    /// All of them.
    pub(super) fn facts(&self) -> impl Iterator<Item = FactId> {
        let more = [
            self.before,
            self.stopped,
            self.ended,
            self.waiting,
            self.holding,
            self.back,
            self.down,
        ];
        self.path.iter().copied().chain(more.into_iter().flatten())
    }
}

/// Finds what belongs to the chain of the likeliest cause.
pub(super) fn links(incident: &Incident<'_>, best: &Weighed, parts: &Parts<'_>) -> Links {
    let timeline = parts.timeline;
    let path = in_order(timeline, &best.weight.path);
    let Some(root) = path.first().map(|id| timeline.fact(*id)) else { return Links::default() };
    let waiting = waiting(timeline, best);
    Links {
        before: before(incident, root),
        stopped: stopped(timeline, root),
        ended: ended(incident, root, &path, timeline),
        holding: waiting.and_then(|id| holding(timeline, timeline.fact(id))),
        back: back(incident, root, &path, timeline),
        down: incident.scene.is_down().map(|(id, _)| id),
        waiting,
        path,
    }
}

/// The root first, then by time; what came at the same time as far as the clocks tell stays as it was weighed.
fn in_order(timeline: &Timeline, path: &[FactId]) -> Vec<FactId> {
    let mut ordered: Vec<FactId> = Vec::new();
    for id in path {
        let earlier = |known: &FactId| precedes(timeline.fact(*id), timeline.fact(*known));
        let mut place = ordered.len();
        while place > 1 && earlier(&ordered[place - 1]) {
            place -= 1;
        }
        ordered.insert(place, *id);
    }
    ordered
}

/// Whether one fact came before the other beyond all doubt about the clocks.
fn precedes(one: &Fact, other: &Fact) -> bool {
    one.stamp.zip(other.stamp).is_some_and(|(one, other)| {
        one.at + 2 * one.sigma.saturating_add(other.sigma) + TOGETHER < other.at
    })
}

/// The latest moment that still is before a fact beyond doubt.
fn surely_before(fact: &Fact) -> Option<Micros> {
    fact.stamp.map(|stamp| stamp.at - 2 * stamp.sigma - TOGETHER)
}

fn before(incident: &Incident<'_>, root: &Fact) -> Option<FactId> {
    let until = surely_before(root)?;
    let scene = &incident.scene;
    let early = scene.failures.iter().filter(|failure| failure.count.last < until);
    if early.map(|failure| failure.count.answers).sum::<u64>() < EARLY_MIN {
        return None;
    }
    let mut early = scene.timeline.between(scene.start - 2 * SECOND, until);
    early.find(|(_, fact)| fact.kind.is_of_proxy()).map(|(id, _)| id)
}

/// The end of a unit of which the kernel killed one process and systemd stopped the rest, as OOMPolicy=stop, the default of services,
/// has it (systemd.service(5)): the unit fails with the result `oom-kill` without its main process having been killed.
fn stopped(timeline: &Timeline, root: &Fact) -> Option<FactId> {
    let cgroup = root.oom()?.victim_cgroup.as_deref()?;
    let at = root.at()?;
    let unit = cgroup.rsplit('/').find(|name| name.ends_with(".service"))?;
    let of_unit = |fact: &Fact| fact.field("unit") == Some(unit);
    let (id, failed) = timeline.between(at - SECOND, at + STOPPING_MAX).find(|(_, fact)| {
        fact.kind == EventKind::UnitFailed
            && fact.field("result") == Some("oom-kill")
            && of_unit(fact)
    })?;
    let main_was_killed = timeline.between(at - SECOND, failed.at()? + SECOND).any(|(_, fact)| {
        fact.kind == EventKind::UnitProcessExited
            && of_unit(fact)
            && fact.field("code") == Some("killed")
    });
    (!main_was_killed).then_some(id)
}

/// The first end of a failing service after its store was gone, or of its own error when a disk was full.
fn ended(
    incident: &Incident<'_>,
    root: &Fact,
    path: &[FactId],
    timeline: &Timeline,
) -> Option<FactId> {
    if root.kind == EventKind::DiskFull {
        let first = crashes(incident).min_by_key(|death| death.at())?;
        return first.facts.first().copied().filter(|id| !path.contains(id));
    }
    if !is_of_store(incident, root) {
        return None;
    }
    let deaths = incident.scene.failing_deaths().filter(|death| {
        let at = death.at();
        at > root.at() && at <= Some(incident.scene.end)
    });
    let first = deaths.min_by_key(|death| death.at())?;
    let fact = first.facts.first().copied().filter(|id| !path.contains(id))?;
    precedes(root, timeline.fact(fact)).then_some(fact)
}

/// Ends of failing services by errors of their own.
fn crashes<'s>(incident: &'s Incident<'_>) -> impl Iterator<Item = &'s Death> {
    incident.scene.failing_deaths().filter(|death| death.why == Why::Crash)
}

/// Whether it is the end of a store that the failing services need.
fn is_of_store(incident: &Incident<'_>, root: &Fact) -> bool {
    let mut kills = incident.scene.kills.iter();
    root.kind == EventKind::StoreCrashed
        || kills.any(|kill| kill.fact == root.id && kill.dependency)
}

/// The first line that names the holder of the lock that statements waited for.
fn waiting(timeline: &Timeline, best: &Weighed) -> Option<FactId> {
    let facts = best.weight.path.iter().chain(&best.weight.supports);
    facts.copied().find(|id| {
        let fact = timeline.fact(*id);
        fact.kind == EventKind::StoreLockWait && fact.field("holder").is_some()
    })
}

/// What the holder ran: the database writes a slow statement down when it ends, by the pid of its session.
fn holding(timeline: &Timeline, waiting: &Fact) -> Option<FactId> {
    let holder = waiting.field("holder")?;
    let after = timeline.of(EventKind::StoreSlow).filter(|(_, fact)| fact.at() >= waiting.at());
    let mut own = after.filter(|(_, fact)| {
        fact.field("pid") == Some(holder) && fact.event.at.source == waiting.event.at.source
    });
    own.find(|(_, fact)| spans(fact, waiting)).map(|(id, _)| id)
}

/// Whether a statement, written down at its end, ran at the moment of another fact.
fn spans(statement: &Fact, other: &Fact) -> bool {
    let length = statement.event.number("seconds").and_then(|long| Micros::try_from(long).ok());
    let began = statement.at().zip(length).map(|(at, long)| at - (long + 1).saturating_mul(SECOND));
    began.zip(other.at()).is_some_and(|(began, at)| began <= at)
}

/// The last start after the root that says of itself that it serves.
fn back(
    incident: &Incident<'_>,
    root: &Fact,
    path: &[FactId],
    timeline: &Timeline,
) -> Option<FactId> {
    let of_store = is_of_store(incident, root);
    let serves = |fact: &Fact| {
        fact.kind == EventKind::AppListening || (of_store && fact.kind == EventKind::StoreReady)
    };
    if !is_end(root.kind) || path.iter().any(|id| serves(timeline.fact(*id))) {
        return None;
    }
    let context = incident.scene.context();
    let mut starts = context.iter().rev().copied().filter(|id| serves(timeline.fact(*id)));
    starts.find(|id| precedes(root, timeline.fact(*id)))
}

/// What a start can undo.
fn is_end(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::OomKill
            | EventKind::HeapLimit
            | EventKind::ManagerMemoryLimit
            | EventKind::UncaughtException
            | EventKind::Segfault
            | EventKind::ContainerDied
            | EventKind::ContainerOom
            | EventKind::UnitProcessExited
            | EventKind::StoreCrashed
    )
}

/// The hops: what failed before, the path, what belongs beside it, what users met, and when it was back.
pub(super) fn chain(
    incident: &Incident<'_>,
    best: &Weighed,
    links: &Links,
    met: &[&Failure],
    parts: &Parts<'_>,
    ids: &Ids,
) -> Vec<model::Hop> {
    let timeline = parts.timeline;
    let times = match best.weight.sentence.arg("times") {
        Some(Arg::Count(times)) => *times,
        _ => 1,
    };
    let mut told: Vec<(Option<Micros>, model::Hop)> = Vec::new();
    let early = failed_before(incident, links, met, timeline, ids);
    for (place, id) in links.path.iter().enumerate() {
        // The proxy's line that failures before the root are told by.
        if place > 0 && early.is_some() && links.before == Some(*id) {
            continue;
        }
        let fact = timeline.fact(*id);
        let of_all = if place == 0 { times } else { 1 };
        let holder = links.waiting.filter(|_| fact.kind == EventKind::StoreLockWait);
        let text = match holder.and_then(|id| timeline.fact(id).field("holder")) {
            Some(holder) => text("chain-lock-held", [("holder", holder.into())]).sentence(),
            None => words(fact, of_all),
        };
        let mut cited = vec![*id];
        cited.extend(holder.filter(|other| other != id));
        told.push((fact.at(), model::Hop { text, events: ids.all(&cited) }));
    }
    let more = [
        links.stopped.map(|id| (id, unit_stopped(timeline.fact(id)))),
        links.ended.map(|id| (id, ended_words(incident, timeline, id))),
        links.holding.map(|id| (id, held(timeline.fact(id)))),
    ];
    for (id, text) in more.into_iter().flatten() {
        // What follows from the root may stand at the same moment, or an instant before it.
        let at = timeline.fact(id).at().max(told.first().and_then(|(at, _)| *at));
        // After the last hop that came before it.
        let place =
            told.iter().rposition(|(other, _)| *other <= at).map_or(told.len(), |at| at + 1);
        told.insert(place, (at, model::Hop { text, events: ids.all([&id]) }));
    }
    let mut hops: Vec<model::Hop> = told.into_iter().map(|(_, hop)| hop).collect();
    hops.splice(..0, early);
    hops.push(model::Hop { text: users_met(incident, met, parts), events: Vec::new() });
    hops.extend(links.back.map(|id| came_back(incident, id, timeline, ids)));
    hops.extend(links.down.map(|id| stays_down(incident, id, timeline, ids)));
    hops
}

fn ended_words(incident: &Incident<'_>, timeline: &Timeline, id: FactId) -> Text {
    let times = crashes(incident).count() as u64;
    if times == 0 || !crashes(incident).any(|death| death.facts.contains(&id)) {
        return words(timeline.fact(id), 1);
    }
    let scene = &incident.scene;
    let named = scene.error_named(&[id]).map(|(_, fact)| fact);
    let args = [("times", times.into())].into_iter().chain(scene.error_args(named));
    scene.say_by([&id], "crash-exception", args).sentence()
}

/// Answers that had failed before the root: a chain that began with the root would claim that it made them.
fn failed_before(
    incident: &Incident<'_>,
    links: &Links,
    met: &[&Failure],
    timeline: &Timeline,
    ids: &Ids,
) -> Option<model::Hop> {
    let root = timeline.fact(*links.path.first()?);
    let until = surely_before(root)?;
    let early: Vec<&&Failure> = met.iter().filter(|failure| failure.count.last < until).collect();
    let failed: u64 = early.iter().map(|failure| failure.count.answers).sum();
    if failed < EARLY_MIN {
        return None;
    }
    let first = early.iter().map(|failure| failure.count.first).min()?;
    let apart = figures::duration(seconds(root.at()? - first));
    // A worker that had died by SIGKILL before is another reason.
    let died = incident.scene.failing_deaths().any(|death| {
        death.signal == Some(9) && death.at().is_some_and(|at| at < until && at >= first - SECOND)
    });
    let stall = if root.oom().is_some() && !died { "stall" } else { "none" };
    let args = [
        ("count", failed.into()),
        ("failed", figures::grouped(failed).into()),
        ("time", clock_time(first).into()),
        ("apart", apart.into()),
        ("why", Arg::Case(stall)),
    ];
    Some(model::Hop {
        text: text("chain-failed-before", args).sentence(),
        events: ids.all(&links.before),
    })
}

/// What the app answered by itself in the same time users met too, but it need not be of this cause.
pub(super) fn users_met(incident: &Incident<'_>, met: &[&Failure], parts: &Parts<'_>) -> Text {
    let (of_class, own): (Vec<&Failure>, Vec<&Failure>) =
        met.iter().partition(|failure| Class::of(&failure.key) == incident.scene.class);
    let effect = if parts.answers.from_error_log { "chain-proxy-met" } else { "chain-users-met" };
    let args = [
        ("answers", counted(&of_class).into()),
        ("own-told", Arg::Case(if own.is_empty() { "no" } else { "yes" })),
        ("own", counted(&own).into()),
    ];
    text(effect, args).sentence()
}

/// `3 answers of 502 and 1 answer of 504`.
fn counted(failures: &[&Failure]) -> Text {
    let mut counts: Vec<Text> = met::errors(failures)
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
    match (others, last) {
        (Some(others), Some(last)) => joined("and", others, last),
        (_, last) => last.unwrap_or_default(),
    }
}

/// What nothing started again is down at the end of the logs.
fn stays_down(incident: &Incident<'_>, id: FactId, timeline: &Timeline, ids: &Ids) -> model::Hop {
    let time = timeline.fact(id).at().map(clock_time).unwrap_or_default();
    let text = incident.scene.say_by([&id], "chain-down", [("time", time.into())]).sentence();
    model::Hop { text, events: ids.all([&id]) }
}

fn came_back(incident: &Incident<'_>, id: FactId, timeline: &Timeline, ids: &Ids) -> model::Hop {
    let fact = timeline.fact(id);
    let scene = &incident.scene;
    let service: BTreeSet<_> = scene.services.of_fact(fact).into_iter().collect();
    let what = if fact.kind == EventKind::StoreReady { "ready" } else { "listening" };
    let time = fact.at().map(clock_time).unwrap_or_default();
    let args = [("what", Arg::Case(what)), ("time", time.into())];
    let text = scene.say_of(&service, "chain-back", args).sentence();
    model::Hop { text, events: ids.all([&id]) }
}

fn unit_stopped(fact: &Fact) -> Text {
    let unit = fact.field("unit").unwrap_or("?");
    text("chain-unit-oom-stopped", [("unit", unit.into())]).sentence()
}

fn held(fact: &Fact) -> Text {
    let args = [
        ("holder", fact.field("pid").unwrap_or("?").into()),
        ("length", length(fact).into()),
        ("time", fact.at().map(clock_time).unwrap_or_default().into()),
    ];
    text("chain-lock-released", args).sentence()
}

/// How long a slow statement took.
pub(super) fn length(fact: &Fact) -> String {
    let long = fact.event.number("seconds").unwrap_or_default();
    figures::duration(long as f64)
}

/// The signal as its line names it, else its number.
fn signal(fact: &Fact) -> Arg {
    let name = fact.field("name").filter(|name| name.starts_with("SIG"));
    name.or(fact.field("signal")).unwrap_or("?").into()
}

/// Letters of a command that a hop holds; the whole line is cited.
const COMMAND_SHOWN: usize = 60;

/// Any kind of event, without what its line tells.
fn other(kind: EventKind) -> Text {
    let words = kind.name().replace('-', " ");
    text("chain-other", [("kind", Arg::Case(kind.name())), ("words", words.into())])
}

/// One fact in words, the first of so many alike; log text is quoted elsewhere.
fn words(fact: &Fact, times: u64) -> Text {
    let field = |name: &str| Arg::Shown(fact.field(name).unwrap_or("?").to_owned());
    let container = || {
        let id = fact.field("container").map(crate::timeline::short);
        Arg::Shown(fact.field("name").or(id).unwrap_or("?").to_owned())
    };
    let told = match fact.kind {
        EventKind::OomKill => {
            let oom = fact.oom().cloned().unwrap_or_default();
            let pid = oom.victim.pid.map_or_else(|| "?".to_owned(), |pid| pid.to_string());
            let limited = match (oom.scope, oom.limit_bytes) {
                (OomScope::Memcg, Some(_)) => "known",
                (OomScope::Memcg, None) => "unknown",
                (OomScope::Sysrq, _) => "sysrq",
                _ => "host",
            };
            text(
                "chain-oom-kill",
                [
                    ("victim", oom.victim.comm.into()),
                    ("pid", pid.into()),
                    ("limited", Arg::Case(limited)),
                    ("limit", oom.limit_bytes.map(figures::bytes).unwrap_or_default().into()),
                    ("times", times.into()),
                ],
            )
        }
        EventKind::WorkerSignaled => {
            text("chain-worker-signaled", [("worker", field("worker")), ("signal", signal(fact))])
        }
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
        EventKind::HeapLimit => text("chain-heap-limit", [("times", times.into())]),
        EventKind::DiskFull => text("chain-disk-full", []),
        EventKind::Segfault => text("chain-segfault", [("process", field("comm"))]),
        EventKind::ContainerDied => {
            text("chain-container-died", [("container", container()), ("code", field("code"))])
        }
        // The kubelet tells the reason and not the signal.
        EventKind::ContainerKilled if fact.event.text.contains("liveness probe") => {
            other(EventKind::ContainerUnhealthy)
        }
        EventKind::ContainerKilled => text(
            "chain-container-killed",
            [("container", container()), ("signal", field("signal"))],
        ),
        EventKind::ContainerOom => text("chain-container-oom", [("container", container())]),
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
        EventKind::ProgramExited => {
            let told = match (fact.field("signal"), fact.field("code")) {
                (Some(_), _) => "signal",
                (None, Some(_)) => "code",
                (None, None) => "nothing",
            };
            text(
                "chain-program-exited",
                [
                    ("program", field("program")),
                    ("told", Arg::Case(told)),
                    ("signal", field("signal")),
                    ("code", field("code")),
                ],
            )
        }
        EventKind::KernelLimit if fact.field("limit").is_some() => {
            text("chain-kernel-limit", [("limit", field("limit"))])
        }
        EventKind::OperatorCommand if fact.field("command").is_some() => {
            let command = fact.field("command").unwrap_or_default();
            let shown: String = command.chars().take(COMMAND_SHOWN).collect();
            let user = fact.field("user");
            let args = [
                ("command", shown.into()),
                ("user-known", Arg::Case(if user.is_some() { "yes" } else { "no" })),
                ("user", user.unwrap_or_default().into()),
            ];
            let id = if is_cron(fact) { "chain-cron-command" } else { "chain-operator-command" };
            text(id, args)
        }
        EventKind::DependencyExhausted if is_own_pool(fact) => text("chain-pool-used-up", []),
        kind => other(kind),
    };
    told.sentence()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use crate::wording::Language;

    /// Whatever a cause puts on a path is a hop, and a hop is a sentence.
    #[test]
    fn no_kind_is_told_by_its_bare_name() {
        for kind in EventKind::ALL {
            let fact = Fact {
                id: FactId(0),
                kind: *kind,
                stamp: None,
                event: Event::new(*kind, 1, b"").into(),
                witnesses: Vec::new(),
                count: 1,
            };
            let name = kind.name().replace('-', " ");
            let bare =
                text("chain-other", [("kind", Arg::Case("none")), ("words", (&name).into())]);
            for language in Language::all() {
                let (mut told, mut bare) = (words(&fact, 1), bare.sentence());
                told.tell(language);
                bare.tell(language);
                assert_ne!(*told, *bare, "{}", language.tag());
            }
        }
    }
}
