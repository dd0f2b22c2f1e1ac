//! One stretch of time, drawn: rows of requests and failures, lanes of marks, memory at the kills, the axis.
//! In: what stands in it. Out: markup at a height. Must never draw a mark elsewhere than where its time is: marks that would
//! cover each other become one with their number, at the first of them.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::marks::{self, Kind, Lane, Mark};
use super::scale::{LEFT, RIGHT, Scale};
use super::spot::{label, shape, told};
use crate::report::escape;
use crate::report::figures;
use crate::report::model::{Incident, Series};
use crate::report::reading::{self, Reading};
use crate::wording::Arg;

/// Heights in user units.
const HEAD: f64 = 42.0;
const BARS: f64 = 44.0;
const LANE: f64 = 26.0;
const MEMORY: f64 = 64.0;
const AXIS: f64 = 34.0;
/// Marks of a lane nearer than this become one.
const APART: f64 = 11.0;
/// Room that the number of a mark takes.
const NUMBER: f64 = 28.0;
/// Letters of a lane's name.
const NAME_MAX: usize = 27;

/// A stretch of time and what stands in it.
pub(super) struct Panel<'a> {
    reading: &'a Reading<'a>,
    focus: Option<&'a Incident>,
    series: &'a Series,
    scale: Scale,
    lanes: Vec<Lane>,
    left_out: usize,
    name: &'static str,
    memory: Vec<Memory>,
}

/// What an OOM victim held.
struct Memory {
    id: String,
    at: i64,
    rss: u64,
    limit: Option<u64>,
}

/// Marks that stand in one place.
struct Cluster<'a> {
    x: f64,
    marks: Vec<&'a Mark>,
}

impl<'a> Panel<'a> {
    /// The whole window, with kills and deaths on one lane.
    pub(super) fn overview(
        reading: &'a Reading<'a>,
        focus: Option<&'a Incident>,
        series: &'a Series,
        scale: Scale,
    ) -> Self {
        let mut marks = marks::ends(reading);
        marks.retain(|mark| scale.shows(mark.at));
        let lanes = if marks.is_empty() {
            Vec::new()
        } else {
            vec![Lane { name: reading.say("lane-ends", []), marks }]
        };
        Self {
            reading,
            focus,
            series,
            scale,
            lanes,
            left_out: 0,
            name: "overview",
            memory: Vec::new(),
        }
    }

    /// One incident with what is around it.
    pub(super) fn closer(reading: &'a Reading<'a>, incident: &'a Incident, scale: Scale) -> Self {
        let (lanes, left_out) = marks::lanes(reading, Some(incident), scale.from, scale.to);
        let memory = reading.report.oom_kills.iter().filter_map(|kill| {
            let at = figures::epoch_millis(kill.time.as_deref()?)?;
            let rss = kill.victim.anon_rss_bytes.or(kill.victim.rss_bytes)?;
            scale.shows(at).then(|| Memory {
                id: kill.id.clone(),
                at,
                rss,
                limit: kill.limit_bytes,
            })
        });
        let memory = memory.collect();
        Self {
            reading,
            focus: Some(incident),
            series: &incident.series,
            scale,
            lanes,
            left_out,
            name: "closer",
            memory,
        }
    }

    pub(super) fn height(&self) -> f64 {
        let requests = if self.series.requests.is_empty() { 0.0 } else { BARS };
        let memory = if self.memory.is_empty() { 0.0 } else { MEMORY };
        HEAD + requests + BARS + self.lanes.len() as f64 * LANE + memory + AXIS
    }

    /// Kinds of the marks in it, and whether any is ruled out.
    pub(super) fn kinds(&self) -> (BTreeSet<Kind>, bool) {
        let marks = || self.lanes.iter().flat_map(|lane| &lane.marks);
        (marks().map(|mark| mark.kind).collect(), marks().any(|mark| mark.apart.is_some()))
    }

    /// Whether a chain of marks is drawn.
    pub(super) fn has_chain(&self) -> bool {
        self.name == "closer" && self.focus.is_some_and(|incident| !incident.path.is_empty())
    }

    pub(super) fn draw(&self, top: f64, picture: &str, alone: bool) -> Markup {
        let bottom = top + self.height() - AXIS;
        let body = top + HEAD;
        let mut y = body;
        let requests = (!self.series.requests.is_empty()).then(|| {
            let row = self.bars("requests", "bars-requests", &self.series.requests, y);
            y += BARS;
            row
        });
        let failures_bottom = y + BARS;
        let failures = self.bars("failures", "bars-failures", &self.series.failures, y);
        y += BARS;
        let lanes_top = y;
        let clusters: Vec<Vec<Cluster<'_>>> =
            self.lanes.iter().map(|lane| self.clustered(lane)).collect();
        y += self.lanes.len() as f64 * LANE;
        html! {
            g.panel data-panel=(self.name) data-picture=(picture) data-from=(figures::of_epoch_millis(self.scale.from))
                data-to=(figures::of_epoch_millis(self.scale.to)) {
                text.head x="8" y=(one(top + 18.0)) { (self.heading()) }
                rect.plot x=(one(LEFT)) y=(one(body)) width=(one(RIGHT - LEFT)) height=(one(bottom - body)) {}
                (self.bursts(body, bottom))
                (self.unseen(body, failures_bottom))
                (self.gaps(body, failures_bottom))
                @if let Some(row) = requests { (row) }
                (failures)
                @for (at, lane) in self.lanes.iter().enumerate() { (lane_name(lane, lanes_top + at as f64 * LANE)) }
                (self.chain(&clusters, lanes_top, failures_bottom))
                @for (at, lane) in clusters.iter().enumerate() {
                    @for cluster in lane {
                        // A number that would run into the next mark is told by the mark alone.
                        @let numbered = !lane.iter().any(|other| other.x > cluster.x && other.x - cluster.x < NUMBER);
                        (self.cluster(cluster, lanes_top + (at as f64 + 0.5) * LANE, numbered, alone))
                    }
                }
                @if !self.memory.is_empty() { (self.memory(y)) }
                (self.axis(bottom))
            }
        }
    }

    fn heading(&self) -> String {
        let times = figures::span(
            &figures::of_epoch_millis(self.scale.from),
            &figures::of_epoch_millis(self.scale.to),
        );
        match self.focus.filter(|_| self.name == "closer") {
            Some(incident) => {
                let args = [
                    ("incident", (&incident.id).into()),
                    ("times", times.into()),
                    ("left-out", self.left_out.into()),
                ];
                self.reading.say("panel-closely", args)
            }
            None => self.reading.say("panel-all", [("times", times.into())]),
        }
    }

    fn bars(&self, name: &str, id: &'static str, counts: &[u64], top: f64) -> Markup {
        let peak = counts.iter().copied().max().unwrap_or(0);
        let bottom = top + BARS - 4.0;
        let room = BARS - 10.0;
        let width = (RIGHT - LEFT) / counts.len().max(1) as f64;
        let mut path = String::new();
        for (at, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            // What is there at all must be seen.
            let height = (*count as f64 / peak.max(1) as f64 * room).max(1.0);
            let x = LEFT + at as f64 * width;
            path.push_str(&format!(
                "M{x:.1} {bottom:.1}v-{height:.1}h{:.2}v{height:.1}z",
                (width - 0.4).max(0.5)
            ));
        }
        let step = figures::duration(self.series.step_seconds as f64);
        html! {
            g.bars.(name) {
                text.lane x="8" y=(one(bottom - 14.0)) { (self.reading.say(id, [("step", step.into())])) }
                text.most x="8" y=(one(bottom)) { (self.reading.say("at-most", [("peak", figures::grouped(peak).into())])) }
                line.ground x1=(one(LEFT)) x2=(one(RIGHT)) y1=(one(bottom)) y2=(one(bottom)) {}
                @if !path.is_empty() { path d=(path) {} }
            }
        }
    }

    /// Each incident as a band over everything.
    fn bursts(&self, top: f64, bottom: f64) -> Markup {
        let mut last = f64::MIN;
        let bands = self.reading.report.incidents.iter().filter_map(|incident| {
            let (start, end) =
                (figures::epoch_millis(&incident.start)?, figures::epoch_millis(&incident.end)?);
            if end < self.scale.from || start > self.scale.to {
                return None;
            }
            let (x, to) = (self.scale.x(start), self.scale.x(end.saturating_add(1_000)));
            // A name that would cover the one before is left to the table.
            let named = x - last > 28.0;
            if named {
                last = x;
            }
            let args = [
                ("incident", (&incident.id).into()),
                ("failures", figures::grouped(reading::failures(incident)).into()),
                ("span", figures::span(&incident.start, &incident.end).into()),
                ("cause", (&incident.cause).into()),
                ("verdict", Arg::Case(reading::verdict(incident))),
            ];
            let about = self.reading.say("burst-about", args);
            Some((incident, x, (to - x).max(2.0), named, about))
        });
        html! {
            @for (incident, x, width, named, about) in bands.collect::<Vec<_>>() {
                g.burst data-id=(incident.id) {
                    title { (escape::terminal(&about)) }
                    rect x=(one(x)) y=(one(top)) width=(one(width)) height=(one(bottom - top)) {}
                    @if named { text x=(one(x.min(RIGHT - 20.0))) y=(one(top - 3.0)) { (escape::terminal(&incident.id)) } }
                }
            }
        }
    }

    /// Where the access log does not reach: nothing is drawn there because nothing is known.
    fn unseen(&self, top: f64, bottom: f64) -> Markup {
        let report = self.reading.report;
        let edge = report.traffic.as_ref().map(|traffic| traffic.source.as_str());
        let source = report.sources.iter().find(|source| Some(source.id.as_str()) == edge);
        let moment = |time: &Option<String>| time.as_deref().and_then(figures::epoch_millis);
        let span = source.and_then(|source| moment(&source.first).zip(moment(&source.last)));
        // A log of a single file; of a rotated set the first file's span would hide the others.
        let series = report.series.as_ref().and_then(super::scale_of);
        let span = span
            .zip(series)
            .map(|((first, last), series)| (first.min(series.from), last.max(series.to)));
        let Some((first, last)) = span else { return html! {} };
        let (before, after) = (self.scale.x(first), self.scale.x(last));
        html! {
            @for (from, to) in [(LEFT, before), (after, RIGHT)] {
                @if to - from > 1.0 {
                    g.unseen {
                        title { (self.reading.say("unseen-about", [])) }
                        rect x=(one(from)) y=(one(top)) width=(one(to - from)) height=(one(bottom - top)) {}
                        @if to - from > 90.0 { text x=(one(from + 4.0)) y=(one(top + 12.0)) { (self.reading.say("unseen-short", [])) } }
                    }
                }
            }
        }
    }

    fn gaps(&self, top: f64, bottom: f64) -> Markup {
        let gaps = self.reading.report.gaps.iter().filter_map(|gap| {
            let (start, end) =
                (figures::epoch_millis(&gap.start)?, figures::epoch_millis(&gap.end)?);
            let inside = end >= self.scale.from && start <= self.scale.to;
            inside.then(|| (self.scale.x(start), self.scale.x(end), gap))
        });
        html! {
            @for (x, to, gap) in gaps.collect::<Vec<_>>() {
                g.gap {
                    title { (self.reading.say("gap-about", [("span", figures::span(&gap.start, &gap.end).into()), ("why", escape::terminal(&gap.why).into())])) }
                    rect x=(one(x)) y=(one(top)) width=(one((to - x).max(2.0))) height=(one(bottom - top)) {}
                    @if to - x > 70.0 { text x=(one(x + 4.0)) y=(one(top + 12.0)) { (self.reading.say("gap-short", [])) } }
                }
            }
        }
    }

    fn clustered<'l>(&self, lane: &'l Lane) -> Vec<Cluster<'l>> {
        let mut clusters: Vec<Cluster<'l>> = Vec::new();
        for mark in &lane.marks {
            let x = self.scale.x(mark.at);
            match clusters.iter_mut().rev().take(2).find(|own| {
                x - own.x < APART
                    && own
                        .marks
                        .first()
                        .is_some_and(|first| (first.kind, first.apart) == (mark.kind, mark.apart))
            }) {
                Some(own) => own.marks.push(mark),
                None => clusters.push(Cluster { x, marks: vec![mark] }),
            }
        }
        // Gravest last, so that it lies on top.
        clusters
            .sort_by_key(|cluster| std::cmp::Reverse(cluster.marks.first().map(|mark| mark.kind)));
        clusters
    }

    fn cluster(&self, cluster: &Cluster<'_>, y: f64, numbered: bool, alone: bool) -> Markup {
        let Some(first) = cluster.marks.first() else { return html! {} };
        let sigma = cluster.marks.iter().map(|mark| mark.sigma).fold(0.0, f64::max);
        let last = cluster.marks.last().map_or(first.at, |mark| mark.at);
        let from = self.scale.x(first.at.saturating_sub(sigma as i64));
        let to = self.scale.x(last.saturating_add(sigma as i64));
        let ids: Vec<&str> = cluster.marks.iter().map(|mark| mark.id.as_str()).collect();
        let inside = html! {
            title { (told(self.reading.report.language, &cluster.marks)) }
            rect.sigma x=(one(from)) y=(one(y - 3.0)) width=(one((to - from).max(0.0))) height="6" {}
            rect.reach x=(one(cluster.x - 11.0)) y=(one(y - 12.0)) width="22" height="24" {}
            (shape(first.kind, first.apart.is_some(), cluster.x, y))
            @if numbered && cluster.marks.len() > 1 { text.number x=(one(cluster.x + 7.0)) y=(one(y - 3.0)) { (cluster.marks.len()) } }
        };
        let class = first.kind.class();
        let time = figures::of_epoch_millis(first.at);
        let label = label(self.reading.report.language, &cluster.marks);
        html! {
            @if alone {
                g.mark.(class) tabindex="0" role="img" aria-label=(label) data-ids=(ids.join(" ")) data-time=(time) { (inside) }
            } @else {
                a.mark.(class) href={ "#" (first.anchor) } aria-label=(label) data-ids=(ids.join(" ")) data-time=(time) { (inside) }
            }
        }
    }

    /// From the root cause over its effects up to the burst.
    fn chain(&self, clusters: &[Vec<Cluster<'_>>], lanes_top: f64, burst_bottom: f64) -> Markup {
        let Some(incident) = self.focus.filter(|_| self.has_chain()) else { return html! {} };
        let place = |id: &String| {
            clusters.iter().enumerate().find_map(|(lane, clusters)| {
                let cluster = clusters
                    .iter()
                    .find(|cluster| cluster.marks.iter().any(|mark| mark.anchor == *id))?;
                Some((cluster.x, lanes_top + (lane as f64 + 0.5) * LANE))
            })
        };
        let mut places: Vec<(f64, f64)> = incident.path.iter().filter_map(place).collect();
        // Up to the failures: at their start, or where the last link stands if they had begun before it.
        let start = figures::epoch_millis(&incident.start).map(|start| self.scale.x(start));
        if let Some((start, (last, _))) = start.zip(places.last().copied()) {
            places.push((start.max(last), burst_bottom - 6.0));
        }
        let points: Vec<String> = places.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        html! { @if points.len() > 1 { polyline.chain points=(points.join(" ")) {} } }
    }

    fn memory(&self, top: f64) -> Markup {
        let most = self
            .memory
            .iter()
            .map(|own| own.rss.max(own.limit.unwrap_or(0)))
            .max()
            .unwrap_or(1)
            .max(1);
        let bottom = top + MEMORY - 6.0;
        let y = |bytes: u64| bottom - bytes as f64 / most as f64 * (MEMORY - 18.0);
        // Many bars are thin ones, so that each is seen.
        let wide = if self.memory.len() > 60 { 1.0 } else { 5.0 };
        html! {
            g.memory {
                text.lane x="8" y=(one(bottom - 30.0)) { (self.reading.say("memory-of-victims", [])) }
                text.most x="8" y=(one(bottom - 16.0)) { (self.reading.say("memory-scale", [("size", figures::bytes(most).into())])) }
                @if self.memory.iter().any(|own| own.limit.is_some()) { text.most x="8" y=(one(bottom - 2.0)) { (self.reading.say("memory-dash", [])) } }
                line.ground x1=(one(LEFT)) x2=(one(RIGHT)) y1=(one(bottom)) y2=(one(bottom)) {}
                @for own in &self.memory {
                    @let x = self.scale.x(own.at);
                    g.rss data-id=(own.id) {
                        title { (own.id) ": " (figures::bytes(own.rss)) @if let Some(limit) = own.limit { ", " (self.reading.say("memory-limit", [("size", figures::bytes(limit).into())])) } }
                        rect x=(one(x - wide / 2.0)) y=(one(y(own.rss))) width=(one(wide)) height=(one(bottom - y(own.rss))) {}
                        @if let Some(limit) = own.limit {
                            line.limit x1=(one(x - 8.0)) x2=(one(x + 8.0)) y1=(one(y(limit))) y2=(one(y(limit))) {}
                        }
                    }
                }
            }
        }
    }

    fn axis(&self, top: f64) -> Markup {
        html! {
            g.axis {
                @for (x, name) in self.scale.ticks() {
                    line x1=(one(x)) x2=(one(x)) y1=(one(top)) y2=(one(top + 5.0)) {}
                    text x=(one(x)) y=(one(top + 18.0)) text-anchor=(if x > RIGHT - 30.0 { "end" } else { "middle" }) { (name) }
                }
                text x="8" y=(one(top + 18.0)) { "UTC" }
            }
        }
    }
}

/// A coordinate; a tenth of a unit is finer than any screen.
fn one(place: f64) -> String {
    format!("{place:.1}")
}

fn lane_name(lane: &Lane, top: f64) -> Markup {
    let name = escape::terminal(&lane.name);
    html! {
        g.row {
            title { (name) }
            text.lane x="8" y=(one(top + LANE / 2.0 + 4.0)) { (elided(&name)) }
            line.rule x1=(one(LEFT)) x2=(one(RIGHT)) y1=(one(top + LANE / 2.0)) y2=(one(top + LANE / 2.0)) {}
        }
    }
}

fn elided(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= NAME_MAX {
        return name.to_owned();
    }
    let head: String = letters.iter().take(NAME_MAX / 2 - 2).collect();
    let tail: String = letters.iter().skip(letters.len() - (NAME_MAX / 2 + 2)).collect();
    format!("{head}…{tail}")
}
