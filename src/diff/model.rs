//! The comparison as a value; every form is written from it.

use serde::Serialize;

use crate::wording::{Language, Text};

/// Version of the JSON shape.
pub const SCHEMA_VERSION: u32 = 1;

/// Two reports, compared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Diff {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// `yes`, `no`, `partly` or `unknown`: whether what was wrong before is gone.
    pub held: &'static str,
    /// The answer in a sentence.
    pub answer: Text,
    /// The earlier report.
    pub before: Side,
    /// The later one.
    pub after: Side,
    /// What changed in the whole.
    pub changes: Vec<Change>,
    /// Incidents of both that are of the same cause and, as far as can be told, of the same service.
    pub pairs: Vec<Pair>,
    /// Incidents only before.
    pub gone: Vec<Brief>,
    /// Incidents only after.
    pub new: Vec<Brief>,
    /// In which language its texts are.
    #[serde(skip)]
    pub language: Language,
}

impl Diff {
    /// The same in another language; figures, names and times stay.
    #[must_use]
    pub fn told(&self, language: Language) -> Self {
        let mut told = self.clone();
        told.answer.tell(language);
        let changes =
            told.pairs.iter_mut().flat_map(|pair| &mut pair.changes).chain(&mut told.changes);
        for Change { what, before, after } in changes {
            for text in [what, before, after] {
                text.tell(language);
            }
        }
        told.pairs.iter_mut().flat_map(|pair| &mut pair.same).for_each(|what| what.tell(language));
        told.language = language;
        told
    }
}

/// One of the two reports.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Side {
    /// What was given.
    pub name: String,
    /// What its logs cover.
    pub start: Option<String>,
    /// To when.
    pub end: Option<String>,
    /// Requests.
    pub requests: u64,
    /// Incidents.
    pub incidents: usize,
    /// Failed answers in them.
    pub failures: u64,
    /// OOM kills, whether users met them or not.
    pub oom_kills: usize,
}

/// Two incidents that belong together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pair {
    /// The earlier one.
    pub before: Brief,
    /// The later one.
    pub after: Brief,
    /// Names that both have: services, units, containers, victims.
    pub shared: Vec<String>,
    /// What is not the same.
    pub changes: Vec<Change>,
    /// What is the same, by name.
    pub same: Vec<Text>,
}

/// An incident in a line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Brief {
    /// Its id in its report.
    pub id: String,
    /// First failed answer.
    pub start: String,
    /// Cause name.
    pub cause: String,
    /// Verdict word.
    pub verdict: String,
    /// Failed answers.
    pub failures: u64,
    /// Its one sentence.
    pub summary: String,
}

/// One thing before and after, for a person.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// What.
    pub what: Text,
    /// Before.
    pub before: Text,
    /// After.
    pub after: Text,
}
