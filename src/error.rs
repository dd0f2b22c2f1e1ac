//! The few things that really end a run. Everything else is a [`crate::problem::Problem`].

use std::{fmt, io, path::PathBuf};

/// Why there is no report.
#[derive(Debug)]
pub enum Error {
    /// A path given on the command line cannot be opened.
    Open {
        /// The path as given.
        path: PathBuf,
        /// What the operating system said.
        reason: io::Error,
    },
    /// Nothing in the input was recognised as a log.
    NothingRecognised {
        /// What lay in the input: path and what it seemed to be.
        found: Vec<String>,
    },
    /// A grammar file is wrong; one message a fault, each with file, line and remedy.
    Grammar(Vec<String>),
    /// An option is wrong in a way that only the library can see.
    Usage(String),
    /// The report could not be written.
    Write {
        /// Where to.
        target: String,
        /// What the operating system said.
        reason: io::Error,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open { path, reason } => write!(out, "cannot read {}: {reason}", path.display()),
            Self::NothingRecognised { found } => {
                writeln!(out, "no log recognised")?;
                if found.is_empty() {
                    writeln!(out, "  found: nothing at all")?;
                }
                for line in found.iter().take(12) {
                    writeln!(out, "  found: {line}")?;
                }
                if found.len() > 12 {
                    writeln!(out, "  found: {} more", found.len() - 12)?;
                }
                write!(
                    out,
                    "  looked for: web access and error logs, kernel log, journald, app server, docker and database logs; \
                     for a custom access log give --log-format, for another format --grammars"
                )
            }
            Self::Grammar(faults) => write!(out, "{}", faults.join("\n")),
            Self::Usage(message) => write!(out, "{message}"),
            Self::Write { target, reason } => write!(out, "cannot write {target}: {reason}"),
        }
    }
}

impl std::error::Error for Error {}
