//! The time axis: where a moment stands, and where its ticks are.
//! In: a stretch of time and a width. Out: places in user units. Must never place a moment outside the plot.

use crate::report::figures;

/// Left edge of the plot; names of lanes stand before it.
pub(super) const LEFT: f64 = 190.0;
/// Right edge of the plot.
pub(super) const RIGHT: f64 = 944.0;
/// Width of the whole picture.
pub(super) const WIDTH: f64 = 960.0;
/// Ticks at most; more would touch each other.
const TICKS_MAX: i64 = 8;
/// Seconds between ticks, as people divide time.
const TICKS: [i64; 20] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
    172_800, 604_800,
];

/// From milliseconds to user units.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Scale {
    pub(super) fn new(from: i64, to: i64) -> Self {
        Self { from, to: to.max(from.saturating_add(1)) }
    }

    /// Place of a moment, inside the plot.
    pub(super) fn x(self, at: i64) -> f64 {
        let share = at.saturating_sub(self.from) as f64 / self.to.saturating_sub(self.from) as f64;
        LEFT + share.clamp(0.0, 1.0) * (RIGHT - LEFT)
    }

    pub(super) fn shows(self, at: i64) -> bool {
        (self.from..=self.to).contains(&at)
    }

    /// Whole moments with their names; the day stands at the first and where it changes.
    pub(super) fn ticks(self) -> Vec<(f64, String)> {
        let span = self.to.saturating_sub(self.from) / 1_000;
        let step = TICKS.into_iter().find(|step| span / step <= TICKS_MAX);
        let step = step.unwrap_or_else(|| (span / TICKS_MAX).max(1)).saturating_mul(1_000);
        let first = self.from.saturating_add(step - 1).div_euclid(step).saturating_mul(step);
        let mut day = String::new();
        let mut ticks = Vec::new();
        let mut at = first;
        while at <= self.to && ticks.len() < 2 * TICKS_MAX as usize {
            let time = figures::of_epoch_millis(at);
            let clock = if step % 60_000 == 0 { 11..16 } else { 11..19 };
            let today = time.get(..10).unwrap_or_default();
            let clock = time.get(clock).unwrap_or_default();
            let name = match (today == day, step % 86_400_000 == 0) {
                (_, true) => today.get(5..).unwrap_or_default().to_owned(),
                (true, _) => clock.to_owned(),
                (false, _) if day.is_empty() => clock.to_owned(),
                (false, _) => format!("{} {clock}", today.get(5..).unwrap_or_default()),
            };
            day = today.to_owned();
            ticks.push((self.x(at), name));
            at = at.saturating_add(step);
        }
        ticks
    }
}

#[cfg(test)]
mod tests {
    use super::{LEFT, RIGHT, Scale};

    #[test]
    fn moments_stand_where_they_belong() {
        let scale = Scale::new(1_000, 11_000);
        assert_eq!((scale.x(1_000), scale.x(11_000)), (LEFT, RIGHT));
        assert_eq!(scale.x(6_000), (LEFT + RIGHT) / 2.0);
        assert_eq!((scale.x(-5), scale.x(i64::MAX)), (LEFT, RIGHT));
        assert!(Scale::new(i64::MIN, i64::MAX).ticks().len() <= 16);
        let names: Vec<String> =
            Scale::new(0, 7_000).ticks().into_iter().map(|(_, name)| name).collect();
        assert_eq!(
            names,
            [
                "00:00:00", "00:00:01", "00:00:02", "00:00:03", "00:00:04", "00:00:05", "00:00:06",
                "00:00:07"
            ]
        );
    }

    #[test]
    fn a_new_day_is_named() {
        let names: Vec<String> = Scale::new(23 * 3_600_000, 26 * 3_600_000)
            .ticks()
            .into_iter()
            .map(|(_, name)| name)
            .collect();
        assert_eq!(names, ["23:00", "23:30", "01-02 00:00", "00:30", "01:00", "01:30", "02:00"]);
    }
}
