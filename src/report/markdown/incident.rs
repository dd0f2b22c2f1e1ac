//! One incident in Markdown: impact, picture, timeline, chain, belief, doubt, what to collect, what to do.
//! In: an incident and its report. Out: one `##` section. Why: each incident must stand by itself when it is pasted elsewhere.
//! Must never leave a section out because it is empty where its emptiness is the answer: what was not ruled out is said.

use std::io::{self, Write};

use super::{ids, more, plain, row, short, table};
use crate::report::escape;
use crate::report::figures;
use crate::report::model::{Action, Event, Incident, Weighed};
use crate::report::picture;
use crate::report::reading::{self, Reading};

/// Rows of the timeline: a screen.
const TIMELINE_MAX: usize = 20;

/// Entries of every other list of an incident.
const ENTRIES_MAX: usize = 20;

/// Routes and upstreams in the impact table.
const ROUTES_MAX: usize = 5;

/// Characters of log text in a row of the timeline.
const TEXT_MAX_CHARS: usize = 140;

/// Columns of the picture.
const PICTURE_COLUMNS: usize = 78;

/// Writes one incident.
pub(super) fn write(
    reading: &Reading<'_>,
    incident: &Incident,
    boxes: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(
        out,
        "## {} {} failures, {}\n",
        escape::markdown(&incident.id),
        escape::markdown(&incident.class),
        figures::span(&incident.start, &incident.end),
    )?;
    writeln!(out, "{}\n", super::cause(incident))?;
    writeln!(out, "### Impact\n")?;
    impact_table(incident, out)?;
    draw(reading, incident, out)?;
    timeline(reading, incident, out)?;
    chain(reading, incident, out)?;
    belief(reading, incident, out)?;
    suspects(reading, incident, out)?;
    doubt(reading, incident, out)?;
    unseen(incident, out)?;
    other_causes(reading, incident, out)?;
    actions(reading, incident, boxes, out)
}

pub(super) fn impact_table(incident: &Incident, out: &mut dyn Write) -> io::Result<()> {
    table(out, &["Figure", "Value"])?;
    let unknown = || "not known without an access log".to_owned();
    let counted = incident.counted_from != "error-log";
    let worst = reading::worst(incident).map(figures::per_cent);
    let minute = incident.peak_minute.as_deref();
    let minute =
        minute.map(|time| format!(" ({})", figures::moment(time, figures::day(&incident.start))));
    let figures = [
        ("Requests in that time", if counted { incident.requests.to_string() } else { unknown() }),
        ("Failed", reading::failures(incident).to_string()),
        ("By status", escape::cell(&reading::by_status(&incident.errors, plain))),
        (
            "Worst minute",
            worst.map_or_else(unknown, |worst| {
                format!("{worst}{} of requests failed", minute.unwrap_or_default())
            }),
        ),
        ("Share when nothing is wrong", figures::per_cent(incident.baseline_share)),
        (
            "Duration",
            format!("{}{}", figures::duration(incident.duration_seconds), super::since(incident)),
        ),
        ("Still ongoing", super::ongoing(incident).to_owned()),
    ];
    for (name, value) in figures {
        row(out, &[name.to_owned(), value])?;
    }
    if incident.hidden_by_retry > 0 {
        let hidden = incident.hidden_by_retry.to_string();
        row(out, &["Hidden by a retry, not counted above".to_owned(), hidden])?;
    }
    for route in incident.routes.iter().take(ROUTES_MAX) {
        let name =
            escape::code_cell(&short(&format!("{} {}", route.method, route.path), TEXT_MAX_CHARS));
        let value = format!("{} of {} failed", route.errors, route.requests.max(route.errors));
        row(out, &[format!("Route {name}"), value])?;
    }
    for upstream in incident.upstreams.iter().take(ROUTES_MAX) {
        let address = escape::code_cell(&short(&upstream.address, TEXT_MAX_CHARS));
        let service = upstream.service.as_ref().map(|name| format!(" ({})", escape::cell(name)));
        let met = escape::cell(&reading::by_status(&upstream.failures, plain));
        row(out, &[format!("Upstream {address}{}", service.unwrap_or_default()), met])?;
    }
    writeln!(out)
}

pub(super) fn draw(
    reading: &Reading<'_>,
    incident: &Incident,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(picture) = picture::draw(reading.report, incident, PICTURE_COLUMNS) else {
        return Ok(());
    };
    let step = figures::duration(picture.step_seconds as f64);
    let legend = if picture.marks.is_empty() { "" } else { "; K is an OOM kill, x a death" };
    writeln!(out, "Failures per {step}, at most {}{legend}:\n", picture.peak)?;
    writeln!(out, "{}", escape::fence(&format!("{}\n{}", picture.bars, picture.marks)))
}

pub(super) fn timeline(
    reading: &Reading<'_>,
    incident: &Incident,
    out: &mut dyn Write,
) -> io::Result<()> {
    let supports = incident.causes.first().map_or(&[][..], |cause| &cause.supports);
    let hops = incident.chain.iter().flat_map(|hop| &hop.events);
    let ruled_out = incident.ruled_out.iter().map(|other| &other.event);
    let events = reading.events_by_time(
        incident.path.iter().chain(hops).chain(supports).chain(ruled_out).chain(&incident.context),
    );
    if events.is_empty() {
        return Ok(());
    }
    writeln!(out, "### Timeline ({})\n", day_words(&incident.start))?;
    table(out, &["Time (UTC)", "±", "Event", "Source", "What"])?;
    for event in events.iter().take(TIMELINE_MAX) {
        row(out, &timeline_row(reading, event, figures::day(&incident.start)))?;
    }
    writeln!(out)?;
    more(out, events.len(), TIMELINE_MAX)
}

fn day_words(start: &str) -> &str {
    match figures::day(start) {
        "" => "day unknown",
        day => day,
    }
}

fn timeline_row(reading: &Reading<'_>, event: &Event, known_day: &str) -> [String; 5] {
    let times = if event.count > 1 { format!(" ({} times)", event.count) } else { String::new() };
    let text = escape::code_cell(&short(&event.text, TEXT_MAX_CHARS));
    [
        figures::fine_moment(event.time.as_deref(), known_day),
        figures::sigma(event.time_sigma_seconds),
        format!("\\[{}\\]", escape::cell(&event.id)),
        escape::code_cell(&reading.place(&event.source, event.line)),
        format!("{}{times}: {text}", escape::cell(&event.kind)),
    ]
}

pub(super) fn chain(
    reading: &Reading<'_>,
    incident: &Incident,
    out: &mut dyn Write,
) -> io::Result<()> {
    if incident.chain.is_empty() {
        return Ok(());
    }
    writeln!(out, "### Cause chain\n")?;
    for (at, hop) in incident.chain.iter().enumerate() {
        writeln!(out, "{}. {}{}", at + 1, escape::markdown(&hop.text), ids(reading, &hop.events))?;
    }
    writeln!(out)
}

pub(super) fn belief(
    reading: &Reading<'_>,
    incident: &Incident,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(first) = incident.causes.first() else { return Ok(()) };
    let name = if reading::is_open(incident) {
        "What the likeliest cause rests on"
    } else {
        "Why we believe it"
    };
    writeln!(out, "### {name}\n")?;
    writeln!(out, "- {}{}", escape::markdown(&first.why), ids(reading, &first.supports))?;
    let events = reading.events(first.supports.iter());
    for event in events.iter().take(ENTRIES_MAX) {
        writeln!(out, "- {}", event_item(reading, event))?;
    }
    writeln!(out)?;
    more(out, events.len(), ENTRIES_MAX)
}

/// `\[E3\] oom-kill, path:line: text`.
fn event_item(reading: &Reading<'_>, event: &Event) -> String {
    let place = escape::code_span(&reading.place(&event.source, event.line));
    let text = escape::code_span(&short(&event.text, TEXT_MAX_CHARS));
    format!(
        "\\[{}\\] {}, {place}: {text}",
        escape::markdown(&event.id),
        escape::markdown(&event.kind)
    )
}

pub(super) fn suspects(
    reading: &Reading<'_>,
    incident: &Incident,
    out: &mut dyn Write,
) -> io::Result<()> {
    if incident.suspect_requests.is_empty() {
        return Ok(());
    }
    writeln!(out, "### Suspect requests\n")?;
    for suspect in incident.suspect_requests.iter().take(ENTRIES_MAX) {
        let route = escape::code_span(&short(
            &format!("{} {}", suspect.method, suspect.path),
            TEXT_MAX_CHARS,
        ));
        let places: Vec<String> = suspect
            .witnesses
            .iter()
            .map(|line| escape::code_span(&reading.place(&line.source, line.line)))
            .collect();
        let uploads = ids(reading, &suspect.uploads);
        let failed =
            if places.is_empty() { String::new() } else { format!("; {}", places.join(", ")) };
        writeln!(out, "- {route} was {}{uploads}{failed}", escape::markdown(&suspect.text))?;
    }
    writeln!(out)?;
    more(out, incident.suspect_requests.len(), ENTRIES_MAX)
}

pub(super) fn doubt(
    reading: &Reading<'_>,
    incident: &Incident,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "### What speaks against it or was ruled out\n")?;
    let contradicts = incident.causes.first().map_or(&[][..], |cause| &cause.contradicts);
    let contradicting = reading.events(contradicts.iter());
    for event in contradicting.iter().take(ENTRIES_MAX) {
        writeln!(out, "- Against: {}", event_item(reading, event))?;
    }
    for other in incident.ruled_out.iter().take(ENTRIES_MAX) {
        let why = escape::markdown(&other.why);
        let chance = figures::per_cent(other.chance);
        writeln!(
            out,
            "- Ruled out: \\[{}\\] {why} (so near by chance: {chance})",
            escape::markdown(&other.event)
        )?;
    }
    if contradicting.is_empty() && incident.ruled_out.is_empty() {
        writeln!(out, "- Nothing in the bundle.")?;
    }
    writeln!(out)?;
    more(out, contradicting.len(), ENTRIES_MAX)?;
    more(out, incident.ruled_out.len(), ENTRIES_MAX)
}

pub(super) fn unseen(incident: &Incident, out: &mut dyn Write) -> io::Result<()> {
    let unobserved = incident.causes.first().map_or(&[][..], |cause| &cause.not_observable);
    if incident.missing.is_empty() && unobserved.is_empty() {
        return Ok(());
    }
    writeln!(out, "### What could not be seen, and what to collect\n")?;
    for item in unobserved.iter().take(ENTRIES_MAX) {
        writeln!(out, "- Not observable: {}", escape::markdown(item))?;
    }
    if !unobserved.is_empty() {
        writeln!(out)?;
    }
    if incident.missing.is_empty() {
        return Ok(());
    }
    table(out, &["Data", "Command", "Tells apart"])?;
    for missing in incident.missing.iter().take(ENTRIES_MAX) {
        let causes = escape::cell(&missing.separates.join(", "));
        row(out, &[escape::cell(&missing.data), escape::code_cell(&missing.command), causes])?;
    }
    writeln!(out)?;
    more(out, incident.missing.len(), ENTRIES_MAX)
}

pub(super) fn other_causes(
    reading: &Reading<'_>,
    incident: &Incident,
    out: &mut dyn Write,
) -> io::Result<()> {
    let others: &[Weighed] = incident.causes.get(1..).unwrap_or(&[]);
    if others.is_empty() {
        return Ok(());
    }
    writeln!(out, "### Other causes that were considered\n")?;
    table(out, &["Cause", "Probability", "Why", "For", "Against"])?;
    for cause in others.iter().take(ENTRIES_MAX) {
        row(
            out,
            &[
                escape::cell(&cause.cause),
                figures::per_cent(cause.probability),
                escape::cell(&cause.why),
                ids(reading, &cause.supports).trim_start().to_owned(),
                ids(reading, &cause.contradicts).trim_start().to_owned(),
            ],
        )?;
    }
    writeln!(out)?;
    more(out, others.len(), ENTRIES_MAX)
}

/// With boxes to tick where the wiki has them.
pub(super) fn actions(
    reading: &Reading<'_>,
    incident: &Incident,
    boxes: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    if incident.actions.is_empty() {
        return Ok(());
    }
    writeln!(out, "### Actions\n")?;
    for (when, name) in [("now", "Now"), ("this_week", "This week"), ("prevent", "To prevent it")] {
        let actions: Vec<_> =
            incident.actions.iter().filter(|action| action.when == when).collect();
        if actions.is_empty() {
            continue;
        }
        writeln!(out, "{name}:\n")?;
        for action in actions {
            writeln!(out, "- {}{}", if boxes { "[ ] " } else { "" }, task(reading, action))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn task(reading: &Reading<'_>, action: &Action) -> String {
    let text = format!("{}{}", escape::markdown(&action.text), ids(reading, &action.because));
    if action.verify.is_empty() {
        text
    } else {
        format!("{text}; verify: {}", escape::markdown(&action.verify))
    }
}
