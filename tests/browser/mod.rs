//! The page and the picture in a real browser: they load without a complaint and ask for nothing, marks stand where the JSON says,
//! keyboard and pointer walk them, nothing from a log runs, and axe-core finds no serious fault.
//!
//! Without a Chromium on the PATH these tests say so and pass; `.ci/run` installs it, and axe-core and Mermaid beside the build.

mod chromium;
mod mermaid;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use coroner::Analysis;
use coroner::report::Format;
use coroner::wording::Text;
use serde_json::Value;

use crate::corpus::{self, analyse, json, list, seconds, written};
use crate::packing::{folder, put};
use chromium::Browser;

/// Cases that differ in what stands in the picture.
const CASES: [&str; 4] =
    ["oom-gunicorn-workers", "two-boots", "oom-hidden-by-retry", "docker-kill-by-operator"];

fn browser() -> Option<Browser> {
    let Some(program) = chromium::program() else {
        say("SKIPPED: no Chromium on the PATH; apt-get install chromium, or see .ci/run");
        return None;
    };
    Some(Browser::start(&program))
}

#[allow(clippy::print_stderr, reason = "a skipped test must be seen to be skipped")]
fn say(text: &str) {
    eprintln!("{text}");
}

/// A report as a file to open.
fn page(folder: &Path, analysis: &Analysis, format: Format) -> PathBuf {
    let name = if format == Format::Svg { "report.svg" } else { "report.html" };
    put(folder, name, &written(analysis, format))
}

#[test]
fn pages_load_without_a_complaint_and_fit_a_phone() {
    let Some(mut browser) = browser() else { return };
    for case in CASES {
        let analysis = analyse(&corpus::named(case).bundle()).unwrap();
        let folder = folder();
        for format in [Format::Html, Format::Svg] {
            browser.width(1280);
            browser.open(&page(folder.path(), &analysis, format));
            assert_eq!(browser.complaints(), [] as [String; 0], "{case}");
            assert!(
                browser.evaluate("document.querySelectorAll('.timeline .bars').length").as_u64()
                    >= Some(1),
                "{case}"
            );
        }
        for width in [320, 390, 1280] {
            browser.width(width);
            browser.open(&page(folder.path(), &analysis, Format::Html));
            let used = browser.evaluate("document.documentElement.scrollWidth").as_u64().unwrap();
            assert!(used <= u64::from(width), "{case}: {used} of {width} pixels");
        }
    }
}

/// Where the marks are on the screen, beside the plot they stand in.
const MARKS: &str = "[...document.querySelectorAll('.timeline .panel')].flatMap((panel) => {
  const plot = panel.querySelector('.plot').getBoundingClientRect();
  return [...panel.querySelectorAll('.mark')].map((mark) => {
    const spot = mark.querySelector('.spot').getBoundingClientRect();
    return { ids: mark.dataset.ids.split(' '), from: panel.dataset.from, to: panel.dataset.to, left: plot.left, width: plot.width,
      kind: panel.dataset.panel, x: spot.left + spot.width / 2, name: mark.getAttribute('aria-label') };
  });
})";

#[test]
fn marks_stand_where_the_json_says() {
    let Some(mut browser) = browser() else { return };
    for case in CASES {
        let analysis = analyse(&corpus::named(case).bundle()).unwrap();
        let report = json(&analysis);
        let folder = folder();
        browser.width(1280);
        browser.open(&page(folder.path(), &analysis, Format::Html));
        let mut times: BTreeMap<&str, f64> = BTreeMap::new();
        for key in ["events", "oom_kills", "deaths"] {
            for entry in list(&report, key) {
                if let Some(time) = entry["time"].as_str() {
                    times.insert(entry["id"].as_str().unwrap(), seconds(time));
                }
            }
        }
        let marks = browser.evaluate(MARKS);
        let mut shown = Vec::new();
        for mark in marks.as_array().unwrap() {
            let number = |key: &str| mark[key].as_f64().unwrap();
            let (from, to) =
                (seconds(mark["from"].as_str().unwrap()), seconds(mark["to"].as_str().unwrap()));
            let ids: Vec<&str> =
                mark["ids"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            let at = times[ids[0]];
            let expected = number("left") + (at - from) / (to - from) * number("width");
            // A triangle's box is not centred on its moment; a pixel is.
            assert!(
                (number("x") - expected).abs() < 3.0,
                "{case}: {ids:?} at {} and not {expected}",
                number("x")
            );
            assert!(mark["name"].as_str().unwrap().contains(ids[0]), "{case}: {ids:?} has no name");
            for id in &ids {
                let apart = (times[*id] - at) / (to - from) * number("width");
                assert!(
                    (0.0..14.0).contains(&apart),
                    "{case}: {id} is told with {}, {apart} pixels away",
                    ids[0]
                );
            }
            if mark["kind"] == "closer" {
                shown.extend(ids.into_iter().map(str::to_owned));
            }
        }
        for kill in list(&report, "oom_kills").iter().filter(|kill| kill["incident"].is_string()) {
            let id = kill["id"].as_str().unwrap();
            assert!(shown.iter().any(|own| own == id), "{case}: {id} is in no picture");
        }
        assert_eq!(
            shown.len(),
            shown.iter().collect::<std::collections::BTreeSet<_>>().len().max(shown.len()),
            "{case}"
        );
    }
}

#[test]
fn keyboard_and_pointer_walk_the_marks() {
    let Some(mut browser) = browser() else { return };
    let analysis = analyse(&corpus::named("two-boots").bundle()).unwrap();
    let folder = folder();
    browser.width(1280);
    browser.open(&page(folder.path(), &analysis, Format::Html));
    let told = "document.querySelector('.told').textContent";
    let focused = "[...document.querySelectorAll('a.mark')].indexOf(document.activeElement)";
    assert_eq!(browser.evaluate(told), "");
    browser.evaluate("document.querySelector('a.mark[tabindex=\"0\"]').focus()");
    let first = browser.evaluate(focused);
    let said = browser.evaluate(told);
    assert!(said.as_str().unwrap().contains(':'), "{said}");
    browser.press("ArrowRight");
    assert_ne!(browser.evaluate(focused), first);
    assert_ne!(browser.evaluate(told), said);
    browser.press("ArrowLeft");
    assert_eq!(browser.evaluate(focused), first);
    browser.press("End");
    let last = browser.evaluate(focused);
    browser.press("ArrowRight");
    assert_eq!(browser.evaluate(focused), last, "the walk ends");
    assert_eq!(browser.evaluate("document.querySelectorAll('figure.picture')[0].querySelectorAll('a.mark[tabindex=\"0\"]').length"), 1);
    let place = browser.evaluate(
        "(() => { const box = document.querySelector('a.mark.kill').getBoundingClientRect(); return [box.left + box.width / 2, box.top + box.height / 2]; })()",
    );
    browser.point(place[0].as_f64().unwrap(), place[1].as_f64().unwrap());
    let said = browser.evaluate(told);
    assert!(said.as_str().unwrap().contains("OOM kill K"), "{said}");
    browser.evaluate("document.querySelector('a.mark.kill').focus(); document.activeElement.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, view: window }))");
    let opened = browser.evaluate("new Promise((done) => setTimeout(() => done(document.querySelector(location.hash).open), 100))");
    assert_eq!(opened, true, "a link opens the evidence it leads to");
    assert_eq!(browser.complaints(), [] as [String; 0]);
}

/// Puts a text wherever the text of a log, a path or a name can stand.
fn infested(analysis: &Analysis, attack: &str) -> Analysis {
    let mut report = analysis.report.clone();
    let all =
        |texts: &mut [&mut String]| texts.iter_mut().for_each(|text| **text = attack.to_owned());
    for event in &mut report.events {
        all(&mut [&mut event.text, &mut event.kind]);
        event.attributes.values_mut().for_each(|value| *value = attack.to_owned());
        event.attributes.insert(attack.to_owned(), attack.to_owned());
    }
    for source in &mut report.sources {
        all(&mut [&mut source.path, &mut source.format, &mut source.role]);
        source.clock.evidence = Text::plain(attack);
        source.host = Some(attack.to_owned());
    }
    for kill in &mut report.oom_kills {
        all(&mut [&mut kill.victim.comm, &mut kill.killer, &mut kill.scope]);
        (kill.unit, kill.cgroup, kill.container_id) =
            (Some(attack.to_owned()), Some(attack.to_owned()), None);
    }
    for death in &mut report.deaths {
        all(&mut [&mut death.process, &mut death.why]);
        death.container = Some(attack.to_owned());
    }
    for incident in &mut report.incidents {
        all(&mut [&mut incident.cause, &mut incident.verdict, &mut incident.class]);
        incident.summary = Text::plain(attack);
        incident.chain.iter_mut().for_each(|hop| hop.text = Text::plain(attack));
        incident.routes.iter_mut().for_each(|route| all(&mut [&mut route.path, &mut route.method]));
        incident.upstreams.iter_mut().for_each(|upstream| all(&mut [&mut upstream.address]));
        for cause in &mut incident.causes {
            (cause.why, cause.cause) = (Text::plain(attack), attack.to_owned());
        }
        for action in &mut incident.actions {
            (action.text, action.verify) = (Text::plain(attack), Text::plain(attack));
        }
    }
    for bundle in &mut report.bundle {
        bundle.name = attack.to_owned();
    }
    Analysis { report, lost_bytes: false, amount: Default::default() }
}

const ATTACKS: [&str; 12] = [
    "<script>window.pwned = 1</script>",
    "\"><script>window.pwned = 1</script>",
    "'><img src=x onerror='window.pwned = 1'>",
    "<svg onload=window.pwned=1><animate onbegin=window.pwned=1 attributeName=x dur=1s>",
    "</style></title></script></svg></pre><script>window.pwned = 1</script>",
    "<style>* { display: none }</style><meta http-equiv=refresh content=\"0;url=https://evil.example\">",
    "\" onfocus=\"window.pwned = 1\" autofocus=\"",
    "javascript:window.pwned=1",
    "<iframe srcdoc=\"<script>parent.pwned = 1</script>\"></iframe><base href=https://evil.example/>",
    "&lt;script&gt;window.pwned = 1&lt;/script&gt; &#x3c;script> <!-- --!> <![CDATA[",
    "<a href=https://evil.example>x</a><form action=https://evil.example><input name=x>",
    "<template><script>window.pwned = 1</script></template><noscript><p title=\"</noscript><script>window.pwned = 1</script>\">",
];

/// Elements with how often each is there, and all names of attributes. How many marks and lanes there are depends on the names of
/// lanes, so the elements that they are drawn with are told without a number.
const CENSUS: &str = "(() => {
  const names = {}, attributes = new Set();
  for (const element of document.querySelectorAll('*')) {
    if (element.closest('.panel')) names[`drawn ${element.localName}`] = true;
    else names[element.localName] = (names[element.localName] || 0) + 1;
    for (const attribute of element.attributes) attributes.add(attribute.name);
  }
  return [names, [...attributes].sort()];
})()";

#[test]
fn nothing_from_a_log_runs_or_becomes_an_element() {
    let Some(mut browser) = browser() else { return };
    let analysis = analyse(&corpus::named("two-boots").bundle()).unwrap();
    let folder = folder();
    for format in [Format::Html, Format::Svg] {
        browser.width(1280);
        browser.open(&page(folder.path(), &infested(&analysis, "harmless"), format));
        let harmless = browser.evaluate(CENSUS);
        for attack in ATTACKS {
            browser.open(&page(folder.path(), &infested(&analysis, attack), format));
            assert_eq!(browser.complaints(), [] as [String; 0], "{attack}");
            assert_eq!(browser.evaluate("typeof window.pwned"), "undefined", "{attack}");
            assert_eq!(browser.evaluate(CENSUS), harmless, "{attack}");
        }
    }
}

#[test]
fn axe_finds_no_serious_fault() {
    let Some(mut browser) = browser() else { return };
    let axe = Path::new(env!("CARGO_TARGET_TMPDIR")).join("axe/node_modules/axe-core/axe.min.js");
    let Ok(axe) = fs::read_to_string(&axe) else {
        say(&format!("SKIPPED: no axe-core at {}; .ci/run installs it", axe.display()));
        return;
    };
    let folder = folder();
    for case in CASES {
        let analysis = analyse(&corpus::named(case).bundle()).unwrap();
        for (scheme, width) in [("light", 1280), ("dark", 390)] {
            browser.width(width);
            browser.scheme(scheme);
            browser.open(&page(folder.path(), &analysis, Format::Html));
            browser.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })");
            browser.evaluate(&axe);
            let found = browser.evaluate(
                "axe.run().then((done) => done.violations.filter((fault) => ['serious', 'critical'].includes(fault.impact))
                   .map((fault) => `${fault.id}: ${fault.help}: ${fault.nodes.slice(0, 3).map((node) => node.html).join(' ')}`))",
            );
            assert_eq!(found, Value::Array(Vec::new()), "{case}, {scheme}, {width}");
        }
    }
}
