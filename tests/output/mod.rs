//! Writing output folders: what is touched, what is refused, and what is left after a build that stopped.

mod faults;
mod folder;
mod manifest;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use alertsmith::output::{Disk, Manifest, OsDisk, OutputError, Plan, Rendered, RenderedFile, plan};
use alertsmith::provenance::Provenance;
use alertsmith::source::Sources;

/// Files as `path` and content; a content that begins with `#!` is executable.
fn rendered(files: &[(&str, &str)]) -> Rendered {
    let file = |text: &str| RenderedFile { bytes: text.into(), executable: text.starts_with("#!"), map: Vec::new() };
    Rendered { files: files.iter().map(|(path, text)| ((*path).to_owned(), file(text))).collect() }
}

fn manifest(rendered: &Rendered) -> Manifest {
    Manifest::of(rendered, &Provenance::default(), &Sources::default())
}

fn planned(folder: &Path, rendered: &Rendered, adopt: bool) -> Result<Plan, OutputError> {
    plan(&OsDisk, folder, rendered, &manifest(rendered), adopt)
}

fn build_on(disk: &dyn Disk, folder: &Path, rendered: &Rendered) -> Result<Plan, OutputError> {
    let plan = plan(disk, folder, rendered, &manifest(rendered), false)?;
    plan.apply(disk, rendered, || {})?;
    Ok(plan)
}

fn build(folder: &Path, rendered: &Rendered) -> Result<Plan, OutputError> {
    build_on(&OsDisk, folder, rendered)
}

/// Every file and link below a folder with its content, and every folder with a slash behind its name.
fn tree(folder: &Path) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    if !folder.exists() {
        return all;
    }
    for entry in walkdir::WalkDir::new(folder).min_depth(1) {
        let entry = entry.unwrap();
        let path = entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        if entry.file_type().is_dir() {
            all.insert(path + "/", String::new());
        } else if entry.file_type().is_symlink() {
            all.insert(path, format!("-> {}", fs::read_link(entry.path()).unwrap().display()));
        } else {
            all.insert(path, fs::read_to_string(entry.path()).unwrap());
        }
    }
    all
}
