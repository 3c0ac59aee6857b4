//! Prints content as KDL, in spellings chosen at random.

use std::fmt::Write as _;

use alertsmith::ast::field::{Field, Place};

use super::generate::{Scalar, Thing, Value};
use crate::support::random::Random;

pub(crate) fn print(spec: &Thing, random: &mut Random) -> String {
    let mut printer = Printer { random, out: String::new() };
    printer.children(spec, 0);
    printer.out
}

struct Printer<'r> {
    random: &'r mut Random,
    out: String,
}

impl Printer<'_> {
    /// `key`, then what stands on its line, then what stands in its braces.
    fn node(&mut self, key: &str, thing: &Thing, depth: usize) {
        self.start(key, depth);
        let (mut properties, mut rest) = (Vec::new(), Vec::new());
        for (field, value) in &thing.fields {
            match (field.place, value) {
                (Place::Name | Place::Argument, Value::Scalar(scalar)) => {
                    let text = self.scalar(scalar);
                    self.out.extend([" ", &text]);
                }
                (Place::Off, Value::Off(reason)) => {
                    self.out.push_str(" off");
                    properties.push(format!("reason={}", self.string(reason)));
                }
                (Place::Property, Value::Scalar(scalar)) => {
                    properties.push(format!("{}={}", field.name, self.scalar(scalar)));
                }
                (Place::Property, Value::Secret(name)) => {
                    properties.push(format!("{}=(secret){}", field.name, self.string(name)));
                }
                (Place::Rest, Value::Map(entries)) => {
                    rest.extend(entries.iter().map(|(key, value)| format!("{key}={}", self.scalar(value))));
                }
                (Place::Child, _) => {}
                (place, value) => panic!("{place:?} of {}.{} cannot hold {value:?}", thing.kind.name, field.name),
            }
        }
        self.shuffle(&mut properties);
        // Those without a field of their own keep their order.
        for property in properties.into_iter().chain(rest) {
            self.out.extend([" ", &property]);
        }
        let has_children = thing.fields.iter().any(|(field, _)| field.place == Place::Child);
        if has_children || self.random.once_in(8) {
            self.out.push_str(" {\n");
            self.children(thing, depth + 1);
            self.indent(depth);
            self.out.push('}');
        }
        self.end();
    }

    /// The children of a thing. Those of different fields stand in any order; those of one field keep theirs.
    fn children(&mut self, thing: &Thing, depth: usize) {
        let mut fields: Vec<&(&Field, Value)> =
            thing.fields.iter().filter(|(field, _)| field.place == Place::Child).collect();
        self.shuffle(&mut fields);
        for (field, value) in fields {
            let key = field.name;
            match value {
                Value::Scalar(scalar) => {
                    let text = self.scalar(scalar);
                    self.line(key, &[text], depth);
                }
                Value::Scalars(scalars) => {
                    let texts: Vec<String> = scalars.iter().map(|scalar| self.scalar(scalar)).collect();
                    self.line(key, &texts, depth);
                }
                Value::Secret(name) => {
                    let name = self.string(name);
                    self.line(key, &[format!("(secret){name}")], depth);
                }
                Value::Map(entries) => self.map(key, entries, depth),
                Value::Matchers(matchers) => self.matchers(key, matchers, depth),
                Value::Block(inner) => self.node(key, inner, depth),
                Value::Named(things) | Value::Ordered(things) | Value::OneOrMany(things) => {
                    for inner in things {
                        self.node(key, inner, depth);
                    }
                }
                Value::Off(_) => panic!("`off` is no child"),
            }
        }
    }

    fn map(&mut self, key: &str, entries: &[(String, Scalar)], depth: usize) {
        if self.random.once_in(2) {
            let properties: Vec<String> =
                entries.iter().map(|(key, value)| format!("{key}={}", self.scalar(value))).collect();
            return self.line(key, &properties, depth);
        }
        self.open(key, depth);
        for (key, value) in entries {
            let value = self.scalar(value);
            self.line(key, &[value], depth + 1);
        }
        self.close(depth);
    }

    fn matchers(&mut self, key: &str, matchers: &[(String, Option<&str>, Vec<String>)], depth: usize) {
        let tagged = |printer: &mut Self, tag: Option<&str>, value: &str| {
            let value = printer.string(value);
            tag.map_or(value.clone(), |tag| format!("({tag}){value}"))
        };
        if matchers.iter().all(|(_, _, values)| values.len() == 1) && self.random.once_in(2) {
            let properties: Vec<String> = matchers
                .iter()
                .map(|(label, tag, values)| format!("{label}={}", tagged(self, *tag, &values[0])))
                .collect();
            return self.line(key, &properties, depth);
        }
        self.open(key, depth);
        for (label, tag, values) in matchers {
            let values: Vec<String> = values.iter().map(|value| tagged(self, *tag, value)).collect();
            self.line(label, &values, depth + 1);
        }
        self.close(depth);
    }

    fn scalar(&mut self, scalar: &Scalar) -> String {
        if scalar.is_bool { format!("#{}", scalar.text) } else { self.string(&scalar.text) }
    }

    /// One of the spellings of a text.
    fn string(&mut self, text: &str) -> String {
        // `off` without quotes would switch something off.
        let is_word = text.starts_with(|c: char| c.is_alphabetic())
            && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
            && !["true", "false", "null", "inf", "nan", "off"].contains(&text);
        let is_number = text.strip_prefix('-').unwrap_or(text).chars().all(|c| c.is_ascii_digit())
            && text.ends_with(|c: char| c.is_ascii_digit());
        let is_one_line = !text.chars().any(|c| c.is_control() || c == '\u{2028}');
        match self.random.below(5) {
            0 | 1 if is_word || is_number => text.to_owned(),
            2 if is_one_line
                && !text.contains("\"#")
                && !text.ends_with('"')
                && !text.is_empty()
                && !text.starts_with('"') =>
            {
                format!("#\"{text}\"#")
            }
            3 if text.contains('\n') => {
                let lines: Vec<String> = text.split('\n').map(|line| format!("\n        {}", escaped(line))).collect();
                format!("\"\"\"{}\n        \"\"\"", lines.concat())
            }
            _ => format!("\"{}\"", escaped(text)),
        }
    }

    fn line(&mut self, key: &str, words: &[String], depth: usize) {
        self.start(key, depth);
        for word in words {
            self.out.extend([" ", word]);
        }
        self.end();
    }

    fn open(&mut self, key: &str, depth: usize) {
        self.start(key, depth);
        self.out.push_str(" {\n");
    }

    fn close(&mut self, depth: usize) {
        self.indent(depth);
        self.out.push('}');
        self.end();
    }

    fn start(&mut self, key: &str, depth: usize) {
        if self.random.once_in(12) {
            self.out.push_str(self.random.word(&["// a comment\n", "/* one\n   two */\n", "/- left { out }\n", "\n"]));
        }
        self.indent(depth);
        self.out.push_str(key);
    }

    fn end(&mut self) {
        self.out.push_str(self.random.word(&["\n", "\n", ";\n", "; ", " // end\n"]));
    }

    fn indent(&mut self, depth: usize) {
        self.out.push_str(&"    ".repeat(depth));
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.random.below(last + 1));
        }
    }
}

/// The inside of a quoted string.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            ' ' if out.is_empty() => out.push_str("\\s"),
            letter if letter.is_control() || letter == '\u{2028}' => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out
}
