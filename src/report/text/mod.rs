//! The text form: the answer for the person at a terminal at three in the morning, then its proof.
//! In: a `Report` and a style. Out: lines no wider than the style allows. Why: what broke, why, and what to do stand first.
//! Must never hand a character of a log to the terminal that it would obey: all text passes `page`, which shows it.

mod page;
mod proof;
mod rest;
#[cfg(test)]
pub(in crate::report) mod sample;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use crate::report::figures;
use crate::report::model::{Incident, Missing, Report, Weighed};
use crate::report::reading::{self, Reading};
use page::Page;

/// How the text form looks.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Whether headings and labels are coloured; nothing is told by colour alone.
    pub color: bool,
    /// Columns of the terminal; less than 40 counts as 40.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 80 }
    }
}

/// Writes the report as text.
///
/// # Errors
/// What the writer gives.
pub fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let reading = reading::read(report);
    let mut page = Page::new(out, style);
    let incidents = reading::gravest_first(report);
    match incidents.split_first() {
        Some((gravest, others)) => {
            answer(&mut page, &reading, gravest)?;
            proof::write(&mut page, &reading, gravest)?;
            rest::others(&mut page, others)?;
        }
        None => rest::no_incident(&mut page, &reading)?,
    }
    rest::unfelt(&mut page, &reading)?;
    rest::recurrences(&mut page, report)?;
    rest::gaps(&mut page, report)?;
    rest::quality(&mut page, &reading)?;
    rest::clocks(&mut page, report)
}

/// What broke, why, and what to do: three items, each on as few lines as it needs.
fn answer(page: &mut Page<'_>, reading: &Reading<'_>, incident: &Incident) -> io::Result<()> {
    page.item("WHAT  ", &what(incident))?;
    page.item("WHY   ", &why(incident))?;
    match next_command(incident) {
        Some(missing) => {
            page.item("DO    ", &collect(missing))?;
            page.command(6, &missing.command)
        }
        None => page.item("DO    ", &next_action(reading, incident)),
    }
}

/// What broke: how many requests, how, when, for how long.
fn what(incident: &Incident) -> String {
    let failed = reading::failures(incident);
    let mut text = figures::grouped(failed);
    if incident.requests >= failed {
        text.push_str(&format!(" of {}", figures::grouped(incident.requests)));
    }
    text.push_str(&format!(
        " {} ({}) {}, {}{}",
        reading::what_failed(incident),
        reading::by_status(&incident.errors, figures::grouped),
        figures::span(&incident.start, &incident.end),
        tied(&figures::duration(incident.duration_seconds)),
        reading::worst(incident).map_or_else(String::new, |share| format!(
            ", worst minute {}",
            tied(&figures::per_cent(share))
        )),
    ));
    if reading::already_failing(incident) {
        text.push_str(", already failing when the logs begin");
    }
    if reading::still_failing(incident) {
        text.push_str(", still failing at the end of the logs");
    }
    text
}

/// Why: the sentence and how sure it is; an open verdict names what it is open between.
fn why(incident: &Incident) -> String {
    let summary = match incident.summary.trim() {
        "" => "The bundle does not tell the cause.".to_owned(),
        summary => sentence(summary),
    };
    let sure = match incident.verdict.as_str() {
        "unknown" => String::new(),
        "undetermined" => {
            let likeliest: Vec<_> = incident.causes.iter().take(2).map(weighed).collect();
            format!(", {}", likeliest.join(" or "))
        }
        _ => format!(", {}", tied(&figures::per_cent(incident.probability))),
    };
    format!("{summary} Verdict: {}{sure}.", incident.verdict)
}

fn weighed(cause: &Weighed) -> String {
    format!("{} {}", cause.cause, tied(&figures::per_cent(cause.probability)))
}

/// What to collect first, where the cause is open and something would tell.
fn next_command(incident: &Incident) -> Option<&Missing> {
    incident.missing.first().filter(|_| reading::is_open(incident))
}

fn collect(missing: &Missing) -> String {
    let tells = match missing.separates.as_slice() {
        [] => String::new(),
        causes => format!(" (tells apart {})", causes.join(", ")),
    };
    format!("Collect {}{tells}:", missing.data)
}

fn next_action(reading: &Reading<'_>, incident: &Incident) -> String {
    let Some(action) = incident.actions.iter().find(|action| action.when == "now") else {
        return "Nothing that the logs call for now; keep this bundle.".to_owned();
    };
    let mut text = sentence(&action.text);
    text.push_str(&proof::ids(reading, &action.because));
    if !action.verify.is_empty() {
        text.push_str(&format!(" Check: {}", action.verify));
    }
    text
}

/// The text with a full stop.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '!', '?']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

/// A figure that no line break parts from its unit; `page` prints the spaces as plain ones.
fn tied(figure: &str) -> String {
    figure.replace(' ', page::TIE)
}
