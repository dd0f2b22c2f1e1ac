//! How each log is written: access lines, kernel reports, journal entries, and files that rotate.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::base::Rng;
use crate::world::{Incident, Req, UPSTREAMS};

pub(crate) fn push_num(v: &mut Vec<u8>, n: usize) {
    let mut b = [0u8; 20];
    let mut i = 20;
    let mut n = n;
    loop {
        i -= 1;
        b[i] = b'0' + (n % 10) as u8;
        n /= 10;
        if n == 0 {
            break;
        }
    }
    v.extend_from_slice(&b[i..]);
}
pub(crate) fn access_line(v: &mut Vec<u8>, r: &Req, ts: &str) {
    v.extend_from_slice(r.ip.as_bytes());
    v.extend_from_slice(if r.user { b" - admin [" } else { b" - - [" });
    v.extend_from_slice(ts.as_bytes());
    v.extend_from_slice(b"] \"");
    if r.raw_bad {
        v.extend_from_slice(r.url.as_bytes());
    } else {
        v.extend_from_slice(r.method.as_bytes());
        v.push(b' ');
        v.extend_from_slice(r.url.as_bytes());
        v.push(b' ');
        v.extend_from_slice(r.proto.as_bytes());
    }
    v.extend_from_slice(b"\" ");
    push_num(v, r.status as usize);
    v.push(b' ');
    push_num(v, r.bytes);
    v.extend_from_slice(b" \"");
    v.extend_from_slice(r.referer.as_bytes());
    v.extend_from_slice(b"\" \"");
    v.extend_from_slice(r.ua.as_bytes());
    v.push(b'"');
}
pub(crate) fn timing_tail(v: &mut Vec<u8>, r: &Req, up: usize) {
    let mut s = String::new();
    let _ = write!(s, " {}.{:03} ", r.rt_ms / 1000, r.rt_ms % 1000);
    if !r.dynamic || r.raw_bad {
        s.push_str("- - -");
    } else if r.status == 502 {
        // every upstream tried: nginx lists them with ", "
        let a = UPSTREAMS[up];
        let b = UPSTREAMS[(up + 1) % 3];
        let _ = write!(s, "{a}, {b} 502, 502 0.001, {}.{:03}", r.rt_ms / 1000, r.rt_ms % 1000);
    } else {
        let st = if r.status == 499 { "-".to_string() } else { r.status.to_string() };
        let _ = write!(s, "{} {st} {}.{:03}", UPSTREAMS[up], r.rt_ms / 1000, r.rt_ms % 1000);
    }
    v.extend_from_slice(s.as_bytes());
}

/// a sink that counts and can rotate: NAME.N (oldest) ... NAME.1
pub(crate) struct Sink {
    pub(crate) w: Option<BufWriter<File>>,
    pub(crate) dir: PathBuf,
    pub(crate) name: String,
    pub(crate) rotate: u64,
    pub(crate) in_file: u64,
    pub(crate) idx: u64,
    pub(crate) total: u64,
}
impl Sink {
    pub(crate) fn new(dir: &Path, name: &str, rotate: u64, files: u64) -> io::Result<Self> {
        let mut s = Sink { w: None, dir: dir.into(), name: name.into(), rotate, in_file: 0, idx: files + 1, total: 0 };
        s.open()?;
        Ok(s)
    }
    pub(crate) fn open(&mut self) -> io::Result<()> {
        if let Some(mut w) = self.w.take() {
            w.flush()?;
        }
        let p = if self.rotate > 0 {
            self.idx -= 1;
            self.dir.join(format!("{}.{}", self.name, self.idx))
        } else {
            self.dir.join(&self.name)
        };
        self.w = Some(BufWriter::with_capacity(1 << 20, File::create(p)?));
        self.in_file = 0;
        Ok(())
    }
    pub(crate) fn put(&mut self, b: &[u8]) -> io::Result<()> {
        if self.rotate > 0 && self.in_file >= self.rotate && self.idx > 1 {
            self.open()?;
        }
        self.w.as_mut().unwrap().write_all(b)?;
        self.in_file += b.len() as u64;
        self.total += b.len() as u64;
        Ok(())
    }
    pub(crate) fn done(mut self) -> io::Result<u64> {
        self.w.take().unwrap().flush()?;
        Ok(self.total)
    }
}

pub(crate) fn oom_report(inc: &Incident, rng: &mut Rng) -> Vec<String> {
    let mut v = vec![
        "gunicorn invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0"
            .to_string(),
        format!(
            "CPU: {} PID: {} Comm: gunicorn Not tainted 6.1.0-18-amd64 #1  Debian 6.1.76-1",
            rng.below(8),
            inc.pid + 1
        ),
        "Hardware name: QEMU Standard PC (Q35 + ICH9, 2009), BIOS 1.16.2-debian-1.16.2-1 04/01/2014".into(),
        "Call Trace:".into(),
        " <TASK>".into(),
        " dump_stack_lvl+0x44/0x5c".into(),
        " dump_header+0x4a/0x211".into(),
        " oom_kill_process.cold+0xb/0x10".into(),
        " out_of_memory+0x1fd/0x4c0".into(),
        if inc.memcg {
            " mem_cgroup_out_of_memory+0x134/0x150".into()
        } else {
            " __alloc_pages_slowpath.constprop.0+0xc64/0xe10".to_string()
        },
        " __alloc_pages+0x305/0x330".into(),
        " folio_alloc+0x17/0x50".into(),
        " __filemap_get_folio+0x155/0x340".into(),
        " filemap_fault+0x139/0x910".into(),
        " __do_fault+0x33/0x110".into(),
        " do_fault+0x1b5/0x410".into(),
        " __handle_mm_fault+0x660/0xfa0".into(),
        " handle_mm_fault+0xdb/0x2d0".into(),
        " do_user_addr_fault+0x191/0x550".into(),
        " exc_page_fault+0x70/0x170".into(),
        " asm_exc_page_fault+0x22/0x30".into(),
        " </TASK>".into(),
    ];
    if inc.memcg {
        v.push(format!("memory: usage {}kB, limit {}kB, failcnt {}", inc.rss_kb, inc.rss_kb, rng.range(100, 90_000)));
    }
    v.push("Mem-Info:".into());
    v.push(format!(
        "active_anon:{} inactive_anon:{} isolated_anon:0",
        rng.range(500, 9000),
        rng.range(900_000, 1_900_000)
    ));
    v.push(" active_file:118 inactive_file:233 isolated_file:0".to_string());
    v.push(format!("Node 0 DMA32 free:{}kB boost:0kB min:44856kB low:56068kB high:67280kB", rng.range(40_000, 45_000)));
    v.push("Tasks state (memory values in pages):".into());
    v.push("[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name".into());
    for k in 0..24 {
        let (n, p) = if k < 9 {
            ("gunicorn", inc.pid + k)
        } else {
            (["nginx", "systemd-journal", "sshd", "cron", "postgres", "rsyslogd", "redis-server"][k % 7], 300 + k * 41)
        };
        let rss = rng.range(400, 30_000);
        v.push(format!(
            "[{p:7}] {:5} {p:5} {:8} {rss:8} {:14} {:8} {:13} {n}",
            if k < 9 { 33 } else { 0 },
            rss * 4,
            rss * 12,
            0,
            0
        ));
    }
    let slice = "/system.slice/gunicorn.service";
    if inc.memcg {
        v.push(format!("oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg={slice},task_memcg={slice},task=gunicorn,pid={},uid=33", inc.pid));
        v.push(format!("Memory cgroup out of memory: Killed process {} (gunicorn) total-vm:{}kB, anon-rss:{}kB, file-rss:0kB, shmem-rss:0kB, UID:33 pgtables:{}kB oom_score_adj:0", inc.pid, inc.rss_kb + 412_000, inc.rss_kb, inc.rss_kb / 480));
    } else {
        v.push(format!("oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg={slice},task=gunicorn,pid={},uid=33", inc.pid));
        v.push(format!("Out of memory: Killed process {} (gunicorn) total-vm:{}kB, anon-rss:{}kB, file-rss:0kB, shmem-rss:0kB, UID:33 pgtables:{}kB oom_score_adj:0", inc.pid, inc.rss_kb + 412_000, inc.rss_kb, inc.rss_kb / 480));
    }
    v.push(format!("oom_reaper: reaped process {} (gunicorn), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB", inc.pid));
    v
}

pub(crate) struct Journal {
    pub(crate) w: BufWriter<File>,
    pub(crate) total: u64,
    pub(crate) seq: u64,
    pub(crate) boot_us: i64,
    pub(crate) buf: Vec<u8>,
    pub(crate) binary: u64,
    pub(crate) last_us: i64,
}
pub(crate) const BOOT: &str = "5f3c9a7e1b2d4c60a8e7f1d2c3b4a596";
pub(crate) const MACHINE: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";
impl Journal {
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn entry(
        &mut self,
        at_us: i64,
        unit: &str,
        ident: &str,
        pid: usize,
        transport: &str,
        prio: u8,
        msg: &[u8],
        extra: &[(&str, String)],
    ) -> io::Result<()> {
        self.last_us = at_us.max(self.last_us + 1);
        let us = self.last_us;
        let mono = us - self.boot_us;
        self.seq += 1;
        let b = &mut self.buf;
        b.clear();
        let _ = write!(
            b,
            "__CURSOR=s={MACHINE};i={:x};b={BOOT};m={mono:x};t={us:x};x={:016x}\n",
            self.seq,
            self.seq.wrapping_mul(0x9e37_79b9_7f4a_7c15)
        );
        let _ = write!(b, "__REALTIME_TIMESTAMP={us}\n__MONOTONIC_TIMESTAMP={mono}\n_BOOT_ID={BOOT}\n_TRANSPORT={transport}\nPRIORITY={prio}\nSYSLOG_FACILITY={}\nSYSLOG_IDENTIFIER={ident}\n_MACHINE_ID={MACHINE}\n_HOSTNAME=web-01\n_RUNTIME_SCOPE=system\n", if transport == "kernel" { 0 } else { 3 });
        if transport == "kernel" {
            let _ = write!(b, "_SOURCE_MONOTONIC_TIMESTAMP={mono}\n");
        } else {
            let _ = write!(b, "_UID=33\n_GID=33\n_PID={pid}\n_COMM={ident}\n_EXE=/usr/bin/{ident}\n_CMDLINE=/usr/bin/{ident} --config /etc/{ident}.conf\n_CAP_EFFECTIVE=0\n_SELINUX_CONTEXT=unconfined\n_SYSTEMD_CGROUP=/system.slice/{unit}\n_SYSTEMD_UNIT={unit}\n_SYSTEMD_SLICE=system.slice\n_SYSTEMD_INVOCATION_ID=7d1e{:028x}\n_STREAM_ID=c0ffee{:026x}\n", pid, pid);
        }
        for (k, v) in extra {
            let _ = write!(b, "{k}={v}\n");
        }
        // a value with a control character (newline included) or not UTF-8 goes in the binary form
        if msg.iter().any(|&c| c < 32 && c != b'\t') || std::str::from_utf8(msg).is_err() {
            self.binary += 1;
            b.extend_from_slice(b"MESSAGE\n");
            b.extend_from_slice(&(msg.len() as u64).to_le_bytes());
            b.extend_from_slice(msg);
            b.push(b'\n');
        } else {
            b.extend_from_slice(b"MESSAGE=");
            b.extend_from_slice(msg);
            b.push(b'\n');
        }
        b.push(b'\n');
        self.w.write_all(b)?;
        self.total += b.len() as u64;
        Ok(())
    }
}
