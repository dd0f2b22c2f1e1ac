//! The forms of a comparison. In: a [`Diff`]. Out: text of at most 80 columns, Markdown, or JSON. Text of a log is shown and never
//! obeyed: it passes `escape` in each form.

use std::io::{self, Write};

use crate::report::escape;
use crate::report::json;

use super::model::{Brief, Change, Diff, Side};

/// The forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For the terminal.
    Text,
    /// For wikis.
    Markdown,
    /// For programs.
    Json,
}

/// Columns of the text form.
const WIDTH: usize = 80;
/// Incidents of one kind that are listed in the forms for people.
const LISTED: usize = 20;

/// Writes a comparison.
///
/// # Errors
/// What the writer gives.
pub fn write(diff: &Diff, form: Form, out: &mut dyn Write) -> io::Result<()> {
    match form {
        Form::Text => text(diff, out),
        Form::Markdown => markdown(diff, out),
        Form::Json => json::pretty(diff, out),
    }
}

fn word(held: &str) -> &'static str {
    match held {
        "yes" => "The fix held.",
        "no" => "The fix did not hold.",
        "partly" => "The fix held in part.",
        _ => "Whether a fix held cannot be said.",
    }
}

fn covers(side: &Side) -> String {
    match (&side.start, &side.end) {
        (Some(start), Some(end)) => {
            format!("{}, {start} to {end}, {} requests", side.name, side.requests)
        }
        _ => side.name.clone(),
    }
}

fn line(brief: &Brief) -> String {
    let Brief { id, start, cause, verdict, failures, .. } = brief;
    format!("{id} {start}: {cause} ({verdict}), {failures} failed requests")
}

fn again(pair: &super::model::Pair) -> String {
    format!("Again: {}, {} before and {} after", pair.after.cause, pair.before.id, pair.after.id)
}

fn text(diff: &Diff, out: &mut dyn Write) -> io::Result<()> {
    wrapped(out, "", word(diff.held))?;
    wrapped(out, "", &diff.answer)?;
    writeln!(out)?;
    wrapped(out, "before  ", &covers(&diff.before))?;
    wrapped(out, "after   ", &covers(&diff.after))?;
    rows(out, &diff.changes)?;
    for pair in diff.pairs.iter().take(LISTED) {
        writeln!(out)?;
        wrapped(out, "", &again(pair))?;
        rows(out, &pair.changes)?;
        if !pair.same.is_empty() {
            wrapped(out, "  ", &format!("the same: {}", pair.same.join(", ")))?;
        }
    }
    for (heading, list) in [("Only before:", &diff.gone), ("Only after:", &diff.new)] {
        if !list.is_empty() {
            writeln!(out, "\n{heading}")?;
        }
        for brief in list.iter().take(LISTED) {
            wrapped(out, "  ", &line(brief))?;
        }
        if list.len() > LISTED {
            writeln!(out, "  and {} more", list.len() - LISTED)?;
        }
    }
    Ok(())
}

fn rows(out: &mut dyn Write, changes: &[Change]) -> io::Result<()> {
    for change in changes {
        let label = format!("  {:<17}", change.what);
        wrapped(out, &label, &format!("{} -> {}", change.before, change.after))?;
    }
    Ok(())
}

/// A text beside its label, in lines of at most [`WIDTH`] letters; longer words are cut into pieces.
fn wrapped(out: &mut dyn Write, label: &str, text: &str) -> io::Result<()> {
    let room = WIDTH.saturating_sub(label.len()).max(1);
    let text = escape::terminal(text).replace(['\u{a0}', '\u{202f}'], " ");
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let letters: Vec<char> = word.chars().collect();
        for piece in letters.chunks(room) {
            let begun = lines.last().map_or(0, |last| last.chars().count());
            let fits = begun + usize::from(begun > 0) + piece.len() <= room;
            match lines.last_mut().filter(|_| fits || begun == 0) {
                Some(last) => {
                    if begun > 0 {
                        last.push(' ');
                    }
                    last.extend(piece);
                }
                None => lines.push(piece.iter().collect()),
            }
        }
    }
    let margin = " ".repeat(label.len());
    for (at, line) in lines.iter().enumerate() {
        let before = if at == 0 { label } else { margin.as_str() };
        writeln!(out, "{}", format!("{before}{line}").trim_end())?;
    }
    Ok(())
}

fn markdown(diff: &Diff, out: &mut dyn Write) -> io::Result<()> {
    let shown = escape::markdown;
    writeln!(out, "# {}\n\n{}\n", word(diff.held), shown(&diff.answer))?;
    writeln!(out, "- before: {}", shown(&covers(&diff.before)))?;
    writeln!(out, "- after: {}\n", shown(&covers(&diff.after)))?;
    table(out, &diff.changes)?;
    for pair in diff.pairs.iter().take(LISTED) {
        writeln!(out, "## {}\n", shown(&again(pair)))?;
        table(out, &pair.changes)?;
        if !pair.same.is_empty() {
            writeln!(out, "The same: {}.\n", pair.same.join(", "))?;
        }
    }
    for (heading, list) in [("Only before", &diff.gone), ("Only after", &diff.new)] {
        if list.is_empty() {
            continue;
        }
        writeln!(out, "## {heading}\n")?;
        for brief in list.iter().take(LISTED) {
            writeln!(out, "- {}", shown(&line(brief)))?;
        }
        if list.len() > LISTED {
            writeln!(out, "- and {} more", list.len() - LISTED)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn table(out: &mut dyn Write, changes: &[Change]) -> io::Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    writeln!(out, "| What | Before | After |\n|---|---|---|")?;
    for change in changes {
        let (before, after) = (escape::cell(&change.before), escape::cell(&change.after));
        writeln!(out, "| {} | {before} | {after} |", change.what)?;
    }
    writeln!(out)
}
