//! The progress bar: bytes of packed input, the current file, the time left; and the end of the time that reading may take. Only
//! this file uses indicatif; nothing is drawn unless stderr is a terminal.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use coroner::bundle::Progress;
use coroner::wording::{Text, text};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::stats::Stages;

/// A bar on stderr.
pub(crate) struct Bar {
    bar: ProgressBar,
    /// What `--stats` tells.
    pub(crate) stages: Stages,
    /// When reading ends, and after how many seconds that is.
    end: Option<(Instant, u64)>,
}

impl Bar {
    /// A bar, or none that shows when stderr is no terminal or the user wants quiet.
    pub(crate) fn new(quiet: bool) -> Self {
        let shown = !quiet && std::io::stderr().is_terminal();
        let target = if shown {
            ProgressDrawTarget::stderr_with_hz(10)
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        let style =
            ProgressStyle::with_template("{bar:24} {bytes}/{total_bytes} {eta:>4} {wide_msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        if shown {
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        Self { bar, stages: Stages::default(), end: None }
    }

    /// The same, of which reading may take so many seconds from now on.
    pub(crate) fn ending_in(self, seconds: u64) -> Self {
        let end = Instant::now().checked_add(Duration::from_secs(seconds));
        Self { end: end.map(|end| (end, seconds)), ..self }
    }

    /// Takes the bar off the screen.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn expect(&self, packed_bytes: u64) {
        self.bar.inc_length(packed_bytes);
    }

    fn advance(&self, packed_bytes: u64) {
        self.bar.inc(packed_bytes);
    }

    fn stage(&self, name: &'static str) {
        self.stages.begin(name);
    }

    fn stop(&self) -> Option<Text> {
        let (end, seconds) = self.end?;
        let over = Instant::now() >= end;
        over.then(|| text("unread-time-over", [("seconds", seconds.into())]))
    }

    fn member(&self, path: &str) {
        if !self.bar.is_hidden() {
            // Names in a bundle are not ours: no control bytes reach the terminal.
            self.bar.set_message(
                path.chars()
                    .map(|letter| if letter.is_control() { '\u{fffd}' } else { letter })
                    .collect::<String>(),
            );
        }
    }
}
