//! Standard input that must be read more than once: kept in a file of the system's temporary folder. In: standard input. Out: a path
//! to read it under, as long as the value lives. On Linux the file has no name, so that nothing of it stays, however the run ends.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use coroner::error::Error;

/// What was kept.
pub(crate) struct Spool {
    path: PathBuf,
    /// Gone with the value.
    _file: Held,
}

/// What holds the file.
enum Held {
    Nameless { _file: File },
    Named { _path: tempfile::TempPath },
}

impl Spool {
    /// Where it can be read, from its start, as often as is needed.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Keeps standard input, of which no more is read than this and a byte.
    pub(crate) fn stdin(max_bytes: u64) -> Result<Self, Error> {
        Self::keep(&mut io::stdin().lock().take(max_bytes.saturating_add(1))).map_err(|reason| {
            Error::Write { target: "standard input to a temporary file".to_owned(), reason }
        })
    }

    /// Keeps what a reader gives.
    pub(crate) fn keep(from: &mut dyn Read) -> io::Result<Self> {
        let mut nameless = tempfile::tempfile()?;
        if let Some(path) = under_proc(&nameless) {
            io::copy(from, &mut nameless)?;
            return Ok(Self { path, _file: Held::Nameless { _file: nameless } });
        }
        let mut named = tempfile::NamedTempFile::new()?;
        io::copy(from, named.as_file_mut())?;
        let path = named.into_temp_path();
        Ok(Self { path: path.to_path_buf(), _file: Held::Named { _path: path } })
    }
}

/// The path under which Linux opens an open file anew, from its start.
#[cfg(target_os = "linux")]
fn under_proc(file: &File) -> Option<PathBuf> {
    use std::os::fd::AsRawFd;
    let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
    File::open(&path).is_ok().then_some(path)
}

#[cfg(not(target_os = "linux"))]
fn under_proc(_: &File) -> Option<PathBuf> {
    None
}
