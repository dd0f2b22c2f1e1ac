//! One incident in Markdown: impact, picture, timeline, chain, belief, doubt, what to collect, what to do.
//! In: an incident and its report. Out: one `##` section. Why: each incident must stand by itself when it is pasted elsewhere.
//! Must never leave a section out because it is empty where its emptiness is the answer: what was not ruled out is said.

use std::io::{self, Write};

use super::{ids, more, row, short, table};
use crate::report::escape;
use crate::report::figures;
use crate::report::model::{Action, Event, Incident, Weighed};
use crate::report::picture;
use crate::report::reading::{self, Reading};
use crate::wording::Arg;

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
    let heading = [
        ("id", escape::markdown(&incident.id).into()),
        ("class", Arg::Case(if incident.class == "server" { "server" } else { "gateway" })),
        ("span", figures::span(&incident.start, &incident.end).into()),
    ];
    writeln!(out, "## {}\n", reading.say("heading-incident", heading))?;
    writeln!(out, "{}\n", super::cause(reading, incident))?;
    writeln!(out, "### {}\n", reading.say("heading-impact", []))?;
    impact_table(reading, incident, out)?;
    draw(reading, incident, out)?;
    timeline(reading, incident, out)?;
    chain(reading, incident, out)?;
    belief(reading, incident, out)?;
    suspects(reading, incident, out)?;
    doubt(reading, incident, out)?;
    unseen(reading, incident, out)?;
    other_causes(reading, incident, out)?;
    actions(reading, incident, boxes, out)
}

pub(super) fn impact_table(
    reading: &Reading<'_>,
    incident: &Incident,
    out: &mut dyn Write,
) -> io::Result<()> {
    let say = |id: &'static str| reading.say(id, []);
    table(out, reading.report.language, &["col-figure", "col-value"])?;
    let counted = incident.counted_from != "error-log";
    let minute = incident.peak_minute.as_deref();
    let minute = minute.map(|time| figures::moment(time, figures::day(&incident.start)));
    let worst = reading::worst(incident).map(|worst| {
        let args = [
            ("share", figures::per_cent(worst).into()),
            ("minute-known", Arg::Case(if minute.is_some() { "yes" } else { "no" })),
            ("minute", minute.unwrap_or_default().into()),
        ];
        reading.say("worst-minute", args)
    });
    let duration = [
        ("duration", figures::lasted(incident.duration_seconds).into()),
        ("failing", Arg::Case(if reading::already_failing(incident) { "yes" } else { "no" })),
    ];
    let mut figures = vec![
        (
            "figure-requests",
            if counted { figures::grouped(incident.requests) } else { say("not-known") },
        ),
        ("figure-failed", figures::grouped(reading::failures(incident))),
        ("figure-by-status", escape::cell(&reading::by_status(&incident.errors, figures::grouped))),
        ("figure-baseline", figures::per_cent(incident.baseline_share)),
        ("figure-duration", reading.say("duration-since", duration)),
        ("figure-ongoing", super::ongoing(reading, incident)),
    ];
    if incident.probe_errors > 0 {
        figures.insert(3, ("figure-probes", figures::grouped(incident.probe_errors)));
    }
    if let Some(worst) = worst {
        figures.insert(3, ("figure-worst-minute", worst));
    }
    for (name, value) in figures {
        row(out, &[say(name), value])?;
    }
    if let Some(host) = reading.host(incident) {
        row(out, &[say("figure-host"), escape::cell(host)])?;
    }
    if incident.hidden_by_retry > 0 {
        row(out, &[say("figure-hidden"), figures::grouped(incident.hidden_by_retry)])?;
    }
    for route in incident.routes.iter().take(ROUTES_MAX) {
        let name =
            escape::code_cell(&short(&format!("{} {}", route.method, route.path), TEXT_MAX_CHARS));
        let name = reading.say("figure-route", [("route", name.into())]);
        row(out, &[name, reading.failed_of(route)])?;
    }
    let others = reading::of_other_routes(incident, ROUTES_MAX);
    if others > 0 {
        let failed = [("failed", figures::grouped(others).into())];
        row(out, &[say("figure-other-routes"), reading.say("failed-count", failed)])?;
    }
    for upstream in reading::failing_upstreams(incident).take(ROUTES_MAX) {
        let address = escape::code_cell(&short(&upstream.address, TEXT_MAX_CHARS));
        let service = upstream.service.as_ref().map(|name| escape::cell(name));
        let met = escape::cell(&reading::by_status(&upstream.failures, figures::grouped));
        row(out, &[reading.upstream(address, service), met])?;
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
    let args = [
        ("step", figures::duration(picture.step_seconds as f64).into()),
        ("peak", figures::grouped(picture.peak).into()),
        ("marks", Arg::Case(picture.marked())),
    ];
    writeln!(out, "{}\n", reading.say("picture-legend", args))?;
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
    let day = figures::day(&incident.start);
    let day =
        [("known", Arg::Case(if day.is_empty() { "no" } else { "yes" })), ("day", day.into())];
    writeln!(out, "### {}\n", reading.say("heading-timeline", day))?;
    let heads = ["col-time", "col-sigma", "col-event", "col-source", "col-what"];
    table(out, reading.report.language, &heads)?;
    for event in events.iter().take(TIMELINE_MAX) {
        row(out, &timeline_row(reading, event, figures::day(&incident.start)))?;
    }
    writeln!(out)?;
    more(out, reading.report.language, events.len(), TIMELINE_MAX)
}

fn timeline_row(reading: &Reading<'_>, event: &Event, known_day: &str) -> [String; 5] {
    let what = [("event", escape::cell(&event.kind).into()), ("times", event.count.into())];
    let text = escape::code_cell(&short(&event.text, TEXT_MAX_CHARS));
    [
        reading.moment(event.time.as_deref(), known_day),
        event.time.as_ref().map(|_| figures::sigma(event.time_sigma_seconds)).unwrap_or_default(),
        format!("\\[{}\\]", escape::cell(&event.id)),
        escape::code_cell(&reading.place(&event.source, event.line)),
        format!("{}: {text}", reading.say("event-times", what)),
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
    writeln!(out, "### {}\n", reading.say("heading-chain", []))?;
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
    let open = reading::is_open(incident);
    let heading = if open { "heading-likeliest" } else { "heading-belief" };
    writeln!(out, "### {}\n", reading.say(heading, []))?;
    // What the verdict says already is not said again.
    if first.why != incident.summary {
        writeln!(out, "- {}{}", escape::markdown(&first.why), ids(reading, &first.supports))?;
    }
    let kinds = reading.proof_by_kind(incident);
    for (event, others) in kinds.iter().take(ENTRIES_MAX) {
        writeln!(out, "- {}", event_item(reading, event))?;
        if !others.is_empty() {
            let args = [("kind", escape::markdown(&event.kind).into())];
            writeln!(out, "- {}{}", reading.say("more-of-kind", args), ids(reading, others))?;
        }
    }
    writeln!(out)?;
    more(out, reading.report.language, kinds.len(), ENTRIES_MAX)
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
    writeln!(out, "### {}\n", reading.say("heading-suspects", []))?;
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
        let args = [("route", route.into()), ("told", escape::markdown(&suspect.text).into())];
        writeln!(out, "- {}{uploads}{failed}", reading.say("suspect-was", args))?;
    }
    writeln!(out)?;
    more(out, reading.report.language, incident.suspect_requests.len(), ENTRIES_MAX)
}

pub(super) fn doubt(
    reading: &Reading<'_>,
    incident: &Incident,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "### {}\n", reading.say("heading-doubt", []))?;
    let contradicts = incident.causes.first().map_or(&[][..], |cause| &cause.contradicts);
    let contradicting = reading.events(contradicts.iter());
    for event in contradicting.iter().take(ENTRIES_MAX) {
        let line = event_item(reading, event);
        writeln!(out, "- {}", reading.say("against", [("line", line.into())]))?;
    }
    let ruled_out = reading.ruled_out(incident);
    for other in ruled_out.iter().take(ENTRIES_MAX) {
        let why = escape::markdown(&other.why);
        let id = format!("\\[{}\\]", escape::markdown(&other.events.join(", ")));
        writeln!(out, "- {}", reading.say("ruled-out", other.args(id, why, str::to_owned)))?;
    }
    if contradicting.is_empty() && incident.ruled_out.is_empty() {
        writeln!(out, "- {}", reading.say("nothing-against", []))?;
    }
    writeln!(out)?;
    let language = reading.report.language;
    more(out, language, contradicting.len(), ENTRIES_MAX)?;
    more(out, language, ruled_out.len(), ENTRIES_MAX)
}

pub(super) fn unseen(
    reading: &Reading<'_>,
    incident: &Incident,
    out: &mut dyn Write,
) -> io::Result<()> {
    let unobserved = reading::unobserved(incident);
    if incident.missing.is_empty() && unobserved.is_empty() {
        return Ok(());
    }
    writeln!(out, "### {}\n", reading.say("heading-unseen", []))?;
    for item in unobserved.iter().take(ENTRIES_MAX) {
        let what = [("what", escape::markdown(item).into())];
        writeln!(out, "- {}", reading.say("not-observable", what))?;
    }
    if !unobserved.is_empty() {
        writeln!(out)?;
    }
    if incident.missing.is_empty() {
        return Ok(());
    }
    table(out, reading.report.language, &["col-data", "col-command", "col-tells-apart"])?;
    for missing in incident.missing.iter().take(ENTRIES_MAX) {
        let causes = escape::cell(&missing.separates.join(", "));
        row(out, &[escape::cell(&missing.data), escape::code_cell(&missing.command), causes])?;
    }
    writeln!(out)?;
    more(out, reading.report.language, incident.missing.len(), ENTRIES_MAX)
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
    writeln!(out, "### {}\n", reading.say("heading-other-causes", []))?;
    let heads = ["col-cause", "col-probability", "col-why", "col-for", "col-against"];
    table(out, reading.report.language, &heads)?;
    for cause in others.iter().take(ENTRIES_MAX) {
        row(
            out,
            &[
                escape::cell(&cause.cause),
                figures::likelihood(cause.probability),
                escape::cell(&cause.why),
                ids(reading, &cause.supports).trim_start().to_owned(),
                ids(reading, &cause.contradicts).trim_start().to_owned(),
            ],
        )?;
    }
    writeln!(out)?;
    more(out, reading.report.language, others.len(), ENTRIES_MAX)
}

/// When actions are taken, by the words of the JSON, with their messages.
const WHEN: [(&str, &str); 3] =
    [("now", "when-now"), ("this_week", "when-this-week"), ("prevent", "when-prevent")];

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
    writeln!(out, "### {}\n", reading.say("heading-actions", []))?;
    if let Some(other) = reading.told_for(incident) {
        let other = [("incident", escape::markdown(other).into())];
        return writeln!(out, "{}\n", reading.say("actions-as-for", other));
    }
    for (when, name) in WHEN {
        let actions: Vec<_> =
            incident.actions.iter().filter(|action| action.when == when).collect();
        if actions.is_empty() {
            continue;
        }
        writeln!(out, "{}:\n", reading.say(name, []))?;
        for action in actions {
            let task = task(reading, action, escape::markdown);
            writeln!(out, "- {}{task}", if boxes { "[ ] " } else { "" })?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// All actions as cells of a table, with when they are to be taken.
pub(super) fn tasks(reading: &Reading<'_>, incident: &Incident) -> Vec<(String, String)> {
    let of = |(when, name): (&'static str, &'static str)| {
        let actions = incident.actions.iter().filter(move |action| action.when == when);
        actions.map(move |action| (reading.say(name, []), task(reading, action, escape::cell)))
    };
    WHEN.into_iter().flat_map(of).collect()
}

fn task(reading: &Reading<'_>, action: &Action, escaped: fn(&str) -> String) -> String {
    let text = format!("{}{}", escaped(&action.text), ids(reading, &action.because));
    if action.verify.is_empty() {
        text
    } else {
        let verify = escaped(&action.verify);
        reading.say("task-verify", [("task", text.into()), ("verify", verify.into())])
    }
}
