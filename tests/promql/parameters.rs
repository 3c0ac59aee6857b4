//! Parameters are tokens: where they may stand, and what takes their place.

use crate::support::random::drawing;
use alertsmith::promql::{ParamKind, Target, Value, Version, apply, parse, parse_template, substitute};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn kinds() -> BTreeMap<String, ParamKind> {
    [
        ("n", ParamKind::Number),
        ("d", ParamKind::Duration),
        ("s", ParamKind::String),
        ("r", ParamKind::Regex),
        ("m", ParamKind::MetricName),
        ("l", ParamKind::LabelName),
    ]
    .map(|(name, kind)| (name.to_owned(), kind))
    .into()
}

fn filled(text: &str, values: &[(&str, Value)], target: &Target) -> Result<String, String> {
    let said = |errors: Vec<alertsmith::promql::Error>| {
        errors
            .iter()
            .map(|error| format!("{} | {}", &text[error.range.clone()], error.message))
            .collect::<Vec<_>>()
            .join("; ")
    };
    let expr = parse_template(text, target, &kinds()).map_err(said)?;
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let result = apply(text, &substitute(&expr, &values, target).map_err(said)?);
    parse(&result, target).map_err(said)?;
    Ok(result)
}

fn number(value: f64) -> Value {
    Value::Number(value)
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

#[test]
fn values_are_written_as_their_place_needs() {
    let newest = Target::everything();
    for (query, name, value, expected) in [
        ("up > ${n}", "n", number(0.5), "up > 0.5"),
        ("up > ${n} # ${n} in a comment stays", "n", number(-1.0), "up > -1 # ${n} in a comment stays"),
        ("${n} ^ 2", "n", number(-3.0), "(-3) ^ 2"),
        ("2 ^ ${n}", "n", number(-3.0), "2 ^ -3"),
        ("-${n} ^ 2 + up", "n", number(-3.0), "-(-3) ^ 2 + up"),
        ("up -${n}", "n", number(-3.0), "up --3"),
        ("up > ${n}", "n", number(f64::INFINITY), "up > +Inf"),
        ("up > ${n}", "n", number(1e30), "up > 1e+30"),
        ("up > ${d}", "d", Value::Duration(300_000), "up > 300"),
        ("rate(up[${d}])", "d", Value::Duration(5_400_000), "rate(up[1h30m])"),
        ("rate(up[${n}])", "n", number(90.0), "rate(up[90])"),
        ("rate(up[${d} * 2])", "d", Value::Duration(60_000), "rate(up[1m * 2])"),
        ("max_over_time(up[${d}:] offset ${d})", "d", Value::Duration(60_000), "max_over_time(up[1m:] offset 1m)"),
        ("up offset -${d}", "d", Value::Duration(60_000), "up offset -1m"),
        ("up @ ${n}", "n", number(-5.0), "up @ -5"),
        ("up{job=${s}}", "s", text("a\"b\\c\nd"), r#"up{job="a\"b\\c\nd"}"#),
        ("up{job='x${s}y'}", "s", text("it's"), r"up{job='xit\'sy'}"),
        ("up{job=\"${s}\"}", "s", text("${n}"), "up{job=\"${n}\"}"),
        ("up{job=`${s}`}", "s", text("a\\b"), r"up{job=`a\b`}"),
        ("up{job=~\"${s}.*\"}", "s", text("a.b"), r#"up{job=~"a\\.b.*"}"#),
        ("up{job=~${s}}", "s", text("a|b"), r#"up{job=~"a\\|b"}"#),
        ("up{job=~${r}}", "r", text("a|b"), r#"up{job=~"a|b"}"#),
        ("up{job=~\"x${r}y\"}", "r", text("a|b"), r#"up{job=~"x(?:a|b)y"}"#),
        ("up{job=\"p${n}\"}", "n", number(99.5), r#"up{job="p99.5"}"#),
        ("sum by (${l}) (up)", "l", text("job"), "sum by (job) (up)"),
        ("sum by (${l}) (up)", "l", text("a b"), "sum by (\"a b\") (up)"),
        ("up{${l}=\"x\"}", "l", text("a.b"), "up{\"a.b\"=\"x\"}"),
        ("${m}", "m", text("up"), "up"),
        ("${m}{a=\"b\"}", "m", text("up"), "up{a=\"b\"}"),
        ("rate(${m}[5m])", "m", text("a.b"), "rate({__name__=\"a.b\"}[5m])"),
        ("${m} {a=\"b\"}", "m", text("sum"), " {__name__=\"sum\",a=\"b\"}"),
        ("${m}{}", "m", text("on"), "{__name__=\"on\"}"),
        (
            "label_replace(up, \"a\", ${s}, \"b\", \"(.*)\")",
            "s",
            text("$1"),
            "label_replace(up, \"a\", \"$1\", \"b\", \"(.*)\")",
        ),
        (
            "label_replace(up, \"a\", \"${1}x\", \"b\", \"(.*)\")",
            "s",
            text("-"),
            "label_replace(up, \"a\", \"${1}x\", \"b\", \"(.*)\")",
        ),
    ] {
        assert_eq!(filled(query, &[(name, value)], &newest).as_deref(), Ok(expected), "{query}");
    }
}

#[test]
fn what_cannot_be_is_said_at_the_placeholder() {
    let newest = Target::everything();
    let old = Target::new(Version::new(2, 53));
    for (query, name, value, target, expected) in [
        ("up > ${x}", "n", number(1.0), &newest, "${x} | there is no parameter `x`"),
        ("up{a=\"${x}\"}", "n", number(1.0), &newest, "${x} | there is no parameter `x`"),
        ("up > ${n}", "other", number(1.0), &newest, "${n} | the parameter `n` has no value"),
        (
            "up[${s}]",
            "s",
            text("5m"),
            &newest,
            "${s} | the parameter `s` is a string, a duration or a number is needed here",
        ),
        ("up{job=${n}}", "n", number(1.0), &newest, "${n} | the parameter `n` is a number, a string is needed here"),
        (
            "up > ${n}",
            "n",
            text("1 or vector(1)"),
            &newest,
            "${n} | the parameter `n` is a text, a number is needed here",
        ),
        ("rate(up[${n}])", "n", number(-1.0), &newest, "${n} | the parameter `n` is -1, a duration is positive"),
        ("rate(up[${d}])", "d", Value::Duration(0), &newest, "${d} | the parameter `d` is 0s, a duration is positive"),
        (
            "${m}",
            "m",
            text("a.b"),
            &old,
            "${m} | the parameter `m` is \"a.b\", and Prometheus 2.53 has no quoted metric names",
        ),
        (
            "sum by (${l}) (up)",
            "l",
            text("a b"),
            &old,
            "${l} | the parameter `l` is \"a b\", and Prometheus 2.53 has no quoted label names",
        ),
        (
            "up{a=`${s}`}",
            "s",
            text("`"),
            &newest,
            "${s} | the parameter `s` contains a backtick, which a raw string cannot hold; use double quotes here",
        ),
        (
            "up{a=~\"${r}\"}",
            "r",
            text("("),
            &newest,
            "${r} | the parameter `r` is no regular expression: a `)` is missing",
        ),
        (
            "${l}",
            "l",
            text("a"),
            &newest,
            "${l} | the parameter `l` is a label name, a number or a duration is needed here",
        ),
    ] {
        assert_eq!(filled(query, &[(name, value)], target), Err(expected.to_owned()), "{query}");
    }
    assert!(parse("up > ${n}", &newest).is_err());
}

#[test]
fn numbers_in_windows_are_durations_where_the_version_needs_it() {
    let old = Target::new(Version::new(2, 42));
    assert_eq!(filled("rate(up[${n}])", &[("n", number(90.0))], &old).as_deref(), Ok("rate(up[1m30s])"));
    assert!(filled("rate(up[${n}])", &[("n", number(0.000_1))], &old).is_err());
}

proptest! {
    #![proptest_config(drawing(1000))]

    /// Whatever the value, the query keeps its shape and the value arrives unchanged.
    #[test]
    fn no_value_breaks_out(value in "\\PC*|[\"'`\\\\${}a\n|.()]{0,12}", number in proptest::num::f64::ANY) {
        let target = Target::everything();
        let query = r#"up{a=${s},b="<${s}>",c=~'${s}'} ^ ${n} > ${n} ^ 2"#;
        prop_assume!(!value.contains('\u{fffd}'));
        let values = [("s", Value::Text(value.clone())), ("n", Value::Number(number))];
        let result = filled(query, &values, &target).unwrap();
        let expr = parse(&result, &target).unwrap();
        let selector = expr.selectors().next().unwrap();
        prop_assert_eq!(&selector.matchers[0].value.value, &value);
        prop_assert_eq!(&selector.matchers[1].value.value, &format!("<{value}>"));
        let pattern = alertsmith::promql::Pattern::parse(&selector.matchers[2].value.value).unwrap();
        if value.chars().count() < 100 {
            prop_assert_eq!(pattern.words().unwrap().iter().collect::<Vec<_>>(), vec![&value]);
        }
        prop_assert_eq!(expr.nodes().filter(|(_, node)| matches!(node.kind, alertsmith::promql::Kind::Selector(_))).count(), 1);
    }
}
