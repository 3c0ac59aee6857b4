//! The page on GitOps: every command in it is run, in order.

use std::fs;
use std::process::Command;

use super::{blocks, copy_example, root};
use crate::support::tools::{Generation, tool};

#[test]
fn every_command_works() {
    let page = fs::read_to_string(root().join("docs/gitops.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let top = folder.path();
    let fleet = copy_example("fleet", top);
    fs::rename(fleet, top.join("monitoring")).unwrap();
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(top).args(["-c", "user.name=test", "-c", "user.email=test@example.com"]).args(arguments);
        assert!(command.status().unwrap().success(), "{arguments:?}");
    };
    git(&["init", "-q", "-b", "main"]);
    git(&["add", "-A"]);
    git(&["commit", "-q", "-m", "start"]);
    let commands: Vec<&str> =
        blocks(&page, "console").into_iter().flat_map(str::lines).filter_map(|line| line.strip_prefix("$ ")).collect();
    assert!(commands.len() > 10, "{commands:?}");
    for command in commands {
        let words: Vec<&str> = command.split_whitespace().collect();
        let mut program = match words[0] {
            "alertsmith" => Command::new(env!("CARGO_BIN_EXE_alertsmith")),
            "git" => Command::new("git"),
            // kubectl carries kustomize; the tests have that by itself.
            "kubectl" => match tool("kustomize", Generation::Newest) {
                Some(kustomize) => {
                    let mut build = kustomize.command();
                    build.arg("build");
                    build
                }
                None => continue,
            },
            other => panic!("{other} is not known"),
        };
        let rest = if words[0] == "kubectl" { &words[2..] } else { &words[1..] };
        let output = program.current_dir(top).args(rest).output().unwrap();
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        assert!(output.status.success(), "{command}\n{said}");
    }
}
