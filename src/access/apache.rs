//! Apache httpd's access logs where something proves that they are Apache's. A line in, a [`Request`] out: the same as for the
//! nginx formats, but `%t` is the moment at which the request was *received* (mod_log_config), and `%D` and `%T` are durations.
//!
//! Its `common` and `combined` are written by many servers that log the end, so without proof a file is left to `log_format`.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::log_format::{KNOWN, LogFormat};
use super::{Request, fields, most};

/// Microseconds that the usual request takes at least; smaller numbers are seconds.
const MICROS_USUAL: u64 = 500;

/// A format of Apache's, and the duration behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apache {
    format: LogFormat,
    extra: Extra,
}

/// What stands behind the last field of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extra {
    None,
    /// `%T/%D`, perhaps between asterisks: seconds and microseconds of the same duration.
    Both,
    /// `%D`: microseconds.
    Micros,
    /// `%T`: seconds.
    Seconds,
}

impl Apache {
    /// The format of a sample, if at least 90 % of it have one and Apache is proven to write it.
    #[must_use]
    pub fn detect(sample: &[&[u8]]) -> Option<Self> {
        let proven = sample.iter().any(|line| is_proof(line));
        let known = |wanted: &str| KNOWN.iter().find(|(name, _)| *name == wanted);
        let names = ["combined", "common", "vhost_combined"];
        for (_, source) in names.iter().filter_map(|name| known(name)) {
            let format = LogFormat::compile(source).ok()?;
            let extras = [Extra::Both, Extra::None, Extra::Micros, Extra::Seconds];
            for extra in extras.into_iter().filter(|extra| proven || *extra == Extra::Both) {
                let apache = Self { format: format.clone(), extra };
                let explained = sample.iter().filter(|line| apache.parse(line).is_some()).count();
                if most(explained, sample.len()) && apache.is_plausible(sample) {
                    return Some(apache);
                }
            }
        }
        None
    }

    /// The request of a line.
    #[must_use]
    pub fn parse<'a>(&self, line: &'a [u8]) -> Option<Request<'a>> {
        let (line, duration) = match self.extra {
            Extra::None => (line, None),
            _ => {
                let line = line.trim_ascii_end();
                let (head, last) = line.split_at(memchr::memrchr(b' ', line)?);
                (head, Some(self.duration(last.trim_ascii_start())?))
            }
        };
        let mut request = self.format.parse(line)?;
        request.start_logged = true;
        request.request_seconds = duration;
        Some(request)
    }

    fn duration(&self, text: &[u8]) -> Option<f64> {
        match self.extra {
            Extra::None => None,
            Extra::Micros => fields::whole(text).map(|micros| micros as f64 / 1e6),
            Extra::Seconds => fields::whole(text).map(|seconds| seconds as f64),
            Extra::Both => {
                let inner = text.strip_prefix(b"**").and_then(|text| text.strip_suffix(b"**"));
                let text = inner.unwrap_or(text);
                let slash = memchr::memchr(b'/', text)?;
                let seconds = fields::whole(text.get(..slash)?)?;
                let micros = fields::whole(text.get(slash + 1..)?)?;
                (micros / 1_000_000 == seconds).then_some(micros as f64 / 1e6)
            }
        }
    }

    /// Whether a bare number is rather microseconds or rather seconds.
    fn is_plausible(&self, sample: &[&[u8]]) -> bool {
        let mut durations: Vec<f64> = sample
            .iter()
            .filter_map(|line| self.parse(line).and_then(|request| request.request_seconds))
            .collect();
        durations.sort_by(f64::total_cmp);
        let median = durations.get(durations.len() / 2).copied().unwrap_or_default();
        match self.extra {
            Extra::None | Extra::Both => true,
            Extra::Micros => median * 1e6 >= MICROS_USUAL as f64,
            Extra::Seconds => median < 60.0,
        }
    }
}

/// What only Apache writes: requests of its own to wake idle children, and a time-out before any request.
fn is_proof(line: &[u8]) -> bool {
    // To be looked for in hundreds of lines of each log.
    static PROOFS: LazyLock<[Finder<'_>; 2]> = LazyLock::new(|| {
        [Finder::new("(internal dummy connection)"), Finder::new("] \"-\" 408 - ")]
    });
    PROOFS.iter().any(|proof| proof.find(line).is_some()) || line.ends_with(b"] \"-\" 408 -")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::tests::show;

    const DUMMY: &str = r#"::1 - - [05/Nov/2025:12:00:01 +0000] "OPTIONS * HTTP/1.0" 200 126 "-" "Apache/2.4.57 (Debian) (internal dummy connection)""#;

    /// The first line, read as the whole sample was taken.
    #[track_caller]
    fn check(sample: &[&str], expected: &str) {
        let lines: Vec<&[u8]> = sample.iter().map(|line| line.as_bytes()).collect();
        let apache = Apache::detect(&lines).expect("Apache's");
        assert_eq!(show(&apache.parse(lines[0]).expect("a request")), expected);
    }

    #[test]
    fn formats_of_apache() {
        let line = r#"203.0.113.7 - bob [05/Nov/2025:12:00:00 +0000] "GET /x?y HTTP/1.1" 304 - "https://a/?q=\"b\"" "curl/7.88.1""#;
        check(
            &[line, DUMMY],
            "2025-11-05T12:00:00.000Z start 304 GET /x HTTP/1.1 q=y client=203.0.113.7 agent=curl/7.88.1",
        );
        check(
            &[&format!("{line} 1204331"), &format!("{line} 812"), &format!("{DUMMY} 612")],
            "2025-11-05T12:00:00.000Z start 304 GET /x HTTP/1.1 q=y client=203.0.113.7 agent=curl/7.88.1 rt=1.204",
        );
        check(
            &[&format!("{line} 12"), &format!("{line} 0"), &format!("{DUMMY} 0")],
            "2025-11-05T12:00:00.000Z start 304 GET /x HTTP/1.1 q=y client=203.0.113.7 agent=curl/7.88.1 rt=12.000",
        );
        check(
            &[&format!("{line} 1/1204331"), &format!("{line} **0/812**")],
            "2025-11-05T12:00:00.000Z start 304 GET /x HTTP/1.1 q=y client=203.0.113.7 agent=curl/7.88.1 rt=1.204",
        );
        check(
            &[
                &format!("shop.example.com:443 {line}"),
                r#"shop.example.com:443 198.51.100.4 - - [05/Nov/2025:12:00:00 +0000] "-" 408 - "-" "-""#,
            ],
            "2025-11-05T12:00:00.000Z start 304 GET /x HTTP/1.1 q=y client=203.0.113.7 host=shop.example.com agent=curl/7.88.1",
        );
    }

    #[test]
    fn others_that_write_the_same() {
        for line in [
            // nginx, gunicorn, morgan; with a request length behind it.
            r#"127.0.0.1 - - [21/Nov/2026:01:38:54 +0300] "GET / HTTP/1.1" 200 3 "-" "curl/7.88.1""#,
            r#"127.0.0.1 - - [21/Nov/2026:01:38:54 +0300] "GET / HTTP/1.1" 304 - "-" "curl/7.88.1""#,
            r#"127.0.0.1 - - [21/Nov/2026:01:38:54 +0300] "-" 408 0 "-" "-""#,
            r#"127.0.0.1 - - [21/Nov/2026:01:38:54 +0300] "GET / HTTP/1.1" 200 3 "-" "curl/7.88.1" 1511"#,
            r#"127.0.0.1 - - [21/Nov/2026:01:38:54 +0300] "GET / HTTP/1.1" 200 3 "-" "curl/7.88.1" 3/1511"#,
        ] {
            assert_eq!(Apache::detect(&[line.as_bytes()]), None, "{line}");
        }
    }
}
