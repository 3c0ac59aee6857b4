//! `delivery/rule-selector`: what Prometheus selects its rules by does not fit the rules that are written for it.

use crate::ast::cluster::ClusterDelivery;
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::lower::kustomize::EVALUATOR;
use crate::model::{Cluster, Field};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("delivery/rule-selector", "0.1.0", include_str!("rule_selector.md"));

/// The label that Kubernetes itself puts on every namespace: its name.
const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";

fn run(context: &Context<'_>, sink: &mut Sink) {
    let Some(settings) = context.model.delivery.as_ref().and_then(|delivery| delivery.kustomize.as_ref()) else {
        return;
    };
    let by_operator =
        context.model.clusters.values().filter(|cluster| cluster.delivery.value == ClusterDelivery::Operator);
    for cluster in by_operator {
        let name = &cluster.name.value;
        if let Some(own) = cluster.rule_selector.get(EVALUATOR) {
            let diagnostic = Diagnostic::new(
                &CODE,
                format!("the rule selector of `{name}` uses the label `{EVALUATOR}`"),
            )
            .note("This label tells the rules of Prometheus and of Thanos Ruler apart, so its values are not free.")
            .help("Select by another label.");
            push(context, sink, diagnostic, own, "selects by a label with a meaning of its own");
        }
        // What stands on every object stands on the Ruler's rules too.
        let is_everywhere = |(label, value): (&String, &Field<String>)| {
            settings.labels.get(label).is_some_and(|own| own.value == value.value)
        };
        let selects = !cluster.rule_selector.is_empty() && cluster.rule_selector.iter().all(is_everywhere);
        if cluster.thanos.ruler.is_some()
            && selects
            && let Some((label, value)) = cluster.rule_selector.first_key_value()
        {
            let headline = format!("Prometheus of `{name}` would evaluate the rules of the Ruler too");
            let mut diagnostic = Diagnostic::new(&CODE, headline)
                .note(format!(
                    "It takes every PrometheusRule with the label `{label}={}`, and `delivery` puts this label on all objects. \
                     Each alert of the Ruler would be sent twice, once over the data of one cluster only.",
                    value.value
                ))
                .help("Leave the label out of `delivery`: rules of Prometheus get it anyway.");
            if let Some(span) = settings.labels.get(label).and_then(|own| context.span(own.origin)) {
                diagnostic = diagnostic.also(span, "on every object");
            }
            push(context, sink, diagnostic, value, "selected by");
        }
        namespace(context, cluster, sink);
    }
}

/// Rules lie in the namespace of the stack, of whose labels one is known.
fn namespace(context: &Context<'_>, cluster: &Cluster, sink: &mut Sink) {
    let Some(wanted) = cluster.rule_namespace_selector.get(NAMESPACE_NAME) else { return };
    if wanted.value == cluster.namespace.value {
        return;
    }
    let headline = format!(
        "`{}` takes rules from the namespace `{}`, and they lie in `{}`",
        cluster.name.value, wanted.value, cluster.namespace.value
    );
    let mut diagnostic = Diagnostic::new(&CODE, headline)
        .note("The operator looks for rules in selected namespaces only. None of these would ever be evaluated, and nothing says so.")
        .help("Select the namespace of the stack, or leave the selector out to take rules from everywhere.");
    if let Some(span) = context.span(cluster.namespace.origin) {
        diagnostic = diagnostic.also(span, "the rules' namespace");
    }
    push(context, sink, diagnostic, wanted, "another namespace");
}

fn push(context: &Context<'_>, sink: &mut Sink, diagnostic: Diagnostic, at: &Field<String>, label: &str) {
    sink.push(match context.span(at.origin) {
        Some(span) => diagnostic.at(span, label),
        None => diagnostic,
    });
}
