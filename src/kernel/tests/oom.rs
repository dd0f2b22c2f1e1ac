//! OOM reports of all versions, whole, cut, filtered and interleaved; and words that are no report.

use std::borrow::Cow;

use super::{check, none, one, process, read, record, short};
use crate::envelope::Record;
use crate::event::Origin;
use crate::kernel::{KernelReader, looks_like_kernel};

#[test]
fn a_report_of_6_18_with_cgroup_v1() {
    check(
        "\
[ 4443.165980] gunicorn invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
[ 4443.165993] CPU: 0 UID: 33 PID: 31155 Comm: gunicorn Not tainted 6.18.44-fc-v669 #1 PREEMPT(none) 
[ 4443.165997] Call Trace:
[ 4443.166036]  out_of_memory+0x214/0x500
[ 4443.166163] memory: usage 194560kB, limit 194560kB, failcnt 318
[ 4443.166167] memory+swap: usage 194560kB, limit 9007199254740988kB, failcnt 0
[ 4443.166167] kmem: usage 2212kB, limit 9007199254740988kB, failcnt 0
[ 4443.166168] Memory cgroup stats for /system.slice/shop-api.service:
[ 4443.166188] cache 8192
[ 4443.166189] rss 196902912
[ 4443.166196] hierarchical_memory_limit 199229440
[ 4443.166207] Tasks state (memory values in pages):
[ 4443.166207] [  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name
[ 4443.166208] [  31146]    33 31146    26503     6469     4000     2469         0   110592        0             0 gunicorn
[ 4443.166211] [  31155]    33 31155   296742     5703     4106     1597         0   253952        0             0 gunicorn
[ 4443.166213] [  31157]    33 31157   342678    44907    43307     1600         0   593920        0             0 gunicorn
[ 4443.166215] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/system.slice/shop-api.service,task_memcg=/system.slice/shop-api.service,task=gunicorn,pid=31157,uid=33
[ 4443.166350] Memory cgroup out of memory: Killed process 31157 (gunicorn) total-vm:1370712kB, anon-rss:173228kB, file-rss:6400kB, shmem-rss:0kB, UID:33 pgtables:580kB oom_score_adj:0
[ 4443.200000] oom_reaper: reaped process 31157 (gunicorn), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB",
        &["18 oom-kill memcg gunicorn/31157 uid=33 anon=177385472 rss=183939072; by gunicorn/31155 uid=33; \
           largest gunicorn/31157 uid=33 rss=183939072; limit of /system.slice/shop-api.service; \
           in /system.slice/shop-api.service; usage 199229440; limit 199229440"],
    );
}

/// 6.1, the whole host; the multi-generation LRU's reclaim invoked it, and a protected process interleaves.
const GLOBAL: &str = "\
[  274.656367] kswapd0 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
[  274.660000] CPU: 1 PID: 7 Comm: other Not tainted 6.1.0-56-cloud-amd64 #1  Debian 6.1.192-2
[  274.661611] CPU: 0 PID: 42 Comm: kswapd0 Not tainted 6.1.0-56-cloud-amd64 #1  Debian 6.1.192-2
[  274.675227] Mem-Info:
[  274.675476] active_anon:80748 inactive_anon:2469 isolated_anon:0
                active_file:2809 inactive_file:2655 isolated_file:0
[  274.692090] Tasks state (memory values in pages):
[  274.692098] [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[  274.692289] [    108]     0   108     2750      941    57344        0             0 systemd-udevd
[  274.692300] [UFW BLOCK] IN=eth0 OUT= SRC=10.0.0.1 DST=10.0.0.2 LEN=40
[  274.692336] [    194]     0   194     4288     1892    77824        0          -250 systemd-journal
[  274.692481] [    415]    33   415    30904    28535   286720        0             0 gunicorn
[  274.692518] [    414]    33   414    30904    28535   286720        0             0 gunicorn
[  274.692536] [    427]     0   427    61287     4012   102400        0         -1000 python3
[  274.692566] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/system.slice/shop.service,task=gunicorn,pid=417,uid=33
[  274.708092] Out of memory: Killed process 417 (gunicorn) total-vm:123616kB, anon-rss:106196kB, file-rss:7944kB, shmem-rss:0kB, UID:33 pgtables:280kB oom_score_adj:0
[  325.109148] watchdog: BUG: soft lockup - CPU#1 stuck for 21s! [gunicorn:433]";

#[test]
fn a_report_of_6_1_of_the_whole_host() {
    check(
        GLOBAL,
        &[
            "17 hung-task comm=gunicorn pid=433 seconds=21 what=soft-lockup",
            "16 oom-kill global gunicorn/417 uid=33 anon=108744704 rss=116879360; by kswapd0/42; \
             largest gunicorn/414 uid=33 rss=116879360; in /system.slice/shop.service",
        ],
    );
    let events = read(GLOBAL);
    assert_eq!(events[1].boot, Some(274_708_092));
    assert_eq!(events[1].text.get(..33), Some("Out of memory: Killed process 417"));
}

#[test]
fn a_report_of_3_10_with_a_sacrificed_child() {
    check(
        "\
php-fpm invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0
php-fpm cpuset=/ mems_allowed=0-1
CPU: 3 PID: 22230 Comm: php-fpm Not tainted 3.10.0-957.el7.x86_64 #1
Task in /docker/aaaa killed as a result of limit of /docker
memory: usage 1048576kB, limit 1048576kB, failcnt 5
memory+swap: usage 1048576kB, limit 9007199254740988kB, failcnt 0
Memory cgroup stats for /docker: cache:0KB rss:0KB rss_huge:0KB mapped_file:0KB swap:0KB inactive_anon:0KB
Memory cgroup stats for /docker/aaaa: cache:16KB rss:1048560KB rss_huge:0KB mapped_file:0KB swap:0KB
[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name
[22232]     0 22232   300000   200000     500        0             0 nginx: master
[22964]    99 22964   100000    60000     500        0             0 nginx
Memory cgroup out of memory: Kill process 22232 (nginx) score 1182 or sacrifice child
Killed process 22964 (nginx) total-vm:400000kB, anon-rss:240000kB, file-rss:0kB, shmem-rss:4kB",
        &["13 oom-kill memcg nginx/22964 uid=99 anon=245760000 rss=245764096; by php-fpm/22230; \
           largest nginx: master/22232 uid=0 rss=819200000; limit of /docker; in /docker/aaaa; \
           usage 1073741824; limit 1073741824"],
    );
}

#[test]
fn table_columns_are_found_by_name() {
    let largest = |header: &str, row: &str| {
        let kill = "Out of memory: Killed process 9 (x) total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB";
        let events = read(&format!("{header}\n{row}\n{kill}"));
        let oom = events[0].oom.clone().unwrap();
        oom.largest.map(|task| format!("{} {}", process(&task), events.len()))
    };
    for (header, row) in [
        (
            "[ pid ]   uid  tgid total_vm      rss cpu oom_adj oom_score_adj name",
            "[ 1234]    33  1234    50000     1000   0       0             0 my (app) 1",
        ),
        (
            "[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name",
            "[ 1234]    33  1234    50000     1000     100        0         -1000 my (app) 1",
        ),
        (
            "[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds swapents oom_score_adj name",
            "[ 1234]    33  1234    50000     1000     100       3        0             0 my (app) 1",
        ),
        (
            "[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds nr_puds swapents oom_score_adj name",
            "[ 1234]    33  1234    50000     1000     100       3       2        0             0 my (app) 1",
        ),
        (
            "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name",
            "[   1234]    33  1234    50000     1000    98304        0           250 my (app) 1",
        ),
        (
            "[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name",
            "[   1234]    33  1234    50000     1000     900      100         0    98304        0             0 my (app) 1",
        ),
    ] {
        assert_eq!(
            largest(header, row).as_deref(),
            Some("my (app) 1/1234 uid=33 rss=4096000 1"),
            "{header}"
        );
    }
    assert_eq!(largest("[ pid ] uid tgid total_vm name", "[ 1] 1 1 1 x"), None);
}

#[test]
fn start_lines_of_all_versions() {
    for line in [
        "httpd invoked oom-killer: gfp_mask=0x201d2, order=0, oomkilladj=0",
        "httpd invoked oom-killer: gfp_mask=0x201da, order=0, oom_adj=0",
        "httpd invoked oom-killer: gfp_mask=0x201da, order=0, oom_adj=0, oom_score_adj=0",
        "httpd invoked oom-killer: gfp_mask=0x201da, order=0, oom_score_adj=-17",
        "httpd invoked oom-killer: gfp_mask=0x24280ca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO), order=0, oom_score_adj=0",
        "httpd invoked oom-killer: gfp_mask=0x14200ca(GFP_HIGHUSER_MOVABLE), nodemask=0-1,  order=0, oom_score_adj=0",
        "httpd invoked oom-killer: gfp_mask=0x6200ca(GFP_HIGHUSER_MOVABLE), nodemask=(null), order=0, oom_score_adj=0",
        "httpd invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0",
    ] {
        one(line, "oom-invoked comm=httpd scope=global");
        check(
            &format!(
                "{line}\nPid: 7, comm: httpd Not tainted 2.6.32-573.el6.x86_64 #1\nOut of memory: Killed process 8 (x)."
            ),
            &["3 oom-kill global x/8; by httpd/7"],
        );
    }
    one("oom-killer: gfp_mask=0xd0", "oom-invoked scope=global");
    one(
        "f2b/f.postfix invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0",
        "oom-invoked comm=f2b/f.postfix scope=global",
    );
}

#[test]
fn kill_lines_of_all_versions() {
    one("Out of Memory: Killed process 4242 (httpd).", "oom-kill global httpd/4242");
    one(
        "Out of memory: Killed process 4242, UID 48, (httpd).",
        "oom-kill global httpd/4242 uid=48",
    );
    one("Killed process 4242 (httpd)", "oom-kill unknown httpd/4242");
    one(
        "Killed process 4242 (httpd) vsz:1000kB, anon-rss:8kB, file-rss:4kB",
        "oom-kill unknown httpd/4242 anon=8192 rss=12288",
    );
    one(
        "Killed process 4242 (httpd) total-vm:1000kB, anon-rss:8kB, file-rss:4kB, shmem-rss:2kB",
        "oom-kill unknown httpd/4242 anon=8192 rss=14336",
    );
    one(
        "Killed process 4242, UID 48, (httpd) total-vm:1000kB, anon-rss:8kB, file-rss:4kB",
        "oom-kill unknown httpd/4242 uid=48 anon=8192 rss=12288",
    );
    one(
        "Killed process 18177 (java), UID 1000, total-vm:1000kB, anon-rss:8kB, file-rss:0kB, shmem-rss:0kB",
        "oom-kill unknown java/18177 uid=1000 anon=8192 rss=8192",
    );
    one(
        "Out of memory: Killed process 1 (node) total-vm:9kB, anon-rss:8kB, file-rss:0kB, shmem-rss:0kB, UID:33 pgtables:580kB oom_score_adj:0",
        "oom-kill global node/1 uid=33 anon=8192 rss=8192",
    );
    one(
        "Memory cgroup out of memory: Killed process 1 (node) total-vm:9kB, anon-rss:8kB, file-rss:0kB, shmem-rss:0kB",
        "oom-kill memcg node/1 anon=8192 rss=8192",
    );
    one(
        "Out of memory (oom_kill_allocating_task): Killed process 1 (node) total-vm:9kB",
        "oom-kill global node/1",
    );
    one("Out of memory: Killed process 12 (node) total", "oom-kill global node/12");
}

#[test]
fn names_hold_any_byte() {
    let tail = "total-vm:9kB, anon-rss:8kB, file-rss:0kB, shmem-rss:0kB, UID:5 pgtables:580kB oom_score_adj:0";
    for comm in [
        "next-build (v16",
        "Plex Media Server",
        "[",
        "()",
        "\"with quotes\"",
        "a, b",
        "x), UID 0",
        ") total-vm:1kB,",
        "",
    ] {
        one(
            &format!("Out of memory: Killed process 3963629 ({comm}) {tail}"),
            &format!("oom-kill global {comm}/3963629 uid=5 anon=8192 rss=8192"),
        );
    }
    let mut out = Vec::new();
    let body =
        b"Out of memory: Killed process 7 (caf\xe9) total-vm:1kB, anon-rss:1kB, file-rss:0kB";
    let mut reader = KernelReader::default();
    reader.read(&Record { body: body.as_slice().into(), ..Record::default() }, &mut out);
    reader.finish(&mut out);
    assert_eq!(out[0].field("comm"), Some("caf\u{fffd}"));
    one(
        "Out of memory: Kill process 3 (x) score 1) score 27 or sacrifice child",
        "oom-kill global x) score 1/3; announced",
    );
}

#[test]
fn an_announcement_and_its_kill_are_one() {
    let kill = "Killed process 9 (b) total-vm:9kB, anon-rss:4kB, file-rss:0kB";
    for (announcement, scope) in [
        ("Out of memory: kill process 8 (a) score 12 or a child", "global"),
        ("Out of memory: Kill process 8 (a) score 12 or sacrifice child", "global"),
        ("Memory cgroup out of memory: Kill process 8 (a) score 12 or sacrifice child", "memcg"),
        ("No available memory (MPOL_BIND): kill process 8 (a) score 0 or a child", "mempolicy"),
        ("No available memory in cpuset: kill process 8 (a) score 0 or a child", "cpuset"),
    ] {
        let expected = format!("2 oom-kill {scope} b/9 anon=4096 rss=4096");
        check(&format!("{announcement}\n{kill}"), &[&expected]);
        one(announcement, &format!("oom-kill {scope} a/8; announced"));
    }
    check(
        "\
Out of memory: Kill process 8 (a) score 12 or sacrifice child
Out of memory: Kill process 9 (b) score 12 or sacrifice child",
        &["1 oom-kill global a/8; announced", "2 oom-kill global b/9; announced"],
    );
    check(
        "\
x invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0
Out of memory: Kill process 8 (a) score 12 or sacrifice child
y invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0",
        &["2 oom-kill global a/8; by x/?; announced", "3 oom-invoked comm=y scope=global"],
    );
    check(
        &format!(
            "[1.0] Out of memory: Kill process 8 (a) score 12 or sacrifice child\n[900.0] {kill}"
        ),
        &["1 oom-kill global a/8; announced", "2 oom-kill unknown b/9 anon=4096 rss=4096"],
    );
}

#[test]
fn a_log_with_every_line_twice_has_one_kill() {
    let kill = "[5.3] Killed process 9 (b) total-vm:9kB, anon-rss:4kB, file-rss:0kB";
    let announcement = "[5.2] Out of memory: Kill process 8 (a) score 12 or sacrifice child";
    let start = "[5.1] a invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0";
    check(
        &format!("{start}\n{start}\n{announcement}\n{announcement}\n{kill}\n{kill}"),
        &["5 oom-kill global b/9 anon=4096 rss=4096; by a/?"],
    );
}

#[test]
fn a_group_is_killed_and_its_first_victim_counts_once() {
    let summary = "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/kubepods/pod1,task_memcg=/kubepods/pod1/c1,task=stress,pid=68061,uid=0";
    let group = "Tasks in /kubepods/pod1/c1 are going to be killed due to memory.oom.group set";
    let kill = |pid: u32, comm: &str| {
        format!(
            "Memory cgroup out of memory: Killed process {pid} ({comm}) total-vm:9kB, anon-rss:4kB, file-rss:0kB"
        )
    };
    let expected = |line: u32, who: &str| {
        format!(
            "{line} oom-kill memcg {who} anon=4096 rss=4096; limit of /kubepods/pod1; in /kubepods/pod1/c1; group"
        )
    };
    check(
        &format!(
            "[8341.85] {summary}\n[8341.856870] {}\n[8341.86] oom_reaper: reaped process 68061 (stress), now anon-rss:0kB\n[8341.87] {group}\n[8341.890658] {}\n[8341.90] {}\n[8341.91] Memory cgroup out of memory: OOM victim 68064 (sh) is already exiting. Skip killing the task\n[8400.0] {}",
            kill(68061, "stress"),
            kill(68061, "stress"),
            kill(68063, "sh"),
            kill(70000, "late"),
        ),
        &[
            &expected(2, "stress/68061 uid=0"),
            &expected(6, "sh/68063"),
            "8 oom-kill memcg late/70000 anon=4096 rss=4096",
        ],
    );
    // A filtered log: only the kills are left.
    check(
        &format!(
            "[8341.856870] {}\n[8341.890658] {}",
            kill(68061, "stress"),
            kill(68061, "stress")
        ),
        &["1 oom-kill memcg stress/68061 anon=4096 rss=4096"],
    );
    check(
        &format!("[8341.8] {}\n[8361.8] {}", kill(68061, "stress"), kill(68061, "stress")),
        &[
            "1 oom-kill memcg stress/68061 anon=4096 rss=4096",
            "2 oom-kill memcg stress/68061 anon=4096 rss=4096",
        ],
    );
}

/// Before 4.19 and where the victim's own cgroup was not at hand. Source: 4.18, mm/memcontrol.c.
#[test]
fn a_limit_without_a_victims_cgroup() {
    check(
        "\
java invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0
Memory limit reached of cgroup /docker/d1a7
memory: usage 262144kB, limit 262144kB, failcnt 4112
Memory cgroup out of memory: Kill process 9 (a, (b) [c]) score 1262 or sacrifice child
Killed process 9 (a, (b) [c]) total-vm:1327088kB, anon-rss:258412kB, file-rss:13632kB",
        &[
            "5 oom-kill memcg a, (b) [c]/9 anon=264613888 rss=278573056; by java/?; limit of /docker/d1a7; \
           usage 268435456; limit 268435456",
        ],
    );
}

#[test]
fn scopes() {
    let scope = |constraint: &str| {
        let text = format!(
            "oom-kill:constraint=CONSTRAINT_{constraint},task=a,pid=1,uid=2\nOut of memory: Killed process 1 (a) total-vm:9kB"
        );
        short(&read(&text)[0])
    };
    assert_eq!(
        scope("CPUSET,nodemask=0-1,3,cpuset=a,mems_allowed=0"),
        "2 oom-kill cpuset a/1 uid=2"
    );
    assert_eq!(
        scope("MEMORY_POLICY,nodemask=0,cpuset=/,mems_allowed=0-1"),
        "2 oom-kill mempolicy a/1 uid=2"
    );
    assert_eq!(
        scope("NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom"),
        "2 oom-kill global a/1 uid=2"
    );
    assert_eq!(
        scope("NONE,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/b,c,task_memcg=/b,c/d"),
        "2 oom-kill memcg a/1 uid=2; limit of /b,c; in /b,c/d"
    );
    // A task cannot name cgroups.
    check(
        "\
oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/a,task=,oom_memcg=/x,pid=1,uid=2
Out of memory: Killed process 1 (,oom_memcg=/x) total-vm:9kB",
        &["2 oom-kill global ,oom_memcg=/x/1 uid=2; in /a"],
    );
}

#[test]
fn sysrq_is_an_operator() {
    let kill = "Out of memory: Killed process 1 (a) total-vm:9kB";
    for report in [
        "kworker/0:1 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=-1, oom_score_adj=0",
        "sysrq: Manual OOM execution\nkworker/0:1 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0",
        "sysrq: SysRq : Manual OOM execution\nx\nkworker/0:1 invoked oom-killer: gfp_mask=0xd0, order=0, oom_adj=0",
        "SysRq : Manual OOM execution\nkworker/0:1 invoked oom-killer: gfp_mask=0xd0, order=0, oom_adj=0",
    ] {
        let events = read(&format!("{report}\n{kill}"));
        assert_eq!(events[0].oom.as_ref().map(|oom| oom.scope.name()), Some("sysrq"), "{report}");
    }
    none("SysRq : HELP : loglevel(0-9) reboot(b) memory-full-oom-kill(f)");
}

#[test]
fn limits_that_are_none() {
    let limit = |line: &str| {
        let events = read(&format!(
            "{line}\nMemory cgroup out of memory: Killed process 1 (a) total-vm:9kB"
        ));
        let oom = events[0].oom.clone().unwrap();
        (oom.usage_bytes, oom.limit_bytes)
    };
    assert_eq!(limit("memory: usage 4kB, limit 9007199254740988kB, failcnt 0"), (Some(4096), None));
    assert_eq!(
        limit("memory: usage 4kB, limit 18014398509481983kB, failcnt 0"),
        (Some(4096), None)
    );
    assert_eq!(limit("memory: limit 8kB, usage 4kB, failcnt 0"), (Some(4096), Some(8192)));
    assert_eq!(limit("memory: usage 99999999999999999999kB, limit 8kB"), (None, Some(8192)));
    assert_eq!(limit("swap: usage 4kB, limit 8kB, failcnt 0"), (None, None));
}

#[test]
fn reports_without_a_victim() {
    let start =
        "[10.0] java invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0";
    check(
        &format!(
            "{start}\n[10.1] Out of memory and no killable processes...\n[10.2] Kernel panic - not syncing: System is deadlocked on memory"
        ),
        &["1 oom-invoked comm=java reason=no-killable-process scope=global"],
    );
    check(
        &format!(
            "{start}\n[10.1] Kernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled"
        ),
        &["1 oom-invoked comm=java reason=panic-on-oom scope=global"],
    );
    check(
        &format!(
            "{start}\n[10.1] Memory cgroup stats for /kubepods/pod1/slice:cri-containerd:ab:\n[10.1] Memory cgroup out of memory: OOM victim 12 (java) is already exiting. Skip killing the task"
        ),
        &[
            "1 oom-invoked cgroup=/kubepods/pod1/slice:cri-containerd:ab comm=java reason=victim-exiting scope=memcg",
        ],
    );
    one(
        "Out of memory: system-wide panic_on_oom is enabled",
        "oom-invoked reason=panic-on-oom scope=global",
    );
    // A second report closes the first, the same line printed twice does not; a kill long after has nothing to do with it.
    check(
        &format!(
            "{start}\n{start}\n[11.0] nginx invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n[11.1] Out of memory: Killed process 5 (nano_node) total-vm:9kB"
        ),
        &["1 oom-invoked comm=java scope=global", "4 oom-kill global nano_node/5; by nginx/?"],
    );
    check(
        &format!(
            "{start}\n[10.1] memory: usage 4kB, limit 4kB, failcnt 1\n[2000.0] Memory cgroup out of memory: Killed process 5 (x) total-vm:9kB"
        ),
        &["1 oom-invoked comm=java scope=memcg", "3 oom-kill memcg x/5"],
    );
    check(
        &format!("{start}\n[0.0] Linux version 6.1.0 (gcc) #1 SMP"),
        &["1 oom-invoked comm=java scope=global", "2 kernel-boot version=6.1.0"],
    );
}

#[test]
fn a_kill_carries_nothing_of_the_report_before_it() {
    let events = read(&format!(
        "{GLOBAL}\n[ 326.0] Memory cgroup out of memory: Killed process 500 (x) total-vm:9kB"
    ));
    assert_eq!(short(&events[2]), "18 oom-kill memcg x/500");
}

#[test]
fn hosts_in_one_file_do_not_mix() {
    let (mut reader, mut out) = (KernelReader::default(), Vec::new());
    for (number, (host, line)) in [
        ("a", "java invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0"),
        ("b", "node invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0"),
        ("a", "Out of memory: Killed process 1 (java) total-vm:9kB"),
        ("b", "Out of memory: Killed process 2 (node) total-vm:9kB"),
    ]
    .iter()
    .enumerate()
    {
        let origin = Origin { host: Some((*host).to_owned()), ..Origin::default() };
        let origin = Cow::Owned(origin);
        reader.read(&Record { origin, ..record(number, line) }, &mut out);
    }
    reader.finish(&mut out);
    let found: Vec<String> = out.iter().map(short).collect();
    assert_eq!(
        found,
        ["3 oom-kill global java/1; by java/?", "4 oom-kill global node/2; by node/?"]
    );
    assert_eq!(out[1].origin.host.as_deref(), Some("b"));
}

#[test]
fn a_kill_is_given_out_without_an_end() {
    let (mut reader, mut out) = (KernelReader::default(), Vec::new());
    reader.read(&record(0, "Out of memory: Killed process 1 (a) total-vm:9kB"), &mut out);
    for number in 1..40 {
        reader.read(&record(number, "usb 1-1: new device"), &mut out);
    }
    assert_eq!(out.len(), 1);
}

#[test]
fn words_about_kills_are_none() {
    for line in [
        "rcu: \tUnless rcu_sched kthread gets sufficient CPU time, OOM is now expected behavior.",
        "systemd[1]: Listening on systemd-oomd.socket - Userspace Out-Of-Memory (OOM) Killer Socket.",
        "GET /search?q=Out+of+memory:+Killed+process+12+(nginx)+total-vm:1kB",
        "app[1]: Out of memory: Killed process 12 (nginx) total-vm:1kB, anon-rss:1kB",
        " Killed process 12 (nginx) total-vm:1kB",
        "oom_reaper: reaped process 12 (nginx), now anon-rss:0kB, file-rss:0kB, shmem-rss:0lB",
        "oom_reaper: unable to reap pid:12 (nginx)",
        "Kill process 12 (nginx) sharing same memory",
        "oom killer 12 (a) has mm pinned by 13 (b)",
        "Out of memory: Killed process (nginx)",
        "Out of memory: Killed process 99999999999 (nginx) total-vm:1kB",
        "Killed process 12 (nginx) by admin",
        "Killed process 12 by admin",
        "Out of memory: Kill process 12 (nginx)",
        "oom_kill_process.cold+0xb/0x10",
        "COMPACTION is disabled!!!",
        "",
    ] {
        none(line);
    }
    check("Tasks in /kubepods/pod1 are going to be killed due to memory.oom.group set", &[]);
    check(
        "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/a,task_memcg=/a,task=a,pid=1,uid=0",
        &[],
    );
    check("CPU: 0 PID: 1 Comm: systemd Not tainted", &[]);
    assert!(!looks_like_kernel(b"CPU: 0 PID: 1 Comm: systemd Not tainted"));
    // Only the first line of a message counts.
    let body = b"note\nOut of memory: Killed process 1 (a) total-vm:9kB".as_slice();
    let mut out = Vec::new();
    let mut reader = KernelReader::default();
    reader.read(&Record { body: body.into(), ..Record::default() }, &mut out);
    reader.finish(&mut out);
    assert_eq!(out.len(), 0);
}

#[test]
fn cut_lines_never_panic() {
    for line in GLOBAL.lines() {
        for end in 0..line.len() {
            if let Some(cut) = line.get(..end) {
                read(&format!("{cut}\n{GLOBAL}"));
            }
        }
    }
}
