//! Inhibition: which firing alerts silence which others.

use super::matcher::{LabelSet, Matcher};
use std::collections::BTreeSet;

/// One inhibition rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InhibitRule {
    /// The rule's name, from 0.30 on.
    pub name: Option<String>,
    /// An alert that matches all of these silences others; none matches every alert.
    pub source: Vec<Matcher>,
    /// An alert that matches all of these can be silenced; none matches every alert.
    pub target: Vec<Matcher>,
    /// Labels that must agree. One that both alerts lack agrees as well.
    pub equal: BTreeSet<String>,
}

fn all_match(matchers: &[Matcher], labels: &LabelSet) -> bool {
    matchers.iter().all(|matcher| matcher.matches_labels(labels))
}

impl InhibitRule {
    /// Whether a firing alert with the labels `source` silences one with the labels `target`.
    ///
    /// An alert that matches both sides is not silenced by one that matches both sides too.
    pub fn inhibits(&self, source: &LabelSet, target: &LabelSet) -> bool {
        let two_sided = |labels| all_match(&self.source, labels) && all_match(&self.target, labels);
        all_match(&self.source, source)
            && all_match(&self.target, target)
            && self.agree(source, target)
            && !(two_sided(target) && two_sided(source))
    }

    /// Whether both label sets have the same value, or none, for every label of `equal`.
    pub fn agree(&self, source: &LabelSet, target: &LabelSet) -> bool {
        let value = |labels: &LabelSet, name: &String| labels.get(name).cloned().unwrap_or_default();
        self.equal.iter().all(|name| value(source, name) == value(target, name))
    }
}

/// The first firing alert that silences `target`, as the index of the rule and of the alert.
pub fn inhibited_by(rules: &[InhibitRule], firing: &[LabelSet], target: &LabelSet) -> Option<(usize, usize)> {
    rules.iter().enumerate().find_map(|(at, rule)| {
        let source = firing.iter().position(|source| rule.inhibits(source, target))?;
        Some((at, source))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> LabelSet {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn missing_labels_agree() {
        let rule = InhibitRule {
            source: vec![Matcher::equal("severity", "critical")],
            target: vec![Matcher::equal("severity", "warning")],
            equal: ["service".to_owned()].into(),
            ..InhibitRule::default()
        };
        let critical = labels(&[("severity", "critical")]);
        assert!(rule.inhibits(&critical, &labels(&[("severity", "warning")])));
        assert!(rule.inhibits(&critical, &labels(&[("severity", "warning"), ("service", "")])));
        assert!(!rule.inhibits(&critical, &labels(&[("severity", "warning"), ("service", "a")])));
    }

    #[test]
    fn two_sided_alerts_do_not_silence_each_other() {
        let rule = InhibitRule { source: vec![Matcher::equal("a", "1")], ..InhibitRule::default() };
        let both = labels(&[("a", "1")]);
        assert!(!rule.inhibits(&both, &both));
        assert!(rule.inhibits(&both, &labels(&[("b", "1")])));
    }
}
