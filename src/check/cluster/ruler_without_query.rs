//! `cluster/ruler-without-query`: a Ruler that has nobody to ask.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("cluster/ruler-without-query", "0.1.0", include_str!("ruler_without_query.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for cluster in context.model.clusters.values().filter(|cluster| cluster.thanos.query.is_none()) {
        if cluster.thanos.ruler.is_none() {
            continue;
        }
        let name = &cluster.name.value;
        let mut diagnostic = Diagnostic::new(&CODE, format!("the Ruler of `{name}` has no Thanos Query to ask"))
            .note(
                "A Ruler stores nothing but what it evaluates: it asks Thanos Query for all data. Without one it does not \
                 start, and none of its alerts is evaluated.",
            )
            .help("Add `query url=\"http://thanos-query.monitoring.svc.cluster.local:9090\"` beside it.");
        if let Some(span) = context.span(cluster.name.origin) {
            diagnostic = diagnostic.at(span, "has a Ruler and no Query");
        }
        sink.push(diagnostic);
    }
}
