//! Revisions of every kind of repository, made and judged by the git program.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use alertsmith::source::{GitError, GitWorld, ReadError, World, merge_base};

/// Runs git and gives its output.
#[track_caller]
fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    for (name, value) in [("AUTHOR", "a"), ("COMMITTER", "c")] {
        command.env(format!("GIT_{name}_NAME"), value).env(format!("GIT_{name}_EMAIL"), "x@example.com");
        command.env(format!("GIT_{name}_DATE"), "2026-01-01T00:00:00Z");
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A repository with a spec in `monitoring/` that has three versions, and a branch `side` off the first.
fn repository(options: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    git(at, &[&["init", "-q", "-b", "main"], options].concat());
    git(at, &["config", "uploadpack.allowFilter", "true"]);
    git(at, &["config", "uploadpack.allowAnySHA1InWant", "true"]);
    fs::create_dir_all(at.join("monitoring/rules")).unwrap();
    fs::write(at.join("secret"), "secret").unwrap();
    symlink("../secret", at.join("monitoring/inside-repository")).unwrap();
    symlink("../../../etc/passwd", at.join("monitoring/rules/escape")).unwrap();
    symlink("rules/cpu.kdl", at.join("monitoring/alias.kdl")).unwrap();
    symlink("rules", at.join("monitoring/folder")).unwrap();
    symlink("self", at.join("monitoring/self")).unwrap();
    for version in ["one", "two", "three"] {
        fs::write(at.join("monitoring/알림.kdl"), version).unwrap();
        fs::write(at.join("monitoring/rules/cpu.kdl"), format!("cpu {version}\n")).unwrap();
        git(at, &["add", "-A"]);
        git(at, &["commit", "-q", "-m", version]);
        git(at, &["tag", version]);
        if version == "one" {
            git(at, &["branch", "side"]);
        }
    }
    folder
}

fn text(world: &GitWorld, path: &str) -> Result<String, ReadError> {
    world.read(path).map(|bytes| String::from_utf8(bytes).unwrap())
}

#[track_caller]
fn assert_version(folder: &Path, revision: &str, version: &str) {
    let world = GitWorld::open(folder, revision).unwrap();
    assert_eq!(text(&world, "알림.kdl").unwrap(), version);
    assert_eq!(text(&world, "rules/cpu.kdl").unwrap(), format!("cpu {version}\n"));
    assert_eq!(
        world.list().unwrap(),
        ["alias.kdl", "inside-repository", "rules/cpu.kdl", "rules/escape", "self", "알림.kdl"]
    );
    assert_eq!(text(&world, "alias.kdl").unwrap(), format!("cpu {version}\n"));
    assert_eq!(text(&world, "folder/cpu.kdl").unwrap(), format!("cpu {version}\n"));
    assert_eq!(text(&world, "inside-repository"), Err(ReadError::Escapes));
    assert_eq!(text(&world, "rules/escape"), Err(ReadError::Escapes));
    assert_eq!(text(&world, "../secret"), Err(ReadError::Escapes));
    assert_eq!(text(&world, "rules"), Err(ReadError::NotAFile));
    assert_eq!(text(&world, "nope"), Err(ReadError::Missing));
    assert!(matches!(text(&world, "self"), Err(ReadError::Other(_))));
}

/// The same answers from an ordinary repository, a linked work tree, and one that libgit2 cannot read.
#[test]
fn reads_revisions_without_touching_the_work_tree() {
    let ordinary = repository(&[]);
    let linked = ordinary.path().join("linked");
    git(ordinary.path(), &["worktree", "add", "-q", "--detach", "linked", "three"]);
    let sha256 = repository(&["--object-format=sha256"]);
    for top in [ordinary.path(), &linked, sha256.path()] {
        fs::write(top.join("monitoring/알림.kdl"), "not committed").unwrap();
        let before = git(top, &["status", "--porcelain"]);
        let spec = top.join("monitoring");
        for (revision, version) in [("HEAD", "three"), ("HEAD~1", "two"), ("two", "two"), ("side", "one")] {
            assert_version(&spec, revision, version);
        }
        let head = git(top, &["rev-parse", "HEAD"]);
        assert_version(&spec, &head, "three");
        assert_version(&spec, &head[..12], "three");
        assert_eq!(merge_base(&spec, "side").unwrap(), git(top, &["rev-parse", "one"]));
        assert_eq!(git(top, &["status", "--porcelain"]), before);
        for revision in ["nope", "", "-h", "--all", "HEAD:monitoring", "three~9", "a\nb"] {
            let error = GitWorld::open(&spec, revision).unwrap_err();
            assert_eq!(error, GitError::UnknownRevision(revision.to_owned()), "{revision:?}");
        }
        git(top, &["rm", "-q", "-r", "-f", "monitoring"]);
        git(top, &["commit", "-q", "-m", "gone"]);
        fs::create_dir_all(&spec).unwrap();
        assert_eq!(GitWorld::open(&spec, "HEAD").unwrap_err(), GitError::NoFolder("monitoring".to_owned()));
    }
}

#[test]
fn reads_bare_repositories() {
    let origin = repository(&[]);
    let clones = tempfile::tempdir().unwrap();
    git(clones.path(), &["clone", "-q", "--bare", &url(&origin), "bare.git"]);
    let bare = clones.path().join("bare.git");
    let world = GitWorld::open_below(&bare, "monitoring", "main").unwrap();
    assert_eq!(text(&world, "알림.kdl").unwrap(), "three");
    let top = GitWorld::open(&bare, "main").unwrap();
    assert_eq!(text(&top, "monitoring/inside-repository").unwrap(), "secret");
    assert_eq!(GitWorld::open_below(&bare, "../up", "main").unwrap_err(), GitError::NoFolder("../up".to_owned()));
    let none = tempfile::tempdir().unwrap();
    assert_eq!(GitWorld::open(none.path(), "main").unwrap_err(), GitError::NoRepository);
}

fn url(origin: &tempfile::TempDir) -> String {
    format!("file://{}", origin.path().display())
}

/// A shallow clone says which fetch is missing, and that command is enough.
#[test]
fn names_the_missing_fetch() {
    let origin = repository(&[]);
    let first = git(origin.path(), &["rev-parse", "one"]);
    for revision in ["side", "origin/side", "HEAD~1", first.as_str(), &first[..10]] {
        let clones = tempfile::tempdir().unwrap();
        git(clones.path(), &["clone", "-q", "--depth=1", "--single-branch", &url(&origin), "shallow"]);
        let shallow = clones.path().join("shallow");
        let spec = shallow.join("monitoring");
        assert_version(&spec, "HEAD", "three");
        let error = GitWorld::open(&spec, revision).unwrap_err();
        let GitError::Shallow { fetch, .. } = &error else { panic!("{revision}: {error:?}") };
        assert!(error.help().unwrap().contains("fetch-depth: 0"));
        let arguments: Vec<&str> = fetch.split(' ').skip(1).collect();
        git(&shallow, &arguments);
        let version = if revision == "HEAD~1" { "two" } else { "one" };
        assert_version(&spec, revision, version);

        if fetch.contains("--depth=1") {
            let error = merge_base(&spec, revision).unwrap_err();
            assert!(matches!(error, GitError::Shallow { .. }), "{error:?}");
            git(&shallow, &["fetch", "-q", "--unshallow", "origin"]);
        }
        assert_eq!(
            merge_base(&spec, revision),
            Ok(git(&shallow, &["merge-base", "HEAD", if revision == "side" { "origin/side" } else { revision }]))
        );
    }
}

/// Blobs, and even trees, that a partial clone left on the server.
#[test]
fn reads_partial_clones() {
    let origin = repository(&[]);
    for filter in ["--filter=blob:none", "--filter=tree:0"] {
        let clones = tempfile::tempdir().unwrap();
        git(clones.path(), &["clone", "-q", filter, &url(&origin), "partial"]);
        assert_version(&clones.path().join("partial/monitoring"), "one", "one");
    }
}

#[test]
fn refuses_blobs_that_are_too_large() {
    for options in [&[][..], &["--object-format=sha256"]] {
        let repository = repository(options);
        let at = repository.path();
        let size = alertsmith::source::MAX_FILE_BYTES + 1;
        fs::File::create(at.join("monitoring/huge.kdl")).unwrap().set_len(size).unwrap();
        git(at, &["add", "-A"]);
        git(at, &["commit", "-q", "-m", "huge"]);
        let world = GitWorld::open(&at.join("monitoring"), "HEAD").unwrap();
        assert_eq!(world.read("huge.kdl"), Err(ReadError::TooLarge(size)));
        assert_eq!(text(&world, "알림.kdl").unwrap(), "three");
    }
}
