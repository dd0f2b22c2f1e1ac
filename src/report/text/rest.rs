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
use crate::report::victims;
use crate::wording::{Arg, Language};

/// Rows of the table of other incidents.
const INCIDENTS_MAX: usize = 10;

/// Entries of each other section.
const ENTRIES_MAX: usize = 5;

/// Ids of kills that are named one by one.
const IDS_MAX: usize = 6;

/// Columns of id, start, duration and failures in the table of other incidents; the cause takes the rest.
const TABLE: [usize; 4] = [5, 20, 12, 9];

/// The other incidents as a table.
pub(super) fn others(
    page: &mut Page<'_>,
    language: Language,
    incidents: &[&Incident],
) -> io::Result<()> {
    if incidents.is_empty() {
        return Ok(());
    }
    page.heading(&language.say("text-others", []))?;
    let heads = [
        "text-col-id",
        "text-col-start",
        "text-col-duration",
        "text-col-failures",
        "text-col-cause",
    ];
    let [id, start, duration, failures, cause] = heads.map(|head| language.say(head, []));
    page.row(&table_row([id, start, duration, failures], &cause))?;
    for incident in incidents.iter().take(INCIDENTS_MAX) {
        let cells = [
            incident.id.clone(),
            figures::moment(&incident.start, ""),
            figures::lasted(incident.duration_seconds),
            figures::grouped(reading::failures(incident)),
        ];
        let args = [
            ("cause", (&incident.cause).into()),
            ("verdict", Arg::Case(reading::verdict(incident))),
        ];
        page.row(&table_row(cells, &language.say("text-cause-and-verdict", args)))?;
    }
    left_out(page, language, incidents.len(), INCIDENTS_MAX)?;
    let failing: Vec<&str> = incidents
        .iter()
        .filter(|incident| reading::still_failing(incident))
        .map(|incident| incident.id.as_str())
        .collect();
    if failing.is_empty() {
        return Ok(());
    }
    let failing = [("incidents", failing.join(", ").into())];
    page.paragraph("  ", &language.say("text-still-failing", failing))
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
    page.heading(&reading.say("text-checked", []))?;
    let states = ["text-holds", "text-not-so", "text-cannot-tell"].map(|id| reading.say(id, []));
    let room = states.iter().map(|state| columns(state)).max().unwrap_or(0);
    let [holds, not_so, cannot_tell] = states.map(|state| {
        let pad = room.saturating_sub(columns(&state));
        format!("  {state}{}  ", " ".repeat(pad))
    });
    for negative in &report.negatives {
        let state = match negative.state.as_str() {
            "true" => &holds,
            "false" => &not_so,
            _ => &cannot_tell,
        };
        page.paragraph(state, &format!("{} ({})", negative.claim, negative.why))?;
    }
    Ok(())
}

/// Kills and deaths outside of incidents.
pub(super) fn unfelt(page: &mut Page<'_>, reading: &Reading<'_>) -> io::Result<()> {
    let language = reading.report.language;
    let kills = reading.unfelt_alike();
    let deaths = reading.unfelt_deaths();
    let kills = kills.iter().filter_map(|group| {
        let (first, last) = (group.kills.first()?, group.kills.last()?);
        let time = reading.moment(first.time.as_deref(), "");
        if group.kills.len() == 1 {
            let told = victims::kill_words(language, first, first.limit_bytes);
            return Some(format!("{time} {}: {told}", first.id));
        }
        let day = first.time.as_deref().map(figures::day).unwrap_or_default();
        let until = reading.moment(last.time.as_deref(), day);
        let told = victims::kills_words(language, &group.kills);
        let ids: Vec<&str> = group.kills.iter().map(|kill| kill.id.as_str()).collect();
        let ids = match ids.as_slice() {
            [first, .., last] if ids.len() > IDS_MAX => format!("{first}...{last}"),
            ids => ids.join(", "),
        };
        let when = if time == until { time } else { format!("{time}-{until}") };
        Some(format!("{when} {ids}: {told}"))
    });
    let deaths = deaths.iter().map(|death| {
        let time = victims::death_moment(reading, death);
        format!("{time} {}: {}", death.id, victims::death_words(language, death))
    });
    section(page, language, "text-kills-outside", kills.collect())?;
    section(page, language, "text-deaths-outside", deaths.collect())
}

/// Ends that keep coming back.
pub(super) fn recurrences(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let texts = report.recurrences.iter().map(|one| one.text.to_string());
    section(page, report.language, "text-recurrences", texts.collect())
}

/// Stretches without traffic.
pub(super) fn gaps(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let gaps = report.gaps.iter().map(|gap| {
        let args = [
            ("span", figures::span(&gap.start, &gap.end).into()),
            ("count", gap.expected_requests.into()),
            ("expected", figures::grouped(gap.expected_requests).into()),
            ("why", (&gap.why).into()),
        ];
        report.language.say("text-gap", args)
    });
    section(page, report.language, "heading-gaps", gaps.collect())
}

/// What could not be read, and figures that are estimates.
pub(super) fn quality(page: &mut Page<'_>, reading: &Reading<'_>) -> io::Result<()> {
    let report = reading.report;
    let troubles = report.data_quality.iter().map(|trouble| {
        format!("{}: {}: {}", reading.path(&trouble.source), trouble.problem, trouble.detail)
    });
    let note = redact::note(&report.redaction).map(|note| reading.say(note, []));
    section(
        page,
        report.language,
        "heading-quality",
        troubles.chain(reading.estimates(false)).chain(note).collect(),
    )
}

/// Clocks that were not read from the logs.
pub(super) fn clocks(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let guessed = report
        .sources
        .iter()
        .filter(|source| matches!(source.clock.basis.as_str(), "zone-assumed" | "unanchored"))
        .map(|source| {
            let sigma = reading::placed(&source.clock).map(|(_, sigma)| sigma);
            let sigma = sigma.map(|sigma| format!(", ±{}", tied(&sigma))).unwrap_or_default();
            format!("{}: {}{sigma}: {}", source.path, source.clock.basis, source.clock.evidence)
        });
    section(page, report.language, "heading-clocks", guessed.collect())
}

fn section(
    page: &mut Page<'_>,
    language: Language,
    heading: &'static str,
    entries: Vec<String>,
) -> io::Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    page.heading(&language.say(heading, []))?;
    for entry in entries.iter().take(ENTRIES_MAX) {
        page.paragraph("  - ", entry)?;
    }
    left_out(page, language, entries.len(), ENTRIES_MAX)
}
