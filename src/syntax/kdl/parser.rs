//! Nodes and blocks: a recursive descent over the text, one function per rule of the grammar.
//!
//! Every function leaves the cursor behind what it read and goes forward at least one character when it reports
//! something, so that reading is linear and ends. After a report the reader goes on with what was most likely meant; a
//! second report about the same node is kept only if it stands on its own (see [`Parser::report_unless_troubled`]).

use std::ops::Range;

use super::cursor::Cursor;
use super::entry::Entry;
use super::mistake;
use super::unclosed::{Block, Layout, Missing};
use super::word::Place;
use crate::diagnostic::{Diagnostic, Level};
use crate::source::{FileId, Span};
use crate::syntax::codes::MAX_DEPTH;
use crate::syntax::{Comment, Form, Node, Scalar, Shape};

/// After so many errors in one file the rest is silent: it is not a spec, or one mistake was repeated by a generator.
const MAX_ERRORS: usize = 100;

/// Reads one file once.
#[derive(Debug)]
pub(super) struct Parser<'t> {
    pub(super) file: FileId,
    pub(super) cursor: Cursor<'t>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) comments: Vec<Comment>,
    /// A string or comment without end has taken the rest of the file, or nesting was cut off: braces that are open at
    /// the end say nothing.
    pub(super) swallowed: bool,
    /// How many multi-line strings have no end.
    pub(super) unclosed_strings: usize,
    /// The current node has an error already.
    pub(super) troubled: bool,
    /// Reads between `[` and `]`, which KDL does not have.
    pub(super) in_list: bool,
    /// The first `#` comment, as an index into `diagnostics`, and how many followed.
    pub(super) hash_comments: Option<(usize, usize)>,
    /// Where blocks open and what the indentation says about them.
    pub(super) layout: Layout,
    errors: usize,
}

/// What follows a node's name.
#[derive(Default)]
struct Body {
    arguments: Vec<Scalar>,
    members: Vec<Node>,
    has_block: bool,
    /// Where the first entry or the block begins.
    start: Option<usize>,
    end: usize,
}

impl<'t> Parser<'t> {
    /// A parser for one file. `layout` holds what earlier passes found out about missing braces.
    pub(super) fn new(file: FileId, text: &'t str, layout: Layout) -> Self {
        Self {
            file,
            cursor: Cursor { text, at: 0 },
            diagnostics: Vec::new(),
            comments: Vec::new(),
            swallowed: false,
            unclosed_strings: 0,
            troubled: false,
            in_list: false,
            hash_comments: None,
            layout,
            errors: 0,
        }
    }

    /// The span of a byte range in this file.
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range)
    }

    /// Adds a finding; an error marks the current node as troubled.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        if diagnostic.level == Level::Error {
            self.troubled = true;
            self.errors += 1;
        }
        match self.errors {
            ..MAX_ERRORS => self.diagnostics.push(diagnostic),
            MAX_ERRORS => self.diagnostics.push(mistake::and_more(diagnostic)),
            _ => {}
        }
    }

    /// Adds a finding that may be a mere consequence of an earlier one of the same node.
    pub(super) fn report_unless_troubled(&mut self, diagnostic: Diagnostic) {
        if !self.troubled {
            self.report(diagnostic);
        }
    }

    /// Reads the whole file.
    pub(super) fn document(&mut self) -> Vec<Node> {
        self.cursor.eat("\u{FEFF}");
        let text = self.cursor.text;
        if let Some(diagnostic) = mistake::forbidden(self.file, text, self.cursor.at) {
            self.report(diagnostic);
        }
        self.layout.line_start = self.cursor.at;
        self.version();
        let nodes = self.nodes(None, 0);
        if let Some((index, more @ 1..)) = self.hash_comments
            && let Some(diagnostic) = self.diagnostics.get_mut(index)
        {
            diagnostic.notes.push(mistake::more_hash_comments(more));
        }
        nodes
    }

    /// Refuses a version marker for another version. The marker itself reads like a node that is commented out.
    fn version(&mut self) {
        let mut ahead = self.cursor.clone();
        if !ahead.eat("/-") {
            return;
        }
        ahead.eat_blanks();
        if !ahead.eat("kdl-version") || !ahead.eat_blanks() {
            return;
        }
        let start = ahead.at;
        let version = ahead.eat_word();
        if version != "2" && !version.is_empty() {
            let diagnostic = mistake::version(self.span(start..ahead.at), version);
            self.report(diagnostic);
        }
    }

    /// Reads nodes up to the end of the file or the closing brace of `block`, which is left for the caller.
    fn nodes(&mut self, block: Option<&Block>, depth: usize) -> Vec<Node> {
        let mut nodes: Vec<Node> = Vec::new();
        loop {
            let first_on_line = self.gap();
            self.layout.note_line(self.cursor.at, first_on_line);
            if let Some(block) = block
                && self.layout.closes_here(block, &self.cursor, !nodes.is_empty(), first_on_line)
            {
                return nodes;
            }
            self.troubled = false;
            let at = self.cursor.at;
            match self.cursor.byte() {
                None => return nodes,
                Some(b'}') if block.is_some() => return nodes,
                Some(b'}') => {
                    self.report(mistake::stray_brace(self.span(at..at + 1)));
                    self.cursor.at += 1;
                }
                Some(b';') => {
                    self.report(mistake::stray_semicolon(self.span(at..at + 1)));
                    self.cursor.at += 1;
                }
                Some(b'{') if nodes.last().is_some_and(|node| self.lacks_block(node)) => {
                    let Some(node) = nodes.last_mut() else { continue };
                    let between = self.span(node.span.end as usize..at);
                    self.report(mistake::brace_on_next_line(self.span(at..at + 1), between, node.key.span()));
                    let (members, end) = self.block(depth);
                    if node.value_span == node.key.span() {
                        node.value_span = self.span(at..end);
                    }
                    node.members.extend(members);
                    node.shape = Shape::Mapping;
                    node.span.end = end as u32;
                    node.value_span.end = end as u32;
                    self.cursor.eat(";");
                }
                Some(b'/') if self.cursor.sees("/-") => {
                    self.cursor.at += 2;
                    self.line_space();
                    if matches!(self.cursor.byte(), None | Some(b'}' | b';')) || self.cursor.sees("/-") {
                        self.report(mistake::dangling_slashdash(self.span(at..at + 2)));
                    } else {
                        self.node(depth);
                        self.cursor.eat(";");
                    }
                }
                Some(_) => {
                    nodes.extend(self.node(depth));
                    self.cursor.eat(";");
                }
            }
        }
    }

    /// Whether nothing but blanks and line breaks stands between `node` and the cursor, and it has no block yet.
    fn lacks_block(&self, node: &Node) -> bool {
        let end = node.span.end as usize;
        let between = self.cursor.slice(end, self.cursor.at);
        !self.cursor.slice(0, end).ends_with('}')
            && between.chars().all(|blank| super::class::is_blank(blank) || super::class::is_newline(blank))
    }

    /// Goes over everything between two nodes. Says whether what follows is the first thing on its line.
    fn gap(&mut self) -> bool {
        let mut first_on_line = self.cursor.at == self.layout.line_start;
        loop {
            let at = self.cursor.at;
            if self.cursor.eat_newline() {
                self.layout.line_start = self.cursor.at;
                first_on_line = true;
            } else if !self.node_space() && !self.line_comment() {
                return first_on_line;
            } else if !self.cursor.slice(at, self.cursor.at).trim_matches(super::class::is_blank).is_empty() {
                // A comment or a continued line stands in front.
                first_on_line = false;
            }
        }
    }

    /// Reads one node without what ends it. `None` if it cannot be kept.
    fn node(&mut self, depth: usize) -> Option<Node> {
        let start = self.cursor.at;
        let tag = if self.cursor.byte() == Some(b'(') {
            let tag = self.annotation();
            self.node_space();
            if self.at_end_of_entry() {
                self.report_unless_troubled(mistake::lonely_annotation(self.span(start..self.cursor.at), "a node"));
                return None;
            }
            tag
        } else {
            None
        };
        let Some(name) = self.token(Place::Name) else {
            self.skip_statement();
            return None;
        };
        self.check_name(&name);
        let mut body = Body { end: name.text.span().end as usize, ..Body::default() };
        self.body(&mut body, depth);
        let span = self.span(start..body.end);
        let value_span = match body.start {
            Some(start) => self.span(start..body.end),
            None => name.text.span(),
        };
        let shape = match (body.arguments.len(), body.members.is_empty() && !body.has_block) {
            (0, true) => Shape::Empty,
            (1, true) => Shape::Scalar,
            (_, true) => Shape::Scalars,
            (_, false) => Shape::Mapping,
        };
        Some(Node {
            key: name.text,
            form: Form::Child,
            shape,
            tag,
            arguments: body.arguments,
            members: body.members,
            items: Vec::new(),
            span,
            value_span,
        })
    }

    /// Reads what follows a node's name: entries, then a block.
    fn body(&mut self, body: &mut Body, depth: usize) {
        let mut closed = false;
        let mut spaced = self.node_space();
        loop {
            let at = self.cursor.at;
            if self.at_end_of_node() {
                return;
            }
            match self.cursor.byte() {
                Some(b'/') if self.cursor.sees("/-") => {
                    self.cursor.at += 2;
                    self.line_space();
                    if self.cursor.byte() == Some(b'{') {
                        self.block(depth);
                        closed = true;
                        spaced = self.node_space();
                        continue;
                    }
                    if self.at_end_of_entry() || self.cursor.sees("/-") {
                        self.report(mistake::dangling_slashdash(self.span(at..at + 2)));
                        spaced = true;
                        continue;
                    }
                    if closed {
                        self.report_unless_troubled(mistake::entry_after_block(self.span(at..at + 2)));
                    }
                    spaced = self.entry().1;
                }
                Some(b'{') => {
                    if body.has_block {
                        self.report_unless_troubled(mistake::second_block(self.span(at..at + 1)));
                    }
                    let (nodes, end) = self.block(depth);
                    body.members.extend(nodes);
                    body.start.get_or_insert(at);
                    body.end = end;
                    if end < self.cursor.at {
                        return;
                    }
                    (body.has_block, closed) = (true, true);
                    spaced = self.node_space();
                }
                _ if body.has_block && !self.cursor.sees("/") => {
                    self.report_unless_troubled(mistake::missing_terminator(self.span(at..at), &self.cursor));
                    return;
                }
                Some(b'=') => {
                    self.cursor.at += 1;
                    self.cursor.eat_blanks();
                    let around = self.span(body.end..self.cursor.at);
                    self.report_unless_troubled(mistake::stray_equals(
                        self.span(at..at + 1),
                        around,
                        body.start.is_none(),
                    ));
                    self.node_space();
                    spaced = true;
                }
                Some(b'[') => {
                    body.start.get_or_insert(at);
                    self.list(&mut body.arguments);
                    body.end = self.cursor.at;
                    spaced = true;
                    self.node_space();
                }
                Some(byte @ (b':' | b',')) if !spaced && self.cursor.byte_after(1).is_none_or(|next| next <= b' ') => {
                    self.report_unless_troubled(mistake::stray_mark(self.span(at..at + 1), byte as char));
                    self.cursor.at += 1;
                    spaced = self.node_space();
                }
                _ => {
                    if closed {
                        self.report_unless_troubled(mistake::entry_after_block(self.span(at..at)));
                    } else if !spaced {
                        self.report_unless_troubled(mistake::missing_blank(self.span(at..at)));
                    }
                    let (entry, after) = self.entry();
                    spaced = after;
                    if let Some(entry) = entry {
                        body.start.get_or_insert(at);
                        body.end = match entry {
                            Entry::Argument(scalar) => {
                                let end = scalar.text.span().end;
                                body.arguments.push(scalar);
                                end
                            }
                            Entry::Property(property) => {
                                let end = property.span.end;
                                body.members.push(property);
                                end
                            }
                        } as usize;
                    }
                }
            }
        }
    }

    /// Reads a block with its braces. Gives its nodes and its end, which lies before the cursor if its `}` is missing.
    fn block(&mut self, depth: usize) -> (Vec<Node>, usize) {
        let open = self.cursor.at;
        if depth >= MAX_DEPTH {
            let diagnostic = mistake::nesting(self.span(open..open + 1));
            self.report(diagnostic);
            self.skip_block();
            return (Vec::new(), self.cursor.at);
        }
        let block = self.layout.block(open);
        let troubled = self.troubled;
        self.cursor.at += 1;
        let nodes = self.nodes(Some(&block), depth + 1);
        self.troubled = troubled;
        let closed = !self.layout.missing.contains(&Missing { open, before: self.cursor.at });
        if closed && self.cursor.eat("}") {
            return (nodes, self.cursor.at);
        }
        if closed {
            self.layout.open_at_end.push(open);
        }
        let end = nodes.last().map_or(open + 1, |node| node.span.end as usize);
        (nodes, end)
    }
}
