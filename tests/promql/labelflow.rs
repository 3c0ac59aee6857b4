//! Every promise of label flow against the real Prometheus.
//!
//! The full form is `ALERTSMITH_CASES=20000 cargo test --test main promql::labelflow -- --nocapture`, which says what it judged;
//! `ALERTSMITH_SEED` draws other series and queries. Promtool judges most of it, a running Prometheus what needs `fill`.
//!
//! For each series a query returns, one branch must explain all of its labels; what never returns must be empty, what
//! always returns must not.

use super::evaluate::{self, Answer, Series};
use super::generate::{LABELS, blocks};
use super::random::{Random, cases};
use super::server;
use crate::support::tools::Generation;
use alertsmith::promql::{Feature, Flow, Presence, Target, Version, flow, parse};

/// What the flow promises wrongly about a result, if it does.
fn broken_promise(flow: &Flow, results: &[Series]) -> Option<String> {
    if let Some(reason) = &flow.never
        && !results.is_empty()
    {
        return Some(format!("never returns ({}), yet {results:?}", reason.words()));
    }
    if let Some(reason) = &flow.always
        && results.is_empty()
    {
        return Some(format!("always returns ({}), yet nothing", reason.words()));
    }
    for series in results {
        let mut complaints = Vec::new();
        let mut explained = false;
        for branch in flow.branches.iter().filter(|branch| branch.never.is_none()) {
            let mut wrong = None;
            let named = branch.labels.named().map(|(name, _)| name);
            for name in named.chain(LABELS).chain(series.keys().map(String::as_str)) {
                let carried = branch.labels.get(name);
                let value = series.get(name);
                let fits = match (carried.presence, value) {
                    (Presence::Guaranteed, None) | (Presence::Impossible, Some(_)) => false,
                    (_, Some(value)) => carried.values.as_ref().is_none_or(|values| values.contains(value)),
                    (_, None) => true,
                };
                if !fits {
                    wrong = Some(format!("{name}: {carried:?}"));
                }
            }
            explained |= wrong.is_none();
            complaints.extend(wrong);
        }
        if !explained {
            return Some(format!("{series:?} against {}", complaints.join("; ")));
        }
    }
    None
}

/// Who judges.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Judge {
    Promtool(Generation),
    Server,
}

fn check(count: usize, judge: Judge, features: &[Feature], seed: u64) {
    let version = if judge == Judge::Promtool(Generation::Oldest) { Version::new(2, 42) } else { Version::NEWEST };
    let target = Target { prometheus: version, features: features.iter().copied().collect() };
    let histograms = judge == Judge::Promtool(Generation::Newest);
    let blocks = blocks(count, &mut Random::new(super::random::seed() ^ seed), &target, histograms);
    let answers = match judge {
        Judge::Promtool(generation) => evaluate::answers(&blocks, generation, features),
        Judge::Server => server::answers(&blocks, features),
    };
    let Some(answers) = answers else { return };
    let (mut judged, mut failed, mut returned, mut promises, mut answered) = (0, 0, 0, [0_usize; 3], [0_usize; 2]);
    let mut wrong = Vec::new();
    for (block, answers) in blocks.iter().zip(answers) {
        for (query, answer) in block.queries.iter().zip(answers) {
            let flow = flow(&parse(query, &target).unwrap(), &target);
            let results = match answer {
                Answer::Results(results) => results.into_iter().map(|(series, _)| series).collect::<Vec<_>>(),
                Answer::Failed => {
                    failed += 1;
                    continue;
                }
            };
            judged += 1;
            answered[0] += usize::from(flow.always.is_some());
            answered[1] += usize::from(flow.never.is_some());
            if !results.is_empty() {
                returned += 1;
                for label in LABELS {
                    promises[flow.label(label).presence as usize] += 1;
                }
            }
            if let Some(what) = broken_promise(&flow, &results) {
                wrong.push(format!("{query}\n    {what}\n    series {:?}", block.series.keys()));
            }
        }
    }
    let flags: Vec<&str> = features.iter().map(|feature| feature.flag()).collect();
    eprintln!(
        "label flow against Prometheus {version} {flags:?}: {judged} queries judged ({failed} failed to run), {returned} returned \
         something; labels guaranteed, possible, impossible: {promises:?}; always, never: {answered:?}"
    );
    assert!(wrong.is_empty(), "{} broken promises\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
    assert!(judged * 2 > count && returned * 4 > judged, "the generator makes too few queries that run");
    assert!(promises.iter().all(|count| count * 20 > returned), "one kind of promise is hardly tried: {promises:?}");
}

#[test]
fn promises_hold_in_the_newest_prometheus() {
    check(cases(1200), Judge::Promtool(Generation::Newest), &[], 0);
}

#[test]
fn promises_hold_in_the_oldest_prometheus() {
    check(cases(1200) / 3, Judge::Promtool(Generation::Oldest), &[], 77);
}

#[test]
fn promises_hold_with_all_of_the_language() {
    let features = [Feature::ExperimentalFunctions, Feature::ExtendedRangeSelectors];
    check(cases(1200), Judge::Promtool(Generation::Newest), &features, 78);
}

#[test]
fn promises_hold_where_names_go_late() {
    let features = [Feature::ExperimentalFunctions, Feature::ExtendedRangeSelectors, Feature::DelayedNameRemoval];
    check(cases(1200) / 3, Judge::Promtool(Generation::Newest), &features, 79);
}

#[test]
fn promises_hold_where_missing_sides_are_filled() {
    let features = [Feature::ExperimentalFunctions, Feature::ExtendedRangeSelectors, Feature::BinopFillModifiers];
    check(cases(1200) / 3, Judge::Server, &features, 80);
}
