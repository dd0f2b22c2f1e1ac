//! From what was found to a [`model::Report`], and from the report to its output forms. Sees results only: no bytes of logs, no
//! patterns. A new form is one file or folder here with a `write` function
//! and an entry in [`Format`]; one for another program is one file in [`export`].

pub mod answer;
pub mod build;
pub mod escape;
pub mod export;
pub mod figures;
mod heads;
pub mod html;
pub mod inspect;
pub mod json;
pub mod markdown;
pub mod missing;
pub mod model;
pub mod near;
pub mod picture;
pub mod reading;
pub mod redact;
pub mod schema;
pub mod spoken;
pub mod svg;
pub mod text;
pub mod victims;

use std::io::{self, Write};

use crate::wording::Language;
use model::Report;

/// The output forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For the terminal, at most 80 columns.
    Text,
    /// GitHub-flavoured Markdown without HTML, for wikis.
    Markdown,
    /// The contract's JSON.
    Json,
    /// One page with the timeline picture, for a browser.
    Html,
    /// The timeline picture alone.
    Svg,
    /// What happened when, for a spreadsheet.
    Csv,
    /// The same as JSON lines for Timesketch.
    Timesketch,
    /// Incidents and kills as Grafana's annotations.
    Grafana,
}

impl Format {
    /// All forms with their names and file endings.
    pub const ALL: &'static [(Self, &'static str, &'static [&'static str])] = &[
        (Self::Text, "text", &["txt"]),
        (Self::Markdown, "markdown", &["md", "markdown"]),
        (Self::Json, "json", &["json"]),
        (Self::Html, "html", &["html", "htm"]),
        (Self::Svg, "svg", &["svg"]),
        (Self::Csv, "csv", &["csv"]),
        (Self::Timesketch, "timesketch", &["jsonl"]),
        // Its files end in .json as the report's own do, so it must be asked for.
        (Self::Grafana, "grafana", &[]),
    ];

    /// The form that a file's ending asks for.
    #[must_use]
    pub fn of_ending(ending: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, _, endings)| endings.contains(&ending.to_ascii_lowercase().as_str()))
            .map(|(format, _, _)| *format)
    }

    /// The form with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, own, _)| *own == name).map(|(format, _, _)| *format)
    }
}

/// What can be chosen about the looks of a report.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings {
    /// Of the text form.
    pub text: text::Style,
    /// Of the Markdown form.
    pub markdown: markdown::Style,
    /// In which language the forms for people are; those for programs are English.
    pub language: Language,
    /// What is masked in all of them.
    pub redact: redact::Level,
}

/// Writes a report in a form.
///
/// # Errors
/// What the writer says.
pub fn write(
    report: &Report,
    format: Format,
    settings: Settings,
    out: &mut dyn Write,
) -> io::Result<()> {
    let for_people = matches!(format, Format::Text | Format::Markdown | Format::Html | Format::Svg);
    let report = if for_people { &spoken::told(report, settings.language) } else { report };
    let report = &redact::report(report, settings.redact)?;
    match format {
        Format::Text => text::write(report, settings.text, out),
        Format::Markdown => markdown::write(report, settings.markdown, out),
        Format::Json => json::write(report, out),
        Format::Html => html::write(report, out),
        Format::Svg => svg::write(report, out),
        Format::Csv => export::csv::write(report, out),
        Format::Timesketch => export::timesketch::write(report, out),
        Format::Grafana => export::grafana::write(report, out),
    }
}
