//! YAML as go-yaml reads it, which is how Prometheus and Alertmanager read their files.
//!
//! A spec is read by the rules of YAML 1.2; a file that was written for another program must be read as that program
//! does, or the promise that an error means "it is refused" would not hold. go-yaml descends from libyaml: it takes
//! quoted text that goes on in the first column, has the line breaks of YAML 1.1, refuses some tabs that others accept.
//! The [`Reader`] gives documents as tables of nodes, with aliases and merge keys as they were written, and [`resolve()`]
//! says what type a scalar has. Every part of a value knows the bytes it came from.

mod cursor;
mod literal;
mod parser;
mod property;
pub mod resolve;
mod scanner;
#[cfg(test)]
mod tests;

use std::ops::Range;

pub use parser::Reader;
pub use resolve::{Resolved, resolve};

/// What the tags of YAML's own types begin with when they are written out.
pub const CORE: &str = "tag:yaml.org,2002:";

/// Why a text is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// What is wrong, without a full stop.
    pub message: &'static str,
    /// The bytes; perhaps none, for something that is missing at a place.
    pub range: Range<usize>,
    /// Where the collection begins that it happened in.
    pub context: Option<usize>,
}

impl Error {
    fn new(message: &'static str, at: usize) -> Self {
        Self { message, range: at..at, context: None }
    }

    fn to(mut self, end: usize) -> Self {
        self.range.end = end.max(self.range.start);
        self
    }
}

/// A node of a [`Document`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

/// How a scalar was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// In `'`.
    SingleQuoted,
    /// In `"`.
    DoubleQuoted,
    /// Below `|`.
    Literal,
    /// Below `>`.
    Folded,
}

/// A stretch of a scalar's value: from byte `inner` on to the next piece, it came from the bytes `outer` of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Where in the value it begins.
    pub inner: usize,
    /// The bytes of the text.
    pub outer: Range<usize>,
    /// Whether it is a copy of them, rather than something they stand for.
    pub verbatim: bool,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A text, whatever its type may be.
    Scalar {
        /// The value.
        value: String,
        /// Where its parts came from.
        pieces: Vec<Piece>,
        /// How it was written.
        style: Style,
    },
    /// Items in order.
    Sequence(Vec<NodeId>),
    /// Keys and values in turn.
    Mapping(Vec<NodeId>),
    /// A reference to an anchor that stands before it; perhaps around it.
    Alias {
        /// The anchor's name.
        name: String,
        /// The node that has the anchor.
        target: NodeId,
    },
}

/// A value, or a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it holds.
    pub content: Content,
    /// Its tag, written out.
    pub tag: Option<String>,
    /// The name by which aliases refer to it.
    pub anchor: Option<String>,
    /// The bytes of the value, without tag and anchor.
    pub range: Range<usize>,
}

/// One document of a text. A text of blanks and comments alone has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    nodes: Vec<Node>,
    /// Where it begins.
    pub start: usize,
    /// The bytes of the comments before it and in it, each with its `#`.
    pub comments: Vec<Range<usize>>,
}

impl Document {
    /// The outermost node.
    pub fn root(&self) -> NodeId {
        NodeId(0)
    }

    /// A node of this document; an id of another one may give any node or none.
    pub fn get(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.0 as usize)
    }

    /// All nodes, each before those in it.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }
}
