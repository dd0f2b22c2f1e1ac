//! One block of bzip2: Huffman codes, move to front, and the inverse of the Burrows-Wheeler transform.
//! In: bits. Out: the chain of symbols, and where it begins. It exists apart from the streams because it is all arithmetic. It
//! must never let a block have more symbols than its stream says.

use super::blocks::Fault;
use super::bzip2::Bits;
use super::unpack::Packed;
use crate::problem::ProblemKind;
use crate::wording::text;

/// Symbols that are coded with the same table.
const GROUP: u32 = 50;
/// Longest code, in bits.
const MOST_BITS: u32 = 20;
/// Bits of a code that are looked up at once.
const QUICK_BITS: u32 = 9;

/// What is kept from block to block, so as not to ask for it again.
#[derive(Default)]
pub(super) struct Reading {
    chain: Vec<u32>,
}

impl Reading {
    pub(super) fn give_back(&mut self, chain: Vec<u32>) {
        self.chain = chain;
    }
}

/// One Huffman code.
struct Code {
    /// For every begin of a code: symbol and length, or length 0 if the code is longer.
    quick: Vec<(u16, u8)>,
    /// For every length: the first code that is longer, aligned to [`MOST_BITS`], and the place of its first symbol minus its
    /// first code.
    lengths: [(u32, i64); MOST_BITS as usize + 1],
    /// Symbols in the order of their codes.
    symbols: Vec<u16>,
}

/// Reads a block after its checksum. Gives one entry a symbol, with the place of the one after it above its byte, and the place
/// of the first one.
pub(super) fn block(
    bits: &mut Bits,
    packed: &mut Packed<'_>,
    reading: &mut Reading,
    most: usize,
) -> Result<(Vec<u32>, u32), Fault> {
    if bits.read(packed, 1)? == 1 {
        return Err(randomised());
    }
    let origin = bits.read(packed, 24)?;
    let mut bytes = used_bytes(bits, packed)?;
    if bytes.is_empty() {
        return Err(packed.corrupt());
    }
    let alphabet = bytes.len() + 2;
    let (codes, selectors) = codes(bits, packed, alphabet)?;
    let mut chain = std::mem::take(&mut reading.chain);
    chain.clear();
    chain.reserve_exact(most);
    let mut counts = [0; 256];
    symbols(bits, packed, (&codes, &selectors), &mut bytes, most, &mut chain, &mut counts)?;
    let begin = link(&mut chain, counts, origin).ok_or_else(|| packed.corrupt())?;
    Ok((chain, begin))
}

/// The bytes that occur in the block, in their order: a map of maps of 16.
fn used_bytes(bits: &mut Bits, packed: &mut Packed<'_>) -> Result<Vec<u8>, Fault> {
    let mut used = Vec::new();
    let rows = bits.read(packed, 16)?;
    for row in (0..16).filter(|row| rows >> (15 - row) & 1 == 1) {
        let columns = bits.read(packed, 16)?;
        used.extend(
            (0..16)
                .filter(|column| columns >> (15 - column) & 1 == 1)
                .map(|column| row * 16 + column),
        );
    }
    Ok(used)
}

/// The codes, and which of them is for which group of symbols.
fn codes(
    bits: &mut Bits,
    packed: &mut Packed<'_>,
    alphabet: usize,
) -> Result<(Vec<Code>, Vec<u8>), Fault> {
    let tables = bits.read(packed, 3)?;
    let groups = bits.read(packed, 15)?;
    if !(2..=6).contains(&tables) || groups == 0 {
        return Err(packed.corrupt());
    }
    let mut recent: Vec<u8> = (0..6).take(tables as usize).collect();
    let mut selectors = Vec::with_capacity(groups as usize);
    for _ in 0..groups {
        let mut place = 0;
        while bits.read(packed, 1)? == 1 {
            place += 1;
            if place >= recent.len() {
                return Err(packed.corrupt());
            }
        }
        selectors.push(to_front(&mut recent, place));
    }
    let codes = (0..tables)
        .map(|_| {
            let lengths = code_lengths(bits, packed, alphabet)?;
            Ok(code(&lengths))
        })
        .collect::<Result<_, Fault>>()?;
    Ok((codes, selectors))
}

/// Takes what stands at a place, and puts it in front.
fn to_front(recent: &mut [u8], place: usize) -> u8 {
    if let Some(upto) = recent.get_mut(..=place) {
        upto.rotate_right(1);
    }
    recent.first().copied().unwrap_or_default()
}

fn code_lengths(
    bits: &mut Bits,
    packed: &mut Packed<'_>,
    alphabet: usize,
) -> Result<Vec<u32>, Fault> {
    let mut length = bits.read(packed, 5)?;
    let mut lengths = Vec::with_capacity(alphabet);
    while lengths.len() < alphabet {
        if !(1..=MOST_BITS).contains(&length) {
            return Err(packed.corrupt());
        }
        // 0: this is it; 10: one more; 11: one less.
        match bits.peek(packed, 2)? {
            2 => length += 1,
            3 => length -= 1,
            _ => {
                bits.take(1);
                lengths.push(length);
                continue;
            }
        }
        bits.take(2);
    }
    Ok(lengths)
}

/// The canonical code with these lengths. Codes that no symbol has are left to be found out when they are met.
fn code(lengths: &[u32]) -> Code {
    let mut symbols = Vec::with_capacity(lengths.len());
    let mut limits = [(0, 0); MOST_BITS as usize + 1];
    let mut quick = vec![(0, 0); 1 << QUICK_BITS];
    let mut next = 0_u32;
    for (bits, limit) in (0..).zip(&mut limits).skip(1) {
        let first = next;
        let place = symbols.len();
        for (symbol, _) in (0..).zip(lengths).filter(|(_, length)| **length == bits) {
            symbols.push(symbol);
            if bits <= QUICK_BITS {
                let free = QUICK_BITS - bits;
                let range = (next << free) as usize..((next + 1) << free) as usize;
                quick.get_mut(range).unwrap_or_default().fill((symbol, bits as u8));
            }
            next = next.saturating_add(1);
        }
        *limit = (
            u32::try_from(u64::from(next) << (MOST_BITS - bits)).unwrap_or(u32::MAX),
            place as i64 - i64::from(first),
        );
        next = next.saturating_mul(2);
    }
    Code { quick, lengths: limits, symbols }
}

impl Code {
    fn read(&self, bits: &mut Bits, packed: &mut Packed<'_>) -> Result<u16, Fault> {
        let ahead = bits.peek(packed, MOST_BITS)?;
        let quick = self.quick.get((ahead >> (MOST_BITS - QUICK_BITS)) as usize);
        if let Some((symbol, length @ 1..)) = quick {
            bits.take(u32::from(*length));
            return Ok(*symbol);
        }
        for (length, (limit, offset)) in (0..).zip(&self.lengths).skip(1) {
            if ahead < *limit {
                bits.take(length);
                let place = i64::from(ahead >> (MOST_BITS - length)) + offset;
                let symbol = usize::try_from(place).ok().and_then(|place| self.symbols.get(place));
                return symbol.copied().ok_or_else(|| packed.corrupt());
            }
        }
        Err(packed.corrupt())
    }
}

/// Fills the chain with the bytes of all symbols and counts them.
fn symbols(
    bits: &mut Bits,
    packed: &mut Packed<'_>,
    (codes, selectors): (&[Code], &[u8]),
    recent: &mut [u8],
    most: usize,
    chain: &mut Vec<u32>,
    counts: &mut [u32; 256],
) -> Result<(), Fault> {
    let end = recent.len() + 1;
    // A run of the first byte is a number whose digits are 1 and 2, the lowest one first.
    let (mut run, mut digit) = (0_usize, 1_usize);
    for selector in selectors {
        let code = codes.get(usize::from(*selector)).ok_or_else(|| packed.corrupt())?;
        for _ in 0..GROUP {
            let symbol = usize::from(code.read(bits, packed)?);
            if symbol < 2 {
                run = run.saturating_add(digit << symbol);
                digit = digit.saturating_mul(2).min(1 << 24);
                continue;
            }
            if run > 0 {
                push(chain, counts, recent.first().copied().unwrap_or_default(), run, most)
                    .ok_or_else(|| packed.corrupt())?;
                (run, digit) = (0, 1);
            }
            if symbol == end {
                return Ok(());
            }
            let byte = to_front(recent, symbol - 1);
            push(chain, counts, byte, 1, most).ok_or_else(|| packed.corrupt())?;
        }
    }
    Err(packed.corrupt())
}

/// Adds a byte so many times; `None` if the block has no room.
fn push(
    chain: &mut Vec<u32>,
    counts: &mut [u32; 256],
    byte: u8,
    times: usize,
    most: usize,
) -> Option<()> {
    let length = chain.len().checked_add(times).filter(|length| *length <= most)?;
    chain.resize(length, u32::from(byte));
    let count = counts.get_mut(usize::from(byte))?;
    *count = count.saturating_add(u32::try_from(times).ok()?);
    Some(())
}

/// Turns the last column of the sorted rotations into a chain, and gives its begin.
fn link(chain: &mut [u32], counts: [u32; 256], origin: u32) -> Option<u32> {
    let mut places = [0_u32; 256];
    let mut sum = 0;
    for (place, count) in places.iter_mut().zip(counts) {
        *place = sum;
        sum += count;
    }
    for index in 0..chain.len() {
        let byte = chain.get(index)?.to_le_bytes()[0];
        let place = places.get_mut(usize::from(byte))?;
        *chain.get_mut(*place as usize)? |= u32::try_from(index).ok()? << 8;
        *place += 1;
    }
    chain.get(origin as usize).map(|entry| entry >> 8)
}

fn randomised() -> Fault {
    Fault::new(ProblemKind::Unreadable, text("unread-old-bzip2", []))
}
