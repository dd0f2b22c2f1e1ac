//! The HTML form: one file that needs nothing else, works from disk, prints, and reads well in light and dark and on a phone.
//! In: a `Report`. Out: a page: the verdict, the timeline picture, each incident with its proof, what it all rests on.
//! Why: it is what people open, click through and attach to a ticket. Must never run, load or link anything outside itself: the
//! content security policy allows this file's one style and one script by their hashes and nothing else, and all text of a log
//! passes `log` and `maud`'s escaping.

mod incident;
mod tables;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use crate::report::answer;
use crate::report::escape;
use crate::report::figures;
use crate::report::model::{Event, Incident, Report};
use crate::report::reading::{self, Reading};
use crate::report::redact;
use crate::report::svg;

/// The page's look; the picture brings its own.
const STYLE: &str = include_str!("page.css");
/// What moves: opening evidence, walking the picture by keyboard. The page is whole without it.
const SCRIPT: &str = include_str!("page.js");

/// Incidents written in full; the table names more.
const FULL_MAX: usize = 30;
/// Incidents with a picture of their own.
const PICTURES_MAX: usize = 10;
/// Rows of the table of incidents.
const ROWS_MAX: usize = 200;

/// Writes the report as a page.
///
/// # Errors
/// What the writer gives.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let reading = reading::read(report);
    out.write_all(page(&reading).into_string().as_bytes())?;
    out.write_all(b"\n")
}

fn page(reading: &Reading<'_>) -> Markup {
    let incidents = reading::gravest_first(reading.report);
    let gravest = incidents.first().copied();
    let style = format!("{STYLE}{}", svg::STYLE);
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        hash(&style),
        hash(SCRIPT)
    );
    let title = gravest.map_or_else(
        || "Incident report: no incident found".to_owned(),
        |incident| {
            let failed = figures::grouped(reading::failures(incident));
            format!(
                "Incident report: {failed} failed requests, {}",
                figures::span(&incident.start, &incident.end)
            )
        },
    );
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(&style)) }
            }
            body {
                a.skip href="#evidence" { "Skip to the evidence" }
                header {
                    h1 { (title) }
                    @match gravest {
                        Some(incident) => (verdict(reading, incident)),
                        None => p.answer { (log(&answer::no_incident(reading.report))) },
                    }
                }
                main {
                    (picture(svg::whole(reading, gravest, false)))
                    @if incidents.len() > 1 { (overview(&incidents)) }
                    @for (at, incident) in incidents.iter().take(FULL_MAX).enumerate() {
                        @let own = (at > 0 && at < PICTURES_MAX).then(|| picture(svg::one(reading, incident)));
                        (incident::section(reading, incident, own, at == 0))
                    }
                    (more(incidents.len(), FULL_MAX))
                    (tables::sections(reading))
                }
                footer {
                    p { "Written by " (log(&reading.report.tool.name)) " " (log(&reading.report.tool.version))
                        "; a person should read it before it is passed on. Times are in UTC. "
                        @if reading.report.redaction != "off" { "Secrets are masked as ***. " }
                        @if let Some(note) = redact::note(&reading.report.redaction) { strong { (note) } } }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

/// `sha256-…` as a content security policy names an inline style or script.
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

/// What broke, why, what to do: the answer before anything else.
fn verdict(reading: &Reading<'_>, incident: &Incident) -> Markup {
    html! {
        dl.verdict data-verdict=(incident.verdict) {
            dt { "What" }
            dd { (log(&answer::what(incident))) }
            dt { "Why" }
            dd {
                (log(&answer::summary(incident))) " "
                span.word data-verdict=(incident.verdict) { "Verdict: " (log(&answer::verdict(incident))) }
            }
            dt { "Do" }
            dd {
                @match answer::next_command(incident) {
                    Some(missing) => { (log(&answer::collect(missing))) pre tabindex="0" { (log(&missing.command)) } },
                    None => (log(&answer::next_action(reading, incident))),
                }
            }
        }
    }
}

/// The picture, what a mark says when it is pointed at, and how to use it.
fn picture(svg: Markup) -> Markup {
    let pointed = svg.0.contains("<a class=\"mark");
    html! {
        figure.picture {
            div.scroll tabindex="0" role="region" aria-label="Timeline picture, scrolls sideways on narrow screens" { (svg) }
            div.told role="status" aria-live="polite" {}
            // Without marks there is nothing to point at.
            @if pointed { figcaption { "Point at, tap or tab to a mark to read its log line; arrow keys walk from mark to mark, Enter leads to the evidence." } }
        }
    }
}

fn overview(incidents: &[&Incident]) -> Markup {
    let rows = incidents.iter().take(ROWS_MAX).enumerate().map(|(at, incident)| {
        vec![
            html! { @if at < FULL_MAX { a href={ "#" (incident.id) } { (incident.id) } } @else { (incident.id) } @if at == 0 { " (gravest)" } },
            html! { span.t { (figures::moment(&incident.start, "")) } },
            html! { (figures::duration(incident.duration_seconds)) },
            html! { (figures::grouped(reading::failures(incident))) },
            html! { (log(&incident.cause)) },
            html! { (log(&incident.verdict)) @if incident.verdict != "unknown" { ", " (figures::per_cent(incident.probability)) } },
        ]
    });
    html! {
        section aria-labelledby="incidents" {
            h2 id="incidents" { "Incidents, gravest first" }
            (table("Incidents", &["Incident", "Start (UTC)", "Duration", "Failed", "Cause", "Verdict"], rows))
            (more(incidents.len(), ROWS_MAX))
        }
    }
}

/// Text of any origin, with its hidden characters visible; `maud` escapes what HTML would obey.
fn log(text: &str) -> String {
    // No-break spaces of ours tie figures to their units and may stay.
    escape::terminal(text)
}

/// A table that can be scrolled sideways by keyboard too.
fn table(about: &str, heads: &[&str], rows: impl Iterator<Item = Vec<Markup>>) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(about) {
            table {
                thead { tr { @for head in heads { th scope="col" { (head) } } } }
                tbody { @for row in rows { tr { @for cell in row { td { (cell) } } } } }
            }
        }
    }
}

/// Says how much a limit left out.
fn more(total: usize, shown: usize) -> Markup {
    html! { @if total > shown { p.more { (total - shown) " more in the JSON." } } }
}

/// ` [E3, E7]`, each leading to its evidence.
fn ids(reading: &Reading<'_>, ids: &[String]) -> Markup {
    let events = reading.events(ids.iter());
    html! {
        @if !events.is_empty() {
            " ["
            @for (at, event) in events.iter().enumerate() { @if at > 0 { ", " } (id(event)) }
            "]"
        }
    }
}

fn id(event: &Event) -> Markup {
    html! { a href={ "#" (event.id) } { (event.id) } }
}
