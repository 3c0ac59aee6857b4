//! Listed, documented, tested, emitted: the same codes everywhere.

use std::collections::BTreeSet;
use std::{fs, path::Path};

use alertsmith::explain::codes;

use super::{page_files, updating};

/// All Rust files below `src`, with their text.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().map(Result::unwrap);
    let rust = files.filter(|entry| entry.path().extension().is_some_and(|ending| ending == "rs"));
    rust.map(|entry| (entry.path().display().to_string(), fs::read_to_string(entry.path()).unwrap())).collect()
}

/// Texts of the form `family/name` in double quotes that follow `before`, as code is declared.
fn declared(text: &str, before: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in text.match_indices(before) {
        let rest = text[at + before.len()..].trim_start();
        if let Some(name) = rest.strip_prefix('"').and_then(|rest| rest.split('"').next()) {
            names.push(name.to_owned());
        }
    }
    names
}

#[test]
fn names_are_unique_and_in_form() {
    let all = codes::all();
    let names: BTreeSet<&str> = all.iter().map(|code| code.name).collect();
    assert_eq!(names.len(), all.len(), "two codes share a name");
    for name in names {
        let parts: Vec<&str> = name.split('/').collect();
        let kebab =
            |part: &&str| part.split('-').all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()));
        assert!(parts.len() == 2 && parts.iter().all(kebab), "`{name}` is not `family/name` in kebab-case");
    }
}

#[test]
fn every_code_of_the_source_is_listed() {
    let listed: BTreeSet<String> = codes::all().into_iter().map(|code| code.name.to_owned()).collect();
    let mut written = BTreeSet::new();
    for (path, text) in sources() {
        for before in ["Code::error(", "Code::warning(", "Code::optional(", "= error ", "= warning "] {
            for name in declared(&text, before) {
                // Macros write `$name`; doc tests and unit tests may name codes of their own.
                assert!(
                    listed.contains(&name) || path.ends_with("code.rs"),
                    "{path} declares `{name}`, which no list has"
                );
                written.insert(name);
            }
        }
    }
    let missing: Vec<&String> = listed.difference(&written).collect();
    assert!(missing.is_empty(), "these are listed but not declared in a form that this test can read: {missing:?}");
}

#[test]
fn every_page_belongs_to_a_code_and_every_code_has_its_page() {
    let pages = page_files();
    let named: BTreeSet<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
    let listed: BTreeSet<&str> = codes::all().into_iter().map(|code| code.name).collect();
    assert_eq!(named.difference(&listed).collect::<Vec<_>>(), Vec::<&&str>::new(), "pages without a code");
    assert_eq!(listed.difference(&named).collect::<Vec<_>>(), Vec::<&&str>::new(), "codes without a page");
    if updating() {
        return;
    }
    for (name, path) in pages {
        let text = fs::read_to_string(path).unwrap();
        assert_eq!(codes::find(&name).unwrap().page, text, "the page of `{name}` is not the one that the code prints");
    }
}
