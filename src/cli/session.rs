//! What the commands share: one run of the compiler over a spec.

use std::path::Path;

use super::exit::Trouble;
use crate::output::{OutputError, Rendered};
use crate::pipeline::{self, Compilation};
use crate::source::{DiskWorld, GitWorld, ReadError, World};

/// Reads and checks the spec folder as it is on disk.
pub(super) fn check_folder(folder: &Path) -> Result<Compilation, Trouble> {
    Ok(pipeline::check(&open(folder)?))
}

/// Builds the spec folder as it is on disk.
pub(super) fn build_folder(folder: &Path) -> Result<Built, Trouble> {
    Ok(Built::of(&open(folder)?))
}

/// Builds the spec folder as it was at a git revision.
pub(super) fn build_revision(folder: &Path, revision: &str) -> Result<Built, Trouble> {
    let world =
        GitWorld::open(folder, revision).map_err(|error| Trouble { message: error.to_string(), help: error.help() })?;
    Ok(Built::of(&world))
}

/// A finished build.
pub(super) struct Built {
    /// What was read and found.
    pub compilation: Compilation,
    /// What was printed; `None` where errors were found.
    pub rendered: Option<Rendered>,
}

impl Built {
    fn of(world: &dyn World) -> Self {
        let (compilation, rendered) = pipeline::build(world);
        Self { compilation, rendered }
    }
}

fn open(folder: &Path) -> Result<DiskWorld, Trouble> {
    DiskWorld::open(folder).map_err(|error| {
        let why = match error {
            ReadError::Missing => "it does not exist".to_owned(),
            ReadError::Escapes | ReadError::TooLarge(_) | ReadError::NotAFile => "it is not a folder".to_owned(),
            ReadError::Other(message) => message,
        };
        Trouble::file("read", folder, why)
    })
}

/// Sets the number of threads for all parallel work.
pub(super) fn use_threads(jobs: Option<u16>) -> Result<(), Trouble> {
    let Some(jobs) = jobs else { return Ok(()) };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(usize::from(jobs));
    pool.build_global().map_err(|error| Trouble::new(format!("cannot start {jobs} threads: {error}")))
}

impl From<OutputError> for Trouble {
    fn from(error: OutputError) -> Self {
        Self { message: error.to_string(), help: error.help().map(str::to_owned) }
    }
}
