//! How texts are put into words.

use super::{Language, text};

#[test]
fn arguments_are_not_interpreted() {
    let hostile = "{ $x } { -term } \u{2068}<b> [one]\n.attr = *";
    let shown = text("and", [("one", hostile.into()), ("other", "b".into())]);
    assert_eq!(&*shown, format!("{hostile} and b"));
}

#[test]
fn a_sentence_gets_a_capital_letter_unless_it_begins_with_a_name() {
    let named = [("name", "nginx".into())];
    assert_eq!(&*text("name", named).sentence(), "nginx.");
    assert_eq!(
        &*text("network-unanswered", []).sentence().chars().take(11).collect::<String>(),
        "Connections"
    );
    assert!(text("ruled-out-words", []).sentence().starts_with("gunicorn "));
    let both = [("one", text("host-restart", []).into()), ("other", "b".into())];
    assert!(text("and", both).sentence().starts_with("The host"));
}

#[test]
fn a_language_is_known_by_its_tag() {
    assert!(Language::named("xx").is_none());
    assert_eq!(Language::named("en"), Some(Language::default()));
    assert!(Language::all().count() >= 1);
}

#[test]
fn what_a_message_speaks_of_is_masked() {
    let secret = text("name", [("name", "token=abc".into())]);
    for language in Language::all() {
        let masked = secret.masked(&|text| text.replace("abc", "***"), language);
        assert_eq!(&*masked, "token=***");
        let inside = text("and", [("one", masked.into()), ("other", "abc".into())]);
        let masked = inside.masked(&|text| text.replace("abc", "***"), language);
        assert!(masked.starts_with("token=*** ") && masked.ends_with(" ***"), "{masked}");
        assert!(masked.is_message());
    }
}
