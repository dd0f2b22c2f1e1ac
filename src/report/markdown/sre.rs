//! The order of the usual post-mortem (Google's SRE book; Azure's and Elastic's templates agree on the headings): the facts where
//! the template wants them, and the parts that only people know as prompts. In: the gravest incident; the others follow as they
//! are. Must never fill a human part: who noticed, what was learned and who does what is not in the logs.

use std::io::{self, Write};

use super::incident;
use super::layout::{Section, section};
use crate::report::model::Incident;
use crate::report::reading::Reading;

/// The gravest incident as the middle of a post-mortem.
pub(super) fn sections(reading: &Reading<'_>, incident: &Incident) -> io::Result<Vec<Section>> {
    let say = |id: &'static str| reading.say(id, []);
    // What stands where a person has to write.
    let by_hand = say("sre-prompt");
    let facts = |heading: &'static str, write: &dyn Fn(&mut dyn Write) -> io::Result<()>| {
        section(false, |out| {
            writeln!(out, "## {}\n", say(heading))?;
            write(out)
        })
    };
    let prompt = |heading: &'static str, what: &'static str| {
        section(false, |out| writeln!(out, "## {}\n\n{by_hand} {}\n", say(heading), say(what)))
    };
    Ok(vec![
        facts("heading-impact", &|out| {
            incident::impact_table(reading, incident, out)?;
            incident::draw(reading, incident, out)
        })?,
        facts("sre-root-cause", &|out| {
            writeln!(out, "{}\n", super::cause(reading, incident))?;
            incident::chain(reading, incident, out)?;
            incident::belief(reading, incident, out)?;
            incident::suspects(reading, incident, out)?;
            incident::doubt(reading, incident, out)?;
            incident::other_causes(reading, incident, out)?;
            incident::unseen(reading, incident, out)
        })?,
        prompt("sre-detection", "sre-how-noticed")?,
        prompt("sre-resolution", "sre-what-ended-it")?,
        section(false, |out| {
            writeln!(out, "## {}\n", say("sre-action-items"))?;
            let heads = ["sre-col-item", "sre-col-type", "sre-col-owner", "sre-col-due"];
            super::table(out, reading.report.language, &heads)?;
            for (when, task) in incident::tasks(reading, incident) {
                super::row(out, &[task, when, String::new(), String::new()])?;
            }
            // For what the people who were there want to add.
            writeln!(out, "|  |  |  |  |\n")
        })?,
        section(false, |out| {
            writeln!(out, "## {}\n", say("sre-lessons"))?;
            for heading in ["sre-went-well", "sre-went-wrong", "sre-got-lucky"] {
                writeln!(out, "### {}\n\n{by_hand}\n", say(heading))?;
            }
            Ok(())
        })?,
        section(false, |out| {
            let timeline = written(|out| incident::timeline(reading, incident, out))?;
            // Its own heading, one level up: the day stands in it.
            write!(out, "{}", timeline.strip_prefix('#').unwrap_or(&timeline))
        })?,
    ])
}

/// What is written, as text; only strings are.
fn written(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<String> {
    let mut bytes = Vec::new();
    write(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
