//! `init` writes a spec that works, and nothing over anything.

use std::fs;

use super::run;

#[test]
fn writes_a_spec_that_works_and_never_overwrites() {
    let folder = tempfile::tempdir().unwrap();
    let top = folder.path();
    fs::write(top.join(".pre-commit-config.yaml"), "mine").unwrap();
    let said = run(top, &["init", "--with", "github,pre-commit"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains(".pre-commit-config.yaml"), "{said:?}");
    assert!(!top.join("monitoring").exists() && !top.join(".github").exists(), "all or nothing");

    fs::remove_file(top.join(".pre-commit-config.yaml")).unwrap();
    let said = run(top, &["init", "--with", "github,pre-commit"]);
    assert_eq!((said.code, said.out.as_str()), (0, ""), "{said:?}");
    let read = |path: &str| fs::read_to_string(top.join(path)).unwrap();
    assert!(read(".github/workflows/monitoring.yml").contains("alertsmith check monitoring --format github"));
    assert!(read(".pre-commit-config.yaml").contains("files: ^monitoring/"));
    let checked = run(top, &["check", "--deny", "warnings"]);
    assert_eq!((checked.code, checked.err.as_str()), (0, ""), "{checked:?}");

    let before = read("monitoring/alertsmith.kdl");
    assert_eq!(run(top, &["init"]).code, 2);
    assert_eq!(read("monitoring/alertsmith.kdl"), before);
    fs::create_dir(top.join("yaml")).unwrap();
    fs::write(top.join("yaml/alertsmith.yaml"), "").unwrap();
    assert_eq!(run(top, &["init", "yaml"]).code, 2, "a folder has one root file");
    assert_eq!(run(top, &["init", "./other/place/"]).code, 0);
    assert_eq!(run(top, &["check", "other/place"]).code, 0);
    for odd in ["a b", "../up", "/abs", "x'y"] {
        assert_eq!(run(top, &["init", odd, "--with", "github"]).code, 2, "{odd}");
    }
}
