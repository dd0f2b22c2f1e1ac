//! One incident as a section of the page: impact, its picture, the chain, belief, doubt, what to collect, what to do.
//! In: an incident. Out: a `section`. Must never leave out that nothing spoke against the cause.

use maud::{Markup, html};

use super::{ids, log, more, table};
use crate::report::answer;
use crate::report::figures;
use crate::report::model::{Action, Event, Incident};
use crate::report::reading::{self, Reading};
use crate::wording::Arg;

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
    let heading = [
        ("id", (&incident.id).into()),
        ("class", Arg::Case(if incident.class == "server" { "server" } else { "gateway" })),
        ("span", figures::span(&incident.start, &incident.end).into()),
    ];
    let language = reading.report.language;
    html! {
        section.incident aria-labelledby=(incident.id) {
            h2 id=(incident.id) { (reading.say("heading-incident", heading)) }
            // The answer on top said it of the gravest.
            @if !leads { p { (log(&answer::summary(language, incident))) " " (super::word(language, incident)) } }
            @if let Some(picture) = picture { (picture) }
            (chain(reading, incident))
            (impact(reading, incident))
            (timeline(reading, incident))
            (belief(reading, incident))
            (doubt(reading, incident))
            (suspects(reading, incident))
            (unseen(reading, incident))
            (others(reading, incident))
            (actions(reading, incident))
        }
    }
}

fn impact(reading: &Reading<'_>, incident: &Incident) -> Markup {
    let say = |id: &'static str| reading.say(id, []);
    let counted = incident.counted_from != "error-log";
    let unknown = || say("not-known");
    let minute = incident
        .peak_minute
        .as_deref()
        .map(|time| figures::moment(time, figures::day(&incident.start)));
    let yes = |yes: bool| say(if yes { "yes" } else { "no" });
    let mut rows = vec![
        (
            say("figure-requests"),
            if counted { figures::grouped(incident.requests) } else { unknown() },
        ),
        (
            say("figure-failed"),
            format!(
                "{} ({})",
                figures::grouped(reading::failures(incident)),
                reading::by_status(&incident.errors, figures::grouped)
            ),
        ),
        (say("figure-baseline"), figures::per_cent(incident.baseline_share)),
        (say("figure-duration"), figures::lasted(incident.duration_seconds)),
        (say("figure-already-failing"), yes(reading::already_failing(incident))),
        (say("figure-still-failing"), yes(reading::still_failing(incident))),
    ];
    if incident.probe_errors > 0 {
        rows.insert(2, (say("figure-probes"), figures::grouped(incident.probe_errors)));
    }
    if let Some(share) = reading::worst(incident) {
        let args = [
            ("share", figures::per_cent(share).into()),
            ("minute-known", Arg::Case(if minute.is_some() { "yes" } else { "no" })),
            ("minute", minute.unwrap_or_default().into()),
        ];
        rows.insert(2, (say("figure-worst-minute"), reading.say("worst-minute", args)));
    }
    if let Some(host) = reading.host(incident) {
        rows.push((say("figure-host"), host.to_owned()));
    }
    if incident.hidden_by_retry > 0 {
        rows.push((say("figure-hidden"), figures::grouped(incident.hidden_by_retry)));
    }
    for route in incident.routes.iter().take(ROUTES_MAX) {
        let name = format!("{} {}", route.method, route.path);
        rows.push((
            reading.say("figure-route", [("route", name.into())]),
            reading.failed_of(route),
        ));
    }
    let others = reading::of_other_routes(incident, ROUTES_MAX);
    if others > 0 {
        let failed = [("failed", figures::grouped(others).into())];
        rows.push((say("figure-other-routes"), reading.say("failed-count", failed)));
    }
    for upstream in reading::failing_upstreams(incident).take(ROUTES_MAX) {
        rows.push((
            reading.upstream(upstream.address.clone(), upstream.service.clone()),
            reading::by_status(&upstream.failures, figures::grouped),
        ));
    }
    let rows =
        rows.into_iter().map(|(name, value)| vec![html! { (log(&name)) }, html! { (log(&value)) }]);
    html! { h3 { (say("heading-impact")) } (table(reading, "heading-impact", &["col-figure", "col-value"], rows)) }
}

fn chain(reading: &Reading<'_>, incident: &Incident) -> Markup {
    html! {
        @if !incident.chain.is_empty() {
            h3 { (reading.say("heading-chain", [])) }
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
        let kind = [("event", log(&event.kind).into()), ("times", event.count.into())];
        vec![
            html! { span.t { (reading.moment(event.time.as_deref(), day)) " " (figures::spread(event.time.as_deref(), event.time_sigma_seconds)) } },
            html! { (super::id(event)) },
            html! { (reading.say("event-times", kind)) },
            html! { code { (log(&reading.place(&event.source, event.line))) } },
            html! { code { (log(&event.text)) } },
        ]
    });
    html! {
        details {
            summary { (reading.say("timeline-table", [("lines", events.len().into())])) }
            (table(reading, "table-timeline", &["col-time", "col-event", "col-kind", "col-place", "col-line"], rows))
        }
    }
}

fn belief(reading: &Reading<'_>, incident: &Incident) -> Markup {
    let Some(first) = incident.causes.first() else { return html! {} };
    let kinds = reading.proof_by_kind(incident);
    html! {
        h3 { (reading.say(if reading::is_open(incident) { "heading-likeliest" } else { "heading-belief" }, [])) }
        ul {
            @if first.why != incident.summary { li { (log(&first.why)) (ids(reading, &first.supports)) } }
            @for (event, others) in kinds.iter().take(ENTRIES_MAX) {
                li { (quoted(reading, event)) }
                @if !others.is_empty() {
                    li { (reading.say("more-of-kind", [("kind", log(&event.kind).into())])) (ids(reading, others)) }
                }
            }
        }
        (more(reading, kinds.len(), ENTRIES_MAX))
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
    let ruled_out = reading.ruled_out(incident);
    html! {
        h3 { (reading.say("heading-doubt", [])) }
        ul {
            @for event in against.iter().take(ENTRIES_MAX) { li { (reading.say("html-against", [])) " " (quoted(reading, event)) } }
            @for other in ruled_out.iter().take(ENTRIES_MAX) {
                li { (reading.say("html-ruled-out", [])) (ids(reading, &other.events)) " " (log(&other.why))
                    @if let Some(chance) = &other.chance { " " (reading.say("html-chance", [("chance", chance.into())])) } }
            }
            @if against.is_empty() && ruled_out.is_empty() { li { (reading.say("nothing-against", [])) } }
        }
        (more(reading, against.len(), ENTRIES_MAX))
        (more(reading, ruled_out.len(), ENTRIES_MAX))
    }
}

/// Requests that were on the way when processes died: a lead, not a verdict.
fn suspects(reading: &Reading<'_>, incident: &Incident) -> Markup {
    html! {
        @if !incident.suspect_requests.is_empty() {
            h3 { (reading.say("heading-suspects", [])) }
            ul {
                @for suspect in incident.suspect_requests.iter().take(ENTRIES_MAX) {
                    @let lines = suspect.witnesses.iter().take(3).map(|line| reading.place(&line.source, line.line));
                    li {
                        code { (log(&suspect.method)) " " (log(&suspect.path)) } " " (reading.say("html-suspect-was", [("told", log(&suspect.text).into())])) (ids(reading, &suspect.uploads))
                        @for line in lines { " " code { (log(&line)) } }
                    }
                }
            }
            (more(reading, incident.suspect_requests.len(), ENTRIES_MAX))
        }
    }
}

fn unseen(reading: &Reading<'_>, incident: &Incident) -> Markup {
    let unobserved = reading::unobserved(incident);
    if incident.missing.is_empty() && unobserved.is_empty() {
        return html! {};
    }
    html! {
        h3 { (reading.say("heading-unseen", [])) }
        ul {
            @for item in unobserved.iter().take(ENTRIES_MAX) { li { (reading.say("not-observable", [("what", log(item).into())])) } }
            @for missing in incident.missing.iter().take(ENTRIES_MAX) {
                li {
                    (log(&missing.data))
                    @if !missing.separates.is_empty() { " " (reading.say("tells-apart", [("causes", log(&missing.separates.join(", ")).into())])) }
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
            html! { (figures::likelihood(cause.probability)) },
            html! { (log(&cause.why)) },
            html! { (ids(reading, &cause.supports)) },
            html! { (ids(reading, &cause.contradicts)) },
        ]
    });
    html! {
        details {
            summary { (reading.say("heading-other-causes", [])) ", " (others.len()) }
            (table(reading, "heading-other-causes", &["col-cause", "col-probability", "col-why", "col-for", "col-against"], rows))
            (more(reading, others.len(), ENTRIES_MAX))
        }
    }
}

fn actions(reading: &Reading<'_>, incident: &Incident) -> Markup {
    let of = |when: &str| -> Vec<&Action> {
        incident.actions.iter().filter(|action| action.when == when).collect()
    };
    let groups = [
        ("when-now", of("now")),
        ("when-this-week", of("this_week")),
        ("when-prevent", of("prevent")),
    ];
    html! {
        @if !incident.actions.is_empty() {
            h3 { (reading.say("heading-actions", [])) }
            @let told_for = reading.told_for(incident);
            @if let Some(other) = told_for { p { (reading.say("actions-as-for", [("incident", other.into())])) } }
            @for (name, actions) in groups.into_iter().filter(|_| told_for.is_none()) {
                @if !actions.is_empty() {
                    h4 { (reading.say(name, [])) }
                    ul {
                        @for action in actions {
                            li {
                                (log(&answer::sentence(&action.text))) (ids(reading, &action.because))
                                @if !action.verify.is_empty() { " " (reading.say("check", [("verify", log(&action.verify).into())])) }
                            }
                        }
                    }
                }
            }
        }
    }
}
