//! What is wrong with a query, and where.

use std::fmt;
use std::ops::Range;

/// One mistake in a query. A query can have several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The bytes to point at; empty, at the end of the text, where something is missing there.
    pub range: Range<usize>,
    /// What is wrong, standing alone, without a full stop.
    pub message: String,
    /// What to do about it, where that is known.
    pub help: Option<String>,
}

impl Error {
    /// A mistake without advice.
    pub fn new(range: Range<usize>, message: impl Into<String>) -> Self {
        Self { range, message: message.into(), help: None }
    }

    /// Adds advice.
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}: {}", self.range.start, self.range.end, self.message)
    }
}

impl std::error::Error for Error {}
