//! The real tools as judges: each looks through a tree of emitted files for what it understands, and says what it thinks of it.
//!
//! The tree is the one of the command contract: `prometheus/<cluster>/rules`, `alertmanager/<name>`, `forwarder/<name>` and so on.
//! A judge that finds nothing of its kind says nothing. So that a judge which looks in the wrong place is noticed, `coverage` rejects
//! every file that nobody opens.

mod alertmanager;
mod carried;
mod coverage;
mod github;
mod grafana;
mod kustomize;
mod manifest;
pub mod mounts;
mod nginx;
mod rules;
mod scripts;
mod targets;

use std::{
    fmt,
    path::{Path, PathBuf},
};

pub use super::tools::Generation;

/// What one judge thinks of one file, folder or object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The tool and what it was asked, such as `promtool check rules`.
    pub judge: &'static str,
    /// The version of the tool; empty for what the tests judge themselves.
    pub version: String,
    /// What was judged, as a path below the tree.
    pub subject: String,
    pub outcome: Outcome,
}

/// How a judgement ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Accepted,
    /// With what the tool said.
    Rejected(String),
    /// The tool is not on this machine; in CI that is a failure before it comes to this.
    Skipped,
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { judge, version, subject, outcome } = self;
        let version = if version.is_empty() { String::new() } else { format!(" {version}") };
        write!(formatter, "{judge}{version}, {subject}: ")?;
        match outcome {
            Outcome::Accepted => write!(formatter, "accepted"),
            Outcome::Rejected(said) => write!(formatter, "rejected\n{said}"),
            Outcome::Skipped => write!(formatter, "skipped"),
        }
    }
}

/// Asks every judge about the tree below `dir`: the newest tools, and the oldest too where `generations` names them.
pub fn all(dir: &Path, generations: &[Generation]) -> Vec<Verdict> {
    type Judge = fn(&Path, Generation) -> Vec<Verdict>;
    let judges: [Judge; 12] = [
        rules::prometheus,
        rules::thanos,
        targets::judge,
        targets::configuration,
        grafana::judge,
        alertmanager::judge,
        nginx::judge,
        kustomize::judge,
        scripts::judge,
        github::judge,
        manifest::judge,
        coverage::judge,
    ];
    let mut verdicts = Vec::new();
    for generation in generations {
        for judge in judges {
            verdicts.extend(judge(dir, *generation));
        }
    }
    verdicts
}

/// Asks every judge and fails the test with what they said if one rejects something; gives the verdicts otherwise.
pub fn accepted(dir: &Path, generations: &[Generation]) -> Vec<Verdict> {
    let verdicts = all(dir, generations);
    let rejected: Vec<String> = verdicts
        .iter()
        .filter(|verdict| matches!(verdict.outcome, Outcome::Rejected(_)))
        .map(Verdict::to_string)
        .collect();
    assert!(rejected.is_empty(), "{} judgements against:\n{}", rejected.len(), rejected.join("\n\n"));
    verdicts
}

/// The files below `dir` for which `wanted` holds, given their path below `dir` as `/`-separated text; sorted.
fn files(dir: &Path, wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    walkdir::WalkDir::new(dir)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file() && wanted(&below(dir, entry.path())))
        .map(walkdir::DirEntry::into_path)
        .collect()
}

/// A path as text below the tree, separated by `/`.
fn below(dir: &Path, path: &Path) -> String {
    let path = path.strip_prefix(dir).unwrap_or(path);
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// Whether a path such as `prometheus/eu/rules/group.yaml` fits a pattern such as `prometheus/*/rules/**`.
///
/// `*` stands for one part, a last `**` for all that follow, and a part such as `*.yaml` for its ending.
fn fits(path: &str, pattern: &str) -> bool {
    let mut parts = path.split('/');
    for wanted in pattern.split('/') {
        let Some(part) = parts.next() else { return false };
        let good = match wanted.strip_prefix('*') {
            Some("*") => return true,
            Some(ending) => part.ends_with(ending),
            None => part == wanted,
        };
        if !good {
            return false;
        }
    }
    parts.next().is_none()
}

/// The outcome for a tool's answer.
fn outcome<T>(answer: Result<T, String>) -> Outcome {
    match answer {
        Ok(_) => Outcome::Accepted,
        Err(said) => Outcome::Rejected(said),
    }
}
