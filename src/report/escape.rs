//! Turns text from logs into text that no terminal and no Markdown renderer obeys.
//! In: any string. Out: the same string with its control characters visible, or as plain words and code spans.
//! Why: logs hold what strangers sent. Backslashes alone do not stop mentions and autolinks, which GitHub, GitLab and Wiki.js
//! find in the rendered text, so a word that anything could interpret becomes a code span; this also keeps it readable and copyable.
//! Must never drop a character silently: hidden ones are shown, not removed.

use std::fmt::Write as _;

/// Characters that some Markdown dialect reads anywhere in a word: emphasis, code, links, HTML, tables, mentions, references,
/// mathematics, macros, superscripts.
const MARKUP: [char; 15] =
    ['`', '*', '_', '[', ']', '<', '~', '|', '\\', '{', '}', '$', '@', '#', '^'];

/// From this length on a word of hexadecimal digits is taken for a commit and linked (GitHub, GitLab).
const COMMIT_MIN_DIGITS: usize = 7;

/// Makes every character visible that a terminal would obey or hide: control characters (newlines too), C1, bidirectional
/// overrides, zero-width characters, tags. ESC becomes `\x1b`, U+202E becomes `\u{202e}`. What GitHub Actions would obey in the
/// output of a job (`::error::` at the start of a line, `##[error]` anywhere) loses its first character in the same way.
/// A text that has passed once passes again unchanged.
#[must_use]
pub fn terminal(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let indent = text.len() - text.trim_start().len();
    for (at, c) in text.char_indices() {
        let rest = text.get(at..).unwrap_or("");
        match c {
            ':' if at == indent && is_workflow_command(rest) => shown.push_str("\\x3a"),
            '#' if rest.starts_with("##[") => shown.push_str("\\x23"),
            c => push_visible(c, &mut shown),
        }
    }
    shown
}

/// `::name::` or `::name key=`, but not the IPv6 address `::ffff:10.0.0.1`.
fn is_workflow_command(text: &str) -> bool {
    let Some(name) = text.strip_prefix("::") else { return false };
    let after = name.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '-' || c == '_');
    after.len() < name.len()
        && (after.is_empty() || after.starts_with("::") || after.starts_with(' '))
}

fn push_visible(c: char, shown: &mut String) {
    match c {
        '\n' => shown.push_str("\\n"),
        '\r' => shown.push_str("\\r"),
        '\t' => shown.push_str("\\t"),
        // Writing to a String does not fail.
        c if c.is_ascii_control() => drop(write!(shown, "\\x{:02x}", u32::from(c))),
        c if is_hidden(c) => drop(write!(shown, "\\u{{{:x}}}", u32::from(c))),
        c => shown.push(c),
    }
}

/// Characters from DEL on that steer a terminal, turn the direction of text, take no room or are none (XML forbids those).
pub(crate) fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}'..='\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
}

/// Text for a sentence, heading or list item: plain words as they are, all others as code spans. Runs of spaces become one.
/// For a table use [`cell`].
#[must_use]
pub fn markdown(text: &str) -> String {
    let shown = terminal(text);
    let mut words = Vec::new();
    for word in shown.split(' ').filter(|word| !word.is_empty()) {
        words.push(inline_word(word, words.is_empty()));
    }
    words.join(" ")
}

/// Text for a table cell: as [`markdown`], with pipes that do not end the cell.
#[must_use]
pub fn cell(text: &str) -> String {
    without_pipes(&markdown(text))
}

/// A code span that its content cannot end. For a table use [`code_cell`].
#[must_use]
pub fn code_span(text: &str) -> String {
    let shown = terminal(text);
    if shown.is_empty() {
        return shown;
    }
    let ticks = "`".repeat(longest_backtick_run(&shown) + 1);
    let at_edge = shown.starts_with('`') || shown.ends_with('`');
    let would_be_stripped = shown.starts_with(' ') && shown.ends_with(' ');
    let pad = if at_edge || would_be_stripped { " " } else { "" };
    format!("{ticks}{pad}{shown}{pad}{ticks}")
}

/// A code span for a table cell: GFM splits cells before it looks for code, so pipes are escaped there too.
#[must_use]
pub fn code_cell(text: &str) -> String {
    without_pipes(&code_span(text))
}

/// A fenced block, longer fenced than any run of backticks inside, with the newlines of the text kept.
#[must_use]
pub fn fence(text: &str) -> String {
    let ticks = "`".repeat(longest_backtick_run(text).max(2) + 1);
    let mut block = format!("{ticks}text\n");
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        block.push_str(&terminal(line));
        block.push('\n');
    }
    block.push_str(&ticks);
    block.push('\n');
    block
}

fn longest_backtick_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// `\|` is a pipe in a GFM cell; after a backslash the dialects disagree, so there it is shown by its number.
fn without_pipes(markdown: &str) -> String {
    let mut safe = String::with_capacity(markdown.len());
    for c in markdown.chars() {
        match c {
            '|' if safe.ends_with('\\') => safe.push_str("x7c"),
            '|' => safe.push_str("\\|"),
            c => safe.push(c),
        }
    }
    safe
}

/// A word as it is, or as a code span with the punctuation of the sentence left outside.
fn inline_word(word: &str, first: bool) -> String {
    let is_live = |part: &str| is_risky(part) || (first && opens_block(part));
    let (open, core, close) = without_punctuation(word);
    if !is_live(word) && !is_live(core) {
        return word.to_owned();
    }
    if is_live(core) { format!("{open}{}{close}", code_span(core)) } else { code_span(word) }
}

/// `(name),` as `(`, `name` and `),`.
fn without_punctuation(word: &str) -> (&str, &str, &str) {
    let ended = word.trim_end_matches([',', ';', '.', ':']);
    let bracketed = ended.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
    // One of a pair may stand at another word: `(one, other)`.
    let opened = || ended.strip_prefix('(').filter(|core| !core.contains(')'));
    let closed = || ended.strip_suffix(')').filter(|core| !core.contains('('));
    match (bracketed.or_else(opened), closed()) {
        (Some(core), _) => ("(", core, word.get(core.len() + 1..).unwrap_or("")),
        (None, Some(core)) => ("", core, word.get(core.len()..).unwrap_or("")),
        (None, None) => ("", ended, word.get(ended.len()..).unwrap_or("")),
    }
}

/// Whether any dialect reads the word as more than text.
fn is_risky(word: &str) -> bool {
    (word.contains(MARKUP) && !is_bound(word))
        || ["://", "==", "++"].iter().any(|live| word.contains(live))
        || word.starts_with("--")
        || is_reference(word)
        || is_linked_name(word)
        || is_emoji_name(word)
        || is_commit(word)
}

/// A figure such as `<0.1`: no tag begins with a digit.
fn is_bound(word: &str) -> bool {
    word.strip_prefix('<').is_some_and(|figure| {
        figure.starts_with(|c: char| c.is_ascii_digit())
            && figure.bytes().all(|b| b.is_ascii_digit() || b".,;:)".contains(&b))
    })
}

/// What begins a list, heading, quote, underline, table or GitLab command at the start of a block.
fn opens_block(word: &str) -> bool {
    let number = word.trim_start_matches(|c: char| c.is_ascii_digit());
    word.starts_with(['-', '+', '=', '>', '/', ':', '%'])
        || (number.len() < word.len() && (number == "." || number == ")"))
}

/// Entities (`&lt;`) and GitLab references (`!12`, `&3`, `%"4"`).
fn is_reference(word: &str) -> bool {
    let followed = |pair: &[u8]| matches!(pair, [b'&' | b'!' | b'%', next] if next.is_ascii_alphanumeric() || *next == b'"');
    word.as_bytes().windows(2).any(followed)
}

/// Addresses and names with a dot before two letters, which some renderers link without a scheme.
fn is_linked_name(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    if lower.contains("www.") || lower.contains("mailto:") || lower.contains("xmpp:") {
        return true;
    }
    let mut parts = word.split('.');
    let mut before = parts.next().unwrap_or("");
    for after in parts {
        let letters = after.chars().take(2).filter(|c| c.is_alphabetic()).count();
        if letters == 2 && before.ends_with(char::is_alphanumeric) {
            return true;
        }
        before = after;
    }
    false
}

/// `:name:`; times such as `21:56:05` are not names.
fn is_emoji_name(word: &str) -> bool {
    let mut parts = word.split(':').skip(1).peekable();
    while let Some(name) = parts.next() {
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '+' || c == '-');
        if is_name && parts.peek().is_some() {
            return true;
        }
    }
    false
}

fn is_commit(word: &str) -> bool {
    let digits = word.trim_matches(|c: char| c.is_ascii_punctuation());
    digits.len() >= COMMIT_MIN_DIGITS
        && digits.bytes().all(|b| b.is_ascii_hexdigit())
        && digits.bytes().any(|b| b.is_ascii_digit())
        && digits.bytes().any(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::{cell, code_cell, code_span, fence, markdown, terminal};

    #[track_caller]
    fn check(form: fn(&str) -> String, input: &str, expected: &str) {
        assert_eq!(form(input), expected, "of {input:?}");
    }

    #[test]
    fn terminals_get_nothing_to_obey() {
        check(terminal, "\u{1b}]0;pwned\u{7}\r\n", r"\x1b]0;pwned\x07\r\n");
        check(terminal, "a\tb\u{7f}\u{9b}31m", r"a\tb\x7f\u{9b}31m");
        check(
            terminal,
            "exe\u{202e}gpj\u{2066}\u{200b}\u{feff}",
            r"exe\u{202e}gpj\u{2066}\u{200b}\u{feff}",
        );
        check(terminal, "\u{2028}\u{e0041}", r"\u{2028}\u{e0041}");
        check(terminal, "naïve 日本 1\u{202f}124 ±", "naïve 日本 1\u{202f}124 ±");
    }

    #[test]
    fn build_jobs_get_nothing_to_obey() {
        check(terminal, "::error::x", r"\x3a:error::x");
        check(terminal, " ::add-mask::x ::b::", r" \x3a:add-mask::x ::b::");
        check(terminal, "a ##[error]x", r"a \x23#[error]x");
        check(terminal, "::ffff:10.0.0.1 [::1]:80", "::ffff:10.0.0.1 [::1]:80");
        check(fence, "a\n::error::x", "```text\na\n\\x3a:error::x\n```\n");
    }

    #[test]
    fn sentences_stay_sentences() {
        let plain =
            "The kernel killed gunicorn (pid 4411) at 21:56:05, 29 s, 97 % -> 502; e.g. shop-api!";
        check(markdown, plain, plain);
        check(markdown, "killed in shop-api.service, twice", "killed in `shop-api.service`, twice");
        check(markdown, "a unit (shop-api.service).", "a unit (`shop-api.service`).");
        check(
            markdown,
            "a lock (pg_locks, pg_x) of f_x()",
            "a lock (`pg_locks`, `pg_x`) of `f_x()`",
        );
        check(markdown, "cause oom_kill_memcg", "cause `oom_kill_memcg`");
        check(markdown, "a limit (--max, --min) of <0.1 %", "a limit (`--max`, `--min`) of <0.1 %");
        check(markdown, "<1<b> <1,", "`<1<b>` <1,");
        check(markdown, "a  b\tc\nd", r"a `b\tc\nd`");
    }

    #[test]
    fn markup_becomes_code() {
        check(markdown, "<script>alert(1)</script>", "`<script>alert(1)</script>`");
        check(markdown, "[x](javascript:alert(1))", "`[x](javascript:alert(1))`");
        check(markdown, "![](http://evil/p.png)", "`![](http://evil/p.png)`");
        check(markdown, "see http://evil/, www.evil", "see `http://evil/`, `www.evil`");
        check(markdown, "ping @everyone a@b.example", "ping `@everyone` `a@b.example`");
        check(
            markdown,
            "**b** #12 !12 ~l &lt; $x$ a^b^ ==m==",
            "`**b**` `#12` `!12` `~l` `&lt`; `$x$` `a^b^` `==m==`",
        );
        check(markdown, ":tada: evil.com deadbee1", "`:tada`: `evil.com` `deadbee1`");
        check(markdown, "```mermaid", "```` ```mermaid ````");
    }

    #[test]
    fn blocks_are_not_opened() {
        check(markdown, "- item", "`-` item");
        check(markdown, "1. item", "`1.` item");
        check(markdown, "=== x", "`===` x");
        check(markdown, "> quote", "`>` quote");
        check(markdown, "/close now", "`/close` now");
        check(markdown, "a - b > c 1. d", "a - b > c 1. d");
    }

    #[test]
    fn pipes_do_not_end_cells() {
        check(cell, "a|b c", r"`a\|b` c");
        check(code_cell, r"x\|y", r"`x\x7cy`");
        check(code_span, "a|b", "`a|b`");
    }

    #[test]
    fn code_is_not_ended_by_its_content() {
        check(code_span, "a`b", "``a`b``");
        check(code_span, "`", "`` ` ``");
        check(code_span, " a ", "`  a  `");
        check(code_span, "", "");
        check(fence, "x\n````\n<b>\u{1b}", "`````text\nx\n````\n<b>\\x1b\n`````\n");
        check(fence, "x\n", "```text\nx\n```\n");
    }
}
