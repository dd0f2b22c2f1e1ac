//! The shapes of a format's lines. In: a line. Out: whether a shape fits, with the time and the message of it at once, and all of
//! its fields when they are asked for: nearly all lines raise nothing, and nobody looks at their fields.

use std::borrow::Cow;

use regex::bytes::{CaptureLocations, Captures, Regex};

use crate::event::Fields;
use crate::stamp::RawStamp;

use super::hex;
use super::lazy::{Head, Pattern};
use super::opening::Opening;
use super::shapes::Place;
use super::time::Layout;

/// Longest line that is looked at as JSON.
const JSON_MAX_BYTES: usize = 256 * 1024;

/// One shape that a line of the format can have.
#[derive(Debug)]
pub(super) enum Line {
    /// A regular expression whose captures become fields. Where `context` is found in the message, it ends there, and the captures of
    /// that become fields too.
    Pattern {
        regex: Pattern,
        opening: Opening,
        layout: Option<Layout>,
        pairs: Vec<(String, String)>,
        context: Option<Box<Pattern>>,
    },
    /// A JSON object, by key paths.
    Json { keys: Vec<(String, Vec<String>)>, require: Vec<String>, layout: Option<Layout> },
}

/// Room for the captures of a few patterns: to make it anew costs as much as to search.
#[derive(Debug, Clone, Default)]
pub(super) struct Spots(Vec<(Place, CaptureLocations)>);

/// Patterns of which the room is kept.
const SPOTS_MAX: usize = 4;

impl Spots {
    /// The room for the pattern in this place; of one set of grammars.
    fn of(&mut self, place: Place, head: &Head) -> Option<&mut CaptureLocations> {
        let known = self.0.iter().position(|(own, _)| *own == place);
        let known = known.unwrap_or_else(|| {
            if self.0.len() >= SPOTS_MAX {
                self.0.remove(0);
            }
            self.0.push((place, head.regex.capture_locations()));
            self.0.len() - 1
        });
        self.0.get_mut(known).map(|(_, spots)| spots)
    }
}

/// A line that a grammar takes.
pub(super) enum Glance<'b> {
    /// By its pattern; what is in it besides time and message is not looked at yet.
    Seen {
        line: &'b Line,
        body: &'b [u8],
        stamp: Option<RawStamp>,
        message: &'b [u8],
    },
    Whole(Claimed<'b>),
}

impl<'b> Glance<'b> {
    pub(super) fn message(&self) -> &[u8] {
        match self {
            Self::Seen { message, .. } => message,
            Self::Whole(claimed) => &claimed.message,
        }
    }

    /// Whether its fields tell more than an event does.
    pub(super) fn names_request(&self) -> bool {
        match self {
            Self::Seen { line, .. } => line.names_request(),
            Self::Whole(_) => true,
        }
    }

    /// Takes it apart, as [`Line::claim`] does.
    pub(super) fn claimed(self) -> Option<Claimed<'b>> {
        match self {
            Self::Seen { line, body, .. } => line.claim(body),
            Self::Whole(claimed) => Some(claimed),
        }
    }
}

/// A line taken apart.
pub(super) struct Claimed<'b> {
    pub(super) stamp: Option<RawStamp>,
    pub(super) fields: Fields,
    pub(super) message: Cow<'b, [u8]>,
}

impl Line {
    /// Whether its messages stand in the line as they are, and no request is named around them.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self, Self::Pattern { .. }) && !self.names_request()
    }

    fn names_request(&self) -> bool {
        match self {
            Self::Pattern { regex, context, .. } => {
                regex.names_request()
                    || context.as_ref().is_some_and(|context| context.names_request())
            }
            Self::Json { .. } => true,
        }
    }

    /// Whether a glance need not take lines apart.
    pub(super) fn is_glanced_at(&self) -> bool {
        matches!(self, Self::Pattern { regex, .. } if regex.head().is_some())
    }

    /// Whether [`Line::claim`] would take the line apart, with its time and message.
    pub(super) fn glance<'b>(
        &'b self,
        body: &'b [u8],
        (place, spots): (Place, &mut Spots),
    ) -> Option<Glance<'b>> {
        let Self::Pattern { regex, layout, .. } = self else {
            return self.claim(body).map(Glance::Whole);
        };
        let Some(head) = regex.head() else { return self.claim(body).map(Glance::Whole) };
        let spots = spots.of(place, head)?;
        let end = head.regex.captures_read(spots, body)?.end();
        let text =
            |group: Option<usize>| spots.get(group?).and_then(|(from, to)| body.get(from..to));
        let stamp = match (layout, text(head.time)) {
            (Some(layout), Some(time)) => Some(layout.read(time, text(head.zone))?),
            _ => None,
        };
        Some(Glance::Seen { line: self, body, stamp, message: body.get(end..)? })
    }

    pub(super) fn claim<'b>(&self, body: &'b [u8]) -> Option<Claimed<'b>> {
        match self {
            Self::Pattern { regex, layout, pairs, context, .. } => {
                let mut fields = Fields::default();
                let mut message = take_apart(regex, body, &mut fields)?;
                let stamp = stamp_of(layout.as_ref(), &mut fields)?;
                if let Some(regex) = context.as_ref().and_then(|context| context.regex())
                    && let Some(captures) = regex.captures(message)
                {
                    capture(regex, &captures, &mut fields);
                    message = &message[..captures.get_match().start()];
                }
                if let Some(list) = fields.remove("pairs") {
                    split_pairs(&list, pairs, &mut fields);
                }
                Some(Claimed { stamp, fields, message: Cow::Borrowed(message) })
            }
            Self::Json { keys, require, layout } => {
                claim_json(body, keys, require, layout.as_ref())
            }
        }
    }
}

/// The message of a line that a pattern fits; its other captures become fields.
fn take_apart<'b>(pattern: &Pattern, body: &'b [u8], fields: &mut Fields) -> Option<&'b [u8]> {
    if let Some(Head { regex, .. }) = pattern.head() {
        let captures = regex.captures(body)?;
        capture(regex, &captures, fields);
        return body.get(captures.get_match().end()..);
    }
    let regex = pattern.regex()?;
    let captures = regex.captures(body)?;
    capture(regex, &captures, fields);
    fields.remove("message");
    Some(captures.name("message").map_or(&body[body.len()..], |found| &body[found.range()]))
}

/// The stamp of the captured `time`; `None` where the grammar demands one that cannot be read.
fn stamp_of(layout: Option<&Layout>, fields: &mut Fields) -> Option<Option<RawStamp>> {
    let time = fields.remove("time");
    let zone = fields.remove("zone");
    match (layout, time) {
        (Some(layout), Some(time)) => {
            layout.read(time.as_bytes(), zone.as_deref().map(str::as_bytes)).map(Some)
        }
        (Some(_) | None, None) => Some(None),
        (None, Some(_)) => Some(None),
    }
}

pub(super) fn capture(regex: &Regex, captures: &Captures<'_>, fields: &mut Fields) {
    fields.reserve(regex.captures_len());
    for (name, found) in regex.capture_names().zip(captures.iter()) {
        if let (Some(name), Some(found)) = (name, found) {
            let (name, value) = hex::field(name, found.as_bytes());
            fields.insert(name, value);
        }
    }
}

/// `key=value, key=value`: keeps those that the grammar names, under its names.
fn split_pairs(list: &str, wanted: &[(String, String)], fields: &mut Fields) {
    for pair in list.split(", ") {
        if let Some((key, value)) = pair.split_once('=')
            && let Some((name, _)) = wanted.iter().find(|(_, wanted)| wanted == key)
        {
            fields.insert(name.clone(), value.to_owned());
        }
    }
}

fn claim_json<'b>(
    body: &'b [u8],
    keys: &[(String, Vec<String>)],
    require: &[String],
    layout: Option<&Layout>,
) -> Option<Claimed<'b>> {
    if body.len() > JSON_MAX_BYTES || body.first() != Some(&b'{') {
        return None;
    }
    let value: serde_json::Value = serde_json::from_slice(body).ok()?;
    if !require.iter().all(|path| at_path(&value, path).is_some()) {
        return None;
    }
    let mut fields = Fields::default();
    for (name, paths) in keys {
        if let Some(found) = paths.iter().find_map(|path| at_path(&value, path)) {
            fields.insert(name.clone(), plain(found));
        }
    }
    let stamp = stamp_of(layout, &mut fields)?;
    let message = fields.remove("message")?;
    Some(Claimed { stamp, fields, message: Cow::Owned(message.into_bytes()) })
}

fn at_path<'v>(value: &'v serde_json::Value, path: &str) -> Option<&'v serde_json::Value> {
    path.split('.').try_fold(value, |value, key| value.get(key))
}

fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
