//! Objects of Kubernetes as JSON: `kubectl get pods -o json`, `kubectl get events -o json`. In: the whole text; out: the containers of
//! the pods with their limits and addresses, and dated events. Exists because the API remembers what the node's log lost: the
//! reason and the second at which a container ended.
//! Must never count what the API has put together: an event with `count: 13` is dated at its first and its last time only.

use serde_json::Value;

use crate::envelope::{Record, Transport, times};
use crate::event::{Event, EventKind};
use crate::kernel::KernelReader;

use super::sizes::{Letters, bytes};
use super::{Container, Places, Snapshot, Taken, event_at};

/// Objects of one list that are read.
const OBJECTS_MAX: usize = 20_000;

/// Whether the text is an object or a list of objects of the API. Lines of objects (an audit log) are a log, and not this.
pub(super) fn looks_like_objects(text: &[u8]) -> bool {
    let head = text.get(..4096).unwrap_or(text).trim_ascii_start();
    let key = |key: &[u8]| memchr::memmem::find(head, key).is_some();
    let first = memchr::memchr(b'\n', head).unwrap_or(head.len());
    let (first, rest) = head.split_at(first);
    let is_log =
        first.trim_ascii_end().ends_with(b"}") && rest.trim_ascii_start().starts_with(b"{");
    head.starts_with(b"{")
        && !is_log
        && key(b"\"apiVersion\"")
        && (key(b"\"items\"") || key(b"\"kind\""))
        && !key(b"audit.k8s.io")
}

/// Reads pods and events; other objects are named and passed over.
pub(super) fn read(text: &[u8]) -> Option<Taken> {
    // What kind of list it is may stand behind the list.
    let around = super::tree::read(text, &mut |_| ())?;
    let list_kind = at(&around, "/kind").trim_end_matches("List");
    let mut places = Places::new(text);
    let (mut containers, mut events) = (Vec::new(), Vec::new());
    let (mut told, mut left) = (false, OBJECTS_MAX);
    let mut object = |object: &Value| {
        // A list made by hand may leave the kind out; only an event speaks of another object.
        let is_event = object.get("involvedObject").is_some() && object.get("reason").is_some();
        let written = object.get("kind").and_then(Value::as_str);
        let kind = written.unwrap_or(if is_event { "Event" } else { list_kind });
        if left == 0 || containers.len() >= OBJECTS_MAX || events.len() >= OBJECTS_MAX {
            return;
        }
        left -= 1;
        if kind == "Pod" {
            pod(object, &mut places, &mut containers, &mut events);
        } else if kind == "Event" {
            told = true;
            cluster_event(object, &mut places, &mut events);
        }
    };
    if around.get("items").is_some() {
        super::tree::read(text, &mut object)?;
    } else {
        object(&around);
    }
    let snapshot = match (containers.is_empty(), told) {
        (false, _) => Snapshot::Pods(containers),
        (true, true) => Snapshot::Named("kubernetes-events"),
        (true, false) => Snapshot::Named("kubernetes-objects"),
    };
    Some(Taken { snapshot, events })
}

fn at<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// `containerd://<64 hex>` → the id.
pub(super) fn bare_id(id: &str) -> &str {
    id.split_once("://").map_or(id, |(_, id)| id)
}

/// One entry for each container status of a pod, with what its specification says of the same container.
fn pod(value: &Value, places: &mut Places<'_>, out: &mut Vec<Container>, events: &mut Vec<Event>) {
    let (name, namespace) = (at(value, "/metadata/name"), at(value, "/metadata/namespace"));
    let specs = value.pointer("/spec/containers").and_then(Value::as_array);
    let statuses = value.pointer("/status/containerStatuses").and_then(Value::as_array);
    let labels = ["/metadata/labels/app.kubernetes.io~1name", "/metadata/labels/app"];
    let service = labels.iter().map(|label| at(value, label)).find(|label| !label.is_empty());
    for status in statuses.into_iter().flatten() {
        let own = at(status, "/name");
        let spec = specs.into_iter().flatten().find(|spec| at(spec, "/name") == own);
        let ip = at(value, "/status/podIP");
        let ends = ["/lastState/terminated", "/state/terminated"];
        let ends: Vec<&Value> = ends.iter().filter_map(|end| status.pointer(end)).collect();
        let last = ends.last();
        let id = match bare_id(at(status, "/containerID")) {
            "" => name,
            id => id,
        };
        let limit = spec.map_or("", |spec| at(spec, "/resources/limits/memory"));
        out.push(Container {
            id: id.to_owned(),
            name: name.to_owned(),
            addresses: spec.map(|spec| addresses(spec, ip)).unwrap_or_default(),
            ips: vec![ip.to_owned()],
            memory_bytes: bytes(limit, Letters::Decimal).unwrap_or(0),
            oom_killed: ends.iter().any(|end| at(end, "/reason") == "OOMKilled"),
            exit_code: last.and_then(|end| end.get("exitCode")?.as_i64()).unwrap_or(0),
            running: status.pointer("/state/running").is_some(),
            restarts: status.get("restartCount").and_then(Value::as_u64).unwrap_or(0),
            started_at: at(status, "/state/running/startedAt").to_owned(),
            finished_at: last.map_or("", |end| at(end, "/finishedAt")).to_owned(),
            service: service.map(str::to_owned),
        });
        let who = Who { name, namespace, own, uid: at(value, "/metadata/uid") };
        for end in ends {
            who.ended(end, places, events);
        }
        let started = at(status, "/state/running/startedAt");
        let (line, evidence) = places.of_value("startedAt", started);
        events.extend(
            event_at(EventKind::ContainerStarted, started, line, evidence)
                .map(|event| who.signed(event, id)),
        );
    }
}

/// Where a container listens: its declared ports, and those that its probes ask.
fn addresses(spec: &Value, ip: &str) -> Vec<String> {
    let declared = spec.get("ports").and_then(Value::as_array).into_iter().flatten();
    let declared = declared.filter_map(|port| port.get("containerPort"));
    let probes = ["livenessProbe", "readinessProbe", "startupProbe"];
    let asked = probes.iter().filter_map(|probe| spec.get(probe)).flat_map(|probe| {
        ["/httpGet/port", "/tcpSocket/port"].into_iter().filter_map(|port| probe.pointer(port))
    });
    let ports = declared.chain(asked).filter_map(Value::as_u64);
    let mut list: Vec<String> =
        ports.filter(|_| !ip.is_empty()).map(|port| format!("{ip}:{port}")).collect();
    list.sort();
    list.dedup();
    list
}

/// A container of a pod, for the fields of its events. Logs call it by pod and by id, so that the pod's name is the name.
pub(super) struct Who<'a> {
    /// The pod.
    pub(super) name: &'a str,
    /// Its namespace.
    pub(super) namespace: &'a str,
    /// The container in the pod.
    pub(super) own: &'a str,
    /// The pod's uid, which the kernel's cgroup paths have too.
    pub(super) uid: &'a str,
}

impl Who<'_> {
    /// The event as one of this container; `id` may be its id or empty.
    pub(super) fn signed(&self, mut event: Event, id: &str) -> Event {
        let id = if id.is_empty() { self.name } else { id };
        let fields = [
            ("container", id),
            ("name", self.name),
            ("namespace", self.namespace),
            ("container_name", self.own),
            ("pod_uid", self.uid),
        ];
        for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
            event.fields.insert((*name).to_owned(), (*value).to_owned());
        }
        event.origin.container = Some(id.to_owned());
        event
    }

    /// `terminated: {reason, exitCode, finishedAt, containerID}` of the API.
    fn ended(&self, end: &Value, places: &mut Places<'_>, events: &mut Vec<Event>) {
        let (finished, id) = (at(end, "/finishedAt"), bare_id(at(end, "/containerID")));
        let (line, evidence) = places.of_value("finishedAt", finished);
        let mut kinds = vec![EventKind::ContainerDied];
        if at(end, "/reason") == "OOMKilled" {
            kinds.insert(0, EventKind::ContainerOom);
        }
        for kind in kinds {
            let Some(event) = event_at(kind, finished, line, evidence) else { return };
            let mut event = self.signed(event, id);
            event.fields.insert("reason".to_owned(), at(end, "/reason").to_owned());
            if let Some(code) = end.get("exitCode").and_then(Value::as_i64)
                && kind == EventKind::ContainerDied
            {
                event.fields.insert("code".to_owned(), code.to_string());
            }
            events.push(event);
        }
    }
}

/// One Event object: what it means, at its first and at its last time.
fn cluster_event(value: &Value, places: &mut Places<'_>, out: &mut Vec<Event>) {
    let message = at(value, "/message");
    let (line, evidence) = places.of_value("message", message);
    let moments = ["/firstTimestamp", "/lastTimestamp", "/series/lastObservedTime", "/eventTime"];
    let mut moments: Vec<&str> = moments.iter().map(|moment| at(value, moment)).collect();
    moments.retain(|moment| !moment.is_empty());
    moments.sort_unstable();
    let mut ends = vec![moments.first().copied(), moments.last().copied()];
    ends.dedup();
    for moment in ends.into_iter().flatten() {
        out.extend(meaning(value, message, moment, line, evidence));
    }
}

fn meaning(value: &Value, message: &str, moment: &str, line: u64, evidence: &[u8]) -> Vec<Event> {
    let reason = at(value, "/reason");
    let writer = match at(value, "/source/component") {
        "" => at(value, "/reportingComponent"),
        component => component,
    };
    if reason == "OOMKilling" && writer == "kernel-monitor" {
        return kernel_line(message, moment, line, at(value, "/involvedObject/name"));
    }
    if reason == "SystemOOM" && writer == "kubelet" {
        return event_at(EventKind::OomInvoked, moment, line, evidence).into_iter().collect();
    }
    // kubelet found another boot id than the one that it had told the API.
    if reason == "Rebooted" && writer == "kubelet" {
        let event = event_at(EventKind::KernelBoot, moment, line, evidence);
        let node = at(value, "/involvedObject/name");
        return event
            .into_iter()
            .map(|mut event| {
                event.origin.host = Some(node.to_owned()).filter(|node| !node.is_empty());
                event
            })
            .collect();
    }
    if at(value, "/involvedObject/kind") != "Pod" {
        return Vec::new();
    }
    let Some((kind, fields)) = of_pod(reason, message) else { return Vec::new() };
    let path = at(value, "/involvedObject/fieldPath");
    let own = match path.split_once('{') {
        Some((_, name)) => name.trim_end_matches('}'),
        // kubelet's own words, where an exporter left the path out.
        None => ["Started container ", "Created container ", "Stopping container "]
            .iter()
            .find_map(|head| message.strip_prefix(head)?.split([' ', ':']).next())
            .unwrap_or_default(),
    };
    let who = Who {
        name: at(value, "/involvedObject/name"),
        namespace: at(value, "/involvedObject/namespace"),
        own,
        uid: at(value, "/involvedObject/uid"),
    };
    let event = event_at(kind, moment, line, evidence).map(|event| who.signed(event, ""));
    let event = event.map(|mut event| {
        let ip = probed_ip(message).filter(|_| kind == EventKind::ContainerUnhealthy);
        event.fields.extend(ip.map(|ip| ("pod_ip".to_owned(), ip.to_owned())));
        event.fields.insert("reason".to_owned(), reason.to_owned());
        event
            .fields
            .extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        event
    });
    event.into_iter().collect()
}

/// `Liveness probe failed: Get "http://10.244.3.40:8080/healthz": ...`, `dial tcp 10.244.3.40:8080: ...` → the pod's address.
fn probed_ip(message: &str) -> Option<&str> {
    let rest = ["://", "dial tcp "].iter().find_map(|mark| message.split_once(mark))?.1;
    let ip = rest.split(':').next()?;
    ip.parse::<std::net::Ipv4Addr>().is_ok().then_some(ip)
}

/// What kubelet's reasons mean. A readiness probe takes a pod out of the traffic and ends nothing; a back-off and a pull tell
/// nothing that the end before them does not.
fn of_pod(
    reason: &str,
    message: &str,
) -> Option<(EventKind, &'static [(&'static str, &'static str)])> {
    let by_check =
        message.contains("failed liveness probe") || message.contains("failed startup probe");
    let failed = message.starts_with("Liveness probe ") || message.starts_with("Startup probe ");
    Some(match reason {
        "Started" => (EventKind::ContainerStarted, &[]),
        "Created" => (EventKind::ContainerCreated, &[]),
        "Unhealthy" if failed => (EventKind::ContainerUnhealthy, &[]),
        // kubelet sends SIGTERM, and SIGKILL after the grace period.
        "Killing" if by_check => {
            (EventKind::ContainerKilled, &[("signal", "15"), ("by", "health check")])
        }
        "Killing" => (EventKind::ContainerStopped, &[]),
        "Evicted" if message.contains("resource: memory") => {
            (EventKind::ManagerMemoryLimit, &[("killer", "kubelet")])
        }
        "Evicted" if message.contains("resource: ephemeral-storage") => (EventKind::DiskFull, &[]),
        _ => return None,
    })
}

/// node-problem-detector's `kernel-monitor` quotes the kernel's own line, which is read as one.
fn kernel_line(message: &str, moment: &str, line: u64, node: &str) -> Vec<Event> {
    let mut record = Record { line, transport: Transport::Kernel, ..Record::default() };
    record.body = message.as_bytes().into();
    record.stamp = times::rfc3339(moment.as_bytes()).map(|(stamp, _)| stamp);
    record.origin.to_mut().host = Some(node.to_owned()).filter(|node| !node.is_empty());
    let (mut reader, mut events) = (KernelReader::default(), Vec::new());
    reader.read(&record, &mut events);
    reader.finish(&mut events);
    events
}

#[cfg(test)]
mod tests;
