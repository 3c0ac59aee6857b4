//! Accept or reject as the real Prometheus does: every query of the corpora and thousands of mutations of them.

use super::evaluate::Answer;
use super::expressions::{mutate, of_parser_cases, of_rules, probes};
use super::generate::{Block, Data, Sample, queries as generated};
use super::random::{Random, cases, seed};
use super::server;
use crate::support::run::said;
use crate::support::tools::{Generation, tool};
use alertsmith::promql::{Feature, Target, Version, parse};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What promtool says about each query: why it refuses it, or nothing. Nothing at all where there is no promtool.
pub fn verdicts(queries: &[String], generation: Generation, flags: &[Feature]) -> Option<Vec<Option<String>>> {
    let tool = tool("promtool", generation)?;
    let mut rules = "groups:\n- name: g\n  rules:\n".to_owned();
    for query in queries {
        write!(rules, "  - record: a\n    expr: {}\n", serde_json::to_string(query).unwrap()).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.yml");
    std::fs::write(&path, rules).unwrap();
    let mut command = tool.command();
    command.args(["check", "rules", "--lint=none"]);
    if !flags.is_empty() {
        let words: Vec<&str> = flags.iter().map(|flag| flag.flag()).collect();
        command.arg(format!("--enable-feature={}", words.join(",")));
    }
    let output = command.arg(&path).output().unwrap();
    let mut found: BTreeMap<usize, String> = BTreeMap::new();
    let text = said(&output);
    for line in text.lines() {
        let Some((_, rest)) = line.split_once("group \"g\", rule ") else { continue };
        let Some((number, message)) = rest.split_once(',') else { continue };
        found.insert(number.parse::<usize>().unwrap() - 1, message.to_owned());
    }
    assert!(output.status.success() || !found.is_empty(), "promtool said nothing about a rule: {text}");
    Some((0..queries.len()).map(|index| found.remove(&index)).collect())
}

fn target(generation: Generation) -> Target {
    let features = [Feature::ExperimentalFunctions, Feature::ExtendedRangeSelectors, Feature::BinopFillModifiers];
    match generation {
        Generation::Newest => Target { prometheus: Version::NEWEST, features: features.into_iter().collect() },
        Generation::Oldest => Target::new(Version::new(2, 42)),
    }
}

fn disagreements(queries: &[String], generation: Generation) -> Vec<String> {
    let target = target(generation);
    let flags: Vec<Feature> = target.features.iter().copied().collect();
    let Some(verdicts) = verdicts(queries, generation, &flags) else { return Vec::new() };
    let name = if matches!(generation, Generation::Newest) { "newest" } else { "oldest" };
    let known: Vec<&str> = include_str!("differences.tsv")
        .lines()
        .filter_map(|line| line.strip_prefix(name)?.trim_start().split('\t').next())
        .collect();
    let mut wrong = Vec::new();
    for (query, verdict) in queries.iter().zip(verdicts) {
        if known.iter().any(|part| query.contains(part)) {
            continue;
        }
        match (parse(query, &target), verdict) {
            (Ok(_), Some(why)) => wrong.push(format!("we accept, Prometheus refuses: {query:?}\n    {why}")),
            (Err(errors), None)
                if known.iter().any(|part| part.strip_prefix('!').is_some_and(|m| errors[0].message.contains(m))) => {}
            (Err(errors), None) => wrong.push(format!("we refuse, Prometheus accepts: {query:?}\n    {}", errors[0])),
            _ => {}
        }
    }
    wrong
}

fn check(queries: &[String]) {
    for generation in [Generation::Newest, Generation::Oldest] {
        let wrong = disagreements(queries, generation);
        assert!(wrong.is_empty(), "{generation:?}: {} of {}\n{}", wrong.len(), queries.len(), wrong.join("\n"));
    }
}

/// YAML cannot carry these.
fn writable(query: &str) -> bool {
    !query.trim().is_empty() && query.chars().all(|c| !c.is_control() || c == '\n' || c == '\t')
}

#[test]
fn corpora() {
    let mut queries = of_rules(&["rules-real", "rules-real-crd", "rules-upstream", "rules-thanos", "rules-vmalert"]);
    queries.extend(of_parser_cases());
    queries.retain(|query| writable(query));
    check(&queries);
}

#[test]
fn edges_of_the_grammar() {
    check(&probes());
}

/// The one difference: releases up to 3.14 overlook that a range stands behind a computed offset. What we say to write instead
/// means the same.
#[test]
fn what_prometheus_overlooks() {
    let series = Data::from([("a".to_owned(), (0..21).map(Sample::Number).collect())]);
    let queries =
        ["max_over_time(a offset (4m + 1m) [5m])", "max_over_time(a[5m])", "max_over_time(a[5m] offset (4m + 1m))"];
    let block = Block { series, queries: queries.map(str::to_owned).to_vec() };
    let Some(answers) = server::answers(&[block], &[Feature::ExperimentalFunctions]) else { return };
    let values: Vec<&str> = answers[0]
        .iter()
        .map(|answer| match answer {
            Answer::Results(results) => results[0].1.as_str(),
            Answer::Failed => "",
        })
        .collect();
    assert_eq!(values, ["10", "15", "10"]);
    assert!(parse(queries[0], &Target::default()).is_err());
}

#[test]
fn mutations() {
    let mut seeds = of_parser_cases();
    seeds.extend(probes());
    seeds.extend(of_rules(&["rules-upstream", "rules-real-crd"]).into_iter().filter(|query| query.len() < 300));
    if seeds.is_empty() {
        return;
    }
    let mut random = Random::new(seed());
    let queries: Vec<String> = (0..cases(3000))
        .map(|_| {
            let text = random.pick(&seeds).clone();
            mutate(&text, &mut random)
        })
        .filter(|query| writable(query))
        .collect();
    check(&queries);
}

/// What the target version lacks is refused, and nothing else: queries of the newest language, for the oldest release.
#[test]
fn generated_queries_in_the_oldest_release() {
    let mut random = Random::new(seed() ^ 0x52);
    let queries = generated(cases(2000), &mut random, &Target::everything());
    let wrong = disagreements(&queries, Generation::Oldest);
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), queries.len(), wrong.join("\n"));
    let old = Target::new(Version::new(2, 42));
    let refused = queries.iter().filter_map(|query| parse(query, &old).err());
    let messages: Vec<String> = refused.flatten().map(|error| error.message).collect();
    assert!(messages.len() > queries.len() / 4);
    for message in messages {
        assert!(message.contains("2.42"), "{message}");
    }
}
