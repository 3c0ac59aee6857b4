//! What `alert/for-too-long` says never fires does not fire in Prometheus, whatever the series do; with less patience it does.

use std::fmt::Write;
use std::fs;

use alertsmith::pipeline;
use alertsmith::source::MemoryWorld;

use crate::support::random::{Random, cases};
use crate::support::tools::{Generation, tool};

/// Conditions that end after five minutes by themselves.
const CONDITIONS: [&str; 2] = ["a unless a offset 5m", "a offset 5m unless a"];

const MINUTES: usize = 60;

/// Whether the check speaks about an alert with this `for`.
fn too_long(condition: &str, hold: &str) -> bool {
    let spec = format!(
        "project p {{ defaults interval=\"1m\" }}\ncluster main role=standalone {{ prometheus }}\nalert A {{\n    query \"{condition}\"\n    level \
         critical for=\"{hold}\"\n}}\n"
    );
    let found = pipeline::check(&MemoryWorld::default().with("alertsmith.kdl", spec.as_str())).diagnostics;
    assert!(found.iter().all(|finding| finding.code.name == "alert/for-too-long"), "{found:?}");
    !found.is_empty()
}

/// Whether promtool sees an alert fire at any minute of any of these series.
fn fires(condition: &str, hold: &str, series: &[String]) -> Option<bool> {
    let tool = tool("promtool", Generation::Newest)?;
    let folder = tempfile::tempdir().unwrap();
    let rules = format!("groups:\n- name: g\n  rules:\n  - alert: A\n    expr: {condition}\n    for: {hold}\n");
    fs::write(folder.path().join("rules.yml"), rules).unwrap();
    let mut tests = "rule_files: [rules.yml]\nevaluation_interval: 1m\ntests:\n".to_owned();
    for values in series {
        write!(tests, "- interval: 1m\n  input_series:\n  - series: a\n    values: '{values}'\n  alert_rule_test:\n")
            .unwrap();
        for minute in 0..MINUTES {
            writeln!(tests, "  - {{ eval_time: {minute}m, alertname: A, exp_alerts: [] }}").unwrap();
        }
    }
    fs::write(folder.path().join("tests.yml"), tests).unwrap();
    let output = tool.command().args(["test", "rules"]).arg(folder.path().join("tests.yml")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() || said.contains("exp:"), "promtool could not run the test: {said}");
    Some(!output.status.success())
}

/// A series that comes and goes, in stretches of random length.
fn series(random: &mut Random) -> String {
    let mut values = Vec::new();
    while values.len() < MINUTES {
        let there = random.once_in(2);
        let length = 1 + random.below(25);
        // A stale marker makes it end at once; without one it lingers for five minutes.
        values.extend((0..length).map(|at| match (there, at) {
            (true, _) => "1",
            (false, 0) => "stale",
            (false, _) => "_",
        }));
    }
    values.truncate(MINUTES);
    values.join(" ")
}

#[test]
fn what_cannot_mature_does_not_fire() {
    let mut random = Random::seeded("matures", 7);
    let series: Vec<String> = (0..cases(40)).map(|_| series(&mut random)).collect();
    for condition in CONDITIONS {
        assert!(too_long(condition, "6m") && !too_long(condition, "4m"), "{condition}");
        let Some(long) = fires(condition, "6m", &series) else { return };
        assert!(!long, "`{condition}` fires after 6m");
        assert_eq!(fires(condition, "4m", &series), Some(true), "`{condition}` never fires after 4m");
    }
}
