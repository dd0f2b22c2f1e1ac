//! What the Markdown form says, and that hostile text of logs stays text: rendered by an independent parser,
//! a report full of attacks has the same structure as a harmless one.

use pulldown_cmark::{Event, Options, Parser};

use super::{Flavor, Style, Template, write};
use crate::report::model::Report;
use crate::report::text::sample;

/// What strangers send: markup of every dialect that a wiki might read.
const ATTACKS: [&str; 42] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!-- hidden",
    "</details><details open>",
    "[x](javascript:alert(1))",
    "[x][y]",
    "[y]: http://evil",
    "[^1]",
    "[[Home]] [[_TOC_]]",
    "![](http://evil/pixel.png)",
    "![x][y]",
    "http://evil",
    "https://evil.example/a?b=c&d",
    "www.evil.example",
    "<http://evil>",
    "mail someone@evil.example now",
    "@everyone",
    "closes #1 and !2 and ~label and &3",
    "/close",
    "```\n<b>out</b>\n```mermaid\ngraph TD; click A \"http://evil\"",
    "~~~\nout\n~~~",
    "``````",
    "` `` ```",
    "a | b || c |",
    "a \\| b \\\\| c",
    "|---|---|\n| x | y |",
    "\n\n# heading\n\n- item\n\n1. item\n\n> quote",
    "# heading",
    "- item",
    "+ item",
    "1. item",
    "2) item",
    "> quote",
    "---",
    "===",
    "- [x] done",
    "**bold** _em_ __strong__ ~~gone~~ *x* x^up^ H~2~O ==mark== ++new++ ||hid||",
    "&lt;script&gt; &#64;everyone &amp;",
    "$x$ $$y$$ {{< raw >}} {#id} {code}",
    ":tada: \\",
    "\u{1b}]8;;http://evil\u{1b}\\link\u{1b}]8;;\u{1b}\\ \u{1b}[2J",
    "evil\u{202e}gpj.exe\u{200b} \u{2028}# x",
];

fn shown(report: &Report) -> String {
    let mut bytes = Vec::new();
    write(report, Style::default(), &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn styled(report: &Report, style: Style) -> String {
    let mut bytes = Vec::new();
    write(report, style, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

const FLAVORS: [Flavor; 4] = [Flavor::Gfm, Flavor::Github, Flavor::Gitlab, Flavor::Confluence];

#[test]
fn attacks_change_no_structure_in_any_flavor() {
    for flavor in FLAVORS {
        for template in [Template::Plain, Template::Sre] {
            let style = Style { flavor, template, ..Style::default() };
            // A chart is a code block whose words may differ.
            let harmless = structure(&styled(&sample::report("web"), style));
            for attack in ATTACKS {
                assert_eq!(
                    structure(&styled(&sample::report(attack), style)),
                    harmless,
                    "of {attack:?} in {flavor:?}"
                );
            }
        }
    }
}

#[test]
fn flavors_add_only_what_their_wiki_draws() {
    let of = |flavor| styled(&sample::report("web"), Style { flavor, ..Style::default() });
    let (gfm, github, confluence) = (of(Flavor::Gfm), of(Flavor::Github), of(Flavor::Confluence));
    for absent in ["<details>", "```mermaid", "]("] {
        assert!(!gfm.contains(absent) && !confluence.contains(absent), "{absent}");
    }
    assert!(!confluence.contains("- [ ]"));
    check(&github, "## Evidence\n\n<details>\n<summary>Show</summary>\n\n");
    check(
        &github,
        "  I2 oom_kill_memcg confirmed :crit, 2026-01-02 21:56:05, 2026-01-02 21:56:34\n",
    );
    check(&github, "  K1 OOM kill of web :milestone, 2026-01-02 21:56:04, 0s\n");
}

#[test]
fn a_chart_stays_below_the_limit_and_keeps_its_lines() {
    let mut report = sample::report("x:y;z#a%%{init}\nclick K1 href \"javascript:alert(1)\"");
    let kill = report.oom_kills[0].clone();
    report.oom_kills = vec![kill; 300];
    let text = styled(&report, Style { flavor: Flavor::Gitlab, ..Style::default() });
    let (_, chart) = text.split_once("```mermaid\n").unwrap();
    let (chart, _) = chart.split_once("```\n").unwrap();
    assert!(chart.len() < 1_900, "{}", chart.len());
    for line in chart.lines().skip(5) {
        let is_mark = |id: &str| line.starts_with(&format!("  {id}"));
        assert!(["I2 ", "K1 ", "E", "section Cause"].iter().any(|id| is_mark(id)), "{line}");
        assert!(!line.contains([';', '#', '%', '"', '{']), "{line}");
    }
}

#[test]
fn a_post_mortem_leaves_the_human_parts_open() {
    let text =
        styled(&sample::report("web"), Style { template: Template::Sre, ..Style::default() });
    let headings: Vec<&str> = text.lines().filter(|line| line.starts_with("## ")).take(8).collect();
    assert_eq!(
        headings,
        [
            "## Incidents, gravest first",
            "## Impact",
            "## Root cause and trigger",
            "## Detection",
            "## Resolution",
            "## Action items",
            "## Lessons learned",
            "## Timeline (2026-01-02)"
        ]
    );
    check(&text, "## Detection\n\n*To be written by a person.*");
}

#[test]
fn whole_sections_give_way_and_are_named() {
    let whole = styled(&sample::report("web"), Style::default());
    for max_bytes in [0, 900, 2_000, 5_000, whole.len() - 1] {
        let text = styled(
            &sample::report("web"),
            Style { max_bytes: Some(max_bytes), ..Style::default() },
        );
        assert!(text.len() <= max_bytes.max(1_000), "{} of {max_bytes}", text.len());
        check(&text, "Left out for want of room, and in the JSON: ");
        check(&text, "Evidence.\n");
        check(&text, "# Incident report: a process killed at the memory limit of its cgroup");
        let (kept, _) = text.split_once("Left out for want").unwrap();
        assert!(whole.starts_with(kept), "{kept}");
    }
    assert_eq!(
        styled(&sample::report("web"), Style { max_bytes: Some(whole.len()), ..Style::default() }),
        whole
    );
}

fn parsed(text: &str) -> Vec<Event<'_>> {
    Parser::new_ext(text, Options::all().difference(Options::ENABLE_SMART_PUNCTUATION)).collect()
}

/// All but the words: text, code and where the lines break.
fn structure(text: &str) -> Vec<String> {
    let words = |event: &&Event<'_>| matches!(event, Event::Text(_) | Event::Code(_));
    parsed(text).iter().filter(|event| !words(event)).map(|event| format!("{event:?}")).collect()
}

/// The words alone, those outside of code apart.
fn words(text: &str) -> (String, String) {
    let (mut all, mut prose) = (String::new(), String::new());
    let mut fenced = false;
    for event in parsed(text) {
        match event {
            Event::Start(pulldown_cmark::Tag::CodeBlock(_)) => fenced = true,
            Event::End(pulldown_cmark::TagEnd::CodeBlock) => fenced = false,
            Event::Text(text) => {
                all.push_str(&text);
                prose.push_str(if fenced { " " } else { &text });
            }
            Event::Code(code) => {
                all.push_str(&code);
                prose.push(' ');
            }
            _ => {
                all.push(' ');
                prose.push(' ');
            }
        }
    }
    (all, prose)
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert!(text.contains(expected), "no {expected:?} in\n{text}");
}

#[test]
fn the_verdict_stands_first() {
    let text = shown(&sample::report("web"));
    let expected = "\
# Incident report: a process killed at the memory limit of its cgroup (confirmed), 1\u{202f}124 failed requests, 2026-01-02 21:56:05-21:56:34 UTC

- **Impact:** 1\u{202f}124 of 3\u{202f}201 requests failed (1\u{202f}120 x 502, 4 x 504), worst minute 97 %
- **Cause:** The kernel killed web because its cgroup was at its limit of 256 MiB (**confirmed**, 98 %)
- **When:** 2026-01-02 21:56:05-21:56:34 UTC, 29 s
- **Still ongoing:** no, but I1 still failed when the logs end
- **Next:** Raise MemoryMax of web \\[E2\\]

## Incidents, gravest first
";
    assert!(text.starts_with(expected), "{text}");
}

#[test]
fn every_section_is_there() {
    let text = shown(&sample::report("web"));
    check(
        &text,
        "| **I2** (gravest) | 2026-01-02 21:56:05 | 29 s | 1\u{202f}124 | `oom_kill_memcg` | confirmed, 98 % |\n",
    );
    check(&text, "## I2 gateway failures, 2026-01-02 21:56:05-21:56:34 UTC\n");
    check(&text, "| Worst minute | 97 % (21:56:00) of requests failed |\n");
    check(&text, "```text\n ▁▃█▄.▁\nK  x\n```\n");
    check(
        &text,
        "| 21:56:04.5 | 0.5 s | \\[E2\\] | `web:10233` | oom-kill (3 times in that second): `web` |\n",
    );
    check(&text, "1. web reached its limit \\[E2\\]\n");
    check(&text, "- Ruled out: \\[E1\\] web was earlier (so near by chance: 24 %)\n");
    check(&text, "| `deploy_restart` | 1 % | web | \\[E2, E3\\] | \\[E1\\] |\n");
    check(
        &text,
        "This week:\n\n- [ ] Raise MemoryMax of web \\[E2\\]; verify: systemctl show web\n",
    );
    check(&text, "| `web` (pid 4411) | 150 MiB | `web` | 256 MiB | `web` (pid 4412) |  | I2 |\n");
    check(&text, "| D1 | 2026-01-02 21:56:17 | `web` (pid 4413) | signal 9 | `worker_timeout` |");
    check(&text, "| `dmesg` | zone-assumed | +3 h | 0.5 s | no zone in the log |\n");
    check(&text, "- `dmesg`: truncated: web\n");
    check(&text, "\\[E1\\] oom-kill, `web:10233`:\n\n```text\nweb\n```\n");
    check(&text, "\nThe bundle does not say why. (**unknown**)\n");
    assert!(text.find("## I2") < text.find("## I1"));
}

#[test]
fn no_incident_is_an_answer() {
    let text = shown(&sample::quiet("web"));
    assert!(text.starts_with(
        "# Incident report: no incident found, but 2 OOM kills\n\n- **Impact:** none in 12\u{202f}345 requests\n"
    ));
    check(&text, "| no disk trouble web | yes | web |\n");
}

#[test]
fn long_lists_say_what_they_left_out() {
    let mut report = sample::report("web");
    report.deaths = vec![report.deaths[0].clone(); 37];
    check(&shown(&report), "\n\n7 more in the JSON.\n");
}

#[test]
fn attacks_change_no_structure() {
    let harmless = structure(&shown(&sample::report("web")));
    let quiet = structure(&shown(&sample::quiet("web")));
    assert!(
        !harmless.iter().any(|event| event.contains("Html")
            || event.contains("Link")
            || event.contains("Image"))
    );
    for attack in ATTACKS {
        assert_eq!(structure(&shown(&sample::report(attack))), harmless, "of {attack:?}");
        assert_eq!(structure(&shown(&sample::quiet(attack))), quiet, "of {attack:?}");
    }
}

#[test]
fn attacks_stay_readable_and_out_of_prose() {
    for attack in ATTACKS {
        let text = shown(&sample::report(attack));
        let (all, prose) = words(&text);
        for word in
            attack.split(|c: char| c.is_whitespace() || c.is_control() || c == '|' || c > '\u{7f}')
        {
            assert!(all.contains(word), "{word:?} of {attack:?} is lost");
        }
        for live in ["://", "@", "www.", "#1", "!2", "~label", "&3", "&lt;", "$", "<", ":tada:"] {
            assert!(!prose.contains(live), "{live:?} of {attack:?} is in the prose");
        }
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{attack:?}");
        assert!(!text.contains(['\u{202e}', '\u{200b}', '\u{2028}']), "{attack:?}");
    }
}

#[test]
fn pairs_of_attacks_do_not_join() {
    let harmless = structure(&shown(&sample::report("web")));
    for first in ATTACKS {
        for second in ["`", "|", "\\", "](http://evil)", "<b>", "\n```"] {
            let joined = format!("{first}{second}{first} {second}");
            assert_eq!(structure(&shown(&sample::report(&joined))), harmless, "of {joined:?}");
        }
    }
}
