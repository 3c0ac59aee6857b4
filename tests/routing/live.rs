//! Random trees, published configurations and alerts through a real Alertmanager: receivers, groups and inhibition must be
//! what we say.
//!
//! `ALERTSMITH_CASES` sets the number of routing decisions (the default is small), `ALERTSMITH_SEED` repeats a run.

use super::{config, generate};
use crate::support::alertmanager::Alertmanager;
use crate::support::corpus;
use crate::support::corpus::text_of;
use crate::support::random::{Random, cases};
use crate::support::run::run;
use crate::support::tools::{Generation, Tool, tool};
use alertsmith::alertmanager;
use alertsmith::ast::Version;
use alertsmith::diagnostic::{Level, Sink};
use alertsmith::routing::space::{Inhibition, Region, Space};
use alertsmith::routing::{
    Configuration, GroupBy, InhibitRule, LabelSet, Matcher, Syntax, Tree, inhibited_by, is_legacy_label_name,
};
use alertsmith::source::FileId;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Alerts sent to one Alertmanager; its answers get slow with more.
const BATCH: usize = 1000;

/// The group of every delivery of an alert: receiver and the labels that name the group.
fn groups(tree: &Tree, labels: &LabelSet) -> Vec<(String, LabelSet)> {
    let group = |id| {
        let options = &tree.route(id).unwrap().options;
        let mut named = labels.clone();
        if let GroupBy::Labels(names) = &options.group_by {
            named.retain(|name, _| names.contains(name));
        }
        (options.receiver.clone(), named)
    };
    let mut groups: Vec<_> = tree.deliver(labels).into_iter().map(group).collect();
    groups.sort();
    groups
}

/// Asks again while the answer may still be settling.
fn eventually<T: PartialEq>(expected: &T, mut ask: impl FnMut() -> T) -> T {
    let started = Instant::now();
    loop {
        let answer = ask();
        if answer == *expected || started.elapsed() > Duration::from_mins(1) {
            return answer;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Alert id to the receivers of its deliveries, and whether it is inhibited.
type Decisions = BTreeMap<String, (Vec<String>, bool)>;

fn decisions(server: &Alertmanager) -> Decisions {
    let alerts = server.api("alerts");
    let decision = |alert: &Value| {
        let receivers =
            alert["receivers"].as_array().unwrap().iter().map(|receiver| text_of(&receiver["name"])).collect();
        let inhibited = !alert["status"]["inhibitedBy"].as_array().unwrap().is_empty();
        (text_of(&alert["labels"]["id"]), (receivers, inhibited))
    };
    alerts.as_array().unwrap().iter().map(decision).collect()
}

/// Alert id to the groups it is in.
type Grouping = BTreeMap<String, Vec<(String, LabelSet)>>;

fn grouping(server: &Alertmanager) -> Grouping {
    let mut found = Grouping::new();
    for group in server.api("alerts/groups").as_array().unwrap() {
        let place = (text_of(&group["receiver"]["name"]), config::labels(&group["labels"]));
        for alert in group["alerts"].as_array().unwrap() {
            found.entry(text_of(&alert["labels"]["id"])).or_default().push(place.clone());
        }
    }
    for places in found.values_mut() {
        places.sort();
    }
    found
}

/// Sends alerts to a real Alertmanager with this configuration, and compares what it decides with what we do.
fn compare(tool: &Tool, written: &str, tree: &Tree, rules: &[InhibitRule], mut sent: Vec<LabelSet>) {
    for (id, labels) in sent.iter_mut().enumerate() {
        labels.insert("id".to_owned(), id.to_string());
    }
    let server = Alertmanager::start(tool, written).unwrap_or_else(|log| panic!("{log}\n{written}"));
    server.fire(&sent);
    // Alertmanager drops empty labels when alerts arrive.
    for labels in &mut sent {
        labels.retain(|_, value| !value.is_empty());
    }
    let ours: Decisions = sent
        .iter()
        .map(|labels| {
            assert_eq!(tree.trace(labels).deliveries, tree.deliver(labels), "{labels:?}\n{written}");
            let receivers = tree.receivers(labels).into_iter().map(str::to_owned).collect();
            (labels["id"].clone(), (receivers, inhibited_by(rules, &sent, labels).is_some()))
        })
        .collect();
    let theirs = eventually(&ours, || decisions(&server));
    for (id, expected) in &theirs {
        assert_eq!(ours.get(id), Some(expected), "alert {id} {:?}\n{written}", sent[id.parse::<usize>().unwrap()]);
    }
    assert_eq!(ours.len(), theirs.len());
    let ours: Grouping = sent.iter().map(|labels| (labels["id"].clone(), groups(tree, labels))).collect();
    let theirs = eventually(&ours, || grouping(&server));
    for (id, expected) in &theirs {
        assert_eq!(ours.get(id), Some(expected), "groups of alert {id}\n{written}");
    }
    assert_eq!(ours.len(), theirs.len());
}

#[test]
fn a_real_alertmanager_decides_alike() {
    let Some(alertmanager) = tool("alertmanager", Generation::Newest) else { return };
    let mut random = Random::seeded("routing", 20_261_121);
    let wanted = cases(2000);
    let mut decided = 0;
    while decided < wanted {
        let written = generate::config(&mut random);
        let tree = Tree::new(config::route(&written["route"]).unwrap());
        let rules = written["inhibit_rules"].as_array().unwrap().iter().map(config::inhibit_rule);
        let rules: Vec<InhibitRule> = rules.collect::<Result<_, _>>().unwrap();
        let count = BATCH.min(wanted - decided);
        let sent: Vec<LabelSet> = (0..count).map(|_| generate::labels(&mut random)).collect();
        compare(&alertmanager, &written.to_string(), &tree, &rules, sent);
        decided += count;
    }
    eprintln!("routing: {decided} decisions agree with alertmanager {}", alertmanager.version);
}

/// The routing of a published configuration as Alertmanager loads it, with receivers that send nothing; nothing where our
/// reader finds an error.
fn published(text: &str) -> Option<(String, Configuration)> {
    let mut sink = Sink::default();
    let read = alertmanager::read(FileId(0), text, Version::new(0, 34), &mut sink);
    if sink.finish().iter().any(|found| found.level == Level::Error) {
        return None;
    }
    let routing = alertmanager::routing(&read)?;
    let file = corpus::yaml(text)?;
    let mut kept = serde_json::Map::new();
    for key in ["route", "inhibit_rules", "time_intervals", "mute_time_intervals"] {
        kept.extend(file.get(key).map(|value| (key.to_owned(), value.clone())));
    }
    let names = file["receivers"].as_array()?.iter().map(|receiver| json!({ "name": receiver["name"] }));
    kept.insert("receivers".to_owned(), names.collect());
    Some((Value::from(kept).to_string(), routing.configuration))
}

#[test]
fn published_configurations_decide_alike() {
    let Some(alertmanager) = tool("alertmanager", Generation::Newest) else { return };
    let mut random = Random::seeded("published", 20_261_121);
    let mut files: Vec<_> = ["am-config-real", "am-config-upstream", "am-config-golden"]
        .iter()
        .flat_map(|kind| corpus::yaml_files(kind))
        .filter_map(|path| published(&std::fs::read_to_string(path).ok()?))
        .collect();
    // All of them in the full run, those with the most routes in the small one.
    files.sort_by_key(|(written, read)| (std::cmp::Reverse(read.tree.len()), written.clone()));
    let wanted = cases(600);
    let number = files.len().min(wanted / 100);
    let mut decided = 0;
    for (written, read) in files.iter().take(number) {
        let count = (wanted / number).min(BATCH);
        let sent = generate::labels_of(&mut random, &read.tree, &read.inhibit_rules, count);
        compare(&alertmanager, written, &read.tree, &read.inhibit_rules, sent);
        decided += count;
    }
    eprintln!("published: {decided} decisions over {number} of {} files agree", files.len());
    assert!(number > 5 || corpus::folder().is_none());
}

/// The tool that people ask by hand, of the oldest release too, where only the classic grammar is known.
#[test]
fn amtool_decides_alike() {
    for (generation, syntax) in [(Generation::Newest, Syntax::Fallback), (Generation::Oldest, Syntax::Classic)] {
        let Some(amtool) = tool("amtool", generation) else { return };
        let mut random = Random::seeded("amtool", 20_261_121);
        // A process for each decision: the full run stays below an hour.
        let wanted = cases(40).min(3000);
        let file = tempfile::NamedTempFile::new().unwrap();
        let (mut written, mut tree) = (Value::Null, None);
        for decided in 0..wanted {
            if decided % 10 == 0 {
                written = generate::config_for(&mut random, syntax);
                std::fs::write(file.path(), written.to_string()).unwrap();
                tree = Some(Tree::new(config::route(&written["route"]).unwrap()));
            }
            let mut labels = generate::labels(&mut random);
            labels.retain(|name, _| syntax != Syntax::Classic || is_legacy_label_name(name));
            let mut command = amtool.command();
            command.args(["config", "routes", "test"]).arg(format!("--config.file={}", file.path().display()));
            command.args(labels.iter().map(|(name, value)| Matcher::equal(name, value).to_string()));
            // Warnings about old spellings come first, on the same stream.
            let said = String::from_utf8(run(&mut command).unwrap().stdout).unwrap();
            let ours = tree.as_ref().unwrap().receivers(&labels).join(",");
            assert_eq!(said.lines().last().unwrap_or(""), ours, "{labels:?}\n{written}");
        }
        eprintln!("amtool {}: {wanted} decisions agree", amtool.version);
    }
}

/// What is claimed about inhibition rules, through a real Alertmanager: a pair that is shown is silenced, and where a rule
/// never acts no pair is. Each pair has labels of its own, so that it meets only its rule.
#[test]
fn claims_about_inhibition_hold() {
    let Some(alertmanager) = tool("alertmanager", Generation::Newest) else { return };
    let mut random = Random::seeded("inhibition", 20_261_121);
    let (mut written, mut alerts, mut silenced) = (Vec::new(), Vec::new(), BTreeMap::new());
    let mut add = |number: usize, source: &LabelSet, target: &LabelSet, acts: bool| {
        let pair = alerts.len().to_string();
        for (side, labels) in [("source", source), ("target", target)] {
            let own = [("rule", number.to_string()), ("pair", pair.clone()), ("id", format!("{side} {pair}"))];
            let own = own.map(|(name, value)| (name.to_owned(), value));
            alerts.push(labels.clone().into_iter().chain(own).collect::<LabelSet>());
        }
        silenced.insert(format!("target {pair}"), acts);
    };
    let (mut acting, mut never) = (0, 0);
    for number in 0..cases(40) {
        let config = generate::config(&mut random);
        let Some(rule) = config["inhibit_rules"].as_array().unwrap().first() else { continue };
        let read = config::inhibit_rule(rule).unwrap();
        let mut space = Space::new(&[], std::slice::from_ref(&read)).unwrap();
        match space.inhibition(&read, Region::EVERYTHING, Region::EVERYTHING).unwrap() {
            Inhibition::Acts { source, target, both_lack } => {
                add(number, &source, &target, true);
                for (_, source, target) in &both_lack {
                    add(number, source, target, true);
                }
                acting += 1;
            }
            Inhibition::Never(_) => {
                let tree = Tree::new(config::route(&json!({ "receiver": "x" })).unwrap());
                let labels = generate::labels_of(&mut random, &tree, std::slice::from_ref(&read), 60);
                labels.chunks_exact(2).for_each(|pair| add(number, &pair[0], &pair[1], false));
                never += 1;
            }
        }
        let mut rule = rule.clone();
        for side in ["source_matchers", "target_matchers"] {
            rule[side].as_array_mut().unwrap().push(json!(format!("rule=\"{number}\"")));
        }
        rule["equal"].as_array_mut().unwrap().push(json!("pair"));
        written.push(rule);
    }
    assert!(acting > 10 && never > 0, "{acting} rules act and {never} do not");
    let written = json!({
        "route": { "receiver": "x", "group_wait": "5h" }, "receivers": [{ "name": "x" }], "inhibit_rules": written,
    });
    let server = Alertmanager::start(&alertmanager, &written.to_string()).unwrap_or_else(|log| panic!("{log}"));
    server.fire(&alerts);
    let theirs = eventually(&silenced, || {
        let decided = decisions(&server).into_iter().map(|(id, (_, inhibited))| (id, inhibited));
        decided.filter(|(id, _)| id.starts_with("target")).collect()
    });
    assert_eq!(silenced, theirs, "{written}");
}
