//! Routes and probes. A path becomes the template under which its requests are counted; a request is told to be a health check.
//! It exists because reports count by route, and because probes are no users. It must keep the number of routes small
//! on any traffic, so whatever looks like an identifier is replaced.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::Request;

/// Segments of a path that are kept.
const SEGMENTS_MAX: usize = 6;
/// Longest route in bytes.
const ROUTE_MAX_BYTES: usize = 120;
/// Shortest word of hexadecimal digits that is an identifier.
const HEX_MIN: usize = 8;
/// Shortest word of mixed letters and digits that is a token.
const TOKEN_MIN: usize = 20;

/// The template of a path: numbers, hexadecimal ids, UUIDs, tokens and e-mails become `:id`, what follows the sixth segment `*`.
/// Scheme, host, query and `;parameters` are left out; an empty path (a garbage request) is `-`.
#[must_use]
pub fn route(path: &[u8]) -> String {
    let mut route = String::new();
    write_template(path, &mut route);
    cut(route)
}

/// Longest method that is kept in the name of a route, in bytes.
const METHOD_MAX_BYTES: usize = 16;

/// Writes the name under which requests are counted: method and template.
pub fn write(method: &[u8], path: &[u8], out: &mut String) {
    push_lossy(method.get(..METHOD_MAX_BYTES).unwrap_or(method), out);
    out.push(' ');
    let begin = out.len();
    write_template(path, out);
    if out.len() - begin > ROUTE_MAX_BYTES {
        let whole = out.split_off(begin);
        out.push_str(&cut(whole));
    }
}

/// Bytes as text; what is no UTF-8 is replaced.
fn push_lossy(bytes: &[u8], out: &mut String) {
    match std::str::from_utf8(bytes) {
        Ok(text) => out.push_str(text),
        Err(_) => out.push_str(&String::from_utf8_lossy(bytes)),
    }
}

fn write_template(path: &[u8], route: &mut String) {
    let path = path.split(|byte| matches!(byte, b'?' | b'#')).next().unwrap_or_default();
    let path = without_origin(path);
    if path.is_empty() {
        route.push('-');
        return;
    }
    let mut segments = path.strip_prefix(b"/").unwrap_or(path).split(|byte| *byte == b'/');
    for segment in segments.by_ref().take(SEGMENTS_MAX) {
        route.push('/');
        let segment = segment.split(|byte| *byte == b';').next().unwrap_or_default();
        write_segment(segment, route);
    }
    if segments.next().is_some() {
        route.push_str("/*");
    }
}

/// `http://host/x` of a proxy request is `/x`.
fn without_origin(path: &[u8]) -> &[u8] {
    let Some(tail) = path.strip_prefix(b"http://").or_else(|| path.strip_prefix(b"https://"))
    else {
        return path;
    };
    memchr::memchr(b'/', tail).and_then(|slash| tail.get(slash..)).unwrap_or(b"/")
}

fn write_segment(segment: &[u8], route: &mut String) {
    if is_id(segment) {
        route.push_str(":id");
        return;
    }
    // `/avatars/3692.png`: the extension tells more than the number.
    if let Some(dot) = memchr::memrchr(b'.', segment)
        && let (stem, extension) = segment.split_at(dot)
        && is_id(stem)
        && (2..=6).contains(&extension.len())
        && extension.iter().any(u8::is_ascii_alphabetic)
    {
        route.push_str(":id");
        push_lossy(extension, route);
        return;
    }
    push_lossy(segment, route);
}

/// What kinds of bytes a word has; one bit each.
mod kind {
    pub(super) const DIGIT: u8 = 1;
    /// A letter of a hexadecimal number.
    pub(super) const HEX: u8 = 2;
    /// What an e-mail cannot be without, plain or percent-encoded.
    pub(super) const AT: u8 = 4;
    pub(super) const OTHER: u8 = 8;

    pub(super) const OF: [u8; 256] = {
        let mut kinds = [OTHER; 256];
        let mut byte = 0;
        while byte < 256 {
            kinds[byte] = match byte as u8 {
                b'0'..=b'9' => DIGIT,
                b'a'..=b'f' | b'A'..=b'F' => HEX,
                b'@' | b'%' => AT,
                _ => OTHER,
            };
            byte += 1;
        }
        kinds
    };
}

fn is_id(word: &[u8]) -> bool {
    let kinds = word.iter().fold(0, |kinds, byte| kinds | kind::OF[usize::from(*byte)]);
    let digit = kinds & kind::DIGIT != 0;
    let number = kinds == kind::DIGIT;
    let hex = digit && word.len() >= HEX_MIN && kinds & !(kind::DIGIT | kind::HEX) == 0;
    number
        || hex
        || is_uuid(word)
        || (digit && is_token(word))
        || (kinds & kind::AT != 0 && is_email(word))
}

fn is_uuid(word: &[u8]) -> bool {
    let dash = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    word.len() == 36
        && word
            .iter()
            .enumerate()
            .all(|(at, byte)| if dash(at) { *byte == b'-' } else { byte.is_ascii_hexdigit() })
}

/// Long, of the letters of base64 (URL form, or percent-encoded), with digits among them and no words between dashes.
fn is_token(word: &[u8]) -> bool {
    if word.len() < TOKEN_MIN {
        return false;
    }
    let letters =
        word.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_=+.~%:".contains(byte));
    let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
    let capital =
        word.iter().any(u8::is_ascii_uppercase) && word.iter().any(u8::is_ascii_lowercase);
    let longest = word.split(|byte| b"-_.".contains(byte)).map(<[u8]>::len).max().unwrap_or(0);
    letters && longest >= TOKEN_MIN / 2 && (digits >= 4 || (digits >= 1 && capital))
}

fn is_email(word: &[u8]) -> bool {
    let at = memchr::memchr(b'@', word).or_else(|| memchr::memmem::find(word, b"%40"));
    at.is_some_and(|at| at > 0 && word.get(at..).is_some_and(|domain| domain.contains(&b'.')))
}

fn cut(mut route: String) -> String {
    if route.len() > ROUTE_MAX_BYTES {
        let end = (0..=ROUTE_MAX_BYTES - "…".len())
            .rev()
            .find(|at| route.is_char_boundary(*at))
            .unwrap_or(0);
        route.truncate(end);
        route.push('…');
    }
    route
}

/// Paths at which health is asked for and nothing else is served; without a slash at the end, case as written. `/status` and `/` are
/// not among them: real pages live there.
pub const PROBE_PATHS: &[&str] = &[
    "/-/healthy",
    "/-/ready",
    "/_health",
    "/_healthz",
    "/_ping",
    "/actuator/health",
    "/actuator/health/liveness",
    "/actuator/health/readiness",
    "/alive",
    "/api/health",
    "/api/healthz",
    "/basic_status",
    "/elb-status",
    "/haproxy_test",
    "/health",
    "/health-check",
    "/health/live",
    "/health/liveness",
    "/health/readiness",
    "/health/ready",
    "/health_check",
    "/healthcheck",
    "/healthz",
    "/heartbeat",
    "/lb-status",
    "/lb_status",
    "/livez",
    "/nginx-health",
    "/nginx_status",
    "/ping",
    "/readyz",
    "/stub_status",
    "/up",
];

/// User agents of health checkers, by how they begin (kubelet, AWS, Google, Consul, monitoring services).
pub const PROBE_AGENTS: &[&str] = &[
    "Amazon-Route53-Health-Check-Service",
    "Better Stack Better Uptime Bot",
    "Better Uptime Bot",
    "Blackbox Exporter",
    "Blackbox-Exporter",
    "Consul Health Check",
    "Datadog/Synthetics",
    "DigitalOcean Uptime",
    "ELB-HealthChecker",
    "GoogleHC",
    "GoogleStackdriverMonitoring-UptimeChecks",
    "Healthchecks.io",
    "HetrixTools",
    "Pingdom.com_bot",
    "Site24x7",
    "StatusCake",
    "UptimeRobot",
    "Uptime-Kuma",
    "check_http/",
    "kube-probe/",
    "updown.io",
];

/// Agents of the same kind that hide inside a browser's name.
const PROBE_AGENTS_WITHIN: &[&str] = &["UptimeRobot/", "StatusCake", "pingbot", "NodePing"];

/// Whether a request is a health check: by path, by user agent, or by [`is_haproxy_check`].
#[must_use]
pub fn is_probe(request: &Request<'_>) -> bool {
    is_haproxy_check(request) || is_probe_path(request.path) || is_probe_agent(request.user_agent)
}

/// HAProxy's `option httpchk`: `OPTIONS /` in HTTP/1.0 without an agent.
#[must_use]
pub fn is_haproxy_check(request: &Request<'_>) -> bool {
    request.method == b"OPTIONS"
        && request.path == b"/"
        && request.protocol == b"HTTP/1.0"
        && request.user_agent.is_empty()
}

/// Whether a path is one of [`PROBE_PATHS`].
#[must_use]
pub fn is_probe_path(path: &[u8]) -> bool {
    let path = path.strip_suffix(b"/").unwrap_or(path);
    let known = |known: &&str| known.len() == path.len() && known.as_bytes() == path;
    PROBE_LENGTHS.get(path.len()).is_some_and(|some| *some) && PROBE_PATHS.iter().any(known)
}

/// For each length whether a probe's path has it.
const PROBE_LENGTHS: [bool; 32] = {
    let mut lengths = [false; 32];
    let mut at = 0;
    while at < PROBE_PATHS.len() {
        lengths[PROBE_PATHS[at].len()] = true;
        at += 1;
    }
    lengths
};

/// Whether a user agent is a health checker's.
#[must_use]
pub fn is_probe_agent(agent: &[u8]) -> bool {
    static WITHIN: LazyLock<Vec<Finder<'static>>> =
        LazyLock::new(|| PROBE_AGENTS_WITHIN.iter().map(|known| Finder::new(*known)).collect());
    PROBE_AGENTS.iter().any(|known| agent.starts_with(known.as_bytes()))
        || WITHIN.iter().any(|known| known.find(agent).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: &str) {
        assert_eq!(route(path.as_bytes()), expected);
    }

    #[test]
    fn identifiers_become_one_word() {
        check("/products/3692", "/products/:id");
        check("/products/3692/", "/products/:id/");
        check("/", "/");
        check("", "-");
        check("*", "/*");
        check("/healthz", "/healthz");
        check("/api/v1/users/f66e6f754d1595013bb91e51e3119d6e", "/api/v1/users/:id");
        check("/u/123e4567-e89b-12d3-a456-426614174000/x", "/u/:id/x");
        check("/commit/6e91c0ac", "/commit/:id");
        check("/facade/deadbeef", "/facade/deadbeef");
        check("/t/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0", "/t/:id");
        check(
            "/how-to-configure-nginx-in-2025-properly",
            "/how-to-configure-nginx-in-2025-properly",
        );
        check(
            "/static/application-production-bundle.js",
            "/static/application-production-bundle.js",
        );
        check("/reset/anna@example.com", "/reset/:id");
        check("/reset/anna%40example.com", "/reset/:id");
        check("/avatars/3692.png", "/avatars/:id.png");
        check("/v/1.2", "/v/1.2");
        check("/a;jsessionid=8A7F?x=1", "/a");
        check("http://h.example/a/7?x", "/a/:id");
        check("https://h.example", "/");
    }

    #[test]
    fn routes_are_short() {
        check("/1/2/3/4/5/6", "/:id/:id/:id/:id/:id/:id");
        check("/a/b/c/d/e/f/g/h", "/a/b/c/d/e/f/*");
        let long = route("/ä".repeat(3).replace('ä', &"ä".repeat(80)).as_bytes());
        assert!(long.len() <= ROUTE_MAX_BYTES && long.ends_with("ä…"), "{long}");
    }

    #[track_caller]
    fn probe(method: &str, path: &str, protocol: &str, agent: &str, expected: bool) {
        let request = Request {
            method: method.as_bytes(),
            path: path.as_bytes(),
            protocol: protocol.as_bytes(),
            user_agent: agent.as_bytes(),
            ..Request::default()
        };
        assert_eq!(is_probe(&request), expected, "{path} {agent}");
    }

    #[test]
    fn probes_by_path_agent_and_haproxy() {
        probe("GET", "/healthz", "HTTP/1.1", "curl/7.88.1", true);
        probe("GET", "/health/", "HTTP/1.1", "", true);
        probe("GET", "/status", "HTTP/1.1", "kube-probe/1.29", true);
        probe("GET", "/", "HTTP/1.1", "ELB-HealthChecker/2.0", true);
        probe(
            "GET",
            "/",
            "HTTP/1.1",
            "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
            true,
        );
        probe("OPTIONS", "/", "HTTP/1.0", "", true);
        probe("OPTIONS", "/", "HTTP/1.1", "Mozilla/5.0", false);
        probe("OPTIONS", "/api/orders", "HTTP/1.1", "curl/7.88.1", false);
        probe("GET", "/status", "HTTP/1.1", "curl/7.88.1", false);
        probe("GET", "/", "HTTP/1.1", "", false);
        probe("GET", "/healthz/users", "HTTP/1.1", "curl/7.88.1", false);
        probe("GET", "/products/7", "HTTP/1.1", "Mozilla/5.0", false);
    }
}
