//! Lines of the known formats, and of formats given as strings.

use super::show;
use crate::access::log_format::{KNOWN, LogFormat, known};

#[track_caller]
fn check(format: &str, line: &str, expected: &str) {
    let format =
        KNOWN.iter().find(|(name, _)| *name == format).map_or(format, |(_, string)| string);
    let format = LogFormat::compile(format).expect("a format");
    let request = format.parse(line.as_bytes()).unwrap_or_else(|| panic!("no request"));
    assert_eq!(show(&request), expected);
}

#[track_caller]
fn reject(format: &str, line: &str) {
    let format =
        KNOWN.iter().find(|(name, _)| *name == format).map_or(format, |(_, string)| string);
    let format = LogFormat::compile(format).expect("a format");
    assert_eq!(format.parse(line.as_bytes()).map(|request| show(&request)), None);
}

#[test]
fn every_known_format_compiles() {
    assert_eq!(known().len(), KNOWN.len());
    let sources: Vec<_> = known().iter().map(|format| format.source().to_owned()).collect();
    assert_eq!(sources, KNOWN.iter().map(|(_, string)| (*string).to_owned()).collect::<Vec<_>>());
}

#[test]
fn combined_of_nginx_gunicorn_and_apache() {
    check(
        "combined",
        r#"203.0.113.136 - - [20/Nov/2026:21:47:31 +0000] "GET /api/reports/export?rows=600000&month=7051 HTTP/1.1" 502 157 "-" "curl/7.88.1""#,
        "2026-11-20T21:47:31.000Z 502 GET /api/reports/export HTTP/1.1 q=rows=600000&month=7051 client=203.0.113.136 agent=curl/7.88.1 out=157",
    );
    check(
        "combined",
        "2001:db8:1ade::46 - - [20/Nov/2026:21:49:10 +0000] \"GET /products/899 HTTP/1.1\" 200 1057 \"-\" \"curl/7.88.1\"\r\n",
        "2026-11-20T21:49:10.000Z 200 GET /products/899 HTTP/1.1 client=2001:db8:1ade::46 agent=curl/7.88.1 out=1057",
    );
    check(
        "combined",
        r#"10.0.0.1 - - [05/Nov/2025:12:00:00 +0000] "GET /a\"b HTTP/1.1" 304 - "-" "x \"quoted\" \\""#,
        r#"2025-11-05T12:00:00.000Z 304 GET /a\\\"b HTTP/1.1 client=10.0.0.1 agent=x \\\"quoted\\\" \\\\"#,
    );
    check(
        "common",
        r#"10.0.0.1 - - [05/Nov/2025:12:00:00 +0000] "GET / HTTP/1.0" 200 5"#,
        "2025-11-05T12:00:00.000Z 200 GET / HTTP/1.0 client=10.0.0.1 out=5",
    );
}

#[test]
fn a_user_name_may_hold_blanks_and_brackets() {
    check(
        "combined",
        r#"10.0.0.1 - a b [ c] [x] [05/Nov/2025:12:00:00 +0000] "GET / HTTP/1.1" 401 5 "-" "-""#,
        "2025-11-05T12:00:00.000Z 401 GET / HTTP/1.1 client=10.0.0.1 out=5",
    );
    check(
        "combined",
        r#"unix: -  [05/Nov/2025:12:00:00 +0000] "GET / HTTP/1.1" 401 5 "-" "-""#,
        "2025-11-05T12:00:00.000Z 401 GET / HTTP/1.1 client=unix: out=5",
    );
}

#[test]
fn garbage_requests_keep_their_status() {
    let line = |request: &str, status: &str| {
        format!(r#"10.0.0.1 - - [05/Nov/2025:12:00:00 +0000] "{request}" {status} 0 "-" "-""#)
    };
    let time = "2025-11-05T12:00:00.000Z";
    let tail = "client=10.0.0.1 out=0";
    check(
        "combined",
        &line(r"\x16\x03\x01\x02\x00\x01\x00", "400"),
        &format!("{time} 400    {tail}"),
    );
    check("combined", &line(r"\x16\x03 \x01 HTTP", "400"), &format!("{time} 400    {tail}"));
    check("combined", &line("", "400"), &format!("{time} 400    {tail}"));
    check("combined", &line("-", "408"), &format!("{time} 408    {tail}"));
    check("combined", &line("hello", "400"), &format!("{time} 400    {tail}"));
    check("combined", &line("-", "000"), &format!("{time} 000    {tail}"));
    check("combined", &line("GET /", "009"), &format!("{time} 009 GET /  {tail}"));
    check(
        "combined",
        &line("GET /a b/c d HTTP/1.1", "200"),
        &format!("{time} 200 GET /a b/c d HTTP/1.1 {tail}"),
    );
    check("combined", &line("PRI * HTTP/2.0", "400"), &format!("{time} 400 PRI * HTTP/2.0 {tail}"));
    check(
        "combined",
        &line("CONNECT h:443 HTTP/1.1", "400"),
        &format!("{time} 400 CONNECT h:443 HTTP/1.1 {tail}"),
    );
    check(
        "combined",
        &line("get /?a?b HTTP/3.0", "499"),
        &format!("{time} 499 get / HTTP/3.0 q=a?b {tail}"),
    );
}

#[test]
fn a_line_is_explained_in_full_or_not_at_all() {
    let line = r#"203.0.113.136 - - [20/Nov/2026:21:47:31 +0000] "GET / HTTP/1.1" 502 157 "-" "curl/7.88.1""#;
    reject("combined", &format!("{line} \"10.0.0.1\""));
    reject("combined", &format!("{line} rt=0.001"));
    reject("common", line);
    reject("main", line);
    reject("vhost", line);
    for cut in 1..line.len() {
        reject("combined", &line[..cut]);
    }
    reject(
        "combined",
        r#"1.1.1.1 - - [30/Feb/2026:21:47:31 +0000] "GET / HTTP/1.1" 502 157 "-" "x""#,
    );
    reject(
        "combined",
        r#"1.1.1.1 - - [20/Nov/2026:21:47:31 +0000] "GET / HTTP/1.1" 42 157 "-" "x""#,
    );
    reject(
        "combined",
        r#"1.1.1.1 - - [20/Nov/2026:21:47:31 +0000] "GET / HTTP/1.1" - 157 "-" "x""#,
    );
    // A raw quote inside a quoted value cannot come from nginx.
    reject(
        "combined",
        r#"1.1.1.1 - - [20/Nov/2026:21:47:31 +0000] "GET /" 200 5 "-" "x" HTTP/1.1" 502 157 "-" "x""#,
    );
}

#[test]
fn vhost_prefixes_and_main() {
    check(
        "vhost_combined",
        r#"example.com:80 10.2.1.185 - - [07/Dec/2016:11:05:07 +0100] "GET /ocelot HTTP/1.1" 200 571 "-" "Mozilla/5.0""#,
        "2016-12-07T10:05:07.000Z 200 GET /ocelot HTTP/1.1 client=10.2.1.185 host=example.com agent=Mozilla/5.0 out=571",
    );
    check(
        "vhost",
        r#"example.com unix: - - [26/Feb/2019:15:39:42 +0100] "hello" 400 173 "-" "-""#,
        "2019-02-26T14:39:42.000Z 400    client=unix: host=example.com out=173",
    );
    check(
        "main",
        r#"10.0.0.2 - - [26/Feb/2019:15:39:42 +0100] "GET / HTTP/1.1" 200 1 "-" "x" "1.2.3.4, 5.6.7.8""#,
        "2019-02-26T14:39:42.000Z 200 GET / HTTP/1.1 client=10.0.0.2 agent=x out=1",
    );
}

#[test]
fn ingress_nginx_lists_hold_blanks() {
    let head = r#"10.1.0.1 - - [15/Feb/2021:10:00:00 +0000] "GET /x HTTP/1.1""#;
    let want = "GET /x HTTP/1.1 client=10.1.0.1 agent=curl/7";
    check(
        "upstreaminfo",
        &format!(r#"{head} 200 5 "-" "curl/7" 310 0.031 [web-80] [] 10.0.0.5:80 5 0.031 200 0a1b"#),
        &format!(
            "2021-02-15T10:00:00.000Z 200 {want} rt=0.031 in=310 out=5 up[10.0.0.5:80|200|0.031||]"
        ),
    );
    check(
        "upstreaminfo",
        &format!(
            r#"{head} 200 5 "-" "curl/7" 310 0.031 [web-80] [] 10.0.0.5:80, 10.0.0.6:80 0, 5 0.001, 0.030 502, 200 0a1b"#
        ),
        &format!(
            "2021-02-15T10:00:00.000Z 200 {want} rt=0.031 in=310 out=5 up[10.0.0.5:80, 10.0.0.6:80|502, 200|0.001, 0.030||]"
        ),
    );
    check(
        "upstreaminfo",
        &format!(
            r#"{head} 503 5 "-" "curl/7" 310 5.031 [web-80] [] 10.0.0.5:80, 10.0.0.6:80 : [::1]:81 -, 0 : 5 0.001, - : 0.030 502, - : 503 0a1b"#
        ),
        &format!(
            "2021-02-15T10:00:00.000Z 503 {want} rt=5.031 in=310 out=5 up[10.0.0.5:80, 10.0.0.6:80 : [::1]:81|502, - : 503|0.001, - : 0.030||]"
        ),
    );
    check(
        "upstreaminfo",
        &format!(r#"{head} 499 0 "-" "curl/7" 310 0.000 [] [] - - - - 0a1b"#),
        &format!("2021-02-15T10:00:00.000Z 499 {want} rt=0.000 in=310 out=0 up[-|-|-||]"),
    );
    check(
        "upstreaminfo-old",
        r#"1.1.1.1 - [1.1.1.1, 2.2.2.2] - - [15/Feb/2021:10:00:00 +0000] "GET /x HTTP/1.1" 502 5 "-" "-" 310 0.031 [web-80] 10.0.0.5:80, 10.0.0.6:80 0, 0 0.001, 0.030 502, 502 0a1b"#,
        "2021-02-15T10:00:00.000Z 502 GET /x HTTP/1.1 client=1.1.1.1 rt=0.031 in=310 out=5 up[10.0.0.5:80, 10.0.0.6:80|502, 502|0.001, 0.030||]",
    );
}

#[test]
fn nginx_proxy_manager() {
    check(
        "proxy",
        r#"[05/Nov/2025:12:00:00 +0100] - 502 502 - GET https app.example.com "/a?b=1" [Client 10.0.0.7] [Length 157] [Gzip -] [Sent-to 192.168.1.5] "Mozilla/5.0" "-""#,
        "2025-11-05T11:00:00.000Z 502 GET /a  q=b=1 client=10.0.0.7 host=app.example.com agent=Mozilla/5.0 out=157 up[|502|||]",
    );
    check(
        "proxy",
        r#"[05/Nov/2025:12:00:00 +0100] HIT 502, 200 200 - GET https app.example.com "/a" [Client 10.0.0.7] [Length 157] [Gzip 2.43] [Sent-to 192.168.1.5] "Mozilla/5.0" "-""#,
        "2025-11-05T11:00:00.000Z 200 GET /a  client=10.0.0.7 host=app.example.com agent=Mozilla/5.0 out=157 up[|502, 200|||]",
    );
    check(
        "standard",
        r#"[05/Nov/2025:12:00:00 +0100] 404 - GET https app.example.com "/a" [Client 10.0.0.7] [Length 157] [Gzip -] "-" "-""#,
        "2025-11-05T11:00:00.000Z 404 GET /a  client=10.0.0.7 host=app.example.com out=157",
    );
}

#[test]
fn custom_formats() {
    check(
        r#"$remote_addr:$remote_port|$msec|$time_local|$status|$scheme://$host$request_uri|$request_method"#,
        "2001:db8::1:443|1795215839.764|20/Nov/2026:23:03:59 +0000|504|https://a.example/x y?z|GET",
        "2026-11-20T23:03:59.764Z 504 GET /x y  q=z client=2001:db8::1 host=a.example",
    );
    check(
        r#"escape=json {"t":"$time_iso8601","s":$status,"rt":$request_time,"urt":$upstream_response_time,"ua":"$http_user_agent"}"#,
        r#"{"t":"2026-11-21T01:08:12+03:00","s":502,"rt":1.500,"urt":,"ua":"a \"b\" \\"}"#,
        r#"2026-11-20T22:08:12.000Z 502    agent=a \\\"b\\\" \\\\ rt=1.500 up[||||]"#,
    );
    check(
        r#"escape=none $time_iso8601 "$http_user_agent" $status ${request_time}s "$upstream_addr""#,
        r#"2026-11-21T01:08:12+03:00 "a "b" 200" 502 1.500s "unix:/run/g.sock, web" "#,
        r#"2026-11-20T22:08:12.000Z 502    agent=a \"b\" 200 rt=1.500 up[unix:/run/g.sock, web||||]"#,
    );
    // Two empty values in a row, as escape=none writes them, and a socket() failure: no address, `-` as status.
    check(
        "$time_iso8601 $status $upstream_addr $upstream_status $upstream_response_time $request_id",
        "2026-11-21T01:08:12+03:00 500  - 0.000 ",
        "2026-11-20T22:08:12.000Z 500    up[|-|0.000||]",
    );
}

#[track_caller]
fn fault(format: &str, offset: usize, part: &str) {
    let fault = LogFormat::compile(format).expect_err("a fault");
    assert_eq!((fault.offset, fault.to_string().contains(part)), (offset, true), "{fault}");
}

#[test]
fn faults_tell_the_place_and_the_remedy() {
    fault("$status $time_local $", 20, "write $name or ${name}");
    fault("escape=json $status ${time_local", 20, "write $name or ${name}");
    fault("escape=html $status", 0, "escape=none");
    fault("$time_local $request", 0, "add $status");
    fault("$status $request", 0, "$time_local");
    fault("", 0, "add $status");
    fault("log_format main '$status';", 0, "between its quotes");
    fault(&format!("$status $time_local {}", "$a ".repeat(63)), 20 + 62 * 3, "64 variables");
}
