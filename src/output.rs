//! Where reports go: standard output, or a file that is written whole or not at all. In: bytes and a path. Out: the file, or why
//! not. It exists to hold the rules of writing in one place. It must never leave half a report, and never write over what was read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use coroner::error::Error;

/// Temporary files: how their names begin and end.
const TEMPORARY: (&str, &str) = (".coroner-", ".tmp");
/// From this age on a temporary file is the rest of a run that was killed: writing takes seconds.
const STALE: Duration = Duration::from_secs(3600);

pub(crate) fn write_error(target: &str, reason: io::Error) -> Error {
    Error::Write { target: target.to_owned(), reason }
}

/// A reader who has seen enough closes the pipe; that is no error.
pub(crate) fn write_stdout(bytes: &[u8]) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(reason) if reason.kind() != io::ErrorKind::BrokenPipe => {
            Err(write_error("standard output", reason))
        }
        _ => Ok(()),
    }
}

/// Refuses to write over what is to be read, under whatever name.
pub(crate) fn apart_from(target: Option<&Path>, inputs: &[PathBuf]) -> Result<(), Error> {
    let Some(target) = target.filter(|target| target.is_file()) else { return Ok(()) };
    match inputs.iter().find(|input| is_same(target, input)) {
        Some(input) => Err(Error::Usage(format!(
            "-o {}: this is the input {} itself; give another name",
            target.display(),
            input.display()
        ))),
        None => Ok(()),
    }
}

#[cfg(unix)]
fn is_same(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |path: &Path| fs::metadata(path).map(|file| (file.dev(), file.ino())).ok();
    identity(one).is_some_and(|own| identity(other) == Some(own))
}

#[cfg(not(unix))]
fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).ok();
    real(one).is_some_and(|own| real(other) == Some(own))
}

/// Whole or not at all: a temporary file in the same folder, synced, then renamed. Behind a link the file that it leads to is
/// replaced; a device or a pipe is written to as it is.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let failed = |reason| write_error(&path.display().to_string(), reason);
    let special = fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir());
    if special {
        let mut there = OpenOptions::new().write(true).open(path).map_err(failed)?;
        return there.write_all(bytes).and_then(|()| there.flush()).map_err(failed);
    }
    let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder =
        real.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    sweep(folder);
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY.0).suffix(TEMPORARY.1);
    let mut file = readable(&mut builder).tempfile_in(folder).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    file.persist(&real).map_err(|error| failed(error.error))?;
    // So that the new name survives a power loss too. Some file systems cannot; the report is there all the same.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// Takes away what killed runs left in a folder.
fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let own = name.starts_with(TEMPORARY.0) && name.ends_with(TEMPORARY.1);
        let age = |entry: &fs::DirEntry| entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        if own && age(&entry).is_some_and(|age| age > STALE) {
            // Somebody else may have been faster, or may own it.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// A report is for others to read, as far as the umask allows; a temporary file by itself is for nobody else.
fn readable<'a, 'b>(
    builder: &'a mut tempfile::Builder<'b, 'b>,
) -> &'a mut tempfile::Builder<'b, 'b> {
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
}
