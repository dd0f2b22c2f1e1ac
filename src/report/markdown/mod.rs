//! The Markdown form: plain GFM for a wiki or an issue, without HTML, links, images or Mermaid, readable as raw text;
//! other flavors add what their wiki can draw.
//! In: a `Report`. Out: Markdown on a writer. Why: an incident is written up in a wiki; the verdict and the next step stand first.
//! Must never let text of a log become markup: all of it passes `escape`, as words, code spans or fences.

mod incident;
mod layout;
mod mermaid;
mod sre;
mod tables;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use crate::report::escape;
use crate::report::figures;
use crate::report::model::{Incident, Report, Weighed};
use crate::report::reading::{self, Reading};
use layout::section;

/// Incidents that are written in full; the table names more.
const FULL_MAX: usize = 30;

/// Rows of the table of incidents.
const ROWS_MAX: usize = 200;

/// Which wiki the page is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Flavor {
    /// Plain GFM without HTML and Mermaid: reads well everywhere, also as raw text.
    #[default]
    Gfm,
    /// GitHub: folded appendices, a Mermaid chart.
    Github,
    /// GitLab: the same within its limit for Mermaid.
    Gitlab,
    /// Confluence's import and paste: neither HTML, nor Mermaid, nor task lists.
    Confluence,
}

/// In which order the facts stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Template {
    /// The answer, each incident, what it rests on.
    #[default]
    Plain,
    /// As a post-mortem, with prompts for what only people know.
    Sre,
}

/// How the Markdown form looks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Style {
    /// Which wiki it is for.
    pub flavor: Flavor,
    /// In which order.
    pub template: Template,
    /// Whole sections are left out from the end to stay below; the answer always stays.
    pub max_bytes: Option<usize>,
    /// The timeline picture that lies beside the page, by its file name.
    pub picture: Option<&'static str>,
}

/// Writes the report as Markdown.
///
/// # Errors
/// What the writer gives.
pub fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let reading = reading::read(report);
    let incidents = reading::gravest_first(report);
    let sre = style.template == Template::Sre;
    let mut sections = vec![section(false, |out| {
        match incidents.first() {
            Some(gravest) => verdict(&reading, gravest, out)?,
            None => no_incident(report, out)?,
        }
        if sre {
            writeln!(out, "Status: draft from logs; a person completes and reviews it.\n")?;
        }
        if let Some(picture) = style.picture {
            writeln!(out, "![Timeline of requests, failures, kills and restarts]({picture})\n")?;
        }
        let chart = matches!(style.flavor, Flavor::Github | Flavor::Gitlab);
        match incidents
            .first()
            .and_then(|gravest| mermaid::gantt(&reading, gravest))
            .filter(|_| chart)
        {
            Some(chart) => writeln!(out, "{chart}"),
            None => Ok(()),
        }
    })?];
    if incidents.len() > 1 {
        sections.push(section(false, |out| overview(&incidents, out))?);
    }
    let boxes = style.flavor != Flavor::Confluence;
    for (at, incident) in incidents.iter().take(FULL_MAX).enumerate() {
        if sre && at == 0 {
            sections.extend(sre::sections(&reading, incident, boxes)?);
        } else {
            sections.push(section(false, |out| incident::write(&reading, incident, boxes, out))?);
        }
    }
    sections.push(section(false, |out| more(out, incidents.len(), FULL_MAX))?);
    sections.extend(tables::sections(&reading)?);
    out.write_all(layout::page(sections, style).as_bytes())
}

/// Title and the six lines that a reader in a hurry needs.
fn verdict(reading: &Reading<'_>, incident: &Incident, out: &mut dyn Write) -> io::Result<()> {
    let failed = reading::failures(incident);
    let span = figures::span(&incident.start, &incident.end);
    writeln!(out, "# Incident report: {failed} failed requests, {span}\n")?;
    writeln!(
        out,
        "- **Impact:** {failed}{} {} ({}){}",
        if incident.requests >= failed {
            format!(" of {}", incident.requests)
        } else {
            String::new()
        },
        reading::what_failed(incident),
        escape::markdown(&reading::by_status(&incident.errors, plain)),
        reading::worst(incident).map_or_else(String::new, |share| format!(
            ", worst minute {}",
            figures::per_cent(share)
        )),
    )?;
    writeln!(out, "- **Cause:** {}", cause(incident))?;
    let duration = figures::duration(incident.duration_seconds);
    writeln!(out, "- **When:** {span}, {duration}{}", since(incident))?;
    writeln!(out, "- **Still ongoing:** {}", ongoing(incident))?;
    writeln!(out, "- **Next:** {}\n", next(reading, incident))
}

/// The sentence and how sure it is; an open verdict names what it is open between.
fn cause(incident: &Incident) -> String {
    let summary = match incident.summary.trim() {
        "" => "The bundle does not tell the cause.".to_owned(),
        summary => escape::markdown(summary),
    };
    let sure = match incident.verdict.as_str() {
        "unknown" => String::new(),
        "undetermined" => {
            let likeliest: Vec<_> = incident.causes.iter().take(2).map(weighed).collect();
            format!(", {}", likeliest.join(" or "))
        }
        _ => format!(", {}", figures::per_cent(incident.probability)),
    };
    format!("{summary} (**{}**{sure})", escape::markdown(&incident.verdict))
}

fn weighed(cause: &Weighed) -> String {
    format!("{} {}", escape::markdown(&cause.cause), figures::per_cent(cause.probability))
}

fn since(incident: &Incident) -> &'static str {
    if reading::already_failing(incident) { "; already failing when the logs begin" } else { "" }
}

fn ongoing(incident: &Incident) -> &'static str {
    if reading::still_failing(incident) {
        "yes, still failing at the end of the logs"
    } else {
        "no, the logs go on without such failures"
    }
}

fn next(reading: &Reading<'_>, incident: &Incident) -> String {
    if let Some(missing) = incident.missing.first().filter(|_| reading::is_open(incident)) {
        let data = escape::markdown(&missing.data);
        return format!("collect {data}: {}", escape::code_span(&missing.command));
    }
    match incident.actions.iter().find(|action| action.when == "now") {
        Some(action) => {
            format!("{}{}", escape::markdown(&action.text), ids(reading, &action.because))
        }
        None => "nothing that the logs call for now; keep this bundle".to_owned(),
    }
}

fn no_incident(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# Incident report: no incident found\n")?;
    match &report.traffic {
        Some(traffic) => writeln!(out, "- **Impact:** none in {} requests", traffic.requests)?,
        None => writeln!(
            out,
            "- **Impact:** unknown: no access log, so failed requests cannot be counted"
        )?,
    }
    let isolated = reading::by_status(&report.isolated, plain);
    if !isolated.is_empty() {
        writeln!(out, "- **Isolated failures, not in a burst:** {}", escape::markdown(&isolated))?;
    }
    let window = report.window.as_ref().map(|window| figures::span(&window.start, &window.end));
    writeln!(
        out,
        "- **The logs cover:** {}",
        window.as_deref().unwrap_or("unknown, no log has a time")
    )?;
    writeln!(out, "- **What was checked:** see *Negative findings*\n")
}

/// The table of all incidents.
fn overview(incidents: &[&Incident], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Incidents, gravest first\n")?;
    table(out, &["Incident", "Start (UTC)", "Duration", "Failed", "Cause", "Verdict"])?;
    for (at, incident) in incidents.iter().take(ROWS_MAX).enumerate() {
        let id = escape::cell(&incident.id);
        row(
            out,
            &[
                if at == 0 { format!("**{id}** (gravest)") } else { id },
                figures::moment(&incident.start, ""),
                figures::duration(incident.duration_seconds),
                reading::failures(incident).to_string(),
                escape::cell(&incident.cause),
                match incident.verdict.as_str() {
                    "unknown" => "unknown".to_owned(),
                    verdict => {
                        format!(
                            "{}, {}",
                            escape::cell(verdict),
                            figures::per_cent(incident.probability)
                        )
                    }
                },
            ],
        )?;
    }
    writeln!(out)?;
    more(out, incidents.len(), ROWS_MAX)
}

fn plain(count: u64) -> String {
    count.to_string()
}

/// ` \[E3, E7\]` for the ids that the report holds; empty for none.
fn ids(reading: &Reading<'_>, ids: &[String]) -> String {
    let events = reading.events(ids.iter());
    let known: Vec<_> = events.iter().map(|event| escape::markdown(&event.id)).collect();
    if known.is_empty() { String::new() } else { format!(" \\[{}\\]", known.join(", ")) }
}

/// Header and rule of a table.
fn table(out: &mut dyn Write, names: &[&str]) -> io::Result<()> {
    writeln!(out, "| {} |", names.join(" | "))?;
    writeln!(out, "|{}", "---|".repeat(names.len()))
}

/// A row of cells that are escaped already.
fn row(out: &mut dyn Write, cells: &[String]) -> io::Result<()> {
    writeln!(out, "| {} |", cells.join(" | "))
}

/// Says how much a limit left out.
fn more(out: &mut dyn Write, total: usize, shown: usize) -> io::Result<()> {
    if total > shown { writeln!(out, "{} more in the JSON.\n", total - shown) } else { Ok(()) }
}

/// Cuts a log text for a table cell.
fn short(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or("")),
        None => text.to_owned(),
    }
}
