//! The page on supported versions says what the tests use.

use std::{collections::BTreeMap, fs, path::Path};

use crate::support::tools::{Generation, pins};

#[test]
fn the_page_on_versions_lists_the_tools_that_judge() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/versions.md")).unwrap();
    let mut listed: BTreeMap<(String, Generation), String> = BTreeMap::new();
    for row in page.lines().filter(|line| line.starts_with("| ")).skip(2) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        // `PyYAML (python)` is the tool `python`.
        let name = cells[0].rsplit('`').nth(1).unwrap_or(cells[0]);
        for (generation, version) in [(Generation::Newest, cells[1]), (Generation::Oldest, cells[2])] {
            if !version.is_empty() {
                listed.insert((name.to_owned(), generation), version.to_owned());
            }
        }
    }
    let pinned = pins().map(|pin| ((pin.name.to_owned(), pin.generation), pin.version.to_owned()));
    assert_eq!(listed, pinned.collect());
}
