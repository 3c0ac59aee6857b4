//! Why things are as they are: codes, and where an output line came from.

pub mod codes;
pub mod line;
