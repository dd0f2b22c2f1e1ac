//! `docker inspect` and the table of `docker ps`: who the containers are, and how each of them ended. In: the whole text; out:
//! [`Container`]s, and one [`EventKind::ContainerState`] for each that has ended. Exists because a container's address, limit and
//! exit code are nowhere else in a bundle.
//! Must never take `OOMKilled: false` for proof: the flag is reset at each start.

use serde_json::Value;

use crate::event::{Event, EventKind};

use super::{Container, Places, event_at};

/// Whether the text is the output of `docker inspect`, by its head.
pub(super) fn looks_like_inspect(text: &[u8]) -> bool {
    let head = &text[..text.len().min(4096)];
    let start =
        head.iter().position(|byte| !byte.is_ascii_whitespace()).map_or(head, |at| &head[at..]);
    (start.starts_with(b"[") || start.starts_with(b"{\n"))
        && memchr::memmem::find(head, b"\"Id\"").is_some()
        && memchr::memmem::find(head, b"\"State\"").is_some()
}

/// The containers of an inspect.
pub(super) fn containers(text: &[u8]) -> Option<Vec<Container>> {
    let mut list = Vec::new();
    let single = super::tree::read(text, &mut |value| {
        list.extend(container(value).filter(|_| list.len() < TABLE_MAX));
    })?;
    list.extend(container(&single));
    Some(list)
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
pub(super) fn container_table(text: &str) -> Vec<Container> {
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

/// `docker compose ps`: `NAME  IMAGE  COMMAND  SERVICE  CREATED  STATUS  PORTS`, and v1's `Name  Command  State  Ports`.
pub(super) fn looks_like_compose_table(text: &[u8]) -> bool {
    let head = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let head = String::from_utf8_lossy(head.get(..512).unwrap_or(head)).into_owned();
    let words: Vec<&str> = head.split_whitespace().collect();
    match words.as_slice() {
        ["NAME", rest @ .., "PORTS"] => rest.contains(&"SERVICE") && rest.contains(&"STATUS"),
        words => words == ["Name", "Command", "State", "Ports"],
    }
}

/// The rows of [`looks_like_compose_table`]: name, service and published ports, but no id.
pub(super) fn compose_table(text: &str) -> Vec<Container> {
    let mut lines = text.lines();
    let Some(head) = lines.next() else { return Vec::new() };
    let service = head.find("SERVICE");
    lines
        .filter(|line| line.starts_with(|first: char| first.is_ascii_alphanumeric()))
        .filter_map(|line| {
            let name = line.split_whitespace().next()?.to_owned();
            let cell = |from: usize| line.chars().skip(from).collect::<String>();
            // v1 centres its headings, so that ports are told by their arrow.
            let addresses = line.split([' ', ',']).filter_map(published).collect();
            let service =
                service.and_then(|at| cell(at).split_whitespace().next().map(str::to_owned));
            Some(Container { id: name.clone(), name, addresses, service, ..Container::default() })
        })
        .take(TABLE_MAX)
        .collect()
}

/// Containers of an inspect or a table that are read.
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

/// The last end of each container, for those that had one; `0001-01-01T00:00:00Z` stands for never.
pub(super) fn states(text: &[u8], list: &[Container]) -> Vec<Event> {
    let mut places = Places::new(text);
    list.iter()
        .filter(|container| !container.finished_at.starts_with("0001-") && !container.id.is_empty())
        .filter_map(|container| {
            let (line, evidence) = places.of_value("FinishedAt", &container.finished_at);
            let mut event =
                event_at(EventKind::ContainerState, &container.finished_at, line, evidence)?;
            let fields = [
                ("container", container.id.clone()),
                ("name", container.name.clone()),
                ("code", container.exit_code.to_string()),
                ("oom_killed", container.oom_killed.to_string()),
                ("restarts", container.restarts.to_string()),
                ("memory_bytes", container.memory_bytes.to_string()),
            ];
            event.fields.extend(fields.map(|(name, value)| (name.to_owned(), value)));
            event.origin.container = Some(container.id.clone());
            Some(event)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_compose() {
        let tables = [
            "NAME         IMAGE        COMMAND                  SERVICE   CREATED        STATUS                  PORTS\nshop-web-1   shop:1.4     \"gunicorn shop:app\"      web       2 hours ago    Up 2 hours (healthy)    0.0.0.0:8000->8000/tcp, :::8000->8000/tcp\n",
            "NAME                COMMAND                  SERVICE             STATUS              PORTS\nshop-web-1          \"gunicorn shop:app\"      web                 running             0.0.0.0:8000->8000/tcp\n",
            "   Name               Command          State               Ports         \n---------------------------------------------------------------------\nshop-web-1   gunicorn shop:app          Up      0.0.0.0:8000->8000/tcp\n",
        ];
        for table in tables {
            assert!(looks_like_compose_table(table.as_bytes()), "{table}");
            let list = compose_table(table);
            assert_eq!(list.len(), 1, "{table}");
            assert_eq!((list[0].id.as_str(), list[0].name.as_str()), ("shop-web-1", "shop-web-1"));
            assert!(list[0].addresses.contains(&"127.0.0.1:8000".to_owned()), "{table}");
        }
        assert_eq!(compose_table(tables[0])[0].service.as_deref(), Some("web"));
        for text in
            ["NAME READY STATUS\n", "NAME      TYPE     CLUSTER-IP   PORTS\n", "Name Command\n"]
        {
            assert!(!looks_like_compose_table(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn an_end_is_an_event_with_its_line() {
        let text = "[\n {\"Id\": \"6029\", \"State\": {\"ExitCode\": 137, \"OOMKilled\": true,\n  \"FinishedAt\": \"2026-11-20T22:41:40.5Z\"},\n  \"Name\": \"/cart\", \"RestartCount\": 2},\n {\"Id\": \"77\", \"Name\": \"/new\", \"State\": {\"FinishedAt\": \"0001-01-01T00:00:00Z\"}}]";
        let list = containers(text.as_bytes()).unwrap();
        let events = states(text.as_bytes(), &list);
        assert_eq!(events.len(), 1);
        let event = &events[0];
        assert_eq!(
            (event.at.line, event.field("code"), event.field("oom_killed")),
            (3, Some("137"), Some("true"))
        );
        assert_eq!(event.text, "\"FinishedAt\": \"2026-11-20T22:41:40.5Z\"},");
    }
}
