//! Why things are as they are: codes, values, hosts, and where an output line came from.
//!
//! An explanation is told in [`Part`]s: a sentence, and the places that belong to it. How it looks is the renderers'
//! business.

pub mod alert;
pub mod codes;
pub mod line;
pub mod route;
pub mod story;
pub mod target;
pub mod threshold;

use crate::diagnostic::Label;

/// A part of an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What is so, on one line.
    pub headline: String,
    /// Where it was said, the deciding place first.
    pub places: Vec<Label>,
    /// What is so although nobody wrote it.
    pub notes: Vec<String>,
}

/// Why something cannot be explained: there is no such thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// What kind of thing was asked for.
    pub kind: &'static str,
    /// Its name as asked for.
    pub name: String,
    /// The name that may be meant.
    pub similar: Option<String>,
}

impl Unknown {
    /// Looks for the name among `names`.
    fn among<'n>(kind: &'static str, name: &str, names: impl Iterator<Item = &'n String>) -> Self {
        let names: Vec<&str> = names.map(String::as_str).collect();
        let begins = |known: &&str| known.to_lowercase().starts_with(&name.to_lowercase());
        let similar = crate::diagnostic::nearest(name, names.iter().copied());
        let similar = similar.or_else(|| names.iter().copied().find(begins)).map(str::to_owned);
        Self { kind, name: name.to_owned(), similar }
    }
}
