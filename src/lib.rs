//! coroner: reads the logs of a host that answered 502 and 504 and says what broke, since when, why, how sure it is, and where
//! it is written. Offline; the same input gives the same bytes.
//!
//! This page is the architecture. Data flows one way, in the order of the modules below, and a module uses only what stands
//! above it:
//!
//! ```text
//! bundle → envelope → kernel, access, grammar → ingest → clock → timeline → service, death → answers → burst → scene → causes → diagnose → report
//! bytes    records    events, requests          sources  UTC     facts      who, who died    failures   when    what     why      verdict    words
//! ```
//!
//! - [`bundle`] opens what the user hands over and gives named streams of bytes; only it knows archives and compression.
//! - [`envelope`] takes the transport's wrapping off a line: syslog, journald, dmesg, docker. What is inside is not its business.
//! - [`kernel`] reads printk's messages, [`access`] requests, [`grammar`] everything else, by files in `grammars/`.
//! - [`ingest`] reads each member once, in a stream, in bounded memory, on all cores, and keeps counts, events and marks.
//! - [`clock`] places every stamp in UTC with an uncertainty, or says that it cannot.
//! - [`timeline`] tells each fact once, with all its witnesses. [`service`] knows under which names a service appears,
//!   [`death`] who died of what.
//! - [`answers`] counts what users got, each request once; [`sites`] says of which site an answer is, and what of other sites is none of
//!   its business; [`burst`] finds where failed answers stand out. [`scene`] gathers what is known around one burst; each file of
//!   [`causes`] weighs it by the numbers of [`weights`]; [`diagnose`] turns weights into a probability and a verdict, and tells apart
//!   what has causes of its own.
//! - [`gap`] finds silence where traffic was expected, [`recurrence`] what keeps coming back, [`suspect`] the requests that were on
//!   the way when processes died.
//! - [`report`] writes it down; the words are messages of [`wording`], one file a language, which the stages above name too.
//!   [`cited`] looks the lines up again that it shows. [`capsule`](mod@capsule) is the
//!   form in which [`pack`] passes the proof on, [`diff`] sets two reports against each other.
//!
//! Where things go: a log format is one file in `grammars/` (no Rust); a cause one file in `src/causes/` and a line in its list;
//! an output form one file in `src/report/`; a language one file in `src/wording/`. The binary (`main.rs`, `cli.rs`, `progress.rs`) owns the terminal and the exit code.
//!
//! What never happens: a file held whole (snapshots up to 8 MiB apart), a panic on input, a claim without a line, a clock or a
//! network asked.

#![forbid(unsafe_code)]

pub mod access;
pub mod answers;
pub mod bundle;
pub mod burst;
pub mod capsule;
pub mod causes;
pub mod cited;
pub mod clock;
pub mod death;
pub mod diagnose;
pub mod diff;
pub mod digits;
pub mod envelope;
pub mod error;
pub mod event;
pub mod gap;
pub mod grammar;
pub mod ingest;
pub mod kernel;
pub mod mark;
pub mod near;
pub mod pack;
pub mod problem;
pub mod recurrence;
pub mod report;
pub mod scene;
pub mod service;
pub mod sites;
pub mod snapshot;
pub mod source;
pub mod stamp;
pub mod suspect;
pub mod timeline;
pub mod traffic;
pub mod weights;
pub mod wording;

use std::collections::BTreeMap;
use std::path::PathBuf;

use access::log_format::LogFormat;
use bundle::{Limits, Progress};
use clock::GivenZone;
use diagnose::{Focus, Incident};
use error::Error;
use grammar::Grammars;
use report::model::Report;
use weights::Weights;

/// What the user asked for.
#[derive(Debug, Default)]
pub struct Options {
    /// Files, folders, or `-` for stdin.
    pub bundles: Vec<PathBuf>,
    /// A file with all of standard input, where that must be read more than once: for a capsule, or with `context`.
    pub kept_stdin: Option<PathBuf>,
    /// Grammar files of the user's own: (file name, text).
    pub grammars: Vec<(String, String)>,
    /// A `log_format` string of the access logs.
    pub log_format: Option<String>,
    /// Zones of files that do not write theirs.
    pub zones: Vec<GivenZone>,
    /// Which incidents to report.
    pub focus: Focus,
    /// Bounds on what is unpacked.
    pub limits: Limits,
    /// Whether to read on one thread; the report is the same.
    pub serial: bool,
    /// Lines to look up before and after each one that the report cites; none costs nothing.
    pub context: u64,
}

impl Options {
    fn open(&self) -> Result<Vec<bundle::Bundle>, Error> {
        bundle::open_kept(&self.bundles, self.kept_stdin.as_deref())
    }

    /// The log formats to read with.
    fn formats(&self) -> Result<(Grammars, Option<LogFormat>), Error> {
        Ok((Grammars::with_user(&self.grammars)?, self.given_format()?))
    }

    fn given_format(&self) -> Result<Option<LogFormat>, Error> {
        let given = self.log_format.as_deref().map(LogFormat::compile).transpose();
        given.map_err(|fault| Error::Usage(format!("--log-format: {fault}")))
    }
}

/// A report, and whether bytes of logs were lost on the way (exit code 1).
#[derive(Debug)]
pub struct Analysis {
    /// The report.
    pub report: Report,
    /// Whether something of a log could not be read.
    pub lost_bytes: bool,
    /// How much was read.
    pub amount: Amount,
}

/// How much was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amount {
    /// Bytes as packed.
    pub packed_bytes: u64,
    /// Bytes of logs, unpacked.
    pub unpacked_bytes: u64,
    /// Lines of logs.
    pub lines: u64,
}

/// A bundle up to the point where causes are asked for.
struct Facts {
    ingested: ingest::Ingested,
    clocks: clock::Clocks,
    timeline: timeline::Timeline,
    services: service::Services,
    deaths: Vec<death::Death>,
    recurrences: Vec<recurrence::Recurrence>,
    answers: answers::Answers,
}

impl Facts {
    fn read(options: &Options, progress: &dyn Progress) -> Result<Self, Error> {
        progress.stage("grammars");
        let grammars = Grammars::with_user(&options.grammars)?;
        Self::read_with(&grammars, options, progress)
    }

    fn read_with(
        grammars: &Grammars,
        options: &Options,
        progress: &dyn Progress,
    ) -> Result<Self, Error> {
        let log_format = options.given_format()?;
        let bundles = options.open()?;
        let reading =
            ingest::Reading { grammars, log_format: log_format.as_ref(), limits: &options.limits };
        progress.stage("reading");
        let read = if options.serial { ingest::ingest } else { ingest::ingest_parallel };
        let ingested = read(&bundles, &reading, progress);
        recognised(&ingested)?;

        progress.stage("clocks and facts");
        let clocks = clock::align(&ingested.sources, &options.zones);
        let timeline = timeline::build(&ingested.sources, &clocks);
        let services = service::find(&ingested.sources, &timeline, grammars);
        let deaths = death::find(&timeline, &services);
        let recurrences = recurrence::find(&timeline, &services, &deaths);
        let answers = answers::count(&ingested.sources, &clocks, &timeline);
        Ok(Self { ingested, clocks, timeline, services, deaths, recurrences, answers })
    }

    /// What was read and when it was; what was concluded of it takes no memory from here on.
    fn into_read(self) -> (ingest::Ingested, clock::Clocks) {
        (self.ingested, self.clocks)
    }

    fn unpacked_bytes(&self) -> u64 {
        self.ingested.given.iter().map(|given| given.unpacked_bytes).sum()
    }

    fn explain<'a>(
        &'a self,
        focus: &Focus,
        weights: &'a Weights,
    ) -> (Vec<Incident<'a>>, BTreeMap<u16, u64>) {
        diagnose::explain(
            &self.timeline,
            &self.services,
            (&self.deaths, &self.recurrences),
            (&self.ingested.sources, &self.clocks),
            &self.answers,
            focus,
            weights,
        )
    }

    fn reported(
        &self,
        incidents: &[Incident<'_>],
        isolated: &BTreeMap<u16, u64>,
        progress: &dyn Progress,
    ) -> Analysis {
        let Facts { ingested, clocks, timeline, services, deaths, recurrences, answers } = self;
        let gaps = gap::find(answers, &ingested.sources, clocks, timeline);
        let suspects: Vec<Vec<suspect::Suspect>> = incidents
            .iter()
            .map(|incident| suspect::find(&incident.scene, answers, &ingested.sources))
            .collect();
        progress.stage("report");
        let report = report::build::report(&report::build::Parts {
            ingested,
            clocks,
            timeline,
            deaths,
            answers,
            incidents,
            isolated,
            services,
            gaps: &gaps,
            recurrences,
            suspects: &suspects,
        });
        let lost_bytes = ingested.problems.iter().any(|problem| problem.kind.loses_bytes());
        let amount = Amount {
            packed_bytes: ingested.given.iter().map(|given| given.bytes).sum(),
            unpacked_bytes: self.unpacked_bytes(),
            lines: ingested.sources.iter().map(|source| source.lines).sum(),
        };
        Analysis { report, lost_bytes, amount }
    }
}

/// Bytes of a line that are looked up again to be shown: more than is shown, so that it is known to be cut.
const LINE_SHOWN_MAX_BYTES: usize = event::TEXT_MAX_BYTES + 1;

/// Unpacked bytes from which on it takes as long to give back what was read of a bundle as to write its report.
const LARGE_BYTES: u64 = 256 << 20;

/// The pipeline: bundle in, report out.
///
/// # Errors
/// When nothing can be opened, nothing is recognised, or an option is wrong. Broken input is no error.
pub fn analyze(options: &Options, progress: &dyn Progress) -> Result<Analysis, Error> {
    progress.stage("grammars");
    let grammars = Grammars::with_user(&options.grammars)?;
    analyze_with(&grammars, options, progress)
}

/// As [`analyze`], with grammars that were loaded before, for who analyses many bundles; those of the options are not looked at.
///
/// # Errors
/// As [`analyze`].
pub fn analyze_with(
    grammars: &Grammars,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Analysis, Error> {
    let weights = Weights::built_in().map_err(Error::Usage)?;
    let facts = Facts::read_with(grammars, options, progress)?;
    progress.stage("causes");
    let (incidents, isolated) = facts.explain(&options.focus, &weights);
    let mut analysis = facts.reported(&incidents, &isolated, progress);
    drop(incidents);
    if facts.unpacked_bytes() >= LARGE_BYTES {
        // Where no thread is to be had, it is dropped here.
        let _ = std::thread::Builder::new().spawn(move || drop(facts));
    }
    if options.context > 0 {
        progress.stage("cited lines");
        let wanted = report::near::wanted(&analysis.report, options.context);
        let bundles = options.open()?;
        let lines =
            cited::read(&bundles, &options.limits, &wanted, LINE_SHOWN_MAX_BYTES, &|_| None);
        report::near::fill(&mut analysis.report, &lines, options.context);
    }
    Ok(analysis)
}

/// Packs the least of a bundle that its verdicts rest on.
///
/// # Errors
/// As [`analyze`]; and where standard input was given and not kept, for lines are looked up again, or the least is too much.
pub fn capsule(
    options: &Options,
    settings: report::Settings,
    progress: &dyn Progress,
) -> Result<(Analysis, pack::Packed), Error> {
    let weights = Weights::built_in().map_err(Error::Usage)?;
    let bundles = options.open()?;
    if bundles.iter().flat_map(|bundle| &bundle.inputs).any(bundle::Input::is_stdin) {
        return Err(Error::Usage(
            "a capsule needs its lines looked up again; save standard input to a file and give that".to_owned(),
        ));
    }
    let facts = Facts::read(options, progress)?;
    progress.stage("causes");
    let (incidents, isolated) = facts.explain(&options.focus, &weights);
    let analysis = facts.reported(&incidents, &isolated, progress);
    let spans: Vec<_> =
        incidents.iter().map(|incident| (incident.burst.start, incident.burst.end)).collect();
    drop(incidents);
    progress.stage("capsule");
    let (ingested, clocks) = facts.into_read();
    let (grammars, log_format) = options.formats()?;
    let parts = pack::Parts {
        bundles: &bundles,
        reading: &ingest::Reading {
            grammars: &grammars,
            log_format: log_format.as_ref(),
            limits: &options.limits,
        },
        limits: &options.limits,
        ingested: &ingested,
        clocks: &clocks,
        report: &analysis.report,
        incidents: &spans,
    };
    let packed = pack::pack(&parts, settings)
        .map_err(|reason| Error::Write { target: "the capsule".to_owned(), reason })?;
    Ok((analysis, packed))
}

/// What is said of an incident under certain weights.
#[derive(Debug)]
pub struct Judgement {
    /// First and last failed answer, in microseconds since 1970.
    pub span: (stamp::Micros, stamp::Micros),
    /// `gateway` or `server`.
    pub class: &'static str,
    /// The word.
    pub verdict: diagnose::Verdict,
    /// Causes with nats and probability, likeliest first.
    pub causes: Vec<(&'static str, f64, f64)>,
}

/// Reads a bundle once and judges its incidents under each of several weights; for calibration.
///
/// # Errors
/// As [`analyze`].
pub fn judge_under(options: &Options, many: &[Weights]) -> Result<Vec<Vec<Judgement>>, Error> {
    let facts = Facts::read(options, &bundle::Silent)?;
    let Some(first) = many.first() else { return Ok(Vec::new()) };
    let (mut incidents, _) = facts.explain(&options.focus, first);
    let mut judged = Vec::new();
    for weights in many {
        let mut judgements = Vec::new();
        for incident in &mut incidents {
            incident.scene.weights = weights;
            let (weighed, verdict) = diagnose::weigh(&incident.scene, facts.answers.from_error_log);
            let cause =
                |one: &diagnose::Weighed| (one.cause.name, one.weight.nats, one.probability);
            judgements.push(Judgement {
                span: (incident.burst.start, incident.burst.end),
                class: incident.scene.class.name(),
                verdict,
                causes: weighed.iter().map(cause).collect(),
            });
        }
        judged.push(judgements);
    }
    Ok(judged)
}

/// At least one log, or an error that names what was found instead.
fn recognised(ingested: &ingest::Ingested) -> Result<(), Error> {
    if ingested.sources.iter().any(|source| source.snapshot.is_none()) {
        return Ok(());
    }
    let snapshots =
        ingested.sources.iter().map(|source| format!("{}: {}", source.path, source.format));
    let others =
        ingested.problems.iter().map(|problem| format!("{}: {}", problem.path, problem.detail));
    Err(Error::NothingRecognised { found: snapshots.chain(others).collect() })
}
