//! From what was found to a [`model::Report`], and from the report to its output forms. Sees results only: no bytes of logs, no
//! patterns. A new form is one file here with a `write` function and an entry in [`Format`].

pub mod answer;
pub mod build;
pub mod escape;
pub mod figures;
pub mod html;
pub mod inspect;
pub mod json;
pub mod markdown;
pub mod missing;
pub mod model;
pub mod picture;
pub mod reading;
pub mod svg;
pub mod text;

use std::io::{self, Write};

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
}

impl Format {
    /// All forms with their names and file endings.
    pub const ALL: &'static [(Self, &'static str, &'static [&'static str])] = &[
        (Self::Text, "text", &["txt"]),
        (Self::Markdown, "markdown", &["md", "markdown"]),
        (Self::Json, "json", &["json"]),
        (Self::Html, "html", &["html", "htm"]),
        (Self::Svg, "svg", &["svg"]),
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

/// Writes a report in a form.
///
/// # Errors
/// What the writer says.
pub fn write(
    report: &Report,
    format: Format,
    style: text::Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Text => text::write(report, style, out),
        Format::Markdown => markdown::write(report, out),
        Format::Json => json::write(report, out),
        Format::Html => html::write(report, out),
        Format::Svg => svg::write(report, out),
    }
}
