//! The one door for reading: a folder on disk, a git revision, or strings in memory.
//!
//! Every world gives the same view: a set of files with `/` between the parts of their paths, links that stay inside
//! followed, everything else refused with a [`ReadError`].

mod disk;
mod git;
mod memory;

pub use disk::DiskWorld;
pub use git::{GitError, GitWorld, merge_base};
pub use memory::MemoryWorld;

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
    /// Every file below the spec folder, sorted. What shells hide (names that begin with a dot) is left out, and linked
    /// folders are not entered; a link to a file is listed wherever it leads, as reading it says what is wrong.
    fn list(&self) -> Result<Vec<String>, ReadError>;

    /// The bytes of one file.
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError>;
}

/// `path` without `.` and `..`, or `None` if it leads out of the folder or is not relative.
fn normal(path: &str) -> Option<String> {
    if path.starts_with('/') || path.contains('\0') || cfg!(windows) && path.contains(['\\', ':']) {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn paths_stay_inside() {
        assert_eq!(normal("a//b/./c"), Some("a/b/c".to_owned()));
        assert_eq!(normal("a/../b"), Some("b".to_owned()));
        assert_eq!(normal("a/../../b"), None);
        assert_eq!(normal("/etc/passwd"), None);
    }
}
