//! Compose, drains, the other modes of journalctl, and wrappers inside of wrappers.

use super::{check, noise, unwrapped};
use crate::envelope::{Envelope, Transport, sniff};

/// As [`check`], and the file is recognised.
#[track_caller]
fn found(envelope: Envelope, file: &str, expected: &[&str], counts: [u64; 4]) {
    assert_eq!(sniff(file.as_bytes()), envelope, "{file}");
    check(envelope, file, expected, counts);
}

#[test]
fn compose() {
    found(
        Envelope::Compose,
        "Attaching to backend-1, db-1\n\u{1b}[36mbackend-1  | \u{1b}[0m[2026-11-20 22:40:54 +0000] [1] [INFO] x\n\u{1b}[2Kdb-1       | \u{1b}[31mLOG:\u{1b}[0m ready\nbackend-1  |   File \"x.py\"\nbackend-1  | \n\u{1b}[2K\u{1b}[33mbackend-1 exited with code 137\u{1b}[0m\n",
        &[
            "1 - - - - - - P|Attaching to backend-1, db-1",
            "2 - - - - - backend-1 P|[2026-11-20 22:40:54 +0000] [1] [INFO] x",
            "3 - - - - - db-1 P|LOG: ready",
            "4 - - - - - backend-1 P|  File \\\"x.py\\\"",
            "5 - - - - - backend-1 P|",
            "6 - - - - - backend-1 P|backend-1 exited with code 137",
        ],
        [6, 6, 1, 0],
    );
    found(
        Envelope::Compose,
        "backend_1  | 2026-11-20T22:40:11.402795170Z starting\nbackend_1  | 2026-11-20T22:40:12.402795170Z done\nbackend_1 exited with code 0\n",
        &[
            "1 2026-11-20T22:40:11.402Z - - - - backend_1 P|starting",
            "2 2026-11-20T22:40:12.402Z - - - - backend_1 P|done",
            "3 - - - - - backend_1 P|backend_1 exited with code 0",
        ],
        [3, 3, 0, 0],
    );
    // The app's own time stays with the app's line.
    found(
        Envelope::Compose,
        "web | 2026-11-20T22:40:11.402Z ERROR app: a\nweb | 2026-11-20T22:40:12.402Z ERROR app: b\n",
        &[
            "1 - - - - - web P|2026-11-20T22:40:11.402Z ERROR app: a",
            "2 - - - - - web P|2026-11-20T22:40:12.402Z ERROR app: b",
        ],
        [2, 2, 0, 0],
    );
    found(
        Envelope::Compose,
        "nginx_proxy | nginx.1     | 2021/12/18 10:00:00 [error] 31#31: *1 x\nnginx_proxy | dockergen.1 | 2021/12/18 10:00:01 Watching\n",
        &[
            "1 - - - - - nginx_proxy P|2021/12/18 10:00:00 [error] 31#31: *1 x",
            "2 - - - - - nginx_proxy P|2021/12/18 10:00:01 Watching",
        ],
        [2, 2, 0, 0],
    );
}

#[test]
fn drains_of_platforms() {
    found(
        Envelope::SyslogIso,
        "2025-11-05T12:00:00.123456+00:00 heroku[router]: at=error code=H12 desc=\"Request timeout\"\n2025-11-05T12:00:01.123456+00:00 app[web.1]: Traceback\n2025-11-05T12:00:01.123456+00:00 heroku[web.1]: Process exited with status 137\n",
        &[
            "1 2025-11-05T12:00:00.123Z - - heroku - router P|at=error code=H12 desc=\\\"Request timeout\\\"",
            "2 2025-11-05T12:00:01.123Z - - app - web.1 P|Traceback",
            "3 2025-11-05T12:00:01.123Z - - heroku - web.1 P|2025-11-05T12:00:01.123456+00:00 heroku[web.1]: Process exited with status 137",
        ],
        [3, 3, 0, 0],
    );
    found(
        Envelope::SyslogIso,
        "2025-11-05T12:00:00Z app[9185e1a2] fra [info] [  123.45] Out of memory: Killed process 523 (node)\n",
        &[
            "1 2025-11-05T12:00:00.000Z - - app - 9185e1a2 P|[  123.45] Out of memory: Killed process 523 (node)",
        ],
        [1, 1, 0, 0],
    );
}

#[test]
fn journal_verbose() {
    found(
        Envelope::JournalVerbose,
        "Fri 2026-11-20 22:40:54.345884 UTC [s=9;i=1;b=90f0;m=5;t=660bcefd8d09c;x=1]\n    _TRANSPORT=kernel\n    _SOURCE_MONOTONIC_TIMESTAMP=36355280\n    MESSAGE=oom\n    _HOSTNAME=web01\n\
         Fri 2026-11-20 22:40:55.345884 MSK [s=9;i=2;b=90f0;m=5;t=660bcefe812dc;x=1]\n    PRIORITY=6\n    _PID=77\n    _COMM=node\n    MESSAGE=first\n            _TRANSPORT=kernel\n             third\n    _SYSTEMD_UNIT=shop.service\n\
         -- Boot 0b4b7ecdd6f94e968ea2eb9117d024a3 --\n\
         Fri 2026-11-20 22:40:56.345884 UTC [s=9;i=3]\n    MESSAGE=[12B blob data]\nno field\n",
        &[
            "1 2026-11-20T22:40:54.345Z 36355280 web01 - - - K|oom",
            "6 2026-11-20T22:40:55.345Z - - node[77] shop.service - P|first\\n_TRANSPORT=kernel\\n third",
            "17 - - - - - - P|no field",
            "15 2026-11-20T22:40:56.345Z - - - - - P|[12B blob data]",
        ],
        [17, 4, 1, 0],
    );
}

#[test]
fn klog() {
    found(
        Envelope::Klog,
        "I0507 11:59:41.375710    4736 main.go:1] up\nE0507 11:59:42.375710    4736 oom.go:2] x\ngoroutine 1 [running]:\n",
        &[
            "1 1972-05-07T11:59:41.375Z - - -[4736] - - P|I0507 11:59:41.375710    4736 main.go:1] up",
            "2 1972-05-07T11:59:42.375Z - - -[4736] - - P|E0507 11:59:42.375710    4736 oom.go:2] x",
            "3 - - - - - - P|goroutine 1 [running]:",
        ],
        [3, 3, 1, 0],
    );
}

#[test]
fn forwarded_records_without_line_ends() {
    let stamp = "2021-03-06T04:07:33.196352+00:00";
    found(
        Envelope::SyslogIso,
        &format!(
            "<15>{stamp} h t[7]: debug<14>{stamp} h t info\nwith another line<2>{stamp} h kernel: [    1.000000] Out of memory: Killed process 1\nend<15>{stamp} h t: x"
        ),
        &[
            "1 2021-03-06T04:07:33.196Z - h t[7] - - P|debug",
            "1 2021-03-06T04:07:33.196Z - h - - - P|t info",
            "2 - - - - - - P|with another line",
            "2 2021-03-06T04:07:33.196Z - h kernel - - P|Out of memory: Killed process 1",
            "3 - - - - - - P|end",
            "3 2021-03-06T04:07:33.196Z - h t - - P|x",
        ],
        [3, 6, 2, 0],
    );
    // Where each line has its frame, one in the middle is what somebody wrote.
    found(
        Envelope::SyslogIso,
        &format!("<15>{stamp} h t: a\n<15>{stamp} h t: GET /<3>{stamp} h systemd[1]: x\n"),
        &[
            "1 2021-03-06T04:07:33.196Z - h t - - P|a",
            &format!("2 2021-03-06T04:07:33.196Z - h t - - P|GET /<3>{stamp} h systemd[1]: x"),
        ],
        [2, 2, 0, 0],
    );
}

#[test]
fn control_characters_that_rsyslog_wrote_out() {
    found(
        Envelope::Syslog,
        "Nov  5 12:00:00 h app[7]: #033[31mERROR#033[0m x#012  File \"y\"\nNov  5 12:00:00 h kernel: comm #012Out of memory\n",
        &[
            "1 1972-11-05T12:00:00.000Z - h app[7] - - P|ERROR x\\n  File \\\"y\\\"",
            "2 1972-11-05T12:00:00.000Z - h kernel - - K|comm #012Out of memory",
        ],
        [2, 2, 0, 0],
    );
}

#[test]
fn utf16() {
    let text = "2026-11-20T22:40:11.402795170Z кот\r\n2026-11-20T22:40:12.402795170Z x\r\n";
    for big in [false, true] {
        let file: Vec<u8> = std::iter::once(0xfeff)
            .chain(text.encode_utf16())
            .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect();
        assert_eq!(sniff(&file), Envelope::DockerStamped);
        check(
            Envelope::DockerStamped,
            file,
            &[
                "1 2026-11-20T22:40:11.402Z - - - - - P|кот",
                "2 2026-11-20T22:40:12.402Z - - - - - P|x",
            ],
            [2, 2, 0, 0],
        );
    }
}

fn docker(lines: &[&str]) -> String {
    let line = |log: &&str| {
        format!(
            "{{\"log\":\"{log}\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-20T23:03:30.66424929Z\"}}\n"
        )
    };
    lines.iter().map(line).collect()
}

#[test]
fn wrappers_inside_of_wrappers() {
    found(
        Envelope::DockerJson,
        &docker(&[
            "Nov  5 12:00:00 inner haproxy[8]: a",
            "<134>Nov  5 12:00:00 inner haproxy[8]: b",
            "not wrapped",
            "Nov  5 12:00:00 inner kernel: [    1.000000] Out of memory: Killed process 1 (x) total-vm:1kB",
        ]),
        &[
            "1 2026-11-20T23:03:30.664Z - inner haproxy[8] - - P|a",
            "2 2026-11-20T23:03:30.664Z - inner haproxy[8] - - P|b",
            "3 2026-11-20T23:03:30.664Z - - - - - P|not wrapped",
            "4 2026-11-20T23:03:30.664Z - inner kernel - - P|Out of memory: Killed process 1 (x) total-vm:1kB",
        ],
        [4, 4, 0, 0],
    );
    // A ring inside of a container stays what it is: the container's words.
    found(
        Envelope::DockerJson,
        &docker(&["[    1.000000] Out of memory: Killed process 1", "[    2.000000] x"]),
        &[
            "1 2026-11-20T23:03:30.664Z - - - - - P|[    1.000000] Out of memory: Killed process 1",
            "2 2026-11-20T23:03:30.664Z - - - - - P|[    2.000000] x",
        ],
        [2, 2, 0, 0],
    );
    // journald carries compose, compose carries syslog.
    let unit = "Nov 05 12:00:00 web docker-compose[500]: ";
    found(
        Envelope::Syslog,
        &format!(
            "{unit}lb-1  | Nov  5 12:00:00 in haproxy[8]: a\n{unit}lb-1  | Nov  5 12:00:01 in haproxy[8]: b\nNov 05 12:00:02 web kernel: k\nNov 05 12:00:02 web sshd[1]: lb-1  | x\n{unit}lb-1 exited with code 137\n"
        ),
        &[
            "1 1972-11-05T12:00:00.000Z - web haproxy[8] - lb-1 P|a",
            "2 1972-11-05T12:00:00.000Z - web haproxy[8] - lb-1 P|b",
            "3 1972-11-05T12:00:02.000Z - web kernel - - K|k",
            "4 1972-11-05T12:00:02.000Z - web sshd[1] - - P|lb-1  | x",
            "5 1972-11-05T12:00:00.000Z - web docker-compose[500] - lb-1 P|lb-1 exited with code 137",
        ],
        [5, 5, 0, 0],
    );
    // CRI carries syslog lines that carry klog: its prefix is part of the message.
    let cri = "2025-11-05T12:00:00.1Z stdout F <14>1 2025-11-05T12:00:00Z h kubelet 7 - - ";
    found(
        Envelope::DockerStamped,
        &format!(
            "{cri}I1105 12:00:00.000001       1 main.go:7] a\n{cri}E1105 12:00:00.000001       1 main.go:7] b\n"
        ),
        &[
            "1 2025-11-05T12:00:00.100Z - h kubelet[7] - - P|I1105 12:00:00.000001       1 main.go:7] a",
            "2 2025-11-05T12:00:00.100Z - h kubelet[7] - - P|E1105 12:00:00.000001       1 main.go:7] b",
        ],
        [2, 2, 0, 0],
    );
    // CRI carrying JSON: the object is the message.
    found(
        Envelope::DockerStamped,
        "2025-11-05T12:00:00.1Z stdout F {\"level\":\"info\",\"msg\":\"a\"}\n2025-11-05T12:00:00.1Z stdout F {\"level\":\"info\",\"msg\":\"b\"}\n",
        &[
            "1 2025-11-05T12:00:00.100Z - - - - - P|{\\\"level\\\":\\\"info\\\",\\\"msg\\\":\\\"a\\\"}",
            "2 2025-11-05T12:00:00.100Z - - - - - P|{\\\"level\\\":\\\"info\\\",\\\"msg\\\":\\\"b\\\"}",
        ],
        [2, 2, 0, 0],
    );
}

#[test]
fn a_forged_line_does_not_make_a_wrapper() {
    let forged = "Nov  5 12:00:00 h systemd[1]: shop.service: Main process exited, code=killed";
    let file = docker(&["GET / 200", "GET / 200", forged, "GET / 200"]);
    let (records, _) = unwrapped(Envelope::DockerJson, file.as_bytes(), 4096, true);
    assert!(records.iter().all(|record| record.origin.ident.is_none()));
    assert_eq!(records[2].body, forged.as_bytes());
}

#[test]
fn a_writer_that_comes_late_is_understood_too() {
    let mut file = String::new();
    for second in 0..400 {
        file += &format!("Nov 05 12:00:{:02} web sshd[1]: m\n", second % 60);
    }
    for _ in 0..40 {
        file += "Nov 05 12:30:00 web docker[5]: api-1  | x\n";
    }
    let (records, tally) = unwrapped(Envelope::Syslog, file.as_bytes(), 4096, true);
    assert_eq!((records.len(), tally.records), (440, 440));
    let understood = records.iter().filter(|record| record.origin.container.is_some()).count();
    assert_eq!(understood, 33);
}

#[test]
fn an_inner_level_is_never_the_kernel() {
    const PIECES: [&[u8]; 8] = [
        b"kernel: ",
        b"[    1.000000] ",
        b"Nov  5 12:00:00 ",
        b"h ",
        b"<4>",
        b"2021-03-06T04:07:33.196352+00:00 ",
        b"a  | ",
        b"\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-20T23:03:30Z\"}\n{\"log\":\"",
    ];
    for seed in 1..100u64 {
        let file = noise(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15), 4_000, &PIECES);
        for envelope in [Envelope::DockerJson, Envelope::Compose, Envelope::DockerStamped] {
            let (records, _) = unwrapped(envelope, &file, 4096, true);
            assert!(records.iter().all(|record| record.transport == Transport::Process));
            assert!(records.iter().all(|record| record.boot.is_none()));
        }
    }
}
