//! The matcher tables: what each parser accepts, and what it reads.

use crate::support::corpus;
use alertsmith::routing::{Syntax, is_legacy_label_name, parse_matcher, parse_matchers};
use serde_json::Value;

/// Name, operator and value of each matcher, as the tables write them.
fn read(text: &str, syntax: Syntax, single: bool) -> Option<Vec<(String, String, String)>> {
    let matchers = if single {
        vec![parse_matcher(text, syntax).ok()?]
    } else {
        parse_matchers(text, syntax).ok()?.matchers.into_iter().map(|(matcher, _)| matcher).collect()
    };
    let parts = |matcher: &alertsmith::routing::Matcher| {
        (matcher.name().to_owned(), matcher.operator().to_string(), matcher.value().to_owned())
    };
    Some(matchers.iter().map(parts).collect())
}

fn expected(case: &Value) -> Option<Vec<(String, String, String)>> {
    let text = |matcher: &Value, key: &str| matcher[key].as_str().unwrap().to_owned();
    let all = case["matchers"].as_array().map(Vec::as_slice).unwrap_or_default();
    case["ok"].as_bool().unwrap().then(|| {
        all.iter().map(|matcher| (text(matcher, "name"), text(matcher, "op"), text(matcher, "value"))).collect()
    })
}

#[test]
fn tables_agree() {
    for (name, syntax) in [
        ("classic-matchers", Syntax::Classic),
        ("utf8-matchers", Syntax::Utf8),
        ("utf8-single-matcher", Syntax::Utf8),
        ("fallback-matchers", Syntax::Fallback),
        ("fallback-single-matcher", Syntax::Fallback),
        ("compliance", Syntax::Fallback),
    ] {
        let Some(table) = corpus::table(&format!("am-matchers/{name}.json")) else { return };
        for case in table["cases"].as_array().unwrap() {
            let input = case["input"].as_str().unwrap();
            // The table was made below the function that refuses braces around a single matcher.
            let single = name.contains("single") && !input.starts_with('{');
            assert_eq!(read(input, syntax, single), expected(case), "{name}: {input}");
            if name == "compliance" {
                assert_eq!(
                    read(input, Syntax::Utf8, false).is_some(),
                    case["observed"]["amtool_0_33_utf8_strict"] == "ok"
                );
            }
        }
    }
}

#[test]
fn label_names_agree() {
    let Some(table) = corpus::table("am-matchers/labelname-classic.json") else { return };
    for case in table["cases"].as_array().unwrap() {
        assert_eq!(is_legacy_label_name(case["input"].as_str().unwrap()), case["ok"].as_bool().unwrap());
    }
}
