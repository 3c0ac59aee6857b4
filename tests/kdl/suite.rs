//! The official test suite of KDL 2: every good file prints as expected, every bad one is refused.

use super::canonical;
use crate::support::corpus;
use alertsmith::diagnostic::Sink;
use alertsmith::source::FileId;
use alertsmith::syntax::kdl;
use std::fs;

/// The names and texts of the suite's inputs, in order; empty without corpora.
pub fn inputs() -> Vec<(String, String)> {
    let Some(folder) = corpus::folder() else { return Vec::new() };
    let mut inputs: Vec<_> = fs::read_dir(folder.join("kdl-suite/input"))
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    inputs.sort();
    assert_eq!(inputs.len(), 336);
    inputs
}

#[test]
fn agrees_without_a_difference() {
    let mut differences = Vec::new();
    for (name, text) in inputs() {
        let mut sink = Sink::default();
        let tree = kdl::read(FileId(0), &text, &mut sink);
        let headlines: Vec<_> = sink.diagnostics().iter().map(|found| found.headline.as_str()).collect();
        if name.ends_with("_fail") {
            if !sink.has_errors() {
                differences.push(format!("{name}: accepted as\n{}", canonical::print(&tree)));
            }
            // Two files hold several mistakes, and each is said.
            let mistakes = match name.as_str() {
                "floating_point_keyword_identifier_strings_fail" => 3,
                "just_space_in_arg_type_fail" => 2,
                _ => 1,
            };
            if headlines.len() > mistakes {
                differences.push(format!("{name}: a cascade: {headlines:?}"));
            }
            continue;
        }
        if sink.has_errors() {
            differences.push(format!("{name}: refused: {headlines:?}"));
            continue;
        }
        let expected = corpus::folder().unwrap().join("kdl-suite/expected_kdl").join(format!("{name}.kdl"));
        let expected = fs::read_to_string(expected).unwrap();
        let printed = canonical::print(&tree);
        if printed.trim_end() != expected.trim_end() {
            differences.push(format!("{name}: expected\n{expected}got\n{printed}"));
        }
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}
