//! What the forms of a report may hold: HTML and SVG of known elements and attributes that nest, Markdown that does nothing, text
//! that no terminal obeys. A scanner of its own, stricter than a browser, which takes anything.

use pulldown_cmark::{Event, Options, Parser, Tag};

/// Elements that stand alone in HTML.
const VOID: [&str; 2] = ["meta", "br"];
/// All elements of the page and the picture.
const ELEMENTS: &str = " a body br button code dd desc details div dl dt em figcaption figure footer g h1 h2 h3 h4 head header html \
    li line main meta nav ol p path polyline pre rect script section small span strong style summary svg table tbody td text \
    th thead title tr tspan ul ";
/// All attributes.
const ATTRIBUTES: &str = " aria-controls aria-hidden aria-label aria-labelledby aria-live charset class colspan content cx cy d \
    data-from data-id data-ids data-panel data-picture data-time data-to data-verdict dx dy fill height hidden href http-equiv id \
    lang name open points preserveAspectRatio r role scope tabindex text-anchor transform type viewBox width x x1 x2 xmlns y y1 \
    y2 ";

fn has(list: &str, name: &str) -> bool {
    !name.is_empty() && !name.contains(' ') && list.contains(&format!(" {name} "))
}

/// Every element is one of ours, is closed, and nests; every attribute is one of ours, in quotes; links stay on the page.
pub(super) fn well_formed(page: &str, is_svg: bool) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = page;
    if !is_svg {
        rest = rest.strip_prefix("<!DOCTYPE html>").expect("a page of today");
    } else if rest.starts_with("<?xml ") {
        rest = rest.split_once("?>").expect("a declaration ends").1;
    }
    while let Some((text, tag)) = rest.split_once('<') {
        check_text(text);
        if let Some(tag) = tag.strip_prefix('/') {
            let (name, after) = tag.split_once('>').expect("a closing tag ends");
            assert_eq!(open.pop(), Some(name), "closed");
            rest = after;
            continue;
        }
        let (name, closed, after) = opening(tag);
        rest = after;
        if closed || (!is_svg && VOID.contains(&name)) {
            continue;
        }
        open.push(name);
        // What is in these is no markup; ours are fixed texts, and data for the script.
        if matches!(name, "script" | "style") {
            let end = rest.find("</").expect("a script ends");
            assert!(!rest[..end].contains("<!--"), "a comment in a script");
            rest = &rest[end..];
        }
    }
    check_text(rest);
    assert!(open.is_empty(), "left open: {open:?}");
}

/// Name, whether it is closed at once, and what follows.
fn opening(tag: &str) -> (&str, bool, &str) {
    let end = tag.find([' ', '>', '/', '\n']).expect("a tag ends");
    let (name, mut rest) = tag.split_at(end);
    assert!(has(ELEMENTS, name), "element {name:?}");
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("/>") {
            return (name, true, after);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (name, false, after);
        }
        let end = rest.find(['=', ' ', '>', '/']).expect("an attribute ends");
        let attribute = &rest[..end];
        assert!(has(ATTRIBUTES, attribute), "attribute {attribute:?} of {name}");
        rest = &rest[end..];
        let Some(value) = rest.strip_prefix("=\"") else { continue };
        let (value, after) = value.split_once('"').expect("a value ends");
        check_text(value);
        assert!(attribute != "href" || value.starts_with('#'), "a link to {value:?}");
        rest = after;
    }
}

/// Every ampersand begins a reference that is known, and no character is one that HTML forbids.
fn check_text(text: &str) {
    assert!(!text.contains('>'), "a bare > in {text:?}");
    for part in text.split('&').skip(1) {
        let name = part.split_once(';').map(|(name, _)| name);
        let known = |name: &str| {
            matches!(name, "amp" | "lt" | "gt" | "quot" | "apos" | "nbsp")
                || name.strip_prefix('#').is_some_and(|number| !number.is_empty())
        };
        assert!(name.is_some_and(known), "a bare & in {text:?}");
    }
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "control in {text:?}");
}

/// No link, picture, HTML or reference comes of it, in any dialect that the parser knows.
pub(super) fn inert_markdown(text: &str) {
    visible(text);
    let options = Options::all().difference(Options::ENABLE_SMART_PUNCTUATION);
    for event in Parser::new_ext(text, options) {
        let live = match &event {
            Event::Html(_) | Event::InlineHtml(_) | Event::FootnoteReference(_) => true,
            Event::InlineMath(_) | Event::DisplayMath(_) => true,
            Event::Start(tag) => matches!(
                tag,
                Tag::Link { .. }
                    | Tag::Image { .. }
                    | Tag::HtmlBlock
                    | Tag::FootnoteDefinition(_)
                    | Tag::MetadataBlock(_)
            ),
            _ => false,
        };
        assert!(!live, "{event:?} in {text}");
    }
}

/// Cells of a table, head and body.
pub(super) fn table_cells(text: &str) -> usize {
    inert_markdown(text);
    let options = Options::all().difference(Options::ENABLE_SMART_PUNCTUATION);
    let cell = |event: &Event<'_>| matches!(event, Event::Start(Tag::TableCell));
    Parser::new_ext(text, options).filter(cell).count()
}

/// Nothing that a terminal obeys or hides, but line ends.
pub(super) fn visible(text: &str) {
    let hidden = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
    };
    if let Some(at) = text.find(hidden) {
        let start = text[..at].rfind('\n').map_or(0, |start| start + 1);
        panic!(
            "{:?} in {:?}",
            text[at..].chars().next(),
            &text[start..(at + 1).min(text.len())].get(..40)
        );
    }
}

/// As [`visible`]; JSON's escapes are such.
pub(super) fn plain(text: &str) {
    visible(text);
}
