//! Requests by time step and route, bounded. In: a step, a route and a number. Out: rows in order of time. It exists so that a
//! route's text is kept once, however many steps it was asked for in. The rows that are left depend on what came, never on its order.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::stamp::{DAY, HOUR, MINUTE, Micros};

use super::{Traffic, floor, fold};

/// Rows of requests by route and time before the table becomes coarser.
const ROWS_MAX: usize = 24_000;
/// How the table becomes coarser: length of a step, and of how many routes that are not regular one is kept (as a power of
/// two). Beyond the last, fewer and fewer.
const LEVELS: [(Micros, u32); 7] = [
    (MINUTE, 0),
    (10 * MINUTE, 0),
    (10 * MINUTE, 3),
    (10 * MINUTE, 6),
    (10 * MINUTE, 9),
    (HOUR, 9),
    (DAY, 9),
];
/// The level for bundles of many logs: hours.
const LEVEL_OF_MANY: usize = 5;
/// From here on, a log of years, regular routes are sampled as others are.
const REGULAR_LEVELS: usize = LEVELS.len() + 4;
/// Regular routes: more are not what is asked for all the time.
const REGULAR_MAX: usize = 200;

/// Regular routes that are looked up one by one.
const FEW: usize = 8;

/// Routes that are asked for all the time. They are kept before others: of those a user wants to know how many of the requests
/// failed, and a path that one user in a day asks for has no share. They are known by a number made of
/// their name: another one that has the same is kept as well.
#[derive(Debug, Clone, Default)]
pub struct Regular(Arc<Known>);

#[derive(Debug, Default)]
struct Known {
    numbers: Vec<u64>,
    /// A bit for the first twelve of each number: most others are known by it not to be among them. None where there are few.
    bits: Vec<u64>,
}

impl Regular {
    /// Those that were asked for more than once in a short stretch of a log.
    #[must_use]
    pub fn of(traffic: &Traffic) -> Self {
        let mut asked: BTreeMap<&str, u64> = BTreeMap::new();
        for (_, route, requests) in traffic.routes.iter() {
            *asked.entry(route).or_default() += requests;
        }
        let mut list: Vec<(u64, &str)> =
            asked.into_iter().map(|(route, requests)| (requests, route)).collect();
        list.retain(|(requests, _)| *requests > 1);
        list.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        let mut regular: Vec<u64> =
            list.into_iter().take(REGULAR_MAX).map(|(_, route)| fold(route.as_bytes())).collect();
        regular.sort_unstable();
        let mut bits = if regular.len() > FEW { vec![0; 64] } else { Vec::new() };
        for number in &regular {
            let (word, bit) = Self::bit(*number);
            bits.get_mut(word).iter_mut().for_each(|word| **word |= bit);
        }
        Self(Arc::new(Known { numbers: regular, bits }))
    }

    const fn bit(number: u64) -> (usize, u64) {
        ((number >> 58) as usize, 1 << ((number >> 52) & 63))
    }

    fn has(&self, number: u64) -> bool {
        let (word, bit) = Self::bit(number);
        self.0.bits.get(word).is_none_or(|word| word & bit != 0)
            && self.0.numbers.binary_search(&number).is_ok()
    }
}

/// The table.
#[derive(Debug, Clone, Default)]
pub struct Routes {
    names: Names,
    rows: BTreeMap<(Micros, u32), u64>,
    level: usize,
    regular: Regular,
}

/// Routes by number. Numbers are only good for the table or counter that gave them.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    /// Never walked, only asked: its order is that of the run.
    numbers: HashMap<Arc<str>, u32, RandomState>,
    names: Vec<Arc<str>>,
}

impl Names {
    pub(super) fn number(&mut self, name: &str) -> u32 {
        match self.numbers.get(name) {
            Some(number) => *number,
            None => self.insert(Arc::from(name)),
        }
    }

    fn number_of(&mut self, name: &Arc<str>) -> u32 {
        match self.numbers.get(name) {
            Some(number) => *number,
            None => self.insert(Arc::clone(name)),
        }
    }

    fn insert(&mut self, name: Arc<str>) -> u32 {
        // A table has far fewer than 2^32 names: it is rebuilt when there are more than its rows.
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(Arc::clone(&name));
        self.numbers.insert(name, number);
        number
    }

    pub(super) fn get(&self, number: u32) -> Option<&Arc<str>> {
        self.names.get(number as usize)
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    pub(super) fn clear(&mut self) {
        self.numbers.clear();
        self.names.clear();
    }
}

impl Routes {
    /// Rows of a table of this step as they were; they are not sampled again unless there are too many.
    pub(super) fn restored(step: Micros, rows: Vec<(Micros, String, u64)>) -> Self {
        let level = LEVELS.iter().position(|(own, _)| *own >= step).unwrap_or(LEVELS.len() - 1);
        let mut routes = Self { level, ..Self::default() };
        let step = routes.step();
        for (at, route, requests) in rows {
            let number = routes.names.number(&route);
            *routes.rows.entry((floor(at, step), number)).or_default() += requests;
            routes.bound();
        }
        routes
    }

    /// Keeps these routes before others; to be said before anything is added.
    pub(super) fn prefer(&mut self, regular: &Regular) {
        self.regular = regular.clone();
    }

    /// Adds requests of one step; `at` is any moment in it.
    pub(super) fn add(&mut self, at: Micros, name: &Arc<str>, requests: u64) {
        if self.keeps(name.as_bytes()) {
            let number = self.names.number_of(name);
            *self.rows.entry((floor(at, self.step()), number)).or_default() += requests;
            self.bound();
        }
    }

    /// Takes the rows of another part of the same log in.
    pub(super) fn merge(&mut self, other: &Self) {
        self.raise(other.level);
        let numbers: Vec<Option<u32>> = other
            .names
            .names
            .iter()
            .map(|name| self.keeps(name.as_bytes()).then(|| self.names.number_of(name)))
            .collect();
        let step = self.step();
        for ((at, number), requests) in &other.rows {
            if let Some(Some(number)) = numbers.get(*number as usize) {
                *self.rows.entry((floor(*at, step), *number)).or_default() += requests;
            }
        }
        self.bound();
    }

    fn bound(&mut self) {
        while self.rows.len() > ROWS_MAX {
            self.raise(self.level + 1);
        }
        if self.names.len() > 2 * ROWS_MAX {
            self.rebuild();
        }
    }

    /// Makes the table as coarse as this level.
    fn raise(&mut self, level: usize) {
        if level > self.level {
            self.level = level;
            self.rebuild();
        }
    }

    fn rebuild(&mut self) {
        let old = std::mem::take(&mut self.names);
        let step = self.step();
        for ((at, number), requests) in std::mem::take(&mut self.rows) {
            let Some(name) = old.get(number).filter(|name| self.keeps(name.as_bytes())) else {
                continue;
            };
            let number = self.names.number_of(name);
            *self.rows.entry((floor(at, step), number)).or_default() += requests;
        }
    }

    /// Whether a route has rows at all, at the present level.
    pub(super) fn keeps(&self, route: &[u8]) -> bool {
        let (_, sampling) = self.form();
        if sampling == 0 {
            return true;
        }
        let number = fold(route);
        number.trailing_zeros() >= sampling
            || (self.level < REGULAR_LEVELS && self.regular.has(number))
    }

    fn form(&self) -> (Micros, u32) {
        let beyond = (self.level + 1).saturating_sub(LEVELS.len());
        let (step, sampling) = LEVELS[self.level - beyond];
        (step, sampling.saturating_add(u32::try_from(beyond).unwrap_or(u32::MAX)))
    }

    /// Rows: start of the step, route, requests.
    pub fn iter(&self) -> impl Iterator<Item = (Micros, &str, u64)> {
        self.rows.iter().filter_map(|((at, number), requests)| {
            Some((*at, self.names.get(*number)?.as_ref(), *requests))
        })
    }

    /// How many requests each route had in all, routes without any among them.
    pub fn totals(&self) -> impl Iterator<Item = (&str, u64)> {
        let mut sums = vec![0_u64; self.names.names.len()];
        for ((_, number), requests) in &self.rows {
            if let Some(sum) = sums.get_mut(*number as usize) {
                *sum += requests;
            }
        }
        self.names.names.iter().map(AsRef::as_ref).zip(sums)
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Makes it as coarse as it must be for many logs to be held at a time.
    pub(super) fn thin(&mut self) {
        self.raise(LEVEL_OF_MANY);
    }

    /// How coarse the table is.
    pub(super) const fn level(&self) -> usize {
        self.level
    }

    /// Length of one step.
    #[must_use]
    pub fn step(&self) -> Micros {
        self.form().0
    }
}
