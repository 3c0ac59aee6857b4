//! Random fleets. Everything is drawn as small numbers that are wrapped around what there is, so that a failing case
//! shrinks to few and plain parts.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::fleet::{Alert, Base, Cluster, Fleet, Group, LABELS, Level, Override, Query};

/// Any fleet.
pub fn fleets() -> impl Strategy<Value = Fleet> {
    let clusters = vec((any::<bool>(), any::<bool>()), 1..=4);
    let groups =
        vec((option::of(0..3usize), option::weighted(0.5, 0..8usize), option::weighted(0.6, 1..16usize)), 1..=6);
    let alerts = vec(alert(), 1..=3);
    let overrides = vec(over(), 0..=7);
    (clusters, groups, alerts, overrides)
        .prop_map(|(clusters, groups, alerts, overrides)| assemble(&clusters, &groups, alerts, overrides))
}

type RawGroup = (Option<usize>, Option<usize>, Option<usize>);

fn assemble(clusters: &[(bool, bool)], groups: &[RawGroup], alerts: Vec<Alert>, overrides: Vec<Override>) -> Fleet {
    let clusters: Vec<Cluster> = clusters
        .iter()
        .enumerate()
        .map(|(index, (agent, labelled))| Cluster {
            name: format!("c{index}"),
            agent: *agent && index > 0,
            label: labelled.then(|| format!("label.{index}")),
        })
        .collect();
    let groups: Vec<Group> = groups
        .iter()
        .enumerate()
        .map(|(index, (kind, parent, bits))| Group {
            name: format!("g{index}"),
            id: format!("id.{index}"),
            kind: *kind,
            parent: parent.filter(|_| index > 0).map(|parent| parent % index.max(1)),
            clusters: bits
                .map(|bits| (0..clusters.len()).filter(|cluster| bits >> cluster & 1 == 1).collect::<Vec<_>>())
                .filter(|clusters| !clusters.is_empty()),
        })
        .collect();
    let mut fleet = Fleet { clusters, groups, alerts, overrides, hosts: 0 };
    wrap(&mut fleet);
    fleet
}

/// Makes every number one of something that is there.
pub fn wrap(fleet: &mut Fleet) {
    let (clusters, groups, alerts) = (fleet.clusters.len(), fleet.groups.len(), fleet.alerts.len());
    for (index, alert) in fleet.alerts.iter_mut().enumerate() {
        alert.name = format!("A{index}");
        let distinct = |list: &mut Vec<usize>, count: usize| {
            for item in list.iter_mut() {
                *item %= count;
            }
            list.sort_unstable();
            list.dedup();
        };
        distinct(&mut alert.groups, groups);
        distinct(&mut alert.clusters, clusters);
        ordered(&mut alert.levels);
    }
    for one in &mut fleet.overrides {
        one.alert %= alerts;
        match &mut one.base {
            Base::Everywhere | Base::Kind(_) => {}
            Base::Cluster(cluster) => *cluster %= clusters,
            Base::Group(group) => *group %= groups,
        }
        let declared = &fleet.alerts[one.alert].levels;
        for (severity, level) in &mut one.levels {
            // Nobody else says a number there, and a query without its number is an error of another kind.
            if level.value.is_none() && !level.off && declared.get(severity).is_none_or(|level| level.off) {
                level.value = Some(7);
            }
        }
        ordered(&mut one.levels);
    }
}

/// Higher severities have higher numbers everywhere, as the compiler refuses anything else.
fn ordered(levels: &mut BTreeMap<usize, Level>) {
    for (severity, level) in levels {
        let offset = 100 * u32::try_from(*severity + 1).unwrap();
        level.value = level.value.map(|value| value % 100 + offset);
    }
}

fn level() -> impl Strategy<Value = Level> {
    (option::weighted(0.8, 1..5u32), option::weighted(0.4, 1..4u32), prop::bool::weighted(0.15)).prop_map(
        |(value, r#for, off)| Level {
            value: value.map(|value| value * 10).filter(|_| !off),
            r#for: r#for.filter(|_| !off),
            off,
        },
    )
}

fn alert() -> impl Strategy<Value = Alert> {
    (
        0..Query::ALL.len(),
        prop::bool::weighted(0.2),
        option::weighted(0.3, 1..4u32),
        prop::collection::btree_map(0..3usize, level(), 1..=3),
        prop_oneof![3 => Just(Vec::new()), 1 => vec(0..6usize, 1..=2)],
        prop_oneof![3 => Just(Vec::new()), 1 => vec(0..4usize, 1..=2)],
    )
        .prop_map(|(query, ruler, r#for, mut levels, groups, clusters)| {
            for level in levels.values_mut().filter(|level| !level.off) {
                level.value = level.value.or(Some(50));
            }
            Alert { name: String::new(), query: Query::ALL[query], ruler, r#for, levels, groups, clusters }
        })
}

/// Any override.
pub fn over() -> impl Strategy<Value = Override> {
    let base = prop_oneof![
        1 => Just(Base::Everywhere),
        1 => (0..3usize).prop_map(Base::Kind),
        2 => (0..4usize).prop_map(Base::Cluster),
        4 => (0..6usize).prop_map(Base::Group),
    ];
    let selector = option::weighted(0.5, (0..LABELS.len(), 0..2usize));
    (
        0..3usize,
        base,
        selector,
        option::weighted(0.2, 1..4u32),
        option::weighted(0.2, 1..4u32),
        prop::bool::weighted(0.05),
        prop::collection::btree_map(0..3usize, level(), 0..=2),
    )
        .prop_map(|(alert, base, selector, r#for, window, off, levels)| {
            let mut one = Override {
                alert,
                base,
                selector: selector.map(|(label, value)| (label, value % LABELS[label].1.len())),
                r#for,
                window,
                off,
                levels,
            };
            if one.r#for.is_none() && one.window.is_none() && !one.off && one.levels.is_empty() {
                one.levels = BTreeMap::from([(1, Level { value: Some(30), ..Level::default() })]);
            }
            one
        })
}
