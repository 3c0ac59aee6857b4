//! `cluster/two-compactors`: two clusters compact one bucket.

use std::collections::BTreeMap;

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("cluster/two-compactors", "0.1.0", include_str!("two_compactors.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    let mut seen: BTreeMap<(&str, &str), (&str, _)> = BTreeMap::new();
    for cluster in context.model.clusters.values() {
        let (Some(_), Some(store)) = (&cluster.thanos.compactor, &cluster.thanos.object_store) else { continue };
        let bucket = (store.endpoint.value.as_str(), store.bucket.value.as_str());
        // What was written of a compactor may be its braces alone, so the bucket is shown.
        let name = cluster.name.value.as_str();
        let Some((first, origin)) = seen.insert(bucket, (name, store.bucket.origin)) else { continue };
        let headline = format!("`{first}` and `{name}` both compact the bucket `{}`", bucket.1);
        let mut diagnostic = Diagnostic::new(&CODE, headline)
            .note("Two compactors on one bucket rewrite the same blocks and destroy each other's work.")
            .help("Keep the `compactor` of one of them; it works for everybody who writes into the bucket.");
        if let Some(span) = context.span(store.bucket.origin) {
            diagnostic = diagnostic.at(span, format!("compacted by `{name}`"));
        }
        if let Some(span) = context.span(origin) {
            diagnostic = diagnostic.also(span, format!("compacted by `{first}`"));
        }
        sink.push(diagnostic);
    }
}
