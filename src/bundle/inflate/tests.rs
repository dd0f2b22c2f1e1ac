//! Against zlib-rs, behind flate2: the same bytes, the same end, the same refusals, however the stream is cut.

use std::io::Write;

use flate2::write::DeflateEncoder;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};

use super::{Inflate, Status};

/// Numbers without rhythm (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }
}

fn packed(content: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// What zlib-rs makes of a stream: the bytes, and the bytes taken if it ends; `None` for how it ends if it is corrupt.
fn expected(stream: &[u8]) -> (Vec<u8>, Option<Status>, u64) {
    let mut raw = Decompress::new(false);
    let mut made = Vec::new();
    loop {
        made.reserve(64 * 1024);
        let (taken, before) = (raw.total_in() as usize, made.len());
        match raw.decompress_vec(&stream[taken..], &mut made, FlushDecompress::None) {
            Ok(flate2::Status::StreamEnd) => return (made, Some(Status::End), raw.total_in()),
            Ok(_) if raw.total_in() as usize > taken || made.len() > before => {}
            Ok(_) => return (made, Some(Status::More), raw.total_in()),
            Err(_) => return (made, None, raw.total_in()),
        }
    }
}

/// What [`Inflate`] makes of it, in pieces of at most these sizes.
fn actual(stream: &[u8], input_max: usize, room_max: usize, seed: u64) -> (Vec<u8>, Status, usize) {
    let (mut inflate, mut numbers) = (Inflate::new(), Numbers(seed));
    let mut room = vec![0; room_max];
    let (mut made, mut at) = (Vec::new(), 0);
    loop {
        let input = &stream[at..stream.len().min(at + 1 + numbers.below(input_max))];
        let room = &mut room[..1 + numbers.below(room_max)];
        let step = inflate.step(input, room);
        made.extend_from_slice(&room[..step.made_bytes]);
        at += step.taken_bytes;
        let stands = step.taken_bytes == 0 && step.made_bytes == 0;
        if step.status != Status::More || stands {
            return (made, step.status, at);
        }
    }
}

/// In one piece, in large ones and in small ones.
fn check(stream: &[u8], what: &str) {
    let (made, status, taken) = expected(stream);
    let whole = actual(stream, 1 << 20, 1 << 20, 1);
    assert!(whole.0.starts_with(&made), "{what}: {} of {}", whole.0.len(), made.len());
    assert_eq!(whole.1, status.unwrap_or(Status::Corrupt), "{what}");
    if status.is_some() {
        assert_eq!(whole.0.len(), made.len(), "{what}");
        assert_eq!(whole.2 as u64, taken, "{what}");
    }
    for (input_max, room_max) in [(70_000, 300_000), (700, 700), (3, 5), (40_000, 2)] {
        let cut = actual(stream, input_max, room_max, 7);
        assert!(cut == whole, "{what}: in pieces of {input_max} and {room_max}");
    }
}

/// Text as logs have it: long matches near and far, numbers that differ, some noise, and runs of one byte.
fn log(numbers: &mut Numbers, bytes: usize) -> Vec<u8> {
    let mut content = Vec::new();
    while content.len() < bytes {
        let line = format!(
            "10.0.{}.{} - - [10/Mar/2026:12:00:{:02} +0000] \"GET /api/v{}/orders/{} HTTP/1.1\" {} {}\n",
            numbers.below(4),
            numbers.below(250),
            numbers.below(60),
            numbers.below(3),
            numbers.below(1 << 40),
            [200, 200, 200, 502][numbers.below(4)],
            numbers.below(100_000)
        );
        content.extend_from_slice(line.as_bytes());
        if numbers.below(50) == 0 {
            content.extend((0..numbers.below(300)).map(|_| numbers.0 as u8));
            content.extend(vec![b'='; numbers.below(600)]);
            content.extend(b"ab".repeat(numbers.below(200)));
        }
    }
    content
}

#[test]
fn each_level_and_each_kind_of_content() {
    let mut numbers = Numbers(3);
    let noise: Vec<u8> = (0..90_000).map(|_| numbers.below(256) as u8).collect();
    // A few bytes far more often than all others: the longest codes there are.
    let skewed: Vec<u8> = (0..200_000)
        .map(|_| {
            (0..40).find(|_| numbers.below(2) == 0).unwrap_or(40) * (1 + numbers.below(6)) as u8
        })
        .collect();
    let log = log(&mut numbers, 400_000);
    let texts: [&[u8]; 6] = [b"", b"a", &[0; 100_000], &noise, &skewed, &log];
    for (number, content) in texts.iter().enumerate() {
        for level in [0, 1, 3, 6, 9] {
            let stream = packed(content, level);
            let what = format!("text {number} at level {level}");
            assert!(expected(&stream).0 == **content, "{what}");
            check(&stream, &what);
            check(&[&stream[..], b"what follows"].concat(), &what);
        }
    }
}

#[test]
fn blocks_of_all_kinds_in_one_stream() {
    let (mut numbers, mut stream) = (Numbers(5), vec![0; 4 << 20]);
    let content = log(&mut numbers, 300_000);
    let mut compress = Compress::new(Compression::new(6), false);
    let flushes =
        [FlushCompress::Sync, FlushCompress::Full, FlushCompress::Partial, FlushCompress::None];
    let (mut at, mut length) = (0, 0);
    while at < content.len() {
        let until = content.len().min(at + numbers.below(6_000));
        let flush =
            if until == content.len() { FlushCompress::Finish } else { flushes[numbers.below(4)] };
        compress.compress(&content[at..until], &mut stream[length..], flush).unwrap();
        (at, length) = (compress.total_in() as usize, compress.total_out() as usize);
    }
    stream.truncate(length);
    assert!(expected(&stream) == (content, Some(Status::End), length as u64));
    check(&stream, "blocks");
}

#[test]
fn streams_that_were_cut_changed_or_made_up() {
    let mut numbers = Numbers(11);
    let content = log(&mut numbers, 3_000);
    for level in [1, 6] {
        let stream = packed(&content, level);
        for cut in 0..stream.len() {
            check(&stream[..cut], &format!("cut at {cut}"));
        }
        for _ in 0..1_000 {
            let mut changed = stream.clone();
            for _ in 0..=numbers.below(3) {
                // The codes of the block are in its first bytes.
                let near = [changed.len(), 90][numbers.below(2)].min(changed.len());
                changed[numbers.below(near)] ^= 1 << numbers.below(8);
            }
            check(&changed, &format!("changed: {changed:02x?}"));
        }
    }
    for _ in 0..8_000 {
        let length = 1 + numbers.below(60);
        let mut made_up: Vec<u8> = (0..length).map(|_| numbers.below(256) as u8).collect();
        // A dynamic block.
        made_up[0] = made_up[0] & !7 | 4 | (numbers.below(2) as u8);
        check(&made_up, &format!("made up: {made_up:02x?}"));
    }
}

#[test]
fn begun_anew_nothing_is_left() {
    let content = log(&mut Numbers(2), 100_000);
    let (stream, mut room) = (packed(&content, 6), vec![0; 200_000]);
    let mut inflate = Inflate::new();
    for used in [stream.len() / 2, stream.len(), stream.len()] {
        let step = inflate.step(&stream[..used], &mut room);
        assert!(content.starts_with(&room[..step.made_bytes]));
        assert_eq!(step.status, if used == stream.len() { Status::End } else { Status::More });
        inflate.reset();
    }
    // A match that would reach before the begin: distance 1 of nothing, with the fixed codes.
    let step = inflate.step(&[0b0000_0011, 0b0000_0010, 0, 0, 0], &mut room);
    assert_eq!((step.status, step.made_bytes), (Status::Corrupt, 0));
}
