//! Expected output as plain files, which a reviewer reads as the product's output.
//!
//! `UPDATE=1 cargo test` writes what the program says now; without it a difference fails the test and is shown.

use std::fs;
use std::path::Path;

/// Compares `actual` with the file at `path` (below the root of the crate).
#[track_caller]
pub fn assert_file(path: &str, actual: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        if fs::read_to_string(&file).ok().as_deref() != Some(actual) {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, actual).unwrap();
        }
        return;
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    if expected != actual {
        let diff = similar::TextDiff::from_lines(expected.as_str(), actual);
        let diff = diff.unified_diff().context_radius(3).header(path, "now").to_string();
        panic!("{path} is not what the program says now; UPDATE=1 accepts the change\n{diff}");
    }
}
