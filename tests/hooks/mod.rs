//! The Action and the hooks, run as a runner and as pre-commit would.

mod action;
mod pre_commit;

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::run::run;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.current_dir(folder).args(["-c", "user.name=test", "-c", "user.email=test@example.com"]).args(arguments);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    run(&mut command).unwrap_or_else(|said| panic!("{said}"));
}

/// A repository with the minimal spec in `monitoring/` and what it builds in `dist/`, committed on the branch `main`.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let top = folder.path();
    fs::create_dir(top.join("monitoring")).unwrap();
    fs::copy(root().join("examples/minimal/alertsmith.kdl"), top.join("monitoring/alertsmith.kdl")).unwrap();
    run(Command::new(env!("CARGO_BIN_EXE_alertsmith")).current_dir(top).args(["build", "monitoring", "-q"])).unwrap();
    git(top, &["init", "-q", "-b", "main"]);
    git(top, &["add", "."]);
    git(top, &["commit", "-q", "-m", "start"]);
    folder
}

/// Changes the spec of a repository.
#[track_caller]
fn edit(top: &Path, from: &str, to: &str) {
    let file = top.join("monitoring/alertsmith.kdl");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "the spec does not hold {from:?}");
    fs::write(file, text.replace(from, to)).unwrap();
}

/// A search path on which our program comes first.
fn search_path() -> std::ffi::OsString {
    let ours = Path::new(env!("CARGO_BIN_EXE_alertsmith")).parent().unwrap().to_owned();
    let others = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(std::iter::once(ours).chain(std::env::split_paths(&others))).unwrap()
}
