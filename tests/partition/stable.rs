//! Stability: an edit leaves file, rule group, name and labels of everything alone that it does not mean.

use proptest::prelude::*;

use super::fleet::{Fleet, Group, Override};
use super::meaning::{Host, Membership, effective};
use super::rules::{self, Built, Identity};
use super::series::{Evaluator, hosts};
use super::{config, generate, meaning};

/// A change to a spec as people make them.
#[derive(Debug, Clone)]
enum Edit {
    AddOverride(Override),
    ChangeValue(usize),
    RemoveOverride(usize),
    AddGroup(Option<usize>),
    AddHost,
}

fn edits() -> impl Strategy<Value = Edit> {
    prop_oneof![
        3 => generate::over().prop_map(Edit::AddOverride),
        2 => any::<usize>().prop_map(Edit::ChangeValue),
        1 => any::<usize>().prop_map(Edit::RemoveOverride),
        2 => proptest::option::of(any::<usize>()).prop_map(Edit::AddGroup),
        1 => Just(Edit::AddHost),
    ]
}

impl Edit {
    fn apply(self, fleet: &mut Fleet) {
        let count = fleet.overrides.len();
        match self {
            Edit::AddOverride(one) => fleet.overrides.push(one),
            Edit::ChangeValue(index) if count > 0 => {
                for level in fleet.overrides[index % count].levels.values_mut() {
                    level.value = level.value.map(|value| value + 1);
                }
            }
            Edit::RemoveOverride(index) if count > 0 => {
                fleet.overrides.remove(index % count);
            }
            Edit::AddGroup(parent) => fleet.groups.push(Group {
                name: "added".to_owned(),
                id: "id.added".to_owned(),
                kind: None,
                parent: parent.map(|parent| parent % fleet.groups.len()),
                clusters: None,
            }),
            Edit::AddHost => fleet.hosts += 1,
            Edit::ChangeValue(_) | Edit::RemoveOverride(_) => {}
        }
        generate::wrap(fleet);
    }
}

/// What resets the alerts of a host when it changes.
fn identities<'b>(fleet: &Fleet, built: &'b Built, alert: usize, severity: usize, host: &Host) -> Vec<&'b Identity> {
    let metric = fleet.alerts[alert].query.metrics()[0];
    let evaluator = Evaluator::of(fleet, alert, host.cluster);
    let Some(labels) = evaluator.sees(fleet, host) else { return Vec::new() };
    let rules =
        built.rules.iter().filter(|rule| (rule.alert, rule.severity, rule.evaluator) == (alert, severity, evaluator));
    rules.filter(|rule| rule.selecting(metric, &labels) > 0).map(|rule| &rule.identity).collect()
}

proptest! {
    #![proptest_config(config(100))]

    #[test]
    fn what_an_edit_does_not_mean_stays(before in generate::fleets(), edit in edits()) {
        let mut after = before.clone();
        edit.clone().apply(&mut after);
        prop_assume!(!meaning::ambiguous(&before) && !meaning::ambiguous(&after));
        let (built, rebuilt) = (rules::build(&before).unwrap(), rules::build(&after).unwrap());
        for host in hosts(&before).iter().filter(|host| host.labels[2].is_none()) {
            for (alert, severity) in (0..before.alerts.len()).flat_map(|alert| (0..3).map(move |severity| (alert, severity))) {
                let same = effective(&before, alert, severity, host) == effective(&after, alert, severity, host);
                // Values and who set them: another place may say the same, and the day it goes it is felt.
                if !same {
                    continue;
                }
                let (old, new) = (
                    identities(&before, &built, alert, severity, host),
                    identities(&after, &rebuilt, alert, severity, host),
                );
                prop_assert_eq!(old, new, "{:?}\n{:?}\n{}", edit, host, before.kdl());
            }
        }
    }
}

/// The model behind the test can tell: an edit that does mean a host is seen as one.
#[test]
fn an_override_moves_the_hosts_it_is_for() {
    let mut fleet = super::real::fleets(3, 1).remove(0);
    fleet.overrides.clear();
    let host = Host { membership: Membership::Group(0), cluster: fleet.clusters_of(0)[0], labels: [None; 3] };
    let before = rules::build(&fleet).unwrap();
    let severity = *fleet.alerts[0].levels.keys().next().unwrap();
    fleet.alerts[0].groups.clear();
    fleet.alerts[0].clusters.clear();
    fleet.overrides.push(Override {
        alert: 0,
        base: super::fleet::Base::Group(0),
        selector: None,
        r#for: None,
        window: None,
        off: false,
        levels: [(severity, super::fleet::Level { value: Some(99), r#for: None, off: false })].into(),
    });
    generate::wrap(&mut fleet);
    let after = rules::build(&fleet).unwrap();
    let identities = |built| identities(&fleet, built, 0, severity, &host).into_iter().cloned().collect::<Vec<_>>();
    assert_ne!(identities(&before), identities(&after));
}
