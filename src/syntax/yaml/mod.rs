//! YAML (and JSON, which is YAML) into the neutral tree.
//!
//! Three steps: [`compose`] turns parser events into values and resolves aliases within a budget, [`scalar`] gives every
//! byte of a text its place in the file, [`build`] turns values into nodes. The parser stops at its first error; reading
//! then goes on at the next key in the first column, so that one slip costs one entry and not the rest of the file.
//! [`hint`] says what was probably meant.

mod build;
mod comments;
mod compose;
mod hint;
mod scalar;
#[cfg(test)]
mod tests;

use compose::{Composed, Composer, Stop};

use crate::diagnostic::Sink;
use crate::source::{FileId, Span};
use crate::syntax::{Node, Tree};

/// After this many broken places the rest of a file is not read: it is no YAML, or the first slips made the others.
const MAX_ERRORS: usize = 20;

/// Reads one file. Never fails: what cannot be read is reported and left out.
pub fn read(file: FileId, text: &str, sink: &mut Sink) -> Tree {
    let mut nodes: Vec<Node> = Vec::new();
    let mut comment_spans: Vec<Span> = Vec::new();
    let mut base = 0;
    for _ in 0..MAX_ERRORS {
        let Composed { root, comments, stop } = Composer::new(file, text, base, sink).run();
        comment_spans.extend(comments);
        if let Some(root) = root {
            nodes.extend(build::root(&root, text, matches!(stop, None | Some(Stop::Document)), sink));
        }
        let broken_at = match stop {
            None | Some(Stop::Document) => break,
            Some(Stop::Nesting(at)) => at,
            Some(Stop::Error { error, understood, bracket }) => {
                let at = base + error.marker().byte_offset().unwrap_or(0);
                sink.push(hint::explain(file, text, &hint::Failure { kind: error.kind(), at, understood, bracket }));
                // A bracket that was left open swallows lines that are keys of their own.
                bracket.unwrap_or(at)
            }
        };
        match next_key(text, base, broken_at) {
            Some(next) => base = next,
            None => break,
        }
    }
    let comments = comments::attach(text, &comment_spans, &nodes);
    Tree { file, nodes, comments }
}

/// The first line behind `base`, at `from` or later, that begins with a key in the first column.
fn next_key(text: &str, base: usize, from: usize) -> Option<usize> {
    let before = text.get(..from)?;
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let mut at = line_start;
    for line in text.get(line_start..)?.split_inclusive('\n') {
        let key = line.split_once(':').filter(|(key, rest)| {
            rest.starts_with([' ', '\t', '\r', '\n'])
                && key.chars().next().is_some_and(char::is_alphanumeric)
                && !key.contains([' ', '"', '\'', '{', '['])
        });
        if key.is_some() && at > base && at >= from {
            return Some(at);
        }
        at += line.len();
    }
    None
}
