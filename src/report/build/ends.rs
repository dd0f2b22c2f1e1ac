//! Kills and deaths for the report, each with the lines that tell it and the incident that users met.

use crate::death::Death;
use crate::diagnose::{Incident, Verdict};
use crate::event::{EventKind, OomKill, OomProcess};
use crate::ingest::is_made;
use crate::service::Join;
use crate::service::names::{Owner, cgroup_owner};
use crate::source::LineRef;
use crate::stamp::{MINUTE, SECOND};
use crate::timeline::{Fact, FactId};

use super::super::model;
use super::{Ids, Parts, lines, seconds, time};

pub(super) fn oom_kills(parts: &Parts<'_>, ids: &Ids) -> Vec<model::OomKill> {
    let kernel = parts.timeline.of(EventKind::OomKill);
    let user = parts.timeline.of(EventKind::UserspaceOomKill);
    let mut list: Vec<(FactId, &Fact)> = kernel.chain(user).collect();
    list.sort_by_key(|(id, _)| *id);
    list.into_iter()
        .enumerate()
        .map(|(index, (id, fact))| oom_kill(index, id, fact, parts, ids))
        .collect()
}

fn process(process: &OomProcess) -> model::Process {
    model::Process {
        pid: process.pid,
        comm: process.comm.clone(),
        uid: process.uid,
        anon_rss_bytes: process.anon_rss_bytes,
        rss_bytes: process.rss_bytes,
    }
}

fn oom_kill(index: usize, id: FactId, fact: &Fact, parts: &Parts<'_>, ids: &Ids) -> model::OomKill {
    let oom = fact.oom().cloned().unwrap_or_else(|| OomKill {
        victim: OomProcess {
            pid: fact.pid("pid"),
            comm: fact.field("comm").unwrap_or_default().to_owned(),
            ..OomProcess::default()
        },
        victim_cgroup: fact.field("cgroup").map(str::to_owned),
        ..OomKill::default()
    });
    let cgroup = oom.victim_cgroup.clone().or(oom.limit_cgroup.clone());
    let owner = cgroup.as_deref().map_or(Owner::Unknown, cgroup_owner);
    let killer = if fact.kind == EventKind::OomKill {
        "kernel".to_owned()
    } else {
        fact.field("killer").unwrap_or("unknown").to_owned()
    };
    model::OomKill {
        id: format!("K{}", index + 1),
        time: time(fact.stamp),
        time_sigma_seconds: seconds(fact.stamp.map_or(0, |stamp| stamp.sigma)),
        scope: if fact.kind == EventKind::OomKill { oom.scope.name() } else { "global" }.to_owned(),
        killer,
        victim: process(&oom.victim),
        invoker: oom.invoker.as_ref().map(process),
        largest: oom.largest.as_ref().map(process),
        container_id: if let Owner::Container(id) = &owner { Some(id.clone()) } else { None },
        unit: if let Owner::Unit(unit) = &owner { Some(unit.clone()) } else { None },
        cgroup,
        limit_bytes: oom.limit_bytes,
        usage_bytes: oom.usage_bytes,
        host: fact.event.origin.host.clone(),
        boot_id: fact.event.origin.boot_id.clone().filter(|id| !is_made(id)),
        incident: felt_in(parts, id),
        event: ids.of(id).unwrap_or_default(),
        witnesses: lines(&fact.witnesses),
    }
}

/// The incident of whose cause a kill is part.
fn felt_in(parts: &Parts<'_>, id: FactId) -> Option<String> {
    let found = parts.incidents.iter().position(|incident| {
        incident.verdict > Verdict::Unknown
            && incident.weighed.first().is_some_and(|best| {
                best.weight.path.contains(&id)
                    || best.weight.supports.contains(&id)
                    || (best.cause.name.starts_with("oom_kill")
                        && incident
                            .scene
                            .kills
                            .iter()
                            .any(|kill| kill.fact == id && kill.join >= Join::Time))
            })
    });
    found.map(|index| format!("I{}", index + 1))
}

pub(super) fn death(index: usize, death: &Death, parts: &Parts<'_>) -> model::Death {
    let facts: Vec<&Fact> = death.facts.iter().map(|id| parts.timeline.fact(*id)).collect();
    let mut witnesses: Vec<LineRef> =
        facts.iter().flat_map(|fact| fact.witnesses.iter().copied()).collect();
    witnesses.sort_unstable();
    witnesses.dedup();
    let kill =
        death.facts.iter().copied().find(|id| parts.timeline.fact(*id).kind == EventKind::OomKill);
    // A kill's death belongs where the kill does.
    let incident = match kill {
        Some(kill) => felt_in(parts, kill),
        None => parts
            .incidents
            .iter()
            .position(|incident| is_near(death, incident) || is_proof(death, incident, parts))
            .map(|index| format!("I{}", index + 1)),
    };
    let first = |pick: fn(&Fact) -> Option<String>| facts.iter().find_map(|fact| pick(fact));
    let owner = facts
        .iter()
        .find_map(|fact| fact.oom()?.victim_cgroup.as_deref())
        .map_or(Owner::Unknown, cgroup_owner);
    let (owner_unit, owner_container) = match owner {
        Owner::Unit(unit) => (Some(unit), None),
        Owner::Container(container) => (None, Some(container)),
        Owner::Unknown => (None, None),
    };
    model::Death {
        id: format!("D{}", index + 1),
        time: time(death.stamp),
        time_sigma_seconds: seconds(death.stamp.map_or(0, |stamp| stamp.sigma)),
        pid: death.pid,
        process: death.process.clone(),
        signal: death.signal,
        exit_code: death.exit_code,
        why: death.why.name().to_owned(),
        unit: first(|fact| {
            fact.field("unit").map(str::to_owned).or(fact.event.origin.unit.clone())
        })
        .filter(|unit| unit != "init.scope")
        .or(owner_unit),
        container: first(|fact| {
            // Elsewhere a name is that of a signal or a pool.
            let named = fact.field("name").filter(|_| fact.kind.name().starts_with("container-"));
            named.map(str::to_owned).or(fact.event.origin.container.clone())
        })
        .or(owner_container),
        incident,
        witnesses: lines(&witnesses),
    }
}

/// Whether a death of a failing service lies in an incident, or shortly before it.
fn is_near(death: &Death, incident: &Incident<'_>) -> bool {
    let scene = &incident.scene;
    let near =
        death.at().is_some_and(|at| at >= scene.start - MINUTE && at <= scene.end + 5 * SECOND);
    near && death.service.is_some_and(|service| scene.failing.contains(&service))
}

/// Whether a death is what the likeliest cause rests on, or one of the same program that ended in the same way beside those.
fn is_proof(death: &Death, incident: &Incident<'_>, parts: &Parts<'_>) -> bool {
    let Some(best) = incident.weighed.first().filter(|_| incident.verdict > Verdict::Unknown)
    else {
        return false;
    };
    let cited = |one: &Death| {
        one.facts
            .iter()
            .any(|id| best.weight.path.contains(id) || best.weight.supports.contains(id))
    };
    let in_time = death.at().is_some_and(|at| {
        at >= incident.scene.start - MINUTE && at <= incident.scene.end + 5 * SECOND
    });
    let alike = |one: &Death| {
        !one.process.is_empty() && one.process == death.process && one.why == death.why
    };
    in_time && (cited(death) || parts.deaths.iter().any(|one| alike(one) && cited(one)))
}
