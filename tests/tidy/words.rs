//! What may not be written: places of one machine, hosts of package registries, unfinished code, letters that look like others.

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
const BY_TOOLS: [&str; 2] = ["Cargo.lock", "fuzz/Cargo.lock"];

/// Letters that cannot be seen, or not be told from a plain blank.
const UNSEEN: [char; 8] = ['\u{a0}', '\u{ad}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{202e}', '\u{2060}', '\u{feff}'];

/// The quotes of word processors, which look like plain ones and mean nothing to any tool.
const SMART_QUOTES: [char; 4] = ['\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}'];

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
    let ending = |path: &str| path.rsplit_once('.').map_or(String::new(), |(_, ending)| ending.to_owned());
    let is_ours = |path: &str| {
        ["rs", "md", "sh", "toml", "yml", "py"].contains(&&*ending(path)) && !path.starts_with("snapshots/")
    };
    let mut found = Vec::new();
    for (path, text) in texts(".").into_iter().filter(|(path, _)| is_ours(path)) {
        let is_page = ending(&path) == "md";
        let mut in_code = false;
        for (number, line) in text.lines().enumerate() {
            in_code ^= line.trim_start().starts_with("```");
            // In a page only prose counts: what is shown as code may show the mistake.
            let prose = line.split('`').step_by(2);
            let smart = prose.filter(|_| is_page && !in_code).flat_map(str::chars);
            let smart = smart.filter(|letter| SMART_QUOTES.contains(letter));
            for letter in line.chars().filter(|letter| UNSEEN.contains(letter)).chain(smart) {
                found.push(format!("{path}:{}: {}", number + 1, letter.escape_unicode()));
            }
        }
    }
    none("letters to be written as plain ones, or as \\u{…} in a literal", &found);
}
