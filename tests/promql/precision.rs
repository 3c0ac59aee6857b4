//! How much label flow leaves open that could have been told: the same queries over many sets of series, and the labels
//! that are called possible and are there always, or never.
//!
//! What nobody sees is not proved, so this is a measure and its bound an alarm; `ALERTSMITH_CASES` looks further and
//! prints the shortest of those queries.

use super::evaluate::{self, Answer};
use super::generate::{Block, LABELS, queries, series};
use super::random::{Random, cases, seed};
use crate::support::tools::Generation;
use alertsmith::promql::{Feature, Presence, Target, Version, flow, parse};

/// Over so many sets of series.
const SETS: usize = 40;

#[test]
fn what_is_called_possible_is_sometimes_there() {
    let features = [Feature::ExperimentalFunctions, Feature::ExtendedRangeSelectors];
    let target = Target { prometheus: Version::NEWEST, features: features.into_iter().collect() };
    let mut random = Random::new(seed() ^ 0x51);
    let (mut possible, mut open, mut empty, mut fired) = (0, Vec::new(), Vec::new(), 0);
    for _ in 0..cases(80) / 40 {
        let queries = queries(40, &mut random, &target);
        let sets = (0..SETS)
            .map(|_| Block { series: series(&mut random, &target, true), queries: queries.clone() })
            .collect::<Vec<_>>();
        let Some(answers) = evaluate::answers(&sets, Generation::Newest, &features) else { return };
        for (index, query) in queries.iter().enumerate() {
            let flow = flow(&parse(query, &target).unwrap(), &target);
            let mut results = Vec::new();
            let (mut with, mut without) = (0, 0);
            for answer in &answers {
                if let Answer::Results(series) = &answer[index] {
                    *(if series.is_empty() { &mut without } else { &mut with }) += 1;
                    results.extend(series.iter().map(|(labels, _)| labels));
                }
            }
            if with == 0 && without > SETS / 2 && flow.never.is_none() {
                empty.push(format!("never returned: {query}"));
            }
            if without == 0 && with > SETS / 2 && flow.always.is_none() {
                empty.push(format!("always returned: {query}"));
            }
            if with < 10 || results.len() < 30 {
                continue;
            }
            fired += 1;
            for label in LABELS.into_iter().chain(["__name__"]) {
                if flow.label(label).presence != Presence::Possible {
                    continue;
                }
                possible += 1;
                let there = results.iter().filter(|series| series.contains_key(label)).count();
                if there == 0 || there == results.len() {
                    open.push(format!("{label} in {there} of {}: {query}", results.len()));
                }
            }
        }
    }
    eprintln!(
        "precision: {fired} queries with results; of {possible} labels called possible, {} were always or never there; {} \
         queries always or never returned without our saying so",
        open.len(),
        empty.len()
    );
    if cases(0) > 0 {
        for list in [&mut open, &mut empty] {
            list.sort_by_key(String::len);
            list.iter().take(70).for_each(|line| eprintln!("    {line}"));
        }
    }
    assert!(open.len() * 20 <= possible, "{}", open.join("\n"));
}
