//! The text form: the answer for the person at a terminal at three in the morning, then its proof.
//! In: a `Report` and a style. Out: lines no wider than the style allows. Why: why it broke, what, and what to do stand first.
//! Must never hand a character of a log to the terminal that it would obey: all text passes `page`, which shows it.

mod page;
mod proof;
mod rest;
#[cfg(test)]
pub(in crate::report) mod sample;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use crate::report::answer;
use crate::report::model::{Incident, Report};
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
            lead(&mut page, &reading, gravest)?;
            proof::write(&mut page, &reading, gravest)?;
            rest::others(&mut page, report.language, others)?;
        }
        None => rest::no_incident(&mut page, &reading)?,
    }
    rest::unfelt(&mut page, &reading)?;
    rest::recurrences(&mut page, report)?;
    rest::gaps(&mut page, report)?;
    rest::quality(&mut page, &reading)?;
    rest::clocks(&mut page, report)
}

/// Why, what broke, and what to do: three items, each on as few lines as it needs. The cause stands in the first line.
fn lead(page: &mut Page<'_>, reading: &Reading<'_>, incident: &Incident) -> io::Result<()> {
    let language = reading.report.language;
    // The labels are as wide as the widest of them.
    let labels = ["label-what", "label-why", "label-do"].map(|label| language.say(label, []));
    let room = labels.iter().map(|label| page::columns(label)).max().unwrap_or(0) + 2;
    let [what, why, next] = labels.map(|label| {
        let pad = room.saturating_sub(page::columns(&label));
        format!("{label}{}", " ".repeat(pad))
    });
    let verdict = answer::verdict(language, incident);
    let summary = answer::summary(language, incident);
    let told = [("summary", summary.into()), ("verdict", verdict.into())];
    page.item(&why, &language.say("why-and-verdict", told))?;
    page.item(&what, &answer::what(language, incident))?;
    match answer::next_command(incident) {
        Some(missing) => {
            page.item(&next, &answer::collect(language, missing))?;
            page.command(room, &missing.command)
        }
        None => page.item(&next, &answer::next_action(reading, incident)),
    }
}
