//! Look-ups in a report that the forms for people share: which incident leads, which event and source an id means.
//! In: a `Report`. Out: references into it. Why: the text and the Markdown form must choose the same incident and evidence.
//! Must never show an id that the report does not hold as if it were evidence.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::report::figures;
use crate::report::model::{Death, Event, Incident, OomKill, Report, Source};

/// A runtime tells of an OOM kill within seconds of the kernel; further apart it is another death.
const SAME_DEATH_MAX_SECONDS: f64 = 10.0;

/// A report with its ids indexed.
pub struct Reading<'a> {
    /// The report itself.
    pub report: &'a Report,
    places: BTreeMap<&'a str, usize>,
    sources: BTreeMap<&'a str, &'a Source>,
}

/// Indexes a report.
#[must_use]
pub fn read(report: &Report) -> Reading<'_> {
    let places = report.events.iter().enumerate().map(|(at, event)| (event.id.as_str(), at));
    let sources = report.sources.iter().map(|source| (source.id.as_str(), source));
    Reading { report, places: places.collect(), sources: sources.collect() }
}

/// Failed answers of an incident, of all statuses.
#[must_use]
pub fn failures(incident: &Incident) -> u64 {
    incident.errors.values().fold(0, |sum, count| sum.saturating_add(*count))
}

/// Incidents by what users met: most failures first, gateway before server, then in order of time.
#[must_use]
pub fn gravest_first(report: &Report) -> Vec<&Incident> {
    let mut incidents: Vec<_> = report.incidents.iter().collect();
    incidents.sort_by_key(|incident| (Reverse(failures(incident)), incident.class != "gateway"));
    incidents
}

/// Whether the verdict leaves the cause open.
#[must_use]
pub fn is_open(incident: &Incident) -> bool {
    incident.verdict == "unknown" || incident.verdict == "undetermined"
}

/// Whether the failures run to the end of the logs.
#[must_use]
pub fn still_failing(incident: &Incident) -> bool {
    incident.censored == "right" || incident.censored == "both"
}

/// Whether the logs begin amid the failures.
#[must_use]
pub fn already_failing(incident: &Incident) -> bool {
    incident.censored == "left" || incident.censored == "both"
}

/// What the number of failures counts.
#[must_use]
pub fn what_failed(incident: &Incident) -> &'static str {
    if incident.counted_from == "error-log" {
        "failures in the proxy's error log, as there is no access log"
    } else {
        "requests failed"
    }
}

/// Failure share of the worst minute, where requests were counted.
#[must_use]
pub fn worst(incident: &Incident) -> Option<f64> {
    (incident.counted_from != "error-log").then_some(incident.peak_share)
}

impl<'a> Reading<'a> {
    /// The events of these ids in the order of the ids, each once; ids that the report does not hold are left out.
    pub fn events(&self, ids: impl Iterator<Item = &'a String>) -> Vec<&'a Event> {
        let mut seen = BTreeSet::new();
        ids.filter(|id| seen.insert(id.as_str()))
            .filter_map(|id| self.places.get(id.as_str()))
            .filter_map(|at| self.report.events.get(*at))
            .collect()
    }

    /// The events of these ids in order of time.
    pub fn events_by_time(&self, ids: impl Iterator<Item = &'a String>) -> Vec<&'a Event> {
        let places: BTreeSet<_> = ids.filter_map(|id| self.places.get(id.as_str())).collect();
        places.into_iter().filter_map(|at| self.report.events.get(*at)).collect()
    }

    /// Path of a source; what is no source id is a path already.
    #[must_use]
    pub fn path<'b>(&self, source: &'b str) -> &'b str
    where
        'a: 'b,
    {
        self.sources.get(source).map_or(source, |source| source.path.as_str())
    }

    /// `path:line` of a source id.
    #[must_use]
    pub fn place(&self, source: &str, line: u64) -> String {
        format!("{}:{line}", self.path(source))
    }

    /// Kills that users never felt.
    pub fn unfelt_kills(&self) -> Vec<&'a OomKill> {
        self.report.oom_kills.iter().filter(|kill| kill.incident.is_none()).collect()
    }

    /// Deaths outside of incidents, without those that are another witness's view of a listed OOM kill.
    pub fn unfelt_deaths(&self) -> Vec<&'a Death> {
        let report = self.report;
        let listed = |death: &Death| {
            death.why == "oom_kill"
                && report.oom_kills.iter().any(|kill| is_same_moment(&kill.time, &death.time))
        };
        report.deaths.iter().filter(|death| death.incident.is_none() && !listed(death)).collect()
    }
}

fn is_same_moment(one: &Option<String>, other: &Option<String>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return false };
    figures::seconds_between(one, other).is_some_and(|apart| apart.abs() <= SAME_DEATH_MAX_SECONDS)
}

/// `3 x 502, 1 x 504`: counts by status, numbers as `number` writes them.
#[must_use]
pub fn by_status(counts: &BTreeMap<String, u64>, number: fn(u64) -> String) -> String {
    let counted = counts.iter().filter(|(_, count)| **count > 0);
    let shown: Vec<_> =
        counted.map(|(status, count)| format!("{} x {status}", number(*count))).collect();
    shown.join(", ")
}

/// `killed gunicorn (pid 4411), 150 MiB, in /system.slice/x`: an OOM kill in a few words.
#[must_use]
pub fn kill_words(kill: &OomKill) -> String {
    let mut words = format!("{} killed {}", kill.killer, kill.victim.comm);
    if let Some(pid) = kill.victim.pid {
        words.push_str(&format!(" (pid {pid})"));
    }
    if let Some(rss) = kill.victim.anon_rss_bytes.or(kill.victim.rss_bytes) {
        words.push_str(&format!(", {}", figures::bytes(rss)));
    }
    if let Some(cgroup) = &kill.cgroup {
        words.push_str(&format!(", in {cgroup}"));
    }
    words
}

/// `gunicorn worker (pid 4411): signal 9, worker_timeout`: a death in a few words.
#[must_use]
pub fn death_words(death: &Death) -> String {
    let mut words = death.process.clone();
    if let Some(pid) = death.pid {
        words.push_str(&format!(" (pid {pid})"));
    }
    words.push_str(": ");
    if let Some(signal) = death.signal {
        words.push_str(&format!("signal {signal}, "));
    }
    if let Some(code) = death.exit_code {
        words.push_str(&format!("exit code {code}, "));
    }
    words.push_str(&death.why);
    words
}
