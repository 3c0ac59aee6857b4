//! KDL 2 into the neutral tree, with a span on everything and without ever giving up.
//!
//! The reader follows the grammar of KDL 2.0.0 by recursive descent straight over the text:
//!
//! - `class`, `cursor`: kinds of characters, and small steps over the text.
//! - `blank`: blanks, comments, continued lines, and how broken parts are skipped.
//! - `string`, `number`, `word`: the leaves.
//! - `entry`, `parser`: arguments and properties; nodes and blocks.
//! - `unclosed`: finds where a forgotten brace should have been, by the indentation.
//! - `comment`: finds the node that each comment belongs to.
//! - `mistake`: everything that is said about broken input.
//!
//! What cannot be read is reported and left out, or taken for what was most likely meant (`for=5m` is taken as `5m`), so
//! that later stages see as much of the file as possible. Depth is limited ([`MAX_DEPTH`]), time is linear in the size of
//! the file, and the number of reports per file is limited too.

mod blank;
mod class;
mod comment;
mod cursor;
mod entry;
mod mistake;
mod number;
mod parser;
mod string;
mod unclosed;
mod word;

use crate::diagnostic::Sink;
use crate::source::FileId;
use crate::syntax::Tree;
pub use crate::syntax::codes::MAX_DEPTH;
use parser::Parser;
use unclosed::{Layout, MAX_REPAIRS, Missing};

/// Reads one KDL file. Never fails: broken parts are reported and left out, the rest is kept.
pub fn read(file: FileId, text: &str, sink: &mut Sink) -> Tree {
    let mut missing: Vec<Missing> = Vec::new();
    loop {
        let mut parser = Parser::new(file, text, Layout::knowing(missing.clone()));
        let nodes = parser.document();
        let open = std::mem::take(&mut parser.layout.open_at_end);
        if !open.is_empty() && !parser.swallowed {
            if let Some(place) = parser.layout.suspicion
                && missing.len() < MAX_REPAIRS
            {
                missing.push(place);
                continue;
            }
            parser.report(mistake::unclosed(file, &open));
        }
        for place in &missing {
            parser.report(unclosed::report(file, text, place));
        }
        let Parser { diagnostics, mut comments, .. } = parser;
        comment::attach(text, &nodes, &mut comments);
        for diagnostic in diagnostics {
            sink.push(diagnostic);
        }
        return Tree { file, nodes, comments };
    }
}
