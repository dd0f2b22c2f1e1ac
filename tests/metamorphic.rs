//! What a report must make of a change whose effect on the truth is known: a clock that goes wrong, a writer in another zone,
//! other names for the same things, other things under the same names, unrelated kills, an end before the end. Every statement
//! is held on every case of the corpus.

use std::collections::BTreeSet;
use std::io::Read;
use std::sync::LazyLock;

use flate2::read::MultiGzDecoder;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use regex::bytes::Regex;
use serde_json::Value;

use crate::corpus::{Case, Expect, analyse_members, cases, list, named_causes, seconds, span};
use crate::packing::Member;
use crate::stamps::{self, Change};

/// The faults that a look at each case finds; cases side by side, since each takes its time.
pub(crate) fn check_all(look: impl Fn(&Case) -> Vec<String> + Send + Sync) {
    let faults: Vec<String> = cases()
        .par_iter()
        .flat_map_iter(|case| {
            look(case)
                .into_iter()
                .map(|fault| format!("{}: {fault}", case.name))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

/// The members of a case with their packed ones unpacked, so that all are text.
pub(crate) fn texts(case: &Case) -> Vec<Member> {
    let plain = |member: Member| match member.name.strip_suffix(".gz") {
        Some(name) => {
            let mut bytes = Vec::new();
            MultiGzDecoder::new(member.bytes.as_slice()).read_to_end(&mut bytes).unwrap();
            Member::new(name, bytes)
        }
        None => member,
    };
    case.members().into_iter().map(plain).collect()
}

/// A file with its rotations has one clock; this is what they share.
fn family(name: &str) -> &str {
    name.trim_end_matches(".gz").trim_end_matches(|last: char| last.is_ascii_digit() || last == '.')
}

fn families(members: &[Member]) -> BTreeSet<String> {
    members.iter().map(|member| family(&member.name).to_owned()).collect()
}

fn with_family_changed(members: &[Member], name: &str, change: Change) -> Vec<Member> {
    members
        .iter()
        .map(|member| {
            if family(&member.name) == name {
                stamps::changed(member, change)
            } else {
                member.clone()
            }
        })
        .collect()
}

/// Cause and verdict of each incident.
pub(crate) fn verdicts(report: &Value) -> Vec<String> {
    list(report, "incidents")
        .iter()
        .map(|incident| format!("{:?} {}", named_causes(incident), incident["verdict"]))
        .collect()
}

const WORDS: [&str; 5] = ["unknown", "undetermined", "suspected", "probable", "confirmed"];

/// How much an incident claims.
pub(crate) fn strength(incident: &Value) -> usize {
    WORDS.iter().position(|word| incident["verdict"] == *word).unwrap()
}

/// What is claimed and is not so, or claimed more loudly than the unchanged bundle allowed. Times may be off by a shift.
pub(crate) fn wrong(case: &Case, whole: &Value, report: &Value, shift: i64) -> Vec<String> {
    let apart = |incident: &Value, start: f64, end: f64| {
        let (first, last) = span(incident);
        let near = |by: f64| first - 5.0 <= end + by && last + 5.0 >= start + by;
        !near(0.0) && !near(shift as f64)
    };
    let mut faults = Vec::new();
    for incident in list(report, "incidents") {
        let about: Vec<&Expect> = case
            .truth
            .expect
            .iter()
            .filter(|expect| !apart(incident, seconds(&expect.start), seconds(&expect.end)))
            .collect();
        let named = named_causes(incident);
        let said = format!("{} {named:?} at {}", incident["verdict"], incident["start"]);
        if about.is_empty() {
            faults.push(format!("{said}: no such incident"));
        } else if incident["verdict"] != "unknown"
            && !named.iter().any(|cause| about.iter().any(|expect| expect.accepts(cause)))
        {
            faults.push(format!("{said}: it was {}", about[0].cause));
        }
        // Louder is no fault where what is said so is the very cause: a fact that moved away may have been its rival's.
        let root = about.iter().any(|expect| named.contains(&expect.cause.as_str()));
        let allowed = list(whole, "incidents")
            .iter()
            .filter(|other| {
                let (start, end) = span(other);
                !root && !apart(incident, start, end)
            })
            .map(strength)
            .max();
        if allowed.is_some_and(|allowed| strength(incident) > allowed) {
            faults.push(format!("{said}: the unchanged bundle gave {:?}", verdicts(whole)));
        }
    }
    faults
}

fn clock<'a>(report: &'a Value, name: &str) -> Option<&'a Value> {
    list(report, "sources")
        .iter()
        .find(|source| family(source["path"].as_str().unwrap()) == name)
        .map(|source| &source["clock"])
}

fn offset(clock: Option<&Value>) -> f64 {
    clock.and_then(|clock| clock["offset_seconds"].as_f64()).unwrap_or(0.0)
}

/// Seconds by which a clock goes wrong: a drift that nobody noticed, a summer hour, India.
const SHIFTS: [i64; 3] = [37, 3600, 19_800];

#[test]
fn a_clock_that_goes_wrong_is_measured_or_weakens_the_verdict() {
    check_all(|case| {
        let members = texts(case);
        let whole = analyse_members(&members).unwrap();
        let mut faults = Vec::new();
        for name in families(&members) {
            for shift in SHIFTS {
                let inferred =
                    clock(&whole, &name).is_some_and(|clock| clock["basis"] == "zone-inferred");
                if shift == SHIFTS[2] && !inferred {
                    continue; // one wrong hour or another is the same to it
                }
                let changed = with_family_changed(&members, &name, Change::Seconds(shift));
                if changed == members {
                    continue; // no stamps in it
                }
                let report = analyse_members(&changed).unwrap();
                let (before, after) = (clock(&whole, &name), clock(&report, &name));
                let moved = offset(after) - offset(before);
                let measured = (moved - shift as f64).abs() <= 1.0;
                let boot = before.is_some_and(|clock| clock["basis"] == "boot-anchored");
                let mut found = wrong(case, &whole, &report, shift);
                if (measured || boot) && verdicts(&whole) != verdicts(&report) {
                    found.push(format!("{:?} became {:?}", verdicts(&whole), verdicts(&report)));
                }
                // No zone lies twelve and a half hours off.
                let of_a_zone = offset(before) + shift as f64 != 45_000.0;
                if inferred && shift % 900 == 0 && !measured && of_a_zone {
                    found.push(format!("not measured: {before:?} became {after:?}"));
                }
                faults.extend(found.iter().map(|fault| format!("{name} by {shift} s: {fault}")));
            }
        }
        faults
    });
}

#[test]
fn a_writer_in_another_zone_changes_nothing() {
    check_all(|case| {
        let members = texts(case);
        let whole = analyse_members(&members).unwrap();
        let mut faults = Vec::new();
        for name in families(&members) {
            let tells =
                |member: &Member| family(&member.name) == name && stamps::tells_zone(&member.bytes);
            if !members.iter().any(tells) {
                continue;
            }
            let changed = with_family_changed(&members, &name, Change::Zone(-210));
            let report = analyse_members(&changed).unwrap();
            if verdicts(&whole) != verdicts(&report) {
                faults.push(format!(
                    "{name}: {:?} became {:?}",
                    verdicts(&whole),
                    verdicts(&report)
                ));
            }
        }
        faults
    });
}

/// Bytes of an answer that failed, in an access log.
static FAILED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"" 50[24] \d"#).unwrap());

/// A file as it was at a moment: without the lines that are stamped later, and what hangs on them.
fn until(member: &Member, end: i64, offset: i64) -> Member {
    let export = member.name.ends_with(".export");
    let mut keep = true;
    let kept: Vec<&[u8]> = member
        .bytes
        .split_inclusive(|byte| *byte == b'\n')
        .filter(|line| {
            // Of an entry of a journal export one line tells the time; what its message says may be of another zone.
            if !export || line.starts_with(b"__REALTIME_TIMESTAMP=") {
                keep = stamps::seconds(line, offset).map_or(keep, |at| at <= end);
            }
            keep
        })
        .collect();
    Member::new(&member.name, kept.concat())
}

#[test]
fn logs_that_end_inside_of_an_incident_say_that_it_goes_on() {
    check_all(|case| {
        let members = texts(case);
        let whole = analyse_members(&members).unwrap();
        let mut faults = Vec::new();
        for expect in &case.truth.expect {
            let (start, end) = (seconds(&expect.start), seconds(&expect.end));
            let mut failed: Vec<i64> = members
                .iter()
                .filter(|member| member.name.contains("nginx/access.log"))
                .flat_map(|member| member.bytes.split(|byte| *byte == b'\n'))
                .filter(|line| FAILED.is_match(line))
                .filter_map(|line| stamps::seconds(line, 0))
                .filter(|second| (start - 1.0..end).contains(&(*second as f64)))
                .collect();
            failed.sort_unstable();
            // It is cut in its second half, and where enough failed already to make a burst of what is left.
            let late = |second: &&i64| **second as f64 >= start + (end - start) * 0.6;
            let Some(last) = failed.iter().skip(7).find(late).copied() else { continue };
            if end - start < 5.0 {
                continue;
            }
            let cut: Vec<Member> = members
                .iter()
                .map(|member| {
                    let offset = offset(clock(&whole, family(&member.name)));
                    until(member, last, offset as i64)
                })
                .collect();
            let report = analyse_members(&cut).unwrap();
            faults.extend(wrong(case, &whole, &report, 0));
            match list(&report, "incidents").last() {
                Some(incident) if (span(incident).0 - start).abs() <= 2.0 => {
                    if !matches!(incident["censored"].as_str(), Some("right" | "both")) {
                        faults.push(format!(
                            "{} at {last}: {}",
                            incident["start"], incident["censored"]
                        ));
                    }
                }
                other => faults.push(format!("{} is gone: {other:?}", expect.start)),
            }
        }
        faults
    });
}
