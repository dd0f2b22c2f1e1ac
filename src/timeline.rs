//! Events of all logs on one clock, each fact once. The same kill told by dmesg, kern.log and the journal is one fact with
//! three witnesses; two equal lines of one log are two facts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::clock::Clocks;
use crate::event::{Event, EventKind, OomKill, Origin};
use crate::ingest::{Source, is_made};
use crate::source::LineRef;
use crate::stamp::{MINUTE, Micros, SECOND, Stamp};

/// Index of a fact in [`Timeline::facts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactId(pub usize);

/// Something that happened, with everyone who told it.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Its place in the timeline.
    pub id: FactId,
    /// What happened.
    pub kind: EventKind,
    /// When; `None` where no witness could be placed in UTC.
    pub stamp: Option<Stamp>,
    /// The witness with the best clock.
    pub event: Arc<Event>,
    /// All witnesses, by source and line; the best one is among them.
    pub witnesses: Vec<LineRef>,
    /// How often it happened within its second, as one log counts.
    pub count: u64,
}

impl Fact {
    /// The moment, where it is known.
    #[must_use]
    pub fn at(&self) -> Option<Micros> {
        self.stamp.map(|stamp| stamp.at)
    }

    /// Whether one log tells this before the other: within one second of a clock the order of its lines is all there is. What
    /// happened several times in a second is one fact, and came both before and after.
    #[must_use]
    pub fn written_before(&self, other: &Self) -> bool {
        let once = self.count <= 1 && other.count <= 1;
        once && self.event.at.source == other.event.at.source
            && self.event.at.line < other.event.at.line
    }

    /// Details of an OOM kill.
    #[must_use]
    pub fn oom(&self) -> Option<&OomKill> {
        self.event.oom.as_deref()
    }

    /// A captured field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.event.field(name)
    }

    /// A captured number that fits a pid.
    #[must_use]
    pub fn pid(&self, name: &str) -> Option<u32> {
        self.event.number(name).and_then(|pid| u32::try_from(pid).ok())
    }
}

/// All facts in order of time; those without a time come last.
#[derive(Debug, Default)]
pub struct Timeline {
    /// The facts.
    pub facts: Vec<Fact>,
}

/// Facts of equal words told by two logs are one if their times differ by no more than this beyond their uncertainty.
const SAME: Micros = 2 * SECOND;
/// How late a stalled wrapper may tell the same words: journald's receipt of kernel lines was seen 173 s late at boot.
const SAME_KERNEL_LINE: Micros = 200 * SECOND;

/// Merges what the sources tell.
#[must_use]
pub fn build(sources: &[Source], clocks: &Clocks) -> Timeline {
    let mut groups: BTreeMap<Identity, Vec<Fact>> = BTreeMap::new();
    for event in sources.iter().flat_map(|source| &source.events) {
        let fact = Fact {
            id: FactId(usize::MAX),
            kind: event.kind,
            stamp: clocks.event(event),
            event: Arc::clone(event),
            witnesses: vec![event.at],
            count: event.count,
        };
        groups.entry(identity(event)).or_default().push(fact);
    }
    let mut facts: Vec<Fact> = groups.into_values().flat_map(merge).collect();
    facts.sort_by_key(order);
    without_failed_kills(&mut facts);
    for (index, fact) in facts.iter_mut().enumerate() {
        fact.id = FactId(index);
    }
    Timeline { facts }
}

/// A killer in user space waits so long for its victim to end: 10 s in earlyoom.
const KILL_WAIT: Micros = 30 * SECOND;

/// Takes out what was to be killed and lived on: a signal that was sent is no end.
fn without_failed_kills(facts: &mut Vec<Fact>) {
    let failed: Vec<(u32, Micros)> = facts
        .iter()
        .filter(|fact| fact.kind == EventKind::UserspaceKillFailed)
        .filter_map(|fact| Some((fact.pid("pid")?, fact.at()?)))
        .collect();
    let lived_on = |fact: &Fact| {
        let (pid, at) = (fact.pid("pid"), fact.at());
        failed.iter().any(|(of, told)| {
            Some(*of) == pid && at.is_some_and(|at| at <= *told && told - at <= KILL_WAIT)
        })
    };
    facts.retain(|fact| fact.kind != EventKind::UserspaceOomKill || !lived_on(fact));
}

fn order(fact: &Fact) -> (bool, Option<Micros>, LineRef, EventKind) {
    (fact.stamp.is_none(), fact.at(), fact.event.at, fact.kind)
}

/// What must be equal for two tellings to be of the same fact.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Identity {
    kind: EventKind,
    words: String,
    who: (Option<String>, Option<u32>),
}

fn identity(event: &Event) -> Identity {
    if let Some(oom) = &event.oom {
        // Pid, name and sizes to the kilobyte: no second kill has all of them.
        let victim = &oom.victim;
        let words = format!(
            "{} {:?} {:?} {:?}",
            victim.comm, victim.pid, victim.uid, victim.anon_rss_bytes
        );
        return Identity { kind: event.kind, words, who: (None, None) };
    }
    if event.kind == EventKind::ContainerState {
        return Identity {
            kind: event.kind,
            words: event.text.clone(),
            who: (event.origin.container.clone(), None),
        };
    }
    let container = event
        .fields
        .get("container")
        .or(event.origin.container.as_deref())
        .map(|id| short(id).to_owned());
    match event.kind {
        EventKind::ContainerDied
        | EventKind::ContainerKilled
        | EventKind::ContainerOom
        | EventKind::ContainerStarted => {
            let detail =
                event.field("code").or(event.field("signal")).unwrap_or_default().to_owned();
            Identity { kind: event.kind, words: detail, who: (container, None) }
        }
        // systemd's word has another form on each of its pages.
        EventKind::UnitStarted | EventKind::UnitFailed if event.field("unit").is_some() => {
            let result = event.field("result").unwrap_or_default();
            let words = format!("{} {result}", event.field("unit").unwrap_or_default());
            Identity { kind: event.kind, words, who: (None, None) }
        }
        _ => Identity { kind: event.kind, words: event.text.clone(), who: (None, None) },
    }
}

/// Whether two tellings name hosts, and not the same: units of one name start on many.
#[must_use]
pub fn of_two_hosts(one: &Event, other: &Event) -> bool {
    let label = |event: &Event| {
        let host = event.origin.host.as_deref()?;
        host.split('.').next().map(str::to_ascii_lowercase)
    };
    label(one).zip(label(other)).is_some_and(|(one, other)| one != other)
}

/// The first twelve digits of a container id, as docker prints it; a name stays.
#[must_use]
pub fn short(id: &str) -> &str {
    if id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) { &id[..12] } else { id }
}

/// Puts tellings of different logs together; tellings of one log stay apart.
fn merge(mut facts: Vec<Fact>) -> Vec<Fact> {
    facts.sort_by_key(order);
    let mut merged: Vec<(Fact, BTreeSet<usize>)> = Vec::new();
    for fact in facts {
        let source = fact.event.at.source.0;
        let place = merged
            .iter()
            .rposition(|(known, sources)| !sources.contains(&source) && same(known, &fact))
            .filter(|place| {
                let unit = fact.kind.name().starts_with("unit-");
                !(unit && of_two_hosts(&merged[*place].0.event, &fact.event))
            });
        match place {
            Some(place) => {
                let (known, sources) = &mut merged[place];
                sources.insert(source);
                absorb(known, fact);
            }
            None => merged.push((fact, BTreeSet::from([source]))),
        }
    }
    merged.into_iter().map(|(fact, _)| fact).collect()
}

fn same(one: &Fact, other: &Fact) -> bool {
    match (one.stamp, other.stamp) {
        (Some(a), Some(b)) => {
            let slack = if one.kind == EventKind::OomKill { SAME_KERNEL_LINE } else { SAME };
            a.at.abs_diff(b.at)
                <= u64::try_from(slack.saturating_add(3 * a.sigma.saturating_add(b.sigma)))
                    .unwrap_or(u64::MAX)
        }
        // Words as exact as a kill's are enough without a time.
        _ => one.kind == EventKind::OomKill,
    }
}

fn absorb(known: &mut Fact, other: Fact) {
    known.count = known.count.max(other.count);
    let better = match (known.stamp, other.stamp) {
        (Some(a), Some(b)) => b.sigma < a.sigma,
        (None, Some(_)) => true,
        _ => false,
    };
    known.witnesses.extend(other.witnesses);
    known.witnesses.sort_unstable();
    known.witnesses.dedup();
    let (mut best, rest) = if better {
        (other.event, Arc::clone(&known.event))
    } else {
        (Arc::clone(&known.event), other.event)
    };
    if better {
        known.stamp = other.stamp;
    }
    let whole = Arc::make_mut(&mut best);
    complete(&mut whole.origin, &rest.origin);
    whole.fields.complete(&rest.fields);
    if let (Some(oom), Some(more)) = (&mut whole.oom, &rest.oom) {
        complete_oom(oom, OomKill::clone(more));
    }
    known.event = best;
}

/// What one envelope did not tell another may.
fn complete(origin: &mut Origin, other: &Origin) {
    let take = |own: &mut Option<String>, other: &Option<String>| {
        if own.is_none() {
            own.clone_from(other);
        }
    };
    take(&mut origin.host, &other.host);
    take(&mut origin.ident, &other.ident);
    take(&mut origin.unit, &other.unit);
    take(&mut origin.container, &other.container);
    if origin.boot_id.as_deref().is_some_and(is_made) {
        origin.boot_id = None;
    }
    take(&mut origin.boot_id, &other.boot_id);
    origin.pid = origin.pid.or(other.pid);
}

fn complete_oom(oom: &mut OomKill, more: OomKill) {
    oom.invoker = oom.invoker.take().or(more.invoker);
    oom.largest = oom.largest.take().or(more.largest);
    if oom.holders.is_empty() {
        oom.holders = more.holders;
    }
    oom.limit_cgroup = oom.limit_cgroup.take().or(more.limit_cgroup);
    oom.victim_cgroup = oom.victim_cgroup.take().or(more.victim_cgroup);
    oom.limit_bytes = oom.limit_bytes.or(more.limit_bytes);
    oom.usage_bytes = oom.usage_bytes.or(more.usage_bytes);
    if oom.scope == crate::event::OomScope::Unknown {
        oom.scope = more.scope;
    }
}

impl Timeline {
    /// Facts of a kind, in order of time.
    pub fn of(&self, kind: EventKind) -> impl Iterator<Item = (FactId, &Fact)> {
        self.iter().filter(move |(_, fact)| fact.kind == kind)
    }

    /// All facts with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (FactId, &Fact)> {
        self.facts.iter().enumerate().map(|(index, fact)| (FactId(index), fact))
    }

    /// Facts between two moments, both included.
    pub fn between(&self, from: Micros, to: Micros) -> impl Iterator<Item = (FactId, &Fact)> {
        // Facts are in order of time, those without one at the end.
        let first = self.facts.partition_point(|fact| fact.at().is_some_and(|at| at < from));
        self.facts[first..]
            .iter()
            .take_while(move |fact| fact.at().is_some_and(|at| at <= to))
            .map(|fact| (fact.id, fact))
    }

    /// The fact with this id.
    #[must_use]
    pub fn fact(&self, id: FactId) -> &Fact {
        &self.facts[id.0]
    }
    /// Whether the kernel found by this fact that its processors had not run for long, without having seen it come: a hypervisor did
    /// not run the guest.
    #[must_use]
    pub fn is_pause(&self, fact: &Fact) -> bool {
        let is_lockup = |fact: &Fact| {
            fact.kind == EventKind::HungTask && fact.field("what") == Some("soft-lockup")
        };
        let (Some(at), Some(seconds)) = (fact.at(), fact.event.number("seconds")) else {
            return false;
        };
        if !is_lockup(fact) || !PAUSE_SECONDS.contains(&seconds) {
            return false;
        }
        let stalled = at - seconds as Micros * SECOND - MINUTE;
        !self.between(stalled, at - 10 * SECOND).any(|(_, fact)| is_lockup(fact))
    }
}

/// What an incident sees of a timeline: not what happened to others, on hosts or behind upstreams that are none of its own.
#[derive(Debug, Clone)]
pub struct View<'a> {
    timeline: &'a Timeline,
    /// By the fact's place; none where all is seen.
    hidden: Option<Arc<[bool]>>,
}

impl<'a> View<'a> {
    /// All of it.
    #[must_use]
    pub const fn whole(timeline: &'a Timeline) -> Self {
        Self { timeline, hidden: None }
    }

    /// What is left without some facts.
    #[must_use]
    pub fn without(&self, is_foreign: impl Fn(FactId, &Fact) -> bool) -> Self {
        let facts = self.timeline.iter();
        let hidden: Arc<[bool]> =
            facts.map(|(id, fact)| !self.sees(id) || is_foreign(id, fact)).collect();
        Self { timeline: self.timeline, hidden: hidden.contains(&true).then_some(hidden) }
    }

    /// Whether a fact is seen.
    #[must_use]
    pub fn sees(&self, id: FactId) -> bool {
        self.hidden.as_ref().and_then(|hidden| hidden.get(id.0)).is_none_or(|hidden| !hidden)
    }

    /// The facts that are not seen.
    pub fn hidden(&self) -> impl Iterator<Item = &'a Fact> {
        self.timeline.iter().filter(|(id, _)| !self.sees(*id)).map(|(_, fact)| fact)
    }

    /// As [`Timeline::of`].
    pub fn of(&self, kind: EventKind) -> impl Iterator<Item = (FactId, &'a Fact)> {
        self.timeline.of(kind).filter(|(id, _)| self.sees(*id))
    }

    /// As [`Timeline::iter`].
    pub fn iter(&self) -> impl Iterator<Item = (FactId, &'a Fact)> {
        self.timeline.iter().filter(|(id, _)| self.sees(*id))
    }

    /// As [`Timeline::between`].
    pub fn between(&self, from: Micros, to: Micros) -> impl Iterator<Item = (FactId, &'a Fact)> {
        self.timeline.between(from, to).filter(|(id, _)| self.sees(*id))
    }

    /// The fact with this id.
    #[must_use]
    pub fn fact(&self, id: FactId) -> &'a Fact {
        self.timeline.fact(id)
    }

    /// As [`Timeline::is_pause`].
    #[must_use]
    pub fn is_pause(&self, fact: &Fact) -> bool {
        self.timeline.is_pause(fact)
    }
}

/// Stalls that a watchdog reports out of the blue only after a pause: one that it sees come it reports after 20 s (60 s before 3.2,
/// `softlockup_thresh`), and again and again while it lasts (`kernel/watchdog.c`).
const PAUSE_SECONDS: std::ops::Range<u64> = 100..86_400;
