//! A good line is what the plain parser says it is; every other line is left to it.

use super::*;
use crate::access::log_format::LogFormat;
use crate::access::quick::Memory;

const COMBINED: &str = r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent""#;
const TIMED: &str = r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time $upstream_addr $upstream_status $upstream_response_time"#;

fn shape(format: &str) -> Shape {
    Shape::Format(LogFormat::compile(format).expect("a format"))
}

/// What is said of a line, and that it agrees with the plain parser.
#[track_caller]
fn skimmed(shape: &Shape, line: &str) -> Option<u16> {
    let text = format!("{line}\nnext line");
    let skim = Skim::of(shape).expect("a shape that is skimmed");
    let good = skim.line(text.as_bytes(), &mut Memory::default())?;
    assert_eq!(good.length, line.len() + 1, "{line}");
    if let Some(request) = shape.parse(line.as_bytes()) {
        assert_eq!((request.stamp, request.status), (Some(good.stamp), good.status), "{line}");
        let tries = crate::access::tries(request.upstream.statuses);
        let failed = |status: Option<&[u8]>| matches!(status, Some(b"502" | b"504"));
        assert!(!tries.into_iter().any(failed), "{line}");
    }
    Some(good.status)
}

#[test]
fn good_lines_and_others() {
    let combined = shape(COMBINED);
    let line = |request: &str, rest: &str| {
        format!("10.0.0.1 - - [20/Nov/2026:22:35:54 +0000] \"{request}\" {rest}")
    };
    let check = |line: String, expected: Option<u16>| {
        assert_eq!(skimmed(&combined, &line), expected, "{line}");
    };
    check(line("GET / HTTP/1.1", "200 612 \"-\" \"curl/8\""), Some(200));
    check(line("", "304 0 \"-\" \"-\""), Some(304));
    check(line("GET /\\x22 HTTP/1.1", "200 612 \"-\" \"a \\\" b\""), Some(200));
    // Whoever comes with a quote in the request is read as a whole, and so is what failed or was refused.
    check(line("GET /\\\" 200 HTTP/1.1", "502 612 \"-\" \"-\""), None);
    for status in ["400", "404", "499", "500", "502", "99", "2000", "-", "000"] {
        check(line("GET / HTTP/1.1", &format!("{status} 612 \"-\" \"-\"")), None);
    }
    // Torn in front of the status: no request; behind it: one.
    check(line("GET / HTTP/1.1", ""), None);
    check("10.0.0.1 - - [20/Nov/2026:22:35:54 +0000] \"GET /".to_owned(), None);
    check("10.0.0.1 - - [30/Feb/2026:22:35:54 +0000] \"GET /\" 200 1 \"-\" \"-\"".to_owned(), None);
    check("10.0.0.1 - - [20/Nov/2026:22:35:54] \"GET /\" 200 1 \"-\" \"-\"".to_owned(), None);
    check(line("GET / HTTP/1.1", "200 612 \"-\" \"Mozi"), Some(200));
    check("\0".repeat(8) + &line("GET / HTTP/1.1", "200 612 \"-\" \"-\""), None);
    check(String::new(), None);
}

#[test]
fn what_the_last_line_began_with_changes_nothing() {
    const TIME: &str = "[20/Nov/2026:22:35:54 +0000]";
    let line = |head: &str| format!("{head}\"GET / HTTP/1.1\" 200 612 \"-\" \"curl/8\"\n");
    let lines: Vec<String> = [
        format!("10.0.0.1 - - {TIME} "),
        format!("203.0.113.210 - - {TIME} "),
        format!("2001:db8::1 - - {TIME} "),
        format!("2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff - - {TIME} "),
        format!("10.0.0.1 - alice {TIME} "),
        format!("10.0.0.1 - a {TIME} "),
        format!("10.0.0.1 -   {TIME} "),
        format!("10.0.0.1\t- - {TIME} "),
        format!("10.0.\".1 - - {TIME} "),
        format!("10.0.0\n - - {TIME} "),
        format!("10.0.0.1 - \" {TIME} "),
        format!("10.0.0.1 - - {TIME}"),
        format!("10.0.0.1 - - {TIME}  "),
        format!(" - - {TIME} "),
        format!("- - - {TIME} "),
        "10.0.0.1 - - [20/Nov/2026:22:35:5\" +0000] ".to_owned(),
        "10.0.0.1 - - [20/Nov/2026:22:35:54 +000\"] ".to_owned(),
        "10.0.0.1 - - ".to_owned(),
        String::new(),
    ]
    .iter()
    .map(|head| line(head))
    .collect();
    let skim = Skim::of(&shape(COMBINED)).expect("a shape that is skimmed");
    for before in &lines {
        for text in &lines {
            let mut memory = Memory::default();
            let _ = skim.line(before.as_bytes(), &mut memory);
            let fresh = skim.line(text.as_bytes(), &mut Memory::default());
            assert_eq!(skim.line(text.as_bytes(), &mut memory), fresh, "{before}{text}");
        }
    }
}

#[test]
fn a_failure_that_a_retry_hid_is_no_good_line() {
    let timed = shape(TIMED);
    let check = |tail: &str, expected: Option<u16>| {
        let line = format!(
            "10.0.0.1 - - [20/Nov/2026:22:35:54 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\" {tail}"
        );
        assert_eq!(skimmed(&timed, &line), expected, "{line}");
    };
    check("0.178 10.0.0.1:80 200 0.178", Some(200));
    check("0.178 - - -", Some(200));
    check("0.178 10.0.0.1:80 502 0.178", None);
    check("0.178 10.0.0.1:80, 10.0.0.2:80 502, 200 0.1, 0.07", None);
    check("0.178 10.0.0.1:80 : 10.0.0.2:80 502 : 200 0.1 : 0.07", None);
    check("0.178 10.0.0.1:80", None);
    let last = shape(&TIMED.replace(" $upstream_response_time", ""));
    let line = "10.0.0.1 - - [20/Nov/2026:22:35:54 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\" 0.1 10.0.0.1:80, 10.0.0.2:80 502, 200";
    assert_eq!(skimmed(&last, line), None);
    assert_eq!(skimmed(&last, &line.replace(", 10.0.0.2:80 502,", "")), Some(200));
}

#[test]
fn formats_whose_good_lines_are_not_told_by_their_heads() {
    for format in [
        r#"$remote_addr [$time_local] $status "$request""#,
        r#"$remote_addr "$http_referer" [$time_local] "$request" $status"#,
        r#"$time_iso8601 "$request" $status"#,
        r#"$remote_addr [$time_local] "$request" $status $upstream_status $msec"#,
        r#"$remote_addr [$time_local] "$request" $status "$upstream_status""#,
        r#"$upstream_status [$time_local] "$request" $status"#,
        r#"escape=none $remote_addr [$time_local] "$request" $status"#,
    ] {
        assert_eq!(Skim::of(&shape(format)), None, "{format}");
    }
    assert_eq!(Skim::of(&Shape::Json), None);
}

/// Any byte of a line changed, left out or doubled.
#[test]
fn mutated_lines_agree_with_the_plain_parser() {
    for format in [COMBINED, TIMED] {
        let shape = shape(format);
        for line in [
            "10.0.0.1 - - [20/Nov/2026:22:35:54 +0000] \"GET /a HTTP/1.1\" 200 612 \"-\" \"x\" 0.1 10.0.0.1:80 200 0.1",
            "10.0.0.1 - j [20/Nov/2026:22:35:54 +0000] \"GET /a HTTP/1.1\" 200 6 \"-\" \"x\" 0.1 10.0.0.1:80, 10.0.0.2:80 504, 200 60.0, 0.1",
        ] {
            for at in 0..line.len() {
                for byte in [" ", "\"", "\\", "[", "]", ",", ":", "5", "-", "\0", ""] {
                    let (head, tail) = line.split_at(at);
                    skimmed(&shape, &format!("{head}{byte}{}", &tail[1..]));
                    skimmed(&shape, &format!("{head}{byte}{tail}"));
                }
            }
        }
    }
}
