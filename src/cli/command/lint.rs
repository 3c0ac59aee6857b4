//! `alertsmith lint`: rule files and Alertmanager configurations as they are, without a spec.

use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::ast;
use crate::cli::args::LintArgs;
use crate::cli::exit::{Exit, Trouble};
use crate::cli::findings;
use crate::cli::input::{read, standard_input};
use crate::cli::levels::Levels;
use crate::cli::spec::{relative, repository};
use crate::cli::terminal::Terminal;
use crate::lint::{self, Input, Loader, Options};
use crate::promql::{Target, Version};

/// The Ruler for files that say they are for one.
const NEWEST_THANOS: ast::Version = ast::Version::new(0, 42);
/// Endings of files that are looked at in folders.
const ENDINGS: [&str; 6] = ["yaml", "yml", "json", "rules", "tmpl", "tpl"];

pub fn run(args: &LintArgs, terminal: &mut Terminal) -> Result<Exit, Trouble> {
    let levels = Levels::of_raw_files(&args.findings)?;
    let prometheus = Target {
        prometheus: args.prometheus.unwrap_or(Version::NEWEST),
        features: args.enable_feature.iter().filter_map(|feature| feature.parsed()).collect(),
    };
    let loader = match (args.thanos, args.prometheus) {
        (Some(_), _) => Loader::Thanos,
        (None, Some(_)) => Loader::Prometheus,
        (None, None) => Loader::Guessed,
    };
    let thanos = args.thanos.unwrap_or(NEWEST_THANOS);
    let options = Options { prometheus, thanos, loader, alertmanager: args.alertmanager };
    let from_top = findings::for_repository(args.findings.format);
    let mut inputs = Vec::new();
    for path in &args.files {
        if path.as_os_str() == "-" {
            inputs.push(Input { path: "<stdin>".to_owned(), bytes: standard_input()?, named: true });
        } else if path.is_dir() {
            for file in files_below(path)? {
                inputs.push(Input { path: name(&file, from_top), bytes: read(&file)?, named: false });
            }
        } else {
            inputs.push(Input { path: name(path, from_top), bytes: read(path)?, named: !args.skip_others });
        }
    }
    let asked = inputs.len();
    let linted = lint::run(inputs, &options);
    terminal.detail(&format!("looked at {} of {asked} files", linted.looked_at));
    let found = levels.apply(linted.diagnostics);
    Ok(findings::show_below(terminal, args.findings.format, "", &linted.sources, &found))
}

/// Every file below a folder that may be of a kind we know; what shells hide is left out, and linked folders are not
/// entered.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, Trouble> {
    let shown = |entry: &DirEntry| entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".");
    let mut files = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(shown) {
        let entry = entry.map_err(|error| Trouble::file("read", folder, error))?;
        let ending = entry.path().extension().and_then(|ending| ending.to_str());
        if entry.path().is_file() && ending.is_some_and(|ending| ENDINGS.contains(&ending)) {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}

/// What a file is called in findings: as it was named, or seen from the top of its repository.
fn name(path: &Path, from_top: bool) -> String {
    let as_named = || path.display().to_string();
    if !from_top {
        return as_named();
    }
    let full = path.canonicalize().ok();
    let folder = full.as_deref().and_then(Path::parent).zip(path.file_name());
    folder
        .and_then(|(folder, name)| Some((relative(&repository(folder)?, folder), name)))
        .map_or_else(as_named, |(folder, name)| folder + &name.to_string_lossy())
}
