//! With which bytes the lines of a pattern can begin. In: a message. Out: whether the pattern may fit it. It exists because of two hundred
//! patterns a message begins like ten, and to compile the others takes longer than to report on a small bundle. What the bytes are
//! is worked out when coroner is built (`src/build.rs`). Must never leave out a pattern that fits.

/// Bytes, as bits.
type Set = [u64; 4];

/// Whether a byte is in it; what is greater than any byte never is.
fn holds(set: &Set, byte: usize) -> bool {
    set.get(byte / 64).is_some_and(|bits| bits >> (byte % 64) & 1 != 0)
}

/// The bytes that are in it.
fn bytes_of(set: &Set) -> impl Iterator<Item = usize> + '_ {
    let bits = set.iter().zip((0_usize..).step_by(64));
    bits.flat_map(|(bits, from)| {
        let next = |left: &u64| Some(left & (left - 1)).filter(|left| *left != 0);
        std::iter::successors(Some(*bits).filter(|bits| *bits != 0), next)
            .map(move |left| from + left.trailing_zeros() as usize)
    })
}

/// For each of the first bytes those that it can be, as bits; nothing where they are not known.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Opening(pub(super) &'static [Set]);

impl Opening {
    /// Whether a message can begin so.
    pub(super) fn fits(self, message: &[u8]) -> bool {
        let can_be = |(set, byte): (&Set, &u8)| holds(set, usize::from(*byte));
        // The last bytes first: many patterns begin with a date, and few go on alike.
        let first = message.get(..self.0.len());
        first.is_some_and(|first| self.0.iter().zip(first).rev().all(can_be))
    }
}

/// Bytes, and the end of a message that is shorter.
const BYTES: usize = 256;
const ENTRIES: usize = BYTES + 1;

/// Many openings at once: for each place and each byte there those that go on, as bits.
#[derive(Debug)]
pub(super) struct Openings {
    /// Numbers that hold the bits of all.
    words: usize,
    places: usize,
    table: Vec<u64>,
}

impl Openings {
    pub(super) fn new(all: &[Opening]) -> Self {
        let words = all.len().div_ceil(u64::BITS as usize);
        let places = all.iter().map(|opening| opening.0.len()).max().unwrap_or_default() + 1;
        let mut table = vec![0; places * ENTRIES * words];
        if words == 0 {
            return Self { words, places, table };
        }
        for (place, rows) in table.chunks_exact_mut(ENTRIES * words).enumerate() {
            // Where nothing is known of a place, any byte and the end go on.
            let mut any = vec![0; words];
            for (opening, number) in all.iter().zip(0_usize..) {
                any[number / 64] |= u64::from(opening.0.len() <= place) << (number % 64);
            }
            rows.chunks_exact_mut(words).for_each(|row| row.copy_from_slice(&any));
            for (opening, number) in all.iter().zip(0_usize..) {
                let bytes = opening.0.get(place).into_iter().flat_map(bytes_of);
                bytes.for_each(|byte| rows[byte * words + number / 64] |= 1 << (number % 64));
            }
        }
        Self { words, places, table }
    }

    /// The numbers of those with which a message can begin, in their order.
    pub(super) fn fitting(&self, message: &[u8]) -> Vec<u32> {
        let mut left = vec![u64::MAX; self.words];
        for place in 0..self.places {
            let byte = message.get(place).map_or(BYTES, |byte| usize::from(*byte));
            let row = (place * ENTRIES + byte) * self.words;
            let goes_on = self.table.get(row..).unwrap_or_default();
            left.iter_mut().zip(goes_on).for_each(|(left, goes_on)| *left &= goes_on);
            if byte == BYTES {
                break;
            }
        }
        let mut numbers = Vec::new();
        for (bits, from) in left.iter_mut().zip((0..).step_by(u64::BITS as usize)) {
            while *bits != 0 {
                numbers.push(from + bits.trailing_zeros());
                *bits &= *bits - 1;
            }
        }
        numbers
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BUILT_IN, Line, file};
    use super::{Opening, Openings};

    /// The first bytes of all patterns of a grammar.
    fn openings(name: &str) -> Vec<Opening> {
        let shipped = BUILT_IN.iter().find(|own| own.name == name).expect("it is shipped");
        let grammar = file::load_shipped(shipped).expect("it is right");
        let lines = grammar.lines.into_iter();
        let patterns = lines.filter_map(|line| match line {
            Line::Pattern { opening, .. } => Some(opening),
            Line::Json { .. } => None,
        });
        patterns.collect()
    }

    #[track_caller]
    fn check(name: &str, message: &str, expected: bool) {
        let fits = openings(name).into_iter().any(|opening| opening.fits(message.as_bytes()));
        assert_eq!(fits, expected, "{name}: {message}");
    }

    #[test]
    fn a_message_is_told_by_its_first_bytes() {
        check("sudo.toml", "anything", true);
        check("python-logging.toml", "2026-03-10 00:00:00,168 INFO", true);
        check("python-logging.toml", "[2026-03-10 00:00:00,168] INFO", true);
        check("python-logging.toml", "2026-03-10T00:00:00.168 INFO", false);
        check("python-logging.toml", "Accepted publickey for deploy", false);
        check("python-logging.toml", "2026-03-10", false);
        check("logrus.toml", "INFO[0012] listening", true);
        check("logfmt.toml", r#"time="2026-03-10T00:00:00Z" level=info msg="up""#, true);
        check("logrus.toml", "Instance", false);
    }

    #[test]
    fn most_patterns_are_told_so() {
        let all: Vec<Opening> =
            BUILT_IN.iter().flat_map(|shipped| openings(shipped.name)).collect();
        let known = all.iter().filter(|opening| opening.0.len() >= 4).count();
        assert!(known * 10 > all.len() * 7, "{known} of {}", all.len());
    }

    #[test]
    fn all_at_once_are_told_as_one_by_one() {
        let all: Vec<Opening> =
            BUILT_IN.iter().flat_map(|shipped| openings(shipped.name)).collect();
        let mut lines: Vec<&str> =
            BUILT_IN.iter().flat_map(|shipped| shipped.text.split('\'')).collect();
        lines.extend(["", "2", "[", "INFO", "2026-03-10 00:00:00"]);
        let (mut told, mut left_out) = (0, 0);
        for some in [&all[..0], &all[..1], &all[..64], &all[..65], &all[..]] {
            let together = Openings::new(some);
            for line in &lines {
                let one_by_one = some.iter().zip(0_u32..);
                let one_by_one = one_by_one.filter(|(opening, _)| opening.fits(line.as_bytes()));
                let one_by_one: Vec<u32> = one_by_one.map(|(_, number)| number).collect();
                assert_eq!(together.fitting(line.as_bytes()), one_by_one, "{line}");
                told += one_by_one.len();
                left_out += some.len() - one_by_one.len();
            }
        }
        assert!(told > 1000 && left_out > told, "{told} {left_out}");
    }
}
