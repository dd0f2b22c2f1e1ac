//! Decimal digits, eight at a time. In: eight bytes. Out: how many of them are digits before the first that is none, and the number
//! that these are. It exists because numbers stand in every line, and to go over them digit by digit takes longer than to find them.

/// How many of the first bytes are digits, and what they say, all at a time: a step for each would be foreseen wrongly at the end of
/// nearly each number.
#[must_use]
pub fn first_of(bytes: [u8; 8]) -> (usize, u64) {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let values = u64::from_le_bytes(bytes) ^ (b'0' as u64 * ONES);
    // The high bit of each byte that is no digit, up to the first one.
    let others = (values.wrapping_add(ONES * 0x76) | values) & (ONES * 0x80);
    let length = (others.trailing_zeros() / 8) as usize;
    // The digits at the end, zeros before them; then pairs, fours and all of them.
    let shift = 64 - 8 * length as u32;
    let digits = values.checked_shl(shift).unwrap_or_default();
    let pairs = (digits.wrapping_mul(10).wrapping_add(digits >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100).wrapping_add(pairs >> 16)) & 0x0000_ffff_0000_ffff;
    (length, (fours.wrapping_mul(10_000).wrapping_add(fours >> 32)) & 0xffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::first_of;

    #[test]
    fn digits_are_counted_and_read() {
        for (text, expected) in [
            (b"12345678", (8, 12_345_678)),
            (b"00000000", (8, 0)),
            (b"99999999", (8, 99_999_999)),
            (b"7 345678", (1, 7)),
            (b"1234567/", (7, 1_234_567)),
            (b"1234:678", (4, 1234)),
            (b"\xb12345678", (0, 0)),
            (b"-1234567", (0, 0)),
        ] {
            assert_eq!(first_of(*text), expected, "{text:?}");
        }
    }
}
