//! The quick way against the plain one: any line, any order, the same request.

use super::*;
use crate::access::log_format::{self, KNOWN};
use crate::access::route;

/// Lines of all sorts: of each known format, of JSON, and what a torn or hostile log has.
const LINES: &[&str] = &[
    r#"10.0.0.1 - - [20/Nov/2026:22:35:54 +0000] "GET /a/7?x=1 HTTP/1.1" 200 612 "-" "curl/7.88.1""#,
    r#"10.0.0.1 - - [20/Nov/2026:22:35:54 +0000] "GET /a/7?x=1 HTTP/1.1" 200 612 "-" "curl/7.88.1" "10.1.1.1, 10.2.2.2""#,
    r#"2a02::1 - Jo Ann [20/Nov/2026:22:35:55 +0300] "POST /x y HTTP/1.0" 502 - "http://h/\"q\"" "a\\" "#,
    r#"10.0.0.1 - - [21/Nov/2026:22:35:54 +0000] "" 400 0 "-" "-""#,
    r#"10.0.0.1 - - [20/Nov/2026:22:35:54 +0000] "GET / HTTP/1.1" 200 612"#,
    r#"10.0.0.1 - a - b [c] [20/Nov/2026:22:35:54 +0000] "GET / HTTP/1.1" 499 0"#,
    r#"h:80 10.0.0.1 - - [20/Nov/2026:22:35:54 +0000] "GET / HTTP/1.1" 200 612 "-" "x""#,
    r#"10.0.0.1 - - [30/Feb/2026:22:35:54 +0000] "GET / HTTP/1.1" 200 612 "-" "x""#,
    r#"10.0.0.1 - - [20/Nov/2026:22:35:54 +0000] "GET / HTTP/1.1" 20 612 "-" "x""#,
    "10.0.0.1\t- - [20/Nov/2026:22:35:54 +0000] \"GET / HTTP/1.1\" 200 612 \"-\" \"x\"",
    r#"10.0.0.1 - - [20/Nov/2026:22:35:54 +0000] "GET /u HTTP/1.1" 504 0 "-" "x" 12 60.001 [shop] [] 10.0.0.1:80, 10.0.0.2:80 0, 0 60.000, 0.001 504, 502 abc"#,
    r#"10.0.0.1 - - [20/Nov/2026:22:35:54 +0000] "GET /u HTTP/1.1" 200 0 "-" "x" 12 0.178 [shop] [] 10.0.0.1:80 0 0.178 200 abc"#,
    r#"10.0.0.1 - - [20/Nov/2026:22:35:54 +0000] "GET /u HTTP/1.1" 200 0 "-" "x" 12 1.2.3 [shop] [] unix:/a 0 - - abc"#,
    r#"{"time_local":"20/Nov/2026:22:35:54 +0000","remote_addr":"10.0.0.1","request":"GET /a HTTP/1.1","status":"200","rt":0.1}"#,
    r#"{"remote_addr":"10.0.0.1","time_local":"20/Nov/2026:22:35:54 +0000","request":"GET /a HTTP/1.1","status":502,"upstream":{"status":"502"}}"#,
    r#"{"time_local":"20/Nov/2026:22:35:54 +0000","remote_addr":"10.0.0.1","request":{"method":"GET","uri":"/a"},"status":"200"}"#,
    "",
    "\r",
    "-",
    "nginx: [emerg] unknown directive",
];

fn shapes() -> Vec<Shape> {
    let timed = r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time $upstream_addr $upstream_status $upstream_response_time"#;
    let bare = r#"$status|$time_iso8601|$host:$server_port|$request_uri|$request_time"#;
    let raw = r#"escape=none $remote_addr [$time_local] "$request" $status "$http_user_agent""#;
    let more = [timed, bare, raw].map(|format| LogFormat::compile(format).expect("a format"));
    let formats = log_format::known().into_iter().chain(more).map(Shape::Format);
    formats.chain([Shape::Json, Shape::Haproxy]).collect()
}

/// The lines of a text, and what each gives.
#[track_caller]
fn check(shape: &Shape, text: &[u8], memory: &mut Memory) {
    let mut plain = text.split(|byte| *byte == b'\n');
    each_line(shape, text, memory, &mut |line, seen| {
        let expected = plain.next().expect("as many lines");
        let expected = expected.strip_suffix(b"\r").unwrap_or(expected);
        assert_eq!(line, expected);
        let plain = shape.parse(line);
        let request = seen.map(|seen| seen.request);
        assert_eq!(request, plain.as_ref(), "{shape:?}\n{}", line.escape_ascii());
        let probe = plain.map(|request| route::is_probe_agent(request.user_agent));
        assert!(seen.is_none_or(|seen| seen.probe_agent.is_none_or(|known| probe == Some(known))));
    });
    assert!(matches!((plain.next(), plain.next()), (None | Some([]), None)), "all lines");
}

/// A number from a number (splitmix64).
fn next(state: &mut u64) -> usize {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 16) as usize
}

#[test]
fn lines_of_every_format_give_the_same_request() {
    assert!(KNOWN.len() > 5);
    for shape in shapes() {
        let mut memory = Memory::default();
        for line in LINES.iter().chain(LINES.iter().rev()) {
            check(&shape, line.as_bytes(), &mut memory);
            check(&shape, format!("{line}\r").as_bytes(), &mut memory);
            check(&shape, format!("{line}\n").as_bytes(), &mut memory);
        }
        check(&shape, LINES.join("\n").as_bytes(), &mut memory);
        check(&shape, LINES.join("\r\n").as_bytes(), &mut memory);
    }
}

#[test]
fn torn_and_mutated_lines_give_the_same_request() {
    let shapes = shapes();
    let mut memories = vec![Memory::default(); shapes.len()];
    let bytes = b" \t\"\\[]-,:./?|{}=\r\n\0\xff019aZ";
    let mut state = 7;
    for _ in 0..400 {
        let mut text = Vec::new();
        for _ in 0..10 {
            let mut line = LINES[next(&mut state) % LINES.len()].as_bytes().to_vec();
            for _ in 0..next(&mut state) % 4 {
                let byte = bytes[next(&mut state) % bytes.len()];
                let at = next(&mut state) % (line.len() + 1);
                match next(&mut state) % 4 {
                    0 => line.insert(at, byte),
                    1 => line.truncate(at),
                    2 => drop(line.drain(..at)),
                    _ => line.get_mut(at).into_iter().for_each(|old| *old = byte),
                }
            }
            text.extend_from_slice(&line);
            text.push(b'\n');
        }
        for (shape, memory) in shapes.iter().zip(&mut memories) {
            check(shape, &text, memory);
        }
    }
}

#[test]
fn short_decimals_are_those_of_the_standard_library() {
    let same = |text: &str| match decimal(text.as_bytes()) {
        Some((value, _, seconds)) => assert_eq!(seconds, fields::decimal(value), "{text}"),
        None => assert!(text.len() > EXACT_DIGITS || text.contains('.'), "{text}"),
    };
    for text in ["0", "0.000", "0.178", "12.", "60.001", "99999999999.999", "1e5", "", ".5", "-"] {
        same(text);
    }
    same("123456789012345678");
    same("1.2.3");
    let mut state = 1;
    for _ in 0..10_000 {
        same(&format!("{}.{:03}", next(&mut state) % 100_000, next(&mut state) % 1000));
    }
}
