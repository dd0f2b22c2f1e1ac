//! The shapes of other proxies beside each other: each takes its own lines and leaves everyone else's alone.

use crate::access::log_format::known;
use crate::access::{Shape, UNMISTAKABLE};

/// A line of each program, by the name of its shape.
pub(super) const LINES: &[(&str, &str)] = &[
    (
        "Haproxy",
        r#"127.0.0.1:52596 [21/Nov/2026:01:06:48.664] www shop/app1 0/0/0/6/6 200 131 - - ---- 2/2/1/1/0 0/0 "GET /products/290 HTTP/1.1""#,
    ),
    (
        "Alb",
        r#"http 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.46.0" - - arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 "Root=1-58337262-36d228ad5d99923122bbe354" "-" "-" 0 2018-07-02T22:22:48.364000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-""#,
    ),
    (
        "Envoy",
        r#"[2016-04-15T20:17:00.310Z] "POST /api/v1/locations HTTP/2" 204 - 154 0 226 100 "10.0.35.28" "nsq2http" "cc21d9b0" "locations" "tcp://10.0.2.1:80""#,
    ),
    (
        "Traefik",
        r#"192.168.1.7 - - [21/Nov/2026:01:38:54 +0000] "GET /login HTTP/1.1" 200 1024 "-" "curl/7.88.1" 42 "shop@docker" "http://172.17.0.5:80" 12ms"#,
    ),
    (
        "Traefik",
        r#"{"ClientHost":"10.0.0.9","DownstreamStatus":502,"Duration":1500000,"OriginStatus":0,"RequestMethod":"GET","RequestPath":"/","StartUTC":"2026-11-21T01:38:54.1Z","time":"2026-11-21T01:38:54Z"}"#,
    ),
    (
        "Caddy",
        r#"{"level":"info","ts":1761019822.31,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"10.0.0.1","method":"GET","uri":"/"},"duration":0.1,"size":0,"status":502}"#,
    ),
    (
        "Heroku",
        r#"at=info method=GET path="/" host=h request_id=1 fwd="203.0.113.9" dyno=web.2 connect=1ms service=18ms status=500 bytes=13 protocol=https"#,
    ),
    ("Uvicorn", r#"INFO:     127.0.0.1:51234 - "GET / HTTP/1.1" 200 OK"#),
];

/// Lines of others; none of the shapes may take them.
const OTHERS: &[&str] = &[
    r#"127.0.0.1 - - [21/Nov/2026:01:38:54 +0300] "GET / HTTP/1.1" 200 3 "-" "curl/7.88.1""#,
    r#"127.0.0.1 - - [21/Nov/2026:01:38:54 +0300] "GET / HTTP/1.1" 200 3 "-" "curl/7.88.1" rt=0.112 uct="0.001" uht="0.112" urt="0.112" ua="127.0.0.1:8000" us="200""#,
    r#"203.0.113.1 - - [20/Nov/2026:17:44:49 -0500] "GET /a?b HTTP/1.1" 502 314 "-" "c/7" 1 0.000 [a] [] 127.0.0.1:3000 1 0.000 502 6e"#,
    r#"{"time":"2026-11-20T22:58:54+00:00","remote_addr":"::1","method":"GET","uri":"/","status":504,"request_time":8.000}"#,
    r#"[pid: 1|app: 0|req: 1/2] ::1 () {3 vars in 5 bytes} [Fri Nov 20 22:28:45 2026] GET /p => generated 12 bytes in 1 msecs (HTTP/1.1 200) 2 headers in 7 bytes (1 switches on core 0)"#,
    r#"[21/Nov/2026:01:10:50 +0300] - 502 502 - GET http shop.example.com "/" [Client 10.0.0.1] [Length 1] [Gzip -] [Sent-to a] "curl/8" "-""#,
    r#"2026/11/20 22:35:57 [error] 812#812: *10 upstream prematurely closed connection while reading response header from upstream, client: 203.0.113.1"#,
    r#"2015-05-13T23:39:43.945958Z my-loadbalancer 192.168.131.39:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.38.0" - -"#,
];

/// Which shapes take a line.
fn takers(line: &str) -> Vec<String> {
    let taken = UNMISTAKABLE.iter().filter(|shape| shape.parse(line.as_bytes()).is_some());
    taken.map(|shape| format!("{shape:?}")).collect()
}

#[test]
fn each_takes_its_own_lines_only() {
    for (name, line) in LINES {
        assert_eq!(takers(line), [*name], "{line}");
        let formats = known();
        assert!(formats.iter().all(|format| format.parse(line.as_bytes()).is_none()), "{line}");
    }
    for line in OTHERS {
        assert_eq!(takers(line), [] as [String; 0], "{line}");
    }
}

#[test]
fn half_of_the_lines_make_a_shape() {
    for (name, line) in LINES {
        let own = line.as_bytes();
        let other: &[u8] = b"Server shop/app1 is DOWN, reason: Layer4 timeout";
        let shape = |lines: &[&[u8]]| Shape::detect(&known(), lines).map(|it| format!("{it:?}"));
        assert_eq!(shape(&[own, other]).as_deref(), Some(*name));
        assert_ne!(shape(&[own, other, other]).as_deref(), Some(*name));
    }
}
