//! Sources of a capsule: counts from its `capsule.json`, events from its lines. In: the members of a capsule, in any order; out: the
//! sources as they were. An event counts only when its line is there and raises it again; what else lies in the capsule's folder,
//! a report above all, is not looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hasher;
use std::sync::Arc;

use crate::capsule::kept::{self, Kept};
use crate::capsule::record::{Capsule, MarkRecord, SourceRecord, Told, count};
use crate::capsule::{self, MEMBER_MAX_BYTES};
use crate::envelope::Envelope;
use crate::event::{Event, EventKind};
use crate::mark::{MarkKind, Marks, Sighting, StableHasher};
use crate::problem::{Problem, ProblemKind};
use crate::snapshot;
use crate::stamp::RawStamp;
use crate::wording::{Text, text};

use super::events::EventTable;
use super::reader::{Reader, empty_source};
use super::recognise::requests_in;
use super::{BootPairs, KernelCoverage, Reading, Source, problem};

/// The format of a source that still waits for the counts of its capsule.
pub(super) const KEPT_LINES: &str = "capsule-lines";

/// Whether the head of a file is that of a capsule's member.
pub(super) fn is_member(head: &[u8]) -> bool {
    head.starts_with(kept::OPENING) || head.starts_with(capsule::OPENING)
}

/// A member of a capsule.
pub(super) enum Member {
    /// Its counts.
    Record(Box<Capsule>),
    /// Lines of a source, read; `lines` holds the number of the source in the capsule.
    Lines(Box<Source>),
}

/// Reads a member that [`is_member`] took.
pub(super) fn read(path: &str, bytes: &[u8], reading: &Reading<'_>) -> Result<Member, Problem> {
    let broken = |detail: Text| problem(path, ProblemKind::Damaged, detail);
    if bytes.len() > MEMBER_MAX_BYTES {
        let most = ("most", MEMBER_MAX_BYTES.into());
        return Err(broken(text("unread-capsule-member", [most])));
    }
    if bytes.starts_with(capsule::OPENING) {
        return capsule::record::read(bytes)
            .map(|record| Member::Record(Box::new(record)))
            .map_err(broken);
    }
    let kept = Kept::read(bytes).ok_or_else(|| broken(text("unread-capsule-head", [])))?;
    let mut source = empty_source(path, KEPT_LINES.to_owned(), Envelope::Plain);
    source.lines = kept.head.source as u64;
    source.records = kept.numbers.len() as u64;
    reread(&kept, reading, &mut source);
    Ok(Member::Lines(Box::new(source)))
}

/// The events that kept lines raise, in `source`; and its snapshot, where it is one.
pub fn reread(kept: &Kept, reading: &Reading<'_>, source: &mut Source) {
    if kept.head.envelope == kept::SNAPSHOT {
        if let Some(taken) = snapshot::read(&kept.text) {
            let events = taken.events.into_iter().map(|mut event| {
                event.at.line = kept.number(event.at.line);
                event
            });
            (source.events, _) = EventTable::bounded(events.collect());
            source.snapshot = Some(taken.snapshot);
        }
        return;
    }
    source.envelope = envelope(&kept.head.envelope);
    let shape = requests_in(&kept.text, source.envelope, reading);
    Reader::new(source, reading, shape).lines(kept);
}

fn envelope(name: &str) -> Envelope {
    Envelope::ALL.into_iter().find(|own| own.name() == name).unwrap_or(Envelope::Plain)
}

/// Puts capsules together: their members leave, their sources come.
pub(super) fn unite(
    capsules: Vec<(String, Capsule)>,
    sources: &mut Vec<Source>,
    problems: &mut Vec<Problem>,
) {
    let folders: BTreeSet<String> =
        capsules.iter().map(|(path, _)| capsule::folder(path).to_owned()).collect();
    let inside = |path: &str| folders.iter().any(|folder| path.starts_with(folder.as_str()));
    let mut kept: BTreeMap<(String, u64), Source> = BTreeMap::new();
    let take = |source: Source| {
        // A folder without a name holds nothing but what is of the capsule by its content.
        if source.format == KEPT_LINES {
            let owner =
                folders.iter().filter(|folder| source.path.starts_with(folder.as_str())).max();
            match owner {
                Some(folder) => drop(kept.insert((folder.clone(), source.lines), source)),
                None => problems.push(problem(
                    &source.path,
                    ProblemKind::NotALog,
                    text("unread-capsule-lost", []),
                )),
            }
            return None;
        }
        (folders.contains("") || !inside(&source.path)).then_some(source)
    };
    *sources = std::mem::take(sources).into_iter().filter_map(take).collect();
    problems.retain(|problem| {
        problem.kind.loses_bytes() || folders.contains("") || !inside(&problem.path)
    });
    for (path, record) in capsules {
        let folder = capsule::folder(&path).to_owned();
        // Marks of two capsules must never be equal by their numbers.
        let mut salt = StableHasher::default();
        salt.write(path.as_bytes());
        for source in &record.sources {
            salt.write(source.path.as_bytes());
            salt.write(&source.counts.map(u64::to_le_bytes).concat());
        }
        let salt = salt.finish();
        let under = capsule::under(&folder).to_owned();
        problems.extend(record.problems.into_iter().map(|problem| problem.restored(&under)));
        for (number, own) in (1..).zip(record.sources) {
            let lines = kept.remove(&(folder.clone(), number));
            let (source, trouble) = restored(own, lines, &under, salt);
            sources.push(source);
            problems.extend(trouble);
        }
    }
}

/// One source, and whether proof is missing.
fn restored(
    own: SourceRecord,
    lines: Option<Source>,
    under: &str,
    salt: u64,
) -> (Source, Option<Problem>) {
    let mut source =
        empty_source(&format!("{under}{}", own.path), own.format, envelope(&own.envelope));
    let told = own.told.len();
    if let Some(lines) = lines {
        (source.events, source.snapshot) = (believed(lines.events, own.told), lines.snapshot);
    }
    let missing = told - source.events.len();
    [source.lines, source.records, source.unparsed, source.events_left_out] = own.counts.map(count);
    source.host = own.host;
    for (first, last) in own.spans {
        let (first, last) = (RawStamp::from(first), RawStamp::from(last));
        source.spans.set(first, last);
    }
    source.kernel = own.kernel.map(|(first, last, records, from_boot, ring)| KernelCoverage {
        first: first.into(),
        last: last.into(),
        records,
        from_boot,
        ring,
    });
    source.formats =
        own.formats.into_iter().map(|(name, records)| (name, count(records))).collect();
    source.written_offsets = own.written_offsets.into_iter().collect();
    source.zone_votes =
        own.zone_votes.into_iter().map(|(offset, votes)| (offset, count(votes))).collect();
    source.boot_pairs = BootPairs {
        earliest: own
            .boot_pairs
            .into_iter()
            .map(|(id, minute, boot, wall, line)| {
                use crate::capsule::record::moment;
                ((id, minute), (moment(boot), wall.into(), line))
            })
            .collect(),
        ..BootPairs::default()
    };
    source.boot_lines =
        own.boot_lines.into_iter().map(|(mark, seen)| (salted(mark, salt), seen)).collect();
    source.traffic = own.traffic.map(|traffic| {
        let mut traffic = traffic.restored();
        let of_requests = own.marks.iter().filter(|mark| mark.kind == "traffic");
        traffic.marks = marks(of_requests, salt);
        Box::new(traffic)
    });
    source.marks = marks(own.marks.iter().filter(|mark| mark.kind != "traffic"), salt);
    let trouble = (missing > 0).then(|| {
        let args = [("missing", missing.into()), ("told", told.into())];
        problem(&source.path, ProblemKind::Damaged, text("unread-capsule-lines", args))
    });
    (source, trouble)
}

fn salted(number: u64, salt: u64) -> u64 {
    let mut hasher = StableHasher::default();
    hasher.write(&salt.to_le_bytes());
    hasher.write(&number.to_le_bytes());
    hasher.finish()
}

fn marks<'a>(records: impl Iterator<Item = &'a MarkRecord>, salt: u64) -> Marks {
    let mut marks = Marks::default();
    for record in records {
        let (kind, key) = match record.kind.as_str() {
            "traffic" | "request" => (MarkKind::Request, salted(record.key, salt)),
            "kernel-line" => (MarkKind::KernelLine, salted(record.key, salt)),
            "death" => (MarkKind::Death, record.key),
            "left" => (MarkKind::Left, record.key),
            "start" => (MarkKind::Start, record.key),
            "gone" => (MarkKind::Gone, record.key),
            _ => continue,
        };
        for (stamp, until, line) in &record.seen {
            let sighting =
                Sighting { stamp: (*stamp).into(), until: until.map(Into::into), line: *line };
            marks.add_between(kind, key, sighting);
        }
    }
    marks
}

/// Events that the lines raise and that were told of, with the counts and times that only the whole log has.
fn believed(raised: Vec<Arc<Event>>, told: Vec<Told>) -> Vec<Arc<Event>> {
    let mut wanted: BTreeMap<(u64, EventKind), Vec<Told>> = BTreeMap::new();
    // Taken from the end.
    for told in told.into_iter().rev() {
        if let Some(kind) = EventKind::from_name(&told.kind) {
            wanted.entry((told.line, kind)).or_default().push(told);
        }
    }
    let mut events = Vec::new();
    for mut raised in raised {
        let Some(told) = wanted.get_mut(&(raised.at.line, raised.kind)).and_then(Vec::pop) else {
            continue;
        };
        let event = Arc::make_mut(&mut raised);
        event.count = count(told.count).max(1);
        if let Some((stamp, until, boot_id)) = told.when {
            event.stamp = stamp.map(Into::into);
            event.until = until.map(Into::into);
            event.origin.boot_id = boot_id;
        }
        events.push(raised);
    }
    events
}
