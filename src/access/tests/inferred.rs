//! What is worked out from lines that nobody described: the recordings' formats, others in use, and logs that are no access logs.

use super::show;
use crate::access::Shape;
use crate::access::infer::infer;
use crate::access::log_format::known;

/// The format found, and the request of the first line.
#[track_caller]
fn check(lines: &[&str], format: &str, first: &str) {
    let lines: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
    let found = infer(&lines).expect("a format");
    assert_eq!(found.source(), format);
    assert_eq!(found.parse(lines[0]).map(|request| show(&request)).as_deref(), Some(first));
}

#[track_caller]
fn reject(lines: &[&str]) {
    let lines: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
    assert_eq!(Shape::detect(&known(), &lines), None);
}

#[test]
fn combined_is_found_again() {
    check(
        &[
            r#"127.0.0.1 - - [20/Nov/2026:22:34:09 +0000] "GET /healthz HTTP/1.0" 200 3 "-" "curl/7.88.1""#,
            r#"127.0.0.1 - - [20/Nov/2026:22:34:09 +0000] "GET /products/140 HTTP/1.0" 200 523 "https://shop.example.com/products?page=5" "python-requests/2.31.0""#,
        ],
        known()[0].source(),
        "2026-11-20T22:34:09.000Z 200 GET /healthz HTTP/1.0 client=127.0.0.1 agent=curl/7.88.1 out=3",
    );
    check(
        &[
            r#"127.0.0.1 - - [21/Nov/2026:05:40:37 +0700] "GET /cart HTTP/1.1" 504 167 "-" "shop-web/2.4""#,
        ],
        known()[0].source(),
        "2026-11-20T22:40:37.000Z 504 GET /cart HTTP/1.1 client=127.0.0.1 agent=shop-web/2.4 out=167",
    );
}

#[test]
fn keys_behind_combined() {
    let combined = known()[0].source().to_owned();
    check(
        &[
            r#"203.0.113.167 - - [21/Nov/2026:01:39:26 +0300] "GET /api/reports/export?rows=700000&month=309 HTTP/1.1" 502 157 "-" "Mozilla/5.0 (X11)" rt=1.451 uct="0.001" uht="-" urt="1.451" ua="127.0.0.1:8000" us="502""#,
            r#"203.0.113.94 - - [21/Nov/2026:01:21:34 +0300] "GET /static/logo.svg HTTP/1.1" 200 1898 "-" "Mozilla/5.0 (X11)" rt=0.000 uct="-" uht="-" urt="-" ua="-" us="-""#,
            r#"198.51.100.145 - - [20/Nov/2026:22:18:20 +0000] "GET /x HTTP/1.1" 200 36912197 "-" "curl/7.88.1" rt=3.432 uct="0.000, 0.000" uht="-, 1.140" urt="2.024, 1.258" ua="127.0.0.1:8000, 127.0.0.1:8001" us="502, 200""#,
        ],
        &format!(
            r#"{combined} rt=$request_time uct="$upstream_connect_time" uht="$upstream_header_time" urt="$upstream_response_time" ua="$upstream_addr" us="$upstream_status""#
        ),
        "2026-11-20T22:39:26.000Z 502 GET /api/reports/export HTTP/1.1 q=rows=700000&month=309 client=203.0.113.167 agent=Mozilla/5.0 (X11) rt=1.451 out=157 up[127.0.0.1:8000|502|1.451|0.001|-]",
    );
    check(
        &[
            r#"127.0.0.1 - - [21/Nov/2026:05:46:23 +0700] "GET /api/items HTTP/1.1" 200 202 "-" "shop-web/2.4" rt=1.477 uct="0.170" urt="1.476" us="200" ua="127.0.0.1:8000""#,
        ],
        &format!(
            r#"{combined} rt=$request_time uct="$upstream_connect_time" urt="$upstream_response_time" us="$upstream_status" ua="$upstream_addr""#
        ),
        "2026-11-20T22:46:23.000Z 200 GET /api/items HTTP/1.1 client=127.0.0.1 agent=shop-web/2.4 rt=1.477 out=202 up[127.0.0.1:8000|200|1.476|0.170|]",
    );
    check(
        &[
            r#"203.0.113.34 - - [20/Nov/2026:21:57:08 +0000] "GET / HTTP/1.1" 502 157 "-" "curl/7" rt=0.000 uct="-" uht="-" urt="0.000" ua="unix:/run/shop/gunicorn.sock" us="502""#,
        ],
        &format!(
            r#"{combined} rt=$request_time uct="$upstream_connect_time" uht="$upstream_header_time" urt="$upstream_response_time" ua="$upstream_addr" us="$upstream_status""#
        ),
        "2026-11-20T21:57:08.000Z 502 GET / HTTP/1.1 client=203.0.113.34 agent=curl/7 rt=0.000 out=157 up[unix:/run/shop/gunicorn.sock|502|0.000|-|-]",
    );
}

#[test]
fn positions_without_keys() {
    check(
        &[
            r#"127.0.0.1 127.0.0.1 [20/Nov/2026:17:44:49 -0500] "GET /healthz HTTP/1.1" 502 314 0.000 127.0.0.1:3000 502 0.000 "curl/7.88.1" 6e91c0aceb61bb30c77ea8637019f81e"#,
            r#"203.0.113.42 shop.example.com [20/Nov/2026:17:44:51 -0500] "GET /static/app.js HTTP/1.1" 200 15238 0.000 - - - "curl/7.88.1" b29ba5a2572258e2268df2b30d609c92"#,
            r#"203.0.113.143 shop.example.com [20/Nov/2026:17:44:52 -0500] "GET /products?page=9 HTTP/1.1" 499 0 0.014 127.0.0.1:3000 - 0.014 "okhttp/4.12.0" b9aa98027ea180ee7f6d7d7192adeccd"#,
            r#"203.0.113.78 shop.example.com [20/Nov/2026:17:45:57 -0500] "GET / HTTP/1.1" 200 822 0.008 127.0.0.1:3001, 127.0.0.1:3000 502, 200 0.001, 0.007 "okhttp/4.12.0" f66e6f754d1595013bb91e51e3119d6e"#,
        ],
        r#"$remote_addr $http_host [$time_local] "$request" $status $body_bytes_sent $request_time $upstream_addr $upstream_status $upstream_response_time "$http_user_agent" $unknown_12"#,
        "2026-11-20T22:44:49.000Z 502 GET /healthz HTTP/1.1 client=127.0.0.1 host=127.0.0.1 agent=curl/7.88.1 rt=0.000 out=314 up[127.0.0.1:3000|502|0.000||]",
    );
    check(
        &[
            r#"[20/Nov/2026:17:44:49 -0500] 10.0.0.1 "GET / HTTP/1.1" 200 157 0.120 0.001 0.110 0.119 10.0.0.5:80 200"#,
            r#"[20/Nov/2026:17:44:50 -0500] 10.0.0.2 "GET /b HTTP/1.1" 200 157 0.220 0.001 0.210 0.219 10.0.0.5:80 200"#,
        ],
        r#"[$time_local] $remote_addr "$request" $status $body_bytes_sent $request_time $upstream_connect_time $upstream_header_time $upstream_response_time $upstream_addr $upstream_status"#,
        "2026-11-20T22:44:49.000Z 200 GET / HTTP/1.1 client=10.0.0.1 rt=0.120 out=157 up[10.0.0.5:80|200|0.119|0.001|0.110]",
    );
    check(
        &[
            r#"10.0.0.1 - - [20/Nov/2026:17:44:49 -0500] "GET / HTTP/1.1" 200 157 "-" "curl/7" 0.123456"#,
            r#"10.0.0.1 - - [20/Nov/2026:17:44:49 -0500] "GET /a HTTP/1.1" 304 - "-" "curl/7" 0.003456"#,
        ],
        &format!("{} $request_time", known()[0].source()),
        "2026-11-20T22:44:49.000Z 200 GET / HTTP/1.1 client=10.0.0.1 agent=curl/7 rt=0.123 out=157",
    );
}

#[test]
fn prefixes_and_foreign_columns() {
    check(
        &[
            r#"example.com:80 "10.5.102.222, 199.96.1.1" 10.2.1.185 - a b [07/Dec/2016:11:05:07 +0100] "GET /ocelot HTTP/1.1" 200 571 "-" "Mozilla/5.0""#,
            r#"example.com:80 "-" 10.2.1.186 - - [07/Dec/2016:11:05:07 +0100] "GET /b HTTP/1.1" 200 571 "-" "Mozilla/5.0""#,
            r#"example.com:80 "-" 10.2.1.187 - - [07/Dec/2016:11:05:07 +0100] "\x16\x03" 400 571 "-" "-""#,
            r#"example.com:80 "-" 10.2.1.187 - - [07/Dec/2016:11:05:07 +0100] "GET /c HTTP/1.1" 200 5 "-" "-""#,
        ],
        &format!(r#"$http_host "$text_2" {}"#, known()[0].source()),
        "2016-12-07T10:05:07.000Z 200 GET /ocelot HTTP/1.1 client=10.2.1.185 host=example.com:80 agent=Mozilla/5.0 out=571",
    );
    // Traefik's common log format: combined, and columns that nginx does not have.
    check(
        &[
            r#"10.0.0.1 - - [05/Nov/2025:12:00:00 +0000] "GET / HTTP/1.1" 502 11 "-" "-" 17 "web@docker" "http://10.0.0.5:80" 12ms"#,
        ],
        r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$text_8" "$text_9" $unknown_10 "$text_11" "$http_referer" $unknown_13"#,
        "2025-11-05T12:00:00.000Z 502 GET / HTTP/1.1 client=10.0.0.1 out=11",
    );
}

#[test]
fn other_separators() {
    check(
        &[
            "10.0.0.1|2026-11-21T01:08:12+03:00|GET|/a b?c|HTTP/1.1|502|157|0.100|10.0.0.5:80 : 10.0.0.6:80|502 : 502|curl/7",
        ],
        "$remote_addr|$time_iso8601|$request_method|$request_uri|$server_protocol|$status|$body_bytes_sent|$request_time|$upstream_addr|$upstream_status|$http_user_agent",
        "2026-11-20T22:08:12.000Z 502 GET /a b HTTP/1.1 q=c client=10.0.0.1 agent=curl/7 rt=0.100 out=157 up[10.0.0.5:80 : 10.0.0.6:80|502 : 502|||]",
    );
    check(
        &[
            "time:20/Nov/2026:17:44:49 -0500\thost:10.0.0.1\treq:GET / HTTP/1.1\tstatus:504\tsize:167\treqtime:60.000\tua:Mozilla/5.0 (X11)\tupstream_response_time:60.000",
        ],
        "time:$time_local\thost:$remote_addr\treq:$request\tstatus:$status\tsize:$body_bytes_sent\treqtime:$request_time\tua:$http_user_agent\tupstream_response_time:$upstream_response_time",
        "2026-11-20T22:44:49.000Z 504 GET / HTTP/1.1 client=10.0.0.1 agent=Mozilla/5.0 (X11) rt=60.000 out=167 up[||60.000||]",
    );
    check(
        &[
            r#"time=2026-11-21T01:08:12+03:00, client=10.0.0.1, method=GET, uri="/a", status=200, request_time=0.123, upstream_addr=a:80, b:80, upstream_status=502, 200, ua="curl/7""#,
        ],
        r#"time=$time_iso8601, client=$remote_addr, method=$request_method, uri="$request_uri", status=$status, request_time=$request_time, upstream_addr=$upstream_addr, upstream_status=$upstream_status, ua="$http_user_agent""#,
        "2026-11-20T22:08:12.000Z 200 GET /a  client=10.0.0.1 agent=curl/7 rt=0.123 up[a:80, b:80|502, 200|||]",
    );
}

#[test]
fn the_shape_of_a_sample() {
    let detect = |line: &str| Shape::detect(&known(), &[line.as_bytes()]);
    let format = |index: usize| Some(Shape::Format(known()[index].clone()));
    assert_eq!(
        detect(
            r#"1.1.1.1 - - [20/Nov/2026:22:34:09 +0000] "GET / HTTP/1.0" 200 3 "-" "curl/7.88.1""#
        ),
        format(0)
    );
    assert_eq!(
        detect(r#"1.1.1.1 - - [20/Nov/2026:22:34:09 +0000] "GET / HTTP/1.0" 200 3 "-" "-" "-""#),
        format(1)
    );
    assert_eq!(
        detect(r#"{"time":"2026-11-20T22:57:55Z","uri":"/","status":200}"#),
        Some(Shape::Json)
    );
    assert_eq!(
        detect(
            "[pid: 1|app: 0|req: 1/2] ::1 () {3 vars in 5 bytes} [Fri Nov 20 22:28:45 2026] GET /p => generated 12 bytes in 1 msecs (HTTP/1.1 200) 2 headers in 7 bytes (1 switches on core 0)"
        ),
        Some(Shape::Uwsgi)
    );
}

/// HAProxy, Envoy and ALB log starts or need their own columns: not by guessing.
#[test]
fn what_other_proxies_write_is_not_guessed() {
    for line in super::proxies::LINES.iter().map(|(_, line)| line.as_bytes()) {
        let guessed = infer(&[line]).map(|format| format.source().to_owned());
        let plain = guessed.as_deref().is_none_or(|format| format.contains("$time_local"));
        assert!(plain, "{}: {guessed:?}", super::text(line));
    }
}

#[test]
fn other_logs_are_no_access_logs() {
    reject(&[
        r#"2026/11/20 22:35:57 [error] 812#812: *10 upstream prematurely closed connection while reading response header from upstream, client: 203.0.113.1, server: _, request: "GET / HTTP/1.1", upstream: "http://127.0.0.1:8000/", host: "shop.example.com""#,
        r#"2026/11/20 22:35:58 [error] 812#812: *11 connect() failed (111: Connection refused) while connecting to upstream, client: 203.0.113.1, server: _, request: "GET / HTTP/1.1", upstream: "http://127.0.0.1:8000/", host: "shop.example.com""#,
    ]);
    reject(&[
        "[2026-11-20 22:49:45 +0000] [8] [INFO] Booting worker with pid: 8",
        "[2026-11-20 22:49:46 +0000] [1] [ERROR] Worker (pid:7) was sent SIGKILL! Perhaps out of memory?",
    ]);
    reject(&[
        "Nov 20 22:46:49 web kernel: [  502.123456] Out of memory: Killed process 4242 (python3)",
    ]);
    reject(&[
        r#"Nov 20 22:46:49 web nginx: 1.1.1.1 - - [20/Nov/2026:22:34:09 +0000] "GET / HTTP/1.0" 200 3 "-" "curl/7.88.1""#,
    ]);
    reject(&[
        r#"<190>1 2026-11-20T22:46:49Z web nginx 1 - - 1.1.1.1 - - [20/Nov/2026:22:34:09 +0000] "GET / HTTP/1.0" 200 3 "-" "curl/7.88.1""#,
    ]);
    reject(&[
        "2026-11-20 22:46:49,585 INFO shop[8]: building report customer=A pages=502 status=200 held=0",
    ]);
    reject(&[r#"{"level":"info","time":"2026-11-20T22:57:55Z","msg":"GET / HTTP/1.1 502"}"#]);
    reject(&[r#"time="2026-11-20T22:57:55Z" level=info msg="shim disconnected" id=502"#]);
    // Behind a syslog header that was not taken off.
    reject(&[
        r#"Feb  6 12:14:14 localhost haproxy[14389]: 10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /index.html HTTP/1.1""#,
    ]);
    reject(&[]);
    reject(&["", "  "]);
}
