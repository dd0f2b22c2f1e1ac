//! Processes that a log lets follow one another: a program that starts anew shows that the one before it has ended, though no line says
//! when or how. In: events of one log. Out: for a pid the stretch of time in which it ended. It exists because the kernel tells a kill on
//! a clock of its own, and the pid is all that ties it to this log. Must never name an end where two programs may both be running.

use std::collections::BTreeMap;

use crate::event::{Event, EventKind};
use crate::mark::Sighting;
use crate::stamp::{RawStamp, SECOND};

/// Programs of one log that are followed; a supervisor runs a few dozen.
const PROGRAMS_MAX: usize = 64;
/// How long after its master's end a worker notices: gunicorn's look each second (`gunicorn/workers/base.py`).
const NOTICED: i64 = 2 * SECOND;

/// The process that a program has now.
#[derive(Debug, Clone, Copy)]
struct Life {
    pid: u32,
    seen: RawStamp,
    line: u64,
}

/// The processes of one log.
#[derive(Debug, Default)]
pub(super) struct Lives {
    now: BTreeMap<String, Life>,
}

impl Lives {
    /// Takes an event in: the pid that it shows to have ended, and between which moments.
    pub(super) fn note(&mut self, event: &Event) -> Option<(u64, Sighting)> {
        use EventKind as Kind;
        let stamp = event.stamp?;
        let program = event.field("program").or(event.origin.ident.as_deref()).unwrap_or_default();
        let ended = |life: Life, from: RawStamp| {
            let until = (life.seen.clock == stamp.clock && from.at <= stamp.at).then_some(stamp)?;
            let line = event.at.line.max(life.line);
            Some((u64::from(life.pid), Sighting { stamp: from, until: Some(until), line }))
        };
        match event.kind {
            Kind::ProgramStarted | Kind::AppStarted | Kind::AppListening | Kind::StoreStarted => {
                let pid = event.number("pid").and_then(|pid| u32::try_from(pid).ok())?;
                let known = self.now.get(program).copied();
                if known.is_some() || self.now.len() < PROGRAMS_MAX {
                    let life = Life { pid, seen: stamp, line: event.at.line };
                    self.now.insert(program.to_owned(), life);
                }
                known.filter(|known| known.pid != pid).and_then(|known| ended(known, known.seen))
            }
            // Told to stop, it ends by itself.
            Kind::AppStopping | Kind::AppStopped | Kind::StoreStopping | Kind::ProgramStopped => {
                self.now.remove(program);
                None
            }
            Kind::ProgramExited => {
                let known = self.now.remove(program)?;
                ended(known, stamp)
            }
            Kind::MasterGone => {
                let known = self.now.remove(program)?;
                let from = RawStamp { at: (stamp.at - NOTICED).max(known.seen.at), ..stamp };
                ended(known, from)
            }
            _ => None,
        }
    }
}

/// Whether a worker ended as it was asked to, or by its own code: no kernel killed it (a shell's codes from 128 on are signals).
pub(super) fn left_by_itself(event: &Event) -> bool {
    event.field("by") == Some("itself") || event.number("code").is_some_and(|code| code < 128)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stamp::ClockKind;

    /// Kind, second, pid (0 for none) and program of each event; the pids that ended, with the seconds between which they did.
    #[track_caller]
    fn check(events: &[(EventKind, i64, u32, &str)], expected: &[(u64, i64, i64)]) {
        let mut lives = Lives::default();
        let ended = events.iter().zip(1..).filter_map(|((kind, second, pid, program), line)| {
            let mut event = Event::new(*kind, line, b"");
            event.stamp = Some(RawStamp::new(ClockKind::Utc, second * SECOND, SECOND));
            if *pid > 0 {
                event.fields.insert("pid".to_owned(), pid.to_string());
            }
            if !program.is_empty() {
                event.fields.insert("program".to_owned(), (*program).to_owned());
            }
            let (pid, seen) = lives.note(&event)?;
            Some((pid, seen.stamp.at / SECOND, seen.until?.at / SECOND))
        });
        assert_eq!(ended.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_successor_shows_an_end() {
        use EventKind::{AppListening, AppStarted, AppStopping, StoreStarted};
        check(
            &[(AppStarted, 1, 7, ""), (AppListening, 2, 7, ""), (AppStarted, 60, 9, "")],
            &[(7, 2, 60)],
        );
        check(&[(StoreStarted, 1, 311, ""), (StoreStarted, 45, 5578, "")], &[(311, 1, 45)]);
        check(&[(AppStarted, 1, 7, ""), (AppStopping, 50, 7, ""), (AppStarted, 60, 9, "")], &[]);
    }

    #[test]
    fn a_parent_tells_the_moment() {
        use EventKind::{MasterGone, ProgramExited, ProgramStarted};
        check(
            &[
                (ProgramStarted, 1, 7, "web"),
                (ProgramStarted, 2, 8, "api"),
                (ProgramExited, 30, 0, "web"),
            ],
            &[(7, 30, 30)],
        );
        check(&[(EventKind::AppStarted, 1, 7, ""), (MasterGone, 30, 8, "")], &[(7, 28, 30)]);
        check(&[(ProgramExited, 30, 0, "web")], &[]);
    }
}
