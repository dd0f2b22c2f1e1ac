//! The table of `coroner inspect`: one row a member, what it was taken for, how much of it was understood, and its clock. This is
//! what somebody reads when a report misses their log.

use std::io::{self, Write};

use super::escape::terminal;
use super::model::Report;
use super::redact;

/// Writes the table.
///
/// # Errors
/// What the writer says.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let report = &redact::report(report, redact::Level::Secrets)?;
    for source in &report.sources {
        writeln!(out, "{:<4} {}", source.id, terminal(&source.path))?;
        let clock = &source.clock;
        // Rounded down: all is all.
        let understood = source.records.saturating_sub(source.unparsed).saturating_mul(100)
            / source.records.max(1);
        let unparsed = match source.unparsed {
            0 => ", 100 % understood".to_owned(),
            lines => format!(", {understood} % understood, {lines} lines not"),
        };
        writeln!(
            out,
            "     {} ({}), {} records{unparsed}",
            source.format, source.role, source.records
        )?;
        writeln!(out, "     because: {}", terminal(&source.taken_because))?;
        if let (Some(first), Some(last)) = (&source.first, &source.last) {
            writeln!(out, "     {first} to {last}")?;
        }
        writeln!(
            out,
            "     clock: {} {:+} s, ±{} s: {}",
            clock.basis,
            clock.offset_seconds,
            clock.sigma_seconds,
            terminal(&clock.evidence)
        )?;
        for (line, text) in &source.first_unparsed {
            writeln!(
                out,
                "     not understood, line {line}: {}",
                terminal(&text.chars().take(100).collect::<String>())
            )?;
        }
    }
    if !report.data_quality.is_empty() {
        writeln!(out, "\nPassed over or damaged:")?;
    }
    for problem in &report.data_quality {
        writeln!(
            out,
            "     {}: {}: {}",
            terminal(&problem.source),
            problem.problem,
            terminal(&problem.detail)
        )?;
    }
    Ok(())
}
