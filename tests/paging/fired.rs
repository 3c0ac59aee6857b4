//! What is said of generated specs, against the alerts that really fire: promtool evaluates the emitted rules over random
//! series, the labels that the emitted prometheus.yaml adds and drops are applied, and amtool routes what comes out by the
//! emitted alertmanager.yaml.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use alertsmith::paging::Paging;
use alertsmith::pipeline;
use alertsmith::routing::LabelSet;
use alertsmith::source::MemoryWorld;
use serde_json::{Value, json};

use crate::support::built;
use crate::support::random::{Random, cases};
use crate::support::run::{run, said};
use crate::support::tools::{Generation, Tool, tool};
use crate::support::yaml;

const LABELS: [&str; 4] = ["team", "env", "host", "region"];
const VALUES: [&str; 5] = ["a", "b", "x1", "eu", "main"];

/// Queries over `m0` and `m1`, of which each has at most one series for each host.
const QUERIES: [&str; 14] = [
    "m0 > ${threshold}",
    "sum by (team) (m0) > ${threshold}",
    "sum without (host) (m0) > ${threshold}",
    "max by (host, env) (m0) > ${threshold}",
    "sum(m0) > ${threshold}",
    "m0{team='a'} > ${threshold}",
    "m0{env=~'a|b',team!=''} > ${threshold}",
    "(m0 > ${threshold}) and on (host) m1",
    "(m0 > ${threshold}) unless on (host) m1",
    "m0 * on (host) group_left (env) m1 > ${threshold}",
    "m0 + on (host) m1 > ${threshold}",
    "label_replace(m0, 'team', '$1', 'host', '(a|b)') > ${threshold}",
    "absent(m0{team='x1'}) * 9 > ${threshold}",
    "(m0 or m1{env!='a'}) > ${threshold}",
];

fn condition(random: &mut Random) -> String {
    let label = random.word(&["team", "env", "host", "region", "severity", "alertname", "cluster", "replica"]);
    let value = |random: &mut Random| match label {
        "severity" => random.word(&["warning", "critical"]),
        "alertname" => random.word(&["A0", "A1", "A2"]),
        _ => *random.pick(&VALUES),
    };
    match random.below(5) {
        0 => format!("{label} (not){}", value(random)),
        1 => format!("{label} (regex)\"{}|{}.*\"", value(random), value(random)),
        2 => format!("{label} {} {}", value(random), value(random)),
        _ => format!("{label} {}", value(random)),
    }
}

fn route(random: &mut Random, depth: usize) -> String {
    let conditions: Vec<String> = (0..=random.below(2)).map(|_| condition(random)).collect();
    // A label is named once in a condition.
    let mut named = BTreeSet::new();
    let conditions: Vec<String> =
        conditions.into_iter().filter(|one| named.insert(one.split(' ').next().unwrap().to_owned())).collect();
    let inner: String = (0..if depth < 2 { random.below(3) } else { 0 }).map(|_| route(random, depth + 1)).collect();
    let channel = random.word(&["a", "b", "c", "d"]);
    let goes_on = if random.once_in(2) { " continue=#true" } else { "" };
    format!("route {channel}{goes_on} {{\n when {{ {} }}\n{inner}}}\n", conditions.join("; "))
}

fn spec(random: &mut Random) -> String {
    let mut spec = String::from("project fleet\ncluster main role=standalone delivery=files {\n");
    if random.once_in(2) {
        spec += "external-labels region=eu\n";
    }
    spec += if random.once_in(2) { "prometheus replica-label=replica\n" } else { "prometheus\n" };
    spec += "alertmanager\n}\n";
    for channel in ["a", "b", "c", "d"] {
        writeln!(spec, "channel {channel} {{ webhook url=\"http://sink.fleet.example/{channel}\" }}").unwrap();
    }
    for number in 0..4 {
        let query = random.pick(&QUERIES);
        let labels = match random.below(4) {
            0 => format!("labels {}={}\n", random.pick(&LABELS), random.pick(&VALUES)),
            1 => format!("labels {}=\"{{{{ $labels.{} }}}}\"\n", random.pick(&LABELS), random.pick(&LABELS)),
            _ => String::new(),
        };
        let low = random.below(6);
        writeln!(
            spec,
            "alert A{number} for=\"0s\" {{\n query \"{query}\"\n level warning {low}\n level critical {}\n{labels}}}",
            low + 3
        )
        .unwrap();
    }
    let routes: String = (0..4).map(|_| route(random, 0)).collect();
    writeln!(spec, "routing {{\ndefault a\n{routes}}}").unwrap();
    spec
}

/// Series of both metrics, at most one for each host, in the notation of promtool.
fn series(random: &mut Random) -> Vec<Value> {
    let mut all = Vec::new();
    for metric in ["m0", "m1"] {
        for host in ["a", "b", "x1", "h2"].into_iter().filter(|_| !random.once_in(3)).collect::<Vec<_>>() {
            let mut labels = format!("host=\"{host}\"");
            for label in ["team", "env", "region", "replica", "cluster"] {
                if !random.once_in(3) && (label != "cluster" || random.once_in(3)) {
                    write!(labels, ",{label}=\"{}\"", random.pick(&VALUES)).unwrap();
                }
            }
            let value = random.below(10);
            all.push(json!({ "series": format!("{metric}{{{labels}}}"), "values": format!("{value}x3") }));
        }
    }
    all
}

/// The labels of every alert that fires.
fn fired(promtool: &Tool, rules: &str, series: &[Value]) -> Vec<LabelSet> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rules.yaml"), rules).unwrap();
    let tests: Vec<Value> = (0..4)
        .map(|number| json!({ "eval_time": "1m", "alertname": format!("A{number}"), "exp_alerts": [] }))
        .collect();
    let test = json!({
        "rule_files": ["rules.yaml"],
        "evaluation_interval": "15s",
        "tests": [{ "interval": "1m", "input_series": series, "alert_rule_test": tests }],
    });
    let path = folder.path().join("test.yaml");
    std::fs::write(&path, test.to_string()).unwrap();
    let output = promtool.command().args(["test", "rules"]).arg(&path).output().unwrap();
    let said = said(&output);
    // A label that the rule sets can make two results one alert, and then nothing of the rule fires.
    if said.contains("same labelset after applying alert labels") {
        return Vec::new();
    }
    let fired: Vec<LabelSet> =
        said.lines().filter_map(|line| line.trim().strip_prefix("Labels:{")).map(labels).collect();
    assert_eq!(output.status.success(), fired.is_empty(), "{said}\n{test:#}\n{rules}");
    assert!(output.status.success() || !said.contains("error"), "{said}");
    fired
}

/// Labels as promtool shows them; their values are plain words.
fn labels(shown: &str) -> LabelSet {
    let pairs = shown.trim_end_matches('}').split(", ").map(|pair| pair.split_once('=').unwrap());
    pairs.map(|(name, value)| (name.to_owned(), value.trim_matches('"').to_owned())).collect()
}

/// What a Prometheus with this configuration makes of an alert's labels when it sends them.
fn sent(mut labels: LabelSet, config: &Value) -> LabelSet {
    for (name, value) in config["global"]["external_labels"].as_object().unwrap() {
        labels.entry(name.clone()).or_insert_with(|| value.as_str().unwrap().to_owned());
    }
    for drop in config["alerting"]["alert_relabel_configs"].as_array().into_iter().flatten() {
        assert_eq!(drop["action"], "labeldrop");
        labels.remove(drop["regex"].as_str().unwrap());
    }
    labels
}

#[test]
fn alerts_that_fire_go_where_it_is_said() {
    let (Some(promtool), Some(amtool)) = (tool("promtool", Generation::Newest), tool("amtool", Generation::Newest))
    else {
        return;
    };
    let mut random = Random::seeded("paging-fired", 20_261_121);
    let specs = cases(8);
    let (mut built, mut decided, mut sure, mut maybe, mut never, mut default) = (0, 0, 0, 0, 0, 0);
    for _ in 0..specs {
        let spec = spec(&mut random);
        let (compilation, rendered) = pipeline::build(&MemoryWorld::default().with("alertsmith.kdl", spec.as_str()));
        // What can be proved to be wrong with a query is an error.
        let Some(rendered) = rendered else {
            let known = ["alert/never-fires", "template/never-there", "alert/template"];
            let errors: Vec<&str> = compilation
                .diagnostics
                .iter()
                .filter(|found| found.level == alertsmith::diagnostic::Level::Error)
                .map(|found| found.code.name)
                .collect();
            assert!(errors.iter().all(|code| known.contains(code)), "{errors:?}\n{spec}");
            continue;
        };
        built += 1;
        let text = |path: &str| String::from_utf8(rendered.files[path].bytes.clone()).unwrap();
        let prometheus = yaml::ours(&text("prometheus/main/prometheus.yaml"));
        let rules = text("prometheus/main/rules/global.yaml");
        let files = [("alertmanager.yaml".to_owned(), text("alertmanager/main/alertmanager.yaml"))];
        let folder = built::folder(&files.into_iter().collect());
        let paging = Paging::new(&compilation.model.unwrap()).unwrap();
        let mut all: BTreeSet<LabelSet> = BTreeSet::new();
        for _ in 0..2 {
            let series = series(&mut random);
            all.extend(fired(&promtool, &rules, &series).into_iter().map(|labels| sent(labels, &prometheus)));
        }
        // A few of each spec, as every answer is a process.
        let mut all: Vec<LabelSet> = all.into_iter().collect();
        while all.len() > 12 {
            all.swap_remove(random.below(all.len()));
        }
        for labels in all {
            let name = labels["alertname"].as_str();
            let severity = labels.get("severity").map(String::as_str);
            let mut own = (0..)
                .zip(&paging.alerts)
                .filter(|(_, alert)| alert.name == name && alert.severity.as_deref() == severity);
            let (index, alert) = own.next().unwrap();
            assert!(own.next().is_none());
            assert!(alert.labels.contains(&labels), "{labels:?} is none of {:?}\n{spec}", alert.labels);
            let mut command = amtool.command();
            let asked = labels.iter().map(|(name, value)| format!("{name}={value}"));
            command.args(["config", "routes", "test", "--config.file"]).arg(folder.path().join("alertmanager.yaml"));
            let answer = String::from_utf8(run(command.args(asked)).unwrap().stdout).unwrap();
            let receivers: BTreeSet<&str> = answer.trim().split(',').collect();
            let received = paging.received(index).unwrap();
            for channel in ["a", "b", "c", "d"] {
                let reached = received.channels.iter().find(|reached| reached.channel == channel);
                let is_told = receivers.contains(channel);
                match reached {
                    Some(reached) if reached.surely => {
                        assert!(is_told, "{labels:?} does not reach {channel}, but {answer}\n{spec}");
                        sure += 1;
                    }
                    Some(_) => maybe += 1,
                    None => {
                        assert!(!is_told, "{labels:?} reaches {channel}\n{spec}");
                        never += 1;
                    }
                }
            }
            if received.default.as_ref().is_some_and(|root| root.surely) {
                assert_eq!(receivers, BTreeSet::from(["a"]), "{labels:?} does not fall to the default\n{spec}");
                default += 1;
            }
            decided += 1;
        }
    }
    eprintln!(
        "{built} of {specs} specs, {decided} alerts: {sure} sure, {maybe} maybe, {never} never, {default} by default"
    );
    assert!(decided > specs && sure > specs && maybe > specs && never > specs, "too few claims were put to the test");
}
