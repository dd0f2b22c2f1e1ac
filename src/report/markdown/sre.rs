//! The order of the usual post-mortem (Google's SRE book; Azure's and Elastic's templates agree on the headings): the facts where
//! the template wants them, and the parts that only people know as prompts. In: the gravest incident; the others follow as they
//! are. Must never fill a human part: who noticed, what was learned and who does what is not in the logs.

use std::io::{self, Write};

use super::incident;
use super::layout::{Section, section};
use crate::report::model::Incident;
use crate::report::reading::Reading;

/// What stands where a person has to write.
const PROMPT: &str = "*To be written by a person.*";

/// The gravest incident as the middle of a post-mortem.
pub(super) fn sections(
    reading: &Reading<'_>,
    incident: &Incident,
    boxes: bool,
) -> io::Result<Vec<Section>> {
    let facts = |heading: &str, write: &dyn Fn(&mut dyn Write) -> io::Result<()>| {
        section(false, |out| {
            writeln!(out, "## {heading}\n")?;
            write(out)
        })
    };
    let prompt = |heading: &str, what: &str| {
        section(false, |out| writeln!(out, "## {heading}\n\n{PROMPT} {what}\n"))
    };
    Ok(vec![
        facts("Impact", &|out| {
            incident::impact_table(incident, out)?;
            incident::draw(reading, incident, out)
        })?,
        facts("Root cause and trigger", &|out| {
            writeln!(out, "{}\n", super::cause(incident))?;
            incident::chain(reading, incident, out)?;
            incident::belief(reading, incident, out)?;
            incident::suspects(reading, incident, out)?;
            incident::doubt(reading, incident, out)?;
            incident::other_causes(reading, incident, out)?;
            incident::unseen(incident, out)
        })?,
        prompt("Detection", "How was it noticed, by whom, how long after the first failure?")?,
        prompt("Resolution", "What ended it, and who did that?")?,
        section(false, |out| {
            let items = written(|out| incident::actions(reading, incident, boxes, out))?;
            writeln!(
                out,
                "## Action items\n\n{}",
                items.strip_prefix("### Actions\n\n").unwrap_or(&items)
            )?;
            writeln!(
                out,
                "| Action item | Type | Owner | Due |\n|---|---|---|---|\n|  |  |  |  |\n"
            )
        })?,
        section(false, |out| {
            writeln!(out, "## Lessons learned\n")?;
            for heading in ["What went well", "What went wrong", "Where we got lucky"] {
                writeln!(out, "### {heading}\n\n{PROMPT}\n")?;
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
