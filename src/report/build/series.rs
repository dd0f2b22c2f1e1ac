//! Requests and failures by steps of time, for a picture: over the whole window, and around each incident.
//! In: the answers. Out: rows of equal steps. Must never count a request that a retry or a copied line already counted.

use crate::answers::Answers;
use crate::stamp::{Micros, SECOND, rfc3339};

use super::super::model;

/// Steps of the whole window: one for each few pixels.
const WHOLE_MAX: i64 = 160;
/// Steps of an incident with what is around it.
const AROUND_MAX: i64 = 100;
/// Least time shown before and after an incident.
const AROUND_MIN: Micros = 20 * SECOND;
/// Lengths of a step in seconds, as people divide time.
const STEPS: [i64; 18] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400, 604_800,
];

/// The whole window of the access logs; `None` without them.
pub(super) fn whole(answers: &Answers) -> Option<model::Series> {
    let first = *answers.load.first_key_value()?.0;
    let last = *answers.load.last_key_value()?.0;
    Some(count(answers, first, last, WHOLE_MAX))
}

/// An incident with a third of its length before and after it.
pub(super) fn around(answers: &Answers, start: Micros, end: Micros) -> model::Series {
    let margin = ((end - start) / 3).max(AROUND_MIN);
    count(answers, start - margin, end + margin, AROUND_MAX)
}

fn count(answers: &Answers, from: Micros, to: Micros, steps_max: i64) -> model::Series {
    // A load that is known by the minute must not be drawn by the second.
    let fine = answers.load_step / SECOND;
    let step = STEPS
        .into_iter()
        .find(|step| *step >= fine && (to - from) / (step * SECOND) + 2 <= steps_max);
    let step = step.unwrap_or(604_800) * SECOND;
    let start = from - from.rem_euclid(step);
    let steps = usize::try_from((to - start) / step + 1)
        .unwrap_or(1)
        .min(usize::try_from(steps_max * 4).unwrap_or(1));
    let place = |at: Micros| {
        usize::try_from((at - start).div_euclid(step)).ok().filter(|place| *place < steps)
    };
    let mut series = model::Series {
        start: rfc3339(start).unwrap_or_default(),
        step_seconds: u64::try_from(step / SECOND).unwrap_or(1),
        requests: vec![0; if answers.load.is_empty() { 0 } else { steps }],
        failures: vec![0; steps],
    };
    for (at, requests) in answers.load.range(start..=to) {
        if let Some(sum) = place(*at).and_then(|place| series.requests.get_mut(place)) {
            *sum += requests;
        }
    }
    for failure in &answers.failures {
        if let Some(sum) =
            place(failure.count.first).and_then(|place| series.failures.get_mut(place))
        {
            *sum += failure.count.answers;
        }
    }
    series
}
