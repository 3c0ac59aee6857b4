//! What is known about the labels of an alert when it arrives at Alertmanager.
//!
//! It is a product: every label has a set of values of its own, and nothing is said about which of them occur together.
//! That loses something and promises nothing false: the alerts that a rule can send are always among those described.

use std::collections::{BTreeMap, BTreeSet};

use crate::promql::{self, Presence};
use crate::routing::LabelSet;
use crate::routing::space::Known;

/// The values that one label can have; the empty text stands for a label that is not there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Values {
    /// Any text, or none.
    Any,
    /// The label is there, with any text.
    Present,
    /// One of these; the empty text among them means that the label may be missing.
    Listed(BTreeSet<String>),
}

impl Values {
    /// The label is not there.
    pub fn missing() -> Self {
        Self::one("")
    }

    /// The label has this value.
    pub fn one(value: impl Into<String>) -> Self {
        Self::Listed(BTreeSet::from([value.into()]))
    }

    /// Whether the label is never there.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Listed(values) if values.iter().all(String::is_empty))
    }

    /// Whether there are alerts without the label.
    pub fn may_be_missing(&self) -> bool {
        self.contains("")
    }

    /// Whether the label can have this value.
    pub fn contains(&self, value: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Present => !value.is_empty(),
            Self::Listed(values) => values.contains(value),
        }
    }

    /// The value, if there is only one.
    pub fn single(&self) -> Option<&str> {
        match self {
            Self::Listed(values) if values.len() == 1 => values.first().map(String::as_str),
            Self::Any | Self::Present | Self::Listed(_) => None,
        }
    }

    /// The values of either.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Listed(left), Self::Listed(right)) => Self::Listed(left.union(right).cloned().collect()),
            (left, right) if left.may_be_missing() || right.may_be_missing() => Self::Any,
            _ => Self::Present,
        }
    }

    /// The values once a missing label is given one of `others`, as senders do with their external labels.
    #[must_use]
    pub fn filled(&self, others: &Self) -> Self {
        match self {
            Self::Any => Self::Present.or(others),
            Self::Present => Self::Present,
            Self::Listed(values) if values.contains("") => {
                Self::Listed(values.iter().filter(|value| !value.is_empty()).cloned().collect()).or(others)
            }
            Self::Listed(_) => self.clone(),
        }
    }

    /// In the terms of the label space; nothing where every value is possible.
    pub fn known(&self) -> Option<Known> {
        match self {
            Self::Any => None,
            Self::Present => Some(Known::Present),
            Self::Listed(_) if self.is_missing() => Some(Known::Missing),
            Self::Listed(values) => Some(Known::Values(values.iter().cloned().collect())),
        }
    }
}

impl From<&promql::Carried> for Values {
    fn from(carried: &promql::Carried) -> Self {
        match (carried.presence, &carried.values) {
            (Presence::Impossible, _) => Self::missing(),
            (Presence::Guaranteed, Some(values)) => Self::Listed(values.clone()),
            (Presence::Guaranteed, None) => Self::Present,
            (Presence::Possible, Some(values)) => Self::Listed(values.iter().cloned().chain([String::new()]).collect()),
            (Presence::Possible, None) => Self::Any,
        }
    }
}

/// The labels of an alert: for every name the values that it can have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Labels {
    named: BTreeMap<String, Values>,
    rest: Values,
}

impl Labels {
    /// Labels of which only these are there.
    pub fn none() -> Self {
        Self { named: BTreeMap::new(), rest: Values::missing() }
    }

    /// Labels of which nothing is known.
    pub fn open() -> Self {
        Self { named: BTreeMap::new(), rest: Values::Any }
    }

    /// The labels of a query's results.
    pub fn of_results(flow: &promql::Labels) -> Self {
        let named = flow.named().map(|(name, carried)| (name.to_owned(), Values::from(carried))).collect();
        Self { named, rest: Values::from(flow.rest()) }
    }

    /// What is known about a label.
    pub fn get(&self, name: &str) -> &Values {
        self.named.get(name).unwrap_or(&self.rest)
    }

    /// The labels about which something of their own is known, in order of their names.
    pub fn named(&self) -> impl Iterator<Item = (&str, &Values)> {
        self.named.iter().map(|(name, values)| (name.as_str(), values))
    }

    /// What is known about every other label.
    pub fn rest(&self) -> &Values {
        &self.rest
    }

    /// Says what is known about a label.
    pub fn set(&mut self, name: &str, values: Values) {
        self.named.insert(name.to_owned(), values);
    }

    /// Whether an alert with these labels is among those described. Empty values count as missing labels.
    pub fn contains(&self, labels: &LabelSet) -> bool {
        let value = |name: &str| labels.get(name).map_or("", String::as_str);
        self.named.iter().all(|(name, values)| values.contains(value(name)))
            && labels.iter().all(|(name, value)| self.get(name).contains(value))
    }

    /// The labels of alerts of either kind.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        let names = self.named.keys().chain(other.named.keys());
        let named = names.map(|name| (name.clone(), self.get(name).or(other.get(name)))).collect();
        Self { named, rest: self.rest.or(&other.rest) }
    }

    /// Adds to some labels of an alert those that it always carries with one of known values.
    #[must_use]
    pub fn complete(&self, labels: &LabelSet) -> LabelSet {
        let mut complete = labels.clone();
        for (name, values) in &self.named {
            if let Values::Listed(values) = values
                && let Some(value) = values.first().filter(|value| !value.is_empty())
            {
                complete.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        complete
    }

    /// The knowledge about `names`, as the label space takes it.
    pub fn known<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> BTreeMap<String, Known> {
        names.into_iter().filter_map(|name| Some((name.to_owned(), self.get(name).known()?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(values: &[&str]) -> Values {
        Values::Listed(values.iter().map(|value| (*value).to_owned()).collect())
    }

    #[test]
    fn external_labels_fill_what_is_missing() {
        let added = Values::one("eu");
        assert_eq!(Values::Any.filled(&added), Values::Present);
        assert_eq!(Values::missing().filled(&added), added);
        assert_eq!(listed(&["", "us"]).filled(&added), listed(&["eu", "us"]));
        assert_eq!(listed(&["us"]).filled(&added), listed(&["us"]));
        assert_eq!(listed(&["", "us"]).filled(&Values::Any), Values::Any);
        assert_eq!(Values::missing().filled(&Values::Present), Values::Present);
    }

    #[test]
    fn either_of_two() {
        assert_eq!(listed(&["a"]).or(&listed(&[""])), listed(&["", "a"]));
        assert_eq!(listed(&["a"]).or(&Values::Present), Values::Present);
        assert_eq!(listed(&[""]).or(&Values::Present), Values::Any);
    }
}
