//! Spec syntax: KDL or YAML text into one neutral, spanned [`Tree`].
//!
//! Both readers keep comments, never fail (what cannot be read is reported and left out) and give the same tree for the
//! same meaning. What a key may hold is not decided here but by the field tables in `ast`.

pub mod codes;
pub mod kdl;
pub mod tree;
pub mod yaml;

pub use tree::{Comment, Form, Node, Scalar, ScalarKind, Shape, Tree};
