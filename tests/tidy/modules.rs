//! Every Rust file is part of the program or of its tests, and modules with parts are folders with a `mod.rs`.

use std::collections::BTreeSet;

use super::{none, root, rust::code, rust_files};

#[test]
fn no_file_is_forgotten() {
    for (folder, roots) in [("src", ["src/lib.rs", "src/main.rs"].as_slice()), ("tests", ["tests/main.rs"].as_slice())]
    {
        let mut reached: BTreeSet<String> = BTreeSet::new();
        for start in roots {
            reach(start, &mut reached);
        }
        let forgotten: Vec<String> =
            rust_files(folder).into_iter().map(|(path, _)| path).filter(|path| !reached.contains(path)).collect();
        none("Rust files that no `mod` names", &forgotten);
    }
}

#[test]
fn modules_with_parts_are_folders() {
    let beside: Vec<String> = ["src", "tests"]
        .iter()
        .flat_map(|folder| rust_files(folder))
        .map(|(path, _)| path)
        .filter(|path| !path.ends_with("/mod.rs") && root().join(path.trim_end_matches(".rs")).is_dir())
        .collect();
    none("modules beside a folder of their name, whose place is `mod.rs` inside it", &beside);
}

/// Follows `mod name;` from a file.
fn reach(path: &str, reached: &mut BTreeSet<String>) {
    let Ok(text) = std::fs::read_to_string(root().join(path)) else { return };
    if !reached.insert(path.to_owned()) {
        return;
    }
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let folder = match file {
        "mod.rs" | "lib.rs" | "main.rs" => folder.to_owned(),
        _ => path.trim_end_matches(".rs").to_owned(),
    };
    for line in code(&text).lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let [.., "mod", name] = words.as_slice()
            && let Some(name) = name.strip_suffix(';')
        {
            reach(&format!("{folder}/{name}.rs"), reached);
            reach(&format!("{folder}/{name}/mod.rs"), reached);
        }
    }
}
