//! Whether any of some words is in a text, at a glance. In: words; a text. Out: yes or no, without error either way. It exists
//! because nearly all messages hold none of hundreds of words, and an automaton goes from byte to byte where here one look at
//! four bytes does not wait for the last one.

/// Bits of a number of four bytes.
const NUMBER_BITS: u32 = 16;
const BITS: usize = 1 << NUMBER_BITS;
/// Shortest word that can be looked for.
const WORD_MIN: usize = 3;

/// Words, by their first bytes.
#[derive(Debug)]
pub(super) struct Grams {
    /// Of each number of four bytes whether some word may begin with them.
    begins: Box<[u64; BITS / 64]>,
    /// The words of four bytes and more, in the order of their first four.
    words: Vec<(u32, Box<[u8]>)>,
    /// The words of three.
    short: Vec<[u8; WORD_MIN]>,
}

impl Grams {
    /// `None` where a word is too short.
    pub(super) fn new(words: &[String]) -> Option<Self> {
        let mut grams =
            Self { begins: Box::new([0; BITS / 64]), words: Vec::new(), short: Vec::new() };
        for word in words.iter().map(String::as_bytes) {
            if let Some(first) = word.first_chunk::<4>() {
                let first = u32::from_le_bytes(*first);
                grams.set(first);
                grams.words.push((first, word.into()));
            } else {
                let [a, b, c]: [u8; WORD_MIN] = word.try_into().ok()?;
                (0..=u8::MAX).for_each(|any| grams.set(u32::from_le_bytes([a, b, c, any])));
                grams.short.push([a, b, c]);
            }
        }
        grams.words.sort();
        grams.words.dedup();
        Some(grams)
    }

    fn set(&mut self, gram: u32) {
        let place = place(gram);
        self.begins[place / 64] |= 1 << (place % 64);
    }

    fn may_begin(&self, gram: u32) -> bool {
        let place = place(gram);
        self.begins[place / 64] >> (place % 64) & 1 == 1
    }

    /// Whether any of the words is in the text.
    pub(super) fn any(&self, text: &[u8]) -> bool {
        let at_end = |word| text.last_chunk::<WORD_MIN>() == Some(word);
        text.windows(4).enumerate().any(|(at, window)| match window {
            [a, b, c, d] => {
                let gram = u32::from_le_bytes([*a, *b, *c, *d]);
                self.may_begin(gram) && self.begins(gram, text.get(at..).unwrap_or_default())
            }
            _ => false,
        }) || self.short.iter().any(at_end)
    }

    /// Whether the text, of which these are the first four bytes, begins with a word.
    #[cold]
    fn begins(&self, gram: u32, text: &[u8]) -> bool {
        let from = self.words.partition_point(|(first, _)| *first < gram);
        let same = self.words.iter().skip(from).take_while(|(first, _)| *first == gram);
        self.short.iter().any(|word| text.starts_with(word))
            || same.into_iter().any(|(_, word)| text.starts_with(word))
    }
}

/// The number of four bytes.
const fn place(gram: u32) -> usize {
    (gram.wrapping_mul(0x9e37_79b1) >> (32 - NUMBER_BITS)) as usize
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
