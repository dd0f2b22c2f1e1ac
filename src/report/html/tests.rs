//! That the page says what it must, and that hostile text of logs stays text.

use super::write;
use crate::report::model::Report;
use crate::report::text::sample;

fn shown(report: &Report) -> String {
    let mut bytes = Vec::new();
    write(report, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_answer_stands_first() {
    let text = shown(&sample::report("shop-api.service"));
    let answer = text.find("Verdict: confirmed, 98\u{a0}%").unwrap();
    assert!(answer < text.find("<svg").unwrap());
    for expected in [
        "<!DOCTYPE html><html lang=\"en\">",
        "default-src 'none'; style-src 'sha256-",
        "<details class=\"entry\" id=\"E2\">",
        "<a href=\"#E2\">E2</a>",
        "No traffic where it was expected",
    ] {
        assert!(text.contains(expected), "no {expected}");
    }
}

#[test]
fn a_cited_line_opens_to_its_neighbours() {
    let text = shown(&sample::report("x<b>"));
    assert!(
        text.contains("10232 10232: x&lt;b&gt;\n<strong>10233 10233: x&lt;b&gt;</strong>\n10234 ")
    );
}

#[test]
fn nothing_outside_is_asked_for() {
    let text = shown(&sample::report("https://evil.example/x.js"));
    for live in ["src=\"", "url(", "@import", "href=\"http", "<img", "<iframe", "<link", "style=\""]
    {
        assert!(!text.contains(live), "{live}");
    }
}

#[test]
fn no_incident_is_an_answer() {
    let mut quiet = sample::quiet("web");
    quiet.gaps.clear();
    let text = shown(&quiet);
    assert!(text.contains("<h1>Incident report: no incident found, but 2 OOM kills</h1>"));
    assert!(text.contains("No incident: 12\u{202f}345 requests"));
}
