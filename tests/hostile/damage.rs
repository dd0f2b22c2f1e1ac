//! Damage: a small bundle cut at every byte, a smaller one with every bit flipped, what may stand behind its end, wrong sums. What
//! lies before the damage is analysed, what is lost is named.

use std::path::Path;

use coroner::bundle::{self, Ahead, Limits, Silent};

use super::{good_log, good_was_read, see};
use crate::packing::{Member, folder, gz, put, tar};

/// Members as far as they were read, and the words for what was lost.
fn walked(path: &Path) -> (Vec<(String, Vec<u8>)>, Vec<String>) {
    let mut members = Vec::new();
    let bundles = bundle::open(&[path.to_owned()]).unwrap();
    let outcome = bundle::walk(
        &bundles[0].inputs[0],
        &Limits::default(),
        Ahead::Here,
        &Silent,
        &mut |name, member| {
            let mut bytes = Vec::new();
            while let Some(block) = member.next_block() {
                bytes.extend_from_slice(block);
            }
            members.push((name.to_owned(), bytes));
        },
    );
    let told = outcome.problems.iter().map(|problem| problem.detail.to_string()).collect();
    (members, told)
}

fn bundle_of(lines: usize) -> Vec<Member> {
    let log = good_log();
    let log: Vec<u8> =
        log.split_inclusive(|byte| *byte == b'\n').take(lines).flatten().copied().collect();
    vec![Member::new("a/access.log", log.clone()), Member::new("b.log.gz", gz(&log))]
}

/// Every prefix of a `.tar.gz` gives a prefix of its lines, and says that it was cut.
#[test]
fn cut_at_every_byte() {
    let folder = folder();
    let whole = gz(&tar(&bundle_of(40)));
    let (all, told) = walked(&put(folder.path(), "x", &whole));
    assert_eq!((all.len(), told.len()), (2, 0));
    super::say(&format!("{} prefixes", whole.len() - 1));
    for cut in 1..whole.len() {
        let (members, told) = walked(&put(folder.path(), "x", &whole[..cut]));
        assert!(!told.is_empty(), "cut at {cut}: nothing is told");
        for ((name, bytes), (whole_name, whole_bytes)) in members.iter().zip(&all) {
            // What is too short to be known as a tar is shown as it is.
            let short = name == "x" && bytes.len() < 512;
            assert!(
                short || (name == whole_name && whole_bytes.starts_with(bytes)),
                "cut at {cut}: {name}"
            );
        }
    }
}

/// The whole analysis of prefixes, every one of a hundredth part apart.
#[test]
fn the_report_of_a_cut_log_counts_whole_lines_only() {
    let folder = folder();
    let packed = gz(&good_log());
    for percent in (30..100).step_by(7) {
        let cut = packed.len() * percent / 100;
        let path = put(folder.path(), "access.log.gz", &packed[..cut]);
        let (members, _) = walked(&path);
        let whole_lines = members[0].1.iter().filter(|byte| **byte == b'\n').count() as u64;
        let seen = see("cut", &path, b"", &[]);
        assert_eq!(seen.done.code, 1);
        seen.told("cut", &format!("gzip stream ends at compressed byte {cut}"));
        let requests: u64 = seen.report["traffic"]["statuses"]
            .as_object()
            .unwrap()
            .values()
            .filter_map(serde_json::Value::as_u64)
            .sum();
        assert_eq!(requests, whole_lines, "cut at {percent} %");
    }
}

/// Any one flipped bit leaves the lines as they were, or is told of.
#[test]
fn every_bit_flipped() {
    let folder = folder();
    let whole = gz(&tar(&bundle_of(6)));
    let (all, _) = walked(&put(folder.path(), "x", &whole));
    let mut same = 0;
    // The first three bytes say that it is gzip.
    for bit in 24..whole.len() * 8 {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let (members, told) = walked(&put(folder.path(), "x", &bytes));
        assert!(members == all || !told.is_empty(), "bit {bit}");
        same += usize::from(members == all && told.is_empty());
    }
    super::say(&format!("{} flips, {same} of them changed nothing", whole.len() * 8 - 24));
    // Flags, time and system of the header, codes that no byte uses, and padding change nothing.
    assert!(same * 20 < whole.len() * 8, "{same} flips were not noticed");
}

#[test]
fn what_stands_behind_the_end_and_wrong_sums() {
    let folder = folder();
    let (log, packed) = (good_log(), gz(&good_log()));
    let half = log[..log.len() / 3].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    let end = packed.len();
    let wrong = |at: usize| {
        let mut bytes = packed.clone();
        bytes[end - at] ^= 0x55;
        bytes
    };
    let sum = "checksum or length of gzip member 1 is wrong";
    let rows: [(&str, Vec<u8>, i32, &str); 12] = [
        ("two members", [gz(&log[..half]), gz(&log[half..])].concat(), 0, ""),
        ("zeros behind the end", [packed.clone(), vec![0; 1000]].concat(), 0, ""),
        (
            "a member behind zeros",
            [gz(&log[..half]), vec![0; 512], gz(&log[half..])].concat(),
            0,
            "",
        ),
        (
            "garbage behind the end",
            [packed.clone(), b"garbage".repeat(9)].concat(),
            0,
            "63 trailing bytes",
        ),
        ("a wrong checksum", wrong(5), 1, sum),
        ("a wrong length", wrong(1), 1, sum),
        (
            "four bytes missing",
            packed[..end - 4].to_vec(),
            1,
            "gzip stream ends at compressed byte",
        ),
        ("a plain log called .gz", log.clone(), 0, ""),
        ("a packed log called .log", packed.clone(), 0, ""),
        (
            "a tar without an end",
            tar(&[Member::new("a.log", log.clone())])[..]
                .strip_suffix(&[0; 1024][..])
                .unwrap()
                .to_vec(),
            0,
            "no end mark",
        ),
        (
            "a tar behind a tar",
            [
                tar(&[Member::new("a.log", log[..half].to_vec())]),
                tar(&[Member::new("b.log", log[half..].to_vec())]),
            ]
            .concat(),
            0,
            "",
        ),
        (
            "an empty member of a tar",
            tar(&[Member::new("e", ""), Member::new("a.log", log.clone())]),
            0,
            "empty",
        ),
    ];
    for (what, bytes, code, word) in rows {
        let name = if what.ends_with(".log") { "x.log" } else { "x.gz" };
        let seen = see(what, &put(folder.path(), name, &bytes), b"", &[]);
        good_was_read(what, &seen);
        assert_eq!(seen.done.code, code, "{what}: {:?}", seen.problems());
        if word.is_empty() {
            assert_eq!(seen.problems(), [] as [String; 0], "{what}");
        } else {
            seen.told(what, word);
        }
    }
}

#[test]
fn what_a_damaged_archive_does_not_show_is_not_denied() {
    let folder = folder();
    let line = "10.0.0.1 - - [10/Mar/2026:12:00:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\"\n";
    let whole = gz(&tar(&[Member::new("access.log", line.repeat(50).into_bytes())]));
    let mut wrong = whole.clone();
    let sum = wrong.len() - 5;
    wrong[sum] ^= 1;
    for (name, bytes, state) in [("whole", whole, "true"), ("wrong", wrong, "unknown")] {
        let seen = see(name, &put(folder.path(), name, &bytes), b"", &[]);
        let claims = seen.report["negatives"].as_array().unwrap();
        let none_failed =
            claims.iter().find(|one| one["claim"] == "no burst of failed answers").unwrap();
        assert_eq!(none_failed["state"], state, "{name}: {none_failed}");
    }
}
