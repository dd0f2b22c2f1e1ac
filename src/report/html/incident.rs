//! One incident as a section of the page: impact, its picture, the chain, belief, doubt, what to collect, what to do.
//! In: an incident. Out: a `section`. Must never leave out that nothing spoke against the cause.

use maud::{Markup, html};

use super::{ids, log, more, table};
use crate::report::answer;
use crate::report::figures;
use crate::report::model::{Action, Event, Incident};
use crate::report::reading::{self, Reading};

/// Entries of a list.
const ENTRIES_MAX: usize = 20;
/// Routes and upstreams in the impact table.
const ROUTES_MAX: usize = 8;

pub(super) fn section(
    reading: &Reading<'_>,
    incident: &Incident,
    picture: Option<Markup>,
    leads: bool,
) -> Markup {
    html! {
        section.incident aria-labelledby=(incident.id) {
            h2 id=(incident.id) { (incident.id) " " (log(&incident.class)) " failures, " (figures::span(&incident.start, &incident.end)) }
            // The answer on top said it of the gravest.
            @if !leads { p { (log(&answer::summary(incident))) " " span.word data-verdict=(incident.verdict) { "Verdict: " (log(&answer::verdict(incident))) } } }
            @if let Some(picture) = picture { (picture) }
            (chain(reading, incident))
            (impact(incident))
            (timeline(reading, incident))
            (belief(reading, incident))
            (doubt(reading, incident))
            (suspects(reading, incident))
            (unseen(incident))
            (others(reading, incident))
            (actions(reading, incident))
        }
    }
}

fn impact(incident: &Incident) -> Markup {
    let counted = incident.counted_from != "error-log";
    let unknown = || "not known without an access log".to_owned();
    let minute = incident
        .peak_minute
        .as_deref()
        .map(|time| figures::moment(time, figures::day(&incident.start)));
    let minute = minute.map(|minute| format!(" ({minute})")).unwrap_or_default();
    let mut rows = vec![
        (
            "Requests in that time".to_owned(),
            if counted { figures::grouped(incident.requests) } else { unknown() },
        ),
        (
            "Failed".to_owned(),
            format!(
                "{} ({})",
                figures::grouped(reading::failures(incident)),
                reading::by_status(&incident.errors, figures::grouped)
            ),
        ),
        (
            "Worst minute".to_owned(),
            reading::worst(incident).map_or_else(unknown, |share| {
                format!("{}{minute} of requests failed", figures::per_cent(share))
            }),
        ),
        ("Share when nothing is wrong".to_owned(), figures::per_cent(incident.baseline_share)),
        ("Duration".to_owned(), figures::duration(incident.duration_seconds)),
        (
            "Already failing when the logs begin".to_owned(),
            if reading::already_failing(incident) { "yes" } else { "no" }.to_owned(),
        ),
        (
            "Still failing at the end of the logs".to_owned(),
            if reading::still_failing(incident) { "yes" } else { "no" }.to_owned(),
        ),
    ];
    if incident.hidden_by_retry > 0 {
        rows.push((
            "Hidden by a retry, not counted above".to_owned(),
            figures::grouped(incident.hidden_by_retry),
        ));
    }
    for route in incident.routes.iter().take(ROUTES_MAX) {
        rows.push((
            format!("Route {} {}", route.method, route.path),
            format!("{} of {} failed", route.errors, route.requests.max(route.errors)),
        ));
    }
    for upstream in incident.upstreams.iter().take(ROUTES_MAX) {
        let service =
            upstream.service.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        rows.push((
            format!("Upstream {}{service}", upstream.address),
            reading::by_status(&upstream.failures, figures::grouped),
        ));
    }
    let rows =
        rows.into_iter().map(|(name, value)| vec![html! { (log(&name)) }, html! { (log(&value)) }]);
    html! { h3 { "Impact" } (table("Impact", &["Figure", "Value"], rows)) }
}

fn chain(reading: &Reading<'_>, incident: &Incident) -> Markup {
    html! {
        @if !incident.chain.is_empty() {
            h3 { "Cause chain" }
            ol.chain-list { @for hop in &incident.chain { li { (log(&hop.text)) (ids(reading, &hop.events)) } } }
        }
    }
}

fn timeline(reading: &Reading<'_>, incident: &Incident) -> Markup {
    let supports = incident.causes.first().map_or(&[][..], |cause| &cause.supports);
    let hops = incident.chain.iter().flat_map(|hop| &hop.events);
    let ruled_out = incident.ruled_out.iter().map(|other| &other.event);
    let events = reading.events_by_time(
        incident.path.iter().chain(hops).chain(supports).chain(ruled_out).chain(&incident.context),
    );
    if events.is_empty() {
        return html! {};
    }
    let day = figures::day(&incident.start);
    let rows = events.iter().map(|event| {
        let times = if event.count > 1 { format!(" ({} times)", event.count) } else { String::new() };
        vec![
            html! { span.t { (figures::fine_moment(event.time.as_deref(), day)) " ±" (figures::sigma(event.time_sigma_seconds)) } },
            html! { (super::id(event)) },
            html! { (log(&event.kind)) (times) },
            html! { code { (log(&reading.place(&event.source, event.line))) } },
            html! { code { (log(&event.text)) } },
        ]
    });
    html! {
        details {
            summary { "Timeline as a table, " (events.len()) " lines" }
            (table("Timeline", &["Time (UTC)", "Event", "Kind", "Place", "Line"], rows))
        }
    }
}

fn belief(reading: &Reading<'_>, incident: &Incident) -> Markup {
    let Some(first) = incident.causes.first() else { return html! {} };
    let events = reading.events(first.supports.iter());
    html! {
        h3 { @if reading::is_open(incident) { "What the likeliest cause rests on" } @else { "Why we believe it" } }
        ul {
            li { (log(&first.why)) (ids(reading, &first.supports)) }
            @for event in events.iter().take(ENTRIES_MAX) { li { (quoted(reading, event)) } }
        }
        (more(events.len(), ENTRIES_MAX))
    }
}

fn quoted(reading: &Reading<'_>, event: &Event) -> Markup {
    html! {
        "[" (super::id(event)) "] " (log(&event.kind)) ", " code { (log(&reading.place(&event.source, event.line))) } ": "
        code { (log(&event.text)) }
    }
}

fn doubt(reading: &Reading<'_>, incident: &Incident) -> Markup {
    let against = incident.causes.first().map_or(&[][..], |cause| &cause.contradicts);
    let against = reading.events(against.iter());
    html! {
        h3 { "What speaks against it or was ruled out" }
        ul {
            @for event in against.iter().take(ENTRIES_MAX) { li { "Against: " (quoted(reading, event)) } }
            @for other in incident.ruled_out.iter().take(ENTRIES_MAX) {
                li { "Ruled out:" (ids(reading, std::slice::from_ref(&other.event))) " " (log(&other.why))
                    " (so near by chance: " (figures::per_cent(other.chance)) ")" }
            }
            @if against.is_empty() && incident.ruled_out.is_empty() { li { "Nothing in the bundle." } }
        }
        (more(against.len(), ENTRIES_MAX))
        (more(incident.ruled_out.len(), ENTRIES_MAX))
    }
}

/// Requests that were on the way when processes died: a lead, not a verdict.
fn suspects(reading: &Reading<'_>, incident: &Incident) -> Markup {
    html! {
        @if !incident.suspect_requests.is_empty() {
            h3 { "Suspect requests" }
            ul {
                @for suspect in incident.suspect_requests.iter().take(ENTRIES_MAX) {
                    @let lines = suspect.witnesses.iter().take(3).map(|line| reading.place(&line.source, line.line));
                    li {
                        code { (log(&suspect.method)) " " (log(&suspect.path)) } " was " (log(&suspect.text)) (ids(reading, &suspect.uploads))
                        @for line in lines { " " code { (log(&line)) } }
                    }
                }
            }
            (more(incident.suspect_requests.len(), ENTRIES_MAX))
        }
    }
}

fn unseen(incident: &Incident) -> Markup {
    let unobserved = incident.causes.first().map_or(&[][..], |cause| &cause.not_observable);
    if incident.missing.is_empty() && unobserved.is_empty() {
        return html! {};
    }
    html! {
        h3 { "What could not be seen, and what to collect" }
        ul {
            @for item in unobserved.iter().take(ENTRIES_MAX) { li { "Not observable: " (log(item)) } }
            @for missing in incident.missing.iter().take(ENTRIES_MAX) {
                li {
                    (log(&missing.data))
                    @if !missing.separates.is_empty() { " (tells apart " (log(&missing.separates.join(", "))) ")" }
                    pre tabindex="0" { (log(&missing.command)) }
                }
            }
        }
    }
}

fn others(reading: &Reading<'_>, incident: &Incident) -> Markup {
    let others = incident.causes.get(1..).unwrap_or(&[]);
    if others.is_empty() {
        return html! {};
    }
    let rows = others.iter().take(ENTRIES_MAX).map(|cause| {
        vec![
            html! { (log(&cause.cause)) },
            html! { (figures::per_cent(cause.probability)) },
            html! { (log(&cause.why)) },
            html! { (ids(reading, &cause.supports)) },
            html! { (ids(reading, &cause.contradicts)) },
        ]
    });
    html! {
        details {
            summary { "Other causes that were considered, " (others.len()) }
            (table("Other causes", &["Cause", "Probability", "Why", "For", "Against"], rows))
            (more(others.len(), ENTRIES_MAX))
        }
    }
}

fn actions(reading: &Reading<'_>, incident: &Incident) -> Markup {
    let of = |when: &str| -> Vec<&Action> {
        incident.actions.iter().filter(|action| action.when == when).collect()
    };
    let groups =
        [("Now", of("now")), ("This week", of("this_week")), ("To prevent it", of("prevent"))];
    html! {
        @if !incident.actions.is_empty() {
            h3 { "Actions" }
            @for (name, actions) in groups {
                @if !actions.is_empty() {
                    h4 { (name) }
                    ul {
                        @for action in actions {
                            li {
                                (log(&answer::sentence(&action.text))) (ids(reading, &action.because))
                                @if !action.verify.is_empty() { " Check: " (log(&action.verify)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
