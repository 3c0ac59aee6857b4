//! Who imports whom: the table of ARCHITECTURE.md against the `crate::` paths of the code.

use std::collections::{BTreeMap, BTreeSet};

use super::{none, root, rust::shipped, rust_files};

/// Nothing imports these.
const SHELLS: [&str; 2] = ["cli", "lsp"];

/// The rooms and what each may import; nothing for the rooms that may import all but the shells.
type Table = BTreeMap<String, Option<BTreeSet<String>>>;

#[test]
fn imports_follow_the_table_of_the_architecture() {
    let page = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let table = table(&page);
    let mut found = Vec::new();
    for (path, text) in rust_files("src") {
        found.extend(against(&table, &path, &text));
    }
    none("imports that ARCHITECTURE.md does not allow", &found);
}

#[test]
fn the_table_lists_the_rooms_that_are_there() {
    let page = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let code = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let rooms = code.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let rooms: BTreeSet<String> = rooms.map(str::to_owned).collect();
    assert_eq!(table(&page).into_keys().collect::<BTreeSet<_>>(), rooms);
}

#[test]
fn a_wrong_import_is_found_wherever_it_stands() {
    let table = table(
        "## Who may import whom\n\n| room | may import |\n| --- | --- |\n| `source` | |\n| `emit` | `source` |\n| `diff` | `*` |\n",
    );
    let wrong = |path, text| !against(&table, path, text).is_empty();
    assert!(wrong("src/source/a.rs", "use crate::emit::X;"));
    assert!(wrong("src/source.rs", "use crate::{source::Y, emit::{A, B}};"));
    assert!(wrong("src/emit/deep/a.rs", "fn f() { crate::diff::g() }"));
    assert!(wrong("src/diff/a.rs", "use crate::cli::X;"));
    assert!(wrong("src/unlisted/a.rs", ""));
    assert!(!wrong("src/emit/a.rs", "use crate::{\n    emit::B,\n    source::{C, emit},\n};\n/// crate::diff\n"));
    assert!(!wrong("src/diff/a.rs", "use crate::emit::X;"));
    assert!(!wrong("src/source/a.rs", "#[cfg(test)]\nmod tests { use crate::emit::X; }"));
    assert!(!wrong("src/source/tests.rs", "use crate::emit::X;"));
    assert!(!wrong("src/lib.rs", "use crate::cli::X;"));
    assert!(!wrong("src/source/a.rs", "crate::some_macro!(x); use crate::SOME_CONSTANT;"));
}

/// What a file imports against the table, one finding for each import that is not allowed.
fn against(table: &Table, path: &str, text: &str) -> Vec<String> {
    let below = path.trim_start_matches("src/");
    let room = below.split('/').next().unwrap_or(below).trim_end_matches(".rs");
    // The two roots name every room, and a module of tests that has a file of its own may import anything.
    if ["lib", "main"].contains(&room) || path.ends_with("/tests.rs") || path.contains("/tests/") {
        return Vec::new();
    }
    let Some(allowed) = table.get(room) else { return vec![format!("{path}: the room `{room}` is not in the table")] };
    imported(&shipped(text))
        .into_iter()
        .filter(|other| *other != room && (table.contains_key(other) || SHELLS.contains(&other.as_str())))
        .filter(|other| match allowed {
            Some(allowed) => !allowed.contains(other),
            None => SHELLS.contains(&other.as_str()),
        })
        .map(|other| format!("{path}: `{room}` imports `{other}`"))
        .collect()
}

/// The first part of every path that starts with `crate::`, those in braces too.
fn imported(code: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for (at, start) in code.match_indices("crate::") {
        let rest = &code[at + start.len()..];
        if let Some(group) = rest.trim_start().strip_prefix('{') {
            let (mut depth, mut item) = (0_usize, String::new());
            for letter in group.chars() {
                match letter {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        rooms.insert(first_word(&item));
                        item.clear();
                    }
                    _ => item.push(letter),
                }
            }
            rooms.insert(first_word(&item));
        } else {
            rooms.insert(first_word(rest));
        }
    }
    rooms
}

fn first_word(path: &str) -> String {
    path.trim_start().chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

fn table(page: &str) -> Table {
    let section = page.split("## Who may import whom").nth(1).expect("ARCHITECTURE.md has the table of imports");
    let section = section.split("\n## ").next().unwrap_or(section);
    let quoted = |cell: &str| -> BTreeSet<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let mut cells = row.split('|').skip(1);
        let room = quoted(cells.next().unwrap_or_default()).pop_first().expect("a room in the first cell");
        let allowed = quoted(cells.next().unwrap_or_default());
        (room, (!allowed.contains("*")).then_some(allowed))
    })
    .collect()
}
