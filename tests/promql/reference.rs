//! Our table of functions against the project's reference facts.

use alertsmith::promql::{Aggregator, FUNCTIONS, Feature, Target, ValueType, Version, is_reserved, parse};
use serde_json::Value;
use std::path::Path;

fn facts() -> Option<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/prometheus_rules.json");
    let path = std::env::var_os("ALERTSMITH_REFERENCE")
        .map_or(path, |folder| Path::new(&folder).join("prometheus_rules.json"));
    let Ok(text) = std::fs::read_to_string(path) else {
        crate::support::skip::missing(
            "reference facts: ALERTSMITH_REFERENCE, or ../shared/reference beside the crate,",
        );
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

fn version(value: &Value) -> Option<Version> {
    value.as_str().map(|text| text.trim_start_matches("<=").parse().unwrap())
}

#[test]
fn functions_are_those_of_the_reference() {
    let Some(facts) = facts() else { return };
    let wanted = facts["promql"]["functions"].as_array().unwrap();
    for fact in wanted {
        let name = fact["name"].as_str().unwrap();
        let found =
            FUNCTIONS.iter().find(|function| function.name == name).unwrap_or_else(|| panic!("{name} is missing"));
        let types: Vec<&str> = found.arguments.iter().map(|argument| argument.as_str()).collect();
        assert_eq!(
            types,
            fact["arg_types"].as_array().unwrap().iter().map(|t| t.as_str().unwrap()).collect::<Vec<_>>(),
            "{name}"
        );
        assert_eq!(found.min as u64, fact["min_args"].as_u64().unwrap(), "{name}");
        assert_eq!(found.max.map(|max| max as u64), fact["max_args"].as_u64(), "{name}");
        assert_eq!(found.returns.as_str(), fact["return_type"], "{name}");
        assert_eq!(Some(found.since), version(&fact["since"]), "{name}");
        assert_eq!(found.stable, version(&fact["stable_since"]), "{name}");
        assert_eq!(found.last, None, "{name}");
    }
    let gone = FUNCTIONS.iter().filter(|function| function.last.is_some()).count();
    assert_eq!(FUNCTIONS.len(), wanted.len() + gone);
}

#[test]
fn aggregations_are_those_of_the_reference() {
    let Some(facts) = facts() else { return };
    let wanted = facts["promql"]["aggregations"].as_array().unwrap();
    assert_eq!(wanted.len(), Aggregator::ALL.len());
    for fact in wanted {
        let name = fact["name"].as_str().unwrap();
        let found = Aggregator::find(name).unwrap_or_else(|| panic!("{name} is missing"));
        let parameter = found.parameter().map(ValueType::as_str);
        assert_eq!(parameter, fact["param"].as_str().map(|param| param.split_whitespace().next().unwrap()), "{name}");
        let argument = match parameter {
            Some("string") => "\"a\", ",
            Some(_) => "1, ",
            None => "",
        };
        let text = format!("{name}({argument}up)");
        let since = version(&fact["since"]).unwrap();
        let flags = [Feature::ExperimentalFunctions];
        let at = |prometheus, flags: &[Feature]| Target { prometheus, features: flags.iter().copied().collect() };
        assert!(parse(&text, &at(since, &flags)).is_ok(), "{text}");
        assert_eq!(parse(&text, &Target::default()).is_err(), fact["experimental"].as_bool().unwrap(), "{text}");
    }
}

#[test]
fn words_that_need_quotes() {
    let Some(facts) = facts() else { return };
    let identifiers = &facts["promql"]["identifiers"];
    for word in identifiers["not_usable_as_metric_name"].as_array().unwrap() {
        let word = word.as_str().unwrap();
        assert!(is_reserved(word), "{word}");
    }
    for word in identifiers["usable_keywords_as_metric"].as_array().unwrap() {
        let word = word.as_str().unwrap();
        assert!(parse(word, &Target::default()).is_ok(), "{word}");
        assert!(parse(&format!("{word}{{a=\"b\"}}"), &Target::default()).is_ok(), "{word}");
        assert!(is_reserved(word), "{word}");
    }
}

#[test]
fn each_construct_names_the_version_that_brought_it() {
    for (text, old, fragment) in [
        ("limitk(1, up)", (3, 14), "experimental"),
        ("limitk(1, up)", (2, 40), "2.54"),
        ("up[90]", (2, 53), "2.54"),
        ("up > 5m", (2, 53), "2.54"),
        ("{\"up\"}", (2, 54), "3.0"),
        ("sum by (\"a b\") (up)", (2, 54), "3.0"),
        ("up[5m + 1m]", (3, 3), "3.14"),
        ("up[5m + 1m]", (3, 13), "promql-duration-expr"),
        ("up @ 1", (2, 24), "2.33"),
        ("up @ 1", (2, 30), "promql-at-modifier"),
        ("up offset -5m", (2, 32), "promql-negative-offset"),
        ("up[5m:1m]", (2, 6), "2.7"),
        ("a atan2 b", (2, 30), "2.31"),
        ("a </ b", (3, 10), "3.11"),
        ("rate(up[5m] anchored)", (3, 14), "promql-extended-range-selectors"),
        ("a + fill (0) b", (3, 14), "promql-binop-fill-modifiers"),
        ("holt_winters(up[5m], 0.5, 0.5)", (3, 0), "3.0"),
        ("first_over_time(up[5m])", (3, 13), "3.14"),
        ("last_over_time(up[5m])", (2, 25), "2.26"),
        ("group(up)", (2, 19), "2.20"),
        ("up{a=~\"(?<b>c)\"}", (2, 50), "2.51"),
        ("up{a=~\"\\\\Qb\"}", (2, 51), "2.52"),
        ("up{a=~\"\\\\p{LC}\"}", (3, 6), "3.7"),
    ] {
        let target = Target::new(Version::new(old.0, old.1));
        let errors = parse(text, &target).expect_err(text);
        assert!(errors.len() == 1 && errors[0].message.contains(fragment), "{text}: {errors:?}");
    }
}
