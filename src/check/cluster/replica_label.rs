//! `cluster/replica-label`: replicas whose data Thanos Query cannot tell to be the same.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::model::{Cluster, Field};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("cluster/replica-label", "0.1.0", include_str!("replica_label.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for cluster in context.model.clusters.values() {
        let Some(prometheus) = cluster.prometheus.as_ref().filter(|one| one.replicas.value > 1) else { continue };
        let Some((home, label)) = asked_by(context, cluster) else { continue };
        let own = prometheus.replica_label.as_ref();
        if own.map(|own| &own.value) == label.map(|label| &label.value) && own.is_some() {
            continue;
        }
        let (name, home) = (&cluster.name.value, &home.name.value);
        let headline = match (own, label) {
            (Some(own), Some(label)) => {
                format!(
                    "`{name}` tells its replicas apart by `{}`, Thanos Query of `{home}` by `{}`",
                    own.value, label.value
                )
            }
            (None, _) => format!("the replicas of Prometheus in `{name}` have no label that tells them apart"),
            (Some(own), None) => format!("Thanos Query of `{home}` does not know the replica label `{}`", own.value),
        };
        let mut diagnostic = Diagnostic::new(&CODE, headline)
            .note(
                "Every replica scrapes everything. Query shows a series once only if it knows which label differs; otherwise \
                 sums over hosts are doubled, and rules over them fire at half of their threshold.",
            )
            .help("Give `prometheus` and `query` the same `replica-label`, such as `prometheus_replica`.");
        let spans = [own.map(|own| own.origin).or(Some(prometheus.replicas.origin)), label.map(|label| label.origin)];
        let spans: Vec<_> = spans.into_iter().flatten().filter_map(|origin| context.span(origin)).collect();
        if let Some(first) = spans.first() {
            diagnostic =
                diagnostic.at(*first, if own.is_some() { "the label here" } else { "replicas without a label" });
        }
        if let Some(second) = spans.get(1) {
            diagnostic = diagnostic.also(*second, "the label of Query");
        }
        sink.push(diagnostic);
    }
}

/// The cluster whose Thanos Query sees the data of a cluster, and the label that this Query deduplicates over.
fn asked_by<'m>(context: &Context<'m>, cluster: &'m Cluster) -> Option<(&'m Cluster, Option<&'m Field<String>>)> {
    let to = cluster.prometheus.as_ref()?.remote_write.as_ref();
    let home = match to {
        Some(name) => context.model.clusters.get(&name.value)?,
        None => cluster,
    };
    let query = home.thanos.query.as_ref()?;
    // A Query that nothing was said of takes the label of the Prometheus beside it.
    let own = home.prometheus.as_ref().and_then(|prometheus| prometheus.replica_label.as_ref());
    Some((home, query.replica_label.as_ref().or(own)))
}
