//! Numbers for the writers of one log. In: a writer that a wrapper knows again. Out: its number, and what whoever gets its records knows
//! of it by that number. It exists because the names of a writer are told with each of its records, and to look them up each time
//! takes longer than to read the record. Must never stand for other names than those it was given for.

/// A writer: records of the same number have the same names, in all but the pid. The default is no number: the wrapper does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kin(u32);

/// Numbers of which anything is remembered at a time; a power of two.
const REMEMBERED: usize = 64;

impl Kin {
    /// The next number; none once there are no more.
    pub(super) const fn next(&mut self) -> Self {
        let next = Self(self.0.saturating_add(1));
        if next.0 == u32::MAX {
            return Self(0);
        }
        *self = next;
        next
    }
}

/// What is known of the last writers.
#[derive(Debug, Clone)]
pub struct OfKin<T>(Box<[(Kin, T); REMEMBERED]>);

impl<T: Copy + Default> Default for OfKin<T> {
    fn default() -> Self {
        Self(Box::new([(Kin::default(), T::default()); REMEMBERED]))
    }
}

impl<T: Copy + Default> OfKin<T> {
    /// What was set for this writer, unless it is forgotten.
    #[must_use]
    pub fn get(&self, kin: Kin) -> Option<T> {
        let (known, value) = self.0.get(kin.0 as usize % REMEMBERED)?;
        (*known == kin && kin != Kin::default()).then_some(*value)
    }

    /// Remembers this of a writer.
    pub fn set(&mut self, kin: Kin, value: T) {
        if let Some(known) = self.0.get_mut(kin.0 as usize % REMEMBERED) {
            *known = (kin, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stands_for_one_writer() {
        let mut last = Kin::default();
        let kin: Vec<Kin> = (0..200).map(|_| last.next()).collect();
        let mut known = OfKin::default();
        for (number, kin) in kin.iter().enumerate() {
            assert_eq!(known.get(*kin), None);
            known.set(*kin, number);
            assert_eq!(known.get(*kin), Some(number));
        }
        assert_eq!(known.get(kin[199 - REMEMBERED]), None);
    }

    #[test]
    fn nothing_is_known_of_nobody() {
        let mut known = OfKin::default();
        known.set(Kin::default(), 1);
        assert_eq!(known.get(Kin::default()), None);
        let mut last = Kin(u32::MAX - 1);
        assert_eq!(last.next(), Kin::default());
    }
}
