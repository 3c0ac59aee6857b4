//! The doors for reading: folders on disk and git revisions.

mod disk;
mod git;
