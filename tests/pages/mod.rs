//! The pages of all codes, run: the faulty spec raises that code and nothing else, the fixed one raises nothing, and what is shown
//! as reported is what the program says today.
//!
//! The loop is closed here too: the codes that are listed, documented, tested and written in the source are the same.

mod closure;
mod index;

use std::fs;
use std::path::{Path, PathBuf};

use alertsmith::diagnostic::{Code, render};
use alertsmith::{expect, explain::codes, lint, pipeline};

use crate::support::markdown::{Block, Folder, Section, sections};

/// The sections of every page, in this order, below its title.
const SECTIONS: [&str; 5] = ["Faulty spec", "Reported", "Why it matters", "Fixed spec", "When to allow it"];

/// Whether generated text is to be written rather than compared.
fn updating() -> bool {
    std::env::var_os("UPDATE").is_some_and(|value| value == "1")
}

/// Every page file with the name of its code: `<family>/<name>` by its last folder.
fn page_files() -> Vec<(String, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut pages = Vec::new();
    for below in ["diagnostic/stage", "check"] {
        for entry in walkdir::WalkDir::new(root.join(below)).sort_by_file_name().into_iter().map(Result::unwrap) {
            let path = entry.path();
            if path.extension().is_some_and(|ending| ending == "md") {
                let family = path.parent().and_then(Path::file_name).unwrap().to_string_lossy();
                // Files are named as Rust wants it, codes as their readers do.
                let name = path.file_stem().unwrap().to_string_lossy().replace('_', "-");
                pages.push((format!("{family}/{name}"), path.to_owned()));
            }
        }
    }
    pages
}

/// The first paragraph of a page: what the code claims.
fn claim(page: &[Section]) -> &str {
    page.first().map_or("", |title| title.prose.as_str())
}

/// What the program says about the spec in a section, and the codes of it. Files without a spec among them are linted.
fn run(code: &Code, section: &Section) -> (Vec<&'static str>, String) {
    let is_raw = |block: &Block| {
        block.language == "yaml" && block.options.get("file").is_some_and(|file| !file.starts_with("alertsmith."))
    };
    let raw = !section.blocks.is_empty() && section.blocks.iter().all(is_raw);
    let (diagnostics, sources) = if raw {
        let input = |block: &Block| lint::Input {
            path: block.options["file"].clone(),
            bytes: block.text.clone().into_bytes(),
            named: true,
        };
        let linted = lint::run(section.blocks.iter().map(input).collect(), &lint::Options::default());
        (linted.diagnostics, linted.sources)
    } else {
        let (mut compilation, _) = pipeline::build(&Folder::of(&section.blocks));
        let report = compilation.model.as_ref().and_then(|model| expect::run(model, &compilation.provenance));
        compilation
            .diagnostics
            .extend(report.into_iter().flat_map(|report| report.tests).flat_map(|test| test.failures));
        // What is off is on for its own page only.
        compilation.optional.retain(|diagnostic| diagnostic.code == code);
        compilation.diagnostics.append(&mut compilation.optional);
        (compilation.diagnostics, compilation.sources)
    };
    let found = diagnostics.iter().map(|diagnostic| diagnostic.code.name).collect();
    (found, render::render(render::Format::Human, &diagnostics, &sources, &render::Options::default()))
}

/// What is wrong with a page, if anything; brings its `Reported` block up to date if that is wanted.
fn judge(code: &Code, path: &Path) -> Result<(), String> {
    let text = fs::read_to_string(path).unwrap();
    let page = sections(&text);
    let titles: Vec<&str> = page.iter().map(|section| section.title.as_str()).collect();
    let expected: Vec<&str> = [code.name].into_iter().chain(SECTIONS).collect();
    if titles != expected {
        return Err(format!("its headings are {titles:?}, not {expected:?}"));
    }
    let claim = claim(&page);
    if !claim.ends_with('.') || claim.contains("\n\n") || !page[0].blocks.is_empty() {
        return Err("its claim is not one paragraph that ends with a full stop".to_owned());
    }
    let [_, faulty, reported, why, fixed, allow] = page.as_slice() else { return Err("headings".to_owned()) };
    if why.prose.is_empty() || allow.prose.is_empty() {
        return Err("it does not say why it matters or when to allow it".to_owned());
    }
    let (found, said) = run(code, faulty);
    if found.is_empty() || found.iter().any(|name| *name != code.name) {
        return Err(format!("its faulty spec reports {found:?}:\n{said}"));
    }
    let (found, said_of_fixed) = run(code, fixed);
    if !found.is_empty() {
        return Err(format!("its fixed spec reports {found:?}:\n{said_of_fixed}"));
    }
    let [shown] = reported.blocks.as_slice() else { return Err("`Reported` needs one block".to_owned()) };
    if shown.text != said {
        if !updating() {
            return Err(format!("what it shows as reported is old, UPDATE=1 accepts this:\n{said}"));
        }
        let old = format!("## Reported\n\n```text\n{}```\n", shown.text);
        if !text.contains(&old) {
            return Err("its `Reported` section holds more than a ```text block".to_owned());
        }
        fs::write(path, text.replacen(&old, &format!("## Reported\n\n```text\n{said}```\n"), 1)).unwrap();
    }
    Ok(())
}

#[test]
fn every_page_holds() {
    let mut wrong = Vec::new();
    for (name, path) in page_files() {
        // A file without a code is reported by the closure test.
        if let Some(code) = codes::find(&name)
            && let Err(why) = judge(code, &path)
        {
            wrong.push(format!("{name}: {why}"));
        }
    }
    assert!(wrong.is_empty(), "{} pages do not hold:\n\n{}", wrong.len(), wrong.join("\n\n"));
}
