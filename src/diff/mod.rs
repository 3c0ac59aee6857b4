//! What changes between two builds.

pub mod text;
