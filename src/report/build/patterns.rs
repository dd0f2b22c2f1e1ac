//! What shows only over many lines: silence, rhythm, and the requests that were on the way at deaths. Each with its sentence.

use crate::death::Why;
use crate::recurrence::{self, Recurrence};
use crate::stamp::{MINUTE, Micros, rfc3339};
use crate::suspect::Suspect;

use super::super::{figures, model};
use super::{DEATHS_MAX, Ids, Parts, UPLOADS_MAX, lines, probability, seconds};

pub(super) fn gaps(parts: &Parts<'_>, ids: &Ids) -> Vec<model::Gap> {
    let told = parts.gaps.iter().filter_map(|gap| {
        Some(model::Gap {
            start: rfc3339(gap.start)?,
            end: rfc3339(gap.end)?,
            expected_requests: gap.expected.round() as u64,
            why: gap.why.clone(),
            events: ids.all(&gap.facts),
        })
    });
    told.collect()
}

/// A request body of this size is not held without a reason.
const LARGE_BODY_BYTES: u64 = 8 << 20;

/// Rhythms told.
const RECURRENCES_MAX: usize = 20;
/// Ends cited for one.
const CITED_MAX: usize = 50;

pub(super) fn recurrences(parts: &Parts<'_>) -> Vec<model::Recurrence> {
    let told = parts.recurrences.iter().filter_map(|one| recurrence(one, parts));
    told.take(RECURRENCES_MAX).collect()
}

fn recurrence(one: &Recurrence, parts: &Parts<'_>) -> Option<model::Recurrence> {
    let subject = one
        .service
        .map_or_else(|| one.process.clone(), |service| parts.services.get(service).name.clone());
    let next = one.next.and_then(|(at, within)| {
        Some(model::Forecast { time: rfc3339(at)?, within_seconds: seconds(within) })
    });
    let cited = one.deaths.iter().filter(|place| **place < DEATHS_MAX).take(CITED_MAX);
    Some(model::Recurrence {
        text: recurrence_text(one, &subject),
        subject,
        why: one.why.name().to_owned(),
        episodes: one.at.len() as u64,
        first: rfc3339(*one.at.first()?)?,
        last: rfc3339(*one.at.last()?)?,
        interval_seconds: spread(one.interval),
        interval_chance: probability(one.interval_chance),
        after_start_seconds: one.after_start.map(spread),
        victim_bytes: one.victim_bytes,
        next,
        deaths: cited.map(|place| format!("D{}", place + 1)).collect(),
    })
}

fn spread(of: recurrence::Spread) -> model::Spread {
    model::Spread { least: seconds(of.least), median: seconds(of.median), most: seconds(of.most) }
}

fn long(micros: Micros) -> String {
    figures::duration(seconds(micros))
}

fn range(of: recurrence::Spread) -> String {
    let (least, most) = (long(of.least), long(of.most));
    if least == most { least } else { format!("{least} to {most}") }
}

fn recurrence_text(one: &Recurrence, subject: &str) -> String {
    let ended = match one.why {
        Why::OomKill => "was killed for memory",
        Why::WorkerTimeout => "lost a worker that did not answer in time",
        Why::RuntimeHeapLimit => "reached its own memory limit",
        Why::HealthCheck => "was ended by a health check",
        Why::Crash => "crashed",
        _ => "ended for no reason that the logs tell",
    };
    let of = if one.why == Why::OomKill && one.service.is_some() { "a process of " } else { "" };
    let mut text = format!("{of}{subject} {ended} {} times", one.at.len());
    if one.is_rhythmic() {
        text.push_str(&format!(", one every {}", range(one.interval)));
        if one.at.len() > 5 {
            text.push_str(&format!(" (half of them over {})", long(one.interval.median)));
        }
    } else {
        text.push_str(&format!(", {} apart, at no even interval", range(one.interval)));
    }
    if let Some(ages) = one.after_start.filter(|ages| ages.median >= MINUTE) {
        text.push_str(&format!(", each time {} after a start", range(ages)));
    }
    if let Some(bytes) = one.victim_bytes {
        text.push_str(&format!("; the victims held {} (median)", figures::bytes(bytes)));
    }
    if let Some((at, within)) = one.next
        && let Some(time) = rfc3339(at)
    {
        text.push_str(&format!(
            "; the next is due about {} (give or take {}) if nothing changes",
            figures::moment(&time, ""),
            long(within)
        ));
    }
    text.push('.');
    text
}

pub(super) fn suspects(suspects: &[Suspect], ids: &Ids) -> Vec<model::SuspectRequest> {
    suspects
        .iter()
        .map(|one| {
            let (method, path) = one.route.split_once(' ').unwrap_or(("", &one.route));
            model::SuspectRequest {
                method: method.to_owned(),
                path: path.to_owned(),
                at_deaths: one.at_deaths as u64,
                deaths: one.deaths as u64,
                longest_at: one.longest_at as u64,
                normal_share: (one.normal_share * 1e6).round() / 1e6,
                chance: (one.chance * 1e6).round() / 1e6,
                longest_seconds: one.longest.map(seconds),
                largest_bytes: one.largest_bytes,
                uploads: ids.all(one.uploads.iter().take(UPLOADS_MAX)),
                uploads_count: one.uploads.len() as u64,
                witnesses: lines(&one.lines),
                text: suspect_text(one),
            }
        })
        .collect()
}

/// Where to look first, for ends that a request may have brought about.
pub(super) fn suspect_actions(
    suspects: &[Suspect],
    because: &[String],
    ids: &Ids,
) -> Vec<model::Action> {
    let action = |one: &Suspect| {
        let body = !one.uploads.is_empty()
            || one.largest_bytes.is_some_and(|bytes| bytes >= LARGE_BODY_BYTES);
        let remedy = if body {
            "write its body to disk or to object storage as it comes instead of holding it, and cap its size at the proxy"
        } else {
            "see what one such request makes the app hold, and bound it (paging, streaming, a limit on its size)"
        };
        let mut because = because.to_vec();
        because.extend(ids.all(one.uploads.iter().take(2)));
        model::Action {
            when: "this_week".to_owned(),
            text: format!(
                "Look at {} first, which was on the way at {} of {} deaths: {remedy}.",
                one.route, one.at_deaths, one.deaths
            ),
            because,
            verify: "resident memory of a worker before, during and after one such request"
                .to_owned(),
        }
    };
    suspects.iter().take(1).map(action).collect()
}

fn suspect_text(one: &Suspect) -> String {
    let mut text = format!("on the way at {} of {} deaths", one.at_deaths, one.deaths);
    if one.longest_at > 0 {
        text.push_str(&format!(
            ", at {} of them the longest-running request that failed",
            one.longest_at
        ));
    }
    if let Some(longest) = one.longest {
        text.push_str(&format!(" (up to {})", long(longest)));
    }
    if let Some(bytes) = one.largest_bytes {
        text.push_str(&format!(", up to {} sent by the client", figures::bytes(bytes)));
    }
    if !one.uploads.is_empty() {
        text.push_str(&format!(
            "; the proxy put {} of its request bodies on disk shortly before",
            one.uploads.len()
        ));
    }
    text.push_str(&format!(
        "; it makes {} of all requests, so that chance puts it there with probability {}",
        figures::per_cent(one.normal_share),
        if one.chance < 1e-6 {
            "below 0.000001".to_owned()
        } else {
            format!("{:.6}", one.chance).trim_end_matches('0').to_owned()
        }
    ));
    text
}
