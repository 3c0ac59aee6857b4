//! `record/elsewhere`: a query that reads a recorded metric where nobody records it.

use std::collections::{BTreeMap, BTreeSet};

use super::read;
use crate::ast::alert::Evaluator;
use crate::check::{Check, Context, Rule};
use crate::diagnostic::{Code, Sink};
use crate::model::{Evaluation, Model};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("record/elsewhere", "0.1.0", include_str!("elsewhere.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    let mut recorded: BTreeMap<&str, Vec<(&Rule<'_>, &Evaluation)>> = BTreeMap::new();
    for rule in context.rules.iter().filter(|rule| !rule.alerts) {
        let places = recorded.entry(rule.name).or_default();
        places.extend(rule.instances.iter().map(|instance| (rule, instance.evaluation)));
    }
    for rule in &context.rules {
        let mut seen = BTreeSet::new();
        for (metric, range) in read(rule) {
            let Some(places) = recorded.get(metric).filter(|_| seen.insert(metric)) else { continue };
            let missing = rule
                .instances
                .iter()
                .map(|instance| instance.evaluation)
                // Without a spec nobody knows who evaluates what.
                .filter(|reader| !reader.cluster.is_empty())
                .find(|reader| !places.iter().any(|(_, writer)| reaches(context.model, writer, reader)));
            let (Some(reader), Some((writer, place))) = (missing, places.first()) else { continue };
            sink.push(
                rule.finding(&CODE, format!("{} reads `{metric}` where nobody records it", rule.title()))
                    .at(rule.span(range), format!("read by {}", words(reader)))
                    .also(writer.query.span(), format!("recorded by {}", words(place)))
                    .note("What a rule records is known to the Prometheus or Ruler that evaluates it, and to where that sends its data. Elsewhere the metric does not exist, and the query returns nothing.")
                    .help("Let both be evaluated in the same place, with `evaluate` or the `cluster` of the rule set."),
            );
        }
    }
}

fn words(evaluation: &Evaluation) -> String {
    match evaluation.engine {
        Evaluator::Prometheus => format!("the Prometheus of `{}`", evaluation.cluster),
        Evaluator::Ruler => format!("the Ruler of `{}`", evaluation.cluster),
    }
}

/// Whether what one evaluator records can be read by another.
fn reaches(model: &Model, writer: &Evaluation, reader: &Evaluation) -> bool {
    if writer == reader {
        return true;
    }
    match (writer.engine, reader.engine) {
        // A Ruler reads everything of its cluster, and what is sent there.
        (Evaluator::Prometheus, Evaluator::Ruler) => {
            let sent = model.clusters.get(&writer.cluster).and_then(|cluster| cluster.prometheus.as_ref());
            let sent = sent.and_then(|prometheus| prometheus.remote_write.as_ref());
            writer.cluster == reader.cluster || sent.is_some_and(|to| to.value == reader.cluster)
        }
        // A Prometheus reads its own data only.
        (Evaluator::Prometheus | Evaluator::Ruler, Evaluator::Prometheus) => false,
        (Evaluator::Ruler, Evaluator::Ruler) => writer.cluster == reader.cluster,
    }
}
