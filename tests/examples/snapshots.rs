//! The whole tree that comes of an example, as real files that a reviewer opens.
//!
//! The YAML twins have no snapshot of their own: `twins` holds them to the same bytes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::{build, on_disk};

#[test]
fn the_minimal_example_gives_what_the_snapshot_shows() {
    compare("minimal");
}

#[test]
fn the_fleet_example_gives_what_the_snapshot_shows() {
    compare("fleet");
}

/// Compares a built tree with its snapshot file by file: one that differs, is missing, or is there but not built any more fails.
/// With `UPDATE=1` the snapshot becomes what is built now.
#[track_caller]
fn compare(example: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/examples").join(example);
    let built = build(&on_disk(example)).files();
    let kept = read(&folder);
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        for path in kept.keys().filter(|path| !built.contains_key(*path)) {
            fs::remove_file(folder.join(path)).unwrap();
        }
        for (path, bytes) in built.iter().filter(|(path, bytes)| kept.get(*path) != Some(bytes)) {
            let file = folder.join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, bytes).unwrap();
        }
        return;
    }
    let mut wrong: Vec<String> = Vec::new();
    wrong.extend(
        kept.keys().filter(|path| !built.contains_key(*path)).map(|path| format!("{path} is not built any more")),
    );
    for (path, bytes) in &built {
        match kept.get(path) {
            None => wrong.push(format!("{path} is new")),
            Some(old) if old != bytes => wrong.push(difference(path, old, bytes)),
            Some(_) => {}
        }
    }
    let place = format!("snapshots/examples/{example}");
    assert!(wrong.is_empty(), "{place} is not what is built now; UPDATE=1 accepts the change\n{}", wrong.join("\n"));
}

/// The lines that differ; of the manifest, whose lines are long, only that it does.
fn difference(path: &str, old: &[u8], new: &[u8]) -> String {
    if path == "manifest.json" {
        return format!("{path} differs");
    }
    let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
    let diff = similar::TextDiff::from_lines(old.as_ref(), new.as_ref());
    diff.unified_diff().context_radius(2).header(path, "now").to_string()
}

fn read(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
    files
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let below = entry.path().strip_prefix(folder).unwrap();
            let parts: Vec<_> = below.iter().map(|part| part.to_str().unwrap()).collect();
            (parts.join("/"), fs::read(entry.path()).unwrap())
        })
        .collect()
}
