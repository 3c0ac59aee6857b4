//! A spec folder on disk.
#![expect(clippy::disallowed_methods, reason = "this is the door to the disk")]

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::{MAX_FILE_BYTES, ReadError, World, normal};

/// A folder with more files than this is not a spec folder; it stops a run that was started in `/` by mistake.
const MOST_FILES: usize = 100_000;

/// Reads from a folder. A path is followed through links as long as its end lies below the folder.
#[derive(Debug, Clone)]
pub struct DiskWorld {
    /// The folder without links in its path.
    root: PathBuf,
}

impl DiskWorld {
    /// Opens the folder `root`, which may itself be a link.
    pub fn open(root: &Path) -> Result<Self, ReadError> {
        let root = fs::canonicalize(root).map_err(|error| read_error(&error))?;
        if root.is_dir() { Ok(Self { root }) } else { Err(ReadError::NotAFile) }
    }

    /// The folder with all links resolved.
    pub fn root(&self) -> &Path {
        &self.root
    }
}

impl World for DiskWorld {
    fn list(&self) -> Result<Vec<String>, ReadError> {
        let shown = |entry: &DirEntry| entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".");
        let mut files = Vec::new();
        for entry in WalkDir::new(&self.root).follow_links(false).into_iter().filter_entry(shown) {
            let entry = entry.map_err(|error| match error.io_error() {
                Some(error) => read_error(error),
                None => ReadError::Other(error.to_string()),
            })?;
            let kind = entry.file_type();
            if !(kind.is_file() || kind.is_symlink() && !entry.path().is_dir()) {
                continue;
            }
            // A name that is not UTF-8 cannot be named in a spec, so it is no file of one.
            let relative = entry.path().strip_prefix(&self.root).ok().and_then(Path::to_str);
            files.extend(relative.map(|path| path.replace(std::path::MAIN_SEPARATOR, "/")));
            if files.len() > MOST_FILES {
                return Err(ReadError::Other(format!("the folder holds more than {MOST_FILES} files")));
            }
        }
        files.sort_unstable();
        Ok(files)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let inside = normal(path).ok_or(ReadError::Escapes)?;
        let full = fs::canonicalize(self.root.join(inside)).map_err(|error| read_error(&error))?;
        if !full.starts_with(&self.root) {
            return Err(ReadError::Escapes);
        }
        // Asked before opening: opening a pipe would wait for somebody to write to it.
        if !full.metadata().map_err(|error| read_error(&error))?.is_file() {
            return Err(ReadError::NotAFile);
        }
        let file = File::open(&full).map_err(|error| read_error(&error))?;
        let size = file.metadata().map_err(|error| read_error(&error))?.len();
        if size > MAX_FILE_BYTES {
            return Err(ReadError::TooLarge(size));
        }
        let mut bytes = Vec::with_capacity(size as usize);
        // The file may grow while it is read.
        file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(|error| read_error(&error))?;
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(ReadError::TooLarge(bytes.len() as u64));
        }
        Ok(bytes)
    }
}

fn read_error(error: &io::Error) -> ReadError {
    match error.kind() {
        // A path through a file (`rules.kdl/x`) names nothing.
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ReadError::Missing,
        io::ErrorKind::IsADirectory => ReadError::NotAFile,
        _ => ReadError::Other(error.to_string()),
    }
}
