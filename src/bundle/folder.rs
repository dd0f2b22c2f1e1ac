//! The files of a folder. In: its path. Out: every regular file in the order of path bytes, and what was passed over, with why.
//! It exists so that a folder reads like the archive made of it. It must never leave the folder, follow a link, or wait on a pipe.

use std::collections::BTreeSet;
use std::fs::{self, DirEntry, FileType, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::blocks::Fault;
use super::names::Ledger;
use crate::problem::ProblemKind;
use crate::wording::{Text, text};

/// Entries read of one folder, and files of the whole: as many as members of an archive by default. Memory stays below 100 MB.
const MOST_FILES: usize = 100_000;

/// One regular file.
#[derive(Debug)]
pub(super) struct Leaf {
    /// Path below the folder given, with `/` between the parts, as the file system has it.
    pub(super) name: Vec<u8>,
    pub(super) file: PathBuf,
    pub(super) bytes: u64,
}

/// A name in a folder. The order is that of whole paths: `a.b` stands before `a/b`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    /// Path below the folder given; ends with `/` for a folder.
    name: Vec<u8>,
    path: PathBuf,
}

/// Walks the folder. Problems go to the ledger under `prefix`. Fails only if the folder itself cannot be listed.
pub(super) fn files(root: &Path, prefix: &str, ledger: &mut Ledger) -> io::Result<Vec<Leaf>> {
    let mut note = |name: &[u8], fault: Fault| {
        ledger.add(&format!("{prefix}{}", super::names::clean(name)), fault);
    };
    let mut leaves = Vec::new();
    let mut seen = BTreeSet::new();
    let mut waiting = list(root, b"", &mut note)?;
    while let Some(entry) = waiting.pop() {
        if leaves.len() >= MOST_FILES {
            let detail = text("unread-too-many-files", [("files", MOST_FILES.into())]);
            note(&entry.name, Fault::new(ProblemKind::Limit, detail));
            break;
        }
        if entry.name.ends_with(b"/") {
            match list(&entry.path, &entry.name, &mut note) {
                Ok(inner) => waiting.extend(inner),
                Err(reason) => note(&entry.name, unreadable("unread-folder", &reason)),
            }
            continue;
        }
        match regular(&entry, &mut seen) {
            Ok(bytes) => leaves.push(Leaf { name: entry.name, file: entry.path, bytes }),
            Err(fault) => note(&entry.name, fault),
        }
    }
    Ok(leaves)
}

/// The entries of one folder, the last one first. Of too many, the first ones by name are kept.
fn list(folder: &Path, above: &[u8], note: &mut dyn FnMut(&[u8], Fault)) -> io::Result<Vec<Entry>> {
    let mut entries = BTreeSet::new();
    let mut dropped = 0_u64;
    for entry in fs::read_dir(folder)? {
        match entry {
            Ok(entry) => entries.insert(named(&entry, above)),
            Err(reason) => {
                note(above, unreadable("unread-folder-rest", &reason));
                break;
            }
        };
        if entries.len() > MOST_FILES {
            entries.pop_last();
            dropped = dropped.saturating_add(1);
        }
    }
    if dropped > 0 {
        let args = [("names", MOST_FILES.into()), ("dropped", dropped.into())];
        note(above, Fault::new(ProblemKind::Limit, text("unread-too-many-names", args)));
    }
    Ok(entries.into_iter().rev().collect())
}

fn named(entry: &DirEntry, above: &[u8]) -> Entry {
    let slash: &[u8] = if entry.file_type().is_ok_and(|kind| kind.is_dir()) { b"/" } else { b"" };
    Entry {
        name: [above, entry.file_name().as_encoded_bytes(), slash].concat(),
        path: entry.path(),
    }
}

/// The length of a regular file that was not seen before, or why it is passed over.
fn regular(entry: &Entry, seen: &mut BTreeSet<(u64, u64)>) -> Result<u64, Fault> {
    let metadata =
        fs::symlink_metadata(&entry.path).map_err(|reason| unreadable("unread-file", &reason))?;
    if !metadata.is_file() {
        return Err(Fault::new(ProblemKind::NotALog, special(metadata.file_type())));
    }
    match linked(&metadata) {
        Some(identity) if !seen.insert(identity) => {
            Err(Fault::new(ProblemKind::NotALog, text("unread-hard-link", [])))
        }
        _ => Ok(metadata.len()),
    }
}

fn special(kind: FileType) -> Text {
    text(if kind.is_symlink() { "unread-symbolic-link" } else { "unread-special" }, [])
}

/// Device and inode of a file with several names.
#[cfg(unix)]
fn linked(metadata: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    (metadata.nlink() > 1).then(|| (metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn linked(_: &Metadata) -> Option<(u64, u64)> {
    None
}

fn unreadable(message: &'static str, reason: &io::Error) -> Fault {
    Fault::new(ProblemKind::Unreadable, text(message, [("reason", reason.to_string().into())]))
}
