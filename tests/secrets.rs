//! Secrets in capsules: the examples of all promised kinds, planted into every format that a capsule takes lines, counts or states
//! from, and looked for in all that leaves: each file of the capsule, the reports among them, as it is, URL-encoded and as base64.
//! What is known of forms of reports is in `src/report/redact/tests`.

#[path = "../src/report/redact/tests/kinds.rs"]
mod kinds;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use coroner::bundle::Silent;
use coroner::report::Settings;
use coroner::{Options, capsule};
use serde_json::json;

use crate::corpus;
use crate::packing::{Member, folder, members, put, tar};
use kinds::SECRETS;

/// Stands before each planted line, so that it is known to have come in.
const MARK: &str = "planted";
/// Members that take a line next to one that is cited: those that differ in what the line is wrapped in.
const LINES: usize = 7;

/// `MESSAGE` of journald's export, which has a form of its own for texts of several lines.
fn message(text: &str) -> Vec<u8> {
    if !text.contains('\n') {
        return format!("MESSAGE={text}\n").into_bytes();
    }
    let length = (text.len() as u64).to_le_bytes();
    [b"MESSAGE\n".as_slice(), &length, text.as_bytes(), b"\n"].concat()
}

fn entry(number: u64, who: &str, pid: u64, text: &str) -> Vec<u8> {
    let at = 1_795_211_251_000_000 + number;
    let head = format!(
        "__CURSOR=s={number}\n__REALTIME_TIMESTAMP={at}\n__MONOTONIC_TIMESTAMP={number}\n_BOOT_ID=df0429a519144a97b612f9c2650bc310\n_HOSTNAME=web\nSYSLOG_IDENTIFIER={who}\n_PID={pid}\n_TRANSPORT=syslog\n"
    );
    [head.into_bytes(), message(text), b"\n".to_vec()].concat()
}

/// As nginx writes what a client sent.
fn sent(text: &str) -> String {
    text.replace('\\', "\\x5C").replace('"', "\\x22").replace('\n', "\\x0A")
}

/// A recorded incident with a line planted next to what is cited of it.
fn bundle(line: &str) -> Vec<Member> {
    let planted = format!("{MARK} {line}");
    let died = "Worker with pid 30778 was terminated due to signal 9";
    let mut bundle = corpus::named("oom-gunicorn-workers").members();
    for member in &mut bundle {
        let whole = String::from_utf8(member.bytes.clone()).unwrap();
        let (before, own) = match member.name.rsplit('/').next().unwrap() {
            "gunicorn.log" => {
                (died, format!("2026-11-20 21:47:31,999 INFO shop [30778] {planted}"))
            }
            "error.log" => (
                "prematurely closed",
                format!(
                    "2026/11/20 21:47:31 [warn] 30776#30776: *2 {planted}, client: 203.0.113.7"
                ),
            ),
            "dmesg.txt" => ("task=gunicorn,pid=30778", format!("[ 1327.986627] {planted}")),
            "access.log" => {
                let asked = line.strip_prefix("request: \"").unwrap_or(line).trim_end_matches('"');
                let request = if asked.starts_with("GET /") { asked } else { "GET /a HTTP/1.1" };
                let agent = sent(&planted);
                let failed = format!(
                    "203.0.113.7 - - [20/Nov/2026:21:47:31 +0000] \"{request}\" 502 157 \"-\" \"{agent}\""
                );
                (" 502 ", failed)
            }
            name => panic!("{name} is new in the bundle"),
        };
        let at = whole.find(before).unwrap();
        let at = at + whole[at..].find('\n').unwrap() + 1;
        member.bytes = format!("{}{own}\n{}", &whole[..at], &whole[at..]).into_bytes();
    }
    let exited = "shop-api.service: Main process exited, code=killed, status=9/KILL";
    let syslog = format!(
        "Nov 20 21:47:31 web systemd[1]: {exited}\nNov 20 21:47:31 web shop[30778]: {planted}\n"
    );
    let export = [
        entry(1, "systemd", 1, exited),
        entry(2, "shop", 30_778, &planted),
        entry(3, "systemd", 1, "shop-api.service: Failed with result 'oom-kill'."),
    ];
    let logged = |text: &str, at: u32| {
        let line = json!({"log": format!("{text}\n"), "stream": "stderr", "time": format!("2026-11-20T21:47:31.{at:09}Z")});
        format!("{line}\n")
    };
    let docker = format!(
        "{}{}",
        logged(&format!("[2026-11-20 21:47:31 +0000] [30771] [WARNING] {died}"), 1),
        logged(&planted, 2)
    );
    let state = json!([{
        "Id": format!("{:064x}", 7), "Name": "/shop", "Path": "run", "Args": [planted],
        "State": {"Status": "running", "OOMKilled": true, "ExitCode": 137, "FinishedAt": "2026-11-20T21:47:31Z"},
        "Config": {"Hostname": "web", "Env": ["PATH=/bin", format!("NOTE={line}")], "Labels": {"note": line}},
    }]);
    let state = serde_json::to_string_pretty(&state).unwrap();
    bundle.extend([
        Member::new("incident/var/log/syslog", syslog),
        Member::new("incident/journal.export", export.concat()),
        Member::new("incident/shop-json.log", docker),
        Member::new("incident/inspect.json", state),
    ]);
    bundle
}

/// How a secret may look.
fn shapes(secret: &str) -> [String; 5] {
    let all: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let some: String = secret
        .bytes()
        .map(|byte| match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    let lower = all.to_ascii_lowercase();
    let coded = STANDARD_NO_PAD.encode(secret);
    debug_assert!(STANDARD.encode(secret).starts_with(&coded));
    [secret.to_owned(), all, some, lower, coded]
}

#[test]
fn no_promised_kind_leaves_in_a_capsule() {
    let (mut recall, mut leaked): (BTreeMap<&str, (usize, usize)>, Vec<String>) =
        Default::default();
    for (kind, line, secret) in SECRETS {
        let folder = folder();
        let path = put(folder.path(), "bundle.tar", &tar(&bundle(line)));
        let options = Options { bundles: vec![path], ..Options::default() };
        let (_, packed) = capsule(&options, Settings::default(), &Silent).unwrap();
        let members = members(&packed.bytes);
        let texts: Vec<(&str, String)> = members
            .iter()
            .map(|member| (member.name.as_str(), String::from_utf8_lossy(&member.bytes).into()))
            .collect();
        for name in ["capsule.json", "report.md", "report.json"] {
            assert!(texts.iter().any(|(own, _)| own.ends_with(name)), "no {name}");
        }
        // What did not come in proves nothing.
        let came = |(name, text): &&(&str, String)| name.contains("/lines/") && text.contains(MARK);
        let places = texts.iter().filter(came).count();
        assert!(places >= LINES, "{line}: came into {places} of the members");
        let out: Vec<&str> = texts
            .iter()
            .filter(|(_, text)| shapes(secret).iter().any(|shape| text.contains(shape)))
            .map(|(name, _)| *name)
            .collect();
        let counted = recall.entry(kind).or_default();
        counted.1 += 1;
        counted.0 += usize::from(out.is_empty());
        for name in out {
            let (_, text) = texts.iter().find(|(own, _)| *own == name).unwrap();
            let shape = shapes(secret).into_iter().find(|shape| text.contains(shape)).unwrap();
            let own = text.lines().find(|line| line.contains(&shape)).unwrap_or_default();
            let own: String = own.chars().take(300).collect();
            leaked.push(format!("{kind}: {line}: in {name}: {own}"));
        }
    }
    for (kind, (masked, planted)) in &recall {
        say(&format!("{kind}: {masked} of {planted}"));
    }
    assert!(leaked.is_empty(), "{}", leaked.join("\n"));
}

/// For SECURITY.md: `--nocapture` shows it.
#[allow(clippy::print_stderr, reason = "figures to be written down")]
fn say(text: &str) {
    eprintln!("{text}");
}
