//! The fixed parts of an .xz file (The .xz File Format 1.2.1): stream header and footer, block header, checks.
//! In: bytes. Out: values, or what is wrong with them. It exists apart from the unpacking so that it is a pure function of its
//! bytes. It must never believe a header whose CRC-32 is wrong.

use sha2::{Digest, Sha256};

/// Begins every stream (2.1.1.1).
pub(super) const MAGIC: [u8; 6] = *b"\xfd7zXZ\0";
/// Bytes of a stream's header, and of its footer.
pub(super) const STREAM_HEADER_BYTES: usize = 12;
/// The only filter that is read (5.3.1).
const LZMA2: u64 = 0x21;
/// CRC-64 of ECMA-182, bits reversed (6).
const CRC64_POLYNOMIAL: u64 = 0xc96c_5795_d787_0f42;
const CRC64: [u64; 256] = crc64_table();

/// Why a block cannot be unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Its header is damaged.
    Damaged,
    /// It went through a filter for programs, which logs never do.
    Filter(u64),
}

/// The check that stands after every block of a stream.
pub(super) enum Check {
    Crc32(crc32fast::Hasher),
    Crc64(u64),
    Sha256(Box<Sha256>),
    /// None, or one of the reserved kinds, which xz(1) does not verify either. Length in bytes.
    Unverified(usize),
}

impl Check {
    /// The check of that number (2.1.1.2).
    pub(super) fn new(kind: u8) -> Self {
        match kind & 15 {
            1 => Self::Crc32(crc32fast::Hasher::new()),
            4 => Self::Crc64(u64::MAX),
            10 => Self::Sha256(Box::default()),
            0 => Self::Unverified(0),
            other => Self::Unverified(4 << (usize::from(other - 1) / 3)),
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Crc32(sum) => sum.update(bytes),
            Self::Crc64(sum) => *sum = bytes.iter().fold(*sum, |sum, byte| crc64(sum, *byte)),
            Self::Sha256(sum) => sum.update(bytes),
            Self::Unverified(_) => {}
        }
    }

    /// How many bytes it has.
    pub(super) const fn length(&self) -> usize {
        match self {
            Self::Crc32(_) => 4,
            Self::Crc64(_) => 8,
            Self::Sha256(_) => 32,
            Self::Unverified(length) => *length,
        }
    }

    /// Whether the check of all bytes is this one.
    pub(super) fn matches(self, written: &[u8]) -> bool {
        match self {
            Self::Crc32(sum) => sum.finalize().to_le_bytes() == written,
            Self::Crc64(sum) => (!sum).to_le_bytes() == written,
            Self::Sha256(sum) => sum.finalize()[..] == *written,
            Self::Unverified(_) => true,
        }
    }
}

/// The stream flags of a header, two bytes.
pub(super) fn stream_flags(header: &[u8; STREAM_HEADER_BYTES]) -> Option<[u8; 2]> {
    let [_, _, _, _, _, _, flags @ .., a, b, c, d] = *header;
    let valid = crc32fast::hash(&flags) == u32::from_le_bytes([a, b, c, d]);
    // The first byte and the upper half of the second one are reserved.
    (valid && flags[0] == 0 && flags[1] < 16).then_some(flags)
}

/// Whether this footer belongs to a stream with these flags and an index of so many bytes.
pub(super) fn footer_matches(
    footer: &[u8; STREAM_HEADER_BYTES],
    flags: [u8; 2],
    index_bytes: u64,
) -> bool {
    let [a, b, c, d, rest @ .., y, z] = *footer;
    let [e, f, g, h, footer_flags @ ..] = rest;
    let backward_bytes = (u64::from(u32::from_le_bytes([e, f, g, h])) + 1) * 4;
    crc32fast::hash(&rest) == u32::from_le_bytes([a, b, c, d])
        && footer_flags == flags
        && backward_bytes == index_bytes
        && [y, z] == *b"YZ"
}

/// The dictionary in bytes that a block needs; `header` is without its length byte, which is `length`.
pub(super) fn dictionary_bytes(length: u8, header: &[u8]) -> Result<u64, Refusal> {
    let (fields, sum) = header.split_last_chunk::<4>().ok_or(Refusal::Damaged)?;
    let mut crc = crc32fast::Hasher::new();
    crc.update(&[length]);
    crc.update(fields);
    if crc.finalize() != u32::from_le_bytes(*sum) {
        return Err(Refusal::Damaged);
    }
    filters(fields).unwrap_or(Err(Refusal::Damaged))
}

/// `None` if the fields are cut.
fn filters(fields: &[u8]) -> Option<Result<u64, Refusal>> {
    let (flags, mut rest) = fields.split_first()?;
    if flags & 0x3c != 0 {
        return None;
    }
    for size_is_given in [flags & 0x40 != 0, flags & 0x80 != 0] {
        if size_is_given {
            number(&mut rest)?;
        }
    }
    let id = number(&mut rest)?;
    if id != LZMA2 {
        return Some(Err(Refusal::Filter(id)));
    }
    if flags & 3 != 0 || number(&mut rest)? != 1 {
        return None;
    }
    let bits = u64::from(*rest.first()?);
    match bits {
        0..40 => Some(Ok((2 | (bits & 1)) << (bits / 2 + 11))),
        40 => Some(Ok(u64::from(u32::MAX))),
        _ => None,
    }
}

/// Takes a number of 7 bits a byte, the lowest ones first (1.2).
fn number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..63).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn crc64(sum: u64, byte: u8) -> u64 {
    let index = usize::from(sum.to_le_bytes()[0] ^ byte);
    CRC64.get(index).copied().unwrap_or_default() ^ (sum >> 8)
}

const fn crc64_table() -> [u64; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut sum = byte as u64;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ CRC64_POLYNOMIAL } else { sum >> 1 };
            bit += 1;
        }
        table[byte] = sum;
        byte += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check of "123456789", as the catalogues of CRCs have it.
    #[test]
    fn checks() {
        for (kind, sum) in
            [(1, &0xcbf4_3926_u32.to_le_bytes()[..]), (4, &0x995d_c9bb_df19_39fa_u64.to_le_bytes())]
        {
            let mut check = Check::new(kind);
            check.update(b"12345");
            check.update(b"6789");
            assert_eq!(check.length(), sum.len());
            assert!(check.matches(sum));
        }
        let lengths = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];
        for (kind, length) in (0..).zip(lengths) {
            assert_eq!(Check::new(kind).length(), length, "2.1.1.2, check {kind}");
        }
    }

    #[track_caller]
    fn check_filters(fields: &[u8], expected: Result<u64, Refusal>) {
        let sum = crc32fast::hash(&[&[9], fields].concat()).to_le_bytes();
        let mut header = [fields, &sum].concat();
        assert_eq!(dictionary_bytes(9, &header), expected);
        header[0] ^= 1;
        assert_eq!(dictionary_bytes(9, &header), Err(Refusal::Damaged));
    }

    #[test]
    fn block_headers() {
        check_filters(&[0, 0x21, 1, 0x16, 0, 0, 0], Ok(8 << 20));
        check_filters(&[0, 0x21, 1, 0], Ok(4096));
        check_filters(&[0, 0x21, 1, 1], Ok(6144));
        check_filters(&[0, 0x21, 1, 40], Ok(0xffff_ffff));
        check_filters(&[0xc0, 0x80, 1, 5, 0x21, 1, 0x16], Ok(8 << 20));
        check_filters(&[0, 0x21, 1, 41], Err(Refusal::Damaged));
        check_filters(&[0, 0x21, 2, 0x16, 0], Err(Refusal::Damaged));
        check_filters(&[4, 0x21, 1, 0x16], Err(Refusal::Damaged));
        check_filters(&[1, 4, 0, 0x21, 1, 0x16], Err(Refusal::Filter(4)));
        check_filters(&[0, 0x21, 1], Err(Refusal::Damaged));
        check_filters(&[0x40, 255, 255, 255, 255, 255, 255, 255, 255, 255], Err(Refusal::Damaged));
        assert_eq!(dictionary_bytes(0, &[]), Err(Refusal::Damaged));
    }
}
