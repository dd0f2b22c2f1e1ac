//! Tar archives: names, headers, damage.

use super::*;

#[test]
fn archives_with_packed_members() {
    let log = LOG.as_bytes();
    let rotated = gz(log);
    let inner = gz(&tar_of(&[("x/dmesg", b"kernel\n")]));
    let bundle = tar_of(&[
        ("./logs/access.log", b"a\n"),
        ("logs/access.log.1.gz", &rotated),
        ("empty", b""),
        ("in.tgz", &inner),
    ]);
    let members: [(&str, &[u8]); 4] = [
        ("logs/access.log", b"a\n"),
        ("logs/access.log.1.gz", log),
        ("empty", b""),
        ("in.tgz/x/dmesg", b"kernel\n"),
    ];
    check(&bundle, &members, &[]);
    check(&gz(&bundle), &members, &[]);
    let (seen, outcome) =
        read_from(Box::new(Drip(Cursor::new(gz(&bundle)), false)), None, &Limits::default());
    assert_eq!(seen.len(), 4);
    assert_eq!(outcome.problems, []);
    let large = noise(3_000_000);
    check(
        &gz(&tar_of(&[("a.gz", &gz(&large)), ("b", &large)])),
        &[("a.gz", &large), ("b", &large)],
        &[],
    );
}

#[test]
fn names_are_cleaned_and_numbered() {
    let entries = [&b"../../etc/x"[..], b"/abs", b"a", b"a", b"./a", b"bad\xff\n"]
        .map(|name| entry(name, b'0', b"1"));
    let names = ["__/__/etc/x", "abs", "a", "a#2", "a#3", "bad\u{fffd}\u{fffd}"];
    check(&ended(&entries), &names.map(|name| (name, &b"1"[..])), &[]);
}

#[test]
fn long_names_and_pax_headers() {
    let long = "d/".repeat(150) + "access.log";
    let gnu = [
        entry(b"././@LongLink", b'L', &[long.as_bytes(), b"\0"].concat()),
        entry(b"d/d", b'0', b"1"),
    ];
    check(&ended(&gnu), &[(&long, b"1")], &[]);
    let by_pax = [entry(b"PaxHeader/x", b'x', &pax("path", &long)), entry(b"short", b'0', b"1")];
    check(&ended(&by_pax), &[(&long, b"1")], &[]);
    // The pax size holds for the file, not for a header between the two (RUSTSEC-2026-0068).
    let mut file = entry(b"short", b'0', b"12345");
    file.splice(0..512, header(b"short", b'0', 0).as_bytes().iter().copied());
    let size = entry(b"PaxHeader/x", b'x', &[pax("size", "5"), pax("mtime", "1.5")].concat());
    check(&ended(&[size, gnu[0].clone(), file]), &[(&long, b"12345")], &[]);
    let malformed = [entry(b"PaxHeader/x", b'x', b"99 path=x\n"), entry(b"a", b'0', b"1")];
    check(&ended(&malformed), &[("a", b"1")], &[("given", Damaged, "malformed pax header")]);
    let limits = Limits { name_bytes: 100, ..Limits::default() };
    let told = [("given", Limit, "a long name of 311 bytes was passed over; 101 is the most")];
    check_with(&limits, &ended(&gnu), &[("d/d", b"1")], &told);
    check_with(
        &limits,
        &ended(&by_pax),
        &[("short", b"1")],
        &[("given", Limit, "a path of 310 bytes")],
    );
    let huge = [entry(b"PaxHeader/x", b'x', &[b'1'; 200_000]), entry(b"a", b'0', b"1")];
    check(&ended(&huge), &[("a", b"1")], &[("given", Limit, "a pax header of 200000 bytes")]);
    let mut ustar = ::tar::Header::new_ustar();
    ustar.set_path("prefix-".repeat(15) + "/name").unwrap();
    ustar.set_size(1);
    ustar.set_cksum();
    let bytes = [ustar.as_bytes().to_vec(), b"1".to_vec(), vec![0; 511 + 1024]].concat();
    check(&bytes, &[(&("prefix-".repeat(15) + "/name"), b"1")], &[]);
}

#[test]
fn what_is_no_file_is_named() {
    let entries = [
        entry(b"dir/", b'5', b""),
        entry(b"old-dir/", b'0', b""),
        entry(b"label", b'V', b""),
        entry(b"link", b'2', b""),
        entry(b"hard", b'1', b""),
        entry(b"tty", b'3', b""),
        entry(b"pipe", b'6', b""),
        entry(b"odd", b'Z', b"content"),
        entry(b"v7", 0, b"1"),
        entry(b"contiguous", b'7', b"2"),
    ];
    let problems = [
        ("link", NotALog, "a symbolic link"),
        ("hard", NotALog, "a hard link"),
        ("tty", NotALog, "a device file"),
        ("pipe", NotALog, "a named pipe"),
        ("odd", Unreadable, "tar type 'Z'"),
    ];
    check(&ended(&entries), &[("v7", b"1"), ("contiguous", b"2")], &problems);
}

#[test]
fn sparse_members_are_refused_and_passed_over() {
    let mut map = header(b"s", b'S', 512);
    map.as_gnu_mut().unwrap().isextended = [1];
    map.set_cksum();
    let mut extension = vec![b'7'; 504];
    extension.extend([1, 0, 0, 0, 0, 0, 0, 0]);
    let last = [vec![b'7'; 504], vec![0; 8]].concat();
    let old = [map.as_bytes().to_vec(), extension, last, vec![b'c'; 512], entry(b"a", b'0', b"1")];
    check(&ended(&old), &[("a", b"1")], &[("s", Unreadable, "pack it again without --sparse")]);
    let records = [pax("GNU.sparse.major", "1"), pax("GNU.sparse.name", "lastlog")].concat();
    let new = [
        entry(b"p", b'x', &records),
        entry(b"GNUSparseFile.1/lastlog", b'0', b"map"),
        entry(b"a", b'0', b"1"),
    ];
    check(&ended(&new), &[("a", b"1")], &[("lastlog", Unreadable, "without --sparse")]);
}

#[test]
fn damaged_archives_are_read_around() {
    let entries = ["a", "b", "c"].map(|name| entry(name.as_bytes(), b'0', &[b'x'; 600]));
    let x: &[u8] = &[b'x'; 600];
    let mut bytes = ended(&entries);
    bytes[1536] ^= 1;
    let told = "no valid tar header at byte 1536: 1536 bytes passed over";
    check(&bytes, &[("a", x), ("c", x)], &[("given", Damaged, told)]);
    let mut first = ended(&entries);
    first[0] ^= 1;
    check(&first, &[("b", x), ("c", x)], &[("given", Damaged, "at byte 0: 1536 bytes")]);
    let mut last = ended(&entries);
    last[3072] ^= 1;
    check(&last, &[("a", x), ("b", x)], &[("given", Damaged, "at byte 3072: 1536 bytes")]);
    let all = [("a", x), ("b", x), ("c", x)];
    check(&entries.concat(), &all, &[("given", NotALog, "no end mark at byte 4608")]);
    check(&[entries.concat(), vec![0; 512]].concat(), &all, &[]);
    let trailing = [ended(&entries), b"?".repeat(600)].concat();
    check(&trailing, &all, &[("given", NotALog, "512 bytes after the end of the archive")]);
    let joined = [ended(&entries[..1]), ended(&entries[1..])].concat();
    check(&joined, &all, &[]);
}

#[test]
fn cut_archives_give_what_is_there() {
    let bytes = tar_of(&[("a", b"first\n"), ("b", &[b'x'; 600])]);
    let a: (&str, &[u8]) = ("a", b"first\n");
    let half = ("b", Truncated, "only 100 of its 600 bytes are in the archive");
    let archive = ("given", Truncated, "inside the content of a member, at byte 1636");
    check(&bytes[..1636], &[a, ("b", &[b'x'; 100])], &[half, archive]);
    check(&bytes[..1100], &[a], &[("given", Truncated, "inside a header, at byte 1100")]);
    check(&bytes[..2200], &[a, ("b", &[b'x'; 600])], &[("given", Truncated, "padding")]);
    let claimed = [header(b"huge", b'0', 1 << 30).as_bytes().to_vec(), b"little".to_vec()].concat();
    let told = "only 6 of its 1073741824 bytes";
    let problems = [("huge", Truncated, told), ("given", Truncated, "at byte 518")];
    check(&claimed, &[("huge", b"little")], &problems);
    for flag in [b'L', b'x'] {
        let claimed =
            [header(b"huge", flag, 1 << 30).as_bytes().to_vec(), b"little".to_vec()].concat();
        let problems = [
            ("given", Limit, "of 1073741824 bytes was passed over"),
            ("given", Truncated, "at byte 518"),
        ];
        check(&claimed, &[], &problems);
    }
    let mut forged = header(b"forged", b'0', 0);
    forged.as_old_mut().size = [0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    forged.set_cksum();
    let problems = [
        ("forged", Truncated, "only 0 of its 18446744073709551615"),
        ("given", Truncated, "at byte 512"),
    ];
    check(forged.as_bytes(), &[], &problems);
}

#[test]
fn a_cut_outer_layer_is_told_of_the_member_and_of_the_archive() {
    let content = noise(3000);
    let packed = gz(&tar_of(&[("a", b"1"), ("b.gz", &gz(&content))]));
    let (seen, outcome) = read(&packed[..packed.len() / 2]);
    assert_eq!(seen[0], ("a".to_owned(), b"1".to_vec(), None));
    assert!(content.starts_with(&seen[1].1) && !seen[1].1.is_empty());
    let told: Vec<_> =
        outcome.problems.iter().map(|problem| (problem.path.as_str(), problem.kind)).collect();
    assert_eq!(told, [("b.gz", Truncated), ("given", Truncated)]);
    assert!(outcome.problems[1].detail.starts_with("gzip stream ends at compressed byte"));
}
