//! Grammars: the shipped ones are in order, the folder's README works as it is written, a new format is one file, and a broken
//! one is told where and how to mend it.

use std::fs;
use std::path::{Path, PathBuf};

use coroner::grammar::check;
use serde_json::Value;

use crate::corpus::list;
use crate::packing::{folder, put};
use crate::program::run;

fn grammars_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("grammars")
}

/// The example of `grammars/README.md`, word for word.
pub(crate) fn example() -> String {
    let readme = fs::read_to_string(grammars_folder().join("README.md")).unwrap();
    let (_, rest) = readme.split_once("```toml\n").expect("the README has an example");
    rest.split_once("```").expect("the example ends").0.to_owned()
}

#[test]
fn the_shipped_grammars_have_no_faults() {
    let faults: Vec<String> = check::built_in().iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_file_of_the_folder_is_a_format() {
    let done = run(&["formats"]);
    assert_eq!((done.code, done.err.as_str()), (0, ""));
    for entry in fs::read_dir(grammars_folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let listed = done.text().lines().any(|line| line.split(' ').next() == Some(name.as_str()));
        assert_eq!(listed, path.extension().is_some_and(|ending| ending == "toml"), "{name}");
    }
}

#[test]
fn the_example_of_the_readme_is_in_order() {
    let faults: Vec<String> = check::user(&[("my-shop.toml".to_owned(), example())])
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let folder = folder();
    let file = put(folder.path(), "my-shop.toml", example().as_bytes());
    let done = run(&["grammar", "check", file.to_str().unwrap()]);
    assert_eq!((done.code, done.err.as_str()), (0, ""));
}

/// Checks the example after a change: a fault with this message, at the nth line that holds `marked`, or of the file as a whole
/// where nothing is marked.
#[track_caller]
fn check_fault(from: &str, to: &str, (marked, nth): (&str, usize), message: &str) {
    assert!(example().contains(from), "the example has no {from}");
    let text = example().replacen(from, to, 1);
    let marks =
        text.lines().enumerate().filter(|(_, line)| !marked.is_empty() && line.contains(marked));
    let place = marks.map(|(index, _)| format!(":{}", index + 1)).nth(nth).unwrap_or_default();
    let wanted = format!("my-shop.toml{place}: ");
    let faults: Vec<String> =
        check::user(&[("my-shop.toml".to_owned(), text)]).iter().map(ToString::to_string).collect();
    let told = faults.iter().any(|fault| fault.starts_with(&wanted) && fault.contains(message));
    assert!(told, "no \"{wanted}... {message}\" in {faults:#?}");
}

#[test]
fn a_broken_grammar_is_told_where_and_how_to_mend_it() {
    let example = example();
    let samples = &example[example.find("[[sample]]").unwrap()..];
    let (rule, first, last) = (("[[event]]", 0), ("[[sample]]", 0), ("[[sample]]", 2));
    check_fault(samples, "", ("", 0), "no [[sample]]; add at least one line");
    check_fault(
        "needle = \"was killed",
        "needle = \"was eaten",
        rule,
        "event worker-signaled has no sample; add a [[sample]]",
    );
    check_fault(
        "needle = \"was killed by signal\"",
        "needle = \"by\"",
        rule,
        "needle is shorter than 3 bytes",
    );
    check_fault(
        "\"worker-signaled\"\n",
        "\"worker-signalled\"\n",
        rule,
        "unknown event kind \"worker-signalled\"; did you mean \"worker-signaled\"?",
    );
    check_fault("role = ", "rolle = ", ("rolle", 0), "unknown field `rolle`, expected one of");
    check_fault("needle = ", "nedle = ", ("nedle", 0), "unknown field `nedle`, expected one of");
    check_fault("\"my-shop\"", "\"our-shop\"", ("our-shop", 0), "must equal the file name");
    check_fault("'''^(?P<time>", "'''(?P<time>", ("[[line]]", 0), "must start with ^");
    check_fault("\\d{3}) <", "\\d{3} <", ("[[line]]", 0), "unclosed group");
    check_fault(
        "time = \"%d",
        "# time = \"%d",
        ("[[line]]", 0),
        "captures `time`, but there is no layout",
    );
    check_fault(
        "\"worker-signaled\"\n",
        "\"worker-timeout\"\n",
        first,
        "kind is \"worker-timeout\", the sample expects \"worker-signaled\"",
    );
    check_fault(
        "signal = \"9\"",
        "signal = \"11\"",
        first,
        "signal is \"9\", the sample expects \"11\"",
    );
    check_fault(
        "kind = \"none\"",
        "pid = \"412\"",
        ("[[sample]]", 1),
        "the sample expects no kind; write kind = \"none\"",
    );
    check_fault(
        "reject = true",
        "",
        last,
        "the grammar does not claim this sample; mend the line pattern or mark it reject = true",
    );
    check_fault(
        "kind = \"none\" }",
        "kind = \"none\" }\nreject = true",
        ("[[sample]]", 1),
        "the grammar claims this sample, which it should reject",
    );
}

#[test]
fn a_format_that_two_grammars_claim_is_a_fault_of_both() {
    let twin = example()
        .replace("format = \"my-shop\"", "format = \"our-shop\"")
        .replace("idents = [\"shop\"]", "");
    let mine = example().replace("idents = [\"shop\"]", "");
    let files = [("my-shop.toml".to_owned(), mine), ("our-shop.toml".to_owned(), twin)];
    let faults: Vec<String> = check::user(&files).iter().map(ToString::to_string).collect();
    for (file, other) in [("my-shop.toml:", "our-shop.toml"), ("our-shop.toml:", "my-shop.toml")] {
        let told = faults.iter().any(|fault| {
            fault.starts_with(file) && fault.contains(&format!("claimed by {other} too"))
        });
        assert!(told, "{faults:#?}");
    }
    // Messages that any app may write have no line of their own to be told by; two grammars may not both want one.
    let crash = fs::read_to_string(grammars_folder().join("dotnet-crash.toml"))
        .unwrap()
        .replace("format = \"dotnet-crash\"", "format = \"my-crash\"");
    let faults = check::user(&[("my-crash.toml".to_owned(), crash)]);
    assert!(
        faults.iter().any(|fault| fault.to_string().contains("claimed by dotnet-crash.toml too"))
    );
    // A grammar of the user's that takes the lines of a shipped one is told so too.
    let redis = fs::read_to_string(grammars_folder().join("redis.toml"))
        .unwrap()
        .replace("format = \"redis\"", "format = \"my-redis\"");
    let faults: Vec<String> = check::user(&[("my-redis.toml".to_owned(), redis)])
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(faults.iter().any(|fault| fault.contains("claimed by redis.toml too")), "{faults:#?}");
}

#[test]
fn the_program_tells_faults_and_exits_with_2() {
    let folder = folder();
    let file = put(
        folder.path(),
        "my-shop.toml",
        example().replace("role = \"app\"", "role = \"boss\"").as_bytes(),
    );
    let done = run(&["grammar", "check", file.to_str().unwrap()]);
    assert_eq!((done.code, done.text()), (2, ""));
    assert!(done.err.contains("my-shop.toml:4:") && done.err.contains("boss"), "{}", done.err);
    let bundle = put(folder.path(), "bundle/shop.log", SHOP_LOG.as_bytes());
    let done =
        run(&["report", "--grammars", folder.path().to_str().unwrap(), bundle.to_str().unwrap()]);
    assert_eq!(
        (done.code, done.text()),
        (2, ""),
        "a report without the grammar would be another report"
    );
    assert!(done.err.contains("my-shop.toml:4:"), "{}", done.err);
}

const SHOP_LOG: &str = "\
20.11.2026 21:47:29.100 <412> INFO started
20.11.2026 21:47:31.784 <412> ERROR worker 7 was killed by signal 9
20.11.2026 21:47:33.021 <412> ERROR worker 8 was killed by signal 9
20.11.2026 21:47:40.500 <412> INFO all workers run
";

/// A minute of requests that fail while the shop's workers die.
fn access_log() -> String {
    let mut log = String::new();
    for second in 0..60 {
        for request in 0..10 {
            let status = if (31..36).contains(&second) && request < 6 { 502 } else { 200 };
            log.push_str(&format!("203.0.113.{request} - - [20/Nov/2026:21:47:{second:02} +0000] \"GET /cart HTTP/1.1\" {status} 157 \"-\" \"-\"\n"));
        }
    }
    log
}

fn kinds_of(report: &Value, source: &str) -> Vec<String> {
    let id = list(report, "sources")
        .iter()
        .find(|own| own["path"] == source)
        .map(|own| own["id"].clone());
    let events =
        list(report, "events").iter().filter(|event| Some(&event["source"]) == id.as_ref());
    events.map(|event| event["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_new_format_is_one_file() {
    let folder = folder();
    put(folder.path(), "bundle/access.log", access_log().as_bytes());
    put(folder.path(), "bundle/shop.log", SHOP_LOG.as_bytes());
    let bundle = folder.path().join("bundle").to_str().unwrap().to_owned();
    let known = run(&["report", "--format", "json", "--tz", "shop.log=UTC", &bundle]);
    assert!(
        kinds_of(&known.json(), "shop.log").is_empty(),
        "without the file nobody knows the format"
    );

    put(folder.path(), "mine/my-shop.toml", example().as_bytes());
    let mine = folder.path().join("mine").to_str().unwrap().to_owned();
    let done =
        run(&["report", "--format", "json", "--tz", "shop.log=UTC", "--grammars", &mine, &bundle]);
    assert_eq!((done.code, done.err.as_str()), (0, ""));
    let report = done.json();
    let source =
        list(&report, "sources").iter().find(|source| source["path"] == "shop.log").unwrap();
    assert_eq!(source["format"], "my-shop");
    assert_eq!(source["unparsed"], 0);
    assert_eq!(kinds_of(&report, "shop.log"), ["worker-signaled", "worker-signaled"]);
    let event =
        list(&report, "events").iter().find(|event| event["kind"] == "worker-signaled").unwrap();
    assert_eq!(
        (event["line"].as_u64(), event["time"].as_str()),
        (Some(2), Some("2026-11-20T21:47:31.784Z"))
    );
    assert_eq!(
        (event["attributes"]["worker"].as_str(), event["attributes"]["signal"].as_str()),
        (Some("7"), Some("9"))
    );
    let markdown = run(&["report", "--tz", "shop.log=UTC", "--grammars", &mine, &bundle]);
    assert!(markdown.text().contains("worker 7 was killed by signal 9"), "{}", markdown.text());
}
