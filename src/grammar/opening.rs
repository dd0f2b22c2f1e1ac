//! With which bytes the lines of a pattern can begin. In: a message. Out: whether the pattern may fit it. It exists because of two hundred
//! patterns a message begins like ten, and to compile the others takes longer than to report on a small bundle. What the bytes are
//! is worked out when coroner is built (`src/build.rs`). Must never leave out a pattern that fits.

/// For each of the first bytes those that it can be, as bits; nothing where they are not known.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Opening(pub(super) &'static [[u64; 4]]);

impl Opening {
    /// Whether a message can begin so.
    pub(super) fn fits(self, message: &[u8]) -> bool {
        let can_be = |(set, byte): (&[u64; 4], &u8)| {
            let bits = set.get(usize::from(byte / 64)).copied().unwrap_or_default();
            bits >> (byte % 64) & 1 != 0
        };
        // The last bytes first: many patterns begin with a date, and few go on alike.
        let first = message.get(..self.0.len());
        first.is_some_and(|first| self.0.iter().zip(first).rev().all(can_be))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BUILT_IN, Line, file};
    use super::Opening;

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
}
