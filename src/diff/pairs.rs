//! Which incident of one report is which of the other. In: two reports. Out: pairs, of the same cause; and those without a partner.
//! A cause that stayed open is never a partner by its name alone.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::report::model::{Incident, OomKill, Report};
use crate::report::reading;

/// An incident with what it is known by.
pub(super) struct Known<'a> {
    pub(super) incident: &'a Incident,
    /// Services, units, containers, victims, upstreams.
    pub(super) names: BTreeSet<String>,
    pub(super) kills: Vec<&'a OomKill>,
}

/// The incidents of a report, gravest first.
pub(super) fn known(report: &Report) -> Vec<Known<'_>> {
    reading::gravest_first(report).into_iter().map(|incident| named(report, incident)).collect()
}

fn named<'a>(report: &'a Report, incident: &'a Incident) -> Known<'a> {
    let is_own = |id: &Option<String>| id.as_ref() == Some(&incident.id);
    let kills: Vec<&OomKill> =
        report.oom_kills.iter().filter(|kill| is_own(&kill.incident)).collect();
    let mut names = BTreeSet::new();
    for kill in &kills {
        names.insert(kill.victim.comm.clone());
        names.extend(kill.unit.clone());
    }
    for death in report.deaths.iter().filter(|death| is_own(&death.incident)) {
        names.extend(death.unit.clone());
        names.extend(death.container.clone());
    }
    for upstream in &incident.upstreams {
        names.insert(upstream.service.clone().unwrap_or_else(|| upstream.address.clone()));
    }
    names.retain(|name| !name.is_empty());
    Known { incident, names, kills }
}

/// Places in `before` and `after` that belong together.
pub(super) fn pairs(before: &[Known<'_>], after: &[Known<'_>]) -> Vec<(usize, usize)> {
    let mut taken = BTreeSet::new();
    let mut found = Vec::new();
    for (place, own) in before.iter().enumerate() {
        let best = after
            .iter()
            .enumerate()
            .filter(|(other, _)| !taken.contains(other))
            .filter_map(|(other, theirs)| Some((likeness(own, theirs)?, other)))
            .max_by_key(|(likeness, other)| (*likeness, Reverse(*other)));
        if let Some((_, other)) = best {
            taken.insert(other);
            found.push((place, other));
        }
    }
    found
}

/// How alike two incidents are; `None` where they are not of one cause, or of services that are known to differ.
fn likeness(own: &Known<'_>, theirs: &Known<'_>) -> Option<usize> {
    if own.incident.cause != theirs.incident.cause || reading::is_open(own.incident) {
        return None;
    }
    let shared = own.names.intersection(&theirs.names).count();
    let nameless = own.names.is_empty() || theirs.names.is_empty();
    let class = usize::from(own.incident.class == theirs.incident.class);
    (shared > 0 || nameless).then_some(2 * shared + class)
}
