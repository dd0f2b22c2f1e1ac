//! Members of a bundle → [`Source`]s: each file recognised, read once in a stream, and reduced to what the later stages need.
//!
//! [`ingest`] reads one input after the other; [`ingest_parallel`] does the same on all cores. They stand side by side, and
//! the second must give what the first gives. Beside it only the loading of grammars and the judging of bursts use rayon. No file is held whole: good
//! requests are counted, events are kept up to a cap, everything else is dropped when its line has been read.

mod access_blocks;
mod beside;
mod boots;
mod crowd;
mod dump;
mod events;
mod held;
mod lives;
mod naming;
mod offsets;
mod reader;
mod recognise;
mod restored;
mod span;
mod victim;
mod wall_clock;
mod writers;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::access::log_format::LogFormat;
use crate::bundle::{self, Ahead, Bundle, Given, Input, Limits, MemberReader, Outcome, Progress};
use crate::capsule::Capsule;
use crate::envelope::Envelope;
use crate::event::Event;
use crate::grammar::Grammars;
use crate::mark::Marks;
use crate::problem::{Problem, ProblemKind};
use crate::snapshot::Snapshot;
use crate::stamp::{ClockKind, Micros, RawStamp};
use crate::traffic::Traffic;
use crate::wording::{Text, text};

use beside::{Beside, Found};
use held::Held;

pub use boots::is_made;
pub use reader::empty_source;
pub use restored::reread;
pub use span::Spans;

/// How the bundle is to be read.
#[derive(Debug)]
pub struct Reading<'a> {
    /// The log formats.
    pub grammars: &'a Grammars,
    /// `--log-format`: tried before all others.
    pub log_format: Option<&'a LogFormat>,
    /// Bounds on what is unpacked.
    pub limits: &'a Limits,
}

/// Pairs of wall-clock and boot-clock stamps of the same record, thinned: per minute of uptime the earliest receipt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BootPairs {
    /// (boot id, minute of uptime) → (boot stamp, wall stamp, line) with the smallest difference.
    pub earliest: BTreeMap<(String, Micros), (Micros, RawStamp, u64)>,
    /// The key of the pair that was added last, and its difference.
    last: Option<((String, Micros), Micros)>,
}

/// The boot id of pairs that audit records in a kernel log give; no boot has such a name.
pub const BY_AUDIT: &str = "by audit records";

/// What kernel messages a source holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KernelCoverage {
    /// First and last kernel message, on the source's own clock.
    pub first: RawStamp,
    /// Last kernel message.
    pub last: RawStamp,
    /// Number of kernel messages.
    pub records: u64,
    /// Whether the start of the kernel is among them, so that nothing was lost before.
    pub from_boot: bool,
    /// Whether it is a dump of the ring buffer (dmesg), which holds everything up to the moment of the dump.
    pub ring: bool,
}

/// One log of the bundle, read.
#[derive(Debug)]
pub struct Source {
    /// Path in the bundle.
    pub path: String,
    /// What it was taken for: a grammar's name, `kernel`, `access-...`, a snapshot's name.
    pub format: String,
    /// Its wrapping.
    pub envelope: Envelope,
    /// Host name that most of its records carry.
    pub host: Option<String>,
    /// Lines.
    pub lines: u64,
    /// Records.
    pub records: u64,
    /// Lines that no format explains.
    pub unparsed: u64,
    /// The first of these, for `inspect`.
    pub first_unparsed: Vec<(u64, String)>,
    /// First and last stamp by clock.
    pub spans: Spans,
    /// What happened.
    pub events: Vec<Arc<Event>>,
    /// Events that were left out by the cap.
    pub events_left_out: u64,
    /// The requests, where it is (also) an access log.
    pub traffic: Option<Box<Traffic>>,
    /// What it shares with other logs.
    pub marks: Marks,
    /// Boot-clock pairs.
    pub boot_pairs: BootPairs,
    /// Kernel lines that carry a boot stamp beside a wall-clock one: mark → boot id and boot stamp. A sample, as the marks are.
    pub boot_lines: BTreeMap<u64, Vec<(String, Micros)>>,
    /// Local minus UTC where lines with an offset stand next to lines without one, with their number.
    pub zone_votes: BTreeMap<Micros, u64>,
    /// Offsets that its first lines write.
    pub written_offsets: BTreeSet<Micros>,
    /// Kernel messages in it.
    pub kernel: Option<KernelCoverage>,
    /// Formats of the messages in it, with their numbers.
    pub formats: BTreeMap<String, u64>,
    /// A state instead of events.
    pub snapshot: Option<Snapshot>,
}

/// Everything that was read.
#[derive(Debug, Default)]
pub struct Ingested {
    /// The logs and snapshots, by path.
    pub sources: Vec<Source>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// What the command line named.
    pub given: Vec<Given>,
}

/// Reads everything, one input after the other.
#[must_use]
pub fn ingest(bundles: &[Bundle], reading: &Reading<'_>, progress: &dyn Progress) -> Ingested {
    let all =
        |inputs: &[Input], pass: &Pass<'_>| inputs.iter().map(|input| pass.read(input)).collect();
    in_two_passes(bundles, reading, progress, all)
}

/// Reads everything on all cores: several inputs at a time, and the blocks of a large access log at a time.
#[must_use]
pub fn ingest_parallel(
    bundles: &[Bundle],
    reading: &Reading<'_>,
    progress: &dyn Progress,
) -> Ingested {
    let all = |inputs: &[Input], pass: &Pass<'_>| {
        inputs.par_iter().map(|input| pass.read_parallel(input)).collect()
    };
    in_two_passes(bundles, reading, progress, all)
}

/// One input, read.
struct Part {
    /// Places in [`Held`].
    sources: Vec<usize>,
    problems: Vec<Problem>,
    /// Path and counts of capsules.
    capsules: Vec<(String, Capsule)>,
    outcome: Outcome,
}

/// How one pass over the inputs reads: with which `log_format`s, and which members.
struct Pass<'a> {
    reading: &'a Reading<'a>,
    progress: &'a dyn Progress,
    formats: &'a [LogFormat],
    /// Paths of the members to read once more, now that the formats are known; all of them where there is no list.
    only: Option<&'a BTreeSet<String>>,
    held: &'a Held,
    /// Bytes of all inputs, as packed.
    all_bytes: u64,
}

impl Pass<'_> {
    /// Whether an input is so large that the others will be read before it: then it may have all cores. Others get one each, or
    /// too many would be begun at a time.
    fn alone(&self, input: &Input) -> bool {
        let cores = u64::try_from(rayon::current_num_threads()).unwrap_or(u64::MAX);
        input.bytes().is_none_or(|bytes| bytes.saturating_mul(cores) >= self.all_bytes)
    }

    fn read(&self, input: &Input) -> Part {
        let mut found = Vec::new();
        let outcome = self.walk(input, &mut |path, member| {
            found.push(self.member(input, path, member));
        });
        Part::of(found, outcome)
    }

    /// As [`Pass::read`], with small members read beside the others where cores may be idle.
    fn read_parallel(&self, input: &Input) -> Part {
        if !self.alone(input) {
            return self.read(input);
        }
        let read = |path: &str, member: &mut MemberReader<'_>| self.member(input, path, member);
        let found = Found::new();
        let outcome = rayon::in_place_scope(|scope| {
            let mut beside = Beside::new(&found, &read);
            let outcome =
                self.walk(input, &mut |path, member| beside.member(scope, (path, member)));
            beside.finish();
            outcome
        });
        Part::of(found.in_order(), outcome)
    }

    fn walk(&self, input: &Input, visit: &mut dyn FnMut(&str, &mut MemberReader<'_>)) -> Outcome {
        let ahead = if self.alone(input) { Ahead::Thread } else { Ahead::Here };
        bundle::walk(input, self.reading.limits, ahead, self.progress, &mut |path, member| {
            if self.only.is_none_or(|only| only.contains(path)) {
                visit(path, member);
            }
        })
    }

    fn member(&self, input: &Input, path: &str, member: &mut MemberReader<'_>) -> Member {
        let before = (self.formats, self.held.rows(), self.alone(input));
        let found = reader::read(path, member, self.reading, before);
        let wanted = |source: &Source| self.only.is_none() || is_configured(source);
        let source = found.source.filter(wanted).map(|source| self.held.keep(source));
        let capsule = found.capsule.map(|capsule| (path.to_owned(), capsule));
        Member { source, problems: found.problems, capsule }
    }
}

/// One member, read.
struct Member {
    /// Its place in [`Held`].
    source: Option<usize>,
    problems: Vec<Problem>,
    /// Path and counts of a capsule.
    capsule: Option<(String, Capsule)>,
}

impl Part {
    fn of(members: impl IntoIterator<Item = Member>, outcome: Outcome) -> Self {
        let (mut sources, mut problems, mut capsules) = (Vec::new(), Vec::new(), Vec::new());
        for member in members {
            sources.extend(member.source);
            problems.extend(member.problems);
            capsules.extend(member.capsule);
        }
        problems.extend(outcome.problems.iter().cloned());
        Self { sources, problems, capsules, outcome }
    }
}

/// The first pass knows no nginx configuration, for it may come after the logs and in another file. Text that it could not make
/// anything of is read again where a configuration was found.
fn in_two_passes(
    bundles: &[Bundle],
    reading: &Reading<'_>,
    progress: &dyn Progress,
    all: impl Fn(&[Input], &Pass<'_>) -> Vec<Part>,
) -> Ingested {
    let held = Held::of(reading.limits.logs);
    let inputs = || bundles.iter().flat_map(|bundle| &bundle.inputs);
    let all_bytes = inputs().filter_map(Input::bytes).fold(0, u64::saturating_add);
    let first = Pass { reading, progress, formats: &[], only: None, held: &held, all_bytes };
    let mut parts: Vec<Vec<Part>> =
        bundles.iter().map(|bundle| all(&bundle.inputs, &first)).collect();
    let formats = held.configured_formats();
    if formats.is_empty() {
        return together(bundles, parts, &held, reading);
    }
    for (bundle, parts) in bundles.iter().zip(&mut parts) {
        for (input, part) in bundle.inputs.iter().zip(parts) {
            let stuck = not_understood(part, reading, &held);
            if stuck.is_empty() {
                continue;
            }
            let again = Pass {
                reading,
                progress: &bundle::Unseen(progress),
                formats: &formats,
                only: Some(&stuck),
                held: &held,
                all_bytes,
            }
            .read(input);
            let paths: BTreeSet<String> = held.paths(&again.sources).into_iter().collect();
            let is_mended = |path: &str| paths.contains(path);
            held.forget(&part.sources, |source| is_mended(&source.path));
            part.problems
                .retain(|problem| !(is_mended(&problem.path) && NOT_READ.contains(&problem.kind)));
            part.sources.extend(again.sources);
        }
    }
    together(bundles, parts, &held, reading)
}

/// Whether a log was read by a `log_format` of the bundle's own.
fn is_configured(source: &Source) -> bool {
    source.format == recognise::CONFIGURED_ACCESS
}

/// Kinds of problems that reading with the right format mends.
const NOT_READ: [ProblemKind; 2] = [ProblemKind::NotALog, ProblemKind::Unparsed];

/// Members that are text of no known log, or that only a fallback grammar took.
fn not_understood(part: &Part, reading: &Reading<'_>, held: &Held) -> BTreeSet<String> {
    let fallback = |source: &Source| {
        reading.grammars.named(&source.format).is_some_and(|grammar| grammar.fallback)
    };
    let places: Vec<usize> =
        part.sources.iter().copied().filter(|place| held.is(*place, fallback)).collect();
    let taken = held.paths(&places).into_iter();
    let unread = part
        .problems
        .iter()
        .filter(|problem| NOT_READ.contains(&problem.kind))
        .map(|problem| problem.path.clone());
    taken.chain(unread).collect()
}

/// Puts the parts in the order of their paths and numbers the sources.
fn together(
    bundles: &[Bundle],
    parts: Vec<Vec<Part>>,
    held: &Held,
    reading: &Reading<'_>,
) -> Ingested {
    let mut all = Ingested::default();
    let mut capsules = Vec::new();
    let logs = parts.iter().flatten().map(|part| part.sources.len()).sum();
    all.sources.reserve_exact(logs);
    for (bundle, parts) in bundles.iter().zip(parts) {
        all.problems.extend(bundle.problems.iter().cloned());
        let mut outcomes = Vec::new();
        for part in parts {
            all.sources.extend(part.sources.into_iter().filter_map(|place| held.take(place)));
            all.problems.extend(part.problems);
            capsules.extend(part.capsules);
            outcomes.push(part.outcome);
        }
        all.given.push(bundle::given(bundle, &outcomes));
    }
    if let Some((logs, first)) = held.left_out() {
        let most = u64::try_from(reading.limits.logs).unwrap_or(u64::MAX);
        let args = [("most", most.into()), ("logs", logs.into()), ("first", first.into())];
        let name = bundles.first().map(|bundle| bundle.name.as_str()).unwrap_or_default();
        all.problems.push(problem(name, ProblemKind::Limit, text("unread-logs", args)));
    }
    capsules.sort_by(|a, b| a.0.cmp(&b.0));
    restored::unite(capsules, &mut all.sources, &mut all.problems);
    // By keys of their own: a stable sort of the logs would hold all of them twice.
    all.sources.sort_by_cached_key(|source| (source.path.clone(), source.lines));
    for (index, source) in all.sources.iter_mut().enumerate() {
        if source.events_left_out > 0 {
            let detail = text("unread-events", [("events", source.events_left_out.into())]);
            all.problems.push(problem(&source.path, ProblemKind::Limit, detail));
        }
        for event in &mut source.events {
            Arc::make_mut(event).at.source = crate::source::SourceId(index);
        }
    }
    all.problems.sort_by(|a, b| a.order().cmp(&b.order()));
    all.problems.dedup_by(|a, b| a.order() == b.order());
    all.problems = listed(std::mem::take(&mut all.problems), bundles);
    all
}

/// Problems of each kind that are listed; further ones are counted.
const PROBLEMS_MAX: usize = 1000;

fn listed(problems: Vec<Problem>, bundles: &[Bundle]) -> Vec<Problem> {
    let mut counts: BTreeMap<ProblemKind, usize> = BTreeMap::new();
    let mut kept: Vec<Problem> = problems
        .into_iter()
        .filter(|problem| {
            let count = counts.entry(problem.kind).or_default();
            *count += 1;
            *count <= PROBLEMS_MAX
        })
        .collect();
    let name = bundles.first().map(|bundle| bundle.name.as_str()).unwrap_or_default();
    kept.extend(counts.into_iter().filter(|(_, count)| *count > PROBLEMS_MAX).map(
        |(kind, count)| {
            let more = count - PROBLEMS_MAX;
            problem(name, kind, text("unread-more", [("more", more.into())]))
        },
    ));
    kept
}

impl BootPairs {
    /// Adds a record that carries both clocks.
    pub fn add(&mut self, boot_id: Option<&str>, boot: Micros, wall: RawStamp, line: u64) {
        if wall.clock == ClockKind::Boot {
            return;
        }
        let (boot_id, minute) = (boot_id.unwrap_or_default(), boot.div_euclid(60_000_000));
        let difference = |(boot, wall, _): &(Micros, RawStamp, u64)| wall.at.saturating_sub(*boot);
        let new = (boot, wall, line);
        // Most lines come in the minute of the one before, and later.
        if let Some(((id, last_minute), least)) = &self.last
            && (id.as_str(), *last_minute) == (boot_id, minute)
            && difference(&new) >= *least
        {
            return;
        }
        let key = (boot_id.to_owned(), minute);
        self.last = Some((key.clone(), difference(&new)));
        self.earliest
            .entry(key)
            .and_modify(|known| {
                if difference(&new) < difference(known) {
                    *known = new;
                }
            })
            .or_insert(new);
        if self.earliest.len() > BOOT_PAIRS_MAX {
            self.earliest.pop_first();
        }
    }
}

/// Minutes of uptime of which a pair is kept: over two months.
const BOOT_PAIRS_MAX: usize = 100_000;

/// A problem with a path of the bundle.
fn problem(path: &str, kind: ProblemKind, detail: Text) -> Problem {
    Problem { path: path.to_owned(), kind, detail }
}

/// Fills `buffer` up to `wanted` bytes, as far as the stream goes. Why a stream ends is asked of the member afterwards.
fn read_full(member: &mut MemberReader<'_>, buffer: &mut Vec<u8>, wanted: usize) {
    buffer.reserve_exact(wanted.saturating_sub(buffer.len()));
    while buffer.len() < wanted {
        match member.next_block_of(wanted - buffer.len()) {
            Some(block) => buffer.extend_from_slice(block),
            None => return,
        }
    }
}
