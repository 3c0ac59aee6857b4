//! Finds the brace that was forgotten.
//!
//! A missing `}` shows only at the end of the file, far from where it should stand. The indentation of people's files
//! tells the place: a node that stands no deeper than the line on which its block opened, though nodes before it in the
//! block did, or a `}` that stands further left than that line. The first such place is kept as a suspicion while a file
//! is read. If a brace is missing at the end, the file is read again with the block closed there, so that the rest of the
//! file keeps its meaning; this happens a few times at most.

use super::cursor::Cursor;
use super::{class, mistake};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

/// How many missing braces are found by reading again.
pub(super) const MAX_REPAIRS: usize = 4;

/// An open block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    /// Offset of the `{`.
    pub(super) open: usize,
    /// Indentation of the line on which it stands, in bytes.
    indentation: usize,
}

/// A block and the place where it should have been closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Missing {
    /// Offset of the `{`.
    pub(super) open: usize,
    /// Offset of what shows that a `}` is missing in front of it.
    pub(super) before: usize,
}

/// What is known about blocks and indentation.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// Offset of the current line's start, as far as nodes are concerned.
    pub(super) line_start: usize,
    /// Braces that earlier passes found missing.
    pub(super) missing: Vec<Missing>,
    /// The first place of this pass where the indentation contradicts the braces.
    pub(super) suspicion: Option<Missing>,
    /// The blocks that are open at the end of the file, innermost first.
    pub(super) open_at_end: Vec<usize>,
    indentation: usize,
}

impl Layout {
    /// A fresh pass that knows of these missing braces.
    pub(super) fn knowing(missing: Vec<Missing>) -> Self {
        Self { missing, ..Self::default() }
    }

    /// Takes down the indentation of what starts at `at`.
    pub(super) fn note_line(&mut self, at: usize, first_on_line: bool) {
        if first_on_line {
            self.indentation = at - self.line_start;
        }
    }

    /// The block that opens at `open`, on the current line.
    pub(super) fn block(&self, open: usize) -> Block {
        Block { open, indentation: self.indentation }
    }

    /// Whether `block` is to be closed in front of the cursor although no brace stands there. Also keeps a suspicion.
    pub(super) fn closes_here(
        &mut self,
        block: &Block,
        cursor: &Cursor<'_>,
        has_nodes: bool,
        first_on_line: bool,
    ) -> bool {
        let place = Missing { open: block.open, before: cursor.at };
        if self.missing.contains(&place) {
            return true;
        }
        if first_on_line && self.suspicion.is_none() && !cursor.sees("/-") {
            let contradicts = match cursor.byte() {
                Some(b'}') => self.indentation < block.indentation,
                Some(_) => has_nodes && self.indentation <= block.indentation,
                None => false,
            };
            if contradicts {
                self.suspicion = Some(place);
            }
        }
        false
    }
}

/// What is said about a brace that the indentation shows to be missing.
pub(super) fn report(file: FileId, text: &str, missing: &Missing) -> Diagnostic {
    let brace = text.as_bytes().get(missing.before) == Some(&b'}');
    let mut ahead = Cursor { text, at: missing.before };
    if ahead.eat_word().is_empty() {
        ahead.bump();
    }
    let (line, _) = line_start(text, missing.before);
    let (_, indentation) = line_start(text, missing.open);
    mistake::unclosed_before(
        Span::new(file, missing.open..missing.open + 1),
        Span::new(file, missing.before..ahead.at),
        brace,
        Span::new(file, line..line),
        &format!("{indentation}}}\n"),
    )
}

/// Where the line of `at` starts, and the blanks it starts with.
fn line_start(text: &str, at: usize) -> (usize, &str) {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit(class::is_newline).next().unwrap_or_default();
    let start = before.len() - line.len();
    let line = text.get(start..).unwrap_or_default();
    let blanks = line.len() - line.trim_start_matches(class::is_blank).len();
    (start, line.get(..blanks).unwrap_or_default())
}
