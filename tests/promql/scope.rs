//! Scoping by splicing.
use alertsmith::promql::{MatchOp, Restriction, Target, apply, parse, scope};
use std::collections::BTreeSet;

fn scoped(text: &str) -> String {
    let expr = parse(text, &Target::everything()).unwrap();
    let restrictions = [Restriction { label: "group_id".into(), op: MatchOp::Equal, value: "x".into() }];
    let skip = BTreeSet::from(["ALERTS".to_owned()]);
    match scope(text, &expr, &restrictions, &skip) {
        Ok(edits) => {
            let result = apply(text, &edits);
            parse(&result, &Target::everything()).unwrap();
            result
        }
        Err(conflicts) => format!("{:?}", conflicts.iter().map(|c| &text[c.range.clone()]).collect::<Vec<_>>()),
    }
}

#[test]
fn every_way_to_write_a_selector() {
    for (text, expected) in [
        ("up", r#"up{group_id="x"}"#),
        ("up{}", r#"up{group_id="x"}"#),
        ("up{ } # all", r#"up{group_id="x" } # all"#),
        (r#"up{a="b"}"#, r#"up{a="b",group_id="x"}"#),
        (r#"up{a="b", c="d"}"#, r#"up{a="b", c="d", group_id="x"}"#),
        (r#"up{a="b",}"#, r#"up{a="b",group_id="x",}"#),
        ("up{a=\"b\" # why\n}", "up{a=\"b\",group_id=\"x\" # why\n}"),
        (r#"{"metric.name", a="b"}"#, r#"{"metric.name", a="b", group_id="x"}"#),
        (r#"{a="b", "metric.name"}"#, r#"{a="b", "metric.name", group_id="x"}"#),
        (r#"{__name__=~"a|b"}"#, r#"{__name__=~"a|b",group_id="x"}"#),
        ("rate(up[5m] offset 1m)", r#"rate(up{group_id="x"}[5m] offset 1m)"#),
        ("absent(up)", r#"absent(up{group_id="x"})"#),
        ("max_over_time(rate(up[5m])[1h:])", r#"max_over_time(rate(up{group_id="x"}[5m])[1h:])"#),
        ("sum(a) by (b) / on(c) group_left d", r#"sum(a{group_id="x"}) by (b) / on(c) group_left d{group_id="x"}"#),
        (r#"up{group_id="x"}"#, r#"up{group_id="x"}"#),
        (r#"up{group_id=~"x|y"}"#, r#"up{group_id=~"x|y",group_id="x"}"#),
        (r#"up{group_id!="y"}"#, r#"up{group_id!="y",group_id="x"}"#),
        (r#"up{group_id="y"} + up{group_id=~"y|z",a="b"}"#, r#"["group_id=\"y\"", "group_id=~\"y|z\""]"#),
        (r#"up{group_id!="x"}"#, r#"["group_id!=\"x\""]"#),
        ("ALERTS or up", r#"ALERTS or up{group_id="x"}"#),
        (r#"{__name__="ALERTS"} or up"#, r#"{__name__="ALERTS"} or up{group_id="x"}"#),
        (r#"info(up, {version=~".+"})"#, r#"info(up{group_id="x"}, {version=~".+"})"#),
        ("1 > bool 2", "1 > bool 2"),
    ] {
        assert_eq!(scoped(text), expected, "{text}");
    }
}
