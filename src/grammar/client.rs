//! What a client wrote, in the line of an app that logs requests. In: a line. Out: the line without request targets, query
//! parameters, referrers and user agents, so that no visitor can make an app say that its database is gone. It is asked only
//! about lines in which a general rule's words were found.

use std::borrow::Cow;
use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

/// Where clients' words stand: a quoted request line, a method with a path (not an address, which is the app's own), Rails'
/// `Parameters: {`, and fields of JSON and logfmt that hold parts of requests.
const PLACES: &str = r#"(?x)
    "(?:GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS|TRACE|CONNECT)\ [^"\n]*"?
  | \b(?:GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS)\ (?:"[^"\n]*"?|'[^'\n]*'?|/(?:[^\n]*?\ HTTP/[0-9](?:\.[0-9])?|[^\s"']*))
  | \bParameters:\ \{[^\n]*
  | "(?:url|uri|path|fullpath|originalUrl|request|request_uri|requestUri|query|query_string|queryString|search|params|parameters|referer|referrer|http_referer|user_agent|userAgent|user-agent|http_user_agent|ua)"\s*:\s*(?:"(?:[^"\\\n]|\\.)*"?|\{[^{}\n]*\}?)
  | \b(?:url|uri|path|query|query_string|params|referer|referrer|user_agent|ua)=(?:"(?:[^"\\\n]|\\.)*"?|\{[^\n]*|[^\s"]+)
"#;

/// The line without what a client wrote.
pub(super) fn left_out(line: &[u8]) -> Cow<'_, [u8]> {
    static REGEX: OnceLock<Option<Regex>> = OnceLock::new();
    let compile = || RegexBuilder::new(PLACES).unicode(false).build().ok();
    match REGEX.get_or_init(compile) {
        Some(regex) => regex.replace_all(line, &b""[..]),
        None => Cow::Borrowed(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: &str) {
        assert_eq!(String::from_utf8_lossy(&left_out(line.as_bytes())), expected, "{line}");
    }

    #[test]
    fn what_a_client_wrote_is_left_out() {
        check(
            r#"Started GET "/search?q=MaxRetriesPerRequestError" for 203.0.113.9"#,
            "Started  for 203.0.113.9",
        );
        check(r#"  Parameters: {"q"=>"MySQL server has gone away"}"#, "  ");
        check("GET /search?q=[ECONNREFUSED] 200 4 ms", " 200 4 ms");
        check(r#"203.0.113.9 - - "POST /a b c HTTP/1.1" 500"#, "203.0.113.9 - -  500");
        check(
            r#"{"level":30,"req":{"url":"/a?q=\"Too many connections\"","id":1},"msg":"done"}"#,
            r#"{"level":30,"req":{,"id":1},"msg":"done"}"#,
        );
        check(r#"level=info path="/x NoMemoryError" status=200"#, "level=info  status=200");
    }

    #[test]
    fn the_apps_own_words_stay() {
        for line in [
            "Error: connect ECONNREFUSED 10.0.0.2:5432",
            r#"Get "http://es:9200/_search": dial tcp 10.0.0.2:9200: connect: connection refused"#,
            "POST http://es:9200/_search [status:N/A request:0.001s]",
            r#"{"level":50,"err":{"code":"EMFILE"},"msg":"too many open files"}"#,
        ] {
            check(line, line);
        }
        check(
            "GET /cart failed: connect ECONNREFUSED 10.0.0.2:5432",
            " failed: connect ECONNREFUSED 10.0.0.2:5432",
        );
    }
}
