//! Files that describe a state instead of telling events: `docker inspect`, `docker stats`, an nginx configuration, notes about
//! the host. They give identities (container, port, memory limit) and are otherwise named and passed over.
//!
//! A snapshot is held whole while it is read, up to [`SNAPSHOT_MAX_BYTES`]; larger ones are passed over with a note.

use serde_json::Value;

use crate::access;

/// Largest snapshot that is read: an inspect of a hundred containers is 1 MB.
pub const SNAPSHOT_MAX_BYTES: usize = 8 << 20;

/// The state of a container, as `docker inspect` prints it (moby `api/types/container`).
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

/// A file that is no log but tells something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Snapshot {
    /// `docker inspect`.
    Containers(Vec<Container>),
    /// nginx configuration, or the output of `nginx -T`.
    Proxy(ProxyConfiguration),
    /// Known for what it is, and not used.
    Named(&'static str),
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
            Self::Proxy(_) => "nginx-configuration",
            Self::Named(name) => name,
        }
    }
}

/// First words by which tables and notes are known.
const TABLES: [(&[u8], &str); 8] = [
    (b"CONTAINER ID   NAME ", "docker-stats"),
    (b"CONTAINER ID ", "docker-ps"),
    (b"NAME ", "table"),
    (b"Filesystem ", "df"),
    (b"Linux localhost ", "uname"),
    (b"USER ", "ps"),
    (b"MemTotal:", "meminfo"),
    (b"top - ", "top"),
];

/// Words on which systemctl's status page opens a paragraph.
const STATUS_PAGE: [&str; 2] = ["     Loaded: loaded (", "     Active: "];

/// What the head of a file seems to be, when it is a snapshot; the whole file is then given to [`read`].
#[must_use]
pub fn sniff(head: &[u8]) -> bool {
    looks_like_inspect(head) || looks_like_nginx_conf(head) || named(head).is_some()
}

/// Reads a snapshot that [`sniff`] took; `None` when it turns out not to be one.
#[must_use]
pub fn read(text: &[u8]) -> Option<Snapshot> {
    if looks_like_inspect(text) {
        return containers(text).map(Snapshot::Containers);
    }
    if text.starts_with(b"CONTAINER ID ") && !text.starts_with(b"CONTAINER ID   NAME ") {
        return Some(Snapshot::Containers(container_table(&String::from_utf8_lossy(text))));
    }
    if looks_like_nginx_conf(text) {
        return Some(Snapshot::Proxy(proxy(&String::from_utf8_lossy(text))));
    }
    named(text).map(Snapshot::Named)
}

fn looks_like_inspect(text: &[u8]) -> bool {
    let head = &text[..text.len().min(4096)];
    let start =
        head.iter().position(|byte| !byte.is_ascii_whitespace()).map_or(head, |at| &head[at..]);
    (start.starts_with(b"[") || start.starts_with(b"{\n"))
        && memchr::memmem::find(head, b"\"Id\"").is_some()
        && memchr::memmem::find(head, b"\"State\"").is_some()
}

fn looks_like_nginx_conf(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&text[..text.len().min(64 * 1024)]);
    let directive = |word: &str| {
        text.lines().map(str::trim_start).any(|line| {
            line.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', '\t', '{']))
        })
    };
    let blocks = ["http", "server", "upstream", "location", "events"]
        .iter()
        .filter(|word| directive(word))
        .count();
    let settings = [
        "log_format",
        "access_log",
        "error_log",
        "proxy_pass",
        "listen",
        "worker_processes",
        "fastcgi_pass",
        "uwsgi_pass",
    ];
    blocks >= 1 && settings.iter().any(|word| directive(word))
}

fn named(text: &[u8]) -> Option<&'static str> {
    if let Some((_, name)) = TABLES.iter().find(|(start, _)| text.starts_with(start)) {
        return Some(name);
    }
    let head = String::from_utf8_lossy(&text[..text.len().min(2048)]);
    STATUS_PAGE.iter().all(|line| head.contains(line)).then_some("systemctl-status")
}

fn containers(text: &[u8]) -> Option<Vec<Container>> {
    let value: Value = serde_json::from_slice(text).ok()?;
    let list = match value {
        Value::Array(list) => list,
        single @ Value::Object(_) => vec![single],
        _ => return None,
    };
    Some(list.iter().filter_map(container).collect())
}

fn container(value: &Value) -> Option<Container> {
    let text = |pointer: &str| {
        value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let state = value.get("State")?;
    let labels = value.pointer("/Config/Labels");
    let label = |name: &str| {
        labels.and_then(|labels| labels.get(name)).and_then(Value::as_str).map(str::to_owned)
    };
    let (ips, addresses) = addresses(value);
    Some(Container {
        id: text("/Id"),
        name: text("/Name").trim_start_matches('/').to_owned(),
        addresses,
        ips,
        memory_bytes: value.pointer("/HostConfig/Memory").and_then(Value::as_u64).unwrap_or(0),
        oom_killed: state.get("OOMKilled").and_then(Value::as_bool).unwrap_or(false),
        exit_code: state.get("ExitCode").and_then(Value::as_i64).unwrap_or(0),
        running: state.get("Running").and_then(Value::as_bool).unwrap_or(false),
        restarts: value.get("RestartCount").and_then(Value::as_u64).unwrap_or(0),
        started_at: text("/State/StartedAt"),
        finished_at: text("/State/FinishedAt"),
        service: label("com.docker.compose.service")
            .or_else(|| label("com.docker.swarm.service.name")),
    })
}

/// The table of `docker ps`: columns stand under their headings.
fn container_table(text: &str) -> Vec<Container> {
    let mut lines = text.lines();
    let Some(head) = lines.next() else { return Vec::new() };
    let (Some(ports), Some(names)) = (head.find("PORTS"), head.find("NAMES")) else {
        return Vec::new();
    };
    let cut = |line: &str, from: usize, to: usize| {
        // Columns are counted in characters; a command may hold an ellipsis.
        line.chars().skip(from).take(to.saturating_sub(from)).collect::<String>().trim().to_owned()
    };
    lines
        .filter_map(|line| {
            let id = line.split_whitespace().next()?.to_owned();
            let name = cut(line, names, usize::MAX);
            let addresses = cut(line, ports, names).split(", ").filter_map(published).collect();
            (id.len() >= 12 && !name.is_empty()).then(|| Container {
                id,
                name,
                addresses,
                ..Container::default()
            })
        })
        .take(TABLE_MAX)
        .collect()
}

/// Containers of a `docker ps` table that are read.
const TABLE_MAX: usize = 10_000;

/// `0.0.0.0:8080->80/tcp` → `127.0.0.1:8080`.
fn published(port: &str) -> Option<String> {
    let (host, _) = port.split_once("->")?;
    let number = host.rsplit_once(':')?.1;
    let ip = if host.starts_with("0.0.0.0") || host.starts_with("[::]") || host.starts_with(":::") {
        "127.0.0.1"
    } else {
        host.rsplit_once(':')?.0
    };
    Some(format!("{ip}:{number}"))
}

/// IPs, and `ip:port` pairs of the container's networks and of its published ports.
fn addresses(value: &Value) -> (Vec<String>, Vec<String>) {
    let mut ips: Vec<String> = Vec::new();
    if let Some(networks) = value.pointer("/NetworkSettings/Networks").and_then(Value::as_object) {
        ips.extend(
            networks
                .values()
                .filter_map(|network| network.get("IPAddress")?.as_str())
                .map(str::to_owned),
        );
    }
    ips.extend(
        value.pointer("/NetworkSettings/IPAddress").and_then(Value::as_str).map(str::to_owned),
    );
    ips.retain(|ip| !ip.is_empty());
    ips.sort();
    ips.dedup();
    let mut addresses = Vec::new();
    let ports = ["/NetworkSettings/Ports", "/HostConfig/PortBindings"];
    for ports in ports.iter().filter_map(|pointer| value.pointer(pointer)?.as_object()) {
        for (port, bindings) in ports {
            let number = port.split('/').next().unwrap_or_default();
            addresses.extend(ips.iter().map(|ip| format!("{ip}:{number}")));
            for binding in bindings.as_array().into_iter().flatten() {
                let field =
                    |name: &str| binding.get(name).and_then(Value::as_str).unwrap_or_default();
                let host = match field("HostIp") {
                    "" | "0.0.0.0" | "::" => "127.0.0.1",
                    ip => ip,
                };
                addresses.push(format!("{host}:{}", field("HostPort")));
            }
        }
    }
    addresses.sort();
    addresses.dedup();
    (ips, addresses)
}

fn proxy(text: &str) -> ProxyConfiguration {
    ProxyConfiguration {
        formats: access::nginx_conf::formats_of_nginx_conf(text),
        upstreams: upstreams(text),
        read_timeout_seconds: text
            .lines()
            .filter_map(|line| {
                line.trim()
                    .strip_prefix("proxy_read_timeout")?
                    .trim()
                    .strip_suffix(';')
                    .and_then(seconds)
            })
            .collect(),
    }
}

/// nginx's time syntax: `90`, `90s`, `2m`, `1h`.
fn seconds(text: &str) -> Option<u64> {
    let (number, factor) = match text.strip_suffix(['s', 'm', 'h']) {
        Some(number) if text.ends_with('m') => (number, 60),
        Some(number) if text.ends_with('h') => (number, 3600),
        Some(number) => (number, 1),
        None => (text, 1),
    };
    number.trim().parse::<u64>().ok()?.checked_mul(factor)
}

fn upstreams(text: &str) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    let mut open: Option<(String, Vec<String>)> = None;
    for line in text.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("upstream ") {
            open = Some((rest.trim_end_matches('{').trim().to_owned(), Vec::new()));
        } else if let (Some((_, servers)), Some(rest)) = (&mut open, line.strip_prefix("server ")) {
            let address = rest.split([' ', ';']).next().unwrap_or_default();
            servers.push(if address.contains(':') {
                address.to_owned()
            } else {
                format!("{address}:80")
            });
        } else if line.starts_with('}') {
            found.extend(open.take());
        }
    }
    found
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
        let Some(Snapshot::Containers(list)) = read(text) else {
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
        let Some(Snapshot::Proxy(proxy)) = read(text.as_bytes()) else {
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
        let Some(Snapshot::Containers(list)) = read(text.as_bytes()) else {
            panic!("not taken for docker ps")
        };
        assert_eq!(
            (list[0].name.as_str(), list[0].addresses.clone()),
            ("shop", vec!["127.0.0.1:3000".to_owned()])
        );
    }

    #[test]
    fn tables_are_named_and_logs_are_not_taken() {
        let named = |text: &str| read(text.as_bytes()).map(|snapshot| snapshot.name());
        assert_eq!(named("CONTAINER ID   NAME      CPU %\n"), Some("docker-stats"));
        assert_eq!(named("2026/11/20 22:50:54 [error] 704#704: *305 recv() failed\n"), None);
    }
}
