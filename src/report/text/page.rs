//! Lines of limited width on a writer.
//! In: text of any origin. Out: lines no wider than the style's width, control characters visible, labels coloured if asked.
//! Why: width and safety are kept in one place. Must never write text that has not passed `escape::terminal`.

use std::io::{self, Write};

use super::Style;
use crate::report::answer::TIE;
use crate::report::escape;

/// Narrower than this, nothing can be laid out.
const WIDTH_MIN: usize = 40;

/// Bold, for headings and labels.
const BOLD: &str = "\u{1b}[1m";

/// Bold red, for the labels of the answer.
const BOLD_RED: &str = "\u{1b}[1;31m";

/// Ends a colour.
const PLAIN: &str = "\u{1b}[0m";

/// Where the lines go.
pub(super) struct Page<'a> {
    out: &'a mut dyn Write,
    color: bool,
    width: usize,
}

impl<'a> Page<'a> {
    pub(super) fn new(out: &'a mut dyn Write, style: Style) -> Self {
        Self { out, color: style.color, width: style.width.max(WIDTH_MIN) }
    }

    /// Columns that a line may take.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// An empty line and a heading.
    pub(super) fn heading(&mut self, text: &str) -> io::Result<()> {
        let text = cut(&escape::terminal(text), self.width);
        let painted = self.painted(&text, BOLD);
        writeln!(self.out, "\n{painted}")
    }

    /// A label in colour and a text wrapped beside it.
    pub(super) fn item(&mut self, label: &str, text: &str) -> io::Result<()> {
        self.beside(label, text, BOLD_RED)
    }

    /// A text wrapped beside what precedes its first line.
    pub(super) fn paragraph(&mut self, before: &str, text: &str) -> io::Result<()> {
        self.beside(before, text, "")
    }

    /// One line, cut at its end.
    pub(super) fn row(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{}", cut(&escape::terminal(text), self.width).trim_end())
    }

    /// One line whose last part is a path, cut in the middle of the path.
    pub(super) fn located(&mut self, before: &str, path: &str) -> io::Result<()> {
        let before = cut(&escape::terminal(before), self.width / 2);
        let room = self.width.saturating_sub(columns(&before));
        writeln!(self.out, "{before}{}", elided(&escape::terminal(path), room))
    }

    /// A command to copy: broken only at spaces outside quotes, with a backslash.
    pub(super) fn command(&mut self, indent: usize, command: &str) -> io::Result<()> {
        let lines =
            command_lines(&escape::terminal(command), self.width.saturating_sub(indent + 2));
        for (at, line) in lines.iter().enumerate() {
            let more = if at + 1 < lines.len() { " \\" } else { "" };
            writeln!(self.out, "{:indent$}{line}{more}", "")?;
        }
        Ok(())
    }

    fn beside(&mut self, before: &str, text: &str, color: &str) -> io::Result<()> {
        let before = cut(&escape::terminal(before), self.width / 2);
        let indent = columns(&before);
        let lines = wrapped(&escape::terminal(text), self.width.saturating_sub(indent));
        let (first, following) =
            lines.split_first().map_or(("", &[][..]), |(a, b)| (a.as_str(), b));
        let label = if color.is_empty() { before } else { self.painted(&before, color) };
        writeln!(self.out, "{}", format!("{label}{first}").trim_end())?;
        for line in following {
            writeln!(self.out, "{:indent$}{line}", "")?;
        }
        Ok(())
    }

    fn painted(&self, text: &str, color: &str) -> String {
        if self.color { format!("{color}{text}{PLAIN}") } else { text.to_owned() }
    }
}

/// Columns of a text on a terminal; combining marks count as one, so this is never too small.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(char_columns).sum()
}

/// East Asian wide characters and emoji take two columns (Unicode's East_Asian_Width W and F, rounded up to whole blocks).
fn char_columns(c: char) -> usize {
    let wide = matches!(c,
        '\u{1100}'..='\u{11ff}' | '\u{231a}'..='\u{231b}' | '\u{2329}'..='\u{232a}' | '\u{23e9}'..='\u{23ff}'
        | '\u{25fd}'..='\u{25fe}' | '\u{2600}'..='\u{27bf}' | '\u{2b1b}'..='\u{2b55}' | '\u{2e80}'..);
    if wide { 2 } else { 1 }
}

/// The text if it has room, or its beginning and `…`.
pub(super) fn cut(text: &str, room: usize) -> String {
    if columns(text) <= room {
        return text.to_owned();
    }
    let mut kept = head(text, room.saturating_sub(1)).to_owned();
    kept.push('…');
    kept
}

/// The text if it has room, or its two ends with `…` between; the end of a path tells more than its middle.
fn elided(text: &str, room: usize) -> String {
    if columns(text) <= room {
        return text.to_owned();
    }
    let ends = room.saturating_sub(1);
    let start = head(text, ends / 2);
    format!("{start}…{}", tail(text, ends - columns(start)))
}

fn head(text: &str, room: usize) -> &str {
    let mut taken = 0;
    for (at, c) in text.char_indices() {
        taken += char_columns(c);
        if taken > room {
            return text.get(..at).unwrap_or("");
        }
    }
    text
}

fn tail(text: &str, room: usize) -> &str {
    let mut taken = 0;
    for (at, c) in text.char_indices().rev() {
        taken += char_columns(c);
        if taken > room {
            return text.get(at + c.len_utf8()..).unwrap_or("");
        }
    }
    text
}

/// Lines of whole words, each safe at the start of a line; a word that has no room on a line of its own is elided in the middle.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in with_units(text) {
        let word = elided(&escape::terminal(&word.replace(TIE, " ")), room);
        if !line.is_empty() && columns(&line) + 1 + columns(&word) > room {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// The words of a text; a figure and its unit are one.
fn with_units(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let plain = word.trim_end_matches([',', ';', '.', ':', ')']);
        let is_figure = |last: &String| last.ends_with(|c: char| c.is_ascii_digit());
        match words.last_mut().filter(|last| UNITS.contains(&plain) && is_figure(last)) {
            Some(last) => {
                last.push(' ');
                last.push_str(word);
            }
            None => words.push(word.to_owned()),
        }
    }
    words
}

/// Units of our figures, and `x` of `3 x 502`.
const UNITS: [&str; 10] = ["x", "s", "min", "h", "d", "%", "B", "KiB", "MiB", "GiB"];

/// Lines of a shell command, broken where a backslash may follow; a quoted part longer than a line is elided.
fn command_lines(command: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in shell_words(command) {
        let word = elided(&escape::terminal(word), room);
        if !line.is_empty() && columns(&line) + 1 + columns(&word) > room {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    lines.push(line);
    lines
}

/// Parts of a command between spaces outside quotes.
fn shell_words(command: &str) -> Vec<&str> {
    let mut quote = None;
    let between = |c: char| {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
        quote.is_none() && c == ' '
    };
    command.split(between).filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::{columns, command_lines, cut, elided, wrapped};

    #[test]
    fn words_are_wrapped_and_long_ones_elided() {
        assert_eq!(wrapped("aa bb cc", 5), ["aa bb", "cc"]);
        assert_eq!(wrapped("29\u{a0}s x", 4), ["29 s", "x"]);
        assert_eq!(wrapped("held 94.4 MiB, so", 9), ["held", "94.4 MiB,", "so"]);
        assert_eq!(wrapped("/var/log/nginx/access.log", 11), ["/var/…s.log"]);
        assert!(wrapped("", 5).is_empty());
    }

    #[test]
    fn wide_characters_count_twice() {
        assert_eq!(columns("日本"), 4);
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(elided("日本語日本語", 6), "日…本語".replace("本", ""));
        assert_eq!(columns("▁█…→±\u{202f}"), 6);
    }

    #[test]
    fn commands_stay_commands() {
        let lines = command_lines("docker events --since 'a b c' --until x", 22);
        assert_eq!(lines, ["docker events --since", "'a b c' --until x"]);
    }
}
