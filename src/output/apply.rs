//! Carrying out a plan.

use std::io;
use std::path::Path;

use super::{Disk, JOURNAL, Kind, MANIFEST, OutputError, Plan, Rendered, TEMPORARY, parents};

impl Plan {
    /// Makes the folder what was printed. `rendered` is what the plan was made for. `progress` is called after each file.
    ///
    /// An error leaves every file whole, old or new; the next build continues.
    pub fn apply(&self, disk: &dyn Disk, rendered: &Rendered, mut progress: impl FnMut()) -> Result<(), OutputError> {
        if !self.is_stale() && self.leftovers.is_empty() {
            return Ok(());
        }
        let folder = &self.folder;
        if !self.exists {
            attempt("create", folder, |path| disk.create_folders(path))?;
        }
        let journal = folder.join(JOURNAL);
        let lock =
            attempt("write", &journal, |path| disk.lock(path))?.ok_or_else(|| OutputError::Busy(folder.clone()))?;
        for path in self.leftovers.iter().filter(|path| *path != JOURNAL) {
            attempt("remove", &folder.join(path), |path| gone(disk.remove_file(path)))?;
        }
        if !self.journal.is_empty() {
            // Begins with an end of line, in case the journal of a build that stopped has an open line.
            let lines: String =
                std::iter::once("\n").chain(self.journal.iter().flat_map(|path| [path, "\n"])).collect();
            attempt("write", &journal, |path| disk.append(path, lines.as_bytes()))?;
        }
        for path in &self.in_the_way {
            self.remove(disk, path)?;
        }
        for path in self.created.iter().chain(&self.changed) {
            let Some(file) = rendered.files.get(path) else { continue };
            self.write(disk, path, &file.bytes, file.executable)?;
            progress();
        }
        for path in self.removed.iter().filter(|path| !self.in_the_way.contains(*path)) {
            self.remove(disk, path)?;
            progress();
        }
        for path in &self.vanished {
            self.remove_empty_folders(disk, path)?;
        }
        if self.manifest_changed {
            self.write(disk, MANIFEST, self.manifest.as_bytes(), false)?;
        }
        attempt("remove", &journal, |path| disk.remove_file(path))?;
        drop(lock);
        Ok(())
    }

    /// Writes a file under a temporary name and renames it.
    fn write(&self, disk: &dyn Disk, path: &str, bytes: &[u8], executable: bool) -> Result<(), OutputError> {
        let parents: Vec<&str> = parents(path).collect();
        for parent in parents.iter().rev() {
            let full = self.folder.join(parent);
            if attempt("read", &full, |path| disk.kind(path))?.is_none() {
                attempt("create", &full, |path| disk.create_folder(path))?;
            }
        }
        let full = self.folder.join(path);
        // A folder of this name holds only folders by now.
        if attempt("read", &full, |path| disk.kind(path))? == Some(Kind::Folder) {
            remove_folders(disk, &full)?;
        }
        let temporary = full.with_file_name(TEMPORARY);
        attempt("write", &full, |_| disk.create(&temporary, bytes, executable)).inspect_err(|_| {
            let _ = disk.remove_file(&temporary);
        })?;
        attempt("write", &full, |path| disk.rename(&temporary, path)).inspect_err(|_| {
            let _ = disk.remove_file(&temporary);
        })
    }

    /// Removes a file, and the folders above it that it leaves empty.
    fn remove(&self, disk: &dyn Disk, path: &str) -> Result<(), OutputError> {
        attempt("remove", &self.folder.join(path), |path| gone(disk.remove_file(path)))?;
        self.remove_empty_folders(disk, path)
    }

    /// Removes the folders above a path that are empty.
    fn remove_empty_folders(&self, disk: &dyn Disk, path: &str) -> Result<(), OutputError> {
        for parent in parents(path) {
            let full = self.folder.join(parent);
            match attempt("read", &full, |path| disk.kind(path))? {
                None => {}
                Some(Kind::Folder) if attempt("read", &full, |path| disk.entries(path))?.is_empty() => {
                    attempt("remove", &full, |path| disk.remove_folder(path))?;
                }
                Some(_) => break,
            }
        }
        Ok(())
    }
}

/// Removes a folder that holds nothing but folders.
fn remove_folders(disk: &dyn Disk, folder: &Path) -> Result<(), OutputError> {
    let mut open = vec![folder.to_owned()];
    let mut empty = Vec::new();
    while let Some(folder) = open.pop() {
        let entries = attempt("read", &folder, |path| disk.entries(path))?;
        open.extend(entries.into_iter().map(|(name, _)| folder.join(name)));
        empty.push(folder);
    }
    // Inner folders were found after outer ones.
    empty.iter().rev().try_for_each(|folder| attempt("remove", folder, |path| disk.remove_folder(path)))
}

fn attempt<T>(action: &'static str, path: &Path, step: impl FnOnce(&Path) -> io::Result<T>) -> Result<T, OutputError> {
    step(path).map_err(|error| OutputError::io(action, path, &error))
}

/// What is gone already need not be removed.
fn gone(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}
