//! Accept or reject as Prometheus' own test tables do.
use crate::support::corpus;
use alertsmith::promql::{Target, parse, pretty};

fn cases(table: &str) -> Vec<serde_json::Value> {
    corpus::table(table).map_or_else(Vec::new, |table| table["cases"].as_array().unwrap().clone())
}

#[test]
fn parse_cases_agree() {
    let target = Target::everything();
    let mut wrong = Vec::new();
    for case in cases("promql-parse/parse_test.json") {
        let input = case["input"].as_str().unwrap();
        let expected = case["ok"].as_bool().unwrap();
        match parse(input, &target) {
            Ok(_) if !expected => wrong.push(format!("accepted: {input:?}\n   {}", case["errors"])),
            Err(errors) if expected => wrong.push(format!("rejected: {input:?} {errors:?}")),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn formatted_cases_agree() {
    let target = Target::everything();
    let mut wrong = Vec::new();
    for case in cases("promql-format/format_test.json") {
        let (input, output) = (case["input"].as_str().unwrap(), case["output"].as_str().unwrap());
        let found = parse(input, &target).map(|expr| match case["max_line"].as_u64() {
            Some(width) => pretty(&expr, usize::try_from(width).unwrap()),
            None => expr.to_string(),
        });
        if found.as_deref() != Ok(output) {
            wrong.push(format!("{input:?}\nexpected {output:?}\nfound    {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
