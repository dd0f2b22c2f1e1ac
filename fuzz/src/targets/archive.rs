//! The archive reader: any bytes as a file that is unpacked. Sums that a mutation would break are put right first, where the reader
//! would go no further without.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use coroner::bundle::{self, Ahead, Limits, Outcome, Silent};
use flate2::{Decompress, FlushDecompress, Status};
use tempfile::TempDir;

/// The bytes as they are.
pub(super) fn any(data: &[u8]) {
    walked(data);
}

/// The bytes as a deflate stream: another inflater gives the same bytes and the same verdict.
pub(super) fn deflate(data: &[u8]) {
    let (made, ends) = reference(data);
    // Below every limit, and no archive of its own.
    if made.len() >= 1 << 16 || made.starts_with(&[0x1f, 0x8b]) {
        return;
    }
    let head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    let used = ends.unwrap_or(data.len());
    let sums = [crc32fast::hash(&made), made.len() as u32].map(u32::to_le_bytes).concat();
    let path = put("input", &[&head[..], &data[..used], &sums].concat());
    let mut content = Vec::new();
    let bundles = bundle::open(&[path]).expect("a file that was just written");
    let input = &bundles[0].inputs[0];
    let mut names = Vec::new();
    let outcome =
        bundle::walk(input, &Limits::default(), Ahead::Here, &Silent, &mut |name, member| {
            names.push(name.to_owned());
            while let Some(block) = member.next_block() {
                content.extend_from_slice(block);
            }
        });
    // Anything else was unpacked further.
    if names == ["input"] {
        assert!(content.starts_with(&made), "{} of {}", content.len(), made.len());
        assert!(ends.is_none() || content == made, "{} and {}", content.len(), made.len());
    }
    let damaged = outcome.problems.iter().any(|problem| problem.kind.loses_bytes());
    assert!(damaged || ends.is_some(), "{:?}", outcome.problems);
}

/// What zlib-rs makes of a deflate stream, and the bytes of it that it took, if it ends.
fn reference(data: &[u8]) -> (Vec<u8>, Option<usize>) {
    let (mut raw, mut made) = (Decompress::new(false), Vec::new());
    loop {
        made.reserve(1 << 16);
        let (taken, before) = (raw.total_in() as usize, made.len());
        match raw.decompress_vec(&data[taken..], &mut made, FlushDecompress::None) {
            Ok(Status::StreamEnd) => return (made, Some(raw.total_in() as usize)),
            Ok(_) if raw.total_in() as usize > taken || made.len() > before => {}
            Ok(_) | Err(_) => return (made, None),
        }
        if made.len() > 1 << 20 {
            return (made, None);
        }
    }
}

/// With the sums of what looks like the header of an entry.
pub(super) fn tar(data: &[u8]) {
    let mut data = data.to_vec();
    for header in data.chunks_exact_mut(512).filter(|block| block[257..262] == *b"ustar") {
        header[148..156].fill(b' ');
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    }
    walked(&data);
}

/// With the sums of the stream's and the first block's header.
pub(super) fn xz(data: &[u8]) {
    let mut data = data.to_vec();
    if data.len() > 16 {
        let sum = crc32fast::hash(&data[6..8]).to_le_bytes();
        data[8..12].copy_from_slice(&sum);
        let end = 12 + usize::from(data[12]) * 4;
        if end + 4 <= data.len() {
            let sum = crc32fast::hash(&data[12..end]).to_le_bytes();
            data[end..end + 4].copy_from_slice(&sum);
        }
    }
    walked(&data);
}

/// What one walk gives; the bytes of a member as their number and a sum.
#[derive(Debug, PartialEq)]
struct Walked {
    members: Vec<(String, u64, u64, bool)>,
    outcome: Outcome,
}

fn walked(data: &[u8]) {
    let path = put("input", data);
    // Few, so that every limit is met.
    let limits = Limits {
        member_bytes: 1 << 20,
        total_bytes: 4 << 20,
        members: 64,
        window_bytes: 1 << 20,
        ratio_from_bytes: 1 << 16,
        ..Limits::default()
    };
    let whole = walk(&path, &limits, usize::MAX);
    assert_eq!(whole, walk(&path, &limits, 1 + data.len() % 101), "in other blocks");
    let Walked { members, outcome } = whole;
    let sum: u64 = members.iter().map(|(_, bytes, ..)| bytes).sum();
    assert!(sum <= limits.total_bytes && sum <= outcome.unpacked_bytes, "{sum} {outcome:?}");
    assert_eq!(outcome.bytes, data.len() as u64);
    for (name, bytes, _, damaged) in &members {
        assert!(*bytes <= limits.member_bytes, "{name}: {bytes}");
        assert!(name.len() <= limits.name_bytes * 8, "{name}");
        assert!(!name.contains(char::is_control), "{name:?}");
        assert!(!name.split('/').any(|part| part == ".."), "{name:?}");
        assert!(!name.starts_with('/'), "{name:?}");
        // What was lost is named.
        let told = outcome.problems.iter().any(|problem| problem.kind.loses_bytes());
        assert!(told || !damaged, "{name}");
    }
}

fn walk(path: &Path, limits: &Limits, block: usize) -> Walked {
    let mut members = Vec::new();
    let bundles = bundle::open(&[path.to_owned()]).expect("a file that was just written");
    let input = &bundles[0].inputs[0];
    let outcome = bundle::walk(input, limits, Ahead::Here, &Silent, &mut |name, member| {
        let (mut bytes, mut sum) = (0_u64, 0_u64);
        while let Some(block) = member.next_block_of(block) {
            assert!(!block.is_empty());
            bytes += block.len() as u64;
            sum = block.iter().fold(sum, |sum, byte| sum.wrapping_mul(31) + u64::from(*byte));
        }
        members.push((name.to_owned(), bytes, sum, member.damage().is_some()));
    });
    Walked { members, outcome }
}

/// Writes a file into this thread's folder, in memory where the system has such.
pub(super) fn put(name: &str, data: &[u8]) -> PathBuf {
    thread_local!(static FOLDER: RefCell<Option<TempDir>> = const { RefCell::new(None) });
    FOLDER.with_borrow_mut(|folder| {
        let folder = folder.get_or_insert_with(|| {
            let memory = Path::new("/dev/shm");
            let made = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
            made.expect("a folder for one file")
        });
        let path = folder.path().join(name);
        fs::write(&path, data).expect("room for one file");
        path
    })
}
