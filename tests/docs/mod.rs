//! Pages for people: what is generated in them is fresh, and what they show works.

mod cli;
mod gitops;
mod language;
mod readme;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::snapshot::assert_file;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Holds the generated parts of a page to what the program says now. A part stands between `<!-- generated: NAME -->` and
/// `<!-- end -->`; every part of the page must be given, and every given part must be in the page.
#[track_caller]
fn assert_parts(page: &str, parts: &[(&str, String)]) {
    let text = fs::read_to_string(root().join(page)).unwrap();
    let mut names: Vec<&str> = parts.iter().map(|(name, _)| *name).collect();
    let mut fresh = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("<!-- generated: ") {
        let (name, after) = after.split_once(" -->\n").expect("a marker is closed on its line");
        let (_, after) = after.split_once("<!-- end -->").expect("a generated part has an end");
        let at =
            names.iter().position(|other| *other == name).unwrap_or_else(|| panic!("{page}: nothing makes `{name}`"));
        names.remove(at);
        let part = parts.iter().find(|(other, _)| *other == name).map_or("", |(_, part)| part);
        fresh.extend([before, "<!-- generated: ", name, " -->\n\n", part.trim_end(), "\n\n<!-- end -->"]);
        rest = after;
    }
    fresh.push_str(rest);
    assert!(names.is_empty(), "{page} has no place for {names:?}");
    assert_file(page, &fresh);
}

/// A block of code in a page.
fn fenced(language: &str, text: &str) -> String {
    format!("```{language}\n{}\n```\n", text.trim_end())
}

/// The blocks of code of a language in a page.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let start = format!("```{language}\n");
    page.split(start.as_str()).skip(1).map(|rest| rest.split("```").next().unwrap_or(rest)).collect()
}

/// What the program says in a folder, both streams; it must end with the code.
#[track_caller]
fn said(folder: &Path, arguments: &[&str], code: i32) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_alertsmith"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null()).env("TERM", "dumb");
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "GITHUB_WORKSPACE"] {
        command.env_remove(name);
    }
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{text}");
    text.lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

/// Copies an example into `folder/examples/NAME`.
fn copy_example(name: &str, folder: &Path) -> PathBuf {
    let (from, to) = (root().join("examples").join(name), folder.join("examples").join(name));
    for entry in walkdir::WalkDir::new(&from).into_iter().map(Result::unwrap) {
        let place = to.join(entry.path().strip_prefix(&from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(place).unwrap();
        } else {
            fs::copy(entry.path(), place).unwrap();
        }
    }
    to
}

/// Changes a file; the text to replace must be there.
#[track_caller]
fn edit(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{} does not hold {from:?}", file.display());
    fs::write(file, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn links_between_pages_lead_somewhere() {
    let mut broken = Vec::new();
    let pages = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let pages =
        pages.filter(|path| path.is_file()).chain(["README.md", "CONTRIBUTING.md"].map(|name| root().join(name)));
    for page in pages.chain([root().join("ARCHITECTURE.md")]) {
        let text = fs::read_to_string(&page).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap_or(target);
            if !target.contains("://") && !file.is_empty() && !page.parent().unwrap().join(file).exists() {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}
