//! Prints content as YAML, in spellings chosen at random: block or flow, plain or quoted.

use std::fmt::Write as _;

use alertsmith::ast::field::Place;

use super::generate::{Scalar, Thing, Value};
use crate::support::random::Random;

pub(crate) fn print(spec: &Thing, random: &mut Random) -> String {
    let tree = thing(spec, random, false);
    if let Tree::Mapping(entries) = &tree
        && entries.is_empty()
    {
        return "{}\n".to_owned();
    }
    let mut printer = Printer { random, out: String::new() };
    printer.block(&tree, 0);
    printer.out
}

/// What YAML knows: scalars, sequences, mappings.
enum Tree {
    /// A tag or nothing, the text, and whether it is spelled without quotes by all means.
    Scalar(&'static str, String, bool),
    Sequence(Vec<Tree>),
    Mapping(Vec<(String, Tree)>),
}

fn text(text: &str) -> Tree {
    Tree::Scalar("", text.to_owned(), false)
}

fn scalar(scalar: &Scalar) -> Tree {
    Tree::Scalar("", scalar.text.clone(), scalar.is_bool)
}

/// The entries of a thing in any order; its name is left out where it stands before the thing.
fn thing(thing: &Thing, random: &mut Random, is_named: bool) -> Tree {
    let mut entries = Vec::new();
    for (field, value) in &thing.fields {
        match (field.place, value) {
            (Place::Name, _) if is_named => {}
            (Place::Rest, Value::Map(map)) => {
                entries.extend(map.iter().map(|(key, value)| (key.clone(), scalar(value))));
            }
            _ => entries.push((field.yaml_key().to_owned(), tree(value, random))),
        }
    }
    // The order of `rest` entries is kept, as that of the labels of a test is.
    if !thing.fields.iter().any(|(field, _)| field.place == Place::Rest) {
        for last in (1..entries.len()).rev() {
            entries.swap(last, random.below(last + 1));
        }
    }
    Tree::Mapping(entries)
}

fn tree(value: &Value, random: &mut Random) -> Tree {
    match value {
        Value::Scalar(one) => scalar(one),
        Value::Scalars(scalars) => match scalars.as_slice() {
            [one] if random.once_in(2) => scalar(one),
            _ => Tree::Sequence(scalars.iter().map(scalar).collect()),
        },
        Value::Map(entries) => Tree::Mapping(entries.iter().map(|(key, value)| (key.clone(), scalar(value))).collect()),
        Value::Matchers(matchers) => {
            let one = |(label, tag, values): &(String, Option<&'static str>, Vec<String>)| {
                let tag_of_each = tag.filter(|_| random.once_in(2));
                let texts: Vec<Tree> = values
                    .iter()
                    .map(|value| Tree::Scalar(tag_of_each.unwrap_or_default(), value.clone(), false))
                    .collect();
                let values = match <[Tree; 1]>::try_from(texts) {
                    Ok([one]) => one,
                    Err(several) => Tree::Sequence(several),
                };
                let values = match tag {
                    Some(tag) if tag_of_each.is_none() => Tree::Mapping(vec![((*tag).to_owned(), values)]),
                    _ => values,
                };
                (label.clone(), values)
            };
            let mut entries: Vec<(String, Tree)> = matchers.iter().map(one).collect();
            // Two conditions on one label stand below its one key.
            if let [.., (before, _, _), (label, Some(second), values)] = matchers.as_slice()
                && before == label
            {
                let texts = |values: &[String]| Tree::Sequence(values.iter().map(|value| text(value)).collect());
                let (_, first, first_values) = &matchers[matchers.len() - 2];
                let both = [(first.unwrap_or_default(), first_values), (*second, values)];
                let both = both.into_iter().map(|(tag, values)| (tag.to_owned(), texts(values))).collect();
                entries.truncate(matchers.len() - 2);
                entries.push((label.clone(), Tree::Mapping(both)));
            }
            Tree::Mapping(entries)
        }
        Value::Secret(name) if random.once_in(3) => Tree::Scalar("secret", name.clone(), false),
        Value::Secret(name) => Tree::Mapping(vec![("secret".to_owned(), text(name))]),
        Value::Block(inner) => thing(inner, random, false),
        Value::Named(things) => {
            let name = |inner: &Thing| {
                let name = inner.fields.iter().find(|(field, _)| field.place == Place::Name);
                match name {
                    Some((_, Value::Scalar(name))) => name.text.clone(),
                    _ => panic!("{} has no name", inner.kind.name),
                }
            };
            Tree::Mapping(things.iter().map(|inner| (name(inner), thing(inner, random, true))).collect())
        }
        Value::OneOrMany(things) if things.len() == 1 && random.once_in(2) => thing(&things[0], random, false),
        Value::Ordered(things) | Value::OneOrMany(things) => {
            Tree::Sequence(things.iter().map(|inner| thing(inner, random, false)).collect())
        }
        Value::Off(reason) => text(reason),
    }
}

struct Printer<'r> {
    random: &'r mut Random,
    out: String,
}

impl Printer<'_> {
    /// Block style, from the start of a line on.
    fn block(&mut self, tree: &Tree, depth: usize) {
        match tree {
            Tree::Mapping(entries) => {
                for (key, value) in entries {
                    if self.random.once_in(12) {
                        self.out.push_str(self.random.word(&["# a comment\n", "#\n"]));
                    }
                    self.indent(depth);
                    let key = self.inline(key);
                    self.out.push_str(&key);
                    self.out.push(':');
                    self.value(value, depth);
                }
            }
            Tree::Sequence(items) => {
                for item in items {
                    self.indent(depth);
                    self.out.push('-');
                    self.value(item, depth);
                }
            }
            Tree::Scalar(..) => panic!("a scalar has no lines of its own"),
        }
    }

    /// What stands behind a `:` or `-`.
    fn value(&mut self, tree: &Tree, depth: usize) {
        match tree {
            Tree::Scalar("", text, false) if Self::is_literal(text) && self.random.once_in(2) => {
                self.literal(text, depth);
            }
            Tree::Mapping(entries) if !entries.is_empty() && !self.random.once_in(3) => {
                self.out.push('\n');
                self.block(tree, depth + 1);
            }
            Tree::Sequence(items) if !items.is_empty() && !self.random.once_in(3) => {
                self.out.push('\n');
                self.block(tree, depth + 1);
            }
            _ => {
                self.out.push(' ');
                self.flow(tree);
                self.out.push_str(self.random.word(&["\n", "\n", "  # end\n"]));
            }
        }
    }

    fn flow(&mut self, tree: &Tree) {
        match tree {
            Tree::Scalar("", text, true) => self.out.push_str(text),
            Tree::Scalar(tag, text, _) => {
                if !tag.is_empty() {
                    self.out.extend(["!", tag, " "]);
                }
                let text = self.inline(text);
                self.out.push_str(&text);
            }
            Tree::Sequence(items) => {
                self.out.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.out.push_str(if index == 0 { "" } else { ", " });
                    self.flow(item);
                }
                self.out.push(']');
            }
            Tree::Mapping(entries) => {
                self.out.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    self.out.push_str(if index == 0 { " " } else { ", " });
                    let key = self.inline(key);
                    self.out.extend([&key, ": "]);
                    self.flow(value);
                }
                self.out.push_str(" }");
            }
        }
    }

    /// Whether a text can stand as a `|` block: no line begins with a blank where that would change the indentation.
    fn is_literal(text: &str) -> bool {
        text.contains('\n')
            && !text.starts_with(['\n', ' ', '\t'])
            && !text.chars().any(|c| c.is_control() && c != '\n' && c != '\t' || c == '\u{2028}')
    }

    fn literal(&mut self, text: &str, depth: usize) {
        let body = text.trim_end_matches('\n');
        let header = match text.len() - body.len() {
            0 => "|-",
            1 => "|",
            _ => "|+",
        };
        self.out.extend([" ", header, "\n"]);
        let lines = if header == "|+" { text.strip_suffix('\n').unwrap_or(text) } else { body };
        for line in lines.split('\n') {
            if !line.is_empty() {
                self.indent(depth + 2);
            }
            self.out.push_str(line);
            self.out.push('\n');
        }
    }

    /// One of the spellings of a text that fit on one line.
    fn inline(&mut self, text: &str) -> String {
        // Without quotes these would be nothing or a truth.
        let is_plain = !text.is_empty()
            && text.chars().all(|c| c.is_alphanumeric() || "_./%".contains(c))
            && !["null", "Null", "NULL", "true", "false"].contains(&text);
        let is_one_line = !text.chars().any(|c| c.is_control() || c == '\u{2028}');
        match self.random.below(4) {
            0 | 1 if is_plain => text.to_owned(),
            2 if is_one_line => format!("'{}'", text.replace('\'', "''")),
            _ => format!("\"{}\"", escaped(text)),
        }
    }

    fn indent(&mut self, depth: usize) {
        self.out.push_str(&"  ".repeat(depth));
    }
}

/// The inside of a double-quoted scalar.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            letter if letter.is_control() || letter == '\u{2028}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out
}
