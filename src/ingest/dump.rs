//! What goes on with the line before it: stack traces and what a runtime prints when it ends. In: the lines of a log that carry no
//! time and that no grammar reads. Out: whether such a line belongs to one above it, and so is not one that was not understood.

use crate::event::EventKind;

/// A trace with its causes; what comes after so many lines is counted again.
const LINES_MAX: u32 = 64;

/// First lines of what is printed at the end of a process, before a grammar can know what it is: CPython's traceback, Node's place of
/// the throw (lib/internal/process/execution.js), V8's last words (src/heap/heap.cc).
const OPENINGS: [&[u8]; 3] = [b"Traceback (most recent call last):", b"node:", b"<--- "];

/// Where in such a text a log is.
#[derive(Debug, Default)]
pub(super) struct Dump {
    left: u32,
}

impl Dump {
    /// A line that a grammar knows by its shape: what came before it has ended.
    pub(super) fn line_of_its_own(&mut self) {
        self.left = 0;
    }

    /// A line without a shape that says this.
    pub(super) fn says(&mut self, kind: EventKind) {
        let is_last_words = matches!(
            kind,
            EventKind::UncaughtException
                | EventKind::RequestError
                | EventKind::HeapLimit
                | EventKind::MemoryLimit
                | EventKind::AppBootFailed
                | EventKind::Segfault
                | EventKind::DiskFull
                | EventKind::DependencyLost
                | EventKind::DependencyRefused
        );
        if is_last_words {
            self.left = LINES_MAX;
        }
    }

    /// Whether a line that nobody reads belongs to one above it; `follows` says that there is one.
    pub(super) fn holds(&mut self, line: &[u8], follows: bool) -> bool {
        if OPENINGS.iter().any(|opening| line.starts_with(opening)) {
            self.left = LINES_MAX;
            return true;
        }
        let indented =
            line.first().is_none_or(|byte| byte.is_ascii_whitespace() || b"})]^".contains(byte));
        let inside = self.left > 0;
        self.left = self.left.saturating_sub(1);
        inside || (indented && follows)
    }
}

#[cfg(test)]
mod tests {
    use super::Dump;
    use crate::event::EventKind;

    #[test]
    fn a_trace_belongs_to_its_error() {
        let mut dump = Dump::default();
        assert!(dump.holds(b"Traceback (most recent call last):", false));
        assert!(dump.holds(b"  File \"app.py\", line 3, in <module>", true));
        assert!(dump.holds(b"psycopg2.OperationalError: no", true));
        dump.line_of_its_own();
        assert!(!dump.holds(b"no form at all", true));
        assert!(dump.holds(b"    at f (x.js:1)", true));
        assert!(!dump.holds(b"    a table", false));
    }

    #[test]
    fn it_ends() {
        let mut dump = Dump::default();
        dump.says(EventKind::AppListening);
        assert!(!dump.holds(b"no form at all", true));
        dump.says(EventKind::HeapLimit);
        let held = (0..1000).filter(|_| dump.holds(b"words", true)).count();
        assert_eq!(held, 64);
    }
}
