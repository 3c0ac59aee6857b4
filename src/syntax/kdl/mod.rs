//! KDL 2 into the neutral tree.

use crate::diagnostic::Sink;
use crate::source::FileId;
use crate::syntax::Tree;

/// Reads one KDL file.
pub fn read(file: FileId, _text: &str, _sink: &mut Sink) -> Tree {
    Tree { file, nodes: Vec::new(), comments: Vec::new() }
}
