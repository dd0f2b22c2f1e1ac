//! The sources as data for `capsule.json`. In: what was read. Out: counts, stretches, marks. Must never carry what identifies a client:
//! marks of requests and kernel lines, which are made from their texts, become numbers that mean nothing outside of the capsule.

use std::collections::BTreeMap;

use crate::capsule::record::{At, MarkRecord, SourceRecord};
use crate::capsule::tables;
use crate::ingest::{BootPairs, Source};
use crate::mark::{MarkKind, Marks, Sighting};
use crate::stamp::{Micros, RawStamp};

use super::{Level, Parts, choose};

/// Minutes of uptime whose pair goes in, of one source: where there is room, and where there is little.
const BOOT_PAIRS_MAX: usize = 1000;
const BOOT_PAIRS_FEW: usize = 150;

/// Numbers for marks.
#[derive(Default)]
struct Numbers(BTreeMap<(MarkKind, u64), u64>);

impl Numbers {
    fn of(&mut self, kind: MarkKind, key: u64) -> u64 {
        let next = self.0.len() as u64;
        *self.0.entry((kind, key)).or_insert(next)
    }
}

/// All sources in their order, without their lines.
pub(super) fn sources(
    parts: &Parts<'_>,
    level: &Level,
    mask: &dyn Fn(&str) -> String,
) -> Vec<SourceRecord> {
    let mut numbers = Numbers::default();
    let sources = parts.ingested.sources.iter().enumerate();
    sources
        .map(|(index, source)| {
            // Moments of the log whose place in UTC nobody knows are near to everything.
            let near = |at: Micros| {
                let stamp =
                    source.traffic.as_ref().and_then(|traffic| traffic.span).map(|span| span.0);
                let at =
                    stamp.and_then(|stamp| parts.clocks.utc(index, RawStamp { at, ..stamp }, ""));
                match (level.near, at) {
                    (Some(near), Some(at)) => choose::is_within(parts, at, near),
                    _ => true,
                }
            };
            record(source, level, &near, mask, &mut numbers)
        })
        .collect()
}

fn record(
    source: &Source,
    level: &Level,
    near: &dyn Fn(Micros) -> bool,
    mask: &dyn Fn(&str) -> String,
    numbers: &mut Numbers,
) -> SourceRecord {
    let mut marks = marks(&source.marks, None, level, numbers);
    if let Some(traffic) = &source.traffic {
        marks.extend(self::marks(&traffic.marks, Some("traffic"), level, numbers));
    }
    SourceRecord {
        path: mask(&source.path),
        format: source.format.clone(),
        envelope: source.envelope.name().to_owned(),
        host: source.host.as_deref().map(mask),
        counts: [source.lines, source.records, source.unparsed, source.events_left_out],
        spans: source.spans.iter().map(|(first, last)| (first.into(), last.into())).collect(),
        kernel: source.kernel.as_ref().map(|kernel| {
            (kernel.first.into(), kernel.last.into(), kernel.records, kernel.from_boot, kernel.ring)
        }),
        formats: source.formats.clone(),
        written_offsets: source.written_offsets.iter().copied().collect(),
        zone_votes: source.zone_votes.iter().map(|(offset, votes)| (*offset, *votes)).collect(),
        boot_pairs: boot_pairs(&source.boot_pairs, level),
        boot_lines: source
            .boot_lines
            .iter()
            .filter(|(mark, _)| mark.trailing_zeros() >= level.marks_thinned)
            .map(|(mark, seen)| (numbers.of(MarkKind::KernelLine, *mark), seen.clone()))
            .collect(),
        marks,
        traffic: source
            .traffic
            .as_ref()
            .map(|traffic| tables::record(traffic, level.tables, near, mask)),
        told: Vec::new(),
    }
}

fn boot_pairs(pairs: &BootPairs, level: &Level) -> Vec<(String, Micros, Micros, At, u64)> {
    let most = if level.tables.away { BOOT_PAIRS_FEW } else { BOOT_PAIRS_MAX };
    let step = pairs.earliest.len() / most + 1;
    let pair =
        |((id, minute), (boot, wall, line)): (&(String, Micros), &(Micros, RawStamp, u64))| {
            (id.clone(), *minute, *boot, (*wall).into(), *line)
        };
    pairs.earliest.iter().map(pair).step_by(step).collect()
}

fn marks(
    marks: &Marks,
    name: Option<&str>,
    level: &Level,
    numbers: &mut Numbers,
) -> Vec<MarkRecord> {
    let mut marks = marks.clone();
    marks.thin(level.marks_thinned);
    let kinds = [
        (MarkKind::Request, "request"),
        (MarkKind::Death, "death"),
        (MarkKind::Left, "left"),
        (MarkKind::Start, "start"),
        (MarkKind::Gone, "gone"),
        (MarkKind::KernelLine, "kernel-line"),
    ];
    let mut records = Vec::new();
    for (kind, own) in kinds {
        for (key, seen) in marks.of(kind) {
            let key = match kind {
                MarkKind::Request | MarkKind::KernelLine => numbers.of(kind, key),
                MarkKind::Death | MarkKind::Left | MarkKind::Start | MarkKind::Gone => key,
            };
            let sighting = |sighting: &Sighting| {
                (sighting.stamp.into(), sighting.until.map(Into::into), sighting.line)
            };
            records.push(MarkRecord {
                kind: name.unwrap_or(own).to_owned(),
                key,
                seen: seen.iter().map(sighting).collect(),
            });
        }
    }
    records
}
