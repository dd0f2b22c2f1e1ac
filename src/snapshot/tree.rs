//! JSON of a snapshot, one object after the other. In: the text. Out: each element of its list as a tree, and what stands around the
//! list. Exists because a tree takes up to a hundred times the memory of its text, and a list of containers is long.
//! Must never hold more than one element, nor build one that is larger than [`TREE_MAX_BYTES`].

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// The most that one element may take; an honest container takes 100 kB.
const TREE_MAX_BYTES: usize = 16 << 20;
/// An object: a node of its map has room for eleven keys and values.
const OBJECT_BYTES: usize = 680;
/// A value in an array, which grows by doubling, or one of some six in a node.
const VALUE_BYTES: usize = 120;
/// The list of an object of the Kubernetes API, and of an answer of ECS.
const LISTS: [&str; 2] = ["items", "tasks"];

/// Calls for each element of a list: the text as a whole, or the `items` or `tasks` of the one object that it is. Gives that object
/// with these being null, or null; `None` where the text is no JSON, or more than it may be.
pub(super) fn read(text: &[u8], visit: &mut dyn FnMut(&Value)) -> Option<Value> {
    let budget = Cell::new(TREE_MAX_BYTES);
    let mut json = serde_json::Deserializer::from_slice(text);
    let rest = List { budget: &budget, visit, inner: false }.deserialize(&mut json).ok()?;
    json.end().ok()?;
    Some(rest)
}

/// A list of elements.
struct List<'a> {
    budget: &'a Cell<usize>,
    visit: &'a mut dyn FnMut(&Value),
    /// It is the list in an object.
    inner: bool,
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list of objects")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let before = self.budget.get();
        while let Some(element) = list.next_element_seed(Tree(self.budget))? {
            (self.visit)(&element);
            self.budget.set(before);
        }
        Ok(Value::Null)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut rest = Map::new();
        while let Some(key) = object.next_key::<String>()? {
            let value = if LISTS.contains(&key.as_str()) && !self.inner {
                let list = List { budget: self.budget, visit: &mut *self.visit, inner: true };
                object.next_value_seed(list)?
            } else {
                object.next_value_seed(Tree(self.budget))?
            };
            rest.insert(key, value);
        }
        Ok(Value::Object(rest))
    }
}

/// Any value, paid for from what is left.
#[derive(Clone, Copy)]
struct Tree<'a>(&'a Cell<usize>);

impl Tree<'_> {
    fn pay<E: Error>(self, bytes: usize) -> Result<(), E> {
        let left = self.0.get().checked_sub(bytes);
        self.0.set(left.ok_or_else(|| E::custom("too large a tree"))?);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        self.pay(VALUE_BYTES)?;
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.pay(value.len())?;
        Ok(Value::from(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(self)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        self.pay(OBJECT_BYTES)?;
        let mut fields = Map::new();
        while let Some(key) = object.next_key::<String>()? {
            self.pay(key.len())?;
            fields.insert(key, object.next_value_seed(self)?);
        }
        Ok(Value::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn elements(text: &str) -> (Vec<Value>, Option<Value>) {
        let mut seen = Vec::new();
        let rest = read(text.as_bytes(), &mut |value| seen.push(value.clone()));
        (seen, rest)
    }

    #[test]
    fn lists_are_given_element_by_element() {
        let odd = json!({ "a": [1, -2, 0.5, "\u{e4}\"", null, true, { "b": {} }], "items": [3] });
        assert_eq!(
            elements(&json!([odd, 7]).to_string()),
            (vec![odd, json!(7)], Some(Value::Null))
        );
        let list = json!({ "kind": "List", "items": [{ "kind": "Pod" }, {}] });
        let rest = json!({ "kind": "List", "items": null });
        assert_eq!(
            elements(&list.to_string()),
            (vec![json!({ "kind": "Pod" }), json!({})], Some(rest))
        );
        let single = json!({ "kind": "Pod", "x": { "items": [1] } });
        assert_eq!(elements(&single.to_string()), (Vec::new(), Some(single)));
        for broken in ["[1", "", "[1] 2", "{\"a\"}", "3"] {
            assert_eq!(elements(broken).1, None, "{broken}");
        }
    }

    #[test]
    fn what_would_be_too_large_is_not_built() {
        let row = |open: &str, unit: &str, close: &str| {
            format!("{open}{}{close}", unit.repeat((8 << 20) / unit.len()))
        };
        // Many small elements are read however many they are; one large element is not.
        let mut count = 0;
        assert!(read(row("[", "{},", "1]").as_bytes(), &mut |_| count += 1).is_some());
        assert_eq!(count, (8 << 20) / 3 + 1);
        for (open, unit, close) in [
            ("[[", "1,", "1]]"),
            ("[[", "{},", "1]]"),
            ("{", "\"a\":{},", "\"b\":1}"),
            ("{\"x\":[", "[],", "1]}"),
        ] {
            assert!(read(row(open, unit, close).as_bytes(), &mut |_| ()).is_none(), "{open}{unit}");
        }
    }
}
