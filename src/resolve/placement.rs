//! Who evaluates what: rule 5 of the language.
//!
//! Data that a cluster collects can be evaluated in two places: in the cluster's own Prometheus, if that runs as a server,
//! or in the Ruler of the cluster that its data is sent to. A Prometheus in agent mode evaluates nothing, so its clusters'
//! rules go to the Ruler, and if there is none, nobody would ever evaluate them: an error.

use std::collections::{BTreeMap, BTreeSet};

use super::{Context, codes};
use crate::ast::alert::Evaluator;
use crate::ast::cluster::PrometheusMode;
use crate::diagnostic::Diagnostic;
use crate::model::Evaluation;
use crate::model::cluster::Cluster;
use crate::source::Span;

/// For each evaluator the clusters whose data it evaluates.
pub type Placement = BTreeMap<Evaluation, BTreeSet<String>>;

/// Why the data of a cluster cannot be evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unplaced {
    /// It has no Prometheus.
    NoPrometheus,
    /// Its Prometheus is an agent, and the cluster that takes the data has no Ruler.
    NoRuler,
    /// The rule asks for a Prometheus, and the cluster's is an agent.
    Agent,
}

/// Places rules for the data of one cluster.
pub fn place(
    cluster: &Cluster,
    clusters: &BTreeMap<String, Cluster>,
    wish: Option<Evaluator>,
) -> Result<Evaluation, Unplaced> {
    let prometheus = cluster.prometheus.as_ref().ok_or(Unplaced::NoPrometheus)?;
    let server = prometheus.mode.value == PrometheusMode::Server;
    let own = || Evaluation { engine: Evaluator::Prometheus, cluster: cluster.name.value.clone() };
    let central = match &prometheus.remote_write {
        Some(to) => clusters.get(&to.value),
        // The Ruler of a cluster reads its own Prometheus through Query.
        None => Some(cluster),
    };
    let ruler = central
        .filter(|central| central.thanos.ruler.is_some())
        .map(|central| Evaluation { engine: Evaluator::Ruler, cluster: central.name.value.clone() });
    match wish {
        Some(Evaluator::Prometheus) if server => Ok(own()),
        Some(Evaluator::Prometheus) => Err(Unplaced::Agent),
        Some(Evaluator::Ruler) => ruler.ok_or(Unplaced::NoRuler),
        None if server => Ok(own()),
        None => ruler.ok_or(Unplaced::NoRuler),
    }
}

/// Whether a cluster's data is to be sent away, and no cluster takes it.
fn sends_nowhere(cluster: &Cluster, clusters: &BTreeMap<String, Cluster>) -> bool {
    cluster.prometheus.as_ref().is_some_and(|prometheus| match &prometheus.remote_write {
        Some(to) => !clusters.contains_key(&to.value),
        None => prometheus.mode.value == PrometheusMode::Agent,
    })
}

/// Places rules over `over`, the clusters whose data they read. Clusters that cannot be placed are reported once for the
/// rule; `what` names it, `span` is where it says where it runs.
pub fn plan(
    context: &mut Context<'_>,
    clusters: &BTreeMap<String, Cluster>,
    over: &BTreeSet<String>,
    wish: Option<Evaluator>,
    what: &str,
    span: Span,
) -> Placement {
    let mut placement = Placement::new();
    let mut unplaced: Vec<(&Cluster, Unplaced)> = Vec::new();
    for cluster in over.iter().filter_map(|name| clusters.get(name)) {
        match place(cluster, clusters, wish) {
            Ok(evaluation) => {
                placement.entry(evaluation).or_default().insert(cluster.name.value.clone());
            }
            // Data that goes nowhere has been reported where the cluster is defined.
            Err(_) if sends_nowhere(cluster, clusters) => {}
            // A cluster without any Prometheus has no data; that is only worth a word if nothing else has.
            Err(why) => unplaced.push((cluster, why)),
        }
    }
    let only_absent = unplaced.iter().all(|(_, why)| *why == Unplaced::NoPrometheus);
    if unplaced.is_empty() || (only_absent && !placement.is_empty()) {
        return placement;
    }
    let worth: Vec<&(&Cluster, Unplaced)> =
        unplaced.iter().filter(|(_, why)| only_absent || *why != Unplaced::NoPrometheus).collect();
    let names: Vec<String> = worth.iter().map(|(cluster, _)| format!("`{}`", cluster.name.value)).collect();
    let Some((first, why)) = worth.first() else { return placement };
    let mut diagnostic =
        Diagnostic::new(&codes::NOT_EVALUATED, format!("nobody would evaluate {what} for {}", names.join(", ")))
            .at(span, "would never fire there");
    if let Some(place) = context.provenance.span(first.name.origin) {
        diagnostic = diagnostic.also(
            place,
            match why {
                Unplaced::NoPrometheus => "this cluster has no Prometheus",
                Unplaced::NoRuler => "nothing evaluates rules over this cluster's data",
                Unplaced::Agent => "the Prometheus of this cluster runs in agent mode",
            },
        );
    }
    let (note, help) = match why {
        Unplaced::NoPrometheus => (
            "Without a Prometheus the cluster has no metrics that a rule could read.",
            "Add `prometheus` to the cluster, or restrict the rule with `applies { clusters … }`.".to_owned(),
        ),
        Unplaced::NoRuler => (
            "Rules over data that is sent away are evaluated by the Thanos Ruler of the cluster that takes the data. There \
             is none.",
            "Add `thanos { ruler }` to the central cluster, or run this cluster's Prometheus with `mode=server`."
                .to_owned(),
        ),
        Unplaced::Agent => (
            "A Prometheus in agent mode loads no rule files, and says nothing about it.",
            "Remove `evaluate=prometheus`, so that the rule goes to the central Ruler.".to_owned(),
        ),
    };
    context.sink.push(diagnostic.note(note).help(help));
    placement
}
