//! Whether any of some words is in a text, at a glance. In: words; a text. Out: yes or no, without error either way. It exists
//! because nearly all messages hold none of hundreds of words, and an automaton goes from byte to byte where here one look at
//! four bytes does not wait for the last one.

/// Bits of a place among the numbers that are held.
const PLACE_BITS: u32 = 11;
/// Bytes that are looked at together.
const GRAM_BYTES: usize = 4;
/// Looks begin at every second byte: of five bytes in a row, four are looked at together wherever they stand.
const STRIDE: usize = 2;
/// Shortest word that can be looked for.
pub(super) const NEEDLE_MIN_BYTES: usize = 3;

/// The bits of the first three bytes of a number.
const THREE_BYTES: u32 = 0x00ff_ffff;

/// A word of more than a gram, known by four of the five of its bytes that are the least common in logs.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Word {
    gram: u32,
    /// Where they stand in it.
    at: usize,
    text: Box<[u8]>,
}

impl Word {
    /// By the first four of the five, and by the last.
    fn of(text: &[u8]) -> Option<[Self; STRIDE]> {
        let windows = text.windows(GRAM_BYTES + STRIDE - 1).enumerate();
        let rarest = windows.min_by_key(|(_, window)| window.iter().map(commonness).sum::<u32>());
        let (from, _) = rarest?;
        let [first, last] = [from, from + 1].map(|at| {
            let gram = number(text.get(at..at + GRAM_BYTES)?)?;
            Some(Self { gram, at, text: text.into() })
        });
        Some([first?, last?])
    }
}

/// Words.
#[derive(Debug)]
pub(super) struct Grams {
    /// Whether some word may hold four bytes: then both bits of their mask are set at their place.
    held: Box<[u64; 1 << PLACE_BITS]>,
    /// The words of five bytes and more, in the order of their grams.
    words: Vec<Word>,
    /// The words of three and four bytes as numbers, and which bits of a number are theirs.
    short: Vec<(u32, u32)>,
}

impl Grams {
    /// `None` where a word is too short.
    pub(super) fn new(words: &[String]) -> Option<Self> {
        let held = Box::new([0; 1 << PLACE_BITS]);
        let mut grams = Self { held, words: Vec::new(), short: Vec::new() };
        for text in words.iter().map(String::as_bytes) {
            if let Some(known) = Word::of(text) {
                known.iter().for_each(|word| grams.set(word.gram));
                grams.words.extend(known);
                continue;
            }
            let [a, b, c] = *text.first_chunk::<NEEDLE_MIN_BYTES>()?;
            (0..=u8::MAX).for_each(|any| grams.set(u32::from_le_bytes([any, a, b, c])));
            match text.get(NEEDLE_MIN_BYTES) {
                Some(d) => {
                    let gram = u32::from_le_bytes([a, b, c, *d]);
                    grams.set(gram);
                    grams.short.push((gram, u32::MAX));
                }
                None => {
                    (0..=u8::MAX).for_each(|any| grams.set(u32::from_le_bytes([a, b, c, any])));
                    grams.short.push((u32::from_le_bytes([a, b, c, 0]), THREE_BYTES));
                }
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
        let mut at = 0;
        while let Some(gram) = text.get(at..at + GRAM_BYTES).and_then(number) {
            if self.may_hold(gram) && self.is_at(gram, text, at) {
                return true;
            }
            at += STRIDE;
        }
        // Three bytes that no four follow.
        text.last_chunk().is_some_and(|[a, b, c]| {
            let last = u32::from_le_bytes([*a, *b, *c, 0]);
            self.short.iter().any(|(word, mask)| *mask == THREE_BYTES && last == *word)
        })
    }

    /// Whether a word stands where its gram was found in the text, or a short one a byte behind.
    #[cold]
    fn is_at(&self, gram: u32, text: &[u8], at: usize) -> bool {
        let behind = text.get(at + GRAM_BYTES).copied().unwrap_or_default();
        let next = gram >> 8 | u32::from(behind) << 24;
        if self.short.iter().any(|(word, mask)| gram & mask == *word || next & mask == *word) {
            return true;
        }
        let from = self.words.partition_point(|word| word.gram < gram);
        let mut same = self.words.iter().skip(from).take_while(|word| word.gram == gram);
        same.any(|word| {
            let from = at.checked_sub(word.at).and_then(|from| text.get(from..));
            from.is_some_and(|rest| rest.starts_with(&word.text))
        })
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
            ["SIG", " at ", "abca", "abcab", "bbbcI", "cabcabb", "istening on "]
                .map(str::to_owned)
                .into();
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
