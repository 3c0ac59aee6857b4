//! The YAML printer.
//!
//! What it prints reads the same to every reader met in practice: go-yaml (Prometheus, Alertmanager, kubectl), YAML 1.1
//! readers such as PyYAML, and YAML 1.2 readers. Three styles are enough for that:
//!
//! 1. *plain*, by an allow-list of harmless first characters and words, never by a list of dangerous ones;
//! 2. a *literal block* (`|`, `|-`) for text of several lines, where no reader can stumble over its blanks;
//! 3. *double quotes* for everything else.
//!
//! Long lines are never folded, so queries stay searchable. The layout follows what `kubectl` users write: two blanks per
//! level, lists indented below their key.

use super::Output;
use super::json::is_number;
use super::writer::Writer;
use crate::artifact::{Doc, Value};

/// Readers give up on an implicit key after 1024 characters; longer ones are written as `? key`.
const LONGEST_IMPLICIT_KEY: usize = 1000;

/// Prints documents, separated by `---`, below the `header` lines as comments.
pub fn print(documents: &[Doc], header: &[String]) -> Output {
    let mut writer = Writer::default();
    for line in header {
        writer.comment(line, 0);
    }
    for (index, document) in documents.iter().enumerate() {
        if index > 0 {
            writer.push("---\n");
        }
        if let Some(comment) = &document.comment {
            writer.comment(comment, 0);
        }
        inline(&mut writer, document, 0, false);
        writer.push_char('\n');
    }
    writer.finish()
}

/// Prints a value at the place where the writer stands; a collection's first entry begins right there and its further
/// entries on lines indented by `columns`. `lifted` says that the comment of the first entry is already printed.
fn inline(writer: &mut Writer, document: &Doc, columns: usize, lifted: bool) {
    let mark = writer.open(document.origin);
    match &document.value {
        Value::Null => writer.push("null"),
        Value::Bool(true) => writer.push("true"),
        Value::Bool(false) => writer.push("false"),
        Value::Integer(value) => writer.push(&value.to_string()),
        Value::Number(value) => number(writer, value),
        Value::String(text) => string(writer, text, columns),
        Value::List(items) if items.is_empty() => writer.push("[]"),
        Value::Map(entries) if entries.is_empty() => writer.push("{}"),
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    writer.new_line(columns);
                }
                if index > 0 || !lifted {
                    comments_before_item(writer, item, columns);
                }
                writer.push("- ");
                inline(writer, item, columns + 2, true);
            }
        }
        Value::Map(entries) => {
            for (index, (name, value)) in entries.iter().enumerate() {
                if index > 0 {
                    writer.new_line(columns);
                }
                if let Some(comment) = value.comment.as_ref().filter(|_| index > 0 || !lifted) {
                    writer.comment(comment, columns);
                }
                key(writer, name, columns);
                if is_block(value) {
                    writer.new_line(columns + 2);
                } else {
                    writer.push_char(' ');
                }
                inline(writer, value, columns + 2, false);
            }
        }
    }
    writer.close(mark);
}

/// Prints the comments that belong above the line of `- `: the item's own, and that of the first entry, which shares
/// the line.
fn comments_before_item(writer: &mut Writer, item: &Doc, columns: usize) {
    let mut document = item;
    loop {
        if let Some(comment) = &document.comment {
            writer.comment(comment, columns);
        }
        match &document.value {
            Value::List(items) => match items.first() {
                Some(first) => document = first,
                None => return,
            },
            Value::Map(entries) => {
                if let Some(comment) = entries.first().and_then(|(_, value)| value.comment.as_ref()) {
                    writer.comment(comment, columns);
                }
                return;
            }
            Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Number(_) | Value::String(_) => return,
        }
    }
}

/// Whether a map prints this value on the lines below its key.
fn is_block(document: &Doc) -> bool {
    match &document.value {
        Value::List(items) => !items.is_empty(),
        Value::Map(entries) => !entries.is_empty(),
        Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// YAML 1.1 readers take `1e3` for text: they want a point in the mantissa and a sign in the exponent.
fn number(writer: &mut Writer, text: &str) {
    if !is_number(text) {
        return quoted(writer, text);
    }
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return writer.push(text);
    };
    writer.push(mantissa);
    if !mantissa.contains('.') {
        writer.push(".0");
    }
    writer.push_char('e');
    if !exponent.starts_with(['+', '-']) {
        writer.push_char('+');
    }
    writer.push(exponent);
}

fn key(writer: &mut Writer, name: &str, columns: usize) {
    if name.len() > LONGEST_IMPLICIT_KEY {
        writer.push("? ");
        quoted(writer, name);
        writer.new_line(columns);
    } else if is_plain(name) {
        writer.push(name);
    } else {
        quoted(writer, name);
    }
    writer.push_char(':');
}

fn string(writer: &mut Writer, text: &str, columns: usize) {
    if is_plain(text) {
        writer.push(text);
    } else if is_literal(text) {
        literal(writer, text, columns.max(2));
    } else {
        quoted(writer, text);
    }
}

/// Words that some reader takes for a truth value, nothing or a number, in any case of letters.
const RESERVED: [&str; 12] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity"];

/// Whether every reader takes `text`, written without quotes, for this very text.
fn is_plain(text: &str) -> bool {
    let mut characters = text.chars();
    let Some(first) = characters.next() else { return false };
    let second = characters.next();
    let starts_well = match first {
        'a'..='z' | 'A'..='Z' => true,
        '_' | '/' | '(' => second.is_some_and(|second| second.is_ascii_alphabetic() || second == first),
        '0'..='9' => return is_duration(text),
        _ => is_letter(first),
    };
    if !starts_well || text.ends_with([' ', ':']) {
        return false;
    }
    let mut before = first;
    for character in text.chars() {
        let ends_scalar = (before == ':' && character == ' ') || (before == ' ' && character == '#');
        if ends_scalar || !(matches!(character, ' '..='~') || is_letter(character)) {
            return false;
        }
        before = character;
    }
    text.len() > 8 || !RESERVED.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Letters beyond ASCII that no reader treats specially: Korean names stay readable.
fn is_letter(character: char) -> bool {
    !character.is_ascii() && character <= '\u{fffd}' && character.is_alphabetic()
}

/// `5m`, `1h30m`: digits that cannot be taken for a number, a date or sixtieths.
fn is_duration(text: &str) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let after = rest.get(digits..).unwrap_or_default();
        let unit =
            if after.starts_with("ms") { 2 } else { usize::from(after.starts_with(['s', 'm', 'h', 'd', 'w', 'y'])) };
        if digits == 0 || unit == 0 {
            return false;
        }
        rest = after.get(unit..).unwrap_or_default();
    }
    true
}

/// Whether `text` survives as a literal block: several lines (or one with its line break), no blanks at line ends, none
/// at the very start, and no character that some reader takes for a line break or refuses.
fn is_literal(text: &str) -> bool {
    let Some(body) = text.strip_suffix('\n').or_else(|| text.contains('\n').then_some(text)) else { return false };
    !body.is_empty()
        && !body.starts_with([' ', '\t', '\n'])
        && !body.ends_with('\n')
        && body.split('\n').all(|line| !line.ends_with([' ', '\t']))
        && body.chars().all(|character| matches!(character, '\n' | '\t') || !needs_escape(character))
}

fn literal(writer: &mut Writer, text: &str, columns: usize) {
    let body = text.strip_suffix('\n');
    writer.push(if body.is_some() { "|" } else { "|-" });
    for line in body.unwrap_or(text).split('\n') {
        if line.is_empty() {
            writer.push_char('\n');
        } else {
            writer.new_line(columns);
            writer.push(line);
        }
    }
}

/// Whether a character is written as an escape: what readers refuse or normalise, and what an eye cannot see.
fn needs_escape(character: char) -> bool {
    match character {
        ' '..='~' => false,
        '\u{a0}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{feff}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{fff0}'..='\u{ffff}'
        | '\u{e0000}'..='\u{e0fff}' => true,
        other => other.is_control() || u32::from(other) & 0xfffe == 0xfffe,
    }
}

/// In quotes: single ones where that spares the eye escapes, as in queries; double ones otherwise.
fn quoted(writer: &mut Writer, text: &str) {
    if text.contains(['"', '\\']) && !text.chars().any(needs_escape) {
        writer.push_char('\'');
        writer.push(&text.replace('\'', "''"));
        writer.push_char('\'');
        return;
    }
    writer.push_char('"');
    let mut verbatim_from = 0;
    for (at, character) in text.char_indices() {
        if !matches!(character, '"' | '\\') && !needs_escape(character) {
            continue;
        }
        writer.push(text.get(verbatim_from..at).unwrap_or_default());
        verbatim_from = at + character.len_utf8();
        match (character, u32::from(character)) {
            ('"', _) => writer.push("\\\""),
            ('\\', _) => writer.push("\\\\"),
            ('\n', _) => writer.push("\\n"),
            ('\r', _) => writer.push("\\r"),
            ('\t', _) => writer.push("\\t"),
            (_, code @ 0..=0xff) => writer.push(&format!("\\x{code:02x}")),
            (_, code @ 0x100..=0xffff) => writer.push(&format!("\\u{code:04x}")),
            (_, code) => writer.push(&format!("\\U{code:08x}")),
        }
    }
    writer.push(text.get(verbatim_from..).unwrap_or_default());
    writer.push_char('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::{Provenance, Step};

    fn text(text: &str) -> Doc {
        text.into()
    }

    #[test]
    fn lays_out_as_kubectl_users_write() {
        let rule = Doc::map()
            .with("alert", text("HighLoad").commented("from group `production`\n\nsecond"))
            .with("expr", "up{job=\"x\"} == 0")
            .with("for", "5m")
            .with("labels", Doc::map())
            .with("annotations", Doc::map().with("summary", "{{ $value }} on\n{{ $labels.instance }}\n"));
        let rules = Doc::list([rule, text("two").commented("an item")]);
        let nested = Doc::list([Doc::list(["a1", "b1"]), Doc::list(Vec::<Doc>::new())]);
        let document = Doc::map()
            .with("groups", rules.commented("the groups"))
            .with("nested", nested)
            .with("on", "no")
            .with("none", Value::Null)
            .with("number", Value::Number("1e3".to_owned()))
            .with("octal", Value::Number("012".to_owned()));
        let output = print(&[document], &["made from fleet.kdl".to_owned()]);
        assert_eq!(
            output.text,
            r#"# made from fleet.kdl
# the groups
groups:
  # from group `production`
  #
  # second
  - alert: HighLoad
    expr: up{job="x"} == 0
    for: 5m
    labels: {}
    annotations:
      summary: |
        {{ $value }} on
        {{ $labels.instance }}
  # an item
  - two
nested:
  - - a1
    - b1
  - []
"on": "no"
none: null
number: 1.0e+3
octal: "012"
"#
        );
    }

    #[test]
    fn every_origin_has_its_bytes() {
        let mut provenance = Provenance::default();
        let mut origin = || provenance.add(Step::Defaulted("a test"));
        let (whole, list, item, end) = (origin(), origin(), origin(), origin());
        let items = Doc::list([text("first").from(item), "a\nb".into()]).from(list);
        let document = Doc::map().with("items", items).with("text", text("x: y").from(end)).from(whole);
        for (output, wanted) in [
            (
                print(std::slice::from_ref(&document), &["head".to_owned()]),
                [
                    "items:\n  - first\n  - |-\n    a\n    b\ntext: \"x: y\"",
                    "- first\n  - |-\n    a\n    b",
                    "first",
                    "\"x: y\"",
                ],
            ),
            (
                crate::emit::json::print(&document),
                [
                    "{\n  \"items\": [\n    \"first\",\n    \"a\\nb\"\n  ],\n  \"text\": \"x: y\"\n}",
                    "[\n    \"first\",\n    \"a\\nb\"\n  ]",
                    "\"first\"",
                    "\"x: y\"",
                ],
            ),
        ] {
            let slices = output
                .map
                .iter()
                .map(|(range, origin)| (&output.text[range.start as usize..range.end as usize], *origin));
            assert!(slices.eq(wanted.into_iter().zip([whole, list, item, end])), "{output:?}");
        }
    }
}
