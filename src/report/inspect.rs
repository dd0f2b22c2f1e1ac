//! The table of `coroner inspect`: one row a member, what it was taken for, how much of it was understood, and its clock. This is
//! what somebody reads when a report misses their log. In: a report, told in any language. Out: text for a terminal.

use std::io::{self, Write};

use super::escape::terminal;
use super::model::{Report, Source};
use super::redact;
use crate::wording::Language;

/// Letters of a line that was not understood.
const LINE_MAX: usize = 100;

/// Writes the table in the language of the report.
///
/// # Errors
/// What the writer says.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let report = &redact::report(report, redact::Level::Secrets)?;
    let language = report.language;
    for source in &report.sources {
        writeln!(out, "{:<4} {}", source.id, terminal(&source.path))?;
        for line in about(source, language) {
            writeln!(out, "     {line}")?;
        }
    }
    if !report.data_quality.is_empty() {
        writeln!(out, "\n{}", language.say("inspect-problems", []))?;
    }
    for problem in &report.data_quality {
        let of = report.sources.iter().find(|source| source.id == problem.source);
        let path = of.map_or(&problem.source, |source| &source.path);
        writeln!(
            out,
            "     {}: {}: {}",
            terminal(path),
            problem.problem,
            terminal(&problem.detail)
        )?;
    }
    Ok(())
}

fn about(source: &Source, language: Language) -> Vec<String> {
    // Rounded down: all is all.
    let understood =
        source.records.saturating_sub(source.unparsed).saturating_mul(100) / source.records.max(1);
    let taken = [
        ("format", (&source.format).into()),
        ("role", (&source.role).into()),
        ("records", source.records.into()),
        ("understood", if source.unparsed == 0 { 100 } else { understood }.into()),
        ("unparsed", source.unparsed.into()),
    ];
    let mut lines = vec![language.say("inspect-taken", taken)];
    lines.push(
        language.say("inspect-because", [("reason", terminal(&source.taken_because).into())]),
    );
    if let (Some(first), Some(last)) = (&source.first, &source.last) {
        lines.push(language.say("inspect-span", [("first", first.into()), ("last", last.into())]));
    }
    let clock = &source.clock;
    let placed = [
        ("basis", (&clock.basis).into()),
        ("offset", format!("{:+}", clock.offset_seconds).into()),
        ("sigma", clock.sigma_seconds.to_string().into()),
        ("evidence", terminal(&clock.evidence).into()),
    ];
    lines.push(language.say("inspect-clock", placed));
    for (line, text) in &source.first_unparsed {
        let text = terminal(&text.chars().take(LINE_MAX).collect::<String>());
        let unread = [("line", line.to_string().into()), ("text", text.into())];
        lines.push(language.say("inspect-unread", unread));
    }
    lines
}
