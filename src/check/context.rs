//! What checks read: the model, the stories of its values, and facts that several checks need, worked out once.

use std::collections::BTreeMap;

use super::rule::{self, Rule};
use crate::model::{AlertRule, Model};
use crate::promql::Flow;
use crate::provenance::{Origin, Provenance};
use crate::source::Span;

/// What checks read.
#[derive(Debug)]
pub struct Context<'m> {
    /// The resolved spec.
    pub model: &'m Model,
    /// The story of every value.
    pub provenance: &'m Provenance,
    /// Every rule, wherever it was written.
    pub rules: Vec<Rule<'m>>,
    by_alert: BTreeMap<&'m str, Vec<&'m AlertRule>>,
    natives: BTreeMap<&'m str, usize>,
}

impl<'m> Context<'m> {
    /// Works out the facts about a model.
    pub fn new(model: &'m Model, provenance: &'m Provenance) -> Self {
        let mut by_alert: BTreeMap<&str, Vec<&AlertRule>> = BTreeMap::new();
        for rule in &model.alert_rules {
            by_alert.entry(&rule.alert).or_default().push(rule);
        }
        let rules = rule::all(model, &by_alert);
        let natives = rules.iter().enumerate().filter(|(_, rule)| rule.native.is_some());
        let natives = natives.map(|(place, rule)| (rule.name, place)).collect();
        Self { model, provenance, rules, by_alert, natives }
    }

    /// The rules of an alert of the spec, in emission order.
    pub fn rules(&self, alert: &str) -> &[&'m AlertRule] {
        self.by_alert.get(alert).map_or(&[], Vec::as_slice)
    }

    /// Every alerting rule, wherever it was written.
    pub fn alerts(&self) -> impl Iterator<Item = &Rule<'m>> {
        self.rules.iter().filter(|rule| rule.alerts)
    }

    /// Which labels the results of the query of an alert of the spec carry.
    pub fn flow(&self, alert: &str) -> Option<&Flow> {
        self.natives.get(alert).and_then(|place| self.rules.get(*place)).map(|rule| &rule.flow)
    }

    /// Where a value was written.
    pub fn span(&self, origin: Origin) -> Option<Span> {
        self.provenance.span(origin)
    }
}
