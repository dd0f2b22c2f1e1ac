//! What the entries of one writer have in common. In: entries of the export format, as they stand in it. Out: for the next one, the
//! few fields in which it differs from those before it. Exists because journald writes some thirty fields in each entry, of which
//! five change from one to the next: the others are compared as one piece.
//! Must never take an entry for one of a writer whose names it does not have, and never read one as [`super::journal_export`] would not.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ops::Range;

use memchr::{memchr, memchr_iter};

use crate::near;

use super::journal::{Entry, Slot, slot};
use super::journal_export::{Item, binary, item};
use super::kin::Kin;
use super::lines::LINE_MAX_BYTES;
use super::outlet::{Outlet, Receiver};

/// Models that are kept; a host has a few dozen programs, and most entries are of a handful.
const MODELS_MAX: usize = 16;
/// Longest entry that is taken for a model, in bytes and in lines.
const MODEL_MAX_BYTES: usize = 8 * 1024;
const MODEL_LINES_MAX: usize = 64;
/// Longest value that is looked for here: with its name it is a line that is kept whole.
const VALUE_MAX_BYTES: usize = LINE_MAX_BYTES - MODEL_MAX_BYTES;
/// How far behind the front a word is looked for that tells models apart, in bytes: up to the program's name and behind it.
const SIGN_MAX_BYTES: usize = 512;
/// To learn costs so many entries, and so many may be saved up: where no entry is like another, few are looked at.
const LEARNING_COSTS: u32 = if cfg!(test) { 1 } else { 32 };
const SAVED_MAX: u32 = 1024;

/// A part of a model: what is the same in each entry, and the value behind it that is not.
#[derive(Debug, Clone, Default)]
struct Part {
    /// The end of the line before it, lines with their ends, and the name of the field whose value comes.
    same: Vec<u8>,
    /// What the value is; none where the entry ends.
    own: Option<Own>,
}

impl Part {
    fn is_like(&self, other: &Self) -> bool {
        let slot = |part: &Self| part.own.as_ref().map(|own| own.slot);
        self.same == other.same && slot(self) == slot(other)
    }
}

#[derive(Debug, Clone)]
struct Own {
    slot: Option<Slot>,
    /// Bytes of the value in the last entry.
    bytes: usize,
}

/// A field of the entry that a model was made of.
#[derive(Debug, Clone)]
struct Line {
    name: Vec<u8>,
    value: Vec<u8>,
    slot: Option<Slot>,
    own: bool,
}

impl Line {
    /// A field that takes so many bytes of the export. A longer one than its name, its value and two bytes is framed by its length, or
    /// ends as no line of journald does.
    fn new(name: &[u8], value: &[u8], taken: usize) -> Self {
        let slot = slot(name);
        let own = matches!(name, b"__CURSOR" | b"__MONOTONIC_TIMESTAMP" | b"__SEQNUM")
            || slot.is_some_and(Slot::is_of_entry)
            || taken > name.len() + value.len() + 2;
        Self { name: name.to_vec(), value: value.to_vec(), slot, own }
    }
}

/// An entry that others are like.
#[derive(Debug, Clone)]
pub(super) struct Model {
    lines: Vec<Line>,
    parts: Vec<Part>,
    /// With the values that are the same in all.
    entry: Entry,
    /// Of the writer: all entries that are like the model have the names of the first.
    kin: Kin,
    /// Whether the pid may differ: where `UNIT` stands, it tells whose unit that is.
    any_pid: bool,
    /// The word that its entries have in the place that tells most models apart, and whether all of them have: it may stand behind
    /// a value of their own, which may be shorter in another one.
    sign: Option<u64>,
    is_sure: bool,
}

impl Model {
    fn new(lines: Vec<Line>, kin: Kin) -> Self {
        let any_pid = lines.iter().all(|line| line.slot != Some(Slot::Unit));
        let mut model = Self {
            lines,
            parts: Vec::new(),
            entry: Entry::default(),
            kin,
            any_pid,
            sign: None,
            is_sure: true,
        };
        model.put_together();
        model
    }

    fn put_together(&mut self) {
        self.parts.clear();
        self.entry.clear();
        let mut same = Vec::new();
        for line in &self.lines {
            same.extend_from_slice(&line.name);
            if line.own {
                let own = Own { slot: line.slot, bytes: line.value.len() };
                self.parts.push(Part { same: std::mem::take(&mut same), own: Some(own) });
            } else {
                same.push(b'=');
                same.extend_from_slice(&line.value);
                if let Some(slot) = line.slot {
                    self.entry.set(slot, &line.value);
                }
            }
            same.push(b'\n');
        }
        same.push(b'\n');
        self.parts.push(Part { same, own: None });
        self.entry.name();
    }

    /// The eight bytes that its entries have so far behind the front, where the values before them are as long as in the last one,
    /// and whether no value is. None where they are not the same in all.
    fn word(&self, front: usize, at: usize) -> Option<(u64, bool)> {
        let (mut left, mut is_sure) = (at, true);
        for part in self.parts.get(front..)? {
            if let Some(text) = part.same.get(left..) {
                return Some((word_in(text)?, is_sure));
            }
            left = left.checked_sub(part.same.len() + 1 + part.own.as_ref()?.bytes)?;
            is_sure = false;
        }
        None
    }

    /// Makes it fit these lines too, where they are of the same writer.
    fn takes(&mut self, lines: &[Line]) -> bool {
        let is_name_alike = |(one, other): (&Line, &Line)| {
            let may_differ = |slot: Slot| slot.is_of_entry() || (slot.is_pid() && self.any_pid);
            let is_own = one.own || other.own;
            one.name == other.name
                && (is_own || one.slot.is_none_or(may_differ) || one.value == other.value)
        };
        if lines.len() != self.lines.len() || !self.lines.iter().zip(lines).all(is_name_alike) {
            return false;
        }
        for (own, other) in self.lines.iter_mut().zip(lines) {
            own.own |= other.own || own.value != other.value;
        }
        self.put_together();
        true
    }
}

/// What was found of an entry so far.
#[derive(Debug, Clone, Default)]
struct Walk {
    /// Bytes of the text up to here.
    at: usize,
    /// Newlines in values that are framed by their length, above one.
    newlines: u64,
    /// Where its own values stand.
    spots: Vec<(Slot, Range<usize>)>,
}

impl Walk {
    fn clear(&mut self) {
        (self.at, self.newlines) = (0, 0);
        self.spots.clear();
    }

    /// Goes over these parts of an entry; `None` where the text is not like them.
    fn over(&mut self, parts: &mut [Part], text: &[u8]) -> Option<()> {
        let mut rest = text.get(self.at..)?;
        for part in parts {
            let (same, after) = rest.split_at_checked(part.same.len())?;
            if !is_same(same, &part.same) {
                return None;
            }
            rest = after;
            let Some(own) = &mut part.own else { break };
            let value = if let Some(line) = rest.strip_prefix(b"=") {
                own.bytes = line_bytes(line, own.bytes)?;
                let from = text.len() - line.len();
                rest = line.get(own.bytes..)?;
                from..from + own.bytes
            } else {
                let name_end = text.len() - rest.len();
                let value = framed(text, name_end)?;
                // Of the two around a value that is framed by its length, the one behind its name is not counted yet.
                self.newlines += memchr_iter(b'\n', text.get(name_end..value.end)?).count() as u64;
                rest = text.get(value.end..)?;
                value
            };
            if value.len() > VALUE_MAX_BYTES {
                return None;
            }
            if let Some(slot) = own.slot {
                self.spots.push((slot, value));
            }
        }
        self.at = text.len() - rest.len();
        Some(())
    }
}

/// As `==`, for as many bytes of each; few of them are compared without a call.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    fn is_alike<const N: usize>(one: &[u8], other: &[u8]) -> bool {
        one.first_chunk::<N>() == other.first_chunk() && one.last_chunk::<N>() == other.last_chunk()
    }
    match one.len() {
        len if len != other.len() => false,
        4..8 => is_alike::<4>(one, other),
        8..=16 => is_alike::<8>(one, other),
        17..=32 => is_alike::<16>(one, other),
        _ => one == other,
    }
}

/// The bytes of a text before its first newline; as many as in the last entry, mostly. `None` where no line ends so, and
/// where a hole of the file is in it.
fn line_bytes(text: &[u8], before: usize) -> Option<usize> {
    let bytes = match text.split_at_checked(before) {
        Some((value, [b'\n', ..])) if !near::has::<b'\n'>(value) => before,
        _ => {
            let bytes = memchr(b'\n', text)?;
            if near::has::<0>(text.get(..bytes)?) {
                return None;
            }
            bytes
        }
    };
    (text.get(bytes.wrapping_sub(1)) != Some(&b'\r')).then_some(bytes)
}

/// Where the value stands of a field that is framed by its length, whose name ends there.
fn framed(text: &[u8], name_end: usize) -> Option<Range<usize>> {
    let framed = text.get(name_end..)?.strip_prefix(b"\n")?;
    let Ok((after, Item::Field { value, .. })) = binary(framed, b"") else { return None };
    let end = (text.len() - after.len()).checked_sub(1)?;
    Some(end.checked_sub(value.len())?..end)
}

/// An entry that is like one before.
pub(super) struct Like<'m> {
    /// That it takes of the text, and the newlines among them.
    pub(super) bytes: usize,
    pub(super) newlines: u64,
    entry: &'m mut Entry,
    kin: Kin,
    spots: &'m [(Slot, Range<usize>)],
}

impl Like<'_> {
    /// Delivers it; the text and the line are those with which it begins.
    pub(super) fn deliver(
        self,
        (text, line): (&[u8], u64),
        outlet: &mut Outlet,
        to: &mut dyn Receiver,
    ) {
        let spots = self.spots.iter();
        let values = spots.filter_map(|(slot, range)| Some((*slot, text.get(range.clone())?)));
        self.entry.deliver_like((line, self.kin), values, outlet, to);
    }
}

/// The models of one export.
#[derive(Debug, Clone, Default)]
pub(super) struct Models {
    list: Vec<Model>,
    /// Their places, the last used first.
    order: Vec<usize>,
    /// The parts that all of them begin with: cursor and times, which are gone over once.
    front: Vec<Part>,
    /// Where the word stands behind the front by which most of them are told apart; looked for anew when there are more models, or
    /// another front.
    sign_at: usize,
    sign_of: (usize, usize),
    walk: Walk,
    last_kin: Kin,
    saved: u32,
}

impl Models {
    /// The entry that a text begins with, where it is like one before.
    pub(super) fn fit(&mut self, text: &[u8]) -> Option<Like<'_>> {
        self.saved = (self.saved + 1).min(SAVED_MAX);
        let Some((turn, place)) = self.like(text) else {
            self.learn(text);
            return None;
        };
        self.order.get_mut(..=turn)?.rotate_right(1);
        let Model { lines, entry, kin, .. } = self.list.get_mut(place)?;
        let Walk { at, newlines, spots } = &self.walk;
        Some(Like {
            bytes: *at,
            newlines: newlines + lines.len() as u64 + 1,
            entry,
            kin: *kin,
            spots,
        })
    }

    /// The first model that the text begins like: its turn and its place.
    fn like(&mut self, text: &[u8]) -> Option<(usize, usize)> {
        let Self { list, order, front, walk, .. } = self;
        walk.clear();
        walk.over(front, text)?;
        let (at, newlines, spots) = (walk.at, walk.newlines, walk.spots.len());
        let sign = text.get(at + self.sign_at..).and_then(word_in);
        // What does not have the sign is looked at last.
        for is_last in [false, true] {
            for (turn, place) in order.iter().enumerate() {
                let model = list.get_mut(*place)?;
                let has_sign = model.sign.is_none_or(|own| Some(own) == sign);
                if has_sign == is_last || (is_last && model.is_sure) {
                    continue;
                }
                let parts = model.parts.get_mut(front.len()..)?;
                if walk.over(parts, text).is_some() {
                    return Some((turn, *place));
                }
                (walk.at, walk.newlines) = (at, newlines);
                walk.spots.truncate(spots);
            }
        }
        None
    }

    /// Makes a model of the entry that a text begins with, where it is whole.
    fn learn(&mut self, text: &[u8]) {
        if self.saved < LEARNING_COSTS {
            return;
        }
        self.saved -= LEARNING_COSTS;
        let Some(lines) = lines_of(text) else { return };
        if !self.list.iter_mut().any(|model| model.takes(&lines)) {
            let kin = self.last_kin.next();
            self.add(Model::new(lines, kin));
        }
        self.find_front();
    }

    fn add(&mut self, model: Model) {
        let place = if self.list.len() < MODELS_MAX { None } else { self.order.pop() };
        match place.and_then(|place| Some((place, self.list.get_mut(place)?))) {
            Some((place, unused)) => {
                *unused = model;
                self.order.insert(0, place);
            }
            None => {
                self.order.insert(0, self.list.len());
                self.list.push(model);
            }
        }
    }

    fn find_front(&mut self) {
        let mut models = self.list.iter();
        let mut front = models.next().map(|model| model.parts.clone()).unwrap_or_default();
        // The end of an entry is no part of the front: it is what makes an entry that of a model.
        front.pop();
        for model in models {
            let alike =
                front.iter().zip(&model.parts).take_while(|(one, other)| one.is_like(other));
            front.truncate(alike.count());
        }
        self.front = front;
        self.find_signs();
    }

    /// Looks for the place behind the front where the models differ most.
    fn find_signs(&mut self) {
        let front = self.front.len();
        if self.sign_of != (self.list.len(), front) {
            self.sign_of = (self.list.len(), front);
            let words = |at: usize| {
                let words = self.list.iter().filter_map(|model| model.word(front, at));
                words.map(|(word, _)| word).collect::<BTreeSet<u64>>().len()
            };
            // Of equal places the first one.
            let at = (0..SIGN_MAX_BYTES).max_by_key(|at| (words(*at), Reverse(*at)));
            self.sign_at = at.unwrap_or_default();
        }
        for model in &mut self.list {
            let word = model.word(front, self.sign_at);
            model.sign = word.map(|(word, _)| word);
            model.is_sure = word.is_none_or(|(_, is_sure)| is_sure);
        }
    }
}

/// The first eight bytes.
fn word_in(text: &[u8]) -> Option<u64> {
    Some(u64::from_ne_bytes(*text.first_chunk()?))
}

/// The fields of the entry that a text begins with; `None` where it holds anything else, is too large, or is not whole.
fn lines_of(text: &[u8]) -> Option<Vec<Line>> {
    let mut rest = text.get(..MODEL_MAX_BYTES).unwrap_or(text);
    let mut lines: Vec<Line> = Vec::new();
    loop {
        let (after, found) = item(rest).ok()?;
        match found {
            Item::Field { name, value } if lines.len() < MODEL_LINES_MAX => {
                lines.push(Line::new(name, value, rest.len() - after.len()));
            }
            Item::Blank => return is_model(&lines).then_some(lines),
            _ => return None,
        }
        rest = after;
    }
}

/// Whether an entry of these lines is read by its slots: no field of them stands in it twice, and where one begins an entry, it is
/// the first. Nothing that names the writer is written in an odd way.
fn is_model(lines: &[Line]) -> bool {
    let mut before = lines.iter().enumerate();
    let is_odd = |(number, line): (usize, &Line)| {
        let is_same = |other: &Line| line.slot.is_some() && other.slot == line.slot;
        lines.iter().take(number).any(is_same)
            || (number > 0 && line.name == b"__CURSOR")
            || (line.own && line.slot.is_some_and(|slot| !slot.is_of_entry()))
    };
    !lines.is_empty() && !before.any(is_odd)
}
