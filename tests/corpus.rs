//! The recorded incidents in `corpus/`: one folder a case, discovered and never registered. A case holds `bundle.tar.gz` as it
//! was recorded, `case.toml` with what really happened, and the reports that are expected of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::DateTime;
use coroner::bundle::Silent;
use coroner::report::{self, Format, Settings};
use coroner::{Analysis, Options, analyze, error::Error};
use serde::Deserialize;
use serde_json::Value;

use crate::packing::{self, Member};

/// A folder of the corpus.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    pub(crate) truth: Truth,
}

/// `case.toml`. Times, causes and victims are those of the load generator and of the kernel's tracepoints, not of the logs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Truth {
    /// What happened and what the case teaches.
    pub(crate) story: String,
    /// Where the bundle is from.
    pub(crate) origin: String,
    /// Under which terms it is here.
    pub(crate) licence: String,
    /// Pids of all OOM victims, whether users met them or not.
    pub(crate) oom_victims: Vec<u64>,
    /// The incidents, in order of time; none in a case without.
    #[serde(default)]
    pub(crate) expect: Vec<Expect>,
}

/// An incident as it was.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    /// First failed answer that a client got.
    pub(crate) start: String,
    /// Last one.
    pub(crate) end: String,
    /// Failed answers by status.
    pub(crate) errors: BTreeMap<String, u64>,
    /// The best name of the cause.
    pub(crate) cause: String,
    /// Names that are not wrong either.
    #[serde(default)]
    pub(crate) acceptable: Vec<String>,
    /// The verdict word that the bundle supports. For `undetermined` the cause must be one of the two that are named.
    pub(crate) verdict: String,
    /// OOM kills that belong to it; a decoy's do not.
    pub(crate) kills: u64,
}

impl Expect {
    pub(crate) fn accepts(&self, cause: &str) -> bool {
        self.cause == cause || self.acceptable.iter().any(|other| other == cause)
    }
}

impl Case {
    pub(crate) fn bundle(&self) -> PathBuf {
        self.folder.join("bundle.tar.gz")
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        fs::read(self.bundle()).unwrap()
    }

    pub(crate) fn members(&self) -> Vec<Member> {
        packing::members(&self.bytes())
    }
}

/// All cases by name.
pub(crate) fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut folders: Vec<PathBuf> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders.into_iter().map(case).collect()
}

/// One case by name, for tests that need a certain one.
pub(crate) fn named(name: &str) -> Case {
    case(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name))
}

fn case(folder: PathBuf) -> Case {
    let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
    let text = fs::read_to_string(folder.join("case.toml"))
        .unwrap_or_else(|error| panic!("{name}/case.toml: {error}"));
    let truth = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}/case.toml: {error}"));
    Case { name, folder, truth }
}

/// Analyses what lies at a path.
pub(crate) fn analyse(path: &Path) -> Result<Analysis, Error> {
    analyze(&Options { bundles: vec![path.to_owned()], ..Options::default() }, &Silent)
}

/// The report of a bundle made of these members.
pub(crate) fn analyse_members(members: &[Member]) -> Result<Value, Error> {
    let folder = packing::folder();
    let path = packing::put(folder.path(), "bundle.tar", &packing::tar(members));
    analyse(&path).map(|analysis| json(&analysis))
}

/// An analysis in one of the output forms, without colour.
pub(crate) fn written(analysis: &Analysis, format: Format) -> Vec<u8> {
    let mut bytes = Vec::new();
    report::write(&analysis.report, format, Settings::default(), &mut bytes).unwrap();
    bytes
}

pub(crate) fn json(analysis: &Analysis) -> Value {
    serde_json::from_slice(&written(analysis, Format::Json)).unwrap()
}

/// The entries of an array of the report.
pub(crate) fn list<'a>(report: &'a Value, key: &str) -> &'a [Value] {
    report[key].as_array().map_or(&[], Vec::as_slice)
}

/// The causes that an incident names: one, or the two that it cannot tell apart.
pub(crate) fn named_causes(incident: &Value) -> Vec<&str> {
    if incident["verdict"] == "undetermined" {
        return list(incident, "causes")
            .iter()
            .take(2)
            .filter_map(|weighed| weighed["cause"].as_str())
            .collect();
    }
    incident["cause"].as_str().into_iter().collect()
}

/// Seconds since 1970 of a time in a report or a case.
pub(crate) fn seconds(time: &str) -> f64 {
    let time = DateTime::parse_from_rfc3339(time).unwrap_or_else(|error| panic!("{time}: {error}"));
    time.timestamp_micros() as f64 / 1e6
}

/// When an incident of a report began and ended.
pub(crate) fn span(incident: &Value) -> (f64, f64) {
    (seconds(incident["start"].as_str().unwrap()), seconds(incident["end"].as_str().unwrap()))
}

/// Confirmed causes that are not what happened: the worst thing a report can say.
pub(crate) fn invented(truth: &Truth, report: &Value) -> Vec<String> {
    let right = |incident: &Value| {
        let (start, end) = span(incident);
        truth.expect.iter().any(|expect| {
            start - 5.0 <= seconds(&expect.end)
                && end + 5.0 >= seconds(&expect.start)
                && expect.accepts(incident["cause"].as_str().unwrap())
        })
    };
    list(report, "incidents")
        .iter()
        .filter(|incident| incident["verdict"] == "confirmed" && !right(incident))
        .map(|incident| format!("confirmed {} at {}", incident["cause"], incident["start"]))
        .collect()
}
