//! What must not change a report, and what may only weaken it: threads, packing, order, copies, cuts, and missing logs. Every
//! statement is held on every case of the corpus.

use std::fmt::Write as _;
use std::path::Path;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use serde_json::Value;

use crate::corpus::{Case, analyse, analyse_members, cases, invented, json, list, named_causes};
use crate::packing::{self, Member, folder, gz, put, tar, unpack};
use crate::program;

/// The faults that a look at each case finds; cases side by side, since each takes its time.
fn of_all(look: impl Fn(&Case) -> Vec<String> + Send + Sync) -> Vec<String> {
    cases().par_iter().flat_map_iter(look).collect()
}

/// The JSON report of the program itself.
fn bytes_of(bundle: &Path, threads: &str) -> Vec<u8> {
    let bundle = bundle.to_str().unwrap();
    let done = program::run(&["report", "--format", "json", "--threads", threads, bundle]);
    assert!(matches!(done.code, 0 | 1), "{done:?}");
    done.out
}

fn without_bundle(mut report: Value) -> Value {
    report["bundle"].take();
    report
}

fn at(path: &Path) -> Value {
    without_bundle(json(
        &analyse(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
    ))
}

/// The first difference between two reports, by JSON pointer.
fn first_difference(a: &Value, b: &Value, pointer: &str) -> Option<String> {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => a
            .iter()
            .find_map(|(key, value)| first_difference(value, &b[key], &format!("{pointer}/{key}"))),
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => a
            .iter()
            .zip(b)
            .enumerate()
            .find_map(|(index, (a, b))| first_difference(a, b, &format!("{pointer}/{index}"))),
        _ => (a != b).then(|| format!("{pointer}: {a} and {b}")),
    }
}

#[track_caller]
fn assert_same(case: &str, what: &str, expected: &Value, report: &Value) {
    if let Some(difference) = first_difference(expected, report, "") {
        panic!("{case}: {what} differs at {difference}");
    }
}

#[test]
fn threads_change_no_byte() {
    for case in cases() {
        let one = bytes_of(&case.bundle(), "1");
        for threads in ["2", "8"] {
            assert!(bytes_of(&case.bundle(), threads) == one, "{}: {threads} threads", case.name);
        }
        let folder = folder();
        unpack(&case.members(), folder.path());
        let one = bytes_of(folder.path(), "1");
        for threads in ["2", "8"] {
            assert!(
                bytes_of(folder.path(), threads) == one,
                "{}, unpacked: {threads} threads",
                case.name
            );
        }
    }
}

/// Requests of an hour, a burst of failures in their middle, in bytes enough for many blocks.
fn long_access_log() -> Vec<u8> {
    let mut log = String::new();
    for request in 0..90_000_u32 {
        let (minute, second) = (request / 1500, request / 25 % 60);
        let status =
            if (45_000..45_400).contains(&request) && request % 3 != 0 { 502 } else { 200 };
        let client = request % 251;
        let _ = writeln!(
            log,
            "203.0.113.{client} - - [20/Nov/2026:21:{minute:02}:{second:02} +0000] \"GET /api/orders/{request} HTTP/1.1\" {status} 157 \"-\" \"shop-app/4.2\""
        );
        if request % 9_973 == 0 {
            log.push_str("a line that is no request\n");
        }
    }
    log.into_bytes()
}

#[test]
fn threads_change_no_byte_of_a_long_log() {
    let folder = folder();
    let log = long_access_log();
    let plain = put(folder.path(), "access.log", &log);
    let one = bytes_of(&plain, "1");
    let report: Value = serde_json::from_slice(&one).unwrap();
    assert_eq!(report["traffic"]["requests"], 90_000);
    assert_eq!(report["sources"][0]["unparsed"], 10);
    assert_eq!(report["incidents"][0]["errors"]["502"], 266);
    for threads in ["2", "8"] {
        assert!(bytes_of(&plain, threads) == one, "{threads} threads");
    }
    // The way through an archive is another one, and must give the same.
    let archive = put(folder.path(), "bundle.tar.gz", &gz(&tar(&[Member::new("access.log", log)])));
    assert_same("long log", "the archive", &at(&plain), &at(&archive));
}

#[test]
fn packing_and_order_change_only_the_bundle() {
    for case in cases() {
        let mut members = case.members();
        let expected = at(&case.bundle());
        let check = |what: &str, path: &Path| assert_same(&case.name, what, &expected, &at(path));
        let folder = folder();
        check("the plain tar", &put(folder.path(), "bundle.tar", &tar(&members)));
        unpack(&members, &folder.path().join("unpacked"));
        check("the folder", &folder.path().join("unpacked"));
        members.reverse();
        check("the reversed order", &put(folder.path(), "reversed.tar.gz", &gz(&tar(&members))));
        let middle = members.len() / 2;
        members.rotate_left(middle);
        check("another order", &put(folder.path(), "rotated.tgz", &gz(&tar(&members))));
    }
}

#[test]
fn concatenated_gzip_streams_are_one_file() {
    for case in cases() {
        let packed = |streams: fn(&[u8]) -> Vec<u8>| -> Vec<Member> {
            let pack = |member: Member| {
                Member::new(&format!("{}.gz", member.name), streams(&member.bytes))
            };
            case.members()
                .into_iter()
                .filter(|member| !member.name.ends_with(".gz"))
                .map(pack)
                .collect()
        };
        let one = analyse_members(&packed(gz)).unwrap();
        let three = analyse_members(&packed(|bytes| {
            let (head, tail) = bytes.split_at(bytes.len() / 3);
            [gz(head), gz(&[]), gz(tail)].concat()
        }));
        assert_same(
            &case.name,
            "members of three gzip streams",
            &without_bundle(one),
            &without_bundle(three.unwrap()),
        );
        let archive = tar(&case.members());
        let (head, tail) = archive.split_at(archive.len() / 2);
        let folder = folder();
        let path = put(folder.path(), "bundle.tar.gz", &[gz(head), gz(tail)].concat());
        assert_same(&case.name, "an archive of two gzip streams", &at(&case.bundle()), &at(&path));
    }
}

/// What a report concludes, without the numbers that may move.
fn verdicts(report: &Value) -> (Vec<String>, u64) {
    let incident = |incident: &Value| {
        let (start, end, errors, verdict) =
            (&incident["start"], &incident["end"], &incident["errors"], &incident["verdict"]);
        format!("{start} to {end}: {errors} {:?} {verdict}", named_causes(incident))
    };
    (
        list(report, "incidents").iter().map(incident).collect(),
        list(report, "oom_kills").len() as u64,
    )
}

#[test]
fn a_copy_of_a_file_changes_no_verdict_and_no_kill() {
    let faults = of_all(|case| {
        let members = case.members();
        let expected = verdicts(&analyse_members(&members).unwrap());
        let mut faults = Vec::new();
        for member in &members {
            let plain = Member::new(&format!("{}.bak", member.name), member.bytes.clone());
            let packed = Member::new(&format!("old/{}.gz", member.name), gz(&member.bytes));
            for copy in [plain, packed] {
                let what = format!("a copy as {}", copy.name);
                let more: Vec<Member> = members.iter().cloned().chain([copy]).collect();
                faults.extend(changed(case, &what, &expected, &more));
            }
        }
        let again = members
            .iter()
            .map(|member| Member::new(&format!("copy/{}", member.name), member.bytes.clone()));
        let twice: Vec<Member> = members.iter().cloned().chain(again).collect();
        faults.extend(changed(case, "everything twice", &expected, &twice));
        faults
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn changed(
    case: &Case,
    what: &str,
    expected: &(Vec<String>, u64),
    members: &[Member],
) -> Option<String> {
    let got = verdicts(&analyse_members(members).unwrap());
    (got != *expected)
        .then(|| format!("{}, {what}:\n  expected {expected:?}\n  found    {got:?}", case.name))
}

#[test]
fn a_bundle_cut_at_half_is_read_as_far_as_it_goes() {
    let mut faults = Vec::new();
    for case in cases() {
        let whole = case.bytes();
        let folder = folder();
        let path = put(folder.path(), "bundle.tar.gz", &whole[..whole.len() / 2]);
        let analysis = analyse(&path).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        let report = json(&analysis);
        assert!(analysis.lost_bytes, "{}", case.name);
        assert!(!list(&report, "sources").is_empty(), "{}", case.name);
        let told =
            list(&report, "data_quality").iter().any(|problem| problem["problem"] == "truncated");
        assert!(told, "{}: {}", case.name, report["data_quality"]);
        faults.extend(
            invented(&case.truth, &report)
                .into_iter()
                .map(|what| format!("{}, cut at half: {what}", case.name)),
        );
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Every bundle that lacks something of a recording; what is said of it may be less, never something else.
fn weakened(members: &[Member]) -> Vec<(String, Vec<Member>)> {
    let access = members.iter().find(|other| other.name.ends_with("nginx/access.log")).unwrap();
    let mut bundles = Vec::new();
    for (index, member) in members.iter().enumerate() {
        let mut without = members.to_vec();
        without.remove(index);
        bundles.push((format!("without {}", member.name), without));
        let mut empty = members.to_vec();
        empty[index].bytes.clear();
        bundles.push((format!("with an empty {}", member.name), empty));
        let mut half = members.to_vec();
        half[index].bytes.truncate(member.bytes.len() / 2);
        bundles.push((format!("with the first half of {}", member.name), half));
        let alone = vec![
            access.clone(),
            Member::new(&format!("alone/{}", member.name), member.bytes.clone()),
        ];
        bundles.push((format!("with nothing but the access log and {}", member.name), alone));
    }
    bundles
}

#[test]
fn a_missing_log_never_confirms_another_cause() {
    let faults = of_all(|case| {
        let mut faults = Vec::new();
        for (what, members) in weakened(&case.members()) {
            let report = analyse_members(&members)
                .unwrap_or_else(|error| panic!("{} {what}: {error}", case.name));
            faults.extend(
                invented(&case.truth, &report)
                    .into_iter()
                    .map(|fault| format!("{} {what}: {fault}", case.name)),
            );
        }
        faults
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// An empty kernel log is not a silent one, and neither is a missing one.
#[test]
fn without_a_kernel_log_no_oom_kill_is_confirmed() {
    for case in cases() {
        let kernel = |name: &str| {
            ["dmesg", "kern.log", "syslog", "journal", "docker"]
                .iter()
                .any(|word| name.contains(word))
        };
        let members: Vec<Member> =
            case.members().into_iter().filter(|member| !kernel(&member.name)).collect();
        let report = analyse_members(&members).unwrap();
        assert!(list(&report, "oom_kills").is_empty(), "{}", case.name);
        for incident in list(&report, "incidents") {
            let confirmed_oom = incident["verdict"] == "confirmed"
                && incident["cause"].as_str().unwrap().starts_with("oom_kill");
            assert!(!confirmed_oom, "{}: {}", case.name, incident["summary"]);
        }
        let silent = list(&report, "negatives").iter().find(|negative| {
            negative["state"] == "true" && negative["claim"].as_str().unwrap().contains("OOM")
        });
        assert!(silent.is_none(), "{}: {silent:?}", case.name);
    }
}

#[test]
fn packing_is_undone_as_it_was_done() {
    let members = vec![Member::new("a/b.log", "one\n"), Member::new("c", vec![0; 2000])];
    assert_eq!(packing::members(&gz(&tar(&members))), members);
}
