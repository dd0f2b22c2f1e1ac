//! Bytes that stand near. In: text. Out: where the first of two bytes stands in it, as `memchr::memchr2` tells, or the first small one.
//! It exists because a search that ends soon is foreseen wrongly at its end, and to begin one costs more than to compare sixty-four
//! bytes at a time.

/// Bytes that are looked at together.
const WINDOW_BYTES: usize = 64;

/// Where the first of two bytes stands.
#[inline]
#[must_use]
pub fn first_of_two<const ONE: u8, const OTHER: u8>(text: &[u8]) -> Option<usize> {
    let Some((window, rest)) = text.split_first_chunk() else {
        return memchr::memchr2(ONE, OTHER, text);
    };
    let place = usize::from(first_in::<ONE, OTHER>(window));
    if place < WINDOW_BYTES {
        return Some(place);
    }
    memchr::memchr2(ONE, OTHER, rest).map(|place| place + WINDOW_BYTES)
}

/// The place of the first one, or more than there are: without a jump, so that many bytes are compared at once; where they are not
/// known when it is compiled, they are compared one by one.
#[inline(never)]
fn first_in<const ONE: u8, const OTHER: u8>(window: &[u8; WINDOW_BYTES]) -> u8 {
    window.iter().enumerate().fold(u8::MAX, |first, (place, byte)| {
        first.min(if (*byte == ONE) | (*byte == OTHER) { place as u8 } else { u8::MAX })
    })
}

/// Whether a byte stands in a text of some dozen bytes: as a search by memchr, which takes longer for so few.
#[inline]
#[must_use]
pub fn has<const BYTE: u8>(text: &[u8]) -> bool {
    if let Some(last) = text.last_chunk::<32>() {
        let (pieces, _) = text.as_chunks();
        return pieces
            .iter()
            .fold(is_in::<BYTE, 32>(last), |found, piece| found | is_in::<BYTE, 32>(piece));
    }
    if let (Some(first), Some(last)) = (text.first_chunk::<16>(), text.last_chunk::<16>()) {
        return is_in::<BYTE, 16>(first) | is_in::<BYTE, 16>(last);
    }
    // The high bit of a byte is set where it is the one; above the first one of a word it may be set without.
    const ONES: u64 = u64::MAX / 0xff;
    let is_in_word = |word: &[u8; 8]| {
        let other = u64::from_ne_bytes(*word) ^ (ONES * u64::from(BYTE));
        other.wrapping_sub(ONES) & !other & (ONES << 7) != 0
    };
    match (text.first_chunk(), text.last_chunk()) {
        (Some(first), Some(last)) => is_in_word(first) | is_in_word(last),
        _ => text.contains(&BYTE),
    }
}

/// Without a jump, so that they are compared at once.
#[inline(always)]
fn is_in<const BYTE: u8, const BYTES: usize>(piece: &[u8; BYTES]) -> bool {
    piece.iter().fold(false, |found, byte| found | (*byte == BYTE))
}

/// Where the first byte stands that is smaller than `than`, which is at most 128.
#[inline]
#[must_use]
pub const fn first_below(word: u128, than: u8) -> Option<usize> {
    const ONES: u128 = u128::MAX / 0xff;
    // The high bit of a byte is set where it is smaller; above the first one it may be set without.
    let smaller = word.wrapping_sub(ONES * than as u128) & !word & (ONES << 7);
    if smaller == 0 { None } else { Some((smaller.trailing_zeros() / 8) as usize) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_two_bytes_is_found_as_by_a_search() {
        for length in 0..200 {
            for (place, byte) in [(0, b'"'), (1, b'\n'), (63, b'"'), (64, b'\n'), (150, b'"')] {
                let mut text = vec![b'a'; length];
                text.iter_mut().skip(place).step_by(3).for_each(|at| *at = byte);
                let expected = memchr::memchr2(b'"', b'\n', &text);
                assert_eq!(first_of_two::<b'"', b'\n'>(&text), expected, "{length} {place}");
            }
        }
    }

    #[test]
    fn a_byte_is_found_wherever_it_stands() {
        for length in 0..80 {
            let mut text = vec![b'\x0b'; length];
            assert!(!has::<b'\n'>(&text), "{length}");
            for place in 0..length {
                text[place] = b'\n';
                assert!(has::<b'\n'>(&text), "{length} {place}");
                text[place] = b'\x09';
            }
        }
    }

    #[test]
    fn the_first_byte_below_another_is_found() {
        for (text, expected) in [
            (b"10.0.0.1 - - [20", Some(8)),
            (b"abcdef0123456789", None),
            (b"\"bcdef0123456789", Some(0)),
            (b"\xa0bcdef012345678\n", Some(15)),
            (b"#\x80\xff\x22\x21 \n         ", Some(3)),
        ] {
            assert_eq!(first_below(u128::from_le_bytes(*text), b'#'), expected, "{text:?}");
        }
    }
}
