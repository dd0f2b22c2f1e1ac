//! Heroku's router (devcenter.heroku.com, "HTTP Routing" and "Heroku Error Codes"). A message of `heroku[router]` in, a
//! [`Request`] out; with a stamp only where the wrapping is on the line, as `heroku logs` prints it. Of all lines in that stream
//! only the router's may be taken. What Heroku answers itself is always a 503.

use super::{Maker, Request, fields, times};
use crate::event::EventKind;

/// `at=error code=H12 desc="Request timeout" method=GET path="/x" host=... fwd="..." dyno=web.1 connect=0ms service=30000ms
/// status=503 bytes=0 protocol=https`, perhaps behind `... heroku[router]: `.
#[must_use]
pub fn parse_heroku(line: &[u8]) -> Option<Request<'_>> {
    let (stamp, mut rest) = if line.starts_with(b"at=") {
        (None, line)
    } else {
        let end = memchr::memchr(b' ', line)?;
        let rest = line.get(end..)?.strip_prefix(b" heroku[router]: ")?;
        (Some(times::iso(line.get(..end)?)?), rest)
    };
    rest.starts_with(b"at=").then_some(())?;
    let mut request = Request { stamp, upstream_known: true, ..Request::default() };
    let (mut code, mut status, mut dyno) = (&b""[..], None, false);
    while let Some((key, value, later)) = pair(rest) {
        rest = later;
        match key {
            b"code" => code = value,
            b"status" => status = fields::status(value),
            b"method" => request.method = value,
            b"path" => fields::target(&mut request, value),
            b"host" => request.host = value,
            b"fwd" => {
                request.client = value.split(|byte| *byte == b',').next().unwrap_or_default();
            }
            b"dyno" => {
                dyno = true;
                request.upstream.addresses = value;
            }
            b"service" => {
                let millis = value.strip_suffix(b"ms").and_then(fields::decimal);
                request.request_seconds = millis.map(|millis| millis / 1000.0);
            }
            b"bytes" => request.response_bytes = fields::whole(value),
            _ => {}
        }
    }
    (dyno && rest.is_empty()).then_some(())?;
    request.status = status?;
    (request.made_by, request.fault) = match code {
        b"" => (Maker::App, None),
        code => (Maker::Proxy, fault(code)),
    };
    Some(request)
}

/// A key, its value without quotes, and what follows. Values may be empty.
fn pair(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let sign = memchr::memchr(b'=', text)?;
    let (key, tail) = (text.get(..sign)?, text.get(sign + 1..)?);
    let (value, rest) = match tail.strip_prefix(b"\"") {
        Some(inner) => {
            let end = super::matching::closing_quote(inner)?;
            (inner.get(..end)?, inner.get(end + 1..)?)
        }
        None => tail.split_at(memchr::memchr(b' ', tail).unwrap_or(tail.len())),
    };
    let plain = key.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(byte));
    plain.then_some((key, value, rest.trim_ascii_start()))
}

/// What the router met, by its code. H27 and H28 are the client's doing, H80 and above are Heroku's own.
fn fault(code: &[u8]) -> Option<EventKind> {
    Some(match code {
        // App crashed, no web dynos running, app boot timeout: no dyno to send it to.
        b"H10" | b"H14" | b"H20" => EventKind::UpstreamNoneLive,
        // Backlog too deep, connection limit reached.
        b"H11" | b"H22" => EventKind::UpstreamBacklogFull,
        // Request timeout (30 s), idle connection, backend connection timeout.
        b"H12" | b"H15" | b"H19" => EventKind::UpstreamTimeout,
        // Connection closed without response.
        b"H13" => EventKind::UpstreamClosed,
        // Poorly formed HTTP response, HTTP restriction.
        b"H17" | b"H25" => EventKind::UpstreamBadAnswer,
        // Server request interrupted.
        b"H18" => EventKind::UpstreamReset,
        // Backend connection refused.
        b"H21" => EventKind::UpstreamRefused,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::tests::show;

    #[track_caller]
    fn check(line: &str, expected: &str) {
        assert_eq!(show(&parse_heroku(line.as_bytes()).expect("a request")), expected);
    }

    #[test]
    fn lines_of_the_router() {
        check(
            r#"at=error code=H12 desc="Request timeout" method=GET path="/x?a=b c" host=shop.herokuapp.com request_id=8601b555-6a83-4c12-8269-97c8e32cdb22 fwd="203.0.113.9,10.1.1.1" dyno=web.1 connect=0ms service=30000ms status=503 bytes=0 protocol=https"#,
            " 503 GET /x  q=a=b c client=203.0.113.9 host=shop.herokuapp.com rt=30.000 out=0 up[web.1||||] by proxy: upstream-timeout",
        );
        check(
            r#"2025-11-05T12:00:00.123456+00:00 heroku[router]: at=error code=H14 desc="No web processes running" method=POST path="/" host=h request_id=1 fwd="203.0.113.9" dyno= connect= service= status=503 bytes= protocol=http"#,
            "2025-11-05T12:00:00.123Z 503 POST /  client=203.0.113.9 host=h up[||||] by proxy: upstream-none-live",
        );
        check(
            r#"at=info method=GET path="/" host=h request_id=1 fwd="203.0.113.9" dyno=web.2 connect=1ms service=18ms status=500 bytes=13 protocol=https"#,
            " 500 GET /  client=203.0.113.9 host=h rt=0.018 out=13 up[web.2||||] by app",
        );
        check(
            r#"at=info code=H27 desc="Client Request Interrupted" method=GET path="/" host=h fwd="1.1.1.1" dyno=web.1 connect=0ms service=5ms status=499 bytes=0"#,
            " 499 GET /  client=1.1.1.1 host=h rt=0.005 out=0 up[web.1||||] by proxy",
        );
    }

    #[test]
    fn lines_of_others() {
        for line in [
            r#"2025-11-05T12:00:00+00:00 app[web.1]: 2025-11-05T12:00:00+00:00 heroku[router]: at=info dyno=web.1 status=503"#,
            "Process running mem=612M(119.6%)",
            "at=info method=GET path=\"/\" status=200 service=18ms",
            "at=error code=H12 desc=\"Request timeout dyno=web.1 status=503",
            "source=web.1 dyno=heroku.1 sample#memory_total=612.00MB",
            "level=info at=x dyno=web.1 status=200",
        ] {
            assert_eq!(parse_heroku(line.as_bytes()), None, "{line}");
        }
    }
}
