//! The records of a zip archive (PKWARE APPNOTE 6.3.10). In: bytes. Out: what they say. It exists apart from the reading of
//! archives so that it is a pure function of its bytes. It must never trust a length: it only tells what is written.

use crate::wording::{Text, text};

/// Bytes of a signature.
pub(super) const SIGNATURE_BYTES: usize = 4;
/// A member (4.3.7).
pub(super) const MEMBER: [u8; 4] = *b"PK\x03\x04";
/// A member in the directory (4.3.12).
pub(super) const LISTED: [u8; 4] = *b"PK\x01\x02";
/// The end of the archive (4.3.16).
pub(super) const END: [u8; 4] = *b"PK\x05\x06";
/// What may stand after the packed bytes of a member (4.3.9.3).
pub(super) const DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";

/// The fixed part of a member's header, with the signature.
pub(super) const MEMBER_BYTES: usize = 30;
/// The fixed part of a member in the directory, with the signature.
pub(super) const LISTED_BYTES: usize = 46;
/// The longest descriptor, and the signature after it.
pub(super) const DESCRIPTOR_LOOK_BYTES: usize = 28;

const ENCRYPTED: u16 = 1;
const SIZES_FOLLOW: u16 = 1 << 3;
const PATCHED: u16 = 1 << 5;
/// The extra field that holds sizes of more than four bytes (4.5.3).
const ZIP64: u16 = 1;

/// What the first entry of documents and programs that are zip archives is called.
const DOCUMENTS: [&[u8]; 3] = [b"[Content_Types].xml", b"mimetype", b"META-INF/"];

/// How a member is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Stored,
    Deflated,
    /// In a way that is not read.
    Refused(Refusal),
}

/// Why a member is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    Encrypted,
    Patch,
    /// Packed by this, if it has a name.
    Method(Option<&'static str>),
}

impl Refusal {
    /// What to say of the member.
    pub(super) fn told(self) -> Text {
        match self {
            Self::Encrypted => text("unread-encrypted", []),
            Self::Patch => text("unread-patch", []),
            Self::Method(Some(packer)) => text("unread-method", [("packer", packer.into())]),
            Self::Method(None) => text("unread-method-unknown", []),
        }
    }
}

/// The header of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) method: Method,
    pub(super) crc: u32,
    pub(super) packed_bytes: u64,
    pub(super) size_bytes: u64,
    /// Checksum and sizes stand after the packed bytes.
    pub(super) sizes_follow: bool,
    pub(super) name_bytes: usize,
    pub(super) extra_bytes: usize,
}

/// Reads the fixed part of a member's header, which begins with its signature.
pub(super) fn member(fixed: &[u8; MEMBER_BYTES]) -> Member {
    let flags = short(fixed, 6);
    Member {
        method: method(flags, short(fixed, 8)),
        crc: long(fixed, 14),
        packed_bytes: u64::from(long(fixed, 18)),
        size_bytes: u64::from(long(fixed, 22)),
        sizes_follow: flags & SIZES_FOLLOW != 0,
        name_bytes: usize::from(short(fixed, 26)),
        extra_bytes: usize::from(short(fixed, 28)),
    }
}

impl Member {
    /// Puts in the sizes of the extra fields, where the header says that they are there.
    pub(super) fn widen(&mut self, mut extra: &[u8]) {
        while let Some((head, rest)) = extra.split_first_chunk::<4>() {
            let Some((field, after)) = rest.split_at_checked(usize::from(short(head, 2))) else {
                return;
            };
            extra = after;
            if short(head, 0) != ZIP64 {
                continue;
            }
            let mut field = field.chunks_exact(8).map(|bytes| double(bytes, 0));
            for size in [&mut self.size_bytes, &mut self.packed_bytes] {
                if *size == u64::from(u32::MAX) {
                    *size = field.next().unwrap_or(*size);
                }
            }
        }
    }
}

fn method(flags: u16, number: u16) -> Method {
    if flags & ENCRYPTED != 0 {
        return Method::Refused(Refusal::Encrypted);
    }
    if flags & PATCHED != 0 {
        return Method::Refused(Refusal::Patch);
    }
    match number {
        0 => Method::Stored,
        8 => Method::Deflated,
        9 => Method::Refused(Refusal::Method(Some("deflate64"))),
        12 => Method::Refused(Refusal::Method(Some("bzip2"))),
        14 => Method::Refused(Refusal::Method(Some("lzma"))),
        93 => Method::Refused(Refusal::Method(Some("zstd"))),
        95 => Method::Refused(Refusal::Method(Some("xz"))),
        98 => Method::Refused(Refusal::Method(Some("ppmd"))),
        _ => Method::Refused(Refusal::Method(None)),
    }
}

/// The lengths of name, extra fields and comment of a member in the directory.
pub(super) fn listed_lengths(fixed: &[u8; LISTED_BYTES]) -> (usize, usize) {
    let [name, extra, comment] = [28, 30, 32].map(|at| usize::from(short(fixed, at)));
    (name, extra.saturating_add(comment))
}

/// The length of the descriptor that these bytes begin with, if it has these lengths. It may have a signature, and its lengths
/// four or eight bytes; where both fit, what follows it decides.
pub(super) fn descriptor_bytes(
    bytes: &[u8],
    (packed_bytes, size_bytes): (u64, u64),
) -> Option<usize> {
    let at = if bytes.starts_with(&DESCRIPTOR) { SIGNATURE_BYTES } else { 0 };
    let low = |bytes: u64| bytes & u64::from(u32::MAX);
    let narrow = bytes.len() >= at + 12
        && u64::from(long(bytes, at + 4)) == low(packed_bytes)
        && u64::from(long(bytes, at + 8)) == low(size_bytes);
    let wide = bytes.len() >= at + 20
        && double(bytes, at + 4) == packed_bytes
        && double(bytes, at + 12) == size_bytes;
    let goes_on = |length: usize| bytes.get(length..).is_some_and(|rest| rest.starts_with(b"PK"));
    match (narrow, wide) {
        (true, true) if goes_on(at + 20) => Some(at + 20),
        (true, _) => Some(at + 12),
        (false, true) => Some(at + 20),
        (false, false) => None,
    }
}

/// The checksum of such a descriptor.
pub(super) fn descriptor_crc(bytes: &[u8]) -> u32 {
    long(bytes, if bytes.starts_with(&DESCRIPTOR) { SIGNATURE_BYTES } else { 0 })
}

/// Whether these bytes begin an archive, or are enough of its begin.
pub(super) fn begins_archive(head: &[u8]) -> bool {
    head.len() > 2
        && [MEMBER, END]
            .iter()
            .any(|magic| head.iter().zip(magic).all(|(byte, magic)| byte == magic))
}

/// Whether an archive that begins like this is a document or a program.
pub(super) fn is_document(head: &[u8]) -> bool {
    let name = head.get(MEMBER_BYTES..).unwrap_or_default();
    let name = name.get(..name.len().min(usize::from(short(head, 26)))).unwrap_or_default();
    match DOCUMENTS {
        [types, kind, programs] => name == types || name == kind || name.starts_with(programs),
    }
}

fn short(bytes: &[u8], at: usize) -> u16 {
    field(bytes, at).map_or(0, u16::from_le_bytes)
}

fn long(bytes: &[u8], at: usize) -> u32 {
    field(bytes, at).map_or(0, u32::from_le_bytes)
}

fn double(bytes: &[u8], at: usize) -> u64 {
    field(bytes, at).map_or(0, u64::from_le_bytes)
}

fn field<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_descriptor(parts: &[&[u8]], lengths: (u64, u64), expected: Option<usize>) {
        assert_eq!(descriptor_bytes(&parts.concat(), lengths), expected);
    }

    #[test]
    fn descriptors() {
        let crc = &b"\x01\x02\x03\x04"[..];
        let (four, eight) = (&5_u32.to_le_bytes()[..], &5_u64.to_le_bytes()[..]);
        let sign = &DESCRIPTOR[..];
        check_descriptor(&[sign, crc, four, four], (5, 5), Some(16));
        check_descriptor(&[crc, four, four], (5, 5), Some(12));
        check_descriptor(&[sign, crc, eight, eight], (5, 5), Some(24));
        check_descriptor(&[crc, eight, eight, b"PK"], (5, 5), Some(20));
        check_descriptor(&[sign, crc, four, four], (5, 6), None);
        check_descriptor(&[sign, crc, four], (5, 5), None);
        // Of an empty member both may fit.
        let none = &[0; 16][..];
        check_descriptor(&[sign, crc, none, b"PK\x01\x02"], (0, 0), Some(24));
        check_descriptor(&[sign, crc, &none[..8], b"PK\x01\x02PK"], (0, 0), Some(16));
        assert_eq!(descriptor_crc(&[sign, crc].concat()), 0x0403_0201);
        assert_eq!(descriptor_crc(crc), 0x0403_0201);
    }

    #[track_caller]
    fn check_sizes(sizes: (u32, u32), extra: &[u8], expected: (u64, u64)) {
        let mut fixed = [0; MEMBER_BYTES];
        fixed[18..22].copy_from_slice(&sizes.0.to_le_bytes());
        fixed[22..26].copy_from_slice(&sizes.1.to_le_bytes());
        let mut header = member(&fixed);
        header.widen(extra);
        assert_eq!((header.packed_bytes, header.size_bytes), expected);
    }

    #[test]
    fn sizes_of_more_than_four_bytes() {
        let both = [&b"UT\x01\0\x07\x01\0\x10\0"[..], &[9, 0, 0, 0, 1, 0, 0, 0], &[7; 8]].concat();
        check_sizes((u32::MAX, u32::MAX), &both, (0x0707_0707_0707_0707, (1 << 32) + 9));
        check_sizes((5, u32::MAX), &both, (5, (1 << 32) + 9));
        check_sizes((u32::MAX, 5), &both, ((1 << 32) + 9, 5));
        check_sizes((5, 6), &both, (5, 6));
        check_sizes((u32::MAX, u32::MAX), b"\x01\0\x10\0short", (0xffff_ffff, 0xffff_ffff));
    }

    #[track_caller]
    fn check_document(name: &[u8], expected: bool) {
        let mut head = vec![0; MEMBER_BYTES];
        head[26] = u8::try_from(name.len()).unwrap();
        head.extend([name, b"content"].concat());
        assert_eq!(is_document(&head), expected);
    }

    #[test]
    fn documents_are_known_by_their_first_entry() {
        check_document(b"[Content_Types].xml", true);
        check_document(b"mimetype", true);
        check_document(b"META-INF/", true);
        check_document(b"META-INF/MANIFEST.MF", true);
        check_document(b"mimetypes.log", false);
        check_document(b"var/log/nginx/access.log", false);
        assert!(!is_document(b"PK\x05\x06"));
    }
}
