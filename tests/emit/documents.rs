//! Made-up documents of every shape, and what they mean as JSON.

use alertsmith::artifact::{Doc, Value};
use proptest::prelude::*;
use serde_json::{Map, Number};

/// Text with a liking for what YAML readers stumble over.
pub fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => "[a-zA-Z0-9_.-]{1,8}",
        4 => prop::sample::select(vec![
            " ", "  ", "\n", "\n\n", "\n ", " \n", "\t", ": ", ":", " #", "#", "- ", "-", "'", "\"", "\\", "\\n", "{{ $x }}", "[", "]", "{", "}", ",",
            "|", ">", "&a", "*a", "!t", "%", "@", "`", "? ", "---", "...", "=", "<<", "~", "null", "yes", "0", "1e3", ".5", "0x1", "+", "\r\n", "\r", "\u{85}",
            "\u{2028}", "\u{feff}", "\u{0}", "\u{7f}", "\u{1b}", "é", "한국", "😀", "\u{200b}", "\u{fffe}", "$", "${x}", ";",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(|character| character.to_string()),
    ];
    prop::collection::vec(piece, 0..7).prop_map(|pieces| pieces.concat())
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => text().prop_map(Value::String),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => any::<i64>().prop_map(Value::Integer),
        1 => (-1e6..1e6_f64).prop_map(|number| Value::Number(number.to_string())),
        1 => (-999..999_i32, -20..20_i32).prop_map(|(digits, exponent)| Value::Number(format!("{digits}e{exponent}"))),
    ]
}

/// A document with lists, maps and comments.
pub fn document() -> impl Strategy<Value = Doc> {
    let commented = |value: Value, comment: Option<String>| Doc { comment, ..value.into() };
    let comment = || prop::option::weighted(0.2, text());
    let leaf = (leaf(), comment()).prop_map(move |(value, comment)| commented(value, comment));
    leaf.prop_recursive(5, 40, 5, move |inner| {
        let list = prop::collection::vec(inner.clone(), 0..5).prop_map(Value::List);
        let map = prop::collection::vec((text(), inner), 0..5).prop_map(|mut entries| {
            let mut seen = std::collections::BTreeSet::new();
            entries.retain(|(key, _)| seen.insert(key.clone()));
            Value::Map(entries)
        });
        (prop_oneof![list, map], comment()).prop_map(move |(value, comment)| commented(value, comment))
    })
}

/// What a document means.
pub fn meaning(document: &Doc) -> serde_json::Value {
    match &document.value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Integer(value) => (*value).into(),
        Value::Number(text) => text.parse().ok().and_then(Number::from_f64).map_or(serde_json::Value::Null, Into::into),
        Value::String(text) => text.clone().into(),
        Value::List(items) => items.iter().map(meaning).collect(),
        Value::Map(entries) => serde_json::Value::Object(
            entries.iter().map(|(key, value)| (key.clone(), meaning(value))).collect::<Map<_, _>>(),
        ),
    }
}

/// Whether two readings are the same; numbers are compared as numbers, since JSON has several spellings for one.
pub fn same(left: &serde_json::Value, right: &serde_json::Value) -> bool {
    use serde_json::Value as Json;
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Json::Object(left), Json::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| same(value, other)))
        }
        _ => left == right,
    }
}
