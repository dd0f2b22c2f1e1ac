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
    let mut route = Vec::new();
    write_template(path, &mut route);
    cut(String::from_utf8_lossy(&route).into_owned())
}

/// Longest method that is kept in the name of a route, in bytes.
const METHOD_MAX_BYTES: usize = 16;

/// Writes the name under which requests are counted: method and template. What is no UTF-8 is replaced.
pub fn write(method: &[u8], path: &[u8], out: &mut Vec<u8>) {
    out.clear();
    out.extend_from_slice(method.get(..METHOD_MAX_BYTES).unwrap_or(method));
    out.push(b' ');
    let begin = out.len();
    write_template(path, out);
    if out.len() - begin > ROUTE_MAX_BYTES || !out.is_ascii() {
        // What is no UTF-8 ends before the blank, as before any other byte of ASCII.
        let (method, route) = out.split_at(begin);
        let route = cut(String::from_utf8_lossy(route).into_owned());
        *out = (String::from_utf8_lossy(method).into_owned() + &route).into_bytes();
    }
}

/// As [`write()`], as text of its own.
#[must_use]
pub fn name(method: &[u8], path: &[u8]) -> String {
    let mut name = Vec::new();
    write(method, path, &mut name);
    String::from_utf8_lossy(&name).into_owned()
}

fn write_template(path: &[u8], route: &mut Vec<u8>) {
    let path = memchr::memchr2(b'?', b'#', path).and_then(|at| path.get(..at)).unwrap_or(path);
    let path = without_origin(path);
    if path.is_empty() {
        route.push(b'-');
        return;
    }
    let mut rest = Some(path.strip_prefix(b"/").unwrap_or(path));
    for _ in 0..SEGMENTS_MAX {
        let Some(path) = rest else { return };
        let mut kinds = 0;
        let slash = path.iter().position(|byte| {
            kinds |= kind::OF[usize::from(*byte)];
            *byte == b'/'
        });
        let segment = slash.and_then(|at| path.get(..at)).unwrap_or(path);
        rest = slash.and_then(|at| path.get(at + 1..));
        route.push(b'/');
        if kinds & kind::SEMICOLON == 0 {
            write_segment(segment, kinds, route);
        } else {
            let segment = segment.split(|byte| *byte == b';').next().unwrap_or_default();
            write_segment(segment, kinds_of(segment), route);
        }
    }
    if rest.is_some() {
        route.extend_from_slice(b"/*");
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

/// Writes a segment whose bytes are of these kinds.
fn write_segment(segment: &[u8], kinds: u8, route: &mut Vec<u8>) {
    if is_id(segment, kinds) {
        route.extend_from_slice(b":id");
        return;
    }
    // `/avatars/3692.png`: the extension tells more than the number.
    if kinds & kind::DOT != 0
        && let Some(dot) = memchr::memrchr(b'.', segment)
        && let (stem, extension) = segment.split_at(dot)
        && is_id(stem, kinds_of(stem))
        && (2..=6).contains(&extension.len())
        && extension.iter().any(u8::is_ascii_alphabetic)
    {
        route.extend_from_slice(b":id");
        route.extend_from_slice(extension);
        return;
    }
    route.extend_from_slice(segment);
}

/// What kinds of bytes a word has; a bit each. A slash has none.
mod kind {
    pub(super) const DIGIT: u8 = 1;
    pub(super) const LOWER: u8 = 2;
    pub(super) const UPPER: u8 = 4;
    /// What no hexadecimal number has.
    pub(super) const NOT_HEX: u8 = 8;
    /// What no token has: base64 (URL form, or percent-encoded) and what joins its parts.
    pub(super) const NOT_TOKEN: u8 = 16;
    /// What an e-mail cannot be without, plain or percent-encoded.
    pub(super) const AT: u8 = 32;
    pub(super) const DOT: u8 = 64;
    pub(super) const SEMICOLON: u8 = 128;

    pub(super) const OF: [u8; 256] = {
        let mut kinds = [NOT_HEX | NOT_TOKEN; 256];
        let mut byte = 0;
        while byte < 256 {
            kinds[byte] = match byte as u8 {
                b'0'..=b'9' => DIGIT,
                b'a'..=b'f' => LOWER,
                b'g'..=b'z' => LOWER | NOT_HEX,
                b'A'..=b'F' => UPPER,
                b'G'..=b'Z' => UPPER | NOT_HEX,
                b'-' | b'_' | b'=' | b'+' | b'~' | b':' => NOT_HEX,
                b'.' => DOT | NOT_HEX,
                b'%' => AT | NOT_HEX,
                b'@' => AT | NOT_HEX | NOT_TOKEN,
                b';' => SEMICOLON | NOT_HEX | NOT_TOKEN,
                b'/' => 0,
                _ => kinds[byte],
            };
            byte += 1;
        }
        kinds
    };
}

fn kinds_of(word: &[u8]) -> u8 {
    word.iter().fold(0, |kinds, byte| kinds | kind::OF[usize::from(*byte)])
}

/// Whether a word, whose bytes are of these kinds, is an identifier.
fn is_id(word: &[u8], kinds: u8) -> bool {
    let has = |some: u8| kinds & some != 0;
    let number = kinds == kind::DIGIT;
    let hex = has(kind::DIGIT) && !has(kind::NOT_HEX) && word.len() >= HEX_MIN;
    number
        || hex
        || is_uuid(word)
        || (has(kind::DIGIT) && !has(kind::NOT_TOKEN) && is_token(word, kinds))
        || (has(kind::AT) && is_email(word))
}

fn is_uuid(word: &[u8]) -> bool {
    let dash = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    word.len() == 36
        && word
            .iter()
            .enumerate()
            .all(|(at, byte)| if dash(at) { *byte == b'-' } else { byte.is_ascii_hexdigit() })
}

/// Long, with digits among its letters and no words between dashes; its bytes are those of tokens.
fn is_token(word: &[u8], kinds: u8) -> bool {
    if word.len() < TOKEN_MIN {
        return false;
    }
    let capital = kinds & kind::UPPER != 0 && kinds & kind::LOWER != 0;
    let digits = || word.iter().filter(|byte| byte.is_ascii_digit()).count();
    let longest = || word.split(|byte| b"-_.".contains(byte)).map(<[u8]>::len).max();
    (capital || digits() >= 4) && longest().unwrap_or(0) >= TOKEN_MIN / 2
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
