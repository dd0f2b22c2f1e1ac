//! Lists the data files that are compiled in, so that a new file there is a new format or language and nothing is registered. Input: the
//! folders. Output: in `$OUT_DIR` `grammars.rs`, an array of grammars, and `wording.rs`, an array of (language tag, messages), both
//! sorted by name. Of a grammar it is worked out here what need not be worked out at each start: what is in it besides samples, as
//! JSON, which is read in a third of the time, and with which bytes its lines can begin.

use std::path::{Path, PathBuf};
use std::{env, fs};

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Look};

fn main() {
    let root =
        env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR for build scripts");
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR for build scripts");
    let (root, out) = (Path::new(&root), Path::new(&out));
    grammars(&root.join("grammars"), &out.join("grammars.rs"));
    wording(&root.join("src/wording"), &out.join("wording.rs"));
}

/// The files with this ending in a folder, by name.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder is part of the package")
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|own| own == ending))
        .collect();
    paths.sort();
    paths
}

fn utf8(name: Option<&std::ffi::OsStr>) -> &str {
    name.and_then(|name| name.to_str()).expect("file names are UTF-8")
}

fn include(path: &Path) -> String {
    format!("include_str!({:?})", path.display().to_string())
}

/// Writes an array of (language tag, messages).
fn wording(folder: &Path, out: &Path) {
    let one = |path: &PathBuf| format!("    ({:?}, {}),\n", utf8(path.file_stem()), include(path));
    let table: String = files(folder, "ftl").iter().map(one).collect();
    fs::write(out, format!("[\n{table}]\n")).expect("OUT_DIR can be written");
}

/// Writes an array of `Shipped` (see `src/grammar/file.rs`).
fn grammars(folder: &Path, out: &Path) {
    let mut table = String::from("[\n");
    for path in files(folder, "toml") {
        let name = utf8(path.file_name());
        let text = fs::read_to_string(&path).expect("a grammar is UTF-8");
        // What is wrong with a grammar is told by its tests, with file and line: here it must only not stop them.
        let mut shapes: toml::Table = toml::from_str(&text).unwrap_or_default();
        let samples = shapes.remove("sample");
        let is_unverified = |sample: &&toml::Value| {
            sample.get("unverified").and_then(toml::Value::as_bool) == Some(true)
        };
        let samples = samples.as_ref().and_then(toml::Value::as_array);
        let unverified = samples.map_or(0, |list| list.iter().filter(is_unverified).count());
        let lines = shapes.get("line").and_then(toml::Value::as_array);
        // A `log_format` is no pattern, and is kept elsewhere.
        let lines = lines.into_iter().flatten().filter(|line| line.get("log_format").is_none());
        let patterns = lines.map(|line| line.get("pattern")?.as_str());
        let openings: String =
            patterns.map(|pattern| opening(pattern.unwrap_or_default())).collect();
        let json = serde_json::to_string(&shapes).expect("a table is an object");
        table.push_str(&format!(
            "    Shipped {{ name: {name:?}, text: {}, shapes: {json:?}, unverified: {unverified}, openings: &[{openings}] }},\n",
            include(&path)
        ));
    }
    table.push_str("]\n");
    fs::write(out, table).expect("OUT_DIR can be written");
}

/// Bytes at the start of a line that are looked at: those of a date with a time and what stands behind it.
const OPENING_MAX_BYTES: usize = 32;

/// The bytes that can stand in each of the first places of whatever a pattern fits, as bits.
fn opening(pattern: &str) -> String {
    // As `compile` in `src/grammar/lazy.rs`.
    let mut parser = ParserBuilder::new();
    let parser = parser.unicode(false).utf8(false).dot_matches_new_line(true);
    let hir = parser.build().parse(pattern).ok();
    // Elsewhere than at the start of the message nothing is known of that.
    let at_start = |hir: &Hir| hir.properties().look_set_prefix().contains(Look::Start);
    let start = hir.filter(at_start).map(|hir| start(&hir)).unwrap_or_default();
    let one = |set: &Set| format!("[{}, {}, {}, {}], ", set[0], set[1], set[2], set[3]);
    format!("&[{}], ", start.sets.iter().map(one).collect::<String>())
}

/// Bytes, as bits.
type Set = [u64; 4];

/// How whatever fits begins.
#[derive(Default, Clone)]
struct Start {
    /// One of these bytes in each of so many places.
    sets: Vec<Set>,
    /// Whether nothing comes behind them.
    whole: bool,
}

impl Start {
    fn of(sets: Vec<Set>) -> Self {
        Self { sets, whole: true }
    }

    fn then(mut self, next: &Self) -> Self {
        if self.whole {
            self.sets.extend_from_slice(&next.sets);
            self.whole = next.whole;
        }
        if self.sets.len() > OPENING_MAX_BYTES {
            self.sets.truncate(OPENING_MAX_BYTES);
            self.whole = false;
        }
        self
    }

    fn or(mut self, other: &Self) -> Self {
        self.whole &= other.whole && self.sets.len() == other.sets.len();
        self.sets.truncate(other.sets.len());
        for (set, other) in self.sets.iter_mut().zip(&other.sets) {
            set.iter_mut().zip(other).for_each(|(bits, more)| *bits |= more);
        }
        self
    }
}

fn start(hir: &Hir) -> Start {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Start::of(Vec::new()),
        HirKind::Literal(literal) => {
            Start::of(literal.0.iter().map(|byte| set(*byte, *byte)).collect())
                .then(&Start::of(Vec::new()))
        }
        HirKind::Class(Class::Bytes(class)) => {
            let ranges = class.ranges().iter().map(|range| set(range.start(), range.end()));
            let all =
                ranges.fold([0; 4], |all: Set, one| std::array::from_fn(|at| all[at] | one[at]));
            Start::of(vec![all])
        }
        HirKind::Class(Class::Unicode(_)) => Start::default(),
        HirKind::Capture(capture) => start(&capture.sub),
        HirKind::Alternation(several) => {
            let mut several = several.iter().map(start);
            let first = several.next().unwrap_or_default();
            several.fold(first, |one, other| one.or(&other))
        }
        HirKind::Concat(parts) => {
            let empty = Start::of(Vec::new());
            parts.iter().rev().fold(empty, |after, part| repeated(part, &after))
        }
        HirKind::Repetition(_) => repeated(hir, &Start::of(Vec::new())),
    }
}

/// How a part begins with what comes behind it.
fn repeated(part: &Hir, after: &Start) -> Start {
    let HirKind::Repetition(repetition) = part.kind() else { return start(part).then(after) };
    let once = start(&repetition.sub);
    let least = usize::try_from(repetition.min).unwrap_or(usize::MAX).min(OPENING_MAX_BYTES + 1);
    let must = (0..least).fold(Start::of(Vec::new()), |all, _| all.then(&once));
    if repetition.max == Some(repetition.min) {
        return must.then(after);
    }
    let ends = Start { whole: false, ..once };
    let more = if repetition.max == Some(repetition.min + 1) {
        start(&repetition.sub).then(after)
    } else {
        ends
    };
    must.then(&more.or(after))
}

/// All bytes from one to another.
fn set(from: u8, to: u8) -> Set {
    let mut set = [0; 4];
    (from..=to).for_each(|byte| set[usize::from(byte / 64)] |= 1 << (byte % 64));
    set
}
