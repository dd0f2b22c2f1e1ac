//! The charts in the Markdown for GitHub and GitLab, drawn by Mermaid itself: each is drawn without an error and says what it
//! must, in each language; and what a log says is a label in it, whatever it looks like. One page draws them all.
//!
//! Needs a Chromium, and the package beside the build: `.ci/run` fetches it. Without either the test says so and passes.

use std::fs;
use std::path::Path;

use coroner::Analysis;
use coroner::report::{self, Format, Settings, markdown};
use coroner::wording::Language;
use serde_json::Value;

use super::{ATTACKS, browser, infested, say};
use crate::corpus::{analyse, cases};
use crate::packing::{folder, put};

/// What Mermaid could take for more than a label.
const ATTEMPTS: [&str; 14] = [
    "x :crit, 2020-01-01 00:00:00, 99d",
    "x\n  section evil\n  evil :2020-01-01 00:00:00, 1d",
    "x\n```\n# heading",
    "%%{init: {\"securityLevel\": \"loose\", \"theme\": \"dark\"}}%%",
    "---\nconfig:\n  securityLevel: loose\n---",
    "x\n  click I1 href \"javascript:window.pwned=1\"",
    "x\n  click I1 call eval(\"window.pwned=1\")",
    "x; section evil; done, active, milestone, vert",
    "accTitle: evil\naccDescr { evil }",
    "excludes weekends",
    "dateFormat X",
    "#quot; #35; &lt; \\n \\u003c",
    "$$\\alpha$$ `x` **x** [x](https://evil.example)",
    ": , - . _ / :::",
];

/// Draws charts: for each the words that are to be read in it, or what went wrong.
const DRAW: &str = "(async (charts) => {
  mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' });
  const drawn = [];
  for (const [at, chart] of charts.entries()) {
    try {
      const { svg } = await mermaid.render(`chart${at}`, chart);
      const page = new DOMParser().parseFromString(svg, 'text/html');
      const texts = (of) => [...page.querySelectorAll(of)].map((text) => text.textContent.trim());
      drawn.push({
        sections: page.querySelectorAll('.sectionTitle').length,
        bars: page.querySelectorAll('rect.task').length,
        words: texts('text').join(' | '),
        alive: page.querySelectorAll('script, a, foreignObject, image, iframe, [onload], [onclick], [onerror]').length,
      });
    } catch (error) {
      drawn.push({ error: String(error) });
    }
  }
  return drawn;
})";

/// The chart in a report, as it is drawn on GitHub and on GitLab: the same.
fn chart(analysis: &Analysis, language: Language) -> Option<String> {
    let drawn = |flavor| {
        let markdown = markdown::Style { flavor, ..markdown::Style::default() };
        let settings = Settings { language, markdown, ..Settings::default() };
        let mut page = Vec::new();
        report::write(&analysis.report, Format::Markdown, settings, &mut page).unwrap();
        let page = String::from_utf8(page).unwrap();
        let (_, chart) = page.split_once("```mermaid\n")?;
        Some(chart.split_once("```\n").expect("the block ends").0.to_owned())
    };
    let chart = drawn(markdown::Flavor::Github);
    assert_eq!(chart, drawn(markdown::Flavor::Gitlab));
    chart
}

#[test]
fn charts_are_drawn_by_mermaid() {
    let Some(mut browser) = browser() else { return };
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mermaid/package/dist/mermaid.min.js");
    let Ok(mermaid) = fs::read_to_string(&file) else {
        say(&format!("SKIPPED: no Mermaid at {}; .ci/run fetches it", file.display()));
        return;
    };
    let analyses: Vec<(String, Analysis)> =
        cases().iter().map(|case| (case.name.clone(), analyse(&case.bundle()).unwrap())).collect();
    // Name, chart, and the words that it must show.
    let mut charts: Vec<(String, String, Vec<String>)> = Vec::new();
    for (name, analysis) in &analyses {
        let report = &analysis.report;
        for language in Language::all() {
            let Some(chart) = chart(analysis, language) else {
                assert!(report.incidents.is_empty(), "{name} has no chart");
                continue;
            };
            let head = language.say("chart-failures", []);
            let id = &report::reading::gravest_first(report)[0].id;
            charts.push((format!("{name} {language:?}"), chart, vec![head, format!("{id} ")]));
        }
    }
    assert!(charts.len() >= 4 * 12, "{} charts", charts.len());
    let honest = charts.len();
    let (_, two) = analyses.iter().find(|(name, _)| name == "two-boots").unwrap();
    for attack in ["harmless"].iter().chain(&ATTACKS).chain(&ATTEMPTS) {
        let chart = chart(&infested(two, attack), Language::default()).unwrap();
        charts.push(((*attack).to_owned(), chart, Vec::new()));
    }
    // So that it is known that an error would be seen.
    charts.push((
        "broken".to_owned(),
        "gantt\n  dateFormat YYYY-MM-DD HH:mm:ss\n  x :crit, yesterday, never\n".to_owned(),
        Vec::new(),
    ));
    let folder = folder();
    browser.open(&put(folder.path(), "page.html", b"<!doctype html><title>charts</title>"));
    browser.evaluate(&format!("{mermaid}; 1"));
    let texts: Vec<&String> = charts.iter().map(|(_, chart, _)| chart).collect();
    let drawn = browser.evaluate(&format!("{DRAW}({})", serde_json::to_string(&texts).unwrap()));
    let drawn = drawn.as_array().unwrap();
    assert_eq!(drawn.len(), charts.len());
    let (broken, drawn) = drawn.split_last().unwrap();
    assert!(broken["error"].is_string(), "{broken}");
    for ((name, chart, words), drawn) in charts.iter().zip(drawn) {
        assert_eq!(drawn["error"], Value::Null, "{name}:\n{chart}");
        assert_eq!(drawn["alive"], 0, "{name}: {drawn}\n{chart}");
        // A line of the chart is a bar or a milestone, no more and no less.
        let lines = chart
            .lines()
            .filter(|line| line.contains(" :crit, ") || line.contains(" :milestone, "));
        assert_eq!(drawn["bars"], lines.count(), "{name}: {drawn}\n{chart}");
        for word in words {
            assert!(drawn["words"].as_str().unwrap().contains(word.trim()), "{name}: {drawn}");
        }
    }
    // A label changes nothing but its own words.
    let harmless = &drawn[honest];
    for ((attack, ..), drawn) in charts.iter().zip(drawn).skip(honest) {
        assert_eq!(drawn["sections"], harmless["sections"], "{attack}: {drawn}");
    }
    assert_eq!(browser.evaluate("typeof window.pwned"), "undefined");
    assert_eq!(browser.complaints(), [] as [String; 0]);
}
