//! The JSON printer: indented by two blanks, keys in the order given, one line break at the end. Comments have no place
//! in JSON and are left out.

use super::Output;
use super::writer::Writer;
use crate::artifact::{Doc, Value};

/// Prints one document.
pub fn print(document: &Doc) -> Output {
    let mut writer = Writer::default();
    value(&mut writer, document, 0);
    writer.push_char('\n');
    writer.finish()
}

fn value(writer: &mut Writer, document: &Doc, columns: usize) {
    let mark = writer.open(document.origin);
    match &document.value {
        Value::Null => writer.push("null"),
        Value::Bool(true) => writer.push("true"),
        Value::Bool(false) => writer.push("false"),
        Value::Integer(number) => writer.push(&number.to_string()),
        Value::Number(number) if is_number(number) => writer.push(number),
        Value::Number(text) | Value::String(text) => string(writer, text),
        Value::List(items) if items.is_empty() => writer.push("[]"),
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                writer.push_char(if index == 0 { '[' } else { ',' });
                writer.new_line(columns + 2);
                value(writer, item, columns + 2);
            }
            writer.new_line(columns);
            writer.push_char(']');
        }
        Value::Map(entries) if entries.is_empty() => writer.push("{}"),
        Value::Map(entries) => {
            for (index, (key, entry)) in entries.iter().enumerate() {
                writer.push_char(if index == 0 { '{' } else { ',' });
                writer.new_line(columns + 2);
                string(writer, key);
                writer.push(": ");
                value(writer, entry, columns + 2);
            }
            writer.new_line(columns);
            writer.push_char('}');
        }
    }
    writer.close(mark);
}

fn string(writer: &mut Writer, text: &str) {
    writer.push_char('"');
    let mut plain_from = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' {
            continue;
        }
        writer.push(text.get(plain_from..at).unwrap_or_default());
        plain_from = at + 1;
        match byte {
            b'"' => writer.push("\\\""),
            b'\\' => writer.push("\\\\"),
            b'\n' => writer.push("\\n"),
            b'\r' => writer.push("\\r"),
            b'\t' => writer.push("\\t"),
            control => writer.push(&format!("\\u{control:04x}")),
        }
    }
    writer.push(text.get(plain_from..).unwrap_or_default());
    writer.push_char('"');
}

/// Whether `text` is a number by JSON's grammar, which is also what every YAML reader takes for one except for some
/// spellings of the exponent.
pub(super) fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_indented_json() {
        let document = Doc::map()
            .with("a", 1)
            .with("b", Doc::list(["x", "y\"\u{1}\n"]))
            .with("c", Doc::map())
            .with("d", Doc::list(Vec::<Doc>::new()))
            .with("e", Value::Number("0.10".to_owned()))
            .with("f", Value::Number("012".to_owned()));
        assert_eq!(
            print(&document).text,
            "{\n  \"a\": 1,\n  \"b\": [\n    \"x\",\n    \"y\\\"\\u0001\\n\"\n  ],\n  \"c\": {},\n  \"d\": [],\n  \
             \"e\": 0.10,\n  \"f\": \"012\"\n}\n"
        );
    }

    #[test]
    fn knows_the_number_grammar() {
        for good in ["0", "-0", "10", "0.1", "-1.50", "1e3", "1E+3", "12.5e-07"] {
            assert!(is_number(good), "{good}");
        }
        for bad in ["", "-", "01", "1.", ".5", "+1", "1e", "0x1", "1_0", "NaN", "1 ", "1e5.0", "--1"] {
            assert!(!is_number(bad), "{bad}");
        }
    }
}
