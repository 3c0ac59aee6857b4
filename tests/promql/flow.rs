//! Label flow by examples: every construct, its reason and the bytes it points at.

use alertsmith::promql::{Flow, ParamKind, Presence, Target, flow, parse_template};
use std::collections::BTreeMap;

fn flow_of(text: &str) -> Flow {
    let parameters = BTreeMap::from([("s".to_owned(), ParamKind::String), ("l".to_owned(), ParamKind::LabelName)]);
    let target = Target::everything();
    let expr = parse_template(text, &target, &parameters).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
    flow(&expr, &target)
}

/// The answer for one label: a sign for its presence, its values, and the bytes of the reason.
fn said(text: &str, label: &str) -> String {
    let flow = flow_of(text);
    let carried = flow.label(label);
    let sign = match carried.presence {
        Presence::Guaranteed => "+",
        Presence::Possible => "?",
        Presence::Impossible => "-",
    };
    let values = carried.values.as_ref().map_or_else(String::new, |values| {
        format!(" {}", values.iter().map(String::as_str).collect::<Vec<_>>().join("|"))
    });
    assert!(!carried.reason.words().is_empty());
    format!("{sign}{values} @ {}", &text[carried.reason.range.clone()])
}

#[test]
fn labels_of_every_construct() {
    for (text, label, expected) in [
        // Selectors.
        ("up", "job", "? @ up"),
        ("up{job=\"a\"}", "job", "+ a @ job=\"a\""),
        ("up{job=\"\"}", "job", "- @ job=\"\""),
        ("up{job!=\"\"}", "job", "+ @ job!=\"\""),
        ("up{job!=\"a\"}", "job", "? @ up{job!=\"a\"}"),
        ("up{job=~\"a|b\"}", "job", "+ a|b @ job=~\"a|b\""),
        ("up{job=~\"a|\"}", "job", "? a @ job=~\"a|\""),
        ("up{job=~\".+\"}", "job", "+ @ job=~\".+\""),
        ("up{job=~\".*\"}", "job", "? @ up{job=~\".*\"}"),
        ("up{job!~\".+\"}", "job", "- @ job!~\".+\""),
        ("up{job!~\"a.*\"}", "job", "? @ up{job!~\"a.*\"}"),
        ("up{job!~\"a|\"}", "job", "+ @ job!~\"a|\""),
        ("up{job=~\"a|b\",job!=\"a\"}", "job", "+ b @ job=~\"a|b\""),
        ("up{job=~\"a|b|c\",job=~\"b|c|d\"}", "job", "+ b|c @ job=~\"b|c|d\""),
        ("up{job=${s}}", "job", "? @ up{job=${s}}"),
        ("{\"up\", \"a b\"=\"c\"}", "a b", "+ c @ \"a b\"=\"c\""),
        // Aggregations.
        ("sum(up{job=\"a\"})", "job", "- @ sum"),
        ("sum by (job) (up)", "job", "? @ by (job)"),
        ("sum by (job) (up{job=\"a\"})", "job", "+ a @ job=\"a\""),
        ("sum by (x) (up{job=\"a\"})", "job", "- @ by (x)"),
        ("sum without (job) (up{job=\"a\"})", "job", "- @ without (job)"),
        ("sum without (x) (up{job=\"a\"})", "job", "+ a @ job=\"a\""),
        ("topk by (x) (1, up{job=\"a\"})", "job", "+ a @ job=\"a\""),
        ("count_values by (x) (\"v\", up)", "v", "+ @ count_values"),
        ("count_values without (v) (\"v\", up)", "v", "- @ without (v)"),
        ("sum by (${l}) (up)", "job", "? @ by (${l})"),
        // Functions.
        ("rate(up{job=\"a\"}[5m])", "job", "+ a @ job=\"a\""),
        ("histogram_quantile(0.9, up{le=\"1\"})", "le", "? @ histogram_quantile"),
        ("histogram_quantile(0.9, sum by (le) (up))", "job", "- @ by (le)"),
        ("absent(up{job=\"a\"})", "job", "+ a @ job=\"a\""),
        ("absent(up{job=\"a\"})", "x", "- @ absent(up{job=\"a\"})"),
        ("absent(up{job=\"a\",job=~\"a\"})", "job", "? a @ absent(up{job=\"a\",job=~\"a\"})"),
        ("absent(sum(up{job=\"a\"}))", "job", "- @ absent(sum(up{job=\"a\"}))"),
        ("vector(1)", "job", "- @ vector(1)"),
        ("time() + 1", "job", "- @ time() + 1"),
        ("label_replace(up, \"x\", \"y\", \"\", \"\")", "x", "+ y @ label_replace"),
        ("label_replace(up, \"x\", \"$1\", \"job\", \"(.*)\")", "x", "? @ label_replace"),
        ("label_replace(up{x=\"z\"}, \"x\", \"y\", \"job\", \"a\")", "x", "+ y|z @ label_replace"),
        ("label_replace(up{x=\"z\",job=\"b\"}, \"x\", \"y\", \"job\", \"a\")", "x", "+ z @ x=\"z\""),
        ("label_replace(up{x=\"z\"}, \"x\", \"\", \"job\", \".*\")", "x", "- @ label_replace"),
        ("label_join(up{job=\"a\"}, \"x\", \"\", \"job\", \"y\")", "x", "+ @ label_join"),
        ("label_join(up, \"x\", \"\", \"job\", \"y\")", "x", "? @ label_join"),
        ("label_join(up{job=\"a\"}, \"x\", \"\", \"job\")", "x", "+ a @ label_join"),
        ("label_join(up{job=\"a\",env=~\"b|c\"}, \"x\", \"-\", \"job\", \"env\")", "x", "+ a-b|a-c @ label_join"),
        ("label_replace(up{job=~\"a|b\"}, \"x\", \"$1\", \"job\", \"(.*)\")", "x", "+ a|b @ label_replace"),
        ("label_replace(up{job!=\"\"}, \"x\", \"$n\", \"job\", \"(?P<n>.+)\")", "x", "+ @ label_replace"),
        ("label_replace(up{x=\"z\"}, \"x\", \"$1\", \"job\", \"(.+)\")", "x", "+ @ label_replace"),
        ("label_replace(up{x=\"z\"}, \"x\", \"$1-\", \"job\", \"(b).*\")", "x", "+ @ label_replace"),
        ("label_replace(up{x=\"z\"}, \"x\", \"$1\", \"job\", \"(b)?.*\")", "x", "? @ label_replace"),
        ("info(sum by (job) (up))", "x", "? @ info"),
        ("info(sum by (job) (up))", "instance", "- @ by (job)"),
        ("info(sum by (job) (up), {x=~\".+\"})", "x", "? @ info"),
        ("info(sum by (job) (up), {x=~\".+\"})", "y", "- @ by (job)"),
        ("max_over_time(sum by (job) (up)[5m:])", "x", "- @ by (job)"),
        // Operators.
        ("up{job=\"a\"} > 1", "job", "+ a @ job=\"a\""),
        ("-up{job=\"a\"} * 2", "job", "+ a @ job=\"a\""),
        ("up > 1", "__name__", "+ up @ up"),
        ("up * 1", "__name__", "? @ *"),
        ("up / on (job) down", "x", "- @ on (job)"),
        ("up > on (job) down{job=\"a\"}", "job", "+ a @ job=\"a\""),
        ("up{job=\"a\"} / ignoring (job) down", "job", "- @ ignoring (job)"),
        ("up / sum by (job) (down)", "x", "- @ /"),
        ("up{x=\"y\"} * on (job) group_left (v) down{v=\"1\"}", "v", "+ 1 @ v"),
        ("up{x=\"y\"} * on (job) group_left (v) sum by (job) (down)", "v", "- @ v"),
        ("up{x=\"y\"} * on (job) group_left () down", "x", "+ y @ x=\"y\""),
        ("up * on (job) group_right () down{x=\"y\"}", "x", "+ y @ x=\"y\""),
        ("up and on (job) down{job=\"a\"}", "job", "+ a @ job=\"a\""),
        ("up{job=\"a\"} unless down", "job", "+ a @ job=\"a\""),
        ("up{job=\"a\"} or down{job=\"b\"}", "job", "+ a|b @ job=\"a\""),
        ("up{job=\"a\"} or sum(down)", "job", "? a @ sum"),
        ("a + fill (0) b{job=\"a\"}", "job", "? @ a"),
        ("a{job=\"a\"} + fill (0) b{job=\"a\"}", "job", "+ a @ job=\"a\""),
        ("sum by (x) (a) + on (x) fill_right (0) b", "job", "- @ on (x)"),
        ("up </ 1", "__name__", "+ up @ up"),
        ("vector(0) or on () up{job=\"a\"}", "job", "- @ vector(0)"),
    ] {
        assert_eq!(said(text, label), expected, "{text}");
    }
}

#[test]
fn always_and_never() {
    for (text, always, never) in [
        ("up", "", ""),
        ("vector(1)", "vector(1)", ""),
        ("up or vector(0)", "vector(0)", ""),
        ("sum(up) or on () vector(0) > 5", "", ""),
        ("sum(up) or vector(0)", "vector(0)", ""),
        // Where `up` is a native histogram, the sum is one, and neither of these has a result.
        ("(sum(up) or vector(0)) / (sum(down) or vector(0))", "", ""),
        ("(sum(up) or vector(0)) > bool 5", "", ""),
        ("(count(up) or vector(0)) / (count(down) or vector(0))", "vector(0)", ""),
        ("(count(up) or vector(0)) > bool 5", "vector(0)", ""),
        ("(sum(up) or vector(0)) < 5", "", ""),
        ("(up{job=\"a\"} or vector(0)) < 5", "<", ""),
        ("(up{job=\"a\"} or on () vector(0)) < 5", "", ""),
        ("vector(1) > 0", ">", ""),
        ("vector(1) < 0", "", "<"),
        ("1 > bool 2", "1 > bool 2", ""),
        ("up{job=\"a\",job=\"b\"}", "", "job=\"b\""),
        ("up{job=\"a\",job=~\"b|c\"}", "", "job=~\"b|c\""),
        ("up{job=\"\",job=~\".+\"}", "", "job=~\".+\""),
        ("sum by (job) (up{job=\"a\"}) / on (job) down{job=\"b\"}", "", "on (job)"),
        ("up{job=\"a\"} and sum(down)", "", "and"),
        ("up{job=\"a\"} and on () sum(down)", "", ""),
        ("up and on () vector(1)", "", ""),
        ("vector(1) and on () (up or vector(1))", "vector(1)", ""),
        ("absent(up{job=\"a\",job=\"b\"})", "job=\"b\"", ""),
        ("absent(vector(1))", "", "vector(1)"),
        ("max_over_time(vector(1)[5m:10m])", "", ""),
        ("up{job=\"a\"} / sum by (x) (down)", "", "/"),
        ("topk(1, vector(1))", "", ""),
        ("topk(0, up)", "", "0"),
        ("up{job!~\".*\"}", "", "job!~\".*\""),
        ("count(up) == 0", "", "=="),
        ("count(up) < 1", "", "<"),
        ("0 >= count by (job) (up)", "", ">="),
        ("count(up) <= 1", "", ""),
        ("sum(up > bool 0) < 0", "", "<"),
        ("(up > 90) < 80", "", "<"),
        ("(up > 80) < 90", "", ""),
        ("2 * (up > 90) + 1 <= 180", "", "<="),
        ("-abs(up) > 0", "", ">"),
        ("hour() > 23", "", ">"),
        ("absent(up) == 0", "", "=="),
        ("absent(up) != 0", "", ""),
        ("(up > bool 1) > 1 or down", "", ""),
        ("vector(0) or up", "vector(0)", ""),
    ] {
        let flow = flow_of(text);
        let place =
            |reason: Option<&alertsmith::promql::Reason>| reason.map_or("", |reason| &text[reason.range.clone()]);
        assert_eq!((place(flow.always.as_ref()), place(flow.never.as_ref())), (always, never), "{text}");
    }
}

#[test]
fn alternatives_are_kept_apart() {
    let text = "(sum by (job) (up) > 1) or (sum by (x) (down) > 2) or label_replace(up, \"job\", \"j\", \"\", \"\")";
    let flow = flow_of(text);
    let ranges: Vec<&str> = flow.branches.iter().map(|branch| &text[branch.range.clone()]).collect();
    assert_eq!(
        ranges,
        ["sum by (job) (up) > 1", "sum by (x) (down) > 2", "label_replace(up, \"job\", \"j\", \"\", \"\")"]
    );
    assert_eq!(flow.lacking("job").map(|branch| &text[branch.range.clone()]), Some("sum by (job) (up) > 1"));
    let presence: Vec<Presence> = flow.branches.iter().map(|branch| branch.labels.get("job").presence).collect();
    assert_eq!(presence, [Presence::Possible, Presence::Impossible, Presence::Guaranteed]);
}

/// 50,000 names, each with what follows it.
fn list(letter: &str, after: &str) -> String {
    (0..50_000).fold(String::new(), |text, number| text + letter + &number.to_string() + after)
}

#[test]
fn absurd_queries_are_analysed_in_linear_time() {
    let many = |part: &str, count: usize| part.repeat(count);
    for text in [
        many("up or ", 50_000) + "up",
        many("up{job=\"a\"} / ", 50_000) + "up",
        many("1 + ", 50_000) + "up",
        format!("sum by ({}) (up)", list("l", ",")),
        format!("up{{{}}}", list("l", "=\"x\",")),
        format!("a / on ({}) b", list("l", ",")),
        format!("a{{{}}} / ignoring ({}) b", list("l", "=\"x\","), list("k", ",")),
    ] {
        let begin = std::time::Instant::now();
        let _ = flow_of(&text);
        assert!(begin.elapsed().as_secs() < 20, "{} {:?}", &text[..50], begin.elapsed());
    }
}
