//! `alert/never-fires`: a query that can return nothing, whatever the data.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("alert/never-fires", "0.1.0", include_str!("never_fires.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for (name, alert) in &context.model.alerts {
        let Some(reason) = context.flow(name).and_then(|flow| flow.never.as_ref()) else { continue };
        sink.push(
            Diagnostic::new(&CODE, format!("`{name}` can never fire"))
                .at(alert.query.span_of(reason.range.clone()), reason.words())
                .note("Whatever the data, the query returns nothing. Prometheus loads such a rule without a word.")
                .help("Change the part that is marked, or remove the alert."),
        );
    }
}
