//! `alert/missing-label`: a label of the contract that the alert cannot carry.

use crate::ast::alert::Evaluator;
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::model::{Alert, AlertRule, Field};
use crate::paging::{Values, arriving};
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

/// Reports the labels of the contract that are there so when the alert arrives.
pub(super) fn report(
    context: &Context<'_>,
    sink: &mut Sink,
    code: &'static Code,
    presence: Presence,
    say: impl Fn(&str, &str) -> Said,
) {
    for (name, alert) in &context.model.alerts {
        for (required, carried, _) in unset(context, alert).filter(|(_, _, arrives)| *arrives == presence) {
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

/// The labels of the contract that an alert does not set itself, with what the query says about them, and whether they are
/// there when the alert arrives.
fn unset<'c>(
    context: &'c Context<'_>,
    alert: &'c Alert,
) -> impl Iterator<Item = (&'c Field<String>, &'c Carried, Presence)> {
    let own = ["severity", "alertname"];
    context
        .model
        .project
        .required_labels
        .iter()
        .filter(move |label| !own.contains(&label.value.as_str()) && !alert.labels.contains_key(&label.value))
        .filter_map(|label| {
            let carried = context.flow(&alert.name.value)?.label(&label.value);
            Some((label, carried, arrives(context, alert, &label.value, carried)))
        })
}

/// Whether a label is there when the alert arrives, for the rule of which least is sure: Prometheus adds its external labels
/// where the alert has none of that name, and a Ruler that is delivered adds none.
fn arrives(context: &Context<'_>, alert: &Alert, label: &str, carried: &Carried) -> Presence {
    if carried.presence == Presence::Guaranteed {
        return Presence::Guaranteed;
    }
    let of_rule = |rule: &&AlertRule| {
        let evaluation = &rule.evaluation;
        let cluster = context.model.clusters.get(&evaluation.cluster);
        let is_external = cluster.is_some_and(|cluster| cluster.external_labels.contains_key(label));
        match arriving(context.model, evaluation, label, Values::from(carried)) {
            // One with an environment variable in it counts as there.
            _ if is_external && evaluation.engine == Evaluator::Prometheus => Presence::Guaranteed,
            values if values.is_missing() => Presence::Impossible,
            values if values.may_be_missing() => Presence::Possible,
            _ => Presence::Guaranteed,
        }
    };
    let rules = context.rules(&alert.name.value).iter().map(of_rule);
    let worst = rules.reduce(|one, other| match (one, other) {
        (Presence::Impossible, _) | (_, Presence::Impossible) => Presence::Impossible,
        (Presence::Possible, _) | (_, Presence::Possible) => Presence::Possible,
        (Presence::Guaranteed, Presence::Guaranteed) => Presence::Guaranteed,
    });
    worst.unwrap_or(carried.presence)
}
