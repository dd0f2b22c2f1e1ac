//! The lines of each source for a capsule. In: which events its lines must raise. Out: the lines, redacted, and for each event that they
//! do raise again what of it only the whole log knows. It reads what it writes: where a line alone does not raise its event, lines
//! around it are added; where it raises it at another time, the time is written beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use crate::capsule::kept::{self, Head, Kept};
use crate::capsule::record::Told;
use crate::cited::{self, Lines, Wanted};
use crate::event::{Event, EventKind};
use crate::ingest::{self, Source};
use crate::report::redact::Masker;

use super::choose::{Choice, Chosen, OOM_REPORT_LINES};
use super::entries::{self, Whole};
use super::{LINES_MAX, Parts};

/// Longest line that goes in, in bytes.
const LINE_MAX_BYTES: usize = 16 << 10;
/// Lines of an entry of journald's, as a rule.
const FIELDS: u64 = 10;
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
        for kill in &choice.kills {
            cited::around(&mut lines, *kill, oom_lines(source), 0);
        }
        let reach = entries::reach(source.envelope);
        if reach > 0 {
            for line in &choice.lines {
                cited::around(&mut lines, *line, reach, reach);
            }
        }
        if choice.whole {
            lines.extend(1..=source.lines.saturating_add(1));
        }
        wanted.entry(source.path.clone()).or_default().extend(lines);
    }
    wanted.retain(|_, lines| !lines.is_empty());
    wanted
}

/// Lines that were read for a larger capsule, and serve a smaller one: the bundle is not read again for them.
#[derive(Default)]
pub(super) struct Known {
    asked: Wanted,
    lines: Lines,
}

impl Known {
    /// The lines asked for, read where they are not known.
    fn lines(&mut self, parts: &Parts<'_>, wanted: &Wanted) -> Lines {
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
            for (path, own) in cited::read(parts.bundles, parts.limits, &missing, LINE_MAX_BYTES) {
                self.lines.entry(path).or_default().extend(own);
            }
        }
        let own = |(path, numbers): (&String, &BTreeSet<u64>)| {
            let known = self.lines.get(path)?.iter();
            let own = known.filter(|(number, _)| numbers.contains(number));
            Some((path.clone(), own.map(|(number, line)| (*number, line.clone())).collect()))
        };
        wanted.iter().filter_map(own).collect()
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
    let mut lines = known.lines(parts, &wanted);
    let mut made: Vec<Option<Member>> = Vec::new();
    for (index, (source, choice)) in sources.iter().zip(&chosen.sources).enumerate() {
        let own = lines.get(&source.path).cloned().unwrap_or_default();
        made.push(if own.is_empty() {
            None
        } else {
            Some(member(index, source, choice, own, (parts, masker)))
        });
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
        add(&mut lines, known.lines(parts, &again));
        for (index, (source, choice)) in sources.iter().zip(&chosen.sources).enumerate() {
            let Some(extra) = again.get(&source.path) else { continue };
            let own = lines.get(&source.path).cloned().unwrap_or_default();
            let mut wider = Choice {
                events: choice.events.clone(),
                lines: choice.lines.clone(),
                kills: choice.kills.clone(),
                whole: choice.whole,
                more: choice.more.clone(),
            };
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

fn add(lines: &mut Lines, more: Lines) {
    for (path, own) in more {
        lines.entry(path).or_default().extend(own);
    }
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
    lines: BTreeMap<u64, Vec<u8>>,
    (parts, masker): (&Parts<'_>, &Masker),
) -> Member {
    let envelope = if choice.whole { kept::SNAPSHOT } else { source.envelope.name() };
    let head = Head { source: index + 1, envelope: envelope.to_owned() };
    let mut numbers = choice.lines.clone();
    for kill in &choice.kills {
        numbers.extend(oom_report(&lines, *kill, oom_lines(source)));
    }
    let whole = if choice.whole {
        Whole { lines, ..Whole::default() }
    } else {
        entries::whole(source.envelope, &lines, &numbers)
    };
    let mut texts: BTreeMap<u64, String> = whole
        .lines
        .iter()
        .map(|(number, line)| (*number, String::from_utf8_lossy(line).into_owned()))
        .collect();
    masker.lines(texts.values_mut());
    let mut texts = texts.into_iter().map(|(number, line)| (number, line.into_bytes())).collect();
    entries::frame(&mut texts, &whole.framed);
    let kept = Kept::of(head, &texts);
    let mut reread = ingest::empty_source(&source.path, source.format.clone(), source.envelope);
    ingest::reread(&kept, parts.reading, &mut reread);
    let (told, lost) = told(choice, reread.events);
    Member { kept, told, lost }
}

/// Lines before a kill in which its report is looked for.
fn oom_lines(source: &Source) -> u64 {
    let fields = if entries::reach(source.envelope) > 0 { FIELDS } else { 1 };
    OOM_REPORT_LINES * fields
}

/// The lines of the report that a kill ends, from the one on which the killer was invoked.
fn oom_report(lines: &BTreeMap<u64, Vec<u8>>, kill: u64, most: u64) -> BTreeSet<u64> {
    let before = lines.range(kill.saturating_sub(most)..=kill);
    let invoked = |line: &[u8]| {
        [&b"invoked oom-killer"[..], b"oom-kill:constraint"]
            .iter()
            .any(|word| line.windows(word.len()).any(|window| window == *word))
    };
    let mut start = None;
    for (number, line) in before.rev() {
        if *number < kill && invoked(line) {
            start = Some(*number);
            if line.windows(18).any(|window| window == b"invoked oom-killer") {
                break;
            }
        }
    }
    start.map_or_else(BTreeSet::new, |start| (start..=kill).collect())
}

/// What the lines raise of the events that they must, and how many they do not.
fn told(choice: &Choice<'_>, raised: Vec<Event>) -> (Vec<Told>, u64) {
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
