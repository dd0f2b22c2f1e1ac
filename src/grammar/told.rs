//! What lines told that are written again and again. In: a line in which a general rule's word is. Out: the event that it raised the last
//! time, or that it raised none. It exists because a fault is rarely written once: where one visitor met it, the next thousand do,
//! and their traces end in the same words. Must never answer for a line by another one, however alike they are.

use std::collections::BTreeMap;

use crate::event::{Event, Fields};

/// Lines that are remembered; with the next one all are forgotten, for it may be that none of them comes again.
const LINES_MAX: usize = 256;
/// Longest line that is remembered, in bytes: longer ones hold what is of one request alone.
const LINE_MAX_BYTES: usize = 256;

/// The lines of one log, with the event that the general rules find in them.
#[derive(Debug, Clone, Default)]
pub struct Told(BTreeMap<Box<[u8]>, Option<Event>>);

impl Told {
    /// The event of a line of this number, around which these fields were captured. It is asked for where the line is not known:
    /// without fields, since those of its own go before them.
    pub(super) fn event(
        &mut self,
        line: &[u8],
        (fields, number): (&Fields, u64),
        find: impl FnOnce() -> Option<Event>,
    ) -> Option<Event> {
        let found = match self.0.get(line) {
            Some(known) => known.clone(),
            None => {
                let found = find();
                if line.len() <= LINE_MAX_BYTES {
                    if self.0.len() >= LINES_MAX {
                        self.0.clear();
                    }
                    self.0.insert(line.into(), found.clone());
                }
                found
            }
        };
        let mut event = found?;
        event.at.line = number;
        event.fields.complete(fields);
        Some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::EventKind;

    #[test]
    fn a_line_tells_the_same_again_with_what_stands_around_it() {
        let mut told = Told::default();
        let around: Fields = [("pid", "7"), ("error", "of the line")].into_iter().collect();
        let mut asked = 0;
        for number in 1..=3 {
            let event = told.event(b"KeyError: 'a'", (&around, number), || {
                asked += 1;
                let mut event = Event::new(EventKind::UncaughtException, 0, b"KeyError: 'a'");
                event.fields.insert("error", "KeyError");
                Some(event)
            });
            let event = event.expect("an event");
            let all: Vec<_> = event.fields.iter().collect();
            assert_eq!(all, [("error", "KeyError"), ("pid", "7")]);
            assert_eq!(event.at.line, number);
        }
        assert_eq!(asked, 1);
        assert_eq!(told.event(b"no error", (&around, 4), || None), None);
        assert_eq!(told.event(b"no error", (&around, 5), || unreachable!("is known")), None);
    }

    #[test]
    fn its_room_is_bounded() {
        let mut told = Told::default();
        for number in 0..10_000_u64 {
            let long = "x".repeat(number as usize % 600);
            told.event(format!("{number} {long}").as_bytes(), (&Fields::default(), 1), || None);
        }
        assert!(told.0.len() <= LINES_MAX);
        assert!(told.0.keys().all(|line| line.len() <= LINE_MAX_BYTES));
    }
}
