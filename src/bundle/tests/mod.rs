//! Bundles made in memory: what is read of them, and what is said of the rest.

mod archives;
mod disk;
mod failing;
mod packed;
mod packers;

use std::io::{Cursor, Write};

use flate2::{Compression, GzBuilder, write::GzEncoder};

use super::*;

const LOG: &str = "203.0.113.9 - - [05/Nov/2025:12:00:01 +0000] \"GET / HTTP/1.1\" 502 0\n";

/// A member as the visitor saw it.
type Seen = (String, Vec<u8>, Option<Problem>);

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn gz_with_fields(bytes: &[u8]) -> Vec<u8> {
    let builder = GzBuilder::new().filename("a.log").comment("from web-1").extra(vec![7; 300]);
    let mut encoder = builder.write(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A ustar header whose name is written as it is, whatever it is.
fn header(name: &[u8], flag: u8, size_bytes: u64) -> ::tar::Header {
    let mut header = ::tar::Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.as_old_mut().linkflag = [flag];
    header.set_mode(0o644);
    header.set_size(size_bytes);
    header.set_cksum();
    header
}

fn entry(name: &[u8], flag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = header(name, flag, content.len() as u64).as_bytes().to_vec();
    bytes.extend(content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

fn ended(entries: &[Vec<u8>]) -> Vec<u8> {
    [entries.concat(), vec![0; 1024]].concat()
}

fn tar_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    ended(
        &members
            .iter()
            .map(|(name, content)| entry(name.as_bytes(), b'0', content))
            .collect::<Vec<_>>(),
    )
}

fn pax(name: &str, value: &str) -> Vec<u8> {
    let rest = name.len() + value.len() + 3;
    let length = (1..).find(|length: &usize| *length == rest + length.to_string().len()).unwrap();
    format!("{length} {name}={value}\n").into_bytes()
}

/// Bytes that do not compress, from a linear congruential generator (Knuth, MMIX).
fn noise(count: usize) -> Vec<u8> {
    let step = |state: &mut u64| {
        *state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Some((*state >> 33) as u8)
    };
    std::iter::repeat_n((), count).scan(1, |state, ()| step(state)).collect()
}

/// Gives one byte at a time, and is interrupted before each.
struct Drip(Cursor<Vec<u8>>, bool);

impl Read for Drip {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        if self.1 { Err(io::ErrorKind::Interrupted.into()) } else { self.0.read(&mut out[..1]) }
    }
}

fn input(hashed: bool) -> Input {
    Input {
        path: "given".to_owned(),
        under: String::new(),
        origin: Origin::Stdin,
        bytes: None,
        hashed,
    }
}

fn read_from(
    reader: Box<dyn Read + Send>,
    bytes: Option<u64>,
    limits: &Limits,
) -> (Vec<Seen>, Outcome) {
    read_as(reader, bytes, (limits, Ahead::Thread))
}

fn read_as(
    reader: Box<dyn Read + Send>,
    bytes: Option<u64>,
    how: (&Limits, Ahead),
) -> (Vec<Seen>, Outcome) {
    let mut seen = Vec::new();
    let outcome = walk_stream(&input(true), reader, bytes, how, &Silent, &mut |path, reader| {
        let mut content = Vec::new();
        while let Some(block) = reader.next_block() {
            assert!(!block.is_empty());
            content.extend(block);
        }
        seen.push((path.to_owned(), content, reader.damage().cloned()));
    });
    (seen, outcome)
}

fn read(bytes: &[u8]) -> (Vec<Seen>, Outcome) {
    read_from(Box::new(Cursor::new(bytes.to_vec())), Some(bytes.len() as u64), &Limits::default())
}

#[track_caller]
fn check_with(
    limits: &Limits,
    bytes: &[u8],
    members: &[(&str, &[u8])],
    problems: &[(&str, ProblemKind, &str)],
) {
    let length = bytes.len() as u64;
    let (seen, outcome) = read_from(Box::new(Cursor::new(bytes.to_vec())), Some(length), limits);
    let here = read_as(Box::new(Cursor::new(bytes.to_vec())), Some(length), (limits, Ahead::Here));
    assert!((&seen, &outcome) == (&here.0, &here.1), "the same wherever it is unpacked");
    let found: Vec<_> =
        seen.iter().map(|(path, content, _)| (path.as_str(), content.as_slice())).collect();
    let names = |members: &[(&str, &[u8])]| {
        members.iter().map(|(name, bytes)| format!("{name}: {}", bytes.len())).collect::<Vec<_>>()
    };
    assert_eq!(names(&found), names(members), "{:?}", outcome.problems);
    assert!(found == members, "contents differ");
    for (problem, (path, kind, detail)) in outcome.problems.iter().zip(problems) {
        assert_eq!((problem.path.as_str(), problem.kind), (*path, *kind), "{}", problem.detail);
        assert!(problem.detail.contains(detail), "{}", problem.detail);
        assert!(problem.detail.is_message(), "{}", problem.detail);
    }
    assert_eq!(outcome.problems.len(), problems.len(), "{:#?}", outcome.problems);
    assert_eq!(outcome.bytes, length);
    for (path, _, damage) in &seen {
        let told = outcome
            .problems
            .iter()
            .find(|problem| problem.path == *path && problem.kind.loses_bytes());
        assert_eq!(damage.as_ref(), told, "the visitor and the outcome tell the same");
    }
}

#[track_caller]
fn check(bytes: &[u8], members: &[(&str, &[u8])], problems: &[(&str, ProblemKind, &str)]) {
    check_with(&Limits::default(), bytes, members, problems);
}

use ProblemKind::{Damaged, Limit, NotALog, Truncated, Unreadable};
