//! AWS Application Load Balancer (access log entries of the user guide). A line in, a [`Request`] out. The stamp is UTC and the
//! moment of the answer. Fields that AWS appends to the end are passed over; it must not take a Classic Load Balancer's lines,
//! which begin with the time.

use super::words::{quoted, told, without_port, word};
use super::{Maker, Request, fields, times};
use crate::event::EventKind;

/// The connection types of the first field.
const TYPES: [&[u8]; 6] = [b"http", b"https", b"h2", b"grpcs", b"ws", b"wss"];

/// `type time elb client:port target:port request_processing_time target_processing_time response_processing_time
/// elb_status_code target_status_code received_bytes sent_bytes "request" "user_agent" ...`.
#[must_use]
pub fn parse_alb(line: &[u8]) -> Option<Request<'_>> {
    let (kind, rest) = word(line)?;
    TYPES.contains(&kind).then_some(())?;
    let (time, rest) = word(rest)?;
    let (_balancer, rest) = word(rest)?;
    let (client, rest) = word(rest)?;
    let (target, rest) = word(rest)?;
    let (asking, rest) = word(rest)?;
    let (waiting, rest) = word(rest)?;
    let (answering, rest) = word(rest)?;
    let (status, rest) = word(rest)?;
    let (target_status, rest) = word(rest)?;
    let (received, rest) = word(rest)?;
    let (sent, rest) = word(rest)?;
    let (asked, rest) = quoted(rest)?;
    let (agent, rest) = quoted(rest)?;

    is_time(asking).then_some(())?;
    let stamp = times::iso(time).filter(|_| time.ends_with(b"Z"))?;
    let mut request = Request {
        stamp: Some(stamp),
        status: if status == b"-" { 0 } else { fields::status(status)? },
        client: without_port(client),
        user_agent: told(agent),
        request_bytes: fields::whole(received),
        response_bytes: fields::whole(sent),
        upstream_known: true,
        ..Request::default()
    };
    request.request_seconds = seconds([asking, waiting, answering]).or_else(|| {
        let took = stamp.at.checked_sub(times::iso(created(rest)?)?.at)?;
        (took >= 0).then_some(took as f64 / 1e6)
    });
    fields::request_line(&mut request, asked);
    (request.host, request.path) = origin(request.path);
    request.upstream.addresses = told(target);
    request.upstream.statuses = told(target_status);
    (request.made_by, request.fault) = judge(request.status, fields::status(target_status));
    Some(request)
}

/// The sum of the three times; `None` where the balancer wrote -1, for it does not know one of them.
fn seconds(times: [&[u8]; 3]) -> Option<f64> {
    times.into_iter().try_fold(0.0, |sum, time| Some(sum + fields::decimal(time)?))
}

fn is_time(text: &[u8]) -> bool {
    text == b"-1" || fields::decimal(text).is_some()
}

/// `request_creation_time`, behind cipher, protocol, target group, trace id, domain, certificate and rule.
fn created(rest: &[u8]) -> Option<&[u8]> {
    let (_cipher, rest) = word(rest)?;
    let (_protocol, rest) = word(rest)?;
    let (_group, rest) = word(rest)?;
    let (_trace, rest) = quoted(rest)?;
    let (_domain, rest) = quoted(rest)?;
    let (_certificate, rest) = quoted(rest)?;
    let (_rule, rest) = word(rest)?;
    word(rest).map(|(time, _)| time)
}

/// `http://host:80/path` as host and path; a balancer writes every target so.
fn origin(target: &[u8]) -> (&[u8], &[u8]) {
    let Some(mark) = memchr::memmem::find(target, b"://") else { return (b"", target) };
    let tail = target.get(mark + 3..).unwrap_or_default();
    let slash = memchr::memchr(b'/', tail).unwrap_or(tail.len());
    let (host, path) = tail.split_at(slash);
    (host, if path.is_empty() { b"/" } else { path })
}

/// "target_status_code: recorded only if a connection was established to the target and the target sent a response". What the
/// balancer met is told by its status alone ("Troubleshoot your Application Load Balancers"): 502 a closed connection or a
/// malformed answer, 503 no registered or healthy target, 504 no connection or no answer in time.
fn judge(status: u16, target: Option<u16>) -> (Maker, Option<EventKind>) {
    match (status, target) {
        (status, Some(target)) if status == target => (Maker::App, None),
        (502, Some(_)) => (Maker::Proxy, Some(EventKind::UpstreamBadAnswer)),
        (502, None) => (Maker::Proxy, Some(EventKind::UpstreamClosed)),
        (503, None) => (Maker::Proxy, Some(EventKind::UpstreamNoneLive)),
        (504, _) => (Maker::Proxy, Some(EventKind::UpstreamTimeout)),
        (_, None) => (Maker::Proxy, None),
        (_, Some(_)) => (Maker::App, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::tests::show;

    const TAIL: &str = r#"ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 "Root=1-58337281-1d84f3d73c47ec4e58577259" "www.example.com" "arn:aws:acm:us-east-2:123456789012:certificate/12345678-1234-1234-1234-123456789012" 1 2018-07-02T22:22:48.364000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-""#;

    #[track_caller]
    fn check(head: &str, expected: &str) {
        let line = format!("{head} {TAIL}");
        assert_eq!(show(&parse_alb(line.as_bytes()).expect("a request")), expected);
    }

    #[test]
    fn lines_of_the_user_guide() {
        check(
            r#"https 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 "GET https://www.example.com:443/?a=1 HTTP/1.1" "curl/7.46.0""#,
            "2018-07-02T22:23:00.186Z 200 GET / HTTP/1.1 q=a=1 client=192.168.131.39 host=www.example.com:443 agent=curl/7.46.0 rt=0.171 in=0 out=57 up[10.0.0.1:80|200|||] by app",
        );
        check(
            r#"http 2018-11-30T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 - 0.000 0.001 0.000 502 - 34 366 "GET http://www.example.com:80/x HTTP/1.1" "curl/7.46.0""#,
            "2018-11-30T22:23:00.186Z 502 GET /x HTTP/1.1 client=192.168.131.39 host=www.example.com:80 agent=curl/7.46.0 rt=0.001 in=34 out=366 up[||||] by proxy: upstream-closed",
        );
        check(
            r#"h2 2018-07-02T22:22:58.364000Z app/my-loadbalancer/50dc6c495c0c9188 10.0.1.252:48160 10.0.0.66:9000 0.000 -1 -1 504 - 5 257 "GET https://10.0.2.105:773/ HTTP/2.0" "-""#,
            "2018-07-02T22:22:58.364Z 504 GET / HTTP/2.0 client=10.0.1.252 host=10.0.2.105:773 rt=10.000 in=5 out=257 up[10.0.0.66:9000||||] by proxy: upstream-timeout",
        );
        check(
            r#"http 2018-07-02T22:22:58.364000Z app/x/5 10.0.1.252:48160 10.0.0.66:9000 0.000 0.1 0.000 503 503 5 257 "GET http://h:80/a HTTP/1.1" "-""#,
            "2018-07-02T22:22:58.364Z 503 GET /a HTTP/1.1 client=10.0.1.252 host=h:80 rt=0.100 in=5 out=257 up[10.0.0.66:9000|503|||] by app",
        );
        check(
            r#"http 2018-07-02T22:22:58.364000Z app/x/5 10.0.1.252:48160 - -1 -1 -1 503 - 5 257 "GET http://h:80/a HTTP/1.1" "-""#,
            "2018-07-02T22:22:58.364Z 503 GET /a HTTP/1.1 client=10.0.1.252 host=h:80 rt=10.000 in=5 out=257 up[||||] by proxy: upstream-none-live",
        );
        check(
            r#"http 2018-07-02T22:22:58.364000Z app/x/5 10.0.1.252:48160 - -1 -1 -1 400 - 0 257 "- http://h:80- -" "-""#,
            "2018-07-02T22:22:58.364Z 400    client=10.0.1.252 rt=10.000 in=0 out=257 up[||||] by proxy",
        );
    }

    #[test]
    fn lines_of_others() {
        for line in [
            r#"2015-05-13T23:39:43.945958Z my-loadbalancer 192.168.131.39:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.38.0" - -"#,
            r#"http 2018-07-02T22:22:58.364000 app/x/5 10.0.1.252:48160 - -1 -1 -1 400 - 0 257 "GET / HTTP/1.1" "-""#,
            "http ",
        ] {
            assert_eq!(parse_alb(line.as_bytes()), None, "{line}");
        }
    }
}
