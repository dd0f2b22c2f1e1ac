//! Paths as the report shows them, and the list of problems.
//! In: names as archives and file systems write them. Out: names that are safe to show and that name one thing each. It exists
//! because a forged archive can name its members as it likes. It must never keep memory for every name that it is given.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::blocks::Fault;
use crate::problem::{Problem, ProblemKind};
use crate::wording::text;

/// Problems of each kind listed one by one for each input; further ones are counted. By kind, so that the links of an sos report
/// do not hide the one member that is damaged.
const LISTED: u64 = 256;

/// A path to show: no leading slash, no `.`, no way out by `..`, no character that controls a terminal or the direction of text.
pub(super) fn clean(name: &[u8]) -> String {
    let text = String::from_utf8_lossy(name);
    let mut path = String::with_capacity(text.len());
    for part in text.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if !path.is_empty() {
            path.push('/');
        }
        match part {
            ".." => path.push_str("__"),
            _ => path.extend(part.chars().map(|letter| {
                if is_hostile(letter) { char::REPLACEMENT_CHARACTER } else { letter }
            })),
        }
    }
    if path.is_empty() { "unnamed".to_owned() } else { path }
}

/// Control characters, and those that turn the direction of text around (Unicode Standard Annex 9).
fn is_hostile(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Names given so far. Only their digests are kept: 100 000 names of 4 KiB would be 400 MB.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<u128, u32>);

impl Names {
    /// The name itself the first time, then with `#2`, `#3`, ...
    pub(super) fn unique(&mut self, name: String) -> String {
        let Some(next) = self.0.get(&key(&name)).copied() else {
            self.0.insert(key(&name), 2);
            return name;
        };
        let mut number = next;
        let mut other = format!("{name}#{number}");
        while self.0.contains_key(&key(&other)) {
            number = number.saturating_add(1);
            other = format!("{name}#{number}");
        }
        self.0.insert(key(&name), number.saturating_add(1));
        self.0.insert(key(&other), 2);
        other
    }
}

fn key(name: &str) -> u128 {
    Sha256::digest(name).iter().take(16).fold(0, |sum, byte| sum << 8 | u128::from(*byte))
}

/// The problems of one input: the first ones of each kind listed, the rest counted.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    listed: Vec<Problem>,
    /// All of them, listed or not.
    counts: BTreeMap<ProblemKind, u64>,
}

impl Ledger {
    pub(super) fn add(&mut self, path: &str, fault: Fault) {
        self.push(Problem { path: path.to_owned(), kind: fault.kind, detail: fault.detail });
    }

    /// Adds a problem unless the same one is listed.
    pub(super) fn push(&mut self, problem: Problem) {
        if self.listed.contains(&problem) {
            return;
        }
        let count = self.counts.entry(problem.kind).or_default();
        *count = count.saturating_add(1);
        if *count <= LISTED {
            self.listed.push(problem);
        }
    }

    /// All problems; those that were only counted stand at `path`, one for each kind.
    pub(super) fn close(self, path: &str) -> Vec<Problem> {
        let unlisted =
            self.counts.into_iter().map(|(kind, count)| (kind, count.saturating_sub(LISTED)));
        let more = unlisted.filter(|(_, count)| *count > 0).map(|(kind, count)| {
            let detail = text("unread-more", [("more", count.into())]);
            Problem { path: path.to_owned(), kind, detail }
        });
        self.listed.into_iter().chain(more).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_clean(name: &[u8], expected: &str) {
        assert_eq!(clean(name), expected);
    }

    #[test]
    fn hostile_names_are_made_harmless() {
        check_clean(b"./var/log/nginx/access.log", "var/log/nginx/access.log");
        check_clean(b"/etc/passwd", "etc/passwd");
        check_clean(b"../../etc/x", "__/__/etc/x");
        check_clean(b"a/../../b//./c", "a/__/__/b/c");
        check_clean(b"a\x1b[31m\n\x7fb", "a\u{fffd}[31m\u{fffd}\u{fffd}b");
        check_clean("a\u{9b}b\u{202e}gol.x".as_bytes(), "a\u{fffd}b\u{fffd}gol.x");
        check_clean(b"caf\xe9.log", "caf\u{fffd}.log");
        check_clean(b"C:\\x", "C:\\x");
        check_clean(b"", "unnamed");
        check_clean(b"/./", "unnamed");
        check_clean(b"...", "...");
    }

    #[test]
    fn equal_names_are_numbered_and_never_collide() {
        let mut names = Names::default();
        let given = ["a", "a#2", "a", "a", "b", "a#2"].map(|name| names.unique(name.to_owned()));
        assert_eq!(given, ["a", "a#2", "a#3", "a#4", "b", "a#2#2"]);
    }

    #[test]
    fn problems_beyond_the_list_are_counted_by_kind() {
        let mut ledger = Ledger::default();
        for number in 0..LISTED + 7 {
            ledger.add(
                &number.to_string(),
                Fault::new(ProblemKind::NotALog, text("unread-device", [])),
            );
        }
        ledger.add("x", Fault::new(ProblemKind::Damaged, text("unread-patch", [])));
        let problems = ledger.close("bundle.tar");
        assert_eq!(problems.len() as u64, LISTED + 2);
        let damaged = problems.iter().find(|problem| problem.kind == ProblemKind::Damaged).unwrap();
        assert_eq!((damaged.path.as_str(), damaged.detail.id()), ("x", Some("unread-patch")));
        assert!(
            problems
                .iter()
                .any(|problem| *problem.detail == *"7 more problems of this kind are not listed")
        );
    }
}
