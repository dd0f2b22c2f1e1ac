//! What holds in every report, whatever it says: ids lead somewhere, lines that are cited hold what they are cited for, the words
//! of the contract are kept, and no two parts of a report contradict each other.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::corpus::{Case, analyse, cases, json, list, seconds};

const VERDICTS: [&str; 5] = ["unknown", "undetermined", "suspected", "probable", "confirmed"];

#[track_caller]
fn check_all(look: impl Fn(&Case, &Value) -> Vec<String>) {
    let mut faults = Vec::new();
    for case in cases() {
        let report = json(&analyse(&case.bundle()).unwrap());
        faults.extend(
            look(&case, &report).into_iter().map(|fault| format!("{}: {fault}", case.name)),
        );
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn ids<'a>(report: &'a Value, key: &str) -> BTreeSet<&'a str> {
    list(report, key).iter().filter_map(|entry| entry["id"].as_str()).collect()
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str)
}

#[test]
fn ids_lead_somewhere() {
    check_all(|_, report| {
        let (events, sources, incidents) =
            (ids(report, "events"), ids(report, "sources"), ids(report, "incidents"));
        let mut wrong = Vec::new();
        for incident in list(report, "incidents") {
            let mut named: Vec<&str> = texts(&incident["path"]).collect();
            for weighed in list(incident, "causes") {
                named.extend(texts(&weighed["supports"]).chain(texts(&weighed["contradicts"])));
            }
            named.extend(
                list(incident, "ruled_out").iter().filter_map(|ruled| ruled["event"].as_str()),
            );
            named.extend(
                list(incident, "actions").iter().flat_map(|action| texts(&action["because"])),
            );
            named.extend(list(incident, "chain").iter().flat_map(|link| texts(&link["events"])));
            wrong.extend(
                named
                    .into_iter()
                    .filter(|id| !events.contains(id))
                    .map(|id| format!("no event {id}")),
            );
        }
        for key in ["events", "oom_kills", "deaths"] {
            for entry in list(report, key) {
                let cited: Vec<&str> = list(entry, "witnesses")
                    .iter()
                    .filter_map(|line| line["source"].as_str())
                    .collect();
                if cited.is_empty() {
                    wrong.push(format!("{} rests on no line", entry["id"]));
                }
                wrong.extend(
                    cited
                        .into_iter()
                        .filter(|id| !sources.contains(id))
                        .map(|id| format!("no source {id}")),
                );
                if let Some(id) = entry["incident"].as_str().filter(|id| !incidents.contains(id)) {
                    wrong.push(format!("no incident {id}"));
                }
            }
        }
        wrong
    });
}

#[test]
fn the_lines_of_a_kill_name_its_victim() {
    check_all(|case, report| {
        let members: BTreeMap<String, Vec<u8>> =
            case.members().into_iter().map(|member| (member.name, member.bytes)).collect();
        let paths: BTreeMap<&str, &str> = list(report, "sources")
            .iter()
            .map(|source| (source["id"].as_str().unwrap(), source["path"].as_str().unwrap()))
            .collect();
        let mut wrong = Vec::new();
        for kill in list(report, "oom_kills") {
            let pid = kill["victim"]["pid"].to_string();
            for witness in list(kill, "witnesses") {
                let path = paths[witness["source"].as_str().unwrap()];
                // An entry of a journal export is cited by its first line; its message stands some lines below.
                let lines = if path.ends_with(".export") { 80 } else { 1 };
                let first = usize::try_from(witness["line"].as_u64().unwrap()).unwrap();
                let text = members[path].split(|byte| *byte == b'\n').skip(first - 1).take(lines);
                let text =
                    String::from_utf8_lossy(&text.collect::<Vec<_>>().join(&b' ')).into_owned();
                if !text.contains(&pid) {
                    wrong
                        .push(format!("{} of pid {pid}: {path}:{first} says {text:?}", kill["id"]));
                }
            }
        }
        wrong
    });
}

/// The death of an OOM victim is the kill; it has one time and belongs to one incident.
#[test]
fn a_kill_and_its_death_agree() {
    check_all(|_, report| {
        let mut wrong = Vec::new();
        for kill in list(report, "oom_kills") {
            let dies = |death: &&Value| {
                death["why"] == "oom_kill" && death["pid"] == kill["victim"]["pid"]
            };
            let Some(death) = list(report, "deaths").iter().find(dies) else { continue };
            let (killed, died) =
                (kill["time"].as_str().map(seconds), death["time"].as_str().map(seconds));
            let apart = killed.zip(died).is_some_and(|(killed, died)| (killed - died).abs() > 2.0);
            if apart || death["incident"] != kill["incident"] {
                wrong.push(format!(
                    "{} at {} in {}, but {} at {} in {}",
                    kill["id"],
                    kill["time"],
                    kill["incident"],
                    death["id"],
                    death["time"],
                    death["incident"]
                ));
            }
        }
        wrong
    });
}

#[test]
fn the_words_of_the_contract_are_kept() {
    check_all(|_, report| {
        let mut wrong = Vec::new();
        for incident in list(report, "incidents") {
            let (verdict, cause) =
                (incident["verdict"].as_str().unwrap(), incident["cause"].as_str().unwrap());
            let probabilities: Vec<f64> = list(incident, "causes")
                .iter()
                .filter_map(|weighed| weighed["probability"].as_f64())
                .collect();
            let best = probabilities.first().copied().unwrap_or(0.0);
            if !VERDICTS.contains(&verdict) || (verdict == "unknown") != (cause == "unknown") {
                wrong.push(format!("{cause} with {verdict}"));
            }
            if probabilities.windows(2).any(|pair| pair[0] < pair[1])
                || probabilities.iter().sum::<f64>() > 1.001
            {
                wrong.push(format!("probabilities {probabilities:?}"));
            }
            if (verdict == "confirmed" && best < 0.9) || (verdict == "probable" && best < 0.5) {
                wrong.push(format!("{verdict} with {best}"));
            }
            let supports = list(&incident["causes"][0], "supports");
            if verdict == "confirmed"
                && (supports.is_empty() || !list(&incident["causes"][0], "contradicts").is_empty())
            {
                wrong.push(format!("confirmed {cause} without support, or against a witness"));
            }
        }
        for key in ["incidents", "events", "deaths", "oom_kills"] {
            let times: Vec<f64> = list(report, key)
                .iter()
                .filter_map(|entry| entry["time"].as_str().or(entry["start"].as_str()))
                .map(seconds)
                .collect();
            if !times.is_sorted() {
                wrong.push(format!("{key} are not in order of time"));
            }
        }
        wrong
    });
}
