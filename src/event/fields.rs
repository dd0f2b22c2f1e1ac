//! What a grammar captured of a line: a few names and values. In: names and values, a later value replacing an earlier one. Out: the
//! value of a name, or all of them by name. It exists because a map of the standard library takes half a kilobyte for one entry, and
//! thousands of events are kept. It must never hold a name twice.

use std::fmt;

/// Values by name, in the order of the names.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fields(Vec<(Box<str>, Box<str>)>);

impl Fields {
    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(own, _)| (**own).cmp(name))
    }

    /// The value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let at = self.place(name).ok()?;
        self.0.get(at).map(|(_, value)| &**value)
    }

    /// Whether there is one of this name.
    #[must_use]
    pub fn contains_key(&self, name: &str) -> bool {
        self.place(name).is_ok()
    }

    /// Makes room for so many more.
    pub fn reserve(&mut self, names: usize) {
        self.0.reserve(names);
    }

    /// Sets a value, and replaces the one of the same name.
    pub fn insert(&mut self, name: impl Into<Box<str>>, value: impl Into<Box<str>>) {
        let name = name.into();
        match self.place(&name) {
            Ok(at) => {
                if let Some(own) = self.0.get_mut(at) {
                    own.1 = value.into();
                }
            }
            Err(at) => {
                if self.0.len() == self.0.capacity() {
                    self.0.reserve_exact(1);
                }
                self.0.insert(at, (name, value.into()));
            }
        }
    }

    /// Takes a value out.
    pub fn remove(&mut self, name: &str) -> Option<String> {
        let at = self.place(name).ok()?;
        Some(self.0.remove(at).1.into_string())
    }

    /// Takes all of these out.
    pub fn remove_all(&mut self, names: &[&str]) {
        self.0.retain(|(name, _)| !names.contains(&&**name));
    }

    /// All names and values, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Adds what these have under other names.
    pub fn complete(&mut self, others: &Self) {
        for (name, value) in others.iter() {
            if !self.contains_key(name) {
                self.insert(name, value);
            }
        }
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<N: Into<Box<str>>, V: Into<Box<str>>> Extend<(N, V)> for Fields {
    fn extend<I: IntoIterator<Item = (N, V)>>(&mut self, fields: I) {
        for (name, value) in fields {
            self.insert(name, value);
        }
    }
}

impl<N: Into<Box<str>>, V: Into<Box<str>>> FromIterator<(N, V)> for Fields {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(fields: I) -> Self {
        let mut own = Self::default();
        own.extend(fields);
        own
    }
}

#[cfg(test)]
mod tests {
    use super::Fields;

    #[test]
    fn a_name_has_one_value_and_names_have_an_order() {
        let mut fields: Fields =
            [("pid", "1"), ("unit", "shop"), ("pid", "2")].into_iter().collect();
        fields.insert("comm", "node");
        let all: Vec<_> = fields.iter().collect();
        assert_eq!(all, [("comm", "node"), ("pid", "2"), ("unit", "shop")]);
        assert_eq!(fields.remove("unit").as_deref(), Some("shop"));
        assert_eq!(fields.remove("unit"), None);
        let mut less = fields.clone();
        less.remove_all(&["comm", "unit"]);
        assert_eq!(less.iter().collect::<Vec<_>>(), [("pid", "2")]);
        fields.complete(&[("pid", "9"), ("tty", "x")].into_iter().collect());
        assert_eq!((fields.get("pid"), fields.get("tty")), (Some("2"), Some("x")));
    }
}
