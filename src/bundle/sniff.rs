//! What a stream holds, by its first bytes. In: the head of a stream. Out: its form. It exists because names lie: logrotate's
//! delaycompress, an scp that unpacked. It must never look at a name.

use super::gzip;
use super::tar_header;

/// Bytes of the head that are needed to tell: one tar header.
pub(super) const HEAD_BYTES: usize = tar_header::BLOCK_BYTES;

/// What a stream is, as far as reading it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Gzip,
    Tar,
    /// Packed with something that this release does not read.
    Foreign(&'static str),
    Plain,
}

/// Magic numbers of what cannot be read. bzip2: with the digits of pi that open its first block, since "BZh" could be text.
const FOREIGN: [(&str, &[u8]); 9] = [
    ("zip", b"PK\x03\x04"),
    ("zip", b"PK\x05\x06"),
    ("xz", b"\xfd7zXZ\0"),
    ("zstd", b"\x28\xb5\x2f\xfd"),
    ("lz4", b"\x04\x22\x4d\x18"),
    ("7-zip", b"7z\xbc\xaf\x27\x1c"),
    ("rar", b"Rar!\x1a\x07"),
    ("compress", b"\x1f\x9d\x90"),
    ("lzip", b"LZIP\x01"),
];

/// Tells the form of a stream from its first [`HEAD_BYTES`] bytes, or from all of it if it is shorter.
pub(super) fn form(head: &[u8]) -> Form {
    let bzip2 = head.starts_with(b"BZh") && head.get(4..10) == Some(b"\x31\x41\x59\x26\x53\x59");
    if head.starts_with(&gzip::MAGIC) || (!head.is_empty() && gzip::MAGIC.starts_with(head)) {
        Form::Gzip
    } else if tar_header::begins_archive(head) {
        Form::Tar
    } else if bzip2 {
        Form::Foreign("bzip2")
    } else {
        FOREIGN
            .iter()
            .find(|(_, magic)| head.starts_with(magic))
            .map_or(Form::Plain, |(name, _)| Form::Foreign(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(head: &[u8], expected: Form) {
        assert_eq!(form(head), expected);
    }

    #[test]
    fn forms_are_told_by_content() {
        check(b"", Form::Plain);
        check(b"\x1f", Form::Gzip);
        check(b"\x1f\x8b\x08\0\0\0\0\0\0\x03", Form::Gzip);
        check(b"\x1f\x8b\x07", Form::Plain);
        check(b"PK\x03\x04\x14\0", Form::Foreign("zip"));
        check(b"\xfd7zXZ\0\0\x04", Form::Foreign("xz"));
        check(b"\x28\xb5\x2f\xfd\x04", Form::Foreign("zstd"));
        check(b"BZh91AY&SY\x01", Form::Foreign("bzip2"));
        check(b"BZh is how the line begins", Form::Plain);
        check(b"203.0.113.9 - - [05/Nov/2025:12:00:01 +0000]", Form::Plain);
        check(&[0; 512], Form::Plain);
        check(&[b' '; 512], Form::Plain);
    }
}
