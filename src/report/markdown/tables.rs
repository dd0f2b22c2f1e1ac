//! The sections of Markdown about the whole report: traffic, kills, deaths, findings, clocks, sources, quality, evidence.
//! In: a `Report`. Out: `##` sections. Why: what the verdict rests on, and on what it does not, for those who check it.
//! Must never drop rows silently: a limit says how many rows it left out.

use std::io::{self, Write};

use super::layout::{Section, section};
use super::{more, row, table};
use crate::report::escape;
use crate::report::figures;
use crate::report::heads;
use crate::report::model::{Death, OomKill, Process, Report, Source};
use crate::report::reading::{self, Reading};
use crate::report::victims::{self, Felt};

/// Rows of the deaths table: a worker that dies in a loop must not bury the rest.
const DEATHS_MAX: usize = 30;

/// Deaths named beside what keeps coming back.
const RECURRING_MAX: usize = 6;

/// Rows of any other table.
const ROWS_MAX: usize = 200;

/// Events in the appendix; a page of a wiki takes about a megabyte.
const EVIDENCE_MAX: usize = 500;

/// The sections, without those that are empty; what is looked up rather than read comes last.
pub(super) fn sections(reading: &Reading<'_>) -> io::Result<Vec<Section>> {
    let report = reading.report;
    Ok(vec![
        section(false, |out| traffic(report, out))?,
        section(false, |out| kills(reading, out))?,
        section(true, |out| deaths(reading, out))?,
        section(false, |out| recurrences(report, out))?,
        section(false, |out| gaps(report, out))?,
        section(false, |out| negatives(report, out))?,
        section(true, |out| clocks(report, out))?,
        section(true, |out| sources(report, out))?,
        section(false, |out| quality(reading, out))?,
        section(true, |out| evidence(reading, out))?,
    ])
}

fn traffic(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let Some(traffic) = &report.traffic else { return Ok(()) };
    let say = |id: &'static str| report.language.say(id, []);
    writeln!(out, "## {}\n", say("heading-traffic"))?;
    let statuses = escape::markdown(&reading::by_status(&traffic.statuses, figures::grouped));
    writeln!(
        out,
        "- {}: {} ({statuses})",
        say("traffic-requests"),
        figures::grouped(traffic.requests)
    )?;
    writeln!(out, "- {}: {}", say("traffic-probes"), figures::grouped(traffic.probes))?;
    if let Some(share) = traffic.sampled_one_in {
        writeln!(out, "- {}: {}", say("traffic-sampled"), reading::sample(share))?;
    }
    writeln!(out, "- {}: {}", say("traffic-hidden"), figures::grouped(traffic.hidden_by_retry))?;
    let isolated = reading::by_status(&report.isolated, figures::grouped);
    if !isolated.is_empty() {
        writeln!(out, "- {}: {}", say("traffic-isolated"), escape::markdown(&isolated))?;
    }
    writeln!(out)
}

fn kills(reading: &Reading<'_>, out: &mut dyn Write) -> io::Result<()> {
    let report = reading.report;
    if report.oom_kills.is_empty() {
        return Ok(());
    }
    writeln!(out, "## {}\n", reading.say("heading-kills", []))?;
    table(out, report.language, &heads::KILLS)?;
    for kill in report.oom_kills.iter().take(ROWS_MAX) {
        row(out, &kill_row(reading, kill))?;
    }
    writeln!(out)?;
    more(out, report.language, report.oom_kills.len(), ROWS_MAX)
}

fn kill_row(reading: &Reading<'_>, kill: &OomKill) -> [String; 10] {
    [
        escape::cell(&kill.id),
        reading.moment(kill.time.as_deref(), ""),
        format!("{}, {}", escape::cell(&kill.killer), escape::cell(&kill.scope)),
        process(Some(&kill.victim)),
        size(kill.victim.anon_rss_bytes.or(kill.victim.rss_bytes)),
        code(kill.cgroup.as_ref()),
        size(kill.limit_bytes),
        process(kill.invoker.as_ref()),
        process(kill.largest.as_ref()),
        felt(reading.felt(kill.incident.as_ref(), kill.time.as_deref())),
    ]
}

fn felt(felt: Felt<'_>) -> String {
    match felt {
        Felt::In(id) => escape::cell(id),
        Felt::Not(words) => words,
    }
}

/// `comm` (pid 4411).
fn process(process: Option<&Process>) -> String {
    let Some(process) = process else { return String::new() };
    let comm = escape::code_cell(&process.comm);
    process.pid.map_or_else(|| comm.clone(), |pid| format!("{comm} (pid {pid})"))
}

fn size(bytes: Option<u64>) -> String {
    bytes.map(figures::bytes).unwrap_or_default()
}

fn code(text: Option<&String>) -> String {
    text.map(|text| escape::code_cell(text)).unwrap_or_default()
}

fn deaths(reading: &Reading<'_>, out: &mut dyn Write) -> io::Result<()> {
    let deaths = &reading.report.deaths;
    if deaths.is_empty() {
        return Ok(());
    }
    writeln!(out, "## {}\n", reading.say("heading-deaths", []))?;
    table(out, reading.report.language, &heads::DEATHS)?;
    for death in deaths.iter().take(DEATHS_MAX) {
        row(out, &death_row(reading, death))?;
    }
    writeln!(out)?;
    more(out, reading.report.language, deaths.len(), DEATHS_MAX)
}

fn death_row(reading: &Reading<'_>, death: &Death) -> [String; 8] {
    let process = escape::code_cell(&death.process);
    let ended_by = victims::ended_by(reading.report.language, death);
    let places = [code(death.unit.as_ref()), code(death.container.as_ref())];
    let places: Vec<_> = places.into_iter().filter(|place| !place.is_empty()).collect();
    let witness = death.witnesses.first().map(|line| reading.place(&line.source, line.line));
    [
        escape::cell(&death.id),
        victims::death_moment(reading, death),
        death.pid.map_or_else(|| process.clone(), |pid| format!("{process} (pid {pid})")),
        ended_by,
        escape::cell(&death.why),
        places.join(", "),
        felt(reading.felt(death.incident.as_ref(), death.time.as_deref())),
        code(witness.as_ref()),
    ]
}

fn recurrences(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.recurrences.is_empty() {
        return Ok(());
    }
    writeln!(out, "## {}\n", report.language.say("heading-recurrences", []))?;
    let heads = ["col-what", "col-times", "col-first", "col-last", "col-deaths"];
    table(out, report.language, &heads)?;
    for one in report.recurrences.iter().take(ROWS_MAX) {
        let deaths: Vec<&str> = one.deaths.iter().take(RECURRING_MAX).map(String::as_str).collect();
        let more = if one.deaths.len() > RECURRING_MAX { ", ..." } else { "" };
        let cells = [
            escape::cell(&one.text),
            one.episodes.to_string(),
            figures::moment(&one.first, ""),
            figures::moment(&one.last, figures::day(&one.first)),
            format!("{}{more}", deaths.join(", ")),
        ];
        row(out, &cells)?;
    }
    writeln!(out)?;
    more(out, report.language, report.recurrences.len(), ROWS_MAX)
}

fn gaps(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.gaps.is_empty() {
        return Ok(());
    }
    writeln!(out, "## {}\n", report.language.say("heading-gaps", []))?;
    table(out, report.language, &heads::GAPS)?;
    for gap in report.gaps.iter().take(ROWS_MAX) {
        let span = figures::span(&gap.start, &gap.end);
        let expected = [("count", figures::grouped(gap.expected_requests).into())];
        row(out, &[span, report.language.say("about", expected), escape::cell(&gap.why)])?;
    }
    writeln!(out)?;
    more(out, report.language, report.gaps.len(), ROWS_MAX)
}

fn negatives(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.negatives.is_empty() {
        return Ok(());
    }
    writeln!(out, "## {}\n", report.language.say("heading-negatives", []))?;
    table(out, report.language, &heads::NEGATIVES)?;
    for negative in report.negatives.iter().take(ROWS_MAX) {
        let state = match negative.state.as_str() {
            "true" => report.language.say("yes", []),
            "false" => format!("**{}**", report.language.say("no", [])),
            _ => report.language.say("cannot-tell", []),
        };
        row(out, &[escape::cell(&negative.claim), state, escape::cell(&negative.why)])?;
    }
    writeln!(out)?;
    more(out, report.language, report.negatives.len(), ROWS_MAX)
}

fn clocks(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let timed: Vec<&Source> =
        report.sources.iter().filter(|source| reading::has_clock(source)).collect();
    if timed.is_empty() {
        return Ok(());
    }
    writeln!(out, "## {}\n", report.language.say("heading-clocks", []))?;
    let heads = ["col-source", "col-known-from", "col-offset", "col-sigma", "col-evidence"];
    table(out, report.language, &heads)?;
    for source in timed.iter().take(ROWS_MAX) {
        let clock = &source.clock;
        let (offset, sigma) = reading::placed(clock).unwrap_or_default();
        row(
            out,
            &[
                escape::code_cell(&source.path),
                escape::cell(&clock.basis),
                offset,
                sigma,
                escape::cell(&clock.evidence),
            ],
        )?;
    }
    writeln!(out)?;
    more(out, report.language, timed.len(), ROWS_MAX)
}

fn sources(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let say = |id: &'static str| report.language.say(id, []);
    writeln!(out, "## {}\n", say("heading-sources"))?;
    for bundle in report.bundle.iter().take(ROWS_MAX) {
        let sha256 =
            bundle.sha256.as_ref().map(|sum| format!(", SHA-256 {}", escape::code_span(sum)));
        let args = [
            ("bundle", escape::code_span(&bundle.name).into()),
            ("size", figures::bytes(bundle.bytes).into()),
            ("members", bundle.members.into()),
        ];
        let told = report.language.say("bundle", args);
        writeln!(out, "- {told}{}", sha256.unwrap_or_default())?;
    }
    more(out, report.language, report.bundle.len(), ROWS_MAX)?;
    let tool = [
        ("tool", escape::markdown(&report.tool.name).into()),
        ("version", escape::markdown(&report.tool.version).into()),
    ];
    writeln!(out, "- {}\n", report.language.say("written-by", tool))?;
    match report.redaction.as_str() {
        "off" => writeln!(out, "- {}\n", say("markdown-redact-off"))?,
        "ids" => writeln!(out, "- {}\n", say("markdown-redact-ids"))?,
        _ => {}
    }
    if report.sources.is_empty() {
        return Ok(());
    }
    let heads = [
        "col-source",
        "col-path",
        "col-format",
        "col-role",
        "col-host",
        "col-records",
        "col-unparsed",
        "col-from",
        "col-to",
    ];
    table(out, report.language, &heads)?;
    for source in report.sources.iter().take(ROWS_MAX) {
        row(out, &source_row(source))?;
    }
    writeln!(out)?;
    more(out, report.language, report.sources.len(), ROWS_MAX)
}

fn source_row(source: &Source) -> [String; 9] {
    let moment = |time: &Option<String>| {
        time.as_deref().map(|time| figures::moment(time, "")).unwrap_or_default()
    };
    [
        escape::cell(&source.id),
        escape::code_cell(&source.path),
        escape::cell(&source.format),
        escape::cell(&source.role),
        source.host.as_ref().map(|host| escape::cell(host)).unwrap_or_default(),
        figures::grouped(source.records),
        figures::grouped(source.unparsed),
        moment(&source.first),
        moment(&source.last),
    ]
}

fn quality(reading: &Reading<'_>, out: &mut dyn Write) -> io::Result<()> {
    let report = reading.report;
    if report.data_quality.is_empty() && report.approximate.is_empty() {
        return Ok(());
    }
    writeln!(out, "## {}\n", reading.say("heading-quality", []))?;
    for trouble in report.data_quality.iter().take(ROWS_MAX) {
        let path = escape::code_span(reading.path(&trouble.source));
        let (problem, detail) =
            (escape::markdown(&trouble.problem), escape::markdown(&trouble.detail));
        writeln!(out, "- {path}: {problem}: {detail}")?;
    }
    for estimate in reading.estimates(true).iter().take(ROWS_MAX) {
        writeln!(out, "- {}", escape::markdown(estimate))?;
    }
    writeln!(out)?;
    more(out, report.language, report.data_quality.len(), ROWS_MAX)?;
    more(out, report.language, report.approximate.len(), ROWS_MAX)
}

fn evidence(reading: &Reading<'_>, out: &mut dyn Write) -> io::Result<()> {
    let events = &reading.report.events;
    if events.is_empty() {
        return Ok(());
    }
    writeln!(out, "## {}\n", reading.say("heading-evidence", []))?;
    for event in events.iter().take(EVIDENCE_MAX) {
        let place = escape::code_span(&reading.place(&event.source, event.line));
        writeln!(
            out,
            "\\[{}\\] {}, {place}:\n",
            escape::markdown(&event.id),
            escape::markdown(&event.kind)
        )?;
        writeln!(out, "{}", escape::fence(&event.text))?;
    }
    more(out, reading.report.language, events.len(), EVIDENCE_MAX)
}
