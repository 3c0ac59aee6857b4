//! `alert/always-fires`: a query that returns something whatever the data.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("alert/always-fires", "0.1.0", include_str!("always_fires.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for (name, alert) in &context.model.alerts {
        let Some(reason) = context.flow(name).and_then(|flow| flow.always.as_ref()) else { continue };
        sink.push(
            Diagnostic::new(&CODE, format!("`{name}` always fires"))
                .at(alert.query.span_of(reason.range.clone()), reason.words())
                .note("Whatever the data, the query returns something, and an alert fires for everything its query returns.")
                .help("Compare the result with something, such as `> ${threshold}`."),
        );
    }
}
