//! What is not in the bundle and would tell: the data, the command that collects it, and the causes it would tell apart.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::causes::{place_asked, place_of};
use crate::diagnose::{Incident, Verdict};
use crate::event::EventKind;
use crate::problem::Problem;
use crate::scene::{AppLog, Class, Observed, Scene};
use crate::service::ServiceRole;
use crate::service::names::is_store_name;
use crate::stamp::{MINUTE, rfc3339};
use crate::timeline::Fact;
use crate::wording::{Arg, Text, text};

use super::model::Missing;

/// The missing data of an incident, most telling first. Where it is open between two causes, only what speaks of them.
#[must_use]
pub fn of(incident: &Incident<'_>, problems: &[Problem]) -> Vec<Missing> {
    let best = incident.weighed.first().map(|weighed| weighed.cause.name);
    let throttled = incident.scene.near_of(&[EventKind::ProxyThrottled]).next().is_some();
    if throttled && best == Some("resource_exhaustion") && incident.verdict >= Verdict::Probable {
        // The proxy answered by itself and says why; no app and no kernel saw these requests.
        return Vec::new();
    }
    let mut list = collectable(incident, problems);
    on_platform(&incident.scene, &mut list);
    let names = incident.weighed.iter().take(2).map(|weighed| weighed.cause.name);
    let question: Vec<&str> = names.collect();
    let speaks =
        |missing: &Missing| missing.separates.iter().any(|name| question.contains(&name.as_str()));
    match incident.verdict {
        Verdict::Undetermined => list.retain(speaks),
        _ => list.sort_by_key(|missing| !question.is_empty() && !speaks(missing)),
    }
    if list.is_empty() && incident.verdict != Verdict::Confirmed && waits(incident) {
        list.push(stacks(incident));
    }
    list
}

/// What is collected from a host is nothing that a platform's user can collect: its own command tells the same there.
fn on_platform(scene: &Scene<'_>, list: &mut Vec<Missing>) {
    let Some(command) = platform(scene) else { return };
    let of_host = [
        "missing-kernel-log",
        "missing-kernel-zone",
        "missing-docker-events",
        "missing-app-log",
        "missing-error-log",
        "missing-listeners",
        "missing-own-error",
    ];
    let is_of_host = |one: &Missing| one.data.id().is_some_and(|id| of_host.contains(&id));
    let Some(place) = list.iter().position(is_of_host) else { return };
    let mut separates: Vec<String> =
        list.iter().filter(|one| is_of_host(one)).flat_map(|one| one.separates.clone()).collect();
    separates.sort();
    separates.dedup();
    let data = text("missing-platform", []);
    list[place] = Missing { data, command: command.to_owned(), separates };
    let mut kept = 0;
    list.retain(|one| {
        let place_of_one = kept;
        kept += 1;
        place_of_one == place || !is_of_host(one)
    });
}

/// The command of the platform that the bundle is of, by the formats of its logs.
fn platform(scene: &Scene<'_>) -> Option<&'static str> {
    let has = |names: &[&str]| {
        scene.sources.iter().any(|source| {
            let own = names.contains(&source.format.as_str());
            own || names.iter().any(|name| source.formats.contains_key(*name))
        })
    };
    let is_path = |part: &str| scene.sources.iter().any(|source| source.path.contains(part));
    if has(&["access-heroku", "heroku"]) || is_path("heroku") {
        Some("heroku ps -a APP; heroku logs -n 1500 -a APP")
    } else if has(&["ecs-tasks"]) {
        Some("aws ecs describe-tasks --cluster CLUSTER --tasks TASK; aws logs tail LOG-GROUP")
    } else if has(&["appengine"]) || is_path("cloudrun") || is_path("cloud-run") {
        Some("gcloud run services logs read SERVICE; gcloud run revisions describe REVISION")
    } else if scene.sources.iter().any(|source| source.format.starts_with("kube")) {
        Some(
            "kubectl describe pod POD; kubectl logs --previous POD; kubectl get events --sort-by=.lastTimestamp",
        )
    } else {
        None
    }
}

/// Whether anything waited: who ended, or failed at once, has no stack to collect.
fn waits(incident: &Incident<'_>) -> bool {
    let causes = ["slow_upstream", "worker_timeout", "memory_pressure", "resource_exhaustion"];
    let best = incident.weighed.first().map(|weighed| weighed.cause.name);
    incident.scene.status_share(504) > 0.0
        || best.is_some_and(|best| causes.contains(&best))
        || incident.scene.near_of(&[EventKind::UpstreamTimeout]).next().is_some()
}

/// What the processes do: it tells wherever the logs do not.
fn stacks(incident: &Incident<'_>) -> Missing {
    let names = incident.weighed.iter().take(4).map(|weighed| weighed.cause.name.to_owned());
    let mut separates: Vec<String> = names.collect();
    separates.sort();
    let command = "py-spy dump --pid PID; jstack PID; gdb -p PID -batch -ex 'thread apply all bt'";
    Missing { data: text("missing-stacks", []), command: command.to_owned(), separates }
}

/// What a proxy meets at an upstream whose own log would tell more.
const AT_UPSTREAM: [EventKind; 5] = [
    EventKind::UpstreamRefused,
    EventKind::UpstreamSocketMissing,
    EventKind::UpstreamClosed,
    EventKind::UpstreamReset,
    EventKind::UpstreamTimeout,
];

/// A log without times, with what most of its lines that are understood tell.
fn undated(scene: &Scene<'_>, source: usize) -> Text {
    let everyday = [
        EventKind::AppListening,
        EventKind::AppStopping,
        EventKind::AppStopped,
        EventKind::WorkerBooted,
    ];
    let told = scene.timeline.iter().map(|(_, fact)| fact).filter(|fact| {
        fact.event.at.source.0 == source && !fact.kind.is_start() && !everyday.contains(&fact.kind)
    });
    let mut most: BTreeMap<EventKind, (u64, u64)> = BTreeMap::new();
    for fact in told {
        let (count, line) = most.entry(fact.kind).or_insert((0, fact.event.at.line));
        *count += fact.count;
        *line = (*line).min(fact.event.at.line);
    }
    let most = most.into_iter().max_by_key(|(kind, (count, _))| (*count, Reverse(*kind)));
    let (what, count, line) =
        most.map_or(("", 0, 0), |(kind, (count, line))| (kind.name(), count, line));
    text(
        "missing-app-times",
        [
            ("path", (&scene.sources[source].path).into()),
            ("told", Arg::Case(if count > 0 { "yes" } else { "no" })),
            ("what", what.to_owned().into()),
            ("count", count.into()),
            ("line", line.into()),
        ],
    )
}

/// An error that a failing app told of one of its requests.
fn own_error<'s>(scene: &'s Scene<'_>) -> Option<&'s Fact> {
    let is_error = |fact: &&Fact| {
        matches!(fact.kind, EventKind::RequestError | EventKind::UncaughtException)
            && scene.is_failing(fact)
    };
    scene.near().map(|(_, fact)| fact).find(is_error)
}

/// Whether the likeliest cause rests on a line of the failing app itself: that line is the error that it answered with.
fn says_why(incident: &Incident<'_>) -> bool {
    let scene = &incident.scene;
    let best = incident.weighed.first().filter(|_| incident.verdict > Verdict::Unknown);
    best.is_some_and(|best| {
        best.weight.path.iter().chain(&best.weight.supports).any(|id| {
            let fact = scene.timeline.fact(*id);
            let kernel = scene.sources[fact.event.at.source.0].kernel.is_some();
            !kernel && !fact.kind.is_of_proxy() && tells_error(fact.kind) && scene.is_failing(fact)
        })
    })
}

/// What an app says of an error that it met, and not of its own life.
fn tells_error(kind: EventKind) -> bool {
    kind.name().starts_with("dependency-")
        || matches!(
            kind,
            EventKind::MemoryLimit
                | EventKind::HeapLimit
                | EventKind::DiskFull
                | EventKind::OpenFilesExhausted
                | EventKind::ErrorNamed
                | EventKind::RequestError
        )
}

/// Whether the likeliest cause rests on the kernel's own line: then its log is there, whatever is not sure about its clock.
fn cites_kernel(incident: &Incident<'_>) -> bool {
    let best = incident.weighed.first().filter(|_| incident.verdict > Verdict::Undetermined);
    best.is_some_and(|best| {
        best.weight.path.iter().any(|id| incident.scene.timeline.fact(*id).oom().is_some())
    })
}

/// What no log of the bundle told, whatever the question is.
fn collectable(incident: &Incident<'_>, problems: &[Problem]) -> Vec<Missing> {
    // An error log that is there and empty is an answer: the proxy had nothing to complain of.
    let has_empty_error_log = problems.iter().any(|problem| {
        problem.detail.id() == Some("unread-empty") && problem.path.ends_with("error.log")
    });
    let scene = &incident.scene;
    let mut list = Vec::new();
    let from = rfc3339(scene.start - 10 * MINUTE).unwrap_or_default();
    let to = rfc3339(scene.end + 5 * MINUTE).unwrap_or_default();
    let since = from.get(..19).unwrap_or_default().replace('T', " ");
    let until = to.get(..19).unwrap_or_default().replace('T', " ");
    let kills = ["manual_sigkill", "oom_kill_global", "oom_kill_memcg", "worker_timeout"];
    let names: Vec<&str> =
        incident.weighed.iter().take(4).map(|weighed| weighed.cause.name).collect();
    let mut add = |data: Text, command: String, separates: &[&str]| {
        list.push(Missing {
            data,
            command,
            separates: separates.iter().map(|name| (*name).to_owned()).collect(),
        });
    };
    if incident.verdict == Verdict::Confirmed {
        return list;
    }
    let killed = incident.verdict == Verdict::Undetermined
        && names.iter().take(2).any(|name| kills.contains(name));
    if scene.class == Class::Server && !killed {
        if let Some(fact) = own_error(scene) {
            if scene.trace_is_read(fact) {
                return list;
            }
            let (at, path) = (fact.event.at, &scene.sources[fact.event.at.source.0].path);
            add(
                text("missing-own-trace", [("line", at.line.into()), ("path", path.into())]),
                format!("sed -n '{},+40p' LOG", at.line),
                &["crash_exception", "dependency_down", "runtime_heap_limit"],
            );
            return list;
        }
        if says_why(incident) {
            return list;
        }
        // The app answered by itself: it knows why, and neither the kernel nor the proxy does.
        add(
            text("missing-own-error", []),
            format!("journalctl -u APP.service --since \"{since} UTC\" --until \"{until} UTC\""),
            &["crash_exception", "dependency_down", "runtime_heap_limit"],
        );
        return list;
    }
    // Nobody ended, as far as the app's own log tells: then it is no kernel that knows more.
    let calm = scene.app_log() == AppLog::Told
        && scene.failing_deaths().next().is_none()
        && scene.kills.is_empty();
    // Others serve, and where the proxy asked nobody is known to: it is its own address that is to be looked at.
    let elsewhere = scene.nobody_listens()
        && scene.kills.is_empty()
        && !scene.died_near()
        && scene
            .services
            .iter()
            .any(|(_, service)| service.role == ServiceRole::App && !service.addresses.is_empty());
    let calm = calm || elsewhere;
    let by_network =
        names.iter().take(2).any(|name| ["network", "proxy_configuration"].contains(name));
    let crashed = names.iter().take(2).any(|name| *name == "crash_exception");
    if by_network || (calm && scene.nobody_listens() && !crashed) {
        let tls = [EventKind::UpstreamTls];
        if scene.near_of(&tls).next().is_some() {
            let place = place_asked(scene, &tls).unwrap_or_else(|| "HOST:PORT".to_owned());
            add(
                text("missing-handshake", []),
                format!(
                    "openssl s_client -connect {place} </dev/null; curl -sv -o /dev/null http://{place}/"
                ),
                &["network", "proxy_configuration"],
            );
        } else {
            add(
                text("missing-listeners", []),
                "nginx -T; ss -ltnp; ss -lxp".to_owned(),
                &["crash_exception", "deploy_restart", "network", "proxy_configuration"],
            );
        }
    }
    let kernel = scene.kernel();
    if let Observed::NotObservable(why) = kernel {
        let asked = names.iter().any(|name| kills.contains(name))
            || incident.verdict <= Verdict::Undetermined
            || scene.status_share(504) > 0.3;
        let zone = match (why.id(), why.arg("path")) {
            (Some("kernel-zone-assumed"), Some(Arg::Shown(path))) => Some(path.clone()),
            _ => None,
        };
        if let Some(path) = zone.filter(|_| asked && !cites_kernel(incident)) {
            // It is there: what is missing is one word about it.
            add(
                text("missing-kernel-zone", [("path", (&path).into())]),
                format!("coroner report --tz '{path}=UTC' BUNDLE"),
                &kills,
            );
        } else if asked && !cites_kernel(incident) {
            add(
                text("missing-kernel-log", [("why", why.into())]),
                format!(
                    "journalctl -k -o export --since \"{since} UTC\" --until \"{until} UTC\"; dmesg --time-format=iso"
                ),
                &kills,
            );
        }
    }
    if scene.in_containers() && !scene.has_container_events() {
        add(
            text("missing-docker-events", []),
            format!("docker events --since {from} --until {to}"),
            &["deploy_restart", "health_check_kill", "manual_sigkill", "oom_kill_memcg"],
        );
    }
    let app_log = scene.app_log();
    if app_log != AppLog::Told {
        add(
            match app_log {
                AppLog::Undated(source) => undated(scene, source),
                _ => text("missing-app-log", place_of(scene, &AT_UPSTREAM)),
            },
            format!(
                "journalctl -u APP.service --since \"{since} UTC\" --until \"{until} UTC\"; docker logs -t APP"
            ),
            &["crash_exception", "deploy_restart", "oom_kill_memcg", "worker_timeout"],
        );
    }
    if !scene.has_proxy_errors() && !has_empty_error_log {
        add(
            text("missing-error-log", []),
            "cp /var/log/nginx/error.log* BUNDLE/".to_owned(),
            &["network", "proxy_configuration", "resource_exhaustion", "slow_upstream"],
        );
    }
    if names.first().is_some_and(|name| *name == "slow_upstream" || *name == "memory_pressure") {
        add(
            text("missing-dependency-log", []),
            format!(
                "journalctl {}--since \"{since} UTC\" --until \"{until} UTC\"; cat /proc/pressure/memory",
                units_of_stores(scene)
            ),
            &["dependency_down", "memory_pressure", "slow_upstream"],
        );
    }
    if names.first().is_some_and(|name| *name == "manual_sigkill") {
        add(
            text("missing-sender", []),
            format!(
                "LC_ALL=C TZ=UTC ausearch -sc kill -ts {} -te {}; journalctl _COMM=sudo --since \"{since} UTC\" --until \"{until} UTC\"",
                american(&since),
                american(&until)
            ),
            &["health_check_kill", "manual_sigkill"],
        );
    }
    if calm {
        list.sort_by_key(|missing| missing.separates == kills);
    }
    list
}

/// The stores that the bundle names, for journalctl: nobody is asked for the log of a database that is not there.
fn units_of_stores(scene: &Scene<'_>) -> String {
    let mut units: Vec<String> = Vec::new();
    for (_, service) in scene.services.iter() {
        let own = service.units.iter().find(|unit| is_store_name(unit));
        let unit = own.cloned().or_else(|| service.store.clone());
        units.extend(unit.filter(|unit| is_plain(unit)));
    }
    units.sort();
    units.dedup();
    units.iter().take(4).map(|unit| format!("-u {unit} ")).collect()
}

/// Whether a name may stand in a command as it is.
fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_@".contains(&byte))
}

/// `2026-11-20 21:39:51` as `11/20/26 21:39:51`: ausearch takes dates in the form of its locale, here of `C`.
fn american(time: &str) -> String {
    let part = |range: std::ops::Range<usize>| time.get(range).unwrap_or_default();
    format!("{}/{}/{} {}", part(5..7), part(8..10), part(2..4), part(11..19))
}
