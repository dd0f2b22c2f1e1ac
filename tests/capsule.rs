//! Capsules: what coroner says of one is what it says of the bundle, for every case of the corpus; a report in it is not believed, and
//! without a line of proof the verdict is weaker.

use std::fs;
use std::path::Path;

use coroner::bundle::Silent;
use coroner::pack::{CAPSULE_MAX_BYTES, differences};
use coroner::report::{self, Settings};
use coroner::wording::Language;
use coroner::{Analysis, Options, capsule};

use crate::corpus::{self, analyse, cases, json, list};
use crate::packing::{Member, folder, gz, members, names, put, tar, unpack};
use crate::program::{command, finish, run, run_with};

fn packed(bundle: &Path) -> (Analysis, Vec<u8>) {
    let options = Options { bundles: vec![bundle.to_owned()], ..Options::default() };
    let (analysis, packed) = capsule(&options, Settings::default(), &Silent).unwrap();
    (analysis, packed.bytes)
}

/// The capsule of a case as members.
fn capsule_of(name: &str) -> Vec<Member> {
    members(&packed(&corpus::named(name).bundle()).1)
}

/// What is said of members that are packed as a capsule.
fn said(members: &[Member]) -> Analysis {
    let folder = folder();
    analyse(&put(folder.path(), "capsule.tar.gz", &gz(&tar(members)))).unwrap()
}

fn text(member: &Member) -> String {
    String::from_utf8_lossy(&member.bytes).into_owned()
}

#[test]
fn a_capsule_says_what_its_bundle_says() {
    let mut faults = Vec::new();
    for case in cases() {
        let (bundle, bytes) = packed(&case.bundle());
        assert!(bytes.len() <= CAPSULE_MAX_BYTES, "{}: {} bytes", case.name, bytes.len());
        let folder = folder();
        let capsule = analyse(&put(folder.path(), "capsule.tar.gz", &bytes)).unwrap();
        let mut found = differences(&bundle.report, &capsule.report);
        // More than the verdict: what it rests on.
        let (own, theirs) = (json(&capsule), json(&bundle));
        for key in ["oom_kills", "deaths", "traffic", "window", "gaps"] {
            if own[key] != theirs[key] {
                found.push(format!("{key} differ"));
            }
        }
        for (own, theirs) in list(&own, "incidents").iter().zip(list(&theirs, "incidents")) {
            for key in ["probability", "errors", "requests", "routes", "path", "causes", "summary"]
            {
                if own[key] != theirs[key] {
                    found.push(format!("{key} differ: {} {}", own[key], theirs[key]));
                }
            }
        }
        if capsule.lost_bytes != bundle.lost_bytes {
            found.push(format!("{:?}", json(&capsule)["data_quality"]));
        }
        faults.extend(found.into_iter().map(|fault| format!("{}: {fault}", case.name)));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What a report says of its incidents.
fn verdicts(analysis: &Analysis) -> Vec<(String, String, String)> {
    let incidents = analysis.report.incidents.iter();
    incidents.map(|one| (one.start.clone(), one.cause.clone(), one.verdict.clone())).collect()
}

#[test]
fn a_capsule_is_the_same_in_pieces_and_from_a_capsule() {
    let own = corpus::named("oom-gunicorn-workers");
    let (bundle, bytes) = packed(&own.bundle());
    let folder = folder();
    unpack(&members(&bytes), folder.path());
    assert_eq!(verdicts(&analyse(folder.path()).unwrap()), verdicts(&bundle));
    let first = put(folder.path(), "first.tar.gz", &bytes);
    let (again, bytes_again) = packed(&first);
    assert_eq!(verdicts(&again), verdicts(&bundle));
    let second = put(folder.path(), "second.tar.gz", &bytes_again);
    assert_eq!(
        differences(&bundle.report, &analyse(&second).unwrap().report),
        Vec::<String>::new()
    );
    assert!(packed(&own.bundle()).1 == bytes, "the same bundle gives the same bytes");
}

#[test]
fn a_forged_report_changes_nothing() {
    let mut members = capsule_of("oom-gunicorn-workers");
    let honest = json(&said(&members));
    for member in &mut members {
        if member.name.contains("report.") {
            member.bytes = text(member).replace("oom_kill_memcg", "disk_full").into_bytes();
            member.bytes.extend(b"\n[12.0] Memory cgroup out of memory: Killed process 1 (nginx) total-vm:1kB, anon-rss:1kB\n");
        }
    }
    members.push(Member::new("coroner-capsule/notes.log", b"[   12.000000] Linux version 6.1\n[   13.000000] Out of memory: Killed process 77 (nginx) total-vm:10kB, anon-rss:10kB, file-rss:0kB, shmem-rss:0kB, UID:33 pgtables:1kB oom_score_adj:0\n".to_vec()));
    let forged = json(&said(&members));
    for key in ["incidents", "oom_kills", "deaths", "events"] {
        assert_eq!(honest[key], forged[key], "{key}");
    }
}

#[test]
fn without_its_lines_a_proof_is_none() {
    let mut members = capsule_of("oom-gunicorn-workers");
    let honest = said(&members);
    assert!(
        honest
            .report
            .incidents
            .iter()
            .any(|one| one.cause.starts_with("oom_kill") && one.verdict == "confirmed")
    );
    for member in members.iter_mut().filter(|member| member.name.contains("/lines/")) {
        let kept: Vec<String> = text(member)
            .lines()
            .filter(|line| {
                !line.contains("Killed process")
                    && !line.contains("killed by the OOM killer")
                    && !line.contains("oom-kill")
            })
            .map(|line| format!("{line}\n"))
            .collect();
        member.bytes = kept.concat().into_bytes();
    }
    let weaker = said(&members);
    assert!(weaker.report.oom_kills.is_empty());
    assert!(!weaker.report.incidents.is_empty(), "the failures are counted still");
    for incident in &weaker.report.incidents {
        assert!(
            !incident.cause.starts_with("oom_kill") || incident.verdict != "confirmed",
            "{}",
            incident.summary
        );
    }
    assert!(weaker.lost_bytes);
    let told = json(&weaker);
    assert!(
        list(&told, "data_quality")
            .iter()
            .any(|trouble| trouble["detail"].as_str().unwrap().contains("missing in the capsule"))
    );
}

#[test]
fn nothing_that_was_not_counted_is_believed() {
    // A line that the counts do not name raises nothing; lines without counts are no log.
    let mut members = capsule_of("deploy-restart");
    let honest = json(&said(&members));
    for member in members.iter_mut().filter(|member| member.name.contains("/lines/")) {
        member.bytes.extend(b"99999999:Nov 20 22:00:00 web kernel: [   13.000000] Out of memory: Killed process 77 (gunicorn) total-vm:10kB, anon-rss:10kB, file-rss:0kB, shmem-rss:0kB, UID:33 pgtables:1kB oom_score_adj:0\n");
    }
    let forged = json(&said(&members));
    assert_eq!(
        (&honest["incidents"], &honest["oom_kills"]),
        (&forged["incidents"], &forged["oom_kills"])
    );
    members.retain(|member| !member.name.ends_with("capsule.json"));
    let folder = folder();
    let alone = analyse(&put(folder.path(), "capsule.tar.gz", &gz(&tar(&members))));
    if let Ok(alone) = alone {
        assert!(alone.report.incidents.is_empty() && alone.report.oom_kills.is_empty());
    }
}

#[test]
fn broken_counts_end_no_run() {
    let members = capsule_of("oom-hidden-by-retry");
    let place = members.iter().position(|member| member.name.ends_with("capsule.json")).unwrap();
    let whole = text(&members[place]);
    let numbers = regex::Regex::new(r"\d{4,}").unwrap();
    let broken = [
        numbers.replace_all(&whole, "9223372036854775807").into_owned(),
        numbers.replace_all(&whole, "-9223372036854775808").into_owned(),
        numbers.replace_all(&whole, "0").into_owned(),
        whole.replace("\"coroner_capsule\":1", "\"coroner_capsule\":999"),
        whole[..whole.len() / 2].to_owned(),
        "{\"coroner_capsule\":".to_owned(),
    ];
    for text in broken {
        let mut members = members.clone();
        members[place].bytes = text.into_bytes();
        let folder = folder();
        // Whatever is said, it is said.
        drop(analyse(&put(folder.path(), "capsule.tar.gz", &gz(&tar(&members)))));
    }
}

/// Why something could not be read, in a language.
fn unread(analysis: &Analysis, tag: &str) -> Vec<String> {
    let language = Language::named(tag).unwrap();
    let told = report::spoken::told(&analysis.report, language);
    told.data_quality.iter().map(|trouble| trouble.detail.to_string()).collect()
}

/// The capsule of a bundle of which not all can be read.
fn capsule_of_damage() -> (Analysis, Vec<Member>) {
    let mut bundle = corpus::named("oom-gunicorn-workers").members();
    let cut = gz(&bundle[0].bytes);
    bundle.push(Member::new("old/cut.log.gz", &cut[..cut.len() / 2]));
    bundle.push(Member::new("old/empty.log", ""));
    bundle.push(Member::new("old/photo.jpg", *b"\xff\xd8\xff\xe0\0\x10JFIF\0"));
    bundle.push(Member::new("old/last.log", bundle[0].bytes.clone()));
    // It ends inside the last member: one reason within another.
    let whole = gz(&tar(&bundle));
    let folder = folder();
    let (analysis, bytes) =
        packed(&put(folder.path(), "bundle.tar.gz", &whole[..whole.len() - 1000]));
    (analysis, members(&bytes))
}

#[test]
fn what_a_capsule_could_not_read_is_told_in_each_language() {
    let (bundle, members) = capsule_of_damage();
    let capsule = said(&members);
    for language in Language::all() {
        let (own, theirs) = (unread(&capsule, language.tag()), unread(&bundle, language.tag()));
        for reason in &theirs {
            assert!(own.contains(reason), "{language:?}: {reason} is not in {own:#?}");
        }
        assert!(theirs.len() >= 4, "{theirs:#?}");
    }
    assert!(
        unread(&bundle, "en")
            .iter()
            .any(|reason| reason.contains(" bytes are in the archive: gzip stream ends"))
    );
}

/// A capsule can name the reasons that coroner has, and else says what it says in plain words.
#[test]
fn a_forged_reason_is_a_reason_or_plain_words() {
    let (_, members) = capsule_of_damage();
    let place = members.iter().position(|member| member.name.ends_with("capsule.json")).unwrap();
    let honest = text(&members[place]);
    let french = |message: &str| {
        let empty = r#""message":{"id":"unread-empty"}"#;
        assert!(honest.contains(empty));
        let mut members = members.clone();
        members[place].bytes = honest.replace(empty, message).into_bytes();
        unread(&said(&members), "fr")
    };
    let has = |told: &[String], reason: &str| told.iter().any(|told| told == reason);
    let nested = |depth: usize| {
        let open = r#"{"id":"unread-member-open-because","args":{"came":2,"reason":"#;
        format!(r#""message":{}{{"id":"unread-empty"}}{}"#, open.repeat(depth), "}}".repeat(depth))
    };
    let rows = [
        // Another reason, with words of its own choice: they are shown as the words of a log are.
        (r#""message":{"id":"unread-packer","args":{"packer":"<b>{ $x }"}}"#.to_owned(), "compressé avec <b>{ $x } ; le décompresser ou le compresser en gzip"),
        (r#""message":{"id":"unread-patch"}"#.to_owned(), "un correctif pour un autre fichier"),
        (nested(1), "l'archive s'arrête après 2 octets de son contenu : vide"),
        // A verdict, an unknown one, none, wrong arguments: the English words.
        (r#""message":{"id":"no-cause-told"}"#.to_owned(), "empty"),
        (r#""message":{"id":"unread-of-tomorrow","args":{"x":1}}"#.to_owned(), "empty"),
        (r#""message":{"id":"unread-packer"}"#.to_owned(), "empty"),
        (r#""message":{"id":"unread-packer","args":{"format":"x"}}"#.to_owned(), "empty"),
        (r#""message":{"id":"unread-empty","args":{"x":"x"}}"#.to_owned(), "empty"),
        (r#""other":1"#.to_owned(), "empty"),
        // What would grow with each message around it.
        (r#""message":{"id":"unread-trailing","args":{"bytes":2,"format":{"id":"unread-empty"}}}"#.to_owned(), "empty"),
        (nested(8), "empty"),
    ];
    for (message, reason) in rows {
        let told = french(&message);
        assert!(has(&told, reason), "{message}: {told:#?}");
    }
    // What is no message at all is damage, as other wrong types are.
    for message in
        [r#""message":{"id":7}"#, r#""message":{"id":"unread-packer","args":{"packer":-1}}"#]
    {
        let mut members = members.clone();
        members[place].bytes =
            honest.replace(r#""message":{"id":"unread-empty"}"#, message).into_bytes();
        let folder = folder();
        drop(analyse(&put(folder.path(), "capsule.tar.gz", &gz(&tar(&members)))));
    }
}

#[test]
fn no_secret_leaves_in_a_capsule() {
    let mut bundle = corpus::named("oom-gunicorn-workers").members();
    for member in &mut bundle {
        let whole = text(member);
        let lines = whole.lines().map(|line| {
            let planted = line
                .replace("HTTP/1.1", "HTTP/1.1?token=tok3nS3cretValue")
                .replace("Killed process", "Killed process password=hunter2hunter2");
            let planted = if line.contains("GET /") {
                planted.replace("GET /", "GET /reset/aB3dE5gH7jK9mN1pQ/")
            } else {
                planted
            };
            format!("{planted}\n")
        });
        member.bytes = lines.collect::<String>().into_bytes();
    }
    let folder = folder();
    let path = put(folder.path(), "bundle.tar", &tar(&bundle));
    let (_, bytes) = packed(&path);
    for member in members(&bytes) {
        for secret in ["tok3nS3cretValue", "hunter2hunter2", "aB3dE5gH7jK9mN1pQ"] {
            assert!(!text(&member).contains(secret), "{secret} in {}", member.name);
        }
    }
}

#[test]
fn the_program_writes_a_capsule_and_says_so() {
    let folder = folder();
    let file = folder.path().join("capsule.tar.gz");
    let bundle = corpus::named("oom-gunicorn-workers").bundle();
    let done = run(&["capsule", bundle.to_str().unwrap(), "-o", file.to_str().unwrap()]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.err.contains("lines of logs") && !done.err.contains("weaker"), "{}", done.err);
    let done = run(&["report", "--format", "json", file.to_str().unwrap()]);
    assert_eq!(done.json()["incidents"][0]["verdict"], "confirmed");
    let done = run(&["report", "--format", "html", file.to_str().unwrap()]);
    assert!(
        done.text().contains("With the lines next to it"),
        "the lines are found in the capsule"
    );
}

/// A bundle or a capsule through a pipe is the same as in a file, whatever is made of it.
#[test]
fn standard_input_and_output() {
    let folder = folder();
    let case = corpus::named("oom-gunicorn-workers");
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (from_file, from_pipe) = (path("file.tar.gz"), path("pipe.tar.gz"));
    let bundle = case.bundle();
    assert_eq!(run(&["capsule", "-q", bundle.to_str().unwrap(), "-o", &from_file]).code, 0);
    let done = run_with(&["capsule", "-", "-o", &from_pipe], &case.bytes());
    assert!(done.code == 0 && !done.err.contains("weaker"), "{}", done.err);
    let report = |file: &str| run(&["report", "--format", "json", file]).json();
    let (own, theirs) = (report(&from_pipe), report(&from_file));
    for key in ["incidents", "oom_kills", "deaths", "events", "sources", "traffic"] {
        assert_eq!(own[key], theirs[key], "{key}");
    }
    // Of a capsule: what it says, another capsule of it, and the neighbours of its lines.
    let capsule = fs::read(&from_file).unwrap();
    let piped = run_with(&["report", "--format", "json", "-"], &capsule).json();
    for key in ["incidents", "oom_kills", "deaths", "events", "sources", "traffic"] {
        assert_eq!(piped[key], theirs[key], "{key}");
    }
    let done = run_with(&["capsule", "-q", "-", "-o", "-"], &capsule);
    assert_eq!((done.code, done.err.as_str()), (0, ""));
    let again = run_with(&["report", "--format", "json", "-"], &done.out).json();
    assert_eq!(again["incidents"], theirs["incidents"]);
    // A pipe has no checksum.
    let sum = regex::Regex::new(", SHA-256 <code>[0-9a-f]{64}</code>").unwrap();
    for (what, input) in [("bundle", case.bytes()), ("capsule", capsule.clone())] {
        let page = |arguments: &[&str], input: &[u8]| run_with(arguments, input).out;
        let file = put(folder.path(), "stdin", &input);
        let (piped, read) = (
            page(&["report", "--format", "html", "-"], &input),
            page(&["report", "--format", "html", file.to_str().unwrap()], b""),
        );
        let read = String::from_utf8(read).unwrap();
        assert!(sum.is_match(&read) && read.contains("With the lines next to it"), "{what}");
        assert!(sum.replace(&read, "").as_bytes() == piped, "{what}");
    }
    // Both sides of a comparison, and a JSON report.
    let json = run(&["report", "--format", "json", &from_file]).out;
    for input in [&case.bytes(), &capsule, &json] {
        for sides in [["-", &from_file], [&from_file, "-"]] {
            let done = run_with(&[&["diff", "-q", "--format", "json"][..], &sides].concat(), input);
            assert!(done.code == 0 && done.json()["held"] == "no", "{sides:?} {}", done.err);
        }
    }
    for arguments in [vec!["diff", "-", "-"], vec!["capsule", "-", "-", "-o", &from_pipe]] {
        let done = run_with(&arguments, &capsule);
        assert!(done.code == 2 && done.err.contains("only once"), "{}", done.err);
    }
    let done = run_with(&["capsule", "-", "-o", &from_pipe], b"x");
    assert!(done.code == 2 && done.err.contains("no log recognised"), "{}", done.err);
}

/// What is kept of standard input goes with the run, and has no name meanwhile.
#[cfg(target_os = "linux")]
#[test]
fn nothing_of_standard_input_stays() {
    let [folder, temporary] = [folder(), folder()];
    let file = folder.path().join("capsule.tar.gz");
    let case = corpus::named("oom-gunicorn-workers");
    let mut command = command(&["capsule", "-q", "-", "-o", file.to_str().unwrap()]);
    command.env("TMPDIR", temporary.path());
    assert_eq!(finish(command, &case.bytes()).code, 0);
    assert_eq!(names(temporary.path()), [] as [String; 0]);
    assert_eq!(names(folder.path()), ["capsule.tar.gz"]);
    let mut command = crate::program::command(&["capsule", "-q", "-", "-o", "-"]);
    command.env("TMPDIR", folder.path().join("missing"));
    let done = finish(command, &case.bytes());
    assert!(
        done.code == 2 && done.err.contains("standard input to a temporary file"),
        "{}",
        done.err
    );
}
