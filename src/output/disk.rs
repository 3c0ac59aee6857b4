//! The door to the disk for writing, narrow enough to be replaced by one that fails on command.
#![expect(clippy::disallowed_methods, reason = "this is the door to the disk")]

use std::any::Any;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::Path;

/// How often and how long apart a lock is tried, about a second in all. A build that has just ended can hold it a moment
/// longer: a program that the same process is starting shares its open files until it runs.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE: std::time::Duration = std::time::Duration::from_millis(50);

/// What stands at a path, links not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file with this many bytes.
    File {
        /// Its size in bytes.
        bytes: u64,
        /// Whether its owner may execute it.
        executable: bool,
    },
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A pipe, a socket, a device.
    Other,
}

/// What a build does to a disk. No method follows a link at the end of its path, but for `entries`, `kind_through_links`
/// and `create_folders`, which are for the output folder itself.
pub trait Disk {
    /// What stands at `path`; `None` if nothing does.
    fn kind(&self, path: &Path) -> io::Result<Option<Kind>>;
    /// What stands at `path` or at the end of the links that start there.
    fn kind_through_links(&self, path: &Path) -> io::Result<Option<Kind>>;
    /// The names in a folder with what they are, sorted. Names that are not UTF-8 are shown with replacements.
    fn entries(&self, folder: &Path) -> io::Result<Vec<(String, Kind)>>;
    /// The content of a file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// Makes a folder and those above it.
    fn create_folders(&self, path: &Path) -> io::Result<()>;
    /// Makes a folder.
    fn create_folder(&self, path: &Path) -> io::Result<()>;
    /// Makes a file that does not exist yet, with mode 0755 or 0644 whatever the umask.
    fn create(&self, path: &Path, bytes: &[u8], executable: bool) -> io::Result<()>;
    /// Opens `path`, made if need be, and locks it until the result is dropped; `None` if another process has it.
    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn Any>>>;
    /// Adds to the end of a file.
    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Renames a file, over another one if there is one.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file or a link.
    fn remove_file(&self, path: &Path) -> io::Result<()>;
    /// Removes an empty folder.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;
}

/// The disk of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsDisk;

impl Disk for OsDisk {
    fn kind(&self, path: &Path) -> io::Result<Option<Kind>> {
        existing(fs::symlink_metadata(path))
    }

    fn kind_through_links(&self, path: &Path) -> io::Result<Option<Kind>> {
        existing(fs::metadata(path))
    }

    fn entries(&self, folder: &Path) -> io::Result<Vec<(String, Kind)>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            entries.push((entry.file_name().to_string_lossy().into_owned(), kind(&entry.metadata()?)));
        }
        entries.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        Ok(entries)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn create_folders(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir(path)
    }

    fn create(&self, path: &Path, bytes: &[u8], executable: bool) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            file.set_permissions(fs::Permissions::from_mode(if executable { 0o755 } else { 0o644 }))?;
        }
        #[cfg(not(unix))]
        let _ = executable;
        file.write_all(bytes)
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn Any>>> {
        let file: File = OpenOptions::new().append(true).create(true).open(path)?;
        for _ in 0..LOCK_TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Box::new(file))),
                Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
                // A file system without locks: two builds at once are then the user's to avoid.
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                    return Ok(Some(Box::new(file)));
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Ok(None)
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        OpenOptions::new().append(true).open(path)?.write_all(bytes)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path)
    }
}

fn existing(metadata: io::Result<fs::Metadata>) -> io::Result<Option<Kind>> {
    match metadata {
        Ok(metadata) => Ok(Some(kind(&metadata))),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

fn kind(metadata: &fs::Metadata) -> Kind {
    let kind = metadata.file_type();
    if kind.is_file() {
        Kind::File { bytes: metadata.len(), executable: is_executable(metadata) }
    } else if kind.is_dir() {
        Kind::Folder
    } else if kind.is_symlink() {
        Kind::Link
    } else {
        Kind::Other
    }
}

#[cfg(unix)]
fn is_executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &fs::Metadata) -> bool {
    false
}
