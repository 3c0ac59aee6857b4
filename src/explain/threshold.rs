//! `explain threshold`: the levels of an alert, with numbers, and who set them.

use super::story::tell;
use super::{Part, Unknown};
use crate::ast::Spec;
use crate::diagnostic::Label;
use crate::model::{AlertRule, Model};
use crate::provenance::Provenance;

/// The levels of an alert; for one group if it is named. Each rule that is evaluated is one part, in emission order.
pub fn explain(
    spec: &Spec,
    model: &Model,
    provenance: &Provenance,
    alert: &str,
    group: Option<&str>,
) -> Result<Vec<Part>, Unknown> {
    let written = model.alerts.get(alert).ok_or_else(|| Unknown::among("alert", alert, model.alerts.keys()))?;
    if let Some(group) = group.filter(|group| !model.groups.contains_key(*group)) {
        return Err(Unknown::among("group", group, model.groups.keys()));
    }
    let covers = |rule: &&AlertRule| {
        rule.alert == alert && group.is_none_or(|group| rule.groups.iter().any(|own| own.as_deref() == Some(group)))
    };
    let rules: Vec<&AlertRule> = model.alert_rules.iter().filter(covers).collect();
    let mut parts: Vec<Part> = rules.iter().map(|rule| rule_part(rule, provenance)).collect();
    for level in written.levels.iter().filter(|level| !rules.iter().any(|rule| rule.severity == **level)) {
        let place = group.map_or_else(|| "anywhere".to_owned(), |group| format!("for group `{group}`"));
        let places = switches(spec, model, alert, &level.value, group);
        let nobody = "no threshold that holds here gives the alert this level".to_owned();
        let notes = if places.is_empty() { vec![nobody] } else { Vec::new() };
        parts.push(Part { headline: format!("{alert} {}: does not fire {place}", level.value), places, notes });
    }
    Ok(parts)
}

/// The places that switch a level off, for a group or anywhere.
fn switches(spec: &Spec, model: &Model, alert: &str, level: &str, group: Option<&str>) -> Vec<Label> {
    let mut places = Vec::new();
    let around = group.map(|group| groups_around(model, group));
    for threshold in spec.files.iter().flat_map(|file| &file.thresholds.0) {
        let holds = match (&threshold.group, &around) {
            (Some(own), Some(around)) => around.contains(&own.as_str()),
            (Some(_) | None, _) => true,
        };
        if threshold.alert.as_str() != alert || !holds {
            continue;
        }
        let levels = threshold.levels.0.iter().filter(|own| own.severity.as_str() == level);
        for off in levels.filter_map(|level| level.off.as_ref()).chain(&threshold.off) {
            places.push(Label { span: off.reason.span, text: "switched off, because of this".to_owned() });
        }
    }
    places
}

/// A group and the groups around it.
fn groups_around<'m>(model: &'m Model, group: &'m str) -> Vec<&'m str> {
    let mut around = vec![group];
    // Circles are cut by the resolver; the bound is a belt.
    while let Some(parent) =
        around.last().and_then(|name| model.groups.get(*name)).and_then(|group| group.parent.as_deref())
        && around.len() <= model.groups.len()
    {
        around.push(parent);
    }
    around
}

/// One rule: its numbers, where it holds, who evaluates it.
pub(super) fn rule_part(rule: &AlertRule, provenance: &Provenance) -> Part {
    let threshold = rule.threshold.as_ref().map_or_else(String::new, |threshold| format!(" at {}", threshold.value));
    let engine = rule.evaluation.engine.as_str();
    let headline = format!(
        "{} {}{threshold}, for {}: {}, by {engine} of cluster `{}`",
        rule.alert, rule.severity.value, rule.r#for.value, rule.place.words, rule.evaluation.cluster,
    );
    let mut part = Part { headline, places: Vec::new(), notes: Vec::new() };
    if let Some(threshold) = &rule.threshold {
        tell(&mut part, provenance, threshold.origin, "threshold");
    }
    tell(&mut part, provenance, rule.r#for.origin, "for");
    if let Some(keep) = &rule.keep_firing_for {
        tell(&mut part, provenance, keep.origin, "keep_firing_for");
    }
    part
}
