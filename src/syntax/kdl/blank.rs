//! What may stand between the parts of a node and between nodes, and how broken parts are skipped.

use super::class;
use super::mistake;
use super::parser::Parser;
use crate::syntax::Comment;

impl Parser<'_> {
    /// Goes over blanks, block comments and continued lines; says whether there were any.
    pub(super) fn node_space(&mut self) -> bool {
        let start = self.cursor.at;
        loop {
            match self.cursor.byte() {
                Some(b' ' | b'\t') => self.cursor.at += 1,
                Some(b'\\') => self.continued_line(),
                Some(b'/') if self.cursor.byte_after(1) == Some(b'*') => self.block_comment(),
                Some(byte) if !byte.is_ascii() && self.cursor.eat_blanks() => {}
                Some(_) | None => return self.cursor.at > start,
            }
        }
    }

    /// Goes over all that may stand between nodes.
    pub(super) fn line_space(&mut self) {
        while self.node_space() || self.cursor.eat_newline() || self.line_comment() {}
    }

    /// Goes over a backslash and the rest of its line, which must be blank or a comment.
    fn continued_line(&mut self) {
        let backslash = self.cursor.at;
        self.cursor.at += 1;
        loop {
            if self.cursor.sees("/*") {
                self.block_comment();
            } else if !self.cursor.eat_blanks() {
                break;
            }
        }
        self.line_comment();
        if self.cursor.byte().is_some() && !self.cursor.eat_newline() {
            self.report_unless_troubled(mistake::backslash(self.span(backslash..backslash + 1)));
        }
    }

    /// Keeps a comment to the end of the line, if there is one here.
    pub(super) fn line_comment(&mut self) -> bool {
        let start = self.cursor.at;
        if !self.cursor.eat("//") {
            return false;
        }
        self.cursor.go_to_line_end();
        let text = self.cursor.slice(start + 2, self.cursor.at).trim_matches(class::is_blank).to_owned();
        self.comments.push(Comment { span: self.span(start..self.cursor.at), text, attached_to: None });
        true
    }

    /// Keeps a block comment; the cursor is at its `/*`.
    fn block_comment(&mut self) {
        let start = self.cursor.at;
        if !self.cursor.eat_block_comment() {
            let glued = self.cursor.text.get(..start).is_some_and(|text| text.ends_with(class::is_word));
            self.report(mistake::comment_unclosed(self.span(start..start + 2), glued));
            self.swallowed = true;
            return;
        }
        let text = self.cursor.slice(start + 2, self.cursor.at - 2).trim().to_owned();
        self.comments.push(Comment { span: self.span(start..self.cursor.at), text, attached_to: None });
    }

    /// Goes to what ends the current statement: a line break, a `;`, or a brace that is not its own.
    pub(super) fn skip_statement(&mut self) {
        let mut depth = 0_usize;
        loop {
            match self.cursor.byte() {
                None => return,
                Some(b';' | b'}') if depth == 0 => return,
                Some(b'{') => depth += 1,
                Some(b'}') => depth -= 1,
                Some(b'"') => self.skip_quoted(),
                Some(_) if self.cursor.newline_length() > 0 => return,
                Some(_) => {}
            }
            self.cursor.bump();
        }
    }

    /// Goes from a quote to the one that closes it on the same line, if there is one.
    pub(super) fn skip_quoted(&mut self) {
        let mut ahead = self.cursor.clone();
        ahead.bump();
        loop {
            match ahead.byte() {
                Some(b'"') => {
                    self.cursor = ahead;
                    return;
                }
                Some(b'\\') => ahead.bump(),
                None => return,
                Some(_) if ahead.newline_length() > 0 => return,
                Some(_) => {}
            }
            ahead.bump();
        }
    }

    /// Goes over a block without reading what is in it. Needs no memory for its depth.
    pub(super) fn skip_block(&mut self) {
        let mut depth = 0_usize;
        let reports = self.diagnostics.len();
        loop {
            match self.cursor.byte() {
                None => {
                    self.swallowed = true;
                    break;
                }
                Some(b'{') => {
                    depth += 1;
                    self.cursor.at += 1;
                }
                Some(b'}') => {
                    depth -= 1;
                    self.cursor.at += 1;
                    if depth == 0 {
                        break;
                    }
                }
                Some(b'"') => {
                    self.quoted();
                }
                Some(b'#') if self.sees_raw() => {
                    self.raw();
                }
                Some(b'/') if self.cursor.sees("/*") => self.block_comment(),
                Some(b'/') if self.cursor.sees("//") => self.cursor.go_to_line_end(),
                Some(_) => self.cursor.bump(),
            }
        }
        self.diagnostics.truncate(reports);
    }
}
