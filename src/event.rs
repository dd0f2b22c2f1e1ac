//! What a log line means: the closed vocabulary that grammars and parsers raise and that causes are reasoned from.
//!
//! An [`Event`] is one fact as one log told it, still on that log's clock. `timeline` merges the witnesses of the same fact.

mod fields;

use std::fmt;

pub use fields::Fields;

use crate::source::{LineRef, SourceId};
use crate::stamp::{Micros, RawStamp};

macro_rules! event_kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// What happened. The words are those of the program that wrote the line, or of its manual.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EventKind { $($(#[$doc])* $variant,)+ }

        impl EventKind {
            /// Every kind, in the order of the vocabulary.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name in grammars and in the JSON report.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

event_kinds! {
    // -- kernel
    /// The kernel's OOM killer killed a process; details in [`Event::oom`].
    OomKill = "oom-kill",
    /// An OOM report began (`invoked oom-killer`) whose kill line is not in the log.
    OomInvoked = "oom-invoked",
    /// `segfault at`, `traps: ... general protection`: a process met a fault signal. Fields: `pid` (a thread's id), `comm`, `signal`.
    Segfault = "segfault",
    /// `blocked for more than N seconds`, soft lockup, RCU stall.
    HungTask = "hung-task",
    /// `page allocation failure`: memory was short, nobody was killed.
    PageAllocationFailure = "page-allocation-failure",
    /// The disk or its file system failed: I/O error, remounted read-only.
    DiskError = "disk-error",
    /// `nf_conntrack: table full`.
    ConntrackFull = "conntrack-full",
    /// `VFS: file-max limit reached`, `fork rejected by pids controller`, TCP memory: a kernel-wide limit. Field: `limit`.
    KernelLimit = "kernel-limit",
    /// `Linux version ...`: the kernel started.
    KernelBoot = "kernel-boot",
    // -- proxy
    /// connect() to the upstream failed with ECONNREFUSED (111).
    UpstreamRefused = "upstream-refused",
    /// The upstream reset the connection (104) or broke the pipe (32).
    UpstreamReset = "upstream-reset",
    /// The upstream closed the connection before it answered.
    UpstreamClosed = "upstream-closed",
    /// The upstream did not answer in time (110).
    UpstreamTimeout = "upstream-timeout",
    /// No route to the upstream (113, 101, 100, 112).
    UpstreamUnreachable = "upstream-unreachable",
    /// The upstream's unix socket does not exist (2).
    UpstreamSocketMissing = "upstream-socket-missing",
    /// The proxy may not open the upstream's socket (13).
    UpstreamForbidden = "upstream-forbidden",
    /// The listen backlog of the upstream's unix socket is full (11).
    UpstreamBacklogFull = "upstream-backlog-full",
    /// All servers of the upstream group are marked failed: an after-shock.
    UpstreamNoneLive = "upstream-none-live",
    /// What the upstream sent is no valid answer, or its header is too big.
    UpstreamBadAnswer = "upstream-bad-answer",
    /// The upstream's name could not be resolved.
    UpstreamUnresolved = "upstream-unresolved",
    /// TLS to the upstream failed.
    UpstreamTls = "upstream-tls",
    /// The answer was cut while its body was on the way: users saw a short 200.
    UpstreamTruncated = "upstream-truncated",
    /// A proxy's health check reached its limit: the server gets no more requests. Fields: `upstream`, `reason`.
    CheckFailed = "check-failed",
    /// A proxy's health check found the server well again. Fields: `upstream`, `reason`.
    CheckPassed = "check-passed",
    /// The proxy ran out of connections or file descriptors of its own. Field: `limit`.
    ProxyLimit = "proxy-limit",
    /// The proxy could not write: no space left.
    ProxyDiskFull = "proxy-disk-full",
    /// A worker of the proxy died of a signal. Fields: `worker`, `signal`.
    ProxyWorkerDied = "proxy-worker-died",
    /// The proxy was started, stopped or reloaded. Field: `action`.
    ProxyLifecycle = "proxy-lifecycle",
    /// The proxy could not start or reload: its configuration is wrong.
    ProxyConfiguration = "proxy-configuration",
    /// The proxy limited or rejected requests by its own rules.
    ProxyThrottled = "proxy-throttled",
    /// A request body of notable size was buffered to disk, or was too large.
    UploadBuffered = "upload-buffered",
    // -- app servers and runtimes
    /// The app server's master started. Fields: `pid`, `version`.
    AppStarted = "app-started",
    /// The app server listens. Fields: `address`, `pid`.
    AppListening = "app-listening",
    /// The app server began a graceful stop, by a signal or an order. Fields: `pid`, `signal`.
    AppStopping = "app-stopping",
    /// The app server's master ended as told.
    AppStopped = "app-stopped",
    /// The app server reloads its workers as told.
    AppReloaded = "app-reloaded",
    /// The app cannot start: an error while it loads. Field: `reason`.
    AppBootFailed = "app-boot-failed",
    /// A worker started. Field: `worker` (its pid).
    WorkerBooted = "worker-booted",
    /// A worker ended by itself or as told. Fields: `worker`, `code`.
    WorkerExited = "worker-exited",
    /// A worker ended by a signal. Fields: `worker`, `signal`, perhaps `name`; `by = parent` where a shell or npm tells it again.
    WorkerSignaled = "worker-signaled",
    /// A worker did not answer in time, and the app server ends it. Fields: `worker`, `seconds`.
    WorkerTimeout = "worker-timeout",
    /// A worker noticed that its master is gone. Field: `worker`.
    MasterGone = "master-gone",
    /// All workers are busy or the limit on them is reached.
    WorkersExhausted = "workers-exhausted",
    /// The app server's listen queue is full.
    ListenQueueFull = "listen-queue-full",
    /// The language runtime's own heap limit ended the process (V8, JVM, Go, .NET).
    HeapLimit = "heap-limit",
    /// The runtime refused one allocation or ended one request for memory (PHP memory_limit, MemoryError).
    MemoryLimit = "memory-limit",
    /// A process manager ended a process for its memory (PM2, Passenger, a worker's own limit; platform quota).
    ManagerMemoryLimit = "manager-memory-limit",
    /// A watcher found a program at fault; the order to restart it follows. Fields: `name`, `found` (`memory` or `no answer`).
    WatcherAlarm = "watcher-alarm",
    /// The process ends by an unhandled error. Field: `reason`.
    UncaughtException = "uncaught-exception",
    /// A request ended in an error that the app caught.
    RequestError = "request-error",
    /// The line of a stack trace that names the error. Fields: `error`, `reason`.
    ErrorNamed = "error-named",
    /// A program under a supervisor was started. Fields: `program`, `pid`.
    ProgramStarted = "program-started",
    /// A program under a supervisor ended. Fields: `program`, `signal` or `code`, `expected`.
    ProgramExited = "program-exited",
    /// A program under a supervisor was stopped on order. Fields: `program`, `signal`.
    ProgramStopped = "program-stopped",
    /// A supervisor gave up restarting. Field: `program`.
    ProgramGaveUp = "program-gave-up",
    // -- dependencies, as the app saw them
    /// The app could not connect: refused or gone. Fields: `service`, `address`.
    DependencyRefused = "dependency-refused",
    /// The app's connection to a dependency was lost. Fields: `service`, `address`.
    DependencyLost = "dependency-lost",
    /// A dependency did not answer the app in time.
    DependencyTimeout = "dependency-timeout",
    /// A dependency's name could not be resolved by the app.
    DependencyUnresolved = "dependency-unresolved",
    /// A dependency took no more clients, or the app's pool ran dry.
    DependencyExhausted = "dependency-exhausted",
    /// The app met ENOSPC.
    DiskFull = "disk-full",
    /// The app met EMFILE or ENFILE.
    OpenFilesExhausted = "open-files-exhausted",
    // -- stores, as they say it themselves
    /// A database, cache or queue started. Fields: `service`, `pid`.
    StoreStarted = "store-started",
    /// It is ready to accept connections.
    StoreReady = "store-ready",
    /// It was told to shut down.
    StoreStopping = "store-stopping",
    /// A process of it was killed or crashed, and it restarts or recovers. Fields: `pid`, `signal`.
    StoreCrashed = "store-crashed",
    /// It turns clients away: starting up, recovering, shutting down.
    StoreRefusing = "store-refusing",
    /// Too many clients.
    StoreTooManyClients = "store-too-many-clients",
    /// A statement waits for a lock. Fields: `pid`, `holder`, `seconds`.
    StoreLockWait = "store-lock-wait",
    /// A statement ended by a timeout or was reported as slow.
    StoreSlow = "store-slow",
    /// It is out of memory by its own word.
    StoreOutOfMemory = "store-out-of-memory",
    /// It cannot write: no space left.
    StoreDiskFull = "store-disk-full",
    // -- init
    /// systemd: a unit is being started.
    UnitStarting = "unit-starting",
    /// systemd: a unit started. Field: `unit`.
    UnitStarted = "unit-started",
    /// systemd: a unit is being stopped on order. Field: `unit`.
    UnitStopping = "unit-stopping",
    /// systemd: a unit has stopped. Field: `unit`.
    UnitStopped = "unit-stopped",
    /// systemd: a unit reloads. Field: `unit`.
    UnitReloaded = "unit-reloaded",
    /// systemd: a process of the unit was killed by the OOM killer. Field: `unit`.
    UnitOomKilled = "unit-oom-killed",
    /// systemd: the main process of a unit ended. Fields: `unit`, `code` (`exited`, `killed`, `dumped`), `status`, `signal`.
    UnitProcessExited = "unit-process-exited",
    /// systemd: a unit failed. Fields: `unit`, `result`.
    UnitFailed = "unit-failed",
    /// systemd: a restart is scheduled. Fields: `unit`, `counter`.
    UnitRestartScheduled = "unit-restart-scheduled",
    /// systemd: an operator sent a signal by `systemctl kill`. Fields: `unit`, `signal`, `pid`.
    UnitSignalSent = "unit-signal-sent",
    /// systemd: a stop timed out and ends in SIGKILL. Field: `unit`.
    UnitStopTimeout = "unit-stop-timeout",
    /// systemd: a unit's watchdog expired.
    UnitWatchdog = "unit-watchdog",
    /// A core dump was taken. Fields: `pid`, `comm`, `signal`.
    CoreDumped = "core-dumped",
    /// A killer in user space ended a process for memory. Fields: `killer`, `pid`, `comm`, `signal`.
    UserspaceOomKill = "userspace-oom-kill",
    /// The process that such a killer chose lives on: it did not end in time. Fields: `pid`.
    UserspaceKillFailed = "userspace-kill-failed",
    /// The host is shutting down or reboots.
    HostShutdown = "host-shutdown",
    /// The host was suspended or woke up. Field: `action`.
    HostSuspend = "host-suspend",
    /// The wall clock was stepped. Field: `seconds`.
    ClockStep = "clock-step",
    /// An operator's command, from sudo or an audit log. Field: `command`.
    OperatorCommand = "operator-command",
    /// Packages were installed or a deploy ran. Field: `what`.
    Deploy = "deploy",
    // -- containers
    /// A container was created.
    ContainerCreated = "container-created",
    /// A container started.
    ContainerStarted = "container-started",
    /// A container's main process ended. Field: `code`.
    ContainerDied = "container-died",
    /// Somebody sent a container a signal. Field: `signal`.
    ContainerKilled = "container-killed",
    /// `docker stop` or compose completed a stop.
    ContainerStopped = "container-stopped",
    /// A container was destroyed.
    ContainerDestroyed = "container-destroyed",
    /// The runtime saw an OOM event in the container's cgroup.
    ContainerOom = "container-oom",
    /// A health check failed its limit.
    ContainerUnhealthy = "container-unhealthy",
    /// A stop ended in force. Field: `seconds`.
    ContainerStopForced = "container-stop-forced",
    /// `docker inspect`: the state of a container when the bundle was made. Fields: `code`, `oom_killed`, `restarts`, `memory_bytes`.
    ContainerState = "container-state",
    // -- other
    /// Lines were lost or repeated by a logging daemon. Field: `lines`.
    LogLoss = "log-loss",
}

impl EventKind {
    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Whether it tells that a service was started, by itself or by whoever runs it.
    #[must_use]
    pub const fn is_start(self) -> bool {
        matches!(
            self,
            Self::AppStarted | Self::ProgramStarted | Self::UnitStarted | Self::ContainerStarted
        )
    }

    /// Whether a proxy tells it: of an upstream, or of itself.
    #[must_use]
    pub fn is_of_proxy(self) -> bool {
        self.name().starts_with("upstream-") || self.name().starts_with("proxy-")
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// Why the OOM killer acted: the `constraint` of `mm/oom_kill.c`, and which limit was hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum OomScope {
    /// A memory cgroup hit its limit.
    Memcg,
    /// The whole host ran out.
    Global,
    /// The nodes of a cpuset ran out.
    Cpuset,
    /// The nodes of a memory policy ran out.
    Mempolicy,
    /// An operator asked for it by SysRq.
    Sysrq,
    /// The log does not tell.
    #[default]
    Unknown,
}

impl OomScope {
    /// The word of the JSON report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Memcg => "memcg",
            Self::Global => "global",
            Self::Cpuset => "cpuset",
            Self::Mempolicy => "mempolicy",
            Self::Sysrq => "sysrq",
            Self::Unknown => "unknown",
        }
    }
}

/// Processes of one name in the task table of an OOM report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct OomHolder {
    /// Task name.
    pub comm: String,
    /// Resident bytes of all of them; what they share is counted with each.
    pub rss_bytes: u64,
    /// How many.
    pub processes: u64,
}

impl OomHolder {
    /// Holders that are kept of a report.
    pub const MAX: usize = 3;
}

/// A process in an OOM report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct OomProcess {
    /// The kernel's pid, in the host's namespace.
    pub pid: Option<u32>,
    /// Task name, at most 15 bytes (`TASK_COMM_LEN`); a process may set it to anything.
    pub comm: String,
    /// Real user id.
    pub uid: Option<u32>,
    /// Resident memory in bytes, where the report tells it.
    pub rss_bytes: Option<u64>,
    /// Anonymous resident memory in bytes, where the report tells it.
    pub anon_rss_bytes: Option<u64>,
}

/// One victim of the kernel's OOM killer (`mm/oom_kill.c`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct OomKill {
    /// The process that died.
    pub victim: OomProcess,
    /// The process whose allocation set the killer off; often innocent.
    pub invoker: Option<OomProcess>,
    /// The process with the most resident memory in the task table; often the one to blame.
    pub largest: Option<OomProcess>,
    /// Who held most memory, processes of one name together, most first; at most [`OomHolder::MAX`].
    pub holders: Vec<OomHolder>,
    /// Which limit was hit.
    pub scope: OomScope,
    /// cgroup whose limit was hit (`oom_memcg=`), host-wide kills have none.
    pub limit_cgroup: Option<String>,
    /// cgroup of the victim (`task_memcg=`).
    pub victim_cgroup: Option<String>,
    /// The cgroup's limit in bytes, `None` where there is none or the report does not tell.
    pub limit_bytes: Option<u64>,
    /// The cgroup's usage in bytes.
    pub usage_bytes: Option<u64>,
    /// Whether `memory.oom.group` took the whole cgroup down.
    pub group: bool,
    /// First line of the report that the kill ends, as far as the log has it.
    pub report_line: Option<u64>,
}

impl OomKill {
    /// The victim's cgroup, or that whose limit was hit.
    #[must_use]
    pub fn cgroup(&self) -> Option<&str> {
        self.victim_cgroup.as_deref().or(self.limit_cgroup.as_deref())
    }
}

/// Who wrote a record, as far as its envelope tells.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Origin {
    /// Host name.
    pub host: Option<String>,
    /// Program name: the syslog tag or journald's `SYSLOG_IDENTIFIER`.
    pub ident: Option<String>,
    /// Pid of the writer, in the namespace of whoever wrote the envelope.
    pub pid: Option<u32>,
    /// systemd unit.
    pub unit: Option<String>,
    /// Container id (64 hex digits where known) or name.
    pub container: Option<String>,
    /// journald's `_BOOT_ID`.
    pub boot_id: Option<String>,
}

/// One fact as one log told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// When, on the log's own clock; `None` where the line has no time and no neighbour has one.
    pub stamp: Option<RawStamp>,
    /// Upper bound of the moment where the line has no time of its own and `stamp` is that of the line before it.
    pub until: Option<RawStamp>,
    /// The kernel's monotonic stamp, where the line carries one beside its wall-clock time.
    pub boot: Option<Micros>,
    /// File and line.
    pub at: LineRef,
    /// Who wrote it.
    pub origin: Origin,
    /// Name of the format that claimed the line, where one did.
    pub format: Option<String>,
    /// What the grammar captured, by the names of its captures.
    pub fields: Fields,
    /// The message, lossily decoded and cut; escaped only when a report prints it.
    pub text: String,
    /// How many lines like it this stands for within the same second.
    pub count: u64,
    /// Details of an [`EventKind::OomKill`].
    pub oom: Option<Box<OomKill>>,
}

/// Longest message text kept with an event, in bytes. Evidence is looked up by file and line; this is for the eye.
pub const TEXT_MAX_BYTES: usize = 480;

impl Event {
    /// A bare event at a line.
    #[must_use]
    pub fn new(kind: EventKind, line: u64, text: &[u8]) -> Self {
        Self {
            kind,
            stamp: None,
            until: None,
            boot: None,
            at: LineRef { source: SourceId::default(), line },
            origin: Origin::default(),
            format: None,
            fields: Fields::default(),
            text: excerpt(text),
            count: 1,
            oom: None,
        }
    }

    /// A captured field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name)
    }

    /// A captured field as a number.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u64> {
        self.field(name)?.trim().parse().ok()
    }
}

/// The head of a message as text: lossy, cut at a character border, without trailing white space.
#[must_use]
pub fn excerpt(text: &[u8]) -> String {
    let cut = &text[..text.len().min(TEXT_MAX_BYTES)];
    let mut text = String::from_utf8_lossy(cut).trim_end().to_owned();
    if cut.len() == TEXT_MAX_BYTES {
        while text.ends_with(char::REPLACEMENT_CHARACTER) {
            text.pop();
        }
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_read_back() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::from_name(kind.name()), Some(*kind));
        }
        assert_eq!(EventKind::from_name("oom"), None);
    }
}
