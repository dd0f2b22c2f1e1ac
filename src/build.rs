//! Lists `grammars/*.toml` into a table of `include_str!`, so that a new file there is a new format and nothing is registered.
//! Input: the folder. Output: `$OUT_DIR/grammars.rs`, an array of (file name, text), sorted by name.

use std::{env, fs, path::Path};

fn main() {
    let root =
        env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR for build scripts");
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR for build scripts");
    let folder = Path::new(&root).join("grammars");
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .expect("the grammars folder is part of the package")
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    paths.sort();
    let mut table = String::from("[\n");
    for path in &paths {
        let name =
            path.file_name().and_then(|name| name.to_str()).expect("grammar file names are UTF-8");
        table.push_str(&format!(
            "    ({name:?}, include_str!({:?})),\n",
            path.display().to_string()
        ));
    }
    table.push_str("]\n");
    fs::write(Path::new(&out).join("grammars.rs"), table).expect("OUT_DIR can be written");
}
