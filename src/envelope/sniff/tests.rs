//! Samples of every wrapper, and logs that have none.

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
    check("2026-11-21T05:36:16.011192+07:00 db kernel: [    0.000000] x\n", Envelope::SyslogIso);
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
    check("{\"_PID\":\"1161\",\"__CURSOR\":\"s=e\",\"MESSAGE\":\"x\"}\n", Envelope::JournalJson);
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
    plain("203.0.113.9 - - [05/Nov/2025:12:00:00 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"\n");
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
    plain("{\"status\":\"create\",\"id\":\"5610\",\"from\":\"cart:2.0\",\"Type\":\"container\"}\n");
    plain("2026-11-20T22:58:55.005892120Z container create 5610ff (image=cart:2.0, name=cart)\n");
    plain(
        "2026-11-20T22:58:55.005892120+03:00 container exec_create: /bin/sh -c x 5610ff (image=cart:2.0)\n",
    );
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
