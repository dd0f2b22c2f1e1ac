//! Cuts blocks of bytes into lines. In: a file in pieces of any size; out: one call a line, with its number. Exists because the
//! files of an incident are torn: NUL blocks after a power loss, CRLF, byte order marks, colours, lines of 200 MB.
//! Must never hold more than one line of [`LINE_MAX_BYTES`], and must never lose the line number.

use memchr::memchr;

use crate::near;

/// Longest line kept, in bytes. Docker and journald split far below it; what is longer is a dump and no message.
pub const LINE_MAX_BYTES: usize = 1 << 20;

/// A run of NULs from this length on is a hole that a power loss left (whole file system blocks): what follows it is a new
/// record. Shorter runs are separators of some program and only dropped.
const NUL_BLOCK_BYTES: u64 = 16;

/// Longest title or link in an OSC escape that is looked for, in bytes; keeps a line of bare `ESC ]` from costing its square.
const OSC_MAX_BYTES: usize = 4096;

pub(super) const ESC: u8 = 0x1b;
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Splits blocks to lines, with the unfinished line carried over.
#[derive(Debug, Clone, Default)]
pub struct LineSplitter {
    carry: Vec<u8>,
    long: bool,
    nul_run: u64,
    lines: u64,
    long_lines: u64,
    nul_bytes: u64,
    partial: bool,
}

impl LineSplitter {
    /// Takes the next piece of the file; `sink` gets each finished line (1-based number, bytes without the line end).
    pub fn feed(&mut self, block: &[u8], sink: &mut dyn FnMut(u64, &[u8])) {
        let nul = memchr(0, block).is_some();
        let mut rest = block;
        while let Some(end) = memchr(b'\n', rest) {
            let (line, tail) = rest.split_at(end);
            if nul || self.is_open() {
                self.push(line, sink);
                self.close(sink);
            } else {
                self.whole(line, sink);
            }
            rest = tail.get(1..).unwrap_or_default();
        }
        self.push(rest, sink);
    }

    /// End of the file: the last line without a newline is delivered when the file is `complete`, else dropped.
    pub fn finish(&mut self, complete: bool, sink: &mut dyn FnMut(u64, &[u8])) {
        self.partial = !self.carry.is_empty();
        if !self.partial {
            return;
        }
        if complete {
            self.close(sink);
        } else {
            self.lines += 1;
            self.carry.clear();
        }
    }

    /// Lines so far, with an unfinished last one after [`Self::finish`].
    #[must_use]
    pub const fn lines(&self) -> u64 {
        self.lines
    }

    /// Lines that were cut at [`LINE_MAX_BYTES`].
    #[must_use]
    pub const fn long_lines(&self) -> u64 {
        self.long_lines
    }

    /// NUL bytes that were dropped.
    #[must_use]
    pub const fn nul_bytes(&self) -> u64 {
        self.nul_bytes
    }

    /// Whether the file ended in mid-line; known after [`Self::finish`].
    #[must_use]
    pub const fn partial_last_line(&self) -> bool {
        self.partial
    }

    fn is_open(&self) -> bool {
        !self.carry.is_empty() || self.nul_run > 0
    }

    /// A line that lies in one block: no copy.
    fn whole(&mut self, line: &[u8], sink: &mut dyn FnMut(u64, &[u8])) {
        self.lines += 1;
        let kept = line.get(..LINE_MAX_BYTES).unwrap_or(line);
        self.long_lines += u64::from(kept.len() < line.len());
        sink(self.lines, trimmed(kept));
    }

    /// More of the open line; drops NULs.
    fn push(&mut self, text: &[u8], sink: &mut dyn FnMut(u64, &[u8])) {
        let mut rest = text;
        while let Some(at) = memchr(0, rest) {
            let (before, hole) = rest.split_at(at);
            self.append(before, sink);
            let run = hole.iter().take_while(|byte| **byte == 0).count();
            self.nul_bytes += run as u64;
            self.nul_run += run as u64;
            rest = hole.get(run..).unwrap_or_default();
        }
        self.append(rest, sink);
    }

    fn append(&mut self, text: &[u8], sink: &mut dyn FnMut(u64, &[u8])) {
        if text.is_empty() {
            return;
        }
        if self.nul_run >= NUL_BLOCK_BYTES && !self.carry.is_empty() {
            let torn = std::mem::take(&mut self.carry);
            self.count_long();
            sink(self.lines + 1, trimmed(&torn));
        }
        self.nul_run = 0;
        let room = LINE_MAX_BYTES.saturating_sub(self.carry.len());
        let kept = text.get(..room).unwrap_or(text);
        self.long |= kept.len() < text.len();
        self.carry.extend_from_slice(kept);
    }

    fn close(&mut self, sink: &mut dyn FnMut(u64, &[u8])) {
        self.lines += 1;
        self.nul_run = 0;
        self.count_long();
        sink(self.lines, trimmed(&self.carry));
        self.carry.clear();
    }

    fn count_long(&mut self) {
        self.long_lines += u64::from(self.long);
        self.long = false;
    }
}

/// Without a byte order mark at the start and carriage returns at the end.
#[must_use]
pub fn trimmed(line: &[u8]) -> &[u8] {
    let mut line = line.strip_prefix(BOM).unwrap_or(line);
    while let Some(rest) = line.strip_suffix(b"\r") {
        line = rest;
    }
    line
}

/// Without the newlines and carriage returns that a framed message brings along.
#[must_use]
pub fn without_line_end(message: &[u8]) -> &[u8] {
    let end =
        message.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |last| last + 1);
    message.get(..end).unwrap_or(message)
}

/// The line without terminal escapes (ECMA-48 CSI, OSC, two-byte); `scratch` is only used when there is an ESC in it.
#[must_use]
pub fn without_escapes<'a>(line: &'a [u8], scratch: &'a mut Vec<u8>) -> &'a [u8] {
    if !near::has::<ESC>(line) {
        return line;
    }
    let Some(mut at) = memchr(ESC, line) else { return line };
    scratch.clear();
    let mut rest = line;
    loop {
        let (text, escape) = rest.split_at(at);
        scratch.extend_from_slice(text);
        rest = escape.get(escape_len(escape)..).unwrap_or_default();
        match memchr(ESC, rest) {
            Some(next) => at = next,
            None => break,
        }
    }
    scratch.extend_from_slice(rest);
    scratch
}

/// Length in bytes of the escape that `bytes` begins with; at least 1.
fn escape_len(bytes: &[u8]) -> usize {
    match bytes.get(1) {
        Some(b'[') => 2 + sequence_len(bytes.get(2..).unwrap_or_default(), 0x20..=0x3f),
        Some(b']' | b'P' | b'^' | b'_') => string_len(bytes).unwrap_or(2),
        Some(0x20..=0x2f) => 1 + sequence_len(bytes.get(1..).unwrap_or_default(), 0x20..=0x2f),
        Some(0x30..=0x7e) => 2,
        _ => 1,
    }
}

/// Parameters and the final byte of a control sequence.
fn sequence_len(bytes: &[u8], parameters: std::ops::RangeInclusive<u8>) -> usize {
    let count = bytes.iter().take_while(|byte| parameters.contains(byte)).count();
    count
        + usize::from(
            bytes
                .get(count)
                .is_some_and(|byte| (0x40..=0x7e).contains(byte) || byte.is_ascii_digit()),
        )
}

/// An operating system command up to BEL or `ESC \`.
fn string_len(bytes: &[u8]) -> Option<usize> {
    let window = bytes.get(..OSC_MAX_BYTES).unwrap_or(bytes);
    let body = window.get(2..)?;
    let end = body.iter().position(|byte| matches!(*byte, 0x07 | ESC))?;
    if body.get(end) == Some(&ESC) {
        return (body.get(end + 1) == Some(&b'\\')).then_some(2 + end + 2);
    }
    Some(2 + end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Numbered = Vec<(u64, Vec<u8>)>;

    fn split(text: &[u8], block: usize, complete: bool) -> (Numbered, LineSplitter) {
        let mut splitter = LineSplitter::default();
        let mut lines = Vec::new();
        let mut sink = |number: u64, line: &[u8]| lines.push((number, line.to_vec()));
        for piece in text.chunks(block) {
            splitter.feed(piece, &mut sink);
        }
        splitter.finish(complete, &mut sink);
        (lines, splitter)
    }

    #[track_caller]
    fn check(text: &[u8], expected: &[(u64, &str)]) {
        for block in [1, 7, 4096] {
            let (lines, _) = split(text, block, true);
            let lines: Vec<(u64, &str)> = lines
                .iter()
                .map(|(number, line)| (*number, std::str::from_utf8(line).unwrap()))
                .collect();
            assert_eq!(lines, expected, "block of {block}");
        }
    }

    #[test]
    fn lines_are_numbered_whatever_the_blocks() {
        check(b"", &[]);
        check(b"\n", &[(1, "")]);
        check(b"a\nb\n", &[(1, "a"), (2, "b")]);
        check(b"a\n\nb", &[(1, "a"), (2, ""), (3, "b")]);
        check(b"\xef\xbb\xbfa\r\nb\r\r\n", &[(1, "a"), (2, "b")]);
    }

    #[test]
    fn a_nul_block_ends_the_torn_line() {
        let mut text = b"Nov 20 22:00:00 h kern".to_vec();
        text.extend([0; 4096]);
        text.extend(b"Nov 20 22:01:00 h kernel: x\ny\n");
        check(
            &text,
            &[(1, "Nov 20 22:00:00 h kern"), (1, "Nov 20 22:01:00 h kernel: x"), (2, "y")],
        );
        assert_eq!(split(&text, 100, true).1.nul_bytes(), 4096);
        check(b"a\0\0b\n\0\0c\0\nd", &[(1, "ab"), (2, "c"), (3, "d")]);
    }

    #[test]
    fn a_long_line_is_cut_and_the_next_one_whole() {
        let mut text = vec![b'x'; LINE_MAX_BYTES + 5];
        text.extend(b"\nnext\n");
        for block in [4096, 3 * LINE_MAX_BYTES] {
            let (lines, splitter) = split(&text, block, true);
            assert_eq!(lines.len(), 2);
            assert_eq!(lines[0].1.len(), LINE_MAX_BYTES);
            assert_eq!(lines[1], (2, b"next".to_vec()));
            assert_eq!(splitter.long_lines(), 1);
        }
    }

    #[test]
    fn a_truncated_file_loses_its_torn_line() {
        let (lines, splitter) = split(b"a\nb", 7, false);
        assert_eq!(lines, [(1, b"a".to_vec())]);
        assert!(splitter.partial_last_line());
        assert_eq!(splitter.lines(), 2);
        assert!(!split(b"a\n", 7, false).1.partial_last_line());
    }

    #[track_caller]
    fn bare(line: &[u8], expected: &str) {
        let mut scratch = Vec::new();
        assert_eq!(std::str::from_utf8(without_escapes(line, &mut scratch)).unwrap(), expected);
    }

    #[test]
    fn escapes_are_cut_out() {
        bare(b"plain", "plain");
        bare(b"\x1b[2Kweb-1  | \x1b[31m\x1b[1mWARNING\x1b[0m x", "web-1  | WARNING x");
        bare(b"\x1b]0;root@web01: ~\x07# ls", "# ls");
        bare(b"\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\.", "link.");
        bare(b"\x1b(Ba\x1b=b\x1b", "ab");
        bare(b"\x1b]never ended", "never ended");
        bare(b"cut \x1b[38;5", "cut ");
    }
}
