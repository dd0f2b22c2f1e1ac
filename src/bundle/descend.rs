//! Layer after layer of one input: what is packed is unpacked as a stream, what is an archive is opened, what is left is a log.
//! In: the outermost stream. Out: one call of the visitor per leaf, and problems. It exists to hold the recursion and the limits
//! in one place. It must never go deeper or further than the limits say.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use super::blocks::{Blocks, Each, Fault, Head, Item};
use super::bzip2::Bzip2;
use super::gzip::Gzip;
use super::names::{Ledger, Names, clean};
use super::readahead::{Ahead, with_unpacked};
use super::sniff::{Form, HEAD_BYTES, Packer, form};
use super::unpack::{Codec, Unpacking};
use super::xz::Xz;
use super::zstd::Zstd;
use super::{Limits, MemberReader, Progress, zip};
use crate::problem::ProblemKind;
use crate::wording::text;

/// Who is called for each member.
pub(super) type Visit<'v> = dyn FnMut(&str, &mut MemberReader<'_>) + 'v;

/// The reading of one input.
pub(super) struct Walk<'a> {
    limits: &'a Limits,
    progress: &'a dyn Progress,
    visit: &'a mut Visit<'a>,
    ahead: Ahead,
    /// Turned off when the input turns out to be no archive: then nobody wants its digest.
    hashing: &'a AtomicBool,
    names: Names,
    /// Entries of archives, read or not.
    entries: u64,
    /// Bytes handed to the visitor.
    pub(super) unpacked_bytes: u64,
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
        ahead: Ahead,
        hashing: &'a AtomicBool,
    ) -> Self {
        let (names, ledger) = (Names::default(), Ledger::default());
        let (entries, unpacked_bytes, members) = (0, 0, 0);
        Self {
            limits,
            progress,
            visit,
            ahead,
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

/// How deep in the bundle a stream lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Depth {
    layers: u32,
    /// What the layers around it leave of the allowance for windows.
    window_bytes: u64,
}

impl Depth {
    pub(super) const fn outermost(limits: &Limits) -> Self {
        Self { layers: 0, window_bytes: limits.window_bytes }
    }

    /// Inside a layer that holds so much for its window.
    const fn inside(self, window_bytes: u64) -> Self {
        Self {
            layers: self.layers.saturating_add(1),
            window_bytes: self.window_bytes.saturating_sub(window_bytes),
        }
    }
}

/// Reads a stream.
pub(super) fn descend(walk: &mut Walk<'_>, blocks: &mut dyn Blocks, place: &Place, depth: Depth) {
    let mut head = Head::new(blocks, HEAD_BYTES);
    let form = form(head.bytes());
    match (form, head.fill()) {
        (Form::Plain, Err(fault)) => refuse(walk, place, fault),
        (Form::Plain, Ok(_)) => deliver(walk, &mut head, &place.path),
        (Form::Foreign(packer), _) => refuse(walk, place, foreign(packer)),
        (Form::Document, _) => refuse(walk, place, document()),
        (Form::Packed(_) | Form::Tar | Form::Zip, _) if depth.layers >= walk.limits.nesting => {
            refuse(walk, place, too_deep(depth.layers));
        }
        (Form::Packed(packer), _) => {
            let (name, codec) = codec(packer);
            let mut unpacking =
                Unpacking::new(&mut head, walk.limits, depth.window_bytes, name, codec);
            with_unpacked(&mut unpacking, walk.ahead, |inner, window_bytes| {
                descend(walk, inner, place, depth.inside(window_bytes));
            });
        }
        (Form::Tar, _) => open_archive(walk, &mut head, place, depth, super::tar::read),
        (Form::Zip, _) => open_archive(walk, &mut head, place, depth, zip::read),
    }
}

fn codec(packer: Packer) -> (&'static str, Box<dyn Codec>) {
    match packer {
        Packer::Gzip => ("gzip", Box::new(Gzip::new())),
        Packer::Xz => ("xz", Box::new(Xz::new())),
        Packer::Zstd => ("zstd", Box::new(Zstd::new())),
        Packer::Bzip2 => ("bzip2", Box::new(Bzip2::new())),
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

/// What reads an archive.
type Read = fn(&mut dyn Blocks, &Limits, &mut Each<'_>);

fn open_archive(
    walk: &mut Walk<'_>,
    blocks: &mut dyn Blocks,
    place: &Place,
    depth: Depth,
    read: Read,
) {
    walk.archive = true;
    read(blocks, walk.limits, &mut |item| {
        match item {
            Item::Trouble(fault) => walk.ledger.add(&place.path, fault),
            Item::Passed(name, fault) => {
                let path = member_path(walk, place, name)?;
                walk.ledger.add(&path, fault);
            }
            Item::Member(name, body) => {
                let path = member_path(walk, place, name)?;
                let under = format!("{path}/");
                descend(walk, body, &Place { path, under }, depth.inside(0));
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
        Some(("unread-too-many-members", ("members", members.into())))
    } else if walk.unpacked_bytes >= total_bytes {
        Some(("unread-all-unpacked", ("bytes", total_bytes.into())))
    } else {
        None
    };
    if let Some((message, limit)) = reached {
        let detail = text(message, [limit, ("name", name.into())]);
        walk.ledger.add(&place.path, Fault::new(ProblemKind::Limit, detail));
        return ControlFlow::Break(());
    }
    walk.entries = walk.entries.saturating_add(1);
    ControlFlow::Continue(walk.names.unique(format!("{}{name}", place.under)))
}

fn foreign(packer: &str) -> Fault {
    Fault::new(ProblemKind::Unreadable, text("unread-packer", [("packer", packer.into())]))
}

fn document() -> Fault {
    Fault::new(ProblemKind::NotALog, text("unread-document", []))
}

fn too_deep(layers: u32) -> Fault {
    let args = [("layers", u64::from(layers).into())];
    Fault::new(ProblemKind::Limit, text("unread-too-deep", args))
}
