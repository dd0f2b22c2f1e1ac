//! The export format of journald (systemd: docs/JOURNAL_EXPORT_FORMATS.md). In: a stream in pieces of any size; out: one record an
//! entry. Exists because binary fields are framed by length: a message may hold a blank line and a forged field behind it.
//! Must never allocate by a length that the file claims, and never split a field by what is in it.

use memchr::{memchr, memchr_iter};
use nom::bytes::streaming::take;
use nom::number::streaming::le_u64;
use nom::{Err, IResult, Needed};

use super::journal::{Entry, slot};
use super::journal_models::Models;
use super::lines::LINE_MAX_BYTES;
use super::outlet::{Outlet, Receiver};
use super::{Tally, syslog};

/// Longest field that is kept, in bytes; longer ones are skipped by their length.
const FIELD_MAX_BYTES: u64 = LINE_MAX_BYTES as u64;
/// journald stores no field above 768 MiB (`DATA_SIZE_MAX`): a greater length is no length.
const LENGTH_MAX: u64 = 768 << 20;
/// Longest field name (`journal_field_valid`), in bytes.
const NAME_MAX_BYTES: usize = 64;

/// What the stream holds next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Item<'a> {
    /// End of an entry.
    Blank,
    Field {
        name: &'a [u8],
        value: &'a [u8],
    },
    /// A field whose next so many bytes are to be skipped.
    Oversize(u64),
    /// A line that is no field.
    Junk(&'a [u8]),
}

/// Reads entries from pieces of the stream.
#[derive(Debug, Clone, Default)]
pub(super) struct Export {
    entry: Entry,
    models: Models,
    /// Line on which the entry began, 0 between entries.
    began: u64,
    /// The start of an item whose end has not come yet, at most one field.
    pending: Vec<u8>,
    /// How long `pending` must be before another try is worth it, and whether a newline must come first.
    wanted: usize,
    wants_newline: bool,
    skip_bytes: u64,
    skip_line: bool,
    newlines: u64,
    long_fields: u64,
    damaged: u64,
    torn_end: bool,
    partial: bool,
}

impl Export {
    pub(super) fn feed(&mut self, block: &[u8], outlet: &mut Outlet, to: &mut dyn Receiver) {
        let mut rest = block;
        while !self.pending.is_empty() && !rest.is_empty() {
            rest = self.complete(rest, outlet, to);
        }
        if !rest.is_empty() {
            let left = self.consume(rest, outlet, to);
            self.pending.extend_from_slice(left);
            self.bound_pending();
        }
    }

    /// Takes so much of a block that the item that has begun may be whole: what is left of the block. The rest of it need not be
    /// copied.
    fn complete<'a>(
        &mut self,
        block: &'a [u8],
        outlet: &mut Outlet,
        to: &mut dyn Receiver,
    ) -> &'a [u8] {
        let newline = memchr(b'\n', block);
        let count = match newline {
            Some(end) if self.wants_newline => end + 1,
            None if self.wants_newline => block.len(),
            _ => self.wanted.saturating_sub(self.pending.len()).clamp(1, block.len()),
        };
        let (new, rest) = block.split_at(count);
        self.pending.extend_from_slice(new);
        let waits = self.pending.len() < self.wanted || (self.wants_newline && newline.is_none());
        if !waits {
            let mut buffer = std::mem::take(&mut self.pending);
            let left = self.consume(&buffer, outlet, to).len();
            buffer.drain(..buffer.len() - left);
            self.pending = buffer;
        }
        self.bound_pending();
        rest
    }

    fn bound_pending(&mut self) {
        if self.wants_newline && self.pending.len() > LINE_MAX_BYTES {
            self.pending.clear();
            self.long_fields += 1;
            self.skip_line = true;
        }
    }

    pub(super) fn finish(&mut self, complete: bool, outlet: &mut Outlet, to: &mut dyn Receiver) {
        self.partial = !self.pending.is_empty() || self.skip_bytes > 0 || self.skip_line;
        let torn = self.skip_bytes > 0 || !complete;
        if complete && self.partial {
            let mut buffer = std::mem::take(&mut self.pending);
            buffer.push(b'\n');
            let left = self.consume(&buffer, outlet, to).len();
            // What is left is a binary field cut short.
            self.torn_end = left > 0;
            self.newlines += memchr_iter(b'\n', &buffer[buffer.len() - left..]).count() as u64;
        } else {
            self.newlines += u64::from(self.partial);
        }
        self.pending.clear();
        if torn && (self.partial || self.began > 0) {
            self.torn_end = true;
            self.entry.clear();
        }
        self.torn_end |= self.began > 0 && !self.entry.has_message();
        self.end_entry(outlet, to);
    }

    pub(super) fn tally(&self, outlet: &Outlet) -> Tally {
        Tally {
            lines: self.newlines,
            records: outlet.records,
            long_lines: self.long_fields,
            partial_last_line: self.partial,
            damaged: self.damaged,
            torn_end: self.torn_end,
            ..Tally::default()
        }
    }

    /// Reads all whole items, and gives back what is left.
    fn consume<'a>(
        &mut self,
        input: &'a [u8],
        outlet: &mut Outlet,
        to: &mut dyn Receiver,
    ) -> &'a [u8] {
        let mut rest = self.skipped(input);
        while !rest.is_empty() {
            if self.began == 0
                && let Some(like) = self.models.fit(rest)
            {
                let (bytes, newlines) = (like.bytes, like.newlines);
                like.deliver((rest, self.newlines + 1), outlet, to);
                self.newlines += newlines;
                rest = rest.get(bytes..).unwrap_or_default();
                continue;
            }
            match item(rest) {
                Ok((after, item)) => {
                    self.apply(&item, outlet, to);
                    let taken = &rest[..rest.len() - after.len()];
                    self.newlines += newlines(&item, taken);
                    rest = self.skipped(after);
                }
                Err(Err::Incomplete(Needed::Size(more))) => {
                    (self.wanted, self.wants_newline) = (rest.len() + more.get(), false);
                    return rest;
                }
                // The parsers of this module give no other error than "more, up to a newline".
                Err(_) => {
                    (self.wanted, self.wants_newline) = (rest.len() + 1, true);
                    return rest;
                }
            }
        }
        self.wants_newline = false;
        rest
    }

    /// Takes off what an oversize field has left to skip.
    fn skipped<'a>(&mut self, input: &'a [u8]) -> &'a [u8] {
        let count = usize::try_from(self.skip_bytes).unwrap_or(usize::MAX).min(input.len());
        let (dropped, mut rest) = input.split_at(count);
        if count > 0 {
            self.skip_bytes -= count as u64;
            self.newlines += memchr_iter(b'\n', dropped).count() as u64;
        }
        if self.skip_line && !rest.is_empty() {
            let end = memchr(b'\n', rest);
            self.skip_line = end.is_none();
            self.newlines += u64::from(end.is_some());
            rest = end.map_or(&[], |end| &rest[end + 1..]);
        }
        rest
    }

    fn apply(&mut self, item: &Item<'_>, outlet: &mut Outlet, to: &mut dyn Receiver) {
        match item {
            Item::Blank => self.end_entry(outlet, to),
            Item::Field { name, value } => {
                if *name == b"__CURSOR" {
                    self.end_entry(outlet, to);
                }
                if self.began == 0 {
                    self.began = self.newlines + 1;
                }
                if let Some(slot) = slot(name) {
                    self.entry.set(slot, value);
                }
            }
            Item::Oversize(bytes) => {
                self.long_fields += 1;
                self.skip_bytes = *bytes;
            }
            Item::Junk(line) => self.damaged += u64::from(self.is_torn_by(line)),
        }
    }

    /// Whether this is what is left of an entry. What programs around journald print stands between entries, and none is lost by it.
    fn is_torn_by(&self, line: &[u8]) -> bool {
        let is_of_hole = || line.contains(&0) && line.iter().any(|byte| *byte != 0);
        (self.began > 0 && !syslog::is_noise(line)) || is_of_hole()
    }

    fn end_entry(&mut self, outlet: &mut Outlet, to: &mut dyn Receiver) {
        self.entry.deliver(self.began, outlet, &mut |record| to.take(record));
        self.entry.clear();
        self.began = 0;
    }
}

/// Newlines of an item that took so many bytes: one, unless it is framed by length.
fn newlines(item: &Item<'_>, taken: &[u8]) -> u64 {
    let is_line = match item {
        Item::Blank | Item::Junk(_) => true,
        // `=` and the end of the line, against a newline, eight bytes of length and another newline.
        Item::Field { name, value } => taken.len() <= name.len() + value.len() + 3,
        Item::Oversize(_) => false,
    };
    if is_line && !taken.is_empty() { 1 } else { memchr_iter(b'\n', taken).count() as u64 }
}

/// One item; `Incomplete` where its end has not come yet, of unknown size where a newline is missing.
pub(super) fn item(input: &[u8]) -> IResult<&[u8], Item<'_>> {
    let (after, line) = line(input)?;
    if line.is_empty() {
        return Ok((after, Item::Blank));
    }
    let taken = input.len() - after.len();
    if taken > LINE_MAX_BYTES + 1 {
        return Ok((input, Item::Oversize(taken as u64)));
    }
    match memchr(b'=', line) {
        // journald frames a value with such a byte by its length: here it is a hole.
        Some(end) if is_name(&line[..end]) && memchr(0, &line[end..]).is_none() => {
            Ok((after, Item::Field { name: &line[..end], value: &line[end + 1..] }))
        }
        None if is_name(line) => binary(after, line),
        _ => Ok((after, Item::Junk(line))),
    }
}

/// Up to the newline, without a carriage return that a mail program or an editor added.
fn line(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let end = memchr(b'\n', input).ok_or(Err::Incomplete(Needed::Unknown))?;
    let line = &input[..end];
    Ok((&input[end + 1..], line.strip_suffix(b"\r").unwrap_or(line)))
}

/// Length, bytes and newline behind a name. Where they do not fit together, the name was a line of something else.
pub(super) fn binary<'a>(input: &'a [u8], name: &'a [u8]) -> IResult<&'a [u8], Item<'a>> {
    let (content, length) = le_u64(input)?;
    if length > LENGTH_MAX {
        return Ok((input, Item::Junk(name)));
    }
    if length > FIELD_MAX_BYTES {
        return Ok((content, Item::Oversize(length + 1)));
    }
    let (after, value) = take(length)(content)?;
    match after.split_first() {
        None => Err(Err::Incomplete(Needed::new(1))),
        Some((b'\n', after)) => Ok((after, Item::Field { name, value })),
        Some(_) => Ok((input, Item::Junk(name))),
    }
}

/// `journal_field_valid`: upper case, digits, underscore, no digit first, at most 64 bytes.
pub(super) fn is_name(name: &[u8]) -> bool {
    name.len() <= NAME_MAX_BYTES
        && name.first().is_some_and(|first| !first.is_ascii_digit())
        && name
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
}
