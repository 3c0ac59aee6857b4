//! The JSON schema of the YAML form, for editors. Made from the field tables, so that it says what the decoder reads.
//!
//! A schema knows neither names of other files nor numbers inside texts: what it accepts may still be wrong, but what it
//! refuses, the decoder refuses as well.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Record;
use super::field::{Field, Kind, KindRef, Place, ScalarKind, SchemaHint, Type};
use super::spec::SpecFile;
use super::types::MatchOperator;
use crate::source::{FileId, Span, Text};
use crate::syntax;

/// The schema of a spec file in YAML.
pub fn schema() -> Value {
    let mut schema = Schema::default();
    let root = schema.reference(SpecFile::kind());
    let mut definitions = Map::new();
    while let Some(kind) = schema.open.pop() {
        let value = schema.kind(kind);
        schema.done.insert(schema.name(kind), value);
    }
    definitions.extend(std::mem::take(&mut schema.done));
    let mut value = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "alertsmith spec",
        "description": "A monitoring spec for alertsmith, in YAML.",
    });
    if let (Value::Object(value), Value::Object(root)) = (&mut value, root) {
        value.extend(root);
        value.insert("$defs".to_owned(), Value::Object(definitions));
    }
    value
}

/// The text of `schema/alertsmith.schema.json`.
pub fn print() -> String {
    // A value of strings, numbers and lists cannot fail to become JSON.
    serde_json::to_string_pretty(&schema()).unwrap_or_default() + "\n"
}

/// The definitions so far.
#[derive(Default)]
struct Schema {
    /// Every kind that is referred to, in the order in which it was met; the index tells kinds of one name apart.
    met: Vec<&'static Kind>,
    open: Vec<&'static Kind>,
    done: BTreeMap<String, Value>,
}

impl Schema {
    fn reference(&mut self, kind: &'static Kind) -> Value {
        if !self.met.iter().any(|met| std::ptr::eq(*met, kind)) {
            self.met.push(kind);
            self.open.push(kind);
        }
        json!({ "$ref": format!("#/$defs/{}", self.name(kind)) })
    }

    /// The name of a kind's definition.
    fn name(&self, kind: &'static Kind) -> String {
        let own = kind.name.replace(' ', "-");
        let same: Vec<&&Kind> = self.met.iter().filter(|met| met.name == kind.name).collect();
        match same.iter().position(|met| std::ptr::eq(**met, kind)) {
            None | Some(0) => own,
            Some(index) => format!("{own}-{}", index + 1),
        }
    }

    fn kind(&mut self, kind: &'static Kind) -> Value {
        let mut properties = Map::new();
        let mut required = Vec::new();
        let mut rest = Value::Bool(false);
        for field in kind.fields {
            let value = self.field(field);
            match field.place {
                // The key of the thing itself.
                Place::Name => {}
                Place::Rest => rest = value.get("additionalProperties").cloned().unwrap_or(Value::Bool(true)),
                Place::Argument | Place::Property | Place::Child | Place::Off => {
                    if field.required {
                        required.push(field.yaml_key());
                    }
                    properties.insert(field.yaml_key().to_owned(), value);
                }
            }
        }
        let kinds = if required.is_empty() { json!(["object", "null"]) } else { json!("object") };
        let mut value = json!({ "type": kinds, "description": kind.doc.trim() });
        if !properties.is_empty() {
            value["properties"] = properties.into();
        }
        if !required.is_empty() {
            value["required"] = required.into();
        }
        value["additionalProperties"] = rest;
        value
    }

    fn field(&mut self, field: &'static Field) -> Value {
        let described = self.of_type(field.ty);
        let mut value = json!({ "description": field.doc.trim() });
        if let (Value::Object(value), Value::Object(described)) = (&mut value, described) {
            value.extend(described);
        }
        value
    }

    fn of_type(&mut self, ty: Type) -> Value {
        match ty {
            Type::Scalar(kind) => scalar(kind),
            Type::Scalars(kind) => one_or_many(&scalar(kind)),
            Type::Map(kind) => json!({ "type": ["object", "null"], "additionalProperties": scalar(kind) }),
            Type::Matchers => json!({ "type": ["object", "null"], "additionalProperties": matcher() }),
            Type::Secret => secret(),
            Type::ScalarOrSecret(kind) => json!({ "anyOf": [scalar(kind), secret()] }),
            Type::Block(kind) => self.reference(kind.get()),
            Type::Named(kind) => {
                json!({ "type": ["object", "null"], "additionalProperties": self.reference(kind.get()) })
            }
            Type::Ordered(kind) => self.list(kind),
            Type::OneOrMany(kind) => {
                let one = self.reference(kind.get());
                json!({ "anyOf": [one, self.list(kind)] })
            }
            Type::Off => json!({ "type": ["string", "number"] }),
        }
    }

    fn list(&mut self, kind: KindRef) -> Value {
        json!({ "type": ["array", "null"], "items": self.reference(kind.get()) })
    }
}

/// What the decoder takes as text: `5`, `true` and `x` alike.
fn text() -> Value {
    json!({ "type": ["string", "number", "boolean"] })
}

fn scalar(kind: ScalarKind) -> Value {
    match kind.schema {
        SchemaHint::Text => text(),
        SchemaHint::Pattern(pattern) => {
            let mut types = vec!["string", "number"];
            // A word is a word, also one that YAML reads as a truth value.
            if reads_true(kind) {
                types.push("boolean");
            }
            json!({ "type": types, "pattern": pattern })
        }
        SchemaHint::Integer(least) => json!({ "type": ["integer", "string"], "minimum": least }),
        SchemaHint::Number => json!({ "type": ["number", "string"] }),
        SchemaHint::Bool => json!({ "enum": [true, false, "true", "false"] }),
        SchemaHint::Words(words) => json!({ "enum": words }),
    }
}

/// Whether the decoder reads `true` as a value of this kind.
fn reads_true(kind: ScalarKind) -> bool {
    let nowhere = Span { file: FileId(0), start: 0, end: 0 };
    (kind.check)(&Text::synthetic("true", nowhere), syntax::ScalarKind::Bool).is_ok()
}

fn one_or_many(one: &Value) -> Value {
    json!({ "anyOf": [one, { "type": ["array", "null"], "items": one }] })
}

fn secret() -> Value {
    json!({
        "type": "object",
        "properties": { "secret": { "type": ["string", "number", "boolean"], "description": "The name of a declared secret." } },
        "required": ["secret"],
        "additionalProperties": false,
    })
}

/// One or several values of a label, perhaps below `not`, `regex` or `not-regex`.
fn matcher() -> Value {
    let values = one_or_many(&text());
    let operators: Map<String, Value> =
        MatchOperator::TAGS.iter().map(|(tag, _)| ((*tag).to_owned(), values.clone())).collect();
    json!({ "anyOf": [
        values,
        { "type": "object", "properties": operators, "additionalProperties": false, "minProperties": 1 },
    ] })
}
