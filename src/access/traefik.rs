//! Traefik's access logs (doc.traefik.io, "Access Logs"): its common format with four fields more, and its JSON. A line in, a
//! [`Request`] out. The stamp is the start of the request (`StartUTC`); the `time` of the JSON, which is its end in whole
//! seconds, must not be mixed with it.

use super::words::{bracketed, quoted, told, word};
use super::{Maker, Request, fields, json, times};
use crate::event::EventKind;

/// A line of either format.
#[must_use]
pub fn parse_traefik(line: &[u8]) -> Option<Request<'_>> {
    if line.first() == Some(&b'{') { parse_members(line) } else { parse_clf(line) }
}

/// `client - user [start] "request" status size "referer" "agent" count "router" "server" 12ms`.
fn parse_clf(line: &[u8]) -> Option<Request<'_>> {
    let (client, rest) = word(line)?;
    let (_identity, rest) = word(rest)?;
    let (_user, rest) = word(rest)?;
    let (begun, rest) = bracketed(rest)?;
    let (asked, rest) = quoted(rest)?;
    let (status, rest) = word(rest)?;
    let (size, rest) = word(rest)?;
    let (_referer, rest) = quoted(rest)?;
    let (agent, rest) = quoted(rest)?;
    let (count, rest) = word(rest)?;
    let (_router, rest) = quoted(rest)?;
    let (server, rest) = quoted(rest)?;
    let millis = rest.trim_ascii_end().strip_suffix(b"ms")?;
    (count == b"-" || fields::whole(count).is_some()).then_some(())?;

    let mut request = Request {
        stamp: Some(times::clf(begun)?),
        start_logged: true,
        upstream_known: true,
        status: if matches!(status, b"-" | b"0") { 0 } else { fields::status(status)? },
        client: told(client),
        user_agent: told(agent),
        request_seconds: Some(fields::whole(millis)? as f64 / 1000.0),
        response_bytes: fields::whole(size),
        ..Request::default()
    };
    fields::request_line(&mut request, asked);
    request.upstream.addresses = address(told(server));
    // Without a server of a router nobody else can have answered; with one the line does not tell.
    if request.upstream.addresses.is_empty() && request.status >= 500 {
        request.made_by = Maker::Proxy;
        request.fault = (request.status == 503).then_some(EventKind::UpstreamNoneLive);
    }
    Some(request)
}

/// One JSON object with `DownstreamStatus`.
fn parse_members(line: &[u8]) -> Option<Request<'_>> {
    let mut request = Request { start_logged: true, upstream_known: true, ..Request::default() };
    let (mut downstream, mut origin, mut local) = (None, None, None);
    json::members(line, &mut |parent, key, text| {
        if !parent.is_empty() {
            return;
        }
        match key {
            b"DownstreamStatus" => downstream = status(text),
            b"OriginStatus" => origin = status(text),
            b"StartUTC" => request.stamp = times::iso(text),
            b"StartLocal" => local = times::iso(text),
            b"Duration" => {
                request.request_seconds = fields::decimal(text).map(|nanos| nanos / 1e9);
            }
            b"RequestMethod" => request.method = told(text),
            b"RequestPath" => fields::target(&mut request, text),
            b"RequestProtocol" => request.protocol = told(text),
            b"RequestHost" => request.host = told(text),
            b"ClientHost" => request.client = told(text),
            b"request_User-Agent" => request.user_agent = told(text),
            b"DownstreamContentSize" => request.response_bytes = fields::whole(text),
            b"RequestContentSize" => request.request_bytes = fields::whole(text),
            b"ServiceAddr" => request.upstream.addresses = told(text),
            b"ServiceURL" if request.upstream.addresses.is_empty() => {
                request.upstream.addresses = address(told(text));
            }
            _ => {}
        }
    })?;
    request.stamp = request.stamp.or(local);
    request.status = downstream?;
    request.stamp?;
    (request.made_by, request.fault) = judge(request.status, origin, request.upstream.addresses);
    Some(request)
}

fn status(text: &[u8]) -> Option<u16> {
    if text == b"0" { Some(0) } else { fields::status(text) }
}

/// `http://10.0.0.5:80` as `10.0.0.5:80`.
fn address(url: &[u8]) -> &[u8] {
    memchr::memmem::find(url, b"://").and_then(|mark| url.get(mark + 3..)).unwrap_or(url)
}

/// `OriginStatus` is what the server answered, and 0 where Traefik got no answer from one. Its own answers are 502 for a failed or
/// broken connection, 503 where no server is up, 504 for a time-out (pkg/proxy/httputil, `ComputeStatusCode`).
fn judge(status: u16, origin: Option<u16>, server: &[u8]) -> (Maker, Option<EventKind>) {
    match (status, origin) {
        (_, None) if server.is_empty() && status == 503 => {
            (Maker::Proxy, Some(EventKind::UpstreamNoneLive))
        }
        (_, None) => (Maker::Unknown, None),
        (503, Some(0)) => (Maker::Proxy, Some(EventKind::UpstreamNoneLive)),
        (504, Some(0)) => (Maker::Proxy, Some(EventKind::UpstreamTimeout)),
        (502, Some(0)) => (Maker::Proxy, Some(EventKind::UpstreamClosed)),
        (_, Some(0)) => (Maker::Proxy, None),
        // Newer releases put their own 502 and 504 down as the origin's.
        (502 | 504, Some(_)) => (Maker::Unknown, None),
        (_, Some(_)) => (Maker::App, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::tests::show;

    #[track_caller]
    fn check(line: &str, expected: &str) {
        assert_eq!(show(&parse_traefik(line.as_bytes()).expect("a request")), expected);
    }

    #[test]
    fn common_format() {
        check(
            r#"192.168.1.7 - - [21/Nov/2026:01:38:54 +0000] "GET /login?a HTTP/1.1" 200 1024 "-" "curl/7.88.1" 42 "shop@docker" "http://172.17.0.5:80" 12ms"#,
            "2026-11-21T01:38:54.000Z start 200 GET /login HTTP/1.1 q=a client=192.168.1.7 agent=curl/7.88.1 rt=0.012 out=1024 up[172.17.0.5:80||||]",
        );
        check(
            r#"192.168.1.7 - - [21/Nov/2026:01:38:54 +0000] "GET / HTTP/2.0" 503 20 "-" "-" 43 "shop@docker" "-" 0ms"#,
            "2026-11-21T01:38:54.000Z start 503 GET / HTTP/2.0 client=192.168.1.7 rt=0.000 out=20 up[||||] by proxy: upstream-none-live",
        );
        check(
            r#"192.168.1.7 - - [21/Nov/2026:01:38:54 +0000] "GET / HTTP/2.0" 404 19 "-" "-" 44 "-" "-" 0ms"#,
            "2026-11-21T01:38:54.000Z start 404 GET / HTTP/2.0 client=192.168.1.7 rt=0.000 out=19 up[||||]",
        );
    }

    #[test]
    fn objects() {
        check(
            r#"{"ClientAddr":"10.0.0.9:5","ClientHost":"10.0.0.9","DownstreamContentSize":11,"DownstreamStatus":502,"Duration":1500000,"OriginStatus":0,"RequestHost":"shop","RequestMethod":"GET","RequestPath":"/a?b","RequestProtocol":"HTTP/1.1","RouterName":"r@file","ServiceAddr":"10.0.0.5:80","ServiceName":"s@file","ServiceURL":{"Scheme":"http","Host":"10.0.0.5:80"},"StartUTC":"2026-11-21T01:38:54.123456789Z","level":"info","msg":"","request_User-Agent":"curl/7.88.1","time":"2026-11-21T01:38:54Z"}"#,
            "2026-11-21T01:38:54.123Z start 502 GET /a HTTP/1.1 q=b client=10.0.0.9 host=shop agent=curl/7.88.1 rt=0.002 out=11 up[10.0.0.5:80||||] by proxy: upstream-closed",
        );
        let object = |statuses: &str| {
            format!(
                r#"{{{statuses},"StartUTC":"2026-11-21T01:38:54Z","ServiceURL":"http://10.0.0.5:80","time":"2026-11-21T01:39:54Z"}}"#
            )
        };
        for (statuses, told) in [
            (r#""DownstreamStatus":500,"OriginStatus":500"#, " by app"),
            (r#""DownstreamStatus":504,"OriginStatus":0"#, " by proxy: upstream-timeout"),
            (r#""DownstreamStatus":503,"OriginStatus":0"#, " by proxy: upstream-none-live"),
            (r#""DownstreamStatus":502,"OriginStatus":502"#, ""),
        ] {
            let line = object(statuses);
            let shown = show(&parse_traefik(line.as_bytes()).expect("a request"));
            assert!(shown.ends_with(&format!("up[10.0.0.5:80||||]{told}")), "{shown}");
        }
    }

    #[test]
    fn lines_of_others() {
        for line in [
            r#"127.0.0.1 - - [21/Nov/2026:01:38:54 +0300] "GET / HTTP/1.1" 200 3 "-" "curl/7.88.1""#,
            r#"192.168.1.7 - - [21/Nov/2026:01:38:54 +0000] "GET / HTTP/2.0" 200 3 "-" "-" 4 "a" "b" 12"#,
            r#"{"time":"2026-11-20T22:58:54+00:00","status":504,"method":"GET"}"#,
            r#"{"DownstreamStatus":502,"time":"2026-11-20T22:58:54+00:00"}"#,
        ] {
            assert_eq!(parse_traefik(line.as_bytes()), None, "{line}");
        }
    }
}
