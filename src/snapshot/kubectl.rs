//! What kubectl prints for people: `describe pod`, and the tables of `get events` and `get pods`. In: the text; out: containers with
//! dated ends (describe writes full dates), and facts of the tables. Exists because this, and not the JSON, is what people paste.
//! Must never date a row of a table: its ages are relative to a moment that nobody wrote down.

use crate::event::{Event, EventKind};
use crate::stamp::{ClockKind, MINUTE, RawStamp, SECOND, civil, month_number};

use super::kubernetes::{Who, bare_id};
use super::sizes::{Letters, bytes};
use super::{Container, FACTS_MAX, Snapshot, StateFact, Taken, event_on, fact};

/// Lines at the top of a description in which its first keys stand.
const TOP_LINES: usize = 12;

/// Whether the text is kubectl's, by its head.
pub(super) fn looks_like_output(head: &[u8]) -> bool {
    let head = String::from_utf8_lossy(head.get(..4096).unwrap_or(head)).into_owned();
    is_description(&head) || table(&head).is_some()
}

/// Reads a text that [`looks_like_output`] took.
pub(super) fn read(text: &[u8]) -> Taken {
    let text = String::from_utf8_lossy(text);
    if is_description(&text) {
        return describe(&text);
    }
    match table(&text) {
        Some("kubectl-events") => Snapshot::State("kubectl-events", events(&text)).into(),
        _ => Snapshot::State("kubectl-pods", pods(&text)).into(),
    }
}

fn is_description(text: &str) -> bool {
    let top = || text.lines().take(TOP_LINES);
    text.trim_start().starts_with("Name:  ")
        && top().any(|line| line.starts_with("Namespace: ") || line.starts_with("Roles: "))
}

/// Which table it is, by the words of its heading.
fn table(text: &str) -> Option<&'static str> {
    let heading = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with("$ "))?;
    let words: Vec<&str> = heading.split_whitespace().collect();
    let has = |wanted: &[&str]| wanted.iter().all(|word| words.contains(word));
    if has(&["LAST", "SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]) {
        return Some("kubectl-events");
    }
    has(&["NAME", "READY", "STATUS", "RESTARTS", "AGE"]).then_some("kubectl-pods")
}

/// Which part of a container's description a line belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Own,
    State,
    LastState,
    Limits,
    Other,
}

/// A description under way.
struct Description {
    namespace: String,
    name: String,
    ip: String,
    in_containers: bool,
    part: Part,
    own: String,
    /// Of the end under way: reason and code, which come before its time.
    reason: String,
    code: Option<i64>,
    taken: Vec<Container>,
    events: Vec<Event>,
}

fn describe(text: &str) -> Taken {
    let mut description = Description {
        namespace: String::new(),
        name: String::new(),
        ip: String::new(),
        in_containers: false,
        part: Part::Own,
        own: String::new(),
        reason: String::new(),
        code: None,
        taken: Vec::new(),
        events: Vec::new(),
    };
    for (line, text) in (1..).zip(text.lines()) {
        description.line(line, text);
    }
    if description.taken.is_empty() {
        return Snapshot::Named("kubectl-describe").into();
    }
    Taken { snapshot: Snapshot::Pods(description.taken), events: description.events }
}

impl Description {
    fn line(&mut self, number: u64, line: &str) {
        let bare = line.trim_start();
        let indent = line.len() - bare.len();
        let Some((key, value)) = bare.split_once(':') else { return };
        let value = value.trim();
        match (indent, key) {
            (0, "Name") => {
                value.clone_into(&mut self.name);
                self.ip.clear();
            }
            (0, "Namespace") => value.clone_into(&mut self.namespace),
            (0, "IP") => value.clone_into(&mut self.ip),
            (0, _) => self.in_containers = key == "Containers",
            (2, _) if self.in_containers && value.is_empty() => self.open(key),
            _ if self.in_containers => self.detail(number, line, key, value),
            _ => {}
        }
    }

    fn open(&mut self, own: &str) {
        own.clone_into(&mut self.own);
        self.part = Part::Own;
        self.taken.push(Container {
            id: self.name.clone(),
            name: self.name.clone(),
            ips: vec![self.ip.clone()],
            ..Container::default()
        });
    }

    fn detail(&mut self, number: u64, line: &str, key: &str, value: &str) {
        let indent = line.len() - line.trim_start().len();
        if indent <= 4 {
            self.part = match key {
                "State" => Part::State,
                "Last State" => Part::LastState,
                "Limits" => Part::Limits,
                "Requests" | "Environment" | "Mounts" => Part::Other,
                _ => Part::Own,
            };
            (self.reason, self.code) = (String::new(), None);
        }
        let Some(container) = self.taken.last_mut() else { return };
        match (self.part, key) {
            (Part::Own, "Container ID") if !value.is_empty() => {
                bare_id(value).clone_into(&mut container.id);
            }
            (Part::Own, "Port" | "Ports") if !self.ip.is_empty() => {
                let ports = value.split(", ").filter_map(|port| port.split('/').next());
                let ports = ports.filter(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
                container.addresses.extend(ports.map(|port| format!("{}:{port}", self.ip)));
            }
            (Part::Own, "Restart Count") => container.restarts = value.parse().unwrap_or(0),
            (Part::Limits, "memory") => {
                container.memory_bytes = bytes(value, Letters::Decimal).unwrap_or(0);
            }
            (Part::State, "State") => container.running = value == "Running",
            (Part::State, "Started") => {
                value.clone_into(&mut container.started_at);
                self.tell(EventKind::ContainerStarted, value, number, line);
            }
            (Part::State | Part::LastState, "Reason") => {
                value.clone_into(&mut self.reason);
                container.oom_killed |= value == "OOMKilled";
            }
            (Part::State | Part::LastState, "Exit Code") => {
                self.code = value.parse().ok();
                container.exit_code = self.code.unwrap_or(0);
            }
            (Part::State | Part::LastState, "Finished") => {
                value.clone_into(&mut container.finished_at);
                self.ended(value, number, line);
            }
            _ => {}
        }
    }

    fn ended(&mut self, moment: &str, number: u64, line: &str) {
        if self.reason == "OOMKilled" {
            self.tell(EventKind::ContainerOom, moment, number, line);
        }
        self.tell(EventKind::ContainerDied, moment, number, line);
        if let (Some(code), Some(event)) = (self.code, self.events.last_mut()) {
            event.fields.insert("code".to_owned(), code.to_string());
        }
    }

    fn tell(&mut self, kind: EventKind, moment: &str, number: u64, line: &str) {
        let Some(stamp) = rfc1123(moment) else { return };
        let who = Who { name: &self.name, namespace: &self.namespace, own: &self.own, uid: "" };
        // The description gives the id of the container that runs now, not of the one that ended.
        let running = if kind == EventKind::ContainerStarted { self.taken.last() } else { None };
        let id = running.map_or("", |container| container.id.as_str());
        let mut event = who.signed(event_on(kind, stamp, number, line.as_bytes()), id);
        if !self.reason.is_empty() {
            event.fields.insert("reason".to_owned(), self.reason.clone());
        }
        self.events.push(event);
    }
}

/// `Thu, 24 Dec 2026 12:05:00 +0000`, as Go's RFC1123Z has it.
fn rfc1123(text: &str) -> Option<RawStamp> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [_, day, month, year, clock, offset] = words.as_slice() else { return None };
    let clock: Vec<u32> = clock.split(':').map(str::parse).collect::<Result<_, _>>().ok()?;
    let [hour, minute, second] = clock.as_slice() else { return None };
    let month = month_number(month.as_bytes())?;
    let at = civil(year.parse().ok()?, month, day.parse().ok()?, *hour, *minute, *second)?;
    let (sign, digits) = offset.split_at_checked(1)?;
    let digits: i64 = digits.parse().ok().filter(|digits| (0..=1459).contains(digits))?;
    let east = (digits / 100 * 60 + digits % 100) * MINUTE;
    let east = if sign == "-" { -east } else { east };
    Some(RawStamp::new(ClockKind::Utc, at.checked_sub(east)?, SECOND))
}

/// Rows of `get events` that are a reason to look, without a time.
fn events(text: &str) -> Vec<StateFact> {
    let rows = (1..).zip(text.lines()).filter_map(|(line, text)| {
        let words: Vec<&str> = text.split_whitespace().collect();
        let kind = words.iter().position(|word| matches!(*word, "Normal" | "Warning"))?;
        let (reason, object) = (words.get(kind + 1)?, words.get(kind + 2)?);
        let what = match *reason {
            "OOMKilling" => "oom_killing_events",
            "SystemOOM" => "system_oom_events",
            "BackOff" => "back_off_events",
            "Unhealthy" => "unhealthy_events",
            "Killing" => "killing_events",
            "Evicted" => "evicted_events",
            "FailedScheduling" => "failed_scheduling_events",
            _ => return None,
        };
        Some(fact(what, object, 1, *reason != "Killing", line))
    });
    rows.take(FACTS_MAX).collect()
}

/// Restarts of `get pods`, and pods that stand at OOMKilled.
fn pods(text: &str) -> Vec<StateFact> {
    let mut lines = (1..).zip(text.lines());
    let Some((_, heading)) = lines.find(|(_, line)| line.contains("RESTARTS")) else {
        return Vec::new();
    };
    let column = |name: &str| heading.split_whitespace().position(|word| word == name);
    let rows = lines.filter_map(|(line, text)| {
        let words: Vec<&str> = text.split_whitespace().collect();
        let cell = |name: &str| words.get(column(name)?).copied();
        let name = cell("NAME")?;
        if cell("STATUS")? == "OOMKilled" {
            return Some(fact("oom_killed", name, 1, true, line));
        }
        let restarts = cell("RESTARTS")?.parse().ok().filter(|restarts| *restarts > 0)?;
        Some(fact("restarts", name, restarts, true, line))
    });
    rows.take(FACTS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const POD: &str = "Name:             shop-7c9d8f6b5-x2x4q\nNamespace:        prod\nIP:               10.244.1.17\nContainers:\n  shop:\n    Container ID:   containerd://abcd\n    Port:           8080/TCP\n    State:          Running\n      Started:      Thu, 24 Dec 2026 15:05:20 +0300\n    Last State:     Terminated\n      Reason:       OOMKilled\n      Exit Code:    137\n      Started:      Thu, 24 Dec 2026 13:05:20 +0300\n      Finished:     Thu, 24 Dec 2026 15:05:00 +0300\n    Restart Count:  1\n    Limits:\n      memory:  512Mi\n    Requests:\n      memory:  64Mi\nEvents:\n  Type     Reason     Age   From     Message\n  Warning  BackOff    5m    kubelet  Back-off restarting failed container\n";

    #[test]
    fn a_description_dates_the_end() {
        let taken = read(POD.as_bytes());
        let list = taken.snapshot.containers();
        assert_eq!((list.len(), list[0].memory_bytes, list[0].restarts), (1, 512 << 20, 1));
        assert_eq!(list[0].addresses, ["10.244.1.17:8080"]);
        let told: Vec<String> = taken
            .events
            .iter()
            .map(|event| {
                let at = event.stamp.and_then(|stamp| crate::stamp::rfc3339(stamp.at));
                let code = event.field("code").unwrap_or("-");
                let container = event.field("container").unwrap_or("-");
                format!(
                    "{} {} {} {code} {container}",
                    event.at.line,
                    event.kind,
                    at.unwrap_or_default()
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "9 container-started 2026-12-24T12:05:20.000Z - abcd",
                "14 container-oom 2026-12-24T12:05:00.000Z - shop-7c9d8f6b5-x2x4q",
                "14 container-died 2026-12-24T12:05:00.000Z 137 shop-7c9d8f6b5-x2x4q",
            ]
        );
    }

    #[test]
    fn tables_have_no_time() {
        let text = "LAST SEEN   TYPE      REASON      OBJECT       MESSAGE\n5m          Warning   BackOff     pod/shop-1   Back-off restarting failed container\n6m          Normal    Pulled      pod/shop-1   Container image already present\n";
        let taken = read(text.as_bytes());
        assert!(taken.events.is_empty());
        let facts = taken.snapshot.facts();
        assert_eq!(facts.len(), 1);
        assert_eq!((facts[0].what, facts[0].subject.as_str()), ("back_off_events", "pod/shop-1"));
        let text = "NAME     READY   STATUS      RESTARTS      AGE\nshop-1   0/1     OOMKilled   2 (10s ago)   5m\nshop-2   1/1     Running     3 (1h ago)    5d\n";
        let facts: Vec<_> = read(text.as_bytes())
            .snapshot
            .facts()
            .into_iter()
            .map(|fact| (fact.what, fact.subject, fact.value))
            .collect();
        assert_eq!(
            facts,
            [("oom_killed", "shop-1".to_owned(), 1), ("restarts", "shop-2".to_owned(), 3)]
        );
    }

    #[test]
    fn logs_are_not_kubectls() {
        for text in ["Name: boom\n", "LAST SEEN alive\n", "2026-12-24 12:00:00 Name:  x\n"] {
            assert!(!looks_like_output(text.as_bytes()), "{text}");
        }
        assert_eq!(rfc1123("Thu, 24 Dec 2026 12:05:00 MSK"), None);
        assert_eq!(rfc1123("Thu, 99 Dec 2026 12:05:00 +0000"), None);
    }
}
