//! Did the fix hold? In: two reports, the gravest incident before, and what belongs to it after. Out: a word and a sentence. "Yes" needs
//! that the trouble would have shown: requests, and as much time as it took to come before.

use crate::envelope::times;
use crate::report::figures;
use crate::report::model::{Incident, Report};
use crate::report::reading;
use crate::stamp::{Micros, SECOND};

use super::model::{Brief, Pair};
use super::pairs::Known;

/// Longest stretch that is believed, in seconds: a century.
const SECONDS_MAX: f64 = 3.2e9;

pub(super) fn held(
    (before, after): (&Report, &Report),
    gravest: Option<&Known<'_>>,
    pairs: &[Pair],
    new: &[Brief],
) -> (&'static str, String) {
    let Some(gravest) = gravest else {
        let after = match new.len() {
            0 => "and there is none after".to_owned(),
            count => format!("and there are {count} after"),
        };
        return ("unknown", format!("There was no incident before, {after}."));
    };
    let trouble = trouble(gravest);
    if let Some(again) = pairs.iter().find(|pair| pair.before.id == gravest.incident.id) {
        let (was, is) = (again.before.failures, again.after.failures);
        let sentence = format!(
            "{trouble} came again: {is} failed requests, after {was} before. It is the same cause."
        );
        return ("no", sentence);
    }
    if reading::is_open(gravest.incident) {
        let sentence = "The cause was open before, so nobody can say whether it is gone.";
        return ("unknown", sentence.to_owned());
    }
    let is_open = |brief: &&Brief| matches!(brief.verdict.as_str(), "unknown" | "undetermined");
    if let Some(open) = new.iter().find(is_open) {
        let sentence = format!(
            "Requests failed after it too ({}), of a cause that stays open: it may be the same.",
            open.id
        );
        return ("unknown", sentence);
    }
    let kills = kills_of(after, gravest);
    if gravest.incident.cause.starts_with("oom_kill") && kills > 0 {
        let sentence = format!(
            "Requests do not fail of {trouble} any more, but it is still killed for memory: {kills} times."
        );
        return ("partly", sentence);
    }
    let Some(seen) = seen(after) else {
        let sentence = "The logs after hold no requests, so nothing could have failed in them.";
        return ("unknown", sentence.to_owned());
    };
    if let Some(needed) = came_after(before, gravest.incident).filter(|needed| *needed > seen) {
        let sentence = format!(
            "{trouble} did not come back, but the logs after cover {} of requests, and before it took {} to come: too short to tell.",
            span(seen),
            span(needed)
        );
        return ("unknown", sentence);
    }
    let others = match new.first() {
        Some(other) => format!(
            ", but users met another incident: {} ({}), {} failed requests.",
            other.cause, other.verdict, other.failures
        ),
        None => format!(" in {} of requests.", span(seen)),
    };
    ("yes", format!("{trouble} did not come back{others}"))
}

/// The cause, and of whom.
fn trouble(known: &Known<'_>) -> String {
    let by_unit = known.names.iter().find(|name| name.ends_with(".service"));
    match by_unit.or_else(|| known.names.first()) {
        Some(name) => format!("{} of {name}", known.incident.cause),
        None => known.incident.cause.clone(),
    }
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
