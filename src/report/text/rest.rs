//! What stands under the gravest incident, or alone where there is none: other incidents, kills and deaths that users
//! are outside of incidents, gaps, what could not be read, clocks that are guesses. In: a `Report`. Out: sections of the page.
//! Must never say "no incident" without saying what was looked at.

use std::io;

use super::page::{Page, columns};
use super::proof::left_out;
use crate::report::answer::{self, tied};
use crate::report::figures;
use crate::report::model::{Incident, Report};
use crate::report::reading::{self, Reading};
use crate::report::redact;

/// Rows of the table of other incidents.
const INCIDENTS_MAX: usize = 10;

/// Entries of each other section.
const ENTRIES_MAX: usize = 5;

/// Columns of id, start, duration and failures in the table of other incidents; the cause takes the rest.
const TABLE: [usize; 4] = [5, 20, 12, 9];

/// The other incidents as a table.
pub(super) fn others(page: &mut Page<'_>, incidents: &[&Incident]) -> io::Result<()> {
    if incidents.is_empty() {
        return Ok(());
    }
    page.heading("Other incidents")?;
    page.row(&table_row(
        ["id", "start (UTC)", "duration", "failures"].map(str::to_owned),
        "cause, verdict",
    ))?;
    for incident in incidents.iter().take(INCIDENTS_MAX) {
        let cells = [
            incident.id.clone(),
            figures::moment(&incident.start, ""),
            figures::duration(incident.duration_seconds),
            figures::grouped(reading::failures(incident)),
        ];
        page.row(&table_row(cells, &cause_and_verdict(incident)))?;
    }
    left_out(page, incidents.len(), INCIDENTS_MAX)
}

fn cause_and_verdict(incident: &Incident) -> String {
    match incident.verdict.as_str() {
        "unknown" => "unknown: bundle does not tell".to_owned(),
        verdict => format!("{}, {verdict}", incident.cause),
    }
}

fn table_row(cells: [String; 4], last: &str) -> String {
    let mut row = String::from("  ");
    for (cell, width) in cells.iter().zip(TABLE) {
        let pad = width.saturating_sub(columns(cell)).max(1);
        row.push_str(cell);
        row.push_str(&" ".repeat(pad));
    }
    row.push_str(last);
    row
}

/// The answer where nothing broke.
pub(super) fn no_incident(page: &mut Page<'_>, reading: &Reading<'_>) -> io::Result<()> {
    let report = reading.report;
    page.item("", &answer::no_incident(report))?;
    if report.negatives.is_empty() {
        return Ok(());
    }
    page.heading("Checked")?;
    for negative in &report.negatives {
        let state = match negative.state.as_str() {
            "true" => "  holds        ",
            "false" => "  NOT SO       ",
            _ => "  cannot tell  ",
        };
        page.paragraph(state, &format!("{} ({})", negative.claim, negative.why))?;
    }
    Ok(())
}

/// Kills and deaths outside of incidents.
pub(super) fn unfelt(page: &mut Page<'_>, reading: &Reading<'_>) -> io::Result<()> {
    let kills = reading.unfelt_kills();
    let deaths = reading.unfelt_deaths();
    let kills = kills.iter().map(|kill| {
        let time = figures::fine_moment(kill.time.as_deref(), "");
        format!("{time} {}: {}", kill.id, reading::kill_words(kill))
    });
    let deaths = deaths.iter().map(|death| {
        let time = figures::fine_moment(death.time.as_deref(), "");
        format!("{time} {}: {}", death.id, reading::death_words(death))
    });
    section(page, "OOM kills outside of the incidents", kills.collect())?;
    section(page, "Other deaths outside of the incidents", deaths.collect())
}

/// Ends that keep coming back.
pub(super) fn recurrences(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let texts = report.recurrences.iter().map(|one| one.text.clone());
    section(page, "Keeps coming back", texts.collect())
}

/// Stretches without traffic.
pub(super) fn gaps(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let gaps = report.gaps.iter().map(|gap| {
        let expected = figures::grouped(gap.expected_requests);
        let span = figures::span(&gap.start, &gap.end);
        format!("{span}, about {expected} requests expected: {}", gap.why)
    });
    section(page, "No traffic where it was expected", gaps.collect())
}

/// What could not be read, and figures that are estimates.
pub(super) fn quality(page: &mut Page<'_>, reading: &Reading<'_>) -> io::Result<()> {
    let report = reading.report;
    let troubles = report.data_quality.iter().map(|trouble| {
        format!("{}: {}: {}", reading.path(&trouble.source), trouble.problem, trouble.detail)
    });
    let estimated = match report.approximate.len() {
        0 => None,
        1 => Some("1 figure is an estimate (approximate, in the JSON)".to_owned()),
        many => Some(format!("{many} figures are estimates (approximate, in the JSON)")),
    };
    let note = redact::note(&report.redaction).map(str::to_owned);
    section(page, "Data quality", troubles.chain(estimated).chain(note).collect())
}

/// Clocks that were not read from the logs.
pub(super) fn clocks(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let guessed = report
        .sources
        .iter()
        .filter(|source| matches!(source.clock.basis.as_str(), "zone-assumed" | "unanchored"))
        .map(|source| {
            let sigma = tied(&figures::sigma(source.clock.sigma_seconds));
            format!("{}: {}, ±{sigma}: {}", source.path, source.clock.basis, source.clock.evidence)
        });
    section(page, "Clocks", guessed.collect())
}

fn section(page: &mut Page<'_>, heading: &str, entries: Vec<String>) -> io::Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    page.heading(heading)?;
    for entry in entries.iter().take(ENTRIES_MAX) {
        page.paragraph("  - ", entry)?;
    }
    left_out(page, entries.len(), ENTRIES_MAX)
}
