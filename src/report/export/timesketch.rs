//! The timeline as JSON lines that Timesketch imports: `message`, `datetime` and `timestamp_desc` are mandatory there, and the file
//! must end in `.jsonl` (Timesketch user guide, "Import from JSON or CSV"). Rows without a time are left out: they have no place.

use std::io::{self, Write};

use serde_json::json;

use super::rows;
use crate::report::escape;
use crate::report::model::Report;

/// Timesketch keeps texts as keywords of less than 32 766 bytes.
const TEXT_MAX_CHARS: usize = 8_000;

/// Writes one object a line.
///
/// # Errors
/// What the writer gives.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for row in rows::rows(report).into_iter().filter(|row| !row.time.is_empty()) {
        let text: String = escape::terminal(&row.text).chars().take(TEXT_MAX_CHARS).collect();
        let what = match row.kind.as_str() {
            "incident" => "First failed answer",
            "oom-kill-victim" => "Killed for memory",
            "death" => "Ended",
            _ => "Logged",
        };
        let line = json!({
            "message": text,
            "datetime": row.time,
            "timestamp_desc": what,
            "data_type": format!("coroner:{}", escape::terminal(&row.kind)),
            "coroner_id": row.id,
            "incident": row.incident,
            "end": row.end,
            "sigma_seconds": row.sigma_seconds,
            "source_path": escape::terminal(&row.path),
            "source_line": row.line,
            "count": row.count,
            "redaction": report.redaction,
        });
        writeln!(out, "{line}")?;
    }
    Ok(())
}
