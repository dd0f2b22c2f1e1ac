//! The timeline as CSV (RFC 4180) for a spreadsheet.
//! Must never let a cell begin a formula: what a spreadsheet would calculate (`=`, `+`, `-`, `@`, and their full-width forms, also
//! after spaces) gets an apostrophe in front, as OWASP's page on CSV injection advises; control characters are made visible.

use std::io::{self, Write};

use super::rows::{self, Row};
use crate::report::escape;
use crate::report::model::Report;

const HEADS: [&str; 12] = [
    "time_utc",
    "end_utc",
    "sigma_seconds",
    "id",
    "kind",
    "incident",
    "path",
    "line",
    "count",
    "verdict",
    "text",
    "redaction",
];

/// What a spreadsheet takes for the beginning of a formula.
const OPENERS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Writes one row for each thing with a time.
///
/// # Errors
/// What the writer gives.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(HEADS)?;
    for row in rows::rows(report) {
        csv.write_record(cells(report, &row))?;
    }
    csv.flush()
}

fn cells(report: &Report, row: &Row) -> [String; 12] {
    let incident = report.incidents.iter().find(|incident| incident.id == row.id);
    let line = if row.line == 0 { String::new() } else { row.line.to_string() };
    [
        cell(&row.time),
        cell(row.end.as_deref().unwrap_or_default()),
        row.sigma_seconds.to_string(),
        cell(&row.id),
        cell(&row.kind),
        cell(row.incident.as_deref().unwrap_or_default()),
        cell(&row.path),
        line,
        row.count.to_string(),
        cell(incident.map_or("", |incident| incident.verdict.as_str())),
        cell(&row.text),
        cell(&report.redaction),
    ]
}

fn cell(text: &str) -> String {
    let shown = escape::terminal(text);
    if shown.trim_start().starts_with(OPENERS) { format!("'{shown}") } else { shown }
}
