//! Nodes into parts, by the tables: strict as Alertmanager is, where an unknown key refuses the file.

use super::codes::{DUPLICATE, MATCHER, UNKNOWN_FIELD, VALUE};
use super::resolve::{Resolved, resolve};
use super::scalar::{self, Fault};
use super::section::{Entry, Section, Value};
use super::table::{Scalar, Table, Type};
use crate::ast::Version;
use crate::diagnostic::{Code, Diagnostic, Sink, nearest};
use crate::source::{Span, Spanned, Text};
use crate::syntax::{self, Node, Shape};
use std::collections::BTreeMap;

/// What every refusal means.
pub(super) const REFUSED: &str =
    "Alertmanager refuses the whole file for this, and goes on with the old configuration or does not start.";

/// Reads nodes into parts.
pub(super) struct Reader<'a> {
    /// The whole file.
    pub source: &'a str,
    /// For which release.
    pub version: Version,
    /// Where findings go.
    pub sink: &'a mut Sink,
    /// The places of secrets so far.
    pub secrets: Vec<Span>,
}

/// An item of a list.
enum Item<'n> {
    Scalar(&'n syntax::Scalar),
    Node(&'n Node),
}

/// The items of a list, or nothing for any other shape.
fn items(node: &Node) -> Option<Vec<Item<'_>>> {
    match node.shape {
        Shape::Scalars => Some(node.arguments.iter().map(Item::Scalar).collect()),
        Shape::Items => Some(node.items.iter().map(Item::Node).collect()),
        Shape::Empty | Shape::Scalar | Shape::Mapping => None,
    }
}

impl Reader<'_> {
    /// Reads the members of a mapping as the fields of a part.
    pub(super) fn section(&mut self, table: &'static Table, members: &[Node], head: Span, span: Span) -> Section {
        let mut section = Section { table, head, span, fields: Vec::new() };
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for member in members {
            let key = member.key.as_str();
            let Some(field) = table.find(key, self.version) else {
                self.unknown(table, member);
                continue;
            };
            if let Some(first) = seen.get(key) {
                self.twice(&member.key, *first);
                continue;
            }
            seen.insert(key, member.key.span());
            let value = self.value(field.ty, field.name, member);
            section.fields.push(Entry { key: member.key.clone(), field, value });
        }
        super::rules::check(&section, self.version, self.sink);
        section
    }

    fn twice(&mut self, key: &Text, first: Span) {
        self.sink.push(
            Diagnostic::new(&DUPLICATE, format!("`{key}` stands twice"))
                .at(key.span(), "the second time")
                .also(first, "the first time")
                .note(REFUSED)
                .help("Keep one of them, or join what they hold."),
        );
    }

    fn unknown(&mut self, table: &'static Table, member: &Node) {
        let key = member.key.as_str();
        let place = if table.name.is_empty() { "at the top level".to_owned() } else { format!("in `{}`", table.name) };
        let diagnostic = match table.fields.iter().find(|field| field.name == key) {
            Some(field) => {
                let (major, minor) = field.since;
                Diagnostic::new(&UNKNOWN_FIELD, format!("Alertmanager {} does not know `{key}` {place}", self.version))
                    .at(member.key.span(), format!("known since {major}.{minor}"))
                    .note(REFUSED)
                    .help(format!("Leave it out, or run Alertmanager {major}.{minor} or newer."))
            }
            None => {
                let known = table.fields.iter().filter(|field| field.is_in(self.version)).map(|field| field.name);
                let near = nearest(key, known);
                let diagnostic =
                    Diagnostic::new(&UNKNOWN_FIELD, format!("Alertmanager knows no field `{key}` {place}"))
                        .at(
                            member.key.span(),
                            near.map_or("unknown field".to_owned(), |near| format!("did you mean `{near}`?")),
                        )
                        .note(REFUSED);
                match near {
                    Some(near) => diagnostic.fix(member.key.span(), near),
                    None => diagnostic
                        .help("Look at the indentation: the key may belong to another part. Otherwise remove it."),
                }
            }
        };
        self.sink.push(diagnostic);
    }

    /// The wrong kind of value altogether.
    fn wrong(&mut self, name: &str, node_span: Span, expects: &str) -> Value {
        let span = self.first_line(node_span);
        self.sink.push(
            Diagnostic::new(&VALUE, format!("`{name}` must be {expects}"))
                .at(span, format!("this is not {expects}"))
                .note(REFUSED),
        );
        Value::Broken(node_span)
    }

    fn first_line(&self, span: Span) -> Span {
        let text = self.source.get(span.range()).unwrap_or_default();
        let length = text.find(['\n', '\r']).unwrap_or(text.len());
        Span { end: span.start + length as u32, ..span }
    }

    /// Reads a value.
    fn value(&mut self, ty: Type, name: &'static str, node: &Node) -> Value {
        if node.shape == Shape::Empty {
            return Value::Null(node.value_span);
        }
        match ty {
            Type::Scalar(kind) => match (node.shape, node.arguments.first()) {
                (Shape::Scalar, Some(scalar)) => self.scalar(kind, name, scalar),
                _ => self.wrong(name, node.value_span, kind.expects()),
            },
            Type::List(kind) => {
                let expects = "a list";
                let Some(items) = items(node) else { return self.wrong(name, node.value_span, expects) };
                Value::List(items.iter().map(|item| self.item(kind, name, item)).collect(), node.value_span)
            }
            Type::Blocks(table) => {
                let Some(items) = items(node) else { return self.wrong(name, node.value_span, "a list") };
                Value::List(items.iter().map(|item| self.part(table, name, item)).collect(), node.value_span)
            }
            Type::Block(table) => self.part(table, name, &Item::Node(node)),
            Type::TextOrBlock(table) => match node.arguments.first() {
                Some(scalar) if node.shape == Shape::Scalar => self.scalar(Scalar::Text, name, scalar),
                _ => self.part(table, name, &Item::Node(node)),
            },
            Type::Map(kind) => self.map(name, node, |reader, member| match (member.shape, member.arguments.first()) {
                (Shape::Empty, _) => Value::Null(member.value_span),
                (Shape::Scalar, Some(scalar)) => reader.scalar(kind, name, scalar),
                _ => reader.wrong(member.key.as_str(), member.value_span, kind.expects()),
            }),
            Type::SecretLists => {
                self.map(name, node, |reader, member| reader.value(Type::List(Scalar::Secret), name, member))
            }
            Type::NamedBlocks(table) => {
                self.map(name, node, |reader, member| reader.value(Type::Block(table), name, member))
            }
            Type::AnyMap => self.map(name, node, Self::any),
            Type::Any => self.any(node),
        }
    }

    fn item(&mut self, kind: Scalar, name: &'static str, item: &Item<'_>) -> Value {
        match item {
            Item::Scalar(scalar) => self.scalar(kind, name, scalar),
            Item::Node(node) => match (node.shape, node.arguments.first()) {
                (Shape::Scalar, Some(scalar)) => self.scalar(kind, name, scalar),
                (Shape::Empty, _) => Value::Null(node.value_span),
                _ => self.wrong(name, node.value_span, kind.expects()),
            },
        }
    }

    /// A part of its own, or nothing.
    fn part(&mut self, table: &'static Table, name: &'static str, item: &Item<'_>) -> Value {
        match item {
            Item::Scalar(scalar) if resolve(scalar) == Resolved::Null => Value::Null(scalar.text.span()),
            Item::Scalar(scalar) => self.wrong(name, scalar.text.span(), "a mapping of fields"),
            Item::Node(node) => match node.shape {
                Shape::Empty => Value::Null(node.value_span),
                Shape::Mapping => {
                    let head = if node.key.as_str().is_empty() {
                        node.members.first().map_or(node.value_span, |first| self.first_line(first.span))
                    } else {
                        node.key.span()
                    };
                    Value::Section(Box::new(self.section(table, &node.members, head, node.value_span)))
                }
                Shape::Scalar | Shape::Scalars | Shape::Items => {
                    self.wrong(name, node.value_span, "a mapping of fields")
                }
            },
        }
    }

    fn map(&mut self, name: &'static str, node: &Node, mut read: impl FnMut(&mut Self, &Node) -> Value) -> Value {
        if node.shape != Shape::Mapping {
            return self.wrong(name, node.value_span, "a mapping of names to values");
        }
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        let mut entries = Vec::new();
        for member in &node.members {
            if let Some(first) = seen.get(member.key.as_str()) {
                self.twice(&member.key, *first);
                continue;
            }
            seen.insert(member.key.as_str(), member.key.span());
            let value = read(self, member);
            entries.push((member.key.clone(), value));
        }
        Value::Map(entries, node.value_span)
    }

    /// Anything, in which no key may stand twice.
    fn any(&mut self, node: &Node) -> Value {
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
            for member in &node.members {
                if let Some(first) = seen.insert(member.key.as_str(), member.key.span()) {
                    self.twice(&member.key, first);
                }
            }
            open.extend(node.members.iter().chain(&node.items));
        }
        if node.shape == Shape::Empty { Value::Null(node.value_span) } else { Value::Any(Box::new(node.clone())) }
    }

    fn scalar(&mut self, kind: Scalar, name: &str, scalar: &syntax::Scalar) -> Value {
        let span = scalar.text.span();
        let resolved = resolve(scalar);
        if resolved == Resolved::Null {
            return Value::Null(span);
        }
        // Truth values were brought into one spelling; a text field takes them as they were written.
        let text = if scalar.kind == syntax::ScalarKind::Bool {
            Text::verbatim(self.source.get(span.range()).unwrap_or_default(), span)
        } else {
            scalar.text.clone()
        };
        if kind.is_secret() {
            self.secrets.push(span);
        }
        if let Err(fault) = scalar::check(kind, text.as_str(), resolved, self.version) {
            self.fault(kind, name, &text, fault);
            return Value::Broken(span);
        }
        match (kind, resolved) {
            (Scalar::Bool, Resolved::Bool(value)) => Value::Bool(Spanned::new(value, span)),
            (Scalar::Integer | Scalar::Unsigned, Resolved::Float(value)) => {
                Value::Number(Spanned::new(value.trunc(), span))
            }
            (Scalar::Float, Resolved::Float(value)) => Value::Number(Spanned::new(value, span)),
            (Scalar::Integer | Scalar::Unsigned | Scalar::Float, Resolved::Integer(value)) => {
                #[expect(clippy::cast_precision_loss, reason = "more digits than a chat's id has")]
                let value = value as f64;
                Value::Number(Spanned::new(value, span))
            }
            _ => Value::Text(text),
        }
    }

    fn fault(&mut self, kind: Scalar, name: &str, text: &Text, fault: Fault) {
        let (code, headline): (&'static Code, String) = match kind {
            Scalar::Matchers => (&MATCHER, format!("a matcher in `{name}` cannot be read")),
            Scalar::Regexp => (&MATCHER, format!("a pattern in `{name}` is no regular expression")),
            Scalar::LabelName => (&MATCHER, format!("`{name}` holds something that is not the name of a label")),
            _ => (&VALUE, format!("`{name}` must be {}", kind.expects())),
        };
        let span = match fault.range {
            Some(range) if !range.is_empty() => text.span_of(range),
            _ => text.span(),
        };
        let label = if fault.message.is_empty() { format!("this is not {}", kind.expects()) } else { fault.message };
        self.sink.push(Diagnostic::new(code, headline).at(span, label).note(REFUSED));
    }
}
