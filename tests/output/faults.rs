//! Builds that stop at every possible step, as if the machine had been switched off there.

use std::any::Any;
use std::cell::Cell;
use std::io;
use std::path::Path;

use alertsmith::output::{Disk, Kind, OsDisk, OutputError, Rendered};

use super::{build, build_on, rendered, tree};

/// A disk on which the given number of changes succeed; the next one is done by half, and after that nothing is.
struct Failing {
    left: Cell<usize>,
}

impl Failing {
    fn after(changes: usize) -> Self {
        Self { left: Cell::new(changes) }
    }

    /// Whether this change is still done.
    fn step(&self) -> io::Result<()> {
        match self.left.get() {
            0 => Err(io::Error::other("the machine is off")),
            left => {
                self.left.set(left - 1);
                Ok(())
            }
        }
    }
}

impl Disk for Failing {
    fn kind(&self, path: &Path) -> io::Result<Option<Kind>> {
        OsDisk.kind(path)
    }

    fn kind_through_links(&self, path: &Path) -> io::Result<Option<Kind>> {
        OsDisk.kind_through_links(path)
    }

    fn entries(&self, folder: &Path) -> io::Result<Vec<(String, Kind)>> {
        OsDisk.entries(folder)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        OsDisk.read(path)
    }

    fn create_folders(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        OsDisk.create_folders(path)
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        OsDisk.create_folder(path)
    }

    fn create(&self, path: &Path, bytes: &[u8], executable: bool) -> io::Result<()> {
        // A file comes into being, is filled by half, is filled.
        self.step()?;
        OsDisk.create(path, b"", executable)?;
        OsDisk.append(path, &bytes[..bytes.len() / 2])?;
        self.step()?;
        OsDisk.append(path, &bytes[bytes.len() / 2..])
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn Any>>> {
        self.step()?;
        OsDisk.lock(path)
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.step()?;
        OsDisk.append(path, &bytes[..bytes.len() / 2])?;
        self.step()?;
        OsDisk.append(path, &bytes[bytes.len() / 2..])
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        OsDisk.rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        OsDisk.remove_file(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        OsDisk.remove_folder(path)
    }
}

/// Whether every file is one of the given builds', whole.
fn assert_whole(folder: &Path, builds: &[&Rendered]) {
    for (path, text) in tree(folder) {
        let name = path.rsplit('/').next().unwrap_or_default();
        if name.is_empty() || matches!(name, ".alertsmith-tmp" | ".alertsmith-build" | "manifest.json") {
            continue;
        }
        let versions: Vec<&[u8]> = builds.iter().filter_map(|build| Some(&*build.files.get(&path)?.bytes)).collect();
        assert!(versions.contains(&text.as_bytes()), "{path} holds {text:?}");
    }
}

#[test]
fn the_next_build_repairs_a_build_that_stopped_anywhere() {
    let nothing = rendered(&[]);
    let first = rendered(&[
        ("a", "first a"),
        ("x/b", "first b"),
        ("x/y/c", "first c"),
        ("flip", "file"),
        ("flop/in/deep", "folder"),
    ]);
    let second = rendered(&[
        ("a", "second a"),
        ("x/b", "first b"),
        ("z/d", "second d"),
        ("flip/e", "folder"),
        ("flop", "file"),
        ("run", "#!run"),
    ]);
    let third = rendered(&[("a", "third a"), ("z/f", "third f")]);
    for (before, after) in
        [(&nothing, &first), (&first, &second), (&second, &third), (&second, &first), (&third, &nothing)]
    {
        for goal in [after, before, &third] {
            let fresh = tempfile::tempdir().unwrap();
            build(fresh.path(), goal).unwrap();
            let wanted = tree(fresh.path());
            let mut steps = 0;
            loop {
                let temporary = tempfile::tempdir().unwrap();
                let dist = temporary.path().join("dist");
                if !before.files.is_empty() {
                    build(&dist, before).unwrap();
                }
                let stopped = build_on(&Failing::after(steps), &dist, after);
                assert_whole(&dist, &[before, after]);
                // Stopped twice in a row, at another place.
                let again = build_on(&Failing::after(steps / 2), &dist, goal);
                assert!(!matches!(again, Err(OutputError::Foreign { .. })), "{again:?}");
                assert_whole(&dist, &[before, after, goal]);
                build(&dist, goal).unwrap();
                assert_eq!(tree(&dist), wanted, "stopped after {steps} steps");
                if stopped.is_ok() {
                    break;
                }
                steps += 1;
            }
            assert!(steps > 5, "the fault was injected");
        }
    }
}
