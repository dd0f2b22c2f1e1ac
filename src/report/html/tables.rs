//! The sections of the page about the whole report: kills, deaths, gaps, findings, sources and clocks, quality, evidence.
//! In: a `Report`. Out: sections. Must never drop rows silently: a limit says how many it left out.

use maud::{Markup, html};

use super::{log, more, table};
use crate::report::figures;
use crate::report::heads;
use crate::report::model::{Event, Process};
use crate::report::reading::{self, Reading};
use crate::report::victims::{self, Felt};

/// Rows of the deaths table: a worker that dies in a loop must not bury the rest.
const DEATHS_MAX: usize = 100;
/// Rows of any other table.
const ROWS_MAX: usize = 200;
/// Events of the evidence.
const EVIDENCE_MAX: usize = 500;

pub(super) fn sections(reading: &Reading<'_>) -> Markup {
    html! {
        (traffic(reading))
        (kills(reading))
        (deaths(reading))
        (recurrences(reading))
        (gaps(reading))
        (negatives(reading))
        (sources(reading))
        (quality(reading))
        (evidence(reading))
    }
}

fn section(
    reading: &Reading<'_>,
    id: &str,
    heading: &'static str,
    (total, shown): (usize, usize),
    body: Markup,
) -> Markup {
    html! {
        @if total > 0 {
            section aria-labelledby=(id) { h2 id=(id) { (reading.say(heading, [])) } (body) (more(reading, total, shown)) }
        }
    }
}

fn traffic(reading: &Reading<'_>) -> Markup {
    let report = reading.report;
    let Some(traffic) = &report.traffic else { return html! {} };
    let isolated = reading::by_status(&report.isolated, figures::grouped);
    let mut rows = vec![
        ("traffic-requests", figures::grouped(traffic.requests)),
        ("figure-by-status", reading::by_status(&traffic.statuses, figures::grouped)),
        ("traffic-probes", figures::grouped(traffic.probes)),
        ("traffic-hidden", figures::grouped(traffic.hidden_by_retry)),
        ("traffic-isolated", if isolated.is_empty() { reading.say("none", []) } else { isolated }),
    ];
    let sampled = traffic.sampled_one_in.map(|share| ("traffic-sampled", reading::sample(share)));
    rows.splice(3..3, sampled);
    let rows = rows
        .into_iter()
        .map(|(name, value)| vec![html! { (reading.say(name, [])) }, html! { (log(&value)) }]);
    let table = table(reading, "heading-traffic", &["col-figure", "col-value"], rows);
    section(reading, "traffic", "heading-traffic", (1, 1), table)
}

fn kills(reading: &Reading<'_>) -> Markup {
    let kills = &reading.report.oom_kills;
    let rows = kills.iter().take(ROWS_MAX).map(|kill| {
        vec![
            html! { a href={ "#" (kill.event) } { (kill.id) } },
            html! { span.t { (reading.moment(kill.time.as_deref(), "")) } },
            html! { (log(&kill.killer)) ", " (log(&kill.scope)) },
            process(Some(&kill.victim)),
            size(kill.victim.anon_rss_bytes.or(kill.victim.rss_bytes)),
            code(kill.cgroup.as_deref()),
            size(kill.limit_bytes),
            process(kill.invoker.as_ref()),
            process(kill.largest.as_ref()),
            felt(reading.felt(kill.incident.as_ref(), kill.time.as_deref())),
        ]
    });
    let table = table(reading, "heading-kills", &heads::KILLS, rows);
    section(reading, "kills", "heading-kills", (kills.len(), ROWS_MAX), table)
}

fn felt(felt: Felt<'_>) -> Markup {
    html! { @match felt { Felt::In(id) => a href={ "#" (id) } { (id) }, Felt::Not(words) => (words) } }
}

fn process(process: Option<&Process>) -> Markup {
    html! { @if let Some(process) = process { code { (log(&process.comm)) } @if let Some(pid) = process.pid { " (pid " (pid) ")" } } }
}

fn size(bytes: Option<u64>) -> Markup {
    html! { @if let Some(bytes) = bytes { (figures::bytes(bytes)) } }
}

fn code(text: Option<&str>) -> Markup {
    html! { @if let Some(text) = text { code { (log(text)) } } }
}

fn deaths(reading: &Reading<'_>) -> Markup {
    let deaths = &reading.report.deaths;
    let rows = deaths.iter().take(DEATHS_MAX).map(|death| {
        let ended_by = victims::ended_by(reading.report.language, death);
        let line = death.witnesses.first().map(|line| reading.place(&line.source, line.line));
        vec![
            html! { span id=(death.id) { (death.id) } },
            html! { span.t { (victims::death_moment(reading, death)) } },
            html! { code { (log(&death.process)) } @if let Some(pid) = death.pid { " (pid " (pid) ")" } },
            html! { (ended_by) },
            html! { (log(&death.why)) },
            html! { (code(death.unit.as_deref())) " " (code(death.container.as_deref())) },
            felt(reading.felt(death.incident.as_ref(), death.time.as_deref())),
            code(line.as_deref()),
        ]
    });
    let table = table(reading, "heading-deaths", &heads::DEATHS, rows);
    section(reading, "deaths", "heading-deaths", (deaths.len(), DEATHS_MAX), table)
}

/// What keeps coming back, with the forecast where there is one.
fn recurrences(reading: &Reading<'_>) -> Markup {
    let recurrences = &reading.report.recurrences;
    let body = html! { ul { @for recurrence in recurrences.iter().take(ROWS_MAX) { li { (log(&recurrence.text)) } } } };
    section(reading, "recurrences", "heading-recurrences", (recurrences.len(), ROWS_MAX), body)
}

fn gaps(reading: &Reading<'_>) -> Markup {
    let report = reading.report;
    let rows = report.gaps.iter().take(ROWS_MAX).map(|gap| {
        vec![
            html! { (figures::span(&gap.start, &gap.end)) },
            html! { (reading.say("about", [("count", figures::grouped(gap.expected_requests).into())])) },
            html! { (log(&gap.why)) (super::ids(reading, &gap.events)) },
        ]
    });
    let table = table(reading, "heading-gaps", &heads::GAPS, rows);
    section(reading, "gaps", "heading-gaps", (report.gaps.len(), ROWS_MAX), table)
}

fn negatives(reading: &Reading<'_>) -> Markup {
    let report = reading.report;
    let rows = report.negatives.iter().take(ROWS_MAX).map(|negative| {
        let state = match negative.state.as_str() {
            "true" => "yes",
            "false" => "no",
            _ => "cannot-tell",
        };
        vec![
            html! { (log(&negative.claim)) },
            html! { strong { (reading.say(state, [])) } },
            html! { (log(&negative.why)) },
        ]
    });
    let table = table(reading, "heading-negatives", &heads::NEGATIVES, rows);
    section(reading, "negatives", "heading-looked-for", (report.negatives.len(), ROWS_MAX), table)
}

fn sources(reading: &Reading<'_>) -> Markup {
    let report = reading.report;
    let rows = report.sources.iter().take(ROWS_MAX).map(|source| {
        let moment = |time: &Option<String>| {
            time.as_deref().map(|time| figures::moment(time, "")).unwrap_or_default()
        };
        let clock = &source.clock;
        let placed = reading::placed(clock).map(|(offset, sigma)| format!(", {offset} ±{sigma}"));
        vec![
            html! { (source.id) },
            code(Some(&source.path)),
            html! { (log(&source.format)) ", " (log(&source.role)) },
            html! { @if let Some(host) = &source.host { (log(host)) } },
            html! { (figures::grouped(source.records)) },
            html! { (figures::grouped(source.unparsed)) },
            html! { span.t { (moment(&source.first)) } },
            html! { span.t { (moment(&source.last)) } },
            html! { (log(&clock.basis)) (placed.unwrap_or_default()) ": " (log(&clock.evidence)) },
        ]
    });
    let heads = [
        "col-source",
        "col-path",
        "col-format-role",
        "col-host",
        "col-records",
        "col-unparsed",
        "col-from",
        "col-to",
        "col-clock",
    ];
    let table = table(reading, "heading-sources", &heads, rows);
    let body = html! {
        ul {
            @for bundle in report.bundle.iter().take(ROWS_MAX) {
                li { code { (log(&bundle.name)) } ": " (figures::bytes(bundle.bytes)) ", " (reading.say("members", [("members", bundle.members.into())]))
                    @if let Some(sum) = &bundle.sha256 { ", SHA-256 " code { (log(sum)) } } }
            }
        }
        (table)
    };
    section(reading, "sources", "heading-sources-clocks", (report.sources.len(), ROWS_MAX), body)
}

fn quality(reading: &Reading<'_>) -> Markup {
    let report = reading.report;
    let total = report.data_quality.len() + report.approximate.len();
    let body = html! {
        ul {
            @for trouble in report.data_quality.iter().take(ROWS_MAX) {
                li { code { (log(reading.path(&trouble.source))) } ": " (log(&trouble.problem)) ": " (log(&trouble.detail)) }
            }
            @for estimate in reading.estimates(true).iter().take(ROWS_MAX) { li { (log(estimate)) } }
        }
    };
    section(reading, "quality", "heading-quality", (total, 2 * ROWS_MAX), body)
}

fn evidence(reading: &Reading<'_>) -> Markup {
    let events = &reading.report.events;
    html! {
        section aria-labelledby="evidence" {
            h2 id="evidence" { (reading.say("heading-evidence", [])) }
            @if events.is_empty() { p { (reading.say("no-line-cited", [])) } }
            @for event in events.iter().take(EVIDENCE_MAX) { (entry(reading, event)) }
            (more(reading, events.len(), EVIDENCE_MAX))
        }
    }
}

/// One line that is cited, folded: where it stands, the line, what was read from it, and who else tells it.
fn entry(reading: &Reading<'_>, event: &Event) -> Markup {
    html! {
        details.entry id=(event.id) {
            summary {
                "[" (event.id) "] " (reading.moment(event.time.as_deref(), "")) " " (figures::spread(event.time.as_deref(), event.time_sigma_seconds))
                ", " (log(&event.kind)) @if event.count > 1 { ", " (reading.say("times", [("times", event.count.into())])) } ", "
                code { (log(&reading.place(&event.source, event.line))) }
            }
            pre tabindex="0" { (log(&event.text)) }
            @if event.lines.len() > 1 {
                details.near {
                    summary { (reading.say("with-neighbours", [])) " " code { (log(reading.path(&event.source))) } }
                    pre tabindex="0" {
                        @for near in &event.lines {
                            @if near.line == event.line { strong { (near.line) " " (log(&near.text)) } } @else { (near.line) " " (log(&near.text)) }
                            "\n"
                        }
                    }
                }
            }
            @if !event.attributes.is_empty() {
                dl.read { @for (name, value) in &event.attributes { dt { (log(name)) } dd { (log(value)) } } }
            }
            @if event.witnesses.len() > 1 {
                p { (reading.say("told-by", [])) " " @for (at, line) in event.witnesses.iter().enumerate() {
                    @if at > 0 { ", " } code { (log(&reading.place(&line.source, line.line))) } } }
            }
        }
    }
}
