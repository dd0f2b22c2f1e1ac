//! Zip archives as streams of members, from their local headers. In: blocks. Out: one call per member, and everything that was
//! passed over with its reason. It exists because the zip crate must seek to the directory at the end, which standard input and
//! members of archives cannot. It must never hold a member's content.

use std::ops::ControlFlow;

use super::Limits;
use super::blocks::{Blocks, Body, Each, Fault, Head, Item, read_full, skip};
use super::readahead::{Ahead, with_unpacked};
use super::unpack::Unpacking;
use super::zip_entry::{Deflated, Stored};
use super::zip_header::{
    END, LISTED, LISTED_BYTES, MEMBER, MEMBER_BYTES, Member, Method, Refusal, SIGNATURE_BYTES,
    listed_lengths, member,
};
use crate::problem::ProblemKind;
use crate::wording::text;

/// The fixed part of the end record, with the signature (4.3.16).
const END_BYTES: usize = 22;
/// Unpacked at once where nobody wants the bytes.
const SCRATCH_BYTES: usize = 64 * 1024;

/// Where the reading of an archive stands.
struct Zip<'a> {
    head: Head<'a>,
    limits: &'a Limits,
    at_bytes: u64,
    /// Members met.
    members: u64,
    /// Names of members minus those of the directory, as a sum of checksums: 0 if they are the same.
    names: u64,
    /// Members that the directory lists.
    listed: u64,
    /// Something was passed over to find the next header.
    searched: bool,
    /// An end record was the last thing read.
    ended: bool,
    /// The end of the last member has to be searched for, which is no news: the member itself was refused, or is a folder.
    quiet: bool,
}

/// Reads the archive to its end, or until `each` breaks off.
pub(super) fn read(inner: &mut dyn Blocks, limits: &Limits, each: &mut Each<'_>) {
    let head = Head::new(inner, 0);
    let (at_bytes, members, names, listed) = (0, 0, 0, 0);
    let (searched, ended, quiet) = (false, false, false);
    let mut zip = Zip { head, limits, at_bytes, members, names, listed, searched, ended, quiet };
    while zip.step(each).is_continue() {}
}

impl Zip<'_> {
    /// Reads one record and what belongs to it.
    fn step(&mut self, each: &mut Each<'_>) -> ControlFlow<()> {
        let signature = self.head.peek(SIGNATURE_BYTES);
        let signature = signature.first_chunk::<SIGNATURE_BYTES>().copied().unwrap_or_default();
        match &signature {
            &MEMBER => {
                (self.ended, self.quiet) = (false, false);
                self.member(each)
            }
            &LISTED => {
                self.quiet = false;
                self.listed(each)
            }
            &END => self.end(each),
            // Zip64 end record, its locator, a signature of the directory, an extra data record (4.3.11 to 4.3.15).
            b"PK\x06\x06" => self.pass_record(4, 8, each),
            b"PK\x06\x07" => self.pass_bytes(20, each),
            b"PK\x05\x05" => self.pass_record(4, 2, each),
            b"PK\x06\x08" => self.pass_record(4, 4, each),
            _ => self.search(each),
        }
    }

    fn member(&mut self, each: &mut Each<'_>) -> ControlFlow<()> {
        let mut fixed = [0; MEMBER_BYTES];
        self.read(&mut fixed, each)?;
        let mut header = member(&fixed);
        let mut name = vec![0; header.name_bytes];
        self.read(&mut name, each)?;
        let mut extra = vec![0; header.extra_bytes];
        self.read(&mut extra, each)?;
        header.widen(&extra);
        self.members = self.members.saturating_add(1);
        self.names = self.names.wrapping_add(key(&name));
        let most = self.limits.name_bytes;
        if name.len() > most {
            let args = [("bytes", name.len().into()), ("most", most.into())];
            let detail = text("unread-name-cut", args);
            each(Item::Trouble(Fault::new(ProblemKind::Limit, detail)))?;
            name.truncate(most);
        }
        let is_folder = name.ends_with(b"/");
        match header.method {
            Method::Refused(why) => self.refused(&name, &header, why, each),
            Method::Stored => self.stored(&name, &header, is_folder, each),
            Method::Deflated => self.deflated(&name, &header, is_folder, each),
        }
    }

    fn refused(
        &mut self,
        name: &[u8],
        header: &Member,
        why: Refusal,
        each: &mut Each<'_>,
    ) -> ControlFlow<()> {
        each(Item::Passed(name, Fault::new(ProblemKind::Unreadable, why.told())))?;
        self.quiet = header.sizes_follow;
        self.pass_bytes(header.packed_bytes, each)
    }

    fn stored(
        &mut self,
        name: &[u8],
        header: &Member,
        is_folder: bool,
        each: &mut Each<'_>,
    ) -> ControlFlow<()> {
        if is_folder {
            self.quiet = header.sizes_follow;
            return self.pass_bytes(header.packed_bytes, each);
        }
        let mut stored = Stored::new(&mut self.head, header, self.members);
        let flow = each(Item::Member(name, &mut stored));
        // A fault that is not of the member alone is met again by whoever reads on.
        let _ = skip(&mut stored, u64::MAX);
        let (taken, cut) = (stored.taken_bytes(), stored.is_cut());
        self.at_bytes = self.at_bytes.saturating_add(taken);
        flow?;
        if cut { self.cut("unread-archive-ends-in-content", each) } else { flow }
    }

    fn deflated(
        &mut self,
        name: &[u8],
        header: &Member,
        is_folder: bool,
        each: &mut Each<'_>,
    ) -> ControlFlow<()> {
        let codec = Box::new(Deflated::new(header, self.members));
        if header.sizes_follow {
            let mut unpacking = Unpacking::new(&mut self.head, self.limits, 0, "deflate", codec);
            let flow = visit(name, &mut unpacking, is_folder, each);
            if flow.is_continue() {
                drain(&mut unpacking);
            }
            self.at_bytes = self.at_bytes.saturating_add(unpacking.taken_bytes());
            return flow;
        }
        let mut body = Body::new(&mut self.head, header.packed_bytes);
        let mut unpacking = Unpacking::new(&mut body, self.limits, 0, "deflate", codec);
        visit(name, &mut unpacking, is_folder, each)?;
        drop(unpacking);
        let left = body.left_bytes();
        self.at_bytes = self.at_bytes.saturating_add(header.packed_bytes.saturating_sub(left));
        self.pass_bytes(left, each)
    }

    /// A member in the directory.
    fn listed(&mut self, each: &mut Each<'_>) -> ControlFlow<()> {
        let mut fixed = [0; LISTED_BYTES];
        self.read(&mut fixed, each)?;
        let (name_bytes, more_bytes) = listed_lengths(&fixed);
        let mut name = vec![0; name_bytes];
        self.read(&mut name, each)?;
        self.listed = self.listed.saturating_add(1);
        self.names = self.names.wrapping_sub(key(&name));
        self.pass_bytes(more_bytes as u64, each)
    }

    /// The end record; another archive may follow, as `cat` makes them.
    fn end(&mut self, each: &mut Each<'_>) -> ControlFlow<()> {
        let mut fixed = [0; END_BYTES];
        self.read(&mut fixed, each)?;
        let [.., low, high] = fixed;
        self.pass_bytes(u64::from(u16::from_le_bytes([low, high])), each)?;
        let (members, listed) = (self.members, self.listed);
        if !self.searched && (members != listed || self.names != 0) {
            let detail = if members == listed {
                text("unread-directory-names", [])
            } else {
                let args = [("listed", listed.into()), ("members", members.into())];
                text("unread-directory-count", args)
            };
            each(Item::Trouble(Fault::new(ProblemKind::Damaged, detail)))?;
        }
        (self.members, self.listed, self.names) = (0, 0, 0);
        (self.searched, self.ended) = (false, true);
        ControlFlow::Continue(())
    }

    /// What begins with a length after `before` bytes.
    fn pass_record(&mut self, before: usize, width: usize, each: &mut Each<'_>) -> ControlFlow<()> {
        let mut head = vec![0; before.saturating_add(width)];
        self.read(&mut head, each)?;
        let length = head.get(before..).unwrap_or_default();
        let length = length.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        self.pass_bytes(length, each)
    }

    /// Passes over what is no record, up to the next one or the end.
    fn search(&mut self, each: &mut Each<'_>) -> ControlFlow<()> {
        let (from_byte, mut only_zeros) = (self.at_bytes, true);
        let fault = loop {
            let here = match self.head.fill() {
                Ok([]) => break None,
                Err(fault) => break Some(fault),
                Ok(block) => {
                    let upto = memchr::memchr(b'P', block).unwrap_or(block.len());
                    only_zeros &= block.iter().take(upto).all(|byte| *byte == 0);
                    upto
                }
            };
            self.take(here);
            if here == 0 {
                let next = self.head.peek(SIGNATURE_BYTES);
                if [&MEMBER, &LISTED, &END].iter().any(|record| next == *record) {
                    return self.found(from_byte, only_zeros, each);
                }
                only_zeros = false;
                self.take(1);
            }
        };
        self.finish(from_byte, only_zeros, fault, each)
    }

    /// The next record was found.
    fn found(&mut self, from_byte: u64, only_zeros: bool, each: &mut Each<'_>) -> ControlFlow<()> {
        if only_zeros || self.quiet {
            return ControlFlow::Continue(());
        }
        self.searched = true;
        let count = self.at_bytes.saturating_sub(from_byte);
        let args = [("format", "zip".into()), ("byte", from_byte.into()), ("bytes", count.into())];
        let detail = text("unread-header-lost", args);
        each(Item::Trouble(Fault::new(ProblemKind::Damaged, detail)))
    }

    /// The stream has no further record.
    fn finish(
        &mut self,
        from_byte: u64,
        only_zeros: bool,
        fault: Option<Fault>,
        each: &mut Each<'_>,
    ) -> ControlFlow<()> {
        let count = self.at_bytes.saturating_sub(from_byte);
        if self.ended && !only_zeros {
            let args = [("bytes", count.into()), ("format", "zip".into())];
            let detail = text("unread-archive-ignored", args);
            each(Item::Trouble(Fault::new(ProblemKind::NotALog, detail)))?;
        }
        if let Some(fault) = fault {
            each(Item::Trouble(fault))?;
        } else if !self.ended {
            let args = [("byte", self.at_bytes.into())];
            let detail = text("unread-archive-without-directory", args);
            each(Item::Trouble(Fault::new(ProblemKind::Truncated, detail)))?;
        }
        ControlFlow::Break(())
    }

    fn read(&mut self, out: &mut [u8], each: &mut Each<'_>) -> ControlFlow<()> {
        let (count, _) = read_full(&mut self.head, out);
        self.at_bytes = self.at_bytes.saturating_add(count as u64);
        if count < out.len() {
            self.cut("unread-archive-ends-in-header", each)
        } else {
            ControlFlow::Continue(())
        }
    }

    fn pass_bytes(&mut self, want: u64, each: &mut Each<'_>) -> ControlFlow<()> {
        let (count, _) = skip(&mut self.head, want);
        self.at_bytes = self.at_bytes.saturating_add(count);
        if count < want {
            self.cut("unread-archive-ends-in-member", each)
        } else {
            ControlFlow::Continue(())
        }
    }

    fn take(&mut self, count: usize) {
        self.head.take(count);
        self.at_bytes = self.at_bytes.saturating_add(count as u64);
    }

    /// The stream has ended inside of something; `message` says of what.
    fn cut(&mut self, message: &'static str, each: &mut Each<'_>) -> ControlFlow<()> {
        let detail = text(message, [("byte", self.at_bytes.into())]);
        let cut = Fault::new(ProblemKind::Truncated, detail);
        let fault = self.head.fill().err().filter(|fault| fault.kind.loses_bytes());
        each(Item::Trouble(fault.unwrap_or(cut)))?;
        ControlFlow::Break(())
    }
}

/// Hands on a packed member, or passes over a folder.
fn visit(
    name: &[u8],
    unpacking: &mut Unpacking<'_>,
    is_folder: bool,
    each: &mut Each<'_>,
) -> ControlFlow<()> {
    let mut flow = ControlFlow::Continue(());
    if !is_folder {
        with_unpacked(unpacking, Ahead::Thread, |blocks, _| {
            flow = each(Item::Member(name, blocks));
        });
    }
    flow
}

/// Unpacks to the end, to find it.
fn drain(unpacking: &mut Unpacking<'_>) {
    let mut scratch = vec![0; SCRATCH_BYTES];
    while unpacking.produce(&mut scratch).1.is_none() {}
}

fn key(name: &[u8]) -> u64 {
    u64::from(crc32fast::hash(name)).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ name.len() as u64
}
