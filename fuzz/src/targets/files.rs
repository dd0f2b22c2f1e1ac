//! Whole files that are read at once: states of a host, capsules, reports, grammars.

use coroner::capsule::{kept::Kept, record};
use coroner::grammar::check;
use coroner::{diff, snapshot};

use super::{lines, markup, whole};

pub(super) fn snapshot(data: &[u8]) {
    _ = snapshot::sniff(data);
    if let Some(taken) = snapshot::read(data) {
        assert!(!taken.snapshot.name().is_empty());
        _ = (taken.snapshot.containers().len(), taken.snapshot.facts());
        let again = snapshot::read(data).map(|taken| (taken.snapshot, taken.events));
        assert_eq!(format!("{again:?}"), format!("{:?}", Some((taken.snapshot, taken.events))));
    }
}

/// Members of a capsule; what was read can be written, and read again.
pub(super) fn capsule(data: &[u8]) {
    if let Some(kept) = Kept::read(data) {
        let written = kept.written().expect("its types are JSON");
        assert_eq!(Kept::read(&written), Some(kept));
    }
    if let Ok(capsule) = record::read(data) {
        let written = record::write(&capsule).expect("its types are JSON");
        let again = record::read(&written).expect("it was just written");
        assert_eq!(written, record::write(&again).expect("its types are JSON"));
    }
}

/// A report that somebody sent: it is compared and shown, and says nothing that its reader's screen would obey.
pub(super) fn report(data: &[u8]) {
    _ = diff::is_report(data);
    let Ok(report) = diff::read_report(data) else { return };
    let compared = diff::compare(&report, &report);
    for form in [diff::Form::Text, diff::Form::Markdown, diff::Form::Json] {
        let mut bytes = Vec::new();
        diff::write(&compared, form, &mut bytes).expect("a vector takes all");
        let text = String::from_utf8(bytes).expect("text is UTF-8");
        match form {
            diff::Form::Markdown => markup::inert_markdown(&text),
            _ => markup::plain(&text),
        }
    }
    whole::written(&report, false);
}

/// A user's grammar, with its samples; and, where it is right, a line of it.
pub(super) fn grammar(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let file = (format!("{}.toml", lines::format_named(text)), text.to_owned());
    for fault in check::alone(std::slice::from_ref(&file)) {
        assert!(!fault.to_string().is_empty());
    }
}
