//! What is not in the bundle and would tell: the data, the command that collects it, and the causes it would tell apart.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::causes::{place_asked, place_of};
use crate::diagnose::{Incident, Verdict};
use crate::event::EventKind;
use crate::scene::{AppLog, Class, Observed, Scene};
use crate::stamp::{MINUTE, rfc3339};
use crate::timeline::Fact;
use crate::wording::{Arg, Text, text};

use super::model::Missing;

/// The missing data of an incident, most telling first. Where it is open between two causes, only what speaks of them.
#[must_use]
pub fn of(incident: &Incident<'_>) -> Vec<Missing> {
    let best = incident.weighed.first().map(|weighed| weighed.cause.name);
    let throttled = incident.scene.near_of(&[EventKind::ProxyThrottled]).next().is_some();
    if throttled && best == Some("resource_exhaustion") && incident.verdict >= Verdict::Probable {
        // The proxy answered by itself and says why; no app and no kernel saw these requests.
        return Vec::new();
    }
    let mut list = collectable(incident);
    let names = incident.weighed.iter().take(2).map(|weighed| weighed.cause.name);
    let question: Vec<&str> = names.collect();
    let speaks =
        |missing: &Missing| missing.separates.iter().any(|name| question.contains(&name.as_str()));
    match incident.verdict {
        Verdict::Undetermined => list.retain(speaks),
        _ => list.sort_by_key(|missing| !question.is_empty() && !speaks(missing)),
    }
    if list.is_empty() && incident.verdict != Verdict::Confirmed {
        list.push(stacks(incident));
    }
    list
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

/// What no log of the bundle told, whatever the question is.
fn collectable(incident: &Incident<'_>) -> Vec<Missing> {
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
    let by_network =
        names.iter().take(2).any(|name| ["network", "proxy_configuration"].contains(name));
    if by_network || (calm && scene.nobody_listens()) {
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
        if asked {
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
    if !scene.has_proxy_errors() {
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
                "journalctl -u postgresql -u redis-server --since \"{since} UTC\" --until \"{until} UTC\"; cat /proc/pressure/memory"
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

/// `2026-11-20 21:39:51` as `11/20/26 21:39:51`: ausearch takes dates in the form of its locale, here of `C`.
fn american(time: &str) -> String {
    let part = |range: std::ops::Range<usize>| time.get(range).unwrap_or_default();
    format!("{}/{}/{} {}", part(5..7), part(8..10), part(2..4), part(11..19))
}
