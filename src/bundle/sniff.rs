//! What a stream holds, by its first bytes. In: the head of a stream. Out: its form. It exists because names lie: logrotate's
//! delaycompress, an scp that unpacked. It must never look at a name.

use super::{bzip2, gzip, tar_header, xz, zip_header, zstd};

/// Bytes of the head that are needed to tell: one tar header.
pub(super) const HEAD_BYTES: usize = tar_header::BLOCK_BYTES;

/// What a stream is, as far as reading it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Packed(Packer),
    Tar,
    Zip,
    /// A zip archive that is a document or a program.
    Document,
    /// Packed with something that this release does not read.
    Foreign(&'static str),
    Plain,
}

/// What unpacks to one stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packer {
    Gzip,
    Xz,
    Zstd,
    Bzip2,
}

/// Magic numbers of what cannot be read.
const FOREIGN: [(&str, &[u8]); 5] = [
    ("lz4", b"\x04\x22\x4d\x18"),
    ("7-zip", b"7z\xbc\xaf\x27\x1c"),
    ("rar", b"Rar!\x1a\x07"),
    ("compress", b"\x1f\x9d\x90"),
    ("lzip", b"LZIP\x01"),
];

/// Tells the form of a stream from its first [`HEAD_BYTES`] bytes, or from all of it if it is shorter.
pub(super) fn form(head: &[u8]) -> Form {
    if let Some(packer) = packer(head) {
        Form::Packed(packer)
    } else if tar_header::begins_archive(head) {
        Form::Tar
    } else if zip_header::begins_archive(head) {
        if zip_header::is_document(head) { Form::Document } else { Form::Zip }
    } else {
        FOREIGN
            .iter()
            .find(|(_, magic)| head.starts_with(magic))
            .map_or(Form::Plain, |(name, _)| Form::Foreign(name))
    }
}

/// Whether a head is that of a format.
type Begins = fn(&[u8]) -> bool;

fn packer(head: &[u8]) -> Option<Packer> {
    let begins: [(Begins, Packer); 4] = [
        (gzip::begins, Packer::Gzip),
        (xz::begins, Packer::Xz),
        (zstd::begins, Packer::Zstd),
        (bzip2::begins, Packer::Bzip2),
    ];
    begins.iter().find(|(begins, _)| begins(head)).map(|(_, packer)| *packer)
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
        check(b"\x1f", Form::Packed(Packer::Gzip));
        check(b"\x1f\x8b\x08\0\0\0\0\0\0\x03", Form::Packed(Packer::Gzip));
        check(b"\x1f\x8b\x07", Form::Plain);
        check(b"\xfd7zXZ\0\0\x04", Form::Packed(Packer::Xz));
        check(b"\xfd7", Form::Packed(Packer::Xz));
        check(b"\xfd7zXY\0", Form::Plain);
        check(b"\x28\xb5\x2f\xfd\x04", Form::Packed(Packer::Zstd));
        check(b"\x28\xb5", Form::Packed(Packer::Zstd));
        check(b"\x50\x2a\x4d\x18\x04", Form::Packed(Packer::Zstd));
        check(b"(", Form::Plain);
        check(b"BZh91AY&SY\x01", Form::Packed(Packer::Bzip2));
        check(b"BZh1\x17\x72\x45\x38\x50\x90", Form::Packed(Packer::Bzip2));
        check(b"BZh91A", Form::Packed(Packer::Bzip2));
        check(b"BZh9", Form::Plain);
        check(b"BZh01AY&SY\x01", Form::Plain);
        check(b"BZh is how the line begins", Form::Plain);
        check(b"PK\x03\x04\x14\0", Form::Zip);
        check(b"PK\x03", Form::Zip);
        check(b"PK\x05\x06\0\0", Form::Zip);
        check(b"PK", Form::Plain);
        check(b"\x04\x22\x4d\x18\0", Form::Foreign("lz4"));
        check(b"203.0.113.9 - - [05/Nov/2025:12:00:01 +0000]", Form::Plain);
        check(&[0; 512], Form::Plain);
        check(&[b' '; 512], Form::Plain);
    }
}
