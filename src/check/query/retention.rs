//! `query/retention`: a query that looks back further than its data is kept.

use crate::ast::Duration;
use crate::ast::alert::Evaluator;
use crate::check::{Check, Context, Instance, seconds};
use crate::diagnostic::{Code, Sink};
use crate::model::Field;
use crate::promql::{Expr, Kind, Modifiers};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("query/retention", "0.1.0", include_str!("retention.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in &context.rules {
        let Some((back, range)) = furthest(rule.expr) else { continue };
        let short = rule.instances.iter().filter_map(|instance| Some((instance, kept(context, instance)?)));
        let Some((instance, kept)) = short.min_by_key(|(_, kept)| kept.value) else { continue };
        if back <= seconds(kept.value) {
            continue;
        }
        let who = match instance.evaluation.engine {
            Evaluator::Prometheus => "Prometheus",
            Evaluator::Ruler => "Thanos",
        };
        let cluster = &instance.evaluation.cluster;
        let mut diagnostic = rule
            .finding(&CODE, format!("{} looks back further than data is kept", rule.title()))
            .at(rule.span(&range), format!("the {who} of `{cluster}` keeps {}", kept.value));
        if let Some(span) = context.span(kept.origin) {
            diagnostic = diagnostic.also(span, "said here");
        }
        sink.push(
            diagnostic
                .note("What is not there any more is left out without a word: the result is of a shorter time, or nothing.")
                .help("Look back less far, keep data longer, or evaluate the rule where there is more of it."),
        );
    }
}

/// How long the data that an evaluator reads is kept, if the spec says so.
fn kept(context: &Context<'_>, instance: &Instance<'_>) -> Option<Field<Duration>> {
    let cluster = context.model.clusters.get(&instance.evaluation.cluster)?;
    match instance.evaluation.engine {
        Evaluator::Prometheus => cluster.prometheus.as_ref()?.retention,
        // With a bucket the data is there for as long as the compactor leaves it.
        Evaluator::Ruler if cluster.thanos.object_store.is_some() => cluster.thanos.compactor.as_ref()?.retention_raw,
        Evaluator::Ruler => cluster.thanos.receive.as_ref()?.retention,
    }
}

/// How many seconds a query looks back at most, and the part that does.
fn furthest(expr: &Expr) -> Option<(f64, std::ops::Range<usize>)> {
    let mut found: Option<(f64, std::ops::Range<usize>)> = None;
    // What the surroundings of a node add, by its index; parents come after their children.
    let mut outer: Vec<f64> = vec![0.0; expr.nodes().count()];
    for (id, node) in expr.nodes().rev() {
        let here = outer.get(id.index()).copied().unwrap_or(0.0);
        let (own, range) = match &node.kind {
            Kind::Selector(selector) => {
                let window = selector.window.as_ref().and_then(|window| window.duration.seconds());
                (window.unwrap_or(0.0) + offset(&selector.modifiers), node.range.clone())
            }
            Kind::Subquery(subquery) => {
                (subquery.window.seconds().unwrap_or(0.0) + offset(&subquery.modifiers), node.range.clone())
            }
            _ => (0.0, node.range.clone()),
        };
        let all = here + own;
        for child in node.kind.children() {
            if let Some(place) = outer.get_mut(child.index()) {
                *place = all;
            }
        }
        if own > 0.0 && found.as_ref().is_none_or(|(most, _)| all > *most) {
            found = Some((all, range));
        }
    }
    found
}

fn offset(modifiers: &Modifiers) -> f64 {
    modifiers.offset.as_ref().and_then(|(offset, _)| offset.seconds()).unwrap_or(0.0)
}
