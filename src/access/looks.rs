//! What a value looks like when nothing says what it is: an address, a request line, a list of durations. Bytes in, yes or no
//! out. For `infer` and for keys that mean two things; a value that looks like two things must pass as either.

use super::{fields, tries};

/// `host:port`, `[v6]:port` or `unix:path`.
fn is_address(item: &[u8]) -> bool {
    if let Some(path) = item.strip_prefix(b"unix:") {
        return path.starts_with(b"/");
    }
    let Some(colon) = memchr::memrchr(b':', item) else { return false };
    let (host, port) = (&item[..colon], &item[colon + 1..]);
    let is_port = (1..=5).contains(&port.len()) && port.iter().all(u8::is_ascii_digit);
    is_port
        && !host.is_empty()
        && host.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-:[]%".contains(byte))
}

/// A list whose items that tell something are all addresses, and at least one does.
pub(super) fn is_address_list(value: &[u8]) -> bool {
    let mut told = tries(value).flatten().peekable();
    told.peek().is_some() && told.all(is_address)
}

/// One word.
pub(super) fn is_word(value: &[u8]) -> bool {
    !value.contains(&b' ')
}

/// A method in common use: any word of capitals would be too much.
pub(super) fn is_known_method(value: &[u8]) -> bool {
    matches!(
        value,
        b"GET"
            | b"HEAD"
            | b"POST"
            | b"PUT"
            | b"PATCH"
            | b"DELETE"
            | b"OPTIONS"
            | b"CONNECT"
            | b"TRACE"
            | b"PROPFIND"
    )
}

/// `METHOD target HTTP/x`; lines in which it is garbage are left to the majority.
pub(super) fn is_request(value: &[u8]) -> bool {
    let mut words = value.split(|byte| *byte == b' ');
    words.next().is_some_and(fields::is_method)
        && memchr::memrchr(b' ', value)
            .is_some_and(|at| value.get(at + 1..).is_some_and(|tail| tail.starts_with(b"HTTP/")))
}

/// An upstream list of statuses.
pub(super) fn is_status_list(value: &[u8]) -> bool {
    tries(value).flatten().all(|item| fields::status(item).is_some())
}

/// nginx writes milliseconds, gunicorn's `%(L)s` microseconds; two digits are a `$gzip_ratio`.
pub(super) fn is_decimal_list(value: &[u8]) -> bool {
    let is_duration = |item: &[u8]| {
        let point = memchr::memchr(b'.', item);
        point.is_some_and(|at| (3..=6).contains(&(item.len() - at - 1)))
            && fields::decimal(item).is_some()
    };
    tries(value).flatten().all(is_duration)
}

/// An address as `$remote_addr` writes it.
pub(super) fn is_ip(value: &[u8]) -> bool {
    value.starts_with(b"unix:")
        || std::str::from_utf8(value).is_ok_and(|text| text.parse::<std::net::IpAddr>().is_ok())
}

/// A host name or address, perhaps with a port.
pub(super) fn is_host(value: &[u8]) -> bool {
    let spelled = value.iter().all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(byte));
    spelled && (value == b"localhost" || value.contains(&b'.'))
}

/// `Product/1.2 ...`.
pub(super) fn is_agent(value: &[u8]) -> bool {
    let product = memchr::memchr(b'/', value)
        .is_some_and(|at| value.get(at + 1).is_some_and(u8::is_ascii_digit));
    product && value.first().is_some_and(u8::is_ascii_alphabetic) && !value.starts_with(b"HTTP/")
}
