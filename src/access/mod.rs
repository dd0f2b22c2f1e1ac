//! Web access logs: a line in, a [`Request`] out. The formats are nginx `log_format` strings (given, known or worked out from
//! the lines), JSON by key names, and the fixed formats of other proxies and app servers, one file each.
//!
//! It exists so that everything after it sees one kind of request, whoever logged it. It never guesses a value: what a line
//! does not tell stays empty, and a line that its format does not explain in full is no request.

pub mod alb;
pub mod apache;
pub mod caddy;
pub mod envoy;
pub mod haproxy;
pub mod heroku;
pub mod infer;
pub mod json;
pub mod log_format;
pub mod nginx_conf;
pub mod quick;
pub mod route;
pub mod skim;
pub mod traefik;
pub mod uvicorn;
pub mod uwsgi;

mod cells;
mod columns;
mod fields;
mod looks;
mod matching;
mod names;
mod times;
mod words;

#[cfg(test)]
mod tests;

use crate::event::EventKind;
use crate::stamp::{Micros, RawStamp};
use apache::Apache;
use log_format::LogFormat;

/// One request as a line told it, borrowed from the line. Text that the line does not tell, or tells as `-`, is empty;
/// bytes are as written, with the escapes of the log.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Request<'a> {
    /// When: the end of the request unless [`Request::start_logged`]; 1 s or 1 ms fine as nginx logs it.
    pub stamp: Option<RawStamp>,
    /// Status sent to the client. nginx writes 000 where it sent none and 009 for HTTP/0.9.
    pub status: u16,
    /// Method; empty for a garbage request line.
    pub method: &'a [u8],
    /// Request target without its query; empty for a garbage request line.
    pub path: &'a [u8],
    /// What follows the first `?` of the target.
    pub query: &'a [u8],
    /// `HTTP/1.1`; empty for HTTP/0.9 and garbage.
    pub protocol: &'a [u8],
    /// Remote address as written.
    pub client: &'a [u8],
    /// Host asked for, perhaps with a port.
    pub host: &'a [u8],
    /// User agent.
    pub user_agent: &'a [u8],
    /// `$request_time`: first byte from the client to the log line, in seconds.
    pub request_seconds: Option<f64>,
    /// `$request_length`: bytes received.
    pub request_bytes: Option<u64>,
    /// Bytes sent, with or without headers, as the format has it.
    pub response_bytes: Option<u64>,
    /// What the proxy tells of its upstream.
    pub upstream: Upstream<'a>,
    /// The stamp is the start of the request (uWSGI; HAProxy and Envoy), not its end.
    pub start_logged: bool,
    /// The format has upstream fields at all: without them an empty [`Request::upstream`] means nothing.
    pub upstream_known: bool,
    /// Who made the answer.
    pub made_by: Maker,
    /// What the proxy met, where its access log tells.
    pub fault: Option<EventKind>,
}

/// Who made an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Maker {
    /// The line does not tell.
    #[default]
    Unknown,
    /// The proxy, for it got none from the app or did not ask.
    Proxy,
    /// The app; the proxy passed it on.
    App,
}

/// Longest duration that is believed, in seconds: 30 years.
const SECONDS_MAX: f64 = 1e9;

impl Request<'_> {
    /// How long it took.
    #[must_use]
    pub fn busy(&self) -> Option<Micros> {
        let seconds = self.request_seconds?;
        (seconds.is_finite() && seconds >= 0.0)
            .then_some((seconds.min(SECONDS_MAX) * 1e6) as Micros)
    }

    /// When it was answered: the stamp, or the logged start and the duration. The start where no duration is told.
    #[must_use]
    pub fn answered(&self) -> Option<RawStamp> {
        let stamp = self.stamp?;
        let after = if self.start_logged { self.busy().unwrap_or(0) } else { 0 };
        Some(RawStamp { at: stamp.at.saturating_add(after), ..stamp })
    }
}

/// nginx's `$upstream_*` lists as written, one item for each try: `a, b : c`. Read them with [`tries`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Upstream<'a> {
    /// `$upstream_addr`; the name of the group where no server could be picked.
    pub addresses: &'a [u8],
    /// `$upstream_status`.
    pub statuses: &'a [u8],
    /// `$upstream_response_time`, seconds.
    pub response_times: &'a [u8],
    /// `$upstream_connect_time`, seconds.
    pub connect_times: &'a [u8],
    /// `$upstream_header_time`, seconds.
    pub header_times: &'a [u8],
}

/// Items of an upstream list (`ngx_http_upstream.c`): `, ` stands before the next try, ` : ` before a try after an internal
/// redirect. `-` and empty items are `None`; an empty list is one empty item. Colons and commas without a blank belong to the
/// address (`[::1]:8000`, `unix:/run/x:/`).
pub fn tries(list: &[u8]) -> impl Iterator<Item = Option<&[u8]>> {
    let mut rest = Some(list);
    std::iter::from_fn(move || {
        let list = rest.take()?;
        let (item, later) = split_try(list);
        rest = later;
        Some(item.trim_ascii()).map(|item| (!matches!(item, b"" | b"-")).then_some(item))
    })
}

/// The first item, and the list after its separator.
fn split_try(list: &[u8]) -> (&[u8], Option<&[u8]>) {
    for at in memchr::memchr_iter(b' ', list) {
        let (head, tail) = list.split_at(at);
        if let Some(item) = head.strip_suffix(b",") {
            return (item, tail.get(1..));
        }
        if let Some(later) = tail.strip_prefix(b" : ") {
            return (head, Some(later));
        }
    }
    (list, None)
}

/// How the lines of one file are to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shape {
    /// By an nginx `log_format`; nginx's, Apache's, gunicorn's, ingress-nginx's and nginx-proxy-manager's lines.
    Format(LogFormat),
    /// One JSON object a line, by key names.
    Json,
    /// uWSGI's built-in request lines.
    Uwsgi,
    /// Apache's formats, where they are proven to be Apache's.
    Apache(Apache),
    /// HAProxy's httplog and httpslog.
    Haproxy,
    /// AWS Application Load Balancer.
    Alb,
    /// Envoy's default format, and Istio's.
    Envoy,
    /// Traefik's common format and JSON.
    Traefik,
    /// Caddy's JSON.
    Caddy,
    /// Heroku's router.
    Heroku,
    /// uvicorn's access lines.
    Uvicorn,
}

/// Shapes whose lines cannot be taken for another's.
const UNMISTAKABLE: [Shape; 7] = [
    Shape::Haproxy,
    Shape::Alb,
    Shape::Envoy,
    Shape::Traefik,
    Shape::Caddy,
    Shape::Heroku,
    Shape::Uvicorn,
];

/// Most lines of a sample that are looked at.
const SAMPLE_MAX_LINES: usize = 400;

impl Shape {
    /// The shape that explains at least 90 % of the sample: a format of `known` (the best one, the first of equals), JSON, or a
    /// format worked out from the lines. Of an unmistakable shape half of the sample suffices, for such programs write other
    /// lines into the same log; of uWSGI's requests, which are rare among them, any.
    #[must_use]
    pub fn detect(known: &[LogFormat], sample: &[&[u8]]) -> Option<Self> {
        let sample: Vec<&[u8]> = sample
            .iter()
            .copied()
            .filter(|line| !line.trim_ascii().is_empty())
            .take(SAMPLE_MAX_LINES)
            .collect();
        let explained =
            |shape: &Self| sample.iter().filter(|line| shape.parse(line).is_some()).count();
        let half = |shape: &Self| explained(shape).saturating_mul(2) >= sample.len().max(1);
        if let Some(shape) = UNMISTAKABLE.into_iter().find(half) {
            return Some(shape);
        }
        if sample.iter().any(|line| uwsgi::parse_uwsgi(line).is_some()) {
            return Some(Self::Uwsgi);
        }
        if let Some(apache) = Apache::detect(&sample) {
            return Some(Self::Apache(apache));
        }
        let mut best: Option<(usize, &LogFormat)> = None;
        for format in known {
            let explained = sample.iter().filter(|line| format.parse(line).is_some()).count();
            if most(explained, sample.len()) && best.is_none_or(|(other, _)| explained > other) {
                best = Some((explained, format));
            }
        }
        if let Some((_, format)) = best {
            return Some(Self::Format(format.clone()));
        }
        if most(sample.iter().filter(|line| json::parse_json(line).is_some()).count(), sample.len())
        {
            return Some(Self::Json);
        }
        infer::infer(&sample).map(Self::Format)
    }

    /// The request of a line, `None` where the shape does not explain the whole of it.
    #[must_use]
    pub fn parse<'a>(&self, line: &'a [u8]) -> Option<Request<'a>> {
        match self {
            Self::Format(format) => format.parse(line),
            Self::Json => json::parse_json(line),
            Self::Uwsgi => uwsgi::parse_uwsgi(line),
            Self::Apache(apache) => apache.parse(line),
            Self::Haproxy => haproxy::parse_haproxy(line),
            Self::Alb => alb::parse_alb(line),
            Self::Envoy => envoy::parse_envoy(line),
            Self::Traefik => traefik::parse_traefik(line),
            Self::Caddy => caddy::parse_caddy(line),
            Self::Heroku => heroku::parse_heroku(line),
            Self::Uvicorn => uvicorn::parse_uvicorn(line),
        }
    }

    /// Whether the program writes other lines of interest into the same log.
    #[must_use]
    pub fn is_mixed(&self) -> bool {
        !matches!(self, Self::Format(_) | Self::Json | Self::Apache(_) | Self::Alb | Self::Envoy)
    }
}

/// At least 90 % of a sample that is not empty.
fn most(explained: usize, lines: usize) -> bool {
    explained > 0 && explained.saturating_mul(10) >= lines.saturating_mul(9)
}
