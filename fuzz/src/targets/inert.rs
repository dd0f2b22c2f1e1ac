//! Text of a log on its way to a terminal and to Markdown.

use coroner::report::{escape, redact};

use super::markup;

pub(super) fn escape(data: &[u8]) {
    let text = &String::from_utf8_lossy(data);
    let shown = escape::terminal(text);
    markup::visible(&shown);
    assert!(!shown.contains('\n'));
    assert_eq!(escape::terminal(&shown), shown, "a second pass changes nothing");
    markup::inert_markdown(&escape::markdown(text));
    markup::inert_markdown(&escape::code_span(text));
    markup::inert_markdown(&escape::fence(text));
    let row =
        format!("| a | b |\n|---|---|\n| {} | {} |\n", escape::cell(text), escape::code_cell(text));
    assert_eq!(markup::table_cells(&row), 4, "{row}");
    let masked = redact::text(text);
    assert_eq!(redact::text(&masked), masked, "a second masking changes nothing");
}
