//! Whole builds on a real disk.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use alertsmith::output::{OsDisk, OutputError, plan};

use super::{build, manifest, planned, rendered, tree};

#[test]
fn touches_only_what_changed() {
    let temporary = tempfile::tempdir().unwrap();
    let dist = temporary.path().join("a/b/dist");
    let first = rendered(&[("x/one", "1"), ("x/two", "2"), ("gone/deep/three", "3"), ("run.sh", "#!/bin/sh\n")]);
    let made = build(&dist, &first).unwrap();
    assert_eq!((made.created.len(), made.changed.len(), made.removed.len()), (4, 0, 0));
    let permissions = |path: &str| fs::metadata(dist.join(path)).unwrap().mode() & 0o777;
    assert_eq!((permissions("x/one"), permissions("run.sh"), permissions("manifest.json")), (0o644, 0o755, 0o644));
    assert!(!planned(&dist, &first, false).unwrap().is_stale());

    let identity =
        |path: &str| fs::metadata(dist.join(path)).map(|metadata| (metadata.ino(), metadata.mtime_nsec())).ok();
    let before = ["x/one", "run.sh", "manifest.json"].map(identity);
    build(&dist, &first).unwrap();
    assert_eq!(["x/one", "run.sh", "manifest.json"].map(identity), before, "nothing is touched");

    let second = rendered(&[("x/one", "1"), ("x/two", "zwei"), ("new", "n"), ("run.sh", "no script")]);
    let stale = planned(&dist, &second, false).unwrap();
    assert!(stale.is_stale());
    assert_eq!(
        (stale.created, stale.changed, stale.removed),
        (vec!["new".into()], vec!["run.sh".into(), "x/two".into()], vec!["gone/deep/three".into()])
    );
    build(&dist, &second).unwrap();
    assert_eq!(identity("x/one"), before[0]);
    let names: Vec<String> = tree(&dist).into_keys().collect();
    assert_eq!(names, ["manifest.json", "new", "run.sh", "x/", "x/one", "x/two"]);
    assert_eq!(permissions("run.sh"), 0o644);

    let fresh = temporary.path().join("fresh");
    build(&fresh, &second).unwrap();
    assert_eq!(tree(&fresh), tree(&dist), "the way there does not show");
}

#[test]
fn mends_what_others_did_to_our_files() {
    let temporary = tempfile::tempdir().unwrap();
    let dist = temporary.path();
    let files = rendered(&[("a", "a"), ("b/c", "c"), ("d", "d"), ("e", "#!e")]);
    build(dist, &files).unwrap();
    let clean = tree(dist);
    fs::write(dist.join("a"), "x").unwrap();
    fs::remove_file(dist.join("b/c")).unwrap();
    fs::write(dist.join("outside"), "").unwrap();
    fs::remove_file(dist.join("outside")).unwrap();
    fs::remove_file(dist.join("d")).unwrap();
    symlink("a", dist.join("d")).unwrap();
    fs::set_permissions(dist.join("e"), fs::Permissions::from_mode(0o644)).unwrap();
    let made = build(dist, &files).unwrap();
    assert_eq!((made.created, made.changed), (vec!["b/c".into()], vec!["a".into(), "d".into(), "e".into()]));
    assert_eq!(tree(dist), clean);
}

#[test]
fn files_and_folders_change_places() {
    let temporary = tempfile::tempdir().unwrap();
    let dist = temporary.path();
    let file = rendered(&[("x", "file"), ("y/z/deep", "deep"), ("y/other", "o")]);
    let folder = rendered(&[("x/inside/a", "inside"), ("y", "file now")]);
    for files in [&file, &folder, &file, &folder] {
        build(dist, files).unwrap();
        let fresh = tempfile::tempdir().unwrap();
        build(fresh.path(), files).unwrap();
        assert_eq!(tree(dist), tree(fresh.path()));
    }
}

#[test]
fn refuses_folders_of_others() {
    let temporary = tempfile::tempdir().unwrap();
    let dist = temporary.path();
    let files = rendered(&[("a", "a"), ("b/c", "c")]);
    fs::create_dir_all(dist.join("b/.git")).unwrap();
    fs::create_dir_all(dist.join(".git")).unwrap();
    fs::write(dist.join(".git/config"), "").unwrap();
    fs::write(dist.join(".gitignore"), "").unwrap();
    assert!(planned(dist, &files, false).is_ok(), "version control and empty folders are nobody's business");

    fs::write(dist.join("b/theirs"), "theirs").unwrap();
    let error = build(dist, &files).unwrap_err();
    let foreign = |path: &str| OutputError::Foreign { folder: dist.to_owned(), examples: vec![path.to_owned()] };
    assert_eq!(error, foreign("b/theirs"));
    fs::rename(dist.join("b/theirs"), dist.join("b/c")).unwrap();
    assert_eq!(build(dist, &files).unwrap_err(), foreign("b/c"));
    let before = tree(dist);

    let adopting = planned(dist, &files, true).unwrap();
    assert_eq!(tree(dist), before, "planning writes nothing");
    adopting.apply(&OsDisk, &files, || {}).unwrap();
    assert_eq!(tree(dist)["b/c"], "c");
    fs::write(dist.join("theirs"), "theirs").unwrap();
    assert_eq!(build(dist, &files).unwrap_err(), foreign("theirs"));
    let fewer = rendered(&[("a", "a")]);
    let adopting = planned(dist, &fewer, true).unwrap();
    assert_eq!((&adopting.removed, &adopting.foreign), (&vec!["b/c".to_owned()], &vec!["theirs".to_owned()]));
    adopting.apply(&OsDisk, &fewer, || {}).unwrap();
    assert_eq!(tree(dist)["theirs"], "theirs");

    let same = tempfile::tempdir().unwrap();
    fs::write(same.path().join("a"), "a").unwrap();
    assert!(build(same.path(), &fewer).is_ok(), "a file that is as it should be needs no adopting");
}

#[test]
fn never_follows_a_link_out_of_the_folder() {
    let temporary = tempfile::tempdir().unwrap();
    let outside = temporary.path().join("outside");
    fs::create_dir_all(outside.join("sub")).unwrap();
    fs::write(outside.join("precious"), "precious").unwrap();
    fs::write(outside.join("sub/old"), "precious").unwrap();
    let untouched = tree(&outside);
    let files = rendered(&[("a/b", "b"), ("top", "t")]);
    let older = rendered(&[("a/b", "b"), ("sub/old", "old"), ("top", "t")]);

    for adopt in [false, true] {
        let dist = temporary.path().join(format!("dist-{adopt}"));
        build(&dist, &older).unwrap();
        fs::remove_dir_all(dist.join("a")).unwrap();
        symlink(&outside, dist.join("a")).unwrap();
        assert!(matches!(planned(&dist, &files, adopt), Err(OutputError::Link(_) | OutputError::Foreign { .. })));

        fs::remove_file(dist.join("a")).unwrap();
        fs::remove_dir_all(dist.join("sub")).unwrap();
        symlink(outside.join("sub"), dist.join("sub")).unwrap();
        fs::remove_file(dist.join("top")).unwrap();
        symlink(outside.join("precious"), dist.join("top")).unwrap();
        fs::remove_file(dist.join("manifest.json")).unwrap();
        symlink(outside.join("precious"), dist.join("manifest.json")).unwrap();
        if let Ok(plan) = planned(&dist, &files, adopt) {
            plan.apply(&OsDisk, &files, || {}).unwrap();
            assert_eq!(tree(&dist)["top"], "t");
        }
        for planted in [".alertsmith-tmp", "a/.alertsmith-tmp", ".alertsmith-build"] {
            let dist = tempfile::tempdir().unwrap();
            fs::create_dir(dist.path().join("a")).unwrap();
            symlink(outside.join("precious"), dist.path().join(planted)).unwrap();
            if let Ok(plan) = planned(dist.path(), &files, adopt) {
                plan.apply(&OsDisk, &files, || {}).unwrap();
            }
        }
    }
    assert_eq!(tree(&outside), untouched);

    let link = temporary.path().join("link-to-dist");
    symlink("real", &link).unwrap();
    fs::create_dir(temporary.path().join("real")).unwrap();
    build(&link, &files).unwrap();
    assert_eq!(tree(&temporary.path().join("real"))["top"], "t", "the folder itself may be a link");
}

#[test]
fn errors_name_the_place() {
    let temporary = tempfile::tempdir().unwrap();
    let dist = temporary.path().join("dist");
    let files = rendered(&[("a/b", "b")]);
    for bad in [
        "../x",
        "/etc/x",
        "a/../../x",
        "",
        "a//b",
        "a/",
        "manifest.json",
        ".alertsmith-tmp",
        "a/.alertsmith-tmp",
        "a\nb",
        "a\\b",
    ] {
        assert_eq!(build(&dist, &rendered(&[(bad, "x")])).unwrap_err(), OutputError::BadPath(bad.to_owned()));
    }
    assert_eq!(build(&dist, &rendered(&[("a", ""), ("a/b", "")])).unwrap_err(), OutputError::BadPath("a/b".to_owned()));
    fs::write(&dist, "").unwrap();
    assert_eq!(build(&dist, &files).unwrap_err(), OutputError::NotAFolder(dist.clone()));
    fs::remove_file(&dist).unwrap();
    build(&dist, &files).unwrap();
    let good = fs::read_to_string(dist.join("manifest.json")).unwrap();
    for bad in [
        "",
        "{",
        "[]",
        &good.replace("\"version\": 1", "\"version\": 2"),
        &good.replace("a/b", "../../etc/passwd"),
        &good.replace("bytes", "Bytes"),
    ] {
        fs::write(dist.join("manifest.json"), bad).unwrap();
        assert!(matches!(build(&dist, &files), Err(OutputError::BadManifest(..))), "{bad}");
        planned(&dist, &files, true).unwrap().apply(&OsDisk, &files, || {}).unwrap();
        assert_eq!(fs::read_to_string(dist.join("manifest.json")).unwrap(), good);
    }
}

#[test]
fn two_builds_at_once_do_not_mix() {
    let temporary = tempfile::tempdir().unwrap();
    let dist = temporary.path();
    let lock = fs::File::create(dist.join(".alertsmith-build")).unwrap();
    lock.lock().unwrap();
    let files = rendered(&[("a", "a")]);
    assert_eq!(build(dist, &files).unwrap_err(), OutputError::Busy(dist.to_owned()));
    assert!(!dist.join("a").exists());
    drop(lock);
    build(dist, &files).unwrap();
    assert!(!dist.join(".alertsmith-build").exists());
}

#[test]
fn a_read_only_folder_is_an_error_value() {
    let temporary = tempfile::tempdir().unwrap();
    let dist = temporary.path().join("dist");
    let (old, new) = (rendered(&[("a", "old")]), rendered(&[("a", "new")]));
    build(&dist, &old).unwrap();
    let before = tree(&dist);
    fs::set_permissions(&dist, fs::Permissions::from_mode(0o555)).unwrap();
    // The superuser may write anywhere, so this machine may not be able to show it.
    if fs::write(dist.join("probe"), "").is_err() {
        let plan = plan(&OsDisk, &dist, &new, &manifest(&new), false).unwrap();
        assert!(matches!(plan.apply(&OsDisk, &new, || {}), Err(OutputError::Io { .. })));
        assert_eq!(tree(&dist), before);
    } else {
        fs::remove_file(dist.join("probe")).unwrap();
        eprintln!("skipped: a read-only folder does not stop this user");
    }
    fs::set_permissions(&dist, fs::Permissions::from_mode(0o755)).unwrap();
}
