//! Alertmanager's own expectations about routes, inhibition and time intervals.

use super::config;
use crate::support::corpus;
use alertsmith::routing::{GroupBy, LabelSet, Tree, Zone, containing, inhibited_by};
use serde_json::Value;

/// The tables of routing expectations.
pub const ROUTING: [&str; 7] = [
    "TestRouteMatch",
    "TestRouteMatchers",
    "TestRouteMatchersAndMatch",
    "TestRouteLabelsLoading",
    "amtool-conf-routing",
    "amtool-conf-routing-reverted",
    "gitlab-runbooks",
];

pub fn cases(table: &Value) -> &[Value] {
    table["cases"].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Whole seconds, in milliseconds.
pub fn seconds(value: &Value) -> u64 {
    format!("{:.0}", value.as_f64().unwrap()).parse::<u64>().unwrap() * 1000
}

#[test]
fn deliveries_agree() {
    for name in ROUTING {
        let Some(table) = corpus::table(&format!("am-routing/{name}.json")) else { return };
        let config = corpus::yaml(table["config_yaml"].as_str().unwrap()).unwrap();
        let tree = Tree::new(config::route(&config["route"]).unwrap());
        for case in cases(&table) {
            let labels: LabelSet = config::labels(&case["labels"]);
            let delivered = tree.deliver(&labels);
            assert_eq!(tree.trace(&labels).deliveries, delivered);
            if case["receivers"].is_array() {
                assert_eq!(Value::from(tree.receivers(&labels)), case["receivers"], "{name}: {labels:?}");
            }
            if case["route_labels"].is_object() {
                let route = tree.route(delivered[0]).unwrap();
                assert_eq!(route.options.labels, config::labels(&case["route_labels"]), "{name}: {labels:?}");
            }
            for (id, expected) in delivered.iter().zip(case["routes"].as_array().into_iter().flatten()) {
                let options = &tree.route(*id).unwrap().options;
                assert_eq!(tree.key(*id), expected["key"].as_str().unwrap());
                assert_eq!(options.group_wait.milliseconds(), seconds(&expected["group_wait_s"]));
                assert_eq!(options.group_interval.milliseconds(), seconds(&expected["group_interval_s"]));
                assert_eq!(options.repeat_interval.milliseconds(), seconds(&expected["repeat_interval_s"]));
                match &options.group_by {
                    GroupBy::All => assert_eq!(expected["group_by_all"], true),
                    GroupBy::Labels(labels) => {
                        assert_eq!(expected["group_by_all"], false);
                        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
                        assert_eq!(Value::from(labels), expected["group_by"]);
                    }
                }
            }
        }
    }
}

#[test]
fn route_ids_agree() {
    let Some(table) = corpus::table("am-routing-tree/TestRouteID.json") else { return };
    for case in cases(&table) {
        let spec = corpus::yaml(case["route_yaml"].as_str().unwrap()).unwrap();
        let tree = Tree::new(config::route(&spec).unwrap());
        let keys: Vec<String> = tree.iter().map(|(id, _)| tree.unique_key(id)).collect();
        assert_eq!(Value::from(keys), case["expected"]);
    }
}

#[test]
fn inhibition_agrees() {
    let mut count = 0;
    for name in [
        "TestInhibit",
        "TestInhibitRuleEqual",
        "TestInhibitRuleHasEqual",
        "TestInhibitRuleMatchers",
        "TestInhibitRuleMatches",
    ] {
        let Some(table) = corpus::table(&format!("am-inhibit/{name}.json")) else { return };
        for case in cases(&table) {
            // Alerts with equal labels replace each other.
            let mut firing: Vec<LabelSet> = Vec::new();
            for alert in case["source_alerts"].as_array().into_iter().flatten() {
                let labels = config::labels(&alert["labels"]);
                firing.retain(|known| *known != labels);
                if alert["active"] == true {
                    firing.push(labels);
                }
            }
            let rules: Vec<_> = match case["check"].as_str().unwrap() {
                "muted" => case["inhibit_rules"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|rule| config::inhibit_rule(rule).unwrap())
                    .collect(),
                "source_with_equal_labels_exists" => vec![config::inhibit_rule(case).unwrap()],
                _ => continue,
            };
            let target = config::labels(&case["target"]);
            let muted = inhibited_by(&rules, &firing, &target).is_some();
            assert_eq!(Value::from(muted), case["expected"], "{name}: {case}");
            count += 1;
        }
    }
    assert!(count > 10);
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `08 Jul 20 09:00 +0100`
fn instant(text: &str) -> i64 {
    let parts: Vec<&str> = text.split(' ').collect();
    let month = MONTHS.iter().position(|month| *month == parts[1]).unwrap() + 1;
    let offset = format!("{}:{}", &parts[4][..3], &parts[4][3..]);
    Zone::UTC.instant(&format!("20{}-{month:02}-{}T{}:00{offset}", parts[2], parts[0], parts[3])).unwrap()
}

#[test]
fn time_intervals_agree() {
    for name in ["complete", "contains", "yaml-parse", "time-range"] {
        let Some(table) = corpus::table(&format!("am-timeinterval/{name}.json")) else { return };
        for case in cases(&table) {
            let value = case["yaml"].as_str().map(|text| corpus::yaml(text).unwrap());
            let shape = case["shape"].as_str().unwrap();
            if shape == "one time range" {
                let range = config::time_range(&value.unwrap());
                assert_eq!(range.is_ok(), case["ok"] == true, "{case}");
                if let Ok(range) = range {
                    assert_eq!(Value::from(range.start), case["parsed"]["start_minute"]);
                    assert_eq!(Value::from(range.end), case["parsed"]["end_minute"]);
                }
                continue;
            }
            let written: Option<Result<Vec<_>, String>> = value.map(|value| match shape {
                "one interval" => config::interval(&value).map(|interval| vec![interval]),
                "list of intervals" => value.as_array().unwrap().iter().map(config::interval).collect(),
                other => panic!("{other}"),
            });
            let parsed = case["parsed"].as_array();
            let parsed: Option<Vec<_>> = parsed.map(|parts| parts.iter().map(config::parsed_interval).collect());
            let intervals = match (written, parsed) {
                (Some(Err(_)), _) => {
                    assert_eq!(case["ok"], false, "{case}");
                    continue;
                }
                (Some(Ok(written)), Some(parsed)) => {
                    assert_eq!(written, parsed, "{case}");
                    written
                }
                (Some(Ok(written)), None) => written,
                (None, parsed) => parsed.unwrap(),
            };
            assert_eq!(case["ok"], true, "{case}");
            for (key, expected) in [("contains", true), ("excludes", false)] {
                for text in case[key].as_array().into_iter().flatten() {
                    let at = instant(text.as_str().unwrap());
                    let inside = intervals.iter().any(|interval| interval.contains(at, &Zone::UTC));
                    assert_eq!(inside, expected, "{name}: {text} {case}");
                }
            }
        }
    }
}

#[test]
fn named_intervals_mute() {
    let Some(table) = corpus::table("am-timeinterval/muted-by.json") else { return };
    for case in cases(&table) {
        let intervals = config::parsed_intervals(&case["intervals"]);
        let (time, zone) = case["now"].as_str().unwrap().split_once(' ').unwrap();
        let now = Zone::named(zone).unwrap().instant(time).unwrap();
        let names: Vec<String> = intervals.keys().cloned().collect();
        assert_eq!(Value::from(containing(&names, &intervals, now, &Zone::UTC)), case["muted_by"], "{case}");
    }
}
