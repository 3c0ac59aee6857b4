//! `alert/unsure-label`: a label of the contract that the alert carries only if the data happens to have it.

use super::missing_label::unset;
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::promql::Presence;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("alert/unsure-label", "0.1.0", include_str!("unsure_label.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for (name, alert) in &context.model.alerts {
        for (required, carried) in unset(context, alert) {
            if carried.presence != Presence::Possible {
                continue;
            }
            let label = &required.value;
            let mut diagnostic = Diagnostic::new(&CODE, format!("`{name}` may lack the label `{label}`"))
                .at(alert.query.span_of(carried.reason.range.clone()), carried.reason.words());
            if let Some(span) = context.span(required.origin) {
                diagnostic = diagnostic.also(span, "every alert must carry it");
            }
            sink.push(
                diagnostic
                    .note(
                        "Nothing makes sure that the series have it; an alert without it falls to the default channel.",
                    )
                    .help(format!(
                        "Add `labels {label}=…` to the alert, or select only series that have it with `{label}!=\"\"`."
                    )),
            );
        }
    }
}
