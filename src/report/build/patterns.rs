//! What shows only over many lines: silence, rhythm, and the requests that were on the way at deaths. Each with its sentence.

use crate::death::Why;
use crate::recurrence::{self, Recurrence};
use crate::stamp::{MINUTE, Micros, rfc3339};
use crate::suspect::Suspect;
use crate::wording::{Arg, Text, text};

use super::super::{figures, model};
use super::{DEATHS_MAX, Ids, Parts, UPLOADS_MAX, lines, logged, probability, seconds};

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
    let end = logged(parts).map(|(_, end)| end);
    // What was due while other logs go on came unseen, or not at all.
    let ahead = |one: &Recurrence| Recurrence {
        next: one.next.filter(|(at, _)| end.is_none_or(|end| *at > end)),
        ..one.clone()
    };
    let told = parts.recurrences.iter().filter_map(|one| recurrence(&ahead(one), parts));
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

fn recurrence_text(one: &Recurrence, subject: &str) -> Text {
    let range = |of: Option<recurrence::Spread>| {
        let (least, most) = of.map_or((0, 0), |of| (of.least, of.most));
        (long(least), long(most))
    };
    let case = |told: bool| Arg::Case(if told { "yes" } else { "no" });
    let (least, most) = range(Some(one.interval));
    let ages = one.after_start.filter(|ages| ages.median >= MINUTE);
    let (age_least, age_most) = range(ages);
    let next = one.next.and_then(|(at, within)| Some((rfc3339(at)?, within)));
    let pace = match (one.is_rhythmic(), one.at.len() > 5) {
        (true, true) => "median",
        (true, false) => "even",
        (false, _) => "uneven",
    };
    let args = [
        ("end", Arg::Case(one.why.name())),
        ("process", case(one.why == Why::OomKill && one.service.is_some())),
        ("subject", subject.into()),
        ("times", one.at.len().into()),
        ("merged", case(one.ends > one.at.len())),
        ("ends", one.ends.into()),
        ("pace", Arg::Case(pace)),
        ("range", case(least != most)),
        ("least", least.into()),
        ("most", most.into()),
        ("median", long(one.interval.median).into()),
        ("aged", case(ages.is_some())),
        ("age-range", case(age_least != age_most)),
        ("age-least", age_least.into()),
        ("age-most", age_most.into()),
        ("sized", case(one.victim_bytes.is_some())),
        ("size", one.victim_bytes.map(figures::bytes).unwrap_or_default().into()),
        ("forecast", case(next.is_some())),
        ("next", next.as_ref().map(|(at, _)| figures::moment(at, "")).unwrap_or_default().into()),
        ("within", next.map(|(_, within)| long(within)).unwrap_or_default().into()),
    ];
    text("keeps-ending", args).sentence()
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
    is_wait: bool,
    because: &[String],
    ids: &Ids,
) -> Vec<model::Action> {
    let action = |one: &Suspect| {
        let body = !one.uploads.is_empty()
            || one.largest_bytes.is_some_and(|bytes| bytes >= LARGE_BODY_BYTES);
        let remedy = match (is_wait, body) {
            (true, _) => "wait",
            (false, true) => "body",
            (false, false) => "bound",
        };
        let own = [("route", (&one.route).into()), ("remedy", Arg::Case(remedy))];
        // How the ends were counted is said where the suspects stand.
        let told =
            |(name, arg)| if name == "merged" { (name, Arg::Case("no")) } else { (name, arg) };
        let args = own.into_iter().chain(moments(one).map(told));
        let mut because = because.to_vec();
        because.extend(ids.all(one.uploads.iter().take(2)));
        model::Action {
            when: "this_week".to_owned(),
            text: text("advice-suspect", args).sentence(),
            because,
            verify: text(if is_wait { "verify-no-timeout-line" } else { "verify-suspect" }, []),
        }
    };
    suspects.iter().take(1).map(action).collect()
}

/// At which ends it was on the way.
fn moments(one: &Suspect) -> [(&'static str, Arg); 5] {
    let how = match (one.deaths, one.at_deaths == one.deaths) {
        (1, true) => "one",
        (2, true) => "both",
        (_, true) => "all",
        _ => "some",
    };
    [
        ("how", Arg::Case(how)),
        ("at-deaths", one.at_deaths.into()),
        ("deaths", one.deaths.into()),
        ("merged", Arg::Case(if one.ends > one.deaths { "yes" } else { "no" })),
        ("ends", one.ends.into()),
    ]
}

fn suspect_text(one: &Suspect) -> Text {
    let case = |told: bool| Arg::Case(if told { "yes" } else { "no" });
    let chance = if one.chance < 1e-6 {
        String::new()
    } else {
        format!("{:.6}", one.chance).trim_end_matches('0').to_owned()
    };
    let longest = match (one.longest_at, one.at_deaths) {
        (0, _) => "none",
        (1, 1) => "one",
        (at, all) if at == all => "all",
        _ => "some",
    };
    let args = [
        ("longest", Arg::Case(longest)),
        ("longest-at", one.longest_at.into()),
        ("timed", case(one.longest.is_some())),
        ("length", one.longest.map(long).unwrap_or_default().into()),
        ("sized", case(one.largest_bytes.is_some())),
        ("size", one.largest_bytes.map(figures::bytes).unwrap_or_default().into()),
        ("uploads", one.uploads.len().into()),
        ("share", figures::per_cent(one.normal_share).into()),
        ("chance-told", case(!chance.is_empty())),
        ("chance", chance.into()),
    ];
    text("suspect-request", args.into_iter().chain(moments(one)))
}
