//! One clock. Every stamp of every log becomes UTC with an uncertainty and a basis: by its own offset, by what its file shares
//! with others (a request, a pid that died, a kernel line), by the zone of its neighbours, or not at all.
//!
//! A zone is found for each file and never for the bundle: in one host nginx may write Moscow time and the app UTC. What cannot
//! be placed stays unplaced; nothing is invented to make a link possible.

mod boot;
pub mod skew;
mod zone;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDateTime, Offset, TimeZone};
use chrono_tz::Tz;

use crate::event::Event;
use crate::ingest::{Source, Spans};
use crate::stamp::{ClockKind, MINUTE, Micros, RawStamp, SECOND, Stamp, in_year, year_of};
use crate::wording::{Text, text};

/// How the UTC time of a source is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// Its stamps carry an offset, or are UTC by definition.
    Offset,
    /// The user said so.
    Given,
    /// Its zone was found by what it shares with other logs.
    ZoneInferred,
    /// Its zone was taken from its neighbours, for want of anything shared.
    ZoneAssumed,
    /// Its boot clock was tied to UTC.
    BootAnchored,
    /// It cannot be placed in UTC.
    Unanchored,
    /// It carries no times.
    None,
}

impl Basis {
    /// The word of the JSON report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Offset => "offset",
            Self::Given => "given",
            Self::ZoneInferred => "zone-inferred",
            Self::ZoneAssumed => "zone-assumed",
            Self::BootAnchored => "boot-anchored",
            Self::Unanchored => "unanchored",
            Self::None => "none",
        }
    }
}

/// The rule that turns one clock of one source into UTC: UTC = stamp − `offset`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Local minus UTC; for the boot clock minus the moment of boot. Where it changes, that of most stamps.
    pub offset: Micros,
    /// Whether and how it changes over time.
    pub course: Course,
    /// One standard deviation of the offset itself, without the stamp's own step.
    pub sigma: Micros,
    /// How it is known.
    pub basis: Basis,
    /// The evidence, for a person.
    pub evidence: Text,
}

/// How an offset changes over time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Course {
    /// It does not.
    #[default]
    Constant,
    /// By the rules of a zone, with its summer time.
    Zone(Tz),
    /// In steps: from this reading of the clock on it is this, in order. Before the first step it is that of the first.
    Steps(Vec<(Micros, Micros)>),
}

impl Rule {
    /// Local minus UTC at a reading of the clock with its year.
    fn offset_at(&self, clock: ClockKind, reading: Micros) -> Micros {
        match &self.course {
            Course::Constant => self.offset,
            Course::Zone(zone) => zone_offset(*zone, reading, clock.before_the_fold().is_some())
                .unwrap_or(self.offset),
            Course::Steps(steps) => {
                let next = steps.partition_point(|(from, _)| *from <= reading);
                steps.get(next.saturating_sub(1)).map_or(self.offset, |(_, offset)| *offset)
            }
        }
    }
}

/// Which clock of which source. The boot id tells the boots of one source apart.
type Key = (usize, ClockKind, String);

/// All rules of a bundle.
#[derive(Debug, Default)]
pub struct Clocks {
    rules: BTreeMap<Key, Rule>,
    /// Middle of what is known in UTC, to find the year of stamps without one.
    middle: Option<Micros>,
    /// Sources whose clock another contradicts, and nothing shows which of them is wrong.
    doubts: BTreeMap<usize, Doubt>,
    /// Sources whose boot clock rests on pids alone whose end no log tells.
    by_pid: BTreeSet<usize>,
}

/// A clock that another contradicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// What contradicts what.
    pub text: Text,
    /// The sources that were brought onto one clock, by which of them is not known: among each other they can be compared.
    pub fellows: BTreeSet<usize>,
}

/// What the user said about zones: for a file (by the end of its path) or, with an empty path, for all files without a zone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GivenZone {
    /// End of a path in the bundle.
    pub file: String,
    /// IANA name, `UTC`, or an offset such as `+03:00`.
    pub zone: String,
}

/// Finds the rules.
#[must_use]
pub fn align(sources: &[Source], given: &[GivenZone]) -> Clocks {
    let mut clocks = Clocks { middle: middle(sources), ..Clocks::default() };
    for (index, source) in sources.iter().enumerate() {
        // A snapshot dates ends that lie long before the bundle, so that it has events without a span.
        if source.spans.has(ClockKind::Utc) || source.snapshot.is_some() {
            clocks.rules.insert((index, ClockKind::Utc, String::new()), explicit(source));
        }
        for clock in zoneless(source) {
            if let Some(rule) = given_rule(source, clock, given, clocks.middle) {
                clocks.rules.insert((index, clock, String::new()), rule);
            }
        }
    }
    if clocks.middle.is_none() {
        clocks.middle = local_middle(sources);
    }
    place_by_identity(sources, &mut clocks);
    if skew::correct(sources, &mut clocks) {
        // What hangs on a clock that was moved is placed anew.
        clocks.rules.retain(|_, rule| {
            matches!(rule.basis, Basis::Offset | Basis::Given | Basis::ZoneInferred)
        });
    }
    place_all(sources, &mut clocks);
    boot::correct_dumps(sources, &mut clocks);
    clocks
}

/// Places by what logs share; what is placed in one round may place others in the next.
fn place_by_identity(sources: &[Source], clocks: &mut Clocks) {
    loop {
        let before = clocks.rules.len();
        zone::by_marks(sources, clocks);
        zone::after_the_fold(sources, clocks);
        boot::by_pairs(sources, clocks);
        boot::by_marks(sources, clocks);
        if clocks.rules.len() == before {
            break;
        }
    }
}

/// The same, and by weaker evidence where there is no other; strong evidence first, and again after each weaker step.
fn place_all(sources: &[Source], clocks: &mut Clocks) {
    loop {
        place_by_identity(sources, clocks);
        let before = clocks.rules.len();
        zone::by_failures(sources, clocks);
        boot::by_successors(sources, clocks);
        boot::by_pattern(sources, clocks);
        if clocks.rules.len() == before {
            zone::by_neighbours(sources, clocks);
            boot::by_early_audit(sources, clocks);
        }
        if clocks.rules.len() == before {
            break;
        }
    }
}

/// The clocks without a zone that a source uses.
fn zoneless(source: &Source) -> impl Iterator<Item = ClockKind> {
    [ClockKind::Local, ClockKind::LocalAgain, ClockKind::Yearless, ClockKind::YearlessAgain]
        .into_iter()
        .filter(|clock| source.spans.has(*clock))
}

fn explicit(source: &Source) -> Rule {
    let dump = source.envelope == crate::envelope::Envelope::Dmesg;
    // util-linux dmesg(1): "the time [of -T and iso] could be inaccurate": boot time computed at the moment of the dump. Early by
    // 0.7 to 1.6 s in recordings without suspend or clock steps.
    let (sigma, evidence) =
        if dump { (SECOND, "clock-offset-by-dmesg") } else { (0, "clock-offset") };
    Rule {
        offset: 0,
        course: Course::Constant,
        sigma,
        basis: Basis::Offset,
        evidence: text(evidence, []),
    }
}

/// Middle of the UTC spans.
fn middle(sources: &[Source]) -> Option<Micros> {
    span_middle(sources.iter().filter_map(|source| source.spans.get(ClockKind::Utc)))
}

fn local_middle(sources: &[Source]) -> Option<Micros> {
    span_middle(sources.iter().filter_map(|source| source.spans.get(ClockKind::Local)))
}

fn span_middle(spans: impl Iterator<Item = (RawStamp, RawStamp)>) -> Option<Micros> {
    let mut ends: Vec<Micros> = spans.map(|(_, last)| last.at).collect();
    ends.sort_unstable();
    ends.get(ends.len() / 2).copied()
}

fn given_rule(
    source: &Source,
    clock: ClockKind,
    given: &[GivenZone],
    middle: Option<Micros>,
) -> Option<Rule> {
    let named =
        given.iter().find(|zone| !zone.file.is_empty() && source.path.ends_with(&zone.file))?;
    let (first, _) = source.spans.get(clock)?;
    let at = wall(first, middle)?;
    let offset = offset_of(&named.zone, at)?;
    Some(Rule {
        offset,
        course: named.zone.parse().map_or(Course::Constant, Course::Zone),
        sigma: 0,
        basis: Basis::Given,
        evidence: text("name", [("name", format!("--tz {}={}", named.file, named.zone).into())]),
    })
}

/// Local minus UTC of a zone at a local moment; `None` for an unknown name.
#[must_use]
pub fn offset_of(zone: &str, local: Micros) -> Option<Micros> {
    if let Some(offset) = numeric_offset(zone) {
        return Some(offset);
    }
    zone_offset(zone.parse().ok()?, local, false)
}

/// Local minus UTC of a zone at a local moment, the earlier or the later of two equal readings; `None` where the clock never showed it.
fn zone_offset(zone: Tz, local: Micros, later: bool) -> Option<Micros> {
    let time: NaiveDateTime = chrono::DateTime::from_timestamp_micros(local)?.naive_utc();
    let offsets = zone.offset_from_local_datetime(&time);
    let offset = if later { offsets.latest() } else { offsets.earliest() }?;
    Some(Micros::from(offset.fix().local_minus_utc()) * SECOND)
}

fn numeric_offset(zone: &str) -> Option<Micros> {
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
    let hours: Micros = digits.get(..2)?.parse().ok()?;
    let minutes: Micros = digits.get(2..4).unwrap_or("0").parse().ok()?;
    Some(sign * (hours * 60 + minutes) * MINUTE)
}

/// A zone-less stamp with its year: the year that brings a year-less one nearest to the middle of the bundle.
fn wall(stamp: RawStamp, middle: Option<Micros>) -> Option<Micros> {
    if !stamp.clock.is_yearless() {
        return Some(stamp.at);
    }
    let middle = middle?;
    let year = year_of(middle)?;
    (year - 1..=year + 1)
        .filter_map(|year| in_year(stamp.at, year))
        .min_by_key(|at| at.abs_diff(middle))
}

impl Clocks {
    /// The rule for a clock of a source.
    #[must_use]
    pub fn rule(&self, source: usize, clock: ClockKind, boot_id: &str) -> Option<&Rule> {
        self.rules.get(&(
            source,
            clock,
            if clock == ClockKind::Boot { boot_id.to_owned() } else { String::new() },
        ))
    }

    /// Whether a source's boot clock rests on nothing but a pid that another log shows to have a successor: pids are used again.
    #[must_use]
    pub fn is_by_pid(&self, source: usize) -> bool {
        self.by_pid.contains(&source)
    }

    /// As [`Clocks::utc`] for many stamps of one wall clock, whose rule is looked up once. `None` where it has none.
    #[must_use]
    pub fn placing(
        &self,
        source: usize,
        clock: ClockKind,
    ) -> Option<impl Fn(Micros) -> Option<Micros> + Copy + '_> {
        let rule = self.rule(source, clock, "")?;
        Some(move |at: Micros| {
            let reading = wall(RawStamp::new(clock, at, SECOND), self.middle)?;
            reading.checked_sub(rule.offset_at(clock, reading))
        })
    }

    fn has(&self, source: usize, clock: ClockKind, boot_id: &str) -> bool {
        self.rule(source, clock, boot_id).is_some()
    }

    fn set(&mut self, source: usize, clock: ClockKind, boot_id: &str, rule: Rule) {
        self.rules.insert((source, clock, boot_id.to_owned()), rule);
    }

    /// All rules of a source.
    fn of(&self, source: usize) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(move |((own, _, _), _)| *own == source).map(|(_, rule)| rule)
    }

    /// Moves the wall clocks of a source later by so much, with the evidence.
    fn shift(&mut self, source: usize, by: Micros, told: &Text) {
        let own = |key: &Key| key.0 == source && key.1 != ClockKind::Boot;
        for (_, rule) in self.rules.iter_mut().filter(|(key, _)| own(key)) {
            rule.offset -= by;
            if let Course::Steps(steps) = &mut rule.course {
                for (_, offset) in steps {
                    *offset -= by;
                }
            }
            rule.sigma = rule.sigma.max(SECOND);
            rule.evidence =
                text("clock-moved", [("evidence", (&rule.evidence).into()), ("told", told.into())]);
        }
    }

    /// Why the clock of a source is in doubt.
    #[must_use]
    pub fn doubt(&self, source: usize) -> Option<&Doubt> {
        self.doubts.get(&source)
    }

    /// Start of the step in which a stamp lies, in UTC; for comparing logs, without uncertainty.
    #[must_use]
    pub fn utc(&self, source: usize, stamp: RawStamp, boot_id: &str) -> Option<Micros> {
        let rule = self.rule(source, stamp.clock, boot_id)?;
        let reading = wall(stamp, self.middle)?;
        reading.checked_sub(rule.offset_at(stamp.clock, reading))
    }

    /// A stamp in UTC: the middle of its step, with the uncertainty of step and clock together.
    #[must_use]
    pub fn place(&self, source: usize, stamp: RawStamp, boot_id: &str) -> Option<Stamp> {
        let rule = self.rule(source, stamp.clock, boot_id)?;
        let start = self.utc(source, stamp, boot_id)?;
        Some(Stamp {
            at: start.checked_add(stamp.resolution / 2)?,
            sigma: together(stamp.resolution, rule.sigma),
        })
    }

    /// When an event happened: by the kernel's own stamp where it is anchored and finer than the wrapper's, else by the line's,
    /// else between the lines around it.
    #[must_use]
    pub fn event(&self, event: &Event) -> Option<Stamp> {
        let source = event.at.source.0;
        let boot_id = event.origin.boot_id.as_deref().unwrap_or_default();
        let by_boot = event.boot.and_then(|boot| {
            let stamp = RawStamp::new(ClockKind::Boot, boot, 1);
            self.place(source, stamp, boot_id)
        });
        let by_line = event.stamp.and_then(|stamp| {
            let start = self.place(source, stamp, boot_id)?;
            let end = event.until.and_then(|until| self.place(source, until, boot_id));
            Some(match end {
                Some(end) if end.at > start.at => {
                    let width = end.at.saturating_sub(start.at);
                    Stamp { at: start.at + width / 2, sigma: together(width, start.sigma) }
                }
                _ => start,
            })
        });
        match (by_boot, by_line) {
            // A wrapper stamps the receipt, which is late under load; the kernel's own stamp is the moment.
            (Some(boot), Some(line)) => {
                Some(if boot.sigma <= line.sigma.max(SECOND) { boot } else { line })
            }
            (boot, line) => boot.or(line),
        }
    }

    /// The rule that a report shows for a source: that of its first clock in the order UTC, local, year-less, boot.
    #[must_use]
    pub fn shown(&self, source: usize, spans: &Spans) -> Rule {
        let mut rule = self.first_rule(source, spans);
        if let Some(doubt) = self.doubt(source) {
            rule.evidence = text(
                "clock-in-doubt",
                [("evidence", rule.evidence.into()), ("doubt", (&doubt.text).into())],
            );
        }
        rule
    }

    fn first_rule(&self, source: usize, spans: &Spans) -> Rule {
        let known = spans.iter().find_map(|(first, _)| {
            let from = (source, first.clock, String::new());
            let ((own, kind, _), rule) = self.rules.range(from..).next()?;
            (*own == source && *kind == first.clock).then(|| rule.clone())
        });
        known.unwrap_or_else(|| {
            let basis = if spans.is_empty() { Basis::None } else { Basis::Unanchored };
            let evidence = match basis {
                Basis::None => "clock-no-times",
                _ => "clock-untied",
            };
            Rule {
                offset: 0,
                course: Course::Constant,
                sigma: 0,
                basis,
                evidence: text(evidence, []),
            }
        })
    }

    /// First and last moment of a source in UTC, over all clocks that are placed.
    #[must_use]
    pub fn span(&self, source: usize, spans: &Spans) -> Option<(Micros, Micros)> {
        let boots: Vec<&str> = self
            .rules
            .range((source, ClockKind::Boot, String::new())..)
            .map(|((own, kind, id), _)| (*own, *kind, id.as_str()))
            .take_while(|(own, kind, _)| *own == source && *kind == ClockKind::Boot)
            .map(|(_, _, id)| id)
            .collect();
        let mut whole: Option<(Micros, Micros)> = None;
        for (first, last) in spans.iter() {
            let ids: &[&str] = if first.clock == ClockKind::Boot { &boots } else { &[""] };
            for id in ids {
                if let (Some(first), Some(last)) =
                    (self.utc(source, first, id), self.utc(source, last, id))
                {
                    whole = Some(whole.map_or((first, last), |(a, b)| (a.min(first), b.max(last))));
                }
            }
        }
        whole
    }
}

/// One standard deviation of a moment known to lie in a step, on a clock known to `sigma`. The variance of a uniform step of
/// width w is w²/12.
fn together(step: Micros, sigma: Micros) -> Micros {
    let (step, sigma) = (step as f64, sigma as f64);
    (step * step / 12.0 + sigma * sigma).sqrt().round() as Micros
}
