//! Bombs, forged headers, hostile names: each beside a good log that must be read all the same.

use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};

use super::{beside, entry, good_beside, good_log, good_was_read, header, see};
use crate::packing::{folder, gz, put};

const MB: usize = 1 << 20;

/// So many megabytes of one byte, packed.
fn bomb(megabytes: usize, byte: u8) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let block = vec![byte; MB];
    (0..megabytes).for_each(|_| encoder.write_all(&block).unwrap());
    encoder.finish().unwrap()
}

/// An archive with an entry that claims so many megabytes and has them, and the good log behind it.
fn huge(flag: u8, megabytes: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&header(b"huge", flag, b"", (megabytes * MB) as u64)).unwrap();
    let block = vec![b'a'; MB];
    (0..megabytes).for_each(|_| encoder.write_all(&block).unwrap());
    encoder.write_all(&entry(b"good/access.log", b'0', b"", &good_log())).unwrap();
    encoder.write_all(&[0; 1024]).unwrap();
    encoder.finish().unwrap()
}

fn with_size(size: [u8; 12]) -> Vec<u8> {
    let mut forged = tar::Header::from_byte_slice(&header(b"forged", b'0', b"", 0)).clone();
    forged.as_old_mut().size = size;
    forged.set_cksum();
    forged.as_bytes().to_vec()
}

fn sparse(extensions: usize) -> Vec<u8> {
    let mut map = tar::Header::from_byte_slice(&header(b"sparse", b'S', b"", 512)).clone();
    map.as_gnu_mut().unwrap().isextended = [1];
    map.set_cksum();
    let more = [vec![b'7'; 504], vec![1, 0, 0, 0, 0, 0, 0, 0]].concat().repeat(extensions);
    let last = [vec![b'7'; 504], vec![0; 8], vec![b'c'; 512]].concat();
    [map.as_bytes().to_vec(), more, last].concat()
}

/// Archives, and what must be told of each; nothing where nothing is lost.
fn archives(large: usize) -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let many = |count: usize, make: &dyn Fn(usize) -> Vec<u8>| {
        beside(&[(0..count).map(make).collect::<Vec<_>>().concat()])
    };
    let zeros = bomb(large, 0);
    let nested = (0..4).fold(zeros.clone(), |bytes, _| gz(&bytes));
    let long_name = |number: usize| {
        let name = format!("{number:07}{}x.log", "d/".repeat(2000));
        [entry(b"././@LongLink", b'L', b"", name.as_bytes()), entry(b"x", b'0', b"", b"hello")]
            .concat()
    };
    vec![
        ("a bomb of zeros", beside(&[entry(b"b.gz", b'0', b"", &zeros)]), "empty"),
        (
            "a bomb of one long line",
            beside(&[entry(b"b.gz", b'0', b"", &bomb(large, b'A'))]),
            "no known log",
        ),
        (
            "five layers",
            beside(&[entry(b"b.gz", b'0', b"", &nested)]),
            "an archive inside 6 others",
        ),
        (
            "a million to one",
            gz(&gz(&beside(&[entry(b"b", b'0', b"", &vec![b'A'; large * MB])]))),
            "no known log",
        ),
        ("a long name", huge(b'L', large), "a long name of"),
        ("a long link name", huge(b'K', large), ""),
        ("a pax header", huge(b'x', large), "a pax header of"),
        ("a global pax header", huge(b'g', large), ""),
        ("200,000 empty members of gzip", [gz(&good_log()), gz(b"").repeat(200_000)].concat(), ""),
        (
            "20,000 empty files",
            many(20_000, &|n| entry(format!("e/{n}").as_bytes(), b'0', b"", b"")),
            "more problems of this kind",
        ),
        (
            "20,000 links",
            many(20_000, &|n| entry(format!("l{n}").as_bytes(), b'2', b"/etc/passwd", b"")),
            "more problems of this kind",
        ),
        ("5,000 long names", many(5_000, &long_name), "no known log"),
        (
            "20,000 pax headers in a row",
            many(20_000, &|_| entry(b"p", b'x', b"", b"17 path=aaaaaaaa\n")),
            "",
        ),
        (
            "a size of 2^63",
            beside(&[with_size([0x80, 0, 0, 0, 0x7f, 255, 255, 255, 255, 255, 255, 255])]),
            "of its 9223372036854775807 bytes",
        ),
        ("a negative size", beside(&[with_size([0xff; 12])]), "no valid tar header"),
        ("a sparse file of 20,000 maps", beside(&[sparse(20_000)]), "without --sparse"),
        (
            "16 MB of noise between headers",
            beside(&[noise(16 * MB)]),
            "passed over to find the next one",
        ),
        (
            "a zip of zeros",
            zip(&[("z.bin", &vec![0; large * MB]), ("good/access.log", &good_log())]),
            "empty",
        ),
        (
            "a zip whose directory lists one member 5,000 times",
            overlapping(),
            "the directory lists",
        ),
    ]
}

/// Bytes of no format.
fn noise(count: usize) -> Vec<u8> {
    (0..count as u64)
        .map(|number| (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33) as u8 | 1)
        .collect()
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The fields that a zip's local header and its directory share (PKWARE APPNOTE, 4.3.7 and 4.3.12).
fn zip_fields(name: &str, bytes: &[u8], packed: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    let mut fields = [20_u16, 0, 8, 0, 0].map(u16::to_le_bytes).concat();
    for number in [crc.sum(), packed.len() as u32, bytes.len() as u32] {
        fields.extend(number.to_le_bytes());
    }
    fields.extend((name.len() as u16).to_le_bytes());
    fields.extend([0, 0]);
    fields
}

fn zip_of(members: &[(&str, &[u8])], times: usize) -> Vec<u8> {
    let (mut zip, mut directory, mut count) = (Vec::new(), Vec::new(), 0_u16);
    for (name, bytes) in members {
        let packed = deflated(bytes);
        let (fields, at) = (zip_fields(name, bytes, &packed), zip.len() as u32);
        zip.extend([&b"PK\x03\x04"[..], &fields, name.as_bytes(), &packed].concat());
        for _ in 0..times {
            directory.extend(
                [&b"PK\x01\x02\x14\x00"[..], &fields, &[0; 10], &at.to_le_bytes(), name.as_bytes()]
                    .concat(),
            );
            count += 1;
        }
    }
    let (size, at) = (directory.len() as u32, zip.len() as u32);
    zip.extend(directory);
    zip.extend(b"PK\x05\x06\0\0\0\0");
    zip.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    zip.extend([size.to_le_bytes(), at.to_le_bytes()].concat());
    zip.extend([0, 0]);
    zip
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    zip_of(members, 1)
}

/// Every entry of the directory leads to the same bytes (Fifield, "A better zip bomb").
fn overlapping() -> Vec<u8> {
    zip_of(&[("good/access.log", &good_log())], 5_000)
}

fn check_all(large: usize) {
    let folder = folder();
    for (what, bytes, word) in archives(large) {
        let path = put(folder.path(), "bundle", &bytes);
        drop(bytes);
        good_beside(what, &path, word);
    }
}

#[test]
fn bombs_and_forged_headers_beside_a_good_log() {
    check_all(96);
}

#[test]
#[ignore = "long: a gigabyte for each bomb"]
fn bombs_of_a_gigabyte() {
    check_all(1024);
}

/// Nothing but the output is written, and no name of an archive reaches the file system: [`see`] runs in an empty folder.
#[test]
fn hostile_names_are_only_shown() {
    let names: [&[u8]; 9] = [
        b"../../../../etc/cron.d/x",
        b"/etc/cron.d/x",
        b"C:\\Windows\\x.log",
        b"a\x1b]0;owned\x07\x1b[2J.log",
        "r\u{202e}gol.txt".as_bytes(),
        b"dup.log",
        b"dup.log",
        b"DUP.log",
        b"./dup.log",
    ];
    let mut entries: Vec<Vec<u8>> = names.map(|name| entry(name, b'0', b"", &good_log())).to_vec();
    entries.push(entry(b"link", b'2', b"/etc", b""));
    entries.push(entry(b"link/passwd", b'0', b"", &good_log()));
    for (name, flag) in [(&b"hard"[..], b'1'), (b"tty", b'3'), (b"disk", b'4'), (b"pipe", b'6')] {
        entries.push(entry(name, flag, b"../../etc/passwd", b""));
    }
    let folder = folder();
    let seen = see("names", &put(folder.path(), "bundle", &beside(&entries)), b"", &[]);
    good_was_read("names", &seen);
    let paths: Vec<&str> = crate::corpus::list(&seen.report, "sources")
        .iter()
        .map(|source| source["path"].as_str().unwrap())
        .collect();
    assert_eq!(
        paths,
        [
            "C:\\Windows\\x.log",
            "DUP.log",
            "__/__/__/__/etc/cron.d/x",
            "a\u{fffd}]0;owned\u{fffd}\u{fffd}[2J.log",
            "dup.log",
            "dup.log#2",
            "dup.log#3",
            "etc/cron.d/x",
            "good/access.log",
            "link/passwd",
            "r\u{fffd}gol.txt"
        ]
    );
    for kind in ["a symbolic link", "a hard link", "a device file", "a named pipe"] {
        seen.told("kinds", kind);
    }
}

/// Quines unpack to themselves without end: the nesting ends it. The stand-in for `droste.gz` is a stream of layers.
#[test]
fn layers_without_end_are_refused() {
    let folder = folder();
    let deep = (0..40).fold(good_log(), |bytes, _| gz(&bytes));
    let path = put(folder.path(), "bundle", &beside(&[entry(b"deep.gz", b'0', b"", &deep)]));
    let seen = see("layers", &path, b"", &[]);
    good_was_read("layers", &seen);
    seen.told("layers", "an archive inside 6 others");
    assert_eq!(seen.done.code, 1);
    let seen = see("more layers", &path, b"", &["--max-nesting", "8"]);
    seen.told("more layers", "an archive inside 8 others");
}

/// Each limit has an option, and is told of when it is hit, with exit code 1.
#[test]
fn limits_are_options_and_are_told() {
    let folder = folder();
    let log = good_log();
    let entries = ["a", "b", "c"].map(|name| entry(name.as_bytes(), b'0', b"", &log));
    let path = put(folder.path(), "bundle", &beside(&entries));
    for (option, value, word) in [
        ("--max-member", "20K", "more than 20480 bytes unpacked"),
        ("--max-unpacked", "80000", "80000 bytes"),
        ("--max-members", "2", "more than 2 members; b and all after it were not read"),
        ("--max-logs", "2", "the 2 that tell least were not kept, c and others (--max-logs)"),
        ("--max-seconds", "0", "0 seconds of reading are over (--max-seconds)"),
    ] {
        let mut command = crate::program::command(&["report", "--format", "json", option, value]);
        command.arg(&path);
        let done = crate::program::finish(command, b"");
        let said = format!("{}{}", String::from_utf8_lossy(&done.out), done.err);
        assert!(said.contains(word), "{option}: {said}");
        // Where no time is left at all, nothing is there to report of.
        assert_eq!(done.code, if option == "--max-seconds" { 2 } else { 1 }, "{option}");
    }
    let ratio = put(folder.path(), "bomb", &gz(&bomb(1100, b'A')));
    let done = crate::program::run(&["report", ratio.to_str().unwrap()]);
    assert_eq!(done.code, 2);
    assert!(done.err.contains("decompression bomb"), "{}", done.err);
    for wrong in ["", "x", "5X", "-1", "99999999999T"] {
        let done =
            crate::program::run(&["report", "--max-unpacked", wrong, path.to_str().unwrap()]);
        assert_eq!(done.code, 2, "{wrong}");
    }
}
