//! The alerts that arrive at Alertmanager: those of the spec's rules, of rule files taken in, and of other systems.
//!
//! A rule's alerts carry the labels of its query's results without the metric name, then the rule's own labels on top,
//! and the alert's name. Whoever evaluates the rule changes them on the way out: Prometheus adds its external labels
//! where the alert has none of that name and drops the label that tells its replicas apart. A Ruler that is delivered adds
//! nothing that arrives, with the operator and without; one that somebody else runs may have the cluster's labels.

use rayon::prelude::*;

use super::labels::{Labels, Values};
use crate::ast::alert::Evaluator;
use crate::ast::cluster::ClusterDelivery;
use crate::gotemplate::{self, FunctionSet, Head, Node};
use crate::model::{AlertRule, Evaluation, External, Model, RuleSet};
use crate::model::{Labels as Written, rules::RuleSetRule};
use crate::promql::{self, Flow, Target};
use crate::provenance::Origin;

/// An alert as Alertmanager gets it: every alert that one rule, or one other system, can send.
#[derive(Debug, Clone)]
pub struct SentAlert {
    /// Its name, the value of the label `alertname`.
    pub name: String,
    /// Its severity, if it has one that is known.
    pub severity: Option<String>,
    /// Where it comes from.
    pub source: Source,
    /// The place that sets its values, in words: "everywhere", "group `production`", "rules `appliance`", "`grafana`".
    pub place: String,
    /// Who evaluates it; nothing for alerts of other systems.
    pub evaluation: Option<Evaluation>,
    /// The cluster whose Alertmanager gets it, if there is one and the spec says which.
    pub home: Option<String>,
    /// The groups whose hosts it covers; `None` stands for hosts of no group. Empty where the spec does not know.
    pub groups: Vec<Option<String>>,
    /// What is known about its labels.
    pub labels: Labels,
    /// Whether it always fires, whatever the data.
    pub always: bool,
    /// Where its name was written.
    pub origin: Origin,
}

/// Where an alert comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A rule of the spec: its index in [`Model::alert_rules`].
    Rule(usize),
    /// A rule of a file taken in.
    TakenIn {
        /// The set's name.
        set: String,
        /// The index of its group.
        group: usize,
        /// The index of the rule in the group.
        rule: usize,
    },
    /// Another system's alert, by its name in [`Model::externals`].
    External(String),
}

/// All alerts that arrive, in the order of the model: rules, rule files taken in, other systems.
pub fn all(model: &Model) -> Vec<SentAlert> {
    let rules = model.alert_rules.par_iter().enumerate();
    let mut alerts: Vec<SentAlert> = rules.filter_map(|(index, rule)| of_rule(model, index, rule)).collect();
    for set in model.rule_sets.values() {
        for (group, rules) in set.groups.iter().enumerate() {
            for (rule, written) in rules.rules.iter().enumerate() {
                let source = Source::TakenIn { set: set.name.value.clone(), group, rule };
                alerts.extend(taken_in(model, set, written, source));
            }
        }
    }
    let mut homes = model.clusters.values().filter(|cluster| cluster.alertmanager.is_some());
    let only = homes.next().filter(|_| homes.next().is_none()).map(|cluster| cluster.name.value.clone());
    alerts.extend(model.externals.values().map(|external| of_other_system(external, only.clone())));
    alerts
}

fn home(model: &Model, evaluation: &Evaluation) -> Option<String> {
    let cluster = model.clusters.get(&evaluation.cluster)?;
    model.alertmanager_of(cluster).map(|home| home.name.value.clone())
}

fn of_rule(model: &Model, index: usize, rule: &AlertRule) -> Option<SentAlert> {
    let flow = flow(&rule.expr.value, &model.alerts.get(&rule.alert)?.target);
    Some(SentAlert {
        name: rule.alert.clone(),
        severity: Some(rule.severity.value.clone()),
        source: Source::Rule(index),
        place: rule.place.words.clone(),
        evaluation: Some(rule.evaluation.clone()),
        home: home(model, &rule.evaluation),
        groups: rule.groups.clone(),
        labels: labels(model, flow.as_ref(), &rule.labels, &rule.alert, &rule.evaluation),
        always: flow.is_some_and(|flow| flow.always.is_some()),
        origin: model.alerts.get(&rule.alert)?.name.origin,
    })
}

fn taken_in(model: &Model, set: &RuleSet, rule: &RuleSetRule, source: Source) -> Option<SentAlert> {
    let name = rule.alert.as_ref()?;
    let flow = flow(&rule.expr.value, &rule.target);
    let labels = labels(model, flow.as_ref(), &rule.labels, &name.value, &set.evaluation);
    Some(SentAlert {
        name: name.value.clone(),
        severity: labels.get("severity").single().filter(|value| !value.is_empty()).map(str::to_owned),
        source,
        place: format!("rules `{}`", set.name.value),
        evaluation: Some(set.evaluation.clone()),
        home: home(model, &set.evaluation),
        groups: Vec::new(),
        always: flow.is_some_and(|flow| flow.always.is_some()),
        labels,
        origin: name.origin,
    })
}

/// What a declaration does not name is not there.
fn of_other_system(external: &External, home: Option<String>) -> SentAlert {
    let mut labels = Labels::none();
    for (label, values) in &external.labels {
        labels.set(label, Values::Listed(values.iter().map(|value| value.value.clone()).collect()));
    }
    for label in &external.open {
        labels.set(&label.value, Values::Any);
    }
    labels.set("alertname", Values::one(external.name.value.as_str()));
    SentAlert {
        name: external.name.value.clone(),
        severity: labels.get("severity").single().filter(|value| !value.is_empty()).map(str::to_owned),
        source: Source::External(external.name.value.clone()),
        place: external
            .source
            .as_ref()
            .map_or_else(|| "another system".to_owned(), |source| format!("`{}`", source.value)),
        evaluation: None,
        home,
        groups: Vec::new(),
        labels,
        always: false,
        origin: external.name.origin,
    }
}

/// Nothing for a query that does not parse, which the resolver has reported.
fn flow(query: &str, target: &Target) -> Option<Flow> {
    promql::parse(query, target).ok().map(|expr| promql::flow(&expr, target))
}

fn labels(model: &Model, flow: Option<&Flow>, written: &Written, name: &str, evaluation: &Evaluation) -> Labels {
    let mut labels = flow.map_or_else(Labels::open, |flow| Labels::of_results(flow.labels()));
    let results = labels.clone();
    labels.set("__name__", Values::missing());
    for (label, value) in written {
        labels.set(label, rendered(&value.value, &results));
    }
    labels.set("alertname", Values::one(name));
    sent_by(labels, model, evaluation)
}

/// The values of a label that a rule sets. Text that is no template is taken as it is, a template that only reads a label
/// of the result has that label's values, and of any other nothing is known, except that its plain text is there.
fn rendered(text: &str, results: &Labels) -> Values {
    if !text.contains("{{") {
        return Values::one(text);
    }
    let Ok(template) = gotemplate::parse(text, FunctionSet::alert()) else { return Values::Any };
    if let [Node::Action(pipeline)] = template.body.as_slice()
        && let ([], [command]) = (pipeline.variables.as_slice(), pipeline.commands.as_slice())
        && let [operand] = command.operands.as_slice()
    {
        let fields: Vec<&str> = operand.fields.iter().map(|field| field.name.as_str()).collect();
        match (&operand.head, fields.as_slice()) {
            (Head::Variable(variable), [label]) if variable == "$labels" => return results.get(label).clone(),
            (Head::Dot, ["Labels", label]) => return results.get(label).clone(),
            _ => {}
        }
    }
    let plain = |node: &Node| match node {
        Node::Text(range) => text.get(range.clone()).is_some_and(|text| !text.trim().is_empty()),
        Node::Comment(_)
        | Node::Action(_)
        | Node::Branch(_)
        | Node::Call { .. }
        | Node::Break(_)
        | Node::Continue(_) => false,
    };
    if template.body.iter().any(plain) { Values::Present } else { Values::Any }
}

/// What is known of one label when it arrives, of the values that a rule gives it.
pub fn arriving(model: &Model, evaluation: &Evaluation, label: &str, values: Values) -> Values {
    let mut labels = Labels::none();
    labels.set(label, values);
    sent_by(labels, model, evaluation).get(label).clone()
}

/// What the evaluating server does to labels on the way out.
fn sent_by(mut labels: Labels, model: &Model, evaluation: &Evaluation) -> Labels {
    let Some(cluster) = model.clusters.get(&evaluation.cluster) else { return labels };
    // What delivery writes is what runs. Otherwise only the rules are written, and somebody else has set the server up.
    let is_written = model.delivery.as_ref().is_some_and(|delivery| delivery.kustomize.is_some());
    let by_operator = cluster.delivery.value == ClusterDelivery::Operator;
    let external = cluster.external_labels.iter().map(|(label, value)| {
        // Prometheus fills in environment variables.
        let values = if value.value.contains('$') { Values::Any } else { Values::one(value.value.as_str()) };
        (label, values)
    });
    match evaluation.engine {
        Evaluator::Prometheus => {
            for (label, added) in external {
                let filled = labels.get(label).filled(&added);
                labels.set(label, filled);
            }
            let replicas = cluster.prometheus.as_ref().and_then(|prometheus| prometheus.replica_label.as_ref());
            if by_operator {
                // The operator says by this label which Prometheus object it was, unless it is told not to.
                let named = labels.get("prometheus").filled(&Values::Any);
                labels.set("prometheus", named);
            }
            match replicas {
                Some(label) => labels.set(&label.value, Values::missing()),
                None if by_operator => labels.set("prometheus_replica", Values::missing()),
                None => {}
            }
        }
        // It gets no label but the one that tells its replicas apart, and drops that.
        Evaluator::Ruler if is_written => labels.set("thanos_ruler_replica", Values::missing()),
        // Whoever runs this Ruler may give it the cluster's labels, and Thanos' own replace those of the series.
        Evaluator::Ruler => {
            for (label, added) in external {
                let either = labels.get(label).or(&added);
                labels.set(label, either);
            }
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_are_templates() {
        let mut results = Labels::none();
        results.set("team", Values::Listed(["a".to_owned(), String::new()].into()));
        let said = |text| rendered(text, &results);
        assert_eq!(said("shop"), Values::one("shop"));
        assert_eq!(said("{{ $labels.team }}"), *results.get("team"));
        assert_eq!(said("{{ .Labels.team }}"), *results.get("team"));
        assert_eq!(said("{{ $labels.other }}"), Values::missing());
        assert_eq!(said("team-{{ $labels.team }}"), Values::Present);
        assert_eq!(said(" {{ $labels.team }}"), Values::Any);
        assert_eq!(said("{{ if $value }}x{{ end }}"), Values::Any);
        assert_eq!(said("{{ broken"), Values::Any);
    }
}
