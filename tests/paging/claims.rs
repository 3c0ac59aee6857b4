//! Claims about a set of alerts against routing each of them.

use std::collections::BTreeSet;

use alertsmith::lower::alertmanager::Decisions;
use alertsmith::paging::{Labels, Paging, SentAlert, Source, Values};
use alertsmith::provenance::{Provenance, Step};
use alertsmith::routing::{Configuration, LabelSet, Tree};

use crate::routing::{config, generate};
use crate::support::random::{Random, cases};

/// What is known about an alert, drawn, with one way to draw an alert that fits.
fn drawn(random: &mut Random, names: &[String], values: &dyn Fn(&str) -> Vec<String>) -> Labels {
    let mut labels = if random.once_in(2) { Labels::open() } else { Labels::none() };
    for name in names {
        let known = values(name);
        match random.below(5) {
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
        let origin = Provenance::default().add(Step::Defaulted("a test"));
        let alerts = (0..8).map(|_| SentAlert {
            name: "A".to_owned(),
            severity: None,
            source: Source::External("A".to_owned()),
            place: String::new(),
            evaluation: None,
            groups: Vec::new(),
            labels: drawn(&mut random, &names, &values),
            always: false,
            origin,
        });
        let alerts: Vec<SentAlert> = alerts.collect();
        let configuration = Configuration { tree, inhibit_rules: Vec::new(), intervals: [].into() };
        let (routes, generated) = (Vec::new(), Vec::new());
        let decisions = Decisions { configuration, routes, inhibit_rules: Vec::new(), generated };
        let paging = Paging::of(decisions, alerts);
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
