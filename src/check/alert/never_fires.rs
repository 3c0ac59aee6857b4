//! `alert/never-fires`: a query that can return nothing, whatever the data.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("alert/never-fires", "0.1.0", include_str!("never_fires.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in context.alerts() {
        let Some(reason) = &rule.flow.never else { continue };
        sink.push(
            rule.finding(&CODE, format!("`{}` can never fire", rule.name))
                .at(rule.span(&reason.range), reason.words())
                .note("Whatever the data, the query returns nothing. Prometheus loads such a rule without a word.")
                .help("Change the part that is marked, or remove the alert."),
        );
    }
}
