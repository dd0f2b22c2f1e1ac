//! Files and folders that are not what they seem, and that change while they are read.

use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use coroner::bundle::{self, Ahead, Limits, Silent};

use super::{good_log, good_was_read, see};
use crate::packing::{folder, put};
use crate::program::{finish, run};

fn made(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|done| done.status.success())
}

/// Pipes, sockets, devices, loops and links out of the folder are named and never opened: to open a pipe would wait for ever.
#[cfg(unix)]
#[test]
fn only_regular_files_of_a_folder_are_opened() {
    let home = folder();
    let path = |name: &str| home.path().join(name);
    put(home.path(), "good/access.log", &good_log());
    assert!(made("mkfifo", &[path("pipe").to_str().unwrap()]));
    let _socket = std::os::unix::net::UnixListener::bind(path("socket")).unwrap();
    for (name, target) in [
        ("loop", "loop"),
        ("up", ".."),
        ("self", "."),
        ("out", "/etc/passwd"),
        ("none", "missing"),
        ("dev", "/dev/zero"),
    ] {
        std::os::unix::fs::symlink(target, path(name)).unwrap();
    }
    let mut told = 8;
    // Only root may make one.
    if made("mknod", &[path("zero").to_str().unwrap(), "c", "1", "5"]) {
        told += 1;
    }
    fs::hard_link(path("good/access.log"), path("good/same.log")).unwrap();
    told += 1;
    let seen = see("folder", home.path(), b"", &[]);
    good_was_read("folder", &seen);
    let problems = seen.problems();
    assert_eq!(problems.len(), told, "{problems:#?}");
    assert_eq!(problems.iter().filter(|problem| problem.contains("a symbolic link")).count(), 6);
    assert_eq!(seen.done.code, 0);
}

/// What the user may not read is named, and the rest is read.
#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let home = folder();
    let mode =
        |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    put(home.path(), "good/access.log", &good_log());
    mode(&put(home.path(), "secret.log", b"x\n"), 0);
    put(home.path(), "closed/y.log", b"x\n");
    mode(&home.path().join("closed"), 0);
    mode(home.path(), 0o755);
    let program = env!("CARGO_BIN_EXE_coroner");
    let arguments = ["report", "--format", "json", home.path().to_str().unwrap()];
    let may_read_all = File::open(home.path().join("secret.log")).is_ok();
    let mut command = Command::new(program);
    if may_read_all {
        // Root reads everything; another user does it for root, where the program can be reached by others at all.
        let others = ["--reuid=65534", "--regid=65534", "--clear-groups", program];
        if !made("setpriv", &[&others[..], &["--version"]].concat()) {
            return;
        }
        command = Command::new("setpriv");
        command.args(others);
    }
    command.args(arguments);
    let done = finish(command, b"");
    mode(&home.path().join("closed"), 0o755);
    assert_eq!(done.code, 1, "{}", done.err);
    let report = done.json();
    let told = report["data_quality"].to_string();
    assert!(
        told.contains("secret.log")
            && told.contains("closed")
            && told.contains("Permission denied"),
        "{told}"
    );
    assert_eq!(report["incidents"][0]["errors"]["502"], 10);
}

/// A log that shrinks, grows and is cut to nothing while it is read gives a prefix of what was there, and says so.
fn check_changing(rounds: usize) {
    let folder = folder();
    let log = good_log().repeat(40);
    let path = put(folder.path(), "access.log", &log);
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = OpenOptions::new().write(true).open(&path).unwrap();
            let mut round = 0_usize;
            while !over.load(Ordering::Relaxed) {
                round += 1;
                let length = log.len() * (round % 7) / 7;
                file.set_len(length as u64).unwrap();
                file.seek(SeekFrom::Start(length as u64)).unwrap();
                file.write_all(&log[length..]).unwrap();
            }
        });
        for round in 0..rounds {
            let bundles = bundle::open(std::slice::from_ref(&path)).unwrap();
            let mut bytes = 0;
            let outcome = bundle::walk(
                &bundles[0].inputs[0],
                &Limits::default(),
                Ahead::Here,
                &Silent,
                &mut |_, member| {
                    while let Some(block) = member.next_block() {
                        bytes += block.len();
                    }
                },
            );
            assert!(bytes <= log.len(), "round {round}");
            assert!(
                outcome
                    .problems
                    .iter()
                    .all(|problem| problem.detail.contains("shrank while it was read")),
                "{:?}",
                outcome.problems
            );
        }
        over.store(true, Ordering::Relaxed);
    });
}

#[test]
fn files_that_change_while_they_are_read() {
    check_changing(200);
}

#[test]
#[ignore = "long: 20,000 rounds"]
fn files_that_change_twenty_thousand_times() {
    check_changing(20_000);
}

/// Grammar files are read up to a bound, whatever they are.
#[cfg(unix)]
#[test]
fn a_grammar_may_be_a_device() {
    let rules = folder();
    std::os::unix::fs::symlink("/dev/zero", rules.path().join("x.toml")).unwrap();
    let log = put(rules.path(), "access.log", &good_log());
    let done =
        run(&["report", "--grammars", rules.path().to_str().unwrap(), log.to_str().unwrap()]);
    assert_eq!(done.code, 2);
    assert!(done.err.contains("x.toml"), "{}", done.err);
}
