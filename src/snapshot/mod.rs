//! Files that describe a state instead of telling events: `docker inspect`, `kubectl describe`, tasks of ECS, an nginx configuration, `free`, `df`,
//! unit files. In: a whole file; out: a [`Taken`]: identities (container, address, limit), small facts about the host, and the
//! ends of containers, which some of them date to the second.
//!
//! A snapshot is held whole while it is read, up to [`SNAPSHOT_MAX_BYTES`]; larger ones are passed over with a note. It must
//! never give a time to a relative age (`5m ago`): nobody knows when the snapshot was made.

mod docker;
mod ecs;
mod host;
mod kubectl;
mod kubernetes;
mod limits;
mod nginx;
mod processes;
mod sizes;
mod status;
mod tree;

use crate::envelope::times;
use crate::event::{Event, EventKind};
use crate::stamp::RawStamp;

/// Largest snapshot that is read: an inspect of a hundred containers is 1 MB.
pub const SNAPSHOT_MAX_BYTES: usize = 8 << 20;
/// Facts of one snapshot that are kept; a host has fewer mounts and a cluster's pods beyond that tell nothing new.
const FACTS_MAX: usize = 256;

/// The state of a container, as `docker inspect` prints it (moby `api/types/container`), or of a container of a pod.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Container {
    /// 64 hex digits.
    pub id: String,
    /// Name without the leading slash.
    pub name: String,
    /// Addresses at which others reach it: `ip:port` inside its network and `host ip:port` outside.
    pub addresses: Vec<String>,
    /// Its own IP addresses.
    pub ips: Vec<String>,
    /// `HostConfig.Memory`, 0 for no limit.
    pub memory_bytes: u64,
    /// `State.OOMKilled`: true is strong; false says little, for it is reset at each start and silent about children.
    pub oom_killed: bool,
    /// `State.ExitCode`; 0 while it runs.
    pub exit_code: i64,
    /// Whether it ran when the snapshot was made.
    pub running: bool,
    /// `RestartCount`.
    pub restarts: u64,
    /// `State.StartedAt`, as written.
    pub started_at: String,
    /// `State.FinishedAt`, as written.
    pub finished_at: String,
    /// compose service or swarm service of its labels.
    pub service: Option<String>,
}

/// What an nginx configuration tells.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct ProxyConfiguration {
    /// `log_format` name and string.
    pub formats: Vec<(String, String)>,
    /// `upstream NAME { server A; server B; }`.
    pub upstreams: Vec<(String, Vec<String>)>,
    /// `proxy_read_timeout` values in seconds, as they occur.
    pub read_timeout_seconds: Vec<u64>,
}

/// One figure of a state: what, of whom, how much. Its unit is in its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StateFact {
    /// `memory_total_bytes`, `disk_used_percent`, `workers`, `timeout_seconds`, ...
    pub what: &'static str,
    /// The mount, container, unit or program; empty for the host.
    pub subject: String,
    /// The figure.
    pub value: u64,
    /// Whether it is a reason to look: a disk at 90 % or more, a container at its limit, an OOM-killed pod.
    pub notable: bool,
    /// 1-based line.
    pub line: u64,
}

/// A file that is no log but tells something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Snapshot {
    /// `docker inspect`.
    Containers(Vec<Container>),
    /// Pods of Kubernetes, one entry a container; its name is that of the pod.
    Pods(Vec<Container>),
    /// Tasks of Amazon ECS, one entry a container.
    Tasks(Vec<Container>),
    /// nginx configuration, or the output of `nginx -T`.
    Proxy(ProxyConfiguration),
    /// The state of a host or the settings of a service, and what it is called.
    State(&'static str, Vec<StateFact>),
    /// Known for what it is, and not used.
    Named(&'static str),
}

/// What a snapshot gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The state.
    pub snapshot: Snapshot,
    /// What it dates: ends of containers, events of Kubernetes.
    pub events: Vec<Event>,
}

impl From<Snapshot> for Taken {
    fn from(snapshot: Snapshot) -> Self {
        Self { snapshot, events: Vec::new() }
    }
}

impl Snapshot {
    /// What the file was taken for.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Containers(list)
                if list.iter().all(|container| container.started_at.is_empty()) =>
            {
                "docker-ps"
            }
            Self::Containers(_) => "docker-inspect",
            Self::Pods(_) => "kubernetes-pods",
            Self::Tasks(_) => "ecs-tasks",
            Self::Proxy(_) => "nginx-configuration",
            Self::State(name, _) | Self::Named(name) => name,
        }
    }

    /// The containers that it describes.
    #[must_use]
    pub fn containers(&self) -> &[Container] {
        match self {
            Self::Containers(list) | Self::Pods(list) | Self::Tasks(list) => list,
            _ => &[],
        }
    }

    /// The figures that it gives, those of containers included.
    #[must_use]
    pub fn facts(&self) -> Vec<StateFact> {
        match self {
            Self::State(_, facts) => facts.clone(),
            Self::Containers(list) | Self::Pods(list) | Self::Tasks(list) => {
                list.iter().flat_map(container_facts).take(FACTS_MAX).collect()
            }
            Self::Proxy(proxy) => proxy
                .read_timeout_seconds
                .iter()
                .take(FACTS_MAX)
                .map(|seconds| fact("proxy_read_timeout_seconds", "", *seconds, false, 0))
                .collect(),
            Self::Named(_) => Vec::new(),
        }
    }
}

fn container_facts(container: &Container) -> impl Iterator<Item = StateFact> {
    let figures = [
        ("memory_limit_bytes", container.memory_bytes, false),
        ("restarts", container.restarts, true),
        ("oom_killed", u64::from(container.oom_killed), true),
    ];
    let name = container.name.clone();
    figures
        .into_iter()
        .filter(|(_, value, _)| *value > 0)
        .map(move |(what, value, notable)| fact(what, &name, value, notable, 0))
}

fn fact(what: &'static str, subject: &str, value: u64, notable: bool, line: u64) -> StateFact {
    StateFact { what, subject: subject.to_owned(), value, notable, line }
}

/// First words by which tables and notes are known that are not used.
const TABLES: [(&[u8], &str); 4] = [
    (b"NAME ", "table"),
    (b"NAMESPACE ", "table"),
    (b"Linux localhost ", "uname"),
    (b"CONTAINER ID ", "docker-ps"),
];

/// What the head of a file seems to be, when it is a snapshot; the whole file is then given to [`read`].
#[must_use]
pub fn sniff(head: &[u8]) -> bool {
    docker::looks_like_inspect(head)
        || docker::looks_like_compose_table(head)
        || ecs::looks_like_tasks(head)
        || kubernetes::looks_like_objects(head)
        || kubectl::looks_like_output(head)
        || host::name(head).is_some()
        || limits::name(head).is_some()
        || nginx::looks_like_nginx_conf(head)
        || status::looks_like_page(head)
        || named(head).is_some()
}

/// Reads a snapshot that [`sniff`] took; `None` when it turns out not to be one.
#[must_use]
pub fn read(text: &[u8]) -> Option<Taken> {
    if docker::looks_like_inspect(text) {
        let list = docker::containers(text)?;
        let events = docker::states(text, &list);
        return Some(Taken { snapshot: Snapshot::Containers(list), events });
    }
    if ecs::looks_like_tasks(text) {
        return ecs::read(text);
    }
    if kubernetes::looks_like_objects(text) {
        return kubernetes::read(text);
    }
    if kubectl::looks_like_output(text) {
        return Some(kubectl::read(text));
    }
    if let Some(name) = host::name(text) {
        return Some(Snapshot::State(name, host::read(name, text)).into());
    }
    if let Some(name) = limits::name(text) {
        return Some(Snapshot::State(name, limits::read(name, text)).into());
    }
    if docker::looks_like_compose_table(text) {
        let list = docker::compose_table(&String::from_utf8_lossy(text));
        return Some(Snapshot::Containers(list).into());
    }
    if text.starts_with(b"CONTAINER ID ") {
        let list = docker::container_table(&String::from_utf8_lossy(text));
        return Some(Snapshot::Containers(list).into());
    }
    if nginx::looks_like_nginx_conf(text) {
        return Some(Snapshot::Proxy(nginx::proxy(&String::from_utf8_lossy(text))).into());
    }
    if status::looks_like_page(text) {
        return Some(status::read(text));
    }
    named(text).map(|name| Snapshot::Named(name).into())
}

fn named(text: &[u8]) -> Option<&'static str> {
    TABLES.iter().find(|(start, _)| text.starts_with(start)).map(|(_, name)| *name)
}

/// An event at a moment written in RFC 3339; `None` where the moment cannot be read.
fn event_at(kind: EventKind, moment: &str, line: u64, evidence: &[u8]) -> Option<Event> {
    let (stamp, _) = times::rfc3339(moment.as_bytes())?;
    Some(event_on(kind, stamp, line, evidence))
}

fn event_on(kind: EventKind, stamp: RawStamp, line: u64, evidence: &[u8]) -> Event {
    let mut event = Event::new(kind, line, evidence.trim_ascii());
    event.stamp = Some(stamp);
    event
}

/// Looks values up in a JSON text in order, for the line on which each stands.
struct Places<'t> {
    text: &'t [u8],
    at: usize,
    line: u64,
    misses: u32,
}

/// Values that are looked for in vain before none is looked for any more: each costs a pass over the rest.
const MISSES_MAX: u32 = 64;

impl<'t> Places<'t> {
    const fn new(text: &'t [u8]) -> Self {
        Self { text, at: 0, line: 1, misses: 0 }
    }

    /// The next line on which the key has this text as its value; where there is none (an escape was written differently), the
    /// line of the one before.
    fn of_value(&mut self, key: &str, value: &str) -> (u64, &'t [u8]) {
        if self.misses >= MISSES_MAX {
            return (self.line, self.evidence());
        }
        let quoted = serde_json::Value::from(value).to_string();
        let rest = self.text.get(self.at..).unwrap_or_default();
        let found = memchr::memmem::find_iter(rest, quoted.as_bytes()).find(|at| {
            let before = rest.get(..*at).unwrap_or_default().trim_ascii_end();
            let before = before.strip_suffix(b":").unwrap_or_default().trim_ascii_end();
            before.strip_suffix(b"\"").is_some_and(|name| name.ends_with(key.as_bytes()))
        });
        self.misses += u32::from(found.is_none());
        if let Some(step) = found {
            let passed = rest.get(..step).unwrap_or_default();
            self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
            self.at += step;
        }
        (self.line, self.evidence())
    }

    fn evidence(&self) -> &'t [u8] {
        let (before, after) = self.text.split_at(self.at.min(self.text.len()));
        let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        let end = memchr::memchr(b'\n', after).map_or(self.text.len(), |at| before.len() + at);
        self.text.get(start..end).unwrap_or_default().trim_ascii()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inspect_gives_identities() {
        let text = br#"[
    {"Id": "6029c238c923", "State": {"Running": false, "OOMKilled": true, "ExitCode": 137, "FinishedAt": "x"}, "Name": "/cart",
     "RestartCount": 2, "HostConfig": {"Memory": 268435456, "PortBindings": {"3000/tcp": [{"HostIp": "127.0.0.1", "HostPort": "3001"}]}},
     "NetworkSettings": {"IPAddress": "172.17.0.3", "Ports": {}}}]"#;
        assert!(sniff(text));
        let Some(Taken { snapshot: Snapshot::Containers(list), .. }) = read(text) else {
            panic!("not taken for an inspect")
        };
        assert_eq!(list[0].addresses, ["127.0.0.1:3001", "172.17.0.3:3000"]);
        assert_eq!(
            (list[0].exit_code, list[0].oom_killed, list[0].memory_bytes),
            (137, true, 268_435_456)
        );
    }

    #[test]
    fn a_configuration_gives_upstreams_and_timeouts() {
        let text = "http {\n  upstream shop {\n    server 10.0.0.5:8000 weight=2;\n    server unix:/run/g.sock;\n  }\n  server {\n    listen 80;\n    proxy_read_timeout 2m;\n  }\n}\n";
        let Some(Taken { snapshot: Snapshot::Proxy(proxy), .. }) = read(text.as_bytes()) else {
            panic!("not taken for a configuration")
        };
        assert_eq!(
            proxy.upstreams,
            [("shop".to_owned(), vec!["10.0.0.5:8000".to_owned(), "unix:/run/g.sock".to_owned()])]
        );
        assert_eq!(proxy.read_timeout_seconds, [120]);
    }

    #[test]
    fn a_table_of_containers_gives_identities() {
        let text = "CONTAINER ID   IMAGE    COMMAND                  CREATED       STATUS         PORTS                    NAMES\n\
                    e5e5e5e5e5e5   shop:9   \"docker-entrypoint.s…\"   2 weeks ago   Up 7 minutes   0.0.0.0:3000->3000/tcp   shop\n";
        let Some(Taken { snapshot: Snapshot::Containers(list), .. }) = read(text.as_bytes()) else {
            panic!("not taken for docker ps")
        };
        assert_eq!(
            (list[0].name.as_str(), list[0].addresses.clone()),
            ("shop", vec!["127.0.0.1:3000".to_owned()])
        );
    }

    #[test]
    fn tables_are_named_and_logs_are_not_taken() {
        let named = |text: &str| read(text.as_bytes()).map(|taken| taken.snapshot.name());
        assert_eq!(named("CONTAINER ID   NAME      CPU %\n"), Some("docker-stats"));
        assert_eq!(named("2026/11/20 22:50:54 [error] 704#704: *305 recv() failed\n"), None);
    }
}
