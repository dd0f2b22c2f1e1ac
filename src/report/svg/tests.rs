//! That the picture is well-formed, whatever the log says, and that marks stand where their times are.

use super::write;
use crate::report::model::Report;
use crate::report::text::sample;

fn shown(report: &Report) -> String {
    let mut bytes = Vec::new();
    write(report, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_kill_and_a_death_have_their_marks() {
    let text = shown(&sample::report("shop-api.service"));
    for expected in [
        "data-ids=\"K1\" data-time=\"2026-01-02T21:56:04.500Z\"",
        "data-ids=\"D1\" data-time=\"2026-01-02T21:56:17.000Z\"",
        "<title>K1: 150 MiB, limit 256 MiB</title>",
        "class=\"chain\"",
        "failures per 1 s",
    ] {
        assert!(text.contains(expected), "no {expected} in\n{text}");
    }
}

#[test]
fn hostile_text_adds_no_markup() {
    let tags = |text: &str| text.matches('<').count();
    let harmless = shown(&sample::report("web"));
    for attack in [
        "<script>alert(1)</script>",
        "\"><script>alert(1)</script>",
        "' onload='alert(1)",
        "]]><svg onload=alert(1)>",
        "</title></svg><img src=x onerror=alert(1)>",
        "&#60;script&#62; &lt;b&gt; <!--",
        "\u{0}\u{1b}[2J\u{fffe}\u{ffff}\u{202e}\r\n",
        "javascript:alert(1)",
    ] {
        let text = shown(&sample::report(attack));
        assert_eq!(tags(&text), tags(&harmless), "of {attack:?}");
        let forbidden =
            |c: char| (c.is_control() && c != '\n') || "\u{fffe}\u{ffff}\u{202e}".contains(c);
        assert!(!text.contains(forbidden), "of {attack:?}");
    }
}

#[test]
fn there_is_a_picture_without_an_incident_and_without_anything() {
    assert!(shown(&sample::quiet("web")).contains("All logs, 2026-01-02 20:00:00"));
    let mut blind = sample::quiet("web");
    blind.series = None;
    assert!(shown(&blind).ends_with("</svg>\n"));
}
