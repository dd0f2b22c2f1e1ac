//! `--stats`: how much was read, how long each stage took, how much memory was held. To standard error, for people: the report
//! never depends on it.

use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use coroner::Amount;

/// The stages so far, each with its begin.
#[derive(Debug, Default)]
pub(crate) struct Stages(Mutex<Vec<(&'static str, Instant)>>);

impl Stages {
    /// A stage begins.
    pub(crate) fn begin(&self, name: &'static str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((name, Instant::now()));
    }

    /// How long each took, in their order; the last one until now.
    fn times(&self) -> Vec<(&'static str, Duration)> {
        let begun = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = begun.iter().skip(1).map(|(_, at)| *at).chain([Instant::now()]);
        begun.iter().zip(ends).map(|((name, from), to)| (*name, to - *from)).collect()
    }

    /// The lines to show.
    pub(crate) fn lines(&self, amount: &Amount) -> String {
        let times = self.times();
        let all: Duration = times.iter().map(|(_, time)| *time).sum();
        let megabytes = amount.unpacked_bytes as f64 / 1e6;
        let mut text = format!(
            "stats: {} bytes read, {} unpacked, {} lines, {:.0} MB/s\nstats:",
            amount.packed_bytes,
            amount.unpacked_bytes,
            amount.lines,
            megabytes / all.as_secs_f64().max(1e-9)
        );
        for (name, time) in &times {
            // Writing to a string cannot fail.
            let _ = write!(text, " {name} {:.1} ms,", time.as_secs_f64() * 1e3);
        }
        let _ = write!(text, " all {:.1} ms", all.as_secs_f64() * 1e3);
        if let Some(kilobytes) = peak_kilobytes() {
            let _ = write!(text, "\nstats: at most {:.1} MB of memory", kilobytes as f64 / 1e3);
        }
        text
    }
}

/// The most memory that was resident, where the kernel tells (`VmHWM` of proc_pid_status(5), in units of 1024 bytes).
fn peak_kilobytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
