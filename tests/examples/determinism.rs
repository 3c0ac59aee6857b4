//! Same spec, same bytes: with any number of threads, in any order of files, from any folder, and however the spec is split into files.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use alertsmith::diagnostic::Sink;
use alertsmith::source::{FileId, ReadError, World};
use alertsmith::syntax::kdl;

use super::{assert_same, build, folder, in_memory, on_disk, sources};
use crate::support::random::Random;

#[test]
fn the_number_of_threads_changes_nothing() {
    let expected = build(&on_disk("fleet")).files();
    for threads in [1, 2, 8] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let files = pool.install(|| build(&on_disk("fleet")).files());
        assert!(files == expected, "{threads} threads give other bytes");
    }
}

/// A world that lists its files in another order.
struct Shuffled<W>(W, u64);

impl<W: World> World for Shuffled<W> {
    fn list(&self) -> Result<Vec<String>, ReadError> {
        let mut files = self.0.list()?;
        let mut random = Random::seeded("determinism", self.1);
        for last in (1..files.len()).rev() {
            files.swap(last, random.below(last + 1));
        }
        Ok(files)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.0.read(path)
    }
}

#[test]
fn the_order_in_which_files_are_listed_changes_nothing() {
    for example in ["fleet", "fleet-yaml"] {
        let expected = build(&on_disk(example)).files();
        for seed in 0..5 {
            assert!(build(&Shuffled(on_disk(example), seed)).files() == expected, "{example}, order {seed}");
        }
    }
}

#[test]
fn how_a_spec_is_split_into_files_changes_nothing_but_their_names() {
    let expected = build(&on_disk("fleet")).bodies();
    let mut random = Random::seeded("how_a_spec_is_split_into_files_changes_nothing_but_their_names", 7);
    for files in [1, 2, 5, 40] {
        let split = in_memory(&split(&sources("fleet"), files, &mut random));
        assert_same(&expected, &build(&split).bodies(), &format!("the spec in {files} files"));
    }
}

/// The same top-level nodes dealt out to that many files, in another order.
fn split(sources: &BTreeMap<String, String>, files: usize, random: &mut Random) -> BTreeMap<String, String> {
    let mut split = BTreeMap::new();
    let mut nodes = Vec::new();
    for (path, text) in sources {
        if Path::new(path).extension().is_none_or(|ending| ending != "kdl") {
            split.insert(path.clone(), text.clone());
            continue;
        }
        let tree = kdl::read(FileId(0), text, &mut Sink::default());
        nodes.extend(tree.nodes.iter().map(|node| text[node.span.range()].to_owned()));
    }
    split.insert("alertsmith.kdl".to_owned(), String::new());
    while !nodes.is_empty() {
        let node = nodes.swap_remove(random.below(nodes.len()));
        let file = random.below(files);
        // The last file sorts before the root, the first is the root.
        let name = if file == 0 { "alertsmith.kdl".to_owned() } else { format!("{:02}/part.kdl", files - file) };
        let text = split.entry(name).or_default();
        text.push_str(&node);
        text.push('\n');
    }
    split
}

#[test]
fn the_working_folder_changes_nothing() {
    let expected = build(&on_disk("fleet")).files();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let elsewhere = tempfile::tempdir().unwrap();
    let whole = folder().join("fleet");
    let cases = [
        (root.to_owned(), Path::new("examples/fleet").to_owned()),
        (root.to_owned(), Path::new("examples/fleet/alertsmith.kdl").to_owned()),
        (folder().join("fleet/alerts"), Path::new("..").to_owned()),
        (folder().join("minimal"), Path::new("../fleet/./alerts/..").to_owned()),
        (elsewhere.path().to_owned(), whole.clone()),
        (elsewhere.path().to_owned(), whole.join("alertsmith.kdl")),
    ];
    for (index, (from, path)) in cases.iter().enumerate() {
        let out = elsewhere.path().join(format!("out-{index}"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_alertsmith"));
        let output = command.current_dir(from).arg("build").arg(path).arg("-o").arg(&out).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{} from {}: {said}", path.display(), from.display());
        for (file, bytes) in &expected {
            assert!(
                std::fs::read(out.join(file)).unwrap() == *bytes,
                "{} from {}: {file}",
                path.display(),
                from.display()
            );
        }
    }
}
