//! The lines of each source for a capsule. In: which events its lines must raise. Out: the lines, redacted, and for each event that they
//! do raise again what of it only the whole log knows. It reads what it writes: where a line alone does not raise its event, lines
//! around it are added; where it raises it at another time, the time is written beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use crate::capsule::kept::{self, Head, Kept};
use crate::capsule::record::Told;
use crate::cited::{self, Lines, Wanted};
use crate::envelope::Envelope;
use crate::event::{Event, EventKind};
use crate::ingest::{self, Source};
use crate::report::redact::Masker;

use super::choose::{Choice, Chosen};
use super::entries::{self, Whole};
use super::{LINES_MAX, Parts};

/// Longest line that goes in, in bytes.
const LINE_MAX_BYTES: usize = 16 << 10;
/// Lines of an entry of journald's, as a rule.
const FIELDS: usize = 20;
/// Lines added around an event that its line alone does not raise, round after round.
const MORE: [u64; 3] = [4, 30, 250];

/// Lines of a source, and what they raise.
pub(super) struct Member {
    pub(super) kept: Kept,
    pub(super) told: Vec<Told>,
    /// Events that its lines do not raise.
    pub(super) lost: u64,
}

/// The lines that it takes for what was chosen.
pub(super) fn wanted(sources: &[Source], chosen: &Chosen<'_>) -> Wanted {
    let mut wanted = Wanted::new();
    for (source, choice) in sources.iter().zip(&chosen.sources) {
        let mut lines = choice.lines.clone();
        if choice.whole {
            lines.extend(1..=source.lines.saturating_add(1));
        }
        wanted.entry(source.path.clone()).or_default().extend(lines);
    }
    wanted.retain(|_, lines| !lines.is_empty());
    wanted
}

/// How many lines that is, with the rest of their entries.
pub(super) fn count(sources: &[Source], wanted: &Wanted) -> usize {
    let of = |source: &Source| {
        let Some(lines) = wanted.get(&source.path) else { return 0 };
        if entries::opens(source.envelope).is_none() {
            return lines.len();
        }
        let apart = lines.iter().zip(lines.iter().skip(1)).filter(|(one, next)| **one + 1 < **next);
        lines.len().saturating_add(apart.count().saturating_add(1).saturating_mul(FIELDS))
    };
    sources.iter().map(of).sum()
}

/// Lines that were read for a larger capsule, and serve a smaller one: the bundle is not read again for them.
#[derive(Default)]
pub(super) struct Known {
    asked: Wanted,
    lines: Lines,
}

impl Known {
    /// The lines asked for, read where they are not known, and those that were asked for before.
    fn lines(&mut self, parts: &Parts<'_>, wanted: &Wanted) -> &Lines {
        let mut missing = Wanted::new();
        for (path, numbers) in wanted {
            let asked = self.asked.entry(path.clone()).or_default();
            let new: BTreeSet<u64> = numbers.difference(asked).copied().collect();
            asked.extend(&new);
            if !new.is_empty() {
                missing.insert(path.clone(), new);
            }
        }
        if !missing.is_empty() {
            let sources = &parts.ingested.sources;
            let envelopes: BTreeMap<&str, Envelope> =
                sources.iter().map(|source| (source.path.as_str(), source.envelope)).collect();
            let opens = |path: &str| entries::opens(*envelopes.get(path)?);
            let new = cited::read(parts.bundles, parts.limits, &missing, LINE_MAX_BYTES, &opens);
            for (path, own) in new {
                self.lines.entry(path).or_default().extend(own);
            }
        }
        &self.lines
    }
}

/// The members, one a source; none where nothing of it goes in.
pub(super) fn members(
    parts: &Parts<'_>,
    chosen: &Chosen<'_>,
    masker: &Masker,
    known: &mut Known,
) -> io::Result<Vec<Option<Member>>> {
    let sources = &parts.ingested.sources;
    let wanted = wanted(sources, chosen);
    let lines = known.lines(parts, &wanted);
    let mut made: Vec<Option<Member>> = Vec::new();
    for (index, (source, choice)) in sources.iter().zip(&chosen.sources).enumerate() {
        let own = lines.get(&source.path).filter(|_| wanted.contains_key(&source.path));
        made.push(own.map(|own| member(index, source, choice, own, (parts, masker))));
    }
    for more in MORE {
        let mut again = Wanted::new();
        for ((source, choice), member) in sources.iter().zip(&chosen.sources).zip(&made) {
            let Some(member) = member.as_ref().filter(|member| member.lost > 0) else { continue };
            let lines = again.entry(source.path.clone()).or_default();
            for event in silent(choice, member) {
                cited::around(lines, event.at.line, more, more);
            }
        }
        let count: usize = again.values().map(BTreeSet::len).sum();
        if count == 0 || count > LINES_MAX {
            break;
        }
        let lines = known.lines(parts, &again);
        for (index, (source, choice)) in sources.iter().zip(&chosen.sources).enumerate() {
            let Some(extra) = again.get(&source.path) else { continue };
            let Some(own) = lines.get(&source.path) else { continue };
            let mut wider = choice.clone();
            wider.lines.extend(extra);
            let better = member(index, source, &wider, own, (parts, masker));
            if let Some(slot) = made.get_mut(index)
                && slot.as_ref().is_none_or(|known| better.lost < known.lost)
            {
                *slot = Some(better);
            }
        }
    }
    Ok(made)
}

/// Events that a member's lines do not raise.
fn silent<'a>(choice: &Choice<'a>, member: &Member) -> Vec<&'a Event> {
    let mut raised: BTreeMap<(u64, &str), usize> = BTreeMap::new();
    for told in &member.told {
        *raised.entry((told.line, told.kind.as_str())).or_default() += 1;
    }
    let unraised = choice.events.iter().filter(|event| {
        match raised.get_mut(&(event.at.line, event.kind.name())) {
            Some(left) if *left > 0 => {
                *left -= 1;
                false
            }
            _ => true,
        }
    });
    unraised.copied().collect()
}

fn member(
    index: usize,
    source: &Source,
    choice: &Choice<'_>,
    lines: &BTreeMap<u64, Vec<u8>>,
    (parts, masker): (&Parts<'_>, &Masker),
) -> Member {
    let envelope = if choice.whole { kept::SNAPSHOT } else { source.envelope.name() };
    let head = Head { source: index + 1, envelope: envelope.to_owned() };
    let whole = if choice.whole {
        Whole { lines: lines.clone(), ..Whole::default() }
    } else {
        entries::whole(source.envelope, lines, &choice.lines)
    };
    let text = |line: Vec<u8>| {
        String::from_utf8(line).unwrap_or_else(|bad| String::from_utf8_lossy(bad.as_bytes()).into())
    };
    let lines = whole.lines.into_iter();
    let mut texts: BTreeMap<u64, String> =
        lines.map(|(number, line)| (number, text(line))).collect();
    masker.lines(texts.values_mut());
    let mut texts = texts.into_iter().map(|(number, line)| (number, line.into_bytes())).collect();
    entries::frame(&mut texts, &whole.framed);
    let kept = Kept::of(head, &texts);
    let mut reread = ingest::empty_source(&source.path, source.format.clone(), source.envelope);
    ingest::reread(&kept, parts.reading, &mut reread);
    let (told, lost) = told(choice, reread.events);
    Member { kept, told, lost }
}

/// What the lines raise of the events that they must, and how many they do not.
fn told(choice: &Choice<'_>, raised: Vec<Arc<Event>>) -> (Vec<Told>, u64) {
    let mut known: BTreeMap<(u64, EventKind), Vec<&Event>> = BTreeMap::new();
    for event in choice.events.iter().rev() {
        known.entry((event.at.line, event.kind)).or_default().push(event);
    }
    let mut told = Vec::new();
    for event in raised {
        let Some(own) = known.get_mut(&(event.at.line, event.kind)).and_then(Vec::pop) else {
            continue;
        };
        let same = own.stamp == event.stamp
            && own.until == event.until
            && own.origin.boot_id == event.origin.boot_id;
        let when = (!same).then(|| {
            (own.stamp.map(Into::into), own.until.map(Into::into), own.origin.boot_id.clone())
        });
        let more = choice.more.get(&(event.at.line, event.kind)).copied().unwrap_or(0);
        told.push(Told {
            line: event.at.line,
            kind: event.kind.name().to_owned(),
            count: own.count.saturating_add(more),
            when,
        });
    }
    let lost = known.values().map(Vec::len).sum::<usize>() as u64;
    (told, lost)
}
