//! Kernel messages as they stand in the kernel's sources and in real logs, and what is made of them.
//!
//! In: lines, with or without a dmesg stamp; expected: one short line per event. Lines that only look like kills must stay silent.

mod faults;
mod oom;
mod versions;

use super::{KernelReader, looks_like_kernel};
use crate::envelope::Record;
use crate::event::{Event, OomProcess};
use crate::stamp::SECOND;

fn record(number: usize, line: &str) -> Record<'_> {
    let stamped = line.strip_prefix('[').and_then(|rest| rest.split_once("] "));
    let boot = stamped
        .and_then(|(time, _)| time.contains('.').then(|| time.trim().parse::<f64>().ok())?)
        .map(|time| (time * SECOND as f64) as i64);
    let body = stamped.filter(|_| boot.is_some()).map_or(line, |(_, body)| body);
    Record { line: number as u64 + 1, boot, body: body.as_bytes().into(), ..Record::default() }
}

fn read(text: &str) -> Vec<Event> {
    let (mut reader, mut out) = (KernelReader::default(), Vec::new());
    for (number, line) in text.lines().enumerate() {
        reader.read(&record(number, line), &mut out);
    }
    reader.finish(&mut out);
    out
}

fn process(process: &OomProcess) -> String {
    let mut text =
        format!("{}/{}", process.comm, process.pid.map_or("?".to_owned(), |pid| pid.to_string()));
    let amounts = [
        (" uid=", process.uid.map(u64::from)),
        (" anon=", process.anon_rss_bytes),
        (" rss=", process.rss_bytes),
    ];
    for (key, amount) in amounts {
        text.extend(amount.map(|amount| format!("{key}{amount}")));
    }
    text
}

fn short(event: &Event) -> String {
    let mut text = format!("{} {}", event.at.line, event.kind);
    let Some(oom) = &event.oom else {
        text.extend(event.fields.iter().map(|(key, value)| format!(" {key}={value}")));
        return text;
    };
    assert_eq!(event.field("pid").map(str::to_owned), oom.victim.pid.map(|pid| pid.to_string()));
    assert_eq!(event.field("comm"), Some(oom.victim.comm.as_str()));
    text += &format!(" {} {}", oom.scope.name(), process(&oom.victim));
    text.extend(oom.invoker.as_ref().map(|invoker| format!("; by {}", process(invoker))));
    text.extend(oom.largest.as_ref().map(|largest| format!("; largest {}", process(largest))));
    text.extend(oom.limit_cgroup.as_ref().map(|cgroup| format!("; limit of {cgroup}")));
    text.extend(oom.victim_cgroup.as_ref().map(|cgroup| format!("; in {cgroup}")));
    text.extend(oom.usage_bytes.map(|usage| format!("; usage {usage}")));
    text.extend(oom.limit_bytes.map(|limit| format!("; limit {limit}")));
    text += if oom.group { "; group" } else { "" };
    text.extend(event.field("certainty").map(|certainty| format!("; {certainty}")));
    text
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let found: Vec<String> = read(text).iter().map(short).collect();
    assert_eq!(found, expected);
}

/// One line, one event; the line number is left out.
#[track_caller]
fn one(line: &str, expected: &str) {
    check(line, &[&format!("1 {expected}")]);
    assert!(looks_like_kernel(line.as_bytes()), "{line}");
}

#[track_caller]
fn none(line: &str) {
    check(line, &[]);
    assert!(!looks_like_kernel(line.as_bytes()), "{line}");
}
