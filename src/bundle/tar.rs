//! Tar archives (old v7, ustar, pax, GNU) as streams of members.
//! In: blocks. Out: one call per member, and everything that was passed over with its reason. It exists because the tar crate
//! reads long names of any size into memory and gives up at the first damaged header. It must never hold a member's content.

use std::ops::ControlFlow;

use super::Limits;
use super::blocks::{Blocks, Body, Each, Fault, Item, read_full, skip};
use super::tar_header::{BLOCK_BYTES, Header, Overrides, RawBlock, header, pax, sparse_continues};
use crate::problem::ProblemKind;
use crate::wording::text;

/// The largest pax header that is read: a path, and extended attributes, which Linux limits to 64 KiB each (xattr(7)).
const PAX_BYTES: u64 = 128 * 1024;

/// Where the reading of an archive stands.
struct Tar<'a> {
    inner: &'a mut dyn Blocks,
    limits: &'a Limits,
    at_bytes: u64,
    /// What long-name and pax headers said about the next member.
    pending: Option<Overrides>,
    /// Blocks of zeros seen in a row; two of them end an archive.
    zeros: u64,
    lost: Option<Lost>,
}

/// A stretch of blocks that are no headers where one should be.
struct Lost {
    from_byte: u64,
    until_byte: u64,
    after_end: bool,
}

/// Reads the archive to its end, or to what breaks it, or until `each` breaks off.
pub(super) fn read(inner: &mut dyn Blocks, limits: &Limits, each: &mut Each<'_>) {
    let mut tar = Tar { inner, limits, at_bytes: 0, pending: None, zeros: 0, lost: None };
    while tar.step(each).is_continue() {}
}

impl Tar<'_> {
    /// Reads one header and what belongs to it.
    fn step(&mut self, each: &mut Each<'_>) -> ControlFlow<()> {
        let mut block = [0; BLOCK_BYTES];
        let begin = self.at_bytes;
        let (count, end) = read_full(self.inner, &mut block);
        self.at_bytes = begin.saturating_add(count as u64);
        if count < BLOCK_BYTES {
            return self.finish(block.get(..count).unwrap_or_default(), end.err(), each);
        }
        if block == [0; BLOCK_BYTES] {
            self.zeros = self.zeros.saturating_add(1);
            return ControlFlow::Continue(());
        }
        let Some(header) = header(&block) else {
            self.lose(begin);
            return ControlFlow::Continue(());
        };
        if let Some(fault) = self.found_again() {
            each(Item::Trouble(fault))?;
        }
        self.zeros = 0;
        self.entry(header, each)
    }

    /// Counts a block that is no header; the search goes on block by block.
    fn lose(&mut self, begin: u64) {
        let after_end = self.zeros >= 2;
        let lost = self.lost.get_or_insert(Lost { from_byte: begin, until_byte: begin, after_end });
        lost.until_byte = self.at_bytes;
        self.pending = None;
    }

    fn found_again(&mut self) -> Option<Fault> {
        let Lost { from_byte, until_byte, after_end } = self.lost.take()?;
        let count = until_byte.saturating_sub(from_byte);
        Some(if after_end {
            let args = [("bytes", count.into()), ("format", "tar".into())];
            Fault::new(ProblemKind::NotALog, text("unread-archive-ignored", args))
        } else {
            let args =
                [("format", "tar".into()), ("byte", from_byte.into()), ("bytes", count.into())];
            Fault::new(ProblemKind::Damaged, text("unread-header-lost", args))
        })
    }

    /// The stream has no further whole block.
    fn finish(
        &mut self,
        rest: &[u8],
        fault: Option<Fault>,
        each: &mut Each<'_>,
    ) -> ControlFlow<()> {
        let in_header = rest.iter().any(|byte| *byte != 0);
        let marked = self.zeros > 0 || self.lost.is_some();
        let lost = self.found_again();
        let after_end =
            lost.as_ref().is_some_and(|lost| lost.kind == ProblemKind::NotALog) || self.zeros >= 2;
        if let Some(lost) = lost {
            each(Item::Trouble(lost))?;
        }
        if let Some(fault) = fault {
            each(Item::Trouble(fault))?;
            return ControlFlow::Break(());
        }
        let at = self.at_bytes;
        if (in_header || self.pending.is_some()) && !after_end {
            let detail = text("unread-archive-ends-in-header", [("byte", at.into())]);
            each(Item::Trouble(Fault::new(ProblemKind::Truncated, detail)))?;
        } else if !marked {
            let detail = text("unread-archive-without-end", [("byte", at.into())]);
            each(Item::Trouble(Fault::new(ProblemKind::NotALog, detail)))?;
        }
        ControlFlow::Break(())
    }

    fn entry(&mut self, header: Header, each: &mut Each<'_>) -> ControlFlow<()> {
        match header.flag {
            b'L' => return self.long_name(header.size_bytes, each),
            b'x' | b'X' => return self.pax(header.size_bytes, each),
            // A long link name, or pax records for all members: nothing in them that is needed.
            b'K' | b'g' => return self.pass(header.size_bytes, each),
            _ => {}
        }
        let Overrides { name, size_bytes, sparse } = self.pending.take().unwrap_or_default();
        let name = name.unwrap_or(header.name);
        let size_bytes = size_bytes.unwrap_or(header.size_bytes);
        let refused = match header.flag {
            b'0' | 0 | b'7' if sparse => sparse_member(),
            // Old tars know a folder by the slash alone.
            b'0' | 0 | b'7' if name.ends_with(b"/") => return self.pass(size_bytes, each),
            b'0' | 0 | b'7' => return self.member(&name, size_bytes, each),
            b'S' => {
                self.sparse_map(header.continues);
                sparse_member()
            }
            b'1' | b'2' => return each(Item::Passed(&name, link(header.flag, &header.link))),
            b'3' | b'4' => {
                let detail = text("unread-device", []);
                return each(Item::Passed(&name, Fault::new(ProblemKind::NotALog, detail)));
            }
            b'6' => {
                let detail = text("unread-named-pipe", []);
                return each(Item::Passed(&name, Fault::new(ProblemKind::NotALog, detail)));
            }
            b'5' => return ControlFlow::Continue(()),
            // A list of a folder's names, or the label of a volume.
            b'D' | b'V' => return self.pass(size_bytes, each),
            other => {
                let flag = format!("{:?}", char::from(other));
                Fault::new(
                    ProblemKind::Unreadable,
                    text("unread-tar-type", [("type", flag.into())]),
                )
            }
        };
        each(Item::Passed(&name, refused))?;
        self.pass(size_bytes, each)
    }

    fn member(&mut self, name: &[u8], size_bytes: u64, each: &mut Each<'_>) -> ControlFlow<()> {
        let mut body = Body::new(&mut *self.inner, size_bytes);
        each(Item::Member(name, &mut body))?;
        let left = body.left_bytes();
        self.at_bytes = self.at_bytes.saturating_add(size_bytes.saturating_sub(left));
        self.pass_bytes(left, padding(size_bytes), each)
    }

    /// Passes over a content of `size_bytes` and its padding.
    fn pass(&mut self, size_bytes: u64, each: &mut Each<'_>) -> ControlFlow<()> {
        self.pass_bytes(size_bytes, padding(size_bytes), each)
    }

    fn pass_bytes(&mut self, content: u64, padding: u64, each: &mut Each<'_>) -> ControlFlow<()> {
        for (want, message) in [
            (content, "unread-archive-ends-in-content"),
            (padding, "unread-archive-ends-in-padding"),
        ] {
            let (count, end) = skip(self.inner, want);
            self.at_bytes = self.at_bytes.saturating_add(count);
            if count < want {
                let detail = text(message, [("byte", self.at_bytes.into())]);
                let cut = Fault::new(ProblemKind::Truncated, detail);
                each(Item::Trouble(
                    end.err().filter(|fault| fault.kind.loses_bytes()).unwrap_or(cut),
                ))?;
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    }

    fn long_name(&mut self, size_bytes: u64, each: &mut Each<'_>) -> ControlFlow<()> {
        let longest = (self.limits.name_bytes as u64).saturating_add(1);
        let Some(name) = self.small_content(size_bytes, longest, "unread-long-name", each)? else {
            return ControlFlow::Continue(());
        };
        let name = name.split(|byte| *byte == 0).next().unwrap_or_default().to_vec();
        self.pending.get_or_insert_default().name = Some(name);
        ControlFlow::Continue(())
    }

    fn pax(&mut self, size_bytes: u64, each: &mut Each<'_>) -> ControlFlow<()> {
        let Some(records) = self.small_content(size_bytes, PAX_BYTES, "unread-long-pax", each)?
        else {
            return ControlFlow::Continue(());
        };
        let Some(mut found) = pax(&records) else {
            let detail = text("unread-bad-pax", [("byte", self.at_bytes.into())]);
            return each(Item::Trouble(Fault::new(ProblemKind::Damaged, detail)));
        };
        if let Some(name) = found.name.take_if(|name| name.len() > self.limits.name_bytes) {
            each(Item::Trouble(too_long(
                "unread-long-path",
                name.len() as u64,
                self.limits.name_bytes as u64,
            )))?;
        }
        let pending = self.pending.get_or_insert_default();
        pending.name = found.name.or(pending.name.take());
        pending.size_bytes = found.size_bytes.or(pending.size_bytes);
        pending.sparse |= found.sparse;
        ControlFlow::Continue(())
    }

    /// The content of a header's header, unless it is larger than such a thing ever is; `message` says what it is then.
    fn small_content(
        &mut self,
        size_bytes: u64,
        longest: u64,
        message: &'static str,
        each: &mut Each<'_>,
    ) -> ControlFlow<(), Option<Vec<u8>>> {
        if size_bytes > longest {
            each(Item::Trouble(too_long(message, size_bytes, longest)))?;
            self.pass(size_bytes, each)?;
            return ControlFlow::Continue(None);
        }
        let mut content = vec![0; usize::try_from(size_bytes).unwrap_or_default()];
        let (count, _) = read_full(self.inner, &mut content);
        self.at_bytes = self.at_bytes.saturating_add(count as u64);
        self.pass_bytes(size_bytes.saturating_sub(count as u64), padding(size_bytes), each)?;
        ControlFlow::Continue(Some(content))
    }

    /// Passes over the extension blocks of an old GNU sparse header.
    fn sparse_map(&mut self, mut continues: bool) {
        while continues {
            let mut block: RawBlock = [0; BLOCK_BYTES];
            let (count, _) = read_full(self.inner, &mut block);
            self.at_bytes = self.at_bytes.saturating_add(count as u64);
            continues = count == BLOCK_BYTES && sparse_continues(&block);
        }
    }
}

/// Bytes that fill up the last block of a content.
const fn padding(size_bytes: u64) -> u64 {
    let block = BLOCK_BYTES as u64;
    (block - size_bytes % block) % block
}

fn sparse_member() -> Fault {
    Fault::new(ProblemKind::Unreadable, text("unread-sparse", []))
}

fn link(flag: u8, target: &[u8]) -> Fault {
    let message = if flag == b'1' { "unread-hard-link-to" } else { "unread-symbolic-link-to" };
    let target = super::names::clean(target);
    Fault::new(ProblemKind::NotALog, text(message, [("target", target.into())]))
}

fn too_long(message: &'static str, size_bytes: u64, longest: u64) -> Fault {
    let args = [("bytes", size_bytes.into()), ("most", longest.into())];
    Fault::new(ProblemKind::Limit, text(message, args))
}
