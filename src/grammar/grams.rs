//! Whether any of some words is in a text, at a glance. In: words; a text. Out: yes or no, without error either way. It exists
//! because nearly all messages hold none of hundreds of words, and an automaton goes from byte to byte where here one look at
//! four bytes does not wait for the last one.

/// Bits of a place among the numbers that are held.
const PLACE_BITS: u32 = 10;
/// Bytes that are looked at together.
const GRAM_BYTES: usize = 4;
/// Shortest word that can be looked for.
pub(super) const NEEDLE_MIN_BYTES: usize = 3;

/// A word of a gram and more, known by the four of its bytes that are the least common in logs.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Word {
    gram: u32,
    /// Where they stand in it.
    at: usize,
    text: Box<[u8]>,
}

impl Word {
    fn of(text: &[u8]) -> Option<Self> {
        let windows = text.windows(GRAM_BYTES).enumerate();
        let rarest = windows.min_by_key(|(_, window)| window.iter().map(commonness).sum::<u32>());
        let (at, window) = rarest?;
        Some(Self { gram: number(window)?, at, text: text.into() })
    }
}

/// Words.
#[derive(Debug)]
pub(super) struct Grams {
    /// Whether some word may hold four bytes: then both bits of their mask are set at their place.
    held: Box<[u64; 1 << PLACE_BITS]>,
    /// The words of four bytes and more, in the order of their grams.
    words: Vec<Word>,
    /// The words of three.
    short: Vec<[u8; NEEDLE_MIN_BYTES]>,
}

impl Grams {
    /// `None` where a word is too short.
    pub(super) fn new(words: &[String]) -> Option<Self> {
        let held = Box::new([0; 1 << PLACE_BITS]);
        let mut grams = Self { held, words: Vec::new(), short: Vec::new() };
        for word in words.iter().map(String::as_bytes) {
            if let Some(word) = Word::of(word) {
                grams.set(word.gram);
                grams.words.push(word);
            } else {
                let [a, b, c]: [u8; NEEDLE_MIN_BYTES] = word.try_into().ok()?;
                (0..=u8::MAX).for_each(|any| grams.set(u32::from_le_bytes([a, b, c, any])));
                grams.short.push([a, b, c]);
            }
        }
        grams.words.sort();
        grams.words.dedup();
        Some(grams)
    }

    fn set(&mut self, gram: u32) {
        let (place, mask) = place(gram);
        self.held[place] |= mask;
    }

    fn may_hold(&self, gram: u32) -> bool {
        let (place, mask) = place(gram);
        self.held[place] & mask == mask
    }

    /// Whether any of the words is in the text.
    pub(super) fn any(&self, text: &[u8]) -> bool {
        let at_end = |word| text.last_chunk::<NEEDLE_MIN_BYTES>() == Some(word);
        let is_there = |(at, window)| {
            number(window).is_some_and(|gram| self.may_hold(gram) && self.is_at(gram, text, at))
        };
        text.windows(GRAM_BYTES).enumerate().any(is_there) || self.short.iter().any(at_end)
    }

    /// Whether a word stands where its gram was found in the text.
    #[cold]
    fn is_at(&self, gram: u32, text: &[u8], at: usize) -> bool {
        let from = self.words.partition_point(|word| word.gram < gram);
        let mut same = self.words.iter().skip(from).take_while(|word| word.gram == gram);
        let begins = |from: Option<usize>, word: &[u8]| {
            from.and_then(|from| text.get(from..)).is_some_and(|rest| rest.starts_with(word))
        };
        same.any(|word| begins(at.checked_sub(word.at), &word.text))
            || self.short.iter().any(|word| begins(Some(at), word))
    }
}

/// Four bytes as one number.
fn number(window: &[u8]) -> Option<u32> {
    window.try_into().ok().map(u32::from_le_bytes)
}

/// The place of a number of four bytes, and its bits there: two, for with one a thirtieth of any text would be looked up.
const fn place(gram: u32) -> (usize, u64) {
    let mixed = gram.wrapping_mul(0x9e37_79b1);
    let (one, other) = (mixed >> (26 - PLACE_BITS) & 63, mixed >> (20 - PLACE_BITS) & 63);
    ((mixed >> (32 - PLACE_BITS)) as usize, 1 << one | 1 << other)
}

/// How often a byte is met in logs, about as the logarithm of it.
const fn commonness(byte: &u8) -> u32 {
    match byte {
        b' ' | b'e' | b't' | b'0'..=b'2' => 6,
        b'a' | b'o' | b'i' | b'n' | b's' | b'r' | b'd' | b'l' | b'3'..=b'9' => 5,
        b'a'..=b'z' | b'.' | b':' | b'/' | b'-' => 4,
        b'A'..=b'Z' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_there_and_nothing_else() {
        let words: Vec<String> =
            ["SIG", " at ", "abca", "abcab", "cabcabb", "istening on "].map(str::to_owned).into();
        let grams = Grams::new(&words).unwrap();
        let mut state = 1_u64;
        for round in 0..200_000 {
            let mut text = Vec::new();
            for _ in 0..round % 40 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                text.push(b"abc SIGt"[(state >> 60) as usize & 7]);
            }
            if round % 977 == 0 {
                text.extend_from_slice(b"Listening on :80");
            }
            let there =
                words.iter().any(|word| memchr::memmem::find(&text, word.as_bytes()).is_some());
            assert_eq!(grams.any(&text), there, "{:?}", String::from_utf8_lossy(&text));
        }
        assert!(Grams::new(&["ab".to_owned()]).is_none());
        assert!(!Grams::new(&[]).unwrap().any(b"anything"));
    }
}
