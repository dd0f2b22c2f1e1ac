//! Names of values: nginx variables, and the keys under which logs in JSON or `key=value` write the same things.
//! A name in, its [`Role`] out. A name that means two things in the wild has a role of its own, decided by the value.

/// What a value is to a [`super::Request`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Ignored,
    Client,
    TimeLocal,
    TimeIso,
    Msec,
    AnyTime,
    StartTime,
    Request,
    Method,
    Target,
    Query,
    Protocol,
    Status,
    /// A number that is the status where a method and a path stand beside it.
    Code,
    ResponseBytes,
    RequestBytes,
    Seconds,
    Millis,
    Micros,
    Nanos,
    /// A duration whose unit the name does not tell.
    Duration,
    Host,
    Agent,
    /// `ua` is the user agent of one half of the world and the upstream's address of the other.
    AgentOrAddress,
    Addresses,
    Statuses,
    ResponseTimes,
    ConnectTimes,
    HeaderTimes,
    /// The logger's name: Caddy's error log repeats the request that its access log has.
    Logger,
}

impl Role {
    /// Whether the value is one of an upstream.
    pub(super) fn is_upstream(self) -> bool {
        matches!(
            self,
            Self::Addresses
                | Self::Statuses
                | Self::ResponseTimes
                | Self::ConnectTimes
                | Self::HeaderTimes
        )
    }
}

/// Where a value ends when no quotes say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Clf,
    Iso,
    Epoch,
    /// Digits, `-` or nothing.
    Digits,
    /// Digits with a point, `-` or nothing.
    Decimal,
    /// An upstream list: blanks only in its separators.
    List,
    /// No blanks.
    Word,
    /// No blanks and no slash: a host name, a scheme.
    Name,
    /// Anything up to the next literal.
    Text,
}

/// nginx variables, by name (`ngx_http_variables.c`, `ngx_http_log_module.c`, `ngx_http_upstream.c`).
const VARIABLES: &[(&str, Role, Class)] = &[
    ("args", Role::Query, Class::Text),
    ("body_bytes_sent", Role::ResponseBytes, Class::Digits),
    ("bytes_sent", Role::ResponseBytes, Class::Digits),
    ("connection", Role::Ignored, Class::Digits),
    ("connection_requests", Role::Ignored, Class::Digits),
    ("document_uri", Role::Target, Class::Text),
    ("gzip_ratio", Role::Ignored, Class::Decimal),
    ("host", Role::Host, Class::Name),
    ("hostname", Role::Ignored, Class::Name),
    ("http_host", Role::Host, Class::Name),
    ("http_user_agent", Role::Agent, Class::Text),
    ("is_args", Role::Ignored, Class::Word),
    ("msec", Role::Msec, Class::Epoch),
    ("pid", Role::Ignored, Class::Digits),
    ("pipe", Role::Ignored, Class::Word),
    ("proxy_alternative_upstream_name", Role::Ignored, Class::Word),
    ("proxy_upstream_name", Role::Ignored, Class::Word),
    ("query_string", Role::Query, Class::Text),
    ("realip_remote_addr", Role::Ignored, Class::Word),
    ("remote_addr", Role::Client, Class::Word),
    ("remote_port", Role::Ignored, Class::Digits),
    ("req_id", Role::Ignored, Class::Word),
    ("request", Role::Request, Class::Text),
    ("request_id", Role::Ignored, Class::Word),
    ("request_length", Role::RequestBytes, Class::Digits),
    ("request_method", Role::Method, Class::Word),
    ("request_time", Role::Seconds, Class::Decimal),
    ("request_uri", Role::Target, Class::Text),
    ("scheme", Role::Ignored, Class::Name),
    ("server", Role::Ignored, Class::Word),
    ("server_addr", Role::Ignored, Class::Word),
    ("server_name", Role::Host, Class::Name),
    ("server_port", Role::Ignored, Class::Digits),
    ("server_protocol", Role::Protocol, Class::Word),
    ("ssl_cipher", Role::Ignored, Class::Word),
    ("ssl_protocol", Role::Ignored, Class::Word),
    ("status", Role::Status, Class::Digits),
    ("the_real_ip", Role::Client, Class::Word),
    ("time_iso8601", Role::TimeIso, Class::Iso),
    ("time_local", Role::TimeLocal, Class::Clf),
    ("upstream_addr", Role::Addresses, Class::List),
    ("upstream_bytes_received", Role::Ignored, Class::List),
    ("upstream_bytes_sent", Role::Ignored, Class::List),
    ("upstream_cache_status", Role::Ignored, Class::List),
    ("upstream_connect_time", Role::ConnectTimes, Class::List),
    ("upstream_first_byte_time", Role::Ignored, Class::List),
    ("upstream_header_time", Role::HeaderTimes, Class::List),
    ("upstream_response_length", Role::Ignored, Class::List),
    ("upstream_response_time", Role::ResponseTimes, Class::List),
    ("upstream_session_time", Role::Ignored, Class::List),
    ("upstream_status", Role::Statuses, Class::List),
    ("uri", Role::Target, Class::Text),
];

/// Names that `infer` gives to columns it does not know: a bare one is a list at most, a quoted or bracketed one is any text.
pub(super) const UNKNOWN_BARE: &str = "unknown_";
/// See [`UNKNOWN_BARE`].
pub(super) const UNKNOWN_TEXT: &str = "text_";

/// What an nginx variable is, and how far its value reaches. Unknown ones (maps, headers, cookies) are any text.
pub(super) fn variable(name: &str) -> (Role, Class) {
    if let Ok(index) = VARIABLES.binary_search_by(|(known, ..)| (*known).cmp(name)) {
        let (_, role, class) = VARIABLES[index];
        return (role, class);
    }
    let class = if name.starts_with(UNKNOWN_BARE) { Class::List } else { Class::Text };
    (Role::Ignored, class)
}

/// Keys of JSON objects and `key=value` formats, lower case, `_` for `-`; `parent.leaf` where the leaf alone would mislead.
const KEYS: &[(&str, Role)] = &[
    ("@timestamp", Role::AnyTime),
    ("addr", Role::Client),
    ("address", Role::Client),
    ("agent", Role::Agent),
    ("args", Role::Query),
    ("authority", Role::Host),
    ("backend", Role::Addresses),
    ("backend_addr", Role::Addresses),
    ("backend_address", Role::Addresses),
    ("backend_code", Role::Statuses),
    ("backend_status", Role::Statuses),
    ("backend_time", Role::ResponseTimes),
    ("backend_took", Role::ResponseTimes),
    ("body_bytes", Role::ResponseBytes),
    ("body_bytes_sent", Role::ResponseBytes),
    ("body_sent", Role::ResponseBytes),
    ("bytes", Role::ResponseBytes),
    ("bytes_in", Role::RequestBytes),
    ("bytes_out", Role::ResponseBytes),
    ("bytes_sent", Role::ResponseBytes),
    ("client", Role::Client),
    ("client_addr", Role::Client),
    ("client_address", Role::Client),
    ("client_ip", Role::Client),
    ("clientaddr", Role::Client),
    ("clientip", Role::Client),
    ("code", Role::Code),
    ("cs_host", Role::Host),
    ("cs_method", Role::Method),
    ("cs_uri", Role::Target),
    ("cs_uri_stem", Role::Target),
    ("date", Role::AnyTime),
    ("datetime", Role::AnyTime),
    ("domain", Role::Host),
    ("duration", Role::Duration),
    ("duration_ms", Role::Millis),
    ("duration_ns", Role::Nanos),
    ("duration_s", Role::Seconds),
    ("duration_us", Role::Micros),
    ("elapsed", Role::Duration),
    ("elapsed_ms", Role::Millis),
    ("host", Role::Host),
    ("http_code", Role::Status),
    ("http_host", Role::Host),
    ("http_method", Role::Method),
    ("http_status", Role::Status),
    ("http_status_code", Role::Status),
    ("http_user_agent", Role::Agent),
    ("http_verb", Role::Method),
    ("http_version", Role::Protocol),
    ("httpcode", Role::Status),
    ("httpmethod", Role::Method),
    ("httpstatus", Role::Status),
    ("ip", Role::Client),
    ("latency", Role::Duration),
    ("latency_ms", Role::Millis),
    ("logger", Role::Logger),
    ("method", Role::Method),
    ("msec", Role::Msec),
    ("origin_status", Role::Statuses),
    ("path", Role::Target),
    ("proto", Role::Protocol),
    ("protocol", Role::Protocol),
    ("query", Role::Query),
    ("query_string", Role::Query),
    ("remote", Role::Client),
    ("remote_addr", Role::Client),
    ("remote_address", Role::Client),
    ("remote_host", Role::Client),
    ("remote_ip", Role::Client),
    ("remoteaddr", Role::Client),
    ("remoteaddress", Role::Client),
    ("remoteip", Role::Client),
    ("req", Role::Request),
    ("req_bytes", Role::RequestBytes),
    ("req_method", Role::Method),
    ("req_path", Role::Target),
    ("req_time", Role::Seconds),
    ("req_uri", Role::Target),
    ("req_url", Role::Target),
    ("request", Role::Request),
    ("request.bytes", Role::RequestBytes),
    ("request.length", Role::RequestBytes),
    ("request.size", Role::RequestBytes),
    ("request.time", Role::Seconds),
    ("request_length", Role::RequestBytes),
    ("request_method", Role::Method),
    ("request_path", Role::Target),
    ("request_seconds", Role::Seconds),
    ("request_time", Role::Seconds),
    ("request_time_ms", Role::Millis),
    ("request_uri", Role::Target),
    ("request_url", Role::Target),
    ("requestmethod", Role::Method),
    ("requesttime", Role::Seconds),
    ("requesturl", Role::Target),
    ("res.code", Role::Status),
    ("resp_bytes", Role::ResponseBytes),
    ("resp_code", Role::Status),
    ("resp_status", Role::Status),
    ("resp_time", Role::Duration),
    ("response", Role::Status),
    ("response.code", Role::Status),
    ("response_bytes", Role::ResponseBytes),
    ("response_code", Role::Status),
    ("response_size", Role::ResponseBytes),
    ("response_status", Role::Status),
    ("response_time", Role::Duration),
    ("response_time_ms", Role::Millis),
    ("responsestatus", Role::Status),
    // pino-http and morgan count milliseconds.
    ("responsetime", Role::Millis),
    ("rt", Role::Seconds),
    ("sc_status", Role::Status),
    ("server_name", Role::Host),
    ("server_protocol", Role::Protocol),
    ("size", Role::ResponseBytes),
    ("source.address", Role::Client),
    ("source.ip", Role::Client),
    ("src_ip", Role::Client),
    ("srcip", Role::Client),
    ("start_time", Role::StartTime),
    ("status", Role::Status),
    ("status_code", Role::Status),
    ("statuscode", Role::Status),
    ("time", Role::AnyTime),
    ("time_iso8601", Role::AnyTime),
    ("time_local", Role::AnyTime),
    ("time_taken", Role::Duration),
    ("timestamp", Role::AnyTime),
    ("took", Role::Duration),
    ("ts", Role::AnyTime),
    ("ua", Role::AgentOrAddress),
    ("uaddr", Role::Addresses),
    ("uct", Role::ConnectTimes),
    ("uht", Role::HeaderTimes),
    ("up_addr", Role::Addresses),
    ("up_status", Role::Statuses),
    ("up_time", Role::ResponseTimes),
    ("ups_addr", Role::Addresses),
    ("ups_status", Role::Statuses),
    ("upstream", Role::Addresses),
    ("upstream.addr", Role::Addresses),
    ("upstream.address", Role::Addresses),
    ("upstream.connect_time", Role::ConnectTimes),
    ("upstream.header_time", Role::HeaderTimes),
    ("upstream.response_time", Role::ResponseTimes),
    ("upstream.status", Role::Statuses),
    ("upstream_addr", Role::Addresses),
    ("upstream_address", Role::Addresses),
    ("upstream_code", Role::Statuses),
    ("upstream_connect_time", Role::ConnectTimes),
    ("upstream_header_time", Role::HeaderTimes),
    ("upstream_host", Role::Addresses),
    ("upstream_response_time", Role::ResponseTimes),
    ("upstream_rt", Role::ResponseTimes),
    ("upstream_status", Role::Statuses),
    ("upstream_time", Role::ResponseTimes),
    ("upstreamaddr", Role::Addresses),
    ("upstreamstatus", Role::Statuses),
    ("uri", Role::Target),
    ("url", Role::Target),
    ("urt", Role::ResponseTimes),
    ("us", Role::Statuses),
    ("user_agent", Role::Agent),
    ("user_agent.original", Role::Agent),
    ("useragent", Role::Agent),
    ("ust", Role::Statuses),
    ("ut", Role::ResponseTimes),
    ("verb", Role::Method),
    ("vhost", Role::Host),
    ("virtual_host", Role::Host),
];

/// Longest key that is looked up, `parent.leaf` included.
const KEY_MAX_BYTES: usize = 48;

/// The role of a key under a parent (empty at the top), whatever its case; a dotted key brings its own parents.
pub(super) fn key(parent: &[u8], name: &[u8]) -> Option<Role> {
    let (parent, leaf) = match memchr::memrchr(b'.', name) {
        Some(dot) => (name.get(..dot)?, name.get(dot + 1..)?),
        None => (parent, name),
    };
    let parent = parent.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    let mut text = [0_u8; KEY_MAX_BYTES];
    let whole = lower(&mut text, parent, leaf)?;
    if parent.is_empty() {
        return find(whole);
    }
    // The parts of an upstream mean something else without it.
    let alone =
        || (!parent.eq_ignore_ascii_case(b"upstream")).then(|| find(leaf_of(whole))).flatten();
    find(whole).or_else(alone)
}

fn leaf_of(whole: &[u8]) -> &[u8] {
    memchr::memrchr(b'.', whole).and_then(|dot| whole.get(dot + 1..)).unwrap_or(whole)
}

fn lower<'t>(text: &'t mut [u8; KEY_MAX_BYTES], parent: &[u8], leaf: &[u8]) -> Option<&'t [u8]> {
    let dot: &[u8] = if parent.is_empty() { b"" } else { b"." };
    let mut length = 0;
    for byte in parent.iter().chain(dot).chain(leaf) {
        *text.get_mut(length)? = if *byte == b'-' { b'_' } else { byte.to_ascii_lowercase() };
        length += 1;
    }
    text.get(..length)
}

fn find(key: &[u8]) -> Option<Role> {
    let index = KEYS.binary_search_by(|(known, _)| known.as_bytes().cmp(key)).ok()?;
    KEYS.get(index).map(|(_, role)| *role)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_for_the_binary_search() {
        assert!(VARIABLES.is_sorted_by(|a, b| a.0 < b.0));
        let unsorted: Vec<_> = KEYS.windows(2).filter(|pair| pair[0].0 >= pair[1].0).collect();
        assert_eq!(unsorted, [] as [&[(&str, Role)]; 0]);
    }

    #[test]
    fn keys_are_found_in_any_spelling() {
        assert_eq!(key(b"", b"statusCode"), Some(Role::Status));
        assert_eq!(key(b"", b"User-Agent"), Some(Role::Agent));
        assert_eq!(key(b"res", b"statusCode"), Some(Role::Status));
        assert_eq!(key(b"", b"http.response.status_code"), Some(Role::Status));
        assert_eq!(key(b"upstream", b"status"), Some(Role::Statuses));
        assert_eq!(key(b"upstream", b"host"), None);
        assert_eq!(key(b"request", b"time"), Some(Role::Seconds));
        assert_eq!(key(b"", b"time"), Some(Role::AnyTime));
        assert_eq!(key(b"", b"level"), None);
        assert_eq!(key(b"", &[b'a'; 400]), None);
    }
}
