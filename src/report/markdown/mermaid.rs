//! The timeline as a Mermaid `gantt`, the oldest and most widely drawn of its time charts, for wikis that draw it.
//! In: the gravest incident. Out: a fenced block, or nothing where none fits. GitLab draws 2,000 characters of Mermaid in a page
//! (gitlab#331076), so this is the only one and keeps below. Must never let a label end its line or begin a keyword: labels keep
//! letters, digits and a few signs, and begin with an id of ours.

use crate::report::figures;
use crate::report::model::Incident;
use crate::report::reading::{self, Reading};
use crate::wording::Arg;

/// Characters of the whole block.
const CHARS_MAX: usize = 1_900;
/// Characters of a label.
const LABEL_MAX: usize = 40;

/// The block for an incident.
pub(super) fn gantt(reading: &Reading<'_>, incident: &Incident) -> Option<String> {
    let report = reading.report;
    let clock = |time: &str| {
        time.get(..19)
            .map(|time| time.replace('T', " "))
            .filter(|_| figures::epoch_millis(time).is_some())
    };
    let say = |id: &'static str| label(&reading.say(id, []));
    let mut text = format!(
        "```mermaid\ngantt\n  title {}\n  dateFormat YYYY-MM-DD HH:mm:ss\n  axisFormat %H:%M:%S\n",
        say("chart-title")
    );
    text.push_str(&format!("  section {}\n", say("chart-failures")));
    let cause =
        [("cause", (&incident.cause).into()), ("verdict", Arg::Case(reading::verdict(incident)))];
    // A bar of no length is not drawn.
    let is_brief = clock(&incident.start) == clock(&incident.end);
    let end = figures::epoch_millis(&incident.end).filter(|_| is_brief);
    let end = end.map_or_else(
        || incident.end.clone(),
        |end| figures::of_epoch_millis(end.saturating_add(1_000)),
    );
    text.push_str(&format!(
        "  {} {} :crit, {}, {}\n",
        incident.id,
        label(&reading.say("text-cause-and-verdict", cause)),
        clock(&incident.start)?,
        clock(&end)?
    ));
    let kills = report.oom_kills.iter().filter(|kill| kill.incident.as_ref() == Some(&incident.id));
    let kills = kills.map(|kill| {
        let victim = label(&kill.victim.comm);
        let kill_of = label(&reading.say("chart-kill", [("victim", victim.into())]));
        (kill.time.clone(), format!("{} {kill_of}", kill.id))
    });
    let of_kill = |event: &str| report.oom_kills.iter().any(|kill| kill.event == event);
    let supports = incident.causes.first().map_or(&[][..], |cause| &cause.supports);
    let path = reading.events(incident.path.iter().chain(supports));
    let path = path.into_iter().filter(|event| !of_kill(&event.id));
    let path =
        path.map(|event| (event.time.clone(), format!("{} {}", event.id, label(&event.kind))));
    let mut marks: Vec<(Option<String>, String)> = path.chain(kills).collect();
    marks.sort();
    if !marks.is_empty() {
        text.push_str(&format!("  section {}\n", say("chart-cause")));
    }
    for (time, name) in marks {
        let Some(at) = time.as_deref().and_then(clock) else { continue };
        let line = format!("  {name} :milestone, {at}, 0s\n");
        if text.len() + line.len() + 4 > CHARS_MAX {
            break;
        }
        text.push_str(&line);
    }
    text.push_str("```\n");
    Some(text)
}

/// Text that no version of Mermaid reads as more than text.
fn label(text: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || "._-/".contains(c) { c } else { ' ' };
    let text: String = text.chars().map(plain).take(LABEL_MAX).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
