//! Reading files that are named on the command line.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::exit::Trouble;
use crate::source::MAX_FILE_BYTES;

/// All of a file; refuses what is larger than any file of a spec may be.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Trouble> {
    let size = fs::metadata(path).map_err(|error| Trouble::file("read", path, error))?.len();
    if size > MAX_FILE_BYTES {
        return Err(too_large(&path.display().to_string()));
    }
    let file = File::open(path).map_err(|error| Trouble::file("read", path, error))?;
    limited(file, &path.display().to_string())
}

/// All of standard input, within the same limit.
pub(super) fn standard_input() -> Result<Vec<u8>, Trouble> {
    limited(io::stdin().lock(), "standard input")
}

/// Everything from a reader, which may be a pipe that never ends.
fn limited(reader: impl Read, name: &str) -> Result<Vec<u8>, Trouble> {
    let mut bytes = Vec::new();
    let read = reader.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| Trouble::new(format!("cannot read `{name}`: {error}")))?;
    if bytes.len() as u64 > MAX_FILE_BYTES { Err(too_large(name)) } else { Ok(bytes) }
}

fn too_large(name: &str) -> Trouble {
    Trouble::new(format!("`{name}` is larger than {} MiB", MAX_FILE_BYTES / 1024 / 1024))
}
