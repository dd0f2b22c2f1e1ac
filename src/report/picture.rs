//! The failures of an incident as a row of bars, with the kills and deaths of that time under it.
//! In: an incident and the kills and deaths of the report. Out: two rows of equal steps, no wider than asked.
//! Why: whether failures follow a kill is seen at once. Must never hide a kill behind a death of the same step.

use crate::report::figures;
use crate::report::model::{Incident, Report};

/// Heights of a bar, lowest first.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// How far two logs may tell one moment apart.
const CLOSE_SECONDS: f64 = 1.5;

/// A step without failures.
const NONE: char = '.';

/// An incident drawn in steps.
pub struct Picture {
    /// One column per step; the first is empty and stands for the time just before the first failure.
    pub bars: String,
    /// `K` and `x` at the steps of OOM kills and of deaths; empty where there are none.
    pub marks: String,
    /// Length of a step in seconds.
    pub step_seconds: u64,
    /// Failures in the highest step.
    pub peak: u64,
}

impl Picture {
    /// Which marks stand under the bars: `none`, `kills`, `deaths` or `both`.
    #[must_use]
    pub fn marked(&self) -> &'static str {
        match (self.marks.contains('K'), self.marks.contains('x')) {
            (false, false) => "none",
            (true, false) => "kills",
            (false, true) => "deaths",
            (true, true) => "both",
        }
    }
}

/// Draws an incident at most `columns` wide; `None` where there is nothing to draw.
#[must_use]
pub fn draw(report: &Report, incident: &Incident, columns: usize) -> Option<Picture> {
    let room = columns.saturating_sub(1).max(1);
    let merged = incident.spark.len().div_ceil(room).max(1);
    let sum = |steps: &[u64]| steps.iter().fold(0_u64, |sum, step| sum.saturating_add(*step));
    let steps: Vec<u64> = incident.spark.chunks(merged).map(sum).collect();
    let peak = steps.iter().copied().max().filter(|peak| *peak > 0)?;
    let step_seconds = incident.spark_step_seconds.max(1).saturating_mul(merged as u64);
    let bars = std::iter::once(' ').chain(steps.iter().map(|step| bar(*step, peak))).collect();
    let marks = marks(report, incident, step_seconds, steps.len());
    Some(Picture { bars, marks, step_seconds, peak })
}

fn bar(failures: u64, peak: u64) -> char {
    if failures == 0 {
        return NONE;
    }
    let height = (u128::from(failures) * BARS.len() as u128).div_ceil(u128::from(peak.max(1)));
    usize::try_from(height)
        .ok()
        .and_then(|height| BARS.get(height.saturating_sub(1)))
        .copied()
        .unwrap_or('█')
}

/// The row under the bars.
fn marks(report: &Report, incident: &Incident, step_seconds: u64, steps: usize) -> String {
    let mut row = vec![' '; steps.saturating_add(1)];
    let column = |time: &Option<String>, of: &Option<String>| {
        let ours = of.as_deref() == Some(incident.id.as_str());
        // What another incident at the same time is explained by is not of this one.
        if of.is_some() && !ours {
            return None;
        }
        column(incident, time.as_deref()?, ours, step_seconds, steps)
    };
    let deaths = report.deaths.iter().filter_map(|death| column(&death.time, &death.incident));
    let kills = report.oom_kills.iter().filter_map(|kill| column(&kill.time, &kill.incident));
    for (at, mark) in deaths.map(|at| (at, 'x')).chain(kills.map(|at| (at, 'K'))) {
        if let Some(place) = row.get_mut(at) {
            *place = mark;
        }
    }
    let row: String = row.into_iter().collect();
    row.trim_end().to_owned()
}

/// Column of a time between start and end; 0 for what came before the start and belongs to the incident. What belongs to it and
/// came so little after its end that a clock of whole seconds explains it stands in the last column.
fn column(
    incident: &Incident,
    time: &str,
    ours: bool,
    step_seconds: u64,
    steps: usize,
) -> Option<usize> {
    let after_start = figures::seconds_between(&incident.start, time)?;
    let after_end = figures::seconds_between(&incident.end, time)?;
    if after_start < 0.0 {
        return ours.then_some(0);
    }
    // Float to integer saturates; the last step holds the end itself.
    let step = (after_start / step_seconds as f64) as usize;
    let inside = after_end <= 0.0 || (ours && after_end <= CLOSE_SECONDS);
    inside.then_some(step.min(steps.saturating_sub(1)) + 1)
}

#[cfg(test)]
mod tests {
    use super::draw;
    use crate::report::figures;
    use crate::report::text::sample;

    #[test]
    fn kills_stand_under_the_step_they_fell_in() {
        let report = sample::report("killed");
        let picture = draw(&report, &report.incidents[1], 80).unwrap();
        assert_eq!(picture.bars, " ▁▃█▄.▁");
        assert_eq!(picture.marks, "K  x");
        assert_eq!((picture.step_seconds, picture.peak), (5, 600));
    }

    #[test]
    fn what_belongs_to_the_incident_and_a_coarse_clock_puts_after_it_is_drawn() {
        let mut report = sample::report("killed");
        let incident = report.incidents[1].id.clone();
        let end = report.incidents[1].end.clone();
        let end = figures::epoch_millis(&end).unwrap();
        report.deaths.clear();
        report.oom_kills.truncate(1);
        report.oom_kills[0].incident = Some(incident);
        let mut after = |millis: i64| {
            report.oom_kills[0].time = Some(figures::of_epoch_millis(end + millis));
            let picture = draw(&report, &report.incidents[1], 80).unwrap();
            (picture.marks.clone(), picture.marked())
        };
        assert_eq!(after(600), ("      K".to_owned(), "kills"));
        assert_eq!(after(60_000), (String::new(), "none"));
    }

    #[test]
    fn long_pictures_are_merged() {
        let mut report = sample::report("killed");
        report.incidents[1].spark = vec![1; 120];
        let picture = draw(&report, &report.incidents[1], 61).unwrap();
        assert_eq!(picture.bars.chars().count(), 61);
        assert_eq!(picture.step_seconds, 10);
        report.incidents[1].spark = Vec::new();
        assert!(draw(&report, &report.incidents[1], 61).is_none());
    }
}
