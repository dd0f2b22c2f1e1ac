//! One report for each form that the kernel's OOM report has had, 2.6.11 to 7.0, with every field that it tells. Where a report
//! was found in public it is named; the others are put together from `printk` calls of that version's `mm/oom_kill.c` and
//! `mm/memcontrol.c`. Stack dumps and statistics without a meaning here are shortened.

use super::check;

/// No name, no table, a capital M and a full stop. Source: 2.6.11.
#[test]
fn v2_6_11() {
    check(
        "\
oom-killer: gfp_mask=0xd0
DMA per-cpu:
cpu 0 hot: low 2, high 6, batch 1
Free pages:        1356kB (0kB HighMem)
Out of Memory: Killed process 4242 (httpd).",
        &["5 oom-kill global httpd/4242"],
    );
}

/// A parent is announced, a child dies; no sizes. Source: 2.6.18, whose words are those of RHEL 5; RHEL 5 adds the uid.
#[test]
fn v2_6_18_and_rhel_5() {
    check(
        "\
httpd invoked oom-killer: gfp_mask=0x201d2, order=0, oomkilladj=0

Call Trace:
 [<ffffffff800c6076>] out_of_memory+0x8e/0x2f3
Mem-info:
Free swap  = 0kB
Out of Memory: Kill process 4240 (httpd) score 127 and children.
Out of memory: Killed process 4242 (php).",
        &["8 oom-kill global php/4242; by httpd/?"],
    );
    check(
        "\
klogd invoked oom-killer: gfp_mask=0x201d2, order=0, oomkilladj=-16
Out of memory: Killed process 4242, UID 48, (httpd).",
        &["2 oom-kill global httpd/4242 uid=48; by klogd/?"],
    );
    for (message, scope) in [
        ("No available memory (MPOL_BIND)", "mempolicy"),
        ("No available memory in cpuset", "cpuset"),
    ] {
        check(
            &format!(
                "a invoked oom-killer: gfp_mask=0xd0, order=0, oomkilladj=0\n{message}: Killed process 7 (a b)."
            ),
            &[&format!("2 oom-kill {scope} a b/7; by a/?")],
        );
    }
}

/// Source: 2.6.24. A memory cgroup's report says so only in the announcement (2.6.25 on).
#[test]
fn v2_6_24() {
    check(
        "\
java invoked oom-killer: gfp_mask=0x1201d2, order=0, oomkilladj=0
Pid: 5012, comm: java Not tainted 2.6.24-19-server #1
Mem-info:
Out of memory: kill process 5001 (start server.s) score 98304 or a child
Killed process 5012 (java)",
        &["5 oom-kill global java/5012; by java/5012"],
    );
    check(
        "\
big_memory invoked oom-killer: gfp_mask=0xd0, order=0, oomkilladj=0
big_memory cpuset=/ mems_allowed=0
Pid: 2801, comm: big_memory Not tainted 2.6.30-rc7 #1
Memory cgroup out of memory: kill process 2801 (big_memory) score 0 or a child
Killed process 2801 (big_memory)",
        &["5 oom-kill memcg big_memory/2801; by big_memory/2801"],
    );
}

/// A process that may not be killed (`oom_adj` -17) was announced again and again in a memory cgroup: recorded on 2.6.32 (LKML,
/// 30 May 2011). Nobody died; what is said of it is one announcement.
#[test]
fn v2_6_32_announces_in_a_loop() {
    let line = |time: &str| {
        format!(
            "[ {time}] Memory cgroup out of memory: kill process 6016 (java) score 0 or a child"
        )
    };
    let times = ["1578.117055", "1578.117154", "1578.117248", "1581.117343", "1585.117441"];
    check(&times.map(line).join("\n"), &["1 oom-kill memcg java/6016; announced"]);
    // Long after, it is another matter: pids come round.
    check(
        &["1578.117055", "9578.117055"].map(line).join("\n"),
        &["1 oom-kill memcg java/6016; announced", "2 oom-kill memcg java/6016; announced"],
    );
}

/// Sizes come, virtual memory as `vsz`. Kill lines recorded on 2.6.35 (a forum, 15 Oct).
#[test]
fn v2_6_33() {
    check(
        "\
plasma-desktop invoked oom-killer: gfp_mask=0x280da, order=0, oom_adj=0
plasma-desktop cpuset=/ mems_allowed=0
Pid: 1871, comm: plasma-desktop Tainted: P            2.6.34-12-desktop #1
Out of memory: kill process 16397 (knotify4) score 112569 or a child
Killed process 16397 (knotify4) vsz:900552kB, anon-rss:0kB, file-rss:48kB",
        &["5 oom-kill global knotify4/16397 anon=0 rss=49152; by plasma-desktop/1871"],
    );
}

/// Recorded on CentOS 6 (2.6.32-358.23.2.el6, an issue thread of mruby); pages are 4 KiB: 677 of them.
#[test]
fn rhel_6_memory_cgroup() {
    check(
        "\
mruby invoked oom-killer: gfp_mask=0xd0, order=0, oom_adj=0, oom_score_adj=0
mruby cpuset=/ mems_allowed=0
Pid: 14095, comm: mruby Not tainted 2.6.32-358.23.2.el6.x86_64 #1
Call Trace:
[<ffffffff8111d2c2>] ? oom_kill_process+0x82/0x2a0
Task in /test killed as a result of limit of /test
memory: usage 8kB, limit 8kB, failcnt 9
memory+swap: usage 8kB, limit 9007199254740992kB, failcnt 0
Mem-Info:
Node 0 DMA32: 2*4kB 4*8kB 349*16kB 283*32kB 289*64kB 99*128kB = 138776kB
[ pid ]   uid  tgid total_vm      rss cpu oom_adj oom_score_adj name
[14095]     0 14095     3619      677   0       0             0 mruby
Memory cgroup out of memory: Kill process 14095 (mruby) score 1000 or sacrifice child
Killed process 14095, UID 0, (mruby) total-vm:14476kB, anon-rss:1408kB, file-rss:1300kB",
        &["14 oom-kill memcg mruby/14095 uid=0 anon=1441792 rss=2772992; by mruby/14095; \
           largest mruby/14095 uid=0 rss=2772992; limit of /test; in /test; usage 8192; limit 8192"],
    );
}

/// A child of `init` was sacrificed; recorded on RHEL 6 (a blog on OpenVZ-like containers).
#[test]
fn rhel_6_sacrifices_a_child() {
    check(
        "\
[40395] 30000 40395   175717     3474   2       0             0 node
Memory cgroup out of memory: Kill process 15947 (init) score 1 or sacrifice child
Killed process 16944, UID 0, (mingetty) total-vm:4064kB, anon-rss:4kB, file-rss:56kB
node invoked oom-killer: gfp_mask=0xd0, order=0, oom_adj=0, oom_score_adj=0",
        &[
            "3 oom-kill memcg mingetty/16944 uid=0 anon=4096 rss=61440",
            "4 oom-invoked comm=node scope=global",
        ],
    );
}

/// Head recorded on Ubuntu's 3.2.0-24 (an issue thread, 12 May 2012).
#[test]
fn v2_6_36_to_3_7() {
    check(
        "\
[46106.733505] oom_kill_process: 9 callbacks suppressed
[46106.733511] apache2 invoked oom-killer: gfp_mask=0x201da, order=0, oom_adj=0, oom_score_adj=0
[46106.733515] apache2 cpuset=/ mems_allowed=0
[46106.733519] Pid: 7562, comm: apache2 Not tainted 3.2.0-24-virtual #37-Ubuntu
[46106.733522] Call Trace:
[46106.733900] [ pid ]   uid  tgid total_vm      rss cpu oom_adj oom_score_adj name
[46106.733905] [ 7562]    33  7562    68120    12004   0       0             0 apache2
[46106.733909] [ 7443]   106  7443    90210    40000   1     -17         -1000 mysqld
[46106.734000] Out of memory: Kill process 7443 (mysqld) score 241 or sacrifice child
[46106.734100] Killed process 7443 (mysqld) total-vm:360840kB, anon-rss:158000kB, file-rss:2000kB",
        &[
            "1 log-loss lines=9 what=oom_kill_process",
            "10 oom-kill global mysqld/7443 uid=106 anon=161792000 rss=163840000; by apache2/7562; \
             largest mysqld/7443 uid=106 rss=163840000",
        ],
    );
}

/// Recorded on Ubuntu's 3.13.0-27 (a blog, 29 June 2015); the victim is not the invoker's own process but its main thread.
#[test]
fn v3_8_to_4_0() {
    check(
        "\
[15847900.740029] mysqld invoked oom-killer: gfp_mask=0x201da, order=0, oom_score_adj=0
[15847900.742638] mysqld cpuset=/ mems_allowed=0
[15847900.742661] CPU: 0 PID: 30714 Comm: mysqld Not tainted 3.13.0-27-generic #50-Ubuntu
[15847900.743672] Mem-Info:
[15847900.744059] [ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name
[15847900.744064] [  343]     0   343     4902        0      13       80             0 upstart-udev-br
[15847900.744067] [  352]     0   352    12803        0      27      134         -1000 systemd-udevd
[15847900.744133] [30705]   106 30705   223086      731      89    15800             0 mysqld
[15847900.744146] [12697]    33 12697    89041     1644     122     2873             0 php-cgi
[15847900.744900] Out of memory: Kill process 30705 (mysqld) score 44 or sacrifice child
[15847900.745000] Killed process 30705 (mysqld) total-vm:892344kB, anon-rss:2924kB, file-rss:0kB",
        &["11 oom-kill global mysqld/30705 uid=106 anon=2994176 rss=2994176; by mysqld/30714; \
           largest php-cgi/12697 uid=33 rss=6733824"],
    );
}

/// Recorded on CentOS 7 (3.10.0-1160, TiDB's manual).
#[test]
fn rhel_7_late() {
    check(
        "\
tidb-server invoked oom-killer: gfp_mask=0x201da, order=0, oom_score_adj=0
tidb-server cpuset=/ mems_allowed=0
CPU: 14 PID: 21966 Comm: tidb-server Kdump: loaded Not tainted 3.10.0-1160.el7.x86_64 #1
Out of memory: Kill process 21945 (tidb-server) score 956 or sacrifice child
Killed process 21945 (tidb-server), UID 1000, total-vm:33027492kB, anon-rss:31303276kB, file-rss:0kB, shmem-rss:0kB",
        &["5 oom-kill global tidb-server/21945 uid=1000 anon=32054554624 rss=32054554624; by tidb-server/21966"],
    );
}

/// Page middle directories are a column; shared memory is not told apart yet. Sources: 4.1, 4.4.
#[test]
fn v4_1_to_4_4() {
    check(
        "\
node invoked oom-killer: gfp_mask=0x24201ca, order=0, oom_score_adj=300
node cpuset=d1a7 mems_allowed=0
CPU: 2 PID: 911 Comm: node Not tainted 4.4.0-210-generic #242-Ubuntu
Task in /docker/d1a7 killed as a result of limit of /docker/d1a7
memory: usage 262144kB, limit 262144kB, failcnt 4112
memory+swap: usage 0kB, limit 9007199254740988kB, failcnt 0
kmem: usage 0kB, limit 9007199254740988kB, failcnt 0
Memory cgroup stats for /docker/d1a7: cache:64KB rss:262080KB rss_huge:0KB mapped_file:0KB dirty:0KB writeback:0KB inactive_anon:0KB active_anon:262076KB inactive_file:0KB active_file:0KB unevictable:0KB
[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds swapents oom_score_adj name
[  880]  1000   880     1126      181       8       3        0             0 sh
[  911]  1000   911   331772    68011     612      12        0           300 node
Memory cgroup out of memory: Kill process 911 (node) score 1262 or sacrifice child
Killed process 911 (node) total-vm:1327088kB, anon-rss:258412kB, file-rss:13632kB",
        &["13 oom-kill memcg node/911 uid=1000 anon=264613888 rss=278573056; by node/911; \
           largest node/911 uid=1000 rss=278573056; limit of /docker/d1a7; in /docker/d1a7; \
           usage 268435456; limit 268435456"],
    );
}

/// Names of the flags, and `oom_reaper`, whose first builds wrote `lB`. Sources: 4.6 to 4.8.
#[test]
fn v4_6_to_4_8() {
    check(
        "\
python invoked oom-killer: gfp_mask=0x24280ca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO), order=0, oom_score_adj=0
python cpuset=/ mems_allowed=0
CPU: 0 PID: 1200 Comm: python Not tainted 4.8.0-58-generic #63-Ubuntu
[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds swapents oom_score_adj name
[ 1200]  1001  1200   500000   400000     800       5        0             0 python
Out of memory: Kill process 1200 (python) score 801 or sacrifice child
Killed process 1200 (python) total-vm:2000000kB, anon-rss:1500000kB, file-rss:99996kB, shmem-rss:4kB
oom_reaper: reaped process 1200 (python), now anon-rss:0kB, file-rss:0kB, shmem-rss:0lB",
        &["7 oom-kill global python/1200 uid=1001 anon=1536000000 rss=1638400000; by python/1200; \
           largest python/1200 uid=1001 rss=1638400000"],
    );
}

/// `nodemask` stands before two blanks. Head and first rows recorded on 4.12-rc1 (LKML, 17 May 2017).
#[test]
fn v4_9_to_4_14() {
    check(
        "\
[   25.721494] allocate invoked oom-killer: gfp_mask=0x14280ca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO), nodemask=(null),  order=0, oom_score_adj=0
[   25.725658] allocate cpuset=/ mems_allowed=0
[   25.727033] CPU: 1 PID: 492 Comm: allocate Not tainted 4.12.0-rc1-mm1+ #181
[   25.768293] [ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds swapents oom_score_adj name
[   25.768860] [  121]     0   121    25672      133      50       3        0             0 systemd-journal
[   25.769530] [  156]     0   156    11157      197      22       3        0         -1000 systemd-udevd
[   25.770820] [  492]     0   492   513368   469910     949       6        0             0 allocate
[   25.771818] Out of memory: Kill process 492 (allocate) score 899 or sacrifice child
[   25.772000] Killed process 492 (allocate) total-vm:2053472kB, anon-rss:1879640kB, file-rss:0kB, shmem-rss:0kB",
        &["9 oom-kill global allocate/492 uid=0 anon=1924751360 rss=1924751360; by allocate/492; \
           largest allocate/492 uid=0 rss=1924751360"],
    );
    // `dmesg -T | grep influx` of 4.14.146-119.123.amzn2 (a wiki): no word of the cgroup is left but the kill's own.
    check(
        "\
influxd invoked oom-killer: gfp_mask=0x14200ca(GFP_HIGHUSER_MOVABLE), nodemask=(null),  order=0, oom_score_adj=0
influxd cpuset=6bbf4ac705f9b92d928815f8367f8598215a20ebf985ae6aa4a98ac5f92d65cf mems_allowed=0
CPU: 5 PID: 7266 Comm: influxd Not tainted 4.14.146-119.123.amzn2.x86_64 #1
[ 7030]   499  7030 73002208 14803448  114042     282        0             0 influxd
Memory cgroup out of memory: Kill process 7030 (influxd) score 1138 or sacrifice child
Killed process 7030 (influxd) total-vm:292008832kB, anon-rss:51955292kB, file-rss:7259412kB, shmem-rss:0kB
oom_reaper: reaped process 7030 (influxd), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB",
        &["6 oom-kill memcg influxd/7030 anon=53202219008 rss=60635856896; by influxd/7266"],
    );
}

/// Page tables in bytes; from 4.19 a wide pid and a line about the unit, and `memory.oom.group`. Source: 4.19.
#[test]
fn v4_15_to_4_20() {
    check(
        "\
(pool) 1, x invoked oom-killer: gfp_mask=0x6000c0(GFP_KERNEL), nodemask=0-1, order=0, oom_score_adj=985
(pool) 1, x cpuset=ab mems_allowed=0-1
CPU: 5 PID: 70 Comm: (pool) 1, x Tainted: G           OE     4.19.0-27-amd64 #1 Debian 4.19.316-1
Task in /kubepods/burstable/pod1/c1 killed as a result of limit of /kubepods/burstable/pod1
memory: usage 65536kB, limit 65536kB, failcnt 11
memory+swap: usage 65536kB, limit 9007199254740988kB, failcnt 0
kmem: usage 100kB, limit 9007199254740988kB, failcnt 0
Memory cgroup stats for /kubepods/burstable/pod1: cache:0KB rss:0KB rss_huge:0KB shmem:0KB mapped_file:0KB
Memory cgroup stats for /kubepods/burstable/pod1/c1: cache:0KB rss:65000KB rss_huge:0KB shmem:0KB mapped_file:0KB
Tasks state (memory values in pages):
[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[     69]     0    69      256        1    28672        0          -998 pause
[     71]  1000    71    40000    15000   167936        0           985 java (svc), main
Memory cgroup out of memory: Kill process 71 (java (svc), main) score 1900 or sacrifice child
Killed process 71 (java (svc), main) total-vm:160000kB, anon-rss:59996kB, file-rss:4kB, shmem-rss:0kB",
        &["15 oom-kill memcg java (svc), main/71 uid=1000 anon=61435904 rss=61440000; by (pool) 1, x/70; \
           largest java (svc), main/71 uid=1000 rss=61440000; limit of /kubepods/burstable/pod1; \
           in /kubepods/burstable/pod1/c1; usage 67108864; limit 67108864"],
    );
}

/// The summary line comes beside the old pair of lines; it names 22232, and 22964 dies (an issue thread of pharos-cluster).
#[test]
fn v5_0() {
    check(
        "\
nginx invoked oom-killer: gfp_mask=0x7080c0(GFP_KERNEL_ACCOUNT|__GFP_ZERO), order=0, oom_score_adj=988
CPU: 1 PID: 22230 Comm: nginx Not tainted 5.0.0-1027-gke #28~18.04.1-Ubuntu
memory: usage 131072kB, limit 131072kB, failcnt 70
Memory cgroup stats for /kubepods/pod1: cache:0KB rss:131000KB rss_huge:0KB shmem:0KB
Tasks state (memory values in pages):
[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[  22232]    33 22232   100000    20000   167936        0           988 nginx
[  22964]    33 22964    50000    12000   167936        0           988 nginx
oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=ab,mems_allowed=0-1,oom_memcg=/kubepods/pod1,task_memcg=/kubepods/pod1/c1,task=nginx,pid=22232,uid=33
Memory cgroup out of memory: Kill process 22232 (nginx) score 1182 or sacrifice child
Killed process 22964 (nginx) total-vm:200000kB, anon-rss:47000kB, file-rss:1000kB, shmem-rss:0kB",
        &["11 oom-kill memcg nginx/22964 uid=33 anon=48128000 rss=49152000; by nginx/22230; \
           largest nginx/22232 uid=33 rss=81920000; limit of /kubepods/pod1; in /kubepods/pod1/c1; \
           usage 134217728; limit 134217728"],
    );
}

/// One line for the kill; the constraint is NONE and a cgroup's limit was hit all the same (from the commit that mended it).
#[test]
fn v5_1_to_5_3() {
    check(
        "\
stress invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
CPU: 0 PID: 210 Comm: stress Not tainted 5.2.0+ #1
memory: usage 131072kB, limit 131072kB, failcnt 5
swap: usage 0kB, limit 9007199254740988kB, failcnt 0
Memory cgroup stats for /foo:
anon 134029312
file 0
oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),oom_memcg=/foo,task_memcg=/foo,task=stress,pid=210,uid=0
Memory cgroup out of memory: Killed process 210 (stress) total-vm:265768kB, anon-rss:0kB, file-rss:224kB, shmem-rss:0kB
oom_reaper: reaped process 210 (stress), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB",
        &["9 oom-kill memcg stress/210 uid=0 anon=0 rss=229376; by stress/210; limit of /foo; in /foo; \
           usage 134217728; limit 134217728"],
    );
}

/// Recorded on Ubuntu's 5.8.0-1031-oracle (the patch of a test suite), cgroup v1.
#[test]
fn v5_4_to_6_7_cgroup_v1() {
    check(
        "\
memcg_process invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
CPU: 4 PID: 19289 Comm: memcg_process Not tainted 5.8.0-1031-oracle #32~20.04.2-Ubuntu
Hardware name: QEMU Standard PC (i440FX + PIIX, 1996), BIOS 1.4.1 12/03/2020
memory: usage 132kB, limit 132kB, failcnt 9
memory+swap: usage 132kB, limit 9007199254740988kB, failcnt 0
kmem: usage 4kB, limit 9007199254740988kB, failcnt 0
Tasks state (memory values in pages):
[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[  19289]     0 19289      669      389    40960        0             0 memcg_process
oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/ltp_19257,task_memcg=/ltp_19257,task=memcg_process,pid=19289,uid=0
Memory cgroup out of memory: Killed process 19289 (memcg_process) total-vm:2676kB, anon-rss:84kB, file-rss:1468kB, shmem-rss:4kB, UID:0 pgtables:40kB oom_score_adj:0
oom_reaper: reaped process 19289 (memcg_process), now anon-rss:0kB, file-rss:0kB, shmem-rss:4kB",
        &["11 oom-kill memcg memcg_process/19289 uid=0 anon=86016 rss=1593344; by memcg_process/19289; \
           largest memcg_process/19289 uid=0 rss=1593344; limit of /ltp_19257; in /ltp_19257; \
           usage 135168; limit 135168"],
    );
}

/// Table and summary recorded on a Kubernetes node (Harvester's notes on OOM); the invoker is a thread `CPU 11/KVM` of the victim.
#[test]
fn v5_4_to_6_7_cgroup_v2() {
    let pod = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod968a06fb_9ab9_4819_8caf_0392ddff3d9b.slice";
    let container =
        "cri-containerd-0f32894de86edf3d3832702af794874ef8d400b4969acdea4976b12040756e0d.scope";
    check(
        &format!("\
CPU 11/KVM invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=986
CPU: 60 PID: 70888 Comm: CPU 11/KVM Tainted: G          I  X    5.14.21-150400.24.108-default #1
memory: usage 17199104kB, limit 17199104kB, failcnt 2231
swap: usage 0kB, limit 0kB, failcnt 0
Memory cgroup stats for {pod}:
anon 17312083968
Tasks state (memory values in pages):
[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[  38886]     0 38886      243        1    28672        0          -998 pause
[  38934]     0 38934  1200940    25126   954368        0           986 virt-launcher
[  39079]   107 39079  4457263  4201766 34439168        0           986 qemu-system-x86
oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset={container},mems_allowed=0-1,oom_memcg={pod},task_memcg={pod}/{container},task=qemu-system-x86,pid=39079,uid=107
Memory cgroup out of memory: Killed process 39079 (qemu-system-x86) total-vm:17829052kB, anon-rss:16784644kB, file-rss:22420kB, shmem-rss:0kB, UID:107 pgtables:33632kB oom_score_adj:986"),
        &[&format!(
            "13 oom-kill memcg qemu-system-x86/39079 uid=107 anon=17187475456 rss=17210433536; by CPU 11/KVM/70888; \
             largest qemu-system-x86/39079 uid=107 rss=17210433536; limit of {pod}; in {pod}/{container}; \
             usage 17611882496; limit 17611882496"
        )],
    );
}

/// The table splits resident memory (6.8), the dump names the invoker's user (6.11). Recorded up to 6.18; that 7.0 kept the
/// words is not verified. Commas in node masks and names change nothing.
#[test]
fn v6_8_to_7_0() {
    check(
        "\
[  812.100000] wrk, [b] (c) invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0
[  812.100100] CPU: 3 UID: 1000 PID: 4410 Comm: wrk, [b] (c) Not tainted 7.0.0-1-amd64 #1 PREEMPT(lazy)
[  812.100200] Tasks state (memory values in pages):
[  812.100300] [  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name
[  812.100400] [    901]   999   901   900000   250000   240000     9000      1000  2400000        0             0 postgres
[  812.100500] [   4409]  1000  4409   700000   110000   109000     1000         0  1400000        0           300 wrk, [b] (c)
[  812.100600] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=a,b,mems_allowed=0-1,3,global_oom,task_memcg=/user.slice/a,b.scope,task=wrk, [b] (c),pid=4409,uid=1000
[  812.100700] Out of memory: Killed process 4409 (wrk, [b] (c)) total-vm:2800000kB, anon-rss:436000kB, file-rss:4000kB, shmem-rss:0kB, UID:1000 pgtables:1367kB oom_score_adj:300",
        &["8 oom-kill global wrk, [b] (c)/4409 uid=1000 anon=446464000 rss=450560000; by wrk, [b] (c)/4410 uid=1000; \
           largest postgres/901 uid=999 rss=1024000000; in /user.slice/a,b.scope"],
    );
}

/// Pages of 64 KiB, as RHEL's arm64 kernels have: the free blocks before the table tell. Put together from 4.18's `mm/page_alloc.c`.
#[test]
fn pages_of_64_kib() {
    check(
        "\
java invoked oom-killer: gfp_mask=0x6200ca(GFP_HIGHUSER_MOVABLE), nodemask=(null), order=0, oom_score_adj=0
Node 0 DMA32 free:65536kB min:4096kB low:8192kB high:12288kB active_anon:0kB
Node 0 DMA32: 12*64kB (UME) 5*128kB (UM) 0*256kB 1*512kB (M) = 1920kB
Node 0 hugepages_total=0 hugepages_free=0 hugepages_surp=0 hugepages_size=524288kB
[ pid ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[ 1200]  1001  1200   500000    25000   167936        0             0 java
Out of memory: Kill process 1200 (java) score 801 or sacrifice child
Killed process 1200 (java) total-vm:32000000kB, anon-rss:1500000kB, file-rss:100000kB, shmem-rss:0kB",
        &["8 oom-kill global java/1200 uid=1001 anon=1536000000 rss=1638400000; by java/?; \
           largest java/1200 uid=1001 rss=1638400000"],
    );
    check("Node 0 DMA32: 12*64kB (UME) 5*128kB (UM) = 1408kB", &[]);
}

/// SysRq-f: an operator asked for it. The kill line is that of any other report. Sources: 4.19, 6.1.
#[test]
fn sysrq_of_every_generation() {
    for (report, kill, who) in [
        (
            "SysRq : Manual OOM execution\nevents/0 invoked oom-killer: gfp_mask=0xd0, order=0, oomkilladj=0",
            "Out of memory: kill process 77 (a) score 1 or a child\nKilled process 77 (a)",
            "4 oom-kill sysrq a/77; by events/0/?",
        ),
        (
            "sysrq: SysRq : Manual OOM execution\nkworker/2:1 invoked oom-killer: gfp_mask=0x6000c0(GFP_KERNEL), nodemask=(null), order=-1, oom_score_adj=0",
            "Out of memory: Kill process 77 (a) score 1 or sacrifice child\nKilled process 77 (a) total-vm:9kB, anon-rss:8kB, file-rss:0kB, shmem-rss:0kB",
            "4 oom-kill sysrq a/77 anon=8192 rss=8192; by kworker/2:1/?",
        ),
        (
            "sysrq: Manual OOM execution\nkworker/2:1 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=-1, oom_score_adj=0",
            "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/,task=a,pid=77,uid=5\nOut of memory: Killed process 77 (a) total-vm:9kB, anon-rss:8kB, file-rss:0kB, shmem-rss:0kB, UID:5 pgtables:4kB oom_score_adj:0",
            "4 oom-kill sysrq a/77 uid=5 anon=8192 rss=8192; by kworker/2:1/?; in /",
        ),
    ] {
        check(&format!("{report}\n{kill}"), &[who]);
    }
}
