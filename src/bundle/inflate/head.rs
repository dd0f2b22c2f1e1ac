//! The head of a dynamic block (RFC 1951, 3.2.7): the lengths of its codes, which are coded themselves. In: bits. Out: the lengths.
//! It exists apart from the stream because it is a small format of its own. It must never keep more lengths than it announced.

use super::codes::Codes;

/// The order in which lengths of the code for lengths come.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/// Longest code of the code for lengths, in bits.
const CODE_MAX_BITS: usize = 7;
/// More litlens or distances than these are not used.
const LITLENS_MAX: usize = 286;
const DISTANCES_MAX: usize = 30;
const END_OF_BLOCK: usize = 256;

/// How one piece of the head was read.
pub(super) enum Piece {
    /// It took so many bits.
    Read {
        bits: u32,
    },
    /// It needs more bits than there are.
    Short,
    Invalid,
}

#[derive(Debug, Clone)]
pub(super) struct Head {
    /// Announced numbers of litlens, distances and lengths of the code for lengths; zeros before.
    litlens: usize,
    distances: usize,
    code_lengths: usize,
    code_lengths_read: usize,
    code: [u8; ORDER.len()],
    /// For the next bits the symbol of the code for lengths, and its bits: none if no code begins so.
    table: [(u8, u8); 1 << CODE_MAX_BITS],
    lengths: [u8; LITLENS_MAX + DISTANCES_MAX],
    lengths_read: usize,
}

impl Default for Head {
    fn default() -> Self {
        Self {
            litlens: 0,
            distances: 0,
            code_lengths: 0,
            code_lengths_read: 0,
            code: [0; ORDER.len()],
            table: [(0, 0); 1 << CODE_MAX_BITS],
            lengths: [0; LITLENS_MAX + DISTANCES_MAX],
            lengths_read: 0,
        }
    }
}

impl Head {
    /// Whether all lengths are read.
    pub(super) const fn is_whole(&self) -> bool {
        self.litlens > 0 && self.lengths_read == self.litlens + self.distances
    }

    /// Reads the next piece from `count` bits; those above are zeros.
    pub(super) fn read(&mut self, bits: u64, count: u32) -> Piece {
        if self.litlens == 0 {
            self.numbers(bits, count)
        } else if self.code_lengths_read < self.code_lengths {
            self.code_length(bits, count)
        } else {
            self.length(bits, count)
        }
    }

    /// Makes the codes that the block announced; false if there are no such codes.
    pub(super) fn build(&self, codes: &mut Codes) -> bool {
        let announced = self.lengths.get(..self.litlens + self.distances);
        let Some((litlens, distances)) =
            announced.and_then(|lengths| lengths.split_at_checked(self.litlens))
        else {
            return false;
        };
        litlens.get(END_OF_BLOCK).is_some_and(|length| *length > 0)
            && codes.build(litlens, distances)
    }

    fn numbers(&mut self, bits: u64, count: u32) -> Piece {
        if count < 14 {
            return Piece::Short;
        }
        let (litlens, distances) = (257 + field(bits, 0, 5), 1 + field(bits, 5, 5));
        if litlens > LITLENS_MAX || distances > DISTANCES_MAX {
            return Piece::Invalid;
        }
        (self.litlens, self.distances) = (litlens, distances);
        self.code_lengths = 4 + field(bits, 10, 4);
        Piece::Read { bits: 14 }
    }

    fn code_length(&mut self, bits: u64, count: u32) -> Piece {
        if count < 3 {
            return Piece::Short;
        }
        let place = ORDER.get(self.code_lengths_read).and_then(|place| self.code.get_mut(*place));
        let Some(place) = place else { return Piece::Invalid };
        *place = field(bits, 0, 3) as u8;
        self.code_lengths_read += 1;
        if self.code_lengths_read == self.code_lengths && !self.build_code() {
            return Piece::Invalid;
        }
        Piece::Read { bits: 3 }
    }

    /// Unlike the other codes, this one must be complete.
    fn build_code(&mut self) -> bool {
        let mut next = 0;
        for bits in 1..=CODE_MAX_BITS {
            for symbol in (0..).zip(&self.code).filter(|(_, length)| usize::from(**length) == bits)
            {
                // Codes of a length come in the order of their symbols, with their first bit lowest.
                let shares = 1 << (CODE_MAX_BITS - bits);
                let path = (next as u32).reverse_bits() >> (32 - CODE_MAX_BITS);
                next += shares;
                if next > self.table.len() {
                    return false;
                }
                let places = self.table.iter_mut().skip(path as usize).step_by(1 << bits);
                places.for_each(|place| *place = (symbol.0, bits as u8));
            }
        }
        next == self.table.len()
    }

    fn length(&mut self, bits: u64, count: u32) -> Piece {
        let (symbol, used) = self.table[field(bits, 0, CODE_MAX_BITS as u32)];
        let used = u32::from(used);
        let before = self.lengths_read.checked_sub(1).and_then(|last| self.lengths.get(last));
        let (length, least, more_bits) = match (symbol, before) {
            (0..16, _) => (symbol, 1, 0),
            (16, Some(before)) => (*before, 3, 2),
            (16, None) if used <= count => return Piece::Invalid,
            (16, None) => return Piece::Short,
            (17, _) => (0, 3, 3),
            _ => (0, 11, 7),
        };
        if used + more_bits > count {
            return Piece::Short;
        }
        let until = self.lengths_read + least + field(bits, used, more_bits);
        let announced = self.litlens + self.distances;
        let Some(places) =
            self.lengths.get_mut(self.lengths_read..until).filter(|_| until <= announced)
        else {
            return Piece::Invalid;
        };
        places.fill(length);
        self.lengths_read = until;
        Piece::Read { bits: used + more_bits }
    }
}

/// A number of so many bits.
const fn field(bits: u64, from: u32, count: u32) -> usize {
    (bits >> from & ((1 << count) - 1)) as usize
}
