//! `cluster/receive-replicas`: replicas of Thanos Receive that do not make up a hashring that works.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::model::thanos::Receive;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("cluster/receive-replicas", "0.1.0", include_str!("receive_replicas.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for cluster in context.model.clusters.values() {
        let Some(receive) = &cluster.thanos.receive else { continue };
        if receive.hashrings.is_empty() && receive.replicas.value > 1 {
            let name = &cluster.name.value;
            let replicas = receive.replicas.value;
            let diagnostic = Diagnostic::new(
                &CODE,
                format!("the {replicas} replicas of Receive in `{name}` are no hashring"),
            )
            .note(
                "Without a hashring no replica knows of the others: what a cluster sends lands in whichever one the \
                         connection reaches, a series is torn into parts, and replicas refuse samples as out of order.",
            )
            .help("Add `hashring NAME`, such as `hashring soft-tenants`.");
            sink.push(match context.span(receive.replicas.origin) {
                Some(span) => diagnostic.at(span, "each for itself"),
                None => diagnostic,
            });
        }
        factor(context, receive, sink);
    }
}

/// A sample is written to as many different replicas as the factor says; there must be as many.
fn factor(context: &Context<'_>, receive: &Receive, sink: &mut Sink) {
    let factor = receive.replication_factor;
    let rings = receive.hashrings.iter().map(|hashring| (Some(&hashring.name.value), hashring.replicas));
    let alone = receive.hashrings.is_empty().then_some((None, receive.replicas));
    let Some((ring, replicas)) = rings.chain(alone).find(|(_, replicas)| replicas.value < factor.value) else { return };
    let place = ring.map_or_else(String::new, |name| format!(" of the hashring `{name}`"));
    let headline = format!("each sample goes to {} replicas, but Receive has {}{place}", factor.value, replicas.value);
    let mut diagnostic = Diagnostic::new(&CODE, headline)
        .note(
            "Receive answers a remote write only when a majority of that many replicas has it: every write would fail.",
        )
        .help("Raise `replicas`, or lower `replication-factor`.");
    let replicas = context.span(replicas.origin);
    diagnostic = match context.span(factor.origin) {
        Some(span) => diagnostic.at(span, "more than there are"),
        None => diagnostic,
    };
    sink.push(match replicas {
        Some(span) => diagnostic.also(span, "so many there are"),
        None => diagnostic,
    });
}
