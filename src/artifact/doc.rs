//! An ordered value tree that remembers where each part came from.
//!
//! Typed artifacts become a `Doc`; the printers in `emit` turn a `Doc` into YAML or JSON and record for every value the
//! output range and its origin.

use crate::provenance::Origin;

/// A value with its origin.
#[derive(Debug, Clone, PartialEq)]
pub struct Doc {
    /// The value.
    pub value: Value,
    /// Where it came from; `None` where the format itself demands it (`kind: Deployment`).
    pub origin: Option<Origin>,
    /// A comment for the line above, where the syntax has comments; without the marker.
    pub comment: Option<String>,
}

/// The kinds of value that YAML and JSON share.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number with its text, so that `0.1` stays `0.1`.
    Number(String),
    /// Text.
    String(String),
    /// A list.
    List(Vec<Doc>),
    /// Keys in the order in which they are printed.
    Map(Vec<(String, Doc)>),
}

impl Doc {
    /// A map to be filled with [`Doc::with`] and [`Doc::set`].
    pub fn map() -> Self {
        Value::Map(Vec::new()).into()
    }

    /// A list of documents.
    pub fn list(items: impl IntoIterator<Item = impl Into<Doc>>) -> Self {
        Value::List(items.into_iter().map(Into::into).collect()).into()
    }

    /// Adds an entry to a map and gives the map back; on any other value it does nothing.
    pub fn with(mut self, key: impl Into<String>, value: impl Into<Doc>) -> Self {
        self.set(key, value);
        self
    }

    /// Adds an entry if there is a value.
    pub fn with_some(self, key: impl Into<String>, value: Option<impl Into<Doc>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Adds an entry to a map in place; on any other value it does nothing.
    pub fn set(&mut self, key: impl Into<String>, value: impl Into<Doc>) {
        if let Value::Map(entries) = &mut self.value {
            entries.push((key.into(), value.into()));
        }
    }

    /// Says where the value came from.
    pub fn from(mut self, origin: Origin) -> Self {
        self.origin = Some(origin);
        self
    }

    /// Says where the value came from, if known.
    pub fn from_maybe(mut self, origin: Option<Origin>) -> Self {
        self.origin = origin.or(self.origin);
        self
    }

    /// Puts a comment on the line above.
    pub fn commented(mut self, comment: impl Into<String>) -> Self {
        self.comment = Some(comment.into());
        self
    }

    /// Adds the origins of all values in it to `out`.
    pub fn collect_origins(&self, out: &mut Vec<Origin>) {
        out.extend(self.origin);
        match &self.value {
            Value::List(items) => items.iter().for_each(|item| item.collect_origins(out)),
            Value::Map(entries) => entries.iter().for_each(|(_, value)| value.collect_origins(out)),
            Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// The entry of a map.
    pub fn get(&self, key: &str) -> Option<&Doc> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }
}

impl From<Value> for Doc {
    fn from(value: Value) -> Self {
        Self { value, origin: None, comment: None }
    }
}

impl From<bool> for Doc {
    fn from(value: bool) -> Self {
        Value::Bool(value).into()
    }
}

impl From<i64> for Doc {
    fn from(value: i64) -> Self {
        Value::Integer(value).into()
    }
}

impl From<&str> for Doc {
    fn from(value: &str) -> Self {
        Value::String(value.to_owned()).into()
    }
}

impl From<String> for Doc {
    fn from(value: String) -> Self {
        Value::String(value).into()
    }
}

impl From<&String> for Doc {
    fn from(value: &String) -> Self {
        Value::String(value.clone()).into()
    }
}
