//! One kernel log in every form that dmesg, consoles and /dev/kmsg give it: the same records, at the same times. The forms are as
//! util-linux's own tests print them (`tests/expected/dmesg`).

use super::{Transport, check, unwrapped};
use crate::envelope::{Envelope, is_untimed_ring, sniff};
use crate::kernel::looks_like_kernel;
use crate::stamp::{ClockKind, MINUTE, Micros, RawStamp, SECOND, civil, in_year};

/// Boot time in µs, priority, text. What systemd writes to /dev/kmsg is told by its tag where no facility is printed.
const LOG: [(Micros, u32, &str); 12] = [
    (0, 5, "Linux version 6.1.0-13-amd64 (debian-kernel@lists.debian.org) #1 SMP"),
    (0, 6, "Command line: BOOT_IMAGE=/vmlinuz root=/dev/vda1"),
    (3_100_000, 30, "systemd[1]: Started systemd-journald.service - Journal Service."),
    (27_128_481, 6, "[drm] Initialized simpledrm 1.0.0"),
    (64_500_000, 4, "usb 1-1: New USB device found, idVendor=1a40 [bcdDevice= 1.11]"),
    (4_615_556_504, 4, "python3 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0"),
    (4_615_556_530, 4, "Mem-Info:"),
    (
        4_615_556_611,
        6,
        "[  31687]    33 31687    62105    20338   376832        0             0 gunicorn",
    ),
    (
        4_615_556_623,
        6,
        "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),task=gunicorn,pid=31687",
    ),
    (4_615_556_688, 3, "Out of memory: Killed process 31687 (gunicorn) total-vm:248420kB, UID:33"),
    (
        4_675_700_001,
        6,
        "gunicorn[31757]: segfault at 0 ip 00007f89 sp 00007ffd error 4 in libc.so.6",
    ),
    (5_000_000_001, 46, "systemd-journald[723]: Received client request to flush runtime journal."),
];

/// 2026-11-20T21:30:00Z, a Friday; the log ends before midnight.
fn booted() -> Micros {
    civil(2026, 11, 20, 21, 30, 0).unwrap()
}

/// One message, ready to be printed.
struct Shown {
    boot: Micros,
    /// Since the message before; 0 for the first.
    gap: Micros,
    /// Whether its minute is not that of the message before.
    new_minute: bool,
    priority: u32,
    text: &'static str,
}

impl Shown {
    fn seconds(&self) -> String {
        format!("{:>5}.{:06}", self.boot / SECOND, self.boot % SECOND)
    }

    fn delta(&self) -> String {
        format!("<{:>5}.{:06}>", self.gap / SECOND, self.gap % SECOND)
    }

    /// `HH:MM:SS` of the wall clock.
    fn clock(&self) -> String {
        let second = (booted() + self.boot) / SECOND % 86_400;
        format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
    }

    fn ctime(&self) -> String {
        format!("Fri Nov 20 {} 2026", self.clock())
    }

    fn iso(&self) -> String {
        format!("2026-11-20T{},{:06}+00:00", self.clock(), self.boot % SECOND)
    }

    fn relative(&self, month: &str) -> String {
        if self.new_minute {
            return format!("[{month}20 {}]", &self.clock()[..5]);
        }
        format!("[{:>+4}.{:06}]", self.gap / SECOND, self.gap % SECOND)
    }

    fn decoded(&self) -> String {
        const LEVELS: [&str; 8] =
            ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"];
        let facility = match self.priority / 8 {
            0 => "kern",
            3 => "daemon",
            _ => "syslog",
        };
        format!("{facility:<6}:{:<6}:", LEVELS[self.priority as usize % 8])
    }
}

fn shown() -> Vec<Shown> {
    let mut before: Option<Micros> = None;
    LOG.iter()
        .map(|(boot, priority, text)| {
            let last = before.replace(*boot);
            let gap = last.map_or(0, |last| boot - last);
            let new_minute = last.is_none_or(|last| last / MINUTE != boot / MINUTE);
            Shown { boot: *boot, gap, new_minute, priority: *priority, text }
        })
        .collect()
}

/// Who wrote it, as every form tells.
fn authors() -> Vec<(Transport, String)> {
    LOG.iter()
        .map(|(_, priority, text)| match text.split_once("]: ") {
            Some((_, body)) if *priority >= 8 => (Transport::Process, body.to_owned()),
            _ => (Transport::Kernel, (*text).to_owned()),
        })
        .collect()
}

/// The moment of a message on the clock of a stamp.
fn moment(boot: Micros, clock: ClockKind) -> Micros {
    match clock {
        ClockKind::Boot => boot,
        ClockKind::Utc | ClockKind::Local | ClockKind::LocalAgain => booted() + boot,
        ClockKind::Yearless | ClockKind::YearlessAgain => in_year(booted() + boot, 1972).unwrap(),
    }
}

#[track_caller]
fn same(name: &str, file: &str, clock: Option<ClockKind>, has_boot: bool) {
    assert_eq!(sniff(file.as_bytes()), Envelope::Dmesg, "{name}:\n{file}");
    same_records(name, file, clock, has_boot);
}

#[track_caller]
fn same_records(name: &str, file: &str, clock: Option<ClockKind>, has_boot: bool) {
    let (whole, _) = unwrapped(Envelope::Dmesg, file.as_bytes(), 1 << 20, true);
    for block in [1, 7, 4096] {
        assert_eq!(unwrapped(Envelope::Dmesg, file.as_bytes(), block, true).0, whole, "{name}");
    }
    let told: Vec<(Transport, String)> = whole
        .iter()
        .map(|record| (record.transport, String::from_utf8_lossy(&record.body).into_owned()))
        .collect();
    assert_eq!(told, authors(), "{name}:\n{file}");
    for (record, (boot, ..)) in whole.iter().zip(LOG) {
        assert_eq!(record.stamp.map(|stamp| stamp.clock), clock, "{name}, {boot}");
        assert_eq!(record.boot, has_boot.then_some(boot), "{name}, {boot}");
        if let Some(RawStamp { clock, at, resolution }) = record.stamp {
            let moment = moment(boot, clock);
            assert!(at <= moment && moment < at + resolution, "{name}, {boot}: {at} {resolution}");
        }
        assert_eq!(
            record.origin.pid,
            [(3_100_000, 1), (5_000_000_001, 723)]
                .into_iter()
                .find(|(at, _)| *at == boot)
                .map(|(_, pid)| pid),
            "{name}, {boot}"
        );
    }
}

type Print = fn(&Shown) -> String;

fn printed(print: Print) -> String {
    shown().iter().map(|message| format!("{}\n", print(message))).collect()
}

#[test]
fn forms_with_the_boot_clock() {
    const FORMS: [(&str, Print); 13] = [
        ("default", |m| format!("[{}] {}", m.seconds(), m.text)),
        ("-d", |m| format!("[{} {}] {}", m.seconds(), m.delta(), m.text)),
        ("-r", |m| format!("<{}>[{}] {}", m.priority, m.seconds(), m.text)),
        ("-x", |m| format!("{} [{}] {}", m.decoded(), m.seconds(), m.text)),
        ("-x -d", |m| format!("{} [{} {}] {}", m.decoded(), m.seconds(), m.delta(), m.text)),
        ("caller", |m| format!("[{}] [    T1] {}", m.seconds(), m.text)),
        ("caller of kmsg", |m| format!("[{}] [C1234567] {}", m.seconds(), m.text)),
        ("caller of the ring", |m| format!("[{}][   C0] {}", m.seconds(), m.text)),
        ("-x, caller", |m| format!("{} [{}] [T12] {}", m.decoded(), m.seconds(), m.text)),
        ("-L", |m| {
            let (head, tail) = m.text.split_at(m.text.find(": ").map_or(0, |at| at + 2));
            format!(
                "\u{1b}[32m[{}] \u{1b}[0m\u{1b}[33m{head}\u{1b}[0m\u{1b}[1m{tail}\u{1b}[0m",
                m.seconds()
            )
        }),
        ("/dev/kmsg", |m| format!("{},{},{},-;{}", m.priority, m.boot, m.boot, m.text)),
        ("/dev/kmsg, caller", |m| {
            format!(
                "{},7,{},-,caller=T1;{}\n SUBSYSTEM=pci\n DEVICE=+pci:0",
                m.priority, m.boot, m.text
            )
        }),
        ("console", |m| format!("\r[{}] {}\r", m.seconds(), m.text)),
    ];
    for (name, print) in FORMS {
        same(name, &printed(print), Some(ClockKind::Boot), true);
        same(name, &printed(print).replace('\n', "\r\n"), Some(ClockKind::Boot), true);
    }
}

#[test]
fn forms_with_the_wall_clock() {
    const LOCAL: [(&str, Print); 9] = [
        ("-T", |m| format!("[{}] {}", m.ctime(), m.text)),
        ("-T -d", |m| format!("[{} {}] {}", m.ctime(), m.delta(), m.text)),
        ("-x -T", |m| format!("{} [{}] {}", m.decoded(), m.ctime(), m.text)),
        ("-T, caller", |m| format!("[{}] [    T1] {}", m.ctime(), m.text)),
        ("-T in German", |m| format!("[Fr Nov 20 {} 2026] {}", m.clock(), m.text)),
        ("-T in French", |m| format!("[ven. 20 novembre {} 2026] {}", m.clock(), m.text)),
        ("-T in Russian", |m| format!("[Пт ноя 20 {} 2026] {}", m.clock(), m.text)),
        ("-T in Spanish", |m| format!("[vie nov 20 {} 2026] {}", m.clock(), m.text)),
        ("reltime ctime+delta", |m| {
            format!("{} [{} {}] {}", m.relative("Nov"), m.ctime(), m.delta(), m.text)
        }),
    ];
    for (name, print) in LOCAL {
        same(name, &printed(print), Some(ClockKind::Local), false);
    }
    const YEARLESS: [(&str, Print); 6] = [
        ("-e", |m| format!("{} {}", m.relative("Nov"), m.text)),
        ("-H", |m| format!("\u{1b}[32m\u{1b}[1m{} \u{1b}[0m{}", m.relative("Nov"), m.text)),
        ("-x -e", |m| format!("{} {} {}", m.decoded(), m.relative("Nov"), m.text)),
        ("-e, caller", |m| format!("{} [T1] {}", m.relative("Nov"), m.text)),
        ("-e in Russian", |m| format!("{} {}", m.relative("ноя"), m.text)),
        ("-e in Italian", |m| format!("{} {}", m.relative("nov "), m.text)),
    ];
    for (name, print) in YEARLESS {
        same(name, &printed(print), Some(ClockKind::Yearless), false);
    }
    const UTC: [(&str, Print); 3] = [
        ("iso", |m| format!("{} {}", m.iso(), m.text)),
        ("-x iso", |m| format!("{} {} {}", m.decoded(), m.iso(), m.text)),
        ("iso, caller", |m| format!("{} [    T1] {}", m.iso(), m.text)),
    ];
    for (name, print) in UTC {
        same(name, &printed(print), Some(ClockKind::Utc), false);
    }
}

#[test]
fn several_times_at_once() {
    const FORMS: [(&str, ClockKind, Print); 3] = [
        ("raw ctime iso", ClockKind::Utc, |m| {
            format!("[{}] [{}] {} {}", m.seconds(), m.ctime(), m.iso(), m.text)
        }),
        ("raw+delta ctime", ClockKind::Local, |m| {
            format!("[{} {}] [{}] {}", m.seconds(), m.delta(), m.ctime(), m.text)
        }),
        ("iso raw", ClockKind::Utc, |m| format!("{} [{}] {}", m.iso(), m.seconds(), m.text)),
    ];
    for (name, clock, print) in FORMS {
        same(name, &printed(print), Some(clock), true);
    }
}

#[test]
fn forms_without_a_time() {
    const FORMS: [(&str, Print); 4] = [
        ("delta", |m| format!("[{}] {}", m.delta(), m.text)),
        ("delta, caller", |m| format!("[{}] [    T1] {}", m.delta(), m.text)),
        ("-x -t", |m| format!("{} {}", m.decoded(), m.text)),
        ("-t, caller", |m| format!("[    T1] {}", m.text)),
    ];
    for (name, print) in FORMS {
        same(name, &printed(print), None, false);
    }
    let notime = printed(|m| m.text.to_owned());
    assert_eq!(sniff(notime.as_bytes()), Envelope::Plain);
    same_records("-t", &notime, None, false);
}

fn json(decoded: bool, caller: bool) -> String {
    let objects: Vec<String> = shown()
        .iter()
        .map(|m| {
            let words = m.decoded();
            let words: Vec<&str> = words.split(':').map(str::trim).collect();
            let who = if decoded {
                format!("\"fac\": \"{}\",\n         \"pri\": \"{}\"", words[0], words[1])
            } else {
                format!("\"pri\": {}", m.priority)
            };
            let caller = if caller { "         \"caller\": \"T1\",\n" } else { "" };
            format!(
                "{{\n         {who},\n         \"time\": {:>12},\n{caller}         \"msg\": \"{}\\n\"\n      }}",
                m.seconds(),
                m.text
            )
        })
        .collect();
    format!("{{\n   \"dmesg\": [\n      {}\n   ]\n}}\n", objects.join(","))
}

#[test]
fn forms_in_json() {
    for (name, file) in [
        ("-J", json(false, false)),
        ("-J -x", json(true, false)),
        ("-J, caller", json(false, true)),
        ("jq -c", json(true, true).replace("\n ", " ").replace("\n}", "}")),
    ] {
        same(name, &file, Some(ClockKind::Boot), true);
    }
    check(
        Envelope::Dmesg,
        "{\n   \"dmesg\": [\n      {\n         \"pri\": 4,\n         \"time\": 1.5,\n         \"msg\": \"a } \\\"{\\\\\"\n      },{\"pri\":13,\"msg\":\"Out of memory: Killed process 1\"},{\"pri\":1},{\"fac\":\"user\",\"pri\":\"crit\",\"time\":2.0,\"msg\":\"foo[12]: x\\n<4>[ 9.0] y\"},{\"pri\":4,\"msg\":\"cut",
        &[
            "3 1970-01-01T00:00:01.500Z 1500000 - - - - K|a } \\\"{\\\\",
            "7 - - - - - - P|Out of memory: Killed process 1",
            "7 1970-01-01T00:00:02.000Z 2000000 - foo[12] - - P|x",
        ],
        [7, 3, 0, 1],
    );
}

#[test]
fn consoles_have_more_than_the_ring() {
    check(
        Envelope::Dmesg,
        "\r[    1.000000] Run /init as init process\r\n[  OK  ] Started x.service\nOut of memory: Killed process 1 (forged)\nweb01 login: [ 4615.556688] Out of memory: Killed process 31687 (gunicorn)\n  more\nweb01 login: root\n",
        &[
            "1 1970-01-01T00:00:01.000Z 1000000 - - - - K|Run /init as init process",
            "2 - - - - - - P|[  OK  ] Started x.service",
            "3 - - - - - - P|Out of memory: Killed process 1 (forged)",
            "4 1970-01-01T01:16:55.556Z 4615556688 - - - - K|Out of memory: Killed process 31687 (gunicorn)",
            "5 - - - - - - K|  more",
            "6 - - - - - - P|web01 login: root",
        ],
        [6, 6, 4, 0],
    );
}

#[test]
fn the_raw_device() {
    check(
        Envelope::Dmesg,
        "4,1,5140900,-;Mem-Info:\\x0a active:1\n SUBSYSTEM=acpi\n DEVICE=+acpi:PNP0A03:00\n12,2,5140901,-;foo[9]: Out of memory: Killed process 1\n",
        &[
            "1 1970-01-01T00:00:05.140Z 5140900 - - - - K|Mem-Info:\\n active:1",
            "4 1970-01-01T00:00:05.140Z 5140901 - foo[9] - - P|Out of memory: Killed process 1",
        ],
        [4, 2, 0, 0],
    );
}

#[test]
fn dumps_without_any_prefix() {
    let fits = |line: &[u8]| looks_like_kernel(line);
    let report = "python3 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n[  31687]    33 31687    62105    20338   376832        0             0 gunicorn\noom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/a,task_memcg=/a,task=python3,pid=31687,uid=33\nMemory cgroup out of memory: Killed process 31687 (python3) total-vm:248420kB, anon-rss:81352kB, file-rss:0kB, shmem-rss:0kB, UID:33 pgtables:368kB oom_score_adj:0\n";
    assert!(is_untimed_ring(report.as_bytes(), &fits));
    for other in [
        "",
        "listening on 8000\nGET / 200\nMemory cgroup out of memory: Killed process 31687 (python3) total-vm:248420kB\nGET / 200\n",
        "Out of memory: Killed process 31687 (python3) total-vm:248420kB, anon-rss:81352kB\n",
    ] {
        assert!(!is_untimed_ring(other.as_bytes(), &fits), "{other}");
    }
}
