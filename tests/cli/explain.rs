//! `explain`.

use super::{run, spec};

#[test]
fn explains_codes() {
    let folder = spec("");
    let said = run(folder.path(), &["explain", "syntax/kdl"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert!(said.out.starts_with("# syntax/kdl\n\n") && said.out.ends_with('\n'), "{}", said.out);
    let said = run(folder.path(), &["explain", "yntax/kdl"]);
    assert!(said.code == 2 && said.err.contains("Did you mean the code `syntax/kdl`?"), "{said:?}");
}

#[test]
fn every_page_is_of_a_code_and_every_code_is_explained() {
    let pages = walkdir::WalkDir::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).into_iter().map(Result::unwrap);
    let pages = pages.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "md"));
    let mut written: Vec<String> = pages
        .filter_map(|entry| {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            let name = text.lines().next()?.strip_prefix("# ")?.to_owned();
            name.contains('/').then_some(name)
        })
        .collect();
    written.sort_unstable();
    let listed: Vec<String> = alertsmith::explain::codes::all().into_iter().map(|code| code.name.to_owned()).collect();
    assert_eq!(written, listed);
}
