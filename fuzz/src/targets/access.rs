//! Requests: formats that are compiled, formats that are worked out, and the programs' own.

use std::sync::OnceLock;

use coroner::access::log_format::{self, LogFormat};
use coroner::access::{
    Request, Shape, alb, caddy, envoy, haproxy, heroku, json, nginx_conf, quick, route, traefik,
    tries, uvicorn, uwsgi,
};

/// A program's own reader.
type Reader = for<'a> fn(&'a [u8]) -> Option<Request<'a>>;

/// The first line is a `log_format`, the others are read by it.
pub(super) fn format(data: &[u8]) {
    let mut lines = data.split(|byte| *byte == b'\n');
    let Some(Ok(text)) = lines.next().map(std::str::from_utf8) else { return };
    let Ok(compiled) = LogFormat::compile(text) else { return };
    assert_eq!(LogFormat::compile(compiled.source()).as_ref(), Ok(&compiled));
    let shape = Shape::Format(compiled);
    read(&shape, lines);
}

/// The shape of some lines, and all of them by it; then by every program's own reader.
pub(super) fn line(data: &[u8]) {
    static KNOWN: OnceLock<Vec<LogFormat>> = OnceLock::new();
    let lines: Vec<&[u8]> = data.split(|byte| *byte == b'\n').collect();
    if let Some(shape) = Shape::detect(KNOWN.get_or_init(log_format::known), &lines) {
        read(&shape, lines.iter().copied());
    }
    read(&Shape::Json, lines.iter().copied());
    const READERS: [Reader; 9] = [
        alb::parse_alb,
        caddy::parse_caddy,
        envoy::parse_envoy,
        haproxy::parse_haproxy,
        heroku::parse_heroku,
        json::parse_json,
        traefik::parse_traefik,
        uvicorn::parse_uvicorn,
        uwsgi::parse_uwsgi,
    ];
    for reader in READERS {
        lines.iter().filter_map(|line| reader(line)).for_each(|request| look(&request));
    }
}

/// The quick way gives what the plain one gives.
fn read<'a>(shape: &Shape, lines: impl Iterator<Item = &'a [u8]>) {
    let mut memory = quick::Memory::default();
    let mut request = Request::default();
    for line in lines {
        let plain = shape.parse(line);
        let quick = quick::parse(shape, line, &mut memory, &mut request).then_some(&request);
        // As text, for a duration may be no number, which equals nothing.
        assert_eq!(format!("{quick:?}"), format!("{:?}", plain.as_ref()));
        plain.iter().for_each(look);
    }
}

fn look(request: &Request<'_>) {
    _ = (request.busy(), request.answered(), route::is_probe(request));
    _ = route::is_haproxy_check(request);
    let path = route::route(request.path);
    assert!(!path.is_empty() && path.len() < 200, "{path:?}");
    for list in [request.upstream.addresses, request.upstream.statuses] {
        assert!(tries(list).count() <= list.len() + 1);
    }
}

/// The directives of an nginx configuration, and every format in it.
pub(super) fn nginx_conf(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for (_, format) in nginx_conf::formats_of_nginx_conf(text) {
        _ = LogFormat::compile(&format);
    }
    _ = nginx_conf::access_logs_of_nginx_conf(text);
}
