//! Why something could not be read, as a message. In: the detail of a problem, English words of the places that open archives and
//! files. Out: the same words as a message that other languages have, or the words themselves where no message says just that.
//!
//! The English message is the pattern: what stands at its variables is what it speaks of, so that a detail and its message cannot
//! part without the detail staying as it is.

use crate::wording::{Arg, Text, text};

/// Messages with what they speak of.
const REASONS: &[(&str, &[&str])] = &[
    ("unread-empty", &[]),
    ("unread-no-log", &["lines", "line"]),
    ("unread-no-log-unquoted", &["lines"]),
    ("unread-binary", &[]),
    ("unread-lines", &["unparsed", "lines"]),
    ("unread-partial-line", &[]),
    ("unread-long-lines", &["lines", "most"]),
    ("unread-nul-bytes", &["bytes"]),
    ("unread-large-snapshot", &["most"]),
    ("unread-state-dump", &[]),
    ("unread-stream-ends", &["format", "byte"]),
    ("unread-archive-ends-in-header", &["byte"]),
    ("unread-archive-ends-in-content", &["byte"]),
    ("unread-archive-without-end", &["byte"]),
    ("unread-archive-ignored", &["bytes"]),
    ("unread-member-cut", &["came", "bytes"]),
    ("unread-wrong-sum", &["unit", "byte"]),
    ("unread-too-much", &["bytes"]),
    ("unread-bomb", &["ratio", "bytes"]),
    ("unread-too-many-members", &["members", "name"]),
    ("unread-too-deep", &["layers"]),
    ("unread-more", &["more"]),
    ("unread-not-opened", &["reason"]),
    ("unread-file", &["reason"]),
    ("unread-folder", &["reason"]),
    ("unread-packer", &["packer"]),
    ("unread-document", &[]),
    ("unread-encrypted", &[]),
    ("unread-symbolic-link", &[]),
    ("unread-hard-link", &[]),
    ("unread-special", &[]),
];

/// Stand around the number of a variable in a pattern; no message holds them.
const BEGIN: char = '\u{1}';
const END: char = '\u{2}';

/// The detail of a problem as a message, where there is one.
pub(super) fn told(detail: &str) -> Text {
    let message = REASONS.iter().find_map(|(id, names)| recognised(id, names, detail));
    message.unwrap_or_else(|| Text::plain(detail))
}

fn recognised(id: &'static str, names: &[&'static str], detail: &str) -> Option<Text> {
    let blank =
        |(at, name): (usize, &&'static str)| (*name, Arg::Shown(format!("{BEGIN}{at}{END}")));
    let pattern = text(id, names.iter().enumerate().map(blank));
    let mut pieces = pattern.split(BEGIN).peekable();
    let mut rest = detail.strip_prefix(pieces.next()?)?;
    let mut args = Vec::new();
    while let Some(piece) = pieces.next() {
        let (number, fixed) = piece.split_once(END)?;
        let name = *names.get(number.parse::<usize>().ok()?)?;
        let (shown, after) = match pieces.peek() {
            Some(_) => rest.split_once(fixed)?,
            None => (rest.strip_suffix(fixed)?, ""),
        };
        args.push((name, Arg::from(shown)));
        rest = after;
    }
    let message = text(id, args);
    (rest.is_empty() && *message == *detail).then_some(message)
}

#[cfg(test)]
mod tests {
    use super::{REASONS, told};
    use crate::wording::Language;

    #[track_caller]
    fn check(detail: &str, id: Option<&str>) {
        let mut text = told(detail);
        assert_eq!(&*text, detail);
        assert_eq!(text.id(), id);
        let french = Language::named("fr").unwrap();
        text.tell(french);
        assert_eq!(&*text != detail, id.is_some(), "{detail}");
    }

    #[test]
    fn what_could_not_be_read_is_a_message() {
        check("empty", Some("unread-empty"));
        check(
            "text that is no known log (11 lines, beginning \"a \"), passed over\"), passed over",
            Some("unread-no-log"),
        );
        check("gzip stream ends at compressed byte 61234", Some("unread-stream-ends"));
        check("19 of 81 lines were not understood; see coroner inspect", Some("unread-lines"));
        check(
            "cannot be opened: No such file or directory (os error 2)",
            Some("unread-not-opened"),
        );
    }

    #[test]
    fn other_words_stay_as_they_are() {
        check("", None);
        check("empty, but for this", None);
        check("\u{1}0\u{2} of \u{1}1\u{2}", None);
    }

    /// A detail that a message speaks of is written by some place that reads; else the message is of no use.
    #[test]
    fn every_message_is_the_detail_of_some_place() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        let mut sources = String::new();
        for folder in ["bundle", "ingest"] {
            for file in std::fs::read_dir(format!("{root}/{folder}")).unwrap() {
                let path = file.unwrap().path();
                if path.extension().is_some_and(|ending| ending == "rs") {
                    sources.push_str(&std::fs::read_to_string(path).unwrap());
                }
            }
        }
        for (id, names) in REASONS {
            let args = names.iter().map(|name| (*name, crate::wording::Arg::from("\u{1}")));
            let pattern = crate::wording::text(id, args);
            let longest = pattern.split('\u{1}').max_by_key(|piece| piece.len()).unwrap();
            let written = longest.trim().replace('"', "\\\"");
            // The name of what was read may be a variable of the place.
            let parts = written.split(" file ").flat_map(|part| part.split(" folder "));
            let parts = parts.flat_map(|part| part.split(", passed over"));
            let parts = parts.flat_map(|part| part.split(" content "));
            let part = parts.max_by_key(|part| part.len()).unwrap();
            assert!(sources.contains(part), "{id}: nobody writes {part:?}");
        }
    }
}
