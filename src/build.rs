//! Lists the data files that are compiled in as tables of `include_str!`, so that a new file there is a new format or language and
//! nothing is registered. Input: the folders. Output: in `$OUT_DIR` `grammars.rs`, an array of (file name, text), and `wording.rs`,
//! an array of (language tag, messages), both sorted by name.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let root =
        env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR for build scripts");
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR for build scripts");
    let (root, out) = (Path::new(&root), Path::new(&out));
    table(&root.join("grammars"), "toml", |path| path.file_name(), &out.join("grammars.rs"));
    table(&root.join("src/wording"), "ftl", |path| path.file_stem(), &out.join("wording.rs"));
}

/// Writes an array of (name, text) of the files with this ending.
fn table(folder: &Path, ending: &str, name: fn(&Path) -> Option<&std::ffi::OsStr>, out: &Path) {
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder is part of the package")
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|own| own == ending))
        .collect();
    paths.sort();
    let mut table = String::from("[\n");
    for path in &paths {
        let name = name(path).and_then(|name| name.to_str()).expect("file names are UTF-8");
        table.push_str(&format!(
            "    ({name:?}, include_str!({:?})),\n",
            path.display().to_string()
        ));
    }
    table.push_str("]\n");
    fs::write(out, table).expect("OUT_DIR can be written");
}
