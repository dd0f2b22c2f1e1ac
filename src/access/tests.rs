//! Real lines of every format in, requests out, printed short so that a test is one line of data.

use super::log_format::{LogFormat, known};
use super::*;
use crate::stamp::rfc3339;

mod formats;
mod inferred;
mod json_keys;
mod proxies;

pub(super) fn text(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

/// `end/start time, status method path?query protocol client host`, then what else is told.
pub(super) fn show(request: &Request<'_>) -> String {
    let time = request.stamp.and_then(|stamp| rfc3339(stamp.at)).unwrap_or_default();
    let mut shown = format!(
        "{time}{} {:03} {} {} {}",
        if request.start_logged { " start" } else { "" },
        request.status,
        text(request.method),
        text(request.path),
        text(request.protocol),
    );
    let texts = [
        ("q", request.query),
        ("client", request.client),
        ("host", request.host),
        ("agent", request.user_agent),
    ];
    for (name, value) in texts.iter().filter(|(_, value)| !value.is_empty()) {
        shown += &format!(" {name}={}", text(value));
    }
    if let Some(seconds) = request.request_seconds {
        shown += &format!(" rt={seconds:.3}");
    }
    for (name, bytes) in [("in", request.request_bytes), ("out", request.response_bytes)] {
        shown += &bytes.map(|bytes| format!(" {name}={bytes}")).unwrap_or_default();
    }
    if request.upstream_known {
        let told = request.upstream;
        let lists = [
            told.addresses,
            told.statuses,
            told.response_times,
            told.connect_times,
            told.header_times,
        ];
        shown += &format!(" up[{}]", lists.map(text).join("|"));
    }
    shown += match request.made_by {
        Maker::Unknown => "",
        Maker::Proxy => " by proxy",
        Maker::App => " by app",
    };
    shown += &request.fault.map(|fault| format!(": {fault}")).unwrap_or_default();
    shown
}

#[test]
fn tries_of_a_request() {
    #[track_caller]
    fn check(list: &str, expected: &[&str]) {
        let items: Vec<String> = tries(list.as_bytes())
            .map(|item| item.map_or_else(|| "none".to_owned(), text))
            .collect();
        assert_eq!(items, expected);
    }
    check("127.0.0.1:8000, 127.0.0.1:8001", &["127.0.0.1:8000", "127.0.0.1:8001"]);
    check("502, 200", &["502", "200"]);
    check("-, 1.178", &["none", "1.178"]);
    check("a, b : c", &["a", "b", "c"]);
    check("unix:/x:/", &["unix:/x:/"]);
    check("unix:/a,b:/ : [::1]:8000", &["unix:/a,b:/", "[::1]:8000"]);
    check("-", &["none"]);
    check("", &["none"]);
    check("- : -", &["none", "none"]);
    check(", 1", &["none", "1"]);
}

#[test]
fn uwsgi_tells_the_start_without_a_zone() {
    #[track_caller]
    fn check(line: &str, expected: &str) {
        let request = Shape::Uwsgi.parse(line.as_bytes()).expect("a request");
        assert_eq!(request.stamp.map(|stamp| stamp.clock), Some(crate::stamp::ClockKind::Local));
        assert_eq!(show(&request), expected);
    }
    check(
        "[pid: 20859|app: 0|req: 478/726] 198.51.100.13 () {38 vars in 613 bytes} [Fri Nov 20 22:28:45 2026] GET /products?page=6 => generated 1220 bytes in 11 msecs (HTTP/1.1 200) 2 headers in 73 bytes (1 switches on core 6)",
        "2026-11-20T22:28:45.000Z start 200 GET /products HTTP/1.1 q=page=6 client=198.51.100.13 rt=0.011 out=1220 by app",
    );
    check(
        "a.example {address space usage: 1 bytes/0MB} {rss usage: 2 bytes/0MB} [pid: 1|app: -1|req: -1/2] ::1 (bob) {1 vars in 2 bytes} [Thu Nov  5 12:00:00 2025] POST /x => generated 0 bytes in 1500 micros via sendfile() (HTTP/1.0 502) 2 headers in 73 bytes (0 switches on core 0)",
        "2025-11-05T12:00:00.000Z start 502 POST /x HTTP/1.0 client=::1 host=a.example rt=0.002 out=0 by app",
    );
    check(
        "[pid: 1|app: 0|req: 1/2] 0.0.0.0 () {1 vars in 2 bytes} [Thu Nov  5 12:00:00 2025] - - => generated 0 bytes in 15 msecs (- 500) 2 headers in 73 bytes (0 switches on core 0)",
        "2025-11-05T12:00:00.000Z start 500    client=0.0.0.0 rt=0.015 out=0 by app",
    );
    for line in [
        "WSGI app 0 (mountpoint='') ready in 0 seconds on interpreter 0x7f6561d60018 pid: 20840 (default app)",
        "DAMN ! worker 1 (pid: 20859) died, killed by signal 9 :( trying respawn ...",
        "*** HARAKIRI ON WORKER 1 (pid: 108, try: 1, graceful: yes) ***",
        "[pid: 20859|app: 0|req: 478/726] 198.51.100.13 () {38 vars in 613 bytes} [Fri Nov 20 22:28:45 2026] GET /products?page=6 => generated 1220 bytes in 11 msecs (HTTP/1.1 2",
    ] {
        assert_eq!(Shape::Uwsgi.parse(line.as_bytes()), None, "{line}");
    }
}

/// A small generator of bytes; the seed is fixed, so a failure can be repeated.
fn noise(seed: &mut u64) -> u8 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    u8::try_from(*seed >> 56).unwrap_or_default()
}

#[test]
fn no_bytes_make_it_panic() {
    let seeds: [&[u8]; 5] = [
        br#"203.0.113.1 - - [20/Nov/2026:17:44:49 -0500] "GET /a?b HTTP/1.1" 502 314 "-" "c/7" 1 0.000 [a] [] 127.0.0.1:3000, b : c 1, 2 502 0.000 6e"#,
        br#"{"time":"2026-11-20T22:57:55+00:00","rt":,"request":{"a":[1,"]"],"method":"GET"},"status":200,"ua":"\\"}"#,
        b"[pid: 1|app: 0|req: 1/2] ::1 () {3 vars in 5 bytes} [Fri Nov 20 22:28:45 2026] GET /p => generated 12 bytes in 1 msecs (HTTP/1.1 200) 2 headers in 7 bytes",
        b"rt=0.112 uct=\"0.001\" ua=\"127.0.0.1:8000\" us=\"200\" status=502 [21/Nov/2026:01:10:50 +0300]",
        b"escape=json '$status ${a}\\'\"' log_format x $time_local; # {",
    ];
    let more = proxies::LINES.iter().map(|(_, line)| line.as_bytes());
    let seeds: Vec<&[u8]> = seeds.into_iter().chain(more).collect();
    let formats = known();
    let mut seed = 7;
    for round in 0..3_000_usize {
        let mut line = seeds[round % seeds.len()].to_vec();
        for _ in 0..=round % 9 {
            let at = (usize::from(noise(&mut seed)) * 256 + usize::from(noise(&mut seed)))
                % line.len().max(1);
            match noise(&mut seed) % 4 {
                0 => line[at] = noise(&mut seed),
                1 => line.truncate(at.max(1)),
                2 => line.insert(at, b" \"\\[]{},:"[usize::from(noise(&mut seed)) % 9]),
                _ => line.extend_from_within(at..),
            }
            line.truncate(4_000);
        }
        let mut told = formats.iter().filter(|format| format.parse(&line).is_some()).count();
        told += usize::from(Shape::Json.parse(&line).is_some())
            + usize::from(Shape::Uwsgi.parse(&line).is_some());
        told += UNMISTAKABLE.iter().filter(|shape| shape.parse(&line).is_some()).count();
        told += usize::from(Shape::detect(&[], &[&line]).is_some());
        assert!(told < formats.len());
        assert!(route::route(&line).len() <= 120);
        assert!(tries(&line).count() <= line.len() + 1);
        let text = String::from_utf8_lossy(&line);
        assert!(LogFormat::compile(&text).is_err() || line.contains(&b'$'));
        assert!(nginx_conf::formats_of_nginx_conf(&text).len() < 4_000);
    }
}

#[test]
fn a_hostile_line_takes_bounded_time() {
    let format =
        LogFormat::compile("$a $b $c $d $e $f $g [$time_local] $status").expect("a format");
    let line = [b"x [".repeat(40_000).as_slice(), b" [20/Nov/2026:17:44:49 -0500] x"].concat();
    assert_eq!(format.parse(&line), None);
    let quotes = b"\\\"".repeat(60_000);
    assert_eq!(
        known()[0].parse(&[b"1 - - [20/Nov/2026:17:44:49 -0500] \"".as_slice(), &quotes].concat()),
        None
    );
}
