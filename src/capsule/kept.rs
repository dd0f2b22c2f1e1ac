//! Lines of a source with their numbers, as `grep -n` prints them: `10233:Nov 20 ...`. In: lines by number; out: the text of a member,
//! and back. The first line says which source they are of and what they are wrapped in, so that each member can be read by itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a member of lines begins with.
pub const OPENING: &[u8] = b"#coroner-lines ";

/// What the first line says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Number of the source in `capsule.json`, from 1.
    pub source: usize,
    /// The name of the wrapping, or `snapshot`.
    pub envelope: String,
}

/// The word for a file that is no log but a state.
pub const SNAPSHOT: &str = "snapshot";

/// Lines of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The first line.
    pub head: Head,
    /// The lines, each with its end.
    pub text: Vec<u8>,
    /// Their numbers, in order.
    pub numbers: Vec<u64>,
}

impl Kept {
    /// No lines, of a log without wrapping.
    #[must_use]
    pub fn nothing() -> Self {
        let head = Head { source: 0, envelope: String::new() };
        Self { head, text: Vec::new(), numbers: Vec::new() }
    }

    /// The lines with these numbers.
    #[must_use]
    pub fn of(head: Head, lines: &BTreeMap<u64, Vec<u8>>) -> Self {
        let mut kept = Self { head, text: Vec::new(), numbers: Vec::new() };
        for (number, line) in lines {
            kept.numbers.push(*number);
            kept.text.extend(line.iter().filter(|byte| **byte != b'\n'));
            kept.text.push(b'\n');
        }
        kept
    }

    /// The member.
    ///
    /// # Errors
    /// When the head is no JSON, which its types rule out.
    pub fn written(&self) -> std::io::Result<Vec<u8>> {
        let mut text = OPENING.to_vec();
        serde_json::to_writer(&mut text, &self.head).map_err(std::io::Error::from)?;
        text.push(b'\n');
        for (number, line) in
            self.numbers.iter().zip(self.text.split_inclusive(|byte| *byte == b'\n'))
        {
            text.extend(format!("{number}:").bytes());
            text.extend(line);
        }
        Ok(text)
    }

    /// Reads a member; lines without a number, or out of order, are passed over. `None` where the first line is not ours.
    #[must_use]
    pub fn read(member: &[u8]) -> Option<Self> {
        let rest = member.strip_prefix(OPENING)?;
        let mut lines = rest.split(|byte| *byte == b'\n');
        let head = serde_json::from_slice(lines.next()?).ok()?;
        let mut kept = Self { head, text: Vec::new(), numbers: Vec::new() };
        for line in lines {
            let Some(colon) = line.iter().take(20).position(|byte| *byte == b':') else { continue };
            let number =
                line.get(..colon).and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
            let Some(number) =
                number.filter(|number| kept.numbers.last().is_none_or(|last| last < number))
            else {
                continue;
            };
            kept.numbers.push(number);
            kept.text.extend(line.get(colon + 1..).unwrap_or_default());
            kept.text.push(b'\n');
        }
        Some(kept)
    }

    /// The number that a line of the text has in its source.
    #[must_use]
    pub fn number(&self, line: u64) -> u64 {
        // Line 0 is that of what has none.
        if line == 0 {
            return 0;
        }
        let place = usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX);
        self.numbers.get(place).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let head = Head { source: 2, envelope: "syslog".to_owned() };
        let lines =
            BTreeMap::from([(3, b"a: b".to_vec()), (10, Vec::new()), (11, b"12:x".to_vec())]);
        let kept = Kept::of(head, &lines);
        let member = kept.written().unwrap();
        assert!(member.ends_with(b"\n3:a: b\n10:\n11:12:x\n"));
        assert_eq!(Kept::read(&member), Some(kept.clone()));
        assert_eq!((kept.number(1), kept.number(3), kept.number(4)), (3, 11, 0));
    }

    #[test]
    fn broken_members_are_read_as_far_as_they_go() {
        assert_eq!(Kept::read(b"Nov 20 22:00:00 h kernel: x\n"), None);
        assert_eq!(Kept::read(b"#coroner-lines {\n"), None);
        let kept = Kept::read(b"#coroner-lines {\"source\":1,\"envelope\":\"plain\"}\nx\n9:a\n4:b\n99999999999999999999:c\n12:d").unwrap();
        assert_eq!(
            (kept.numbers.as_slice(), kept.text.as_slice()),
            ([9, 12].as_slice(), b"a\nd\n".as_slice())
        );
    }
}
