//! The house is kept in order: data flows one way, each external crate has its places, and no file grows too long. What the
//! crate page of `src/lib.rs` says in words is held here on the code.

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// The modules of the library, each using only those before it. First the vocabulary, then the pipeline.
const ORDER: [&str; 36] = [
    "digits",
    "near",
    "wording",
    "stamp",
    "source",
    "problem",
    "error",
    "event",
    "mark",
    "weights", //
    "access",
    "bundle",
    "envelope",
    "kernel",
    "grammar",
    "snapshot",
    "traffic",
    "capsule",
    "cited",
    "ingest",
    "clock",
    "timeline",
    "service",
    "death",
    "recurrence",
    "answers",
    "sites",
    "gap",
    "burst",
    "scene",
    "suspect",
    "causes",
    "diagnose",
    "report",
    "pack",
    "diff",
];

/// Where each external crate may be named. A crate in many places cannot be replaced, and its types leak.
const PLACES: [(&str, &[&str]); 27] = [
    ("aho-corasick", &["grammar/", "report/redact/signs.rs"]),
    ("base64", &["report/html/"]),
    ("chrono", &["stamp.rs", "clock/", "grammar/time.rs", "report/figures.rs"]),
    ("chrono-tz", &["clock/"]),
    ("clap", &["cli.rs", "main.rs"]),
    ("crc32fast", &["bundle/"]),
    ("csv", &["report/export/"]),
    ("flate2", &["pack/"]),
    ("fluent-bundle", &["wording/"]),
    ("foldhash", &["traffic/routes.rs"]),
    ("hmac", &["report/redact/ids.rs"]),
    ("indicatif", &["progress.rs"]),
    ("lzma-rust2", &["bundle/"]),
    ("maud", &["report/html/", "report/svg/"]),
    (
        "memchr",
        &[
            "access/",
            "bundle/",
            "envelope/",
            "grammar/",
            "ingest/",
            "kernel/",
            "near.rs",
            "snapshot/",
        ],
    ),
    ("nom", &["access/log_format.rs", "envelope/journal_export.rs", "kernel/"]),
    ("rayon", &["diagnose.rs", "grammar/mod.rs", "ingest/", "main.rs"]),
    ("regex", &["grammar/", "report/redact/"]),
    ("ruzstd", &["bundle/"]),
    ("schemars", &["report/model.rs", "report/schema.rs", "wording/"]),
    (
        "serde",
        &[
            "capsule/",
            "diff/",
            "envelope/docker.rs",
            "envelope/json_lines.rs",
            "grammar/file.rs",
            "report/json.rs",
            "report/model.rs",
            "report/redact/mod.rs",
            "snapshot/tree.rs",
            "weights.rs",
            "wording/",
        ],
    ),
    (
        "serde_json",
        &[
            "capsule/",
            "diff/",
            "envelope/docker.rs",
            "envelope/json_lines.rs",
            "grammar/file.rs",
            "grammar/line.rs",
            "report/export/",
            "report/json.rs",
            "report/redact/",
            "report/schema.rs",
            "snapshot/",
        ],
    ),
    ("sha2", &["bundle/", "report/html/", "report/redact/ids.rs"]),
    ("tar", &["pack/"]),
    ("tempfile", &["output.rs", "spool.rs"]),
    ("toml", &["grammar/", "weights.rs"]),
    ("unic-langid", &["wording/"]),
];

/// Lines of a file; whoever needs more has two reasons to change it.
const FILE_MAX_LINES: usize = 600;

/// A Rust file: its path below the folder asked for, with `/`, and its text.
struct Code {
    path: String,
    text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// All Rust files below a folder of the crate, by path.
fn code(folder: &str) -> Vec<Code> {
    let top = root().join(folder);
    let mut waiting = vec![top.clone()];
    let mut files = Vec::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let name = path.strip_prefix(&top).unwrap().to_str().unwrap().replace('\\', "/");
            files.push(Code { path: name, text: fs::read_to_string(&path).unwrap() });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!files.is_empty(), "no code in {folder}");
    files
}

/// What is compiled for users: no comments, no test modules.
fn shipped(folder: &str) -> Vec<Code> {
    let is_test =
        |path: &str| path.split('/').any(|part| matches!(part, "tests" | "tests.rs" | "sample.rs"));
    let plain = |text: &str| -> String {
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        text.lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .map(|line| format!("{line}\n"))
            .collect()
    };
    code(folder)
        .into_iter()
        .filter(|file| !is_test(&file.path))
        .map(|file| Code { text: plain(&file.text), ..file })
        .collect()
}

/// The module of the library that a file belongs to; none for the library's root and the program.
fn module(path: &str) -> Option<&str> {
    let name = path.split('/').next().unwrap_or_default();
    let name = name.strip_suffix(".rs").unwrap_or(name);
    (!matches!(name, "lib" | "main" | "cli" | "output" | "progress" | "spool" | "stats" | "build"))
        .then_some(name)
}

/// How many times `super::` leads from a file's module to the crate's root.
fn depth(path: &str) -> usize {
    path.split('/').count() - usize::from(path.ends_with("/mod.rs"))
}

/// The modules that a file names, by `crate::` or by `super::` as far as the root.
fn named(file: &Code) -> Vec<String> {
    let paths = Regex::new(&format!(
        r"(?:\bcrate::|(?:^|[^:\w])(?:super::){{{}}})(\w+)",
        depth(&file.path)
    ))
    .unwrap();
    paths
        .captures_iter(&file.text)
        .map(|found| found[1].to_owned())
        .filter(|name| ORDER.contains(&name.as_str()))
        .collect()
}

fn place(name: &str) -> usize {
    ORDER
        .iter()
        .position(|own| *own == name)
        .unwrap_or_else(|| panic!("{name} has no place in ORDER"))
}

#[test]
fn a_module_uses_only_what_stands_above_it() {
    let mut faults = Vec::new();
    for file in shipped("src") {
        let Some(own) = module(&file.path) else { continue };
        for used in named(&file) {
            if place(&used) > place(own) {
                faults.push(format!(
                    "src/{}: {own} stands above {used} and must not use it",
                    file.path
                ));
            }
        }
        // A group would hide its modules from the look above.
        if file.text.contains("crate::{") {
            faults.push(format!("src/{}: write one `use crate::` for each module", file.path));
        }
    }
    faults.dedup();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_order_is_that_of_the_crate_page() {
    let page = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let modules = Regex::new(r"(?m)^pub mod (\w+);").unwrap();
    let mut listed: Vec<String> =
        modules.captures_iter(&page).map(|found| found[1].to_owned()).collect();
    let mut order = ORDER.map(str::to_owned).to_vec();
    listed.sort();
    order.sort();
    assert_eq!(listed, order, "pub mod in src/lib.rs, and ORDER");
    // The pipeline as it is drawn: each arrow points down the order. Modules between commas stand side by side.
    let drawn =
        page.lines().find(|line| line.starts_with("//! bundle →")).expect("the pipeline is drawn");
    let stages: Vec<Vec<usize>> = drawn
        .trim_start_matches("//!")
        .split('→')
        .map(|stage| stage.split(',').map(|name| place(name.trim())).collect())
        .collect();
    for pair in stages.windows(2) {
        assert!(pair[0].iter().max() < pair[1].iter().max(), "{drawn}: {:?}", pair);
    }
    let bullets = Regex::new(r"(?m)^//! - \[`(\w+)`\]").unwrap();
    let told: Vec<usize> = bullets.captures_iter(&page).map(|found| place(&found[1])).collect();
    assert!(told.len() >= 8, "the crate page tells what each module is for");
}

#[test]
fn each_crate_stays_in_its_places() {
    let manifest: toml::Table =
        fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let wanted: Vec<&str> =
        manifest["dependencies"].as_table().unwrap().keys().map(String::as_str).collect();
    let allowed: Vec<&str> = PLACES.iter().map(|(name, _)| *name).collect();
    assert_eq!(wanted, allowed, "[dependencies] of Cargo.toml, and PLACES");
    // The build script has dependencies of its own.
    let mut files = shipped("src");
    files.retain(|file| file.path != "build.rs");
    let mut faults = Vec::new();
    for (name, places) in PLACES {
        let path = Regex::new(&format!(r"(?:^|[^:\w]){}::", name.replace('-', "_"))).unwrap();
        let users: Vec<&str> = files
            .iter()
            .filter(|file| path.is_match(&file.text))
            .map(|file| file.path.as_str())
            .collect();
        for user in users.iter().filter(|user| !places.iter().any(|place| user.starts_with(place)))
        {
            faults.push(format!("src/{user}: {name} is used only in {}", places.join(", ")));
        }
        for place in
            places.iter().filter(|place| !users.iter().any(|user| user.starts_with(**place)))
        {
            faults.push(format!("tests/tidy.rs: {name} is not used in {place} any more"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_file_is_too_long_and_each_says_what_it_is() {
    let mut faults = Vec::new();
    for folder in ["src", "tests"] {
        for file in code(folder) {
            let lines = file.text.lines().count();
            if lines > FILE_MAX_LINES {
                faults.push(format!("{folder}/{}: {lines} lines, at most {FILE_MAX_LINES}; split it by reasons to change", file.path));
            }
            if !file.text.starts_with("//!") {
                faults
                    .push(format!("{folder}/{}: does not open with //! and what it is", file.path));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
