//! Random trees and alerts through a real Alertmanager: receivers, groups and inhibition must be what we say.
//!
//! `ALERTSMITH_CASES` sets the number of routing decisions (the default is small), `ALERTSMITH_SEED` repeats a run.

use super::{config, generate};
use crate::support::alertmanager::Alertmanager;
use crate::support::corpus::text_of;
use crate::support::random::{Random, cases};
use crate::support::tools::{Generation, tool};
use alertsmith::routing::{GroupBy, InhibitRule, LabelSet, Tree, inhibited_by};
use serde_json::Value;
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
        if answer == *expected || started.elapsed() > Duration::from_secs(10) {
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
        let server =
            Alertmanager::start(&alertmanager, &written.to_string()).unwrap_or_else(|log| panic!("{log}\n{written}"));
        let mut sent: Vec<LabelSet> = Vec::new();
        for id in 0..BATCH.min(wanted - decided) {
            let mut labels = generate::labels(&mut random);
            labels.insert("id".to_owned(), id.to_string());
            sent.push(labels);
        }
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
                (labels["id"].clone(), (receivers, inhibited_by(&rules, &sent, labels).is_some()))
            })
            .collect();
        let theirs = eventually(&ours, || decisions(&server));
        for (id, expected) in &theirs {
            assert_eq!(ours.get(id), Some(expected), "alert {id}\n{written}");
        }
        assert_eq!(ours.len(), theirs.len());
        let ours: Grouping = sent.iter().map(|labels| (labels["id"].clone(), groups(&tree, labels))).collect();
        let theirs = eventually(&ours, || grouping(&server));
        for (id, expected) in &theirs {
            assert_eq!(ours.get(id), Some(expected), "groups of alert {id}\n{written}");
        }
        assert_eq!(ours.len(), theirs.len());
        decided += sent.len();
    }
    eprintln!("routing: {decided} decisions agree with alertmanager {}", alertmanager.version);
}
