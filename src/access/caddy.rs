//! Caddy's JSON access log (caddyserver.com, "How Logging Works"; modules/caddyhttp/server.go). A line in, a [`Request`] out.
//! The stamp is the end of the request. Lines of `http.log.error` tell the same request again, and are events, not requests
//! (grammars/caddy.toml).

use memchr::memmem;

use super::json::{nested, parse_json};
use super::{Maker, Request};
use crate::event::EventKind;

/// A header that a server's answer has and Caddy's own error answer has not: that one has no body and no handler's headers.
const OF_AN_APP: [&[u8]; 5] =
    [b"\"Content-Type\"", b"\"Content-Length\"", b"\"Date\"", b"\"Via\"", b"\"Etag\""];

/// A JSON object whose `logger` begins with `http.log.access`.
#[must_use]
pub fn parse_caddy(line: &[u8]) -> Option<Request<'_>> {
    let logger = memmem::find(line, b"\"logger\":")?;
    let tail = line.get(logger + b"\"logger\":".len()..)?.trim_ascii_start();
    tail.starts_with(b"\"http.log.access").then_some(())?;
    let mut request = parse_json(line)?;
    request.made_by = maker(&request, line);
    // reverseproxy.go: a dial or read that timed out is 504, an empty list of servers 503, everything else 502.
    request.fault = match (request.made_by, request.status) {
        (Maker::Proxy, 504) => Some(EventKind::UpstreamTimeout),
        (Maker::Proxy, 503) => Some(EventKind::UpstreamNoneLive),
        _ => None,
    };
    Some(request)
}

fn maker(request: &Request<'_>, line: &[u8]) -> Maker {
    let failed = matches!(request.status, 502..=504);
    let headers = memmem::find(line, b"\"resp_headers\":{").and_then(|at| {
        let inner = line.get(at + b"\"resp_headers\":{".len()..)?;
        inner.get(..inner.len() - nested(inner)?.len())
    });
    match headers {
        Some(headers) if failed => {
            let of_an_app = OF_AN_APP.iter().any(|name| memmem::find(headers, name).is_some());
            if of_an_app { Maker::App } else { Maker::Proxy }
        }
        _ => Maker::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::tests::show;

    fn line(logger: &str, status: u16, headers: &str) -> String {
        format!(
            r#"{{"level":"error","ts":1761019822.31,"logger":"{logger}","msg":"handled request","request":{{"remote_ip":"10.0.0.1","proto":"HTTP/2.0","method":"GET","host":"h","uri":"/a?b","headers":{{"User-Agent":["curl/8"]}}}},"bytes_read":0,"user_id":"","duration":0.0012,"size":0,"status":{status},"resp_headers":{headers}}}"#
        )
    }

    #[track_caller]
    fn check(status: u16, headers: &str, expected: &str) {
        let line = line("http.log.access.log0", status, headers);
        let shown = show(&parse_caddy(line.as_bytes()).expect("a request"));
        let head = format!(
            "2025-10-21T04:10:22.310Z {status} GET /a HTTP/2.0 q=b client=10.0.0.1 host=h rt=0.001 out=0"
        );
        assert_eq!(shown, head + expected);
    }

    #[test]
    fn answers_of_its_own_have_no_headers_of_an_app() {
        check(200, r#"{"Server":["Caddy"]}"#, "");
        check(502, r#"{"Server":["Caddy"],"Alt-Svc":["h3=\":443\""]}"#, " by proxy");
        check(503, r#"{"Server":["Caddy"]}"#, " by proxy: upstream-none-live");
        check(504, r#"{"Server":["Caddy"]}"#, " by proxy: upstream-timeout");
        check(503, r#"{"Server":["Caddy","gunicorn"],"Content-Type":["text/plain"]}"#, " by app");
    }

    #[test]
    fn lines_of_others() {
        for line in [
            line("http.log.error", 502, "{}"),
            line("tls", 502, "{}"),
            r#"{"time":"2026-11-20T22:58:54+00:00","status":504,"method":"GET"}"#.to_owned(),
        ] {
            assert_eq!(parse_caddy(line.as_bytes()), None, "{line}");
        }
    }
}
