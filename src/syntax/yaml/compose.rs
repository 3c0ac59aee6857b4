//! Parser events into values with places, anchors resolved.
//!
//! An alias shares the value of its anchor. Sharing is free here, but the tree made from it is not, so every value knows
//! how many nodes and levels it expands to; an alias that would go over a limit is reported and left out. That bounds
//! the work of every later step, whatever the file says.

use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use granit_parser::{Event, Options, Parser, ScalarStyle, ScanError, options};

use super::scalar;
use crate::diagnostic::{Diagnostic, Sink};
use crate::source::{FileId, Span, Text, TextBuilder};
use crate::syntax::codes::{self, MAX_DEPTH};
use crate::syntax::{Scalar, ScalarKind};

/// How many nodes all aliases of one file may bring into the tree together.
const MAX_EXPANSION: usize = 100_000;

/// One YAML value.
#[derive(Debug)]
pub(super) struct Value {
    pub(super) content: Content,
    /// The value without its tag and anchor.
    pub(super) span: Span,
    /// The local tag of a collection; scalars carry their own.
    pub(super) tag: Option<Text>,
    /// Levels of collections in it.
    height: usize,
    /// Nodes in it, aliases counted as what they stand for.
    size: usize,
}

/// What a value holds.
#[derive(Debug)]
pub(super) enum Content {
    /// A scalar; `plain` if it was written without quotes and tag, as a merge key must be.
    Scalar { scalar: Scalar, plain: bool },
    /// A list.
    Sequence(Vec<Rc<Value>>),
    /// Entries in order, duplicates included.
    Mapping(Vec<(Rc<Value>, Rc<Value>)>),
    /// Something that was reported and has no value.
    Broken,
}

/// What one run over the text gave.
pub(super) struct Composed {
    /// The first document; `None` if it is empty or broken before its first value.
    pub(super) root: Option<Rc<Value>>,
    /// Comments: the whole with its marker, in order.
    pub(super) comments: Vec<Span>,
    /// Why the run ended early.
    pub(super) stop: Option<Stop>,
}

/// The end of a run before the end of the text.
pub(super) enum Stop {
    /// The parser gave up.
    Error {
        /// Its error; offsets count from the start of the run.
        error: ScanError,
        /// Where the last thing it understood ends.
        understood: usize,
        /// The innermost bracket still open.
        bracket: Option<usize>,
    },
    /// Too deep, already reported; holds the place.
    Nesting(usize),
    /// A second document begins, already reported.
    Document,
}

struct Frame {
    anchor: usize,
    tag: Option<Text>,
    start: usize,
    flow: bool,
    mapping: bool,
    key: Option<Rc<Value>>,
    entries: Vec<(Rc<Value>, Rc<Value>)>,
    items: Vec<Rc<Value>>,
}

/// Composes the text from byte `base` of `source` on.
pub(super) struct Composer<'a> {
    file: FileId,
    source: &'a str,
    base: usize,
    sink: &'a mut Sink,
    stack: Vec<Frame>,
    anchors: BTreeMap<usize, Rc<Value>>,
    expanded: usize,
    too_deep: bool,
    root: Option<Rc<Value>>,
    comments: Vec<Span>,
    understood: usize,
}

fn parser_options() -> Options {
    // Long comment blocks are normal; the file size bounds them.
    options! { emit_unresolved_aliases: true, max_buffered_comment_events: usize::MAX }
}

impl<'a> Composer<'a> {
    pub(super) fn new(file: FileId, source: &'a str, base: usize, sink: &'a mut Sink) -> Self {
        Self {
            file,
            source,
            base,
            sink,
            stack: Vec::new(),
            anchors: BTreeMap::new(),
            expanded: 0,
            too_deep: false,
            root: None,
            comments: Vec::new(),
            understood: base,
        }
    }

    pub(super) fn run(mut self) -> Composed {
        let text = self.source.get(self.base..).unwrap_or_default();
        let mut stop = None;
        for next in Parser::new_from_str_with_options(text, parser_options()) {
            match next {
                Ok((event, span)) => stop = self.event(event, span),
                Err(error) => {
                    let bracket = self.stack.iter().rev().find(|frame| frame.flow).map(|frame| frame.start);
                    stop = Some(Stop::Error { error, understood: self.understood, bracket });
                }
            }
            if stop.is_some() {
                break;
            }
        }
        while let Some(mut frame) = self.stack.pop() {
            if frame.flow {
                // A bracket that is still open may have swallowed the lines behind it.
                frame.entries.clear();
                frame.items.clear();
            }
            let end = frame.start;
            self.close(frame, end);
        }
        Composed { root: self.root, comments: self.comments, stop }
    }

    fn range(&self, span: granit_parser::Span) -> Range<usize> {
        let range = span.byte_range().unwrap_or(0..0);
        self.base + range.start..self.base + range.end
    }

    fn event(&mut self, event: Event<'_>, span: granit_parser::Span) -> Option<Stop> {
        let range = self.range(span);
        match event {
            Event::StreamStart | Event::StreamEnd | Event::DocumentEnd | Event::Anchor(..) => {}
            Event::DocumentStart(..) => {
                if let Some(root) = &self.root {
                    let first = root.span;
                    self.sink.push(
                        Diagnostic::new(
                            &codes::YAML_DOCUMENT,
                            "a spec file holds one YAML document, and here a second one begins",
                        )
                        .at(Span::new(self.file, range), "the second document begins here")
                        .also(Span { end: first.start, ..first }, "the first document begins here")
                        .note("Only the first document is read; what the others say would be lost without a word.")
                        .help("Put the second document into a file of its own, or remove the `---`."),
                    );
                    return Some(Stop::Document);
                }
            }
            Event::Comment(..) => {
                self.comments.push(Span::new(self.file, range));
                return None;
            }
            Event::Alias(id) => self.alias(id, range.clone()),
            Event::UnresolvedAlias(name) => self.unknown_anchor(&name, range.clone()),
            Event::Scalar(value, style, anchor, tag) => {
                let tag = tag.map(|tag| self.tag(&tag, span));
                let from = tag.as_ref().map_or(self.understood, |tag| tag.end).max(self.understood);
                let value = self.scalar(&value, style, tag, range.clone(), from);
                self.add(value, anchor);
            }
            Event::SequenceStart(_, anchor, tag) => return self.open(anchor, tag.as_deref(), span, range, false),
            Event::MappingStart(_, anchor, tag) => return self.open(anchor, tag.as_deref(), span, range, true),
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(frame) = self.stack.pop() {
                    let end = if frame.flow { range.end } else { frame.start };
                    if frame.flow {
                        self.understood = self.understood.max(range.end);
                    }
                    self.close(frame, end);
                }
                return None;
            }
            // Events that a later parser may add carry no values.
            _ => return None,
        }
        self.understood = self.understood.max(range.end);
        None
    }

    fn open(
        &mut self,
        anchor: usize,
        tag: Option<&granit_parser::Tag>,
        span: granit_parser::Span,
        range: Range<usize>,
        mapping: bool,
    ) -> Option<Stop> {
        if self.stack.len() >= MAX_DEPTH {
            self.report_depth(range.start..range.end.max(range.start + 1));
            return Some(Stop::Nesting(range.start));
        }
        let tag = tag.and_then(|tag| self.tag(tag, span).collection_tag(mapping, self.sink));
        self.understood = self.understood.max(range.end);
        self.stack.push(Frame {
            anchor,
            tag,
            start: range.start,
            flow: range.end > range.start,
            mapping,
            key: None,
            entries: Vec::new(),
            items: Vec::new(),
        });
        None
    }

    fn close(&mut self, frame: Frame, end: usize) {
        let nested = frame.entries.iter().flat_map(|(key, value)| [key, value]).chain(&frame.items);
        let (mut height, mut size, mut end) = (0, 1_usize, end);
        for value in nested {
            // What an alias brings stands further up, so it does not move the end.
            end = end.max(value.span.end as usize);
            height = height.max(value.height);
            size = size.saturating_add(value.size);
        }
        let value = Value {
            span: Span::new(self.file, frame.start..end),
            tag: frame.tag,
            height: height + 1,
            size,
            content: if frame.mapping { Content::Mapping(frame.entries) } else { Content::Sequence(frame.items) },
        };
        self.add(value, frame.anchor);
    }

    /// Hands a finished value to what holds it.
    fn add(&mut self, value: Value, anchor: usize) {
        let value = Rc::new(value);
        if anchor != 0 {
            self.anchors.insert(anchor, Rc::clone(&value));
        }
        self.add_shared(value);
    }

    fn add_shared(&mut self, value: Rc<Value>) {
        let Some(frame) = self.stack.last_mut() else {
            self.root.get_or_insert(value);
            return;
        };
        if !frame.mapping {
            frame.items.push(value);
        } else if let Some(key) = frame.key.take() {
            frame.entries.push((key, value));
        } else {
            frame.key = Some(value);
        }
    }

    fn broken(&mut self, range: Range<usize>) {
        let span = Span::new(self.file, range);
        self.add_shared(Rc::new(Value { content: Content::Broken, span, tag: None, height: 0, size: 1 }));
    }

    fn alias(&mut self, id: usize, range: Range<usize>) {
        let span = Span::new(self.file, range.clone());
        let Some(value) = self.anchors.get(&id).cloned() else {
            self.sink.push(
                Diagnostic::new(&codes::YAML_ALIAS, "the alias stands inside the value it stands for")
                    .at(span, "this is part of its own anchor")
                    .note("Written out, this value would contain itself without end.")
                    .help("Move the anchor to the part that is meant, or write the value out."),
            );
            return self.broken(range);
        };
        if self.stack.len() + value.height > MAX_DEPTH {
            self.report_depth(range.clone());
            return self.broken(range);
        }
        let within_budget = self.expanded <= MAX_EXPANSION;
        self.expanded = self.expanded.saturating_add(value.size);
        if self.expanded > MAX_EXPANSION {
            if within_budget {
                self.sink.push(
                    Diagnostic::new(&codes::YAML_ALIAS, "the aliases of this file expand to more than 100000 values")
                        .at(span, "the limit is reached here")
                        .also(value.span, "this is what the alias stands for")
                        .note("Aliases of aliases grow with every level; a file of a few lines can fill all memory.")
                        .help("Write the shared part once as a template, or use fewer levels of aliases."),
                );
            }
            return self.broken(range);
        }
        self.add_shared(value);
    }

    fn unknown_anchor(&mut self, name: &str, range: Range<usize>) {
        self.sink.push(
            Diagnostic::new(&codes::YAML_ALIAS, format!("no anchor `&{name}` stands before this alias"))
                .at(Span::new(self.file, range.clone()), "nothing to stand for")
                .note("A value that begins with `*` is an alias in YAML, and an anchor must come before it in the same file.")
                .help(format!("Put quotes around it if text was meant: `\"*{name}\"`. Otherwise mark the first use with `&{name}`.")),
        );
        self.broken(range);
    }

    /// Reports the first place that is too deep; the others follow from it.
    fn report_depth(&mut self, range: Range<usize>) {
        if std::mem::replace(&mut self.too_deep, true) {
            return;
        }
        self.sink.push(
            Diagnostic::new(&codes::NESTING, format!("the file nests deeper than {MAX_DEPTH} levels"))
                .at(Span::new(self.file, range), "this level is not read any more")
                .note("No spec needs that many levels; the limit protects against generated files that would exhaust the memory.")
                .help("Look for brackets that are never closed or for a generator that repeats itself."),
        );
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, tag: Option<Tag>, range: Range<usize>, from: usize) -> Value {
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let whole = if block { self.block_range(from, range.clone()) } else { range.clone() };
        let value = if block { self.without_missing_break(value, &range) } else { value };
        let span = Span::new(self.file, whole.clone());
        let plain = style == ScalarStyle::Plain;
        let mut kind = if plain { scalar::plain_kind(value) } else { ScalarKind::Quoted };
        let untagged = tag.is_none();
        let mut text = match kind {
            _ if plain && range.is_empty() => {
                kind = ScalarKind::Null;
                self.canonical("null", span)
            }
            ScalarKind::Null => self.canonical("null", span),
            ScalarKind::Bool => self.canonical(&value.to_ascii_lowercase(), span),
            ScalarKind::Plain | ScalarKind::Quoted | ScalarKind::Number => {
                scalar::cook(self.file, self.source, range.clone(), whole, value, style)
            }
        };
        let mut local = None;
        match tag.map(|tag| tag.kind) {
            None => {}
            Some(TagKind::Local(name)) => local = Some(name),
            Some(TagKind::Core("str") | TagKind::Text) => {
                kind = ScalarKind::Quoted;
                let written = if range.is_empty() { "" } else { value };
                text = scalar::cook(self.file, self.source, range, span.range(), written, style);
            }
            Some(TagKind::Core("int" | "float")) if matches!(scalar::plain_kind(value), ScalarKind::Number) => {
                kind = ScalarKind::Number;
            }
            Some(TagKind::Core("bool")) if matches!(scalar::plain_kind(value), ScalarKind::Bool) => {
                kind = ScalarKind::Bool;
                text = self.canonical(&value.to_ascii_lowercase(), span);
            }
            Some(TagKind::Core("null")) if matches!(scalar::plain_kind(value), ScalarKind::Null) => {
                kind = ScalarKind::Null;
                text = self.canonical("null", span);
            }
            Some(TagKind::Core(name)) => {
                self.sink.push(
                    Diagnostic::new(&codes::YAML_TAG, format!("the tag `!!{name}` does not fit this value"))
                        .at(span, format!("this cannot be read as `!!{name}`"))
                        .note("The type of a value follows from the field it is written in, so tags are hardly ever needed.")
                        .help("Remove the tag."),
                );
            }
            Some(TagKind::Unknown(tag)) => unknown_tag(&tag, self.sink),
        }
        let scalar = Scalar { text, kind, tag: local };
        Value { content: Content::Scalar { scalar, plain: plain && untagged }, span, tag: None, height: 0, size: 1 }
    }

    /// A block that ends the file without a line break has none at its end for every other reader; the parser adds one.
    fn without_missing_break<'v>(&self, value: &'v str, content: &Range<usize>) -> &'v str {
        let last_line = self.source.rsplit(['\n', '\r']).next().unwrap_or_default();
        let ends_file = content.end >= self.source.len() && !last_line.trim().is_empty();
        if ends_file { value.strip_suffix('\n').unwrap_or(value) } else { value }
    }

    /// The one spelling of a null or truth value, marked byte by byte if it was written that way.
    fn canonical(&self, value: &str, span: Span) -> Text {
        if self.source.get(span.range()) == Some(value) {
            Text::verbatim(value, span)
        } else {
            Text::synthetic(value, span)
        }
    }

    /// A block scalar with its header and without the line breaks behind it. The header is looked for from byte `from`.
    fn block_range(&self, from: usize, content: Range<usize>) -> Range<usize> {
        let between = self.source.get(from..content.start).unwrap_or_default();
        let header = between
            .char_indices()
            .find(|&(at, character)| {
                matches!(character, '|' | '>')
                    && between.get(..at).is_none_or(|before| before.is_empty() || before.ends_with([' ', '\t', '\n']))
            })
            .map_or(content.start, |(at, _)| from + at);
        let body = self.source.get(content.clone()).unwrap_or_default().trim_end_matches(['\n', '\r', ' ', '\t']);
        let end = content.start + body.len();
        if body.is_empty() {
            let line = self.source.get(header..).unwrap_or_default().lines().next().unwrap_or_default();
            return header..header + line.trim_end().len();
        }
        header..end
    }

    fn tag(&self, tag: &granit_parser::Tag, span: granit_parser::Span) -> Tag {
        let range = span.tag_span().map_or_else(
            || {
                let start = span.tag_start().and_then(|mark| mark.byte_offset()).map_or(0, |at| self.base + at);
                let rest = self.source.get(start..).unwrap_or_default();
                let token = rest.split([' ', '\t', '\n', '\r', ',', ']', '}']).next().unwrap_or_default();
                start..start + token.len()
            },
            |span| self.range(span),
        );
        let token = self.source.get(range.clone()).unwrap_or_default();
        let whole = Span::new(self.file, range.clone());
        let kind = match token.strip_prefix('!') {
            Some("") => TagKind::Text,
            Some(name) if !name.contains(['!', '<', '%']) => {
                let mut builder = TextBuilder::new(self.file);
                builder.verbatim(range.start + 1, name);
                TagKind::Local(builder.finish(whole))
            }
            _ => match CORE.iter().find(|name| tag.is_yaml_core_schema_tag(name)) {
                Some(name) => TagKind::Core(name),
                None => TagKind::Unknown(Text::verbatim(token, whole)),
            },
        };
        Tag { kind, end: range.end, span: whole }
    }
}

/// The types of YAML's core schema.
const CORE: [&str; 7] = ["str", "int", "float", "bool", "null", "map", "seq"];

struct Tag {
    kind: TagKind,
    end: usize,
    span: Span,
}

enum TagKind {
    /// `!`: text, whatever it looks like.
    Text,
    /// `!!str` and its like.
    Core(&'static str),
    /// `!name`.
    Local(Text),
    /// Anything else.
    Unknown(Text),
}

impl Tag {
    /// The local tag of a mapping or sequence; anything that does not fit one is reported.
    fn collection_tag(self, mapping: bool, sink: &mut Sink) -> Option<Text> {
        match self.kind {
            TagKind::Local(name) => return Some(name),
            TagKind::Text => {}
            TagKind::Core(name) if name == if mapping { "map" } else { "seq" } => {}
            TagKind::Core(name) => unknown_tag(&Text::synthetic(format!("!!{name}"), self.span), sink),
            TagKind::Unknown(tag) => unknown_tag(&tag, sink),
        }
        None
    }
}

fn unknown_tag(tag: &Text, sink: &mut Sink) {
    sink.push(
        Diagnostic::new(&codes::YAML_TAG, format!("the tag `{tag}` means nothing here"))
            .at(tag.span(), "unknown tag")
            .note("A spec knows `!secret name` and the plain types of YAML such as `!!str`; other tags ask for types that no field has.")
            .help("Remove the tag, or put quotes around the value if it was meant as text."),
    );
}
