//! The timeline picture: requests and failures over time, the bursts, kills, deaths and restarts on lanes, memory at the kills.
//! In: a `Report`. Out: SVG, alone as a file or inside the HTML form. Why: that one thing followed another is seen, not read.
//! Must never run, load or link outside anything, nor let text of a log become markup: `maud` escapes it, after
//! `escape::terminal` has made visible what XML forbids.

mod marks;
mod panel;
mod scale;
mod spot;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::io::{self, Write};

use maud::{Markup, PreEscaped, html};

use crate::report::figures;
use crate::report::model::{Incident, Report, Series};
use crate::report::reading::{self, Reading};
use crate::report::redact;
use marks::Kind;
use panel::Panel;
use scale::{LEFT, Scale, WIDTH};

/// Colours and strokes, for the picture alone and inside a page.
pub const STYLE: &str = include_str!("picture.css");

/// An incident that fills less of the window than this gets a closer look beside the whole.
const CLOSER_SHARE: f64 = 0.5;
/// Width of a letter of the legend, generously.
const LETTER: f64 = 6.8;
/// Height of the legend.
const LEGEND: f64 = 30.0;

/// Writes the picture as a file of its own.
///
/// # Errors
/// What the writer gives.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let reading = reading::read(report);
    let incidents = reading::gravest_first(report);
    let picture = whole(&reading, incidents.first().copied(), true).into_string();
    out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")?;
    out.write_all(picture.as_bytes())?;
    out.write_all(b"\n")
}

/// The picture that leads a report: the whole window, and closer the incident in focus. Alone it brings its own style.
pub(in crate::report) fn whole(
    reading: &Reading<'_>,
    focus: Option<&Incident>,
    alone: bool,
) -> Markup {
    let report = reading.report;
    let overview = report.series.as_ref().and_then(|series| {
        let scale = scale_of(series)?;
        let closer = focus.and_then(|incident| scale_of(&incident.series));
        let share = closer.map_or(0.0, |closer| {
            closer.to.saturating_sub(closer.from) as f64
                / scale.to.saturating_sub(scale.from).max(1) as f64
        });
        (share < CLOSER_SHARE || report.incidents.len() > 1)
            .then(|| Panel::overview(reading, focus, series, scale))
    });
    let panels =
        overview.into_iter().chain(focus.and_then(|incident| closer(reading, incident))).collect();
    let name = focus.map_or_else(|| "all".to_owned(), |incident| incident.id.clone());
    drawn(reading, panels, &name, &title(reading, focus), alone)
}

/// One incident closely.
pub(in crate::report) fn one(reading: &Reading<'_>, incident: &Incident) -> Markup {
    let panels = closer(reading, incident).into_iter().collect();
    let name = format!("only-{}", incident.id);
    drawn(reading, panels, &name, &title(reading, Some(incident)), false)
}

fn closer<'a>(reading: &'a Reading<'a>, incident: &'a Incident) -> Option<Panel<'a>> {
    Some(Panel::closer(reading, incident, scale_of(&incident.series)?))
}

fn title(reading: &Reading<'_>, focus: Option<&Incident>) -> String {
    focus.map_or_else(
        || reading.say("picture-title-quiet", []),
        |incident| {
            let args = [
                ("incident", (&incident.id).into()),
                ("span", figures::span(&incident.start, &incident.end).into()),
            ];
            reading.say("picture-title", args)
        },
    )
}

fn scale_of(series: &Series) -> Option<Scale> {
    let from = figures::epoch_millis(&series.start)?;
    let steps = i64::try_from(series.failures.len()).ok()?;
    let step = i64::try_from(series.step_seconds).ok()?.saturating_mul(1_000);
    Some(Scale::new(from, from.saturating_add(steps.saturating_mul(step))))
}

fn drawn(
    reading: &Reading<'_>,
    panels: Vec<Panel<'_>>,
    name: &str,
    title: &str,
    alone: bool,
) -> Markup {
    let mut top = 0.0;
    let mut placed = Vec::new();
    for panel in panels {
        let height = panel.height();
        placed.push((top, panel));
        top += height;
    }
    let height = top + LEGEND;
    let view = format!("0 0 {WIDTH} {height:.0}");
    let names = format!("title-{name} about-{name}");
    let note = redact::note(&reading.report.redaction).map(|note| reading.say(note, []));
    html! {
        svg.timeline xmlns="http://www.w3.org/2000/svg" viewBox=(view) width=[alone.then_some(WIDTH)]
            height=[alone.then_some(height)] role="group" aria-labelledby=(names) {
            title id={ "title-" (name) } { (title) }
            desc id={ "about-" (name) } {
                (reading.say("picture-about", []))
                @if let Some(note) = &note { " " (note) }
            }
            @if alone { style { (PreEscaped(STYLE)) } rect.paper x="0" y="0" width=(WIDTH) height=(height) {} }
            @for (top, panel) in &placed { (panel.draw(*top, name, alone)) }
            (legend(reading, top, &placed))
            @if let Some(note) = note.as_ref().filter(|_| alone) {
                text.note x=(format!("{:.1}", WIDTH - 8.0)) y=(format!("{:.1}", height - 4.0)) text-anchor="end" { (note) }
            }
        }
    }
}

/// What the shapes mean, of those that are there; shapes and not colours alone tell the kinds apart.
fn legend(reading: &Reading<'_>, top: f64, panels: &[(f64, Panel<'_>)]) -> Markup {
    let (mut kinds, mut ruled_out, mut with_chain) = (BTreeSet::new(), false, false);
    for (_, panel) in panels {
        let (own, out) = panel.kinds();
        kinds.extend(own);
        ruled_out |= out;
        with_chain |= panel.has_chain();
    }
    let y = top + LEGEND / 2.0;
    let names = kinds
        .iter()
        .map(|kind| kind.message())
        .chain(ruled_out.then_some("legend-unrelated"))
        .chain(["legend-clock", "legend-chain"]);
    let mut x = LEFT + 6.0;
    let places: Vec<f64> = names
        .map(|name| {
            let own = x;
            x += (reading.say(name, []).chars().count() as f64).mul_add(LETTER, 36.0).max(92.0);
            own
        })
        .collect();
    let place = |at: usize| places.get(at).copied().unwrap_or(x);
    let text_y = format!("{:.1}", y + 4.0);
    let words = |x: f64, id: &'static str| html! { text x=(format!("{x:.1}")) y=(text_y) { (reading.say(id, [])) } };
    html! {
        @if !kinds.is_empty() {
            g.legend aria-hidden="true" {
                @for (at, kind) in kinds.iter().enumerate() {
                    (spot::shape(*kind, false, place(at), y)) (words(place(at) + 10.0, kind.message()))
                }
                @let at = kinds.len();
                @if ruled_out { (spot::shape(Kind::Line, true, place(at), y)) (words(place(at) + 10.0, "legend-unrelated")) }
                @let at = at + usize::from(ruled_out);
                rect.sigma x=(format!("{:.1}", place(at) - 6.0)) y=(format!("{:.1}", y - 3.0)) width="16" height="6" {}
                (words(place(at) + 14.0, "legend-clock"))
                @if with_chain {
                    @let x = place(at + 1);
                    line.chain x1=(format!("{:.1}", x - 6.0)) x2=(format!("{:.1}", x + 12.0)) y1=(format!("{y:.1}")) y2=(format!("{y:.1}")) {}
                    (words(x + 17.0, "legend-chain"))
                }
            }
        }
    }
}
