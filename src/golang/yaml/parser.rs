//! From tokens to nodes.
//!
//! A machine without recursion: a stack of states says what each open collection expects next, and nodes go into a table,
//! so that depth costs no stack here nor where a document is dropped.

use std::collections::BTreeMap;

use super::scanner::{Kind, Scanned, Scanner};
use super::{Content, Document, Error, Node, NodeId, Style};

/// What comes next, in the words of YAML's grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    BlockSequenceEntry,
    IndentlessSequenceEntry,
    BlockMappingKey,
    BlockMappingValue,
    FlowSequenceEntry { first: bool },
    FlowSequencePairKey,
    FlowSequencePairValue,
    FlowSequencePairEnd,
    FlowMappingKey { first: bool },
    FlowMappingValue,
    FlowMappingEmptyValue,
}

/// Reads the documents of a text one after the other.
#[derive(Debug)]
pub struct Reader<'t> {
    scanner: Scanner<'t>,
    begun: bool,
    failed: bool,
}

/// A document that is being read.
struct Builder {
    nodes: Vec<Node>,
    /// Collections that are open, with what they expect.
    open: Vec<(NodeId, State)>,
    anchors: BTreeMap<String, NodeId>,
    tags: Vec<(String, String)>,
}

impl<'t> Reader<'t> {
    /// A reader of the generation that Prometheus uses (go-yaml 3).
    pub fn new(text: &'t str) -> Self {
        Self { scanner: Scanner::new(text, 2), begun: false, failed: false }
    }

    /// The next document; `None` at the end, and after an error.
    pub fn next_document(&mut self) -> Option<Result<Document, Error>> {
        if self.failed {
            return None;
        }
        let document = self.document().transpose();
        self.failed = document.as_ref().is_some_and(Result::is_err);
        document
    }

    fn document(&mut self) -> Scanned<Option<Document>> {
        let implicit = !std::mem::replace(&mut self.begun, true);
        if !implicit {
            while self.scanner.peek()?.kind == Kind::DocumentEnd {
                self.scanner.next()?;
            }
        }
        let first = self.scanner.peek()?;
        let (start, explicit) = (
            first.start,
            !implicit
                || matches!(
                    first.kind,
                    Kind::VersionDirective { .. } | Kind::TagDirective { .. } | Kind::DocumentStart
                ),
        );
        if first.kind == Kind::StreamEnd {
            return Ok(None);
        }
        let tags = self.directives()?;
        let mut builder = Builder { nodes: Vec::new(), open: Vec::new(), anchors: BTreeMap::new(), tags };
        if explicit {
            let token = self.scanner.next()?;
            if token.kind != Kind::DocumentStart {
                return Err(Error::new("a new document has to begin with `---`", token.start).to(token.end));
            }
        }
        let next = self.scanner.peek()?;
        let at = next.start;
        let empty = explicit
            && matches!(
                next.kind,
                Kind::VersionDirective { .. }
                    | Kind::TagDirective { .. }
                    | Kind::DocumentStart
                    | Kind::DocumentEnd
                    | Kind::StreamEnd
            );
        if empty {
            builder.empty(at);
        } else {
            self.node(&mut builder, true, false)?;
            while let Some((id, state)) = builder.open.pop() {
                self.step(&mut builder, id, state)?;
            }
        }
        if self.scanner.peek()?.kind == Kind::DocumentEnd {
            self.scanner.next()?;
        }
        let comments = std::mem::take(&mut self.scanner.comments);
        Ok(Some(Document { nodes: builder.nodes, start, comments }))
    }

    fn directives(&mut self) -> Scanned<Vec<(String, String)>> {
        let mut tags: Vec<(String, String)> = Vec::new();
        let mut version = false;
        loop {
            let place = self.scanner.peek()?.start;
            match self.scanner.peek()?.kind.clone() {
                Kind::VersionDirective { major, minor } => {
                    if version || (major, minor) != (1, 1) {
                        return Err(Error::new("only `%YAML 1.1` can stand here, and once", place));
                    }
                    version = true;
                }
                Kind::TagDirective { handle, prefix } => {
                    if tags.iter().any(|(known, _)| *known == handle) {
                        return Err(Error::new("this tag is declared twice", place));
                    }
                    tags.push((handle, prefix));
                }
                _ => break,
            }
            self.scanner.next()?;
        }
        for (handle, prefix) in [("!", "!"), ("!!", super::CORE)] {
            if !tags.iter().any(|(known, _)| known == handle) {
                tags.push((handle.to_owned(), prefix.to_owned()));
            }
        }
        Ok(tags)
    }

    /// Reads a value: a scalar or alias whole, of a collection only its beginning.
    fn node(&mut self, builder: &mut Builder, block: bool, indentless: bool) -> Scanned<()> {
        let (mut anchor, mut tag) = (None, None);
        let start = self.scanner.peek()?.start;
        let mut end = start;
        for _ in 0..2 {
            match &self.scanner.peek()?.kind {
                Kind::Anchor(name) if anchor.is_none() => anchor = Some(name.clone()),
                Kind::Tag { handle, suffix } if tag.is_none() => {
                    let full = if handle.is_empty() {
                        Some(suffix.clone())
                    } else {
                        let known = builder.tags.iter().find(|(known, _)| known == handle);
                        known.map(|(_, prefix)| format!("{prefix}{suffix}"))
                    };
                    tag = Some(full.ok_or_else(|| Error::new("this tag was never declared", start))?);
                }
                _ => break,
            }
            end = self.scanner.next()?.end;
        }
        let token = self.scanner.peek()?;
        let (at, stop) = (token.start, token.end);
        let named = anchor.is_some() || tag.is_some();
        let mut add = |builder: &mut Builder, content: Content, range: std::ops::Range<usize>| {
            builder.add(Node { content, tag: tag.take(), anchor: anchor.take(), range })
        };
        let (content, state) = match token.kind.clone() {
            Kind::Alias(name) if !named => {
                let Some(&target) = builder.anchors.get(&name) else {
                    return Err(Error::new("no anchor of this name stands before the alias", at).to(stop));
                };
                self.scanner.next()?;
                add(builder, Content::Alias { name, target }, at..stop);
                return Ok(());
            }
            Kind::Scalar { value, pieces, style } => {
                self.scanner.next()?;
                add(builder, Content::Scalar { value, pieces, style }, at..stop);
                return Ok(());
            }
            Kind::BlockEntry if indentless => (Content::Sequence(Vec::new()), State::IndentlessSequenceEntry),
            Kind::FlowSequenceStart => {
                self.scanner.next()?;
                (Content::Sequence(Vec::new()), State::FlowSequenceEntry { first: true })
            }
            Kind::FlowMappingStart => {
                self.scanner.next()?;
                (Content::Mapping(Vec::new()), State::FlowMappingKey { first: true })
            }
            Kind::BlockSequenceStart if block => {
                self.scanner.next()?;
                (Content::Sequence(Vec::new()), State::BlockSequenceEntry)
            }
            Kind::BlockMappingStart if block => {
                self.scanner.next()?;
                (Content::Mapping(Vec::new()), State::BlockMappingKey)
            }
            _ if named => {
                let content = Content::Scalar { value: String::new(), pieces: Vec::new(), style: Style::Plain };
                add(builder, content, end..end);
                return Ok(());
            }
            _ => return Err(Error::new("a value is missing here", at).to(stop)),
        };
        let id = add(builder, content, at..stop);
        builder.open.push((id, state));
        Ok(())
    }

    /// Goes on with an open collection; unless it ends, it is opened again before what it holds.
    fn step(&mut self, builder: &mut Builder, id: NodeId, state: State) -> Scanned<()> {
        let token = self.scanner.peek()?;
        let (start, end) = (token.start, token.end);
        let kind = token.kind.clone();
        match state {
            State::BlockSequenceEntry | State::IndentlessSequenceEntry => {
                let indentless = state == State::IndentlessSequenceEntry;
                if kind == Kind::BlockEntry {
                    self.scanner.next()?;
                    builder.open.push((id, state));
                    let next = &self.scanner.peek()?.kind;
                    let empty = matches!(next, Kind::BlockEntry | Kind::BlockEnd)
                        || indentless && matches!(next, Kind::Key | Kind::Value);
                    return if empty { builder.child_empty(end) } else { self.node(builder, true, false) };
                }
                if indentless {
                    builder.close(id, start);
                    return Ok(());
                }
                self.block_end(builder, id, "a list item or the end of the list was expected")
            }
            State::BlockMappingKey => {
                if kind == Kind::Key {
                    self.scanner.next()?;
                    builder.open.push((id, State::BlockMappingValue));
                    let empty = matches!(self.scanner.peek()?.kind, Kind::Key | Kind::Value | Kind::BlockEnd);
                    return if empty { builder.child_empty(end) } else { self.node(builder, true, true) };
                }
                self.block_end(builder, id, "a key or the end of the mapping was expected")
            }
            State::BlockMappingValue => {
                builder.open.push((id, State::BlockMappingKey));
                if kind == Kind::Value {
                    self.scanner.next()?;
                    let empty = matches!(self.scanner.peek()?.kind, Kind::Key | Kind::Value | Kind::BlockEnd);
                    return if empty { builder.child_empty(end) } else { self.node(builder, true, true) };
                }
                builder.child_empty(start)
            }
            State::FlowSequenceEntry { first } => {
                if kind != Kind::FlowSequenceEnd {
                    self.separator(builder, id, first, "`,` or `]`")?;
                    let next = self.scanner.peek()?;
                    let place = next.start..next.end;
                    match next.kind {
                        Kind::Key => {
                            self.scanner.next()?;
                            builder.open.push((id, State::FlowSequenceEntry { first: false }));
                            let content = Content::Mapping(Vec::new());
                            let pair = builder.add(Node { content, tag: None, anchor: None, range: place });
                            builder.open.push((pair, State::FlowSequencePairKey));
                            return Ok(());
                        }
                        Kind::FlowSequenceEnd => {}
                        _ => {
                            builder.open.push((id, State::FlowSequenceEntry { first: false }));
                            return self.node(builder, false, false);
                        }
                    }
                }
                let token = self.scanner.next()?;
                builder.close(id, token.end);
                Ok(())
            }
            State::FlowSequencePairKey => {
                builder.open.push((id, State::FlowSequencePairValue));
                if matches!(kind, Kind::Value | Kind::FlowEntry | Kind::FlowSequenceEnd) {
                    // The token is lost here in every reader of this family.
                    self.scanner.next()?;
                    return builder.child_empty(end);
                }
                self.node(builder, false, false)
            }
            State::FlowSequencePairValue => {
                builder.open.push((id, State::FlowSequencePairEnd));
                if kind == Kind::Value {
                    self.scanner.next()?;
                    if !matches!(self.scanner.peek()?.kind, Kind::FlowEntry | Kind::FlowSequenceEnd) {
                        return self.node(builder, false, false);
                    }
                }
                builder.child_empty(start)
            }
            State::FlowSequencePairEnd => {
                builder.close(id, start);
                Ok(())
            }
            State::FlowMappingKey { first } => {
                if kind != Kind::FlowMappingEnd {
                    self.separator(builder, id, first, "`,` or `}`")?;
                    let next = self.scanner.peek()?;
                    match next.kind {
                        Kind::Key => {
                            self.scanner.next()?;
                            builder.open.push((id, State::FlowMappingValue));
                            let next = self.scanner.peek()?;
                            let place = next.start;
                            let empty = matches!(next.kind, Kind::Value | Kind::FlowEntry | Kind::FlowMappingEnd);
                            return if empty { builder.child_empty(place) } else { self.node(builder, false, false) };
                        }
                        Kind::FlowMappingEnd => {}
                        _ => {
                            builder.open.push((id, State::FlowMappingEmptyValue));
                            return self.node(builder, false, false);
                        }
                    }
                }
                let token = self.scanner.next()?;
                builder.close(id, token.end);
                Ok(())
            }
            State::FlowMappingValue => {
                builder.open.push((id, State::FlowMappingKey { first: false }));
                if kind == Kind::Value {
                    self.scanner.next()?;
                    if !matches!(self.scanner.peek()?.kind, Kind::FlowEntry | Kind::FlowMappingEnd) {
                        return self.node(builder, false, false);
                    }
                }
                builder.child_empty(start)
            }
            State::FlowMappingEmptyValue => {
                builder.open.push((id, State::FlowMappingKey { first: false }));
                builder.child_empty(start)
            }
        }
    }

    fn block_end(&mut self, builder: &mut Builder, id: NodeId, expected: &'static str) -> Scanned<()> {
        let token = self.scanner.next()?;
        if token.kind != Kind::BlockEnd {
            let begun = builder.node(id).map_or(token.start, |node| node.range.start);
            return Err(Error { context: Some(begun), ..Error::new(expected, token.start).to(token.end) });
        }
        builder.close(id, token.start);
        Ok(())
    }

    /// Between the entries of a flow collection stands a comma.
    fn separator(&mut self, builder: &Builder, id: NodeId, first: bool, expected: &'static str) -> Scanned<()> {
        if first {
            return Ok(());
        }
        let token = self.scanner.peek()?;
        if token.kind != Kind::FlowEntry {
            let begun = builder.node(id).map_or(token.start, |node| node.range.start);
            let what = if expected.contains(']') { "`,` or `]` was expected" } else { "`,` or `}` was expected" };
            return Err(Error { context: Some(begun), ..Error::new(what, token.start).to(token.end) });
        }
        self.scanner.next().map(|_| ())
    }
}

impl Builder {
    fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.0 as usize)
    }

    /// Puts a node into the table and into the collection that is open.
    fn add(&mut self, node: Node) -> NodeId {
        let id = NodeId(self.nodes.len() as u32);
        if let Some(anchor) = &node.anchor {
            self.anchors.insert(anchor.clone(), id);
        }
        self.nodes.push(node);
        let parent = self.open.last().and_then(|(parent, _)| self.nodes.get_mut(parent.0 as usize));
        match parent.map(|parent| &mut parent.content) {
            Some(Content::Sequence(items) | Content::Mapping(items)) => items.push(id),
            Some(Content::Scalar { .. } | Content::Alias { .. }) | None => {}
        }
        id
    }

    fn empty(&mut self, at: usize) {
        let content = Content::Scalar { value: String::new(), pieces: Vec::new(), style: Style::Plain };
        self.add(Node { content, tag: None, anchor: None, range: at..at });
    }

    #[expect(clippy::unnecessary_wraps, reason = "ends a step as the other ways do")]
    fn child_empty(&mut self, at: usize) -> Scanned<()> {
        self.empty(at);
        Ok(())
    }

    /// Sets where a collection ends; a block ends with the last thing in it.
    fn close(&mut self, id: NodeId, end: usize) {
        let last = self.nodes.last().map_or(end, |node| node.range.end);
        if let Some(node) = self.nodes.get_mut(id.0 as usize) {
            let flow = node.range.end > node.range.start;
            node.range.end = if flow { end } else { last.max(node.range.start) };
        }
    }
}
