//! Rule files: promtool for Prometheus, `thanos tools rules-check` for Thanos Ruler.

use std::path::{Path, PathBuf};

use super::{Generation, Outcome, Verdict, below, files, fits, outcome};
use crate::support::{run::run, tools::tool};

/// `promtool check rules` over all rule files of Prometheus, in one process.
pub(super) fn prometheus(dir: &Path, generation: Generation) -> Vec<Verdict> {
    promtool(dir, &files(dir, |path| fits(path, "prometheus/*/rules/**")), generation)
}

/// `thanos tools rules-check` over all rule files of Thanos Ruler, in one process.
pub(super) fn thanos(dir: &Path, generation: Generation) -> Vec<Verdict> {
    thanos_rules_check(dir, &files(dir, |path| fits(path, "thanos/*/rules/**")), generation)
}

/// Lints count as rejections: what we write has none.
pub(super) fn promtool(dir: &Path, rule_files: &[PathBuf], generation: Generation) -> Vec<Verdict> {
    judge("promtool check rules", "promtool", dir, rule_files, generation, |command| {
        command.args(["check", "rules", "--lint=all", "--lint-fatal"]).args(rule_files);
    })
}

pub(super) fn thanos_rules_check(dir: &Path, rule_files: &[PathBuf], generation: Generation) -> Vec<Verdict> {
    judge("thanos tools rules-check", "thanos", dir, rule_files, generation, |command| {
        command.args(["tools", "rules-check"]);
        for file in rule_files {
            command.arg(format!("--rules={}", file.display()));
        }
    })
}

fn judge(
    judge: &'static str,
    name: &str,
    dir: &Path,
    rule_files: &[PathBuf],
    generation: Generation,
    arguments: impl Fn(&mut std::process::Command),
) -> Vec<Verdict> {
    let Some(first) = rule_files.first() else { return Vec::new() };
    let subject = match rule_files.len() {
        1 => below(dir, first),
        count => format!("{} and {} more", below(dir, first), count - 1),
    };
    let (version, outcome) = match tool(name, generation) {
        None => (String::new(), Outcome::Skipped),
        Some(tool) => {
            let mut command = tool.command();
            arguments(&mut command);
            (tool.version, outcome(run(&mut command)))
        }
    };
    vec![Verdict { judge, version, subject, outcome }]
}
