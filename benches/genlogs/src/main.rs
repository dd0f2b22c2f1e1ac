//! Deterministic generator of incident logs, for measurements of speed only.
//!
//! One simulated timeline drives every file: a burst of 502 or 504 in `access.log` has its lines in `error.log`, its gunicorn lines,
//! its OOM report in `dmesg.txt` and its journal entries. The same options and seed give the same bytes.

mod base;
mod out;
mod world;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use base::{dash_time, err_time, iso, nginx_time, Rng};
use out::{access_line, oom_report, timing_tail, Journal, Sink};
use world::{plan, Incident, World, UPSTREAMS, WORDS};

struct Opt {
    out: PathBuf,
    seed: u64,
    access_bytes: u64,
    timings_bytes: u64,
    journal_bytes: u64,
    rotate_bytes: u64,
    hours: f64,
    incidents: usize,
    start: i64,
}
fn size(s: &str) -> u64 {
    let (n, m) = match s.trim_end_matches(['i', 'B']).chars().last() {
        Some('k' | 'K') => (&s[..s.find(['k', 'K']).unwrap()], 1u64 << 10),
        Some('m' | 'M') => (&s[..s.find(['m', 'M']).unwrap()], 1 << 20),
        Some('g' | 'G') => (&s[..s.find(['g', 'G']).unwrap()], 1 << 30),
        _ => (s, 1),
    };
    (n.parse::<f64>().unwrap_or_else(|_| panic!("not a size: {s}")) * m as f64) as u64
}
const USAGE: &str = "genlogs --out DIR [--access-bytes 1G] [--timings-bytes 0] [--journal-bytes 0] [--rotate-bytes 0]
        [--hours 24] [--incidents 21] [--seed 1] [--start-unix 1773100800]
Writes DIR/access.log (with --rotate-bytes: access.log.N .. access.log.1), error.log, gunicorn.log, app.log,
dmesg.txt, with --timings-bytes access_timings.log, with --journal-bytes journal.export, and the truth in truth.json.
Sizes take K, M, G (powers of 1024).";
fn opts() -> Opt {
    let mut o = Opt {
        out: PathBuf::new(),
        seed: 1,
        access_bytes: 1 << 30,
        timings_bytes: 0,
        journal_bytes: 0,
        rotate_bytes: 0,
        hours: 24.0,
        incidents: 21,
        start: 1_773_100_800,
    };
    let a: Vec<String> = std::env::args().skip(1).collect();
    let mut i = 0;
    while i < a.len() {
        let val = || a.get(i + 1).cloned().unwrap_or_else(|| panic!("{} needs a value", a[i]));
        match a[i].as_str() {
            "--out" => o.out = val().into(),
            "--seed" => o.seed = val().parse().unwrap(),
            "--access-bytes" => o.access_bytes = size(&val()),
            "--timings-bytes" => o.timings_bytes = size(&val()),
            "--journal-bytes" => o.journal_bytes = size(&val()),
            "--rotate-bytes" => o.rotate_bytes = size(&val()),
            "--hours" => o.hours = val().parse().unwrap(),
            "--incidents" => o.incidents = val().parse().unwrap(),
            "--start-unix" => o.start = val().parse().unwrap(),
            _ => {
                eprintln!("{USAGE}");
                std::process::exit(if a[i] == "--help" || a[i] == "-h" { 0 } else { 2 });
            }
        }
        i += 2;
    }
    if o.out.as_os_str().is_empty() {
        eprintln!("{USAGE}");
        std::process::exit(2);
    }
    o
}

fn main() -> io::Result<()> {
    let o = opts();
    fs::create_dir_all(&o.out)?;
    let secs = (o.hours * 3600.0) as i64;
    let end = o.start + secs;

    // mean line length, from a trial of the same world
    let mean_len = {
        let mut w = World::new(o.seed);
        let mut v = Vec::new();
        let ts = nginx_time(o.start);
        for _ in 0..30_000 {
            let r = w.next();
            access_line(&mut v, &r, &ts);
            v.push(b'\n');
        }
        v.len() as f64 / 30_000.0
    };
    let mean_rate = o.access_bytes as f64 / mean_len / secs as f64;

    let mut irng = Rng::new(o.seed ^ 0xabcd);
    let mut incs = plan(o.start, secs, o.incidents, &mut irng);
    let boot = o.start - 86_400 * 3 - 1234;
    let mut w = World::new(o.seed);
    let mut rng = Rng::new(o.seed ^ 0x5151);

    let files = if o.rotate_bytes > 0 { o.access_bytes.div_ceil(o.rotate_bytes) } else { 1 };
    let mut access = Sink::new(&o.out, "access.log", o.rotate_bytes, files)?;
    let mut timings = if o.timings_bytes > 0 { Some(Sink::new(&o.out, "access_timings.log", 0, 1)?) } else { None };
    let mut error = Sink::new(&o.out, "error.log", 0, 1)?;
    let mut guni = Sink::new(&o.out, "gunicorn.log", 0, 1)?;
    let mut app = Sink::new(&o.out, "app.log", 0, 1)?;
    let mut dmesg = Sink::new(&o.out, "dmesg.txt", 0, 1)?;
    let mut jour = if o.journal_bytes > 0 {
        Some(Journal {
            w: BufWriter::with_capacity(1 << 20, File::create(o.out.join("journal.export"))?),
            total: 0,
            seq: 0,
            boot_us: boot * 1_000_000,
            buf: Vec::new(),
            binary: 0,
            last_us: 0,
        })
    } else {
        None
    };
    let journal_per_sec = o.journal_bytes as f64 / 890.0 / secs as f64;
    for (k, l) in ["Linux version 6.1.0-18-amd64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)",
        "Command line: BOOT_IMAGE=/vmlinuz-6.1.0-18-amd64 root=UUID=5e1b ro quiet", "x86/fpu: Supporting XSAVE feature 0x001: 'x87 floating point registers'"].iter().enumerate() {
        dmesg.put(format!("[    0.{:06}] {l}\n", k).as_bytes())?;
    }

    let mut line: Vec<u8> = Vec::with_capacity(4096);
    let mut status = BTreeMap::<u16, u64>::new();
    let (mut lines, mut err_id, mut next_inc) = (0u64, 100_000usize, 0usize);
    let mut worst = (0usize, 0i64);
    let mut last_t = o.start;
    let mut grep_like = 0u64; // lines where ' 502 ' or ' 504 ' stands anywhere: what a plain grep counts
    let mut t = o.start;
    'time: while t < end || (access.total < o.access_bytes && t < end + 86_400 * 30) {
        if access.total >= o.access_bytes {
            break 'time;
        }
        let day = (t.rem_euclid(86400)) as f64 / 86400.0;
        let wave = 1.0 + 0.65 * ((day - 0.62) * std::f64::consts::TAU).cos();
        let k = rng.poisson(mean_rate * wave);
        let ts = nginx_time(t);
        let ets = err_time(t);
        let dts = dash_time(t);

        // kernel and supervisor side of the incidents that begin now
        while next_inc < incs.len() && incs[next_inc].start <= t {
            let inc = incs[next_inc].clone();
            next_inc += 1;
            if let Some(us) = inc.oom_at_us {
                let rep = oom_report(&inc, &mut rng);
                let mono = us - boot * 1_000_000;
                for (n, l) in rep.iter().enumerate() {
                    let m = mono + n as i64 * 3;
                    dmesg.put(format!("[{:5}.{:06}] {l}\n", m / 1_000_000, m % 1_000_000).as_bytes())?;
                    if let Some(j) = jour.as_mut() {
                        j.entry(
                            us + n as i64 * 3,
                            "",
                            "kernel",
                            0,
                            "kernel",
                            if n == 0 { 4 } else { 6 },
                            l.as_bytes(),
                            &[],
                        )?;
                    }
                }
                guni.put(
                    format!(
                        "[{dts} +0000] [900] [ERROR] Worker (pid:{}) was sent SIGKILL! Perhaps out of memory?\n",
                        inc.pid
                    )
                    .as_bytes(),
                )?;
                guni.put(
                    format!("[{dts} +0000] [{}] [INFO] Booting worker with pid: {}\n", inc.pid + 40, inc.pid + 40)
                        .as_bytes(),
                )?;
                if let Some(j) = jour.as_mut() {
                    j.entry(
                        us + 500_000,
                        "gunicorn.service",
                        "gunicorn",
                        900,
                        "stdout",
                        3,
                        format!(
                            "[{dts} +0000] [900] [ERROR] Worker (pid:{}) was sent SIGKILL! Perhaps out of memory?",
                            inc.pid
                        )
                        .as_bytes(),
                        &[],
                    )?;
                    j.entry(
                        us + 600_000,
                        "init.scope",
                        "systemd",
                        1,
                        "journal",
                        4,
                        b"gunicorn.service: A process of this unit has been killed by the OOM killer.",
                        &[
                            ("UNIT", "gunicorn.service".into()),
                            ("MESSAGE_ID", "fe6faa94e7774663a0da52717891d8ef".into()),
                        ],
                    )?;
                }
            }
        }
        let active: Option<usize> = incs.iter().position(|i| i.start <= t && t < i.end && i.share > 0.0);

        for _ in 0..k {
            let mut r = w.next();
            let up = rng.below(3);
            if let Some(a) = active {
                if r.dynamic && rng.chance(incs[a].share * 1.4) {
                    let bad504 = match incs[a].kind {
                        "oom_502" => rng.chance(0.08),
                        "deploy_502" => false,
                        "oom_504" => rng.chance(0.7),
                        _ => true,
                    };
                    r.status = if bad504 { 504 } else { 502 };
                    r.bytes = if bad504 { 167 } else { 157 };
                    r.rt_ms = if bad504 { 60_000 + rng.below(9) } else { rng.below(40) };
                    if bad504 {
                        incs[a].n504 += 1
                    } else {
                        incs[a].n502 += 1
                    }
                }
            }
            line.clear();
            access_line(&mut line, &r, &ts);
            let combined_len = line.len();
            line.push(b'\n');
            access.put(&line)?;
            lines += 1;
            last_t = t;
            *status.entry(r.status).or_default() += 1;
            if matches!(r.status, 502 | 504) || (matches!(r.bytes, 502 | 504)) {
                grep_like += 1;
            }
            if let Some(s) = timings.as_mut() {
                if s.total < o.timings_bytes {
                    line.truncate(combined_len);
                    timing_tail(&mut line, &r, up);
                    line.push(b'\n');
                    s.put(&line)?;
                }
            }
            err_id += 1;
            match r.status {
                502 | 504 => {
                    let what = match r.status {
                        504 => {
                            "upstream timed out (110: Connection timed out) while reading response header from upstream"
                        }
                        _ if rng.chance(0.5) => {
                            "upstream prematurely closed connection while reading response header from upstream"
                        }
                        _ => "connect() failed (111: Connection refused) while connecting to upstream",
                    };
                    error.put(format!("{ets} [error] 812#812: *{err_id} {what}, client: {}, server: {}, request: \"{} {} {}\", upstream: \"http://{}{}\", host: \"{}\", referrer: \"{}\"\n",
                        r.ip, r.host, r.method, r.url, r.proto, UPSTREAMS[up], r.url, r.host, r.referer).as_bytes())?;
                }
                404 if !r.dynamic || r.url.starts_with("/.") => {
                    error.put(format!("{ets} [error] 812#812: *{err_id} open() \"/var/www/shop{}\" failed (2: No such file or directory), client: {}, server: {}, request: \"{} {} {}\", host: \"{}\"\n",
                        r.url, r.ip, r.host, r.method, r.url, r.proto, r.host).as_bytes())?;
                }
                _ => {}
            }
            if r.dynamic && rng.chance(0.08) {
                app.put(
                    format!(
                        "{dts},{:03} {} [{}] shop.views: {} {} -> {} in {} ms request_id={:016x}\n",
                        rng.below(1000),
                        if r.status >= 500 { "ERROR" } else { "INFO" },
                        2000 + up,
                        r.method,
                        r.url,
                        r.status,
                        r.rt_ms,
                        rng.u64()
                    )
                    .as_bytes(),
                )?;
                if r.status == 500 {
                    app.put(b"Traceback (most recent call last):\n  File \"/srv/shop/views.py\", line 118, in dispatch\n    return self.render(request)\n  File \"/srv/shop/render.py\", line 44, in render\n    raise KeyError(name)\nKeyError: 'price'\n")?;
                }
            }
        }
        if k > worst.0 {
            worst = (k, t);
        }
        if rng.chance(0.003) {
            dmesg.put(format!("[{:5}.{:06}] [UFW BLOCK] IN=eth0 OUT= MAC=52:54:00:12:34:56 SRC=198.51.100.{} DST=203.0.113.9 LEN=40 TTL=241 ID={} PROTO=TCP SPT={} DPT=23 WINDOW=1024 RES=0x00 SYN URGP=0\n",
                t - boot, rng.below(1_000_000), rng.below(255), rng.below(65535), rng.range(1024, 65535)).as_bytes())?;
        }
        // background journal
        if let Some(j) = jour.as_mut() {
            let n = rng.poisson(journal_per_sec * wave);
            let mut off = 0i64;
            for _ in 0..n {
                if j.total >= o.journal_bytes {
                    break;
                }
                off += rng.range(1, (1_800_000 / n.max(1)).max(2)) as i64;
                let us = t * 1_000_000 + off.min(999_999);
                let x = rng.f();
                if x < 0.55 {
                    let p = rng.range(2000, 2009);
                    let url = format!("/product/{}", w.products[rng.zipf(6000)]);
                    let m = format!(
                        "{dts},{:03} INFO [{p}] shop.views: GET {url} -> 200 in {} ms request_id={:016x}",
                        rng.below(1000),
                        8 + rng.zipf(1500),
                        rng.u64()
                    );
                    j.entry(us, "gunicorn.service", "gunicorn", p, "stdout", 6, m.as_bytes(), &[])?;
                } else if x < 0.70 {
                    let m = format!(
                        "Accepted publickey for deploy from 10.20.0.{} port {} ssh2: ED25519 SHA256:{:016x}{:016x}",
                        rng.below(255),
                        rng.range(1024, 65535),
                        rng.u64(),
                        rng.u64()
                    );
                    j.entry(
                        us,
                        "ssh.service",
                        "sshd",
                        rng.range(4000, 30000),
                        "syslog",
                        6,
                        m.as_bytes(),
                        &[("SYSLOG_TIMESTAMP", "Mar 10 00:00:00 ".into())],
                    )?;
                } else if x < 0.80 {
                    let m = format!(
                        "{}: checkpoint complete: wrote {} buffers ({:.1}%); 0 WAL file(s) added",
                        dts,
                        rng.below(9000),
                        rng.f() * 9.0
                    );
                    j.entry(us, "postgresql@15-main.service", "postgres", 733, "stdout", 6, m.as_bytes(), &[])?;
                } else if x < 0.90 {
                    let m = format!("(www-data) CMD (/srv/shop/bin/cron --task {})", WORDS[rng.zipf(WORDS.len())]);
                    j.entry(us, "cron.service", "CRON", rng.range(4000, 30000), "syslog", 6, m.as_bytes(), &[])?;
                } else if x < 0.95 {
                    // multi-line: goes as a binary field
                    let m = format!("Traceback (most recent call last):\n  File \"/srv/shop/views.py\", line {}, in dispatch\n    return self.render(request)\nKeyError: '{}'", rng.range(10, 400), WORDS[rng.zipf(90)]);
                    j.entry(us, "gunicorn.service", "gunicorn", rng.range(2000, 2009), "stderr", 3, m.as_bytes(), &[])?;
                } else if x < 0.96 {
                    // not text: raw bytes, a newline pair among them that is no entry border
                    let mut m = b"session dump: \x1b[0m\x00\xff\n\n__REALTIME_TIMESTAMP=1\n".to_vec();
                    for _ in 0..rng.range(8, 64) {
                        m.push(rng.u64() as u8);
                    }
                    j.entry(
                        us,
                        "redis-server.service",
                        "redis-server",
                        655,
                        "stdout",
                        5,
                        &m,
                        &[("COREDUMP_SIGNAL", "9".into())],
                    )?;
                } else {
                    let m = format!(
                        "[UFW BLOCK] IN=eth0 OUT= SRC=198.51.100.{} DST=203.0.113.9 LEN=40 PROTO=TCP SPT={} DPT=23",
                        rng.below(255),
                        rng.range(1024, 65535)
                    );
                    j.entry(us, "", "kernel", 0, "kernel", 4, m.as_bytes(), &[])?;
                }
            }
        }
        t += 1;
    }
    // dmesg is written in incident order; the UFW lines are in time order too
    let acc_bytes = access.done()?;
    let tim_bytes = match timings {
        Some(s) => s.done()?,
        None => 0,
    };
    error.done()?;
    guni.done()?;
    app.done()?;
    dmesg.done()?;
    let (mut jb, mut jn, mut jbin) = (0, 0, 0);
    if let Some(mut j) = jour {
        j.w.flush()?;
        jb = j.total;
        jn = j.seq;
        jbin = j.binary;
    }

    // truth
    let mut s = String::from("{\n");
    let _ = write!(s, "  \"seed\": {}, \"access_bytes\": {acc_bytes}, \"access_lines\": {lines}, \"timings_bytes\": {tim_bytes}, \"mean_line\": {:.1},\n", o.seed, acc_bytes as f64 / lines.max(1) as f64);
    let _ = write!(s, "  \"first\": \"{}\", \"last\": \"{}\", \"boot_unix\": {boot}, \"busiest_second\": {{\"at\": \"{}\", \"lines\": {}}},\n", iso(o.start), iso(last_t), iso(worst.1), worst.0);
    let _ = write!(s, "  \"lines_with_502_or_504_as_status_or_size\": {grep_like},\n  \"status\": {{");
    for (i, (k, v)) in status.iter().enumerate() {
        let _ = write!(s, "{}\"{k}\": {v}", if i > 0 { ", " } else { "" });
    }
    let _ = write!(s, "}},\n  \"journal\": {{\"bytes\": {jb}, \"entries\": {jn}, \"binary_messages\": {jbin}}},\n  \"incidents\": [\n");
    let shown: Vec<&Incident> = incs.iter().filter(|i| i.start <= last_t).collect();
    for (n, i) in shown.iter().enumerate() {
        let _ = write!(
            s,
            "    {{\"kind\": \"{}\", \"start\": \"{}\", \"end\": \"{}\", \"n502\": {}, \"n504\": {}",
            i.kind,
            iso(i.start),
            iso(i.end),
            i.n502,
            i.n504
        );
        if let Some(us) = i.oom_at_us {
            let _ = write!(
                s,
                ", \"oom_unix_us\": {us}, \"oom_at\": \"{}\", \"pid\": {}, \"anon_rss_kb\": {}, \"memcg\": {}",
                iso(us / 1_000_000),
                i.pid,
                i.rss_kb,
                i.memcg
            );
        }
        let _ = write!(s, "}}{}\n", if n + 1 < shown.len() { "," } else { "" });
    }
    s.push_str("  ]\n}\n");
    fs::write(o.out.join("truth.json"), s)?;
    Ok(())
}
