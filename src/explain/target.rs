//! `explain target`: everything that holds for one host.

use super::story::tell;
use super::threshold::rule_part;
use super::{Part, Unknown};
use crate::model::Model;
use crate::provenance::Provenance;

/// The host itself, the rules that cover it, and the checks that run on it.
pub fn explain(model: &Model, provenance: &Provenance, name: &str) -> Result<Vec<Part>, Unknown> {
    let target = model.targets.get(name).ok_or_else(|| Unknown::among("target", name, model.targets.keys()))?;
    let headline = format!(
        "{name} at {}: in group `{}`, scraped by cluster `{}`",
        target.address.value, target.group, target.cluster.value,
    );
    let mut host = Part { headline, places: Vec::new(), notes: Vec::new() };
    tell(&mut host, provenance, target.name.origin, "this host");
    let mut parts = vec![host];
    let rules = model.alert_rules.iter().filter(|rule| rule.targets.iter().any(|covered| covered == name));
    parts.extend(rules.map(|rule| rule_part(rule, provenance)));
    for check in model.effective_checks.get(&Some(target.group.clone())).into_iter().flatten() {
        let params: Vec<String> = check.config.iter().map(|(name, value)| format!("{name}={}", value.value)).collect();
        let headline = format!("check {} {}", check.check, params.join(" "));
        let mut part = Part { headline: headline.trim_end().to_owned(), places: Vec::new(), notes: Vec::new() };
        tell(&mut part, provenance, check.origin, "runs here");
        for (name, value) in &check.config {
            tell(&mut part, provenance, value.origin, name);
        }
        parts.push(part);
    }
    Ok(parts)
}
