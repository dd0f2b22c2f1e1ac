//! How texts are put into words.

use super::{Language, text};

#[test]
fn arguments_are_not_interpreted() {
    let hostile = "{ $x } { -term } \u{2068}<b> [one]\n.attr = *";
    let shown = text("and", [("one", hostile.into()), ("other", "b".into())]);
    assert_eq!(&*shown, format!("{hostile} and b"));
}

#[test]
fn an_unknown_message_shows_its_id() {
    assert_eq!(&*text("no-such-message", []), "no-such-message");
    assert!(Language::named("xx").is_none());
}
