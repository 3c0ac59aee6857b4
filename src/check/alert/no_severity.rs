//! `alert/no-severity`: an alert of a file that has no severity.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::optional("alert/no-severity", "0.1.0", include_str!("no_severity.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in context.alerts() {
        let Some(filed) = rule.filed else { continue };
        if rule.labels.contains_key("severity") {
            continue;
        }
        let span = filed.rule.alert.as_ref().and_then(|name| context.span(name.origin));
        sink.push(
            rule.finding(&CODE, format!("`{}` has no severity", rule.name))
                .at(span.unwrap_or_else(|| rule.query.span()), "no label `severity`")
                .note("Routes go by the severity, and so do inhibitions: without one the alert ends in the default channel, if it is noticed at all.")
                .help("Add the label to the rule, or `patch` it in the spec with a `severity`."),
        );
    }
}
