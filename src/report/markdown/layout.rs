//! Sections put together: in the order of a template, folded where a wiki can fold, and as many as there is room for.
//! In: sections as Markdown. Out: a page. Must never cut inside a section: what has no room is left out whole and named.

use std::io;

use super::{Flavor, Style};
use crate::wording::Language;

/// A part of the page that can be moved, folded or left out whole.
pub(super) struct Section {
    /// For the note on what was left out.
    pub(super) name: String,
    /// Markdown that ends in an empty line.
    pub(super) text: String,
    /// Whether it is looked up rather than read.
    pub(super) appendix: bool,
}

/// What a writer writes, as a section; its name is that of its heading.
pub(super) fn section(
    appendix: bool,
    write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>,
) -> io::Result<Section> {
    let mut bytes = Vec::new();
    write(&mut bytes)?;
    // Only strings were written.
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let name = text.lines().next().unwrap_or_default().trim_start_matches('#').trim().to_owned();
    Ok(Section { name, text, appendix })
}

/// The page.
pub(super) fn page(sections: Vec<Section>, style: Style, language: Language) -> String {
    let sections: Vec<Section> =
        sections.into_iter().filter(|section| !section.text.is_empty()).collect();
    let folds = matches!(style.flavor, Flavor::Github | Flavor::Gitlab);
    let texts: Vec<String> = sections
        .iter()
        .map(|section| {
            if folds && section.appendix {
                folded(&section.text, language)
            } else {
                section.text.clone()
            }
        })
        .collect();
    let room = style.max_bytes.unwrap_or(usize::MAX);
    if texts.iter().map(String::len).sum::<usize>() <= room {
        return texts.concat();
    }
    // The first section is the answer and always stays.
    let mut kept = texts.len();
    let left_out = |kept: usize| {
        let names: Vec<&str> =
            sections.iter().skip(kept).map(|section| section.name.as_str()).collect();
        let left_out = language.say("left-out", [("sections", shortened(&names, language).into())]);
        format!("{left_out}\n")
    };
    while kept > 1
        && texts.iter().take(kept).map(String::len).sum::<usize>() + left_out(kept).len() > room
    {
        kept -= 1;
    }
    let mut page = texts.into_iter().take(kept).collect::<String>();
    page.push_str(&left_out(kept));
    page
}

/// Names of sections left out: the first of many.
fn shortened(names: &[&str], language: Language) -> String {
    const NAMED: usize = 20;
    let text = names.iter().take(NAMED).copied().collect::<Vec<_>>().join("; ");
    if names.len() <= NAMED {
        return text;
    }
    language.say("names-and-more", [("names", text.into()), ("more", (names.len() - NAMED).into())])
}

/// The heading as it is, what follows it folded.
fn folded(text: &str, language: Language) -> String {
    let Some((heading, body)) = text.split_once("\n\n") else { return text.to_owned() };
    format!(
        "{heading}\n\n<details>\n<summary>{}</summary>\n\n{}\n\n</details>\n\n",
        language.say("show", []),
        body.trim_end()
    )
}
