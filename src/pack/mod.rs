//! Writes a capsule. In: what was read of a bundle, its report, and the bundle itself, to look the lines up again. Out: the bytes of a
//! `.tar.gz` that coroner reads as it read the bundle. It is tried first with everything that raised an event, then with less and less,
//! until it is small enough; what was left out is counted in it. Must never let a text in that was not redacted.

mod choose;
mod entries;
mod record;
mod source;

use std::collections::BTreeSet;
use std::io;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::bundle::{Bundle, Limits};
use crate::capsule::record::{Capsule, ProblemRecord};
use crate::capsule::tables::Coarseness;
use crate::capsule::{self, FOLDER};
use crate::clock::Clocks;
use crate::ingest::{Ingested, Reading};
use crate::problem::{Problem, ProblemKind};
use crate::report::model::Report;
use crate::report::redact::Masker;
use crate::report::{self, Format, Settings};
use crate::stamp::{MINUTE, Micros, SECOND};
use crate::wording::{Language, text};

/// Most bytes of a capsule: what any tracker takes as an attachment.
pub const CAPSULE_MAX_BYTES: usize = 200_000;
/// Most bytes of the Markdown report in it.
const REPORT_MAX_BYTES: usize = 60_000;

/// Everything that a capsule is made from.
#[derive(Debug)]
pub struct Parts<'a> {
    /// What was given.
    pub bundles: &'a [Bundle],
    /// How it was read.
    pub reading: &'a Reading<'a>,
    /// Bounds on what is unpacked.
    pub limits: &'a Limits,
    /// What was read.
    pub ingested: &'a Ingested,
    /// The clocks.
    pub clocks: &'a Clocks,
    /// The report.
    pub report: &'a Report,
    /// First and last failed answer of each incident.
    pub incidents: &'a [(Micros, Micros)],
}

/// How much is left out.
#[derive(Debug, Clone, Copy)]
struct Level {
    /// Events are kept this near to an incident; all of them where there is none.
    near: Option<Micros>,
    /// Where tables are coarse away from incidents: equal events of so long a step near them are one.
    near_step: Micros,
    /// Events of a kind and source that are kept wherever they are.
    rare: usize,
    /// Lines before and after a cited one.
    context: u64,
    /// Lines of a snapshot; longer ones are left out.
    snapshot_lines: u64,
    tables: Coarseness,
    /// Of how many marks one is kept, as a power of two.
    marks_thinned: u32,
    /// Whether the report goes in as JSON too.
    json: bool,
}

/// More lines than this were never packed into so few bytes: that a smaller capsule is needed is known before they are read.
const LINES_MAX: usize = 30_000;

/// From everything to the least.
const LEVELS: [Level; 7] = [
    Level {
        near: None,
        near_step: SECOND,
        rare: usize::MAX,
        context: 3,
        snapshot_lines: 20_000,
        tables: Coarseness { away: false, routes_max: None },
        marks_thinned: 0,
        json: true,
    },
    Level {
        near: None,
        near_step: SECOND,
        rare: usize::MAX,
        context: 3,
        snapshot_lines: 20_000,
        tables: Coarseness { away: false, routes_max: Some(1000) },
        marks_thinned: 2,
        json: true,
    },
    Level {
        near: None,
        near_step: SECOND,
        rare: usize::MAX,
        context: 2,
        snapshot_lines: 5000,
        tables: Coarseness { away: false, routes_max: Some(200) },
        marks_thinned: 4,
        json: false,
    },
    Level {
        near: Some(60 * MINUTE),
        near_step: SECOND,
        rare: 400,
        context: 3,
        snapshot_lines: 3000,
        tables: Coarseness { away: false, routes_max: Some(100) },
        marks_thinned: 4,
        json: false,
    },
    Level {
        near: Some(20 * MINUTE),
        near_step: SECOND,
        rare: 100,
        context: 2,
        snapshot_lines: 1000,
        tables: Coarseness { away: false, routes_max: Some(40) },
        marks_thinned: 4,
        json: false,
    },
    Level {
        near: Some(10 * MINUTE),
        near_step: 5 * SECOND,
        rare: 30,
        context: 1,
        snapshot_lines: 400,
        tables: Coarseness { away: true, routes_max: Some(20) },
        marks_thinned: 5,
        json: false,
    },
    Level {
        near: Some(5 * MINUTE),
        near_step: 20 * SECOND,
        rare: 5,
        context: 0,
        snapshot_lines: 100,
        tables: Coarseness { away: true, routes_max: Some(10) },
        marks_thinned: 8,
        json: false,
    },
];

/// A capsule.
#[derive(Debug)]
pub struct Packed {
    /// The `.tar.gz`.
    pub bytes: Vec<u8>,
    /// Lines of logs in it.
    pub lines: usize,
    /// Events whose lines are not in it, or that their lines alone do not raise.
    pub left_out: u64,
}

/// Writes the capsule.
///
/// # Errors
/// When even the least is too large, and what the writers give.
pub fn pack(parts: &Parts<'_>, settings: Settings) -> io::Result<Packed> {
    let mut size = 0;
    let mut known = source::Known::default();
    let (least, more) =
        LEVELS.split_last().map_or((None, &LEVELS[..]), |(least, more)| (Some(least), more));
    // The least is tried whatever it takes.
    let small = |level: &&Level| {
        let wanted = source::wanted(&parts.ingested.sources, &choose::events(parts, level));
        source::count(&parts.ingested.sources, &wanted) <= LINES_MAX
    };
    for level in more.iter().filter(small).chain(least) {
        let packed = pack_at(parts, level, settings, &mut known)?;
        size = packed.bytes.len();
        if size <= CAPSULE_MAX_BYTES {
            return Ok(packed);
        }
    }
    let detail = format!(
        "the least that proves the verdicts takes {size} bytes, more than {CAPSULE_MAX_BYTES}; narrow the bundle to the hours of the incident"
    );
    Err(io::Error::other(detail))
}

fn pack_at(
    parts: &Parts<'_>,
    level: &Level,
    settings: Settings,
    known: &mut source::Known,
) -> io::Result<Packed> {
    let events = parts.ingested.sources.iter().flat_map(|source| &source.events);
    let hosts: BTreeSet<&str> = events
        .filter_map(|event| event.origin.host.as_deref())
        .chain(parts.ingested.sources.iter().filter_map(|source| source.host.as_deref()))
        .collect();
    let masker = Masker::new(settings.redact, hosts.into_iter());
    let mask = |text: &str| masker.text(text);
    let chosen = choose::events(parts, level);
    let members = source::members(parts, &chosen, &masker, known)?;
    // After the lines: the tables of all logs must not wait in memory while lines are read.
    let mut record = Capsule {
        coroner_capsule: capsule::VERSION,
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        redaction: settings.redact.name().to_owned(),
        sources: record::sources(parts, level, &mask),
        problems: parts.ingested.problems.iter().map(|problem| masked(problem, &mask)).collect(),
    };
    let (mut lines, mut left_out) = (0, chosen.left_out);
    let mut archive = Archive::default();
    let mut files = Vec::new();
    for (own, member) in record.sources.iter_mut().zip(members) {
        let Some(member) = member else { continue };
        own.told = member.told;
        left_out += member.lost;
        lines += member.kept.numbers.len();
        files.push((format!("lines/{}.txt", member.kept.head.source), member.kept.written()?));
    }
    if left_out > 0 {
        let detail = text("unread-capsule-events", [("events", left_out.into())]);
        let path = "capsule.json".to_owned();
        record.problems.push((&Problem { path, kind: ProblemKind::Limit, detail }).into());
    }
    archive.add("capsule.json", &capsule::record::write(&record)?)?;
    for (name, text) in files {
        archive.add(&name, &text)?;
    }
    let markdown =
        report::markdown::Style { max_bytes: Some(REPORT_MAX_BYTES), ..settings.markdown };
    archive.report(
        "report.md",
        Format::Markdown,
        parts.report,
        Settings { markdown, ..settings },
    )?;
    if level.json {
        archive.report("report.json", Format::Json, parts.report, settings)?;
    }
    Ok(Packed { bytes: archive.finish()?, lines, left_out })
}

/// What could not be read, as it may leave.
fn masked(problem: &Problem, mask: &dyn Fn(&str) -> String) -> ProblemRecord {
    let detail = problem.detail.masked(mask, Language::default());
    (&Problem { path: mask(&problem.path), kind: problem.kind, detail }).into()
}

/// A `.tar.gz` whose bytes depend on nothing but its members.
struct Archive(tar::Builder<GzEncoder<Vec<u8>>>);

impl Default for Archive {
    fn default() -> Self {
        Self(tar::Builder::new(GzEncoder::new(Vec::new(), Compression::best())))
    }
}

impl Archive {
    fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        self.0.append_data(&mut header, format!("{FOLDER}/{name}"), bytes)
    }

    fn report(
        &mut self,
        name: &str,
        format: Format,
        report: &Report,
        settings: Settings,
    ) -> io::Result<()> {
        let mut bytes = Vec::new();
        report::write(report, format, settings, &mut bytes)?;
        self.add(name, &bytes)
    }

    fn finish(self) -> io::Result<Vec<u8>> {
        self.0.into_inner()?.finish()
    }
}

/// In what the incidents of two reports differ: nothing where both say the same of the same.
#[must_use]
pub fn differences(bundle: &Report, capsule: &Report) -> Vec<String> {
    let said = |report: &Report| -> Vec<String> {
        let incidents = report.incidents.iter();
        incidents
            .map(|one| {
                format!("{} {} {} {} {}", one.class, one.start, one.end, one.cause, one.verdict)
            })
            .collect()
    };
    let (bundle, capsule) = (said(bundle), said(capsule));
    let lost = bundle
        .iter()
        .filter(|one| !capsule.contains(one))
        .map(|one| format!("only the bundle says: {one}"));
    let new = capsule
        .iter()
        .filter(|one| !bundle.contains(one))
        .map(|one| format!("only the capsule says: {one}"));
    lost.chain(new).collect()
}
