//! What goes where, in which colours, and what happens when nobody reads.

use std::io::Read;
use std::process::Stdio;

use super::{BROKEN, alertsmith, run, spec};

#[test]
fn findings_go_to_people_and_to_programs() {
    let folder = spec(BROKEN);
    let human = run(folder.path(), &["check"]);
    assert_eq!((human.code, human.out.as_str()), (1, ""));
    assert!(human.err.contains("error[syntax/kdl]") && human.err.ends_with("1 error\n"), "{human:?}");
    for format in ["concise", "json", "sarif", "github"] {
        let said = run(folder.path(), &["check", "--format", format]);
        assert_eq!((said.code, said.err.as_str()), (1, ""), "{format}");
        assert!(said.out.contains("monitoring/alertsmith.kdl"), "{format}: {}", said.out);
        if matches!(format, "json" | "sarif") {
            serde_json::from_str::<serde_json::Value>(&said.out).unwrap();
        }
    }
    assert_eq!(run(folder.path(), &["build", "-q"]).err, human.err);
    assert!(!folder.path().join("dist").exists(), "nothing is written if there are errors");
}

#[test]
fn paths_for_pull_requests_start_at_the_repository() {
    let folder = spec(BROKEN);
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    let said = run(&folder.path().join("monitoring"), &["check", "--format", "github"]);
    assert!(said.out.starts_with("::error file=monitoring/alertsmith.kdl,line="), "{}", said.out);
}

#[test]
fn colour_is_the_choice_of_the_user() {
    let folder = spec(BROKEN);
    let colored = |arguments: &[&str], environment: Option<(&str, &str)>| {
        let mut command = alertsmith(folder.path(), &[&["check"], arguments].concat());
        command.env("TERM", "xterm-256color").envs(environment);
        let text = String::from_utf8(command.output().unwrap().stderr).unwrap();
        assert!(!text.contains("\x1b]"), "links are not asked for");
        text.contains("\x1b[")
    };
    assert!(!colored(&[], None), "a pipe has no colours");
    assert!(colored(&["--color", "always"], None));
    assert!(colored(&["--color", "always"], Some(("NO_COLOR", "1"))));
    assert!(colored(&[], Some(("CLICOLOR_FORCE", "1"))));
    assert!(!colored(&["--color", "never"], Some(("CLICOLOR_FORCE", "1"))));
}

/// `alertsmith … | head -0` is not a crash.
#[test]
fn a_reader_who_has_gone_is_no_trouble() {
    let folder = spec(BROKEN);
    for (arguments, code) in
        [(&["completions", "bash"][..], 0), (&["check", "--format", "json"], 1), (&["--help"], 0), (&["man"], 0)]
    {
        let mut child =
            alertsmith(folder.path(), arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(code), ""), "{arguments:?}");
    }
    let mut child = alertsmith(folder.path(), &["check"]).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn a_full_disk_is_trouble() {
    let folder = spec(BROKEN);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = alertsmith(folder.path(), &["check", "--format", "json"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("cannot write to standard output"));
}

#[test]
fn completions_and_manual_are_well_formed() {
    let folder = spec("");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let said = run(folder.path(), &["completions", shell]);
        assert!(said.code == 0 && said.out.contains("alertsmith"), "{shell}");
    }
    let script = folder.path().join("completions");
    std::fs::write(&script, run(folder.path(), &["completions", "bash"]).out).unwrap();
    assert!(std::process::Command::new("bash").arg("-n").arg(&script).status().unwrap().success());
    let schema =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/schema/alertsmith.schema.json")).unwrap();
    assert_eq!(run(folder.path(), &["schema"]).out, schema);
    assert!(run(folder.path(), &["man"]).out.contains(".TH alertsmith 1"));
    assert!(run(folder.path(), &["man", "build"]).out.contains("alertsmith\\-build"));
}
