//! `capsule.json`: what a capsule carries as data. In: JSON of anybody's making; out: figures within sane bounds. Must never make a
//! claim: no cause, no kill, no death is written here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::problem::{Problem, ProblemKind};
use crate::stamp::{ClockKind, DAY, Micros, RawStamp};
use crate::wording::{self, Arg, Text, text};

use super::tables::TrafficRecord;

/// The whole file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Capsule {
    /// [`super::VERSION`]; stands first.
    pub coroner_capsule: u32,
    /// The version of coroner that wrote it.
    pub tool: String,
    /// What was masked.
    pub redaction: String,
    /// The sources, in the order of the report.
    pub sources: Vec<SourceRecord>,
    /// What could not be read of the bundle.
    pub problems: Vec<ProblemRecord>,
}

/// One source.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SourceRecord {
    /// Path in the bundle.
    pub path: String,
    /// What it was taken for.
    pub format: String,
    /// Its wrapping.
    pub envelope: String,
    /// Host name.
    pub host: Option<String>,
    /// Lines, records, lines that no format explains, events that a cap left out.
    pub counts: [u64; 4],
    /// First and last stamp by clock.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<(At, At)>,
    /// Kernel messages: first, last, number, whether from boot, whether a ring.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel: Option<(At, At, u64, bool, bool)>,
    /// Formats of its messages.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub formats: BTreeMap<String, u64>,
    /// Offsets that it writes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub written_offsets: Vec<Micros>,
    /// Votes for its zone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub zone_votes: Vec<(Micros, u64)>,
    /// Boot id, minute of uptime, boot stamp, wall stamp, line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub boot_pairs: Vec<(String, Micros, Micros, At, u64)>,
    /// Number of a mark, and under which boots it was seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub boot_lines: Vec<(u64, Vec<(String, Micros)>)>,
    /// What it shares with others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<MarkRecord>,
    /// Its requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traffic: Option<TrafficRecord>,
    /// Which of its lines raised an event.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<Told>,
}

/// A line that raised an event. Its time travels only where the line does not tell it: by lines next to it that are not here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Line.
    pub line: u64,
    /// Kind of the event.
    pub kind: String,
    /// How many lines like it this one stands for.
    pub count: u64,
    /// Stamp, upper bound, boot id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<(Option<At>, Option<At>, Option<String>)>,
}

/// Sightings of a mark. Requests and kernel lines are numbered, so that nobody can try out who asked for what; processes have their
/// pid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkRecord {
    /// `request`, `death`, `start`, `kernel-line`.
    pub kind: String,
    /// Number or pid.
    pub key: u64,
    /// Stamp, upper bound, line.
    pub seen: Vec<(At, Option<At>, u64)>,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemRecord {
    /// Path in the bundle.
    pub path: String,
    /// Name of the kind.
    pub kind: String,
    /// What, in English.
    pub detail: String,
    /// The same as a message, which other languages have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageRecord>,
}

/// A message that tells why something could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRecord {
    /// Its id.
    pub id: String,
    /// What it speaks of.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, ArgRecord>,
}

/// One thing that a message speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ArgRecord {
    /// A number.
    Count(u64),
    /// A name, or other text that no language changes.
    Shown(String),
    /// Another message.
    Message(MessageRecord),
}

/// A stamp: clock, moment, step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct At(Clock, Micros, Micros);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Clock {
    Utc,
    Local,
    LocalAgain,
    Yearless,
    YearlessAgain,
    Boot,
}

/// Largest count that is believed: sums of what one file holds then fit.
const COUNT_MAX: u64 = 1 << 40;

/// A moment within the years that can be written.
#[must_use]
pub fn moment(at: Micros) -> Micros {
    crate::stamp::believed(at)
}

/// A count that can be added to others.
#[must_use]
pub fn count(count: u64) -> u64 {
    count.min(COUNT_MAX)
}

impl From<RawStamp> for At {
    fn from(stamp: RawStamp) -> Self {
        let clock = match stamp.clock {
            ClockKind::Utc => Clock::Utc,
            ClockKind::Local => Clock::Local,
            ClockKind::LocalAgain => Clock::LocalAgain,
            ClockKind::Yearless => Clock::Yearless,
            ClockKind::YearlessAgain => Clock::YearlessAgain,
            ClockKind::Boot => Clock::Boot,
        };
        Self(clock, stamp.at, stamp.resolution)
    }
}

impl From<At> for RawStamp {
    fn from(at: At) -> Self {
        let clock = match at.0 {
            Clock::Utc => ClockKind::Utc,
            Clock::Local => ClockKind::Local,
            Clock::LocalAgain => ClockKind::LocalAgain,
            Clock::Yearless => ClockKind::Yearless,
            Clock::YearlessAgain => ClockKind::YearlessAgain,
            Clock::Boot => ClockKind::Boot,
        };
        Self::new(clock, moment(at.1), at.2.clamp(0, DAY))
    }
}

/// The kinds of problems by name.
const KINDS: [ProblemKind; 8] = [
    ProblemKind::Truncated,
    ProblemKind::Damaged,
    ProblemKind::Unreadable,
    ProblemKind::Limit,
    ProblemKind::PartialLine,
    ProblemKind::LongLine,
    ProblemKind::Unparsed,
    ProblemKind::NotALog,
];

/// Messages that a capsule may name begin so: a forged one can choose among reasons, and says nothing that its words could not.
const REASONS: &str = "unread-";

/// Messages within messages that are read; ours have one for each layer of an archive.
const MESSAGES_MAX: usize = 8;

impl From<&Problem> for ProblemRecord {
    fn from(problem: &Problem) -> Self {
        let detail = problem.detail.to_string();
        // It must read back as the same words. Masked ones may not: what only the whole shows to be secret is hidden in the words
        // alone.
        let message = MessageRecord::of(&problem.detail)
            .filter(|message| message.clone().told(0).is_some_and(|told| *told == *detail));
        Self { path: problem.path.clone(), kind: problem.kind.name().to_owned(), detail, message }
    }
}

impl MessageRecord {
    fn of(text: &Text) -> Option<Self> {
        let of = |(name, arg): &(&str, Arg)| {
            let arg = match arg {
                Arg::Count(count) => ArgRecord::Count(*count),
                Arg::Shown(shown) => ArgRecord::Shown(shown.clone()),
                Arg::Text(text) => ArgRecord::Message(Self::of(text)?),
                // No reason needs one; its words are in the program alone.
                Arg::Case(_) => return None,
            };
            Some(((*name).to_owned(), arg))
        };
        let args = text.args().iter().map(of).collect::<Option<_>>()?;
        Some(Self { id: text.id()?.to_owned(), args })
    }

    /// The message, `above` others deep; `None` if this coroner has none that speaks of just this.
    fn told(self, above: usize) -> Option<Text> {
        let below = above.checked_add(1).filter(|below| *below <= MESSAGES_MAX)?;
        let of = |(name, arg)| {
            let arg = match arg {
                ArgRecord::Count(count) => Arg::Count(count),
                ArgRecord::Shown(shown) => Arg::Shown(shown),
                ArgRecord::Message(message) => Arg::Text(message.told(below)?),
            };
            Some((name, arg))
        };
        wording::known(REASONS, &self.id, self.args.into_iter().map(of).collect::<Option<_>>()?)
    }
}

impl ProblemRecord {
    /// The problem, of a path below this folder; an unknown kind is damage. A message that is not known, as of a newer coroner, is
    /// no damage: its English words stand beside it.
    #[must_use]
    pub fn restored(self, under: &str) -> Problem {
        let kind =
            KINDS.into_iter().find(|kind| kind.name() == self.kind).unwrap_or(ProblemKind::Damaged);
        let told = self.message.and_then(|message| message.told(0));
        let detail = told.unwrap_or_else(|| Text::plain(self.detail));
        Problem { path: format!("{under}{}", self.path), kind, detail }
    }
}

/// Reads the file.
///
/// # Errors
/// What is wrong with it, for a person.
pub fn read(bytes: &[u8]) -> Result<Capsule, Text> {
    let capsule: Capsule = serde_json::from_slice(bytes)
        .map_err(|error| text("unread-capsule-record", [("reason", error.to_string().into())]))?;
    if capsule.coroner_capsule > super::VERSION {
        let [version, own] = [capsule.coroner_capsule, super::VERSION].map(|n| n.to_string());
        let args = [("version", version.into()), ("own", own.into())];
        return Err(text("unread-capsule-version", args));
    }
    Ok(capsule)
}

/// Writes the file.
///
/// # Errors
/// When it is no JSON, which its types rule out.
pub fn write(capsule: &Capsule) -> std::io::Result<Vec<u8>> {
    serde_json::to_vec(capsule).map_err(std::io::Error::from)
}
