//! Logs and texts that are none of ours, 2,000 lines each, grown from lines as their programs write them, with words of outages in
//! the places where they really stand. None may be taken for another log, and nothing may be concluded from any of them.

use serde_json::Value;

use crate::corpus::{analyse_members, cases, list, named_causes};
use crate::packing::Member;

const LINES: u32 = 2000;
/// Second of the day at which each begins: before most incidents of the corpus, and it goes on for an hour and forty minutes.
const START: u32 = 21 * 3600;
/// The midnight before, in seconds since 1970.
const MIDNIGHT: u64 = 1_795_132_800;

/// A kind of text: its name, the format under which it may be listed, and lines with places to fill in.
struct Kind {
    name: &'static str,
    /// Empty where nothing may recognise it: such a file is named in the data quality and not read. `timestamped` is any line with a
    /// time, `app-output` any text with words that apps have: neither says whose it is.
    format: &'static str,
    templates: &'static [&'static str],
}

/// Numbers that look like chance and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

const WORDS: [&str; 12] = [
    "shop", "orders", "backend", "gunicorn", "nginx", "postgres", "alice", "report", "upstream",
    "timeout", "worker", "redis",
];

/// A template with its places filled. `second` counts from the start of the log.
fn filled(template: &str, second: u32, numbers: &mut Numbers) -> String {
    let (hour, minute, second) = (second / 3600 % 24, second / 60 % 60, second % 60);
    let clock = format!("{hour:02}:{minute:02}:{second:02}");
    let mut line = String::new();
    let mut rest = template;
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        line += before;
        let place = match name {
            "clock" => clock.clone(),
            "n" => (1 + numbers.next(9999)).to_string(),
            "nn" => format!("{:02}", numbers.next(60)),
            "ip" => format!("203.0.113.{}", 1 + numbers.next(250)),
            "w" => WORDS[numbers.next(12) as usize].to_owned(),
            "hex" => format!("{:012x}", numbers.next(1 << 40)),
            "epoch" => (MIDNIGHT + u64::from(hour * 3600 + minute * 60 + second)).to_string(),
            // A brace of the text itself.
            _ => format!("{{{name}}}"),
        };
        line += &place;
        rest = after;
    }
    line + rest
}

fn text_of(kind: &Kind) -> String {
    let mut numbers = Numbers(kind.name.len() as u64);
    let mut text = String::new();
    for line in 0..LINES {
        let template = kind.templates[numbers.next(kind.templates.len() as u64) as usize];
        text += &filled(template, START + line * 3, &mut numbers);
        text.push('\n');
    }
    text
}

/// What is wrong with a report on such a text.
fn concluded(report: &Value) -> Vec<String> {
    let mut faults: Vec<String> = ["incidents", "oom_kills", "deaths"]
        .iter()
        .filter(|key| !list(report, key).is_empty())
        .map(|key| format!("{key}: {}", list(report, key)[0]))
        .collect();
    let requests = report["traffic"]["requests"].as_u64().unwrap_or(0);
    if requests > 0 {
        faults.push(format!("{requests} requests"));
    }
    faults
}

#[test]
fn nothing_is_concluded_from_unrelated_texts() {
    let mut faults = Vec::new();
    for kind in KINDS {
        // A name that promises a log must not help.
        let Ok(report) = analyse_members(&[Member::new("var/log/nginx/access.log", text_of(kind))])
        else {
            if !kind.format.is_empty() {
                faults.push(format!("{}: not recognised as {}", kind.name, kind.format));
            }
            continue;
        };
        let format = report["sources"][0]["format"].as_str().unwrap_or_default();
        if format != kind.format {
            faults.push(format!("{}: taken for {format}", kind.name));
        }
        faults.extend(concluded(&report).into_iter().map(|what| format!("{}: {what}", kind.name)));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Beside a real log, which has a clock and traffic for them to be joined to.
#[test]
fn unrelated_texts_add_nothing_to_a_bundle() {
    let quiet: String = (0..1800)
        .map(|second| format!(
            "203.0.113.{} - - [20/Nov/2026:21:{:02}:{:02} +0000] \"GET /items/{second} HTTP/1.1\" 200 157 \"-\" \"curl/8\"\n",
            second % 200,
            second / 60,
            second % 60
        ))
        .collect();
    let mut members = vec![Member::new("access.log", quiet)];
    members.extend(
        KINDS.iter().map(|kind| Member::new(&format!("home/{}", kind.name), text_of(kind))),
    );
    let report = analyse_members(&members).unwrap();
    assert_eq!(report["traffic"]["requests"], 1800);
    for key in ["incidents", "oom_kills", "deaths"] {
        assert!(list(&report, key).is_empty(), "{key}: {}", report[key]);
    }
}

/// Beside an incident: neither its cause nor its verdict, no kill and no death changes.
#[test]
fn unrelated_texts_change_no_verdict() {
    let told = |report: &Value| -> Vec<String> {
        let incidents = list(report, "incidents").iter().map(|incident| {
            format!(
                "{} to {}: {} {:?} {}",
                incident["start"],
                incident["end"],
                incident["errors"],
                named_causes(incident),
                incident["verdict"]
            )
        });
        let kills =
            list(report, "oom_kills").iter().map(|kill| format!("kill {}", kill["victim"]["pid"]));
        let deaths = list(report, "deaths")
            .iter()
            .map(|death| format!("death {} {}", death["pid"], death["why"]));
        incidents.chain(kills).chain(deaths).collect()
    };
    let mut faults = Vec::new();
    for case in cases() {
        let members = case.members();
        let alone = told(&analyse_members(&members).unwrap());
        let among = members.into_iter().chain(
            KINDS.iter().map(|kind| Member::new(&format!("home/{}", kind.name), text_of(kind))),
        );
        let report = analyse_members(&among.collect::<Vec<_>>()).unwrap();
        let now = told(&report);
        faults.extend(
            alone
                .iter()
                .filter(|line| !now.contains(line))
                .map(|line| format!("{}: gone: {line}", case.name)),
        );
        faults.extend(
            now.iter()
                .filter(|line| !alone.contains(line))
                .map(|line| format!("{}: new: {line}", case.name)),
        );
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

const KINDS: &[Kind] = &[
    Kind {
        name: "postfix",
        format: "syslog",
        templates: &[
            "Nov 20 {clock} mx1 postfix/smtpd[{n}]: connect from unknown[{ip}]",
            "Nov 20 {clock} mx1 postfix/smtpd[{n}]: timeout after DATA from mail.example.org[{ip}]",
            "Nov 20 {clock} mx1 postfix/smtp[{n}]: connect to mx.example.com[{ip}]:25: Connection refused",
            "Nov 20 {clock} mx1 postfix/smtp[{n}]: {hex}: to=<{w}@example.com>, relay=none, delay=300, delays=0.1/0/300/0, dsn=4.4.1, status=deferred (connect to mx.example.com[{ip}]:25: Connection timed out)",
            "Nov 20 {clock} mx1 postfix/qmgr[{n}]: {hex}: from=<alerts@example.com>, size={n}, nrcpt=1 (queue active)",
            "Nov 20 {clock} mx1 postfix/smtpd[{n}]: NOQUEUE: reject: RCPT from unknown[{ip}]: 554 5.7.1 Service unavailable; Client host blocked",
            "Nov 20 {clock} mx1 postfix/smtp[{n}]: {hex}: host mx.example.com[{ip}] said: 504 5.5.2 <{w}>: Helo command rejected",
            "Nov 20 {clock} mx1 postfix/cleanup[{n}]: {hex}: warning: header Subject: [ALERT] web1: Out of memory: Killed process {n} ({w}) from local; from=<root@web1> to=<ops@example.com>",
        ],
    },
    Kind {
        name: "sshd",
        format: "syslog",
        templates: &[
            "Nov 20 {clock} web1 sshd[{n}]: Failed password for invalid user {w} from {ip} port {n} ssh2",
            "Nov 20 {clock} web1 sshd[{n}]: Connection closed by authenticating user root {ip} port {n} [preauth]",
            "Nov 20 {clock} web1 sshd[{n}]: error: kex_exchange_identification: Connection closed by remote host",
            "Nov 20 {clock} web1 sshd[{n}]: Timeout before authentication for {ip} port {n}",
            "Nov 20 {clock} web1 sshd[{n}]: Received disconnect from {ip} port {n}:11: disconnected by user",
            "Nov 20 {clock} web1 sshd[{n}]: fatal: Timeout, client not responding from user {w} {ip} port {n}",
            "Nov 20 {clock} web1 sshd[{n}]: pam_unix(sshd:session): session opened for user {w}(uid=1000) by (uid=0)",
            "Nov 20 {clock} web1 sshd[{n}]: Invalid user Out of memory: Killed process 1 (systemd) total-vm:1kB from {ip} port {n}",
        ],
    },
    Kind {
        name: "dovecot",
        format: "syslog",
        templates: &[
            "Nov 20 {clock} mx1 dovecot: imap-login: Login: user=<{w}>, method=PLAIN, rip={ip}, lip=192.0.2.1, mpid={n}, TLS, session=<{hex}>",
            "Nov 20 {clock} mx1 dovecot: imap({w})<{n}><{hex}>: Logged out in={n} out={n}",
            "Nov 20 {clock} mx1 dovecot: master: Warning: Killed with signal 15 (by pid={n} uid=0 code=kill)",
            "Nov 20 {clock} mx1 dovecot: imap-login: Disconnected: Connection closed (auth failed, 1 attempts in 2 secs): user=<{w}>, rip={ip}",
        ],
    },
    Kind {
        name: "smartd",
        format: "syslog",
        templates: &[
            "Nov 20 {clock} web1 smartd[{n}]: Device: /dev/sda [SAT], SMART Usage Attribute: 194 Temperature_Celsius changed from 117 to 116",
            "Nov 20 {clock} web1 smartd[{n}]: Device: /dev/sdb [SAT], 8 Currently unreadable (pending) sectors",
            "Nov 20 {clock} web1 smartd[{n}]: Device: /dev/sda [SAT], offline data collection was aborted by an interrupting command from host",
        ],
    },
    Kind {
        name: "openvpn",
        format: "syslog",
        templates: &[
            "Nov 20 {clock} gw ovpn-server[{n}]: {ip}:{n} TLS: Initial packet from [AF_INET]{ip}:{n}, sid={hex}",
            "Nov 20 {clock} gw ovpn-server[{n}]: {w}/{ip}:{n} [{w}] Inactivity timeout (--ping-restart), restarting",
            "Nov 20 {clock} gw ovpn-server[{n}]: {ip}:{n} TLS Error: TLS handshake failed",
            "Nov 20 {clock} gw ovpn-server[{n}]: {w}/{ip}:{n} SIGUSR1[soft,ping-restart] received, client-instance restarting",
            "Nov 20 {clock} gw ovpn-server[{n}]: read UDP [ECONNREFUSED]: Connection refused (code=111)",
        ],
    },
    Kind {
        name: "iptables-in-kern",
        format: "syslog",
        templates: &[
            "Nov 20 {clock} gw kernel: [{n}.123456] [UFW BLOCK] IN=eth0 OUT= MAC={hex} SRC={ip} DST=192.0.2.1 LEN=40 PROTO=TCP SPT={n} DPT=8000",
            "Nov 20 {clock} gw kernel: [{n}.223456] audit: type=1400 audit({epoch}.123:{n}): apparmor=\"DENIED\" operation=\"signal\" profile=\"docker-default\" pid={n} comm=\"{w}\" requested_mask=\"receive\" signal=kill peer=\"unconfined\"",
            "Nov 20 {clock} gw kernel: [{n}.323456] rcu: \tUnless rcu_sched kthread gets sufficient CPU time, OOM is now expected behavior.",
            "Nov 20 {clock} gw kernel: [{n}.423456] br-{hex}: port 3(veth{hex}) entered disabled state",
        ],
    },
    Kind {
        name: "exim",
        format: "timestamped",
        templates: &[
            "2026-11-20 {clock} 1{hex}-0 <= {w}@example.com H=(web1) [{ip}] P=esmtp S={n}",
            "2026-11-20 {clock} 1{hex}-0 == {w}@example.org R=dnslookup T=remote_smtp defer (110): Connection timed out",
            "2026-11-20 {clock} 1{hex}-0 H=mx.example.org [{ip}] Connection refused",
        ],
    },
    Kind {
        name: "apt-history",
        format: "packages",
        templates: &[
            "Start-Date: 2026-11-20  {clock}",
            "Commandline: /usr/bin/unattended-upgrade",
            "Requested-By: {w} (1000)",
            "Upgrade: nginx:amd64 (1.22.1-9, 1.22.1-{n}), libc6:amd64 (2.36-9, 2.36-{n}), earlyoom:amd64 (1.7-1, 1.7-2)",
            "Error: Sub-process /usr/bin/dpkg returned an error code ({n})",
            "End-Date: 2026-11-20  {clock}",
            "",
        ],
    },
    Kind {
        name: "bind",
        format: "",
        templates: &[
            "20-Nov-2026 {clock}.123 queries: info: client @0x{hex} {ip}#{n} ({w}.example.com): query: {w}.example.com IN A +E(0)K (192.0.2.53)",
            "20-Nov-2026 {clock}.456 lame-servers: info: connection refused resolving '{w}.example.org/A/IN': {ip}#53",
            "20-Nov-2026 {clock}.789 resolver: info: timed out resolving '{w}.example.net/AAAA/IN': {ip}#53",
        ],
    },
    Kind {
        name: "squid",
        format: "",
        templates: &[
            "{epoch}.123     45 {ip} TCP_MISS/200 {n} GET http://example.com/{w} - HIER_DIRECT/93.184.216.34 text/html",
            "{epoch}.456  60012 {ip} TCP_MISS/504 {n} GET http://shop.example.com/{w} - HIER_DIRECT/{ip} text/html",
            "{epoch}.789      3 {ip} NONE/502 {n} CONNECT shop.example.com:443 - HIER_NONE/- -",
            "{epoch}.012      0 {ip} TCP_DENIED/403 {n} GET http://{w}.example.com/ {w} HIER_NONE/- text/html",
        ],
    },
    Kind {
        name: "iis-w3c",
        format: "timestamped",
        templates: &[
            "2026-11-20 {clock} 192.0.2.10 GET /{w} - 443 - {ip} Mozilla/5.0+(Windows+NT+10.0) - 200 0 0 {n}",
            "2026-11-20 {clock} 192.0.2.10 POST /api/{w} id={n} 443 - {ip} curl/8.0 - 502 3 12002 {n}",
            "2026-11-20 {clock} 192.0.2.10 GET /{w} - 443 EXAMPLE\\{w} {ip} Mozilla/5.0 - 503 0 0 {n}",
        ],
    },
    Kind {
        name: "cloudfront",
        format: "",
        templates: &[
            "2026-11-20\t{clock}\tFRA50-P1\t{n}\t{ip}\tGET\td111111abcdef8.cloudfront.net\t/{w}\t200\t-\tcurl/8.0\t-\t-\tHit\t{hex}\tshop.example.com\thttps\t{n}\t0.001",
            "2026-11-20\t{clock}\tFRA50-P1\t{n}\t{ip}\tGET\td111111abcdef8.cloudfront.net\t/{w}\t504\t-\tcurl/8.0\t-\t-\tError\t{hex}\tshop.example.com\thttps\t{n}\t30.001",
        ],
    },
    Kind {
        name: "vsftpd",
        format: "timestamped",
        templates: &[
            "Fri Nov 20 {clock} 2026 [pid {n}] CONNECT: Client \"{ip}\"",
            "Fri Nov 20 {clock} 2026 [pid {n}] [{w}] FAIL LOGIN: Client \"{ip}\"",
            "Fri Nov 20 {clock} 2026 [pid {n}] [{w}] OK UPLOAD: Client \"{ip}\", \"/{w}/dump.sql\", {n} bytes, 123.45Kbyte/sec",
        ],
    },
    Kind {
        name: "samba",
        format: "",
        templates: &[
            "[2026/11/20 {clock}.123456,  0] ../../source3/smbd/server.c:{n}(main)",
            "  smbd version 4.17.12-Debian started.",
            "[2026/11/20 {clock}.223456,  1] ../../source3/smbd/service.c:{n}(make_connection_snum)",
            "  {w} ({ip}) connect to service {w} initially as user {w} (uid=1000, gid=1000) (pid {n})",
            "  read_fd_with_timeout: client {ip} read error = NT_STATUS_CONNECTION_RESET.",
        ],
    },
    Kind {
        name: "fail2ban",
        format: "python-logging",
        templates: &[
            "2026-11-20 {clock},123 fail2ban.filter         [{n}]: INFO    [sshd] Found {ip} - 2026-11-20 {clock}",
            "2026-11-20 {clock},223 fail2ban.actions        [{n}]: NOTICE  [sshd] Ban {ip}",
            "2026-11-20 {clock},323 fail2ban.utils          [{n}]: ERROR   {hex} -- timed out after 60 seconds.",
            "2026-11-20 {clock},423 fail2ban.utils          [{n}]: ERROR   {hex} -- killed with SIGTERM (return code: -15)",
        ],
    },
    Kind {
        name: "windows-events.csv",
        format: "",
        templates: &[
            "Information,20.11.2026 {clock},Service Control Manager,7036,None,The {w} service entered the stopped state.",
            "Error,20.11.2026 {clock},Service Control Manager,7031,None,The {w} service terminated unexpectedly.  It has done this {n} time(s).",
            "Warning,20.11.2026 {clock},Resource-Exhaustion-Detector,2004,None,Windows successfully diagnosed a low virtual memory condition. The following programs consumed the most virtual memory: {w}.exe ({n}) consumed {n} bytes",
        ],
    },
    Kind {
        name: "orders.csv",
        format: "",
        templates: &[
            "{n},2026-11-20 {clock},{w},{n}.50,paid",
            "{n},2026-11-20 {clock},\"{w}, killed by signal 9\",502,refunded",
            "{n},2026-11-20T{clock}Z,\"{w} \"\"timeout\"\"\",504,open",
        ],
    },
    Kind {
        name: "prose.md",
        format: "app-output",
        templates: &[
            "## What happened at {clock}",
            "Users of the {w} met 502 Bad Gateway because the kernel's OOM killer killed gunicorn (pid {n}).",
            "* `Out of memory: Killed process {n} ({w}) total-vm:123456kB, anon-rss:100000kB, file-rss:0kB` was in the journal",
            "> [ERROR] Worker (pid:{n}) was sent SIGKILL! Perhaps out of memory?",
            "We restarted `{w}.service`; upstream prematurely closed connection went away. See [the runbook](https://wiki.example.com/{w}).",
            "| {clock} | {w} | connect() failed (111: Connection refused) |",
            "",
        ],
    },
    Kind {
        name: "ticket.txt",
        format: "app-output",
        templates: &[
            "On 20 Nov 2026, at {clock}, {w} wrote:",
            "> > $ grep -ri oom /var/log",
            "> > /var/log/kern.log:Nov 20 {clock} web1 kernel: [{n}.123456] Out of memory: Killed process {n} ({w}) total-vm:123456kB, anon-rss:100000kB, file-rss:0kB, shmem-rss:0kB, UID:33 pgtables:580kB oom_score_adj:0",
            "> > /var/log/nginx/error.log:2026/11/20 {clock} [error] 12#12: *{n} connect() failed (111: Connection refused) while connecting to upstream, client: {ip}",
            "so the {w} was killed again, and exited with code 137",
            "HINT: check dmesg for OOM",
            "",
        ],
    },
    Kind {
        name: "watchdog.py",
        format: "",
        templates: &[
            "import {w}",
            "def restart_{w}_{n}(timeout=30):",
            "    \"\"\"Out of memory: Killed process 12 (nginx) is what dmesg says.\"\"\"",
            "    if re.search(r'Killed process (\\d+) \\((.*)\\) total-vm', line):",
            "        raise MemoryErrorFound('invoked oom-killer: gfp_mask')",
            "    os.kill({n}, signal.SIGKILL)  # exited with code 137",
            "    logger.error('WORKER TIMEOUT (pid:%s)', {n})",
            "",
        ],
    },
    Kind {
        name: "killer.c",
        format: "",
        templates: &[
            "static int kill_{w}_{n}(struct task_struct *p)",
            "\tpr_err(\"%s: Killed process %d (%s) total-vm:%lukB, anon-rss:%lukB\\n\", message, p->pid, p->comm);",
            "\tprintk(KERN_WARNING \"%s invoked oom-killer: gfp_mask=0x%x, order=%d\\n\", current->comm, {n}, 0);",
            " * Out of memory: Killed process {n} ({w})",
            "\treturn -ENOMEM;",
            "}",
        ],
    },
    Kind {
        name: "page.html",
        format: "",
        templates: &[
            "<tr><td>{clock}</td><td class=\"{w}\">502 Bad Gateway</td></tr>",
            "<pre>[20/Nov/2026:{clock} +0000] \"GET /{w} HTTP/1.1\" 504</pre>",
            "<p>upstream timed out (110: Connection timed out) while connecting to upstream</p>",
            "<hr><center>nginx/1.22.1</center>",
        ],
    },
    Kind {
        name: "git-log",
        format: "",
        templates: &[
            "commit {hex}{hex}{hex}abcd",
            "Author: {w} <{w}@example.com>",
            "Date:   Fri Nov 20 {clock} 2026 +0300",
            "    fix: {w} was OOM killed (exit 137) on upload",
            "    Out of memory: Killed process {n} ({w}) total-vm:1kB, anon-rss:1kB, file-rss:0kB",
            "    Reviewed-by: {w}",
            "",
        ],
    },
    Kind {
        name: "shell-history",
        format: "",
        templates: &[
            "dmesg -T | grep -i 'killed process'",
            "kill -9 {n}",
            "sudo systemctl restart {w}.service",
            "journalctl -k | grep -i 'Out of memory: Killed process {n}'",
            "docker kill --signal=KILL {w}",
            "curl -s http://{ip}:8000/{w} # 502",
            "#{epoch}",
        ],
    },
    Kind {
        name: "gc-log",
        format: "timestamped",
        templates: &[
            "[2026-11-20T{clock}.123+0000][{n}.123s][info][gc] GC({n}) Pause Young (Normal) (G1 Evacuation Pause) 512M->128M(1024M) 12.345ms",
            "[2026-11-20T{clock}.223+0000][{n}.223s][info][gc,heap] GC({n}) Eden regions: 24->0(25)",
            "[2026-11-20T{clock}.323+0000][{n}.323s][info][gc] GC({n}) Pause Full (Allocation Failure) 1023M->1022M(1024M) 912.345ms",
        ],
    },
    Kind {
        name: "gc-log-uptime",
        format: "",
        templates: &[
            "[{n}.123s][info][gc] GC({n}) Pause Young (Normal) (G1 Evacuation Pause) 512M->128M(1024M) 12.345ms",
            "[{n}.223s][info][gc,heap] GC({n}) Eden regions: 24->0(25)",
            "[{n}.323s][warning][gc] GC({n}) To-space exhausted, out of memory is near",
        ],
    },
    Kind {
        name: "tcpdump",
        format: "",
        templates: &[
            "{clock}.123456 IP {ip}.{n} > 192.0.2.1.80: Flags [P.], seq {n}:{n}, ack 1, win 502, length 78: HTTP: GET /{w} HTTP/1.1",
            "{clock}.223456 IP 192.0.2.1.80 > {ip}.{n}: Flags [P.], seq 1:{n}, ack 78, win 501, length 157: HTTP: HTTP/1.1 502 Bad Gateway",
            "{clock}.323456 IP {ip}.{n} > 192.0.2.1.80: Flags [R], seq {n}, win 0, length 0",
        ],
    },
    Kind {
        name: "dump.sql",
        format: "",
        templates: &[
            "INSERT INTO `{w}` VALUES ({n},'2026-11-20 {clock}','GET /{w} HTTP/1.1',502,'upstream prematurely closed connection');",
            "INSERT INTO `events` VALUES ({n},'Out of memory: Killed process {n} ({w}) total-vm:1kB, anon-rss:1kB, file-rss:0kB');",
            "-- Dump completed on 2026-11-20 {clock}",
            "LOCK TABLES `{w}` WRITE;",
        ],
    },
    Kind {
        name: "strace",
        format: "app-output",
        templates: &[
            "{n} {clock}.123456 connect(7, {sa_family=AF_INET, sin_port=htons(5432), sin_addr=inet_addr(\"{ip}\")}, 16) = -1 ECONNREFUSED (Connection refused)",
            "{n} {clock}.223456 mmap(NULL, {n}, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = -1 ENOMEM (Cannot allocate memory)",
            "{n} {clock}.323456 +++ killed by SIGKILL +++",
            "{n} {clock}.423456 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_KILLED, si_pid={n}, si_status=SIGKILL} ---",
        ],
    },
    Kind {
        name: "pytest",
        format: "",
        templates: &[
            "tests/test_{w}.py::test_oom_{n} PASSED                 [ {nn}%]",
            "tests/test_{w}.py::test_worker_timeout_{n} FAILED       [ {nn}%]",
            "E       AssertionError: assert 502 == 200",
            "E        +  where 502 = <Response [502]>.status_code",
            "{w}/views.py:{n}: TimeoutError",
        ],
    },
    Kind {
        name: "ansible",
        format: "",
        templates: &[
            "TASK [{w} : restart gunicorn] **********************************",
            "changed: [web{n}]",
            "fatal: [web{n}]: UNREACHABLE! => {\"changed\": false, \"msg\": \"Failed to connect to the host via ssh: ssh: connect to host {ip} port 22: Connection timed out\", \"unreachable\": true}",
            "PLAY RECAP *****************************************************",
            "web{n} : ok={n} changed={n} unreachable=0 failed=1",
        ],
    },
    Kind {
        name: "vmstat",
        format: "",
        templates: &[
            "procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----",
            " {nn}  1      0 {n}   502 {n}    0    0   504 {n}  {n} {n} {nn}  1 98  0  0",
        ],
    },
    Kind {
        name: "clamav",
        format: "timestamped",
        templates: &[
            "Fri Nov 20 {clock} 2026 -> /home/{w}/mail/{n}: Win.Test.EICAR_HDB-1 FOUND",
            "Fri Nov 20 {clock} 2026 -> SelfCheck: Database status OK.",
            "Fri Nov 20 {clock} 2026 -> ERROR: Can't allocate memory ({n} bytes).",
        ],
    },
];
