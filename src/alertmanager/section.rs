//! A part of the configuration as it was read: what was written, with the place of everything.

use super::table::{Field, Scalar, Table, Type};
use crate::source::{Span, Spanned, Text};
use crate::syntax;

/// A part: a block of fields.
#[derive(Debug, Clone)]
pub struct Section {
    /// Its table.
    pub table: &'static Table,
    /// The bytes to mark when something is missing: its key, or its first line.
    pub head: Span,
    /// All of it.
    pub span: Span,
    /// The fields in the order in which they were written, each once; unknown ones are left out.
    pub fields: Vec<Entry>,
}

/// A field with its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key.
    pub key: Text,
    /// Its row in the table.
    pub field: &'static Field,
    /// The value.
    pub value: Value,
}

/// A value.
#[derive(Debug, Clone)]
pub enum Value {
    /// `null`, `~` or nothing, which resets a field to nothing.
    Null(Span),
    /// Something that was reported and cannot be used.
    Broken(Span),
    /// A text, or any scalar that is read from its text.
    Text(Text),
    /// A truth value.
    Bool(Spanned<bool>),
    /// A number.
    Number(Spanned<f64>),
    /// A list.
    List(Vec<Value>, Span),
    /// Names with values.
    Map(Vec<(Text, Value)>, Span),
    /// A part.
    Section(Box<Section>),
    /// Anything, as it stands in the file.
    Any(Box<syntax::Node>),
}

impl Value {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Self::Null(span) | Self::Broken(span) | Self::List(_, span) | Self::Map(_, span) => *span,
            Self::Text(text) => text.span(),
            Self::Bool(value) => value.span,
            Self::Number(value) => value.span,
            Self::Section(section) => section.span,
            Self::Any(node) => node.value_span,
        }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&Text> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The part, if it is one.
    pub fn section(&self) -> Option<&Section> {
        if let Self::Section(section) = self { Some(section) } else { None }
    }

    /// The items of a list; nothing for anything else.
    pub fn items(&self) -> &[Value] {
        if let Self::List(items, _) = self { items } else { &[] }
    }

    /// The entries of a map; nothing for anything else.
    pub fn entries(&self) -> &[(Text, Value)] {
        if let Self::Map(entries, _) = self { entries } else { &[] }
    }

    /// Whether it differs from what Alertmanager starts from: nothing, empty, zero, off.
    fn is_set(&self, ty: Type) -> bool {
        match self {
            Self::Null(_) => false,
            Self::Text(text) => !text.as_str().is_empty() || matches!(ty, Type::Scalar(Scalar::SecretPointer)),
            Self::Bool(value) => value.value,
            Self::Number(value) => value.value != 0.0,
            Self::List(items, _) => !items.is_empty(),
            Self::Map(entries, _) => !entries.is_empty(),
            Self::Broken(_) | Self::Section(_) | Self::Any(_) => true,
        }
    }
}

impl Section {
    /// The field with this name.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.fields.iter().find(|entry| entry.field.name == name)
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.entry(name).map(|entry| &entry.value)
    }

    /// The entry at a path of field names, such as `http_config.authorization`, if it is set to something.
    pub fn set(&self, path: &str) -> Option<&Entry> {
        let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
        let entry = self.entry(name)?;
        match (rest, &entry.value) {
            (None, value) => value.is_set(entry.field.ty).then_some(entry),
            (Some(rest), Value::Section(section)) => section.set(rest),
            (Some(_), _) => None,
        }
    }

    /// Whether a field is set to something: not to nothing, an empty text, zero or off.
    pub fn is_set(&self, path: &str) -> bool {
        self.set(path).is_some()
    }

    /// Whether a field is written as `null`, which takes even a default away.
    pub fn is_null(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Value::Null(_)))
    }

    /// A text field that is set.
    pub fn text(&self, name: &str) -> Option<&Text> {
        self.get(name).and_then(Value::text).filter(|text| !text.as_str().is_empty())
    }

    /// A switch; off where it is not written.
    pub fn is_on(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Value::Bool(value)) if value.value)
    }

    /// The parts of a list; `null` items are left out.
    pub fn sections(&self, name: &str) -> impl Iterator<Item = &Section> {
        self.get(name).map(Value::items).unwrap_or_default().iter().filter_map(Value::section)
    }
}
