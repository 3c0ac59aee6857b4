//! `alert/absent-without-for`: an alert on missing metrics that fires at the first evaluation.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};
use crate::promql::Kind;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("alert/absent-without-for", "0.1.0", include_str!("absent_without_for.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in context.alerts() {
        let Some(instance) = rule.instances.iter().find(|instance| instance.for_seconds() == 0.0) else { continue };
        let absent = rule.expr.nodes().find_map(|(_, node)| match &node.kind {
            Kind::Call(call) if call.function.name == "absent" => Some(call),
            _ => None,
        });
        let Some(call) = absent else { continue };
        let mut diagnostic = rule
            .finding(&CODE, format!("`{}` fires as soon as Prometheus starts", rule.name))
            .at(rule.span(&call.name), "also true before the first scrape");
        if let Some(span) = instance.r#for.and_then(|hold| context.span(hold.origin)) {
            diagnostic = diagnostic.also(span, "no time to wait");
        }
        sink.push(
            diagnostic
                .note("After a start of Prometheus there is nothing until the first scrape. `absent` is true then, and somebody is paged at every upgrade.")
                .help("Let it hold for longer than a few scrapes, such as `for` of `5m`."),
        );
    }
}
