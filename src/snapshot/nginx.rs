//! An nginx configuration, or the output of `nginx -T`. In: the text; out: its `log_format`s, upstreams and read timeouts. Exists
//! because they say how the access log is to be read and who stands behind the proxy.
//! Must never fail on a configuration that it does not understand: what it does not know it passes over.

use crate::access;

use super::ProxyConfiguration;

/// Whether the text is an nginx configuration: blocks and settings of nginx stand at the start of lines.
pub(super) fn looks_like_nginx_conf(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&text[..text.len().min(64 * 1024)]);
    let directive = |word: &str| {
        text.lines().map(str::trim_start).any(|line| {
            line.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', '\t', '{']))
        })
    };
    let blocks = ["http", "server", "upstream", "location", "events"]
        .iter()
        .filter(|word| directive(word))
        .count();
    let settings = [
        "log_format",
        "access_log",
        "error_log",
        "proxy_pass",
        "listen",
        "worker_processes",
        "fastcgi_pass",
        "uwsgi_pass",
    ];
    blocks >= 1 && settings.iter().any(|word| directive(word))
}

/// Reads the configuration.
pub(super) fn proxy(text: &str) -> ProxyConfiguration {
    ProxyConfiguration {
        formats: access::nginx_conf::formats_of_nginx_conf(text),
        upstreams: upstreams(text),
        read_timeout_seconds: text
            .lines()
            .filter_map(|line| {
                line.trim()
                    .strip_prefix("proxy_read_timeout")?
                    .trim()
                    .strip_suffix(';')
                    .and_then(seconds)
            })
            .collect(),
    }
}

/// nginx's time syntax: `90`, `90s`, `2m`, `1h`.
fn seconds(text: &str) -> Option<u64> {
    let (number, factor) = match text.strip_suffix(['s', 'm', 'h']) {
        Some(number) if text.ends_with('m') => (number, 60),
        Some(number) if text.ends_with('h') => (number, 3600),
        Some(number) => (number, 1),
        None => (text, 1),
    };
    number.trim().parse::<u64>().ok()?.checked_mul(factor)
}

fn upstreams(text: &str) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    let mut open: Option<(String, Vec<String>)> = None;
    for line in text.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("upstream ") {
            open = Some((rest.trim_end_matches('{').trim().to_owned(), Vec::new()));
        } else if let (Some((_, servers)), Some(rest)) = (&mut open, line.strip_prefix("server ")) {
            let address = rest.split([' ', ';']).next().unwrap_or_default();
            servers.push(if address.contains(':') {
                address.to_owned()
            } else {
                format!("{address}:80")
            });
        } else if line.starts_with('}') {
            found.extend(open.take());
        }
    }
    found
}
