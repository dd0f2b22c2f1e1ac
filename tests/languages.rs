//! The languages of the reports: each message is there in each language, is said somewhere, and speaks of what the English one
//! speaks of; and what is not a message yet is counted.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use regex::Regex;

use coroner::bundle::Silent;
use coroner::diff;
use coroner::report::{self, Format, Settings, markdown};
use coroner::wording::{self, Arg, Language};
use coroner::{Options, analyze};

use crate::corpus;
use crate::program::run;

/// Texts of ours that are English in every language, by file, with how many there are: what a capsule of another version could not
/// read for reasons that this one has no message for. Whoever makes one a message takes it off.
const NOT_MESSAGES: [(&str, usize); 1] = [("capsule/record.rs", 1)];

/// Further words of ours that are English in every language, with the file that holds them: names of services that have none.
/// The words of the contract stay English on purpose.
const ENGLISH_WORDS: [(&str, &str); 2] = [("death.rs", "{} worker"), ("service/mod.rs", "the app")];

/// Messages whose words are the same as in English on purpose, being names, signs and figures.
const MAY_BE_EQUAL_SHARE: f64 = 0.10;

struct File {
    tag: String,
    messages: BTreeMap<String, Message>,
}

#[derive(Default)]
struct Message {
    /// Variables that it needs, also by the messages that it names.
    variables: BTreeSet<String>,
    names: BTreeSet<String>,
    text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn tags() -> Vec<String> {
    let mut tags: Vec<String> = fs::read_dir(root().join("src/wording"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "ftl"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    tags.sort();
    tags
}

fn file(tag: &str) -> File {
    let text = fs::read_to_string(root().join(format!("src/wording/{tag}.ftl"))).unwrap();
    let resource = fluent_syntax::parser::parse(text.as_str())
        .unwrap_or_else(|(_, faults)| panic!("{tag}.ftl: {faults:?}"));
    let mut messages: BTreeMap<String, Message> = BTreeMap::new();
    for entry in &resource.body {
        match entry {
            Entry::Message(message) => {
                let mut found = Message::default();
                let pattern = message.value.as_ref().expect("a message has words");
                walk(pattern, &mut found);
                found.text = format!("{pattern:?}");
                let id = message.id.name.to_owned();
                assert!(messages.insert(id.clone(), found).is_none(), "{tag}.ftl: {id} twice");
            }
            Entry::Term(term) => panic!("{tag}.ftl: -{} is a term", term.id.name),
            Entry::Junk { content } => panic!("{tag}.ftl: not understood: {content}"),
            _ => {}
        }
    }
    // What a named message needs is needed by whoever names it.
    loop {
        let before: usize = messages.values().map(|message| message.variables.len()).sum();
        let known: BTreeMap<String, BTreeSet<String>> =
            messages.iter().map(|(id, message)| (id.clone(), message.variables.clone())).collect();
        for (id, message) in &mut messages {
            for name in &message.names {
                let named =
                    known.get(name).unwrap_or_else(|| panic!("{tag}.ftl: {id} names {name}"));
                message.variables.extend(named.iter().cloned());
            }
        }
        if messages.values().map(|message| message.variables.len()).sum::<usize>() == before {
            break;
        }
    }
    File { tag: tag.to_owned(), messages }
}

fn walk(pattern: &Pattern<&str>, found: &mut Message) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            expressed(expression, found);
        }
    }
}

fn expressed(expression: &Expression<&str>, found: &mut Message) {
    match expression {
        Expression::Inline(inline) => named(inline, found),
        Expression::Select { selector, variants } => {
            named(selector, found);
            variants.iter().for_each(|variant| walk(&variant.value, found));
        }
    }
}

fn named(inline: &InlineExpression<&str>, found: &mut Message) {
    match inline {
        InlineExpression::VariableReference { id } => {
            // The program gives it to every message.
            if id.name != "lower" {
                found.variables.insert(id.name.to_owned());
            }
        }
        InlineExpression::MessageReference { id, .. } => {
            found.names.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => expressed(expression, found),
        InlineExpression::FunctionReference { id, .. } => panic!("{}: no functions", id.name),
        InlineExpression::TermReference { id, .. } => panic!("-{}: no terms", id.name),
        InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
    }
}

/// The Rust files that are compiled for users.
fn sources() -> Vec<(String, String)> {
    let mut waiting = vec![root().join("src")];
    let mut files = Vec::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let name = path.strip_prefix(root().join("src")).unwrap().to_str().unwrap().to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let is_test = |part: &str| matches!(part, "tests" | "tests.rs" | "sample.rs");
            if !name.split('/').any(is_test) {
                let shipped = text.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned();
                files.push((name, shipped));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn every_language_has_every_message() {
    let english = file("en");
    assert!(english.messages.len() > 300, "{} messages", english.messages.len());
    let mut faults = Vec::new();
    for tag in tags() {
        let own = file(&tag);
        for id in english.messages.keys().filter(|id| !own.messages.contains_key(*id)) {
            faults.push(format!("{tag}.ftl lacks {id}"));
        }
        let needed: BTreeSet<&String> =
            own.messages.values().flat_map(|message| &message.names).collect();
        // A language may have helpers of its own, such as a name in another case.
        for id in own.messages.keys() {
            if !english.messages.contains_key(id) && !needed.contains(id) {
                faults.push(format!("{tag}.ftl: {id} is not in en.ftl, and no message names it"));
            }
        }
        for (id, message) in &own.messages {
            let Some(model) = english.messages.get(id) else { continue };
            // The number that chooses the form of a word may be needed in one language only.
            let chooses = |name: &&String| matches!(name.as_str(), "count");
            for name in message.variables.difference(&model.variables).filter(|name| !chooses(name))
            {
                faults.push(format!("{tag}.ftl: {id} speaks of ${name}, the English does not"));
            }
            for name in model.variables.difference(&message.variables).filter(|name| !chooses(name))
            {
                faults.push(format!("{tag}.ftl: {id} leaves out ${name}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What is the same as in English was forgotten, but for a few names and signs.
#[test]
fn every_language_is_its_own() {
    let english = file("en");
    for own in tags().iter().filter(|tag| *tag != "en").map(|tag| file(tag)) {
        let equal: Vec<&String> = own
            .messages
            .iter()
            .filter(|(id, message)| {
                english.messages.get(*id).is_some_and(|model| model.text == message.text)
            })
            .map(|(id, _)| id)
            .collect();
        let share = equal.len() as f64 / english.messages.len() as f64;
        assert!(share < MAY_BE_EQUAL_SHARE, "{}.ftl: as in English: {equal:?}", own.tag);
    }
}

#[test]
fn every_message_is_said_and_every_one_that_is_said_exists() {
    let english = file("en");
    let sources = sources();
    let quoted: BTreeSet<String> = {
        let word = Regex::new(r#""([a-z][a-z0-9-]*)""#).unwrap();
        sources
            .iter()
            .flat_map(|(_, text)| word.captures_iter(text).map(|found| found[1].to_owned()))
            .collect()
    };
    let named: BTreeSet<&String> =
        english.messages.values().flat_map(|message| &message.names).collect();
    let mut faults: Vec<String> = english
        .messages
        .keys()
        .filter(|id| !quoted.contains(*id) && !named.contains(id))
        .map(|id| format!("en.ftl: nobody says {id}"))
        .collect();
    let said = Regex::new(r#"\b(?:text|say)\(\s*"([^"]+)""#).unwrap();
    let mut calls = 0;
    for (path, text) in sources.iter().filter(|(_, text)| text.contains("wording::")) {
        for found in said.captures_iter(text) {
            calls += 1;
            if !english.messages.contains_key(&found[1]) {
                faults.push(format!("src/{path} says {}, which is not in en.ftl", &found[1]));
            }
        }
    }
    assert!(calls > 200, "{calls} calls");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_is_not_a_message_is_counted() {
    let mut found: Vec<(String, usize)> = sources()
        .into_iter()
        .filter(|(path, _)| !path.starts_with("wording/"))
        .map(|(path, text)| (path, text.matches("Text::plain(").count()))
        .filter(|(_, count)| *count > 0)
        .collect();
    found.sort();
    let known: Vec<(String, usize)> =
        NOT_MESSAGES.iter().map(|(path, count)| ((*path).to_owned(), *count)).collect();
    assert_eq!(found, known);
    for (path, words) in ENGLISH_WORDS {
        let text = fs::read_to_string(root().join("src").join(path)).unwrap();
        assert!(text.contains(words), "{path} says \"{words}\" no more: take it off the list");
    }
}

/// Why something could not be read is told in each language in its own words, and data can name it by its id and what it speaks of.
#[test]
fn every_reason_is_told_in_each_language_and_can_be_named() {
    let english = file("en");
    let reasons: Vec<(&String, &Message)> =
        english.messages.iter().filter(|(id, _)| id.starts_with("unread-")).collect();
    assert!(reasons.len() > 90, "{} reasons", reasons.len());
    for (id, reason) in reasons {
        let args = |count: u64| -> BTreeMap<String, Arg> {
            // A limit, and what is longer than one, is never one.
            let is_limit = |name: &str| {
                name == "most"
                    || ["unread-long-", "unread-name-cut"].iter().any(|of| id.starts_with(of))
            };
            let of = |name: &String| if is_limit(name) { 4096 } else { count };
            reason.variables.iter().map(|name| (name.clone(), of(name).into())).collect()
        };
        let named = |args| wording::known("unread-", id, args);
        for count in [1, 2, 5, 21] {
            let said = named(args(count)).unwrap_or_else(|| panic!("{id} cannot be named"));
            for form in ["1 lines", "1 bytes", "1 members", "1 events", "1 problems"] {
                assert!(count != 1 || !said.contains(form), "{said}");
            }
            for language in Language::all().filter(|language| *language != Language::default()) {
                let mut told = said.clone();
                told.tell(language);
                // It joins two reasons and has no words.
                let is_own = *told != *said || id == "unread-both";
                assert!(is_own && !told.contains(['{', '$']), "{language:?} {id}: {told}");
            }
        }
        let mut more = args(1);
        more.insert("further".to_owned(), 1_u64.into());
        assert!(named(more).is_none(), "{id} speaks of nothing else");
        let mut fewer = args(1);
        assert!(fewer.pop_first().is_none() || named(fewer).is_none(), "{id} needs them all");
    }
    assert!(wording::known("unread-", "quiet", BTreeMap::new()).is_none());
    assert!(wording::known("unread-", "", BTreeMap::new()).is_none());
}

/// A report in each language and form: nothing is left unsaid, no argument is missing, and programs read the same.
#[test]
fn reports_are_told_in_each_language() {
    for case in ["oom-gunicorn-workers", "oom-of-redis-two-hops", "node-heap-limit", "two-boots"] {
        let bundles = vec![corpus::named(case).bundle()];
        let report = analyze(&Options { bundles, ..Options::default() }, &Silent).unwrap().report;
        let told = |language: Language, format: Format, template: markdown::Template| {
            let markdown = markdown::Style { template, ..markdown::Style::default() };
            let settings = Settings { language, markdown, ..Settings::default() };
            let mut bytes = Vec::new();
            report::write(&report, format, settings, &mut bytes).unwrap();
            String::from_utf8(bytes).unwrap()
        };
        let plain = markdown::Template::Plain;
        let english = Language::default();
        for language in Language::all() {
            for format in [Format::Json, Format::Csv, Format::Timesketch, Format::Grafana] {
                assert_eq!(
                    told(language, format, plain),
                    told(english, format, plain),
                    "{language:?}"
                );
            }
            for (format, template) in [
                (Format::Text, plain),
                (Format::Markdown, plain),
                (Format::Markdown, markdown::Template::Sre),
                (Format::Html, plain),
                (Format::Svg, plain),
            ] {
                let page = told(language, format, template);
                let name = format!("{case} {language:?} {format:?}");
                is_whole(&name, &page, format == Format::Text);
                if language != english {
                    assert_ne!(page, told(english, format, template), "{name}");
                }
            }
        }
    }
}

/// What no message may leave behind, and the width of the text forms.
#[track_caller]
fn is_whole(name: &str, page: &str, is_text: bool) {
    let unsaid = Regex::new(r"\{\$?[a-z][a-z-]*\}").unwrap();
    let left: Vec<&str> = unsaid.find_iter(page).map(|found| found.as_str()).collect();
    assert!(left.is_empty(), "{name}: {left:?}");
    assert!(!page.contains(['\u{1}', '\u{2066}', '\u{2068}', '\u{2069}']), "{name}");
    let wide = page.lines().find(|line| is_text && columns(line) > 80);
    assert!(wide.is_none(), "{name}: {wide:?}");
}

/// Each answer of a comparison, in each language and form.
#[test]
fn comparisons_are_told_in_each_language() {
    let oom = corpus::analyse(&corpus::named("oom-gunicorn-workers").bundle()).unwrap().report;
    let other = corpus::analyse(&corpus::named("deploy-restart").bundle()).unwrap().report;
    let mut quiet = oom.clone();
    quiet.incidents.clear();
    quiet.oom_kills.clear();
    let mut silent = quiet.clone();
    silent.series = None;
    let mut killed = quiet.clone();
    killed.oom_kills.clone_from(&oom.oom_kills);
    let mut open = oom.clone();
    for incident in &mut open.incidents {
        "unknown".clone_into(&mut incident.cause);
        "unknown".clone_into(&mut incident.verdict);
    }
    let mut early = oom.clone();
    early.recurrences.clear();
    early.series.as_mut().unwrap().start.clone_from(&early.incidents[0].start);
    let rows = [
        (&oom, &oom, "no"),
        (&oom, &other, ""),
        (&early, &other, "yes"),
        (&early, &quiet, "yes"),
        (&oom, &silent, "unknown"),
        (&oom, &killed, "partly"),
        (&oom, &open, "unknown"),
        (&open, &oom, "unknown"),
        (&quiet, &oom, "unknown"),
        (&quiet, &quiet, "unknown"),
    ];
    for (at, (before, after, held)) in rows.into_iter().enumerate() {
        let compared = diff::compare(before, after);
        assert!(held.is_empty() || compared.held == held, "{at}: {}", compared.answer);
        let told = |language: Language, form: diff::Form| {
            let mut bytes = Vec::new();
            diff::write(&compared.told(language), form, &mut bytes).unwrap();
            String::from_utf8(bytes).unwrap()
        };
        let english = Language::default();
        for language in Language::all() {
            let name = format!("{at} {language:?}");
            assert_eq!(told(language, diff::Form::Json), told(english, diff::Form::Json), "{name}");
            for form in [diff::Form::Text, diff::Form::Markdown] {
                let page = told(language, form);
                is_whole(&name, &page, form == diff::Form::Text);
                // No line of ours stays English: those that are the same hold names and figures only.
                for line in page.lines().filter(|_| language != english) {
                    let english_words = [" the ", " and ", " requests", "before", "after", " same"];
                    let word = english_words.iter().find(|word| line.contains(**word));
                    assert!(word.is_none(), "{name}: {line}");
                }
            }
        }
    }
}

#[test]
fn what_each_file_was_taken_for_is_told_in_each_language() {
    for case in ["oom-gunicorn-workers", "docker-kill-by-operator", "two-boots"] {
        let mut report = corpus::analyse(&corpus::named(case).bundle()).unwrap().report;
        report.sources[0].unparsed = 2;
        report.sources[0].first_unparsed = vec![(7, "a line\n{ $x } \u{1b}[2J".to_owned())];
        let told = |language: Language| {
            let mut bytes = Vec::new();
            report::inspect::write(&report::spoken::told(&report, language), &mut bytes).unwrap();
            String::from_utf8(bytes).unwrap()
        };
        let english = told(Language::default());
        assert!(english.contains("clock: ") && !english.contains('\u{1b}'), "{english}");
        for language in Language::all().filter(|language| *language != Language::default()) {
            let page = told(language);
            is_whole(&format!("{case} {language:?}"), &page, false);
            assert_eq!(page.lines().count(), english.lines().count());
            for word in ["because", "clock:", "understood", " requests", " records"] {
                assert!(!page.contains(word), "{case} {language:?}: {word} in\n{page}");
            }
        }
    }
}

/// The program takes the same option for all that people read.
#[test]
fn the_program_speaks_them() {
    let bundle = corpus::named("deploy-restart").bundle();
    let bundle = bundle.to_str().unwrap();
    for (lang, word, clock) in [
        ("ru", "Исправление", "часы:"),
        ("fr", "Le correctif", "horloge :"),
        ("vi", "Bản sửa", "đồng hồ:"),
    ] {
        let done = run(&["diff", "-q", "--format", "text", "--lang", lang, bundle, bundle]);
        assert!(done.code == 0 && done.text().starts_with(word), "{}", done.text());
        let done = run(&["inspect", "-q", "--lang", lang, bundle]);
        assert!(done.code == 0 && done.text().contains(clock), "{}", done.text());
    }
    for command in ["report", "inspect", "diff"] {
        assert_eq!(run(&[command, "--lang", "xx", bundle, bundle]).code, 2, "{command}");
    }
}

/// Columns of the characters of our languages: combining marks take none.
fn columns(line: &str) -> usize {
    line.chars().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).count()
}
