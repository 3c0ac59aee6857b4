//! What checks read: the model, the stories of its values, and facts that several checks need, worked out once.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::inhibition::{self, Effects};
use super::route::Located;
use super::rule::{self, Rule};
use crate::model::{AlertRule, Model};
use crate::paging::{self, Flaw, Paging};
use crate::promql::Flow;
use crate::provenance::{Origin, Provenance};
use crate::routing::RouteId;
use crate::routing::space::Unknown;
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
    paging: OnceCell<Option<Paging>>,
    flaws: OnceCell<Option<Result<Vec<Flaw>, Unknown>>>,
    effects: OnceCell<Option<Effects>>,
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
        let (paging, flaws, effects) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        Self { model, provenance, rules, by_alert, natives, paging, flaws, effects }
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

    /// Who is paged about what; nothing for a spec without routing.
    pub fn paging(&self) -> Option<&Paging> {
        self.paging.get_or_init(|| Paging::new(self.model)).as_ref()
    }

    /// What is wrong with the routing whoever sends alerts; nothing for a spec without routing.
    pub fn flaws(&self) -> Option<&Result<Vec<Flaw>, Unknown>> {
        let flaws = || self.paging().map(|paging| paging::flaws(&paging.decisions.configuration));
        self.flaws.get_or_init(flaws).as_ref()
    }

    /// What the inhibitions do to the alerts of the spec; nothing without routing, and where that cannot be answered exactly.
    pub fn effects(&self) -> Option<&Effects> {
        self.effects.get_or_init(|| self.paging().and_then(inhibition::effects)).as_ref()
    }

    /// Gives the routing with the places in the spec to `use_it`, if there is routing.
    pub fn located(&self, use_it: impl FnOnce(Located<'_>)) {
        let Some(paging) = self.paging() else { return };
        let decisions = &paging.decisions;
        let route = |id: RouteId| self.span(*decisions.routes.get(id.0 as usize)?);
        let rule = |index: usize| self.span(*decisions.inhibit_rules.get(index)?);
        let generated = |index: usize| decisions.generated.get(index).is_some_and(|made| *made);
        let interval = |name: &str| self.span(self.model.calendars.get(name)?.name.origin);
        let configuration = &decisions.configuration;
        use_it(Located { configuration, route: &route, rule: &rule, generated: &generated, interval: &interval });
    }

    /// Where a value was written.
    pub fn span(&self, origin: Origin) -> Option<Span> {
        self.provenance.span(origin)
    }
}
