//! What may not be written: places of one machine, hosts of package registries, unfinished code, letters that look like others.

use std::path::Path;

use super::{none, rust::code, rust_files, texts};

/// Written in two parts, so that this file does not hold what it forbids.
const FORBIDDEN: [(&str, &str); 13] = [
    ("/wo", "rk/"),
    ("/tmp", "/wt"),
    ("/ro", "ot/"),
    ("/home", "/"),
    ("crates", ".io"),
    ("pypi", ".org"),
    ("pythonhosted", ".org"),
    ("registry.npmjs", ".org"),
    ("proxy.golang", ".org"),
    ("sum.golang", ".org"),
    ("deb.debian", ".org"),
    ("maven", ".org"),
    ("ghcr", ".io"),
];

/// Written by tools, which name what they must.
const BY_TOOLS: [&str; 1] = ["Cargo.lock"];

/// Letters that cannot be told from plain ones, or not be seen: quotes of word processors, blanks of other widths, marks of order.
const LOOK_ALIKES: [char; 12] = [
    '\u{a0}', '\u{ad}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '\u{202e}',
    '\u{2060}', '\u{feff}',
];

#[test]
fn no_machine_and_no_registry_is_named() {
    let mut found = Vec::new();
    for (path, text) in texts(".") {
        if BY_TOOLS.contains(&path.as_str()) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            for (start, end) in FORBIDDEN {
                if line.contains(&format!("{start}{end}")) {
                    found.push(format!("{path}:{}: {start}{end}", number + 1));
                }
            }
        }
    }
    none("words that belong to one machine or to a registry", &found);
}

#[test]
fn nothing_is_left_unfinished() {
    let mut found = Vec::new();
    for (path, text) in ["src", "tests"].iter().flat_map(|folder| rust_files(folder)) {
        for (number, line) in code(&text).lines().enumerate() {
            for unfinished in ["todo!", "unimplemented!", "dbg!"] {
                if line.contains(unfinished) {
                    found.push(format!("{path}:{}: {unfinished}", number + 1));
                }
            }
        }
    }
    none("unfinished code", &found);
}

#[test]
fn letters_are_what_they_seem() {
    let is_ours = |path: &str| {
        let ending = Path::new(path).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        ["rs", "md", "sh", "toml", "yml", "py"].contains(&ending) && !path.starts_with("snapshots/")
    };
    let mut found = Vec::new();
    for (path, text) in texts(".").into_iter().filter(|(path, _)| is_ours(path)) {
        for (number, line) in text.lines().enumerate() {
            for letter in line.chars().filter(|letter| LOOK_ALIKES.contains(letter)) {
                found.push(format!("{path}:{}: {}", number + 1, letter.escape_unicode()));
            }
        }
    }
    none("letters to be written as plain ones, or as \\u{…} in a literal", &found);
}
