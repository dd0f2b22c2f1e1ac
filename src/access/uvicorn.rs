//! uvicorn's access lines (`uvicorn/config.py`, `AccessFormatter`; hypercorn's default differs). A line in, a [`Request`] out,
//! without a stamp: the line has none, so it counts only where its wrapping tells the time. It is the app's own answer.

use super::words::{quoted, without_port, word};
use super::{Maker, Request, fields};

/// `INFO:     127.0.0.1:51234 - "GET / HTTP/1.1" 200 OK`.
#[must_use]
pub fn parse_uvicorn(line: &[u8]) -> Option<Request<'_>> {
    let rest = line.strip_prefix(b"INFO:")?.trim_ascii_start();
    let (client, rest) = word(rest)?;
    let (asked, rest) = quoted(rest.strip_prefix(b"- ")?)?;
    let (status, _phrase) = word(rest)?;
    let mut request = Request {
        status: fields::status(status)?,
        client: without_port(client),
        made_by: Maker::App,
        ..Request::default()
    };
    fields::request_line(&mut request, asked);
    // A WebSocket's line has no protocol, and no answer that is one of HTTP.
    (!request.protocol.is_empty()).then_some(request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::tests::show;

    #[test]
    fn access_lines() {
        let check = |line: &str, expected: &str| {
            assert_eq!(show(&parse_uvicorn(line.as_bytes()).expect("a request")), expected);
        };
        check(
            r#"INFO:     127.0.0.1:51234 - "GET /a?b HTTP/1.1" 500 Internal Server Error"#,
            " 500 GET /a HTTP/1.1 q=b client=127.0.0.1 by app",
        );
        check(
            r#"INFO:     ::1:51234 - "POST / HTTP/1.1" 200"#,
            " 200 POST / HTTP/1.1 client=::1 by app",
        );
    }

    #[test]
    fn lines_of_others() {
        for line in [
            "INFO:     Application startup complete.",
            r#"INFO:     ('127.0.0.1', 51234) - "WebSocket /ws" [accepted]"#,
            r#"INFO:     127.0.0.1:51234 - "WebSocket /ws" 403"#,
            r#"ERROR:    127.0.0.1:51234 - "GET / HTTP/1.1" 200 OK"#,
        ] {
            assert_eq!(parse_uvicorn(line.as_bytes()), None, "{line}");
        }
    }
}
