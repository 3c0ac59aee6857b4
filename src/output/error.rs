//! Why an output folder cannot be read or written.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why nothing, or not everything, was written. All of these end in exit code 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputError {
    /// The output folder is a file.
    NotAFolder(PathBuf),
    /// The folder holds files that no build made; `examples` names some of them, by path.
    Foreign {
        /// The output folder.
        folder: PathBuf,
        /// A few of the files, below the folder.
        examples: Vec<String>,
    },
    /// A folder of the tree is a link, which would lead writing elsewhere.
    Link(PathBuf),
    /// Something that no build made stands where a file or folder has to be.
    Obstructed(PathBuf),
    /// The manifest of the last build cannot be read; the second part says why.
    BadManifest(PathBuf, String),
    /// A path that would leave the folder or cannot be written on every system.
    BadPath(String),
    /// Another build is writing to the folder.
    Busy(PathBuf),
    /// The operating system said no.
    Io {
        /// What was being done: "write", "remove".
        action: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// The system's message.
        message: String,
    },
}

impl OutputError {
    pub(super) fn io(action: &'static str, path: &Path, error: &io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), message: error.to_string() }
    }

    /// The next step, if there is one to name.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Foreign { .. } => Some(
                "Choose another folder, move the files away, or pass `--adopt` to write beside them; \
                 files of the same name are then replaced, all others are left alone.",
            ),
            Self::Link(_) => Some("Remove the link. The output folder itself may be a link; folders in it may not."),
            Self::Obstructed(_) => Some("Move it away."),
            Self::BadManifest(..) => Some(
                "Delete the manifest and build with `--adopt`. Files of earlier builds that are no longer wanted have to \
                 be removed by hand then.",
            ),
            Self::Busy(_) => Some("Wait for the other build to end."),
            Self::NotAFolder(_) | Self::BadPath(_) | Self::Io { .. } => None,
        }
    }
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAFolder(path) => write!(f, "the output folder `{}` is not a folder", path.display()),
            Self::Foreign { folder, examples } => {
                let examples: Vec<String> = examples.iter().map(|path| format!("`{}`", path.escape_debug())).collect();
                write!(f, "`{}` holds files that no build made: {}", folder.display(), examples.join(", "))
            }
            Self::Link(path) => {
                write!(f, "`{}` is a link, and writing through it would leave the folder", path.display())
            }
            Self::Obstructed(path) => write!(f, "`{}` is in the way and was not made by a build", path.display()),
            Self::BadManifest(path, reason) => {
                write!(f, "the manifest `{}` of the last build cannot be used: {reason}", path.display())
            }
            Self::BadPath(path) => write!(f, "`{}` is no path that can be written", path.escape_debug()),
            Self::Busy(path) => write!(f, "another build is writing to `{}`", path.display()),
            Self::Io { action, path, message } => write!(f, "cannot {action} `{}`: {message}", path.display()),
        }
    }
}

impl std::error::Error for OutputError {}
