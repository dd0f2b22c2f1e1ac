//! What a report shows with its line: failed answers, and the marks of requests. In: rows with line numbers of a piece of a log.
//! Out: the same of the whole log. It exists apart because line numbers are known only once the pieces before are counted; all
//! else may be summed in any order.

use std::collections::BTreeMap;

use crate::mark::{MarkKind, Marks};
use crate::stamp::{DAY, HOUR, MINUTE, Micros, RawStamp, SECOND};

use super::{FailureCount, FailureKey, floor};

/// Rows of failures before the table becomes coarser: some 6 MB.
const ROWS_MAX: usize = 24_000;
/// Steps of the table; from the fourth on they drop the route. The last ones are for stamps that are strewn over centuries.
const STEPS: [(Micros, bool); 8] = [
    (SECOND, true),
    (10 * SECOND, true),
    (MINUTE, true),
    (MINUTE, false),
    (10 * MINUTE, false),
    (HOUR, false),
    (DAY, false),
    (100 * DAY, false),
];
/// The table's level when all logs of a bundle have more than so many rows together.
const MANY: [(usize, usize); 4] = [(240_000, 5), (120_000, 4), (60_000, 3), (30_000, 2)];

/// The shortest step of the table that is no shorter than this.
pub(super) fn step_at_least(step: Micros) -> Micros {
    STEPS.iter().map(|(own, _)| *own).find(|own| *own >= step).unwrap_or(100 * DAY)
}

/// The level for so many rows in all logs.
pub(super) fn level_of_many(rows_of_all: usize) -> usize {
    MANY.iter().find(|(rows, _)| rows_of_all > *rows).map_or(0, |(_, level)| *level)
}

/// Makes the failures of a log as coarse as they must be where all logs have so many rows. Gives the length of the step.
pub(super) fn thin(
    failures: &mut BTreeMap<FailureKey, FailureCount>,
    step: Micros,
    rows_of_all: usize,
) -> Micros {
    let level = level_of_many(rows_of_all);
    if level == 0 || STEPS[level].0 < step {
        return step;
    }
    let mut coarse = Numbered { level, ..Numbered::default() };
    for (key, count) in std::mem::take(failures) {
        coarse.insert(key, count);
    }
    *failures = std::mem::take(&mut coarse.failures);
    coarse.step()
}

/// Failures and marks of a log, or of a piece of it.
#[derive(Debug, Clone, Default)]
pub struct Numbered {
    pub(super) failures: BTreeMap<FailureKey, FailureCount>,
    pub(super) marks: Marks,
    level: usize,
}

impl Numbered {
    /// Nothing yet, for a piece of the log that this is of: what it need not keep it will not.
    pub(super) fn as_coarse(&self) -> Self {
        Self { failures: BTreeMap::new(), marks: self.marks.as_coarse(), level: self.level }
    }

    pub(super) fn mark(&mut self, key: u64, stamp: RawStamp, line: u64) {
        self.marks.add(MarkKind::Request, key, stamp, line);
    }

    /// Adds failures; their key may be finer than the table.
    pub(super) fn fail(&mut self, key: FailureKey, count: FailureCount) {
        self.insert(key, count);
        self.bound();
    }

    /// Takes in what a piece of the log holds that begins after so many lines.
    pub(super) fn merge(&mut self, piece: Self, lines_before: u64) {
        self.raise(piece.level);
        for (key, mut count) in piece.failures {
            count.line = count.line.saturating_add(lines_before);
            self.insert(key, count);
        }
        self.bound();
        self.marks.merge(piece.marks, lines_before);
    }

    /// Length of one step.
    pub(super) fn step(&self) -> Micros {
        STEPS[self.level].0
    }

    fn insert(&mut self, mut key: FailureKey, count: FailureCount) {
        let (step, with_route) = STEPS[self.level];
        key.at = floor(key.at, step);
        if !with_route {
            key.route.clear();
        }
        self.failures.entry(key).and_modify(|known| known.add(count)).or_insert(count);
    }

    fn bound(&mut self) {
        while self.failures.len() > ROWS_MAX && self.level + 1 < STEPS.len() {
            self.raise(self.level + 1);
        }
    }

    fn raise(&mut self, level: usize) {
        if level > self.level {
            self.level = level;
            for (key, count) in std::mem::take(&mut self.failures) {
                self.insert(key, count);
            }
        }
    }
}
