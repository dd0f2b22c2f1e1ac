//! The corpus as regression cases. Each report is compared byte for byte with the one that is kept beside its bundle, in every
//! form, and with what really happened. `UPDATE=1 cargo test cases` rewrites the kept ones; the truth it cannot rewrite.

use std::fs;
use std::path::Path;

use coroner::report::reading::gravest_first;
use coroner::report::{Format, answer};
use serde_json::Value;

use crate::corpus::{
    Case, Expect, analyse, cases, json, list, named_causes, seconds, span, written,
};

/// Most that the corpus may weigh, packed and with reports.
const CORPUS_MAX_BYTES: u64 = 10 << 20;

/// Forms that are not kept: they hold what JSON and picture hold, and each touch of the page's style would change every case.
const UNKEPT: [Format; 4] = [Format::Html, Format::Csv, Format::Timesketch, Format::Grafana];

#[test]
fn every_report_is_the_one_that_is_kept() {
    let update = std::env::var_os("UPDATE").is_some_and(|value| !value.is_empty());
    let mut faults = Vec::new();
    for case in cases() {
        let analysis =
            analyse(&case.bundle()).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        for (format, _, endings) in
            Format::ALL.iter().filter(|(format, _, _)| !UNKEPT.contains(format))
        {
            let path = case.folder.join(format!("report.{}", endings[0]));
            let now = written(&analysis, *format);
            if update {
                fs::write(&path, &now).unwrap();
            } else if let Some(difference) = difference(&fs::read(&path).unwrap_or_default(), &now)
            {
                faults.push(format!("{}/report.{}: {difference}", case.name, endings[0]));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "{}\nIf the new reports are better, keep them: UPDATE=1 cargo test cases",
        faults.join("\n")
    );
}

/// The first line in which two texts differ.
fn difference(kept: &[u8], now: &[u8]) -> Option<String> {
    if kept == now {
        return None;
    }
    let (kept, now) = (String::from_utf8_lossy(kept), String::from_utf8_lossy(now));
    let (mut before, mut after) = (kept.split('\n'), now.split('\n'));
    for line in 1.. {
        match (before.next(), after.next()) {
            (old, new) if old == new && old.is_some() => {}
            (old, new) => {
                let show = |text: Option<&str>| {
                    text.map_or("nothing".to_owned(), |text| format!("\"{text}\""))
                };
                return Some(format!("line {line}: kept {}, now {}", show(old), show(new)));
            }
        }
    }
    None
}

#[test]
fn every_report_fits_the_schema() {
    let mut bytes = Vec::new();
    coroner::report::schema::write(&mut bytes).unwrap();
    let schema: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let mut faults = Vec::new();
    for case in cases() {
        let report = json(&analyse(&case.bundle()).unwrap());
        let wrong = validator.iter_errors(&report);
        faults
            .extend(wrong.map(|fault| format!("{}: {} {fault}", case.name, fault.instance_path())));
        // A schema that accepts everything proves nothing.
        for key in [
            "schema_version",
            "incidents",
            "oom_kills",
            "deaths",
            "events",
            "sources",
            "negatives",
            "data_quality",
        ] {
            let mut broken = report.clone();
            broken.as_object_mut().unwrap().remove(key);
            assert!(!validator.is_valid(&broken), "without {key}");
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// No letter of the corpus is wider than a column, so letters can be counted.
#[test]
fn no_text_is_wider_than_a_terminal() {
    for case in cases() {
        let text =
            String::from_utf8(written(&analyse(&case.bundle()).unwrap(), Format::Text)).unwrap();
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{}: {line}", case.name);
        }
    }
}

/// Whoever reads one line knows the cause, and whoever reads six how sure it is.
#[test]
fn the_cause_stands_in_the_first_line_and_the_verdict_in_the_first_six() {
    for case in cases() {
        let analysis = analyse(&case.bundle()).unwrap();
        let Some(gravest) = gravest_first(&analysis.report).first().copied() else { continue };
        let lines = |format| {
            let shown = String::from_utf8(written(&analysis, format)).unwrap();
            shown.lines().take(6).map(str::to_owned).collect::<Vec<_>>()
        };
        let text = lines(Format::Text);
        let start: String = gravest.summary.chars().take(50).collect();
        assert!(text[0].contains(start.trim_end()), "{}: {text:?}", case.name);
        assert!(text.join(" ").contains(&gravest.verdict), "{}: {text:?}", case.name);
        let title = answer::title(analysis.report.language, gravest);
        let markdown = lines(Format::Markdown);
        assert!(title.contains(&gravest.verdict), "{}: {title}", case.name);
        assert_eq!(markdown[0], format!("# {title}"), "{}", case.name);
        assert!(markdown[3].contains(&format!("**{}**", gravest.verdict)), "{}", case.name);
        assert!(String::from_utf8(written(&analysis, Format::Html)).unwrap().contains(&title));
    }
}

#[test]
fn every_verdict_is_what_happened() {
    let faults: Vec<String> = cases()
        .iter()
        .flat_map(|case| against_truth(case, &json(&analyse(&case.bundle()).unwrap())))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What the kept report says is held against the truth too, in case it was updated without being read.
#[test]
fn every_kept_verdict_is_what_happened() {
    let kept = |case: &Case| -> Value {
        serde_json::from_slice(&fs::read(case.folder.join("report.json")).unwrap()).unwrap()
    };
    let update = std::env::var_os("UPDATE").is_some_and(|value| !value.is_empty());
    if update {
        return; // they are being written by the test beside this one
    }
    let faults: Vec<String> =
        cases().iter().flat_map(|case| against_truth(case, &kept(case))).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn against_truth(case: &Case, report: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let incidents = list(report, "incidents");
    if incidents.len() != case.truth.expect.len() {
        let said: Vec<String> = incidents
            .iter()
            .map(|incident| format!("{} {}", incident["start"], incident["cause"]))
            .collect();
        faults.push(format!(
            "{} incidents, expected {}: {said:?}",
            incidents.len(),
            case.truth.expect.len()
        ));
    }
    for (incident, expect) in incidents.iter().zip(&case.truth.expect) {
        faults.extend(against_incident(report, incident, expect));
    }
    let mut victims: Vec<u64> = list(report, "oom_kills")
        .iter()
        .filter_map(|kill| kill["victim"]["pid"].as_u64())
        .collect();
    let mut true_victims = case.truth.oom_victims.clone();
    victims.sort_unstable();
    true_victims.sort_unstable();
    if victims != true_victims {
        faults.push(format!(
            "OOM victims {victims:?}, the kernel's tracepoints saw {true_victims:?}"
        ));
    }
    faults.into_iter().map(|fault| format!("{}: {fault}", case.name)).collect()
}

fn against_incident(report: &Value, incident: &Value, expect: &Expect) -> Vec<String> {
    let mut faults = Vec::new();
    let named = named_causes(incident);
    if !named.iter().any(|cause| expect.accepts(cause)) {
        faults.push(format!("cause {named:?}, it was {}", expect.cause));
    }
    if incident["verdict"] != expect.verdict.as_str() {
        faults.push(format!("verdict {}, expected {}", incident["verdict"], expect.verdict));
    }
    let (start, end) = span(incident);
    if (start - seconds(&expect.start)).abs() > 2.0 || (end - seconds(&expect.end)).abs() > 5.0 {
        faults.push(format!(
            "from {} to {}, it was {} to {}",
            incident["start"], incident["end"], expect.start, expect.end
        ));
    }
    for (status, &count) in &expect.errors {
        let said = incident["errors"][status].as_u64().unwrap_or(0);
        if said.abs_diff(count) > (count / 100).max(2) {
            faults.push(format!("{said} answers of {status}, clients saw {count}"));
        }
    }
    let kills =
        list(report, "oom_kills").iter().filter(|kill| kill["incident"] == incident["id"]).count()
            as u64;
    if kills != expect.kills {
        faults.push(format!("{kills} OOM kills of it, expected {}", expect.kills));
    }
    faults
}

#[test]
fn every_case_tells_its_story_and_the_corpus_stays_small() {
    let cases = cases();
    assert!(cases.len() >= 12, "{} cases", cases.len());
    for case in &cases {
        let truth = &case.truth;
        for (key, text) in
            [("story", &truth.story), ("origin", &truth.origin), ("licence", &truth.licence)]
        {
            assert!(text.trim().len() >= 3, "{}: no {key}", case.name);
        }
    }
    let decoys = cases.iter().filter(|case| {
        case.truth.expect.iter().map(|expect| expect.kills).sum::<u64>()
            < case.truth.oom_victims.len() as u64
    });
    assert!(decoys.count() >= 3, "OOM kills that are not the cause are what the corpus is for");
    let bytes: u64 = cases.iter().map(|case| bytes_below(&case.folder)).sum();
    assert!(bytes < CORPUS_MAX_BYTES, "{bytes} bytes");
}

fn bytes_below(folder: &Path) -> u64 {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum()
}
