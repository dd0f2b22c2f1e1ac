//! The Huffman codes of a block as tables. In: the lengths of the codes. Out: for the next bits of the stream, what they stand for.
//! It exists apart from the stream because building and looking up must agree. It must never take lengths that make no code.

use std::sync::LazyLock;

/// Longest code, in bits (RFC 1951, 3.2.7).
pub(super) const CODE_MAX_BITS: u32 = 15;
/// Literals, lengths and the end of a block, those that never occur among them.
const LITLENS: usize = 288;
/// Bits that are looked up at once; a longer code has its rest in a second table.
const LITLEN_ROOT_BITS: u32 = 11;
const DISTANCE_ROOT_BITS: u32 = 9;
/// The most that first and second tables of any code take is 2342 entries for litlens and 592 for distances (what zlib's `enough`
/// counts), and a power of two needs no check of bounds.
const LITLEN_ENTRIES: usize = 4096;
const DISTANCE_ENTRIES: usize = 1024;

/// What some bits stand for.
///
/// | bits | of a length or distance | of a literal | of a pointer to a second table |
/// |---|---|---|---|
/// | 0 to 7 | bits of the code and behind it | bits of the code | bits that choose in the table |
/// | 8 to 11 | bits of the code | | |
/// | 13 to 15 | none of the flags | none of the flags | [`EXCEPTION`] and [`POINTER`] |
/// | 16 to 30 | the least value | the byte | where the table begins |
/// | 31 | | [`LITERAL`] | |
///
/// The end of a block has [`EXCEPTION`] and [`END`], bits that begin no code [`EXCEPTION`] alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry(u32);

const LITERAL: u32 = 1 << 31;
const EXCEPTION: u32 = 1 << 15;
const POINTER: u32 = 1 << 14;
const END: u32 = 1 << 13;

impl Entry {
    const INVALID: Self = Self(EXCEPTION);

    pub(super) const fn is_literal(self) -> bool {
        self.0 & LITERAL != 0
    }

    /// Whether it is neither literal, length nor distance.
    pub(super) const fn is_exception(self) -> bool {
        self.0 & EXCEPTION != 0
    }

    pub(super) const fn is_pointer(self) -> bool {
        self.0 & POINTER != 0
    }

    pub(super) const fn is_end(self) -> bool {
        self.0 & END != 0
    }

    pub(super) const fn is_invalid(self) -> bool {
        self.0 & (EXCEPTION | POINTER | END) == EXCEPTION
    }

    pub(super) const fn byte(self) -> u8 {
        (self.0 >> 16) as u8
    }

    /// The bits that it takes, in the lowest byte; what is above is anything. Shifts that wrap need no more.
    pub(super) const fn raw(self) -> u32 {
        self.0
    }

    /// The bits that it takes, those behind the code among them.
    pub(super) const fn bits(self) -> u32 {
        self.0 & 0xff
    }

    /// The length or distance, which begins these bits.
    pub(super) const fn value(self, bits: u64) -> usize {
        let extra = (bits & (1_u64.wrapping_shl(self.0) - 1)) >> (self.0 >> 8 & 15);
        (self.0 >> 16) as usize + extra as usize
    }

    /// With the length of its code.
    const fn of_code(self, bits: u32) -> Self {
        if self.is_invalid() { self } else { Self(self.0 + bits + (bits << 8)) }
    }
}

/// The codes of one block.
pub(super) struct Codes {
    litlens: [Entry; LITLEN_ENTRIES],
    distances: [Entry; DISTANCE_ENTRIES],
}

/// The codes of a block that brings none (RFC 1951, 3.2.6).
pub(super) static FIXED: LazyLock<Codes> = LazyLock::new(|| {
    let mut lengths = [8; LITLENS];
    lengths[144..256].fill(9);
    lengths[256..280].fill(7);
    let mut codes = Codes::default();
    codes.build(&lengths, &[5; 32]);
    codes
});

impl Default for Codes {
    fn default() -> Self {
        let (litlens, distances) =
            ([Entry::INVALID; LITLEN_ENTRIES], [Entry::INVALID; DISTANCE_ENTRIES]);
        Self { litlens, distances }
    }
}

impl Codes {
    /// Makes the codes that have these lengths; false if there are none.
    pub(super) fn build(&mut self, litlens: &[u8], distances: &[u8]) -> bool {
        table(&mut self.litlens, LITLEN_ROOT_BITS, litlens, litlen)
            && table(&mut self.distances, DISTANCE_ROOT_BITS, distances, distance)
    }

    /// What these bits begin with; may be a pointer.
    pub(super) const fn first_litlen(&self, bits: u64) -> Entry {
        self.litlens[bits as usize % (1 << LITLEN_ROOT_BITS)]
    }

    /// What a pointer leads to.
    pub(super) const fn second_litlen(&self, pointer: Entry, bits: u64) -> Entry {
        self.litlens[second(pointer, bits >> LITLEN_ROOT_BITS) % LITLEN_ENTRIES]
    }

    pub(super) const fn litlen(&self, bits: u64) -> Entry {
        let entry = self.first_litlen(bits);
        if entry.is_pointer() { self.second_litlen(entry, bits) } else { entry }
    }

    /// What these bits begin with.
    pub(super) const fn distance(&self, bits: u64) -> Entry {
        let entry = self.distances[bits as usize % (1 << DISTANCE_ROOT_BITS)];
        if entry.is_pointer() {
            self.distances[second(entry, bits >> DISTANCE_ROOT_BITS) % DISTANCE_ENTRIES]
        } else {
            entry
        }
    }
}

const fn second(pointer: Entry, rest: u64) -> usize {
    (pointer.0 >> 16) as usize + (rest & (1_u64.wrapping_shl(pointer.0) - 1)) as usize
}

/// Least lengths and the number of bits behind their codes (RFC 1951, 3.2.5); the last one has a code of its own.
const LENGTHS: [(u32, u32); 29] = {
    let mut lengths = steps::<29>(3, 4);
    lengths[28] = (258, 0);
    lengths
};
const DISTANCES: [(u32, u32); 30] = steps(1, 2);

/// Both tables of the standard: after the first `2 * each` every `each` codes have one more bit behind them.
const fn steps<const N: usize>(first: u32, each: u32) -> [(u32, u32); N] {
    let mut all = [(0, 0); N];
    let (mut least, mut at) = (first, 0);
    while at < N {
        let bits = (at as u32 / each).saturating_sub(1);
        all[at] = (least, bits);
        least += 1 << bits;
        at += 1;
    }
    all
}

fn litlen(symbol: u16) -> Entry {
    match symbol {
        0..256 => Entry(LITERAL | u32::from(symbol) << 16),
        256 => Entry(EXCEPTION | END),
        257.. => with_bits_behind(LENGTHS.get(usize::from(symbol) - 257)),
    }
}

fn distance(symbol: u16) -> Entry {
    with_bits_behind(DISTANCES.get(usize::from(symbol)))
}

fn with_bits_behind(value: Option<&(u32, u32)>) -> Entry {
    value.map_or(Entry::INVALID, |(least, bits)| Entry(least << 16 | bits))
}

/// Fills the table of the code whose symbols have these lengths, with first table for so many bits; false if there is no such
/// code. As in zlib, a code of one symbol may leave half of its bits without meaning, and one of no symbols all of them.
fn table(entries: &mut [Entry], root_bits: u32, lengths: &[u8], meaning: fn(u16) -> Entry) -> bool {
    let Some((counts, sorted)) = sort(lengths) else { return false };
    let mut symbols = sorted.iter();
    let mut code = 0_u32;
    entries[0] = Entry::INVALID;
    for bits in 1..=root_bits {
        code <<= 1;
        // A bit more: as before, whatever it is.
        let half = 1 << (bits - 1);
        entries.copy_within(..half, half);
        for symbol in symbols.by_ref().take(counts[bits as usize]) {
            entries[reversed(code, bits)] = meaning(*symbol).of_code(bits);
            code += 1;
        }
    }
    let (mut begin, mut free, mut root) = (0, 1 << root_bits, usize::MAX);
    for bits in root_bits + 1..=CODE_MAX_BITS {
        code <<= 1;
        for number in 0..counts[bits as usize] {
            let Some(symbol) = symbols.next() else { return false };
            let path = reversed(code, bits);
            if root != path % (1 << root_bits) {
                root = path % (1 << root_bits);
                let second_bits = second_bits(&counts, root_bits, bits, number);
                (begin, free) = (free, free + (1 << second_bits));
                entries[root] = Entry(EXCEPTION | POINTER | (begin as u32) << 16 | second_bits);
            }
            let Some(second) = entries.get_mut(begin..free) else { return false };
            let entry = meaning(*symbol).of_code(bits);
            let places = second.iter_mut().skip(path >> root_bits);
            places.step_by(1 << (bits - root_bits)).for_each(|place| *place = entry);
            code += 1;
        }
    }
    true
}

/// Symbols of each length, and all symbols in the order of their codes (RFC 1951, 3.2.2).
fn sort(lengths: &[u8]) -> Option<([usize; CODE_MAX_BITS as usize + 1], [u16; LITLENS])> {
    let mut counts = [0; CODE_MAX_BITS as usize + 1];
    for length in lengths {
        *counts.get_mut(usize::from(*length))? += 1;
    }
    counts[0] = 0;
    let mut places = [0; CODE_MAX_BITS as usize + 1];
    let (mut left, mut used) = (1_i32, 0);
    for (count, place) in counts.iter().zip(&mut places) {
        *place = used;
        used += count;
    }
    for count in &counts[1..] {
        left = 2 * left - *count as i32;
        if left < 0 {
            return None;
        }
    }
    let longest = counts.iter().rposition(|count| *count > 0);
    if left > 0 && longest > Some(1) {
        return None;
    }
    let mut sorted = [0; LITLENS];
    for (symbol, length) in (0..).zip(lengths).filter(|(_, length)| **length > 0) {
        let place = &mut places[usize::from(*length)];
        *sorted.get_mut(*place)? = symbol;
        *place += 1;
    }
    Some((counts, sorted))
}

/// How many bits choose in the second table that begins with the code of this number among those of this length: as many as the
/// codes from there on fill it.
fn second_bits(counts: &[usize], root_bits: u32, bits: u32, number: usize) -> u32 {
    let mut table_bits = bits - root_bits;
    let mut codes = counts[bits as usize] - number;
    while codes < 1 << table_bits && root_bits + table_bits < CODE_MAX_BITS {
        table_bits += 1;
        codes = 2 * codes + counts[(root_bits + table_bits) as usize];
    }
    table_bits
}

/// Codes come with their first bit lowest.
const fn reversed(code: u32, bits: u32) -> usize {
    (code.reverse_bits() >> (32 - bits)) as usize
}
