//! How one mark looks and what it says.
//! In: marks. Out: a shape, a name for a screen reader, the text that is shown when it is pointed at.
//! Must never tell two kinds apart by colour alone.

use maud::{Markup, html};

use super::marks::{Kind, Mark};
use crate::report::escape;
use crate::report::figures;
use crate::wording::Language;

/// Facts told of a mark that stands for several.
const TOLD_MAX: usize = 6;

fn moment(mark: &Mark) -> String {
    let time = figures::of_epoch_millis(mark.at);
    let sigma = figures::sigma(mark.sigma / 1_000.0);
    format!("{} ±{sigma}", figures::fine_moment(&time, figures::day(&time)))
}

/// For a screen reader: what it is and when, in a breath.
pub(super) fn label(language: Language, marks: &[&Mark]) -> String {
    let Some(first) = marks.first() else { return String::new() };
    let more = match marks.len() {
        0 | 1 => String::new(),
        all => format!(", {}", language.say("mark-first-of", [("marks", all.into())])),
    };
    escape::terminal(&format!(
        "{}, {} {}: {}{more}",
        moment(first),
        language.say(first.kind.message(), []),
        first.id,
        first.words
    ))
}

/// All that the mark knows, with the lines of the log.
pub(super) fn told(language: Language, marks: &[&Mark]) -> String {
    let one = |mark: &&Mark| {
        let head = format!("{}  {} {}: {}", moment(mark), mark.what(language), mark.id, mark.words);
        let lines = std::iter::once(head.as_str()).chain(mark.quote.lines().map(str::trim_end));
        lines.map(escape::terminal).collect::<Vec<_>>().join("\n")
    };
    let mut texts: Vec<String> = marks.iter().take(TOLD_MAX).map(one).collect();
    if marks.len() > TOLD_MAX {
        let more = [("more", (marks.len() - TOLD_MAX).into())];
        texts.push(language.say("mark-and-more", more));
    }
    texts.join("\n\n")
}

/// The shape of a kind of mark around a point; hollow and struck through where it was ruled out.
pub(super) fn shape(kind: Kind, ruled_out: bool, x: f64, y: f64) -> Markup {
    let class = kind.class();
    let out = if ruled_out { " out" } else { "" };
    let mut path = match kind {
        Kind::Kill => format!("M{x:.1} {:.1}l7 7l-7 7l-7-7z", y - 7.0),
        Kind::Death => format!("M{:.1} {:.1}l10 10m0-10l-10 10", x - 5.0, y - 5.0),
        Kind::Stop => format!("M{:.1} {:.1}h8v8h-8z", x - 4.0, y - 4.0),
        Kind::Start => format!("M{:.1} {:.1}l10 5.5l-10 5.5z", x - 4.0, y - 5.5),
        Kind::Line => format!("M{:.1} {y:.1}a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", x - 4.0),
    };
    if ruled_out {
        path.push_str(&format!("M{:.1} {:.1}l14-14", x - 7.0, y + 7.0));
    }
    html! { path class={ "spot " (class) (out) } d=(path) {} }
}
