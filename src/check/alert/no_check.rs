//! `alert/no-check`: an alert on a metric of a node script, for hosts that do not run the script.

use std::collections::BTreeMap;

use crate::check::{Check as Rule, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::model::Check;

/// The check.
pub static CHECK: Rule = Rule { code: &CODE, run };

static CODE: Code = Code::warning("alert/no-check", "0.1.0", include_str!("no_check.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    let mut metrics: BTreeMap<&str, &Check> = BTreeMap::new();
    for check in context.model.checks.values() {
        metrics.extend(check.metrics.iter().map(|metric| (metric.name.value.as_str(), check)));
    }
    for (name, alert) in &context.model.alerts {
        let selector = alert.expr.selectors().find_map(|selector| {
            let metric = selector.metric()?;
            metrics.get(metric).map(|check| (metric, *check, selector.bare.clone()))
        });
        let Some((metric, check, range)) = selector else { continue };
        let runs = |group: &Option<String>| {
            let effective = context.model.effective_checks.get(group);
            effective.is_some_and(|checks| checks.iter().any(|one| one.check == check.name.value))
        };
        let rules = context.rules(name).iter();
        // Hosts of no group are of no concern: nobody can say whether there are any.
        let mut without: Vec<&String> = rules.flat_map(|rule| &rule.groups).flatten().collect();
        without.retain(|group| !runs(&Some((*group).clone())));
        without.sort();
        without.dedup();
        if without.is_empty() {
            continue;
        }
        let groups: Vec<String> = without.iter().map(|group| format!("`{group}`")).collect();
        let check_name = &check.name.value;
        let mut diagnostic = Diagnostic::new(&CODE, format!("`{name}` can never fire for {}", groups.join(", ")))
            .at(alert.query.span_of(range), format!("`{metric}` comes from the check `{check_name}`"));
        if let Some(span) = context.span(check.origin) {
            diagnostic = diagnostic.also(span, "this check does not run there");
        }
        sink.push(
            diagnostic
                .note("Where the script does not run, the metric does not exist, and an alert on it stays silent.")
                .help_spelled(
                    format!("Add `policy {check_name} group=…`, or restrict the alert with `applies {{ groups … }}`."),
                    format!("Add `{{ check: {check_name}, group: … }}` to `policies`, or restrict the alert with `applies: {{ groups: [ … ] }}`."),
                ),
        );
    }
}
