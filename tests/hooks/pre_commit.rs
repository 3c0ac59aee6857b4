//! `.pre-commit-hooks.yaml`, with the real pre-commit.
//!
//! The hooks are of `language: rust`, for which pre-commit runs `cargo install`: minutes for what cargo's own tests hold. Here the
//! same hooks run with `language: system` and the program that is already built.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::{edit, git, repository, root, search_path};
use crate::support::run::{run, said};
use crate::support::tools::{Generation, tool};
use crate::support::yaml::ours;

const MANIFEST: &str = ".pre-commit-hooks.yaml";

/// pre-commit with its cache in a folder of the test.
fn pre_commit(top: &Path, cache: &Path) -> Option<Command> {
    let mut command = tool("pre-commit", Generation::Newest)?.command();
    command.current_dir(top).env("PRE_COMMIT_HOME", cache).env("PATH", search_path());
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    Some(command)
}

fn manifest() -> String {
    fs::read_to_string(root().join(MANIFEST)).unwrap()
}

#[test]
fn the_manifest_is_one() {
    let cache = tempfile::tempdir().unwrap();
    let Some(mut command) = pre_commit(root(), cache.path()) else { return };
    run(command.args(["validate-manifest", MANIFEST])).unwrap_or_else(|said| panic!("{said}"));
}

/// `cargo install --path .` at the root must give the program that the hooks call.
#[test]
fn the_package_at_the_root_gives_the_program() {
    let cargo = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(cargo.contains("[package]\nname = \"alertsmith\"\n") && cargo.contains("[[bin]]\nname = \"alertsmith\"\n"));
    for hook in ours(&manifest()).as_array().unwrap() {
        assert_eq!(hook["language"], "rust");
        assert!(hook["entry"].as_str().unwrap().starts_with("alertsmith "), "{hook}");
    }
}

/// The hooks of the manifest as hooks of the repository itself, with arguments.
fn configuration() -> String {
    let mut text = "repos:\n  - repo: local\n    hooks:\n".to_owned();
    for line in manifest().lines() {
        text.extend(["      ", &line.replace("language: rust", "language: system"), "\n"]);
    }
    text.replace("entry: alertsmith check", "entry: alertsmith check\n        args: [monitoring]")
}

#[test]
fn hooks_let_good_commits_through_and_hold_others_back() {
    let repository = repository();
    let (top, cache) = (repository.path(), tempfile::tempdir().unwrap());
    fs::write(top.join(".pre-commit-config.yaml"), configuration()).unwrap();
    git(top, &["add", "."]);
    let run = |hook: &str| -> Option<Output> {
        Some(pre_commit(top, cache.path())?.args([OsStr::new("run"), OsStr::new(hook)]).output().unwrap())
    };
    let ended = |hook: &str| run(hook).map(|output| (output.status.success(), said(&output)));
    // Only the configuration is staged, which is YAML and may be a spec.
    let Some((ok, words)) = ended("alertsmith-check") else { return };
    assert!(ok && words.contains("Passed"), "{words}");
    git(top, &["commit", "-q", "-m", "hooks"]);

    edit(top, "level warning 80", "level warning 85");
    git(top, &["add", "."]);
    let (ok, words) = ended("alertsmith-build").unwrap();
    assert!(!ok && words.contains("files were modified by this hook"), "{words}");
    git(top, &["add", "."]);
    let (ok, words) = ended("alertsmith-build").unwrap();
    assert!(ok, "{words}");

    edit(top, "level warning 85", "level wrning 85");
    git(top, &["add", "."]);
    for hook in ["alertsmith-check", "alertsmith-build"] {
        let (ok, words) = ended(hook).unwrap();
        assert!(!ok && words.contains("monitoring/alertsmith.kdl:"), "{words}");
    }

    git(top, &["reset", "-q", "--hard"]);
    let rules = "groups:\n- name: a\n  rules:\n  - alert: Down\n    expr: up == 0\n";
    fs::write(top.join("rules.yml"), rules).unwrap();
    fs::write(top.join("other.yaml"), "services: {web: {image: x}}\n").unwrap();
    git(top, &["add", "rules.yml", "other.yaml"]);
    let (ok, words) = ended("alertsmith-lint").unwrap();
    assert!(ok && words.contains("Passed"), "{words}");
    fs::write(top.join("rules.yml"), rules.replace("expr", "exrp")).unwrap();
    git(top, &["add", "rules.yml"]);
    let (ok, words) = ended("alertsmith-lint").unwrap();
    assert!(!ok && words.contains("rules.yml:5:5") && words.contains("Did you mean `expr`?"), "{words}");

    git(top, &["reset", "-q", "--hard"]);
    fs::write(top.join("notes.md"), "Nothing to check.\n").unwrap();
    git(top, &["add", "notes.md"]);
    let (ok, words) = ended("alertsmith-check").unwrap();
    assert!(ok && words.contains("no files to check"), "{words}");
}

/// The hook that `init` writes calls the program as the one of the manifest does.
#[test]
fn the_hook_that_init_writes_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mut init = Command::new(env!("CARGO_BIN_EXE_alertsmith"));
    run(init.current_dir(folder.path()).args(["init", "-q", "--with", "pre-commit"])).unwrap();
    let written = ours(&fs::read_to_string(folder.path().join(".pre-commit-config.yaml")).unwrap());
    let ours = ours(&manifest());
    let (written, ours) = (&written["repos"][0]["hooks"][0], &ours[0]);
    for key in ["id", "name", "entry", "pass_filenames"] {
        assert_eq!(written[key], ours[key], "{key}");
    }
    git(folder.path(), &["init", "-q", "-b", "main"]);
    git(folder.path(), &["add", "."]);
    let cache = tempfile::tempdir().unwrap();
    let Some(mut command) = pre_commit(folder.path(), cache.path()) else { return };
    run(command.args(["run", "--all-files"])).unwrap_or_else(|said| panic!("{said}"));
}
