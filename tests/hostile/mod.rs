//! Whatever comes in: archives that are bombs or broken, text that nobody should write, files that vanish, disks that are full. Each
//! suite is a table of hostile things; each row holds what must be said of it, and all of them that the memory is bounded.
//!
//! These are the quick forms. `cargo test --locked --test main hostile -- --include-ignored --nocapture` runs the long ones too, and
//! shows the figures; SECURITY.md says what each of them proves and what was measured.

mod archives;
mod damage;
mod files;
mod output;
mod text;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::corpus::list;
use crate::packing::{folder, gz};
use crate::program::{Done, command, finish};

/// The most memory that a run may hold, in MB.
const MEMORY_MAX_MB: f64 = 64.0;
/// The longest that a run may take, on a busy machine and hardly optimised: what hangs takes longer.
const TIME_MAX: Duration = Duration::from_secs(180);

/// Ten minutes of requests at noon of 2026-11-20, one a second, of which ten fail: whatever stands beside it, it must be read.
fn good_log() -> Vec<u8> {
    (0..600)
        .map(|second| {
            let status = if (300..310).contains(&second) { 502 } else { 200 };
            format!(
                "203.0.113.{} - - [20/Nov/2026:12:{:02}:{:02} +0000] \"GET /items/{second} HTTP/1.1\" {status} 15 \"-\" \"curl/8\"\n",
                second % 200,
                second / 60,
                second % 60
            )
        })
        .collect::<String>()
        .into_bytes()
}

/// A member of a tar archive with any header: name, type flag, link target, content.
fn entry(name: &[u8], flag: u8, link: &[u8], content: &[u8]) -> Vec<u8> {
    let mut bytes = header(name, flag, link, content.len() as u64).to_vec();
    bytes.extend(content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

fn header(name: &[u8], flag: u8, link: &[u8], size_bytes: u64) -> [u8; 512] {
    let mut header = tar::Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.as_old_mut().linkname[..link.len()].copy_from_slice(link);
    header.as_old_mut().linkflag = [flag];
    header.set_mode(0o644);
    header.set_size(size_bytes);
    header.set_cksum();
    *header.as_bytes()
}

/// The good log, these entries behind it, and the end of the archive, packed.
fn beside(entries: &[Vec<u8>]) -> Vec<u8> {
    let good = entry(b"good/access.log", b'0', b"", &good_log());
    gz(&[good, entries.concat(), vec![0; 1024]].concat())
}

/// What a run said, held and took.
struct Seen {
    done: Done,
    report: Value,
}

impl Seen {
    fn problems(&self) -> Vec<String> {
        list(&self.report, "data_quality")
            .iter()
            .map(|problem| {
                let text = |key: &str| problem[key].as_str().unwrap_or_default().to_owned();
                format!("{} {}: {}", text("source"), text("problem"), text("detail"))
            })
            .collect()
    }

    /// Some problem holds this word.
    #[track_caller]
    fn told(&self, what: &str, word: &str) {
        let problems = self.problems();
        assert!(
            problems.iter().any(|told| told.contains(word)),
            "{what}: no {word:?} in {problems:#?}"
        );
    }
}

/// Runs `coroner report` on a path, or on standard input for `-`, from an empty folder; the report must be whole, the memory bounded,
/// and nothing may be written.
#[track_caller]
fn see(what: &str, path: &Path, input: &[u8], more: &[&str]) -> Seen {
    let empty = folder();
    let mut command = command(&["report", "--format", "json", "--stats"]);
    command.args(more).arg(path).current_dir(empty.path());
    let begun = Instant::now();
    let done = finish(command, input);
    let taken = begun.elapsed();
    assert!(!done.err.contains("panicked"), "{what}: {}", done.err);
    assert!(matches!(done.code, 0 | 1), "{what}: exit code {}: {}", done.code, done.err);
    let held = held_mb(&done.err);
    say(&format!("{what}: {held} MB, {:.1} s", taken.as_secs_f64()));
    assert!(held <= MEMORY_MAX_MB, "{what}: held {held} MB");
    assert!(taken < TIME_MAX, "{what}: took {taken:?}");
    assert_eq!(fs::read_dir(empty.path()).unwrap().count(), 0, "{what}: something was written");
    let report = done.json();
    Seen { done, report }
}

/// For SECURITY.md: `--nocapture` shows it.
#[allow(clippy::print_stderr, reason = "figures to be written down")]
fn say(text: &str) {
    eprintln!("{text}");
}

/// The figure of `--stats`; nothing where the system does not tell.
fn held_mb(said: &str) -> f64 {
    let line = said.lines().find_map(|line| line.strip_prefix("stats: at most "));
    line.and_then(|line| line.split(' ').next()?.parse().ok()).unwrap_or_default()
}

/// The good log was read: its ten failed answers are there.
#[track_caller]
fn good_was_read(what: &str, seen: &Seen) {
    let failed: u64 = list(&seen.report, "incidents")
        .iter()
        .filter_map(|incident| incident["errors"]["502"].as_u64())
        .sum();
    assert!(failed >= 10, "{what}: {failed} failed answers; {:#?}", seen.problems());
}

/// Reads a bundle that holds the good log beside something hostile: the log was read, and this word of a problem is told; of no
/// problem where there is no word.
#[track_caller]
fn good_beside(what: &str, path: &Path, word: &str) {
    let seen = see(what, path, b"", &[]);
    good_was_read(what, &seen);
    if word.is_empty() {
        assert_eq!(seen.problems(), [] as [String; 0], "{what}");
    } else {
        seen.told(what, word);
    }
}
