//! `alertsmith route` on raw configurations: the tables of others, and every published configuration against the tree that
//! the tests read by themselves.

use super::tables::{self, ROUTING};
use super::{config, generate};
use crate::support::corpus;
use crate::support::random::Random;
use alertsmith::routing::{Duration, GroupBy, LabelSet, Route, Tree};
use serde_json::{Value, json};
use std::fs;
use std::process::{Command, Stdio};

/// What the program says about label sets, one answer for each; nothing where it refuses the configuration.
fn answers(config: &str, labels: &[LabelSet]) -> Option<Vec<Value>> {
    let folder = tempfile::tempdir().unwrap();
    let lines: String = labels.iter().map(|labels| json!(labels).to_string() + "\n").collect();
    fs::write(folder.path().join("labels.jsonl"), lines).unwrap();
    fs::write(folder.path().join("alertmanager.yml"), config).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_alertsmith"));
    command.current_dir(folder.path()).stdin(Stdio::null());
    let output =
        command.args(["route", "--config", "alertmanager.yml", "--labels-file", "labels.jsonl"]).output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    let code = output.status.code().unwrap();
    assert!(code == 0 || code == 1, "{}", String::from_utf8_lossy(&output.stderr));
    let answers: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // A file that does not load for a reason of its receivers is answered all the same.
    assert!(code == 1 || answers.len() == labels.len());
    (!answers.is_empty()).then_some(answers)
}

#[test]
fn tables_are_answered() {
    let milliseconds = |text: &Value| text.as_str().unwrap().parse::<Duration>().unwrap().milliseconds();
    let mut count = 0;
    for name in ROUTING {
        let Some(table) = corpus::table(&format!("am-routing/{name}.json")) else { return };
        let cases = tables::cases(&table);
        let labels: Vec<LabelSet> = cases.iter().map(|case| config::labels(&case["labels"])).collect();
        let answers = answers(table["config_yaml"].as_str().unwrap(), &labels).unwrap();
        assert_eq!(answers.len(), cases.len());
        for (case, answer) in cases.iter().zip(answers) {
            if case["receivers"].is_array() {
                assert_eq!(answer["receivers"], case["receivers"], "{name}: {case}");
            }
            let expected = case["routes"].as_array().into_iter().flatten();
            for (route, expected) in answer["routes"].as_array().unwrap().iter().zip(expected) {
                assert_eq!(route["receiver"], expected["receiver"]);
                for time in ["group_wait", "group_interval", "repeat_interval"] {
                    assert_eq!(milliseconds(&route[time]), tables::seconds(&expected[format!("{time}_s")]), "{case}");
                }
                let all = expected["group_by_all"] == true;
                assert_eq!(route["group_by"], if all { json!(["..."]) } else { expected["group_by"].clone() });
                count += 1;
            }
        }
    }
    assert!(count > 10, "only {count} deliveries were compared");
}

/// The positions that lead to a route.
fn path(tree: &Tree, route: &Route) -> Vec<usize> {
    let mut path = Vec::new();
    let mut at = Some(route);
    while let Some((route, parent)) = at.and_then(|route| Some((route, tree.route(route.parent?)?))) {
        path.push(route.position);
        at = Some(parent);
    }
    path.reverse();
    path
}

/// What the program has to say about a label set.
fn expected(tree: &Tree, labels: &LabelSet) -> Value {
    let delivered: Vec<&Route> = tree.deliver(labels).iter().map(|id| tree.route(*id).unwrap()).collect();
    let receivers: Vec<&str> = delivered.iter().map(|route| route.options.receiver.as_str()).collect();
    let routes: Vec<Value> = delivered
        .iter()
        .map(|route| {
            let options = &route.options;
            let group_by = match &options.group_by {
                GroupBy::All => json!(["..."]),
                GroupBy::Labels(labels) => json!(labels),
            };
            json!({
                "receiver": options.receiver, "path": path(tree, route), "group_by": group_by,
                "group_wait": options.group_wait.to_string(), "group_interval": options.group_interval.to_string(),
                "repeat_interval": options.repeat_interval.to_string(),
            })
        })
        .collect();
    json!({ "receivers": receivers, "routes": routes })
}

#[test]
fn published_configurations_are_answered() {
    let mut random = Random::seeded("published", 20_261_121);
    let (mut answered, mut refused) = (0, 0);
    for kind in ["am-config-real", "am-config-upstream", "am-config-golden"] {
        for file in corpus::yaml_files(kind) {
            let Ok(text) = fs::read_to_string(&file) else { continue };
            let Some(written) = corpus::yaml(&text).filter(|written| written["route"].is_object()) else { continue };
            let Ok(spec) = config::route(&written["route"]) else { continue };
            let tree = Tree::new(spec);
            let labels = generate::labels_of(&mut random, &tree, &[], 60);
            let Some(answers) = answers(&text, &labels) else {
                refused += 1;
                continue;
            };
            for (labels, answer) in labels.iter().zip(&answers) {
                assert_eq!(*answer, expected(&tree, labels), "{}: {labels:?}", file.display());
            }
            assert_eq!(answers.len(), labels.len());
            answered += 1;
        }
    }
    eprintln!("{answered} configurations are answered, {refused} refused");
    assert!(answered > 60 || corpus::folder().is_none(), "only {answered} configurations were answered");
}
