//! Input nobody means well with: no panic, no overflow, no super-linear time.

use super::expressions::{mutate, of_parser_cases, probes};
use super::random::{Random, cases, seed};
use crate::support::random::drawing;
use alertsmith::promql::{MAX_DEPTH, ParamKind, Target, flow, parse, parse_template, pitfalls, pretty, shape};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::time::Instant;

fn everything() -> Target {
    Target::everything()
}

#[test]
fn deep_nesting_is_an_error_and_no_overflow() {
    let depth = 100_000;
    for (open, close) in [("(", ")"), ("abs(", ")"), ("sum(", ")"), ("-(", ")"), ("foo[(", ")]"), ("foo offset (", ")")]
    {
        let text = format!("{}foo{}", open.repeat(depth), close.repeat(depth));
        assert!(parse(&text, &everything()).is_err(), "{open}");
    }
    for (open, inner, close) in [("(", "foo", ")"), ("abs(", "foo", ")"), ("sum by (a) (", "foo", ")")] {
        let text = format!("{}{inner}{}", open.repeat(MAX_DEPTH), close.repeat(MAX_DEPTH));
        let expr = parse(&text, &everything()).unwrap();
        assert_eq!(expr.to_string(), text);
        assert!(parse(&format!("{open}{text}{close}"), &everything()).is_err());
    }
}

#[test]
fn long_chains_are_no_trouble() {
    for (part, last) in [
        ("1+", "1"),
        ("-", "foo"),
        ("1^", "1"),
        ("foo and ", "foo"),
        ("foo or -", "foo"),
        ("foo / on(a) group_left() ", "foo"),
    ] {
        let text = part.repeat(100_000) + last;
        let expr = parse(&text, &everything()).unwrap();
        assert_eq!(expr.nodes().last().unwrap().1.range, 0..text.len());
        let printed = expr.to_string();
        assert!(parse(&printed, &everything()).is_ok());
    }
    let text = format!("foo[{}1m]", "1m+".repeat(100_000));
    assert_eq!(parse(&text, &everything()).unwrap().to_string().len(), "foo[]".len() + "1m + ".len() * 100_000 + 2);
    let subqueries = format!("foo{}", "[5m:] ".repeat(1000));
    assert!(parse(&subqueries, &everything()).is_err());
}

/// The time for twice the text must not be much more than twice the time.
#[test]
fn ten_megabytes_take_linear_time() {
    let shapes: [(&str, &dyn Fn(usize) -> String); 6] = [
        ("sum", &|n| "foo{a=\"b\"} + ".repeat(n / 13) + "1"),
        ("string", &|n| format!("foo{{a=\"{}\"}}", "\\n".repeat(n / 2))),
        ("matchers", &|n| format!("foo{{{}}}", "a=~\"b|c\",".repeat(n / 9))),
        ("pattern", &|n| format!("foo{{a=~\"{}\"}}", "(a|b)[c-d]?".repeat(n / 11))),
        ("errors", &|n| "nope(1)+".repeat(n / 8) + "1"),
        ("labels", &|n| format!("sum by ({}) (foo)", "a,".repeat(n / 2))),
    ];
    for (name, shape) in shapes {
        let time = |size: usize| {
            let text = shape(size);
            let begin = Instant::now();
            let _ = parse(&text, &everything());
            begin.elapsed()
        };
        let (small, large) = (time(100_000), time(400_000));
        assert!(large < small * 16 + std::time::Duration::from_millis(200), "{name}: {small:?} {large:?}");
    }
    // The whole ten megabytes only where time does not matter.
    let size = if cases(0) > 0 { 10_000_000 } else { 1_000_000 };
    let begin = Instant::now();
    let text = "foo{a=\"b\"} + ".repeat(size / 13) + "1";
    assert!(parse(&text, &everything()).is_ok());
    assert!(begin.elapsed().as_secs() < 60, "{:?}", begin.elapsed());
}

#[test]
fn mutations_never_panic() {
    let mut seeds = of_parser_cases();
    seeds.extend(probes());
    let parameters = BTreeMap::from([("x".to_owned(), ParamKind::Number), ("s".to_owned(), ParamKind::String)]);
    let mut random = Random::new(seed());
    for _ in 0..cases(5000) {
        let seed = random.pick(&seeds).clone();
        let text = mutate(&seed, &mut random).replace("up", "${x}").replace("job", "${s}");
        match parse_template(&text, &everything(), &parameters) {
            Ok(expr) => {
                let target = everything();
                let _ =
                    (expr.to_string(), pretty(&expr, 20), flow(&expr, &target), shape(&expr), pitfalls(&expr, &target));
            }
            Err(errors) => {
                for error in errors {
                    assert!(text.get(error.range.clone()).is_some(), "{text:?} {error:?}");
                    assert!(!error.message.is_empty() && !error.message.ends_with('.'), "{error:?}");
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(drawing(2000))]

    #[test]
    fn any_text_gets_an_answer(text in "\\PC*") {
        if let Err(errors) = parse(&text, &everything()) {
            for error in errors {
                prop_assert!(text.get(error.range.clone()).is_some(), "{:?}", error);
            }
        }
    }

    #[test]
    fn any_signs_get_an_answer(text in "[-+*/%^=!~<>(){}\\[\\],:@$\"'`\\\\#.0-9a-fxu\n ]{0,40}") {
        if let Ok(expr) = parse(&text, &everything()) {
            let printed = expr.to_string();
            prop_assert_eq!(parse(&printed, &everything()).unwrap().to_string(), printed);
        }
    }
}
