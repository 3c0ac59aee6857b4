//! An nginx configuration as a tree of directives.
//!
//! Values are held as plain text; quoting is the printer's business, so that no value can end a directive or open a
//! block.

use crate::provenance::Origin;

/// The content of a file or of a `{ … }` block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Block {
    /// Directives in order.
    pub directives: Vec<Directive>,
}

/// One directive with its arguments and, for block directives, its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// The directive's name, such as `proxy_pass`.
    pub name: String,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// The block behind it.
    pub block: Option<Block>,
    /// A comment for the line above, without the marker.
    pub comment: Option<String>,
    /// Where it came from.
    pub origin: Option<Origin>,
}

/// One argument of a directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// Written as it is; for words of our own that may contain nginx variables, such as `$request_body`.
    Word(String),
    /// A value from the spec: always quoted, and with `$` made harmless.
    Literal(String),
    /// A quoted string of our own in which nginx variables are meant to be replaced.
    Template(String),
}
