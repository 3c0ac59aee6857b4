//! Values into the neutral tree: shapes, merge keys, keys that are no text.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::compose::{Content, Value};
use crate::diagnostic::{Diagnostic, Sink};
use crate::source::{Span, Text};
use crate::syntax::codes;
use crate::syntax::{Form, Node, Scalar, ScalarKind, Shape};

/// The entries of a mapping as nodes. Anything but a mapping at the top is reported, unless the document is not whole
/// and that was reported already.
pub(super) fn root(value: &Value, source: &str, whole: bool, sink: &mut Sink) -> Vec<Node> {
    match &value.content {
        Content::Mapping(entries) => Builder { source, sink }.entries(entries),
        Content::Scalar { scalar, .. } if scalar.kind == ScalarKind::Null => Vec::new(),
        Content::Scalar { .. } | Content::Sequence(_) if !whole => Vec::new(),
        Content::Scalar { .. } | Content::Sequence(_) => {
            let what = if matches!(value.content, Content::Sequence(_)) { "list" } else { "single value" };
            sink.push(
                Diagnostic::new(&codes::YAML, format!("a spec begins with keys, and this file holds a {what}"))
                    .at(first_line(value.span, source), format!("a {what}"))
                    .note("The top of a spec file is a mapping: `project:`, `alerts:`, `routing:` and so on.")
                    .help("Put the content below the key it belongs to. A key ends in a colon and a blank."),
            );
            Vec::new()
        }
        Content::Broken => Vec::new(),
    }
}

/// The part of a span on its first line, so that a finding about a whole block does not mark all of it.
fn first_line(span: Span, source: &str) -> Span {
    let text = source.get(span.range()).unwrap_or_default();
    let length = text.find(['\n', '\r']).unwrap_or(text.len());
    Span { end: span.start + length as u32, ..span }
}

struct Builder<'a> {
    source: &'a str,
    sink: &'a mut Sink,
}

impl Builder<'_> {
    fn entries(&mut self, entries: &[(Rc<Value>, Rc<Value>)]) -> Vec<Node> {
        let mut nodes = Vec::with_capacity(entries.len());
        let mut merges = Vec::new();
        for (key, value) in entries {
            match &key.content {
                Content::Scalar { scalar, plain: true } if scalar.text.as_str() == "<<" => merges.push((key, value)),
                Content::Scalar { scalar, .. } if scalar.tag.is_some() || is_missing(scalar) => {
                    self.odd_key(key, value);
                }
                Content::Scalar { scalar, .. } => nodes.extend(self.entry(&self.key_text(scalar), value)),
                Content::Sequence(_) | Content::Mapping(_) => self.odd_key(key, value),
                Content::Broken => {}
            }
        }
        for (key, value) in merges {
            self.merge(key, value, &mut nodes);
        }
        nodes
    }

    /// Keys are text, whatever they look like: `null`, `true` and `1` are names.
    fn key_text(&self, scalar: &Scalar) -> Text {
        let span = scalar.text.span();
        match scalar.kind {
            ScalarKind::Null | ScalarKind::Bool => {
                Text::verbatim(self.source.get(span.range()).unwrap_or_default(), span)
            }
            ScalarKind::Plain | ScalarKind::Quoted | ScalarKind::Number => scalar.text.clone(),
        }
    }

    fn odd_key(&mut self, key: &Value, value: &Value) {
        let start = key.span.start as usize;
        let opens = |at: &usize| self.source.get(*at..).is_some_and(|text| text.starts_with("{{"));
        if let Some(outer) = [start.saturating_sub(1), start].into_iter().find(opens) {
            let line = super::hint::rest_of_line(self.source, outer);
            self.sink.push(super::hint::template(self.source, Span::new(key.span.file, line)));
            return;
        }
        let span = first_line(key.span, self.source);
        let diagnostic = match &key.content {
            Content::Scalar { scalar, .. } if scalar.tag.is_none() => {
                Diagnostic::new(&codes::YAML_KEY, "the key before this colon is missing")
                    .at(Span { end: value.span.start.max(span.end), ..span }, "no key")
                    .help("Write the key, or put quotes around the value if the colon belongs to it.")
            }
            _ => Diagnostic::new(&codes::YAML_KEY, "a key must be plain text").at(span, "this is not a name").help(
                "Put quotes around it if text was meant; brackets, braces, `? ` and tags make it something else.",
            ),
        };
        self.sink.push(
            diagnostic.note("Every key of a spec is the name of a field or of a thing, so the entry is left out."),
        );
    }

    fn entry(&mut self, key: &Text, value: &Value) -> Option<Node> {
        let mut node = self.value(key.clone(), Form::Entry, value)?;
        // The text of an alias stands further up, at its anchor; the entry does not reach up there.
        let aliased = node.value_span.start < key.span().start;
        node.span = if aliased { key.span() } else { key.span().to(node.value_span) };
        if node.shape == Shape::Empty && node.value_span.start == node.value_span.end {
            node.value_span = key.span();
            node.span = key.span();
        }
        Some(node)
    }

    /// A node with this value; `None` if the value is broken and was reported.
    fn value(&mut self, key: Text, form: Form, value: &Value) -> Option<Node> {
        let mut node = Node {
            key,
            form,
            shape: Shape::Empty,
            tag: value.tag.clone(),
            arguments: Vec::new(),
            members: Vec::new(),
            items: Vec::new(),
            span: value.span,
            value_span: value.span,
        };
        match &value.content {
            Content::Broken => return None,
            Content::Scalar { scalar, .. } if scalar.kind == ScalarKind::Null && scalar.tag.is_none() => {}
            Content::Scalar { scalar, .. } => {
                node.shape = Shape::Scalar;
                node.value_span = scalar.span();
                node.span = scalar.span();
                node.arguments.push(scalar.clone());
            }
            Content::Mapping(entries) => {
                node.shape = Shape::Mapping;
                node.members = self.entries(entries);
            }
            Content::Sequence(items) => {
                let scalars = items.iter().all(|item| matches!(item.content, Content::Scalar { .. } | Content::Broken));
                if scalars {
                    node.shape = Shape::Scalars;
                    node.arguments = items.iter().filter_map(|item| scalar_of(item)).collect();
                } else {
                    node.shape = Shape::Items;
                    node.items = items.iter().filter_map(|item| self.item(item)).collect();
                }
            }
        }
        Some(node)
    }

    fn item(&mut self, value: &Value) -> Option<Node> {
        let place = Span { end: value.span.start, ..value.span };
        self.value(Text::synthetic("", place), Form::Item, value)
    }

    /// Adds what `<<` brings: own keys win over merged ones, earlier merges over later ones.
    fn merge(&mut self, key: &Value, value: &Value, nodes: &mut Vec<Node>) {
        let sources: Vec<&Value> = match &value.content {
            Content::Mapping(_) => vec![value],
            Content::Sequence(items) if items.iter().all(|item| is_mapping(item)) => {
                items.iter().map(|item| &**item).collect()
            }
            Content::Broken => return,
            Content::Scalar { .. } | Content::Sequence(_) => {
                self.sink.push(
                    Diagnostic::new(&codes::YAML_KEY, "the merge key `<<` takes a mapping or a list of mappings")
                        .at(key.span, "merges what follows into this mapping")
                        .also(first_line(value.span, self.source), "this is no mapping")
                        .note("`<<` is not a name but an instruction, so there is no field to put this value into.")
                        .help("Point it at an anchored mapping, `<<: *defaults`, or put quotes around the key if a name was meant."),
                );
                return;
            }
        };
        let mut taken: BTreeSet<String> = nodes.iter().map(|node| node.key.as_str().to_owned()).collect();
        for source in sources {
            let Content::Mapping(entries) = &source.content else { continue };
            for node in self.entries(entries) {
                if taken.insert(node.key.as_str().to_owned()) {
                    nodes.push(node);
                }
            }
        }
    }
}

fn is_missing(scalar: &Scalar) -> bool {
    scalar.kind == ScalarKind::Null && scalar.text.span().start == scalar.text.span().end
}

fn is_mapping(value: &Value) -> bool {
    matches!(value.content, Content::Mapping(_) | Content::Broken)
}

fn scalar_of(value: &Value) -> Option<Scalar> {
    match &value.content {
        Content::Scalar { scalar, .. } => Some(scalar.clone()),
        Content::Sequence(_) | Content::Mapping(_) | Content::Broken => None,
    }
}
