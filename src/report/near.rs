//! The lines next to those that a report cites. In: a report; then the lines that were looked up again. Out: events with the lines
//! around them, as they stand in their files. Must never ask for more than a bounded number of lines, nor believe what it gets:
//! the lines are shown, and nothing is concluded from them.

use std::collections::BTreeMap;

use crate::cited::{self, Lines, Wanted};
use crate::event::excerpt;

use super::model::{NearLine, Report};

/// Most lines on either side.
pub const CONTEXT_MAX: u64 = 50;
/// Events that get their lines; the page shows no more.
const EVENTS_MAX: usize = 500;

/// The lines to look up: those that are cited, and so many before and after.
#[must_use]
pub fn wanted(report: &Report, context: u64) -> Wanted {
    let paths: BTreeMap<&str, &str> =
        report.sources.iter().map(|source| (source.id.as_str(), source.path.as_str())).collect();
    let mut wanted = Wanted::new();
    for event in report.events.iter().take(EVENTS_MAX).filter(|event| event.line > 0) {
        if let Some(path) = paths.get(event.source.as_str()) {
            let context = context.min(CONTEXT_MAX);
            cited::around(
                wanted.entry((*path).to_owned()).or_default(),
                event.line,
                context,
                context,
            );
        }
    }
    wanted
}

/// Puts the lines that were found to their events.
pub fn fill(report: &mut Report, lines: &Lines, context: u64) {
    let Report { sources, events, .. } = report;
    let paths: BTreeMap<&str, &str> =
        sources.iter().map(|source| (source.id.as_str(), source.path.as_str())).collect();
    let context = context.min(CONTEXT_MAX);
    for event in events.iter_mut().take(EVENTS_MAX).filter(|event| event.line > 0) {
        let own = paths.get(event.source.as_str()).and_then(|path| lines.get(*path));
        let Some(own) = own else { continue };
        let from = event.line.saturating_sub(context);
        event.lines = own
            .range(from..=event.line.saturating_add(context))
            .map(|(line, text)| NearLine { line: *line, text: excerpt(text) })
            .collect();
    }
}
