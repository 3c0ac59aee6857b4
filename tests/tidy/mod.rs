//! The rules of the house that a compiler cannot hold: who imports whom, how long a file may be, what may not be written.

mod imports;
mod modules;
mod rust;
mod size;
mod words;

use std::path::{Path, PathBuf};

/// The root of the crate.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of the project below `folder`, as a `/`-separated path below the root and its text; sorted. Files that are not text,
/// and what builds and fuzzing leave behind, are left out.
fn texts(folder: &str) -> Vec<(String, String)> {
    let is_ours = |entry: &walkdir::DirEntry| {
        let name = entry.file_name().to_string_lossy();
        !(entry.depth() > 0
            && entry.file_type().is_dir()
            && ["target", ".git", "dist", "corpus", "artifacts"].contains(&&*name))
    };
    walkdir::WalkDir::new(root().join(folder))
        .sort_by_file_name()
        .into_iter()
        .filter_entry(is_ours)
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .filter_map(|entry| Some((below(entry.path()), std::fs::read_to_string(entry.path()).ok()?)))
        .collect()
}

/// Every Rust file below `folder`.
fn rust_files(folder: &str) -> Vec<(String, String)> {
    texts(folder)
        .into_iter()
        .filter(|(path, _)| Path::new(path).extension().is_some_and(|ending| ending == "rs"))
        .collect()
}

fn below(path: &Path) -> String {
    let path: PathBuf = path.strip_prefix(root()).unwrap_or(path).to_owned();
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// Fails with all that was found, one a line.
#[track_caller]
fn none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}
