//! gzip, other packers, limits, and every cut and every flipped bit.

use super::*;

#[test]
fn single_logs_plain_and_packed() {
    let log = LOG.as_bytes();
    check(log, &[("given", log)], &[]);
    check(b"", &[("given", b"")], &[]);
    check(&gz(log), &[("given", log)], &[]);
    check(&gz(b""), &[("given", b"")], &[]);
    check(&gz(&gz(log)), &[("given", log)], &[]);
    check(&gz_with_fields(log), &[("given", log)], &[]);
    let long = LOG.repeat(20_000);
    check(&gz(long.as_bytes()), &[("given", long.as_bytes())], &[]);
}

#[test]
fn every_member_of_a_concatenated_gzip_is_read() {
    let log = LOG.as_bytes();
    let two = [gz(log), gz_with_fields(b"two\n")].concat();
    let both = [log, b"two\n"].concat();
    check(&two, &[("given", &both)], &[]);
    check(&[&two[..], &[0; 700]].concat(), &[("given", &both)], &[]);
    check(&[gz(log), vec![0; 3], gz(b"two\n")].concat(), &[("given", &both)], &[]);
    let garbage = [&two[..], b"\0garbage"].concat();
    check(&garbage, &[("given", &both)], &[("given", NotALog, "7 trailing bytes")]);
    check(&gz(b"x\n").repeat(10_000), &[("given", &b"x\n".repeat(10_000))], &[]);
    check(
        &[gz(log), vec![0x1f, 0x8b]].concat(),
        &[("given", log)],
        &[("given", Truncated, "ends at compressed byte")],
    );
}

#[test]
fn damaged_gzip_gives_what_decoded() {
    let log = LOG.as_bytes();
    let mut wrong_sum = gz(log);
    let at = wrong_sum.len() - 5;
    wrong_sum[at] ^= 1;
    let told = "checksum or length of gzip member 1 is wrong";
    check(&wrong_sum, &[("given", log)], &[("given", Damaged, told)]);
    let both = [wrong_sum.clone(), gz(b"two\n")].concat();
    check(&both, &[("given", &[log, b"two\n"].concat())], &[("given", Damaged, told)]);
    let four = [wrong_sum.repeat(3), gz(b"")].concat();
    check(&four, &[("given", &log.repeat(3))], &[("given", Damaged, "member 1 and of 2 more")]);
    check(
        &[&wrong_sum[..], b"?"].concat(),
        &[("given", log)],
        &[("given", Damaged, "1 trailing byte after the gzip data is not gzip")],
    );
    let mut flags = gz(log);
    flags[3] = 0x80;
    check(&flags, &[], &[("given", Damaged, "unknown flags")]);
    let endless = [&[0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3][..], &[b'n'; 100_000]].concat();
    check(&endless, &[], &[("given", Damaged, "name without end")]);
    let packed = gz(&noise(400_000));
    let mut corrupt = packed.clone();
    corrupt[300_000..300_064].fill(0xff);
    let (seen, outcome) = read(&corrupt);
    assert_eq!(outcome.problems.len(), 1);
    assert_eq!(outcome.problems[0].kind, Damaged);
    assert!(seen[0].1.len() > 200_000 && noise(400_000).starts_with(&seen[0].1[..200_000]));
}

#[test]
fn other_packers_are_named_with_the_remedy() {
    let remedy = "packed with lz4; unpack it or pack it as gzip";
    let lz4 = b"\x04\x22\x4d\x18\x64\x40\xa7\0";
    check(lz4, &[], &[("given", Unreadable, remedy)]);
    let bundle = gz(&tar_of(&[("a.log.lz4", lz4), ("b.log", b"b\n")]));
    check(&bundle, &[("b.log", b"b\n")], &[("a.log.lz4", Unreadable, remedy)]);
}

#[test]
fn cut_at_every_byte() {
    let content = [LOG.as_bytes(), &noise(900)].concat();
    let inner = gz(&content);
    let bundle = gz(&tar_of(&[("a.log", &content), ("b.gz", &inner)]));
    let (whole, _) = read(&bundle);
    for cut in 1..bundle.len() {
        let (seen, outcome) = read(&bundle[..cut]);
        assert!(outcome.problems.iter().any(|problem| problem.kind == Truncated), "cut at {cut}");
        for ((path, content, _), (whole_path, whole_content, _)) in seen.iter().zip(&whole) {
            // What is too short to be known as a tar is shown as it is.
            let unknown = path == "given" && content.len() < 263;
            let same = whole_content.starts_with(content) && path == whole_path;
            assert!(unknown || same, "cut at {cut}: {path}");
        }
    }
    let plain = tar_of(&[("a.log", &content), ("b.gz", &inner)]);
    let end = plain.len() - 1024;
    for cut in 1..end {
        let (_, outcome) = read(&plain[..cut]);
        // Less than the magic number is not known to be a tar, and a cut between two members is only suspected.
        assert!(cut < 263 || !outcome.problems.is_empty(), "cut at {cut}");
    }
}

#[test]
fn a_bit_flipped_anywhere_is_harmless_or_told() {
    let content = [LOG.as_bytes(), LOG.as_bytes(), &noise(200)].concat();
    let packed = gz(&content);
    // Beyond the magic number, without which it is no gzip.
    for bit in 24..packed.len() * 8 {
        let mut bytes = packed.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let (seen, outcome) = read(&bytes);
        let same = seen.len() == 1 && seen[0].1 == content;
        assert!(same || !outcome.problems.is_empty(), "bit {bit}");
    }
    let bundle = tar_of(&[("a", &content), ("b", b"2")]);
    let (whole, _) = read(&bundle);
    for bit in 0..bundle.len() * 8 {
        let mut bytes = bundle.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let (seen, outcome) = read(&bytes);
        // Only contents have no checksum in a tar. A flip in the first magic number leaves the checksum to tell: none.
        let names = |seen: &[Seen]| {
            seen.iter().map(|(path, content, _)| (path.clone(), content.len())).collect::<Vec<_>>()
        };
        let is_tar = seen.first().is_none_or(|(path, ..)| path != "given");
        assert!(
            !is_tar || names(&seen) == names(&whole) || !outcome.problems.is_empty(),
            "bit {bit}"
        );
    }
}

#[test]
fn limits_are_told() {
    let zeros = vec![b'0'; 2 << 20];
    let members = tar_of(&[("a", &zeros), ("b", b"2")]);
    let limit = |change: fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        limits
    };
    let a: (&str, &[u8]) = ("a", &zeros);
    let small = limit(|limits| limits.member_bytes = 1000);
    let told = "more than 1000 bytes unpacked";
    check_with(&small, &gz(&members), &[("a", &zeros[..1000]), ("b", b"2")], &[("a", Limit, told)]);
    check_with(&small, &zeros, &[("given", &zeros[..1000])], &[("given", Limit, told)]);
    check_with(&small, &zeros[..1000], &[("given", &zeros[..1000])], &[]);
    let total = limit(|limits| limits.total_bytes = 1000);
    let rest = ("given", Limit, "b and all after it were not read");
    check_with(&total, &members, &[("a", &zeros[..1000])], &[("a", Limit, told), rest]);
    let one = limit(|limits| limits.members = 1);
    check_with(
        &one,
        &gz(&members),
        &[a],
        &[("given", Limit, "more than 1 member; b and all after it")],
    );
    let flat = limit(|limits| limits.nesting = 2);
    let nested = gz(&tar_of(&[("in.gz", &gz(b"x")), ("b", b"2")]));
    check_with(&flat, &nested, &[("b", b"2")], &[("in.gz", Limit, "inside 2 others")]);
    let deep = (0..7).fold(b"x".to_vec(), |bytes, _| gz(&bytes));
    check(&deep, &[], &[("given", Limit, "inside 6 others")]);
}

#[test]
fn bombs_of_several_layers_are_refused() {
    let limits = Limits { ratio_from_bytes: 4 << 20, ..Limits::default() };
    let zeros = vec![0; 64 << 20];
    let once = gz(&zeros);
    check_with(&limits, &once, &[("given", &zeros)], &[]);
    let (seen, outcome) = read_from(Box::new(Cursor::new(gz(&once))), None, &limits);
    assert_eq!(
        (seen[0].0.as_str(), outcome.problems.len(), outcome.problems[0].kind),
        ("given", 1, Limit)
    );
    assert!(outcome.problems[0].detail.contains("1100 times"));
    assert!((4 << 20..5 << 20).contains(&seen[0].1.len()));
    let bundle = gz(&tar_of(&[("bomb.gz", &once), ("b", b"2")]));
    let (seen, outcome) = read_from(Box::new(Cursor::new(bundle)), None, &limits);
    assert_eq!(seen[1], ("b".to_owned(), b"2".to_vec(), None));
    assert_eq!((outcome.problems[0].path.as_str(), outcome.problems[0].kind), ("bomb.gz", Limit));
}

#[test]
fn overwritten_stretches_never_panic_and_never_hang() {
    let inner = gz(&tar_of(&[("x.gz", &gz(&noise(700))), ("y", LOG.as_bytes())]));
    let bundle = tar_of(&[
        ("in.tar.gz", &inner),
        ("long", &noise(2000)),
        ("z.gz", &gz(LOG.repeat(50).as_bytes())),
    ]);
    let dice = noise(16_000);
    for (round, throw) in dice.chunks_exact(8).enumerate() {
        let mut bytes = bundle.clone();
        let at = usize::from(u16::from_le_bytes([throw[0], throw[1]])) % bytes.len();
        let until = (at + 1 + usize::from(throw[2]) * 4).min(bytes.len());
        let from =
            usize::from(u16::from_le_bytes([throw[3], throw[4]])) % (bytes.len() - (until - at));
        bytes.copy_within(from..from + (until - at), at);
        let limits = Limits { members: 50, total_bytes: 1 << 20, ..Limits::default() };
        let packed = if round % 2 == 0 { bytes } else { gz(&bytes) };
        let (seen, outcome) = read_from(Box::new(Cursor::new(packed)), None, &limits);
        assert!(seen.len() <= 60 && outcome.members <= 60 && outcome.problems.len() < 300);
    }
}

#[test]
fn blocks_and_bytes_into_own_room_may_take_turns() {
    // Longer than what the unpacking thread holds, as members of a tar and alone.
    let content = [LOG.repeat(50_000).into_bytes(), noise(600_000)].concat();
    let alone = gz(&content);
    let inside = gz(&tar_of(&[("a.log", &content), ("b.log", &content)]));
    for (packed, members) in [(&alone, 1), (&inside, 2)] {
        for ahead in [Ahead::Thread, Ahead::Here] {
            let mut seen = Vec::new();
            let outcome = walk_stream(
                &input(false),
                Box::new(Cursor::new(packed.clone())),
                Some(packed.len() as u64),
                (&Limits::default(), ahead),
                &Silent,
                &mut |_, member| {
                    let (mut bytes, mut room) = (Vec::new(), vec![0; 300_000]);
                    for turn in 0.. {
                        let before = bytes.len();
                        if turn % 5 < 2 {
                            bytes.extend_from_slice(
                                member.next_block_of(100_000).unwrap_or_default(),
                            );
                        } else {
                            let filled = member.fill(&mut room[..70_000 + turn % 7 * 30_000]);
                            bytes.extend_from_slice(&room[..filled]);
                        }
                        if bytes.len() == before {
                            break;
                        }
                    }
                    seen.push(bytes);
                },
            );
            assert!(outcome.problems.is_empty(), "{:?}", outcome.problems);
            assert!(seen == vec![content.clone(); members], "{ahead:?}, {members}");
        }
    }
}
