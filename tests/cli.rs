//! The program from outside: exit codes, what goes to which stream, files written whole or not at all, and messages that name
//! the remedy.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Stdio;

use crate::corpus::{self, list};
use crate::packing::{folder, names, put, unpack};
use crate::program::{Done, command, finish, run};

fn bundle_of(case: &str) -> String {
    corpus::named(case).bundle().to_str().unwrap().to_owned()
}

const OOM: &str = "oom-gunicorn-workers";
const TWO_BOOTS: &str = "two-boots";

#[test]
fn a_report_goes_to_standard_output_and_nothing_else() {
    let bundle = bundle_of(OOM);
    for arguments in [
        vec!["report", &bundle],
        vec!["report", "-q", &bundle],
        vec!["report", "--format", "text", &bundle],
    ] {
        let done = run(&arguments);
        assert_eq!((done.code, done.err.as_str()), (0, ""), "{arguments:?}");
        assert!(done.text().contains("gunicorn"), "{arguments:?}");
    }
}

#[test]
fn exit_10_only_when_asked_and_only_for_an_incident() {
    let (incident, hidden) = (bundle_of(OOM), bundle_of("oom-hidden-by-retry"));
    assert_eq!(run(&["report", &incident]).code, 0);
    let done = run(&["report", "--fail-on", "incident", &incident]);
    assert_eq!(done.code, 10);
    assert!(done.text().contains("gunicorn"), "the report is written all the same");
    assert_eq!(run(&["report", "--fail-on", "incident", &hidden]).code, 0);
    let folder = folder();
    let whole = corpus::named(OOM).bytes();
    let cut = put(folder.path(), "cut.tar.gz", &whole[..whole.len() - 40]);
    assert_eq!(run(&["report", cut.to_str().unwrap()]).code, 1);
    assert_eq!(
        run(&["report", "--fail-on", "incident", cut.to_str().unwrap()]).code,
        10,
        "10 wins over 1"
    );
}

#[test]
fn the_form_is_asked_for_or_by_the_ending_or_markdown() {
    let bundle = bundle_of(OOM);
    let form = |name: &str| run(&["report", "--format", name, &bundle]).out;
    let (text, markdown, json) = (form("text"), form("markdown"), form("json"));
    assert!(text != markdown && json.starts_with(b"{"));
    assert!(run(&["report", &bundle]).out == markdown, "Markdown when piped");
    let folder = folder();
    for (name, expected) in
        [("report.txt", &text), ("report.md", &markdown), ("REPORT.JSON", &json)]
    {
        let file = folder.path().join(name);
        let done = run(&["report", "-o", file.to_str().unwrap(), &bundle]);
        assert_eq!((done.code, done.text(), done.err.as_str()), (0, "", ""), "{name}");
        assert!(fs::read(&file).unwrap() == *expected, "{name}");
    }
    let file = folder.path().join("asked.txt");
    assert_eq!(run(&["report", "--format", "json", "-o", file.to_str().unwrap(), &bundle]).code, 0);
    assert!(fs::read(&file).unwrap() == json, "--format wins over the ending");
}

#[test]
fn a_folder_gets_the_page_and_its_picture() {
    let bundle = bundle_of(OOM);
    let folder = folder();
    let path = folder.path().to_str().unwrap();
    assert_eq!(run(&["report", "-o", path, &bundle]).code, 0);
    assert_eq!(names(folder.path()), ["report.md", "timeline.svg"]);
    let page = fs::read_to_string(folder.path().join("report.md")).unwrap();
    assert!(page.contains("](timeline.svg)"));
    let picture = fs::read(folder.path().join("timeline.svg")).unwrap();
    assert!(picture == run(&["report", "--format", "svg", &bundle]).out);
    assert_eq!(run(&["report", "-o", "no/such/folder/", &bundle]).code, 2);
}

#[test]
fn the_schema_is_printed() {
    let done = run(&["schema"]);
    assert_eq!((done.code, done.err.as_str()), (0, ""));
    assert_eq!(done.json()["$schema"], "https://json-schema.org/draft/2020-12/schema");
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let bundle = bundle_of(OOM);
    let folder = folder();
    let file = put(folder.path(), "report.json", b"the old report");
    let done = run(&["report", "-o", file.to_str().unwrap(), "no-such-bundle.tar.gz"]);
    assert_eq!(done.code, 2);
    assert_eq!(fs::read(&file).unwrap(), b"the old report");
    assert_eq!(run(&["report", "-o", file.to_str().unwrap(), &bundle]).code, 0);
    assert!(fs::read(&file).unwrap().ends_with(b"}\n"));
    assert_eq!(names(folder.path()), ["report.json"], "no temporary file stays behind");
    let nowhere = folder.path().join("no/such/folder/report.json");
    let done = run(&["report", "-o", nowhere.to_str().unwrap(), &bundle]);
    assert_eq!(done.code, 2);
    assert!(done.err.contains("cannot write") && done.err.contains("report.json"), "{}", done.err);
    fs::create_dir(folder.path().join("taken.json")).unwrap();
    let done = run(&["report", "-o", folder.path().join("taken.json").to_str().unwrap(), &bundle]);
    assert_eq!(done.code, 2, "{done:?}");
    assert_eq!(names(folder.path()), ["report.json", "taken.json"]);
}

/// Others may read a report, as the umask says.
#[cfg(unix)]
#[test]
fn a_file_has_the_rights_of_any_new_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let file = folder.path().join("report.html");
    let script = "umask 027; exec \"$0\" report -q -o \"$1\" \"$2\"";
    let program = env!("CARGO_BIN_EXE_coroner");
    let done = std::process::Command::new("sh")
        .args(["-c", script, program, file.to_str().unwrap(), &bundle_of(OOM)])
        .status()
        .unwrap();
    assert!(done.success());
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let bundle = bundle_of(OOM);
    for arguments in
        [vec!["report", "--format", "json", &bundle], vec!["inspect", &bundle], vec!["formats"]]
    {
        let mut child = command(&arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

/// `head`: reads a line and leaves while the rest is still being written.
#[test]
fn a_reader_may_leave_early() {
    let mut child = command(&["report", "--format", "json", &bundle_of(OOM)])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 2];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn colour_is_only_where_it_is_wanted() {
    let bundle = bundle_of(OOM);
    let text = |color: &str| run(&["report", "--format", "text", "--color", color, &bundle]).out;
    let plain = text("never");
    assert!(!plain.contains(&0x1b));
    assert!(text("auto") == plain, "a pipe is no terminal");
    assert!(text("always").contains(&0x1b));
    let mut quiet = command(&["report", "--format", "text", &bundle]);
    quiet.env("NO_COLOR", "1");
    assert!(finish(quiet, &[]).out == plain);
    for format in ["markdown", "json"] {
        assert!(
            !run(&["report", "--format", format, "--color", "always", &bundle]).out.contains(&0x1b),
            "{format}"
        );
    }
    assert!(!run(&["inspect", &bundle]).out.contains(&0x1b));
}

/// Exit code 2, nothing on standard output, and all these words on standard error.
#[track_caller]
fn check_usage(arguments: &[&str], words: &[&str]) -> Done {
    let done = run(arguments);
    assert_eq!((done.code, done.text()), (2, ""), "{arguments:?}");
    for word in words {
        assert!(done.err.contains(word), "{arguments:?}: no \"{word}\" in:\n{}", done.err);
    }
    done
}

#[test]
fn wrong_usage_names_the_remedy() {
    let bundle = bundle_of(OOM);
    let bundle = bundle.as_str();
    check_usage(&[], &["Usage", "report"]);
    check_usage(&["report"], &["<BUNDLE>", "Usage", "--help"]);
    check_usage(&["autopsy", bundle], &["autopsy", "Usage"]);
    check_usage(&["report", "--fromat", "json", bundle], &["--fromat", "--format"]);
    check_usage(&["report", "--format", "docx", bundle], &["docx", "text", "markdown", "json"]);
    check_usage(&["report", "-o", "report.docx", bundle], &["report.docx", "--format", ".json"]);
    check_usage(&["report", "--color", "pink", bundle], &["always", "never"]);
    check_usage(&["report", "--threads", "many", bundle], &["--threads", "many"]);
    check_usage(&["report", "--tz", "Europe/Moscow", bundle], &["FILE=ZONE"]);
    check_usage(&["report", "--tz", "error.log=Europe/Moskau", bundle], &["Europe/Moskau", "IANA"]);
    check_usage(&["report", "--since", "teatime", bundle], &["teatime", "2026-11-20 22:00:00"]);
    check_usage(&["report", "--log-format", "$remote_addr$status", bundle], &["--log-format"]);
    check_usage(&["report", "--grammars", "/no/such/folder", bundle], &["/no/such/folder"]);
    assert!(!Path::new("report.docx").exists());
}

#[test]
fn help_and_version_are_no_errors() {
    for arguments in [vec!["--help"], vec!["report", "--help"], vec!["--version"], vec!["help"]] {
        let done = run(&arguments);
        assert_eq!((done.code, done.err.as_str()), (0, ""), "{arguments:?}");
        assert!(!done.out.is_empty(), "{arguments:?}");
    }
    assert_eq!(run(&["--version"]).text(), format!("coroner {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn since_and_until_choose_incidents() {
    let bundle = bundle_of(TWO_BOOTS);
    let causes = |focus: &[&str]| -> Vec<String> {
        let done = run(&[&["report", "--format", "json", &bundle], focus].concat());
        assert_eq!((done.code, done.err.as_str()), (0, ""), "{focus:?}");
        list(&done.json(), "incidents")
            .iter()
            .map(|incident| incident["cause"].as_str().unwrap().to_owned())
            .collect()
    };
    let (first, second) = ("oom_kill_memcg", "manual_sigkill");
    assert_eq!(causes(&[]), [first, second]);
    assert_eq!(causes(&["--until", "2026-11-20 22:25:00"]), [first]);
    assert_eq!(causes(&["--since", "2026-11-20T22:25:00Z"]), [second]);
    assert_eq!(causes(&["--since", "2026-11-21T05:25:00+07:00"]), [second]);
    assert_eq!(causes(&["--since", "@1795213500"]), [second]);
    assert_eq!(
        causes(&["--since", "2026-11-20 22:21:30", "--until", "2026-11-20 22:25:00"]),
        [first],
        "an incident that goes on counts"
    );
    assert_eq!(causes(&["--since", "2026-11-21"]), [] as [&str; 0]);
}

#[test]
fn a_zone_can_be_given_for_a_file() {
    let case = corpus::named("oom-other-pid-namespace");
    let folder = folder();
    let mut errors = case.members();
    errors.retain(|member| member.name.ends_with("nginx/error.log"));
    unpack(&errors, folder.path());
    let path = folder.path().to_str().unwrap();
    let clock = |zone: &[&str]| {
        let done = run(&[&["report", "--format", "json", path], zone].concat());
        assert_eq!(done.code, 0, "{done:?}");
        done.json()["sources"][0]["clock"].clone()
    };
    assert_ne!(clock(&[])["basis"], "given");
    for zone in ["nginx/error.log=Asia/Kolkata", "error.log=+05:30"] {
        let clock = clock(&["--tz", zone]);
        assert_eq!(
            (clock["basis"].as_str(), clock["offset_seconds"].as_f64()),
            (Some("given"), Some(19_800.0)),
            "{zone}"
        );
    }
}

#[test]
fn a_log_format_can_be_given() {
    let folder = folder();
    // Status and size change places, so that nothing but the format can tell them apart.
    let line = |status: u16, second: u8| {
        format!(
            "20/Nov/2026:21:47:{second:02} +0000|200|{status}|203.0.113.7|GET /cart HTTP/1.1|502\n"
        )
    };
    let log: String = (0..60)
        .flat_map(|second| (0..20).map(move |_| second))
        .map(|second| line(if (30..40).contains(&second) { 504 } else { 302 }, second))
        .collect();
    let path = put(folder.path(), "front.log", log.as_bytes());
    let format =
        "$time_local|$upstream_header_length|$status|$remote_addr|$request|$body_bytes_sent";
    let done = run(&["report", "--format", "json", "--log-format", format, path.to_str().unwrap()]);
    assert_eq!(done.code, 0, "{done:?}");
    let report = done.json();
    assert_eq!(report["sources"][0]["format"], "access-given");
    assert_eq!(report["traffic"]["statuses"]["302"], 1000);
    assert_eq!(report["traffic"]["statuses"]["504"], 200);
}

#[test]
fn inspect_tells_what_each_member_was_taken_for() {
    let folder = folder();
    let mut members = corpus::named(OOM).members();
    let names: Vec<String> = members.iter().map(|member| member.name.clone()).collect();
    let error_log = members.iter_mut().find(|member| member.name.ends_with("error.log")).unwrap();
    error_log.bytes.extend(b"a line of another planet\n");
    unpack(&members, folder.path());
    put(folder.path(), "photo.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF");
    let done = run(&["inspect", folder.path().to_str().unwrap()]);
    assert_eq!((done.code, done.err.as_str()), (0, ""));
    for name in &names {
        assert!(done.text().contains(name.as_str()), "{name}");
    }
    for word in [
        "kernel",
        "gunicorn",
        "nginx-error",
        "clock: ",
        "a line of another planet",
        "photo.jpg",
        "JPEG",
    ] {
        assert!(done.text().contains(word), "no \"{word}\" in:\n{}", done.text());
    }
}

#[test]
fn several_bundles_are_one_incident() {
    let folder = folder();
    let (proxy, app): (Vec<_>, Vec<_>) =
        corpus::named(OOM).members().into_iter().partition(|member| member.name.contains("nginx"));
    unpack(&proxy, &folder.path().join("web-1"));
    unpack(&app, &folder.path().join("app-1"));
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let done = run(&["report", "--format", "json", &path("web-1"), &path("app-1")]);
    assert_eq!(done.code, 0, "{done:?}");
    let report = done.json();
    assert_eq!(list(&report, "bundle").len(), 2);
    assert_eq!(report["incidents"][0]["cause"], "oom_kill_memcg");
    assert_eq!(list(&report, "oom_kills").len(), 17);
}

#[test]
fn stats_go_to_standard_error_and_change_no_report() {
    let bundle = bundle_of(OOM);
    let plain = run(&["report", "--format", "json", &bundle]);
    let done = run(&["report", "--format", "json", "--stats", &bundle]);
    assert!(done.out == plain.out && plain.err.is_empty());
    for part in ["bytes read, ", " unpacked, ", " lines, ", " MB/s", "reading ", " ms, all "] {
        assert!(done.err.contains(part), "{part:?} in {}", done.err);
    }
    let packed = fs::metadata(&bundle).unwrap().len();
    assert!(done.err.starts_with(&format!("stats: {packed} bytes read, ")), "{}", done.err);
    #[cfg(target_os = "linux")]
    assert!(done.err.contains("MB of memory"), "{}", done.err);
}

#[test]
fn cited_lines_come_with_their_neighbours_where_asked_for() {
    let case = corpus::named("oom-gunicorn-workers");
    let bundle = case.bundle();
    let bundle = bundle.to_str().unwrap();
    let done = run(&["report", "-q", "--format", "json", "--context", "2", bundle]);
    let report: serde_json::Value = serde_json::from_slice(&done.out).unwrap();
    let events = list(&report, "events");
    assert!(!events.is_empty());
    let members = case.members();
    for event in events {
        let source =
            list(&report, "sources").iter().find(|source| source["id"] == event["source"]).unwrap();
        let member = members.iter().find(|member| source["path"] == member.name).unwrap();
        let text = String::from_utf8_lossy(&member.bytes);
        let all: Vec<&str> = text.lines().collect();
        let near = list(event, "lines");
        let line = event["line"].as_u64().unwrap();
        assert!(near.iter().any(|near| near["line"] == line), "{event}");
        for near in near {
            let number = near["line"].as_u64().unwrap();
            assert!(number.abs_diff(line) <= 2);
            let shown = near["text"].as_str().unwrap().trim_end_matches('…');
            assert!(all[number as usize - 1].starts_with(shown), "{shown}");
        }
    }
    let without = run(&["report", "-q", "--format", "json", bundle]);
    assert!(!String::from_utf8_lossy(&without.out).contains("\"lines\": ["));
}

#[test]
fn pseudonyms_need_a_key_and_last_from_report_to_capsule() {
    let bundle = bundle_of(OOM);
    assert!(run(&["report", "--redact", "ids", &bundle]).err.contains("--redact-key"));
    let folder = folder();
    let short = put(folder.path(), "short", b"guess me");
    let done =
        run(&["report", "--redact", "ids", "--redact-key", short.to_str().unwrap(), &bundle]);
    assert!(done.code == 2 && done.err.contains("guessed"), "{}", done.err);
    let key = put(folder.path(), "key", b"0123456789abcdef0123456789abcdef");
    let ids = ["--redact", "ids", "--redact-key", key.to_str().unwrap()];
    let capsule = folder.path().join("capsule.tar.gz");
    let capsule = capsule.to_str().unwrap();
    let report =
        |path: &str| run(&[&["report", "--format", "json"][..], &ids, &[path]].concat()).json();
    let done = run(&[&["capsule", &bundle, "-o", capsule][..], &ids].concat());
    assert!(done.code == 0 && !done.err.contains("weaker"), "{}", done.err);
    let (own, packed) = (report(&bundle), report(capsule));
    assert_eq!(own["redaction"], "ids");
    for key in ["cause", "verdict", "probability", "upstreams", "routes"] {
        assert_eq!(own["incidents"][0][key], packed["incidents"][0][key], "{key}");
    }
    assert_eq!(own["oom_kills"], packed["oom_kills"]);
}
