//! A first grammar from sample lines, for `coroner grammar new --from SAMPLE.log`. In: some lines of a log; out: commented TOML with
//! the shape of the lines that fits most of them, and samples. Exists because the first regular expression is the hard one.
//! Must never give TOML that does not load: what it cannot guess it leaves to the reader, in a comment.

use std::collections::BTreeMap;

use super::time::Layout;

/// Lines looked at; a sample of a log needs no more.
const LINES_MAX: usize = 1000;
/// Longest line that is taken for a sample, in bytes.
const LINE_MAX_BYTES: usize = 400;
/// Samples written into the draft.
const SAMPLES: usize = 3;
/// Name that the draft has until it is given one.
const NAME: &str = "my-format";

/// How a time can be written: its shape (`9` a digit, `A` a letter), the regular expression for it, and its layout.
const TIMES: [(&str, &str, &str); 12] = [
    (
        "9999-99-99T99:99:99",
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)",
        "rfc3339",
    ),
    (
        "9999-99-99T99:99:99",
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?",
        "%Y-%m-%dT%H:%M:%S%.f",
    ),
    (
        "9999-99-99 99:99:99",
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})? [+-]\d{4}",
        "%Y-%m-%d %H:%M:%S%.f %z",
    ),
    ("9999-99-99 99:99:99", r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}", "%Y-%m-%d %H:%M:%S,%3f"),
    (
        "9999-99-99 99:99:99",
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?",
        "%Y-%m-%d %H:%M:%S%.f",
    ),
    (
        "9999/99/99 99:99:99",
        r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?",
        "%Y/%m/%d %H:%M:%S%.f",
    ),
    (
        "99.99.9999 99:99:99",
        r"\d\d\.\d\d\.\d{4} \d\d:\d\d:\d\d(?:\.\d{1,9})?",
        "%d.%m.%Y %H:%M:%S%.f",
    ),
    (
        "99/AAA/9999:99:99:99",
        r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}",
        "%d/%b/%Y:%H:%M:%S %z",
    ),
    (
        "99-AAA-9999 99:99:99",
        r"\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d(?:\.\d{1,9})?",
        "%d-%b-%Y %H:%M:%S%.f",
    ),
    (
        "AAA AAA",
        r"[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,6})? \d{4}",
        "%a %b %e %H:%M:%S%.f %Y",
    ),
    ("AAA 99 99:99:99", r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d", "%b %e %H:%M:%S"),
    ("9999999999", r"\d{10}(?:\.\d{1,9})?", "epoch"),
];

/// Level words, longest first, so that the expression takes the whole of each.
const LEVELS: [&str; 14] = [
    "CRITICAL", "WARNING", "NOTICE", "ERROR", "FATAL", "DEBUG", "TRACE", "INFO", "WARN", "CRIT",
    "SEVERE", "ALERT", "EMERG", "ERR",
];

/// A draft of a grammar for these lines.
#[must_use]
pub fn draft(lines: &[&[u8]]) -> String {
    let texts: Vec<String> = lines
        .iter()
        .take(LINES_MAX)
        .filter(|line| !line.trim_ascii().is_empty() && line.len() <= LINE_MAX_BYTES)
        .map(|line| String::from_utf8_lossy(line).trim_end().to_owned())
        .collect();
    let mut votes: BTreeMap<Shape, (usize, usize)> = BTreeMap::new();
    for (place, text) in texts.iter().enumerate() {
        if let Some(shape) = shape(text) {
            votes.entry(shape).or_insert((0, place)).0 += 1;
        }
    }
    let best =
        votes.into_iter().max_by_key(|(_, (count, first))| (*count, std::cmp::Reverse(*first)));
    let json = texts.iter().filter(|text| is_object(text)).count() * 2 >= texts.len().max(1);
    let mut out = heading();
    let pattern = match (&best, json) {
        (_, true) => {
            out.push_str(&json_line(&texts));
            None
        }
        (Some((shape, (count, _))), false) => {
            out.push_str(&shape_line(shape, *count, texts.len()));
            Some(shape.pattern())
        }
        (None, false) => {
            out.push_str(UNKNOWN_LINE);
            Some(r"^(?P<message>.*)$".to_owned())
        }
    };
    out.push_str(EVENT_HINT);
    samples(&mut out, &texts, pattern.as_deref());
    out
}

/// The parts of a line before its message, in order: what stands between them, and what each is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Shape {
    parts: Vec<(String, Part)>,
    /// What stands between the last part and the message.
    gap: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Time(usize),
    Level,
    Pid,
    Word,
}

impl Shape {
    fn pattern(&self) -> String {
        let mut pattern = String::from("^");
        let mut words = 0;
        for (gap, part) in &self.parts {
            pattern.push_str(&escaped(gap));
            let group = match part {
                Part::Time(index) => {
                    format!("(?P<time>{})", TIMES.get(*index).map_or("", |time| time.1))
                }
                Part::Level => format!("(?P<level>{})", LEVELS.join("|")),
                Part::Pid => r"(?P<pid>\d+)".to_owned(),
                Part::Word => {
                    words += 1;
                    format!(r"(?P<word{words}>[^\s\[\]()<>|]+)")
                }
            };
            pattern.push_str(&group);
        }
        pattern + &escaped(&self.gap) + "(?P<message>.*)$"
    }

    fn layout(&self) -> Option<&'static str> {
        self.parts.iter().find_map(|(_, part)| match part {
            Part::Time(index) => TIMES.get(*index).map(|time| time.2),
            _ => None,
        })
    }
}

/// Punctuation as a regular expression; blanks may differ in number, for columns are padded.
fn escaped(gap: &str) -> String {
    let mut out = String::new();
    for letter in gap.chars() {
        match letter {
            ' ' if out.ends_with(" +") => {}
            ' ' => out.push_str(" +"),
            '\t' => out.push_str(r"\t"),
            letter if r"\.+*?()|[]{}^$#&-~".contains(letter) => {
                out.push('\\');
                out.push(letter);
            }
            letter => out.push(letter),
        }
    }
    out
}

/// Takes the head of a line apart: brackets and bars between a time, a level, a number in brackets.
fn shape(line: &str) -> Option<Shape> {
    let mut shape = Shape::default();
    let mut at = 0;
    let (mut timed, mut leveled, mut numbered) = (false, false, false);
    loop {
        let rest = line.get(at..)?;
        let gap: String =
            rest.chars().take_while(|letter| " \t[]()<>|:,;-=".contains(*letter)).collect();
        let body = rest.get(gap.len()..)?;
        let bracketed = gap.ends_with(['[', '(', '<']) || gap.ends_with("|");
        let (part, length) = match () {
            () if !timed && let Some((index, length)) = time(body) => (Part::Time(index), length),
            () if !leveled && let Some(length) = level(body) => (Part::Level, length),
            () if !numbered && let Some(length) = number(body, bracketed) => (Part::Pid, length),
            () if bracketed && let Some(length) = word(body) => (Part::Word, length),
            () => {
                // A bracket that the message opens is the message's own.
                let kept = gap.trim_end_matches(['[', '(', '<', '-']);
                shape.gap = kept.to_owned();
                break;
            }
        };
        timed |= matches!(part, Part::Time(_));
        leveled |= part == Part::Level;
        numbered |= part == Part::Pid;
        at += gap.len() + length;
        shape.parts.push((normal(&gap), part));
        if shape.parts.len() >= 6 {
            let rest = line.get(at..)?;
            shape.gap = rest.chars().take_while(|letter| " \t])>|:".contains(*letter)).collect();
            break;
        }
    }
    shape.gap = normal(&shape.gap);
    (timed || leveled).then_some(shape)
}

/// One blank for a run of them, so that padded columns give one shape.
fn normal(gap: &str) -> String {
    let mut out = String::new();
    for letter in gap.chars() {
        if letter != ' ' || !out.ends_with(' ') {
            out.push(letter);
        }
    }
    out
}

/// Which time stands at the start of the text, and how long it is: the longest prefix that one of the layouts reads.
fn time(text: &str) -> Option<(usize, usize)> {
    let shape: String = text
        .chars()
        .take(20)
        .map(|letter| match letter {
            letter if letter.is_ascii_digit() => '9',
            letter if letter.is_ascii_alphabetic() && letter != 'T' => 'A',
            letter => letter,
        })
        .collect();
    // A `T` is a letter of a day's or a month's name too.
    let named = shape.replace('T', "A").replace("A  9", "A 99");
    let fits =
        |head: &str| shape.starts_with(head) || (head.starts_with('A') && named.starts_with(head));
    TIMES.iter().enumerate().filter(|(_, (head, _, _))| fits(head)).find_map(
        |(index, (_, pattern, layout))| {
            let regex = regex::Regex::new(&format!("^(?:{pattern})")).ok()?;
            let found = regex.find(text)?;
            // A number that goes on is no epoch.
            let ends = text
                .get(found.end()..)?
                .chars()
                .next()
                .is_none_or(|next| !next.is_ascii_alphanumeric());
            let read =
                Layout::new(layout, false).ok()?.read(found.as_str().as_bytes(), None).is_some();
            (ends && read).then_some((index, found.end()))
        },
    )
}

fn level(text: &str) -> Option<usize> {
    let word: String = text.chars().take_while(char::is_ascii_uppercase).collect();
    LEVELS.contains(&word.as_str()).then_some(word.len())
}

/// A number in brackets is a pid; a bare one may be anything.
fn number(text: &str, bracketed: bool) -> Option<usize> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let closed = text.as_bytes().get(digits).is_some_and(|next| b"])>|".contains(next));
    (bracketed && closed && (1..=8).contains(&digits)).then_some(digits)
}

fn word(text: &str) -> Option<usize> {
    let length = text
        .bytes()
        .take_while(|byte| byte.is_ascii_graphic() && !b"[]()<>|".contains(byte))
        .count();
    let closed = text.as_bytes().get(length).is_some_and(|next| b"])>|".contains(next));
    (closed && (1..=60).contains(&length)).then_some(length)
}

fn heading() -> String {
    format!(
        "# A draft. Rename the file to {NAME}.toml or change `format`; see grammars/README.md for all keys.\n\
         # Then: coroner grammar check {NAME}.toml\n\
         format = \"{NAME}\"\n\
         title = \"TODO: one line for people\"\n\
         docs = \"TODO: where the format is documented\"\n\
         # proxy, app, store, init (supervisors, runtimes, killers) or anywhere\n\
         role = \"app\"\n\
         # Program names under which syslog and journald carry it.\n\
         idents = []\n\n"
    )
}

const UNKNOWN_LINE: &str = "# No time and no level was found at the start of the lines. This takes every line; narrow it by words\n\
    # that only this program writes, or use only_idents = true.\n\
    [[line]]\n\
    pattern = '''^(?P<message>.*)$'''\n\n";

const EVENT_HINT: &str = "# What matters. `kind` is a word of `coroner formats`' vocabulary (src/event.rs), `needle` a literal part.\n\
    # [[event]]\n\
    # kind = \"worker-signaled\"\n\
    # needle = \"was killed by signal\"\n\
    # pattern = '''^worker (?P<worker>\\d+) was killed by signal (?P<signal>\\d+)$'''\n\n";

/// A table for JSON lines, with those of the usual keys that the first line has.
fn json_line(texts: &[String]) -> String {
    let first = texts.iter().find(|text| is_object(text)).map_or("", String::as_str);
    let key = |names: &[&'static str]| {
        names.iter().copied().find(|name| first.contains(&format!("\"{name}\":")))
    };
    let message = key(&["msg", "message", "event", "log"]).unwrap_or("msg");
    let level = key(&["level", "levelname", "severity", "lvl"]);
    let time = key(&["time", "ts", "timestamp", "@timestamp"]);
    let named = |name: &str, key: Option<&str>| {
        key.map_or_else(String::new, |key| format!(", {name} = \"{key}\""))
    };
    let require: Vec<String> =
        [Some(message), level.or(time)].iter().flatten().map(|key| format!("\"{key}\"")).collect();
    let layout = time.map_or("", |_| "time = \"epoch\"\n");
    format!(
        "# The lines look like JSON. Name the keys that hold message, time and level; `a.b` goes deeper. `epoch` reads RFC 3339\n\
         # too; any other layout is that of strftime.\n[[line]]\nrequire = [{}]\njson = {{ message = \"{message}\"{}{} }}\n{layout}\n",
        require.join(", "),
        named("time", time),
        named("level", level),
    )
}

/// A line that begins and ends as an object does.
fn is_object(text: &str) -> bool {
    text.starts_with('{') && text.ends_with('}')
}

fn shape_line(shape: &Shape, count: usize, all: usize) -> String {
    let layout = shape.layout().map_or_else(String::new, |layout| format!("time = \"{layout}\"\n"));
    let note = match shape.layout() {
        Some("rfc3339" | "epoch") | None => "",
        Some(layout) if layout.contains("%z") => "",
        Some(_) => "# Add `utc = true` if the program writes UTC without saying so.\n",
    };
    format!(
        "# {count} of {all} lines have this shape. Rename the groups `word1`, ... to what they are.\n\
         [[line]]\npattern = '''{}'''\n{layout}{note}\n",
        shape.pattern()
    )
}

/// The first lines that the pattern fits, as samples that expect nothing yet, and one that it must leave alone.
fn samples(out: &mut String, texts: &[String], pattern: Option<&str>) {
    let regex = pattern.and_then(|pattern| regex::Regex::new(pattern).ok());
    let fits = |text: &&String| {
        pattern.map_or_else(
            || is_object(text),
            |_| regex.as_ref().is_some_and(|regex| regex.is_match(text)),
        )
    };
    for text in texts.iter().filter(|text| quotable(text)).filter(fits).take(SAMPLES) {
        out.push_str(&format!(
            "[[sample]]\nline = '''{text}'''\norigin = \"TODO: which program and version wrote it\"\nexpect = {{ kind = \"none\" }}\n\n"
        ));
    }
    let last = if pattern == Some(r"^(?P<message>.*)$") {
        "line = '''TODO a line of the log'''\norigin = \"made\"\nexpect = { kind = \"none\" }\n"
    } else {
        "line = '''TODO a line of another program'''\norigin = \"made: another program\"\nreject = true\n"
    };
    out.push_str(&format!("[[sample]]\n{last}"));
}

/// Whether TOML's literal string can hold the line.
fn quotable(text: &str) -> bool {
    !text.contains("'''")
        && !text.ends_with('\'')
        && !text.chars().any(|letter| letter.is_control() && letter != '\t')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::check;

    /// The shape that the draft of some lines finds, and that the draft is in order but for rivals: every other grammar that
    /// takes the same lines is one more reason to narrow it.
    #[track_caller]
    fn check(lines: &[&str], expected: &str) {
        let bytes: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
        let text = draft(&bytes);
        assert!(text.contains(expected), "{text}");
        let faults = check::user(&[(format!("{NAME}.toml"), text.clone())]);
        let own: Vec<String> = faults
            .iter()
            .map(ToString::to_string)
            .filter(|fault| !fault.contains("is claimed by"))
            .collect();
        assert!(own.is_empty(), "{own:?}\n{text}");
    }

    #[test]
    fn shapes_are_found() {
        check(
            &[
                "20.11.2026 22:39:17.784 <412> ERROR worker 7 was killed by signal 9",
                "20.11.2026 22:39:18.001 <412> INFO  worker 8 started",
                "  at line 3",
            ],
            r"pattern = '''^(?P<time>\d\d\.\d\d\.\d{4} \d\d:\d\d:\d\d(?:\.\d{1,9})?) +<(?P<pid>\d+)> +(?P<level>",
        );
        check(
            &[
                "2026-11-20T22:39:17.784Z [shop] INFO ready",
                "2026-11-20T22:39:18.784Z [shop] WARN [x] slow",
            ],
            "time = \"rfc3339\"",
        );
        check(
            &["[2026-11-20 22:39:17 +0000] [30] [INFO] Booting"],
            "time = \"%Y-%m-%d %H:%M:%S%.f %z\"",
        );
        check(
            &["2026-11-20 22:39:17,784 - shop - INFO - ready"],
            "time = \"%Y-%m-%d %H:%M:%S,%3f\"",
        );
        check(&["Thu Nov  5 22:39:17 2026 - boom"], "time = \"%a %b %e %H:%M:%S%.f %Y\"");
        check(&["Nov  5 22:39:17 boom"], "time = \"%b %e %H:%M:%S\"");
        check(&["1795214357.784 boom"], "time = \"epoch\"");
        check(&["ERROR: boom"], "(?P<level>");
    }

    #[test]
    fn what_is_not_understood_is_left_to_the_reader() {
        check(&["boom", "bang"], "No time and no level");
        check(&[], "No time and no level");
        check(&["it's '''quoted'''", "\u{1}\u{2}"], "No time and no level");
        check(
            &[r#"{"msg":"ready","level":"info","time":1795214357784}"#, "\u{fffd}"],
            "look like JSON",
        );
        check(
            &[r#"{"severity":"INFO","message":"ready"}"#],
            "require = [\"message\", \"severity\"]",
        );
        assert!(draft(&[b"\xff\xfe"]).contains("No time"));
    }
}
