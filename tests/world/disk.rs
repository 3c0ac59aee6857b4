//! What a spec folder may hold, and what is refused.

use std::fs;
use std::os::unix::fs::symlink;

use alertsmith::source::{DiskWorld, MAX_FILE_BYTES, ReadError, World};

#[test]
fn lists_and_reads_what_lies_inside() {
    let outside = tempfile::tempdir().unwrap();
    let spec = outside.path().join("spec");
    fs::create_dir_all(spec.join("rules/.hidden")).unwrap();
    fs::create_dir_all(spec.join(".git")).unwrap();
    for file in ["b.kdl", "a.kdl", "rules/c.kdl", "rules/.hidden/x.kdl", ".git/config", ".#a.kdl"] {
        fs::write(spec.join(file), file).unwrap();
    }
    fs::write(outside.path().join("secret"), "secret").unwrap();
    symlink("../secret", spec.join("escape")).unwrap();
    symlink(outside.path().join("secret"), spec.join("absolute")).unwrap();
    symlink("a.kdl", spec.join("alias.kdl")).unwrap();
    symlink("..", spec.join("rules/up")).unwrap();
    symlink("loop-b", spec.join("loop-a")).unwrap();
    symlink("loop-a", spec.join("loop-b")).unwrap();
    symlink("/etc", spec.join("etc")).unwrap();
    symlink("nowhere", spec.join("broken")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(spec.join("pipe")).status().unwrap().success());
    symlink(&spec, outside.path().join("link-to-spec")).unwrap();

    for root in [spec.clone(), outside.path().join("link-to-spec")] {
        let world = DiskWorld::open(&root).unwrap();
        let listed = world.list().unwrap();
        assert_eq!(
            listed,
            ["a.kdl", "absolute", "alias.kdl", "b.kdl", "broken", "escape", "loop-a", "loop-b", "rules/c.kdl"]
        );
        let text = |path: &str| world.read(path).map(|bytes| String::from_utf8(bytes).unwrap());
        assert_eq!(text("alias.kdl").unwrap(), "a.kdl");
        assert_eq!(text("rules/../b.kdl").unwrap(), "b.kdl");
        assert_eq!(text("rules/up/b.kdl").unwrap(), "b.kdl");
        for path in ["escape", "absolute", "../secret", "/etc/passwd", "etc/passwd", "rules/../../secret"] {
            assert_eq!(text(path), Err(ReadError::Escapes), "{path}");
        }
        for path in ["pipe", "rules", "."] {
            assert_eq!(text(path), Err(ReadError::NotAFile), "{path}");
        }
        for path in ["nope.kdl", "a.kdl/b", "broken", "rules/up/../../secret"] {
            assert_eq!(text(path), Err(ReadError::Missing), "{path}");
        }
        assert!(matches!(text("loop-a"), Err(ReadError::Other(_))));
    }
}

#[test]
fn refuses_what_is_too_large_without_reading_it() {
    let spec = tempfile::tempdir().unwrap();
    let file = fs::File::create(spec.path().join("huge.kdl")).unwrap();
    file.set_len(1 << 40).unwrap();
    let world = DiskWorld::open(spec.path()).unwrap();
    assert_eq!(world.read("huge.kdl"), Err(ReadError::TooLarge(1 << 40)));
    file.set_len(MAX_FILE_BYTES).unwrap();
    assert_eq!(world.read("huge.kdl").unwrap().len() as u64, MAX_FILE_BYTES);
    assert_eq!(DiskWorld::open(&spec.path().join("nope")).unwrap_err(), ReadError::Missing);
    assert_eq!(DiskWorld::open(&spec.path().join("huge.kdl")).unwrap_err(), ReadError::NotAFile);
}
