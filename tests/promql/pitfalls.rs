//! What loads and then fails: the real Prometheus fails exactly where we say so.

use super::evaluate::{Answer, answers};
use super::generate::{Block, Data, Sample};
use crate::support::tools::Generation;
use alertsmith::promql::{Target, Version, parse, pitfalls};

/// Queries over `a`, and the bytes of what fails; empty where nothing does.
const QUERIES: [(&str, &str); 18] = [
    ("label_replace(a, \"x\", \"$1\", \"job\", \"(\")", "\"(\""),
    ("label_replace(a, \"x\", \"$1\", \"job\", \"(.*)\")", ""),
    ("label_replace(a, \"\", \"$1\", \"job\", \"(.*)\")", "\"\""),
    ("label_replace(a, \"x\", \"y\", \"\", \"\")", ""),
    ("label_join(a, \"\", \"-\", \"job\")", "\"\""),
    ("label_join(a, \"x\", \"-\", \"\")", "\"\""),
    ("label_join(a, \"x\", \"-\")", ""),
    ("count_values(\"\", a)", "\"\""),
    ("count_values(\"v\", a)", ""),
    ("a[5m]", "a[5m]"),
    ("a[5m:]", "a[5m:]"),
    ("1 + 1", ""),
    ("rate(a[5m] smoothed)", ""),
    ("rate(a[5m] anchored)", ""),
    ("changes(a[5m] smoothed)", "smoothed"),
    ("max_over_time(a[5m] anchored)", "anchored"),
    ("double_exponential_smoothing(a[5m], 1, 0.5)", "1"),
    ("double_exponential_smoothing(a[5m], 0.5, 0.5)", ""),
];

#[test]
fn fails_in_prometheus_where_we_say_so() {
    let target = Target::everything();
    for (query, place) in QUERIES {
        let found = pitfalls(&parse(query, &target).unwrap(), &target);
        let places: Vec<&str> = found.iter().map(|error| &query[error.range.clone()]).collect();
        assert_eq!(places, if place.is_empty() { vec![] } else { vec![place] }, "{query}");
    }
    // A range vector is no failure for a query, only for a rule. promtool evaluates queries without feature flags.
    let flagged = |query: &str| parse(query, &Target::default()).is_err();
    let queries: Vec<(&str, &str)> =
        QUERIES.into_iter().filter(|(query, place)| query != place && !flagged(query)).collect();
    let block = Block {
        series: Data::from([("a{job=\"x\"}".to_owned(), (0..21).map(Sample::Number).collect())]),
        queries: queries.iter().map(|(query, _)| (*query).to_owned()).collect(),
    };
    let Some(answers) = answers(&[block], Generation::Newest, &[]) else { return };
    for ((query, place), answer) in queries.iter().zip(&answers[0]) {
        assert_eq!(matches!(answer, Answer::Failed), !place.is_empty(), "{query}");
    }
}

#[test]
fn old_versions_want_plain_label_names() {
    let old = Target::new(Version::new(2, 42));
    for (query, count) in
        [("label_join(a, \"x.y\", \"\", \"b-c\")", 2), ("count_values(\"é\", a)", 1), ("count_values(\"e\", a)", 0)]
    {
        assert_eq!(pitfalls(&parse(query, &old).unwrap(), &old).len(), count, "{query}");
    }
}
