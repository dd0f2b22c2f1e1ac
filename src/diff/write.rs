//! The forms of a comparison. In: a [`Diff`]. Out: text of at most 80 columns, Markdown, or JSON. Text of a log is shown and never
//! obeyed: it passes `escape` in each form.

use std::io::{self, Write};

use crate::report::escape;
use crate::report::json;
use crate::report::reading;
use crate::wording::{Arg, Language};

use super::model::{Brief, Change, Diff, Pair, Side};

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
/// Letters that the labels of the text form have room for at least.
const LABEL_MIN: usize = 15;
/// Incidents of one kind that are listed in the forms for people.
const LISTED: usize = 20;

/// Writes a comparison in its language; what programs read is English.
///
/// # Errors
/// What the writer gives.
pub fn write(diff: &Diff, form: Form, out: &mut dyn Write) -> io::Result<()> {
    match form {
        Form::Text => text(diff, out),
        Form::Markdown => markdown(diff, out),
        Form::Json => json::pretty(&diff.told(Language::default()), out),
    }
}

fn word(diff: &Diff) -> String {
    diff.language.say("diff-word", [("held", Arg::Case(diff.held))])
}

fn covers(side: &Side, language: Language) -> String {
    match (&side.start, &side.end) {
        (Some(start), Some(end)) => language.say(
            "diff-covers",
            [
                ("name", (&side.name).into()),
                ("start", start.into()),
                ("end", end.into()),
                ("requests", side.requests.into()),
            ],
        ),
        _ => side.name.clone(),
    }
}

fn line(brief: &Brief, language: Language) -> String {
    let Brief { id, start, cause, verdict, failures, .. } = brief;
    let args = [
        ("id", id.into()),
        ("start", start.into()),
        ("cause", cause.into()),
        ("verdict", Arg::Case(reading::verdict_word(verdict))),
        ("failures", (*failures).into()),
    ];
    language.say("diff-incident", args)
}

fn again(pair: &Pair, language: Language) -> String {
    let args = [
        ("cause", (&pair.after.cause).into()),
        ("before", (&pair.before.id).into()),
        ("after", (&pair.after.id).into()),
    ];
    language.say("diff-again", args)
}

/// What is the same, in a line; nothing where nothing is.
fn same(pair: &Pair, language: Language) -> Option<String> {
    let names: Vec<&str> = pair.same.iter().map(|what| &**what).collect();
    (!names.is_empty()).then(|| language.say("diff-the-same", [("names", names.join(", ").into())]))
}

/// The incidents that only one of the two has, under their heading.
fn alone(diff: &Diff) -> [(&'static str, &[Brief]); 2] {
    [("diff-only-before", &diff.gone), ("diff-only-after", &diff.new)]
}

fn more(list: &[Brief], language: Language) -> Option<String> {
    let more = list.len().checked_sub(LISTED).filter(|more| *more > 0)?;
    Some(language.say("mark-and-more", [("more", more.into())]))
}

fn text(diff: &Diff, out: &mut dyn Write) -> io::Result<()> {
    let language = diff.language;
    wrapped(out, "", &word(diff))?;
    wrapped(out, "", &diff.answer)?;
    writeln!(out)?;
    let sides = [("diff-before", &diff.before), ("diff-after", &diff.after)];
    let labels = sides.map(|(label, _)| language.say(label, []));
    let wide = labels.iter().map(|label| label.chars().count()).max().unwrap_or_default() + 2;
    for (label, (_, side)) in labels.iter().zip(sides) {
        wrapped(out, &format!("{label:<wide$}"), &covers(side, language))?;
    }
    let changes = diff.pairs.iter().flat_map(|pair| &pair.changes).chain(&diff.changes);
    let labels = changes.map(|change| change.what.chars().count());
    let wide = labels.max().unwrap_or_default().max(LABEL_MIN) + 2;
    rows(out, &diff.changes, wide)?;
    for pair in diff.pairs.iter().take(LISTED) {
        writeln!(out)?;
        wrapped(out, "", &again(pair, language))?;
        rows(out, &pair.changes, wide)?;
        if let Some(same) = same(pair, language) {
            wrapped(out, "  ", &same)?;
        }
    }
    for (heading, list) in alone(diff) {
        if !list.is_empty() {
            writeln!(out, "\n{}", language.say(heading, []))?;
        }
        for brief in list.iter().take(LISTED) {
            wrapped(out, "  ", &line(brief, language))?;
        }
        if let Some(more) = more(list, language) {
            writeln!(out, "  {more}")?;
        }
    }
    Ok(())
}

fn rows(out: &mut dyn Write, changes: &[Change], wide: usize) -> io::Result<()> {
    for Change { what, before, after } in changes {
        wrapped(out, &format!("  {:<wide$}", &**what), &format!("{before} -> {after}"))?;
    }
    Ok(())
}

/// A text beside its label, in lines of at most [`WIDTH`] letters; longer words are cut into pieces.
fn wrapped(out: &mut dyn Write, label: &str, text: &str) -> io::Result<()> {
    let label_letters = label.chars().count();
    let room = WIDTH.saturating_sub(label_letters).max(1);
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
    let margin = " ".repeat(label_letters);
    for (at, line) in lines.iter().enumerate() {
        let before = if at == 0 { label } else { margin.as_str() };
        writeln!(out, "{}", format!("{before}{line}").trim_end())?;
    }
    Ok(())
}

fn markdown(diff: &Diff, out: &mut dyn Write) -> io::Result<()> {
    let language = diff.language;
    let shown = escape::markdown;
    writeln!(out, "# {}\n\n{}\n", word(diff), shown(&diff.answer))?;
    for (side, label) in [(&diff.before, "diff-before-covers"), (&diff.after, "diff-after-covers")]
    {
        let covers = shown(&covers(side, language)).into();
        writeln!(out, "- {}", language.say(label, [("covers", covers)]))?;
    }
    writeln!(out)?;
    table(out, &diff.changes, language)?;
    for pair in diff.pairs.iter().take(LISTED) {
        writeln!(out, "## {}\n", shown(&again(pair, language)))?;
        table(out, &pair.changes, language)?;
        if let Some(same) = same(pair, language) {
            writeln!(out, "{same}.\n")?;
        }
    }
    for (heading, list) in alone(diff) {
        if list.is_empty() {
            continue;
        }
        writeln!(out, "## {}\n", language.say(heading, []))?;
        for brief in list.iter().take(LISTED) {
            writeln!(out, "- {}", shown(&line(brief, language)))?;
        }
        if let Some(more) = more(list, language) {
            writeln!(out, "- {more}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn table(out: &mut dyn Write, changes: &[Change], language: Language) -> io::Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let heads = ["col-what", "diff-col-before", "diff-col-after"];
    writeln!(out, "| {} |\n|---|---|---|", heads.map(|head| language.say(head, [])).join(" | "))?;
    for change in changes {
        let (before, after) = (escape::cell(&change.before), escape::cell(&change.after));
        writeln!(out, "| {} | {before} | {after} |", change.what)?;
    }
    writeln!(out)
}
