//! The three sentences that every form for people leads with: what broke, why, and what to do.
//! In: an incident. Out: plain sentences, not yet escaped for any form. Why: forms must not differ in what they claim.
//! Must never sound surer than the verdict: an open one names what it is open between.

use crate::report::figures;
use crate::report::model::{Incident, Missing, Report, Weighed};
use crate::report::reading::{self, Reading};

/// A space that no line break replaces; the text form prints it as a plain one.
pub const TIE: &str = "\u{a0}";

/// What broke: how many requests, how, when, for how long.
#[must_use]
pub fn what(incident: &Incident) -> String {
    let failed = reading::failures(incident);
    let mut text = figures::grouped(failed);
    if incident.requests >= failed {
        text.push_str(&format!(" of {}", figures::grouped(incident.requests)));
    }
    text.push_str(&format!(
        " {} ({}) {}, {}{}",
        reading::what_failed(incident),
        reading::by_status(&incident.errors, figures::grouped),
        figures::span(&incident.start, &incident.end),
        tied(&figures::duration(incident.duration_seconds)),
        reading::worst(incident).map_or_else(String::new, |share| format!(
            ", worst minute {}",
            tied(&figures::per_cent(share))
        )),
    ));
    if reading::already_failing(incident) {
        text.push_str(", already failing when the logs begin");
    }
    if reading::still_failing(incident) {
        text.push_str(", still failing at the end of the logs");
    }
    text
}

/// Why, as a sentence.
#[must_use]
pub fn summary(incident: &Incident) -> String {
    match incident.summary.trim() {
        "" => "The bundle does not tell the cause.".to_owned(),
        summary => sentence(summary),
    }
}

/// How sure it is: `confirmed, 98 %`, or `undetermined, a 46 % or b 41 %`.
#[must_use]
pub fn verdict(incident: &Incident) -> String {
    let sure = match incident.verdict.as_str() {
        "unknown" => String::new(),
        "undetermined" => {
            let likeliest: Vec<_> = incident.causes.iter().take(2).map(weighed).collect();
            format!(", {}", likeliest.join(" or "))
        }
        _ => format!(", {}", tied(&figures::per_cent(incident.probability))),
    };
    format!("{}{sure}", incident.verdict)
}

fn weighed(cause: &Weighed) -> String {
    format!("{} {}", cause.cause, tied(&figures::per_cent(cause.probability)))
}

/// What to collect first, where the cause is open and something would tell.
#[must_use]
pub fn next_command(incident: &Incident) -> Option<&Missing> {
    incident.missing.first().filter(|_| reading::is_open(incident))
}

/// That it should be collected, and what for.
#[must_use]
pub fn collect(missing: &Missing) -> String {
    let tells = match missing.separates.as_slice() {
        [] => String::new(),
        causes => format!(" (tells apart {})", causes.join(", ")),
    };
    format!("Collect {}{tells}:", missing.data)
}

/// What to do now, and how to see that it worked.
#[must_use]
pub fn next_action(reading: &Reading<'_>, incident: &Incident) -> String {
    let Some(action) = incident.actions.iter().find(|action| action.when == "now") else {
        return "Nothing that the logs call for now; keep this bundle.".to_owned();
    };
    let mut text = sentence(&action.text);
    text.push_str(&ids(reading, &action.because));
    if !action.verify.is_empty() {
        text.push_str(&format!(" Check: {}", action.verify));
    }
    text
}

/// Ids after a sentence.
const IDS_MAX: usize = 4;

/// ` [E3, E7]` for the ids that the report holds; empty for none.
#[must_use]
pub fn ids(reading: &Reading<'_>, ids: &[String]) -> String {
    let events = reading.events(ids.iter());
    let mut known: Vec<_> = events.iter().take(IDS_MAX).map(|event| event.id.as_str()).collect();
    if events.len() > IDS_MAX {
        known.push("...");
    }
    if known.is_empty() {
        String::new()
    } else {
        format!(" {}", tied(&format!("[{}]", known.join(", "))))
    }
}

/// The answer where nothing broke: what was looked at comes with it.
#[must_use]
pub fn no_incident(report: &Report) -> String {
    let window = report.window.as_ref().map(|window| figures::span(&window.start, &window.end));
    let window = window.unwrap_or_else(|| "no log has a time".to_owned());
    let Some(traffic) = &report.traffic else {
        return format!(
            "No incident can be told: the bundle holds no access log, so failed requests cannot be counted. \
             The logs cover {window}."
        );
    };
    let requests = figures::grouped(traffic.requests);
    let failed = match reading::by_status(&report.isolated, figures::grouped).as_str() {
        "" => "none failed".to_owned(),
        failed => format!("few failed, none of them in a burst ({failed})"),
    };
    let hidden = match traffic.hidden_by_retry {
        0 => String::new(),
        hidden => {
            format!(" A retry on another upstream hid {} failures.", figures::grouped(hidden))
        }
    };
    let is_loss = |problem: &str| matches!(problem, "truncated" | "damaged" | "unreadable");
    let lost = if report.data_quality.iter().any(|trouble| is_loss(&trouble.problem)) {
        " Part of the input is lost (see data quality), and an incident may be in it."
    } else {
        ""
    };
    format!("No incident: {requests} requests, {failed}.{hidden} The logs cover {window}.{lost}")
}

/// The text with a full stop.
#[must_use]
pub fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '!', '?']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

/// A figure that no line break parts from its unit.
#[must_use]
pub fn tied(figure: &str) -> String {
    figure.replace(' ', TIE)
}
