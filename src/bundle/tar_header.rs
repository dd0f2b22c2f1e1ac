//! The 512-byte header of a tar member and the records of a pax header (POSIX.1-2017 pax, GNU tar manual "Basic Tar Format").
//! In: bytes. Out: values, or nothing when they are not what they claim. It exists apart from the reading of archives so that it
//! is a pure function of its bytes. It must never take a block for a header whose checksum is wrong.

/// Everything in a tar archive is a multiple of this.
pub(super) const BLOCK_BYTES: usize = 512;
/// One block.
pub(super) type RawBlock = [u8; BLOCK_BYTES];

/// What a header says about its member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// Name with the ustar prefix, as written.
    pub(super) name: Vec<u8>,
    /// Target of a link.
    pub(super) link: Vec<u8>,
    pub(super) size_bytes: u64,
    /// The type flag: `0` a file, `5` a folder, ...
    pub(super) flag: u8,
    /// An old GNU sparse header goes on in the next block.
    pub(super) continues: bool,
}

/// What a pax header overrides for the next member.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Overrides {
    pub(super) name: Option<Vec<u8>>,
    pub(super) size_bytes: Option<u64>,
    /// The member is stored without its holes (keys `GNU.sparse.*`).
    pub(super) sparse: bool,
}

/// Whether these bytes begin a tar archive. A damaged first header is still one if it carries the ustar magic, so that the
/// members after it are not lost.
pub(super) fn begins_archive(head: &[u8]) -> bool {
    let magic = head.get(257..263).is_some_and(|magic| magic == b"ustar\0" || magic == b"ustar ");
    magic || head.get(..BLOCK_BYTES).is_some_and(checksum_matches)
}

/// Reads a header; `None` if its checksum is wrong or its size is no number.
pub(super) fn header(block: &RawBlock) -> Option<Header> {
    if !checksum_matches(block) {
        return None;
    }
    let mut name = until_zero(field(block, 0, 100)).to_vec();
    // Old GNU headers ("ustar " with a blank) keep times where POSIX has the prefix.
    let prefix = until_zero(field(block, 345, 155));
    if field(block, 257, 6) == b"ustar\0" && !prefix.is_empty() {
        name = [prefix, b"/", &name].concat();
    }
    Some(Header {
        name,
        link: until_zero(field(block, 157, 100)).to_vec(),
        size_bytes: number(field(block, 124, 12))?,
        flag: field(block, 156, 1).first().copied()?,
        continues: field(block, 482, 1) != [0],
    })
}

/// Whether an extension block of an old GNU sparse header is followed by another one.
pub(super) fn sparse_continues(block: &RawBlock) -> bool {
    field(block, 504, 1) != [0]
}

/// The sum of all bytes, with the checksum's own field taken as blanks; some old tars summed signed bytes.
fn checksum_matches(block: &[u8]) -> bool {
    let Some(written) = number(field(block, 148, 8)).filter(|written| *written > 0) else {
        return false;
    };
    let own = field(block, 148, 8);
    let unsigned = |bytes: &[u8]| bytes.iter().map(|byte| i64::from(*byte)).sum::<i64>();
    let signed = |bytes: &[u8]| bytes.iter().map(|byte| i64::from(byte.cast_signed())).sum::<i64>();
    let blanks = 8 * i64::from(b' ');
    let matches = |sum: i64| u64::try_from(sum) == Ok(written);
    matches(unsigned(block) - unsigned(own) + blanks)
        || matches(signed(block) - signed(own) + blanks)
}

fn field(block: &[u8], at: usize, length: usize) -> &[u8] {
    block.get(at..at.saturating_add(length)).unwrap_or_default()
}

fn until_zero(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// Octal digits, or base 256 when the first bit is set (GNU; star for sizes over 8 GiB). An empty field counts as 0.
fn number(field: &[u8]) -> Option<u64> {
    let (first, rest) = field.split_first()?;
    if first & 0x80 != 0 {
        let negative = first & 0x40 != 0;
        let start = u64::from(first & 0x3f);
        return rest
            .iter()
            .try_fold(start, |sum, byte| sum.checked_mul(256)?.checked_add(u64::from(*byte)))
            .filter(|_| !negative);
    }
    let digits = field.trim_ascii_start();
    let digits = digits.split(|byte| matches!(byte, 0 | b' ')).next().unwrap_or_default();
    digits.iter().try_fold(0_u64, |sum, byte| match byte {
        b'0'..=b'7' => sum.checked_mul(8)?.checked_add(u64::from(byte - b'0')),
        _ => None,
    })
}

/// Reads the records of a pax header, `LENGTH KEY=VALUE\n` each. `None` if one is malformed.
pub(super) fn pax(mut records: &[u8]) -> Option<Overrides> {
    let mut overrides = Overrides::default();
    let mut sparse_name = None;
    while !records.is_empty() {
        let (key, value, rest) = pax_record(records)?;
        records = rest;
        match key {
            b"path" if !value.is_empty() => overrides.name = Some(value.to_vec()),
            b"size" => overrides.size_bytes = Some(decimal(value)?),
            b"GNU.sparse.name" => sparse_name = Some(value.to_vec()),
            _ => {}
        }
        overrides.sparse |= key.starts_with(b"GNU.sparse.");
    }
    overrides.name = sparse_name.or(overrides.name);
    Some(overrides)
}

/// Key, value and the records after it.
fn pax_record(records: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let blank = records.iter().take(20).position(|byte| *byte == b' ')?;
    let length = usize::try_from(decimal(records.get(..blank)?)?).ok()?;
    let record = records.get(blank.checked_add(1)?..length)?.strip_suffix(b"\n")?;
    let equals = record.iter().position(|byte| *byte == b'=')?;
    Some((record.get(..equals)?, record.get(equals.checked_add(1)?..)?, records.get(length..)?))
}

fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |sum, byte| match byte {
        b'0'..=b'9' => sum.checked_mul(10)?.checked_add(u64::from(byte - b'0')),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_number(field: &[u8], expected: Option<u64>) {
        assert_eq!(number(field), expected);
    }

    #[test]
    fn numbers() {
        check_number(b"00000000017\0", Some(15));
        check_number(b"      17 \0xx", Some(15));
        check_number(b"\0\0\0\0\0\0\0\0\0\0\0\0", Some(0));
        check_number(b"777777777777", Some(0o777_777_777_777));
        check_number(b"0000000008\0\0", None);
        check_number(b"-1\0", None);
        check_number(&[0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0], Some(8 << 30));
        check_number(
            &[0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            Some(u64::MAX),
        );
        check_number(&[0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], None);
        check_number(&[0xff; 12], None);
        check_number(b"", None);
    }

    #[track_caller]
    fn check_pax(records: &[u8], name: Option<&str>, size_bytes: Option<u64>, sparse: bool) {
        let name = name.map(|name| name.as_bytes().to_vec());
        assert_eq!(pax(records), Some(Overrides { name, size_bytes, sparse }));
    }

    #[test]
    fn pax_records() {
        check_pax(b"", None, None, false);
        check_pax(b"12 path=a/b\n30 mtime=1350244992.023960108\n", Some("a/b"), None, false);
        check_pax(b"12 path=a=b\n20 size=12345678901\n", Some("a=b"), Some(12_345_678_901), false);
        check_pax(b"12 path=a\nb\n", Some("a\nb"), None, false);
        check_pax(
            b"22 GNU.sparse.major=1\n21 GNU.sparse.name=x\n15 path=sparse\n",
            Some("x"),
            None,
            true,
        );
    }

    #[test]
    fn malformed_pax_records_are_refused() {
        for records in [
            &b"12 path=a/b"[..],
            b"13 path=a/b\n",
            b"0 path=a/b\n",
            b"99999999999999999999 path=a\n",
            b"path=a/b\n",
            b"12 path a/b\n",
            b"9 size=1x\n",
            b"3 \n",
            b"1 2",
            b" ",
        ] {
            assert_eq!(pax(records), None, "{}", records.escape_ascii());
        }
    }
}
