//! Why something died, as far as another log tells. In: a death, and what was told around it. Out: a reason, or `unknown`: a SIGKILL
//! alone names nobody. Must never take an order for a death's reason whose aim was another.

use crate::event::EventKind;
use crate::service::Services;
use crate::stamp::{MINUTE, Micros, SECOND};
use crate::timeline::{Fact, Timeline, of_two_hosts};

use super::{Death, Why, is_fault, signal_number};

/// An order to stop may end in SIGKILL this much later: docker's grace is 10 s, systemd's and Kubernetes' 30 to 90 s.
pub(super) const STOP_TO_KILL: Micros = 95 * SECOND;
/// What tells that a service was asked to stop; a container is also asked by SIGTERM.
pub(super) const STOPS: [EventKind; 5] = [
    EventKind::AppStopping,
    EventKind::UnitStopping,
    EventKind::UnitStopTimeout,
    EventKind::ContainerStopForced,
    EventKind::ProgramStopped,
];
/// A container's runtime reports the OOM event of its cgroup and the end of its main process this close together.
const OOM_TO_END: Micros = 5 * SECOND;
/// A command to kill takes effect at once; logs of whole seconds may tell both in either order.
const COMMAND_TO_END: Micros = 3 * SECOND;

/// The reason of a death, as other logs tell it.
pub(super) fn of(death: &Death, timeline: &Timeline, services: &Services) -> Why {
    if death.why != Why::Unknown {
        return death.why;
    }
    let Some(at) = death.at() else { return Why::Unknown };
    let own = |fact: &Fact| death.service.is_some() && services.of_fact(fact) == death.service;
    let before = |kind: EventKind, within: Micros| {
        timeline
            .between(at - within, at + 3 * SECOND)
            .filter(move |(_, fact)| fact.kind == kind)
            .map(|(_, fact)| fact)
    };
    let asked = |fact: &Fact| fact.field("signal").and_then(signal_number);
    let is_order = |fact: &Fact| match fact.kind {
        EventKind::ContainerKilled => asked(fact) == Some(15),
        kind => STOPS.contains(&kind),
    };
    // Who was started after an order was not its aim.
    let started_since = |ordered: Micros| {
        timeline.between(ordered, at).any(|(_, fact)| {
            let same = match (fact.pid("pid"), death.pid) {
                (Some(started), Some(ended)) => started == ended,
                _ => fact.at() > Some(ordered),
            };
            // One death may be told by many lines.
            let lines = || death.facts.iter().map(|id| timeline.fact(*id));
            let mut same_log =
                lines().filter(|own| own.event.at.source == fact.event.at.source).peekable();
            let after = same_log.peek().is_some() && same_log.all(|own| own.written_before(fact));
            fact.kind.is_start() && own(fact) && same && !after
        })
    };
    let told_to_stop = timeline
        .between(at - STOP_TO_KILL, at + 3 * SECOND)
        .filter(|(_, fact)| is_order(fact) && own(fact))
        .any(|(_, fact)| fact.at().is_some_and(|ordered| !started_since(ordered)));
    let by_hand = before(EventKind::ContainerKilled, 15 * SECOND)
        .any(|fact| own(fact) && asked(fact) == death.signal)
        || before(EventKind::UnitSignalSent, 15 * SECOND)
            .any(|fact| own(fact) && asked(fact) == death.signal);
    let commanded = timeline.between(at - COMMAND_TO_END, at + SECOND).any(|(_, fact)| {
        let mut told = death.facts.iter().map(|id| timeline.fact(*id));
        !told.any(|own| of_two_hosts(&own.event, &fact.event))
            && is_command_against(fact, death, services)
    });
    // Who names memory as the reason knows more than the time of a command.
    let of_memory = timeline.between(at - OOM_TO_END, at + OOM_TO_END).any(|(_, fact)| {
        matches!(fact.kind, EventKind::UnitOomKilled | EventKind::UserspaceOomKill)
            && (own(fact) || fact.pid("pid").is_some_and(|pid| death.pid == Some(pid)))
            || fact.kind == EventKind::UnitFailed
                && fact.field("result") == Some("oom-kill")
                && own(fact)
    });
    let unhealthy = before(EventKind::ContainerUnhealthy, 60 * SECOND).any(own)
        || before(EventKind::ContainerKilled, STOP_TO_KILL)
            .any(|fact| own(fact) && fact.field("by") == Some("health check"));
    // The runtime tells an OOM event of the cgroup whoever in it died; it is this death's only if SIGKILL ended it then, and
    // nobody is known to have sent it.
    let by_runtime =
        death.signal == Some(9) && before(EventKind::ContainerOom, OOM_TO_END).any(own);
    // kubelet says so where a child was killed too, at whatever time: then the status of the container is not its own doing.
    let after_oom =
        death.facts.iter().any(|id| timeline.fact(*id).field("reason") == Some("OOMKilled"));
    match death.signal {
        Some(signal) if is_fault(signal) => Why::Crash,
        _ if unhealthy && (by_hand || told_to_stop) => Why::HealthCheck,
        _ if told_to_stop => Why::Stop,
        Some(_) if by_hand || (commanded && !of_memory) => Why::Operator,
        _ if by_runtime => Why::OomKill,
        // A system call that its filter forbids.
        Some(31) => Why::Crash,
        // Who gives a worker up for its slowness says so first.
        Some(6)
            if is_worker(death, timeline) && !before(EventKind::WorkerTimeout, MINUTE).any(own) =>
        {
            Why::Crash
        }
        None if death.exit_code.is_some_and(|code| code != 0) && !after_oom => Why::Crash,
        _ => Why::Unknown,
    }
}

/// Whether an app server tells the end of one of its workers.
fn is_worker(death: &Death, timeline: &Timeline) -> bool {
    death.facts.iter().any(|id| timeline.fact(*id).kind == EventKind::WorkerSignaled)
}

/// Whether somebody ran a command that sends this very process, or all of this name, the signal that it died of.
fn is_command_against(fact: &Fact, death: &Death, services: &Services) -> bool {
    if fact.kind != EventKind::OperatorCommand {
        return false;
    }
    let service = death.service.map(|service| services.get(service));
    if service.is_some_and(|service| service.namespaced) {
        return false;
    }
    let is_own = |pid: u32| match death.pid {
        Some(own) => own == pid,
        None => service.is_some_and(|service| service.pids.contains_key(&pid)),
    };
    // An audit record names signal and target.
    if let (Some(target), Some(signal)) = (fact.pid("target"), fact.field("signal")) {
        return signal_number(signal) == death.signal && is_own(target);
    }
    let Some(order) = fact.field("command").and_then(Order::of) else { return false };
    // sudo on behalf of another user than root reaches that user's processes.
    let of_all = !fact.event.text.contains("USER=") || fact.event.text.contains("USER=root");
    Some(order.signal) == death.signal
        && match order.aim {
            Aim::Pids(pids) => pids.into_iter().any(is_own),
            Aim::ChildrenOf(parent) => {
                death.pid != Some(parent)
                    && service.is_some_and(|service| service.pids.contains_key(&parent))
            }
            Aim::Name(name) => {
                of_all
                    && death.service.is_some_and(|id| {
                        let service = services.get(id);
                        service.format.as_ref() == Some(&name)
                            || service.programs.contains(&name)
                            || service.units.contains(&format!("{name}.service"))
                            || services.comm_is(&name, id) == Some(true)
                    })
            }
        }
}

/// What may stand before a command.
const PREFIXES: [&str; 7] = ["sudo", "exec", "env", "nice", "sh", "bash", "-c"];

/// A program without its folder.
fn name_of(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// Whom a command sends a signal.
#[derive(Debug, PartialEq, Eq)]
enum Aim {
    Pids(Vec<u32>),
    ChildrenOf(u32),
    Name(String),
}

/// `kill -9 371`, `pkill -KILL -P 371`, `killall -s KILL gunicorn` (kill(1), pkill(1), killall(1)).
#[derive(Debug, PartialEq, Eq)]
struct Order {
    signal: i32,
    aim: Aim,
}

impl Order {
    fn of(command: &str) -> Option<Self> {
        // Only what is run for certain: nothing behind a condition, and no word of another program's.
        let simple = command.split(['|', '\n']).next()?.split("&&").next()?;
        let words =
            simple.split(|letter: char| letter.is_whitespace() || "()'\";".contains(letter));
        let mut words = words.filter(|word| !word.is_empty()).peekable();
        while words.next_if(|word| PREFIXES.contains(&name_of(word))).is_some() {}
        let program = name_of(words.next()?);
        if !matches!(program, "kill" | "pkill" | "killall") {
            return None;
        }
        let (mut signal, mut parent, mut aims) = (15, None, Vec::new());
        while let Some(word) = words.next() {
            match word {
                "-s" | "--signal" => signal = signal_number(words.next()?)?,
                "-P" | "--parent" => parent = words.next()?.parse().ok(),
                // Of some users, groups or terminals: nobody knows whom that meets.
                "-u" | "-U" | "-g" | "-G" | "-t" | "--user" | "--euid" => return None,
                _ => match word.strip_prefix("--signal=").or(word.strip_prefix('-')) {
                    Some(option) => signal = signal_number(option).unwrap_or(signal),
                    None => aims.push(word),
                },
            }
        }
        let pids: Vec<u32> = aims.iter().filter_map(|aim| aim.parse().ok()).collect();
        let aim = match (program, parent, aims.as_slice()) {
            ("kill", ..) if !pids.is_empty() => Aim::Pids(pids),
            ("pkill", Some(parent), []) => Aim::ChildrenOf(parent),
            ("pkill" | "killall", None, [name, ..]) => Aim::Name((*name).to_owned()),
            _ => return None,
        };
        Some(Self { signal, aim })
    }
}

#[cfg(test)]
mod tests {
    use super::{Aim, Order};

    #[test]
    fn commands_that_kill() {
        let order = |signal, aim| Some(Order { signal, aim });
        let cases = [
            ("/usr/bin/kill -9 371", order(9, Aim::Pids(vec![371]))),
            ("/bin/kill -s KILL 371 372", order(9, Aim::Pids(vec![371, 372]))),
            ("kill 371", order(15, Aim::Pids(vec![371]))),
            ("/bin/sh -c 'pkill -9 -P 2129'", order(9, Aim::ChildrenOf(2129))),
            ("test -f x && pkill -9 -P 2129", None),
            ("docker exec shop pkill -9 node", None),
            ("logger ran kill -9 371", None),
            ("pkill -9 -u blog", None),
            ("/usr/bin/pkill -9 -f gunicorn", order(9, Aim::Name("gunicorn".to_owned()))),
            ("killall --signal=SIGKILL node", order(9, Aim::Name("node".to_owned()))),
            ("kill -9 $(cat /run/export.pid)", None),
            ("systemctl kill shop", None),
            ("/usr/bin/killswitch 9", None),
        ];
        for (command, expected) in cases {
            assert_eq!(Order::of(command), expected, "{command}");
        }
    }
}
