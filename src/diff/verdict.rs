//! Did the fix hold? In: two reports, the gravest incident before, and what belongs to it after. Out: a word and a sentence. "Yes" needs
//! that the trouble would have shown: requests, and as much time as it took to come before.

use crate::envelope::times;
use crate::report::figures;
use crate::report::model::{Incident, Report};
use crate::report::reading;
use crate::stamp::{Micros, SECOND};
use crate::wording::{Arg, Text, text};

use super::model::{Brief, Pair};
use super::pairs::Known;

/// Longest stretch that is believed, in seconds: a century.
const SECONDS_MAX: f64 = 3.2e9;

pub(super) fn held(
    (before, after): (&Report, &Report),
    gravest: Option<&Known<'_>>,
    pairs: &[Pair],
    new: &[Brief],
) -> (&'static str, Text) {
    let Some(gravest) = gravest else {
        return ("unknown", text("diff-nothing-before", [("incidents", new.len().into())]));
    };
    let trouble = trouble(gravest);
    let of_trouble = || ("trouble", (&trouble).into());
    if let Some(again) = pairs.iter().find(|pair| pair.before.id == gravest.incident.id) {
        let counts = [
            of_trouble(),
            ("failures", again.after.failures.into()),
            ("before", again.before.failures.to_string().into()),
        ];
        return ("no", text("diff-came-again", counts));
    }
    if reading::is_open(gravest.incident) {
        return ("unknown", text("diff-open-before", []));
    }
    let is_open = |brief: &&Brief| matches!(brief.verdict.as_str(), "unknown" | "undetermined");
    if let Some(open) = new.iter().find(is_open) {
        return ("unknown", text("diff-open-after", [("incident", (&open.id).into())]));
    }
    let kills = kills_of(after, gravest);
    if gravest.incident.cause.starts_with("oom_kill") && kills > 0 {
        return ("partly", text("diff-still-killed", [of_trouble(), ("kills", kills.into())]));
    }
    let Some(seen) = seen(after) else {
        return ("unknown", text("diff-no-requests", []));
    };
    if let Some(needed) = came_after(before, gravest.incident).filter(|needed| *needed > seen) {
        let spans = [of_trouble(), ("seen", span(seen).into()), ("needed", span(needed).into())];
        return ("unknown", text("diff-too-short", spans));
    }
    let answer = match new.first() {
        Some(other) => text(
            "diff-held-but",
            [
                of_trouble(),
                ("cause", (&other.cause).into()),
                ("verdict", Arg::Case(reading::verdict_word(&other.verdict))),
                ("failures", other.failures.into()),
            ],
        ),
        None => text("diff-held", [of_trouble(), ("seen", span(seen).into())]),
    };
    ("yes", answer)
}

/// The cause, and of whom.
fn trouble(known: &Known<'_>) -> Text {
    let by_unit = known.names.iter().find(|name| name.ends_with(".service"));
    let name = by_unit.or_else(|| known.names.first());
    let args = [
        ("cause", (&known.incident.cause).into()),
        ("known", Arg::Case(if name.is_some() { "yes" } else { "no" })),
        ("name", name.map(String::as_str).unwrap_or_default().into()),
    ];
    text("diff-trouble", args)
}

fn kills_of(report: &Report, known: &Known<'_>) -> usize {
    let kills = report.oom_kills.iter();
    kills
        .filter(|kill| {
            known.names.contains(&kill.victim.comm)
                || kill.unit.as_ref().is_some_and(|unit| known.names.contains(unit))
        })
        .count()
}

fn span(micros: Micros) -> String {
    figures::duration(micros as f64 / SECOND as f64)
}

fn moment(text: &str) -> Option<Micros> {
    times::rfc3339_zoned(text.as_bytes()).map(|(stamp, _)| stamp.at)
}

/// How long it took to come: the longest time between two such ends, or from where the requests begin to the first failure.
fn came_after(report: &Report, incident: &Incident) -> Option<Micros> {
    let longest = report
        .recurrences
        .iter()
        .map(|recurrence| recurrence.interval_seconds.most)
        .filter(|seconds| (0.0..SECONDS_MAX).contains(seconds))
        .reduce(f64::max);
    if let Some(seconds) = longest {
        return Some((seconds * SECOND as f64) as Micros);
    }
    let start = moment(&report.series.as_ref()?.start)?;
    Some(moment(&incident.start)?.saturating_sub(start).max(0))
}

/// How long requests were seen.
fn seen(report: &Report) -> Option<Micros> {
    let series = report.series.as_ref()?;
    let first = series.requests.iter().position(|requests| *requests > 0)?;
    let last = series.requests.iter().rposition(|requests| *requests > 0)?;
    let steps = i64::try_from(last - first + 1).ok()?;
    let step = i64::try_from(series.step_seconds).ok()?;
    Some(steps.saturating_mul(step).saturating_mul(SECOND))
}
