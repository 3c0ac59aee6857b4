//! `alert/always-fires`: a query that returns something whatever the data.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("alert/always-fires", "0.1.0", include_str!("always_fires.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in context.alerts() {
        let Some(reason) = &rule.flow.always else { continue };
        // A heartbeat is a number and nothing else: nobody writes that by mistake.
        if rule.expr.selectors().next().is_none() {
            continue;
        }
        sink.push(
            rule.finding(&CODE, format!("`{}` always fires", rule.name))
                .at(rule.span(&reason.range), reason.words())
                .note("Whatever the data, the query returns something, and an alert fires for everything its query returns.")
                .help("Compare the result with something, such as `> ${threshold}`."),
        );
    }
}
