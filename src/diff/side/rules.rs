//! The rules of a side, read from rule files.

use std::collections::BTreeMap;

use super::{Side, entries, items, text, text_at};
use crate::artifact::{Doc, FileKind};
use crate::golang::Duration;
use crate::model::AlertRule;

/// An alerting or recording rule.
#[derive(Debug, Clone)]
pub struct Rule<'a> {
    /// Whether it alerts; it records otherwise.
    pub alerts: bool,
    /// The alert's name or the recorded metric.
    pub name: String,
    /// The label `severity`, if it has one.
    pub severity: Option<String>,
    /// Who evaluates it: `prometheus/cluster-01`, `thanos/cluster-01`; empty where the files do not say.
    pub evaluator: String,
    /// The file it stands in.
    pub file: &'a str,
    /// The rule group.
    pub group: String,
    /// What the rule group says besides its name, rules and labels: interval, strategy, limit, offset.
    pub settings: BTreeMap<String, String>,
    /// The expression.
    pub expr: String,
    /// How long the condition must hold, in milliseconds.
    pub r#for: u64,
    /// How long it keeps firing, in milliseconds.
    pub keep_firing_for: u64,
    /// Labels of the rule and of its group; empty values are no labels.
    pub labels: BTreeMap<String, String>,
    /// Annotations.
    pub annotations: BTreeMap<String, String>,
    /// The document.
    pub doc: &'a Doc,
    /// The rule of the model that it was printed from.
    pub made: Option<&'a AlertRule>,
}

/// Every rule of a side, in file order.
pub fn rules(side: Side<'_>) -> Vec<Rule<'_>> {
    let made = side.made();
    let mut rules = Vec::new();
    for kind in [FileKind::PrometheusRules, FileKind::ThanosRules] {
        for (path, document) in side.documents(kind) {
            // A PrometheusRule object has the groups below `spec`.
            let spec = document.get("spec").filter(|_| document.get("kind").is_some()).unwrap_or(document);
            for group in items(spec.get("groups")) {
                for rule in items(group.get("rules")) {
                    let origin = rule.get("alert").and_then(|name| name.origin);
                    let made = origin.and_then(|origin| made.get(&origin)).copied();
                    rules.extend(read(path, group, rule, made));
                }
            }
        }
    }
    rules
}

fn read<'a>(path: &'a str, group: &'a Doc, rule: &'a Doc, made: Option<&'a AlertRule>) -> Option<Rule<'a>> {
    let alerts = rule.get("alert").is_some();
    let name = text_at(rule, if alerts { "alert" } else { "record" })?;
    let mut labels = texts(group.get("labels"));
    labels.extend(texts(rule.get("labels")));
    labels.retain(|_, value| !value.is_empty());
    let setting = |(key, value): &(String, Doc)| {
        let known = matches!(key.as_str(), "name" | "rules" | "labels");
        if known { None } else { Some((key.clone(), text(value)?)) }
    };
    Some(Rule {
        alerts,
        name,
        severity: labels.get("severity").cloned(),
        evaluator: evaluator(path),
        file: path,
        group: text_at(group, "name").unwrap_or_default(),
        settings: entries(Some(group)).iter().filter_map(setting).collect(),
        expr: text_at(rule, "expr").unwrap_or_default(),
        r#for: duration(rule, "for"),
        keep_firing_for: duration(rule, "keep_firing_for"),
        labels,
        annotations: texts(rule.get("annotations")),
        doc: rule,
        made,
    })
}

fn duration(rule: &Doc, key: &str) -> u64 {
    let written = text_at(rule, key).unwrap_or_default();
    written.parse::<Duration>().map_or(0, Duration::milliseconds)
}

fn texts(doc: Option<&Doc>) -> BTreeMap<String, String> {
    entries(doc).iter().filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect()
}

/// Who reads a rule file, as far as its path says: builds have a folder for each evaluator.
fn evaluator(path: &str) -> String {
    match path.split('/').collect::<Vec<_>>().as_slice() {
        [engine @ ("prometheus" | "thanos"), cluster, "rules", _] => format!("{engine}/{cluster}"),
        _ => String::new(),
    }
}
