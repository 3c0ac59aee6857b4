//! The neutral tree that both dialects become.
//!
//! | written | in the tree |
//! | --- | --- |
//! | KDL `alert X unit=percent { query "…" }` | node `alert`, argument `X`, members `unit` (form property) and `query` (form child) |
//! | YAML `alerts: { X: { unit: percent } }` | node `alerts`, member `X`, member `unit`, argument `percent` |
//! | YAML `group-by: [a, b]` | node `group-by`, arguments `a` and `b` |
//! | YAML `routes: [{ to: x }]` | node `routes`, one item (key empty, form item) with member `to` |
//! | KDL `(secret)x`, YAML `!secret x` | scalar `x` with tag `secret` |
//!
//! Scalars keep the text as it was written: `012`, `off` and `5m` are read by the type of the field they land in.

use crate::source::{FileId, Span, Text};

/// One file as a tree.
#[derive(Debug, Clone)]
pub struct Tree {
    /// The file that was read.
    pub file: FileId,
    /// The top-level entries in the order in which they were written.
    pub nodes: Vec<Node>,
    /// Every comment of the file, in order.
    pub comments: Vec<Comment>,
}

/// A comment, without its marker (`//`, `/* */`, `#`) and without blanks around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The whole comment with its marker.
    pub span: Span,
    /// What it says.
    pub text: String,
    /// The span of the node it belongs to: the node that ends on the same line, else the next node that begins.
    pub attached_to: Option<Span>,
}

/// How an entry was written. The decoder uses it to say "write this as a property".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// A KDL node.
    Child,
    /// A KDL property, `key=value`.
    Property,
    /// A YAML mapping entry, `key: value`.
    Entry,
    /// A YAML sequence item that is not a plain scalar, or a scalar beside such items; its key is empty.
    Item,
}

/// What kind of YAML value an entry has; KDL nodes and properties follow from their parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Nothing: a KDL node without arguments, properties and children block; a YAML null or empty value.
    Empty,
    /// Exactly one scalar (a KDL node with one argument and nothing else, a KDL property, a YAML scalar).
    Scalar,
    /// A list of scalars (a KDL node with several arguments, a YAML sequence of scalars; it may be empty in YAML).
    Scalars,
    /// Members (and, in KDL, perhaps arguments too).
    Mapping,
    /// A YAML sequence that holds mappings or sequences.
    Items,
}

/// One entry: a key with what stands behind it.
#[derive(Debug, Clone)]
pub struct Node {
    /// KDL node or property name, YAML key; empty for a list item.
    pub key: Text,
    /// How it was written.
    pub form: Form,
    /// What kind of value it has.
    pub shape: Shape,
    /// The KDL type annotation of the node, or the YAML tag of a mapping or sequence; scalars carry their own.
    pub tag: Option<Text>,
    /// KDL arguments; the YAML scalar, or the scalars of a YAML sequence.
    pub arguments: Vec<Scalar>,
    /// KDL properties, then children; the entries of a YAML mapping. Duplicates are kept, the decoder reports them.
    pub members: Vec<Node>,
    /// The items of a YAML sequence of mappings, or of a sequence that mixes them with scalars.
    pub items: Vec<Node>,
    /// The whole entry, from its key to the end of its value (KDL: to the closing brace or the last entry).
    pub span: Span,
    /// The value alone: the scalar, the braces with what is in them, the block. Equal to `key` where there is none.
    pub value_span: Span,
}

/// How a scalar was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScalarKind {
    /// Without quotes, and not one of the kinds below (KDL identifier, YAML plain scalar).
    Plain,
    /// With quotes, or as a block: always text.
    Quoted,
    /// A number in the dialect's own notation; the text is as written.
    Number,
    /// KDL `#true` and `#false`; YAML plain `true` and `false`. The text is `true` or `false`.
    Bool,
    /// KDL `#null`; YAML plain `null`, `~` or nothing. The text is `null`.
    Null,
}

/// A leaf value.
#[derive(Debug, Clone)]
pub struct Scalar {
    /// The cooked text with its place.
    pub text: Text,
    /// How it was written.
    pub kind: ScalarKind,
    /// The KDL type annotation or YAML local tag (`secret` for `(secret)x` and `!secret x`) with its place.
    pub tag: Option<Text>,
}

impl Scalar {
    /// The whole scalar with its tag.
    pub fn span(&self) -> Span {
        self.tag.as_ref().map_or(self.text.span(), |tag| tag.span().to(self.text.span()))
    }
}

impl Node {
    /// The members with this key, in order.
    pub fn members_named<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Node> {
        self.members.iter().filter(move |member| member.key.as_str() == key)
    }
}
