//! `build`, `build --check`, and what `diff` and `explain` make of a build.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{run, spec};

/// The spec that `init` writes.
const SMALL: &str = include_str!("../../src/cli/command/init/alertsmith.kdl");
const RULES: &str = "dist/prometheus/main/rules/global.yaml";

fn change(top: &Path, from: &str, to: &str) {
    let path = top.join("monitoring/alertsmith.kdl");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from));
    fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn from_first_build_to_adopted_folder() {
    let folder = spec(SMALL);
    let top = folder.path();
    let stale = run(top, &["build", "--check"]);
    assert_eq!((stale.code, stale.out.as_str()), (1, ""), "{stale:?}");
    assert!(stale.err.contains(&format!("create {RULES}\n")), "{stale:?}");
    assert!(!top.join("dist").exists());

    let built = run(top, &["build"]);
    assert_eq!((built.code, built.out.as_str()), (0, ""), "artifacts never go to standard output: {built:?}");
    assert!(top.join(RULES).is_file() && top.join("dist/manifest.json").is_file());
    assert_eq!(run(top, &["build", "--check", "-q"]).err, "");
    let twice = run(top, &["build"]);
    assert!(twice.err.contains("unchanged") && !twice.err.contains("created"), "{twice:?}");

    fs::write(top.join(RULES), "by hand").unwrap();
    let stale = run(top, &["build", "--check"]);
    assert!(stale.code == 1 && stale.err.contains(&format!("change {RULES}\n")), "{stale:?}");
    assert_eq!(run(top, &["build"]).code, 0);
    assert_eq!(run(top, &["build", "--check"]).code, 0);

    fs::write(top.join("dist/theirs"), "").unwrap();
    let refused = run(top, &["build"]);
    assert!(refused.code == 2 && refused.err.contains("`theirs`") && refused.err.contains("--adopt"), "{refused:?}");
    let stale = run(top, &["build", "--check"]);
    assert!(stale.code == 1 && stale.err.contains("unexpected dist/theirs"), "{stale:?}");
    assert_eq!(run(top, &["build", "--adopt"]).code, 0);
    assert_eq!(run(top, &["build", "--check", "--adopt"]).code, 0);
    fs::remove_file(top.join("dist/theirs")).unwrap();

    change(top, "level warning", "level warnin");
    let before = fs::read(top.join(RULES)).unwrap();
    let broken = run(top, &["build"]);
    assert!(broken.code == 1 && broken.err.ends_with("nothing was written\n"), "{broken:?}");
    assert_eq!(fs::read(top.join(RULES)).unwrap(), before);
}

#[test]
fn the_number_of_threads_does_not_show() {
    let folder = spec(SMALL);
    let top = folder.path();
    for jobs in ["1", "8"] {
        assert_eq!(run(top, &["build", "-o", jobs, "--jobs", jobs]).code, 0);
    }
    let same = run(top, &["diff", "1", "8", "--exit-code"]);
    assert_eq!((same.code, same.out.as_str()), (0, ""));
    assert_eq!(fs::read(top.join("1/manifest.json")).unwrap(), fs::read(top.join("8/manifest.json")).unwrap());
}

#[test]
fn diffs_with_a_build_and_with_a_revision() {
    let folder = spec(SMALL);
    let top = folder.path();
    let nothing = run(top, &["diff"]);
    assert!(nothing.code == 2 && nothing.err.contains("there is no build in `dist`"), "{nothing:?}");
    for arguments in [
        &["init", "-q", "-b", "main"][..],
        &["add", "-A"],
        &["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "first"],
    ] {
        assert!(Command::new("git").arg("-C").arg(top).args(arguments).status().unwrap().success());
    }
    assert_eq!(run(top, &["build"]).code, 0);
    assert_eq!(run(top, &["build", "-o", "elsewhere"]).code, 0);
    assert_eq!(run(top, &["diff", "--exit-code"]).code, 0);
    change(top, "level warning 80", "level warning 70");
    let with = |arguments: &[&str]| {
        let said = run(top, &[&["diff", "--exit-code"], arguments].concat());
        assert_eq!((said.code, said.err.as_str()), (1, ""), "{arguments:?}: {said:?}");
        said.out
    };
    // Without the spec of the last build nobody knows which hosts its rules were for.
    let of_spec = with(&["--base", "HEAD"]);
    let of_files = with(&[]);
    for said in [&of_spec, &of_files] {
        assert!(said.contains("threshold tightened: > 80 % -> > 70 %"), "{said}");
        assert!(said.contains("monitoring/alertsmith.kdl:"), "{said}");
    }
    for arguments in [&["--base", "main"][..], &["--against", "elsewhere"], &["-o", "elsewhere"], &["monitoring"]] {
        let expected = if arguments == ["--base", "main"] { &of_spec } else { &of_files };
        assert_eq!(&with(arguments), expected, "{arguments:?}");
    }
    let unknown = run(top, &["diff", "--base", "nope"]);
    assert!(unknown.code == 2 && unknown.err.contains("no commit is named `nope`"), "{unknown:?}");
    change(top, "level warning", "level warnin");
    let broken = run(top, &["diff"]);
    assert!(broken.code == 2 && broken.err.contains("monitoring/alertsmith.kdl:"), "{broken:?}");
}

#[test]
fn explains_an_output_line() {
    let folder = spec(SMALL);
    let top = folder.path();
    assert_eq!(run(top, &["build"]).code, 0);
    let text = fs::read_to_string(top.join(RULES)).unwrap();
    let line = |needle: &str| text.lines().position(|line| line.contains(needle)).unwrap() + 1;
    let said = run(top, &["explain", &format!("{RULES}:{}", line("for: 10m"))]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert!(
        said.out.contains("level warning 80 for=\"10m\"") && said.out.contains("monitoring/alertsmith.kdl:"),
        "{}",
        said.out
    );
    let said = run(
        &top.join("dist"),
        &["explain", &format!("{}:{}", &RULES[5..], line("for: 5m")), "--spec", "../monitoring"],
    );
    assert!(said.out.contains("level critical 95"), "{said:?}");
    for topic in
        [format!("{RULES}:9999"), "dist/manifest.json:1".to_owned(), "dist/nope:1".to_owned(), "nope".to_owned()]
    {
        let said = run(top, &["explain", &topic]);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{topic}");
    }
}
