//! xz, zstd, bzip2 and zip: whole, inside a tar, and cut at every byte.

use super::*;

const CONTENT: &[u8] = b"one\ntwo\n";
/// `xz` 5.4.
const XZ: &[u8] = b"\xfd\x37\x7a\x58\x5a\x00\x00\x04\xe6\xd6\xb4\x46\x02\x00\x21\x01\x16\x00\x00\x00\x74\x2f\xe5\xa3\x01\x00\x07\
\x6f\x6e\x65\x0a\x74\x77\x6f\x0a\x00\x51\xab\x9e\xaf\x57\x75\x70\x49\x00\x01\x20\x08\xbb\x19\xd9\xbb\x1f\xb6\xf3\x7d\x01\
\x00\x00\x00\x00\x04\x59\x5a";
/// `zstd` 1.5.
const ZSTD: &[u8] =
    b"\x28\xb5\x2f\xfd\x24\x08\x41\x00\x00\x6f\x6e\x65\x0a\x74\x77\x6f\x0a\xe6\xa6\x0e\x40";
/// `bzip2` 1.0.8.
const BZIP2: &[u8] =
    b"\x42\x5a\x68\x39\x31\x41\x59\x26\x53\x59\xa7\x14\x2b\x77\x00\x00\x02\xc1\x80\x00\x10\x02\x01\x84\x80\x20\x00\x21\x80\x0c\
\x02\x38\xf5\x1b\x8b\xb9\x22\x9c\x28\x48\x53\x8a\x15\xbb\x80";
/// `zip` 3.0 of one member, `n.log`.
const ZIP: &[u8] = b"\x50\x4b\x03\x04\x0a\x00\x00\x00\x00\x00\x72\x13\x75\x5d\xe6\x0b\xba\x12\x08\x00\x00\x00\x08\x00\x00\x00\x05\
\x00\x00\x00\x6e\x2e\x6c\x6f\x67\x6f\x6e\x65\x0a\x74\x77\x6f\x0a\x50\x4b\x01\x02\x1e\x03\x0a\x00\x00\x00\x00\x00\x72\x13\
\x75\x5d\xe6\x0b\xba\x12\x08\x00\x00\x00\x08\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\xa4\x81\x00\x00\
\x00\x00\x6e\x2e\x6c\x6f\x67\x50\x4b\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00\x33\x00\x00\x00\x2b\x00\x00\x00\x00\x00";

#[test]
fn each_packer_is_undone_alone_and_inside_a_tar() {
    for (ending, packed) in [("xz", XZ), ("zst", ZSTD), ("bz2", BZIP2)] {
        check(packed, &[("given", CONTENT)], &[]);
        check(&packed.repeat(2), &[("given", &CONTENT.repeat(2))], &[]);
        let name = format!("a.log.{ending}");
        let (seen, outcome) = read(&tar_of(&[(&name, packed), ("b.log", b"b\n")]));
        assert_eq!(seen.len(), 2, "{name}: {:?}", outcome.problems);
        assert_eq!(seen[0].1, CONTENT, "{name}");
    }
    check(ZIP, &[("n.log", CONTENT)], &[]);
}

#[test]
fn a_cut_of_any_packer_is_told() {
    for packed in [XZ, ZSTD, BZIP2, ZIP] {
        // Below the magic number nothing tells what it was.
        for cut in 10..packed.len() {
            let (seen, outcome) = read(&packed[..cut]);
            assert!(!outcome.problems.is_empty(), "cut at {cut} of {}", packed.len());
            assert!(
                seen.iter().all(|(_, content, _)| CONTENT.starts_with(content)),
                "cut at {cut}"
            );
        }
    }
}

#[test]
fn a_flipped_bit_of_any_packer_is_harmless_or_told() {
    for packed in [XZ, ZSTD, BZIP2] {
        for bit in 80..packed.len() * 8 {
            let mut bytes = packed.to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let (seen, outcome) = read(&bytes);
            let same = seen.len() == 1 && seen[0].1 == CONTENT;
            assert!(same || !outcome.problems.is_empty(), "bit {bit} of {}", packed.len());
        }
    }
}
