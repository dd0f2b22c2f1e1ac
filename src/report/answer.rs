//! The three sentences that every form for people leads with: what broke, why, and what to do.
//! In: an incident. Out: plain sentences, not yet escaped for any form. Why: forms must not differ in what they claim.
//! Must never sound surer than the verdict: an open one names what it is open between.

use crate::causes;
use crate::report::figures;
use crate::report::model::{Action, Incident, Missing, Report, Weighed};
use crate::report::reading::{self, Reading};
use crate::wording::{Arg, Language};

/// A space that no line break replaces; the text form prints it as a plain one.
pub const TIE: &str = "\u{a0}";

/// The headline: what it was as far as that is known, how sure that is, how many requests failed, and when.
#[must_use]
pub fn title(language: Language, incident: &Incident) -> String {
    let failed = reading::failures(incident);
    let named = |name: &str| {
        let known = causes::ALL.iter().find(|cause| cause.name == name);
        known.map_or_else(|| name.to_owned(), |cause| language.say(cause.title, []))
    };
    let other = incident.causes.get(1).map(|cause| named(&cause.cause));
    let args = [
        ("verdict", Arg::Case(reading::verdict(incident))),
        ("one", named(&incident.cause).into()),
        ("other-known", Arg::Case(if other.is_some() { "yes" } else { "no" })),
        ("other", other.unwrap_or_default().into()),
        ("count", failed.into()),
        ("failed", figures::grouped(failed).into()),
        ("span", figures::span(&incident.start, &incident.end).into()),
    ];
    language.say("title-incident", args)
}

/// The headline where no burst of failures was found: kills that no user met are worth a look all the same.
#[must_use]
pub fn quiet_title(report: &Report) -> String {
    report.language.say("title-no-incident", [("kills", report.oom_kills.len().into())])
}

/// What broke: how many requests, how, when, for how long.
#[must_use]
pub fn what(language: Language, incident: &Incident) -> String {
    let failed = reading::failures(incident);
    let worst = reading::worst(incident);
    let args = [
        ("count", failed.into()),
        ("failed", figures::grouped(failed).into()),
        ("total", Arg::Case(if incident.requests >= failed { "known" } else { "unknown" })),
        ("requests", figures::grouped(incident.requests).into()),
        ("counted", Arg::Case(reading::counted(incident))),
        ("statuses", reading::by_status(&incident.errors, figures::grouped).into()),
        ("span", figures::span(&incident.start, &incident.end).into()),
        ("duration", tied(&figures::lasted(incident.duration_seconds)).into()),
        ("worst-told", Arg::Case(if worst.is_some() { "yes" } else { "no" })),
        ("worst", tied(&worst.map(figures::per_cent).unwrap_or_default()).into()),
        ("censored", Arg::Case(reading::censored(incident))),
    ];
    language.say("answer-what", args)
}

/// Why, as a sentence.
#[must_use]
pub fn summary(language: Language, incident: &Incident) -> String {
    match incident.summary.trim() {
        "" => language.say("no-summary", []),
        summary => sentence(summary),
    }
}

/// How sure it is: `confirmed, 98 %`, or `undetermined, a 46 % or b 41 %`.
#[must_use]
pub fn verdict(language: Language, incident: &Incident) -> String {
    let [one, other] = likeliest(incident);
    let args = [
        ("verdict", Arg::Case(reading::verdict(incident))),
        ("probability", tied(&figures::likelihood(incident.probability)).into()),
        ("one", one.into()),
        ("other-known", Arg::Case(if other.is_empty() { "no" } else { "yes" })),
        ("other", other.into()),
    ];
    language.say("answer-verdict", args)
}

/// The two likeliest causes with their probabilities; empty for none.
fn likeliest(incident: &Incident) -> [String; 2] {
    let weighed = |cause: &Weighed| {
        format!("{} {}", cause.cause, tied(&figures::likelihood(cause.probability)))
    };
    [0, 1].map(|place| incident.causes.get(place).map(weighed).unwrap_or_default())
}

/// What to collect first, where the cause is open and something would tell.
#[must_use]
pub fn next_command(incident: &Incident) -> Option<&Missing> {
    incident.missing.first().filter(|_| reading::is_open(incident))
}

/// That it should be collected, and what for.
#[must_use]
pub fn collect(language: Language, missing: &Missing) -> String {
    let causes = missing.separates.join(", ");
    let args = [
        ("data", (&missing.data).into()),
        ("told", Arg::Case(if causes.is_empty() { "no" } else { "yes" })),
        ("causes", causes.into()),
    ];
    language.say("answer-collect", args)
}

/// What to do now, and how to see that it worked.
#[must_use]
pub fn next_action(reading: &Reading<'_>, incident: &Incident) -> String {
    let language = reading.report.language;
    let mut now = incident.actions.iter().filter(|action| action.when == "now");
    let Some(action) = now.next() else { return language.say("answer-nothing-to-do", []) };
    let mut text = one_action(reading, action);
    // What is down is started first; what it died of comes next.
    if action.text.id() == Some("advice-start-now")
        && let Some(next) = now.next()
    {
        text = format!("{} {}", sentence(&text), one_action(reading, next));
    }
    text
}

fn one_action(reading: &Reading<'_>, action: &Action) -> String {
    let mut text = sentence(&action.text);
    text.push_str(&ids(reading, &action.because));
    if !action.verify.is_empty() {
        text.push(' ');
        let verify = [("verify", (&action.verify).into())];
        text.push_str(&reading.report.language.say("check", verify));
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

/// Requests that must be missing in a gap to be told first.
const SILENCE_MIN: u64 = 100;

/// The answer where nothing broke: what was looked at comes with it.
#[must_use]
pub fn no_incident(report: &Report) -> String {
    let language = report.language;
    let window = report.window.as_ref().map_or_else(
        || language.say("no-time", []),
        |window| figures::span(&window.start, &window.end),
    );
    let Some(traffic) = &report.traffic else {
        return language.say("no-incident-blind", [("window", window.into())]);
    };
    let failed = reading::by_status(&report.isolated, figures::grouped);
    let is_loss = |problem: &str| matches!(problem, "truncated" | "damaged" | "unreadable");
    let lost = report.data_quality.iter().any(|trouble| is_loss(&trouble.problem));
    // Users of a proxy that is away meet no answer at all.
    let gaps = report.gaps.iter().filter(|gap| gap.expected_requests >= SILENCE_MIN);
    let gap = gaps.max_by_key(|gap| gap.expected_requests);
    let args = [
        ("silent", Arg::Case(if gap.is_some() { "yes" } else { "no" })),
        ("gap", gap.map(|gap| figures::span(&gap.start, &gap.end)).unwrap_or_default().into()),
        (
            "expected",
            gap.map(|gap| figures::grouped(gap.expected_requests)).unwrap_or_default().into(),
        ),
        ("why", gap.map(|gap| gap.why.to_string()).unwrap_or_default().into()),
        ("count", traffic.requests.into()),
        ("requests", figures::grouped(traffic.requests).into()),
        ("some-failed", Arg::Case(if failed.is_empty() { "no" } else { "yes" })),
        ("statuses", failed.into()),
        ("hidden", traffic.hidden_by_retry.into()),
        ("hidden-shown", figures::grouped(traffic.hidden_by_retry).into()),
        ("window", window.into()),
        ("kills", report.oom_kills.len().into()),
        ("lost", Arg::Case(if lost { "yes" } else { "no" })),
    ];
    language.say("no-incident", args)
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
