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

use crate::report::answer;
use crate::report::escape;
use crate::report::figures;
use crate::report::model::{Incident, Report, Weighed};
use crate::report::reading::{self, Reading};
use crate::wording::{Arg, Language};
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
            writeln!(out, "{}\n", reading.say("sre-status", []))?;
        }
        if let Some(picture) = style.picture {
            writeln!(out, "![{}]({picture})\n", reading.say("picture-alt", []))?;
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
        sections.push(section(false, |out| overview(report.language, &incidents, out))?);
    }
    let boxes = style.flavor != Flavor::Confluence;
    for (at, incident) in incidents.iter().take(FULL_MAX).enumerate() {
        if sre && at == 0 {
            sections.extend(sre::sections(&reading, incident)?);
        } else {
            sections.push(section(false, |out| incident::write(&reading, incident, boxes, out))?);
        }
    }
    sections.push(section(false, |out| more(out, report.language, incidents.len(), FULL_MAX))?);
    sections.extend(tables::sections(&reading)?);
    out.write_all(layout::page(sections, style, report.language).as_bytes())
}

/// Title and the six lines that a reader in a hurry needs.
fn verdict(reading: &Reading<'_>, incident: &Incident, out: &mut dyn Write) -> io::Result<()> {
    let failed = reading::failures(incident);
    let span = figures::span(&incident.start, &incident.end);
    let title = answer::title(reading.report.language, incident);
    writeln!(out, "# {}\n", escape::markdown(&title))?;
    let worst = reading::worst(incident);
    let impact = [
        ("count", failed.into()),
        ("failed", figures::grouped(failed).into()),
        ("total", Arg::Case(if incident.requests >= failed { "known" } else { "unknown" })),
        ("requests", figures::grouped(incident.requests).into()),
        ("counted", Arg::Case(reading::counted(incident))),
        (
            "statuses",
            escape::markdown(&reading::by_status(&incident.errors, figures::grouped)).into(),
        ),
        ("worst-told", Arg::Case(if worst.is_some() { "yes" } else { "no" })),
        ("worst", worst.map(figures::per_cent).unwrap_or_default().into()),
    ];
    writeln!(out, "- **{}** {}", reading.say("lead-impact", []), reading.say("impact", impact))?;
    writeln!(out, "- **{}** {}", reading.say("lead-cause", []), cause(reading, incident))?;
    let when = [
        ("span", span.into()),
        ("duration", figures::lasted(incident.duration_seconds).into()),
        ("censored", Arg::Case(reading::censored(incident))),
    ];
    writeln!(out, "- **{}** {}", reading.say("lead-when", []), reading.say("when", when))?;
    writeln!(out, "- **{}** {}", reading.say("lead-ongoing", []), ongoing(reading, incident))?;
    writeln!(out, "- **{}** {}\n", reading.say("lead-next", []), next(reading, incident))
}

/// The sentence and how sure it is; an open verdict names what it is open between.
fn cause(reading: &Reading<'_>, incident: &Incident) -> String {
    let summary = match incident.summary.trim() {
        "" => reading.say("no-summary", []),
        summary => escape::markdown(summary),
    };
    let weighed = |cause: &Weighed| {
        format!("{} {}", escape::markdown(&cause.cause), figures::likelihood(cause.probability))
    };
    let [one, other] =
        [0, 1].map(|place| incident.causes.get(place).map(weighed).unwrap_or_default());
    let args = [
        ("summary", summary.into()),
        ("verdict", Arg::Case(reading::verdict(incident))),
        ("probability", figures::likelihood(incident.probability).into()),
        ("one", one.into()),
        ("other-known", Arg::Case(if other.is_empty() { "no" } else { "yes" })),
        ("other", other.into()),
    ];
    reading.say("cause-and-verdict", args)
}

fn ongoing(reading: &Reading<'_>, incident: &Incident) -> String {
    let others = reading::others_failing(reading.report, incident);
    let ongoing = match (reading::still_failing(incident), others.is_empty()) {
        (true, _) => "yes",
        (false, true) => "no",
        (false, false) => "others",
    };
    let others = escape::markdown(&others.join(", "));
    reading.say("ongoing", [("ongoing", Arg::Case(ongoing)), ("incidents", others.into())])
}

fn next(reading: &Reading<'_>, incident: &Incident) -> String {
    if let Some(missing) = incident.missing.first().filter(|_| reading::is_open(incident)) {
        let data = escape::markdown(&missing.data);
        let command = escape::code_span(&missing.command);
        return reading.say("next-collect", [("data", data.into()), ("command", command.into())]);
    }
    match incident.actions.iter().find(|action| action.when == "now") {
        Some(action) => {
            format!("{}{}", escape::markdown(&action.text), ids(reading, &action.because))
        }
        None => reading.say("next-nothing", []),
    }
}

fn no_incident(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let language = report.language;
    writeln!(out, "# {}\n", answer::quiet_title(report))?;
    let impact = match &report.traffic {
        Some(traffic) => {
            language.say("no-impact", [("requests", figures::grouped(traffic.requests).into())])
        }
        None => language.say("unknown-impact", []),
    };
    writeln!(out, "- **{}** {impact}", language.say("lead-impact", []))?;
    let isolated = reading::by_status(&report.isolated, figures::grouped);
    if !isolated.is_empty() {
        let isolated = escape::markdown(&isolated);
        writeln!(out, "- **{}** {isolated}", language.say("lead-isolated", []))?;
    }
    let window = report.window.as_ref().map_or_else(
        || language.say("unknown-window", []),
        |window| figures::span(&window.start, &window.end),
    );
    writeln!(out, "- **{}** {window}", language.say("lead-window", []))?;
    let checked = language.say("see-negatives", []);
    writeln!(out, "- **{}** {checked}\n", language.say("lead-checked", []))
}

/// The table of all incidents.
fn overview(language: Language, incidents: &[&Incident], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## {}\n", language.say("heading-incidents", []))?;
    let heads =
        ["col-incident", "col-start", "col-duration", "col-failed", "col-cause", "col-verdict"];
    table(out, language, &heads)?;
    for (at, incident) in incidents.iter().take(ROWS_MAX).enumerate() {
        let id = escape::cell(&incident.id);
        let verdict = [
            ("verdict", Arg::Case(reading::verdict(incident))),
            ("probability", figures::likelihood(incident.probability).into()),
        ];
        row(
            out,
            &[
                if at == 0 {
                    language.say("gravest", [("id", format!("**{id}**").into())])
                } else {
                    id
                },
                figures::moment(&incident.start, ""),
                figures::lasted(incident.duration_seconds),
                figures::grouped(reading::failures(incident)),
                escape::cell(&incident.cause),
                language.say("verdict-and-probability", verdict),
            ],
        )?;
    }
    writeln!(out)?;
    more(out, language, incidents.len(), ROWS_MAX)
}

/// ` \[E3, E7\]` for the ids that the report holds; empty for none.
fn ids(reading: &Reading<'_>, ids: &[String]) -> String {
    let events = reading.events(ids.iter());
    let known: Vec<_> = events.iter().map(|event| escape::markdown(&event.id)).collect();
    if known.is_empty() { String::new() } else { format!(" \\[{}\\]", known.join(", ")) }
}

/// Header and rule of a table, by the messages of its heads.
fn table(out: &mut dyn Write, language: Language, heads: &[&'static str]) -> io::Result<()> {
    let names: Vec<String> = heads.iter().map(|head| language.say(head, [])).collect();
    writeln!(out, "| {} |", names.join(" | "))?;
    writeln!(out, "|{}", "---|".repeat(names.len()))
}

/// A row of cells that are escaped already.
fn row(out: &mut dyn Write, cells: &[String]) -> io::Result<()> {
    writeln!(out, "| {} |", cells.join(" | "))
}

/// Says how much a limit left out.
fn more(out: &mut dyn Write, language: Language, total: usize, shown: usize) -> io::Result<()> {
    if total <= shown {
        return Ok(());
    }
    writeln!(out, "{}.\n", language.say("more-in-json", [("more", (total - shown).into())]))
}

/// Cuts a log text for a table cell.
fn short(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or("")),
        None => text.to_owned(),
    }
}
