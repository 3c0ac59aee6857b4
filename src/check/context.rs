//! What checks read: the model, the stories of its values, and facts that several checks need, worked out once.

use std::collections::BTreeMap;

use crate::model::{Alert, Model};
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
}

impl<'m> Context<'m> {
    /// Works out the facts about a model.
    pub fn new(model: &'m Model, provenance: &'m Provenance) -> Self {
        let flow = |alert: &Alert| promql::flow(&alert.expr, &alert.target);
        let flows = model.alerts.iter().map(|(name, alert)| (name.as_str(), flow(alert))).collect();
        Self { model, provenance, flows }
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
