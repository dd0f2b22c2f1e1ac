//! Kills and deaths as the forms show them: what users met of each, which belong together, and each in a few words.
//! In: a `Reading`. Out: references into the report and words. Must never say that users met nothing where nobody watched.

use crate::report::figures;
use crate::report::model::{Death, OomKill, Source};
use crate::report::reading::Reading;
use crate::wording::{Arg, Language};

/// A runtime tells of an OOM kill within seconds of the kernel; further apart it is another death.
const SAME_DEATH_MAX_SECONDS: f64 = 10.0;

/// What users met of a kill or a death.
pub enum Felt<'a> {
    /// It is part of this incident.
    In(&'a str),
    /// Nothing, in these words.
    Not(String),
}

/// Kills of one program in one cgroup, next to each other in time.
pub struct Alike<'a> {
    /// In order of time.
    pub kills: Vec<&'a OomKill>,
}

impl<'a> Reading<'a> {
    /// Beside a kill or death: the incident that it is part of, or that users met nothing of it; where requests failed at that time,
    /// or no access log tells of it, only that no incident is tied to it.
    #[must_use]
    pub fn felt(&self, incident: Option<&String>, time: Option<&str>) -> Felt<'_> {
        if let Some(id) = self.report.incidents.iter().find(|known| Some(&known.id) == incident) {
            return Felt::In(&id.id);
        }
        let unfelt = time.is_some_and(|time| self.was_quiet(time));
        Felt::Not(self.say(if unfelt { "users-met-nothing" } else { "tied-to-none" }, []))
    }

    /// Whether an access log covers a moment, and no incident does.
    #[must_use]
    pub fn was_quiet(&self, time: &str) -> bool {
        let mut incidents = self.report.incidents.iter();
        let amid =
            incidents.any(|known| (known.start.as_str()..=known.end.as_str()).contains(&time));
        let mut edges = self.report.sources.iter().filter(|source| source.role == "edge");
        let covers =
            |log: &Source| log.first.as_deref() <= Some(time) && Some(time) <= log.last.as_deref();
        !amid && edges.any(covers)
    }

    /// Kills that users never felt.
    pub fn unfelt_kills(&self) -> Vec<&'a OomKill> {
        self.report.oom_kills.iter().filter(|kill| kill.incident.is_none()).collect()
    }

    /// The same, put together where one program was killed again and again in one cgroup.
    pub fn unfelt_alike(&self) -> Vec<Alike<'a>> {
        let mut groups: Vec<Alike<'a>> = Vec::new();
        for kill in self.unfelt_kills() {
            let alike = groups.iter_mut().find(|group| {
                group.kills.first().is_some_and(|first| {
                    (&first.killer, &first.victim.comm, &first.cgroup, first.limit_bytes)
                        == (&kill.killer, &kill.victim.comm, &kill.cgroup, kill.limit_bytes)
                })
            });
            match alike {
                Some(group) => group.kills.push(kill),
                None => groups.push(Alike { kills: vec![kill] }),
            }
        }
        groups
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

/// `kernel killed gunicorn (pid 4411), 150 MiB, in /system.slice/x`: an OOM kill in a few words, with the limit if it is given.
#[must_use]
pub fn kill_words(language: Language, kill: &OomKill, limit: Option<u64>) -> String {
    let yes = |told: bool| Arg::Case(if told { "yes" } else { "no" });
    let rss = kill.victim.anon_rss_bytes.or(kill.victim.rss_bytes);
    let args = [
        ("killer", (&kill.killer).into()),
        ("victim", (&kill.victim.comm).into()),
        ("pid-known", yes(kill.victim.pid.is_some())),
        ("pid", kill.victim.pid.map(|pid| pid.to_string()).unwrap_or_default().into()),
        ("size-known", yes(rss.is_some())),
        ("size", rss.map(figures::bytes).unwrap_or_default().into()),
        ("cgroup-known", yes(kill.cgroup.is_some())),
        ("cgroup", kill.cgroup.as_deref().unwrap_or_default().into()),
        ("limit-known", yes(limit.is_some())),
        ("limit", limit.map(figures::bytes).unwrap_or_default().into()),
    ];
    language.say("kill-words", args)
}

/// Several kills of one program in a few words: `kernel killed gunicorn 6 times, 110.5 MiB to 111.4 MiB, in /system.slice/x`.
#[must_use]
pub fn kills_words(language: Language, kills: &[&OomKill]) -> String {
    let [first, ..] = kills else { return String::new() };
    let yes = |told: bool| Arg::Case(if told { "yes" } else { "no" });
    let sizes =
        || kills.iter().filter_map(|kill| kill.victim.anon_rss_bytes.or(kill.victim.rss_bytes));
    let range = sizes().min().zip(sizes().max()).map(|(least, most)| {
        let (least, most) = (figures::bytes(least), figures::bytes(most));
        if least == most { least } else { format!("{least}-{most}") }
    });
    let args = [
        ("killer", (&first.killer).into()),
        ("victim", (&first.victim.comm).into()),
        ("times", kills.len().into()),
        ("size-known", yes(range.is_some())),
        ("size", range.unwrap_or_default().into()),
        ("cgroup-known", yes(first.cgroup.is_some())),
        ("cgroup", first.cgroup.as_deref().unwrap_or_default().into()),
        ("limit-known", yes(first.limit_bytes.is_some())),
        ("limit", first.limit_bytes.map(figures::bytes).unwrap_or_default().into()),
    ];
    language.say("kills-words", args)
}

/// When a death was; with how uncertain that is where it is more than a second, as for a line without a time between others.
#[must_use]
pub fn death_moment(reading: &Reading<'_>, death: &Death) -> String {
    let moment = reading.moment(death.time.as_deref(), "");
    let spread = figures::spread(death.time.as_deref(), death.time_sigma_seconds);
    if death.time_sigma_seconds > 1.0 { format!("{moment} {spread}") } else { moment }
}

/// `gunicorn worker (pid 4411): signal 9, worker_timeout`: a death in a few words.
#[must_use]
pub fn death_words(language: Language, death: &Death) -> String {
    let yes = |told: bool| Arg::Case(if told { "yes" } else { "no" });
    let args = [
        ("process", (&death.process).into()),
        ("pid-known", yes(death.pid.is_some())),
        ("pid", death.pid.map(|pid| pid.to_string()).unwrap_or_default().into()),
        ("signal-known", yes(death.signal.is_some())),
        ("signal", death.signal.map(|signal| signal.to_string()).unwrap_or_default().into()),
        ("code-known", yes(death.exit_code.is_some())),
        ("code", death.exit_code.map(|code| code.to_string()).unwrap_or_default().into()),
        ("why", (&death.why).into()),
    ];
    language.say("death-words", args)
}

/// `signal 9` or `exit code 1`; empty where neither is known.
#[must_use]
pub fn ended_by(language: Language, death: &Death) -> String {
    match (death.signal, death.exit_code) {
        (Some(signal), _) => language.say("signal", [("signal", signal.to_string().into())]),
        (None, Some(code)) => language.say("exit-code", [("code", code.to_string().into())]),
        (None, None) => String::new(),
    }
}
