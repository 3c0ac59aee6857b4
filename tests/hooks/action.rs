//! `action.yml`: its steps run one after the other over a repository, with what a runner puts into their environment.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::{edit, git, repository, root, search_path};
use crate::support::judges::{self, Generation};
use crate::support::run::said;
use crate::support::yaml::ours;

/// What became of a run.
#[derive(Debug)]
struct Ended {
    /// The step that failed, if one did.
    failed: Option<String>,
    log: String,
    summary: String,
    outputs: BTreeMap<String, String>,
}

/// Runs the Action over a repository.
fn run_action(top: &Path, inputs: &[(&str, &str)], path: &std::ffi::OsStr) -> Ended {
    let action = ours(&fs::read_to_string(root().join("action.yml")).unwrap());
    let place = tempfile::tempdir().unwrap();
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    known.insert("github.event.pull_request.number".to_owned(), "7".to_owned());
    known.insert("github.repository".to_owned(), "fleet/monitoring".to_owned());
    for (name, input) in action["inputs"].as_object().unwrap() {
        known.insert(format!("inputs.{name}"), input["default"].as_str().unwrap_or_default().to_owned());
    }
    for (name, value) in inputs {
        assert!(known.insert(format!("inputs.{name}"), (*value).to_owned()).is_some(), "there is no input {name}");
    }
    let file = |name: &str| place.path().join(name);
    let (mut failed, mut log) = (None, String::new());
    fs::write(file("summary"), "").unwrap();
    for step in action["runs"]["steps"].as_array().unwrap() {
        if failed.is_some() || !holds(step["if"].as_str(), &known) {
            continue;
        }
        fs::write(file("output"), "").unwrap();
        fs::write(file("script"), step["run"].as_str().unwrap()).unwrap();
        // As GitHub's runner starts `shell: bash`.
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-e", "-o", "pipefail"]).arg(file("script")).current_dir(top);
        command.env("PATH", path).env("GITHUB_OUTPUT", file("output")).env("GITHUB_STEP_SUMMARY", file("summary"));
        command.env("GITHUB_WORKSPACE", top).env("GITHUB_ACTION_PATH", root()).env("RUNNER_TEMP", place.path());
        for (name, value) in step["env"].as_object().into_iter().flatten() {
            command.env(name, filled(value, &known));
        }
        let output = command.output().unwrap();
        log += &said(&output);
        if !output.status.success() {
            failed = Some(step["name"].as_str().unwrap().to_owned());
        }
        if let Some(id) = step["id"].as_str() {
            for line in fs::read_to_string(file("output")).unwrap().lines() {
                let (name, value) = line.split_once('=').unwrap();
                known.insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
            }
        }
    }
    let mut outputs = BTreeMap::new();
    for (name, output) in action["outputs"].as_object().unwrap() {
        outputs.insert(name.clone(), filled(&output["value"], &known));
    }
    if let Some(path) = outputs.get_mut("sarif").filter(|path| !path.is_empty()) {
        *path = fs::read_to_string(&*path).unwrap();
    }
    let summary = fs::read_to_string(file("summary")).unwrap();
    Ended { failed, log, summary, outputs }
}

/// The only conditions that the Action has: an input that is not empty.
fn holds(condition: Option<&str>, known: &BTreeMap<String, String>) -> bool {
    let Some(condition) = condition else { return true };
    let name = condition.strip_suffix(" != ''").unwrap_or_else(|| panic!("unknown condition {condition}"));
    !known.get(name).unwrap_or_else(|| panic!("{name} is not known")).is_empty()
}

/// A value that is nothing but one expression.
fn filled(value: &Value, known: &BTreeMap<String, String>) -> String {
    let name = value.as_str().and_then(|text| text.strip_prefix("${{ ")?.strip_suffix(" }}")).unwrap();
    let is_known = known.contains_key(name);
    assert!(is_known || name.starts_with("steps."), "{name} is not known");
    known.get(name).cloned().unwrap_or_default()
}

#[test]
fn is_content_with_a_repository_in_order() {
    let repository = repository();
    let inputs = [("path", "monitoring"), ("output", "dist"), ("base", "main")];
    let ended = run_action(repository.path(), &inputs, &search_path());
    assert_eq!(ended.failed, None, "{}", ended.log);
    assert_eq!(ended.outputs["stale"], "false");
    assert!(ended.outputs["sarif"].contains("\"2.1.0\""));
    assert!(!ended.log.contains("::error"), "{}", ended.log);
    // Without inputs it finds the spec by itself and compares nothing.
    let ended = run_action(repository.path(), &[], &search_path());
    assert_eq!((ended.failed, ended.outputs["stale"].as_str(), ended.summary.as_str()), (None, "", ""));
}

#[test]
fn puts_findings_on_the_lines_of_the_pull_request() {
    let repository = repository();
    edit(repository.path(), "level warning 80", "level wrning 80");
    let ended = run_action(repository.path(), &[("output", "dist"), ("base", "main")], &search_path());
    assert_eq!(ended.failed.as_deref(), Some("Check the spec"));
    assert!(ended.log.contains("::error file=monitoring/alertsmith.kdl,line="), "{}", ended.log);
    assert!(ended.outputs["sarif"].contains("monitoring/alertsmith.kdl"));
    assert_eq!(ended.outputs["stale"], "", "nothing was compared");
}

#[test]
fn shows_what_changes_and_notices_output_that_was_not_built() {
    let repository = repository();
    let top = repository.path();
    edit(top, "level warning 80", "level warning 85");
    git(top, &["commit", "-q", "-a", "-m", "change"]);
    let ended = run_action(top, &[("output", "dist"), ("base", "main~1")], &search_path());
    assert_eq!(ended.failed.as_deref(), Some("Compare the kept output"), "{}", ended.log);
    assert_eq!(ended.outputs["stale"], "true");
    assert!(ended.summary.contains("> 80") && ended.summary.contains("> 85"), "{}", ended.summary);
    assert!(ended.log.contains("change dist/prometheus/main/rules/global.yaml"), "{}", ended.log);
}

/// One comment is written, and written anew by the next run; a risk that is denied fails the run after that.
#[test]
fn keeps_one_comment_and_refuses_what_is_too_risky() {
    let repository = repository();
    let top = repository.path();
    edit(top, "level warning 80", "level warning 85");
    git(top, &["commit", "-q", "-a", "-m", "change"]);
    let tools = tempfile::tempdir().unwrap();
    // Stands for GitHub's program: notes how it was called and keeps the comment that it is given.
    let gh = tools.path().join("gh");
    let text = "#!/bin/sh\nhere=$(dirname \"$0\")\necho \"$GH_TOKEN $*\" >> \"$here/called\"\ncase \"$*\" in\n*--jq*) cat \"$here/id\" 2>/dev/null || true ;;\n*) for last; do :; done; cp \"${last#body=@}\" \"$here/body\"; echo 41 > \"$here/id\" ;;\nesac\n";
    fs::write(&gh, text).unwrap();
    fs::set_permissions(&gh, fs::Permissions::from_mode(0o755)).unwrap();
    let path = search_path();
    let folders = std::iter::once(tools.path().to_owned()).chain(std::env::split_paths(&path));
    let path = std::env::join_paths(folders).unwrap();
    let inputs = [("base", "main~1"), ("comment", "token-of-the-job"), ("deny-risk", "low")];
    for method in [
        "--method POST repos/fleet/monitoring/issues/7/comments",
        "--method PATCH repos/fleet/monitoring/issues/comments/41",
    ] {
        let ended = run_action(top, &inputs, &path);
        assert_eq!(ended.failed.as_deref(), Some("Refuse what is too risky"), "{}", ended.log);
        let called = fs::read_to_string(tools.path().join("called")).unwrap();
        assert!(called.lines().last().unwrap().starts_with(&format!("token-of-the-job api {method}")), "{called}");
    }
    let body = fs::read_to_string(tools.path().join("body")).unwrap();
    assert!(body.starts_with("<!-- alertsmith diff -->\n**1 behavioural change**, risk **low**\n"), "{body}");
    let ended = run_action(top, &[("base", "main~1"), ("deny-risk", "high")], &path);
    assert_eq!(ended.failed, None, "{}", ended.log);
    assert!(ended.log.contains("::notice file=monitoring/alertsmith.kdl,line="), "{}", ended.log);
}

#[test]
fn builds_the_program_where_there_is_none() {
    let repository = repository();
    let tools = tempfile::tempdir().unwrap();
    // Stands for cargo: notes how it was called, and puts the program that is already built where cargo would.
    let cargo = tools.path().join("cargo");
    let text = format!(
        "#!/bin/sh\necho \"$@\" >'{0}'\nmkdir -p \"$7/bin\" && cp '{1}' \"$7/bin/\"\n",
        tools.path().join("called").display(),
        env!("CARGO_BIN_EXE_alertsmith"),
    );
    fs::write(&cargo, text).unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
    let others = std::env::var_os("PATH").unwrap_or_default();
    let others = std::env::split_paths(&others).filter(|folder| !folder.join("alertsmith").exists());
    let folders: Vec<PathBuf> = std::iter::once(tools.path().to_owned()).chain(others).collect();
    let ended = run_action(repository.path(), &[], &std::env::join_paths(folders).unwrap());
    assert_eq!(ended.failed, None, "{}", ended.log);
    let called = fs::read_to_string(tools.path().join("called")).unwrap();
    let wanted = format!("install --quiet --locked --path {} --root ", root().display());
    assert!(called.starts_with(&wanted), "{called}");
}

#[test]
fn takes_inputs_as_text_only() {
    let repository = repository();
    let top = repository.path();
    for hostile in ["$(touch pwned)", "`touch pwned`", "x; touch pwned", "\"; touch pwned; \"", "--output=pwned", "-h"]
    {
        for input in ["path", "output", "base", "deny"] {
            let ended = run_action(top, &[(input, hostile)], &search_path());
            assert!(ended.failed.is_some(), "{input}={hostile}: {}", ended.log);
            assert!(!top.join("pwned").exists(), "{input}={hostile}");
        }
    }
}

/// No expression stands in a script, and the linters of workflows have nothing to say: neither about the Action nor about the
/// workflow that `init` writes.
#[test]
fn is_accepted_by_those_who_judge_workflows() {
    let action = ours(&fs::read_to_string(root().join("action.yml")).unwrap());
    for step in action["runs"]["steps"].as_array().unwrap() {
        assert!(!step["run"].as_str().unwrap().contains("${{"), "{step}");
    }
    let folder = tempfile::tempdir().unwrap();
    fs::copy(root().join("action.yml"), folder.path().join("action.yml")).unwrap();
    let mut init = Command::new(env!("CARGO_BIN_EXE_alertsmith"));
    assert!(init.current_dir(folder.path()).args(["init", "-q", "--with", "github"]).status().unwrap().success());
    fs::remove_dir_all(folder.path().join("monitoring")).unwrap();
    judges::accepted(folder.path(), &[Generation::Newest]);
}
