//! The alerts of both sides and what is known about their labels.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::report::{Change, Kind, SubjectKind};
use crate::diff::side::Side;
use crate::diff::side::rules::rules;
use crate::paging::{Labels, Values, sent_alerts};
use crate::routing::LabelSet;
use crate::routing::space::{Region, Space, Unknown};

/// A level of an alert: its name and its severity.
pub type Level = (String, Option<String>);

/// What is known about the labels of every level, on both sides.
pub struct Alerts {
    old: BTreeMap<Level, BTreeSet<Labels>>,
    new: BTreeMap<Level, BTreeSet<Labels>>,
}

/// A level with the label sets that it can have.
pub struct Alert {
    /// Which.
    pub level: Level,
    /// The label sets that it could have before.
    pub old: Region,
    /// Those that it can have now.
    pub new: Region,
    /// Labels with their values, for examples.
    labels: Vec<Labels>,
}

impl Alerts {
    /// Gathers the alerts. If `changed` is given, the routing is the same on both sides, and only alerts that one of these
    /// changes is about matter.
    pub fn of(old: Side<'_>, new: Side<'_>, changed: Option<&[Change]>) -> Self {
        // What is known must be known in the same way on both sides, or the difference would be one of knowledge.
        let precise = old.model.is_some() && new.model.is_some();
        let wanted: Option<BTreeSet<&str>> = changed.map(|changes| {
            let about = changes.iter().filter(|change| {
                let numbers = matches!(
                    change.kind,
                    Kind::ThresholdLoosened
                        | Kind::ThresholdTightened
                        | Kind::ThresholdChanged
                        | Kind::ForLonger
                        | Kind::ForShorter
                        | Kind::KeepFiringForChanged
                        | Kind::AnnotationChanged
                );
                change.subject.kind == SubjectKind::Alert && !numbers
            });
            about.map(|change| change.subject.name.as_str()).collect()
        });
        let wanted = wanted.filter(|_| !clusters_changed(old, new));
        if wanted.as_ref().is_some_and(BTreeSet::is_empty) {
            return Self { old: BTreeMap::new(), new: BTreeMap::new() };
        }
        let is_wanted = |name: &str| wanted.as_ref().is_none_or(|wanted| wanted.contains(name));
        let gather = |side: Side<'_>| {
            let mut found: BTreeMap<Level, BTreeSet<Labels>> = BTreeMap::new();
            let mut add = |name: String, severity: Option<String>, labels: Labels| {
                if is_wanted(&name) {
                    found.entry((name, severity)).or_default().insert(labels);
                }
            };
            match side.model.filter(|_| precise) {
                Some(model) => {
                    for alert in sent_alerts(model) {
                        add(alert.name, alert.severity, alert.labels);
                    }
                }
                None => {
                    for rule in rules(side).into_iter().filter(|rule| rule.alerts) {
                        let labels = known(&rule.name, &rule.labels);
                        add(rule.name, rule.severity, labels);
                    }
                }
            }
            found
        };
        Self { old: gather(old), new: gather(new) }
    }

    /// The label sets of every level in a label space.
    pub fn regions(&self, space: &mut Space) -> Result<Vec<Alert>, Unknown> {
        let names: Vec<String> = space.labels().map(str::to_owned).collect();
        let mut region = |labels: Option<&BTreeSet<Labels>>| {
            let mut all = Region::NOTHING;
            for labels in labels.into_iter().flatten() {
                let one = space.alert(&labels.known(names.iter().map(String::as_str)))?;
                all = space.or(all, one)?;
            }
            Ok(all)
        };
        let levels: BTreeSet<&Level> = self.old.keys().chain(self.new.keys()).collect();
        let mut alerts = Vec::new();
        for level in levels {
            let labels = self.new.get(level).or_else(|| self.old.get(level));
            alerts.push(Alert {
                level: level.clone(),
                old: region(self.old.get(level))?,
                new: region(self.new.get(level))?,
                labels: labels.into_iter().flatten().cloned().collect(),
            });
        }
        Ok(alerts)
    }
}

/// Whether labels that evaluators add may differ.
fn clusters_changed(old: Side<'_>, new: Side<'_>) -> bool {
    let added = |side: Side<'_>| {
        side.model.map(|model| {
            let clusters = model.clusters.iter();
            clusters
                .map(|(name, cluster)| {
                    (
                        name.clone(),
                        cluster
                            .external_labels
                            .iter()
                            .map(|(name, value)| (name.clone(), value.value.clone()))
                            .collect::<Vec<_>>(),
                    )
                })
                .collect::<Vec<_>>()
        })
    };
    added(old) != added(new)
}

/// What a rule file says about the labels of an alert: what the query leaves and what servers add is not known.
fn known(name: &str, written: &BTreeMap<String, String>) -> Labels {
    let mut labels = Labels::open();
    for (label, value) in written {
        let values = if value.contains("{{") { Values::Any } else { Values::one(value.as_str()) };
        labels.set(label, values);
    }
    labels.set("alertname", Values::one(name));
    labels
}

impl Alert {
    /// Completes an example: values that this alert can have in place of others that routes treat alike, and labels that
    /// it always carries.
    pub fn example(&self, space: &Space, witness: LabelSet) -> LabelSet {
        let fits = |labels: &&Labels| {
            witness.iter().all(|(name, value)| match labels.get(name) {
                Values::Any => true,
                Values::Present => !value.is_empty(),
                Values::Listed(values) => values.iter().any(|own| space.alike(name, own, value)),
            })
        };
        let Some(labels) = self.labels.iter().find(fits).or(self.labels.first()) else { return witness };
        let mut example = witness.clone();
        for (name, values) in labels.named() {
            let Values::Listed(values) = values else { continue };
            let value = match witness.get(name) {
                Some(value) => values.iter().find(|own| space.alike(name, own, value)),
                None if values.len() == 1 => values.first(),
                None => None,
            };
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                example.insert(name.to_owned(), value.clone());
            }
        }
        example
    }
}
