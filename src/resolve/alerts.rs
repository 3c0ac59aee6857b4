//! Resolving alerts: from templates and overrides to the rules that will be evaluated.

use std::collections::{BTreeMap, BTreeSet};

use super::partition::Extent;
use super::query::{self, Query};
use super::render::Renderer;
use super::thresholds::{self, Fleet, Overrides, Place};
use super::{Context, codes, overrides};
use crate::ast::Spec;
use crate::ast::alert::{Alert as Written, ParamType};
use crate::ast::threshold::Threshold;
use crate::diagnostic::Diagnostic;
use crate::model::{Alert, AlertRule, Project, Target};
use crate::promql::ParamKind;
use crate::source::{Spanned, Text};

/// Labels that the compiler or Prometheus sets.
const RESERVED: [&str; 4] = ["alertname", "severity", "group", "group_id"];

/// What resolving alerts reads.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'m> {
    /// The project.
    pub project: &'m Project,
    /// Groups and clusters.
    pub fleet: Fleet<'m>,
    /// Hosts.
    pub targets: &'m BTreeMap<String, Target>,
}

/// An alert with everything that is said about it.
pub(super) struct Case<'s> {
    pub written: &'s Written,
    pub query: Query<'s>,
    pub params: BTreeMap<String, ParamKind>,
    /// What is said about each level, by severity.
    pub levels: BTreeMap<usize, Overrides<'s>>,
    pub extent: Extent,
}

/// Resolves all alerts and makes their rules.
pub fn resolve(
    context: &mut Context<'_>,
    spec: &Spec,
    around: Surroundings<'_>,
) -> (BTreeMap<String, Alert>, Vec<AlertRule>) {
    let all = spec.files.iter().flat_map(|file| file.alerts.iter());
    let by_name = context.by_name("alert", all, |alert| &alert.name);
    let mut overrides: BTreeMap<String, Vec<(Place, &Threshold)>> = BTreeMap::new();
    for threshold in spec.files.iter().flat_map(|file| file.thresholds.iter()) {
        if context.bind("alert", &threshold.alert, by_name.keys())
            && let Some(place) = thresholds::place(context, threshold, around.fleet)
        {
            overrides.entry(threshold.alert.as_str().to_owned()).or_default().push((place, threshold));
        }
    }
    let renderer = Renderer::new();
    let mut alerts = BTreeMap::new();
    let mut rules = Vec::new();
    for (name, written) in by_name {
        let own = overrides.remove(&name).unwrap_or_default();
        let Some(case) = gather(context, written, &own, around) else { continue };
        alerts.insert(name, alert(context, &case, around));
        rules.extend(super::alert_rules::make_rules(context, &case, around, &renderer));
    }
    let order = |rule: &AlertRule| {
        let severity = around.project.severities.iter().position(|severity| severity.value == rule.severity.value);
        (rule.evaluation.clone(), rule.place.clone(), rule.alert.clone(), severity, rule.groups.clone())
    };
    rules.sort_by_cached_key(order);
    one_file_per_place(context, &rules);
    (alerts, rules)
}

/// Files are named after places; two places with one file name would share their rule group.
fn one_file_per_place(context: &mut Context<'_>, rules: &[AlertRule]) {
    let mut seen: BTreeMap<&str, &AlertRule> = BTreeMap::new();
    let mut reported: BTreeSet<(&str, &str)> = BTreeSet::new();
    for rule in rules {
        let first = *seen.entry(&rule.place.file).or_insert(rule);
        let (words, others) = (rule.place.words.as_str(), first.place.words.as_str());
        if words == others || !reported.insert((words, others)) {
            continue;
        }
        let span = |context: &Context<'_>, rule: &AlertRule| {
            let origin = rule.threshold.as_ref().map_or(rule.r#for.origin, |threshold| threshold.origin);
            context.provenance.span(origin).or_else(|| context.provenance.span(rule.origin))
        };
        let headline = format!("the rules for {words} and for {others} become the same file");
        let mut diagnostic = Diagnostic::new(&codes::SLUG_COLLISION, headline);
        if let Some(span) = span(context, rule) {
            diagnostic = diagnostic.at(span, format!("becomes `{}.yaml`", rule.place.file));
        }
        if let Some(span) = span(context, first) {
            diagnostic = diagnostic.also(span, "becomes the same file");
        }
        context.sink.push(
            diagnostic
                .note("Names of files and Kubernetes objects have only lower-case letters, digits and hyphens.")
                .help("Change one of the names or values so that they differ in more than case and punctuation."),
        );
    }
}

/// Reads everything that is said about one alert, reporting what is wrong with it.
fn gather<'s>(
    context: &mut Context<'_>,
    written: &'s Written,
    overrides: &[(Place, &'s Threshold)],
    around: Surroundings<'_>,
) -> Option<Case<'s>> {
    let what = format!("`{}`", written.name.as_str());
    let mut params: BTreeMap<String, ParamKind> = written
        .params
        .iter()
        .map(|param| (param.name.as_str().to_owned(), param_kind(param.r#type.as_ref())))
        .collect();
    params.insert("threshold".to_owned(), ParamKind::Number);
    let unscoped = written.unscoped.iter().map(|metric| metric.as_str().to_owned()).collect();
    for (label, _) in &written.labels.entries {
        if RESERVED.contains(&label.as_str()) {
            let who = if label.as_str() == "severity" { "the level" } else { "the compiler" };
            context.sink.push(
                Diagnostic::new(&codes::RESERVED_LABEL, format!("the label `{}` is set by {who}", label.as_str()))
                    .at(label.span, "cannot be set here")
                    .help("Remove it; it is on every alert anyway."),
            );
        }
    }
    let extent = extent(context, written, around.fleet);
    let levels = overrides::levels(context, written, overrides, around);
    check_params(context, written, overrides);
    let query =
        query::parse(context, &written.query.value, around.project.targets.prometheus.value, &params, unscoped, &what)?;
    if levels.is_empty() {
        context.sink.push(
            Diagnostic::new(&codes::NO_LEVELS, format!("{what} has no level"))
                .at(written.head.span, "no severity at which it fires")
                .help_spelled(
                    "Add a line such as `level warning 80 for=\"5m\"`.",
                    "Add a level, such as `levels: { warning: { value: 80, for: 5m } }`.",
                ),
        );
        return None;
    }
    Some(Case { written, query, params, levels, extent })
}

fn param_kind(written: Option<&Spanned<ParamType>>) -> ParamKind {
    match written.map(|written| written.value) {
        None | Some(ParamType::Number) => ParamKind::Number,
        Some(ParamType::Duration) => ParamKind::Duration,
        Some(ParamType::Text) => ParamKind::String,
        Some(ParamType::Metric) => ParamKind::MetricName,
    }
}

fn extent(context: &mut Context<'_>, written: &Written, fleet: Fleet<'_>) -> Extent {
    let Some(applies) = written.applies.as_deref() else { return Extent::default() };
    let mut extent = Extent::default();
    if !applies.groups.is_empty() {
        let outer: Vec<&str> = applies
            .groups
            .iter()
            .filter(|group| context.bind("group", group, fleet.groups.keys()))
            .map(|group| group.as_str())
            .collect();
        let inside = |name: &String| outer.iter().any(|outer| fleet.within(name, outer));
        extent.groups = Some(fleet.groups.keys().filter(|name| inside(name)).cloned().collect());
    }
    if !applies.clusters.is_empty() {
        let named = applies.clusters.iter().filter(|cluster| context.bind("cluster", cluster, fleet.clusters.keys()));
        extent.clusters = Some(named.map(|cluster| cluster.as_str().to_owned()).collect());
    }
    extent
}

/// Parameters that overrides set must exist.
fn check_params(context: &mut Context<'_>, written: &Written, overrides: &[(Place, &Threshold)]) {
    let known: Vec<String> = written.params.iter().map(|param| param.name.as_str().to_owned()).collect();
    for (_, threshold) in overrides {
        for (name, _) in &threshold.params.entries {
            context.bind("parameter", name, &known);
        }
    }
}

fn alert(context: &mut Context<'_>, case: &Case<'_>, around: Surroundings<'_>) -> Alert {
    let written = case.written;
    let levels = case.levels.keys().filter_map(|index| around.project.severities.get(*index)).cloned().collect();
    let mut annotations: Vec<(String, Text)> = Vec::new();
    for (name, text) in
        [("summary", &written.summary), ("description", &written.description), ("runbook_url", &written.runbook)]
    {
        annotations.extend(text.as_ref().map(|text| (name.to_owned(), text.value.clone())));
    }
    annotations
        .extend(written.annotations.entries.iter().map(|(name, text)| (name.as_str().to_owned(), text.value.clone())));
    Alert {
        name: context.name(&written.name),
        unit: context.maybe(written.unit.as_ref()),
        query: written.query.value.clone(),
        expr: case.query.expr.clone(),
        target: case.query.target.clone(),
        levels,
        labels: context.labels(&written.labels),
        annotations,
        inhibit_lower: context.or(written.inhibit_lower.as_ref(), true, "a higher level silences the lower ones"),
        evaluate: context.maybe(written.evaluate.as_ref()),
    }
}
