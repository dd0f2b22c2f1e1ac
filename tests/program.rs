//! Runs the built program as a user would, with nothing of the tester's terminal or settings around it.

use std::ffi::OsStr;
use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
}

impl Done {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.out).unwrap()
    }

    /// The report of `--format json`.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// The program, with its environment cleared of what may change its output.
pub(crate) fn command<A: AsRef<OsStr>>(arguments: &[A]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coroner"));
    command
        .args(arguments)
        .env_remove("NO_COLOR")
        .env_remove("RAYON_NUM_THREADS")
        .env("TERM", "xterm-256color");
    command
}

/// Runs to the end with an empty standard input.
pub(crate) fn run<A: AsRef<OsStr>>(arguments: &[A]) -> Done {
    finish(command(arguments), &[])
}

/// Runs to the end with these bytes on standard input.
pub(crate) fn run_with<A: AsRef<OsStr>>(arguments: &[A], input: &[u8]) -> Done {
    finish(command(arguments), input)
}

/// Runs a prepared command to the end.
pub(crate) fn finish(mut command: Command, input: &[u8]) -> Done {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let output = thread::scope(|scope| {
        // A program that needs no more input closes the pipe; that is its right.
        scope.spawn(move || stdin.write_all(input).ok());
        child.wait_with_output().unwrap()
    });
    let code = output.status.code().expect("not ended by a signal");
    Done { code, out: output.stdout, err: String::from_utf8(output.stderr).unwrap() }
}
