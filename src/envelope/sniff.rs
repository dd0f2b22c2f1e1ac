//! Which wrapper a file is in. In: its first bytes; out: an [`Envelope`]. Exists because names say nothing: `messages`, `1.log` and
//! `dmesg.txt` may hold anything.
//! Must never take an app's own log for a wrapper: there the whole line is the message.

use super::json_lines::without_frame;
use super::lines::{LineSplitter, without_escapes};
use super::{Envelope, dmesg, docker, journal_export, syslog};

/// Share of lines that must fit, in percent. Stack traces and torn lines are the rest.
const FIT_PERCENT: u64 = 60;

/// Counts of the lines of a sample.
#[derive(Debug, Default)]
struct Census {
    /// Lines that could have a header: not blank, not indented, not journalctl's own.
    lines: u64,
    fits: [u64; Envelope::Plain as usize],
    /// Lines `NAME=value` of the export format, and whether a meta field of journald is among them.
    fields: u64,
    meta: bool,
    /// Pretty-printed JSON opens with a lone brace.
    brace_first: bool,
    journal_keys: bool,
}

/// The wrapper of a file by its first bytes; the last line may be cut.
pub(super) fn envelope(sample: &[u8]) -> Envelope {
    let mut census = Census::default();
    let mut escapes = Vec::new();
    let mut splitter = LineSplitter::default();
    let mut count = |_: u64, line: &[u8]| census.count(without_escapes(line, &mut escapes));
    splitter.feed(sample, &mut count);
    if splitter.lines() == 0 {
        splitter.finish(true, &mut count);
    }
    census.verdict()
}

impl Census {
    fn count(&mut self, line: &[u8]) {
        let first = self.lines == 0;
        if line.trim_ascii().is_empty() || syslog::is_noise(line) {
            return;
        }
        self.journal_keys |= has_journal_key(line);
        if line.first().is_some_and(u8::is_ascii_whitespace) && !is_indented_header(line) {
            return;
        }
        self.lines += 1;
        self.brace_first |= first && without_frame(line) == b"{";
        let name = line.split(|byte| *byte == b'=').next().filter(|name| name.len() < line.len());
        if let Some(name) = name.filter(|name| journal_export::is_name(name)) {
            let meta = matches!(name, b"__CURSOR" | b"__REALTIME_TIMESTAMP");
            self.fields += 1;
            self.meta |= meta;
            if first && meta {
                self.fits[Envelope::JournalExport as usize] = u64::MAX;
            }
        }
        if let Some(envelope) = line_envelope(line)
            && let Some(fits) = self.fits.get_mut(envelope as usize)
        {
            *fits += 1;
        }
    }

    fn verdict(&self) -> Envelope {
        let is_most = |count: u64| count > 0 && count >= (self.lines * FIT_PERCENT).div_ceil(100);
        if self.meta && is_most(self.fields) {
            return Envelope::JournalExport;
        }
        if self.brace_first && self.journal_keys {
            return Envelope::JournalJson;
        }
        Envelope::ALL
            .into_iter()
            .find(|envelope| self.fits.get(*envelope as usize).copied().is_some_and(is_most))
            .unwrap_or(Envelope::Plain)
    }
}

/// `[ 1234.567890]` never begins with a blank, but journalctl's Japanese ` 5月 29` does.
fn is_indented_header(line: &[u8]) -> bool {
    syslog::parse(Envelope::Syslog, line).is_some()
}

fn line_envelope(line: &[u8]) -> Option<Envelope> {
    if matches!(line.first(), Some(b'{' | b'd' | 0x1e)) {
        return json_envelope(without_frame(line));
    }
    // `<6>text` without a time may be anybody's: sd-daemon(3) has processes write it, and syslog frames begin with it.
    if let Some(ring) =
        dmesg::parse(line).filter(|ring| line.first() != Some(&b'<') || ring.is_timed())
    {
        if ring.boot.is_some() && is_monotonic_journal(line) {
            return Some(Envelope::Syslog);
        }
        return (!dmesg::is_foreign_ctime(&ring)).then_some(Envelope::Dmesg);
    }
    if let Some((_, text)) = docker::stamped(line)
        && (docker::cri(text).is_some() || docker::is_nano(line))
    {
        return (!is_docker_event(text)).then_some(Envelope::DockerStamped);
    }
    [Envelope::Syslog, Envelope::SyslogIso, Envelope::JournalFull]
        .into_iter()
        .find(|form| is_tagged(*form, line))
}

/// journalctl's `short-monotonic` has host and tag behind the bracket. `Command line: root=` must not pass for them.
fn is_monotonic_journal(line: &[u8]) -> bool {
    syslog::parse(Envelope::Syslog, line).is_some_and(|header| {
        !header.host.is_empty() && (header.tag.pid.is_some() || header.tag.ident == b"kernel")
    })
}

/// Whether the line has a header with a tag, which no app's own line has.
fn is_tagged(envelope: Envelope, line: &[u8]) -> bool {
    syslog::parse(envelope, line).is_some_and(|header| !header.tag.ident.is_empty())
}

fn json_envelope(object: &[u8]) -> Option<Envelope> {
    let starts = |starts: &[&[u8]]| starts.iter().any(|start| object.starts_with(start));
    if starts(&[b"{\"log\":\"", b"{\"stream\":\"std"]) {
        return Some(Envelope::DockerJson);
    }
    (object.starts_with(b"{") && has_journal_key(object)).then_some(Envelope::JournalJson)
}

fn has_journal_key(line: &[u8]) -> bool {
    [b"\"__CURSOR\"".as_slice(), b"\"__REALTIME_TIMESTAMP\""]
        .iter()
        .any(|key| memchr::memmem::find(line, key).is_some())
}

/// `container die 1734.. (exitCode=137, image=..)`: the plain output of `docker events`.
fn is_docker_event(text: &[u8]) -> bool {
    const TYPES: [&[u8]; 11] = [
        b"container ",
        b"network ",
        b"volume ",
        b"image ",
        b"builder ",
        b"daemon ",
        b"plugin ",
        b"service ",
        b"node ",
        b"secret ",
        b"config ",
    ];
    TYPES.iter().any(|kind| text.starts_with(kind))
        && text.ends_with(b")")
        && memchr::memmem::find(text, b" (").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sample: &str, expected: Envelope) {
        assert_eq!(envelope(sample.as_bytes()), expected, "{sample}");
    }

    #[test]
    fn wrappers() {
        check(
            "Nov 20 22:42:19 web kernel: [ 4615.556504] x\n  more\nNov 20 22:42:19 web app[1]: x\n",
            Envelope::Syslog,
        );
        check(
            "-- Logs begin at Wed 2017-02-08 15:18:00 CET. --\nNov 05 12:00:00 h app[1]: x\n",
            Envelope::Syslog,
        );
        check(
            "[    0.000000] web01 kernel: Linux version\n[    1.000000] web01 systemd[1]: x\n",
            Envelope::Syslog,
        );
        check("août 19 11:08:37 h kernel: x\n", Envelope::Syslog);
        check(
            "2026-11-21T05:36:16.011192+07:00 db kernel: [    0.000000] x\n",
            Envelope::SyslogIso,
        );
        check("2026-11-20T22:56:34+0000 web01 kernel: Linux version 6.1\n", Envelope::SyslogIso);
        check("<4>1 2025-11-05T12:00:00Z h kernel - - - m\n", Envelope::SyslogIso);
        check("1762344000.123456 h app[9]: m\n", Envelope::SyslogIso);
        check("Wed 2025-11-05 12:00:00 UTC web01 app[9]: m\n", Envelope::JournalFull);
        check("[    0.000000] Linux version\n[    1.0000", Envelope::Dmesg);
        check("[Fri Nov 20 22:39:26 2026] gunicorn invoked oom-killer\n", Envelope::Dmesg);
        check("2026-11-20T22:07:59,389587+00:00 gunicorn[31757]: segfault at 0\n", Envelope::Dmesg);
        check("\u{1b}[32m[    0.000000] \u{1b}[0mLinux version\n", Envelope::Dmesg);
        check(
            "[    0.000000] Command line: root=/dev/vda\n[    0.1] x\n[    0.200000] usb usb1: New\n",
            Envelope::Dmesg,
        );
        check("kern  :warn  : [    0.000000] m\n", Envelope::Dmesg);
        check("[ 2302.334707] systemd-journald[28428]: Received SIGTERM\n", Envelope::Dmesg);
        check(
            "__CURSOR=s=e;i=1\n__REALTIME_TIMESTAMP=1795215327696878\nMESSAGE=x\n\n",
            Envelope::JournalExport,
        );
        check(
            "{\"_PID\":\"1161\",\"__CURSOR\":\"s=e\",\"MESSAGE\":\"x\"}\n",
            Envelope::JournalJson,
        );
        check(
            "data: {\"_PID\":\"1161\",\"__CURSOR\":\"s=e\",\"MESSAGE\":\"x\"}\n\n",
            Envelope::JournalJson,
        );
        check("{\n\t\"__CURSOR\" : \"s=e\",\n\t\"MESSAGE\" : \"x\"\n}\n", Envelope::JournalJson);
        check(
            "{\"log\":\"x\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-20T23:03:30.66424929Z\"}\n",
            Envelope::DockerJson,
        );
        check("{\"log\":\"a very long line that the sample cuts", Envelope::DockerJson);
        check(
            "2026-11-20T22:40:11.402795170Z [2026-11-20 22:40:11 +0000] [1] [INFO] x\n",
            Envelope::DockerStamped,
        );
        check("2025-11-05T12:00:00.1234567+03:00 stdout F msg\n", Envelope::DockerStamped);
    }

    #[test]
    fn logs_without_a_wrapper() {
        let plain = |sample| check(sample, Envelope::Plain);
        plain("");
        plain("\n\n");
        plain(
            "203.0.113.9 - - [05/Nov/2025:12:00:00 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"\n",
        );
        plain("2026/11/20 23:00:47 [error] 642#642: *81 upstream timed out\n");
        plain("[2026-11-20 21:46:41 +0000] [30771] [INFO] Starting gunicorn 20.1.0\n");
        plain("2026-11-20 21:46:58,572 WARNING shop [31157] order rejected: empty cart\n");
        plain("2026-11-20 21:46:58,572 WARNING django.request: Not Found: /x\n");
        plain("2026-11-20 22:40:00,123 INFO exited: web (terminated by SIGKILL; not expected)\n");
        plain("2026-11-20 22:57:53.238 UTC [19633] LOG:  starting PostgreSQL 15.18\n");
        plain("368:C 21 Nov 2026 05:37:14.284 * Supervised by systemd.\n");
        plain("[21-Nov-2026 01:13:38] NOTICE: fpm is running, pid 4662\n");
        plain(
            "{\"level\":\"info\",\"time\":\"2026-11-20T22:03:20.356Z\",\"pid\":28144,\"msg\":\"listening\"}\n",
        );
        plain(
            "{\"status\":\"create\",\"id\":\"5610\",\"from\":\"cart:2.0\",\"Type\":\"container\"}\n",
        );
        plain(
            "2026-11-20T22:58:55.005892120Z container create 5610ff (image=cart:2.0, name=cart)\n",
        );
        plain(
            "2026-11-20T22:58:55.005892120+03:00 container exec_create: /bin/sh -c x 5610ff (image=cart:2.0)\n",
        );
        plain("2025-11-05T12:00:00.123456+00:00 heroku[router]: at=error code=H12\n");
        plain("2025-11-05T12:00:00.123456Z 0 [Warning] [MY-010055] [Server] x\n");
        plain("2025-11-05T12:00:00.123456Z  INFO app::server: listening\n");
        plain("2025-11-05T12:00:00.123Z ERROR app: x\n");
        plain("[Wed Nov 05 12:00:00 2025] [error] [client 1.2.3.4] x\n");
        plain("[Wed Nov 05 12:00:00.123456 2025] [proxy_http:error] [pid 12:tid 139] x\n");
        plain(
            "Thu Jun 27 02:58:57 2019 - DAMN ! worker 2 (pid: 9) died, killed by signal 9 :( trying respawn ...\n",
        );
        plain("PATH=/usr/bin\nHOME=/root\n");
        plain("\u{feff}\0N\0o\0v\0");
    }
}
