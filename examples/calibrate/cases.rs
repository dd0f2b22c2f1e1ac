//! Labelled cases: a bundle and what really happened.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use chrono::DateTime;
use serde::Deserialize;

/// An incident as it was.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Incident {
    pub(crate) start: String,
    pub(crate) end: String,
    pub(crate) cause: String,
    #[serde(default)]
    pub(crate) acceptable: Vec<String>,
    /// Whether it is one that a report may pass over; then nothing is learnt from it.
    #[serde(default)]
    pub(crate) optional: bool,
}

/// `case.toml` of the corpus, as far as it matters here.
#[derive(Deserialize)]
struct Corpus {
    #[serde(default)]
    expect: Vec<Incident>,
}

/// `truth.json` of a recording, as far as it matters here.
#[derive(Deserialize)]
struct Recording {
    incidents: Vec<Incident>,
}

/// A bundle with its truth.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) folder: String,
    pub(crate) name: String,
    pub(crate) bundle: PathBuf,
    pub(crate) incidents: Vec<Incident>,
}

impl Incident {
    pub(crate) fn accepts(&self, cause: &str) -> bool {
        self.cause == cause || self.acceptable.iter().any(|other| other == cause)
    }

    /// Whether it lies within five seconds of a span in microseconds.
    pub(crate) fn touches(&self, span: (i64, i64)) -> bool {
        const SLACK: i64 = 5_000_000;
        micros(&self.start) <= span.1 + SLACK && micros(&self.end) + SLACK >= span.0
    }
}

fn micros(time: &str) -> i64 {
    DateTime::parse_from_rfc3339(time).map_or(0, |time| time.timestamp_micros())
}

/// The cases of all folders, each incident once.
pub(crate) fn read(folders: &[PathBuf]) -> Result<Vec<Case>, String> {
    let (mut cases, mut seen) = (Vec::new(), BTreeSet::new());
    for folder in folders {
        let fault = |reason: std::io::Error| format!("{}: {reason}", folder.display());
        let mut paths: Vec<PathBuf> = fs::read_dir(folder)
            .map_err(fault)?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.join("bundle.tar.gz").is_file())
            .collect();
        paths.sort();
        for path in paths {
            let case = case(folder, &path)?;
            let key = case
                .incidents
                .first()
                .map_or_else(|| case.name.clone(), |first| first.start.clone());
            if seen.insert(key) {
                cases.push(case);
            }
        }
    }
    Ok(cases)
}

fn case(folder: &Path, path: &Path) -> Result<Case, String> {
    let last = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let name = last(path);
    let text = |file: &str| fs::read_to_string(path.join(file));
    let incidents = if let Ok(text) = text("case.toml") {
        toml::from_str::<Corpus>(&text).map_err(|fault| format!("{name}: {fault}"))?.expect
    } else {
        let text = text("truth.json").map_err(|fault| format!("{name}: {fault}"))?;
        serde_json::from_str::<Recording>(&text)
            .map_err(|fault| format!("{name}: {fault}"))?
            .incidents
    };
    Ok(Case { folder: last(folder), name, bundle: path.join("bundle.tar.gz"), incidents })
}

/// Cases by folder.
pub(crate) fn counted(cases: &[Case]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for case in cases {
        *counts.entry(case.folder.as_str()).or_default() += 1;
    }
    counts
}
