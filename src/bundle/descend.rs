//! Layer after layer of one input: what is packed is unpacked as a stream, what is an archive is opened, what is left is a log.
//! In: the outermost stream. Out: one call of the visitor per leaf, and problems. It exists to hold the recursion and the limits
//! in one place. It must never go deeper or further than the limits say.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use super::blocks::{Blocks, Fault, Head};
use super::gzip::Inflate;
use super::names::{Ledger, Names, clean};
use super::readahead::with_unpacked;
use super::sniff::{Form, HEAD_BYTES, form};
use super::tar::{self, Item};
use super::{Limits, MemberReader, Progress};
use crate::problem::ProblemKind;

/// Who is called for each member.
pub(super) type Visit<'v> = dyn FnMut(&str, &mut MemberReader<'_>) + 'v;

/// The reading of one input.
pub(super) struct Walk<'a> {
    limits: &'a Limits,
    progress: &'a dyn Progress,
    visit: &'a mut Visit<'a>,
    /// Turned off when the input turns out to be no archive: then nobody wants its digest.
    hashing: &'a AtomicBool,
    names: Names,
    /// Entries of archives, read or not.
    entries: u64,
    /// Bytes handed to the visitor.
    unpacked_bytes: u64,
    pub(super) ledger: Ledger,
    /// Leaves met, read or not.
    pub(super) members: u64,
    /// An archive was met.
    pub(super) archive: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        limits: &'a Limits,
        progress: &'a dyn Progress,
        visit: &'a mut Visit<'a>,
        hashing: &'a AtomicBool,
    ) -> Self {
        let (names, ledger) = (Names::default(), Ledger::default());
        let (entries, unpacked_bytes, members) = (0, 0, 0);
        Self {
            limits,
            progress,
            visit,
            hashing,
            names,
            entries,
            unpacked_bytes,
            ledger,
            members,
            archive: false,
        }
    }
}

/// Where in the bundle a stream stands.
pub(super) struct Place {
    /// Its own path.
    pub(super) path: String,
    /// What the paths of its members begin with, should it be an archive.
    pub(super) under: String,
}

/// Reads a stream that lies `depth` layers deep.
pub(super) fn descend(walk: &mut Walk<'_>, blocks: &mut dyn Blocks, place: &Place, depth: u32) {
    let mut head = Head::new(blocks, HEAD_BYTES);
    let form = form(head.bytes());
    match (form, head.fill()) {
        (Form::Plain, Err(fault)) => refuse(walk, place, fault),
        (Form::Plain, Ok(_)) => deliver(walk, &mut head, &place.path),
        (Form::Foreign(packer), _) => refuse(walk, place, foreign(packer)),
        (Form::Gzip | Form::Tar, _) if depth >= walk.limits.nesting => {
            refuse(walk, place, too_deep(depth));
        }
        (Form::Gzip, _) => {
            let inflate = Inflate::new(&mut head, walk.limits);
            with_unpacked(inflate, |inner| descend(walk, inner, place, depth.saturating_add(1)));
        }
        (Form::Tar, _) => open_archive(walk, &mut head, place, depth),
    }
}

fn deliver(walk: &mut Walk<'_>, blocks: &mut dyn Blocks, path: &str) {
    walk.members = walk.members.saturating_add(1);
    walk.progress.member(path);
    if !walk.archive {
        walk.hashing.store(false, Ordering::Relaxed);
    }
    let left = walk.limits.total_bytes.saturating_sub(walk.unpacked_bytes);
    let mut reader = MemberReader::new(blocks, path, left.min(walk.limits.member_bytes));
    (walk.visit)(path, &mut reader);
    walk.unpacked_bytes = walk.unpacked_bytes.saturating_add(reader.shown_bytes);
    if let Some(problem) = reader.problem {
        walk.ledger.push(problem);
    }
}

/// Names a leaf that cannot be read at all.
fn refuse(walk: &mut Walk<'_>, place: &Place, fault: Fault) {
    walk.members = walk.members.saturating_add(1);
    walk.ledger.add(&place.path, fault);
}

fn open_archive(walk: &mut Walk<'_>, blocks: &mut dyn Blocks, place: &Place, depth: u32) {
    walk.archive = true;
    tar::read(blocks, walk.limits, &mut |item| {
        match item {
            Item::Trouble(fault) => walk.ledger.add(&place.path, fault),
            Item::Passed(name, fault) => {
                let path = member_path(walk, place, name)?;
                walk.ledger.add(&path, fault);
            }
            Item::Member(name, body) => {
                let path = member_path(walk, place, name)?;
                let under = format!("{path}/");
                descend(walk, body, &Place { path, under }, depth.saturating_add(1));
            }
        }
        ControlFlow::Continue(())
    });
}

/// The path of the next member of an archive, or the end of the reading if a limit is reached.
fn member_path(walk: &mut Walk<'_>, place: &Place, name: &[u8]) -> ControlFlow<(), String> {
    let Limits { members, total_bytes, .. } = *walk.limits;
    let name = clean(name);
    let reached = if walk.entries >= members {
        Some(format!("more than {members} members; {name} and all after it were not read"))
    } else if walk.unpacked_bytes >= total_bytes {
        Some(format!("{total_bytes} bytes were unpacked; {name} and all after it were not read"))
    } else {
        None
    };
    if let Some(detail) = reached {
        walk.ledger.add(&place.path, Fault::new(ProblemKind::Limit, detail));
        return ControlFlow::Break(());
    }
    walk.entries = walk.entries.saturating_add(1);
    ControlFlow::Continue(walk.names.unique(format!("{}{name}", place.under)))
}

fn foreign(packer: &str) -> Fault {
    Fault::new(
        ProblemKind::Unreadable,
        format!("packed with {packer}; unpack it or pack it as gzip"),
    )
}

fn too_deep(depth: u32) -> Fault {
    Fault::new(
        ProblemKind::Limit,
        format!("an archive inside {depth} others; unpack the outer ones"),
    )
}
