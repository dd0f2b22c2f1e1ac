//! What the user hands over, as named streams of bytes.
//! In: paths of archives, folders, logs, or `-`. Out: one call per member with its path and its unpacked bytes. It exists so that
//! all that comes after sees plain logs. It must never write anything, unpack to disk, or fail on the content of a file.

mod blocks;
mod bzip2;
mod bzip2_block;
mod deflate;
mod descend;
mod folder;
mod gzip;
mod inflate;
mod names;
mod readahead;
mod sniff;
mod tar;
mod tar_header;
#[cfg(test)]
mod tests;
mod unpack;
mod whole;
mod xz;
mod xz_header;
mod zip;
mod zip_entry;
mod zip_header;
mod zstd;

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::Error;
use crate::problem::{Problem, ProblemKind};
use crate::wording::{Text, text};
use blocks::{Blocks, Fault, Source};
use descend::{Depth, Place, Walk, descend};
use names::{Ledger, Names, clean};
pub use readahead::Ahead;
pub use whole::Whole;

/// What a single input may cost. All lengths count unpacked bytes.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of one member.
    pub member_bytes: u64,
    /// Bytes of all members of one input together.
    pub total_bytes: u64,
    /// Entries of an archive, read or not; folders are not counted.
    pub members: u64,
    /// Logs and states of all inputs together that are kept. What each costs however short it is, some 6 kB, is what bounds it.
    pub logs: usize,
    /// Layers to unpack: `bundle.tar.gz` with a rotated `.gz` in it has three.
    pub nesting: u32,
    /// The longest name of a member.
    pub name_bytes: usize,
    /// Unpacked to packed, over all layers. One layer of deflate cannot reach more than 1032.
    pub ratio: u64,
    /// The ratio counts from so many unpacked bytes on.
    pub ratio_from_bytes: u64,
    /// Memory for the windows of xz and zstd (the bytes that matches point back into), all layers of an input together.
    pub window_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            member_bytes: 64 << 30,
            total_bytes: 256 << 30,
            members: 100_000,
            logs: 6000,
            nesting: 6,
            name_bytes: 4096,
            ratio: 1100,
            ratio_from_bytes: 1 << 30,
            window_bytes: 32 << 20,
        }
    }
}

/// How far the reading is. All methods may be called from any thread.
pub trait Progress: Sync {
    /// One input begins, and it has so many bytes; not called for standard input and pipes.
    fn expect(&self, packed_bytes: u64);
    /// So many more bytes of it were read, or passed over.
    fn advance(&self, packed_bytes: u64);
    /// A member begins.
    fn member(&self, path: &str);
    /// A stage of the analysis begins.
    fn stage(&self, _name: &'static str) {}
    /// Why no more is to be read, once that is so: the time that was allowed is over.
    fn stop(&self) -> Option<Text> {
        None
    }
}

/// Shows nothing.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn expect(&self, _: u64) {}
    fn advance(&self, _: u64) {}
    fn member(&self, _: &str) {}
}

/// Shows nothing, and stops when the other one does.
pub struct Unseen<'a>(pub &'a dyn Progress);

impl Progress for Unseen<'_> {
    fn expect(&self, _: u64) {}
    fn advance(&self, _: u64) {}
    fn member(&self, _: &str) {}
    fn stop(&self) -> Option<Text> {
        self.0.stop()
    }
}

/// Where the bytes of an input are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    Stdin,
    File(PathBuf),
}

/// One thing to read: a file on disk, or standard input. Inputs sort by their path in the report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Input {
    path: String,
    under: String,
    origin: Origin,
    bytes: Option<u64>,
    hashed: bool,
}

impl Input {
    /// Its path in the report; members of an archive have their own.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether it is standard input, which can be read only once.
    #[must_use]
    pub fn is_stdin(&self) -> bool {
        self.origin == Origin::Stdin
    }

    /// Its length as packed, where the file system knows it: to begin with the biggest.
    #[must_use]
    pub const fn bytes(&self) -> Option<u64> {
        self.bytes
    }
}

/// One argument of the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// File name alone, `stdin` for `-`; a second one of the same name has `#2`.
    pub name: String,
    /// What there is to read, in the order of the report.
    pub inputs: Vec<Input>,
    /// What was passed over in a folder.
    pub problems: Vec<Problem>,
}

/// What the command line named, for the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// As [`Bundle::name`].
    pub name: String,
    /// Hex digest of an archive given as a file; none for folders, logs and standard input.
    pub sha256: Option<String>,
    /// Bytes as packed.
    pub bytes: u64,
    /// Bytes of logs, unpacked.
    pub unpacked_bytes: u64,
    /// Leaves, read or not.
    pub members: u64,
}

/// What became of one input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What could not be read as it should.
    pub problems: Vec<Problem>,
    /// Leaves, read or not.
    pub members: u64,
    /// Bytes as packed.
    pub bytes: u64,
    /// Bytes of members, unpacked, as far as they were read.
    pub unpacked_bytes: u64,
    /// Hex digest, if it is an archive given as a file and was read to its end.
    pub sha256: Option<String>,
    /// It is an archive.
    pub archive: bool,
}

/// The unpacked bytes of one member. What damage there is ends the bytes; [`MemberReader::damage`] then tells of it.
pub struct MemberReader<'a> {
    blocks: &'a mut dyn Blocks,
    path: &'a str,
    most_bytes: u64,
    shown_bytes: u64,
    pending: usize,
    problem: Option<Problem>,
}

impl<'a> MemberReader<'a> {
    fn new(blocks: &'a mut dyn Blocks, path: &'a str, most_bytes: u64) -> Self {
        Self { blocks, path, most_bytes, shown_bytes: 0, pending: 0, problem: None }
    }

    /// The next bytes, never empty; `None` at the end. Takes what was shown before. Blocks are cut anywhere.
    pub fn next_block(&mut self) -> Option<&[u8]> {
        self.next_block_of(usize::MAX)
    }

    /// As [`MemberReader::next_block`], of at most so many bytes; the rest of a block comes with the next call.
    pub fn next_block_of(&mut self, most: usize) -> Option<&[u8]> {
        self.blocks.take(std::mem::take(&mut self.pending));
        if self.problem.is_some() {
            return None;
        }
        let left = self.most_bytes.saturating_sub(self.shown_bytes);
        let fault = match self.blocks.fill() {
            Ok([]) => return None,
            Ok(_) if left == 0 => {
                let detail = text("unread-too-much", [("bytes", self.most_bytes.into())]);
                Fault::new(ProblemKind::Limit, detail)
            }
            Ok(block) => {
                let left = usize::try_from(left).unwrap_or(usize::MAX);
                let count = block.len().min(left).min(most);
                self.pending = count;
                self.shown_bytes = self.shown_bytes.saturating_add(count as u64);
                return block.get(..count);
            }
            Err(fault) => fault,
        };
        self.problem =
            Some(Problem { path: self.path.to_owned(), kind: fault.kind, detail: fault.detail });
        None
    }

    /// Moves bytes into `out` until it is full or the member ends: how many. They need not be copied then.
    pub fn fill(&mut self, out: &mut [u8]) -> usize {
        let mut filled = 0;
        while let Some(room) = out.get_mut(filled..).filter(|room| !room.is_empty()) {
            let count = self.read_some(room);
            if count == 0 {
                break;
            }
            filled = filled.saturating_add(count);
        }
        filled
    }

    fn read_some(&mut self, room: &mut [u8]) -> usize {
        self.blocks.take(std::mem::take(&mut self.pending));
        let left = self.most_bytes.saturating_sub(self.shown_bytes);
        if self.problem.is_none() && left >= room.len() as u64 {
            // A fault is told again.
            if let Ok(count) = self.blocks.read(room) {
                self.shown_bytes = self.shown_bytes.saturating_add(count as u64);
                return count;
            }
        }
        let Some(block) = self.next_block_of(room.len()) else { return 0 };
        let count = block.len();
        if let Some(to) = room.get_mut(..count) {
            to.copy_from_slice(block);
        }
        count
    }

    /// Why the member ended before its time, once it has: its last line may be incomplete. The problem is in the [`Outcome`] too.
    #[must_use]
    pub fn damage(&self) -> Option<&Problem> {
        self.problem.as_ref().filter(|problem| problem.kind.loses_bytes())
    }
}

impl Read for MemberReader<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Some(block) = self.next_block() else { return Ok(0) };
        let count = block.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), block.get(..count)) {
            to.copy_from_slice(from);
        }
        let unread = self.pending.saturating_sub(count);
        self.pending = count;
        self.shown_bytes = self.shown_bytes.saturating_sub(unread as u64);
        Ok(count)
    }
}

/// Expands the command line: files stay, folders are walked, `-` is standard input. One bundle per path, in their order.
///
/// # Errors
/// A path that cannot be opened, or standard input named twice.
pub fn open(paths: &[PathBuf]) -> Result<Vec<Bundle>, Error> {
    open_kept(paths, None)
}

/// As [`open`]; standard input was kept in this file, so that it can be read more than once.
///
/// # Errors
/// As [`open`].
pub fn open_kept(paths: &[PathBuf], stdin: Option<&Path>) -> Result<Vec<Bundle>, Error> {
    let mut names = Names::default();
    let mut stdin_given = false;
    let several = paths.len() > 1;
    paths
        .iter()
        .map(|path| {
            let is_stdin = path.as_os_str() == "-";
            if is_stdin && std::mem::replace(&mut stdin_given, true) {
                return Err(Error::Usage("- (standard input) can be given only once".to_owned()));
            }
            let name = if is_stdin { "stdin".to_owned() } else { given_name(path) };
            let name = names.unique(name);
            let under = if several { format!("{name}/") } else { String::new() };
            if is_stdin {
                let kept = stdin.map(|file| Origin::File(file.to_owned()));
                let input = Input {
                    path: name.clone(),
                    under,
                    bytes: stdin.and_then(|file| Some(fs::metadata(file).ok()?.len())),
                    origin: kept.unwrap_or(Origin::Stdin),
                    hashed: false,
                };
                return Ok(Bundle { name, inputs: vec![input], problems: Vec::new() });
            }
            open_path(path, name, under)
                .map_err(|reason| Error::Open { path: path.clone(), reason })
        })
        .collect()
}

fn open_path(path: &Path, name: String, under: String) -> io::Result<Bundle> {
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        return open_folder(path, name, &under);
    }
    // To open a pipe here and close it again would break it.
    let bytes = metadata.is_file().then(|| File::open(path).map(|_| metadata.len())).transpose()?;
    let input = Input {
        path: name.clone(),
        under,
        origin: Origin::File(path.to_owned()),
        bytes,
        hashed: bytes.is_some(),
    };
    Ok(Bundle { name, inputs: vec![input], problems: Vec::new() })
}

fn open_folder(root: &Path, name: String, under: &str) -> io::Result<Bundle> {
    let mut ledger = Ledger::default();
    let mut names = Names::default();
    let inputs = folder::files(root, under, &mut ledger)?
        .into_iter()
        .map(|leaf| {
            let path = names.unique(format!("{under}{}", clean(&leaf.name)));
            let under = format!("{path}/");
            Input {
                path,
                under,
                origin: Origin::File(leaf.file),
                bytes: Some(leaf.bytes),
                hashed: false,
            }
        })
        .collect();
    let problems = ledger.close(&name);
    Ok(Bundle { name, inputs, problems })
}

/// The last part of a path; of `.` and the like, that of the folder it stands for.
fn given_name(path: &Path) -> String {
    let named = path.file_name().map(ToOwned::to_owned);
    let named = named.or_else(|| fs::canonicalize(path).ok()?.file_name().map(ToOwned::to_owned));
    named.map_or_else(|| "bundle".to_owned(), |name| clean(name.as_encoded_bytes()))
}

/// What the report says of a bundle; `outcomes` are those of its inputs.
#[must_use]
pub fn given(bundle: &Bundle, outcomes: &[Outcome]) -> Given {
    let sum = |count: fn(&Outcome) -> u64| outcomes.iter().map(count).fold(0, u64::saturating_add);
    Given {
        name: bundle.name.clone(),
        sha256: outcomes.iter().find_map(|outcome| outcome.sha256.clone()),
        bytes: sum(|outcome| outcome.bytes),
        unpacked_bytes: sum(|outcome| outcome.unpacked_bytes),
        members: sum(|outcome| outcome.members),
    }
}

/// Reads one input: calls `visit` once per member, with its path and its unpacked bytes, in the order of the archive. The visitor
/// may stop reading a member at any point. Never fails: what could not be read becomes problems.
pub fn walk(
    input: &Input,
    limits: &Limits,
    ahead: Ahead,
    progress: &dyn Progress,
    visit: &mut dyn FnMut(&str, &mut MemberReader<'_>),
) -> Outcome {
    match open_input(input) {
        Ok((reader, bytes)) => walk_stream(input, reader, bytes, (limits, ahead), progress, visit),
        Err(reason) => {
            let detail = text("unread-not-opened", [("reason", reason.to_string().into())]);
            let problem =
                Problem { path: input.path.clone(), kind: ProblemKind::Unreadable, detail };
            Outcome {
                problems: vec![problem],
                members: 1,
                bytes: 0,
                unpacked_bytes: 0,
                sha256: None,
                archive: false,
            }
        }
    }
}

/// The bytes of an input, and how many they are if it is a regular file.
fn open_input(input: &Input) -> io::Result<(Box<dyn Read + Send>, Option<u64>)> {
    let Origin::File(path) = &input.origin else { return Ok((Box::new(io::stdin()), None)) };
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    // Files of /proc and /sys say 0.
    let bytes = (metadata.is_file() && metadata.len() > 0).then_some(metadata.len());
    Ok((Box::new(file), bytes))
}

fn walk_stream(
    input: &Input,
    reader: Box<dyn Read + Send>,
    bytes: Option<u64>,
    (limits, ahead): (&Limits, Ahead),
    progress: &dyn Progress,
    visit: &mut dyn FnMut(&str, &mut MemberReader<'_>),
) -> Outcome {
    if let Some(bytes) = bytes {
        progress.expect(bytes);
    }
    let hashing = AtomicBool::new(input.hashed);
    let mut source = Source::new(reader, bytes, &hashing, progress);
    let place = Place { path: input.path.clone(), under: input.under.clone() };
    let mut walk = Walk::new(limits, progress, visit, ahead, &hashing);
    descend(&mut walk, &mut source, &place, Depth::outermost(limits));
    let Walk { mut ledger, members, archive, unpacked_bytes, .. } = walk;
    if archive && hashing.load(Ordering::Relaxed) {
        // The digest is that of the whole file, also of what lies behind the archive's end.
        if let (_, Err(fault)) = blocks::skip(&mut source, u64::MAX) {
            ledger.add(&input.path, fault);
        }
    }
    let read = source.read_bytes();
    let whole = read.max(bytes.unwrap_or_default());
    progress.advance(whole.saturating_sub(read));
    let sha256 = if archive { source.digest() } else { None };
    let problems = ledger.close(&input.path);
    Outcome { problems, members, bytes: whole, unpacked_bytes, sha256, archive }
}
