//! HAProxy's `option httplog` and `option httpslog` (doc/configuration.txt, 8.2.3 and 8.2.5). A line without its syslog header
//! in, a [`Request`] out. The stamp is the start of the request in the host's own zone, which the line does not name; it must
//! never be read as UTC. `option tcplog` has fewer timers and no status: it is no request.

use super::words::{bracketed, without_port, word};
use super::{Maker, Request, fields, times};
use crate::event::EventKind;

/// What stands for a server where none was picked.
const NO_SERVER: &[u8] = b"<NOSRV>";

/// `client:port [tr] frontend backend/server TR/Tw/Tc/Tr/Ta status bytes CC CS tsc ac/fc/bc/sc/rc sq/bq {req} {resp} "request"`.
/// A request that was cut by the syslog server has no closing quote; `httpslog` appends the TLS fields.
#[must_use]
pub fn parse_haproxy(line: &[u8]) -> Option<Request<'_>> {
    let (client, rest) = word(line)?;
    let (begun, rest) = bracketed(rest)?;
    let (_frontend, rest) = word(rest)?;
    let (place, rest) = word(rest)?;
    let (timers, rest) = word(rest)?;
    let (status, rest) = word(rest)?;
    let (bytes, rest) = word(rest)?;
    let (_cookie, rest) = word(rest)?;
    let (_set_cookie, rest) = word(rest)?;
    let (state, rest) = word(rest)?;
    let (connections, rest) = word(rest)?;
    let (queues, rest) = word(rest)?;
    let slash = memchr::memchr(b'/', place)?;
    let (backend, server) = (place.get(..slash)?, place.get(slash + 1..)?);
    let counts = (numbers(timers), numbers(connections), numbers(queues));
    (state.len() == 4 && counts == (Some(5), Some(5), Some(2))).then_some(())?;

    let mut request = Request {
        stamp: Some(times::haproxy(begun)?),
        start_logged: true,
        upstream_known: true,
        status: status_of(status)?,
        client: without_port(client),
        request_seconds: seconds(timers),
        response_bytes: fields::whole(bytes.strip_prefix(b"+").unwrap_or(bytes)),
        ..Request::default()
    };
    fields::request_line(&mut request, asked(rest)?);
    let picked = server != NO_SERVER;
    request.upstream.addresses = if picked { place } else { backend };
    (request.made_by, request.fault) = judge(state, picked, request.status);
    if request.made_by == Maker::App {
        request.upstream.statuses = status;
    }
    Some(request)
}

/// How many numbers stand between slashes; `-1` is a phase that was never reached, `+` marks a lower bound or a redispatch.
fn numbers(text: &[u8]) -> Option<usize> {
    let whole = |part: &[u8]| {
        let part = part.strip_prefix(b"+").or_else(|| part.strip_prefix(b"-")).unwrap_or(part);
        fields::whole(part).is_some()
    };
    let parts = || text.split(|byte| *byte == b'/');
    parts().all(whole).then(|| parts().count())
}

/// The last of the five timers, in seconds: `Ta`, or `Tt` of versions before 1.7.
fn seconds(timers: &[u8]) -> Option<f64> {
    let total = timers.rsplit(|byte| *byte == b'/').next()?;
    fields::decimal(total.strip_prefix(b"+").unwrap_or(total)).map(|millis| millis / 1000.0)
}

/// `-1` where the client was gone before any answer.
fn status_of(text: &[u8]) -> Option<u16> {
    if text == b"-1" { Some(0) } else { fields::status(text) }
}

/// The request line behind the captured headers. HAProxy writes quotes and braces inside of values as `#22`, `#7B`.
fn asked(mut rest: &[u8]) -> Option<&[u8]> {
    while let Some(headers) = rest.strip_prefix(b"{") {
        let end = memchr::memchr(b'}', headers)?;
        rest = headers.get(end + 1..)?.trim_ascii_start();
    }
    let line = rest.strip_prefix(b"\"")?;
    line.get(..memchr::memchr(b'"', line).unwrap_or(line.len()))
}

/// Who answered, and what HAProxy met, from the first two characters of the termination state (configuration.txt, 8.5). The
/// first tells who ended the session, the second what HAProxy was doing: `D` and `L` come after the app's header was sent.
fn judge(state: &[u8], picked: bool, status: u16) -> (Maker, Option<EventKind>) {
    let (Some(cause), Some(phase)) = (state.first(), state.get(1)) else {
        return (Maker::Unknown, None);
    };
    let passed = picked && matches!(phase, b'-' | b'D' | b'L') && *cause != b'L';
    let maker = if passed { Maker::App } else { Maker::Proxy };
    let fault = match (cause, phase) {
        // No server could be picked: all are down. A client that never sent a request (`CR`) has no server either.
        (b'S', b'C') if !picked => EventKind::UpstreamNoneLive,
        // "The server or an equipment between it and haproxy explicitly refused the TCP connection".
        (b'S', b'C') => EventKind::UpstreamRefused,
        // "timeout connect" struck.
        (b's', b'C') => EventKind::UpstreamTimeout,
        // "The server aborted before sending its full HTTP response headers, or it crashed".
        (b'S', b'H') => EventKind::UpstreamClosed,
        // "timeout server" struck before the headers.
        (b's', b'H') => EventKind::UpstreamTimeout,
        // The request waited in the queue for a slot of a server until "timeout queue": the upstream took no more.
        (b's' | b'S', b'Q') => EventKind::UpstreamBacklogFull,
        // The connection broke off or stalled while the body was on its way.
        (b's' | b'S', b'D' | b'L') => EventKind::UpstreamTruncated,
        // "An invalid, incomplete or too large response was blocked".
        (b'P', b'H') => EventKind::UpstreamBadAnswer,
        // The process's socket limit; a local resource (memory, sockets, source ports).
        (b'P', b'C') | (b'R', _) => EventKind::ProxyLimit,
        // Killed because the server was marked down (`on-marked-down shutdown-sessions`).
        (b'D', b'D' | b'L') => EventKind::UpstreamTruncated,
        (b'D', _) => EventKind::UpstreamClosed,
        _ if !picked && status == 503 => EventKind::UpstreamNoneLive,
        _ => return (maker, None),
    };
    (maker, Some(fault))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::tests::show;
    use crate::stamp::ClockKind;

    #[track_caller]
    fn check(line: &str, expected: &str) {
        let request = parse_haproxy(line.as_bytes()).expect("a request");
        assert_eq!(request.stamp.map(|stamp| stamp.clock), Some(ClockKind::Local));
        assert_eq!(show(&request), expected);
    }

    #[track_caller]
    fn judged(state: &str, picked: bool, status: u16, maker: Maker, fault: Option<EventKind>) {
        assert_eq!(judge(state.as_bytes(), picked, status), (maker, fault), "{state}");
    }

    #[test]
    fn lines_of_httplog() {
        // Recorded.
        check(
            r#"127.0.0.1:52596 [21/Nov/2026:01:06:48.664] www shop/app1 0/0/0/6/6 200 131 - - ---- 2/2/1/1/0 0/0 "GET /products/290 HTTP/1.1""#,
            "2026-11-21T01:06:48.664Z start 200 GET /products/290 HTTP/1.1 client=127.0.0.1 rt=0.006 out=131 up[shop/app1|200|||] by app",
        );
        check(
            r#"127.0.0.1:55706 [21/Nov/2026:01:07:06.506] www shop/app1 0/0/0/-1/6000 504 198 - - sH-- 39/39/38/38/0 0/0 "GET /slow HTTP/1.1""#,
            "2026-11-21T01:07:06.506Z start 504 GET /slow HTTP/1.1 client=127.0.0.1 rt=6.000 out=198 up[shop/app1||||] by proxy: upstream-timeout",
        );
        // configuration.txt 8.2.3, with captured headers and with option logasap.
        check(
            r#"10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu|a b} {} "GET /index.html?a=1 HTTP/1.1""#,
            "2009-02-06T12:14:14.655Z start 200 GET /index.html HTTP/1.1 q=a=1 client=10.0.1.2 rt=0.109 out=2750 up[static/srv1|200|||] by app",
        );
        check(
            r#"::1:33317 [06/Feb/2009:12:14:14.655] http-in~ static/srv1 10/0/30/69/+109 200 +2750 - - ---- 1/1/1/1/+1 0/0 "GET /image.iso HTTP/1.0""#,
            "2009-02-06T12:14:14.655Z start 200 GET /image.iso HTTP/1.0 client=::1 rt=0.109 out=2750 up[static/srv1|200|||] by app",
        );
        check(
            r#"203.0.113.9:6001 [21/Nov/2026:01:07:06.506] www shop/<NOSRV> 0/-1/-1/-1/0 503 217 - - SC-- 2/2/0/0/0 0/0 "GET /cart HTTP/1.1""#,
            "2026-11-21T01:07:06.506Z start 503 GET /cart HTTP/1.1 client=203.0.113.9 rt=0.000 out=217 up[shop||||] by proxy: upstream-none-live",
        );
        check(
            r#"203.0.113.9:6001 [21/Nov/2026:01:07:06.506] www www/<NOSRV> -1/-1/-1/-1/5000 408 212 - - cR-- 2/2/0/0/0 0/0 "<BADREQ>""#,
            "2026-11-21T01:07:06.506Z start 408    client=203.0.113.9 rt=5.000 out=212 up[www||||] by proxy",
        );
        // httpslog, and a line that syslog cut.
        check(
            r#"203.0.113.9:6001 [21/Nov/2026:01:07:06.506] www~ shop/app1 0/0/1/-1/5 502 209 - - SH-- 2/2/0/0/3 0/0 "GET /x HTTP/2.0" 0/0/0/0/0 shop.example.com/TLSv1.3/TLS_AES_256_GCM_SHA384"#,
            "2026-11-21T01:07:06.506Z start 502 GET /x HTTP/2.0 client=203.0.113.9 rt=0.005 out=209 up[shop/app1||||] by proxy: upstream-closed",
        );
        check(
            r#"203.0.113.9:6001 [21/Nov/2026:01:07:06.506] www shop/app1 -1/-1/-1/-1/7 -1 0 - - CC-- 2/2/0/0/3 0/0 "GET /very/long"#,
            "2026-11-21T01:07:06.506Z start 000 GET /very/long  client=203.0.113.9 rt=0.007 out=0 up[shop/app1||||] by proxy",
        );
    }

    #[test]
    fn lines_that_are_no_requests() {
        for line in [
            // tcplog of the manual.
            "10.0.1.2:33313 [06/Feb/2009:12:12:51.443] fnt bck/srv1 0/0/5007 212 -- 0/0/0/0/3 0/0",
            "127.0.0.1:35906 [21/Nov/2026:01:07:06.506] www/1: SSL handshake failure",
            "Server shop/app1 is DOWN, reason: Layer4 connection problem, info: \"Connection refused\"",
            r#"127.0.0.1 - - [21/Nov/2026:01:38:54 +0300] "GET / HTTP/1.1" 200 3 "-" "curl/7.88.1""#,
            r#"127.0.0.1:1 [31/Feb/2026:01:06:48.664] www shop/app1 0/0/0/6/6 200 131 - - ---- 2/2/1/1/0 0/0 "GET / HTTP/1.1""#,
            r#"127.0.0.1:1 [21/Nov/2026:01:06:48.664] www shop/app1 0/0/0/6/6 200 131 - - ---- 2/2/1/1/0 0/0"#,
        ] {
            assert_eq!(parse_haproxy(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn termination_states() {
        use Maker::{App, Proxy};
        judged("----", true, 500, App, None);
        judged("SC--", true, 503, Proxy, Some(EventKind::UpstreamRefused));
        judged("sC--", true, 504, Proxy, Some(EventKind::UpstreamTimeout));
        judged("sQ--", false, 503, Proxy, Some(EventKind::UpstreamBacklogFull));
        judged("SD--", true, 200, App, Some(EventKind::UpstreamTruncated));
        judged("sD--", true, 200, App, Some(EventKind::UpstreamTruncated));
        judged("PH--", true, 502, Proxy, Some(EventKind::UpstreamBadAnswer));
        judged("RC--", true, 503, Proxy, Some(EventKind::ProxyLimit));
        judged("DH--", true, 502, Proxy, Some(EventKind::UpstreamClosed));
        judged("CD--", true, 200, App, None);
        judged("PR--", false, 403, Proxy, None);
        judged("LR--", false, 301, Proxy, None);
        judged("----", false, 503, Proxy, Some(EventKind::UpstreamNoneLive));
    }
}
