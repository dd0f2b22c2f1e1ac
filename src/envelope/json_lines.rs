//! journalctl's JSON: `-o json`, `json-sse`, `json-seq` and `json-pretty`. In: lines; out: one record an object. Exists because the
//! values are strings, arrays of bytes, arrays of values or null, and no general reader keeps bytes that are not UTF-8.
//! Must never hold more than one object of `LINE_MAX_BYTES`.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::stamp::Micros;

use super::journal::{Entry, Slot, slot};
use super::lines::LINE_MAX_BYTES;
use super::outlet::{Outlet, Sink};

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Delivered, or a part of an object, or a separator.
    Taken,
    /// JSON that could not be read, or an entry whose message journalctl left out for its size.
    Damaged,
    /// No JSON at all.
    Foreign,
}

/// Reads objects from lines.
#[derive(Debug, Clone, Default)]
pub(super) struct Objects {
    entry: Entry,
    value: Vec<u8>,
    /// Lines of a pretty-printed object, and where it began; 0 outside.
    pretty: Vec<u8>,
    began: u64,
    /// Pretty-printed objects that were never closed.
    pub(super) torn: u64,
}

impl Objects {
    pub(super) fn line(
        &mut self,
        number: u64,
        line: &[u8],
        outlet: &mut Outlet,
        sink: &mut Sink<'_>,
    ) -> Outcome {
        if self.began > 0 && !line.starts_with(b"{") {
            return self.pretty_line(line, outlet, sink);
        }
        // Only the first line of a printed object begins with a brace: the one before was never closed.
        self.torn += u64::from(self.began > 0);
        self.began = 0;
        let object = without_frame(line);
        match object {
            b"" => Outcome::Taken,
            b"{" => {
                self.began = number;
                self.pretty.clear();
                self.pretty.push(b'{');
                Outcome::Taken
            }
            _ if object.starts_with(b"{") => self.object(number, object, outlet, sink),
            _ => Outcome::Foreign,
        }
    }

    /// Whether the input ended inside of a pretty-printed object.
    pub(super) fn is_open(&self) -> bool {
        self.began > 0
    }

    fn pretty_line(&mut self, line: &[u8], outlet: &mut Outlet, sink: &mut Sink<'_>) -> Outcome {
        if self.pretty.len() + line.len() <= LINE_MAX_BYTES {
            self.pretty.extend_from_slice(line);
        }
        if line != b"}" {
            return Outcome::Taken;
        }
        let number = std::mem::take(&mut self.began);
        let object = std::mem::take(&mut self.pretty);
        let outcome = self.object(number, &object, outlet, sink);
        self.pretty = object;
        outcome
    }

    fn object(
        &mut self,
        number: u64,
        object: &[u8],
        outlet: &mut Outlet,
        sink: &mut Sink<'_>,
    ) -> Outcome {
        if !self.read(object) && !self.read(String::from_utf8_lossy(object).as_bytes()) {
            return Outcome::Damaged;
        }
        self.entry.deliver(number, outlet, sink);
        Outcome::Taken
    }

    fn read(&mut self, object: &[u8]) -> bool {
        self.entry.clear();
        let mut json = serde_json::Deserializer::from_slice(object);
        let fields = Fields { entry: &mut self.entry, value: &mut self.value };
        json.deserialize_map(fields).is_ok() && json.end().is_ok()
    }
}

/// Without the record separator of `json-seq` and the `data: ` of `json-sse`.
pub(super) fn without_frame(line: &[u8]) -> &[u8] {
    let line = line.strip_prefix(b"\x1e").unwrap_or(line);
    line.strip_prefix(b"data:").unwrap_or(line).trim_ascii()
}

/// A message of `dmesg --json`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RingEntry {
    /// The level, of newer versions with 8 times the facility; `None` where `-x` wrote a word.
    pub(super) priority: Option<u64>,
    /// `kern`, `user`, .. where `-x` wrote it.
    pub(super) facility: Option<String>,
    /// Time since boot.
    pub(super) boot: Option<Micros>,
    /// The text.
    pub(super) message: String,
}

/// Reads one object of `dmesg --json`; its bytes need not be UTF-8.
pub(super) fn ring_entry(object: &[u8]) -> Option<RingEntry> {
    let mut entry: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&String::from_utf8_lossy(object)).ok()?;
    let serde_json::Value::String(message) = entry.remove("msg")? else { return None };
    let seconds = entry.get("time").and_then(serde_json::Value::as_f64);
    let boot = seconds.filter(|seconds| (0.0..1e9).contains(seconds));
    Some(RingEntry {
        priority: entry.get("pri").and_then(serde_json::Value::as_u64),
        facility: entry.get("fac").and_then(|word| word.as_str()).map(str::to_owned),
        // Below 1e15 µs a double is exact to a quarter of one.
        boot: boot.map(|seconds| (seconds * 1e6).round() as Micros),
        message,
    })
}

/// The object: fields into the entry, the rest skipped.
struct Fields<'a> {
    entry: &'a mut Entry,
    value: &'a mut Vec<u8>,
}

impl<'de> Visitor<'de> for Fields<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a journal entry")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key_seed(Key)? {
            let Some(slot) = key else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            self.value.clear();
            if map.next_value_seed(Content { out: self.value, depth: 0 })? != Shape::Null {
                self.entry.set(slot, self.value);
            }
        }
        Ok(())
    }
}

struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Option<Slot>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Option<Slot>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a field name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(slot(name.as_bytes()))
    }
}

/// A value in one of journald's encodings. Of an array of values the first one that is not null counts.
struct Content<'a> {
    out: &'a mut Vec<u8>,
    depth: u8,
}

/// What a value was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Null,
    /// A number in an array: one byte of a value.
    Byte(u8),
    Text,
}

impl<'de> DeserializeSeed<'de> for Content<'_> {
    type Value = Shape;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Shape, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Content<'_> {
    type Value = Shape;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a string, an array or null")
    }

    fn visit_str<E>(self, text: &str) -> Result<Shape, E> {
        self.out.extend_from_slice(text.as_bytes());
        Ok(Shape::Text)
    }

    fn visit_u64<E>(self, number: u64) -> Result<Shape, E> {
        if self.depth > 0 {
            return Ok(u8::try_from(number).map_or(Shape::Null, Shape::Byte));
        }
        // journalctl quotes its numbers; other exporters do not.
        self.out.extend_from_slice(number.to_string().as_bytes());
        Ok(Shape::Text)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Shape, E> {
        Ok(Shape::Null)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Shape, E> {
        Ok(Shape::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Shape, E> {
        Ok(Shape::Null)
    }

    fn visit_unit<E>(self) -> Result<Shape, E> {
        Ok(Shape::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Shape, A::Error> {
        let mut shape = Shape::Null;
        loop {
            match values.next_element_seed(Content {
                out: &mut *self.out,
                depth: self.depth.saturating_add(1),
            })? {
                None => break,
                Some(Shape::Byte(byte)) => {
                    self.out.push(byte);
                    shape = Shape::Text;
                }
                Some(Shape::Null) => {}
                Some(Shape::Text) => {
                    shape = Shape::Text;
                    while values.next_element::<IgnoredAny>()?.is_some() {}
                    break;
                }
            }
        }
        Ok(shape)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shape, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Shape::Null)
    }
}
