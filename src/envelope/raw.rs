//! A file as its own lines, whatever is wrapped in them. In: a file in pieces; out: one call a line, numbered as records are, with all
//! its bytes. Exists because who cites a line wants to show it as it stands in the file, with those next to it.

use super::lines::LINE_MAX_BYTES;
use super::utf16::Decoder;

/// Cuts a file into lines; UTF-16 is decoded first.
#[derive(Debug, Clone, Default)]
pub struct RawLines {
    decoder: Decoder,
    cutter: Cutter,
}

#[derive(Debug, Clone, Default)]
struct Cutter {
    carry: Vec<u8>,
    lines: u64,
}

impl RawLines {
    /// Takes the next piece of the file; `sink` gets each finished line with its number, without its newline.
    pub fn feed(&mut self, block: &[u8], sink: &mut dyn FnMut(u64, &[u8])) {
        let Self { decoder, cutter } = self;
        decoder.feed(block, &mut |text| cutter.feed(text, sink));
    }

    /// End of the file; where it is not `complete`, the unfinished last line is dropped.
    pub fn finish(&mut self, complete: bool, sink: &mut dyn FnMut(u64, &[u8])) {
        let Self { decoder, cutter } = self;
        decoder.finish(&mut |text| cutter.feed(text, sink));
        if complete && !cutter.carry.is_empty() {
            cutter.end(sink);
        }
    }

    /// Lines so far.
    #[must_use]
    pub const fn lines(&self) -> u64 {
        self.cutter.lines
    }
}

impl Cutter {
    fn feed(&mut self, text: &[u8], sink: &mut dyn FnMut(u64, &[u8])) {
        let mut rest = text;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let (line, tail) = rest.split_at(end);
            rest = tail.get(1..).unwrap_or_default();
            if self.carry.is_empty() {
                self.lines += 1;
                sink(self.lines, line.get(..LINE_MAX_BYTES).unwrap_or(line));
            } else {
                self.keep(line);
                self.end(sink);
            }
        }
        self.keep(rest);
    }

    fn keep(&mut self, text: &[u8]) {
        let room = LINE_MAX_BYTES.saturating_sub(self.carry.len());
        self.carry.extend_from_slice(text.get(..room).unwrap_or(text));
    }

    fn end(&mut self, sink: &mut dyn FnMut(u64, &[u8])) {
        self.lines += 1;
        sink(self.lines, &self.carry);
        self.carry.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_whatever_the_blocks() {
        let text = b"a\n\nb\0c\r\nlast";
        for block in [1, 3, 100] {
            let mut raw = RawLines::default();
            let mut lines = Vec::new();
            let mut sink = |number: u64, line: &[u8]| lines.push((number, line.to_vec()));
            for piece in text.chunks(block) {
                raw.feed(piece, &mut sink);
            }
            raw.finish(true, &mut sink);
            let expected: [(u64, &[u8]); 4] = [(1, b"a"), (2, b""), (3, b"b\0c\r"), (4, b"last")];
            assert_eq!(lines, expected.map(|(number, line)| (number, line.to_vec())));
        }
    }
}
