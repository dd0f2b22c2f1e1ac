//! Lines that are looked up again by file and number, to be shown or passed on as they stand. In: the bundles, and which lines of
//! which member. Out: these lines, cut to a length. It exists because the first reading keeps no lines: what a report cites is
//! known only when all is read. Must never hold more than was asked for, nor read a member further than its last wanted line.

use std::collections::{BTreeMap, BTreeSet};

use crate::bundle::{self, Bundle, Limits, MemberReader};
use crate::capsule;
use crate::capsule::kept::Kept;
use crate::envelope::raw::RawLines;

/// Which lines of which members.
pub type Wanted = BTreeMap<String, BTreeSet<u64>>;

/// Lines by member and number.
pub type Lines = BTreeMap<String, BTreeMap<u64, Vec<u8>>>;

/// How the first line of a record of several lines is known.
pub type Opens = fn(&[u8]) -> bool;
/// Lines of a record that are read at most; systemd writes some thirty fields.
const RECORD_LINES_MAX: usize = 300;

/// Asks for a line and so many before and after it.
pub fn around(wanted: &mut BTreeSet<u64>, line: u64, before: u64, after: u64) {
    wanted.extend(line.saturating_sub(before).max(1)..=line.saturating_add(after));
}

/// Reads the lines; of members whose records have several lines, for which `opens` tells how they begin, all lines of the records that
/// they are in. Standard input cannot be read twice and gives none; nor does a line that a damaged stream no longer holds.
#[must_use]
pub fn read(
    bundles: &[Bundle],
    limits: &Limits,
    wanted: &Wanted,
    max_bytes: usize,
    opens: &(dyn Fn(&str) -> Option<Opens> + Sync),
) -> Lines {
    let mut found = Lines::new();
    let mut capsules = Capsules::default();
    if wanted.is_empty() {
        return found;
    }
    for bundle in bundles {
        let folder = bundle.inputs.len() > 1;
        for input in &bundle.inputs {
            let of_capsule = input.path().contains(capsule::FOLDER);
            if input.is_stdin() || (folder && !of_capsule && !may_hold(input.path(), wanted)) {
                continue;
            }
            bundle::walk(
                input,
                limits,
                bundle::Ahead::Here,
                &bundle::Silent,
                &mut |path, member| {
                    if path.contains(capsule::FOLDER) {
                        capsules.take(path, member);
                    } else if let Some(numbers) =
                        wanted.get(path).filter(|numbers| !numbers.is_empty())
                    {
                        let lines = found.entry(path.to_owned()).or_default();
                        match opens(path) {
                            Some(opens) => pick_records(member, numbers, max_bytes, opens, lines),
                            None => pick(member, numbers, max_bytes, lines),
                        }
                    }
                },
            );
        }
    }
    capsules.find(wanted, &mut found);
    found
}

/// Members of capsules, as far as they came: their lines are known by number only.
#[derive(Default)]
struct Capsules {
    /// By folder: the paths of the sources.
    paths: BTreeMap<String, Vec<String>>,
    /// By folder and number of the source.
    lines: BTreeMap<(String, usize), Kept>,
}

impl Capsules {
    fn take(&mut self, path: &str, member: &mut MemberReader<'_>) {
        let mut text = Vec::new();
        while let Some(block) = member.next_block() {
            text.extend_from_slice(block);
            if text.len() > capsule::MEMBER_MAX_BYTES {
                return;
            }
        }
        // Members of lines lie in a folder of their own, beside the counts.
        let folder = capsule::folder(path);
        if text.starts_with(capsule::OPENING) {
            if let Ok(record) = capsule::record::read(&text) {
                let paths = record.sources.into_iter().map(|source| source.path).collect();
                self.paths.insert(folder.to_owned(), paths);
            }
        } else if let Some(kept) = Kept::read(&text) {
            let folder = capsule::folder(folder.strip_suffix('/').unwrap_or_default());
            self.lines.insert((folder.to_owned(), kept.head.source), kept);
        }
    }

    fn find(self, wanted: &Wanted, found: &mut Lines) {
        for ((folder, source), kept) in self.lines {
            let paths = self.paths.get(&folder).map_or(&[][..], Vec::as_slice);
            let Some(path) = source.checked_sub(1).and_then(|place| paths.get(place)) else {
                continue;
            };
            let path = format!("{}{path}", capsule::under(&folder));
            let Some(numbers) = wanted.get(&path) else { continue };
            let lines = kept.numbers.iter().zip(kept.text.split(|byte| *byte == b'\n'));
            let asked = lines.filter(|(number, _)| numbers.contains(number));
            let own = found.entry(path).or_default();
            own.extend(asked.map(|(number, line)| (*number, line.to_vec())));
        }
    }
}

/// Whether a file of a folder may be one of the wanted members, or an archive that holds one.
fn may_hold(path: &str, wanted: &Wanted) -> bool {
    let name = path.rfind('/').map_or(0, |slash| slash + 1);
    let dot = path.get(name..).and_then(|name| name.rfind('.')).filter(|dot| *dot > 0);
    let stem = dot.and_then(|dot| path.get(..name + dot)).unwrap_or(path);
    wanted.range(stem.to_owned()..).next().is_some_and(|(member, _)| member.starts_with(stem))
}

fn pick(
    member: &mut MemberReader<'_>,
    numbers: &BTreeSet<u64>,
    max_bytes: usize,
    lines: &mut BTreeMap<u64, Vec<u8>>,
) {
    let last = numbers.last().copied().unwrap_or(0);
    let mut splitter = RawLines::default();
    let mut keep = |number: u64, line: &[u8]| {
        if numbers.contains(&number) && !lines.contains_key(&number) {
            lines.insert(number, line.get(..max_bytes).unwrap_or(line).to_vec());
        }
    };
    while splitter.lines() < last {
        let Some(block) = member.next_block() else {
            splitter.finish(member.damage().is_none(), &mut keep);
            return;
        };
        splitter.feed(block, &mut keep);
    }
}

/// As [`pick`], with whole records.
fn pick_records(
    member: &mut MemberReader<'_>,
    numbers: &BTreeSet<u64>,
    max_bytes: usize,
    opens: Opens,
    lines: &mut BTreeMap<u64, Vec<u8>>,
) {
    let last = numbers.last().copied().unwrap_or(0);
    let mut splitter = RawLines::default();
    let mut record: Vec<(u64, Vec<u8>)> = Vec::new();
    let (mut asked, mut over) = (false, false);
    let mut keep = |number: u64, line: &[u8]| {
        if opens(line) {
            over |= number > last;
            let whole = std::mem::take(&mut record);
            if std::mem::take(&mut asked) {
                lines.extend(whole);
            }
        }
        asked |= numbers.contains(&number);
        if !over && record.len() < RECORD_LINES_MAX {
            record.push((number, line.get(..max_bytes).unwrap_or(line).to_vec()));
        }
    };
    let far = last.saturating_add(RECORD_LINES_MAX as u64);
    while splitter.lines() < far {
        let Some(block) = member.next_block() else {
            splitter.finish(member.damage().is_none(), &mut keep);
            break;
        };
        splitter.feed(block, &mut keep);
    }
    if asked {
        lines.extend(record);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_stays_in_the_file() {
        let mut wanted = BTreeSet::new();
        around(&mut wanted, 2, 3, 2);
        assert_eq!(wanted.into_iter().collect::<Vec<_>>(), [1, 2, 3, 4]);
    }

    #[test]
    fn members_of_packed_files_are_found_by_their_beginning() {
        let wanted = Wanted::from([("logs/access.log.1".to_owned(), BTreeSet::from([1]))]);
        assert!(may_hold("logs/access.log.1.gz", &wanted));
        assert!(may_hold("logs/access.log.1", &wanted));
        assert!(!may_hold("logs/error.log", &wanted));
        let nested = Wanted::from([("a/b.tar.gz/x.log".to_owned(), BTreeSet::from([1]))]);
        assert!(may_hold("a/b.tar.gz", &nested));
    }
}
