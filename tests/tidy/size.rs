//! How long files may be, in lines of code: what is blank, comment or below `#[cfg(test)]` does not count.

use super::{none, rust::shipped, rust_files};

/// Files that may be longer than [`LONGEST`], each with the reason. Empty is best.
const EXCEPTIONS: [(&str, &str); 0] = [];

const LONGEST: usize = 800;
const LONGEST_OF_95_IN_100: usize = 600;
const MEDIAN: usize = 200;

#[test]
fn files_are_short() {
    let mut lengths: Vec<(usize, String)> = ["src", "tests"]
        .iter()
        .flat_map(|folder| rust_files(folder))
        .map(|(path, text)| (shipped(&text).lines().filter(|line| !line.trim().is_empty()).count(), path))
        .collect();
    lengths.sort();
    let is_exception = |path: &String| EXCEPTIONS.iter().any(|(exception, _)| exception == path);
    let too_long: Vec<String> = lengths
        .iter()
        .filter(|(lines, path)| *lines > LONGEST && !is_exception(path))
        .map(|(lines, path)| format!("{path}: {lines} lines of code"))
        .collect();
    none("files that are too long", &too_long);
    let at = |share: usize| &lengths[(lengths.len() - 1) * share / 100];
    assert!(at(50).0 <= MEDIAN, "the median file has {} lines of code: {}", at(50).0, at(50).1);
    assert!(at(95).0 <= LONGEST_OF_95_IN_100, "of 100 files 5 are longer than {} lines: {}", at(95).0, at(95).1);
}

#[test]
fn exceptions_are_files_that_need_one() {
    for (path, reason) in EXCEPTIONS {
        assert!(!reason.is_empty(), "{path} has no reason");
        let text = std::fs::read_to_string(super::root().join(path)).unwrap_or_default();
        let lines = shipped(&text).lines().filter(|line| !line.trim().is_empty()).count();
        assert!(lines > LONGEST, "{path} is no exception any more");
    }
}
