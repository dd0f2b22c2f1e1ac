//! The committed corpora of the fuzz targets, and what they once found, on the stable compiler: each input is run as libFuzzer runs it.
//! `fuzz/README.md` tells how they came to be.

#[allow(unreachable_pub, reason = "the fuzz targets are another crate, which calls them")]
#[path = "../fuzz/src/targets/mod.rs"]
mod targets;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use targets::TARGETS;

/// What the committed corpora may weigh together, in bytes.
const CORPORA_MAX_BYTES: u64 = 1 << 20;
/// What one input may take. They are of a few kilobytes; this is for a loaded machine and a program that is not optimised.
const INPUT_MAX: Duration = Duration::from_secs(10);

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(name)
}

/// The files of a folder, in order; none where there is no such folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[track_caller]
fn replay(inputs: &str) {
    let mut faults = Vec::new();
    for (name, run) in TARGETS {
        for path in files(&folder(inputs).join(name)) {
            let data = fs::read(&path).unwrap();
            let started = Instant::now();
            if catch_unwind(AssertUnwindSafe(|| run(&data))).is_err() {
                faults.push(format!("{} fails", path.display()));
            }
            if started.elapsed() > INPUT_MAX {
                faults.push(format!("{} takes {:?}", path.display(), started.elapsed()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn corpora_are_read_without_a_fault() {
    replay("corpus");
}

/// Each is named after what was wrong.
#[test]
fn what_was_found_stays_mended() {
    replay("regressions");
}

#[test]
fn every_target_has_a_program_and_a_corpus() {
    let manifest: toml::Table = fs::read_to_string(folder("Cargo.toml")).unwrap().parse().unwrap();
    let programs: Vec<&str> = manifest["bin"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bin| bin["name"].as_str().unwrap())
        .collect();
    let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(programs, names, "[[bin]] of fuzz/Cargo.toml, and TARGETS");
    let mut bytes = 0;
    for name in &names {
        let program =
            fs::read_to_string(folder("fuzz_targets").join(format!("{name}.rs"))).unwrap();
        assert!(program.contains(&format!("target!({name})")), "{name}");
        let corpus = files(&folder("corpus").join(name));
        assert!(!corpus.is_empty(), "{name} has no corpus");
        bytes += corpus.iter().map(|path| path.metadata().unwrap().len()).sum::<u64>();
    }
    assert!(bytes < CORPORA_MAX_BYTES, "{bytes} bytes of corpora");
    for kind in ["corpus", "regressions"] {
        for path in files(&folder(kind)).iter().filter(|path| path.is_dir()) {
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(names.contains(&name), "{kind}/{name} is of no target");
        }
    }
}
