//! What the inhibitions of a spec do to its alerts, worked out once for all checks.

use std::collections::{BTreeMap, BTreeSet};

use crate::paging::Paging;
use crate::routing::LabelSet;

/// A source and a target by their indices, and an example of each.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The silencing alert.
    pub source: usize,
    /// The alert that it silences.
    pub target: usize,
    /// One of the first and one of the second.
    pub example: (LabelSet, LabelSet),
}

/// What inhibitions do.
#[derive(Debug, Default)]
pub struct Effects {
    /// The rules that can silence something.
    pub acting: BTreeSet<usize>,
    /// Two alerts with nothing in common on which a rule acts, because both lack a label of `equal`.
    pub both_lack: BTreeMap<(usize, String), Pair>,
}

/// Asks for every alert who silences it; nothing where that cannot be answered exactly.
pub fn effects(paging: &Paging) -> Option<Effects> {
    let mut effects = Effects::default();
    for target in paging.told_apart() {
        let Some(alert) = paging.alerts.get(target) else { continue };
        for inhibitor in paging.inhibitors(target).ok()? {
            effects.acting.insert(inhibitor.rule);
            let source = paging.alerts.get(inhibitor.source)?;
            let pair = || Pair { source: inhibitor.source, target, example: inhibitor.example.clone() };
            let equal = &paging.decisions.configuration.inhibit_rules.get(inhibitor.rule)?.equal;
            let missing =
                |label: &String| source.labels.get(label).is_missing() && alert.labels.get(label).is_missing();
            // A label that both surely carry ties them together.
            let tied = |label: &String| {
                !source.labels.get(label).may_be_missing() && !alert.labels.get(label).may_be_missing()
            };
            if source.name != alert.name && !equal.iter().any(tied) {
                for label in equal.iter().filter(|label| missing(label)) {
                    effects.both_lack.entry((inhibitor.rule, label.clone())).or_insert_with(pair);
                }
            }
        }
    }
    Some(effects)
}
