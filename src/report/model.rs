//! The report as a value, in the shape that the JSON contract promises. Every output form is written from it, so no two forms
//! can disagree on a number. Times are RFC 3339 in UTC; durations and sigmas in seconds; sizes in bytes.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::wording::{Language, Text};

/// Version of the JSON shape; raised when what the contract promises changes.
pub const SCHEMA_VERSION: u32 = 1;

/// The whole report.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Which program wrote it.
    pub tool: Tool,
    /// What was masked before it was written: `secrets` or `off`.
    pub redaction: String,
    /// What was given on the command line.
    pub bundle: Vec<Bundle>,
    /// What the logs cover; `None` where no log has a time.
    pub window: Option<Window>,
    /// The logs.
    pub sources: Vec<Source>,
    /// Requests of the log nearest to the users; `None` without an access log.
    pub traffic: Option<Traffic>,
    /// In order of time.
    pub incidents: Vec<Incident>,
    /// Failed answers outside of incidents, by status.
    pub isolated: BTreeMap<String, u64>,
    /// One per victim.
    pub oom_kills: Vec<OomKill>,
    /// Every process, worker or container that ended by a signal, a timeout or an error.
    pub deaths: Vec<Death>,
    /// The facts that the report speaks of.
    pub events: Vec<Event>,
    /// Stretches without traffic where it was expected.
    pub gaps: Vec<Gap>,
    /// Ends of processes that keep coming back.
    pub recurrences: Vec<Recurrence>,
    /// What was looked for and not found, or could not have been seen.
    pub negatives: Vec<Negative>,
    /// What could not be read.
    pub data_quality: Vec<DataQuality>,
    /// Requests and failures over the whole window; `None` without an access log.
    pub series: Option<Series>,
    /// JSON pointers of figures that were estimated or cut by a limit.
    pub approximate: Vec<String>,
    /// Figures of snapshots in the bundle: memory, disks, limits, workers. Their time is unknown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<StateFact>,
    /// In which its texts are told; the JSON is English.
    #[serde(skip)]
    pub language: Language,
}

/// Requests and failures by equal steps of time.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Series {
    /// Begin of the first step.
    pub start: String,
    /// Length of a step.
    pub step_seconds: u64,
    /// All requests of each step, health checks among them; empty where they are not known.
    pub requests: Vec<u64>,
    /// Failed answers of each step.
    pub failures: Vec<u64>,
}

/// A figure of a snapshot.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct StateFact {
    /// Source id.
    pub source: String,
    /// Line, where it is known.
    pub line: Option<u64>,
    /// What; the unit is in the name: `memory_total_bytes`, `disk_used_percent`, `workers`.
    pub what: String,
    /// Of whom: a mount, container, unit or program; empty for the host.
    pub subject: String,
    /// How much.
    pub value: u64,
    /// Whether it is a reason to look.
    pub notable: bool,
}

/// Name and version of this program.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// `coroner`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// One thing that was given on the command line.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Bundle {
    /// File name.
    pub name: String,
    /// Of an archive as given.
    pub sha256: Option<String>,
    /// Size as given.
    pub bytes: u64,
    /// Members read.
    pub members: u64,
}

/// A stretch of time.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Window {
    /// First moment.
    pub start: String,
    /// Last moment.
    pub end: String,
}

/// One log.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// `S1`, `S2`, ...
    pub id: String,
    /// Path in the bundle.
    pub path: String,
    /// What it was taken for.
    pub format: String,
    /// `edge`, `app`, `inner`, `proxy`, `kernel`, `init`, `container`, `store`, `snapshot`, `log`.
    pub role: String,
    /// Host name, where its records carry one.
    pub host: Option<String>,
    /// Records (requests, messages, entries).
    pub records: u64,
    /// Lines that no format explains.
    pub unparsed: u64,
    /// First moment.
    pub first: Option<String>,
    /// Last moment.
    pub last: Option<String>,
    /// How its times were placed.
    pub clock: Clock,
    /// Why it was taken for that, for `coroner inspect`.
    #[serde(skip)]
    pub taken_because: Text,
    /// The first lines that no format explains, for `coroner inspect`.
    #[serde(skip)]
    pub first_unparsed: Vec<(u64, String)>,
}

/// How a source's times are known.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Clock {
    /// `offset`, `zone-inferred`, `zone-assumed`, `boot-anchored`, `given`, `unanchored`, `none`.
    pub basis: String,
    /// Local minus UTC; for a boot clock 0.
    pub offset_seconds: f64,
    /// One standard deviation.
    pub sigma_seconds: f64,
    /// For a person.
    pub evidence: Text,
}

/// Requests of the log nearest to the users.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Traffic {
    /// Its (first) source.
    pub source: String,
    /// All requests but health checks.
    pub requests: u64,
    /// By status.
    pub statuses: BTreeMap<String, u64>,
    /// Health-check probes, counted apart.
    pub probes: u64,
    /// Of so many good requests one was read for its route and whether it is a probe, beside no failure in a long log; absent where
    /// all were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sampled_one_in: Option<u64>,
    /// Answers that a retry on another upstream saved.
    pub hidden_by_retry: u64,
}

/// An incident.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Incident {
    /// `I1`, `I2`, ...
    pub id: String,
    /// `gateway` or `server`.
    #[schemars(extend("enum" = ["gateway", "server"]))]
    pub class: String,
    /// First failed answer.
    pub start: String,
    /// Last failed answer.
    pub end: String,
    /// `none`, `left`, `right` or `both`: whether the logs begin or end inside it.
    #[schemars(extend("enum" = ["none", "left", "right", "both"]))]
    pub censored: String,
    /// Length in seconds.
    pub duration_seconds: f64,
    /// What the failed answers were counted from: `access-log`, or `error-log` where the bundle has no access log: then nobody
    /// knows the number of requests, nor which failures a retry hid from the users.
    pub counted_from: String,
    /// Requests between start and end; 0 where they are not known.
    pub requests: u64,
    /// Failed answers by status: 500, 502, 503, 504.
    pub errors: BTreeMap<String, u64>,
    /// How many of `errors` answered health checks.
    pub probe_errors: u64,
    /// Failure share of the worst minute.
    pub peak_share: f64,
    /// The worst minute.
    pub peak_minute: Option<String>,
    /// Failure share of the site when nothing is wrong.
    pub baseline_share: f64,
    /// Failed answers per minute, from start to end, for a picture: at most 120 steps of `spark_step_seconds`.
    pub spark: Vec<u64>,
    /// Length of a step of `spark`.
    pub spark_step_seconds: u64,
    /// Requests and failures from some time before the start to some time after the end.
    pub series: Series,
    /// Routes with failures, most first.
    pub routes: Vec<Route>,
    /// Upstreams with failures, most first.
    pub upstreams: Vec<Upstream>,
    /// Failures in it that a retry on another upstream hid from the users; not part of `errors`.
    pub hidden_by_retry: u64,
    /// Requests that were on the way when processes died, more often than their traffic explains.
    pub suspect_requests: Vec<SuspectRequest>,
    /// Cause name of the contract.
    pub cause: String,
    /// Verdict word of the contract.
    #[schemars(extend("enum" = ["confirmed", "probable", "suspected", "undetermined", "unknown"]))]
    pub verdict: String,
    /// Probability of the cause.
    pub probability: f64,
    /// One sentence to paste.
    pub summary: Text,
    /// The chain root → … → burst, by event id.
    pub path: Vec<String>,
    /// The hops of the chain in words, one for each step.
    pub chain: Vec<Hop>,
    /// Everything that was considered, likeliest first.
    pub causes: Vec<Weighed>,
    /// Suspicious things near it that are not the cause.
    pub ruled_out: Vec<RuledOut>,
    /// Starts and stops around it, for the timeline, by event id.
    pub context: Vec<String>,
    /// What would tell more, most telling first.
    pub missing: Vec<Missing>,
    /// What to do.
    pub actions: Vec<Action>,
}

/// One hop of the chain in words.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Hop {
    /// What happened.
    pub text: Text,
    /// The events that show it.
    pub events: Vec<String>,
}

/// A route with failures.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Route {
    /// HTTP method.
    pub method: String,
    /// Path template.
    pub path: String,
    /// Failed answers in the incident.
    pub errors: u64,
    /// Requests in the minutes of the incident.
    pub requests: u64,
}

/// An upstream with failures.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Upstream {
    /// As the proxy names it.
    pub address: String,
    /// The service that listens there, where the logs tell.
    pub service: Option<String>,
    /// Failures by what the proxy met: `upstream-refused`, ...
    pub failures: BTreeMap<String, u64>,
}

/// A cause that was weighed.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Weighed {
    /// Cause name.
    pub cause: String,
    /// Its probability.
    pub probability: f64,
    /// Why, in one sentence.
    pub why: Text,
    /// Events that speak for it.
    pub supports: Vec<String>,
    /// Events that speak against it.
    pub contradicts: Vec<String>,
    /// What could have told and is not there.
    pub not_observable: Vec<Text>,
}

/// Something suspicious that is not the cause.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct RuledOut {
    /// The event.
    pub event: String,
    /// Why not, in a sentence.
    pub why: Text,
    /// Probability that such an event falls this near by chance.
    pub chance: f64,
}

/// Something that is not in the bundle and would tell.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Missing {
    /// What.
    pub data: Text,
    /// The command that collects it.
    pub command: String,
    /// Which causes it would tell apart.
    pub separates: Vec<String>,
}

/// Something to do.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Action {
    /// `now`, `this_week` or `prevent`.
    #[schemars(extend("enum" = ["now", "this_week", "prevent"]))]
    pub when: String,
    /// What.
    pub text: Text,
    /// The events that it rests on.
    pub because: Vec<String>,
    /// How to see that it worked.
    pub verify: Text,
}

/// A process in an OOM kill.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Process {
    /// Kernel pid.
    pub pid: Option<u32>,
    /// Task name.
    pub comm: String,
    /// User id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<u32>,
    /// Anonymous resident memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anon_rss_bytes: Option<u64>,
    /// Resident memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rss_bytes: Option<u64>,
}

/// One victim of an OOM killer.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct OomKill {
    /// `K1`, `K2`, ...
    pub id: String,
    /// When.
    pub time: Option<String>,
    /// One standard deviation.
    pub time_sigma_seconds: f64,
    /// `memcg`, `global`, `cpuset`, `mempolicy`, `sysrq`, `unknown`.
    #[schemars(extend("enum" = ["memcg", "global", "cpuset", "mempolicy", "sysrq", "unknown"]))]
    pub scope: String,
    /// `kernel`, `earlyoom`, `systemd-oomd`, `nohang`.
    pub killer: String,
    /// Who died.
    pub victim: Process,
    /// Who asked for memory.
    pub invoker: Option<Process>,
    /// Who held most.
    pub largest: Option<Process>,
    /// The victim's cgroup.
    pub cgroup: Option<String>,
    /// Limit of the cgroup.
    pub limit_bytes: Option<u64>,
    /// Its usage.
    pub usage_bytes: Option<u64>,
    /// Container of the cgroup.
    pub container_id: Option<String>,
    /// Unit of the cgroup.
    pub unit: Option<String>,
    /// Host.
    pub host: Option<String>,
    /// Boot.
    pub boot_id: Option<String>,
    /// The incident that users met, if any.
    pub incident: Option<String>,
    /// The event.
    pub event: String,
    /// Lines that tell it.
    pub witnesses: Vec<Line>,
}

/// A line of a source.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Line {
    /// Source id.
    pub source: String,
    /// 1-based line.
    pub line: u64,
}

/// Something that died.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Death {
    /// `D1`, `D2`, ...
    pub id: String,
    /// When.
    pub time: Option<String>,
    /// One standard deviation; 0 in reports of before it was told.
    #[serde(default)]
    pub time_sigma_seconds: f64,
    /// Pid, as the witness counts.
    pub pid: Option<u32>,
    /// What it was, for a person.
    pub process: String,
    /// Signal number.
    pub signal: Option<i32>,
    /// Exit code.
    pub exit_code: Option<i64>,
    /// `oom_kill`, `worker_timeout`, `operator`, `stop`, `runtime_heap_limit`, `health_check`, `crash`, `unknown`.
    pub why: String,
    /// systemd unit.
    pub unit: Option<String>,
    /// Container.
    pub container: Option<String>,
    /// The incident it lies in.
    pub incident: Option<String>,
    /// Lines that tell it.
    pub witnesses: Vec<Line>,
}

/// A fact that the report speaks of.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// `E1`, `E2`, ... in order of time.
    pub id: String,
    /// When.
    pub time: Option<String>,
    /// One standard deviation.
    pub time_sigma_seconds: f64,
    /// Event kind.
    pub kind: String,
    /// Source of its best witness.
    pub source: String,
    /// Line of its best witness.
    pub line: u64,
    /// The line, cut.
    pub text: String,
    /// How often within its second.
    pub count: u64,
    /// What was captured.
    pub attributes: BTreeMap<String, String>,
    /// All witnesses.
    pub witnesses: Vec<Line>,
    /// The line as it stands in its file, with those next to it; only where they were asked for (`--context`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<NearLine>,
}

/// A line next to one that is cited, or that one itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NearLine {
    /// 1-based line.
    pub line: u64,
    /// The whole line, cut.
    pub text: String,
}

/// A stretch without traffic.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// First second without a request.
    pub start: String,
    /// First request after it.
    pub end: String,
    /// Requests that the traffic around it would have brought.
    pub expected_requests: u64,
    /// What other logs say of it.
    pub why: Text,
    /// The events that say so.
    pub events: Vec<String>,
}

/// Ends of one service, by one reason, that keep coming back.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Recurrence {
    /// The service, or the process where no service is known.
    pub subject: String,
    /// Reason, in the words of [`Death::why`].
    pub why: String,
    /// How many times; ends within five seconds of each other count once.
    pub episodes: u64,
    /// First of them.
    pub first: String,
    /// Last of them.
    pub last: String,
    /// From one to the next.
    pub interval_seconds: Spread,
    /// Probability that ends at random times lie as evenly.
    pub interval_chance: f64,
    /// From the last start of the service to the end, where that is alike each time.
    pub after_start_seconds: Option<Spread>,
    /// Memory that the victims held (the median), where they were killed for it.
    pub victim_bytes: Option<u64>,
    /// When the next is due if nothing changes.
    pub next: Option<Forecast>,
    /// The ends, by id; those beyond the list of deaths are left out.
    pub deaths: Vec<String>,
    /// All of it in a sentence.
    pub text: Text,
}

/// Least, middle and most of some lengths.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Spread {
    /// Least.
    pub least: f64,
    /// Half are longer.
    pub median: f64,
    /// Most.
    pub most: f64,
}

/// A moment to come.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Forecast {
    /// When.
    pub time: String,
    /// Within what, either way.
    pub within_seconds: f64,
}

/// A route that was on the way when processes died.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct SuspectRequest {
    /// HTTP method.
    pub method: String,
    /// Path template.
    pub path: String,
    /// Deaths at which one of its requests was on the way.
    pub at_deaths: u64,
    /// Deaths that were looked at; deaths within five seconds of each other count once.
    pub deaths: u64,
    /// Deaths at which it had run longest of all requests that failed.
    pub longest_at: u64,
    /// Its share of all requests.
    pub normal_share: f64,
    /// Probability that its traffic alone puts it there as often.
    pub chance: f64,
    /// Longest run of one of its failed requests.
    pub longest_seconds: Option<f64>,
    /// Largest of its failed requests, where the log tells sizes.
    pub largest_bytes: Option<u64>,
    /// Its uploads that the proxy put on disk before a death, by event id; the first few.
    pub uploads: Vec<String>,
    /// How many such uploads there were.
    pub uploads_count: u64,
    /// Lines of its failed requests, for the first deaths.
    pub witnesses: Vec<Line>,
    /// All of it in a sentence.
    pub text: Text,
}

/// Something that was looked for.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Negative {
    /// The claim.
    pub claim: Text,
    /// `true`, `false` or `unknown`.
    #[schemars(extend("enum" = ["true", "false", "unknown"]))]
    pub state: String,
    /// Which log covers it, or why none does.
    pub why: Text,
}

/// Something that could not be read.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct DataQuality {
    /// Source id, or the path where there is no source.
    pub source: String,
    /// Kind of trouble.
    pub problem: String,
    /// What, where, what to do.
    pub detail: Text,
}
