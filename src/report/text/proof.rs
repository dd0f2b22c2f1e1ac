//! The proof under the answer: the picture, the chain, the lines of evidence, what speaks against it, what could not be seen.
//! In: the gravest incident. Out: sections of the page. Why: the answer must be checkable without leaving the terminal.
//! Must never be long: each section has a limit and says how much it left out.

use std::io;

use super::page::Page;
use crate::report::answer::{self, tied};
use crate::report::figures;
use crate::report::model::Incident;
use crate::report::picture;
use crate::report::reading::Reading;
use crate::wording::{Arg, Language};

/// Lines of evidence: more do not fit on a screen with the rest.
const EVIDENCE_MAX: usize = 6;

/// Entries of each other section.
const ENTRIES_MAX: usize = 4;

/// Writes the proof of an incident.
pub(super) fn write(
    page: &mut Page<'_>,
    reading: &Reading<'_>,
    incident: &Incident,
) -> io::Result<()> {
    draw(page, reading, incident)?;
    chain(page, reading, incident)?;
    evidence(page, reading, incident)?;
    suspects(page, reading, incident)?;
    against(page, reading, incident)?;
    unseen(page, reading, incident)
}

fn draw(page: &mut Page<'_>, reading: &Reading<'_>, incident: &Incident) -> io::Result<()> {
    let Some(picture) = picture::draw(reading.report, incident, page.width().saturating_sub(1))
    else {
        return Ok(());
    };
    let args = [
        ("step", figures::duration(picture.step_seconds as f64).into()),
        ("peak", figures::grouped(picture.peak).into()),
        ("marks", Arg::Case(picture.marked())),
    ];
    page.heading(&reading.say("text-picture", args))?;
    page.row(&format!(" {}", picture.bars))?;
    if picture.marks.is_empty() { Ok(()) } else { page.row(&format!(" {}", picture.marks)) }
}

fn chain(page: &mut Page<'_>, reading: &Reading<'_>, incident: &Incident) -> io::Result<()> {
    if incident.chain.is_empty() {
        return Ok(());
    }
    page.heading(&reading.say("text-chain", []))?;
    for (at, hop) in incident.chain.iter().enumerate() {
        let text = format!("{}{}", hop.text, answer::ids(reading, &hop.events));
        page.paragraph(&format!("  {}. ", at + 1), &text)?;
    }
    Ok(())
}

fn evidence(page: &mut Page<'_>, reading: &Reading<'_>, incident: &Incident) -> io::Result<()> {
    let events = reading.proof(incident);
    if events.is_empty() {
        return Ok(());
    }
    let known_day = figures::day(&incident.start);
    page.heading(&reading.say("heading-evidence", []))?;
    for event in events.iter().take(EVIDENCE_MAX) {
        let time = reading.moment(event.time.as_deref(), known_day);
        let spread = figures::spread(event.time.as_deref(), event.time_sigma_seconds);
        let told = format!("{time} {}", spread.replace(' ', ""));
        let before = format!("  [{}] {} ", event.id, told.trim_end());
        page.located(&before, &reading.place(&event.source, event.line))?;
        page.row(&format!("      > {}", event.text))?;
    }
    left_out(page, reading.report.language, events.len(), EVIDENCE_MAX)
}

/// Requests that were on the way when processes died.
fn suspects(page: &mut Page<'_>, reading: &Reading<'_>, incident: &Incident) -> io::Result<()> {
    if incident.suspect_requests.is_empty() {
        return Ok(());
    }
    page.heading(&reading.say("heading-suspects", []))?;
    for suspect in incident.suspect_requests.iter().take(ENTRIES_MAX) {
        let uploads = answer::ids(reading, &suspect.uploads);
        let text = format!("{} {}: {}{uploads}", suspect.method, suspect.path, suspect.text);
        page.paragraph("  - ", &text)?;
        if let Some(line) = suspect.witnesses.first() {
            page.row(&format!("      {}", reading.place(&line.source, line.line)))?;
        }
    }
    left_out(page, reading.report.language, incident.suspect_requests.len(), ENTRIES_MAX)
}

fn against(page: &mut Page<'_>, reading: &Reading<'_>, incident: &Incident) -> io::Result<()> {
    let contradicts = incident.causes.first().map_or(&[][..], |cause| &cause.contradicts);
    let contradicting = reading.events(contradicts.iter());
    let ruled_out = reading.ruled_out(incident);
    let total = contradicting.len() + ruled_out.len();
    if total == 0 {
        return Ok(());
    }
    page.heading(&reading.say("text-against", []))?;
    let against = contradicting.iter().map(|event| {
        let id = format!("[{}]", event.id);
        reading.say("text-against-line", [("id", id.into()), ("line", (&event.text).into())])
    });
    let ruled_out = ruled_out.iter().map(|other| {
        let id = tied(&format!("[{}]", other.events.join(", ")));
        reading.say("text-ruled-out", other.args(id, other.why.clone(), tied))
    });
    for text in against.chain(ruled_out).take(ENTRIES_MAX) {
        page.paragraph("  - ", &text)?;
    }
    left_out(page, reading.report.language, total, ENTRIES_MAX)
}

/// What could not be seen, but for what the answer told to collect.
fn unseen(page: &mut Page<'_>, reading: &Reading<'_>, incident: &Incident) -> io::Result<()> {
    let told = usize::from(answer::next_command(incident).is_some());
    let missing = incident.missing.get(told..).unwrap_or(&[]);
    if missing.is_empty() {
        return Ok(());
    }
    page.heading(&reading.say("text-unseen", []))?;
    for missing in missing.iter().take(ENTRIES_MAX) {
        page.paragraph("  - ", &missing.data)?;
        page.command(4, &missing.command)?;
    }
    left_out(page, reading.report.language, missing.len(), ENTRIES_MAX)
}

pub(super) fn left_out(
    page: &mut Page<'_>,
    language: Language,
    total: usize,
    shown: usize,
) -> io::Result<()> {
    if total <= shown {
        return Ok(());
    }
    let more = language.say("more-in-json", [("more", (total - shown).into())]);
    page.row(&format!("  {more}"))
}
