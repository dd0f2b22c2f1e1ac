//! Tasks of Amazon ECS as `aws ecs describe-tasks` prints them (API reference: `Task`, `Container`). In: the whole text; out: the
//! containers with their addresses, and the ends that the agent reported. Exists because on Fargate nobody sees the kernel's log: the
//! task's `reason` is all that is left of an OOM kill.
//! Must never date an end by a field that is not there: a task that runs has none.

use serde_json::Value;

use crate::event::{Event, EventKind};
use crate::stamp::{ClockKind, RawStamp};

use super::{Container, Places, Snapshot, Taken, event_on};

/// Containers that are read.
const CONTAINERS_MAX: usize = 10_000;
/// How the agent begins its reason for a container that the kernel killed for memory.
const OUT_OF_MEMORY: &str = "OutOfMemoryError";
/// Characters of a task's id that tell it from others in a name.
const NAME_CHARS: usize = 8;

/// Whether the text is such a description, by its head.
pub(super) fn looks_like_tasks(text: &[u8]) -> bool {
    let head = text.get(..16 * 1024).unwrap_or(text).trim_ascii_start();
    let key = |key: &[u8]| memchr::memmem::find(head, key).is_some();
    head.starts_with(b"{") && key(b"\"tasks\"") && key(b"\"taskArn\"")
}

/// Reads the tasks.
pub(super) fn read(text: &[u8]) -> Option<Taken> {
    let mut places = Places::new(text);
    let (mut containers, mut events) = (Vec::new(), Vec::new());
    super::tree::read(text, &mut |task| {
        if containers.len() < CONTAINERS_MAX {
            read_task(task, &mut places, &mut containers, &mut events);
        }
    })?;
    Some(Taken { snapshot: Snapshot::Tasks(containers), events })
}

fn read_task(
    task: &Value,
    places: &mut Places<'_>,
    containers: &mut Vec<Container>,
    events: &mut Vec<Event>,
) {
    let id = text(task, "taskArn").rsplit('/').next().unwrap_or_default();
    let service = text(task, "group").strip_prefix("service:");
    let stopped = ["executionStoppedAt", "stoppingAt", "stoppedAt"]
        .iter()
        .find_map(|key| Some((*key, task.get(*key).filter(|moment| !moment.is_null())?)));
    let why = text(task, "stoppedReason");
    for own in task.get("containers").and_then(Value::as_array).into_iter().flatten() {
        let ips: Vec<String> = list(own, "networkInterfaces")
            .map(|interface| text(interface, "privateIpv4Address").to_owned())
            .filter(|ip| !ip.is_empty())
            .collect();
        let head: String = id.chars().take(NAME_CHARS).collect();
        let name = format!("{}/{head}", text(own, "name"));
        let reason = text(own, "reason");
        let code = own.get("exitCode").and_then(Value::as_i64);
        let ended = text(own, "lastStatus") == "STOPPED";
        let moment = stopped.filter(|_| ended && code.is_some());
        let container = Container {
            id: id.to_owned(),
            name: name.clone(),
            addresses: bound_ports(own, &ips),
            ips,
            memory_bytes: text(own, "memory").parse::<u64>().map_or(0, |mib| mib << 20),
            oom_killed: reason.starts_with(OUT_OF_MEMORY),
            exit_code: code.unwrap_or(0),
            running: !ended,
            started_at: shown(task.get("startedAt")),
            finished_at: shown(moment.map(|(_, moment)| moment)),
            service: service.map(str::to_owned),
            ..Container::default()
        };
        let sign = |mut event: Event| {
            let fields =
                [("container", id), ("name", &name), ("container_name", text(own, "name"))];
            for (key, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
                event.fields.insert((*key).to_owned(), (*value).to_owned());
            }
            event.origin.container = Some(id.to_owned());
            event
        };
        if let Some(at) = task.get("startedAt").and_then(stamp) {
            let (line, evidence) = places.of_value("name", text(own, "name"));
            events.push(sign(event_on(EventKind::ContainerStarted, at, line, evidence)));
        }
        if let Some(at) = moment.and_then(|(_, moment)| stamp(moment)) {
            let (line, evidence) = match reason {
                "" => places.of_value("name", text(own, "name")),
                reason => places.of_value("reason", reason),
            };
            let kinds = kinds_of_end(container.oom_killed, why, text(task, "stopCode"));
            for kind in kinds.iter().chain(&[EventKind::ContainerDied]) {
                let mut event = sign(event_on(*kind, at, line, evidence));
                let said = if reason.is_empty() { why } else { reason };
                event.fields.insert("reason".to_owned(), said.to_owned());
                if *kind == EventKind::ContainerDied {
                    event.fields.insert("code".to_owned(), container.exit_code.to_string());
                }
                events.push(event);
            }
        }
        containers.push(container);
    }
}

/// What came before the end: the kernel, a check, or somebody's order (`stopCode` and `stoppedReason` of stopped tasks).
fn kinds_of_end(oom_killed: bool, why: &str, code: &str) -> &'static [EventKind] {
    if oom_killed {
        &[EventKind::ContainerOom]
    } else if why.contains("failed ELB health checks")
        || why.contains("failed container health checks")
    {
        &[EventKind::ContainerUnhealthy]
    } else if matches!(code, "UserInitiated" | "ServiceSchedulerInitiated") {
        &[EventKind::ContainerStopped]
    } else {
        &[]
    }
}

/// `networkBindings`: ports of the host; in a task with an interface of its own, those of the container.
fn bound_ports(own: &Value, ips: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for binding in list(own, "networkBindings") {
        let port = |key: &str| binding.get(key).and_then(Value::as_u64);
        all.extend(port("hostPort").map(|port| format!("127.0.0.1:{port}")));
        all.extend(
            port("containerPort")
                .into_iter()
                .flat_map(|port| ips.iter().map(move |ip| format!("{ip}:{port}"))),
        );
    }
    all.sort();
    all.dedup();
    all
}

fn list<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Version 2 of the command writes RFC 3339, version 1 seconds since 1970.
fn stamp(moment: &Value) -> Option<RawStamp> {
    match moment {
        Value::String(text) => Some(crate::envelope::times::rfc3339(text.as_bytes())?.0),
        Value::Number(seconds) => {
            let micros = seconds.as_f64()? * 1e6;
            // Beyond this no calendar has a date for it.
            (0.0..4e15)
                .contains(&micros)
                .then(|| RawStamp::new(ClockKind::Utc, micros as i64, 1000))
        }
        _ => None,
    }
}

fn shown(moment: Option<&Value>) -> String {
    match moment {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(seconds)) => seconds.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KILLED: &str = r#"{
  "tasks": [
    {
      "taskArn": "arn:aws:ecs:eu-west-1:123456789012:task/prod/0a1b2c3d4e5f60718293a4b5c6d7e8f9",
      "group": "service:web", "lastStatus": "STOPPED",
      "stopCode": "EssentialContainerExited", "stoppedReason": "Essential container in task exited",
      "startedAt": 1772196000.5, "stoppedAt": "2026-02-27T15:19:47+01:00",
      "containers": [
        { "name": "web", "lastStatus": "STOPPED", "exitCode": 137, "memory": "1024",
          "reason": "OutOfMemoryError: Container killed due to memory usage",
          "networkBindings": [], "networkInterfaces": [ { "privateIpv4Address": "10.0.41.7" } ] },
        { "name": "logs", "lastStatus": "RUNNING", "networkInterfaces": [] }
      ]
    }
  ],
  "failures": []
}"#;

    fn kinds(text: &str) -> Vec<(EventKind, u64)> {
        assert!(looks_like_tasks(text.as_bytes()));
        let events = read(text.as_bytes()).unwrap().events;
        events.iter().map(|event| (event.kind, event.at.line)).collect()
    }

    #[test]
    fn a_task_tells_who_ended_and_why() {
        use EventKind as Kind;
        let expected = [
            (Kind::ContainerStarted, 9),
            (Kind::ContainerOom, 10),
            (Kind::ContainerDied, 10),
            (Kind::ContainerStarted, 12),
        ];
        assert_eq!(kinds(KILLED), expected);
        let taken = read(KILLED.as_bytes()).unwrap();
        let [web, logs] = taken.snapshot.containers() else { panic!("two containers") };
        assert_eq!((web.name.as_str(), web.exit_code, web.oom_killed), ("web/0a1b2c3d", 137, true));
        assert_eq!(
            (web.memory_bytes, web.ips.as_slice()),
            (1 << 30, &["10.0.41.7".to_owned()][..])
        );
        assert!(logs.running && logs.finished_at.is_empty());
        // 2026-02-27T14:19:47Z
        let died = taken.events.iter().find(|event| event.kind == Kind::ContainerDied).unwrap();
        assert_eq!(died.stamp.unwrap().at, 1_772_201_987_000_000);
        assert_eq!(died.field("code"), Some("137"));
    }

    #[test]
    fn orders_and_checks_are_told_apart() {
        let other = |why: &str, code: &str| {
            KILLED
                .replace("OutOfMemoryError: Container killed due to memory usage", "")
                .replace("Essential container in task exited", why)
                .replace("EssentialContainerExited", code)
        };
        let scaled = "Scaling activity initiated by (deployment ecs-svc/1)";
        let unhealthy = "Task failed ELB health checks in (target-group arn)";
        for (why, code, kind) in [
            (scaled, "ServiceSchedulerInitiated", Some(EventKind::ContainerStopped)),
            (unhealthy, "ServiceSchedulerInitiated", Some(EventKind::ContainerUnhealthy)),
            ("Essential container in task exited", "EssentialContainerExited", None),
        ] {
            let kinds: Vec<EventKind> =
                kinds(&other(why, code)).iter().map(|kind| kind.0).collect();
            let ends = &kinds[1..kinds.len() - 1];
            let expected: Vec<EventKind> =
                kind.into_iter().chain([EventKind::ContainerDied]).collect();
            assert_eq!(ends, expected, "{why}");
        }
    }

    #[test]
    fn what_is_no_time_dates_nothing() {
        for moment in ["-1", "1e300", "\"soon\"", "null", "[]"] {
            let text = KILLED
                .replace("\"2026-02-27T15:19:47+01:00\"", moment)
                .replace("1772196000.5", moment);
            assert_eq!(kinds(&text), [], "{moment}");
        }
    }
}
