//! `cluster/object-store`: a part of Thanos that lives on a bucket, in a cluster without one.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("cluster/object-store", "0.1.0", include_str!("object_store.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for cluster in context.model.clusters.values().filter(|cluster| !cluster.thanos.existing) {
        let thanos = &cluster.thanos;
        let bucket = thanos.object_store.as_ref();
        if bucket.is_some_and(|bucket| bucket.config.is_some()) {
            continue;
        }
        let parts = [("Store", thanos.store.is_some()), ("Compactor", thanos.compactor.is_some())];
        let parts: Vec<&str> = parts.into_iter().filter(|(_, is_there)| *is_there).map(|(name, _)| name).collect();
        if parts.is_empty() {
            continue;
        }
        let (parts, name) = (parts.join(" and "), &cluster.name.value);
        let (headline, place, help) = match bucket {
            None => (
                format!("Thanos {parts} of `{name}` has no bucket"),
                cluster.name.origin,
                "Add `object-store bucket=… endpoint=… config=(secret)…` to its `thanos`.",
            ),
            Some(bucket) => (
                format!("Thanos {parts} of `{name}` has no credentials for its bucket"),
                bucket.bucket.origin,
                "Add `config=(secret)NAME`, the secret with Thanos' object storage configuration.",
            ),
        };
        let note =
            "These parts do nothing but read and rewrite the bucket, and do not start without its configuration.";
        let mut diagnostic = Diagnostic::new(&CODE, headline).note(note).help(help);
        if let Some(span) = context.span(place) {
            diagnostic = diagnostic.at(span, "needs a bucket and its configuration");
        }
        sink.push(diagnostic);
    }
}
