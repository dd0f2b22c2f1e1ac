//! What the sources of a bundle may keep, however many they are: events, marks, and pairs of clocks. In: how much each one holds.
//! Out: smaller sources. It exists because bounds for one log are none for a bundle of a hundred thousand. How much is kept
//! depends on all of the sources, never on their order.

use crate::mark::{LEVELS, Marks};

use super::Source;
use super::events::sampled;

/// Events of all sources together. Each costs some 4 kB until the report is written.
const EVENTS_MAX: usize = 5000;
/// How many events a source may keep at each level.
const SHARES: [usize; 14] = [5000, 4000, 2800, 2000, 1400, 1000, 700, 500, 250, 120, 60, 30, 12, 4];
/// Marks of all sources together, those of requests apart: some 120 bytes each.
const MARKS_MAX: usize = 40_000;
/// Marks of requests that were answered, before [`Traffic::thin`](crate::traffic::Traffic::thin).
const REQUEST_MARKS_MAX: usize = 160_000;
/// Kernel lines with a boot stamp, of all sources together: some 250 bytes each.
const BOOT_LINES_MAX: usize = 40_000;
/// Minutes of which a pair of clocks is known, of all sources together: some 150 bytes each.
const BOOT_PAIRS_MAX: usize = 100_000;

/// How much the sources that were read so far would keep at each level.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Crowd {
    events: [usize; SHARES.len()],
    marks: [usize; LEVELS],
    request_marks: [usize; LEVELS],
    boot_lines: [usize; LEVELS],
    boot_pairs: [usize; LEVELS],
}

/// The first level at which it is not too much; one beyond the last where there is none.
fn level(sizes: &[usize], most: usize) -> usize {
    sizes.iter().position(|size| *size <= most).unwrap_or(sizes.len())
}

fn add<const N: usize>(sums: &mut [usize; N], sizes: [usize; N]) {
    sums.iter_mut().zip(sizes).for_each(|(sum, size)| *sum = sum.saturating_add(size));
}

/// How many of these would be kept at each level: those whose number ends in as many zero bits.
fn sizes(numbers: impl Iterator<Item = u64>) -> [usize; LEVELS] {
    let mut sizes = [0; LEVELS];
    for number in numbers {
        let highest = (number.trailing_zeros() as usize).min(LEVELS - 1);
        sizes.iter_mut().take(highest + 1).for_each(|size| *size += 1);
    }
    sizes
}

fn keeps(number: u64, level: usize) -> bool {
    level < LEVELS && number.trailing_zeros() as usize >= level
}

fn raise(marks: &mut Marks, level: usize) {
    if level >= LEVELS {
        *marks = Marks::default();
    } else if let Ok(level) = u32::try_from(level) {
        marks.raise(level);
    }
}

impl Crowd {
    /// Another source was read.
    pub(super) fn add(&mut self, source: &Source) {
        add(&mut self.events, SHARES.map(|share| source.events.len().min(share)));
        add(&mut self.marks, source.marks.sizes());
        if let Some(traffic) = &source.traffic {
            add(&mut self.request_marks, traffic.marks.sizes());
        }
        add(&mut self.boot_lines, sizes(source.boot_lines.keys().copied()));
        let minutes = source.boot_pairs.earliest.keys().map(|(_, minute)| minute.cast_unsigned());
        add(&mut self.boot_pairs, sizes(minutes));
    }

    /// The level of each kind of thing.
    pub(super) fn levels(&self) -> [usize; 5] {
        [
            level(&self.events, EVENTS_MAX),
            level(&self.marks, MARKS_MAX),
            level(&self.request_marks, REQUEST_MARKS_MAX),
            level(&self.boot_lines, BOOT_LINES_MAX),
            level(&self.boot_pairs, BOOT_PAIRS_MAX),
        ]
    }

    /// Leaves out what is too much of a source.
    pub(super) fn thin(&self, source: &mut Source) {
        let [events, marks, request_marks, boot_lines, boot_pairs] = self.levels();
        let share = SHARES.get(events).copied().unwrap_or(1);
        if source.events.len() > share {
            let (kept, left_out) = sampled(std::mem::take(&mut source.events), share);
            source.events = kept;
            source.events_left_out += left_out;
        }
        raise(&mut source.marks, marks);
        if let Some(traffic) = &mut source.traffic {
            raise(&mut traffic.marks, request_marks);
        }
        if boot_lines > 0 {
            source.boot_lines.retain(|mark, _| keeps(*mark, boot_lines));
        }
        if boot_pairs > 0 {
            let minutes = &mut source.boot_pairs.earliest;
            minutes.retain(|(_, minute), _| keeps(minute.cast_unsigned(), boot_pairs));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::Envelope;
    use crate::event::{Event, EventKind};
    use crate::ingest::empty_source;
    use crate::mark::MarkKind;
    use crate::stamp::{ClockKind, RawStamp, SECOND};

    fn source(lines: u64) -> Source {
        let mut source = empty_source("a", String::new(), Envelope::Plain);
        for line in 0..lines {
            let at = i64::try_from(line).unwrap() * SECOND;
            let stamp = RawStamp { at, resolution: SECOND, clock: ClockKind::Utc };
            for kind in [EventKind::OomKill, EventKind::WorkerExited] {
                source.events.push(Event::new(kind, line, b"x").into());
            }
            source.marks.add(
                MarkKind::KernelLine,
                line.wrapping_mul(0x9e37_79b9_7f4a_7c15),
                stamp,
                line,
            );
            source.boot_lines.insert(line * 3, vec![(String::new(), at)]);
            source.boot_pairs.earliest.insert((String::new(), at / SECOND), (at, stamp, line));
        }
        source
    }

    fn told(source: &Source) -> String {
        let Source { events, events_left_out, marks, boot_lines, boot_pairs, .. } = source;
        format!("{events:?} {events_left_out} {marks:?} {boot_lines:?} {boot_pairs:?}")
    }

    #[test]
    fn what_is_kept_is_bounded_and_does_not_depend_on_the_order_of_the_sources() {
        let sizes: Vec<u64> = (0..60).map(|number| number * 197 % 4000).collect();
        let mut all = Crowd::default();
        sizes.iter().for_each(|lines| all.add(&source(*lines)));
        let (mut events, mut marks) = (0, 0);
        for lines in sizes {
            let mut at_once = source(lines);
            all.thin(&mut at_once);
            let (mut by_steps, mut so_far) = (source(lines), Crowd::default());
            for _ in 0..9 {
                so_far.add(&source(lines));
                so_far.thin(&mut by_steps);
            }
            let lower = so_far.events.iter().zip(all.events).all(|(few, many)| *few <= many);
            if lower {
                all.thin(&mut by_steps);
                assert_eq!(told(&at_once), told(&by_steps), "{lines}");
            }
            events += at_once.events.len();
            marks += at_once.marks.len();
        }
        assert!(events <= EVENTS_MAX && events > EVENTS_MAX / 4, "{events}");
        assert!(marks <= MARKS_MAX && marks > MARKS_MAX / 4, "{marks}");
    }
}
