//! Text diffs of artifact trees, judged by `git apply` and by git's own counts.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use alertsmith::diff::text::compare;
use alertsmith::output::{Rendered, RenderedFile};

use crate::support::snapshot::assert_file;

type Files = BTreeMap<String, (Vec<u8>, bool)>;

fn rendered(files: &Files) -> Rendered {
    let file = |(bytes, executable): &(Vec<u8>, bool)| RenderedFile {
        bytes: bytes.clone(),
        executable: *executable,
        map: Vec::new(),
    };
    Rendered { files: files.iter().map(|(path, contents)| (path.clone(), file(contents))).collect() }
}

fn write(folder: &Path, files: &Files) {
    for (path, (bytes, executable)) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(if *executable { 0o755 } else { 0o644 })).unwrap();
    }
}

fn read(folder: &Path) -> Files {
    let files =
        walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    let file = |entry: walkdir::DirEntry| {
        let executable = entry.metadata().unwrap().permissions().mode() & 0o100 != 0;
        let path = entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        (path, (fs::read(entry.path()).unwrap(), executable))
    };
    files.map(file).collect()
}

fn git(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments);
    command
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GIT_CEILING_DIRECTORIES", folder);
    command
}

/// The diff, applied to the old tree by git, gives the new one.
#[track_caller]
fn assert_applies(old: &Files, new: &Files) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), old);
    let patch = compare(&rendered(old), &rendered(new)).render(false);
    if patch.is_empty() {
        assert_eq!(old, new);
        return;
    }
    let mut apply = git(folder.path(), &["apply", "--whitespace=nowarn", "-"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut apply.stdin.take().unwrap(), patch.as_bytes()).unwrap();
    let output = apply.wait_with_output().unwrap();
    assert!(output.status.success(), "{}\n{patch}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(&read(folder.path()), new, "{patch}");
}

/// A small generator of numbers, the same on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

fn random_text(random: &mut Random) -> String {
    let lines = [
        "a\n",
        "b\n",
        "\n",
        "경보\n",
        "c\r\n",
        "- x\n",
        "+ y\n",
        "\\ No newline\n",
        "@@ -1 +1 @@\n",
        "\u{1b}[31m\t\n",
        "--- a/x\n",
    ];
    let mut text: String = (0..random.below(40)).map(|_| lines[random.below(lines.len())]).collect();
    if random.below(3) == 0 {
        text.push_str("end");
    }
    text
}

fn edited(text: &str, random: &mut Random) -> String {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    for _ in 0..random.below(6) {
        let at = random.below(lines.len() + 1);
        if random.below(2) == 0 && at < lines.len() {
            lines.remove(at);
        } else if at < lines.len() {
            lines.insert(at, "new\n");
        }
    }
    lines.concat()
}

#[test]
fn git_applies_what_is_printed() {
    let paths = ["a", "b/c", "b/with blank", "b/경보.yaml", "quote\"d", "back\\slash", "tab\tbed", "run.sh"];
    let mut random = Random(1);
    for _ in 0..150 {
        let mut old = Files::new();
        let mut new = Files::new();
        for path in paths {
            let text = random_text(&mut random);
            let executable = random.below(3) == 0;
            match random.below(5) {
                0 => drop(old.insert(path.to_owned(), (text.into(), executable))),
                1 => drop(new.insert(path.to_owned(), (text.into(), executable))),
                2 => {}
                _ => {
                    let after = if random.below(4) == 0 { text.clone() } else { edited(&text, &mut random) };
                    let flipped = executable ^ (random.below(4) == 0);
                    old.insert(path.to_owned(), (text.into(), executable));
                    new.insert(path.to_owned(), (after.into(), flipped));
                }
            }
        }
        assert_applies(&old, &new);
    }
}

#[test]
fn counts_are_those_of_git() {
    let mut random = Random(2);
    for _ in 0..40 {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (random_text(&mut random), String::new());
        let new = if random.below(2) == 0 { new } else { edited(&old, &mut random) };
        fs::write(folder.path().join("old"), &old).unwrap();
        fs::write(folder.path().join("new"), &new).unwrap();
        let output =
            git(folder.path(), &["diff", "--no-index", "--numstat", "--minimal", "old", "new"]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let counts: Vec<usize> = text.split('\t').filter_map(|count| count.parse().ok()).collect();
        let files = |text: String| Files::from([("x".to_owned(), (text.into_bytes(), false))]);
        let diff = compare(&rendered(&files(old)), &rendered(&files(new)));
        let ours = diff.files.get("x").map_or(Vec::new(), |file| vec![file.insertions, file.deletions]);
        assert_eq!(ours, counts, "{}", diff.render(false));
    }
}

#[test]
fn huge_files_take_no_time() {
    let mut random = Random(3);
    let text = |random: &mut Random, lines: usize, words: usize| {
        (0..lines).map(|_| format!("line {}\n", random.below(words))).collect::<Vec<_>>().concat()
    };
    for words in [2, 50, 1_000_000] {
        let old = text(&mut random, 60_000, words);
        let new = text(&mut random, 60_000, words);
        let files = |text: &str| Files::from([("x".to_owned(), (text.as_bytes().to_vec(), false))]);
        let start = std::time::Instant::now();
        let diff = compare(&rendered(&files(&old)), &rendered(&files(&new)));
        assert!(diff.files.contains_key("x"));
        let took = start.elapsed();
        eprintln!("two files of 60,000 lines of {words} kinds: {took:?}");
        assert!(took.as_secs() < 30, "{words}: {took:?}");
    }
}

#[test]
fn looks_like_git() {
    let file = |text: &str, executable: bool| (text.as_bytes().to_vec(), executable);
    let lines = |from: usize, to: usize| (from..to).map(|n| format!("line {n}\n")).collect::<Vec<_>>().concat();
    let old = Files::from([
        ("rules/cpu.yaml".to_owned(), file(&(lines(0, 10) + "expr: a\n" + &lines(10, 30) + "expr: b\n"), false)),
        ("run.sh".to_owned(), file("#!/bin/sh\n", false)),
        ("gone.yaml".to_owned(), file("x: 1", false)),
        ("logo.bin".to_owned(), (vec![0, 1, 2], false)),
        ("same".to_owned(), file("same", false)),
    ]);
    let new = Files::from([
        (
            "rules/cpu.yaml".to_owned(),
            file(&(lines(0, 10) + "expr: \u{1b}[2Jc\n" + &lines(10, 30) + "expr: b\nmore: 1\n"), false),
        ),
        ("run.sh".to_owned(), file("#!/bin/sh\n", true)),
        ("new/file.yaml".to_owned(), file("경보: 1\n", true)),
        ("empty".to_owned(), file("", false)),
        ("logo.bin".to_owned(), (vec![0, 1, 3], false)),
        ("same".to_owned(), file("same", false)),
    ]);
    let diff = compare(&rendered(&old), &rendered(&new));
    assert_file("snapshots/diff/text.diff", &diff.render(false).replace('\u{1b}', "␛"));
    assert_file("snapshots/diff/text.color.txt", &diff.render(true).replace('\u{1b}', "␛"));
    assert_eq!(diff.summary(), "6 files changed, 2 added, 1 removed, 3 insertions(+), 2 deletions(-)");
    assert_eq!(compare(&rendered(&old), &rendered(&old)).summary(), "");
}
