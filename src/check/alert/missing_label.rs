//! `alert/missing-label`: a label of the contract that the alert cannot carry.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::model::{Alert, Field};
use crate::promql::{Carried, Presence};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("alert/missing-label", "0.1.0", include_str!("missing_label.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    report(context, sink, &CODE, Presence::Impossible, |alert, label| Said {
        headline: format!("`{alert}` can never carry the label `{label}`"),
        note: "Routes, inhibitions and people rely on it: without it the alert falls to the default channel.",
        help: format!("Add `labels {label}=…` to the alert, or keep the label in the query."),
    });
}

/// What is said of a label that an alert lacks, or may lack.
pub(super) struct Said {
    /// The headline.
    pub headline: String,
    /// The reason.
    pub note: &'static str,
    /// The next step.
    pub help: String,
}

/// Reports the labels of the contract about which an alert's query says `presence`.
pub(super) fn report(
    context: &Context<'_>,
    sink: &mut Sink,
    code: &'static Code,
    presence: Presence,
    say: impl Fn(&str, &str) -> Said,
) {
    for (name, alert) in &context.model.alerts {
        for (required, carried) in unset(context, alert).filter(|(_, carried)| carried.presence == presence) {
            let said = say(name, &required.value);
            let mut diagnostic = Diagnostic::new(code, said.headline)
                .at(alert.query.span_of(carried.reason.range.clone()), carried.reason.words());
            if let Some(span) = context.span(required.origin) {
                diagnostic = diagnostic.also(span, "every alert must carry it");
            }
            sink.push(diagnostic.note(said.note).help(said.help));
        }
    }
}

/// The labels of the contract that an alert does not set itself, with what the query says about them.
fn unset<'c>(context: &'c Context<'_>, alert: &'c Alert) -> impl Iterator<Item = (&'c Field<String>, &'c Carried)> {
    // Whoever evaluates the alert adds its external labels where the alert has none of that name.
    let added = |label: &str| {
        let rules = context.rules(&alert.name.value);
        !rules.is_empty()
            && rules.iter().all(|rule| {
                context
                    .model
                    .clusters
                    .get(&rule.evaluation.cluster)
                    .is_some_and(|cluster| cluster.external_labels.contains_key(label))
            })
    };
    let own = ["severity", "alertname"];
    context
        .model
        .project
        .required_labels
        .iter()
        .filter(move |label| !own.contains(&label.value.as_str()) && !alert.labels.contains_key(&label.value))
        .filter(move |label| !added(&label.value))
        .filter_map(|label| context.flow(&alert.name.value).map(|flow| (label, flow.label(&label.value))))
}
