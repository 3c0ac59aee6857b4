//! Turning a printed set of files into a folder, safely.
//!
//! A build is three steps. [`plan`] looks at the folder and says what would change; it refuses a folder that holds files
//! of others. [`Plan::apply`] makes the changes: it notes in a journal which new files it is about to make, writes each
//! file under a temporary name and renames it, removes what the last build made and this one does not, and writes the
//! manifest last. If it stops anywhere, every file is whole, and manifest and journal together still name everything that
//! is ours, so that the next build repairs the tree. `build --check` is a plan that nobody applies.
//!
//! Files are not flushed to the device one by one: after a power failure a file may be older than the manifest says,
//! which the next build finds by comparing contents, never trusting the manifest.

mod apply;
mod disk;
mod error;
mod manifest;
mod plan;
mod read;

use std::collections::BTreeMap;
use std::ops::Range;

pub use disk::{Disk, Kind, OsDisk};
pub use error::OutputError;
pub use manifest::{Manifest, ManifestError, ManifestFile, Mapping};
pub use plan::{Plan, plan};
pub use read::read_tree;

use crate::provenance::Origin;

/// The name of the manifest in the output folder.
pub const MANIFEST: &str = "manifest.json";
/// The name of the journal: the new files of a build that is under way, one path a line.
pub const JOURNAL: &str = ".alertsmith-build";
/// The name under which a file is written before it is renamed; in the folder of the file.
pub const TEMPORARY: &str = ".alertsmith-tmp";

/// Every file of a build by its path below the output folder, with `/` between parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rendered {
    /// Path to file.
    pub files: BTreeMap<String, RenderedFile>,
}

/// One printed file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RenderedFile {
    /// The content.
    pub bytes: Vec<u8>,
    /// Whether it may be executed.
    pub executable: bool,
    /// Output byte ranges with their origins, by start.
    pub map: Vec<(Range<u32>, Origin)>,
}

/// Whether a path stays below the folder it is joined to and means the same on every system: relative, no empty part,
/// no `.` and `..`, no backslash, no control character, and none of the names that are used here.
fn is_safe(path: &str) -> bool {
    let part_is_safe = |part: &str| !matches!(part, "" | "." | ".." | JOURNAL | TEMPORARY);
    path != MANIFEST && !path.contains(|c: char| c == '\\' || c.is_control()) && path.split('/').all(part_is_safe)
}

/// The folders above a path, the nearest first, without the output folder itself.
fn parents(path: &str) -> impl Iterator<Item = &str> {
    path.rmatch_indices('/').filter_map(|(at, _)| path.get(..at))
}
