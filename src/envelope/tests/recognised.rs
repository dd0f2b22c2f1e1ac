//! No wrapper takes the logs of another, nor a log that has none.

use std::fs;
use std::path::Path;

use crate::envelope::{Envelope, Unwrapper, sniff};
use crate::grammar::Grammars;

/// A sample of every wrapper, and of what stands next to it.
const TABLE: [(Envelope, &str); 62] = [
    (
        Envelope::JournalExport,
        "__CURSOR=s=e;i=1\n__REALTIME_TIMESTAMP=1795215327696878\nMESSAGE=x\n\n",
    ),
    (Envelope::JournalJson, "{\"_PID\":\"1161\",\"__CURSOR\":\"s=e\",\"MESSAGE\":\"x\"}\n"),
    (Envelope::JournalJson, "{\n\t\"__CURSOR\" : \"s=e\",\n\t\"MESSAGE\" : \"x\"\n}\n"),
    (
        Envelope::JournalVerbose,
        "Wed 2025-11-05 12:00:00.123456 UTC [s=5b;i=1;b=9;m=1;t=6;x=1]\n    PRIORITY=6\n    MESSAGE=x\n",
    ),
    (
        Envelope::JournalVerbose,
        "-- Logs begin at Wed 2017-02-08 15:18:00 CET. --\nMi 2025-11-05 12:00:00.123456 CET [s=5b;i=1]\n    MESSAGE=x\n",
    ),
    (
        Envelope::DockerJson,
        "{\"log\":\"x\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-20T23:03:30.66424929Z\"}\n",
    ),
    (Envelope::DockerStamped, "2026-11-20T22:40:11.402795170Z x\n"),
    (Envelope::DockerStamped, "2026-11-20T22:40:11.402795170Z backend-1  | x\n"),
    (Envelope::DockerStamped, "2025-11-05T12:00:00.1234567+03:00 stdout F msg\n"),
    (Envelope::Dmesg, "[    0.000000] Linux version\n"),
    (Envelope::Dmesg, "{\n   \"dmesg\": [\n      {\n         \"pri\": 5,\n"),
    (Envelope::Dmesg, "{\"dmesg\":[{\"pri\":5,\"time\":0.0,\"msg\":\"x\"}]}\n"),
    (Envelope::Dmesg, "6,1234,5678901234,-;m\n SUBSYSTEM=x\n"),
    (Envelope::Dmesg, "[    T1] m\n[   C12] n\n"),
    (Envelope::Syslog, "Nov  5 12:00:00 h kernel: [    1.000000] m\n"),
    (Envelope::Syslog, "Nov 05 12:00:00 h backend-1[9]: x | y\n"),
    (Envelope::Syslog, "[ 1234.567890 <    0.000100>] web01 app[9]: m\n"),
    (Envelope::Syslog, "[ 1234.567890] web01 kernel: m\n"),
    (Envelope::Syslog, "Wed Nov  5 12:00:00 2025 kern.warn kernel: [ 1234.567890] m\n"),
    (Envelope::Syslog, "Jan  1 00:00:06 OpenWrt kern.warn kernel: m\n"),
    (Envelope::Syslog, "août 19 11:08:37 h kernel: x\n"),
    (Envelope::Syslog, "окт 19 11:08:37 h kernel: x\n"),
    (Envelope::SyslogIso, "2025-11-05T12:00:00+0000 web01 app[9]: m\n"),
    (Envelope::SyslogIso, "1762344000.123456 web01 app[9]: m\n"),
    (Envelope::SyslogIso, "<4>1 2025-11-05T12:00:00Z h kernel - - - m\n"),
    (Envelope::SyslogIso, "2025-11-05T12:00:00.123456+00:00 heroku[router]: at=error\n"),
    (Envelope::SyslogIso, "<14>2021-03-06T04:07:33.196352+00:00 h tag this is info\n"),
    (Envelope::JournalFull, "Wed 2025-11-05 12:00:00 UTC web01 shop.service[9]: m\n"),
    (Envelope::JournalFull, "Mi 2025-11-05 12:00:00 CET web01 app[9]: m\n"),
    (Envelope::Compose, "backend-1  | x\ndb-1       | y\n"),
    (Envelope::Compose, "backend-1  | Nov  5 12:00:00 h app[1]: x\n"),
    (Envelope::Compose, "nginx_proxy | nginx.1     | 2021/12/18 00:00:00 [error] x\n"),
    (Envelope::Compose, "web.1.x2p9@node-3    | msg\n"),
    (Envelope::Klog, "E0507 11:59:41.375710    4736 file.go:123] msg\n"),
    (Envelope::Plain, "backend-1 exited with code 137\n"),
    (Envelope::Plain, "0|api  | msg\n1|web  | msg\n"),
    (Envelope::Plain, "PM2        | App [api:0] online\n"),
    (Envelope::Plain, "INFO     | main:run:12 - x\nWARNING  | main:run:13 - y\n"),
    (Envelope::Plain, "2025-11-05 12:00:00.123 | INFO     | app:main:1 - x\n"),
    (Envelope::Plain, " id | name\n----+------\n  1 | a\n  2 | b\n"),
    (Envelope::Plain, "alice | 12\nbob | 13\ncarol | 14\ndan | 15\n"),
    (Envelope::Plain, "| a | b |\n| 1 | 2 |\n"),
    (Envelope::Plain, "6,1234,5678901234\n7,1235,5678901235\n"),
    (Envelope::Plain, "[T1] worker started\n[T2] worker started\n"),
    (Envelope::Plain, "[   T] x\n[12345] y\n"),
    (Envelope::Plain, "{\"dmesg\":\"x\"}\n"),
    (Envelope::Plain, "{\n  \"name\": \"dmesg\",\n  \"x\": [\n"),
    (Envelope::Plain, "Wed 2025-11-05 12:00:00 UTC [s] x\n"),
    (Envelope::Plain, "Wed Nov  5 12:00:00 2025 - x\n"),
    (Envelope::Plain, "2025-11-05T12:00:00.123456+00:00 app: x\n"),
    (Envelope::Plain, "2025-11-05T12:00:00Z app[web] x\n"),
    (Envelope::Plain, "E0507 file not found\n"),
    (Envelope::Plain, "2021/12/18 00:00:00 [error] 1#1: *1 x\n"),
    (Envelope::Plain, "[05-Nov-2025 12:00:00] WARNING: [pool www] x\n"),
    (Envelope::Plain, "E, [2025-11-05T12:00:00.123456 #1] ERROR -- : reaped\n"),
    (Envelope::Plain, "12:M 05 Nov 2025 12:00:00.123 # x\n"),
    (Envelope::Plain, "[2025-11-05 12:00:00,123: ERROR/MainProcess] x\n"),
    (Envelope::Plain, "2025-11-05 12:00:00.123 UTC [12] LOG:  x\n"),
    (Envelope::Plain, "[Wed Nov 05 12:00:00.123456 2025] [proxy:error] [pid 1] x\n"),
    (Envelope::Plain, "time=\"2025-11-05T12:00:00Z\" level=info msg=x\n"),
    (Envelope::Plain, "INFO:     Started server process [12]\n"),
    (Envelope::Plain, "203.0.113.9 - - [05/Nov/2025:12:00:00 +0000] \"GET /a|b HTTP/1.1\" 200 1\n"),
];

#[test]
fn each_wrapper_takes_its_own() {
    for (expected, sample) in TABLE {
        assert_eq!(sniff(sample.as_bytes()), expected, "{sample}");
        let crlf = sample.replace('\n', "\r\n");
        assert_eq!(sniff(crlf.as_bytes()), expected, "{sample} with carriage returns");
        let wide: Vec<u8> = std::iter::once(0xfeff)
            .chain(sample.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(sniff(&wide), expected, "{sample} in UTF-16");
    }
}

/// Formats that have a wrapper of their own: what their samples mean does not change when it is taken off.
#[test]
fn grammars_of_wrapped_lines_still_read_them() {
    let grammars = Grammars::built_in().unwrap();
    let kinds = |body: &[u8], ident: Option<&str>| -> Vec<&str> {
        grammars.read(body, ident, None, 1).event.iter().map(|event| event.kind.name()).collect()
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("grammars");
    let mut told = 0;
    for name in ["compose", "heroku", "fly", "kubelet"] {
        let text = fs::read_to_string(folder.join(name).with_extension("toml")).unwrap();
        for part in text.split("\nline = '''").skip(1) {
            let sample = part.split("'''").next().unwrap().as_bytes();
            let mut unwrapper = Unwrapper::new(sniff(sample));
            let mut through = Vec::new();
            let mut take = |record: &crate::envelope::Record<'_>| {
                through.extend(kinds(&record.body, record.origin.ident.as_deref()));
            };
            unwrapper.feed(sample, &mut take);
            unwrapper.finish(true, &mut take);
            assert_eq!(through, kinds(sample, None), "{}", String::from_utf8_lossy(sample));
            told += through.len();
        }
    }
    assert!(told > 15, "only {told} events");
}

#[test]
fn samples_of_the_grammars_have_no_wrapper_but_their_own() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("grammars");
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let mut samples = 0;
    for file in files.iter().filter(|file| file.extension().is_some_and(|end| end == "toml")) {
        let text = fs::read_to_string(file).unwrap();
        for part in text.split("\nline = '''").skip(1) {
            let sample = part.split("'''").next().unwrap();
            let envelope = sniff(sample.as_bytes());
            let may = match file.file_stem().and_then(|name| name.to_str()).unwrap() {
                "compose" => Envelope::Compose,
                "heroku" | "fly" => Envelope::SyslogIso,
                "kubelet" => Envelope::Klog,
                // Alone, an event of docker's with nine digits may as well be a line of `docker logs -t`.
                "docker-events" => Envelope::DockerStamped,
                _ => Envelope::Plain,
            };
            assert!(envelope == may || envelope == Envelope::Plain, "{}: {sample}", file.display());
            samples += 1;
        }
    }
    assert!(samples > 100, "only {samples} samples");
}
