//! Claims about a set of alerts against routing each of them.

use std::collections::BTreeSet;

use alertsmith::lower::alertmanager::Decisions;
use alertsmith::paging::{Labels, Paging, SentAlert, Source, Values};
use alertsmith::provenance::{Provenance, Step};
use alertsmith::routing::{Configuration, InhibitRule, LabelSet, Matcher, Operator, RouteSpec, Tree};

use crate::routing::{config, generate};
use crate::support::random::{Random, cases};

/// What is known about an alert, drawn, with one way to draw an alert that fits.
fn drawn(random: &mut Random, names: &[String], values: &dyn Fn(&str) -> Vec<String>) -> Labels {
    let mut labels = if random.once_in(2) { Labels::open() } else { Labels::none() };
    let precise = random.once_in(3);
    for name in names {
        let known = values(name);
        match if precise { 3 } else { random.below(5) } {
            0 => labels.set(name, Values::Any),
            1 => labels.set(name, Values::Present),
            2 => labels.set(name, Values::missing()),
            3 => labels.set(name, Values::one(random.pick(&known).as_str())),
            _ => labels.set(name, Values::Listed((0..3).map(|_| random.pick(&known).clone()).collect())),
        }
    }
    labels
}

/// An alert among those described.
fn one_of(random: &mut Random, labels: &Labels, names: &[String], values: &dyn Fn(&str) -> Vec<String>) -> LabelSet {
    let mut chosen = LabelSet::new();
    for name in names {
        let known = values(name);
        let value = match labels.get(name) {
            Values::Any => random.pick(&known).clone(),
            Values::Present => {
                let present: Vec<&String> = known.iter().filter(|value| !value.is_empty()).collect();
                (*random.pick(&present)).clone()
            }
            Values::Listed(listed) => random.pick(&listed.iter().cloned().collect::<Vec<_>>()).clone(),
        };
        if !value.is_empty() {
            chosen.insert(name.clone(), value);
        }
    }
    chosen
}

/// Whether an example is among the alerts described, once it is given the labels of which only the value is open.
fn fits(labels: &Labels, example: &LabelSet) -> bool {
    let mut whole = example.clone();
    for (name, _) in labels.named().filter(|(_, values)| **values == Values::Present) {
        whole.entry(name.to_owned()).or_insert_with(|| "zzz".to_owned());
    }
    labels.contains(&whole)
}

/// An alert of its own name with these labels.
fn sent(at: usize, labels: Labels) -> SentAlert {
    SentAlert {
        name: format!("A{at}"),
        severity: None,
        source: Source::External(format!("A{at}")),
        place: String::new(),
        evaluation: None,
        home: Some("main".to_owned()),
        groups: Vec::new(),
        labels,
        always: false,
        origin: Provenance::default().add(Step::Defaulted("a test")),
    }
}

fn paging(tree: Tree, inhibit_rules: Vec<InhibitRule>, alerts: Vec<SentAlert>) -> Paging {
    let configuration = Configuration { tree, inhibit_rules, intervals: [].into() };
    let (routes, generated) = (Vec::new(), Vec::new());
    Paging::of(Decisions { configuration, routes, inhibit_rules: Vec::new(), generated }, alerts)
}

#[test]
fn surely_and_maybe_are_what_routing_says() {
    let mut random = Random::seeded("paging-claims", 20_261_121);
    let (mut sure, mut unsure) = (0, 0);
    for _ in 0..cases(40) {
        let written = generate::config(&mut random);
        let tree = Tree::new(config::route(&written["route"]).unwrap());
        let names: BTreeSet<String> =
            tree.iter().flat_map(|(_, route)| &route.matchers).map(|matcher| matcher.name().to_owned()).collect();
        let names: Vec<String> = names.into_iter().collect();
        // Values that matchers name, and some that they do not.
        let listed: Vec<(String, String)> = tree
            .iter()
            .flat_map(|(_, route)| &route.matchers)
            .flat_map(|matcher| {
                let values = matcher.listed().unwrap_or_default();
                values.into_iter().map(|value| (matcher.name().to_owned(), value.to_owned())).collect::<Vec<_>>()
            })
            .collect();
        let values = |name: &str| -> Vec<String> {
            let own = listed.iter().filter(|(label, _)| label == name).map(|(_, value)| value.clone());
            own.chain(["", "zzz", "a", "prod-1"].map(str::to_owned)).collect()
        };
        let alerts = (0..8).map(|at| sent(at, drawn(&mut random, &names, &values))).collect();
        let paging = paging(tree, Vec::new(), alerts);
        for (index, alert) in paging.alerts.iter().enumerate() {
            let received = paging.received(index).unwrap();
            for reached in &received.channels {
                let example = paging.example(index, &reached.witness);
                assert!(alert.labels.contains(&example), "{example:?} is none of {:?}", alert.labels);
                let receivers = paging.decisions.configuration.tree.receivers(&example);
                assert!(receivers.contains(&reached.channel.as_str()), "{example:?} {reached:?}\n{written}");
            }
            for _ in 0..50 {
                let labels = one_of(&mut random, &alert.labels, &names, &values);
                let delivered = paging.decisions.configuration.tree.deliver(&labels);
                for id in &delivered {
                    let channel = paging.channel(*id);
                    let reached = received.channels.iter().find(|reached| reached.channel == channel);
                    let routes = &reached.unwrap_or_else(|| panic!("{labels:?} reaches {channel}\n{written}")).routes;
                    assert!(routes.iter().any(|arrival| arrival.route == *id), "{labels:?} {id:?}\n{written}");
                }
                for reached in received.channels.iter().filter(|reached| reached.surely) {
                    let there = delivered.iter().any(|id| paging.channel(*id) == reached.channel);
                    assert!(there, "{labels:?} does not reach {}\n{written}", reached.channel);
                }
            }
            sure += received.channels.iter().filter(|reached| reached.surely).count();
            unsure += received.channels.iter().filter(|reached| !reached.surely).count();
        }
    }
    assert!(sure > 50 && unsure > 50, "{sure} sure and {unsure} unsure claims are too few");
}

#[test]
fn inhibitions_are_what_the_rules_say() {
    let mut random = Random::seeded("paging-inhibitions", 20_261_121);
    let (mut sure, mut unsure, mut never) = (0, 0, 0);
    let names: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).into();
    let texts = ["", "1", "2", "3", "x1"];
    let values = |_: &str| -> Vec<String> { texts.map(str::to_owned).into() };
    for _ in 0..cases(60) {
        let matchers = |random: &mut Random| -> Vec<Matcher> {
            let count = 1 + random.below(2);
            let one = |random: &mut Random| {
                let operator =
                    *random.pick(&[Operator::Equal, Operator::NotEqual, Operator::Matches, Operator::NotMatches]);
                let value =
                    random.word(if operator.is_regexp() { &["1|2", "x.*", ".+", "1"] } else { &["1", "2", "", "x1"] });
                Matcher::new(random.pick(&names).as_str(), operator, value).unwrap()
            };
            (0..count).map(|_| one(random)).collect()
        };
        let rules = (0..3).map(|_| InhibitRule {
            name: None,
            source: matchers(&mut random),
            target: matchers(&mut random),
            equal: names.iter().filter(|_| random.once_in(3)).cloned().collect(),
        });
        let rules: Vec<InhibitRule> = rules.collect();
        let alerts = (0..5).map(|at| sent(at, drawn(&mut random, &names, &values))).collect();
        let tree = Tree::new(RouteSpec { receiver: Some("default".to_owned()), ..RouteSpec::default() });
        let paging = paging(tree, rules.clone(), alerts);
        for (target, alert) in paging.alerts.iter().enumerate() {
            let found = paging.inhibitors(target).unwrap();
            for inhibitor in &found {
                let (source, inhibited) = &inhibitor.example;
                let rule = &rules[inhibitor.rule];
                assert!(rule.inhibits(source, inhibited), "{rule:?} {inhibitor:?}");
                assert!(fits(&alert.labels, inhibited), "{inhibited:?} is none of {:?}", alert.labels);
                assert!(fits(&paging.alerts[inhibitor.source].labels, source), "{source:?} is no source");
            }
            for (number, rule) in rules.iter().enumerate() {
                for (source, from) in paging.alerts.iter().enumerate() {
                    let claim = found.iter().find(|inhibitor| inhibitor.rule == number && inhibitor.source == source);
                    for _ in 0..20 {
                        let one = one_of(&mut random, &from.labels, &names, &values);
                        let other = one_of(&mut random, &alert.labels, &names, &values);
                        if rule.inhibits(&one, &other) {
                            assert!(claim.is_some(), "{rule:?} acts on {one:?} and {other:?}");
                        } else {
                            let surely = claim.is_some_and(|claim| claim.surely);
                            assert!(!surely, "{rule:?} does not act on {one:?} and {other:?}");
                        }
                    }
                    match claim {
                        Some(claim) if claim.surely => sure += 1,
                        Some(_) => unsure += 1,
                        None => never += 1,
                    }
                }
            }
        }
    }
    assert!(sure > 10 && unsure > 50 && never > 50, "{sure} sure, {unsure} unsure, {never} never are too few");
}
