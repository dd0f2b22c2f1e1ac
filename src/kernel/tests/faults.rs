//! Messages of one line: faults, stalls, disks, limits, boots, losses.

use super::{none, one};

#[test]
fn faults_name_the_signal() {
    one(
        "gunicorn[31757]: segfault at 0 ip 00007f6a5c49513b sp 00007f6a5b5fd498 error 4 in libthumb.so[113b,7f6a5c495000+1000] likely on CPU 0 (core 0, socket 0)",
        "segfault comm=gunicorn library=libthumb.so pid=31757 signal=SIGSEGV",
    );
    one("a[b] c[1]: segfault at 0 ip 0 sp 0 error 4", "segfault comm=a[b] c pid=1 signal=SIGSEGV");
    one(
        "traps: node[574] general protection fault ip:7fd883e7d50f sp:7ffd43a76170 error:0 in libc.so.6[7fd883e7d000+156000]",
        "segfault comm=node library=libc.so.6 pid=574 signal=SIGSEGV",
    );
    one("traps: x[5] general protection ip:1 sp:2 error:0", "segfault comm=x pid=5 signal=SIGSEGV");
    one(
        "traps: x[5] trap invalid opcode ip:1 sp:2 error:0 in x[1+2]",
        "segfault comm=x library=x pid=5 signal=SIGILL",
    );
    one("traps: x[5] trap divide error ip:1 sp:2 error:0", "segfault comm=x pid=5 signal=SIGFPE");
    one("traps: x[5] trap int3 ip:1 sp:2 error:0", "segfault comm=x pid=5 signal=SIGTRAP");
    one("x[5] trap stack segment ip:1 sp:2 error:0", "segfault comm=x pid=5 signal=SIGBUS");
    one(
        "x[5]: unhandled level 2 translation fault (11) at 0x00000000, esr 0x92000006, in x[400000+1000]",
        "segfault comm=x library=x pid=5 signal=SIGSEGV",
    );
}

#[test]
fn stalls_and_short_memory() {
    one(
        "INFO: task kworker/u8:2:123 blocked for more than 120 seconds.",
        "hung-task comm=kworker/u8:2 pid=123 seconds=120 what=blocked-task",
    );
    one(
        "watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [swapper/0:1]",
        "hung-task comm=swapper/0 pid=1 seconds=26 what=soft-lockup",
    );
    one(
        "NMI watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [a:b:2]",
        "hung-task comm=a:b pid=2 seconds=22 what=soft-lockup",
    );
    one("rcu: INFO: rcu_sched self-detected stall on CPU", "hung-task what=rcu-stall");
    one("INFO: rcu_sched detected stalls on CPUs/tasks: { 1}", "hung-task what=rcu-stall");
    one(
        "php-fpm: page allocation failure: order:4, mode:0x40cc0(GFP_KERNEL|__GFP_COMP), nodemask=(null)",
        "page-allocation-failure comm=php-fpm order=4",
    );
    one(
        "swapper: page allocation failure. order:0, mode:0x20",
        "page-allocation-failure comm=swapper order=0",
    );
    one(
        "SLUB: Unable to allocate memory on node -1, gfp=0xa20(GFP_ATOMIC)",
        "page-allocation-failure",
    );
}

#[test]
fn disks() {
    one(
        "EXT4-fs error (device sda1): ext4_find_entry:1455: inode #2: comm ls: reading directory lblock 0",
        "disk-error device=sda1",
    );
    one("EXT4-fs (sda1): Remounting filesystem read-only", "disk-error device=sda1");
    one("XFS (dm-0): Shutting down filesystem", "disk-error device=dm-0");
    one("XFS (dm-0): I/O Error Detected. Shutting down filesystem", "disk-error device=dm-0");
    one("Buffer I/O error on dev sdb1, logical block 0, async page read", "disk-error device=sdb1");
    one("blk_update_request: I/O error, dev sda, sector 2048", "disk-error device=sda");
    one(
        "I/O error, dev nvme0n1, sector 2048 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 2",
        "disk-error device=nvme0n1",
    );
    one("Aborting journal on device dm-0-8.", "disk-error device=dm-0-8");
    one(
        "EXT4-fs (sda1): Delayed block allocation failed for inode 5 at logical offset 0 with max blocks 9 with error 5",
        "disk-error device=sda1",
    );
    one(
        "EXT4-fs (sda1): Delayed block allocation failed for inode 5 at logical offset 0 with max blocks 9 with error 28",
        "disk-full device=sda1",
    );
    one(
        "device-mapper: thin: 253:4: switching pool to out-of-data-space (queue IO) mode",
        "disk-full device=253:4 waits=yes",
    );
    one(
        "device-mapper: thin: 253:4: switching pool to out-of-data-space mode",
        "disk-full device=253:4 waits=yes",
    );
    one(
        "device-mapper: thin: 253:4: switching pool to out-of-data-space (error IO) mode",
        "disk-full device=253:4",
    );
    none("device-mapper: thin: 253:4: switching pool to write mode");
    none("device-mapper: thin: 253:4: reached low water mark for data device: sending event.");
    one("nvme nvme0: I/O 611 QID 2 timeout, aborting", "disk-error device=nvme0");
    one("nfs: server ease not responding, still trying", "disk-error device=ease");
    one("nfs: server ease not responding, timed out", "disk-error device=ease");
    none("nfs: server ease OK");
    one(
        "nvme nvme1: I/O tag 3 (1003) opcode 0x2 (Read) QID 5 timeout, reset controller",
        "disk-error device=nvme1",
    );
    one(
        "ata1.00: exception Emask 0x0 SAct 0x0 SErr 0x0 action 0x6 frozen",
        "disk-error device=ata1.00",
    );
    one("sd 2:0:0:0: [sda] tag#12 timing out command, waited 180s", "disk-error device=sda");
    none("ata1.00: exception Emask 0x10 SAct 0x0 SErr 0x400000 action 0x6");
    none("nvme nvme0: Abort status: 0x371");
    none("blk_update_request: I/O error, dev fd0, sector 0");
    none("I/O error, dev sr0, sector 0 op 0x0:(READ) flags 0x80700 phys_seg 1 prio class 0");
    none("EXT4-fs (vda): mounted filesystem with ordered data mode. Quota mode: none.");
    none("EXT4-fs (dm-0): re-mounted. Opts: errors=remount-ro");
    none("XFS (dm-0): Unmounting Filesystem");
}

#[test]
fn limits_boots_and_losses() {
    one("nf_conntrack: table full, dropping packet", "conntrack-full");
    one("nf_conntrack: nf_conntrack: table full, dropping packet", "conntrack-full");
    one("VFS: file-max limit 100000 reached", "kernel-limit limit=file-max");
    one(
        "cgroup: fork rejected by pids controller in /system.slice/x.service",
        "kernel-limit cgroup=/system.slice/x.service limit=pids",
    );
    one("TCP: out of memory -- consider tuning tcp_mem", "kernel-limit limit=tcp-memory");
    one("TCP: too many orphaned sockets", "kernel-limit limit=orphaned-sockets");
    one(
        "TCP: request_sock_TCP: Possible SYN flooding on port 80. Sending cookies.  Check SNMP counters.",
        "kernel-limit limit=syn-backlog port=80",
    );
    one(
        "TCP: request_sock_TCP: Possible SYN flooding on port [::]:8000. Sending cookies.",
        "kernel-limit limit=syn-backlog port=8000",
    );
    one(
        "Linux version 6.1.0-56-cloud-amd64 (debian-kernel@lists.debian.org) #1 SMP",
        "kernel-boot version=6.1.0-56-cloud-amd64",
    );
    one("PM: suspend entry (deep)", "host-suspend action=suspend");
    one("PM: suspend exit", "host-suspend action=resume");
    none("PM: hibernation: Registered nosave memory: [mem 0x00000000-0x00000fff]");
    one("oom_kill_process: 12 callbacks suppressed", "log-loss lines=12 what=oom_kill_process");
    one("** 12 printk messages dropped ** ", "log-loss lines=12");
    one("printk: 33 messages dropped", "log-loss lines=33");
    one("systemd-journald[220]: Missed 12 kernel messages", "log-loss lines=12");
    none("printk: console [ttyS0] enabled");
}
