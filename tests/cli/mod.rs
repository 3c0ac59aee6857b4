//! The program as scripts and people meet it: exit codes, streams, and where it looks for a spec.

mod build;
mod diff;
mod explain;
mod init;
mod promql;
mod route;
mod streams;
mod test;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::support::snapshot::assert_file;

/// The program, in a folder, with an environment that says nothing.
fn alertsmith(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_alertsmith"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null());
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "GITHUB_WORKSPACE", "CI"] {
        command.env_remove(name);
    }
    command.env("TERM", "dumb");
    command
}

/// What a run said.
#[derive(Debug)]
struct Said {
    code: i32,
    out: String,
    err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let code = output.status.code().expect("the program ends by itself");
        Self { code, out: text(output.stdout), err: text(output.stderr) }
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Said {
    alertsmith(folder, arguments).output().unwrap().into()
}

/// A folder with a spec of the given text in `monitoring/`.
fn spec(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("monitoring")).unwrap();
    fs::write(folder.path().join("monitoring/alertsmith.kdl"), text).unwrap();
    folder
}

/// Does not parse.
const BROKEN: &str = "project fleet {\n";

#[test]
fn help_is_what_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = run(folder.path(), &["--help"]).out;
    for command in ["init", "check", "build", "diff", "explain", "route", "promql", "schema", "completions", "man"] {
        let said = run(folder.path(), &[command, "--help"]);
        assert_eq!((said.code, said.err.as_str()), (0, ""));
        text.extend(["\n==== ", command, "\n\n", &said.out]);
    }
    let text: String = text.lines().flat_map(|line| [line.trim_end(), "\n"]).collect();
    assert_file("snapshots/cli/help.txt", &text);
}

#[test]
fn wrong_usage_is_2_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &[][..],
        &["nope"],
        &["check", "--nope"],
        &["check", "--format", "xml"],
        &["check", "a", "b"],
        &["check", "--jobs", "0"],
        &["check", "-q", "-v"],
        &["diff", "a", "b", "c"],
        &["diff", "--base", "x", "--against", "y"],
        &["check"],
        &["check", "nope"],
        &["build", "--check"],
        &["build", "-o", ""],
        &["diff", "--exit-code=some"],
        &["completions", "tcsh"],
        &["man", "nope"],
    ] {
        let said = run(folder.path(), arguments);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{arguments:?}: {said:?}");
        assert!(!said.err.is_empty(), "{arguments:?}");
    }
    let said = run(spec("").path(), &["check", "--deny", "syntax/kld"]);
    assert_eq!(
        (said.code, said.err.as_str()),
        (2, "error: no finding has the code `syntax/kld`\n  help: Did you mean `syntax/kdl`?\n")
    );
}

#[test]
fn finds_the_spec_that_is_meant() {
    let folder = spec(BROKEN);
    let top = folder.path();
    let deep = top.join("monitoring/a/b");
    fs::create_dir_all(&deep).unwrap();
    fs::create_dir_all(top.join("beside")).unwrap();
    fs::write(top.join("beside/alertsmith.yaml"), "project: [").unwrap();
    fs::write(deep.join("other.kdl"), "").unwrap();
    let named = |from: &Path, arguments: &[&str]| {
        let said = run(from, &[&["check", "--format", "concise"], arguments].concat());
        assert_eq!(said.code, 1, "{said:?}");
        said.out.split(':').next().unwrap().to_owned()
    };
    assert_eq!(named(top, &[]), "monitoring/alertsmith.kdl");
    assert_eq!(named(&top.join("monitoring"), &[]), "alertsmith.kdl");
    assert_eq!(named(&deep, &[]), "../../alertsmith.kdl");
    assert_eq!(named(top, &["beside"]), "beside/alertsmith.yaml");
    assert_eq!(named(&deep, &["../../../beside/alertsmith.yaml"]), "../../../beside/alertsmith.yaml");
    assert_eq!(named(&top.join("beside"), &["../monitoring/"]), "../monitoring/alertsmith.kdl");
    for (arguments, words) in [
        (["check", "monitoring/a/b/other.kdl"], "is not the root file of a spec"),
        (["check", "monitoring/a"], "holds no spec"),
        (["check", "monitoring/nope"], "there is no `monitoring/nope`"),
    ] {
        let said = run(top, &arguments);
        assert_eq!(said.code, 2);
        assert!(said.err.contains(words), "{said:?}");
    }
}
