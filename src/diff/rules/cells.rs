//! Two partitions of the fleet laid over each other: for every part, the rule that covered it and the rule that does.
//!
//! A level of an alert covers every host once, by cells: points of the fleet with conditions on labels. Laid over each
//! other, the cells of both sides cut the fleet into parts in which exactly one rule held before and exactly one holds
//! now, or none. Hosts that the spec does not list are in these parts like those it does, so what is said of a part holds
//! for whatever joins it.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::report::Scope;
use crate::model::alert::{Conditions, Point, Values};

/// The cells of a side: which rule, by its number, covers which hosts of which point.
pub type Cover<'a> = Vec<(&'a Point, &'a Conditions, usize)>;

/// The rule that covered a part and the one that covers it now.
pub type Pair = (Option<usize>, Option<usize>);

/// The parts of the fleet by who covered them and who does.
pub fn overlay(old: &Cover<'_>, new: &Cover<'_>) -> BTreeMap<Pair, Vec<Scope>> {
    let mut points: BTreeMap<&Point, [Vec<(&Conditions, usize)>; 2]> = BTreeMap::new();
    for (side, cover) in [old, new].into_iter().enumerate() {
        for (point, conditions, rule) in cover {
            if let Some(cells) = points.entry(point).or_default().get_mut(side) {
                cells.push((conditions, *rule));
            }
        }
    }
    let mut parts: BTreeMap<Pair, Vec<Scope>> = BTreeMap::new();
    for (point, [old, new]) in points {
        let mut add = |pair: Pair, conditions: &Conditions| {
            parts.entry(pair).or_default().push(Scope {
                group: point.group.clone(),
                cluster: Some(point.cluster.clone()),
                hosts: words(conditions),
            });
        };
        for (was, old_rule) in &old {
            for (is, new_rule) in &new {
                if let Some(both) = and(was, is) {
                    add((Some(*old_rule), Some(*new_rule)), &both);
                }
            }
        }
        for (rule, rest) in uncovered(&old, &new) {
            add((Some(rule), None), &rest);
        }
        for (rule, rest) in uncovered(&new, &old) {
            add((None, Some(rule)), &rest);
        }
    }
    parts
}

/// What no cell of `by` covers.
fn uncovered(cells: &[(&Conditions, usize)], by: &[(&Conditions, usize)]) -> Vec<(usize, Conditions)> {
    let mut out = Vec::new();
    for (conditions, rule) in cells {
        let mut rest = vec![(*conditions).clone()];
        for (other, _) in by {
            rest = rest.iter().flat_map(|part| minus(part, other)).collect();
        }
        out.extend(rest.into_iter().map(|part| (*rule, part)));
    }
    out
}

/// The hosts that satisfy both; `None` if there can be none.
fn and(left: &Conditions, right: &Conditions) -> Option<Conditions> {
    let mut both = left.clone();
    for (label, values) in right {
        let values = match both.get(label) {
            Some(own) => meet(own, values)?,
            None => values.clone(),
        };
        both.insert(label.clone(), values);
    }
    Some(both)
}

fn meet(left: &Values, right: &Values) -> Option<Values> {
    use Values::{AnyOf, NoneOf};
    let values = match (left, right) {
        (AnyOf(left), AnyOf(right)) => AnyOf(left & right),
        (AnyOf(some), NoneOf(others)) | (NoneOf(others), AnyOf(some)) => AnyOf(some - others),
        (NoneOf(left), NoneOf(right)) => NoneOf(left | right),
    };
    let empty = matches!(&values, AnyOf(values) if values.is_empty());
    (!empty).then_some(values)
}

/// The hosts of `whole` that are not in `part`, in pieces that do not overlap.
fn minus(whole: &Conditions, part: &Conditions) -> Vec<Conditions> {
    if and(whole, part).is_none() {
        return vec![whole.clone()];
    }
    let mut pieces = Vec::new();
    let mut inside = whole.clone();
    for (label, values) in part {
        let others = match values {
            Values::AnyOf(values) => Values::NoneOf(values.clone()),
            Values::NoneOf(values) => Values::AnyOf(values.clone()),
        };
        let at = |values: Values| Conditions::from([(label.clone(), values)]);
        pieces.extend(and(&inside, &at(others)));
        match and(&inside, &at(values.clone())) {
            Some(both) => inside = both,
            None => break,
        }
    }
    pieces
}

/// `rack=r2`, `rack=r1|r2, os!=bsd`; empty for all hosts.
fn words(conditions: &Conditions) -> String {
    let list = |values: &BTreeSet<String>| values.iter().map(String::as_str).collect::<Vec<_>>().join("|");
    let words = conditions.iter().filter_map(|(label, values)| match values {
        Values::AnyOf(values) => Some(format!("{label}={}", list(values))),
        Values::NoneOf(values) if values.is_empty() => None,
        Values::NoneOf(values) => Some(format!("{label}!={}", list(values))),
    });
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn any(values: &[&str]) -> Values {
        Values::AnyOf(values.iter().map(|value| (*value).to_owned()).collect())
    }

    fn none(values: &[&str]) -> Values {
        Values::NoneOf(values.iter().map(|value| (*value).to_owned()).collect())
    }

    fn all() -> Vec<Conditions> {
        let mut all = vec![Conditions::new()];
        for rack in [any(&["1"]), any(&["1", "2"]), none(&["1"]), none(&["2", "3"])] {
            all.push(Conditions::from([("rack".to_owned(), rack.clone())]));
            for os in [any(&["a"]), none(&["a", "b"])] {
                all.push(Conditions::from([("rack".to_owned(), rack.clone()), ("os".to_owned(), os)]));
            }
        }
        all
    }

    fn holds(conditions: &Conditions, rack: &str, os: &str) -> bool {
        let value = |label: &str| if label == "rack" { rack } else { os };
        conditions.iter().all(|(label, values)| values.accept(value(label)))
    }

    /// Every host is counted as by hand, for all pairs of conditions.
    #[test]
    fn parts_are_exact() {
        for left in all() {
            for right in all() {
                let rest = minus(&left, &right);
                for rack in ["", "1", "2", "3", "9"] {
                    for os in ["", "a", "b", "c"] {
                        let (in_left, in_right) = (holds(&left, rack, os), holds(&right, rack, os));
                        let in_both = and(&left, &right).is_some_and(|both| holds(&both, rack, os));
                        assert_eq!(in_both, in_left && in_right, "{left:?} {right:?} {rack} {os}");
                        let pieces = rest.iter().filter(|piece| holds(piece, rack, os)).count();
                        assert_eq!(pieces, usize::from(in_left && !in_right), "{left:?} {right:?} {rack} {os}");
                    }
                }
            }
        }
    }
}
