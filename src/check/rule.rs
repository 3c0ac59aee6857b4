//! A rule as checks see it: the same whether it is an alert of the spec, a recording rule, or a rule of a file taken in.
//!
//! Checks of queries and texts go over [`Rule`]s and never ask where a rule was written. What only some rules have (a level's
//! threshold, the evaluator's interval) is optional; a check that needs it stays silent without.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::ast::Duration;
use crate::diagnostic::{Code, Diagnostic, Level};
use crate::model::rules::{RuleSetGroup, RuleSetRule};
use crate::model::{Alert, AlertRule, Evaluation, Field, Labels, Model, RuleSet};
use crate::promql::{self, Expr, Flow, Node, NodeId, Shape, Target};
use crate::source::{Span, Text};

/// A rule with the facts about its query.
#[derive(Debug)]
pub struct Rule<'m> {
    /// The alert's name, or the metric that is recorded.
    pub name: &'m str,
    /// Whether it is an alerting rule.
    pub alerts: bool,
    /// The alert of the spec that it comes from; none for recording rules and rules of files.
    pub native: Option<&'m Alert>,
    /// The place in its file, if it is a rule of a file.
    pub filed: Option<Filed<'m>>,
    /// The query as written.
    pub query: &'m Text,
    /// The query as parsed; its places are bytes of `query`.
    pub expr: &'m Expr,
    /// The Prometheus that it is for.
    pub target: &'m Target,
    /// Labels that it sets; `severity` is among them only in files.
    pub labels: &'m Labels,
    /// Annotations as written.
    pub annotations: &'m [(String, Text)],
    /// Which labels the results carry.
    pub flow: Flow,
    /// What is compared with what.
    pub shape: Shape,
    /// What becomes of it, one for each evaluator, place and level.
    pub instances: Vec<Instance<'m>>,
}

/// Where a rule of a file stands.
#[derive(Debug, Clone, Copy)]
pub struct Filed<'m> {
    /// The rule set.
    pub set: &'m RuleSet,
    /// The rule group.
    pub group: &'m RuleSetGroup,
    /// Its place in the group, counted from 0.
    pub position: usize,
    /// The rule itself.
    pub rule: &'m RuleSetRule,
}

/// A rule at one evaluator.
#[derive(Debug, Clone, Copy)]
pub struct Instance<'m> {
    /// Who evaluates it.
    pub evaluation: &'m Evaluation,
    /// The severity, for an alert of the spec.
    pub severity: Option<&'m Field<String>>,
    /// The value of `${threshold}`.
    pub threshold: Option<&'m Field<String>>,
    /// How long the condition must hold; none means not at all.
    pub r#for: Option<&'m Field<Duration>>,
    /// How often it is evaluated, if known.
    pub interval: Option<&'m Field<Duration>>,
}

impl Instance<'_> {
    /// Seconds that the condition must hold.
    pub fn for_seconds(&self) -> f64 {
        self.r#for.map_or(0.0, |hold| seconds(hold.value))
    }
}

/// Whether two names differ in one letter, as slips do; names that differ in a digit or a word are siblings.
pub fn slip(written: &str, known: &str) -> bool {
    let (long, short) = if written.len() >= known.len() { (written, known) } else { (known, written) };
    let before = long.bytes().zip(short.bytes()).take_while(|(a, b)| a == b).count();
    let (long, short) = (long.bytes().skip(before).rev(), short.bytes().skip(before).rev());
    let after = long.clone().zip(short.clone()).take_while(|(a, b)| a == b).count();
    let (long, short): (Vec<u8>, Vec<u8>) = (long.skip(after).collect(), short.skip(after).collect());
    let letters = long.iter().chain(&short).all(u8::is_ascii_alphabetic);
    let swapped = matches!((&long[..], &short[..]), ([a, b], [c, d]) if a == d && b == c);
    letters && !long.is_empty() && ((long.len() <= 1 && short.len() <= 1) || swapped)
}

/// A duration in seconds.
#[expect(clippy::cast_precision_loss, reason = "durations are far below 2^52 milliseconds")]
pub fn seconds(duration: Duration) -> f64 {
    duration.milliseconds() as f64 / 1000.0
}

impl Rule<'_> {
    /// A finding about this rule. What stands in a file taken in is loaded by Prometheus as it is, so nothing about it is
    /// worse than a warning.
    pub fn finding(&self, code: &'static Code, headline: impl Into<String>) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(code, headline);
        if self.filed.is_some() {
            diagnostic.level = Level::Warning;
        }
        diagnostic
    }

    /// The file bytes of a part of the query.
    pub fn span(&self, range: &Range<usize>) -> Span {
        self.query.span_of(range.clone())
    }

    /// A part of the query as written.
    pub fn text(&self, range: &Range<usize>) -> &str {
        self.query.as_str().get(range.clone()).unwrap_or_default()
    }

    /// A node of the query.
    pub fn node(&self, id: NodeId) -> &Node {
        self.expr.node(id)
    }

    /// "the alert `X`" or "the recording rule `x`".
    pub fn title(&self) -> String {
        let kind = if self.alerts { "alert" } else { "recording rule" };
        format!("the {kind} `{}`", self.name)
    }

    /// The annotation called `name`.
    pub fn annotation(&self, name: &str) -> Option<&Text> {
        self.annotations.iter().find(|(own, _)| own == name).map(|(_, text)| text)
    }
}

/// All rules of a model: alerts of the spec, recording rules, rules of files.
pub fn all<'m>(model: &'m Model, by_alert: &BTreeMap<&str, Vec<&'m AlertRule>>) -> Vec<Rule<'m>> {
    let emitted = |alert: &Alert| by_alert.get(alert.name.value.as_str()).map_or(&[][..], Vec::as_slice);
    let mut rules: Vec<Rule<'_>> = model.alerts.values().map(|alert| of_alert(alert, emitted(alert))).collect();
    let mut records: BTreeMap<Span, Rule<'_>> = BTreeMap::new();
    for record in &model.recording_rules {
        let instance = Instance {
            evaluation: &record.evaluation,
            severity: None,
            threshold: None,
            r#for: None,
            interval: Some(&record.interval),
        };
        // The same rule on several evaluators is one rule.
        let rule = records.entry(record.query.span()).or_insert_with(|| Rule {
            name: &record.record.value,
            alerts: false,
            native: None,
            filed: None,
            query: &record.query,
            expr: &record.parsed,
            target: &record.target,
            labels: &record.labels,
            annotations: &[],
            flow: promql::flow(&record.parsed, &record.target),
            shape: promql::shape(&record.parsed),
            instances: Vec::new(),
        });
        rule.instances.push(instance);
    }
    rules.extend(records.into_values());
    for set in model.rule_sets.values() {
        for group in &set.groups {
            let own = group.rules.iter().enumerate();
            rules.extend(own.map(|(position, rule)| of_file(Filed { set, group, position, rule })));
        }
    }
    rules
}

fn of_alert<'m>(alert: &'m Alert, emitted: &[&'m AlertRule]) -> Rule<'m> {
    let instances = emitted.iter().map(|rule| Instance {
        evaluation: &rule.evaluation,
        severity: Some(&rule.severity),
        threshold: rule.threshold.as_ref(),
        r#for: Some(&rule.r#for),
        interval: Some(&rule.interval),
    });
    Rule {
        name: &alert.name.value,
        alerts: true,
        native: Some(alert),
        filed: None,
        query: &alert.query,
        expr: &alert.expr,
        target: &alert.target,
        labels: &alert.labels,
        annotations: &alert.annotations,
        flow: promql::flow(&alert.expr, &alert.target),
        shape: promql::shape(&alert.expr),
        instances: instances.collect(),
    }
}

fn of_file(filed: Filed<'_>) -> Rule<'_> {
    let Filed { set, group, rule, .. } = filed;
    let name = rule.alert.as_ref().or(rule.record.as_ref()).map_or("", |name| name.value.as_str());
    let instance = Instance {
        evaluation: &set.evaluation,
        severity: rule.labels.get("severity"),
        threshold: None,
        r#for: rule.r#for.as_ref(),
        interval: group.interval.as_ref(),
    };
    Rule {
        name,
        alerts: rule.alert.is_some(),
        native: None,
        filed: Some(filed),
        query: &rule.query,
        expr: &rule.parsed,
        target: &rule.target,
        labels: &rule.labels,
        annotations: &rule.texts,
        flow: promql::flow(&rule.parsed, &rule.target),
        shape: promql::shape(&rule.parsed),
        instances: vec![instance],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_single_letters() {
        for (written, known) in
            [("jobs:up:sum", "job:up:sum"), ("job:pu:sum", "job:up:sum"), ("job:ux:sum", "job:up:sum")]
        {
            assert!(slip(written, known) && slip(known, written), "{written}");
        }
        for (written, known) in
            [("job:up:rate5m", "job:up:rate1m"), ("a:up:sum", "a:up:sum"), ("job:up:sum", "node:up:sum")]
        {
            assert!(!slip(written, known), "{written}");
        }
    }
}
