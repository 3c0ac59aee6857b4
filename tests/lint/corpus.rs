//! Every rule file of the corpora, good and bad.

use std::path::PathBuf;

use alertsmith::lint::Loader;

use super::{disagreement, error, linted, none_disagree, promtool};
use crate::support::corpus;
use crate::support::tools::{Generation, tool};

/// Everything that looks like a rule file, whatever its ending.
fn rule_files(kinds: &[&str]) -> Vec<PathBuf> {
    let Some(folder) = corpus::folder() else { return Vec::new() };
    let files = kinds.iter().flat_map(|kind| walkdir::WalkDir::new(folder.join(kind)).sort_by_file_name());
    files.filter_map(Result::ok).map(walkdir::DirEntry::into_path).filter(|path| path.is_file()).collect()
}

const PLAIN: [&str; 6] =
    ["rules-upstream", "rules-real", "rules-thanos", "rules-vmalert", "rules-logql", "rule-unittest"];

fn agree(generation: Generation) {
    let files = rule_files(&PLAIN);
    let Some(verdicts) = promtool(&files, generation) else { return };
    let disagreements: Vec<String> = verdicts
        .iter()
        .filter_map(|(file, real)| {
            let text = std::fs::read(file).unwrap();
            disagreement(file, real.as_ref(), &linted("file", &text, Loader::Prometheus, generation))
        })
        .collect();
    none_disagree(&disagreements, verdicts.len());
    let refused = verdicts.values().filter(|verdict| verdict.is_some()).count();
    assert!(files.is_empty() || refused > 50 && verdicts.len() > refused + 200, "{refused} of {}", verdicts.len());
}

/// What `thanos tools rules-check` says of each file: whether it loads it.
fn ruler(files: &[PathBuf], generation: Generation) -> Option<Vec<bool>> {
    let thanos = tool("thanos", generation)?;
    let verdicts = files.iter().map(|file| {
        let arguments = ["tools", "rules-check", "--rules"];
        thanos.command().args(arguments).arg(file).output().unwrap().status.success()
    });
    Some(verdicts.collect())
}

fn agree_with_the_ruler(generation: Generation) {
    // Files for a Ruler, bad ones, and a few of the others.
    let mut files = rule_files(&["rules-thanos", "rules-upstream"]);
    files.extend(rule_files(&["rules-vmalert"]).into_iter().step_by(2));
    files.retain(|file| file.metadata().unwrap().len() < 100_000);
    let Some(verdicts) = ruler(&files, generation) else { return };
    let disagreements = files.iter().zip(&verdicts).filter_map(|(file, loads)| {
        let said = (!loads).then(|| "refused".to_owned());
        disagreement(file, said.as_ref(), &linted("file", &std::fs::read(file).unwrap(), Loader::Thanos, generation))
    });
    none_disagree(&disagreements.collect::<Vec<_>>(), files.len());
}

#[test]
fn an_error_is_what_the_newest_ruler_refuses() {
    agree_with_the_ruler(Generation::Newest);
}

#[test]
fn an_error_is_what_the_oldest_ruler_refuses() {
    agree_with_the_ruler(Generation::Oldest);
}

/// Published objects load, and promtool loads their groups.
#[test]
fn objects_load() {
    let wrong: Vec<String> = corpus::yaml_files("rules-real-crd")
        .iter()
        .filter_map(|file| {
            let linted = linted("file", &std::fs::read(file).unwrap(), Loader::Guessed, Generation::Newest);
            assert!(linted.looked_at == 1);
            Some(format!("{}: {}", file.display(), error(&linted)?.headline))
        })
        .collect();
    none_disagree(&wrong, 164);
}

#[test]
fn an_error_is_what_the_newest_promtool_refuses() {
    agree(Generation::Newest);
}

#[test]
fn an_error_is_what_the_oldest_promtool_refuses() {
    agree(Generation::Oldest);
}
