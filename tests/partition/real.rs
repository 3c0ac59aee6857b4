//! The same judgement by the real tool: series of hosts just above and just below their thresholds, and promtool says what
//! fires.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::fleet::{Fleet, Query, SEVERITIES};
use super::meaning::{Host, effective};
use super::series::{Evaluator, hosts};
use super::{generate, meaning, rules};
use crate::support::random::{Random, cases};
use crate::support::run::run;
use crate::support::tools::{Generation, tool};

/// How many hosts of a fleet get series.
const HOSTS: usize = 24;

/// Fleets that compile, always the same ones for a seed.
pub fn fleets(seed: u64, count: usize) -> Vec<Fleet> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut drawn = std::iter::repeat_with(|| generate::fleets().new_tree(&mut runner).unwrap().current());
    drawn.by_ref().filter(|fleet| !meaning::ambiguous(fleet)).take(count).collect()
}

#[test]
fn promtool_sees_exactly_the_alerts_that_are_meant() {
    let Some(promtool) = tool("promtool", Generation::Newest) else { return };
    let mut random = Random::seeded("partition", 11);
    let folder = tempfile::tempdir().unwrap();
    let (mut tests, mut files, mut firing, mut silent) = (Vec::new(), Vec::new(), 0, 0);
    for (number, fleet) in fleets(random.bits(), cases(40)).iter().enumerate() {
        let built = rules::build(fleet).unwrap();
        let root = folder.path().join(number.to_string());
        for evaluator in Evaluator::all(fleet) {
            let own = evaluator.folder(fleet);
            let written: Vec<String> = built
                .files
                .iter()
                .filter(|(path, _)| path.starts_with(&own))
                .map(|(path, text)| write(&root.join(path), &without_strategy(text)))
                .collect();
            if written.is_empty() {
                continue;
            }
            let (test, fires, quiet) = unit_test(fleet, evaluator, &written, &mut random);
            firing += fires;
            silent += quiet;
            files.extend(written);
            tests.push(write(&root.join(format!("{evaluator:?}.test.yaml")), &test));
        }
    }
    run(promtool.command().args(["check", "rules", "--lint=all", "--lint-fatal"]).args(&files)).unwrap();
    run(promtool.command().args(["test", "rules"]).args(&tests)).unwrap();
    eprintln!("partition: {} files, {firing} alerts fire, {silent} do not", files.len());
    assert!(firing > 100 && silent > 100, "{firing} fire, {silent} do not");
}

fn write(path: &Path, text: &str) -> String {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// promtool does not know what only the Ruler reads.
fn without_strategy(text: &str) -> String {
    text.lines()
        .filter(|line| !line.contains("partial_response_strategy"))
        .fold(String::new(), |all, line| all + line + "\n")
}

/// A test for one evaluator: some hosts, each at a threshold of its own plus or minus a little, and all alerts that fire.
fn unit_test(fleet: &Fleet, evaluator: Evaluator, files: &[String], random: &mut Random) -> (String, usize, usize) {
    let all: Vec<(Host, BTreeMap<String, String>)> =
        hosts(fleet).into_iter().filter_map(|host| evaluator.sees(fleet, &host).map(|labels| (host, labels))).collect();
    let mut series = String::new();
    let mut wanted = String::new();
    let (mut firing, mut silent) = (0, 0);
    for number in 0..HOSTS {
        let (host, labels) = random.pick(&all);
        let mut labels = labels.clone();
        labels.insert("instance".to_owned(), format!("host-{number}"));
        let shown: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
        let shown = shown.join(",");
        let (alert, severity) = (random.below(fleet.alerts.len()), random.below(3));
        let aim = effective(fleet, alert, severity, host).map_or(50, |effective| effective.value.0 * 10);
        // In tenths, so that it is never a threshold itself.
        let tenths = if random.once_in(2) { aim + 5 } else { aim.saturating_sub(5) };
        let value = format!("{}.{}", tenths / 10, tenths % 10);
        for (metric, value) in [("load", value.as_str()), ("factor", "1")] {
            let _ = writeln!(series, "      - {{ series: '{metric}{{{shown}}}', values: '{value}x30' }}");
        }
        for alert in 0..fleet.alerts.len() {
            for (severity, name) in SEVERITIES.iter().enumerate() {
                let mine = Evaluator::of(fleet, alert, host.cluster) == evaluator;
                let Some(effective) = effective(fleet, alert, severity, host).filter(|_| mine) else { continue };
                if tenths > effective.value.0 * 10 {
                    firing += 1;
                    let alert = &fleet.alerts[alert].name;
                    let _ = writeln!(
                        wanted,
                        "          - {{ labels: '{{alertname=\"{alert}\",severity=\"{name}\",instance=\"host-{number}\"}}', value: 1 }}"
                    );
                } else {
                    silent += 1;
                }
            }
        }
    }
    let mut text = String::from("evaluation_interval: 5m\nrule_files:\n");
    for file in files {
        let _ = writeln!(text, "  - {file}");
    }
    let query = "count by (alertname, severity, instance) (ALERTS{alertstate=\"firing\"})";
    let _ = write!(text, "tests:\n  - interval: 1m\n    input_series:\n{series}    promql_expr_test:\n");
    let _ = write!(text, "      - expr: '{query}'\n        eval_time: 20m\n        exp_samples:\n{wanted}");
    if wanted.is_empty() {
        text.push_str("          []\n");
    }
    (text, firing, silent)
}

/// Labels with which a rule of a query that drops them still says which group its alerts are of.
#[test]
fn alerts_of_groups_carry_their_group() {
    for fleet in fleets(5, 40) {
        for rule in rules::build(&fleet).unwrap().rules {
            let drops =
                matches!(fleet.alerts[rule.alert].query, Query::DropsBoth | Query::DropsGroup | Query::Branches);
            let labels = &rule.identity.labels;
            assert_eq!(labels.contains_key("group"), labels.contains_key("group_id"));
            assert!(drops || !labels.contains_key("group"), "{rule:?}");
            assert!(!drops || labels.contains_key("group") || !rule.expr.contains("group_id=\""), "{rule:?}");
        }
    }
}
