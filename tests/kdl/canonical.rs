//! The canonical form of the official suite, printed from a [`Tree`].

use alertsmith::syntax::{Form, Node, Scalar, ScalarKind, Tree};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A whole file: arguments in order, then properties by name with the last of each, then children, four spaces deep.
pub fn print(tree: &Tree) -> String {
    let mut out = String::new();
    for node in &tree.nodes {
        print_node(node, 0, &mut out);
    }
    if out.is_empty() { "\n".to_owned() } else { out }
}

fn print_node(node: &Node, depth: usize, out: &mut String) {
    let indentation = "    ".repeat(depth);
    out.push_str(&indentation);
    if let Some(tag) = &node.tag {
        write!(out, "({})", text(tag.as_str())).unwrap();
    }
    out.push_str(&text(node.key.as_str()));
    for argument in &node.arguments {
        write!(out, " {}", scalar(argument)).unwrap();
    }
    let (properties, children): (Vec<_>, Vec<_>) =
        node.members.iter().partition(|member| member.form == Form::Property);
    let properties: BTreeMap<&str, &Scalar> =
        properties.into_iter().map(|member| (member.key.as_str(), &member.arguments[0])).collect();
    for (key, value) in properties {
        write!(out, " {}={}", text(key), scalar(value)).unwrap();
    }
    if !children.is_empty() {
        out.push_str(" {\n");
        for child in children {
            print_node(child, depth + 1, out);
        }
        out.push_str(&indentation);
        out.push('}');
    }
    out.push('\n');
}

fn scalar(scalar: &Scalar) -> String {
    let value = match scalar.kind {
        ScalarKind::Plain | ScalarKind::Quoted => text(scalar.text.as_str()),
        ScalarKind::Number => number(scalar.text.as_str()),
        ScalarKind::Bool | ScalarKind::Null => format!("#{}", scalar.text.as_str()),
    };
    match &scalar.tag {
        Some(tag) => format!("({}){value}", text(tag.as_str())),
        None => value,
    }
}

/// A text as a bare word where it can be one.
pub fn text(text: &str) -> String {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let numeric = unsigned.strip_prefix('.').unwrap_or(unsigned).starts_with(|first: char| first.is_ascii_digit());
    let reserved = matches!(text, "" | "true" | "false" | "null" | "inf" | "-inf" | "nan");
    let special = |letter: char| letter.is_whitespace() || letter.is_control() || "\\/(){};[]\"#=".contains(letter);
    if !numeric && !reserved && !text.contains(special) {
        return text.to_owned();
    }
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{C}' => out.push_str("\\f"),
            _ => out.push(letter),
        }
    }
    out.push('"');
    out
}

/// Whole numbers in base ten; decimals as written, without underscores and with `E+10` for `e10`.
pub fn number(written: &str) -> String {
    let digits = written.replace('_', "");
    let (sign, unsigned) = match digits.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", digits.strip_prefix('+').unwrap_or(&digits)),
    };
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(rest) = unsigned.strip_prefix(prefix) {
            return format!("{sign}{}", u128::from_str_radix(rest, radix).unwrap());
        }
    }
    if unsigned.starts_with('#') {
        return unsigned.to_owned();
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, format!(".{fraction}")),
        None => (mantissa, String::new()),
    };
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let exponent = match exponent {
        Some(exponent) if exponent.starts_with(['+', '-']) => format!("E{exponent}"),
        Some(exponent) => format!("E+{exponent}"),
        None => String::new(),
    };
    format!("{sign}{whole}{fraction}{exponent}")
}
