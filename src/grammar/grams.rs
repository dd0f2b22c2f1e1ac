//! Whether any of some words is in a text, at a glance. In: words; a text. Out: yes or no, without error either way. It exists
//! because nearly all messages hold none of hundreds of words, and an automaton goes from byte to byte where here one look at
//! four bytes does not wait for the last one.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use aho_corasick::packed::Searcher;

/// Bits of a place among the numbers that are held, and of a bit there.
const PLACE_BITS: u32 = 12;
const BIT_BITS: u32 = 5;
/// Bytes that are looked at together.
const GRAM_BYTES: usize = 4;
/// Bytes behind them that are looked at before the words are.
const BEHIND_BYTES: usize = 2;
/// Looks begin at every second byte: of five bytes in a row, four are looked at together wherever they stand.
const STRIDE: usize = 2;
const WINDOW_BYTES: usize = GRAM_BYTES + STRIDE - 1;
/// Bytes of a text at which looks begin together, and those that they look at.
const TOGETHER: usize = 16;
const LOOKED_BYTES: usize = TOGETHER - STRIDE + GRAM_BYTES;
/// Odd numbers that spread what they are multiplied with over the higher bits: of the golden ratio, and primes of xxHash.
const MIX: u32 = 0x9e37_79b1;
const MIX_AGAIN: u32 = 0x85eb_ca77;
const MIX_BEHIND: u32 = 0xc2b2_ae3d;
/// Shortest word that can be looked for.
pub(super) const NEEDLE_MIN_BYTES: usize = 3;

/// A word, known by four of the five of its bytes that are the least common in logs: of a word that is not, if there is one, and of
/// rare bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Known {
    gram: u32,
    /// Where they stand in it.
    at: usize,
    /// Its place among the words.
    word: usize,
}

/// A word by both fours of the five; where it is long enough, two more bytes stand behind them.
fn known_by(word: usize, text: &[u8]) -> impl Iterator<Item = Known> + '_ {
    let room = if text.len() < WINDOW_BYTES + BEHIND_BYTES { 0 } else { BEHIND_BYTES };
    let windows = text.windows(WINDOW_BYTES + room).enumerate();
    let rarest = windows.min_by_key(|(_, window)| {
        let five = window.get(..WINDOW_BYTES).unwrap_or(window);
        let common = five.windows(GRAM_BYTES).filter(|gram| is_of_common_word(gram)).count();
        (common, five.iter().map(commonness).sum::<u32>())
    });
    let places = rarest.map(|(from, _)| from..from + STRIDE).into_iter().flatten();
    places.filter_map(move |at| {
        Some(Known { gram: number(text.get(at..at + GRAM_BYTES)?)?, at, word })
    })
}

/// A set of numbers, with few others among them.
#[derive(Debug)]
struct Bits(Box<[u32; 1 << PLACE_BITS]>);

impl Bits {
    fn new() -> Self {
        Self(Box::new([0; 1 << PLACE_BITS]))
    }

    const fn place(mixed: u32) -> (usize, u32) {
        let bit = mixed >> (u32::BITS - PLACE_BITS - BIT_BITS) & (u32::BITS - 1);
        ((mixed >> (u32::BITS - PLACE_BITS)) as usize, bit)
    }

    fn set(&mut self, mixed: u32) {
        let (place, bit) = Self::place(mixed);
        self.0[place] |= 1 << bit;
    }

    /// A number that is odd where this one may be held: of many, one look at all of them together tells whether any is.
    const fn odd_if_held(&self, mixed: u32) -> u32 {
        let (place, bit) = Self::place(mixed);
        self.0[place] >> bit
    }

    const fn may_hold(&self, mixed: u32) -> bool {
        self.odd_if_held(mixed) & 1 != 0
    }
}

/// Words.
#[derive(Debug)]
pub(super) struct Grams {
    /// The grams of the words.
    held: Bits,
    /// The grams with what stands behind them, or alone where nothing does: asked before the words are.
    again: Bits,
    /// The words of five bytes and more.
    words: Vec<Box<[u8]>>,
    /// By their grams, in the order of these.
    known: Vec<Known>,
    short: Short,
}

/// The words of three and four bytes: too many numbers would hold one of them.
#[derive(Debug)]
enum Short {
    None,
    Packed(Searcher),
    Automaton(Box<AhoCorasick>),
}

impl Short {
    fn new(words: &[&[u8]]) -> Option<Self> {
        if words.is_empty() {
            return Some(Self::None);
        }
        if let Some(searcher) = Searcher::new(words) {
            return Some(Self::Packed(searcher));
        }
        Some(Self::Automaton(Box::new(AhoCorasick::new(words).ok()?)))
    }

    fn any(&self, text: &[u8]) -> bool {
        match self {
            Self::None => false,
            Self::Packed(searcher) => searcher.find(text).is_some(),
            Self::Automaton(automaton) => automaton.is_match(text),
        }
    }
}

impl Grams {
    /// `None` where a word is too short.
    pub(super) fn new(words: &[String]) -> Option<Self> {
        let mut texts: Vec<&[u8]> = words.iter().map(String::as_bytes).collect();
        if texts.iter().any(|text| text.len() < NEEDLE_MIN_BYTES) {
            return None;
        }
        texts.sort_unstable();
        texts.dedup();
        let (words, short): (Vec<&[u8]>, Vec<&[u8]>) =
            texts.into_iter().partition(|text| text.len() >= WINDOW_BYTES);
        let short = Short::new(&short)?;
        let known = words.iter().enumerate().flat_map(|(word, text)| known_by(word, text));
        let mut known: Vec<Known> = known.collect();
        known.sort_unstable();
        let [mut held, mut again] = [Bits::new(), Bits::new()];
        for Known { gram, at, word } in &known {
            held.set(mixed(*gram));
            again.set(mixed_again(*gram, words.get(*word).and_then(|text| behind(text, *at))));
        }
        let words = words.into_iter().map(Box::from).collect();
        Some(Self { held, again, words, known, short })
    }

    /// Whether any of the words is in the text.
    pub(super) fn any(&self, text: &[u8]) -> bool {
        self.any_long(text) || self.short.any(text)
    }

    fn any_long(&self, text: &[u8]) -> bool {
        let mut at = 0;
        while let Some(bytes) = text.get(at..).and_then(<[u8]>::first_chunk) {
            if self.may_be_in(bytes) && self.is_among(text, at, bytes) {
                return true;
            }
            at += TOGETHER;
        }
        // The last ones once more: looks at every second byte from wherever they begin pass no word over.
        if let Some(bytes) = text.last_chunk() {
            let from = text.len() - LOOKED_BYTES;
            return self.may_be_in(bytes) && self.is_among(text, from, bytes);
        }
        let mut bytes = [0; LOOKED_BYTES];
        bytes.iter_mut().zip(text).for_each(|(to, from)| *to = *from);
        self.may_be_in(&bytes) && self.is_among(text, 0, &bytes)
    }

    /// Whether a word has its gram at one of the first sixteen of these bytes, which stand there in the text. Rarely asked.
    #[inline(never)]
    fn is_among(&self, text: &[u8], from: usize, bytes: &[u8; LOOKED_BYTES]) -> bool {
        self.is_in(text, from, self.places(bytes))
    }

    /// Whether a word may have its gram at one of the first sixteen of these bytes: eight looks and no jump.
    #[inline(always)]
    fn may_be_in(&self, bytes: &[u8; LOOKED_BYTES]) -> bool {
        let odd = looks(bytes).fold(0, |odd, (_, gram)| odd | self.held.odd_if_held(mixed(gram)));
        odd & 1 != 0
    }

    /// At which of the first sixteen of these bytes a word may have its gram, as bits.
    fn places(&self, bytes: &[u8; LOOKED_BYTES]) -> u32 {
        let bits = looks(bytes).map(|(at, gram)| u32::from(self.held.may_hold(mixed(gram))) << at);
        bits.fold(0, |places, bit| places | bit)
    }

    /// Whether a word has its gram at one of these places of the text, which are bits from there.
    fn is_in(&self, text: &[u8], from: usize, places: u32) -> bool {
        let mut left = places;
        while left != 0 {
            let at = from + left.trailing_zeros() as usize;
            let gram = text.get(at..at + GRAM_BYTES).and_then(number);
            if gram.is_some_and(|gram| self.is_at(gram, text, at)) {
                return true;
            }
            left &= left - 1;
        }
        false
    }

    /// Whether a word stands where its gram was found in the text.
    fn is_at(&self, gram: u32, text: &[u8], at: usize) -> bool {
        let may_hold = |behind| self.again.may_hold(mixed_again(gram, behind));
        if !may_hold(behind(text, at)) && !may_hold(None) {
            return false;
        }
        let from = self.known.partition_point(|known| known.gram < gram);
        let mut same = self.known.iter().skip(from).take_while(|known| known.gram == gram);
        same.any(|known| {
            let from = at.checked_sub(known.at).and_then(|from| text.get(from..));
            from.zip(self.words.get(known.word)).is_some_and(|(rest, word)| rest.starts_with(word))
        })
    }
}

/// The grams at every second byte, with their places.
fn looks(bytes: &[u8; LOOKED_BYTES]) -> impl Iterator<Item = (usize, u32)> + '_ {
    let grams = bytes.windows(GRAM_BYTES).enumerate().step_by(STRIDE);
    grams.filter_map(|(at, four)| Some((at, number(four)?)))
}

const fn mixed(gram: u32) -> u32 {
    gram.wrapping_mul(MIX)
}

/// Four bytes as one number.
fn number(window: &[u8]) -> Option<u32> {
    window.try_into().ok().map(u32::from_le_bytes)
}

/// The two bytes behind a gram at this place.
fn behind(text: &[u8], at: usize) -> Option<u32> {
    let [a, b] = text.get(at + GRAM_BYTES..)?.first_chunk()?;
    Some(u32::from_le_bytes([*a, *b, 0, 1]))
}

const fn mixed_again(gram: u32, behind: Option<u32>) -> u32 {
    let behind = match behind {
        Some(behind) => behind.wrapping_mul(MIX_BEHIND),
        None => 0,
    };
    (gram ^ behind).wrapping_mul(MIX_AGAIN)
}

/// Words that stand in every second message.
const COMMON_WORDS: [&str; 32] = [
    "accepted",
    "available",
    "block",
    "boot",
    "buffer",
    "cache",
    "client",
    "closed",
    "complete",
    "connection",
    "container",
    "database",
    "deploy",
    "error",
    "from",
    "handle",
    "http",
    "match",
    "memory",
    "message",
    "port",
    "process",
    "query",
    "request",
    "response",
    "server",
    "service",
    "session",
    "socket",
    "start",
    "time",
    "worker",
];

/// Their grams, in order.
static COMMON_GRAMS: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let grams = COMMON_WORDS.iter().flat_map(|word| word.as_bytes().windows(GRAM_BYTES));
    let mut grams: Vec<u32> = grams.filter_map(number).collect();
    grams.sort_unstable();
    grams
});

fn is_of_common_word(gram: &[u8]) -> bool {
    number(gram).is_some_and(|gram| COMMON_GRAMS.binary_search(&gram).is_ok())
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
