//! The one door for reading: a folder on disk, a git revision, or strings in memory.

use std::collections::BTreeMap;

/// Files above this size (16 MiB) are refused before they are read into memory; no hand-written spec comes near it.
pub const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// Why a file could not be read. Each becomes a diagnostic that names the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// No such file.
    Missing,
    /// The path, or a link on it, leads out of the spec folder.
    Escapes,
    /// The file is larger than [`MAX_FILE_BYTES`]; holds its size in bytes.
    TooLarge(u64),
    /// The path names a folder or a special file.
    NotAFile,
    /// The operating system or git said no; holds its message.
    Other(String),
}

/// Where spec files are read from. Paths are relative to the spec folder, with `/` between parts.
pub trait World: Sync {
    /// Every file below the spec folder, sorted; links that leave the folder and hidden folders are not followed.
    fn list(&self) -> Result<Vec<String>, ReadError>;

    /// The bytes of one file.
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError>;
}

/// A spec held in memory, for tests and editor buffers.
#[derive(Debug, Default, Clone)]
pub struct MemoryWorld {
    files: BTreeMap<String, Vec<u8>>,
}

impl MemoryWorld {
    /// Adds or replaces a file.
    pub fn with(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.to_owned(), bytes.into());
        self
    }
}

impl World for MemoryWorld {
    fn list(&self) -> Result<Vec<String>, ReadError> {
        Ok(self.files.keys().cloned().collect())
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.files.get(path).cloned().ok_or(ReadError::Missing)
    }
}
