//! What the text form says, and that no report makes it wider or obeyed.

use super::page::columns;
use super::{Style, sample, write};
use crate::report::model::Report;
use crate::wording::Text;

/// Terminal controls, bidirectional overrides, wide and combining characters, long words, lines of their own.
pub(super) const HOSTILE: &str = "\u{1b}]0;x\u{7}\u{1b}[2J\r\n日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語\u{202e}\u{200b}\
    /var/lib/docker/containers/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/x-json.log 🔥🔥 e\u{301} \u{9b}31m end";

fn shown(report: &Report) -> String {
    let mut bytes = Vec::new();
    write(report, Style::default(), &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert!(text.contains(expected), "no {expected:?} in\n{text}");
}

#[test]
fn the_answer_stands_first() {
    let text = shown(&sample::report("shop-api.service"));
    let expected = "\
WHY   The kernel killed shop-api.service because its cgroup was at its limit of
      256 MiB. Verdict: confirmed, 98 %.
WHAT  1\u{202f}124 of 3\u{202f}201 requests failed (1\u{202f}120 x 502, 4 x 504), 2026-01-02
      21:56:05-21:56:34 UTC, 29 s, worst minute 97 %
DO    Raise MemoryMax of shop-api.service. [E2] Check: systemctl show
      shop-api.service
";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.lines().count() <= 60, "{text}");
}

#[test]
fn the_proof_follows() {
    let text = shown(&sample::report("shop-api.service"));
    check(&text, "Failures per 5 s, at most 600; K OOM kill, x death\n  ▁▃█▄.▁\n K  x\n");
    check(&text, "Chain\n  1. shop-api.service reached its limit [E2]\n");
    check(&text, "  [E2] 21:56:04.5 ±0.5s shop-api.service:10233\n      > shop-api.service\n");
    check(&text, "  - [E1] shop-api.service was earlier (so near by chance: 24 %)\n");
    check(&text, "Could not be seen\n  - the events of the container runtime\n");
    check(&text, "    docker events --since '2026-01-02 21:50' --until '2026-01-02 22:00' \\\n");
    check(&text, "  I1   2026-01-02 20:50:00 2 min 11 s  12       unknown: bundle does not tell\n");
    check(&text, "2026-01-02 20:10:00 K2: kernel killed shop-api.service (pid 4411), 150 MiB");
    check(&text, "  - dmesg: truncated: shop-api.service\n");
    check(&text, "  - dmesg: zone-assumed, ±0.5 s: no zone in the log\n");
}

#[test]
fn an_unknown_cause_is_an_answer() {
    let mut report = sample::report("x");
    report.incidents.truncate(1);
    let text = shown(&report);
    check(&text, "still failing at the end of the logs\n");
    check(&text, "WHY   The bundle does not say why. Verdict: unknown.\n");
    check(
        &text,
        "DO    Collect the events of the container runtime; it tells apart\n      deploy_restart,",
    );
    check(&text, "      docker events --since");
}

#[test]
fn undetermined_names_both() {
    let mut report = sample::report("x");
    report.incidents.remove(0);
    let incident = &mut report.incidents[0];
    incident.verdict = "undetermined".to_owned();
    incident.summary = Text::plain(
        "Either the kernel killed x or a deploy restarted it; the bundle does not tell which",
    );
    incident.causes[0].probability = 0.46;
    incident.causes[1].probability = 0.41;
    let text = shown(&report);
    check(&text, "Verdict: undetermined, oom_kill_memcg 46 % or deploy_restart\n      41 %.\n");
}

#[test]
fn no_incident_says_what_was_looked_at() {
    let silent = shown(&sample::quiet("web"));
    check(&silent, "No burst of failures, but no traffic 2026-01-02 20:30:00-20:40:00 UTC");
    let mut quiet = sample::quiet("web");
    quiet.gaps.clear();
    let text = shown(&quiet);
    let first =
        "No incident: 12\u{202f}345 requests, few failed, none of them in a burst (2 x 502). A";
    assert!(text.starts_with(first), "{text}");
    check(&text, "The OOM killer killed 2 processes, and\nno burst of failures followed. The logs");
    check(&text, "20:00:00-22:30:00 UTC.\nPart of the input is lost");
    check(&text, "  holds        no disk trouble web (web)\n");
    check(&text, "OOM kills tied to no incident\n");
    let mut blind = sample::quiet("web");
    blind.traffic = None;
    assert!(shown(&blind).starts_with("No incident can be told: the bundle holds no access log"));
}

#[test]
fn ties_go_to_the_gateway() {
    let mut report = sample::report("x");
    report.incidents[0].errors = report.incidents[1].errors.clone();
    check(&shown(&report), "WHAT  1\u{202f}124 of 3\u{202f}201");
}

#[test]
fn nothing_is_wider_than_asked_or_obeyed() {
    for report in [sample::report(HOSTILE), sample::quiet(HOSTILE)] {
        let text = shown(&report);
        for line in text.lines() {
            assert!(columns(line) <= 80, "{} columns: {line}", columns(line));
        }
        let hidden = |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{200b}".contains(c);
        assert!(!text.contains(hidden), "{text}");
        check(&text, r"\x1b]0;x\x07\x1b[2J\r\n日本語");
    }
}

#[test]
fn no_line_is_a_command_of_a_build_job() {
    let text = shown(&sample::report(&"::stop-commands::x ".repeat(30)));
    assert!(text.contains(r"\x3a:stop-commands::x"));
    assert!(!text.lines().any(|line| line.trim_start().starts_with("::")), "{text}");
}

#[test]
fn colour_only_adds() {
    let report = sample::report("shop-api.service");
    let mut bytes = Vec::new();
    write(&report, Style { color: true, width: 80 }, &mut bytes).unwrap();
    let coloured = String::from_utf8(bytes).unwrap();
    assert!(coloured.starts_with("\u{1b}[1;31mWHY   \u{1b}[0mThe kernel"));
    let mut plain = coloured;
    for code in ["\u{1b}[1;31m", "\u{1b}[1m", "\u{1b}[0m"] {
        plain = plain.replace(code, "");
    }
    assert_eq!(plain, shown(&report));
}
