//! Everything that people hand over besides a good bundle: one log, a pipe, half a bundle, a picture, nothing. Each gives a
//! sensible report, or exit code 2 and a message that says what was found and what to do.

use std::path::Path;

use crate::corpus::{self, list};
use crate::packing::{Member, folder, gz, put, tar, unpack};
use crate::program::{Done, run, run_with};

const CASE: &str = "oom-gunicorn-workers";

fn report(path: &Path) -> Done {
    run(&["report", "--format", "json", path.to_str().unwrap()])
}

fn member_named(end: &str) -> Member {
    corpus::named(CASE).members().into_iter().find(|member| member.name.ends_with(end)).unwrap()
}

#[test]
fn a_folder() {
    let folder = folder();
    unpack(&corpus::named(CASE).members(), &folder.path().join("incident"));
    let done = report(&folder.path().join("incident"));
    assert_eq!((done.code, done.err.as_str()), (0, ""));
    let report = done.json();
    assert_eq!(report["bundle"][0]["name"], "incident");
    assert!(report["bundle"][0]["sha256"].is_null());
    assert_eq!(report["incidents"][0]["cause"], "oom_kill_memcg");
    assert_eq!(report["incidents"][0]["verdict"], "confirmed");
}

/// As `head -c` leaves it: the last line ends anywhere, and a cut one is a tenth of a short log.
#[test]
fn a_few_lines_of_an_access_log_and_half_of_one() {
    let folder = folder();
    let log = String::from_utf8(member_named("access.log").bytes).unwrap();
    let of_users = log.split_inclusive('\n').filter(|line| !line.contains("/healthz"));
    let log: String = of_users.collect();
    for whole in [1, 2, 9] {
        let before: usize = log.split_inclusive('\n').take(whole).map(str::len).sum();
        let last = log[before..].lines().next().unwrap().len();
        for cut in [0, 1, last / 4, last / 2, last - 3, last] {
            let done = report(&put(folder.path(), "access.log", &log.as_bytes()[..before + cut]));
            assert_eq!(done.code, 0, "{whole} lines and {cut} bytes: {}", done.err);
            let requests = done.json()["traffic"]["requests"].as_u64().unwrap();
            assert!(requests >= whole as u64, "{whole} lines and {cut} bytes: {requests}");
        }
    }
}

/// A line of another kind and a few requests: they are found however the file ends.
#[test]
fn requests_behind_an_error_line() {
    let error = "2026/11/20 21:46:40 [error] 7#7: *1 upstream timed out (110: Connection timed out) while reading response \
                 header from upstream, client: 10.0.0.9, server: _, request: \"GET /p HTTP/1.1\", upstream: \
                 \"http://10.0.0.2:8000/p\"";
    let long = "x".repeat(14_200);
    let request = |path: &str| {
        format!(
            "10.0.0.9 - - [20/Nov/2026:21:46:41 +0000] \"GET /{path} HTTP/1.1\" 200 3 \"-\" \"curl/8\""
        )
    };
    let log = |path: &str, count: usize| {
        let requests = std::iter::repeat_n(request(path), count);
        std::iter::once(error.to_owned()).chain(requests).collect::<Vec<_>>().join("\n")
    };
    let ended = log("p", 9) + "\n";
    let wide: Vec<u8> =
        "\u{feff}".encode_utf16().chain(ended.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let cases: [(&str, Vec<u8>, u64); 5] = [
        ("ended", ended.clone().into_bytes(), 9),
        ("not ended", log("p", 9).into_bytes(), 9),
        ("NULs behind the end", (ended + &"\0".repeat(16)).into_bytes(), 9),
        ("UTF-16", wide, 9),
        ("longer than what is looked at", (log(&long, 60) + "\n").into_bytes(), 60),
    ];
    let folder = folder();
    for (what, bytes, expected) in cases {
        let done = report(&put(folder.path(), "log", &bytes));
        assert_eq!(done.json()["traffic"]["requests"], expected, "{what}");
    }
}

/// Where entries of a journal are torn, no kill is told to be absent.
#[test]
fn a_journal_with_a_hole() {
    let entry = |second: u64| {
        format!(
            "__CURSOR=s=1;i={second}\n__REALTIME_TIMESTAMP=17953000{second:02}000000\n_TRANSPORT=kernel\n\
             _BOOT_ID=5f3c9a7e1b2d4c60a8e7f1d2c3b4a596\nSYSLOG_IDENTIFIER=kernel\nMESSAGE=eth0: link up\n\n"
        )
    };
    let whole: String = (10..60).map(entry).collect();
    let (before, after) = whole.split_at(whole.len() / 2);
    let hole = format!("{before}{}{}", "\0".repeat(500), &after[300..]);
    // Of whole lines but for the first and the last, and of as many bytes as it was.
    let from = before.rfind("MESSAGE=eth").expect("a message") + 10;
    let to = whole[from + 700..].find("MESSAGE=eth").expect("a message") + from + 700 + 10;
    let values = format!("{}{}{}", &whole[..from], "\0".repeat(to - from), &whole[to..]);
    let line = |second: u64| {
        format!("Nov 20 22:40:{second} web kernel: [ 1{second}.123456] eth0: link up\n")
    };
    let lines: String = (10..60).map(line).collect();
    let line_hole = format!("{}{}{}", &lines[..1000], "\0".repeat(1000), &lines[2000..]);
    let torn = whole[..whole.len() - 30].to_owned();
    let around = format!(
        "\u{feff}Warning: Permanently added 'web' to the list of known hosts.\n{whole}-- cursor: s=1;i=60\n"
    );
    let object = |second: u64| {
        format!(
            "{{\"__REALTIME_TIMESTAMP\":\"17953000{second:02}000000\",\"_TRANSPORT\":\"kernel\",\
             \"_BOOT_ID\":\"5f3c9a7e1b2d4c60a8e7f1d2c3b4a596\",\"MESSAGE\":\"eth0: link up\"}}\n"
        )
    };
    let objects: String = (10..60).map(object).collect();
    let torn_object = objects[..objects.len() - 30].to_owned();
    let hole_of_objects = format!("{}{}", &objects[..500], &objects[600..]);
    let folder = folder();
    for (what, text, expected, problems) in [
        ("whole", &whole, "true", 0),
        ("a torn end", &torn, "unknown", 1),
        ("words around", &around, "true", 0),
        ("a hole", &hole, "unknown", 1),
        ("lines", &lines, "true", 0),
        ("a hole between lines", &line_hole, "unknown", 1),
        ("a hole from value to value", &values, "unknown", 1),
        ("objects", &objects, "true", 0),
        ("a torn object at the end", &torn_object, "unknown", 1),
        ("a torn object", &hole_of_objects, "unknown", 1),
    ] {
        let done = report(&put(folder.path(), "journal", text.as_bytes())).json();
        assert_eq!(done["negatives"][0]["state"], expected, "{what}");
        assert_eq!(done["data_quality"].as_array().map(Vec::len), Some(problems), "{what}");
    }
}

#[test]
fn a_single_access_log() {
    let folder = folder();
    let log = member_named("access.log").bytes;
    for (name, bytes) in [("access.log.gz", gz(&log)), ("access.log", log)] {
        let done = report(&put(folder.path(), name, &bytes));
        assert_eq!((done.code, done.err.as_str()), (0, ""), "{name}");
        let report = done.json();
        assert_eq!(list(&report, "sources").len(), 1, "{name}");
        assert_eq!(report["traffic"]["statuses"]["502"], 17, "{name}");
        let incident = &report["incidents"][0];
        assert_eq!(incident["errors"]["502"], 17, "{name}");
        // The log tells that it broke and when; why, no access log can tell.
        assert!(
            ["unknown", "suspected", "undetermined"]
                .contains(&incident["verdict"].as_str().unwrap()),
            "{name}: {}",
            incident["verdict"]
        );
        assert!(
            !list(incident, "missing").is_empty(),
            "{name}: the report must say what would tell"
        );
        let oom = list(&report, "negatives")
            .iter()
            .find(|negative| negative["claim"].as_str().unwrap().contains("OOM"));
        assert!(oom.is_none_or(|negative| negative["state"] == "unknown"), "{name}: {oom:?}");
    }
}

/// Lines of an own `log_format` without any quote or bracket: nothing in them tells what is what, only the configuration does.
fn terse_log() -> String {
    (0..600)
        .map(|second| {
            let status = if (300..310).contains(&second) { 502 } else { 200 };
            format!("{}.000^/items/{second}^{status}^x\n", 1_795_214_400 + second)
        })
        .collect()
}

#[test]
fn a_configuration_in_the_bundle_names_the_format_wherever_it_lies() {
    let configuration = "http {\n  log_format odd '$msec^$request_uri^$status^x';\n  server {\n    listen 80;\n  }\n}\n";
    let log = Member::new("logs/a", terse_log());
    let conf = Member::new("nginx.conf", configuration);
    for order in [vec![log.clone(), conf.clone()], vec![conf, log]] {
        let folder = folder();
        let done = report(&put(folder.path(), "bundle.tar", &tar(&order)));
        let report = done.json();
        assert_eq!(report["incidents"][0]["errors"]["502"], 10, "{}", done.err);
        assert_eq!(report["sources"][0]["format"], "access-configured");
    }
}

#[test]
fn standard_input() {
    let case = corpus::named(CASE);
    let from_file = report(&case.bundle()).json();
    for (what, bytes) in [("tar.gz", case.bytes()), ("tar", tar(&case.members()))] {
        let done = run_with(&["report", "--format", "json", "-"], &bytes);
        assert_eq!((done.code, done.err.as_str()), (0, ""), "{what}");
        let report = done.json();
        assert_eq!(report["bundle"][0]["name"], "stdin", "{what}");
        assert!(report["bundle"][0]["sha256"].is_null(), "{what}");
        for key in ["sources", "incidents", "oom_kills", "deaths", "events"] {
            assert_eq!(report[key], from_file[key], "{what}: {key}");
        }
    }
    let done = run_with(&["report", "--format", "json", "-"], &member_named("access.log").bytes);
    assert_eq!(done.code, 0);
    assert_eq!(done.json()["incidents"][0]["errors"]["502"], 17);
}

#[test]
fn a_bundle_cut_at_half() {
    let whole = corpus::named(CASE).bytes();
    let folder = folder();
    let path = put(folder.path(), "half.tar.gz", &whole[..whole.len() / 2]);
    let done = report(&path);
    assert_eq!((done.code, done.err.as_str()), (1, ""));
    assert!(
        list(&done.json(), "data_quality").iter().any(|problem| problem["problem"] == "truncated")
    );
    let unplaced = list(&done.json(), "oom_kills").iter().all(|kill| kill["time"].is_null());
    assert!(unplaced, "what ties the kernel's clock to UTC is in the lost half");
    for format in ["text", "markdown"] {
        let done = run(&["report", "--format", format, path.to_str().unwrap()]);
        assert_eq!(done.code, 1, "{format}");
        assert!(
            done.text().to_lowercase().contains("truncated") || done.text().contains("ends at"),
            "{format}: {}",
            done.text()
        );
        let claim = done.text().lines().find(|line| line.contains("never felt"));
        assert!(claim.is_none(), "{format}: nobody can tell when the kills were: {claim:?}");
    }
}

/// No report: exit code 2, nothing on standard output, and all these words on standard error.
#[track_caller]
fn check_refused(path: &Path, words: &[&str]) {
    let done = report(path);
    assert_eq!((done.code, done.text()), (2, ""));
    for word in words {
        assert!(done.err.contains(word), "no \"{word}\" in:\n{}", done.err);
    }
    assert!(!done.err.contains("panicked"), "{}", done.err);
}

#[test]
fn what_is_no_log_is_refused_with_what_was_found() {
    let folder = folder();
    let jpeg =
        [&b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01"[..], &[0x5a, 0x13, 0x91, 0xee].repeat(5000)]
            .concat();
    check_refused(
        &put(folder.path(), "photo.jpg", &jpeg),
        &["no log recognised", "photo.jpg", "JPEG", "looked for"],
    );
    check_refused(
        &put(folder.path(), "empty.log", b""),
        &["no log recognised", "empty.log", "empty"],
    );
    check_refused(
        &put(folder.path(), "packed-nothing.gz", &gz(b"")),
        &["no log recognised", "empty"],
    );
    let without = folder.path().join("holiday");
    put(&without, "photo.jpg", &jpeg);
    put(&without, "notes/diary.txt", b"Dear diary,\ntoday the shop was slow.\n");
    check_refused(&without, &["no log recognised", "photo.jpg", "notes/diary.txt", "--log-format"]);
    let bare = folder.path().join("bare");
    std::fs::create_dir(&bare).unwrap();
    check_refused(&bare, &["no log recognised", "nothing at all"]);
    check_refused(
        &put(folder.path(), "pictures.tar.gz", &gz(&tar(&[Member::new("photo.jpg", jpeg)]))),
        &["no log recognised", "JPEG"],
    );
    check_refused(
        &folder.path().join("missing.tar.gz"),
        &["cannot read", "missing.tar.gz", "No such file"],
    );
    let done = run_with(&["report", "-"], b"");
    assert_eq!((done.code, done.text()), (2, ""));
    assert!(done.err.contains("no log recognised"), "{}", done.err);
}

/// Names and bytes of a bundle are not ours: none of them may reach the terminal as commands.
#[test]
fn escape_sequences_of_a_bundle_reach_no_terminal() {
    let folder = folder();
    let hostile = "evil\u{1b}]0;owned\u{7}\u{1b}[2J.log";
    put(folder.path(), &format!("bundle/{hostile}"), b"\x1b[31mno log\n");
    let refused = report(&folder.path().join("bundle"));
    assert_eq!(refused.code, 2);
    assert!(
        refused.err.contains("evil") && !refused.err.contains(['\u{1b}', '\u{7}']),
        "{:?}",
        refused.err
    );
    let mut members = corpus::named(CASE).members();
    members.push(Member::new(
        hostile,
        "Nov 20 21:47:40 web-1 \u{1b}[2J\u{1b}]0;owned\u{7}app[7]: boom\n".repeat(40),
    ));
    let path = put(folder.path(), "bundle.tar", &tar(&members));
    let path = path.to_str().unwrap();
    for arguments in [
        vec!["report", "--format", "text"],
        vec!["report", "--format", "markdown"],
        vec!["report", "--format", "json"],
        vec!["inspect"],
    ] {
        let done = run(&[arguments.clone(), vec![path]].concat());
        assert_eq!(done.code, 0, "{arguments:?}");
        let plain = |bytes: &[u8]| {
            !bytes.iter().any(|byte| (*byte < b' ' && *byte != b'\n') || *byte == 0x7f)
        };
        assert!(plain(&done.out) && plain(done.err.as_bytes()), "{arguments:?}");
    }
}
