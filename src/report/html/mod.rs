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
use crate::wording::{Arg, Language};

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
    let say = |id: &'static str| reading.say(id, []);
    let title = gravest.map_or_else(
        || answer::quiet_title(reading.report),
        // A report from elsewhere may name a cause that is none of ours.
        |incident| log(&answer::title(reading.report.language, incident)),
    );
    let tool = [
        ("tool", log(&reading.report.tool.name).into()),
        ("version", log(&reading.report.tool.version).into()),
    ];
    html! {
        (DOCTYPE)
        html lang=(reading.report.language.tag()) {
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
                a.skip href="#evidence" { (say("skip-to-evidence")) }
                header {
                    h1 { (title) }
                    @match gravest {
                        Some(incident) => (verdict(reading, incident)),
                        None => p.answer { (log(&answer::no_incident(reading.report))) },
                    }
                }
                main {
                    (picture(reading, svg::whole(reading, gravest, false)))
                    @if incidents.len() > 1 { (overview(reading, &incidents)) }
                    @for (at, incident) in incidents.iter().take(FULL_MAX).enumerate() {
                        @let own = (at > 0 && at < PICTURES_MAX).then(|| picture(reading, svg::one(reading, incident)));
                        (incident::section(reading, incident, own, at == 0))
                    }
                    (more(reading, incidents.len(), FULL_MAX))
                    (tables::sections(reading))
                }
                footer {
                    p { (reading.say("written-by", tool)) " " (say("times-in-utc")) " "
                        @if reading.report.redaction != "off" { (say("secrets-masked")) " " }
                        @if let Some(note) = redact::note(&reading.report.redaction) { strong { (say(note)) } } }
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
    let language = reading.report.language;
    html! {
        dl.verdict data-verdict=(incident.verdict) {
            dt { (reading.say("html-what", [])) }
            dd { (log(&answer::what(language, incident))) }
            dt { (reading.say("html-why", [])) }
            dd {
                (log(&answer::summary(language, incident))) " " (word(language, incident))
            }
            dt { (reading.say("html-do", [])) }
            dd {
                @match answer::next_command(incident) {
                    Some(missing) => { (log(&answer::collect(language, missing))) pre tabindex="0" { (log(&missing.command)) } },
                    None => (log(&answer::next_action(reading, incident))),
                }
            }
        }
    }
}

/// How sure it is, coloured by it.
fn word(language: Language, incident: &Incident) -> Markup {
    let verdict =
        language.say("verdict", [("verdict", answer::verdict(language, incident).into())]);
    html! { span.word data-verdict=(incident.verdict) { (log(&verdict)) } }
}

/// The picture, what a mark says when it is pointed at, and how to use it.
fn picture(reading: &Reading<'_>, svg: Markup) -> Markup {
    let pointed = svg.0.contains("<a class=\"mark");
    html! {
        figure.picture {
            div.scroll tabindex="0" role="region" aria-label=(reading.say("picture-scrolls", [])) { (svg) }
            div.told role="status" aria-live="polite" {}
            // Without marks there is nothing to point at.
            @if pointed { figcaption { (reading.say("picture-help", [])) } }
        }
    }
}

fn overview(reading: &Reading<'_>, incidents: &[&Incident]) -> Markup {
    let rows = incidents.iter().take(ROWS_MAX).enumerate().map(|(at, incident)| {
        vec![
            html! { @if at < FULL_MAX { a href={ "#" (incident.id) } { (incident.id) } } @else { (incident.id) } @if at == 0 { " " (reading.say("html-gravest", [])) } },
            html! { span.t { (figures::moment(&incident.start, "")) } },
            html! { (figures::lasted(incident.duration_seconds)) },
            html! { (figures::grouped(reading::failures(incident))) },
            html! { (log(&incident.cause)) },
            html! { (reading.say("verdict-and-probability", [
                ("verdict", Arg::Case(reading::verdict(incident))),
                ("probability", figures::likelihood(incident.probability).into()),
            ])) },
        ]
    });
    html! {
        section aria-labelledby="incidents" {
            h2 id="incidents" { (reading.say("heading-incidents", [])) }
            (table(reading, "table-incidents", &["col-incident", "col-start", "col-duration", "col-failed", "col-cause", "col-verdict"], rows))
            (more(reading, incidents.len(), ROWS_MAX))
        }
    }
}

/// Text of any origin, with its hidden characters visible; `maud` escapes what HTML would obey.
fn log(text: &str) -> String {
    // No-break spaces of ours tie figures to their units and may stay.
    escape::terminal(text)
}

/// A table that can be scrolled sideways by keyboard too; its name and its heads are messages.
fn table(
    reading: &Reading<'_>,
    about: &'static str,
    heads: &[&'static str],
    rows: impl Iterator<Item = Vec<Markup>>,
) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(reading.say(about, [])) {
            table {
                thead { tr { @for head in heads { th scope="col" { (reading.say(head, [])) } } } }
                tbody { @for row in rows { tr { @for cell in row { td { (cell) } } } } }
            }
        }
    }
}

/// Says how much a limit left out.
fn more(reading: &Reading<'_>, total: usize, shown: usize) -> Markup {
    let args = [("more", total.saturating_sub(shown).into())];
    html! { @if total > shown { p.more { (reading.say("more-in-json", args)) "." } } }
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
