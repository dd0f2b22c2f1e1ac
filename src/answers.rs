//! Which answers users got: the access logs nearest to them, placed in UTC, each request once. Inner logs see the same requests
//! again and are not added; nor are whole copies of a log, or the lines that `copytruncate` left in both files of a rotation.

mod edge;

use std::collections::BTreeMap;

use crate::clock::Clocks;
use crate::event::EventKind;
use crate::ingest::Source;
use crate::mark::MarkKind;
use crate::stamp::{Micros, SECOND};
use crate::timeline::Timeline;
use crate::traffic::{FailureCount, FailureKey};

/// A row of failures, placed in UTC.
#[derive(Debug, Clone)]
pub struct Failure {
    /// What it was.
    pub key: FailureKey,
    /// How many, with first and last on UTC.
    pub count: FailureCount,
    /// Index of its source.
    pub source: usize,
}

/// All failures of all access logs that count, placed in UTC, and the load beside them.
#[derive(Debug, Default)]
pub struct Answers {
    /// Failed answers that users met, in order of time.
    pub failures: Vec<Failure>,
    /// Failures that a retry hid.
    pub hidden: u64,
    /// The same by moment.
    pub hidden_at: BTreeMap<Micros, u64>,
    /// Requests by step.
    pub load: BTreeMap<Micros, u64>,
    /// Length of a step.
    pub load_step: Micros,
    /// Sources that count, nearest to the users.
    pub edge: Vec<usize>,
    /// Requests that stand in two files of a rotated log and were counted once.
    pub copied: u64,
    /// Whether the proxy's error lines had to stand for answers: then nobody knows what users met.
    pub from_error_log: bool,
}

/// Which access logs count: those nearest to the users. Inner ones see the same requests again. Without any access log the
/// proxy's error lines stand for the failed answers, and there is nothing to compare them with.
#[must_use]
pub fn count(sources: &[Source], clocks: &Clocks, timeline: &Timeline) -> Answers {
    let edge = edge::find(sources, clocks);
    let mut answers = Answers { load_step: SECOND, edge, ..Answers::default() };
    // An app server's own log has no answer that the proxy made.
    if answers.edge.iter().all(|index| edge::is_app_servers(&sources[*index])) {
        answers.failures = from_error_lines(timeline);
        answers.from_error_log = answers.edge.is_empty() || !answers.failures.is_empty();
    }
    let placed_load = |index: usize| {
        let traffic = sources[index].traffic.as_ref()?;
        Some((traffic, clocks.placing(index, traffic.clock()?)?))
    };
    // Of the many logs of a rotation only what they may share is held until the others have come.
    let spans: Vec<Option<Span>> = answers
        .edge
        .iter()
        .map(|index| {
            let (traffic, place) = placed_load(*index)?;
            let mut places = traffic.load.keys().filter_map(|at| place(*at));
            let first = places.next()?;
            Some(places.fold((first, first), |(from, to), at| (from.min(at), to.max(at))))
        })
        .collect();
    let mut before: Vec<Placed> = Vec::new();
    let mut load: Load = Vec::new();
    for (number, index) in answers.edge.iter().enumerate() {
        let Some((traffic, place)) = placed_load(*index) else { continue };
        answers.load_step = answers.load_step.max(traffic.load_step());
        let mut placed = Placed::of(*index, sources, spans[number], place);
        for other in &before {
            placed.without_copies_of(other, sources);
        }
        load.extend_from_slice(&placed.load);
        for (key, count) in &placed.failures {
            if key.hidden {
                answers.hidden += count.answers;
                *answers.hidden_at.entry(count.first).or_default() += count.answers;
            } else if count.answers > 0 {
                answers.failures.push(Failure { key: key.clone(), count: *count, source: *index });
            }
        }
        answers.copied += placed.copied;
        placed.keep(spans.get(number + 1..).unwrap_or_default());
        before.push(placed);
    }
    sum_up(&mut load);
    answers.load = load.into_iter().collect();
    answers
        .failures
        .sort_by(|a, b| (a.count.first, a.source, &a.key).cmp(&(b.count.first, b.source, &b.key)));
    answers
}

/// One failed answer for each of the proxy's error lines that ends in one: 504 for a timeout, 502 for all else
/// (`ngx_http_upstream_next`).
fn from_error_lines(timeline: &Timeline) -> Vec<Failure> {
    let ends = |kind: EventKind| {
        kind.name().starts_with("upstream-") && kind != EventKind::UpstreamTruncated
    };
    timeline
        .iter()
        .filter(|(_, fact)| ends(fact.kind))
        .filter_map(|(_, fact)| {
            let at = fact.at()?;
            let status = if fact.kind == EventKind::UpstreamTimeout { 504 } else { 502 };
            let upstream = fact.field("upstream").unwrap_or_default().to_owned();
            let key = FailureKey {
                at,
                status,
                hidden: false,
                probe: false,
                by_app: false,
                by_proxy: true,
                fault: None,
                upstream,
                route: String::new(),
            };
            let count = FailureCount {
                answers: fact.count,
                first: at,
                last: at,
                line: fact.event.at.line,
                longest: None,
                largest_bytes: None,
            };
            Some(Failure { key, count, source: fact.event.at.source.0 })
        })
        .collect()
}

/// First and last moment of a log, in UTC.
type Span = (Micros, Micros);
/// Requests by moment, in the order of time.
type Load = Vec<(Micros, u64)>;

/// One access log, placed in UTC.
struct Placed {
    source: usize,
    span: Option<Span>,
    load: Load,
    failures: BTreeMap<FailureKey, FailureCount>,
    copied: u64,
}

impl Placed {
    fn of(
        source: usize,
        sources: &[Source],
        span: Option<Span>,
        place: impl Fn(Micros) -> Option<Micros>,
    ) -> Self {
        let mut placed =
            Self { source, span, load: Vec::new(), failures: BTreeMap::new(), copied: 0 };
        let Some(traffic) = &sources[source].traffic else { return placed };
        let moments = traffic.load.iter();
        placed.load = moments.filter_map(|(at, load)| Some((place(*at)?, load.requests))).collect();
        sum_up(&mut placed.load);
        for (key, count) in &traffic.failures {
            let (Some(at), Some(first), Some(last)) =
                (place(key.at), place(count.first), place(count.last))
            else {
                continue;
            };
            let key = FailureKey { at, ..key.clone() };
            placed.failures.insert(key, FailureCount { first, last, ..*count });
        }
        placed
    }

    /// Drops what none of these logs can share.
    fn keep(&mut self, others: &[Option<Span>]) {
        let shared: Vec<Span> =
            others.iter().filter_map(|other| overlap(self.span, *other)).collect();
        let is_shared = |at: Micros| shared.iter().any(|(from, to)| (*from..=*to).contains(&at));
        self.load.retain(|(at, _)| is_shared(*at));
        self.load.shrink_to_fit();
        self.failures.retain(|key, _| is_shared(key.at));
    }

    /// Takes out what another file of the same rotation holds too: where the two overlap and share requests of the same second,
    /// `copytruncate` (or a copy during the rotation) wrote the lines twice, and each second has as many as the fuller file.
    fn without_copies_of(&mut self, other: &Self, sources: &[Source]) {
        let Some((from, to)) = overlap(self.span, other.span) else { return };
        // A log that is renamed within a second goes on in the next file: few clients ask for the same in both halves of it.
        if is_seam(self.span, other.span)
            || !shares_requests(&sources[self.source], &sources[other.source])
        {
            return;
        }
        for (at, requests) in self.load.iter_mut().filter(|(at, _)| (from..=to).contains(at)) {
            let same = other.load.binary_search_by_key(at, |(at, _)| *at);
            let theirs = same.ok().and_then(|same| other.load.get(same));
            let copied = theirs.map_or(0, |(_, theirs)| *theirs).min(*requests);
            *requests -= copied;
            self.copied += copied;
        }
        for (key, count) in
            self.failures.iter_mut().filter(|(key, _)| (from..=to).contains(&key.at))
        {
            let copied =
                other.failures.get(key).map_or(0, |other| other.answers).min(count.answers);
            count.answers -= copied;
        }
    }
}

/// Puts requests in the order of time, those of one step together.
fn sum_up(load: &mut Load) {
    // Mostly in that order already.
    load.sort_by_key(|(at, _)| *at);
    load.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        kept.1 += if same { later.1 } else { 0 };
        same
    });
}

/// The stretch in which two logs both have requests.
fn overlap(one: Option<Span>, other: Option<Span>) -> Option<Span> {
    let (one, other) = (one?, other?);
    let (from, to) = (one.0.max(other.0), one.1.min(other.1));
    (from <= to).then_some((from, to))
}

/// Whether one ends in the very step in which the other begins.
fn is_seam(one: Option<Span>, other: Option<Span>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return false };
    let begins = |later: Span, earlier: Span| {
        later.0 == earlier.1 && earlier.0 < later.0 && later.1 > earlier.1
    };
    begins(one, other) || begins(other, one)
}

/// Whether most of the refused or failed requests that both logs have in their overlap are the same ones of the same second.
fn shares_requests(one: &Source, other: &Source) -> bool {
    let (Some(own), Some(theirs)) = (&one.traffic, &other.traffic) else { return false };
    let (Some((first, last)), Some((other_first, other_last))) = (own.span, theirs.span) else {
        return false;
    };
    let inside =
        |at: Micros| at >= first.at.max(other_first.at) && at <= last.at.min(other_last.at);
    let (mut same, mut all) = (0_usize, 0_usize);
    for (key, seen) in own.marks.of(MarkKind::Request) {
        for sighting in seen.iter().filter(|sighting| inside(sighting.stamp.at)) {
            all += 1;
            let theirs = theirs.marks.get(MarkKind::Request, key);
            same += usize::from(theirs.iter().any(|other| other.stamp == sighting.stamp));
        }
    }
    same > 0 && same * 2 >= all
}
