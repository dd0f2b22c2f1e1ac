//! Look-ups in a report that the forms for people share: which incident leads, which event and source an id means.
//! In: a `Report`. Out: references into it. Why: the text and the Markdown form must choose the same incident and evidence.
//! Must never show an id that the report does not hold as if it were evidence.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::report::figures;
use crate::report::model::{
    Action, Clock, Event, Incident, Report, Route, RuledOut, Source, Upstream,
};
use crate::wording::{Arg, Text, text};

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

/// Whether the logs begin or end inside the incident: `none`, `left`, `right` or `both`.
#[must_use]
pub fn censored(incident: &Incident) -> &'static str {
    match (already_failing(incident), still_failing(incident)) {
        (true, true) => "both",
        (true, false) => "left",
        (false, true) => "right",
        (false, false) => "none",
    }
}

/// What the number of failures was counted from: `access-log` or `error-log`.
#[must_use]
pub fn counted(incident: &Incident) -> &'static str {
    if incident.counted_from == "error-log" { "error-log" } else { "access-log" }
}

/// The verdict as one of the words of the contract.
#[must_use]
pub fn verdict(incident: &Incident) -> &'static str {
    verdict_word(&incident.verdict)
}

/// One of the words of the contract; `unknown` for any other.
#[must_use]
pub fn verdict_word(verdict: &str) -> &'static str {
    const WORDS: [&str; 4] = ["confirmed", "probable", "suspected", "undetermined"];
    WORDS.into_iter().find(|word| *word == verdict).unwrap_or("unknown")
}

/// Failure share of the worst minute, where requests were counted and it says more than that of the whole: a minute of which the
/// failures fill only a part says less.
#[must_use]
pub fn worst(incident: &Incident) -> Option<f64> {
    let failed = failures(incident) as f64;
    let share = if incident.requests > 0 { failed / incident.requests as f64 } else { 0.0 };
    Some(incident.peak_share).filter(|worst| incident.counted_from != "error-log" && *worst > share)
}

/// Ids of the other incidents that go on to the end of the logs.
#[must_use]
pub fn others_failing(report: &Report, incident: &Incident) -> Vec<String> {
    let others = report.incidents.iter().filter(|other| other.id != incident.id);
    others.filter(|other| still_failing(other)).map(|other| other.id.clone()).collect()
}

/// Upstreams at which the proxy met something; what the app answered by itself it did not.
pub fn failing_upstreams(incident: &Incident) -> impl Iterator<Item = &Upstream> {
    incident.upstreams.iter().filter(|upstream| upstream.failures.values().any(|met| *met > 0))
}

/// What could have told and is not there, but for what is named with the command that collects it.
#[must_use]
pub fn unobserved(incident: &Incident) -> Vec<&Text> {
    let named = |unseen: &Text| {
        let subject = unseen.id().and_then(|id| id.strip_prefix("unseen-"));
        let of = |missing: &Text| missing.id().and_then(|id| id.strip_prefix("missing-"));
        incident.missing.iter().any(|missing| {
            subject.is_some_and(|own| of(&missing.data).is_some_and(|subject| subject == own))
        })
    };
    let first = incident.causes.first();
    first.map_or_else(Vec::new, |cause| {
        cause.not_observable.iter().filter(|unseen| !named(unseen)).collect()
    })
}

/// Whether anything in the log has a time.
#[must_use]
pub fn has_clock(source: &Source) -> bool {
    source.clock.basis != "none"
}

/// Local time minus UTC and its standard deviation, of a clock that could be placed at all.
#[must_use]
pub fn placed(clock: &Clock) -> Option<(String, String)> {
    if matches!(clock.basis.as_str(), "none" | "unanchored") {
        return None;
    }
    let sign = if clock.offset_seconds < 0.0 { "-" } else { "+" };
    let offset = format!("{sign}{}", figures::duration(clock.offset_seconds.abs()));
    Some((offset, figures::sigma(clock.sigma_seconds)))
}

/// Something suspicious that is not the cause, or several that are ruled out for the same reason.
pub struct Innocent {
    /// The events.
    pub events: Vec<String>,
    /// Why not.
    pub why: String,
    /// Probability that such an event falls so near by chance, where its nearness is what made it suspicious.
    pub chance: Option<String>,
}

impl Innocent {
    /// For the message of a form: with the ids, the reason and the chance as the form writes them.
    #[must_use]
    pub fn args(
        &self,
        ids: String,
        why: String,
        form: fn(&str) -> String,
    ) -> [(&'static str, Arg); 4] {
        let chance = self.chance.as_deref().map(form).unwrap_or_default();
        let told = if self.chance.is_some() { "yes" } else { "no" };
        [
            ("id", ids.into()),
            ("why", why.into()),
            ("chance-told", Arg::Case(told)),
            ("chance", chance.into()),
        ]
    }
}

/// What differs between kills that are ruled out for one reason.
const OF_ONE_KILL: [&str; 2] = ["apart", "time"];

impl<'a> Reading<'a> {
    /// When something was, with the date before it where it is not `day`; in words where nothing places it.
    #[must_use]
    pub fn moment(&self, time: Option<&str>, day: &str) -> String {
        time.map_or_else(|| self.say("no-moment", []), |time| figures::fine_moment(time, day))
    }

    /// What was ruled out; kills with the same reason stand together.
    #[must_use]
    pub fn ruled_out(&self, incident: &Incident) -> Vec<Innocent> {
        let shared = |other: &RuledOut| -> Vec<(&'static str, Arg)> {
            let args = other.why.args().iter();
            args.filter(|(name, _)| !OF_ONE_KILL.contains(name)).cloned().collect()
        };
        let mut groups: Vec<(Vec<&RuledOut>, Option<String>)> = Vec::new();
        for other in &incident.ruled_out {
            // Words that prove nothing are not suspicious for their time.
            let is_words = other.why.id() == Some("ruled-out-words");
            let chance = (!is_words).then(|| figures::likelihood(other.chance));
            let alike = groups.iter_mut().find(|(group, known)| {
                other.why.id() == Some("ruled-out-kill")
                    && *known == chance
                    && group.first().is_some_and(|first| {
                        first.why.id() == other.why.id() && shared(first) == shared(other)
                    })
            });
            match alike {
                Some((group, _)) => group.push(other),
                None => groups.push((vec![other], chance)),
            }
        }
        let told = groups.into_iter().map(|(group, chance)| Innocent {
            events: group.iter().map(|other| other.event.clone()).collect(),
            why: self.why_all(&group),
            chance,
        });
        told.collect()
    }

    fn why_all(&self, group: &[&RuledOut]) -> String {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { return String::new() };
        if group.len() == 1 {
            return first.why.to_string();
        }
        let apart = |other: &RuledOut| match other.why.arg("apart") {
            Some(Arg::Shown(apart)) => apart.clone(),
            _ => String::new(),
        };
        let came_before = first.why.arg("when") == Some(&Arg::Case("before"));
        let (nearest, farthest) = if came_before { (last, first) } else { (first, last) };
        let (least, most) = (apart(nearest), apart(farthest));
        let range = Arg::Case(if least == most { "no" } else { "yes" });
        let shared = first.why.args().iter().filter(|(name, _)| !OF_ONE_KILL.contains(name));
        let args = shared.cloned().chain([
            ("kills", group.len().into()),
            ("range", range),
            ("least", least.into()),
            ("most", most.into()),
        ]);
        let mut why = text("ruled-out-kills", args).sentence();
        why.tell(self.report.language);
        why.to_string()
    }

    /// The host on which the cause was seen, where a log names it.
    #[must_use]
    pub fn host(&self, incident: &'a Incident) -> Option<&'a str> {
        let root = self.events(incident.path.iter().take(1)).first().copied()?;
        root.attributes.get("host").map(String::as_str)
    }

    /// The lines that the likeliest cause rests on: its chain up to what users met, then what else speaks for it.
    #[must_use]
    pub fn proof(&self, incident: &'a Incident) -> Vec<&'a Event> {
        let supports = incident.causes.first().map_or(&[][..], |cause| &cause.supports);
        let effect = incident.chain.iter().rposition(|hop| hop.events.is_empty()).unwrap_or(0);
        let hops = incident.chain.iter().take(effect).flat_map(|hop| &hop.events);
        self.events(hops.chain(&incident.path).chain(supports))
    }

    /// The same lines: the first of each kind, with the ids of the others of it.
    #[must_use]
    pub fn proof_by_kind(&self, incident: &'a Incident) -> Vec<(&'a Event, Vec<String>)> {
        let mut kinds: Vec<(&Event, Vec<String>)> = Vec::new();
        for event in self.proof(incident) {
            match kinds.iter_mut().find(|(first, _)| first.kind == event.kind) {
                Some((_, more)) => more.push(event.id.clone()),
                None => kinds.push((event, Vec::new())),
            }
        }
        kinds
    }

    /// The graver incident for which the same is to be done, where there is one.
    #[must_use]
    pub fn told_for(&self, incident: &Incident) -> Option<&'a str> {
        let graver = gravest_first(self.report).into_iter().take_while(|one| one.id != incident.id);
        let alike = |one: &&Incident| {
            let mut pairs = one.actions.iter().zip(&incident.actions);
            let same = |(a, b): (&Action, &Action)| a.text == b.text && a.when == b.when;
            one.actions.len() == incident.actions.len() && pairs.all(same)
        };
        let mut told = graver.filter(alike).filter(|one| !one.actions.is_empty());
        told.next().map(|one| one.id.as_str())
    }

    /// What is estimated, or cut by a limit, in words. `with_routes`: whether the form shows requests by route.
    #[must_use]
    pub fn estimates(&self, with_routes: bool) -> Vec<String> {
        let shown = self.report.approximate.iter().filter(|pointer| {
            with_routes || !(pointer.starts_with("/incidents/") && pointer.ends_with("/routes"))
        });
        shown.map(|pointer| self.estimate(pointer)).collect()
    }

    fn estimate(&self, pointer: &str) -> String {
        let mut parts = pointer.split('/').skip(1);
        let (of, place, figure) = (parts.next(), parts.next(), parts.next());
        let incident = place.filter(|_| of == Some("incidents"));
        let incident = incident.and_then(|place| place.parse::<usize>().ok());
        let incident = incident.and_then(|place| self.report.incidents.get(place));
        let what = match (of, place, figure) {
            (Some("incidents"), _, Some("routes")) => "routes",
            (Some("incidents"), _, Some("requests")) => "requests",
            (Some("traffic"), Some("probes"), _) => "probes",
            (Some("traffic"), _, _) => "traffic",
            (Some("deaths"), _, _) => "deaths",
            _ => "other",
        };
        let args = [
            ("what", Arg::Case(what)),
            ("incident", incident.map_or("", |incident| incident.id.as_str()).into()),
            ("pointer", pointer.into()),
        ];
        self.say("estimated", args)
    }

    /// How many requests of a route failed. Routes are counted in steps of a minute or more, which reach beyond the incident.
    #[must_use]
    pub fn failed_of(&self, route: &Route) -> String {
        let args = [
            ("failed", figures::grouped(route.errors).into()),
            ("requests", figures::grouped(route.requests.max(route.errors)).into()),
        ];
        self.say("failed-of", args)
    }

    /// An upstream with the service that listens there, as the form writes them.
    #[must_use]
    pub fn upstream(&self, address: String, service: Option<String>) -> String {
        match service {
            Some(service) => {
                let args = [("upstream", address.into()), ("service", service.into())];
                self.say("figure-upstream-of", args)
            }
            None => self.say("figure-upstream", [("upstream", address.into())]),
        }
    }

    /// A message in the report's language.
    #[must_use]
    pub fn say<const N: usize>(&self, id: &'static str, args: [(&'static str, Arg); N]) -> String {
        self.report.language.say(id, args)
    }

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
}

/// `3 x 502, 1 x 504`: counts by status, numbers as `number` writes them.
#[must_use]
pub fn by_status(counts: &BTreeMap<String, u64>, number: fn(u64) -> String) -> String {
    let counted = counts.iter().filter(|(_, count)| **count > 0);
    let shown: Vec<_> =
        counted.map(|(status, count)| format!("{} x {status}", number(*count))).collect();
    shown.join(", ")
}

/// `1/16; n ± 7.7·√n (95 %)`: how good a number n is that a sample of one in so many gave, each request picked by chance.
#[must_use]
pub fn sample(one_in: u64) -> String {
    let spread = 1.96 * (one_in.saturating_sub(1) as f64).sqrt();
    format!("1/{one_in}; n ± {spread:.1}·√n (95 %)")
}

/// Failed requests of the routes that are not shown, of those that have a route.
#[must_use]
pub fn of_other_routes(incident: &Incident, shown: usize) -> u64 {
    let of_shown: u64 = incident.routes.iter().take(shown).map(|route| route.errors).sum();
    if incident.routes.is_empty() { 0 } else { failures(incident).saturating_sub(of_shown) }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::report::model::RuledOut;
    use crate::report::text::sample;
    use crate::wording::{Arg, Text, text};

    fn kill(event: &str, victim: &str, apart: &str) -> RuledOut {
        let args = [
            ("whose", Arg::Case("own")),
            ("victim", victim.into()),
            ("cgroup", "".into()),
            ("when", Arg::Case("before")),
            ("apart", apart.into()),
            ("time", apart.into()),
            ("services", 1_u64.into()),
            ("service", "shop.service".into()),
            ("others", "".into()),
            ("last", "".into()),
            ("more", 0_u64.into()),
        ];
        let why: Text = text("ruled-out-kill", args).sentence();
        RuledOut { event: event.to_owned(), why, chance: 0.999 }
    }

    #[test]
    fn kills_that_are_ruled_out_for_one_reason_stand_together() {
        let mut report = sample::report("x");
        let words = RuledOut {
            event: "E9".to_owned(),
            why: text("ruled-out-words", []).sentence(),
            chance: 1.0,
        };
        report.incidents[1].ruled_out = vec![
            kill("E1", "gunicorn", "180 s"),
            kill("E2", "gunicorn", "176 s"),
            kill("E3", "gunicorn", "165 s"),
            kill("E4", "node", "165 s"),
            words,
        ];
        let reading = read(&report);
        let told = reading.ruled_out(&report.incidents[1]);
        let events: Vec<_> = told.iter().map(|one| one.events.join(" ")).collect();
        assert_eq!(events, ["E1 E2 E3", "E4", "E9"]);
        assert_eq!(
            told[0].why,
            "The 3 victims gunicorn are of shop.service, but their ends explain few of the failures; \
             they came 165 s to 180 s before the first failure."
        );
        let chances: Vec<_> = told.iter().map(|one| one.chance.as_deref()).collect();
        assert_eq!(chances, [Some(">99 %"), Some(">99 %"), None]);
    }
}
