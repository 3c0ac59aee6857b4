//! What changes between two builds.

pub mod report;
pub mod text;
