//! What checks read: the model, the stories of its values, and facts that several checks need, worked out once.

use std::collections::BTreeMap;

use crate::model::{Alert, AlertRule, Model};
use crate::promql::{self, Flow};
use crate::provenance::{Origin, Provenance};
use crate::source::Span;

/// What checks read.
#[derive(Debug)]
pub struct Context<'m> {
    /// The resolved spec.
    pub model: &'m Model,
    /// The story of every value.
    pub provenance: &'m Provenance,
    flows: BTreeMap<&'m str, Flow>,
    rules: BTreeMap<&'m str, Vec<&'m AlertRule>>,
}

impl<'m> Context<'m> {
    /// Works out the facts about a model.
    pub fn new(model: &'m Model, provenance: &'m Provenance) -> Self {
        let flow = |alert: &Alert| promql::flow(&alert.expr, &alert.target);
        let flows = model.alerts.iter().map(|(name, alert)| (name.as_str(), flow(alert))).collect();
        let mut rules: BTreeMap<&str, Vec<&AlertRule>> = BTreeMap::new();
        for rule in &model.alert_rules {
            rules.entry(&rule.alert).or_default().push(rule);
        }
        Self { model, provenance, flows, rules }
    }

    /// The rules of an alert, in emission order.
    pub fn rules(&self, alert: &str) -> &[&'m AlertRule] {
        self.rules.get(alert).map_or(&[], Vec::as_slice)
    }

    /// Which labels the results of an alert's query carry.
    pub fn flow(&self, alert: &str) -> Option<&Flow> {
        self.flows.get(alert)
    }

    /// Where a value was written.
    pub fn span(&self, origin: Origin) -> Option<Span> {
        self.provenance.span(origin)
    }
}
