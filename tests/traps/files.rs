//! Traps of files and bytes (A).

use serde_json::Value;

use super::scene::{
    access, burst, clock, deaths, entry, formats, gunicorn, incidents, is_told, killed, kills,
    report, request, syslog,
};
use crate::corpus::{analyse_members, list};
use crate::packing::{Member, folder, gz, put};
use crate::program::run;

fn requests(report: &Value) -> u64 {
    report["traffic"]["requests"].as_u64().unwrap_or(0)
}

/// 1: a gz that was copied while it was written: what decoded counts, its last line does not, and the exit code says so.
#[test]
fn a_gz_that_is_still_being_written() {
    let whole = gz(access(&burst("502")).as_bytes());
    let folder = folder();
    let cut = put(folder.path(), "access.log.gz", &whole[..whole.len() * 9 / 10]);
    let done = run(&["report", "--format", "json", cut.to_str().unwrap()]);
    let report = done.json();
    assert_eq!(
        (done.code, is_told(&report, "truncated"), is_told(&report, "partial-line")),
        (1, true, true)
    );
    assert_eq!(incidents(&report).len(), 1, "the burst is in the part that is there");
    assert_eq!(list(&report, "sources")[0]["unparsed"], 0, "the cut line is no line");
    let counted = requests(&report);
    assert!((1500..2399).contains(&counted), "{counted}");
}

/// 2: `cat a.gz b.gz`, and a tape's padding behind the last member.
#[test]
fn gz_members_and_what_stands_behind_them() {
    let log = access(&burst("502"));
    let (head, tail) = log.split_at(log.len() / 2);
    let whole = report(&[("access.log", log.as_bytes())]);
    let members = [gz(head.as_bytes()), gz(tail.as_bytes())].concat();
    for behind in [&b""[..], &[0; 1024]] {
        let packed = report(&[("access.log.2", [&members, behind].concat())]);
        assert_eq!((requests(&packed), incidents(&packed)), (2400, incidents(&whole)));
        assert_eq!(list(&packed, "data_quality"), [] as [Value; 0]);
    }
}

/// 3: `.gz` that is none, and packed data under any name.
#[test]
fn a_name_says_nothing_about_packing() {
    let log = access(&burst("502"));
    for (name, bytes) in
        [("access.log.1.gz", log.clone().into_bytes()), ("access.log", gz(log.as_bytes()))]
    {
        assert_eq!(incidents(&report(&[(name, bytes)])), ["16 x 502: unknown, unknown"], "{name}");
    }
}

/// 4: numbers of a rotation run backwards, and `.10` sorts before `.2`: the contents tell the order.
#[test]
fn a_rotation_is_ordered_by_its_times() {
    let log = access(&burst("502"));
    let lines: Vec<&str> = log.lines().collect();
    let part = |from: usize, to: usize| format!("{}\n", lines[from..to].join("\n"));
    let rotated = report(&[
        ("access.log", part(1800, 2400).into_bytes()),
        ("access.log.1", part(1204, 1800).into_bytes()),
        ("access.log.2.gz", gz(part(600, 1204).as_bytes())),
        ("access.log.10.gz", gz(part(0, 600).as_bytes())),
    ]);
    let whole = report(&[("access.log", log.as_bytes())]);
    assert_eq!(requests(&rotated), 2400);
    for key in ["start", "end", "errors", "cause", "censored", "spark"] {
        assert_eq!(rotated["incidents"][0][key], whole["incidents"][0][key], "{key}");
    }
}

/// 5: copytruncate: lines on both sides of the seam count once; two equal lines of one file are two requests.
#[test]
fn a_seam_is_counted_once_and_equal_requests_twice() {
    let log = access(&burst("502"));
    let lines: Vec<&str> = log.lines().collect();
    let part = |from: usize, to: usize| format!("{}\n", lines[from..to].join("\n"));
    let overlapping = report(&[("access.log.1", part(0, 1210)), ("access.log", part(1190, 2400))]);
    let totals = list(&overlapping, "approximate").iter().any(|pointer| pointer == "/traffic");
    assert!(totals, "totals by status still hold the seam, and it is said");
    assert_eq!(
        overlapping["incidents"][0]["errors"]["502"], 16,
        "each second of the scene has two equal lines"
    );
}

/// 6: a block of NULs after a power cut, and the next record glued on.
#[test]
fn nul_blocks_after_a_power_cut() {
    let mut kern = syslog(300, "kernel", "[  300.500000] eth0: link up").into_bytes();
    kern.extend(b"2026-11-20T22:09");
    kern.extend([0; 4096]);
    kern.extend(
        syslog(600, "kernel", &format!("[  600.500000] {}", killed(412, "gunicorn"))).bytes(),
    );
    let report = report(&[("access.log", access(&burst("502")).into_bytes()), ("kern.log", kern)]);
    assert_eq!(kills(&report), ["412 gunicorn"]);
    assert!(
        list(&report, "oom_kills")[0]["time"].as_str().unwrap().starts_with("2026-11-20T22:10:00")
    );
}

/// 7: the same log as PowerShell, Windows or an editor wrote it.
#[test]
fn encodings_and_line_ends_change_nothing() {
    let log = access(&burst("502"));
    let told = |bytes: Vec<u8>| {
        let report = report(&[("access.log", bytes)]);
        (requests(&report), incidents(&report), list(&report, "sources")[0]["unparsed"].clone())
    };
    let plain = told(log.clone().into_bytes());
    let wide = |first: u16, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        std::iter::once(first).chain(log.encode_utf16()).flat_map(bytes).collect()
    };
    assert_eq!(told(wide(0xfeff, u16::to_le_bytes)), plain, "UTF-16LE");
    assert_eq!(told(wide(0xfeff, u16::to_be_bytes)), plain, "UTF-16BE");
    assert_eq!(told([b"\xef\xbb\xbf", log.as_bytes()].concat()), plain, "UTF-8 with a mark");
    assert_eq!(told(log.replace('\n', "\r\n").into_bytes()), plain, "CRLF");
    let latin: Vec<u8> = log
        .replace("/items/", "/caf\u{1}/")
        .bytes()
        .map(|byte| if byte == 1 { 0xe9 } else { byte })
        .collect();
    assert_eq!(told(latin), plain, "invalid UTF-8");
}

/// 8: colours, erased lines, a terminal's title, and what a pager leaves.
#[test]
fn what_a_terminal_leaves_behind() {
    let line = |second: u32, text: &str| {
        format!(
            "\x1b[2Kweb-1  | \x1b[31m\x1b[1m[2026-11-20 {} +0000] [400] [{text}\x1b[0m\n",
            clock(second)
        )
    };
    let log = format!(
        "\x1b]0;root@web1: ~\x07{}{}lines 1-50/50 (END)\n{}",
        line(590, "INFO] Listening at: http://127.0.0.1:8000 (400)"),
        line(600, "ERROR] Worker (pid:412) was sent SIGKILL! Perhaps out of memory?"),
        line(601, "INFO] Booting worker with pid: 413"),
    );
    let report = report(&[("compose.log", log)]);
    assert_eq!(
        (formats(&report), deaths(&report)),
        (vec!["compose.log compose".to_owned()], vec!["412 unknown".to_owned()])
    );
}

/// 9: one line of many megabytes does not hide the next, and a line that docker split is one line.
#[test]
fn giant_lines_and_split_ones() {
    let giant = format!("[2026-11-20 22:01:00 +0000] [412] [INFO] {}\n", "QUJD".repeat(4 << 20));
    let log = format!("{giant}{}", gunicorn(&[(600, "[400] [CRITICAL] WORKER TIMEOUT (pid:412)")]));
    assert_eq!(deaths(&report(&[("gunicorn.log", log)])), ["412 worker_timeout"]);
    let piece = |text: &str, end: &str| {
        format!(
            "{{\"log\":\"{text}{end}\",\"stream\":\"stderr\",\"time\":\"2026-11-20T22:10:00.5Z\"}}\n"
        )
    };
    let split = format!(
        "{}{}{}",
        piece("[2026-11-20 22:10:00 +0000] [400] [ERROR] Worker (pid:4", ""),
        piece("12) was sent SIGKILL! Perhaps", ""),
        piece(" out of memory?", "\\n")
    );
    assert_eq!(deaths(&report(&[("web-json.log", split)])), ["412 unknown"]);
}

/// 10: rsyslog's ForwardFormat writes no line ends. What stands in the middle of a line may be anybody's text, so that no kill is
/// believed from there.
#[test]
fn records_without_line_ends() {
    let worker = "[2026-11-20 22:10:00 +0000] [400] [CRITICAL] WORKER TIMEOUT (pid:412)";
    let log = format!(
        "<14>2026-11-20T22:09:59.196352+00:00 web1 app this is debug<14>2026-11-20T22:10:00.332497+00:00 web1 gunicorn: {worker}<14>2026-11-20T22:10:01.104201+00:00 web1 app more"
    );
    let report = report(&[("forward.log", log)]);
    assert_eq!(deaths(&report), ["412 worker_timeout"]);
    assert_eq!(list(&report, "sources")[0]["records"], 3);
}

/// 11: text that somebody pasted between the entries of an export, without a blank line.
#[test]
fn junk_between_journal_entries() {
    let kernel = "_TRANSPORT=kernel\nSYSLOG_IDENTIFIER=kernel\n";
    let mut log = entry(590, kernel, "eth0: link up").trim_end().to_owned();
    log += "\n-- Boot 7a3c --\nand here it died again, see below\n";
    log += &entry(600, kernel, &killed(412, "gunicorn"));
    log += &entry(610, kernel, "eth0: link down");
    assert_eq!(kills(&report(&[("journal", log)])), ["412 gunicorn"]);
}

/// 12: a message whose bytes look like the next entry; only its length tells.
#[test]
fn an_entry_inside_of_a_message_is_text() {
    let forged = format!(
        "boom\n\n__CURSOR=s=evil\n__REALTIME_TIMESTAMP=1795212600000000\n_TRANSPORT=kernel\nSYSLOG_IDENTIFIER=kernel\nMESSAGE={}\n\n",
        killed(1, "systemd")
    );
    let mut log =
        entry(590, "_TRANSPORT=stdout\n_SYSTEMD_UNIT=shop.service\n", "fine").into_bytes();
    log.extend(b"__CURSOR=s=a;i=9\n__REALTIME_TIMESTAMP=1795212600000000\n_TRANSPORT=stdout\n_SYSTEMD_UNIT=shop.service\nMESSAGE\n");
    log.extend((forged.len() as u64).to_le_bytes());
    log.extend(forged.bytes());
    log.extend(b"\n\n");
    log.extend(
        entry(600, "_TRANSPORT=kernel\nSYSLOG_IDENTIFIER=kernel\n", &killed(412, "gunicorn"))
            .bytes(),
    );
    assert_eq!(kills(&report(&[("journal", log)])), ["412 gunicorn"]);
}

/// 99: a full disk tears the access log in mid-line, the error log is empty, and uploads lie among the logs.
#[test]
fn logs_of_a_full_disk() {
    let mut log: String = (0..700).map(|second| request(second, "200", "200")).collect();
    log.truncate(log.len() - 60);
    let upload = [&b"\xff\xd8\xff\xe0\0\x10JFIF\0"[..], &[0x5a; 5000]].concat();
    let members = [
        Member::new("nginx/access.log", log),
        Member::new("nginx/error.log", ""),
        Member::new("nginx/body/0000000012", upload),
        Member::new(
            "app.log",
            "[2026-11-20 22:11:40 +0000] [412] [ERROR] Error handling request /upload\nOSError: [Errno 28] No space left on device\n",
        ),
    ];
    let report = analyse_members(&members).unwrap();
    assert_eq!(requests(&report), 699);
    assert_eq!(list(&report, "sources")[1]["unparsed"], 1);
    let told: Vec<&str> =
        list(&report, "data_quality").iter().filter_map(|told| told["detail"].as_str()).collect();
    assert!(
        told.iter().any(|detail| detail.contains("JPEG")) && told.contains(&"empty"),
        "{told:?}"
    );
}
