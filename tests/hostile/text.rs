//! Text that nobody should write: endless lines, NULs, other encodings, times from the edge of time, keys by the hundred thousand, and
//! patterns of a user's own grammar.

use std::fmt::Write as _;
use std::time::Instant;

use super::{good_beside, good_log, good_was_read, see};
use crate::packing::{Member, folder, put, tar};
use crate::program::run;

/// A line of so many megabytes in the middle of a log, from a pipe: nothing of it is held but its start.
fn check_long_line(megabytes: usize, log: &[u8]) {
    let half = log.len() / 2;
    let half = half + log[half..].iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let mut input = log[..half].to_vec();
    input.resize(half + megabytes * (1 << 20), b'A');
    input.push(b'\n');
    input.extend(&log[half..]);
    let seen = see("a long line", "-".as_ref(), &input, &[]);
    assert_eq!(seen.done.code, 1);
    seen.told("a long line", "1 line is longer than 1048576 bytes");
}

#[test]
fn lines_without_end() {
    check_long_line(96, &good_log());
    let app: String = (0..500)
        .map(|second| {
            format!(
                "[2026-11-20 12:{:02}:{:02} +0000] [7] [INFO] item {second}\n",
                second / 60,
                second % 60
            )
        })
        .collect();
    check_long_line(96, app.as_bytes());
}

#[test]
#[ignore = "long: a line of three gigabytes"]
fn lines_of_gigabytes() {
    check_long_line(3 << 10, &good_log());
}

/// The same log in other clothes is the same log.
#[test]
fn encodings_and_line_ends() {
    let log = String::from_utf8(good_log()).unwrap();
    let wide = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        std::iter::once(0xfeff).chain(log.encode_utf16()).flat_map(order).collect()
    };
    let (little, big) = (wide(u16::to_le_bytes), wide(u16::to_be_bytes));
    let lone = [&little[..], &[0, 0xd8, 0, 0xd8, b'\n', 0]].concat();
    let bytes = log.as_bytes();
    let hole = |at: usize, count: usize| [&bytes[..at], &vec![0; count], &bytes[at..]].concat();
    let line = log[..20_000].rfind('\n').unwrap() + 1;
    let rows: [(&str, Vec<u8>, &str); 12] = [
        ("UTF-16, little end first", little.clone(), ""),
        ("UTF-16, big end first", big, ""),
        ("UTF-16, half a letter at the end", little[..little.len() - 1].to_vec(), ""),
        ("UTF-16, lone surrogates", lone, ""),
        ("CRLF", log.replace('\n', "\r\n").into_bytes(), ""),
        ("mixed line ends", log.replacen('\n', "\r\n", 300).into_bytes(), ""),
        ("a byte order mark", [b"\xef\xbb\xbf", bytes].concat(), ""),
        (
            "bytes that are no UTF-8",
            {
                let mut broken = bytes.to_vec();
                while let Some(at) = memchr(&broken, b"curl") {
                    broken[at..at + 4].copy_from_slice(b"\xff\xc0\xed\xa0");
                }
                broken
            },
            "",
        ),
        ("a hole at the start", hole(0, 8 << 20), "8388608 NUL bytes were passed over"),
        ("a hole between lines", hole(line, 100_000), "100000 NUL bytes were passed over"),
        ("a hole at the end", hole(bytes.len(), 8 << 20), ""),
        ("a NUL in each line", log.replace("\" 2", "\"\0 2").into_bytes(), ""),
    ];
    let folder = folder();
    for (what, bytes, word) in rows {
        let seen = see(what, &put(folder.path(), "access.log", &bytes), b"", &[]);
        good_was_read(what, &seen);
        if !word.is_empty() {
            seen.told(what, word);
        }
    }
}

fn memchr(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).position(|window| window == word)
}

/// Stamps that overflow what they are read into, or the calendar, beside a good log.
#[test]
fn times_from_the_edge_of_time() {
    let years = ["0000", "0001", "1900", "1969", "1970", "2038", "2262", "9999", "99999"];
    let days =
        ["01-01T00:00:00", "12-31T23:59:60", "02-30T24:00:00", "06-15T12:00:00.999999999999"];
    let zones = ["Z", "+23:59", "-23:59", "+99:99", ""];
    let mut app = String::new();
    for year in years {
        for day in days {
            for zone in zones {
                let _ = writeln!(app, "{year}-{day}{zone} ERROR boom");
            }
        }
    }
    let mut access = String::from_utf8(good_log()).unwrap();
    for year in years {
        for (day, month) in [("00", "Jan"), ("31", "Feb"), ("99", "Xxx"), ("31", "Dec")] {
            for (time, zone) in
                [("00:00:00", "+0000"), ("23:59:60", "+9999"), ("24:00:00", "-2359")]
            {
                let _ = writeln!(
                    access,
                    "203.0.113.9 - - [{day}/{month}/{year}:{time} {zone}] \"GET / HTTP/1.1\" 200 1 \"-\" \"x\""
                );
            }
        }
    }
    let ring: String = ["0.000000", "99999999999.999999", "18446744073.709551", "-1.000000", "9223372036854775807.000000"]
        .map(|stamp| format!("[{stamp:>12}] Out of memory: Killed process 12 (x) total-vm:18446744073709551615kB, anon-rss:99999999999999999999kB, file-rss:0kB\n"))
        .concat();
    let json: String =
        ["1e308", "-1e308", "9223372036854775807", "-9223372036854775808", "1795176000", "1e-400"]
            .map(|stamp| format!("{{\"ts\":{stamp},\"level\":\"error\",\"msg\":\"x\"}}\n"))
            .concat();
    let journal: String = ["0", "18446744073709551615", "9223372036854775807", "1795176000000000"]
        .map(|stamp| format!("__REALTIME_TIMESTAMP={stamp}\n__MONOTONIC_TIMESTAMP={stamp}\n_BOOT_ID=a\n_TRANSPORT=kernel\nMESSAGE=x\n\n"))
        .concat();
    let strewn: String = (1980..2100)
        .flat_map(|year| {
            (1..=12).map(move |month| format!("{year}-{month:02}-01T00:00:00Z ERROR boom\n"))
        })
        .collect();
    let members = [
        ("access.log", access),
        ("app.log", app),
        ("dmesg", ring),
        ("app.json", json),
        ("j.export", journal),
        ("strewn.log", strewn),
    ]
    .map(|(name, text)| Member::new(name, text));
    let folder = folder();
    let seen = see("times", &put(folder.path(), "bundle.tar", &tar(&members)), b"", &[]);
    assert_eq!(seen.report["traffic"]["statuses"]["502"], 10);
    for form in ["text", "markdown", "html", "svg", "csv", "timesketch", "grafana"] {
        let done =
            run(&["report", "--format", form, folder.path().join("bundle.tar").to_str().unwrap()]);
        assert!(done.code <= 1 && !done.err.contains("panicked"), "{form}: {}", done.err);
    }
}

/// A log of so many lines in each of which an attacker chose the names, and every moment is another one.
fn crowd(lines: usize, line: impl Fn(usize) -> String) -> Vec<u8> {
    (0..lines).map(line).collect::<String>().into_bytes()
}

fn day(number: usize, of: usize) -> (usize, usize, usize) {
    let second = number * 86_000 / of;
    (second / 3600, second / 60 % 60, second % 60)
}

fn check_crowds(lines: usize) {
    let rows: [(&str, &dyn Fn(usize) -> String); 8] = [
        ("addresses, paths, referrers and agents", &|n| {
            let (h, m, s) = day(n, lines);
            let status = if n % 20 == 0 { 502 } else { 200 };
            format!(
                "{}.{}.{}.{} - - [20/Nov/2026:{h:02}:{m:02}:{s:02} +0000] \"GET /{n:x}/{:x}?q={n} HTTP/1.1\" {status} {n} \"http://{n}.example/\" \"agent-{n}\"\n",
                n % 223 + 1,
                n >> 16 & 255,
                n >> 8 & 255,
                n & 255,
                n * 7919
            )
        }),
        ("failures strewn over years", &|n| {
            let (year, month, day) = (1995 + n / 336 % 60, n / 28 % 12, n % 28 + 1);
            let name = [
                "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
            ][month];
            format!(
                "203.0.113.9 - - [{day:02}/{name}/{year}:12:00:{:02} +0000] \"GET /a HTTP/1.1\" {} 1 \"-\" \"x\"\n",
                n % 60,
                if n % 2 == 0 { 502 } else { 200 }
            )
        }),
        ("kernel kills", &|n| {
            let (h, m, s) = day(n, lines);
            format!(
                "Nov 20 {h:02}:{m:02}:{s:02} h kernel: [{n:5}.000001] Memory cgroup out of memory: Killed process {n} (a{n:x}) total-vm:123kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:1kB oom_score_adj:0\n"
            )
        }),
        ("segfaults", &|n| {
            let (h, m, s) = day(n, lines);
            format!(
                "Nov 20 {h:02}:{m:02}:{s:02} h kernel: [{n:5}.000001] a{n}[{n}]: segfault at 0 ip 0000 sp 0000 error 4 in x[1000+2000]\n"
            )
        }),
        ("upstreams, hosts and clients of a proxy", &|n| {
            let (h, m, s) = day(n, lines);
            format!(
                "2026/11/20 {h:02}:{m:02}:{s:02} [error] {}#{n}: *{n} connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.{}.{}, server: s{n}, request: \"GET /{n:x} HTTP/1.1\", upstream: \"http://10.{}.{}.{}:{}/\", host: \"h{n}\"\n",
                n % 999,
                n >> 8 & 255,
                n & 255,
                n >> 16 & 255,
                n >> 8 & 255,
                n & 255,
                n % 60_000 + 1
            )
        }),
        ("units and their ends", &|n| {
            let (h, m, s) = day(n, lines);
            format!(
                "Nov 20 {h:02}:{m:02}:{s:02} h{} systemd[1]: u{n}.service: Main process exited, code=killed, status=9/KILL\n",
                n % 5000
            )
        }),
        ("containers", &|n| {
            let (h, m, s) = day(n, lines);
            format!(
                "2026-11-20T{h:02}:{m:02}:{s:02}.000000000Z container die {n:064x} (exitCode=137, image=i{n}, name=n{n})\n"
            )
        }),
        ("programs, pids and JSON keys", &|n| {
            let (h, m, s) = day(n, lines);
            format!(
                "Nov 20 {h:02}:{m:02}:{s:02} h{n} app{n:x}[{n}]: {{\"k{n}\": \"ERROR {n}\", \"level\": \"error\", \"msg\": \"thing {n} failed\"}}\n"
            )
        }),
    ];
    let folder = folder();
    for (what, line) in rows {
        let members =
            [Member::new("good/access.log", good_log()), Member::new("x.log", crowd(lines, line))];
        let seen = see(what, &put(folder.path(), "bundle.tar", &tar(&members)), b"", &[]);
        assert!(seen.report["traffic"]["statuses"]["200"].as_u64() >= Some(590), "{what}");
    }
}

#[test]
fn names_that_an_attacker_chose() {
    check_crowds(60_000);
}

#[test]
#[ignore = "long: a million of each"]
fn a_million_names_that_an_attacker_chose() {
    check_crowds(1_000_000);
}

/// Bounds of one log are none for many: each of these holds what one log may.
#[test]
fn many_logs_that_are_full() {
    let kill = |log: usize, n: usize| {
        format!(
            "Nov 20 12:{:02}:{:02} h kernel: [{n:5}.000001] Memory cgroup out of memory: Killed process {} (a{n:x}) total-vm:123kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:1kB oom_score_adj:0\n",
            n / 60 % 60,
            n % 60,
            log * 100_000 + n
        )
    };
    let request = |log: usize, n: usize| {
        format!(
            "203.0.{log}.{} - - [20/Nov/2026:{:02}:{:02}:{:02} +0000] \"GET /{log}/{} HTTP/1.1\" {} 1 \"-\" \"x\"\n",
            n % 250,
            n / 3600,
            n / 60 % 60,
            n % 60,
            word(n),
            if n.is_multiple_of(3) { 502 } else { 200 }
        )
    };
    let folder = folder();
    for what in ["kills", "requests"] {
        let line =
            |log: usize, n: usize| if what == "kills" { kill(log, n) } else { request(log, n) };
        let members: Vec<Member> = (0..40)
            .map(|log| Member::new(&format!("h{log}/x.log"), crowd(4000, |n| line(log, n))))
            .chain([Member::new("good/access.log", good_log())])
            .collect();
        let seen = see(what, &put(folder.path(), "bundle.tar", &tar(&members)), b"", &[]);
        assert_eq!(crate::corpus::list(&seen.report, "sources").len(), 41, "{what}");
    }
}

/// Letters only: digits would become a placeholder of the route.
fn word(number: usize) -> String {
    number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
}

/// State dumps take many times their text as a tree.
#[test]
fn snapshots_of_deep_and_wide_json() {
    let container = |more: &str| {
        format!(
            "{{\"Id\":\"{:064x}\",\"Name\":\"/shop\",\"State\":{{\"OOMKilled\":true,\"ExitCode\":137,\"FinishedAt\":\"2026-11-20T12:05:00Z\"}}{more}}}",
            7
        )
    };
    let list = |one: &str, bytes: usize| {
        format!("[\n{}\n]\n", vec![one; bytes / (one.len() + 1)].join(","))
    };
    let rows: [(&str, String, &str); 6] = [
        ("numbers", format!("[\n{}]\n", container(&format!(",\"x\":[{}1]", "1,".repeat(3_900_000)))), "cannot be read"),
        ("objects", format!("[\n{}]\n", container(&format!(",\"x\":[{}1]", "{},".repeat(2_600_000)))), "cannot be read"),
        ("deep", format!("[\n{}]\n", container(&format!(",\"x\":{}", "[".repeat(1_000_000)))), "cannot be read"),
        ("30,000 containers", list(&container(""), 8_000_000), ""),
        ("many pods", format!("{{\"apiVersion\":\"v1\",\"items\":[{}],\"kind\":\"List\"}}\n", vec!["{\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"},\"status\":{\"containerStatuses\":[{\"name\":\"c\",\"containerID\":\"x\"}]}}"; 70_000].join(",")), ""),
        ("too long", list(&container(""), 9_000_000), "a snapshot of more than"),
    ];
    let folder = folder();
    for (what, text, word) in rows {
        let members = [Member::new("good/access.log", good_log()), Member::new("state.json", text)];
        good_beside(what, &put(folder.path(), "bundle.tar", &tar(&members)), word);
    }
}

/// Patterns that are known to explode elsewhere: refused with file and line, or matched in linear time.
#[test]
fn patterns_of_a_hostile_grammar() {
    let evil = [
        "(a+)+$",
        "(a*)*b",
        "(a|aa)+$",
        "(a|a?)+$",
        "(.*a){30}",
        "(x+x+)+y",
        "^(([a-z])+.)+[A-Z]([a-z])+$",
        "(.*?,){30}P",
        "\\w{1000}",
        "((a{100}){100}){100}",
        "(?:(?:(?:a{50}){50}){50}){50}",
        "\\pL{500}",
        "(a)\\1",
        "(?=a)b",
        "(?<!a)b",
        "a{4294967296}",
        "((((((((((a",
        "[a-",
        "(?i)(straße|ß)*",
        "(?P<a>x)(?P<a>y)",
    ];
    let folder = folder();
    let example = crate::grammars::example();
    let own = r"'''^worker (?P<worker>\d+) was killed by signal (?P<signal>\d+)$'''";
    assert!(example.contains(own));
    let line = |text: &str| {
        format!("20.11.2026 22:39:17.784 <412> ERROR {text} was killed by signal 9\n").into_bytes()
    };
    let log =
        [line("worker 7").repeat(200), line(&"a".repeat(1_000_000)), line("worker 8").repeat(200)];
    let log = put(folder.path(), "shop.log", &log.concat());
    let (mut refused, mut taken) = (0, 0);
    for pattern in evil {
        let grammar = example.replace(own, &format!("'''{pattern}'''"));
        let rules = folder.path().join("rules");
        put(&rules, "my-shop.toml", grammar.as_bytes());
        let begun = Instant::now();
        let done = run(&[
            "report",
            "--format",
            "json",
            "--stats",
            "--grammars",
            rules.to_str().unwrap(),
            log.to_str().unwrap(),
        ]);
        assert!(begun.elapsed() < super::TIME_MAX, "{pattern}");
        assert!(!done.err.contains("panicked"), "{pattern}: {}", done.err);
        match done.code {
            2 => {
                refused += 1;
                assert!(done.err.contains("my-shop.toml"), "{pattern}: {}", done.err);
            }
            _ => {
                taken += 1;
                assert!(
                    super::held_mb(&done.err) <= super::MEMORY_MAX_MB,
                    "{pattern}: {}",
                    done.err
                );
            }
        }
    }
    assert!(refused >= 5 && refused + taken == evil.len(), "{refused} refused, {taken} taken");
}
