//! `alertsmith lint` against the real loaders: an error means that they refuse the file, and nothing else does.

mod command;
mod corpus;
mod mutated;
mod taken;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use alertsmith::ast::Version;
use alertsmith::diagnostic::{Diagnostic, Level};
use alertsmith::lint::{self, Input, Linted, Loader, Options};
use alertsmith::promql;

use crate::support::tools::{Generation, tool};

/// What we say of one text, for a Prometheus or a Ruler of that generation.
fn linted(name: &str, text: &[u8], loader: Loader, generation: Generation) -> Linted {
    let (prometheus, thanos) = match generation {
        Generation::Newest => (promql::Version::NEWEST, Version::new(0, 42)),
        Generation::Oldest => (promql::Version::new(2, 42), Version::new(0, 36)),
    };
    let prometheus = promql::Target::new(prometheus);
    let options = Options { prometheus, thanos, loader, alertmanager: Version::new(0, 34) };
    lint::run(vec![Input { path: name.to_owned(), bytes: text.to_vec(), named: true }], &options)
}

/// The first error among findings.
fn error(linted: &Linted) -> Option<&Diagnostic> {
    linted.diagnostics.iter().find(|finding| finding.level == Level::Error)
}

/// What promtool says of each file: nothing for those it loads. `None` without promtool.
fn promtool(files: &[PathBuf], generation: Generation) -> Option<BTreeMap<PathBuf, Option<String>>> {
    let tool = tool("promtool", generation)?;
    let mut verdicts = BTreeMap::new();
    let mut left = files;
    while !left.is_empty() {
        let part = &left[..left.len().min(200)];
        let output = tool.command().args(["check", "rules", "--lint=none"]).args(part).output().unwrap();
        // Verdicts go to two streams; each failure names its file.
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let failures = String::from_utf8_lossy(&output.stderr).into_owned();
        let blocks: Vec<&str> = out.split("Checking ").skip(1).collect();
        for (file, block) in part.iter().zip(&blocks) {
            let name = file.to_string_lossy();
            assert!(block.starts_with(&*name), "{block}");
            let said = failures.lines().find(|line| line.contains(&*name)).unwrap_or(block);
            verdicts.insert(file.clone(), (!block.contains("SUCCESS")).then(|| said.to_owned()));
        }
        // A file that makes the tool crash is the last one that it names, and is not loaded either.
        assert!(blocks.len() == part.len() || failures.contains("panic"), "{failures}");
        left = &left[blocks.len().max(1)..];
    }
    Some(verdicts)
}

/// Fails with everything on which we and the real tool disagree.
fn none_disagree(disagreements: &[String], of: usize) {
    assert!(disagreements.is_empty(), "{} of {of} disagree:\n{}", disagreements.len(), disagreements.join("\n"));
}

/// A disagreement about a file, if there is one.
fn disagreement(file: &Path, real: Option<&String>, ours: &Linted) -> Option<String> {
    match (real, error(ours)) {
        (Some(_), Some(_)) | (None, None) => None,
        (Some(said), None) => Some(format!("{}: we load it; the tool: {said}", file.display())),
        (None, Some(finding)) => Some(format!("{}: the tool loads it; we: {}", file.display(), finding.headline)),
    }
}
