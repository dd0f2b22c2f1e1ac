//! Two bundles set against each other: the same cause is known again, another is told apart, and "the fix held" needs that the trouble
//! could have shown.

use coroner::diff::model::{Diff, Pair};
use coroner::diff::{Form, compare, write};
use coroner::report::model::Report;
use serde_json::Value;

use crate::corpus::{self, analyse};
use crate::packing::{folder, put};
use crate::program::run;

fn report(case: &str) -> Report {
    analyse(&corpus::named(case).bundle()).unwrap().report
}

fn compared(before: &str, after: &str) -> Diff {
    compare(&report(before), &report(after))
}

fn written(diff: &Diff, form: Form) -> String {
    let mut bytes = Vec::new();
    write(diff, form, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn is_same(pair: &Pair, what: &str) -> bool {
    pair.same.iter().any(|same| &**same == what)
}

const OOM: &str = "oom-gunicorn-workers";

#[test]
fn a_report_against_itself_is_the_same() {
    let same = compared(OOM, OOM);
    assert_eq!(same.held, "no");
    assert!(same.changes.is_empty() && same.gone.is_empty() && same.new.is_empty());
    assert!(!same.pairs.is_empty());
    for pair in &same.pairs {
        assert!(pair.changes.is_empty(), "{:?}", pair.changes);
        assert!(is_same(pair, "first failure") && is_same(pair, "memory limit"));
    }
}

#[test]
fn another_cause_is_not_the_same() {
    let other = compared(OOM, "deploy-restart");
    assert!(other.pairs.is_empty(), "{:?}", other.pairs);
    assert!(!other.gone.is_empty() && !other.new.is_empty());
    assert_ne!(other.held, "no");
    assert!(other.changes.iter().any(|change| &*change.what == "OOM kills"));
}

#[test]
fn what_changed_is_told() {
    let before = report(OOM);
    let mut after = before.clone();
    for incident in &mut after.incidents {
        incident.duration_seconds += 3600.0;
        incident.errors.insert("504".to_owned(), 9_000);
        incident.requests += 20_000;
    }
    for kill in &mut after.oom_kills {
        kill.limit_bytes = kill.limit_bytes.map(|limit| 2 * limit);
    }
    let diff = compare(&before, &after);
    assert_eq!(diff.held, "no");
    let changed: Vec<&str> = diff.pairs[0].changes.iter().map(|change| &*change.what).collect();
    for what in ["duration", "failed requests", "statuses", "memory limit"] {
        assert!(changed.contains(&what), "{what}: {changed:?}");
    }
    assert!(is_same(&diff.pairs[0], "victim"));
}

#[test]
fn a_fix_holds_only_where_trouble_could_have_shown() {
    let mut before = report(OOM);
    before.recurrences.clear();
    // It came twelve hours after the logs begin.
    "2026-11-20T09:47:31.000Z".clone_into(&mut before.series.as_mut().unwrap().start);
    let quiet = |requests: usize| {
        let mut after = before.clone();
        after.incidents.clear();
        after.oom_kills.clear();
        after.deaths.clear();
        let series = after.series.as_mut().unwrap();
        series.step_seconds = 60;
        series.requests = vec![100; requests];
        series.failures = vec![0; requests];
        after
    };
    let held = |after: &Report| compare(&before, after).held;
    assert_eq!(held(&quiet(100_000)), "yes");
    assert_eq!(held(&quiet(1)), "unknown", "a minute is too short");
    assert_eq!(held(&quiet(0)), "unknown", "nobody asked");
    let mut silent = quiet(100_000);
    silent.series = None;
    assert_eq!(held(&silent), "unknown");
    // Killed still, though nobody met it.
    let mut killed = quiet(100_000);
    killed.oom_kills.clone_from(&before.oom_kills);
    assert_eq!(held(&killed), "partly");
    // Failing still, for a reason that stays open.
    let mut open = quiet(100_000);
    open.incidents.clone_from(&before.incidents);
    for incident in &mut open.incidents {
        "unknown".clone_into(&mut incident.cause);
        "unknown".clone_into(&mut incident.verdict);
    }
    assert_eq!(held(&open), "unknown");
    assert_eq!(compare(&quiet(10), &before).held, "unknown", "nothing to fix");
    // The same word for another service is another trouble.
    let mut elsewhere = before.clone();
    for incident in &mut elsewhere.incidents {
        for upstream in &mut incident.upstreams {
            upstream.service = Some("elsewhere".to_owned());
        }
    }
    for kill in &mut elsewhere.oom_kills {
        kill.unit = None;
        "elsewhere".clone_into(&mut kill.victim.comm);
    }
    for death in &mut elsewhere.deaths {
        (death.unit, death.container) = (None, None);
    }
    assert!(compare(&before, &elsewhere).pairs.is_empty());
}

#[test]
fn no_form_obeys_a_log() {
    let mut hostile = report(OOM);
    let text = "\u{1b}[2J | <script>x</script>\n# [x](javascript:y) `a` \u{202e}";
    for incident in &mut hostile.incidents {
        text.clone_into(&mut incident.start);
        for route in &mut incident.routes {
            text.clone_into(&mut route.path);
        }
    }
    text.clone_into(&mut hostile.bundle[0].name);
    let diff = compare(&report(OOM), &hostile);
    let shown = written(&diff, Form::Text);
    assert!(!shown.contains(['\u{1b}', '\u{202e}']));
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    let markdown = written(&diff, Form::Markdown);
    assert!(!markdown.contains(['\u{1b}', '\u{202e}']) && !markdown.contains("\n# ["));
    for event in pulldown_cmark::Parser::new_ext(&markdown, pulldown_cmark::Options::all()) {
        use pulldown_cmark::{Event, Tag};
        let live = matches!(
            event,
            Event::Html(_)
                | Event::InlineHtml(_)
                | Event::Start(Tag::Link { .. } | Tag::Image { .. })
        );
        assert!(!live, "{event:?}");
    }
}

#[test]
fn the_program_takes_bundles_capsules_and_reports() {
    let folder = folder();
    let bundle = corpus::named(OOM).bundle();
    let bundle = bundle.to_str().unwrap();
    let json = run(&["report", "--format", "json", bundle]).out;
    let kept = put(folder.path(), "before.json", &json);
    let capsule = folder.path().join("after.tar.gz");
    let capsule = capsule.to_str().unwrap();
    assert_eq!(run(&["capsule", "-q", bundle, "-o", capsule]).code, 0);
    for after in [bundle, capsule] {
        let done = run(&["diff", "--format", "json", kept.to_str().unwrap(), after]);
        assert_eq!(done.code, 0, "{}", done.err);
        let diff: Value = done.json();
        assert_eq!(diff["held"], "no");
        assert_eq!(diff["pairs"][0]["changes"], Value::Array(Vec::new()), "{after}");
    }
    let done = run(&["diff", bundle, corpus::named("deploy-restart").bundle().to_str().unwrap()]);
    assert!(
        done.text().starts_with("# ") && done.text().contains("## Only before"),
        "{}",
        done.text()
    );
    let broken = put(folder.path(), "broken.json", &json[..json.len() / 2]);
    let done = run(&["diff", broken.to_str().unwrap(), bundle]);
    assert!(done.code == 2 && done.err.contains("not a whole report"), "{}", done.err);
}
