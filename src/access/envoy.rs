//! Envoy's default access log, and Istio's, which has three more fields (envoyproxy.io, "Access logging"; istio.io, "Envoy
//! Access Logs"). A line in, a [`Request`] out. The stamp is the start of the request; it must not be taken for its end.

use memchr::memmem;

use super::words::{bracketed, quoted, told, word};
use super::{Maker, Request, fields, times};
use crate::event::EventKind;

/// `[start] "method path protocol" code flags (details termination "failure") received sent duration service "xff" "agent"
/// "id" "authority" "host" ...`.
#[must_use]
pub fn parse_envoy(line: &[u8]) -> Option<Request<'_>> {
    let (begun, rest) = bracketed(line)?;
    let (asked, rest) = quoted(rest)?;
    let (status, rest) = word(rest)?;
    let (flags, rest) = word(rest)?;
    let (failure, rest) = istio(rest).unwrap_or((b"", rest));
    let (received, rest) = word(rest)?;
    let (sent, rest) = word(rest)?;
    let (duration, rest) = word(rest)?;
    let (_service, rest) = word(rest)?;
    let (forwarded, rest) = quoted(rest)?;
    let (agent, rest) = quoted(rest)?;
    let (_id, rest) = quoted(rest)?;
    let (authority, rest) = quoted(rest)?;
    let (host, _) = quoted(rest)?;
    are_flags(flags).then_some(())?;

    let mut request = Request {
        stamp: Some(times::iso(begun)?),
        start_logged: true,
        upstream_known: true,
        status: if status == b"0" { 0 } else { fields::status(status)? },
        client: forwarded.split(|byte| *byte == b',').next().map(told).unwrap_or_default(),
        host: told(authority),
        user_agent: told(agent),
        request_bytes: Some(fields::whole(received)?),
        response_bytes: Some(fields::whole(sent)?),
        request_seconds: Some(fields::decimal(duration)? / 1000.0),
        ..Request::default()
    };
    fields::request_line(&mut request, asked);
    request.upstream.addresses = told(host);
    (request.made_by, request.fault) = judge(flags, failure);
    if request.made_by == Maker::App {
        request.upstream.statuses = status;
    }
    Some(request)
}

/// Istio's `%RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% "%UPSTREAM_TRANSPORT_FAILURE_REASON%"`.
fn istio(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_details, rest) = word(rest)?;
    let (_termination, rest) = word(rest)?;
    quoted(rest)
}

/// `-`, or capitals between commas.
fn are_flags(flags: &[u8]) -> bool {
    flags == b"-" || flags.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b',')
}

/// `%RESPONSE_FLAGS%`: the first flag that tells anything; any flag but a fault of the body means that Envoy wrote the answer.
fn judge(flags: &[u8], failure: &[u8]) -> (Maker, Option<EventKind>) {
    if flags == b"-" {
        return (Maker::App, None);
    }
    let mut all = flags.split(|byte| *byte == b',');
    // Alone it means that the last try's answer was passed on.
    if flags == b"URX" {
        return (Maker::App, None);
    }
    (Maker::Proxy, all.find_map(|flag| fault(flag, failure)))
}

fn fault(flag: &[u8], failure: &[u8]) -> Option<EventKind> {
    Some(match flag {
        // Upstream connection failure. Istio tells its errno: `delayed_connect_error:_111`.
        b"UF" if errno(failure) == Some(b"113") || errno(failure) == Some(b"101") => {
            EventKind::UpstreamUnreachable
        }
        b"UF" if memmem::find(failure, b"timeout").is_some() => EventKind::UpstreamTimeout,
        b"UF" if memmem::find(failure, b"TLS").is_some() => EventKind::UpstreamTls,
        b"UF" => EventKind::UpstreamRefused,
        // No healthy upstream hosts in the cluster; no cluster; the local service failed its health check.
        b"UH" | b"NC" | b"LH" => EventKind::UpstreamNoneLive,
        // Upstream connection termination.
        b"UC" => EventKind::UpstreamClosed,
        // Upstream remote reset, connection local reset.
        b"UR" | b"LR" => EventKind::UpstreamReset,
        // Upstream request timeout, its longest duration, an idle stream.
        b"UT" | b"UMSDR" | b"SI" => EventKind::UpstreamTimeout,
        b"UPE" => EventKind::UpstreamBadAnswer,
        b"DF" => EventKind::UpstreamUnresolved,
        // The circuit breaker and the overload manager are limits of Envoy's own.
        b"UO" | b"OM" => EventKind::ProxyLimit,
        b"RL" => EventKind::ProxyThrottled,
        _ => return None,
    })
}

fn errno(failure: &[u8]) -> Option<&[u8]> {
    let at = memmem::find(failure, b"connect_error:_")?;
    let tail = failure.get(at + b"connect_error:_".len()..)?;
    let length = tail.iter().take_while(|byte| byte.is_ascii_digit()).count();
    tail.get(..length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::tests::show;

    #[track_caller]
    fn check(line: &str, expected: &str) {
        assert_eq!(show(&parse_envoy(line.as_bytes()).expect("a request")), expected);
    }

    #[test]
    fn lines_of_the_manuals() {
        check(
            r#"[2016-04-15T20:17:00.310Z] "POST /api/v1/locations?a HTTP/2" 204 - 154 0 226 100 "10.0.35.28, 10.0.0.1" "nsq2http" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "locations" "tcp://10.0.2.1:80""#,
            "2016-04-15T20:17:00.310Z start 204 POST /api/v1/locations HTTP/2 q=a client=10.0.35.28 host=locations agent=nsq2http rt=0.226 in=154 out=0 up[tcp://10.0.2.1:80|204|||] by app",
        );
        check(
            r#"[2020-11-25T21:26:18.409Z] "GET /status/418 HTTP/1.1" 418 - via_upstream - "-" 0 135 3 1 "-" "curl/7.73.0-DEV" "84961386-6d84-929d-98bd-c5aee93b5c88" "httpbin:8000" "127.0.0.1:80" inbound|8000|| 127.0.0.1:41854 10.44.1.27:80 10.44.1.23:37652 outbound_.8000_._.httpbin.foo.svc.cluster.local default"#,
            "2020-11-25T21:26:18.409Z start 418 GET /status/418 HTTP/1.1 host=httpbin:8000 agent=curl/7.73.0-DEV rt=0.003 in=0 out=135 up[127.0.0.1:80|418|||] by app",
        );
        check(
            r#"[2020-11-25T21:26:18.409Z] "GET / HTTP/1.1" 503 UF,URX upstream_reset_before_response_started{connection_failure} - "delayed_connect_error:_113" 0 135 3 - "-" "-" "8" "h" "10.0.0.7:80" c"#,
            "2020-11-25T21:26:18.409Z start 503 GET / HTTP/1.1 host=h rt=0.003 in=0 out=135 up[10.0.0.7:80||||] by proxy: upstream-unreachable",
        );
        for (flags, told) in [
            ("UH", "by proxy: upstream-none-live"),
            ("UF,URX", "by proxy: upstream-refused"),
            ("UC", "by proxy: upstream-closed"),
            ("UT", "by proxy: upstream-timeout"),
            ("UO", "by proxy: proxy-limit"),
            ("UR", "by proxy: upstream-reset"),
            ("DC", "by proxy"),
            ("URX", "by app"),
        ] {
            let line = format!(
                r#"[2016-04-15T20:17:00.310Z] "GET / HTTP/1.1" 503 {flags} 0 91 5 - "-" "-" "c" "a" "-""#
            );
            let shown = show(&parse_envoy(line.as_bytes()).expect("a request"));
            assert!(shown.ends_with(&format!("] {told}")), "{flags}: {shown}");
        }
    }

    #[test]
    fn lines_of_others() {
        for line in [
            r#"[21/Nov/2026:01:10:50 +0300] "GET / HTTP/1.1" 200 - 154 0 226 100 "-" "a" "b" "c" "d""#,
            r#"[2016-04-15T20:17:00.310Z] "GET / HTTP/1.1" 200 ok 154 0 226 100 "-" "a" "b" "c" "d""#,
            r#"[2016-04-15T20:17:00.310Z] "- - -" 0 UF 0 0 5 - "-""#,
            "[2016-04-15 20:17:00.310][1][info][main] starting",
        ] {
            assert_eq!(parse_envoy(line.as_bytes()), None, "{line}");
        }
    }
}
