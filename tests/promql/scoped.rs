//! What scoping means, judged by the real Prometheus: a scoped query over all series gives what the query as written gives
//! over the series in scope alone.

use super::evaluate::{Answer, Series, answers};
use super::generate::{Block, Data, blocks};
use super::random::{Random, cases, seed};
use crate::support::tools::Generation;
use alertsmith::promql::{MatchOp, Restriction, Target, apply, parse, scope};
use std::collections::BTreeSet;

#[test]
fn a_scoped_query_sees_its_targets_and_nothing_else() {
    let target = Target::default();
    let restriction = |op, value: &str| Restriction { label: "env".to_owned(), op, value: value.to_owned() };
    let in_scope =
        |series: &String, values: &[&str]| values.iter().any(|value| series.contains(&format!("env=\"{value}\"")));
    let (mut narrowed, mut whole) = (Vec::new(), Vec::new());
    for (number, block) in blocks(cases(1000), &mut Random::new(seed()), &target, false).into_iter().enumerate() {
        let values: &[&str] = if number % 2 == 0 { &["x"] } else { &["x", "2"] };
        let restrictions = [match values {
            [only] => restriction(MatchOp::Equal, only),
            more => restriction(MatchOp::Regex, &more.join("|")),
        }];
        let mut original = Block { queries: Vec::new(), series: Data::new() };
        let mut scoped = Block { queries: Vec::new(), series: block.series.clone() };
        let inside = block.series.iter().filter(|(series, _)| in_scope(series, values));
        original.series.extend(inside.map(|(series, samples)| (series.clone(), samples.clone())));
        if original.series.is_empty() {
            continue;
        }
        for query in block.queries {
            let expr = parse(&query, &target).unwrap();
            // `absent` tells of the label it looks for, which scoping adds; the order within `limitk` and `topk` is open.
            if ["absent", "limit", "topk", "bottomk"].iter().any(|word| query.contains(word)) {
                continue;
            }
            if let Ok(edits) = scope(&query, &expr, &restrictions, &BTreeSet::new()) {
                scoped.queries.push(apply(&query, &edits));
                original.queries.push(query);
            }
        }
        narrowed.push(original);
        whole.push(scoped);
    }
    let (Some(wanted), Some(found)) =
        (answers(&narrowed, Generation::Newest, &[]), answers(&whole, Generation::Newest, &[]))
    else {
        return;
    };
    let (mut compared, mut returned) = (0, 0);
    for ((original, scoped), (wanted, found)) in narrowed.iter().zip(&whole).zip(wanted.into_iter().zip(found)) {
        for ((query, scoped), (wanted, found)) in
            original.queries.iter().zip(&scoped.queries).zip(wanted.into_iter().zip(found))
        {
            match (wanted, found) {
                (Answer::Results(wanted), Answer::Results(found)) => {
                    let same = wanted.len() == found.len() && wanted.iter().zip(&found).all(same);
                    assert!(same, "{query}\n{scoped}\n{:?}\n{wanted:?}\n{found:?}", original.series);
                    compared += 1;
                    returned += usize::from(!wanted.is_empty());
                }
                (Answer::Failed, Answer::Failed) => {}
                _ => panic!("only one of the two fails: {query}\n{scoped}\n{:?}", original.series),
            }
        }
    }
    eprintln!("scoping: {compared} queries compared, {returned} of them with results");
    assert!(returned > 50, "{returned} of {compared}");
}

/// The same labels and, but for the order of adding up, the same value.
fn same((wanted, found): (&(Series, String), &(Series, String))) -> bool {
    let number = |text: &String| text.parse::<f64>().ok();
    let close = match (number(&wanted.1), number(&found.1)) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(b.abs()),
        _ => false,
    };
    wanted.0 == found.0 && (close || wanted.1 == found.1)
}
