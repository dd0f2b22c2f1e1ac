//! Whole wrappers: real-shaped files in pieces of several sizes, and noise.

use super::*;
use crate::stamp::rfc3339;

mod export;
mod recognised;
mod ring;
mod wraps;

fn unwrapped(
    envelope: Envelope,
    file: &[u8],
    block: usize,
    complete: bool,
) -> (Vec<Record<'static>>, Tally) {
    let mut records = Vec::new();
    let mut sink = |record: &Record<'_>| {
        let body = Cow::Owned(record.body.to_vec());
        let origin = Cow::Owned(record.origin.clone().into_owned());
        records.push(Record { body, origin, kin: Kin::default(), ..*record });
    };
    let mut unwrapper = Unwrapper::new(envelope);
    for piece in file.chunks(block) {
        unwrapper.feed(piece, &mut sink);
    }
    unwrapper.finish(complete, &mut sink);
    (records, unwrapper.tally())
}

/// `line moment boot host ident[pid] unit container K/P | body`, `-` for what is not there.
fn described(record: &Record<'_>) -> String {
    let dash = |name: &Option<String>| name.clone().unwrap_or("-".to_owned());
    let origin = &record.origin;
    let moment = record.stamp.map_or("-".to_owned(), |stamp| rfc3339(stamp.at).unwrap());
    let boot = record.boot.map_or("-".to_owned(), |boot| boot.to_string());
    let pid = origin.pid.map_or(String::new(), |pid| format!("[{pid}]"));
    let (host, ident, unit, container) =
        (dash(&origin.host), dash(&origin.ident), dash(&origin.unit), dash(&origin.container));
    let way = if record.transport == Transport::Kernel { 'K' } else { 'P' };
    let body = String::from_utf8_lossy(&record.body).escape_debug().to_string();
    format!("{} {moment} {boot} {host} {ident}{pid} {unit} {container} {way}|{body}", record.line)
}

/// The records of a file, the same for every size of block, and its counts `lines records bare damaged`.
#[track_caller]
fn check(envelope: Envelope, file: impl AsRef<[u8]>, expected: &[&str], counts: [u64; 4]) {
    let file = file.as_ref();
    for block in [1, 7, 4096, 1 << 22] {
        let (records, tally) = unwrapped(envelope, file, block, true);
        let described: Vec<String> = records.iter().map(described).collect();
        assert_eq!(described, expected, "blocks of {block}");
        assert_eq!(
            [tally.lines, tally.records, tally.bare, tally.damaged],
            counts,
            "blocks of {block}"
        );
    }
}

const SYSLOG: &str = "\
Nov 20 22:42:19 shop-web-01 kernel: [ 4615.556504] python3 invoked oom-killer: order=0
Nov 20 22:42:19 shop-web-01 kernel: [ 4615.556530] Mem-Info:
                           active_file:3368 inactive_file:5493 isolated_file:15
-- Boot 0b4b7ecdd6f94e968ea2eb9117d024a3 --

Nov 20 22:42:20 shop-web-01 systemd[1]: shop-api.service: A process of this unit has been killed by the OOM killer.
Nov 20 22:42:21 shop-web-01 shop[1161]: \u{1b}[31mWorker\u{1b}[0m (pid:1162) was sent SIGKILL!
";

#[test]
fn syslog_lines() {
    check(
        Envelope::Syslog,
        SYSLOG,
        &[
            "1 1972-11-20T22:42:19.000Z 4615556504 shop-web-01 kernel - - K|python3 invoked oom-killer: order=0",
            "2 1972-11-20T22:42:19.000Z 4615556530 shop-web-01 kernel - - K|Mem-Info:",
            "3 - - - - - - K|                           active_file:3368 inactive_file:5493 isolated_file:15",
            "6 1972-11-20T22:42:20.000Z - shop-web-01 systemd[1] - - P|shop-api.service: A process of this unit has been killed by the OOM killer.",
            "7 1972-11-20T22:42:21.000Z - shop-web-01 shop[1161] - - P|Worker (pid:1162) was sent SIGKILL!",
        ],
        [7, 5, 1, 0],
    );
    check(
        Envelope::JournalFull,
        "Wed 2025-11-05 12:00:00 UTC web01 shop.service[12]: m\nWed 2025-11-05 12:00:00 UTC web01 kernel: k",
        &[
            "1 2025-11-05T12:00:00.000Z - web01 -[12] shop.service - P|m",
            "2 2025-11-05T12:00:00.000Z - web01 kernel - - K|k",
        ],
        [2, 2, 0, 0],
    );
}

#[test]
fn a_syslog_that_changes_its_style() {
    check(
        Envelope::SyslogIso,
        "2026-11-21T05:36:16.622470+07:00 shop-db-1 kernel: [   27.128481] ata1: x\nNov 21 05:39:36 shop-db-1 kernel: [  301.056363]  out_of_memory+0x1fd/0x4c0\n",
        &[
            "1 2026-11-20T22:36:16.622Z 27128481 shop-db-1 kernel - - K|ata1: x",
            "2 1972-11-21T05:39:36.000Z 301056363 shop-db-1 kernel - - K| out_of_memory+0x1fd/0x4c0",
        ],
        [2, 2, 0, 0],
    );
}

#[test]
fn dmesg_lines() {
    check(
        Envelope::Dmesg,
        "\u{1b}[32m[Fri Nov 20 22:39:26 2026] \u{1b}[0m\u{1b}[33mgunicorn\u{1b}[0m invoked oom-killer\n               more\n[Fri Nov 20 22:39:27 2026] systemd[1]: Started x\n",
        &[
            "1 2026-11-20T22:39:26.000Z - - - - - K|gunicorn invoked oom-killer",
            "2 - - - - - - K|               more",
            "3 2026-11-20T22:39:27.000Z - - systemd[1] - - P|Started x",
        ],
        [3, 3, 1, 0],
    );
    check(
        Envelope::Dmesg,
        "[  +0.000001] early\n[Nov20 22:23] a\n[  +1.500000] b\n[  +0.250000] c\n",
        &[
            "1 - - - - - - K|early",
            "2 1972-11-20T22:23:00.000Z - - - - - K|a",
            "3 1972-11-20T22:23:01.500Z - - - - - K|b",
            "4 1972-11-20T22:23:01.750Z - - - - - K|c",
        ],
        [4, 4, 0, 0],
    );
    let boot = unwrapped(Envelope::Dmesg, b"[ 1234.567890] m\n", 9, true).0;
    assert_eq!(boot[0].stamp, Some(RawStamp::new(crate::stamp::ClockKind::Boot, 1_234_567_890, 1)));
    assert_eq!(boot[0].boot, Some(1_234_567_890));
}

fn binary(name: &str, value: &[u8]) -> Vec<u8> {
    let length = (value.len() as u64).to_le_bytes();
    [name.as_bytes(), b"\n", &length, value, b"\n"].concat()
}

fn export() -> Vec<u8> {
    [
        b"__CURSOR=s=9;i=1\n__REALTIME_TIMESTAMP=1795212471424034\n_SOURCE_MONOTONIC_TIMESTAMP=0\n_TRANSPORT=kernel\nSYSLOG_FACILITY=0\nSYSLOG_IDENTIFIER=kernel\nMESSAGE=Linux version\n_HOSTNAME=web01\n_BOOT_ID=90f0\n\n".as_slice(),
        b"__CURSOR=s=9;i=2\n__REALTIME_TIMESTAMP=1795212471424034\n_SOURCE_MONOTONIC_TIMESTAMP=36355280\nMESSAGE=oom\n_TRANSPORT=kernel\n",
        // The blank line and the field are in the message, and the length has a newline byte in it.
        &binary("_SELINUX_CONTEXT", b"unconfine\n"),
        b"\n",
        b"-- Reboot --\nREBOOTED\nNov 20 22:42:19 h x: pasted text\n",
        b"__CURSOR=s=9;i=3\n_TRANSPORT=stdout\n__REALTIME_TIMESTAMP=1795212471500000\n_PID=77\n_COMM=node\n_SYSTEMD_UNIT=shop.service\n",
        &binary("MESSAGE", b"\x1b[31mred\x1b[0m\n\n_TRANSPORT=kernel\nMESSAGE=Out of memory: Killed process 1"),
        // No blank line before the next cursor.
        b"__CURSOR=s=9;i=4\n__REALTIME_TIMESTAMP=1795212471500000\n_SOURCE_REALTIME_TIMESTAMP=1795212471400000\n_TRANSPORT=journal\n_PID=1\nSYSLOG_IDENTIFIER=systemd\n_SYSTEMD_UNIT=init.scope\nUNIT=shop.service\nMESSAGE=shop.service: Failed\n\n",
        b"_SOURCE_REALTIME_TIMESTAMP=1795212471600000\n__REALTIME_TIMESTAMP=1795212471500000\n_TRANSPORT=journal\n_PID=500\n_COMM=dockerd\n_SYSTEMD_UNIT=docker.service\nCONTAINER_NAME=shop\nCONTAINER_ID_FULL=ab12\nSYSLOG_IDENTIFIER=ab12\nMESSAGE=hi\n\n",
        b"__REALTIME_TIMESTAMP=1795212471500000\n_TRANSPORT=kernel\nSYSLOG_FACILITY=3\nSYSLOG_IDENTIFIER=systemd\nSYSLOG_PID=1\nMESSAGE=up\n\n",
    ]
    .concat()
}

#[test]
fn journal_export() {
    check(
        Envelope::JournalExport,
        export(),
        &[
            "1 2026-11-20T22:07:51.424Z - web01 kernel - - K|Linux version",
            "11 2026-11-20T22:07:51.424Z 36355280 - - - - K|oom",
            "24 2026-11-20T22:07:51.500Z - - node[77] shop.service - P|red\\n\\n_TRANSPORT=kernel\\nMESSAGE=Out of memory: Killed process 1",
            "35 2026-11-20T22:07:51.400Z - - systemd[1] shop.service - P|shop.service: Failed",
            "45 2026-11-20T22:07:51.500Z - - ab12 - ab12 P|hi",
            "56 2026-11-20T22:07:51.500Z - - systemd[1] - - P|up",
        ],
        [62, 6, 0, 0],
    );
}

#[test]
fn journal_export_with_hostile_lengths() {
    let entry = b"__REALTIME_TIMESTAMP=1795212471500000\nMESSAGE=ok\n";
    let long =
        [entry.as_slice(), &binary("BIG", &vec![b'\n'; lines::LINE_MAX_BYTES + 1]), b"\n"].concat();
    for block in [7, 4096, 1 << 22] {
        let (records, tally) = unwrapped(Envelope::JournalExport, &long, block, true);
        assert_eq!((records.len(), tally.long_lines, tally.damaged), (1, 1, 0));
        assert_eq!(tally.lines, 2 + 2 + lines::LINE_MAX_BYTES as u64 + 1 + 1);
    }
    let text =
        [entry.as_slice(), b"BIG=", &vec![b'x'; lines::LINE_MAX_BYTES + 1], b"\n\n"].concat();
    for block in [7, 4096, 1 << 22] {
        let (records, tally) = unwrapped(Envelope::JournalExport, &text, block, true);
        assert_eq!((records.len(), tally.long_lines, tally.damaged, tally.lines), (1, 1, 0, 4));
    }
    let hostile =
        [entry.as_slice(), b"BIG\n", &u64::MAX.to_le_bytes(), b"\n\n", entry, b"\n"].concat();
    let (records, tally) = unwrapped(Envelope::JournalExport, &hostile, 7, true);
    assert_eq!((records.len(), tally.damaged), (2, 2));
}

#[test]
fn a_torn_journal_export() {
    let whole = export();
    for cut in 0..whole.len() {
        let torn = &whole[..cut];
        let (full, _) = unwrapped(Envelope::JournalExport, &whole, 4096, true);
        let (records, tally) = unwrapped(Envelope::JournalExport, torn, 7, false);
        assert!(full.starts_with(&records), "only whole entries before {cut}");
        assert!(tally.partial_last_line || torn.last().is_none_or(|byte| *byte == b'\n'), "{cut}");
    }
    let (records, tally) =
        unwrapped(Envelope::JournalExport, b"MESSAGE=a\n\nMESSAGE=b\n_PID=1", 7, true);
    assert_eq!((records.len(), tally.partial_last_line, tally.damaged), (2, true, 0));
    let (records, tally) =
        unwrapped(Envelope::JournalExport, b"MESSAGE=a\n\nMESSAGE=b\nX\n\x09\0\0", 7, true);
    assert_eq!((records.len(), tally.partial_last_line, tally.damaged), (2, true, 0));
    assert!(tally.torn_end);
}

#[test]
fn journal_json() {
    let file = concat!(
        r#"{"_PID":"1161","_COMM":"gunicorn","_SYSTEMD_UNIT":"shop-api.service","_HOSTNAME":"web","__REALTIME_TIMESTAMP":"1795214454345884","_TRANSPORT":"stdout","MESSAGE":"Starting \"x\"","_CAP":null}"#,
        "\n",
        r#"data: {"_TRANSPORT":"kernel","_SOURCE_MONOTONIC_TIMESTAMP":"12","MESSAGE":[27,91,51,49,109,104,105,255,10]}"#,
        "\n\n\u{1e}",
        r#"{"MESSAGE":["a","b"],"_PID":7,"X":{"y":[1]}}"#,
        "\n",
        r#"{"MESSAGE":[[104],[105]]}"#,
        "\n-- No entries --\nno json\n",
        r#"{"MESSAGE":null,"_PID":"1"}"#,
        "\n{\"MESSAGE\":\"cut\n",
        "{\n\t\"MESSAGE\" : \"lost\",\n{\n\t\"_PID\" : \"9\",\n\t\"MESSAGE\" : \"}\"\n}\n",
    );
    check(
        Envelope::JournalJson,
        file,
        &[
            "1 2026-11-20T22:40:54.345Z - web gunicorn[1161] shop-api.service - P|Starting \\\"x\\\"",
            "2 - 12 - - - - K|hi\u{fffd}",
            "4 - - - -[7] - - P|a",
            "5 - - - - - - P|h",
            "7 - - - - - - P|no json",
            "12 - - - -[9] - - P|}",
        ],
        [15, 6, 1, 2],
    );
}

#[test]
fn docker_json() {
    let line = |log: &str, stream: &str, second: u32| {
        format!(
            "{{\"log\":\"{log}\",\"stream\":\"{stream}\",\"time\":\"2026-11-20T23:03:{second:02}.66424929Z\"}}\n"
        )
    };
    let file = [
        line("cart \\u001b[1mlistening\\u001b[0m\\r\\n", "stdout", 30),
        line("out one ", "stdout", 31),
        line("err\\n", "stderr", 32),
        line("out two\\n", "stdout", 33),
        "{\"stream\":\"stdout\",\"time\":\"2026-11-20T23:03:34Z\"}\n{\"log\":\"torn\n".to_owned(),
        line("Killed", "stderr", 35),
    ]
    .concat();
    check(
        Envelope::DockerJson,
        file,
        &[
            "1 2026-11-20T23:03:30.664Z - - - - - P|cart listening",
            "3 2026-11-20T23:03:32.664Z - - - - - P|err",
            "2 2026-11-20T23:03:31.664Z - - - - - P|out one out two",
            "5 2026-11-20T23:03:34.000Z - - - - - P|",
            "7 2026-11-20T23:03:35.664Z - - - - - P|Killed",
        ],
        [7, 5, 0, 1],
    );
}

#[test]
fn docker_stamped() {
    let part = "x".repeat(16_384);
    let stamp = "2026-11-20T23:05:05.269450820Z ";
    check(
        Envelope::DockerStamped,
        format!("{stamp}a{}{stamp}{part}{stamp}end\n{stamp}\nbare\n", &part[1..]),
        &[
            &format!("1 2026-11-20T23:05:05.269Z - - - - - P|a{}{part}end", &part[1..]),
            "2 2026-11-20T23:05:05.269Z - - - - - P|",
            "3 - - - - - - P|bare",
        ],
        [3, 3, 1, 0],
    );
    check(
        Envelope::DockerStamped,
        "2025-11-05T12:00:00.1+03:00 stdout P one \n2025-11-05T12:00:01.1+03:00 stderr F err\n2025-11-05T12:00:02.1+03:00 stdout F:x two\n",
        &[
            "2 2025-11-05T09:00:01.100Z - - - - - P|err",
            "1 2025-11-05T09:00:00.100Z - - - - - P|one two",
        ],
        [3, 2, 0, 0],
    );
}

#[test]
fn plain_lines() {
    check(
        Envelope::Plain,
        "\u{feff}Traceback\r\n\n  File",
        &["1 - - - - - - P|Traceback", "2 - - - - - - P|", "3 - - - - - - P|  File"],
        [3, 3, 0, 0],
    );
    let (records, tally) = unwrapped(Envelope::Plain, b"a\nb", 1, false);
    assert_eq!((records.len(), tally.lines, tally.partial_last_line), (1, 2, true));
}

/// xorshift64: noise that is the same in every run.
fn noise(seed: u64, length: usize, pieces: &[&[u8]]) -> Vec<u8> {
    let mut state = seed | 1;
    let mut out = Vec::new();
    while out.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        match state % 3 {
            0 => out.push((state >> 32) as u8),
            _ => out.extend(pieces[(state >> 20) as usize % pieces.len()]),
        }
    }
    out
}

#[test]
fn noise_never_panics_and_blocks_do_not_matter() {
    const PIECES: [&[u8]; 40] = [
        b"\n",
        b"\0\0\0\0\0\0\0\0",
        b"MESSAGE",
        b"=",
        b"__CURSOR=",
        b"\x05\0\0\0\0\0\0\0",
        b"\x1b[3",
        b"\x1b]",
        b"{\"log\":\"",
        b"\",\"MESSAGE\":",
        b"[1,2,[",
        b"}\n",
        b"Nov  5 12:00:00 ",
        b"2025-11-05T12:00:00",
        b".123456789",
        b"+03:00 ",
        b"kernel: ",
        b"[ 1234.567890] ",
        b"<4>",
        b"1 ",
        b"host ",
        b"ident[12]: ",
        b"[Fri Nov 20 22:39:26 2026] ",
        b"-- ",
        b"Wed 2025-11-05 12:00:00 UTC ",
        b"stdout P ",
        b"backend-1  | ",
        b"web exited with code 137\n",
        b"{\"dmesg\":[{\"pri\":4,\"time\":1.5,\"msg\":\"",
        b"\"},{",
        b"6,12,5678901234,-,caller=T1;",
        b" KEY=v\n",
        b"\\x0a",
        b"E0507 11:59:41.375710    4736 f.go:1] ",
        b"<14>2021-03-06T04:07:33.196352+00:00 h t: ",
        b"heroku[router]: ",
        b"#033[1m#012",
        b" [s=1;t=64]\n",
        b"    MESSAGE=",
        b"web01 login: ",
    ];
    for seed in 1..200 {
        let mut file = noise(0x9e37_79b9_7f4a_7c15u64.wrapping_mul(seed), 3_000, &PIECES);
        if seed % 8 == 0 {
            file.splice(..0, *b"\xff\xfe");
        }
        let _ = sniff(&file);
        for envelope in Envelope::ALL {
            let whole = unwrapped(envelope, &file, 1 << 20, true);
            for block in [1, 7, 4096] {
                assert_eq!(
                    unwrapped(envelope, &file, block, true),
                    whole,
                    "{envelope:?}, seed {seed}, blocks of {block}"
                );
            }
        }
    }
}
