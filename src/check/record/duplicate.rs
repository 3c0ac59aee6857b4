//! `record/duplicate`: the same rule twice at one evaluator.

use std::collections::BTreeMap;

use crate::check::{Check, Context, Rule};
use crate::diagnostic::{Code, Sink};
use crate::promql;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("record/duplicate", "0.1.0", include_str!("duplicate.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    let mut seen: BTreeMap<String, &Rule<'_>> = BTreeMap::new();
    for rule in context.rules.iter().filter(|rule| rule.filed.is_some() || !rule.alerts) {
        for instance in &rule.instances {
            let labels: Vec<(&String, &String)> =
                rule.labels.iter().map(|(name, value)| (name, &value.value)).collect();
            let query = promql::flat(rule.expr, rule.expr.root());
            // Without a spec nobody knows which files are loaded together.
            let file = instance.evaluation.cluster.is_empty().then(|| rule.query.span().file);
            let own = format!("{:?} {file:?} {} {} {labels:?} {query}", instance.evaluation, rule.alerts, rule.name);
            let Some(first) = seen.get(&own) else {
                seen.insert(own, rule);
                continue;
            };
            let (kind, note) = if rule.alerts {
                (
                    "alert",
                    "Both fire at once, and one of them is dropped as a copy of the other; a change to one of them does nothing.",
                )
            } else {
                (
                    "metric",
                    "Both write the same series. Prometheus keeps one of the samples and counts the other as an error.",
                )
            };
            sink.push(
                rule.finding(&CODE, format!("{} is there twice", rule.title()))
                    .at(rule.query.span(), format!("the same {kind}, the same query, the same labels"))
                    .also(first.query.span(), "first here")
                    .note(note)
                    .help("Remove one of them."),
            );
        }
    }
}
