//! UTF-16 to UTF-8, in pieces of any size. In: the bytes of a file; out: the same bytes, or its text where a byte order mark
//! says that it is UTF-16. Exists because PowerShell's `docker logs x > x.log` writes UTF-16LE.
//! Must never touch a file without such a mark.

/// How the file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Coding {
    /// The mark has not come yet.
    #[default]
    Unknown,
    /// No mark: bytes as they are.
    Bytes,
    Little,
    Big,
}

/// Decodes a file that comes in pieces.
#[derive(Debug, Clone, Default)]
pub(super) struct Decoder {
    coding: Coding,
    /// The first half of a unit or of the mark.
    held: Option<u8>,
    /// The first half of a surrogate pair.
    high: Option<u16>,
    text: String,
}

impl Decoder {
    /// Takes the next piece; `out` gets it decoded.
    pub(super) fn feed(&mut self, block: &[u8], out: &mut dyn FnMut(&[u8])) {
        let mut rest = block;
        if self.coding == Coding::Unknown {
            let Some(after) = self.mark(block, out) else { return };
            rest = after;
        }
        if self.coding == Coding::Bytes {
            out(rest);
            return;
        }
        self.text.clear();
        for byte in rest {
            match self.held.take() {
                None => self.held = Some(*byte),
                Some(first) if self.coding == Coding::Big => {
                    self.unit(u16::from_be_bytes([first, *byte]));
                }
                Some(first) => self.unit(u16::from_le_bytes([first, *byte])),
            }
        }
        if !self.text.is_empty() {
            out(self.text.as_bytes());
        }
    }

    /// End of the file: half a mark was no mark. Half a character is dropped.
    pub(super) fn finish(&mut self, out: &mut dyn FnMut(&[u8])) {
        if self.coding == Coding::Unknown
            && let Some(byte) = self.held.take()
        {
            out(&[byte]);
        }
    }

    /// Looks for the mark; gives what is behind it, or `None` where more bytes must come.
    fn mark<'a>(&mut self, block: &'a [u8], out: &mut dyn FnMut(&[u8])) -> Option<&'a [u8]> {
        let (first, second, rest) = match (self.held, block) {
            (_, []) => return None,
            (Some(first), [second, rest @ ..]) => (first, *second, rest),
            (None, [first @ (0xfe | 0xff)]) => {
                self.held = Some(*first);
                return None;
            }
            (None, [first, second, rest @ ..]) => (*first, *second, rest),
            (None, [_]) => (0, 0, block),
        };
        let held = self.held.take();
        self.coding = match (first, second) {
            (0xff, 0xfe) => Coding::Little,
            (0xfe, 0xff) => Coding::Big,
            _ => Coding::Bytes,
        };
        if self.coding == Coding::Bytes {
            if let Some(byte) = held {
                out(&[byte]);
            }
            return Some(block);
        }
        Some(rest)
    }

    fn unit(&mut self, unit: u16) {
        let pair = self.high.take().map(|high| [high, unit]);
        if pair.is_none() && (0xd800..0xdc00).contains(&unit) {
            self.high = Some(unit);
            return;
        }
        let lone = [unit];
        let units = pair.as_ref().map_or(&lone[..], |pair| &pair[..]);
        self.text.extend(
            char::decode_utf16(units.iter().copied())
                .map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)),
        );
    }
}

/// Whether a file begins with the byte order mark of UTF-16.
pub(super) fn is_marked(head: &[u8]) -> bool {
    head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(file: &[u8], expected: &[u8]) {
        for block in [1, 2, 3, 7, 4096] {
            let mut decoder = Decoder::default();
            let mut text = Vec::new();
            for piece in file.chunks(block) {
                decoder.feed(piece, &mut |bytes| text.extend_from_slice(bytes));
            }
            decoder.finish(&mut |bytes| text.extend_from_slice(bytes));
            assert_eq!(text, expected, "blocks of {block}");
        }
    }

    fn wide(text: &str, little: bool) -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units
            .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect()
    }

    #[test]
    fn both_orders() {
        let text = "кот 🦀 Out of memory\r\nx\n";
        check(&wide(text, true), text.as_bytes());
        check(&wide(text, false), text.as_bytes());
        check(b"\xff\xfea\0b", b"a");
        check(b"\xff\xfe\x00\xd8a\0", "\u{fffd}a".as_bytes());
    }

    #[test]
    fn other_files_stay_as_they_are() {
        for file in [&b""[..], b"a", b"\xff", b"\xff\xff\xfe", b"\xef\xbb\xbfx\n", b"\xfe\0\0"] {
            check(file, file);
        }
    }
}
