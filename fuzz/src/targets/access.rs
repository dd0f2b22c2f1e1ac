//! Requests: formats that are compiled, formats that are worked out, and the programs' own.

use std::sync::OnceLock;

use coroner::access::log_format::{self, LogFormat};
use coroner::access::{
    Request, Shape, alb, caddy, envoy, haproxy, heroku, json, nginx_conf, quick, route, skim,
    traefik, tries, uvicorn, uwsgi,
};

/// A program's own reader.
type Reader = for<'a> fn(&'a [u8]) -> Option<Request<'a>>;

/// The first line is a `log_format`, the others are read by it.
pub(super) fn format(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let Ok(text) = std::str::from_utf8(&data[..end]) else { return };
    let Ok(compiled) = LogFormat::compile(text) else { return };
    assert_eq!(LogFormat::compile(compiled.source()).as_ref(), Ok(&compiled));
    read(&Shape::Format(compiled), data.get(end + 1..).unwrap_or_default());
}

/// The shape of some lines, and all of them by it; then by every program's own reader.
pub(super) fn line(data: &[u8]) {
    static KNOWN: OnceLock<Vec<LogFormat>> = OnceLock::new();
    let lines: Vec<&[u8]> = data.split(|byte| *byte == b'\n').collect();
    if let Some(shape) = Shape::detect(KNOWN.get_or_init(log_format::known), &lines) {
        read(&shape, data);
    }
    read(&Shape::Json, data);
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

/// The quick way gives what the plain one gives, line by line.
fn read(shape: &Shape, text: &[u8]) {
    let mut memory = quick::Memory::default();
    let mut lines = text.split_inclusive(|byte| *byte == b'\n');
    quick::each_line(shape, text, &mut memory, &mut |line, seen| {
        let whole = lines.next().expect("no more lines than there are");
        let whole = whole.strip_suffix(b"\n").unwrap_or(whole);
        let bare = whole.strip_suffix(b"\r").unwrap_or(whole);
        assert!(line == whole || line == bare, "{line:?} of {whole:?}");
        let plain = shape.parse(bare);
        // As text, for a duration may be no number, which equals nothing.
        let quick = format!("{:?}", seen.map(|seen| seen.request));
        assert_eq!(quick, format!("{:?}", plain.as_ref()));
        if let Some(known) = seen.and_then(|seen| seen.probe_agent) {
            assert_eq!(
                plain.as_ref().map(|plain| route::is_probe_agent(plain.user_agent)),
                Some(known)
            );
        }
        plain.iter().for_each(look);
    });
    assert!(lines.next().is_none(), "a line was passed over");
    skim(shape, text);
}

/// What is said of a good line without reading it whole is what the plain parser says, where that takes the line at all.
fn skim(shape: &Shape, text: &[u8]) {
    let Some(skim) = skim::Skim::of(shape) else { return };
    let mut memory = quick::Memory::default();
    let mut rest = text;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, tail) = rest.split_at(end + 1);
        if let Some(good) = skim.line(rest, &mut memory) {
            assert_eq!(good.length, line.len());
            let bare = &line[..end];
            // Where one line was written into another, the plain parser may take another of the two heads.
            let heads = bare.windows(3).filter(|window| window == b"] \"").count();
            if heads == 1
                && let Some(plain) = shape.parse(bare.strip_suffix(b"\r").unwrap_or(bare))
            {
                assert_eq!((plain.stamp, plain.status), (Some(good.stamp), good.status));
                let failed = |status: Option<&[u8]>| matches!(status, Some(b"502" | b"504"));
                assert!(!tries(plain.upstream.statuses).any(failed), "{line:?}");
            }
        }
        rest = tail;
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
