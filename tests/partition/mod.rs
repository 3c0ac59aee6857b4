//! The most important promise: for one alert and level the emitted rules cover every host exactly once, and stably.
//!
//! Random fleets are compiled. What a spec means for one host is said a second time, as plainly as possible ([`meaning`]),
//! and compared with the rules: by looking at their matchers ([`rules`]) and by asking promtool.

mod corners;
mod fleet;
mod generate;
mod meaning;
mod real;
mod rules;
mod running;
mod series;
mod stable;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use self::fleet::Fleet;
use self::rules::Built;
use self::series::{Evaluator, hosts};
use crate::support::random::drawing;

/// How cases are drawn; those that failed once are kept in a file and tried first.
fn config(default: usize) -> ProptestConfig {
    let seeds = FileFailurePersistence::Direct(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/partition/seeds.txt"));
    ProptestConfig { failure_persistence: Some(Box::new(seeds)), max_shrink_iters: 20_000, ..drawing(default) }
}

/// Says which host is not covered as the spec means it.
fn judge(fleet: &Fleet, built: &Built) -> Result<(), String> {
    let evaluators = Evaluator::all(fleet);
    for host in hosts(fleet) {
        let seen: Vec<_> =
            evaluators.iter().filter_map(|one| one.sees(fleet, &host).map(|labels| (*one, labels))).collect();
        for alert in 0..fleet.alerts.len() {
            for severity in 0..3 {
                let wanted = meaning::effective(fleet, alert, severity, &host);
                let mut covering = Vec::new();
                for rule in built.rules.iter().filter(|rule| (rule.alert, rule.severity) == (alert, severity)) {
                    let Some((_, labels)) = seen.iter().find(|(evaluator, _)| *evaluator == rule.evaluator) else {
                        continue;
                    };
                    let counts =
                        fleet.alerts[alert].query.metrics().iter().map(|metric| rule.selecting(metric, labels));
                    let counts: Vec<usize> = counts.collect();
                    if counts.iter().any(|count| *count != counts[0] || *count > 1) {
                        return Err(format!("{host:?} is selected {counts:?} times by {rule:#?}"));
                    }
                    covering.extend((counts[0] == 1).then_some(rule));
                }
                let fail = |why: &str| Err(format!("{why}: {host:?}\nwanted {wanted:#?}\ncovered by {covering:#?}"));
                let (wanted, rule) = match (&wanted, covering.as_slice()) {
                    (None, []) => continue,
                    (Some(wanted), [rule]) => (wanted, rule),
                    (None, _) => return fail("fires although it is off"),
                    (Some(_), []) => return fail("a gap"),
                    (Some(_), _) => return fail("an overlap"),
                };
                if rule.evaluator != Evaluator::of(fleet, alert, host.cluster) {
                    return fail("another evaluator");
                }
                let right = rule.thresholds().iter().all(|number| *number == wanted.value.0)
                    && rule.windows().iter().all(|window| *window == wanted.window.0)
                    && rule.r#for == wanted.r#for.0;
                if !right {
                    return fail("other values");
                }
                let split = rule.identity.labels.get("group_id");
                let own = seen[0].1.get("group_id");
                if split.is_some() && split != own {
                    return fail("the labels of another group");
                }
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn every_host_is_covered_exactly_once(fleet in generate::fleets()) {
        match rules::build(&fleet) {
            Err(findings) => prop_assert!(
                meaning::ambiguous(&fleet) && findings.contains("threshold/ambiguous"),
                "refused although it is not ambiguous\n{}\n{findings}", fleet.kdl(),
            ),
            Ok(built) => {
                prop_assert!(!meaning::ambiguous(&fleet), "ambiguous, but taken\n{}", fleet.kdl());
                if let Err(why) = judge(&fleet, &built) {
                    prop_assert!(false, "{why}\n{}\n{}", fleet.kdl(), built.findings);
                }
            }
        }
    }
}
